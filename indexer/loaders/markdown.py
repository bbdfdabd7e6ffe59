"""Markdown with front matter: one section a heading."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from markdown_it import MarkdownIt
from markdown_it.token import Token
from mdit_py_plugins.front_matter import front_matter_plugin

from indexer.files import read_text, relative
from indexer.loaders.front import Front, document, read_front
from indexer.types import Document, Section


def load(path: Path, knowledge: Path) -> Document:
    """Load a Markdown file; a section's locator is its heading.

    Raw HTML is passed over; of links and images only the words are kept.

    Raises:
        KnowledgeError: It is not UTF-8, empty, too large, or its front matter is wrong.
    """
    parsed = _parser().parse(read_text(path, knowledge))
    front = Front()
    if parsed and parsed[0].type == "front_matter":
        front = read_front(parsed[0].content, relative(path, knowledge))
    return document(path, knowledge, tuple(_sections(parsed)), front)


@cache
def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark").enable("table").use(front_matter_plugin)


def _sections(parsed: list[Token]) -> list[Section]:
    sections: list[Section] = []
    title, blocks = "", [""]
    for before, token in zip([None, *parsed], parsed, strict=False):
        if before is not None and before.type == "heading_open":
            sections.append(_section(title, blocks))
            title, blocks = _words(token), [""]
        elif token.type in ("fence", "code_block"):
            blocks.append(token.content)
        elif token.type == "inline":
            # Cells of a row and lines of a list belong together.
            glue = (
                " "
                if before is not None and before.type.startswith(("td", "th"))
                else "\n\n"
            )
            blocks.append(glue + _words(token))
    sections.append(_section(title, blocks))
    return [section for section in sections if section.text]


def _section(title: str, blocks: list[str]) -> Section:
    return Section(title, "".join(blocks).strip(), title)


def _words(token: Token) -> str:
    """Return the words of an inline token, without marks, links and HTML."""
    words = []
    for child in token.children or ():
        if child.type in ("softbreak", "hardbreak"):
            words.append(" ")
        elif child.type in ("text", "code_inline", "image"):
            words.append(child.content)
    return "".join(words).strip()
