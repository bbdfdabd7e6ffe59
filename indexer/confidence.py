"""How likely the best fact is the right answer: the model as plain numbers, applied.

Boosted trees (Friedman 2001) over a few signals of the hits; `fitting` fits them at
every build from the facts' own ways of asking. docs/engine.md tells what the signals
are worth, and that a straight line through them was worth less.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property

import numpy as np

from indexer.trees import LEAF, Forest, Tree, read_tree

FEATURES = (
    "margin",
    "coverage",
    "gram",
    "near",
    "both",
    "near_margin",
    "near_three",
    "near_three_margin",
    "core",
    "core_lost",
    "gap",
    "others",
    "size",
    "entity",
    "country",
    "body",
    "aspect",
    "figure",
    "year",
    "place",
    "class",
    "lacking",
)
CERTAIN = 0.99
NAMED = ("entity", "country", "year", "place", "figure", "class")


@dataclass(frozen=True)
class Calibration:
    """The fitted model, as plain numbers.

    Attributes:
        bias: Log odds before the first tree.
        lacking: Mark to what it adds to the signal of that name (`indexer.lacking`).
        answer, clarify: Lowest confidence to answer at, and to ask back at.
        promised, seen: Share of wrong answers aimed at, and out of fold.
        kept: Share of answerable ways of asking that are answered, out of fold.
    """

    calibrated: bool = False
    trees: tuple[Tree, ...] = ()
    bias: float = 0.0
    lacking: Mapping[str, float] = field(default_factory=dict)
    answer: float = 0.8
    clarify: float = 0.55
    promised: float = 0.0
    seen: float = 0.0
    kept: float = 0.0

    def to_json(self) -> str:
        """Return the numbers as one line of JSON."""
        return json.dumps(asdict(self), sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Calibration:
        """Read what `to_json` wrote."""
        fields = json.loads(text)
        return cls(**{**fields, "trees": tuple(map(read_tree, fields["trees"]))})

    @cached_property
    def _forest(self) -> Forest:
        return Forest.of(self.trees)

    def confidence(self, features: Mapping[str, float]) -> float:
        """Return the probability that the hit with these features is right."""
        if not self.calibrated:
            return _fixed_rule(features)
        if features["near"] > 0.999:
            # A stored way of asking, asked again.
            return CERTAIN
        odds = self.bias + self._forest.added(_row(features))
        return 1 / (1 + math.exp(-max(min(odds, 30.0), -30.0)))

    def parts(self, features: Mapping[str, float]) -> dict[str, float]:
        """Return what each feature adds to the log odds; "bias" is the rest.

        A step from a node to the next belongs to the feature asked about there
        (Saabas 2014), so the parts add up.
        """
        parts = dict.fromkeys(("bias", *FEATURES), 0.0)
        parts["bias"] = self.bias
        row = _row(features)
        for tree in self.trees:
            node = tree[0]
            parts["bias"] += node.value
            while node.feature != LEAF:
                left = row[node.feature] <= node.threshold
                below = tree[node.left if left else node.right]
                parts[FEATURES[node.feature]] += below.value - node.value
                node = below
        return parts


def _row(features: Mapping[str, float]) -> list[float]:
    """Return the features in their order, in single precision as trees are fitted."""
    return [float(np.float32(features[name])) for name in FEATURES]


def _fixed_rule(features: Mapping[str, float]) -> float:
    """Confidence without training: strict, and zero where anything disagrees."""
    if min(features[name] for name in NAMED) < 0:
        return 0.0
    cosine = min(features["gram"] / 0.5, 1.0)
    sure = 0.6 * features["coverage"] + 0.4 * cosine
    return max(sure - 0.15 * (features["margin"] < 0.05), 0.0)
