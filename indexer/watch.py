"""Rebuild whenever something in the knowledge folder changes.

The last good index goes on answering: a build that finds errors in curated files
swaps nothing, and running bots pick a new one up by themselves.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from threading import Event

from indexer.build import Report, build
from indexer.errors import IndexerError

Outcome = Report | IndexerError


def changes_below(knowledge: Path, stop: Event | None = None) -> Iterator[object]:
    """Yield once for each burst of changes below a folder, until Ctrl-C or `stop`."""
    from watchfiles import watch as watch_files

    yield from watch_files(knowledge, stop_event=stop, raise_interrupt=False)


def watch(knowledge: Path, index: Path, changes: Iterable[object]) -> Iterator[Outcome]:
    """Build now and after each change.

    Args:
        changes: Yields when something changed; `changes_below` on the real folder.

    Yields:
        What each build did, or why it did nothing. A build that finds an error ends
        nothing: the next change may cure it.
    """
    yield _outcome(knowledge, index)
    for _ in changes:
        yield _outcome(knowledge, index)


def _outcome(knowledge: Path, index: Path) -> Outcome:
    try:
        return build(knowledge, index)
    except IndexerError as error:
        return error
