"""Words to numbers, very many at once: a table of known words in arrays.

A word of up to 16 bytes is two whole numbers of 64 bits, which tell it from every
other word; their product with large odd numbers says where in the table it stands.
Words that are not there (new, longer, or of a taken place) are asked for one by one.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from indexer.tfidf import Ints

BLANK = ord(" ")
HALF = 8
LONGEST = 2 * HALF
# The bytes of a word of each size, among the eight that begin there.
MASKS = np.array([(1 << 8 * size) - 1 for size in range(HALF + 1)], np.uint64)
# Odd, without a pattern in their bits: the golden ratio's, and one of xxHash.
SPREAD = (np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F))
# So many places a table begins with, as a power of two; unused ones take no memory.
BITS = 18


class WordTable:
    """Remembers the numbers of words that are asked for together."""

    def __init__(self, numbers: Mapping[str, int]) -> None:
        """Begin with an empty table.

        Args:
            numbers: The number of any word, always the same; asked as seldom as may be.
        """
        self._numbers = numbers
        self._clear(BITS)

    def _clear(self, bits: int) -> None:
        self._bits, self._taken = bits, 0
        # No word is all zeros: such a place is free.
        self._words = np.zeros((2, 1 << bits), np.uint64)
        self._found = np.zeros(1 << bits, np.int32)

    def numbers_of(self, text: bytes) -> Ints:
        """Return the number of each word of an ASCII text: what stands between blanks.

        Args:
            text: It begins with a blank and holds no byte of zero.
        """
        text += b" " * LONGEST
        gaps = np.frombuffer(text, np.uint8) == BLANK
        edges = np.flatnonzero(gaps[1:] != gaps[:-1]) + 1
        starts, ends = edges[::2], edges[1::2]
        sizes = ends - starts
        eights = np.ndarray((len(text) - HALF + 1,), "<u8", text, strides=(1,))
        first = eights[starts] & MASKS[np.minimum(sizes, HALF)]
        second = np.zeros_like(first)
        long = np.flatnonzero(sizes > HALF)
        rest = np.minimum(sizes[long] - HALF, HALF)
        second[long] = eights[starts[long] + HALF] & MASKS[rest]
        mixed = (first * SPREAD[0]) ^ (second * SPREAD[1])
        places = (mixed >> np.uint64(64 - self._bits)).astype(np.intp)
        known = self._words[0][places] == first
        known &= self._words[1][places] == second
        known &= sizes <= LONGEST
        found: Ints = self._found[places]
        missed = np.flatnonzero(~known)
        spans = zip(starts[missed].tolist(), ends[missed].tolist(), strict=True)
        words = [text[start:end].decode("ascii") for start, end in spans]
        found[missed] = [self._numbers[word] for word in words]
        new = missed[(sizes[missed] <= LONGEST) & (self._words[0][places[missed]] == 0)]
        # Of two words for one place, the last takes it.
        self._words[:, places[new]] = first[new], second[new]
        self._found[places[new]] = found[new]
        self._taken += len(np.unique(places[new]))
        if self._taken * 4 > len(self._found):
            # It fills again by itself.
            self._clear(self._bits + 2)
        return found
