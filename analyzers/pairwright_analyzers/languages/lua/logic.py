"""How Lua decides: conditions, branches and choices."""

from __future__ import annotations

from pairwright_analyzers.languages.logic import Layout, Logic
from pairwright_analyzers.languages.shapes import words

LOGIC = Logic(
    junctions_give_operands=True,
    layout=Layout.ENDED,
    negation="not ",
    conjunctions=("and",),
    disjunctions=("or",),
    duals={"and": "or", "or": "and"},
    opposites={"==": "~=", "~=": "==", "<": ">=", ">=": "<", ">": "<=", "<=": ">"},
    mirrors={"==": "==", "~=": "~=", "<": ">", ">": "<", "<=": ">=", ">=": "<="},
    mixes=True,
    clauses=words("elseif_statement"),
    elses=words("else_statement"),
    bodies=("consequence",),
    condition_parentheses=frozenset(),
    if_head="if {} then",
    else_if="elseif {} then",
    condition_ends=frozenset({"then"}),
    redeclares=True,
    return_word="return",
    continue_word="",
    break_word="break",
)
