"""Two indexes compared: which answers are lost, changed and new."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.diff import Question, compare, diff, questions_of
from bot.journal import Journal, Unanswered
from bot.types import Answer
from indexer.build import build
from indexer.store import previous_of

SET = """\
questions:
  - {id: q1, chat: c1, kind: direct, question: Where was SOM 8?, expect: [som8]}
  - {id: q2, chat: c1, kind: follow_up, question: and when?, expect: [som8]}
"""
ANSWER = Answer("answer", "In Hanoi.", confidence=0.9, passage_ids=("som8@en#0",))
UNKNOWN = Answer("unknown", "I do not know.", confidence=0.1, reason="off_topic")
CLARIFY = Answer("clarify", "Which?", confidence=0.5)
SAFETY = Answer("safety", "Call.", language="en")

Change = Callable[[str, str], None]


@pytest.fixture
def changed(knowledge: Path, index_path: Path) -> Change:
    """Return a function that replaces words in the facts on meetings, and builds."""

    def change(old: str, new: str) -> None:
        path = knowledge / "facts" / "meetings.yaml"
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
        build(knowledge, index_path)

    return change


def silent(questions: Sequence[Question], label: str) -> Sequence[Question]:
    return questions


async def changes(index: Path, sets: Path) -> list[tuple[str, str]]:
    old = previous_of(index)
    questions = questions_of(old, index, sets)
    return [
        (found.change, found.question.text)
        for found in await diff(old, index, questions, track=silent)
    ]


@pytest.mark.parametrize(
    ("old", "new", "change"),
    [
        (ANSWER, UNKNOWN, "lost"),
        (ANSWER, CLARIFY, "lost"),
        (SAFETY, ANSWER, "changed"),
        (SAFETY, UNKNOWN, "lost"),
        (UNKNOWN, ANSWER, "new"),
        (ANSWER, replace(ANSWER, text="In Bangkok."), "changed"),
        (ANSWER, replace(ANSWER, confidence=0.8), None),
        (UNKNOWN, CLARIFY, None),
    ],
)
def test_an_answer_is_lost_changed_or_new(old: Answer, new: Answer, change: str | None):
    assert compare(old, new) == change


def test_every_way_of_asking_and_every_message_is_asked(
    knowledge: Path, index_path: Path, changed: Change
):
    sets = knowledge / "questions"
    sets.mkdir()
    (sets / "small.yaml").write_text(SET, encoding="utf-8")
    changed("som8 city", "som8 town")

    questions = questions_of(previous_of(index_path), index_path, sets)

    texts = [question.text for question in questions]
    assert {"som8 city", "som8 town", "What is COMMIT?"} <= set(texts)
    assert [q.origin for q in questions[-2:]] == ["small q1", "small q2"]
    assert questions[-1].chat == questions[-2].chat
    assert len(set(texts)) == len(texts)


async def test_a_changed_answer_is_listed(
    knowledge: Path, index_path: Path, changed: Change
):
    changed("took place in Hanoi in 2012", "was held in Hanoi in 2012")

    found = await changes(index_path, knowledge / "none")

    assert ("changed", "som8 city") in found
    assert {change for change, _ in found} == {"changed"}


async def test_a_fact_that_goes_is_lost_and_one_that_comes_is_new(
    knowledge: Path, index_path: Path, changed: Change
):
    path = knowledge / "facts" / "help.yaml"
    path.rename(knowledge / "help.kept")
    changed("som8 city", "som8 town")

    lost = await changes(index_path, knowledge / "none")
    (knowledge / "help.kept").rename(path)
    build(knowledge, index_path)
    new = await changes(index_path, knowledge / "none")

    assert ("lost", "phone line thailand") in lost
    assert ("new", "phone line thailand") in new


async def test_equal_builds_are_not_asked(index_path: Path, tmp_path: Path):
    copy = tmp_path / "copy.db"
    shutil.copy(index_path, copy)

    assert await diff(copy, index_path, [Question("", "", "x")], track=silent) == []


def run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.setattr(sys, "argv", ["bot", *arguments])
    with pytest.raises(SystemExit) as ended:
        main()
    return int(ended.value.code or 0)


@pytest.mark.parametrize(
    ("flags", "code"),
    [((), 0), (("--fail-on", "lost"), 0), (("--fail-on", "changed"), 1)],
)
def test_the_command_fails_on_what_it_is_told(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    knowledge: Path,
    index_path: Path,
    changed: Change,
    flags: tuple[str, ...],
    code: int,
):
    changed("took place in Hanoi in 2012", "was held in Hanoi in 2012")
    paths = ("--index", str(index_path), "--knowledge", str(knowledge))

    ended = run(monkeypatch, "diff", *paths, *flags)

    out, err = capsys.readouterr()
    assert ended == code
    assert 'changed: "som8 city" (som8)\n  before answer (som8): The eighth' in out
    assert " questions: 0 lost, " in err


def test_the_command_compares_two_named_files(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    index_path: Path,
    changed: Change,
):
    changed("took place in Hanoi in 2012", "was held in Hanoi in 2012")

    paths = (str(index_path), str(previous_of(index_path)))
    none = ("--knowledge", str(index_path.parent))

    code = run(monkeypatch, "diff", *paths, *none, "--json")

    told = json.loads(capsys.readouterr().out)
    assert code == 0
    assert told[0].keys() == {"change", "question", "origin", "old", "new"}
    assert "was held" in told[0]["old"]["text"]


@pytest.mark.parametrize("names", [("one.db",), ("one.db", "two.db")])
def test_the_command_says_what_is_missing(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    names: tuple[str, ...],
):
    code = run(monkeypatch, "diff", *names)

    assert code == (2 if len(names) == 1 else 1)
    assert "Traceback" not in capsys.readouterr().err


def test_unanswered_shows_counts_from_five_upward(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
):
    path = tmp_path / "journal.db"
    journal = Journal(path)
    for _ in range(5):
        journal.unanswered(Unanswered("number_unknown", "som_23", kind="when"))
    for _ in range(4):
        journal.unanswered(Unanswered("off_topic"))
    journal.close()

    assert run(monkeypatch, "unanswered", "--journal", str(path)) == 0
    assert run(monkeypatch, "unanswered", "--journal", str(path), "--json") == 0

    text, told = capsys.readouterr().out.splitlines()
    assert text == "    5  reason number_unknown, entity som_23, kind when"
    assert json.loads(told) == [
        {"reason": "number_unknown", "entity": "som_23", "country": "",
         "kind": "when", "nearest": "", "count": 5}
    ]  # fmt: skip


def test_unanswered_without_a_journal_makes_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    path = tmp_path / "none.db"

    assert run(monkeypatch, "unanswered", "--journal", str(path)) == 0
    assert not path.exists()
