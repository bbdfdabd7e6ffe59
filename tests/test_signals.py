"""What speaks for a fact as the answer, read from the hits of real searches."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from indexer.likeness import IDF_CAP
from indexer.search import Index
from indexer.types import Hit


@pytest.fixture
def index(toy: Path) -> Iterator[Index]:
    with closing(Index(toy / "index.db")) as index:
        yield index


def first(index: Index, question: str) -> Hit:
    return index.search(question).facts[0]


def test_a_stored_way_of_asking_has_every_signal_at_its_best(index: Index):
    seen = first(index, "Where was the 8th Senior Officials' Meeting?").features

    assert seen["words"] == seen["grams"] == seen["both"] == 1.0
    assert seen["coverage"] == pytest.approx(1.0)
    assert seen["near"] == pytest.approx(1.0)
    assert seen["entity"] == 1.0
    assert seen["margin"] > 0


def test_all_signals_of_the_best_fact_are_bounded(index: Index):
    shares = ("gram", "near", "near_three", "coverage", "core")
    bounds = {"contrast": (0, 2), **dict.fromkeys(shares, (0, 1))}
    # In the unit of a capped idf; counted; a logarithm.
    bounds |= {"core_lost": (0, IDF_CAP), "gap": (0, IDF_CAP)}
    bounds |= {"others": (0, 20), "size": (0, 5)}
    questions = ["hanoi", "officials in Bangkok 2004", "the mou", "who", "SOM 8 china"]

    for question in questions:
        for name, value in first(index, question).features.items():
            low, high = bounds.get(name, (-1, 1))
            assert low <= value <= high + 1e-9, (question, name)


def test_unknown_words_lower_coverage(index: Index):
    known = first(index, "officials in Hanoi").features
    unknown = first(index, "officials in Hanoi xylophone").features

    assert unknown["coverage"] < known["coverage"]


def test_a_synonym_covers_less_than_the_word_and_more_than_nothing(index: Index):
    def covered(word: str) -> float:
        found = index.search(f"signature {word}").facts
        hits = {hit.passage.document_id: hit for hit in found}
        return hits["mou-signed"].features["coverage"]

    assert covered("date") > covered("xylophone")
    assert first(index, "hotline").features["coverage"] == pytest.approx(1.0)


def test_margin_is_small_where_two_facts_are_equally_near(index: Index):
    alone = first(index, "Where was the 8th Senior Officials' Meeting?").features
    beside = first(index, "Senior Officials' Meeting").features

    assert beside["margin"] < alone["margin"]


def test_another_number_shows_in_the_signals(index: Index):
    assert first(index, "Where was SOM 23?").features["entity"] == -1.0
    assert first(index, "Where was SOM 8 in Bangkok?").features["place"] == -1.0


def test_missing_words_are_named_as_typed_and_stop_words_are_not(index: Index):
    missing = first(index, "What is the Xylophones budget?").missing

    assert missing == ("xylophones",)


def test_only_hits_that_may_be_shown_have_signals(index: Index):
    hits = index.search("Where was the meeting in Hanoi in 2012?").facts

    assert len(hits) > 3
    assert all(hit.features for hit in hits[:3])
    assert not any(hit.features for hit in hits[3:])


def test_the_core_is_what_most_ways_of_asking_are_about(index: Index):
    whole = first(index, "Where was the 8th Senior Officials' Meeting?").features
    beside = first(index, "Was anything signed in Hanoi?").features

    assert whole["core"] == 1.0
    assert whole["core_lost"] == 0.0
    assert beside["core"] < 1.0
    assert beside["core_lost"] > 0.0


def test_a_word_that_no_fact_holds_leaves_a_gap(index: Index):
    none = first(index, "Where was the 8th Senior Officials' Meeting?").features
    wide = first(index, "Xylophones at the 8th Senior Officials' Meeting?").features

    assert none["gap"] == 0.0
    assert wide["gap"] > IDF_CAP / 2
    assert wide["size"] > none["size"]


@pytest.mark.parametrize(
    ("question", "focus"),
    [
        ("Where was the 8th Senior Officials' Meeting?", 0.0),
        ("How many meetings were in Hanoi?", 1.0),
        ("How many xylophones were at the 8th Senior Officials' Meeting?", -1.0),
        ("Who juggled at the 8th Senior Officials' Meeting?", -1.0),
    ],
)
def test_what_is_counted_or_done_is_looked_for(
    index: Index, question: str, focus: float
):
    assert first(index, question).features["focus"] == focus
