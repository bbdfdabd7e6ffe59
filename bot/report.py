"""A run of `evaluate` as one HTML file: figures, curves, and what went wrong.

The file links to nothing and runs nothing; question texts in it are data and escaped.
Its picture is inline SVG, drawn by matplotlib (the optional extra `report`).
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from bot.evaluation import SAFETY_WORDS, Result, summary
from indexer.errors import ExtraMissingError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BINS = 10
CURE = (
    "the report's curves need matplotlib, which is not installed;"
    " run `pip install matplotlib` (the extra `report`)"
)
CURVES = "Risk and coverage, reliability, and confidence of right and wrong answers"
# matplotlib would write its own address and the date into the picture.
NO_METADATA = dict.fromkeys(("Creator", "Date", "Format", "Type"))
STYLE = """\
body { font: 16px/1.5 sans-serif; max-width: 70rem; margin: 2rem auto; padding: 0 1rem }
table { border-collapse: collapse; margin: 1rem 0 }
th, td { border-bottom: 1px solid #ccc; padding: .2rem .6rem; text-align: left;
  vertical-align: top; overflow-wrap: anywhere }
td.number { text-align: right; font-variant-numeric: tabular-nums }
figure { margin: 1rem 0 }
svg { max-width: 100%; height: auto }
"""
PAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>Quality of answers</title>
<style>
{style}</style>
</head>
<body>
{body}
</body>
</html>
"""


class Sure(NamedTuple):
    """A served answer: how sure the bot was, and was it right."""

    confidence: float
    right: bool


class Bin(NamedTuple):
    """The answers of one span of confidence: how many, mean confidence, share right."""

    cases: int
    confidence: float
    right: float


def write_report(results: Sequence[Result], path: Path) -> None:
    """Write a run as one self-contained HTML file.

    Raises:
        ExtraMissingError: matplotlib is not installed.
    """
    path.write_text(_page(results), encoding="utf-8", errors="backslashreplace")


def served(results: Iterable[Result]) -> list[Sure]:
    """Return the answers given to questions, surest first; safety is no question."""
    found = [
        Sure(result.answer.confidence, result.verdict == "right")
        for result in results
        if result.case.expect not in SAFETY_WORDS
        and result.answer.kind == "answer"
        and result.answer.confidence is not None
    ]
    return sorted(found, key=lambda answer: -answer.confidence)


def risk_coverage(answers: Sequence[Sure], asked: int) -> list[tuple[float, float]]:
    """Return (share of all questions answered, share of these wrong), surest first.

    >>> risk_coverage([Sure(0.9, True), Sure(0.8, False)], asked=4)
    [(0.25, 0.0), (0.5, 0.5)]
    """
    curve = []
    wrong = 0
    for count, answer in enumerate(answers, start=1):
        wrong += not answer.right
        curve.append((count / asked, wrong / count))
    return curve


def reliability(answers: Iterable[Sure]) -> list[Bin]:
    """Return the tenths of confidence that hold answers.

    >>> reliability([Sure(0.91, True), Sure(0.93, False)])
    [Bin(cases=2, confidence=0.92, right=0.5)]
    """
    bins: list[list[Sure]] = [[] for _ in range(BINS)]
    for answer in answers:
        bins[min(int(answer.confidence * BINS), BINS - 1)].append(answer)
    return [
        Bin(
            len(own),
            round(sum(answer.confidence for answer in own) / len(own), 4),
            round(sum(answer.right for answer in own) / len(own), 4),
        )
        for own in bins
        if own
    ]


# -- the page ------------------------------------------------------------------------


def _page(results: Sequence[Result]) -> str:
    answers = served(results)
    asked = sum(result.case.expect not in SAFETY_WORDS for result in results)
    figures = summary(results)
    kinds = figures.pop("kinds")
    assert isinstance(kinds, dict)  # noqa: S101 (for mypy)
    wrong = [result for result in results if result.verdict == "wrong"]
    parts = [
        "<h1>Quality of answers</h1>",
        _table(["figure", "value"], [[_words(n), v] for n, v in figures.items()]),
        "<h2>By set, kind and language</h2>",
        _kinds(kinds),
        "<h2>How sure, and how right</h2>",
        _figure(answers, asked),
        _table(["answers", "mean confidence", "right"], reliability(answers)),
        f"<h2>Wrong: {len(wrong)}</h2>",
        _wrong(wrong),
    ]
    return PAGE.format(style=STYLE, body="\n".join(parts))


