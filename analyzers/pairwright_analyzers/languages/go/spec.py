"""Go: what its syntax tree means. The only place that knows it.

A method's `owner` is its receiver's type; the package clause is a MODULE symbol; embedded types are
inherited from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.go.habits import HABITS
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

_TEST = re.compile(rb"(?:Test|Benchmark|Example|Fuzz)(?![a-z])")
_LINE = re.compile(rb"[ \t]*//")
_VERSION = re.compile(r"v\d+")
_VERSION_SUFFIX = re.compile(r"\.v\d+$")
_NOT_NAME = re.compile(r"\W+")


_PREDECLARED = """
any append bool byte cap clear close comparable complex complex128 complex64 copy delete error
false float32 float64 imag int int16 int32 int64 int8 iota len make max min new nil panic print
println real recover rune string true uint uint16 uint32 uint64 uint8 uintptr
"""


def _grammar() -> object:
    import tree_sitter_go

    return tree_sitter_go.language()


def _define(word: str, node: Node, text: bytes) -> Definition | list[Definition] | None:
    if word == "function":
        return _function(node, text)
    if word == "method":
        return _method(node, text)
    if word == "field":
        return _fields(node, text)
    if word == "interface_method":
        name = node.child_by_field_name("name")
        if name is None:
            return None
        flags = _visibility(name, node, text) | SymbolFlag.ABSTRACT
        return Definition(SymbolKind.METHOD, name, node, flags=flags)
    if word == "type":
        return _types(node, text)
    if word == "package":
        package = first_named(node)
        if package is None or package.type != "package_identifier":
            return None
        return Definition(SymbolKind.MODULE, package, node, flags=SymbolFlag.EXPORTED)
    kind = SymbolKind.CONSTANT if word == "const" else SymbolKind.VARIABLE
    return _values(kind, node, text)


def _visibility(name: Node, extent: Node, text: bytes) -> SymbolFlag:
    """EXPORTED by a capital; DEPRECATED by a paragraph of the comment above that says so."""
    flags = SymbolFlag.NONE
    if text[name.start_byte : name.end_byte].decode("utf-8", "replace")[:1].isupper():
        flags = SymbolFlag.EXPORTED
    start = extent.start_byte
    if text.rfind(b"Deprecated:", max(0, start - 2_000), start) >= 0:
        line = text.rfind(b"\n", 0, start)
        while line > 0:
            before = text.rfind(b"\n", 0, line)
            above = text[before + 1 : line]
            if not _LINE.match(above):
                break
            if b"Deprecated:" in above:
                return flags | SymbolFlag.DEPRECATED
            line = before
    return flags


def _blank(name: Node, text: bytes) -> bool:
    return text[name.start_byte : name.end_byte] == b"_"


def _function(node: Node, text: bytes) -> Definition | None:
    name = node.child_by_field_name("name")
    if name is None or _blank(name, text):
        return None
    flags = _visibility(name, node, text)
    if _TEST.match(text, name.start_byte, name.end_byte):
        flags |= SymbolFlag.TEST
    body = node.child_by_field_name("body")
    if body is None:
        # Written in assembly: there is a body, elsewhere.
        flags |= SymbolFlag.ABSTRACT
    return Definition(SymbolKind.FUNCTION, name, node, body, flags=flags)


def _method(node: Node, text: bytes) -> Definition | None:
    name = node.child_by_field_name("name")
    if name is None or _blank(name, text):
        return None
    flags = _visibility(name, node, text)
    if _TEST.match(text, name.start_byte, name.end_byte):
        flags |= SymbolFlag.TEST
    receiver = node.child_by_field_name("receiver")
    holder = first_named(receiver)
    kind = _type_name(holder.child_by_field_name("type")) if holder is not None else None
    owner = text[kind.start_byte : kind.end_byte].decode("utf-8", "replace") if kind else ""
    body = node.child_by_field_name("body")
    return Definition(SymbolKind.METHOD, name, node, body, owner, flags)


def _fields(node: Node, text: bytes) -> list[Definition]:
    return [
        Definition(SymbolKind.FIELD, name, node, flags=_visibility(name, node, text))
        for name in node.children_by_field_name("name")
        if not _blank(name, text)
    ]


def _grouped(node: Node, text: bytes) -> bool:
    """Whether a declaration has its specs in parentheses."""
    keyword = node.child(0) if node.child_count else None
    return keyword is not None and text[keyword.end_byte : node.end_byte].lstrip()[:1] == b"("


def _types(node: Node, text: bytes) -> list[Definition]:
    grouped = _grouped(node, text)
    found: list[Definition] = []
    for spec in node.named_children:
        name = spec.child_by_field_name("name")
        kind = spec.child_by_field_name("type")
        if spec.type not in ("type_spec", "type_alias") or name is None or _blank(name, text):
            continue
        extent = spec if grouped else node
        flags = _visibility(name, extent, text)
        symbol_kind, body = SymbolKind.TYPE, None
        if kind is not None and kind.type == "struct_type":
            symbol_kind, body = SymbolKind.STRUCT, first_named(kind)
        elif kind is not None and kind.type == "interface_type":
            symbol_kind, body = (
                SymbolKind.INTERFACE,
                kind.child(1) if kind.child_count > 1 else None,
            )
        found.append(Definition(symbol_kind, name, extent, body, flags=flags))
    return found


def _values(kind: SymbolKind, node: Node, text: bytes) -> list[Definition]:
    grouped = _grouped(node, text)
    specs = node.named_children
    if len(specs) == 1 and specs[0].type == "var_spec_list":
        specs = specs[0].named_children
    found: list[Definition] = []
    for spec in specs:
        if spec.type not in ("const_spec", "var_spec"):
            continue
        extent = spec if grouped else node
        for name in spec.children_by_field_name("name"):
            if name.type == "identifier" and not _blank(name, text):
                flags = _visibility(name, extent, text)
                found.append(Definition(kind, name, extent, flags=flags))
    return found


def _imports(node: Node, text: bytes) -> Iterator[Import]:
    specs = node.named_children
    if len(specs) == 1 and specs[0].type == "import_spec_list":
        specs = specs[0].named_children
    for spec in specs:
        path = spec.child_by_field_name("path") if spec.type == "import_spec" else None
        if path is None:
            continue
        module = text[path.start_byte : path.end_byte].decode("utf-8", "replace").strip('"`')
        name = spec.child_by_field_name("name")
        imported, alias = "", package_of(module)
        if name is not None:
            alias = text[name.start_byte : name.end_byte].decode("utf-8", "replace")
            if alias == ".":
                imported, alias = "*", ""
            elif alias == "_":
                alias = ""
        span = Span(*spec.byte_range)
        inside = first_named(path) or path
        yield Import(span, module, imported, alias, 0, Span(*inside.byte_range))


def package_of(path: str) -> str:
    """The package name that an import path most likely has: its last part, versions and the `go-`
    of repository names left out.
    """
    parts = [part for part in path.split("/") if part]
    if len(parts) > 1 and _VERSION.fullmatch(parts[-1]):
        parts.pop()
    last = _VERSION_SUFFIX.sub("", parts[-1]) if parts else ""
    if not last.isidentifier():
        last = last.removeprefix("go-").removesuffix("-go").removesuffix(".go")
        last = _NOT_NAME.sub("_", last)
    return last


def _type_name(node: Node | None) -> Node | None:
    """The identifier that names a type: `*T`, `T[K]`, `(T)` and `pkg.T` -> T; None for a type
    without a name.
    """
    for _ in range(8):
        if node is None:
            return None
        kind = node.type
        if kind == "type_identifier":
            return node
        if kind == "qualified_type":
            return node.child_by_field_name("name")
        if kind == "generic_type":
            node = node.child_by_field_name("type")
        elif kind in ("pointer_type", "parenthesized_type"):
            node = first_named(node)
        else:
            return None
    return None


def _result_name(node: Node | None) -> Node | None:
    """The name of the first result's type."""
    if node is not None and node.type == "parameter_list":
        first = first_named(node)
        return _type_name(first.child_by_field_name("type")) if first is not None else None
    return _type_name(node)


