"""An honest "I don't know": why not, and which near questions may help."""

from __future__ import annotations

from bot.languages.en import Phrases
from bot.types import Answer, Offer, Reason
from indexer.types import Hit, Hits, Searcher

MAX_OFFERS = 3
OFF_TOPIC_GRAM, OFF_TOPIC_COVERAGE = 0.12, 0.5
# Below this share of the answering band a near question helps nobody.
OFFER_SHARE = 0.25
HELP_TERMS = frozenset({"hotline", "helplin", "phone", "telephon", "dial"})


def unknown_number(hits: Hits, phrases: Phrases) -> Answer | None:
    """Refuse a numbered thing that nobody knows, with the numbers that are known."""
    asked = hits.understanding
    missing = asked.unheard
    if not missing or len(missing) < len(asked.entities):
        return None
    name = missing[0].name.upper()
    known = asked.known_numbers.get(missing[0].name, ())
    text = phrases.number_unknown.format(
        asked=f"{name} {missing[0].number}",
        known=f"{name} {_ranges(known)}" if known else "none",
    )
    return Answer("unknown", text, confidence=0.0, reason="number_unknown")


def _ranges(numbers: tuple[int, ...]) -> str:
    """Return numbers as people read them.

    >>> _ranges((4, 5, 6, 9, 13, 14))
    '4 to 6, 9, 13 and 14'
    """
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    words: list[str] = []
    for run in runs:
        long = len(run) > 2
        words += [f"{run[0]} to {run[-1]}"] if long else map(str, run)
    return " and ".join([", ".join(words[:-1]), words[-1]]) if words[1:] else words[0]


def disagreeing(hit: Hit) -> list[str]:
    """Return what of the question's names a fact has another of."""
    names = ("entity", "country", "place", "year", "figure")
    return [name for name in names if hit.features.get(name, 0) < 0]


def offers_of(hits: Hits) -> tuple[Offer, ...]:
    """Return up to three stored questions that nothing named speaks against."""
    near = [hit for hit in hits.facts if not disagreeing(hit)]
    return tuple(
        Offer(hit.passage.document_id, hit.passage.title) for hit in near[:MAX_OFFERS]
    )


def unknown(hits: Hits, searcher: Searcher, phrases: Phrases) -> Answer:
    """Refuse, with the first reason that holds, and near questions where they help."""
    reason, text = _reason(hits, phrases)
    confidence = hits.facts[0].confidence if hits.facts else 0.0
    offers: tuple[Offer, ...] = ()
    answer_from, _ = searcher.bands("en")
    if reason == "aspect_unknown" and confidence >= OFFER_SHARE * answer_from:
        offers = offers_of(hits)
    if HELP_TERMS & set(hits.understanding.terms):
        text = f"{text} {phrases.ask_hotlines}"
    return Answer("unknown", text, confidence=confidence, reason=reason, offers=offers)


def _reason(hits: Hits, phrases: Phrases) -> tuple[Reason, str]:
    """Say why there is no answer: the first that holds."""
    asked = hits.understanding
    if not asked.content:
        return "too_vague", phrases.too_vague
    best = hits.facts[0] if hits.facts else None
    known = len(asked.content) - len(asked.unknown)
    words = ", ".join(asked.unknown[:3])
    if best is None or (
        best.features["gram"] < OFF_TOPIC_GRAM
        and best.features["coverage"] < OFF_TOPIC_COVERAGE
    ):
        return "off_topic", phrases.off_topic
    if asked.unknown and len(asked.unknown) > known:
        return "words_unknown", phrases.words_unknown.format(words=words)
    named = [f"{entity.name.upper()} {entity.number}" for entity in asked.entities]
    if named and best.features["entity"] <= 0:
        # What was found is about something else.
        return "aspect_unknown", phrases.aspect_of.format(subject=", ".join(named))
    missing = asked.unknown or best.missing
    if missing:
        words = ", ".join(missing[:3])
        return "aspect_unknown", phrases.aspect_missing.format(words=words)
    return "aspect_unknown", phrases.aspect_unknown
