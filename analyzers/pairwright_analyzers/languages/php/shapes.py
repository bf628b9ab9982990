"""PHP's syntax, as refactorings need it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.php.fields import FIELDS
from pairwright_analyzers.languages.php.headers import HEADERS
from pairwright_analyzers.languages.php.logic import LOGIC
from pairwright_analyzers.languages.php.members import MEMBERS
from pairwright_analyzers.languages.php.moving import MOVING
from pairwright_analyzers.languages.php.renaming import RENAMING
from pairwright_analyzers.languages.php.values import VALUES
from pairwright_analyzers.languages.php.writing import WRITING, changes_in_place
from pairwright_analyzers.languages.shapes import NewVariable, Shapes, VariableParts, words

if TYPE_CHECKING:
    from tree_sitter import Node


def _variables(node: Node, _text: bytes) -> Sequence[VariableParts]:
    if node.type != "expression_statement" or node.named_child_count != 1:
        return ()
    inner = node.named_children[0]
    if inner.type != "assignment_expression":
        return ()
    name = inner.child_by_field_name("left")
    if name is None or name.type != "variable_name" or name.named_child_count != 1:
        return ()
    value = inner.child_by_field_name("right")
    return (VariableParts(name, value, None, node, alone=True),)


def _declare(new: NewVariable) -> str:
    if new.constant:
        return f"const {new.name} = {new.value};"
    return f"${new.name} = {new.value};"


_LITERAL_TYPES = {
    "integer": "int",
    "float": "float",
    "boolean": "bool",
    "string": "string",
    "encapsed_string": "string",
    "array_creation_expression": "array",
}


def _needs_place(node: Node) -> bool:
    parent = node.parent
    return parent is not None and parent.type in (
        "unset_statement",
        "anonymous_function_use_clause",
        "by_ref",
        "global_declaration",
        "reference_modifier",
        "encapsed_string",
        "heredoc_body",
    )


SHAPES = Shapes(
    blocks=words("program compound_statement case_statement default_statement colon_block"),
    arms={
        "if_statement": words("body"),
        "else_if_clause": words("body"),
        "else_clause": words("body"),
        "for_statement": words("body"),
        "foreach_statement": words("body"),
        "while_statement": words("body"),
        "do_statement": words("body"),
    },
    statements=words(
        "break_statement class_declaration compound_statement const_declaration continue_statement"
        " declare_statement do_statement echo_statement empty_statement enum_declaration"
        " exit_statement expression_statement for_statement foreach_statement function_definition"
        " function_static_declaration global_declaration goto_statement if_statement"
        " interface_declaration named_label_statement namespace_definition"
        " namespace_use_declaration return_statement switch_statement trait_declaration"
        " try_statement unset_statement while_statement method_declaration property_declaration"
    ),
    wrappers=words("expression_statement"),
    functions=words("function_definition method_declaration anonymous_function arrow_function"),
    lambdas=words("anonymous_function arrow_function"),
    classes=words("class_declaration interface_declaration trait_declaration enum_declaration"),
    loops=words("for_statement foreach_statement while_statement do_statement"),
    conditionals=words("if_statement conditional_expression"),
    switches=words("switch_statement match_expression"),
    cases=words(
        "case_statement default_statement match_conditional_expression match_default_expression"
    ),
    switch_breaks=True,
    falling_cases=words("case_statement default_statement"),
    exhaustive=words("match_expression"),
    tries=words("try_statement"),
    returns=words("return_statement"),
    breaks=words("break_statement"),
    continues=words("continue_statement"),
    throws=words("throw_expression"),
    yields=words("yield_expression"),
    jumps=words("named_label_statement goto_statement"),
    expressions=words(
        "assignment_expression augmented_assignment_expression binary_expression cast_expression"
        " clone_expression conditional_expression error_suppression_expression include_expression"
        " include_once_expression match_expression reference_assignment_expression"
        " require_expression require_once_expression unary_op_expression yield_expression"
        " subscript_expression member_access_expression nullsafe_member_access_expression"
        " scoped_property_access_expression anonymous_function array_creation_expression"
        " arrow_function class_constant_access_expression dynamic_variable_name"
        " function_call_expression name member_call_expression nullsafe_member_call_expression"
        " object_creation_expression parenthesized_expression print_intrinsic qualified_name"
        " scoped_call_expression shell_command_expression throw_expression update_expression"
        " variable_name boolean encapsed_string float heredoc integer nowdoc null string"
    ),
    needs_place=_needs_place,
    calls=words(
        "function_call_expression member_call_expression nullsafe_member_call_expression"
        " scoped_call_expression object_creation_expression include_expression"
        " include_once_expression require_expression require_once_expression"
        " shell_command_expression print_intrinsic yield_expression"
    ),
    makers=words("object_creation_expression anonymous_function arrow_function"),
    handlers=words("catch_clause finally_clause"),
    lists=words("arguments formal_parameters array_creation_expression"),
    list_words={"arguments": "arguments", "formal_parameters": "parameters"},
    trailing_commas=words("arguments formal_parameters array_creation_expression"),
    literals=words("boolean float integer null string nowdoc"),
    atoms=words(
        "variable_name name qualified_name member_access_expression subscript_expression"
        " function_call_expression member_call_expression scoped_call_expression"
        " scoped_property_access_expression class_constant_access_expression"
        " parenthesized_expression array_creation_expression encapsed_string"
        " nullsafe_member_access_expression nullsafe_member_call_expression"
    ),
    parentheses=words("parenthesized_expression"),
    strings=words("string encapsed_string heredoc nowdoc shell_command_expression"),
    assignments=words("assignment_expression"),
    augmented=words("augmented_assignment_expression update_expression"),
    terminator=";",
    keywords=words(
        "abstract and array as break callable case catch class clone const continue declare default"
        " do echo else elseif empty enddeclare endfor endforeach endif endswitch endwhile enum eval"
        " exit extends final finally fn for foreach function global goto if implements include"
        " instanceof insteadof interface isset list match namespace new or print private protected"
        " public readonly require return static switch throw trait try unset use var while xor"
        " yield this"
    ),
    sigil="$",
    variables=_variables,
    declare=_declare,
    camel_case=True,
    literal_type=lambda node, _text: _LITERAL_TYPES.get(node.type, ""),
    logic=LOGIC,
    headers=HEADERS,
    members=MEMBERS,
    moving=MOVING,
    renaming=RENAMING,
    values=VALUES,
    writing=WRITING,
    changes_in_place=changes_in_place,
    fields=FIELDS,
)
