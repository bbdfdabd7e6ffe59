"""Why facts rank as they do for a question: every share of every score.

For a maintainer: how the question is understood, and for each of the best facts what
each word and the letters (character grams) add, and what contrast and likeness make
of their sum. The parts are the score to the last digit that matters; a test says so.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from indexer import signals, tfidf
from indexer.analysis import language_of
from indexer.build import write_beside
from indexer.errors import IndexerError, KnowledgeError
from indexer.facts import Curated, read_curated, read_model, take_fact
from indexer.ranking import Ranking
from indexer.schema import FactFile
from indexer.search import Index


@dataclass(frozen=True, slots=True)
class Ranked:
    """A fact with what its score is made of.

    Attributes:
        terms: Each term's share in the words' channel, times that channel's share of
            the score, largest first.
        letters: The grams' cosine, likewise.
        contrast: What the sum of both is multiplied with.
        likeness: What it is multiplied with once more, for the nearest way of asking;
            1 beyond the first few, which alone are ranked again.
        features, confidence: As answers see them.
        draft: It comes from the draft file.
    """

    rank: int
    id: str
    title: str
    score: float
    terms: Mapping[str, float]
    letters: float
    contrast: float
    likeness: float
    features: Mapping[str, float]
    confidence: float
    draft: bool = False


@dataclass(frozen=True, slots=True)
class Explanation:
    """How a question is understood, and how facts rank for it.

    Attributes:
        repaired: Words as typed to words as read.
        terms: The question's own terms with their weights.
        synonyms: Terms that are looked up beside them, with their weights.
        answer, clarify: The confidence to answer from, and to ask back from.
    """

    question: str
    language: str
    repaired: Mapping[str, str]
    terms: Mapping[str, float]
    synonyms: Mapping[str, float]
    entities: tuple[str, ...]
    countries: tuple[str, ...]
    places: tuple[str, ...]
    years: tuple[str, ...]
    kinds: tuple[str, ...]
    unknown: tuple[str, ...]
    ranking: tuple[Ranked, ...]
    answer: float
    clarify: float


def explain(
    index: Index, question: str, *, limit: int = 5, drafts: frozenset[str] = frozenset()
) -> Explanation:
    """Explain the ranking of a question.

    Args:
        limit: How many facts are shown; those of the draft are shown wherever they
            rank, below the others.
        drafts: Ids of the draft's facts.
    """
    language = language_of(question) or "en"
    space = language if index.ranker.size(f"facts:{language}") else "en"
    repaired = index.repair(question)
    asked = index.analyser.analyse(
        question, language=space, repaired=repaired, asked=True
    )
    weights = index.ranker.weights(asked)
    ranking = index.ranker.rank(asked, weights, space)
    answer, clarify = index.bands(space)
    return Explanation(
        question=question,
        language=language,
        repaired=repaired,
        terms={term: weights[term] for term in dict.fromkeys(asked.terms)},
        synonyms={t: w for t, w in weights.items() if t not in asked.terms},
        entities=tuple(map(str, asked.entities)),
        countries=asked.countries,
        places=asked.places,
        years=asked.years,
        kinds=asked.kinds,
        unknown=tuple(t for t in dict.fromkeys(asked.terms) if t not in ranking.lists),
        ranking=tuple(_ranked(index, ranking, space, limit, drafts)),
        answer=answer,
        clarify=clarify,
    )


def _ranked(
    index: Index, ranking: Ranking, space: str, limit: int, drafts: frozenset[str]
) -> Iterator[Ranked]:
    wanted = len(ranking.fused) if drafts else limit
    candidates = index.candidates(ranking, space, wanted)
    parts = _parts(index, ranking, space)
    for place, candidate in enumerate(candidates):
        number, passage = candidate.number, candidate.passage
        draft = passage.document_id in drafts
        if place >= limit and not draft:
            continue
        features = index.signals(ranking, candidates, place)
        yield Ranked(
            rank=place + 1,
            id=passage.document_id,
            title=passage.title,
            score=float(ranking.fused[number]),
            **_shares(ranking, parts, number),
            likeness=signals.lift(candidate.near),
            features=features,
            confidence=index.calibration.confidence(features),
            draft=draft,
        )


def _parts(index: Index, ranking: Ranking, space: str) -> dict[str, tfidf.Floats]:
    """Return what each term alone adds to the words' channel, one number a fact."""
    facts = f"facts:{space}"
    lengths, average = index.ranker.array(facts), index.ranker.average(facts)
    return {
        term: tfidf.word_scores({term: weight}, ranking.lists, lengths, average)
        for term, weight in ranking.weights.items()
        if term in ranking.lists
    }


def _shares(
    ranking: Ranking, parts: Mapping[str, tfidf.Floats], number: int
) -> dict[str, Any]:
    best_word = float(ranking.words.max(initial=0)) or 1.0
    best_gram = float(ranking.grams.max(initial=0)) or 1.0
    shares = {
        term: tfidf.WORDS_SHARE * float(scores[number]) / best_word
        for term, scores in parts.items()
        if scores[number] > 0
    }
    return {
        "terms": dict(sorted(shares.items(), key=lambda share: -share[1])),
        "letters": tfidf.GRAMS_SHARE * float(ranking.grams[number]) / best_gram,
        "contrast": float(ranking.factors[number]),
    }


@contextmanager
def draft_index(
    knowledge: Path, index: Path, draft: Path
) -> Iterator[tuple[Index, frozenset[str], tuple[KnowledgeError, ...]]]:
    """Open a temporary index of the folder as if the draft were in it.

    A fact of the draft takes the place of one with its id. Confidence is judged by
    the calibration of the present index.

    Yields:
        The index, the ids of the draft's facts, and what a build would say against it.

    Raises:
        KnowledgeError: The draft is no file of facts.
    """
    curated = read_curated(knowledge)
    ids = add_draft(draft, curated)
    with TemporaryDirectory() as folder:
        target = Path(folder, "draft.db")
        write_beside(knowledge, curated, index, target)
        opened = Index(target)
        try:
            yield opened, ids, tuple(curated.problems)
        finally:
            opened.close()


def add_draft(draft: Path, curated: Curated) -> frozenset[str]:
    """Add the facts of a draft file to what was read, and return their ids.

    Raises:
        KnowledgeError: The draft is no file of facts; the first fault is named.
    """
    try:
        text = draft.read_text(encoding="utf-8-sig")
        read = read_model(text, draft.name, FactFile)
    except (OSError, UnicodeDecodeError):
        reason = f"the draft {draft} cannot be read; give a YAML file in UTF-8"
        raise IndexerError(reason) from None
    except ExceptionGroup as group:
        raise group.exceptions[0] from None
    ids = frozenset(record.id for record in read.facts)
    curated.facts[:] = [fact for fact in curated.facts if fact.id not in ids]
    for id in ids:
        curated.places.pop(id, None)
    for number, record in enumerate(read.facts, start=1):
        place = f"fact {number} ({record.id})"
        take_fact(record, read.topic, place, draft.name, curated)
    return ids