def _words(name: str) -> str:
    return name.replace("_", " ")


def _kinds(kinds: dict[str, dict[str, float | int | None]]) -> str:
    columns = list(next(iter(kinds.values()), {}))
    rows = [[name, *row.values()] for name, row in kinds.items()]
    return _table(["set, kind, language", *map(_words, columns)], rows)


def _wrong(results: Sequence[Result]) -> str:
    """List what went wrong, with everything needed to look into it."""
    rows = [
        [
            result.case.id,
            f"{result.case.set}, {result.case.kind}, {result.case.language}",
            result.case.question,
            _ids(result.case.expect),
            _ids(result.answer.passage_ids) or result.answer.kind,
            result.answer.confidence and round(result.answer.confidence, 2),
        ]
        for result in results
    ]
    columns = ["case", "set, kind, language", "question", "expected", "given", "sure"]
    return _table(columns, rows) if rows else "<p>None.</p>"


def _ids(names: tuple[str, ...] | str) -> str:
    return names if isinstance(names, str) else ", ".join(names)


def _table(columns: Sequence[str], rows: Iterable[Iterable[object]]) -> str:
    head = "".join(f'<th scope="col">{escape(column)}</th>' for column in columns)
    body = "\n".join(f"<tr>{''.join(map(_cell, row))}</tr>" for row in rows)
    return f"<table>\n<tr>{head}</tr>\n{body}\n</table>"


def _cell(value: object) -> str:
    if isinstance(value, (int, float)):
        return f'<td class="number">{value}</td>'
    return f"<td>{'' if value is None else escape(str(value))}</td>"


# -- the picture ---------------------------------------------------------------------


def _figure(answers: Sequence[Sure], asked: int) -> str:
    """Draw three curves side by side in one picture, so that no two ids meet in it."""
    try:
        from matplotlib import rc_context
        from matplotlib.figure import Figure
    except ImportError:
        raise ExtraMissingError(CURE) from None
    drawn = io.StringIO()
    # The same run gives the same bytes; letters stay letters, for readers and size.
    with rc_context({"svg.hashsalt": "report", "svg.fonttype": "none"}):
        figure = Figure(figsize=(13, 4), layout="constrained")
        risk, reliable, histogram = figure.subplots(1, 3)
        _draw_risk(risk, risk_coverage(answers, asked))
        _draw_reliability(reliable, reliability(answers))
        _draw_histogram(histogram, answers)
        figure.savefig(drawn, format="svg", metadata=NO_METADATA)
    picture = drawn.getvalue()
    # Inside HTML the XML prolog has no place.
    picture = picture[picture.index("<svg") :]
    picture = picture.replace("<svg", f'<svg role="img" aria-label="{CURVES}"', 1)
    return (
        f"<figure>\n{picture}<figcaption>Served answers only, {len(answers)} of {asked}"
        " questions. An extract's confidence is the share of the question that its"
        " sentence covers.</figcaption>\n</figure>"
    )


def _draw_risk(axes: Axes, curve: Sequence[tuple[float, float]]) -> None:
    axes.set(title="Risk and coverage", xlim=(0, 1), ylim=(0, 1))
    axes.set(xlabel="share of questions answered", ylabel="wrong among them")
    axes.plot([point[0] for point in curve], [point[1] for point in curve], "C0-")


def _draw_reliability(axes: Axes, bins: Sequence[Bin]) -> None:
    axes.set(title="Reliability", xlim=(0, 1), ylim=(0, 1))
    axes.set(xlabel="mean confidence of a tenth", ylabel="share right")
    axes.plot([0, 1], [0, 1], color="0.7", linestyle="dashed")
    axes.plot([own.confidence for own in bins], [own.right for own in bins], "C0o-")


def _draw_histogram(axes: Axes, answers: Sequence[Sure]) -> None:
    axes.set(title="Confidence, right and wrong", xlabel="confidence", ylabel="answers")
    axes.hist(
        [
            [answer.confidence for answer in answers if answer.right],
            [answer.confidence for answer in answers if not answer.right],
        ],
        bins=BINS,
        range=(0, 1),
        stacked=True,
        color=["C0", "C3"],
        label=["right", "wrong"],
    )
    axes.legend(loc="upper left")
