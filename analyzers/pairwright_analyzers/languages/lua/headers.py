"""Headers of Lua's functions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pairwright_analyzers.languages.headers import Headers

if TYPE_CHECKING:
    from tree_sitter import Node


def _exports(name: Node, _text: bytes) -> bool:
    """`return { f = f }`."""
    field = name.parent
    if field is None or field.type != "field":
        return False
    key = field.child_by_field_name("name")
    table = field.parent
    around = table.parent if table is not None else None
    if key is None or key.text != name.text or around is None:
        return False
    statement = around.parent if around.type == "expression_list" else around
    if statement is None or statement.type != "return_statement":
        return False
    return statement.parent is not None and statement.parent.type == "chunk"


HEADERS = Headers(
    untyped=True,
    lists=frozenset({"parameters"}),
    defaults=False,
    defaults_last=False,
    exports=_exports,
    method_mark=":",
)
