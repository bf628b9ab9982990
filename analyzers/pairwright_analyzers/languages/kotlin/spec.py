"""Kotlin: what its syntax tree means. The only place that knows it.

The package is a NAMESPACE without a body. Members of an unnamed companion are members of the class
around it, static ones. A primary constructor is the class itself; `constructor(…)` in a body is a
CONSTRUCTOR of that name. An object expression is a CLASS written `object Base`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.habits import Habits
from pairwright_analyzers.languages.kotlin.shapes import SHAPES
from pairwright_analyzers.languages.nodes import first_named, last_named, spelled
from pairwright_analyzers.languages.spec import ArgumentRules, Definition, LanguageSpec
from pairwright_analyzers.types import (
    Argument,
    Call,
    Import,
    Parameter,
    ParameterKind,
    Role,
    Signature,
    Span,
    SymbolFlag,
    SymbolKind,
)

if TYPE_CHECKING:
    from tree_sitter import Node

_INTERPOLATED = re.compile(rb"\\.|\$([A-Za-z_]\w*)")
_SPACES = re.compile(r"\s+")
_TYPES = frozenset({"user_type", "nullable_type", "function_type", "parenthesized_type"})
_TESTS = frozenset({b"Test", b"ParameterizedTest", b"RepeatedTest", b"TestFactory", b"Property"})
_INERT = frozenset(
    b"Suppress Deprecated JvmStatic JvmField JvmOverloads JvmName Throws OptIn Override".split()
)
_PREDECLARED = """
Any Array ArrayList Boolean Byte Char CharSequence Comparable Deprecated Double Enum Error
Exception Float HashMap HashSet IllegalArgumentException IllegalStateException
IndexOutOfBoundsException Int IntArray Iterable Iterator Lazy LinkedHashMap List Long Map
MutableList MutableMap MutableSet Nothing NullPointerException Number NumberFormatException Pair
Regex Result RuntimeException Sequence Set Short String StringBuilder Suppress Throwable Throws
Triple UInt ULong Unit UnsupportedOperationException also apply arrayOf arrayOfNulls assert
buildList buildMap buildString check checkNotNull emptyArray emptyList emptyMap emptySequence
emptySet error field generateSequence hashMapOf hashSetOf it lazy let linkedMapOf listOf
listOfNotNull mapOf maxOf minOf mutableListOf mutableMapOf mutableSetOf null print println
readLine readln repeat require requireNotNull run runCatching sequence sequenceOf setOf
synchronized takeIf takeUnless to TODO use with
"""


def _grammar() -> object:
    import tree_sitter_kotlin

    return tree_sitter_kotlin.language()


class _Modifiers:
    """The words and annotations before a declaration."""

    __slots__ = ("flags", "head", "is_test", "words")

    def __init__(self, node: Node, text: bytes) -> None:
        self.words: set[bytes] = set()
        self.head: Node | None = None
        self.is_test = False
        self.flags = SymbolFlag.NONE
        first = node.child(0) if node.child_count else None
        if first is not None and first.type == "modifiers":
            for child in first.children:
                if child.type == "annotation":
                    self._annotation(child, text)
                    continue
                if self.head is None:
                    self.head = child
                self.words.add(text[child.start_byte : child.end_byte])
            if self.head is None:
                self.head = node.child(1)
        if b"private" in self.words:
            self.flags |= SymbolFlag.PRIVATE
        else:
            self.flags |= SymbolFlag.EXPORTED
        if b"abstract" in self.words:
            self.flags |= SymbolFlag.ABSTRACT
        if b"override" in self.words:
            self.flags |= SymbolFlag.OVERRIDE
        if b"suspend" in self.words:
            self.flags |= SymbolFlag.ASYNC

    def _annotation(self, node: Node, text: bytes) -> None:
        spelling = text[node.start_byte + 1 : node.end_byte].partition(b"(")[0]
        word = spelling.rpartition(b":")[2].rpartition(b".")[2].strip()
        if word in _TESTS:
            self.is_test = True
            self.flags |= SymbolFlag.TEST
        if word == b"Deprecated":
            self.flags |= SymbolFlag.DEPRECATED
        if word not in _INERT:
            self.flags |= SymbolFlag.DECORATED


def _child(node: Node | None, *types: str) -> Node | None:
    if node is None:
        return None
    return next((one for one in node.children if one.type in types), None)


def _define(word: str, node: Node, text: bytes) -> Definition | None:
    if word == "package":
        name = _child(node, "qualified_identifier", "identifier")
        if name is None:
            return None
        return Definition(SymbolKind.NAMESPACE, name, node, flags=SymbolFlag.EXPORTED)
    if word == "companion":
        name = node.child_by_field_name("name")
        if name is None:
            return None
        body = _child(node, "class_body")
        return Definition(SymbolKind.CLASS, name, node, body, flags=SymbolFlag.EXPORTED)
    if word == "anonymous":
        return _anonymous(node, text)
    modifiers = _Modifiers(node, text)
    if word == "class":
        return _class(node, text, modifiers)
    if word == "function":
        return _function(node, modifiers)
    if word in ("value", "member"):
        return _property(word, node, text, modifiers)
    flags, head = modifiers.flags, modifiers.head
    if word == "object":
        name = node.child_by_field_name("name")
        body = _child(node, "class_body")
        return (
            Definition(SymbolKind.CLASS, name, node, body, "", flags, head=head) if name else None
        )
    if word == "entry":
        name = _child(node, "identifier")
        body = _child(node, "class_body")
        return Definition(SymbolKind.ENUM_MEMBER, name, node, body, "", flags) if name else None
    if word == "constructor":
        name = _child(node, "constructor")
        body = _child(node, "block")
        return Definition(SymbolKind.CONSTRUCTOR, name, node, body, "", flags) if name else None
    if word == "alias":
        name = node.child_by_field_name("type")
        return Definition(SymbolKind.TYPE, name, node, None, "", flags, head=head) if name else None
    name = _child(node, "identifier")
    if name is None or _child(node, "val", "var") is None:
        return None
    return Definition(SymbolKind.FIELD, name, node, None, "", flags, head=head)


def _class(node: Node, text: bytes, modifiers: _Modifiers) -> Definition | None:
    name = node.child_by_field_name("name")
    if name is None:
        return None
    kind, flags = SymbolKind.CLASS, modifiers.flags
    if _child(node, "interface") is not None:
        kind = SymbolKind.INTERFACE
        flags |= SymbolFlag.ABSTRACT
    elif b"enum" in modifiers.words:
        kind = SymbolKind.ENUM
    body = _child(node, "class_body", "enum_class_body")
    if body is None:
        # The properties of a primary constructor need a container: its body is what follows them.
        parameters = _child(_child(node, "primary_constructor"), "class_parameters")
        if parameters is not None and parameters.child_count:
            body = parameters.child(parameters.child_count - 1)
    if text[name.start_byte : name.end_byte].endswith((b"Test", b"Tests", b"Spec")):
        flags |= SymbolFlag.TEST
    return Definition(kind, name, node, body, flags=flags, head=modifiers.head)


def _function(node: Node, modifiers: _Modifiers) -> Definition | None:
    name = node.child_by_field_name("name")
    if name is None:
        return None
    body = _child(node, "function_body")
    flags = modifiers.flags
    if body is None:
        flags |= SymbolFlag.ABSTRACT
    kind = SymbolKind.TEST if modifiers.is_test else SymbolKind.FUNCTION
    return Definition(kind, name, node, body, flags=flags, head=modifiers.head)


def _property(word: str, node: Node, text: bytes, modifiers: _Modifiers) -> Definition | None:
    name = first_named(_child(node, "variable_declaration"))
    if name is None or name.type != "identifier":
        return None
    getter = _child(node, "getter", "setter")
    body = getter
    spelling = text[name.start_byte : name.end_byte]
    if b"const" in modifiers.words or (
        _child(node, "val") is not None and spelling.isupper() and getter is None
    ):
        kind = SymbolKind.CONSTANT
    elif word == "member":
        kind = SymbolKind.PROPERTY if getter is not None else SymbolKind.FIELD
    else:
        kind = SymbolKind.VARIABLE
    value = last_named(node)
    if value is not None and value.type in ("lambda_literal", "anonymous_function"):
        body = value
        if word == "value":
            kind = SymbolKind.FUNCTION
    return Definition(kind, name, node, body, flags=modifiers.flags, head=modifiers.head)


def _anonymous(node: Node, text: bytes) -> Definition | None:
    name, body = _child(node, "object"), _child(node, "class_body")
    if name is None or body is None:
        return None
    base = first_named(_child(node, "delegation_specifiers"))
    label = spelled(base, text).partition("(")[0].partition("<")[0].strip()
    return Definition(SymbolKind.CLASS, name, node, body, label=f"object {label}".strip())


def _imports(node: Node, text: bytes) -> Iterator[Import]:
    path = _child(node, "qualified_identifier", "identifier")
    if path is None:
        return
    span = Span(*node.byte_range)
    dotted = _SPACES.sub("", spelled(path, text)).replace("`", "")
    if text[path.end_byte : node.end_byte].strip().startswith(b"."):
        yield Import(span, dotted, "*", "", 0, Span(*path.byte_range))
        return
    module, _, name = dotted.rpartition(".")
    renamed = last_named(node)
    alias = spelled(renamed, text) if renamed is not None and renamed != path else name
    place = last_named(path) or path
    yield Import(span, module, name, alias, 0, Span(*place.byte_range))


def _raw_names(text: bytes, start: int, end: int) -> Iterator[tuple[int, int, Role, bool]]:
    """`$name` in strings; `${…}` is read by the grammar."""
    if b"$" not in text[start:end]:
        return
    for found in _INTERPOLATED.finditer(text, start, end):
        if found.group(1):
            yield found.start(1), found.end(1), Role.READ, False


# -- types ---------------------------------------------------------------------------------------


def _type_name(node: Node | None) -> Node | None:
    """The identifier that names a type: `a.B`, `B<C>` and `B?` -> B."""
    for _ in range(4):
        if node is None:
            return None
        if node.type == "user_type":
            names = [one for one in node.named_children if one.type == "identifier"]
            return names[-1] if names else None
        if node.type != "nullable_type":
            return None
        node = first_named(node)
    return None


def _made(node: Node | None) -> Node | None:
    """The name of the type or function whose call a value is."""
    if node is None:
        return None
    if node.type == "as_expression":
        return _type_name(node.child_by_field_name("right"))
    if node.type != "call_expression":
        return None
    callee = first_named(node)
    if callee is not None and callee.type == "navigation_expression":
        callee = last_named(callee)
    return callee if callee is not None and callee.type == "identifier" else None


_COLLECTIONS = frozenset(
    b"Array ArrayList Collection Deque Flow HashSet Iterable Iterator LinkedHashSet List"
    b" MutableList MutableSet Sequence Set StateFlow".split()
)


def _item_name(node: Node | None, text: bytes) -> Node | None:
    """The identifier of what a collection's type holds: `List<B>` -> B."""
    if node is not None and node.type == "nullable_type":
        node = first_named(node)
    if node is None or node.type != "user_type":
        return None
    name = _type_name(node)
    if name is None or text[name.start_byte : name.end_byte] not in _COLLECTIONS:
        return None
    held = first_named(_child(node, "type_arguments"))
    return _type_name(first_named(held) if held is not None else None)


