"""Sends that arrive: retries, waits, and a plain second try."""

from __future__ import annotations

import asyncio
import logging
import random
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar

import stamina
from aiolimiter import AsyncLimiter
from telegram import Bot, InlineKeyboardMarkup, LinkPreviewOptions, Message
from telegram.constants import ParseMode
from telegram.error import BadRequest, ChatMigrated, RetryAfter

from bot.transports.telegram_chat.inbox import TICKET, Inbox
from bot.transports.telegram_chat.rendering import Rendered
from bot.transports.telegram_chat.requests import NotSentError, ServerTroubleError

logger = logging.getLogger(__name__)
T = TypeVar("T")

OFFLINE_SECONDS = 600.0
LONGEST_BACKOFF = 5.0
SLACK = 0.1


def limiter() -> AsyncLimiter:
    """Return the limit of 30 messages in any second: 25 a second and 5 at once."""
    return AsyncLimiter(5, 0.2)


class Sender:
    """Every message the bot writes goes through here.

    Without a network a send waits and tries again for ten minutes, as polling does.
    A 5xx, a dropped connection or a garbled body is tried again while the update's
    work lasts. A time-out is not: the message may have arrived.
    """

    def __init__(self, bot: Bot, inbox: Inbox) -> None:
        self._bot = bot
        self._inbox = inbox
        self._limiter = limiter()

    async def send(
        self,
        chat_id: int,
        message: Rendered,
        *,
        silent: bool = False,
        thread: int | None = None,
        reply_to: int | None = None,
        buttons: InlineKeyboardMarkup | None = None,
    ) -> Message:
        """Send one message; a group that became a supergroup is followed."""

        async def once(chat: int, text: str, mode: str | None) -> Message:
            return await self._bot.send_message(
                chat,
                text,
                parse_mode=mode,
                disable_notification=silent or None,
                message_thread_id=thread,
                reply_to_message_id=reply_to,
                allow_sending_without_reply=True if reply_to else None,
                reply_markup=buttons,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            )

        try:
            return await self._html_or_plain(
                message, lambda text, mode: once(chat_id, text, mode)
            )
        except ChatMigrated as moved:
            new_id = moved.new_chat_id
            return await self._html_or_plain(
                message, lambda text, mode: once(new_id, text, mode)
            )

    async def edit(
        self,
        chat_id: int,
        message_id: int,
        message: Rendered,
        buttons: InlineKeyboardMarkup | None = None,
    ) -> None:
        """Replace a message's text; one that reads so already is fine."""

        async def once(text: str, mode: str | None) -> Message | bool:
            return await self._bot.edit_message_text(
                text,
                chat_id,
                message_id,
                parse_mode=mode,
                reply_markup=buttons,
                link_preview_options=LinkPreviewOptions(is_disabled=True),
            )

        try:
            await self._html_or_plain(message, once)
        except BadRequest as error:
            if not _says(error, "message is not modified"):
                raise

    async def edit_buttons(
        self, chat_id: int, message_id: int, buttons: InlineKeyboardMarkup | None
    ) -> None:
        """Replace a message's buttons; equal ones are fine."""
        try:
            await self.call(
                lambda: self._bot.edit_message_reply_markup(
                    chat_id, message_id, reply_markup=buttons
                )
            )
        except BadRequest as error:
            if not _says(error, "message is not modified"):
                raise

    async def delete(self, chat_id: int, message_ids: list[int]) -> None:
        """Delete messages, a hundred at a time; what cannot be deleted stays."""
        for start in range(0, len(message_ids), 100):
            some = message_ids[start : start + 100]
            try:
                await self.call(partial(self._bot.delete_messages, chat_id, some))
            except BadRequest as error:
                logger.info("Messages were not deleted: %s.", type(error).__name__)

    async def call(self, once: Callable[[], Awaitable[T]]) -> T:
        """Make a request, again where it did not arrive, later where told to wait."""
        while True:
            try:
                async for attempt in _attempts():
                    with attempt:
                        return await _patiently(once)
            except RetryAfter as error:
                await self._wait(error)

    async def _html_or_plain(
        self, message: Rendered, once: Callable[[str, str | None], Awaitable[T]]
    ) -> T:
        async def limited(text: str, mode: str | None) -> T:
            async with self._limiter:
                return await once(text, mode)

        try:
            return await self.call(lambda: limited(message.html, ParseMode.HTML))
        except BadRequest as error:
            if not _says(error, "can't parse entities"):
                raise
            logger.error("Telegram refused our HTML; sent as plain text.")
            return await self.call(lambda: limited(message.plain, None))

    async def _wait(self, error: RetryAfter) -> None:
        wait: Any = error.retry_after
        seconds = wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
        seconds += SLACK + random.random() / 2  # noqa: S311
        logger.warning("Telegram asks to wait %.0f seconds for a chat.", seconds)
        with self._inbox.pause(seconds):
            await asyncio.sleep(seconds)


def _attempts() -> AsyncIterator[Any]:
    return stamina.retry_context(
        on=(NotSentError, ServerTroubleError),
        attempts=None,
        timeout=OFFLINE_SECONDS,
        wait_initial=0.2,
        wait_max=LONGEST_BACKOFF,
        wait_jitter=0.5,
    ).__aiter__()


async def _patiently(once: Callable[[], Awaitable[T]]) -> T:
    """Try once; being offline is not counted as work on the update."""
    try:
        return await once()
    except NotSentError:
        if (ticket := TICKET.get()) is not None:
            ticket.more_time(3 * LONGEST_BACKOFF)
        raise


def _says(error: BadRequest, words: str) -> bool:
    """Look for Telegram's wording: it gives these cases no code of their own."""
    return words in error.message.lower()
