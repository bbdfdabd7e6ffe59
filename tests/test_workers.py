"""A hostile file stops, hangs or bloats nothing: it becomes one line of a report."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.errors import KnowledgeError
from indexer.loaders import load, worker
from indexer.loaders.worker import read
from indexer.types import Section

HEAD = b"BT/F 12 Tf 1 0 0 1 9 9 Tm "
# All words on one spot: pdfium compares each with all others.
ENDLESS = HEAD + b"(abcdefghijklmnop)Tj " * 20_000
# Two hundred kilobytes that become millions of objects.
GREEDY = HEAD + b"1 0 0 1 9 9 Tm (a)Tj " * 3_000_000


def pdf_of(page: bytes) -> bytes:
    """Write a PDF of one page, packed; readers rebuild its table of objects."""
    packed = zlib.compress(page, 9)
    objects = (
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 1/Kids[4 0 R]>>",
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents 5 0 R"
        b"/Resources<</Font<</F 3 0 R>>>>>>",
        b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream"
        % (len(packed), packed),
    )
    body = b"".join(b"%d 0 obj%s endobj\n" % pair for pair in enumerate(objects, 1))
    return b"%%PDF-1.4\n%strailer<</Size 6/Root 1 0 R>>\n" % body


FINE = pdf_of(HEAD + b"(Some words.)Tj ET")


def fault(data: bytes, kind: worker.Kind = "pdf", **limits: float) -> str:
    with pytest.raises(KnowledgeError) as caught:
        read(kind, data, "documents/a.pdf", **limits)  # type: ignore[arg-type]
    return str(caught.value)


def test_sections_come_back_from_the_worker():
    assert read("pdf", FINE, "a.pdf") == (Section("", "Some words.", "p. 1"),)


def test_fault_of_the_worker_names_file_and_cure():
    assert fault(b"%PDF broken") == (
        "documents/a.pdf: is no PDF, or broken; open it and print it to a new PDF"
    )


def test_endless_file_is_given_up():
    start = time.monotonic()

    report = fault(pdf_of(ENDLESS), seconds=1)

    assert report.startswith("documents/a.pdf: takes more than 1 s to read; open it")
    assert time.monotonic() - start < 10


def test_endless_html_is_given_up():
    attributes = b" ".join(b"a%d=1" % number for number in range(100_000))

    assert "takes more than 1 s" in fault(b"<p %s>x" % attributes, "html", seconds=1)


def test_greedy_file_reaches_the_memory_limit():
    report = fault(pdf_of(GREEDY), memory=400 << 20)

    assert "needs more than 400 MB of memory: its reader crashed; open it" in report


def test_worker_without_room_to_start_is_reported():
    report = fault(FINE, memory=20 << 20)

    assert "memory" in report
    assert report.endswith("save its text as .txt or .md")


def test_too_much_text_is_refused():
    page = b"<p>%s</p>" % (b"word " * 1_000_100)

    assert "holds more than 5 million characters; split it" in fault(page, "html")


def test_nothing_is_left_running_after_a_timeout():
    before = _children()

    fault(pdf_of(ENDLESS), seconds=0.5)

    assert _children() == before


def test_worker_sees_no_token(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("COMMIT_BOT_TOKEN", "secret")

    assert "COMMIT_BOT_TOKEN" not in worker._environment()


def test_answer_that_is_no_answer_is_a_crash():
    for line in (b"", b"[]", b"1", b"{}", b'{"sections": 1}', b"[" * 100_000):
        with pytest.raises(KnowledgeError, match="its reader crashed"):
            worker._understood(line, "a.pdf", worker.MEMORY)


def test_no_process_to_be_had_is_reported(monkeypatch: pytest.MonkeyPatch):
    def refuse(*args: object, **options: object) -> None:
        raise OSError(11, "Resource temporarily unavailable")

    monkeypatch.setattr(subprocess, "Popen", refuse)

    assert "no process could be started" in fault(FINE)


def test_many_documents_are_read_at_once():
    with ThreadPoolExecutor(2) as pool:
        counts = pool.map(
            lambda number: len(read("pdf", FINE, f"{number}.pdf")), range(8)
        )

        assert list(counts) == [1] * 8


def test_worker_imports_neither_schema_nor_analysis():
    code = (
        "import sys; from indexer.loaders import worker;"
        "worker.answer('pdf', b''); print(*sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=worker.ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    heavy = {"pydantic", "yaml", "trafilatura", "docx", "numpy", "Stemmer"}
    assert heavy.isdisjoint(done.stdout.split())


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_worker_ends_with_its_parent():
    code = (
        "import sys; from indexer.loaders.worker import read;"
        "sys.stdout.write('x'); sys.stdout.flush();"
        "read('pdf', sys.stdin.buffer.read(), 'a.pdf', seconds=1)"
    )
    parent = subprocess.Popen(
        [sys.executable, "-c", code],
        cwd=worker.ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    with parent:
        assert parent.stdin is not None
        parent.stdin.write(pdf_of(ENDLESS))
        parent.stdin.close()
        _await(lambda: bool(_children(parent.pid)))
        orphans = _children(parent.pid)
        parent.kill()

    assert orphans
    _await(lambda: not any(_runs(pid) for pid in orphans))


def test_html_small_enough_is_read_in_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    def refuse(*args: object, **options: object) -> None:
        raise OSError(11, "Resource temporarily unavailable")

    (tmp_path / "small.html").write_text("<p>Words.</p>")
    (tmp_path / "large.html").write_text("<p>Words.</p>" + " " * 200_000)
    monkeypatch.setattr(subprocess, "Popen", refuse)

    assert load(tmp_path / "small.html", tmp_path).sections[0].text == "Words."
    with pytest.raises(KnowledgeError, match="no process"):
        load(tmp_path / "large.html", tmp_path)


@given(kind=st.sampled_from(["pdf", "docx"]), data=st.binary(max_size=300))
@settings(max_examples=12, deadline=None)
def test_random_bytes_in_a_real_worker(kind: worker.Kind, data: bytes):
    try:
        faulty = ""
        read(kind, data, "a")
    except KnowledgeError as error:
        faulty = error.file

    assert faulty in ("", "a")


def _children(pid: int | None = None) -> set[int]:
    """Return the ids of a process's children; Linux tells them."""
    path = Path(f"/proc/{pid or os.getpid()}/task/{pid or os.getpid()}/children")
    if not path.exists():
        pytest.skip("needs the list of children that Linux keeps")
    return {int(child) for child in path.read_text().split()}


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False


def _await(done, seconds: float = 12) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "not within the time"
        time.sleep(0.05)
