"""Fits the trees that judge follow-ups, on made-up conversations, and says what for.

The conversations of followups.yaml were written from the facts alone; none is of a
question set. Each message is asked after the right answers to those before it.

python -m benchmarks.followups [--index FILE] [--write]
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import yaml

from bot.judging import log_odds
from bot.smalltalk import remark
from bot.types import Answer, Turn
from bot.understanding import candidates, understand
from indexer.danger_trees import boosted, tree
from indexer.search import Index

HERE = Path(__file__).parent
CHATS = HERE / "followups.yaml"
WRITTEN = HERE.parent / "bot" / "followups.json"
TREES, RATE, LEAF_SIZE, SHARE, FOLDS = 150, 0.06, 30, 0.2, 5
# Log odds from which a fact is told, as if they were the index's own band. These chats
# are harder than those of the question sets, whose figures stand in docs/engine.md.
LEAST = 0.0


class Message(NamedTuple):
    """A message with its candidates: features, and are they what was asked for."""

    chat: int
    answerable: bool
    features: list[dict[str, float]]
    right: list[bool]


def messages(index: Index, chats: Sequence[Any]) -> Iterator[Message]:
    """Ask every chat in order, each message after the right answers before it.

    Remarks ("source?", "are you sure?") are answered without a search.
    """
    for number, chat in enumerate(chats):
        turns: list[Turn] = []
        for asked in chat:
            question, expect = asked["question"], asked["expect"]
            known = expect != "unknown"
            if remark(question):
                continue
            found = candidates(index, question, turns, "en")[1]
            if found:
                right = [
                    known and one.hit.passage.document_id in expect for one in found
                ]
                features = [dict(one.features) for one in found]
                yield Message(number, known, features, right)
            understood = understand(index, question, turns, "en")
            answer = Answer(
                "answer" if known else "unknown",
                "",
                reason=None if known else "aspect_unknown",
                passage_ids=(f"{expect[0]}@en#0",) if known else (),
            )
            now = datetime.now(UTC)
            subject = understood.subject
            turns.append(Turn(understood.question, answer, now, context=subject))


def _boosted() -> Any:
    return boosted(trees=TREES, rate=RATE, leaf_size=LEAF_SIZE, share=SHARE)


class Table(NamedTuple):
    """All candidates of all messages, a row each."""

    names: list[str]
    rows: Any
    right: Any
    message: Any


def table(asked: Sequence[Message]) -> Table:
    """Return the candidates as arrays; `message` says whose each is."""
    names = sorted({name for one in asked for row in one.features for name in row})
    rows = [[row.get(name, 0.0) for name in names] for one in asked for row in one[2]]
    right = [truth for one in asked for truth in one.right]
    sizes = [len(one.right) for one in asked]
    message = np.repeat(np.arange(len(asked)), sizes)
    return Table(names, np.array(rows), np.array(right), message)


def unseen(data: Table, asked: Sequence[Message]) -> Any:
    """Return each candidate's log odds by trees that saw nothing of its chat."""
    from sklearn.model_selection import GroupKFold

    odds = np.zeros(len(data.rows))
    chats = np.array([one.chat for one in asked])[data.message]
    for train, test in GroupKFold(FOLDS).split(data.rows, groups=chats):
        model = _boosted().fit(data.rows[train], data.right[train])
        odds[test] = model.decision_function(data.rows[test])
    return odds


def outcome(
    data: Table, asked: Sequence[Message], odds: Any, least: float
) -> tuple[float, float, float]:
    """Return right of what can be answered, wrong of answers, refused of the rest."""
    best = [np.flatnonzero(data.message == n) for n in range(len(asked))]
    first = np.array([rows[np.argmax(odds[rows])] for rows in best])
    answered, right = odds[first] >= least, data.right[first]
    can = np.array([one.answerable for one in asked])
    return (
        float((answered & right).sum() / max(can.sum(), 1)),
        float((answered & ~right).sum() / max(answered.sum(), 1)),
        float((~answered & ~can).sum() / max((~can).sum(), 1)),
    )


def main() -> None:
    """Fit, print what it is worth on chats not seen, and write the trees."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", type=Path, default=Path("state/index.db"))
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    index = Index(options.index)
    chats = yaml.safe_load(CHATS.read_text(encoding="utf-8"))["chats"]
    asked = list(messages(index, chats))
    data = table(asked)
    odds = unseen(data, asked)
    print(
        f"{len(chats)} chats, {len(asked)} messages that lean, {len(data.rows)} facts"
    )
    print("least odds   right   wrong   refused")
    grid = np.arange(-2.0, 2.01, 0.1)
    found = [outcome(data, asked, odds, least) for least in grid]
    for least, shares in zip(grid, found, strict=True):
        print(f"{least:10.1f}", *(f"{share:7.3f}" for share in shares))
    if options.write:
        model = _boosted().fit(data.rows, data.right)
        shift = log_odds(index.bands("en")[0]) - LEAST
        fields = {
            "features": data.names,
            "start": round(float(model._baseline_prediction[0, 0]) + shift, 6),
            "trees": [tree(stage[0].nodes) for stage in model._predictors],
        }
        WRITTEN.write_text(json.dumps(fields) + "\n", encoding="utf-8")
    index.close()


if __name__ == "__main__":
    main()
