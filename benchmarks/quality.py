"""What each step of the engine is worth, on public question sets and on our own.

    python -m benchmarks.quality --data DIR [--sets NAME ...] [--quick] [--json]

The sets, and how their figures are made, stand in the README of the data folder. Own
question sets are asked by `bot.evaluation`, the working half only.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple
from unittest.mock import patch

import click
from rich.console import Console
from rich.table import Table

from benchmarks import measures, public_sets
from benchmarks.contestants import Outcome, ask_engine, ask_tfidf, engine
from benchmarks.public_sets import QuestionSet
from benchmarks.steps import STEPS, WHOLE, Step
from bot import evaluation
from bot.assistant import Assistant
from indexer import build, facts
from indexer.facts import Curated, read_curated
from indexer.glossary import Glossary

LIMIT, QUICK_LIMIT = 1500, 250
OWN = "own"
# What the ablation table shows in a quick run.
QUICK_STEPS = ("stackfaq-k4", "stackfaq-typo", "stackfaq-left-out")
OWN_FIGURES = {
    "right": "right",
    "wrong_among_answers": "wrong",
    "rightly_refused": "refused",
}

Judge = Callable[[QuestionSet, Sequence[Outcome]], float]


class Measure(NamedTuple):
    """A figure and its aim; `most` where the aim is an upper bound."""

    name: str
    judge: Judge
    aim: float | None = None
    most: bool = False


class Task(NamedTuple):
    """A question set and what is measured on it.

    Attributes:
        slipped: Every question is asked twice, then with a slip.
        stepped: Its first figure stands in the table of steps.
    """

    name: str
    title: str
    make: Callable[[Path], QuestionSet]
    measures: tuple[Measure, ...]
    calibrated: bool = False
    slipped: bool = False
    stepped: bool = False


def _hit(aim: float) -> Measure:
    return Measure("hit@1", measures.hit_at_1, aim)


TASKS = (
    Task(
        "stackfaq-k1",
        "StackFAQ k1",
        partial(public_sets.stackfaq, asked=1),
        (_hit(0.78),),
    ),
    Task(
        "stackfaq-k4",
        "StackFAQ k4",
        partial(public_sets.stackfaq, asked=4),
        (_hit(0.91),),
        stepped=True,
    ),
    Task(
        "banking77",
        "Banking77 k5",
        partial(public_sets.banking77, asked=5),
        (_hit(0.64),),
        stepped=True,
    ),
    Task(
        "clinc150",
        "CLINC150 k5, drawn",
        partial(public_sets.clinc150, asked=5),
        (_hit(0.74),),
        stepped=True,
    ),
    Task(
        "clinc150-first",
        "CLINC150 k5, first five",
        partial(public_sets.clinc150, asked=5, drawn=False),
        (_hit(0.74),),
    ),
    Task(
        "stackfaq-typo",
        "StackFAQ k4, one typo",
        partial(public_sets.stackfaq, asked=4),
        (
            Measure("hit@1 with it", measures.hit_at_1_misspelt),
            Measure("loss of hit@1", measures.loss, 0.01, most=True),
        ),
        slipped=True,
        stepped=True,
    ),
    Task(
        "squad2",
        "SQuAD 2 paragraphs",
        public_sets.squad2,
        (_hit(0.82), Measure("right sentence", measures.right_sentence, 0.75)),
        stepped=True,
    ),
    *(
        Task(
            f"xquad-{language}",
            f"XQuAD {language}",
            partial(public_sets.xquad, language=language),
            (_hit(aim),),
        )
        for language, aim in (("en", 0.94), ("vi", 0.92), ("th", 0.93), ("zh", 0.93))
    ),
    Task(
        "clinc150-scope",
        "CLINC150 k20, out of scope",
        partial(public_sets.clinc150, asked=20, strangers=True),
        (Measure("AUROC", measures.auroc, 0.88),),
        calibrated=True,
    ),
    Task(
        "stackfaq-left-out",
        "StackFAQ k4, 40 % left out",
        partial(public_sets.stackfaq, asked=4, left_out=0.4),
        (Measure("right at 5 % wrong", measures.right_at_5_wrong, 0.60),),
        calibrated=True,
        stepped=True,
    ),
    Task(
        "canard",
        "CANARD follow-ups",
        public_sets.canard,
        (
            Measure("MRR@10, section", measures.section_reciprocal_rank, 0.64),
            Measure("MRR@10, answer", measures.reciprocal_rank, 0.64),
        ),
    ),
)
NAMES = [task.name for task in TASKS]


def questions_of(task: Task, folder: Path, limit: int) -> QuestionSet:
    """Read a task's question set, bounded."""
    data = public_sets.sampled(task.make(folder), limit)
    return public_sets.twice(data) if task.slipped else data


def asked(
    task: Task, data: QuestionSet, glossary: Glossary, step: Step = WHOLE
) -> list[Outcome]:
    """Ask the engine all questions of a task, one step switched off."""
    with step.off():
        whole = step.without(glossary)
        with engine(data, whole, calibrated=task.calibrated) as index:
            return [ask_engine(index, data, question) for question in data.questions]


