"""Fixtures of the Telegram tests: a small index, and an application without network."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
import telegram_offline
from telegram import Update
from telegram.ext import Application

from bot.assistant import Assistant
from bot.settings import Settings
from bot.transports.telegram_chat.application import build
from bot.transports.telegram_chat.inbox import Inbox
from bot.transports.telegram_chat.processor import ChatProcessor

ROOT = Path(__file__).parent.parent
CURATED = ("sources.yaml", "glossary.yaml", "safety.yaml")
FACTS = """\
topic: Meetings
facts:
  - id: test-som8
    as_of: 2012-02-14/2012-02-15
    sources: [{0}, {1}, {2}]
    changed: 2999-01-01
    asked:
      - Where was the 8th Senior Officials' Meeting held?
      - when was som8
      - date and place of SOM 8
      - In which city did SOM 8 meet?
    answer: >-
      The eighth Senior Officials' Meeting (SOM 8) took place in Hanoi, Viet Nam, on 14
      and 15 February 2012.
  - id: test-members
    as_of: 2004-10-29/..
    sources: [{1}]
    asked:
      - Which countries are members of COMMIT?
      - Who belongs to COMMIT?
      - member countries of the process
      - Is China a member of COMMIT?
    answer: >-
      Six countries belong to COMMIT: Cambodia, China, the Lao PDR, Myanmar, Thailand
      and Viet Nam.
"""


def make_index(folder: Path) -> Path:
    """Build a small index in a folder, beside its knowledge; return the folder."""
    knowledge = folder / "knowledge"
    (knowledge / "facts").mkdir(parents=True)
    for name in CURATED:
        shutil.copy(ROOT / "knowledge" / name, knowledge / name)
    sources = (knowledge / "sources.yaml").read_text("utf-8")
    ids = [line.split()[2] for line in sources.splitlines() if "- id: " in line]
    facts = FACTS.format(*ids)
    (knowledge / "facts" / "meetings.yaml").write_text(facts, "utf-8")
    index = folder / "index.db"
    done = subprocess.run(
        [
            *(sys.executable, "-m", "indexer", "build"),
            *("--knowledge", str(knowledge), "--index", str(index)),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert index.exists(), done.stderr
    return folder


@dataclass
class Offline:
    """The bot without a network: feed updates, look at what it sent."""

    app: Application[Any, Any, Any, Any, Any, Any]
    processor: ChatProcessor
    inbox: Inbox
    assistant: Assistant
    telegram: telegram_offline.FakeTelegram

    async def feed(self, *updates: dict[str, Any]) -> None:
        """Let the bot work on updates, one after the other, as from Telegram."""
        for raw in updates:
            update = Update.de_json(raw, self.app.bot)
            work = self.app.process_update(update)
            await self.processor.process_update(update, work)

    @property
    def last(self) -> dict[str, Any]:
        """Return the fields of the last message sent."""
        return self.telegram.of("sendMessage")[-1]

    @property
    def last_id(self) -> int:
        """Return the number of the last message sent."""
        return 4999 + len(self.telegram.of("sendMessage"))

    def buttons(self, which: int = -1) -> list[dict[str, Any]]:
        """Return the buttons under a message sent, row by row."""
        markup = self.telegram.of("sendMessage")[which].get("reply_markup", {})
        return [one for row in markup.get("inline_keyboard", []) for one in row]


@pytest.fixture(scope="session")
def small_index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_index(tmp_path_factory.mktemp("telegram"))


@pytest.fixture(scope="session")
def assistant(small_index: Path) -> Iterator[Assistant]:
    made = Assistant(
        index=small_index / "index.db",
        knowledge=small_index / "knowledge",
        journal=small_index / "journal.db",
    )
    asyncio.run(made.open())
    yield made
    asyncio.run(made.close())


@pytest_asyncio.fixture
async def offline(assistant: Assistant) -> AsyncIterator[Offline]:
    settings = Settings(
        operator="Operator of Tests",
        contact="tests@example.org",
        _env_file=None,
    )
    telegram = telegram_offline.FakeTelegram()
    for chat in ("7", "-100", "-100/3"):
        await assistant.forget(chat)
    app, processor, inbox = build(
        settings,
        telegram_offline.TOKEN,
        assistant,
        request=telegram.request(),
        updates_request=telegram.request(),
    )
    async with app:
        yield Offline(app, processor, inbox, assistant, telegram)
    assert telegram.wrong == []
