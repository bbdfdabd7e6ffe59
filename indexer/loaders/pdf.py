"""PDF: one section a page.

pdfium gives characters and where they stand; from that come paragraphs, and the
wide gaps by which the intake report knows columns that were read across.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from statistics import median
from typing import Any

import pypdfium2
import pypdfium2.raw

from indexer.errors import KnowledgeError
from indexer.loaders.worker import MAX_CHARS
from indexer.types import Section

MAX_PAGES = 2_000

HYPHEN = "\xad"
"""A hyphen at a line's end, and the trace that a guessed join of two halves leaves."""

LINE = re.compile(r"([^\r\n\ufffe\x02]+)([\ufffe\x02]?)")
BROKEN = re.compile(rf"(\w+)[-{HYPHEN}]\n(\w+)")
WORD = re.compile(r"\w+(?:-\w+)*")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page, and where its first character stands, in points."""

    text: str
    left: float
    bottom: float
    height: float


def sections(data: bytes) -> Iterator[Section]:
    """Return a section for each page, without text where it has none (a scan).

    Pages with nothing on them are left out.

    Raises:
        KnowledgeError: It is no PDF, broken, encrypted, or has too many pages.
    """
    texts: dict[int, str] = {}
    chars = 0
    with _opened(data) as pdf:
        for number in range(len(pdf)):
            text = _page_text(pdf, number)
            if text is not None:
                texts[number + 1] = text
                chars += len(text)
            if chars > MAX_CHARS:
                break
    known = {word.lower() for text in texts.values() for word in WORD.findall(text)}
    for number, text in texts.items():
        yield Section("", join_hyphens(text, known), f"p. {number}")


def join_hyphens(text: str, known: set[str]) -> str:
    r"""Join words that were cut at the end of a line.

    Where the whole word stands elsewhere (`known`, in lower case) it decides about
    the hyphen. Else small letters on both sides are taken for one word, with a soft
    hyphen as the trace of the guess; a capital or a figure keeps its hyphen.

    >>> join_hyphens("a well-\nknown Inter-\nAgency task", {"well-known"})
    'a well-known Inter-Agency task'
    """

    def joined(broken: re.Match[str]) -> str:
        first, last = broken[1], broken[2]
        if f"{first}-{last}".lower() in known:
            return f"{first}-{last}"
        if f"{first}{last}".lower() in known:
            return f"{first}{last}"
        guess = first[-1].islower() and last[0].islower()
        return f"{first}{HYPHEN if guess else '-'}{last}"

    text = BROKEN.sub(joined, text)
    return re.sub(rf"{HYPHEN}(?=\s|$)", "-", text)


def _opened(data: bytes) -> pypdfium2.PdfDocument:
    try:
        pdf = pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        locked = error.err_code in (
            pypdfium2.raw.FPDF_ERR_PASSWORD,
            pypdfium2.raw.FPDF_ERR_SECURITY,
        )
        reason = (
            "is encrypted; save it without a password"
            if locked
            else "is no PDF, or broken; open it and print it to a new PDF"
        )
        raise KnowledgeError("", "", reason) from None
    if len(pdf) > MAX_PAGES:
        reason = f"has {len(pdf):,} pages, more than {MAX_PAGES:,}; split it"
        raise KnowledgeError("", "", reason)
    return pdf


def _page_text(pdf: Any, number: int) -> str | None:
    """Return a page's text, "" where it has none, None where nothing is on it."""
    try:
        page = pdf[number]
        textpage = page.get_textpage()
    except pypdfium2.PdfiumError:
        # One page that is broken does not cost the others.
        return ""
    try:
        text = _paragraphs(list(_lines(textpage)))
        on_it = text or pypdfium2.raw.FPDFPage_CountObjects(page)
        return text if on_it else None
    finally:
        textpage.close()
        page.close()


def _lines(textpage: Any) -> Iterator[Line]:
    for match in LINE.finditer(textpage.get_text_range().replace("\x00", " ")):
        text = match[1].strip()
        if not text:
            continue
        start = match.start() + len(match[1]) - len(match[1].lstrip())
        index = pypdfium2.raw.FPDFText_GetCharIndexFromTextIndex(textpage, start)
        left, bottom, _, top = _box(textpage, index)
        height = top - bottom
        text = _with_gaps(text, textpage, index, 2 * height)
        yield Line(text + (HYPHEN if match[2] else ""), left, bottom, height)


def _box(textpage: Any, index: int) -> tuple[float, float, float, float]:
    try:
        box: tuple[float, float, float, float] = textpage.get_charbox(index, loose=True)
    except pypdfium2.PdfiumError:
        return 0.0, 0.0, 0.0, 0.0
    return box


def _with_gaps(text: str, textpage: Any, index: int, wide: float) -> str:
    """Write a blank as three where the page has a gap wider than `wide` points."""
    words = text.split(" ")
    line, at = words[0], index + len(words[0])
    for word in words[1:]:
        gap = _box(textpage, at + 1)[0] - _box(textpage, at - 1)[2]
        line += ("   " if 0 < wide < gap else " ") + word
        at += 1 + len(word)
    return line


def _paragraphs(lines: list[Line]) -> str:
    """Join lines, with an empty one where the page leaves more room than usual."""
    steps = [one.bottom - two.bottom for one, two in pairwise(lines)]
    down = [step for step in steps if step > 0]
    usual = (
        median(down)
        if len(down) > 2
        else 1.25 * max((x.height for x in lines), default=0)
    )
    text = lines[0].text if lines else ""
    for (before, line), step in zip(pairwise(lines), steps, strict=True):
        indented = 0 < line.height < line.left - before.left < 4 * line.height
        ended = before.text.endswith((".", "!", "?", ":", "\u17d4", "\u104b"))
        new = step > 1.3 * usual or (indented and ended)
        text += ("\n\n" if new else "\n") + line.text
    return text
