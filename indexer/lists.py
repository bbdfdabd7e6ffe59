"""Reading lists of postings: a question's own, cached; or all of a space."""

from __future__ import annotations

import sqlite3
from collections import OrderedDict
from collections.abc import Iterable, Iterator

import numpy as np

from indexer.counting import Postings
from indexer.tfidf import Long, Posting

# Lists are kept in so much room; in more where an index is large, for so are they.
CACHE_BYTES = 24_000_000
CACHE_BYTES_A_PASSAGE = 160
# SQLite takes no more than some thousand words in one question.
WORDS_AT_ONCE = 500

# In a space of so many passages, a list that takes less room so is kept dense.
DENSE_FROM = 30_000
BYTES_A_POSTING = 5

Key = tuple[str, str]
List = Posting | Long


class Lists:
    """The lists of an open index file; those read last are kept.

    Attributes:
        cached: Bytes of what is kept, roughly.
    """

    def __init__(
        self, connection: sqlite3.Connection, wide: frozenset[str], passages: int
    ) -> None:
        self.cached = 0
        self._connection, self._wide = connection, wide
        self._room = max(CACHE_BYTES, CACHE_BYTES_A_PASSAGE * passages)
        self._sizes: dict[str, int] = {}
        # A word that is not there is remembered too, at the price of its name.
        self._cache: OrderedDict[Key, List | None] = OrderedDict()

    def known(self, space: str, words: Iterable[str]) -> dict[str, List]:
        """Return the postings of those words that a space knows, long ones dense."""
        wanted = sorted(set(words))
        missing = [word for word in wanted if (space, word) not in self._cache]
        for word, posting in self._read(space, missing):
            self._cache[space, word] = posting
            self.cached += _cost((space, word), posting)
        found = {}
        for word in wanted:
            posting = self._cache.get((space, word))
            if posting is not None:
                self._cache.move_to_end((space, word))
                found[word] = posting
        self._trim()
        return found

    def all_of(self, space: str) -> Postings:
        """Return all postings of a space."""
        rows = self._connection.execute(
            "select word, df, blob from word join list using (at)"
            " where space = ? order by word",
            (space,),
        )
        words, sizes = [], []
        numbers, counts = bytearray(), bytearray()
        for word, df, blob in rows:
            words.append(word)
            sizes.append(df)
            numbers += memoryview(blob)[: 4 * df]
            counts += memoryview(blob)[4 * df :]
        return Postings(
            words=tuple(words),
            starts=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
            numbers=np.frombuffer(numbers, "<i4").astype(np.int32, copy=False),
            counts=np.frombuffer(counts, self._kind(space)).astype(np.uint16),
        )

    def _read(self, space: str, words: list[str]) -> Iterator[tuple[str, List | None]]:
        unknown, kind = set(words), self._kind(space)
        for start in range(0, len(words), WORDS_AT_ONCE):
            part = words[start : start + WORDS_AT_ONCE]
            marks = ",".join("?" * len(part))
            rows = self._connection.execute(
                f"select word, df, blob from word join list using (at)"  # noqa: S608
                f" where space = ? and word in ({marks})",
                (space, *part),
            )
            for word, df, blob in rows:
                unknown.discard(word)
                counts = np.frombuffer(blob, kind, df, 4 * df)
                posting = Posting(np.frombuffer(blob, "<i4", df), counts)
                long = df * BYTES_A_POSTING > DENSE_FROM
                yield word, self._smaller(space, posting) if long else posting
        yield from ((word, None) for word in words if word in unknown)

    def _smaller(self, space: str, posting: Posting) -> List:
        """Return a list in the form that takes less room."""
        size = self._size(space)
        if size < DENSE_FROM or posting.df * BYTES_A_POSTING <= size:
            return posting
        dense = np.zeros(size, np.uint8)
        dense[posting.numbers] = posting.counts
        return Long(posting.df, dense)

    def _size(self, space: str) -> int:
        """Return how many passages a space has; 0 where counts are of two bytes."""
        if space not in self._sizes:
            row = self._connection.execute(
                "select length(data) / 8 from array where name = ?", (space,)
            ).fetchone()
            self._sizes[space] = row[0] if row and space not in self._wide else 0
        return self._sizes[space]

    def _kind(self, space: str) -> str:
        return "<u2" if space in self._wide else "u1"

    def _trim(self) -> None:
        while self.cached > self._room:
            key, posting = self._cache.popitem(last=False)
            self.cached -= _cost(key, posting)


def _cost(key: Key, posting: List | None) -> int:
    if posting is None:
        return 200 + len(key[1])
    if isinstance(posting, Long):
        return 400 + posting.dense.nbytes
    return 400 + posting.numbers.nbytes + posting.counts.nbytes
