"""Put a function's body in the place of its calls, and take the function away.

    def area(w, h):                print(3 * 4)
        return w * h          ->
    print(area(3, 4))

Offered on the name of a function: at its definition for all calls, at a call for that one alone
too (`inline.call`). A body of several statements goes before the statement of the call. Refused
where the call would not do the same: other ways out of the body than its end, decorators,
overrides, recursion, names that mean something else at the call, arguments whose order matters.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from pairwright_analyzers.edits import apply_edits
from pairwright_analyzers.graph import SymbolId
from pairwright_analyzers.graph.bindings import Binding, BindingKind
from pairwright_analyzers.graph.queries import overridden_by, overrides, references_to
from pairwright_analyzers.languages.shapes import NewVariable
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.layout import (
    indent_at,
    newline_of,
    reindented,
    statements_span,
    with_comments_above,
)
from pairwright_analyzers.refactors.model import EVERYWHERE, Offer, Refactor, Refactored, Refused
from pairwright_analyzers.refactors.naming import free_name, is_taken
from pairwright_analyzers.refactors.removal import definition_removed, statement_removed
from pairwright_analyzers.refactors.values import fitted, makes_object, runs_code
from pairwright_analyzers.refactors.variables import Variable, variable_at, variables_in
from pairwright_analyzers.signatures import bound_arguments
from pairwright_analyzers.sites import CallSite, call_site_at, call_sites, signature_at
from pairwright_analyzers.syntax import ancestors, descendants, parse_politely, span_of
from pairwright_analyzers.types import (
    CALLABLE_KINDS,
    Parameter,
    ParameterKind,
    Signature,
    SourceChange,
    Span,
    Symbol,
    SymbolFlag,
    SymbolKind,
    TextEdit,
)

if TYPE_CHECKING:
    from tree_sitter import Node

_UNFIT = SymbolFlag.ABSTRACT | SymbolFlag.DECORATED | SymbolFlag.GENERATOR | SymbolFlag.OVERLOAD


@dataclass(frozen=True)
class _Function:
    """A function that can be inlined: its statements without the last `return`, and the value it
    gives back. `early` are its other ways out.
    """

    ctx: RefactorContext
    id: SymbolId
    symbol: Symbol
    node: Node
    signature: Signature
    statements: tuple[Node, ...]
    value: Node | None
    early: bool

    @property
    def name(self) -> str:
        return self.symbol.name

    @property
    def body(self) -> Span:
        """The bytes of all that is put in the place of a call."""
        nodes = [*self.statements, *([self.value] if self.value is not None else [])]
        return Span(nodes[0].start_byte, nodes[-1].end_byte) if nodes else Span(0, 0)


def _call_offers(ctx: RefactorContext) -> Sequence[Offer]:
    found = _asked(ctx)
    if found is None or _is_definition(ctx, found):
        return ()
    site = call_site_at(ctx.graph, found, ctx.parsed, ctx.path, ctx.selection.start)
    if site is None:
        return ()
    title = f"Inline this call of `{ctx.graph.symbol(found).name}`"
    try:
        # Whether it is overridden is asked of the whole workspace: when it is chosen.
        _inlined(ctx, _function(ctx, found), site)
    except Refused as refused:
        return (Offer(title, refused=str(refused)),)
    return (Offer(title),)


def _function_offers(ctx: RefactorContext) -> Sequence[Offer]:
    found = _asked(ctx)
    if found is None:
        return ()
    title = f"Inline `{ctx.graph.symbol(found).name}` and remove it"
    try:
        _function(ctx, found)
    except Refused as refused:
        return (Offer(title, refused=str(refused)),) if _is_definition(ctx, found) else ()
    return (Offer(title),)


def _apply_call(ctx: RefactorContext, _arguments: Mapping[str, Any]) -> Refactored:
    found = _asked(ctx)
    if found is None or _is_definition(ctx, found):
        raise Refused("No call of a function of this workspace stands here.")
    edits, names = _one_edit(ctx, found)
    return Refactored(SourceChange({ctx.path: edits}), names)


def _one_edit(ctx: RefactorContext, found: SymbolId) -> tuple[tuple[TextEdit, ...], frozenset[str]]:
    function = _function(ctx, found)
    _refuse_overridden(ctx, found)
    site = call_site_at(ctx.graph, found, ctx.parsed, ctx.path, ctx.selection.start)
    if site is None:
        raise Refused(f"`{function.name}` is not called here.")
    return _inlined(ctx, function, site)


def _apply_function(ctx: RefactorContext, _arguments: Mapping[str, Any]) -> Refactored:
    found = _asked(ctx)
    if found is None:
        raise Refused("No function of this workspace stands here.")
    function = _function(ctx, found)
    _refuse_overridden(ctx, found)
    sites = _sites(ctx, function)
    if not sites:
        raise Refused(f"`{function.name}` is not called anywhere.")
    edits: dict[str, list[TextEdit]] = {}
    names = {function.name}
    for site in sites:
        ctx.check()
        made, introduced = _inlined(ctx.at(site.location.path), function, site)
        edits.setdefault(site.location.path, []).extend(made)
        names |= introduced
    edits.setdefault(found.path, []).append(definition_removed(function.ctx, _whole(function)))
    ordered: dict[str, tuple[TextEdit, ...]] = {}
    for path, held in edits.items():
        held.sort(key=lambda edit: (edit.span.start, edit.span.end))
        for before, after in pairwise(held):
            if after.span.start < before.span.end:
                raise Refused(f"A call of `{function.name}` is inside of another one.")
        ordered[path] = tuple(held)
    change = SourceChange(ordered, certain=len(ordered) == 1)
    return Refactored(change, frozenset(names))


# What is asked for.


def _asked(ctx: RefactorContext) -> SymbolId | None:
    """The function that is named at the selection."""
    reference = ctx.facts.reference_at(ctx.selection.start)
    if reference is None or not (ctx.is_cursor or ctx.source(ctx.selection) == reference.name):
        return None
    found = ctx.symbol
    if found is None or found.index < 0:
        return None
    kind = ctx.graph.symbol(found).kind
    return found if kind in CALLABLE_KINDS else None


def _is_definition(ctx: RefactorContext, found: SymbolId) -> bool:
    span = ctx.graph.symbol(found).name_span
    return found.path == ctx.path and span.start <= ctx.selection.start <= span.end


def _function(ctx: RefactorContext, found: SymbolId) -> _Function:
    """The function of a symbol. Raises `Refused` for one that cannot stand in place of a call."""
    here = ctx.at(found.path)
    symbol = ctx.graph.symbol(found)
    name = symbol.name
    if symbol.kind is SymbolKind.CONSTRUCTOR:
        raise Refused("A constructor cannot be inlined.")
    if symbol.kind is SymbolKind.MACRO:
        raise Refused("A macro cannot be inlined.")
    if symbol.flags & _UNFIT or symbol.body_start >= symbol.span.end:
        raise Refused(f"`{name}` is decorated, abstract or a generator.")
    node = _node(here, symbol)
    shapes = here.shapes
    if next(here.inside(node, shapes.yields | shapes.jumps), None) is not None:
        raise Refused(f"`{name}` is a generator, or jumps.")
    if symbol.flags & SymbolFlag.ASYNC:
        raise Refused(f"`{name}` is asynchronous.")
    statements, value = _parts(here, node)
    ways_out = [one for statement in statements for one in here.inside(statement, shapes.returns)]
    signature = signature_at(ctx.graph, found)
    function = _Function(
        here, found, symbol, node, signature, statements, value, early=bool(ways_out)
    )
    for index in here.facts.references_named(name):
        one = here.facts.reference(index)
        if span_of(node).covers(one.span) and one.start != symbol.name_span.start:
            for link in ctx.graph.resolver.resolve(found.path, index):
                if getattr(link[0], "id", None) == found:
                    raise Refused(f"`{name}` calls itself.")
    return function


def _refuse_overridden(ctx: RefactorContext, found: SymbolId) -> None:
    symbol = ctx.graph.symbol(found)
    member = symbol.container >= 0 or bool(symbol.owner)
    if member and (overrides(ctx.graph, found) or overridden_by(ctx.graph, found, ctx.check)):
        raise Refused(f"`{symbol.name}` is overridden: which one runs is not known.")


def _node(ctx: RefactorContext, symbol: Symbol) -> Node:
    at = ctx.parsed.root.named_descendant_for_byte_range(symbol.body_start, symbol.body_start)
    for one in (at, *ancestors(at)) if at is not None else ():
        if one.type in ctx.shapes.functions and one.end_byte <= symbol.span.end:
            return one
    raise Refused(f"The body of `{symbol.name}` cannot be read.")


def _parts(ctx: RefactorContext, node: Node) -> tuple[tuple[Node, ...], Node | None]:
    """A function's statements and the value that it gives back at its end."""
    shapes = ctx.shapes
    body = node.child_by_field_name("body")
    if body is None:
        return (), None
    while body.type not in shapes.blocks and body.type not in shapes.expressions:
        inner = body.named_children
        if len(inner) != 1:
            break
        body = inner[0]
    if body.type not in shapes.blocks:
        return ((), body) if body.type in shapes.expressions else ((), None)
    if body.named_child_count == 1 and body.named_children[0].type in shapes.blocks:
        body = body.named_children[0]
    listed = [one for one in body.named_children if one.type not in shapes.comments]
    if listed and _is_docstring(ctx, listed[0]):
        listed = listed[1:]
    if listed and ctx.source(listed[0]) == ctx.spec.habits.empty_body and len(listed) == 1:
        listed = []
    if not listed:
        return (), None
    last = listed[-1]
    inner_last = last
    if last.type in shapes.wrappers and last.named_child_count == 1:
        inner_last = last.named_children[0]
    if inner_last.type in shapes.returns:
        values = [one for one in inner_last.named_children if one.type not in shapes.comments]
        if len(values) > 1:
            raise Refused("It gives back several values.")
        return tuple(listed[:-1]), _only(values)
    if shapes.implicit_return and last.type in shapes.expressions:
        if last.type not in shapes.conditionals | shapes.switches | shapes.loops:
            return tuple(listed[:-1]), last
        if not ctx.source(last).rstrip().endswith(";"):
            raise Refused("What it gives back depends on how it ends.")
    return tuple(listed), None


