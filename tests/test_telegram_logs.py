"""Logs without texts and token; the profile; signs of life."""

from __future__ import annotations

import logging
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from telegram_offline import refusal

from bot.languages.en import EN
from bot.transports.telegram_chat.logs import Discreet, place_of, protect
from bot.transports.telegram_chat.profile import set_profile
from bot.transports.telegram_chat.watchdog import tell_systemd, watch

if TYPE_CHECKING:
    from telegram_fixtures import Offline


TOKEN = "123456789:AAabcdefghijklmnopqrstuvwxyz_-01234"


def record(name: str, text: str, error: Exception | None = None) -> logging.LogRecord:
    info = (type(error), error, None) if error else None
    return logging.LogRecord(name, logging.ERROR, "f.py", 1, text, ("typed",), info)


@pytest.mark.parametrize("name", ["telegram.ext", "httpx", "asyncio", "stamina", "x"])
def test_libraries_say_only_level_and_type(name: str) -> None:
    made = record(name, "Processing %s", ValueError("typed"))

    Discreet(TOKEN).filter(made)

    assert "typed" not in logging.Formatter().format(made)
    assert "ValueError" in made.getMessage()


def test_our_loggers_speak_but_never_the_token_or_an_exceptions_text() -> None:
    made = record("bot.x", f"https://api/bot{TOKEN}/getMe %s", ValueError("secret"))

    Discreet().filter(made)

    said = logging.Formatter().format(made)
    assert said == "https://api/bot[token]/getMe typed [ValueError]"


def test_known_token_of_any_shape_is_hidden() -> None:
    assert Discreet("odd").redact("an odd one") == "an [token] one"


def test_every_root_handler_gets_the_filter_once() -> None:
    root = logging.getLogger()
    handler = logging.NullHandler()
    root.addHandler(handler)

    protect(TOKEN)
    protect(TOKEN)

    root.removeHandler(handler)
    assert len([one for one in handler.filters if isinstance(one, Discreet)]) == 1
    for other in (*root.handlers, logging.lastResort):
        for one in [f for f in other.filters if isinstance(f, Discreet)]:  # type: ignore[union-attr]
            other.removeFilter(one)  # type: ignore[union-attr]


def test_place_of_an_error_has_no_text() -> None:
    try:
        raise ValueError("typed")
    except ValueError as error:
        said = place_of(error)

    assert said.startswith("ValueError at test_telegram_logs.py:")
    assert "typed" not in said


async def test_profile_is_set_where_it_differs(offline: Offline) -> None:
    await set_profile(offline.app.bot)

    commands = offline.telegram.of("setMyCommands")[0]["commands"]
    assert [one["command"] for one in commands] == [name for name, _ in EN.commands]
    assert len(offline.telegram.of("setMyDescription")) >= 1


async def test_profile_that_is_right_is_left_alone(offline: Offline) -> None:
    commands = [{"command": name, "description": text} for name, text in EN.commands]
    offline.telegram.settings = {
        "getMyCommands": commands,
        "getMyDescription": {"description": EN.description},
        "getMyShortDescription": {"short_description": EN.short_description},
    }

    await set_profile(offline.app.bot)

    assert not any(name.startswith("setMy") for name, _ in offline.telegram.sent[:7])


async def test_profile_that_cannot_be_set_is_a_warning(
    offline: Offline, caplog: pytest.LogCaptureFixture
) -> None:
    offline.telegram.faults["setMyCommands"] = [refusal(429, "no", retry_after=999)]

    await set_profile(offline.app.bot)

    assert "commands (en) was not set: RetryAfter" in caplog.text
    assert offline.telegram.of("setMyShortDescription")


async def test_watchdog_ends_when_polling_is_dead() -> None:
    ages = iter([0.0, 10.0, 400.0])

    await watch(lambda: next(ages), look_seconds=0)

    assert next(ages, None) is None


def test_systemd_is_told_where_it_asks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listener:
        listener.bind(path)
        monkeypatch.setenv("NOTIFY_SOCKET", path)

        tell_systemd("READY=1")

        assert listener.recv(100) == b"READY=1"
