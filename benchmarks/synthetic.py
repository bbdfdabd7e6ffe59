"""Made-up knowledge of any size: words by Zipf's law, the same for the same seed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

WORDS = 50_000
WORDS_A_PASSAGE = 80
SOURCES = "sources: [{id: made-up, title: Made up, publisher: Nobody, date: 2012}]\n"
FRONT = (
    "---\ntitle: Document {n}\nsources: [made-up]\nas_of: 2012\nrights: own\n---\n\n"
)
SYLLABLES = [c + v for c in "bdfgklmnprstvz" for v in "aeiou"]


def write_folder(folder: Path, documents: int, passages: int = 1) -> None:
    """Write a knowledge folder of documents with so many passages each."""
    (folder / "documents").mkdir(parents=True, exist_ok=True)
    (folder / "sources.yaml").write_text(SOURCES, encoding="utf-8")
    paragraphs = texts(documents * passages)
    for n in range(documents):
        own = [next(paragraphs) for _ in range(passages)]
        path = folder / "documents" / f"{n:06}.md"
        path.write_text(FRONT.format(n=n) + "\n\n".join(own) + "\n", encoding="utf-8")


def texts(number: int, words: int = WORDS_A_PASSAGE, seed: int = 7) -> Iterator[str]:
    """Yield texts of so many words each."""
    rng = np.random.default_rng(seed)
    share = 1 / np.arange(1, WORDS + 1)
    share /= share.sum()
    for _ in range(number):
        drawn = rng.choice(WORDS, size=words, p=share)
        yield " ".join(map(word, drawn)).capitalize() + "."


def word(number: int) -> str:
    """Return a word of its own for a number.

    >>> word(0), word(71)
    ('bababa', 'bebeba')
    """
    size = len(SYLLABLES)
    parts = [number % size, number // size % size, number // size // size % size]
    return "".join(SYLLABLES[part] for part in parts)
