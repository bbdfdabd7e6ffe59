"""The real knowledge: sound, sourced, and of one mind with itself."""

from __future__ import annotations

import re
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from indexer import contacts
from indexer.facts import Curated, parse_yaml, read_curated
from indexer.glossary import Analysed, Analyser
from indexer.loaders import load
from indexer.search import Index
from indexer.types import Document

KNOWLEDGE = Path(__file__).parent.parent / "knowledge"


@cache
def curated() -> Curated:
    return read_curated(KNOWLEDGE)


@cache
def documents() -> tuple[Document, ...]:
    paths = sorted((KNOWLEDGE / "documents").rglob("*.md"))
    return tuple(load(path, KNOWLEDGE) for path in paths)


@cache
def analyser() -> Analyser:
    return Analyser(curated().glossary)


def analyse(text: str) -> Analysed:
    return analyser().analyse(text)


def test_the_curated_files_have_no_problems():
    assert [str(problem) for problem in curated().problems] == []


def test_there_are_facts_enough():
    assert len(curated().facts) >= 80


def test_every_fact_is_asked_in_several_ways():
    few = {fact.id for fact in curated().facts if len(set(fact.variants)) < 5}

    assert few == set()


def test_answers_fit_a_message():
    long = {f.id for f in curated().facts if len(f.sections[0].text) > 900}

    assert long == set()


def test_every_fact_has_sources_and_a_date():
    bare = {fact.id for fact in curated().facts if not fact.source_ids}
    undated = {fact.id for fact in curated().facts if fact.as_of == "undated"}

    # Some pages bear no date; they are the exception.
    assert bare == set()
    assert len(undated) <= len(curated().facts) // 10


def test_documents_have_rights_and_sources():
    assert len(documents()) >= 8
    for document in documents():
        text = (KNOWLEDGE / document.file).read_text(encoding="utf-8")
        front = text.split("---")[1]
        assert text.startswith("---\n"), document.id
        assert re.search(r"^rights: (own|open|quote)$", front, re.MULTILINE)
        assert re.search(r"^title: ", front, re.MULTILINE)
        assert document.source_ids, document.id
        assert set(document.source_ids) <= curated().sources.keys(), document.id
        assert len(document.sections) >= 2, document.id


def test_every_source_is_used():
    safety = curated().safety
    assert safety is not None
    used = {id for fact in curated().facts for id in fact.source_ids}
    used |= {fact.quote.source_id for fact in curated().facts if fact.quote}
    used |= {id for document in documents() for id in document.source_ids}
    used |= {id for record in safety.numbers for id in record.sources}
    used |= {id for record in safety.routes for id in record.sources}

    assert curated().sources.keys() == used


def written_facts() -> list[dict[str, Any]]:
    """Return the facts as they are written, before numbers are filled in."""
    return [
        record
        for path in sorted((KNOWLEDGE / "facts").glob("*.yaml"))
        for record in parse_yaml(path.read_text(encoding="utf-8"), path.name)["facts"]
    ]


def test_no_telephone_number_stands_outside_the_safety_file():
    texts = {record["id"]: record["answer"] for record in written_facts()}
    for document in documents():
        texts[document.id] = "\n".join(section.text for section in document.sections)

    found = {id: contacts.numbers(text) for id, text in texts.items()}

    assert {id: numbers for id, numbers in found.items() if numbers} == {}


def test_questions_that_are_offered_hold_only_numbers_of_the_safety_file():
    safety = curated().safety
    assert safety is not None
    listed = [contacts.digits_of(record.number) for record in safety.numbers]

    # People may ask with an old number; the question that is shown holds none.
    found = [contacts.numbers(fact.title, listed) for fact in curated().facts]

    assert list(filter(None, found)) == []


def test_hotline_facts_show_the_number_of_their_record():
    safety = curated().safety
    assert safety is not None
    numbers = {record.id: record.number for record in safety.numbers}
    answers = {fact.id: fact.sections[0].text for fact in curated().facts}
    named = 0

    for record in written_facts():
        if "help" in record and "{number}" in record["answer"]:
            named += 1
            assert numbers[record["help"]] in answers[record["id"]]
    assert named > 0
    assert not any("{number}" in answer for answer in answers.values())


MONTHS = (
    "January February March April May June July August September October November "
    "December".split()
)
OWN = re.compile(r"(?:som\d+-)?(som|imm|jd)(\d+)-(?:([a-z-]+)-)?(\d{4})")
MEETING = re.compile(
    r"\b(SOM|IMM) (\d+)(?: in)? ([A-Z][\w ,]*|chaired by Thailand) \(([^()]*)\)"
)


def answer_of(id: str) -> str:
    return next(f.sections[0].text for f in curated().facts if f.id == id)


@cache
def own_facts() -> dict[tuple[str, int], Document]:
    """Return the fact of each numbered meeting and declaration: som8-hanoi-2012."""
    found: dict[tuple[str, int], Document] = {}
    for fact in curated().facts:
        match = OWN.fullmatch(fact.id)
        if match and not fact.absent:
            found[match[1], int(match[2])] = fact
        if fact.id == "som5-imm2-beijing-2007":
            found["som", 5] = fact
    return found


def numbers_of(kind: str) -> set[int]:
    return {number for name, number in own_facts() if name == kind}


def years_of(kind: str) -> set[str]:
    return {fact.as_of[:4] for (name, _), fact in own_facts().items() if name == kind}


