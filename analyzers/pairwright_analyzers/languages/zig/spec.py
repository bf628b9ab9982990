"""Zig: functions, containers with their fields, constants, tests and imports.

A container (`struct`, `union`, `enum`, `opaque`, `error`) is a type where a constant holds it, and
where a function that gives back a `type` returns it: then the function is that type (`ArrayList`).
A file is a struct itself: where it names itself (`const Store = @This()`), its fields and what
takes it first have it as `owner`; otherwise its fields are PROPERTIES. `const x = @import(…)` is an
import that binds `x`, with `pub` one that is passed on, and no symbol. A `.zon` file has the keys
of its top two levels.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.nodes import first_named, last_named, spelled
from pairwright_analyzers.languages.plain import SYMBOL_LIMIT, no_call, no_signature, no_types
from pairwright_analyzers.languages.spec import Definition, LanguageSpec
from pairwright_analyzers.types import Import, Span, SymbolFlag, SymbolKind

if TYPE_CHECKING:
    from tree_sitter import Node

_CONTAINERS = {
    "struct_declaration": SymbolKind.STRUCT,
    "union_declaration": SymbolKind.STRUCT,
    "enum_declaration": SymbolKind.ENUM,
    "opaque_declaration": SymbolKind.TYPE,
    "error_set_declaration": SymbolKind.ENUM,
}
_ITSELF = re.compile(rb"^(?:pub[ \t]+)?const[ \t]+(\w+)[ \t]*=[ \t]*@This\(\)", re.MULTILINE)
_FILES = (b"@import", b"@cInclude", b"@embedFile")
_MAX_NESTING = 32
"""Fields of fields, and members of an imported file, are followed so far."""

_BUILTINS = (
    *("anyerror", "anyframe", "anyopaque", "anytype", "bool", "comptime_float", "comptime_int"),
    *("false", "isize", "noreturn", "null", "true", "type", "undefined", "usize", "void"),
)


def _grammar() -> object:
    import tree_sitter_zig

    return tree_sitter_zig.language()


@lru_cache(maxsize=2)
def _itself(text: bytes) -> str:
    """What a file calls the struct that it is, or ""."""
    found = _ITSELF.search(text)
    return found.group(1).decode() if found is not None else ""


def _top_level(root: Node) -> Iterator[tuple[str, Node]]:
    """The fields of the file itself; in a `.zon` file its one value."""
    for child in root.named_children:
        if child.type == "container_field":
            yield "field", child


def _define(word: str, node: Node, text: bytes) -> Definition | list[Definition] | None:
    if word in ("variable", "local"):
        found = _variable(node, text)
        # Of what a function declares, the types alone are symbols.
        return found if word == "variable" or isinstance(found, list) else None
    if word == "function":
        return _function(node, text)
    if word == "test":
        return _test(node, text)
    if text[node.start_byte : node.start_byte + 1] == b".":
        return list(_keys(_initialiser(node), text, 2))
    name = node.child_by_field_name("name")
    if name is None or name.type != "identifier" or node.child_by_field_name("type") is None:
        return None
    owner = _itself(text)
    kind = SymbolKind.FIELD if owner else SymbolKind.PROPERTY
    return Definition(kind, name, node, owner=owner, flags=SymbolFlag.EXPORTED)


def _name_of(node: Node) -> Node | None:
    """The name that a variable's declaration binds; a library's name may stand before it."""
    for child in node.named_children[:2]:
        if child.type == "identifier":
            return child
    return None


def _flags(node: Node, name: Node, text: bytes) -> tuple[SymbolFlag, list[bytes]]:
    words = text[node.start_byte : name.start_byte].split()
    shown = b"pub" in words or b"export" in words
    return SymbolFlag.EXPORTED if shown else SymbolFlag.NONE, words


def _variable(node: Node, text: bytes) -> Definition | list[Definition] | None:
    name = _name_of(node)
    if name is None or name.start_byte == name.end_byte:
        return None
    flags, words = _flags(node, name, text)
    if b"const" not in words and b"var" not in words:
        return None
    value = last_named(node)
    if value is None or value == name or value == node.child_by_field_name("type"):
        value = None
    if value is not None and _imported(value, text) is not None:
        return None
    held = _container(value)
    if held is not None:
        kind = _CONTAINERS[held.type]
        return [Definition(kind, name, node, value, flags=flags), *_fields(held, text)]
    kind = SymbolKind.CONSTANT if b"const" in words else SymbolKind.VARIABLE
    if spelled(name, text) == _itself(text) and _at_top(node):
        kind = SymbolKind.STRUCT
    return Definition(kind, name, node, flags=flags)


def _container(value: Node | None) -> Node | None:
    """The container that a value is, or the first of the error sets it joins with `||`."""
    for _ in range(_MAX_NESTING):
        if value is None or value.type in _CONTAINERS:
            return value
        value = value.child_by_field_name("left") if value.type == "binary_expression" else None
        if value is not None and value.type not in ("binary_expression", "error_set_declaration"):
            return None
    return None


def _fields(container: Node, text: bytes, depth: int = 0) -> Iterator[Definition]:
    """The fields of a container, those of nameless containers in its fields among them."""
    closed = container.type in ("struct_declaration", "opaque_declaration")
    kind = _CONTAINERS[container.type]
    member = SymbolKind.ENUM_MEMBER if kind is SymbolKind.ENUM else SymbolKind.FIELD
    for child in container.named_children:
        if child.type == "identifier" and container.type == "error_set_declaration":
            yield Definition(member, child, child, flags=SymbolFlag.EXPORTED)
        if child.type != "container_field":
            continue
        name, typed = child.child_by_field_name("name"), child.child_by_field_name("type")
        if name is None or name.type != "identifier" or (closed and typed is None):
            # A tuple's items have no names.
            continue
        if text[name.start_byte : name.end_byte] in (b"", b"_"):
            continue
        yield Definition(member, name, child, flags=SymbolFlag.EXPORTED)
        if typed is not None and typed.type in _CONTAINERS and depth < _MAX_NESTING:
            yield from _fields(typed, text, depth + 1)


def _function(node: Node, text: bytes) -> Definition | list[Definition] | None:
    name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
    if name is None or name.start_byte == name.end_byte:
        return None
    flags, _ = _flags(node, name, text)
    if body is None:
        flags |= SymbolFlag.ABSTRACT
    if spelled(node.child_by_field_name("type"), text) == "type" and body is not None:
        held = _returned(body)
        if held is not None:
            kind = _CONTAINERS[held.type]
            return [Definition(kind, name, node, body, flags=flags), *_fields(held, text)]
    owner = _itself(text)
    if owner and _first_type(node, text) == owner and _at_top(node):
        return Definition(SymbolKind.METHOD, name, node, body, owner, flags)
    return Definition(SymbolKind.FUNCTION, name, node, body, flags=flags)


def _at_top(node: Node) -> bool:
    return node.parent is not None and node.parent.parent is None


def _first_type(function: Node, text: bytes) -> str:
    """The type of a function's first parameter, seen through pointers."""
    parameters = next((one for one in function.named_children if one.type == "parameters"), None)
    first = first_named(parameters)
    typed = first.child_by_field_name("type") if first is not None else None
    return spelled(typed, text).removeprefix("*").removeprefix("const ").strip()


