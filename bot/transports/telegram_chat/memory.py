"""What is known of chats while the process runs: ids of messages, never their text."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from time import monotonic

KEPT_SECONDS = 48 * 3600.0
BUTTONS_SECONDS = 1800.0
NOTICE_SECONDS = 60.0
MOST_MESSAGES = 200_000


@dataclass(slots=True)
class Shown:
    """What the buttons under one answer need.

    Attributes:
        passage_id: Of the strongest passage; ratings count for it.
        fact: Its fact; empty for a document.
        offers: Ids of facts that may be chosen.
        rated: Users and what they said already, so that nobody counts twice.
    """

    passage_id: str
    fact: str = ""
    offers: tuple[str, ...] = ()
    rated: set[tuple[int, str]] = field(default_factory=set)
    at: float = 0.0


@dataclass(slots=True)
class _Message:
    at: float
    replies: tuple[int, ...] = ()
    shown: Shown | None = None


class Chats:
    """Message ids of the last 48 hours, and what buttons mean for 30 minutes."""

    def __init__(self, clock: Callable[[], float] = monotonic) -> None:
        self._clock = clock
        self._messages: OrderedDict[tuple[int, int], _Message] = OrderedDict()
        self._latest: dict[int, int] = {}
        self._notices: dict[tuple[int, str], float] = {}

    def received(self, chat: int, message: int) -> None:
        """Keep the id of a message somebody wrote."""
        self._put(chat, message)

    def answered(self, chat: int, question: int | None, replies: list[int]) -> None:
        """Keep the ids of the bot's messages, and which message they answer."""
        for reply in replies:
            self._put(chat, reply)
        if question is not None:
            self._put(chat, question).replies = tuple(replies)

    def replies(self, chat: int, question: int) -> tuple[int, ...]:
        """Return the ids of the messages that answered one."""
        kept = self._messages.get((chat, question))
        return kept.replies if kept else ()

    def show(
        self, chat: int, message: int, shown: Shown, *, is_answer: bool = True
    ) -> None:
        """Keep what the buttons under a message mean."""
        shown.at = self._clock()
        self._put(chat, message).shown = shown
        if is_answer:
            self._latest[chat] = message

    def shown(self, chat: int, message: int) -> Shown | None:
        """Return what the buttons under a message mean; None when it is too old."""
        kept = self._messages.get((chat, message))
        if kept is None or kept.shown is None:
            return None
        young = self._clock() - kept.shown.at < BUTTONS_SECONDS
        return kept.shown if young else None

    def is_latest(self, chat: int, message: int) -> bool:
        """Say whether a message is the chat's last answer."""
        return self._latest.get(chat) == message

    def expire(self, chat: int) -> None:
        """Let all buttons of a chat mean nothing any more."""
        for (key, _), kept in self._messages.items():
            if key == chat:
                kept.shown = None
        self._latest.pop(chat, None)

    def forget(self, chat: int) -> list[int]:
        """Drop all of a chat and return the ids of its messages, oldest first."""
        ids = [number for key, number in self._messages if key == chat]
        for number in ids:
            del self._messages[chat, number]
        self._latest.pop(chat, None)
        return sorted(ids)

    def once(self, chat: int, notice: str) -> bool:
        """Say whether a notice may be given: not twice to a chat within a minute."""
        now = self._clock()
        last = self._notices.get((chat, notice))
        if last is not None and now - last < NOTICE_SECONDS:
            return False
        self._notices[chat, notice] = now
        if len(self._notices) > 1000:
            fresh = {k: t for k, t in self._notices.items() if now - t < NOTICE_SECONDS}
            self._notices = fresh
        return True

    def _put(self, chat: int, message: int) -> _Message:
        now = self._clock()
        kept = self._messages.setdefault((chat, message), _Message(now))
        while self._messages:
            oldest = next(iter(self._messages.values()))
            crowded = len(self._messages) > MOST_MESSAGES
            if now - oldest.at < KEPT_SECONDS and not crowded:
                break
            (gone_chat, gone), _ = self._messages.popitem(last=False)
            if self._latest.get(gone_chat) == gone:
                del self._latest[gone_chat]
        return kept
