"""Finds phrases in a message: misspelt, without marks, in scripts without spaces.

A phrase is written as people read it. `a|b` are choices for one place, ` .. ` is a gap
of up to four words, `threat*` any word that begins so, `#` a number,
`#<18` one from 5 to 17, `^` and `$` the
beginning and the end of the message. English matches by stem.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from indexer.analysis import normalise
from indexer.lines import NOTHING, UNSPACED, Line, Reader

GAP = 4.0

Part = tuple[frozenset[str], tuple[str, ...], bool]


@dataclass(frozen=True, slots=True)
class Found:
    """A phrase found in a message: units from `start` up to before `end`."""

    name: str
    start: int
    end: int


class PhraseBook:
    """Named lists of phrases, compiled once and looked up by their first words."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self._by_first: dict[str, list[tuple[str, tuple[Part, ...]]]] = {}

    def add(self, name: str, language: str, phrases: Iterable[str]) -> None:
        """Add phrases of one language to a list."""
        for phrase in (single for written in phrases for single in _singles(written)):
            parts = self._parts(phrase, language)
            for key in parts[0][0]:
                self._by_first.setdefault(key, []).append((name, parts))
            for text in parts[0][1]:
                self._by_first.setdefault(text[:2], []).append((name, parts))

    def _parts(self, phrase: str, language: str) -> tuple[Part, ...]:
        parts: list[Part] = []
        gap = False
        for place in phrase.split():
            if place == "..":
                gap = True
                continue
            choices = place.split("|")
            texts = tuple(normalise(word) for word in choices if UNSPACED.search(word))
            words = [word for word in choices if not UNSPACED.search(word)]
            keys = frozenset(
                key for word in words for key in self._reader.learn(word, language)
            )
            parts.append((keys, texts, gap))
            gap = False
        return tuple(parts)

    def read(self, text: str) -> Line:
        """Cut a message into units."""
        return self._reader.read(text)

    def find(self, line: Line) -> list[Found]:
        """Return every phrase in a message, each at its shortest."""
        found = []
        for start, keys in enumerate(line.keys):
            candidates = [line.flat[start : start + 2], line.flat[start], *keys]
            for key in candidates:
                for name, parts in self._by_first.get(key, ()):
                    end = _end(line, parts, start)
                    if end:
                        found.append(Found(name, start, end))
        return found

    @staticmethod
    def mask(line: Line, found: Iterable[Found]) -> None:
        """Make the units of what was found match nothing any more."""
        flat = list(line.flat)
        for phrase in found:
            for unit in range(phrase.start, phrase.end):
                if not line.keys[unit] & {"^", "$"}:
                    line.keys[unit], flat[unit] = frozenset(), NOTHING
        line.flat = "".join(flat)


def _singles(phrase: str) -> Iterable[str]:
    """Write choices of several words, as in `run_away|flee`, as phrases of their own.

    >>> sorted(_singles("run_away|flee|go now"))
    ['flee|go now', 'run away now']
    """
    places = phrase.replace("-", " ").split()
    for number, place in enumerate(places):
        choices = place.split("|")
        if "_" not in place:
            continue
        short = "|".join(choice for choice in choices if "_" not in choice)
        for choice in [*(choice for choice in choices if "_" in choice), short]:
            if choice:
                words = [
                    *places[:number],
                    choice.replace("_", " "),
                    *places[number + 1 :],
                ]
                yield from _singles(" ".join(words))
        return
    yield " ".join(places)


def _end(line: Line, parts: tuple[Part, ...], start: int) -> int:
    """Return where the phrase that begins at `start` ends, 0 where it is none."""
    if not parts:
        return start
    keys, texts, gap = parts[0]
    last = line.at[start] + GAP if gap and start < len(line.at) else 0.0
    while start < len(line.keys):
        if not keys.isdisjoint(line.keys[start]):
            end = _end(line, parts[1:], start + 1)
            if end:
                return end
        for text in texts:
            if line.flat.startswith(text, start):
                end = _end(line, parts[1:], start + len(text))
                if end:
                    return end
        start += 1
        if start >= len(line.at) or line.at[start] > last:
            return 0
    return 0
