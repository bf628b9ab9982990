"""Write a switch over constants as a row of `if`s.

    match kind:                     if kind == "a":
        case "a":                       one()
            one()             ->    else:
        case _:                         two()
            two()

Offered on the header. Refused where a branch goes on in the next one or is left inside of it, where
it is chosen by more than constants, and where the value that is looked at runs code.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pairwright_analyzers.languages.shapes import words
from pairwright_analyzers.refactors.branches import body_text, if_text
from pairwright_analyzers.refactors.choices import Choice, Label, choice_at, read_choice
from pairwright_analyzers.refactors.conditions import Rank, piece_of
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.insertion import terminated
from pairwright_analyzers.refactors.layout import indent_at, indent_unit, rewritten, starts_line
from pairwright_analyzers.refactors.model import Offer, Refactor, Refactored, Refused
from pairwright_analyzers.refactors.values import runs_code
from pairwright_analyzers.types import SourceChange, Span

if TYPE_CHECKING:
    from tree_sitter import Node

_TITLE = "Write as `if`s"


def _offers(ctx: RefactorContext) -> Sequence[Offer]:
    node = choice_at(ctx)
    if node is None:
        return ()
    try:
        _written(ctx, node)
    except Refused as refused:
        return (Offer(_TITLE, refused=str(refused)),)
    return (Offer(_TITLE),)


def _apply(ctx: RefactorContext, _arguments: Mapping[str, Any]) -> Refactored:
    node = choice_at(ctx)
    if node is None:
        raise Refused("No switch stands here.")
    text = _written(ctx, node)
    edit = rewritten(ctx, Span(node.start_byte, node.end_byte), text)
    return Refactored(SourceChange({ctx.path: (edit,)}))


def _written(ctx: RefactorContext, node: Node) -> str:
    parent = node.parent
    stands = ctx.is_statement(node) or (
        parent is not None and parent.type in ctx.shapes.wrappers and ctx.is_statement(parent)
    )
    if not stands or not starts_line(ctx.text, node.start_byte):
        raise Refused("The switch is a value.")
    choice = read_choice(ctx, node)
    if runs_code(ctx, choice.subject) is not None and _reads(choice) > 1:
        raise Refused(f"`{ctx.source(choice.subject)}` would run several times.")
    indent = indent_at(ctx.text, node.start_byte)
    inner = indent + indent_unit(ctx.text, ctx.shapes)
    branches: list[tuple[str, str]] = []
    otherwise: str | None = None
    for label in choice.labels:
        body = _body(ctx, label, inner)
        if label.otherwise:
            otherwise = body or None
        else:
            branches.append((_condition(ctx, choice, label), body))
    return if_text(ctx, branches, otherwise, indent)


def _reads(choice: Choice) -> int:
    return sum(len(label.values) for label in choice.labels)


def _body(ctx: RefactorContext, label: Label, inner: str) -> str:
    if not len(label.span):
        return ""
    text = body_text(ctx, label.span, inner)
    nothing = ctx.shapes.logic.nothing
    if len(label.statements) == 1 and label.statements[0].type in nothing:
        return "" if label.otherwise else text
    value = label.statements[-1] if label.statements else None
    if value is not None and value.type in ctx.shapes.expressions and ctx.shapes.terminator:
        closed = ctx.source(label.span).endswith(("}", ";"))
        return text if closed else terminated(ctx, f"{text}{ctx.shapes.terminator}", "")
    return text


def _condition(ctx: RefactorContext, choice: Choice, label: Label) -> str:
    logic = ctx.shapes.logic
    piece = piece_of(ctx, choice.subject)
    subject = piece.text if piece.rank is Rank.ATOM else f"({piece.text})"
    operators = [logic.comparison_of(one) or logic.equality for one, _ in label.values]
    if logic.membership and len(operators) > 1 and set(operators) == {logic.equality}:
        listed = ", ".join(text for _, text in label.values)
        return f"{subject} {next(iter(logic.membership))} ({listed})"
    parts = [
        f"{subject} {operator} {text}"
        for operator, (_, text) in zip(operators, label.values, strict=True)
    ]
    return f" {logic.disjunctions[0]} ".join(parts)


REFACTOR = Refactor(
    "rewrite.match_to_if",
    "Write a switch as ifs",
    "refactor.rewrite.match_to_if",
    words("python javascript typescript typescriptreact go rust java c cpp csharp ruby php"),
    _offers,
    _apply,
    __doc__ or "",
)
