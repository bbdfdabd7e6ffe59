"""The index file, open for reading: one SQLite database, made by `writing`.

Tables: `word(space, word, df, at)` and `list(at, blob)` hold the postings, term by
term; a question reads only its own words' rows. `array` holds lengths and norms,
`meta` the rest. The file is never migrated: another format number asks for a new
build.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np

from indexer import analysis
from indexer.counting import Postings
from indexer.errors import IndexMissingError, IndexOutdatedError
from indexer.layout import (
    DOCUMENT_COLUMNS,
    FORMAT,
    PASSAGE_COLUMNS,
    SOURCE_COLUMNS,
    DocumentRow,
    array_sum,
    document_of,
    passage_of,
    source_of,
)
from indexer.lists import Lists
from indexer.tfidf import Floats, Long, Posting
from indexer.types import Document, Passage, Source

PAGES_KIB = 256
CURE = "run `python -m indexer build` to make a new one"
# A build takes over what has not changed: also what is damaged there.
CURE_OF_DAMAGE = "run `python -m indexer build --full` to make a new one"


class Store:
    """An index file, open for reading. Belongs to the thread that opened it.

    The file may be replaced meanwhile: the store keeps the state it was opened on.

    Raises:
        IndexMissingError: There is no file at the path.
        IndexOutdatedError: It is of another format, foreign, cut short or damaged.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise IndexMissingError(f"there is no index at {path}; {CURE}")
        _check_size(path)
        # Immutable: no locks, no look at a journal; the file is only ever replaced.
        self._uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        self._connection = sqlite3.connect(self._uri, uri=True)
        try:
            # Lists are kept by us: SQLite's own pages of them would be a second copy.
            self._connection.execute(f"pragma cache_size=-{PAGES_KIB}")
            self.meta = dict(self._connection.execute("select key, value from meta"))
            self._check(path)
        except (sqlite3.Error, ValueError, KeyError, IndexError, TypeError):
            self.close()
            reason = "is no index of this program, or is damaged"
            raise IndexOutdatedError(f"{path} {reason}; {CURE}") from None
        except IndexOutdatedError:
            self.close()
            raise

    def _check(self, path: Path) -> None:
        for name, ours in (("format", FORMAT), ("analysis", analysis.VERSION)):
            if self.meta[name] != ours:
                versions = f"{name} {self.meta[name]}, here {ours}"
                reason = f"was made by another version ({versions})"
                raise IndexOutdatedError(f"{path} {reason}; {CURE}")
        wide = frozenset(json.loads(self.meta["wide"]))
        passages = json.loads(self.meta.get("counts", "[0]"))[-1]
        self._lists = Lists(self._connection, wide, passages)
        self._array_checksums = json.loads(self.meta["arrays"])

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    def verify(self) -> None:
        """Read everything once and compare with what was written.

        Raises:
            IndexOutdatedError: Something differs.
        """
        try:
            found = self._connection.execute("pragma quick_check").fetchone()[0]
            for name in self._array_checksums:
                self.array(name)
        except sqlite3.DatabaseError:
            found = "cannot be read"
        if found != "ok":
            raise IndexOutdatedError(
                f"the index is damaged ({found}); {CURE_OF_DAMAGE}"
            )

    def verify_contents(self) -> None:
        """Read every row, and compare with what was written: `verify` in depth.

        Raises:
            IndexOutdatedError: Something differs; it names the table.
        """
        self.verify()
        hashes, sums, wide = (
            json.loads(self.meta.get(name, "{}"))
            for name in ("contents", "sums", "wide")
        )
        # Hashes with OpenSSL, which a question does not wait for.
        from indexer.verifying import damaged_table

        table = damaged_table(self._connection, hashes, sums, wide)
        if table:
            reason = f'the table "{table}" of the index is damaged'
            raise IndexOutdatedError(f"{reason}; {CURE_OF_DAMAGE}")

    def attach_to(self, connection: sqlite3.Connection) -> None:
        """Let another connection read this file, as `old`.

        Raises:
            IndexOutdatedError: Another file has taken its place.
        """
        connection.execute("attach ? as old", (self._uri,))
        now = dict(connection.execute("select key, value from old.meta"))
        if now != self.meta:
            raise IndexOutdatedError("the index was replaced meanwhile; build again")

    def array(self, name: str) -> Floats:
        """Return a stored array as float64; empty if it was never written.

        Raises:
            IndexOutdatedError: Its checksum differs.
        """
        row = self._connection.execute(
            "select data from array where name = ?", (name,)
        ).fetchone()
        if row is None:
            return np.zeros(0)
        if array_sum(row[0]) != self._array_checksums.get(name):
            raise IndexOutdatedError(
                f'the array "{name}" of the index is damaged; {CURE_OF_DAMAGE}'
            )
        return np.frombuffer(row[0], "<f8").astype(np.float64)

    def lists(self, space: str, words: Iterable[str]) -> dict[str, Posting]:
        """Return the postings of those words that the space knows; rows are cached."""
        known = self._lists.known(space, words)
        return {word: found.posting() for word, found in known.items()}

    def passage_lists(
        self, space: str, words: Iterable[str]
    ) -> dict[str, Posting | Long]:
        """Return the same as they are kept: long lists of large spaces are dense."""
        return self._lists.known(space, words)

    def postings(self, space: str) -> Postings:
        """Return all postings of a space, to build on."""
        return self._lists.all_of(space)

    def frequency(self, space: str, word: str) -> int:
        """Return in how many passages of a space a word stands."""
        row = self._connection.execute(
            "select df from word where space = ? and word = ?", (space, word)
        ).fetchone()
        return int(row[0]) if row else 0

    def words(self, space: str, prefix: str = "") -> list[tuple[str, int]]:
        """Return a space's words that begin with a prefix, with their df, sorted."""
        rows = self._connection.execute(
            "select word, df from word where space = ? and word >= ? and word < ?"
            " order by word",
            (space, prefix, prefix + "\U0010ffff"),
        )
        return [(str(word), int(df)) for word, df in rows]

    def surface(self, least: int = 1) -> dict[str, int]:
        """Return the surface words that typo repair may read an unknown one as.

        Args:
            least: 0 for plain English words, too, which occur nowhere here.
        """
        rows = self._connection.execute(
            "select word, count from surface where count >= ?", (least,)
        )
        return dict(rows)

    def english(self, words: Sequence[str]) -> set[str]:
        """Return those of some words that are plain English, but occur nowhere here."""
        marks = ",".join("?" * len(words))
        rows = self._connection.execute(
            f"select word from surface where count = 0 and word in ({marks})",  # noqa: S608
            tuple(words),
        )
        return {word for (word,) in rows}

    def passages(self, space: str, numbers: Sequence[int]) -> list[Passage]:
        """Return passages by number, in the order asked for."""
        marks = ",".join("?" * len(numbers))
        rows = self._connection.execute(
            f"select number, {PASSAGE_COLUMNS} from passage"  # noqa: S608
            f" where space = ? and number in ({marks})",
            (space, *numbers),
        )
        found = {row[0]: passage_of(space, row[1:]) for row in rows}
        return [found[number] for number in numbers]

    def ways(self, fact: int) -> list[list[str]]:
        """Return the terms of each way of asking a fact, by the fact's number."""
        row = self._connection.execute(
            "select terms from way where fact = ?", (fact,)
        ).fetchone()
        return json.loads(row[0]) if row else []

    def all_ways(self) -> list[str]:
        """Return the same of all facts, as JSON."""
        rows = self._connection.execute("select terms from way order by fact")
        return [terms for (terms,) in rows]

    def all_passages(self, space: str) -> list[Passage]:
        """Return all passages of a space, by number."""
        rows = self._connection.execute(
            f"select {PASSAGE_COLUMNS} from passage where space = ? order by number",  # noqa: S608
            (space,),
        )
        return [passage_of(space, row) for row in rows]

    def passage_rows(self, document_id: str) -> list[tuple[str | int, ...]]:
        """Return a document's passages as whole rows, space and number first."""
        return self._connection.execute(
            "select * from passage where document = ? order by number", (document_id,)
        ).fetchall()

    def document_rows(self) -> dict[str, DocumentRow]:
        """Return the whole rows of all documents by id, sorted."""
        rows = self._connection.execute("select * from document order by id")
        return {row[0]: DocumentRow._make(row) for row in rows}

    def fact(self, document_id: str) -> Passage | None:
        """Return a fact's passage, or None."""
        row = self._connection.execute(
            f"select {PASSAGE_COLUMNS}, space from passage"  # noqa: S608
            " where document = ? and space like 'facts:%'",
            (document_id,),
        ).fetchone()
        return passage_of(row[7], row[:7]) if row else None

    def number(self, space: str, document_id: str) -> int | None:
        """Return the number of a document's first passage in a space, or None."""
        row = self._connection.execute(
            "select min(number) from passage where space = ? and document = ?",
            (space, document_id),
        ).fetchone()
        return None if row[0] is None else int(row[0])

    def passage(self, passage_id: str) -> Passage | None:
        """Return a passage by its id, or None."""
        document_id = passage_id.partition("@")[0]
        rows = self._connection.execute(
            f"select {PASSAGE_COLUMNS}, space from passage"  # noqa: S608
            " where document = ? and id = ?",
            (document_id, passage_id),
        )
        return next((passage_of(row[7], row[:7]) for row in rows), None)

    def document(self, document_id: str) -> Document | None:
        """Return a document without its sections, or None."""
        row = self._connection.execute(
            f"select {DOCUMENT_COLUMNS} from document where id = ?",  # noqa: S608
            (document_id,),
        ).fetchone()
        return document_of(row) if row else None

    def documents(self) -> list[Document]:
        """Return all documents without their sections, sorted by id."""
        rows = self._connection.execute(
            f"select {DOCUMENT_COLUMNS} from document order by id"  # noqa: S608
        )
        return [document_of(row) for row in rows]

    def topics(self) -> dict[str, str]:
        """Return the topic of each fact, by its id."""
        rows = self._connection.execute(
            "select id, topic from document where kind = 'fact'"
        )
        return dict(rows)

    def source(self, source_id: str) -> Source | None:
        """Return a source, or None."""
        row = self._connection.execute(
            f"select {SOURCE_COLUMNS} from source where id = ?",  # noqa: S608
            (source_id,),
        ).fetchone()
        return source_of(row) if row else None

    def checksums(self) -> dict[str, str]:
        """Return the checksum of each document and fact, by id."""
        return dict(self._connection.execute("select id, checksum from document"))

    def sources(self) -> dict[str, Source]:
        """Return all sources by id, sorted."""
        rows = self._connection.execute(
            f"select {SOURCE_COLUMNS} from source order by id"  # noqa: S608
        )
        return {row[0]: source_of(row) for row in rows}

    def files(self) -> dict[str, tuple[str, tuple[str, ...]]]:
        """Return each knowledge file's checksum and intake report."""
        rows = self._connection.execute(
            "select path, checksum, intake from file order by path"
        )
        return {
            path: (digest, tuple(json.loads(intake)) if intake != "[]" else ())
            for path, digest, intake in rows
        }


def _check_size(path: Path) -> None:
    with path.open("rb") as file:
        header = file.read(100)
    # SQLite's header: page size at 16 (1 means 64 KiB), pages at 28, big-endian.
    size = int.from_bytes(header[16:18], "big")
    pages = int.from_bytes(header[28:32], "big")
    whole = pages * (65_536 if size == 1 else size)
    found = path.stat().st_size
    if header.startswith(b"SQLite format 3\0") and found < whole:
        reason = f"is cut short ({found:,} of {whole:,} bytes)"
        raise IndexOutdatedError(f"{path} {reason}; {CURE}")


def previous_of(index: Path) -> Path:
    """Return where the last index is kept: index.db has index.previous.db."""
    return index.with_name(f"{index.stem}.previous{index.suffix}")
