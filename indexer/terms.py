"""The terms of many passages, each word looked up once: numbers instead of strings.

`Analyser.analyse` reads a text word by word, for a name of the glossary may begin
anywhere. Most words begin none: their term is always the same and is remembered. Only
around the others, and in scripts without spaces, is the text analysed. The terms are
those of `Analyser.analyse`, in the same order: a property test says so.
"""

from __future__ import annotations

import re
from itertools import chain

from indexer.analysis import (
    HAN,
    ORDINALS,
    PARTED,
    SEA,
    Token,
    normalise,
    number_of,
    stem,
    tokens,
)
from indexer.glossary import BETWEEN, NUMBER_SIGNS, Analyser, Glossary

# The runs of `analysis.RUN` in scripts with spaces, without the names of its groups.
WORD = re.compile(
    rf"[0-9]+\s?(?:st|nd|rd|th)\b|[0-9]+"
    rf"|[^\W\d_{SEA}{HAN}]+(?:'[^\W\d_{SEA}{HAN}]+)*"
)
# The same in ASCII, where most texts need not even that: without digits and
# apostrophes they are letters, and what parts them.
ASCII_WORD = re.compile(r"[0-9]+\s?(?:st|nd|rd|th)\b|[0-9]+|[a-z]+(?:'[a-z]+)*")
MORE_THAN_LETTERS = re.compile("[0-9']")
# There runs are cut to grams, and a year may be of the Buddhist era.
UNSPACED = re.compile(f"[{SEA}{HAN}\u0e00-\u0eff\u1780-\u17ff]")
# Between the words of a text that is put together again; no run reaches across it.
BORDER = " | "
# What may follow a name and belong to it: a sign, a number, the date that it is not.
BEHIND_A_NAME = 6
# Stands for a word that is no single term, as no known text has one.
LOST = -(2**40)


class Terms:
    """The terms of one language, numbered as they first come.

    Words that count something (8th, first) have the number of their term inverted:
    they may belong to a name further on.

    Attributes:
        names: The term of each number.
    """

    def __init__(self, analyser: Analyser, language: str) -> None:
        self.names: list[str] = []
        self._numbers: dict[str, int] = {}
        self._analyser, self._language = analyser, language
        spellings = _spellings(analyser.glossary)
        self._begin_names = {self.number(stem(words[0].text)) for words in spellings}
        self._ahead = max(map(len, spellings), default=0) + BEHIND_A_NAME
        self._of_word = _OfWord(self)
        self._numerals: set[str] = set()
        self._plain: dict[int, int] = {}

    def of(self, text: str) -> list[int]:
        """Return the numbers of a text's terms, in order, with repeats."""
        normal = normalise(text)
        if normal.isascii():
            words = _ascii_words(normal)
        elif UNSPACED.search(normal):
            return self._analysed(text)
        else:
            words = WORD.findall(normal)
        numbers = [*map(self._of_word.__getitem__, words)]
        lowest = min(numbers, default=0)
        if lowest == LOST:
            return self._analysed(text)
        if lowest >= 0 and self._begin_names.isdisjoint(numbers):
            return numbers
        return self._with_names(words, numbers)

    def number(self, term: str) -> int:
        """Return the number of a term."""
        number = self._numbers.setdefault(term, len(self.names))
        if number == len(self.names):
            self.names.append(term)
        return number

    def number_of_word(self, word: str) -> int:
        """Return the number of a word's term, inverted if it counts something."""
        found = tokens(word)
        if len(found) != 1:
            return LOST
        text, script = found[0]
        stemmed = script == "latin" and self._language == "en"
        number = self.number(stem(text) if stemmed else text)
        if text in NUMBER_SIGNS or number_of(found[0], roman=True) is not None:
            self._numerals.add(word)
        if script == "ordinal" or text in ORDINALS:
            plain = text if script == "ordinal" else str(ORDINALS[text])
            self._plain[~number] = self.number(plain)
            return ~number
        return number

    def _analysed(self, text: str) -> list[int]:
        found = self._analyser.analyse(text, language=self._language)
        return [self.number(term) for term in found.terms]

    def _with_names(self, words: list[str], numbers: list[int]) -> list[int]:
        """Read names where they may begin; analyse where one may have a number."""
        stems = [self.names[n if n >= 0 else ~n] for n in numbers]
        found: list[int] = []
        place = 0
        while place < len(words):
            number = numbers[place]
            if number >= 0 and number not in self._begin_names:
                found.append(number)
                place += 1
                continue
            begins = max(number, ~number) in self._begin_names
            match = self._analyser.name_at(stems, place) if begins else None
            if self._counted(words, stems, numbers, place, match):
                end = self._end(words, numbers, place)
                found += self._analysed(BORDER.join(words[place:end]))
                place = end
            elif match:
                found.append(self.number(match[0]))
                place += match[1]
            else:
                found.append(self._plain.get(number, number))
                place += 1
        return found

    def _counted(
        self,
        words: list[str],
        stems: list[str],
        numbers: list[int],
        place: int,
        match: tuple[str, int] | None,
    ) -> bool:
        """Tell whether a numbered name may stand at a place, or its number."""
        numbered = self._analyser.numbered
        if match and match[0] in numbered:
            behind = words[place + match[1] : place + match[1] + 1]
            return bool(behind) and behind[0] in self._numerals
        if numbers[place] >= 0:
            return False
        for ahead in range(place + 1, len(words)):
            name = self._analyser.name_at(stems, ahead)
            if name and name[0] in numbered:
                return True
            if _parts(words[ahead]):
                break
        return False

    def _end(self, words: list[str], numbers: list[int], start: int) -> int:
        """Return where no name that begins at `start` or behind it still goes on."""
        quiet, parted = 0, False
        for place in range(start, len(words)):
            if quiet >= self._ahead and parted:
                return place
            if numbers[place] < 0 or numbers[place] in self._begin_names:
                quiet, parted = 0, False
                continue
            quiet += 1
            parted = parted or _parts(words[place])
        return len(words)


class _OfWord(dict[str, int]):
    """Word to the number of its term, worked out when it is first asked for."""

    def __init__(self, terms: Terms) -> None:
        self._terms = terms

    def __missing__(self, word: str) -> int:
        self[word] = number = self._terms.number_of_word(word)
        return number


def _ascii_words(normal: str) -> list[str]:
    if MORE_THAN_LETTERS.search(normal):
        return ASCII_WORD.findall(normal)
    return normal.translate(PARTED).split()


def _parts(word: str) -> bool:
    """Tell whether a number before a word and a name behind it are surely two things.

    "The 8th of the SOM" is one, however many such words stand between.
    """
    return word.isascii() and word.isalnum() and word not in BETWEEN


def _spellings(glossary: Glossary) -> list[list[Token]]:
    """Return all that the glossary may take for a name, cut."""
    names = (
        *glossary.entities.values(),
        *glossary.countries.values(),
        *glossary.cities.values(),
    )
    found = [tokens(spelling) for spelling in chain.from_iterable(names)]
    # A synonym of one word is a word like others.
    phrases = map(tokens, chain.from_iterable(glossary.synonyms))
    return [cut for cut in found if cut] + [cut for cut in phrases if len(cut) > 1]
