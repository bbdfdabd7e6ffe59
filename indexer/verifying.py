"""An open index file, row by row against what was written."""

from __future__ import annotations

import hashlib
import sqlite3
from collections import Counter
from collections.abc import Mapping
from itertools import groupby

from indexer.layout import HASHED, passages_digest, row_bytes


def damaged_table(connection: sqlite3.Connection, hashes: Mapping[str, str]) -> str:
    """Return the first table whose rows differ from what was written, or ""."""
    for table in HASHED:
        digest = hashlib.sha256()
        order = "space, word" if table == "word" else "rowid"
        try:
            for row in connection.execute(f"select * from {table} order by {order}"):  # noqa: S608
                digest.update(row_bytes(row))
        except (sqlite3.DatabaseError, TypeError):
            digest.update(b"cannot be read")
        if digest.hexdigest() != hashes.get(table):
            return table
    try:
        whole = _passages_are_whole(connection)
    except (sqlite3.DatabaseError, TypeError):
        whole = False
    return "" if whole else "passage"


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
