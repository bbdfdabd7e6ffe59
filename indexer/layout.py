"""The tables of the index file, and their rows as records."""

from __future__ import annotations

import json
import zlib
from collections.abc import Sequence
from typing import Any, NamedTuple

from indexer.types import Document, Passage, Quote, Source

FORMAT = "10"
# Lists are passage numbers (little-endian int32, ascending), then counts, one or two
# bytes each. Nothing that another passage can change stands with a posting.
# Texts and long lists fill large pages; of small ones, they take a chain of many.
SCHEMA = """
pragma page_size = 16384;
create table meta (key text primary key, value text);
create table source (
    id text primary key, title text, publisher text, url text, date text,
    linked integer);
create table document (
    id text primary key, kind text, title text, language text, topic text,
    as_of text, disputed integer, absent integer, review_by text, changed text,
    quote text, rights text, sources text, checksum text, file text,
    passages integer, digest text);
create table passage (
    space text, number integer, id text, document text, language text, title text,
    text text, variants text, locator text, primary key (space, number));
create index passage_document on passage (document);
create table list (at integer primary key, blob blob);
create table word (
    space text, word text, df integer, at integer, primary key (space, word))
    without rowid;
create table array (name text primary key, data blob);
create table surface (word text primary key, count integer);
create table way (fact integer primary key, terms text);
create table file (path text primary key, checksum text, intake text);
"""
# Those whose rows are hashed; arrays have checksums of their own, passages stand in
# their document's row (`passages` of them, hashed to `digest`), and the hashes of a
# space's lists are added up.
HASHED = ("source", "document", "surface", "way", "file")
SUMS_END = 1 << 128
Row = Sequence[Any]

SOURCE_COLUMNS = "id, title, publisher, url, date, linked"
PASSAGE_COLUMNS = "id, document, language, title, text, variants, locator"
DOCUMENT_COLUMNS = (
    "id, kind, title, language, topic, as_of, disputed, review_by, changed, quote,"
    " rights, sources, checksum, file, absent"
)


def array_sum(data: bytes) -> str:
    """Return the checksum of an array: CRC-32, read at every start, without OpenSSL."""
    return f"{zlib.crc32(data):08x}"


class DocumentRow(NamedTuple):
    """A row of the table `document`, column by column."""

    id: str
    kind: str
    title: str
    language: str
    topic: str
    as_of: str
    disputed: int
    absent: int
    review_by: str
    changed: str
    quote: str
    rights: str
    sources: str
    checksum: str
    file: str
    passages: int
    digest: str


def passage_of(space: str, row: Row) -> Passage:
    """Return the passage of a row of `PASSAGE_COLUMNS`."""
    return Passage(
        id=row[0],
        document_id=row[1],
        kind="fact" if space.startswith("facts:") else "document",
        language=row[2],
        title=row[3],
        text=row[4],
        variants=tuple(json.loads(row[5])) if row[5] != "[]" else (),
        locator=row[6],
    )


def source_of(row: Row) -> Source:
    """Return the source of a row of `SOURCE_COLUMNS`."""
    id, title, publisher, url, date, linked = row
    return Source(id, title, publisher, url, date, bool(linked))


def document_of(row: Row) -> Document:
    """Return the document of a row of `DOCUMENT_COLUMNS`, without its sections."""
    return Document(
        id=row[0],
        kind=row[1],
        title=row[2],
        language=row[3],
        topic=row[4],
        as_of=row[5],
        disputed=bool(row[6]),
        review_by=row[7],
        changed=row[8],
        quote=Quote(*json.loads(row[9])) if row[9] else None,
        rights=row[10],
        source_ids=tuple(json.loads(row[11])) if row[11] != "[]" else (),
        checksum=row[12],
        file=row[13],
        absent=bool(row[14]),
    )
