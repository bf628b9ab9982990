"""The members of C#'s types."""

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
    _FINALIZER,
    _DELEGATE,
    _EVENT,
    _PROPERTY,
    _STATIC,
    _PUBLIC,
    _PACKAGE,
    _PROTECTED,
    _PRIVATE,
    _TYPE,
) = range(14)
_RANKS = {
    Access.PUBLIC: _PUBLIC,
    Access.PACKAGE: _PACKAGE,
    Access.PROTECTED: _PROTECTED,
    Access.PRIVATE: _PRIVATE,
}
_OTHERS = {
    "destructor_declaration": _FINALIZER,
    "delegate_declaration": _DELEGATE,
    "event_declaration": _EVENT,
    "operator_declaration": _STATIC,
    "conversion_operator_declaration": _STATIC,
    "class_declaration": _TYPE,
    "struct_declaration": _TYPE,
    "interface_declaration": _TYPE,
    "enum_declaration": _TYPE,
    "record_declaration": _TYPE,
}
_EFFECTS = frozenset(
    {
        "invocation_expression",
        "object_creation_expression",
        "implicit_object_creation_expression",
        "assignment_expression",
        "postfix_unary_expression",
        "prefix_unary_expression",
    }
)


def modifier_words(node: Node, text: bytes) -> frozenset[str]:
    """The words among the modifiers of a declaration."""
    return frozenset(node_text(one, text) for one in node.named_children if one.type == "modifier")


def _access(node: Node, words: frozenset[str]) -> Access:
    around = node.parent.parent if node.parent is not None else None
    if "public" in words or (around is not None and around.type == "interface_declaration"):
        return Access.PUBLIC
    if "internal" in words:
        return Access.PACKAGE
    return Access.PROTECTED if "protected" in words else Access.PRIVATE


def _member(node: Node, text: bytes) -> Member | None:
    words = modifier_words(node, text)
    access = _access(node, words)
    static = bool(words & {"static", "const"})
    if node.type in ("field_declaration", "event_field_declaration"):
        return _field(node, text, words, access, static)
    name_node = node.child_by_field_name("name")
    name = node_text(name_node, text) if name_node is not None else ""
    if node.type == "constructor_declaration":
        runs = (node,) if static else ()
        return Member(
            node, name, name_node, Sort.CONSTRUCTOR, _CONSTRUCTOR, access, static, runs=runs
        )
    if node.type in ("property_declaration", "indexer_declaration"):
        value = node.child_by_field_name("value")
        if value is not None and value.type == "arrow_expression_clause":
            value = None
        kind = node.child_by_field_name("type")
        runs = () if value is None else (value,)
        return Member(
            node, name, name_node, Sort.PROPERTY, _PROPERTY, access, static, value, kind, runs
        )
    if node.type == "method_declaration":
        rank = _STATIC if static and access is not Access.PRIVATE else _RANKS[access]
        kind = node.child_by_field_name("returns")
        abstract = node.child_by_field_name("body") is None
        return Member(
            node, name, name_node, Sort.METHOD, rank, access, static, None, kind, (), abstract
        )
    rank = _OTHERS.get(node.type, -1)
    if rank < 0:
        return None
    sort = Sort.TYPE if rank == _TYPE else Sort.METHOD
    return Member(node, name, name_node, sort, rank, access, static)


def _field(
    node: Node, text: bytes, words: frozenset[str], access: Access, static: bool
) -> Member | None:
    declared = next(
        (one for one in node.named_children if one.type == "variable_declaration"), None
    )
    declarators = (
        [one for one in declared.named_children if one.type == "variable_declarator"]
        if declared is not None
        else []
    )
    name_node = declarators[0].child_by_field_name("name") if declarators else None
    if declared is None or name_node is None:
        return None
    values = [one.named_children[-1] for one in declarators if one.named_child_count > 1]
    rank = _STATIC_FIELD if static else _FIELD
    if "const" in words or {"static", "readonly"} <= words:
        rank = _CONSTANT
    if node.type == "event_field_declaration":
        rank = _EVENT
    return Member(
        node,
        node_text(name_node, text),
        name_node,
        Sort.FIELD,
        rank,
        access,
        static,
        values[0] if values else None,
        declared.child_by_field_name("type"),
        tuple(values),
    )


def _runs_by(node: Node, _text: bytes) -> bool:
    pending = [node]
    while pending:
        current = pending.pop()
        if current.type in _EFFECTS:
            return True
        if current.type not in ("lambda_expression", "anonymous_method_expression"):
            pending.extend(current.named_children)
    return False


MEMBERS = Members(
    classes=frozenset(
        {"class_declaration", "interface_declaration", "record_declaration", "struct_declaration"}
    ),
    member=_member,
    runs_by=_runs_by,
    ordered=lambda node, _text: node.type == "struct_declaration",
)
