"""What a build did, and how it says so."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from indexer.confidence import Calibration
from indexer.errors import KnowledgeError

Thing = TypeVar("Thing")
Track = Callable[[Sequence[Thing], str], Iterable[Thing]]


def silent(things: Sequence[Any], label: str) -> Iterable[Any]:
    """Show no progress."""
    return things


@dataclass(frozen=True, slots=True)
class Report:
    """What a build did.

    Attributes:
        written: False where nothing had changed.
        problems: Documents left out, each with its reason.
        added, changed, removed: Document ids, against the old index.
    """

    build_id: str
    written: bool
    facts: int = 0
    documents: int = 0
    passages: int = 0
    problems: tuple[KnowledgeError, ...] = ()
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    calibration: Calibration = field(default_factory=Calibration)
    intake: dict[str, tuple[str, ...]] = field(default_factory=dict)
    drafts: tuple[str, ...] = ()
