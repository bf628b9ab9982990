"""How the types of Java live in files: one public type a file, called after it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pairwright_analyzers.languages.moving import Moving, same_folder

if TYPE_CHECKING:
    from tree_sitter import Node


def _heading(root: Node, text: bytes) -> str:
    for child in root.named_children:
        if child.type == "package_declaration":
            return text[child.start_byte : child.end_byte].decode("utf-8", "replace")
    return ""


MOVING = Moving(
    known=True,
    shares=same_folder,
    outside="Types are moved to files of the same package only.",
    only_new="A type goes to a file of its own.",
    heading=_heading,
    types_only="Only types stand at the top of a file.",
)
