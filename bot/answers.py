"""Hits to an Answer: a fact, an extract, a question back, or an honest "I don't know".

`compose` is a pure function of its four values. The order in it is the policy.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from bot.dates import in_words
from bot.languages.en import Phrases
from bot.refusals import HELP_TERMS, disagreeing, offers_of, unknown, unknown_number
from bot.types import Answer, Citation
from indexer.analysis import sentences
from indexer.contacts import numbers
from indexer.types import Document, Hit, Hits, Passage, Searcher

MAX_CHARS = 900
MAX_QUOTED = 300
# Kept for what is said before and after a fact: repairs, corrections.
ROOM = 150
EXTRACT_COVERAGE = 0.9
# A question less like every stored way of asking than this is about something else.
NEAR = 0.2
# To answer although the fact does not show the aspect asked for (its theme, its cost)
# or does not hold what is counted or done ("how many pages", "who opened").
SURE = 0.9
YES_NO = re.compile(
    r"\W*(?:so |and |but |is it true that |i (?:heard|read|think|thought|believe) )*"
    r"(?:was|were|is|are|did|does|do|has|have|had|can|isn'?t|wasn'?t|didn'?t|doesn'?t|why|true)\b",
    re.IGNORECASE,
)
TAG = re.compile(
    r"(?:,|\.|\u2026)\s*(?:right|correct|true|yes|no|(?:is|was|are|were|did|does|do|has|have|had)n'?t"
    r" (?:it|they|he|she|there)|(?:is|was|did|does) it)\W*$",
    re.IGNORECASE,
)


def compose(question: str, hits: Hits, searcher: Searcher, phrases: Phrases) -> Answer:
    """Compose the answer to a question that has been made whole.

    Facts first; then an extract, by a stricter rule; then the nearest questions;
    then a refusal that says why.
    """
    number = unknown_number(hits, phrases)
    if number:
        return number
    answer = (
        _from_fact(question, hits, searcher, phrases)
        or _from_passage(hits, searcher, phrases)
        or _clarify(hits, searcher, phrases)
        or unknown(hits, searcher, phrases)
    )
    return _with_repairs(answer, hits, phrases)


def fact_answer(
    document: Document,
    passage: Passage,
    searcher: Searcher,
    phrases: Phrases,
    *,
    confidence: float | None = None,
) -> Answer:
    """Return a fact as an answer, with its date, dissent and sources."""
    dated = _dated(document, phrases)
    text = shortened(passage.text, MAX_CHARS - ROOM - len(dated))
    if document.quote and document.quote.text not in text:
        quoted = f'"{document.quote.text}" ({document.quote.speaker})'
        if len(text) + len(quoted) + len(dated) < MAX_CHARS:
            text = f"{text} {quoted}"
    text = f"{text} {dated}".strip()
    return Answer(
        # What was looked for and not found is an honest "not known", with its date.
        kind="unknown" if document.absent else "answer",
        reason="aspect_unknown" if document.absent else None,
        text=text,
        citations=tuple(_citations(document, searcher, locator="", own_words=True)),
        confidence=confidence,
        passage_ids=(passage.id,),
        as_of=document.as_of,
    )


def _dated(document: Document, phrases: Phrases) -> str:
    """Return the "as of" of a document, and that sources differ where they do."""
    as_of = in_words(document.as_of)
    if not as_of:
        return phrases.disputed_undated if document.disputed else ""
    dated = phrases.disputed if document.disputed else phrases.as_of
    return dated.format(as_of=as_of).replace("As of since", "Since")


def shortened(text: str, limit: int) -> str:
    """Cut a text between sentences, or words where one sentence is too long.

    >>> shortened("One. Two is longer.", 12), shortened("Far too long", 8)
    ('One.', 'Far too…')
    """
    if len(text) <= limit:
        return text
    kept = ""
    for sentence in sentences(text):
        if len(kept) + len(sentence) + 1 > limit:
            break
        kept = f"{kept} {sentence}".strip()
    return kept or text[:limit].rsplit(" ", 1)[0][: limit - 1] + "…"


def _citations(
    document: Document, searcher: Searcher, *, locator: str, own_words: bool
) -> Iterable[Citation]:
    for source_id in document.source_ids:
        source = searcher.source(source_id)
        if source is not None:
            yield Citation(
                title=source.title,
                publisher=source.publisher,
                url=source.url if source.linked else "",
                date=source.date,
                locator=locator,
                own_words=own_words,
            )


def _from_fact(
    question: str, hits: Hits, searcher: Searcher, phrases: Phrases
) -> Answer | None:
    if not hits.facts:
        return None
    best = hits.facts[0]
    answer_from, _ = searcher.bands("en")
    if best.confidence < answer_from or _far_off(best, hits):
        return None
    wrong = disagreeing(best)
    if "entity" in wrong or best.features["body"] < 0:
        return None
    # Another country or year than asked is no answer, unless the rest was certain
    # and the question takes it for granted: then the difference comes first.
    lacks = min(best.features["aspect"], best.features["focus"]) < 0
    if lacks and best.confidence < SURE:
        return None
    if wrong and not (best.features["entity"] == 1 or _takes_for_granted(question)):
        return None
    document = searcher.document(best.passage.document_id)
    if document is None:
        return None
    answer = fact_answer(
        document, best.passage, searcher, phrases, confidence=best.confidence
    )
    if wrong:
        named = ", ".join(_named(hits, wrong))
        return replace(
            answer, text=f"{phrases.differs.format(named=named)} {answer.text}"
        )
    return _with_second(answer, hits, searcher, phrases)


def _far_off(best: Hit, hits: Hits) -> bool:
    """Tell whether a question is of words no fact knows, or like none stored.

    Such questions are unlike all that confidence was trained on.
    """
    asked = hits.understanding
    strange = [word for word in asked.unknown if not word.isdigit()]
    return best.features["near"] < NEAR or len(strange) * 2 >= len(asked.content) > 0


def _takes_for_granted(question: str) -> bool:
    return bool(YES_NO.match(question) or TAG.search(question))


def _named(hits: Hits, wrong: list[str]) -> list[str]:
    asked = hits.understanding
    figures = [term for term in asked.content if term.isdigit() and len(term) > 2]
    names = {
        "country": asked.countries,
        "place": asked.places,
        "year": asked.years,
        "figure": [figure for figure in figures if figure not in asked.years],
    }
    return [
        name.replace("_", " ").title() for kind in wrong for name in names.get(kind, ())
    ]


def _with_second(
    answer: Answer, hits: Hits, searcher: Searcher, phrases: Phrases
) -> Answer:
    """Show the runner-up too, where two facts of one topic are equally near."""
    if hits.together < 2:
        return answer
    second = hits.facts[1]
    document = searcher.document(second.passage.document_id)
    if document is None or document.absent:
        return answer
    other = fact_answer(document, second.passage, searcher, phrases)
    text = f"{answer.text}\n\n{phrases.also} {other.text}"
    if len(text) > MAX_CHARS:
        return answer
    own = _citations(document, searcher, locator="", own_words=True)
    return replace(
        answer,
        text=text,
        citations=tuple(dict.fromkeys([*answer.citations, *own])),
        passage_ids=(*answer.passage_ids, second.passage.id),
    )


def _from_passage(hits: Hits, searcher: Searcher, phrases: Phrases) -> Answer | None:
    """Quote the best sentence of a document, if it holds nearly all that was asked."""
    if HELP_TERMS & set(hits.understanding.terms):
        return None
    candidates = [hit for hit in hits.quoted() if hit.extract]
    if not candidates:
        return None
    best = max(candidates, key=lambda hit: hit.features["sentence"])
    if best.features["coverage"] < EXTRACT_COVERAGE or not best.features["agrees"]:
        return None
    document = searcher.document(best.passage.document_id)
    text = best.extract
    if document is None or numbers(text) or len(hits.understanding.content) < 3:
        return None
    room = MAX_QUOTED if document.rights == "quote" else MAX_CHARS - 200
    shown = phrases.quoted.format(title=document.title, text=shortened(text, room))
    shown = f"{shown} {_dated(document, phrases)}".strip()
    own = document.rights == "own"
    citations = tuple(
        _citations(document, searcher, locator=best.passage.locator, own_words=own)
    ) or (Citation(document.title, "", "", document.as_of, best.passage.locator, own),)
    return Answer(
        kind="answer",
        text=shown,
        citations=citations,
        confidence=best.features["coverage"],
        passage_ids=(best.passage.id,),
        as_of=document.as_of,
    )


def _clarify(hits: Hits, searcher: Searcher, phrases: Phrases) -> Answer | None:
    _, clarify_from = searcher.bands("en")
    best = hits.facts[0] if hits.facts else None
    if best is None or best.confidence < clarify_from or _far_off(best, hits):
        return None
    offers = offers_of(hits)
    if not offers:
        return None
    lines = [f"{n}. {offer.question}" for n, offer in enumerate(offers, start=1)]
    return Answer(
        kind="clarify",
        text="\n".join([phrases.clarify, *lines]),
        confidence=best.confidence,
        offers=offers,
    )


def _with_repairs(answer: Answer, hits: Hits, phrases: Phrases) -> Answer:
    """Say which words were read as others."""
    if not hits.repaired or answer.kind == "unknown":
        return answer
    notes = [
        phrases.read_as.format(typed=typed, read=read) for typed, read in hits.repaired
    ]
    return replace(answer, text=f"{' '.join(notes[:3])}\n{answer.text}")
