"""How the definitions of Go live in files: all files of a folder are one package."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.moving import Moving, same_folder

if TYPE_CHECKING:
    from tree_sitter import Node

_CONDITION = re.compile(
    r"(?:_(?:linux|windows|darwin|freebsd|openbsd|netbsd|js|wasip1|android|ios|plan9|solaris"
    r"|unix|amd64|arm64|386|arm|wasm|riscv64|s390x|ppc64le))+\Z|_test\Z"
)
"""The end of a file's name that says when it is built."""


def _heading(root: Node, text: bytes) -> str:
    parts = []
    for child in root.named_children:
        written = text[child.start_byte : child.end_byte].decode("utf-8", "replace")
        if child.type == "comment" and written.startswith(("//go:build", "// +build")):
            parts.append(written.rstrip())
        elif child.type == "package_clause":
            clause = written.partition("//")[0].rstrip()
            return "\n".join(parts) + ("\n\n" if parts else "") + clause
    return ""


def _file_name(name: str, old: str) -> str:
    condition = _CONDITION.search(old)
    bare = _CONDITION.sub("", name.lower())
    return bare + (condition.group() if condition is not None else "")


def _lifted(name: str, statement: str) -> str:
    return f"func {name}{statement[statement.index('func') + len('func') :]}"


MOVING = Moving(
    known=True,
    lifts=True,
    lifted=_lifted,
    shares=same_folder,
    outside="Definitions of Go are moved to files of the same package only.",
    file_name=_file_name,
    heading=_heading,
    packages_named=True,
)
