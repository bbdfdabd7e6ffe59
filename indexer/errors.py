"""What can go wrong, as one tree.

IndexerError
├── KnowledgeError        a knowledge file is wrong: file, place, reason
├── BuildRefusedError     curated files have errors; nothing was swapped
├── BuildBusyError        another build is running
├── IndexMissingError     there is no index at that path
├── IndexOutdatedError    the file is of another format, foreign or damaged
└── ExtraMissingError     a format needs a library that is not installed
"""

from __future__ import annotations


class IndexerError(Exception):
    """Any failure that one sentence explains to the person at the command line."""


class KnowledgeError(IndexerError):
    """A knowledge file is wrong.

    Args:
        file: Path below the knowledge folder, as the maintainer knows it.
        place: Where in the file ("fact 3 (som8)", "line 12"); may be empty.
        reason: What is wrong, and the cure.
    """

    def __init__(self, file: str, place: str, reason: str) -> None:
        self.file, self.place, self.reason = file, place, reason
        where = f"{printable(file)}: {place}" if place else printable(file)
        super().__init__(f"{where}: {reason}")


class BuildRefusedError(IndexerError):
    """Curated files have errors: nothing was swapped, the old index answers."""


class BuildBusyError(IndexerError):
    """Another build of the same index is running."""


class IndexMissingError(IndexerError):
    """There is no index at that path."""


class IndexOutdatedError(IndexerError):
    """The file is no index of this version: other format, foreign or damaged."""


class ExtraMissingError(IndexerError):
    """A format needs a library that is not installed."""


def printable(text: str) -> str:
    r"""Return text with line breaks and control characters shown, not obeyed.

    >>> printable("a\nb")
    'a\\nb'
    """
    return "".join(
        char if char.isprintable() else char.encode("unicode_escape").decode()
        for char in text
    )
