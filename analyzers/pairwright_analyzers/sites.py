"""Where a symbol is called, with the calls' arguments: what rules and refactorings need of the
graph and the trees.

Owns no judgement. Links by name alone are left out here, so that no rule can build a warning on
them.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pairwright_analyzers.facts import FileFacts
from pairwright_analyzers.graph import CodeGraph, LinkedReference, SymbolId
from pairwright_analyzers.graph.entities import InstanceEntity, SymbolEntity
from pairwright_analyzers.graph.queries import enclosing, references_to, resolve
from pairwright_analyzers.languages.spec import LanguageSpec
from pairwright_analyzers.signatures import is_member, signature_of
from pairwright_analyzers.syntax import Parsed, ancestors, parse_politely
from pairwright_analyzers.types import (
    TYPE_KINDS,
    Call,
    Confidence,
    Location,
    ParameterKind,
    Reference,
    Related,
    Role,
    Signature,
    Span,
    Symbol,
    SymbolFlag,
    SymbolKind,
)

if TYPE_CHECKING:
    from tree_sitter import Node

MAX_FILES = 200
"""Files of one symbol's callers that are parsed; a symbol with more is not changed without a
plan.
"""

MAX_RELATED = 30
"""Places listed as evidence of one finding; its message gives the whole count."""

_LEVELS_TO_CALL = 6


@dataclass(frozen=True, slots=True)
class CallSite:
    """One call of a symbol.

    `location` is the called name; `node` the call expression; `bound` says whether the call
    supplies the receiver by itself (`obj.f(x)`, `Type(x)`), None when that cannot be known;
    `reference` is the name's index in its file.
    """

    location: Location
    confidence: Confidence
    within: SymbolId
    reference: int
    call: Call
    bound: bool | None
    node: Node
    text: bytes
    spec: LanguageSpec


def call_sites(
    graph: CodeGraph, symbol_id: SymbolId, check: Callable[[], None]
) -> Iterator[CallSite]:
    """The calls that surely, or by inference, mean a symbol, in path and text order.

    A constructor is called by its type's name.
    """
    symbol = graph.symbol(symbol_id)
    targets = [symbol_id]
    if symbol.kind is SymbolKind.CONSTRUCTOR and symbol.container >= 0:
        targets.append(SymbolId(symbol_id.path, symbol.container))
    trees: dict[str, Parsed | None] = {}
    for target in targets:
        for found in references_to(graph, target, check):
            if found.role is not Role.CALL or found.confidence is Confidence.BY_NAME:
                continue
            path = found.location.path
            if path not in trees:
                if len(trees) >= MAX_FILES:
                    continue
                check()
                trees[path] = parsed_file(graph, path)
            parsed = trees[path]
            if parsed is None:
                continue
            site = _site(graph, found, symbol, parsed, constructing=target != symbol_id)
            if site is not None:
                yield site


def call_site_at(
    graph: CodeGraph,
    symbol_id: SymbolId,
    parsed: Parsed,
    path: str,
    offset: int,
    types: Container[SymbolId] = (),
) -> CallSite | None:
    """The call of a symbol whose name stands at an offset of a file; None where it is not called
    there. A constructor is called by the name of one of `types` too.
    """
    facts = graph.workspace.facts(path)
    reference = facts.reference_at(offset) if facts is not None else None
    if reference is None or reference.role is not Role.CALL:
        return None
    for link in resolve(graph, path, reference.index):
        constructing = link.target in types
        if link.confidence is Confidence.BY_NAME:
            continue
        if link.target == symbol_id or constructing:
            found = LinkedReference(
                Location(path, reference.span),
                reference.role,
                link.confidence,
                enclosing(graph, path, reference.start),
                reference.index,
            )
            symbol = graph.symbol(symbol_id)
            return _site(graph, found, symbol, parsed, constructing=constructing)
    return None


def _site(
    graph: CodeGraph,
    found: LinkedReference,
    symbol: Symbol,
    parsed: Parsed,
    *,
    constructing: bool,
) -> CallSite | None:
    """The call that a reference is the name of."""
    reached = call_at(parsed, found.location.span)
    facts = graph.workspace.facts(found.location.path)
    if reached is None or facts is None:
        return None
    node, call = reached
    bound = _bound(
        graph,
        found.location.path,
        facts.reference(found.reference),
        symbol,
        parsed.text,
        constructing=constructing,
    )
    return CallSite(
        found.location,
        found.confidence,
        found.within,
        found.reference,
        call,
        bound,
        node,
        parsed.text,
        parsed.spec,
    )


def parsed_file(graph: CodeGraph, path: str) -> Parsed | None:
    """The tree of a workspace file, or None when its text is gone."""
    text = graph.workspace.text(path)
    spec = graph.spec(path)
    return parse_politely(spec, text) if text is not None and spec is not None else None


def signature_in(spec: LanguageSpec, symbol: Symbol, symbols: Sequence[Symbol]) -> Signature:
    """A symbol's signature; `symbols` are those of its file."""
    container = symbols[symbol.container].kind if symbol.container >= 0 else None
    return signature_of(spec, symbol, member=is_member(symbol, container))


