"""A document cut into passages, the unit that is searched and shown."""

from __future__ import annotations

import re
from collections.abc import Iterator

from indexer.analysis import sentences
from indexer.types import Document, Passage

PARAGRAPH = re.compile(r"\n\s*\n")


def split(document: Document, *, max_chars: int = 700) -> Iterator[Passage]:
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
    number = 0
    for section in document.sections:
        whole = document.kind == "fact"
        pieces = [section.text] if whole else _pieces(section.text, max_chars)
        for text in pieces:
            yield Passage(
                id=f"{document.id}@{document.language}#{number}",
                document_id=document.id,
                kind=document.kind,
                language=document.language,
                title=document.title if whole else section.title,
                text=text,
                variants=document.variants,
                locator=section.locator,
            )
            number += 1


def _pieces(text: str, max_chars: int) -> Iterator[str]:
    """Join paragraphs, and sentences of long paragraphs, while they fit."""
    piece = ""
    for paragraph in PARAGRAPH.split(text) if "\n" in text else [text]:
        paragraph = _in_one_line(paragraph)
        if not paragraph:
            continue
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
