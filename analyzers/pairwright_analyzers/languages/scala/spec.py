"""Scala, versions 2 and 3: what its syntax tree means. The only place that knows it.

The package is a NAMESPACE. An object is a CLASS; one that stands beside a class of its name is an
OVERLOAD of it, since the name then means the class and its companion's members. A primary
constructor is the class itself; `def this` is a CONSTRUCTOR.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.habits import Habits
from pairwright_analyzers.languages.nodes import first_named, last_named, spelled
from pairwright_analyzers.languages.scala.shapes import SHAPES
from pairwright_analyzers.languages.spec import ArgumentRules, Definition, LanguageSpec
from pairwright_analyzers.types import (
    AS_IT_IS,
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

_CLASSES = re.compile(rb"\b(?:class|trait|enum)[ \t]+(\w+)")
_TESTS = frozenset(
    {b"test", b"it", b"describe", b"feature", b"scenario", b"property", b"testAsync"}
)
_ANNOTATED_TESTS = frozenset({b"Test", b"ParameterizedTest"})
_INERT = frozenset(
    b"tailrec inline nowarn unchecked deprecated throws switch uncheckedVariance".split()
)
_PREDECLARED = """
Any AnyRef AnyVal App Array Boolean Byte Char Double Either Equiv Exception Float Function
IllegalArgumentException IllegalStateException Int Iterable Iterator Left List Long Map Nil None
Nothing Null NullPointerException Numeric Option Ordered Ordering PartialFunction Predef Product
Range Right RuntimeException Seq Serializable Set Short Some Stream String StringBuilder
StringContext Symbol Throwable Tuple2 Unit UnsupportedOperationException Vector assert assume
classOf identity implicitly locally print printf println require summon synchronized valueOf this
super s f raw
"""


def _grammar() -> object:
    import tree_sitter_scala

    return tree_sitter_scala.language()


class _Modifiers:
    """The words and annotations before a declaration."""

    __slots__ = ("flags", "head", "is_test", "words")

    def __init__(self, node: Node, text: bytes) -> None:
        self.words: set[bytes] = set()
        self.flags = SymbolFlag.EXPORTED
        self.head: Node | None = None
        self.is_test = False
        annotated = False
        for child in node.children:
            if child.type == "annotation":
                annotated = True
                self._annotation(child, text)
            elif child.type == "modifiers":
                self.words.update(text[child.start_byte : child.end_byte].split())
                self.head = child if annotated else None
            else:
                if annotated and self.head is None:
                    self.head = child
                break
        if any(word.startswith(b"private") for word in self.words):
            self.flags = (self.flags & ~SymbolFlag.EXPORTED) | SymbolFlag.PRIVATE
        if b"abstract" in self.words:
            self.flags |= SymbolFlag.ABSTRACT
        if b"override" in self.words:
            self.flags |= SymbolFlag.OVERRIDE

    def _annotation(self, node: Node, text: bytes) -> None:
        name = node.child_by_field_name("name")
        if name is None:
            return
        word = text[name.start_byte : name.end_byte].rpartition(b".")[2]
        if word in _ANNOTATED_TESTS:
            self.is_test = True
            self.flags |= SymbolFlag.TEST
        if word == b"deprecated":
            self.flags |= SymbolFlag.DEPRECATED
        if word not in _INERT:
            self.flags |= SymbolFlag.DECORATED


@lru_cache(maxsize=2)
def _class_names(text: bytes) -> frozenset[bytes]:
    return frozenset(_CLASSES.findall(text))


_KINDS = {
    "class": SymbolKind.CLASS,
    "object": SymbolKind.CLASS,
    "trait": SymbolKind.INTERFACE,
    "enum": SymbolKind.ENUM,
    "case": SymbolKind.ENUM_MEMBER,
    "alias": SymbolKind.TYPE,
}


def _child(node: Node | None, *types: str) -> Node | None:
    if node is None:
        return None
    return next((one for one in node.children if one.type in types), None)


def _define(word: str, node: Node, text: bytes) -> Definition | list[Definition] | None:
    if word in ("test", "sentence"):
        return _test(word, node, text)
    if word == "anonymous":
        base, body = _type_name(first_named(node)), _child(node, "template_body")
        if base is None or body is None:
            return None
        return Definition(SymbolKind.CLASS, base, node, body, label=f"new {spelled(base, text)}")
    name = node.child_by_field_name("name")
    if word in ("value", "member"):
        return _values(word, node, text)
    if name is None:
        return None
    body = node.child_by_field_name("body")
    if word == "package":
        return Definition(SymbolKind.NAMESPACE, name, node, body, flags=SymbolFlag.EXPORTED)
    modifiers = _Modifiers(node, text)
    flags = modifiers.flags
    if word == "function":
        if body is None:
            flags |= SymbolFlag.ABSTRACT
        kind = SymbolKind.TEST if modifiers.is_test else SymbolKind.FUNCTION
        owner = _extended(node, text)
        return Definition(kind, name, node, body, owner, flags, head=modifiers.head)
    if word == "given":
        kind = SymbolKind.CLASS if body is not None else SymbolKind.VARIABLE
        return Definition(kind, name, node, body, flags=flags)
    if word == "parameter":
        declared = _child(node, "val", "var") is not None
        if not declared and not _in_case_class(node):
            return None
        return Definition(SymbolKind.FIELD, name, node, flags=flags, head=modifiers.head)
    if word == "object" and text[name.start_byte : name.end_byte] in _class_names(text):
        flags |= SymbolFlag.OVERLOAD
    if word == "trait":
        flags |= SymbolFlag.ABSTRACT
    if body is None and word == "class":
        # Fields among the parameters need a container: its body is what follows them.
        parameters = node.child_by_field_name("class_parameters")
        if parameters is not None and parameters.child_count:
            body = parameters.child(parameters.child_count - 1)
    if word == "class" and text[name.start_byte : name.end_byte].endswith(
        (b"Spec", b"Test", b"Suite")
    ):
        flags |= SymbolFlag.TEST
    return Definition(_KINDS[word], name, node, body, flags=flags, head=modifiers.head)


def _extended(node: Node, text: bytes) -> str:
    """The type that the `extension` around a function is for, or ""."""
    holder = node.parent
    if holder is not None and holder.type != "extension_definition":
        holder = holder.parent
    if holder is None or holder.type != "extension_definition":
        return ""
    group = holder.child_by_field_name("parameters")
    parameter = _child(group, "parameter")
    declared = parameter.child_by_field_name("type") if parameter is not None else None
    return spelled(_type_name(declared), text)


def _in_case_class(node: Node) -> bool:
    group = node.parent
    holder = group.parent if group is not None else None
    return (
        holder is not None
        and holder.type == "class_definition"
        and _child(holder, "case") is not None
    )


def _values(word: str, node: Node, text: bytes) -> list[Definition]:
    modifiers = _Modifiers(node, text)
    pattern = node.child_by_field_name("pattern") or node.child_by_field_name("name")
    if pattern is None:
        return []
    names = [pattern] if pattern.type == "identifier" else pattern.named_children
    found: list[Definition] = []
    for name in names:
        if name.type != "identifier":
            continue
        kind = SymbolKind.FIELD if word == "member" else SymbolKind.VARIABLE
        constant = (
            node.type.startswith("val") and text[name.start_byte : name.end_byte][:1].isupper()
        )
        if constant:
            kind = SymbolKind.CONSTANT
        value = node.child_by_field_name("value")
        body = value if value is not None and value.type == "lambda_expression" else None
        if body is not None and word == "value":
            kind = SymbolKind.FUNCTION
        found.append(Definition(kind, name, node, body, flags=modifiers.flags, head=modifiers.head))
    return found


def _test(word: str, node: Node, text: bytes) -> Definition | None:
    """`test("…") { … }` and `"…" should "…" in { … }`: named by their texts."""
    if word == "sentence":
        left = node.child_by_field_name("left")
        body = node.child_by_field_name("right")
        name = left.child_by_field_name("left") if left is not None else None
        if left is None or name is None or body is None:
            return None
        label = spelled(left, text).replace('"', "")
    else:
        inner = node.child_by_field_name("function")
        body = node.child_by_field_name("arguments")
        called = inner.child_by_field_name("function") if inner is not None else None
        group = inner.child_by_field_name("arguments") if inner is not None else None
        name = first_named(group)
        if called is None or name is None or body is None:
            return None
        if text[called.start_byte : called.end_byte] not in _TESTS or body.type == "arguments":
            return None
        label = spelled(name, text).strip('"')
    flags = SymbolFlag.TEST
    return Definition(SymbolKind.TEST, name, node, body, flags=flags, label=label or '""')


# -- imports -------------------------------------------------------------------------------------


def _imports(node: Node, text: bytes) -> Iterator[Import]:
    """`import a.b`, `a.{b, c => d, _}`, `a.b as c`, several with commas between."""
    span = Span(*node.byte_range)
    path: list[Node] = []
    closed = False

    def whole() -> Iterator[Import]:
        if path and not closed:
            module = ".".join(spelled(one, text) for one in path[:-1])
            name = spelled(path[-1], text)
            yield Import(span, module, name, name, 0, Span(*path[-1].byte_range))

    for child in node.children:
        module = ".".join(spelled(one, text) for one in path)
        if child.type == "identifier":
            path.append(child)
        elif child.type == ",":
            yield from whole()
            path, closed = [], False
        elif child.type == "namespace_wildcard":
            yield Import(span, module, "*", "", 0, Span(*child.byte_range))
            closed = True
        elif child.type == "as_renamed_identifier":
            yield from _selected(span, module, child, text)
            closed = True
        elif child.type == "namespace_selectors":
            for selector in child.named_children:
                yield from _selected(span, module, selector, text)
            closed = True
    yield from whole()


def _selected(span: Span, module: str, node: Node, text: bytes) -> Iterator[Import]:
    if node.type == "namespace_wildcard":
        yield Import(span, module, "*", "", 0, Span(*node.byte_range))
        return
    name = node.child_by_field_name("name") or node
    alias = node.child_by_field_name("alias") or name
    if alias.type == "identifier":
        bound = spelled(alias, text)
        yield Import(span, module, spelled(name, text), bound, 0, Span(*name.byte_range))


# -- types ---------------------------------------------------------------------------------------


def _type_name(node: Node | None) -> Node | None:
    for _ in range(4):
        if node is None:
            return None
        if node.type == "type_identifier":
            return node
        if node.type == "stable_type_identifier":
            node = last_named(node)
        elif node.type == "generic_type":
            inner = node.child_by_field_name("type")
            if inner is not None and inner.text == b"Option":
                inner = first_named(node.child_by_field_name("type_arguments"))
            node = inner
        else:
            return None
    return None


def _made(node: Node | None) -> Node | None:
    """The name of the class or function whose call a value is."""
    if node is None:
        return None
    if node.type == "instance_expression":
        return _type_name(first_named(node))
    if node.type != "call_expression":
        return None
    callee = node.child_by_field_name("function")
    if callee is not None and callee.type == "generic_function":
        callee = callee.child_by_field_name("function")
    if callee is not None and callee.type == "field_expression":
        callee = callee.child_by_field_name("field")
    return callee if callee is not None and callee.type == "identifier" else None


_COLLECTIONS = frozenset(
    b"Array Buffer IndexedSeq Iterable Iterator LazyList List Seq Set Stream Vector".split()
)


def _item_name(node: Node | None, text: bytes) -> Node | None:
    """The identifier of what a collection's type holds: `List[B]` -> B."""
    if node is None or node.type != "generic_type":
        return None
    name = _type_name(node.child_by_field_name("type"))
    if name is None or text[name.start_byte : name.end_byte] not in _COLLECTIONS:
        return None
    return _type_name(first_named(node.child_by_field_name("type_arguments")))


