"""HTML: the main text of a page, one section a heading.

trafilatura tells the text of a page from its menus, adverts and footers.
"""

from __future__ import annotations

import codecs
import logging
import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import lxml.html
from trafilatura import bare_extraction
from trafilatura.settings import DEFAULT_CONFIG

from indexer.errors import KnowledgeError
from indexer.loaders.headings import Block, by_heading
from indexer.types import Section

# It logs an error for every page without text; the report says so better.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)

CONFIG = deepcopy(DEFAULT_CONFIG)
# Below this many characters it would give up headings and take menus for text.
CONFIG["DEFAULT"]["MIN_EXTRACTED_SIZE"] = "1"

NEVER = (
    "//script|//style|//noscript|//template|//nav|//aside|//footer|//form|//button"
    "|//iframe|//object|//svg|//*[@hidden or @aria-hidden='true']"
    "|//*[@role='navigation' or @role='banner' or @role='menu' or @role='search']"
)
HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
BLOCKS = ("p", "item", "quote", "code", "head", "row", "table", "list")

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{1,40})", re.I)
ENCODINGS = re.compile(
    r"utf-?8|utf-?16|us-ascii|ascii|(windows|cp)-?(125\d|874)|iso-?8859-\d+|latin-?1|tis-?620"
    r"|gb2312|gbk|gb18030|big5(-hkscs)?|koi8-[ru]|shift[_-]jis|euc-(jp|kr)",
    re.I,
)


def sections(data: bytes) -> Iterator[Section]:
    """Return the sections of a page; scripts, menus and forms are left out.

    Raises:
        KnowledgeError: Its encoding is unknown or wrong, or it has no main text.
    """
    text = decoded(data)
    parser = lxml.html.HTMLParser(
        remove_comments=True, remove_pis=True, encoding="utf-8"
    )
    if not text.strip():
        raise KnowledgeError("", "", "is empty; fill it or remove it")
    tree = lxml.html.document_fromstring(text.encode("utf-8", "replace"), parser=parser)
    title = " ".join((tree.findtext(".//title") or "").replace("\xad", "").split())
    blocks = list(_blocks(_main(tree)))
    if not any(block.text for block in blocks if not block.heading):
        reason = "has no main text; save the article itself, or its text as .md or .txt"
        raise KnowledgeError("", "", reason)
    if title and not blocks[0].heading:
        blocks.insert(0, Block(title, heading=True))
    return by_heading(blocks)


def decoded(data: bytes) -> str:
    """Decode a page by its byte order mark, its charset, or else as UTF-8.

    Raises:
        KnowledgeError: The bytes are not of that encoding.
    """
    named = CHARSET.search(data[:4096])
    encoding = named[1].decode("ascii", "replace") if named else "utf-8"
    # Python knows encodings that are no text encodings, and slow ones.
    encoding = encoding if ENCODINGS.fullmatch(encoding) else "utf-8"
    encoding = next((name for mark, name in MARKS if data.startswith(mark)), encoding)
    try:
        return data.decode(encoding).replace("\x00", " ")
    except UnicodeDecodeError as error:
        place = f"line {data.count(10, 0, error.start) + 1}"
        raise KnowledgeError(
            "", place, f"is not {encoding}; save it as UTF-8"
        ) from None


def _main(tree: Any) -> Any:
    """Return the element that holds the main text, or None."""
    for unwanted in tree.xpath(NEVER):
        if unwanted.getparent() is not None:
            unwanted.drop_tree()
    headed = next(tree.iter(*HEADINGS), None) is not None
    body = _extracted(tree)
    if not headed or (body is not None and next(body.iter("head"), None) is not None):
        return body
    # In short pages without an article it loses the headings: make one.
    whole = tree.find("body")
    if whole is None:
        return body
    whole.tag = "article"
    page = lxml.html.document_fromstring("<html><body></body></html>")
    page[0].append(whole)
    again = _extracted(page)
    return body if again is None else again


def _extracted(tree: Any) -> Any:
    page = bare_extraction(
        tree, include_comments=False, include_tables=True, fast=True, config=CONFIG
    )
    return None if page is None or isinstance(page, dict) else page.body


def _blocks(element: Any) -> Iterator[Block]:
    """Yield the blocks of trafilatura's tree in reading order."""
    if element is None:
        return
    if element.tag == "row":
        cells = (" ".join("".join(cell.itertext()).split()) for cell in element)
        yield from _block(" | ".join(cell for cell in cells if cell))
    elif next(element.iterdescendants(*BLOCKS), None) is None:
        yield from _block(_words(element), heading=element.tag == "head")
    else:
        yield from _block(element.text)
        for child in element:
            yield from _blocks(child)
            yield from _block(child.tail)


def _block(text: str | None, *, heading: bool = False) -> Iterator[Block]:
    text = (text or "").replace("\xad", "").strip()
    if text:
        yield Block(text, heading)


def _words(element: Any) -> str:
    for line_break in element.iter("lb"):
        line_break.tail = f"\n{line_break.tail or ''}"
    return "".join(element.itertext())
