"""Tables of facts: what spreadsheets write, and what people break in them."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.csv_facts import CsvFacts, made_id, read_csv_facts
from indexer.schema import FactRecord

HEADER = "question,answer,source,date\n"


def read(folder: Path, content: str | bytes, name: str = "law.csv") -> CsvFacts:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_csv_facts(path, folder)


def problems(folder: Path, content: str | bytes) -> list[str]:
    return [str(problem) for problem in read(folder, content).problems]


def test_row_becomes_a_fact(tmp_path: Path):
    table = read(
        tmp_path,
        "question,answer,source,date,id,topic\n"
        'Which law? | law,"The ""2008"" law, as amended.",'
        "a-1 | b-2,2008-02~,law,Laws\n",
    )

    fact = table.facts[0]
    assert table.problems == []
    assert (fact.topic, fact.line, fact.place) == ("Laws", 2, "line 2 (law)")
    assert fact.record == FactRecord(
        id="law",
        as_of="2008-02~",
        sources=["a-1", "b-2"],
        asked=["Which law?", "law"],
        answer='The "2008" law, as amended.',
    )


def test_id_is_made_of_file_and_first_question(tmp_path: Path):
    table = read(tmp_path, HEADER + "Which law? | law,A,s,2008\n", "My Laws_1.csv")

    digits = hashlib.sha256(b"Which law?").hexdigest()[:8]
    assert table.facts[0].record.id == f"my-laws-1-{digits}"
    assert table.facts[0].topic == "My laws 1"


@pytest.mark.parametrize("stem", ["x" * 80, "ก", "-", "Été", "a-" * 40])
def test_made_ids_are_valid(stem: str):
    record = FactRecord(
        id=made_id(stem, "Q"), as_of="2008", sources=["s"], asked=["Q"], answer="A"
    )

    assert len(record.id) <= 48


def test_rows_without_source_or_date_are_drafts(tmp_path: Path):
    table = read(tmp_path, HEADER + "Q1 | q,A,,2008\nQ2,A,s,\nQ3,A\nQ4,A,s,undated\n")

    assert [str(draft) for draft in table.drafts] == [
        'law.csv: line 2: draft, not indexed: "Q1" has no source',
        'law.csv: line 3: draft, not indexed: "Q2" has no date',
        'law.csv: line 4: draft, not indexed: "Q3" has no source and date',
    ]
    assert [fact.line for fact in table.facts] == [5]
    assert table.problems == []


@pytest.mark.parametrize(
    "content",
    [
        '\ufeffquestion,answer,source,date\r\nQ,"A, B; C",s,2008\r\n',
        "Question;Answer;Source;Date\rQ;A, B; C;s;2008\r".replace("; C", '" C'),
        "question\tanswer\tsource\tdate\nQ\tA, B; C\ts\t2008\n",
        'sep=;\nquestion;answer;source;date;;\nQ;"A, B; C";s;2008;;\n;;;;;\n',
        '\n\ndate,source,answer,question\n2008,s,"A, B; C",Q\n',
    ],
)
def test_separators_marks_and_line_ends(tmp_path: Path, content: str):
    table = read(tmp_path, content)

    assert table.problems == []
    assert table.facts[0].record.asked == ["Q"]
    assert table.facts[0].record.answer.startswith("A, B")


def test_cell_of_several_lines_keeps_line_numbers_true(tmp_path: Path):
    table = read(tmp_path, HEADER + 'Q,"A\nB\u2028C",s,2008\n\nR,A,s,today\n')

    assert table.facts[0].record.answer == "A B C"
    assert [problem.place for problem in table.problems] == ["line 5"]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        ("", "law.csv: is empty; fill it or remove it"),
        (
            "frage,antwort\na,b\n",
            "law.csv: line 1: the columns are frage, antwort; name them once each: "
            "question, answer, source, date, and if wanted id, topic, "
            "parted by comma, semicolon or tab",
        ),
        (
            "question,answer,source,date,date\n",
            "law.csv: line 1: the columns are question, answer, source, date, date; "
            "name them once each: question, answer, source, date, and if wanted id, "
            "topic, parted by comma, semicolon or tab",
        ),
        (
            HEADER + 'Q,"A,s,2008\nR,B,s,2009\n',
            "law.csv: line 2: cannot be read from here on (unexpected end of data); "
            "close the quotes, and double those inside",
        ),
        (
            HEADER + "Q,A, B,s,2008\n",
            "law.csv: line 2: has more cells than columns; "
            "put quotes around a cell that holds a separator",
        ),
        (HEADER + "Q,,s,2008\n", 'law.csv: line 2: "answer" is missing; fill the cell'),
        (
            HEADER + " | ,A,s,2008\n",
            'law.csv: line 2: "question" is missing; fill the cell',
        ),
        (
            HEADER + "Q,A,s,12.3.2008\n",
            'law.csv: line 2: "date": "12.3.2008" is not a date; write YYYY, YYYY-MM, '
            "YYYY-MM-DD, A/B, A/.. (each with optional ~) or undated",
        ),
        (
            "question,answer,source,date,id\nQ,A,s,2008,Law!\n",
            'law.csv: line 2: "id" may hold small letters, figures and "-", '
            "at most 48; correct it",
        ),
        (
            HEADER.encode() + "Q,Été,s,2008\n".encode("latin-1"),
            'law.csv: line 2: is not UTF-8; save it anew as "CSV UTF-8"',
        ),
        (
            (HEADER + "Q,A,s,2008\n").encode("utf-16"),
            'law.csv: line 1: is not UTF-8; save it anew as "CSV UTF-8"',
        ),
        (
            HEADER + "Q,\0,s,2008\n",
            'law.csv: line 2: holds NUL characters; save it anew as "CSV UTF-8"',
        ),
    ],
)
def test_each_fault_is_one_line(tmp_path: Path, content: str | bytes, expected: str):
    assert problems(tmp_path, content) == [expected]


def test_faults_of_all_rows_are_gathered(tmp_path: Path):
    content = HEADER + "Q,,s,2008\nR,A,s,2009\nS,A,s,soon\nT,A,s,2010,2011\n"

    table = read(tmp_path, content)

    assert [problem.place for problem in table.problems] == [
        "line 2",
        "line 4",
        "line 5",
    ]
    assert [fact.line for fact in table.facts] == [3]


def test_unreadable_table_is_a_problem(tmp_path: Path):
    table = read_csv_facts(tmp_path / "gone.csv", tmp_path)

    assert "gone.csv: is not an ordinary file" in str(table.problems[0])


@given(
    content=st.one_of(
        st.binary(max_size=200),
        st.text(max_size=200).map(
            lambda text: (HEADER + text).encode("utf-8", "replace")
        ),
    )
)
@settings(
    max_examples=200,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_any_bytes_give_a_report(tmp_path: Path, content: bytes):
    table = read(tmp_path, content)

    assert all(problem.file == "law.csv" for problem in table.problems)
