"""The facts of an index: passages, counts, lengths and norms, and surface words.

A fact is one document of all its ways of asking, its topic and its answer. Counts are
in tenths of a way of asking.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import NamedTuple

import numpy as np

from indexer import contrast, counting, tfidf
from indexer.analysis import grams, tokens
from indexer.counting import Postings
from indexer.english import common_words
from indexer.glossary import Analysed, Analyser, weight
from indexer.likeness import worth
from indexer.options import ANSWER, ASKED, TOPIC
from indexer.passages import split
from indexer.store import Store
from indexer.tfidf import Floats, word_idf
from indexer.types import Document, Passage

SPACES = ("asked:en", "facts:en", "features:en", "grams:en")
WEIGHED = ("facts:en", "grams:en")
# The first way of asking of each fact, and what each is worth in all.
FIRST, WORTH = "first:en", "worth:en"


class FactCounts(NamedTuple):
    """What an index holds of its facts.

    Attributes:
        passages: One a fact, in the order of their ids.
        ways: Of each fact the terms of each way of asking, as JSON.
        postings: Of each of `SPACES`; what "asked:en" counts are ways of asking.
        arrays: Lengths and norms, of each of `WEIGHED`; `FIRST` and `WORTH`.
        surface: Surface words, and how often they occur.
    """

    passages: Sequence[Passage]
    ways: Sequence[str]
    postings: Mapping[str, Postings]
    arrays: Mapping[str, Floats]
    surface: Mapping[str, int]


def kept(old: Store, facts: Sequence[Document]) -> FactCounts:
    """Take counts and weights from the old index: nothing they rest on has changed."""
    return FactCounts(
        passages=[passage for fact in facts for passage in split(fact)],
        ways=old.all_ways(),
        postings={space: old.postings(space) for space in SPACES},
        arrays={name: old.array(name) for name in (*WEIGHED, FIRST, WORTH)},
        surface=old.surface(least=0),
    )


def counted(analyser: Analyser, facts: Sequence[Document]) -> FactCounts:
    """Count facts, sorted by id."""
    passages = [passage for fact in facts for passage in split(fact)]
    asked = [[analyser.analyse(text) for text in fact.variants] for fact in facts]
    topics = [analyser.analyse(fact.topic) for fact in facts]
    answers = [analyser.analyse(passage.text) for passage in passages]
    words = counting.merge(
        [
            (counting.count([_joined(texts) for texts in asked]), ASKED, 0),
            (counting.count([topic.terms for topic in topics]), TOPIC, 0),
            (counting.count([answer.terms for answer in answers]), ANSWER, 0),
        ]
    )
    letters = counting.count(
        [
            list(grams(word for text in (*texts, topic, answer) for word in text.words))
            for texts, topic, answer in zip(asked, topics, answers, strict=True)
        ]
    )
    features = counting.count(
        [
            list(
                contrast.features_of(
                    texts, answer, absent=fact.absent, bodies=analyser.bodies
                )
            )
            for texts, answer, fact in zip(asked, answers, facts, strict=True)
        ]
    )
    ways = [
        [analyser.analyse(text, asked=True).terms for text in fact.variants]
        for fact in facts
    ]
    each = [terms for some in ways for terms in some]
    weights = [weight(word) for word in words.words]
    norms = counting.gram_norms(letters, len(facts)) if facts else tfidf.NO_FLOATS
    return FactCounts(
        passages=passages,
        ways=[json.dumps(some, ensure_ascii=False) for some in ways],
        postings=dict(
            zip(SPACES, (counting.count(each), words, features, letters), strict=True)
        ),
        arrays={
            "facts:en": counting.lengths(words, len(facts), weights),
            "grams:en": norms,
            FIRST: np.cumsum([0, *map(len, ways)], dtype=np.float64),
            WORTH: _worth(each, words, len(facts)),
        },
        surface=_surface(facts),
    )


def _worth(ways: Iterable[Sequence[str]], words: Postings, size: int) -> Floats:
    """Return what all terms of each way of asking are worth together."""
    sizes = np.diff(words.starts).tolist()
    df = dict(zip(words.words, sizes, strict=True))
    idf = lru_cache(maxsize=None)(lambda term: word_idf(size, df.get(term, 0)))
    return np.array([sum(worth(terms, idf).values()) for terms in ways], np.float64)


def _joined(texts: Iterable[Analysed]) -> list[str]:
    return [term for text in texts for term in text.terms]


def _surface(facts: Sequence[Document]) -> dict[str, int]:
    """Count the words that typo repair may read an unknown one as.

    Plain English words stand among them, counted as none: they are no typing errors.
    """
    texts = [
        text
        for fact in facts
        for text in (*fact.variants, fact.topic, fact.sections[0].text)
    ]
    counts = Counter(
        token.text
        for text in texts
        for token in tokens(text)
        if token.script == "latin"
    )
    return {**dict.fromkeys(common_words(), 0), **counts}
