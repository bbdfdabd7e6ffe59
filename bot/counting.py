"""Counting on numbered things: "the one before", "and the ninth", "the last one"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from indexer.analysis import number_of, tokens
from indexer.glossary import STOP_TERMS, Analysed
from indexer.types import Entity

# Words for a counted thing whose name was said before ("the third plan").
COUNTED = frozenset(
    "one ones meeting plan declaration forum course text session conference round "
    "phase event version".split()
)
STEPS = {
    "before": -1, "previous": -1, "preceding": -1, "earlier": -1, "prior": -1,
    "next": 1, "after": 1, "following": 1, "subsequent": 1, "later": 1,
}  # fmt: skip
ENDS = frozenset({"last", "latest", "newest", "final", "recent"})
AHEAD = frozenset({"next", "following"})


def step(
    asked: Analysed, focus: Entity | None, numbers: Sequence[int]
) -> Entity | None:
    """Return the numbered thing that "the next one" or "and the ninth" points to.

    Args:
        focus: The one that was spoken of.
        numbers: The numbers of its kind that facts tell of.
    """
    if focus is None or asked.entities or asked.years:
        return None
    texts = {token.text for word in asked.words for token in tokens(word)}
    rest = {text for text in texts - COUNTED if text not in STOP_TERMS}
    points = texts & COUNTED or len(rest) == 1
    if len(rest) > 3 or not points:
        return None
    if texts & ENDS and numbers:
        return Entity(focus.name, max(numbers))
    moves = [move for text, move in STEPS.items() if text in texts]
    if moves:
        moved = focus.number + moves[0]
        # Behind the last that is known lies the future: no number of its own.
        future = numbers and moved > max(numbers)
        return None if future else Entity(focus.name, max(moved, 1))
    number = bare_number(asked.words)
    return None if number is None else Entity(focus.name, number)


def bare_number(words: Sequence[str]) -> int | None:
    """Return the one number up to 99 among words, where there is no other.

    >>> bare_number(("and", "the", "ninth")), bare_number(("the", "first", "one"))
    (9, 1)
    """
    found = [token for word in words for token in tokens(word)]
    # "The first one" counts once.
    counted = [token for token in found if token.text != "one" or len(found) < 3]
    known = [n for token in counted if (n := number_of(token)) is not None]
    return known[0] if len(known) == 1 else None


def counting(asked: Analysed, counted: Entity) -> Analysed:
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
