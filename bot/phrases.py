"""Finds phrases in a message: misspelt, without marks, in scripts without spaces.

A phrase is written as people read it. `a|b` are choices for one place, ` .. ` is a gap
of up to four words, `threat*` any word that begins so, `#` a number,
`#<18` one from 5 to 17, `^` and `$` the
beginning and the end of the message. English matches by stem.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache

from rapidfuzz import process
from rapidfuzz.distance import OSA

from indexer.analysis import (
    HAN,
    RUN,
    SEA,
    STOP_WORDS,
    fold,
    language_of,
    normalise,
    stem,
)

GAP = 4.0
# A character of a script without spaces, as a share of a word.
SEA_WIDTH, HAN_WIDTH = 0.2, 0.5
UNSPACED = re.compile(f"[{SEA}{HAN}]")
NOTHING = "\0"

Part = tuple[frozenset[str], tuple[str, ...], bool]


@dataclass(slots=True)
class Line:
    """A message as units: a Latin word, a number, or one character.

    Attributes:
        keys: What each unit may be read as.
        flat: One character a unit, for scripts without spaces.
        at: Where each unit begins, counted in words.
    """

    keys: list[frozenset[str]] = field(default_factory=list)
    flat: str = ""
    at: list[float] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Found:
    """A phrase found in a message: units from `start` up to before `end`."""

    name: str
    start: int
    end: int


class PhraseBook:
    """Named lists of phrases, compiled once and looked up by their first words."""

    def __init__(
        self,
        spellings: Mapping[str, Mapping[str, Iterable[str]]],
        traditional: Iterable[str],
        common: Iterable[str],
    ) -> None:
        pairs = [pair for line in traditional for pair in line.split()]
        self._simplify = str.maketrans({pair[0]: pair[1] for pair in pairs})
        self._spellings = {
            (language, typed): tuple(meant.split())
            for language, meanings in spellings.items()
            for meant, all_typed in meanings.items()
            for typed in all_typed
        }
        self._common = frozenset(word for line in common for word in line.split())
        self._by_first: dict[str, list[tuple[str, tuple[Part, ...]]]] = {}
        self._known: set[str] = set()
        self._prefixes: set[str] = set()
        self._surface: dict[str, list[str]] = {}
        self._keys_of = lru_cache(maxsize=20_000)(self._read_word)

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
            keys = frozenset(key for word in words for key in self._key(word, language))
            parts.append((keys, texts, gap))
            gap = False
        return tuple(parts)

    def _key(self, word: str, language: str) -> tuple[str, ...]:
        """Return what a phrase's word is looked up as."""
        if word in ("^", "$", "#", "#<18"):
            return (word,)
        word = normalise(word).replace("'", "")
        if language == "vi":
            return ("vi:" + word, "vi:~" + fold(word))
        if word.endswith("*"):
            self._prefixes.add(word)
            return (word,)
        if len(word) >= 5 and word not in self._surface.setdefault(word[0], []):
            self._surface[word[0]].append(word)
        self._known.add(stem(word))
        return (stem(word),)

    def read(self, text: str) -> Line:
        """Cut a message into units."""
        languages = _latin_languages(text)
        line = Line([frozenset("^")], NOTHING, [0.0])
        flat, at = [NOTHING], 1.0
        for run in RUN.finditer(normalise(text).translate(self._simplify)):
            script = run.lastgroup or ""
            if script in ("sea", "han"):
                width = HAN_WIDTH if script == "han" else SEA_WIDTH
                for char in run[0]:
                    line.keys.append(frozenset())
                    line.at.append(at)
                    flat.append(char)
                    at += width
                continue
            for keys in self._words(run[0], script, languages):
                line.keys.append(keys)
                line.at.append(at)
                flat.append(NOTHING)
                at += 1
        line.keys.append(frozenset("$"))
        line.at.append(at)
        line.flat = "".join(flat) + NOTHING
        return line

    def _words(
        self, word: str, script: str, languages: tuple[str, ...]
    ) -> Iterable[frozenset[str]]:
        if script != "latin":
            number = re.match("[0-9]{1,2}(?![0-9])", word)
            minor = number is not None and 5 <= int(number[0]) < 18
            return (frozenset({"#", "#<18"} if minor else {"#"}),)
        word = word.removesuffix("'s").replace("'", "")
        plain = fold(word)
        for language in languages:
            if (language, plain) in self._spellings:
                meant = self._spellings[language, plain]
                return (self._keys_of(part, languages) for part in meant)
        return (self._keys_of(word, languages),)

    def _read_word(self, word: str, languages: tuple[str, ...]) -> frozenset[str]:
        plain = fold(word)
        keys = {stem(plain)}
        for end in range(3, len(plain) + 1):
            if plain[:end] + "*" in self._prefixes:
                keys.add(plain[:end] + "*")
        if not keys & self._known and len(keys) == 1:
            keys |= self._misspelt(plain)
        if "vi" in languages:
            keys.add("vi:" + word)
        if "vi" in languages and "~" in languages and word == plain:
            # Typed without marks it may be any word with these letters.
            keys.add("vi:~" + plain)
        return frozenset(keys)

    def _misspelt(self, word: str) -> set[str]:
        """Return the stem of the known word that an unknown one was meant to be."""
        if len(word) < 5 or word in self._common:
            return set()
        near = process.extractOne(
            word,
            self._surface.get(word[0], ()),
            scorer=OSA.distance,
            score_cutoff=2 if len(word) >= 9 else 1,
        )
        return {stem(near[0])} if near else set()

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


def _latin_languages(text: str) -> tuple[str, ...]:
    """Return in which languages the Latin words of a message are to be read.

    "~" among them: Vietnamese is typed without marks.

    >>> _latin_languages("the boss"), _latin_languages("chu nhot em trong phong")
    (('en',), ('vi', '~', 'en'))
    """
    language = language_of(text)
    words = text.lower().split()
    if language == "vi":
        marked = sum(not word.isascii() for word in words)
        return ("vi",) if marked * 3 > len(words) else ("vi", "~")
    english = sum(word in STOP_WORDS for word in words)
    return ("vi", "~", "en") if not language or english * 8 < len(words) else ("en",)


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
