"""Which updates are in work: what the offset may pass, and who is next in a chat."""

from __future__ import annotations

import asyncio
import math
import time
from collections import Counter, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from typing import Literal as Choice

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_OF_ONE_CHAT = 20
PATIENCE = 10.0
SETTLED_KEPT = 2000
NOTICE_KEPT = 300.0

Duty = Choice["answer", "flood_notice", "nothing"]


@dataclass(eq=False, slots=True)
class Ticket:
    """One update from arrival to its end.

    Attributes:
        duty: Whether it is answered, or falls under the chat's flood notice.
        since: When it arrived, by the event loop's clock.
        lag: Seconds from its arrival back to when it was written; so Telegram's clock
            can be told from ours.
        timer: Ends the work; waiting for Telegram does not count as work.
        done: True when finished, False when given back unfinished.
    """

    update_id: int
    chat: str
    duty: Duty
    since: float
    done: asyncio.Future[bool]
    lag: float = 0.0
    timer: asyncio.Timeout | None = None

    def more_time(self, seconds: float) -> None:
        """Let the work end that much later."""
        if self.timer is not None and (when := self.timer.when()) is not None:
            self.timer.reschedule(when + seconds)


TICKET: ContextVar[Ticket | None] = ContextVar("ticket", default=None)


@dataclass(slots=True)
class _Line:
    """The tickets of one chat that wait for their turn, and whether one is working."""

    waiting: list[tuple[int, asyncio.Future[None]]] = field(default_factory=list)
    busy: bool = False


class Inbox:
    """Updates in work. The offset moves only past those that are finished.

    Telegram keeps what is not acknowledged, so it is the durable queue. While some
    update is in work, polling asks again from the lowest such id and takes only what
    is new: a slow chat then holds up neither the others nor the truth of the offset.
    """

    def __init__(self) -> None:
        self._open: dict[int, Ticket] = {}
        self._settled: deque[int] = deque(maxlen=SETTLED_KEPT)
        self._known: set[int] = set()
        self._pauses: Counter[str] = Counter()
        self._since: dict[str, float] = {}
        self._until: dict[str, float] = {}
        self._lines: dict[str, _Line] = {}
        self._changed = asyncio.Event()
        self._told: dict[str, float] = {}
        self._next = 0

    def __len__(self) -> int:
        return len(self._open)

    def register(
        self, update_id: int, chat: str, written: float = math.inf
    ) -> Ticket | None:
        """Take an update in; None if it is in work or was finished lately.

        Args:
            written: When, in seconds since 1970. What was written before the chat's
                flood notice falls under it, also when it comes with a later batch.
        """
        self._next = max(self._next, update_id + 1)
        if update_id in self._open or update_id in self._known:
            return None
        duty = self._duty(chat, written)
        loop = asyncio.get_running_loop()
        ticket = Ticket(update_id, chat, duty, loop.time(), loop.create_future())
        if math.isfinite(written):
            ticket.lag = written - time.time()
        self._open[update_id] = ticket
        return ticket

    def _duty(self, chat: str, written: float) -> Duty:
        if written <= self._told.get(chat, 0):
            return "nothing"
        waiting = [t for t in self._open.values() if t.chat == chat]
        if len(waiting) < MOST_OF_ONE_CHAT:
            return "answer"
        told = any(ticket.duty == "flood_notice" for ticket in waiting)
        return "nothing" if told else "flood_notice"

    def _remember_notice(self, ticket: Ticket) -> None:
        now = time.time() + ticket.lag
        self._told = {c: at for c, at in self._told.items() if now - at < NOTICE_KEPT}
        self._told[ticket.chat] = now

    def ticket(self, update_id: int) -> Ticket | None:
        """Return the ticket of an update in work."""
        return self._open.get(update_id)

    def close(self, ticket: Ticket, *, finished: bool) -> None:
        """End an update; one that is given back will be delivered again."""
        self._open.pop(ticket.update_id, None)
        if finished and ticket.duty == "flood_notice":
            self._remember_notice(ticket)
        if finished:
            if len(self._settled) == SETTLED_KEPT:
                self._known.discard(self._settled[0])
            self._settled.append(ticket.update_id)
            self._known.add(ticket.update_id)
        else:
            self._next = min(self._next, ticket.update_id)
        if not ticket.done.done():
            ticket.done.set_result(finished)
        self._changed.set()

    def holding(self) -> list[Ticket]:
        """Return what the offset must not pass.

        A chat that waits longer than ten seconds for a 429 holds nothing any more;
        its updates are still answered, and only a kill can lose them.
        """
        now = asyncio.get_running_loop().time()
        return [t for t in self._open.values() if not self._parked(t, now)]

    def offset(self) -> int:
        """Return the lowest update that is not finished: where to poll from."""
        return min([t.update_id for t in self.holding()], default=self._next)

    async def settle(self, seconds: float) -> bool:
        """Wait until nothing holds the offset, at most so long; say if it is so.

        What waits for Telegram for longer than that is not waited for.
        """
        end = asyncio.get_running_loop().time() + seconds
        try:
            async with asyncio.timeout(seconds):
                while any(self._until.get(t.chat, 0) < end for t in self.holding()):
                    self._changed.clear()
                    await self._changed.wait()
        except TimeoutError:
            pass
        return not self.holding()

    @contextmanager
    def pause(self, seconds: float) -> Iterator[None]:
        """Mark the chat of the update in work as waiting for Telegram."""
        ticket = TICKET.get()
        if ticket is None:
            yield
            return
        ticket.more_time(seconds)
        now = asyncio.get_running_loop().time()
        self._since.setdefault(ticket.chat, now)
        self._until[ticket.chat] = now + seconds
        self._pauses[ticket.chat] += 1
        self._changed.set()
        try:
            yield
        finally:
            self._pauses[ticket.chat] -= 1
            if not self._pauses[ticket.chat]:
                del self._pauses[ticket.chat]
                del self._since[ticket.chat], self._until[ticket.chat]

    @asynccontextmanager
    async def turn(self, ticket: Ticket) -> AsyncIterator[None]:
        """Wait until the chat is free and no earlier update of it waits."""
        line = self._lines.setdefault(ticket.chat, _Line())
        if line.busy:
            place: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            line.waiting.append((ticket.update_id, place))
            try:
                await place
            except asyncio.CancelledError:
                if not place.cancelled():
                    self._advance(ticket.chat, line)
                raise
        line.busy = True
        try:
            yield
        finally:
            self._advance(ticket.chat, line)

    def _advance(self, chat: str, line: _Line) -> None:
        line.waiting = [spot for spot in line.waiting if not spot[1].done()]
        if line.waiting:
            # The line stays busy: nobody may slip in before the one that is woken.
            lowest = min(line.waiting, key=lambda spot: spot[0])
            line.waiting.remove(lowest)
            lowest[1].set_result(None)
        else:
            line.busy = False
            self._lines.pop(chat, None)

    def _parked(self, ticket: Ticket, now: float) -> bool:
        since = self._since.get(ticket.chat)
        return since is not None and now - max(since, ticket.since) > PATIENCE
