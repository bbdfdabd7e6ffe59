"""The terminal chat, fed lines: commands, plain in a pipe, nothing that steers."""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path

import pytest

from bot.assistant import Assistant
from bot.languages import phrases
from bot.settings import Settings
from bot.texts import privacy_text
from bot.transports import terminal
from bot.types import Answer, Citation, Offer
from indexer.build import build

WORDS = phrases("en")
CONTROL = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]"
)


@pytest.fixture
def settings(toy: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.chdir(tmp_path)
    return Settings(knowledge=toy / "knowledge", index=toy / "index.db")


@pytest.fixture
def chatted(
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    """Return what the chat prints for lines from a pipe."""

    def chat(*lines: str, raw: bytes = b"", index: Path | None = None) -> str:
        text = raw or "".join(f"{line}\n" for line in lines).encode()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
        assistant = Assistant(
            index=index or settings.index, knowledge=settings.knowledge
        )
        terminal.run(assistant, settings)
        printed = capsys.readouterr()
        assert printed.err == ""
        return printed.out

    return chat


def test_questions_from_a_pipe_are_answered_with_sources(chatted):
    out = chatted("Which countries are members?", "Where was SOM 8?")

    assert out == (
        "The members are Cambodia, China, Lao PDR, Myanmar, Thailand and Viet Nam. "
        "(As of 2012.)\n"
        "Summary by this project, after:\n"
        "  Ministers meet in Hanoi (The News, 16 February 2012)\n"
        "  https://news.example/hanoi\n"
        "  The Memorandum of Understanding (UNIAP, October 2004, read in an archived "
        "copy)\n"
        "\n"
        "The eighth Senior Officials' Meeting took place in Hanoi in 2012. "
        "(As of 14–15 February 2012.)\n"
        "Summary by this project, after:\n"
        "  Ministers meet in Hanoi (The News, 16 February 2012)\n"
        "  https://news.example/hanoi\n"
        "\n"
    )


def test_a_pipe_gets_no_prompt_no_colours_and_no_greeting(chatted):
    out = chatted("Where was SOM 8?")

    assert "\x1b" not in out
    assert ">" not in out
    assert WORDS.goodbye not in out
    assert "independent" not in out


def test_lines_are_not_wrapped_in_a_pipe(chatted, monkeypatch):
    monkeypatch.setenv("COLUMNS", "20")

    assert "Lao PDR, Myanmar, Thailand and Viet Nam." in chatted(
        "Which countries are members?"
    )


def test_help_shows_who_the_bot_is_not_and_examples(chatted):
    for command in ("/help", "/start"):
        assert chatted(command) == f"{WORDS.terminal_help}\n\n"


def test_privacy_and_about(chatted, settings: Settings):
    assert chatted("/privacy") == f"{privacy_text(settings, WORDS)}\n\n"
    assert "12 facts and 3 documents" in chatted("/about")


def test_hotlines_are_those_of_the_safety_file(chatted):
    out = chatted("/hotlines")

    assert "1300" in out
    assert "The Help Line" in out
    assert "not checked by phone" in out


def test_why_explains_the_last_answer(chatted):
    before = chatted("/why")
    after = chatted("Where was SOM 8?", "/why")

    assert before == f"{WORDS.why_nothing}\n\n"
    assert "Where was the 8th Senior Officials' Meeting?" in after
    assert "sure" in after


def test_quit_leaves_at_once(chatted):
    assert chatted("/quit", "Where was SOM 8?") == ""
    assert chatted(" /exit ", "Where was SOM 8?") == ""


def test_an_unknown_command_is_said_to_be_one(chatted):
    assert chatted("/nonsense") == f"{WORDS.unknown_command}\n\n"


def test_empty_lines_say_nothing(chatted):
    assert chatted("", "   ", "\t") == ""


def test_the_chat_has_a_memory(chatted):
    out = chatted("Where was SOM 8?", "source?")

    assert f"{WORDS.sources_of} The News." in out


def test_a_choice_is_answered(chatted):
    out = chatted("Where was SOM 8?", "tell me more", "1")

    offered = re.findall(r"^1\. (.+)$", out, re.M)
    assert offered
    assert len(re.findall(r"took place|chaired|signed|officials came", out)) >= 2


def test_fixed_texts_and_hotlines_need_no_index(chatted, tmp_path: Path):
    out = chatted(
        "Where was SOM 8?", "/hotlines", "/privacy", "/about", index=tmp_path / "no.db"
    )

    assert "python -m indexer build" in out
    assert "1300" in out
    assert "index is missing" in out
    assert "Telegram itself keeps" in out


def test_bytes_that_are_no_text_are_answered_civilly(chatted):
    out = chatted(raw=b"\xff\xfe\x80\x81\n\x00\x01\x02\x03\x04\nWhere was SOM 8?")

    assert "in Hanoi in 2012" in out
    assert not CONTROL.search(out)


@pytest.mark.parametrize("key", [EOFError, KeyboardInterrupt])
def test_control_keys_leave_politely(
    key: type[BaseException],
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
):
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    def pressed(prompt: str) -> str:
        raise key

    monkeypatch.setattr(sys, "stdin", Terminal())
    monkeypatch.setattr("builtins.input", pressed)
    assistant = Assistant(index=settings.index, knowledge=settings.knowledge)

    terminal.run(assistant, settings)

    out = capsys.readouterr().out
    assert out.startswith(WORDS.terminal_help.splitlines()[0][:40])
    assert out.endswith(f"\n{WORDS.goodbye}\n")


# -- rendering -----------------------------------------------------------------------

NEWS = Citation("Title", "The News", "https://news.example/", "2012", "", True)
STEERING = "a\x1b[31mb\x07c\x9bd\u202ee\rf\x00g\x08h"


def test_only_two_sources_are_shown_and_the_rest_is_counted():
    answer = Answer("answer", "In Hanoi.", citations=(NEWS,) * 4)

    plain = terminal.render(answer).plain

    assert plain.count("  Title (The News, 2012)") == 2
    assert plain.endswith("+ 2 more")


def test_offers_of_a_refusal_are_numbered():
    offers = (Offer("a", "Where?"), Offer("b", "When?"))
    answer = Answer("unknown", "I do not know.", offers=offers)

    assert terminal.render(answer).plain == "I do not know.\n1. Where?\n2. When?"


def test_nothing_of_an_answer_steers_the_terminal():
    citation = Citation(
        title=STEERING,
        publisher=STEERING,
        url="https://x.example/\x1b]8;;evil\x07\u202e",
        date="2012",
        locator=STEERING,
        own_words=False,
    )
    offers = (Offer("a", STEERING),)

    for kind in ("answer", "clarify", "unknown", "safety", "smalltalk"):
        answer = Answer(kind, STEERING, citations=(citation,), offers=offers)  # type: ignore[arg-type]
        rendered = terminal.render(answer)

        assert not CONTROL.search(rendered.plain), kind
        assert not any(CONTROL.search(str(span.style)) for span in rendered.spans)


def test_square_brackets_are_no_markup():
    answer = Answer("answer", "[bold]SOM[/bold] [link=x]8[/link]", citations=(NEWS,))

    assert terminal.render(answer).plain.startswith("[bold]SOM[/bold] [link=x]8[/link]")


def test_control_characters_of_documents_never_reach_the_terminal(
    knowledge: Path, tmp_path: Path, chatted
):
    (knowledge / "documents" / "evil.md").write_text(
        '---\ntitle: "The \\e[31mred\\a\\u202e zebra report"\nrights: own\n---\n\n'
        "## Zebras \x1b[2J\x07\n\nZebras graze \x1b beside \x07 the border "
        "fences \u202e of Kampot.\n",
        encoding="utf-8",
    )
    index = tmp_path / "state" / "evil.db"
    build(knowledge, index)

    out = chatted(
        "Which zebras graze beside the border fences of Kampot?",
        "/why", "source?", "tell me more", "/about",
        index=index,
    )  # fmt: skip

    assert "graze" in out
    assert not CONTROL.search(out)
