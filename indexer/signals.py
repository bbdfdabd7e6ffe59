"""What speaks for a fact as the answer: the signals that confidence is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from indexer import tfidf
from indexer.glossary import STOP_TERMS, Analysed, Analyser, weight
from indexer.ranking import Ranking

# A synonym found counts less in coverage than the word itself.
SYNONYM_COVERAGE = 0.7
NEAR_BOTH = 0.85
IDF_CAP = 4.0
# How much the likeness of its nearest way of asking lifts a fact's score.
NEAR_SHARE = 1.5


class Candidate(NamedTuple):
    """A fact near the top.

    Attributes:
        near: How like its nearest way of asking is to the question, 0 to 1.
    """

    number: int
    topic: str
    near: float


def together(ranking: Ranking, candidates: Sequence[Candidate]) -> int:
    """Say how many of the first facts are one answer: two of a topic, equally near."""
    if len(candidates) < 2:
        return min(len(candidates), 1)
    first, second = candidates[:2]
    near = ranking.fused[second.number] >= NEAR_BOTH * ranking.fused[first.number]
    opposed = any(agreed[second.number] < 0 for agreed in ranking.agreed.values())
    return 2 if near and first.topic == second.topic and not opposed else 1


def signals(
    ranking: Ranking,
    candidates: Sequence[Candidate],
    analyser: Analyser,
    place: int = 0,
) -> dict[str, float]:
    """Return the signals of the fact at `place` among the candidates, by name.

    words, grams, contrast: what its score is made of. margin: how far the best other
    fact is behind. coverage: share of the question it holds. gram: cosine. near: how
    like its nearest way of asking is. both: the weaker channel. entity, country, ...:
    agreement with what the question names.
    """
    number = candidates[place].number
    best = float(ranking.fused[number])
    others = np.delete(ranking.fused, number)
    runner_up = float(others.max(initial=0))
    words, grams = _relative(ranking.words, number), _relative(ranking.grams, number)
    rivals = [
        candidate.near for candidate in candidates[:3] if candidate.number != number
    ]
    near = candidates[place].near
    return {
        "words": words,
        "grams": grams,
        "contrast": float(ranking.factors[number]),
        "margin": (best - runner_up) / best if best > 0 else -1.0,
        "coverage": coverage(ranking, number, analyser),
        "gram": float(ranking.grams[number]),
        "near": near,
        "near_margin": near - max(rivals, default=0.0),
        "both": min(words, grams),
        **{name: float(agreed[number]) for name, agreed in ranking.agreed.items()},
    }


def _relative(scores: tfidf.Floats, number: int) -> float:
    best = float(scores.max(initial=0))
    return float(scores[number]) / best if best > 0 else 0.0


def coverage(ranking: Ranking, number: int, analyser: Analyser) -> float:
    """Return the share of the question's idf that a fact's words cover, 0 to 1.

    Unknown words count at full idf, as misses; a synonym counts .7.
    """
    total = covered = 0.0
    for term in dict.fromkeys(ranking.asked.terms):
        share = ranking.weights[term] * _idf(ranking, term)
        total += share
        if holds(ranking, term, number):
            covered += share
        elif any(
            holds(ranking, other, number) for other in analyser.synonyms.get(term, ())
        ):
            covered += SYNONYM_COVERAGE * share
    return covered / total if total else 0.0


def _idf(ranking: Ranking, term: str) -> float:
    posting = ranking.lists.get(term)
    df = len(posting.numbers) if posting else 0
    left_out = ranking.left_out
    if posting and left_out and df == 1 and posting.numbers[0] == left_out.number:
        # Only the fact left out knew the word: without it, it is unknown.
        df = 0 if posting.counts[0] <= left_out.words.get(term, 0) else df
    return tfidf.word_idf(len(ranking.fused), df)


def holds(ranking: Ranking, term: str, number: int) -> bool:
    """Tell whether a fact holds a term (not only in the way of asking left out)."""
    posting = ranking.lists.get(term)
    if posting is None:
        return False
    at = int(np.searchsorted(posting.numbers, number))
    if at == len(posting.numbers) or posting.numbers[at] != number:
        return False
    left_out = ranking.left_out
    less = left_out.words.get(term, 0) if left_out and left_out.number == number else 0
    return int(posting.counts[at]) > less


class Variant(NamedTuple):
    """A way of asking: its terms, what each is worth (capped idf), and all together."""

    terms: tuple[str, ...]
    worth: Mapping[str, float]
    total: float


def variant(
    text: Analysed,
    idf: Callable[[str], float],
    weights: Mapping[str, float] | None = None,
) -> Variant:
    """Return a way of asking with the worth of its terms.

    A rare word counts no more than `IDF_CAP`: that two questions share it or not says
    less about their likeness than its idf.
    """
    worth = {
        term: (weights or {}).get(term, weight(term)) * min(idf(term), IDF_CAP)
        for term in text.terms
    }
    return Variant(text.terms, worth, sum(worth.values()))


def likeness(asked: Variant, other: Variant, analyser: Analyser) -> float:
    """Return how alike two questions are, 0 to 1 (Dice 1945, weighted; synonyms .7)."""
    common = 0.0
    for term, value in asked.worth.items():
        if term in other.worth:
            common += value
        elif not analyser.synonym_set(term).isdisjoint(other.worth):
            common += SYNONYM_COVERAGE * value
    whole = asked.total + other.total
    return 2 * common / whole if whole else 0.0


def missing(ranking: Ranking, number: int, analyser: Analyser) -> tuple[str, ...]:
    """Return the content words of a question that a fact lacks, rarest first."""
    asked = ranking.asked
    lacking = [
        term
        for term in dict.fromkeys(asked.terms)
        if term not in STOP_TERMS
        and not any(
            holds(ranking, held, number)
            for held in (term, *analyser.synonyms.get(term, ()))
        )
    ]
    lacking.sort(key=lambda term: -_idf(ranking, term))
    return tuple(asked.typed.get(term, term).replace("_", " ") for term in lacking)
