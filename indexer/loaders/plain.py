"""Plain text: one section a file, located by its line."""

from __future__ import annotations

import re
from pathlib import Path

from indexer.files import read_text
from indexer.loaders.front import document
from indexer.types import Document, Section


def load(path: Path, knowledge: Path) -> Document:
    """Load a text file; each block between blank lines is located by its first line.

    Raises:
        KnowledgeError: It is not UTF-8, empty, too large, or the side file is wrong.
    """
    text = read_text(path, knowledge)
    sections = tuple(
        Section("", block[0], f"line {text.count(chr(10), 0, block.start()) + 1}")
        for block in re.finditer(r"\S(?:.|\n(?!\s*\n))*", text)
    )
    return document(path, knowledge, sections)
