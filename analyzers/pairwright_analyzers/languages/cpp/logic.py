"""How C++ decides: conditions, branches and choices."""

from __future__ import annotations

from dataclasses import replace

from pairwright_analyzers.languages.c.logic import LOGIC as C_LOGIC
from pairwright_analyzers.languages.shapes import words

LOGIC = replace(
    C_LOGIC,
    other_negations=frozenset({"not"}),
    conjunctions=("&&", "and"),
    disjunctions=("||", "or"),
    duals={"&&": "||", "||": "&&", "and": "or", "or": "and"},
    opposites={**C_LOGIC.opposites, "not_eq": "=="},
    declares=words("declaration"),
    condition_parentheses=words("condition_clause parenthesized_expression"),
)
