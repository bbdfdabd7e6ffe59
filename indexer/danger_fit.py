"""Fitting the second opinion on danger, at a build, on safety-examples.yaml.

What the trees learn from is what the regressions say of messages that they did not see
(five folds). The thresholds are the lowest at which, of the harmless examples that
neither saw, no more than the shares allowed get a safety reply, or the line about
hotlines.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.danger import (
    TARGETS,
    Model,
    Opinion,
    features,
    pieces,
    runs,
    signals,
    spelling,
    weighed,
)
from indexer.danger_trees import Grown, grow
from indexer.facts import Curated
from indexer.files import checksum
from indexer.patterns import Patterns, Reading
from indexer.schema import ExamplesFile, SafetyFile

VERSION = "4"
SELF_HARM, CERTAIN, POSSIBLE, HARMLESS = 3, 2, 1, 0
LEAST_EXAMPLES = 30
# A feature of fewer messages tells nothing; a smaller weight changes nothing.
LEAST_MESSAGES, LEAST_TYPED, LEAST_WEIGHT = 3, 5, 0.02
STRENGTH, STRENGTH_TYPED, TOLERANCE = 0.5, 10.0, 0.01
FOLDS = 5
# Shares of the harmless examples, which are written to be mistaken: taken for certain
# danger, for any, for self-harm.
FALSE_REPLIES, FALSE_LINES, FALSE_ALARMS = 0.06, 0.17, 0.003
GRID = np.arange(-4.0, 20.0, 0.05).round(2)

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
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
    with _one_thread():
        model = fit(curated.safety, curated.examples, key(curated))
    return model.to_json() if model else ""


def _one_thread() -> AbstractContextManager[Any]:
    """Sums are the same then on every machine; more threads are hardly faster."""
    # What has not been loaded yet cannot be limited.
    import sklearn.ensemble  # noqa: F401
    from threadpoolctl import threadpool_limits

    limits: AbstractContextManager[Any] = threadpool_limits(1)
    return limits


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
    texts = [text for group in groups.values() for text in group]
    kind = np.repeat(list(groups), [len(group) for group in groups.values()])
    patterns = Patterns(file)
    readings = [[patterns.read(piece) for piece in pieces(text)] for text in texts]
    known, known_kind = _known(file)
    views = _views(texts, readings, known, [patterns.read(text) for text in known])
    folds = _folds(kind)
    said = _unseen(views, folds, kind, known_kind)
    of = [
        signals(message, {name: odds[number] for name, odds in said.items()})
        for number, message in enumerate(readings)
    ]
    names = _kept_names(of, LEAST_MESSAGES)
    grown = grow(_matrix(of, names).toarray(), _targets(kind), folds)
    opinions = {
        name: view.opinion(np.arange(len(kind)), kind, known_kind)
        for name, view in views.items()
    }
    self_harm, certain, possible = _thresholds(_odds(grown)[kind == HARMLESS])
    return Model(
        key=key,
        words=opinions["words"],
        runs=opinions["runs"],
        letters=opinions["letters"],
        signals=names,
        start=grown.start,
        trees=grown.trees,
        self_harm=self_harm,
        certain=certain,
        possible=possible,
    )


def _views(
    texts: Sequence[str],
    readings: Sequence[Sequence[Reading]],
    known: Sequence[str],
    known_readings: Sequence[Reading],
) -> dict[str, View]:
    """Return what each of the regressions sees of the examples."""
    return {
        "words": View.of(
            [[features(piece) for piece in message] for message in readings],
            [features(reading) for reading in known_readings],
            LEAST_MESSAGES,
            STRENGTH,
        ),
        "runs": View.of(
            [[runs(text)] for text in texts],
            [runs(text) for text in known],
            LEAST_MESSAGES,
            STRENGTH,
        ),
        "letters": View.of(
            [[spelling(text)] for text in texts],
            [spelling(text) for text in known],
            LEAST_TYPED,
            STRENGTH_TYPED,
        ),
    }


@dataclass(frozen=True, slots=True)
class View:
    """What one of the regressions sees.

    Attributes:
        names: Of its features.
        pieces: A row a piece of an example message.
        first: Where each message begins among the pieces: whole, then its sentences.
        known: A row an example that stands with the patterns; every model sees them.
        strength: The inverse of the regularisation.
    """

    names: list[str]
    pieces: Any
    first: Ints
    known: Any
    strength: float

    @classmethod
    def of(
        cls,
        messages: Sequence[Sequence[Row]],
        known: Sequence[Row],
        least: int,
        strength: float,
    ) -> View:
        """Make the matrices of what at least so many messages have."""
        first = np.cumsum([0, *(len(message) for message in messages[:-1])])
        names = _kept_names([*(message[0] for message in messages), *known], least)
        rows = [piece for message in messages for piece in message]
        return cls(names, _matrix(rows, names), first, _matrix(known, names), strength)

    def fitted(
        self, train: Ints, kind: Ints, known_kind: list[int]
    ) -> tuple[Floats, Floats]:
        """Return weights (a row a feature, a column an odds) and biases."""
        from scipy.sparse import vstack
        from sklearn.linear_model import LogisticRegression

        matrix = vstack([self.pieces[self.first[train]], self.known], format="csr")
        of = np.array([*kind[train], *known_kind])
        weights = np.zeros((matrix.shape[1], len(TARGETS)))
        bias = np.zeros(len(TARGETS))
        for number, wanted in enumerate(_targets(of)):
            model = LogisticRegression(
                C=self.strength, solver="liblinear", tol=TOLERANCE, random_state=0
            )
            model.fit(matrix, wanted)
            weights[:, number], bias[number] = model.coef_[0], model.intercept_[0]
        return weights, bias

    def said(self, weights: Floats, bias: Floats) -> tuple[Floats, Floats]:
        """Return each message's odds: of the whole, and of its gravest piece."""
        odds = self.pieces @ weights + bias
        return odds[self.first], np.maximum.reduceat(odds, self.first, axis=0)

    def opinion(self, train: Ints, kind: Ints, known_kind: list[int]) -> Opinion:
        """Return the regression as plain numbers."""
        weights, bias = self.fitted(train, kind, known_kind)
        kept = {
            name: [round(float(value), 3) for value in values]
            for name, values in zip(self.names, weights, strict=True)
            if np.abs(values).max() >= LEAST_WEIGHT
        }
        return Opinion([round(float(value), 3) for value in bias], kept)


