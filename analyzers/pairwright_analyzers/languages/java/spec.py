"""Java: what its syntax tree means. The only place that knows it.

The package is a NAMESPACE without a body. An anonymous class is a CLASS whose name is written
`new Base`, which inherits from its base.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.java.habits import HABITS
from pairwright_analyzers.languages.java.imports import IMPORTS
from pairwright_analyzers.languages.java.shapes import SHAPES
from pairwright_analyzers.languages.nodes import first_named, last_named, spelled
from pairwright_analyzers.languages.spec import ArgumentRules, Definition, LanguageSpec
from pairwright_analyzers.types import (
    AS_IT_IS,
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

_WORD = re.compile(rb"//[^\n]*|/\*.*?\*/|@[\w.]+|[^\W\d][\w$]*", re.S)
_NOT_NAMES = frozenset({b"import", b"static", b"package", b"module"})
_SPACES = re.compile(r"\s+")
_ANNOTATIONS = frozenset({"marker_annotation", "annotation"})
_TESTS = frozenset(
    b"Test ParameterizedTest RepeatedTest TestFactory TestTemplate Property Fuzz Theory".split()
)
_INERT = frozenset(
    b"Override Deprecated SuppressWarnings SafeVarargs FunctionalInterface Nullable NonNull NotNull"
    b" Nonnull CheckReturnValue CanIgnoreReturnValue VisibleForTesting Serial".split()
)
"""Annotations that hand a definition to nobody."""
_PREDECLARED = """
Appendable ArithmeticException ArrayIndexOutOfBoundsException AssertionError AutoCloseable Boolean
Byte CharSequence Character Class ClassCastException ClassLoader ClassNotFoundException
CloneNotSupportedException Cloneable Comparable Deprecated Double Enum Error Exception Float
FunctionalInterface IllegalArgumentException IllegalStateException IndexOutOfBoundsException
Integer InterruptedException Iterable Long Math NoSuchFieldException NoSuchMethodException
NullPointerException Number NumberFormatException Object OutOfMemoryError Override Process
ProcessBuilder Record ReflectiveOperationException Runnable Runtime RuntimeException SafeVarargs
SecurityException Short StackOverflowError StackTraceElement String StringBuffer StringBuilder
SuppressWarnings System Thread ThreadLocal Throwable UnsupportedOperationException Void var
"""


def _grammar() -> object:
    import tree_sitter_java

    return tree_sitter_java.language()


class _Modifiers:
    """What stands before a declaration: its flags, and the node its signature begins with."""

    __slots__ = ("flags", "head", "is_test", "words")

    def __init__(self, node: Node, text: bytes) -> None:
        self.flags = SymbolFlag.NONE
        self.head: Node | None = None
        self.words: set[str] = set()
        self.is_test = False
        first = node.child(0) if node.child_count else None
        if first is None or first.type != "modifiers":
            return
        annotated = False
        for child in first.children:
            if child.type in _ANNOTATIONS:
                annotated = True
                self._annotation(child, text)
                continue
            self.words.add(child.type)
            if self.head is None:
                self.head = child
        if annotated and self.head is None and node.child_count > 1:
            self.head = node.child(1)
        elif not annotated:
            self.head = None
        words = self.words
        if "public" in words or "protected" in words:
            self.flags |= SymbolFlag.EXPORTED
        elif "private" in words:
            self.flags |= SymbolFlag.PRIVATE
        if "static" in words:
            self.flags |= SymbolFlag.STATIC
        if "abstract" in words:
            self.flags |= SymbolFlag.ABSTRACT

    def _annotation(self, node: Node, text: bytes) -> None:
        name = node.child_by_field_name("name")
        if name is None:
            return
        word = text[name.start_byte : name.end_byte].rpartition(b".")[2]
        if word == b"Override":
            self.flags |= SymbolFlag.OVERRIDE
        elif word == b"Deprecated":
            self.flags |= SymbolFlag.DEPRECATED
        elif word in _TESTS:
            self.is_test = True
        if word not in _INERT:
            self.flags |= SymbolFlag.DECORATED


_TYPES = {
    "class": SymbolKind.CLASS,
    "record": SymbolKind.CLASS,
    "enum": SymbolKind.ENUM,
    "interface": SymbolKind.INTERFACE,
}


def _define(word: str, node: Node, text: bytes) -> Definition | list[Definition] | None:
    if word in ("method", "interface_method"):
        return _method(word, node, text)
    if word in ("field", "interface_field"):
        return _fields(word, node, text)
    if word == "anonymous":
        return _anonymous(node, text)
    if word == "module":
        name = node.child_by_field_name("name")
        return Definition(SymbolKind.MODULE, name, node) if name is not None else None
    if word == "package":
        name = next(
            (one for one in node.named_children if one.type in ("scoped_identifier", "identifier")),
            None,
        )
        if name is None:
            return None
        return Definition(SymbolKind.NAMESPACE, name, node, flags=SymbolFlag.EXPORTED)
    name = node.child_by_field_name("name")
    if name is None:
        return None
    modifiers = _Modifiers(node, text)
    if word == "component":
        flags = modifiers.flags | SymbolFlag.EXPORTED
        return Definition(SymbolKind.FIELD, name, node, flags=flags, head=modifiers.head)
    body = node.child_by_field_name("body")
    if word == "constant":
        flags = modifiers.flags | SymbolFlag.EXPORTED
        return Definition(
            SymbolKind.ENUM_MEMBER, name, node, body, flags=flags, head=modifiers.head
        )
    flags = modifiers.flags
    if word == "interface":
        flags |= SymbolFlag.ABSTRACT
    return Definition(_TYPES[word], name, node, body, flags=flags, head=modifiers.head)


def _method(word: str, node: Node, text: bytes) -> Definition | None:
    name = node.child_by_field_name("name")
    if name is None:
        return None
    modifiers = _Modifiers(node, text)
    flags = modifiers.flags
    body = node.child_by_field_name("body")
    if word == "interface_method" and not flags & SymbolFlag.PRIVATE:
        flags |= SymbolFlag.EXPORTED
    if body is None:
        flags |= SymbolFlag.ABSTRACT
    if "native" in modifiers.words:
        flags &= ~SymbolFlag.ABSTRACT
    kind = SymbolKind.METHOD
    if node.type.endswith("constructor_declaration"):
        kind = SymbolKind.CONSTRUCTOR
    elif modifiers.is_test:
        kind, flags = SymbolKind.TEST, flags | SymbolFlag.TEST
    return Definition(kind, name, node, body, flags=flags, head=modifiers.head)


def _fields(word: str, node: Node, text: bytes) -> list[Definition]:
    modifiers = _Modifiers(node, text)
    flags = modifiers.flags
    if word == "interface_field":
        flags |= SymbolFlag.EXPORTED | SymbolFlag.STATIC
    constant = word == "interface_field" or {"static", "final"} <= modifiers.words
    kind = SymbolKind.CONSTANT if constant else SymbolKind.FIELD
    names = (one.child_by_field_name("name") for one in node.children_by_field_name("declarator"))
    return [
        Definition(kind, name, node, flags=flags, head=modifiers.head)
        for name in names
        if name is not None and name.type == "identifier"
    ]


def _anonymous(node: Node, text: bytes) -> Definition | None:
    name = _type_name(node.child_by_field_name("type"), text, through=frozenset())
    body = last_named(node)
    if name is None or body is None or body.type != "class_body":
        return None
    return Definition(SymbolKind.CLASS, name, node, body, label=f"new {spelled(name, text)}")


# -- imports -------------------------------------------------------------------------------------


def _imports(node: Node, text: bytes) -> Iterator[Import]:
    path = next(
        (one for one in node.named_children if one.type in ("scoped_identifier", "identifier")),
        None,
    )
    if path is None:
        return
    span = Span(*node.byte_range)
    dotted = _SPACES.sub("", spelled(path, text))
    star = last_named(node)
    if star is not None and star.type == "asterisk":
        yield Import(span, dotted, "*", "", 0, Span(*star.byte_range))
        return
    module, _, name = dotted.rpartition(".")
    place = path.child_by_field_name("name") or path
    yield Import(span, module, name, name, 0, Span(*place.byte_range))


def _raw_names(text: bytes, start: int, end: int) -> Iterator[tuple[int, int, Role, bool]]:
    """The parts of an import's or package's dotted name."""
    for word in _WORD.finditer(text, start, end):
        found = word.group()
        if found[:1] not in b"/@" and found not in _NOT_NAMES:
            yield word.start(), word.end(), Role.IMPORT, False


# -- types ---------------------------------------------------------------------------------------

_HOLDING = frozenset({b"Optional", b"CompletableFuture", b"Future", b"Supplier", b"Provider"})


def _type_name(node: Node | None, text: bytes, through: frozenset[bytes] = _HOLDING) -> Node | None:
    """The identifier that names a type: `a.B`, `B<C>` and `Optional<B>` -> B; None for a primitive
    type, an array, or `var`.
    """
    for _ in range(8):
        if node is None:
            return None
        kind = node.type
        if kind == "type_identifier":
            return None if text[node.start_byte : node.end_byte] == b"var" else node
        if kind == "scoped_type_identifier":
            last = last_named(node)
            return last if last is not None and last.type == "type_identifier" else None
        if kind == "annotated_type":
            node = last_named(node)
        elif kind == "generic_type":
            head = first_named(node)
            if head is not None and head.type == "scoped_type_identifier":
                head = last_named(head)
            if head is None or text[head.start_byte : head.end_byte] not in through:
                return head
            node = first_named(last_named(node))
        else:
            return None
    return None


_COLLECTION = re.compile(
    rb"(?:List|Set|Map|Collection|Queue|Deque|Iter(?:able|ator)|Stream|Vector|Stack)$"
)
"""Types whose last type argument is what they hold."""
_TAKING = frozenset(
    b"""get getFirst getLast next poll peek pop first last element remove take orElse orElseThrow
    getOrDefault findFirst values iterator stream""".split()
)
"""Methods that give what a collection holds, or all of it."""
_WHOLE = frozenset({b"values", b"iterator", b"stream"})

Row = tuple[int, int] | tuple[int, int, int, int]


def _row(name: int, at: int, items: int) -> Row:
    return (name, at, items, 0) if items else (name, at)


def _stated(name: int, node: Node | None, text: bytes) -> Iterator[Row]:
    """What a declared type says of a name: the type, and what it holds."""
    levels = 0
    for _ in range(8):
        if node is None or node.type not in ("array_type", "annotated_type"):
            break
        if node.type == "array_type":
            dimensions = spelled(node.child_by_field_name("dimensions"), text)
            levels += max(1, dimensions.count("["))
            node = node.child_by_field_name("element")
        else:
            node = last_named(node)
    declared = _type_name(node, text)
    if declared is not None:
        yield _row(name, declared.start_byte, min(levels, 6))
    if levels or node is None or node.type != "generic_type":
        return
    head = _type_name(node, text, through=frozenset())
    if head is None or not _COLLECTION.search(text, head.start_byte, head.end_byte):
        return
    arguments = last_named(node)
    held = last_named(arguments)
    if held is not None and held.type == "wildcard":
        held = last_named(held)
    inside = _type_name(held, text)
    if inside is not None:
        yield name, inside.start_byte, 1, 0


def _sources(node: Node | None, text: bytes, depth: int = 0) -> Iterator[tuple[int, int]]:
    """The names that say a value's type (the created class, a cast's type, the called method, a
    variable), each with how many collections lie between.
    """
    if node is None or depth > 8:
        return
    kind = node.type
    if kind in ("object_creation_expression", "cast_expression"):
        through = _HOLDING if kind == "cast_expression" else frozenset()
        made = _type_name(node.child_by_field_name("type"), text, through)
        if made is not None:
            yield made.start_byte, 0
    elif kind == "method_invocation":
        name = node.child_by_field_name("name")
        if name is None:
            return
        yield name.start_byte, 0
        if text[name.start_byte : name.end_byte] in _TAKING:
            whole = text[name.start_byte : name.end_byte] in _WHOLE
            for at, items in _sources(node.child_by_field_name("object"), text, depth + 1):
                items = 0 if items == AS_IT_IS else items
                if not whole:
                    yield at, items - 1
                elif not items:
                    yield at, AS_IT_IS
    elif kind == "identifier":
        yield node.start_byte, AS_IT_IS
    elif kind == "field_access":
        field = node.child_by_field_name("field")
        if field is not None:
            yield field.start_byte, AS_IT_IS
    elif kind == "array_access":
        for at, items in _sources(node.child_by_field_name("array"), text, depth + 1):
            yield at, (0 if items == AS_IT_IS else items) - 1
    elif kind == "parenthesized_expression":
        yield from _sources(first_named(node), text, depth + 1)
    elif kind == "ternary_expression":
        yield from _sources(node.child_by_field_name("consequence"), text, depth + 1)
        yield from _sources(node.child_by_field_name("alternative"), text, depth + 1)


def _typed(node: Node, text: bytes) -> Iterator[Row]:
    kind = node.type
    if kind in ("method_invocation", "field_access"):
        member = node.child_by_field_name("name" if kind == "method_invocation" else "field")
        if member is not None:
            for at, items in _sources(node.child_by_field_name("object"), text):
                yield _row(member.start_byte, at, items)
        return
    if kind in ("local_variable_declaration", "field_declaration", "constant_declaration"):
        written = node.child_by_field_name("type")
        inferred = spelled(written, text) == "var" and kind == "local_variable_declaration"
        for one in node.children_by_field_name("declarator"):
            name = one.child_by_field_name("name")
            if name is None or name.type != "identifier":
                continue
            if inferred:
                for at, items in _sources(one.child_by_field_name("value"), text):
                    yield _row(name.start_byte, at, items)
            else:
                yield from _stated(name.start_byte, written, text)
        return
    if kind == "spread_parameter":
        name = last_named(node)
        name = name.child_by_field_name("name") if name is not None else None
        types = (_type_name(one, text) for one in node.named_children)
        declared = next((one for one in types if one is not None), None)
        if name is not None and declared is not None:
            yield name.start_byte, declared.start_byte, 1, 0
        return
    if kind == "type_parameter":
        bound = last_named(node)
        bounded = bound is not None and bound.type == "type_bound"
        declared = _type_name(first_named(bound), text) if bounded else None
        name = next((one for one in node.named_children if one.type == "type_identifier"), None)
        if name is not None and declared is not None:
            yield name.start_byte, declared.start_byte
        return
    if kind == "catch_formal_parameter":
        types_of = next((one for one in node.named_children if one.type == "catch_type"), None)
        single = types_of is not None and types_of.named_child_count == 1
        written = first_named(types_of) if single else None
        name = node.child_by_field_name("name")
    elif kind == "instanceof_expression":
        written, name = node.child_by_field_name("right"), node.child_by_field_name("name")
    elif kind == "type_pattern":
        written, name = first_named(node), last_named(node)
    else:
        written, name = node.child_by_field_name("type"), node.child_by_field_name("name")
    if name is None or name.type != "identifier":
        return
    if kind in ("resource", "enhanced_for_statement") and spelled(written, text) == "var":
        loop = kind == "enhanced_for_statement"
        for at, items in _sources(node.child_by_field_name("value"), text):
            if not loop:
                yield _row(name.start_byte, at, items)
            else:
                levels = 0 if items == AS_IT_IS else items
                yield name.start_byte, at, levels - 1, 0
        return
    yield from _stated(name.start_byte, written, text)


# -- signatures and calls ------------------------------------------------------------------------

_CALLABLES = (
    "method_declaration",
    "constructor_declaration",
    "compact_constructor_declaration",
    "annotation_type_element_declaration",
)


def _signature(header: str) -> Signature:
    from pairwright_analyzers.syntax import descendants, parse

    if "(" not in header:
        return Signature(())
    text = f"class X {{ {header.partition(' default ')[0]} {{}} }}\n".encode()
    root = parse(JAVA, text).root
    node = next((one for one in descendants(root) if one.type in _CALLABLES), None)
    if node is None:
        return Signature(())
    parameters: list[Parameter] = []
    group = node.child_by_field_name("parameters")
    for child in group.named_children if group is not None else ():
        if child.type == "formal_parameter":
            annotation = spelled(child.child_by_field_name("type"), text)
            annotation += spelled(child.child_by_field_name("dimensions"), text)
            name = spelled(child.child_by_field_name("name"), text)
            parameters.append(Parameter(name, ParameterKind.POSITIONAL, annotation))
        elif child.type == "spread_parameter":
            declarator = last_named(child)
            name = spelled(
                declarator.child_by_field_name("name") if declarator is not None else None, text
            )
            types = [
                one
                for one in child.named_children
                if one.type not in ("modifiers", "variable_declarator")
            ]
            annotation = spelled(types[0] if types else None, text) + "..."
            parameters.append(Parameter(name, ParameterKind.VARIADIC, annotation, optional=True))
        elif child.type == "receiver_parameter":
            parameters.append(Parameter("this", ParameterKind.RECEIVER))
    return Signature(tuple(parameters), spelled(node.child_by_field_name("type"), text))


def _call(node: Node, text: bytes) -> Call | None:
    if node.type == "method_invocation":
        callee = node.child_by_field_name("name")
        receiver = node.child_by_field_name("object")
    elif node.type == "object_creation_expression":
        callee, receiver = node.child_by_field_name("type"), None
    elif node.type == "explicit_constructor_invocation":
        callee, receiver = node.child_by_field_name("constructor"), None
    else:
        return None
    group = node.child_by_field_name("arguments")
    if callee is None or group is None:
        return None
    arguments = tuple(
        Argument(Span(*child.byte_range), Span(*child.byte_range))
        for child in group.named_children
        if child.type not in ("line_comment", "block_comment")
    )
    first = receiver.start_byte if receiver is not None else callee.start_byte
    return Call(
        Span(*node.byte_range),
        Span(first, callee.end_byte),
        Span(*group.byte_range),
        arguments,
    )


JAVA = LanguageSpec(
    id="java",
    name="Java",
    extensions=(".java",),
    grammar=_grammar,
    package="pairwright_analyzers.languages.java",
    define=_define,
    imports=_imports,
    typed=_typed,
    signature=_signature,
    call=_call,
    habits=HABITS,
    shapes=SHAPES,
    import_style=IMPORTS,
    raw_names=_raw_names,
    line_comment="//",
    block_comment=("/*", "*/"),
    resolver="java",
    methods_apart=True,
    implicit_receiver=True,
    arguments=ArgumentRules(overloads=True, exact_overrides=True),
    builtins=frozenset(_PREDECLARED.split()),
    test_paths=(
        r"(^|/)src/(?:test|it|integrationTest|testFixtures|androidTest)/",
        r"(^|/)Test[A-Z]\w*\.java$",
        r"(?:Tests?|IT|TestCase)\.java$",
    ),
)
