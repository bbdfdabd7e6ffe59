"""Recognises a message from somebody in danger by patterns and signs of safety.yaml."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from bot.phrases import Found, Line, PhraseBook
from bot.signs import Signs
from indexer.analysis import fold
from indexer.schema import PatternRecord, SafetyFile

Level = Literal["certain", "possible", "self_harm"]
LEVELS: tuple[Level, ...] = ("self_harm", "certain", "possible")
READ_CHARS = 4096
# Lists whose words mean nothing else where they are found.
MASKS = ("idiom", "about")
SIGNS = "signs"
# How far beside a pattern, in words, `unless` still calms it, and a personal word
# still makes it personal.
NEAR = 3.0
PERSONAL_NEAR = 6.0
# A country that somebody comes from stands right beside the word that says so.
BESIDE = 2


@dataclass(frozen=True, slots=True)
class Judgement:
    """What a message sounds like.

    Attributes:
        level: None where nothing sounds like danger.
        pattern_id: The pattern that decided, "signs" where their sum did; empty where
            level is None.
        countries: Named in the message, without those somebody only comes from.
    """

    level: Level | None = None
    pattern_id: str = ""
    countries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Pattern:
    id: str
    level: Level
    groups: tuple[frozenset[str], ...]
    unless: frozenset[str]
    within: float


class Safety:
    """The compiled patterns: judges messages."""

    def __init__(self, file: SafetyFile) -> None:
        self.file = file
        self._book = PhraseBook(file.spellings, file.traditional, file.common)
        named = {f"country:{name}": names for name, names in file.countries.items()}
        masks = dict(zip(MASKS, (file.idioms, file.about), strict=True))
        whole = {"origin": file.origin, "framing": file.framing}
        for lists in (masks, whole, named, file.words):
            for name, languages in lists.items():
                for language, phrases in languages.items():
                    self._book.add(name, language, phrases)
        # What calms is looked for in the whole message, danger only in the rest.
        self._calming = {*masks, "framing", *file.insisting}.union(
            *(one.unless for one in file.patterns)
        )
        self._signs = Signs(file)
        self._personal = frozenset(file.personal)
        self._insisting = frozenset(file.insisting)
        self._patterns = sorted(
            (self._compile(pattern) for pattern in file.patterns),
            key=lambda pattern: LEVELS.index(pattern.level),
        )

    def _compile(self, pattern: PatternRecord) -> _Pattern:
        groups = [[group] if isinstance(group, str) else group for group in pattern.all]
        for name in [name for group in [*groups, pattern.unless] for name in group]:
            if name not in self.file.words:
                self._book.add(name, _language(name), [name])
        return _Pattern(
            id=pattern.id,
            level=pattern.level,
            groups=tuple(frozenset(group) for group in groups),
            unless=frozenset(pattern.unless),
            within=float(pattern.within),
        )

    def judge(self, message: str) -> Judgement:
        """Say whether a message sounds like somebody in danger.

        The gravest level wins: self-harm, certain, possible; then file order. Only
        the first 4,096 characters are read.
        """
        line = self._book.read(message[:READ_CHARS])
        calm = [one for one in self._book.find(line) if one.name in self._calming]
        self._book.mask(line, [one for one in calm if one.name in MASKS])
        by_name: dict[str, list[Found]] = {}
        for found in [*calm, *self._book.find(line)]:
            by_name.setdefault(found.name, []).append(found)
        level, decided = self._level(by_name, line)
        return Judgement(level, decided, _countries(by_name))

    def _level(
        self, by_name: dict[str, list[Found]], line: Line
    ) -> tuple[Level | None, str]:
        """Return the gravest level, and the pattern, or "signs", that decided it."""
        framed = "framing" in by_name and by_name.keys().isdisjoint(self._insisting)
        score = self._signs.score(by_name, line)
        for level in LEVELS:
            if framed and level != "self_harm":
                break
            for pattern in self._patterns:
                if pattern.level == level and self._matches(pattern, by_name, line):
                    return level, pattern.id
            if self._signs.level(score) == level:
                return level, SIGNS
        return None, ""

    def _matches(
        self, pattern: _Pattern, by_name: dict[str, list[Found]], line: Line
    ) -> bool:
        if any(by_name.keys().isdisjoint(group) for group in pattern.groups):
            return False
        groups = [
            sorted(
                (found for name in group for found in by_name.get(name, ())),
                key=lambda found: found.start,
            )
            for group in pattern.groups
        ]
        for window in _windows(groups, line, pattern.within):
            first = line.at[min(found.start for found in window)]
            last = line.at[max(found.end for found in window) - 1]
            if self._near(by_name, pattern.unless, line, first - NEAR, last + NEAR):
                continue
            if (
                pattern.level != "self_harm"
                and "about" in by_name
                and not self._near(
                    by_name,
                    self._personal,
                    line,
                    first - PERSONAL_NEAR,
                    last + PERSONAL_NEAR,
                )
            ):
                continue
            return True
        return False

    @staticmethod
    def _near(
        by_name: dict[str, list[Found]],
        names: Iterable[str],
        line: Line,
        first: float,
        last: float,
    ) -> bool:
        return any(
            first <= line.at[found.start] <= last
            for name in names
            for found in by_name.get(name, ())
        )


def _language(phrase: str) -> str:
    """Take a phrase outside of the lists for Vietnamese where it has marks."""
    latin = [char for char in phrase if "\x80" <= char < "\u0e00" or char > "\u1e00"]
    return "vi" if any(fold(char) != char for char in latin) else "en"


def _windows(
    groups: list[list[Found]], line: Line, within: float
) -> Iterable[list[Found]]:
    """Yield one phrase of every group, begun within so many words of each other."""
    for anchor in groups[0]:
        place = line.at[anchor.start]
        window = [anchor]
        for group in groups[1:]:
            nearest = min(group, key=lambda found: abs(line.at[found.start] - place))
            window.append(nearest)
        starts = [line.at[found.start] for found in window]
        if max(starts) - min(starts) <= within:
            yield window


def _countries(by_name: dict[str, list[Found]]) -> tuple[str, ...]:
    """Return the countries named, in order, without where somebody comes from."""
    origins = by_name.get("origin", [])
    found = sorted(
        (phrase.start, phrase.end, name.removeprefix("country:"))
        for name, phrases in by_name.items()
        if name.startswith("country:")
        for phrase in phrases
    )
    return tuple(
        dict.fromkeys(
            country
            for start, end, country in found
            if not any(
                0 <= start - origin.end < BESIDE or origin.start == end
                for origin in origins
            )
        )
    )
