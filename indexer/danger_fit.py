"""Fitting the second opinion on danger, at a build, on safety-examples.yaml.

Its thresholds are the lowest at which, of the harmless examples that a model did not
see (five folds), no more than the shares allowed get a safety reply, or the line about
hotlines.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.danger import Model, features, pieces
from indexer.facts import Curated
from indexer.files import checksum
from indexer.patterns import Patterns, Reading
from indexer.schema import ExamplesFile, SafetyFile

VERSION = "1"
SELF_HARM, CERTAIN, POSSIBLE, HARMLESS = 3, 2, 1, 0
LEAST_EXAMPLES = 30
# A feature of fewer messages tells nothing; a smaller weight changes nothing.
LEAST_MESSAGES, LEAST_WEIGHT = 3, 0.02
STRENGTH, TOLERANCE = 0.5, 0.01
FOLDS = 5
# Shares of the harmless examples, which are written to be mistaken: by the model and
# by the patterns each, so that fewer than a third as many real ones are.
FALSE_REPLIES, FALSE_LINES, FALSE_ALARMS = 0.035, 0.07, 0.002
GRID = np.arange(-4.0, 20.0, 0.05).round(2)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Row = Mapping[str, float]


def key(curated: Curated) -> str:
    """Return a hash of what the model is learnt from; "" where there is nothing."""
    if curated.safety is None or curated.examples is None:
        return ""
    return checksum(VERSION, curated.safety_text, curated.examples.model_dump_json())


def stored(curated: Curated, old: Mapping[str, str]) -> str:
    """Return the model as it is kept in the index; the old one's where it still holds.

    Args:
        old: The `meta` of the index before.
    """
    if curated.safety is None or curated.examples is None:
        return ""
    before = old.get("danger", "")
    if before and Model.from_json(before).key == key(curated):
        return before
    model = fit(curated.safety, curated.examples, key(curated))
    return model.to_json() if model else ""


def fit(file: SafetyFile, examples: ExamplesFile, key: str = "") -> Model | None:
    """Fit the model on example messages, and set its thresholds.

    Returns:
        None where there are too few examples to learn from.
    """
    groups = {
        SELF_HARM: examples.self_harm,
        CERTAIN: examples.certain,
        POSSIBLE: examples.possible,
        HARMLESS: examples.harmless,
    }
    if min(map(len, groups.values())) < LEAST_EXAMPLES:
        return None
    patterns = Patterns(file)
    readings = [
        [patterns.read(piece) for piece in pieces(text)]
        for group in groups.values()
        for text in group
    ]
    kind = np.repeat(list(groups), [len(group) for group in groups.values()])
    said = np.array([_said(whole) for whole, *_ in readings])
    known, known_kind = _known(file, patterns)
    rows = [features(piece) for message in readings for piece in message]
    first = np.cumsum([0, *(len(message) for message in readings[:-1])])
    names = _kept_names([*(rows[i] for i in first), *known])
    all_pieces, stated = _matrix(rows, names), _matrix(known, names)
    odds = _out_of_fold(all_pieces, first, kind, (stated, known_kind))
    weights, bias = _fitted(_above(all_pieces[first], stated), [*kind, *known_kind])
    return Model(
        key=key,
        weights={
            name: [round(float(value), 3) for value in values]
            for name, values in zip(names, weights, strict=True)
            if np.abs(values).max() >= LEAST_WEIGHT
        },
        bias=[round(float(value), 3) for value in bias],
        **_thresholds(odds, kind, said),
    )


def _known(file: SafetyFile, patterns: Patterns) -> tuple[list[Row], list[int]]:
    """Return the examples that stand with the patterns; they set no threshold."""
    levels = {"self_harm": SELF_HARM, "certain": CERTAIN, "possible": POSSIBLE}
    examples = [
        (text, of)
        for pattern in file.patterns
        for texts, of in (
            (pattern.examples, levels[pattern.level]),
            (pattern.counter_examples, HARMLESS),
        )
        for text in texts
    ]
    rows: list[Row] = [features(patterns.read(text)) for text, _ in examples]
    return rows, [of for _, of in examples]


def _said(reading: Reading) -> int:
    """Return what the patterns alone say of a message."""
    for pattern in reading.matched:
        if pattern.level == "self_harm" or not reading.framed:
            return POSSIBLE if pattern.level == "possible" else CERTAIN
    return HARMLESS


def _kept_names(rows: Sequence[Row]) -> list[str]:
    counts = Counter(name for row in rows for name in row)
    return sorted(name for name, count in counts.items() if count >= LEAST_MESSAGES)


def _matrix(rows: Sequence[Row], names: Sequence[str]) -> Any:
    from scipy.sparse import csr_matrix

    column = {name: number for number, name in enumerate(names)}
    values, columns, starts = [], [], [0]
    for row in rows:
        for name in sorted(row.keys() & column.keys()):
            columns.append(column[name])
            values.append(row[name])
        starts.append(len(columns))
    return csr_matrix((values, columns, starts), shape=(len(rows), len(names)))


def _above(upper: Any, lower: Any) -> Any:
    from scipy.sparse import vstack

    return vstack([upper, lower], format="csr")


def _fitted(matrix: Any, kind: Sequence[int]) -> tuple[Floats, Floats]:
    """Return weights (a row a feature, a column an odds) and biases."""
    from sklearn.linear_model import LogisticRegression

    of = np.array(kind)
    weights, bias = np.zeros((matrix.shape[1], 3)), np.zeros(3)
    # Who wants to die, and is not recognised as that, should at least get numbers.
    for number, wanted in enumerate((of != HARMLESS, of >= CERTAIN, of == SELF_HARM)):
        model = LogisticRegression(
            C=STRENGTH, solver="liblinear", tol=TOLERANCE, random_state=0
        )
        model.fit(matrix, wanted)
        weights[:, number], bias[number] = model.coef_[0], model.intercept_[0]
    return weights, bias


def _out_of_fold(
    all_pieces: Any, first: Ints, kind: Ints, known: tuple[Any, list[int]]
) -> Floats:
    """Return each message's highest odds from a model that never saw it.

    Args:
        first: Where each message begins among the pieces: whole, then its sentences.
        known: What every model sees.
    """
    from sklearn.model_selection import StratifiedKFold

    stated, known_kind = known
    odds = np.zeros((len(kind), 3))
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    for train, test in folds.split(np.zeros(len(kind)), kind):
        seen = _above(all_pieces[first[train]], stated)
        weights, bias = _fitted(seen, [*kind[train], *known_kind])
        said = np.maximum.reduceat(all_pieces @ weights + bias, first, axis=0)
        odds[test] = said[test]
    return odds


def _thresholds(odds: Floats, kind: Ints, said: Ints) -> dict[str, float]:
    """Return the lowest thresholds within the shares of harmless messages allowed."""
    danger, certain, self_harm = odds[kind == HARMLESS].T
    by_patterns = said[kind == HARMLESS]
    every = np.ones(len(danger), bool)
    return {
        "self_harm": _lowest(self_harm, every, FALSE_ALARMS),
        "certain": _lowest(certain, every, FALSE_REPLIES),
        "doubtful": _lowest(danger, by_patterns == CERTAIN, FALSE_REPLIES),
        "possible": _lowest(danger, every, FALSE_LINES),
        "harmless": _lowest(danger, by_patterns != HARMLESS, FALSE_LINES),
    }


def _lowest(odds: Floats, among: NDArray[np.bool_], share: float) -> float:
    """Return the lowest odds that no more than a share of messages reach."""
    return next(float(low) for low in GRID if (among & (odds >= low)).mean() <= share)
