"""A selection as a function of its own: what `extract.function` and `extract.method` share.

Owns the decision what the new function takes and gives back, how control goes on behind its call,
and whether it is a function or a method.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.writing import (
    Around,
    Kind,
    NewFunction,
    NewParameter,
    NewResult,
    Passing,
)
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.function_edits import (
    Flow,
    body_of,
    both_edits,
    brace_of,
    call_edit,
    early_returns,
    is_hidden,
    placed,
    reference_edits,
    returned_types,
    unit_of,
    uses_terminators,
    with_locals,
    without_terminators,
)
from pairwright_analyzers.refactors.liveness import Liveness, liveness_of
from pairwright_analyzers.refactors.model import Offer, Refactored, Refused
from pairwright_analyzers.refactors.naming import check_name, is_taken
from pairwright_analyzers.refactors.pieces import (
    Piece,
    Site,
    is_last,
    is_looped,
    local_names,
    names_freely,
    own_code,
    own_nodes,
    refuse_definitions,
    refuse_lost_names,
    refuse_members,
    refuse_other_receiver,
    refuse_receiver,
    refuse_unmovable,
    refuse_value,
    selected,
    site_of,
    uses_receiver,
)
from pairwright_analyzers.refactors.typing_of import declaration_of, type_of_value, type_of_variable
from pairwright_analyzers.refactors.variables import Use, Variable, variables_in
from pairwright_analyzers.syntax import ancestors
from pairwright_analyzers.types import Span

if TYPE_CHECKING:
    from tree_sitter import Node


def extracted(ctx: RefactorContext, *, as_method: bool, wanted: str) -> Refactored:
    """The selection as a function, and its call in its place. Raises `Refused`."""
    piece = selected(ctx)
    if piece is None:
        raise Refused("Select whole statements, or one value.")
    site = site_of(ctx, piece)
    writing = ctx.shapes.writing
    if writing.optional_terminator and not uses_terminators(ctx):
        writing = without_terminators(writing)
    if piece.is_value:
        refuse_value(ctx, piece.first)
    kind = _kind(ctx, piece, site, as_method=as_method)
    live = liveness_of(ctx, piece.first, piece.last, site.root)
    refuse_unmovable(ctx, piece, site, live)
    refuse_definitions(ctx, piece, site)
    refuse_lost_names(ctx, piece, site.root)
    if piece.is_value and live.gives:
        raise Refused(f"The value assigns `{live.gives[0].name}`, which is used behind it.")
    flow = _flow(ctx, piece, site, live)
    name = _name(ctx, wanted, site, kind)
    needs = _parameters(ctx, live, site, kind)
    results = _results(ctx, live, piece, site)
    passed: dict[tuple[str, int], Passing] = {}
    if writing.passing is not None and not piece.is_value:
        needs, results, passed = _passed(ctx, piece, live, needs, results)
    elif writing.passing is not None:
        needs, _, passed = _passed(ctx, piece, live, needs, ())
    if results and writing.gives_last(piece.last, ctx.text):
        raise Refused("What the selection gives is the value of the block around it.")
    if writing.local is None:
        for one in live.unsure:
            if one in needs or one in live.gives:
                raise Refused(f"`{one.name}` may have no value when it is passed on.")
    known = {one.name for one in needs}
    extra = [one for one in local_names(ctx, piece, site.root) if one not in known]
    own = writing.implicit_receiver
    if own and kind is Kind.FUNCTION and own not in known and names_freely(ctx, piece, own):
        extra.insert(0, own)
    if extra and writing.types_needed:
        raise Refused(f"`{extra[0]}` is only known inside of the function.")
    awaits = any(
        one.type in ctx.shapes.awaits or writing.waits(one) for one in own_code(ctx, piece)
    )
    yields = any(True for _ in own_nodes(ctx, piece, ctx.shapes.yields))
    annotated = site.around.annotated or writing.types_needed
    outer = _outer_written(ctx, piece, site)
    early = early_returns(ctx, live, results, flow, site)
    early += reference_edits(ctx, piece, needs, passed)
    body_ctx, body_piece = with_locals(ctx, piece, live, needs, site, early)
    unit = unit_of(ctx, site)
    gives = returned_types(ctx, site, flow)
    body = body_of(body_ctx, body_piece, unit, results, flow, writing, gives)
    if outer:
        if writing.outer is None:
            raise Refused(f"`{outer[0]}` belongs to the file.")
        body = f"{unit}{writing.outer(outer)}\n{body}"
    parameters = [_parameter(ctx, one, live, annotated, passed) for one in needs]
    parameters += [NewParameter(one, "", one) for one in extra]
    parameters.sort(key=lambda one: one.name != own)
    returns = _returns(ctx, piece, live, results, flow, site, annotated)
    if yields and site.around.awaits and not writing.awaiting_generators:
        raise Refused("An asynchronous generator cannot pass on what another one yields.")
    if annotated and not writing.types_needed:
        complete = all(one.type for one in parameters) and (returns or writing.unknown)
        annotated = bool(complete)
    new = NewFunction(
        name=name,
        kind=kind,
        parameters=tuple(parameters),
        body=body,
        gives=piece.is_value or bool(results) or flow.gives,
        returns=returns,
        receiver=site.around.receiver,
        owner=site.around.owner,
        awaits=awaits,
        yields=yields,
        generics=_used_generics(ctx, piece, site.around, parameters, returns),
        bounds=_bounds(ctx, piece, site),
        annotated=annotated,
        unit=unit,
        brace=brace_of(ctx, site),
        static=is_hidden(ctx),
    )
    call = call_edit(ctx, piece, new, results, flow, writing, gives)
    definition = placed(ctx, piece, site, new, writing)
    return both_edits(ctx, call, definition, new, live, extra)


def _kind(ctx: RefactorContext, piece: Piece, site: Site, *, as_method: bool) -> Kind:
    writing = ctx.shapes.writing
    in_type = site.type is not None and site.method is not None
    uses = in_type and uses_receiver(ctx, piece, site)
    if writing.functions_are_methods:
        as_method = site.type is not None
    if not as_method and writing.top:
        if uses and site.type is not None:
            raise Refused("The selection uses the object it belongs to: extract a method instead.")
        if site.type is None:
            refuse_receiver(ctx, piece)
            refuse_members(ctx, piece)
        return Kind.FUNCTION
    if site.type is None:
        if as_method and writing.methods_outside and site.around.receiver:
            return Kind.METHOD
        if not writing.top or as_method:
            raise Refused("The selection is not part of a type.")
        return Kind.FUNCTION
    if site.method is not None:
        refuse_other_receiver(ctx, piece, site.method)
        reason = writing.hidden(site.method, ctx.text)
        if reason:
            raise Refused(reason)
    if site.around.class_method:
        return Kind.CLASS
    if site.around.static or site.method is None:
        return Kind.STATIC
    if writing.static_unused and not uses:
        return Kind.STATIC
    return Kind.METHOD


def _flow(ctx: RefactorContext, piece: Piece, site: Site, live: Liveness) -> Flow:
    """How control goes on. Raises `Refused` where some ways through the selection end the function
    and others do not.
    """
    writing = ctx.shapes.writing
    tries = [one for one in live.returns if one.type in ctx.shapes.exits_early]
    around = writing.around(site.root, ctx.text) if site.root is not None else site.around
    if not piece.is_value and writing.tail(piece.last, ctx.text):
        block = piece.last.parent
        body = site.root.child_by_field_name("body") if site.root is not None else None
        if body is None or block is None or block.id != body.id:
            if around.returns != writing.nothing and not is_looped(ctx, block):
                raise Refused("The last value of the selection is that of the block around it.")
        elif around.returns != writing.nothing:
            if live.gives:
                raise Refused(f"`{live.gives[0].name}` is needed behind the selection.")
            return Flow(True, True, False, False, is_tail=True)
    if tries and len(tries) == len(live.returns) and (piece.is_value or live.completes):
        wrapped = writing.wrapped(around.returns)
        if wrapped is None:
            raise Refused("What the selection gives early is not known.")
        return Flow(False, False, False, False, wrapped)
    if tries:
        raise Refused("Some ways through the selection end the function, others do not.")
    if piece.is_value:
        if live.returns:
            raise Refused("The value may end the function.")
        return Flow(False, False, False, False)
    gives = any(writing.gives_value(one) for one in live.returns)
    if not live.completes:
        if not live.returns:
            if writing.types_needed:
                raise Refused("The selection never comes to its end.")
            return Flow(False, False, False, False)
        if gives:
            return Flow(True, True, False, False)
        return Flow(False, False, not is_last(ctx, piece, site), False)
    if not live.returns:
        return Flow(False, False, False, False)
    if live.falls_off and not live.gives:
        if gives and writing.types_needed:
            raise Refused("Some ways through the selection end the function, others do not.")
        return Flow(gives, gives, False, False)
    if writing.early is not None:
        return Flow(False, gives, False, True)
    raise Refused("Some ways through the selection end the function, others do not.")


def _parameters(ctx: RefactorContext, live: Liveness, site: Site, kind: Kind) -> list[Variable]:
    """The variables that are passed: what every function of the file sees is not, unless it is
    also assigned.
    """
    receiver = site.around.owner if kind in (Kind.METHOD, Kind.CLASS) else ""
    written = {(one.name, one.declared) for one in live.written}
    found = []
    for one in live.needs:
        if one.name == receiver and site.method is not None:
            inside = site.method.start_byte <= one.declared < site.method.end_byte
            if inside and not _is_rebound(one, site.method):
                if (one.name, one.declared) in written:
                    raise Refused(f"The selection assigns `{one.name}`.")
                continue
        if site.root is None and one.outer and (one.name, one.declared) not in written:
            continue
        found.append(one)
    return found


def _is_rebound(variable: Variable, method: Node) -> bool:
    """Whether a variable named like the receiver is another one: of a function inside."""
    body = method.child_by_field_name("body")
    return body is not None and variable.declared >= body.start_byte


def _results(ctx: RefactorContext, live: Liveness, piece: Piece, site: Site) -> list[NewResult]:
    writing = ctx.shapes.writing
    found = []
    typed = writing.types_needed or site.around.annotated
    for one in live.gives:
        declared = not piece.span.start <= one.declared < piece.span.end
        later = any(
            use.writes or _is_changed(ctx, use)
            for use in one.uses
            if not piece.span.start <= use.start < piece.span.end
        )
        if writing.local is None:
            declared = True
        kind = type_of_variable(ctx, one) if typed else ""
        if writing.uncopied(kind):
            raise Refused(f"`{one.name}` must not be copied: `{kind}`.")
        name = ctx.parsed.root.named_descendant_for_byte_range(
            one.declared, one.declared + len(one.name.encode())
        )
        reason = writing.ungiven(name) if name is not None else ""
        if reason:
            raise Refused(reason)
        keyword = writing.keyword(name) if name is not None and not declared else ""
        found.append(
            NewResult(
                one.name, kind, declared, later, keyword, _is_same_block(ctx, piece, name, site)
            )
        )
    return found


def _is_changed(ctx: RefactorContext, use: Use) -> bool:
    """Whether a use changes its variable in place."""
    node = ctx.parsed.root.named_descendant_for_byte_range(use.start, use.end)
    if node is None:
        return False
    return ctx.shapes.changes_in_place(node, ctx.text, lambda name: declaration_of(ctx, name))


def _passed(
    ctx: RefactorContext,
    piece: Piece,
    live: Liveness,
    needs: Sequence[Variable],
    results: Sequence[NewResult],
) -> tuple[list[Variable], list[NewResult], dict[tuple[str, int], Passing]]:
    """Parameters, results and how each parameter is passed, where the language has references:
    what is changed through one does not come back.
    """
    passing = ctx.shapes.writing.passing
    assert passing is not None
    found: dict[tuple[str, int], Passing] = {}
    listed = list(needs)
    outside = [one for one in live.gives if not piece.span.start <= one.declared < piece.span.end]
    for one in outside:
        if one not in listed:
            listed.append(one)
    listed.sort(key=lambda one: one.declared)
    kept = list(results)
    for one in listed:
        kind = type_of_variable(ctx, one)
        if not kind:
            if one not in needs:
                continue
            raise Refused(f"The type of `{one.name}` is not known.")
        names = [
            node
            for use in one.within(piece.span)
            if (node := ctx.parsed.root.named_descendant_for_byte_range(use.start, use.end))
        ]
        used = one in live.behind or _is_kept(live, one, piece)
        try:
            way = passing(kind, names, one in live.gives, len(live.gives) > 1, used)
        except ValueError as error:
            raise Refused(f"`{one.name}` cannot be passed. {error}") from error
        if one not in needs and not way.by_reference:
            continue
        found[one.name, one.declared] = way
        if way.by_reference:
            kept = [result for result in kept if result.name != one.name]
    return [one for one in listed if (one.name, one.declared) in found], kept, found


def _is_kept(live: Liveness, variable: Variable, piece: Piece) -> bool:
    """Whether a variable is used again although nothing behind reads it: by a value around."""
    return piece.is_value and any(
        not piece.span.start <= use.start < piece.span.end and use.reads for use in variable.uses
    )


def _is_same_block(ctx: RefactorContext, piece: Piece, name: Node | None, site: Site) -> bool:
    """Whether a variable is declared in the very block that the selection stands in; parameters
    belong to the body.
    """
    block = piece.first.parent
    if name is None or block is None:
        return True
    current = name.parent
    while current is not None:
        if current.id == block.id:
            return True
        if current.type in ctx.shapes.blocks:
            return False
        if site.root is not None and current.id == site.root.id:
            body = site.root.child_by_field_name("body")
            return body is not None and (
                block.id == body.id or (block.parent is not None and block.parent.id == body.id)
            )
        current = current.parent
    return False


def _parameter(
    ctx: RefactorContext,
    variable: Variable,
    live: Liveness,
    typed: bool,
    passed: Mapping[tuple[str, int], Passing],
) -> NewParameter:
    held = passed.get((variable.name, variable.declared))
    if held is not None:
        argument = f"{held.prefix}{variable.name}"
        return NewParameter(variable.name, held.type, argument, held.changes)
    kind = ""
    if typed:
        kind = type_of_variable(ctx, variable) or ctx.shapes.writing.unknown
        if not kind and ctx.shapes.writing.types_needed:
            raise Refused(f"The type of `{variable.name}` is not known.")
        if ctx.shapes.writing.uncopied(kind):
            raise Refused(f"`{variable.name}` must not be copied: `{kind}`.")
    changes = variable in live.written
    return NewParameter(variable.name, kind, variable.name, changes)


def _returns(
    ctx: RefactorContext,
    piece: Piece,
    live: Liveness,
    results: Sequence[NewResult],
    flow: Flow,
    site: Site,
    typed: bool,
) -> str:
    """The type of what the function gives back."""
    writing = ctx.shapes.writing
    if not typed:
        return ""
    found = ""
    if piece.is_value:
        found = type_of_value(ctx, piece.first)
        if flow.wrapped is not None and found:
            return flow.wrapped.type_of(found)
    elif flow.wrapped is not None:
        if any(not one.type for one in results):
            raise Refused("The type of a result is not known.")
        kind = writing.give_types(results) if results else writing.nothing
        return flow.wrapped.type_of(kind)
    elif flow.early:
        return writing.early_types(results, returned_types(ctx, site, flow))
    elif flow.gives:
        root_around = writing.around(site.root, ctx.text) if site.root is not None else site.around
        found = root_around.returns
    elif results:
        if any(not one.type for one in results) and not writing.unknown and writing.types_needed:
            unknown = next(one for one in results if not one.type)
            raise Refused(f"The type of `{unknown.name}` is not known.")
        found = writing.give_types(results) if all(one.type for one in results) else ""
    else:
        return writing.nothing
    if not found and writing.types_needed and not writing.unknown:
        raise Refused("The type of the value is not known.")
    return found


def _outer_written(ctx: RefactorContext, piece: Piece, site: Site) -> list[str]:
    """Variables of the file that the piece assigns, where a function has to say so."""
    if ctx.shapes.writing.local is not None or site.root is None:
        return []
    held: list[str] = []
    for one in variables_in(ctx, piece.span):
        inside = site.root.start_byte <= one.declared < site.root.end_byte
        if one.outer and not inside and any(use.writes for use in one.within(piece.span)):
            held.append(one.name)
    return held


def _used_generics(
    ctx: RefactorContext,
    piece: Piece,
    around: Around,
    parameters: Sequence[NewParameter],
    returns: str,
) -> str:
    """The type parameters of the function around, where the new one names one of them."""
    held = set(_type_parameters(around.generics))
    used = " ".join([*(one.type for one in parameters), returns, ctx.source(piece.span)])
    return around.generics if held & set(_WORD.findall(used)) else ""


def _type_parameters(written: str) -> list[str]:
    """The names of type parameters as a header lists them."""
    at = min((written.find(sign) for sign in "<[" if sign in written), default=-1)
    inner = written[at + 1 : written.rstrip().rfind(">" if written[at : at + 1] == "<" else "]")]
    names: list[str] = []
    depth = 0
    start = 0
    for index, sign in enumerate(inner + ","):
        depth += {"<": 1, "(": 1, "[": 1, ">": -1, ")": -1, "]": -1}.get(sign, 0)
        if sign == "," and depth <= 0:
            match = re.match(
                r"\s*(?:(?:const|typename|class|in|out)\s+)*('?\w+)", inner[start:index]
            )
            names += [match.group(1)] if match else []
            start = index + 1
    return names


_WORD = re.compile(r"'?\w+")


def _bounds(ctx: RefactorContext, piece: Piece, site: Site) -> str:
    """What the header says behind its parameters."""
    throws = ctx.shapes.writing.throws
    if throws is None:
        return site.around.bounds
    around = []
    for one in ancestors(piece.first):
        if site.root is not None and one.id == site.root.id:
            break
        around.append(one)
    return throws(own_code(ctx, piece), around, ctx.text, site.around.bounds)


def _name(ctx: RefactorContext, wanted: str, site: Site, kind: Kind) -> str:
    """The new function's name: free in the whole file, or among the members of the type."""
    writing = ctx.shapes.writing
    fallback = writing.default_name
    if kind is not Kind.FUNCTION and writing.default_method:
        fallback = writing.default_method
    if wanted:
        name = check_name(ctx.shapes, wanted)
        if _is_used(ctx, name, site, kind):
            raise Refused(f"`{name}` already means something here.")
        return name
    name, count = fallback, 1
    while _is_used(ctx, name, site, kind):
        count += 1
        name = f"{fallback}{count}"
    return name


