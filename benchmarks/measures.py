"""Figures of a run over a question set: each a function of questions and outcomes."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchmarks.contestants import Outcome
from benchmarks.public_sets import Question, QuestionSet

WRONG = 0.05


def hit_at_1(data: QuestionSet, outcomes: Sequence[Outcome]) -> float:
    """Return how often the right entry is the first."""
    return float(np.mean(_right(data.questions, outcomes)))


def _right(questions: Sequence[Question], outcomes: Sequence[Outcome]) -> list[bool]:
    return [
        bool(question.expected) and outcome.ids[:1] == (question.expected,)
        for question, outcome in zip(questions, outcomes, strict=True)
    ]


def hit_at_1_misspelt(data: QuestionSet, outcomes: Sequence[Outcome]) -> float:
    """Return hit@1 on the second half, where each question has a slip."""
    right = _right(data.questions, outcomes)
    return float(np.mean(right[len(right) // 2 :]))


def loss(data: QuestionSet, outcomes: Sequence[Outcome]) -> float:
    """Return how much hit@1 falls from the first half to the misspelt second."""
    right = _right(data.questions, outcomes)
    return float(np.mean(right[: len(right) // 2]) - np.mean(right[len(right) // 2 :]))


def right_sentence(data: QuestionSet, outcomes: Sequence[Outcome]) -> float:
    """Return how often the sentence shown is of the right entry and holds an answer."""
    held = {entry.id: entry.text for entry in data.entries}
    right = []
    for question, outcome in zip(data.questions, outcomes, strict=True):
        name, words = outcome.sentence
        at = held[name].find(words) if name == question.expected else -1
        found = at >= 0 and any(at <= s < at + len(words) for s in question.spans)
        right.append(found)
    return float(np.mean(right))


def reciprocal_rank(data: QuestionSet, outcomes: Sequence[Outcome]) -> float:
    """Return MRR@10 of the right entry."""
    return _mean_reciprocal_rank(data, outcomes, {e.id: e.id for e in data.entries})


def section_reciprocal_rank(data: QuestionSet, outcomes: Sequence[Outcome]) -> float:
    """Return MRR@10 of the right section: entries of one heading count as one."""
    headings = {entry.id: entry.asked[0] for entry in data.entries}
    return _mean_reciprocal_rank(data, outcomes, headings)


def _mean_reciprocal_rank(
    data: QuestionSet, outcomes: Sequence[Outcome], group: dict[str, str]
) -> float:
    found = []
    for question, outcome in zip(data.questions, outcomes, strict=True):
        ranked = list(dict.fromkeys(group[name] for name in outcome.ids))
        wanted = group[question.expected]
        found.append(1 / (1 + ranked.index(wanted)) if wanted in ranked else 0.0)
    return float(np.mean(found))


def auroc(data: QuestionSet, outcomes: Sequence[Outcome]) -> float:
    """Return how well confidence tells what can be answered from what cannot."""
    from sklearn.metrics import roc_auc_score

    answerable = [bool(question.expected) for question in data.questions]
    return float(roc_auc_score(answerable, [o.confidence for o in outcomes]))


def right_at_5_wrong(data: QuestionSet, outcomes: Sequence[Outcome]) -> float:
    """Return the share of the answerable that is answered right at 5 % wrong.

    The lowest confidence to answer at is the one at which most are answered and at
    most one answer in twenty is wrong; equal confidences are answered together.
    """
    right = np.array(_right(data.questions, outcomes))
    confidence = np.array([outcome.confidence for outcome in outcomes])
    answerable = sum(bool(question.expected) for question in data.questions)
    order = np.argsort(-confidence, kind="stable")
    rights = np.cumsum(right[order])
    wrong = 1 - rights / np.arange(1, len(order) + 1)
    ends = np.append(np.diff(confidence[order]) != 0, True)
    allowed = rights[(wrong <= WRONG) & ends]
    return float(allowed.max(initial=0)) / answerable
