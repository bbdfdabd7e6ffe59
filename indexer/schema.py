"""What the curated YAML files may hold: one pydantic model a record.

Every scalar arrives as text, so that dates, `0712` and `no` stay what was typed.
"""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    RootModel,
    model_validator,
)

PART = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?~?")


def check_as_of(text: str) -> str:
    """Return `text` if it is YYYY, YYYY-MM, YYYY-MM-DD, A/B, A/.. or undated."""
    cure = (
        "write YYYY, YYYY-MM, YYYY-MM-DD, A/B, A/.. (each with optional ~) or undated"
    )
    if text == "undated":
        return text
    first, slash, last = text.partition("/")
    parts = [first] if not slash or last == ".." else [first, last]
    for part in parts:
        match = PART.fullmatch(part)
        if not match:
            raise ValueError(f'"{text}" is not a date; {cure}')
        try:
            date(int(match[1]), int(match[2] or 1), int(match[3] or 1))
        except ValueError:
            raise ValueError(f'"{text}" is not in the calendar; {cure}') from None
    if len(parts) == 2 and parts[1].rstrip("~") < parts[0].rstrip("~")[: len(parts[1])]:
        raise ValueError(f'"{text}" ends before it begins; {cure}')
    return text


def _check_text(text: str) -> str:
    if not text.strip():
        raise ValueError("is empty; fill it or remove it")
    return " ".join(text.split())


def _check_day(text: str) -> str:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise ValueError(f'"{text}" is not a day; write YYYY-MM-DD')
    check_as_of(text)
    return text


Text = Annotated[str, AfterValidator(_check_text)]
AsOf = Annotated[str, AfterValidator(check_as_of)]
Day = Annotated[str, AfterValidator(_check_day)]
Flag = Literal["true", "false", "yes", "no"]
Id = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]{0,47}$")]


class Record(BaseModel):
    """A mapping whose fields are all known."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class QuoteRecord(Record):
    """Words to the letter, at most 30 of them."""

    text: Text
    speaker: Text
    source: Text

    @model_validator(mode="after")
    def _short(self) -> QuoteRecord:
        if len(self.text.split()) > 30:
            raise ValueError("a quote has at most 30 words; tell the rest in our words")
        return self


class FactRecord(Record):
    """A curated, dated, sourced question with its answer."""

    id: Id
    as_of: AsOf
    sources: Annotated[list[Text], Field(min_length=1)]
    asked: Annotated[list[Text], Field(min_length=1)]
    answer: Text
    disputed: Flag = "false"
    absent: Flag = "false"
    changed: Day | None = None
    review_by: Day | None = None
    help: Text | None = None
    quote: QuoteRecord | None = None


class FactFile(Record):
    """One file of facts."""

    topic: Text
    facts: list[FactRecord]


class SourceRecord(Record):
    """Where something was published."""

    id: Text
    title: Text
    publisher: Text
    date: AsOf | None = None
    undated: Flag = "false"
    url: Annotated[str, Field(pattern=r"^https?://\S+$")] | None = None
    link: Flag = "yes"

    @model_validator(mode="after")
    def _dated(self) -> SourceRecord:
        if (self.date is None) == (self.undated in ("false", "no")):
            raise ValueError('write either "date" or "undated: true"')
        return self


class SourceFile(Record):
    """All sources."""

    sources: list[SourceRecord]


class EntityRecord(Record):
    """A thing with several names.

    `numbered`: there are several, counted. `body`: an organisation, a treaty or a
    process, of which a fact about another says nothing.
    """

    names: Annotated[list[Text], Field(min_length=1)]
    numbered: Flag = "false"
    body: Flag = "false"


class CountryRecord(Record):
    """A country's spellings and its places."""

    names: Annotated[list[Text], Field(min_length=1)]
    cities: list[Text] = []


class GlossaryFile(Record):
    """Synonyms, entities, countries, contrasts, and how kinds of question sound."""

    synonyms: list[list[Text]] = []
    entities: dict[str, EntityRecord] = {}
    countries: dict[str, CountryRecord] = {}
    contrasts: list[list[list[Text]]] = []
    questions: dict[str, list[Text]] = {}
    fillers: list[Text] = []