def signature_at(graph: CodeGraph, symbol_id: SymbolId) -> Signature:
    """The signature of a symbol of the graph."""
    spec = graph.spec(symbol_id.path)
    facts = graph.workspace.facts(symbol_id.path)
    assert spec is not None and facts is not None
    return signature_of_facts(spec, facts, symbol_id.index)


def signature_of_facts(spec: LanguageSpec, facts: FileFacts, index: int) -> Signature:
    """The signature of a symbol of a file."""
    symbol = facts.symbol(index)
    container = facts.symbol_kind(symbol.container) if symbol.container >= 0 else None
    return signature_of(spec, symbol, member=is_member(symbol, container))


def owner_of(graph: CodeGraph, symbol_id: SymbolId) -> SymbolId | None:
    """The type that a member belongs to, or None."""
    symbol = graph.symbol(symbol_id)
    if symbol.container >= 0:
        container = graph.symbol(SymbolId(symbol_id.path, symbol.container))
        if container.kind in TYPE_KINDS:
            return SymbolId(symbol_id.path, symbol.container)
        if container.kind is SymbolKind.IMPLEMENTATION:
            return graph.resolver.type_named(container.name, symbol_id.path)
    if symbol.owner:
        return graph.resolver.owner_of(symbol_id)
    return None


def is_guarded_import(graph: CodeGraph, path: str, span: Span) -> bool:
    """Whether an import may fail without harm: it stands in a `try` (Python's `except
    ImportError`).
    """
    parsed = parsed_file(graph, path)
    if parsed is None:
        return False
    node = parsed.root.named_descendant_for_byte_range(span.start, span.end)
    return node is not None and any(one.type == "try_statement" for one in ancestors(node))


def evidence(places: Sequence[tuple[Location, str]]) -> tuple[Related, ...]:
    """Places as related information, each once, at most `MAX_RELATED`."""
    seen = dict.fromkeys(places)
    return tuple(Related(location, message) for location, message in list(seen)[:MAX_RELATED])


def counted(number: int, thing: str) -> str:
    """`1 call`, `3 calls`."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def in_files(paths: Sequence[str]) -> str:
    """` in 3 files`; "" for a single file."""
    number = len(set(paths))
    return f" in {number} files" if number > 1 else ""


def call_at(parsed: Parsed, name: Span) -> tuple[Node, Call] | None:
    """The call expression whose called name stands at a span."""
    node = parsed.root.named_descendant_for_byte_range(name.start, name.end)
    for _ in range(_LEVELS_TO_CALL):
        if node is None:
            return None
        call = parsed.spec.call(node, parsed.text)
        if call is not None:
            # The name may only be part of the callee (a receiver) or lie in an argument.
            ends = call.callee.covers(name) and not parsed.text[
                name.end : call.callee.end
            ].strip().startswith((b".", b"->", b"::", b"?.", b"[", b"("))
            return (node, call) if ends else None
        node = node.parent
    return None


def _bound(
    graph: CodeGraph,
    path: str,
    reference: Reference,
    symbol: Symbol,
    text: bytes,
    *,
    constructing: bool,
) -> bool | None:
    if constructing or symbol.flags & SymbolFlag.CLASS_METHOD:
        return True
    if symbol.flags & SymbolFlag.STATIC or not reference.member:
        return False
    if text[: reference.span.start].endswith(b"::"):
        return False
    if not reference.chained:
        return True
    receivers = graph.resolver.value(path, reference.index - 1, called=reference.called)
    kinds = {
        isinstance(entity, InstanceEntity)
        for entity, _ in receivers
        if isinstance(entity, InstanceEntity | SymbolEntity)
    }
    return kinds.pop() if len(kinds) == 1 else None


def passes_receiver(signature: Signature) -> bool:
    """Whether a signature has a receiver, so that it matters if a call is bound."""
    return bool(signature.parameters) and signature.parameters[0].kind is ParameterKind.RECEIVER
