"""Growing the trees that weigh what the regressions say of danger."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.trees import LEAF, Node, Tree

TREES, DEPTH, RATE, LEAF_SIZE, SHRINKAGE = 80, 4, 0.1, 40, 5.0
# Each split looks at half of the signals: the trees differ, and err less together.
SIGNALS_SHARE = 0.5

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Grown:
    """Trees for each of the targets.

    Attributes:
        start: Log odds before the first tree, a number a target.
        trees: A list of trees a target.
        unseen: Each message's log odds by trees that never saw it, a column a target.
    """

    start: list[float]
    trees: list[list[Tree]]
    unseen: Floats


def grow(
    rows: Floats, targets: Sequence[Bools], folds: Sequence[tuple[Ints, Ints]]
) -> Grown:
    """Grow trees for each target.

    Args:
        rows: A row of signals a message.
        folds: What to train on and what to test, in turn.
    """
    start, trees = [], []
    unseen = np.zeros((len(rows), len(targets)))
    for number, wanted in enumerate(targets):
        for train, test in folds:
            model = boosted().fit(rows[train], wanted[train])
            unseen[test, number] = model.decision_function(rows[test])
        model = boosted().fit(rows, wanted)
        # No public name gives a fitted model's nodes; a test compares both.
        start.append(float(model._baseline_prediction[0, 0]))
        trees.append([tree(stage[0].nodes) for stage in model._predictors])
    return Grown(start, trees, unseen)


def boosted(
    *,
    trees: int = TREES,
    rate: float = RATE,
    leaf_size: int = LEAF_SIZE,
    share: float = SIGNALS_SHARE,
) -> Any:
    """Return scikit-learn's model for one target, not yet fitted."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    return HistGradientBoostingClassifier(
        max_iter=trees,
        max_depth=DEPTH,
        learning_rate=rate,
        min_samples_leaf=leaf_size,
        l2_regularization=SHRINKAGE,
        max_features=share,
        early_stopping=False,
        random_state=0,
    )


def tree(nodes: Any) -> Tree:
    """Copy a fitted tree of scikit-learn's, node by node."""
    return tuple(
        Node(
            LEAF if node["is_leaf"] else int(node["feature_idx"]),
            float(node["num_threshold"]),
            int(node["left"]),
            int(node["right"]),
            round(float(node["value"]), 6),
        )
        for node in nodes
    )
