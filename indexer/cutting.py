"""Normalised texts cut to words: one, or many at once, with marks between them.

The words are the runs of `analysis.RUN` in scripts with spaces, not yet folded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import chain

from indexer.analysis import HAN, PARTED, SEA, Token, tokens
from indexer.glossary import BETWEEN, Glossary

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
# Stands between texts that are cut at once.
MARK = "\x01"
BREAK = f" {MARK} "
# What parts their words, to blanks.
APART = bytes(
    number if chr(number).isalnum() or chr(number) in f"'{MARK}" else ord(" ")
    for number in range(256)
)


def words_of(normal: str) -> list[str]:
    """Cut a normalised text without scripts that have no spaces.

    >>> words_of("the 8 th som's")
    ['the', '8 th', "som's"]
    """
    if not normal.isascii():
        return WORD.findall(normal)
    if MORE_THAN_LETTERS.search(normal):
        return ASCII_WORD.findall(normal)
    return normal.translate(PARTED).split()


def is_plain(normal: str) -> bool:
    """Tell whether a text may be cut with others: it is ASCII, without "8th_"."""
    if not normal.isascii() or MARK in normal:
        return False
    return "_" not in normal or not MORE_THAN_LETTERS.search(normal)


def between_marks(normal: Iterable[str]) -> bytes:
    """Join plain texts: a mark before each and at the end, blanks between words.

    Letters, digits and apostrophes without a blank between them are one word here.

    >>> between_marks(["the 8 th", "x86, som's"]).split()
    [b'\\x01', b'the', b'8', b'th', b'\\x01', b'x86', b"som's", b'\\x01']
    """
    return BREAK.join(["", *normal, ""]).encode("ascii").translate(APART)


def plain_words(normal: str) -> list[str]:
    """Cut one plain text as `between_marks` does."""
    return normal.encode("ascii").translate(APART).decode("ascii").split()


class Known(dict[str, int]):
    """Word to its number, worked out when it is first asked for."""

    def __init__(self, number: Callable[[str], int]) -> None:
        self._number = number

    def __missing__(self, word: str) -> int:
        self[word] = number = self._number(word)
        return number


def parts(word: str) -> bool:
    """Tell whether a number before a word and a name behind it are surely two things.

    "The 8th of the SOM" is one, however many such words stand between.
    """
    return word.isascii() and word.isalnum() and word not in BETWEEN


def spellings(glossary: Glossary) -> list[list[Token]]:
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
