"""Writing the index file: whole, row after row, beside the old one.

Rows go in in a fixed order, so equal content gives equal bytes. What goes into a table
is hashed on the way; `Store.verify_contents` hashes it again.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np

from indexer import analysis
from indexer.layout import FORMAT, HASHED, SCHEMA, Row, array_sum
from indexer.listing import ListWriter
from indexer.rows import row_bytes
from indexer.store import Store
from indexer.tfidf import Floats

# So many rows are written at once.
AT_ONCE = 1_000


class Run(NamedTuple):
    """Passages of the old index that become others: numbers `first` to `end`."""

    space: str
    first: int
    end: int
    shift: int


class Writer:
    """A new index file. Rows that are written come out in the order they went in.

    Attributes:
        lists: Writes the postings.
    """

    def __init__(self, path: Path) -> None:
        path.unlink(missing_ok=True)
        self._path = path
        self._connection = sqlite3.connect(path, isolation_level=None, uri=True)
        self._connection.execute("pragma journal_mode=off")
        self._connection.execute("pragma synchronous=off")
        self._connection.executescript(SCHEMA)
        self._hashes = {table: hashlib.sha256() for table in HASHED}
        tables = self._connection.execute(
            "select m.name, count(*) from sqlite_master m, pragma_table_info(m.name)"
            " where m.type = 'table' group by m.name"
        )
        self._marks = {name: ",".join("?" * columns) for name, columns in tables}
        self._passages: list[Row] = []
        self._run = Run("", 0, 0, 0)
        self._arrays: dict[str, str] = {}
        self.lists = ListWriter(self._connection)

    def begin(self, old: Store | None = None) -> None:
        """Begin to write.

        Args:
            old: The index whose passages may be copied.

        Raises:
            IndexOutdatedError: It was replaced since it was opened.
        """
        if old:
            old.attach_to(self._connection)
        self._connection.execute("begin")

    def add(self, table: str, rows: Iterable[Row]) -> None:
        """Add rows, as `SCHEMA` has their columns."""
        marks, digest = self._marks[table], self._hashes.get(table)
        insert = f"insert into {table} values ({marks})"  # noqa: S608
        coming = iter(rows)
        while some := list(islice(coming, AT_ONCE)):
            if digest:
                digest.update(b"".join(map(row_bytes, some)))
            self._connection.executemany(insert, some)

    def add_passages(self, rows: Iterable[Row]) -> None:
        """Add passages, of which a document's come one after another."""
        self._copy_run()
        self._passages += rows
        if len(self._passages) >= AT_ONCE:
            self._add_waiting()

    def copy_passages(self, space: str, first: int, end: int, *, to: int) -> None:
        """Add passages of the old index, numbers `first` to `end`, renumbered."""
        self._add_waiting()
        before = self._run
        if (before.space, before.end, before.shift) == (space, first, to - first):
            self._run = before._replace(end=end)
        else:
            self._copy_run()
            self._run = Run(space, first, end, to - first)

    def end_passages(self) -> None:
        """Write what waits; no more passages come."""
        self._copy_run()
        self._add_waiting()

    def _add_waiting(self) -> None:
        if self._passages:
            self.add("passage", self._passages)
            self._passages = []

    def _copy_run(self) -> None:
        space, first, end, shift = self._run
        self._run = Run("", 0, 0, 0)
        if first == end:
            return
        self._connection.execute(
            "insert into passage select space, number + ?, id, document, language,"
            " title, text, variants, locator from old.passage"
            " where space = ? and number >= ? and number < ? order by number",
            (shift, space, first, end),
        )

    def add_array(self, name: str, array: Floats) -> None:
        """Add lengths or norms, float64."""
        data = np.ascontiguousarray(array, "<f8").tobytes()
        self._arrays[name] = array_sum(data)
        self.add("array", [(name, data)])

    def finish(self, meta: Mapping[str, str]) -> None:
        """Add `meta` and what this class knows, and bring all to the disk."""
        whole = {
            **meta,
            "format": FORMAT,
            "analysis": analysis.VERSION,
            "wide": json.dumps(sorted(self.lists.wide)),
            "sums": json.dumps(
                {s: f"{total:x}" for s, total in self.lists.sums.items()}
            ),
            "arrays": json.dumps(self._arrays, sort_keys=True),
            "contents": json.dumps(
                {table: found.hexdigest() for table, found in self._hashes.items()}
            ),
        }
        self.add("meta", sorted(whole.items()))
        self._connection.execute("commit")
        self.close()
        sync(self._path)

    def close(self) -> None:
        """Close the file; it is whole only after `finish`."""
        self._connection.close()


def file_rows(
    files: Mapping[str, str], intake: Mapping[str, Sequence[str]]
) -> Iterator[Row]:
    """Yield each file's path, checksum and what extraction may have damaged."""
    for path, digest in sorted(files.items()):
        found = intake.get(path)
        yield path, digest, json.dumps(list(found)) if found else "[]"


def sync(path: Path) -> None:
    """Bring a file to the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def set_meta(path: Path, key: str, value: str) -> None:
    """Change one value of a file that is not yet swapped in."""
    connection = sqlite3.connect(path)
    try:
        with connection:
            connection.execute("update meta set value = ? where key = ?", (value, key))
    finally:
        connection.close()
