"""Documents of every format become sections with true locators."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from indexer.errors import KnowledgeError
from indexer.files import files_below
from indexer.loaders import LOADERS, html, load, pdf, plain
from indexer.loaders import docx as word
from indexer.loaders.worker import read_here
from indexer.types import Section

PAGE = """<html><head><title>COMMIT - a site</title><style>p {}</style>
<script>var tracked = 'scripted'</script></head><body>
<nav><ul><li><a href="/">Home</a></li></ul></nav><main><h1>The Process</h1>
<p>Six governments signed a memo&shy;randum in <b>Yangon</b>.<script>evil()</script></p>
<h2>Meetings</h2><ul><li>SOM 1</li><li>SOM 2<br>in 2005</li></ul>
<table><tr><th>Country</th><th>Year</th></tr><tr><td>Lao PDR</td><td>2006</td></tr>
</table></main><aside>Related</aside><footer>Cookies</footer></body></html>"""

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'


def pdf_of(*pages: bytes, extra: bytes = b"") -> bytes:
    """Write a PDF by hand; it has no table of objects, which readers then rebuild."""
    kids = b" ".join(b"%d 0 R" % (4 + 2 * number) for number in range(len(pages)))
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count %d/Kids[%s]>>" % (len(pages), kids),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    for number, page in enumerate(pages):
        objects += [
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 600 800]/Contents %d 0 R"
            b"/Resources<</Font<</F 3 0 R>>>>>>" % (5 + 2 * number),
            b"<</Length %d>>stream\n%s\nendstream" % (len(page), page),
        ]
    body = b"".join(b"%d 0 obj%s endobj\n" % pair for pair in enumerate(objects, 1))
    size = len(objects) + 1
    return b"%%PDF-1.4\n%strailer<</Size %d/Root 1 0 R%s>>\n" % (body, size, extra)


def lines(*texts: str) -> bytes:
    """Write lines of a page; an empty one leaves room."""
    shown = (
        b"1 0 0 1 72 %d Tm(%s)Tj" % (700 - 14 * row, text.encode())
        for row, text in enumerate(texts)
        if text
    )
    return b"BT/F 12 Tf " + b" ".join(shown) + b" ET"


def docx_bytes(document: docx.document.Document) -> bytes:
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def with_part(data: bytes, name: str, content: bytes) -> bytes:
    """Replace a part of an archive."""
    file = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(data)) as old,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for part in old.namelist():
            if part != name:
                new.writestr(part, old.read(part))
        new.writestr(name, content)
    return file.getvalue()


def fault(kind: str, data: bytes) -> str:
    with pytest.raises(KnowledgeError) as caught:
        read_here(kind, data, f"documents/a.{kind}")
    return str(caught.value)


@pytest.fixture(scope="module")
def word_file() -> bytes:
    document = docx.Document()
    document.add_paragraph("The Process", style="Title")
    document.add_heading("Meetings", 1)
    document.add_paragraph("Ministers met\tin Yangon.")
    table = document.add_table(rows=2, cols=2)
    for row, cells in zip(
        table.rows, [("Country", "Year"), ("Lao PDR", "2006")], strict=True
    ):
        for cell, text in zip(row.cells, cells, strict=True):
            cell.text = text
    document.add_heading("Plans", 2)
    document.add_paragraph("Three plans.")
    return docx_bytes(document)


def test_html_gives_the_main_text_by_headings():
    actual = list(html.sections(PAGE.encode()))

    assert actual == [
        Section(
            "The Process",
            "Six governments signed a memorandum in Yangon.",
            "The Process",
        ),
        Section(
            "Meetings",
            "SOM 1\n\nSOM 2\nin 2005\n\nCountry | Year\n\nLao PDR | 2006",
            "Meetings",
        ),
    ]


@pytest.mark.parametrize(
    "page",
    [
        "<h1>One</h1><p>Alpha.</p><h2>Two</h2><p>Beta.</p>",
        "<body><nav>Menu</nav><h1>One</h1><p>Alpha.</p><h2>Two</h2><p>Beta.</p></body>",
        "<article><h1>One</h1><p>Alpha.</p><h2>Two</h2><p>Beta.</p></article>",
        "<div><div><h1>One</h1><p>Alpha.</p></div><h2>Two</h2><p>Beta.</p></div>"
        "<form><button>Send</button></form><script>alert(1)</script>",
    ],
)
def test_short_html_keeps_its_headings(page: str):
    found = [
        (section.locator, section.text) for section in html.sections(page.encode())
    ]

    assert found == [("One", "Alpha."), ("Two", "Beta.")]


def test_html_without_headings_is_titled_by_its_title():
    page = (
        b"<html><head><title>A law</title></head><body><p>Text of it.</p></body></html>"
    )

    assert list(html.sections(page)) == [Section("A law", "Text of it.", "A law")]


@pytest.mark.parametrize(
    ("data", "word"),
    [
        ("<p>Việt Nam</p>".encode(), "Việt Nam"),
        ("<p>Việt Nam</p>".encode("utf-8-sig"), "Việt Nam"),
        ("<p>Việt Nam</p>".encode("utf-16"), "Việt Nam"),
        ("<meta charset=tis-620><p>ไทย</p>".encode("tis-620"), "ไทย"),
        (b'<meta content="text/html; charset=windows-1252"><p>caf\xe9</p>', "café"),
        (b"<meta charset=rot13><p>cafe</p>", "cafe"),
    ],
)
def test_html_encodings(data: bytes, word: str):
    assert [section.text for section in html.sections(data)] == [word]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"<p>one</p>\n<p>caf\xe9</p>", "line 2: is not utf-8; save it as UTF-8"),
        (b"", "is empty; fill it or remove it"),
        (b"\x00\x00", "is empty; fill it or remove it"),
        (b"<script>x()</script>", "has no main text; save the article itself"),
    ],
)
def test_wrong_html_is_named(data: bytes, expected: str):
    assert f"documents/a.html: {expected}" in fault("html", data)


def test_word_file_by_headings_and_rows(word_file: bytes):
    actual = list(word.sections(word_file))

    assert [(section.locator, section.text) for section in actual] == [
        ("The Process", ""),
        (
            "Meetings",
            "Ministers met in Yangon.\n\nCountry | Year\n\nLao PDR | 2006",
        ),
        ("Plans", "Three plans."),
    ]


def test_word_file_with_controls_changes_and_boxes():
    body = (
        "<w:p><w:ins><w:r><w:t>added </w:t></w:r></w:ins><w:del><w:r><w:delText>gone"
        "</w:delText></w:r></w:del><w:r><w:t>kept</w:t></w:r></w:p>"
        "<w:sdt><w:sdtContent><w:p><w:r><w:t>in a control</w:t></w:r></w:p>"
        "</w:sdtContent></w:sdt><w:p><mc:AlternateContent><mc:Choice><w:p><w:r>"
        "<w:t>box</w:t></w:r></w:p></mc:Choice><mc:Fallback><w:p><w:r><w:t>box</w:t>"
        "</w:r></w:p></mc:Fallback></mc:AlternateContent></w:p>"
    )
    xml = f"<w:document {W} {MC}><w:body>{body}</w:body></w:document>"
    data = with_part(docx_bytes(docx.Document()), "word/document.xml", xml.encode())

    assert [section.text for section in word.sections(data)] == [
        "added kept\n\nin a control\n\nbox"
    ]


ENTITIES = (
    '<!DOCTYPE w:document [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">'
    '<!ENTITY file SYSTEM "file:///etc/hostname">]>'
    f"<w:document {W}><w:body><w:p><w:r><w:t>&b;&file;</w:t></w:r></w:p></w:body>"
    "</w:document>"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_word_file_with_entities_is_refused(word_file: bytes, encoding: str):
    data = with_part(word_file, "word/document.xml", ENTITIES.encode(encoding))

    assert "word/document.xml: declares a document type" in fault("docx", data)


@pytest.mark.parametrize(("size", "shown"), [(20_000_000, 21), (150_000_000, 151)])
def test_word_bomb_is_refused_before_it_is_opened(
    word_file: bytes, size: int, shown: int
):
    data = with_part(word_file, "word/document.xml", b" " * size)

    assert f"documents/a.docx: unpacks to {shown} MB" in fault("docx", data)


def test_word_file_that_lies_about_its_size_is_refused(word_file: bytes):
    data = with_part(word_file, "word/document.xml", b" " * 10_000_000)
    small, large = (10).to_bytes(4, "little"), (10_000_000).to_bytes(4, "little")

    assert large in data
    assert "is no Word file, or broken" in fault("docx", data.replace(large, small))


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"not an archive", "is no Word file, or broken; save it anew as .docx"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "encrypted or an old .doc"),
        (
            with_part(b"PK\x05\x06" + bytes(18), "a.txt", b"a"),
            "cannot be read (KeyError)",
        ),
    ],
)
def test_wrong_word_files_are_named(data: bytes, expected: str):
    assert expected in fault("docx", data)


def test_pdf_is_read_page_by_page():
    data = pdf_of(
        lines("First page."), lines("Second", "page.", "", "", "A paragraph.")
    )

    assert list(pdf.sections(data)) == [
        Section("", "First page.", "p. 1"),
        Section("", "Second\npage.\n\nA paragraph.", "p. 2"),
    ]


def test_pdf_words_cut_at_line_ends_are_joined():
    first = lines("The Meet-", "ing of Inter-", "Agency staff, a well-", "known one")
    second = lines("A meeting. It is well-known.")

    text = next(iter(pdf.sections(pdf_of(first, second)))).text

    assert text == "The Meeting of Inter-Agency staff, a well-known one"


def test_pdf_guessed_join_leaves_a_trace():
    text = next(iter(pdf.sections(pdf_of(lines("They traf-", "ficked them"))))).text

    assert text == "They traf\xadficked them"


def test_pdf_scan_keeps_its_page_and_blank_page_goes():
    image = b"q 99 0 0 99 9 9 cm BI/W 1/H 1/CS/G/BPC 8 ID \x80 EI Q"
    data = pdf_of(lines("Text."), image, b"")

    assert [(s.locator, s.text) for s in pdf.sections(data)] == [
        ("p. 1", "Text."),
        ("p. 2", ""),
    ]


def test_pdf_wide_gaps_are_kept_for_the_report():
    row = b"1 0 0 1 72 %d Tm(left part)Tj 1 0 0 1 330 %d Tm(right part)Tj "
    page = b"BT/F 12 Tf " + b"".join(row % (y, y) for y in (700, 686, 672)) + b"ET"

    text = next(iter(pdf.sections(pdf_of(page)))).text

    assert text == "\n".join(["left part   right part"] * 3)


LOCKED = b"/ID[<00><00>]/Encrypt<</Filter/Standard/V 1/R 2/P -4/O<%s>/U<%s>>>" % (
    b"11" * 32,
    b"22" * 32,
)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (pdf_of(lines("x"), extra=LOCKED), "is encrypted; save it without a password"),
        (b"", "is no PDF, or broken; open it and print it to a new PDF"),
        (b"%PDF-1.7\nnothing", "is no PDF, or broken"),
        (pdf_of(*[b""] * 2_001), "has 2,001 pages, more than 2,000; split it"),
    ],
)
def test_wrong_pdfs_are_named(data: bytes, expected: str):
    assert f"documents/a.pdf: {expected}" in fault("pdf", data)


def test_scan_without_any_text_is_named_with_the_cure(tmp_path: Path):
    path = tmp_path / "scan.pdf"
    path.write_bytes(pdf_of(b"0 0 99 99 re f"))

    with pytest.raises(KnowledgeError, match="text recognition"):
        load(path, tmp_path)


def test_side_file_tells_what_the_format_cannot_hold(tmp_path: Path):
    path = tmp_path / "law.html"
    path.write_text(PAGE, encoding="utf-8")
    path.with_suffix(".yaml").write_text("title: A law\nrights: open", encoding="utf-8")

    document = load(path, tmp_path)

    assert (document.id, document.title, document.rights) == (
        "law.html",
        "A law",
        "open",
    )


@pytest.mark.parametrize("suffix", sorted(LOADERS))
@pytest.mark.parametrize("stem", ["a\nb", "\U0001f600 \u00e9", "e\u0301", None])
def test_any_name_is_read_or_reported_in_one_line(
    tmp_path: Path, suffix: str, stem: str | None
):
    stem = stem or "\u0e01" * 80 + "x" * (255 - 240 - len(suffix))
    path = tmp_path / f"{stem}{suffix}"
    path.write_bytes(
        b"%PDF broken" if suffix in (".pdf", ".docx") else b"<p>Words.</p>"
    )

    try:
        report = load(path, tmp_path).id
    except KnowledgeError as error:
        report = str(error)

    assert report
    assert "\n" not in report.removeprefix(path.name)


@pytest.mark.parametrize("suffix", sorted(LOADERS))
def test_vanished_looping_and_forbidden_files_are_named(
    tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch
):
    loop, forbidden = tmp_path / f"loop{suffix}", tmp_path / f"forbidden{suffix}"
    loop.symlink_to(loop)
    forbidden.write_bytes(b"text")
    monkeypatch.setattr("builtins.open", _refuse)

    for path in (tmp_path / f"vanished{suffix}", loop, forbidden):
        with pytest.raises(KnowledgeError, match=path.name):
            load(path, tmp_path)


def _refuse(*_: object, **__: object) -> bytes:
    # Root may read everything, so the refusal is made up.
    raise PermissionError(13, "Permission denied")


def test_links_that_loop_do_not_stop_the_walk(tmp_path: Path):
    (tmp_path / "documents").mkdir()
    (tmp_path / "documents" / "again").symlink_to(tmp_path / "documents")
    (tmp_path / "documents" / "loop.pdf").symlink_to(
        tmp_path / "documents" / "loop.pdf"
    )
    problems: list[KnowledgeError] = []

    assert list(files_below(tmp_path / "documents", tmp_path, problems)) == []
    assert [problem.file for problem in problems] == [
        "documents/again",
        "documents/loop.pdf",
    ]


def test_unknown_format_names_the_known_ones(tmp_path: Path):
    with pytest.raises(KnowledgeError, match=r"save it as one of \.docx, .*\.txt"):
        load(tmp_path / "a.pptx", tmp_path)


BYTES = st.builds(
    bytes.__add__,
    st.sampled_from([b"", b"---\ntitle: ", b"<html><p>", b"%PDF-1.4\n", b"PK\x03\x04"]),
    st.binary(max_size=200),
)


@pytest.mark.parametrize("suffix", [".md", ".txt", ".html"])
@given(data=BYTES)
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_random_bytes_give_a_document_or_a_knowledge_error(
    tmp_path: Path, suffix: str, data: bytes
):
    path = tmp_path / f"a{suffix}"
    path.write_bytes(data)

    try:
        name = load(path, tmp_path).id
    except KnowledgeError as error:
        name = error.file

    assert name == path.name


@pytest.mark.parametrize("kind", ["pdf", "docx", "html"])
@given(data=st.data())
@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_damaged_files_give_sections_or_a_knowledge_error(
    word_file: bytes, kind: str, data: st.DataObject
):
    whole = {
        "pdf": pdf_of(lines("Some words."), lines("More.")),
        "docx": word_file,
        "html": PAGE.encode(),
    }[kind]
    start = data.draw(st.integers(0, len(whole)))
    damage = data.draw(st.one_of(st.binary(max_size=9), BYTES))
    cut = data.draw(st.integers(0, 40))

    try:
        faulty = ""
        read_here(kind, whole[:start] + damage + whole[start + cut :], "a")
    except KnowledgeError as error:
        faulty = error.file

    assert faulty in ("", "a")


@given(st.text(st.sampled_from("ab \t\n\f\x1c\u2028"), max_size=30))
def test_blocks_of_plain_text_end_before_blank_lines(text: str):
    found = re.finditer(r"\S(?:.|\n(?!\s*\n))*", text)
    expected = [(block[0], text.count("\n", 0, block.start()) + 1) for block in found]

    blocks = [(block.text, block.locator) for block in plain.blocks(text)]

    assert blocks == [(own, f"line {line}") for own, line in expected]
