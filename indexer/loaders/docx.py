"""Word files: one section a heading, tables row by row.

An archive that would unpack to too much, or declares XML entities, is refused
before the Word library opens it.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import docx
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph
from lxml import etree

from indexer.errors import KnowledgeError
from indexer.loaders.headings import Block, by_heading
from indexer.types import Section

MAX_UNPACKED = 100_000_000
MAX_PARTS = 5_000
MAX_RATIO, SMALL = 100, 5_000_000
"""Real documents shrink to a tenth; repetitive small ones may do better."""

HEADING = re.compile(r"title|heading \d", re.IGNORECASE)
DECLARATION = re.compile(rb"<!(?:DOCTYPE|ENTITY)", re.IGNORECASE)
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
P, TABLE, ROW, CELL, WORDS = (qn(f"w:{tag}") for tag in ("p", "tbl", "tr", "tc", "t"))
LINE_BREAKS = (qn("w:br"), qn("w:cr"))
MARKS = {
    qn("w:tab"): " ",
    qn("w:noBreakHyphen"): "-",
    **dict.fromkeys(LINE_BREAKS, "\n"),
}


def sections(data: bytes) -> Iterator[Section]:
    """Return the sections of a Word file; its title and headings begin new ones.

    Raises:
        KnowledgeError: It is no Word file, unpacks to too much, or holds entities.
    """
    refuse_bombs(data)
    document = docx.Document(io.BytesIO(data))
    body = document.element.body
    # Text boxes are stored twice, for new and for old readers.
    etree.strip_elements(body, FALLBACK, with_tail=False)
    return by_heading(_blocks(body, document))


def refuse_bombs(data: bytes) -> None:
    """Look into an archive without unpacking it whole.

    Raises:
        KnowledgeError: It is no archive, encrypted, a bomb, or declares entities.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _check_sizes(archive.infolist(), len(data))
            for part in archive.infolist():
                if part.flag_bits & 1:
                    reason = "is encrypted; save it without a password"
                    raise KnowledgeError("", "", reason)
                if part.filename.lower().endswith((".xml", ".rels")):
                    _check_declarations(archive.read(part), part.filename)
    except (zipfile.BadZipFile, NotImplementedError, EOFError):
        old = data.startswith(b"\xd0\xcf\x11\xe0")
        reason = "is encrypted or an old .doc" if old else "is no Word file, or broken"
        raise KnowledgeError("", "", f"{reason}; save it anew as .docx") from None


def _check_sizes(parts: list[zipfile.ZipInfo], packed: int) -> None:
    # Reading stops at the size that is declared, so a lie in it gains nothing.
    unpacked = sum(part.file_size for part in parts)
    bomb = unpacked > SMALL and unpacked > MAX_RATIO * packed
    if unpacked > MAX_UNPACKED or bomb or len(parts) > MAX_PARTS:
        size = f"unpacks to {unpacked / 1e6:,.0f} MB in {len(parts):,} parts"
        limit = f"at most {MAX_UNPACKED // 1_000_000} MB or {MAX_RATIO} times its size"
        cure = "split it or remove its images"
        raise KnowledgeError("", "", f"{size}; {limit} are read: {cure}")


def _check_declarations(xml: bytes, name: str) -> None:
    # Without its NULs, UTF-16 reads like ASCII.
    if DECLARATION.search(xml.replace(b"\0", b"") if b"\0" in xml else xml):
        reason = "declares a document type or entities, which Word never does"
        raise KnowledgeError("", name, f"{reason}; save it anew from Word")


def _blocks(parent: Any, document: Any) -> Iterator[Block]:
    for element in parent:
        if element.tag == P:
            text = _words(element)
            if text:
                yield Block(text, _is_heading(element, document))
        elif element.tag == TABLE:
            yield from _rows(element)
        elif isinstance(element.tag, str):
            # Controls and accepted changes wrap paragraphs of their own.
            yield from _blocks(element, document)


def _is_heading(element: Any, document: Any) -> bool:
    style = Paragraph(element, document).style
    return style is not None and HEADING.match(style.name or "") is not None


def _rows(table: Any) -> Iterator[Block]:
    for row in table.iter(ROW):
        cells = (" ".join(_words(cell).split()) for cell in row.iter(CELL))
        text = " | ".join(cell for cell in cells if cell)
        if text:
            yield Block(text)


def _words(element: Any) -> str:
    words = []
    for node in element.iter(WORDS, P, *MARKS):
        if node.tag == WORDS:
            words.append(node.text or "")
        elif node is not element:
            words.append(MARKS.get(node.tag, "\n"))
    return "".join(words).replace("\xad", "").strip()
