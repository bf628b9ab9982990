"""The members of Java's types."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pairwright_analyzers.languages.members import Access, Member, Members, Sort
from pairwright_analyzers.syntax import node_text

if TYPE_CHECKING:
    from tree_sitter import Node

(
    _CONSTANT,
    _STATIC_FIELD,
    _FIELD,
    _CONSTRUCTOR,
    _STATIC,
    _PUBLIC,
    _PACKAGE,
    _PROTECTED,
    _PRIVATE,
    _TYPE,
) = range(10)
_RANKS = {
    Access.PUBLIC: _PUBLIC,
    Access.PACKAGE: _PACKAGE,
    Access.PROTECTED: _PROTECTED,
    Access.PRIVATE: _PRIVATE,
}
_TYPES = frozenset(
    {
        "class_declaration",
        "interface_declaration",
        "enum_declaration",
        "record_declaration",
        "annotation_type_declaration",
    }
)
_EFFECTS = frozenset(
    {
        "method_invocation",
        "object_creation_expression",
        "assignment_expression",
        "update_expression",
    }
)


def modifier_words(node: Node) -> frozenset[str]:
    """The words among the modifiers of a declaration."""
    held = next((one for one in node.named_children if one.type == "modifiers"), None)
    return frozenset(one.type for one in held.children) if held is not None else frozenset()


def _member(node: Node, text: bytes) -> Member | None:
    words = modifier_words(node)
    in_interface = node.parent is not None and node.parent.type == "interface_body"
    access = Access.PUBLIC if in_interface else Access.PACKAGE
    for word, found in (
        ("public", Access.PUBLIC),
        ("protected", Access.PROTECTED),
        ("private", Access.PRIVATE),
    ):
        if word in words:
            access = found
    static = "static" in words
    if node.type in ("field_declaration", "constant_declaration"):
        declarator = node.child_by_field_name("declarator")
        name_node = declarator.child_by_field_name("name") if declarator is not None else None
        if name_node is None or declarator is None:
            return None
        static = static or node.type == "constant_declaration"
        value = declarator.child_by_field_name("value")
        rank = _FIELD if not static else _STATIC_FIELD
        if static and ("final" in words or node.type == "constant_declaration"):
            rank = _CONSTANT
        runs = tuple(
            held
            for one in node.children_by_field_name("declarator")
            if (held := one.child_by_field_name("value")) is not None
        )
        kind = node.child_by_field_name("type")
        name = node_text(name_node, text)
        return Member(node, name, name_node, Sort.FIELD, rank, access, static, value, kind, runs)
    if node.type in ("static_initializer", "block"):
        rank = _STATIC_FIELD if node.type == "static_initializer" else _FIELD
        return Member(node, "", None, Sort.FIELD, rank, Access.PRIVATE, rank < _FIELD, runs=(node,))
    name_node = node.child_by_field_name("name")
    if name_node is None:
        return None
    name = node_text(name_node, text)
    if node.type in ("constructor_declaration", "compact_constructor_declaration"):
        return Member(node, name, name_node, Sort.CONSTRUCTOR, _CONSTRUCTOR, access)
    if node.type == "method_declaration":
        rank = _STATIC if static and access is not Access.PRIVATE else _RANKS[access]
        kind = node.child_by_field_name("type")
        abstract = node.child_by_field_name("body") is None
        return Member(
            node, name, name_node, Sort.METHOD, rank, access, static, None, kind, (), abstract
        )
    if node.type in _TYPES:
        return Member(node, name, name_node, Sort.TYPE, _TYPE, access, static)
    return None


def _runs_by(node: Node, _text: bytes) -> bool:
    pending = [node]
    while pending:
        current = pending.pop()
        if current.type in _EFFECTS or current.type == "static_initializer":
            return True
        if current.type not in ("lambda_expression", "class_body"):
            pending.extend(current.named_children)
    return False


MEMBERS = Members(
    classes=frozenset({"class_declaration", "interface_declaration", "record_declaration"}),
    member=_member,
    runs_by=_runs_by,
)
