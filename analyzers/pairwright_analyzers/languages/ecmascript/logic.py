"""How JavaScript and TypeScript decides: conditions, branches and choices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pairwright_analyzers.languages.ecmascript.collecting import COLLECTING
from pairwright_analyzers.languages.ecmascript.functions import FUNCTIONS
from pairwright_analyzers.languages.ecmascript.templates import TEMPLATES
from pairwright_analyzers.languages.ecmascript.waiting import WAITING
from pairwright_analyzers.languages.logic import COMPARISONS, MIRRORS, Logic
from pairwright_analyzers.languages.shapes import VariableParts, words

if TYPE_CHECKING:
    from tree_sitter import Node


def _is_tight(node: Node, _text: bytes) -> bool:
    return node.type in ("await_expression", "unary_expression", "update_expression")


def _bare_declaration(head: str, _parts: VariableParts) -> str:
    return f"let {head.removeprefix('const ')}" if head.startswith("const ") else head


def _is_constant(node: Node, text: bytes) -> bool:
    if node.type == "unary_expression":
        return text[node.start_byte : node.start_byte + 1] == b"-"
    return node.type in (
        [
            "number",
            "string",
            "true",
            "false",
            "null",
            "undefined",
            "member_expression",
            "identifier",
        ]
    )


LOGIC = Logic(
    junctions_give_operands=True,
    opposites={**COMPARISONS, "===": "!==", "!==": "==="},
    mirrors={**MIRRORS, "===": "===", "!==": "!=="},
    equality="===",
    equalities=frozenset({"==="}),
    is_tight=_is_tight,
    loose_operators=frozenset({"??"}),
    ifs=words("if_statement"),
    bodies=("consequence",),
    bare_bodies=True,
    ternaries=words("ternary_expression"),
    loose_values=words("arrow_function sequence_expression"),
    bare_declaration=_bare_declaration,
    labels=words("switch_case switch_default"),
    constants=_is_constant,
    collecting=COLLECTING,
    templates=TEMPLATES,
    functions=FUNCTIONS,
    waiting=WAITING,
)
