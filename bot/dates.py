"""Dates of the knowledge files in words."""

from __future__ import annotations

import calendar
import re

PART = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?(~?)")


def in_words(as_of: str) -> str:
    """Return an `as_of` as people write it; "" for undated.

    >>> in_words("2012-02-14/2012-02-15"), in_words("2016-11/.."), in_words("2013~")
    ('14\u201315 February 2012', 'since November 2016', 'about 2013')
    """
    first, slash, last = as_of.partition("/")
    if last == "..":
        return f"since {_part(first)}"
    if not slash:
        return _part(first)
    start, end = _part(first), _part(last)
    if not start or not end:
        return start or end
    # 14 February 2012 to 15 February 2012 shares month and year.
    ours, theirs = start.split(), end.split()
    shared = 0
    while (
        shared < min(len(ours), len(theirs)) - 1
        and ours[-1 - shared] == theirs[-1 - shared]
    ):
        shared += 1
    short = " ".join(ours[: len(ours) - shared])
    return f"{short}\u2013{end}" if " " not in short else f"{short} \u2013 {end}"


def _part(text: str) -> str:
    match = PART.fullmatch(text)
    if not match:
        return ""
    year, month, day, about = match.groups()
    words = [str(int(day))] if day else []
    words += [calendar.month_name[int(month)]] if month else []
    return ("about " if about else "") + " ".join([*words, year])
