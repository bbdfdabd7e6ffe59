"""Our own engine as a contestant: the passages of an index without facts."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.peers import BEST, PASSAGES_A_DOCUMENT, Peer

SPACE = "passages:en"
# What answers a question: words, lists and lengths; not the passages themselves.
SEARCHED = ("word", "list", "array")
# A document without a title is called by its file's name, which is searched too: so
# the names hold no words. In order: "-" is before "_".
NAMES = str.maketrans("01", "-_")
DIGITS = str.maketrans("-_", "01")


class Ours(Peer):
    """The channel of passages: cut, look up, score, pick."""

    name = "ours"
    grows = True

    @property
    def knowledge(self) -> Path:
        """The folder of documents, of ten passages each."""
        return self.folder.with_name(f"{self.folder.name}.knowledge")

    @property
    def index(self) -> Path:
        """The index file."""
        return self.folder / "index.db"

    def prepare(self) -> None:
        """Import what building needs."""
        super().prepare()
        import sklearn.feature_extraction.text  # noqa: F401

        import indexer.build
        import indexer.loaders.plain  # noqa: F401

    def lay_out(self, passages: Sequence[str], first: int = 0) -> None:
        """Write passages as text files: a block each, so that none is cut."""
        documents = self.knowledge / "documents"
        documents.mkdir(parents=True, exist_ok=True)
        for start in range(0, len(passages), PASSAGES_A_DOCUMENT):
            own = passages[start : start + PASSAGES_A_DOCUMENT]
            path = documents / f"{_name((first + start) // PASSAGES_A_DOCUMENT)}.txt"
            path.write_text("\n\n".join(own) + "\n", encoding="utf-8")

    def build(self, passages: Sequence[str]) -> None:
        """Bring the index up to date with the folder: read, cut, count, write."""
        from indexer.build import build

        build(self.knowledge, self.index)

    def reopen(self) -> None:
        """Open nothing: a build does it itself."""

    def change(self, number: int, old: str, new: str) -> None:
        """Build after a document was changed."""
        self.build(())

    def add(self, passages: Sequence[str], first: int) -> None:
        """Build after documents were laid beside the others."""
        self.build(())

    def open(self) -> None:
        """Open the index."""
        from indexer.maxscore import Scorer
        from indexer.search import Index

        self.opened = Index(self.index)
        self.scorer = Scorer(self.opened.store.array(SPACE))

    def ask(self, question: str) -> Any:
        """Rank passages as `Index.search` does, less facts, typos and extracts."""
        asked = self.opened.analyser.analyse(question, asked=True)
        weights = self.opened.ranker.weights(asked)
        lists = self.opened.store.passage_lists(SPACE, weights)
        return self.scorer.best(weights, lists, BEST)

    def bytes(self) -> dict[str, int]:
        """Return the pages of words, lists and lengths, and the whole file."""
        import sqlite3

        whole = self.index.stat().st_size
        connection = sqlite3.connect(f"{self.index.as_uri()}?mode=ro", uri=True)
        try:
            return {"searched": _searched(connection), "whole": whole}
        finally:
            connection.close()


class OursWhole(Ours):
    """All of `Index.search`: passages read, typos and sentences looked for too."""

    name = "ours, whole search"

    def ask(self, question: str) -> Any:
        """Search."""
        return self.opened.search(question).passages

    def ranked(self, found: Any) -> list[tuple[int, float]]:
        """Return the numbers that the documents' names and places tell."""
        named = []
        for hit in found:
            name, _, place = hit.passage.id.partition("@en#")
            document = int(Path(name).stem.translate(DIGITS), 2)
            named.append((document * PASSAGES_A_DOCUMENT + int(place), hit.score))
        return named


def _name(number: int) -> str:
    """Return a name without letters and digits.

    >>> _name(5)[-4:]
    '-_-_'
    """
    return f"{number:020b}".translate(NAMES)


def _searched(connection: Any) -> int:
    import sqlite3

    names = ",".join(f"'{name}'" for name in SEARCHED)
    tables = f"select name from sqlite_master where tbl_name in ({names})"
    try:
        pages = f"select sum(pgsize) from dbstat where name in ({tables})"
        return int(connection.execute(pages).fetchone()[0])
    except sqlite3.OperationalError:
        # A SQLite without dbstat: what the rows hold, without their pages' margins.
        rows = (
            "select (select sum(length(blob) + 8) from list)"
            " + (select sum(length(word) + 24) from word)"
            " + (select sum(length(data)) from array)"
        )
        return int(connection.execute(rows).fetchone()[0])
