"""A message read by its best part, on the real knowledge."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.understanding import best_part, first_question, parts, sureness
from indexer.search import Index


@pytest.fixture(scope="module")
def index(real_index: Path) -> Iterator[Index]:
    opened = Index(real_index)
    yield opened
    opened.close()


def best(index: Index, message: str) -> str:
    return best_part(index, message, "en").facts[0].passage.document_id


def sure(index: Index, message: str) -> bool:
    answer, _ = index.bands("en")
    return sureness(best_part(index, message, "en")) >= answer


def test_chatter_around_a_question_is_passed_over(index: Index):
    message = (
        "Good evening, I teach law: what years did SPA III cover? It is for class."
    )

    assert best(index, message) == "spa3"
    assert sure(index, message)


def test_a_name_beside_a_question_does_not_answer_it(index: Index):
    assert sure(index, "SPA III?")
    assert not sure(index, "How much money do donors give for the third plan, SPA III?")


def test_a_name_answers_where_its_fact_shows_what_is_asked_for(index: Index):
    assert best(index, "The seventh SOM in Bagan, when was that?") == "som7-bagan-2010"
    assert sure(index, "The seventh SOM in Bagan, when was that?")


@pytest.mark.parametrize("text", ["", "Who chairs it?", "a, b", "one, two, " * 9])
def test_short_and_endless_messages_are_not_cut(text: str):
    assert parts(text) == []


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("Who chairs it? And when?", "Who chairs it?"),
        ("Where was SOM 9 held, and has Laos a law?", "Where was SOM 9 held?"),
        ("When did it begin, and also who pays for it now?", "When did it begin?"),
    ],
)
def test_what_follows_a_first_question_is_left(text: str, first: str):
    assert first_question(text) == (first, True)


@pytest.mark.parametrize(
    "text",
    [
        "Who chairs it?",
        "When, and where is the next meeting of the ministers?",
        "When was SOM 9 held, and where?",
        "I wrote to Bangkok, and who answers the letters there?",
        "",
    ],
)
def test_one_question_is_left_whole(text: str):
    assert first_question(text) == (text, False)
