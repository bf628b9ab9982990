"""C#: what its syntax tree means. The only place that knows it.

A `using` of a namespace imports the module itself under no name; one of a type's static members
imports `*`; `global` ones are flagged as re-exported, since they reach every file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.csharp.fragments import blanks
from pairwright_analyzers.languages.csharp.habits import HABITS
from pairwright_analyzers.languages.csharp.imports import IMPORTS
from pairwright_analyzers.languages.csharp.shapes import SHAPES
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

_WORD = re.compile(rb"//[^\n]*|/\*.*?\*/|@?[^\W\d]\w*", re.S)
_NOT_NAMES = frozenset({b"using", b"static", b"global", b"unsafe", b"namespace"})
_SPACES = re.compile(r"\s+")
_DIRECTIVE = re.compile(r"^[ \t]*#.*$", re.M)
_ATTRIBUTE = re.compile(rb"[\[,]\s*(?:\w+\s*:\s*)?(?:[\w.]+\.)?(\w+)")
_TESTS = frozenset(
    b"Fact Theory Test TestCase TestCaseSource TestMethod DataTestMethod Benchmark".split()
)
_INERT = frozenset(
    b"Obsolete Conditional DebuggerStepThrough DebuggerDisplay DebuggerNonUserCode Flags"
    b" MethodImpl NotNull CanBeNull MaybeNull ExcludeFromCodeCoverage SuppressMessage"
    b" EditorBrowsable Serializable CLSCompliant Pure AttributeUsage".split()
)
"""Attributes that hand a definition to nobody."""
_PREDECLARED = """
Action ArgumentException ArgumentNullException ArgumentOutOfRangeException Array Attribute Boolean
Byte Char Console Convert DateTime DateTimeOffset Decimal Delegate Double Enum Environment
EventArgs EventHandler Exception Func Guid IDisposable IEnumerable Int16 Int32 Int64 IntPtr
InvalidOperationException Lazy Math NotImplementedException NotSupportedException Nullable Object
Predicate Random SByte Single String Task TimeSpan Tuple Type UInt16 UInt32 UInt64 Uri ValueTuple
Version nameof
"""


def _grammar() -> object:
    import tree_sitter_c_sharp

    return tree_sitter_c_sharp.language()


class _Modifiers:
    """What stands before a declaration: its words and flags, and where its signature begins."""

    __slots__ = ("flags", "head", "is_test", "words")

    def __init__(self, node: Node, text: bytes) -> None:
        flags = SymbolFlag.NONE
        self.head: Node | None = None
        self.is_test = False
        words: set[bytes] = set()
        attributed = False
        for child in node.children:
            kind = child.type
            if kind == "attribute_list":
                attributed = True
                for found in _ATTRIBUTE.findall(text, child.start_byte, child.end_byte):
                    name = found.removesuffix(b"Attribute")
                    self.is_test = self.is_test or name in _TESTS
                    if name == b"Obsolete":
                        flags |= SymbolFlag.DEPRECATED
                    if name not in _INERT:
                        flags |= SymbolFlag.DECORATED
                continue
            if attributed and self.head is None and kind != "comment":
                self.head = child
            if kind == "modifier":
                words.add(text[child.start_byte : child.end_byte])
            elif not kind.startswith("preproc") and kind != "comment":
                break
        for word, flag in _FLAGS:
            if word in words:
                flags |= flag
        self.words = words
        self.flags = flags


_FLAGS = (
    (b"public", SymbolFlag.EXPORTED),
    (b"protected", SymbolFlag.EXPORTED),
    (b"private", SymbolFlag.PRIVATE),
    (b"static", SymbolFlag.STATIC),
    (b"abstract", SymbolFlag.ABSTRACT),
    (b"override", SymbolFlag.OVERRIDE),
    (b"async", SymbolFlag.ASYNC),
)
_ACCESS = frozenset({b"public", b"protected", b"private", b"internal"})
_TYPES = {
    "class": SymbolKind.CLASS,
    "struct": SymbolKind.STRUCT,
    "interface": SymbolKind.INTERFACE,
    "enum": SymbolKind.ENUM,
    "delegate": SymbolKind.TYPE,
    "constant": SymbolKind.ENUM_MEMBER,
    "component": SymbolKind.PROPERTY,
}


def _define(word: str, node: Node, text: bytes) -> Definition | list[Definition] | None:
    if word == "member":
        return _member(node, text)
    name = node.child_by_field_name("name")
    if name is None:
        return None
    body = node.child_by_field_name("body")
    if word == "namespace":
        return Definition(SymbolKind.NAMESPACE, name, node, body, flags=SymbolFlag.EXPORTED)
    modifiers = _Modifiers(node, text)
    flags = modifiers.flags
    if word == "local":
        return Definition(SymbolKind.FUNCTION, name, node, body, flags=flags, head=modifiers.head)
    if word in ("constant", "component"):
        flags |= SymbolFlag.EXPORTED
    elif word == "interface":
        flags |= SymbolFlag.ABSTRACT
    if word == "record":
        structured = any(child.type == "struct" for child in node.children)
        kind = SymbolKind.STRUCT if structured else SymbolKind.CLASS
        if body is None and node.child_count:
            # Without braces, its parameters are still its members.
            body = node.child(node.child_count - 1)
    else:
        kind = _TYPES[word]
    return Definition(kind, name, node, body, flags=flags, head=modifiers.head)


_MEMBERS = {
    "method_declaration": SymbolKind.METHOD,
    "constructor_declaration": SymbolKind.CONSTRUCTOR,
    "destructor_declaration": SymbolKind.METHOD,
    "operator_declaration": SymbolKind.METHOD,
    "conversion_operator_declaration": SymbolKind.METHOD,
    "indexer_declaration": SymbolKind.PROPERTY,
    "property_declaration": SymbolKind.PROPERTY,
    "event_declaration": SymbolKind.PROPERTY,
    "event_field_declaration": SymbolKind.PROPERTY,
    "field_declaration": SymbolKind.FIELD,
}


def _member(node: Node, text: bytes) -> Definition | list[Definition] | None:
    modifiers = _Modifiers(node, text)
    flags = modifiers.flags
    kind = _MEMBERS[node.type]
    inside = False
    if node.type == "destructor_declaration":
        # Called by the runtime.
        flags |= SymbolFlag.EXPORTED | SymbolFlag.OVERRIDE
    elif not modifiers.words & _ACCESS:
        if any(child.type == "explicit_interface_specifier" for child in node.named_children):
            flags |= SymbolFlag.EXPORTED | SymbolFlag.OVERRIDE
        else:
            inside = _in_interface(node)
            flags |= SymbolFlag.EXPORTED if inside else SymbolFlag.PRIVATE
    if kind is SymbolKind.FIELD or node.type == "event_field_declaration":
        return _variables(kind, modifiers, flags, node)
    body = node.child_by_field_name("body") or node.child_by_field_name("accessors")
    if body is None and kind is SymbolKind.PROPERTY:
        value = node.child_by_field_name("value")
        body = value if value is not None and value.type == "arrow_expression_clause" else None
    bodiless = body is None or (kind is SymbolKind.PROPERTY and not _has_code(body))
    if body is None and b"extern" in modifiers.words:
        bodiless = False
    if bodiless and (inside or kind is not SymbolKind.PROPERTY):
        flags |= SymbolFlag.ABSTRACT
    name, label = _name(node, text)
    if name is None:
        return None
    if modifiers.is_test and kind is SymbolKind.METHOD:
        kind, flags = SymbolKind.TEST, flags | SymbolFlag.TEST
    return Definition(kind, name, node, body, flags=flags, label=label, head=modifiers.head)


def _in_interface(node: Node) -> bool:
    """Whether a member that says nothing of its access is an interface's.

    Asked of few members only: parents are found from the root, which is slow.
    """
    around = node.parent
    while around is not None and (
        around.type.startswith("preproc") or around.type == "declaration_list"
    ):
        around = around.parent
    return around is not None and around.type == "interface_declaration"


def _has_code(accessors: Node) -> bool:
    return accessors.type != "accessor_list" or any(
        accessor.child_by_field_name("body") is not None for accessor in accessors.named_children
    )


def _name(node: Node, text: bytes) -> tuple[Node | None, str]:
    """The node that names a member, and what it is called where that is not an identifier."""
    if node.type == "operator_declaration":
        sign = node.child_by_field_name("operator")
        return sign, f"operator {spelled(sign, text)}"
    if node.type == "conversion_operator_declaration":
        target = node.child_by_field_name("type")
        return target, f"operator {spelled(target, text)}"
    if node.type == "indexer_declaration":
        return next((child for child in node.children if child.type == "this"), None), "this[]"
    name = node.child_by_field_name("name")
    return name, f"~{spelled(name, text)}" if node.type == "destructor_declaration" else ""


def _variables(
    kind: SymbolKind, modifiers: _Modifiers, flags: SymbolFlag, node: Node
) -> list[Definition]:
    words = modifiers.words
    if kind is SymbolKind.FIELD and (b"const" in words or {b"static", b"readonly"} <= words):
        kind, flags = SymbolKind.CONSTANT, flags | SymbolFlag.STATIC
    group = next((one for one in node.named_children if one.type == "variable_declaration"), None)
    names = (
        one.child_by_field_name("name")
        for one in (group.named_children if group is not None else ())
        if one.type == "variable_declarator"
    )
    return [
        Definition(kind, name, node, flags=flags, head=modifiers.head)
        for name in names
        if name is not None
    ]


# -- imports -------------------------------------------------------------------------------------


def _imports(node: Node, text: bytes) -> Iterator[Import]:
    alias = node.child_by_field_name("name")
    target = last_named(node)
    if target is None or target == alias:
        return
    span = Span(*node.byte_range)
    words = {child.type for child in node.children}
    dotted = _SPACES.sub("", spelled(target, text)).partition("<")[0].replace("::", ".")
    dotted = dotted.removeprefix("global.")
    everywhere = "global" in words
    place = Span(*(target.child_by_field_name("name") or target).byte_range)
    if alias is not None:
        module, _, name = dotted.rpartition(".")
        yield Import(span, module, name, spelled(alias, text), 0, place, everywhere)
    else:
        yield Import(span, dotted, "*" if "static" in words else "", "", 0, place, everywhere)


def _raw_names(text: bytes, start: int, end: int) -> Iterator[tuple[int, int, Role, bool]]:
    """The parts of a `using` or a namespace's dotted name; a directive has none."""
    if text.startswith(b"#", start):
        return
    for word in _WORD.finditer(text, start, end):
        found = word.group()
        if found[:1] != b"/" and found not in _NOT_NAMES:
            yield word.start(), word.end(), Role.IMPORT, False


