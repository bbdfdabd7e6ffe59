"""Asks the stored ways of asking as if they were not stored, to learn from it.

What confidence is fitted to (see `fitting`): the hits of each way without itself,
without its whole fact, and with its rarest word exchanged; and those of near misses,
which no fact answers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace

from indexer import lacking, signals, tfidf
from indexer.analysis import grams
from indexer.fitting import Sample
from indexer.glossary import Analysed, weight
from indexer.options import ASKED
from indexer.ranking import Ranking
from indexer.reports import Track, silent
from indexer.search import Index
from indexer.signals import Candidate
from indexer.tfidf import LeftOut
from indexer.types import Passage

# Of each fact about so many ways of asking: enough to learn from, and soon done.
SAMPLED = 6
# Primes: which word takes which word's place is arbitrary, but always the same.
STEP, STRIDE = 7919, 104_729


def leave_one_out(
    index: Index, facts: Sequence[Passage], track: Track[int] = silent
) -> list[Sample]:
    """Ask ways of asking of every fact, changed in the three ways of `fitting`.

    Returns:
        Up to three samples a way of asking: was the fact still the first, and what was
        found where it could not be or where another word was asked for.
    """
    samples = []
    others = _exchangeable(index)
    for number in track(range(len(facts)), "Calibrating"):
        ways = facts[number].variants
        for place, text in enumerate(ways[:: len(ways) // SAMPLED + 1]):
            asked = index.analyser.analyse(text, asked=True)
            samples += _left_out_samples(index, number, asked)
            if others and place % 2 == 0:
                other = others[(number * STEP + place * STRIDE) % len(others)]
                samples += _exchanged_sample(index, number, asked, other)
    return samples


def near_misses(index: Index, questions: Iterable[str]) -> list[Sample]:
    """Ask questions that lie near a fact and that no fact answers."""
    samples = []
    for question in questions:
        repaired = index.repair(question)
        asked = index.analyser.analyse(question, repaired=repaired, asked=True)
        ranking = index.ranker.rank(asked, index.ranker.weights(asked))
        candidates = index.candidates(ranking, "en")
        if candidates:
            fact = candidates[0].number
            samples.append(_sample(index, ranking, candidates, fact))
    return samples


def _exchangeable(index: Index) -> list[str]:
    """Return the content words that more than one fact has, sorted."""
    return [
        word
        for word, frequency in index.store.words("facts:en")
        if frequency > 1
        and not word.isdigit()
        and word not in index.analyser.empty_terms
    ]


def leave_out(number: int, asked: Analysed) -> LeftOut:
    """Return what the postings lose when a fact's way of asking is left out."""
    return LeftOut(
        number,
        {term: ASKED * n for term, n in Counter(asked.terms).items()},
        Counter(grams(asked.words)),
        ASKED * sum(map(weight, asked.terms)),
        asked.terms,
    )


def _left_out_samples(index: Index, number: int, asked: Analysed) -> list[Sample]:
    left_out = leave_out(number, asked)
    ranking = index.ranker.rank(asked, index.ranker.weights(asked), left_out=left_out)
    # The whole fact is gone: from both channels, not only from their sum.
    words, by_grams = ranking.words.copy(), ranking.grams.copy()
    words[number] = by_grams[number] = 0.0
    without = replace(
        ranking,
        words=words,
        grams=by_grams,
        fused=tfidf.fuse(words, by_grams) * ranking.factors,
        left_out=left_out._replace(words=dict.fromkeys(asked.terms, 65_535)),
    )
    found = []
    candidates = index.candidates(ranking, "en")
    if candidates:
        shown = candidates[: signals.together(ranking, candidates)]
        right = any(candidate.number == number for candidate in shown)
        sample = _sample(index, ranking, candidates, number)
        found.append(sample._replace(right=right, answerable=True))
    candidates = index.candidates(without, "en")
    if candidates:
        found.append(_sample(index, without, candidates, number))
    return found


def _sample(
    index: Index, ranking: Ranking, candidates: Sequence[Candidate], fact: int
) -> Sample:
    """Return the best fact as a sample: wrong, of a question that no fact answers."""
    features = signals.signals(ranking, candidates, index.analyser)
    found = lacking.marks(ranking, candidates[0].number, index.analyser)
    return Sample(features, found, right=False, answerable=False, fact=fact)


def _exchanged_sample(
    index: Index, number: int, asked: Analysed, other: str
) -> list[Sample]:
    """Ask a way of asking, left out, with another word in its rarest word's place."""
    content = [
        term
        for term in dict.fromkeys(asked.terms)
        if term not in index.analyser.empty_terms
    ]
    rarest = max(content, key=lambda term: (index.idf(term), term), default=None)
    synonyms = index.analyser.synonym_set(rarest) if rarest else frozenset()
    if len(content) < 2 or other == rarest or other in synonyms:
        return []
    typed = asked.typed.get(str(rarest), str(rarest))
    text = " ".join(other if word == typed else word for word in asked.words)
    changed = index.analyser.analyse(text, asked=True)
    ranking = index.ranker.rank(
        changed, index.ranker.weights(changed), left_out=leave_out(number, asked)
    )
    candidates = index.candidates(ranking, "en")
    if changed.terms == asked.terms or not candidates:
        return []
    return [_sample(index, ranking, candidates, number)]
