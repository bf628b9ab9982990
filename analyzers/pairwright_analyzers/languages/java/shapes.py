"""Java's syntax, as refactorings need it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.java.contracts import CONTRACTS
from pairwright_analyzers.languages.java.fields import FIELDS
from pairwright_analyzers.languages.java.headers import HEADERS
from pairwright_analyzers.languages.java.hiding import HIDING
from pairwright_analyzers.languages.java.logic import LOGIC
from pairwright_analyzers.languages.java.members import MEMBERS
from pairwright_analyzers.languages.java.moving import MOVING
from pairwright_analyzers.languages.java.renaming import RENAMING
from pairwright_analyzers.languages.java.values import VALUES, literal_type
from pairwright_analyzers.languages.java.writing import WRITING
from pairwright_analyzers.languages.shapes import (
    NewVariable,
    Shapes,
    VariableParts,
    assigned_variable,
    words,
)

if TYPE_CHECKING:
    from tree_sitter import Node


def _variables(node: Node, text: bytes) -> Sequence[VariableParts]:
    if node.type in ("local_variable_declaration", "field_declaration"):
        declarators = [one for one in node.named_children if one.type == "variable_declarator"]
        kind = node.child_by_field_name("type")
        inferred = kind is not None and text[kind.start_byte : kind.end_byte] == b"var"
        modifiers = next((one for one in node.named_children if one.type == "modifiers"), None)
        constant = modifiers is not None and any(one.type == "final" for one in modifiers.children)
        found = []
        for one in declarators:
            name = one.child_by_field_name("name")
            if name is None:
                return ()
            value = one.child_by_field_name("value")
            alone = len(declarators) == 1
            written = None if inferred else kind
            found.append(VariableParts(name, value, written, node, alone, constant))
        return found
    return assigned_variable(node)


def _declare(new: NewVariable) -> str:
    if new.constant:
        return f"private static final {new.type or 'Object'} {new.name} = {new.value};"
    return f"{new.type or 'var'} {new.name} = {new.value};"


SHAPES = Shapes(
    blocks=words("program block constructor_body switch_block_statement_group class_body"),
    arms={
        "if_statement": words("consequence alternative"),
        "for_statement": words("body"),
        "enhanced_for_statement": words("body"),
        "while_statement": words("body"),
        "do_statement": words("body"),
        "labeled_statement": frozenset({""}),
    },
    statements=words(
        "block expression_statement labeled_statement assert_statement do_statement"
        " break_statement continue_statement return_statement yield_statement"
        " synchronized_statement throw_statement try_statement try_with_resources_statement"
        " if_statement while_statement for_statement enhanced_for_statement"
        " local_variable_declaration class_declaration interface_declaration enum_declaration"
        " record_declaration method_declaration constructor_declaration field_declaration"
        " import_declaration package_declaration explicit_constructor_invocation"
    ),
    wrappers=words("expression_statement"),
    functions=words(
        "method_declaration constructor_declaration compact_constructor_declaration"
        " lambda_expression static_initializer"
    ),
    lambdas=words("lambda_expression"),
    classes=words(
        "class_declaration interface_declaration enum_declaration record_declaration"
        " annotation_type_declaration"
    ),
    loops=words("for_statement enhanced_for_statement while_statement do_statement"),
    conditionals=words("if_statement ternary_expression"),
    switches=words("switch_expression"),
    cases=words("switch_block_statement_group switch_rule"),
    switch_breaks=True,
    falling_cases=words("switch_block_statement_group"),
    tries=words("try_statement try_with_resources_statement"),
    resources=words("try_with_resources_statement"),
    returns=words("return_statement"),
    breaks=words("break_statement"),
    continues=words("continue_statement"),
    throws=words("throw_statement"),
    yields=words("yield_statement"),
    jumps=words("labeled_statement"),
    expressions=words(
        "identifier cast_expression assignment_expression binary_expression"
        " instanceof_expression lambda_expression ternary_expression unary_expression"
        " update_expression array_creation_expression parenthesized_expression class_literal"
        " object_creation_expression field_access template_expression array_access"
        " method_invocation method_reference switch_expression this super"
        " decimal_integer_literal hex_integer_literal octal_integer_literal binary_integer_literal"
        " decimal_floating_point_literal hex_floating_point_literal true false character_literal"
        " null_literal string_literal"
    ),
    calls=words("method_invocation object_creation_expression array_creation_expression"),
    makers=words("object_creation_expression array_creation_expression lambda_expression"),
    handlers=words("catch_clause finally_clause"),
    lists=words("argument_list formal_parameters array_initializer"),
    list_words={"argument_list": "arguments", "formal_parameters": "parameters"},
    padded_lists=words("array_initializer"),
    literals=words(
        "decimal_integer_literal hex_integer_literal octal_integer_literal binary_integer_literal"
        " decimal_floating_point_literal hex_floating_point_literal true false character_literal"
        " null_literal string_literal"
    ),
    atoms=words(
        "identifier parenthesized_expression class_literal object_creation_expression field_access"
        " array_access method_invocation this super"
    ),
    parentheses=words("parenthesized_expression"),
    strings=words("string_literal character_literal"),
    comments=words("line_comment block_comment"),
    assignments=words("assignment_expression"),
    augmented=words("update_expression"),
    terminator=";",
    keywords=words(
        "abstract assert boolean break byte case catch char class const continue default do double"
        " else enum extends final finally float for goto if implements import instanceof int"
        " interface long native new package private protected public return short static strictfp"
        " super switch synchronized this throw throws transient try void volatile while true false"
        " null"
    ),
    variables=_variables,
    declare=_declare,
    camel_case=True,
    literal_type=literal_type,
    values=VALUES,
    contracts=CONTRACTS,
    logic=LOGIC,
    headers=HEADERS,
    members=MEMBERS,
    hiding=HIDING,
    moving=MOVING,
    renaming=RENAMING,
    writing=WRITING,
    fields=FIELDS,
)
