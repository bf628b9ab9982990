"""Move a function out of the one it is in, or a method out of its type, to the top of the file.

```python
def total(items, rate):             def taxed(rate, net):
    def taxed(net):                     return net * rate
        return net * rate

    return taxed(sum(items))        def total(items, rate):
                                        return taxed(rate, sum(items))
```

Variables of the functions around it become its first parameters, and every call passes them. A
method that does not use its object becomes a function behind its type; its callers, in other files
too, call it by its name.

Refused where the function assigns variables of the one around it, or is handed on as a value while
it reads them; where it uses what else is defined in there; where the name is taken at the top; for
methods that use their object, override or are overridden.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pairwright_analyzers.edits import apply_edits, minimal_edits, sorted_edits
from pairwright_analyzers.graph import SymbolId
from pairwright_analyzers.graph.bindings import BindingKind
from pairwright_analyzers.languages import LANGUAGES
from pairwright_analyzers.languages.headers import NewParameter
from pairwright_analyzers.refactors.add_import import with_import
from pairwright_analyzers.refactors.callers import callers_of, family_of
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.header import Entry, Header, header_at, relisted, with_marks
from pairwright_analyzers.refactors.imported import with_text
from pairwright_analyzers.refactors.layout import (
    definition_lines,
    indent_at,
    line_start,
    newline_of,
    reindented,
    statements_span,
    with_comments_above,
)
from pairwright_analyzers.refactors.make_static import needs_object
from pairwright_analyzers.refactors.model import Offer, Refactor, Refactored, Refused
from pairwright_analyzers.refactors.moved import NO_SPAN, Move, address_of, top_statement
from pairwright_analyzers.refactors.removal import is_only_statement, statement_removed
from pairwright_analyzers.refactors.subjects import owner_of
from pairwright_analyzers.refactors.typing_of import type_of_variable
from pairwright_analyzers.refactors.variables import Variable, variables_in
from pairwright_analyzers.syntax import ancestors, descendants
from pairwright_analyzers.types import (
    TYPE_KINDS,
    Call,
    Import,
    ParameterKind,
    Reference,
    Role,
    SourceChange,
    Span,
    SymbolFlag,
    SymbolKind,
    TextEdit,
)

if TYPE_CHECKING:
    from tree_sitter import Node

LANGUAGE_IDS = frozenset(spec.id for spec in LANGUAGES if spec.shapes.moving.lifts)
_METHODS = frozenset(spec.id for spec in LANGUAGES if spec.shapes.moving.lifts_methods)
_ODD = SymbolFlag.ABSTRACT | SymbolFlag.PROPERTY | SymbolFlag.OVERRIDE | SymbolFlag.CLASS_METHOD


@dataclass(frozen=True)
class _Inner:
    """A function inside of another one: `statement` is all of it, `function` its node."""

    ctx: RefactorContext
    name: str
    start: int
    statement: Node
    function: Node

    @property
    def span(self) -> Span:
        return Span(self.statement.start_byte, self.statement.end_byte)


def _inner(ctx: RefactorContext) -> _Inner | None:
    """The function inside of another one whose name stands at the selection."""
    one = ctx.facts.reference_at(ctx.selection.start)
    if one is None or one.member or one.role not in (Role.DEFINE, Role.BIND, Role.WRITE):
        return None
    if not ctx.is_cursor and ctx.source(ctx.selection) != one.name:
        return None
    node = ctx.parsed.root.named_descendant_for_byte_range(one.start, one.end)
    if node is None or node.parent is None:
        return None
    function: Node | None = None
    statement: Node | None = None
    if node.parent.type in ctx.shapes.functions - ctx.shapes.lambdas:
        if node.parent.child_by_field_name("name") == node:
            function = statement = node.parent
    else:
        for around in ancestors(node):
            if around.type in ctx.shapes.blocks:
                break
            for parts in ctx.shapes.variables(around, ctx.text):
                value = parts.value
                fits = parts.name == node and parts.alone
                if fits and value is not None and value.type in ctx.shapes.functions:
                    function, statement = value, parts.statement
            if function is not None:
                break
    if function is None or statement is None or ctx.function_of(statement) is None:
        return None
    while statement.parent is not None and not ctx.is_statement(statement):
        if statement.parent.type in ctx.shapes.classes:
            return None
        statement = statement.parent
    block = statement.parent
    inside = next(
        (
            around
            for around in ancestors(statement)
            if around.type in ctx.shapes.functions | ctx.shapes.classes
        ),
        None,
    )
    if block is None or inside is None or inside.type in ctx.shapes.classes:
        return None
    return _Inner(ctx, one.name, one.start, statement, function)


def _method(ctx: RefactorContext) -> Header | None:
    """The method whose name stands at the selection."""
    if ctx.spec.id not in _METHODS:
        return None
    one = ctx.facts.reference_at(ctx.selection.start)
    if one is None or one.role is not Role.DEFINE:
        return None
    header = header_at(ctx)
    if header is None or not header.symbol.name_span.contains(ctx.selection.start):
        return None
    owner = owner_of(ctx.graph, header.id)
    if owner is None or owner.path != ctx.path or ctx.graph.symbol(owner).container >= 0:
        return None
    if ctx.graph.symbol(owner).kind not in TYPE_KINDS - {SymbolKind.INTERFACE, SymbolKind.ENUM}:
        return None
    return header if header.symbol.kind is SymbolKind.METHOD and header.has_body else None


def _offers(ctx: RefactorContext) -> Sequence[Offer]:
    one = ctx.facts.reference_at(ctx.selection.start)
    if one is None or one.role not in (Role.DEFINE, Role.BIND, Role.WRITE):
        return ()
    inner = _inner(ctx)
    if inner is not None:
        title = f"Move `{inner.name}` to the top of the file"
        try:
            _captured(inner)
        except Refused as refused:
            return (Offer(title, refused=str(refused)),)
        return (Offer(title),)
    header = _method(ctx)
    if header is None or header.symbol.flags & _ODD:
        return ()
    static = header.symbol.flags & SymbolFlag.STATIC
    if not static and needs_object(header):
        return ()
    return (Offer(f"Make `{header.name}` a function"),)


def _apply(ctx: RefactorContext, _arguments: Mapping[str, Any]) -> Refactored:
    inner = _inner(ctx)
    if inner is not None:
        return _lifted(inner)
    header = _method(ctx)
    if header is None:
        raise Refused("No function inside of another one, and no method, stands here.")
    return _freed(ctx, header)


# A function in a function.


def _captured(inner: _Inner) -> tuple[Variable, ...]:
    """The variables of the functions around it. Raises `Refused` where it needs more of them."""
    ctx, span = inner.ctx, inner.span
    for index in ctx.facts.references_in(span):
        one = ctx.facts.reference(index)
        if one.member or one.role is Role.KEYWORD:
            continue
        if one.role is Role.OUTER and not ctx.bindings.top_level(one.name):
            raise Refused(f"`{inner.name}` assigns `{one.name}` of the function around it.")
        for bound in ctx.bindings.lookup(one.name, one.start):
            _refuse_inner_definition(inner, one, bound.kind, bound.index)
    found = []
    for variable in variables_in(ctx, span):
        if variable.outer or span.start <= variable.declared < span.end:
            continue
        if ctx.bindings.scope_at(variable.declared) == 0:
            continue
        uses = variable.within(span)
        if any(use.writes for use in uses):
            raise Refused(f"`{inner.name}` assigns `{variable.name}` of the function around it.")
        found.append(variable)
    words = {"this", "arguments", "super", "__class__"} | ctx.spec.super_words
    bare = inner.function.type in ctx.shapes.lambdas
    for node in descendants(inner.function):
        if node.named_child_count or node.end_byte - node.start_byte > 9:
            continue
        text = ctx.source(node)
        if text in words and (bare or text in ctx.spec.super_words | {"__class__"}):
            raise Refused(f"`{inner.name}` uses `{text}`.")
    return tuple(found)


def _refuse_inner_definition(inner: _Inner, one: Reference, kind: BindingKind, index: int) -> None:
    ctx, span = inner.ctx, inner.span
    if kind is BindingKind.SYMBOL:
        start = ctx.facts.symbol_name_start(index)
        if ctx.facts.symbol_container(index) >= 0 and not span.start <= start < span.end:
            raise Refused(f"`{inner.name}` uses `{one.name}`, which is defined beside it.")
    elif kind is BindingKind.IMPORT:
        start = ctx.bindings.imports[index].span.start
        if ctx.bindings.scope_at(start) != 0 and not span.start <= start < span.end:
            raise Refused(f"`{inner.name}` uses `{one.name}`, which is imported beside it.")
    else:
        start = ctx.facts.columns.ref_starts[index]
        outside = not span.start <= start < span.end
        if one.role is Role.ANNOTATE and outside and ctx.bindings.scope_at(start) != 0:
            raise Refused(f"`{inner.name}` uses the type `{one.name}` of the function around it.")


def _uses(inner: _Inner) -> Iterator[Reference]:
    """Where the function is named, its definition left out. Raises `Refused` where the name means
    something else in the file.
    """
    ctx = inner.ctx
    own = ctx.bindings.lookup(inner.name, inner.start)
    for index in ctx.facts.references_named(inner.name):
        one = ctx.facts.reference(index)
        if one.member or one.role is Role.KEYWORD or one.start == inner.start:
            continue
        if ctx.bindings.lookup(one.name, one.start) != own:
            raise Refused(f"`{inner.name}` means something else in the same file.")
        if one.role in (Role.WRITE, Role.DEFINE, Role.BIND, Role.OUTER):
            raise Refused(f"`{inner.name}` is defined in several places.")
        yield one


def _call_at(ctx: RefactorContext, one: Reference) -> Call | None:
    node = ctx.parsed.root.named_descendant_for_byte_range(one.start, one.end)
    for around in ancestors(node) if node is not None else ():
        call = ctx.spec.call(around, ctx.text)
        if call is not None:
            return call if call.callee == one.span else None
        if around.end_byte > one.end + 1_000:
            break
    return None


def _lifted(inner: _Inner) -> Refactored:
    ctx = inner.ctx
    captured = _captured(inner)
    name = inner.name
    if ctx.bindings.top_level(name) or name in ctx.spec.builtins:
        raise Refused(f"`{name}` already means something at the top of the file.")
    own: list[TextEdit] = []
    others: list[TextEdit] = []
    names = [variable.name for variable in captured]
    for one in _uses(inner):
        if not names:
            break
        call = _call_at(ctx, one)
        if call is None:
            raise Refused(f"`{name}` is handed on, and reads `{names[0]}` of the function around.")
        at = call.list_span.start + 1
        if ctx.text[at - 1 : at] != b"(":
            raise Refused(f"`{name}` is called in a form that is not known.")
        inside = inner.span.covers(one.span)
        for variable in captured:
            bound = ctx.bindings.locals_named(variable.name, one.start)
            if not inside and variable.declared not in bound:
                raise Refused(f"`{variable.name}` is another where `{name}` is called.")
        text = ", ".join(names) + (", " if call.arguments else "")
        (own if inside else others).append(TextEdit(Span(at, at), text))
    own.extend(_with_parameters(inner, captured))
    outermost = top_statement(ctx, _outermost(inner).start_byte)
    if outermost is None:
        raise Refused("The function around it stands in a block.")
    code = _code(inner, own)
    newline = newline_of(ctx.text)
    at = line_start(ctx.text, with_comments_above(ctx, outermost))
    gap = newline * (1 + max(ctx.shapes.writing.blank_lines, 1))
    others.append(TextEdit(Span(at, at), code + gap))
    removed = statement_removed(ctx, inner.statement)
    if not is_only_statement(ctx, inner.statement):
        removed = TextEdit(definition_lines(ctx, inner.statement), "")
    if any(removed.span.overlaps(edit.span) for edit in others):
        raise Refused(f"`{name}` cannot be taken out alone.")
    others.append(removed)
    change = SourceChange({ctx.path: sorted_edits(others)})
    return Refactored(change, frozenset({name, *names}))


def _outermost(inner: _Inner) -> Node:
    current = inner.statement
    containers = inner.ctx.shapes.moving.containers
    for around in ancestors(inner.statement):
        if around.parent is None or around.type in containers:
            break
        current = around
    return current


def _with_parameters(inner: _Inner, captured: Sequence[Variable]) -> list[TextEdit]:
    ctx = inner.ctx
    if not captured:
        return []
    headers = ctx.shapes.headers
    written = []
    for variable in captured:
        kind = _annotation(ctx, variable)
        if headers.typed and not kind:
            kind = type_of_variable(ctx, variable)
        elif not headers.typed and not _is_annotated(inner):
            kind = ""
        if ctx.shapes.writing.types_needed and not kind:
            raise Refused(f"The type of `{variable.name}` is not known.")
        written.append(headers.write(NewParameter(variable.name, kind)))
    text = ", ".join(written)
    body = inner.function.child_by_field_name("body")
    end = body.start_byte if body is not None else inner.function.end_byte
    listed = inner.function.child_by_field_name("parameters")
    if listed is None:
        listed = next(
            (
                one
                for one in descendants(inner.function)
                if one.type in headers.lists and one.start_byte < end
            ),
            None,
        )
    if listed is not None:
        if ctx.text[listed.start_byte : listed.start_byte + 1] == b"(":
            at = listed.start_byte + 1
            return [TextEdit(Span(at, at), text + (", " if listed.named_child_count else ""))]
        # `lambda x: x`
        return [TextEdit(Span(listed.start_byte, listed.start_byte), f"{text}, ")]
    single = inner.function.child_by_field_name("parameter")
    if single is not None:
        span = Span(single.start_byte, single.end_byte)
        return [TextEdit(span, f"({text}, {ctx.source(single)})")]
    if body is not None and inner.function.type in ctx.shapes.lambdas:
        head = ctx.text[inner.function.start_byte : body.start_byte]
        colon = head.rfind(b":")
        if colon > 0:
            at = inner.function.start_byte + colon
            return [TextEdit(Span(at, at), f" {text}")]
    raise Refused(f"The parameters of `{inner.name}` cannot be read.")


def _annotation(ctx: RefactorContext, variable: Variable) -> str:
    """The type that a parameter is declared with."""
    name = ctx.parsed.root.named_descendant_for_byte_range(
        variable.declared, variable.declared + len(variable.name.encode())
    )
    parent = name.parent if name is not None else None
    written = parent.child_by_field_name("type") if parent is not None else None
    return ctx.source(written).removeprefix(":").strip() if written is not None else ""


def _is_annotated(inner: _Inner) -> bool:
    """Whether a function's header says types where it need not."""
    listed = inner.function.child_by_field_name("parameters")
    return inner.function.child_by_field_name("return_type") is not None or (
        listed is not None
        and any(one.child_by_field_name("type") is not None for one in listed.named_children)
    )


