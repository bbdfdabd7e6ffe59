"""The fixed texts: not official, said everywhere; what Telegram allows; who runs it."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from bot.languages import LANGUAGES, phrases
from bot.languages.en import EXAMPLES, Phrases
from bot.settings import Settings
from bot.texts import about_text, privacy_text
from bot.types import About

WORDS = phrases("en")
ROOT = Path(__file__).parent.parent
STATE = About(
    build_id="abc123",
    newest="February 2012",
    overdue=(),
    stale=False,
    facts=12,
    documents=3,
)
EMPTY = About("", "", (), False, 0, 0)


@pytest.fixture
def anonymous(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.chdir(tmp_path)
    return Settings()


@pytest.fixture
def stated(anonymous: Settings) -> Settings:
    known = {"operator": "The Example Office", "contact": "help@office.example"}
    return anonymous.model_copy(update=known)


def said_in(text: str) -> str:
    return " ".join(text.lower().split())


def is_not_official(text: str) -> bool:
    """Whether a text says all of it: whose the bot is not, and what it is not."""
    said = said_in(text)
    whose = "not run by commit, the un or any government" in said
    independent = "independent" in said and "automatic" in said
    emergency = "not an emergency service" in said and "/hotlines" in said
    return whose and independent and emergency


@pytest.mark.parametrize(
    "name",
    ["start", "help", "terminal_help", "about", "about_empty", "description",
     "who_are_you"],
)  # fmt: skip
def test_not_official_is_said_in(name: str):
    assert is_not_official(getattr(WORDS, name))


def test_not_official_is_said_in_the_readme():
    text = (ROOT / "README.md").read_text(encoding="utf-8")

    assert is_not_official(text.replace("`", ""))


@pytest.mark.parametrize("name", ["start", "help", "terminal_help", "description"])
def test_three_example_questions_follow(name: str):
    text = getattr(WORDS, name)

    assert len(EXAMPLES) == 3
    for example in EXAMPLES:
        assert text.index("emergency service") < text.index(example)


def test_descriptions_are_as_short_as_telegram_demands():
    for words in LANGUAGES.values():
        assert len(words.description) <= 512
        assert len(words.short_description) <= 120


def test_a_language_has_every_sentence():
    for words in LANGUAGES.values():
        for field in fields(Phrases):
            assert getattr(words, field.name)


def test_an_unknown_language_is_answered_in_english():
    assert phrases("tlh") == WORDS


def test_commands_are_as_telegram_demands():
    names = [name for name, _ in WORDS.commands]

    assert len(set(names)) == len(names)
    assert {"start", "help", "hotlines", "why", "privacy", "forget", "about"} <= {
        *names
    }
    assert all(name.isascii() and name.islower() for name in names)
    assert all(1 <= len(told) <= 256 for _, told in WORDS.commands)


def test_privacy_says_who_runs_the_bot(stated: Settings):
    text = privacy_text(stated, WORDS)

    assert "The Example Office" in text
    assert "help@office.example" in text


def test_privacy_says_what_is_kept_and_what_telegram_does(anonymous: Settings):
    text = said_in(privacy_text(anonymous, WORDS))

    assert "30 minutes" in text
    assert "48 hours" in text
    assert "telegram itself keeps this chat" in text
    assert "not end-to-end encrypted" in text


@pytest.mark.parametrize("text", [privacy_text, lambda s, w: about_text(STATE, s, w)])
def test_what_was_not_stated_is_said_to_be_so(anonymous: Settings, text):
    said = text(anonymous, WORDS)

    assert WORDS.operator_missing in said
    assert WORDS.contact_missing in said
    assert "{" not in said
    assert "None" not in said


def test_about_tells_the_state_of_the_knowledge(stated: Settings):
    text = about_text(STATE, stated, WORDS)

    for told in ("12 facts", "3 documents", "February 2012", "abc123"):
        assert told in text
    assert "The Example Office" in text
    assert "help@office.example" in text
    assert "overdue" not in text


def test_about_without_an_index_says_so(stated: Settings):
    text = about_text(EMPTY, stated, WORDS)

    assert "index is missing" in text
    assert "The Example Office" in text


def test_about_tells_what_is_overdue_and_stale(stated: Settings):
    late = About("abc123", "2012", ("thailand-1300", "som8"), True, 12, 3)

    text = about_text(late, stated, WORDS)

    assert "2 records are overdue" in text
    assert WORDS.about_stale in text


def test_braces_of_an_operator_are_no_fields(stated: Settings):
    odd = stated.model_copy(update={"operator": "{build} & {nothing}"})

    assert "{build} & {nothing}" in about_text(STATE, odd, WORDS)
    assert "{build} & {nothing}" in privacy_text(odd, WORDS)
