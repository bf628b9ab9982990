"""How PHP code lays out its imports: classes, functions, constants, each by name."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.imports import ImportStyle
from pairwright_analyzers.languages.shapes import words
from pairwright_analyzers.types import Import

if TYPE_CHECKING:
    from tree_sitter import Node


def _order(node: Node, text: bytes, _is_own: Callable[[Node], bool]) -> tuple[int, tuple[str, ...]]:
    written = text[node.start_byte : node.end_byte].decode("utf-8", "replace")
    rest = written.removeprefix("use").strip().removesuffix(";")
    kind = "0"
    for order, word in (("1", "function "), ("2", "const ")):
        if rest.startswith(word):
            kind, rest = order, rest.removeprefix(word)
    path, _, alias = rest.partition(" as ")
    return 0, (kind, path.strip().lower().replace("\\", "\0"), alias)


def _write(item: Import, _text: bytes) -> str:
    path = "\\".join(part for part in (item.module, item.name) if part)
    renamed = f" as {item.alias}" if item.alias and item.alias != item.name else ""
    return f"use {path}{renamed};"


def _header(root: Node, text: bytes) -> int:
    at = 0
    for child in root.named_children:
        if child.type in ("php_tag", "namespace_definition", "declare_statement"):
            if child.child_by_field_name("body") is not None:
                break
            end = text.find(b"\n", child.end_byte)
            at = len(text) if end < 0 else end + 1
    return at


IMPORTS = ImportStyle(
    statements=words("namespace_use_declaration"),
    order=_order,
    write=_write,
    lists=words("namespace_use_declaration namespace_use_group"),
    mentions=re.compile(rb"/\*\*.*?\*/", re.DOTALL),
    header=_header,
)
