"""What a change of the knowledge does to the answers: two indexes, the same questions.

Every way of asking that either index stores, and every message of the question sets,
is asked of both. A way of asking is a chat of its own; chats of the sets keep order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple

from bot.assistant import Assistant
from bot.evaluation import read_cases
from bot.types import Answer
from indexer.search import Index

Change = Literal["lost", "changed", "new"]
Track = Callable[[Sequence["Question"], str], Iterable["Question"]]
ANSWERED = ("answer", "safety")


class Question(NamedTuple):
    """A message to ask of both indexes; `origin` says where it stands."""

    origin: str
    chat: str
    text: str


@dataclass(frozen=True, slots=True)
class Difference:
    """A question that the two indexes answer differently.

    Attributes:
        change: lost (answered before, not now), changed (other words), or new.
    """

    change: Change
    question: Question
    old: Answer
    new: Answer


async def diff(
    old: Path, new: Path, questions: Sequence[Question], *, track: Track
) -> list[Difference]:
    """Ask all questions of two indexes and return where they differ.

    Each index answers with its own copy of the safety file.

    Args:
        track: Wraps what is iterated over, to show progress.
    """
    if _build_of(old) == _build_of(new):
        return []
    before = await _replay(old, track(questions, "Asking the old"))
    after = await _replay(new, track(questions, "Asking the new"))
    found = []
    for question, one, other in zip(questions, before, after, strict=True):
        change = compare(one, other)
        if change:
            found.append(Difference(change, question, one, other))
    return found


def _build_of(index: Path) -> str:
    with closing(Index(index)) as opened:
        return opened.build_id


async def _replay(index: Path, questions: Iterable[Question]) -> list[Answer]:
    # There is no such folder: then an index answers with its own copy.
    async with Assistant(index=index, knowledge=index / "none") as assistant:
        return [await assistant.ask(q.chat, q.text) for q in questions]


def compare(old: Answer, new: Answer) -> Change | None:
    """Say what became of an answer; None where neither answers, or both alike."""
    before, after = old.kind in ANSWERED, new.kind in ANSWERED
    if before and not after:
        return "lost"
    if after and not before:
        return "new"
    if before and (old.text, old.citations) != (new.text, new.citations):
        return "changed"
    return None


def questions_of(old: Path, new: Path, sets: Path) -> list[Question]:
    """Return every way of asking of two indexes, then every message of the sets.

    Args:
        sets: The folder of question sets; need not exist.
    """
    ways: dict[str, str] = {}
    for index in (new, old):
        with closing(Index(index)) as opened:
            for document in opened.documents():
                passage = opened.fact(document.id)
                for text in passage.variants if passage else ():
                    ways.setdefault(text, document.id)
    found = [Question(fact, f"way {text}", text) for text, fact in ways.items()]
    cases = read_cases(sets, half="both")
    found += [Question(f"{c.set} {c.id}", c.chat, c.question) for c in cases]
    return found


def lines(difference: Difference) -> list[str]:
    """Return a difference as the command prints it."""
    question = difference.question
    shown = [f'{difference.change}: "{question.text}" ({question.origin})']
    for name, answer in (("before", difference.old), ("now", difference.new)):
        text = " ".join(answer.text.split())
        shown.append(f"  {name:<7}{_kind(answer)}: {text}")
    return shown


def _kind(answer: Answer) -> str:
    detail = answer.reason or ", ".join(_documents(answer))
    return f"{answer.kind} ({detail})" if detail else answer.kind


def _documents(answer: Answer) -> list[str]:
    return list(dict.fromkeys(id.partition("@")[0] for id in answer.passage_ids))


def fields(difference: Difference) -> dict[str, Any]:
    """Return a difference as plain JSON values."""
    return {
        "change": difference.change,
        "question": difference.question.text,
        "origin": difference.question.origin,
        **{
            name: {
                "kind": answer.kind,
                "reason": answer.reason,
                "documents": _documents(answer),
                "text": answer.text,
            }
            for name, answer in (("old", difference.old), ("new", difference.new))
        },
    }
