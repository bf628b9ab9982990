"""Swift: what its syntax tree means. The only place that knows it.

An `extension` is an IMPLEMENTATION named after its type, which it inherits from together with the
protocols it adds. `init` is a CONSTRUCTOR of that name.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.habits import Habits
from pairwright_analyzers.languages.nodes import first_named, last_named, spelled
from pairwright_analyzers.languages.spec import ArgumentRules, Definition, LanguageSpec
from pairwright_analyzers.languages.swift.shapes import SHAPES
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

_INERT = frozenset(
    b"available discardableResult inlinable inline usableFromInline escaping autoclosure Sendable"
    b" MainActor frozen preconcurrency".split()
)
_PREDECLARED = """
Any AnyClass AnyHashable AnyObject Array ArraySlice BinaryInteger Bool CaseIterable Character
CodingKey Codable Collection Comparable CustomStringConvertible Decodable Decoder Dictionary
Double Encodable Encoder Equatable Error ExpressibleByStringLiteral Float Hashable Hasher
Identifiable Int Int16 Int32 Int64 Int8 Iterator IteratorProtocol KeyPath MainActor Never
ObjectIdentifier Optional OptionSet RawRepresentable Range RandomAccessCollection Result Sendable
Sequence Set String StringProtocol Substring Task UInt UInt16 UInt32 UInt64 UInt8 Unicode
UnsafePointer Void abs assert assertionFailure debugPrint dump error fatalError
isKnownUniquelyReferenced max min newValue oldValue precondition preconditionFailure print
repeatElement sequence stride swap type withUnsafePointer zip
"""


def _grammar() -> object:
    import tree_sitter_swift

    return tree_sitter_swift.language()


class _Modifiers:
    """The words and attributes before a declaration."""

    __slots__ = ("flags", "head", "is_test", "words")

    def __init__(self, node: Node, text: bytes) -> None:
        self.words: set[bytes] = set()
        self.flags = SymbolFlag.NONE
        self.head: Node | None = None
        self.is_test = False
        for child in node.children:
            if child.type == "modifiers":
                self._modifiers(child, node, text)
            elif child.is_named:
                break
            else:
                self.words.add(text[child.start_byte : child.end_byte])
        words = self.words
        if words & {b"private", b"fileprivate"}:
            self.flags |= SymbolFlag.PRIVATE
        else:
            self.flags |= SymbolFlag.EXPORTED
        if words & {b"static", b"class"} and node.type in (
            "function_declaration",
            "property_declaration",
        ):
            self.flags |= SymbolFlag.STATIC
        if b"override" in words:
            self.flags |= SymbolFlag.OVERRIDE

    def _modifiers(self, group: Node, node: Node, text: bytes) -> None:
        annotated = False
        for child in group.children:
            if child.type == "attribute":
                annotated = True
                spelling = text[child.start_byte + 1 : child.end_byte].partition(b"(")[0].strip()
                if spelling == b"Test":
                    self.is_test = True
                    self.flags |= SymbolFlag.TEST
                if b"deprecated" in text[child.start_byte : child.end_byte]:
                    self.flags |= SymbolFlag.DEPRECATED
                if spelling not in _INERT:
                    self.flags |= SymbolFlag.DECORATED
                continue
            if self.head is None and annotated:
                self.head = child
            self.words.add(text[child.start_byte : child.end_byte])
        if annotated and self.head is None:
            self.head = group.next_sibling


def _child(node: Node | None, *types: str) -> Node | None:
    if node is None:
        return None
    return next((one for one in node.children if one.type in types), None)


_KINDS = {
    "class": SymbolKind.CLASS,
    "actor": SymbolKind.CLASS,
    "struct": SymbolKind.STRUCT,
    "enum": SymbolKind.ENUM,
    "extension": SymbolKind.IMPLEMENTATION,
}


def _define(word: str, node: Node, text: bytes) -> Definition | list[Definition] | None:
    modifiers = _Modifiers(node, text)
    flags, head = modifiers.flags, modifiers.head
    name = node.child_by_field_name("name")
    body = node.child_by_field_name("body")
    if word == "deinit":
        name = _child(node, "deinit")
    elif word == "subscript":
        name, body = _child(node, "subscript"), _child(node, "computed_property")
    if word in ("value", "member", "required"):
        return _properties(word, node, text, modifiers)
    if name is None:
        return None
    if word == "case":
        return [
            Definition(SymbolKind.ENUM_MEMBER, one, node, flags=SymbolFlag.EXPORTED)
            for one in node.children_by_field_name("name")
            if one.type == "simple_identifier"
        ]
    if word == "class":
        declared = node.child_by_field_name("declaration_kind")
        kind = _KINDS.get(declared.type if declared is not None else "", SymbolKind.CLASS)
        if name.type == "user_type":
            name = last_named(name) or name
        if text[name.start_byte : name.end_byte].endswith((b"Tests", b"Test", b"Spec")):
            flags |= SymbolFlag.TEST
        return Definition(kind, name, node, body, flags=flags, head=head)
    if word == "protocol":
        flags |= SymbolFlag.ABSTRACT
        return Definition(SymbolKind.INTERFACE, name, node, body, flags=flags, head=head)
    if word == "alias":
        return Definition(SymbolKind.TYPE, name, node, flags=flags, head=head)
    if word == "init":
        return Definition(SymbolKind.CONSTRUCTOR, name, node, body, flags=flags, head=head)
    if word == "function":
        if body is None:
            flags |= SymbolFlag.ABSTRACT
        if _child(node, "async") is not None:
            flags |= SymbolFlag.ASYNC
        if text.startswith(b"test", name.start_byte):
            flags |= SymbolFlag.TEST
        kind = SymbolKind.TEST if modifiers.is_test else SymbolKind.FUNCTION
        return Definition(kind, name, node, body, flags=flags, head=head)
    return Definition(SymbolKind.METHOD, name, node, body, flags=flags, head=head)


def _properties(word: str, node: Node, text: bytes, modifiers: _Modifiers) -> list[Definition]:
    body = node.child_by_field_name("computed_value")
    constant = b"let" in text[node.start_byte : node.end_byte].split(None, 8)[:8]
    found: list[Definition] = []
    for pattern in node.children_by_field_name("name"):
        name = pattern.child_by_field_name("bound_identifier")
        if name is None:
            continue
        flags = modifiers.flags
        if word == "required":
            flags |= SymbolFlag.ABSTRACT
        if word == "value":
            kind = SymbolKind.CONSTANT if constant else SymbolKind.VARIABLE
        elif body is not None:
            kind = SymbolKind.PROPERTY
        elif constant and flags & SymbolFlag.STATIC:
            kind = SymbolKind.CONSTANT
        else:
            kind = SymbolKind.FIELD
        found.append(Definition(kind, name, node, body, flags=flags, head=modifiers.head))
    return found


def _imports(node: Node, text: bytes) -> Iterator[Import]:
    """`import Module`, and `import struct Module.Type`."""
    path = _child(node, "identifier")
    if path is None:
        return
    span = Span(*node.byte_range)
    names = path.named_children
    kind = _child(node, "struct", "class", "enum", "protocol", "func", "var", "let", "typealias")
    if kind is not None and len(names) > 1:
        module = ".".join(spelled(one, text) for one in names[:-1])
        name = spelled(names[-1], text)
        yield Import(span, module, name, name, 0, Span(*names[-1].byte_range))
        return
    yield Import(span, spelled(path, text), "*", "", 0, Span(*path.byte_range))


# -- types ---------------------------------------------------------------------------------------


def _type_name(node: Node | None) -> Node | None:
    for _ in range(4):
        if node is None:
            return None
        if node.type == "user_type":
            names = [one for one in node.named_children if one.type == "type_identifier"]
            return names[-1] if names else None
        if node.type not in ("optional_type", "type_annotation", "opaque_type", "existential_type"):
            return None
        node = first_named(node)
    return None


def _made(node: Node | None) -> Node | None:
    """The name of the type or function whose call a value is."""
    for _ in range(4):
        if node is None:
            return None
        if node.type in ("try_expression", "await_expression"):
            node = last_named(node)
            continue
        if node.type == "as_expression":
            return _type_name(last_named(node))
        break
    if node is None or node.type != "call_expression":
        return None
    callee = first_named(node)
    if callee is not None and callee.type == "navigation_expression":
        suffix = callee.child_by_field_name("suffix")
        callee = suffix.child_by_field_name("suffix") if suffix is not None else None
    return callee if callee is not None and callee.type == "simple_identifier" else None


def _item_name(node: Node | None, text: bytes) -> Node | None:
    """The identifier of what a collection's type holds: `[B]`, `Set<B>` -> B."""
    for _ in range(4):
        if node is None or node.type not in ("optional_type", "type_annotation"):
            break
        node = first_named(node)
    if node is None:
        return None
    if node.type == "array_type":
        return _type_name(first_named(node))
    name = _type_name(node)
    if name is None or text[name.start_byte : name.end_byte] not in _COLLECTIONS:
        return None
    return _type_name(first_named(_child(node, "type_arguments")))