def _returned(body: Node) -> Node | None:
    """The container that a function's last statement returns."""
    statements = (one for one in reversed(body.named_children) if one.type != "comment")
    value = first_named(next(statements, None))
    if value is None or value.type != "return_expression":
        return None
    held = last_named(value)
    return held if held is not None and held.type in _CONTAINERS else None


def _test(node: Node, text: bytes) -> Definition:
    """A test; its name may repeat that of what it tests, or be left out."""
    title = first_named(node)
    name, label = (node.child(0) if node.child_count else node), "test"
    if title is not None and title.type == "string":
        name, label = title, spelled(title, text).strip('"') or '""'
    elif title is not None and title.type == "identifier":
        label = spelled(title, text) or label
    return Definition(
        SymbolKind.TEST, name, node, last_named(node), flags=SymbolFlag.TEST, label=label
    )


def _initialiser(node: Node | None) -> Node | None:
    """The list in a `.zon` file's value, which the grammar takes for a field's name."""
    for _ in range(_MAX_NESTING):
        if node is None or node.type == "initializer_list":
            return node
        node = first_named(node)
    return None


def _keys(values: Node | None, text: bytes, levels: int) -> Iterator[Definition]:
    for pair in values.named_children[:SYMBOL_LIMIT] if values is not None else ():
        left = pair.child_by_field_name("left") if pair.type == "assignment_expression" else None
        name = left.child_by_field_name("member") if left is not None else None
        if name is None:
            continue
        value = pair.child_by_field_name("right")
        yield Definition(SymbolKind.KEY, name, pair, value)
        if levels > 1 and value is not None and value.type == "anonymous_struct_initializer":
            yield from _keys(last_named(value), text, levels - 1)


# -- imports -------------------------------------------------------------------------------------


def _imported(node: Node, text: bytes) -> Node | None:
    """The path in `@import("path")`, or in `@import("path").name`."""
    if node.type == "field_expression":
        inner = node.child_by_field_name("object")
        if inner is None:
            return None
        node = inner
    if node.type != "builtin_function":
        return None
    if not text.startswith(_FILES[0], node.start_byte):
        return None
    path = first_named(last_named(node))
    return path if path is not None and path.type == "string" else None


def _imports(node: Node, text: bytes) -> Iterator[Import]:
    path = first_named(last_named(node))
    if path is None or not text.startswith(_FILES, node.start_byte):
        return
    module = spelled(path, text).strip('"')
    if not module:
        return
    place, span = Span(*path.byte_range), Span(*node.byte_range)
    around = node.parent
    name = ""
    if around is not None and around.type == "using_namespace_declaration":
        shown = text.startswith(b"pub", around.start_byte)
        yield Import(Span(*around.byte_range), module, "*", "", 0, place, shown)
        return
    if around is not None and around.type == "field_expression":
        member = around.child_by_field_name("member")
        if around.parent is not None and member is not None:
            name, place, around = spelled(member, text), Span(*member.byte_range), around.parent
    if around is not None and around.type == "variable_declaration":
        bound = _name_of(around)
        value = last_named(around)
        if bound is not None and value is not None and _imported(value, text) == path:
            flags, words = _flags(around, bound, text)
            if b"const" in words or b"var" in words:
                shown = SymbolFlag.EXPORTED in flags
                alias = spelled(bound, text)
                span = Span(*around.byte_range)
                yield Import(span, module, name, alias, 0, place, shown)
                return
    yield Import(span, module, name, "", 0, place)


ZIG = LanguageSpec(
    id="zig",
    name="Zig",
    extensions=(".zig", ".zon"),
    grammar=_grammar,
    package="pairwright_analyzers.languages.zig",
    define=_define,
    imports=_imports,
    typed=no_types,
    signature=no_signature,
    call=no_call,
    first_class=False,
    line_comment="//",
    top_level=_top_level,
    dotted_members=True,
    implicit_receiver=True,
    receivers=frozenset(),
    super_words=frozenset(),
    builtins=frozenset(_BUILTINS),
    test_paths=(r"(^|/)tests?/", r"(^|/)tests?\.zig$", r"_test\.zig$"),
)
