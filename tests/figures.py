"""What was reached on the question sets: run, stored, and compared case by case."""

from __future__ import annotations

import asyncio
import json
import tempfile
from pathlib import Path

from bot import evaluation
from bot.assistant import Assistant
from bot.evaluation import Result
from indexer.build import build

ROOT = Path(__file__).parent.parent
KNOWLEDGE = ROOT / "knowledge"
STORED = Path(__file__).parent / "data" / "figures.json"
# Both halves have been looked at; a set that is new begins with "work" again.
HALF = "work"
SHARES = (
    "right",
    "wrong_among_answers",
    "rightly_refused",
    "safety_recognised",
    "safety_false_replies",
    "safety_false_lines",
)


def results_of(index: Path) -> list[Result]:
    """Ask every case that may be looked at."""
    cases = evaluation.read_cases(KNOWLEDGE / "questions", half=HALF)
    assistant = Assistant(index=index, knowledge=KNOWLEDGE)
    return asyncio.run(evaluation.run(assistant, cases))


def stored() -> dict[str, dict[str, float]]:
    """Return the figures and verdicts stored last."""
    return json.loads(STORED.read_text(encoding="utf-8"))


def main() -> None:
    """Store the figures and every verdict as they are now."""
    with tempfile.TemporaryDirectory() as folder:
        index = Path(folder) / "index.db"
        build(KNOWLEDGE, index)
        results = results_of(index)
    figures = evaluation.summary(results)
    kept = {
        "half": HALF,
        "figures": {name: figures[name] for name in SHARES},
        "verdicts": {result.case.id: result.verdict for result in results},
    }
    STORED.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
