"""What `check` finds, and the folder that it looks at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from indexer.errors import KnowledgeError, printable
from indexer.facts import Curated, read_curated
from indexer.files import files_below
from indexer.loaders import SIDE_FILES, load
from indexer.loaders.front import side_file
from indexer.types import Document

Level = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong with a knowledge folder.

    Attributes:
        level: An error keeps something from going live; a warning is worth a look.
        file: Path below the knowledge folder.
        place: Where in the file ("fact 3 (som8)", "p. 7"); may be empty.
        reason: What is wrong, and the cure.
    """

    level: Level
    file: str
    place: str
    reason: str

    def __str__(self) -> str:
        """Say the finding in one line, as the command prints it."""
        where = ": ".join(filter(None, (printable(self.file), printable(self.place))))
        return f"{self.level}: {where}: {printable(self.reason)}"


def error_of(problem: KnowledgeError) -> Finding:
    """Turn what reading raised into a finding."""
    return Finding("error", problem.file, problem.place, problem.reason)


@dataclass(frozen=True, slots=True)
class Folder:
    """A knowledge folder, read whole.

    Attributes:
        documents: Path of each readable document's file to the document.
        problems: Why others could not be read.
    """

    path: Path
    curated: Curated
    documents: Mapping[Path, Document] = field(default_factory=dict)
    problems: tuple[KnowledgeError, ...] = ()

    def place_of(self, fact: Document) -> str:
        """Return where a fact stands in its file: "fact 3 (som8)"."""
        return self.curated.places[fact.id].removeprefix(f"{fact.file}: ")


def read_folder(knowledge: Path) -> Folder:
    """Read all curated files and all documents; nothing is raised."""
    problems: list[KnowledgeError] = []
    documents = {}
    paths = list(files_below(knowledge / "documents", knowledge, problems))
    sides = {side_file(path) for path in paths if path.suffix not in SIDE_FILES}
    for path in paths:
        if path.suffix in SIDE_FILES and path in sides:
            continue
        try:
            documents[path] = load(path, knowledge)
        except KnowledgeError as error:
            problems.append(error)
    return Folder(knowledge, read_curated(knowledge), documents, tuple(problems))
