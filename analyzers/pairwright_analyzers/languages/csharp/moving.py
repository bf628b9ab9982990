"""How the types of C# live in files: each in one of its own, in the same namespace."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.moving import Moving, same_folder
from pairwright_analyzers.languages.shapes import words

if TYPE_CHECKING:
    from tree_sitter import Node


_DIRECTIVE = re.compile(rb"^[ \t]*#[ \t]*(?:if|region|pragma)\b", re.MULTILINE)


def _lines(node: Node, text: bytes) -> str:
    found = text[node.start_byte : node.end_byte].decode("utf-8", "replace")
    return found.replace("\r\n", "\n")


def _heading(root: Node, text: bytes) -> str:
    """What is opened, since which type comes from where only a compiler knows."""
    usings: list[str] = []
    clause = ""
    for child in root.named_children:
        if child.type == "using_directive" and "global" not in _lines(child, text).split():
            usings.append(_lines(child, text))
        elif child.type == "file_scoped_namespace_declaration":
            clause = _lines(child, text)
    return "\n\n".join(part for part in ("\n".join(usings), clause) if part)


def _wrapped(statement: Node, text: bytes) -> tuple[str, str]:
    opened, closed = "", ""
    block = statement.parent
    while block is not None and block.parent is not None:
        around = block.parent
        if around.type == "namespace_declaration" and block.type == "declaration_list":
            header = text[around.start_byte : block.start_byte].decode("utf-8", "replace")
            usings = "".join(
                f"    {_lines(one, text)}\n"
                for one in block.named_children
                if one.type == "using_directive"
            )
            gap = "\n" if usings else ""
            opened = f"{header.replace(chr(13), '')}{{\n{usings}{gap}{opened}"
            closed = f"{closed}\n}}"
        block = around
    return opened, closed


def _unfit(text: bytes) -> str:
    return "Directives of the preprocessor stand in the file." if _DIRECTIVE.search(text) else ""


MOVING = Moving(
    known=True,
    shares=same_folder,
    outside="A type goes to a file in the same folder.",
    only_new="A type goes to a file of its own.",
    heading=_heading,
    wrapped=_wrapped,
    containers=words("declaration_list"),
    types_only="Only types stand at the top of a file.",
    unfit=_unfit,
)
