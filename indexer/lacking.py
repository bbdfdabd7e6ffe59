"""What the words of a question that a fact lacks say against the fact.

"How much did SOM 7 cost?" and "Which town took in the delegates of SOM 7?" both hold a
word that no fact about SOM 7 has: the first asks for what is not known, the second for
Bagan in other words. Which words are of the one kind and which of the other is learnt
from ways of asking and from near-misses.yaml (`fitting`); here the weights are applied.
"""

from __future__ import annotations

from collections.abc import Mapping

from indexer.glossary import BASIC_KINDS, Analyser
from indexer.ranking import Ranking
from indexer.signals import frequency, stands_for

UNKNOWN = "unknown words"


def marks(ranking: Ranking, number: int, analyser: Analyser) -> dict[str, float]:
    """Return what of a question's words tells whether a fact holds what is asked.

    Returns:
        "-word" to 1 for a word that the fact lacks, "+word" for a stop word that it
        has, `UNKNOWN` to the number of words that no fact has, and each kind asked for
        ("who") with the fact's agreement ("who 1").
    """
    asked, found = ranking.asked, dict[str, float]()
    unknown = 0
    for term in dict.fromkeys(asked.terms):
        if not stands_for(ranking, term, number, analyser):
            found[f"-{term}"] = 1.0
            unknown += frequency(ranking, term) == 0
        elif term in analyser.empty_terms:
            found[f"+{term}"] = 1.0
    if unknown:
        found[UNKNOWN] = float(unknown)
    for kind in asked.kinds:
        agreed = ranking.agreed["kind" if kind in BASIC_KINDS else "aspect"]
        found[f"{kind} {agreed[number]}"] = 1.0
    return found


def lacks(weights: Mapping[str, float], found: Mapping[str, float]) -> float:
    """Return the log odds that a fact with these marks is right, but for a constant."""
    return sum(weights.get(mark, 0.0) * value for mark, value in found.items())
