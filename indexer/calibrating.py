"""Asking every way of asking of a new index with itself left out, to calibrate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from indexer import signals
from indexer.analysis import grams
from indexer.confidence import Sample
from indexer.glossary import Analysed, weight
from indexer.options import ASKED
from indexer.reports import Track, silent
from indexer.search import Index
from indexer.tfidf import LeftOut
from indexer.types import Passage


def leave_one_out(
    index: Index, facts: Sequence[Passage], track: Track[int] = silent
) -> list[Sample]:
    """Ask every way of asking with itself left out, and with its fact left out.

    Returns:
        Two samples a way of asking: was the fact still the first, and what was
        found where it could not be.
    """
    samples = []
    for number in track(range(len(facts)), "Calibrating"):
        for text in facts[number].variants:
            samples += _left_out_samples(index, number, text)
    return samples


def leave_out(number: int, asked: Analysed) -> LeftOut:
    """Return what the postings lose when a fact's way of asking is left out."""
    return LeftOut(
        number,
        {term: ASKED * n for term, n in Counter(asked.terms).items()},
        Counter(grams(asked.words)),
        ASKED * sum(map(weight, asked.terms)),
    )


def _left_out_samples(index: Index, number: int, text: str) -> list[Sample]:
    asked = index.analyser.analyse(text, asked=True)
    left_out = leave_out(number, asked)
    ranking = index.ranker.rank(asked, index.ranker.weights(asked), left_out=left_out)
    found = []
    fused = ranking.fused.copy()
    candidates = index.candidates(ranking, "en")
    if candidates:
        shown = candidates[: signals.together(ranking, candidates)]
        right = any(candidate.number == number for candidate in shown)
        features = signals.signals(ranking, candidates, index.analyser)
        found.append(Sample(features, right, True, number))
    fused[number] = 0.0
    gone = left_out._replace(words=dict.fromkeys(asked.terms, 65_535))
    ranking = replace(ranking, fused=fused, left_out=gone)
    candidates = index.candidates(ranking, "en")
    if candidates:
        features = signals.signals(ranking, candidates, index.analyser)
        found.append(Sample(features, False, False, number))
    return found
