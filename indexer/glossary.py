"""Names for one thing made one term: entities with numbers, countries, places.

"8th Senior Officials' Meeting", "SOM VIII" and "som8" all become `som_8`; "Vietnam"
and "Viet Nam" become `viet_nam`. Synonyms stay words of their own and are only
looked up beside them. Contrasts are classes whose members exclude each other.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from indexer.analysis import (
    STOP_WORDS,
    Token,
    grams,
    number_of,
    script_terms,
    stem,
    tokens,
)
from indexer.types import Entity

# Words that may stand between a number and the entity it counts.
BETWEEN = frozenset({"commit", "gms", "the", "of", "coordinated"})
NUMBER_SIGNS = frozenset({"no", "number", "nr", "num"})
STOP_TERMS = frozenset(stem(word) for word in STOP_WORDS)
STOP_WEIGHT = 0.5
NOTHING: frozenset[str] = frozenset()
BASIC_KINDS = frozenset({"who", "when", "where", "how_many", "why"})
SYNONYM_WEIGHT = 0.5
# So many sentences are kept as they were cut.
SENTENCES = 300


@dataclass(frozen=True, slots=True)
class Analysed:
    """A text cut into terms, with what the glossary recognised in it.

    Attributes:
        terms: In order, with repeats.
        words: The same before stemming and before runs are cut: what grams are
            made of.
        typed: Term to the word it came from.
    """

    terms: tuple[str, ...]
    words: tuple[str, ...]
    entities: tuple[Entity, ...]
    countries: tuple[str, ...]
    places: tuple[str, ...]
    years: tuple[str, ...]
    kinds: tuple[str, ...]
    classes: frozenset[tuple[int, int]]
    typed: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Glossary:
    """The glossary as it is stored: plain lists, compiled once by `Analyser`.

    Attributes:
        entities: Name to its spellings; `numbered` names those that are counted,
            `bodies` organisations and treaties that are not one another.
        countries: Country to its spellings; `cities` country to its places.
        synonyms: Groups of words or phrases that may stand for one another.
        contrasts: Classes; each a list of members, each a list of spellings.
        questions: Kind of question (who, when, ...) to the phrases that ask for it.
        fillers: Phrases that say nothing ("could you tell me"), passed over in
            questions.
    """

    entities: Mapping[str, Sequence[str]] = field(default_factory=dict)
    numbered: Sequence[str] = ()
    bodies: Sequence[str] = ()
    countries: Mapping[str, Sequence[str]] = field(default_factory=dict)
    cities: Mapping[str, Sequence[str]] = field(default_factory=dict)
    synonyms: Sequence[Sequence[str]] = ()
    contrasts: Sequence[Sequence[Sequence[str]]] = ()
    questions: Mapping[str, Sequence[str]] = field(default_factory=dict)
    fillers: Sequence[str] = ()

    def to_json(self) -> str:
        """Return the glossary as one line of JSON, keys sorted."""
        fields = {name: getattr(self, name) for name in self.__slots__}
        return json.dumps(fields, ensure_ascii=False, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> Glossary:
        """Read what `to_json` wrote."""
        return cls(**json.loads(text))


class Phrases:
    """Finds the longest stored phrase that starts at a place in a text."""

    def __init__(self, names: Iterable[tuple[str, str]]) -> None:
        self._by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for spelling, canonical in names:
            stems = tuple(stem(token.text) for token in tokens(spelling))
            if stems:
                self._by_first.setdefault(stems[0], []).append((stems, canonical))
        for phrases in self._by_first.values():
            phrases.sort(key=lambda phrase: (-len(phrase[0]), phrase))

    def at(self, stems: Sequence[str], start: int) -> tuple[str, int] | None:
        """Return the canonical name of the phrase at `start` and its length."""
        for phrase, canonical in self._by_first.get(stems[start], ()):
            if tuple(stems[start : start + len(phrase)]) == phrase:
                return canonical, len(phrase)
        return None

    def any_in(self, stems: Sequence[str]) -> bool:
        """Tell whether some phrase may be in a text: its first word is."""
        return not self._by_first.keys().isdisjoint(stems)

    def all_in(self, stems: Sequence[str]) -> list[str]:
        """Return every canonical name found in a text, in order, longest first."""
        found: list[str] = []
        place = 0 if self.any_in(stems) else len(stems)
        while place < len(stems):
            match = self.at(stems, place)
            if match:
                found.append(match[0])
            place += match[1] if match else 1
        return found


class Analyser:
    """Cuts texts into terms with one glossary; serves passages and questions."""

    def __init__(self, glossary: Glossary) -> None:
        self.glossary = glossary
        self.numbered = frozenset(glossary.numbered)
        self.names = frozenset(glossary.entities)
        self.bodies = frozenset(glossary.bodies)
        self.countries = frozenset(glossary.countries)
        self.country_of = {
            _canonical(city): country
            for country, cities in glossary.cities.items()
            for city in cities
        }
        self._names = Phrases(self._all_names())
        self._questions = Phrases(
            (phrase, kind)
            for kind, phrases in glossary.questions.items()
            for phrase in phrases
        )
        self._contrasts = Phrases(
            (spelling, f"{group}:{member}")
            for group, members in enumerate(glossary.contrasts)
            for member, spellings in enumerate(members)
            for spelling in spellings
        )
        # Words that only say what kind of answer is wanted.
        self.kind_terms = frozenset(
            stem(token.text)
            for kind in BASIC_KINDS
            for phrase in glossary.questions.get(kind, ())
            for token in tokens(phrase)
        )
        # These and the stop words do not say what a question is about.
        self.empty_terms = STOP_TERMS | self.kind_terms
        self.fillers = Phrases((phrase, "") for phrase in glossary.fillers)
        self.synonyms = self._synonyms()
        # Sentences of documents are looked at again and again; a long one with its
        # grams takes 35 kB.
        self.cut = lru_cache(maxsize=SENTENCES)(self._cut)
        self._synonym_sets = {
            term: frozenset(others) for term, others in self.synonyms.items()
        }
        # Surface words that typo repair may take for known ones.
        self.known_words = frozenset(
            token.text
            for name, _ in self._all_names()
            for token in tokens(name)
            if token.script == "latin"
        )

    def _all_names(self) -> Iterable[tuple[str, str]]:
        glossary = self.glossary
        for name, spellings in [
            *glossary.entities.items(),
            *glossary.countries.items(),
        ]:
            for spelling in spellings:
                yield spelling, name
        for cities in glossary.cities.values():
            for city in cities:
                yield city, _canonical(city)
        for group in glossary.synonyms:
            for phrase in group:
                if len(tokens(phrase)) > 1:
                    yield phrase, _canonical(phrase)

    def _cut(self, text: str, language: str) -> tuple[Analysed, frozenset[str]]:
        """Return a text analysed, and its character grams; kept for some time."""
        cut = self.analyse(text, language=language)
        return cut, frozenset(grams(cut.words))

    def synonym_set(self, term: str) -> frozenset[str]:
        """Return the terms that may stand for one, as a set."""
        return self._synonym_sets.get(term, NOTHING)

    def _synonyms(self) -> dict[str, tuple[str, ...]]:
        found: dict[str, set[str]] = {}
        for group in self.glossary.synonyms:
            members = [term for phrase in group for term in self.analyse(phrase).terms]
            for term in members:
                found.setdefault(term, set()).update(set(members) - {term})
        return {term: tuple(sorted(others)) for term, others in found.items()}

    def analyse(
        self,
        text: str,
        *,
        language: str = "en",
        repaired: Mapping[str, str] | None = None,
        asked: bool = False,
    ) -> Analysed:
        """Cut a text into terms.

        Args:
            repaired: Words to read as others, from typo repair.
            asked: It is a question: phrases that say nothing are passed over.

        Example:
            >>> analyser.analyse("When was the 8 th SOM in Vietnam?").terms
            ('when', 'was', 'the', 'som_8', 'som', 'in', 'viet_nam')
        """
        found = tokens(text)
        if repaired:
            found = [
                part
                for token in found
                for part in (
                    tokens(repaired[token.text]) if token.text in repaired else [token]
                )
            ]
        stems = [self._term(token, language) for token in found]
        if asked:
            found, stems = self._without_fillers(found, stems)
        reader = _Reader(self, found, stems)
        reader.read()
        classes = frozenset(
            (int(group), int(member))
            for group, member in (
                name.split(":") for name in self._contrasts.all_in(stems)
            )
        )
        return Analysed(
            terms=tuple(reader.terms),
            words=tuple(reader.words),
            entities=tuple(dict.fromkeys(reader.entities)),
            countries=tuple(dict.fromkeys(reader.countries)),
            places=tuple(dict.fromkeys(reader.places)),
            years=tuple(dict.fromkeys(reader.years)),
            kinds=tuple(dict.fromkeys(self._questions.all_in(stems))),
            classes=classes,
            typed=reader.typed,
        )

    def _without_fillers(
        self, found: list[Token], stems: list[str]
    ) -> tuple[list[Token], list[str]]:
        """Drop phrases that say nothing; a text of nothing else is left whole."""
        if not self.fillers.any_in(stems):
            return found, stems
        kept, place = [], 0
        while place < len(stems):
            match = self.fillers.at(stems, place)
            if not match:
                kept.append(place)
            place += match[1] if match else 1
        kept = kept or list(range(len(stems)))
        return [found[i] for i in kept], [stems[i] for i in kept]

    def name_at(self, stems: Sequence[str], place: int) -> tuple[str, int] | None:
        """Return the glossary's name for the phrase at `place`, and its length."""
        return self._names.at(stems, place)

    @staticmethod
    def _term(token: Token, language: str) -> str:
        if token.script == "latin" and language == "en":
            return stem(token.text)
        return token.text


