"""Recognises a message from somebody in danger.

By the patterns of safety.yaml; where a model was learnt, by that, which weighs them
with all else, except that a pattern of self-harm always counts.
"""

from __future__ import annotations

from dataclasses import dataclass

from indexer.danger import Model, Odds, pieces
from indexer.patterns import Level, Patterns, Reading
from indexer.schema import SafetyFile

READ_CHARS = 4096
MODEL = "model"


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a message sounds like.

    Attributes:
        level: None where nothing sounds like danger.
        pattern_id: The pattern that decided, "model" where the second opinion did;
            empty where level is None.
        countries: Named in the message, without those somebody only comes from.
    """

    level: Level | None = None
    pattern_id: str = ""
    countries: tuple[str, ...] = ()


class Safety:
    """Judges messages by a safety.yaml, and the model fitted on its examples."""

    def __init__(self, file: SafetyFile, model: Model | None = None) -> None:
        self.file = file
        self._patterns = Patterns(file)
        self._model = model

    def judge(self, message: str) -> Judgement:
        """Say whether a message sounds like somebody in danger.

        The gravest level wins: self-harm, certain, possible; then file order. Only
        the first 4,096 characters are read.
        """
        message = message[:READ_CHARS]
        reading = self._patterns.read(message)
        level, decided = _by_patterns(reading)
        if self._model and level != "self_harm":
            parts = [reading, *map(self._patterns.read, pieces(message)[1:])]
            level = _by_model(self._model, self._model.odds(message, parts))
            agrees = [one.id for one in reading.matched if one.level == level]
            decided = agrees[0] if agrees else MODEL if level else ""
        return Judgement(level, decided, reading.countries)


def _by_patterns(reading: Reading) -> tuple[Level | None, str]:
    """Return the gravest level of the patterns; below a frame only self-harm."""
    for pattern in reading.matched:
        if pattern.level == "self_harm" or not reading.framed:
            return pattern.level, pattern.id
    return None, ""


def _by_model(model: Model, odds: Odds) -> Level | None:
    """Return the gravest level; the model has weighed what patterns and frames say."""
    if odds.self_harm >= model.self_harm:
        return "self_harm"
    if odds.certain >= model.certain:
        return "certain"
    return "possible" if odds.danger >= model.possible else None
