"""What speaks for a fact as the answer: the signals that confidence is made of."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from indexer import tfidf
from indexer.analysis import CARDINALS
from indexer.glossary import STOP_TERMS, Analysed, Analyser
from indexer.likeness import IDF_CAP, SYNONYM_COVERAGE, Ways
from indexer.ranking import Ranking
from indexer.types import Passage

NEAR_BOTH = 0.85
# How much the likeness of its nearest way of asking lifts a fact's score.
NEAR_SHARE = 1.5
# A stored way of asking, asked again, is meant: "What is COMMIT?" has no rare word.
SAME, SAME_LIFT = 0.999, 6.0
# What is counted or done stands so near behind "how many" or "who".
FOCUS_AHEAD = 5
COUNTED = (("how", "mani"), ("how", "much"))
COUNTING = frozenset({"mani", "much", "number", "total"})


class Candidate(NamedTuple):
    """A fact near the top.

    Attributes:
        near: How like its nearest way of asking is to the question, 0 to 1.
        near_three: The mean of its three nearest.
        ways: Its ways of asking, without the one left out.
        passage: The fact itself.
    """

    number: int
    topic: str
    near: float
    near_three: float
    ways: Ways
    passage: Passage


def lift(near: float) -> float:
    """Return what a fact's score is multiplied with for its nearest way of asking."""
    return SAME_LIFT if near > SAME else 1 + NEAR_SHARE * near


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
    like its nearest way of asking is, near_three its three nearest; both also as the
    lead over its rivals. both: the weaker channel. core, core_lost, others: see `core`.
    gap, size: see `gap`. focus: see `focus`. entity, country, ...: agreement with what
    the question names.
    """
    number = candidates[place].number
    best = float(ranking.fused[number])
    others = np.delete(ranking.fused, number)
    runner_up = float(others.max(initial=0))
    words, grams = _relative(ranking.words, number), _relative(ranking.grams, number)
    own = candidates[place]
    rivals = [rival for rival in candidates[:3] if rival.number != number]
    return {
        "words": words,
        "grams": grams,
        "contrast": float(ranking.factors[number]),
        "margin": (best - runner_up) / best if best > 0 else -1.0,
        "coverage": coverage(ranking, number, analyser),
        "gram": float(ranking.grams[number]),
        "near": own.near,
        "near_margin": own.near - max((r.near for r in rivals), default=0.0),
        "near_three": own.near_three,
        "near_three_margin": own.near_three
        - max((rival.near_three for rival in rivals), default=0.0),
        "both": min(words, grams),
        **core(ranking.asked, own.ways, analyser),
        **gap(ranking, number, analyser),
        "focus": focus(ranking, own, analyser),
        **{name: float(agreed[number]) for name, agreed in ranking.agreed.items()},
    }


def core(asked: Analysed, ways: Ways, analyser: Analyser) -> dict[str, float]:
    """Compare a question with what a fact is about: the words most ways of asking have.

    Returns:
        core: share of those words' worth that the question has, too, 0 to 1.
        core_lost: worth of the weightiest that it lacks. others: how many names of
        the glossary are among those it lacks.
    """
    has = {*asked.terms}.union(*map(analyser.synonym_set, asked.terms))
    lost = {term: value for term, value in ways.core.items() if term not in has}
    total = sum(ways.core.values())
    return {
        "core": 1 - sum(lost.values()) / total if total else 1.0,
        "core_lost": max(lost.values(), default=0.0),
        "others": float(len(lost.keys() & analyser.names)),
    }


def gap(ranking: Ranking, number: int, analyser: Analyser) -> dict[str, float]:
    """Say what of a question a fact does not hold at all.

    Returns:
        gap: capped idf of the rarest content word that it lacks. size: logarithm of
        one more than the content words asked.
    """
    content = [
        term
        for term in dict.fromkeys(ranking.asked.terms)
        if term not in analyser.empty_terms
    ]
    lacking = [
        min(_idf(ranking, term), IDF_CAP)
        for term in content
        if not stands_for(ranking, term, number, analyser)
    ]
    return {"gap": max(lacking, default=0.0), "size": math.log1p(len(content))}


def focus(ranking: Ranking, own: Candidate, analyser: Analyser) -> float:
    """Say whether a fact holds what is counted or done: "how many pages", "who opened".

    What is counted must be asked so in one of its ways of asking, or stand behind a
    number in its answer.

    Returns:
        1.0 it does, -1.0 it does not, 0.0 nothing is counted or done.
    """
    terms = ranking.asked.terms
    for place, term in enumerate(terms):
        counted = terms[place : place + 2] in COUNTED
        if term != "who" and not counted:
            continue
        about = _first_content(terms[place + 1 : place + 1 + FOCUS_AHEAD], analyser)
        if about and counted:
            return 1.0 if _counts(own, about, analyser) else -1.0
        if about:
            return 1.0 if stands_for(ranking, about, own.number, analyser) else -1.0
    return 0.0


def _first_content(terms: Sequence[str], analyser: Analyser) -> str:
    """Return the first term that is no stop word and no mere "how many"; or ""."""
    return next((term for term in terms if term not in analyser.empty_terms), "")


def _counts(own: Candidate, about: str, analyser: Analyser) -> bool:
    """Tell whether a fact counts something: it is asked so, or its answer says so."""
    names = {about, *analyser.synonym_set(about)}
    if any(COUNTING & {*way} and names & {*way} for way in own.ways.terms):
        return True
    answer = analyser.cut(own.passage.text, "en")[0].terms
    return any(
        (term.isdigit() or term in CARDINALS)
        and names & {*answer[place + 1 : place + 1 + FOCUS_AHEAD]}
        for place, term in enumerate(answer)
    )


def stands_for(ranking: Ranking, term: str, number: int, analyser: Analyser) -> bool:
    """Tell whether a fact holds a term or a synonym of it."""
    return any(
        holds(ranking, held, number)
        for held in (term, *analyser.synonyms.get(term, ()))
    )


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


def frequency(ranking: Ranking, term: str) -> int:
    """Return how many facts hold a term (not only in the way of asking left out)."""
    posting = ranking.lists.get(term)
    df = len(posting.numbers) if posting else 0
    left_out = ranking.left_out
    if posting and left_out and df == 1 and posting.numbers[0] == left_out.number:
        # Only the fact left out knew the word: without it, it is unknown.
        df = 0 if posting.counts[0] <= left_out.words.get(term, 0) else df
    return df


def _idf(ranking: Ranking, term: str) -> float:
    return tfidf.word_idf(len(ranking.fused), frequency(ranking, term))


def holds(ranking: Ranking, term: str, number: int) -> bool:
    """Tell whether a fact holds a term (not only in the way of asking left out)."""
    posting = ranking.lists.get(term)
    if posting is None:
        return False
    at = int(posting.numbers.searchsorted(number))
    if at == len(posting.numbers) or posting.numbers[at] != number:
        return False
    left_out = ranking.left_out
    less = left_out.words.get(term, 0) if left_out and left_out.number == number else 0
    return int(posting.counts[at]) > less


def missing(ranking: Ranking, number: int, analyser: Analyser) -> tuple[str, ...]:
    """Return the content words of a question that a fact lacks, rarest first."""
    asked = ranking.asked
    lacking = [
        term
        for term in dict.fromkeys(asked.terms)
        if term not in STOP_TERMS and not stands_for(ranking, term, number, analyser)
    ]
    lacking.sort(key=lambda term: -_idf(ranking, term))
    return tuple(asked.typed.get(term, term).replace("_", " ") for term in lacking)
