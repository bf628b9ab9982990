"""The `imports` hook of JavaScript, TypeScript and TSX: ES modules and CommonJS.

What a module exports by another name than its definition's is a re-export of the module from
itself:
`Import.module` is "" for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.ecmascript.nodes import (
    FUNCTIONS,
    WHOLE,
    WRAPPERS,
    assignment_chain,
    default_target,
    exports_path,
    nth,
    required,
    spelled,
    unquoted,
    unwrapped,
)
from pairwright_analyzers.types import Import, Span

if TYPE_CHECKING:
    from tree_sitter import Node


def imports(node: Node, text: bytes) -> Iterator[Import]:
    """The `imports` hook of the family."""
    kind = node.type
    if kind == "import_statement":
        yield from _import_statement(node, text)
    elif kind == "export_statement":
        yield from _export_statement(node, text)
    elif kind == "call_expression":
        yield from _import_call(node, text)
    elif kind == "import_require_clause":
        name = nth(node, 0)
        source = node.child_by_field_name("source")
        if name is not None and source is not None:
            yield Import(
                Span(*node.byte_range),
                unquoted(source, text),
                "",
                spelled(name, text),
                0,
                Span(*source.byte_range),
            )
    else:
        yield from _assigned_exports(node, text)


def _has_token(node: Node, word: str) -> bool:
    return any(child.type == word for child in node.children[:3])


def _of_types(node: Node, text: bytes, words: re.Pattern[bytes]) -> bool:
    """Whether only types are meant. The text is asked first, for children are dear."""
    if words.match(text, node.start_byte) is None:
        return False
    return _has_token(node, "type") or _has_token(node, "typeof")


_STATEMENT_OF_TYPES = re.compile(rb"(?:im|ex)port\s+type")
_NAME_OF_TYPE = re.compile(rb"type")


def _import_statement(node: Node, text: bytes) -> Iterator[Import]:
    source = node.child_by_field_name("source")
    if source is None:
        return
    span = Span(*node.byte_range)
    module = unquoted(source, text)
    where = Span(*source.byte_range)
    type_only = _of_types(node, text, _STATEMENT_OF_TYPES)
    clause = next((child for child in node.named_children if child.type == "import_clause"), None)
    if clause is None:
        yield Import(span, module, "", "", 0, where)
        return
    for child in clause.named_children:
        if child.type == "identifier":
            alias = spelled(child, text)
            yield Import(
                span, module, "default", alias, 0, Span(*child.byte_range), type_only=type_only
            )
        elif child.type == "namespace_import":
            name = nth(child, 0)
            if name is not None:
                alias = spelled(name, text)
                yield Import(
                    span, module, "", alias, 0, Span(*name.byte_range), type_only=type_only
                )
        elif child.type == "named_imports":
            for item in child.named_children:
                name = item.child_by_field_name("name")
                if name is None:
                    continue
                alias_node = item.child_by_field_name("alias")
                yield Import(
                    span,
                    module,
                    unquoted(name, text),
                    spelled(alias_node if alias_node is not None else name, text),
                    0,
                    Span(*name.byte_range),
                    type_only=type_only or _of_types(item, text, _NAME_OF_TYPE),
                )


def _export_statement(node: Node, text: bytes) -> Iterator[Import]:
    span = Span(*node.byte_range)
    source = node.child_by_field_name("source")
    module = unquoted(source, text) if source is not None else ""
    type_only = _of_types(node, text, _STATEMENT_OF_TYPES)
    clause = next(
        (
            child
            for child in node.named_children
            if child.type in ("export_clause", "namespace_export")
        ),
        None,
    )
    if clause is not None and clause.type == "export_clause":
        for item in clause.named_children:
            name = item.child_by_field_name("name")
            if name is None:
                continue
            alias_node = item.child_by_field_name("alias")
            alias = unquoted(alias_node, text) if alias_node is not None else ""
            word = unquoted(name, text)
            if source is None and alias in ("", word):
                continue
            yield Import(
                span,
                module,
                word,
                alias,
                0,
                Span(*name.byte_range),
                reexport=True,
                type_only=type_only or _of_types(item, text, _NAME_OF_TYPE),
            )
    elif clause is not None and source is not None:
        name = nth(clause, 0)
        if name is not None:
            alias = unquoted(name, text)
            yield Import(span, module, "", alias, 0, Span(*source.byte_range), True, type_only)
    elif source is not None:
        yield Import(span, module, "*", "", 0, Span(*source.byte_range), True, type_only)
    else:
        yield from _default_names(node, span, text)


def _default_names(node: Node, span: Span, text: bytes) -> Iterator[Import]:
    """`export default Name`, `export default function name …` and `export = name`."""
    declaration = node.child_by_field_name("declaration")
    name: Node | None
    if declaration is not None:
        if not _has_token(node, "default"):
            return
        name, alias = declaration.child_by_field_name("name"), "default"
    else:
        value = unwrapped(node.child_by_field_name("value"))
        if value is not None:
            name, alias = default_target(value, text), "default"
        else:
            name, alias = nth(node, 0), WHOLE
            if not _has_token(node, "=") or name is None or name.type != "identifier":
                return
    if name is not None:
        yield Import(span, "", spelled(name, text), alias, 0, Span(*name.byte_range), True)


def _import_call(node: Node, text: bytes) -> Iterator[Import]:
    """`require("x")` and `import("x")`, with the names that a declaration around them binds."""
    callee = node.child_by_field_name("function")
    group = node.child_by_field_name("arguments")
    if callee is None or group is None:
        return
    if text[callee.start_byte : callee.end_byte] not in (b"require", b"import"):
        return
    source = nth(group, 0)
    if source is None or source.type != "string":
        return
    module = unquoted(source, text)
    where = Span(*source.byte_range)
    around = node.parent
    for _ in range(6):
        if around is None or not (
            around.type in WRAPPERS
            or around.type in ("member_expression", "arguments", "call_expression")
        ):
            break
        around = around.parent
    if around is not None and around.type == "variable_declarator":
        value = around.child_by_field_name("value")
        name = around.child_by_field_name("name")
        found = required(value, text) if value is not None else None
        if found is not None and name is not None and found[0] == source:
            yield from _required_names(around, name, module, found[1], where, text)
            return
    yield Import(Span(*node.byte_range), module, "", "", 0, where)


def _required_names(
    declarator: Node, name: Node, module: str, member: str, where: Span, text: bytes
) -> Iterator[Import]:
    span = Span(*declarator.byte_range)
    if name.type == "identifier":
        yield Import(span, module, member, spelled(name, text), 0, where)
        return
    yielded = False
    if name.type == "object_pattern" and not member:
        for item in name.named_children:
            key: Node | None = item
            alias: Node | None = item
            if item.type == "pair_pattern":
                key = item.child_by_field_name("key")
                alias = item.child_by_field_name("value")
                if alias is not None and alias.type == "assignment_pattern":
                    alias = alias.child_by_field_name("left")
            elif item.type == "object_assignment_pattern":
                key = alias = item.child_by_field_name("left")
            if key is None or alias is None or item.type == "rest_pattern":
                continue
            if key.type not in ("property_identifier", "shorthand_property_identifier_pattern"):
                continue
            yielded = True
            bound = spelled(alias, text) if alias.type in _BINDABLE else ""
            yield Import(span, module, spelled(key, text), bound, 0, Span(*key.byte_range))
    if not yielded:
        yield Import(span, module, "", "", 0, where)


_BINDABLE = frozenset({"identifier", "shorthand_property_identifier_pattern"})


def _assigned_exports(node: Node, text: bytes) -> Iterator[Import]:
    """CommonJS: what `module.exports = …` and `exports.x = …` offer under another name."""
    statement = node if node.type == "expression_statement" else None
    assignments, value = assignment_chain(statement) if statement is not None else ([], None)
    value = unwrapped(value)
    if value is None:
        return
    span = Span(*node.byte_range)
    exported = ""
    for assignment in assignments:
        path = exports_path(assignment, text)
        if path is None:
            continue
        if exported and value.type in FUNCTIONS:
            # `exports.a = exports.b = function …` is one function under two names.
            name_span = Span(*value.byte_range)
            yield Import(span, "", exported, path, 0, name_span, True)
            continue
        exported = path
        where = Span(*value.byte_range)
        loaded = required(value, text)
        if loaded is not None:
            module, member = unquoted(loaded[0], text), loaded[1]
            if path == WHOLE and not member:
                yield Import(span, module, WHOLE, WHOLE, 0, where, True)
                yield Import(span, module, "*", "", 0, where, True)
            else:
                yield Import(span, module, member, path, 0, where, True)
        elif value.type == "identifier":
            name = spelled(value, text)
            if path != name:
                yield Import(span, "", name, path, 0, where, True)
        elif value.type == "object" and path == WHOLE:
            yield from _object_exports(value, span, text)
        elif value.type in FUNCTIONS or value.type == "class":
            named = value.child_by_field_name("name")
            if path == WHOLE and named is not None:
                yield Import(span, "", spelled(named, text), WHOLE, 0, where, True)


def _object_exports(value: Node, span: Span, text: bytes) -> Iterator[Import]:
    for item in value.named_children:
        where = Span(*item.byte_range)
        if item.type == "spread_element":
            inner = nth(item, 0)
            loaded = required(inner, text) if inner is not None else None
            if loaded is not None and not loaded[1]:
                yield Import(span, unquoted(loaded[0], text), "*", "", 0, where, True)
        elif item.type == "pair":
            key = item.child_by_field_name("key")
            inner = item.child_by_field_name("value")
            if key is None or inner is None or key.type == "computed_property_name":
                continue
            alias = unquoted(key, text)
            loaded = required(inner, text)
            where = Span(*inner.byte_range)
            if loaded is not None:
                module = unquoted(loaded[0], text)
                yield Import(span, module, loaded[1], alias, 0, where, True)
            elif inner.type == "identifier":
                name = spelled(inner, text)
                if alias != name:
                    yield Import(span, "", name, alias, 0, where, True)
