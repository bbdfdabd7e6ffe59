"""Ways of asking that are nearer to another fact than to their own.

Each is asked with itself left out: what then ranks first is what somebody finds who
asks so in slightly other words. Where that is another fact, with another answer, the
two facts are worth a look side by side.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from indexer import signals
from indexer.build import refuse_if_wrong, write_beside
from indexer.calibrating import leave_out
from indexer.facts import read_curated
from indexer.findings import Finding
from indexer.reports import Track, silent
from indexer.search import Index
from indexer.types import Passage

CLEARLY = 1.1
"""How much nearer, as a ratio of scores, another fact must be to be named."""
SHOWN = 3


def check_phrasings(
    knowledge: Path, index: Path, *, track: Track[int] = silent
) -> list[Finding]:
    """Name each fact whose ways of asking, left out, find another fact first.

    Args:
        index: An index to take unchanged documents from; need not exist.

    Raises:
        BuildRefusedError: Curated files have errors; correct those first.
    """
    curated = read_curated(knowledge)
    refuse_if_wrong(curated.problems)
    files = {fact.id: fact.file for fact in curated.facts}
    with TemporaryDirectory() as folder:
        target = Path(folder, "check.db")
        write_beside(knowledge, curated, index, target)
        opened = Index(target)
        try:
            nearer = nearer_elsewhere(opened, track)
        finally:
            opened.close()
    found = []
    for (own, other), texts in sorted(nearer.items()):
        place = curated.places[own].removeprefix(f"{files[own]}: ")
        reason = _reason(texts, f"{other} ({files[other]})")
        found.append(Finding("warning", files[own], place, reason))
    return found


def _reason(texts: Sequence[str], other: str) -> str:
    shown = ", ".join(f'"{text}"' for text in texts[:SHOWN])
    more = f" and {len(texts) - SHOWN} more" if len(texts) > SHOWN else ""
    verb = "is" if len(texts) == 1 else "are"
    cure = "ask for what only this fact holds, or merge the two"
    return f"{shown}{more} {verb} nearer to {other}; {cure}"


def nearer_elsewhere(
    index: Index, track: Track[int] = silent
) -> dict[tuple[str, str], list[str]]:
    """Return, by ids of own and other fact, the ways of asking that find the other."""
    facts = index.store.all_passages("facts:en")
    nearer: dict[tuple[str, str], list[str]] = {}
    for number in track(range(len(facts)), "Asking again"):
        for text, other in _strays(index, facts, number):
            key = (facts[number].document_id, facts[other].document_id)
            nearer.setdefault(key, []).append(text)
    return nearer


def _strays(
    index: Index, facts: Sequence[Passage], number: int
) -> Iterator[tuple[str, int]]:
    """Yield a fact's ways of asking that find another fact, with its number."""
    for text in facts[number].variants:
        asked = index.analyser.analyse(text, asked=True)
        ranking = index.ranker.rank(
            asked, index.ranker.weights(asked), left_out=leave_out(number, asked)
        )
        candidates = index.candidates(ranking, "en")
        if not candidates or candidates[0].number == number:
            continue
        best, own = ranking.fused[candidates[0].number], ranking.fused[number]
        shown = candidates[: signals.together(ranking, candidates)]
        # Two facts that are shown together answer alike.
        alike = any(candidate.number == number for candidate in shown)
        if best >= CLEARLY * own and not alike:
            yield text, candidates[0].number
