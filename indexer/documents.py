"""The documents of a knowledge folder, read one after another.

What the old index holds of an unchanged file is taken from there; the others are
loaded, inspected and cut into passages. A file that cannot be read is left out and
named.
"""

from __future__ import annotations

import json
from collections.abc import Container, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from indexer import crew
from indexer.errors import KnowledgeError
from indexer.files import checksum, digest_of, names_below, relative
from indexer.intake import inspect, mended
from indexer.layout import DocumentRow
from indexer.loaders import SIDE_FILES, load
from indexer.loaders.front import side_file
from indexer.passages import Piece, pieces
from indexer.reports import Track
from indexer.store import Store
from indexer.types import Document


class Loaded(NamedTuple):
    """A new or changed document, the checksum of its bytes, and its passages."""

    document: Document
    checksum: str
    passages: list[Piece]

    @property
    def language(self) -> str:
        """Return the document's language."""
        return self.document.language


class Task(NamedTuple):
    """A file to be read, and the folder it is of."""

    path: Path
    knowledge: Path


class Fault(NamedTuple):
    """What is wrong with a file; the error itself does not pass between processes."""

    file: str
    place: str
    reason: str


class Library:
    """All documents of a folder, beside those that the old index holds.

    Attributes:
        rows: Id to row, of all documents and facts that the old index holds.
        files: Name to the checksum of the bytes, of those that were read.
        intake: Name to what reading may have damaged, one line each; of those that
            were looked over.
    """

    def __init__(
        self,
        knowledge: Path,
        old: Store | None,
        sources: Container[str],
        digests: Mapping[str, str],
    ) -> None:
        self.files: dict[str, str] = {}
        self.intake: dict[str, tuple[str, ...]] = {}
        self._knowledge, self._sources = knowledge, sources
        self._unread: list[KnowledgeError] = []
        self._sourceless: dict[str, KnowledgeError] = {}
        self._known = old.files() if old else {}
        self.rows = old.document_rows() if old else {}
        self._ahead: dict[str, Document | None] = {}
        self._coming: Iterator[Document | Fault] = iter(())
        paths = list(names_below(knowledge / "documents", knowledge, self._unread))
        self._sides = any(path.endswith(SIDE_FILES) for path in paths)
        paths = _without_sides(paths) if self._sides else paths
        named = {relative(path, knowledge): path for path in paths}
        self._paths = dict(sorted(named.items()))
        self._digests: dict[str, str] = {}
        for name, path in self._paths.items():
            try:
                self._digests[name] = self._digest(name, path, digests)
            except KnowledgeError as error:
                self._unread.append(error)

    @property
    def problems(self) -> list[KnowledgeError]:
        """Return why documents were left out, as far as they have been read.

        What the old index could answer from and this one cannot is named first.
        """
        known = self._known
        self._unread.sort(key=lambda problem: (problem.file not in known, problem.file))
        return [*self._unread, *self._sourceless.values()]

    def unchanged(self) -> bool:
        """Tell whether every file is as the old index has it.

        Files that it does not have are loaded until one of them can be: then there
        is something new.
        """
        files = {name for name in self._digests if self._is_held(name)}
        for name, digest in self._digests.items():
            if name in files:
                continue
            if self._load(name):
                files.add(name)
                if self._known.get(name, ("",))[0] != digest:
                    return False
        for read_ahead in filter(None, self._ahead.values()):
            self._has_sources(read_ahead.id, read_ahead.source_ids)
        return files == self._known.keys()

    def known_files(self) -> dict[str, str]:
        """Return the files that the old index was made of, with their checksums."""
        return {name: digest for name, (digest, _) in self._known.items()}

    def documents(self, track: Track[str]) -> Iterator[Loaded | DocumentRow]:
        """Yield all documents that can be read, sorted by id.

        Of those that have not changed, only the old index's row.
        """
        tasks = [
            self._task(name)
            for name in self._digests
            if name not in self._ahead and not self._is_held(name)
        ]
        slow = sum(task.path.suffix.lower() != ".txt" for task in tasks)
        self._coming = crew.done(read, tasks, slow)
        for name in track(list(self._paths), "Reading documents"):
            if name not in self._digests:
                continue
            if self._is_held(name):
                self.intake[name] = self._known[name][1]
                self.files[name], row = self._digests[name], self.rows[name]
                sources = json.loads(row.sources) if row.sources != "[]" else ()
                if self._has_sources(name, sources):
                    yield row
                continue
            raw = self._load(name)
            self._ahead.pop(name, None)
            if raw:
                self.files[name] = digest = self._digests[name]
                if self._has_sources(name, raw.source_ids):
                    yield Loaded(raw, digest, pieces(mended(raw)))

    def _is_held(self, name: str) -> bool:
        known = self._known.get(name)
        same = known is not None and known[0] == self._digests[name]
        return same and name in self.rows

    def look_over(self, loaded: Loaded, *, usual_words: bool) -> None:
        """Note what loading may have damaged in a document, for `intake`."""
        document = loaded.document
        self.intake[document.file] = inspect(document, usual_words=usual_words)

    def _load(self, name: str) -> Document | None:
        """Load a file, or name what is wrong with it; once, also when asked twice."""
        if name not in self._ahead:
            # Apart from those looked at before, files are asked for in their order.
            found = next(self._coming, None) or read(self._task(name))
            if isinstance(found, Fault):
                self._unread.append(KnowledgeError(*found))
            self._ahead[name] = found if isinstance(found, Document) else None
        return self._ahead[name]

    def _task(self, name: str) -> Task:
        return Task(Path(self._paths[name]), self._knowledge)

    def _digest(self, name: str, whole: str, digests: Mapping[str, str]) -> str:
        """Return the checksum of a file and of its side file."""
        own = digests.get(name)
        if own and not self._sides:
            return own
        path = Path(whole)
        own = own or digest_of(path, self._knowledge)
        side = side_file(path) if self._sides else path
        if side == path:
            return own
        beside = digests.get(relative(side, self._knowledge))
        return checksum(own, beside or digest_of(side, self._knowledge))

    def _has_sources(self, name: str, sources: Iterable[str]) -> bool:
        """Tell whether a document's sources are described; name one that is not."""
        for source in sources:
            if source not in self._sources:
                cure = "add it there or correct the id"
                reason = f'source "{source}" is not in sources.yaml; {cure}'
                problem = KnowledgeError(name, "front matter", reason)
                self._sourceless[name] = problem
                return False
        return True


def read(task: Task) -> Document | Fault:
    """Load a file, or say what is wrong with it."""
    try:
        return load(task.path, task.knowledge)
    except KnowledgeError as error:
        return Fault(error.file, error.place, error.reason)


def _without_sides(names: list[str]) -> list[str]:
    """Leave out `report.yaml` and `report.pdf.yaml`, which belong to `report.pdf`."""
    paths = [*map(Path, names)]
    stems = {path.with_suffix("") for path in paths if path.suffix not in SIDE_FILES}
    known = set(paths)
    return [
        str(path)
        for path in paths
        if path.suffix not in SIDE_FILES
        or (path.with_suffix("") not in stems and path.with_suffix("") not in known)
    ]
