"""Answers to remarks about the last answer: "source?", "are you sure?", "more"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot import catalogue
from bot.dates import in_words
from bot.languages.en import Phrases
from bot.leaning import leaned_on, spoken, told
from bot.smalltalk import Remark
from bot.types import Answer, Offer, Turn
from indexer.search import Index

OFFERED, LOOKED_AT = 3, 9


def last_answered(turns: Sequence[Turn]) -> Turn | None:
    """Return the last turn whose answer rests on a source."""
    return next((turn for turn in reversed(turns) if turn.answer.citations), None)


def on_sources(found: Remark, last: Turn, phrases: Phrases) -> Answer:
    """Name the sources of the last answer; promise nothing beyond them."""
    citations = last.answer.citations
    names = "; ".join(dict.fromkeys(c.publisher or c.title for c in citations))
    as_of = in_words(last.answer.as_of)
    dated = phrases.as_of.format(as_of=as_of) if as_of else ""
    sure = phrases.sure.format(sources=names, as_of=dated)
    text = f"{phrases.sources_of} {names}." if found == "sources" else sure
    return replace(last.answer, text=text, offers=())


def next_fact(index: Index | None, turns: Sequence[Turn], last: Turn) -> str | None:
    """Return a fact on the subject of the last answer that was not told yet."""
    near = _not_told(index, turns, last)
    return next(
        (offer.id for offer in near if index and _same_subject(index, offer.id, last)),
        None,
    )


def near(
    index: Index | None, turns: Sequence[Turn], last: Turn, phrases: Phrases
) -> Answer:
    """Offer the nearest questions that were not answered yet."""
    offers = _not_told(index, turns, last)[:OFFERED]
    if not offers:
        return Answer(
            "unknown", phrases.no_more, confidence=0.0, reason="aspect_unknown"
        )
    lines = [f"{n}. {offer.question}" for n, offer in enumerate(offers, start=1)]
    text = "\n".join([phrases.related, *lines])
    return Answer("clarify", text, confidence=0.0, offers=offers)


def _not_told(
    index: Index | None, turns: Sequence[Turn], last: Turn
) -> tuple[Offer, ...]:
    known = {name for turn in turns for name in told(turn)}
    offers = catalogue.related(index, told(last)[0], LOOKED_AT)
    return tuple(offer for offer in offers if offer.id not in known)


def unknown_of(
    answer: Answer, turns: Sequence[Turn], index: Index, phrases: Phrases
) -> Answer:
    """Say of what a follow-up asks in vain."""
    last = leaned_on(turns)
    if last is None or answer.reason == "number_unknown" or answer.passage_ids:
        return answer
    text = phrases.aspect_of.format(subject=spoken(index, last.context))
    if answer.text.endswith(phrases.ask_hotlines):
        text = f"{text} {phrases.ask_hotlines}"
    return replace(answer, text=text, reason="aspect_unknown")


def _same_subject(index: Index, fact_id: str, last: Turn) -> bool:
    """Tell whether a fact names all that the last turn was about."""
    passage = index.fact(fact_id)
    if passage is None or not last.context:
        return False
    analyse = index.analyser.analyse
    terms = {*analyse(passage.title).terms, *analyse(passage.text).terms}
    about = analyse(" ".join(last.context).replace("_", " ")).terms
    return {*about} <= terms
