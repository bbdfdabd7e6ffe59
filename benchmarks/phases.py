"""One phase of one contestant, in a process of its own.

python -m benchmarks.phases build|ask|cold|change|add PEER FOLDER [ROUND]

FOLDER holds `passages.txt`, `questions.txt` and `more.txt`, a text a line. What was
measured is printed as one line of JSON; times are CPU time, in seconds.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from benchmarks.peers import Peer

# Slow contestants are asked fewer questions: so much CPU time a pass is enough.
BUDGET = 1.5
AT_LEAST = 100
KILO = 1024


def contestants() -> dict[str, type[Peer]]:
    """Return the contestants by name, ours first."""
    from benchmarks import engines, ours, peers

    known: list[type[Peer]] = [
        ours.Ours, ours.OursWhole, peers.LinearKernel, peers.Transposed, peers.Bm25s,
        peers.Bm25sNonzero, engines.Tantivy, engines.Fts5,
    ]  # fmt: skip
    return {peer.name: peer for peer in known}


def folder_of(name: str, work: Path) -> Path:
    """Return where a contestant keeps its index; two of a kind share one."""
    shared = {"ours, whole search": "ours", "bm25s above zero": "bm25s"}
    return work / shared.get(name, name).replace(" ", "-")


def contestant(name: str, work: Path) -> Peer:
    """Return a contestant with its folder."""
    return contestants()[name](folder_of(name, work))


def lines(path: Path) -> list[str]:
    """Return the texts of a file."""
    return path.read_text("utf-8").splitlines()


def cpu() -> float:
    """Return the CPU time of this process and of the ended ones it started."""
    import resource

    ended = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + ended.ru_utime + ended.ru_stime


def build(peer: Peer, work: Path, number: int) -> dict[str, float]:
    """Build from nothing; imports are not counted."""
    passages = lines(work / "passages.txt")
    peer.prepare()
    before, wall = cpu(), time.perf_counter()
    peer.build(passages)
    times = {"build": cpu() - before, "build wall": time.perf_counter() - wall}
    return times | peer.bytes()


def cold(peer: Peer, work: Path, number: int) -> dict[str, float]:
    """Open, and find the best passage for one question."""
    peer.open()
    with (work / "questions.txt").open(encoding="utf-8") as file:
        found = peer.ranked(peer.ask(next(file).rstrip("\n")))
    return {"best": found[0][0]}


def ask(peer: Peer, work: Path, number: int) -> dict[str, float]:
    """Ask each question once, then all of them again."""
    questions = lines(work / "questions.txt")
    peer.open()
    peer.ask(questions.pop())
    first = _timed(peer.ask, questions)
    memory = _memory()
    warm = _timed(peer.ask, questions[: len(first)])
    return {
        "first": _share(first, 0.5),
        "first p99": _share(first, 0.99),
        "warm": _share(warm, 0.5),
        "warm p99": _share(warm, 0.99),
        "asked": len(first),
        **memory,
    }


def _timed(ask: Callable[[str], Any], questions: list[str]) -> list[float]:
    times: list[float] = []
    spent = 0.0
    for question in questions:
        begun = time.process_time_ns()
        ask(question)
        times.append((time.process_time_ns() - begun) / 1e9)
        spent += times[-1]
        if spent > BUDGET and len(times) >= AT_LEAST:
            break
    return sorted(times)


def _share(ordered: list[float], share: float) -> float:
    return ordered[min(int(share * len(ordered)), len(ordered) - 1)]


def _memory() -> dict[str, float]:
    """Return anonymous and all resident bytes; nothing where no system tells."""
    status = Path("/proc/self/status")
    if not status.exists():
        return {}
    told = dict(line.split(":", 1) for line in lines(status))
    names = {"anonymous": "RssAnon", "resident": "VmRSS"}
    return {key: KILO * int(told[name].split()[0]) for key, name in names.items()}


def change(peer: Peer, work: Path, number: int) -> dict[str, float]:
    """Change one document in the middle; a process that knows nothing yet."""
    passages = lines(work / "passages.txt")
    place = len(passages) // 2 // 10 * 10 + 10 * number
    old = passages[place]
    changed = [f"{old} zyx", *passages[place + 1 : place + 10]]
    _lay_out(peer, changed, place)
    return {"change": _grown(peer, lambda: peer.change(place, old, changed[0]))}


def add(peer: Peer, work: Path, number: int) -> dict[str, float]:
    """Add a thousand passages."""
    more = lines(work / "more.txt")
    size = len(lines(work / "passages.txt")) + number * len(more)
    _lay_out(peer, more, size)
    return {"add": _grown(peer, lambda: peer.add(more, size))}


def _lay_out(peer: Peer, passages: list[str], first: int) -> None:
    from benchmarks.ours import Ours

    if isinstance(peer, Ours):
        peer.lay_out(passages, first)


def _grown(peer: Peer, grow: Callable[[], None]) -> float:
    before = cpu()
    peer.reopen()
    grow()
    return cpu() - before


PHASES = {"build": build, "cold": cold, "ask": ask, "change": change, "add": add}


def main(arguments: list[str]) -> None:
    """Run one phase."""
    phase, name, work = arguments[0], arguments[1], Path(arguments[2])
    number = int(arguments[3]) if len(arguments) > 3 else 0
    peer = contestant(name, work)
    print(json.dumps(PHASES[phase](peer, work, number)))


if __name__ == "__main__":
    main(sys.argv[1:])
