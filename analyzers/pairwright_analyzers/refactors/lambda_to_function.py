"""Write a lambda as a function with a name.

    double = lambda n: n * 2    ->    def double(n):
                                          return n * 2

A lambda that is given to a variable becomes a function of that name; any other one becomes a
function before its statement. Refused where it sees names that its statement binds, and where its
parameters have values that would be made at another time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pairwright_analyzers.languages.shapes import VariableParts, words
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.layout import (
    indent_at,
    indent_unit,
    reindented,
    rewritten,
    starts_line,
)
from pairwright_analyzers.refactors.model import (
    NAME,
    Offer,
    Refactor,
    Refactored,
    Refused,
    text_argument,
)
from pairwright_analyzers.refactors.naming import wanted_name
from pairwright_analyzers.refactors.values import runs_code
from pairwright_analyzers.types import Location, SourceChange, Span

if TYPE_CHECKING:
    from tree_sitter import Node

_TITLE = "Write as function"


def _offers(ctx: RefactorContext) -> Sequence[Offer]:
    node = _lambda(ctx)
    if node is None:
        return ()
    try:
        _refuse(ctx, node)
    except Refused as refused:
        return (Offer(_TITLE, refused=str(refused)),)
    return (Offer(_TITLE),)


def _apply(ctx: RefactorContext, arguments: Mapping[str, Any]) -> Refactored:
    node = _lambda(ctx)
    if node is None:
        raise Refused("No lambda stands here.")
    _refuse(ctx, node)
    statement = ctx.statement_of(node)
    declared = _declared(ctx, node)
    indent = indent_at(ctx.text, statement.start_byte)
    if declared is not None:
        name = ctx.source(declared.name)
        before, after = _blank_lines(ctx, statement)
        text = f"{before}{_function(ctx, node, name, indent)}{after}"
        edit = rewritten(ctx, Span(statement.start_byte, statement.end_byte), text)
        return Refactored(SourceChange({ctx.path: (edit,)}), frozenset({name}))
    function = ctx.function_of(statement) or ctx.parsed.root
    scope = Span(function.start_byte, function.end_byte)
    name = wanted_name(ctx, text_argument(arguments, "name"), _suggested(ctx, node), scope)
    text = _function(ctx, node, name, indent)
    gap = "\n\n\n" if not indent else "\n\n"
    before, _ = _blank_lines(ctx, statement)
    place = Span(statement.start_byte, statement.start_byte)
    first = rewritten(ctx, place, f"{before}{text}{gap}{indent}")
    edits = (first, rewritten(ctx, Span(node.start_byte, node.end_byte), name))
    at = statement.start_byte + first.new_text.index("def ") + len("def ")
    named = Location(ctx.path, Span(at, at + len(name.encode())))
    return Refactored(SourceChange({ctx.path: edits}), frozenset({name}), named)


def _lambda(ctx: RefactorContext) -> Node | None:
    """The lambda whose header the selection is at, that is selected, or that the statement whose
    name the cursor is on gives to that name.
    """
    node: Node | None = ctx.node
    start, end = ctx.selection.start, ctx.selection.end
    while node is not None:
        if node.type in ctx.shapes.lambdas:
            body = node.child_by_field_name("body")
            if body is None or node.has_error:
                return None
            whole = start <= node.start_byte and node.end_byte <= end
            return node if whole or end <= body.start_byte else None
        if ctx.is_statement(node):
            parts = ctx.shapes.variables(node, ctx.text)
            value = parts[0].value if len(parts) == 1 else None
            given = value is not None and value.type in ctx.shapes.lambdas
            return value if given and value is not None and end <= value.start_byte else None
        node = node.parent
    return None


def _declared(ctx: RefactorContext, node: Node) -> VariableParts | None:
    """The assignment that gives a lambda to a variable."""
    parts = ctx.shapes.variables(ctx.statement_of(node), ctx.text)
    if len(parts) != 1 or parts[0].value is None or parts[0].value.id != node.id:
        return None
    return parts[0] if parts[0].type is None else None


def _function(ctx: RefactorContext, node: Node, name: str, indent: str) -> str:
    body = node.child_by_field_name("body")
    parameters = node.child_by_field_name("parameters")
    assert body is not None
    inner = indent + indent_unit(ctx.text, ctx.shapes)
    value = reindented(ctx, Span(body.start_byte, body.end_byte), inner)
    if "\n" in value and body.type not in ctx.shapes.atoms:
        value = f"({value})"
    listed = ctx.source(parameters) if parameters is not None else ""
    return f"def {name}({listed}):\n{inner}return {value}"


def _blank_lines(ctx: RefactorContext, statement: Node) -> tuple[str, str]:
    """The line ends that are missing before and behind a function in the place of a statement."""
    indent = indent_at(ctx.text, statement.start_byte)
    wanted = 2 if indent else 3
    before, after = statement.prev_sibling, statement.next_named_sibling
    lines = ["", ""]
    if before is not None and before.type not in ctx.shapes.comments:
        gap = ctx.text[before.end_byte : statement.start_byte].count(b"\n")
        lines[0] = "\n" * max(0, wanted - gap) + indent if gap < wanted else ""
    if after is not None:
        gap = ctx.text[statement.end_byte : after.start_byte].count(b"\n")
        lines[1] = "\n" * max(0, wanted - gap)
    return lines[0], lines[1]


def _suggested(ctx: RefactorContext, node: Node) -> str:
    """The name of the argument that a lambda is given to."""
    parent = node.parent
    name = parent.child_by_field_name("name") if parent is not None else None
    return ctx.source(name) if name is not None else "function"


def _refuse(ctx: RefactorContext, node: Node) -> None:
    shapes = ctx.shapes
    statement = ctx.statement_of(node)
    if not starts_line(ctx.text, statement.start_byte):
        raise Refused("Something else stands before the statement on its line.")
    if next(ctx.inside(node, shapes.comments), None) is not None:
        raise Refused("A comment would be lost.")
    body = node.child_by_field_name("body")
    if body is not None and next(ctx.inside(body, shapes.yields), None) is not None:
        raise Refused("The lambda yields.")
    if _declared(ctx, node) is not None:
        return
    if statement.type in shapes.functions | shapes.classes or "decorat" in statement.type:
        raise Refused("The lambda is part of a header.")
    parameters = node.child_by_field_name("parameters")
    if parameters is not None and runs_code(ctx, parameters) is not None:
        raise Refused("The lambda's parameters have values that would be made at another time.")
    around = node.parent
    while around is not None and around.id != statement.id:
        if around.type in shapes.lambdas or "comprehension" in around.type:
            raise Refused("The lambda sees names that are bound around it.")
        if around.type == "generator_expression":
            raise Refused("The lambda sees names that are bound around it.")
        around = around.parent
    block = statement.parent
    if block is not None and block.parent is not None and block.parent.type in shapes.classes:
        raise Refused("The function would be a method of the class.")


REFACTOR = Refactor(
    "rewrite.lambda_to_function",
    "Write a lambda as a function",
    "refactor.rewrite.lambda_to_function",
    words("python"),
    _offers,
    _apply,
    __doc__ or "",
    (NAME,),
)
