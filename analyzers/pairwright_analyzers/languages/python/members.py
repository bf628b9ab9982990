"""The members of Python's classes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.members import Access, Member, Members, Sort
from pairwright_analyzers.syntax import node_text

if TYPE_CHECKING:
    from tree_sitter import Node

_CONSTANT, _FIELD, _TYPE, _CONSTRUCTOR, _STATIC, _PUBLIC, _PROTECTED, _PRIVATE = range(8)

_MAKERS = frozenset({"__new__", "__init__", "__post_init__", "__init_subclass__"})
_PLAIN_DECORATORS = frozenset(
    {
        "abstractmethod",
        "cached_property",
        "classmethod",
        "final",
        "overload",
        "override",
        "property",
        "staticmethod",
        "setter",
        "getter",
        "deleter",
        "wraps",
    }
)
"""Decorators that touch nothing but the function below them."""
_PLAIN_BASES = frozenset({"object", "ABC", "Protocol", "Generic", "Exception", "ValueError"})


def _access(name: str) -> Access:
    if name.startswith("__") and name.endswith("__"):
        return Access.PUBLIC
    if name.startswith("__"):
        return Access.PRIVATE
    return Access.PROTECTED if name.startswith("_") else Access.PUBLIC


_RANKS = {Access.PUBLIC: _PUBLIC, Access.PROTECTED: _PROTECTED, Access.PRIVATE: _PRIVATE}


def _member(node: Node, text: bytes) -> Member | None:
    if node.type == "expression_statement" and node.named_child_count == 1:
        return _field(node, text)
    decorators = tuple(one for one in node.named_children if one.type == "decorator")
    inner = node.child_by_field_name("definition") if node.type == "decorated_definition" else node
    if inner is None or inner.type not in ("function_definition", "class_definition"):
        return None
    name_node = inner.child_by_field_name("name")
    if name_node is None:
        return None
    name = node_text(name_node, text)
    if inner.type == "class_definition":
        return Member(node, name, name_node, Sort.TYPE, _TYPE, _access(name), runs=(inner,))
    return _function(node, inner, name_node, decorators, text)


def _function(
    node: Node, inner: Node, name_node: Node, decorators: tuple[Node, ...], text: bytes
) -> Member:
    name = node_text(name_node, text)
    words = {decorator_name(one, text) for one in decorators}
    parts = [inner.child_by_field_name(one) for one in ("parameters", "return_type")]
    runs = (*decorators, *(one for one in parts if one is not None))
    access = _access(name)
    static = bool(words & {"staticmethod", "classmethod"})
    if name in _MAKERS:
        return Member(
            node, name, name_node, Sort.CONSTRUCTOR, _CONSTRUCTOR, access, static, runs=runs
        )
    rank = _RANKS[access]
    if static and access is Access.PUBLIC:
        rank = _STATIC
    sort = Sort.METHOD
    if words & {"property", "cached_property", "setter", "getter", "deleter"}:
        sort = Sort.PROPERTY
    abstract = "abstractmethod" in words
    return Member(node, name, name_node, sort, rank, access, static, runs=runs, abstract=abstract)


def _field(node: Node, text: bytes) -> Member | None:
    assigned = node.named_children[0]
    if assigned.type != "assignment":
        return None
    name_node = assigned.child_by_field_name("left")
    if name_node is None or name_node.type != "identifier":
        return None
    name = node_text(name_node, text)
    value, kind = assigned.child_by_field_name("right"), assigned.child_by_field_name("type")
    rank = _CONSTANT if name.isupper() else _FIELD
    runs = tuple(one for one in (value, kind) if one is not None)
    return Member(node, name, name_node, Sort.FIELD, rank, _access(name), True, value, kind, runs)


def decorator_name(node: Node, text: bytes) -> str:
    """The last part of the name of a decorator."""
    written = node_text(node, text).lstrip("@").partition("(")[0].strip()
    return written.rpartition(".")[2]


def _stays(node: Node, text: bytes) -> bool:
    del text
    return (
        node.type == "expression_statement"
        and node.named_child_count == 1
        and node.named_children[0].type in ("string", "concatenated_string")
    )


def _ordered(node: Node, text: bytes) -> bool:
    """Decorators and bases may make something of the order of fields."""
    if node.parent is not None and node.parent.type == "decorated_definition":
        return True
    bases = node.child_by_field_name("superclasses")
    for one in bases.named_children if bases is not None else ():
        name = node_text(one, text).partition("[")[0].rpartition(".")[2]
        if name not in _PLAIN_BASES:
            return True
    return False


def _runs_by(node: Node, text: bytes) -> bool:
    if node.type == "decorator":
        return decorator_name(node, text) not in _PLAIN_DECORATORS
    pending = [node]
    while pending:
        current = pending.pop()
        if current.type in ("call", "await", "yield", "named_expression"):
            return True
        if current.type == "decorator" and _runs_by(current, text):
            return True
        if current.type not in ("function_definition", "lambda", "type"):
            pending.extend(current.named_children)
    return False


MEMBERS = Members(
    classes=frozenset({"class_definition"}),
    member=_member,
    stays=_stays,
    ordered=_ordered,
    computed=re.compile(rb"\bgetattr\(\s*self\s*,\s*[^\"'\s]"),
    runs_by=_runs_by,
    eager=True,
)
