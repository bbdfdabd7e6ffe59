"""Folder against index: is anything new? Then make a new index and swap it in.

Errors in curated files stop the build and the old index goes on answering; a
document that cannot be read is left out and named, and the rest goes live. Where
nothing has changed, nothing is imported that reads, counts or weighs.
"""

from __future__ import annotations

import gc
import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from indexer import analysis, files
from indexer.confidence import Calibration
from indexer.errors import (
    BuildBusyError,
    BuildRefusedError,
    IndexerError,
    IndexOutdatedError,
    KnowledgeError,
)
from indexer.options import OPTIONS
from indexer.reports import Report, Track, silent
from indexer.store import Store
from indexer.swapping import clear_litter, new_of, swap

if TYPE_CHECKING:
    from indexer.documents import Library
    from indexer.facts import Curated

__all__ = ["Report", "build", "refuse_if_wrong", "write_beside"]


def build(
    knowledge: Path,
    index: Path,
    *,
    full: bool = False,
    trial: Path | None = None,
    track: Track[Any] = silent,
) -> Report:
    """Bring an index up to date with a knowledge folder.

    Args:
        full: Read everything anew, whatever the old index holds.
        trial: Write there instead, and swap nothing.
        track: Wraps what is iterated over, to show progress.

    Raises:
        BuildRefusedError: A curated file is wrong; its `__notes__` name each fault.
        BuildBusyError: Another build of this index is running.
        IndexerError: The index cannot be written.
    """
    if not knowledge.is_dir():
        raise IndexerError(f"there is no folder {knowledge}; name one with --knowledge")
    try:
        index.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(index.with_name(f"{index.name}.lock"), timeout=0)
        with lock, _few_collections():
            clear_litter(index)
            return _build(knowledge, index, full=full, trial=trial, track=track)
    except Timeout:
        reason = f"another build of {index} is running; wait for it to end"
        raise BuildBusyError(reason) from None
    except (OSError, sqlite3.OperationalError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        reason = f"the index cannot be written to {index.parent} ({why})"
        raise IndexerError(f"{reason}; the old one is untouched") from None
    except sqlite3.DatabaseError:
        cure = "run `python -m indexer build --full`"
        raise IndexOutdatedError(f"{index} is damaged; {cure}") from None


@contextmanager
def _few_collections() -> Iterator[None]:
    """Look for cycles of garbage more seldom: a build's many records form none."""
    usual = gc.get_threshold()
    gc.set_threshold(100 * usual[0], *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _build(
    knowledge: Path, index: Path, *, full: bool, trial: Path | None, track: Track[Any]
) -> Report:
    old = None if full else _open_old(index)
    try:
        digests = files.digests(knowledge)
        stamped = _stamp(digests)
        if old and stamped and trial is None and _same_files(old, stamped, knowledge):
            return _report(old.meta, written=False)
        return _build_on(knowledge, index, old, digests, stamped, trial, track)
    finally:
        if old:
            old.close()


def _build_on(
    knowledge: Path,
    index: Path,
    old: Store | None,
    digests: dict[str, str],
    stamped: str,
    trial: Path | None,
    track: Track[Any],
) -> Report:
    from indexer.documents import Library
    from indexer.facts import read_curated
    from indexer.making import Maker, calibrate

    curated = read_curated(knowledge)
    refuse_if_wrong(curated.problems)
    library = Library(knowledge, old, curated.sources, digests)
    if old and trial is None and _unchanged(old, library, curated, knowledge):
        report = _report(old.meta, written=False)
        return _with_problems(report, library, curated)
    target = trial or new_of(index)
    try:
        maker = Maker(target, knowledge, curated, old)
        meta = maker.make(library, stamped, track)
        calibration = calibrate(target, meta, curated.near_misses, old, track)
        _verify(target)
        if trial is None:
            swap(target, index)
    finally:
        if trial is None:
            target.unlink(missing_ok=True)
    meta["calibration"] = calibration.to_json()
    report = _with_problems(_report(meta, written=True), library, curated)
    intake = {name: lines for name, lines in sorted(library.intake.items()) if lines}
    return _compared(replace(report, intake=intake), old, maker.documents)


def write_beside(knowledge: Path, curated: Curated, index: Path, target: Path) -> None:
    """Write an index of a folder with other curated files, to try them out.

    Nothing is calibrated anew and nothing swapped: documents and calibration are the
    old index's where there is one; without, confidence follows the fixed rule.
    """
    from indexer.documents import Library
    from indexer.making import Maker
    from indexer.writing import set_meta

    old = _open_old(index)
    try:
        library = Library(knowledge, old, curated.sources, {})
        Maker(target, knowledge, curated, old).make(library, "", silent)
        if old:
            set_meta(target, "calibration", old.meta["calibration"])
    finally:
        if old:
            old.close()


def refuse_if_wrong(problems: Sequence[KnowledgeError]) -> None:
    """Raise `BuildRefusedError` with a note for each problem, if there is any."""
    if problems:
        error = BuildRefusedError(
            f"{len(problems)} error(s) in curated files; nothing was swapped"
        )
        for problem in problems:
            error.add_note(str(problem))
        raise error


def _open_old(index: Path) -> Store | None:
    try:
        return Store(index)
    except IndexerError:
        return None


def _stamp(digests: dict[str, str]) -> str:
    """Hash all that a build depends on, as far as bytes tell; "" where they do not."""
    found = files.stamp(digests)
    return found and files.checksum(found, analysis.VERSION, json.dumps(OPTIONS))


def _same_files(old: Store, stamped: str, knowledge: Path) -> bool:
    known = (old.meta.get("stamp"), old.meta["knowledge"])
    return known == (stamped, files.folder_hash(knowledge))


def _unchanged(old: Store, library: Library, curated: Curated, knowledge: Path) -> bool:
    from indexer.identity import build_id

    if not library.unchanged():
        return False
    now = build_id(curated, library.known_files())
    before = (old.meta["build_id"], old.meta["knowledge"])
    return before == (now, files.folder_hash(knowledge))


def _verify(target: Path) -> None:
    written = Store(target)
    try:
        written.verify()
    finally:
        written.close()


def _report(meta: dict[str, str], *, written: bool) -> Report:
    """Report what an index says of itself."""
    facts, documents, passages = json.loads(meta["counts"])
    return Report(
        build_id=meta["build_id"],
        written=written,
        facts=facts,
        documents=documents,
        passages=passages,
        calibration=Calibration.from_json(meta["calibration"]),
    )


def _with_problems(report: Report, library: Library, curated: Curated) -> Report:
    drafts = tuple(str(draft) for draft in curated.drafts)
    return replace(report, problems=tuple(library.problems), drafts=drafts)


def _compared(report: Report, old: Store | None, after: Mapping[str, str]) -> Report:
    """Add to a report which documents are new, changed or gone."""
    before = old.checksums() if old else {}
    both = after.keys() & before.keys()
    return replace(
        report,
        added=tuple(sorted(after.keys() - before.keys())),
        removed=tuple(sorted(before.keys() - after.keys())),
        changed=tuple(sorted(id for id in both if after[id] != before[id])),
    )
