"""Figures as text: what was measured, the ratios against the goals, the slopes."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from benchmarks.figures import Figures
from benchmarks.ratios import GOALS, GROWTH, growth

# Measure: its title, and what its unit is worth.
MICRO, MILLI, MIB = 1e-6, 1e-3, 2.0**20
ASKING = {
    "first": ("first time, µs", MICRO),
    "first p99": ("its p99, µs", MICRO),
    "warm": ("warm, µs", MICRO),
    "warm p99": ("its p99, µs", MICRO),
    "cold": ("cold start, ms", MILLI),
}
KEEPING = {
    "build": ("build, s", 1.0),
    "searched": ("searched, MiB", MIB),
    "whole": ("file, MiB", MIB),
    "anonymous": ("anonymous, MiB", MIB),
    "resident": ("resident, MiB", MIB),
    "change": ("1 changed, ms", MILLI),
    "add": ("1,000 added, ms", MILLI),
}
SLOPES = ("first", "warm", "build", "searched", "anonymous")
NOTHING = "–"


def everything(figures: Figures) -> str:
    """Return all tables."""
    parts = [
        f"{size:,} passages, and 1,000 to add: {told}."
        for size, told in figures.told.items()
    ]
    parts.append(NOTES)
    for size in figures.sizes:
        for title, columns in (("asking", ASKING), ("keeping", KEEPING)):
            parts.append(f"{size:,} passages, {title}: median (range of the rounds)")
            parts.append(_measured(figures, size, columns))
    parts += [
        "Ours divided by the peer's; judged at the sizes of the goal (*)",
        ratios(figures),
        "Slopes: b where a measure grows as (passages)^b",
        slopes(figures),
    ]
    return "\n\n".join(parts)


NOTES = """\
All words are lower-case stems, the same for everybody; stop words are kept. CPU time,
one thread, a process a phase. "First time": each question once, words of earlier ones
cached where somebody caches; "warm": the same questions again. Slow contestants are
asked fewer. Cold start: a new process to its first hit, ours as `python -m indexer
search`. Build: passages to index on disk, libraries already imported; ours reads them
from files, looks them over and keeps their text, which nobody else here does.
"1 changed", "1,000 added": a new process, for ours a whole `build`; the other
contestants have no way but a full build. "Searched" of ours: words, lists and lengths.
linear_kernel: TfidfVectorizer, pickled; transposed: the same, its matrix transposed
once; memory is that after all questions (not available where the system does not
tell)."""


def _measured(
    figures: Figures, size: int, columns: dict[str, tuple[str, float]]
) -> str:
    shown = [
        peer
        for peer in figures.values[size]
        if any(figures.rounds(size, peer, measure) for measure in columns)
    ]
    rows = [
        [peer, *(_cell(figures.rounds(size, peer, measure), unit, measure)
                 for measure, (_, unit) in columns.items())]
        for peer in shown
    ]  # fmt: skip
    return table(["", *(title for title, _ in columns.values())], rows)


def _cell(rounds: Sequence[float], unit: float, measure: str) -> str:
    if not rounds:
        return "not available" if measure in ("anonymous", "resident") else NOTHING
    ordered = sorted(rounds)
    middle = (ordered[(len(ordered) - 1) // 2] + ordered[len(ordered) // 2]) / 2
    low, high = number(ordered[0] / unit), number(ordered[-1] / unit)
    told = number(middle / unit)
    return told if low == high else f"{told} ({low}-{high})"


def number(value: float) -> str:
    """Return three digits that count, no more.

    >>> number(0.01234), number(3.14159), number(12345.6)
    ('0.0123', '3.14', '12,346')
    """
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.3g}"


def ratios(figures: Figures) -> str:
    """Return the table of goals."""
    rows = []
    for goal in GOALS:
        shown = [
            _ratio(goal.ratio(figures, size)) + ("*" if size in goal.sizes else "")
            for size in figures.sizes
        ]
        stretch = NOTHING if goal.stretch is None else f"{goal.stretch:g}"
        against = "our full build" if goal.peer == "ours" else goal.peer
        rows.append([goal.name, against, *shown, f"{goal.must:g}", stretch,
                     goal.verdict(figures)])  # fmt: skip
    rows.append(_growth_row(figures))
    sizes = [f"{size:,}" for size in figures.sizes]
    return table(["measure", "peer", *sizes, "must", "stretch", ""], rows)


def _growth_row(figures: Figures) -> list[str]:
    name, _, _, must, stretch = GROWTH
    found = growth(figures)
    verdict = "not run"
    if found is not None:
        met = "met, stretch too" if found <= stretch else "met"
        verdict = met if found <= must else "NOT MET"
    shown = [NOTHING] * (len(figures.sizes) - 1) + [_ratio(found)]
    return [name, "ours at 10k", *shown, f"{must:g}", f"{stretch:g}", verdict]


def _ratio(value: float | None) -> str:
    return NOTHING if value is None else number(value)


def slopes(figures: Figures) -> str:
    """Return the table of slopes."""
    titles = ASKING | KEEPING
    rows = [
        [peer, *(_ratio(figures.slope(peer, measure)) for measure in SLOPES)]
        for peer in figures.peers
        if figures.slope(peer, "first") is not None
    ]
    return table(["", *(titles[m][0].partition(",")[0] for m in SLOPES)], rows)


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return rows in columns: the first to the left, the others to the right.

    >>> print(table(["", "b"], [["one", "2"]]))
         b
    one  2
    """
    whole = [list(head), *map(list, rows)]
    widths = [max(len(row[i]) for row in whole) for i in range(len(head))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in whole
    )
