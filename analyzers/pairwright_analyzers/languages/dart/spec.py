"""Dart: types with their members, top-level functions and variables, tests and directives.

A signature and its body stand side by side in the tree, as annotations do before what they
annotate: members are read in one pass over a body, top-level definitions in one pass over the file.
An extension is an IMPLEMENTATION, a nameless one called as the type it extends. A named constructor
has its own name (`Cart.empty`), any other that of the type.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.nodes import first_named, spelled
from pairwright_analyzers.languages.plain import no_call, no_signature, no_types
from pairwright_analyzers.languages.spec import Definition, LanguageSpec
from pairwright_analyzers.types import Import, Span, SymbolFlag, SymbolKind

if TYPE_CHECKING:
    from tree_sitter import Node

_TYPES = {
    "class_definition": SymbolKind.CLASS,
    "mixin_declaration": SymbolKind.CLASS,
    "enum_declaration": SymbolKind.ENUM,
    "extension_declaration": SymbolKind.IMPLEMENTATION,
    "extension_type_declaration": SymbolKind.CLASS,
}
_ALONE = frozenset(
    {
        *_TYPES,
        "type_alias",
        "enum_constant",
        "import_or_export",
        "library_name",
        "part_directive",
        "part_of_directive",
    }
)
"""Nodes that no `;` of their parent ends."""

_ENDS = frozenset({";", "function_body", "{", "}"})
_BODIES = ("class_body", "extension_body", "enum_body")
_CONSTRUCTORS = frozenset(
    {
        "constructor_signature",
        "constant_constructor_signature",
        "factory_constructor_signature",
        "redirecting_factory_constructor_signature",
    }
)
_CALLABLES = frozenset(
    {"function_signature", "getter_signature", "setter_signature", "operator_signature"}
)
_LISTS = frozenset(
    {"static_final_declaration_list", "initialized_identifier_list", "identifier_list"}
)
_COMMENTS = frozenset({"comment", "documentation_comment"})
_INERT = frozenset(
    b"deprecated Deprecated immutable internal mustCallSuper nonVirtual optionalTypeArgs override"
    b" pragma protected sealed visibleForTesting".split()
)
_TESTS = frozenset({b"test", b"group", b"testWidgets"})
_MAX_NESTING = 16
"""How deep unreadable source, and types that it puts into types, are entered."""
_NEAR = 8
"""A body stands within so many nodes behind its signature."""

_BUILTINS = (
    *("bool", "double", "dynamic", "int", "num", "void", "Never", "Null", "Object", "String"),
    *("BigInt", "Comparable", "DateTime", "Duration", "Enum", "Function", "Future", "FutureOr"),
    *("Iterable", "Iterator", "List", "Map", "MapEntry", "Pattern", "RegExp", "Match", "Record"),
    *("Runes", "Set", "Sink", "StackTrace", "Stopwatch", "Stream", "StringBuffer", "StringSink"),
    *("Symbol", "Type", "Uri", "ArgumentError", "AssertionError", "Error", "Exception"),
    *("FormatException", "IndexError", "RangeError", "StateError", "TypeError"),
    *("UnimplementedError", "UnsupportedError", "deprecated", "identical", "override", "print"),
)


def _grammar() -> object:
    import tree_sitter_dart

    return tree_sitter_dart.language()


def _top_level(root: Node) -> Iterator[tuple[str, Node]]:
    yield "file", root


def _define(word: str, node: Node, text: bytes) -> Definition | list[Definition] | None:
    if word == "file":
        return list(_members(node, text))
    if word == "local":
        return _local(node, text)
    name = first_named(node)
    if name is None or text[name.start_byte : name.end_byte] not in _TESTS:
        return None
    title = next((one for one in _arguments(node) if one.type == "string_literal"), None)
    closure = next((one for one in _arguments(node) if one.type == "function_expression"), None)
    if title is None or closure is None:
        return None
    label = spelled(title, text).strip("'\"") or '""'
    return Definition(SymbolKind.TEST, title, node, closure, flags=SymbolFlag.TEST, label=label)


def _arguments(node: Node) -> Iterator[Node]:
    """The positional arguments of a statement that is one call."""
    selector = node.named_child(1) if node.named_child_count > 1 else None
    held = first_named(first_named(selector))
    for argument in held.named_children if held is not None else ():
        value = first_named(argument)
        if argument.type == "argument" and value is not None:
            yield value


def _local(node: Node, text: bytes) -> Definition | None:
    function = first_named(node)
    head = function.child_by_field_name("parameters") if function is not None else None
    name = head.child_by_field_name("name") if head is not None else None
    body = function.child_by_field_name("body") if function is not None else None
    if name is None:
        return None
    return Definition(SymbolKind.FUNCTION, name, node, body, flags=_body_flags(body, text))


def _child(node: Node | None, *types: str) -> Node | None:
    if node is None:
        return None
    return next((one for one in node.named_children if one.type in types), None)


# -- members -------------------------------------------------------------------------------------


def _runs(node: Node) -> Iterator[list[Node]]:
    """A body's children, or a file's, by what belongs together: annotations, words and a signature
    with its body or `;`.
    """
    run: list[Node] = []
    for child in _flat(node, 0):
        kind = child.type
        if kind in _COMMENTS:
            if run:
                run.append(child)
            continue
        if kind not in "{},":
            run.append(child)
        if kind in _ALONE or kind in _ENDS:
            yield run
            run = []
    yield run


def _flat(node: Node, depth: int) -> Iterator[Node]:
    """The children, those of unreadable parts in their place."""
    for child in node.children:
        if child.type == "ERROR" and depth < _MAX_NESTING:
            yield from _flat(child, depth + 1)
        else:
            yield child


def _members(node: Node, text: bytes, depth: int = 0) -> Iterator[Definition]:
    """What a file (or, at a `depth`, a type's body) defines."""
    for run in _runs(node):
        flags, head, doc = _annotations(run, text)
        if head is None:
            continue
        start = run[0].start_byte
        for found in _described(run, flags, text, depth > 0):
            span = (start, max(found.extent.end_byte, run[-1].end_byte))
            inner = found.kind is SymbolKind.ENUM_MEMBER or found.kind is SymbolKind.TYPE
            yield found._replace(
                span=(start, found.extent.end_byte) if inner else span, head=head, doc=doc
            )
            body = found.body
            if body is not None and body.type in _BODIES and depth < _MAX_NESTING:
                yield from _members(body, text, depth + 1)
            if found.extent.type == "extension_type_declaration":
                held = found.extent.child_by_field_name("representation")
                name = held.child_by_field_name("name") if held is not None else None
                if name is not None and held is not None:
                    kind = SymbolKind.FIELD
                    yield Definition(kind, name, held, flags=_shown(name, text))


def _annotations(run: list[Node], text: bytes) -> tuple[SymbolFlag, Node | None, Node | None]:
    """What the annotations of a definition say, its first node behind them, and documentation that
    stands between the two.
    """
    flags, doc = SymbolFlag.NONE, None
    for node in run:
        if node.type == "documentation_comment":
            doc = node
        elif node.type == "annotation":
            flags |= _annotation(node, text)
        elif node.type not in _COMMENTS:
            if node.type not in _TYPES and node.type != "enum_constant":
                return flags, node, doc
            for child in node.children:
                if child.type != "annotation":
                    return flags, child, doc
                flags |= _annotation(child, text)
    return flags, None, doc


def _annotation(node: Node, text: bytes) -> SymbolFlag:
    spelling = text[node.start_byte + 1 : node.end_byte].partition(b"(")[0]
    word = spelling.rpartition(b".")[2].strip()
    if word == b"override":
        return SymbolFlag.OVERRIDE
    if word in (b"deprecated", b"Deprecated"):
        return SymbolFlag.DEPRECATED
    return SymbolFlag.NONE if word in _INERT else SymbolFlag.DECORATED


def _shown(name: Node, text: bytes) -> SymbolFlag:
    if text.startswith(b"_", name.start_byte):
        return SymbolFlag.PRIVATE
    return SymbolFlag.EXPORTED


def _body_flags(body: Node | None, text: bytes) -> SymbolFlag:
    if body is None:
        return SymbolFlag.NONE
    flags = SymbolFlag.NONE
    if text.startswith(b"async", body.start_byte):
        flags |= SymbolFlag.ASYNC
    if text.startswith((b"async*", b"sync*"), body.start_byte):
        flags |= SymbolFlag.GENERATOR
    return flags


def _described(
    run: list[Node], flags: SymbolFlag, text: bytes, inside: bool
) -> Iterator[Definition]:
    """The definitions of a run; one of variables may have several."""
    words: set[bytes] = set()
    for at, node in enumerate(run):
        kind = node.type
        if kind in _TYPES:
            yield from _type(node, flags, text)
        elif kind == "type_alias":
            yield from _alias(node, flags, text)
        elif kind == "enum_constant":
            name = node.child_by_field_name("name")
            if name is not None:
                yield Definition(
                    SymbolKind.ENUM_MEMBER, name, node, flags=flags | _shown(name, text)
                )
        elif kind in _CALLABLES or kind in _LISTS:
            yield from _declared(node, run[at + 1 : at + _NEAR], words, flags, text, inside)
        elif kind in ("declaration", "method_signature"):
            inner_words = set(words)
            for part in node.children:
                if part.type in _CALLABLES or part.type in _CONSTRUCTORS or part.type in _LISTS:
                    rest = run[at + 1 : at + _NEAR]
                    yield from _declared(part, rest, inner_words, flags, text, inside, node)
                    break
                inner_words.add(text[part.start_byte : part.end_byte])
        elif node.end_byte - node.start_byte < 16:
            words.add(text[node.start_byte : node.end_byte])


def _declared(
    node: Node,
    rest: list[Node],
    words: set[bytes],
    flags: SymbolFlag,
    text: bytes,
    inside: bool,
    extent: Node | None = None,
) -> Iterator[Definition]:
    """A function, accessor, operator, constructor, or some variables."""
    extent = extent or node
    if inside and b"static" in words:
        flags |= SymbolFlag.STATIC
    if node.type in _LISTS:
        yield from _variables(node, extent, words, flags, text, inside)
        return
    body = next((one for one in rest if one.type == "function_body"), None)
    flags |= _body_flags(body, text)
    label = ""
    if node.type in _CONSTRUCTORS:
        names = [one for one in node.children if one.type == "identifier"]
        name = names[-1] if names else None
        kind = SymbolKind.CONSTRUCTOR
    elif node.type == "operator_signature":
        name = next((one for one in node.children if one.type == "operator"), None)
        spelling = (
            "" if name is None else text[name.end_byte : node.end_byte].decode("utf-8", "replace")
        )
        label = f"operator {spelling.partition('(')[0].strip()}"
        kind = SymbolKind.METHOD
    else:
        name = node.child_by_field_name("name")
        kind = SymbolKind.METHOD if inside else SymbolKind.FUNCTION
        if node.type != "function_signature":
            kind = SymbolKind.PROPERTY
            flags |= SymbolFlag.PROPERTY
    if name is None:
        return
    if body is None and kind is not SymbolKind.CONSTRUCTOR:
        flags |= SymbolFlag.ABSTRACT
    flags |= SymbolFlag.EXPORTED if label else _shown(name, text)
    yield Definition(kind, name, extent, body, flags=flags, label=label)


def _variables(
    node: Node, extent: Node, words: set[bytes], flags: SymbolFlag, text: bytes, inside: bool
) -> Iterator[Definition]:
    kind = SymbolKind.FIELD if inside else SymbolKind.VARIABLE
    if b"const" in words:
        kind = SymbolKind.CONSTANT
    for one in node.named_children:
        name = one if one.type == "identifier" else first_named(one)
        if name is not None and name.type == "identifier":
            yield Definition(kind, name, extent, flags=flags | _shown(name, text))


def _type(node: Node, flags: SymbolFlag, text: bytes) -> Iterator[Definition]:
    kind = _TYPES[node.type]
    name = node.child_by_field_name("name") or _child(node, "identifier")
    body = node.child_by_field_name("body") or _child(node, *_BODIES)
    label = ""
    if node.type == "class_definition":
        if name is None:
            name = _child(_child(node, "mixin_application_class"), "identifier")
        words = {child.type for child in node.children}
        if "abstract" in words or "sealed" in words:
            flags |= SymbolFlag.ABSTRACT
        if "interface" in words and "abstract" in words:
            kind = SymbolKind.INTERFACE
    elif node.type == "extension_declaration" and name is None:
        name = node.child_by_field_name("class")
        label = spelled(name, text)
    if name is not None and name.start_byte < name.end_byte:
        yield Definition(kind, name, node, body, flags=flags | _shown(name, text), label=label)


def _alias(node: Node, flags: SymbolFlag, text: bytes) -> Iterator[Definition]:
    """`typedef Name = …`, and the older `typedef Result Name(…)`."""
    name: Node | None = None
    for child in node.children:
        if child.type == "type_identifier":
            name = child
        if child.type in ("=", "formal_parameter_list"):
            break
    if name is not None:
        yield Definition(SymbolKind.TYPE, name, node, flags=flags | _shown(name, text))


# -- directives ----------------------------------------------------------------------------------


def _imports(node: Node, text: bytes) -> Iterator[Import]:
    span = Span(*node.byte_range)
    exports = False
    held: Node | None = node
    if node.type == "import_or_export":
        held = first_named(node)
        if held is not None and held.type == "library_export":
            exports = True
        elif held is not None:
            held = _child(held, "import_specification")
    if held is None:
        return
    uri = _child(held, "configurable_uri", "uri", "dotted_identifier_list")
    while uri is not None and uri.type in ("configurable_uri", "uri"):
        uri = first_named(uri)
    module = spelled(uri, text).strip("'\"")
    if uri is None or not module:
        return
    place = Span(*uri.byte_range)
    prefix = spelled(_child(held, "identifier"), text)
    shown = [
        name
        for part in held.named_children
        if part.type == "combinator" and text.startswith(b"show", part.start_byte)
        for name in part.named_children
    ]
    if prefix:
        yield Import(span, module, "", prefix, 0, place)
        return
    for one in shown:
        name = spelled(one, text)
        yield Import(span, module, name, name, 0, Span(*one.byte_range), exports)
    if not shown:
        yield Import(span, module, "*", "", 0, place, exports)


DART = LanguageSpec(
    id="dart",
    name="Dart",
    extensions=(".dart",),
    interpreters=("dart",),
    grammar=_grammar,
    package="pairwright_analyzers.languages.dart",
    define=_define,
    imports=_imports,
    typed=no_types,
    signature=no_signature,
    call=no_call,
    first_class=False,
    line_comment="//",
    block_comment=("/*", "*/"),
    top_level=_top_level,
    dotted_members=True,
    implicit_receiver=True,
    builtins=frozenset(_BUILTINS),
    test_paths=(r"(^|/)(test|integration_test)/", r"_test\.dart$"),
)
