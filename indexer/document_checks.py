"""What is wrong with documents: sources, rights, contacts, links that lead nowhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

from markdown_it import MarkdownIt
from mdit_py_plugins.front_matter import front_matter_plugin

from indexer import contacts
from indexer.errors import KnowledgeError
from indexer.files import read_text
from indexer.findings import Finding, Folder
from indexer.loaders.front import read_front, side_file
from indexer.types import Document

MARKDOWN = (".md", ".markdown")


def check_documents(folder: Folder) -> Iterator[Finding]:
    """Find what is wrong with the documents that could be read."""
    for path, document in sorted(folder.documents.items()):
        yield from _unknown_sources(document, folder)
        yield from _described(path, document, folder.path)
        yield from _contacts(document, folder)
        if path.suffix.lower() in MARKDOWN:
            yield from _dead_links(path, document, folder.path)


def _unknown_sources(document: Document, folder: Folder) -> Iterator[Finding]:
    for id in document.source_ids:
        if id not in folder.curated.sources:
            reason = (
                f'source "{id}" is not in sources.yaml; add it there or correct the id'
            )
            yield Finding("error", document.file, "front matter", reason)


def _described(path: Path, document: Document, knowledge: Path) -> Iterator[Finding]:
    """Find documents that do not say whose they are, or whence, or of when."""
    fields = _fields(path, knowledge)
    where = "front matter" if path.suffix.lower() in MARKDOWN else ""
    cure = "" if where else f", in {path.name}.yaml beside it"
    reasons = []
    if "rights" not in fields:
        reasons.append(
            f'"rights" is missing, so it counts as quote; say own, open or quote{cure}'
        )
    if not document.source_ids:
        reasons.append(f'"sources" is missing; name one of sources.yaml{cure}')
    if document.as_of == "undated":
        reasons.append(f'"as_of" is missing; say of when it is{cure}')
    for reason in reasons:
        yield Finding("warning", document.file, where, reason)


def _fields(path: Path, knowledge: Path) -> set[str]:
    """Return the names of the fields in a document's front matter or side file."""
    try:
        if path.suffix.lower() in MARKDOWN:
            parsed = _parser().parse(read_text(path, knowledge))
            first = parsed[0] if parsed else None
            text = first.content if first and first.type == "front_matter" else ""
        else:
            side = side_file(path)
            text = read_text(side, knowledge) if side != path else ""
        return read_front(text, path.name).model_fields_set
    except KnowledgeError:
        # It was readable a moment ago: then somebody is saving it right now.
        return set()


def _parser() -> MarkdownIt:
    return MarkdownIt("commonmark").enable("table").use(front_matter_plugin)


def _contacts(document: Document, folder: Folder) -> Iterator[Finding]:
    safety = folder.curated.safety
    listed = [contacts.digits_of(n.number) for n in safety.numbers] if safety else []
    for section in document.sections:
        for reason in contacts.faults(section.text, listed):
            yield Finding("warning", document.file, section.locator, reason)


def _dead_links(path: Path, document: Document, knowledge: Path) -> Iterator[Finding]:
    """Find relative links and images whose file is not there."""
    try:
        parsed = _parser().parse(read_text(path, knowledge))
    except KnowledgeError:
        return
    for block in parsed:
        for token in block.children or ():
            target = str(token.attrGet("href") or token.attrGet("src") or "")
            parts = urlsplit(target)
            if not target or parts.scheme or parts.netloc or not parts.path:
                continue
            if not _is_there(path.parent / unquote(parts.path), knowledge):
                line = (block.map or [0])[0] + 1
                reason = f'the link to "{target}" leads nowhere; correct or remove it'
                yield Finding("warning", document.file, f"line {line}", reason)


def _is_there(target: Path, knowledge: Path) -> bool:
    try:
        return target.resolve().is_relative_to(knowledge.resolve()) and target.exists()
    except (OSError, ValueError, RuntimeError):
        return False
