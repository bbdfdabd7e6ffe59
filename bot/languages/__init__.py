"""The fixed sentences, one file a language; English stands in for the others."""

from __future__ import annotations

from bot.languages.en import EN, Phrases

LANGUAGES: dict[str, Phrases] = {"en": EN}


def phrases(language: str) -> Phrases:
    """Return a language's fixed sentences, or the English ones."""
    return LANGUAGES.get(language, EN)
