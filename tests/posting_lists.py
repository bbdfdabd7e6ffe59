"""Postings as the store gives them: a list a word."""

from __future__ import annotations

from indexer.counting import Postings
from indexer.tfidf import Posting


def lists_of(postings: Postings) -> dict[str, Posting]:
    """Return each word's list."""
    return {
        word: Posting(
            postings.numbers[postings.starts[i] : postings.starts[i + 1]],
            postings.counts[postings.starts[i] : postings.starts[i + 1]],
        )
        for i, word in enumerate(postings.words)
    }
