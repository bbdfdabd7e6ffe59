"""Telephone numbers and e-mail addresses in texts.

Numbers stand in `safety.yaml` alone, where each has its dates and its review; an
address in a document would send people to somebody who may long be gone.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
# Seven digits or more, with the marks that people part them by.
LONG = re.compile(r"(?<![\w.,/-])\+?\(?\d(?:[ ().-]{0,2}\d){6,14}(?![\w/-]|[.,]\d)")
SHORT = re.compile(
    r"\b(?:call|calls|dial|dials|hotlines?|helplines?|phone|telephone|tel|line|number)"
    r"(?:\s+(?:is|number|no|at|to|on|the))*[\s:.]+(\+?\d{3,6})(?![\w/-]|[.,]\d)",
    re.IGNORECASE,
)
YEAR = re.compile(r"(?:19|20|25)\d\d")
DATE = re.compile(r"\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.]\d{4}")


def digits_of(number: str) -> str:
    """Return the digits of a number, which are what two spellings share.

    >>> digits_of("(02) 123-4567")
    '021234567'
    """
    return re.sub(r"\D", "", number)


def emails(text: str) -> list[str]:
    """Return the e-mail addresses of a text."""
    return list(dict.fromkeys(EMAIL.findall(text)))


def numbers(text: str, listed: Iterable[str] = ()) -> list[str]:
    """Return what looks like a telephone number and is not among those listed.

    Long runs of digits count wherever they stand; three to six digits only behind
    a word such as "call" or "hotline". Years and dates do not count.

    Args:
        listed: Digits of the numbers that are allowed.

    >>> numbers("Call 1300 or +66 2 123 4567 by 2012-02-14.", ["1300"])
    ['+66 2 123 4567']
    """
    known = set(listed)
    found = dict.fromkeys(match.strip() for match in _candidates(text))
    return [number for number in found if digits_of(number) not in known]


def faults(text: str, listed: Iterable[str] = ()) -> Iterator[str]:
    """Say of each number that is not listed, and each address, that it is there."""
    for number in numbers(text, listed):
        cure = "list it in safety.yaml or remove it"
        yield f'"{number}" looks like a telephone number; {cure}'
    for email in emails(text):
        yield f'"{email}" is an e-mail address; remove it'


def _candidates(text: str) -> Iterator[str]:
    for match in LONG.finditer(text):
        if not DATE.search(match[0]) and not _starts_with_year(match[0]):
            yield match[0]
    for match in SHORT.finditer(text):
        if not YEAR.fullmatch(match[1]):
            yield match[1]


def _starts_with_year(text: str) -> bool:
    """Tell "2004-2007" and "in 2023 120 people" from a number."""
    return YEAR.fullmatch(re.split(r"\D", text.lstrip("("), maxsplit=1)[0]) is not None