def _made(node: Node | None, text: bytes) -> Node | None:
    """The name that says a value's type: a literal's, an assertion's, or the called function's."""
    for _ in range(8):
        if node is None:
            return None
        kind = node.type
        if kind == "composite_literal":
            return _type_name(node.child_by_field_name("type"))
        if kind == "unary_expression":
            node = node.child_by_field_name("operand")
        elif kind == "parenthesized_expression":
            node = first_named(node)
        elif kind in ("type_assertion_expression", "type_conversion_expression"):
            return _type_name(node.child_by_field_name("type"))
        elif kind == "call_expression":
            callee = node.child_by_field_name("function")
            if callee is None:
                return None
            if callee.type == "selector_expression":
                return callee.child_by_field_name("field")
            if callee.type != "identifier":
                return None
            if text[callee.start_byte : callee.end_byte] not in (b"new", b"make"):
                return callee
            group = node.child_by_field_name("arguments")
            return _type_name(first_named(group)) if group is not None else None
        else:
            return None
    return None


def _typed(node: Node, text: bytes) -> Iterator[tuple[int, int]]:
    kind = node.type
    if kind in ("function_declaration", "method_declaration", "method_elem"):
        name = node.child_by_field_name("name")
        value = _result_name(node.child_by_field_name("result"))
        if name is not None and value is not None:
            yield name.start_byte, value.start_byte
        return
    if kind == "short_var_declaration":
        left = node.child_by_field_name("left")
        names = left.named_children if left is not None else []
        yield from _valued(names, node.child_by_field_name("right"), text)
        return
    names = node.children_by_field_name("name")
    declared = node.child_by_field_name("type")
    if declared is None:
        yield from _valued(names, node.child_by_field_name("value"), text)
        return
    value = _type_name(declared)
    if value is not None:
        for name in names:
            if name.is_named:
                yield name.start_byte, value.start_byte


