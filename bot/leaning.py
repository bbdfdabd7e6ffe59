"""How likely a fact is what a follow-up asks for, by the turn that it leans on.

A fact's own confidence comes from a question with all its words. A follow-up leaves out
what was said before, so what was said speaks for a fact or against it: as log odds,
added to those of the fact's own confidence. The weights are measured: docs/engine.md.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from bot.rewriting import Before, Reading, subject_of
from bot.types import Turn
from indexer.search import Index
from indexer.types import Hit, Understanding

# What a message that leans begins with; its facts' own confidence weighs less.
LEANING, CONFIDENCE = -0.95, 0.65
# A fact is of the topic of the fact told last.
SAME_TOPIC = 1.5
# It lacks a word of the follow-up itself.
OWN_MISSING = -1.35
# It was just told; but "and where?" asks for what it shows.
TOLD, TOLD_LACKS, TOLD_SHOWS = -0.6, -2.0, 0.2
# The message is read as if nothing had been said, although it leans.
ALONE = -0.3
# With nothing but these terms, the fact told last is asked again.
BARE = frozenset(
    "who when where how mani much why year date day month time exact place sinc until "
    "long held countri citi town venu locat happen".split()
)
# With one of these a question begins that "yes" or "no" answers.
YES_NO = frozenset("is are was were do doe did can has have".split())
# An unknown of these kinds was about nothing that can be leaned on.
NOTHING_SAID = ("off_topic", "words_unknown", "too_vague", "bad_input", "no_index")


def leaned_on(turns: Sequence[Turn]) -> Turn | None:
    """Return the last turn that was about something."""
    about = [turn for turn in turns if turn.context]
    said = [turn for turn in about if turn.answer.reason not in NOTHING_SAID]
    found = said or about
    return found[-1] if found else None


def told(turn: Turn) -> list[str]:
    """Return the facts of a turn: those it told, else those it offered."""
    found = [name.partition("@")[0] for name in turn.answer.passage_ids]
    return found or [offer.id for offer in turn.answer.offers]


def subject(index: Index, question: str) -> tuple[str, ...]:
    """Return the words that say what a question is about."""
    asked = index.analyser.analyse(question, asked=True)
    return subject_of(asked, asked.words, index.analyser)


def spoken(index: Index, words: Sequence[str]) -> str:
    """Return a subject as people write it: "SOM 8", "Viet Nam", "hotline"."""
    glossary = index.analyser.glossary
    names = {**glossary.entities, **glossary.countries}

    def written(word: str) -> str:
        family, _, number = word.rpartition("_")
        if family in names and number.isdigit():
            return f"{names[family][0]} {number}"
        return names[word][0] if word in names else word.replace("_", " ")

    return ", ".join(written(word) for word in words)


def before(index: Index, last: Turn) -> Before:
    """Analyse what a follow-up leans on: the question, and the facts it found."""
    analyse = index.analyser.analyse
    question = analyse(last.question, asked=True)
    about = analyse(" ".join(last.context).replace("_", " "))
    facts = [found for name in told(last)[:1] if (found := index.fact(name))]
    titles = tuple(analyse(fact.title, asked=True) for fact in facts)
    said = [about, question, *titles]
    families = {term for text in said for term in text.terms}
    counted = [
        entity
        for text in [*said, *(analyse(fact.text) for fact in facts)]
        for entity in text.entities
        if entity.name in families
    ]
    focus = counted[0] if counted else None
    numbers = index.numbers(focus.name) if focus else ()
    return Before(question, about, titles, focus, numbers)


class Judge:
    """Weighs facts against one turn and one follow-up."""

    def __init__(self, index: Index, last: Turn, asked: Understanding) -> None:
        self._index = index
        self._told = told(last)
        self._topics = {self._topic(name) for name in self._told[:1]}
        # Nearly every fact shows some number.
        bare = {*asked.content} <= BARE and "how_many" not in asked.kinds
        self._shows = {
            name
            for name in self._told
            if (bare and asked.kinds and index.shows(name, asked.kinds))
            or self._says(name, asked)
        }

    def _says(self, fact_id: str, asked: Understanding) -> bool:
        """Tell whether "is it free?" is settled by the very answer that was told."""
        if next(iter(asked.terms), "") not in YES_NO:
            return False
        fact = self._index.fact(fact_id)
        if fact is None:
            return False
        telling = {*asked.content} - self._index.analyser.kind_terms
        held = {*self._index.analyser.analyse(fact.text).terms}
        return bool(telling) and telling <= held

    def _topic(self, fact_id: str) -> str:
        document = self._index.document(fact_id)
        return document.topic if document else ""

    def alone(self, hit: Hit) -> float:
        """Return the log odds of a fact, by its confidence and its topic."""
        same = self._topic(hit.passage.document_id) in self._topics
        return LEANING + CONFIDENCE * log_odds(hit.confidence) + SAME_TOPIC * same

    def leaning(self, hit: Hit, reading: Reading) -> float:
        """Return the log odds of a fact as the answer to one reading."""
        lacks = bool(reading.own & self._lost(hit))
        odds = self.alone(hit) + OWN_MISSING * lacks
        fact_id = hit.passage.document_id
        if fact_id in self._shows:
            return odds + TOLD_SHOWS
        if fact_id in self._told:
            return odds + (TOLD_LACKS if lacks or not reading.own else TOLD)
        return odds

    def _lost(self, hit: Hit) -> set[str]:
        """Return the terms that a fact lacks (`Hit.missing` has them as typed)."""
        analyse = self._index.analyser.analyse
        return {*hit.missing} | {
            term for word in hit.missing for term in analyse(word).terms[:1]
        }


def log_odds(share: float) -> float:
    """Return the log odds of a probability, finite at 0 and 1."""
    share = min(max(share, 1e-6), 1 - 1e-6)
    return math.log(share / (1 - share))


def share_of(odds: float) -> float:
    """Return the probability of log odds.

    >>> share_of(log_odds(0.75))
    0.75
    """
    return 1 / (1 + math.exp(-odds))
