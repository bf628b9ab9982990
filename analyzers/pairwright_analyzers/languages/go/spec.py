"""Go: what its syntax tree means. The only place that knows it.

A method's `owner` is its receiver's type; the package clause is a MODULE symbol; embedded types are
inherited from.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.go.habits import HABITS
from pairwright_analyzers.languages.go.imports import IMPORTS
from pairwright_analyzers.languages.go.shapes import SHAPES
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


# -- types ---------------------------------------------------------------------------------------

_Origin = tuple[int, int, int]
"""What says a type: (offset of a name, items, result), as in `Typing`."""
_Row = tuple[int, int, int, int]

_COLLECTIONS = {
    "slice_type": "element",
    "array_type": "element",
    "implicit_length_array_type": "element",
    "map_type": "value",
    "channel_type": "value",
}
_NAMELESS_TYPES = frozenset({"struct_type", "function_type"})
_NAMELESS = frozenset(
    {
        "func_literal",
        "int_literal",
        "float_literal",
        "rune_literal",
        "interpreted_string_literal",
        "raw_string_literal",
        "true",
        "false",
    }
)
"""Expressions whose types have no members in any workspace."""


def _shape(node: Node | None, name: int) -> _Origin | None:
    """What says a type as written; `name` stands for one that has no name."""
    items = 0
    for _ in range(8):
        if node is None:
            return None
        inner = _COLLECTIONS.get(node.type)
        if inner is not None:
            items += 1
            node = node.child_by_field_name(inner)
        elif node.type in ("pointer_type", "parenthesized_type"):
            node = first_named(node)
        elif node.type in _NAMELESS_TYPES:
            return name, items, 0
        else:
            found = _type_name(node)
            return (found.start_byte, items, 0) if found is not None else None
    return None


def _origin(node: Node | None, name: int, text: bytes) -> _Origin | None:
    """What says the type of an expression: a literal's or an assertion's type, the called function,
    or the name it is read from.
    """
    items = 0
    found: _Origin | None = None
    for _ in range(12):
        if node is None:
            return None
        kind = node.type
        if kind in ("identifier", "selector_expression"):
            field = node.child_by_field_name("field") if kind == "selector_expression" else node
            found = (field.start_byte, 0, 0) if field is not None else None
            break
        if kind in _NAMELESS:
            found = name, 0, 0
            break
        if kind in ("composite_literal", "type_assertion_expression"):
            found = _shape(node.child_by_field_name("type"), name)
            break
        if kind == "type_conversion_expression":
            # A generic function called with one argument reads the same.
            found = _shape(node.child_by_field_name("type"), name)
            break
        if kind == "unary_expression":
            operator = node.child(0)
            items -= operator is not None and operator.type == "<-"
            node = node.child_by_field_name("operand")
        elif kind in ("slice_expression", "index_expression"):
            items -= kind == "index_expression"
            node = node.child_by_field_name("operand")
        elif kind == "parenthesized_expression":
            node = first_named(node)
        elif kind == "call_expression":
            callee = node.child_by_field_name("function")
            arguments = node.child_by_field_name("arguments")
            word = text[callee.start_byte : callee.end_byte] if callee is not None else b""
            if word in (b"new", b"make"):
                found = _shape(first_named(arguments), name)
                break
            if word == b"append":
                node = first_named(arguments)
                continue
            callee = _callee(callee)
            found = (callee.start_byte, 0, 0) if callee is not None else None
            break
        else:
            return None
    return (found[0], found[1] + items, found[2]) if found is not None else None


def _callee(node: Node | None) -> Node | None:
    """The name of what is called."""
    for _ in range(4):
        if node is None:
            return None
        if node.type == "selector_expression":
            return node.child_by_field_name("field")
        if node.type == "identifier":
            return node
        if node.type == "index_expression":
            node = node.child_by_field_name("operand")
        elif node.type == "type_instantiation_expression":
            return _type_name(first_named(node))
        elif node.type == "parenthesized_expression":
            node = first_named(node)
        else:
            return None
    return None


def _typed(node: Node, text: bytes) -> Iterator[_Row]:
    kind = node.type
    if kind in ("function_declaration", "method_declaration", "method_elem"):
        name = node.child_by_field_name("name")
        if name is not None:
            yield from _results(name.start_byte, node.child_by_field_name("result"))
    elif kind in ("short_var_declaration", "receive_statement"):
        left = node.child_by_field_name("left")
        names = left.named_children if left is not None else []
        yield from _valued(names, node.child_by_field_name("right"), text)
    elif kind == "range_clause":
        yield from _ranged(node, text)
    elif kind == "type_switch_statement":
        yield from _switched(node, text)
    elif kind == "composite_literal":
        yield from _keyed(node)
    elif kind == "selector_expression":
        yield from _behind_expression(node, text)
    elif kind in ("type_alias", "type_spec"):
        yield from _named_type(node)
    else:
        names = [name for name in node.children_by_field_name("name") if name.is_named]
        declared = node.child_by_field_name("type")
        if declared is None:
            yield from _valued(names, node.child_by_field_name("value"), text)
        for name in names if declared is not None else ():
            found = _shape(declared, name.start_byte)
            if found is not None:
                at, items, result = found
                items += kind == "variadic_parameter_declaration"
                yield name.start_byte, at, items, result


def _results(name: int, node: Node | None) -> Iterator[_Row]:
    """The types of a function's results, as declared by its name."""
    if node is None:
        return
    if node.type != "parameter_list":
        found = _shape(node, name)
        if found is not None:
            yield name, found[0], found[1], 0
        return
    at = 0
    for one in node.named_children:
        if one.type != "parameter_declaration":
            continue
        found = _shape(one.child_by_field_name("type"), name)
        for _ in one.children_by_field_name("name") or (one,):
            if found is not None:
                yield name, found[0], found[1], at
            at += 1


