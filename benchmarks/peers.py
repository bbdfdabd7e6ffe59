"""The contestants: ours, and the libraries people take for the same work.

Each builds an index of passages in a folder, opens it, and ranks the passages for a
question: its ten best, with scores. What a contestant stands on is imported when it
builds or opens, so that a process pays for nobody else's.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any

BEST = 10
K1, B = 1.2, 0.75
PASSAGES_A_DOCUMENT = 10


class Peer(ABC):
    """One way to rank passages.

    Attributes:
        name: As the tables call it.
        grows: It takes passages in, or changes one, without a full build.
    """

    name: str
    grows = False

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def prepare(self) -> None:
        """Make the folder, import what building needs: this is not timed."""
        self.folder.mkdir(parents=True)

    @abstractmethod
    def build(self, passages: Sequence[str]) -> None:
        """Index passages, from memory to disk."""

    @abstractmethod
    def open(self) -> None:
        """Get ready to answer, from disk."""

    @abstractmethod
    def ask(self, question: str) -> Any:
        """Rank the passages: what the timings call."""

    def ranked(self, found: Any) -> list[tuple[int, float]]:
        """Return what `ask` found as passage numbers with scores, best first."""
        return [(int(number), float(score)) for number, score in found]

    def reopen(self) -> None:
        """Open for growing."""
        self.open()

    def change(self, number: int, old: str, new: str) -> None:
        """Replace one passage."""
        raise NotImplementedError

    def add(self, passages: Sequence[str], first: int) -> None:
        """Take in passages; they are numbered from `first`."""
        raise NotImplementedError

    def bytes(self) -> dict[str, int]:
        """Return bytes on disk: "searched" is what answers, "whole" all of it."""
        files = [path for path in self.folder.rglob("*") if path.is_file()]
        whole = sum(path.stat().st_size for path in files)
        return {"searched": whole, "whole": whole}


def top(scores: Any, numbers: Any = None) -> list[tuple[int, float]]:
    """Return the ten best scores, by partial selection; `numbers` names them."""
    import numpy as np

    size = len(scores)
    if not size:
        return []
    chosen = np.argpartition(scores, max(size - BEST, 0))[max(size - BEST, 0) :]
    chosen = chosen[np.argsort(-scores[chosen], kind="stable")]
    named = chosen if numbers is None else numbers[chosen]
    return list(zip(named.tolist(), scores[chosen].tolist(), strict=True))


class LinearKernel(Peer):
    """scikit-learn as commonly used: every question against the whole matrix."""

    name = "linear_kernel"

    def prepare(self) -> None:
        """Import scikit-learn."""
        super().prepare()
        import sklearn.feature_extraction.text  # noqa: F401

    def build(self, passages: Sequence[str]) -> None:
        """Fit, and pickle vectorizer and matrix."""
        import pickle

        from sklearn.feature_extraction.text import TfidfVectorizer

        vectorizer = TfidfVectorizer()
        matrix = vectorizer.fit_transform(passages)
        with (self.folder / "tfidf.pickle").open("wb") as file:
            pickle.dump((vectorizer, self.laid_out(matrix)), file, protocol=5)

    def laid_out(self, matrix: Any) -> Any:
        """Return the matrix as questions need it."""
        return matrix

    def open(self) -> None:
        """Unpickle."""
        import pickle

        from sklearn.metrics.pairwise import linear_kernel

        self.kernel = linear_kernel
        with (self.folder / "tfidf.pickle").open("rb") as file:
            self.vectorizer, self.matrix = pickle.load(file)

    def ask(self, question: str) -> Any:
        """Multiply with every passage."""
        asked = self.vectorizer.transform([question])
        return top(self.kernel(asked, self.matrix).ravel())


class Transposed(LinearKernel):
    """scikit-learn used well: the matrix transposed once, only what is hit picked."""

    name = "transposed"

    def laid_out(self, matrix: Any) -> Any:
        """Return one row a term."""
        return matrix.T.tocsr()

    def ask(self, question: str) -> Any:
        """Multiply with the rows of the question's terms."""
        scores = self.vectorizer.transform([question]) @ self.matrix
        return top(scores.data, scores.indices)


class Bm25s(Peer):
    """bm25s (numpy) as it comes: its own tokenizer, its own pick of the best."""

    name = "bm25s"

    def prepare(self) -> None:
        """Import bm25s."""
        super().prepare()
        import bm25s  # noqa: F401

    def build(self, passages: Sequence[str]) -> None:
        """Index and save, without the text."""
        import bm25s

        cut = bm25s.tokenize(passages, stopwords=None, show_progress=False)
        model = bm25s.BM25(k1=K1, b=B)
        model.index(cut, show_progress=False)
        model.save(self.folder)

    def open(self) -> None:
        """Load arrays and vocabulary."""
        import bm25s

        self.cut = bm25s.tokenize
        self.model = bm25s.BM25.load(self.folder)

    def ask(self, question: str) -> Any:
        """Retrieve."""
        cut = self.cut(question, stopwords=None, show_progress=False)
        return self.model.retrieve(cut, k=BEST, show_progress=False)

    def ranked(self, found: Any) -> list[tuple[int, float]]:
        """Return its first row."""
        return super().ranked(zip(found[0][0], found[1][0], strict=True))


class Bm25sNonzero(Bm25s):
    """bm25s with the best picked among the scores above zero only."""

    name = "bm25s above zero"

    def open(self) -> None:
        """Load; words are cut with the tokenizer's own pattern."""
        import re

        super().open()
        self.split = re.compile(r"(?u)\b\w\w+\b").findall

    def ask(self, question: str) -> Any:
        """Score all, pick among those that share a word."""
        scores = self.model.get_scores(self.split(question.lower()))
        hit = scores.nonzero()[0]
        return top(scores[hit], hit)

    def ranked(self, found: Any) -> list[tuple[int, float]]:
        """Return it as it is."""
        return Peer.ranked(self, found)
