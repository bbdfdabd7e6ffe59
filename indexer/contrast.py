"""Another number, country, year or kind than asked makes a fact a worse answer.

The factors multiply the fused score of every fact before the cut, so that
calibration sees the ranking that is served. Values: measured, docs/engine.md.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from indexer.glossary import BASIC_KINDS, MONTH_NAMES, Analysed
from indexer.tfidf import Floats, Ints

ENTITY_AGREES, ENTITY_OTHER, ENTITY_NONE = 1.15, 0.35, 0.75
COUNTRY_OTHER, COUNTRY_NONE = 0.5, 0.85
FOREIGN = 0.05
BODY_OTHER, BODY_NONE = 0.7, 0.85
YEAR_OTHER = 0.8
PLACE_OTHER = 0.8
FIGURE_OTHER = 0.6
KIND_MISSING, ASPECT_MISSING = 0.75, 0.6
CLASS_OTHER = 0.6

Numbers = Callable[[str], Ints]
Family = Callable[[str], Iterable[str]]


def features_of(
    asked: Iterable[Analysed],
    answer: Analysed,
    *,
    absent: bool = False,
    bodies: frozenset[str] = frozenset(),
) -> dict[str, int]:
    """Name what a fact is about, for contrast: its entities, countries, kinds.

    "entity:som_8" is named in a way of asking, "mention:imm_3" only in the answer.
    "told:som_8" says that a way of asking and the answer both name it. Kinds are those
    that its ways of asking ask for and those its answer shows. "body:uniap" says that
    at least half of its ways of asking name that body.
    """
    asked = list(asked)
    names: set[str] = set()
    for text in asked:
        names.update(f"entity:{entity}" for entity in text.entities)
        names.update(f"country:{country}" for country in text.countries)
        names.update(f"kind:{kind}" for kind in text.kinds)
        names.update(f"class:{group}:{member}" for group, member in text.classes)
    for text in [*asked, answer]:
        names.update(f"year:{year}" for year in text.years)
        names.update(f"place:{place}" for place in text.places)
        names.update(f"figure:{figure}" for figure in figures_of(text))
        names.update(f"mention:{entity}" for entity in text.entities)
        names.update(f"mention:{country}" for country in text.countries)
    named = Counter(body for text in asked for body in bodies & {*text.terms})
    names.update(f"body:{body}" for body, n in named.items() if 2 * n >= len(asked))
    names.update(f"mention:{body}" for body in named)
    asked_for = {entity for text in asked for entity in text.entities}
    if not absent:
        names.update(f"told:{entity}" for entity in asked_for & {*answer.entities})
    if answer.years:
        names.add("kind:when")
    if answer.places:
        names.add("kind:where")
    if _counts(answer):
        names.add("kind:how_many")
    return dict.fromkeys(sorted(names), 1)


def _counts(text: Analysed) -> bool:
    """Tell whether a text holds a number that is no year and no day of a month."""
    words = ("", *text.words, "")
    return any(
        word.isdigit() and word not in text.years and not {before, behind} & MONTH_NAMES
        for before, word, behind in zip(words, words[1:], words[2:], strict=False)
    )


def agreement(
    asked: Analysed,
    size: int,
    numbers: Numbers,
    family: Family,
    bodies: frozenset[str] = frozenset(),
) -> dict[str, NDArray[np.int8]]:
    """Say for every fact whether it agrees with what a question names.

    Args:
        numbers: Feature name to the numbers of the facts that have it.
        family: Prefix ("entity:som_") to the feature names that begin so.

    Returns:
        entity, country, body, year, place, kind, aspect, class: int8, one a fact: 1 it
        has what was asked, -1 it has another, 0 it has none or nothing was asked.
    """
    return {
        "entity": _named(
            [f"entity:{e}" for e in asked.entities], size, numbers, family
        ),
        "country": _named(
            [f"country:{c}" for c in asked.countries], size, numbers, family
        ),
        "body": _named(
            [f"body:{b}" for b in sorted(bodies & {*asked.terms})],
            size,
            numbers,
            family,
        ),
        "year": _any_of("year:", asked.years, size, numbers, family),
        "place": _any_of("place:", asked.places, size, numbers, family),
        "figure": _any_of(
            "figure:", figures_of(asked), size, numbers, family, all_others=True
        ),
        "kind": _kinds([k for k in asked.kinds if k in BASIC_KINDS], size, numbers),
        "aspect": _kinds(
            [k for k in asked.kinds if k not in BASIC_KINDS], size, numbers
        ),
        "class": _classes(asked, size, numbers, family),
    }


def factors(agreed: dict[str, NDArray[np.int8]], asked: Analysed) -> Floats:
    """Return what each fact's fused score is multiplied with."""
    size = len(agreed["entity"])
    product = np.ones(size)
    if asked.entities:
        entity = agreed["entity"]
        product *= np.select(
            [entity == 1, entity == -1], [ENTITY_AGREES, ENTITY_OTHER], ENTITY_NONE
        )
    if asked.countries:
        country = agreed["country"]
        product *= np.select(
            [country == 1, country == -1], [1, COUNTRY_OTHER], COUNTRY_NONE
        )
    body = agreed["body"]
    if body.any():
        product *= np.select([body == 1, body == -1], [1, BODY_OTHER], BODY_NONE)
    product *= np.where(agreed["year"] == -1, YEAR_OTHER, 1)
    product *= np.where(agreed["place"] == -1, PLACE_OTHER, 1)
    product *= np.where(agreed["figure"] == -1, FIGURE_OTHER, 1)
    product *= np.where(agreed["kind"] == -1, KIND_MISSING, 1)
    product *= np.where(agreed["aspect"] == -1, ASPECT_MISSING, 1)
    product *= np.where(agreed["class"] == -1, CLASS_OTHER, 1)
    return product


