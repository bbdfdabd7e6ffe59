"""Writing the lists of postings: of a whole space, or of what has changed in it.

Lists that have not changed are copied by SQLite itself. So that these need not be read
to be hashed, the hashes of a space's lists are added up: what has changed is taken off
and added.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from indexer.counting import Postings
from indexer.layout import SUMS_END, Row
from indexer.rows import list_hash
from indexer.tfidf import Posting

COPY_LISTS = (
    "insert into list select at + ?, blob from old.list"
    " where at >= ? and at < ? order by at"
)
COPY_WORDS = (
    "insert into word select space, word, df, at + ? from old.word"
    " where space = ? and word > ? order by word limit ?"
)
PLACE = (
    "select word, at from old.word where space = ? and word >= ? order by word limit 1"
)


class Step(NamedTuple):
    """Lists that are copied, `first` to `end` of the old index, then one that is new.

    Attributes:
        after: The word before the first that is copied.
        word, blob: The new list; `df` is 0 where there is none.
    """

    first: int
    end: int
    after: str
    word: str
    df: int
    blob: bytes


class ListWriter:
    """Writes the tables `list` and `word` of a new index; spaces come sorted.

    Attributes:
        sums: Space to the sum of its lists' hashes.
        wide: The spaces whose counts take two bytes.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.sums: dict[str, int] = {}
        self.wide: list[str] = []
        self._connection = connection
        self._lists = 0

    def add(self, space: str, postings: Postings, *, wide: bool = False) -> None:
        """Add the lists of a space.

        Args:
            wide: Counts take two bytes; else one, and stop at 255.
        """
        first, words = self._lists, postings.words
        sizes = np.diff(postings.starts).tolist()
        self._connection.executemany(
            "insert into list values (?, ?)", self._hashed(space, postings, wide=wide)
        )
        rows = zip(words, sizes, range(first, first + len(words)), strict=True)
        self._connection.executemany(
            "insert into word values (?, ?, ?, ?)",
            ((space, word, df, at) for word, df, at in rows),
        )
        self._lists += len(words)
        self.wide += [space] if wide else []

    def _hashed(self, space: str, postings: Postings, *, wide: bool) -> Iterator[Row]:
        total = 0
        blobs = _blobs(postings, wide=wide)
        for at, (word, blob) in enumerate(
            zip(postings.words, blobs, strict=True), start=self._lists
        ):
            total += list_hash(space, word, blob)
            yield at, blob
        self.sums[space] = total % SUMS_END

    def copy(
        self, space: str, changed: Postings, before: Mapping[str, Posting], total: int
    ) -> None:
        """Add the lists of a space as the attached old index has them, but for some.

        Args:
            changed: Those that have changed; of words without postings nothing is left.
            before: The same as they were.
            total: The old sum of hashes.
        """
        for word, posting in before.items():
            total -= list_hash(space, word, _blob(posting))
        steps = list(self._steps(space, changed))
        begun = self._lists
        for step in steps:
            self._copy(COPY_LISTS, step, (step.first, step.end))
            if step.df:
                total += list_hash(space, step.word, step.blob)
                row = (self._lists, step.blob)
                self._connection.execute("insert into list values (?, ?)", row)
                self._lists += 1
        # All words behind all lists: in that order a full build writes them.
        self._lists = begun
        for step in steps:
            length = step.end - step.first
            self._copy(COPY_WORDS, step, (space, step.after, length))
            if step.df:
                self._connection.execute(
                    "insert into word values (?, ?, ?, ?)",
                    (space, step.word, step.df, self._lists),
                )
                self._lists += 1
        self.sums[space] = total % SUMS_END

    def _copy(self, copying: str, step: Step, which: tuple[str | int, ...]) -> None:
        if step.end > step.first:
            self._connection.execute(copying, (self._lists - step.first, *which))
            self._lists += step.end - step.first

    def _steps(self, space: str, changed: Postings) -> Iterator[Step]:
        """Yield what is copied and what is new, in the order of words."""
        first, end = self._connection.execute(
            "select ifnull(min(at), 0), ifnull(max(at) + 1, 0) from old.word"
            " where space = ?",
            (space,),
        ).fetchone()
        after, blobs = "", _blobs(changed)
        sizes = np.diff(changed.starts).tolist()
        for word, df, blob in zip(changed.words, sizes, blobs, strict=True):
            found = self._connection.execute(PLACE, (space, word)).fetchone()
            next_word, place = found or ("", end)
            yield Step(first, place, after, word, df, blob)
            first, after = place + (next_word == word), word
        yield Step(first, end, after, "", 0, b"")


def _blobs(postings: Postings, *, wide: bool = False) -> Iterator[bytes]:
    """Yield each word's list as it is stored."""
    counts = postings.counts
    kept = counts.astype("<u2") if wide else np.minimum(counts, 255).astype("u1")
    numbers = postings.numbers.astype("<i4", copy=False)
    for start, end in pairwise(postings.starts.tolist()):
        yield numbers[start:end].tobytes() + kept[start:end].tobytes()


def _blob(posting: Posting) -> bytes:
    """Return a list as it is stored, its counts of one byte."""
    numbers = posting.numbers.astype("<i4", copy=False)
    return numbers.tobytes() + posting.counts.astype("u1", copy=False).tobytes()
