"""Facts that contradict each other: one subject and attribute, two values."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

from indexer.glossary import STOP_TERMS, Analysed, Analyser, Glossary
from indexer.types import Document

VALUES = {"when": "year", "how_many": "number", "where": "place"}
# What every meeting does; without these, "when was X held" and "date of X" are one.
# Stems, as the analyser makes them.
PLAIN = frozenset(
    ("held", "hold", "take", "took", "place", "happen", "occur", "date", "year", "day",
     "month", "mani", "much", "commit")
)  # fmt: skip
ALIKE = 0.7


class Contradiction(NamedTuple):
    """Two facts, what they disagree on ("year"), and what each says."""

    first: Document
    second: Document
    attribute: str
    values: tuple[str, str]


class _Question(NamedTuple):
    """What a way of asking asks: of which names, which kind, and its other words."""

    names: frozenset[str]
    kind: str
    rest: frozenset[str]


def contradictions(
    facts: Sequence[Document], glossary: Glossary
) -> Iterator[Contradiction]:
    """Find pairs of facts that answer one question with other years, numbers or places.

    Two facts have a question in common where a way of asking of each names the same
    entities, countries, places and years, asks for the same kind of thing, and shares
    nearly all of the words that are left. Facts marked `disputed` or
    `absent` tell of the difference themselves.

    Args:
        facts: Those of one language.
    """
    analyser = Analyser(glossary)
    by_subject: dict[tuple[frozenset[str], str], list[tuple[Document, _Question]]] = {}
    for fact in facts:
        if not fact.disputed and not fact.absent:
            for asked in _questions(fact, analyser):
                by_subject.setdefault((asked.names, asked.kind), []).append(
                    (fact, asked)
                )
    answers = {fact.id: analyser.analyse(fact.sections[0].text) for fact in facts}
    seen: set[tuple[str, str, str]] = set()
    for (_, kind), askers in by_subject.items():
        for (first, one), (second, other) in combinations(askers, 2):
            key = (first.id, second.id, kind)
            if first.id == second.id or key in seen or not _alike(one, other):
                continue
            seen.add(key)
            values = _differing(kind, answers[first.id], answers[second.id])
            if values:
                yield Contradiction(first, second, VALUES[kind], values)


def _questions(fact: Document, analyser: Analyser) -> Iterator[_Question]:
    for text in fact.variants:
        asked = analyser.analyse(text, asked=True)
        names = {*map(str, asked.entities), *asked.countries}
        names.update(asked.places, asked.years)
        families = {entity.name for entity in asked.entities}
        rest = set(asked.terms) - names - families - STOP_TERMS - PLAIN
        for kind in asked.kinds:
            if kind in VALUES and (names or rest):
                yield _Question(frozenset(names), kind, frozenset(rest))


def _alike(one: _Question, other: _Question) -> bool:
    if not one.names:
        return one.rest == other.rest
    whole = one.rest | other.rest
    return not whole or len(one.rest & other.rest) >= ALIKE * len(whole)


def _differing(kind: str, one: Analysed, other: Analysed) -> tuple[str, str] | None:
    """Return both answers' values where they have some and share none."""
    first, second = _values(kind, one), _values(kind, other)
    if not first or not second or first & second:
        return None
    return ", ".join(sorted(first)), ", ".join(sorted(second))


def _values(kind: str, answer: Analysed) -> set[str]:
    if kind == "when":
        return set(answer.years)
    if kind == "where":
        return set(answer.places) or set(answer.countries)
    return {
        word for word in answer.words if word.isdigit() and word not in answer.years
    }
