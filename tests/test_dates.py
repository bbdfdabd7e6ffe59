"""Dates of the knowledge files, as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.dates import in_words


@pytest.mark.parametrize(
    ("as_of", "words"),
    [
        ("2012", "2012"),
        ("2012-02", "February 2012"),
        ("2012-02-05", "5 February 2012"),
        ("2013~", "about 2013"),
        ("2013-04~", "about April 2013"),
        ("2016-11/..", "since November 2016"),
        ("2016~/..", "since about 2016"),
    ],
)
def test_a_date_is_written_as_exactly_as_it_is_known(as_of: str, words: str):
    assert in_words(as_of) == words


@pytest.mark.parametrize(
    ("as_of", "words"),
    [
        ("2012-02-14/2012-02-15", "14–15 February 2012"),
        ("2004/2025", "2004–2025"),
        ("2011-10/2013-09", "October 2011 – September 2013"),
        ("2012-02-27/2012-03-02", "27 February – 2 March 2012"),
        ("2012-12-30/2013-01-02", "30 December 2012 – 2 January 2013"),
        ("2012-02/2012-05", "February–May 2012"),
    ],
)
def test_what_both_ends_of_a_span_share_is_said_once(as_of: str, words: str):
    assert in_words(as_of) == words


@pytest.mark.parametrize("as_of", ["undated", "", "soon", "14 February"])
def test_what_is_no_date_has_no_words(as_of: str):
    assert in_words(as_of) == ""


@given(st.dates(), st.dates())
def test_no_span_loses_a_year(first, last):
    words = in_words(f"{first.isoformat()}/{last.isoformat()}")

    assert f"{last.year:04}" in words
    assert f"{first.year:04}" in words
    assert str(first.day) in words
