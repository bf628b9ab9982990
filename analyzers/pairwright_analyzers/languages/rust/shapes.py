"""Rust's syntax, as refactorings need it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.rust.headers import HEADERS
from pairwright_analyzers.languages.rust.logic import LOGIC
from pairwright_analyzers.languages.rust.renaming import RENAMING
from pairwright_analyzers.languages.rust.values import VALUES
from pairwright_analyzers.languages.rust.writing import WRITING, captured_names, changes_in_place
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
    if node.type in ("let_declaration", "const_item", "static_item"):
        name = node.child_by_field_name("pattern" if node.type == "let_declaration" else "name")
        if name is not None and name.type == "mut_pattern":
            name = name.named_children[-1] if name.named_children else None
        if name is None or name.type != "identifier" or node.child_by_field_name("alternative"):
            return ()
        kind = node.child_by_field_name("type")
        value = node.child_by_field_name("value")
        mutable = any(one.type == "mutable_specifier" for one in node.children)
        return (VariableParts(name, value, kind, node, True, not mutable, changeable=mutable),)
    return assigned_variable(node)


def _declare(new: NewVariable) -> str:
    annotation = f": {new.type}" if new.type else ""
    return f"{'const' if new.constant else 'let'} {new.name}{annotation} = {new.value};"


_LITERAL_TYPES = {
    "integer_literal": "i32",
    "float_literal": "f64",
    "char_literal": "char",
    "string_literal": "&str",
    "raw_string_literal": "&str",
    "boolean_literal": "bool",
}


def _literal_type(node: Node, text: bytes) -> str:
    if node.type in ("integer_literal", "float_literal"):
        written = text[node.start_byte : node.end_byte].decode("utf-8", "replace")
        for suffix in [
            "i8",
            "i16",
            "i32",
            "i64",
            "i128",
            "isize",
            "u8",
            "u16",
            "u32",
            "u64",
            "u128",
            "usize",
            "f32",
            "f64",
        ]:
            if written.endswith(suffix) and not written.startswith("0x"):
                return suffix
    if node.type.endswith("string_literal") and not text.startswith((b'"', b"r"), node.start_byte):
        # Bytes, or a text of C.
        return ""
    if node.type == "struct_expression":
        name = node.child_by_field_name("name")
        return text[name.start_byte : name.end_byte].decode() if name is not None else ""
    return _LITERAL_TYPES.get(node.type, "")


def _needs_place(node: Node) -> bool:
    parent = node.parent
    return (
        parent is not None
        and parent.type == "reference_expression"
        and any(one.type == "mutable_specifier" for one in parent.children)
    )


SHAPES = Shapes(
    blocks=words("source_file block declaration_list"),
    statements=words(
        "expression_statement let_declaration empty_statement function_item struct_item enum_item"
        " impl_item trait_item mod_item use_declaration const_item static_item type_item"
        " macro_definition union_item extern_crate_declaration foreign_mod_item"
        " inner_attribute_item attribute_item"
    ),
    wrappers=words("expression_statement"),
    functions=words("function_item closure_expression async_block gen_block"),
    lambdas=words("closure_expression async_block gen_block"),
    classes=words("impl_item trait_item struct_item enum_item union_item"),
    loops=words("for_expression while_expression loop_expression"),
    conditionals=words("if_expression"),
    switches=words("match_expression"),
    cases=words("match_arm"),
    exhaustive=words("match_expression"),
    tries=words("try_block"),
    exits_early=words("try_expression"),
    returns=words("return_expression"),
    breaks=words("break_expression"),
    continues=words("continue_expression"),
    implicit_return=True,
    yields=words("yield_expression"),
    awaits=words("await_expression"),
    expressions=words(
        "array_expression assignment_expression async_block await_expression binary_expression"
        " block break_expression call_expression closure_expression compound_assignment_expr"
        " const_block continue_expression field_expression for_expression generic_function"
        " identifier if_expression index_expression loop_expression macro_invocation"
        " match_expression parenthesized_expression range_expression reference_expression"
        " return_expression scoped_identifier self struct_expression try_block try_expression"
        " tuple_expression type_cast_expression unary_expression unit_expression unsafe_block"
        " while_expression yield_expression boolean_literal char_literal float_literal"
        " integer_literal raw_string_literal string_literal"
    ),
    needs_place=_needs_place,
    calls=words("call_expression macro_invocation await_expression try_expression"),
    makers=words("struct_expression array_expression"),
    shorthands=words("shorthand_field_initializer"),
    lists=words(
        "arguments parameters array_expression tuple_expression field_initializer_list use_list"
    ),
    list_words={"arguments": "arguments", "parameters": "parameters"},
    trailing_commas=words(
        "arguments parameters array_expression tuple_expression field_initializer_list use_list"
    ),
    padded_lists=words("field_initializer_list"),
    comma_makes=words("tuple_expression"),
    spreads=words("base_field_initializer"),
    literals=words(
        "boolean_literal char_literal float_literal integer_literal raw_string_literal"
        " string_literal"
    ),
    atoms=words(
        "identifier scoped_identifier self call_expression field_expression index_expression"
        " macro_invocation parenthesized_expression array_expression tuple_expression"
        " try_expression await_expression unit_expression generic_function"
    ),
    parentheses=words("parenthesized_expression"),
    strings=words("string_literal raw_string_literal char_literal"),
    comments=words("line_comment block_comment"),
    assignments=words("assignment_expression"),
    augmented=words("compound_assignment_expr"),
    terminator=";",
    keywords=words(
        "as async await break const continue crate dyn else enum extern false fn for if impl in"
        " let loop match mod move mut pub ref return self Self static struct super trait true type"
        " unsafe use where while yield"
    ),
    variables=_variables,
    declare=_declare,
    literal_type=_literal_type,
    logic=LOGIC,
    headers=HEADERS,
    renaming=RENAMING,
    values=VALUES,
    writing=WRITING,
    changes_in_place=changes_in_place,
    captured_names=captured_names,
)
