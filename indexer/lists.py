"""Reading lists of postings: a question's own, cached; or all of a space."""

from __future__ import annotations

import sqlite3
from collections import OrderedDict
from collections.abc import Iterable, Iterator

import numpy as np

from indexer.counting import Postings
from indexer.tfidf import Posting

# Lists are kept in so much room; in more where an index is large, for so are they.
CACHE_BYTES = 24_000_000
CACHE_BYTES_A_PASSAGE = 160
# SQLite takes no more than some thousand words in one question.
WORDS_AT_ONCE = 500

Key = tuple[str, str]


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
        # A word that is not there is remembered too, at the price of its name.
        self._cache: OrderedDict[Key, Posting | None] = OrderedDict()

    def known(self, space: str, words: Iterable[str]) -> dict[str, Posting]:
        """Return the postings of those words that a space knows."""
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

    def _read(
        self, space: str, words: list[str]
    ) -> Iterator[tuple[str, Posting | None]]:
        unknown = set(words)
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
                counts = np.frombuffer(blob, self._kind(space), df, offset=4 * df)
                yield word, Posting(np.frombuffer(blob, "<i4", df), counts)
        yield from ((word, None) for word in words if word in unknown)

    def _kind(self, space: str) -> str:
        return "<u2" if space in self._wide else "u1"

    def _trim(self) -> None:
        while self.cached > self._room:
            key, posting = self._cache.popitem(last=False)
            self.cached -= _cost(key, posting)


def _cost(key: Key, posting: Posting | None) -> int:
    if posting is None:
        return 200 + len(key[1])
    return 400 + posting.numbers.nbytes + posting.counts.nbytes
