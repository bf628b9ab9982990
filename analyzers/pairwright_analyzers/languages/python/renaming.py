"""What renaming needs to know of Python."""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.renaming import Modules, Renaming

if TYPE_CHECKING:
    from tree_sitter import Node

_BY_NAME = frozenset({b"getattr", b"setattr", b"hasattr", b"delattr", b"attrgetter"})
_MEMBER_LISTS = frozenset({b"__slots__", b"__match_args__"})

_TYPES = {
    "abc.ABC": "",
    "typing.Generic": "",
    "typing.Protocol": "",
    "typing_extensions.Protocol": "",
    "typing.NamedTuple": "_asdict _replace _fields _make count index",
    "typing.TypedDict": "keys items values get pop update setdefault copy clear",
    "enum.Enum": "name value _missing_ _generate_next_value_",
    "enum.IntEnum": "name value _missing_ _generate_next_value_",
    "enum.StrEnum": "name value _missing_ _generate_next_value_",
    "enum.Flag": "name value _missing_ _generate_next_value_",
    "enum.IntFlag": "name value _missing_ _generate_next_value_",
}
"""What types of the standard library that are often inherited have beside special names."""


def _outside_member(type_name: str, name: str) -> bool | None:
    if type_name.startswith("<builtin>."):
        found = getattr(builtins, type_name.removeprefix("<builtin>."), None)
        return hasattr(found, name) if found is not None else None
    said = _TYPES.get(type_name)
    return name in said.split() if said is not None else None


def _spoken(node: Node, _source: bytes) -> bool:
    """`getattr(value, "name")`."""
    arguments = node.parent
    call = arguments.parent if arguments is not None else None
    if node.type != "string" or call is None or call.type != "call":
        return False
    function = call.child_by_field_name("function")
    text = function.text if function is not None else None
    return text is not None and text.rpartition(b".")[2] in _BY_NAME


def _own_member(node: Node, _source: bytes) -> bool:
    """`__slots__ = ("name",)`."""
    current = node.parent
    while current is not None and current.type in ("tuple", "list", "set"):
        current = current.parent
    if node.type != "string" or current is None or current.type != "assignment":
        return False
    left = current.child_by_field_name("left")
    return left is not None and left.text in _MEMBER_LISTS


_TYPE_COMMENT = re.compile(rb"#\s*type:(?!\s*ignore)([^#\n]*)")


def _type_comments(source: bytes) -> Iterable[tuple[int, int]]:
    return (match.span(1) for match in _TYPE_COMMENT.finditer(source))


RENAMING = Renaming(
    modules=Modules.NAMES,
    type_comments=_type_comments,
    spoken=_spoken,
    own_member=_own_member,
    outside_member=_outside_member,
)
