"""One file a format: path to Document.

A loader takes the path and the knowledge folder, and returns a document with
sections and locators, or raises `KnowledgeError`. Each is imported when its first
file comes: a build that reads no Word file does not wait for the Word library.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from indexer.errors import KnowledgeError
from indexer.files import relative
from indexer.types import Document


def _apart(path: Path, knowledge: Path) -> Document:
    from indexer.loaders import apart

    return apart.load(path, knowledge)


def _markdown(path: Path, knowledge: Path) -> Document:
    from indexer.loaders import markdown

    return markdown.load(path, knowledge)


def _plain(path: Path, knowledge: Path) -> Document:
    from indexer.loaders import plain

    return plain.load(path, knowledge)


LOADERS: dict[str, Callable[[Path, Path], Document]] = {
    ".docx": _apart,
    ".htm": _apart,
    ".html": _apart,
    ".md": _markdown,
    ".markdown": _markdown,
    ".pdf": _apart,
    ".txt": _plain,
}
SIDE_FILES = (".yaml", ".yml")


def load(path: Path, knowledge: Path) -> Document:
    """Load one file of `documents/` by its suffix.

    Raises:
        KnowledgeError: The format is not known, or the file is wrong.
    """
    loader = LOADERS.get(path.suffix.lower())
    if loader is None:
        known = ", ".join(sorted(LOADERS))
        reason = f'"{path.suffix}" is no format read here; save it as one of {known}'
        raise KnowledgeError(relative(path, knowledge), "", reason)
    return loader(path, knowledge)