def _only(values: Sequence[Node]) -> Node | None:
    return values[0] if values else None


def _is_docstring(ctx: RefactorContext, statement: Node) -> bool:
    return (
        statement.type in ctx.shapes.wrappers
        and statement.named_child_count == 1
        and statement.named_children[0].type in ctx.shapes.strings
    )


def _sites(ctx: RefactorContext, function: _Function) -> list[CallSite]:
    """All calls. Raises `Refused` where something else than calls uses the function."""
    sites = list(call_sites(ctx.graph, function.id, ctx.check))
    called = {(site.location.path, site.location.span.start) for site in sites}
    for use in references_to(ctx.graph, function.id, ctx.check):
        place = (use.location.path, use.location.span.start)
        if place in called:
            continue
        line = ctx.at(use.location.path).lines.line_of(use.location.span.start) + 1
        raise Refused(f"{use.location.path}:{line} uses `{function.name}` without calling it.")
    return sites


def _whole(function: _Function) -> Node:
    """The whole definition: `export`, decorators and a declaration around it included."""
    current = function.node
    blocks = function.ctx.shapes.blocks
    parent = current.parent
    while (
        parent is not None
        and parent.parent is not None
        and parent.type not in blocks
        and not (parent.type in function.ctx.shapes.classes or parent.type.endswith("body"))
        and parent.type != "declaration_list"
    ):
        current, parent = parent, parent.parent
    return current


