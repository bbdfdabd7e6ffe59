"""The bot's command line, in-process: exit code and whole output."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

from bot.__main__ import main

ROOT = Path(__file__).parent.parent
TOKEN = "123456789:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr"
MEMBERS = """\
The members are Cambodia, China, Lao PDR, Myanmar, Thailand and Viet Nam. (As of 2012.)
Summary by this project, after:
  Ministers meet in Hanoi (The News, 16 February 2012)
  https://news.example/hanoi
  The Memorandum of Understanding (UNIAP, October 2004, read in an archived copy)
"""
QUESTIONS = """\
questions:
  - {id: n1, chat: north, kind: direct, question: Where was SOM 8?, expect: [som8]}
  - {id: n2, chat: north, kind: near, question: Where was SOM 23?, expect: unknown}
  - {id: s1, chat: south, kind: direct, question: Where was SOM 7?, expect: [som7]}
"""


class Done(NamedTuple):
    code: object
    out: str
    err: str


@pytest.fixture
def bot(
    toy: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    """Return a function that runs the command line in an empty folder."""
    for name in list(os.environ):
        if name.startswith("COMMIT_BOT_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("COMMIT_BOT_INDEX", str(toy / "index.db"))
    monkeypatch.setenv("COMMIT_BOT_KNOWLEDGE", str(toy / "knowledge"))
    monkeypatch.chdir(tmp_path)

    def run(*arguments: object, stdin: bytes = b"") -> Done:
        monkeypatch.setattr(sys, "argv", ["bot", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as left:
            main()
        printed = capsys.readouterr()
        return Done(left.value.code or 0, printed.out, printed.err)

    return run


# -- ask -----------------------------------------------------------------------------


def test_ask_prints_one_answer_with_its_sources(bot):
    assert bot("ask", "Which countries are members?") == Done(0, MEMBERS, "")


def test_a_refusal_is_no_failure(bot):
    done = bot("ask", "Where was SOM 23?")

    assert done == Done(0, "I know nothing of SOM 23. I know SOM 7 and 8.\n", "")


def test_flags_name_index_and_knowledge(bot, toy: Path, monkeypatch):
    monkeypatch.setenv("COMMIT_BOT_INDEX", "nowhere.db")
    monkeypatch.setenv("COMMIT_BOT_KNOWLEDGE", "nowhere")
    flags = ("--index", toy / "index.db", "--knowledge", toy / "knowledge")

    assert bot("ask", *flags, "Which countries are members?").out == MEMBERS


def test_ask_without_a_question_is_wrong_use(bot):
    done = bot("ask")

    assert (done.code, done.out) == (2, "")
    assert "give a QUESTION" in done.err


@pytest.mark.parametrize("question", ["", "🙂", "x" * 5000, "\udcff\udcfe SOM 8"])
def test_no_question_is_a_traceback(bot, question: str):
    done = bot("ask", question)

    assert done.code == 0
    assert done.out
    assert "Traceback" not in done.out + done.err


@pytest.mark.parametrize(
    "content", [None, b"", b"no index at all", b"SQLite format 3\0"]
)
def test_without_a_good_index_the_message_says_which_command_makes_one(
    bot, tmp_path: Path, content: bytes | None
):
    path = tmp_path / "state" / "index.db"
    if content is not None:
        path.parent.mkdir()
        path.write_bytes(content)

    done = bot("ask", "--index", path, "Where was SOM 8?")

    assert done.code == 0
    assert "python -m indexer build" in done.out
    assert "Traceback" not in done.out + done.err
    assert not (tmp_path / "index.db").exists()


def test_a_broken_safety_file_without_a_copy_stops_the_start(bot, tmp_path: Path):
    (tmp_path / "knowledge").mkdir()
    (tmp_path / "knowledge" / "safety.yaml").write_text("numbers: [")

    done = bot("ask", "--index", "no.db", "--knowledge", "knowledge", "Hello")

    assert (done.code, done.out) == (1, "")
    assert "safety.yaml" in done.err
    assert "Traceback" not in done.err


def test_danger_is_answered_without_an_index(bot):
    done = bot("ask", "--index", "no.db", "they will not let me leave")

    assert done.code == 0
    assert "1300" in done.out


# -- ask --jsonl ---------------------------------------------------------------------


def test_jsonl_answers_line_by_line_and_exits_0_however_they_ended(bot):
    lines = b'{"id": 1, "text": "Where was SOM 8?"}\nno json\n\n{"id": 2}\n\xff\xfe'

    done = bot("ask", "--jsonl", stdin=lines)

    rows = [json.loads(line) for line in done.out.splitlines()]
    assert (done.code, done.err) == (0, "")
    assert [row["id"] for row in rows] == [1, None, None, 2, None]
    assert [row["kind"] for row in rows] == ["answer", *["unknown"] * 4]
    assert {row["reason"] for row in rows[1:]} == {"bad_input"}


def test_jsonl_of_nothing_is_nothing(bot):
    assert bot("ask", "--jsonl") == Done(0, "", "")


def test_a_reader_that_leaves_early_gets_no_traceback(toy: Path, tmp_path: Path):
    line = b'{"id": 1, "text": "Where was SOM 8?"}\n'
    settings = {
        "COMMIT_BOT_INDEX": str(toy / "index.db"),
        "COMMIT_BOT_KNOWLEDGE": str(toy / "knowledge"),
        "PYTHONPATH": str(ROOT),
    }
    with subprocess.Popen(
        [sys.executable, "-m", "bot", "ask", "--jsonl"],
        cwd=tmp_path,
        env={**os.environ, **settings},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        process.stdin.write(line)
        process.stdin.flush()
        # The answer comes although the input is still open: it was flushed.
        assert json.loads(process.stdout.readline())["kind"] == "answer"
        process.stdout.close()
        process.stdin.write(line * 3)
        process.stdin.close()
        errors = process.stderr.read().decode()

    assert "Traceback" not in errors
    assert "Exception" not in errors


# -- chat ----------------------------------------------------------------------------


def test_chat_answers_piped_questions(bot):
    done = bot("chat", stdin=b"Which countries are members?\nThanks!\n/quit\nHello\n")

    assert done == Done(0, f"{MEMBERS}\nYou are welcome.\n\n", "")


# -- telegram ------------------------------------------------------------------------


def test_telegram_without_a_token_is_one_sentence(bot):
    done = bot("telegram")

    assert (done.code, done.out) == (2, "")
    assert done.err.count("\n") == 1
    assert "COMMIT_BOT_TOKEN" in done.err
    assert "BotFather" in done.err


@pytest.mark.parametrize("token", ["abc", TOKEN.replace(":", ";"), f"{TOKEN}!"])
def test_telegram_with_a_malformed_token_is_one_sentence(bot, monkeypatch, token: str):
    monkeypatch.setenv("COMMIT_BOT_TOKEN", token)

    done = bot("telegram")

    assert (done.code, done.out) == (2, "")
    assert done.err.count("\n") == 1
    assert done.err.startswith("COMMIT_BOT_TOKEN: ")
    assert "AAbbCC" not in done.err
    assert not re.search(rf"\b{re.escape(token)}\b", done.err)


# -- settings ------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["chat", "telegram", "evaluate"])
def test_every_fault_of_the_settings_is_told_at_once(bot, monkeypatch, command: str):
    monkeypatch.setenv("COMMIT_BOT_WEBHOOK_PORT", "many")
    monkeypatch.setenv("COMMIT_BOT_TOKNE", TOKEN)

    done = bot(command)

    assert (done.code, done.out) == (2, "")
    assert len(done.err.splitlines()) == 2
    assert "COMMIT_BOT_WEBHOOK_PORT: " in done.err
    assert "COMMIT_BOT_TOKNE: is no setting" in done.err
    assert TOKEN not in done.err


def test_an_unknown_command_or_flag_is_wrong_use(bot):
    assert bot("sing").code == 2
    assert bot("ask", "--loud", "Hello").code == 2


@pytest.mark.parametrize("command", ["ask", "chat", "telegram", "evaluate"])
def test_every_command_has_help(bot, command: str):
    done = bot(command, "--help")

    assert done.code == 0
    assert "Usage: python -m bot" in done.out


# -- evaluate ------------------------------------------------------------------------


@pytest.fixture
def asked(knowledge: Path) -> Path:
    """Return a knowledge folder with a tiny question set."""
    (knowledge / "questions").mkdir()
    (knowledge / "questions" / "tiny.yaml").write_text(QUESTIONS, encoding="utf-8")
    return knowledge


@pytest.mark.parametrize(("half", "cases"), [("work", 2), ("final", 1), ("both", 3)])
def test_evaluate_prints_the_figures_as_json(bot, asked: Path, half: str, cases: int):
    done = bot("evaluate", "--knowledge", asked, "--half", half, "--json")

    figures = json.loads(done.out)
    assert (done.code, done.err) == (0, "")
    assert figures["cases"] == cases
    assert figures["right"] == 1
    assert figures["wrong_among_answers"] == 0
    assert {"median_ms", "p99_ms", "kinds", "rightly_refused"} <= figures.keys()


def test_evaluate_prints_a_table(bot, asked: Path):
    done = bot("evaluate", "--knowledge", asked, "--wrong")

    assert done.code == 0
    assert "tiny direct en" in done.out
    assert "wrong among answers" in done.out


def test_a_question_set_that_is_none_is_one_sentence(bot, asked: Path):
    (asked / "questions" / "tiny.yaml").write_text("- a")

    done = bot("evaluate", "--knowledge", asked)

    assert (done.code, done.out) == (1, "")
    assert done.err.startswith("tiny.yaml: ")
    assert done.err.count("\n") == 1
