"""The assistant: one object that answers, and knows nothing of Telegram.

Index, journal and turns are opened, used and closed in its one worker thread;
every coroutine runs its synchronous body there.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

from bot import catalogue
from bot.dialogue import Dialogue
from bot.languages import phrases
from bot.resources import Resources
from bot.types import About, Answer, Offer, Suggestion, Topic
from indexer.types import Source

SWEEP_SECONDS = 60
Result = TypeVar("Result")


def utc_now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


class Assistant:
    """Answers questions from an index, remembers the turns of each chat.

    Args:
        index: Need not exist: safety and the fixed texts work without.
        journal: Where finished updates and counts are kept; None keeps nothing.
        now: The clock.
    """

    def __init__(
        self,
        *,
        index: Path,
        knowledge: Path,
        journal: Path | None = None,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self._paths = (index, knowledge, journal)
        self._now = now
        self._worker = ThreadPoolExecutor(1, thread_name_prefix="assistant")
        self._resources: Resources
        self._dialogue: Dialogue
        self._sweeper: asyncio.Task[None]

    async def open(self) -> None:
        """Open index, journal and safety file. A missing index is no error.

        Raises:
            KnowledgeError: `safety.yaml` is broken and the index holds no copy.
        """
        await self._run(self._open)
        self._sweeper = asyncio.create_task(self._sweep())

    async def _sweep(self) -> None:
        """Forget silent chats in time, also while nobody writes."""
        while True:
            await asyncio.sleep(SWEEP_SECONDS)
            await self._run(lambda: self._dialogue.sweep())

    def _open(self) -> None:
        index, knowledge, journal = self._paths
        self._resources = Resources(
            index=index, knowledge=knowledge, journal=journal, now=self._now
        )
        self._dialogue = Dialogue(self._resources, self._now)

    async def close(self) -> None:
        """Close everything; the worker thread ends."""
        self._sweeper.cancel()
        await self._run(lambda: self._resources.close())
        self._worker.shutdown()

    async def __aenter__(self) -> Self:
        try:
            await self.open()
        except BaseException:
            self._worker.shutdown()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def _run(self, body: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._worker, body)

    # -- talking ---------------------------------------------------------------------

    async def ask(self, chat: str, text: object) -> Answer:
        """Answer one message of a chat; anything but text gets a civil sentence."""
        return await self._run(lambda: self._dialogue.ask(chat, text))

    async def why(self, chat: str) -> str:
        """Explain the last answer of a chat in plain words."""
        return await self._run(lambda: self._dialogue.why(chat))

    async def fact(self, fact_id: str, chat: str | None = None) -> Answer | None:
        """Return the answer of one fact, or None; with a chat, remember the turn."""
        return await self._run(lambda: self._dialogue.fact(fact_id, chat))

    async def forget(self, chat: str) -> None:
        """Drop what is remembered of a chat."""
        await self._run(lambda: self._dialogue.forget(chat))

    async def hotlines(self, language: str = "en") -> str:
        """Return all numbers by country; works without an index."""
        return await self._run(lambda: self._hotlines(language))

    def _hotlines(self, language: str) -> str:
        hotlines = self._resources.hotlines
        if hotlines is None:
            return phrases(language).no_hotlines
        return hotlines.hotlines(language)

    # -- browsing --------------------------------------------------------------------

    async def topics(self) -> tuple[Topic, ...]:
        """Return all topics with their facts' questions, sorted."""
        return await self._run(lambda: catalogue.topics(self._resources.index))

    async def new(self, days: int = 60) -> tuple[Offer, ...]:
        """Return the facts whose content changed in the last days, newest first."""
        return await self._run(
            lambda: catalogue.new(self._resources.index, self._now(), days)
        )

    async def suggest(self, query: str, limit: int = 10) -> tuple[Suggestion, ...]:
        """Return facts to choose from for some words; "" gives the first ones."""
        return await self._run(
            lambda: catalogue.suggest(self._resources.index, query, limit)
        )

    async def related(self, fact_id: str, limit: int = 3) -> tuple[Offer, ...]:
        """Return the questions nearest to a fact's own."""
        return await self._run(
            lambda: catalogue.related(self._resources.index, fact_id, limit)
        )

    async def sources(self) -> tuple[Source, ...]:
        """Return all sources."""
        return await self._run(
            lambda: self._resources.index.sources() if self._resources.index else ()
        )

    async def about(self) -> About:
        """Return the state of the knowledge; works without an index."""
        return await self._run(lambda: catalogue.about(self._resources, self._now()))

    # -- keeping ---------------------------------------------------------------------

    async def reload(self) -> bool:
        """Open the index anew, come what may; tell whether there is one."""
        return await self._run(lambda: self._resources.reload(force=True))

    async def rate(self, chat: str, passage_id: str, verdict: str) -> bool:
        """Count a verdict by the hash of a passage's text; False: no such passage."""
        return await self._run(lambda: self._rate(passage_id, verdict))

    def _rate(self, passage_id: str, verdict: str) -> bool:
        index, journal = self._resources.index, self._resources.journal
        passage = index.passage(passage_id) if index else None
        if passage is None or journal is None:
            return False
        journal.rate(hashlib.sha256(passage.text.encode()).hexdigest()[:16], verdict)
        return True

    async def finished(self, update_id: int) -> bool:
        """Tell whether an update was finished before."""
        return await self._run(lambda: self._finished(update_id))

    def _finished(self, update_id: int) -> bool:
        journal = self._resources.journal
        return journal is not None and journal.finished(update_id)

    async def finish(self, update_id: int) -> None:
        """Note that an update is finished."""
        await self._run(lambda: self._finish(update_id))

    def _finish(self, update_id: int) -> None:
        if self._resources.journal is not None:
            self._resources.journal.finish(update_id, self._now())
