"""The journal: finished ids, ratings and counts, and nothing else."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bot.journal import PRUNE_EVERY, Journal, Unanswered

NOW = datetime(2026, 11, 24, tzinfo=UTC)
KIND = Unanswered("number_unknown", "som_23", "viet_nam", "where", "som8")


def test_finished_ids_survive_a_restart(tmp_path: Path) -> None:
    first = Journal(tmp_path / "state" / "journal.db")
    first.finish(8, NOW)
    first.finish(8, NOW)
    first.close()

    second = Journal(tmp_path / "state" / "journal.db")

    assert second.finished(8)
    assert not second.finished(9)
    second.close()


def test_finished_ids_are_pruned_after_48_hours(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    journal.finish(1, NOW)
    later = NOW + timedelta(hours=49)

    for number in range(2, 2 + PRUNE_EVERY):
        journal.finish(number, later)

    assert not journal.finished(1)
    assert journal.finished(2)
    journal.close()


def test_ratings_are_counted_by_passage_and_verdict(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")

    for verdict in ("useful", "useful", "wrong_date"):
        journal.rate("3f2a", verdict)

    assert journal.ratings() == {("3f2a", "useful"): 2, ("3f2a", "wrong_date"): 1}
    journal.close()


def test_rare_kinds_of_unanswered_questions_are_not_shown(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")

    for _ in range(5):
        journal.unanswered(KIND)
    for _ in range(4):
        journal.unanswered(("words_unknown", "", "", "", ""))

    assert journal.most_unanswered() == [(KIND, 5)]
    assert len(journal.most_unanswered(minimum=4)) == 2
    journal.close()


def test_killed_writer_leaves_a_whole_file(tmp_path: Path) -> None:
    journal = Journal(tmp_path / "journal.db")
    journal.finish(5, NOW)

    other = Journal(tmp_path / "journal.db")  # as after a kill: nobody closed

    assert other.finished(5)
    other.close()
    journal.close()


def test_tables_hold_numbers_hashes_and_names_of_facts_only(tmp_path: Path) -> None:
    Journal(tmp_path / "journal.db").close()

    with sqlite3.connect(tmp_path / "journal.db") as db:
        rows = db.execute("select name, sql from sqlite_master where type = 'table'")
        tables = {name: sql for name, sql in rows if not name.startswith("_")}
    db.close()

    assert set(tables) - {"sqlite_sequence"} == {"finished", "rating", "unanswered"}
    assert not any("chat" in sql or "user" in sql for sql in tables.values())
