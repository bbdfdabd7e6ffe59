"""What is wrong with a knowledge folder, in one run, with file and place.

Errors keep something from going live; warnings are worth a look. Each check is one
small function over the folder as it was read; `check` lists them in order. Whether
a way of asking is nearer to another fact needs an index: see `phrasings.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from indexer import contacts
from indexer.analysis import stem, tokens
from indexer.contradictions import contradictions
from indexer.document_checks import check_documents
from indexer.facts import SAFETY
from indexer.findings import Finding, Folder, error_of, read_folder
from indexer.types import Document

FEWEST_WAYS = 4
LONGEST_ANSWER = 800
ARTICLES = frozenset(("a", "an", "the"))


def check(knowledge: Path, *, now: date) -> list[Finding]:
    """Look for everything that is wrong; errors come first.

    Args:
        now: Today, which decides what is overdue.
    """
    folder = read_folder(knowledge)
    found = [
        *map(error_of, folder.curated.problems),
        *map(error_of, folder.problems),
        *check_documents(folder),
        *_unused_sources(folder),
        *_contradicting(folder),
        *_drafts(folder),
        *_overdue(folder, now),
    ]
    for fact in folder.curated.facts:
        found += _check_fact(fact, folder)
    return _sorted(found)


def overdue(knowledge: Path, *, now: date) -> list[Finding]:
    """Find only the records whose review is overdue."""
    return _sorted(list(_overdue(read_folder(knowledge), now)))


def _sorted(found: list[Finding]) -> list[Finding]:
    return sorted(found, key=lambda finding: (finding.level, finding.file))


def _check_fact(fact: Document, folder: Folder) -> Iterator[Finding]:
    reasons = [
        *_asked(fact),
        *_repeated(fact),
        *_answered(fact),
        *_contacts(fact, folder),
    ]
    for reason in reasons:
        yield Finding("warning", fact.file, folder.place_of(fact), reason)


def _asked(fact: Document) -> Iterator[str]:
    ways = len(fact.variants)
    if ways < FEWEST_WAYS:
        noun = "way" if ways == 1 else "ways"
        yield f"has only {ways} {noun} of asking; write {FEWEST_WAYS} or more"


def _repeated(fact: Document) -> Iterator[str]:
    """Find ways of asking that are one to a reader: equal words but for articles."""
    seen: dict[tuple[str, ...], str] = {}
    for text in fact.variants:
        words = sorted(stem(token.text) for token in tokens(text))
        key = tuple(word for word in words if word not in ARTICLES)
        first = seen.setdefault(key, text)
        if first is not text:
            yield f'"{text}" repeats "{first}"; ask it in other words'


def _answered(fact: Document) -> Iterator[str]:
    length = len(fact.sections[0].text)
    if length > LONGEST_ANSWER:
        cure = "split the fact, or say less"
        yield f"the answer has {length} characters, over {LONGEST_ANSWER}; {cure}"
    if fact.as_of == "undated":
        cure = "give the date of the source, or of your reading of it"
        yield f'as_of is "undated"; {cure}'


def _contacts(fact: Document, folder: Folder) -> Iterator[str]:
    safety = folder.curated.safety
    listed = [contacts.digits_of(n.number) for n in safety.numbers] if safety else []
    quote = fact.quote.text if fact.quote else ""
    for text in (fact.title, fact.sections[0].text, quote):
        yield from contacts.faults(text, listed)


def _unused_sources(folder: Folder) -> Iterator[Finding]:
    curated = folder.curated
    used = {id for fact in curated.facts for id in fact.source_ids}
    used |= {fact.quote.source_id for fact in curated.facts if fact.quote}
    used |= {id for read in folder.documents.values() for id in read.source_ids}
    if curated.safety:
        used |= {id for number in curated.safety.numbers for id in number.sources}
        used |= {id for route in curated.safety.routes for id in route.sources}
    for id in curated.sources:
        if id not in used:
            reason = "no fact, document or number uses it; remove it, or cite it"
            yield Finding("warning", "sources.yaml", id, reason)


def _contradicting(folder: Folder) -> Iterator[Finding]:
    facts = folder.curated.facts
    for first, second, attribute, values in contradictions(
        facts, folder.curated.glossary
    ):
        other = f"{second.id} ({second.file})"
        reason = (
            f"says another {attribute} ({values[0]}) than {other} says ({values[1]});"
            ' correct one, or merge them and mark it "disputed: true"'
        )
        yield Finding("warning", first.file, folder.place_of(first), reason)


def _drafts(folder: Folder) -> Iterator[Finding]:
    for draft in folder.curated.drafts:
        lack = " and ".join(draft.missing)
        reason = f'"{draft.question}" is a draft, not indexed; fill in {lack}'
        yield Finding("warning", draft.file, f"line {draft.line}", reason)


def _overdue(folder: Folder, now: date) -> Iterator[Finding]:
    curated, today = folder.curated, now.isoformat()
    dated = [(f.file, folder.place_of(f), f.review_by) for f in curated.facts]
    dated += [(d.file, "", d.review_by) for d in folder.documents.values()]
    if curated.safety:
        for number in curated.safety.numbers:
            dated.append((SAFETY, f"number ({number.id})", number.review_by))
        for route in curated.safety.routes:
            dated.append((SAFETY, f"route ({route.id})", route.review_by))
    for file, place, day in dated:
        if day and day < today:
            reason = f"the review is overdue since {day}; check it, then move review_by"
            yield Finding("warning", file, place, reason)
