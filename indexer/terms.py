"""The terms of many passages, each word looked up once: numbers instead of strings.

`Analyser.analyse` reads a text word by word, for a name of the glossary may begin
anywhere. Most words begin none: their term is always the same and is remembered. Only
around the others, and in scripts without spaces, is the text analysed. The terms are
those of `Analyser.analyse`, in the same order: a property test says so.
Texts in ASCII are cut some at once: a call for each would cost more.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from indexer.analysis import (
    CARDINALS,
    ORDINALS,
    ROMAN,
    normalise,
    number_of,
    stem,
    tokens,
)
from indexer.cutting import (
    MARK,
    UNSPACED,
    Known,
    between_marks,
    is_plain,
    parts,
    plain_words,
    spellings,
    words_of,
)
from indexer.glossary import NUMBER_SIGNS, Analyser
from indexer.intake import signs
from indexer.tfidf import Ints
from indexer.wordtable import WordTable

# Between the words of a text that is put together again; no run reaches across it.
BORDER = " | "
# What may follow a name and belong to it: a sign, a number, the date that it is not.
BEHIND_A_NAME = 6
# So many texts are cut at once: their words stay in the processor's cache.
AT_ONCE = 500
# The number of what stands between two texts.
MARKED = -(2**31) + 1
# Words of letters that are numbers, or announce one.
COUNTING = NUMBER_SIGNS | ORDINALS.keys() | CARDINALS.keys() | ROMAN.keys()
# A number before these may be one with them: "8 th".
ORDINAL_ENDS = frozenset(("st", "nd", "rd", "th"))
# Stands for a word that is no single term, or may be more than one.
LOST = -(2**31)
NONE = np.zeros(0, np.int32)
# Signs of damage, where words were not looked at one by one.
UNKNOWN = 2


class Cut(NamedTuple):
    """The terms of texts, and the `intake.signs` of each one's words, if not more."""

    numbers: list[Ints]
    signs: list[int]


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
        cut = spellings(analyser.glossary)
        # They are numbered first: what is below their number may be more than a word.
        for words in cut:
            self.number(stem(words[0].text))
        self._special = len(self.names)
        self._ahead = max(map(len, cut), default=0) + BEHIND_A_NAME
        self._of_word = Known(self._number_of_word)
        self._table = WordTable(Known(self._number_of_any))
        self._numerals: set[str] = set()
        self._plain: dict[int, int] = {}

    def of(self, text: str) -> list[int]:
        """Return the numbers of a text's terms, in order, with repeats."""
        return self._of_normal(normalise(text), text)

    def of_all(self, texts: Sequence[str]) -> Cut:
        """Return the same of many texts."""
        whole = Cut([], [])
        for start in range(0, len(texts), AT_ONCE):
            cut = self._of_some(texts[start : start + AT_ONCE])
            whole.numbers.extend(cut.numbers)
            whole.signs.extend(cut.signs)
        return whole

    def _of_some(self, texts: Sequence[str]) -> Cut:
        normal = [normalise(text) for text in texts]
        found, told = [NONE] * len(texts), [UNKNOWN] * len(texts)
        plain = [place for place, text in enumerate(normal) if is_plain(text)]
        numbers = self._table.numbers_of(between_marks([normal[at] for at in plain]))
        marks = np.flatnonzero(numbers == MARKED)
        for place, (mark, end) in zip(plain, pairwise(marks.tolist()), strict=True):
            found[place], told[place] = numbers[mark + 1 : end], 0
        special = np.flatnonzero((numbers < self._special) & (numbers != MARKED))
        for text in np.unique(np.searchsorted(marks, special)).tolist():
            place = plain[text - 1]
            words, own = plain_words(normal[place]), found[place].tolist()
            lost = [at for at, number in enumerate(own) if number == LOST]
            told[place] = sum(signs(words[at]) for at in lost)
            for at in lost:
                own[at] = LOST if _is_end(words[at]) else self._of_word[words[at]]
            if LOST in own:
                own = self._of_normal(normal[place], texts[place])
            else:
                own = self._with_names(words, own)
            found[place] = _ints(own)
        for place in set(range(len(texts))).difference(plain):
            found[place] = _ints(self._of_normal(normal[place], texts[place]))
        return Cut(found, told)

    def _of_normal(self, normal: str, text: str) -> list[int]:
        if not normal.isascii() and UNSPACED.search(normal):
            return self._analysed(text)
        words = words_of(normal)
        numbers = [*map(self._of_word.__getitem__, words)]
        if LOST in numbers:
            return self._analysed(text)
        return self._with_names(words, numbers)

    def number(self, term: str) -> int:
        """Return the number of a term."""
        number = self._numbers.setdefault(term, len(self.names))
        if number == len(self.names):
            self.names.append(term)
        return number

    def _number_of_word(self, word: str) -> int:
        """Return the number of a word's term, inverted if it counts something."""
        if word.isascii() and word.isalpha() and word not in COUNTING:
            return self.number(stem(word) if self._language == "en" else word)
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

    def _number_of_any(self, word: str) -> int:
        """Return the same of a word whose neighbours are not known."""
        if word == MARK:
            return MARKED
        return LOST if _is_end(word) or signs(word) else self._of_word[word]

    def _analysed(self, text: str) -> list[int]:
        found = self._analyser.analyse(text, language=self._language)
        return [self.number(term) for term in found.terms]

    def _with_names(self, words: list[str], numbers: list[int]) -> list[int]:
        """Read names where they may begin; analyse where one may have a number."""
        if min(numbers, default=0) >= self._special:
            return numbers
        found: list[int] = []
        place = 0
        for special, number in enumerate(numbers):
            if number >= self._special or special < place:
                continue
            found += numbers[place:special]
            place = special
            match = self._name_at(numbers, place)
            if self._counted(words, numbers, place, match):
                end = self._end(words, numbers, place)
                found += self._analysed(BORDER.join(words[place:end]))
                place = end
            elif match:
                found.append(self.number(match[0]))
                place += match[1]
            else:
                found.append(self._plain.get(number, number))
                place += 1
        return found + numbers[place:]

    def _name_at(self, numbers: list[int], place: int) -> tuple[str, int] | None:
        """Return the glossary's name for the phrase at a place, and its length."""
        if max(numbers[place], ~numbers[place]) >= self._special:
            return None
        own = numbers[place : place + self._ahead]
        return self._analyser.name_at([self.names[max(n, ~n)] for n in own], 0)

    def _counted(
        self,
        words: list[str],
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
            name = self._name_at(numbers, ahead)
            if name and name[0] in numbered:
                return True
            if parts(words[ahead]):
                break
        return False

    def _end(self, words: list[str], numbers: list[int], start: int) -> int:
        """Return where no name that begins at `start` or behind it still goes on."""
        quiet, parted = 0, False
        for place in range(start, len(words)):
            if quiet >= self._ahead and parted:
                return place
            if numbers[place] < self._special:
                quiet, parted = 0, False
                continue
            quiet += 1
            parted = parted or parts(words[place])
        return len(words)


def _is_end(word: str) -> bool:
    """Tell whether a word may be one with a number before it: "8 th", "8 th's"."""
    return word.partition("'")[0] in ORDINAL_ENDS


def _ints(numbers: list[int]) -> Ints:
    return np.array(numbers, np.int32)
