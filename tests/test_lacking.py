"""What the words that a fact lacks say against it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from indexer.calibrating import near_misses
from indexer.lacking import UNKNOWN, lacks, marks
from indexer.search import Index


@pytest.fixture
def index(toy: Path) -> Iterator[Index]:
    with closing(Index(toy / "index.db")) as index:
        yield index


def marks_of(index: Index, question: str) -> dict[str, float]:
    """Return the marks of the best fact for a question."""
    asked = index.analyser.analyse(question, asked=True)
    ranking = index.ranker.rank(asked, index.ranker.weights(asked))
    best = index.candidates(ranking, "en")[0]
    return marks(ranking, best.number, index.analyser)


def test_a_word_that_the_fact_lacks_is_a_mark(index: Index):
    found = marks_of(index, "What did the 8th Senior Officials' Meeting cost?")

    assert found["-cost"] == 1.0
    assert "-som_8" not in found
    assert found[UNKNOWN] >= 1


def test_a_stored_way_of_asking_lacks_nothing(index: Index):
    found = marks_of(index, "Where was the 8th Senior Officials' Meeting?")

    assert not [mark for mark in found if mark.startswith("-")]
    assert UNKNOWN not in found
    assert found["where 1"] == 1.0


def test_weights_add_up_to_a_signal_of_confidence(index: Index):
    question = "What did the 8th Senior Officials' Meeting cost?"
    before = index.search(question).facts[0].features["lacking"]
    index.calibration = replace(index.calibration, lacking={"-cost": -1.5, "who": 9.0})

    after = index.search(question).facts[0].features["lacking"]

    assert (before, after) == (0.0, -1.5)
    assert lacks({"-cost": -1.5, "a": 2.0}, {"-cost": 1.0, "a": 0.5}) == -0.5


def test_near_misses_are_asked_as_people_ask_them(index: Index):
    (typed, spelt) = near_misses(
        index, ["Whre was the Senor Officials Meeting?", "Where were the officials?"]
    )

    assert not typed.right
    assert not typed.answerable
    assert not [mark for mark in typed.marks if mark.startswith("-whre")]
    assert spelt.features["coverage"] > 0


def test_a_near_miss_that_finds_nothing_is_passed_over(index: Index):
    assert near_misses(index, ["", "?!"]) == []