def _last_name(node: Node | None) -> Node | None:
    """The name that an expression ends with: `a`, `a.b`, `a.b(c)`."""
    if node is not None and node.type == "call_expression":
        return _made(node)
    if node is not None and node.type == "field_expression":
        node = node.child_by_field_name("field")
    return node if node is not None and node.type == "identifier" else None


def _typed(node: Node, text: bytes) -> Iterator[tuple[int, int] | tuple[int, int, int, int]]:
    kind = node.type
    if kind == "field_expression":
        yield from _received(node.child_by_field_name("field"), node.child_by_field_name("value"))
        return
    if kind == "infix_expression":
        operator, left = node.child_by_field_name("operator"), node.child_by_field_name("left")
        at = _last_name(left)
        if operator is not None and operator.type == "identifier" and at is not None:
            if left is not None and left.type == "identifier":
                yield operator.start_byte, at.start_byte, AS_IT_IS, 0
            else:
                yield operator.start_byte, at.start_byte
        return
    if kind == "enumerator":
        parts = node.named_children
        at = _last_name(parts[1]) if len(parts) > 1 else None
        if at is not None and parts[0].type == "identifier":
            yield parts[0].start_byte, at.start_byte, -1, 0
        return
    if kind == "assignment_expression":
        name, call = node.child_by_field_name("left"), node.parent
        called = call.parent if call is not None else None
        value = _made(called)
        if name is not None and name.type == "identifier" and value is not None:
            yield name.start_byte, value.start_byte
        return
    name = node.child_by_field_name("pattern") or node.child_by_field_name("name")
    declared = node.child_by_field_name("type")
    made = node.child_by_field_name("value")
    if kind.startswith("function"):
        name = node.child_by_field_name("name")
        declared, made = node.child_by_field_name("return_type"), node.child_by_field_name("body")
    value = _type_name(declared) if declared is not None else _made(made)
    if name is None:
        return
    item = _item_name(declared, text)
    names = [name] if name.type in ("identifier", "type_identifier") else name.named_children
    if name.type in ("identifier", "identifiers", "type_identifier"):
        for one in names:
            if value is not None:
                yield one.start_byte, value.start_byte
            if item is not None:
                yield one.start_byte, item.start_byte, 1, 0


