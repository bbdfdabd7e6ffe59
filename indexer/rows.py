"""Records as rows of the index file, and what rows and lists are hashed to."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from itertools import chain

from indexer.layout import DocumentRow, Row
from indexer.passages import Piece
from indexer.types import Document, Passage, Source


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


def row_bytes(row: Row) -> bytes:
    """Return a row as bytes that tell it from every other row of its table."""
    return "\0".join(map(str, row)).encode("utf-8", "surrogatepass") + b"\0\0"


def list_hash(space: str, word: str, blob: bytes) -> int:
    """Hash a word's list, apart from where it stands."""
    name = f"{space}\0{word}\0".encode("utf-8", "surrogatepass")
    return int.from_bytes(hashlib.sha256(name + blob).digest()[:16], "little")


def passages_digest(rows: Sequence[Row]) -> str:
    """Hash a document's rows of passages, less space and number, which may change."""
    whole = "\0".join(chain.from_iterable(row[2:] for row in rows))
    return hashlib.sha256(whole.encode("utf-8", "surrogatepass")).hexdigest()
