"""Where Ruby's values stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pairwright_analyzers.languages.nodes import spelled
from pairwright_analyzers.languages.shapes import words
from pairwright_analyzers.languages.values import ExpressionBody, Values, field_of, places

if TYPE_CHECKING:
    from tree_sitter import Node


def _expression_body(node: Node, text: bytes) -> ExpressionBody | None:
    """An endless method: `def f = value`."""
    if node.type not in ("method", "singleton_method"):
        return None
    body = node.child_by_field_name("body")
    if body is None or body.type == "body_statement":
        return None
    sign = next((one for one in node.children if one.type == "="), None)
    if sign is None:
        return None
    start = sign.start_byte
    while text[start - 1 : start] == b" ":
        start -= 1
    return ExpressionBody(body, start, body.end_byte, keyword="", opener="", closer="end")


_NEVER = words("raise fail throw exit abort")


def _problem(node: Node, text: bytes) -> str:
    parent = node.parent
    if parent is None:
        return ""
    pending = [node]
    while pending:
        current = pending.pop()
        if current.type == "heredoc_beginning":
            return "The text itself stands on the lines below."
        pending.extend(current.named_children)
    if parent.type == "pair" and field_of(node) == "key" and not spelled(parent, text).count("=>"):
        return "This is a key, not a value."
    if node.type == "call" and spelled(node.child_by_field_name("method"), text) in _NEVER:
        return "This has no value."
    if parent.type == "chained_string":
        return "This is one part of a text that is written in several."
    if parent.type in ("alias", "undef"):
        return "This names a method."
    asking = parent
    while (
        asking.type in ("parenthesized_statements", "argument_list") and asking.parent is not None
    ):
        asking = asking.parent
    if asking.child_count and asking.children[0].type == "defined?":
        return "`defined?` asks for the expression itself."
    if parent.type == "call" and field_of(node) == "method":
        return "A method is no value."
    if parent.type in ("left_assignment_list", "rest_assignment", "destructured_left_assignment"):
        return "This is no value."
    return ""


def _reads(node: Node) -> bool:
    """A call without arguments on something reads an attribute, for all that is usual."""
    return (
        node.type == "call"
        and node.child_by_field_name("receiver") is not None
        and node.child_by_field_name("arguments") is None
        and node.child_by_field_name("block") is None
        and not (node.text or b"").endswith(b"!")
    )


VALUES = Values(
    top_level=True,
    class_level=True,
    fixed=places("in_clause:pattern alias undef heredoc_beginning superclass"),
    repeated=places(
        "while:condition until:condition while_modifier:condition,body"
        " until_modifier:condition,body"
    ),
    expression_body=_expression_body,
    problem=_problem,
    reads=_reads,
    types_are_values=True,
    constant_owners=words("class module"),
    default_values=True,
)
