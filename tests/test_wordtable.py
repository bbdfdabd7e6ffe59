"""Words that are looked up together have the numbers of each."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer import wordtable
from indexer.cutting import Known
from indexer.wordtable import WordTable

WORD = st.text("ab\x01'7", min_size=1, max_size=3) | st.integers(1, 20).map(
    "abcdefghijklmnopqrstuvwxyz".__getitem__
)
# Words that begin alike and end at the borders of what the table compares.
ALIKE = st.builds(
    lambda size, end: f"{'informatics' * 2}"[:size] + end, st.integers(6, 18), WORD
)
TEXT = st.lists(WORD | ALIKE, max_size=60)


@pytest.mark.parametrize("bits", [0, 2, 16])
@given(texts=st.lists(TEXT, max_size=5))
def test_words_have_the_numbers_they_have_alone(bits: int, texts: list[list[str]]):
    known = Known(lambda word: len(known))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(wordtable, "BITS", bits)
        table = WordTable(known)

    found = [table.numbers_of(f" {'  '.join(t)}".encode()).tolist() for t in texts]

    assert found == [[known[word] for word in text] for text in texts]


def test_a_known_word_is_not_asked_for_again():
    asked = []
    table = WordTable(Known(lambda word: len(asked.append(word) or asked)))

    for _ in range(3):
        found = table.numbers_of(b" no sooner said than said")
        assert found.tolist() == [1, 2, 3, 4, 3]

    assert asked == ["no", "sooner", "said", "than"]
