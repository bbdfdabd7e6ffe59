"""Why: true, short, in plain words, and from the very numbers that decided."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.answers import compose
from bot.languages import phrases
from bot.why import why
from indexer.search import Index
from indexer.signals import lift
from indexer.tfidf import GRAMS_SHARE, WORDS_SHARE
from indexer.types import Hits, Understanding

WORDS = phrases("en")
QUESTIONS = (
    "Which countries are members?",
    "Where was SOM 8?",
    "and som7 please",
    "memorandum date",
    "how many people in Hanoi",
    "Which coutries are membres?",
    "Who chaired in 2010 in Bangkok?",
)


@pytest.fixture
def index(toy: Path) -> Iterator[Index]:
    opened = Index(toy / "index.db")
    yield opened
    opened.close()


def explained(index: Index, question: str) -> str:
    hits = index.search(question)
    return why(compose(question, hits, index, WORDS), hits, index, WORDS)


def test_the_parts_add_up_to_the_score(index: Index):
    seen = 0
    for question in QUESTIONS:
        for hit in index.search(question).facts[:3]:
            part = hit.features
            words = WORDS_SHARE * part["words"] + GRAMS_SHARE * part["grams"]
            likeness = lift(part["near"])
            seen += 1

            assert words * part["contrast"] * likeness == pytest.approx(hit.score)
    assert seen == 3 * len(QUESTIONS)


@pytest.mark.parametrize(
    "question", ["Which countries are members?", "Where was SOM 8?"]
)
def test_the_numbers_that_are_shown_add_up_to_the_score(index: Index, question: str):
    text = explained(index, question)

    shown = [float(n) for n in re.findall(r"(?:counts|times|score) (\d+\.\d+)", text)]
    words, grams, contrast, likeness, score = shown
    assert (words + grams) * contrast * likeness == pytest.approx(score, rel=0.03)


def test_an_answer_is_explained_by_the_stored_question_and_the_build(index: Index):
    text = explained(index, "Which countries are members?")

    assert '"Which countries are members?"' in text
    assert index.build_id in text
    assert "sure" in text
    assert "{" not in text


def test_an_extract_is_explained_by_its_document(index: Index):
    text = explained(index, "register of rescued children at the border crossing")

    assert '"notes"' in text
    assert "quoted" in text
    assert index.build_id in text


@pytest.mark.parametrize(
    "question", ["Where was SOM 23?", "What is the budget?", "capital of France"]
)
def test_a_refusal_is_explained_by_its_reason(index: Index, question: str):
    answer = compose(question, index.search(question), index, WORDS)

    text = explained(index, question)

    assert answer.kind == "unknown"
    assert text.startswith("I did not answer.")
    assert answer.text in text
    assert index.build_id in text


def test_asking_back_is_not_explained_as_an_answer(index: Index):
    question = "which countries membership year"
    hits = index.search(question)
    answer_from, clarify_from = index.bands("en")
    between = (answer_from + clarify_from) / 2
    facts = tuple(
        type(hit)(hit.passage, hit.score, hit.features, between) for hit in hits.facts
    )
    unsure = Hits(facts, (), (), hits.understanding)
    answer = compose(question, unsure, index, WORDS)

    text = why(answer, unsure, index, WORDS)

    assert answer.kind == "clarify"
    assert f"{between:.0%} sure" in text
    assert f"from {answer_from:.0%}" in text


def test_an_empty_search_is_explained_too(index: Index):
    nothing = Hits((), (), (), Understanding({}))
    answer = compose("", nothing, index, WORDS)

    assert why(answer, nothing, index, WORDS).startswith("I did not answer.")


def test_an_explanation_is_short(index: Index):
    for question in QUESTIONS:
        assert len(explained(index, question)) <= 900
