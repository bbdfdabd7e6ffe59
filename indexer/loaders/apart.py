"""PDF, Word and HTML: bytes of others, read apart from the build where need be."""

from __future__ import annotations

from pathlib import Path

from indexer.files import read_bytes, relative
from indexer.loaders import worker
from indexer.loaders.front import document
from indexer.types import Document

SMALL = 200_000
"""Bytes of HTML that are read in place: the worst of that size takes a second."""

KINDS: dict[str, worker.Kind] = {
    ".docx": "docx",
    ".htm": "html",
    ".html": "html",
    ".pdf": "pdf",
}


def load(path: Path, knowledge: Path) -> Document:
    """Load a PDF, Word or HTML file; its side file says what the format cannot hold.

    Raises:
        KnowledgeError: It is broken, encrypted, a bomb, too large, takes too long or
            too much memory, holds no text, or its side file is wrong.
    """
    kind, file = KINDS[path.suffix.lower()], relative(path, knowledge)
    data = read_bytes(path, knowledge)
    here = kind == "html" and len(data) <= SMALL
    sections = (worker.read_here if here else worker.read)(kind, data, file)
    return document(path, knowledge, sections)
