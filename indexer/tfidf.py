"""Weights and scores, from the postings of a question's terms. Pure arrays, no files.

Two channels of the TF-IDF family. *Words* have BM25's saturation and length
normalisation (Robertson and Zaragoza 2009, in Lucene's variant: Kamphuis et al. 2020):

    idf(t)      = ln(1 + (N - df + 0.5) / (df + 0.5))
    score(q, d) = sum over t of  w(q, t) * idf(t) * tf / (tf + k1 * L(d))
    L(d)        = 1 - b + b * |d| / avg

*Grams* are scikit-learn's sublinear TF-IDF with smooth idf and the cosine:

    idf(g)    = 1 + ln((1 + N) / (1 + df))
    weight    = (1 + ln(count)) * idf(g), divided by the vector's length
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

K1 = 1.2
B = 0.75
WORDS_SHARE = 0.67
GRAMS_SHARE = 0.33
# Where only the best are looked for, scores are dealt out to so many hands.
HANDS = 512
LEAST_A_HAND = 8
MANY_FOR_A_SORT = 100

Ints = NDArray[np.int32]
Counts = NDArray[np.uint16]
Floats = NDArray[np.float64]
Number = TypeVar("Number", bound=np.floating)
NO_FLOATS: Floats = np.zeros(0)


class Posting(NamedTuple):
    """One word's list: passage numbers (int32, ascending) and counts."""

    numbers: Ints
    counts: NDArray[np.uint16] | NDArray[np.uint8]

    @property
    def df(self) -> int:
        """Return how many passages the word is in."""
        return len(self.numbers)

    def posting(self) -> Posting:
        """Return the list itself."""
        return self


class Long(NamedTuple):
    """A list of many passages, a byte each: less room, and looked up at once.

    Attributes:
        df: How many passages the word is in.
        dense: uint8, how often it is in passage 0, 1, ...
    """

    df: int
    dense: NDArray[np.uint8]

    def posting(self) -> Posting:
        """Return the list with its passages named."""
        numbers = np.flatnonzero(self.dense)
        return Posting(numbers.astype(np.int32), self.dense[numbers])


class LeftOut(NamedTuple):
    """A way of asking left out of its own fact, to see what would be found without.

    Attributes:
        number: The fact's passage number.
        words: Its terms' counts, in the unit of the postings.
        grams: Its grams' counts.
        length: What its words add to the length of the fact, in the same unit.
        terms: Its terms, in their order.
    """

    number: int
    words: Mapping[str, int]
    grams: Mapping[str, int]
    length: float
    terms: tuple[str, ...] = ()


def word_idf(size: int, df: int) -> float:
    """Return BM25's idf (Lucene): ln(1 + (N - df + 0.5) / (df + 0.5))."""
    return math.log(1 + (size - df + 0.5) / (df + 0.5))


def gram_idf(size: int, df: int) -> float:
    """Return scikit-learn's smooth idf: 1 + ln((1 + N) / (1 + df))."""
    return 1 + math.log((1 + size) / (1 + df))


def saturated(counts: Floats, passage_lengths: Floats, average: float) -> Floats:
    """Return BM25's tf / (tf + k1 (1 - b + b |d| / avg)), one a posting."""
    return counts / (counts + K1 * (1 - B + B * passage_lengths / average))


def word_scores(
    weights: Mapping[str, float],
    lists: Mapping[str, Posting],
    passage_lengths: Floats,
    average: float,
    left_out: LeftOut | None = None,
) -> Floats:
    """Score all passages by BM25.

    Args:
        weights: The question's terms and their weights.
        lists: The postings of those terms that are known.
        passage_lengths: float64, one a passage, in the unit of the counts.

    Returns:
        float64, one a passage. Terms are added in alphabetical order, so equal
        passages have equal scores to the last bit.
    """
    size = len(passage_lengths)
    scores = np.zeros(size)
    for term in sorted(weights.keys() & lists.keys()):
        numbers, raw = lists[term]
        counts = raw.astype(np.float64)
        own_lengths = passage_lengths[numbers]
        df = len(numbers)
        if left_out and (less := left_out.words.get(term)):
            at = int(np.searchsorted(numbers, left_out.number))
            counts[at] = max(counts[at] - less, 0)
            own_lengths[at] = max(own_lengths[at] - left_out.length, 1)
            df -= counts[at] == 0
        if df == 0:
            continue
        part = saturated(counts, own_lengths, average)
        scores[numbers] += weights[term] * word_idf(size, df) * part
    return scores


