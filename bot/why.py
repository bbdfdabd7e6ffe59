"""Why an answer was given, in plain words, from the very numbers that decided."""

from __future__ import annotations

from bot.languages.en import Phrases
from bot.types import Answer
from indexer.signals import lift
from indexer.tfidf import GRAMS_SHARE, WORDS_SHARE
from indexer.types import Hit, Hits, Searcher


def why(answer: Answer, hits: Hits, searcher: Searcher, phrases: Phrases) -> str:
    """Explain an answer or a refusal.

    The shares of words and letters, times the contrast and the likeness to a stored
    way of asking, are the score to the digit.
    """
    build = phrases.why_build.format(build=searcher.build_id)
    if answer.kind == "unknown":
        return f"{phrases.why_unknown.format(reason=answer.text)} {build}"
    cited = {*answer.passage_ids}
    if any(hit.passage.id in cited for hit in hits.passages):
        extract = next(hit for hit in hits.quoted() if hit.passage.id in cited)
        document = searcher.document(extract.passage.document_id)
        title = document.title if document else extract.passage.title
        coverage = extract.features["coverage"]
        return f"{phrases.why_extract.format(title=title, coverage=coverage)} {build}"
    if not hits.facts:
        return f"{phrases.why_fixed} {build}"
    best = hits.facts[0]
    matched = phrases.why_fact.format(title=best.passage.title)
    return f"{matched} {_numbers(best, searcher, phrases)} {build}"


def _numbers(best: Hit, searcher: Searcher, phrases: Phrases) -> str:
    features = best.features
    answer_from, _ = searcher.bands("en")
    return phrases.why_numbers.format(
        words=features["words"],
        words_share=WORDS_SHARE * features["words"],
        grams=features["grams"],
        grams_share=GRAMS_SHARE * features["grams"],
        contrast=features["contrast"],
        near=lift(features["near"]),
        score=best.score,
        coverage=features["coverage"],
        margin=max(features["margin"], 0.0),
        confidence=best.confidence,
        answer=answer_from,
    )
