"""Headers of the functions of JavaScript and TypeScript."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.headers import Headers, NewParameter

if TYPE_CHECKING:
    from tree_sitter import Node

_ALL = re.compile(r"\barguments\b|\beval\s*\(")
_OWN = re.compile(r"\bnew\s+this\b|\bnew\s+new\.target\b|\.constructor\s*\(")


def _write(new: NewParameter) -> str:
    return f"{new.name} = {new.default}" if new.default else new.name


def _write_typed(new: NewParameter) -> str:
    name = f"{new.name}: {new.type}" if new.type else new.name
    return f"{name} = {new.default}" if new.default else name


def _exports(name: Node, text: bytes) -> bool:
    """`export { f }`, `module.exports = { f }`, `exports.f = f`."""
    parent = name.parent
    if parent is None or parent.type == "export_specifier":
        return parent is not None
    if parent.type == "pair":
        key = parent.child_by_field_name("key")
        if key is None or key.text != name.text:
            return False
        parent = parent.parent
    above = parent.parent if parent is not None and parent.type == "object" else parent
    if above is None or above.type != "assignment_expression":
        return False
    left = above.child_by_field_name("left")
    written = text[left.start_byte : left.end_byte] if left is not None else b""
    if above is not parent or parent is None:
        return written == b"module.exports"
    whole = name.text or b""
    return written in (b"exports." + whole, b"module.exports." + whole)


HEADERS = Headers(
    untyped=True,
    lists=frozenset({"formal_parameters"}),
    write=_write,
    defaults_last=False,
    takes_all=_ALL,
    own_type=_OWN,
    constructor_words=frozenset({"super"}),
    exports=_exports,
    static="static ",
    static_by_object=False,
)
TYPESCRIPT_HEADERS = Headers(
    lists=frozenset({"formal_parameters"}),
    write=_write_typed,
    takes_all=_ALL,
    field_words=frozenset({"private", "public", "protected", "readonly"}),
    outside_files=(".d.ts", ".d.mts", ".d.cts"),
    own_type=_OWN,
    constructor_words=frozenset({"super"}),
    exports=_exports,
    static="static ",
    static_by_object=False,
)
