"""How citations are worded, the same over every transport."""

from __future__ import annotations

from bot.dates import in_words
from bot.languages.en import Phrases
from bot.types import Answer, Citation

SHOWN = 2


def shown(answer: Answer) -> tuple[tuple[Citation, ...], int]:
    """Return the citations that are shown, and how many more there are."""
    return answer.citations[:SHOWN], max(len(answer.citations) - SHOWN, 0)


def lead(answer: Answer, phrases: Phrases) -> str:
    """Return what stands before the sources: whose words the answer is in."""
    own = answer.citations[0].own_words if answer.citations else True
    return phrases.own_summary if own else phrases.source


def parts(citation: Citation, phrases: Phrases) -> tuple[str, str]:
    """Return a citation's title, and the rest: publisher, date, place in it.

    A source that must not be linked is said to have been read in a copy.
    """
    rest = [citation.publisher, in_words(citation.date) or phrases.undated]
    if citation.locator:
        rest.append(citation.locator)
    if citation.publisher and not citation.url:
        rest.append(phrases.archived_copy)
    return citation.title, ", ".join(part for part in rest if part)
