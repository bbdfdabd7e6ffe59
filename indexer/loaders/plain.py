"""Plain text: one section a file, located by its line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from indexer.files import read_text
from indexer.loaders.front import document, front_of
from indexer.types import Document, Section

BLANK = re.compile(r"\n\s*\n")


def load(path: Path, knowledge: Path) -> Document:
    """Load a text file; each block between blank lines is located by its first line.

    Raises:
        KnowledgeError: It is not UTF-8, empty, too large, or the side file is wrong.
    """
    text, front = read_text(path, knowledge), front_of(path, knowledge)
    sections = tuple(blocks(text, front.title or path.stem))
    return document(path, knowledge, sections, front)


def blocks(text: str, title: str = "") -> Iterator[Section]:
    """Yield the blocks between blank lines, each located by its first line."""
    start = counted = 0
    line = 1
    spans = [blank.span() for blank in BLANK.finditer(text)]
    for end, after in [*spans, (len(text), len(text))]:
        block = text[start:end].lstrip()
        if block:
            line += text.count("\n", counted, end - len(block))
            counted = end - len(block)
            yield Section(title, block, f"line {line}")
        start = after
