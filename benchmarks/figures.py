"""What was measured: size, contestant and measure to one value a round."""

from __future__ import annotations

import json
import math
import statistics
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field


@dataclass
class Figures:
    """The figures of one run.

    Attributes:
        values: Size to contestant to measure to its values, one a round.
        told: Size to what its corpus is made of.
    """

    values: dict[int, dict[str, dict[str, list[float]]]] = field(default_factory=dict)
    told: dict[int, str] = field(default_factory=dict)

    def add(self, size: int, peer: str, measured: Mapping[str, float]) -> None:
        """Take in what one round measured."""
        own = self.values.setdefault(size, {}).setdefault(peer, {})
        for measure, value in measured.items():
            own.setdefault(measure, []).append(value)

    @property
    def sizes(self) -> list[int]:
        """Return the sizes, ascending."""
        return sorted(self.values)

    @property
    def peers(self) -> list[str]:
        """Return all contestants in the order they were measured first."""
        return list(dict.fromkeys(name for own in self.values.values() for name in own))

    def rounds(self, size: int, peer: str, measure: str) -> list[float]:
        """Return the values of all rounds; none where it was not measured."""
        return self.values.get(size, {}).get(peer, {}).get(measure, [])

    def median(self, size: int, peer: str, measure: str) -> float | None:
        """Return the median of the rounds."""
        values = self.rounds(size, peer, measure)
        return statistics.median(values) if values else None

    def ratio(
        self, size: int, ours: tuple[str, str], theirs: tuple[str, str]
    ) -> float | None:
        """Return one median over another; each is (contestant, measure)."""
        above, below = self.median(size, *ours), self.median(size, *theirs)
        return above / below if above is not None and below else None

    def slope(self, peer: str, measure: str) -> float | None:
        """Return b of `value ~ size ** b`, by least squares; 1 is proportional."""
        points = [
            (math.log(size), math.log(value))
            for size in self.sizes
            if (value := self.median(size, peer, measure))
        ]
        if len(points) < 2:
            return None
        return statistics.linear_regression(*zip(*points, strict=True)).slope

    def to_json(self) -> str:
        """Return the figures as JSON."""
        values = {str(size): own for size, own in self.values.items()}
        told = {str(size): text for size, text in self.told.items()}
        return json.dumps({"values": values, "told": told}, indent=1)

    @classmethod
    def from_json(cls, text: str) -> Figures:
        """Read figures back."""
        read = json.loads(text)
        values = {int(size): own for size, own in read["values"].items()}
        return cls(values, {int(size): told for size, told in read["told"].items()})


def joined(runs: Iterable[Figures]) -> Figures:
    """Return runs over different sizes as one."""
    whole = Figures()
    for run in runs:
        whole.values |= run.values
        whole.told |= run.told
    return whole
