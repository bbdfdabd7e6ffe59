"""Boosted trees as plain numbers (Friedman 2001), applied without scikit-learn."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

LEAF = -1


class Node(NamedTuple):
    """A node of a decision tree; the first of a tree's nodes is its root.

    Attributes:
        feature: Place in the row of what it asks about; `LEAF` where it asks nothing.
        threshold: At most so much goes left, more goes right.
        left, right: The next node.
        value: What a leaf adds to the log odds; for others, the mean below.
    """

    feature: int
    threshold: float
    left: int
    right: int
    value: float


Tree = tuple[Node, ...]


def added(trees: Iterable[Tree], row: Sequence[float]) -> float:
    """Return what trees add together to the log odds of a row of features."""
    odds = 0.0
    for tree in trees:
        feature, threshold, left, right, value = tree[0]
        while feature != LEAF:
            node = left if row[feature] <= threshold else right
            feature, threshold, left, right, value = tree[node]
        odds += value
    return odds


def read_tree(nodes: Sequence[Sequence[float]]) -> Tree:
    """Read a tree as JSON keeps it: a list of numbers a node."""
    return tuple(
        Node(int(feature), threshold, int(left), int(right), value)
        for feature, threshold, left, right, value in nodes
    )
