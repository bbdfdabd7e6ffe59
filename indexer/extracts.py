"""The sentence of a passage that answers a question best, and how well it does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple

from indexer.analysis import grams, sentences
from indexer.glossary import Analysed, Analyser
from indexer.types import Passage

GRAM_SHARE, KIND_SHARE, FIRST_SHARE, PAIR_SHARE, BEFORE_SHARE = 0.2, 0.2, 0.15, 0.1, 0.1
PASSAGE_SHARE = 0.5
# No year.
COUNT = re.compile(r"\d{1,3}|\d{5,}")


class Extract(NamedTuple):
    """A sentence to the letter, with its signals by name."""

    text: str
    features: dict[str, float]


def best_sentence(
    asked: Analysed,
    shares: Mapping[str, float],
    passage: Passage,
    relative: float,
    analyser: Analyser,
) -> Extract:
    """Pick the sentence of a passage that covers most of a question.

    Coverage, character overlap, the kind of question, place in the passage, pairs of
    words, and the sentence before (measured: notes of the project, P@1 .556 to .857).

    Args:
        shares: The question's terms and what each is worth; they add up to 1.
        relative: The passage's score divided by the best passage's.
    """
    title, _ = analyser.cut(passage.title, passage.language)
    wanted = frozenset(grams(asked.words))
    best: Extract | None = None
    before = 0.0
    for place, text in enumerate(sentences(passage.text)):
        cut, held = analyser.cut(text, passage.language)
        covered = _covered(shares, {*cut.terms, *title.terms}, analyser)
        score = (
            covered
            + GRAM_SHARE * _overlap(wanted, held)
            + KIND_SHARE * _shows_kind(asked, cut)
            + FIRST_SHARE / (1 + place)
            + PAIR_SHARE * _pairs(asked, cut)
            + BEFORE_SHARE * before
            + PASSAGE_SHARE * relative
        )
        before = covered
        if best is None or score > best.features["sentence"]:
            best = Extract(
                text,
                {"sentence": score, "coverage": covered, **_agreed(asked, cut, title)},
            )
    return best or Extract("", {"sentence": 0.0, "coverage": 0.0, "agrees": 0.0})


def _covered(shares: Mapping[str, float], held: set[str], analyser: Analyser) -> float:
    covered = 0.0
    for term, share in shares.items():
        if term in held:
            covered += share
        elif any(synonym in held for synonym in analyser.synonyms.get(term, ())):
            covered += 0.7 * share
    return covered


def _overlap(wanted: frozenset[str], held: frozenset[str]) -> float:
    return len(wanted & held) / len(wanted) if wanted else 0.0


def _pairs(asked: Analysed, cut: Analysed) -> float:
    wanted = set(zip(asked.terms, asked.terms[1:], strict=False))
    held = set(zip(cut.terms, cut.terms[1:], strict=False))
    return len(wanted & held) / len(wanted) if wanted else 0.0


def _shows_kind(asked: Analysed, cut: Analysed) -> float:
    return float(any(_shows(kind, cut) for kind in asked.kinds))


def _shows(kind: str, cut: Analysed) -> bool:
    if kind == "when":
        return bool(cut.years)
    if kind == "where":
        return bool(cut.places or cut.countries)
    return kind == "how_many" and any(COUNT.fullmatch(word) for word in cut.words)


def _agreed(asked: Analysed, cut: Analysed, title: Analysed) -> dict[str, float]:
    """Say whether the sentence (or its heading) holds every name of the question."""
    named = {*asked.entities, *asked.countries, *asked.places, *asked.years}
    held: set[object] = set()
    for text in (cut, title):
        held.update(text.entities, text.countries, text.places, text.years)
    shown = not asked.kinds or any(kind in ("who", "why") for kind in asked.kinds)
    kinds = shown or _shows_kind(asked, cut) > 0
    return {"agrees": float(named <= held and kinds)}
