"""A second opinion on danger: two logistic regressions whose odds are added.

One sees a message's words, repaired, and their pairs; which lists of safety.yaml it
holds, which two of them together, and which word beside them; and the patterns that
match. Lists carry what one word teaches over to its neighbours, and one language to
the others. The other sees the pieces of words as they were typed: it knows nothing of
lists, and errs elsewhere. indexer/danger_fit.py learns the weights at a build; here
they are applied, without scikit-learn.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from itertools import combinations, pairwise
from typing import NamedTuple

from indexer.analysis import grams, sentences
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
        letters: Piece of a word to what it adds, likewise.
        bias: What both begin with.
        self_harm, certain: Odds from which no pattern is needed.
        doubtful: Odds of danger below which a certain pattern is only possible.
        possible: Odds of danger from which the line about hotlines is shown.
        harmless: Odds of danger below which a possible pattern is nothing.
    """

    key: str
    weights: Mapping[str, Sequence[float]]
    letters: Mapping[str, Sequence[float]]
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

    def odds(self, message: str, readings: Sequence[Reading]) -> Odds:
        """Return what both make of a message.

        What its words say is the mean of the message and its gravest sentence.

        Args:
            readings: Of the message's `pieces`.
        """
        words = [_summed(self.weights, features(reading)) for reading in readings]
        letters = _summed(self.letters, spelling(message))
        return Odds(
            *(
                begin + (whole + max(pieces)) / 2 + typed
                for begin, whole, typed, *pieces in zip(
                    self.bias, words[0], letters, *words, strict=True
                )
            )
        )


def _summed(
    weights: Mapping[str, Sequence[float]], seen: Mapping[str, float]
) -> tuple[float, ...]:
    sums = [0.0, 0.0, 0.0]
    for name, value in seen.items():
        for number, weight in enumerate(weights.get(name, ())):
            sums[number] += weight * value
    return tuple(sums)


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


def spelling(message: str) -> dict[str, float]:
    """Return the pieces of words as typed, weighed 1 + ln(count), of length 1."""
    counts = Counter(grams(message.lower().split()))
    values = {piece: 1 + math.log(count) for piece, count in counts.items()}
    length = math.hypot(*values.values()) or 1.0
    return {piece: value / length for piece, value in values.items()}


def _scaled(kind: str, names: Iterable[str], length: float) -> dict[str, float]:
    """Return equal values whose vector has the length."""
    names = sorted(names)
    value = length / max(len(names), 1) ** 0.5
    return {f"{kind} {name}": value for name in names}