class NumberRecord(Record):
    """A telephone number: the only place where one may stand."""

    id: Id
    country: Text
    number: Annotated[str, Field(pattern=r"^[+()0-9][0-9 ()./-]{1,30}$")]
    purpose: Text
    works_from: Text
    run_by: Text
    languages: Text = "not known"
    hours: Text = "not known"
    cost: Text = "not known"
    recorded: Text = "not known"
    sources: Annotated[list[Text], Field(min_length=1)]
    publisher_runs_line: Flag = "no"
    dated: AsOf
    checked_on: Text = "not checked"
    review_by: Day
    priority: Annotated[str, Field(pattern=r"^[1-9]$")] = "1"


class RouteRecord(Record):
    """A way to help that is not a number of ours."""

    id: Id
    country: Text
    text: Text
    sources: Annotated[list[Text], Field(min_length=1)]
    dated: AsOf
    review_by: Day


class ReplyRecord(Record):
    """The fixed safety sentences of one language."""

    reviewed: Flag
    opening: Text
    body: Text
    self_harm: Text
    hint: Text
    hotlines: Text
    no_line: Text
    not_understood: Text
    not_checked: Text
    one_source: Text
    run_by: Text
    works_from: Text
    source_dated: Text


Phrases = dict[str, list[Text]]
"""Language to phrases; indexer/phrases.py says how a phrase is written."""


class PatternRecord(Record):
    """What a message from somebody in danger sounds like.

    A message matches when it holds one phrase of every group in `all`, with their
    beginnings within so many words, and none of `unless` near them. A group is the
    name of a list in `words`, a phrase, or several of either.
    """

    id: Id
    level: Literal["certain", "possible", "self_harm"]
    all: Annotated[list[list[Text] | Text], Field(min_length=1)]
    unless: list[Text] = []
    within: Annotated[str, Field(pattern=r"^[1-9][0-9]{0,2}$")] = "12"
    examples: Annotated[list[Text], Field(min_length=1)]
    counter_examples: list[Text] = []


class SafetyFile(Record):
    """Numbers, routes, replies, and what a message from somebody in danger sounds like.

    Attributes:
        countries: Country to its names and cities by language; the first English
            one is shown.
        words: Name of a list to its phrases by language.
        spellings: By language, what is meant to how it is typed in short messages.
        traditional: Pairs of characters, traditional and simplified.
        common: Words that are never read as a misspelt danger word.
        idioms: Phrases that sound like danger and are none: read as nothing.
        about: Phrases of questions about the subject. They silence a pattern unless
            a list of `personal` stands in it.
        origin: Phrases before or after a country that somebody only comes from.
        framing: Phrases of reports, fiction and study: below them only self-harm is
            read, unless a list of `insisting` stands in the message.
        kinds: Lists of words that no pattern names; the model of indexer/danger.py
            learns what they are worth.
    """

    numbers: list[NumberRecord]
    routes: list[RouteRecord] = []
    countries: dict[str, Phrases] = {}
    replies: dict[str, ReplyRecord] = {}
    spellings: dict[str, Phrases] = {}
    traditional: list[Text] = []
    common: list[Text] = []
    idioms: Phrases = {}
    about: Phrases = {}
    origin: Phrases = {}
    personal: list[Text] = []
    framing: Phrases = {}
    insisting: list[Text] = []
    kinds: dict[str, Phrases] = {}
    words: dict[str, Phrases] = {}
    patterns: list[PatternRecord] = []


class NearMissesFile(RootModel[dict[Id, list[Text]]]):
    """Questions near a fact that no fact answers, by the fact's id."""


class ExamplesFile(Record):
    """Messages that the second opinion on danger learns from.

    Attributes:
        self_harm: From or about somebody who wants to die.
        certain: From somebody in danger, or about somebody who is.
        possible: Where danger may stand behind it.
        harmless: Nothing of the kind, however near the words come.
    """

    self_harm: list[Text]
    certain: list[Text]
    possible: list[Text]
    harmless: list[Text]
