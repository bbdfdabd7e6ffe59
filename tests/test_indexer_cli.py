"""The indexer's command line: whole outputs and exit codes."""

from __future__ import annotations

import io
import json
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

from indexer.__main__ import main
from indexer.store import previous_of


class Done(NamedTuple):
    code: int
    out: str
    err: str


Run = Callable[..., Done]


@pytest.fixture
def run(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
) -> Run:
    """Run the command line in this process, in a folder that holds `knowledge`."""
    monkeypatch.chdir(tmp_path)
    # Put there and taken away, so that a .env file read by a test leaves no trace.
    for name in ("COMMIT_BOT_KNOWLEDGE", "COMMIT_BOT_INDEX"):
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)

    def command(*arguments: str, stdin: bytes = b"") -> Done:
        capsys.readouterr()
        monkeypatch.setattr(sys, "argv", ["indexer", *arguments])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as ended:
            main()
        out, err = capsys.readouterr()
        return Done(int(ended.value.code or 0), out, err)

    return command


def build_id_of(index: Path) -> str:
    from contextlib import closing

    from indexer.store import Store

    with closing(Store(index)) as store:
        return store.meta["build_id"]


def test_build_says_what_it_did(run: Run, knowledge: Path, tmp_path: Path):
    done = run("build")

    build_id = build_id_of(tmp_path / "state" / "index.db")
    assert done == (
        0,
        "",
        f"state/index.db: 12 facts, 3 documents (5 passages), build {build_id}\n"
        "  added 15: budget, commit-members, commit-what,"
        " documents/background/plans.md, documents/hanoi.md and 10 more\n"
        "  confidence: fixed rule, uncalibrated (too few facts to learn from)\n",
    )


def test_build_says_that_nothing_changed(run: Run, index_path: Path):
    done = run("build")

    assert done == (
        0,
        "",
        "state/index.db is up to date: 12 facts, 3 documents (5 passages)\n",
    )


def test_build_as_json(run: Run, index_path: Path, knowledge: Path):
    (knowledge / "documents" / "new.txt").write_text("A new document.")

    done = run("build", "--json")

    assert done.code == 0
    assert done.err == ""
    assert json.loads(done.out) == {
        "build_id": build_id_of(index_path),
        "written": True,
        "facts": 12,
        "documents": 4,
        "passages": 6,
        "added": ["documents/new.txt"],
        "changed": [],
        "removed": [],
        "problems": [],
        "drafts": [],
        "intake": {},
    }


def test_build_with_errors_in_curated_files_exits_1(
    run: Run, index_path: Path, knowledge: Path
):
    (knowledge / "facts" / "a.yaml").write_text("")
    (knowledge / "facts" / "b.yaml").write_text("topic: x")
    before = index_path.read_bytes()

    done = run("build")

    assert done == (
        1,
        "",
        "facts/a.yaml: is empty; fill it or remove it\n"
        'facts/b.yaml: "facts" is missing; add it\n'
        "2 error(s) in curated files; nothing was swapped\n",
    )
    assert index_path.read_bytes() == before


def test_build_with_an_unreadable_document_exits_1_and_goes_live(
    run: Run, index_path: Path, knowledge: Path
):
    (knowledge / "documents" / "a.xyz").write_text("What?")
    (knowledge / "documents" / "new.txt").write_text("A new document.")

    done = run("build")

    assert done.code == 1
    first, second, third, *_ = done.err.splitlines()
    assert first.startswith('left out: documents/a.xyz: ".xyz" is no format read here')
    assert second.startswith("state/index.db: 12 facts, 4 documents (6 passages)")
    assert third == "  added 1: documents/new.txt"


def test_build_lists_drafts(run: Run, index_path: Path, knowledge: Path):
    with (knowledge / "facts" / "more.csv").open("a") as file:
        file.write(",,,Who pays?,Nobody knows.\n")

    done = run("build")

    assert done.code == 0
    assert (
        'facts/more.csv: line 3: draft, not indexed: "Who pays?" has no source and date'
        in done.err.splitlines()
    )