def _is_used(ctx: RefactorContext, name: str, site: Site, kind: Kind) -> bool:
    whole = Span(0, len(ctx.text))
    if kind is Kind.FUNCTION or ctx.spec.implicit_receiver:
        if any(not ctx.facts.reference(index).member for index in ctx.facts.references_named(name)):
            return True
        if is_taken(ctx, name, Span(0, 0)) or name in ctx.spec.builtins:
            return True
        if kind is Kind.FUNCTION:
            return False
    if site.type is None:
        return is_taken(ctx, name, whole)
    return any(
        symbol.name == name and site.type.start_byte <= symbol.span.start < site.type.end_byte
        for symbol in ctx.facts.symbols
    )


def offered(ctx: RefactorContext, title: str, *, as_method: bool) -> Sequence[Offer]:
    """The offer at a selection: a method only in a type, a function only where the object is not
    used; greyed out with the reason where the selection cannot be moved.
    """
    piece = selected(ctx)
    if piece is None or (piece.is_value and piece.first.named_child_count == 0):
        return ()
    site = site_of(ctx, piece)
    writing = ctx.shapes.writing
    if as_method:
        outside = writing.methods_outside and bool(site.around.receiver)
        if site.root is None or (site.type is None and not outside):
            return ()
    elif (
        writing.top
        and site.type is not None
        and not writing.functions_are_methods
        and uses_receiver(ctx, piece, site)
    ):
        return ()
    size = len(ctx.text) if site.root is None else site.root.end_byte - site.root.start_byte
    if size <= _CHECKED_SIZE:
        try:
            live = liveness_of(ctx, piece.first, piece.last, site.root)
            refuse_unmovable(ctx, piece, site, live)
            _flow(ctx, piece, site, live)
        except Refused as refused:
            return (Offer(title, refused=str(refused)),)
    return (Offer(title),)


_CHECKED_SIZE = 12_000


"""The size of a function, in bytes, up to which it is looked through before it is offered."""