def _valued(names: list[Node], values: Node | None, text: bytes) -> Iterator[tuple[int, int]]:
    made = values.named_children if values is not None else []
    for name, value in zip(names, made, strict=False):
        found = _made(value, text) if name.type == "identifier" else None
        if found is not None:
            yield name.start_byte, found.start_byte


def _signature(header: str) -> Signature:
    from pairwright_analyzers.syntax import parse

    header = header.strip()
    if header.startswith("func"):
        text = f"package p\n{header} {{}}\n".encode()
        wanted = ("function_declaration", "method_declaration")
        node = next(
            (one for one in parse(GO, text).root.named_children if one.type in wanted), None
        )
    else:
        text = f"package p\ntype i interface {{ {header} }}\n".encode()
        declaration = last_named(parse(GO, text).root)
        spec = first_named(declaration)
        kind = spec.child_by_field_name("type") if spec is not None else None
        node = first_named(kind)
        if node is not None and node.type != "method_elem":
            node = None
    if node is None:
        return Signature(())
    parameters: list[Parameter] = []
    receiver = node.child_by_field_name("receiver")
    if receiver is not None:
        parameters.extend(
            Parameter(one.name or "_", ParameterKind.RECEIVER, one.annotation)
            for one in _parameters(receiver, text)
        )
    parameters.extend(_parameters(node.child_by_field_name("parameters"), text))
    return Signature(tuple(parameters), spelled(node.child_by_field_name("result"), text))


def _parameters(group: Node | None, text: bytes) -> Iterator[Parameter]:
    for child in group.named_children if group is not None else ():
        annotation = spelled(child.child_by_field_name("type"), text)
        names = [one for one in child.children_by_field_name("name") if one.is_named]
        if child.type == "variadic_parameter_declaration":
            name = spelled(names[0], text) if names else ""
            yield Parameter(name, ParameterKind.VARIADIC, "..." + annotation, optional=True)
        elif child.type == "parameter_declaration":
            for name in [spelled(one, text) for one in names] or [""]:
                yield Parameter(name, ParameterKind.POSITIONAL, annotation)


def _call(node: Node, text: bytes) -> Call | None:
    if node.type == "type_conversion_expression":
        return _generic_call(node)
    if node.type != "call_expression":
        return None
    callee = node.child_by_field_name("function")
    group = node.child_by_field_name("arguments")
    if callee is None or group is None:
        return None
    arguments: list[Argument] = []
    for child in group.named_children:
        if child.type == "comment":
            continue
        span = Span(*child.byte_range)
        inner = first_named(child) if child.type == "variadic_argument" else None
        if inner is not None:
            arguments.append(Argument(span, Span(*inner.byte_range), spread=True))
        else:
            arguments.append(Argument(span, span))
    return Call(
        Span(*node.byte_range), Span(*callee.byte_range), Span(*group.byte_range), tuple(arguments)
    )


def _generic_call(node: Node) -> Call | None:
    """`f[int](x)`, which reads like the conversion of one value to a generic type."""
    callee = node.child_by_field_name("type")
    operand = node.child_by_field_name("operand")
    if callee is None or operand is None or callee.type != "generic_type":
        return None
    opening = next((child for child in node.children if child.type == "("), None)
    if opening is None:
        return None
    span = Span(*operand.byte_range)
    return Call(
        Span(*node.byte_range),
        Span(*callee.byte_range),
        Span(opening.start_byte, node.end_byte),
        (Argument(span, span),),
    )


GO = LanguageSpec(
    id="go",
    name="Go",
    extensions=(".go",),
    grammar=_grammar,
    package="pairwright_analyzers.languages.go",
    define=_define,
    imports=_imports,
    typed=_typed,
    signature=_signature,
    call=_call,
    habits=HABITS,
    line_comment="//",
    block_comment=("/*", "*/"),
    resolver="go",
    header_scope=True,
    receivers=frozenset(),
    super_words=frozenset(),
    arguments=ArgumentRules(exact_overrides=True),
    builtins=frozenset(_PREDECLARED.split()),
    test_paths=(r"_test\.go$", r"(^|/)testdata/"),
)
