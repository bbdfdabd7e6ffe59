"""Reads a message as units that phrases are looked up in: misspelt, without marks.

A word is repaired to the nearest word that some phrase holds; short ways of typing,
traditional characters and Vietnamese without marks are read as what they stand for.
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

# A character of a script without spaces, as a share of a word.
SEA_WIDTH, HAN_WIDTH = 0.2, 0.5
UNSPACED = re.compile(f"[{SEA}{HAN}]")
NOTHING = "\0"


@dataclass(slots=True)
class Line:
    """A message as units: a Latin word, a number, or one character.

    Attributes:
        keys: What each unit may be read as.
        flat: One character a unit, for scripts without spaces.
        at: Where each unit begins, counted in words.
        terms: What each unit is taken for: a Latin word's repaired stem, "#" for a
            number, a character with its neighbours.
    """

    keys: list[frozenset[str]] = field(default_factory=list)
    flat: str = ""
    at: list[float] = field(default_factory=list)
    terms: list[str] = field(default_factory=list)


class Reader:
    """Cuts messages into lines; knows the words that phrases are made of."""

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
        self._known: set[str] = set()
        self._prefixes: set[str] = set()
        self._surface: dict[str, list[str]] = {}
        self._read_once = lru_cache(maxsize=20_000)(self._read_word)

    def learn(self, word: str, language: str) -> tuple[str, ...]:
        """Take a phrase's word into the vocabulary; return what it is looked up as."""
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
        line = Line([frozenset("^")], NOTHING, [0.0], ["^"])
        flat, at = [NOTHING], 1.0
        for run in RUN.finditer(normalise(text).translate(self._simplify)):
            script = run.lastgroup or ""
            if script in ("sea", "han"):
                width = HAN_WIDTH if script == "han" else SEA_WIDTH
                line.terms += _grams(run[0], 1 if script == "han" else 2)
                for char in run[0]:
                    line.keys.append(frozenset())
                    line.at.append(at)
                    flat.append(char)
                    at += width
                continue
            for term, keys in self._words(run[0], script, languages):
                line.keys.append(keys)
                line.at.append(at)
                line.terms.append(term)
                flat.append(NOTHING)
                at += 1
        line.keys.append(frozenset("$"))
        line.at.append(at)
        line.terms.append("$")
        line.flat = "".join(flat) + NOTHING
        return line

    def _words(
        self, word: str, script: str, languages: tuple[str, ...]
    ) -> Iterable[tuple[str, frozenset[str]]]:
        if script != "latin":
            number = re.match("[0-9]{1,2}(?![0-9])", word)
            minor = number is not None and 5 <= int(number[0]) < 18
            return (("#", frozenset({"#", "#<18"} if minor else {"#"})),)
        word = word.removesuffix("'s").replace("'", "")
        plain = fold(word)
        for language in languages:
            if (language, plain) in self._spellings:
                meant = self._spellings[language, plain]
                return (self._read_once(part, languages) for part in meant)
        return (self._read_once(word, languages),)

    def _read_word(
        self, word: str, languages: tuple[str, ...]
    ) -> tuple[str, frozenset[str]]:
        """Return the stem that a word is taken for, and all it may be read as."""
        plain = fold(word)
        term = stem(plain)
        keys = {term}
        for end in range(3, len(plain) + 1):
            if plain[:end] + "*" in self._prefixes:
                keys.add(plain[:end] + "*")
        if not keys & self._known and len(keys) == 1:
            term = self._repaired(plain) or term
            keys.add(term)
        if "vi" in languages:
            keys.add("vi:" + word)
        if "vi" in languages and "~" in languages and word == plain:
            # Typed without marks it may be any word with these letters.
            keys.add("vi:~" + plain)
        return term, frozenset(keys)

    def _repaired(self, word: str) -> str:
        """Return the stem of the known word that an unknown one was meant to be."""
        if len(word) < 5 or word in self._common:
            return ""
        near = process.extractOne(
            word,
            self._surface.get(word[0], ()),
            scorer=OSA.distance,
            score_cutoff=2 if len(word) >= 9 else 1,
        )
        return stem(near[0]) if near else ""


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


def _grams(text: str, before: int) -> list[str]:
    """Return each character with as many before it.

    >>> _grams("人口", 1)
    [' 人', '人口']
    """
    padded = " " * before + text
    return [padded[start : start + before + 1] for start in range(len(text))]
