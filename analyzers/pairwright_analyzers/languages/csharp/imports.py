"""How C# code lays out its imports: `System` first, then by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.imports import ImportStyle
from pairwright_analyzers.languages.shapes import words
from pairwright_analyzers.types import Import

if TYPE_CHECKING:
    from tree_sitter import Node


def _order(node: Node, text: bytes, _is_own: Callable[[Node], bool]) -> tuple[int, tuple[str, ...]]:
    written = text[node.start_byte : node.end_byte].decode("utf-8", "replace").removesuffix(";")
    kind = "2" if "=" in written else "1" if " static " in written else "0"
    if written.startswith("global "):
        kind = f"-{kind}"
    name = written.rpartition(" ")[2] if kind != "2" else written.partition("=")[0]
    first = "0" if name == "System" or name.startswith("System.") else "1"
    return 0, (kind, first, name.lower(), name)


def _write(item: Import, _text: bytes) -> str:
    return f"using {item.module};"


IMPORTS = ImportStyle(
    statements=words("using_directive"),
    order=_order,
    write=_write,
    # Which names come from a namespace, only a compiler can tell.
    removable=lambda item: bool(item.alias),
)
