"""Lua's syntax, as refactorings need it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.lua.headers import HEADERS
from pairwright_analyzers.languages.lua.logic import LOGIC
from pairwright_analyzers.languages.lua.moving import MOVING
from pairwright_analyzers.languages.lua.renaming import RENAMING
from pairwright_analyzers.languages.lua.values import VALUES
from pairwright_analyzers.languages.lua.writing import WRITING
from pairwright_analyzers.languages.shapes import Shapes, VariableParts, words

if TYPE_CHECKING:
    from tree_sitter import Node


def _variables(node: Node, _text: bytes) -> Sequence[VariableParts]:
    statement = node
    declares = node.type == "variable_declaration"
    if declares:
        inner = node.named_children[0] if node.named_child_count else None
        if inner is None:
            return ()
        node = inner
    if node.type == "variable_list":
        names = node.named_children
        return [VariableParts(one, None, None, statement, len(names) == 1) for one in names]
    if node.type != "assignment_statement" or node.named_child_count != 2:
        return ()
    names = node.named_children[0].named_children
    values = node.named_children[1].named_children
    if len(names) != len(values) or any(one.type != "identifier" for one in names):
        return ()
    alone = len(names) == 1
    return [
        VariableParts(name, value, None, statement, alone, declares=declares)
        for name, value in zip(names, values, strict=True)
    ]


SHAPES = Shapes(
    blocks=words("chunk block"),
    statements=words(
        "assignment_statement break_statement do_statement empty_statement for_statement"
        " goto_statement if_statement label_statement repeat_statement while_statement"
        " function_declaration variable_declaration return_statement"
    ),
    functions=words("function_declaration function_definition"),
    lambdas=words("function_definition"),
    loops=words("for_statement while_statement repeat_statement"),
    conditionals=words("if_statement"),
    returns=words("return_statement"),
    breaks=words("break_statement"),
    jumps=words("goto_statement label_statement"),
    expressions=words(
        "binary_expression false function_call function_definition nil number"
        " parenthesized_expression string table_constructor true unary_expression"
        " vararg_expression bracket_index_expression dot_index_expression identifier"
    ),
    calls=words("function_call"),
    makers=words("table_constructor function_definition"),
    lists=words("arguments parameters table_constructor"),
    list_words={"arguments": "arguments", "parameters": "parameters"},
    trailing_commas=words("table_constructor"),
    padded_lists=words("table_constructor"),
    literals=words("false nil number string true"),
    atoms=words(
        "identifier function_call parenthesized_expression table_constructor vararg_expression"
        " bracket_index_expression dot_index_expression"
    ),
    parentheses=words("parenthesized_expression"),
    strings=words("string"),
    assignments=words("assignment_statement"),
    indent="  ",
    block_open="",
    block_close="end",
    keywords=words(
        "and break do else elseif end false for function goto if in local nil not or repeat return"
        " then true until while"
    ),
    variables=_variables,
    declare=lambda new: f"local {new.name} = {new.value}",
    logic=LOGIC,
    headers=HEADERS,
    moving=MOVING,
    renaming=RENAMING,
    values=VALUES,
    writing=WRITING,
)
