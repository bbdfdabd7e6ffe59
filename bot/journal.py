"""What the bot remembers across restarts: numbers only, no text and no chats."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple, cast

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

KEPT = timedelta(hours=48)
PRUNE_EVERY = 1000

migrations: Any = Migrations("journal")


class Unanswered(NamedTuple):
    """A kind of question without an answer; empty where nothing was named.

    Attributes:
        reason: Why it stayed unanswered, as in `bot.types.Reason`.
        nearest: Id of the fact that came closest.
    """

    reason: str
    entity: str = ""
    country: str = ""
    kind: str = ""
    nearest: str = ""


@migrations()  # type: ignore[untyped-decorator]
def create_tables(db: Database) -> None:
    """Lay out finished updates, ratings and counts of the unanswered."""
    db.table("finished").create({"id": int, "at": int}, pk="id")
    db.table("rating").create(
        {"passage": str, "verdict": str, "count": int}, pk=("passage", "verdict")
    )
    key = list(Unanswered._fields)
    db.table("unanswered").create(dict.fromkeys(key, str) | {"count": int}, pk=key)


class Journal:
    """One small SQLite file, used from the thread that opened it.

    Example:
        >>> journal = Journal(getfixture("tmp_path") / "journal.db")
        >>> journal.rate("3f2a", "useful")
        >>> journal.ratings()
        {('3f2a', 'useful'): 1}
        >>> journal.close()
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._db = Database(str(path))
        self._db.enable_wal()
        migrations.apply(self._db)
        self._writes = 0

    def finished(self, update_id: int) -> bool:
        """Say whether an update was finished before."""
        return bool(self._rows("select 1 from finished where id = ?", update_id))

    def finish(self, update_id: int, at: datetime) -> None:
        """Keep that an update is finished; now and then drop those of long ago."""
        with self._db.atomic():
            self._db.execute(
                "insert or replace into finished (id, at) values (?, ?)",
                (update_id, int(at.timestamp())),
            )
            if self._writes % PRUNE_EVERY == 0:
                oldest = int((at - KEPT).timestamp())
                self._db.execute("delete from finished where at < ?", (oldest,))
        self._writes += 1

    def rate(self, passage: str, verdict: str) -> None:
        """Count a verdict on a passage, named by the hash of its text."""
        self._count("rating", ("passage", "verdict"), (passage, verdict))

    def ratings(self) -> dict[tuple[str, str], int]:
        """Return the counts by passage hash and verdict."""
        rows = self._rows("select passage, verdict, count from rating order by 1, 2")
        return {(passage, verdict): count for passage, verdict, count in rows}

    def unanswered(self, key: tuple[str, str, str, str, str]) -> None:
        """Count a kind of question that stayed without an answer."""
        self._count("unanswered", Unanswered._fields, key)

    def most_unanswered(self, minimum: int = 5) -> list[tuple[Unanswered, int]]:
        """Return the kinds counted at least `minimum` times, most frequent first.

        Rare ones are not shown: they might say who asked.
        """
        columns = ", ".join(Unanswered._fields)
        rows = self._rows(
            f"select {columns}, count from unanswered where count >= ? "  # noqa: S608
            f"order by count desc, {columns}",
            minimum,
        )
        return [(Unanswered(*row[:-1]), row[-1]) for row in rows]

    def close(self) -> None:
        """Close the file."""
        self._db.close()

    def _count(self, table: str, names: tuple[str, ...], key: tuple[str, ...]) -> None:
        marks = ", ".join("?" * len(names))
        columns = ", ".join(names)
        with self._db.atomic():
            self._db.execute(
                f"insert into {table} ({columns}, count) "  # noqa: S608
                f"values ({marks}, 1) "
                f"on conflict ({columns}) do update set count = count + 1",
                key,
            )

    def _rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        rows = self._db.execute(sql, values).fetchall()
        return cast("list[tuple[Any, ...]]", rows)
