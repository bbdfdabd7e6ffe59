"""Fits confidence to the facts' own ways of asking, left out in turn.

Three kinds of samples: a way of asking without itself (is its fact still found?),
without its whole fact (whatever is found is wrong), and with its rarest word
exchanged for another (the fact found does not hold what was asked).

Two models, one upon the other: a logistic regression over the words that a fact lacks
(`lacking`) gives one signal; trees weigh it with the others. What the trees learn from
is what the regression says of facts that it did not see. It alone sees near misses,
too: questions that no fact answers.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from indexer.confidence import FEATURES, Calibration
from indexer.trees import LEAF, Node, Tree

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

# Left-out ways of asking are harder than the questions people ask; both figures stand
# in docs/engine.md, beside the half of the question sets that was looked at once.
TARGET = 0.78
CLARIFY_SHARE = 0.6
UNANSWERABLE_SHARE = 0.33
MIN_FACTS = 40
FOLDS = 4
# Inverse of the regularisation; a mark of fewer samples tells nothing, a smaller
# weight changes nothing.
STRENGTH, LEAST_OFTEN, LEAST_WEIGHT, MOST_STEPS = 0.3, 4, 0.02, 500
LACKING = FEATURES.index("lacking")
TREES, DEPTH, RATE, SUBSAMPLE, LEAF_SIZE = 150, 3, 0.05, 0.7, 40


class Sample(NamedTuple):
    """One way of asking, changed: what the hits looked like, and were they right."""

    features: Mapping[str, float]
    marks: Mapping[str, float]
    right: bool
    answerable: bool
    fact: int


def fit(
    samples: Sequence[Sample], facts: int, near_misses: Sequence[Sample] = ()
) -> Calibration:
    """Fit the model and its bands.

    Args:
        samples: Left-out ways of asking; weighed so that a third is unanswerable.
        near_misses: Questions that no fact answers.
        facts: How many facts there are; under `MIN_FACTS` nothing is fitted.

    Returns:
        The calibration; the fixed rule where there is too little to learn from.
    """
    right = np.array([sample.right for sample in samples], bool)
    if facts < MIN_FACTS or right.all() or not right.any():
        return Calibration()
    rows = np.array([[s.features.get(name, 0.0) for name in FEATURES] for s in samples])
    answerable = np.array([sample.answerable for sample in samples], bool)
    share = UNANSWERABLE_SHARE * answerable.sum() / (1 - UNANSWERABLE_SHARE)
    weights = np.where(answerable, 1.0, share / max((~answerable).sum(), 1))
    groups = np.array([sample.fact for sample in samples])
    lacking, odds = _lacking([*samples, *near_misses])
    rows[:, LACKING] = odds[: len(samples)]
    model = _boosted().fit(rows, right, weights)
    out_of_fold = _out_of_fold(rows, right, weights, groups)
    answer, seen = _threshold(out_of_fold, right, weights)
    kept = (out_of_fold >= answer)[answerable & right].sum() / max(answerable.sum(), 1)
    trees = tuple(_tree(stage[0].tree_) for stage in model.estimators_)
    bare = Calibration(calibrated=True, trees=trees)
    added = sum(bare.parts(dict(zip(FEATURES, rows[0], strict=True))).values())
    bias = float(model.decision_function(rows[:1])[0]) - added
    return Calibration(
        calibrated=True,
        trees=trees,
        bias=round(bias, 6),
        lacking=lacking,
        answer=round(answer, 6),
        clarify=round(CLARIFY_SHARE * answer, 6),
        promised=round(1 - TARGET, 6),
        seen=round(seen, 6),
        kept=round(float(kept), 6),
    )


def _lacking(samples: Sequence[Sample]) -> tuple[dict[str, float], Floats]:
    """Return the weight of each mark, and each sample's log odds out of fold."""
    from sklearn.feature_extraction import DictVectorizer
    from sklearn.model_selection import GroupKFold

    right = np.array([sample.right for sample in samples], bool)
    groups = [sample.fact for sample in samples]
    often = Counter(mark for sample in samples for mark in sample.marks)
    marks = [
        {mark: n for mark, n in sample.marks.items() if often[mark] >= LEAST_OFTEN}
        for sample in samples
    ]
    odds = np.zeros(len(right))
    if not any(marks):
        return {}, odds
    vectorizer = DictVectorizer()
    matrix = vectorizer.fit_transform(marks)
    for train, test in GroupKFold(FOLDS).split(matrix, right, groups):
        if right[train].any() and not right[train].all():
            odds[test] = matrix[test] @ _weights(matrix[train], right[train])
    names = vectorizer.get_feature_names_out()
    weights = zip(names, _weights(matrix, right).tolist(), strict=True)
    return {
        str(name): round(weight, 3)
        for name, weight in weights
        if abs(weight) >= LEAST_WEIGHT
    }, odds


def _weights(matrix: Any, right: Bools) -> Floats:
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=STRENGTH, max_iter=MOST_STEPS)
    weights: Floats = model.fit(matrix, right).coef_[0]
    return weights


def _boosted() -> Any:
    from sklearn.ensemble import GradientBoostingClassifier

    return GradientBoostingClassifier(
        n_estimators=TREES,
        max_depth=DEPTH,
        learning_rate=RATE,
        subsample=SUBSAMPLE,
        min_samples_leaf=LEAF_SIZE,
        random_state=0,
    )


def _tree(fitted: Any) -> Tree:
    """Copy a tree of scikit-learn's, its leaves times the learning rate."""
    values = RATE * fitted.value[:, 0, 0]
    left, right = fitted.children_left.tolist(), fitted.children_right.tolist()
    sizes = fitted.n_node_samples
    # Children have higher numbers than their parents.
    for node in reversed(range(len(values))):
        if left[node] >= 0:
            below = [left[node], right[node]]
            values[node] = np.average(values[below], weights=sizes[below])
    features = [f if f >= 0 else LEAF for f in fitted.feature.tolist()]
    thresholds = [round(threshold, 6) for threshold in fitted.threshold.tolist()]
    rounded = [round(value, 6) for value in values.tolist()]
    columns = zip(features, thresholds, left, right, rounded, strict=True)
    return tuple(Node(*column) for column in columns)


def _out_of_fold(
    rows: Floats, right: Bools, weights: Floats, groups: NDArray[np.int64]
) -> Floats:
    """Return each sample's confidence from a model that never saw its fact."""
    from sklearn.model_selection import GroupKFold

    found = np.zeros(len(rows))
    for train, test in GroupKFold(FOLDS).split(rows, right, groups):
        if right[train].all() or not right[train].any():
            found[test] = right[train].mean()
            continue
        model = _boosted().fit(rows[train], right[train], weights[train])
        found[test] = model.predict_proba(rows[test])[:, 1]
    return found


def _threshold(
    confidence: Floats, right: Bools, weights: Floats
) -> tuple[float, float]:
    """Return the lowest confidence at which precision holds, and the error there."""
    order = np.argsort(-confidence, kind="stable")
    precision = np.cumsum((weights * right)[order]) / np.cumsum(weights[order])
    holds = np.flatnonzero(precision >= TARGET)
    last = holds[-1] if len(holds) else 0
    return float(confidence[order[last]]), float(1 - precision[last])
