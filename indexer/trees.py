"""Boosted trees as plain numbers (Friedman 2001), applied without scikit-learn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

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


class Forest(NamedTuple):
    """All nodes of some trees in arrays, so that all trees are gone down at once.

    Attributes:
        roots: Where each tree begins.
        depth: How many questions the deepest tree asks.
        features, thresholds, values: As of a `Node`; a leaf asks what all pass.
        left, right: The next node's place; a leaf's is its own.
    """

    roots: NDArray[np.intp]
    depth: int
    features: NDArray[np.intp]
    thresholds: NDArray[np.float64]
    left: NDArray[np.intp]
    right: NDArray[np.intp]
    values: NDArray[np.float64]

    @classmethod
    def of(cls, trees: Sequence[Tree]) -> Forest:
        """Lay the nodes of trees one behind another."""
        sizes = [len(tree) for tree in trees]
        roots = np.cumsum([0, *sizes])[:-1]
        nodes = np.array([node for tree in trees for node in tree]).reshape(-1, 5)
        first, own = np.repeat(roots, sizes), np.arange(len(nodes))
        leaf = nodes[:, 0] == LEAF
        left, right = (
            np.where(leaf, own, first + nodes[:, side].astype(np.intp))
            for side in (2, 3)
        )
        return cls(
            roots=roots,
            depth=max(map(_depth, trees), default=0),
            features=np.where(leaf, 0, nodes[:, 0]).astype(np.intp),
            thresholds=np.where(leaf, np.inf, nodes[:, 1]),
            left=left,
            right=right,
            values=nodes[:, 4],
        )

    def added(self, row: Sequence[float]) -> float:
        """Return what all trees add together to the log odds of a row of features."""
        asked, at = np.array(row), self.roots
        for _ in range(self.depth):
            low = asked[self.features[at]] <= self.thresholds[at]
            at = np.where(low, self.left[at], self.right[at])
        values: list[float] = self.values[at].tolist()
        # In their order: equal to the last bit wherever it is worked out.
        return sum(values, start=0.0)


def _depth(tree: Tree, place: int = 0) -> int:
    node = tree[place]
    if node.feature == LEAF:
        return 0
    return 1 + max(_depth(tree, node.left), _depth(tree, node.right))


def read_tree(nodes: Sequence[Sequence[float]]) -> Tree:
    """Read a tree as JSON keeps it: a list of numbers a node."""
    return tuple(
        Node(int(feature), threshold, int(left), int(right), value)
        for feature, threshold, left, right, value in nodes
    )
