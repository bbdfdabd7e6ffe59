"""Words that are plain English: typo repair must not read them as others."""

from __future__ import annotations

# In the counts of pyspellchecker's dictionary; rarer words are left to typo repair.
COMMON_FROM = 200


def common_words() -> frozenset[str]:
    """Return the words that English readers write often, lower case."""
    from spellchecker import SpellChecker

    counts = SpellChecker(language="en").word_frequency.dictionary
    return frozenset(word for word, count in counts.items() if count >= COMMON_FROM)
