"""The turns of a chat, in memory; a follow-up made whole; a choice understood."""

from __future__ import annotations

import re
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.types import Offer, Turn
from indexer.analysis import number_of, tokens
from indexer.glossary import STOP_TERMS, Analysed
from indexer.types import Entity, Understanding

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


def leans(question: str, understood: Understanding) -> bool:
    """Tell whether a question leans on the turn before.

    It names no numbered entity of its own, and is short, or opens with "and" or
    "what about", or holds a pronoun.
    """
    if understood.entities:
        return False
    words = {token.text for token in tokens(question)}
    content = len(understood.content)
    if content <= 2:
        return True
    return content <= 6 and bool(OPENING.match(question) or words & PRONOUNS)


def clearly_leans(question: str) -> bool:
    """Tell whether a question cannot be meant alone: it opens so, or has a pronoun."""
    words = [token.text for token in tokens(question)]
    return bool(OPENING.match(question)) or bool(
        {*words} & (PRONOUNS - {"one", "there"})
    )


def substituted(previous: Analysed, asked: Analysed) -> str | None:
    """Ask the question before of another country, number or year.

    "And in Laos?" after "Is there a hotline in Thailand?" asks for Laos' hotline, "and
    the ninth?" after "Where was SOM 8?" where SOM 9 was. None where a follow-up says
    anything else.
    """
    names = [*asked.countries, *asked.places, *asked.years, *map(str, asked.entities)]
    dropped = [*previous.years] if asked.years else []
    if asked.countries or asked.places:
        dropped += [*previous.countries, *previous.places][-1:]
    rest = {term for term in asked.terms if term not in STOP_TERMS} - {*names}
    rest -= {entity.name for entity in asked.entities}
    number = bare_number(asked.words)
    if number is not None and previous.entities and rest <= {str(number)}:
        rest = set()
        names.append(str(Entity(previous.entities[0].name, number)))
    if len(names) > len(asked.countries) + len(asked.places) + len(asked.years):
        dropped += [str(entity) for entity in previous.entities]
    if rest or not names:
        return None
    kept = [word for word in previous.words if word not in dropped]
    return " ".join([*kept, *names]).replace("_", " ")


def bare_number(words: Sequence[str]) -> int | None:
    """Return the one number up to 99 among words, where there is no other.

    >>> bare_number(("and", "the", "ninth"))
    9
    """
    found = [token for word in words for token in tokens(word)]
    numbers = [
        number
        for token in found
        if token.text not in ("one", "first") or len(found) < 4
        if (number := number_of(token)) is not None
    ]
    return numbers[0] if len(numbers) == 1 else None
