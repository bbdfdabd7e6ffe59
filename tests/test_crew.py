"""Tasks done by other processes come back in order, whatever happens to those."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from conftest import write_toy
from indexer import crew
from indexer.build import build


def double(number: int) -> int:
    return 2 * number


def double_and_die_once(number: int) -> int:
    if number == 120 and os.getppid() == int(os.environ["PARENT"]):
        os.kill(os.getpid(), signal.SIGKILL)
    return 2 * number


def where(number: int) -> int:
    return os.getpid()


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "PAYS_FROM", 1)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    monkeypatch.setenv("PARENT", str(os.getpid()))


@pytest.mark.usefixtures("small")
def test_outcomes_come_in_order_from_other_processes():
    tasks = range(510)

    assert list(crew.done(double, tasks, 510)) == [2 * number for number in tasks]
    assert os.getpid() not in set(crew.done(where, tasks, 510))


@pytest.mark.usefixtures("small")
def test_a_process_that_dies_costs_nothing_but_time():
    tasks = range(510)

    found = list(crew.done(double_and_die_once, tasks, 510))

    assert found == [2 * number for number in tasks]


@pytest.mark.parametrize("slow", [0, 100])
def test_few_slow_tasks_are_done_here(slow: int):
    assert set(crew.done(where, range(100_000), slow)) == {os.getpid()}


@pytest.mark.usefixtures("small")
def test_a_build_by_many_processes_is_the_build_of_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    knowledge = write_toy(tmp_path / "knowledge")
    for number in range(60):
        path = knowledge / "documents" / f"n{number:02}.md"
        path.write_bytes(b"\xff" if number % 20 == 3 else b"Radio %d." % number)
    by_many = build(knowledge, tmp_path / "many.db")
    monkeypatch.setattr(crew, "PAYS_FROM", 1_000)

    by_one = build(knowledge, tmp_path / "one.db")

    assert [problem.file for problem in by_many.problems] == [
        "documents/n03.md", "documents/n23.md", "documents/n43.md"
    ]  # fmt: skip
    assert list(map(str, by_many.problems)) == list(map(str, by_one.problems))
    assert (tmp_path / "many.db").read_bytes() == (tmp_path / "one.db").read_bytes()
