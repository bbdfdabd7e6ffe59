"""Watching: a build a change, problems told, the last good index kept."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from indexer.build import Report
from indexer.errors import BuildRefusedError, IndexerError
from indexer.search import Index
from indexer.watch import changes_below, watch


def build_id_of(index: Path) -> str:
    with closing(Index(index)) as opened:
        return opened.build_id


def test_a_build_comes_first_and_after_each_change(knowledge: Path, tmp_path: Path):
    index = tmp_path / "index.db"

    def changes() -> Iterator[str]:
        (knowledge / "documents" / "new.md").write_text("New text.", encoding="utf-8")
        yield "added"

    outcomes = list(watch(knowledge, index, changes()))

    added = [o.added for o in outcomes if isinstance(o, Report)]
    assert len(added) == 2
    assert "som8" in added[0]
    assert added[1] == ("documents/new.md",)


def test_a_mistake_is_told_and_the_last_good_index_stays(
    knowledge: Path, tmp_path: Path
):
    index, path = tmp_path / "index.db", knowledge / "facts" / "help.yaml"
    good, kept = path.read_text("utf-8"), []

    def changes() -> Iterator[str]:
        path.write_text("topic: [", encoding="utf-8")
        kept.append(build_id_of(index))
        yield "broken"
        kept.append(build_id_of(index))
        path.write_text(good, encoding="utf-8")
        yield "mended"

    first, second, third = watch(knowledge, index, changes())

    assert isinstance(first, Report)
    assert isinstance(second, BuildRefusedError)
    assert "facts/help.yaml" in second.__notes__[0]
    assert isinstance(third, Report)
    assert not third.written
    assert kept[0] == kept[1] == build_id_of(index)


def test_a_folder_that_is_gone_is_told(tmp_path: Path):
    (outcome,) = watch(tmp_path / "none", tmp_path / "index.db", ())

    assert isinstance(outcome, IndexerError)


def test_a_saved_file_is_seen(knowledge: Path):
    seen = threading.Event()

    def look() -> None:
        for _ in changes_below(knowledge, stop=seen):
            seen.set()

    watcher = threading.Thread(target=look)
    watcher.start()
    number = 0
    while not seen.wait(0.1) and number < 100:
        number += 1
        (knowledge / f"new-{number}.yaml").write_text("a: b", encoding="utf-8")
    found = seen.is_set()
    seen.set()
    watcher.join()

    assert found
