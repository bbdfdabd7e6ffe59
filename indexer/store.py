"""The index file: one SQLite database, written whole beside the old one.

Tables: `word(space, word, df, at)` and `list(at, blob)` hold the postings, term by
term; a question reads only its own words' rows. `array` holds lengths and norms,
`meta` the rest. Lists are passage numbers (little-endian int32, ascending), then
counts (one or two bytes each). Nothing that another passage can change stands with
a posting. The file is never migrated: another format number asks for a new build.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from indexer import analysis
from indexer.errors import IndexMissingError, IndexOutdatedError
from indexer.files import checksum
from indexer.tfidf import Floats, Posting, Postings
from indexer.types import Document, Passage, Quote, Source

FORMAT = "2"
CURE = "run `python -m indexer build` to make a new one"
CACHE_BYTES = 32_000_000

Named = TypeVar("Named", Document, Source)
Columns = dict[str, type]

# All are there in every file, also where a folder has nothing to put in them.
TABLES: dict[str, tuple[Columns, str | tuple[str, ...]]] = {
    "meta": ({"key": str, "value": str}, "key"),
    "source": (
        {"id": str, "title": str, "publisher": str, "url": str, "date": str,
         "linked": int},
        "id",
    ),
    "document": (
        {"id": str, "kind": str, "title": str, "language": str, "topic": str,
         "as_of": str, "disputed": int, "absent": int, "review_by": str,
         "changed": str, "quote": str, "rights": str, "sources": str,
         "checksum": str, "file": str},
        "id",
    ),
    "passage": (
        {"space": str, "number": int, "id": str, "document": str, "language": str,
         "title": str, "text": str, "variants": str, "locator": str},
        ("space", "number"),
    ),
    "list": ({"at": int, "blob": bytes}, "at"),
    "word": ({"space": str, "word": str, "df": int, "at": int}, ("space", "word")),
    "array": ({"name": str, "data": bytes}, "name"),
    "surface": ({"word": str, "count": int}, "word"),
    "file": ({"path": str, "checksum": str, "intake": str}, "path"),
}  # fmt: skip


@dataclass
class Content:
    """Everything that goes into an index file.

    Attributes:
        passages: Space ("facts:en") to its passages; a passage's number is its
            place. `postings`, `arrays`: likewise by space and by name.
        wide: Spaces whose counts take two bytes.
        files: Path below the knowledge folder to the checksum of its bytes.
        intake: Path to what extraction may have damaged, one line each.
    """

    meta: dict[str, str] = field(default_factory=dict)
    documents: list[Document] = field(default_factory=list)
    passages: dict[str, list[Passage]] = field(default_factory=dict)
    sources: list[Source] = field(default_factory=list)
    postings: dict[str, Postings] = field(default_factory=dict)
    wide: set[str] = field(default_factory=set)
    arrays: dict[str, Floats] = field(default_factory=dict)
    surface: Mapping[str, int] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    intake: Mapping[str, Sequence[str]] = field(default_factory=dict)


def write(path: Path, content: Content) -> None:
    """Write an index to a new file; the caller swaps it in.

    Rows go in in a fixed order, so equal content gives equal bytes.
    """
    import sqlite_utils

    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path)
    connection.execute("pragma journal_mode=off")
    connection.execute("pragma synchronous=off")
    db = sqlite_utils.Database(connection)
    try:
        with db.conn:
            _write_rows(db, content)
    finally:
        connection.close()
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _write_rows(db: Any, content: Content) -> None:
    for table, (columns, key) in TABLES.items():
        db[table].create(columns, pk=key)
    db["passage"].create_index(["document"])
    _insert(db, "meta", _meta_rows(content))
    _insert(db, "source", map(_source_row, _by_id(content.sources)))
    _insert(db, "document", map(_document_row, _by_id(content.documents)))
    for space, passages in sorted(content.passages.items()):
        rows = (_passage_row(space, n, p) for n, p in enumerate(passages))
        _insert(db, "passage", rows)
    _write_postings(db, content)
    arrays = sorted(content.arrays.items())
    _insert(db, "array", ({"name": n, "data": _bytes(a)} for n, a in arrays))
    surface = sorted(content.surface.items())
    _insert(db, "surface", ({"word": word, "count": n} for word, n in surface))
    _insert(db, "file", _file_rows(content))


def _write_postings(db: Any, content: Content) -> None:
    at = 0
    for space, postings in sorted(content.postings.items()):
        lists = list(_lists(postings, wide=space in content.wide))
        blobs = ({"at": at + i, "blob": blob} for i, (_, _, blob) in enumerate(lists))
        _insert(db, "list", blobs)
        words = ({"space": space, "word": word, "df": df, "at": at + i}
                 for i, (word, df, _) in enumerate(lists))  # fmt: skip
        _insert(db, "word", words)
        at += len(lists)


def _insert(db: Any, table: str, rows: Iterable[dict[str, Any]]) -> None:
    """Insert rows that are plain already; a big index has hundreds of thousands."""
    columns = [column.name for column in db[table].columns]
    names, marks = ", ".join(columns), ", ".join(f":{name}" for name in columns)
    db.conn.executemany(f"insert into [{table}] ({names}) values ({marks})", rows)  # noqa: S608


def _by_id(records: Iterable[Named]) -> list[Named]:
    return sorted(records, key=lambda record: record.id)


def _meta_rows(content: Content) -> Iterator[dict[str, Any]]:
    arrays = sorted(content.arrays.items())
    meta = {
        **content.meta,
        "format": FORMAT,
        "analysis": analysis.VERSION,
        "wide": json.dumps(sorted(content.wide)),
        "arrays": json.dumps({name: checksum(_bytes(a)) for name, a in arrays}),
    }
    return ({"key": key, "value": value} for key, value in sorted(meta.items()))


def _file_rows(content: Content) -> Iterator[dict[str, Any]]:
    for path, digest in sorted(content.files.items()):
        intake = json.dumps(list(content.intake.get(path, ())))
        yield {"path": path, "checksum": digest, "intake": intake}


def _source_row(source: Source) -> dict[str, Any]:
    return {
        "id": source.id,
        "title": source.title,
        "publisher": source.publisher,
        "url": source.url,
        "date": source.date,
        "linked": int(source.linked),
    }


def _bytes(array: Floats) -> bytes:
    return np.ascontiguousarray(array, "<f8").tobytes()


def _document_row(document: Document) -> dict[str, Any]:
    quote = document.quote
    return {
        "id": document.id,
        "kind": document.kind,
        "title": document.title,
        "language": document.language,
        "topic": document.topic,
        "as_of": document.as_of,
        "disputed": int(document.disputed),
        "absent": int(document.absent),
        "review_by": document.review_by,
        "changed": document.changed,
        "quote": json.dumps([quote.text, quote.speaker, quote.source_id])
        if quote
        else "",
        "rights": document.rights,
        "sources": json.dumps(document.source_ids),
        "checksum": document.checksum,
        "file": document.file,
    }


def _passage_row(space: str, number: int, passage: Passage) -> dict[str, Any]:
    return {
        "space": space,
        "number": number,
        "id": passage.id,
        "document": passage.document_id,
        "language": passage.language,
        "title": passage.title,
        "text": passage.text,
        "variants": json.dumps(passage.variants, ensure_ascii=False),
        "locator": passage.locator,
    }


def _lists(postings: Postings, *, wide: bool) -> Iterator[tuple[str, int, bytes]]:
    numbers = postings.numbers.astype("<i4")
    counts = (
        postings.counts.astype("<u2")
        if wide
        else np.minimum(postings.counts, 255).astype("u1")
    )
    for i, word in enumerate(postings.words):
        start, end = int(postings.starts[i]), int(postings.starts[i + 1])
        yield (
            word,
            end - start,
            numbers[start:end].tobytes() + counts[start:end].tobytes(),
        )


class Store:
    """An index file, open for reading. Belongs to the thread that opened it.

    The file may be replaced meanwhile: the store keeps the state it was opened on.

    Raises:
        IndexMissingError: There is no file at the path.
        IndexOutdatedError: It is of another format, foreign or damaged.
    """

    def __init__(self, path: Path) -> None:
        if not path.is_file():
            raise IndexMissingError(f"there is no index at {path}; {CURE}")
        # Immutable: no locks, no look at a journal; the file is only ever replaced.
        uri = f"{path.absolute().as_uri()}?mode=ro&immutable=1"
        self._connection = sqlite3.connect(uri, uri=True)
        self._cache: OrderedDict[tuple[str, str], Posting | None] = OrderedDict()
        self._cached = 0
        try:
            self.meta = dict(self._connection.execute("select key, value from meta"))
            self._check(path)
        except (sqlite3.Error, ValueError, KeyError):
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
        self._wide = frozenset(json.loads(self.meta["wide"]))
        self._array_checksums = json.loads(self.meta["arrays"])
        with path.open("rb") as file:
            header = file.read(100)
        # SQLite's header: page size at 16 (1 means 64 KiB), pages at 28, big-endian.
        size = int.from_bytes(header[16:18], "big")
        pages = int.from_bytes(header[28:32], "big")
        if path.stat().st_size < pages * (65_536 if size == 1 else size):
            raise ValueError("truncated")

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
            raise IndexOutdatedError(f"the index is damaged ({found}); {CURE}")

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
        if checksum(row[0]) != self._array_checksums.get(name):
            raise IndexOutdatedError(
                f'the array "{name}" of the index is damaged; {CURE}'
            )
        return np.frombuffer(row[0], "<f8").astype(np.float64)

    def lists(self, space: str, words: Iterable[str]) -> dict[str, Posting]:
        """Return the postings of those words that the space knows; rows are cached."""
        wanted = sorted(set(words))
        missing = [word for word in wanted if (space, word) not in self._cache]
        for word, posting in self._read(space, missing):
            self._keep((space, word), posting)
        found = {}
        for word in wanted:
            posting = self._cache.get((space, word))
            if posting is not None:
                self._cache.move_to_end((space, word))
                found[word] = posting
        self._trim()
        return found

    def postings(self, space: str) -> Postings:
        """Return all postings of a space, to build on."""
        rows = self._connection.execute(
            "select word, df, blob from word join list using (at)"
            " where space = ? order by word",
            (space,),
        )
        words, lists = [], []
        for word, df, blob in rows:
            words.append(word)
            lists.append(self._decode(space, df, blob))
        sizes = [len(posting.numbers) for posting in lists]
        return Postings(
            words=tuple(words),
            starts=np.concatenate([[0], np.cumsum(sizes)]).astype(np.int64),
            numbers=_joined([posting.numbers for posting in lists], "i4"),
            counts=_joined([posting.counts for posting in lists], "u2"),
        )

    def _read(
        self, space: str, words: list[str]
    ) -> Iterator[tuple[str, Posting | None]]:
        known: set[str] = set()
        for start in range(0, len(words), 500):
            part = words[start : start + 500]
            marks = ",".join("?" * len(part))
            rows = self._connection.execute(
                f"select word, df, blob from word join list using (at)"  # noqa: S608
                f" where space = ? and word in ({marks})",
                (space, *part),
            )
            for word, df, blob in rows:
                known.add(word)
                yield word, self._decode(space, df, blob)
        # A word that is not there is remembered too, at the price of its name.
        yield from ((word, None) for word in words if word not in known)

    def _decode(self, space: str, df: int, blob: bytes) -> Posting:
        kind = "<u2" if space in self._wide else "u1"
        counts = np.frombuffer(blob, kind, count=df, offset=4 * df)
        return Posting(np.frombuffer(blob, "<i4", count=df), counts)

    def _keep(self, key: tuple[str, str], posting: Posting | None) -> None:
        self._cache[key] = posting
        self._cached += _cost(key, posting)

    def _trim(self) -> None:
        while self._cached > CACHE_BYTES:
            key, posting = self._cache.popitem(last=False)
            self._cached -= _cost(key, posting)

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
        found = {row[0]: _passage(space, row[1:]) for row in rows}
        return [found[number] for number in numbers]

    def all_passages(self, space: str) -> list[Passage]:
        """Return all passages of a space, by number."""
        rows = self._connection.execute(
            f"select {PASSAGE_COLUMNS} from passage where space = ? order by number",  # noqa: S608
            (space,),
        )
        return [_passage(space, row) for row in rows]

    def fact(self, document_id: str) -> Passage | None:
        """Return a fact's passage, or None."""
        row = self._connection.execute(
            f"select {PASSAGE_COLUMNS}, space from passage"  # noqa: S608
            " where document = ? and space like 'facts:%'",
            (document_id,),
        ).fetchone()
        return _passage(row[7], row[:7]) if row else None

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
        return next((_passage(row[7], row[:7]) for row in rows), None)

    def document(self, document_id: str) -> Document | None:
        """Return a document without its sections, or None."""
        row = self._connection.execute(
            f"select {DOCUMENT_COLUMNS} from document where id = ?",  # noqa: S608
            (document_id,),
        ).fetchone()
        return _document(row) if row else None

    def documents(self) -> list[Document]:
        """Return all documents without their sections, sorted by id."""
        rows = self._connection.execute(
            f"select {DOCUMENT_COLUMNS} from document order by id"  # noqa: S608
        )
        return [_document(row) for row in rows]

    def sources(self) -> dict[str, Source]:
        """Return all sources by id, sorted."""
        rows = self._connection.execute(
            "select id, title, publisher, url, date, linked from source order by id"
        )
        return {
            name: Source(name, title, publisher, url, date, bool(linked))
            for name, title, publisher, url, date, linked in rows
        }

    def files(self) -> dict[str, tuple[str, tuple[str, ...]]]:
        """Return each knowledge file's checksum and intake report."""
        rows = self._connection.execute(
            "select path, checksum, intake from file order by path"
        )
        return {
            path: (digest, tuple(json.loads(intake))) for path, digest, intake in rows
        }