def _typed(node: Node, text: bytes) -> Iterator[tuple[int, int] | tuple[int, int, int, int]]:
    kind = node.type
    declared: Node | None = None
    if kind == "property_declaration":
        declaration = _child(node, "variable_declaration")
        name = first_named(declaration)
        declared = _child(declaration, *_TYPES)
        value = _type_name(declared) if declared is not None else _made(last_named(node))
    elif kind == "function_declaration":
        name = node.child_by_field_name("name")
        value, declared = _returned(node)
    elif kind == "for_statement":
        yield from _looped(node)
        return
    elif kind == "navigation_expression":
        name, value = last_named(node), _receiver(first_named(node))
        if name is None or name.type != "identifier":
            return
    elif kind == "value_argument":
        name = first_named(node) if _child(node, "=") is not None else None
        call = node.parent.parent if node.parent is not None else None
        value = _made(call) if call is not None and call.type == "call_expression" else None
        if call is not None and call.type == "constructor_invocation":
            value = _type_name(_child(call, "user_type"))
    elif kind == "type_alias":
        name = node.child_by_field_name("type")
        value = _type_name(last_named(node))
    else:
        name = _child(node, "identifier")
        declared = _child(node, *_TYPES)
        value = _type_name(declared)
    if name is not None and value is not None:
        yield name.start_byte, value.start_byte
    item = _item_name(declared, text)
    if name is not None and item is not None:
        yield name.start_byte, item.start_byte, 1, 0


