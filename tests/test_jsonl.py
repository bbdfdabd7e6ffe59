"""JSON lines: the contract of DESIGN.md, section 8, to the letter."""

from __future__ import annotations

import asyncio
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.assistant import Assistant
from bot.transports.jsonl import serve

FIELDS = [
    "id", "chat", "kind", "text", "citations", "confidence", "language", "reason",
    "offers", "passages", "as_of",
]  # fmt: skip
KINDS = {"answer", "clarify", "unknown", "safety", "smalltalk"}
DANGER = "they will not let me leave"


def refuse(name: str) -> None:
    raise AssertionError(f"{name} is no JSON")


def parsed(line: str) -> dict[str, Any]:
    found = json.loads(line, parse_constant=refuse)
    assert isinstance(found, dict)
    return found


@pytest.fixture
def assistant(toy: Path) -> Assistant:
    return Assistant(index=toy / "index.db", knowledge=toy / "knowledge")


async def served(assistant: Assistant, raw: bytes) -> list[dict[str, Any]]:
    """Answer bytes as they come from a pipe; every line out is checked for its form."""
    out = io.StringIO()
    async with assistant:
        await serve(assistant, io.BytesIO(raw), out)
    text = out.getvalue()
    assert text == "" or text.endswith("\n")
    assert text.isascii()
    rows = [parsed(line) for line in text.splitlines()]
    for row in rows:
        assert list(row) == FIELDS
        assert row["kind"] in KINDS
        assert row["text"]
    return rows


async def asked(assistant: Assistant, *lines: object) -> list[dict[str, Any]]:
    raw = "".join(json.dumps(line) + "\n" for line in lines)
    rows = await served(assistant, raw.encode())
    assert len(rows) == len(lines)
    return rows


async def test_an_answer_has_every_field(assistant: Assistant):
    (row,) = await asked(
        assistant, {"id": 7, "chat": "a", "text": "Which countries are members?"}
    )

    confidence = row.pop("confidence")
    assert 0 < confidence <= 1
    assert row == {
        "id": 7,
        "chat": "a",
        "kind": "answer",
        "text": "The members are Cambodia, China, Lao PDR, Myanmar, Thailand and Viet "
        "Nam. (As of 2012.)",
        "citations": [
            {
                "title": "Ministers meet in Hanoi",
                "publisher": "The News",
                "url": "https://news.example/hanoi",
                "date": "2012-02-16",
                "locator": None,
            },
            {
                "title": "The Memorandum of Understanding",
                "publisher": "UNIAP",
                "url": None,
                "date": "2004-10",
                "locator": None,
            },
        ],
        "language": "en",
        "reason": None,
        "offers": [],
        "passages": ["commit-members@en#0"],
        "as_of": "2012",
    }


async def test_a_refusal_has_a_reason(assistant: Assistant):
    (row,) = await asked(assistant, {"id": "q", "text": "Where was SOM 23?"})

    assert (row["kind"], row["reason"]) == ("unknown", "number_unknown")
    assert (row["citations"], row["passages"], row["as_of"]) == ([], [], None)


async def test_asking_back_offers_questions(assistant: Assistant):
    _, row = await asked(
        assistant,
        {"chat": "a", "text": "Where was SOM 8?"},
        {"chat": "a", "text": "tell me more"},
    )

    assert row["kind"] == "clarify"
    assert 1 <= len(row["offers"]) <= 3
    assert all(list(offer) == ["id", "question"] for offer in row["offers"])
    assert row["reason"] is None


@pytest.mark.parametrize("text", [DANGER, "Hello", "Thanks!"])
async def test_safety_and_smalltalk_have_no_confidence(assistant: Assistant, text: str):
    (row,) = await asked(assistant, {"text": text})

    assert row["kind"] == ("safety" if text == DANGER else "smalltalk")
    assert row["confidence"] is None
    assert row["reason"] is None


@pytest.mark.parametrize(
    "name", [7, -1, 1.5, "q-1", "", "é\u2028", True, False, None, 10**30]
)
async def test_any_scalar_is_echoed_as_id(assistant: Assistant, name: object):
    (row,) = await asked(assistant, {"id": name, "text": "Hello"})

    assert row["id"] == name
    assert type(row["id"]) is type(name)


@pytest.mark.parametrize("name", [[1], {"a": 1}, []])
async def test_an_id_that_is_no_scalar_is_null(assistant: Assistant, name: object):
    (row,) = await asked(assistant, {"id": name, "text": "Hello"})

    assert row["id"] is None


async def test_without_a_chat_each_line_stands_alone(assistant: Assistant):
    lines = [{"text": "Where was SOM 8?"}, {"text": "source?"}]

    _, alone = await asked(assistant, *lines)

    assert alone["kind"] == "unknown"
    assert alone["chat"] is None


async def test_lines_of_a_chat_are_one_conversation(assistant: Assistant):
    _, other, source = await asked(
        assistant,
        {"chat": "a", "text": "Where was SOM 8?"},
        {"chat": "b", "text": "source?"},
        {"chat": "a", "text": "source?"},
    )

    assert other["kind"] == "unknown"
    assert "The News" in source["text"]
    assert [other["chat"], source["chat"]] == ["b", "a"]


async def test_a_chat_named_like_a_line_number_is_not_that_line(assistant: Assistant):
    rows = await asked(
        assistant,
        {"chat": "line 1", "text": "Where was SOM 8?"},
        {"text": "source?"},
        {"chat": 1, "text": "source?"},
    )

    assert [row["kind"] for row in rows[1:]] == ["unknown", "unknown"]
    assert rows[2]["chat"] == 1


