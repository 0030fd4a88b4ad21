"""Words, pairs of words and pieces of words as numbered buckets: the text itself is never kept, only which buckets it fills."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

BUCKETS = 1 << 15
READ = 8_000
"""Characters of a mail whose words are counted."""
READ_PIECES = 6_000
"""Characters of a mail whose pieces are counted."""
SIZES = (2, 3, 4)
"""Characters of a piece."""

_WORD = re.compile(r"\w[\w']+")
_SPACE = re.compile(r"\s+")
_DIGIT = re.compile(r"\d")
_MIX = np.uint64(0x9E3779B97F4A7C15)

Ids = NDArray[np.int64]
Values = NDArray[np.float32]


def words(text: str) -> tuple[Ids, Values]:
    """Buckets of single words and of pairs of neighbours, each with 1 + ln(how often)."""
    hashes = [zlib.crc32(word.encode("utf-8", "replace")) for word in _WORD.findall(text[:READ].lower())]
    single = np.array(hashes, dtype=np.uint64)
    pairs = _mixed(single[:-1] * np.uint64(31) + single[1:] + np.uint64(7))
    return _counted(np.concatenate([_mixed(single), pairs]))


def pieces(text: str) -> tuple[Ids, Values]:
    """Buckets of two to four neighbouring characters, each with 1 + ln(how often). All digits and all space are alike."""
    plain = _DIGIT.sub("0", _SPACE.sub(" ", text[:READ_PIECES].lower()))
    return _counted(np.concatenate(list(_runs(f" {plain} "))))


def _runs(text: str) -> Iterator[NDArray[np.uint64]]:
    letters = np.frombuffer(text.encode("utf-32-le", "replace"), dtype=np.uint32).astype(np.uint64)
    run = letters
    for size in range(2, SIZES[-1] + 1):
        run = run[:-1] * np.uint64(1_000_003) + letters[size - 1 :]
        yield _mixed(run + np.uint64(size))


def _mixed(numbers: NDArray[np.uint64]) -> NDArray[np.uint64]:
    return (numbers * _MIX) >> np.uint64(49)  # the upper 15 bits: a bucket


def _counted(buckets: NDArray[np.uint64]) -> tuple[Ids, Values]:
    counts = np.bincount(buckets.astype(np.int64), minlength=BUCKETS)
    ids = np.flatnonzero(counts).astype(np.int64)
    return ids, (1.0 + np.log(counts[ids])).astype(np.float32)
