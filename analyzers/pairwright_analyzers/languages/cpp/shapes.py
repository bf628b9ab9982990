"""The syntax of C++, as refactorings need it."""

from __future__ import annotations

from dataclasses import replace

from pairwright_analyzers.languages.c.headers import CPP_HEADERS
from pairwright_analyzers.languages.c.shapes import EXPRESSIONS, STATEMENTS
from pairwright_analyzers.languages.c.shapes import SHAPES as C_SHAPES
from pairwright_analyzers.languages.cpp.fields import FIELDS
from pairwright_analyzers.languages.cpp.logic import LOGIC
from pairwright_analyzers.languages.cpp.values import VALUES
from pairwright_analyzers.languages.cpp.writing import WRITING, changes_in_place
from pairwright_analyzers.languages.shapes import NewVariable, words


def _declare(new: NewVariable) -> str:
    constant = "static constexpr " if new.constant else ""
    if new.type.endswith(("*", "&")):
        return f"{constant}{new.type}{new.name} = {new.value};"
    return f"{constant}{new.type or 'auto'} {new.name} = {new.value};"


SHAPES = replace(
    C_SHAPES,
    blocks=C_SHAPES.blocks | words("declaration_list field_declaration_list"),
    arms={**C_SHAPES.arms, "for_range_loop": words("body")},
    statements=STATEMENTS
    | words(
        "for_range_loop co_return_statement co_yield_statement throw_statement try_statement"
        " namespace_definition template_declaration using_declaration alias_declaration"
        " static_assert_declaration field_declaration access_specifier"
    ),
    functions=words("function_definition lambda_expression"),
    lambdas=words("lambda_expression"),
    classes=words("class_specifier struct_specifier union_specifier"),
    loops=C_SHAPES.loops | words("for_range_loop"),
    tries=words("try_statement"),
    returns=words("return_statement co_return_statement"),
    throws=words("throw_statement"),
    yields=words("co_yield_statement"),
    awaits=words("co_await_expression"),
    expressions=EXPRESSIONS
    | words(
        "co_await_expression new_expression delete_expression raw_string_literal lambda_expression"
        " fold_expression qualified_identifier template_function this user_defined_literal"
        " requires_expression"
    ),
    calls=words("call_expression new_expression delete_expression co_await_expression"),
    makers=words("new_expression lambda_expression compound_literal_expression"),
    handlers=words("catch_clause"),
    literals=C_SHAPES.literals | words("raw_string_literal user_defined_literal"),
    atoms=C_SHAPES.atoms | words("qualified_identifier this template_function"),
    strings=C_SHAPES.strings | words("raw_string_literal"),
    keywords=C_SHAPES.keywords
    | words(
        "alignas alignof and asm bool catch char16_t char32_t char8_t class co_await co_return"
        " co_yield concept const_cast consteval constexpr constinit decltype delete dynamic_cast"
        " explicit export false friend mutable namespace new noexcept not nullptr operator or"
        " private protected public reinterpret_cast requires static_assert static_cast template"
        " this thread_local throw true try typeid typename using virtual wchar_t xor"
    ),
    declare=_declare,
    values=VALUES,
    logic=LOGIC,
    headers=CPP_HEADERS,
    fields=FIELDS,
    writing=WRITING,
    changes_in_place=changes_in_place,
)
