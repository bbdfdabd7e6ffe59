"""A second opinion on danger: a logistic regression over a message's words.

What it sees of a message are its words, repaired, and their pairs; which lists of
safety.yaml it holds, which two of them together, and which word beside them; and the
patterns that match. Lists carry what one word teaches over to its neighbours, and one
language to the others. indexer/danger_fit.py learns the weights at a build; here they
are applied, without scikit-learn.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations, pairwise
from typing import NamedTuple

from indexer.analysis import sentences
from indexer.patterns import Reading

# Length of the vectors of words, lists, pairs of lists, lists beside words: a long
# message weighs no more than a short one.
WORDS, LISTS, PAIRS, BESIDE = 4.0, 4.0, 6.0, 4.0
LONG = 60
READ_BY_SENTENCE = 1_000


class Odds(NamedTuple):
    """Log odds that a message tells of danger, of certain danger, of self-harm."""

    danger: float
    certain: float
    self_harm: float


@dataclass(frozen=True, slots=True)
class Model:
    """The fitted model, as plain numbers.

    Attributes:
        key: Hash of what it was learnt from.
        weights: Feature to what it adds to each of the log odds.
        bias: What they begin with.
        self_harm, certain: Odds from which no pattern is needed.
        doubtful: Odds of danger below which a certain pattern is only possible.
        possible: Odds of danger from which the line about hotlines is shown.
        harmless: Odds of danger below which a possible pattern is nothing.
    """

    key: str
    weights: Mapping[str, Sequence[float]]
    bias: Sequence[float]
    self_harm: float
    certain: float
    doubtful: float
    possible: float
    harmless: float

    def to_json(self) -> str:
        """Return the numbers as one line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Model:
        """Read what `to_json` wrote."""
        return cls(**json.loads(text))

    def highest(self, readings: Iterable[Reading]) -> Odds:
        """Return the highest odds among a message and its sentences."""
        return Odds(*map(max, zip(*map(self.odds, readings), strict=True)))

    def odds(self, reading: Reading) -> Odds:
        """Return what the model makes of a message, or of one sentence of it."""
        danger, certain, self_harm = self.bias
        for name, value in features(reading).items():
            if name in self.weights:
                adds = self.weights[name]
                danger += adds[0] * value
                certain += adds[1] * value
                self_harm += adds[2] * value
        return Odds(danger, certain, self_harm)


def pieces(message: str) -> list[str]:
    """Return a message, and its sentences where it has several and is not too long.

    Somebody who begins with a greeting is in no less danger.
    """
    found = sentences(message) if len(message) <= READ_BY_SENTENCE else []
    return [message, *found] if len(found) > 1 else [message]


def features(reading: Reading) -> dict[str, float]:
    """Return what the model sees of a message."""
    terms = reading.terms
    words = {*terms, *(" ".join(two) for two in pairwise(terms))}
    lists = sorted({one.name for one in reading.found})
    pairs = [f"{first} + {second}" for first, second in combinations(lists, 2)]
    beside = {f"{terms[one.start - 1]} [{one.name}]" for one in reading.found}
    beside |= {
        f"[{one.name}] {terms[one.end]}"
        for one in reading.found
        if one.end < len(terms)
    }
    seen = {
        **_scaled("word", words, WORDS),
        **_scaled("list", lists, LISTS),
        **_scaled("lists", pairs, PAIRS),
        **_scaled("beside", beside, BESIDE),
        f"language {reading.language or 'en'}": 1.0,
        "length": min(len(terms), LONG) / LONG,
    }
    for pattern in reading.matched:
        seen[f"pattern {pattern.id}"] = seen[f"level {pattern.level}"] = 1.0
        if reading.language not in ("en", ""):
            # Patterns err less where there are fewer words to fool them.
            seen[f"level {pattern.level} elsewhere"] = 1.0
    for mark in reading.shape:
        seen[f"mark {mark}"] = 1.0
    if reading.framed:
        seen["framed"] = 1.0
    return seen


def _scaled(kind: str, names: Iterable[str], length: float) -> dict[str, float]:
    """Return equal values whose vector has the length."""
    names = sorted(names)
    value = length / max(len(names), 1) ** 0.5
    return {f"{kind} {name}": value for name in names}
