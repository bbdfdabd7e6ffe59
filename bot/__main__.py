"""The bot's command line: `python -m bot ask | chat | telegram | evaluate | ...`."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import click

from bot.settings import Settings, SettingsError, load
from indexer.errors import IndexerError

PATH = click.Path(path_type=Path)
INDEX = click.option("--index", type=PATH, default=None, help="The index file.")
KNOWLEDGE = click.option(
    "--knowledge", type=PATH, default=None, help="The knowledge folder."
)
AS_JSON = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
JOURNAL = click.option("--journal", type=PATH, default=None, help="The journal file.")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def cli() -> None:
    """Answer questions about COMMIT, with sources."""


def _assistant(settings: Settings, *, journal: bool = False) -> Any:
    from bot.assistant import Assistant

    return Assistant(
        index=settings.index,
        knowledge=settings.knowledge,
        journal=settings.journal if journal else None,
    )


@cli.command()
@INDEX
@KNOWLEDGE
@click.option(
    "--jsonl", is_flag=True, help='Read {"id","chat","text"} lines, write answers.'
)
@click.argument("question", required=False)
def ask(
    index: Path | None, knowledge: Path | None, jsonl: bool, question: str | None
) -> None:
    """Answer one question, or a stream of JSON lines."""
    if not jsonl and question is None:
        raise click.UsageError(
            "give a QUESTION, or --jsonl and lines on standard input"
        )
    settings = load(index=index, knowledge=knowledge)
    asyncio.run(_ask(_assistant(settings), question, jsonl=jsonl))


async def _ask(assistant: Any, question: str | None, *, jsonl: bool) -> None:
    from bot.transports import jsonl as lines

    async with assistant:
        if jsonl:
            await lines.serve(assistant, sys.stdin.buffer, sys.stdout)
            return
        from rich.console import Console

        from bot.transports.terminal import render

        answer = await assistant.ask("ask", question)
        Console(highlight=False).print(render(answer), soft_wrap=True)


@cli.command()
@INDEX
@KNOWLEDGE
def chat(index: Path | None, knowledge: Path | None) -> None:
    """Chat in the terminal; reads questions from a pipe too."""
    from bot.transports import terminal

    settings = load(index=index, knowledge=knowledge)
    terminal.run(_assistant(settings), settings)


@cli.command()
@INDEX
@KNOWLEDGE
@JOURNAL
def telegram(index: Path | None, knowledge: Path | None, journal: Path | None) -> None:
    """Answer on Telegram, by polling or by webhook."""
    settings = load(index=index, knowledge=knowledge, journal=journal)
    if settings.token is None:
        click.echo(
            "COMMIT_BOT_TOKEN is not set; BotFather gives one (see README)", err=True
        )
        sys.exit(2)
    from bot.transports.telegram_chat.run import run

    sys.exit(run(settings))


@cli.command()
@INDEX
@KNOWLEDGE
@click.option("--half", type=click.Choice(["work", "final", "both"]), default="work")
@click.option("--set", "sets", multiple=True, help="Only these question sets, by name.")
@AS_JSON
@click.option("--html", type=PATH, default=None, help="Write a report with curves.")
@click.option("--wrong", is_flag=True, help="List the cases that went wrong.")
def evaluate(
    index: Path | None,
    knowledge: Path | None,
    half: str,
    sets: tuple[str, ...],
    as_json: bool,
    html: Path | None,
    wrong: bool,
) -> None:
    """Measure answers on the question sets of the knowledge folder."""
    from bot import evaluation

    settings = load(index=index, knowledge=knowledge)
    cases = evaluation.read_cases(
        settings.knowledge / "questions", half=half, sets=sets
    )
    results = asyncio.run(evaluation.run(_assistant(settings), cases))
    if as_json:
        click.echo(json.dumps(evaluation.summary(results)))
    else:
        evaluation.print_table(results, wrong=wrong)
    if html is not None:
        from bot.report import write_report

        write_report(results, html)


@cli.command()
@INDEX
@KNOWLEDGE
@click.option(
    "--fail-on",
    type=click.Choice(["lost", "changed"]),
    default=None,
    help="Exit 1 if an answer is lost, or lost or changed.",
)
@AS_JSON
@click.argument("old", type=PATH, required=False)
@click.argument("new", type=PATH, required=False)
def diff(
    index: Path | None,
    knowledge: Path | None,
    fail_on: str | None,
    as_json: bool,
    old: Path | None,
    new: Path | None,
) -> None:
    """List the answers that differ between two indexes.

    Without OLD and NEW: the previous index and the present one.
    """
    from bot import diff as comparing
    from indexer.printing import progress
    from indexer.store import previous_of

    if old is not None and new is None:
        raise click.UsageError("give both OLD and NEW, or neither")
    settings = load(index=index, knowledge=knowledge)
    old, new = old or previous_of(settings.index), new or settings.index
    questions = comparing.questions_of(old, new, settings.knowledge / "questions")
    found = asyncio.run(comparing.diff(old, new, questions, track=progress))
    if as_json:
        click.echo(json.dumps([comparing.fields(one) for one in found]))
    else:
        for one in found:
            click.echo("\n".join(comparing.lines(one)))
    counts = {c: sum(d.change == c for d in found) for c in ("lost", "changed", "new")}
    shown = ", ".join(f"{number} {change}" for change, number in counts.items())
    click.echo(f"{len(questions)} questions: {shown}", err=True)
    if (counts["lost"] and fail_on) or (counts["changed"] and fail_on == "changed"):
        sys.exit(1)


@cli.command()
@JOURNAL
@AS_JSON
def unanswered(journal: Path | None, as_json: bool) -> None:
    """Show what was asked in vain, as counts from five upward."""
    from bot.journal import Journal

    path = load(journal=journal).journal
    counts = []
    if path.is_file():
        with closing(Journal(path)) as opened:
            counts = opened.most_unanswered()
    if as_json:
        rows = [{**key._asdict(), "count": count} for key, count in counts]
        click.echo(json.dumps(rows))
        return
    if not counts:
        click.echo("nothing was asked in vain five times or more", err=True)
    for key, count in counts:
        told = [f"{name} {value}" for name, value in key._asdict().items() if value]
        click.echo(f"{count:>5}  {', '.join(told)}")


def main() -> None:
    """Run the command line: one line of error; exit 1 on failure, 2 on misuse."""
    logging.basicConfig(
        level=logging.WARNING, format="%(levelname)s %(name)s: %(message)s"
    )
    _guarded(lambda: cli(prog_name="python -m bot"))


def _guarded(run: Callable[[], None]) -> None:
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        run()
    except SettingsError as error:
        click.echo(str(error), err=True)
        sys.exit(2)
    except IndexerError as error:
        click.echo(str(error), err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
