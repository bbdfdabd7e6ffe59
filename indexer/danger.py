"""A second opinion on danger: three logistic regressions, and trees that weigh them.

One regression sees a message's words, repaired, and their pairs; which lists of
safety.yaml it holds, which two of them together, and which word beside them; and the
patterns that match. Lists carry what one word teaches over to its neighbours, and one
language to the others. The others see what was typed and know nothing of lists: runs
of up to three words, and pieces of words. They err elsewhere. Boosted trees weigh
what the three say, by lists, patterns, length and language (stacking, Wolpert 1992).
indexer/danger_fit.py learns them at a build; here they are applied, without
scikit-learn.
"""

from __future__ import annotations

import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cached_property
from itertools import combinations, pairwise
from typing import NamedTuple

from indexer.analysis import grams, normalise, sentences
from indexer.patterns import Reading
from indexer.trees import Forest, Tree, read_tree

# Length of the vectors of words, lists, pairs of lists, lists beside words, runs as
# typed: a long message weighs no more than a short one.
WORDS, LISTS, PAIRS, BESIDE, RUNS = 4.0, 4.0, 6.0, 4.0, 4.0
LONG = 60
READ_BY_SENTENCE = 1_000
# A word, or one mark or character of a script without spaces.
TYPED = re.compile(r"[a-z0-9']+|[^\sa-z0-9']")
MOST_TYPED = 80
TARGETS = ("danger", "certain", "self_harm")


class Odds(NamedTuple):
    """Log odds that a message tells of danger, of certain danger, of self-harm."""

    danger: float
    certain: float
    self_harm: float


@dataclass(frozen=True, slots=True)
class Opinion:
    """One of the three regressions, as plain numbers.

    Attributes:
        bias: The three log odds of a message that holds nothing known.
        weights: Feature to what it adds to each of them.
    """

    bias: Sequence[float]
    weights: Mapping[str, Sequence[float]]

    def of(self, seen: Mapping[str, float]) -> Odds:
        """Return what it makes of the features of a message."""
        danger, certain, self_harm = self.bias
        for name, value in seen.items():
            weights = self.weights.get(name)
            if weights:
                danger += weights[0] * value
                certain += weights[1] * value
                self_harm += weights[2] * value
        return Odds(danger, certain, self_harm)


@dataclass(frozen=True)
class Model:
    """The fitted model, as plain numbers.

    Attributes:
        key: Hash of what it was learnt from.
        words, runs, letters: The three regressions.
        signals: What the trees ask about, by place in their rows.
        start: The three log odds before the first tree.
        trees: For each of the three, what is added.
        self_harm, certain: Odds from which a message gets the safety reply.
        possible: Odds of danger from which it gets the line about hotlines.
    """

    key: str
    words: Opinion
    runs: Opinion
    letters: Opinion
    signals: Sequence[str]
    start: Sequence[float]
    trees: Sequence[Sequence[Tree]]
    self_harm: float
    certain: float
    possible: float

    def to_json(self) -> str:
        """Return the numbers as one line of JSON."""
        return json.dumps(asdict(self), ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Model:
        """Read what `to_json` wrote."""
        fields = json.loads(text)
        for name in ("words", "runs", "letters"):
            fields[name] = Opinion(**fields[name])
        fields["trees"] = [[*map(read_tree, trees)] for trees in fields["trees"]]
        return cls(**fields)

    @cached_property
    def _forests(self) -> list[Forest]:
        return [Forest.of(trees) for trees in self.trees]

    def odds(self, message: str, readings: Sequence[Reading]) -> Odds:
        """Return what all of them together make of a message.

        Args:
            readings: Of the message's `pieces`.
        """
        by_piece = [self.words.of(features(reading)) for reading in readings]
        said = {
            "words": by_piece[0],
            "gravest": Odds(*map(max, zip(*by_piece, strict=True))),
            "runs": self.runs.of(runs(message)),
            "letters": self.letters.of(spelling(message)),
        }
        seen = signals(readings, said)
        row = [seen.get(name, 0.0) for name in self.signals]
        return weighed(
            start + forest.added(row)
            for start, forest in zip(self.start, self._forests, strict=True)
        )


def weighed(odds: Iterable[float]) -> Odds:
    """Return three log odds, certain danger as the mean of it and of any danger.

    Any danger is learnt from more messages: together they err less (docs/safety.md).
    """
    danger, certain, self_harm = odds
    return Odds(danger, (danger + certain) / 2, self_harm)


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


def runs(message: str) -> dict[str, float]:
    """Return the runs of one, two and three words as typed, of one length together."""
    words = ["^", *TYPED.findall(normalise(message))[:MOST_TYPED], "$"]
    found = {
        " ".join(words[start : start + length])
        for length in (1, 2, 3)
        for start in range(len(words) - length + 1)
    }
    return dict.fromkeys(sorted(found), RUNS / len(found) ** 0.5)


def spelling(message: str) -> dict[str, float]:
    """Return the pieces of words as typed, weighed 1 + ln(count), of length 1."""
    counts = Counter(grams(message.lower().split()))
    values = {piece: 1 + math.log(count) for piece, count in counts.items()}
    length = math.hypot(*values.values()) or 1.0
    return {piece: value / length for piece, value in values.items()}


def signals(
    readings: Sequence[Reading], said: Mapping[str, Sequence[float]]
) -> dict[str, float]:
    """Return what the trees see of a message.

    Args:
        readings: Of the message's `pieces`.
        said: Name of a regression to its three log odds.
    """
    reading = readings[0]
    seen = {
        f"{name} {target}": odds
        for name, three in said.items()
        for target, odds in zip(TARGETS, three, strict=True)
    }
    seen |= dict.fromkeys((f"list {one.name}" for one in reading.found), 1.0)
    seen |= dict.fromkeys((f"level {one.level}" for one in reading.matched), 1.0)
    seen |= dict.fromkeys((f"mark {mark}" for mark in reading.shape), 1.0)
    return seen | {
        f"language {reading.language or 'en'}": 1.0,
        "framed": float(reading.framed),
        "length": float(len(reading.terms)),
        "pieces": float(len(readings)),
    }


def _scaled(kind: str, names: Iterable[str], length: float) -> dict[str, float]:
    """Return equal values whose vector has the length."""
    names = sorted(names)
    value = length / max(len(names), 1) ** 0.5
    return {f"{kind} {name}": value for name in names}
