"""Measuring in a process of its own, so that memory is that of one thing."""

from __future__ import annotations

import multiprocessing
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple, TypeVar

ROOT = Path(__file__).parent.parent
Outcome = TypeVar("Outcome")


class Cost(NamedTuple):
    """Wall time in seconds, and the peak of memory in MB."""

    seconds: float
    megabytes: float


def command(*arguments: object) -> Cost:
    """Run `python -m ...` and return what it cost, from start to end."""
    start = time.perf_counter()
    child = subprocess.Popen(
        [sys.executable, "-m", *map(str, arguments)],
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise SystemExit(f"{arguments} ended with {child.returncode}")
    return Cost(time.perf_counter() - start, _megabytes(usage.ru_maxrss))


def call(function: Callable[..., Outcome], *arguments: object) -> tuple[Outcome, float]:
    """Call a function in a fresh process; return its outcome and the peak memory."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, context) as pool:
        return pool.submit(_with_memory, function, arguments).result()


def _with_memory(
    function: Callable[..., Outcome], arguments: tuple[object, ...]
) -> tuple[Outcome, float]:
    outcome = function(*arguments)
    return outcome, _megabytes(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)


def _megabytes(peak: int) -> float:
    # Linux counts in kilobytes, macOS in bytes.
    return peak / (1e6 if sys.platform == "darwin" else 1e3)
