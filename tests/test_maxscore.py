"""Skipping long lists finds the same passages, with the same scores to the last bit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from unittest.mock import patch

import bm25s
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from posting_lists import lists_of

from indexer import counting, maxscore, tfidf
from indexer.counting import Postings
from indexer.maxscore import Scorer
from indexer.tfidf import Floats, Long, Posting

SIZE, VOCABULARY = 10_000, 5_000
WEIGHTS = st.dictionaries(
    st.sampled_from([*"abcdefghij", "unknown"]),
    st.sampled_from([0.25, 0.5, 1.0, 1 / 3]),
    max_size=8,
)


# Ways to the same passages: adding up all; skipping; skipping as early as it can be.
WAYS = (
    {"FEW": maxscore.FEW},
    {"FEW": 0},
    {"FEW": 0, "SHORT": 0.0, "DEARER": 0, "A_FEW": 0},
    {"FEW": 0, "SHORT": 0.01, "DEARER": 9},
)


@pytest.fixture(autouse=True, scope="module", params=WAYS, ids=str)
def way(request: pytest.FixtureRequest) -> Iterator[None]:
    """Take every way, also where there is little to skip."""
    with patch.multiple(maxscore, **request.param), patch.object(tfidf, "HANDS", 16):
        yield


def some_dense(lists: Mapping[str, Posting], size: int) -> dict[str, Posting | Long]:
    """Return lists, those of the first letters dense."""
    return {
        name: dense(own, size) if name < "e" else own for name, own in lists.items()
    }


def dense(posting: Posting, size: int) -> Long:
    counts = np.zeros(size, np.uint8)
    counts[posting.numbers] = posting.counts
    return Long(posting.df, counts)


def lengths_of(postings: Postings, size: int) -> Floats:
    return counting.lengths(postings, size, [1.0] * len(postings.words))


def by_scoring_all(
    weights: Mapping[str, float],
    lists: Mapping[str, Posting],
    lengths: Floats,
    limit: int,
) -> list[tuple[int, float]]:
    """Return the best passages the slow obvious way: score all, sort all."""
    average = float(lengths.mean()) if len(lengths) else 1.0
    scores = tfidf.word_scores(weights, lists, lengths, average)
    order = sorted(range(len(scores)), key=lambda n: (-scores[n], n))
    return [(n, float(scores[n])) for n in order if scores[n] > 0][:limit]


@given(st.integers(0, 2**32 - 1), st.integers(1, 400), WEIGHTS, st.integers(1, 12))
def test_the_best_are_those_of_scoring_all_and_sorting(
    seed: int, size: int, weights: dict[str, float], limit: int
):
    rng = np.random.default_rng(seed)
    # Skewed, so that lists are long and short; few words, so that many scores tie.
    texts = [
        [chr(97 + int(9 * x**3)) for x in rng.random(int(rng.integers(0, 7)))]
        for _ in range(size)
    ]
    postings = counting.count(texts)
    lists, lengths = lists_of(postings), lengths_of(postings, size)
    asked = {name: lists[name] for name in weights if name in lists}

    scorer = Scorer(lengths)
    found = scorer.best(weights, asked, limit)

    assert found == by_scoring_all(weights, asked, lengths, limit)
    assert scorer.best(weights, some_dense(asked, size), limit) == found


@given(st.lists(st.lists(st.sampled_from("abcd"), max_size=5), max_size=9), WEIGHTS)
def test_small_and_empty_spaces_are_ranked_alike(
    texts: list[list[str]], weights: dict[str, float]
):
    postings = counting.count(texts)
    lists, lengths = lists_of(postings), lengths_of(postings, len(texts))

    found = Scorer(lengths).best(weights, lists, 3)

    assert found == by_scoring_all(weights, lists, lengths, 3)


@pytest.fixture(scope="module")
def corpus() -> list[list[str]]:
    """Return ten thousand texts whose words follow Zipf's law; every tenth twice."""
    rng = np.random.default_rng(3)
    share = 1 / np.arange(1, VOCABULARY + 1)
    share /= share.sum()
    texts = [
        [f"w{n}" for n in rng.choice(VOCABULARY, size, p=share)]
        for size in rng.integers(20, 60, SIZE)
    ]
    texts[::10] = texts[1::10]
    return texts


def asked_of(corpus: Sequence[Sequence[str]]) -> list[list[str]]:
    """Return questions: words of a text, and the commonest of all beside them."""
    return [
        sorted({*corpus[number][: 1 + number % 7], "w0", "w1"})
        for number in range(0, SIZE, 100)
    ]


def test_ten_thousand_passages_are_ranked_as_by_scoring_all(
    corpus: list[list[str]], monkeypatch: pytest.MonkeyPatch
):
    postings = counting.count(corpus)
    lists, lengths = lists_of(postings), lengths_of(postings, SIZE)
    scorer = Scorer(lengths)
    added = []
    add = Scorer._add
    monkeypatch.setattr(Scorer, "_add", lambda s, t: added.extend(t) or add(s, t))

    asked = asked_of(corpus)
    for words in asked:
        weights = {word: 0.5 if word == "w0" else 1.0 for word in words}
        own = {word: lists[word] for word in words}
        found = scorer.best(weights, own, 10)
        assert found == by_scoring_all(weights, own, lengths, 10)

    # Otherwise this test says nothing about skipping.
    assert maxscore.FEW or maxscore.SHORT or 0 < len(added) < 0.8 * sum(map(len, asked))


def test_ten_thousand_passages_score_as_by_bm25s(corpus: list[list[str]]):
    postings = counting.count(corpus)
    lists = lists_of(postings)
    scorer = Scorer(lengths_of(postings, SIZE))
    place = {word: n for n, word in enumerate(postings.words)}
    reference = bm25s.BM25(k1=tfidf.K1, b=tfidf.B, method="lucene", dtype="float64")
    ids = [[place[word] for word in text] for text in corpus]
    reference.index((ids, place), show_progress=False)

    for words in asked_of(corpus):
        scores = reference.get_scores(words)
        best = scorer.best(
            dict.fromkeys(words, 1.0), {word: lists[word] for word in words}, 10
        )
        numbers = [number for number, _ in best]
        assert [score for _, score in best] == pytest.approx(
            sorted(scores, reverse=True)[:10], abs=1e-9
        )
        assert scores[numbers] == pytest.approx([s for _, s in best], abs=1e-9)