_COLLECTIONS = frozenset({b"Array", b"ArraySlice", b"Set", b"Sequence", b"Collection"})

_Types = Iterator[tuple[int, int] | tuple[int, int, int, int]]


def _typed(node: Node, text: bytes) -> _Types:
    kind = node.type
    names = node.children_by_field_name("name")
    if kind.endswith("property_declaration"):
        annotation = _child(node, "type_annotation")
        for pattern in names:
            name = pattern.child_by_field_name("bound_identifier")
            yield from _declared(name, annotation, node.child_by_field_name("value"), text)
    elif kind in ("if_statement", "guard_statement", "while_statement"):
        yield from _bound(node)
    elif kind == "for_statement":
        item = node.child_by_field_name("item")
        name = item.child_by_field_name("bound_identifier") if item is not None else None
        over = _last_name(node.child_by_field_name("collection"))
        if name is not None and over is not None:
            yield name.start_byte, over.start_byte, -1, 0
    elif kind == "navigation_expression":
        suffix = node.child_by_field_name("suffix")
        name = suffix.child_by_field_name("suffix") if suffix is not None else None
        target = node.child_by_field_name("target")
        for _ in range(4):
            if target is None or target.type != "tuple_expression" or target.named_child_count != 1:
                break
            target = first_named(target)
        value = _made(target)
        if name is not None and name.type == "simple_identifier" and value is not None:
            yield name.start_byte, value.start_byte
    elif kind == "value_argument":
        label = first_named(_child(node, "value_argument_label"))
        called = node.parent
        for _ in range(2):
            called = called.parent if called is not None else None
        value = _made(called)
        if label is not None and value is not None:
            yield label.start_byte, value.start_byte
    elif kind == "type_parameter":
        name, bound = _child(node, "type_identifier"), _type_name(_child(node, "user_type"))
        if name is not None and bound is not None:
            yield name.start_byte, bound.start_byte
    elif len(names) > 1:
        yield from _declared(names[0], names[-1], None, text)