def test_a_trial_is_written_beside(run: Run, index_path: Path, knowledge: Path):
    (knowledge / "documents" / "new.txt").write_text("A new document.")
    before = index_path.read_bytes()

    done = run("build", "--trial")

    assert done.code == 0
    assert done.err.startswith("state/index.trial.db: 12 facts, 4 documents")
    assert index_path.read_bytes() == before


def test_a_full_build_gives_the_same_file(run: Run, index_path: Path):
    before = index_path.read_bytes()

    done = run("build", "--full")

    assert done.code == 0
    assert index_path.read_bytes() == before


def test_a_missing_folder_exits_1(run: Run):
    assert run("build", "--knowledge", "nowhere") == (
        1,
        "",
        "there is no folder nowhere; name one with --knowledge\n",
    )


def test_settings_come_from_flags_then_environment_then_env_file(
    run: Run, knowledge: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / ".env").write_text("COMMIT_BOT_INDEX=file.db\nOTHER=1\n")
    run("build")
    monkeypatch.setenv("COMMIT_BOT_INDEX", "environment.db")
    run("build")
    run("build", "--index", "flag.db")

    assert sorted(path.name for path in tmp_path.glob("*.db")) == [
        "environment.db", "file.db", "flag.db",
    ]  # fmt: skip


def test_search_shows_the_best_facts_and_passages(run: Run, index_path: Path):
    done = run("search", "--limit", "1", "Who met in Hanoi?")

    lines = done.out.splitlines()
    assert (done.code, done.err, len(lines)) == (0, "", 4)
    assert lines[0].split()[1:] == ["facts", "hanoi-chair"]
    assert lines[1] == "         A vice minister of Viet Nam chaired the meetings."
    assert lines[2].split()[1:] == ["passages", "documents/hanoi.md"]
    assert lines[3].startswith("         Six delegations met in Hanoi in February")


def test_search_writes_a_line_for_each_line(run: Run, index_path: Path):
    stdin = b"""\
{"id": 1, "text": "Where was SOM 8?"}
{"id": "b", "text": "youth groups and radio"}
{"id": null, "text": ""}
"""
    done = run("search", "--jsonl", "--limit", "2", stdin=stdin)

    som8, radio, nothing = map(json.loads, done.out.splitlines())
    assert (done.code, done.err) == (0, "")
    assert som8["id"] == 1
    assert list(som8["hits"][0]) == ["passage", "document", "score", "space"]
    assert som8["hits"][0]["passage"] == "som8@en#0"
    assert [hit["space"] for hit in som8["hits"]] == sorted(
        hit["space"] for hit in som8["hits"]
    )
    assert radio["id"] == "b"
    assert sum(hit["space"] == "passages" for hit in radio["hits"]) == 2
    assert nothing == {"id": None, "hits": []}


@pytest.mark.parametrize(
    "line",
    [
        b"not json",
        b"[1, 2]",
        b"3",
        b"null",
        b'{"text": "no id"}',
        b'{"id": 1}',
        b"\xff\xfe",
        b"",
        b"[" * 100_000,
    ],
)
def test_a_line_that_is_not_as_agreed_gets_no_hits_and_the_run_goes_on(
    run: Run, index_path: Path, line: bytes
):
    done = run("search", "--jsonl", stdin=line + b'\n{"id": 2, "text": "mou"}\n')

    bad, good = map(json.loads, done.out.splitlines())
    assert done.code == 0
    assert bad["hits"] == []
    assert done.err == "a line is not JSON with an id and a text; it gets no hits\n"
    assert (good["id"], good["hits"][0]["space"]) == (2, "facts")


def test_a_megabyte_of_text_is_searched(run: Run, index_path: Path):
    line = json.dumps({"id": 1, "text": "mou " * 250_000}).encode()

    done = run("search", "--jsonl", stdin=line)

    assert json.loads(done.out)["hits"]


def test_search_without_a_question_is_wrong_use(run: Run, index_path: Path):
    done = run("search")

    assert done.code == 2
    assert done.out == ""
    assert done.err.endswith(
        "Error: give a QUESTION, or --jsonl and lines on standard input\n"
    )


