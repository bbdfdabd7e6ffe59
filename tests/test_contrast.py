"""Another number, country, year or kind than asked makes a fact a worse answer."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from indexer.contrast import agreement, factors, features_of
from indexer.glossary import Analyser, Glossary
from indexer.tfidf import Floats, Ints

FACTS = [
    ("Where was SOM 7?", "In Bangkok, Thailand, in 2010."),
    ("Where was SOM 8?", "In Hanoi, Viet Nam, in 2012."),
    ("What does Thailand do?", "It trains 120 officers. SOM 8 praised it."),
    ("What is COMMIT?", "A process of six governments."),
    ("Who chaired the first meeting?", "A minister."),
    ("Who chaired the latest meeting?", "Another minister."),
]
SOM_7, SOM_8, THAILAND, COMMIT, FIRST, LATEST = range(len(FACTS))


def features(analyser: Analyser) -> list[set[str]]:
    return [
        set(features_of([analyser.analyse(asked)], analyser.analyse(answer)))
        for asked, answer in FACTS
    ]


def agreed_with(analyser: Analyser, question: str) -> dict[str, list[int]]:
    known, asked = features(analyser), analyser.analyse(question, asked=True)

    def numbers(name: str) -> Ints:
        having = [number for number, names in enumerate(known) if name in names]
        return np.array(having, np.int32)

    def family(prefix: str) -> Sequence[str]:
        names = sorted(set().union(*known))
        return [name for name in names if name.startswith(prefix)]

    agreed = agreement(asked, len(FACTS), numbers, family)
    product: Floats = factors(agreed, asked)
    return {name: values.tolist() for name, values in agreed.items()} | {
        "factors": product.tolist()
    }


def test_a_fact_is_about_what_its_ways_of_asking_name(analyser: Analyser):
    som_8 = features(analyser)[SOM_8]

    assert {"entity:som_8", "year:2012", "place:hanoi", "kind:where"} <= som_8
    assert "mention:viet_nam" in som_8
    assert "country:viet_nam" not in som_8


def test_what_an_answer_shows_counts_as_its_kind(analyser: Analyser):
    assert {"kind:when", "kind:where"} <= features(analyser)[SOM_7]
    assert "kind:how_many" in features(analyser)[THAILAND]


def test_another_number_of_the_same_thing_disagrees(analyser: Analyser):
    agreed = agreed_with(analyser, "Where was SOM 8?")

    assert agreed["entity"][SOM_8] == 1
    assert agreed["entity"][SOM_7] == -1
    assert agreed["entity"][COMMIT] == 0


def test_a_number_named_in_passing_neither_agrees_nor_disagrees(analyser: Analyser):
    assert agreed_with(analyser, "When was SOM 8?")["entity"][THAILAND] == 0


def test_a_number_that_nobody_knows_disagrees_with_all_of_its_kind(analyser: Analyser):
    agreed = agreed_with(analyser, "Where was SOM 23?")

    assert agreed["entity"][SOM_7] == agreed["entity"][SOM_8] == -1


def test_one_of_two_numbers_asked_for_is_enough(analyser: Analyser):
    agreed = agreed_with(analyser, "Where were SOM 7 and SOM 8?")

    assert agreed["entity"][SOM_7] == agreed["entity"][SOM_8] == 1


def test_another_country_disagrees(analyser: Analyser):
    assert agreed_with(analyser, "What does Thailand do?")["country"][THAILAND] == 1
    assert agreed_with(analyser, "What does Viet Nam do?")["country"][THAILAND] == -1


def test_a_country_that_no_fact_names_disagrees_with_all(analyser: Analyser):
    agreed = agreed_with(analyser, "What does China do?")

    assert agreed["country"] == [-1] * len(FACTS)


@pytest.mark.parametrize(
    ("question", "name"), [("SOM in 2012", "year"), ("SOM in Hanoi", "place")]
)
def test_another_year_or_place_disagrees(analyser: Analyser, question: str, name: str):
    agreed = agreed_with(analyser, question)

    assert agreed[name][SOM_8] == 1
    assert agreed[name][SOM_7] == -1
    assert agreed[name][COMMIT] == 0


def test_members_of_a_contrast_exclude_each_other(analyser: Analyser):
    agreed = agreed_with(analyser, "Who chaired the last meeting?")

    assert agreed["class"][LATEST] == 1
    assert agreed["class"][FIRST] == -1
    assert agreed["class"][COMMIT] == 0


def test_a_kind_that_a_fact_does_not_show_disagrees(analyser: Analyser):
    agreed = agreed_with(analyser, "How many are there?")

    assert agreed["kind"][THAILAND] == 1
    assert agreed["kind"][COMMIT] == -1


@pytest.mark.parametrize(
    ("question", "better", "worse"),
    [
        ("SOM 8", SOM_8, SOM_7),
        ("Thailand", THAILAND, COMMIT),
        ("in 2010", SOM_7, SOM_8),
        ("in Hanoi", SOM_8, SOM_7),
        ("the latest", LATEST, FIRST),
        ("when", SOM_8, COMMIT),
    ],
)
def test_what_agrees_is_never_put_behind(
    analyser: Analyser, question: str, better: int, worse: int
):
    product = agreed_with(analyser, question)["factors"]

    assert product[better] > product[worse] > 0


def test_a_question_that_names_nothing_changes_nothing(analyser: Analyser):
    agreed = agreed_with(analyser, "Tell me more")

    assert agreed["factors"] == [1.0] * len(FACTS)
    assert agreed["entity"] == agreed["year"] == agreed["kind"] == [0] * len(FACTS)


def test_a_fact_that_names_no_body_is_less_near_than_one_that_names_it():
    agreed = dict.fromkeys(
        ("entity", "country", "year", "place", "figure", "kind", "aspect", "class"),
        np.zeros(3, np.int8),
    )
    asked = Analyser(Glossary()).analyse("What does UNIAP mean?")

    product = factors({**agreed, "body": np.array([1, 0, -1], np.int8)}, asked)

    assert product[0] > product[1] > product[2]
    assert [*factors({**agreed, "body": np.zeros(3, np.int8)}, asked)] == [1, 1, 1]
