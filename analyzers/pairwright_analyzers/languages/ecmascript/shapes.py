"""The syntax that JavaScript and TypeScript share, as refactorings need it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.ecmascript.bundles import BUNDLES, TYPESCRIPT_BUNDLES
from pairwright_analyzers.languages.ecmascript.contracts import CONTRACTS
from pairwright_analyzers.languages.ecmascript.fields import FIELDS, TYPESCRIPT_FIELDS
from pairwright_analyzers.languages.ecmascript.headers import HEADERS, TYPESCRIPT_HEADERS
from pairwright_analyzers.languages.ecmascript.hiding import HIDING, TYPED_HIDING
from pairwright_analyzers.languages.ecmascript.items import orderless
from pairwright_analyzers.languages.ecmascript.logic import LOGIC
from pairwright_analyzers.languages.ecmascript.members import MEMBERS
from pairwright_analyzers.languages.ecmascript.moving import MOVING
from pairwright_analyzers.languages.ecmascript.properties import PROPERTIES
from pairwright_analyzers.languages.ecmascript.renaming import RENAMING
from pairwright_analyzers.languages.ecmascript.values import TYPESCRIPT_VALUES, VALUES
from pairwright_analyzers.languages.ecmascript.writing import TYPED_WRITING, WRITING
from pairwright_analyzers.languages.shapes import (
    NewVariable,
    Shapes,
    VariableParts,
    assigned_variable,
    words,
)

if TYPE_CHECKING:
    from tree_sitter import Node


def _variables(node: Node, _text: bytes) -> Sequence[VariableParts]:
    statement = node
    if node.type == "export_statement":
        node = node.child_by_field_name("declaration") or node
    if node.type in ("lexical_declaration", "variable_declaration"):
        declarators = [one for one in node.named_children if one.type == "variable_declarator"]
        kind = node.child_by_field_name("kind")
        constant = kind is not None and kind.type == "const"
        found = []
        for one in declarators:
            name = one.child_by_field_name("name")
            if name is None or name.type != "identifier":
                return ()
            annotation = one.child_by_field_name("type")
            value = one.child_by_field_name("value")
            alone = len(declarators) == 1
            found.append(VariableParts(name, value, annotation, statement, alone, constant))
        return found
    return assigned_variable(node)


def _declare(new: NewVariable) -> str:
    annotation = f": {new.type}" if new.type else ""
    return f"const {new.name}{annotation} = {new.value};"


_STATEMENTS = words(
    "break_statement continue_statement debugger_statement do_statement empty_statement"
    " export_statement expression_statement for_in_statement for_statement if_statement"
    " import_statement labeled_statement return_statement statement_block switch_statement"
    " throw_statement try_statement while_statement with_statement class_declaration"
    " function_declaration generator_function_declaration lexical_declaration"
    " variable_declaration"
)

_EXPRESSIONS = words(
    "assignment_expression augmented_assignment_expression await_expression binary_expression"
    " jsx_element jsx_self_closing_element new_expression ternary_expression unary_expression"
    " update_expression yield_expression array arrow_function call_expression class false"
    " function_expression generator_function identifier member_expression meta_property null"
    " number object parenthesized_expression regex string subscript_expression super"
    " template_string this true undefined"
)

JAVASCRIPT_SHAPES = Shapes(
    blocks=words("program statement_block switch_case switch_default"),
    arms={
        "if_statement": words("consequence"),
        "else_clause": frozenset({""}),
        "for_statement": words("body"),
        "for_in_statement": words("body"),
        "while_statement": words("body"),
        "do_statement": words("body"),
        "labeled_statement": words("body"),
    },
    statements=_STATEMENTS,
    wrappers=words("expression_statement"),
    functions=words(
        "function_declaration generator_function_declaration function_expression"
        " generator_function arrow_function method_definition class_static_block"
    ),
    lambdas=words("function_expression generator_function arrow_function"),
    classes=words("class_declaration class"),
    loops=words("for_statement for_in_statement while_statement do_statement"),
    conditionals=words("if_statement ternary_expression"),
    switches=words("switch_statement"),
    cases=words("switch_case switch_default"),
    switch_breaks=True,
    falling_cases=words("switch_case switch_default"),
    tries=words("try_statement"),
    hoisted=words("function_declaration generator_function_declaration"),
    returns=words("return_statement"),
    breaks=words("break_statement"),
    continues=words("continue_statement"),
    throws=words("throw_statement"),
    yields=words("yield_expression"),
    awaits=words("await_expression"),
    jumps=words("labeled_statement"),
    expressions=_EXPRESSIONS,
    calls=words("call_expression new_expression await_expression yield_expression"),
    makers=words("array object function_expression arrow_function class regex new_expression"),
    shorthands=words("shorthand_property_identifier"),
    handlers=words("catch_clause finally_clause"),
    rebinders=words(
        "function_declaration generator_function_declaration function_expression"
        " generator_function method_definition class_static_block"
    ),
    lists=words(
        "arguments formal_parameters array object object_pattern array_pattern named_imports"
        " export_clause"
    ),
    list_words={
        "arguments": "arguments",
        "formal_parameters": "parameters",
        "object": "properties",
    },
    trailing_commas=words(
        "arguments formal_parameters array object object_pattern array_pattern named_imports"
        " export_clause"
    ),
    padded_lists=words("object object_pattern named_imports export_clause"),
    spreads=words("rest_pattern"),
    literals=words("number string true false null undefined regex"),
    atoms=words(
        "identifier member_expression call_expression subscript_expression array template_string"
        " parenthesized_expression this super new_expression jsx_element jsx_self_closing_element"
        " meta_property"
    ),
    parentheses=words("parenthesized_expression"),
    strings=words("string template_string regex"),
    comments=words("comment html_comment"),
    assignments=words("assignment_expression"),
    augmented=words("augmented_assignment_expression update_expression"),
    indent="  ",
    terminator=";",
    keywords=words(
        "await break case catch class const continue debugger default delete do else enum export"
        " extends false finally for function if implements import in instanceof interface let new"
        " null package private protected public return static super switch this throw true try"
        " typeof var void while with yield"
    ),
    name=re.compile(r"#?[^\W\d](?:\w|\$)*\Z|\$(?:\w|\$)*\Z"),
    variables=_variables,
    declare=_declare,
    camel_case=True,
    logic=LOGIC,
    headers=HEADERS,
    members=MEMBERS,
    hiding=HIDING,
    properties=PROPERTIES,
    orderless=orderless,
    moving=MOVING,
    renaming=RENAMING,
    values=VALUES,
    bundles=BUNDLES,
    fields=FIELDS,
    writing=WRITING,
)

TYPESCRIPT_SHAPES = replace(
    JAVASCRIPT_SHAPES,
    hiding=TYPED_HIDING,
    fields=TYPESCRIPT_FIELDS,
    values=TYPESCRIPT_VALUES,
    bundles=TYPESCRIPT_BUNDLES,
    contracts=CONTRACTS,
    writing=TYPED_WRITING,
    statements=_STATEMENTS
    | words(
        "abstract_class_declaration interface_declaration type_alias_declaration enum_declaration"
        " internal_module module import_alias ambient_declaration function_signature"
    ),
    classes=words("class_declaration class abstract_class_declaration"),
    expressions=(_EXPRESSIONS - words("jsx_element jsx_self_closing_element"))
    | words("as_expression satisfies_expression non_null_expression type_assertion"),
    atoms=(JAVASCRIPT_SHAPES.atoms - words("jsx_element jsx_self_closing_element"))
    | words("non_null_expression"),
    strings=words("string template_string regex template_literal_type"),
    headers=TYPESCRIPT_HEADERS,
)

TSX_SHAPES = replace(
    TYPESCRIPT_SHAPES,
    expressions=(TYPESCRIPT_SHAPES.expressions - words("type_assertion"))
    | words("jsx_element jsx_self_closing_element"),
    atoms=TYPESCRIPT_SHAPES.atoms | words("jsx_element jsx_self_closing_element"),
)
