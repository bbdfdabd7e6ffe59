"""What each posting adds to a score, for whole lists and for some passages.

A term adds its weight times its idf times its *share*, `tf / (tf + k1 * L(d))`: see
`indexer.tfidf`. Arrays are used again and again: new ones would be new pages of memory,
which cost as much as the sums.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.tfidf import K1, B, Floats, Long, Posting

# Arrays for so many postings are kept.
KEPT = 30_000
# The greatest share is remembered for so many terms.
REMEMBERED = 50_000
# So many counts are looked up at once, 8 bytes each.
AT_ONCE = 100_000
Numbers = NDArray[np.intp]


class Term(NamedTuple):
    """One term of a question: its list, its weight times idf, the most it adds."""

    name: str
    posting: Posting | Long
    factor: float
    bound: float
    size: int


class Shares:
    """The shares of one space's postings; keeps two numbers a passage.

    Attributes:
        size: How many passages there are.
        greatest: Term to the greatest share in its list, once that was asked for
            roughly.
    """

    def __init__(self, lengths: Floats) -> None:
        self.size = len(lengths)
        self.greatest: dict[str, float] = {}
        average = (float(lengths.mean()) if self.size else 0.0) or 1.0
        resistance: Floats = K1 * (1 - B + B * lengths / average)
        self._resistance = resistance
        self._roughly = resistance.astype(np.float32)
        self._room = _room(KEPT)

    def of_lists(
        self, terms: Sequence[Term], *, roughly: bool = False
    ) -> tuple[Numbers, NDArray[Any]]:
        """Return the passages of some lists, and what each posting adds to its own.

        Both arrays hold until the next lists are asked for.

        Args:
            roughly: In single precision, at two thirds of the cost.
        """
        resistances = self._roughly if roughly else self._resistance
        lists = [term.posting.posting() for term in terms]
        total = sum(term.size for term in terms)
        numbers, part, resistance = self._room_for(total, resistances.dtype)
        np.concatenate([own.numbers for own in lists], out=numbers)
        np.concatenate([own.counts for own in lists], out=part)
        resistances.take(numbers, out=resistance, mode="clip")
        resistance += part
        part /= resistance
        end = 0
        for term in terms:
            own = part[end : end + term.size]
            if roughly and term.name not in self.greatest:
                self._remember(term.name, float(own.max()))
            np.multiply(own, term.factor, out=own)
            end += term.size
        return numbers, part

    def _remember(self, name: str, greatest: float) -> None:
        if len(self.greatest) == REMEMBERED:
            self.greatest.clear()
        self.greatest[name] = greatest

    def _room_for(
        self, postings: int, kind: np.dtype[Any]
    ) -> tuple[Numbers, NDArray[Any], NDArray[Any]]:
        """Return three arrays of so many numbers, the same ones where they do."""
        numbers, part, resistance = self._room if postings <= KEPT else _room(postings)
        if kind != part.dtype:
            part, resistance = part.view(kind), resistance.view(kind)
        return numbers[:postings], part[:postings], resistance[:postings]

    def of_passages(self, terms: Sequence[Term], passages: Numbers) -> Floats:
        """Return what terms add to some passages, added up in their order."""
        scores = np.zeros(len(passages))
        resistance = self._resistance.take(passages)
        step = max(AT_ONCE // max(len(passages), 1), 1)
        for start in range(0, len(terms), step):
            own = terms[start : start + step]
            shares = _counts(own, passages)
            shares /= shares + resistance
            for term, share in zip(own, shares, strict=True):
                share *= term.factor
                scores += share
        return scores


def _counts(terms: Sequence[Term], passages: Numbers) -> Floats:
    """Return how often each term, a row, stands in each passage, a column."""
    found = np.empty((len(terms), len(passages)))
    wanted = passages.astype(np.int32)
    for term, row in zip(terms, found, strict=True):
        if isinstance(term.posting, Long):
            row[:] = term.posting.dense.take(passages)
            continue
        numbers, counts = term.posting
        at = numbers.searchsorted(wanted)
        held = numbers.take(at, mode="clip") == wanted
        np.multiply(counts.take(at, mode="clip"), held, out=row)
    return found


def _room(postings: int) -> tuple[Numbers, Floats, Floats]:
    return np.empty(postings, np.intp), np.empty(postings), np.empty(postings)
