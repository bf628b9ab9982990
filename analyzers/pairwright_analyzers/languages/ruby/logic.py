"""How Ruby decides: conditions, branches and choices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pairwright_analyzers.languages.logic import COMPARISONS, Layout, Logic
from pairwright_analyzers.languages.ruby.templates import TEMPLATES
from pairwright_analyzers.languages.shapes import words

if TYPE_CHECKING:
    from tree_sitter import Node


def _is_tight(node: Node, text: bytes) -> bool:
    if node.type == "unary":
        return text[node.start_byte : node.start_byte + 1] in (b"!", b"-", b"~")
    if node.type != "call" or node.child_by_field_name("block") is not None:
        return False
    arguments = node.child_by_field_name("arguments")
    return arguments is None or text[arguments.start_byte : arguments.start_byte + 1] == b"("


def _is_constant(node: Node, text: bytes) -> bool:
    if node.type == "string":
        return b"#{" not in text[node.start_byte : node.end_byte]
    return node.type in ("integer", "simple_symbol", "nil", "true", "false")


LOGIC = Logic(
    junctions_give_operands=True,
    layout=Layout.ENDED,
    operations=words("binary"),
    negations=words("unary"),
    other_negations=frozenset({"not"}),
    conjunctions=("&&", "and"),
    disjunctions=("||", "or"),
    duals={"&&": "||", "||": "&&", "and": "or", "or": "and"},
    opposites={**COMPARISONS, "=~": "!~", "!~": "=~"},
    is_tight=_is_tight,
    ifs=words("if unless"),
    unlesses=words("unless unless_modifier"),
    clauses=words("elsif"),
    elses=words("else"),
    bodies=("consequence",),
    modifiers={"if_modifier": "if", "unless_modifier": "unless"},
    condition_parentheses=frozenset(),
    if_head="if {}",
    else_if="elsif {}",
    unless_head="unless {}",
    condition_ends=frozenset({"then", ";"}),
    block_scopes=False,
    return_word="return",
    continue_word="next",
    break_word="break",
    block_calls=words("do_block block"),
    wrapped_values=words("argument_list"),
    loose_values=words("if unless case"),
    ternaries=words("conditional"),
    labels=words("when else"),
    label_wrappers=words("pattern"),
    otherwise=words("else"),
    falls=False,
    left_by_break=False,
    switch_head="case {}",
    label="when {}",
    label_join=", ",
    otherwise_label="else",
    labels_indented=False,
    constants=_is_constant,
    templates=TEMPLATES,
)
