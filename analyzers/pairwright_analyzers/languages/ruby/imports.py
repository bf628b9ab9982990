"""How Ruby code lays out what it requires: libraries by name, between the person's empty lines."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.imports import ImportStyle
from pairwright_analyzers.types import Import

if TYPE_CHECKING:
    from tree_sitter import Node


def _order(node: Node, text: bytes, _is_own: Callable[[Node], bool]) -> tuple[int, tuple[str, ...]]:
    written = text[node.start_byte : node.end_byte].decode("utf-8", "replace")
    return 0, (written.replace("'", '"'),)


def _write(item: Import, _text: bytes) -> str:
    return f'require "{item.module}"'


def _barrier(node: Node, text: bytes) -> bool:
    """Anything but `require` of a library: a file of one's own may need those before it."""
    method = node.child_by_field_name("method")
    arguments = node.child_by_field_name("arguments")
    if method is None or arguments is None or node.child_by_field_name("receiver") is not None:
        return True
    plain = arguments.named_child_count == 1 and arguments.named_children[0].type == "string"
    return not plain or text[method.start_byte : method.end_byte] != b"require"


IMPORTS = ImportStyle(
    statements=frozenset({"call"}),
    order=_order,
    write=_write,
    removable=lambda _item: False,
    barrier=_barrier,
)
