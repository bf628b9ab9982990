"""How the types of PHP live in files: each in one of its own, in the same namespace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pairwright_analyzers.languages.moving import Moving, same_folder

if TYPE_CHECKING:
    from tree_sitter import Node


def _heading(root: Node, text: bytes) -> str:
    heads = [
        text[child.start_byte : child.end_byte].decode("utf-8", "replace")
        for child in root.named_children
        if child.type in ("declare_statement", "namespace_definition")
    ]
    return "\n\n".join(["<?php", *heads])


def _unfit(text: bytes) -> str:
    if b"\nnamespace " not in text:
        return "A file without a namespace is not found by the name of its type."
    return ""


MOVING = Moving(
    known=True,
    shares=same_folder,
    outside="A type goes to a file in the same folder.",
    only_new="A type goes to a file of its own.",
    heading=_heading,
    types_only="Only types are found by their names.",
    unfit=_unfit,
)