def _targets(kind: Ints) -> tuple[Bools, Bools, Bools]:
    """Return who is in danger, in certain danger, and speaks of self-harm."""
    # Who wants to die, and is not recognised as that, should at least get numbers.
    return kind != HARMLESS, kind >= CERTAIN, kind == SELF_HARM


def _folds(kind: Ints) -> list[tuple[Ints, Ints]]:
    from sklearn.model_selection import StratifiedKFold

    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    return list(folds.split(np.zeros(len(kind)), kind))


def _unseen(
    views: Mapping[str, View],
    folds: Sequence[tuple[Ints, Ints]],
    kind: Ints,
    known_kind: list[int],
) -> dict[str, Floats]:
    """Return what regressions say of messages that they never saw, by name."""
    said = {name: np.zeros((len(kind), len(TARGETS))) for name in (*views, "gravest")}
    for train, test in folds:
        for name, view in views.items():
            whole, gravest = view.said(*view.fitted(train, kind, known_kind))
            said[name][test] = whole[test]
            if name == "words":
                said["gravest"][test] = gravest[test]
    return said


def _odds(grown: Grown) -> Floats:
    return np.array([weighed(row) for row in grown.unseen])


def _known(file: SafetyFile) -> tuple[list[str], list[int]]:
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
    return [text for text, _ in examples], [of for _, of in examples]


def _kept_names(rows: Sequence[Row], least: int) -> list[str]:
    counts = Counter(name for row in rows for name in row)
    return sorted(name for name, count in counts.items() if count >= least)


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


def _thresholds(harmless: Floats) -> tuple[float, float, float]:
    """Return the lowest thresholds within the shares of harmless messages allowed."""
    danger, certain, self_harm = harmless.T
    return (
        _lowest(self_harm, FALSE_ALARMS),
        _lowest(certain, FALSE_REPLIES),
        _lowest(danger, FALSE_LINES),
    )


def _lowest(odds: Floats, share: float) -> float:
    """Return the lowest odds that no more than a share of messages reach."""
    return next(float(low) for low in GRID if (odds >= low).mean() <= share)
