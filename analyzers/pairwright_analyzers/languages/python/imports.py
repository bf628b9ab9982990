"""How Python code lays out its imports: the groups and the order that isort and ruff use."""

from __future__ import annotations

import re
import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.imports import ImportStyle
from pairwright_analyzers.languages.shapes import words
from pairwright_analyzers.types import Import

if TYPE_CHECKING:
    from tree_sitter import Node

_FUTURE, _STANDARD, _OTHERS, _OWN, _RELATIVE = range(5)


def _module(node: Node, text: bytes) -> str:
    name = node.child_by_field_name("module_name") or node.child_by_field_name("name")
    if name is None:
        return ""
    if name.type == "aliased_import":
        name = name.child_by_field_name("name") or name
    return text[name.start_byte : name.end_byte].decode("utf-8", "replace")


def _order(node: Node, text: bytes, is_own: Callable[[Node], bool]) -> tuple[int, tuple[str, ...]]:
    if node.type == "future_import_statement":
        return _FUTURE, ("",)
    module = _module(node, text)
    plain = "0" if node.type == "import_statement" else "1"
    if module.startswith("."):
        # The further away, the earlier.
        dots = len(module) - len(module.lstrip("."))
        return _RELATIVE, (plain, f"{99 - dots:02}", module.lower())
    if module.partition(".")[0] in sys.stdlib_module_names:
        return _STANDARD, (plain, module.lower(), module)
    group = _OWN if is_own(node) else _OTHERS
    return group, (plain, module.lower(), module)


def _name_order(name: str) -> tuple[object, ...]:
    bare = name.split(" as ")[0].strip()
    kind = 0 if bare.isupper() and len(bare) > 1 else 1 if bare[:1].isupper() else 2
    return kind, bare.lower(), bare


def _write(item: Import, _text: bytes) -> str:
    module = "." * item.level + item.module
    alias = f" as {item.alias}" if item.alias and item.alias != (item.name or item.module) else ""
    if item.name:
        return f"from {module} import {item.name}{alias}"
    if "." in module and item.alias == module.partition(".")[0]:
        return f"import {module}"
    return f"import {module}{alias}"


def _header(root: Node, text: bytes) -> int:
    """Behind the module's docstring and the comments at its top."""
    at = 0
    for child in root.named_children:
        docstring = (
            child.type == "expression_statement"
            and child.named_child_count == 1
            and child.named_children[0].type == "string"
        )
        if (child.type == "comment" and child.start_byte <= at + 2) or docstring:
            end = text.find(b"\n", child.end_byte)
            at = len(text) if end < 0 else end + 1
            if docstring:
                break
            continue
        break
    return at


def _joins(node: Node, text: bytes) -> str:
    kept_apart = ("wildcard_import", "aliased_import")
    if node.type != "import_from_statement" or any(
        one.type in kept_apart for one in node.named_children
    ):
        return ""
    return _module(node, text)


_WIDTH = 88


def _wrapped(node: Node, text: bytes, line_end: str) -> str:
    """In parentheses, as formatters have it. Source of the width: the usual formatters' default."""
    written = text[node.start_byte : node.end_byte].decode("utf-8", "replace")
    if len(written) <= _WIDTH or "\n" in written or "(" in written:
        return ""
    head, _, rest = written.partition(" import ")
    names = "".join(f"    {name.strip()},{line_end}" for name in rest.split(","))
    return f"{head} import ({line_end}{names})"


IMPORTS = ImportStyle(
    statements=words("import_statement import_from_statement future_import_statement"),
    order=_order,
    write=_write,
    lists=words("import_statement import_from_statement"),
    name_order=_name_order,
    regroups=True,
    mentions=re.compile(rb"""(["'])[\w.\[\], |]+\1|#\s*type:[^\n]*"""),
    header=_header,
    joins=_joins,
    wrapped=_wrapped,
    module_of=lambda _path, _target, dotted: dotted,
)
