"""Names for one thing become one term; numbers find the things they count."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.analysis import number_of, tokens
from indexer.glossary import Analyser, Glossary, weight
from indexer.types import Entity

SMALL = Analyser(
    Glossary(
        entities={"som": ["SOM", "Senior Officials' Meeting"], "un": ["UN", "U.N."]},
        numbered=["som"],
        countries={"viet_nam": ["Viet Nam", "Vietnam"], "lao_pdr": ["Laos"]},
        cities={"viet_nam": ["Hanoi"]},
        synonyms=[["mou", "memorandum of understanding"], ["hotline", "helpline"]],
        contrasts=[[["first"], ["last", "latest"]]],
        questions={"when": ["when", "what year"], "who": ["who"]},
        fillers=["could you tell me"],
    )
)


@pytest.mark.parametrize(
    "text",
    [
        "SOM 8",
        "som8",
        "SOM-8",
        "SOM VIII",
        "SOM no. 8",
        "SOM eight",
        "8th SOM",
        "8 th SOM",
        "the eighth Senior Officials\u2019 Meeting",
        "8th COMMIT Senior Officials Meeting",
        "Eighth Senior Official Meetings",
    ],
)
def test_every_way_to_write_a_numbered_meeting_is_one_term(text: str):
    read = SMALL.analyse(text)

    assert read.entities == (Entity("som", 8),)
    assert {"som_8", "som"} <= set(read.terms)


@pytest.mark.parametrize(
    "text", ["SOM 14 February 2012", "SOM in 2012", "8 officials", "the UN 8"]
)
def test_other_numbers_count_nothing(text: str):
    assert SMALL.analyse(text).entities == ()


def test_two_meetings_are_two_entities():
    read = SMALL.analyse("SOM 7 or SOM 8, or SOM 7 again?")

    assert read.entities == (Entity("som", 7), Entity("som", 8))


@pytest.mark.parametrize("text", ["Viet Nam", "Vietnam", "VIETNAM", "Vi\u1ec7t Nam"])
def test_spellings_of_a_country_are_one_term(text: str):
    read = SMALL.analyse(text)

    assert (read.terms, read.countries) == (("viet_nam",), ("viet_nam",))


def test_a_city_is_a_place_and_no_country():
    read = SMALL.analyse("meetings in Hanoi")

    assert (read.places, read.countries) == (("hanoi",), ())


def test_years_are_noticed_and_other_numbers_are_none():
    assert SMALL.analyse("in 2004 and 1812 and 120").years == ("2004",)


def test_kinds_and_classes_of_a_question_are_read():
    read = SMALL.analyse("When, and what year, was the latest one? Who came?")

    assert read.kinds == ("when", "who")
    assert read.classes == {(0, 1)}


def test_synonyms_are_looked_up_beside_the_word():
    assert SMALL.synonyms["hotlin"] == ("helplin",)
    assert "mou" in SMALL.synonyms["memorandum_of_understanding"]


def test_a_phrase_of_several_words_is_one_term():
    assert (
        "memorandum_of_understanding"
        in SMALL.analyse("Memorandum of Understanding").terms
    )


def test_phrases_that_say_nothing_are_passed_over_in_questions_only():
    text = "Could you tell me who came"

    assert SMALL.analyse(text, asked=True).terms == ("who", "came")
    assert len(SMALL.analyse(text).terms) == 6


def test_a_question_of_fillers_alone_is_left_whole():
    assert len(SMALL.analyse("could you tell me", asked=True).terms) == 4


def test_words_are_read_as_repaired():
    read = SMALL.analyse("hanoj 2012", repaired={"hanoj": "hanoi"})

    assert read.places == ("hanoi",)


def test_words_as_typed_are_kept_for_messages():
    read = SMALL.analyse("Vietnamese meetings in Vietnam")

    assert read.typed["meet"] == "meetings"


def test_english_words_are_stemmed_and_others_are_not():
    assert SMALL.analyse("meetings").terms == ("meet",)
    assert SMALL.analyse("meetings", language="vi").terms == ("meetings",)


def test_words_are_kept_whole_for_grams():
    assert SMALL.analyse("The meetings of SOM 8").words == (
        "the", "meetings", "of", "som_8",
    )  # fmt: skip


def test_stop_words_weigh_one_half():
    assert (weight("the"), weight("which"), weight("traffick")) == (0.5, 0.5, 1.0)


def test_a_stored_glossary_analyses_as_before():
    read = Analyser(Glossary.from_json(SMALL.glossary.to_json()))
    text = "When was the 8 th Senior Officials' Meeting in Vietnam, the MOU, Hanoi?"

    assert read.analyse(text) == SMALL.analyse(text)


def test_an_empty_glossary_analyses_too():
    assert Analyser(Glossary()).analyse("SOM 8 in Hanoi").terms == (
        "som", "8", "in", "hanoi",
    )  # fmt: skip


@given(st.text(max_size=200))
def test_any_text_is_analysed_and_no_number_is_lost(text: str):
    read = SMALL.analyse(text, asked=True)

    numbers = {token.text for token in tokens(text) if token.script == "number"}
    named = {str(entity.number) for entity in read.entities}
    assert numbers <= set(read.terms) | named
    assert all(number_of(token) != 0 or token.text == "0" for token in tokens(text))


@given(st.integers(min_value=1, max_value=99))
def test_any_number_finds_its_meeting(number: int):
    assert SMALL.analyse(f"SOM {number}").entities == (Entity("som", number),)
    assert SMALL.analyse(f"the {number}th SOM").entities == (Entity("som", number),)
