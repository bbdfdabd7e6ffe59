"""The index file: written whole, verified, swapped under those who read it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from indexer import lists as lists_module
from indexer.build import build
from indexer.counting import count
from indexer.errors import IndexMissingError, IndexOutdatedError
from indexer.facts import read_curated
from indexer.rows import document_row, passage_row
from indexer.store import Store, previous_of
from indexer.swapping import restore, swap
from indexer.types import Document, Passage
from indexer.writing import Writer, file_rows, set_meta

CURE = "run `python -m indexer build` to make a new one"


PASSAGES = [
    Passage(f"d@en#{n}", "d", "document", "en", "D", text, ("a", "b"), f"p. {n}")
    for n, text in enumerate(["mou som", "mou"])
]


def write(path: Path, word: str = "mou", *, wide: bool = False) -> None:
    """Write an index of two passages, the second counted as 300 times `word`."""
    writer = Writer(path)
    writer.begin()
    rows = [passage_row("passages:en", n, p) for n, p in enumerate(PASSAGES)]
    writer.add_passages(rows)
    writer.end_passages()
    writer.add("document", [document_row(Document("d", "document", "D"), "", rows)])
    postings = count([["mou", "som", "som"], [word] * 300])
    writer.lists.add("passages:en", postings, wide=wide)
    writer.add_array("passages:en", np.array([3.0, 300.0]))
    writer.add("surface", [("mou", 2)])
    intake = {"documents/d.md": ("p. 3: odd characters",)}
    writer.add("file", file_rows({"documents/d.md": "abc"}, intake))
    writer.finish({"glossary": "{}", "word": word})


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "index.db"
    write(path)
    return path


def word_of(path: Path) -> str:
    store = Store(path)
    try:
        return store.meta["word"]
    finally:
        store.close()


def test_what_was_written_is_read(path: Path):
    store = Store(path)

    postings = store.lists("passages:en", ["mou", "som", "nobody"])
    assert sorted(postings) == ["mou", "som"]
    assert postings["mou"].numbers.tolist() == [0, 1]
    assert postings["som"].counts.tolist() == [2]
    assert store.array("passages:en").tolist() == [3.0, 300.0]
    assert store.array("unknown").tolist() == []
    assert store.surface() == {"mou": 2}
    assert store.files() == {"documents/d.md": ("abc", ("p. 3: odd characters",))}
    assert [document.id for document in store.documents()] == ["d"]
    assert store.all_passages("passages:en") == PASSAGES
    store.close()


def test_passages_come_in_the_order_asked_for(path: Path):
    store = Store(path)

    found = store.passages("passages:en", [1, 0])

    assert [passage.id for passage in found] == ["d@en#1", "d@en#0"]
    assert store.passage("d@en#1") == found[0]
    assert store.passage("d@en#7") is store.document("e") is store.fact("d") is None
    store.close()


def test_counts_take_one_byte_and_stop_there_unless_the_space_is_wide(path: Path):
    narrow = Store(path)
    write(path.with_name("wide.db"), wide=True)
    wide = Store(path.with_name("wide.db"))

    assert narrow.lists("passages:en", ["mou"])["mou"].counts.tolist() == [1, 255]
    assert wide.lists("passages:en", ["mou"])["mou"].counts.tolist() == [1, 300]
    narrow.close()
    wide.close()


def test_long_lists_of_a_large_space_are_kept_dense(
    path: Path, monkeypatch: pytest.MonkeyPatch
):
    store = Store(path)
    listed = store.lists("passages:en", ["mou", "som"])
    monkeypatch.setattr(lists_module, "DENSE_FROM", 2)
    large = Store(path)

    kept = large.passage_lists("passages:en", ["mou", "som"])

    assert {word: found.df for word, found in kept.items()} == {"mou": 2, "som": 1}
    assert kept["mou"].dense.tolist() == [1, 255]
    for word, found in large.lists("passages:en", ["mou", "som"]).items():
        assert found.numbers.tolist() == listed[word].numbers.tolist()
        assert found.counts.tolist() == listed[word].counts.tolist()
    store.close()
    large.close()


def test_all_postings_are_read_as_they_were_counted(toy: Path):
    store = Store(toy / "index.db")

    for space in ("facts:en", "grams:en", "features:en", "passages:en"):
        postings = store.postings(space)
        assert list(postings.words) == [word for word, _ in store.words(space)]
        assert postings.starts[-1] == len(postings.numbers) == len(postings.counts) > 0
    assert store.postings("facts:xx").words == ()
    store.close()


def test_documents_keep_all_their_fields(toy: Path, knowledge: Path):
    store = Store(toy / "index.db")
    kept = {document.id: document for document in store.documents()}

    for fact in read_curated(knowledge).facts:
        assert kept[fact.id] == replace(fact, sections=(), variants=())
    assert kept["documents/hanoi.md"].title == "The Hanoi meetings"
    store.close()


def test_words_are_found_by_their_beginning(toy: Path):
    store = Store(toy / "index.db")

    meetings = [word for word, _ in store.words("features:en", "entity:som_")]

    assert meetings == ["entity:som_7", "entity:som_8"]
    store.close()


def test_words_that_look_like_sql_are_only_words(path: Path):
    store = Store(path)

    assert store.lists("passages:en", ["' or 1=1 --", "%", "\x00", "*"]) == {}
    assert store.document("' or 1=1 --") is None
    store.close()


def test_rows_are_read_once(path: Path):
    store = Store(path)
    asked: list[str] = []
    store.lists("passages:en", ["mou", "nobody"])
    store._connection.set_trace_callback(asked.append)

    again = store.lists("passages:en", ["mou", "nobody"])

    assert list(again) == ["mou"]
    assert asked == []
    store.close()


def test_the_cache_is_bounded_in_bytes_and_answers_all_the_same(
    path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(lists_module, "CACHE_BYTES", 2_000)
    store = Store(path)

    for number in range(200):
        found = store.lists("passages:en", ["mou", f"unknown{number}"])
        assert found["mou"].numbers.tolist() == [0, 1]

    assert store._lists.cached <= 2_000
    assert len(store._lists._cache) < 20
    store.close()


def test_a_thousand_words_are_read_at_once(path: Path):
    store = Store(path)

    found = store.lists("passages:en", [f"w{n}" for n in range(1_200)] + ["som"])

    assert list(found) == ["som"]
    store.close()


def test_a_missing_index_says_how_to_make_one(tmp_path: Path):
    with pytest.raises(IndexMissingError) as caught:
        Store(tmp_path / "index.db")

    assert str(caught.value) == f"there is no index at {tmp_path}/index.db; {CURE}"


def foreign(path: Path) -> None:
    path.unlink()
    connection = sqlite3.connect(path)
    connection.execute("create table people (name text)")
    connection.close()


def truncated(path: Path) -> None:
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])


def text(path: Path) -> None:
    path.write_text("no database at all, but long enough to look like one " * 100)


def empty(path: Path) -> None:
    path.write_bytes(b"")


def half_meta(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("delete from meta where key = 'wide'")
    connection.commit()
    connection.close()


@pytest.mark.parametrize("harm", [foreign, truncated, text, empty, half_meta])
def test_a_file_that_is_no_index_says_how_to_make_one(path: Path, harm):
    harm(path)

    with pytest.raises(IndexOutdatedError) as caught:
        Store(path)

    assert str(caught.value).startswith(str(path))
    assert str(caught.value).endswith(CURE)


def test_any_truncation_is_noticed(path: Path):
    data = path.read_bytes()

    for size in range(0, len(data), 512):
        path.write_bytes(data[:size])
        with pytest.raises(IndexOutdatedError):
            Store(path)


def test_a_file_that_is_cut_short_is_named_so(path: Path):
    whole = path.stat().st_size
    truncated(path)

    with pytest.raises(IndexOutdatedError) as caught:
        Store(path)

    assert str(caught.value) == (
        f"{path} is cut short ({path.stat().st_size:,} of {whole:,} bytes); {CURE}"
    )


@pytest.mark.parametrize("key", ["format", "analysis"])
def test_an_index_of_another_version_says_how_to_make_one(path: Path, key: str):
    set_meta(path, key, "0")

    with pytest.raises(IndexOutdatedError) as caught:
        Store(path)

    assert f"was made by another version ({key} 0, here " in str(caught.value)
    assert str(caught.value).endswith(CURE)


def test_a_damaged_array_is_noticed_when_it_is_read(path: Path):
    connection = sqlite3.connect(path)
    connection.execute("update array set data = zeroblob(16)")
    connection.commit()
    connection.close()
    store = Store(path)

    with pytest.raises(
        IndexOutdatedError, match=r'the array "passages:en" .* is damaged'
    ):
        store.array("passages:en")
    with pytest.raises(IndexOutdatedError):
        store.verify()
    store.close()


def test_verify_reads_everything(path: Path):
    data = bytearray(path.read_bytes())
    page = 4096
    for at in range(page, len(data)):
        data[at] ^= 0xFF if at % 7 == 0 else 0
    sound = Store(path)
    sound.verify()
    sound.close()
    path.write_bytes(bytes(data))

    with pytest.raises(IndexOutdatedError), closing(Store(path)) as harmed:
        harmed.verify()


@pytest.mark.parametrize(
    ("table", "harm"),
    [
        ("list", "update list set blob = zeroblob(length(blob)) where at = 1"),
        ("list", "delete from list where at = 0"),
        ("word", "update word set df = 2 where word = 'som'"),
        ("passage", "update passage set text = 'other' where number = 1"),
        ("passage", "update passage set number = 'x' where number = 1"),
        ("passage", "update passage set number = 2 where number = 1"),
        ("passage", "update passage set space = 'facts:en' where number = 1"),
        ("passage", "delete from passage"),
        ("document", "update document set passages = 1"),
        ("document", "update document set title = 'E'"),
        ("surface", "insert into surface values ('a', 1)"),
        ("file", "delete from file"),
    ],
)
def test_any_row_that_differs_is_found_in_depth(path: Path, table: str, harm: str):
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(harm)
        connection.commit()

    with (
        closing(Store(path)) as store,
        pytest.raises(IndexOutdatedError) as caught,
    ):
        store.verify_contents()

    assert str(caught.value) == (
        f'the table "{table}" of the index is damaged;'
        " run `python -m indexer build --full` to make a new one"
    )


def test_a_sound_index_passes_in_depth(path: Path, toy: Path):
    for sound in (path, toy / "index.db"):
        with closing(Store(sound)) as store:
            store.verify_contents()


def test_a_reader_keeps_what_it_opened_while_the_file_is_replaced(path: Path):
    reader = Store(path)
    new = path.with_name("index.db.new")
    write(new, "som")

    swap(new, path)

    assert reader.meta["word"] == "mou"
    assert reader.lists("passages:en", ["mou"])["mou"].numbers.tolist() == [0, 1]
    reader.verify()
    reader.close()
    assert word_of(path) == "som"
    assert word_of(previous_of(path)) == "mou"
    assert not new.exists()


def test_the_first_swap_keeps_nothing(tmp_path: Path):
    new, path = tmp_path / "new", tmp_path / "index.db"
    write(new)

    swap(new, path)

    assert [file.name for file in tmp_path.iterdir()] == ["index.db"]


def test_restore_swaps_back_and_forth(path: Path):
    new = path.with_name("new")
    write(new, "som")
    swap(new, path)

    restore(path)
    first = word_of(path), word_of(previous_of(path))
    restore(path)

    assert first == ("mou", "som")
    assert (word_of(path), word_of(previous_of(path))) == ("som", "mou")


def test_restore_replaces_an_index_that_is_lost(path: Path):
    path.rename(previous_of(path))

    restore(path)

    assert word_of(path) == "mou"


def test_restore_without_a_previous_index_says_so(path: Path):
    with pytest.raises(IndexMissingError) as caught:
        restore(path)

    assert str(caught.value) == f"there is no previous index at {previous_of(path)}"


def test_restore_refuses_a_previous_index_that_is_damaged(path: Path):
    previous_of(path).write_bytes(b"junk")

    with pytest.raises(IndexOutdatedError):
        restore(path)

    assert word_of(path) == "mou"


def test_two_files_of_equal_content_are_byte_identical(path: Path):
    again = path.with_name("again.db")

    write(again)

    assert again.read_bytes() == path.read_bytes()


def test_two_builds_are_byte_identical(
    knowledge: Path, index_path: Path, tmp_path: Path
):
    build(knowledge, tmp_path / "again.db")

    assert (tmp_path / "again.db").read_bytes() == index_path.read_bytes()


def test_the_file_needs_no_journal_and_holds_no_time(toy: Path):
    connection = sqlite3.connect(toy / "index.db")

    mode = connection.execute("pragma journal_mode").fetchone()[0]
    meta = dict(connection.execute("select key, value from meta"))

    connection.close()
    assert mode == "delete"
    assert not {"time", "created", "built"} & meta.keys()
