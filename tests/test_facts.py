"""Every fault of the curated files is named with file, place and cure, in one run."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.errors import KnowledgeError
from indexer.facts import parse_yaml, read_curated, read_safety
from indexer.types import Quote, Section, Source

FACT = """\
topic: Test
facts:
  - id: one
    as_of: 2012
    sources: [news-2012]
    asked: [What is one?]
    answer: One.
"""
IN_FACT = "facts/test.yaml: fact 1 (one)"


def faults_of(knowledge: Path) -> list[str]:
    return [str(problem) for problem in read_curated(knowledge).problems]


def with_fact(knowledge: Path, text: str) -> list[str]:
    """Return the faults of the toy knowledge with one more file of facts."""
    (knowledge / "facts" / "test.yaml").write_text(text, encoding="utf-8")
    return faults_of(knowledge)


def test_the_toy_knowledge_is_read_whole(knowledge: Path):
    curated = read_curated(knowledge)

    assert curated.problems == []
    assert len(curated.facts) == 12
    assert sorted(curated.sources) == ["leaflet", "news-2012", "uniap-2004"]
    assert curated.safety is not None
    assert curated.safety_text.startswith("numbers:")
    assert curated.glossary.numbered == ["imm", "som", "spa"]


def test_a_fact_is_a_document_of_one_section(knowledge: Path):
    facts = {fact.id: fact for fact in read_curated(knowledge).facts}

    mou = facts["mou-signed"]
    answer = "The Memorandum of Understanding was signed in Yangon on 29 October 2004."
    assert mou.title == mou.variants[0] == "When was the MOU signed?"
    assert mou.sections == (Section("When was the MOU signed?", answer, ""),)
    assert mou.quote == Quote("a new era of cooperation", "A minister", "uniap-2004")
    assert (mou.kind, mou.topic, mou.file) == ("fact", "COMMIT", "facts/commit.yaml")
    assert facts["mou-binding"].disputed
    assert facts["budget"].absent
    assert facts["som8"].changed == "2026-11-24"


def test_a_table_of_facts_stands_beside_the_yaml(knowledge: Path):
    facts = {fact.id: fact for fact in read_curated(knowledge).facts}

    assert facts["spa3"].file == "facts/more.csv"
    assert facts["spa3"].variants == ("What is SPA III?", "third plan")


def test_a_hotline_fact_takes_its_number_from_the_safety_file(knowledge: Path):
    facts = {fact.id: fact for fact in read_curated(knowledge).facts}

    answer = facts["hotline-thailand"].sections[0].text
    assert answer == "In Thailand the number is 1300."


def test_sources_are_linked_only_where_they_may_be(knowledge: Path):
    sources = read_curated(knowledge).sources

    assert sources["news-2012"] == Source(
        id="news-2012",
        title="Ministers meet in Hanoi",
        publisher="The News",
        url="https://news.example/hanoi",
        date="2012-02-16",
        linked=True,
    )
    assert not sources["uniap-2004"].linked
    assert not sources["leaflet"].linked


def test_every_scalar_is_text():
    read = parse_yaml("a: 2012-02-14\nb: 0712\nc: no\nd: 1.0\ne: null\nf:", "x.yaml")

    assert read == {
        "a": "2012-02-14", "b": "0712", "c": "no", "d": "1.0", "e": "null", "f": "",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new", "fault"),
    [
        ("    answer: One.\n", "", '"answer" is missing; add it'),
        ("    as_of: 2012\n", "", '"as_of" is missing; add it'),
        ("    sources: [news-2012]\n", "", '"sources" is missing; add it'),
        ("    asked: [What is one?]\n", "", '"asked" is missing; add it'),
        (
            "answer: One.",
            "answer: One.\n    anwser: Two.",
            '"anwser" is no field of this record; remove it or check its spelling',
        ),
        (
            "[news-2012]",
            "[bbc]",
            'source "bbc" is not in sources.yaml; add it there or correct the id',
        ),
        (
            "answer: One.",
            "answer: Call {number}.",
            '"{number}" needs "help" with the id of a number in safety.yaml',
        ),
        (
            "answer: One.",
            "answer: Call {number}.\n    help: mars-1",
            '"help: mars-1" is no number of safety.yaml;'
            " add it there or correct the id",
        ),
        (
            "answer: One.",
            "answer: One.\n    quote: {text: a, speaker: b, source: bbc}",
            'source "bbc" is not in sources.yaml; add it there or correct the id',
        ),
    ],
)
def test_a_wrong_fact_is_named(knowledge: Path, old: str, new: str, fault: str):
    found = with_fact(knowledge, FACT.replace(old, new))

    assert found == [f"{IN_FACT}: {fault}"]


@pytest.mark.parametrize(
    ("old", "new", "field", "cure"),
    [
        ("2012", "2012-02-30", "as_of", "is not in the calendar; write YYYY"),
        ("2012", "soon", "as_of", "is not a date; write YYYY"),
        ("2012", "2012/2011", "as_of", "ends before it begins; write YYYY"),
        ("One.", "One.\n    review_by: 2026", "review_by", "write YYYY-MM-DD"),
        ("One.", "''", "answer", "is empty; fill it or remove it"),
        ("One.", "One.\n    disputed: maybe", "disputed", "'true', 'false'"),
        ("[What is one?]", "[]", "asked", "at least 1 item"),
        ("[What is one?]", "What is one?", "asked", "valid list"),
    ],
)
def test_a_wrong_value_is_named(
    knowledge: Path, old: str, new: str, field: str, cure: str
):
    (found,) = with_fact(knowledge, FACT.replace(old, new, 1))

    assert found.startswith(f'{IN_FACT} "{field}": ')
    assert cure in found


@pytest.mark.parametrize(
    "as_of",
    [
        "2012",
        "2012-02",
        "2012-02-14",
        "2012~",
        "2012-02-14/2012-02-15",
        "2016-11/..",
        "2011~/2013~",
        "undated",
    ],
)
def test_dates_are_written_in_several_ways(knowledge: Path, as_of: str):
    assert with_fact(knowledge, FACT.replace("2012", as_of, 1)) == []


def test_a_quote_has_at_most_thirty_words(knowledge: Path):
    quote = f"quote: {{text: {'word ' * 31}, speaker: a, source: leaflet}}"

    (found,) = with_fact(knowledge, FACT + f"    {quote}\n")

    assert "a quote has at most 30 words; tell the rest in our words" in found


def test_a_wrong_id_is_named(knowledge: Path):
    (found,) = with_fact(knowledge, FACT.replace("id: one", "id: Number One"))

    assert found.startswith('facts/test.yaml: fact 1 (Number One) "id": ')


def test_an_id_that_is_taken_is_named_with_its_owner(knowledge: Path):
    found = with_fact(knowledge, FACT.replace("id: one", "id: som8"))

    assert found == [
        "facts/test.yaml: fact 1 (som8): the id is taken by "
        "facts/meetings.yaml: fact 2 (som8); ids are unique"
    ]


@pytest.mark.parametrize(
    "asked", ["What is COMMIT?", "what is  commit", "WHAT DOES COMMIT DO!"]
)
def test_a_way_of_asking_belongs_to_one_fact(knowledge: Path, asked: str):
    (found,) = with_fact(knowledge, FACT.replace("What is one?", asked))

    shown = " ".join(asked.split())
    assert found == (
        f'{IN_FACT}: "{shown}" is also a way of asking commit-what;'
        " keep it in one of them"
    )


def test_a_source_given_twice_is_named(knowledge: Path):
    with (knowledge / "sources.yaml").open("a") as file:
        file.write("  - {id: leaflet, title: t, publisher: p, date: 2012}\n")

    assert faults_of(knowledge) == [
        "sources.yaml: source 4 (leaflet): another source has this id; ids are unique"
    ]


@pytest.mark.parametrize("dated", ["", ", date: 2012, undated: true"])
def test_a_source_has_a_date_or_says_that_it_has_none(knowledge: Path, dated: str):
    with (knowledge / "sources.yaml").open("a") as file:
        file.write(f"  - {{id: new, title: t, publisher: p{dated}}}\n")

    (found,) = [fault for fault in faults_of(knowledge) if "sources.yaml: " in fault][
        :1
    ]

    assert found == (
        'sources.yaml: source 4 (new): write either "date" or "undated: true"'
    )


@pytest.mark.parametrize(
    ("text", "place", "reason"),
    [
        ("facts: [", "line ", "check quotes, colons and indents"),
        ('topic: "a\nfacts: []', "line 2", "check quotes, colons and indents"),
        ("topic: a\ntopic: b\nfacts: []", "line 2", '"topic" is given twice'),
        ("a: &x [1]\nb: *x", "line 2", "anchors and aliases (* and &) are not allowed"),
        ("\t- a", "line 1", "check quotes"),
        ("a: \x07", "", "is not YAML"),
        ("", "", "is empty; fill it or remove it"),
        ("  \n\n", "", "is empty; fill it or remove it"),
    ],
)
def test_yaml_that_does_not_parse_is_named_with_its_line(
    knowledge: Path, text: str, place: str, reason: str
):
    (found,) = with_fact(knowledge, text)

    assert found.startswith(f"facts/test.yaml: {place}")
    assert reason in found
    assert "\n" not in found


@pytest.mark.parametrize("text", ["just words", "- a\n- b", "facts: 1", "topic: a"])
def test_yaml_of_another_shape_is_named(knowledge: Path, text: str):
    assert all(
        fault.startswith("facts/test.yaml: ") for fault in with_fact(knowledge, text)
    )
    assert with_fact(knowledge, text)


def test_yaml_that_nests_without_end_is_named(knowledge: Path):
    (found,) = with_fact(knowledge, "[" * 3_000)

    assert found.startswith("facts/test.yaml: ")


def test_a_file_that_is_not_utf8_is_named_with_the_byte(knowledge: Path):
    (knowledge / "facts" / "test.yaml").write_bytes("topic: Hà".encode("latin-1"))

    assert faults_of(knowledge) == [
        "facts/test.yaml: is not UTF-8 (byte 8); save it as UTF-8"
    ]


def test_a_byte_order_mark_is_no_fault(knowledge: Path):
    (knowledge / "facts" / "test.yaml").write_text(FACT, encoding="utf-8-sig")

    assert faults_of(knowledge) == []


def test_a_file_over_ten_megabytes_is_named(knowledge: Path):
    with (knowledge / "facts" / "test.yaml").open("wb") as file:
        file.truncate(10_000_001)

    assert faults_of(knowledge) == ["facts/test.yaml: is larger than 10 MB; split it"]


def test_a_link_that_leaves_the_folder_is_named(knowledge: Path, tmp_path: Path):
    (tmp_path / "outside.yaml").write_text(FACT)
    (knowledge / "facts" / "test.yaml").symlink_to(tmp_path / "outside.yaml")

    assert faults_of(knowledge) == [
        "facts/test.yaml: the link leads out of the knowledge folder;"
        " copy the file instead"
    ]


@pytest.mark.parametrize("name", ["sources.yaml", "glossary.yaml", "safety.yaml"])
def test_a_single_file_may_not_be_a_link_out_either(
    knowledge: Path, tmp_path: Path, name: str
):
    (knowledge / name).rename(tmp_path / "outside.yaml")
    (knowledge / name).symlink_to(tmp_path / "outside.yaml")

    assert (
        f"{name}: the link leads out of the knowledge folder; copy the file instead"
        in faults_of(knowledge)
    )


def test_a_link_that_stays_inside_is_read(knowledge: Path):
    (knowledge / "facts" / "old.yml").symlink_to(knowledge / "facts" / "help.yaml")

    assert faults_of(knowledge) == [
        "facts/old.yml: fact 1 (hotline-thailand): the id is taken by facts/help.yaml:"
        " fact 1 (hotline-thailand); ids are unique"
    ]


def test_loops_of_links_end(knowledge: Path):
    (knowledge / "facts" / "loop").symlink_to(knowledge / "facts")
    (knowledge / "facts" / "self.yaml").symlink_to(knowledge / "facts" / "self.yaml")

    found = faults_of(knowledge)

    assert len(found) == 2
    assert found[0].startswith("facts/loop: a link to a folder is not followed")


def test_hidden_files_are_passed_over(knowledge: Path):
    (knowledge / "facts" / ".draft.yaml").write_text("facts: [")

    assert faults_of(knowledge) == []


@pytest.mark.skipif(os.geteuid() == 0, reason="root reads everything")
def test_a_file_without_permission_is_named(knowledge: Path):
    (knowledge / "facts" / "help.yaml").chmod(0)

    assert faults_of(knowledge) == [
        "facts/help.yaml: cannot be read (Permission denied); check its permissions"
    ]


def test_a_file_name_is_shown_and_not_obeyed(knowledge: Path):
    (knowledge / "facts" / "a\nb\x1b[31m.yaml").write_text("")

    assert faults_of(knowledge) == [
        "facts/a\\nb\\x1b[31m.yaml: is empty; fill it or remove it"
    ]


def test_a_safety_record_with_an_unknown_source_is_named(knowledge: Path):
    path = knowledge / "safety.yaml"
    path.write_text(path.read_text().replace("[leaflet]", "[bbc]"))

    assert faults_of(knowledge) == [
        'safety.yaml: number (thailand-1300): source "bbc" is not in sources.yaml;'
        " add it there or correct the id"
    ]


def test_a_number_without_quotes_keeps_its_zeros(knowledge: Path):
    path = knowledge / "safety.yaml"
    path.write_text(path.read_text().replace('"1300"', "0712"))

    curated = read_curated(knowledge)

    assert curated.safety is not None
    assert curated.safety.numbers[0].number == "0712"


def test_a_wrong_safety_file_says_what_is_wrong():
    with pytest.raises(KnowledgeError, match=r'safety\.yaml: .*"numbers" is missing'):
        read_safety("routes: []")


def test_missing_files_count_as_empty(tmp_path: Path):
    curated = read_curated(tmp_path)

    assert (curated.facts, curated.sources, curated.problems) == ([], {}, [])


def test_all_faults_of_all_files_are_named_in_one_run(knowledge: Path, tmp_path: Path):
    facts = knowledge / "facts"
    (facts / "a.yaml").write_text("facts: [")
    (facts / "b.yaml").write_bytes(b"topic: \xff")
    (facts / "c.yaml").write_text("")
    (facts / "d.csv").write_text("question,answer\n")
    (facts / "e.yaml").symlink_to(tmp_path)
    (facts / "f.yaml").write_text(
        FACT.replace("    answer: One.\n", "").replace("as_of", "as_off")
        + FACT.replace("topic: Test\nfacts:\n", "")
        .replace("id: one", "id: som8")
        .replace("news-2012", "bbc")
    )
    (facts / "g.yaml").write_text(
        FACT.replace("news-2012", "bbc").replace("What is one?", "som7 city")
    )
    (knowledge / "glossary.yaml").write_text("synonims: []")

    found = faults_of(knowledge)

    assert [fault.split(": ")[:2] for fault in found] == [
        ["glossary.yaml", '"synonims" is no field of this record; '
         "remove it or check its spelling"],
        ["facts/a.yaml", "line 2"],
        ["facts/b.yaml", "is not UTF-8 (byte 7); save it as UTF-8"],
        ["facts/c.yaml", "is empty; fill it or remove it"],
        ["facts/d.csv", "line 1"],
        ["facts/e.yaml", "the link leads out of the knowledge folder; "
         "copy the file instead"],
        ["facts/f.yaml", "fact 1 (one)"],
        ["facts/f.yaml", "fact 1 (one)"],
        ["facts/f.yaml", "fact 1 (one)"],
        ["facts/f.yaml", "fact 2 (som8)"],
        ["facts/g.yaml", "fact 1 (one)"],
        ["facts/meetings.yaml", "fact 2 (som8)"],
        ["facts/meetings.yaml", "fact 1 (som7)"],
    ]  # fmt: skip


def test_a_broken_file_of_sources_is_one_fault(knowledge: Path):
    (knowledge / "sources.yaml").write_text("sources: {")

    (found,) = faults_of(knowledge)

    assert found.startswith("sources.yaml: line ")


def test_a_broken_safety_file_is_one_fault(knowledge: Path):
    (knowledge / "safety.yaml").write_text("numbers: 1")

    (found,) = faults_of(knowledge)

    assert found.startswith('safety.yaml: "numbers": ')


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.binary(max_size=200), st.text(max_size=200).map(str.encode)))
def test_any_bytes_give_a_report_and_never_a_traceback(tmp_path: Path, data: bytes):
    for name in ("sources.yaml", "glossary.yaml", "safety.yaml", "facts/a.yaml"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data)

    found = faults_of(tmp_path)

    assert found
    assert all("\n" not in fault for fault in found)


YAML_SHAPES = st.recursive(
    st.sampled_from(["one", "2012", "", "leaflet"]),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(
            st.sampled_from(["topic", "facts", "id", "asked", "quote", "sources"]),
            inner,
            max_size=4,
        ),
    ),
    max_leaves=12,
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(YAML_SHAPES)
def test_any_shape_of_yaml_gives_a_report(tmp_path: Path, shape: object):
    import json

    (tmp_path / "facts").mkdir(exist_ok=True)
    (tmp_path / "facts" / "a.yaml").write_text(json.dumps(shape))

    assert all(fault.startswith("facts/a.yaml") for fault in faults_of(tmp_path))


NEAR_MISS = "near-misses.yaml"


def with_near_misses(knowledge: Path, text: str) -> list[str]:
    (knowledge / NEAR_MISS).write_text(text, encoding="utf-8")
    return faults_of(knowledge)


def test_near_misses_are_read_in_their_order(knowledge: Path):
    fact = read_curated(knowledge).facts[0].id

    assert not with_near_misses(knowledge, f'{fact}:\n  - "B, why?"\n  - "A, why?"\n')
    assert read_curated(knowledge).near_misses == ["B, why?", "A, why?"]


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ('no-such-fact:\n  - "Why?"\n', '"no-such-fact": no fact has this id'),
        ('som8:\n  - "Why?"\n  - "WHY"\n', '"WHY" is given twice; keep one'),
        ('som8:\n  - "{asked}"\n', "is a way of asking som8; it is answered, or"),
        ("som8: Why?\n", "valid list"),
        ("- Why?\n", "valid dictionary"),
    ],
)
def test_a_wrong_near_miss_is_named(knowledge: Path, text: str, fault: str):
    facts = {fact.id: fact for fact in read_curated(knowledge).facts}
    asked = facts["som8"].variants[0] if "som8" in facts else ""

    (found,) = with_near_misses(knowledge, text.replace("{asked}", asked))

    assert found.startswith(NEAR_MISS)
    assert fault in found
