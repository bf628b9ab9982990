"""The `signature` and `call` hooks of JavaScript, TypeScript and TSX."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pairwright_analyzers.languages.ecmascript.nodes import (
    FUNCTIONS,
    folded,
    nth,
    spelled,
)
from pairwright_analyzers.languages.spec import LanguageSpec
from pairwright_analyzers.types import Argument, Call, Parameter, ParameterKind, Signature, Span

if TYPE_CHECKING:
    from tree_sitter import Node


CALLABLES = FUNCTIONS | {
    "function_declaration",
    "generator_function_declaration",
    "function_signature",
    "method_definition",
    "method_signature",
    "abstract_method_signature",
}


_FRAMES = (
    ("", " {}"),
    ("class _ { ", " {} }"),
    ("abstract class _ { ", "; }"),
    ("interface _ { ", " }"),
    ("({ ", " {} })"),
    ("", ""),
    ("", " {})"),
    ("", " {}))"),
    ("", " {})))"),
)


def signature(header: str, spec: LanguageSpec) -> Signature:
    """A header's parameters, read in the first frame that makes it whole."""
    from pairwright_analyzers.syntax import parse

    head = header.strip().removesuffix(",")
    best: tuple[Node, bytes] | None = None
    for before, after in _FRAMES:
        text = (before + head + after).encode()
        root = parse(spec, text).root
        function = _function_within(root, len(before.encode()))
        if function is None:
            continue
        if not root.has_error:
            best = (function, text)
            break
        if best is None:
            best = (function, text)
    if best is None:
        return Signature(())
    return _signature_of(*best)


def _function_within(root: Node, start: int) -> Node | None:
    """The outermost callable of a framed header; of a test or component, the function that is
    passed.
    """
    waiting = [root]
    for _ in range(400):
        if not waiting:
            return None
        node = waiting.pop(0)
        if node.start_byte >= start and node.type in CALLABLES:
            return node
        waiting.extend(child for child in node.named_children if child.type != "decorator")
    return None


def _signature_of(function: Node, text: bytes) -> Signature:
    returns = function.child_by_field_name("return_type")
    shown = folded(returns, text).removeprefix(":").strip()
    single = function.child_by_field_name("parameter")
    if single is not None:
        return Signature((Parameter(spelled(single, text)),), shown)
    group = function.child_by_field_name("parameters")
    found: list[Parameter] = []
    for child in group.named_children if group is not None else ():
        parameter = _parameter(child, text)
        if parameter is not None:
            found.append(parameter)
    return Signature(tuple(found), shown)


def _parameter(node: Node, text: bytes) -> Parameter | None:
    if node.type in ("comment", "decorator", "ERROR"):
        return None
    pattern: Node | None = node
    annotation = default = ""
    optional = False
    if node.type in ("required_parameter", "optional_parameter"):
        pattern = node.child_by_field_name("pattern")
        annotation = folded(node.child_by_field_name("type"), text).removeprefix(":").strip()
        default = folded(node.child_by_field_name("value"), text)
        optional = node.type == "optional_parameter" or bool(default)
    elif node.type == "assignment_pattern":
        pattern = node.child_by_field_name("left")
        default = folded(node.child_by_field_name("right"), text)
        optional = True
    if pattern is None:
        return None
    kind = ParameterKind.POSITIONAL
    if pattern.type == "this":
        kind = ParameterKind.RECEIVER
    elif pattern.type == "rest_pattern":
        kind, optional = ParameterKind.VARIADIC, True
        pattern = nth(pattern, 0)
    return Parameter(folded(pattern, text), kind, annotation, default, optional)


def call(node: Node, text: bytes) -> Call | None:
    """The `call` hook of the family."""
    if node.type == "call_expression":
        callee = node.child_by_field_name("function")
    elif node.type == "new_expression":
        callee = node.child_by_field_name("constructor")
    else:
        return None
    group = node.child_by_field_name("arguments")
    if callee is None or group is None or group.type != "arguments":
        return None
    arguments: list[Argument] = []
    for child in group.named_children:
        if child.type == "comment":
            continue
        span = Span(*child.byte_range)
        inner = nth(child, 0) if child.type == "spread_element" else None
        if inner is not None:
            arguments.append(Argument(span, Span(*inner.byte_range), spread=True))
        else:
            arguments.append(Argument(span, span))
    return Call(
        Span(*node.byte_range), Span(*callee.byte_range), Span(*group.byte_range), tuple(arguments)
    )
