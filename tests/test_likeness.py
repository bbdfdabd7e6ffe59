"""How alike two questions are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.likeness import SYNONYM_COVERAGE, Variant, Ways, likenesses

WORDS = st.sampled_from("abcdefgh")
TEXTS = st.lists(WORDS, min_size=1, max_size=6, unique=True)


def asked(words: list[str], related: dict[str, str] | None = None) -> Variant:
    worth = {word: 1.0 + ord(word) / 100 for word in words}
    synonyms = [(w, frozenset(o)) for w, o in (related or {}).items() if w in worth]
    return Variant(tuple(words), worth, sum(worth.values()), synonyms)


def textbook(question: Variant, way: Variant) -> float:
    """Return Dice's coefficient, worked out for one pair by itself."""
    related = dict(question.related)
    common = sum(
        worth
        if term in way.worth
        else SYNONYM_COVERAGE * worth * bool(related.get(term, set()) & {*way.worth})
        for term, worth in question.worth.items()
    )
    return 2 * common / (question.total + way.total)


@given(TEXTS, st.dictionaries(WORDS, WORDS), st.lists(TEXTS, max_size=5))
def test_likeness_is_that_of_each_pair_by_itself(
    words: list[str], related: dict[str, str], ways: list[list[str]]
):
    question, variants = asked(words, related), [asked(way) for way in ways]

    found = list(likenesses(question, Ways.of(variants)))

    assert found == pytest.approx([textbook(question, way) for way in variants])


def test_the_same_question_is_wholly_alike_and_another_not_at_all():
    ways = Ways.of([asked(["a", "b"]), asked(["c"])])

    assert list(likenesses(asked(["a", "b"]), ways)) == [1.0, 0.0]


def test_questions_without_words_are_not_alike():
    assert list(likenesses(asked([]), Ways.of([asked([])]))) == [0.0]
