"""How alike a question is to the ways of asking that are stored."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np

from indexer.glossary import STOP_TERMS, weight
from indexer.tfidf import Floats, Posting

# A synonym found counts less than the word itself.
SYNONYM_COVERAGE = 0.7
IDF_CAP = 4.0
# A word of so many of its ways of asking says what a fact is about.
CORE_SHARE = 0.5


class Weighed(NamedTuple):
    """A question's terms, and what each is worth.

    Attributes:
        worth: Term to its capped idf, times its weight.
        total: All worth together.
        related: The terms that have synonyms, with them.
    """

    worth: Mapping[str, float]
    total: float
    related: Sequence[tuple[str, frozenset[str]]] = ()

    @classmethod
    def of(
        cls, worth: Mapping[str, float], synonyms: Callable[[str], frozenset[str]]
    ) -> Weighed:
        """Add up worth, and look synonyms up."""
        related = [(term, synonyms(term)) for term in worth]
        related = [(term, others) for term, others in related if others]
        return cls(worth, sum(worth.values()), related)

    def terms(self) -> set[str]:
        """Return all terms that the question or a synonym of it has."""
        return {*self.worth}.union(*(others for _, others in self.related))


class Ways(NamedTuple):
    """The ways of asking one fact.

    Attributes:
        terms: Of each way, its terms.
        core: What the terms that most of them have, but stop words, are worth, times
            the share of the ways that have them.
    """

    terms: tuple[tuple[str, ...], ...]
    core: Mapping[str, float]

    @classmethod
    def of(cls, terms: Iterable[Sequence[str]], idf: Callable[[str], float]) -> Ways:
        """Find the terms that most of some ways of asking have."""
        kept = tuple(map(tuple, terms))
        often = Counter(chain.from_iterable(map(dict.fromkeys, kept)))
        least = CORE_SHARE * len(kept)
        most = [t for t, n in often.items() if n >= least and t not in STOP_TERMS]
        shared = worth(most, idf)
        return cls(kept, {t: shared[t] * often[t] / len(kept) for t in most})


def worth(
    terms: Iterable[str],
    idf: Callable[[str], float],
    weights: Mapping[str, float] | None = None,
) -> dict[str, float]:
    """Return what each term is worth: its weight times its idf.

    A rare word counts no more than `IDF_CAP`: that two questions share it or not says
    less about their likeness than its idf.
    """
    found = weights or {}
    return {
        term: found.get(term, weight(term)) * min(idf(term), IDF_CAP) for term in terms
    }


def likenesses(asked: Weighed, lists: Mapping[str, Posting], totals: Floats) -> Floats:
    """Say how like each way of asking is to a question, 0 to 1.

    Twice the worth of what they share, by that of both (Dice 1945, weighted); a synonym
    shares `SYNONYM_COVERAGE` of its word's worth.

    Args:
        lists: Which ways hold each of the question's terms and their synonyms.
        totals: All worth of each way together.
    """
    common = np.zeros(len(totals))
    for term, value in asked.worth.items():
        if term in lists:
            common[lists[term].numbers] += value
    for term, synonyms in asked.related:
        held = [lists[other].numbers for other in synonyms if other in lists]
        if held:
            found = np.zeros(len(totals), np.bool_)
            for numbers in held:
                found[numbers] = True
            if term in lists:
                found[lists[term].numbers] = False
            common[found] += SYNONYM_COVERAGE * asked.worth[term]
    whole = asked.total + totals
    return 2 * common / np.where(whole > 0, whole, 1.0)