def _code(inner: _Inner, own: Sequence[TextEdit]) -> str:
    """The function as it stands at the top."""
    ctx = inner.ctx
    start = line_start(ctx.text, with_comments_above(ctx, inner.statement))
    if ctx.text[start : inner.statement.start_byte].strip() and start == line_start(
        ctx.text, inner.statement.start_byte
    ):
        raise Refused(f"`{inner.name}` stands beside other code on its line.")
    end = statements_span(ctx, [inner.statement]).end
    old = indent_at(ctx.text, inner.statement.start_byte)
    before = len(ctx.text)
    after = with_text(ctx, apply_edits(ctx.text, sorted_edits(own)))
    first = start + len(indent_at(ctx.text, start))
    span = Span(first, end + len(after.text) - before)
    text = reindented(after, span, "", old)
    rewrite = ctx.shapes.moving.lifted
    if rewrite is not None and inner.function.type in ctx.shapes.lambdas:
        text = rewrite(inner.name, text)
    return text.rstrip()


# A method.


def _freed(ctx: RefactorContext, header: Header) -> Refactored:
    symbol, name = header.symbol, header.name
    if symbol.flags & _ODD:
        raise Refused(f"`{name}` is abstract, a property or an override.")
    static = bool(symbol.flags & SymbolFlag.STATIC)
    reason = "" if static else needs_object(header)
    if reason:
        raise Refused(reason)
    if name in ctx.spec.constructor_names or (name.startswith("__") and name.endswith("__")):
        raise Refused(f"`{name}` is called by the language itself.")
    family = family_of(ctx, header)
    if len(family) > 1:
        raise Refused(f"`{name}` is overridden, or overrides another.")
    if symbol.flags & SymbolFlag.DECORATED and not static:
        raise Refused(f"`{name}` is decorated.")
    owner = owner_of(ctx.graph, header.id)
    assert owner is not None
    if ctx.bindings.top_level(name) or name in ctx.spec.builtins:
        raise Refused(f"`{name}` already means something at the top of the file.")
    own: list[TextEdit] = []
    edits: dict[str, list[TextEdit]] = {}
    for caller in callers_of(ctx, header, family, adds=False):
        path = caller.site.location.path
        here = ctx.at(path)
        start, at = caller.site.call.callee.start, caller.site.location.span.start
        receiver = here.source(Span(start, at)).rstrip()
        if not re.fullmatch(r"[\w$]+(?:\.[\w$]+)*\.", receiver):
            raise Refused(
                f"What `{receiver.rstrip('.')}` does in {caller.where} would be left out."
            )
        if caller.site.bound is False and not static:
            raise Refused(f"{caller.where} passes the object of `{name}` itself.")
        if here.bindings.lookup(name, at):
            raise Refused(f"`{name}` already means something in {caller.where}.")
        if path == ctx.path:
            inside = ctx.facts.symbol_at(at)
            if inside is not None and inside.kind in TYPE_KINDS:
                raise Refused(f"{caller.where} calls it before it would be defined.")
        edit = TextEdit(Span(start, at), "")
        if path == ctx.path and symbol.span.start <= start < symbol.span.end:
            own.append(edit)
        else:
            edits.setdefault(path, []).append(edit)
    changes: dict[str, tuple[TextEdit, ...]] = {}
    here_edits = edits.pop(ctx.path, [])
    here_edits.extend(_moved_method(ctx, header, owner, own, outside=bool(edits)))
    changes[ctx.path] = sorted_edits(here_edits)
    for path, held in edits.items():
        changes[path] = _with_function_imported(ctx, path, held, name)
    change = SourceChange(changes, certain=len(changes) == 1)
    receiver_names = {one.name for one in header.parameters[:1]}
    return Refactored(change, frozenset({name, *receiver_names, *ctx.spec.receivers}))


