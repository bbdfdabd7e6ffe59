"""How alike a question is to stored ways of asking."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import counting
from indexer.likeness import (
    IDF_CAP,
    SYNONYM_COVERAGE,
    Ways,
    Weighed,
    likenesses,
    worth,
)
from indexer.tfidf import Posting

WORDS = st.sampled_from("abcdefgh")
TEXTS = st.lists(WORDS, min_size=1, max_size=6, unique=True)


def value(word: str) -> float:
    return 1.0 + ord(word) / 100


def asked(words: list[str], related: dict[str, str] | None = None) -> Weighed:
    synonyms = {word: frozenset(others) for word, others in (related or {}).items()}
    return Weighed.of(
        {word: value(word) for word in words},
        lambda word: synonyms.get(word, frozenset()),
    )


def found(question: Weighed, ways: list[list[str]]) -> list[float]:
    postings = counting.count(ways)
    lists = {
        word: Posting(
            *(
                column[postings.starts[place] : postings.starts[place + 1]]
                for column in (postings.numbers, postings.counts)
            )
        )
        for place, word in enumerate(postings.words)
    }
    totals = np.array([sum(map(value, way)) for way in ways], np.float64)
    held = {word: lists[word] for word in question.terms() & lists.keys()}
    return likenesses(question, held, totals).tolist()


def textbook(question: Weighed, way: list[str]) -> float:
    """Return Dice's coefficient, worked out for one pair by itself."""
    related = dict(question.related)
    common = sum(
        worth
        if term in way
        else SYNONYM_COVERAGE * worth * bool(related.get(term, set()) & {*way})
        for term, worth in question.worth.items()
    )
    return 2 * common / (question.total + sum(map(value, way)))


@given(TEXTS, st.dictionaries(WORDS, WORDS), st.lists(TEXTS, max_size=5))
def test_likeness_is_that_of_each_pair_by_itself(
    words: list[str], related: dict[str, str], ways: list[list[str]]
):
    question = asked(words, related)

    assert found(question, ways) == pytest.approx(
        [textbook(question, way) for way in ways]
    )


def test_the_same_question_is_wholly_alike_and_another_not_at_all():
    assert found(asked(["a", "b"]), [["a", "b"], ["c"]]) == [1.0, 0.0]


def test_questions_without_words_are_not_alike():
    assert found(asked([]), [[]]) == [0.0]


def test_a_rare_word_is_worth_no_more_than_the_cap():
    assert worth(["seldom"], lambda _: 9.0) == {"seldom": IDF_CAP}
    assert worth(["seldom"], lambda _: 9.0, {"seldom": 0.5}) == {"seldom": IDF_CAP / 2}


def test_the_core_is_what_most_ways_of_asking_have():
    ways = Ways.of([["the", "cat", "cat"], ["the", "cat"], ["dog"]], lambda _: 3.0)

    assert ways.core == {"cat": pytest.approx(3.0 * 2 / 3)}
    assert ways.terms == (("the", "cat", "cat"), ("the", "cat"), ("dog",))
    assert Ways.of([], lambda _: 3.0).core == {}
