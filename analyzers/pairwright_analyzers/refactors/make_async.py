"""Make a function one that waits, and wait for it where it is called.

    def load(id):                    async def load(id):
        return read(id)        ->        return read(id)

    async def main():                async def main():
        print(load(1))                   print(await load(1))

Offered on the name of a function. Refused where it is called from a function that does not wait, or
is used without being called; for generators, for methods that override others or are overridden,
and for what a class calls by itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pairwright_analyzers.graph import SymbolId
from pairwright_analyzers.graph.queries import overridden_by, overrides, references_to
from pairwright_analyzers.languages.shapes import words
from pairwright_analyzers.languages.waiting import Waiting
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.model import Offer, Refactor, Refactored, Refused
from pairwright_analyzers.types import Confidence, Role, SourceChange, Span, TextEdit

if TYPE_CHECKING:
    from tree_sitter import Node


def _offers(ctx: RefactorContext) -> Sequence[Offer]:
    node = _definition(ctx)
    if node is None:
        return ()
    title = f"Make `{_name(ctx, node)}` async"
    try:
        _refuse_form(ctx, node)
    except Refused as refused:
        return (Offer(title, refused=str(refused)),)
    return (Offer(title),)


def _apply(ctx: RefactorContext, _arguments: Mapping[str, Any]) -> Refactored:
    node = _definition(ctx)
    if node is None:
        raise Refused("The cursor is not on the name of a function.")
    _refuse_form(ctx, node)
    waiting = _waiting(ctx)
    place = waiting.async_place(node)
    assert place is not None
    edits: dict[str, list[TextEdit]] = {ctx.path: [TextEdit(Span(place, place), waiting.word)]}
    symbol = _symbol(ctx, node)
    if symbol is None:
        raise Refused("The function is not known.")
    if any(overrides(ctx.graph, symbol)) or any(overridden_by(ctx.graph, symbol)):
        raise Refused("The method overrides another one, or is overridden.")
    made = (ctx.path, node.start_byte)
    contexts: dict[str, RefactorContext] = {ctx.path: ctx}
    for use in references_to(ctx.graph, symbol, ctx.check):
        ctx.check()
        path = use.location.path
        if path not in contexts:
            contexts[path] = ctx.at(path)
        edits.setdefault(path, []).extend(
            _awaited(contexts[path], use.location.span, use.role, use.confidence, made)
        )
    return Refactored(
        SourceChange(
            {
                path: tuple(sorted(listed, key=lambda edit: edit.span.start))
                for path, listed in edits.items()
                if listed
            }
        )
    )


def _waiting(ctx: RefactorContext) -> Waiting:
    found = ctx.shapes.logic.waiting
    assert found is not None
    return found


def _definition(ctx: RefactorContext) -> Node | None:
    """The function whose name the cursor is on."""
    parent = ctx.node.parent
    if parent is None or parent.type not in ctx.shapes.functions - ctx.shapes.lambdas:
        return None
    if parent.child_by_field_name("name") != ctx.node or parent.has_error:
        return None
    return None if _waiting(ctx).is_async(parent) else parent


def _name(ctx: RefactorContext, node: Node) -> str:
    name = node.child_by_field_name("name")
    return ctx.source(name) if name is not None else ""


def _symbol(ctx: RefactorContext, node: Node) -> SymbolId | None:
    name = node.child_by_field_name("name")
    for symbol in ctx.facts.symbols:
        if name is not None and symbol.name_span.start == name.start_byte:
            return SymbolId(ctx.path, symbol.index)
    return None


def _refuse_form(ctx: RefactorContext, node: Node) -> None:
    name = _name(ctx, node)
    if _waiting(ctx).async_place(node) is None:
        raise Refused(f"`{name}` cannot wait.")
    if name.startswith("__") and name.endswith("__"):
        raise Refused(f"`{name}` is called by the language itself.")
    if next(ctx.inside(node, ctx.shapes.yields), None) is not None:
        raise Refused(f"`{name}` yields its values one by one.")
    parent = node.parent
    if parent is not None and parent.child_by_field_name("definition") == node:
        raise Refused(f"`{name}` is decorated: what calls it is not known.")


def _awaited(
    ctx: RefactorContext,
    span: Span,
    role: Role,
    confidence: Confidence,
    made: tuple[str, int],
) -> list[TextEdit]:
    """The edits that wait for the function at one of its uses; `made` is where it is itself."""
    if role is Role.IMPORT:
        return []
    name = ctx.source(span)
    line = ctx.text.count(b"\n", 0, span.start) + 1
    where = f"{ctx.path}, line {line}"
    if role is not Role.CALL or confidence is Confidence.BY_NAME:
        raise Refused(f"`{name}` is used without being called in {where}.")
    call = ctx.parsed.root.named_descendant_for_byte_range(span.start, span.end)
    while call is not None and call.type not in ctx.shapes.calls:
        call = call.parent
    function = call.child_by_field_name("function") if call is not None else None
    if call is None or function is None or function.end_byte != span.end:
        raise Refused(f"`{name}` is used without being called in {where}.")
    around = ctx.function_of(call)
    waiting = _waiting(ctx)
    itself = around is not None and (ctx.path, around.start_byte) == made
    if around is None or not (itself or waiting.is_async(around)):
        raise Refused(f"What calls `{name}` in {where} does not wait.")
    parent = call.parent
    if parent is not None and parent.type in ctx.shapes.awaits:
        raise Refused(f"The result of `{name}` is waited for already in {where}.")
    if any(one.type == "generator_expression" for one in _between(call, around)):
        raise Refused(f"`{name}` is called in a generator in {where}.")
    head = waiting.awaited("")
    if waiting.needs_parentheses(call):
        return [
            TextEdit(Span(call.start_byte, call.start_byte), f"({head}"),
            TextEdit(Span(call.end_byte, call.end_byte), ")"),
        ]
    return [TextEdit(Span(call.start_byte, call.start_byte), head)]


def _between(node: Node, around: Node) -> list[Node]:
    found: list[Node] = []
    current = node.parent
    while current is not None and current != around:
        found.append(current)
        current = current.parent
    return found


REFACTOR = Refactor(
    "rewrite.make_async",
    "Make function async",
    "refactor.rewrite.make_async",
    words("python"),
    _offers,
    _apply,
    __doc__ or "",
)