@pytest.mark.parametrize(
    "arguments",
    [["search", "--limit", "0", "x"], ["unknown"], ["build", "--nonsense"], []],
)
def test_wrong_use_exits_2(run: Run, arguments: list[str]):
    done = run(*arguments)

    assert done.code == 2
    assert "Usage: python -m indexer" in done.out + done.err


@pytest.mark.parametrize("command", ["search", "status"])
def test_without_an_index_the_command_that_makes_one_is_named(run: Run, command: str):
    question = ["SOM 8"] if command == "search" else []

    assert run(command, *question) == (
        1,
        "",
        "there is no index at state/index.db;"
        " run `python -m indexer build` to make a new one\n",
    )


@pytest.mark.parametrize("command", ["search", "status"])
def test_a_foreign_file_is_refused_in_one_line(
    run: Run, index_path: Path, command: str
):
    index_path.write_bytes(b"junk" * 1000)
    question = ["SOM 8"] if command == "search" else []

    assert run(command, *question) == (
        1,
        "",
        "state/index.db is no index of this program, or is damaged;"
        " run `python -m indexer build` to make a new one\n",
    )


def test_status_tells_what_is_in_the_index(run: Run, index_path: Path):
    done = run("status", "--verify")

    fields = dict(line.split(":", 1) for line in done.out.splitlines())
    shown = {name: value.strip() for name, value in fields.items()}
    assert (done.code, done.err) == (0, "")
    assert shown["index"] == "state/index.db"
    assert shown["build id"] == build_id_of(index_path)
    assert (shown["facts"], shown["documents"], shown["sources"]) == ("12", "3", "3")
    assert shown["calibrated"] == "False"
    assert shown["previous kept"] == shown["knowledge newer"] == "False"


def test_status_names_the_table_that_is_damaged(run: Run, index_path: Path):
    with closing(sqlite3.connect(index_path)) as connection:
        connection.execute("update passage set text = 'other' where number = 0")
        connection.commit()

    assert run("status").code == 0
    assert run("status", "--verify") == (
        1,
        "",
        'the table "passage" of the index is damaged;'
        " run `python -m indexer build --full` to make a new one\n",
    )


def test_status_as_json(run: Run, index_path: Path):
    done = run("status", "--json")

    fields = json.loads(done.out)
    assert fields["build_id"] == build_id_of(index_path)
    assert fields["bytes"] == index_path.stat().st_size
    assert fields["intake"] == {}


def test_status_notices_newer_knowledge(run: Run, index_path: Path, knowledge: Path):
    import os

    later = index_path.stat().st_mtime + 10
    os.utime(knowledge / "documents" / "notes.txt", (later, later))

    assert json.loads(run("status", "--json").out)["knowledge_newer"] is True


def test_status_keeps_showing_what_reading_may_have_damaged(run: Run, knowledge: Path):
    text = "Gluedtogetherwordsthatnobodyparted is odd: \ufffd\ufffd."
    (knowledge / "documents" / "scan.txt").write_text(text, encoding="utf-8")
    built = run("build")

    told = [line for line in run("status").out.splitlines() if "look at" in line]

    assert len(told) == 2
    assert all(line.startswith("look at documents/scan.txt: ") for line in told)
    assert [f"  {line}" for line in told] == [
        line for line in built.err.splitlines() if "look at" in line
    ]


def test_restore_swaps_the_previous_index_back(
    run: Run, index_path: Path, knowledge: Path
):
    before = index_path.read_bytes()
    (knowledge / "documents" / "new.txt").write_text("A new document.")
    run("build")

    done = run("restore")

    assert done == (0, "", "state/index.db is the previous index again\n")
    assert index_path.read_bytes() == before


def test_restore_without_a_previous_index_exits_1(run: Run, index_path: Path):
    done = run("restore")

    previous = previous_of(Path("state/index.db"))
    assert done == (1, "", f"there is no previous index at {previous}\n")


def test_help_names_every_command(run: Run):
    done = run("--help")

    assert done.code == 0
    assert {"build", "search", "status", "restore"} <= set(done.out.split())
