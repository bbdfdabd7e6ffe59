"""What is in an index, and whether the knowledge folder has moved on."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from indexer.confidence import Calibration
from indexer.store import Store, previous_of


def newer_files(knowledge: Path, index: Path) -> bool:
    """Tell whether any file of the knowledge folder is newer than the index file.

    By the clock of the file system; a hint for people, builds compare contents.
    """
    try:
        made = index.stat().st_mtime
    except OSError:
        return True
    folders = (
        knowledge,
        *(path for path in knowledge.rglob("*") if _counts(path, knowledge)),
    )
    return any(_touched(path) > made for path in folders)


def _counts(path: Path, knowledge: Path) -> bool:
    parts = path.relative_to(knowledge).parts
    return parts[0] != "questions" and not any(part.startswith(".") for part in parts)


def _touched(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def status_of(knowledge: Path, index: Path, *, verify: bool = False) -> dict[str, Any]:
    """Return what `status` prints, by name.

    Raises:
        IndexMissingError, IndexOutdatedError: There is no index to tell about.
    """
    store = Store(index)
    try:
        if verify:
            store.verify_contents()
        documents = store.documents()
        calibration = Calibration.from_json(store.meta["calibration"])
        return {
            "index": str(index),
            "bytes": index.stat().st_size,
            "build_id": store.meta["build_id"],
            "format": store.meta["format"],
            "facts": sum(document.kind == "fact" for document in documents),
            "documents": sum(document.kind == "document" for document in documents),
            "sources": len(store.sources()),
            "calibrated": calibration.calibrated,
            "answers_from": round(calibration.answer, 3),
            "promised_wrong": round(calibration.promised, 3),
            "seen_wrong": round(calibration.seen, 3),
            "libraries": ", ".join(
                f"{name} {version}"
                for name, version in json.loads(store.meta["libraries"]).items()
            ),
            "previous_kept": previous_of(index).is_file(),
            "knowledge_newer": newer_files(knowledge, index),
            "intake": {
                name: lines for name, (_, lines) in store.files().items() if lines
            },
        }
    finally:
        store.close()
