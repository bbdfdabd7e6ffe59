"""The best passages of many, exactly, without adding up every list.

MaxScore (Turtle and Flood 1995). A term adds at most its weight times its idf times
the greatest `tf / (tf + k1 * L(d))` of its list: below 1, and known once the list was
added up. So, with the rarest terms first:

1. Lists are added up while a passage that none of them holds could still get in.
   The *floor* is a score that `limit` passages are known to reach.
2. Where the floor lies above all that the terms left can add together, the passages
   seen so far are the only candidates; the long lists left are looked up for those
   alone, and fewer after every term.
3. Candidates at the floor or above are scored anew, their terms in alphabetical
   order: to the last bit what `tfidf.word_scores` gives them.

Sums of other orders differ in their last bits, hence the slack on the floor.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import accumulate
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.tfidf import K1, B, Floats, Posting, top, word_idf

# A thousand terms added in another order differ by less than 1e-12 of their sum.
SLACK = 1 - 1e-9
ABOVE_ZERO = 5e-324
# Greatest shares are remembered for so many terms.
REMEMBERED = 50_000
# To add up so many postings costs less than to skip some of them.
FEW = 30_000
Numbers = NDArray[np.int32] | NDArray[np.int64]


class Term(NamedTuple):
    """One term of a question: its list, its weight times idf, the most it adds."""

    name: str
    posting: Posting
    factor: float
    bound: float


class Scorer:
    """Finds the best passages of one space; keeps two numbers a passage.

    Attributes:
        size: How many passages there are.
    """

    def __init__(self, lengths: Floats) -> None:
        self.size = len(lengths)
        average = (float(lengths.mean()) if self.size else 0.0) or 1.0
        self._resistance: Floats = K1 * (1 - B + B * lengths / average)
        # All zero between two questions: to clear it is cheaper than a new one.
        self._sums = np.zeros(self.size)
        self._greatest: dict[str, float] = {}

    def best(
        self, weights: Mapping[str, float], lists: Mapping[str, Posting], limit: int
    ) -> list[tuple[int, float]]:
        """Return the best passages by number with their scores; ties by number.

        Args:
            weights: The question's terms and their weights, above zero.
            lists: The postings of those terms that are known.

        Returns:
            As scoring every passage and sorting, to the last bit.
        """
        terms = [
            self._term(name, lists[name], weights[name])
            for name in sorted(weights.keys() & lists.keys())
        ]
        if sum(len(term.posting.numbers) for term in terms) <= FEW:
            return self._all(terms, limit)
        rarest_first = sorted(terms, key=lambda term: len(term.posting.numbers))
        candidates = self._candidates(rarest_first, limit)
        scores = np.zeros(len(candidates))
        for term in terms:
            self._look_up(term, candidates, scores)
        order = np.lexsort((candidates, -scores))[:limit]
        return [(int(candidates[i]), float(scores[i])) for i in order if scores[i] > 0]

    def _all(self, terms: list[Term], limit: int) -> list[tuple[int, float]]:
        """Add up all lists at once, in alphabetical order: few are soon added."""
        if not terms:
            return []
        numbers = np.concatenate([term.posting.numbers for term in terms])
        counts = np.concatenate([term.posting.counts for term in terms])
        part = _saturated(counts, self._resistance.take(numbers))
        part *= np.repeat(
            [term.factor for term in terms],
            [len(term.posting.numbers) for term in terms],
        )
        # With weights, the counts are not whole numbers.
        scores = np.bincount(numbers, part, self.size).astype(np.float64, copy=False)
        return [(number, float(scores[number])) for number in top(scores, limit)]

    def _term(self, name: str, posting: Posting, weight: float) -> Term:
        factor = weight * word_idf(self.size, len(posting.numbers))
        return Term(name, posting, factor, factor * self._greatest.get(name, 1.0))

    def _candidates(self, terms: list[Term], limit: int) -> Numbers:
        """Return the passages that may be among the best, ascending."""
        left = _sums_behind([term.bound for term in terms])
        floor, added = 0.0, 0
        while added < len(terms) and floor * SLACK <= left[added]:
            floor = self._add(terms[added], floor, limit)
            added += 1
        candidates, sums = self._take(terms[:added], floor * SLACK - left[added])
        for place in range(added, len(terms)):
            floor = _raised(floor, sums, limit)
            stays = sums >= floor * SLACK - left[place]
            candidates, sums = candidates[stays], sums[stays]
            self._look_up(terms[place], candidates, sums)
        return candidates[sums >= _raised(floor, sums, limit) * SLACK]

    def _add(self, term: Term, floor: float, limit: int) -> float:
        """Add a whole list to the sums; return the floor, raised if it can be."""
        numbers, counts = term.posting
        part = _saturated(counts, self._resistance.take(numbers))
        if term.name not in self._greatest:
            if len(self._greatest) == REMEMBERED:
                self._greatest.clear()
            self._greatest[term.name] = float(part.max())
        sums = self._sums.take(numbers)
        sums += term.factor * part
        self._sums[numbers] = sums
        return _raised(floor, sums, limit)

    def _take(self, terms: list[Term], reach: float) -> tuple[Numbers, Floats]:
        """Return what is in reach of the sums, by number; all sums are zero again."""
        reach = max(reach, ABOVE_ZERO)
        if 4 * sum(len(term.posting.numbers) for term in terms) > self.size:
            found = np.flatnonzero(self._sums >= reach)
            sums = self._sums[found]
            self._sums.fill(0)
            return found, sums
        # A passage of two lists is taken with the first: its sum is zero then.
        parts = [self._taken(term.posting.numbers, reach) for term in terms]
        numbers = np.concatenate([part[0] for part in parts] or [np.zeros(0, np.int64)])
        sums = np.concatenate([part[1] for part in parts] or [np.zeros(0)])
        order = np.argsort(numbers)
        return numbers[order], sums[order]

    def _taken(self, numbers: Numbers, reach: float) -> tuple[Numbers, Floats]:
        sums = self._sums.take(numbers)
        self._sums[numbers] = 0
        within = sums >= reach
        return numbers[within], sums[within]

    def _look_up(self, term: Term, candidates: Numbers, sums: Floats) -> None:
        """Add one term's share to the sums of those candidates that hold it."""
        numbers, counts = term.posting
        at = numbers.searchsorted(candidates.astype(numbers.dtype, copy=False))
        at[at == len(numbers)] = 0
        held = np.flatnonzero(numbers[at] == candidates)
        at, own = at[held], candidates[held]
        part = _saturated(counts[at], self._resistance[own])
        sums[held] += term.factor * part


def _saturated(counts: NDArray[np.integer], resistance: Floats) -> Floats:
    times = counts.astype(np.float64)
    resistance += times
    times /= resistance
    return times


def _sums_behind(bounds: list[float]) -> list[float]:
    """Return what all bounds from a place on add up to; 0 at the end.

    >>> _sums_behind([4.0, 2.0, 1.0])
    [7.0, 3.0, 1.0, 0.0]
    """
    return [*accumulate(reversed(bounds), initial=0.0)][::-1]


def _raised(floor: float, sums: Floats, limit: int) -> float:
    """Return the sum that `limit` passages reach, or the floor if that is higher."""
    above = sums[sums > floor]
    if len(above) < limit:
        return floor
    return float(np.partition(above, len(above) - limit)[len(above) - limit])
