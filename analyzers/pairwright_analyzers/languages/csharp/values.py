"""Where C#'s values stand, and of which type they are."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.nodes import spelled
from pairwright_analyzers.languages.shapes import words
from pairwright_analyzers.languages.values import (
    Declared,
    DeclaredHook,
    ExpressionBody,
    Values,
    field_of,
    places,
    wider,
)

if TYPE_CHECKING:
    from tree_sitter import Node

_PLAIN = {
    "integer_literal": "int",
    "real_literal": "double",
    "string_literal": "string",
    "verbatim_string_literal": "string",
    "raw_string_literal": "string",
    "interpolated_string_expression": "string",
    "character_literal": "char",
    "boolean_literal": "bool",
    "is_expression": "bool",
    "is_pattern_expression": "bool",
}
_TRUTHS = words("== != < > <= >= && ||")
_ORDER = ("decimal", "double", "float", "ulong", "long", "uint", "int")
_SMALL = words("byte sbyte short ushort char")
_KNOWN = {
    "Length": "int",
    "Count": "int",
    "ToString": "string",
    "Trim": "string",
    "Substring": "string",
    "ToLower": "string",
    "ToUpper": "string",
    "IndexOf": "int",
    "Contains": "bool",
    "StartsWith": "bool",
    "EndsWith": "bool",
    "Equals": "bool",
    "Any": "bool",
    "All": "bool",
    "GetHashCode": "int",
}
_STATEMENTS = words(
    "invocation_expression assignment_expression postfix_unary_expression prefix_unary_expression"
    " await_expression object_creation_expression"
)
_CONSUMERS = words("ForEach Invoke BeginInvoke")
_FUNCTIONALS = words(
    "Select SelectMany Where Any All First FirstOrDefault Single SingleOrDefault Last"
    " LastOrDefault Count Sum Min Max Average OrderBy OrderByDescending ThenBy"
    " ThenByDescending GroupBy ToDictionary ToLookup Aggregate Find FindAll FindIndex Exists"
    " RemoveAll ConvertAll TakeWhile SkipWhile Zip Join GetOrAdd Distinct DistinctBy"
)
_TYPE_PARAMETER = re.compile(r"T(?:[A-Z]\w*)?\Z")


def literal_type(node: Node, text: bytes) -> str:
    """`Shapes.literal_type` of C#."""
    written = spelled(node, text).lower()
    if node.type == "integer_literal" and written.endswith(("l", "ul", "lu")):
        return "ulong" if "u" in written[-2:] else "long"
    if node.type == "real_literal" and written[-1:] in ("f", "m"):
        return "float" if written.endswith("f") else "decimal"
    if node.type == "object_creation_expression":
        return spelled(node.child_by_field_name("type"), text)
    return _PLAIN.get(node.type, "")


def type_of(node: Node, text: bytes, declared: DeclaredHook) -> str:
    """`Values.type_of` of C#."""
    literal = literal_type(node, text)
    if literal:
        return literal
    kind = node.type
    if kind == "parenthesized_expression" and node.named_child_count == 1:
        return type_of(node.named_children[0], text, declared)
    if kind in ("cast_expression", "array_creation_expression"):
        return re.sub(r"\[[^\[\],]+\]", "[]", spelled(node.child_by_field_name("type"), text))
    if kind == "as_expression":
        return spelled(node.child_by_field_name("right"), text)
    if kind == "conditional_expression":
        return _part(node, "consequence", text, declared) or _part(
            node, "alternative", text, declared
        )
    if kind == "element_access_expression":
        held = _part(node, "expression", text, declared)
        return held[:-2] if held.endswith("[]") else ""
    if kind == "binary_expression":
        return _operation(node, text, declared)
    if kind == "invocation_expression":
        function = node.child_by_field_name("function")
        return _member(function, text, declared) if function is not None else ""
    if kind in ("identifier", "member_access_expression"):
        return _member(node, text, declared)
    if kind == "prefix_unary_expression" and node.named_child_count:
        return type_of(node.named_children[-1], text, declared)
    return ""


def _part(node: Node, name: str, text: bytes, declared: DeclaredHook) -> str:
    part = node.child_by_field_name(name)
    return type_of(part, text, declared) if part is not None else ""


def _operation(node: Node, text: bytes, declared: DeclaredHook) -> str:
    operator = node.child_by_field_name("operator")
    sign = operator.type if operator is not None else ""
    if sign in _TRUTHS:
        return "bool"
    left, right = _part(node, "left", text, declared), _part(node, "right", text, declared)
    if sign == "??":
        return right
    if sign == "+" and "string" in (left, right):
        return "string"
    left, right = ("int" if one in _SMALL else one for one in (left, right))
    if sign in ("<<", ">>"):
        return left
    return "bool" if left == right == "bool" else wider(left, right, _ORDER)


def _member(node: Node, text: bytes, declared: DeclaredHook) -> str:
    if node.type not in ("identifier", "member_access_expression"):
        # What stands behind `?.` may be nothing.
        return ""
    name = node.child_by_field_name("name") if node.type == "member_access_expression" else node
    if name is None:
        return ""
    found = declared(name)
    if found is None:
        known = node.type == "member_access_expression"
        return _KNOWN.get(spelled(name, text), "") if known else ""
    kind = _declared(found)
    return "" if _TYPE_PARAMETER.match(kind) else kind


