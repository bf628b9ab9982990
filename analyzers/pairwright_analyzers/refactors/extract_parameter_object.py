"""Put several parameters of a function into one object, which all callers pass.

```typescript
function area(width: number, height: number): number {
  return width * height;
}

area(2, 3);
```

With both parameters selected:

```typescript
interface AreaOptions {
  width: number;
  height: number;
}

function area({ width, height }: AreaOptions): number {
  return width * height;
}

area({ width: 2, height: 3 });
```

Python gets a dataclass. Offered on neighbouring parameters that are selected, and on a function's
name for all of them. Refused where not all callers are known, where a call passes other arguments
between them, for methods that override or are overridden, and where a type is missing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pairwright_analyzers.languages.bundles import Part
from pairwright_analyzers.languages.shapes import words
from pairwright_analyzers.refactors.callers import Caller, callers_of, family_of
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.header import Header, Item, header_at, in_parameters
from pairwright_analyzers.refactors.insertion import ordered
from pairwright_analyzers.refactors.layout import (
    indent_at,
    indent_unit,
    line_end,
    newline_of,
    with_comments_above,
)
from pairwright_analyzers.refactors.model import (
    NAME,
    Offer,
    Option,
    Refactor,
    Refactored,
    Refused,
    text_argument,
)
from pairwright_analyzers.refactors.naming import wanted_name, words_of
from pairwright_analyzers.refactors.signature_calls import rendered
from pairwright_analyzers.signatures import bound_arguments
from pairwright_analyzers.syntax import ancestors, span_of
from pairwright_analyzers.types import ParameterKind, SourceChange, Span, TextEdit

if TYPE_CHECKING:
    from tree_sitter import Node

_PLAIN = frozenset({ParameterKind.POSITIONAL, ParameterKind.KEYWORD_ONLY})


def _offers(ctx: RefactorContext) -> Sequence[Offer]:
    if ctx.shapes.bundles.taken is None:
        return ()
    if (
        ctx.is_cursor
        and ctx.node.parent is not None
        and (ctx.node.parent.type not in ctx.shapes.functions)
    ):
        return ()
    if not ctx.is_cursor and not in_parameters(ctx):
        return ()
    header = header_at(ctx)
    if header is None or len(_chosen(ctx, header)) < 2:
        return ()
    title = "Extract parameter object"
    try:
        _parts(header, _chosen(ctx, header))
    except Refused as refused:
        return (Offer(title, refused=str(refused)),)
    return (Offer(title),)


def _chosen(ctx: RefactorContext, header: Header) -> list[Item]:
    """The parameters that are meant: those the selection touches, or all for a cursor."""
    found = [
        one
        for one in header.items
        if one.index >= 0 and header.parameters[one.index].kind is not ParameterKind.RECEIVER
    ]
    if ctx.is_cursor:
        return [one for one in found if header.parameters[one.index].kind in _PLAIN]
    return [one for one in found if one.span.overlaps(ctx.selection)]


def _parts(header: Header, items: Sequence[Item]) -> list[Part]:
    parts = []
    for item in items:
        parameter = header.parameters[item.index]
        if parameter.kind not in _PLAIN or item.name is None:
            raise Refused(f"`{parameter.name}` cannot be a part of an object.")
        if parameter.optional and not parameter.default:
            raise Refused(f"`{parameter.name}` may be left out without a default value.")
        parts.append(Part(parameter.name, parameter.annotation, parameter.default))
    indexes = [item.index for item in items]
    if indexes != list(range(indexes[0], indexes[0] + len(indexes))):
        raise Refused("Other parameters stand between them.")
    return parts


def _apply(ctx: RefactorContext, arguments: Mapping[str, Any]) -> Refactored:
    header = header_at(ctx)
    if header is None:
        raise Refused("No function of this file has its header here.")
    items = _chosen(ctx, header)
    if len(items) < 2:
        raise Refused("An object is for two parameters or more.")
    parts = _parts(header, items)
    bundles = ctx.shapes.bundles
    if bundles.taken is None:
        raise Refused(f"{ctx.spec.name} has no such objects.")
    family = family_of(ctx, header)
    if len(family) > 1:
        raise Refused("Other definitions have to keep the same parameters.")
    callers = callers_of(ctx, header, family, adds=False)
    kind = _type_name(ctx, header, text_argument(arguments, "type"))
    name = ""
    if not bundles.taken_apart:
        name = wanted_name(ctx, text_argument(arguments, "name"), "options", header.body)
    first, last = items[0], items[-1]
    edits: dict[str, list[TextEdit]] = {ctx.path: []}
    here = edits[ctx.path]
    here.append(TextEdit(Span(first.span.start, last.span.end), bundles.taken(parts, name, kind)))
    if not bundles.taken_apart:
        here.extend(_member_reads(header, items, name))
    for caller in sorted(callers, key=lambda one: len(one.site.call.span)):
        path = caller.site.location.path
        held = edits.setdefault(path, [])
        _pass_object(ctx, caller, items, parts, (name, kind), held)
    if bundles.declared is not None:
        here.extend(_declaration(ctx, header, parts, kind))
        for path in set(edits) - {ctx.path}:
            edits[path].extend(_imported(ctx, path, header.name, kind, edits[path]))
    change = SourceChange({path: ordered(found) for path, found in edits.items()}, certain=False)
    names = {one.name for one in parts} | {kind, name} - {""}
    return Refactored(change, frozenset(names))


def _type_name(ctx: RefactorContext, header: Header, wanted: str) -> str:
    if ctx.shapes.bundles.declared is None:
        return ""
    parts = [part for part in words_of(header.name) if part.isalpha()] or ["call"]
    suggested = "".join(part[:1].upper() + part[1:] for part in parts) + "Options"
    return wanted_name(ctx, wanted, suggested, span_of(ctx.parsed.root))


def _member_reads(header: Header, items: Sequence[Item], name: str) -> list[TextEdit]:
    edits = []
    for item in items:
        variable = header.variable(item.index)
        for use in variable.uses if variable is not None else ():
            if not header.body.start <= use.start < header.body.end:
                continue
            if use.writes:
                raise Refused(f"`{header.parameters[item.index].name}` is assigned in the body.")
            parameter = header.parameters[item.index].name
            edits.append(TextEdit(Span(use.start, use.end), f"{name}.{parameter}"))
    return edits


def _pass_object(
    ctx: RefactorContext,
    caller: Caller,
    items: Sequence[Item],
    parts: Sequence[Part],
    names: tuple[str, str],
    held: list[TextEdit],
) -> None:
    """The edit of one call, in place of those of the calls inside its arguments."""
    site = caller.site
    given = bound_arguments(site.spec, caller.signature, site.call, bound=caller.bound)
    if given is None:
        raise Refused(f"The arguments of a call in {site.location.path} are not known one by one.")
    mine = {given[item.index].span.start: item.index for item in items if item.index in given}
    passed = [one for one in site.call.arguments if one.span.start in mine]
    if not passed:
        if all(part.default for part in parts) and ctx.shapes.bundles.taken_apart:
            return
        raise Refused(f"A call in {site.location.path} passes none of them.")
    span = Span(passed[0].span.start, passed[-1].span.end)
    if any(span.covers(one.span) and one not in passed for one in site.call.arguments):
        raise Refused(f"A call in {site.location.path} passes other arguments between them.")
    by_index = {item.index: part.name for item, part in zip(items, parts, strict=True)}
    # They are computed in the order of the call.
    values = [
        (by_index[mine[one.span.start]], rendered(site.text, one.value, held)) for one in passed
    ]
    name, kind = names
    callee = site.text[site.call.callee.start : site.call.callee.end].decode("utf-8", "replace")
    prefix = callee.rpartition(".")[0]
    foreign = site.location.path != ctx.path
    if foreign and prefix and ctx.shapes.bundles.declared is not None and kind:
        if not ctx.shapes.bundles.taken_apart and not _is_module(ctx, site.location.path, prefix):
            raise Refused(f"{site.location.path} does not import the new type.")
        kind = f"{prefix}.{kind}"
    made = ctx.shapes.bundles.made(values, kind)
    if name and any(one.name for one in passed):
        made = f"{name}={made}"
    held[:] = [one for one in held if not span.covers(one.span)]
    held.append(TextEdit(span, made))


def _is_module(ctx: RefactorContext, path: str, prefix: str) -> bool:
    facts = ctx.graph.workspace.facts(path)
    return facts is not None and any(
        not one.name and (one.alias or one.module) == prefix for one in facts.imports
    )


def _declaration(
    ctx: RefactorContext, header: Header, parts: Sequence[Part], kind: str
) -> list[TextEdit]:
    """The type, before the statement of the file that holds the function, and its imports."""
    bundles, newline = ctx.shapes.bundles, newline_of(ctx.text)
    assert bundles.declared is not None
    try:
        written = bundles.declared(parts, kind, indent_unit(ctx.text, ctx.shapes))
    except ValueError as error:
        raise Refused(str(error)) from error
    name = ctx.parsed.root.named_descendant_for_byte_range(
        header.symbol.name_span.start, header.symbol.name_span.end
    )
    assert name is not None
    root = ctx.parsed.root
    statement = next(
        one for one in ancestors(name) if one.parent is not None and one.parent.id == root.id
    )
    if statement.type == "export_statement":
        written = bundles.exported + written
    start = with_comments_above(ctx, statement)
    gap = newline * (1 + ctx.shapes.values.definition_gap)
    missing = [
        line
        for word, line in bundles.imports
        if re.search(rf"\b{word}\b", written) and not ctx.bindings.top_level(word)
    ]
    indent = indent_at(ctx.text, start)
    text = written.replace("\n", newline) + gap + indent
    if not missing:
        return [TextEdit(Span(start, start), text)]
    last = _last_import(ctx, statement)
    if last is None:
        head = newline.join(missing) + gap
        return [TextEdit(Span(start, start), head + text)]
    end = line_end(ctx.text, last.end_byte)
    lines = "".join(newline + line for line in missing)
    return [TextEdit(Span(end, end), lines), TextEdit(Span(start, start), text)]


def _last_import(ctx: RefactorContext, before: Node) -> Node | None:
    found = None
    for one in ctx.parsed.root.named_children:
        if one.start_byte >= before.start_byte:
            break
        if any(span_of(one).covers(each.span) for each in ctx.facts.imports) and (
            one.type not in ctx.shapes.functions | ctx.shapes.classes
        ):
            found = one
    return found


def _imported(
    ctx: RefactorContext, path: str, function: str, kind: str, edits: Sequence[TextEdit]
) -> list[TextEdit]:
    """The type's name beside the function's in the imports of another file, where it is used."""
    if not any(re.search(rf"(?<!\.)\b{kind}\(", one.new_text) for one in edits):
        return []
    facts = ctx.graph.workspace.facts(path)
    for one in facts.imports if facts is not None else ():
        if one.name == function and one.alias in ("", function):
            return [TextEdit(Span(one.name_span.end, one.name_span.end), f", {kind}")]
    raise Refused(f"{path} does not import `{function}` by its name.")


REFACTOR = Refactor(
    "extract.parameter_object",
    "Extract parameter object",
    "refactor.extract.parameter_object",
    words("python javascript typescript typescriptreact"),
    _offers,
    _apply,
    __doc__ or "",
    (NAME, Option("type", "string", "The name of the object's type.")),
)
