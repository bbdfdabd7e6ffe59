"""What a follow-up leans on: the turn before, what it was about, what it was told."""

from __future__ import annotations

from collections.abc import Sequence

from bot.rewriting import Before, subject_of
from bot.types import Turn
from indexer.search import Index

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