def _received(name: Node | None, receiver: Node | None) -> Iterator[tuple[int, int]]:
    """A member by the expression before its dot, where that is no name itself."""
    for _ in range(4):
        if receiver is None or receiver.type != "parenthesized_expression":
            break
        receiver = first_named(receiver)
    value = _made(receiver)
    if name is not None and value is not None:
        yield name.start_byte, value.start_byte


# -- signatures and calls ------------------------------------------------------------------------


def _signature(header: str) -> Signature:
    from pairwright_analyzers.syntax import descendants, parse

    if "(" not in header:
        return Signature((), header.partition(":")[2].strip() if "def " in header else "")
    closing = ")" * max(header.count("(") - header.count(")"), 0)
    text = f"object X {{\n{header}{closing} = {{}}\n}}\n".encode()
    if "def " not in header:
        text = f"{header}{closing} {{}}\n".encode()
    for node in descendants(parse(SCALA, text).root):
        if node.type in ("function_definition", "class_definition"):
            return _signature_of(node, text)
    return Signature(())


def _signature_of(node: Node, text: bytes) -> Signature:
    found: list[Parameter] = []
    for group in node.children:
        if group.type not in ("parameters", "class_parameters"):
            continue
        given = _child(group, "implicit", "using") is not None
        for child in group.named_children:
            if child.type not in ("parameter", "class_parameter"):
                continue
            declared = child.child_by_field_name("type")
            many = declared is not None and declared.type == "repeated_parameter_type"
            default = spelled(child.child_by_field_name("default_value"), text)
            kind = ParameterKind.VARIADIC if many else ParameterKind.POSITIONAL
            name = spelled(child.child_by_field_name("name"), text)
            optional = bool(default) or many or given
            found.append(Parameter(name, kind, spelled(declared, text), default, optional))
    return Signature(tuple(found), spelled(node.child_by_field_name("return_type"), text))


