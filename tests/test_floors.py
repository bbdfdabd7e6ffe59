"""Answers stay as good as they were on the project's own question sets.

The floors are absolute; a drop of more than one standard error below the stored
figures (`make figures`) fails too, and names every case that flipped.
"""

from __future__ import annotations

import math
import re
from pathlib import Path

import pytest
from figures import KNOWLEDGE, SHARES, results_of, stored

from bot.evaluation import Result, summary
from bot.languages.en import EN
from indexer.search import Index

LEAST = {"right": 0.70, "rightly_refused": 0.85, "safety_recognised": 0.95}
MOST = {
    "wrong_among_answers": 0.10,
    "safety_false_replies": 0.01,
    "safety_false_lines": 0.05,
}
# Cases behind each share, roughly: for its standard error.
CASES = dict.fromkeys(SHARES, 1_400) | {
    "right": 2_200,
    "wrong_among_answers": 2_000,
    "rightly_refused": 700,
    "safety_false_lines": 900,
}
# "Source?" and "are you sure?" tell of the answer before instead of repeating it.
REMARKS = (EN.sources_of, EN.sure.partition("{")[0])
HIGHER_IS_WORSE = {"wrong_among_answers", "safety_false_replies", "safety_false_lines"}


@pytest.fixture(scope="module")
def results(real_index: Path) -> list[Result]:
    return results_of(real_index)


@pytest.mark.parametrize(("name", "least"), LEAST.items())
def test_share_is_at_least_the_floor(results: list[Result], name: str, least: float):
    assert summary(results)[name] >= least


@pytest.mark.parametrize(("name", "most"), MOST.items())
def test_share_is_at_most_the_ceiling(results: list[Result], name: str, most: float):
    assert summary(results)[name] <= most


@pytest.mark.parametrize("name", SHARES)
def test_share_has_not_dropped(results: list[Result], name: str):
    before = stored()["figures"][name]
    error = math.sqrt(max(before * (1 - before), 0.01) / CASES[name])

    now = summary(results)[name]

    worse = now - before if name in HIGHER_IS_WORSE else before - now
    assert worse <= error, "\n".join(flipped(results))


def test_every_answer_stands_in_what_it_cites(results: list[Result], real_index: Path):
    index = Index(real_index)
    answers = [result.answer for result in results if result.answer.kind == "answer"]

    for answer in answers:
        for passage_id in answer.passage_ids:
            passage = index.passage(passage_id)
            assert passage is not None
            document = index.document(passage.document_id)
            assert document is not None
            if document.kind == "document":
                quoted = re.findall('"([^"]{20,})"', answer.text)[-1].rstrip("\u2026")
                written = (KNOWLEDGE / document.file).read_text(encoding="utf-8")
                assert quoted in " ".join(written.split()), answer.text
            elif not answer.text.startswith(REMARKS):
                assert passage.text[:200] in answer.text
    index.close()


def flipped(results: list[Result]) -> list[str]:
    """Name every case whose verdict is another than stored, and where to look."""
    before = stored()["verdicts"]
    return [
        f"knowledge/questions/{result.case.set}.yaml {result.case.id}: "
        f"{before.get(result.case.id)} -> {result.verdict}: {result.case.question!r} "
        f"got {result.answer.passage_ids or result.answer.text[:60]!r}"
        for result in results
        if before.get(result.case.id) != result.verdict
    ]
