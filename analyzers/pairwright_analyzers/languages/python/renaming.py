"""What renaming needs to know of Python."""

from __future__ import annotations

import builtins
import enum
import importlib
import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.renaming import Modules, Renaming
from pairwright_analyzers.languages.shapes import words

if TYPE_CHECKING:
    from tree_sitter import Node

_BY_NAME = frozenset({b"getattr", b"setattr", b"hasattr", b"delattr", b"attrgetter"})
_MEMBER_LISTS = frozenset({b"__slots__", b"__match_args__"})

_READ = words(
    "abc argparse ast asyncio cmd code codecs collections collections.abc concurrent.futures"
    " configparser contextlib csv ctypes datetime decimal email.message enum html.parser"
    " http.server io json json.decoder json.encoder logging logging.handlers multiprocessing"
    " numbers pathlib queue random socketserver string threading tokenize types unittest"
    " unittest.case unittest.mock xml.sax.handler zipfile"
)
"""Modules of the standard library whose types are often inherited, and which do nothing when they
are imported.
"""

_TYPES = {
    "typing.Generic": "",
    "typing.Protocol": "",
    "typing_extensions.Protocol": "",
    "typing.NamedTuple": "_asdict _replace _fields _make count index",
    "typing.TypedDict": "keys items values get pop update setdefault copy clear",
}
"""What is no type at run time, with the members it gives beside special names."""


def _outside_member(type_name: str, name: str) -> bool | None:
    said = _TYPES.get(type_name)
    if said is not None:
        return name in said.split()
    module, _, last = type_name.rpartition(".")
    found: object
    if module == "<builtin>":
        found = getattr(builtins, last, None)
    elif module in _READ:
        found = getattr(importlib.import_module(module), last, None)
    else:
        return None
    if not isinstance(found, type):
        return None
    # Enumerations answer for their members by a name that instances alone have.
    return hasattr(found, name) or (issubclass(found, enum.Enum) and name in ("name", "value"))


def _spoken(node: Node, _source: bytes) -> bool:
    """`getattr(value, "name")`."""
    arguments = node.parent
    call = arguments.parent if arguments is not None else None
    if node.type != "string" or call is None or call.type != "call":
        return False
    function = call.child_by_field_name("function")
    text = function.text if function is not None else None
    return text is not None and text.rpartition(b".")[2] in _BY_NAME


_NAMING = frozenset(
    {
        b"TypeVar",
        b"TypeVarTuple",
        b"ParamSpec",
        b"NewType",
        b"TypeAliasType",
        b"namedtuple",
        b"NamedTuple",
        b"TypedDict",
    }
)


def _named_after(node: Node, _source: bytes) -> Node | None:
    """`Name = TypeVar("Name")`."""
    arguments = node.parent
    call = arguments.parent if arguments is not None else None
    assigned = call.parent if call is not None else None
    if arguments is None or call is None or call.type != "call" or assigned is None:
        return None
    if assigned.type != "assignment" or arguments.named_children[0].id != node.id:
        return None
    function = call.child_by_field_name("function")
    text = function.text if function is not None else None
    left = assigned.child_by_field_name("left")
    if text is None or text.rpartition(b".")[2] not in _NAMING or left is None:
        return None
    return left if left.type == "identifier" else None


def _names_type(node: Node, _source: bytes) -> bool:
    """`cast("Type", value)`, `TypeVar("T", bound="Type")`."""
    around = node.parent
    if around is not None and around.type == "keyword_argument":
        name = around.child_by_field_name("name")
        return name is not None and name.text in (b"bound", b"default")
    call = around.parent if around is not None else None
    if around is None or call is None or call.type != "call":
        return False
    function = call.child_by_field_name("function")
    last = (function.text or b"").rpartition(b".")[2] if function is not None else b""
    return last == b"cast" and around.named_children[0].id == node.id


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
    named_after=_named_after,
    names_type=_names_type,
    own_member=_own_member,
    outside_member=_outside_member,
)
