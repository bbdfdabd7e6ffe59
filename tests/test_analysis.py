"""Text becomes the same terms however it is typed, in every script."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.feature_extraction.text import CountVectorizer

from indexer.analysis import (
    Token,
    grams,
    language_of,
    normalise,
    number_of,
    sentences,
    tokens,
)

LATIN = st.text(st.characters(codec="ascii", categories=("Ll",)), max_size=12)


def words(text: str) -> list[str]:
    return [token.text for token in tokens(text)]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("cafe\u0301", "caf\u00e9"),
        ("a\u00adb\u200bc\ufeffd", "abcd"),
        ("\uff21\uff22\uff11", "ab1"),
        ("\u17e2\u17e0\u17e1\u17e2", "2012"),
        ("\u0e52\u0e55\u0e55\u0e55", "2555"),
        ("\u1042\u1040", "20"),
        ("officials\u2019", "officials'"),
        ("1,130 and 1,2", "1130 and 1,2"),
        ("\u17c1\u17b8", "\u17be"),
        ("\u0e40\u0e40", "\u0e41"),
    ],
)
def test_spellings_that_look_alike_become_one(typed: str, kept: str):
    assert normalise(typed) == kept


def test_marks_of_a_syllable_are_put_in_one_order():
    typed = "\u1000\u102d\u102f", "\u1000\u102f\u102d"

    first, second = map(normalise, typed)

    assert first == second


@given(st.text())
def test_normalising_twice_is_normalising_once(text: str):
    once = normalise(text)

    assert normalise(once) == once


@given(st.text())
def test_composed_and_decomposed_text_have_the_same_words(text: str):
    composed = unicodedata.normalize("NFC", text)
    decomposed = unicodedata.normalize("NFD", text)

    assert words(composed) == words(decomposed)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Viet\u00a0Nam\u2019s M.O.U.", ["viet", "nam", "m", "o", "u"]),
        ("What's the officials' plan?", ["what", "the", "officials", "plan"]),
        ("don't", ["dont"]),
        ("\u0110\u1ed5i m\u1edbi", ["doi", "moi"]),
        ("SOM8, 8th, 007", ["som", "8", "8", "7"]),
        ("000", ["0"]),
        ("snake_case", ["snake", "case"]),
        ("", []),
        ("\U0001f600 ?! \u2026", []),
        ("\u6e44\u516c\u6cb3COMMIT", ["\u6e44\u516c\u6cb3", "commit"]),
    ],
)
def test_text_is_cut_into_runs_of_one_script(text: str, expected: list[str]):
    assert words(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "\u179f\u17b7\u1791\u17d2\u1792\u17b7",  # Khmer
        "\u0eaa\u0eb4\u0e94\u0e97\u0eb4",  # Lao
        "\u101c\u1030\u101e\u102c\u1038",  # Burmese
        "\u0e01\u0e32\u0e23\u0e04\u0e49\u0e32",  # Thai
    ],
)
def test_scripts_without_spaces_lose_no_letter(text: str):
    found = tokens(text)

    assert [token.script for token in found] == ["sea"]
    assert found[0].text == normalise(text)


def test_years_of_the_buddhist_era_are_read_as_ours():
    assert words("\u0e1b\u0e35 2555") == ["\u0e1b\u0e35", "2012"]
    assert words("in 2555") == ["in", "2555"]


@pytest.mark.parametrize(
    ("token", "roman", "number"),
    [
        (Token("8", "number"), False, 8),
        (Token("8", "ordinal"), False, 8),
        (Token("2012", "number"), False, None),
        (Token("twelfth", "latin"), False, 12),
        (Token("twelve", "latin"), False, 12),
        (Token("viii", "latin"), True, 8),
        (Token("viii", "latin"), False, None),
        (Token("\u516b", "han"), False, None),
    ],
)
def test_numbers_are_read_in_every_form(token: Token, roman: bool, number: int | None):
    assert number_of(token, roman=roman) == number


@given(st.lists(LATIN.filter(bool), min_size=1, max_size=6))
def test_grams_of_latin_words_are_those_of_char_wb(text: list[str]):
    theirs = CountVectorizer(analyzer="char_wb", ngram_range=(3, 5)).build_analyzer()

    assert sorted(grams(text)) == sorted(theirs(" ".join(text)))


def test_grams_of_scripts_without_spaces_are_shorter():
    sizes = {len(gram) for gram in grams(["\u0e01\u0e32\u0e23\u0e04\u0e49\u0e32"])}

    assert sizes == {2, 3, 4}


@given(st.text())
def test_sentences_lose_no_text(text: str):
    cut = sentences(text)

    assert "".join(" ".join(cut).split()) == "".join(text.split())
    assert all(cut)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("He said so.\u201d Then he left.", ["He said so.\u201d", "Then he left."]),
        ("Dr. Ngo of the U.N. spoke.", ["Dr. Ngo of the U.N. spoke."]),
        ("It cost 1.5 million.", ["It cost 1.5 million."]),
        (
            "\u7b2c\u4e00\u3002\u7b2c\u4e8c\u3002",
            ["\u7b2c\u4e00\u3002", "\u7b2c\u4e8c\u3002"],
        ),
        ("no end", ["no end"]),
        ("  ", []),
    ],
)
def test_sentences_end_where_a_reader_would_say(text: str, expected: list[str]):
    assert sentences(text) == expected


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Which countries are members?", "en"),
        ("COMMIT l\u00e0 g\u00ec", "vi"),
        ("cac nuoc thanh vien la gi", "vi"),
        ("\u179f\u17bd\u179f\u17d2\u178f\u17b8", "km"),
        ("\u0eaa\u0eb0\u0e9a\u0eb2\u0e8d", "lo"),
        ("\u1019\u1004\u103a\u1039\u1002\u101c\u102c", "my"),
        ("\u0e2a\u0e27\u0e31\u0e2a\u0e14\u0e35", "th"),
        ("\u4f60\u597d", "zh"),
        ("what does \u4f60\u597d mean", "en"),
        ("SOM 8", ""),
        ("", ""),
    ],
)
def test_the_language_of_a_message_is_guessed(text: str, language: str):
    assert language_of(text) == language


@given(st.text(max_size=300))
def test_any_text_is_analysed(text: str):
    for token in tokens(text):
        assert token.text
        assert list(grams([token.text]))
    assert isinstance(language_of(text), str)
