"""Checks of a knowledge folder: each fault is named with file, place and cure."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path

import pytest

from indexer import contacts
from indexer.__main__ import main
from indexer.checks import check, overdue
from indexer.phrasings import check_phrasings

NOW = date(2026, 11, 24)
FACT = """\
topic: More
facts:
  - id: {id}
    as_of: {as_of}
    sources: [news-2012]
    asked: [{asked}]
    answer: {answer}
"""


def add_fact(
    knowledge: Path,
    id: str,
    *asked: str,
    answer: str = "It is so.",
    as_of: str = "2012",
    extra: str = "",
) -> None:
    text = FACT.format(id=id, as_of=as_of, asked=", ".join(asked), answer=answer)
    path = knowledge / "facts" / f"{id}.yaml"
    path.write_text(f"{text}{extra}", encoding="utf-8")


def add_document(knowledge: Path, name: str, text: str, front: str = "") -> None:
    head = front or "sources: [news-2012]\nas_of: 2012\nrights: own"
    path = knowledge / "documents" / name
    path.write_text(f"---\n{head}\n---\n\n{text}\n", encoding="utf-8")


def reasons(knowledge: Path, file: str, level: str = "warning") -> list[str]:
    """Return what is said of one file, place first."""
    return [
        f"{finding.place}: {finding.reason}"
        for finding in check(knowledge, now=NOW)
        if finding.file == file and finding.level == level
    ]


def test_the_toy_corpus_has_warnings_and_no_errors(knowledge: Path):
    found = check(knowledge, now=NOW)

    assert {finding.level for finding in found} == {"warning"}
    assert any("has only 2 ways of asking" in finding.reason for finding in found)


def test_errors_of_curated_files_come_first(knowledge: Path):
    add_fact(knowledge, "again", "When was the MOU signed?")

    first = check(knowledge, now=NOW)[0]

    assert (first.level, first.file) == ("error", "facts/commit.yaml")
    assert "is also a way of asking again" in first.reason


def test_unknown_sources_are_errors_and_unused_ones_warnings(knowledge: Path):
    path = knowledge / "sources.yaml"
    unused = "  - {id: unused, title: T, publisher: P, date: 2012}\n"
    path.write_text(path.read_text("utf-8") + unused, encoding="utf-8")
    front = "sources: [nobody]\nas_of: 2012\nrights: own"
    add_document(knowledge, "new.md", "Some text.", front)

    assert reasons(knowledge, "sources.yaml") == [
        "unused: no fact, document or number uses it; remove it, or cite it"
    ]
    assert reasons(knowledge, "documents/new.md", "error") == [
        'front matter: source "nobody" is not in sources.yaml;'
        " add it there or correct the id"
    ]


def test_a_document_that_cannot_be_read_is_an_error(knowledge: Path):
    (knowledge / "documents" / "bad.md").write_bytes(b"\xff\xfe\x00")

    (reason,) = reasons(knowledge, "documents/bad.md", "error")

    assert "is not UTF-8" in reason


def test_ways_of_asking_that_repeat_each_other_are_named(knowledge: Path):
    asked = ("What is the plan for?", "what is plan for", "plan purpose", "why a plan")
    add_fact(knowledge, "plan", *asked)

    assert reasons(knowledge, "facts/plan.yaml") == [
        'fact 1 (plan): "what is plan for" repeats "What is the plan for?";'
        " ask it in other words"
    ]


def test_few_ways_of_asking_and_long_undated_answers_are_named(knowledge: Path):
    add_fact(knowledge, "long", "Why?", answer="very " * 200 + "long", as_of="undated")

    assert reasons(knowledge, "facts/long.yaml") == [
        "fact 1 (long): has only 1 way of asking; write 4 or more",
        "fact 1 (long): the answer has 1004 characters, over 800;"
        " split the fact, or say less",
        'fact 1 (long): as_of is "undated";'
        " give the date of the source, or of your reading of it",
    ]


def test_numbers_and_addresses_are_named_where_they_stand(knowledge: Path):
    add_fact(knowledge, "call", "a a", "b b", "c c", "d d", answer="Call 1899 or 1300.")
    text = "# One\n\nNothing.\n\n# Two\n\nAsk help@line.example or +66 2 123 4567."
    add_document(knowledge, "call.md", text)

    assert reasons(knowledge, "facts/call.yaml") == [
        'fact 1 (call): "1899" looks like a telephone number;'
        " list it in safety.yaml or remove it"
    ]
    assert reasons(knowledge, "documents/call.md") == [
        'Two: "+66 2 123 4567" looks like a telephone number;'
        " list it in safety.yaml or remove it",
        'Two: "help@line.example" is an e-mail address; remove it',
    ]


@pytest.mark.parametrize(
    "text",
    [
        "from 2004-2007 to 2011/2013",
        "in 2012 350 activities were held",
        "Decree 162/2025 of 10 July 2025",
        "on 2012-02-14 and 14.02.2012",
        "the hotline, open since 2012, took 5,420 calls",
        "1,130 officials and 12 million people",
    ],
)
def test_years_dates_and_counts_are_no_telephone_numbers(text: str):
    assert contacts.numbers(text) == []


@pytest.mark.parametrize(
    ("answer", "attribute"),
    [
        ("It took place in Hanoi in 2013.", "year (2012) than"),
        ("It took place in Bangkok in 2012.", "place (hanoi) than"),
    ],
)
def test_facts_that_contradict_each_other_are_named(
    knowledge: Path, answer: str, attribute: str
):
    asked = ("When did SOM 8 take place?", "Where did SOM 8 happen?", "c c", "d d")
    add_fact(knowledge, "other", *asked, answer=answer)

    found = [finding.reason for finding in check(knowledge, now=NOW)]

    contradicting = [reason for reason in found if reason.startswith("says another")]
    assert len(contradicting) == 1
    assert contradicting[0].startswith(f"says another {attribute}")
    assert "other (facts/other.yaml)" in contradicting[0]


def test_disputed_facts_do_not_contradict(knowledge: Path):
    asked = ("When did SOM 8 take place?", "b b", "c c", "d d")
    extra = "    disputed: true\n"
    add_fact(knowledge, "other", *asked, answer="It was held in 2013.", extra=extra)

    assert reasons(knowledge, "facts/other.yaml") == []
    assert not any("says another" in f.reason for f in check(knowledge, now=NOW))


def test_documents_say_whose_they_are_and_whence(knowledge: Path):
    add_document(knowledge, "bare.md", "Some text.", "title: Bare")
    (knowledge / "documents" / "told.txt").write_text("Some text.", encoding="utf-8")
    side = "sources: [news-2012]\nas_of: 2012\nrights: quote\n"
    (knowledge / "documents" / "told.txt.yaml").write_text(side, encoding="utf-8")

    bare = reasons(knowledge, "documents/bare.md")
    assert [reason.partition(" is")[0] for reason in bare] == [
        'front matter: "rights"', 'front matter: "sources"', 'front matter: "as_of"'
    ]  # fmt: skip
    assert reasons(knowledge, "documents/told.txt") == []


def test_dead_relative_links_are_named_with_their_line(knowledge: Path):
    links = "[a](hanoi.md#results) [b](gone.md) [c](https://x.example/y) [d](#top)"
    add_document(knowledge, "links.md", f"# Links\n\n{links} ![e](/etc/hosts)")

    assert reasons(knowledge, "documents/links.md") == [
        'line 9: the link to "gone.md" leads nowhere; correct or remove it',
        'line 9: the link to "/etc/hosts" leads nowhere; correct or remove it',
    ]


def test_drafts_of_tables_are_named(knowledge: Path):
    text = "question,answer,source,date\nWhy?,So.,,2012\n"
    (knowledge / "facts" / "table.csv").write_text(text, encoding="utf-8")

    assert reasons(knowledge, "facts/table.csv") == [
        'line 2: "Why?" is a draft, not indexed; fill in source'
    ]


def test_overdue_reviews_depend_on_today_alone(knowledge: Path):
    before = overdue(knowledge, now=date(2027, 1, 1))
    after = overdue(knowledge, now=date(2027, 1, 2))

    assert before == []
    assert [str(finding) for finding in after] == [
        "warning: safety.yaml: number (thailand-1300): the review is overdue since"
        " 2027-01-01; check it, then move review_by"
    ]


def test_a_way_of_asking_nearer_to_another_fact_is_listed_with_both(
    knowledge: Path, index_path: Path
):
    add_fact(knowledge, "stray", "som7 town", "x y", "z q", "v w")

    found = check_phrasings(knowledge, index_path)

    own = [finding for finding in found if finding.file == "facts/stray.yaml"]
    assert len(own) == 1
    assert own[0].place == "fact 1 (stray)"
    start = '"som7 town" is nearer to som7 (facts/meetings.yaml);'
    assert own[0].reason.startswith(start)


def run(monkeypatch: pytest.MonkeyPatch, knowledge: Path, *flags: str) -> int:
    arguments = ["indexer", "check", "--knowledge", str(knowledge), *flags]
    monkeypatch.setattr(sys, "argv", arguments)
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


@pytest.mark.parametrize(
    ("flags", "code"), [((), 0), (("--strict",), 1), (("--overdue",), 0)]
)
def test_warnings_fail_only_where_asked_to(
    monkeypatch: pytest.MonkeyPatch, knowledge: Path, flags: tuple[str, ...], code: int
):
    path = knowledge / "safety.yaml"
    never = path.read_text("utf-8").replace("2027-01-01", "9999-01-01")
    path.write_text(never, encoding="utf-8")

    assert run(monkeypatch, knowledge, *flags) == code


def test_errors_fail_and_are_told_as_json(
    monkeypatch: pytest.MonkeyPatch, knowledge: Path, capsys: pytest.CaptureFixture[str]
):
    (knowledge / "facts" / "bad.yaml").write_text("topic: [", encoding="utf-8")

    code = run(monkeypatch, knowledge, "--json")

    first = json.loads(capsys.readouterr().out)[0]
    assert code == 1
    assert (first["level"], first["file"]) == ("error", "facts/bad.yaml")
    assert first.keys() == {"level", "file", "place", "reason"}