# -- types ---------------------------------------------------------------------------------------

_HOLDING = frozenset({b"Task", b"ValueTask", b"Nullable", b"Lazy"})


def _type_name(node: Node | None, text: bytes, through: frozenset[bytes] = _HOLDING) -> Node | None:
    """The identifier that names a type: `A.B`, `B<C>`, `B?` and `Task<B>` -> B; None for a
    predefined type, an array, or `var`.
    """
    for _ in range(8):
        if node is None:
            return None
        kind = node.type
        if kind == "identifier":
            return node
        if kind in ("qualified_name", "alias_qualified_name"):
            node = node.child_by_field_name("name")
        elif kind in ("nullable_type", "ref_type", "scoped_type"):
            node = node.child_by_field_name("type")
        elif kind == "generic_name":
            head = first_named(node)
            if head is None or text[head.start_byte : head.end_byte] not in through:
                return head
            node = first_named(last_named(node))
        else:
            return None
    return None


_COLLECTION = re.compile(
    rb"(?:List|Set|Dictionary|Collection|Queue|Stack|Enumerable|Enumerator|Queryable|Array|Bag|Span)$"
)
"""Types whose last type argument is what they hold."""
_TAKING = frozenset(
    b"""First FirstOrDefault Single SingleOrDefault Last LastOrDefault ElementAt Dequeue Pop Peek
    Find Min Max""".split()
)
"""Methods that give what a collection holds."""
_WHOLE = frozenset(
    b"Where OrderBy OrderByDescending Take Skip ToList ToArray Reverse Distinct".split()
)
"""Methods that give a collection of the same."""

