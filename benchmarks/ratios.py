"""The goals of retrieval: ours divided by a peer's, in one run."""

from __future__ import annotations

from typing import NamedTuple

from benchmarks.figures import Figures

HUNDRED = (100_000,)
SMALL = (1_000, 10_000)
START = "python, numpy, sqlite3"


class Goal(NamedTuple):
    """A ratio to stay at or below.

    Attributes:
        sizes: Where it is to hold; at other sizes it is shown, not judged.
        measure: Ours and, unless `against` names another, the peer's.
        most: A bound on our own figure beside the ratio, in the measure's unit.
    """

    name: str
    sizes: tuple[int, ...]
    measure: str
    peer: str
    must: float
    stretch: float | None = None
    against: str = ""
    most: float | None = None

    def ratio(self, figures: Figures, size: int) -> float | None:
        """Return ours divided by the peer's."""
        theirs = (self.peer, self.against or self.measure)
        return figures.ratio(size, ("ours", self.measure), theirs)

    def verdict(self, figures: Figures) -> str:
        """Return whether it is met wherever it is to hold."""
        ratios = {size: self.ratio(figures, size) for size in self.sizes}
        known = {size: ratio for size, ratio in ratios.items() if ratio is not None}
        if not known:
            return "not run"
        worst = max(known.values())
        own = [figures.median(size, "ours", self.measure) or 0.0 for size in known]
        if worst > self.must or (self.most is not None and max(own) > self.most):
            return "NOT MET"
        if self.stretch is not None and worst <= self.stretch:
            return "met, stretch too"
        return "met"


ABOVE, TANTIVY, KERNEL = "bm25s above zero", "tantivy", "linear_kernel"
GOALS = (
    Goal("warm question", HUNDRED, "warm", ABOVE, 0.5, 0.3),
    Goal("warm question", HUNDRED, "warm", TANTIVY, 0.5, 0.3),
    Goal("warm question", HUNDRED, "warm", KERNEL, 0.01),
    Goal("warm question", HUNDRED, "warm", "transposed", 0.25),
    Goal("first time", HUNDRED, "first", ABOVE, 0.65),
    Goal("first time", HUNDRED, "first", TANTIVY, 2.0, 1.0),
    Goal("warm p99", HUNDRED, "warm p99", ABOVE, 1.0, 1.0),
    Goal("warm p99", HUNDRED, "warm p99", TANTIVY, 1.4, 1.0),
    Goal("first time, under 0.2 ms", SMALL, "first", ABOVE, 3, 1.5, most=0.0002),
    Goal("cold start", (*SMALL, *HUNDRED), "cold", KERNEL, 0.2),
    Goal("cold start", (*SMALL, *HUNDRED), "cold", START, 1.8, 1.3),
    Goal("build", HUNDRED, "build", KERNEL, 1.2),
    Goal("build, wall", HUNDRED, "build wall", KERNEL, 1.2, 0.7),
    Goal("disk, searched part", HUNDRED, "searched", KERNEL, 0.62),
    Goal("disk, searched part", HUNDRED, "searched", "bm25s", 0.88, 0.5),
    Goal("anonymous memory", HUNDRED, "anonymous", "bm25s", 0.45, 0.3),
    Goal("one document changed", HUNDRED, "change", "ours", 0.15, 0.1, "build"),
)
GROWTH = ("growth of a warm question, 10k to 1M", 10_000, 1_000_000, 40.0, 15.0)


def growth(figures: Figures) -> float | None:
    """Return how many times longer a warm question takes at a million."""
    _, small, large, _, _ = GROWTH
    before = figures.median(small, "ours", "warm")
    after = figures.median(large, "ours", "warm")
    return after / before if before and after else None
