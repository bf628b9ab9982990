"""What the index of one root can say of itself.

Owns the value that every answer carries and every client shows. It must not know how an index is
built or kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class IndexState(StrEnum):
    """How far answers can be trusted. The values are the words of the protocol."""

    READY = "ready"
    BUILDING = "building"
    STALE = "stale"
    """Something on disk changed that the index has not read yet."""
    DEGRADED = "degraded"
    """Complete as far as possible; `IndexStatus.reason` says what is missing or not kept."""


class VectorState(StrEnum):
    """How far search by meaning is ready. The values are the words of the protocol."""

    OFF = "off"
    """A setting says so."""
    WAITING = "waiting"
    """They are made once the index is at rest."""
    BUILDING = "building"
    READY = "ready"
    UNAVAILABLE = "unavailable"
    """They cannot be made; `VectorStatus.reason` says why."""


@dataclass(frozen=True, slots=True)
class VectorStatus:
    """How many files have the vectors that search by meaning needs: `done` of `total`, 0 of 0
    before they were counted. `encoder` names what makes them, "" before it was opened.
    """

    state: VectorState
    done: int = 0
    total: int = 0
    encoder: str = ""
    reason: str = ""


VECTORS_WAITING = VectorStatus(VectorState.WAITING)


@dataclass(frozen=True, slots=True)
class IndexStatus:
    """The state of one root's index.

    `done` of `total` files are read while building, 0 of 0 before the files are counted. `seconds`
    is how long the last build took on the clock. `reason` is "" unless the state is degraded.
    """

    root: str
    state: IndexState
    done: int = 0
    total: int = 0
    files: int = 0
    symbols: int = 0
    references: int = 0
    lines: int = 0
    seconds: float = 0.0
    reason: str = ""
    vectors: VectorStatus = VECTORS_WAITING