# One call.


def _inlined(
    ctx: RefactorContext, function: _Function, site: CallSite
) -> tuple[tuple[TextEdit, ...], frozenset[str]]:
    """The edits that put a function in the place of one call, and the names they declare."""
    call = _call_node(ctx, site)
    if call.parent is not None and call.parent.type in ctx.shapes.awaits:
        raise Refused(f"The call of `{function.name}` is awaited.")
    given = _given(ctx, function, site)
    _refuse_other_names(ctx, function, call)
    statement = ctx.statement_of(call)
    role = _role(ctx, statement, call)
    if function.early and role != "return":
        raise Refused(f"`{function.name}` has other ways out than its end.")
    locals_needed, replaced = _placed(ctx, function, given, call)
    renamed = _renamed(ctx, function, call, taken=frozenset(locals_needed))
    body = _Body.made(function, {**replaced, **renamed})
    names = frozenset(locals_needed) | frozenset(renamed.values())
    names |= {variable.name for variable in _own_variables(function)}
    if not function.statements and not locals_needed:
        return _in_place(ctx, function, call, statement, role, body), names
    if role == "inside":
        raise Refused(
            f"`{function.name}` has several statements, and the call is inside of an expression."
        )
    if ctx.is_braceless(statement):
        raise Refused("The call is the only statement of its branch.")
    return _before(ctx, function, call, statement, role, body, locals_needed), names