def _returned(node: Node) -> tuple[Node | None, Node | None]:
    """The name that says what a function returns, and its declared type."""
    behind = False
    for child in node.children:
        if child.type == "function_value_parameters":
            behind = True
        elif behind and child.type in _TYPES:
            return _type_name(child), child
        elif behind and child.type == "function_body":
            first = child.child(0)
            if first is not None and first.type == "=":
                return _made(last_named(child)), None
    return None, None


def _looped(node: Node) -> Iterator[tuple[int, int, int, int]]:
    """`for (one in all)`: one of the items of `all`."""
    name = first_named(_child(node, "variable_declaration"))
    named = [one for one in node.named_children if one.type != "variable_declaration"]
    over = named[0] if named else None
    at = _last_name(over)
    if name is not None and at is not None and over is not None:
        yield name.start_byte, at.start_byte, -1, 0


def _last_name(node: Node | None) -> Node | None:
    """The name that an expression ends with: `a`, `a.b`, `a.b()`."""
    if node is not None and node.type == "call_expression":
        return _made(node)
    if node is not None and node.type == "navigation_expression":
        node = last_named(node)
    return node if node is not None and node.type == "identifier" else None


def _receiver(node: Node | None) -> Node | None:
    """The name that says the type of an expression before a dot, where it is no name itself."""
    for _ in range(4):
        if node is None or node.type != "parenthesized_expression":
            break
        node = first_named(node)
    return _made(node)


