"""The tables of the index file, and records as their rows."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from itertools import chain
from typing import Any, NamedTuple

from indexer.passages import Piece
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


def row_bytes(row: Row) -> bytes:
    """Return a row as bytes that tell it from every other row of its table."""
    return "\0".join(map(str, row)).encode("utf-8", "surrogatepass") + b"\0\0"


def list_hash(space: str, word: str, blob: bytes) -> int:
    """Hash a word's list, apart from where it stands."""
    name = f"{space}\0{word}\0".encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.sha256(name + blob).digest()[:16], "little")


def source_row(source: Source) -> Row:
    """Return a source as a row."""
    return (
        source.id,
        source.title,
        source.publisher,
        source.url,
        source.date,
        int(source.linked),
    )


def passages_digest(rows: Sequence[Row]) -> str:
    """Hash a document's rows of passages, less space and number, which may change."""
    whole = "\0".join(chain.from_iterable(row[2:] for row in rows))
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()


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


def document_row(
    document: Document, checksum: str, passages: Sequence[Row]
) -> DocumentRow:
    """Return a document as a row; its sections stand in rows of passages."""
    quote = document.quote
    return DocumentRow(
        document.id,
        document.kind,
        document.title,
        document.language,
        document.topic,
        document.as_of,
        int(document.disputed),
        int(document.absent),
        document.review_by,
        document.changed,
        json.dumps([quote.text, quote.speaker, quote.source_id]) if quote else "",
        document.rights,
        json.dumps(document.source_ids) if document.source_ids else "[]",
        checksum,
        document.file,
        len(passages),
        passages_digest(passages),
    )


def passage_row(space: str, number: int, passage: Passage) -> Row:
    """Return a passage as a row."""
    return (
        space,
        number,
        passage.id,
        passage.document_id,
        passage.language,
        passage.title,
        passage.text,
        json.dumps(passage.variants, ensure_ascii=False) if passage.variants else "[]",
        passage.locator,
    )


def piece_rows(
    space: str, first: int, document: Document, pieces: Iterable[Piece]
) -> list[Row]:
    """Return the passages of a document without variants as rows, `first` on."""
    id, language = document.id, document.language
    return [
        (space, number, f"{id}@{language}#{number - first}", id, language, title, text,
         "[]", locator)
        for number, (title, text, locator) in enumerate(pieces, start=first)
    ]  # fmt: skip


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
