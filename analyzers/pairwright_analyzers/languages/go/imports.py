"""How Go lays out its imports: gofmt sorts what stands between empty lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.imports import ImportStyle
from pairwright_analyzers.languages.shapes import words
from pairwright_analyzers.types import Import

if TYPE_CHECKING:
    from tree_sitter import Node


def _order(node: Node, text: bytes, _is_own: Callable[[Node], bool]) -> tuple[int, tuple[str, ...]]:
    path = node.child_by_field_name("path")
    if path is None:
        return 0, ("",)
    return 0, (text[path.start_byte : path.end_byte].decode("utf-8", "replace"),)


def _write(item: Import, _text: bytes) -> str:
    last = item.module.rpartition("/")[2]
    alias = f"{item.alias} " if item.alias and item.alias != last else ""
    return f'{alias}"{item.module}"'


def _header(root: Node, text: bytes) -> int:
    for child in root.named_children:
        if child.type == "package_clause":
            end = text.find(b"\n", child.end_byte)
            return len(text) if end < 0 else end + 1
    return 0


def _removable(item: Import) -> bool:
    # Of packages outside of the standard library, the path does not tell the name.
    return "." not in item.module.partition("/")[0]


def _block(root: Node) -> Node | None:
    for child in root.named_children:
        if child.type == "import_declaration":
            for inner in child.named_children:
                if inner.type == "import_spec_list":
                    return inner
    return None


IMPORTS = ImportStyle(
    statements=words("import_spec"),
    order=_order,
    write=_write,
    removable=_removable,
    header=_header,
    block=_block,
    first_prefix="import ",
)
