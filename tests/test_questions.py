"""The question sets: readable, unique, and never indexed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

QUESTIONS = Path(__file__).parent.parent / "knowledge" / "questions"
WORDS = {
    "unknown", "clarify", "smalltalk",
    "safety", "possible", "self_harm", "harmless",
}  # fmt: skip
SETS = sorted(QUESTIONS.glob("*.yaml"))


def cases(path: Path) -> list[dict[str, Any]]:
    found = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.BaseLoader)
    return list(found["questions"])


@pytest.mark.parametrize("path", SETS, ids=lambda path: path.stem)
def test_every_case_has_a_question_and_an_expectation(path: Path):
    for case in cases(path):
        assert case["question"].strip() or case["kind"] == "empty"
        assert isinstance(case["expect"], list) or case["expect"] in WORDS, case["id"]


def test_ids_are_unique_over_all_sets():
    ids = [case["id"] for path in SETS for case in cases(path)]

    assert len(ids) == len(set(ids))


def test_sets_are_as_large_as_promised():
    sizes = {path.stem: len(cases(path)) for path in SETS}

    assert sizes["english"] + sizes["followups"] >= 400
    assert sizes["safety"] >= 300
    assert sizes["harmless"] >= 300
