"""A follow-up made whole: several readings of it, each a question of its own.

"And the ninth?" after "Where was SOM 8?" may ask where SOM 9 was, or for SOM 9. Which
was meant is decided by what is found (see `understanding`); here is only text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.conversation import OPENING, PRONOUNS
from bot.counting import AHEAD, COUNTED, bare_number, counting, step
from indexer.analysis import stem
from indexer.glossary import STOP_TERMS, Analysed, Analyser
from indexer.types import Entity

# Every fact is about these: they do not say which.
GENERIC = frozenset({"commit", "trafficking", "gms"})
# A follow-up with one of these has a frame of its own.
ASKING = frozenset(
    "what which is are was were did does do has have had can could will would should "
    "how who whom whose when where why until since according".split()
)
# Verbs that say nothing of their own: a fact need not hold them.
LIGHT = frozenset(
    "came come take took taken part gave give given made make went go got get happen "
    "happened exist do did done find found say said tell told want there else exactly "
    "one ones out now today later ever still already yet again so far under".split()
)
LIGHT_TERMS = frozenset(stem(word) for word in LIGHT)
# "How many came?" counts people.
COMING = frozenset("came come attended attend took take part in".split())


@dataclass(frozen=True, slots=True)
class Before:
    """The turn a follow-up leans on, analysed.

    Attributes:
        question: What was asked, whole.
        subject: What it was about.
        titles: The stored questions of the facts it was answered with.
        counted: The numbered thing it was about, by the question or by its fact.
        numbers: The numbers of that kind that facts tell of.
    """

    question: Analysed
    subject: Analysed
    titles: tuple[Analysed, ...] = ()
    counted: Entity | None = None
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Reading:
    """A whole question that a follow-up may stand for.

    Attributes:
        text: The question.
        subject: Words of what it is about, for the next follow-up.
        own: Terms of the follow-up itself that an answer has to hold.
    """

    text: str
    subject: tuple[str, ...]
    own: frozenset[str]


def readings(asked: Analysed, before: Before, analyser: Analyser) -> list[Reading]:
    """Return the whole questions that a follow-up may stand for, likeliest first."""
    counted = step(asked, before.counted, before.numbers)
    if counted is not None:
        asked = counting(asked, counted)
    own, names = own_words(asked), names_of(asked, analyser)
    rest = {term for term in asked.terms if term not in STOP_TERMS}
    rest -= {*names, *(entity.name for entity in asked.entities)}
    telling = frozenset(rest - analyser.kind_terms - LIGHT_TERMS | {*names})
    bare = not asked.kinds and not rest
    kept = _kept_subject(asked, before, analyser, bare=bare)
    question = _kept(before.question, asked)
    content = content_of(before.question, question, analyser)
    found: list[list[str]] = []
    if before.counted and counted is None and AHEAD & {*own}:
        found.append(["when", "is", "the", "next", before.counted.name])
    if bare and names:
        found.append([*question, *names])
    if rest | {*names} - places_of(asked) and not ASKING & {*own}:
        found.append([*_frame(before.question, asked, analyser), *own])
    found.append([*own, *kept])
    if not bare:
        found.append([*own, *content])
    for title in before.titles:
        named = subject_of(title, _kept(title, asked), analyser)
        found.append([*own, *named])
    about = tuple(dict.fromkeys([*kept, *names]))
    return [Reading(_text(words), about, telling) for words in found]


def _kept_subject(
    asked: Analysed, before: Before, analyser: Analyser, *, bare: bool
) -> list[str]:
    """Return what of the subject a follow-up keeps; a body alone replaces another."""
    kept = _kept(before.subject, asked)
    bodies = {*names_of(asked, analyser)} - places_of(asked)
    if not (bare and bodies):
        return kept
    replaced = {*names_of(before.subject, analyser)} - places_of(before.subject)
    return [word for word in kept if word not in replaced]


def _text(words: Iterable[str]) -> str:
    return " ".join(dict.fromkeys(words)).replace("_", " ")


def own_words(asked: Analysed) -> list[str]:
    """Return a follow-up without its opening and its pronouns."""
    words = " ".join(asked.words)
    while opening := OPENING.match(words):
        words = words[opening.end() :]
    kept = [word for word in words.split() if word not in PRONOUNS or word == "one"]
    if kept[:2] == ["how", "many"] and {*kept[2:]} <= COMING:
        kept[2:] = ["people", *kept[2:]]
    return kept


def names_of(text: Analysed, analyser: Analyser) -> list[str]:
    """Return the canonical names in a text: counted things, bodies, places, years."""
    numbered = {entity.name for entity in text.entities}
    named = {*text.countries, *text.places, *text.years}
    named |= {*analyser.glossary.entities} - numbered
    found = [term for term in text.terms if term in named]
    return list(dict.fromkeys([*map(str, text.entities), *found]))


def subject_of(
    text: Analysed, words: Sequence[str], analyser: Analyser
) -> tuple[str, ...]:
    """Return which of a question's words say what it is about.

    The names among them; all that says more than what kind of answer is wanted, where
    the names alone do not tell one thing from another.
    """
    names = [name for name in names_of(text, analyser) if name in words]
    vague = {*GENERIC, *text.countries, *text.places, *text.years}
    if {*names} - vague:
        return tuple(names)
    return tuple(dict.fromkeys([*content_of(text, words, analyser), *names]))


def content_of(text: Analysed, words: Sequence[str], analyser: Analyser) -> list[str]:
    """Return the words that say more than what kind of answer is wanted."""
    return [
        word
        for term, word in text.typed.items()
        if word in words and term not in analyser.empty_terms
    ]


def places_of(text: Analysed) -> set[str]:
    """Return the names that another of its kind may stand in for: places, years."""
    counted = {name for entity in text.entities for name in (str(entity), entity.name)}
    return {*text.countries, *text.places, *text.years, *counted}


def _kept(text: Analysed, asked: Analysed) -> list[str]:
    """Return the words of a text without the names that a follow-up replaces."""
    dropped: set[str] = set()
    if asked.years:
        dropped |= {*text.years}
    places = len(asked.countries) + len(asked.places)
    if places:
        dropped |= {*[*text.countries, *text.places][-places:]}
    if asked.entities:
        dropped |= {*map(str, text.entities), *text.years, *text.places, *COUNTED}
        dropped |= {word for word in text.words if bare_number([word]) is not None}
    return [word for word in text.words if word not in dropped]


def _frame(text: Analysed, asked: Analysed, analyser: Analyser) -> list[str]:
    """Return a question without what it was about: "what is" of "what is X?"."""
    names = {*names_of(text, analyser)} - GENERIC - places_of(text)
    bare = [
        word
        for term, word in text.typed.items()
        if term in analyser.empty_terms and word not in names
    ]
    kept = _kept(text, asked)
    return [word for word in kept if word not in names] if names else bare
