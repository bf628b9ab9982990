"""Code lenses: how many places use a symbol, how many tests reach it.

Owns above which symbols they stand and what they say. Counting waits until a lens is seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pairwright.features.context import Context
from pairwright_analyzers.facts import FileFacts
from pairwright_analyzers.graph import SymbolId
from pairwright_analyzers.graph.queries import references_to
from pairwright_analyzers.graph.tested import tests_reaching
from pairwright_analyzers.types import (
    CALLABLE_KINDS,
    TYPE_KINDS,
    Role,
    Symbol,
    SymbolFlag,
    SymbolKind,
)


class LensKind(StrEnum):
    """What a lens counts."""

    CALLERS = "callers"
    TESTS = "tests"


@dataclass(frozen=True, slots=True)
class Lens:
    """A lens above a symbol, not counted yet."""

    kind: LensKind
    symbol: Symbol


def lenses(facts: FileFacts, *, callers: bool, tests: bool) -> list[Lens]:
    """The lenses of a file: above each function, method and type that is not a test nor local to a
    function.
    """
    found = []
    for symbol in facts.symbols:
        if symbol.kind not in CALLABLE_KINDS | TYPE_KINDS or symbol.kind is SymbolKind.TEST:
            continue
        if symbol.flags & SymbolFlag.TEST or _inside_function(facts, symbol):
            continue
        if callers:
            found.append(Lens(LensKind.CALLERS, symbol))
        if tests:
            found.append(Lens(LensKind.TESTS, symbol))
    return found


def _inside_function(facts: FileFacts, symbol: Symbol) -> bool:
    container = symbol.container
    while container >= 0:
        if facts.symbol_kind(container) in CALLABLE_KINDS:
            return True
        container = facts.symbol_container(container)
    return False


def lens_title(ctx: Context, symbol_id: SymbolId, kind: LensKind) -> str:
    """What a lens says: `3 callers`, `no test`."""
    if kind is LensKind.TESTS:
        return _number(len(tests_reaching(ctx.graph, symbol_id, ctx.check)), "test")
    references = references_to(ctx.graph, symbol_id, ctx.check)
    return _number(sum(one.role is not Role.IMPORT for one in references), "use")


def _number(count: int, word: str) -> str:
    if count == 0:
        return f"no {word}"
    return f"{count} {word}" if count == 1 else f"{count} {word}s"
