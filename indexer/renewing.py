"""The postings of a language's passages: counted, or only renewed where that is less.

Where all passages that stay keep their numbers, a list changes only if its word stands
in a passage that is new or gone. The others are copied unread.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from indexer.counting import Postings
from indexer.store import Store
from indexer.tally import Before, Tally
from indexer.tfidf import Floats, Posting
from indexer.writing import Writer

# With more passages that are new or gone, most lists change.
FEW = 500
NO_POSTING = Posting(np.zeros(0, np.int32), np.zeros(0, np.uint8))


def add_space(writer: Writer, space: str, tally: Tally, old: Store | None) -> Floats:
    """Write the postings of a space; return the lengths of its passages.

    Args:
        old: The index whose passages the tally has kept, if it could.
    """
    if old is None or not len(tally.kept):
        postings, lengths = tally.total(None)
        writer.lists.add(space, postings)
        return lengths
    before = old.array(space)
    gone = np.ones(len(before), np.bool_)
    gone[tally.kept] = False
    fresh = tally.size - len(tally.kept)
    if tally.renumbered or int(gone.sum()) + fresh > FEW:
        postings, lengths = tally.total(Before(old.postings(space), before))
        writer.lists.add(space, postings)
        return lengths
    return _renew(writer, space, tally, old, gone)


def _renew(
    writer: Writer, space: str, tally: Tally, old: Store, gone: NDArray[np.bool_]
) -> Floats:
    numbers = np.flatnonzero(gone).tolist()
    lost = tally.words_of(
        [(p.title, p.text) for p in old.passages(space, numbers)] if numbers else []
    )
    kept = tally.kept
    fresh, lengths = tally.total(None)
    lengths[kept] = old.array(space)[kept]
    before = old.lists(space, lost.union(fresh.words))
    changed = _changed(fresh, before, lost, gone)
    sums = json.loads(old.meta["sums"])
    writer.lists.copy(space, changed, before, int(sums[space], 16))
    return lengths


def _changed(
    fresh: Postings,
    before: Mapping[str, Posting],
    lost: set[str],
    gone: NDArray[np.bool_],
) -> Postings:
    """Return the new lists of all words in passages that are new or gone."""
    own = {
        word: Posting(fresh.numbers[start:end], fresh.counts[start:end])
        for word, (start, end) in zip(
            fresh.words, pairwise(fresh.starts.tolist()), strict=True
        )
    }
    words = sorted(lost.union(fresh.words))
    numbers, counts = [NO_POSTING.numbers], [NO_POSTING.counts.astype(np.uint16)]
    for word in words:
        old, new = before.get(word, NO_POSTING), own.get(word, NO_POSTING)
        stays = ~gone[old.numbers]
        both = np.concatenate([old.numbers[stays], new.numbers])
        order = np.argsort(both, kind="stable")
        numbers.append(both[order])
        counts.append(np.concatenate([old.counts[stays], new.counts])[order])
    sizes = [len(some) for some in numbers]
    return Postings(
        words=tuple(words),
        starts=np.cumsum(sizes).astype(np.int64),
        numbers=np.concatenate(numbers).astype(np.int32),
        counts=np.concatenate(counts).astype(np.uint16),
    )
