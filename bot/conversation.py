"""The turns of a chat, in memory; a follow-up made whole; a choice understood."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.types import Offer, Turn
from indexer.analysis import number_of, tokens
from indexer.types import Understanding

MINUTES = 30
MAX_CHATS = 5_000
MAX_TURNS = 4

PRONOUNS = frozenset(
    "it its they them their he him his she her hers this that these those there then "
    "one ones same former latter both".split()
)
OPENING = re.compile(
    r"\W*(?:and|what about|how about|or|but|so|also|then|plus|same for|now)\b", re.I
)
CHOICE = re.compile(
    r"\W*(?:i (?:mean|meant|choose|want) |yes,? |ok(?:ay)?,? )?"
    r"(?:the |number |no\.? |nr\.? |question |option |#)*"
    r"(?P<word>\w+)(?: (?:one|question|please|option))*\W*",
    re.I,
)


@dataclass
class Conversations:
    """The last turns of each chat: bounded in chats and turns, for half an hour."""

    now: Callable[[], datetime]
    _turns: OrderedDict[str, list[Turn]] = field(default_factory=OrderedDict)

    def turns(self, chat: str) -> list[Turn]:
        """Return a chat's turns of the last half hour, oldest first."""
        since = self.now() - timedelta(minutes=MINUTES)
        fresh = [turn for turn in self._turns.get(chat, ()) if turn.asked_at >= since]
        if not fresh:
            self._turns.pop(chat, None)
        return fresh

    def add(self, chat: str, turn: Turn) -> None:
        """Remember a turn; the oldest turns and chats, and stale ones, are dropped."""
        self._turns[chat] = [*self.turns(chat), turn][-MAX_TURNS:]
        self._turns.move_to_end(chat)
        since = self.now() - timedelta(minutes=MINUTES)
        while self._turns:
            oldest = next(iter(self._turns))
            stale = self._turns[oldest][-1].asked_at < since
            if not stale and len(self._turns) <= MAX_CHATS:
                break
            del self._turns[oldest]

    def sweep(self) -> None:
        """Drop every chat whose turns are all stale."""
        for chat in list(self._turns):
            self.turns(chat)

    def forget(self, chat: str) -> None:
        """Drop all turns of a chat."""
        self._turns.pop(chat, None)


def choice(text: str, offers: tuple[Offer, ...]) -> Offer | None:
    """Return the offer that a short message picks ("2", "the second", "last one")."""
    match = CHOICE.fullmatch(text)
    if not match or not offers:
        return None
    word = match["word"].lower()
    if word == "last":
        return offers[-1]
    found = tokens(word)
    number = number_of(found[0]) if len(found) == 1 else None
    if number is not None and 1 <= number <= len(offers):
        return offers[number - 1]
    return None


def leans(question: str, understood: Understanding, telling: int) -> bool:
    """Tell whether a question leans on the turn before.

    It names no numbered entity of its own, and is short, or opens with "and" or
    "what about", or holds a pronoun.

    Args:
        telling: How many of its words say more than what kind of answer is wanted.
    """
    if understood.entities:
        return False
    words = {token.text for token in tokens(question)}
    if telling <= 2:
        return True
    return telling <= 6 and bool(OPENING.match(question) or words & PRONOUNS)


def clearly_leans(question: str) -> bool:
    """Tell whether a question cannot be meant alone: it opens so, or has a pronoun."""
    words = [token.text for token in tokens(question)]
    return bool(OPENING.match(question)) or bool(
        {*words} & (PRONOUNS - {"one", "there"})
    )