PASSAGE_COLUMNS = "id, document, language, title, text, variants, locator"
DOCUMENT_COLUMNS = (
    "id, kind, title, language, topic, as_of, disputed, review_by, changed, quote,"
    " rights, sources, checksum, file, absent"
)


def _passage(space: str, row: Sequence[Any]) -> Passage:
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


def _source(row: Sequence[Any]) -> Source:
    id, title, publisher, url, date, linked = row
    return Source(id, title, publisher, url, date, bool(linked))


def _document(row: Sequence[Any]) -> Document:
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
        source_ids=tuple(json.loads(row[11])),
        checksum=row[12],
        file=row[13],
        absent=bool(row[14]),
    )


def _joined(arrays: Sequence[Any], kind: str) -> Any:
    return np.concatenate(arrays).astype(kind) if arrays else np.zeros(0, kind)


def _cost(key: tuple[str, str], posting: Posting | None) -> int:
    if posting is None:
        return 200 + len(key[1])
    return 400 + posting.numbers.nbytes + posting.counts.nbytes


def set_meta(path: Path, key: str, value: str) -> None:
    """Change one value of a file that is not yet swapped in."""
    import sqlite_utils

    db = sqlite_utils.Database(path)
    try:
        db.table("meta").update(key, {"value": value})
    finally:
        db.close()


