"""Unknown words read as the known ones they are nearest to; the answer says so."""

from __future__ import annotations

from collections.abc import Mapping

from rapidfuzz import process
from rapidfuzz.distance import OSA

MIN_LETTERS = 4
SHORT = 6
LONG = 8
MAX_WORDS = 8


def repair(unknown: list[str], known: Mapping[str, int]) -> dict[str, str]:
    """Find for each unknown word the known one it was meant to be.

    Optimal string alignment distance 1 below six letters, else 2; nearest first,
    then the same first letter, then the commonest, then the alphabet.

    Args:
        unknown: Folded Latin words; those under four letters are left alone.
        known: Surface words and how often they occur.

    Returns:
        Word as typed to word as read; words without a near one are not in it.
    """
    found: dict[str, str] = {}
    words = list(known)
    for word in dict.fromkeys(unknown):
        if len(found) == MAX_WORDS:
            break
        if len(word) < MIN_LETTERS:
            continue
        limit = 1 if len(word) < SHORT else 2
        near = process.extract(
            word, words, scorer=OSA.distance, score_cutoff=limit, limit=None
        )
        near = [match for match in near if _plausible(word, match[0], match[1])]
        if near:
            best = min(near, key=lambda match: _order(word, match[0], match[1], known))
            found[word] = best[0]
    return found


def _plausible(word: str, candidate: str, distance: float) -> bool:
    """Two slips in a short word leave anything possible, but the first letter holds."""
    return distance < 2 or len(word) >= LONG or word[0] == candidate[0]


def _order(
    word: str, candidate: str, distance: float, known: Mapping[str, int]
) -> tuple[float, bool, int, str]:
    return distance, candidate[0] != word[0], -known[candidate], candidate