def last_day(as_of: str) -> str:
    """Write the last day of a date as answers do: 15 February 2012.

    A month alone stays a month.
    """
    year, month, *day = as_of.split("/")[-1].split("-")
    return " ".join([*(d.lstrip("0") for d in day), MONTHS[int(month) - 1], year])


def test_each_numbered_meeting_has_a_fact_of_its_own():
    assert numbers_of("som") == {4, 5, 6, 7, 8, 9, 10, 11, 13, 14, 16}
    assert numbers_of("imm") == {1, 2, 3, 4, 5, 6}
    assert numbers_of("jd") == {1, 2, 3}


@pytest.mark.parametrize(("overview", "kind"), [("som-all", "som"), ("imm-all", "imm")])
def test_an_overview_names_every_meeting_with_its_own_place_and_day(
    overview: str, kind: str
):
    listed = {
        int(number): (place, date)
        for name, number, place, date in MEETING.findall(answer_of(overview))
        if name.lower() == kind
    }

    written = answer_of(overview)
    rest = re.search(rf"{kind.upper()} 6 in (\w+) \((.*?)\)", written)
    if rest:
        listed[6] = (rest[1], rest[2])
    assert listed.keys() == numbers_of(kind)
    for number, (place, date) in listed.items():
        own = own_facts()[kind, number]
        assert last_day(own.as_of) in date, own.id
        city = place.removeprefix("chaired by ").split(",")[0]
        assert city in own.sections[0].text, own.id


def test_years_of_all_meetings_are_those_of_the_single_facts():
    imm, _, som = answer_of("meetings-all").partition("the Senior Officials' Meetings")

    imm = imm.partition("The Inter-Ministerial Meetings fall in")[2]
    som = som.partition(". SOM 1,")[0]
    assert set(re.findall(r"\d{4}", imm)) == years_of("imm")
    assert set(re.findall(r"\d{4}", som)) == years_of("som")


def test_meetings_that_were_not_found_are_the_gaps_of_the_single_facts():
    missing = set(range(1, max(numbers_of("som")) + 1)) - numbers_of("som")

    told = re.search(r"SOM ([\d, ]+ and \d+)", answer_of("som-all"))
    assert told is not None
    assert {int(number) for number in re.findall(r"\d+", told[1])} == missing


def test_every_mention_of_a_numbered_meeting_agrees_with_its_fact():
    texts = {fact.id: fact.sections[0].text for fact in curated().facts} | {
        f"{document.id} {section.title}": section.text
        for document in documents()
        for section in document.sections
    }
    pattern = re.compile(r"\b(SOM|IMM) (\d+)\)? ?(?:in [\w ,]+)?\(([^()]*?(\d{4}))\)")
    compared, wrong = 0, []

    for where, text in texts.items():
        for name, number, date, year in pattern.findall(text):
            own = own_facts().get((name.lower(), int(number)))
            compared += 1
            if own is None or own.as_of[:4] != year:
                wrong.append((where, name, number, date))

    assert wrong == []
    assert compared >= 20


def test_the_declarations_are_those_of_the_single_facts():
    overview = answer_of("jd-all")
    words = ("first", "second", "third")

    for number, word in enumerate(words, start=1):
        own = own_facts()["jd", number]
        match = OWN.fullmatch(own.id)
        assert match is not None
        city = match[3].replace("-", " ").title()
        told = re.search(rf"the {word} in ([^;.]*)", overview)
        assert told is not None
        assert city in told[1]
        assert last_day(own.as_of) in told[1]
        assert city in own.sections[0].text


def test_the_periods_of_the_plans_are_those_of_the_single_facts():
    periods = dict(re.findall(r"SPA (I{1,3}|IV), (\d{4}-\d{4})", answer_of("spa-all")))

    assert sorted(periods) == ["II", "III", "IV"]
    for roman, period in periods.items():
        number = {"II": 2, "III": 3, "IV": 4}[roman]
        own = answer_of(f"spa{number}")
        first, last = period.split("-")
        assert first in own, own
        assert last in own, own


@pytest.mark.parametrize(
    "country", ["cambodia", "china", "lao", "myanmar", "thailand", "vietnam"]
)
def test_hosts_name_only_meetings_that_were_there(country: str):
    answer = answer_of(f"host-{country}")
    places = analyse(answer).countries + analyse(answer).places

    for entity in analyse(answer).entities:
        own = own_facts()[entity.name, entity.number]
        named = analyse(own.sections[0].text + " " + own.title)
        assert set(named.countries + named.places) & set(places), own.id


def test_facts_that_say_now_or_latest_show_their_date():
    newest = {"imm-latest", "som-newest-found", "latest-meeting-found", "spa-latest"}

    for fact in curated().facts:
        if fact.id in newest:
            assert re.search(r"\b20\d\d\b", fact.sections[0].text), fact.id


def test_every_way_of_asking_finds_its_fact(real_index: Path):
    with closing(Index(real_index)) as index:
        wrong = [
            (fact.id, fact.title)
            for fact in curated().facts
            if index.search(fact.title, limit=1).facts[0].passage.document_id != fact.id
        ]

    assert not wrong


def test_the_real_index_is_calibrated(real_index: Path):
    with closing(Index(real_index)) as index:
        answer, clarify = index.bands("en")
        index.store.verify()

        assert index.calibration.calibrated
        assert index.calibration.seen <= index.calibration.promised + 0.01
        assert 0 < clarify < answer < 1
