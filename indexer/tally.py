"""The passages of documents, counted as they come: one space a language.

Nothing is kept of a text but the numbers of its terms; whenever some million terms
have come they are counted to a *run* of postings: arrays, sorted by term. At the end
the runs, and what the old index knows of unchanged passages, are joined term by term.
The counts are those of scikit-learn's `CountVectorizer` (a test says so), and do not
depend on what came from the old index.
"""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.counting import MOST, Postings
from indexer.glossary import weight
from indexer.options import TITLE
from indexer.terms import NONE, Terms
from indexer.tfidf import Counts, Floats, Ints

# So many terms are counted at once: some 100 MB.
AT_ONCE = 2_000_000

Whole = NDArray[np.int64]


class Run(NamedTuple):
    """Postings of some passages: each term's number, then its list, one after another.

    Attributes:
        terms: Numbers of terms, each once.
        sizes: How many postings each has.
        numbers, counts: The postings; numbers ascend within a term.
    """

    terms: Whole
    sizes: Whole
    numbers: Ints
    counts: Counts


class Before(NamedTuple):
    """What an old index holds of a space."""

    postings: Postings
    lengths: Floats


class Tally:
    """Counts the passages of one space, in the order of their numbers."""

    def __init__(self, terms: Terms) -> None:
        self.size = 0
        self._terms = terms
        self._weights = np.zeros(0)
        self._new, self._sizes, self._ids = array("i"), array("i"), list[Ints]()
        self._waiting = 0
        self._kept, self._kept_as = array("i"), array("i")
        self._runs: list[Run] = []
        self._lengths: list[tuple[Ints, Floats]] = []

    def add(self, passages: Sequence[tuple[str, str]]) -> list[int]:
        """Count the next passages, the title and the text of each.

        Returns:
            The `intake.signs` of the words of each text, if not more.
        """
        titles = list(dict.fromkeys(title for title, _ in passages))
        found, signs = self._terms.of_all([*titles, *(text for _, text in passages)])
        titled = {
            title: np.concatenate([ids] * TITLE)
            for title, ids in zip(titles, found, strict=False)
        }
        for (title, _), ids in zip(passages, found[len(titles) :], strict=True):
            self._ids += (titled[title], ids)
            size = len(titled[title]) + len(ids)
            self._sizes.append(size)
            self._new.append(self.size)
            self.size += 1
            self._waiting += size
            if self._waiting >= AT_ONCE:
                self._close_run()
        return signs[len(titles) :]

    def keep(self, numbers: Sequence[int]) -> None:
        """Take the next passages as they were: those numbers of the old index."""
        self._kept.extend(numbers)
        self._kept_as.extend(range(self.size, self.size + len(numbers)))
        self.size += len(numbers)

    @property
    def kept(self) -> Ints:
        """Return the old numbers of the passages that were kept."""
        return _ints(self._kept)

    @property
    def renumbered(self) -> bool:
        """Tell whether a passage that was kept has another number now."""
        return self._kept != self._kept_as

    def words_of(self, passages: Sequence[tuple[str, str]]) -> set[str]:
        """Return the terms of passages that are not counted."""
        found = self._terms.of_all([text for passage in passages for text in passage])
        numbers = np.concatenate([NONE, *found.numbers])
        return {self._terms.names[number] for number in np.unique(numbers).tolist()}

    def total(self, before: Before | None) -> tuple[Postings, Floats]:
        """Return the postings of all passages, and their lengths; the tally is empty.

        Args:
            before: The old index, where passages of it were kept.
        """
        self._close_run()
        lengths = np.zeros(self.size)
        for numbers, own in self._lengths:
            lengths[numbers] = own
        if before and self._kept:
            kept, kept_as = _ints(self._kept), _ints(self._kept_as)
            lengths[kept_as] = before.lengths[kept]
            self._runs.insert(0, self._run_of(before.postings, kept, kept_as))
        return self._joined(), lengths

    def _close_run(self) -> None:
        """Count the terms that have come since the last run."""
        ids, new = np.concatenate([*self._ids, NONE]), _ints(self._new)
        sizes = _ints(self._sizes)
        self._lengths.append((new, self._lengths_of(ids, sizes)))
        order = _stable_order(ids)
        terms = ids[order]
        numbers = np.repeat(new, sizes)[order]
        begins = _changes(terms)
        first = np.flatnonzero(begins | _changes(numbers))
        counts = np.diff(first, append=len(terms))
        lists = np.flatnonzero(begins[first])
        self._runs.append(
            Run(
                terms=terms[first[lists]].astype(np.int64),
                sizes=np.diff(lists, append=len(first)),
                numbers=numbers[first],
                counts=np.minimum(counts, MOST).astype(np.uint16),
            )
        )
        self._new, self._sizes, self._ids = array("i"), array("i"), []
        self._waiting = 0

    def _lengths_of(self, ids: Ints, sizes: Ints) -> Floats:
        """Return the length of each passage: its terms, stop words at one half."""
        names = self._terms.names[len(self._weights) :]
        self._weights = np.concatenate([self._weights, [weight(n) for n in names]])
        # Halves add up to the same in any order.
        sums = np.concatenate([[0.0], np.cumsum(self._weights[ids])])
        ends = np.cumsum(sizes)
        lengths: Floats = sums[ends] - sums[ends - sizes]
        return lengths

    def _run_of(self, postings: Postings, kept: Ints, kept_as: Ints) -> Run:
        """Return old postings with the new numbers; of other passages none are left."""
        oldest = max(int(postings.numbers.max(initial=-1)), int(kept.max())) + 1
        new_of = np.full(oldest, -1, np.int32)
        new_of[kept] = kept_as
        numbers = new_of[postings.numbers]
        stays = numbers >= 0
        # As many as stay before each list; few are gone, as a rule.
        left = postings.starts - np.searchsorted(
            np.flatnonzero(~stays), postings.starts
        )
        terms = np.array([self._terms.number(w) for w in postings.words], np.int64)
        return Run(terms, np.diff(left), numbers[stays], postings.counts[stays])

    def _joined(self) -> Postings:
        """Put the runs together, term by term in alphabetical order."""
        names = self._terms.names
        sizes = np.zeros(len(names), np.int64)
        for run in self._runs:
            sizes[run.terms] += run.sizes
        order = sorted(np.flatnonzero(sizes).tolist(), key=names.__getitem__)
        starts = np.concatenate([[0], np.cumsum(sizes[order])]).astype(np.int64)
        free = np.zeros(len(names), np.int64)
        free[order] = starts[:-1]
        numbers = np.empty(starts[-1], np.int32)
        counts = np.empty(starts[-1], np.uint16)
        self._runs.reverse()
        while self._runs:
            run = self._runs.pop()
            shift = free[run.terms] - (np.cumsum(run.sizes) - run.sizes)
            places = np.repeat(shift, run.sizes) + np.arange(len(run.numbers))
            numbers[places], counts[places] = run.numbers, run.counts
            free[run.terms] += run.sizes
        _sort_lists(starts, numbers, counts)
        words = tuple(names[number] for number in order)
        return Postings(words, starts, numbers, counts)


