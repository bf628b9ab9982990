"""The syntax of C, as refactorings need it; most of it is C++'s too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.c.headers import HEADERS
from pairwright_analyzers.languages.c.logic import LOGIC
from pairwright_analyzers.languages.c.renaming import RENAMING
from pairwright_analyzers.languages.c.values import VALUES, literal_type
from pairwright_analyzers.languages.c.writing import WRITING, changes_in_place
from pairwright_analyzers.languages.shapes import (
    NewVariable,
    Shapes,
    VariableParts,
    assigned_variable,
    words,
)

if TYPE_CHECKING:
    from tree_sitter import Node


def variables(node: Node, text: bytes) -> Sequence[VariableParts]:
    """`Shapes.variables` of C and C++. What is declared with `*`, `&` or `[]` is left out: its type
    is not what stands before its name.
    """
    if node.type == "declaration":
        kind = node.child_by_field_name("type")
        inferred = kind is not None and kind.type == "placeholder_type_specifier"
        declarators = node.children_by_field_name("declarator")
        constant = any(
            one.type == "type_qualifier"
            and text[one.start_byte : one.end_byte] in (b"const", b"constexpr")
            for one in node.named_children
        )
        found = []
        for one in declarators:
            name = one.child_by_field_name("declarator") if one.type == "init_declarator" else one
            if name is None or name.type != "identifier":
                return ()
            value = one.child_by_field_name("value") if one.type == "init_declarator" else None
            if value is not None and value.type in ("argument_list", "initializer_list"):
                value = None
            alone = len(declarators) == 1
            written = None if inferred else kind
            found.append(VariableParts(name, value, written, node, alone, constant))
        return found
    return assigned_variable(node)


def _declare(new: NewVariable) -> str:
    constant = "static const " if new.constant else ""
    if new.type.endswith("*"):
        if new.constant:
            return f"static {new.type}const {new.name} = {new.value};"
        return f"{constant}{new.type}{new.name} = {new.value};"
    return f"{constant}{new.type or 'int'} {new.name} = {new.value};"


STATEMENTS = words(
    "attributed_statement break_statement case_statement compound_statement continue_statement"
    " do_statement expression_statement for_statement goto_statement if_statement"
    " labeled_statement return_statement switch_statement while_statement declaration"
    " function_definition type_definition preproc_include preproc_def preproc_function_def"
    " preproc_if preproc_ifdef preproc_call"
)

EXPRESSIONS = words(
    "alignof_expression assignment_expression binary_expression call_expression cast_expression"
    " char_literal compound_literal_expression concatenated_string conditional_expression"
    " field_expression generic_expression identifier null number_literal offsetof_expression"
    " parenthesized_expression pointer_expression sizeof_expression string_literal"
    " subscript_expression true false unary_expression update_expression"
)


def needs_place(node: Node) -> bool:
    """`Shapes.needs_place` of C and C++."""
    parent = node.parent
    if parent is None or parent.type in ("sizeof_expression", "lambda_capture_specifier"):
        return True
    operator = parent.child_by_field_name("operator")
    return parent.type == "pointer_expression" and operator is not None and operator.type == "&"


SHAPES = Shapes(
    blocks=words("translation_unit compound_statement case_statement"),
    arms={
        "if_statement": words("consequence"),
        "else_clause": frozenset({""}),
        "for_statement": words("body"),
        "while_statement": words("body"),
        "do_statement": words("body"),
        "labeled_statement": frozenset({""}),
    },
    statements=STATEMENTS,
    wrappers=words("expression_statement"),
    functions=words("function_definition"),
    loops=words("for_statement while_statement do_statement"),
    conditionals=words("if_statement conditional_expression"),
    switches=words("switch_statement"),
    cases=words("case_statement"),
    switch_breaks=True,
    falling_cases=words("case_statement"),
    returns=words("return_statement"),
    breaks=words("break_statement"),
    continues=words("continue_statement"),
    jumps=words("labeled_statement goto_statement"),
    expressions=EXPRESSIONS,
    needs_place=needs_place,
    calls=words("call_expression"),
    makers=words("compound_literal_expression"),
    lists=words("argument_list parameter_list initializer_list enumerator_list"),
    list_words={"argument_list": "arguments", "parameter_list": "parameters"},
    padded_lists=words("enumerator_list initializer_list"),
    literals=words(
        "char_literal concatenated_string null number_literal string_literal true false"
    ),
    atoms=words(
        "identifier call_expression field_expression subscript_expression parenthesized_expression"
        " compound_literal_expression"
    ),
    parentheses=words("parenthesized_expression"),
    strings=words("string_literal char_literal concatenated_string"),
    assignments=words("assignment_expression"),
    augmented=words("update_expression"),
    terminator=";",
    keywords=words(
        "auto break case char const continue default do double else enum extern float for goto if"
        " inline int long register restrict return short signed sizeof static struct switch"
        " typedef union unsigned void volatile while"
    ),
    variables=variables,
    declare=_declare,
    literal_type=literal_type,
    values=VALUES,
    logic=LOGIC,
    headers=HEADERS,
    renaming=RENAMING,
    writing=WRITING,
    changes_in_place=changes_in_place,
)
