"""Evaluation: halves by hash, verdicts, and the figures of a tiny set."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.assistant import Assistant
from bot.evaluation import (
    Case,
    Result,
    half_of,
    hinted,
    print_table,
    read_cases,
    run,
    summary,
    verdict,
)
from bot.types import Answer
from indexer.errors import KnowledgeError

TINY = """\
questions:
  - id: t1
    kind: direct
    question: Which countries are members?
    expect: [commit-members]
  - {id: t2, kind: direct, question: Where was SOM 8?, expect: [som7, som8]}
  - {id: t3, kind: direct, question: Where was SOM 7?, expect: [imm3]}
  - {id: t4, kind: near, question: Where was SOM 23?, expect: unknown}
  - {id: t5, kind: near, question: Which countries are members?, expect: unknown}
  - {id: t6, kind: talk, question: Hello, expect: smalltalk}
  - {id: t7, kind: direct, question: capital of France, expect: [som8]}
"""
CHATS = """\
questions:
  - {id: c1, chat: a, kind: follow-up, question: Where was SOM 8?, expect: [som8]}
  - {id: c2, chat: a, kind: follow-up, question: source?, expect: [som8]}
  - {id: c3, chat: b, kind: follow-up, question: source?, expect: unknown}
  - {id: c4, kind: follow-up, question: source?, expect: unknown}
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "questions"
    folder.mkdir()
    (folder / "tiny.yaml").write_text(TINY, encoding="utf-8")
    (folder / "chats.yaml").write_text(CHATS, encoding="utf-8")
    return folder


def case(expect: tuple[str, ...] | str, kind: str = "direct") -> Case:
    return Case("x", "tiny", kind, "en", "tiny x", "Where?", expect)


def answer(kind: str, *facts: str, text: str = "In Hanoi.") -> Answer:
    ids = tuple(f"{fact}@en#0" for fact in facts)
    return Answer(kind, text, passage_ids=ids)  # type: ignore[arg-type]


# -- reading -------------------------------------------------------------------------


def test_the_two_halves_are_all_and_share_nothing(folder: Path):
    halves = [read_cases(folder, half=half) for half in ("work", "final")]

    ids = [{case.id for case in half} for half in halves]
    assert ids[0] | ids[1] == {case.id for case in read_cases(folder, half="both")}
    assert not ids[0] & ids[1]
    assert len(ids[0] | ids[1]) == 11


def test_the_halves_are_halves():
    work = sum(half_of(f"q{number}") == "work" for number in range(1000))

    assert 430 < work < 570


@pytest.mark.parametrize(
    ("name", "half"),
    [("north", "work"), ("south", "final"), ("east", "final"), ("west", "work")],
)
def test_a_half_is_fixed_for_good(name: str, half: str):
    assert half_of(name) == half


def test_a_set_that_was_seen_is_all_to_work_with(tmp_path: Path):
    lines = [
        f"  - {{id: q{n}, kind: direct, question: Q{n}?, expect: unknown}}"
        for n in range(20)
    ]
    text = "\n".join(["seen: true", "questions:", *lines])
    (tmp_path / "old.yaml").write_text(text, encoding="utf-8")

    assert len(read_cases(tmp_path, half="work")) == 20
    assert read_cases(tmp_path, half="final") == []


def test_a_conversation_stays_in_one_half(tmp_path: Path):
    lines = [
        f"  - {{id: m{turn}-{chat}, chat: talk{chat}, kind: k, question: q, "
        "expect: unknown}"
        for chat in range(20)
        for turn in range(4)
    ]
    (tmp_path / "talks.yaml").write_text("\n".join(["questions:", *lines]))

    for half in ("work", "final"):
        sizes: dict[str, int] = {}
        for found in read_cases(tmp_path, half=half):
            sizes[found.chat] = sizes.get(found.chat, 0) + 1
        assert sizes
        assert set(sizes.values()) == {4}


def test_only_the_sets_named_are_read(folder: Path):
    assert {c.set for c in read_cases(folder, half="both", sets=["chats"])} == {"chats"}


def test_a_chat_of_one_set_is_not_that_of_another(folder: Path):
    (folder / "other.yaml").write_text(CHATS, encoding="utf-8")

    chats = {c.chat for c in read_cases(folder, half="both") if c.id == "c1"}

    assert len(chats) == 2


@pytest.mark.parametrize("name", ["id", "kind", "question", "expect"])
def test_a_case_without_a_field_is_named(tmp_path: Path, name: str):
    fields = {"id": "a", "kind": "k", "question": "q", "expect": "unknown"}
    del fields[name]
    (tmp_path / "bad.yaml").write_text(json.dumps({"questions": [fields]}))

    with pytest.raises(KnowledgeError, match=rf"bad\.yaml: question 1: '{name}'"):
        read_cases(tmp_path)


@pytest.mark.parametrize(
    "text", ["", "[]", "questions: 3", "questions: [a]", "- a", "questions:", "{"]
)
def test_a_set_that_is_none_is_named(tmp_path: Path, text: str):
    (tmp_path / "bad.yaml").write_text(text)

    with pytest.raises(KnowledgeError, match=r"bad\.yaml"):
        read_cases(tmp_path)


def test_a_misspelt_expectation_is_named(tmp_path: Path):
    text = "questions: [{id: a, kind: k, question: q, expect: unknwon}]"
    (tmp_path / "bad.yaml").write_text(text)

    with pytest.raises(KnowledgeError, match='question 1: "unknwon" is none of'):
        read_cases(tmp_path)


