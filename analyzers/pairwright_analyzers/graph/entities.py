"""What a name can mean: the answers of resolution.

Values only. A `Resolved` is every meaning found, each with how sure it
is; () when nothing is known.
"""

from __future__ import annotations

from dataclasses import dataclass

from pairwright_analyzers.graph.model import SymbolId
from pairwright_analyzers.types import Confidence, SymbolKind

MAX_BY_NAME = 32
"""Candidates beyond which a name alone says nothing, so no link is made."""

MEMBER_KINDS = frozenset(
    {
        SymbolKind.METHOD,
        SymbolKind.CONSTRUCTOR,
        SymbolKind.PROPERTY,
        SymbolKind.FIELD,
        SymbolKind.ENUM_MEMBER,
    }
)
"""Kinds that are reached through a receiver."""


@dataclass(frozen=True, slots=True)
class SymbolEntity:
    """A symbol itself: a function, a class as a class, a variable."""

    id: SymbolId


@dataclass(frozen=True, slots=True)
class InstanceEntity:
    """A value whose type is a symbol."""

    id: SymbolId


@dataclass(frozen=True, slots=True)
class ModuleEntity:
    """A module: one file, or all files of a Go package."""

    paths: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FolderEntity:
    """A Python namespace package: a folder without `__init__`."""

    folder: str


@dataclass(frozen=True, slots=True)
class NamespaceEntity:
    """A Java package, C# or PHP namespace; `name` is dotted."""

    name: str


@dataclass(frozen=True, slots=True)
class ExternalEntity:
    """Something outside the workspace; `name` is dotted."""

    name: str


@dataclass(frozen=True, slots=True)
class ItemsEntity:
    """A collection of which only the items are known; `depth` counts collections of collections."""

    item: Entity
    depth: int = 1


@dataclass(frozen=True, slots=True)
class NamelessEntity:
    """A value of a type without a name (a struct written in place, a number): nothing with a name
    is its member.
    """


Entity = (
    SymbolEntity
    | InstanceEntity
    | ModuleEntity
    | FolderEntity
    | NamespaceEntity
    | ExternalEntity
    | ItemsEntity
    | NamelessEntity
)
Resolved = tuple[tuple[Entity, Confidence], ...]

_ORDER = {Confidence.EXACT: 0, Confidence.INFERRED: 1, Confidence.BY_NAME: 2}


def weaker(a: Confidence, b: Confidence) -> Confidence:
    """The less sure of two confidences: a chain of links is as sure as its weakest."""
    return a if _ORDER[a] >= _ORDER[b] else b