def _stable_order(ids: Ints) -> Whole:
    """Return the order of numbers, equal ones as they came; by radix: 16 bits a pass.

    NumPy sorts numbers of 16 bits so; to sort longer ones costs three times as much.
    """
    order = np.argsort(ids.astype(np.uint16), kind="stable")
    if len(ids) and int(ids.max()) >> 16:
        high = (ids >> 16).astype(np.uint16)[order]
        order = order[np.argsort(high, kind="stable")]
    return order


def _changes(numbers: Ints) -> NDArray[np.bool_]:
    """Tell of each number whether it differs from the one before it."""
    found = np.ones(len(numbers), np.bool_)
    np.not_equal(numbers[1:], numbers[:-1], out=found[1:])
    return found


def _sort_lists(starts: Whole, numbers: Ints, counts: Counts) -> None:
    """Sort lists by number where they are not: new passages stand between old ones."""
    falls = np.flatnonzero(np.diff(numbers) < 0) + 1
    lists = np.searchsorted(starts, falls, side="right") - 1
    inside = starts[lists] != falls
    for place in np.unique(lists[inside]).tolist():
        own = slice(starts[place], starts[place + 1])
        # Nearly sorted already: two or three runs, which a stable sort merges.
        order = np.argsort(numbers[own], kind="stable")
        numbers[own], counts[own] = numbers[own][order], counts[own][order]


def _ints(values: array[int]) -> Ints:
    return np.array(values, np.int32)
