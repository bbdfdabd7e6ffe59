"""The work on one update: in its chat's turn, in its time, finished exactly once."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import nullcontext
from typing import Any, Protocol

from telegram import Update
from telegram.error import TelegramError
from telegram.ext import BaseUpdateProcessor

from bot.transports.telegram_chat.inbox import TICKET, Inbox, Ticket
from bot.transports.telegram_chat.updates import take

logger = logging.getLogger(__name__)

WORK_SECONDS = 15.0
# More than one batch, or waiters for one chat's turn would keep out the other chats.
AT_ONCE = 1024


class Finished(Protocol):
    """What the work on updates needs of the assistant: its memory of ids."""

    async def finished(self, update_id: int) -> bool:
        """Say whether an update was finished before."""

    async def finish(self, update_id: int) -> None:
        """Keep that an update is finished."""


class ChatProcessor(BaseUpdateProcessor):
    """Chats side by side, each in its order; every update is finished exactly once."""

    def __init__(
        self,
        inbox: Inbox,
        memory: Finished,
        *,
        notice: Callable[[Update], Coroutine[Any, Any, None]],
        apologise: Callable[[Update], Coroutine[Any, Any, None]],
        work_seconds: float = WORK_SECONDS,
    ) -> None:
        super().__init__(AT_ONCE)
        self._inbox = inbox
        self._memory = memory
        self._notice = notice
        self._apologise = apologise
        self._work_seconds = work_seconds
        self._tasks: set[asyncio.Task[Any]] = set()
        self._stopped = False

    async def initialize(self) -> None:
        """Do nothing: there is nothing to open."""

    async def shutdown(self) -> None:
        """Do nothing: there is nothing to close."""

    async def cancel(self) -> None:
        """Stop all work; what is unfinished will be delivered again."""
        self._stopped = True
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def do_process_update(
        self, update: object, coroutine: Awaitable[Any]
    ) -> None:
        """Work on one update in its chat's turn, and keep that it is finished."""
        if not isinstance(update, Update) or self._stopped:
            _drop(coroutine)
            if isinstance(update, Update):
                self._give_back(update)
            return
        ticket = self._inbox.ticket(update.update_id) or take(self._inbox, update)
        task = asyncio.current_task()
        if ticket is None or task is None:
            _drop(coroutine)
            return
        self._tasks.add(task)
        token = TICKET.set(ticket)
        finished = False
        try:
            # What falls under a flood notice need not wait for its turn.
            waits = ticket.duty != "nothing"
            async with self._inbox.turn(ticket) if waits else nullcontext():
                await self._work(update, ticket, coroutine)
                await self._keep(update.update_id)
                finished = True
        except asyncio.CancelledError:
            if not self._stopped:
                raise
        finally:
            _drop(coroutine)
            TICKET.reset(token)
            self._tasks.discard(task)
            self._inbox.close(ticket, finished=finished)

    async def _work(
        self, update: Update, ticket: Ticket, coroutine: Awaitable[Any]
    ) -> None:
        if ticket.duty == "nothing":
            return
        if await self._came_again(update.update_id):
            logger.info("Update %d came again; it was finished.", update.update_id)
            return
        try:
            async with asyncio.timeout(self._work_seconds) as ticket.timer:
                if ticket.duty == "flood_notice":
                    await self._notice(update)
                else:
                    await coroutine
        except TimeoutError:
            logger.error("Update %d took too long; given up.", update.update_id)
            await self._say_sorry(update, ticket)
        except TelegramError as error:
            logger.warning("Update %d: %s.", update.update_id, type(error).__name__)

    async def _came_again(self, update_id: int) -> bool:
        try:
            return await self._memory.finished(update_id)
        except sqlite3.Error as error:
            logger.error("The journal cannot be read: %s.", type(error).__name__)
            return False

    async def _keep(self, update_id: int) -> None:
        try:
            await self._memory.finish(update_id)
        except sqlite3.Error as error:
            # Answering goes on: without the journal only a redelivery is doubled.
            logger.error("The journal cannot be written: %s.", type(error).__name__)

    async def _say_sorry(self, update: Update, ticket: Ticket) -> None:
        try:
            async with asyncio.timeout(self._work_seconds / 3) as ticket.timer:
                await self._apologise(update)
        except (TimeoutError, TelegramError) as error:
            logger.warning("No apology was sent: %s.", type(error).__name__)

    def _give_back(self, update: Update) -> None:
        ticket = self._inbox.ticket(update.update_id)
        if ticket is not None:
            self._inbox.close(ticket, finished=False)


def _drop(coroutine: Awaitable[Any]) -> None:
    """Close a coroutine that was never awaited, so that nobody warns about it."""
    if isinstance(coroutine, Coroutine):
        coroutine.close()
