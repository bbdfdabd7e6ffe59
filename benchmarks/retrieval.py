"""Ranking passages: what it costs us, and what it costs the libraries people take.

Sizes side by side in one run; each phase of each contestant in a process of its own,
on one thread; CPU time; contestants take turns, round by round; every figure is the
median of the rounds, with their range.

python -m benchmarks.retrieval [--sizes 1000 10000 100000] [--large] [--rounds 3]
    [--peers NAME ...] [--out FILE.json | --read FILE.json ...]
    [--chart FILE.svg] [--curves FOLDER]
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import tables
from benchmarks.corpus import Corpus, corpus, questions
from benchmarks.figures import Figures, joined
from benchmarks.phases import contestants, folder_of, lines
from benchmarks.ratios import START

ROOT = Path(__file__).parent.parent
SMALL, LARGE = (1_000, 10_000), 1_000_000
ASKED, ADDED = 1_000, 1_000
# Of a million, only these are built in reasonable time and memory.
OF_A_MILLION = ("ours", "ours, whole search", "tantivy", "SQLite FTS5")
THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "RAYON_NUM_THREADS")
# Our modules are compiled once, as those of installed packages are.
COMPILED = {"PYTHONDONTWRITEBYTECODE": ""}


def run(*command: object) -> tuple[str, float]:
    """Run a command with one thread; return what it printed and its CPU time."""
    with TemporaryDirectory() as name:
        printed = Path(name, "printed")
        with printed.open("wb") as file:
            child = subprocess.Popen(
                [sys.executable, *map(str, command)],
                cwd=ROOT,
                env={**os.environ, **dict.fromkeys(THREADS, "1"), **COMPILED},
                stdin=subprocess.DEVNULL,
                stdout=file,
            )
            _, status, usage = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            raise SystemExit(f"{command} ended with {child.returncode}")
        return printed.read_text("utf-8"), usage.ru_utime + usage.ru_stime


def phase(name: str, peer: str, work: Path, number: int) -> dict[str, float]:
    """Measure one phase of one contestant."""
    printed, _ = run("-m", "benchmarks.phases", name, peer, work, number)
    measured: dict[str, float] = json.loads(printed)
    return measured


def write_texts(work: Path, text: Corpus, size: int) -> None:
    """Write what the phases read; the last thousand passages are those to add."""
    from benchmarks.ours import Ours

    passages, more = text.passages[:size], text.passages[size:]
    parts = {
        "passages": passages,
        "more": more,
        "questions": questions(passages, ASKED),
    }
    for name, part in parts.items():
        (work / f"{name}.txt").write_text("\n".join(part) + "\n", encoding="utf-8")
    Ours(folder_of("ours", work)).lay_out(passages)


def measure(
    figures: Figures, work: Path, size: int, peers: Sequence[str], rounds: int
) -> None:
    """Measure all phases of all contestants at one size."""
    owners = {folder_of(peer, work): peer for peer in reversed(peers)}
    builders = [peer for peer in peers if peer in owners.values()]
    for name, number, peer in _turns(peers, builders, rounds):
        _tell(f"{size:,}: {name}, round {number + 1}, {peer}")
        if name == "build":
            shutil.rmtree(folder_of(peer, work), ignore_errors=True)
        if name == "cold":
            figures.add(size, peer, {"cold": _cold(peer, work, number)})
        else:
            figures.add(size, peer, phase(name, peer, work, number))
    _tell("")


def _tell(doing: str) -> None:
    if sys.stderr.isatty():
        print(f"\r{doing:<60}\r", end="", file=sys.stderr, flush=True)


def _turns(
    peers: Sequence[str], builders: Sequence[str], rounds: int
) -> Iterator[tuple[str, int, str]]:
    """Yield phase, round and contestant: the contestants take turns in each round."""
    known = contestants()
    growing = [peer for peer in builders if known[peer].grows]
    starting = [*builders, START]
    order = {
        "build": builders, "cold": starting, "ask": peers, "change": growing,
        "add": growing,
    }  # fmt: skip
    for name, taking_turns in order.items():
        for number in range(rounds):
            for peer in taking_turns:
                yield name, number, peer


def _cold(peer: str, work: Path, number: int) -> float:
    """Return the CPU time from nothing to the first hit; of ours, as users start it."""
    if peer == START:
        return run("-c", "import numpy, sqlite3")[1]
    if peer != "ours":
        return run("-m", "benchmarks.phases", "cold", peer, work)[1]
    question = lines(work / "questions.txt")[0]
    index = folder_of(peer, work) / "index.db"
    printed, spent = run("-m", "indexer", "search", "--index", index, question)
    if not printed.strip():
        raise SystemExit("our search found nothing")
    return spent


def measured(sizes: Sequence[int], peers: Sequence[str], rounds: int) -> Figures:
    """Measure at all sizes, one after the other."""
    figures = Figures()
    for size in sizes:
        text = corpus(size + ADDED)
        figures.told[size] = text.told()
        taking_part = [peer for peer in peers if size < LARGE or peer in OF_A_MILLION]
        with TemporaryDirectory() as name:
            write_texts(Path(name), text, size)
            measure(figures, Path(name), size, taking_part, rounds)
    return figures


def main() -> None:
    """Measure, or read what was measured; print tables, draw pictures."""
    names = list(contestants())
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=list(SMALL))
    parser.add_argument("--large", action="store_true", help="a million passages too")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--peers", nargs="+", choices=names, default=names)
    parser.add_argument("--out", type=Path, help="keep the figures in this file")
    parser.add_argument("--read", type=Path, nargs="+", help="measure nothing, read")
    parser.add_argument("--chart", type=Path, help="draw the chart of the README")
    parser.add_argument("--curves", type=Path, help="draw time and memory there")
    told = parser.parse_args()
    sizes = [*told.sizes, LARGE] if told.large else told.sizes
    figures = (
        joined(Figures.from_json(path.read_text("utf-8")) for path in told.read)
        if told.read
        else measured(sizes, told.peers, told.rounds)
    )
    if told.out:
        told.out.write_text(figures.to_json(), encoding="utf-8")
    print(tables.everything(figures))
    if told.chart or told.curves:
        from benchmarks import curves

        curves.draw(figures, told.chart, told.curves)


if __name__ == "__main__":
    main()
