"""An open index file, row by row against what was written."""

from __future__ import annotations

import hashlib
import sqlite3
from collections import Counter
from collections.abc import Container, Mapping
from itertools import groupby

from indexer.layout import HASHED, SUMS_END
from indexer.rows import list_hash, passages_digest, row_bytes


def damaged_table(
    connection: sqlite3.Connection,
    hashes: Mapping[str, str],
    sums: Mapping[str, str],
    wide: Container[str],
) -> str:
    """Return the first table whose rows differ from what was written, or "".

    Args:
        hashes: Of the tables of `HASHED`.
        sums: Space to the sum of its lists' hashes.
        wide: The spaces whose counts take two bytes.
    """
    for table in HASHED:
        digest = hashlib.sha256()
        try:
            for row in connection.execute(f"select * from {table} order by rowid"):  # noqa: S608
                digest.update(row_bytes(row))
        except (sqlite3.DatabaseError, TypeError):
            digest.update(b"cannot be read")
        if digest.hexdigest() != hashes.get(table):
            return table
    try:
        damaged = _damaged_lists(connection, sums, wide)
    except (sqlite3.DatabaseError, TypeError, ValueError):
        damaged = "list"
    if damaged:
        return damaged
    try:
        whole = _passages_are_whole(connection)
    except (sqlite3.DatabaseError, TypeError):
        whole = False
    return "" if whole else "passage"


def _damaged_lists(
    connection: sqlite3.Connection, sums: Mapping[str, str], wide: Container[str]
) -> str:
    """Return which of the tables of words and lists is damaged, or ""."""
    found = dict.fromkeys(sums, 0)
    rows = connection.execute(
        "select space, word, df, at, blob from word left join list using (at)"
        " order by space, word"
    )
    size = 0
    for size, (space, word, df, at, blob) in enumerate(rows, start=1):
        if blob is None:
            return "list"
        if at != size - 1 or len(blob) != df * (6 if space in wide else 5):
            return "word"
        found[space] = found.get(space, 0) + list_hash(space, word, blob)
    (lists,) = connection.execute("select count(*) from list").fetchone()
    same = {space: f"{total % SUMS_END:x}" for space, total in found.items()} == sums
    return "" if same and lists == size else "list"


def _passages_are_whole(connection: sqlite3.Connection) -> bool:
    """Tell whether all documents have their passages, numbered as they come."""
    written = "select id, passages, digest from document where passages"
    left = {id: (size, digest) for id, size, digest in connection.execute(written)}
    numbers: Counter[str] = Counter()
    rows = connection.execute("select * from passage order by rowid")
    for document, passages in groupby(rows, key=lambda row: row[3]):
        own = list(passages)
        if left.pop(document, None) != (len(own), passages_digest(own)):
            return False
        for space, number, *_ in own:
            if number != numbers[space]:
                return False
            numbers[space] += 1
    return not left
