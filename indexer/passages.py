"""A document cut into passages, the unit that is searched and shown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from indexer.analysis import sentences
from indexer.types import Document, Passage

PARAGRAPH = re.compile(r"\n\s*\n")
# So long a passage may be, unless a single sentence is longer.
MAX_CHARS = 700

# A passage of a known document: title, text and locator. There are many, and a
# record of each would take longer to make than to cut it.
Piece = tuple[str, str, str]


def split(document: Document, *, max_chars: int = MAX_CHARS) -> Iterator[Passage]:
    """Cut a document into passages, each short enough to be read as an answer.

    A passage never crosses the border of a section, so its locator is always true.
    Paragraphs stay whole and are joined while they fit; a longer paragraph is cut
    between sentences. A fact is never cut.

    Args:
        max_chars: Upper bound for one passage. A single sentence may exceed it.

    Yields:
        Passages in reading order, numbered from 0 within the document.

    Example:
        >>> [passage.locator for passage in split(handbook)]
        ['p. 1', 'p. 1', 'p. 2']
    """
    for number, (title, text, locator) in enumerate(pieces(document, max_chars)):
        yield Passage(
            id=f"{document.id}@{document.language}#{number}",
            document_id=document.id,
            kind=document.kind,
            language=document.language,
            title=title,
            text=text,
            variants=document.variants,
            locator=locator,
        )


def pieces(document: Document, max_chars: int = MAX_CHARS) -> list[Piece]:
    """Cut a document as `split` does; return title, text and locator of each."""
    if document.kind == "fact":
        return [(document.title, s.text, s.locator) for s in document.sections]
    return [
        (section.title, text, section.locator)
        for section in document.sections
        for text in _cut(section.text, max_chars)
    ]


def _cut(text: str, max_chars: int) -> Iterable[str]:
    paragraphs = PARAGRAPH.split(text) if "\n" in text else [text]
    lines = [line for line in map(_in_one_line, paragraphs) if line]
    # Most sections are short.
    if len(lines) == 1 and len(lines[0]) <= max_chars:
        return lines
    return _joined(lines, max_chars)


def _joined(paragraphs: list[str], max_chars: int) -> Iterator[str]:
    """Join paragraphs, and sentences of long paragraphs, while they fit."""
    piece = ""
    for paragraph in paragraphs:
        long = len(paragraph) > max_chars
        for part in sentences(paragraph) if long else [paragraph]:
            glue = " " if long else "\n\n"
            if piece and len(piece) + len(glue) + len(part) > max_chars:
                yield piece
                piece = ""
            piece = f"{piece}{glue}{part}" if piece else part
    if piece:
        yield piece


def _in_one_line(paragraph: str) -> str:
    """Return a paragraph with single blanks between its words."""
    line = paragraph.replace("\n", " ").strip()
    # Of all that parts words, only the blank is printable.
    if line.isprintable() and "  " not in line:
        return line
    return " ".join(line.split())
