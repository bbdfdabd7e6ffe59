"""A follow-up made whole: several readings of it, each a question of its own.

"And the ninth?" after "Where was SOM 8?" may ask where SOM 9 was, or for SOM 9. Which
was meant is decided by what is found (see `understanding`); here is only text.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from bot.conversation import OPENING, PRONOUNS
from indexer.analysis import number_of, stem, tokens
from indexer.glossary import STOP_TERMS, Analysed, Analyser
from indexer.types import Entity

# Every fact is about these: they do not say which.
GENERIC = frozenset({"commit", "trafficking", "gms"})
# Words for a counted thing whose name was said before ("the third plan").
COUNTED = frozenset(
    "one ones meeting plan declaration forum course text session conference round "
    "phase event version".split()
)
STEPS = {
    "before": -1, "previous": -1, "preceding": -1, "earlier": -1, "prior": -1,
    "next": 1, "after": 1, "following": 1, "subsequent": 1, "later": 1,
}  # fmt: skip
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
# "How many came?" counts people.
COMING = frozenset("came come attended attend took take part in".split())
ENDS = frozenset({"last", "latest", "newest", "final", "recent"})


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
        held: Words of the turn before that an answer has to hold.
        own: Terms of the follow-up itself that an answer has to hold.
        aspect_kept: It asks of something else what was asked before; or the follow-up
            says itself what it asks for.
    """

    text: str
    subject: tuple[str, ...]
    held: frozenset[str]
    own: frozenset[str]
    aspect_kept: bool = True


def readings(asked: Analysed, before: Before, analyser: Analyser) -> list[Reading]:
    """Return the whole questions that a follow-up may stand for, likeliest first."""
    counted = step(asked, before)
    if counted is not None:
        asked = _counting(asked, counted)
    own = own_words(asked)
    names = names_of(asked, analyser)
    rest = {term for term in asked.terms if term not in STOP_TERMS}
    rest -= {*names, *(entity.name for entity in asked.entities)}
    light = {stem(word) for word in LIGHT}
    telling = frozenset(rest - analyser.kind_terms - light | {*names})
    kept = _kept(before.subject, asked)
    bodies = {*names} - places_of(asked)
    if not asked.kinds and not rest and bodies:
        kept = [word for word in kept if word not in names_of(before.subject, analyser)
                or word in places_of(before.subject)]  # fmt: skip
    about = tuple(dict.fromkeys([*kept, *names]))
    bare = not asked.kinds and not rest
    found: list[Reading] = []

    def add(
        words: Iterable[str], held: Iterable[str] = kept, *, aspect_kept: bool = True
    ) -> None:
        text = " ".join(dict.fromkeys(words)).replace("_", " ").strip()
        if text and text not in [reading.text for reading in found]:
            found.append(Reading(text, about, frozenset(held), telling, aspect_kept))

    if bare and names:
        question = _kept(before.question, asked)
        add([*question, *names], content_of(before.question, question, analyser))
    if rest | {*names} - places_of(asked) and not ASKING & {*own}:
        for frame in _frames(before.question, asked, analyser):
            add([*frame, *own], content_of(before.question, frame, analyser))
    add([*own, *kept], aspect_kept=not bare)
    if not bare:
        add(
            [
                *own,
                *content_of(before.question, _kept(before.question, asked), analyser),
            ]
        )
    for title in before.titles:
        add([*own, *subject_of(title, _kept(title, asked), analyser)],
            aspect_kept=not bare)  # fmt: skip
    return found


def step(asked: Analysed, before: Before) -> Entity | None:
    """Return the numbered thing that "the next one" or "and the ninth" points to."""
    focus = before.counted
    if focus is None or asked.entities or asked.years:
        return None
    texts = {token.text for word in asked.words for token in tokens(word)}
    rest = {text for text in texts - COUNTED if text not in STOP_TERMS}
    points = texts & COUNTED or len(rest) == 1
    if len(rest) > 3 or not points:
        return None
    if texts & ENDS and before.numbers:
        return Entity(focus.name, max(before.numbers))
    moves = [move for text, move in STEPS.items() if text in texts]
    if moves:
        return Entity(focus.name, max(focus.number + moves[0], 1))
    number = bare_number(asked.words)
    return None if number is None else Entity(focus.name, number)


def bare_number(words: Sequence[str]) -> int | None:
    """Return the one number up to 99 among words, where there is no other.

    >>> bare_number(("and", "the", "ninth"))
    9
    """
    found = [token for word in words for token in tokens(word)]
    numbers = [
        number
        for token in found
        if token.text not in ("one", "first") or len(found) < 4
        if (number := number_of(token)) is not None
    ]
    return numbers[0] if len(numbers) == 1 else None


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
    empty = STOP_TERMS | analyser.kind_terms
    return [
        word for term, word in text.typed.items() if word in words and term not in empty
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


def _frames(text: Analysed, asked: Analysed, analyser: Analyser) -> list[list[str]]:
    """Return a question without what it was about: "what is" of "what is X?"."""
    names = {*names_of(text, analyser)} - GENERIC - places_of(text)
    empty = STOP_TERMS | analyser.kind_terms
    bare = [
        word for term, word in text.typed.items() if term in empty and word not in names
    ]
    kept = _kept(text, asked)
    return [[word for word in kept if word not in names] if names else bare]


def _counting(asked: Analysed, counted: Entity) -> Analysed:
    """Put the thing pointed to in the place of the words that point."""
    kept = [
        (term, word)
        for term, word in asked.typed.items()
        if word not in COUNTED and word not in STEPS and word not in ENDS
        and not any(number_of(token) is not None for token in tokens(word))
    ]  # fmt: skip
    return replace(
        asked,
        terms=(*(term for term, _ in kept), str(counted), counted.name),
        words=(*(word for _, word in kept), str(counted)),
        entities=(counted,),
    )
