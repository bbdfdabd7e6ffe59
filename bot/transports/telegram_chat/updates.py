"""Updates as they come, and polling that acknowledges after answering."""

from __future__ import annotations

import logging
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, cast

from telegram import Update
from telegram.error import InvalidToken
from telegram.ext import ExtBot

from bot.transports.telegram_chat.groups import wanted
from bot.transports.telegram_chat.inbox import Inbox, Ticket

logger = logging.getLogger(__name__)

SETTLE_SECONDS = 1.0
STOP_SECONDS = 8.0
ALLOWED = (
    "message",
    "edited_message",
    "callback_query",
    "inline_query",
    "my_chat_member",
)


def chat_key(update: Update) -> str:
    """Return what keeps its order: a chat; for taps and inline queries, a user.

    A tap is answered at once, whatever the chat still waits for.
    """
    if update.effective_chat is not None and update.callback_query is None:
        return str(update.effective_chat.id)
    user = update.effective_user
    return f"user {user.id}" if user is not None else f"update {update.update_id}"


def written(update: Update) -> float:
    """Return when a message was written or edited; taps and the like are of now."""
    message = update.message or update.edited_message
    if message is None:
        return math.inf
    return (message.edit_date or message.date).timestamp()


def parse(raw: object, bot: ExtBot[None]) -> Update | None:
    """Return an update; an empty one where the rest does not parse; None without id."""
    update_id = raw.get("update_id") if isinstance(raw, dict) else None
    if not isinstance(update_id, int) or isinstance(update_id, bool):
        logger.error("An update without an id was skipped.")
        return None
    try:
        return Update.de_json(cast("dict[str, Any]", raw), bot)
    except Exception:  # the library fails in any way on what it does not expect
        logger.error("Update %d does not parse; it is skipped.", update_id)
        return Update(update_id)


@dataclass(slots=True)
class Polling:
    """What polling tells, and what it is told.

    Attributes:
        succeeded: Called after each poll that succeeded.
        refused: Called when Telegram does not know the token any more.
        stopping: Once set, one last request acknowledges, if all is finished.
    """

    succeeded: Callable[[], None] = lambda: None
    refused: Callable[[], None] = lambda: None
    stopping: bool = False


class PollingBot(ExtBot[None]):
    """A bot whose `get_updates` asks only past what is finished."""

    def __init__(self, token: str, inbox: Inbox, **options: Any) -> None:
        super().__init__(token, **options)
        with self._unfrozen():
            self.inbox = inbox
            self.polling = Polling()

    def __repr__(self) -> str:
        """Name the class; the library would show the token."""
        return "PollingBot()"

    async def get_updates(
        self,
        offset: int | None = None,
        limit: int | None = None,
        timeout: Any = None,  # noqa: ASYNC109 (the library's name)
        allowed_updates: Sequence[str] | None = None,
        **options: Any,
    ) -> tuple[Update, ...]:
        """Return updates that are not yet in work. See `Inbox` for the offset."""
        if self.polling.stopping:
            await self._acknowledge(allowed_updates)
            return ()
        settled = await self.inbox.settle(SETTLE_SECONDS)
        try:
            raw = await self._fetch(timeout if settled else 0, allowed_updates)
        except InvalidToken:
            self.polling.refused()
            raise
        self.polling.succeeded()
        if self.polling.stopping:  # set meanwhile: what just came stays with Telegram
            return ()
        updates = (parse(one, self) for one in raw)
        return tuple(u for u in updates if u is not None and self._take(u))

    def _take(self, update: Update) -> bool:
        return take(self.inbox, update) is not None

    async def _fetch(self, wait: Any, allowed: Sequence[str] | None) -> list[object]:
        seconds = wait.total_seconds() if hasattr(wait, "total_seconds") else wait or 0
        parameters = {
            "offset": self.inbox.offset(),
            "limit": 100,
            "timeout": int(seconds),
            "allowed_updates": allowed,
        }
        raw: Any = await self._post(
            "getUpdates", parameters, read_timeout=seconds + 5.0
        )
        return raw if isinstance(raw, list) else []

    async def _acknowledge(self, allowed: Sequence[str] | None) -> None:
        """Confirm what is finished. Nothing new is taken: it stays with Telegram."""
        if not await self.inbox.settle(STOP_SECONDS):
            logger.warning("Stopped with %d updates unfinished.", len(self.inbox))
            return
        parameters = {"offset": self.inbox.offset(), "limit": 1, "timeout": 0}
        await self._post(
            "getUpdates",
            parameters | {"allowed_updates": allowed},
            read_timeout=1.0,
            connect_timeout=1.0,
        )


def take(inbox: Inbox, update: Update) -> Ticket | None:
    """Register an update; None if it is in work or was finished lately.

    Group talk that is not for the bot stands in nobody's line and is no flood.
    """
    chat = chat_key(update)
    message = update.message or update.edited_message
    if message is not None:
        bot = message.get_bot()
        if not wanted(update, message, bot.username, bot.id):
            chat = f"update {update.update_id}"
    return inbox.register(update.update_id, chat, written(update))
