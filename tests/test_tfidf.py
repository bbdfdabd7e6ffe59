"""Scores equal the references to 1e-9, and the ranking equals a full sort."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import chain
from unittest.mock import patch

import bm25s
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from posting_lists import lists_of
from sklearn.feature_extraction.text import (
    CountVectorizer,
    TfidfVectorizer,
)

from indexer import counting, tfidf
from indexer.analysis import grams
from indexer.counting import Postings
from indexer.tfidf import LeftOut

TERM = st.sampled_from(["som", "mou", "the", "hanoi", "2012", "\u0e01\u0e32", "a b"])
TEXT = st.lists(TERM, max_size=8)
TEXTS = st.lists(TEXT, max_size=6)
CORPUS = [
    ["the", "mou", "was", "signed", "in", "yangon", "in", "2004"],
    ["som", "som_8", "took", "place", "in", "hanoi", "in", "2012"],
    ["the", "members", "of", "commit", "the", "six", "countries"],
    ["hanoi", "hanoi", "hanoi"],
    [],
    ["what", "is", "commit"],
    ["what", "is", "commit"],
]
QUESTIONS = [
    ["hanoi"],
    ["what", "is", "the", "mou"],
    ["in", "in", "in", "hanoi", "unknown"],
    ["nobody", "knows"],
    [],
]
WORDS = ["mou", "commit", "hanoi", "yangon", "officials", "commits", "ha", "x"]


def table_of(postings: Postings) -> dict[tuple[str, int], int]:
    """Return postings as (word, passage) to count: the slow obvious form."""
    return {
        (word, int(number)): int(n)
        for word, posting in lists_of(postings).items()
        for number, n in zip(*posting, strict=True)
    }


def counts_of(texts: Sequence[Sequence[str]]) -> dict[tuple[str, int], int]:
    return {
        (word, number): n
        for number, text in enumerate(texts)
        for word, n in Counter(text).items()
    }


def word_scores(
    texts: Sequence[Sequence[str]],
    weights: Mapping[str, float],
    *,
    average: float | None = None,
    left_out: LeftOut | None = None,
) -> tfidf.Floats:
    postings = counting.count(texts)
    lengths = counting.lengths(postings, len(texts), [1.0] * len(postings.words))
    mean = float(lengths.mean()) if average is None else average
    return tfidf.word_scores(weights, lists_of(postings), lengths, mean, left_out)


def gram_scores(
    texts: Sequence[Sequence[str]],
    asked: Sequence[str],
    left_out: LeftOut | None = None,
) -> tfidf.Floats:
    cut = [list(grams(text)) for text in texts]
    postings = counting.count(cut)
    norms = counting.gram_norms(postings, len(texts))
    return tfidf.gram_scores(Counter(grams(asked)), lists_of(postings), norms, left_out)


@given(TEXTS)
def test_counts_equal_count_vectorizer(texts: list[list[str]]):
    ours = counting.count(texts)

    assert table_of(ours) == counts_of(texts)
    if any(texts):
        theirs = CountVectorizer(analyzer=lambda text: text).fit(texts)
        assert ours.words == tuple(theirs.get_feature_names_out())
        assert ours.numbers.dtype == np.int32
        assert ours.counts.dtype == np.uint16


def test_counts_stop_at_what_two_bytes_hold():
    ours = counting.count([["a"] * 70_000])

    assert ours.counts.tolist() == [65_535]


@given(TEXTS, TEXTS, st.integers(1, 10), st.integers(1, 10))
def test_merging_adds_counts_up(
    first: list[list[str]], second: list[list[str]], times: int, other: int
):
    merged = counting.merge(
        [(counting.count(first), times, 0), (counting.count(second), other, 0)]
    )

    expected = Counter({key: times * n for key, n in counts_of(first).items()})
    expected.update({key: other * n for key, n in counts_of(second).items()})
    assert table_of(merged) == expected
    assert list(merged.words) == sorted(merged.words)


@given(TEXTS, TEXTS)
def test_merging_with_an_offset_is_counting_together(
    first: list[list[str]], second: list[list[str]]
):
    parts = [(counting.count(first), 1, 0), (counting.count(second), 1, len(first))]

    assert table_of(counting.merge(parts)) == counts_of([*first, *second])


def test_nothing_merges_to_nothing():
    assert counting.merge([]).words == ()


def test_lengths_weigh_each_word():
    postings = counting.count([["a", "a", "b"], [], ["b"]])

    lengths = counting.lengths(postings, 4, [0.5, 1.0])

    assert lengths.tolist() == [2.0, 0.0, 1.0, 0.0]
    assert lengths.dtype == np.float64


def bm25s_scores(texts: Sequence[Sequence[str]], asked: Sequence[str]) -> list[float]:
    vocabulary = {word: n for n, word in enumerate(sorted(set(chain(*texts))))}
    ids = [[vocabulary[word] for word in text] for text in texts]
    reference = bm25s.BM25(k1=tfidf.K1, b=tfidf.B, method="lucene", dtype="float64")
    reference.index((ids, vocabulary), show_progress=False)
    known = [word for word in asked if word in vocabulary]
    if not known:
        return [0.0] * len(texts)
    return reference.get_scores(known).tolist()


@pytest.mark.parametrize("asked", QUESTIONS)
def test_word_scores_equal_bm25s_where_all_weights_are_one(asked: list[str]):
    once = list(dict.fromkeys(asked))

    ours = word_scores(CORPUS, dict.fromkeys(asked, 1.0))

    assert ours == pytest.approx(bm25s_scores(CORPUS, once), abs=1e-9)


@given(TEXTS.filter(any), st.sets(TERM, min_size=1))
def test_word_scores_equal_bm25s_on_any_texts(texts: list[list[str]], asked: set[str]):
    ours = word_scores(texts, dict.fromkeys(asked, 1.0))

    theirs = bm25s_scores(texts, sorted(asked))
    assert ours == pytest.approx(theirs, abs=1e-9)


def test_a_weight_multiplies_a_terms_share():
    whole = word_scores(CORPUS, {"hanoi": 1.0})

    half = word_scores(CORPUS, {"hanoi": 0.5})

    assert half == pytest.approx(whole / 2, abs=1e-12)


def test_equal_passages_score_equally_to_the_last_bit():
    scores = word_scores(CORPUS, {"what": 0.5, "is": 0.5, "commit": 1.0})

    assert scores[5] == scores[6] > 0


def cosines(texts: Sequence[Sequence[str]], asked: Sequence[str]) -> list[float]:
    def cut(words: Sequence[str]) -> list[str]:
        return list(grams(words))

    reference = TfidfVectorizer(sublinear_tf=True, analyzer=cut)
    matrix = reference.fit_transform(texts)
    return (matrix @ reference.transform([asked]).T).toarray().ravel().tolist()


@pytest.mark.parametrize("asked", QUESTIONS)
def test_gram_scores_equal_the_cosine_of_scikit_learn(asked: list[str]):
    ours = gram_scores(CORPUS, asked)

    assert ours == pytest.approx(cosines(CORPUS, asked), abs=1e-9)


@given(
    st.lists(st.lists(st.sampled_from(WORDS), max_size=6), max_size=5).filter(any),
    st.lists(st.sampled_from([*WORDS, "new"]), max_size=4),
)
def test_gram_scores_equal_the_cosine_on_any_texts(
    texts: list[list[str]], asked: list[str]
):
    ours = gram_scores(texts, asked)

    assert ours == pytest.approx(cosines(texts, asked), abs=1e-9)


def test_gram_scores_of_latin_words_equal_char_wb():
    texts = ["the mou was signed", "members of commit", "the meetings in hanoi"]
    reference = TfidfVectorizer(
        sublinear_tf=True, analyzer="char_wb", ngram_range=(3, 5)
    )
    matrix = reference.fit_transform(texts)
    asked = "which members met in hanoj"
    theirs = (matrix @ reference.transform([asked]).T).toarray().ravel()

    ours = gram_scores([text.split() for text in texts], asked.split())

    assert ours == pytest.approx(theirs, abs=1e-9)


def test_grams_of_ten_thousand_facts_equal_the_cosine():
    rng = np.random.default_rng(5)
    letters = np.array(list("aeioumnstrk"))
    words = ["".join(rng.choice(letters, size)) for size in rng.integers(2, 9, 3_000)]
    facts = [list(rng.choice(words, 6)) for _ in range(10_000)]
    cut = [list(grams(fact)) for fact in facts]
    postings = counting.count(cut)
    lists, norms = lists_of(postings), counting.gram_norms(postings, len(facts))
    reference = TfidfVectorizer(sublinear_tf=True, analyzer=lambda words: words)
    matrix = reference.fit_transform(cut)

    for number in range(0, len(facts), 1_000):
        asked = list(grams([*facts[number][:4], "unknown"]))
        theirs = (matrix @ reference.transform([asked]).T).toarray().ravel()
        ours = tfidf.gram_scores(Counter(asked), lists, norms)
        assert np.abs(ours - theirs).max() < 1e-9


def test_channels_are_fused_by_share_of_their_best():
    words, grams_ = np.array([2.0, 1.0, 0.0]), np.array([0.1, 0.4, 0.0])

    fused = tfidf.fuse(words, grams_)

    assert fused == pytest.approx([0.67 + 0.33 / 4, 0.67 / 2 + 0.33, 0.0])


def test_a_silent_channel_adds_nothing():
    silent = np.zeros(2)

    assert tfidf.fuse(silent, np.array([0.2, 0.1])).tolist() == [0.33, 0.165]
    assert tfidf.fuse(silent, silent).tolist() == [0.0, 0.0]
    assert tfidf.fuse(tfidf.NO_FLOATS, tfidf.NO_FLOATS).tolist() == []


@given(st.lists(st.integers(0, 4), max_size=60), st.integers(1, 20))
def test_top_equals_a_full_sort_with_ties_by_number(values: list[int], limit: int):
    scores = np.array(values, np.float64)

    best = tfidf.top(scores, limit)

    order = sorted(range(len(values)), key=lambda n: (-values[n], n))
    assert best == [n for n in order if values[n] > 0][:limit]


@given(
    st.lists(st.floats(0, 1, width=32), max_size=90),
    st.integers(1, 4),
    st.sampled_from([np.float32, np.float64]),
)
def test_dealt_out_the_best_reach_what_is_told(
    values: list[float], limit: int, kind: type[np.floating]
):
    scores = np.array(values, kind)

    with patch.multiple(tfidf, HANDS=16, LEAST_A_HAND=2):
        reached, leading = tfidf.reached(scores, limit), tfidf.leaders(scores, limit)
        best = tfidf.top(scores, limit)

    assert reached == 0 or (scores >= reached).sum() >= limit
    assert len(set(leading.tolist())) == len(leading) <= limit
    assert (scores[leading] > 0).all()
    assert (
        best
        == sorted(np.flatnonzero(scores > 0).tolist(), key=lambda n: (-scores[n], n))[
            :limit
        ]
    )


# Left out, a way of asking takes its counts and its length with it, and in the word
# channel the df of words that its fact then lacks. Two things stay as they were, and
# the tests hold them fixed: the average length of all facts, and the idf of grams.


def less(text: Sequence[str], gone: Sequence[str]) -> list[str]:
    return list((Counter(text) - Counter(gone)).elements())


@given(
    st.lists(st.lists(TERM, min_size=1, max_size=6), min_size=2, max_size=5),
    st.lists(TERM, min_size=1, max_size=4),
    st.data(),
)
def test_words_left_out_score_as_if_they_were_never_there(
    texts: list[list[str]], gone: list[str], data: st.DataObject
):
    number = data.draw(st.integers(0, len(texts) - 1))
    with_it = [*texts]
    with_it[number] = texts[number] + gone
    weights = dict.fromkeys(gone, 1.0)
    average = 4.0

    scores = word_scores(
        with_it,
        weights,
        average=average,
        left_out=LeftOut(number, Counter(gone), {}, len(gone)),
    )

    really = word_scores(texts, weights, average=average)
    assert scores == pytest.approx(really, abs=1e-9)


def test_stop_words_left_out_take_only_their_half_length():
    texts = [["the", "mou"], ["hanoi"]]
    postings = counting.count([[*texts[0], "the", "mou"], texts[1]])
    halves = [0.5 if word == "the" else 1.0 for word in postings.words]
    lengths = counting.lengths(postings, 2, halves)
    left_out = LeftOut(0, {"the": 1, "mou": 1}, {}, 1.5)

    scores = tfidf.word_scores({"mou": 1.0}, lists_of(postings), lengths, 2.0, left_out)

    really = counting.count(texts)
    expected = tfidf.word_scores(
        {"mou": 1.0},
        lists_of(really),
        counting.lengths(really, 2, [1.0, 1.0, 0.5]),
        2.0,
    )
    assert scores == pytest.approx(expected, abs=1e-9)


@given(
    st.lists(
        st.lists(st.sampled_from(WORDS), min_size=1, max_size=5),
        min_size=2,
        max_size=5,
    ),
    st.lists(st.sampled_from(WORDS), min_size=1, max_size=3),
    st.data(),
)
def test_grams_left_out_score_as_if_they_were_never_there(
    texts: list[list[str]], gone: list[str], data: st.DataObject
):
    number = data.draw(st.integers(0, len(texts) - 1))
    with_it = [*texts]
    with_it[number] = texts[number] + gone

    scores = gram_scores(with_it, gone, LeftOut(number, {}, Counter(grams(gone)), 0))

    really = old_idf_cosines(with_it, texts, gone)
    assert scores == pytest.approx(really, abs=1e-9)


def old_idf_cosines(
    fitted: Sequence[Sequence[str]],
    texts: Sequence[Sequence[str]],
    asked: Sequence[str],
) -> list[float]:
    """Return cosines by the idf of one corpus over the texts of another.

    A gram that no text is left to hold is unknown, as to a fresh index.
    """
    old = [Counter(grams(text)) for text in fitted]
    held = {gram for text in texts for gram in grams(text)}
    idf = {
        gram: tfidf.gram_idf(len(fitted), sum(gram in text for text in old))
        for gram in held
    }

    def vector(words: Sequence[str]) -> dict[str, float]:
        counts = Counter(gram for gram in grams(words) if gram in idf)
        raw = {gram: (1 + np.log(n)) * idf[gram] for gram, n in counts.items()}
        length = np.sqrt(sum(weight**2 for weight in raw.values())) or 1.0
        return {gram: float(weight / length) for gram, weight in raw.items()}

    question = vector(asked)
    return [
        sum(weight * question.get(gram, 0.0) for gram, weight in vector(text).items())
        for text in texts
    ]


def test_few_texts_are_counted_as_many_are(monkeypatch: pytest.MonkeyPatch):
    texts = [["b", "a", "b"], [], ["c", "a"], ["日", "b"] * 3]
    few = counting.count(texts)
    monkeypatch.setattr(counting, "FEW", 0)

    many = counting.count(texts)

    assert few.words == many.words
    for name in ("starts", "numbers", "counts"):
        ours, theirs = getattr(few, name), getattr(many, name)
        assert ours.dtype == theirs.dtype
        assert ours.tolist() == theirs.tolist()
