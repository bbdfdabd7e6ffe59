"""Adds up the signs of danger in a message, by the weights of `safety.yaml`."""

from __future__ import annotations

from typing import Literal

from bot.phrases import Found, Line
from indexer.schema import SafetyFile


class Signs:
    """The signs: sums those that stand near each other."""

    def __init__(self, file: SafetyFile) -> None:
        self._weights = {sign.id: int(sign.weight) for sign in file.signs}
        self._of: dict[str, list[str]] = {}
        for sign in file.signs:
            for name in sign.words:
                self._of.setdefault(name, []).append(sign.id)
        self._within = float(file.signs_within)
        self._certain = int(file.certain_from)
        self._possible = int(file.possible_from)

    def score(self, by_name: dict[str, list[Found]], line: Line) -> int:
        """Return the highest sum within reach; what calms counts wherever it stands."""
        placed = sorted(
            (line.at[found.start], sign)
            for name in by_name.keys() & self._of.keys()
            for found in by_name[name]
            for sign in self._of[name]
        )
        calm = {sign for _, sign in placed if self._weights[sign] < 0}
        seen: dict[str, int] = {}
        best = first = 0
        for place, sign in placed:
            if sign in calm:
                continue
            seen[sign] = seen.get(sign, 0) + 1
            while place - placed[first][0] > self._within:
                left = placed[first][1]
                first += 1
                if left not in calm:
                    seen[left] -= 1
            total = sum(self._weights[one] for one, count in seen.items() if count)
            best = max(best, total)
        return best + sum(self._weights[one] for one in calm)

    def level(self, score: int) -> Literal["certain", "possible"] | None:
        """Return the level that a sum stands for."""
        if score >= self._certain:
            return "certain"
        return "possible" if score >= self._possible else None
