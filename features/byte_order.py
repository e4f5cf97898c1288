"""The byte order of many ids, found by comparing eight bytes of them at a time."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from features.compiling import borrowing
from features.inbound.spans import Spans

_WORD = 8


def byte_order(ids: Spans) -> NDArray[np.int64]:
    """The places of ids, no two of them equal and none with a zero byte, in their byte order."""
    width = -(-int(ids.sizes.max(initial=1)) // _WORD)
    words = np.zeros((width, len(ids)), np.uint64)
    _words(ids.text, ids.starts, ids.ends, words)
    order: NDArray[np.int64] = np.argsort(words[0])
    first = words[0, order]
    if width > 1 and (first[1:] == first[:-1]).any():
        order = np.lexsort(words[::-1])
    return order


@borrowing
def _words(
    text: NDArray[np.uint8], starts: NDArray[np.int64], ends: NDArray[np.int64], words: NDArray[np.uint64]
) -> None:
    """Each id as numbers of eight bytes, the first byte the highest; zeros stand behind its end."""
    for n in range(len(starts)):
        for place in range(starts[n], ends[n]):
            offset = place - starts[n]
            shift = np.uint64(8 * (_WORD - 1 - offset % _WORD))
            words[offset // _WORD, n] |= np.uint64(text[place]) << shift
