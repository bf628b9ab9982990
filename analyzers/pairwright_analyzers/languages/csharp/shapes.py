"""The syntax of C#, as refactorings need it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.csharp.contracts import CONTRACTS
from pairwright_analyzers.languages.csharp.fields import FIELDS
from pairwright_analyzers.languages.csharp.headers import HEADERS
from pairwright_analyzers.languages.csharp.logic import LOGIC
from pairwright_analyzers.languages.csharp.members import MEMBERS
from pairwright_analyzers.languages.csharp.moving import MOVING
from pairwright_analyzers.languages.csharp.properties import PROPERTIES
from pairwright_analyzers.languages.csharp.renaming import RENAMING
from pairwright_analyzers.languages.csharp.values import VALUES, literal_type
from pairwright_analyzers.languages.csharp.writing import WRITING, changes_in_place
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
    if node.type in ("local_declaration_statement", "field_declaration"):
        held = next(
            (one for one in node.named_children if one.type == "variable_declaration"), None
        )
        if held is None:
            return ()
        kind = held.child_by_field_name("type")
        written = None if kind is None or kind.type == "implicit_type" else kind
        declarators = [one for one in held.named_children if one.type == "variable_declarator"]
        constant = any(
            one.type == "modifier" and one.text in (b"const", b"readonly")
            for one in node.named_children
        )
        found = []
        for one in declarators:
            name = one.child_by_field_name("name")
            if name is None:
                return ()
            value = one.named_children[-1] if one.named_child_count > 1 else None
            alone = len(declarators) == 1
            found.append(VariableParts(name, value, written, node, alone, constant))
        return found
    return assigned_variable(node)


def _declare(new: NewVariable) -> str:
    if new.constant:
        return f"const {new.type or 'object'} {new.name} = {new.value};"
    return f"{new.type or 'var'} {new.name} = {new.value};"


def _needs_place(node: Node) -> bool:
    parent = node.parent
    if parent is None:
        return False
    return parent.type == "argument" and any(
        one.type in ("ref", "out", "in") for one in parent.children
    )


SHAPES = Shapes(
    blocks=words("compilation_unit block switch_section declaration_list"),
    arms={
        "if_statement": words("consequence alternative"),
        "for_statement": words("body"),
        "foreach_statement": words("body"),
        "while_statement": words("body"),
        "do_statement": words("body"),
        "using_statement": words("body"),
        "lock_statement": frozenset({""}),
        "fixed_statement": frozenset({""}),
        "labeled_statement": frozenset({""}),
    },
    statements=words(
        "block break_statement checked_statement continue_statement do_statement empty_statement"
        " expression_statement fixed_statement for_statement foreach_statement goto_statement"
        " if_statement labeled_statement local_declaration_statement local_function_statement"
        " lock_statement return_statement switch_statement throw_statement try_statement"
        " unsafe_statement using_statement while_statement yield_statement global_statement"
        " class_declaration interface_declaration struct_declaration record_declaration"
        " enum_declaration method_declaration constructor_declaration field_declaration"
        " property_declaration namespace_declaration using_directive"
    ),
    wrappers=words("expression_statement"),
    functions=words(
        "method_declaration constructor_declaration destructor_declaration operator_declaration"
        " conversion_operator_declaration local_function_statement lambda_expression"
        " anonymous_method_expression accessor_declaration"
    ),
    lambdas=words("lambda_expression anonymous_method_expression"),
    classes=words(
        "class_declaration interface_declaration struct_declaration record_declaration"
        " enum_declaration"
    ),
    loops=words("for_statement foreach_statement while_statement do_statement"),
    conditionals=words("if_statement conditional_expression"),
    switches=words("switch_statement switch_expression"),
    cases=words("switch_section switch_expression_arm"),
    switch_breaks=True,
    exhaustive=words("switch_expression"),
    tries=words("try_statement"),
    hoisted=words("local_function_statement"),
    resources=words("using_statement lock_statement fixed_statement"),
    returns=words("return_statement"),
    breaks=words("break_statement"),
    continues=words("continue_statement"),
    throws=words("throw_statement throw_expression"),
    yields=words("yield_statement"),
    awaits=words("await_expression"),
    jumps=words("labeled_statement goto_statement"),
    expressions=words(
        "this base identifier generic_name element_access_expression member_access_expression"
        " parenthesized_expression prefix_unary_expression tuple_expression"
        " anonymous_method_expression anonymous_object_creation_expression"
        " array_creation_expression as_expression assignment_expression await_expression"
        " binary_expression cast_expression checked_expression collection_expression"
        " conditional_access_expression conditional_expression default_expression"
        " implicit_array_creation_expression implicit_object_creation_expression"
        " interpolated_string_expression invocation_expression is_expression"
        " is_pattern_expression lambda_expression object_creation_expression"
        " postfix_unary_expression query_expression range_expression sizeof_expression"
        " switch_expression throw_expression typeof_expression with_expression boolean_literal"
        " character_literal integer_literal null_literal raw_string_literal real_literal"
        " string_literal verbatim_string_literal"
    ),
    needs_place=_needs_place,
    calls=words(
        "invocation_expression object_creation_expression implicit_object_creation_expression"
        " await_expression"
    ),
    makers=words(
        "object_creation_expression implicit_object_creation_expression"
        " array_creation_expression implicit_array_creation_expression collection_expression"
        " anonymous_object_creation_expression lambda_expression"
    ),
    handlers=words("catch_clause finally_clause"),
    exports_capitals=True,
    lists=words("argument_list parameter_list initializer_expression"),
    list_words={"argument_list": "arguments", "parameter_list": "parameters"},
    padded_lists=words("initializer_expression"),
    literals=words(
        "boolean_literal character_literal integer_literal null_literal raw_string_literal"
        " real_literal string_literal verbatim_string_literal"
    ),
    atoms=words(
        "identifier generic_name element_access_expression member_access_expression"
        " parenthesized_expression tuple_expression invocation_expression this base"
        " object_creation_expression typeof_expression interpolated_string_expression"
        " default_expression"
    ),
    parentheses=words("parenthesized_expression"),
    strings=words(
        "string_literal verbatim_string_literal raw_string_literal interpolated_string_expression"
        " character_literal"
    ),
    assignments=words("assignment_expression"),
    augmented=words("postfix_unary_expression"),
    terminator=";",
    keywords=words(
        "abstract as base bool break byte case catch char checked class const continue decimal"
        " default delegate do double else enum event explicit extern false finally fixed float for"
        " foreach goto if implicit in int interface internal is lock long namespace new null object"
        " operator out override params private protected public readonly ref return sbyte sealed"
        " short sizeof stackalloc static string struct switch this throw true try typeof uint ulong"
        " unchecked unsafe ushort using virtual void volatile while"
    ),
    variables=_variables,
    declare=_declare,
    constant_case=False,
    camel_case=True,
    literal_type=literal_type,
    values=VALUES,
    contracts=CONTRACTS,
    logic=LOGIC,
    headers=HEADERS,
    members=MEMBERS,
    properties=PROPERTIES,
    moving=MOVING,
    renaming=RENAMING,
    writing=WRITING,
    changes_in_place=changes_in_place,
    fields=FIELDS,
)
