"""Make a method that does not use its object one of its type.

```python
class Box:
    def area(self, width, height):
        return width * height

print(Box().area(2, 3))
```

```python
class Box:
    @staticmethod
    def area(width, height):
        return width * height

print(Box().area(2, 3))
```

Calls stay where they may be made on an object; else they name the type (`this.area(2)` becomes
`Box.area(2)`). Refused where the object is used, for methods that override or are overridden, are
decorated or special, and where not all callers are known.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pairwright_analyzers.edits import sorted_edits
from pairwright_analyzers.graph.entities import SymbolEntity
from pairwright_analyzers.languages import LANGUAGES
from pairwright_analyzers.refactors.callers import (
    Caller,
    callers_of,
    family_of,
    is_constructor,
)
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.header import Entry, Header, header_at, relisted, with_marks
from pairwright_analyzers.refactors.layout import indent_at, line_start, newline_of
from pairwright_analyzers.refactors.model import Offer, Refactor, Refactored, Refused
from pairwright_analyzers.refactors.remove_parameter import asked_header
from pairwright_analyzers.refactors.subjects import bare, owner_of
from pairwright_analyzers.refactors.variables import variable_at
from pairwright_analyzers.syntax import descendants
from pairwright_analyzers.types import (
    TYPE_KINDS,
    ParameterKind,
    SourceChange,
    Span,
    SymbolFlag,
    SymbolKind,
    TextEdit,
)

if TYPE_CHECKING:
    from tree_sitter import Node

_LANGUAGES = frozenset(spec.id for spec in LANGUAGES if spec.shapes.headers.static)
_ODD = SymbolFlag.STATIC | SymbolFlag.CLASS_METHOD | SymbolFlag.ABSTRACT | SymbolFlag.PROPERTY
_AFTER = re.compile(r"(?:(?:public|private|protected|internal|final|export)\s+)*")
_MEMBERS = frozenset(
    {SymbolKind.METHOD, SymbolKind.FIELD, SymbolKind.PROPERTY, SymbolKind.CONSTRUCTOR}
)


def _offers(ctx: RefactorContext) -> Sequence[Offer]:
    reference = ctx.facts.reference_at(ctx.selection.start)
    if reference is None or reference.role.name != "DEFINE":
        return ()
    header = header_at(ctx)
    if header is None or not header.symbol.name_span.contains(ctx.selection.start):
        return ()
    if not _is_method(header) or header.symbol.flags & _ODD or needs_object(header):
        return ()
    return (Offer(f"Make `{header.name}` static"),)


def _is_method(header: Header) -> bool:
    graph = header.ctx.graph
    owner = owner_of(graph, header.id)
    if owner is None or graph.symbol(owner).kind not in TYPE_KINDS:
        return False
    return not is_constructor(graph, header.id)


def needs_object(header: Header) -> str:
    """Why a method needs its object; "" where it does not."""
    ctx, symbol = header.ctx, header.symbol
    receiver = header.parameters[0] if header.parameters else None
    words = set(ctx.spec.super_words)
    declared = receiver is not None and receiver.kind is ParameterKind.RECEIVER
    if declared and header.items:
        item = header.items[0]
        variable = variable_at(ctx, item.name.start) if item.name is not None else None
        if variable is None:
            return "Its object is not a plain name."
        if any(not item.span.start <= use.start < item.span.end for use in variable.uses):
            return f"`{symbol.name}` uses its object."
    elif ctx.spec.arguments.first_is_receiver:
        return f"`{symbol.name}` has no object."
    else:
        words |= set(ctx.spec.receivers)
    node = _body_node(header)
    for one in descendants(node) if node is not None else ():
        if one.child_count <= 2 and ctx.source(one) in words:
            return f"`{symbol.name}` uses its object."
    if ctx.spec.implicit_receiver and _uses_members(header):
        return f"`{symbol.name}` uses members of its object."
    return ""


def _body_node(header: Header) -> Node | None:
    span = header.symbol.span
    return header.ctx.parsed.root.named_descendant_for_byte_range(span.start, span.end)


def _uses_members(header: Header) -> bool:
    """Whether a bare name in the body means a member of an object."""
    ctx = header.ctx
    for index in ctx.facts.references_in(header.symbol.span):
        one = ctx.facts.reference(index)
        if one.member or one.start == header.symbol.name_span.start:
            continue
        for entity, _ in ctx.graph.resolver.resolve(ctx.path, index):
            if not isinstance(entity, SymbolEntity) or entity.id.index < 0:
                continue
            symbol = ctx.graph.symbol(entity.id)
            if header.symbol.span.covers(symbol.span) and entity.id.path == ctx.path:
                continue
            member = symbol.kind in _MEMBERS and symbol.kind is not SymbolKind.CONSTRUCTOR
            if member and not symbol.flags & SymbolFlag.STATIC:
                return True
    return False


def _apply(ctx: RefactorContext, _arguments: Mapping[str, Any]) -> Refactored:
    header = asked_header(ctx)
    symbol = header.symbol
    if not _is_method(header) or symbol.flags & (SymbolFlag.STATIC | SymbolFlag.CLASS_METHOD):
        raise Refused(f"`{symbol.name}` is not a method of an object.")
    if symbol.flags & _ODD or not header.has_body:
        raise Refused(f"`{symbol.name}` is abstract or a property.")
    reason = needs_object(header)
    if reason:
        raise Refused(reason)
    if symbol.flags & SymbolFlag.DECORATED:
        raise Refused(f"`{symbol.name}` is decorated.")
    family = family_of(ctx, header)
    if len(family) > 1:
        raise Refused(f"`{symbol.name}` is overridden, or overrides another.")
    edits: dict[str, list[TextEdit]] = {ctx.path: _definition(header)}
    for caller in callers_of(ctx, header, family, adds=False):
        edit = _call_edit(ctx, header, caller)
        if edit is not None:
            edits.setdefault(caller.site.location.path, []).append(edit)
    ordered = {path: sorted_edits(held) for path, held in edits.items()}
    receiver = [one.name for one in header.parameters[:1] if one.kind is ParameterKind.RECEIVER]
    names = {symbol.name, *receiver, *header.ctx.spec.receivers}
    owner = owner_of(ctx.graph, header.id)
    if owner is not None:
        names.add(ctx.graph.symbol(owner).name)
    return Refactored(SourceChange(ordered, certain=len(ordered) == 1), frozenset(names))


def _definition(header: Header) -> list[TextEdit]:
    ctx, text = header.ctx, header.ctx.text
    word = ctx.shapes.headers.static
    if word.startswith("@"):
        start = line_start(text, header.symbol.name_span.start)
        indent = indent_at(text, start)
        at = Span(start, start)
        entries = [Entry(at, item.text) for at, item in enumerate(header.items) if item.index > 0]
        kinds = [header.parameters[item.index].kind for item in header.items if item.index > 0]
        return [
            TextEdit(at, f"{indent}{word}{newline_of(text)}"),
            *relisted(header, with_marks(header, entries, kinds)),
        ]
    start = _head_start(header)
    return [TextEdit(Span(start, start), word)]


def _head_start(header: Header) -> int:
    """Where `static` goes: behind what says who sees the method."""
    text, name = header.ctx.text, header.symbol.name_span.start
    span = header.symbol.span
    head = text[span.start : name].decode("utf-8", "replace")
    cut = max(head.rfind("\n"), head.rfind(")"), head.rfind("]"))
    # Annotations and attributes stand before the modifiers.
    own = head[cut + 1 :] if "@" in head[: cut + 1] or "[" in head[: cut + 1] else head
    lead = len(own) - len(own.lstrip())
    found = _AFTER.match(own, lead)
    behind = found.end() if found else lead
    return name - len(own[behind:].encode())


def _call_edit(ctx: RefactorContext, header: Header, caller: Caller) -> TextEdit | None:
    """The edit that names the type where a call names an object; None where it may stay."""
    site, headers = caller.site, header.ctx.shapes.headers
    if site.bound is False and any(
        one.kind is ParameterKind.RECEIVER for one in header.parameters[:1]
    ):
        raise Refused(f"{caller.where} passes the object of `{header.name}` itself.")
    if headers.static_by_object:
        return None
    here = ctx.at(site.location.path)
    reference = here.facts.reference(site.reference)
    if not reference.member:
        return None
    callee = Span(site.call.callee.start, site.location.span.start)
    receiver = here.source(callee).rstrip()
    owner = owner_of(ctx.graph, header.id)
    assert owner is not None
    type_name = ctx.graph.symbol(owner).name
    operator = receiver[len(receiver.rstrip(".?!")) :]
    if operator != ".":
        raise Refused(f"{caller.where} may have no object.")
    plain = receiver.rstrip(".")
    if not re.fullmatch(r"[\w$]+(?:\.[\w$]+)*", plain):
        raise Refused(f"What `{plain}` does in {caller.where} would be left out.")
    if plain == type_name:
        return None
    known = {
        entity.id
        for index in here.facts.references_named(type_name)
        for entity, _ in here.graph.resolver.resolve(here.path, index)
        if isinstance(entity, SymbolEntity)
    }
    local = here.path == owner.path and ctx.graph.symbol(owner).container < 0
    if owner not in known and not local and not here.spec.implicit_receiver:
        raise Refused(f"`{type_name}` is not known in {site.location.path}.")
    return TextEdit(callee, f"{bare(type_name)}{headers.type_access}")


REFACTOR = Refactor(
    "signature.make_static",
    "Make method static",
    "refactor.rewrite.make_static",
    _LANGUAGES,
    _offers,
    _apply,
    __doc__ or "",
)
