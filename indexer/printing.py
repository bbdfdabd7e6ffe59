"""What the indexer's commands print for people."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from indexer.errors import IndexerError, printable

if TYPE_CHECKING:
    from indexer.build import Report
    from indexer.confidence import Calibration
    from indexer.explain import Explanation, Ranked
    from indexer.findings import Finding

BAR = 24
"""Characters of the longest bar: a share of 1."""


def progress(things: Sequence[Any], label: str) -> Iterable[Any]:
    """Show a bar with the time left, on a terminal only."""
    if not sys.stderr.isatty() or len(things) < 2:
        return things
    return _bar(things, label)


def _bar(things: Sequence[Any], label: str) -> Iterator[Any]:
    with click.progressbar(things, label=f"{label:<18}", file=sys.stderr) as bar:
        yield from bar


def print_error(error: IndexerError) -> None:
    """Print an error to standard error, each of its notes on a line above."""
    for line in (*getattr(error, "__notes__", ()), str(error)):
        click.echo(line, err=True)


def print_report(report: Report, path: Path) -> None:
    """Say what a build did: what was left out first, then what changed."""
    for problem in report.problems:
        click.echo(f"left out: {problem}", err=True)
    for draft in report.drafts:
        click.echo(draft, err=True)
    size = (
        f"{report.facts} facts, {report.documents} documents "
        f"({report.passages} passages)"
    )
    if not report.written:
        click.echo(f"{path} is up to date: {size}", err=True)
        return
    click.echo(f"{path}: {size}, build {report.build_id}", err=True)
    for verb in ("added", "changed", "removed"):
        ids = getattr(report, verb)
        if ids:
            shown = ", ".join(ids[:5]) + (
                f" and {len(ids) - 5} more" if len(ids) > 5 else ""
            )
            click.echo(f"  {verb} {len(ids)}: {shown}", err=True)
    for name, lines in report.intake.items():
        for line in lines:
            click.echo(f"  look at {name}: {line}", err=True)
    click.echo(f"  {_calibration_line(report.calibration)}", err=True)


def _calibration_line(calibration: Calibration) -> str:
    if not calibration.calibrated:
        return "confidence: fixed rule, uncalibrated (too few facts to learn from)"
    return (
        f"confidence: answers from {calibration.answer:.2f}; ways of asking left out: "
        f"wrong among answers: promised {calibration.promised:.1%}, "
        f"seen {calibration.seen:.1%}"
    )


def report_fields(report: Report) -> dict[str, Any]:
    """Return what a build did, as plain JSON values."""
    return {
        "build_id": report.build_id,
        "written": report.written,
        "facts": report.facts,
        "documents": report.documents,
        "passages": report.passages,
        "added": report.added,
        "changed": report.changed,
        "removed": report.removed,
        "problems": [str(problem) for problem in report.problems],
        "drafts": report.drafts,
        "intake": report.intake,
    }


def print_hits(hits: Iterable[dict[str, Any]]) -> None:
    """Print hits: score, space and document, and how the text begins."""
    for hit in hits:
        click.echo(f"{hit['score']:7.3f}  {hit['space']:8}  {hit['document']}")
        click.echo(f"         {hit['text']}")


def print_findings(findings: Sequence[Finding]) -> None:
    """Print what a check found, one line each, and how much it is."""
    for finding in findings:
        click.echo(str(finding))
    errors = sum(finding.level == "error" for finding in findings)
    warnings = len(findings) - errors
    click.echo(f"{_count(errors, 'error')}, {_count(warnings, 'warning')}", err=True)


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def print_explanation(explained: Explanation) -> None:
    """Print how a question is understood, then each fact with a bar chart."""
    click.echo(f"question    {printable(explained.question)}")
    for name, value in _understood(explained).items():
        if value:
            click.echo(f"{name:<12}{printable(value)}")
    click.echo(
        f"bands       answers from {explained.answer:.2f}, "
        f"asks back from {explained.clarify:.2f}"
    )
    if not explained.ranking:
        click.echo("\nNo fact holds any of these words.")
    for ranked in explained.ranking:
        click.echo("")
        _print_ranked(ranked)


def _understood(explained: Explanation) -> dict[str, str]:
    def weighed(terms: Any) -> str:
        return ", ".join(f"{term} {weight:g}" for term, weight in terms.items())

    return {
        "language": explained.language,
        "read as": ", ".join(f"{a} -> {b}" for a, b in explained.repaired.items()),
        "terms": weighed(explained.terms),
        "synonyms": weighed(explained.synonyms),
        "entities": ", ".join(explained.entities),
        "countries": ", ".join(explained.countries),
        "places": ", ".join(explained.places),
        "years": ", ".join(explained.years),
        "asks for": ", ".join(explained.kinds),
        "unknown": ", ".join(explained.unknown),
    }


def _print_ranked(ranked: Ranked) -> None:
    mark = " (draft)" if ranked.draft else ""
    click.echo(f"{ranked.rank}. {ranked.id}{mark}: {printable(ranked.title)}")
    for name, share in (*ranked.terms.items(), ("letters", ranked.letters)):
        bar = "#" * round(BAR * share)
        click.echo(f"   {printable(name):<24} {share:6.3f} {bar}".rstrip())
    together = sum(ranked.terms.values()) + ranked.letters
    click.echo(
        f"   {'score':<24} {ranked.score:6.3f} = {together:.3f} x contrast "
        f"{ranked.contrast:.2f} x likeness {ranked.likeness:.2f}"
    )
    click.echo(f"   {'confidence':<24} {ranked.confidence:6.3f}")
    hidden = ("words", "grams", "contrast")
    features = [
        f"{name} {value:.2f}"
        for name, value in ranked.features.items()
        if name not in hidden and value
    ]
    click.echo(f"   {', '.join(features)}")