def _call_node(ctx: RefactorContext, site: CallSite) -> Node:
    """The call in this context's own tree."""
    found = ctx.parsed.root.named_descendant_for_byte_range(
        site.node.start_byte, site.node.end_byte
    )
    while found is not None and found.type != site.node.type:
        found = found.parent
    assert found is not None
    return found


def _role(ctx: RefactorContext, statement: Node, call: Node) -> str:
    """What a statement does with a call: `alone`, `value` (declares or assigns it), `return`, or
    `inside` for anything else.
    """
    shapes = ctx.shapes
    if statement.id == call.id:
        return "alone" if not shapes.implicit_return or _has_next(ctx, statement) else "return"
    if statement.type in shapes.wrappers and _is_only_child(statement, call):
        return "alone"
    inner = statement
    if statement.type in shapes.wrappers and statement.named_child_count == 1:
        inner = statement.named_children[0]
    if inner.type in shapes.returns:
        while inner.named_child_count == 1 and inner.id != call.id:
            inner = inner.named_children[0]
        return "return" if inner.id == call.id else "inside"
    parts = shapes.variables(statement, ctx.text)
    if len(parts) == 1 and parts[0].value is not None and parts[0].value.id == call.id:
        return "value"
    return "inside"


def _has_next(ctx: RefactorContext, statement: Node) -> bool:
    following = statement.next_named_sibling
    while following is not None and following.type in ctx.shapes.comments:
        following = following.next_named_sibling
    return following is not None


def _is_only_child(statement: Node, call: Node) -> bool:
    return statement.named_child_count == 1 and statement.named_children[0].id == call.id


def _given(
    ctx: RefactorContext, function: _Function, site: CallSite
) -> dict[str, tuple[str, Node | None]]:
    """The text of what each parameter gets, with its node where it stands at the call."""
    signature = function.signature
    found = bound_arguments(ctx.spec, signature, site.call, bound=bool(site.bound))
    if found is None:
        raise Refused("Which argument reaches which parameter cannot be told.")
    given: dict[str, tuple[str, Node | None]] = {}
    for index, parameter in enumerate(signature.parameters):
        if parameter.kind is ParameterKind.RECEIVER and site.bound:
            given[parameter.name] = _receiver(ctx, function, site)
            continue
        if index in found:
            argument = found[index]
            given[parameter.name] = (ctx.source(argument.value), _value_at(ctx, argument.value))
            continue
        given[parameter.name] = (_default(function, parameter), None)
    return given


def _value_at(ctx: RefactorContext, span: Span) -> Node | None:
    node = ctx.parsed.root.named_descendant_for_byte_range(span.start, span.end)
    while node is not None and node.type not in ctx.shapes.expressions and node.named_child_count:
        if span_of(node) != span:
            break
        node = node.named_children[0]
    return node


def _default(function: _Function, parameter: Parameter) -> str:
    if parameter.kind in (ParameterKind.VARIADIC, ParameterKind.KEYWORD_VARIADIC):
        raise Refused(f"`{function.name}` takes any number of arguments.")
    text = parameter.default
    plain = text.strip("'\"").replace("_", "").replace(".", "").replace("-", "").isalnum()
    if not text or not (plain or text in ("''", '""')):
        raise Refused(f"`{parameter.name}` is not passed, and its default is not a plain value.")
    return text


def _receiver(ctx: RefactorContext, function: _Function, site: CallSite) -> tuple[str, Node | None]:
    callee = site.call.callee
    before = ctx.text[callee.start : site.location.span.start].decode("utf-8", "replace").rstrip()
    for operator in ("?.", "->", "::", "."):
        if before.endswith(operator):
            if operator == "?.":
                raise Refused("The receiver may be missing (`?.`).")
            receiver = before[: -len(operator)].strip()
            node = _value_at(ctx, Span(callee.start, callee.start + len(receiver.encode())))
            if not receiver.replace(".", "_").replace("$", "_").isidentifier():
                raise Refused("The receiver is not a plain name: put it in a variable first.")
            return receiver, node
    return "", None


