"""Hashes by which two builds are known to answer alike, or to have learnt alike."""

from __future__ import annotations

import importlib.metadata
import json
from collections.abc import Iterable

from indexer import analysis, danger_fit
from indexer.facts import Curated
from indexer.files import checksum
from indexer.options import OPTIONS
from indexer.types import Document

LIBRARIES = ("numpy", "scipy", "scikit-learn", "PyStemmer", "pyspellchecker")


def build_id(curated: Curated, files: dict[str, str]) -> str:
    """Hash what the answers depend on; never library versions or the time of day."""
    parts = [
        analysis.VERSION,
        json.dumps(OPTIONS),
        curated.glossary.to_json(),
        curated.safety_text,
        danger_fit.key(curated),
    ]
    parts += [f"{fact.id} {fact.checksum}" for fact in _by_id(curated.facts)]
    parts += curated.near_misses
    parts += [repr(source) for _, source in sorted(curated.sources.items())]
    parts += [f"{name} {digest}" for name, digest in sorted(files.items())]
    return checksum(*parts)[:16]


def facts_hash(curated: Curated) -> str:
    """Hash what gram weights and calibration depend on, library versions included."""
    return checksum(
        analysis.VERSION,
        json.dumps(OPTIONS),
        curated.glossary.to_json(),
        *versions().values(),
        *(fact.checksum for fact in _by_id(curated.facts)),
        *curated.near_misses,
    )


def _by_id(documents: Iterable[Document]) -> list[Document]:
    return sorted(documents, key=lambda document: document.id)


def versions() -> dict[str, str]:
    """Return the versions of the libraries that weights depend on."""
    return {name: importlib.metadata.version(name) for name in LIBRARIES}
