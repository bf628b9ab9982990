"""How the definitions of Python live in files."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.moving import Example, Moving, snake_case
from pairwright_analyzers.languages.shapes import words
from pairwright_analyzers.types import Import

if TYPE_CHECKING:
    from tree_sitter import Node


def _stem(path: str) -> list[str]:
    """The folders and the module's own name; a package's own file stands for its folder."""
    parts = re.sub(r"\.pyi?\Z", "", path).split("/")
    return parts[:-1] if parts[-1] == "__init__" else parts


def _package(exists: Callable[[str], bool], path: str) -> list[str]:
    """The folders above the outermost package that a file is in."""
    folder = posixpath.dirname(path)
    while folder and exists(posixpath.join(folder, "__init__.py")):
        folder = posixpath.dirname(folder)
    return folder.split("/") if folder else []


def _relative(importer: str, target: list[str]) -> tuple[str, int]:
    folder = importer.split("/")[:-1]
    same = 0
    while same < min(len(folder), len(target)) and folder[same] == target[same]:
        same += 1
    return ".".join(target[same:]), len(folder) - same + 1


def _address(
    exists: Callable[[str], bool], importer: str, target: str, examples: Sequence[Example]
) -> tuple[str, int]:
    stem = _stem(target)
    if not all(part.isidentifier() for part in stem[len(_package(exists, target)) :]):
        raise ValueError(f"{target} has a name that no import can say.")
    for example in examples:
        if example.item.level:
            module, level = _relative(importer, stem)
            outermost = len(_package(exists, importer)) + 1
            if level == 1 or importer.split("/")[:outermost] == stem[:outermost]:
                return module, level
            continue
        module_parts = example.item.module.split(".")
        known = _stem(example.target)
        cut = len(known) - len(module_parts)
        if cut >= 0 and known[cut:] == module_parts and stem[:cut] == known[:cut] and stem[cut:]:
            return ".".join(stem[cut:]), 0
    cut = len(_package(exists, target))
    return ".".join(stem[cut:]), 0


def _relocated(item: Import, old: str, new: str) -> tuple[str, int]:
    if not item.level or posixpath.dirname(old) == posixpath.dirname(new):
        return item.module, item.level
    folder = old.split("/")[:-1]
    folder = folder[: len(folder) - (item.level - 1)]
    target = [*folder, *(item.module.split(".") if item.module else [])]
    return _relative(new, target)


def _listing(root: Node, text: bytes) -> Node | None:
    for child in root.named_children:
        inner = child.named_children[0] if child.named_child_count else None
        if inner is None or inner.type != "assignment":
            continue
        left, right = inner.child_by_field_name("left"), inner.child_by_field_name("right")
        if left is None or right is None or right.type not in ("list", "tuple"):
            continue
        if text[left.start_byte : left.end_byte] == b"__all__":
            return right
    return None


def _heading(root: Node, _text: bytes) -> str:
    for child in root.named_children:
        if child.type == "future_import_statement":
            return (child.text or b"").decode("utf-8", "replace")
    return ""


def _is_type_guard(condition: Node) -> bool:
    text = condition.text or b""
    return text.rpartition(b".")[2] == b"TYPE_CHECKING"


def _packages(path: str) -> Sequence[str]:
    folder = posixpath.dirname(path)
    found = []
    while folder:
        found.append(posixpath.join(folder, "__init__.py"))
        folder = posixpath.dirname(folder)
    return [one for one in found if one != path]


def _freed(written: str, _offer: str) -> str:
    return re.sub(r"^@staticmethod[ \t]*\r?\n", "", written, count=1, flags=re.MULTILINE)


MOVING = Moving(
    known=True,
    lifts=True,
    lifts_methods=True,
    freed=_freed,
    address=_address,
    relocated=_relocated,
    file_name=lambda name, _old: snake_case(name).strip("_") or "module",
    heading=_heading,
    simple=words("expression_statement type_alias_statement"),
    own_words=words(
        "__file__ __name__ __package__ __path__ __spec__ __loader__ __builtins__ globals"
    ),
    top_words=words("locals vars dir eval exec"),
    listing=_listing,
    not_everywhere=re.compile(
        rb"^assert\s+sys\.|^(?:if|else|except)\b[^\n]*:[^\n]*\n(?:[ \t]+[^\n]*\n)*?[ \t]+raise\b",
        re.MULTILINE,
    ),
    type_guard=_is_type_guard,
    tail=re.compile(rb"^if\s+__name__\s*==", re.MULTILINE),
    bound_once=True,
    quoted_types=True,
    packages=_packages,
    place=re.compile(rb"\b__(?:file|path|package|spec)__\b"),
    unfolded=words("__main__ conftest manage setup"),
    folds=("__init__",),
)
