"""Give a default value up: put it into the function's body where no call passes anything else, or
into the calls, so that the parameter is required.

```python
def area(width, height, unit="m"):
    return f"{width * height} {unit}"

print(area(2, 3))
```

Into the body:

```python
def area(width, height):
    unit = "m"
    return f"{width * height} {unit}"

print(area(2, 3))
```

Into the calls (`to` is `callers`):

```python
def area(width, height, unit):
    return f"{width * height} {unit}"

print(area(2, 3, "m"))
```

Refused where a call passes another value (for the body), where the value could be another one in
another place, and where not all callers are known.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pairwright_analyzers.edits import sorted_edits
from pairwright_analyzers.languages.shapes import NewVariable
from pairwright_analyzers.refactors.callers import callers_of, family_of
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.header import Header, header_at, in_parameters, parameter_at
from pairwright_analyzers.refactors.layout import indent_at, newline_of, starts_line
from pairwright_analyzers.refactors.model import (
    EVERYWHERE,
    Offer,
    Option,
    Refactor,
    Refactored,
    Refused,
    text_argument,
)
from pairwright_analyzers.refactors.remove_parameter import (
    PARAMETER,
    asked_header,
    asked_parameter,
)
from pairwright_analyzers.refactors.signature import changed
from pairwright_analyzers.refactors.signature_members import unchanged_slots
from pairwright_analyzers.refactors.subjects import bare
from pairwright_analyzers.refactors.values import makes_object, runs_code
from pairwright_analyzers.signatures import bound_arguments
from pairwright_analyzers.syntax import ancestors
from pairwright_analyzers.types import SourceChange, Span, TextEdit

if TYPE_CHECKING:
    from tree_sitter import Node


def _offers(ctx: RefactorContext) -> Sequence[Offer]:
    if not ctx.shapes.headers.defaults or not in_parameters(ctx):
        return ()
    header = header_at(ctx)
    index = parameter_at(ctx, header) if header is not None else None
    if header is None or index is None or not header.parameters[index].default:
        return ()
    name = bare(header.parameters[index].name)
    return (
        Offer(f"Inline the default of `{name}` into the body", {"to": "body"}),
        Offer(f"Make `{name}` required", {"to": "callers"}),
    )


def _apply(ctx: RefactorContext, arguments: Mapping[str, Any]) -> Refactored:
    header = asked_header(ctx)
    index = asked_parameter(ctx, header, arguments)
    if not header.parameters[index].default:
        raise Refused(f"`{header.parameters[index].name}` has no default value.")
    to = text_argument(arguments, "to", "body")
    if to == "callers":
        slots = unchanged_slots(header)
        return changed(
            ctx, header, [replace(one, default="") if one.origin == index else one for one in slots]
        )
    if to != "body":
        raise Refused("`to` is `body` or `callers`.")
    return _into_body(ctx, header, index)


def _into_body(ctx: RefactorContext, header: Header, index: int) -> Refactored:
    family = family_of(ctx, header)
    if len(family) > 1:
        raise Refused(f"`{header.name}` is not the only one with these parameters.")
    name = bare(header.parameters[index].name)
    for caller in callers_of(ctx, header, family, adds=False):
        given = bound_arguments(
            caller.site.spec, header.signature, caller.site.call, bound=caller.bound
        )
        if given is None or index in given:
            raise Refused(f"{caller.where} passes `{name}`.")
    declaration = _declaration(header, index)
    slots = [slot for slot in unchanged_slots(header) if slot.origin != index]
    result = changed(ctx, header, slots, keep_removed=True)
    if declaration is None:
        return result
    edits = dict(result.change.edits)
    edits[ctx.path] = sorted_edits([*edits.get(ctx.path, ()), declaration])
    change = SourceChange(edits, certain=result.change.certain)
    return replace(result, change=change)


def _declaration(header: Header, index: int) -> TextEdit | None:
    """The statement that gives the value to a variable of the parameter's name; None where nothing
    uses it.
    """
    ctx, parameter = header.ctx, header.parameters[index]
    item, variable = header.item_of(index), header.variable(index)
    if item is None or variable is None:
        raise Refused(f"`{parameter.name}` is not a plain name.")
    _refuse_other_value(header, index)
    uses = [one for one in variable.uses if not item.span.start <= one.start < item.span.end]
    if not uses:
        return None
    if any(one.start < header.symbol.body_start for one in uses):
        raise Refused(f"`{parameter.name}` is used in the header.")
    first = _first_statement(header)
    new = NewVariable(bare(parameter.name), parameter.default, parameter.annotation)
    written = ctx.shapes.declare(new)
    if any(one.writes for one in uses) and written.startswith("const "):
        written = "let " + written.removeprefix("const ")
    start = first.start_byte
    if starts_line(ctx.text, start):
        gap = newline_of(ctx.text) + indent_at(ctx.text, start)
    elif ctx.shapes.terminator:
        gap = " "
    else:
        raise Refused(f"The body of `{header.name}` stands on the line of its header.")
    return TextEdit(Span(start, start), written + gap)


def _refuse_other_value(header: Header, index: int) -> None:
    """Raises `Refused` where the value would not be the same one at each call."""
    ctx, item = header.ctx, header.item_of(index)
    assert item is not None
    default = header.parameters[index].default
    at = ctx.source(item.span).rfind(default)
    start = item.span.start + len(ctx.source(item.span)[: max(at, 0)].encode())
    node = ctx.parsed.root.named_descendant_for_byte_range(start, start + len(default.encode()))
    if at < 0 or node is None:
        raise Refused("The default value cannot be read.")
    once = ctx.shapes.values.defaults_once
    if once and (runs_code(ctx, node) is not None or makes_object(ctx, node)):
        raise Refused(f"`{default}` is computed once, where `{header.name}` is defined.")


def _first_statement(header: Header) -> Node:
    ctx, shapes = header.ctx, header.ctx.shapes
    at = header.symbol.body_start
    node = ctx.parsed.root.named_descendant_for_byte_range(at, at)
    for one in (node, *ancestors(node)) if node is not None else ():
        if one.type not in shapes.functions or one.start_byte < header.symbol.span.start:
            continue
        body = one.child_by_field_name("body")
        while body is not None and body.type not in shapes.blocks and body.named_child_count == 1:
            body = body.named_children[0]
        if body is None or body.type not in shapes.blocks:
            break
        listed = [child for child in body.named_children if child.type not in shapes.comments]
        doc = header.symbol.doc
        if listed and doc is not None and listed[0].start_byte <= doc.start < listed[0].end_byte:
            listed = listed[1:]
        if listed:
            return listed[0]
        break
    raise Refused(f"The body of `{header.name}` has no statements.")


REFACTOR = Refactor(
    "inline.parameter_default",
    "Inline default value",
    "refactor.inline.parameter_default",
    EVERYWHERE,
    _offers,
    _apply,
    __doc__ or "",
    (
        PARAMETER,
        Option("to", "string", "`body` (no call passes another value) or `callers`."),
    ),
)
