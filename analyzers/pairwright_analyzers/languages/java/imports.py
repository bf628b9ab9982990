"""How Java code lays out its imports: sorted by name, between the person's empty lines."""

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
    static = "0" if any(one.type == "static" for one in node.children) else "1"
    path = text[node.start_byte : node.end_byte].decode("utf-8", "replace")
    return 0, (static, path.removesuffix(";").rpartition(" ")[2])


def _write(item: Import, _text: bytes) -> str:
    return f"import {item.module}.{item.name};"


def _header(root: Node, text: bytes) -> int:
    for child in root.named_children:
        if child.type == "package_declaration":
            end = text.find(b"\n", child.end_byte)
            return len(text) if end < 0 else end + 1
    return 0


IMPORTS = ImportStyle(
    statements=words("import_declaration"),
    order=_order,
    write=_write,
    mentions=re.compile(rb"/\*\*.*?\*/", re.DOTALL),
    header=_header,
)
