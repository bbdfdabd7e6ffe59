"""Plain text: one section a file, located by its line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from indexer.files import read_text
from indexer.loaders.front import document
from indexer.types import Document, Section

BLANK = re.compile(r"\n\s*\n")


def load(path: Path, knowledge: Path) -> Document:
    """Load a text file; each block between blank lines is located by its first line.

    Raises:
        KnowledgeError: It is not UTF-8, empty, too large, or the side file is wrong.
    """
    text = read_text(path, knowledge)
    return document(path, knowledge, tuple(blocks(text)))


def blocks(text: str) -> Iterator[Section]:
    """Yield the blocks between blank lines, each located by its first line."""
    start, line = 0, 1
    ends = [(blank.start(), blank.end()) for blank in BLANK.finditer(text)]
    for end, after in [*ends, (len(text), len(text))]:
        block = text[start:end].lstrip()
        first = end - len(block)
        line += text.count("\n", start, first)
        if block:
            yield Section("", block, f"line {line}")
        line += text.count("\n", first, after)
        start = after
