"""Blocks of text gathered under their headings."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from indexer.types import Section


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a line of a list or table, or a heading."""

    text: str
    heading: bool = False


def by_heading(blocks: Iterable[Block]) -> Iterator[Section]:
    """Yield one section a heading; its locator is the heading.

    A heading without text under it is left out, save the first, which names the
    document.

    >>> blocks = [Block("A", True), Block("B", True), Block("b"), Block("C", True)]
    >>> [section.locator for section in by_heading(blocks)]
    ['A', 'B']
    """
    title, texts, first = "", list[str](), True
    for block in blocks:
        if not block.heading:
            texts.append(block.text)
            continue
        if texts or (title and first):
            yield Section(title, "\n\n".join(texts), title)
            first = False
        title, texts = " ".join(block.text.split()), []
    if texts:
        yield Section(title, "\n\n".join(texts), title)