def _with_function_imported(
    ctx: RefactorContext, path: str, held: Sequence[TextEdit], name: str
) -> tuple[TextEdit, ...]:
    here = ctx.at(path)
    module, level = address_of(Move(ctx, (), ctx.path), path, ctx.path)
    after = with_text(here, apply_edits(here.text, sorted_edits(held)))
    item = Import(NO_SPAN, module, name, name, level, NO_SPAN)
    text = with_import(after, item)
    return minimal_edits(here.text, text)


def _moved_method(
    ctx: RefactorContext,
    header: Header,
    owner: SymbolId,
    own: Sequence[TextEdit],
    *,
    outside: bool,
) -> list[TextEdit]:
    symbol = header.symbol
    at = ctx.parsed.root.named_descendant_for_byte_range(
        symbol.name_span.start, symbol.name_span.end
    )
    node = at
    for one in ancestors(at) if at is not None else ():
        if one.parent is not None and (
            one.parent.type in ctx.shapes.classes
            or (one.parent.parent is not None and one.parent.parent.type in ctx.shapes.classes)
        ):
            node = one
            break
    statement = top_statement(ctx, ctx.graph.symbol(owner).name_span.start)
    if node is None or statement is None:
        raise Refused(f"`{header.name}` stands in a form that is not known.")
    start = with_comments_above(ctx, node)
    end = statements_span(ctx, [node]).end
    edits = list(own)
    first = header.parameters[0] if header.parameters else None
    if first is not None and first.kind is ParameterKind.RECEIVER and header.items:
        entries = [Entry(at, item.text) for at, item in enumerate(header.items) if item.index > 0]
        kinds = [header.parameters[item.index].kind for item in header.items if item.index > 0]
        edits.extend(relisted(header, with_marks(header, entries, kinds)))
    before = len(ctx.text)
    after = with_text(ctx, apply_edits(ctx.text, sorted_edits(edits)))
    old = indent_at(ctx.text, node.start_byte)
    text = reindented(after, Span(start, end + len(after.text) - before), "", old).rstrip()
    offered = ctx.shapes.moving.offers
    exported = outside or (offered is not None and offered(statement))
    try:
        text = ctx.shapes.moving.freed(text, ctx.shapes.moving.offer if exported else "")
    except ValueError as error:
        raise Refused(str(error)) from error
    newline = newline_of(ctx.text)
    blank = newline * (1 + max(ctx.shapes.writing.blank_lines, 1))
    place = statements_span(ctx, [statement]).end
    removed = TextEdit(definition_lines(ctx, node), "")
    if _is_only_member(ctx, node) and ctx.spec.habits.empty_body:
        removed = TextEdit(Span(start, end), ctx.spec.habits.empty_body)
    if removed.span.end > place:
        # The last lines of the file: what stood there was the method.
        removed = TextEdit(Span(removed.span.start, end), "")
        return [TextEdit(Span(removed.span.start, place), blank + text)]
    return [removed, TextEdit(Span(place, place), blank + text)]


def _is_only_member(ctx: RefactorContext, node: Node) -> bool:
    block = node.parent
    if block is None:
        return False
    return all(one.id == node.id or one.type in ctx.shapes.comments for one in block.named_children)


REFACTOR = Refactor(
    "move.to_top_level",
    "Move to the top of the file",
    "refactor.move.top_level",
    LANGUAGE_IDS,
    _offers,
    _apply,
    __doc__ or "",
)
