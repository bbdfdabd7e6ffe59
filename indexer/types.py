"""The words that every other module shares."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Literal, Protocol

Kind = Literal["fact", "document"]


@dataclass(frozen=True, slots=True)
class Section:
    """A titled part of a document; its locator says where it stands ("p. 3")."""

    title: str
    text: str
    locator: str


@dataclass(frozen=True, slots=True)
class Quote:
    """Words to the letter, with who said them and the id of the source."""

    text: str
    speaker: str
    source_id: str


@dataclass(frozen=True, slots=True)
class Document:
    """One knowledge file, or one fact.

    A fact has one section: its text is the answer, its title the first way of
    asking, and `variants` are all ways of asking. An `absent` fact says what was looked
    for and not found: it answers with a dated "not known".
    """

    id: str
    kind: Kind
    title: str
    language: str = "en"
    topic: str = ""
    as_of: str = "undated"
    disputed: bool = False
    absent: bool = False
    review_by: str = ""
    changed: str = ""
    quote: Quote | None = None
    rights: str = "own"
    sections: tuple[Section, ...] = ()
    source_ids: tuple[str, ...] = ()
    checksum: str = ""
    variants: tuple[str, ...] = ()
    file: str = ""


@dataclass(frozen=True, slots=True)
class Passage:
    """The unit that is searched and shown."""

    id: str
    document_id: str
    kind: Kind
    language: str
    title: str
    text: str
    variants: tuple[str, ...]
    locator: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where a fact was published. `url` and `date` are empty where unknown."""

    id: str
    title: str
    publisher: str
    url: str
    date: str
    linked: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage with its score.

    `score` compares only within one question and one space. `features` are the
    numbers that decide, by name: of a fact's confidence, or of a passage's best
    sentence, which is `extract` (the best three passages only). `missing` are the
    question's words that a fact does not hold, as typed, heaviest first.
    """

    passage: Passage
    score: float
    features: Mapping[str, float] = field(default_factory=dict)
    confidence: float = 0.0
    extract: str = ""
    missing: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entity:
    """A numbered thing of the glossary, as named in a text: SOM 8 is ("som", 8)."""

    name: str
    number: int

    def __str__(self) -> str:
        return f"{self.name}_{self.number}"


@dataclass(frozen=True, slots=True)
class Understanding:
    """What analysis made of a question; everything a refusal needs to say why.

    Attributes:
        terms: Term to its weight in the question (1, or 1/2 for stop words and
            synonyms).
        entities: Numbered entities named; `unheard` are those no fact asks about,
            `known_numbers` the numbers of each family that facts tell of.
        countries, places, years: Canonical names of those mentioned.
        kinds: What is asked for: who, when, where, how_many, why.
        unknown: Words the index does not know, as typed.
        content: Terms that are no stop words, in order.
    """

    terms: Mapping[str, float]
    entities: tuple[Entity, ...] = ()
    unheard: tuple[Entity, ...] = ()
    known_numbers: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    countries: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    years: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    content: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hits:
    """The best facts and passages, best first, and what was repaired on the way.

    `repaired` holds pairs (as typed, as read). `together` says how many of the first
    facts are one answer: two of one topic that are equally near are shown both.
    `quotes` works out the sentences of the passages: that costs as much as all the
    rest, and is needed only where no fact answers.
    """

    facts: tuple[Hit, ...]
    passages: tuple[Hit, ...]
    repaired: tuple[tuple[str, str], ...]
    understanding: Understanding
    together: int = 1
    quotes: Callable[[], tuple[Hit, ...]] | None = field(
        default=None, repr=False, compare=False
    )

    def quoted(self) -> tuple[Hit, ...]:
        """Return the passages, the best three with the sentence that answers best."""
        return self.quotes() if self.quotes else self.passages


class Searcher(Protocol):
    """What answers need of an index."""

    @property
    def build_id(self) -> str:
        """Hash of content and options; two equal ids answer alike."""

    def search(
        self,
        question: str,
        *,
        limit: int = 10,
        language: str = "en",
        context: tuple[str, ...] = (),
    ) -> Hits:
        """Return the best facts and passages for a question."""

    def document(self, document_id: str) -> Document | None:
        """Return a document without its sections, or None."""

    def source(self, source_id: str) -> Source | None:
        """Return a source, or None."""

    def documents(self) -> tuple[Document, ...]:
        """Return all documents, sorted by id."""

    def sources(self) -> tuple[Source, ...]:
        """Return all sources, sorted by id."""

    def context_of(self, document_id: str) -> tuple[str, ...]:
        """Return the terms by which a follow-up may lean on a fact."""

    def fact(self, document_id: str) -> Passage | None:
        """Return a fact's passage, or None."""

    def passage(self, passage_id: str) -> Passage | None:
        """Return a passage by its id, or None."""

    def bands(self, language: str) -> tuple[float, float]:
        """Return the lowest confidence to answer at, and to ask back at."""
