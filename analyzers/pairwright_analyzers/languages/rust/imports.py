"""How Rust lays out its imports: rustfmt sorts what stands between empty lines."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.imports import ImportStyle
from pairwright_analyzers.languages.shapes import words
from pairwright_analyzers.types import Import

if TYPE_CHECKING:
    from tree_sitter import Node

_KNOWN_MACROS = (
    rb"println|print|eprintln|eprint|format|vec|assert\w*|debug_assert\w*|panic|todo|unimplemented"
    rb"|unreachable|write|writeln|matches|dbg|concat|env|include_str|include_bytes|cfg|line|file"
    rb"|stringify|info|debug|warn|error|trace"
)
_HIDES = re.compile(rb"\b(?!(?:" + _KNOWN_MACROS + rb")!)\w+!")
"""Calls of macros that may name what is imported."""

_HEADS = {"self": "0", "super": "1", "crate": "2"}


def _order(node: Node, text: bytes, _is_own: Callable[[Node], bool]) -> tuple[int, tuple[str, ...]]:
    argument = node.child_by_field_name("argument")
    if argument is None:
        return 0, ("9",)
    path = text[argument.start_byte : argument.end_byte].decode("utf-8", "replace")
    head = path.partition("::")[0]
    return 0, (_HEADS.get(head, "3"), *map(_segment, path.split("::")))


def _segment(name: str) -> str:
    """Modules and functions first, then types, then constants, then lists of names."""
    kind = (
        "3"
        if name.startswith("{")
        else "2"
        if name.isupper()
        else "1"
        if name[:1].isupper()
        else "0"
    )
    return kind + name


def _write(item: Import, _text: bytes) -> str:
    path = "::".join(part for part in (item.module, item.name) if part)
    renamed = f" as {item.alias}" if item.alias and item.alias != (item.name or path) else ""
    return f"use {path}{renamed};"


def _removable(item: Import) -> bool:
    # A trait is used through its methods, without being named.
    return not item.name[:1].isupper()


IMPORTS = ImportStyle(
    statements=words("use_declaration"),
    order=_order,
    write=_write,
    lists=words("use_list"),
    removable=_removable,
    # What a macro makes of the words inside of it is not known.
    mentions=re.compile(rb"(?s).+"),
    hides=_HIDES,
    barrier=lambda node, _text: any(one.type == "visibility_modifier" for one in node.children),
)
