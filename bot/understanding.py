"""A question found its hits: by its best sentence, and leaning on the turn before."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.conversation import clearly_leans, leans, substituted
from bot.types import Turn
from indexer.analysis import sentences
from indexer.search import Index
from indexer.types import Hits

MAX_PARTS = 6
# A short question that is a stored one to the letter needs no turn before.
CERTAIN = 0.9


def understand(
    index: Index, question: str, turns: Sequence[Turn], language: str
) -> tuple[Hits, str]:
    """Search for a question, leaning on the turn before where it does.

    Returns:
        The hits, and the question as it was understood: whole.
    """
    hits = best_part(index, question, language)
    about = [turn for turn in turns if turn.context]
    if not about or not leans(question, hits.understanding):
        return hits, question
    last = about[-1]
    again = _same_fact(index, hits, last)
    if again:
        return again, last.question
    asked = index.analyser.analyse(question, asked=True)
    whole = substituted(index.analyser.analyse(last.question, asked=True), asked)
    if whole:
        return index.search(whole, language=language), whole
    return _leaning(index, question, hits, last, language)


def best_part(index: Index, question: str, language: str) -> Hits:
    """Search for a message and for each of its sentences; the best one counts."""
    whole = index.search(question, language=language)
    parts = sentences(question)
    if not 1 < len(parts) <= MAX_PARTS:
        return whole
    found = [index.search(part, language=language) for part in parts]
    # A greeting or a remark is no question by itself.
    found = [hits for hits in found if len(hits.understanding.content) > 1]
    best = max(found, key=sureness, default=whole)
    return best if sureness(best) > sureness(whole) else whole


def _same_fact(index: Index, hits: Hits, last: Turn) -> Hits | None:
    """Take "and where?" for the fact of the turn before, if that says where."""
    kinds = hits.understanding.kinds
    bare = {*hits.understanding.content} <= index.analyser.kind_terms
    if not (kinds and bare and last.answer.passage_ids):
        return None
    fact_id = last.answer.passage_ids[0].partition("@")[0]
    if not index.shows(fact_id, kinds):
        return None
    again = index.search(last.question)
    same = again.facts and again.facts[0].passage.document_id == fact_id
    return again if same else None


def _leaning(
    index: Index, question: str, hits: Hits, last: Turn, language: str
) -> tuple[Hits, str]:
    """Search with the names and words of the turn before at half weight."""
    kinds = "" if hits.understanding.kinds else " ".join(last.kinds)
    whole = f"{question} {kinds}".replace("_", " ").strip()
    leaning = index.search(whole, language=language, context=last.context)
    alone = _names_something(hits) or sureness(hits) >= CERTAIN
    better = sureness(leaning) > sureness(hits)
    if alone and not better and not clearly_leans(question):
        return hits, question
    names = (str(entity) for entity in leaning.understanding.entities)
    named = " ".join([whole, *names, *leaning.understanding.countries])
    return leaning, named.replace("_", " ")


def _names_something(hits: Hits) -> bool:
    """Tell whether a question names a place, a country or a year, or says more."""
    asked = hits.understanding
    return bool(
        asked.countries or asked.places or asked.years or len(asked.content) > 2
    )


def context_of(index: Index, hits: Hits) -> tuple[str, ...]:
    """Return what a follow-up may lean on: the names, the fact found, the words."""
    asked = hits.understanding
    entities = tuple(str(entity) for entity in asked.entities)
    families = {name.rpartition("_")[0] for name in entities}
    found = index.context_of(hits.facts[0].passage.document_id) if hits.facts else ()
    # Of a fact about SOM 8 and IMM 3, only the numbers that were named may stay.
    rest = [term for term in found if term.rpartition("_")[0] not in families]
    words = [term for term in asked.content if term not in entities]
    return tuple(dict.fromkeys((*entities, *rest, *words)))


def first_question(text: str) -> tuple[str, bool]:
    """Return the text up to the end of its first question, and whether more follow.

    >>> first_question("I study this. Who chairs it? And when?")
    ('I study this. Who chairs it?', True)
    """
    cut = re.split(r"(?<=[?\uff1f])\s+", text.strip())
    parts = [part for part in cut if part.strip(" ?")]
    asked = [part for part in parts if part.rstrip().endswith(("?", "\uff1f"))]
    return (parts[0], True) if len(asked) > 1 else (text, False)


def sureness(hits: Hits) -> float:
    """Return the confidence of the best fact, 0 where there is none."""
    return hits.facts[0].confidence if hits.facts else 0.0
