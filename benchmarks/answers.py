"""What answers cost: building, starting, a question; beside the naive way.

The naive way reads all passages into `TfidfVectorizer`, multiplies by `linear_kernel`
and sorts everything. Both run in processes of their own, one after the other.

python -m benchmarks.answers [PASSAGES ...]     (10000, unless told)
"""

from __future__ import annotations

import asyncio
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from benchmarks.apart import call, command
from benchmarks.synthetic import texts, write_folder
from indexer.build import build
from indexer.search import Index

KNOWLEDGE = Path(__file__).parent.parent / "knowledge"
SIZES = (10_000,)
PASSAGES_A_DOCUMENT = 10
ASKED = 300


class Speed(NamedTuple):
    """Seconds to be ready, then milliseconds a question: median and 99th percentile."""

    ready: float
    median: float
    slow: float


def timed(start: float, ask: Callable[[str], object], asked: Sequence[str]) -> Speed:
    """Ask all questions one by one.

    Args:
        start: When getting ready began.
    """
    ready = time.perf_counter() - start
    times = []
    for question in asked:
        begun = time.perf_counter()
        ask(question)
        times.append(1000 * (time.perf_counter() - begun))
    slow = statistics.quantiles(times, n=100)[98]
    return Speed(ready, statistics.median(times), slow)


def ways_of_asking(index: Path, number: int) -> list[str]:
    """Return ways of asking of an index, evenly spread over its facts."""
    with closing(Index(index)) as opened:
        facts = [opened.fact(document.id) for document in opened.documents()]
    ways = [text for fact in facts if fact for text in fact.variants]
    return ways[:: max(len(ways) // number, 1)][:number]


def passages_of(index: Path) -> list[str]:
    """Return the text of every passage and every fact of an index."""
    with closing(Index(index)) as opened:
        facts = opened.store.all_passages("facts:en")
        passages = opened.store.all_passages("passages:en")
    return [" ".join((p.title, *p.variants, p.text)) for p in [*facts, *passages]]


def assistant(index: Path, knowledge: Path, asked: Sequence[str]) -> Speed:
    """Ask the whole bot."""
    from bot.assistant import Assistant

    async def ask_all() -> Speed:
        start = time.perf_counter()
        async with Assistant(index=index, knowledge=knowledge) as bot:
            ready, times = time.perf_counter() - start, []
            for number, question in enumerate(asked):
                begun = time.perf_counter()
                await bot.ask(str(number), question)
                times.append(1000 * (time.perf_counter() - begun))
        slow = statistics.quantiles(times, n=100)[98]
        return Speed(ready, statistics.median(times), slow)

    return asyncio.run(ask_all())


def engine(index: Path, asked: Sequence[str]) -> Speed:
    """Ask the search alone."""
    start = time.perf_counter()
    with closing(Index(index)) as opened:
        return timed(start, opened.search, asked)


def naive(index: Path, asked: Sequence[str]) -> Speed:
    """Ask scikit-learn's defaults: everything in memory, everything sorted."""
    from sklearn.feature_extraction.text import (
        TfidfVectorizer,
    )
    from sklearn.metrics.pairwise import linear_kernel

    passages = passages_of(index)
    start = time.perf_counter()
    vectorizer = TfidfVectorizer()
    matrix = vectorizer.fit_transform(passages)

    def ask(question: str) -> object:
        scores = linear_kernel(vectorizer.transform([question]), matrix)[0]
        return (-scores).argsort()[:10]

    return timed(start, ask, asked)


def measure(index: Path, asked: Sequence[str], knowledge: Path | None = None) -> None:
    """Print the cost of each way; ratios are to the naive way of the same run."""
    ways: dict[str, tuple[Callable[..., Speed], tuple[object, ...]]] = {
        "naive": (naive, (index, asked)),
        "search": (engine, (index, asked)),
    }
    if knowledge is not None:
        ways["whole bot"] = (assistant, (index, knowledge, asked))
    base: tuple[Speed, float] | None = None
    for name, (function, arguments) in ways.items():
        speed, megabytes = call(function, *arguments)
        base = base or (speed, megabytes)
        print(
            f"  {name:<10} ready {speed.ready:7.3f} s"
            f" ({speed.ready / base[0].ready:5.2f})"
            f"  median {speed.median:7.2f} ms ({speed.median / base[0].median:5.2f})"
            f"  99th {speed.slow:7.2f} ms ({speed.slow / base[0].slow:5.2f})"
            f"  {megabytes:5.0f} MB ({megabytes / base[1]:4.2f})"
        )


def real(folder: Path) -> None:
    """Measure on the project's knowledge."""
    index = folder / "real.db"
    cost = command("indexer", "build", "--knowledge", KNOWLEDGE, "--index", index)
    question = "Where was the 8th Senior Officials' Meeting held?"
    cold = [command("bot", "ask", "--index", index, question) for _ in range(5)]
    start = statistics.median(cost.seconds for cost in cold)
    asked = ways_of_asking(index, ASKED)
    print(f"our knowledge: built in {cost.seconds:.1f} s, {cost.megabytes:.0f} MB")
    print(f"  cold start of `bot ask`: {start:.2f} s, {cold[0].megabytes:.0f} MB")
    measure(index, asked, KNOWLEDGE)


def synthetic(folder: Path, passages: int) -> None:
    """Measure on made-up passages."""
    knowledge, index = folder / str(passages), folder / f"{passages}.db"
    write_folder(knowledge, passages // PASSAGES_A_DOCUMENT, PASSAGES_A_DOCUMENT)
    start = time.perf_counter()
    report, megabytes = call(build, knowledge, index)
    seconds = time.perf_counter() - start
    print(f"{report.passages:,} made-up passages: built in {seconds:.1f} s,"
          f" {megabytes:.0f} MB")  # fmt: skip
    measure(index, list(texts(ASKED, words=8, seed=11)))


def main() -> None:
    """Print the costs on our knowledge, then on made-up ones."""
    print("in brackets: the ratio to the naive way")
    with TemporaryDirectory() as name:
        real(Path(name))
        for size in [int(size) for size in sys.argv[1:]] or SIZES:
            synthetic(Path(name), size)


if __name__ == "__main__":
    main()
