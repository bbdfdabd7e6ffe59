"""Settings: all faults at once, flags over environment over .env, the token nowhere."""

from __future__ import annotations

import json
import logging
import os
import pickle
import subprocess
import sys
import traceback
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from bot.settings import Settings, SettingsError, load

ROOT = Path(__file__).parent.parent
TOKEN = "123456789:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr"
SECRET = "a-webhook-secret_1"
# Nearly right, so that its parts could be recognised in any output.
MALFORMED = "123456789;AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Run in a folder of one's own, without settings of this machine."""
    for name in list(os.environ):
        if name.startswith("COMMIT_BOT_"):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def faults(**flags: object) -> list[str]:
    with pytest.raises(SettingsError) as caught:
        load(**flags)
    return str(caught.value).splitlines()


def test_nothing_has_to_be_set():
    settings = load()

    assert settings.knowledge == Path("knowledge")
    assert settings.index == Path("state/index.db")
    assert settings.journal == Path("state/journal.db")
    assert settings.token is None
    assert settings.operator is None
    assert settings.contact is None


def test_flags_win_over_the_environment_and_that_over_the_file(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    lines = [f"COMMIT_BOT_{name}=file" for name in ("INDEX", "KNOWLEDGE", "JOURNAL")]
    (folder / ".env").write_text("\n".join(lines))
    monkeypatch.setenv("COMMIT_BOT_INDEX", "environment")
    monkeypatch.setenv("COMMIT_BOT_KNOWLEDGE", "environment")

    settings = load(index=Path("flag"), knowledge=None)

    assert settings.index == Path("flag")
    assert settings.knowledge == Path("environment")
    assert settings.journal == Path("file")


def test_the_file_may_hold_quotes_comments_and_other_names(folder: Path):
    text = '# who runs it\nCOMMIT_BOT_OPERATOR="An Office"\nPATH_TO_ELSEWHERE=1\n'
    (folder / ".env").write_text(text, encoding="utf-8")

    assert load().operator == "An Office"


def test_what_is_set_to_nothing_is_not_set(
    folder: Path, monkeypatch: pytest.MonkeyPatch
):
    names = [f"COMMIT_BOT_{name.upper()}" for name in Settings.model_fields]
    (folder / ".env").write_text("".join(f"{name}=\n" for name in names))
    monkeypatch.setenv("COMMIT_BOT_WEBHOOK_PORT", "")

    assert load() == Settings(_env_file=None)


def test_all_faults_are_told_at_once(folder: Path, monkeypatch: pytest.MonkeyPatch):
    (folder / ".env").write_text(
        f"COMMIT_BOT_TOKEN={MALFORMED}\nCOMMIT_BOT_PORT=80\nCOMMIT_BOT_LOG_LEVEL=loud"
    )
    monkeypatch.setenv("COMMIT_BOT_WEBHOOK_PORT", "no number")
    monkeypatch.setenv("COMMIT_BOT_WEBHOOK_URL", "http://bot.example")
    monkeypatch.setenv("COMMIT_BOT_WEBHOOK_SECRET", "with blanks")
    monkeypatch.setenv("COMMIT_BOT_API_URL", "api.telegram.org")
    monkeypatch.setenv("COMMIT_BOT_TOKNE", TOKEN)

    told = faults()

    assert sorted(line.partition(":")[0] for line in told) == [
        "COMMIT_BOT_API_URL",
        "COMMIT_BOT_LOG_LEVEL",
        "COMMIT_BOT_PORT",
        "COMMIT_BOT_TOKEN",
        "COMMIT_BOT_TOKNE",
        "COMMIT_BOT_WEBHOOK_PORT",
        "COMMIT_BOT_WEBHOOK_SECRET",
        "COMMIT_BOT_WEBHOOK_URL",
    ]


def test_an_unknown_name_is_told_with_those_that_are_known(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setenv("COMMIT_BOT_TOKNE", "secret-in-a-misspelt-name")

    (told,) = faults()

    assert told.startswith("COMMIT_BOT_TOKNE: is no setting; known are ")
    assert all(f"COMMIT_BOT_{name.upper()}" in told for name in Settings.model_fields)
    assert "secret-in-a-misspelt-name" not in told


def test_names_without_our_prefix_are_not_ours(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COMMIT_HASH", "abc")
    monkeypatch.setenv("TOKEN", "abc")

    assert load().token is None


@pytest.mark.parametrize(
    "token",
    [
        MALFORMED,
        "987654321",
        ":AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr",
        f"{TOKEN} ",
        f"bot{TOKEN}",
        f"{TOKEN}\n{TOKEN}",
        "short:secret",
    ],
)
def test_a_malformed_token_is_one_sentence_that_does_not_show_it(
    token: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv("COMMIT_BOT_TOKEN", token)

    (told,) = faults()

    assert told.startswith("COMMIT_BOT_TOKEN: is not a bot token")
    assert token.strip() not in told
    assert "AAbbCC" not in told


def every_output(thing: object) -> str:
    """Return all that anybody may print, log or store of a thing."""
    shown = [
        repr(thing),
        str(thing),
        f"{thing}",
        f"{thing!r:>10}",
    ]
    if isinstance(thing, Settings):
        shown += [repr(thing.token), str(thing.token), str(thing.model_dump())]
        shown += [thing.model_dump_json(), json.dumps(thing.model_dump(mode="json"))]
        shown += [repr(dict(thing)), repr(list(thing.__rich_repr__()))]
    return "\n".join(shown)


def test_the_token_is_in_no_output_of_the_settings(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    monkeypatch.setenv("COMMIT_BOT_TOKEN", TOKEN)
    monkeypatch.setenv("COMMIT_BOT_WEBHOOK_SECRET", SECRET)
    settings = load()

    logging.getLogger("bot").warning("settings: %s", settings)
    shown = every_output(settings) + caplog.text

    assert settings.token is not None
    assert settings.token.get_secret_value() == TOKEN
    assert "settings:" in caplog.text
    assert TOKEN.partition(":")[2] not in shown
    assert SECRET not in shown


@pytest.mark.parametrize("where", ["environment", "file", "flag"])
def test_the_token_is_in_no_output_of_an_error(
    where: str, folder: Path, monkeypatch: pytest.MonkeyPatch
):
    flags = {"token": MALFORMED} if where == "flag" else {}
    if where == "file":
        (folder / ".env").write_text(f"COMMIT_BOT_TOKEN={MALFORMED}\n")
    elif where == "environment":
        monkeypatch.setenv("COMMIT_BOT_TOKEN", MALFORMED)
    monkeypatch.setenv("COMMIT_BOT_WEBHOOK_PORT", "0")

    with pytest.raises(SettingsError) as caught:
        load(**flags)

    error = caught.value
    shown = every_output(error) + "".join(traceback.format_exception(error))
    shown += repr(error.args) + repr(error.__cause__) + repr(pickle.dumps(error))
    assert "COMMIT_BOT_TOKEN" in shown
    assert "AAbbCC" not in shown
    assert error.__suppress_context__ or error.__context__ is None


def test_a_good_token_is_not_shown_by_the_fault_of_another_setting(
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setenv("COMMIT_BOT_TOKEN", TOKEN)
    monkeypatch.setenv("COMMIT_BOT_WEBHOOK_PORT", "0")

    with pytest.raises(SettingsError) as caught:
        load()

    shown = every_output(caught.value)
    assert "COMMIT_BOT_WEBHOOK_PORT" in shown
    assert "AAbbCC" not in shown + "".join(traceback.format_exception(caught.value))


def test_a_process_that_stops_at_a_malformed_token_prints_none_of_it(folder: Path):
    done = subprocess.run(
        [sys.executable, "-X", "dev", "-m", "bot", "telegram"],
        cwd=folder,
        env={"COMMIT_BOT_TOKEN": MALFORMED, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("COMMIT_BOT_TOKEN: ")
    assert "AAbbCC" not in done.stderr


@pytest.mark.parametrize(
    ("given_url", "root"),
    [
        ("https://api.telegram.org", "https://api.telegram.org"),
        ("https://api.telegram.org/", "https://api.telegram.org"),
        ("http://localhost:8081/bot", "http://localhost:8081"),
        ("http://localhost:8081/bot/", "http://localhost:8081"),
        ("http://localhost:8081/robot", "http://localhost:8081/robot"),
    ],
)
def test_the_root_of_the_api_may_end_in_bot(given_url: str, root: str):
    assert load(api_url=given_url).api_url == root


@pytest.mark.parametrize("port", ["0", "65536", "-1", "8443.5", "port"])
def test_a_port_is_a_port(port: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COMMIT_BOT_WEBHOOK_PORT", port)

    (told,) = faults()

    assert told.startswith("COMMIT_BOT_WEBHOOK_PORT: ")


@pytest.mark.parametrize("text", [b"\xff\xfe\x00C", b"COMMIT_BOT_OPERATOR=\xe9\n"])
def test_a_file_that_is_no_text_is_a_fault_and_no_traceback(folder: Path, text: bytes):
    (folder / ".env").write_bytes(text)

    assert faults() == [".env: is not UTF-8 text; save it as UTF-8"]


def test_a_folder_named_like_the_file_is_no_file(folder: Path):
    (folder / ".env").mkdir()

    assert load().token is None


@hypothesis_settings(
    max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.text(min_size=8).filter(lambda text: text.strip("0123456789:")))
def test_no_malformed_token_is_ever_shown(token: str):
    with pytest.raises(SettingsError) as caught:
        load(token=token, webhook_port=0)

    assert token not in str(caught.value)
    assert token not in "".join(traceback.format_exception(caught.value))


def test_every_setting_is_described():
    for name, field in Settings.model_fields.items():
        assert field.description, name
