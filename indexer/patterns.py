"""What stands in a message: the phrases of safety.yaml, and the patterns they make."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from indexer.analysis import fold, language_of
from indexer.lines import Line, Reader
from indexer.phrases import Found, PhraseBook
from indexer.schema import PatternRecord, SafetyFile

Level = Literal["certain", "possible", "self_harm"]
LEVELS: tuple[Level, ...] = ("self_harm", "certain", "possible")
# Lists whose words mean nothing else where they are found.
MASKS = ("idiom", "about")
COUNTRY = "country:"
KIND = "kind:"
# How far beside a pattern, in words, `unless` still calms it, and a personal word
# still makes it personal.
NEAR = 3.0
PERSONAL_NEAR = 6.0
# A country that somebody comes from stands right beside the word that says so.
BESIDE = 2

# Marks that tell a question, a quotation, a text that is brought along.
MARKS = dict(zip('?？"“”«:：', '??""""::', strict=True))

ByName = dict[str, list[Found]]


@dataclass(frozen=True, slots=True)
class Pattern:
    """A pattern of safety.yaml, compiled: a list of names for each of its groups."""

    id: str
    level: Level
    groups: tuple[frozenset[str], ...]
    unless: frozenset[str]
    within: float


@dataclass(frozen=True, slots=True)
class Reading:
    """What stands in a message.

    Attributes:
        terms: Its units, as `Line` has them: words repaired and stemmed.
        found: The phrases of lists in it, with their places among the units.
        matched: The patterns, gravest level first, then in file order.
        framed: Whether it tells of reports, fiction or study, not of now.
        language: Of the message, as far as it tells.
        shape: Which marks it has: a question mark, a quotation mark, a colon.
        countries: Named, without those somebody only comes from.
    """

    terms: tuple[str, ...]
    found: tuple[Found, ...]
    matched: tuple[Pattern, ...]
    framed: bool
    language: str
    shape: frozenset[str]
    countries: tuple[str, ...]


class Patterns:
    """The compiled patterns of a safety.yaml: reads messages."""

    def __init__(self, file: SafetyFile) -> None:
        self._lists = frozenset(file.words)
        reader = Reader(file.spellings, file.traditional, file.common)
        self._book = PhraseBook(reader)
        masks = dict(zip(MASKS, (file.idioms, file.about), strict=True))
        whole = {"origin": file.origin, "framing": file.framing}
        named = {COUNTRY + name: names for name, names in file.countries.items()}
        kinds = {KIND + name: phrases for name, phrases in file.kinds.items()}
        for lists in (masks, whole, named, file.words, kinds):
            for name, languages in lists.items():
                for language, phrases in languages.items():
                    self._book.add(name, language, phrases)
        # What calms is looked for in the whole message, danger only in the rest.
        self._calming = {*masks, "framing", *kinds, *file.insisting}.union(
            *(one.unless for one in file.patterns)
        )
        self._personal = frozenset(file.personal)
        self._insisting = frozenset(file.insisting)
        self._patterns = sorted(
            (self._compile(pattern) for pattern in file.patterns),
            key=lambda pattern: LEVELS.index(pattern.level),
        )

    def _compile(self, pattern: PatternRecord) -> Pattern:
        groups = [[group] if isinstance(group, str) else group for group in pattern.all]
        for name in [name for group in [*groups, pattern.unless] for name in group]:
            if name not in self._lists:
                self._book.add(name, _language(name), [name])
        return Pattern(
            id=pattern.id,
            level=pattern.level,
            groups=tuple(frozenset(group) for group in groups),
            unless=frozenset(pattern.unless),
            within=float(pattern.within),
        )

    def read(self, message: str) -> Reading:
        """Find the phrases and patterns in a message."""
        line = self._book.read(message)
        found = self._book.find(line)
        calm = [one for one in found if one.name in self._calming]
        if masked := [one for one in calm if one.name in MASKS]:
            self._book.mask(line, masked)
            found = self._book.find(line)
        all_found = (*calm, *found)
        by_name: ByName = {}
        for one in all_found:
            by_name.setdefault(one.name, []).append(one)
        return Reading(
            terms=tuple(line.terms),
            found=tuple(one for one in all_found if not _is_country(one)),
            matched=tuple(
                pattern
                for pattern in self._patterns
                if self._matches(pattern, by_name, line)
            ),
            framed="framing" in by_name and by_name.keys().isdisjoint(self._insisting),
            language=language_of(message),
            shape=frozenset(MARKS.get(char, "") for char in message),
            countries=_countries(by_name),
        )

    def _matches(self, pattern: Pattern, by_name: ByName, line: Line) -> bool:
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
            if _near(by_name, pattern.unless, line, first - NEAR, last + NEAR):
                continue
            around = (first - PERSONAL_NEAR, last + PERSONAL_NEAR)
            if (
                pattern.level != "self_harm"
                and "about" in by_name
                and not _near(by_name, self._personal, line, *around)
            ):
                continue
            return True
        return False


def _is_country(found: Found) -> bool:
    return found.name.startswith(COUNTRY)


def _near(
    by_name: ByName, names: Iterable[str], line: Line, first: float, last: float
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


def _countries(by_name: ByName) -> tuple[str, ...]:
    """Return the countries named, in order, without where somebody comes from."""
    origins = by_name.get("origin", [])
    found = sorted(
        (phrase.start, phrase.end, name.removeprefix(COUNTRY))
        for name, phrases in by_name.items()
        if name.startswith(COUNTRY)
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
