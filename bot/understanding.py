"""A question found its hits: by its best sentence, and leaning on the turn before."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import NamedTuple

from bot.conversation import clearly_leans, leans
from bot.counting import step
from bot.judging import Judge, share_of, trees
from bot.leaning import before, leaned_on
from bot.rewriting import Reading, readings, subject_of
from bot.types import Turn
from indexer.search import Index
from indexer.types import Hit, Hits

MAX_CLAUSES = 6
# Sure enough of the whole message not to look at its parts.
SURE = 0.9
NEAR = 10
CLAUSE = re.compile(r"(?<=[.?!;:,\u2026])\s+|\s+-+\s+|\s*[\u2013\u2014]\s*")
QUESTION_WORDS = (
    r"(?:who|whom|whose|what|when|where|why|which|how"
    r"|is|are|was|were|did|does|do|has|have|can|could|will)\b"
)
ASKS = re.compile(
    rf"\s*(?:in|at|on|for|by|from|and)?\s*{QUESTION_WORDS}", re.IGNORECASE
)
# ", and has Laos a law?" after a question; ", and who?" belongs to it.
SECOND = re.compile(
    rf"\s*,\s*(?:and|plus|also)\s+(?:also\s+)?(?={QUESTION_WORDS}(?:\s+\S+){{3}})",
    re.IGNORECASE,
)
SHORTEST = 3
LOOKED_AT = 3
# A stored question to the letter needs no turn before.
CERTAIN = 0.98
# The turn before makes no fact certain that was not certain by itself.
RAISED_TO = 0.89


class Understood(NamedTuple):
    """What was found for a message, the question made whole, and its subject.

    `leans` says that words of the turn before were taken over.
    """

    hits: Hits
    question: str
    subject: tuple[str, ...]
    leans: bool = False


class Candidate(NamedTuple):
    """A fact found for one reading of a message, and what is known of it."""

    hit: Hit
    features: Mapping[str, float]
    understood: Understood


class _Likely(NamedTuple):
    """A fact found for one reading of a message, with its log odds."""

    odds: float
    hit: Hit
    understood: Understood


def understand(
    index: Index, question: str, turns: Sequence[Turn], language: str
) -> Understood:
    """Search for a question, leaning on the turn before where it does."""
    alone, found = candidates(index, question, turns, language)
    if not found:
        return alone
    judge = trees()
    likely = [
        _Likely(judge.odds(one.features), one.hit, one.understood) for one in found
    ]
    likely.sort(key=lambda one: -one.odds)
    leaning = [one for one in likely if one.understood.leans]
    told = share_of(likely[0].odds) >= index.bands(language)[0]
    if leaning and not told and clearly_leans(question):
        # What is not known is not known of what was spoken about.
        return _leaning(leaning[0], likely)
    if likely[0].understood.leans:
        return _leaning(likely[0], likely)
    return _less_sure(alone, likely)


def candidates(
    index: Index, question: str, turns: Sequence[Turn], language: str
) -> tuple[Understood, list[Candidate]]:
    """Return a message read alone, and the facts of all its readings if it leans."""
    hits = best_part(index, question, language)
    asked = index.analyser.analyse(question, asked=True)
    about = subject_of(asked, asked.words, index.analyser)
    alone = Understood(hits, question, about)
    last = leaned_on(turns)
    telling = {*hits.understanding.content} - index.analyser.kind_terms
    if last is None or not leans(question, hits.understanding, len(telling)):
        return alone, []
    if sureness(hits) >= CERTAIN and not clearly_leans(question):
        return alone, []
    said = before(index, last)
    judge = Judge(index, last, question, asked, hits)
    # The first of two that read alike.
    found = {
        r.text: r for r in reversed(readings(asked, said, index.analyser)) if r.text
    }
    likely = []
    for reading in reversed(found.values()):
        understood = _read(index, reading, language)
        for rank, hit in enumerate(understood.hits.facts[:LOOKED_AT]):
            features = judge.features(hit, reading.own, rank=rank, alone=False)
            likely.append(Candidate(hit, features, understood))
    if not step(asked, said.counted, said.numbers):
        own = frozenset(term for term in asked.terms if term in telling)
        for rank, hit in enumerate(hits.facts[:LOOKED_AT]):
            features = judge.features(hit, own, rank=rank, alone=True)
            likely.append(Candidate(hit, features, alone))
    return alone, likely


def _read(index: Index, reading: Reading, language: str) -> Understood:
    hits = index.search(reading.text, language=language)
    return Understood(hits, reading.text, reading.subject, leans=True)


def _leaning(first: _Likely, likely: Sequence[_Likely]) -> Understood:
    """Return a reading that leans, the facts of all readings likeliest first."""
    facts: dict[str, Hit] = {}
    for odds, hit, _ in likely:
        sure = min(share_of(odds), max(hit.confidence, RAISED_TO))
        facts.setdefault(hit.passage.id, replace(hit, confidence=sure))
    understood = first.understood
    hits = understood.hits
    passage = first.hit.passage
    together = hits.together if hits.facts[0].passage == passage else 1
    shown = [passage.id, *(hit.passage.id for hit in hits.facts[1:together])]
    order = sorted(facts.values(), key=lambda hit: hit.passage.id not in shown)
    return understood._replace(
        hits=replace(hits, facts=tuple(order), together=together)
    )


def _less_sure(understood: Understood, likely: Sequence[_Likely]) -> Understood:
    """Return a message read alone, never surer than it was by itself."""
    odds = {one.hit.passage.id: one.odds for one in likely if not one.understood.leans}
    facts = tuple(
        replace(hit, confidence=min(hit.confidence, share_of(odds[hit.passage.id])))
        if hit.passage.id in odds
        else hit
        for hit in understood.hits.facts
    )
    return understood._replace(hits=replace(understood.hits, facts=facts))


def best_part(index: Index, question: str, language: str) -> Hits:
    """Search for a message and for each part of it; the best one counts.

    A part is a clause, or two neighbours. What it finds must be among what the whole
    message finds, which names what the part may have left out; and where the message
    asks when, or how many, the part must ask something, or its fact show that.
    """
    whole = index.search(question, language=language)
    if sureness(whole) >= SURE:
        return whole
    found = [index.search(part, language=language) for part in parts(question)]
    near = {hit.passage.id for hit in whole.facts[:NEAR]}
    kinds = whole.understanding.kinds
    found = [
        hits
        for hits in found
        # A greeting or a remark is no question by itself.
        if len(hits.understanding.content) > 1
        and hits.facts
        and hits.facts[0].passage.id in near
        # "How much was pledged for the third plan, SPA III?" is not "SPA III".
        and (hits.understanding.kinds or index.shows(_fact_of(hits), kinds))
    ]
    best = max(found, key=sureness, default=whole)
    return best if sureness(best) > sureness(whole) else whole


def _fact_of(hits: Hits) -> str:
    return hits.facts[0].passage.document_id


def parts(text: str) -> list[str]:
    """Return the clauses of a message and each two neighbours; none of a short one.

    >>> parts("Hi there, I teach: who chairs it?")[2:]
    ['who chairs it?', 'Hi there, I teach:', 'I teach: who chairs it?']
    """
    clauses = [clause for clause in CLAUSE.split(text) if len(clause.split()) > 1]
    if not 1 < len(clauses) <= MAX_CLAUSES:
        return []
    pairs = [f"{one} {two}" for one, two in pairwise(clauses)]
    return clauses + (pairs if len(clauses) > 2 else [])


def first_question(text: str) -> tuple[str, bool]:
    """Return the text up to the end of its first question, and whether more follow.

    >>> first_question("I study this. Who chairs it? And when?")
    ('I study this. Who chairs it?', True)
    >>> first_question("Who chairs it now, and has Laos a law on it?")
    ('Who chairs it now?', True)
    """
    cut = re.split(r"(?<=[?\uff1f])\s+", text.strip())
    parts = [part for part in cut if part.strip(" ?")]
    asked = [part for part in parts if part.rstrip().endswith(("?", "\uff1f"))]
    if len(asked) > 1:
        return parts[0], True
    second = SECOND.search(text)
    first = text[: second.start()] if second else ""
    if ASKS.match(first) and len(first.split()) >= SHORTEST:
        return f"{first}?", True
    return text, False


def sureness(hits: Hits) -> float:
    """Return the confidence of the best fact, 0 where there is none."""
    return hits.facts[0].confidence if hits.facts else 0.0
