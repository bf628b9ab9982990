"""Strings in a row of bytes, found in place.

Owns the layout that packed tables share. It must not know what the strings are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Strings:
    """Strings in a row: `\\0a\\0b\\0` from `start` to `end` of `data`.

    `offsets` are of the first byte of each, counted from `start`, with one more behind the last.
    """

    data: bytes
    start: int
    end: int
    offsets: Sequence[int]

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def at(self, index: int) -> bytes:
        """The string at an index."""
        start, offsets = self.start, self.offsets
        return self.data[start + offsets[index] : start + offsets[index + 1] - 1]

    def text(self) -> bytes:
        """All of it, with a NUL before, between and behind the strings."""
        return self.data[self.start : self.end]

    def find(self, wanted: bytes) -> int:
        """The index of a string, or -1. Only for sorted strings."""
        data, start, offsets = self.data, self.start, self.offsets
        low, high = 0, len(offsets) - 1
        while low < high:
            middle = (low + high) // 2
            found = data[start + offsets[middle] : start + offsets[middle + 1] - 1]
            if found < wanted:
                low = middle + 1
            elif found > wanted:
                high = middle
            else:
                return middle
        return -1

    def index_at(self, offset: int) -> int:
        """The index of the string whose first byte is at `offset` of `text()`."""
        offsets = self.offsets
        low, high = 0, len(offsets) - 1
        while low < high:
            middle = (low + high) // 2
            if offsets[middle] < offset:
                low = middle + 1
            else:
                high = middle
        return low
