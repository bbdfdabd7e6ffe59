"""Fitting the second opinion on danger, at a build, on safety-examples.yaml.

Its thresholds are the lowest at which, of the harmless examples that a model did not
see (five folds), no more than the shares allowed get a safety reply, or the line about
hotlines.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from indexer.danger import Model, features, pieces, spelling
from indexer.facts import Curated
from indexer.files import checksum
from indexer.patterns import Patterns, Reading
from indexer.schema import ExamplesFile, SafetyFile

VERSION = "3"
SELF_HARM, CERTAIN, POSSIBLE, HARMLESS = 3, 2, 1, 0
LEAST_EXAMPLES = 30
# A feature of fewer messages tells nothing; a smaller weight changes nothing.
LEAST_MESSAGES, LEAST_TYPED, LEAST_WEIGHT = 3, 5, 0.02
STRENGTH, STRENGTH_TYPED, TOLERANCE = 0.5, 10.0, 0.01
FOLDS = 5
# Shares of the harmless examples, which are written to be mistaken: by the model, by
# certain patterns that it does not doubt, by either for the line.
FALSE_REPLIES, DOUBTFUL, FALSE_LINES, FALSE_ALARMS = 0.05, 0.03, 0.08, 0.002
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
    texts = [text for group in groups.values() for text in group]
    kind = np.repeat(list(groups), [len(group) for group in groups.values()])
    patterns = Patterns(file)
    readings = [[patterns.read(piece) for piece in pieces(text)] for text in texts]
    known, known_kind = _known(file)
    words = Half.of(
        [[features(piece) for piece in message] for message in readings],
        [features(patterns.read(text)) for text in known],
        LEAST_MESSAGES,
        STRENGTH,
    )
    letters = Half.of(
        [[spelling(text)] for text in texts],
        [spelling(text) for text in known],
        LEAST_TYPED,
        STRENGTH_TYPED,
    )
    said = np.array([_said(whole) for whole, *_ in readings])
    odds = _out_of_fold(words, letters, kind, known_kind)
    weights, bias = words.fitted(np.arange(len(kind)), kind, known_kind)
    typed, begin = letters.fitted(np.arange(len(kind)), kind, known_kind)
    return Model(
        key=key,
        weights=_kept(words.names, weights),
        letters=_kept(letters.names, typed),
        bias=[round(float(value), 3) for value in bias + begin],
        **_thresholds(odds, kind, said),
    )


@dataclass(frozen=True, slots=True)
class Half:
    """What one of the two regressions sees.

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
    ) -> Half:
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
        weights, bias = np.zeros((matrix.shape[1], 3)), np.zeros(3)
        # Who wants to die, and is not recognised as that, should at least get numbers.
        targets = (of != HARMLESS, of >= CERTAIN, of == SELF_HARM)
        for number, wanted in enumerate(targets):
            model = LogisticRegression(
                C=self.strength, solver="liblinear", tol=TOLERANCE, random_state=0
            )
            model.fit(matrix, wanted)
            weights[:, number], bias[number] = model.coef_[0], model.intercept_[0]
        # Any danger is learnt from more messages than certain danger: together they
        # err less (docs/safety.md).
        weights[:, 1], bias[1] = weights[:, :2].mean(axis=1), bias[:2].mean()
        return weights, bias

    def said(self, weights: Floats, bias: Floats) -> Floats:
        """Return each message's odds: the mean of itself and its gravest sentence."""
        odds = self.pieces @ weights + bias
        highest = np.maximum.reduceat(odds, self.first, axis=0)
        mean: Floats = (odds[self.first] + highest) / 2
        return mean


def _kept(names: Sequence[str], weights: Floats) -> dict[str, list[float]]:
    return {
        name: [round(float(value), 3) for value in values]
        for name, values in zip(names, weights, strict=True)
        if np.abs(values).max() >= LEAST_WEIGHT
    }


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


def _said(reading: Reading) -> int:
    """Return what the patterns alone say of a message."""
    for pattern in reading.matched:
        if pattern.level == "self_harm" or not reading.framed:
            return POSSIBLE if pattern.level == "possible" else CERTAIN
    return HARMLESS


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


def _out_of_fold(
    words: Half, letters: Half, kind: Ints, known_kind: list[int]
) -> Floats:
    """Return each message's odds from models that never saw it."""
    from sklearn.model_selection import StratifiedKFold

    odds = np.zeros((len(kind), 3))
    folds = StratifiedKFold(FOLDS, shuffle=True, random_state=0)
    for train, test in folds.split(np.zeros(len(kind)), kind):
        for half in (words, letters):
            odds[test] += half.said(*half.fitted(train, kind, known_kind))[test]
    return odds


def _thresholds(odds: Floats, kind: Ints, said: Ints) -> dict[str, float]:
    """Return the lowest thresholds within the shares of harmless messages allowed."""
    danger, certain, self_harm = odds[kind == HARMLESS].T
    by_patterns = said[kind == HARMLESS]
    every = np.ones(len(danger), bool)
    return {
        "self_harm": _lowest(self_harm, every, FALSE_ALARMS),
        "certain": _lowest(certain, every, FALSE_REPLIES),
        "doubtful": _lowest(danger, by_patterns == CERTAIN, DOUBTFUL),
        "possible": _lowest(danger, every, FALSE_LINES),
        "harmless": _lowest(danger, by_patterns != HARMLESS, FALSE_LINES),
    }


def _lowest(odds: Floats, among: NDArray[np.bool_], share: float) -> float:
    """Return the lowest odds that no more than a share of messages reach."""
    return next(float(low) for low in GRID if (among & (odds >= low)).mean() <= share)