class _Reader:
    """One pass over the tokens of a text, naming what the glossary knows."""

    def __init__(
        self, analyser: Analyser, found: list[Token], stems: list[str]
    ) -> None:
        self.analyser, self.found, self.stems = analyser, found, stems
        self.terms: list[str] = []
        self.words: list[str] = []
        self.entities: list[Entity] = []
        self.countries: list[str] = []
        self.places: list[str] = []
        self.years: list[str] = []
        self.typed: dict[str, str] = {}

    def read(self) -> None:
        place = 0
        while place < len(self.found):
            place += (
                self._numbered_before(place) or self._named(place) or self._plain(place)
            )

    def _numbered_before(self, place: int) -> int:
        """Read "8th (COMMIT) Senior Officials' Meeting"; 0 where there is none."""
        token = self.found[place]
        counts = token.script == "ordinal" or token.text in _ORDINAL_WORDS
        number = number_of(token) if counts else None
        if number is None:
            return 0
        ahead = place + 1
        while ahead < len(self.found) and self.found[ahead].text in BETWEEN:
            ahead += 1
        match = (
            self.analyser.name_at(self.stems, ahead)
            if ahead < len(self.stems)
            else None
        )
        if not match or match[0] not in self.analyser.numbered:
            return 0
        self._entity(match[0], number)
        return ahead + match[1] - place

    def _named(self, place: int) -> int:
        """Read a glossary name, with the number behind it where it is counted."""
        match = self.analyser.name_at(self.stems, place)
        if not match:
            return 0
        name, length = match
        if name in self.analyser.numbered:
            return self._maybe_number(name, place + length) - place
        if name in self.analyser.countries:
            self.countries.append(name)
        elif name in self.analyser.country_of:
            self.places.append(name)
        self._add(name, name)
        return length

    def _maybe_number(self, name: str, after: int) -> int:
        ahead = after
        if ahead < len(self.found) and self.found[ahead].text in NUMBER_SIGNS:
            ahead += 1
        number = None
        if ahead < len(self.found) and not self._date_at(ahead):
            number = number_of(self.found[ahead], roman=True)
        if number is None:
            self._add(name, name)
            return after
        self._entity(name, number)
        return ahead + 1

    def _date_at(self, place: int) -> bool:
        """Tell whether the number at `place` is a day: a month stands beside it."""
        behind = self.found[place + 1 : place + 4]
        days = [token for token in behind if token.script in ("number", "ordinal")]
        rest = [token.text for token in behind if token not in days]
        return bool(rest[:1]) and rest[0][:3] in _MONTHS and rest[0] in MONTH_NAMES

    def _plain(self, place: int) -> int:
        token, term = self.found[place], self.stems[place]
        if token.script in ("han", "sea"):
            self.terms.extend(script_terms(token))
            self.words.append(token.text)
            return 1
        if token.text in _ORDINAL_WORDS and (number := number_of(token)) is not None:
            term = str(number)
        if (
            token.script == "number"
            and len(token.text) == 4
            and token.text[:2] in ("19", "20")
        ):
            self.years.append(token.text)
        self._add(term, token.text)
        return 1

    def _entity(self, name: str, number: int) -> None:
        entity = Entity(name, number)
        self.entities.append(entity)
        self._add(str(entity), str(entity))
        self.terms.append(name)

    def _add(self, term: str, word: str) -> None:
        self.terms.append(term)
        self.words.append(word)
        self.typed.setdefault(term, word)


_ORDINAL_WORDS = frozenset(
    "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth "
    "thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth "
    "twentieth".split()
)
MONTH_NAMES = frozenset(
    "january february march april may june july august september october november "
    "december jan feb mar apr jun jul aug sep sept oct nov dec".split()
)
_MONTHS = frozenset(name[:3] for name in MONTH_NAMES)


def _canonical(phrase: str) -> str:
    """Return the one spelling of a phrase as a term.

    >>> _canonical("Phnom Penh")
    'phnom_penh'
    """
    return "_".join(token.text for token in tokens(phrase))


def weight(term: str) -> float:
    """Return a term's own weight: one half for stop words, else one."""
    return STOP_WEIGHT if term in STOP_TERMS else 1.0
