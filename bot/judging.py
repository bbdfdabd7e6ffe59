"""How likely a fact is what a follow-up asks for, by the turn that it leans on.

The confidence of a fact is that of a question with all its words. A follow-up leaves
out what was said before, and asks, as often as not, for what no fact holds. So boosted
trees judge each fact found: by the signals of its confidence, by what the follow-up's
own words say, and by what was told before. They are learnt from made-up conversations
(`python -m benchmarks.followups`) and know no words and no facts: docs/engine.md.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import files

from bot.conversation import OPENING, clearly_leans
from bot.leaning import told
from bot.types import Turn
from indexer.glossary import Analysed
from indexer.search import Index
from indexer.trees import Forest, Tree, read_tree
from indexer.types import Hit, Hits

# With nothing but these terms, the fact told last is asked again.
BARE = frozenset(
    "who when where how mani much why year date day month time exact place sinc until "
    "long held countri citi town venu locat happen".split()
)
# With one of these a question begins that "yes" or "no" answers.
YES_NO = frozenset("is are was were do doe did can has have".split())


@dataclass(frozen=True)
class Trees:
    """The fitted trees, as plain numbers.

    Attributes:
        features: What they ask about, by place in their rows.
        start: The log odds before the first tree.
    """

    features: tuple[str, ...]
    start: float
    trees: tuple[Tree, ...]

    @cached_property
    def _forest(self) -> Forest:
        return Forest.of(self.trees)

    def odds(self, features: Mapping[str, float]) -> float:
        """Return the log odds that a fact with these features is asked for."""
        row = [features.get(name, 0.0) for name in self.features]
        return self.start + self._forest.added(row)


@cache
def trees() -> Trees:
    """Read the trees that stand beside this module."""
    fields = json.loads(files("bot").joinpath("followups.json").read_text("utf-8"))
    return Trees(
        tuple(fields["features"]),
        fields["start"],
        tuple(map(read_tree, fields["trees"])),
    )


class Judge:
    """Judges the facts found for one follow-up to one turn."""

    def __init__(
        self, index: Index, last: Turn, question: str, asked: Analysed, alone: Hits
    ) -> None:
        """Take what all the facts have in common.

        Args:
            alone: What the message finds, read as if nothing had been said.
        """
        self._index = index
        self._told = told(last)
        self._topics = {self._topic(name) for name in self._told[:1]}
        self._shown = self._shows(asked, alone)
        self._confidence = {
            hit.passage.document_id: hit.confidence for hit in reversed(alone.facts)
        }
        best = alone.facts[0] if alone.facts else None
        content = {*alone.understanding.content}
        self._message = {
            "clear": float(clearly_leans(question)),
            "opening": float(bool(OPENING.match(question))),
            "telling": float(len(content - index.analyser.kind_terms)),
            "typed": float(len(question.split())),
            "kinds": float(len(asked.kinds)),
            "unknown": float(len(alone.understanding.unknown)),
            "best_alone": log_odds(best.confidence if best else 0.0),
            "best_alone_same": float(
                best is not None
                and self._topic(best.passage.document_id) in self._topics
            ),
            "told_any": float(last.answer.kind == "answer"),
        }

    def _shows(self, asked: Analysed, alone: Hits) -> set[str]:
        """Return the facts just told that show what a bare follow-up asks for."""
        understanding = alone.understanding
        # Nearly every fact shows some number.
        bare = {*understanding.content} <= BARE and "how_many" not in asked.kinds
        return {
            name
            for name in self._told
            if (bare and asked.kinds and self._index.shows(name, asked.kinds))
            or self._says(name, understanding.content, next(iter(asked.terms), ""))
        }

    def _says(self, fact_id: str, content: tuple[str, ...], first: str) -> bool:
        """Tell whether "is it free?" is settled by the very answer that was told."""
        fact = self._index.fact(fact_id)
        if first not in YES_NO or fact is None:
            return False
        telling = {*content} - self._index.analyser.kind_terms
        held = {*self._index.analyser.analyse(fact.text).terms}
        return bool(telling) and telling <= held

    def _topic(self, fact_id: str) -> str:
        document = self._index.document(fact_id)
        return document.topic if document else ""

    def features(
        self, hit: Hit, own: frozenset[str], *, rank: int, alone: bool
    ) -> dict[str, float]:
        """Return what the trees see of a fact.

        Args:
            own: Terms of the follow-up itself that an answer has to hold.
            rank: The fact's place among those found, from 0.
            alone: The message was read as if nothing had been said.
        """
        fact_id = hit.passage.document_id
        lost = own & self._lost(hit)
        lacking = self._index.calibration.lacking
        idf = self._index.idf
        return {
            **hit.features,
            **self._message,
            "odds": log_odds(hit.confidence),
            "odds_alone": log_odds(self._confidence.get(fact_id, 0.0)),
            "same_topic": float(self._topic(fact_id) in self._topics),
            "told": float(fact_id in self._told),
            "shows": float(fact_id in self._shown),
            "own": float(len(own)),
            "own_lost": float(len(lost)),
            "own_lost_idf": max(map(idf, lost), default=0.0),
            "own_held_idf": max(map(idf, own - lost), default=0.0),
            "own_lacking": sum(lacking.get(f"-{term}", 0.0) for term in lost),
            "missing": float(len(hit.missing)),
            "rank": float(rank),
            "alone": float(alone),
        }

    def _lost(self, hit: Hit) -> set[str]:
        """Return the terms that a fact lacks (`Hit.missing` has them as typed)."""
        analyse = self._index.analyser.analyse
        return {*hit.missing} | {
            term for word in hit.missing for term in analyse(word).terms[:1]
        }


def log_odds(share: float) -> float:
    """Return the log odds of a probability, finite at 0 and 1."""
    share = min(max(share, 1e-6), 1 - 1e-6)
    return math.log(share / (1 - share))


def share_of(odds: float) -> float:
    """Return the probability of log odds.

    >>> share_of(log_odds(0.75))
    0.75
    """
    return 1 / (1 + math.exp(-odds))
