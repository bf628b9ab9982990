"""Where Java's values stand, and of which type they are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.nodes import spelled
from pairwright_analyzers.languages.shapes import words
from pairwright_analyzers.languages.values import (
    Declared,
    DeclaredHook,
    ExpressionBody,
    NewVariable,
    Values,
    field_of,
    places,
    wider,
)

if TYPE_CHECKING:
    from tree_sitter import Node

_TRUTHS = words("== != < > <= >= && ||")
_ORDER = ("double", "float", "long", "int")
_SMALL = words("byte short char")
_PLAIN = {
    "decimal_integer_literal": "int",
    "hex_integer_literal": "int",
    "octal_integer_literal": "int",
    "binary_integer_literal": "int",
    "decimal_floating_point_literal": "double",
    "hex_floating_point_literal": "double",
    "character_literal": "char",
    "string_literal": "String",
    "true": "boolean",
    "false": "boolean",
    "instanceof_expression": "boolean",
}
_KNOWN = {
    "length": "int",
    "size": "int",
    "indexOf": "int",
    "lastIndexOf": "int",
    "compareTo": "int",
    "hashCode": "int",
    "charAt": "char",
    "equals": "boolean",
    "equalsIgnoreCase": "boolean",
    "isEmpty": "boolean",
    "isBlank": "boolean",
    "contains": "boolean",
    "containsKey": "boolean",
    "startsWith": "boolean",
    "endsWith": "boolean",
    "toString": "String",
    "trim": "String",
    "strip": "String",
    "substring": "String",
    "toLowerCase": "String",
    "toUpperCase": "String",
}
"""What methods of the standard library give back, where no method of the workspace is meant."""
_STATEMENTS = words(
    "method_invocation assignment_expression update_expression object_creation_expression"
)
_CONSUMERS = words(
    "forEach forEachOrdered ifPresent peek submit execute run runAsync thenAccept thenRun"
    " whenComplete subscribe doOnNext doOnError assertThrows assertDoesNotThrow"
    " addActionListener"
)
_FUNCTIONALS = words(
    "map filter flatMap reduce collect sorted sort comparing comparingInt thenComparing"
    " computeIfAbsent computeIfPresent compute merge orElseGet orElseThrow supplyAsync thenApply"
    " thenCompose anyMatch allMatch noneMatch mapToInt mapToLong mapToDouble mapToObj iterate"
    " generate toMap groupingBy partitioningBy removeIf replaceAll withInitial"
)
_TYPE_PARAMETER = re.compile(r"[A-Z]\d?\Z")


def literal_type(node: Node, text: bytes) -> str:
    """`Shapes.literal_type` of Java."""
    written = text[node.start_byte : node.end_byte]
    if node.type.endswith("integer_literal") and written[-1:] in b"lL":
        return "long"
    if node.type == "decimal_floating_point_literal" and written[-1:] in b"fF":
        return "float"
    if node.type == "object_creation_expression":
        name = spelled(node.child_by_field_name("type"), text)
        return "" if "<>" in name else name
    return _PLAIN.get(node.type, "")


def type_of(node: Node, text: bytes, declared: DeclaredHook) -> str:
    """`Values.type_of` of Java."""
    literal = literal_type(node, text)
    if literal:
        return literal
    kind = node.type
    if kind == "parenthesized_expression" and node.named_child_count == 1:
        return type_of(node.named_children[0], text, declared)
    if kind == "cast_expression":
        return spelled(node.child_by_field_name("type"), text)
    if kind == "ternary_expression":
        return _part(node, "consequence", text, declared) or _part(
            node, "alternative", text, declared
        )
    if kind == "assignment_expression":
        return _part(node, "left", text, declared)
    if kind == "array_access":
        held = _part(node, "array", text, declared)
        return held[:-2] if held.endswith("[]") else ""
    if kind == "array_creation_expression":
        count = sum(one.type in ("dimensions_expr", "dimensions") for one in node.named_children)
        base = spelled(node.child_by_field_name("type"), text)
        return base + "[]" * max(1, count) if base else ""
    if kind == "class_literal":
        return f"Class<{spelled(node, text).removesuffix('.class')}>"
    if kind == "unary_expression":
        return _part(node, "operand", text, declared)
    if kind == "binary_expression":
        return _operation(node, text, declared)
    if kind == "method_invocation":
        return _called(node, text, declared)
    if kind == "field_access":
        name = node.child_by_field_name("field")
        if spelled(name, text) == "length":
            return "int"
        return _declared(declared(name)) if name is not None else ""
    return _declared(declared(node)) if kind == "identifier" else ""


def _part(node: Node, name: str, text: bytes, declared: DeclaredHook) -> str:
    part = node.child_by_field_name(name)
    return type_of(part, text, declared) if part is not None else ""


def _operation(node: Node, text: bytes, declared: DeclaredHook) -> str:
    operator = node.child_by_field_name("operator")
    sign = operator.type if operator is not None else ""
    if sign in _TRUTHS:
        return "boolean"
    left, right = _part(node, "left", text, declared), _part(node, "right", text, declared)
    if sign == "+" and "String" in (left, right):
        return "String"
    left, right = ("int" if one in _SMALL else one for one in (left, right))
    if sign in ("<<", ">>", ">>>"):
        return left
    return "boolean" if left == right == "boolean" else wider(left, right, _ORDER)


def _called(node: Node, text: bytes, declared: DeclaredHook) -> str:
    name = node.child_by_field_name("name")
    if name is None:
        return ""
    found = declared(name)
    if found is None:
        receiver = spelled(node.child_by_field_name("object"), text)
        if receiver == "String" and spelled(name, text) in ("format", "valueOf", "join"):
            return "String"
        return _KNOWN.get(spelled(name, text), "")
    kind = _declared(found)
    return "" if _TYPE_PARAMETER.match(kind) else kind


def _declared(found: Declared | None) -> str:
    if found is None:
        return ""
    parent = found.name.parent
    dimensions = parent.child_by_field_name("dimensions") if parent is not None else None
    if parent is not None and parent.type == "variable_declarator":
        parent = parent.parent
    if parent is None:
        return ""
    written = spelled(parent.child_by_field_name("type"), found.text)
    written += spelled(dimensions, found.text)
    return "" if written == "var" else " ".join(written.split())


def _expression_body(node: Node, text: bytes) -> ExpressionBody | None:
    if node.type == "switch_rule":
        inner = node.named_children[-1] if node.named_child_count else None
        if inner is None or inner.type != "expression_statement":
            return None
        value = inner.named_children[0]
        switch = node.parent.parent if node.parent is not None else None
        around = switch.parent if switch is not None else None
        plain = around is not None and (
            around.type in ("block", "switch_block_statement_group", "expression_statement")
        )
        keyword = "" if plain else "yield"
        return ExpressionBody(value, inner.start_byte, inner.end_byte, keyword, terminator=";")
    if node.type != "lambda_expression":
        return None
    body = node.child_by_field_name("body")
    if body is None or body.type == "block":
        return None
    keyword = _given(node, body, text)
    return ExpressionBody(body, body.start_byte, body.end_byte, keyword, terminator=";")


def _given(node: Node, body: Node, text: bytes) -> str:
    """`return` where a lambda gives back what its body is, "" where it does not, "?" where that
    cannot be told from the text.
    """
    if body.type not in _STATEMENTS:
        return "return"
    arguments = node.parent
    call = arguments.parent if arguments is not None else None
    if arguments is not None and arguments.type == "argument_list" and call is not None:
        name = spelled(call.child_by_field_name("name"), text)
        if name in _CONSUMERS:
            return ""
        return "return" if name in _FUNCTIONALS else "?"
    if arguments is not None and arguments.type == "variable_declarator" and call is not None:
        kind = spelled(call.child_by_field_name("type"), text)
        if kind.startswith(("Runnable", "Consumer", "BiConsumer")):
            return ""
        known = ("Function", "Supplier", "Callable", "Predicate", "BiFunction", "Comparator")
        return "return" if kind.startswith((*known, "UnaryOperator", "BinaryOperator")) else "?"
    return "?"


def _problem(node: Node, text: bytes) -> str:
    parent = node.parent
    if parent is None:
        return ""
    if parent.type == "method_invocation" and field_of(node) == "name":
        return "A method is no value."
    if node.type == "super" or (node.type == "identifier" and field_of(node) in ("key", "field")):
        return "This is no value."
    if parent.type == "labeled_statement" and node.type == "identifier":
        return "This is a label."
    if node.type == "lambda_expression" or node.type == "method_reference":
        return "Its type is given by the place where it stands."
    if node.type == "null_literal":
        return "`null` has no type of its own."
    if node.type == "array_initializer":
        return "Its type is given by the place where it stands."
    if node.type == "method_invocation" and not spelled(node, text).endswith(")"):
        return "This is not a whole call."
    return ""


def _member_constant(new: NewVariable, kind: Node) -> str:
    modifiers = "" if kind.type == "interface_declaration" else "private static final "
    return f"{modifiers}{new.type} {new.name} = {new.value};"


VALUES = Values(
    declarative=words("program class_body"),
    fixed=places(
        "annotation marker_annotation switch_label import_declaration package_declaration"
        " explicit_constructor_invocation catch_type type_arguments"
    ),
    repeated=places(
        "while_statement:condition do_statement:condition for_statement:condition,update"
    ),
    expression_body=_expression_body,
    problem=_problem,
    type_of=type_of,
    literal_only=places("import_declaration package_declaration"),
    constant_owners=words(
        "class_declaration enum_declaration interface_declaration record_declaration"
    ),
    outermost_owner=True,
    typed_constants=True,
    member_constant=_member_constant,
    typed_parameters=True,
)
