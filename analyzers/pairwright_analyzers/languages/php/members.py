"""The members of PHP's types."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.members import Access, Member, Members, Sort
from pairwright_analyzers.syntax import node_text

if TYPE_CHECKING:
    from tree_sitter import Node

_CONSTANT, _STATIC_FIELD, _FIELD, _CONSTRUCTOR, _STATIC, _PUBLIC, _PROTECTED, _PRIVATE = range(8)
_RANKS = {Access.PUBLIC: _PUBLIC, Access.PROTECTED: _PROTECTED, Access.PRIVATE: _PRIVATE}


def _access(node: Node, text: bytes) -> Access:
    word = next((one for one in node.named_children if one.type == "visibility_modifier"), None)
    if word is None:
        return Access.PUBLIC
    return Access[node_text(word, text).upper().partition("(")[0]]


def _member(node: Node, text: bytes) -> Member | None:
    access = _access(node, text)
    static = any(one.type == "static_modifier" for one in node.named_children)
    if node.type == "const_declaration":
        element = next((one for one in node.named_children if one.type == "const_element"), None)
        if element is None:
            return None
        first, initial = element.named_children[0], element.named_children[-1]
        name = node_text(first, text)
        kind = node.child_by_field_name("type")
        return Member(
            node, name, first, Sort.FIELD, _CONSTANT, access, True, initial, kind, (initial,)
        )
    if node.type == "property_declaration":
        element = next((one for one in node.named_children if one.type == "property_element"), None)
        held = element.child_by_field_name("name") if element is not None else None
        if held is None or element is None:
            return None
        value = element.child_by_field_name("default_value")
        rank = _STATIC_FIELD if static else _FIELD
        name = node_text(held, text)
        kind = node.child_by_field_name("type")
        return Member(node, name, held, Sort.FIELD, rank, access, static, value, kind)
    named = node.child_by_field_name("name")
    if node.type != "method_declaration" or named is None:
        return None
    name = node_text(named, text)
    if name.lower() in ("__construct", "__destruct"):
        return Member(node, name, named, Sort.CONSTRUCTOR, _CONSTRUCTOR, access)
    rank = _STATIC if static and access is Access.PUBLIC else _RANKS[access]
    kind = node.child_by_field_name("return_type")
    abstract = node.child_by_field_name("body") is None
    return Member(node, name, named, Sort.METHOD, rank, access, static, None, kind, (), abstract)


MEMBERS = Members(
    classes=frozenset(
        {"class_declaration", "interface_declaration", "trait_declaration", "anonymous_class"}
    ),
    member=_member,
    stays=lambda node, _text: node.type == "use_declaration",
    computed=re.compile(rb"\$this->[\${]"),
    runs_by=lambda _node, _text: False,
)
