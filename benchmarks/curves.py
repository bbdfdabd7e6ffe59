"""Pictures of a run: one chart for the README, curves of time and memory.

The same figures give the same bytes: no date, ids from a fixed salt.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import StringIO
from pathlib import Path
from typing import Any

from benchmarks.figures import Figures
from benchmarks.tables import MIB

SHOWN = {
    "ours": ("ours", "#0b5d8a"),
    "bm25s above zero": ("bm25s, picked above zero", "#c0504d"),
    "bm25s": ("bm25s as shipped", "#e0a09e"),
    "tantivy": ("tantivy", "#6a8f3c"),
    "transposed": ("scikit-learn, transposed once", "#8064a2"),
    "linear_kernel": ("scikit-learn, linear_kernel", "#b3a2c7"),
    "SQLite FTS5": ("SQLite FTS5", "#7f7f7f"),
}
STYLE = {
    "svg.hashsalt": "commit-question-bot",
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.size": 9,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.grid": True,
    "grid.color": "#dddddd",
    "grid.linewidth": 0.6,
}
FIRST = ("first", "A question, each for the first time", "CPU ms", 1e-3)
MEMORY = ("anonymous", "Memory after 1,000 questions", "anonymous MiB", MIB)
CHART = (FIRST, MEMORY)
CURVES = {
    "time": (
        FIRST,
        ("warm", "The same questions again", "CPU ms", 1e-3),
        ("cold", "Start to first hit", "CPU ms", 1e-3),
    ),
    "memory": (
        MEMORY,
        ("searched", "On disk: what is searched", "MiB", MIB),
        ("build", "Build", "CPU s", 1.0),
    ),
}


def draw(figures: Figures, chart: Path | None, curves: Path | None) -> None:
    """Draw the chart, and the curves into a folder."""
    if chart is not None:
        save(chart, figures, CHART)
    if curves is not None:
        curves.mkdir(parents=True, exist_ok=True)
        for name, panels in CURVES.items():
            save(curves / f"{name}.svg", figures, panels)


def save(
    path: Path, figures: Figures, panels: Sequence[tuple[str, str, str, float]]
) -> None:
    """Draw panels side by side, with one legend, as SVG."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot

    with mpl.rc_context(STYLE):
        width = 3.6 * len(panels)
        figure, axes = pyplot.subplots(
            1, len(panels), figsize=(width, 3.9), squeeze=False
        )
        for axis, panel in zip(axes[0], panels, strict=True):
            _panel(axis, figures, *panel)
        names, labels = axes[0][0].get_legend_handles_labels()
        figure.legend(names, labels, loc="lower center", ncols=len(panels) + 1,
                      frameon=False, fontsize=8)  # fmt: skip
        figure.tight_layout(rect=(0, 0.3 / len(panels) + 0.02, 1, 1))
        drawn = StringIO()
        figure.savefig(drawn, format="svg", metadata={"Date": None})
        pyplot.close(figure)
    lines = (line.rstrip() for line in drawn.getvalue().splitlines())
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _panel(
    axis: Any, figures: Figures, measure: str, title: str, unit: str, worth: float
) -> None:
    from matplotlib.ticker import FuncFormatter

    for peer, (label, colour) in SHOWN.items():
        points = [
            (size, value / worth)
            for size in figures.sizes
            if (value := figures.median(size, peer, measure))
        ]
        width = 2.6 if peer == "ours" else 1.4
        if points:
            axis.plot(*zip(*points, strict=True), marker="o", markersize=width + 1,
                      color=colour, linewidth=width, label=label)  # fmt: skip
    axis.set_xscale("log")
    axis.set_yscale("log")
    axis.set_title(title, fontsize=10, loc="left")
    axis.set_ylabel(unit)
    axis.set_xlabel("passages")
    axis.set_xticks(figures.sizes, labels=[f"{size:,}" for size in figures.sizes])
    axis.xaxis.minorticks_off()
    axis.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