def gram_scores(
    asked: Mapping[str, int],
    lists: Mapping[str, Posting],
    norms: Floats,
    left_out: LeftOut | None = None,
) -> Floats:
    """Score all passages by the cosine of sublinear TF-IDF gram vectors, 0 to 1.

    Args:
        asked: The question's grams and how often each occurs.
        lists: The postings of those grams that are known.
        norms: float64, the Euclidean length of each passage's vector.
    """
    known = sorted(asked.keys() & lists.keys())
    if not known:
        return np.zeros(len(norms))
    sizes = np.array([len(lists[gram].numbers) for gram in known])
    idf = np.array([gram_idf(len(norms), size) for size in sizes.tolist()])
    wanted = (1 + np.log([asked[gram] for gram in known])) * idf
    numbers = np.concatenate([lists[gram].numbers for gram in known])
    # The logarithm of two-byte counts would come in single precision.
    counts = np.concatenate([lists[gram].counts for gram in known]).astype(np.float64)
    weights = (1 + np.log(counts)) * np.repeat(idf, sizes)
    norms = norms.copy() if left_out else norms
    if left_out:
        own = np.flatnonzero(numbers == left_out.number)
        rows = np.searchsorted(np.cumsum(sizes), own, side="right")
        less = np.array([left_out.grams.get(known[row], 0) for row in rows.tolist()])
        rest = counts[own] - less
        fewer = np.where(rest > 0, (1 + np.log(np.maximum(rest, 1))) * idf[rows], 0.0)
        square = norms[left_out.number] ** 2 + (fewer**2 - weights[own] ** 2).sum()
        norms[left_out.number] = math.sqrt(square) if square > 1e-9 else 0.0
        weights[own] = fewer
        # Grams that only the way of asking left out had are unknown without it.
        wanted[rows[(rest <= 0) & (sizes[rows] == 1)]] = 0.0
    length = math.sqrt(float((wanted**2).sum()))
    scores = np.bincount(numbers, np.repeat(wanted, sizes) * weights, len(norms))
    return scores / np.where(norms > 0, norms * (length or 1.0), np.inf)


def fuse(words: Floats, grams: Floats) -> Floats:
    """Add the channels, each divided by its best of this question: .67 and .33."""
    best_word, best_gram = words.max(initial=0), grams.max(initial=0)
    fused = np.zeros(len(words))
    if best_word > 0:
        fused += WORDS_SHARE * words / best_word
    if best_gram > 0:
        fused += GRAMS_SHARE * grams / best_gram
    return fused


def top(scores: NDArray[np.floating], limit: int) -> list[int]:
    """Return the numbers of the best scores above zero; ties by number.

    >>> top(np.array([0.0, 2.0, 1.0, 2.0]), 2)
    [1, 3]
    """
    floor = reached(scores, limit)
    above = np.flatnonzero(scores >= floor if floor else scores > 0)
    best = scores[above]
    if len(above) > MANY_FOR_A_SORT:
        place = max(len(above) - limit, 0)
        above = above[best >= np.partition(best, place)[place]]
        best = scores[above]
    order = np.lexsort((above, -best))
    found: list[int] = above[order[:limit]].tolist()
    return found


def reached(scores: NDArray[np.floating], limit: int) -> float:
    """Return a score that at least `limit` of all reach; zero where there are fewer.

    Seldom far below the score that exactly so many reach, and found at a tenth of the
    cost: only the best score of each hand is looked at.
    """
    if (dealt := _dealt(scores, limit)) is not None:
        scores = dealt.max(axis=0)
    place = len(scores) - limit
    if place < 0:
        return 0.0
    return max(float(np.partition(scores, place)[place]), 0.0)


def leaders(scores: NDArray[np.floating], limit: int) -> NDArray[np.intp]:
    """Return the numbers of some scores above zero, few of them below the best `limit`.

    Of the best hands each gives its best; where there are few, those are the best.
    """
    if (dealt := _dealt(scores, limit)) is None:
        return np.array(top(scores, limit), np.intp)
    hands = np.argpartition(dealt.max(axis=0), -limit)[-limit:]
    found: NDArray[np.intp] = dealt[:, hands].argmax(axis=0) * dealt.shape[1] + hands
    return found[scores[found] > 0]


def _dealt(scores: NDArray[Number], limit: int) -> NDArray[Number] | None:
    """Deal the scores out, a hand a column; the last few are left over."""
    hands = min(HANDS, len(scores) // LEAST_A_HAND)
    if hands < 4 * limit:
        return None
    rows = len(scores) // hands
    return scores[: rows * hands].reshape(rows, hands)
