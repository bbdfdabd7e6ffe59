"""What transports receive from the assistant."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

AnswerKind = Literal["answer", "clarify", "unknown", "safety", "smalltalk"]
Reason = Literal[
    "number_unknown",
    "aspect_unknown",
    "words_unknown",
    "too_vague",
    "off_topic",
    "bad_input",
    "no_index",
]


@dataclass(frozen=True, slots=True)
class Citation:
    """Where an answer's words come from, as people see it.

    Attributes:
        url: Empty where the source must not or cannot be linked.
        date: Of the source, as the knowledge writes it; empty where undated.
        locator: Where inside a document (page, heading); empty for facts.
        own_words: True where this project summarised, False where it quotes.
    """

    title: str
    publisher: str
    url: str
    date: str
    locator: str
    own_words: bool


@dataclass(frozen=True, slots=True)
class Offer:
    """A stored question that may be asked next: its fact's id and its words."""

    id: str
    question: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent for one message.

    Attributes:
        text: Plain text. "As of", repairs, corrections and hints are part of it;
            citations are not: transports render them below.
        citations: All of them, strongest first; transports show two.
        confidence: None for safety, smalltalk and bad input.
        language: BCP 47.
        reason: Why it is unknown; None otherwise.
        passage_ids: Of the passages the words come from ("som8@en#0").
        offers: Stored questions that are near, at most three.
        as_of: Of the fact or document; empty where nothing was answered.
    """

    kind: AnswerKind
    text: str
    citations: tuple[Citation, ...] = ()
    confidence: float | None = None
    language: str = "en"
    reason: Reason | None = None
    passage_ids: tuple[str, ...] = ()
    offers: tuple[Offer, ...] = ()
    as_of: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """A question with its answer, kept in memory for half an hour.

    Attributes:
        question: What was asked, made whole if it leaned on the turn before.
        kinds: What it asked for (who, when, ...), kept for a follow-up.
        context: Terms of what it was about, for a follow-up to lean on: the names in
            the question, then those of the fact that was found.
        why: How the answer came about, in plain words.
    """

    question: str
    answer: Answer
    asked_at: datetime
    kinds: tuple[str, ...] = ()
    context: tuple[str, ...] = ()
    why: str = ""


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic with its facts' questions."""

    name: str
    facts: tuple[Offer, ...]


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A fact in a list to choose from: its question and the first sentence."""

    id: str
    title: str
    first_sentence: str


@dataclass(frozen=True, slots=True)
class About:
    """The state of the knowledge.

    Attributes:
        newest: The newest `as_of`, in words; empty without an index.
        overdue: Ids of records whose `review_by` has passed.
        stale: Knowledge files are newer than the index.
    """

    build_id: str
    newest: str
    overdue: tuple[str, ...]
    stale: bool
    facts: int
    documents: int