@pytest.mark.parametrize(
    "line",
    [
        b"", b" ", b"no json", b"{", b"[]", b'"text"', b"null", b"12", b"{}",
        b'{"id": 1}', b'{"text": null}', b'{"text": 12}', b'{"text": ["a"]}',
        b'{"text": {"text": "a"}}', b'{"text": true}',
        b'{"text": "Where was SOM 8?"', b"\xff\xfe\x00", b"\x00\x01\x02",
        b'{"text": "\xe9"}', b"[" * 100_000, b'{"id": NaN, "text": "Hello"}',
        b'{"text": "Hello", "id": -Infinity}', b"9" * 10_000,
        b'{"text": "a"} {"text": "b"}',
    ],
)  # fmt: skip
async def test_a_bad_line_gets_one_unknown_line(assistant: Assistant, line: bytes):
    good = b'{"id": 2, "text": "Where was SOM 8?"}'

    bad, answered = await served(assistant, line + b"\n" + good + b"\n")

    assert (bad["kind"], bad["reason"]) == ("unknown", "bad_input")
    assert bad["confidence"] is None
    assert (answered["id"], answered["kind"]) == (2, "answer")


async def test_the_id_of_a_line_without_text_is_echoed(assistant: Assistant):
    (row,) = await asked(assistant, {"id": "q9", "chat": "c"})

    assert (row["id"], row["chat"], row["reason"]) == ("q9", "c", "bad_input")


async def test_an_id_that_json_cannot_hold_is_null(assistant: Assistant):
    (row,) = await served(assistant, b'{"id": 1e999, "text": "Hello"}\n')

    assert row["id"] is None


@pytest.mark.parametrize(
    ("text", "kind", "reason"),
    [
        ("", "unknown", "too_vague"),
        ("   \n ", "unknown", "too_vague"),
        ("🙂🙂", "unknown", "too_vague"),
        ("?!", "unknown", "too_vague"),
        ("Tell me about the meetings. " * 37, "clarify", None),
        ("x" * 1001, "clarify", None),
        ("x" * 4096, "clarify", None),
        ("x" * 4097, "unknown", "bad_input"),
        ("x" * 1_000_000, "unknown", "bad_input"),
        ("\x00\x01\x02\x03" * 20, "unknown", "bad_input"),
    ],
)
async def test_what_is_no_question_by_its_form(
    assistant: Assistant, text: str, kind: str, reason: str | None
):
    (row,) = await asked(assistant, {"text": text})

    assert (row["kind"], row["reason"]) == (kind, reason)
    if reason == "bad_input":
        assert row["confidence"] is None
    assert len(row["text"]) <= 900


@pytest.mark.parametrize("length", [900, 1001, 4000, 5000, 1_000_000])
async def test_danger_is_seen_in_the_first_4096_characters_of_each(
    assistant: Assistant, length: int
):
    (row,) = await asked(assistant, {"text": DANGER + " and" * (length // 4)})

    assert row["kind"] == "safety"


@pytest.mark.parametrize(
    "text", ["\ud800 Where was SOM 8?", "SOM 8\ud83d?", "\x00SOM 8", "\ufeffSOM 8"]
)
async def test_broken_characters_are_no_traceback(assistant: Assistant, text: str):
    (row,) = await asked(assistant, {"text": text})

    assert row["kind"] in KINDS


async def test_the_last_line_needs_no_end(assistant: Assistant):
    rows = await served(
        assistant, b'{"id": 1, "text": "hi"}\r\n{"id": 2, "text": "hi"}'
    )

    assert [row["id"] for row in rows] == [1, 2]


async def test_no_lines_no_answers(assistant: Assistant):
    assert await served(assistant, b"") == []


async def test_lines_come_out_in_order(assistant: Assistant):
    texts = ["Where was SOM 8?", "Hello", "", "Where was SOM 23?", "x" * 5000] * 10
    lines = [{"id": n, "text": text} for n, text in enumerate(texts)]

    rows = await asked(assistant, *lines)

    assert [row["id"] for row in rows] == list(range(len(lines)))
    assert [row["kind"] for row in rows[:5]] == [row["kind"] for row in rows[45:]]


class Pipe(io.StringIO):
    """Remembers what had been flushed when, as its reader would see it."""

    def __init__(self) -> None:
        super().__init__()
        self.seen = ""

    def flush(self) -> None:
        self.seen = self.getvalue()


async def test_every_line_is_flushed_before_the_next_is_read(assistant: Assistant):
    pipe = Pipe()

    class Lines(io.BytesIO):
        def __next__(self) -> bytes:
            line = super().__next__()
            assert pipe.seen.count("\n") == int(json.loads(line)["id"])
            return line

    raw = b"".join(b'{"id": %d, "text": "Where was SOM 8?"}\n' % n for n in range(5))
    async with assistant:
        await serve(assistant, Lines(raw), pipe)

    assert pipe.seen.count("\n") == 5


async def test_without_an_index_the_reason_says_so(knowledge: Path, tmp_path: Path):
    assistant = Assistant(index=tmp_path / "none.db", knowledge=knowledge)

    question, danger = await asked(
        assistant, {"text": "Where was SOM 8?"}, {"text": DANGER}
    )

    assert (question["kind"], question["reason"]) == ("unknown", "no_index")
    assert "python -m indexer build" in question["text"]
    assert danger["kind"] == "safety"


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(lines=st.lists(st.binary(max_size=60).map(lambda b: b.replace(b"\n", b""))))
def test_any_bytes_get_as_many_lines_as_went_in(toy: Path, lines: list[bytes]):
    assistant = Assistant(index=toy / "index.db", knowledge=toy / "knowledge")

    rows = asyncio.run(served(assistant, b"".join(line + b"\n" for line in lines)))

    assert len(rows) == len(lines)
