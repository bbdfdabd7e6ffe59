"""The steps of the engine, each switched off by replacing what it stands on.

The engine has no switches: a step is taken out by an emptied part of the glossary or
by another value of a constant, for as long as a `with` lasts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from typing import Any
from unittest.mock import patch

import numpy as np

from indexer import contrast, fitting, glossary, signals, tfidf, typos
from indexer.glossary import Glossary
from indexer.tfidf import Floats

NEVER = 10**9


@dataclass(frozen=True, slots=True)
class Step:
    """A step that can be taken out.

    Attributes:
        emptied: Fields of the glossary to empty.
        replaced: (module, name, value) of what to replace.
    """

    name: str
    emptied: Sequence[str] = ()
    replaced: Sequence[tuple[Any, str, Any]] = ()

    def without(self, whole: Glossary) -> Glossary:
        """Return a glossary without what the step stands on."""
        empty = Glossary()
        fields = {name: getattr(empty, name) for name in self.emptied}
        return replace(whole, **fields)

    @contextmanager
    def off(self) -> Iterator[None]:
        """Switch the step off."""
        with ExitStack() as stack:
            for module, name, value in self.replaced:
                stack.enter_context(patch.object(module, name, value))
            yield


def _no_grams(
    asked: Mapping[str, int], lists: object, norms: Floats, left_out: object = None
) -> Floats:
    return np.zeros(len(norms))


def _no_factors(agreed: Mapping[str, Any], asked: object) -> Floats:
    return np.ones(len(agreed["entity"]))


def _no_repair(unknown: object, known: object) -> dict[str, str]:
    return {}


WHOLE = Step("the whole engine")
STEPS = (
    WHOLE,
    Step("without characters", replaced=[(tfidf, "gram_scores", _no_grams)]),
    Step("stop words at full weight", replaced=[(glossary, "STOP_WEIGHT", 1.0)]),
    Step("without synonyms", ["synonyms"]),
    Step(
        "without entities, countries", ["entities", "numbered", "countries", "cities"]
    ),
    Step("without typo repair", replaced=[(typos, "repair", _no_repair)]),
    Step("without contrast", replaced=[(contrast, "factors", _no_factors)]),
    Step("without nearest way of asking", replaced=[(signals, "NEAR_SHARE", 0.0)]),
    Step("fillers kept", ["fillers"]),
    Step("fixed rule, no trees", replaced=[(fitting, "MIN_FACTS", NEVER)]),
)