Row = tuple[int, int] | tuple[int, int, int, int]


def _row(name: int, at: int, items: int) -> Row:
    return (name, at, items, 0) if items else (name, at)


def _stated(name: int, node: Node | None, text: bytes) -> Iterator[Row]:
    """What a declared type says of a name: the type, and what it holds."""
    levels = 0
    for _ in range(8):
        if node is None or node.type not in ("array_type", "nullable_type", "ref_type"):
            break
        levels += node.type == "array_type"
        node = node.child_by_field_name("type")
    declared = _type_name(node, text)
    if declared is not None:
        yield _row(name, declared.start_byte, min(levels, 6))
    if levels or node is None:
        return
    if node.type == "qualified_name":
        node = node.child_by_field_name("name")
    head = first_named(node) if node is not None and node.type == "generic_name" else None
    if head is None or not _COLLECTION.search(text, head.start_byte, head.end_byte):
        return
    inside = _type_name(last_named(last_named(node)), text)
    if inside is not None:
        yield name, inside.start_byte, 1, 0


def _named(node: Node | None) -> Node | None:
    """The name of a member, type arguments left out."""
    if node is not None and node.type == "generic_name":
        node = first_named(node)
    return node if node is not None and node.type == "identifier" else None


def _sources(node: Node | None, text: bytes, depth: int = 0) -> Iterator[tuple[int, int]]:
    """The names that say a value's type (the created class, a cast's type, the called method, a
    variable), each with how many collections lie between.
    """
    if node is None or depth > 8:
        return
    kind = node.type
    if kind in ("object_creation_expression", "cast_expression", "as_expression"):
        field = "right" if kind == "as_expression" else "type"
        through = frozenset() if kind == "object_creation_expression" else _HOLDING
        made = _type_name(node.child_by_field_name(field), text, through)
        if made is not None:
            yield made.start_byte, 0
    elif kind == "invocation_expression":
        callee = node.child_by_field_name("function")
        receiver: Node | None = None
        if callee is not None and callee.type == "conditional_access_expression":
            callee = last_named(callee)
        if callee is not None and callee.type in (
            "member_access_expression",
            "member_binding_expression",
        ):
            receiver = callee.child_by_field_name("expression")
            callee = callee.child_by_field_name("name")
        name = _named(callee)
        if name is None:
            return
        yield name.start_byte, 0
        word = text[name.start_byte : name.end_byte]
        if receiver is not None and (word in _TAKING or word in _WHOLE):
            for at, items in _sources(receiver, text, depth + 1):
                items = 0 if items == AS_IT_IS else items
                if word in _TAKING:
                    yield at, items - 1
                elif not items:
                    yield at, AS_IT_IS
    elif kind == "identifier":
        yield node.start_byte, AS_IT_IS
    elif kind == "member_access_expression":
        name = _named(node.child_by_field_name("name"))
        if name is not None:
            yield name.start_byte, AS_IT_IS
    elif kind == "element_access_expression":
        for at, items in _sources(node.child_by_field_name("expression"), text, depth + 1):
            yield at, (0 if items == AS_IT_IS else items) - 1
    elif kind in ("await_expression", "parenthesized_expression", "postfix_unary_expression"):
        yield from _sources(first_named(node), text, depth + 1)
    elif kind == "conditional_expression":
        yield from _sources(node.child_by_field_name("consequence"), text, depth + 1)
        yield from _sources(node.child_by_field_name("alternative"), text, depth + 1)


