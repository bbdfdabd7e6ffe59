"""Searching a store: analyse, repair typos, score, contrast, fuse.

The steps stand in their order in `Index.search`; each is one small function.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from pathlib import Path

from indexer import lacking, signals, tfidf
from indexer.analysis import STOP_WORDS, stem, tokens
from indexer.confidence import Calibration
from indexer.errors import IndexOutdatedError
from indexer.extracts import best_sentence
from indexer.glossary import STOP_TERMS, Analysed, Analyser, Glossary
from indexer.likeness import Ways, Weighed, likenesses, worth
from indexer.maxscore import Scorer
from indexer.ranking import CONTEXT_WEIGHT, Ranker, Ranking
from indexer.signals import Candidate
from indexer.store import CURE, Store
from indexer.types import Document, Hit, Hits, Passage, Source, Understanding

MAX_CHARS = 1000
CONTEXT_WORDS = 4
# Sentences are looked for in this many passages.
EXTRACTED = 3
# Only these can be answered with or offered; the rest are ranked, no more.
SIGNALLED = 3
# Of these the ways of asking are compared with the question one by one.
RERANKED = 20
# Of so few terms many facts are equally near.
SHORT, RERANKED_SHORT = 4, 60


class Index:
    """A `Searcher` over an index file. Belongs to the thread that opened it.

    Raises:
        IndexMissingError: There is no file at the path.
        IndexOutdatedError: It is of another format, foreign or damaged.
    """

    def __init__(self, path: Path) -> None:
        self.store = Store(path)
        self.analyser = Analyser(Glossary.from_json(self.store.meta["glossary"]))
        self.calibration = Calibration.from_json(self.store.meta["calibration"])
        self.ranker = Ranker(self.store, self.analyser)
        self._scorers: dict[str, Scorer] = {}
        self._surface: dict[str, int] | None = None
        try:
            self._topics = self.store.topics()
        except sqlite3.DatabaseError:
            self.store.close()
            raise IndexOutdatedError(f"{path} is damaged; {CURE}") from None
        self.idf = lru_cache(maxsize=50_000)(self._read_idf)
        self._ways = lru_cache(maxsize=2000)(self._read_ways)

    @property
    def build_id(self) -> str:
        """Hash of content and options; two equal ids answer alike."""
        return str(self.store.meta["build_id"])

    def close(self) -> None:
        """Close the file."""
        self.store.close()

    # -- searching -------------------------------------------------------------------

    def search(
        self,
        question: str,
        *,
        limit: int = 10,
        language: str = "en",
        context: tuple[str, ...] = (),
    ) -> Hits:
        """Return the best facts and passages for a question.

        Args:
            question: At most 1,000 characters of it are read.
            limit: How many of each.
            context: Terms of the turn before, taken in at full weight.
        """
        question = question[:MAX_CHARS]
        spoken, language = language, self._language_of(language)
        # Only English words are repaired: of another language all are unknown here.
        repaired = self.repair(question) if spoken == "en" else {}
        asked = self.analyser.analyse(
            question, language=language, repaired=repaired, asked=True
        )
        weights = self.ranker.weights(asked, context)
        asked = self._with_context(asked, context)
        for name in asked.terms:
            weights.setdefault(name, CONTEXT_WEIGHT)
        ranking = self.ranker.rank(asked, weights, language)
        facts, together = self._fact_hits(ranking, limit, language)
        understood = self._understanding(ranking, language)
        if spoken != language and self._scorer(f"passages:{spoken}").size:
            # Its passages are of its own language, the facts are English.
            language = spoken
            asked = self.analyser.analyse(question, language=language, asked=True)
            weights = self.ranker.weights(asked)
        passages = self._passage_hits(weights, limit, language)
        quotes = partial(self._quoted, asked, weights, passages)
        read_as = tuple(repaired.items())
        return Hits(facts, passages, read_as, understood, together, quotes)

    def _language_of(self, language: str) -> str:
        """Return the language whose facts are searched: English if it has none."""
        return language if self.ranker.size(f"facts:{language}") else "en"

    def repair(self, question: str) -> dict[str, str]:
        """Read unknown words as the known ones they are nearest to.

        Never numbers, countries, or words typed in capitals (unless all are).
        """
        shouted = "" if question.isupper() else question
        capitals = {
            token.text
            for word in shouted.split()
            if word.isupper()
            for token in tokens(word)
        }
        if self._surface is None:
            # Read at the first question; a few thousand words.
            self._surface = self.store.surface()
        unknown = [
            token.text
            for token in tokens(question)
            if token.script == "latin"
            and token.text not in self._surface
            and token.text not in STOP_WORDS
            and token.text not in capitals
            and token.text not in self.analyser.known_words
        ]
        in_documents = self.store.passage_lists(
            "passages:en", [stem(word) for word in unknown]
        )
        unknown = [word for word in unknown if stem(word) not in in_documents]
        english = self.store.english(unknown)
        unknown = [word for word in unknown if word not in english]
        if not unknown:
            return {}
        # Most questions have no such word: the edit distances are loaded at the first.
        from indexer import typos

        return typos.repair(unknown, self._surface)

    def _with_context(self, asked: Analysed, context: tuple[str, ...]) -> Analysed:
        """Let the turn before say which entity and country a follow-up is about."""
        if not context:
            return asked
        before = self.analyser.analyse(" ".join(context).replace("_", " "))
        entities = asked.entities or before.entities
        countries = asked.countries or before.countries
        # Only names count as asked for; the other words just lend their weight.
        names = [*map(str, entities), *(e.name for e in entities), *countries]
        return replace(
            asked,
            terms=tuple(dict.fromkeys((*asked.terms, *names))),
            entities=entities,
            countries=countries,
        )

    def candidates(
        self, ranking: Ranking, language: str, limit: int = RERANKED
    ) -> list[Candidate]:
        """Return the facts nearest to a question, best first.

        The first few are ranked again: their score grows with the likeness of their
        nearest way of asking (`ranking.fused` is changed in place).
        """
        short = len(ranking.asked.terms) <= SHORT
        reranked = RERANKED_SHORT if short else RERANKED
        numbers = tfidf.top(ranking.fused, max(limit, reranked))
        near = self._near(ranking, numbers[:reranked])
        for number, (nearest, _) in near.items():
            ranking.fused[number] *= signals.lift(nearest)
        numbers.sort(key=lambda number: (-ranking.fused[number], number))
        found = self.store.passages(f"facts:{language}", numbers[:limit])
        return [
            Candidate(
                number,
                self._topics.get(passage.document_id, ""),
                *near.get(number, (0.0, 0.0)),
                self._ways_of(ranking, number),
                passage,
            )
            for number, passage in zip(numbers, found, strict=False)
        ]

    def _ways_of(self, ranking: Ranking, number: int) -> Ways:
        """Return a fact's ways of asking, without the one that is left out."""
        left_out, ways = ranking.left_out, self._ways(number)
        if left_out is None or left_out.number != number:
            return ways
        kept = [terms for terms in ways.terms if terms != left_out.terms]
        return Ways.of(kept, self.idf)

    def _read_ways(self, number: int) -> Ways:
        return Ways.of(self.store.ways(number), self.idf)

    def _near(
        self, ranking: Ranking, numbers: Sequence[int]
    ) -> dict[int, tuple[float, float]]:
        """Return of facts how like the nearest way of asking is, and the three nearest.

        The second is a mean. The way of asking that is left out is passed over.
        """
        terms = dict.fromkeys(ranking.asked.terms)
        weighed = Weighed.of(
            worth(terms, self.idf, ranking.weights), self.analyser.synonym_set
        )
        lists = self.store.lists("asked:en", weighed.terms())
        alike = likenesses(weighed, lists, self.ranker.array("worth:en"))
        first = self.ranker.array("first:en")
        left_out, found = ranking.left_out, {}
        for number in numbers:
            own = alike[int(first[number]) : int(first[number + 1])].tolist()
            if left_out and left_out.number == number:
                ways = zip(self._ways(number).terms, own, strict=True)
                own = [near for terms, near in ways if terms != left_out.terms]
            nearest = sorted(own, reverse=True)[:3] or [0.0]
            found[number] = nearest[0], sum(nearest) / len(nearest)
        return found

    def _read_idf(self, term: str) -> float:
        """Return a term's idf among the facts, by the table of words."""
        frequency = self.store.frequency("facts:en", term)
        return tfidf.word_idf(self.ranker.size("facts:en"), frequency)

    def _fact_hits(
        self, ranking: Ranking, limit: int, language: str
    ) -> tuple[tuple[Hit, ...], int]:
        candidates = self.candidates(ranking, language, limit)
        hits = []
        for place, candidate in enumerate(candidates):
            score = float(ranking.fused[candidate.number])
            if place >= SIGNALLED:
                hits.append(Hit(candidate.passage, score))
                continue
            features = self.signals(ranking, candidates, place)
            hits.append(
                Hit(
                    candidate.passage,
                    score,
                    features,
                    self.calibration.confidence(features),
                    missing=signals.missing(ranking, candidate.number, self.analyser),
                )
            )
        return tuple(hits), signals.together(ranking, candidates)

    def signals(
        self, ranking: Ranking, candidates: Sequence[Candidate], place: int = 0
    ) -> dict[str, float]:
        """Return all that confidence in the fact at `place` is made of, by name."""
        number = candidates[place].number
        found = lacking.marks(ranking, number, self.analyser)
        return {
            **signals.signals(ranking, candidates, self.analyser, place),
            "lacking": lacking.lacks(self.calibration.lacking, found),
        }

    def _passage_hits(
        self, weights: Mapping[str, float], limit: int, language: str
    ) -> tuple[Hit, ...]:
        space = f"passages:{language}"
        scorer = self._scorer(space)
        if not scorer.size:
            return ()
        lists = self.store.passage_lists(space, weights)
        best = scorer.best(weights, lists, limit)
        found = self.store.passages(space, [number for number, _ in best])
        return tuple(
            Hit(passage, score) for passage, (_, score) in zip(found, best, strict=True)
        )

    def _quoted(
        self, asked: Analysed, weights: Mapping[str, float], hits: tuple[Hit, ...]
    ) -> tuple[Hit, ...]:
        """Pick the best sentence of the first passages."""
        if not hits:
            return ()
        space = f"passages:{hits[0].passage.language}"
        lists = self.store.passage_lists(space, weights)
        shares = self._shares(asked, weights, lists, self._scorer(space).size)
        quoted = []
        for hit in hits[:EXTRACTED]:
            relative = hit.score / hits[0].score
            extract = best_sentence(asked, shares, hit.passage, relative, self.analyser)
            quoted.append(replace(hit, extract=extract.text, features=extract.features))
        return (*quoted, *hits[EXTRACTED:])

    def _scorer(self, space: str) -> Scorer:
        if space not in self._scorers:
            self._scorers[space] = Scorer(self.store.array(space))
        return self._scorers[space]

    @staticmethod
    def _shares(
        asked: Analysed,
        weights: Mapping[str, float],
        lists: Mapping[str, tfidf.Posting | tfidf.Long],
        size: int,
    ) -> dict[str, float]:
        """Return what each term of a question is worth; together 1."""
        worth = {
            term: weights[term]
            * tfidf.word_idf(size, lists[term].df if term in lists else 0)
            for term in dict.fromkeys(asked.terms)
        }
        total = sum(worth.values()) or 1.0
        return {term: value / total for term, value in worth.items()}

    def _understanding(self, ranking: Ranking, language: str) -> Understanding:
        asked = ranking.asked
        passages = self.store.passage_lists(f"passages:{language}", ranking.weights)
        known = {entity.name: self.numbers(entity.name) for entity in asked.entities}
        content = [
            term for term in dict.fromkeys(asked.terms) if term not in STOP_TERMS
        ]
        return Understanding(
            terms=dict(ranking.weights),
            entities=asked.entities,
            unheard=tuple(
                entity
                for entity in asked.entities
                if not len(self.ranker.feature(f"entity:{entity}"))
            ),
            known_numbers=known,
            countries=asked.countries,
            places=asked.places,
            years=asked.years,
            kinds=asked.kinds,
            unknown=tuple(
                asked.typed.get(term, term)
                for term in content
                if term not in ranking.lists and term not in passages
            ),
            content=tuple(content),
        )

    # -- looking things up -----------------------------------------------------------

    def document(self, document_id: str) -> Document | None:
        """Return a document without its sections, or None."""
        return self.store.document(document_id)

    def documents(self) -> tuple[Document, ...]:
        """Return all documents without their sections, sorted by id."""
        return tuple(self.store.documents())

    def source(self, source_id: str) -> Source | None:
        """Return a source, or None."""
        return self.store.source(source_id)

    def sources(self) -> tuple[Source, ...]:
        """Return all sources, sorted by id."""
        return tuple(self.store.sources().values())

    def fact(self, document_id: str) -> Passage | None:
        """Return a fact's passage, or None."""
        return self.store.fact(document_id)

    def shows(self, fact_id: str, kinds: tuple[str, ...]) -> bool:
        """Tell whether a fact shows every kind of answer that is asked for."""
        number = self.store.number("facts:en", fact_id)
        return number is not None and all(
            number in self.ranker.feature(f"kind:{kind}") for kind in kinds
        )

    def numbers(self, family: str) -> tuple[int, ...]:
        """Return which numbers of a counted thing facts tell of."""
        told = self.ranker.family(f"told:{family}_")
        return tuple(sorted(int(name.rpartition("_")[2]) for name in told))

    def passage(self, passage_id: str) -> Passage | None:
        """Return a passage by its id, or None."""
        return self.store.passage(passage_id)

    def bands(self, language: str) -> tuple[float, float]:
        """Return the lowest confidence to answer at, and to ask back at."""
        return self.calibration.answer, self.calibration.clarify

    def context_of(self, document_id: str) -> tuple[str, ...]:
        """Return the terms by which a follow-up may lean on a fact.

        Its numbered entities, its countries, the rarest words of its title, its topic.
        """
        document = self.document(document_id)
        if document is None:
            return ()
        title = self.analyser.analyse(document.title, language=document.language)
        names = [*map(str, title.entities), *title.countries]
        lists = self.store.lists(f"facts:{document.language}", title.terms)
        words = [
            term
            for term in dict.fromkeys(title.terms)
            if term in lists and term not in STOP_TERMS and term not in names
        ]
        words.sort(key=lambda term: len(lists[term].numbers))
        topic = self.analyser.analyse(document.topic, language=document.language).terms
        about = [term for term in topic if term not in STOP_TERMS]
        return tuple(dict.fromkeys((*names, *words[:CONTEXT_WORDS], *about)))
