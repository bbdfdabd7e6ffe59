"""Texts that are cut to terms, counted: the postings of a space, with scikit-learn.

`CountVectorizer` counts and `TfidfTransformer` weighs; a few texts are counted without
them, equally, for to import them costs more. Documents are counted by `indexer.tally`,
as they come.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer.tfidf import Counts, Floats, Ints

# Up to so many texts scikit-learn is not imported to count them.
FEW = 200
MOST = 65_535


@dataclass(frozen=True, slots=True)
class Postings:
    """The counts of one space, term by term.

    Attributes:
        words: The terms, sorted.
        starts: int64, one more than words; word i's postings are starts[i] to
            starts[i + 1].
        numbers: int32, passage numbers, ascending within a word.
        counts: uint16, how often the word stands in the passage.
    """

    words: tuple[str, ...]
    starts: NDArray[np.int64]
    numbers: Ints
    counts: Counts


def count(texts: Iterable[Sequence[str]]) -> Postings:
    """Count the terms of texts that are already cut, with scikit-learn.

    A few texts are counted without it, equally: importing it would cost more.

    Args:
        texts: The terms of passage 0, 1, ...
    """
    cut = list(texts)
    if not any(cut):
        empty = np.zeros(0, np.int32)
        return Postings((), np.zeros(1, np.int64), empty, empty.astype(np.uint16))
    if len(cut) <= FEW:
        return _count_few(cut)
    from sklearn.feature_extraction.text import CountVectorizer

    counter = CountVectorizer(analyzer=_as_cut)
    matrix = counter.fit_transform(cut).tocsc()
    matrix.sort_indices()
    return Postings(
        words=tuple(counter.get_feature_names_out().tolist()),
        starts=matrix.indptr.astype(np.int64),
        numbers=matrix.indices.astype(np.int32),
        counts=np.minimum(matrix.data, MOST).astype(np.uint16),
    )


def _count_few(cut: list[Sequence[str]]) -> Postings:
    found = sorted(
        (term, number, times)
        for number, terms in enumerate(cut)
        for term, times in Counter(terms).items()
    )
    words = sorted({term for term, _, _ in found})
    sizes = Counter(term for term, _, _ in found)
    return Postings(
        words=tuple(words),
        starts=np.cumsum([0, *(sizes[word] for word in words)]).astype(np.int64),
        numbers=np.array([number for _, number, _ in found], np.int32),
        counts=np.array([min(n, MOST) for _, _, n in found], np.uint16),
    )


def _as_cut(terms: Sequence[str]) -> Sequence[str]:
    return terms


def merge(parts: Iterable[tuple[Postings, int, int]]) -> Postings:
    """Add postings up, each with a factor and an offset to its passage numbers.

    Args:
        parts: (postings, factor of its counts, what to add to its numbers).
    """
    parts = list(parts)
    words = sorted({word for postings, _, _ in parts for word in postings.words})
    place = {word: i for i, word in enumerate(words)}
    rows, numbers, counts = [], [], []
    for postings, factor, offset in parts:
        own = np.array([place[word] for word in postings.words], np.int64)
        rows.append(np.repeat(own, np.diff(postings.starts)))
        numbers.append(postings.numbers.astype(np.int64) + offset)
        counts.append(postings.counts.astype(np.int64) * factor)
    return _gather(tuple(words), _join(rows), _join(numbers), _join(counts))


def _join(arrays: list[NDArray[np.int64]]) -> NDArray[np.int64]:
    return np.concatenate(arrays) if arrays else np.zeros(0, np.int64)


def _gather(
    words: tuple[str, ...],
    rows: NDArray[np.int64],
    numbers: NDArray[np.int64],
    counts: NDArray[np.int64],
) -> Postings:
    """Sort postings by word and number and add up those that meet."""
    span = int(numbers.max()) + 1 if len(numbers) else 1
    keys, inverse = np.unique(rows * span + numbers, return_inverse=True)
    sums = np.zeros(len(keys), np.int64)
    np.add.at(sums, inverse, counts)
    starts = np.searchsorted(keys // span, np.arange(len(words) + 1))
    return Postings(
        words=words,
        starts=starts.astype(np.int64),
        numbers=(keys % span).astype(np.int32),
        counts=np.minimum(sums, MOST).astype(np.uint16),
    )


def lengths(postings: Postings, size: int, weights: Sequence[float]) -> Floats:
    """Return the length of each of `size` passages: its counts, weighed by term.

    Args:
        weights: One a word of the postings (1/2 for stop words).
    """
    rows = np.repeat(np.asarray(weights, np.float64), np.diff(postings.starts))
    # Of no posting at all, the count comes as whole numbers.
    summed = np.bincount(postings.numbers, rows * postings.counts, minlength=size)
    return summed.astype(np.float64)


def gram_norms(postings: Postings, size: int) -> Floats:
    """Return the Euclidean length of each passage's gram vector, as scikit-learn's."""
    from scipy import sparse
    from sklearn.feature_extraction.text import TfidfTransformer

    matrix = sparse.csc_matrix(
        (postings.counts.astype(np.float64), postings.numbers, postings.starts),
        shape=(size, len(postings.words)),
    )
    weighted = TfidfTransformer(sublinear_tf=True, norm=None).fit_transform(matrix)
    squares = np.asarray(weighted.multiply(weighted).sum(axis=1), np.float64)
    return np.sqrt(squares.ravel())