def _typed(node: Node, text: bytes) -> Iterator[Row]:
    kind = node.type
    if kind == "member_access_expression":
        member = _named(node.child_by_field_name("name"))
        if member is not None:
            for at, items in _sources(node.child_by_field_name("expression"), text):
                yield _row(member.start_byte, at, items)
        return
    if kind == "object_creation_expression":
        yield from _initialised(node, text)
        return
    if kind == "variable_declaration":
        written = node.child_by_field_name("type")
        inferred = written is None or written.type == "implicit_type"
        for one in node.named_children:
            name = one.child_by_field_name("name") if one.type == "variable_declarator" else None
            if name is None:
                continue
            if inferred:
                for at, items in _sources(last_named(one), text):
                    if at != name.start_byte:
                        yield _row(name.start_byte, at, items)
            else:
                yield from _stated(name.start_byte, written, text)
        return
    name = node.child_by_field_name("left" if kind == "foreach_statement" else "name")
    if name is None or name.type != "identifier":
        return
    written = node.child_by_field_name("returns" if kind == "method_declaration" else "type")
    if kind == "foreach_statement" and (written is None or written.type == "implicit_type"):
        for at, items in _sources(node.child_by_field_name("right"), text):
            yield name.start_byte, at, (0 if items == AS_IT_IS else items) - 1, 0
        return
    yield from _stated(name.start_byte, written, text)


def _initialised(node: Node, text: bytes) -> Iterator[Row]:
    """The members that an object's initialiser names, with the object's type."""
    made = _type_name(node.child_by_field_name("type"), text, frozenset())
    group = node.child_by_field_name("initializer")
    if made is None or group is None:
        return
    for one in group.named_children:
        left = one.child_by_field_name("left") if one.type == "assignment_expression" else None
        if left is not None and left.type == "identifier":
            yield left.start_byte, made.start_byte


