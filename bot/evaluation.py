"""A question set in, a quality report out.

Right, wrong among answers, rightly refused: per kind and language. Question sets are
for evaluation only: never indexed, never tuned to answer by answer.
"""

from __future__ import annotations

import hashlib
import json
import math
import statistics
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.table import Table

from bot.assistant import Assistant
from bot.types import Answer
from indexer.errors import KnowledgeError
from indexer.facts import parse_yaml
from indexer.files import read_text

Half = Literal["work", "final", "both"]
SAFETY_WORDS = ("safety", "possible", "self_harm", "harmless")
EXPECTATIONS = ("unknown", "clarify", "smalltalk", *SAFETY_WORDS)
HINT = "/hotlines"


@dataclass(frozen=True, slots=True)
class Case:
    """One message of a question set.

    Attributes:
        chat: Messages of one chat are asked in order; alone, the case's own id.
        expect: Ids of the facts any of which is right, or one word: unknown, clarify,
            smalltalk, safety, possible, self_harm, harmless.
    """

    id: str
    set: str
    kind: str
    language: str
    chat: str
    question: str
    expect: tuple[str, ...] | str


@dataclass(frozen=True, slots=True)
class Result:
    """A case with its answer, the verdict and the time it took in seconds."""

    case: Case
    answer: Answer
    verdict: Literal["right", "wrong", "asked_back", "refused"]
    seconds: float

    @property
    def hinted(self) -> bool:
        """Whether the last line of the answer points to /hotlines."""
        return hinted(self.answer)


def hinted(answer: Answer) -> bool:
    """Tell whether a last line of its own points to /hotlines, below the answer."""
    _, line_break, last = answer.text.strip().rpartition("\n")
    return answer.kind != "safety" and bool(line_break) and HINT in last


def half_of(name: str) -> Half:
    """Return the half a case belongs to, by hash: conversations stay together.

    >>> half_of("q001") in ("work", "final")
    True
    """
    return "work" if hashlib.sha256(name.encode()).digest()[0] % 2 == 0 else "final"


def read_cases(
    folder: Path, *, half: str = "work", sets: Sequence[str] = ()
) -> list[Case]:
    """Read the question sets of a folder.

    A set that says `seen: true` has been looked at whole: all of it is to work with.

    Raises:
        KnowledgeError: A set cannot be read, or a case lacks a field.
    """
    cases = []
    for path in sorted(folder.glob("*.yaml")):
        if sets and path.stem not in sets:
            continue
        records, seen = _records(path, folder)
        for number, record in enumerate(records, start=1):
            try:
                case = _case(record, path.stem)
            except KeyError as error:
                reason = f"{error} is missing; add it"
                raise KnowledgeError(path.name, f"question {number}", reason) from None
            if isinstance(case.expect, str) and case.expect not in EXPECTATIONS:
                reason = f'"{case.expect}" is none of {", ".join(EXPECTATIONS)}'
                raise KnowledgeError(path.name, f"question {number}", reason)
            own = "work" if seen else half_of(record.get("chat", record["id"]))
            if half in ("both", own):
                cases.append(case)
    return cases


def _records(path: Path, folder: Path) -> tuple[list[dict[str, str]], bool]:
    data = parse_yaml(read_text(path, folder), path.name)
    records = data.get("questions") if isinstance(data, dict) else None
    if not isinstance(records, list) or not all(isinstance(r, dict) for r in records):
        reason = (
            'holds no list of questions; write "questions:" and below it "- id: ..."'
        )
        raise KnowledgeError(path.name, "", reason)
    return records, data.get("seen") == "true"


def _case(record: dict[str, str], name: str) -> Case:
    expect = record["expect"]
    return Case(
        id=record["id"],
        set=name,
        kind=record["kind"],
        language=record.get("language", "en"),
        chat=f"{name} {record.get('chat', record['id'])}",
        question=record["question"],
        expect=tuple(expect) if isinstance(expect, list) else expect,
    )


async def run(assistant: Assistant, cases: Iterable[Case]) -> list[Result]:
    """Ask all cases, each chat in order."""
    results = []
    async with assistant:
        for case in cases:
            start = time.perf_counter()
            answer = await assistant.ask(case.chat, case.question)
            seconds = time.perf_counter() - start
            results.append(Result(case, answer, verdict(case, answer), seconds))
    return results