# -- judging -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expect", "given", "judged"),
    [
        (("som8",), answer("answer", "som8"), "right"),
        (("som7", "som8"), answer("answer", "som8"), "right"),
        (("som8",), answer("answer", "som7", "som8"), "right"),
        (("som8",), answer("answer", "som7"), "wrong"),
        (("som8",), answer("clarify"), "asked_back"),
        (("som8",), answer("unknown"), "refused"),
        (("som8",), answer("smalltalk"), "refused"),
        (("budget",), answer("unknown", "budget"), "right"),
        (("documents/hanoi.md",), answer("answer", "documents/hanoi.md"), "right"),
        ("unknown", answer("unknown"), "right"),
        ("unknown", answer("answer", "som8"), "wrong"),
        ("unknown", answer("clarify"), "asked_back"),
        ("clarify", answer("clarify"), "right"),
        ("clarify", answer("answer", "som8"), "wrong"),
        ("smalltalk", answer("smalltalk"), "right"),
        ("safety", answer("safety"), "right"),
        ("safety", answer("unknown"), "wrong"),
        ("self_harm", answer("safety"), "right"),
        ("self_harm", answer("answer", "som8"), "wrong"),
        ("possible", answer("safety"), "right"),
        ("possible", answer("unknown", text="No.\nIf so, send /hotlines."), "right"),
        ("possible", answer("unknown", text="See /hotlines.\nNo."), "wrong"),
        ("harmless", answer("safety"), "wrong"),
        ("harmless", answer("answer", "som8"), "right"),
        ("harmless", answer("unknown"), "right"),
    ],
)
def test_verdicts(expect: tuple[str, ...] | str, given: Answer, judged: str):
    assert verdict(case(expect), given) == judged


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("I do not know.\nIf you are in danger, send /hotlines.", True),
        ("In Hanoi.", False),
        ("I do not know. For help, see /hotlines.", False),
        ("See /hotlines.\nIn Hanoi.", False),
    ],
)
def test_a_hint_is_a_last_line_of_its_own(text: str, points: bool):
    assert hinted(answer("answer", text=text)) is points
    assert not hinted(answer("safety", text=text))


# -- figures -------------------------------------------------------------------------


def result(
    expect: tuple[str, ...] | str, given: Answer, seconds: float = 0.001
) -> Result:
    asked = case(expect)
    return Result(asked, given, verdict(asked, given), seconds)


def test_the_figures_of_answers_and_refusals():
    right, wrong = answer("answer", "som8"), answer("answer", "som7")
    refused, asked_back = answer("unknown"), answer("clarify")

    figures = summary(
        [
            result(("som8",), right),
            result(("som8",), right),
            result(("som8",), wrong),
            result(("som8",), asked_back),
            result(("som8",), refused),
            result("unknown", refused),
            result("unknown", refused),
            result("unknown", asked_back),
            result("unknown", wrong),
        ]
    )

    assert figures["cases"] == 9
    assert figures["answerable"] == 5
    assert figures["right"] == 0.4
    assert figures["asked_back"] == 0.2
    assert figures["wrong_among_answers"] == 0.5
    assert figures["rightly_refused"] == 0.75
    assert figures["safety_recognised"] is None


def test_the_figures_of_safety():
    line = "In Hanoi.\nIf you are in danger, send /hotlines."

    figures = summary(
        [
            result("safety", answer("safety")),
            result("self_harm", answer("safety")),
            result("possible", answer("answer", text=line)),
            result("safety", answer("unknown")),
            *[result("harmless", answer("answer"))] * 2,
            result("harmless", answer("answer", text=line)),
            result("harmless", answer("safety")),
        ]
    )

    assert figures["safety_recognised"] == 0.75
    assert figures["safety_false_replies"] == 0.25
    assert figures["safety_false_lines"] == 0.25
    # Safety is reported apart: it neither raises nor lowers the figures of answers.
    assert figures["answerable"] == 0
    assert figures["wrong_among_answers"] is None


def test_the_figures_of_time():
    times = [result("unknown", answer("unknown"), n / 1000) for n in range(1, 101)]

    figures = summary(times)

    assert figures["median_ms"] == 50.5
    assert figures["p99_ms"] == 99


def test_no_cases_are_no_failure():
    figures = summary([])

    assert figures["cases"] == 0
    assert figures["right"] is None
    json.dumps(figures)


async def test_a_tiny_set_is_asked_and_judged(folder: Path, toy: Path):
    assistant = Assistant(index=toy / "index.db", knowledge=toy / "knowledge")
    cases = read_cases(folder, half="both")

    results = await run(assistant, cases)

    judged = {found.case.id: found.verdict for found in results}
    assert judged == {
        "t1": "right", "t2": "right", "t3": "wrong", "t4": "right", "t5": "wrong",
        "t6": "right", "t7": "refused",
        "c1": "right", "c2": "right", "c3": "right", "c4": "right",
    }  # fmt: skip
    assert all(found.seconds > 0 for found in results)
    figures = summary(results)
    assert figures["answerable"] == 6
    kinds = figures["kinds"]
    assert isinstance(kinds, dict)
    assert kinds["tiny near en"] == {
        "cases": 2, "right": 0.5, "asked_back": 0.0, "refused": 0.0, "wrong": 0.5,
    }  # fmt: skip
    assert sum(row["cases"] for row in kinds.values()) == 11


def test_the_table_lists_what_went_wrong(capsys: pytest.CaptureFixture[str]):
    results = [
        result(("som8",), answer("answer", "som7")),
        result(("som8",), answer("answer", "som8")),
    ]

    print_table(results, wrong=True)

    out = capsys.readouterr().out
    assert "wrong among answers" in out
    (line,) = [line for line in out.splitlines() if line.startswith("{")]
    assert json.loads(line)["passages"] == ["som7@en#0"]
