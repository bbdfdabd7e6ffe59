"""Scoring all facts for one question: two channels, fused, then contrasted."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from indexer import contrast, tfidf
from indexer.analysis import grams
from indexer.glossary import SYNONYM_WEIGHT, Analysed, Analyser, weight
from indexer.store import Store
from indexer.tfidf import Floats, Ints, LeftOut, Posting

CONTEXT_WEIGHT = 1.0
NONE: Ints = np.zeros(0, np.int32)


@dataclass(frozen=True, slots=True)
class Ranking:
    """One question against all facts; every array is one number a fact.

    Attributes:
        asked, weights: The question's analysis, and its terms' weights.
        lists: The postings of its terms that are known.
        words, grams: The two channels' own scores.
        agreed: Name ("entity", ...) to agreement, -1, 0 or 1.
        factors: What contrast multiplies each fact with.
        fused: Both channels fused and contrasted: what facts are ranked by.
        left_out: The way of asking that is left out, in calibration.
    """

    asked: Analysed
    weights: Mapping[str, float]
    lists: Mapping[str, Posting]
    words: Floats
    grams: Floats
    agreed: Mapping[str, NDArray[np.int8]]
    factors: Floats
    fused: Floats
    left_out: LeftOut | None = None


class Ranker:
    """Ranks the facts of a store; keeps the small arrays it needs for that."""

    def __init__(self, store: Store, analyser: Analyser) -> None:
        self._store, self._analyser = store, analyser
        self._arrays: dict[str, Floats] = {}
        self._averages: dict[str, float] = {}
        self._features: dict[str, Ints] = {}
        self._families: dict[str, tuple[str, ...]] = {}

    def array(self, space: str) -> Floats:
        """Return the lengths (or norms) of a space's passages, read once."""
        if space not in self._arrays:
            self._arrays[space] = self._store.array(space)
        return self._arrays[space]

    def size(self, space: str) -> int:
        """Return how many passages a space has."""
        return len(self.array(space))

    def average(self, space: str) -> float:
        """Return the average length of a space's passages."""
        if space not in self._averages:
            array = self.array(space)
            self._averages[space] = float(array.mean()) if len(array) else 1.0
        return self._averages[space]

    def weights(
        self, asked: Analysed, context: tuple[str, ...] = ()
    ) -> dict[str, float]:
        """Weigh a question's terms: 1, and 1/2 for stop words and synonyms."""
        found = {term: weight(term) for term in asked.terms}
        for term in asked.terms:
            for synonym in self._analyser.synonyms.get(term, ()):
                found.setdefault(synonym, SYNONYM_WEIGHT * weight(synonym))
        for term in context:
            found.setdefault(term, CONTEXT_WEIGHT * weight(term))
        return found

    def rank(
        self,
        asked: Analysed,
        weights: Mapping[str, float],
        language: str = "en",
        left_out: LeftOut | None = None,
    ) -> Ranking:
        """Score all facts in both channels, fuse, and contrast."""
        facts, gram_space = f"facts:{language}", f"grams:{language}"
        lists = self._store.lists(facts, weights)
        words = tfidf.word_scores(
            weights, lists, self.array(facts), self.average(facts), left_out
        )
        cut = Counter(grams(asked.words))
        gram_lists = self._store.lists(gram_space, cut)
        by_grams = tfidf.gram_scores(cut, gram_lists, self.array(gram_space), left_out)
        agreed = contrast.agreement(
            asked,
            self.size(facts),
            self.feature,
            self.family,
            self._analyser.bodies,
        )
        factors = contrast.factors(agreed, asked)
        fused = tfidf.fuse(words, by_grams) * factors
        return Ranking(
            asked, weights, lists, words, by_grams, agreed, factors, fused, left_out
        )

    def feature(self, name: str) -> Ints:
        """Return the numbers of the facts that have a contrast feature."""
        if name not in self._features:
            posting = self._store.lists("features:en", [name]).get(name)
            self._features[name] = posting.numbers if posting else NONE
        return self._features[name]

    def family(self, prefix: str) -> Sequence[str]:
        """Return the contrast features whose names begin so."""
        if prefix not in self._families:
            found = self._store.words("features:en", prefix)
            self._families[prefix] = tuple(name for name, _ in found)
        return self._families[prefix]