def _valued(names: list[Node], values: Node | None, text: bytes) -> Iterator[_Row]:
    made = values.named_children if values is not None else []
    if values is not None and values.type != "expression_list":
        made = [values]
    one_call = len(names) > 1 and len(made) == 1
    for index, name in enumerate(names):
        if name.type != "identifier" or _blank(name, text):
            continue
        value = made[0] if one_call else made[index] if index < len(made) else None
        if value is not None and value.type == "func_literal":
            yield from _results(name.start_byte, value.child_by_field_name("result"))
            continue
        found = _origin(value, name.start_byte, text)
        if found is None:
            continue
        at, items, result = found
        if one_call and value is not None and value.type == "call_expression":
            yield name.start_byte, at, items, index
        elif index == 0 or not one_call:
            yield name.start_byte, at, items, result


def _ranged(node: Node, text: bytes) -> Iterator[_Row]:
    """The last variable of a loop holds the items."""
    left = node.child_by_field_name("left")
    names = left.named_children if left is not None else []
    if not names or names[-1].type != "identifier" or _blank(names[-1], text):
        return
    name = names[-1].start_byte
    found = _origin(node.child_by_field_name("right"), name, text)
    if found is not None:
        yield name, found[0], found[1] - 1, found[2]


def _switched(node: Node, text: bytes) -> Iterator[_Row]:
    """A type switch's variable has the type of the case around it, wherever it is read there."""
    alias = first_named(node.child_by_field_name("alias"))
    if alias is None:
        return
    name = text[alias.start_byte : alias.end_byte]
    for case in node.named_children:
        if case.type != "type_case":
            continue
        types = [one for one in case.children_by_field_name("type") if one.is_named]
        origins = [_shape(one, alias.start_byte) for one in types]
        waiting = [one for one in case.named_children if one not in types]
        while waiting:
            one = waiting.pop()
            waiting.extend(one.named_children)
            if one.type == "identifier" and text[one.start_byte : one.end_byte] == name:
                for found in origins:
                    if found is not None and found[0] != alias.start_byte:
                        yield one.start_byte, *found


def _keyed(node: Node) -> Iterator[_Row]:
    """The keys of a literal are fields of its type, or of its items' type."""
    kind = node.child_by_field_name("type")
    body = node.child_by_field_name("body")
    found = _shape(kind, node.end_byte)
    if body is None or found is None or found[0] == node.end_byte:
        return
    bodies = [body]
    for _ in range(found[1]):
        bodies = [inner for one in bodies for inner in _elements(one)]
    for one in bodies:
        for element in one.named_children:
            key = first_named(element.child_by_field_name("key"))
            if element.type == "keyed_element" and key is not None and key.type == "identifier":
                yield key.start_byte, found[0], 0, 0


def _elements(body: Node) -> Iterator[Node]:
    """The elements of a literal that leave their type out."""
    for one in body.named_children:
        element = one.child_by_field_name("value") if one.type == "keyed_element" else one
        inner = first_named(element)
        if inner is not None and inner.type == "literal_value":
            yield inner


def _behind_expression(node: Node, text: bytes) -> Iterator[_Row]:
    """A member of anything but a name is told what it is a member of."""
    operand = node.child_by_field_name("operand")
    field = node.child_by_field_name("field")
    if operand is None or field is None or operand.type in ("identifier", "selector_expression"):
        return
    found = _origin(operand, field.start_byte, text)
    if found is not None:
        yield field.start_byte, *found


def _named_type(node: Node) -> Iterator[_Row]:
    """What an alias stands for, and the items of a type that is a collection."""
    name = node.child_by_field_name("name")
    declared = node.child_by_field_name("type")
    if name is None or declared is None or declared.type in _NAMELESS_TYPES:
        return
    found = _shape(declared, name.start_byte)
    if found is not None and (node.type == "type_alias" or found[1]):
        yield name.start_byte, *found


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
    shapes=SHAPES,
    import_style=IMPORTS,
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