def _declared(found: Declared) -> str:
    parent = found.name.parent
    if parent is not None and parent.type == "variable_declarator":
        parent = parent.parent
    if parent is None:
        return ""
    kind = parent.child_by_field_name("type") or parent.child_by_field_name("returns")
    if kind is None or kind.type == "implicit_type":
        return ""
    return " ".join(spelled(kind, found.text).split())


def _expression_body(node: Node, text: bytes) -> ExpressionBody | None:
    if node.type == "lambda_expression":
        body = node.child_by_field_name("body")
        if body is None or body.type == "block":
            return None
        keyword = _given(node, body, text)
        return ExpressionBody(
            body, body.start_byte, body.end_byte, keyword, opener="\n{", terminator=";"
        )
    if node.type != "arrow_expression_clause" or node.parent is None or not node.named_child_count:
        return None
    owner = node.parent
    end = node.end_byte
    if text[end : end + 1] == b";":
        end += 1
    returns = owner.child_by_field_name("returns") or owner.child_by_field_name("type")
    written = spelled(returns, text)
    modifiers = {spelled(one, text) for one in owner.named_children if one.type == "modifier"}
    gives = written != "void" and owner.type not in (
        "constructor_declaration",
        "destructor_declaration",
    )
    if "async" in modifiers and written in ("Task", "ValueTask"):
        gives = False
    name = owner.child_by_field_name("name")
    if owner.type == "accessor_declaration" and spelled(name, text) != "get":
        gives = False
    value = node.named_children[0]
    accessor = "get" if owner.type in ("property_declaration", "indexer_declaration") else ""
    keyword = "return" if gives else ""
    return ExpressionBody(
        value, node.start_byte, end, keyword, opener="\n{", accessor=accessor, terminator=";"
    )


def _given(node: Node, body: Node, text: bytes) -> str:
    """`return` where a lambda gives back what its body is, "" where it does not, "?" where that
    cannot be told from the text.
    """
    if body.type not in _STATEMENTS:
        return "return"
    if body.type == "prefix_unary_expression" and body.children[0].type not in ("++", "--"):
        return "return"
    argument = node.parent
    if argument is not None and argument.type == "argument":
        call = argument.parent.parent if argument.parent is not None else None
        function = call.child_by_field_name("function") if call is not None else None
        name = function.child_by_field_name("name") if function is not None else None
        called = spelled(name or function, text)
        if called in _CONSUMERS:
            return ""
        return "return" if called in _FUNCTIONALS else "?"
    if argument is not None and argument.type == "variable_declarator":
        declaration = argument.parent
        kind = declaration.child_by_field_name("type") if declaration is not None else None
        written = spelled(kind, text)
        if written.startswith("Action"):
            return ""
        return "return" if written.startswith(("Func", "Predicate", "Comparison")) else "?"
    return "?"


def _problem(node: Node, text: bytes) -> str:
    parent = node.parent
    if parent is None:
        return ""
    if node.type in ("lambda_expression", "anonymous_method_expression", "default_expression"):
        return "Its type is given by the place where it stands."
    if node.type == "null_literal" or spelled(node, text) == "default":
        return "It has no type of its own."
    if node.type in ("implicit_object_creation_expression", "collection_expression"):
        return "Its type is given by the place where it stands."
    if node.type == "throw_expression" or node.type == "base":
        return "This is no value."
    if parent.type in ("name_colon", "name_equals") or (
        parent.type in ("argument", "attribute_argument") and field_of(node) == "name"
    ):
        return "This names an argument."
    if parent.type in ("assignment_expression",) and (
        parent.parent is not None
        and parent.parent.type == "initializer_expression"
        and field_of(node) == "left"
    ):
        return "This names a member."
    if field_of(node) == "type" or parent.type in ("type_argument_list", "base_list"):
        return "This is a type."
    statement: Node | None = node
    while statement is not None and statement.type != "local_declaration_statement":
        if statement.type in ("block", "declaration_list"):
            return ""
        statement = statement.parent
    constant = statement is not None and any(
        one.type == "modifier" and spelled(one, text) == "const" for one in statement.named_children
    )
    return "Only a constant can stand here." if constant else ""


VALUES = Values(
    declarative=words("declaration_list"),
    top_level=True,
    fixed=places(
        "attribute attribute_list enum_member_declaration parameter using_directive"
        " type_argument_list constant_pattern relational_pattern and_pattern or_pattern"
        " negated_pattern declaration_pattern recursive_pattern constructor_initializer"
        " base_list array_rank_specifier case_switch_label"
    ),
    comprehensions=words("query_expression"),
    repeated=places(
        "while_statement:condition do_statement:condition for_statement:condition,update"
    ),
    expression_body=_expression_body,
    early_ends=words("conditional_access_expression"),
    copied=True,
    problem=_problem,
    type_of=type_of,
    literal_only=places("using_directive preproc_pragma preproc_line global_attribute"),
    constant_owners=words("class_declaration struct_declaration record_declaration"),
    typed_constants=True,
    member_constant=lambda new, _kind: f"private const {new.type} {new.name} = {new.value};",
    typed_parameters=True,
    default_values=True,
)