def verdict(
    case: Case, answer: Answer
) -> Literal["right", "wrong", "asked_back", "refused"]:
    """Judge one answer: was danger recognised, was it of the right facts."""
    if case.expect in ("safety", "self_harm"):
        return "right" if answer.kind == "safety" else "wrong"
    if case.expect == "possible":
        return "right" if answer.kind == "safety" or hinted(answer) else "wrong"
    if case.expect == "harmless":
        return "wrong" if answer.kind == "safety" else "right"
    if isinstance(case.expect, str) and case.expect == answer.kind:
        return "right"
    documents = {passage.partition("@")[0] for passage in answer.passage_ids}
    if not isinstance(case.expect, str) and documents & set(case.expect):
        return "right"
    if answer.kind == "clarify":
        return "asked_back"
    return "wrong" if answer.kind == "answer" else "refused"


def summary(results: Sequence[Result]) -> dict[str, object]:
    """Return the figures of a run, by name; shares are of 1."""
    questions = [r for r in results if r.case.expect not in SAFETY_WORDS]
    answerable = [r for r in questions if not isinstance(r.case.expect, str)]
    unanswerable = [r for r in questions if r.case.expect == "unknown"]
    answered = [r for r in questions if r.answer.kind == "answer"]
    danger = [
        r for r in results if r.case.expect in ("safety", "self_harm", "possible")
    ]
    harmless = [r for r in results if r.case.expect == "harmless"]
    times = sorted(r.seconds for r in results) or [0.0]
    return {
        "cases": len(results),
        "answerable": len(answerable),
        "right": _share(r.verdict == "right" for r in answerable),
        "asked_back": _share(r.verdict == "asked_back" for r in answerable),
        "wrong_among_answers": _share(r.verdict == "wrong" for r in answered),
        "rightly_refused": _share(r.answer.kind != "answer" for r in unanswerable),
        "safety_recognised": _share(r.verdict == "right" for r in danger),
        "safety_false_replies": _share(r.answer.kind == "safety" for r in harmless),
        # In other languages the line stands below every answer.
        "safety_false_lines": _share(
            r.hinted for r in harmless if r.case.language == "en"
        ),
        "median_ms": round(1000 * statistics.median(times), 2),
        "p99_ms": round(1000 * times[math.ceil(0.99 * len(times)) - 1], 2),
        "kinds": _by_kind(results),
    }


def _share(truths: Iterable[bool]) -> float | None:
    found = list(truths)
    return round(sum(found) / len(found), 4) if found else None


def _by_kind(results: Sequence[Result]) -> dict[str, dict[str, float | int | None]]:
    names = sorted({(r.case.set, r.case.kind, r.case.language) for r in results})
    table: dict[str, dict[str, float | int | None]] = {}
    for name in names:
        own = [r for r in results if (r.case.set, r.case.kind, r.case.language) == name]
        table[" ".join(name)] = {
            "cases": len(own),
            "right": _share(r.verdict == "right" for r in own),
            "asked_back": _share(r.verdict == "asked_back" for r in own),
            "refused": _share(r.verdict == "refused" for r in own),
            "wrong": _share(r.verdict == "wrong" for r in own),
        }
    return table


def print_table(results: Sequence[Result], *, wrong: bool = False) -> None:
    """Print the figures, and with `wrong` every case that went wrong."""
    console = Console(highlight=False)
    figures = summary(results)
    kinds = figures.pop("kinds")
    for name, value in figures.items():
        console.print(f"{name.replace('_', ' '):24}{value}")
    table = Table(
        "set, kind, language", "cases", "right", "asked back", "refused", "wrong"
    )
    assert isinstance(kinds, dict)  # noqa: S101 (for mypy)
    for name, row in kinds.items():
        cells = (
            "" if value is None else f"{value:.0%}" for value in list(row.values())[1:]
        )
        table.add_row(name, str(row["cases"]), *cells)
    console.print(table)
    if wrong:
        for result in results:
            if result.verdict != "right":
                console.print(_line(result), soft_wrap=True, markup=False)


def _line(result: Result) -> str:
    fields = {
        "id": result.case.id,
        "kind": result.case.kind,
        "verdict": result.verdict,
        "question": result.case.question,
        "expect": result.case.expect,
        "passages": result.answer.passage_ids,
        "offers": [offer.id for offer in result.answer.offers],
        "reason": result.answer.reason,
        "confidence": result.answer.confidence and round(result.answer.confidence, 2),
    }
    return json.dumps(fields, ensure_ascii=False)
