"""Passages counted as they come have the counts that scikit-learn gives them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import counting, tally
from indexer.counting import Postings
from indexer.glossary import Analyser, Glossary, weight
from indexer.tally import TITLE, Before, Tally
from indexer.terms import Terms
from indexer.tfidf import Floats

ANALYSER = Analyser(Glossary())
WORDS = st.lists(st.sampled_from("the som mou hanoi 2012 first of".split()), max_size=6)
PASSAGE = st.tuples(WORDS.map(" ".join), WORDS.map(" ".join))


def by_scikit_learn(passages: list[tuple[str, str]]) -> tuple[Postings, Floats]:
    texts = [
        [*(ANALYSER.analyse(title).terms * TITLE), *ANALYSER.analyse(text).terms]
        for title, text in passages
    ]
    postings = counting.count(texts)
    weights = [weight(word) for word in postings.words]
    return postings, counting.lengths(postings, len(texts), weights)


def assert_equal(found: tuple[Postings, Floats], expected: tuple[Postings, Floats]):
    assert found[0].words == expected[0].words
    for name in ("starts", "numbers", "counts"):
        ours, theirs = getattr(found[0], name), getattr(expected[0], name)
        assert ours.dtype == theirs.dtype
        assert ours.tolist() == theirs.tolist()
    assert found[1].tolist() == expected[1].tolist()


def counted(passages: list[tuple[str, str]]) -> tuple[Postings, Floats]:
    counts = Tally(Terms(ANALYSER, "en"))
    counts.add(passages)
    return counts.total(None)


@pytest.mark.parametrize("at_once", [1, 5, 1_000])
@given(passages=st.lists(PASSAGE, max_size=8))
def test_counts_and_lengths_equal_scikit_learns(at_once: int, passages):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tally, "AT_ONCE", at_once)

        found = counted(passages)

    assert_equal(found, by_scikit_learn(passages))


@given(st.lists(PASSAGE, max_size=8), st.lists(st.integers(0, 7) | PASSAGE, max_size=9))
def test_kept_passages_count_as_if_counted_anew(old, wanted):
    # Old passages are named by their number, each at most once and in order.
    places = iter(sorted({place for place in wanted if isinstance(place, int)}))
    mixed = [next(places, None) if isinstance(w, int) else w for w in wanted]
    mixed = [w for w in mixed if w is not None and w not in range(len(old), 8)]
    counts = Tally(Terms(ANALYSER, "en"))

    for passage in mixed:
        if isinstance(passage, int):
            counts.keep([passage])
        else:
            counts.add([passage])
    found = counts.total(Before(*counted(old)))

    texts = [old[p] if isinstance(p, int) else p for p in mixed]
    assert_equal(found, by_scikit_learn(texts))