def _declared(name: Node | None, declared: Node | None, made: Node | None, text: bytes) -> _Types:
    """A name by the type that it is declared with, else by its value."""
    value = _type_name(declared) if declared is not None else _made(made)
    if name is None:
        return
    if value is not None:
        yield name.start_byte, value.start_byte
        implied = made.child_by_field_name("target") if made is not None else None
        if made is not None and made.type == "prefix_expression" and implied is not None:
            # `let coin: Coin = .one`
            yield implied.start_byte, value.start_byte
    item = _item_name(declared, text)
    if item is not None:
        yield name.start_byte, item.start_byte, 1, 0


def _bound(node: Node) -> _Types:
    """`if let a = f()`: the names that conditions bind, each by the value behind it."""
    name: Node | None = None
    for at, child in enumerate(node.children):
        field = node.field_name_for_child(at)
        if field == "bound_identifier":
            name = child
        elif field == "condition" and name is not None and child.is_named:
            made = _made(child)
            last = _last_name(child)
            if made is not None:
                yield name.start_byte, made.start_byte
            elif last is not None:
                yield name.start_byte, last.start_byte, AS_IT_IS, 0
            name = None


def _last_name(node: Node | None) -> Node | None:
    """The name that an expression ends with: `a`, `a.b`, `a.b(c)`."""
    if node is not None and node.type == "call_expression":
        return _made(node)
    if node is not None and node.type == "navigation_expression":
        suffix = node.child_by_field_name("suffix")
        node = suffix.child_by_field_name("suffix") if suffix is not None else None
    return node if node is not None and node.type == "simple_identifier" else None


