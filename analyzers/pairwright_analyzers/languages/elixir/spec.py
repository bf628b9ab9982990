"""Elixir: what its syntax tree means. The only place that knows it.

A module is a NAMESPACE with its dotted name, a protocol an INTERFACE, `defimpl` an IMPLEMENTATION
named as the module it makes. The clauses of one function that stand together are one symbol. Module
attributes keep their `@`. Names in patterns are bound by `raw_names`, since a pattern nests.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.elixir.shapes import SHAPES
from pairwright_analyzers.languages.habits import Habits
from pairwright_analyzers.languages.nodes import first_named, spelled
from pairwright_analyzers.languages.plain import no_types
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

_FUNCTIONS = {
    b"def": SymbolKind.FUNCTION,
    b"defp": SymbolKind.FUNCTION,
    b"defdelegate": SymbolKind.FUNCTION,
    b"defmacro": SymbolKind.MACRO,
    b"defmacrop": SymbolKind.MACRO,
    b"defguard": SymbolKind.MACRO,
    b"defguardp": SymbolKind.MACRO,
}
_MODULES = {
    b"defmodule": SymbolKind.NAMESPACE,
    b"defprotocol": SymbolKind.INTERFACE,
    b"defimpl": SymbolKind.IMPLEMENTATION,
}
_RESERVED = frozenset(
    b"""doc moduledoc typedoc spec type typep opaque callback macrocallback impl behaviour
    enforce_keys derive before_compile after_compile on_load compile dialyzer deprecated
    external_resource optional_callbacks tag describetag moduletag since on_definition""".split()
)
_IMPORTS = frozenset({b"alias", b"import", b"require", b"use"})
_PATTERN_WORD = re.compile(
    rb'"(?:\\.|[^"\\])*"|~\w\S*|\\\\\s*[\w.]+|[:.@^&?%]\w+[?!]?|\w+[?!]?:(?!:)|::\s*\w+|'
    rb"(?P<name>[a-z_]\w*[?!]?)(?!\w|[({])|\w+"
)
_WORDS = frozenset(b"when do end fn and or not in nil true false _ __MODULE__ __CALLER__".split())
_PREDECLARED = """
abs alias and apply assert assert_raise assert_receive async_stream_nolink binding case cond def
defdelegate defexception defguard defguardp defimpl defmacro defmacrop defmodule defoverridable
defp defprotocol defstruct describe destructure div do elem else end exit for fn get_and_update_in
get_in hd if import in inspect is_atom is_binary is_boolean is_float is_function is_integer
is_list is_map is_map_key is_nil is_number is_pid is_struct is_tuple length make_ref map_size
match? max min node not or pop_in put_elem put_in quote raise receive refute rem require reraise
rescue round self send setup setup_all sigil_r sigil_w spawn spawn_link struct struct! super tap
test then throw tl to_charlist to_string trunc try tuple_size unless unquote unquote_splicing
update_in use var! with Access Agent Application Atom Base Bitwise Code Date DateTime Dict Enum
ExUnit.Case Exception File Float Function GenServer IO Integer Kernel Keyword List Logger Macro
Map MapSet Module NaiveDateTime Node Path Process Protocol Range Record Regex Registry Stream
String StringIO Supervisor System Task Time Tuple URI Version ArgumentError RuntimeError KeyError
"""


def _grammar() -> object:
    import tree_sitter_elixir

    return tree_sitter_elixir.language()


def _word(node: Node, text: bytes) -> bytes:
    """The word a call begins with, or b""."""
    target = node.child_by_field_name("target") if node.type == "call" else None
    if target is None or target.type != "identifier":
        return b""
    return text[target.start_byte : target.end_byte]


def _child(node: Node | None, kind: str) -> Node | None:
    if node is None:
        return None
    return next((one for one in node.named_children if one.type == kind), None)


def _define(_capture: str, node: Node, text: bytes) -> Definition | list[Definition] | None:
    word = _word(node, text)
    if word in (b"test", b"describe"):
        return _test(node, text, word)
    kind = _MODULES.get(word)
    if kind is None:
        return None
    arguments, block = _child(node, "arguments"), _child(node, "do_block")
    name = first_named(arguments)
    if name is None or block is None or name.type != "alias":
        return None
    label = ""
    if kind is SymbolKind.IMPLEMENTATION:
        target = _value_of(_child(arguments, "keywords"), b"for:", text)
        label = ".".join(spelled(one, text) for one in (name, target) if one is not None)
        name = node.child_by_field_name("target") or name
    flags = SymbolFlag.EXPORTED
    if kind is SymbolKind.INTERFACE:
        flags |= SymbolFlag.ABSTRACT
    if text[name.start_byte : name.end_byte].endswith(b"Test"):
        flags |= SymbolFlag.TEST
    inside, doc = _members(block, text)
    return [Definition(kind, name, node, block, flags=flags, doc=doc, label=label), *inside]


def _value_of(keywords: Node | None, key: bytes, text: bytes) -> Node | None:
    for pair in keywords.named_children if keywords is not None else ():
        held = pair.child_by_field_name("key")
        if held is not None and text[held.start_byte : held.end_byte].strip() == key:
            return pair.child_by_field_name("value")
    return None


def _members(block: Node, text: bytes) -> tuple[list[Definition], Node | None]:
    """What a module's body defines, clauses of one function folded; and the module's own doc."""
    found: list[Definition] = []
    module_doc: Node | None = None
    doc: Node | None = None
    override = False
    last = ("", -1)
    for node in block.named_children:
        if node.type == "unary_operator":
            attribute = node.child_by_field_name("operand")
            if attribute is None or attribute.type != "call":
                continue
            word = _word(attribute, text)
            value = first_named(_child(attribute, "arguments"))
            if word == b"moduledoc":
                module_doc = value if value is not None and value.type == "string" else None
            elif word == b"doc":
                doc = value if value is not None and value.type == "string" else None
            elif word == b"impl":
                override = True
            elif word not in _RESERVED:
                name = attribute.child_by_field_name("target")
                if name is not None:
                    label = "@" + spelled(name, text)
                    found.append(Definition(SymbolKind.CONSTANT, name, node, label=label))
            continue
        word = _word(node, text)
        if word == b"defstruct":
            found.extend(_fields(node, text))
        kind = _FUNCTIONS.get(word)
        head = _head(node) if kind is not None else None
        if kind is None or head is None:
            continue
        name, arity = head
        this = (spelled(name, text), arity)
        if this == last and found:
            before = found[-1]
            start = before.span[0] if before.span is not None else before.extent.start_byte
            found[-1] = before._replace(span=(start, node.end_byte))
            continue
        last = this
        flags = SymbolFlag.PRIVATE if word.endswith(b"p") else SymbolFlag.EXPORTED
        if override:
            flags |= SymbolFlag.OVERRIDE
        body = _child(node, "do_block") or _child(_child(node, "arguments"), "keywords")
        if body is None and word == b"def":
            flags |= SymbolFlag.ABSTRACT
        found.append(Definition(kind, name, node, body, flags=flags, doc=doc))
        doc, override = None, False
    return found, module_doc


def _head(node: Node) -> tuple[Node, int] | None:
    """The name of a `def`, and how many arguments it takes."""
    head = first_named(_child(node, "arguments"))
    if head is not None and head.type == "binary_operator":
        head = head.child_by_field_name("left")
    if head is None:
        return None
    if head.type == "identifier":
        return head, 0
    name = head.child_by_field_name("target") if head.type == "call" else None
    if name is None or name.type != "identifier":
        return None
    arguments = _child(head, "arguments")
    return name, arguments.named_child_count if arguments is not None else 0


def _fields(node: Node, text: bytes) -> Iterator[Definition]:
    group = first_named(_child(node, "arguments"))
    if group is None:
        return
    for part in [group, *group.named_children]:
        if part.type == "atom":
            label = spelled(part, text)[1:]
            kind, flags = SymbolKind.FIELD, SymbolFlag.EXPORTED
            yield Definition(kind, part, part, flags=flags, label=label)
        elif part.type == "keywords":
            for pair in part.named_children:
                key = pair.child_by_field_name("key")
                if key is not None:
                    label = spelled(key, text).strip().rstrip(":")
                    kind, flags = SymbolKind.FIELD, SymbolFlag.EXPORTED
                    yield Definition(kind, key, pair, flags=flags, label=label)


def _test(node: Node, text: bytes, word: bytes) -> Definition | None:
    title, body = first_named(_child(node, "arguments")), _child(node, "do_block")
    if title is None or title.type != "string" or body is None:
        return None
    label = spelled(title, text).strip('"') or '""'
    return Definition(SymbolKind.TEST, title, node, body, flags=SymbolFlag.TEST, label=label)


# -- names ---------------------------------------------------------------------------------------


def _raw_names(text: bytes, start: int, end: int) -> Iterator[tuple[int, int, Role, bool]]:
    """The names that a pattern binds: not keys, atoms, pinned names, calls or defaults."""
    for found in _PATTERN_WORD.finditer(text, start, end):
        name = found.group("name")
        if name is not None and name not in _WORDS:
            yield found.start(), found.end(), Role.BIND, False


def _imports(node: Node, text: bytes) -> Iterator[Import]:
    word = _word(node, text)
    if word not in _IMPORTS:
        return
    arguments = _child(node, "arguments")
    target, options = first_named(arguments), _child(arguments, "keywords")
    if target is None:
        return
    span = Span(*node.byte_range)
    if target.type == "dot":
        left, right = target.child_by_field_name("left"), target.child_by_field_name("right")
        if left is None or right is None:
            return
        if right.type == "alias":
            # `alias __MODULE__.Name`
            module = spelled(target, text)
            bound = _value_of(options, b"as:", text) or right
            alias = spelled(bound, text).rpartition(".")[2] if word == b"alias" else ""
            yield Import(span, module, "", alias, 0, Span(*right.byte_range))
            return
        if right.type != "tuple":
            return
        for one in right.named_children:
            module = f"{spelled(left, text)}.{spelled(one, text)}"
            alias = module.rpartition(".")[2] if word == b"alias" else ""
            yield Import(span, module, "", alias, 0, Span(*one.byte_range))
        return
    module, place = spelled(target, text), Span(*target.byte_range)
    if word == b"import":
        only = _value_of(options, b"only:", text)
        pairs = first_named(only)
        names = [] if pairs is None or pairs.type != "keywords" else pairs.named_children
        for pair in names:
            key = pair.child_by_field_name("key")
            name = spelled(key, text).strip().rstrip(":")
            yield Import(span, module, name, name, 0, place)
        if not names:
            yield Import(span, module, "*", "", 0, place)
        return
    renamed = _value_of(options, b"as:", text)
    alias = spelled(renamed, text)
    if word == b"alias" and not alias:
        alias = module.rpartition(".")[2]
    yield Import(span, module, "", alias, 0, place)


# -- signatures and calls ------------------------------------------------------------------------


def _signature(header: str) -> Signature:
    from pairwright_analyzers.syntax import parse

    text = f"{header.rstrip(',')} do\nend\n".encode()
    node = first_named(parse(ELIXIR, text).root)
    head = first_named(_child(node, "arguments"))
    if head is not None and head.type == "binary_operator":
        head = head.child_by_field_name("left")
    arguments = _child(head, "arguments")
    found: list[Parameter] = []
    for child in arguments.named_children if arguments is not None else ():
        default = ""
        if child.type == "binary_operator":
            operator = spelled(child.child_by_field_name("operator"), text)
            left, right = child.child_by_field_name("left"), child.child_by_field_name("right")
            if operator == "\\\\":
                default = spelled(right, text)
            name = spelled(left, text)
            if operator == "=" and right is not None and right.type == "identifier":
                name = spelled(right, text)
        else:
            name = spelled(child, text)
        kind = ParameterKind.POSITIONAL_ONLY
        found.append(Parameter(name, kind, "", default, bool(default)))
    return Signature(tuple(found))


def _call(node: Node, text: bytes) -> Call | None:
    target = node.child_by_field_name("target") if node.type == "call" else None
    group = _child(node, "arguments")
    if target is None or group is None:
        return None
    arguments = tuple(
        Argument(Span(*child.byte_range), Span(*child.byte_range)) for child in group.named_children
    )
    return Call(
        Span(*node.byte_range), Span(*target.byte_range), Span(*group.byte_range), arguments
    )


ELIXIR = LanguageSpec(
    id="elixir",
    name="Elixir",
    extensions=(".ex", ".exs"),
    interpreters=("elixir",),
    grammar=_grammar,
    package="pairwright_analyzers.languages.elixir",
    define=_define,
    imports=_imports,
    typed=no_types,
    signature=_signature,
    call=_call,
    habits=Habits(
        calls=("call",),
        prints=frozenset({"IO.puts", "IO.inspect"}),
        breakpoints=frozenset({"IEx.pry", "dbg"}),
    ),
    raw_names=_raw_names,
    resolver="elixir",
    implicit_receiver=True,
    receivers=frozenset(),
    super_words=frozenset(),
    # A pipe passes the first argument from outside the list.
    arguments=ArgumentRules(missing_allowed=True, extra_allowed=True, overloads=True),
    builtins=frozenset(_PREDECLARED.split()),
    test_paths=(r"(^|/)test/", r"_test\.exs$"),
    shapes=SHAPES,
)
