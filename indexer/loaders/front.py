"""What a document's front matter or side file may hold."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from indexer.errors import KnowledgeError
from indexer.facts import read_model
from indexer.files import read_text, relative
from indexer.schema import AsOf, Day, Record, Text
from indexer.types import Document, Section


class Front(Record):
    """Title, sources and dates of a document. Without `rights` it is quoted only."""

    title: Text | None = None
    sources: list[Text] = Field(default_factory=list)
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}$")] = "en"
    topic: Text = "Documents"
    as_of: AsOf = "undated"
    rights: Literal["own", "open", "quote"] = "quote"
    review_by: Day | None = None
    changed: Day | None = None


NONE = Front()


def read_front(text: str, file: str) -> Front:
    """Read front matter.

    Raises:
        KnowledgeError: The first thing that is wrong with it.
    """
    if not text.strip():
        return Front()
    try:
        return read_model(text, file, Front)
    except ExceptionGroup as group:
        error = group.exceptions[0]
        raise error if isinstance(error, KnowledgeError) else group from None


def side_file(path: Path) -> Path:
    """Return where a document's side file stands: `report.pdf` has `report.pdf.yaml`
    or, as people write it, `report.yaml`.

    A name too long for either has none: then it is the document's own path.
    """
    whole = str(path)
    # As paths they would be put together ten times slower, and there are many.
    for side in (f"{whole}.yaml", f"{whole.removesuffix(path.suffix)}.yaml"):
        if os.path.isfile(side):  # noqa: PTH113
            return Path(side)
    return path


def front_of(path: Path, knowledge: Path) -> Front:
    """Read the side file of a document, if there is one.

    Raises:
        KnowledgeError: The first thing that is wrong with it.
    """
    side = side_file(path)
    if side == path:
        return NONE
    return read_front(read_text(side, knowledge), relative(side, knowledge))


def document(
    path: Path,
    knowledge: Path,
    sections: tuple[Section, ...],
    front: Front | None = None,
) -> Document:
    """Build the Document of a file from its sections and front matter.

    Where `front` is not given, the side file is read, if there is one.

    Raises:
        KnowledgeError: There is no text, or the side file is wrong.
    """
    name = relative(path, knowledge)
    if front is None:
        front = front_of(path, knowledge)
    if not any(section.text.strip() for section in sections):
        reason = "holds no text; if it is a scan, run it through text recognition first"
        raise KnowledgeError(name, "", reason)
    title = front.title or next((s.title for s in sections if s.title), "") or path.stem
    return Document(
        id=name,
        kind="document",
        title=title,
        language=front.language,
        topic=front.topic,
        as_of=front.as_of,
        review_by=front.review_by or "",
        changed=front.changed or "",
        rights=front.rights,
        sections=_titled(sections, title),
        source_ids=tuple(front.sources),
        file=name,
    )


def _titled(sections: tuple[Section, ...], title: str) -> tuple[Section, ...]:
    if all(section.title for section in sections):
        return sections
    return tuple(
        section if section.title else Section(title, section.text, section.locator)
        for section in sections
    )