def figures_of(text: Analysed) -> list[str]:
    """Return the numbers of three digits and more that are no years (1300, 160)."""
    return [
        word
        for word in text.words
        if word.isdigit() and len(word) >= 3 and word not in text.years
    ]


def _named(
    wanted: list[str], size: int, numbers: Numbers, family: Family
) -> NDArray[np.int8]:
    """Agreement on names of which a fact may have several ("entity:", "country:")."""
    agreed = np.zeros(size, np.int8)
    for name in wanted:
        kind = name[: name.index(":") + 1]
        prefix = name[: name.rindex("_") + 1] if kind == "entity:" else kind
        for other in family(prefix):
            agreed[numbers(other)] = -1
    for name in wanted:
        known = np.zeros(size, bool)
        known[numbers(name)] = known[_mentions(name, numbers)] = True
        if name.startswith("country:") and known.sum() < FOREIGN * size:
            # Hardly any fact is about that country: the rest are about others.
            agreed[:] = -1
    for name in wanted:
        # Named in passing is neither agreement nor contrast.
        mentions = _mentions(name, numbers)
        agreed[mentions] = np.maximum(agreed[mentions], 0)
    for name in wanted:
        agreed[numbers(name)] = 1
    return agreed


def _mentions(name: str, numbers: Numbers) -> Ints:
    return numbers(f"mention:{name.partition(':')[2]}")


def _any_of(
    prefix: str,
    wanted: Iterable[str],
    size: int,
    numbers: Numbers,
    family: Family,
    *,
    all_others: bool = False,
) -> NDArray[np.int8]:
    """Agreement on years, places or figures: one of those asked for is enough.

    With `all_others`, facts that have none of the kind disagree too.
    """
    agreed = np.zeros(size, np.int8)
    names = [f"{prefix}{name}" for name in wanted]
    if names and all_others:
        agreed[:] = -1
    elif names:
        for other in family(prefix):
            agreed[numbers(other)] = -1
    for name in names:
        agreed[numbers(name)] = 1
    return agreed


def _kinds(kinds: list[str], size: int, numbers: Numbers) -> NDArray[np.int8]:
    """Agreement on what is asked for: a fact must show every kind."""
    if not kinds:
        return np.zeros(size, np.int8)
    shown = np.zeros(size, np.int8)
    for kind in kinds:
        shown[numbers(f"kind:{kind}")] += 1
    return np.where(shown == len(kinds), 1, -1).astype(np.int8)


def _classes(
    asked: Analysed, size: int, numbers: Numbers, family: Family
) -> NDArray[np.int8]:
    agreed = np.zeros(size, np.int8)
    for group, _ in asked.classes:
        for name in family(f"class:{group}:"):
            agreed[numbers(name)] = -1
    for group, member in asked.classes:
        agreed[numbers(f"class:{group}:{member}")] = 1
    return agreed
