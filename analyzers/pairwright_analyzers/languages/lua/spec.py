"""Lua: what its syntax tree means. The only place that knows it.

A table at the top of a file that something is attached to (`function M.f`, `M.x = …`) is a CLASS;
what is attached has it as `owner`. What a file returns is exported: a name under WHOLE, the fields
of a table under their names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.habits import Habits
from pairwright_analyzers.languages.lua.shapes import SHAPES
from pairwright_analyzers.languages.nodes import first_named, last_named, spelled
from pairwright_analyzers.languages.spec import ArgumentRules, Definition, LanguageSpec
from pairwright_analyzers.types import (
    Argument,
    Call,
    Import,
    Parameter,
    ParameterKind,
    Signature,
    Span,
    SymbolFlag,
    SymbolKind,
)

if TYPE_CHECKING:
    from tree_sitter import Node

WHOLE = "return"
"""The name under which a file exports what it returns. No identifier can be called so."""

_ATTACHED = re.compile(rb"\bfunction[ \t]+(\w+)[.:]|^[ \t]*(\w+)\.\w+[ \t]*=(?!=)", re.MULTILINE)
_REQUIRES = frozenset({b"require", b"dofile", b"loadfile"})
_TESTS = frozenset({b"describe", b"context", b"it", b"test", b"spec"})
_PREDECLARED = """
_ENV _G _VERSION arg assert bit32 collectgarbage coroutine debug dofile error getmetatable io
ipairs load loadfile loadstring math module next os package pairs pcall print rawequal rawget
rawlen rawset require select setfenv getfenv setmetatable string table tonumber tostring type
unpack utf8 xpcall jit
"""


def _grammar() -> object:
    import tree_sitter_lua

    return tree_sitter_lua.language()


@lru_cache(maxsize=2)
def _attached(text: bytes) -> frozenset[bytes]:
    """The tables of a file that something is attached to."""
    return frozenset(one or other for one, other in _ATTACHED.findall(text)) - {b"self"}


def _child(node: Node | None, *types: str) -> Node | None:
    if node is None:
        return None
    return next((one for one in node.named_children if one.type in types), None)


def _define(word: str, node: Node, text: bytes) -> Definition | list[Definition] | None:
    if word == "function":
        return _function(node, text)
    if word == "test":
        return _test(node, text)
    if word == "field":
        name = node.child_by_field_name("name")
        value = node.child_by_field_name("value")
        if name is None or name.type != "identifier" or value is None:
            return None
        if value.type == "function_definition":
            kind, body = SymbolKind.FUNCTION, value.child_by_field_name("body") or last_token(value)
            return Definition(kind, name, node, body, flags=SymbolFlag.EXPORTED)
        flags = SymbolFlag.EXPORTED
        return Definition(SymbolKind.FIELD, name, node, flags=flags) if value != name else None
    assignment = _child(node, "assignment_statement") if word == "local" else node
    flags = SymbolFlag.NONE if word == "local" else SymbolFlag.EXPORTED
    if assignment is None:
        names = _child(node, "variable_list")
        return [
            Definition(SymbolKind.VARIABLE, one, node, flags=flags)
            for one in (names.named_children if names is not None else ())
            if one.type == "identifier"
        ]
    names, values = _child(assignment, "variable_list"), _child(assignment, "expression_list")
    if names is None or values is None:
        return None
    found: list[Definition] = []
    for at, name in enumerate(names.named_children):
        value = values.named_child(at) if at < values.named_child_count else None
        one = _assigned(name, value, node, text, flags)
        if one is not None:
            found.append(one)
    return found


def _assigned(
    target: Node, value: Node | None, node: Node, text: bytes, flags: SymbolFlag
) -> Definition | None:
    owner, name = "", target
    if target.type == "dot_index_expression":
        table = target.child_by_field_name("table")
        field = target.child_by_field_name("field")
        if table is None or field is None or table.type != "identifier":
            return None
        owner, name = spelled(table, text), field
    elif target.type != "identifier" or (value is not None and _required(value, text) is not None):
        return None
    spelling = text[name.start_byte : name.end_byte]
    if spelling.startswith(b"_"):
        flags = (flags & ~SymbolFlag.EXPORTED) | SymbolFlag.PRIVATE
    if spelling.startswith(b"__") and owner:
        return None
    if value is not None and value.type == "function_definition":
        kind = SymbolKind.METHOD if owner else SymbolKind.FUNCTION
        body = value.child_by_field_name("body") or last_token(value)
        return Definition(kind, name, node, body, owner=owner, flags=flags)
    if not owner and spelling in _attached(text):
        body = value if value is not None and value.type == "table_constructor" else None
        return Definition(SymbolKind.CLASS, name, node, body, flags=flags)
    if value is not None and value.type == "table_constructor" and value.named_child_count:
        return Definition(SymbolKind.CLASS, name, node, value, owner=owner, flags=flags)
    attribute = name.next_named_sibling
    fixed = attribute is not None and attribute.type == "attribute"
    kind = SymbolKind.CONSTANT if spelling.isupper() or fixed else SymbolKind.VARIABLE
    return Definition(kind, name, node, owner=owner, flags=flags)


def _function(node: Node, text: bytes) -> Definition | list[Definition] | None:
    target = node.child_by_field_name("name")
    body = node.child_by_field_name("body") or last_token(node)
    if target is None:
        return None
    flags = SymbolFlag.EXPORTED
    first = node.child(0)
    if first is not None and first.type == "local":
        flags = SymbolFlag.NONE
    if target.type == "identifier":
        return Definition(SymbolKind.FUNCTION, target, node, body, flags=flags)
    table = target.child_by_field_name("table")
    name = target.child_by_field_name("field") or target.child_by_field_name("method")
    if table is None or name is None:
        return None
    if target.type == "dot_index_expression":
        flags |= SymbolFlag.STATIC
    if text.startswith(b"_", name.start_byte):
        flags = (flags & ~SymbolFlag.EXPORTED) | SymbolFlag.PRIVATE
    if text.startswith(b"test", name.start_byte):
        flags |= SymbolFlag.TEST
    owner = spelled(table, text)
    found = [Definition(SymbolKind.METHOD, name, node, body, owner=owner, flags=flags)]
    found.extend(_fields(node.child_by_field_name("body"), owner, text))
    return found


def _fields(body: Node | None, owner: str, text: bytes) -> Iterator[Definition]:
    """What a method sets on `self`."""
    for statement in body.named_children if body is not None else ():
        if statement.type != "assignment_statement":
            continue
        names = _child(statement, "variable_list")
        for target in names.named_children if names is not None else ():
            table = target.child_by_field_name("table")
            field = target.child_by_field_name("field")
            if table is None or field is None or target.type != "dot_index_expression":
                continue
            if text[table.start_byte : table.end_byte] == b"self":
                kind, flags = SymbolKind.FIELD, SymbolFlag.EXPORTED
                yield Definition(kind, field, statement, owner=owner, flags=flags)


def last_token(node: Node) -> Node | None:
    """The last child, named or not."""
    return node.child(node.child_count - 1) if node.child_count else None


def _test(node: Node, text: bytes) -> Definition | None:
    called = node.child_by_field_name("name")
    group = node.child_by_field_name("arguments")
    title, body = first_named(group), last_named(group)
    if called is None or title is None or body is None or body.type != "function_definition":
        return None
    if text[called.start_byte : called.end_byte] not in _TESTS or title.type != "string":
        return None
    label = spelled(title, text).strip("\"'")
    flags = SymbolFlag.TEST
    return Definition(SymbolKind.TEST, title, node, body, flags=flags, label=label or '""')


# -- imports -------------------------------------------------------------------------------------


def _required(node: Node, text: bytes) -> Node | None:
    """The string of a `require "…"`, also of one whose member is taken."""
    for _ in range(4):
        if node.type == "dot_index_expression":
            inner = node.child_by_field_name("table")
            if inner is None:
                return None
            node = inner
    name = node.child_by_field_name("name") if node.type == "function_call" else None
    if name is None or text[name.start_byte : name.end_byte] not in _REQUIRES:
        return None
    string = first_named(node.child_by_field_name("arguments"))
    return string if string is not None and string.type == "string" else None


def _imports(node: Node, text: bytes) -> Iterator[Import]:
    if node.type == "return_statement":
        yield from _returned(node, text)
        return
    string = _required(node, text)
    content = string.child_by_field_name("content") if string is not None else None
    if content is None:
        return
    module = spelled(content, text)
    place = Span(*content.byte_range)
    name, value = "", node
    parent = node.parent
    if parent is not None and parent.type == "dot_index_expression":
        name, value = spelled(parent.child_by_field_name("field"), text), parent
        parent = parent.parent
    assignment = parent.parent if parent is not None and parent.type == "expression_list" else None
    names = _child(assignment, "variable_list")
    if parent is None or assignment is None or names is None:
        yield Import(Span(*node.byte_range), module, "*", "", 0, place)
        return
    at = next((at for at, one in enumerate(parent.named_children) if one == value), -1)
    target = names.named_child(at) if 0 <= at < names.named_child_count else None
    alias = spelled(target, text) if target is not None and target.type == "identifier" else ""
    yield Import(Span(*assignment.byte_range), module, name, alias, 0, place)


def _returned(node: Node, text: bytes) -> Iterator[Import]:
    """What a file returns, as what it exports."""
    value = first_named(first_named(node))
    span = Span(*node.byte_range)
    if value is None:
        return
    if value.type == "identifier":
        name = spelled(value, text)
        yield Import(span, "", name, WHOLE, 0, Span(*value.byte_range), reexport=True)
    elif value.type == "function_call":
        string = _required(value, text)
        content = string.child_by_field_name("content") if string is not None else None
        if content is not None:
            # `return require("…")`
            place = Span(*content.byte_range)
            yield Import(span, spelled(content, text), "", WHOLE, 0, place, reexport=True)
            return
        # `return setmetatable(M, …)`
        name_node = value.child_by_field_name("name")
        first = first_named(value.child_by_field_name("arguments"))
        named = first is not None and first.type == "identifier"
        if named and first is not None and spelled(name_node, text) == "setmetatable":
            place = Span(*first.byte_range)
            yield Import(span, "", spelled(first, text), WHOLE, 0, place, reexport=True)
    elif value.type == "table_constructor":
        for field in value.named_children:
            name_node = field.child_by_field_name("name")
            held = field.child_by_field_name("value")
            if name_node is None or held is None or held.type != "identifier":
                continue
            place = Span(*held.byte_range)
            offered = spelled(name_node, text)
            if offered == spelled(held, text):
                # What stands at the top is found by its own name.
                continue
            yield Import(span, "", spelled(held, text), offered, 0, place, reexport=True)


# -- types ---------------------------------------------------------------------------------------


def _made(value: Node | None, text: bytes) -> Node | None:
    """The name that says what a value is: the metatable it is given, or the function called."""
    if value is None or value.type != "function_call":
        return None
    name = value.child_by_field_name("name")
    group = value.child_by_field_name("arguments")
    if name is None:
        return None
    if name.type == "identifier":
        if text[name.start_byte : name.end_byte] != b"setmetatable":
            return name
        last = last_named(group)
        return last if last is not None and last.type == "identifier" else None
    return name.child_by_field_name("field") or name.child_by_field_name("method")


def _typed(node: Node, text: bytes) -> Iterator[tuple[int, int]]:
    if node.type == "function_declaration":
        yield from _typed_function(node, text)
        return
    if node.type in ("dot_index_expression", "method_index_expression"):
        member = node.child_by_field_name("field") or node.child_by_field_name("method")
        made = _made(node.child_by_field_name("table"), text)
        if member is not None and made is not None:
            yield member.start_byte, made.start_byte
        return
    assignment = _child(node, "assignment_statement") or node
    names, values = _child(assignment, "variable_list"), _child(assignment, "expression_list")
    if names is None or values is None or names.named_child_count != values.named_child_count:
        return
    for name, value in zip(names.named_children, values.named_children, strict=True):
        made = _made(value, text)
        if name.type == "dot_index_expression":
            name = name.child_by_field_name("field") or name
        if made is not None and name.type == "identifier":
            yield name.start_byte, made.start_byte


def _typed_function(node: Node, text: bytes) -> Iterator[tuple[int, int]]:
    """A function that gives a table a metatable and returns it makes objects of that class."""
    target, body = node.child_by_field_name("name"), node.child_by_field_name("body")
    if target is None or body is None:
        return
    name = target
    if target.type != "identifier":
        found = target.child_by_field_name("field") or target.child_by_field_name("method")
        if found is None:
            return
        name = found
    last = last_named(body)
    if last is None or last.type != "return_statement":
        return
    value = first_named(first_named(last))
    if value is not None and value.type == "identifier":
        returned = text[value.start_byte : value.end_byte]
        value = None
        for statement in body.named_children:
            assignment = _child(statement, "assignment_statement")
            if assignment is None:
                # `setmetatable(self, Class)` as a statement of its own.
                if statement.type == "function_call":
                    first = first_named(statement.child_by_field_name("arguments"))
                    if first is not None and text[first.start_byte : first.end_byte] == returned:
                        value = statement
                continue
            names = _child(assignment, "variable_list")
            first = first_named(names)
            if first is not None and text[first.start_byte : first.end_byte] == returned:
                value = first_named(_child(assignment, "expression_list"))
    made = _made(value, text)
    if made is not None:
        yield name.start_byte, made.start_byte


# -- signatures and calls ------------------------------------------------------------------------


def _signature(header: str) -> Signature:
    from pairwright_analyzers.syntax import descendants, parse

    text = f"{header} end\n".encode()
    for node in descendants(parse(LUA, text).root):
        if node.type == "parameters":
            found: list[Parameter] = []
            for child in node.named_children:
                if child.type == "vararg_expression":
                    found.append(Parameter("...", ParameterKind.VARIADIC, optional=True))
                elif child.type == "identifier":
                    found.append(Parameter(spelled(child, text), ParameterKind.POSITIONAL_ONLY))
            return Signature(tuple(found))
    return Signature(())


def _call(node: Node, text: bytes) -> Call | None:
    if node.type != "function_call":
        return None
    callee = node.child_by_field_name("name")
    group = node.child_by_field_name("arguments")
    if callee is None or group is None:
        return None
    arguments = tuple(
        Argument(
            Span(*child.byte_range),
            Span(*child.byte_range),
            spread=child.type == "vararg_expression",
        )
        for child in group.named_children
        if child.type != "comment"
    )
    return Call(
        Span(*node.byte_range), Span(*callee.byte_range), Span(*group.byte_range), arguments
    )


LUA = LanguageSpec(
    id="lua",
    name="Lua",
    extensions=(".lua", ".rockspec"),
    interpreters=("lua", "luajit", "texlua"),
    grammar=_grammar,
    package="pairwright_analyzers.languages.lua",
    define=_define,
    imports=_imports,
    typed=_typed,
    signature=_signature,
    call=_call,
    habits=Habits(calls=("function_call",), prints=frozenset({"print"})),
    shapes=SHAPES,
    line_comment="--",
    block_comment=("--[[", "]]"),
    resolver="lua",
    header_scope=True,
    receivers=frozenset({"self"}),
    super_words=frozenset(),
    arguments=ArgumentRules(
        missing_allowed=True, extra_allowed=True, overrides_may_take_fewer=True
    ),
    builtins=frozenset(_PREDECLARED.split()),
    test_paths=(r"(^|/)(?:spec|specs|test|tests)/", r"_(?:spec|test)\.lua$"),
)
