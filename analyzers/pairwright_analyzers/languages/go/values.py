"""Where Go's values stand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pairwright_analyzers.languages.shapes import words
from pairwright_analyzers.languages.values import Values, field_of, places

if TYPE_CHECKING:
    from tree_sitter import Node

_NUMBERS = words("int_literal float_literal imaginary_literal rune_literal")


def _problem(node: Node, _text: bytes) -> str:
    parent = node.parent
    if parent is None:
        return ""
    if parent.type in ("go_statement", "defer_statement"):
        return "The call itself is put off: it has to stand here."
    if parent.type == "parenthesized_expression" and field_of(parent) == "function":
        return "This is a type, or what is called." if node.type == "unary_expression" else ""
    if parent.type == "expression_list" and parent.parent is not None:
        return _shared(parent, parent.parent)
    if parent.type == "literal_element" and field_of(parent) == "key" and node.type == "identifier":
        return "This is a key, not a value."
    if parent.type == "receive_statement" or parent.type == "communication_case":
        return "What is received decides which case runs."
    if node.type == "identifier" and node.text == b"_":
        return "This is no value."
    return ""


def _shared(values: Node, statement: Node) -> str:
    """What is wrong with naming the one value that gives several."""
    if values.named_child_count != 1:
        return ""
    left = statement.child_by_field_name("left")
    if field_of(values) == "right" and left is not None and left.named_child_count > 1:
        return "This gives several values at once."
    if statement.type == "return_statement":
        around = statement.parent
        while around is not None and around.type not in _FUNCTIONS:
            around = around.parent
        result = around.child_by_field_name("result") if around is not None else None
        if result is not None and result.type == "parameter_list" and _count(result) > 1:
            return "This gives several values at once."
    return ""


_FUNCTIONS = words("function_declaration method_declaration func_literal")


def _count(results: Node) -> int:
    return sum(
        max(1, len(one.children_by_field_name("name")))
        for one in results.named_children
        if one.type == "parameter_declaration"
    )


def _is_number(node: Node) -> bool:
    """A variable would have the type `int`, where the constant fits all numbers."""
    if node.type in ("unary_expression", "parenthesized_expression", "binary_expression"):
        return all(_is_number(one) for one in node.named_children)
    return node.type in _NUMBERS


def _alone(value: Node, written: str) -> str:
    """The operators of lowest precedence have spaces around them where nothing else shares their
    line, as gofmt writes them.
    """
    if value.type != "binary_expression" or "\n" in written:
        return written
    start = value.start_byte
    cuts: list[tuple[int, int]] = []
    current: Node | None = value
    rank = _rank(value)
    while current is not None and current.type == "binary_expression" and _rank(current) == rank:
        operator = current.child_by_field_name("operator")
        if operator is None:
            return written
        cuts.append((operator.start_byte - start, operator.end_byte - start))
        current = current.child_by_field_name("left")
    raw = written.encode()
    for begin, end in cuts:
        sign = raw[begin:end]
        raw = raw[:begin].rstrip() + b" " + sign + b" " + raw[end:].lstrip()
    return raw.decode()


def _rank(value: Node) -> int:
    operator = value.child_by_field_name("operator")
    sign = operator.type if operator is not None else ""
    return next((index for index, signs in enumerate(_RANKS) if sign in signs), len(_RANKS))


_RANKS = (
    words("||"),
    words("&&"),
    words("== != < <= > >="),
    words("+ - | ^"),
    words("* / % << >> & &^"),
)


VALUES = Values(
    declarative=words("source_file"),
    fixed=places(
        "import_declaration type_declaration field_declaration const_declaration parameter_list"
        " array_type type_arguments type_case type_parameter_list"
    ),
    repeated=places("for_clause:condition,update") | {"for_statement": frozenset({""})},
    callables=words(
        "identifier selector_expression call_expression index_expression parenthesized_expression"
        " func_literal type_assertion_expression"
    ),
    copied=True,
    alone=_alone,
    problem=_problem,
    local_constant=_is_number,
    literal_only=places("import_declaration field_declaration:tag"),
    capital_constants=False,
    typed_parameters=True,
)
