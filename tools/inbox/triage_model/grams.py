"""Words and pairs of words as numbered buckets: the text itself is never kept, only which buckets it fills."""

from __future__ import annotations

import re
import zlib

import numpy as np
from numpy.typing import NDArray

BUCKETS = 1 << 15
READ = 8_000
"""Characters of a mail whose words are counted."""

_WORD = re.compile(r"\w[\w']+")
_MIX = np.uint64(0x9E3779B97F4A7C15)

Ids = NDArray[np.int64]
Values = NDArray[np.float32]


def words(text: str) -> tuple[Ids, Values]:
    """Buckets of single words and of pairs of neighbours, each with 1 + ln(how often)."""
    hashes = [zlib.crc32(word.encode("utf-8", "replace")) for word in _WORD.findall(text[:READ].lower())]
    single = np.array(hashes, dtype=np.uint64)
    pairs = _mixed(single[:-1] * np.uint64(31) + single[1:] + np.uint64(7))
    return _counted(np.concatenate([_mixed(single), pairs]))


def _mixed(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    return (numbers * _MIX) >> np.uint64(49)  # the upper 15 bits: a bucket


def _counted(buckets: NDArray[np.uint64]) -> tuple[Ids, Values]:
    ids, counts = np.unique(buckets.astype(np.int64), return_counts=True)
    return ids, (1.0 + np.log(counts)).astype(np.float32)
