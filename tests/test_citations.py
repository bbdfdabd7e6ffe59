"""Citations: two are shown, whose words they are is said, the rest is counted."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.citations import lead, parts, shown
from bot.languages import phrases
from bot.types import Answer, Citation

WORDS = phrases("en")
NEWS = Citation(
    title="Ministers meet in Hanoi",
    publisher="The News",
    url="https://news.example/hanoi",
    date="2012-02-16",
    locator="",
    own_words=True,
)


def answer(*citations: Citation) -> Answer:
    return Answer("answer", "In Hanoi.", citations=citations)


@pytest.mark.parametrize(("held", "more"), [(0, 0), (1, 0), (2, 0), (3, 1), (7, 5)])
def test_the_two_strongest_are_shown_and_the_rest_is_counted(held: int, more: int):
    all_of_them = tuple(replace(NEWS, title=f"Title {n}") for n in range(held))

    strongest, rest = shown(answer(*all_of_them))

    assert strongest == all_of_them[:2]
    assert rest == more


def test_a_citation_names_publisher_and_date():
    assert parts(NEWS, WORDS) == (
        "Ministers meet in Hanoi",
        "The News, 16 February 2012",
    )


def test_a_citation_of_a_document_says_where_in_it():
    page = replace(NEWS, locator="p. 3")

    assert parts(page, WORDS)[1] == "The News, 16 February 2012, p. 3"


def test_an_undated_source_is_said_to_be_undated():
    assert parts(replace(NEWS, date=""), WORDS)[1] == "The News, undated"


def test_a_source_that_must_not_be_linked_was_read_in_a_copy():
    _, rest = parts(replace(NEWS, url=""), WORDS)

    assert rest == "The News, 16 February 2012, read in an archived copy"


def test_a_document_without_a_publisher_was_not_read_in_a_copy():
    notes = Citation("Notes", "", "", "", "line 1", own_words=False)

    assert parts(notes, WORDS) == ("Notes", "undated, line 1")


def test_whose_words_an_answer_is_in_is_said():
    assert lead(answer(NEWS), WORDS) == "Summary by this project, after:"
    assert lead(answer(replace(NEWS, own_words=False)), WORDS) == "Source:"
