"""Move a method to the class of one of its parameters, or of a field.

```python
class Cart:                                 class Cart:
    def tax(self, item: Item):                  def total(self, item: Item):
        return item.net * item.rate                 return item.net + item.tax()

    def total(self, item: Item):            class Item:
        return item.net + self.tax(item)        ...
                                                def tax(self):
class Item:                                         return self.net * self.rate
    ...
```

The parameter, or the field, becomes the object of the method. Where the body uses the old object
too, that becomes a parameter. Callers are written anew; with `delegate`, the old method stays and
calls the new one, and nobody else is changed.

Refused where the class has such a member already, for methods that override or are overridden, that
are decorated, special or call themselves, that use hidden members of the old class from outside,
and where a call does more than to name an object.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pairwright_analyzers.edits import apply_edits, minimal_edits, sorted_edits
from pairwright_analyzers.graph import SymbolId
from pairwright_analyzers.graph.entities import InstanceEntity, SymbolEntity
from pairwright_analyzers.graph.queries import all_subtypes_of
from pairwright_analyzers.languages import LANGUAGES
from pairwright_analyzers.languages.headers import NewParameter
from pairwright_analyzers.refactors.add_import import with_import
from pairwright_analyzers.refactors.callers import Caller, callers_of, family_of
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.header import Entry, Header, header_at, relisted, with_marks
from pairwright_analyzers.refactors.imported import with_text
from pairwright_analyzers.refactors.layout import (
    definition_lines,
    indent_at,
    indent_unit,
    newline_of,
    reindented,
    statements_span,
    with_comments_above,
)
from pairwright_analyzers.refactors.model import (
    Offer,
    Option,
    Refactor,
    Refactored,
    Refused,
    flag_argument,
    text_argument,
)
from pairwright_analyzers.refactors.moved import Move, Unit, needs_of
from pairwright_analyzers.refactors.moving import Expected
from pairwright_analyzers.refactors.moving_steps import without_fresh_unused
from pairwright_analyzers.refactors.naming import spelled, words_of
from pairwright_analyzers.refactors.subjects import owner_of
from pairwright_analyzers.signatures import bound_arguments
from pairwright_analyzers.syntax import ancestors, descendants
from pairwright_analyzers.types import (
    TYPE_KINDS,
    Parameter,
    ParameterKind,
    Role,
    SourceChange,
    Span,
    SymbolFlag,
    SymbolKind,
    TextEdit,
)

if TYPE_CHECKING:
    from tree_sitter import Node

_LANGUAGES = frozenset(spec.id for spec in LANGUAGES if spec.shapes.moving.lifts_methods)
_ODD = (
    SymbolFlag.ABSTRACT
    | SymbolFlag.PROPERTY
    | SymbolFlag.OVERRIDE
    | SymbolFlag.CLASS_METHOD
    | SymbolFlag.STATIC
    | SymbolFlag.DECORATED
    | SymbolFlag.OVERLOAD
)
_CLASSES = TYPE_KINDS - {SymbolKind.INTERFACE, SymbolKind.ENUM, SymbolKind.TYPE}
_PLAIN = re.compile(r"[\w$]+(?:\.[\w$]+)*\Z")


@dataclass(frozen=True, slots=True)
class _Goal:
    """The class that a method goes to: `name` is the parameter's, whose index `parameter` is, or
    the field's, -1.
    """

    type: SymbolId
    name: str
    parameter: int


@dataclass(frozen=True)
class _Method:
    """The method: its header, its definition, and where its object is named."""

    header: Header
    node: Node
    receiver: str
    own: tuple[Span, ...]

    @property
    def ctx(self) -> RefactorContext:
        return self.header.ctx


def _method(ctx: RefactorContext) -> _Method | None:
    one = ctx.facts.reference_at(ctx.selection.start)
    if one is None or one.role is not Role.DEFINE:
        return None
    header = header_at(ctx)
    if header is None or not header.symbol.name_span.contains(ctx.selection.start):
        return None
    symbol = header.symbol
    if symbol.kind is not SymbolKind.METHOD or symbol.container < 0 or not header.has_body:
        return None
    if ctx.facts.symbol_kind(symbol.container) not in _CLASSES:
        return None
    node = ctx.parsed.root.named_descendant_for_byte_range(one.start, one.end)
    for around in ancestors(node) if node is not None else ():
        if around.type in ctx.shapes.functions:
            return _Method(header, around, *_receiver(header, around))
    return None


def _receiver(header: Header, node: Node) -> tuple[str, tuple[Span, ...]]:
    """What the method calls its object, and where."""
    ctx = header.ctx
    first = header.parameters[0] if header.parameters else None
    if first is not None and first.kind is ParameterKind.RECEIVER:
        variable = header.variable(0)
        body = header.body
        uses = variable.within(body) if variable is not None else ()
        return first.name, tuple(Span(use.start, use.end) for use in uses)
    words = ctx.spec.receivers
    word = next(iter(sorted(words)), "this")
    found = [
        Span(one.start_byte, one.end_byte)
        for one in descendants(node)
        if one.named_child_count == 0 and ctx.source(one) == word
    ]
    return word, tuple(found)


def _goals(method: _Method) -> Iterator[_Goal]:
    """The classes that a method can go to."""
    ctx, header = method.ctx, method.header
    own = owner_of(ctx.graph, header.id)
    seen: set[tuple[SymbolId, str]] = set()
    for index, parameter in enumerate(header.parameters):
        item = header.item_of(index)
        if parameter.kind is ParameterKind.RECEIVER or item is None or item.name is None:
            continue
        if parameter.kind in (ParameterKind.VARIADIC, ParameterKind.KEYWORD_VARIADIC):
            continue
        for at in ctx.facts.references_in(item.span):
            one = ctx.facts.reference(at)
            if one.role is not Role.ANNOTATE or one.name != parameter.annotation.strip("'\""):
                continue
            found = _class(ctx, at)
            if found is not None and found != own:
                yield _Goal(found, parameter.name, index)
    for span in method.own:
        receiver = ctx.facts.reference_at(span.start)
        at = receiver.index + 1 if receiver is not None and receiver.start == span.start else -1
        if at < 0:
            inside = ctx.facts.references_in(Span(span.end, span.end + 80))
            at = inside.start
        if at >= ctx.facts.reference_count:
            continue
        one = ctx.facts.reference(at)
        if not one.member or ctx.text[span.end : one.start].strip() != b".":
            continue
        if one.role is not Role.READ:
            continue
        for entity, _ in ctx.graph.resolver.value(ctx.path, at, called=False):
            if isinstance(entity, InstanceEntity) and entity.id != own:
                key = (entity.id, one.name)
                if key not in seen and ctx.graph.symbol(entity.id).kind in _CLASSES:
                    seen.add(key)
                    yield _Goal(entity.id, one.name, -1)


def _class(ctx: RefactorContext, index: int) -> SymbolId | None:
    for entity, _ in ctx.graph.resolver.resolve(ctx.path, index):
        if isinstance(entity, SymbolEntity) and ctx.graph.symbol(entity.id).kind in _CLASSES:
            return entity.id
    return None


def _offers(ctx: RefactorContext) -> Sequence[Offer]:
    one = ctx.facts.reference_at(ctx.selection.start)
    if one is None or one.role is not Role.DEFINE:
        return ()
    method = _method(ctx)
    if method is None or method.header.symbol.flags & _ODD:
        return ()
    name = method.header.name
    if name in ctx.spec.constructor_names or name.startswith("__"):
        return ()
    return [
        Offer(
            f"Move `{name}` to `{ctx.graph.symbol(goal.type).name}` (`{goal.name}`)",
            {"target": goal.name},
        )
        for goal in _goals(method)
    ]


def _apply(ctx: RefactorContext, arguments: Mapping[str, Any]) -> Refactored:
    method = _method(ctx)
    if method is None:
        raise Refused("No method of a class stands here.")
    wanted = text_argument(arguments, "target")
    goals = [
        goal
        for goal in _goals(method)
        if wanted in ("", goal.name, ctx.graph.symbol(goal.type).name)
    ]
    if not goals:
        raise Refused(f"No parameter and no field that `{method.header.name}` uses is of a class.")
    if len({(goal.type, goal.name) for goal in goals}) > 1:
        names = ", ".join(f"`{goal.name}`" for goal in goals)
        raise Refused(f"Several can take it: {names}.")
    return _moved(method, goals[0], delegate=flag_argument(arguments, "delegate"))


def _moved(method: _Method, goal: _Goal, *, delegate: bool) -> Refactored:
    ctx, header = method.ctx, method.header
    _refuse_unfit(method, goal)
    host, edits = _body_edits(method, goal)
    code = _code(method, edits)
    callers: Sequence[Caller] = ()
    family = family_of(ctx, header)
    if len(family) > 1:
        raise Refused(f"`{header.name}` is overridden, or overrides another.")
    if not delegate:
        callers = callers_of(ctx, header, family, adds=True)
    held: dict[str, list[TextEdit]] = {ctx.path: []}
    for caller in callers:
        edit = _call_edit(method, goal, host, caller)
        held.setdefault(caller.site.location.path, []).append(edit)
    held[ctx.path].append(_delegating(method, goal, host) if delegate else _removal(method))
    there = ctx if goal.type.path == ctx.path else ctx.at(goal.type.path)
    place = _place(there, goal.type, code)
    held.setdefault(goal.type.path, []).append(place)
    move = Move(ctx, (Unit(header.name, (header.id.index,), (method.node,)),), goal.type.path)
    changes: dict[str, tuple[TextEdit, ...]] = {}
    for path, listed in sorted(held.items()):
        here = ctx.at(path)
        current = with_text(here, apply_edits(here.text, sorted_edits(listed)))
        if path == goal.type.path and path != ctx.path:
            needs = needs_of(move, here)
            if any(need.guard is not None or need.offered is not None for need in needs.imports):
                raise Refused(f"What `{header.name}` needs cannot be imported in {path}.")
            if needs.edits:
                raise Refused(f"`{header.name}` names {path} in its own way.")
            for need in needs.imports:
                current = with_text(current, with_import(current, need.item))
        current = without_fresh_unused(here, current, None)
        plain = apply_edits(here.text, sorted_edits(listed))
        same = plain == current.text
        changes[path] = sorted_edits(listed) if same else minimal_edits(here.text, current.text)
    names = {header.name, method.receiver, goal.name, *([host] if host else [])}
    names |= {ctx.graph.symbol(goal.type).name}
    change = SourceChange(changes, certain=len(changes) == 1)
    expected = Expected(move, frozenset(changes))
    return Refactored(
        change, frozenset(names), None, expected.hold, relocated={header.id: goal.type.path}
    )


def _refuse_unfit(method: _Method, goal: _Goal) -> None:
    ctx, header = method.ctx, method.header
    symbol, name = header.symbol, header.name
    if symbol.flags & _ODD:
        raise Refused(f"`{name}` is static, abstract, decorated, a property or an override.")
    if name in ctx.spec.constructor_names or (name.startswith("__") and name.endswith("__")):
        raise Refused(f"`{name}` is called by the language itself.")
    everyone = [
        goal.type,
        *(base for base, _ in ctx.graph.resolver.ancestors(goal.type)),
        *(link.target for link in all_subtypes_of(ctx.graph, goal.type, ctx.check)),
    ]
    for one in everyone:
        if ctx.graph.resolver.own_members(one, name):
            raise Refused(f"`{ctx.graph.symbol(one).name}` has a member `{name}` already.")
    words = ctx.spec.super_words
    for node in descendants(method.node):
        if node.named_child_count == 0 and ctx.source(node) in words:
            raise Refused(f"`{name}` uses the base of its class.")
    for index in ctx.facts.references_in(header.body):
        if ctx.facts.reference(index).name != name:
            continue
        for entity, _ in ctx.graph.resolver.resolve(ctx.path, index):
            if isinstance(entity, SymbolEntity) and entity.id == header.id:
                raise Refused(f"`{name}` calls itself.")


def _body_edits(method: _Method, goal: _Goal) -> tuple[str, list[TextEdit]]:
    """The name of the parameter that the old object becomes, "" where it is not needed; and the
    edits of the method's own text.
    """
    ctx, header = method.ctx, method.header
    edits: list[TextEdit] = []
    others: list[Span] = []
    for span in method.own:
        end = _field_end(ctx, span, goal.name) if goal.parameter < 0 else None
        if end is not None:
            edits.append(TextEdit(Span(span.start, end), method.receiver))
        else:
            others.append(span)
    owner = owner_of(ctx.graph, header.id)
    assert owner is not None
    owner_name = ctx.graph.symbol(owner).name
    host = ""
    if others:
        host = _host_name(ctx, spelled(ctx.shapes, words_of(owner_name)), header.symbol.span)
        edits.extend(TextEdit(span, host) for span in others)
        _refuse_hidden(method, others)
    if goal.parameter >= 0:
        variable = header.variable(goal.parameter)
        if variable is None:
            raise Refused(f"`{goal.name}` is no plain parameter.")
        for use in variable.within(header.body):
            if use.writes:
                raise Refused(f"`{header.name}` assigns `{goal.name}`.")
            edits.append(TextEdit(Span(use.start, use.end), method.receiver))
    entries: list[Entry] = []
    kinds: list[ParameterKind] = []
    for at, item in enumerate(header.items):
        if item.index < 0 or item.index == goal.parameter:
            continue
        entries.append(Entry(at, item.text))
        kinds.append(header.parameters[item.index].kind)
    if host:
        receives = bool(header.parameters) and header.parameters[0].kind is ParameterKind.RECEIVER
        kind = ""
        if any(one.annotation for one in header.parameters):
            kind = _host_type(ctx, goal, owner, owner_name)
        new = ctx.shapes.headers.write(NewParameter(host, kind))
        entries.insert(1 if receives else 0, Entry(-1, new))
        kinds.insert(1 if receives else 0, ParameterKind.POSITIONAL)
    edits.extend(relisted(header, with_marks(header, entries, kinds)))
    return host, edits


def _host_name(ctx: RefactorContext, name: str, span: Span) -> str:
    """A name that the method does not use yet."""
    used = {ctx.facts.reference(index).name for index in ctx.facts.references_in(span)}
    chosen, count = name, 1
    while chosen in used or chosen in ctx.shapes.keywords:
        count += 1
        chosen = f"{name}{count}"
    return chosen


def _host_type(ctx: RefactorContext, goal: _Goal, owner: SymbolId, name: str) -> str:
    """The type of the parameter that the old object becomes, as the new class can write it."""
    quoted = ctx.shapes.moving.quoted_types
    if goal.type.path != owner.path:
        if not quoted:
            raise Refused(f"{goal.type.path} would have to know `{name}`.")
        return ""
    return f'"{name}"' if quoted and not _is_known_before(ctx, goal, owner) else name


def _is_known_before(ctx: RefactorContext, goal: _Goal, owner: SymbolId) -> bool:
    """Whether the old class is defined above the new one."""
    if goal.type.path != owner.path:
        return False
    return ctx.graph.symbol(owner).span.end <= ctx.graph.symbol(goal.type).span.start


def _field_end(ctx: RefactorContext, span: Span, name: str) -> int | None:
    """Where `self.name` ends, for the receiver at a span; None for anything else."""
    match = re.compile(rb"\s*\.\s*" + re.escape(name.encode()) + rb"(?![\w$])").match(
        ctx.text, span.end
    )
    if match is None:
        return None
    one = ctx.facts.reference_at(match.end() - 1)
    if one is None or one.role is Role.WRITE:
        raise Refused(f"The method assigns `{name}`.")
    return match.end()


def _refuse_hidden(method: _Method, spans: Sequence[Span]) -> None:
    """Refuses members of the old object that only its class may use."""
    ctx = method.ctx
    for span in spans:
        inside = ctx.facts.references_in(Span(span.end, span.end + 80))
        if not len(inside):
            continue
        one = ctx.facts.reference(inside.start)
        if not one.member or ctx.text[span.end : one.start].strip() != b".":
            continue
        hidden = one.name.startswith(("#", "__")) and not one.name.endswith("__")
        for entity, _ in ctx.graph.resolver.resolve(ctx.path, one.index):
            if isinstance(entity, SymbolEntity) and not ctx.spec.arguments.first_is_receiver:
                hidden |= bool(ctx.graph.symbol(entity.id).flags & SymbolFlag.PRIVATE)
        if hidden:
            raise Refused(f"`{one.name}` is hidden from other classes.")


def _code(method: _Method, edits: Sequence[TextEdit]) -> str:
    """The method as the other class has it, without indentation."""
    ctx, node = method.ctx, method.node
    start, end = with_comments_above(ctx, node), statements_span(ctx, [node]).end
    before = len(ctx.text)
    after = with_text(ctx, apply_edits(ctx.text, sorted_edits(edits)))
    old = indent_at(ctx.text, node.start_byte)
    return reindented(after, Span(start, end + len(after.text) - before), "", old).rstrip()


def _place(ctx: RefactorContext, type_id: SymbolId, code: str) -> TextEdit:
    """The edit that puts a method behind the last member of a class."""
    symbol = ctx.graph.symbol(type_id)
    node = ctx.parsed.root.named_descendant_for_byte_range(
        symbol.name_span.start, symbol.name_span.end
    )
    body = None
    for one in ancestors(node) if node is not None else ():
        if one.type in ctx.shapes.classes:
            body = one.child_by_field_name("body")
            break
    if body is None:
        raise Refused(f"`{symbol.name}` cannot be read whole.")
    newline = newline_of(ctx.text)
    members = [one for one in body.named_children if one.type not in ctx.shapes.comments]
    unit = indent_unit(ctx.text, ctx.shapes)
    indent = indent_at(ctx.text, symbol.name_span.start) + unit
    empty = ctx.spec.habits.empty_body
    if members:
        last = members[-1]
        if ctx.source(last) == empty and len(members) == 1:
            text = _indented(code, indent, newline)
            return TextEdit(Span(last.start_byte, last.end_byte), text.lstrip())
        if b"\n" not in ctx.text[symbol.name_span.end : last.end_byte]:
            raise Refused(f"`{symbol.name}` stands on one line.")
        indent = indent_at(ctx.text, members[0].start_byte)
        at = statements_span(ctx, [last]).end
        text = newline * 2 + _indented(code, indent, newline)
        return TextEdit(Span(at, at), text)
    text = f"{{{newline}{_indented(code, indent, newline)}{newline}{indent.removesuffix(unit)}}}"
    if not ctx.source(body).startswith("{"):
        raise Refused(f"`{symbol.name}` cannot be read whole.")
    return TextEdit(Span(body.start_byte, body.end_byte), text)


def _indented(code: str, indent: str, newline: str) -> str:
    lines = code.replace("\r\n", "\n").split("\n")
    return newline.join(indent + line if line.strip() else line for line in lines)


def _removal(method: _Method) -> TextEdit:
    ctx, node = method.ctx, method.node
    block = node.parent
    if block is not None and ctx.spec.habits.empty_body:
        rest = [
            one
            for one in block.named_children
            if one.id != node.id and one.type not in ctx.shapes.comments
        ]
        if not rest:
            span = Span(with_comments_above(ctx, node), node.end_byte)
            return TextEdit(span, ctx.spec.habits.empty_body)
    return TextEdit(definition_lines(ctx, node), "")


# Calls.


def _call_edit(method: _Method, goal: _Goal, host: str, caller: Caller) -> TextEdit:
    site = caller.site
    here = method.ctx.at(site.location.path)
    receiver = here.source(Span(site.call.callee.start, site.location.span.start)).rstrip()
    receiver = receiver.removesuffix(".").rstrip()
    if not _PLAIN.match(receiver) or site.bound is False:
        raise Refused(f"What `{receiver}` does in {caller.where} would be done twice, or not.")
    given = bound_arguments(here.spec, method.header.signature, site.call, bound=bool(site.bound))
    if given is None:
        raise Refused(f"The arguments in {caller.where} cannot be read.")
    listed = list(site.call.arguments)
    target = f"{receiver}.{goal.name}"
    if goal.parameter >= 0:
        argument = given.get(goal.parameter)
        if argument is None:
            raise Refused(f"{caller.where} leaves out `{goal.name}`.")
        target = here.source(argument.value)
        if not _PLAIN.match(target):
            raise Refused(f"`{target}` in {caller.where} is more than a name.")
        listed = [one for one in listed if one.span != argument.span]
    texts = ([receiver] if host else []) + [here.source(one.span) for one in listed]
    text = f"{target}.{method.header.name}({', '.join(texts)})"
    return TextEdit(Span(site.call.callee.start, site.call.list_span.end), text)


def _delegating(method: _Method, goal: _Goal, host: str) -> TextEdit:
    """The old method, calling the new one."""
    ctx, header = method.ctx, method.header
    body = method.node.child_by_field_name("body")
    if body is None:
        raise Refused(f"`{header.name}` cannot be read whole.")
    own = goal.name if goal.parameter >= 0 else f"{method.receiver}.{goal.name}"
    texts = [method.receiver] if host else []
    for index, parameter in enumerate(header.parameters):
        if parameter.kind is not ParameterKind.RECEIVER and index != goal.parameter:
            texts.append(_passed(parameter, ctx.spec.arguments.keyword_label))
    wait = "await " if header.symbol.flags & SymbolFlag.ASYNC else ""
    end = ctx.shapes.terminator
    call = f"return {wait}{own}.{header.name}({', '.join(texts)}){end}"
    if not ctx.source(body).startswith("{"):
        return TextEdit(Span(body.start_byte, body.end_byte), call)
    newline = newline_of(ctx.text)
    indent = indent_at(ctx.text, method.node.start_byte)
    unit = indent_unit(ctx.text, ctx.shapes)
    text = f"{{{newline}{indent}{unit}{call}{newline}{indent}}}"
    return TextEdit(Span(body.start_byte, body.end_byte), text)


def _passed(parameter: Parameter, label: str) -> str:
    if parameter.kind is ParameterKind.VARIADIC:
        return f"*{parameter.name}" if label == "{}=" else f"...{parameter.name}"
    if parameter.kind is ParameterKind.KEYWORD_VARIADIC:
        return f"**{parameter.name}"
    if parameter.kind is ParameterKind.KEYWORD_ONLY:
        return f"{label.format(parameter.name)}{parameter.name}"
    return parameter.name


REFACTOR = Refactor(
    "move.method",
    "Move method to another class",
    "refactor.move.method",
    _LANGUAGES,
    _offers,
    _apply,
    __doc__ or "",
    (
        Option("target", "string", "The parameter, the field or the class that it goes to."),
        Option("delegate", "boolean", "The old method stays and calls the new one."),
    ),
)
