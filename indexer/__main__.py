"""The indexer's command line: `python -m indexer build | check | explain | ...`."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from indexer import settings
from indexer.errors import IndexerError
from indexer.printing import (
    print_error,
    print_explanation,
    print_findings,
    print_hits,
    print_report,
    progress,
    report_fields,
)

Command = TypeVar("Command", bound=Callable[..., Any])
KNOWLEDGE = click.option(
    "--knowledge",
    type=click.Path(path_type=Path),
    default=settings.KNOWLEDGE,
    envvar=f"{settings.PREFIX}KNOWLEDGE",
    show_default=True,
    help="The knowledge folder.",
)
INDEX = click.option(
    "--index",
    type=click.Path(path_type=Path),
    default=settings.INDEX,
    envvar=f"{settings.PREFIX}INDEX",
    show_default=True,
    help="The index file.",
)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Turn a knowledge folder into an index, and look into it."""


@cli.command()
@KNOWLEDGE
@INDEX
@click.option("--full", is_flag=True, help="Read everything anew.")
@click.option("--trial", is_flag=True, help="Write beside the index, swap nothing.")
@AS_JSON
def build(knowledge: Path, index: Path, full: bool, trial: bool, as_json: bool) -> None:
    """Bring the index up to date with the knowledge folder."""
    from indexer.build import build as run

    beside = index.with_name(f"{index.stem}.trial{index.suffix}") if trial else None
    report = run(knowledge, index, full=full, trial=beside, track=progress)
    if as_json:
        click.echo(json.dumps(report_fields(report)))
    else:
        print_report(report, beside or index)
    if report.problems:
        sys.exit(1)


@cli.command()
@INDEX
@click.option("--limit", default=5, show_default=True, type=click.IntRange(1, 100))
@click.option("--jsonl", is_flag=True, help='Read {"id","text"} lines, write hits.')
@click.argument("question", required=False)
def search(index: Path, limit: int, jsonl: bool, question: str | None) -> None:
    """Show the best facts and passages for a question."""
    from indexer.jsonl import hits_of, serve
    from indexer.search import Index

    if not jsonl and question is None:
        raise click.UsageError(
            "give a QUESTION, or --jsonl and lines on standard input"
        )
    with closing(Index(index)) as searcher:
        if jsonl:
            serve(searcher, limit, sys.stdin.buffer)
        else:
            print_hits(hits_of(searcher, question or "", limit))


@cli.command()
@KNOWLEDGE
@INDEX
@click.option(
    "--verify", is_flag=True, help="Read the whole file and compare checksums."
)
@AS_JSON
def status(knowledge: Path, index: Path, verify: bool, as_json: bool) -> None:
    """Say what is in the index, and whether the knowledge is newer."""
    from indexer.status import status_of

    fields = status_of(knowledge, index, verify=verify)
    if as_json:
        click.echo(json.dumps(fields))
        return
    intake = fields.pop("intake")
    for name, value in fields.items():
        click.echo(f"{name.replace('_', ' ') + ':':<22}{value}")
    for name, lines in intake.items():
        for line in lines:
            click.echo(f"look at {name}: {line}")


@cli.command()
@KNOWLEDGE
@INDEX
@click.option("--strict", is_flag=True, help="Exit 1 on warnings too.")
@click.option("--overdue", is_flag=True, help="Only reviews that are overdue.")
@click.option(
    "--phrasings", is_flag=True, help="Ask every way of asking again; takes a while."
)
@AS_JSON
def check(
    knowledge: Path,
    index: Path,
    strict: bool,
    overdue: bool,
    phrasings: bool,
    as_json: bool,
) -> None:
    """Name everything that is wrong with the knowledge folder."""
    from indexer import checks

    _folder_or_error(knowledge)
    now = datetime.now(UTC).date()
    found = (checks.overdue if overdue else checks.check)(knowledge, now=now)
    failed = any(finding.level == "error" for finding in found)
    if phrasings and not failed:
        from indexer.phrasings import check_phrasings

        found += check_phrasings(knowledge, index, track=progress)
    if as_json:
        click.echo(json.dumps([asdict(finding) for finding in found]))
    else:
        print_findings(found)
    # A review that is overdue is all that --overdue looks for: then it counts.
    if failed or (found and (strict or overdue)):
        sys.exit(1)


def _folder_or_error(knowledge: Path) -> None:
    if not knowledge.is_dir():
        reason = f"there is no folder {knowledge}; name one with --knowledge"
        raise IndexerError(reason)


@cli.command()
@KNOWLEDGE
@INDEX
@click.option(
    "--draft",
    type=click.Path(path_type=Path),
    default=None,
    help="A YAML file of facts, taken in as if it were in the folder.",
)
@click.option("--limit", default=5, show_default=True, type=click.IntRange(1, 100))
@AS_JSON
@click.argument("question")
def explain(
    knowledge: Path,
    index: Path,
    draft: Path | None,
    limit: int,
    as_json: bool,
    question: str,
) -> None:
    """Show how a question is understood, and why facts rank as they do."""
    from indexer import explain as explaining
    from indexer.search import Index

    if draft is None:
        with closing(Index(index)) as searcher:
            explained = explaining.explain(searcher, question, limit=limit)
    else:
        with explaining.draft_index(knowledge, index, draft) as (opened, ids, faults):
            for fault in faults:
                click.echo(f"a build would refuse: {fault}", err=True)
            explained = explaining.explain(opened, question, limit=limit, drafts=ids)
    if as_json:
        click.echo(json.dumps(asdict(explained)))
    else:
        print_explanation(explained)


@cli.command()
@KNOWLEDGE
@INDEX
def watch(knowledge: Path, index: Path) -> None:
    """Rebuild on every change, until Ctrl-C; the last good index stays."""
    from indexer import watch as watching

    _folder_or_error(knowledge)
    click.echo(f"watching {knowledge}; Ctrl-C ends it", err=True)
    for outcome in watching.watch(knowledge, index, watching.changes_below(knowledge)):
        if isinstance(outcome, IndexerError):
            print_error(outcome)
        else:
            print_report(outcome, index)


@cli.command()
@INDEX
def restore(index: Path) -> None:
    """Swap the previous index back."""
    from indexer.swapping import restore as run

    run(index)
    click.echo(f"{index} is the previous index again", err=True)


def main() -> None:
    """Run the command line; one line on standard error and exit 1 on failure."""
    settings.load_env_file()
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        cli(prog_name="python -m indexer")
    except IndexerError as error:
        print_error(error)
        sys.exit(1)


if __name__ == "__main__":
    main()