# -- signatures and calls ------------------------------------------------------------------------

_CALLABLES = ("function_declaration", "secondary_constructor", "primary_constructor")


def _signature(header: str) -> Signature:
    from pairwright_analyzers.syntax import descendants, parse

    if "(" not in header:
        return Signature(())
    closing = ")" * max(header.count("(") - header.count(")"), 0)
    text = f"class X {{\n{header}{closing} {{}}\n}}\n".encode()
    for node in descendants(parse(KOTLIN, text).root):
        if node.type in _CALLABLES:
            return _signature_of(node, text)
    return Signature(())


def _signature_of(node: Node, text: bytes) -> Signature:
    found: list[Parameter] = []
    returns = ""
    group = _child(node, "function_value_parameters", "class_parameters")
    for child in node.children:
        if group is not None and child.type in _TYPES:
            if child.start_byte < group.start_byte:
                found.append(Parameter("this", ParameterKind.RECEIVER, spelled(child, text)))
            else:
                returns = spelled(child, text)
    variadic = False
    for child in group.children if group is not None else ():
        if child.type in ("modifiers", "parameter_modifiers"):
            variadic = b"vararg" in text[child.start_byte : child.end_byte]
        elif child.type in ("parameter", "class_parameter"):
            head = text[child.start_byte : child.end_byte]
            kind = ParameterKind.POSITIONAL
            if variadic or head.startswith(b"vararg "):
                kind = ParameterKind.VARIADIC
            declared = spelled(_child(child, *_TYPES), text)
            default = spelled(last_named(child), text) if _child(child, "=") is not None else ""
            name = spelled(_child(child, "identifier"), text)
            many = kind is ParameterKind.VARIADIC
            found.append(Parameter(name, kind, declared, default, bool(default) or many))
            variadic = False
        elif child.is_named and found and "comment" not in child.type:
            last = found[-1]
            default = spelled(child, text)
            found[-1] = Parameter(last.name, last.kind, last.annotation, default, True)
    return Signature(tuple(found), returns)


def _call(node: Node, text: bytes) -> Call | None:
    if node.type == "call_expression":
        callee = first_named(node)
    elif node.type == "constructor_invocation":
        callee = _child(node, "user_type")
    else:
        return None
    group = _child(node, "value_arguments")
    trailing = _child(node, "annotated_lambda")
    if callee is None or (group is None and trailing is None):
        return None
    arguments: list[Argument] = []
    for child in group.named_children if group is not None else ():
        if child.type != "value_argument":
            continue
        value = last_named(child) or child
        name = first_named(child) if _child(child, "=") is not None else None
        arguments.append(
            Argument(
                Span(*child.byte_range),
                Span(*value.byte_range),
                spelled(name, text),
                value.type == "spread_expression",
            )
        )
    if trailing is not None:
        arguments.append(Argument(Span(*trailing.byte_range), Span(*trailing.byte_range)))
    listed = group or trailing
    assert listed is not None
    return Call(
        Span(*node.byte_range),
        Span(*callee.byte_range),
        Span(*listed.byte_range),
        tuple(arguments),
    )


KOTLIN = LanguageSpec(
    id="kotlin",
    name="Kotlin",
    extensions=(".kt", ".kts"),
    grammar=_grammar,
    package="pairwright_analyzers.languages.kotlin",
    define=_define,
    imports=_imports,
    typed=_typed,
    signature=_signature,
    call=_call,
    habits=Habits(calls=("call_expression",), prints=frozenset({"println", "print"})),
    raw_names=_raw_names,
    line_comment="//",
    block_comment=("/*", "*/"),
    resolver="kotlin",
    family="java",
    implicit_receiver=True,
    leading_parameters=True,
    receivers=frozenset({"this"}),
    constructor_names=frozenset({"constructor"}),
    arguments=ArgumentRules(
        keywords=True, keyword_label="{} = ", overloads=True, exact_overrides=True
    ),
    builtins=frozenset(_PREDECLARED.split()),
    test_paths=(
        r"(^|/)src/(?:\w*[tT]est|androidTest|testFixtures)/",
        r"(?:Tests?|Spec|IT)\.kt$",
    ),
    shapes=SHAPES,
)
