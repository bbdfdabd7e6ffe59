"""Putting a new index in the place of the old one, and back; both are atomic."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from indexer.errors import IndexMissingError
from indexer.store import Store, previous_of


def swap(new: Path, index: Path) -> None:
    """Put a verified file in the index's place; the last one is kept beside it.

    The old index answers until the last of the two renames; both are atomic.
    """
    previous = previous_of(index)
    if index.exists():
        spare = _spare_of(index)
        spare.unlink(missing_ok=True)
        # A link, not a rename: at no moment is there no index.
        os.link(index, spare)
        os.replace(spare, previous)
    os.replace(new, index)
    _sync_folder(index.parent)


def restore(index: Path) -> None:
    """Swap the previous index back; what was current becomes the previous one.

    Raises:
        IndexMissingError: There is no previous index.
    """
    previous = previous_of(index)
    if not previous.is_file():
        raise IndexMissingError(f"there is no previous index at {previous}")
    Store(previous).close()
    spare = _spare_of(index)
    spare.unlink(missing_ok=True)
    os.link(previous, spare)
    if index.exists():
        os.replace(index, previous)
    os.replace(spare, index)
    _sync_folder(index.parent)


def new_of(index: Path) -> Path:
    """Return where the next index is written, before it is swapped in."""
    return index.with_name(f"{index.name}.new")


def _spare_of(index: Path) -> Path:
    return index.with_name(f"{index.name}.keep")


def clear_litter(index: Path) -> None:
    """Remove what a build that was killed left beside an index."""
    for path in (new_of(index), _spare_of(index)):
        path.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
