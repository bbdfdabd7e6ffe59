"""How likely the best fact is the right answer: features, fitting, applying.

A logistic regression over a few signals of the hits, fitted at every build from the
facts' own ways of asking: each left out in turn (is the fact still found?), and with
its whole fact left out (then whatever is found is wrong). Platt 1999 for the model;
docs/engine.md for what the signals are worth.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

SQUARED = ("margin", "coverage", "gram", "near", "both")
FEATURES = (
    *SQUARED,
    "near_margin",
    "entity",
    "country",
    "kind",
    "aspect",
    "figure",
    "year",
    "place",
    "class",
)
# Left-out ways of asking are harder than the questions people ask; both figures stand
# in docs/engine.md, beside the half of the question sets that was looked at once.
TARGET = 0.76
CLARIFY_SHARE = 0.6
UNANSWERABLE_SHARE = 0.25
MIN_FACTS = 40
CERTAIN = 0.99
NAMED = ("entity", "country", "year", "place", "figure", "class")
FOLDS = 5


class Sample(NamedTuple):
    """One left-out way of asking: what the hits looked like, and were they right."""

    features: Mapping[str, float]
    right: bool
    answerable: bool
    fact: int


@dataclass(frozen=True, slots=True)
class Calibration:
    """The fitted model, as plain numbers.

    Attributes:
        weights: One a feature, then one a square, on standardised features.
        answer, clarify: Lowest confidence to answer at, and to ask back at.
        promised, seen: Share of wrong answers aimed at, and out of fold.
        kept: Share of answerable ways of asking that are answered, out of fold.
    """

    calibrated: bool = False
    mean: tuple[float, ...] = ()
    scale: tuple[float, ...] = ()
    weights: tuple[float, ...] = ()
    bias: float = 0.0
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
        for name in ("mean", "scale", "weights"):
            fields[name] = tuple(fields[name])
        return cls(**fields)

    def confidence(self, features: Mapping[str, float]) -> float:
        """Return the probability that the hit with these features is right."""
        if not self.calibrated:
            return _fixed_rule(features)
        if features["near"] > 0.999:
            # A stored way of asking, asked again.
            return CERTAIN
        parts = self.parts(features)
        return 1 / (1 + math.exp(-max(min(sum(parts.values()), 30.0), -30.0)))

    def parts(self, features: Mapping[str, float]) -> dict[str, float]:
        """Return what each feature adds to the log odds; "bias" is the rest."""
        row = _row(features)
        parts = {"bias": self.bias}
        for name, value, mean, scale, weight in zip(
            _names(), row, self.mean, self.scale, self.weights, strict=True
        ):
            parts[name] = parts.get(name, 0.0) + weight * (value - mean) / scale
        return parts


def _fixed_rule(features: Mapping[str, float]) -> float:
    """Confidence without training: strict, and zero where anything disagrees."""
    if min(features[name] for name in NAMED) < 0:
        return 0.0
    cosine = min(features["gram"] / 0.5, 1.0)
    sure = 0.6 * features["coverage"] + 0.4 * cosine
    return max(sure - 0.15 * (features["margin"] < 0.05), 0.0)


def _names() -> tuple[str, ...]:
    return (*FEATURES, *SQUARED)


def _row(features: Mapping[str, float]) -> list[float]:
    values = [features[name] for name in FEATURES]
    return values + [features[name] ** 2 for name in SQUARED]


def fit(samples: Sequence[Sample], facts: int) -> Calibration:
    """Fit the model and its bands.

    Args:
        samples: Left-out ways of asking; weighed so that a quarter is unanswerable.
        facts: How many facts there are; under `MIN_FACTS` nothing is fitted.

    Returns:
        The calibration; the fixed rule where there is too little to learn from.
    """
    right = np.array([sample.right for sample in samples], bool)
    if facts < MIN_FACTS or right.all() or not right.any():
        return Calibration()
    rows = np.array([_row(sample.features) for sample in samples])
    answerable = np.array([sample.answerable for sample in samples], bool)
    share = UNANSWERABLE_SHARE * answerable.sum() / (1 - UNANSWERABLE_SHARE)
    weights = np.where(answerable, 1.0, share / max((~answerable).sum(), 1))
    groups = np.array([sample.fact for sample in samples])
    mean, scale = rows.mean(axis=0), rows.std(axis=0)
    scale[scale == 0] = 1.0
    standard = (rows - mean) / scale
    model = _regression().fit(standard, right, weights)
    out_of_fold = _out_of_fold(standard, right, weights, groups)
    answer, seen = _threshold(out_of_fold, right, weights)
    kept = (out_of_fold >= answer)[answerable & right].sum() / max(answerable.sum(), 1)
    return Calibration(
        calibrated=True,
        mean=_rounded(mean),
        scale=_rounded(scale),
        weights=_rounded(model.coef_[0]),
        bias=round(float(model.intercept_[0]), 6),
        answer=round(answer, 6),
        clarify=round(CLARIFY_SHARE * answer, 6),
        promised=round(1 - TARGET, 6),
        seen=round(seen, 6),
        kept=round(float(kept), 6),
    )


def _rounded(values: Floats) -> tuple[float, ...]:
    return tuple(round(float(value), 6) for value in values)


def _regression() -> Any:
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=1.0, max_iter=1000)


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
        model = _regression().fit(rows[train], right[train], weights[train])
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
