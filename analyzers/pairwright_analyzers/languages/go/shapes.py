"""Go's syntax, as refactorings need it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.go.headers import HEADERS
from pairwright_analyzers.languages.go.inference import changes_in_place
from pairwright_analyzers.languages.go.logic import LOGIC
from pairwright_analyzers.languages.go.moving import MOVING
from pairwright_analyzers.languages.go.renaming import RENAMING
from pairwright_analyzers.languages.go.values import VALUES
from pairwright_analyzers.languages.go.writing import WRITING
from pairwright_analyzers.languages.shapes import NewVariable, Shapes, VariableParts, words

if TYPE_CHECKING:
    from tree_sitter import Node

_LITERAL_TYPES = {
    "int_literal": "int",
    "float_literal": "float64",
    "imaginary_literal": "complex128",
    "rune_literal": "rune",
    "interpreted_string_literal": "string",
    "raw_string_literal": "string",
    "true": "bool",
    "false": "bool",
}


def _variables(node: Node, _text: bytes) -> Sequence[VariableParts]:
    if node.type in ("short_var_declaration", "assignment_statement"):
        left = node.child_by_field_name("left")
        right = node.child_by_field_name("right")
        operator = node.child_by_field_name("operator")
        if left is None or right is None or (operator is not None and operator.type != "="):
            return ()
        names, values = left.named_children, right.named_children
        if len(names) != len(values) or any(one.type != "identifier" for one in names):
            return ()
        declares = node.type == "short_var_declaration"
        return [
            VariableParts(name, value, None, node, len(names) == 1, declares=declares)
            for name, value in zip(names, values, strict=True)
        ]
    if node.type in ("var_declaration", "const_declaration"):
        specs = [one for one in _flat(node) if one.type in ("var_spec", "const_spec")]
        found: list[VariableParts] = []
        for spec in specs:
            names = spec.children_by_field_name("name")
            held = spec.child_by_field_name("value")
            values = held.named_children if held is not None else []
            kind = spec.child_by_field_name("type")
            for index, name in enumerate(names):
                value = values[index] if len(values) == len(names) else None
                alone = len(specs) == 1 and len(names) == 1
                constant = spec.type == "const_spec"
                found.append(VariableParts(name, value, kind, node, alone, constant))
        return found
    return ()


def _flat(node: Node) -> list[Node]:
    found: list[Node] = []
    for child in node.named_children:
        found.extend(child.named_children if child.type == "var_spec_list" else [child])
    return found


def _declare(new: NewVariable) -> str:
    if new.constant:
        return f"const {new.name} = {new.value}"
    return f"{new.name} := {new.value}"


def _literal_type(node: Node, text: bytes) -> str:
    if node.type == "composite_literal":
        kind = node.child_by_field_name("type")
        return text[kind.start_byte : kind.end_byte].decode() if kind is not None else ""
    if node.type == "unary_expression" and text[node.start_byte : node.start_byte + 1] == b"&":
        operand = node.child_by_field_name("operand")
        inner = _literal_type(operand, text) if operand is not None else ""
        return f"*{inner}" if inner else ""
    return _LITERAL_TYPES.get(node.type, "")


def _needs_place(node: Node) -> bool:
    parent = node.parent
    operator = parent.child_by_field_name("operator") if parent is not None else None
    return operator is not None and operator.type == "&"


SHAPES = Shapes(
    blocks=words("source_file statement_list"),
    statements=words(
        "assignment_statement dec_statement expression_statement inc_statement send_statement"
        " short_var_declaration block break_statement const_declaration continue_statement"
        " defer_statement empty_statement expression_switch_statement fallthrough_statement"
        " for_statement go_statement goto_statement if_statement labeled_statement"
        " return_statement select_statement type_declaration type_switch_statement"
        " var_declaration function_declaration method_declaration import_declaration"
        " package_clause"
    ),
    wrappers=words("expression_statement"),
    functions=words("function_declaration method_declaration func_literal"),
    lambdas=words("func_literal"),
    classes=words("type_declaration"),
    loops=words("for_statement"),
    conditionals=words("if_statement"),
    switches=words("expression_switch_statement type_switch_statement select_statement"),
    cases=words("expression_case default_case type_case communication_case"),
    switch_breaks=True,
    exhaustive=words("select_statement"),
    returns=words("return_statement"),
    breaks=words("break_statement"),
    continues=words("continue_statement"),
    jumps=words("labeled_statement goto_statement fallthrough_statement"),
    expressions=words(
        "identifier binary_expression call_expression composite_literal false float_literal"
        " func_literal imaginary_literal index_expression int_literal interpreted_string_literal"
        " iota nil parenthesized_expression raw_string_literal rune_literal selector_expression"
        " slice_expression true type_assertion_expression type_conversion_expression"
        " type_instantiation_expression unary_expression"
    ),
    needs_place=_needs_place,
    calls=words("call_expression"),
    makers=words("composite_literal func_literal"),
    maker_names=words("make new"),
    exports_capitals=True,
    lists=words("argument_list parameter_list literal_value"),
    list_words={"argument_list": "arguments", "parameter_list": "parameters"},
    trailing_commas=words("argument_list parameter_list literal_value"),
    literals=words(
        "float_literal imaginary_literal int_literal interpreted_string_literal"
        " raw_string_literal rune_literal true false nil"
    ),
    atoms=words(
        "identifier call_expression index_expression selector_expression slice_expression"
        " parenthesized_expression type_assertion_expression type_conversion_expression"
        " composite_literal iota"
    ),
    parentheses=words("parenthesized_expression"),
    strings=words("interpreted_string_literal raw_string_literal rune_literal"),
    assignments=words("assignment_statement"),
    augmented=words("inc_statement dec_statement"),
    indent="\t",
    keywords=words(
        "break case chan const continue default defer else fallthrough for func go goto if import"
        " interface map package range return select struct switch type var"
    ),
    variables=_variables,
    declare=_declare,
    constant_case=False,
    camel_case=True,
    literal_type=_literal_type,
    logic=LOGIC,
    headers=HEADERS,
    moving=MOVING,
    renaming=RENAMING,
    values=VALUES,
    writing=WRITING,
    changes_in_place=changes_in_place,
)