def compared(
    tasks: Sequence[Task], folder: Path, glossary: Glossary, limit: int
) -> Iterator[dict[str, Any]]:
    """Yield a line for each measure: ours, scikit-learn's defaults, the aim."""
    for task in tasks:
        data = questions_of(task, folder, limit)
        ours = asked(task, data, glossary)
        theirs = ask_tfidf(data, data.questions)
        for name, judge, aim, most in task.measures:
            figure = round(judge(data, ours), 4)
            reached = aim is None or (figure <= aim if most else figure >= aim)
            yield {
                "set": task.title,
                "measure": name,
                "questions": len(data.questions),
                "ours": figure,
                "tfidf": round(judge(data, theirs), 4),
                "aim": aim,
                "reached": reached,
            }


def stepped(
    tasks: Sequence[Task], folder: Path, glossary: Glossary, limit: int
) -> dict[str, dict[str, float | None]]:
    """Return by step, then by set, the first figure with that step switched off."""
    sets = [(task, questions_of(task, folder, limit)) for task in tasks]
    table: dict[str, dict[str, float | None]] = {}
    for step in STEPS:
        _say(step.name)
        table[step.name] = {
            task.title: round(
                task.measures[0].judge(data, asked(task, data, glossary, step)), 4
            )
            for task, data in sets
        }
    return table


def own_figures(knowledge: Path, step: Step) -> dict[str, Any]:
    """Build our own knowledge with a step switched off; ask the working half.

    Messages of people in danger are left out: no step of the engine answers them.
    """

    def read(folder: Path) -> Curated:
        curated = read_curated(folder)
        curated.glossary = step.without(curated.glossary)
        # None of these messages is from somebody in danger: nothing to learn that from.
        curated.examples = None
        return curated

    cases = [
        case
        for case in evaluation.read_cases(knowledge / "questions", half="work")
        if case.expect not in evaluation.SAFETY_WORDS
    ]
    with TemporaryDirectory() as name, step.off():
        index = Path(name, "index.db")
        with patch.object(facts, "read_curated", read):
            build.build(knowledge, index)
        assistant = Assistant(index=index, knowledge=knowledge)
        figures = evaluation.summary(asyncio.run(evaluation.run(assistant, cases)))
    return {f"own: {label}": figures[name] for name, label in OWN_FIGURES.items()}


def _say(text: str) -> None:
    click.echo(f"{time.strftime('%H:%M:%S')} {text}", err=True)


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.option("--data", type=click.Path(path_type=Path, exists=True), required=True)
@click.option("--knowledge", type=click.Path(path_type=Path), default="knowledge")
@click.option("--sets", type=click.Choice([*NAMES, OWN]), multiple=True)
@click.option("--quick", is_flag=True, help=f"At most {QUICK_LIMIT} questions a set.")
@click.option("--steps/--no-steps", default=True, help="Switch each step off in turn.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def cli(
    data: Path,
    knowledge: Path,
    sets: tuple[str, ...],
    quick: bool,
    steps: bool,
    as_json: bool,
) -> None:
    """Measure the engine on public question sets, and what each step is worth."""
    tasks = [task for task in TASKS if not sets or task.name in sets]
    limit = QUICK_LIMIT if quick else LIMIT
    glossary = read_curated(knowledge).glossary
    lines = []
    for line in compared(tasks, data, glossary, limit):
        _say(f"{line['set']}: {line['measure']} {line['ours']}")
        lines.append(line)
    table: dict[str, dict[str, Any]] = {}
    if steps:
        shown = [t for t in tasks if t.stepped and (not quick or t.name in QUICK_STEPS)]
        table = stepped(shown, data, glossary, limit)
    if not sets or OWN in sets:
        for step in STEPS if steps and not quick else [WHOLE]:
            _say(f"own, {step.name}")
            table.setdefault(step.name, {}).update(own_figures(knowledge, step))
    if as_json:
        click.echo(json.dumps({"sets": lines, "steps": table}))
    else:
        _print_sets(lines)
        _print_steps(table)


def _print_sets(lines: Sequence[dict[str, Any]]) -> None:
    table = Table("set", "measure", "questions", "ours", "TF-IDF defaults", "aim", "")
    for line in lines:
        aim = "" if line["aim"] is None else f"{line['aim']:.2f}"
        figures = (f"{line[name]:.3f}" for name in ("ours", "tfidf"))
        mark = "" if line["reached"] else "below its aim"
        table.add_row(
            line["set"], line["measure"], str(line["questions"]), *figures, aim, mark
        )
    Console(width=120, highlight=False).print(table)


def _print_steps(steps: dict[str, dict[str, Any]]) -> None:
    """Print the whole engine's figures, and each step's difference to them."""
    if not steps:
        return
    whole = steps[WHOLE.name]
    table = Table("", *whole)
    for name, figures in steps.items():
        cells = []
        for column, base in whole.items():
            figure = figures.get(column)
            if figure is None or name == WHOLE.name:
                cells.append("" if figure is None else f"{figure:.3f}")
            else:
                cells.append(f"{figure:.3f} ({figure - base:+.3f})")
        table.add_row(name, *cells)
    Console(width=190, highlight=False).print(table)


if __name__ == "__main__":
    sys.exit(cli(prog_name="python -m benchmarks.quality"))