# -- signatures and calls ------------------------------------------------------------------------

_CALLABLES = (
    "function_declaration",
    "init_declaration",
    "subscript_declaration",
    "protocol_function_declaration",
)


def _signature(header: str) -> Signature:
    from pairwright_analyzers.syntax import descendants, parse

    if "(" not in header:
        return Signature(())
    text = f"class X {{\n{header} {{}}\n}}\n".encode()
    for node in descendants(parse(SWIFT, text).root):
        if node.type in _CALLABLES:
            return _signature_of(node, text)
    return Signature(())


def _signature_of(node: Node, text: bytes) -> Signature:
    found: list[Parameter] = []
    returns = ""
    defaulted = False
    for child in node.children:
        if child.type == "parameter":
            names = child.children_by_field_name("name")
            label = spelled(child.child_by_field_name("external_name"), text)
            name = spelled(names[0] if names else None, text)
            declared = spelled(names[-1] if len(names) > 1 else None, text)
            many = text[child.start_byte : child.end_byte].rstrip().endswith(b"...")
            kind = ParameterKind.POSITIONAL_ONLY if label == "_" else ParameterKind.POSITIONAL
            if many:
                kind = ParameterKind.VARIADIC
            shown = label if label and label != "_" else name
            found.append(Parameter(shown, kind, declared, "", many))
        elif child.type == "...":
            last = found[-1] if found else Parameter("")
            found[-1:] = [Parameter(last.name, ParameterKind.VARIADIC, last.annotation, "", True)]
        elif child.type == "=":
            defaulted = True
        elif child.is_named and defaulted and found:
            last = found[-1]
            default = spelled(child, text)
            found[-1] = Parameter(last.name, last.kind, last.annotation, default, True)
            defaulted = False
        elif child.type == "->":
            returns = "?"
        elif returns == "?" and child.is_named:
            returns = spelled(child, text)
    return Signature(tuple(found), "" if returns == "?" else returns)


def _call(node: Node, text: bytes) -> Call | None:
    if node.type != "call_expression":
        return None
    callee, suffix = first_named(node), _child(node, "call_suffix")
    if callee is None or suffix is None:
        return None
    group = _child(suffix, "value_arguments")
    arguments: list[Argument] = []
    for child in group.named_children if group is not None else ():
        if child.type != "value_argument":
            continue
        value = child.child_by_field_name("value") or child
        label = spelled(child.child_by_field_name("name"), text)
        arguments.append(Argument(Span(*child.byte_range), Span(*value.byte_range), label))
    arguments.extend(
        Argument(Span(*child.byte_range), Span(*child.byte_range))
        for child in suffix.named_children
        if child.type == "lambda_literal"
    )
    listed = group or suffix
    return Call(
        Span(*node.byte_range),
        Span(*callee.byte_range),
        Span(*listed.byte_range),
        tuple(arguments),
    )


SWIFT = LanguageSpec(
    id="swift",
    name="Swift",
    extensions=(".swift",),
    interpreters=("swift",),
    grammar=_grammar,
    package="pairwright_analyzers.languages.swift",
    define=_define,
    imports=_imports,
    typed=_typed,
    signature=_signature,
    call=_call,
    habits=Habits(
        calls=("call_expression",), prints=frozenset({"print", "debugPrint", "dump", "NSLog"})
    ),
    line_comment="//",
    block_comment=("/*", "*/"),
    resolver="swift",
    implicit_receiver=True,
    receivers=frozenset({"self", "Self"}),
    constructor_names=frozenset({"init"}),
    arguments=ArgumentRules(keywords=True, overloads=True, exact_overrides=True),
    builtins=frozenset(_PREDECLARED.split()),
    test_paths=(r"(^|/)\w*Tests?/", r"(?:Tests?|Spec)\.swift$"),
    shapes=SHAPES,
)