def _placed(
    ctx: RefactorContext,
    function: _Function,
    given: Mapping[str, tuple[str, Node | None]],
    call: Node,
) -> tuple[dict[str, str], dict[str, str]]:
    """The parameters that become variables, with their values; and the text that takes the place
    of each other one.
    """
    needed: dict[str, str] = {}
    replaced: dict[str, str] = {}
    running = [name for name, (_, node) in given.items() if node is not None and _runs(ctx, node)]
    for name, (text, node) in given.items():
        variable = _parameter(function, name)
        uses = variable.uses if variable is not None else ()
        inner = [use for use in uses if function.body.start <= use.start < function.body.end]
        written = any(use.writes for use in inner)
        reads = [use for use in inner if use.reads]
        runs = name in running
        again = len(reads) > 1 or any(_is_deferred(function, use.start) for use in reads)
        shared = node is not None and makes_object(ctx, node) and again
        if written or (runs and (again or not reads or len(running) > 1)) or shared:
            span = span_of(ctx.function_of(call) or ctx.parsed.root)
            if name == text and _assigned(ctx, call) == name:
                # `x = f(x)`: what the body does to its `x` is not seen otherwise.
                continue
            if is_taken(ctx, name, span):
                replaced[name] = free_name(ctx, name, span)
                needed[replaced[name]] = text
            else:
                needed[name] = text
        else:
            replaced[name] = text
    return needed, replaced


def _runs(ctx: RefactorContext, node: Node) -> bool:
    return runs_code(ctx, node) is not None


def _is_deferred(function: _Function, offset: int) -> bool:
    """Whether a place in the body may be reached more than once."""
    shapes = function.ctx.shapes
    node = function.ctx.parsed.root.named_descendant_for_byte_range(offset, offset)
    for around in ancestors(node) if node is not None else ():
        if around.id == function.node.id:
            return False
        if around.type in shapes.loops | shapes.functions:
            return True
    return False


def _parameter(function: _Function, name: str) -> Variable | None:
    ctx = function.ctx
    for index in ctx.facts.references_named(ctx.shapes.sigil + name.removeprefix(ctx.shapes.sigil)):
        one = ctx.facts.reference(index)
        if function.symbol.span.covers(one.span) and one.start < function.symbol.body_start:
            found = variable_at(ctx, one.start)
            if found is not None:
                return found
    return None


def _own_variables(function: _Function) -> list[Variable]:
    """The variables that the body declares."""
    if not function.statements:
        return []
    start = function.statements[0].start_byte
    return [
        variable
        for variable in variables_in(function.ctx, function.body)
        if not variable.outer
        and start <= variable.declared < function.body.end
        and variable.name.strip("_")
    ]


def _renamed(
    ctx: RefactorContext, function: _Function, call: Node, taken: frozenset[str]
) -> dict[str, str]:
    """New names for variables of the body whose names are taken around the call."""
    around = ctx.function_of(call)
    span = span_of(around) if around is not None else span_of(ctx.parsed.root)
    found: dict[str, str] = {}
    for variable in _own_variables(function):
        if function.ctx.path == ctx.path and around is None:
            continue
        if _target(ctx, function, call) == variable.name:
            # `x = f()` where the body makes an `x` of its own to give back.
            continue
        if is_taken(ctx, variable.name, span) or variable.name in taken:
            found[variable.name] = free_name(ctx, variable.name, span)
    return found


def _target(ctx: RefactorContext, function: _Function, call: Node) -> str:
    """The name that gets the call's value, where the body gives back a variable of that name."""
    name = _assigned(ctx, call)
    gives = function.value is not None and function.ctx.source(function.value) == name
    return name if gives else ""


def _assigned(ctx: RefactorContext, call: Node) -> str:
    """The name that a call's value is given to by its statement, "" for none."""
    parts = ctx.shapes.variables(ctx.statement_of(call), ctx.text)
    if len(parts) != 1 or parts[0].value is None or parts[0].value.id != call.id:
        return ""
    return ctx.source(parts[0].name)


# What the body names.


def _refuse_other_names(ctx: RefactorContext, function: _Function, call: Node) -> None:
    """What the body names, its own variables aside, means the same at the call."""
    body = function.body
    there = function.ctx
    for index in there.facts.references_in(body):
        one = there.facts.reference(index)
        if one.member or one.role.name == "KEYWORD":
            continue
        meant = there.bindings.lookup(one.name, one.start)
        if _is_own(function, meant):
            continue
        here = ctx.bindings.lookup(one.name, call.start_byte)
        if there.path == ctx.path:
            if (meant or here) and not set(meant) & set(here):
                raise Refused(f"`{one.name}` means something else at the call.")
            continue
        if not meant and not here:
            continue
        wanted = ctx.graph.resolver.resolve(there.path, index)
        if not here or not _means(ctx, one.name, wanted):
            raise Refused(f"`{one.name}` of {there.path} is not known in {ctx.path}.")
    _refuse_members(ctx, function, call)


