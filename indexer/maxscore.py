"""The best passages of many, exactly, without adding up every list.

MaxScore (Turtle and Flood 1995). A term adds at most its weight times its idf times
the greatest `tf / (tf + k1 * L(d))` of its list. So, with the rarest terms first:

1. Short lists are added up at once. Of the passages that lead so far, some are scored
   in full: what `limit` of them reach is the *floor*, and seldom far below the score
   of the last that is returned.
2. Further lists are added up while a passage that none of them holds could still get
   in. From there on the passages seen are the only candidates: those whose sum may
   still come to the floor. The long lists left are looked up for them alone, and for
   fewer after every term.
3. Candidates at the floor or above are scored anew, their terms in alphabetical
   order: to the last bit what `tfidf.word_scores` gives them.

Sums that only find candidates are in single precision, hence the slack on the floor.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import accumulate
from operator import attrgetter

import numpy as np

from indexer.shares import Numbers, Shares, Term
from indexer.tfidf import Floats, Long, Posting, leaders, reached, top, word_idf

# Single precision rounds a sum by at most 6e-8 of it with each term, up or down; this
# is allowed for.
SLACK = 1e-6
# Less than any sum above zero.
LEAST = 1e-30
# To add up so many postings costs less than to skip some of them.
FEW = 30_000
# So many postings a passage are added up before anything is looked up.
SHORT = 0.3
# To look a passage up in a list costs so many times what adding a posting does.
DEARER = 5
# So few candidates are scored in full.
A_FEW = 40


class Scorer:
    """Finds the best passages of one space; keeps a few numbers a passage.

    Attributes:
        size: How many passages there are.
    """

    def __init__(self, lengths: Floats) -> None:
        self.size = len(lengths)
        self._shares = Shares(lengths)
        # All zero between two questions: to clear it is cheaper than a new one.
        self._sums = np.zeros(self.size, np.float32)

    def best(
        self,
        weights: Mapping[str, float],
        lists: Mapping[str, Posting | Long],
        limit: int,
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
        if sum(term.size for term in terms) <= FEW:
            return self._all(terms, limit)
        rarest_first = sorted(terms, key=attrgetter("size"))
        candidates = self._candidates(rarest_first, limit)
        scores = self._shares.of_passages(terms, candidates)
        order = np.lexsort((candidates, -scores))[:limit]
        return [(int(candidates[i]), float(scores[i])) for i in order if scores[i] > 0]

    def _term(self, name: str, posting: Posting | Long, weight: float) -> Term:
        size = posting.df
        factor = weight * word_idf(self.size, size)
        bound = factor * self._shares.greatest.get(name, 1.0)
        return Term(name, posting, factor, bound, size)

    def _all(self, terms: Sequence[Term], limit: int) -> list[tuple[int, float]]:
        """Add up all lists at once, in alphabetical order: few are soon added."""
        if not terms:
            return []
        numbers, part = self._shares.of_lists(terms)
        # With weights, the counts are not whole numbers.
        scores = np.bincount(numbers, part, self.size).astype(np.float64, copy=False)
        return [(number, float(scores[number])) for number in top(scores, limit)]

    def _add(self, terms: Sequence[Term]) -> None:
        """Add whole lists to the sums."""
        np.add.at(self._sums, *self._shares.of_lists(terms, roughly=True))

    def _candidates(self, terms: list[Term], limit: int) -> Numbers:
        """Return the passages that may be among the best."""
        left = _sums_behind([term.bound for term in terms])
        added, floor, candidates = self._add_enough(terms, left, limit)
        slack = _slack(terms)
        sums = self._sums[candidates].astype(np.float64)
        self._sums.fill(0)
        for place in range(added, len(terms)):
            if len(candidates) <= A_FEW:
                break
            sums += self._shares.of_passages(terms[place : place + 1], candidates)
            floor = max(floor, reached(sums, limit))
            stays = sums >= floor * slack - left[place + 1]
            candidates, sums = candidates[stays], sums[stays]
        return candidates

    def _add_enough(
        self, terms: Sequence[Term], left: Sequence[float], limit: int
    ) -> tuple[int, float, Numbers]:
        """Add lists up until it costs less to look up passages in those left.

        Returns:
            How many are added up, the floor, and the passages that may reach it.
        """
        slack = _slack(terms)
        added, end, floor = 0, self._batch(terms, 0), 0.0
        while True:
            self._add(terms[added:end])
            added = end
            floor = max(floor, self._floor(terms[added:], limit))
            reach = floor * slack
            while end < len(terms) and left[end] >= reach:
                end += 1
            if end > added:
                continue
            reach = max(reach - left[added], LEAST)
            candidates = np.flatnonzero(self._sums >= reach)
            if added == len(terms) or DEARER * len(candidates) <= terms[added].size:
                return added, floor, candidates
            end = self._batch(terms, added)

    def _batch(self, terms: Sequence[Term], added: int) -> int:
        """Return up to where lists are added up at once: the shortest left, or one."""
        total = 0.0
        for place in range(added, len(terms)):
            total += terms[place].size
            if total > SHORT * self.size:
                return max(place, added + 1)
        return len(terms)

    def _floor(self, terms: Sequence[Term], limit: int) -> float:
        """Return a score that `limit` passages reach, by scoring those that lead.

        Args:
            terms: Those that are not added up.
        """
        leading = leaders(self._sums, limit)
        if len(leading) < limit:
            return 0.0
        scores = self._sums[leading] + self._shares.of_passages(terms, leading)
        return float(scores.min())


def _slack(terms: Sequence[Term]) -> float:
    return 1 - SLACK * (len(terms) + 1)


def _sums_behind(bounds: list[float]) -> list[float]:
    """Return what all bounds from a place on add up to; 0 at the end.

    >>> _sums_behind([4.0, 2.0, 1.0])
    [7.0, 3.0, 1.0, 0.0]
    """
    return [*accumulate(reversed(bounds), initial=0.0)][::-1]
