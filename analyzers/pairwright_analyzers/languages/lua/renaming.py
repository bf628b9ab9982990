"""What renaming needs to know of Lua."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pairwright_analyzers.languages.renaming import ModulePaths, Modules, Renaming
from pairwright_analyzers.languages.shapes import words

if TYPE_CHECKING:
    from tree_sitter import Node


def _spoken(node: Node, _source: bytes) -> bool:
    """`value["name"]`."""
    parent = node.parent
    return (
        node.type == "string"
        and parent is not None
        and parent.type in ("bracket_index_expression", "field")
    )


RENAMING = Renaming(
    modules=Modules.PATHS,
    module_paths=ModulePaths(left_out=(".lua",), index=("init",), separator="."),
    spoken=_spoken,
    marks=words("label_statement goto_statement"),
)
