"""Many tasks done by processes of their own, in order, where that pays."""

from __future__ import annotations

import os
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

Task = TypeVar("Task")
Outcome = TypeVar("Outcome")
Work = Callable[[Task], Outcome]

# To start a process that reads costs a second; so many slow tasks take some ten.
PAYS_FROM = 3_000
AT_ONCE = 50


def done(
    work: Work[Task, Outcome], tasks: Sequence[Task], slow: int
) -> Iterator[Outcome]:
    """Yield the outcome of each task, in order.

    Args:
        slow: So many of the tasks take longer than to send their outcome.
        work: A function of a module, that raises nothing it cannot pickle.
    """
    workers = min(os.cpu_count() or 1, 4)
    if slow < PAYS_FROM or workers == 1:
        yield from map(work, tasks)
        return
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    waiting = deque(
        tasks[place : place + AT_ONCE] for place in range(0, len(tasks), AT_ONCE)
    )
    # Spawned, not forked: the builder has a database open.
    pool = ProcessPoolExecutor(
        workers, get_context("spawn"), initializer=_end_with, initargs=(os.getpid(),)
    )
    with pool:
        yield from _ordered(pool, work, waiting, ahead=3 * workers)


def _ordered(
    pool: ProcessPoolExecutor,
    work: Work[Task, Outcome],
    waiting: deque[Sequence[Task]],
    ahead: int,
) -> Iterator[Outcome]:
    """Keep some batches under way, and no more: outcomes are large."""
    from concurrent.futures.process import BrokenProcessPool

    started: deque[tuple[Sequence[Task], Future[list[Outcome]] | None]] = deque()
    while waiting or started:
        while waiting and len(started) < ahead:
            batch = waiting.popleft()
            started.append((batch, _submitted(pool, work, batch)))
        batch, future = started.popleft()
        try:
            outcomes = future.result() if future else _all(work, batch)
        except BrokenProcessPool:
            # Processes that die (or cannot start) only cost time.
            outcomes = _all(work, batch)
        yield from outcomes


def _submitted(
    pool: ProcessPoolExecutor, work: Work[Task, Outcome], batch: Sequence[Task]
) -> Future[list[Outcome]] | None:
    from concurrent.futures.process import BrokenProcessPool

    try:
        return pool.submit(_all, work, batch)
    except BrokenProcessPool:
        return None


def _all(work: Work[Task, Outcome], batch: Sequence[Task]) -> list[Outcome]:
    return [work(task) for task in batch]


def _end_with(parent: int) -> None:
    """End this process when the builder is gone, also if that was killed."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()
