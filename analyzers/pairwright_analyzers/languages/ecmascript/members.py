"""The members of classes in JavaScript and TypeScript."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.members import Access, Member, Members, Sort
from pairwright_analyzers.syntax import node_text

if TYPE_CHECKING:
    from tree_sitter import Node

_CONSTANT, _STATIC_FIELD, _FIELD, _CONSTRUCTOR, _STATIC, _PUBLIC, _PROTECTED, _PRIVATE = range(8)
_RANKS = {Access.PUBLIC: _PUBLIC, Access.PROTECTED: _PROTECTED, Access.PRIVATE: _PRIVATE}
_FIELDS = frozenset({"field_definition", "public_field_definition"})
_METHODS = frozenset({"method_definition", "method_signature", "abstract_method_signature"})
_NAMES = frozenset({"property_identifier", "private_property_identifier", "string", "number"})
_EFFECTS = frozenset(
    {
        "call_expression",
        "new_expression",
        "await_expression",
        "assignment_expression",
        "augmented_assignment_expression",
        "update_expression",
    }
)
_FUNCTIONS = frozenset({"arrow_function", "function_expression", "generator_function"})


def _member(node: Node, text: bytes) -> Member | None:
    if node.type not in _FIELDS | _METHODS:
        return None
    name_node = node.child_by_field_name("name") or node.child_by_field_name("property")
    if name_node is None or name_node.type not in _NAMES:
        return None
    name = node_text(name_node, text)
    kinds = {one.type for one in node.children}
    access = Access.PUBLIC
    word = next((one for one in node.children if one.type == "accessibility_modifier"), None)
    if word is not None:
        access = Access[node_text(word, text).upper()]
    elif name.startswith("#"):
        access = Access.PRIVATE
    static = "static" in kinds
    decorators = tuple(one for one in node.named_children if one.type == "decorator")
    if node.type in _FIELDS:
        value, kind = node.child_by_field_name("value"), node.child_by_field_name("type")
        rank = _FIELD
        if static:
            constant = "readonly" in kinds or name.lstrip("#").isupper()
            rank = _CONSTANT if constant else _STATIC_FIELD
        runs = decorators if value is None else (*decorators, value)
        return Member(node, name, name_node, Sort.FIELD, rank, access, static, value, kind, runs)
    if name == "constructor":
        return Member(node, name, name_node, Sort.CONSTRUCTOR, _CONSTRUCTOR, access)
    rank = _STATIC if static and access is Access.PUBLIC else _RANKS[access]
    sort = Sort.PROPERTY if kinds & {"get", "set"} else Sort.METHOD
    abstract = node.type == "abstract_method_signature"
    return Member(
        node, name, name_node, sort, rank, access, static, runs=decorators, abstract=abstract
    )


def _runs_by(node: Node, _text: bytes) -> bool:
    if node.type == "decorator":
        return True
    pending = [node]
    while pending:
        current = pending.pop()
        if current.type in _EFFECTS:
            return True
        if current.type not in _FUNCTIONS:
            pending.extend(current.named_children)
    return False


MEMBERS = Members(
    classes=frozenset({"class_declaration", "class", "abstract_class_declaration"}),
    member=_member,
    leads=frozenset({"decorator"}),
    computed=re.compile(rb"\bthis\[\s*[^\"'\d\s]"),
    runs_by=_runs_by,
)
