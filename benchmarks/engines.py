"""Engines on disk as contestants: tantivy, and SQLite's full-text index.

Both take passages in, and change them, without a full build.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from benchmarks.peers import BEST, Peer


class Tantivy(Peer):
    """tantivy, with one thread; without positions, which no question here needs."""

    name = "tantivy"
    grows = True

    def prepare(self) -> None:
        """Import tantivy."""
        super().prepare()
        import tantivy  # noqa: F401

    def build(self, passages: Sequence[str]) -> None:
        """Index, commit, merge."""
        self._create()
        self.add(passages, 0)

    def _create(self) -> None:
        import tantivy

        schema = tantivy.SchemaBuilder()
        schema.add_text_field("body", index_option="freq")
        schema.add_integer_field("number", stored=True, indexed=True)
        self.index = tantivy.Index(schema.build(), path=str(self.folder))

    def _writer(self) -> Any:
        return self.index.writer(heap_size=200_000_000, num_threads=1)

    def add(self, passages: Sequence[str], first: int) -> None:
        """Add in one commit."""
        import tantivy

        writer = self._writer()
        for number, text in enumerate(passages, first):
            writer.add_document(tantivy.Document(body=text, number=number))
        self._commit(writer)

    def change(self, number: int, old: str, new: str) -> None:
        """Delete it, and add it anew."""
        import tantivy

        writer = self._writer()
        writer.delete_documents_by_term("number", number)
        writer.add_document(tantivy.Document(body=new, number=number))
        self._commit(writer)

    def _commit(self, writer: Any) -> None:
        writer.commit()
        writer.wait_merging_threads()

    def open(self) -> None:
        """Open the folder."""
        import tantivy

        self.index = tantivy.Index.open(str(self.folder))
        self.searcher = self.index.searcher()

    def ask(self, question: str) -> Any:
        """Parse and search; what is found are addresses."""
        return self.searcher.search(
            self.index.parse_query(question, ["body"]), BEST
        ).hits

    def ranked(self, found: Any) -> list[tuple[int, float]]:
        """Return the numbers at the addresses."""
        named = [(self.searcher.doc(at)["number"][0], score) for score, at in found]
        return super().ranked(named)


class Fts5(Peer):
    """SQLite's full-text index, without the text itself."""

    name = "SQLite FTS5"
    grows = True

    def build(self, passages: Sequence[str]) -> None:
        """Insert everything in one transaction, and merge."""
        self.open()
        self.connection.execute(
            "create virtual table passage using"
            " fts5(body, content='', tokenize='ascii')"
        )
        self.add(passages, 0)
        with self.connection:
            self.connection.execute("insert into passage(passage) values ('optimize')")
        self.connection.close()

    def add(self, passages: Sequence[str], first: int) -> None:
        """Insert in one transaction."""
        insert = "insert into passage(rowid, body) values (?, ?)"
        with self.connection:
            self.connection.executemany(insert, enumerate(passages, first))

    def change(self, number: int, old: str, new: str) -> None:
        """Delete it by its words, and insert it anew."""
        delete = "insert into passage(passage, rowid, body) values ('delete', ?, ?)"
        insert = "insert into passage(rowid, body) values (?, ?)"
        with self.connection:
            self.connection.execute(delete, (number, old))
            self.connection.execute(insert, (number, new))

    def open(self) -> None:
        """Connect."""
        import sqlite3

        self.connection = sqlite3.connect(self.folder / "fts.db")

    def ask(self, question: str) -> Any:
        """Rank every passage that holds one of the words."""
        match = " OR ".join(f'"{word}"' for word in question.split())
        return self.connection.execute(
            "select rowid, -rank from passage where passage match ?"
            " order by rank limit ?",
            (match, BEST),
        ).fetchall()
