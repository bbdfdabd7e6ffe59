"""Who answers in the benchmark: the real engine, and scikit-learn's defaults.

Both take a question set and return, question by question, what they found.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import numpy as np

from benchmarks.public_sets import Entry, Question, QuestionSet
from indexer import fitting
from indexer.analysis import sentences
from indexer.build import write_beside
from indexer.calibrating import leave_one_out
from indexer.facts import Curated
from indexer.glossary import Glossary
from indexer.search import Index
from indexer.types import Document, Hits, Section
from indexer.writing import set_meta

FOUND = 10


class Outcome(NamedTuple):
    """What was found for one question.

    Attributes:
        ids: Entries, best first; none of those shown before.
        sentence: Id of an entry, and the words of it that answer best.
    """

    ids: tuple[str, ...]
    confidence: float
    sentence: tuple[str, str] = ("", "")


# -- the engine ----------------------------------------------------------------------


@contextmanager
def engine(
    data: QuestionSet, glossary: Glossary, *, calibrated: bool = False
) -> Iterator[Index]:
    """Index the entries as the build does, in a file that is deleted afterwards."""
    with TemporaryDirectory() as name:
        folder, target = Path(name), Path(name, "index.db")
        curated = Curated(glossary=glossary)
        if data.documents:
            _write_documents(folder / "documents", data)
        else:
            curated.facts = [_fact(n, entry) for n, entry in enumerate(data.entries)]
        write_beside(folder, curated, folder / "none.db", target)
        if calibrated:
            _calibrate(target)
        index = Index(target)
        try:
            yield index
        finally:
            index.close()


def _write_documents(folder: Path, data: QuestionSet) -> None:
    folder.mkdir()
    for entry in data.entries:
        path = folder / f"{entry.id}.txt"
        path.write_text(entry.text, encoding="utf-8")
        side = json.dumps({"language": data.language})
        path.with_suffix(".yaml").write_text(side, encoding="utf-8")


def _fact(number: int, entry: Entry) -> Document:
    return Document(
        id=entry.id,
        kind="fact",
        title=entry.asked[0],
        # A topic of its own, without words: no two entries are one answer.
        topic="." * (number + 1),
        sections=(Section(entry.asked[0], entry.text, ""),),
        variants=entry.asked,
        checksum=entry.id,
    )


def _calibrate(target: Path) -> None:
    index = Index(target)
    try:
        facts = index.store.all_passages("facts:en")
        fitted = fitting.fit(leave_one_out(index, facts), len(facts))
    finally:
        index.close()
    set_meta(target, "calibration", fitted.to_json())


def ask_engine(index: Index, data: QuestionSet, question: Question) -> Outcome:
    """Ask the engine; a follow-up leans on the entry shown last."""
    context = index.context_of(question.before[-1]) if question.before else ()
    hits = index.search(
        question.text,
        limit=FOUND + len(question.before),
        language=data.language,
        context=context,
    )
    found = hits.passages if data.documents else hits.facts
    ids = [_entry_id(hit.passage.document_id) for hit in found]
    best = hits.facts[0].confidence if hits.facts else 0.0
    return Outcome(_unseen(ids, question), best, _sentence(hits))


def _entry_id(document_id: str) -> str:
    """Return the id of an entry; that of a document is its path."""
    return document_id.removeprefix("documents/").removesuffix(".txt")


def _sentence(hits: Hits) -> tuple[str, str]:
    """Return the extract that answers would take, with its entry."""
    extracts = [hit for hit in hits.quoted() if hit.extract]
    if not extracts:
        return "", ""
    best = max(extracts, key=lambda hit: hit.features["sentence"])
    return _entry_id(best.passage.document_id), best.extract


def _unseen(ids: list[str], question: Question) -> tuple[str, ...]:
    unseen = [name for name in dict.fromkeys(ids) if name not in question.before]
    return tuple(unseen[:FOUND])


# -- scikit-learn's defaults ---------------------------------------------------------


def ask_tfidf(data: QuestionSet, questions: tuple[Question, ...]) -> list[Outcome]:
    """Ask `TfidfVectorizer()` as it comes: the nearest text by cosine.

    Ways of asking are texts of their own; entries without any give their text.
    Follow-ups are asked as they stand.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    texts = [
        (entry.id, text)
        for entry in data.entries
        for text in entry.asked or (entry.text,)
    ]
    vectorizer = TfidfVectorizer()
    matrix = vectorizer.fit_transform([text for _, text in texts])
    scores = vectorizer.transform([q.text for q in questions]) @ matrix.T
    held = {entry.id: entry.text for entry in data.entries}
    return [
        _by_cosine(row.toarray().ravel(), texts, question, held, vectorizer)
        for row, question in zip(scores, questions, strict=True)
    ]


def _by_cosine(  # type: ignore[no-untyped-def]  # scikit-learn has no types
    scores, texts, question, held, vectorizer
) -> Outcome:
    order = np.argsort(-scores, kind="stable")[: 12 * FOUND]
    ids = _unseen([texts[place][0] for place in order if scores[place] > 0], question)
    if not question.spans or not ids:
        return Outcome(ids, float(scores[order[0]]))
    pieces = sentences(held[ids[0]])
    likeness = vectorizer.transform(pieces) @ vectorizer.transform([question.text]).T
    best = pieces[int(likeness.toarray().argmax())]
    return Outcome(ids, float(scores[order[0]]), (ids[0], best))