def _call(node: Node, text: bytes) -> Call | None:
    if node.type == "call_expression":
        callee = node.child_by_field_name("function")
        group = node.child_by_field_name("arguments")
    elif node.type == "instance_expression":
        callee, group = first_named(node), node.child_by_field_name("arguments")
    else:
        return None
    if callee is None or group is None or group.type != "arguments":
        return None
    arguments: list[Argument] = []
    for child in group.named_children:
        if "comment" in child.type:
            continue
        value, name = child, ""
        if child.type == "assignment_expression":
            name = spelled(child.child_by_field_name("left"), text)
            value = child.child_by_field_name("right") or child
        spread = child.type == "vararg"
        arguments.append(Argument(Span(*child.byte_range), Span(*value.byte_range), name, spread))
    return Call(
        Span(*node.byte_range),
        Span(*callee.byte_range),
        Span(*group.byte_range),
        tuple(arguments),
    )


SCALA = LanguageSpec(
    id="scala",
    name="Scala",
    extensions=(".scala", ".sc", ".sbt"),
    grammar=_grammar,
    package="pairwright_analyzers.languages.scala",
    define=_define,
    imports=_imports,
    typed=_typed,
    signature=_signature,
    call=_call,
    habits=Habits(calls=("call_expression",), prints=frozenset({"println", "print"})),
    line_comment="//",
    block_comment=("/*", "*/"),
    resolver="scala",
    family="java",
    implicit_receiver=True,
    calls_by_name=True,
    constructor_names=frozenset({"this"}),
    arguments=ArgumentRules(
        keywords=True,
        keyword_label="{} = ",
        missing_allowed=True,
        overloads=True,
        exact_overrides=True,
    ),
    builtins=frozenset(_PREDECLARED.split()),
    test_paths=(r"(^|/)src/(?:test|it)/", r"(?:Spec|Suite|Tests?)\.scala$"),
    shapes=SHAPES,
)