def _is_own(function: _Function, meant: Sequence[Binding]) -> bool:
    """Whether a name is bound inside of the function."""
    facts = function.ctx.facts
    span = span_of(function.node)
    return any(
        item.kind is BindingKind.LOCAL
        and span.start <= facts.columns.ref_starts[item.index] < span.end
        for item in meant
    ) or any(
        item.kind is BindingKind.SYMBOL and span.covers(facts.symbol(item.index).span)
        for item in meant
    )


def _means(ctx: RefactorContext, name: str, wanted: object) -> bool:
    return any(
        ctx.graph.resolver.resolve(ctx.path, index) == wanted
        for index in ctx.facts.references_named(name)
    )


def _refuse_members(ctx: RefactorContext, function: _Function, call: Node) -> None:
    """A method's `this` and its bare members mean the same where the call stands."""
    there = function.ctx
    words = there.spec.receivers | there.spec.super_words
    if function.symbol.container < 0 and not function.symbol.owner:
        return
    same = _enclosing_type(ctx, call.start_byte) == _enclosing_type(
        there, function.symbol.name_span.start
    )
    same = same and ctx.path == there.path
    nodes = [one for part in _nodes(function) for one in (part, *descendants(part))]
    uses = [one for one in nodes if one.named_child_count == 0 and there.source(one) in words]
    declared = {
        one.name for one in function.signature.parameters if one.kind is ParameterKind.RECEIVER
    }
    others = [one for one in uses if there.source(one) not in declared]
    if any(there.source(one) in there.spec.super_words for one in uses):
        raise Refused(f"`{function.name}` uses its base class.")
    if others and not (same and _own_receiver(ctx, call)):
        raise Refused(f"`{there.source(others[0])}` is another one at the call.")
    if there.spec.implicit_receiver and not (same and _own_receiver(ctx, call)):
        raise Refused(f"`{function.name}` belongs to another object than the code around the call.")


def _nodes(function: _Function) -> list[Node]:
    return [*function.statements, *([function.value] if function.value is not None else [])]


def _enclosing_type(ctx: RefactorContext, offset: int) -> int:
    return ctx.bindings.enclosing_type(offset)


def _own_receiver(ctx: RefactorContext, call: Node) -> bool:
    """Whether a method is called on the object that the code around the call belongs to."""
    parts = ctx.spec.call(call, ctx.text)
    if parts is None:
        return False
    callee = ctx.source(parts.callee)
    for operator in ("?.", "->", "::", "."):
        head, found, _ = callee.rpartition(operator)
        if found:
            return head.strip().lstrip("$") in {
                word.lstrip("$") for word in ctx.spec.receivers
            } or (head.strip() == "self")
    return True


# The edit.


@dataclass(frozen=True)
class _Body:
    """A function's body with names replaced, as a text of its own."""

    ctx: RefactorContext
    statements: Span | None
    value: Span | None
    value_type: str

    @classmethod
    def made(cls, function: _Function, names: Mapping[str, str]) -> _Body:
        """The body of a function with other texts in place of some of its names."""
        ctx = function.ctx
        edits: list[TextEdit] = []
        for name, text in names.items():
            variable = _parameter(function, name) or next(
                (one for one in _own_variables(function) if one.name == name), None
            )
            if variable is None or name == text:
                continue
            for use in variable.uses:
                if not function.body.start <= use.start < function.body.end:
                    continue
                edits.append(_substitution(ctx, use.start, use.end, text))
        ordered = tuple(sorted(edits, key=lambda edit: edit.span.start))
        after = apply_edits(ctx.text, ordered)
        made = RefactorContext(
            ctx.graph, ctx.path, Span(0, 0), parse_politely(ctx.spec, after), ctx.check
        )
        span = None
        if function.statements:
            first = with_comments_above(ctx, function.statements[0])
            last = statements_span(ctx, function.statements).end
            span = _shifted(Span(first, last), ordered)
        value = function.value
        return cls(
            made,
            span,
            _shifted(span_of(value), ordered) if value is not None else None,
            value.type if value is not None else "",
        )

    def statements_text(self, indent: str) -> str:
        """The statements, their first line without indentation, the others at `indent`."""
        return reindented(self.ctx, self.statements, indent) if self.statements else ""

    def value_text(self, indent: str) -> str:
        """The value, further lines at `indent`."""
        return reindented(self.ctx, self.value, indent) if self.value is not None else ""


