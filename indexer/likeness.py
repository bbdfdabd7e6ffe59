"""How alike two questions are: a question asked, and the ways of asking a fact."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from indexer.glossary import Analysed, weight

# A synonym found counts less than the word itself.
SYNONYM_COVERAGE = 0.7
IDF_CAP = 4.0


class Variant(NamedTuple):
    """A way of asking, or the question: its terms, and what each is worth.

    Attributes:
        worth: Term to its capped idf, times its weight.
        total: All worth together.
        related: The terms that have synonyms, with them.
    """

    terms: tuple[str, ...]
    worth: Mapping[str, float]
    total: float
    related: Sequence[tuple[str, frozenset[str]]] = ()


class Ways(NamedTuple):
    """The ways of asking a fact, and all their terms."""

    variants: tuple[Variant, ...]
    terms: frozenset[str]

    @classmethod
    def of(cls, variants: Iterable[Variant]) -> Ways:
        """Gather the terms of ways of asking."""
        kept = tuple(variants)
        return cls(kept, frozenset(term for one in kept for term in one.worth))


def variant(
    text: Analysed,
    idf: Callable[[str], float],
    weights: Mapping[str, float] | None = None,
    synonyms: Callable[[str], frozenset[str]] | None = None,
) -> Variant:
    """Return a way of asking with the worth of its terms.

    A rare word counts no more than `IDF_CAP`: that two questions share it or not says
    less about their likeness than its idf.
    """
    worth = {
        term: (weights or {}).get(term, weight(term)) * min(idf(term), IDF_CAP)
        for term in text.terms
    }
    related = [(term, synonyms(term)) for term in worth] if synonyms else []
    related = [(term, others) for term, others in related if others]
    return Variant(text.terms, worth, sum(worth.values()), related)


def likenesses(asked: Variant, ways: Ways) -> Iterator[float]:
    """Say how like each way of asking is to a question, 0 to 1.

    Twice the worth of what they share, by that of both (Dice 1945, weighted); a synonym
    shares `SYNONYM_COVERAGE` of its word's worth.
    """
    # Most terms are in no way of asking this fact, most synonyms neither.
    shared = [(term, n) for term, n in asked.worth.items() if term in ways.terms]
    related = [
        (term, held, SYNONYM_COVERAGE * asked.worth[term])
        for term, synonyms in asked.related
        if (held := synonyms & ways.terms)
    ]
    for other in ways.variants:
        worth = other.worth
        common = sum([n for term, n in shared if term in worth])
        for term, synonyms, n in related:
            if term not in worth and not synonyms.isdisjoint(worth):
                common += n
        whole = asked.total + other.total
        yield 2 * common / whole if whole else 0.0
