"""Ruby's syntax, as refactorings need it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.ruby.fields import FIELDS
from pairwright_analyzers.languages.ruby.headers import HEADERS
from pairwright_analyzers.languages.ruby.logic import LOGIC
from pairwright_analyzers.languages.ruby.renaming import RENAMING
from pairwright_analyzers.languages.ruby.values import VALUES
from pairwright_analyzers.languages.ruby.writing import WRITING
from pairwright_analyzers.languages.shapes import Shapes, VariableParts, words

if TYPE_CHECKING:
    from tree_sitter import Node


def _variables(node: Node, _text: bytes) -> Sequence[VariableParts]:
    if node.type != "assignment":
        return ()
    name = node.child_by_field_name("left")
    if name is None or name.type not in ("identifier", "constant"):
        return ()
    value = node.child_by_field_name("right")
    constant = name.type == "constant"
    return (VariableParts(name, value, None, node, alone=True, constant=constant),)


SHAPES = Shapes(
    blocks=words("program body_statement then else do block_body begin ensure begin_block"),
    statements=words(
        "assignment operator_assignment method singleton_method class module singleton_class if"
        " unless while until for case case_match begin return yield break next redo retry"
        " if_modifier unless_modifier while_modifier until_modifier rescue_modifier undef alias"
    ),
    functions=words("method singleton_method lambda"),
    lambdas=words("lambda"),
    classes=words("class module singleton_class"),
    loops=words("while until for while_modifier until_modifier do_block block"),
    conditionals=words("if unless if_modifier unless_modifier conditional"),
    switches=words("case case_match"),
    cases=words("when in_clause"),
    tries=words("begin"),
    returns=words("return"),
    breaks=words("break"),
    continues=words("next redo retry"),
    implicit_return=True,
    yields=words("yield"),
    expressions=words(
        "identifier constant instance_variable class_variable global_variable integer float"
        " complex rational string chained_string simple_symbol delimited_symbol regex array hash"
        " nil true false self super call element_reference binary unary conditional range lambda"
        " parenthesized_statements scope_resolution assignment operator_assignment if unless case"
        " begin string_array symbol_array subshell heredoc_beginning character"
    ),
    calls=words("call yield subshell super"),
    makers=words("array hash string_array symbol_array lambda"),
    handlers=words("rescue ensure else"),
    lists=words("argument_list array hash method_parameters"),
    list_words={"argument_list": "arguments", "method_parameters": "parameters"},
    padded_lists=words("hash"),
    literals=words(
        "integer float complex rational string chained_string simple_symbol nil true false regex"
        " character"
    ),
    atoms=words(
        "identifier constant instance_variable class_variable global_variable self array hash"
        " element_reference parenthesized_statements scope_resolution string_array symbol_array"
        " delimited_symbol"
    ),
    parentheses=words("parenthesized_statements"),
    strings=words(
        "string chained_string regex subshell delimited_symbol heredoc_body string_array"
        " symbol_array"
    ),
    assignments=words("assignment"),
    shared_blocks=True,
    augmented=words("operator_assignment"),
    indent="  ",
    block_open="",
    block_close="end",
    keywords=words(
        "BEGIN END alias and begin break case class def defined? do else elsif end ensure false for"
        " if in module next nil not or redo rescue retry return self super then true undef unless"
        " until when while yield"
    ),
    name=re.compile(r"[^\W\d]\w*[?!]?\Z"),
    variables=_variables,
    declare=lambda new: f"{new.name} = {new.value}",
    logic=LOGIC,
    headers=HEADERS,
    renaming=RENAMING,
    values=VALUES,
    writing=WRITING,
    fields=FIELDS,
)
