"""Browsing the index: topics, new facts, suggestions, the state of it all."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.dates import in_words
from bot.resources import Resources
from bot.types import About, Offer, Suggestion, Topic
from indexer.analysis import sentences
from indexer.search import Index
from indexer.status import newer_files
from indexer.types import Document


def facts(index: Index | None) -> list[Document]:
    """Return all facts, sorted by id."""
    documents = index.documents() if index else ()
    return [document for document in documents if document.kind == "fact"]


def topics(index: Index | None) -> tuple[Topic, ...]:
    """Return all topics with their facts' questions, sorted."""
    found: dict[str, list[Offer]] = {}
    for document in facts(index):
        found.setdefault(document.topic, []).append(Offer(document.id, document.title))
    return tuple(Topic(name, tuple(offers)) for name, offers in sorted(found.items()))


def new(index: Index | None, now: datetime, days: int) -> tuple[Offer, ...]:
    """Return the facts whose content changed in the last days, newest first."""
    since = (now - timedelta(days=days)).date().isoformat()
    recent = [document for document in facts(index) if document.changed >= since]
    recent.sort(key=lambda document: document.changed, reverse=True)
    return tuple(Offer(document.id, document.title) for document in recent)


def suggest(index: Index | None, query: str, limit: int) -> tuple[Suggestion, ...]:
    """Return facts to choose from for some words; "" gives the first ones."""
    if index is None:
        return ()
    if query.strip():
        passages = [hit.passage for hit in index.search(query, limit=limit).facts]
    else:
        ids = [document.id for document in facts(index)[:limit]]
        passages = [passage for name in ids if (passage := index.fact(name))]
    return tuple(
        Suggestion(passage.document_id, passage.title, sentences(passage.text)[0])
        for passage in passages
    )


def related(index: Index | None, fact_id: str, limit: int) -> tuple[Offer, ...]:
    """Return the questions nearest to a fact's own."""
    passage = index.fact(fact_id) if index else None
    if index is None or passage is None:
        return ()
    hits = index.search(passage.title, limit=limit + 1).facts
    offers = [Offer(hit.passage.document_id, hit.passage.title) for hit in hits]
    return tuple(offer for offer in offers if offer.id != fact_id)[:limit]


def about(resources: Resources, now: datetime) -> About:
    """Return the state of the knowledge; works without an index."""
    stale = newer_files(resources.knowledge, resources.index_path)
    documents = resources.index.documents() if resources.index else ()
    dates = [document.as_of for document in documents if document.as_of[:1].isdigit()]
    newest = max(
        dates, key=lambda as_of: as_of.removesuffix("/..").split("/")[-1], default=""
    )
    count = sum(document.kind == "fact" for document in documents)
    return About(
        build_id=resources.index.build_id if resources.index else "",
        newest=in_words(newest),
        overdue=_overdue(resources, documents, now),
        stale=stale,
        facts=count,
        documents=len(documents) - count,
    )


def _overdue(
    resources: Resources, documents: tuple[Document, ...], now: datetime
) -> tuple[str, ...]:
    """Return the ids of records whose review is overdue."""
    dated = [(document.id, document.review_by) for document in documents]
    if resources.hotlines is not None:
        file = resources.hotlines.file
        dated += [(number.id, number.review_by) for number in file.numbers]
        dated += [(route.id, route.review_by) for route in file.routes]
    today = now.date().isoformat()
    return tuple(sorted(name for name, day in dated if day and day < today))
