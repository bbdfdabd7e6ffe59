"""Builds are incremental, exact, exclusive, and lose nothing whenever they end."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import given, settings
from hypothesis import strategies as st

from conftest import write_toy
from indexer import lists, renewing, writing
from indexer.build import Report, build
from indexer.errors import (
    BuildBusyError,
    BuildRefusedError,
    IndexerError,
    IndexOutdatedError,
)
from indexer.search import Index
from indexer.store import Store, previous_of

Change = Callable[[Path], None]


def answers(index_path: Path) -> bool:
    """Tell whether an index is whole and finds the eighth meeting."""
    with closing(Index(index_path)) as index:
        index.store.verify()
        hits = index.search("Where was SOM 8?")
        return hits.facts[0].passage.document_id == "som8"


def full_bytes(knowledge: Path) -> bytes:
    """Return the bytes of a full build of a folder, made elsewhere."""
    path = knowledge.parent / "full" / "index.db"
    build(knowledge, path, full=True)
    return path.read_bytes()


def names_beside(index_path: Path) -> list[str]:
    """Return the files beside an index, its lock aside."""
    names = {path.name for path in index_path.parent.iterdir()}
    return sorted(names - {f"{index_path.name}.lock"})


def test_a_first_build_reports_what_it_found(knowledge: Path, tmp_path: Path):
    report = build(knowledge, tmp_path / "new" / "index.db")

    assert report == Report(
        build_id=report.build_id,
        written=True,
        facts=12,
        documents=3,
        passages=5,
        added=report.added,
    )
    assert len(report.added) == 15
    assert answers(tmp_path / "new" / "index.db")


def test_a_build_reports_what_was_added_changed_and_removed(
    knowledge: Path, index_path: Path
):
    (knowledge / "documents" / "new.txt").write_text("A new document.")
    (knowledge / "documents" / "notes.txt").write_text("Other notes.")
    (knowledge / "documents" / "hanoi.md").unlink()
    facts = knowledge / "facts" / "meetings.yaml"
    facts.write_text(facts.read_text().replace("120 officials", "130 officials"))

    report = build(knowledge, index_path)

    assert report.added == ("documents/new.txt",)
    assert report.changed == ("documents/notes.txt", "hanoi-officials")
    assert report.removed == ("documents/hanoi.md",)


def test_progress_is_told_to_whoever_asks(knowledge: Path, tmp_path: Path):
    seen = []

    def track(things, label: str):
        seen.append((label, len(things)))
        return things

    build(knowledge, tmp_path / "index.db", track=track)

    assert seen == [("Reading documents", 3), ("Calibrating", 12)]


def test_a_toy_index_answers_by_the_fixed_rule(knowledge: Path, index_path: Path):
    assert not build(knowledge, index_path).calibration.calibrated


def test_nothing_changed_writes_nothing(knowledge: Path, index_path: Path):
    before = index_path.stat()

    report = build(knowledge, index_path)

    assert not report.written
    assert (report.facts, report.documents) == (12, 3)
    assert index_path.stat().st_mtime_ns == before.st_mtime_ns
    assert index_path.stat().st_ino == before.st_ino
    assert names_beside(index_path) == ["index.db"]


def test_a_touched_file_is_no_change(knowledge: Path, index_path: Path):
    os.utime(knowledge / "documents" / "hanoi.md", (1, 1))

    assert not build(knowledge, index_path).written


def test_evaluation_questions_are_no_change(knowledge: Path, index_path: Path):
    (knowledge / "questions").mkdir()
    (knowledge / "questions" / "set.yaml").write_text("questions: []")

    assert not build(knowledge, index_path).written


def test_an_unchanged_document_is_not_parsed_again(knowledge: Path, index_path: Path):
    (knowledge / "documents" / "new.txt").write_text("A new document.")
    with sqlite3.connect(index_path) as connection:
        connection.execute(
            "update passage set text = 'kept' where document = 'documents/notes.txt'"
        )
    connection.close()

    build(knowledge, index_path)

    with closing(Store(index_path)) as store:
        kept = store.passage("documents/notes.txt@en#0")
        assert kept is not None
        assert kept.text == "kept"


def test_another_folder_is_a_change(knowledge: Path, index_path: Path):
    moved = knowledge.rename(knowledge.with_name("moved"))

    assert build(moved, index_path).written


def change_fact(folder: Path) -> None:
    path = folder / "facts" / "meetings.yaml"
    path.write_text(path.read_text().replace("Hanoi in 2012", "Hanoi in 2013"))


def remove_facts(folder: Path) -> None:
    (folder / "facts" / "help.yaml").unlink(missing_ok=True)


def change_document(folder: Path) -> None:
    path = folder / "documents" / "notes.txt"
    path.write_text(path.read_text() + "\nRadio, radio.\n")


def add_documents(folder: Path) -> None:
    for name in ("aaa.md", "background/zzz.txt"):
        (folder / "documents" / name).write_text("Children and youth groups.\n\nRadio.")


def remove_document(folder: Path) -> None:
    (folder / "documents" / "hanoi.md").unlink(missing_ok=True)


def add_language(folder: Path) -> None:
    text = "---\nlanguage: vi\n---\nTr\u1ebb em v\u00e0 thanh ni\u00ean."
    (folder / "documents" / "viet.md").write_text(text, encoding="utf-8")


def change_glossary(folder: Path) -> None:
    path = folder / "glossary.yaml"
    path.write_text(path.read_text().replace("  - [hotline", "  - [radio, hotline"))


def change_source(folder: Path) -> None:
    path = folder / "sources.yaml"
    path.write_text(path.read_text().replace("A leaflet", "Another leaflet"))


def change_safety(folder: Path) -> None:
    path = folder / "safety.yaml"
    path.write_text(path.read_text().replace('"1300"', '"1301"'))


def restore_all(folder: Path) -> None:
    shutil.rmtree(folder)
    write_toy(folder)


CHANGES = [
    change_fact,
    remove_facts,
    change_document,
    add_documents,
    remove_document,
    add_language,
    change_glossary,
    change_source,
    change_safety,
    restore_all,
]


@pytest.mark.parametrize("change", CHANGES[:-1])
def test_a_change_is_built_as_a_full_build_would(
    knowledge: Path, index_path: Path, change: Change
):
    change(knowledge)

    report = build(knowledge, index_path)

    assert report.written
    assert index_path.read_bytes() == full_bytes(knowledge)


def write_long(folder: Path, number: int, passages: int) -> None:
    language = "vi" if number % 7 == 0 else "en"
    text = "\n\n".join(f"{number} and {n}. " + "radio " * 100 for n in range(passages))
    path = folder / "documents" / f"{number:03}.md"
    path.write_text(f"---\nlanguage: {language}\n---\n{text}", encoding="utf-8")


@pytest.mark.parametrize("few", [0, 30, 500])
def test_changes_that_number_nothing_anew_renew_the_lists_they_touch(
    knowledge: Path, index_path: Path, few: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(renewing, "FEW", few)
    # Long lists are read in another form.
    monkeypatch.setattr(lists, "DENSE_FROM", 1)
    for number in range(0, 150, 2):
        write_long(knowledge, number, 1 + number % 5)
    build(knowledge, index_path)

    # As many passages with other words; gone at the end; new at the end.
    for number, other in ((40, 140), (90, 10)):
        text = (knowledge / "documents" / f"{other:03}.md").read_text("utf-8")
        path = knowledge / "documents" / f"{number:03}.md"
        path.write_text(f"{text}{'zebra ' * number}", encoding="utf-8")
        build(knowledge, index_path)
        assert index_path.read_bytes() == full_bytes(knowledge)
    for number, passages in ((148, 1), (160, 3), (161, 2)):
        write_long(knowledge, number, passages)
        build(knowledge, index_path)
        assert index_path.read_bytes() == full_bytes(knowledge)
    with closing(Store(index_path)) as store:
        store.verify_contents()


@pytest.mark.parametrize("at_once", [7, 1_000])
def test_many_passages_are_copied_as_a_full_build_would_write_them(
    knowledge: Path, index_path: Path, at_once: int, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(writing, "AT_ONCE", at_once)
    for number in range(150):
        write_long(knowledge, number, 1 + number % 5)
    build(knowledge, index_path)

    for number, passages in [(0, 9), (40, 1), (41, 5), (77, 1), (149, 2), (200, 3)]:
        write_long(knowledge, number, passages)
    (knowledge / "documents" / "120.md").unlink()
    build(knowledge, index_path)

    assert index_path.read_bytes() == full_bytes(knowledge)
    with closing(Store(index_path)) as store:
        store.verify_contents()


def test_a_copy_of_another_index_than_was_opened_is_refused(
    knowledge: Path, index_path: Path, tmp_path: Path
):
    with closing(Store(index_path)) as opened:
        change_document(knowledge)
        build(knowledge, index_path)

        with (
            closing(writing.Writer(tmp_path / "new.db")) as writer,
            pytest.raises(IndexOutdatedError, match="was replaced meanwhile"),
        ):
            writer.begin(opened)


@settings(max_examples=6)
@given(
    changes=st.lists(
        st.lists(st.sampled_from(CHANGES), min_size=1, max_size=4),
        min_size=2,
        max_size=3,
    )
)
def test_any_changes_are_built_as_a_full_build_would(
    changes: list[list[Change]], tmp_path_factory: pytest.TempPathFactory
):
    folder = write_toy(tmp_path_factory.mktemp("any") / "knowledge")
    path = folder.parent / "index.db"

    for together in changes:
        build(folder, path)
        for change in together:
            change(folder)

    build(folder, path)
    assert path.read_bytes() == full_bytes(folder)


def test_a_trial_is_written_beside_and_swaps_nothing(
    knowledge: Path, index_path: Path, tmp_path: Path
):
    before = index_path.read_bytes()
    change_document(knowledge)

    report = build(knowledge, index_path, trial=tmp_path / "trial.db")

    assert report.changed == ("documents/notes.txt",)
    assert index_path.read_bytes() == before
    assert (tmp_path / "trial.db").read_bytes() == full_bytes(knowledge)
    assert names_beside(index_path) == ["index.db"]


def test_the_index_before_is_kept(knowledge: Path, index_path: Path):
    before = index_path.read_bytes()
    change_document(knowledge)

    build(knowledge, index_path)

    assert previous_of(index_path).read_bytes() == before
    assert names_beside(index_path) == ["index.db", "index.previous.db"]


def test_an_index_of_another_version_is_built_anew(knowledge: Path, index_path: Path):
    whole = index_path.read_bytes()
    for junk in (b"junk", b"", whole[:5000]):
        index_path.write_bytes(junk)

        assert build(knowledge, index_path).written
        assert index_path.read_bytes() == whole


def test_an_error_in_a_curated_file_swaps_nothing(knowledge: Path, index_path: Path):
    before = index_path.read_bytes()
    (knowledge / "facts" / "a.yaml").write_text("facts: {")
    (knowledge / "facts" / "b.yaml").write_text("")
    change_document(knowledge)

    with pytest.raises(BuildRefusedError) as caught:
        build(knowledge, index_path)

    assert str(caught.value) == "2 error(s) in curated files; nothing was swapped"
    first, second = caught.value.__notes__
    assert first.startswith("facts/a.yaml: line ")
    assert second == "facts/b.yaml: is empty; fill it or remove it"
    assert index_path.read_bytes() == before
    assert answers(index_path)
    assert names_beside(index_path) == ["index.db"]


def test_a_document_that_cannot_be_read_is_named_and_the_rest_goes_live(
    knowledge: Path, index_path: Path
):
    documents = knowledge / "documents"
    (documents / "aaa.md").write_text("---\ntitel: wrong\n---\nText.")
    (documents / "bbb.xyz").write_text("What is this?")
    (documents / "notes.txt").write_bytes(b"\xff\xfe")
    (documents / "new.txt").write_text("A new document about radio.")

    report = build(knowledge, index_path)

    assert [problem.file for problem in report.problems] == [
        "documents/notes.txt", "documents/aaa.md", "documents/bbb.xyz",
    ]  # fmt: skip
    assert report.removed == ("documents/notes.txt",)
    assert report.added == ("documents/new.txt",)
    assert answers(index_path)


def test_a_document_with_an_unknown_source_is_left_out(
    knowledge: Path, index_path: Path
):
    path = knowledge / "documents" / "hanoi.md"
    path.write_text(path.read_text().replace("news-2012", "bbc"))

    (problem,) = build(knowledge, index_path).problems

    assert str(problem) == (
        'documents/hanoi.md: front matter: source "bbc" is not in sources.yaml;'
        " add it there or correct the id"
    )


def test_a_problem_is_named_again_where_nothing_changed(
    knowledge: Path, index_path: Path
):
    (knowledge / "documents" / "bbb.xyz").write_text("What is this?")
    build(knowledge, index_path)

    report = build(knowledge, index_path)

    assert [problem.file for problem in report.problems] == ["documents/bbb.xyz"]


def test_a_mended_document_comes_back(knowledge: Path, index_path: Path):
    path = knowledge / "documents" / "hanoi.md"
    text = path.read_text()
    path.write_text(text.replace("news-2012", "bbc"))
    build(knowledge, index_path)
    path.write_text(text)

    report = build(knowledge, index_path)

    assert report.added == ("documents/hanoi.md",)
    assert index_path.read_bytes() == full_bytes(knowledge)


def test_a_folder_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(IndexerError) as caught:
        build(tmp_path / "nowhere", tmp_path / "index.db")

    assert str(caught.value) == (
        f"there is no folder {tmp_path}/nowhere; name one with --knowledge"
    )


def test_a_folder_that_takes_no_files_loses_nothing(knowledge: Path, index_path: Path):
    before = index_path.read_bytes()
    change_document(knowledge)

    with unwritable(index_path.parent), pytest.raises(IndexerError) as caught:
        build(knowledge, index_path)

    assert str(caught.value).startswith(
        f"the index cannot be written to {index_path.parent} ("
    )
    assert str(caught.value).endswith("; the old one is untouched")
    assert index_path.read_bytes() == before


@contextmanager
def unwritable(folder: Path) -> Iterator[None]:
    """Make a folder take no new files; for root, by files in their places."""
    if os.geteuid() != 0:
        folder.chmod(0o500)
        try:
            yield
        finally:
            folder.chmod(0o700)
        return
    (folder / "index.db.new").mkdir()
    yield


def test_a_full_disk_loses_nothing(knowledge: Path, index_path: Path):
    resource = pytest.importorskip("resource")
    before = index_path.read_bytes()
    change_document(knowledge)
    allowed = resource.getrlimit(resource.RLIMIT_FSIZE)

    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, allowed[1]))
    try:
        with pytest.raises(IndexerError, match="the old one is untouched"):
            build(knowledge, index_path)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, allowed)

    assert index_path.read_bytes() == before
    assert names_beside(index_path) == ["index.db"]


def test_two_builds_at_once_exclude_each_other(knowledge: Path, index_path: Path):
    with FileLock(f"{index_path}.lock"), pytest.raises(BuildBusyError) as caught:
        build(knowledge, index_path)

    assert str(caught.value) == (
        f"another build of {index_path} is running; wait for it to end"
    )
    assert not build(knowledge, index_path).written


def test_a_build_killed_at_any_moment_leaves_an_index_that_answers(
    knowledge: Path, index_path: Path
):
    # A server that has imported everything forks each build: milliseconds, not seconds.
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["indexer.build", "sklearn.feature_extraction.text"])
    ended = []
    for number in range(12):
        (knowledge / "documents" / "new.txt").write_text(f"Number {number}. " * 50)
        builder = context.Process(target=build, args=(knowledge, index_path))
        builder.start()
        time.sleep(0.016 * number)

        builder.kill()
        builder.join()
        ended.append(builder.exitcode)
        builder.close()

        assert answers(index_path)

    build(knowledge, index_path)
    assert -signal.SIGKILL in ended
    assert index_path.read_bytes() == full_bytes(knowledge)
    assert "index.db.new" not in names_beside(index_path)
    assert "index.db.keep" not in names_beside(index_path)


def test_litter_of_a_killed_build_is_cleared_by_the_next(
    knowledge: Path, index_path: Path
):
    (index_path.parent / "index.db.new").write_bytes(b"half an index")
    (index_path.parent / "index.db.keep").write_bytes(b"half a swap")

    build(knowledge, index_path)

    assert names_beside(index_path) == ["index.db"]