def swap(new: Path, index: Path) -> None:
    """Put a verified file in the index's place; the last one is kept beside it.

    The old index answers until the last of the two renames; both are atomic.
    """
    previous = previous_of(index)
    if index.exists():
        spare = _spare_of(index)
        spare.unlink(missing_ok=True)
        # A link, not a rename: at no moment is there no index.
        os.link(index, spare)
        os.replace(spare, previous)
    os.replace(new, index)
    _sync_folder(index.parent)


def restore(index: Path) -> None:
    """Swap the previous index back; what was current becomes the previous one.

    Raises:
        IndexMissingError: There is no previous index.
    """
    previous = previous_of(index)
    if not previous.is_file():
        raise IndexMissingError(f"there is no previous index at {previous}")
    Store(previous).close()
    spare = _spare_of(index)
    spare.unlink(missing_ok=True)
    os.link(previous, spare)
    if index.exists():
        os.replace(index, previous)
    os.replace(spare, index)
    _sync_folder(index.parent)


def previous_of(index: Path) -> Path:
    """Return where the last index is kept: index.db has index.previous.db."""
    return index.with_name(f"{index.stem}.previous{index.suffix}")


def new_of(index: Path) -> Path:
    """Return where the next index is written, before it is swapped in."""
    return index.with_name(f"{index.name}.new")


def _spare_of(index: Path) -> Path:
    return index.with_name(f"{index.name}.keep")


def clear_litter(index: Path) -> None:
    """Remove what a build that was killed left beside an index."""
    for path in (new_of(index), _spare_of(index)):
        path.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