# -- signatures and calls ------------------------------------------------------------------------

_CALLABLES = {
    "method_declaration": "returns",
    "constructor_declaration": "",
    "destructor_declaration": "",
    "operator_declaration": "type",
    "conversion_operator_declaration": "type",
    "indexer_declaration": "type",
    "delegate_declaration": "type",
    "local_function_statement": "type",
}


def _signature(header: str) -> Signature:
    from pairwright_analyzers.syntax import descendants, parse

    if "(" not in header:
        return Signature(())
    header = _DIRECTIVE.sub("", header)
    ending = ";" if "delegate" in header else " {}"
    text = f"class X {{ {header}{ending} }}\n".encode()
    root = parse(CSHARP, text).root
    node = next((one for one in descendants(root) if one.type in _CALLABLES), None)
    if node is None:
        return Signature(())
    returns = _CALLABLES[node.type]
    group = node.child_by_field_name("parameters")
    return Signature(
        tuple(_parameters(group, text)),
        spelled(node.child_by_field_name(returns), text) if returns else "",
    )


def _parameters(group: Node | None, text: bytes) -> Iterator[Parameter]:
    if group is None:
        return
    for child in group.named_children:
        if child.type != "parameter":
            continue
        words = {
            text[one.start_byte : one.end_byte] for one in child.children if one.type == "modifier"
        }
        name = spelled(child.child_by_field_name("name"), text)
        annotation = spelled(child.child_by_field_name("type"), text)
        passed = [word for word in (b"ref", b"out", b"in") if word in words]
        if passed:
            annotation = f"{passed[0].decode()} {annotation}"
        default = ""
        if any(one.type == "=" for one in child.children):
            default = spelled(last_named(child), text)
        kind = ParameterKind.RECEIVER if b"this" in words else ParameterKind.POSITIONAL
        if b"params" in words:
            yield Parameter(name, ParameterKind.VARIADIC, annotation, optional=True)
        else:
            yield Parameter(name, kind, annotation, default, bool(default))
    # `params` has no node of its own.
    if any(child.type == "params" for child in group.children):
        name = spelled(group.child_by_field_name("name"), text)
        annotation = spelled(group.child_by_field_name("type"), text)
        yield Parameter(name, ParameterKind.VARIADIC, annotation, optional=True)


def _call(node: Node, text: bytes) -> Call | None:
    group: Node | None
    if node.type == "invocation_expression":
        callee = node.child_by_field_name("function")
        group = node.child_by_field_name("arguments")
    elif node.type == "object_creation_expression":
        callee = node.child_by_field_name("type")
        group = node.child_by_field_name("arguments")
    elif node.type == "constructor_initializer":
        callee = next((one for one in node.children if one.type in ("base", "this")), None)
        group = last_named(node)
    else:
        return None
    if callee is None or group is None or group.type != "argument_list":
        return None
    arguments: list[Argument] = []
    for child in group.named_children:
        if child.type != "argument":
            continue
        value = last_named(child)
        name = child.child_by_field_name("name")
        if value is not None and value != name:
            arguments.append(
                Argument(Span(*child.byte_range), Span(*value.byte_range), spelled(name, text))
            )
    return Call(
        Span(*node.byte_range), Span(*callee.byte_range), Span(*group.byte_range), tuple(arguments)
    )


CSHARP = LanguageSpec(
    id="csharp",
    name="C#",
    extensions=(".cs", ".csx"),
    grammar=_grammar,
    package="pairwright_analyzers.languages.csharp",
    define=_define,
    imports=_imports,
    typed=_typed,
    signature=_signature,
    call=_call,
    habits=HABITS,
    shapes=SHAPES,
    import_style=IMPORTS,
    blanks=blanks,
    raw_names=_raw_names,
    line_comment="//",
    block_comment=("/*", "*/"),
    resolver="csharp",
    implicit_receiver=True,
    super_words=frozenset({"base"}),
    arguments=ArgumentRules(
        keywords=True, keyword_label="{}: ", overloads=True, exact_overrides=True
    ),
    builtins=frozenset(_PREDECLARED.split()),
    test_paths=(r"(^|/)[^/]*(?:\.|_)?Tests?(?:\.\w+)?/", r"(^|/)tests?/", r"Tests?\.cs$"),
)
