"""Real text of the machine as passages of plain words, and questions about them.

Manual pages, documentation of packages, docstrings and read-mes of the standard
library and of installed packages. Each text is brought to lower-case stems of two
letters or more, so that every contestant cuts it into the very same words. Where a
machine holds too little, the rest is re-joined from real spans of 8 to 20 words.
"""

from __future__ import annotations

import gzip
import random
import re
import sysconfig
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from indexer.analysis import stem
from indexer.glossary import STOP_TERMS

SEED = 7
WORDS = (60, 120)
SPAN = (8, 20)
ASKED = (6, 12)
# No single file may colour the corpus.
PASSAGES_A_FILE = 60
# A passage may have this share of its six-word spans in common with those before.
SHINGLE, REPEATED = 6, 0.3
# Below this share of stop words a passage is a table or a listing, not prose.
PROSE = 0.2
MAX_BYTES = 400_000
WORD = re.compile("[a-z]{2,}")
DOCSTRING = re.compile(r'"""(.*?)"""', re.DOTALL)
TAG = re.compile(r"<(script|style).*?</\1>|<[^>]*>", re.DOTALL | re.IGNORECASE)
# Of roff: comments, requests that open a line (their arguments are text), escapes.
ROFF = re.compile(
    r'\\".*|^[.\'][ \t]*[A-Za-z]*|\\f\(?\w|\\\*?\(..|\\[&|^/c%]|\\\*?\[[^]]*\]',
    re.MULTILINE,
)
DULL = re.compile("changelog|copyright|licen[cs]e|news|authors|credits", re.IGNORECASE)
FRAMES = (
    "what is the", "how do you", "where can we find", "when should the", "who may",
    "which of the", "how can we use the", "what does it do with", "why is the",
)  # fmt: skip


class Corpus(NamedTuple):
    """Passages, how many of them are real and distinct, and of which kinds."""

    passages: list[str]
    real: int
    kinds: dict[str, int]

    def told(self) -> str:
        """Say where the text is from."""
        kinds = ", ".join(f"{n:,} {kind}" for kind, n in sorted(self.kinds.items()))
        joined = len(self.passages) - self.real
        rest = (
            f"; {joined:,} re-joined from their spans of {SPAN[0]} to {SPAN[1]} words"
            if joined
            else ""
        )
        return f"{self.real:,} distinct real passages ({kinds}){rest}"


def corpus(size: int) -> Corpus:
    """Return so many passages; a smaller corpus is the beginning of a larger one."""
    rng = random.Random(SEED)
    kinds: Counter[str] = Counter()
    real: list[str] = []
    seen: set[int] = set()
    for kind, passage in _real(_files(rng), rng):
        if len(real) == size:
            break
        if _is_new(passage, seen):
            real.append(passage)
            kinds[kind] += 1
    joined = _joined(real, size - len(real), rng)
    return Corpus([*real, *joined], len(real), dict(kinds))


def questions(passages: Sequence[str], number: int) -> list[str]:
    """Return questions of 6 to 12 words: a frame round words of one passage."""
    rng = random.Random(SEED)
    return [_question(rng.choice(passages), rng) for _ in range(number)]


def _question(passage: str, rng: random.Random) -> str:
    frame = words(rng.choice(FRAMES))
    left_out = {*STOP_TERMS, *frame}
    content = list(dict.fromkeys(w for w in passage.split() if w not in left_out))
    wanted = min(rng.randint(*ASKED) - len(frame), len(content))
    places = sorted(rng.sample(range(len(content)), wanted))
    return " ".join([*frame, *(content[place] for place in places)])


def words(text: str) -> list[str]:
    """Cut a text into stems that are cut into themselves.

    >>> words("Don't run <b>Caches</b>!")
    ['don', 'run', 'cach']
    """
    stems = map(_fixed, WORD.findall(TAG.sub(" ", text).lower()))
    return [word for word in stems if len(word) > 1]


@lru_cache(maxsize=500_000)
def _fixed(word: str) -> str:
    shorter = stem(word)
    return word if shorter == word else _fixed(shorter)


def _files(rng: random.Random) -> list[tuple[str, Path]]:
    """Return the files of each kind that hold text, in an order of their own."""
    library = sysconfig.get_paths()
    found = [("manual pages", p) for p in Path("/usr/share/man").glob("man?/*.gz")]
    for name in (".txt", ".md", ".rst", ".html", ".gz"):
        files = Path("/usr/share/doc").rglob(f"*{name}")
        found += [("package documentation", path) for path in files]
    for kind in ("stdlib", "purelib"):
        for name in ("*.py", "*.md", "*.rst", "METADATA"):
            files = Path(library[kind]).rglob(name)
            found += [("docstrings and read-mes", path) for path in files]
    files = dict.fromkeys((kind, path) for kind, path in sorted(found))
    kept = [(kind, path) for kind, path in files if not DULL.search(path.name)]
    rng.shuffle(kept)
    return kept


def _real(
    files: Sequence[tuple[str, Path]], rng: random.Random
) -> Iterator[tuple[str, str]]:
    """Yield the passages of files: 60 to 120 words of prose each."""
    for kind, path in files:
        found = words(_text(path)) if path.is_file() else []
        start, kept = 0, 0
        while len(found) - start >= WORDS[0] and kept < PASSAGES_A_FILE:
            size = rng.randint(*WORDS)
            piece = found[start : start + size]
            start += size
            stops = sum(word in STOP_TERMS for word in piece)
            if len(piece) >= WORDS[0] and stops >= PROSE * len(piece):
                kept += 1
                yield kind, " ".join(piece)


def _is_new(passage: str, seen: set[int]) -> bool:
    """Tell whether most of a passage was never seen; a quarter of its spans tells.

    Manuals of one family repeat each other's paragraphs.
    """
    cut = passage.split()
    spans = (" ".join(cut[i : i + SHINGLE]) for i in range(len(cut) - SHINGLE + 1))
    marks = {mark for mark in map(zlib.crc32, map(str.encode, spans)) if mark % 4 == 0}
    if len(marks & seen) > REPEATED * len(marks):
        return False
    seen |= marks
    return True


def _text(path: Path) -> str:
    """Return the words of a file, without its marks; code only gives docstrings."""
    try:
        with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as file:
            text = file.read(MAX_BYTES).decode("utf-8", "ignore")
    except (OSError, EOFError):
        return ""
    if path.suffix == ".py":
        return "\n".join(DOCSTRING.findall(text))
    return ROFF.sub(" ", text) if path.parent.name.startswith("man") else text


def _joined(passages: Sequence[str], number: int, rng: random.Random) -> Iterator[str]:
    """Yield passages made of spans of others."""
    cut = [passage.split() for passage in passages] if number > 0 else []
    for _ in range(number):
        size, found = rng.randint(*WORDS), list[str]()
        while len(found) < size:
            source = rng.choice(cut)
            length = min(rng.randint(*SPAN), len(source))
            start = rng.randint(0, len(source) - length)
            found += source[start : start + length]
        yield " ".join(found[:size])