def _substitution(ctx: RefactorContext, start: int, end: int, text: str) -> TextEdit:
    node = ctx.parsed.root.named_descendant_for_byte_range(start, end)
    assert node is not None
    if node.type in ctx.shapes.shorthands:
        return TextEdit(Span(start, end), f"{ctx.source(node)}: {text}")
    try:
        text = ctx.shapes.inlined(node, node, text, ctx.text)
    except ValueError as error:
        raise Refused(str(error)) from error
    value = parse_politely(ctx.spec, text.encode())
    inner = value.root
    while inner.named_child_count == 1 and inner.type not in ctx.shapes.expressions:
        inner = inner.named_children[0]
    kind = inner.type if inner.named_child_count or inner.type in ctx.shapes.expressions else ""
    return TextEdit(Span(start, end), fitted(ctx, node, text, kind))


def _shifted(span: Span, edits: Sequence[TextEdit]) -> Span:
    start, end = span.start, span.end
    for edit in edits:
        grown = len(edit.new_text.encode("utf-8", "surrogateescape")) - len(edit.span)
        if edit.span.end <= span.start:
            start += grown
        if edit.span.end <= span.end:
            end += grown
    return Span(start, end)


def _in_place(
    ctx: RefactorContext,
    function: _Function,
    call: Node,
    statement: Node,
    role: str,
    body: _Body,
) -> tuple[TextEdit, ...]:
    """The edit for a function that is one value, or nothing."""
    indent = indent_at(ctx.text, call.start_byte)
    if body.value is None:
        if role == "return":
            return (TextEdit(span_of(call), ""),)
        if role != "alone":
            raise Refused(f"`{function.name}` gives nothing back.")
        return (statement_removed(ctx, statement),)
    if role == "alone" and _is_idle(function):
        return (statement_removed(ctx, statement),)
    text = fitted(ctx, call, body.value_text(indent), body.value_type)
    return (TextEdit(span_of(call), text),)


def _is_idle(function: _Function) -> bool:
    return function.value is not None and runs_code(function.ctx, function.value) is None


def _before(
    ctx: RefactorContext,
    function: _Function,
    call: Node,
    statement: Node,
    role: str,
    body: _Body,
    needed: Mapping[str, str],
) -> tuple[TextEdit, ...]:
    """The edits for a function with statements: they go before the statement of the call."""
    indent = indent_at(ctx.text, statement.start_byte)
    line_end = newline_of(ctx.text)
    lines = [ctx.shapes.declare(NewVariable(name, value)) for name, value in needed.items()]
    statements = body.statements_text(indent)
    if statements:
        lines.append(statements)
    span = statements_span(ctx, [statement])
    head = f"{line_end}{indent}".join(lines)
    if role == "alone" and (body.value is None or _is_idle(function)):
        return (TextEdit(span, head),)
    if role == "return" and body.value is None:
        # Some way out of the body is its end.
        if not ctx.shapes.implicit_return and _falls_off(ctx, function):
            head = f"{head}{line_end}{indent}return{ctx.shapes.terminator}"
        return (TextEdit(span, head),)
    if body.value is None:
        raise Refused(f"`{function.name}` gives nothing back.")
    value = body.value_text(indent)
    if role == "value":
        target = _target(ctx, function, call)
        if target and value == target:
            return (TextEdit(span, head),)
    text = fitted(ctx, call, value, body.value_type)
    separator = f"{line_end}{indent}"
    return (
        TextEdit(Span(span.start, span.start), f"{head}{separator}"),
        TextEdit(span_of(call), text),
    )


def _falls_off(ctx: RefactorContext, function: _Function) -> bool:
    """Whether the last statement of a body may be left at its end."""
    if not function.statements:
        return True
    return function.statements[-1].type not in ctx.shapes.returns | ctx.shapes.throws


REFACTOR = Refactor(
    "inline.function",
    "Inline function",
    "refactor.inline.function",
    EVERYWHERE,
    _function_offers,
    _apply_function,
    __doc__ or "",
)

CALL = Refactor(
    "inline.call",
    "Inline call",
    "refactor.inline.call",
    EVERYWHERE,
    _call_offers,
    _apply_call,
    __doc__ or "",
)
