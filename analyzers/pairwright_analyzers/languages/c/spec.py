"""C: what its syntax tree means. The only place that knows it; C++ builds on the declarators and
macros read here.

Source that the preprocessor would change before a compiler sees it is read as written: `blanks`
names what the grammar cannot read, so that a macro costs its own words and not the definition
behind it. A header says by its text alone whether it is C or C++ (`variant`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.c.habits import C_HABITS
from pairwright_analyzers.languages.c.shapes import SHAPES
from pairwright_analyzers.languages.spec import Definition, LanguageSpec
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

_MAX_NESTING = 64
"""Declarators deeper than this are no person's work."""

NAMES = frozenset(
    {
        "identifier",
        "field_identifier",
        "type_identifier",
        "primitive_type",
        "qualified_identifier",
        "destructor_name",
        "operator_name",
        "operator_cast",
        "template_function",
        "template_method",
    }
)
"""Nodes that name what a declarator declares, those of C++ included."""

_WRAPPERS = frozenset(
    {
        "parenthesized_declarator",
        "attributed_declarator",
        "reference_declarator",
        "init_declarator",
        "pointer_declarator",
        "array_declarator",
        "function_declarator",
    }
)
_SEE_THROUGH = frozenset({"parenthesized_declarator", "attributed_declarator", "init_declarator"})
STATEMENT_WORDS = frozenset(
    {b"if", b"else", b"for", b"while", b"do", b"switch", b"return", b"sizeof", b"catch", b"defined"}
)
_TAGGED = frozenset({"struct_specifier", "union_specifier", "enum_specifier", "class_specifier"})

_CONST = re.compile(rb"\b(?:const|constexpr|constinit)\b")
_CONSTEXPR = re.compile(rb"\bconstexpr\b")
_STATIC = re.compile(rb"\bstatic\b")
_EXTERN = re.compile(rb"\bextern\b")
_DEPRECATED = re.compile(rb"\bdeprecated\b", re.I)
_SPACES = re.compile(r"\s+")


def _grammar() -> object:
    import tree_sitter_c

    return tree_sitter_c.language()


def first_named(node: Node) -> Node | None:
    """The first named child; broken source may have left none."""
    return node.named_child(0) if node.named_child_count else None


def declared(node: Node | None) -> tuple[Node | None, str, Node | None]:
    """What a declarator declares: its name, the kind of declarator right around the name, and
    its function declarator.

    `int (*f)(int)` gives (`f`, `pointer_declarator`, its function declarator): a pointer, not a
    function.
    """
    around = ""
    function: Node | None = None
    for _ in range(_MAX_NESTING):
        if node is None:
            return None, around, function
        kind = node.type
        if kind in NAMES:
            return node, around, function
        if kind not in _SEE_THROUGH:
            around = kind
        if kind == "function_declarator":
            function = node
        inner = node.child_by_field_name("declarator")
        if inner is None:
            inner = next(
                (
                    child
                    for child in node.named_children
                    if child.type in NAMES or child.type in _WRAPPERS
                ),
                None,
            )
        node = inner
    return None, around, function


def define(word: str, node: Node, text: bytes) -> Definition | None:
    """The `define` hook of C."""
    if word == "function":
        return _function(node, text)
    if word == "declarator":
        return _declaration(node, text)
    if word == "field":
        return _field(node, text)
    if word == "struct":
        return tagged(node, text, SymbolKind.STRUCT)
    if word == "enum":
        return tagged(node, text, SymbolKind.ENUM)
    if word == "typedef":
        return _typedef(node, text)
    if word == "macro":
        return _macro(node, text)
    if word == "orphan":
        return orphan(node, text)
    name = node.child_by_field_name("name")
    if name is None:
        return None
    return Definition(SymbolKind.ENUM_MEMBER, name, node, flags=SymbolFlag.EXPORTED)


def header_flags(header: bytes) -> SymbolFlag:
    """What the words before a definition's body say of its visibility."""
    flags = SymbolFlag.STATIC if _STATIC.search(header) else SymbolFlag.EXPORTED
    if _DEPRECATED.search(header):
        flags |= SymbolFlag.DEPRECATED
    return flags


def _function(node: Node, text: bytes) -> Definition | None:
    name, _, function = declared(node.child_by_field_name("declarator"))
    if name is None or function is None:
        return None
    if text[name.start_byte : name.end_byte] in STATEMENT_WORDS:
        return None
    body = node.child_by_field_name("body")
    flags = header_flags(text[node.start_byte : name.start_byte])
    if text.startswith(b"test_", name.start_byte):
        flags |= SymbolFlag.TEST
    return Definition(SymbolKind.FUNCTION, name, node, body, flags=flags)


def orphan(node: Node, text: bytes) -> Definition | None:
    """A function's header that lost its body to a parse error: at the start of a line, right
    before a brace.
    """
    name, around, _ = declared(node)
    if name is None or around != "function_declarator":
        return None
    start = node.start_byte
    line = text.rfind(b"\n", 0, start) + 1
    if text[line : line + 1] in (b" ", b"\t") or not text[node.end_byte :].lstrip().startswith(
        b"{"
    ):
        return None
    spelled = text[name.start_byte : name.end_byte]
    if spelled in STATEMENT_WORDS or spelled.isupper():
        return None
    return Definition(SymbolKind.FUNCTION, name, node, flags=header_flags(text[line:start]))


def at_file_level(declaration: Node, text: bytes) -> bool:
    """Whether a declaration stands outside of functions. Conditional sections are looked
    through; in a region with parse errors only what starts in the first column counts.
    """
    parent = declaration.parent
    while parent is not None and parent.type.startswith("preproc"):
        parent = parent.parent
    if parent is None:
        return False
    if parent.type in ("compound_statement", "case_statement"):
        return False
    if parent.type == "ERROR":
        return text[max(0, declaration.start_byte - 1) : declaration.start_byte] in (b"", b"\n")
    return True


def _declaration(node: Node, text: bytes) -> Definition | None:
    declaration = node.parent
    if declaration is None or not at_file_level(declaration, text):
        return None
    name, around, function = declared(node)
    if name is None or text[name.start_byte : name.end_byte] in STATEMENT_WORDS:
        return None
    return declaration_of(declaration, node, name, around, function, text)


def declaration_of(
    declaration: Node,
    declarator: Node,
    name: Node,
    around: str,
    function: Node | None,
    text: bytes,
) -> Definition:
    """The variable, constant or prototype that a declarator outside of functions declares."""
    header = text[declaration.start_byte : name.start_byte]
    flags = header_flags(header)
    if function is not None and around == "function_declarator":
        return Definition(SymbolKind.FUNCTION, name, declaration, flags=flags | SymbolFlag.ABSTRACT)
    if declarator.type != "init_declarator" and _EXTERN.search(header):
        flags |= SymbolFlag.ABSTRACT
    constant = _CONST.search(header) and (
        around != "pointer_declarator" or _CONSTEXPR.search(header)
    )
    kind = SymbolKind.CONSTANT if constant else SymbolKind.VARIABLE
    return Definition(kind, name, declaration, flags=flags)


def _field(node: Node, text: bytes) -> Definition | None:
    declaration = node.parent
    name, _, _ = declared(node)
    if name is None or declaration is None:
        return None
    return Definition(SymbolKind.FIELD, name, declaration, flags=SymbolFlag.EXPORTED)


def tagged(node: Node, text: bytes, kind: SymbolKind) -> Definition | None:
    body = node.child_by_field_name("body")
    name = node.child_by_field_name("name")
    parent = node.parent
    extent = node
    if parent is not None and parent.type == "type_definition":
        alias, around, _ = declared(parent.child_by_field_name("declarator"))
        same = (
            name is not None
            and alias is not None
            and text[alias.start_byte : alias.end_byte] == text[name.start_byte : name.end_byte]
        )
        if (name is None and not around) or same:
            extent = parent
            name = name or alias
        elif name is not None:
            comment = parent.prev_sibling
            doc = comment if comment is not None and comment.type == "comment" else None
            return Definition(kind, name, node, body, flags=SymbolFlag.EXPORTED, doc=doc)
    elif parent is not None and parent.type in ("declaration", "field_declaration"):
        first, _, _ = declared(parent.child_by_field_name("declarator"))
        if first is None:
            extent = parent
    if name is None or name.type not in NAMES:
        return None
    return Definition(kind, name, extent, body, flags=SymbolFlag.EXPORTED)


def _typedef(node: Node, text: bytes) -> Definition | None:
    definition = node.parent
    if definition is None:
        return None
    name, around, _ = declared(node)
    if name is None:
        return None
    flags = SymbolFlag.EXPORTED
    kind = definition.child_by_field_name("type")
    if kind is not None and kind.type in _TAGGED and not around:
        tag = kind.child_by_field_name("name")
        has_body = kind.child_by_field_name("body") is not None
        if tag is None:
            # `typedef struct { … } name;` is the type itself, found at its body.
            first = definition.child_by_field_name("declarator")
            if has_body and first == node:
                return None
        elif text[tag.start_byte : tag.end_byte] == text[name.start_byte : name.end_byte]:
            if has_body or _defines_tag(text, text[tag.start_byte : tag.end_byte]):
                return None
            flags |= SymbolFlag.ABSTRACT
    return Definition(SymbolKind.TYPE, name, definition, flags=flags)


def _defines_tag(text: bytes, tag: bytes) -> bool:
    """Whether a text also says what is in a structure whose name is only made short here."""
    return re.search(rb"(?:struct|union|enum)\s+" + re.escape(tag) + rb"\s*\{", text) is not None


def _macro(node: Node, text: bytes) -> Definition | None:
    name = node.child_by_field_name("name")
    if name is None:
        return None
    value = node.child_by_field_name("value")
    if value is None and node.type == "preproc_def":
        parent = node.parent
        guard = parent.child_by_field_name("name") if parent is not None else None
        if guard is not None and (
            text[guard.start_byte : guard.end_byte] == text[name.start_byte : name.end_byte]
        ):
            return None
    body = value
    if node.type == "preproc_def" and value is not None:
        # A one-line value is worth showing; a long one is a body.
        body = value if b"\n" in text[value.start_byte : value.end_byte] else None
    return Definition(SymbolKind.MACRO, name, node, body, flags=SymbolFlag.EXPORTED)


def imports(node: Node, text: bytes) -> Iterator[Import]:
    """The `imports` hook of C: one import of everything an included file declares."""
    path = node.child_by_field_name("path")
    if path is None or path.type not in ("string_literal", "system_lib_string"):
        return
    start, end = path.byte_range
    module = text[start:end].decode("utf-8", "replace").strip('"<> \t')
    if module:
        yield Import(Span(*node.byte_range), module, "*", "", 0, Span(start, end))


def type_name(node: Node | None) -> Node | None:
    """The identifier that names a type: `ns::A<int>` -> A, `struct s` -> s; None for built-in
    types.
    """
    for _ in range(_MAX_NESTING):
        if node is None:
            return None
        kind = node.type
        if kind in ("type_identifier", "identifier", "field_identifier"):
            return node
        if kind in ("type_descriptor", "placeholder_type_specifier"):
            node = node.child_by_field_name("type")
        elif kind in ("dependent_type", "dependent_name"):
            node = first_named(node)
        else:
            node = node.child_by_field_name("name")
    return None


Typed = tuple[int, int] | tuple[int, int, int, int]


def typed(node: Node, text: bytes) -> Iterator[Typed]:
    """The `typed` hook of C: every name a declaration declares, with the type it states; a member
    behind an expression, with what says that expression's type.
    """
    if node.type == "field_expression":
        yield from member_of(node, made_by)
        return
    value = type_name(node.child_by_field_name("type"))
    if value is None:
        return
    if node.type == "compound_literal_expression":
        yield from designated(node.child_by_field_name("value"), value)
        return
    for declarator in node.children_by_field_name("declarator"):
        name, _, _ = declared(declarator)
        if name is not None:
            yield name.start_byte, value.start_byte
        if declarator.type == "init_declarator":
            yield from designated(declarator.child_by_field_name("value"), value)


def designated(values: Node | None, kind: Node) -> Iterator[tuple[int, int]]:
    """The members that the initialiser of a structure names, with the structure's type."""
    if values is None or values.type != "initializer_list":
        return
    for pair in values.named_children:
        first = first_named(pair) if pair.type == "initializer_pair" else None
        if first is not None and first.type == "field_designator":
            first = first_named(first)
        if first is not None and first.type == "field_identifier":
            yield first.start_byte, kind.start_byte


def member_of(node: Node, made: Callable[[Node], Node | None]) -> Iterator[Typed]:
    """A member whose receiver is more than a name: `f(a)->b`, `((T *)p)->b`, `all[n].b`."""
    name = node.child_by_field_name("field")
    receiver = node.child_by_field_name("argument")
    if name is None or receiver is None:
        return
    if name.type in ("template_method", "dependent_name"):
        name = name.child_by_field_name("name") or name
    value = made(receiver)
    if value is None:
        return
    yield name.start_byte, value.start_byte
    if receiver.type == "subscript_expression":
        yield name.start_byte, value.start_byte, -1, 0


def made_by(node: Node | None) -> Node | None:
    """The name that says an expression's type: that of a called function, a cast's type, a
    variable.
    """
    for _ in range(_MAX_NESTING):
        if node is None:
            return None
        kind = node.type
        if kind in ("identifier", "field_identifier", "this"):
            return node
        if kind in ("cast_expression", "compound_literal_expression", "new_expression"):
            return type_name(node.child_by_field_name("type"))
        if kind == "parenthesized_expression":
            node = first_named(node)
        elif kind in ("pointer_expression", "subscript_expression"):
            node = node.child_by_field_name("argument")
        elif kind == "call_expression":
            node = node.child_by_field_name("function")
        elif kind == "field_expression":
            node = node.child_by_field_name("field")
        else:
            return None
    return None


def parameter(node: Node, text: bytes) -> Parameter | None:
    """One parameter of a list; `void` alone is none."""

    def spelled(start: int, end: int) -> str:
        return _SPACES.sub(" ", text[start:end].decode("utf-8", "replace")).strip()

    kind = node.type
    if kind == "variadic_parameter":
        return Parameter("...", ParameterKind.VARIADIC, optional=True)
    if kind == "identifier":
        return Parameter(spelled(*node.byte_range), ParameterKind.POSITIONAL_ONLY)
    if kind not in (
        "parameter_declaration",
        "optional_parameter_declaration",
        "variadic_parameter_declaration",
        "explicit_object_parameter_declaration",
    ):
        return None
    default = node.child_by_field_name("default_value")
    declarator = node.child_by_field_name("declarator")
    name, _, _ = declared(declarator)
    start, end = node.byte_range
    if default is not None:
        equals = text.rfind(b"=", start, default.start_byte)
        end = equals if equals > start else end
    if name is not None:
        before, after = spelled(start, name.start_byte), spelled(name.end_byte, end)
        annotation = before + (" " + after if after and after[0] not in "[()" else after)
    else:
        annotation = spelled(start, end)
    if annotation == "void" and name is None:
        return None
    label = spelled(*name.byte_range) if name is not None else ""
    if kind == "variadic_parameter_declaration":
        inner = declarator
        while inner is not None and inner.type not in ("variadic_declarator", "identifier"):
            inner = first_named(inner)
        pack = first_named(inner) if inner is not None else None
        if pack is not None:
            label = spelled(*pack.byte_range)
            annotation = spelled(start, pack.start_byte)
        return Parameter(label, ParameterKind.VARIADIC, annotation, optional=True)
    if kind == "explicit_object_parameter_declaration":
        return Parameter(label, ParameterKind.RECEIVER, annotation)
    return Parameter(
        label,
        ParameterKind.POSITIONAL_ONLY,
        annotation,
        spelled(*default.byte_range) if default is not None else "",
        default is not None,
    )


def signature_in(spec: LanguageSpec, text: bytes) -> Signature:
    """The signature of the first function or macro that a text declares."""
    from pairwright_analyzers.syntax import descendants, parse

    for node in descendants(parse(spec, text).root):
        if node.type == "preproc_function_def":
            group = node.child_by_field_name("parameters")
            return Signature(_macro_parameters(group, text))
        if node.type in ("function_definition", "declaration", "field_declaration"):
            name, _, function = declared(node.child_by_field_name("declarator"))
            if name is None or function is None:
                continue
            group = function.child_by_field_name("parameters")
            found = [parameter(child, text) for child in group.named_children] if group else []
            parameters = [item for item in found if item is not None]
            if (
                group is not None
                and group.named_children == []
                and b"..." in text[slice(*group.byte_range)]
            ) or (group is not None and any(child.type == "..." for child in group.children)):
                parameters.append(Parameter("...", ParameterKind.VARIADIC, optional=True))
            return Signature(tuple(parameters), _returns(node, name, function, text))
    return Signature(())


def _macro_parameters(group: Node | None, text: bytes) -> tuple[Parameter, ...]:
    if group is None:
        return ()
    inner = text[group.start_byte + 1 : group.end_byte - 1].decode("utf-8", "replace")
    names = [name.strip() for name in inner.replace("\\\n", " ").split(",")]
    return tuple(
        Parameter(name, ParameterKind.VARIADIC, optional=True)
        if name.endswith("...")
        else Parameter(name, ParameterKind.POSITIONAL_ONLY)
        for name in names
        if name
    )


_SCOPED_ENUM = re.compile(r"\benum\s+(?:class|struct)\b")


def open_enum(signature: str) -> bool:
    """Whether an enum's members are named without it."""
    return _SCOPED_ENUM.search(signature) is None


_SPECIFIERS = re.compile(
    r"\b(?:static|extern|inline|__inline__|__inline|virtual|explicit|friend|constexpr|consteval|register)\b|\[\[.*?\]\]"
)


def _returns(node: Node, name: Node, function: Node, text: bytes) -> str:
    trailing = next(
        (child for child in function.named_children if child.type == "trailing_return_type"), None
    )
    if trailing is not None:
        start, end = trailing.byte_range
        return text[start:end].decode("utf-8", "replace").removeprefix("->").strip()
    kind = node.child_by_field_name("type")
    if kind is None:
        return ""
    before = text[node.start_byte : name.start_byte].decode("utf-8", "replace")
    return _SPACES.sub(" ", _SPECIFIERS.sub("", before)).strip()


def _signature(header: str) -> Signature:
    if header.startswith("#"):
        return signature_in(C, header.encode() + b" 0\n")
    return signature_in(C, header.encode() + b" {}\n")


def call(node: Node, text: bytes) -> Call | None:
    """The `call` hook of C."""
    if node.type != "call_expression":
        return None
    callee = node.child_by_field_name("function")
    group = node.child_by_field_name("arguments")
    if callee is None or group is None:
        return None
    return Call(
        Span(*node.byte_range),
        Span(*callee.byte_range),
        Span(*group.byte_range),
        tuple(arguments(group)),
    )


def arguments(group: Node) -> Iterable[Argument]:
    """The arguments in a list; a pack expansion is a spread."""
    for child in group.named_children:
        if child.type != "comment":
            span = Span(*child.byte_range)
            yield Argument(span, span, spread=child.type == "parameter_pack_expansion")


_CPLUSPLUS = re.compile(
    rb"#[ \t]*if(?:def[ \t]+__cplusplus|[ \t]+defined[ \t]*\(?[ \t]*__cplusplus[ \t]*\)?)[^\n]*\n"
    rb"\s*(extern\s+\"C\"\s*\{|\})"
)
"""A brace that is only there for C++: without its other half the rest of the header would be one
error.
"""

_EXPORTED_TYPE = re.compile(
    rb"(?:class|struct|union|enum)[ \t]+"
    rb"([A-Z_][A-Z0-9_]{2,}(?:[ \t]*\([^()\n]*\))?)"
    rb"\s+[A-Za-z_][\w:]*(?:[ \t]*<[^<>{};\n]*>)?(?:[ \t]+final)?\s*(?:\{|:[^:])"
)
"""`class API Name {`: the macro would be taken for the class's name."""

_SPECIFIER_MACRO = re.compile(
    rb"\n[ \t]*(?:template[ \t]*<[^;{}()\n]*>[ \t]*)?"
    rb"(?:(?:static|extern|inline|virtual|explicit|constexpr|friend)[ \t]+)*"
    rb"([A-Z][A-Z0-9]*_[A-Z0-9_]*(?:\([^()\n]*\))?)[ \t\n]+"
    rb"(?:(?:const|unsigned|signed|struct|static|inline|extern|virtual|explicit|constexpr|long|enum)"
    rb"[ \t]+)*[a-z_][\w:]*(?:<[^;{}()\n]*>)?(?:[ \t]+const\b)?"
    rb"(?:[ \t]+|[ \t]*[*&]+[ \t]*)(?:\n[ \t]*)?[A-Za-z_~][\w:~]*[ \t]*\("
)
"""`API int name(`: a macro with an underscore, before a type and a name."""


def blanks(text: bytes) -> Iterator[tuple[int, int]]:
    """The `blanks` hook of C: macros and braces that stand where the grammar has no place for
    them.
    """
    if text[:1].isupper():
        # The patterns look for starts of lines: a break is quicker to find than a text's start.
        for start, end in in_order(_blanks(b"\n" + text)):
            yield start - 1, end - 1
    else:
        yield from in_order(_blanks(text))


def in_order(spans: Iterable[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Spans in text order, those that overlap an earlier one left out."""
    end = 0
    for span in sorted(spans):
        if span[0] >= end:
            yield span
            end = span[1]


def _blanks(text: bytes) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    if b"__cplusplus" in text:
        spans.extend(found.span(1) for found in _CPLUSPLUS.finditer(text))
    for pattern in (_EXPORTED_TYPE, _SPECIFIER_MACRO, _BEFORE_KEYWORD, _BEFORE_CONSTRUCTOR):
        spans.extend(found.span(1) for found in pattern.finditer(text))
    spans.extend(_trailing_macros(text))
    spans.extend(_lone_macros(text))
    return spans


_BEFORE_KEYWORD = re.compile(
    rb"\n[ \t]*([A-Z][A-Z0-9_]{2,})[ \t\r\n]+"
    rb"(?=(?:template|class|struct|enum|union|inline|static|constexpr|virtual|explicit|using|typedef|auto|friend|extern"
    rb"|void|bool|int|char|unsigned|double|float|long|const)\b)"
)
"""`API template …`, `INLINE static int …`: no macro is a type before one of these words."""

_BEFORE_CONSTRUCTOR = re.compile(
    rb"\n[ \t]*([A-Z][A-Z0-9]*_[A-Z0-9_]*)[ \t\r\n]+(?:explicit[ \t]+)?"
    rb"[A-Za-z_]\w*[ \t]*\([^;{}]*\)\s*(?:noexcept\s*)?:[^:]"
)
"""`CONSTEXPR name(int a) : field(a) {}`: what has initialisers has no return type."""

_TRAILING = re.compile(
    rb"\)\s*(?:(?:const|override|final|noexcept)\s+)*"
    rb"([A-Z][A-Z0-9]*_[A-Z0-9_]*(?:\([^()\n]*\))?)\s*(?=[;{])"
)
_DECLARES = re.compile(
    rb"(?!(?:if|else|for|while|switch|return|case|do)\b)"
    rb"[A-Za-z_][\w:<>,*& \t\n]{0,200}[ \t\n*&][\w:~]+\s*\("
)
_AFTER_FIELD = re.compile(
    rb"\n[ \t]*[A-Za-z_][\w:<>,*& \t]{0,120}[ \t*&][a-z]\w*(?:\[[^\]\n]*\])?[ \t]+"
    rb"([A-Z][A-Z0-9_]*_BY\([^()\n]*\))[ \t]*[;={]"
)
"""`int field GUARDED_BY(mutex);`: it would be read as a method."""


def _trailing_macros(text: bytes) -> Iterator[tuple[int, int]]:
    """`int f(int a) LOCKS_REQUIRED(mutex);`: behind a declaration, not a call behind an `if`."""
    for found in _TRAILING.finditer(text):
        start = found.start()
        low = max(0, start - 1_000)
        begin = 1 + max(text.rfind(mark, low, start) for mark in (b";", b"{", b"}", b"#"))
        begin = max(begin, low)
        declaration = text[begin:start].lstrip()
        while declaration.startswith((b"//", b"public:", b"private:", b"protected:")):
            cut = declaration.find(b"\n")
            if cut < 0:
                break
            declaration = declaration[cut:].lstrip()
        if _DECLARES.match(declaration):
            yield found.span(1)
    if b"_BY(" in text:
        for found in _AFTER_FIELD.finditer(text):
            yield found.span(1)


_LONE = re.compile(rb"\n[ \t]*([A-Z][A-Z0-9_]{3,})[ \t]*\r?(?=\n)")
_ONLY_MACRO = re.compile(rb"[A-Z][A-Z0-9_]{3,}(?:\(.*\))?")
_NEXT_OPENS = re.compile(rb"[ \t\r\n]*(?:[A-Za-z_]\w*[ \t]*\(|[^A-Za-z_#~/\[\s]|$)")


def _lone_macros(text: bytes) -> Iterator[tuple[int, int]]:
    """A macro alone on its line between complete statements (`Q_OBJECT`, `LIB_BEGIN_NAMESPACE`).

    Not a return type on its own line, an enumerator or the tail of an expression: what stands
    before must have ended, and what follows must begin something and not be a name with a
    parenthesis.
    """
    for found in _LONE.finditer(text):
        start = found.start()
        before = text[max(0, start - 400) : start].rstrip()
        line = before[before.rfind(b"\n") + 1 :].lstrip()
        complete = (
            not before
            or before[-1:] in (b";", b"{", b"}", b":")
            or before.endswith(b"*/")
            or line.startswith((b"#", b"//"))
            or _ONLY_MACRO.fullmatch(line) is not None
        ) and not before.endswith(b"\\")
        if complete and not _NEXT_OPENS.match(text, found.end()):
            yield found.span(1)


_RAW = re.compile(
    rb'"(?:\\.|[^"\\])*"|\'(?:\\.|[^\'\\])*\'|//[^\n]*|/\*.*?\*/|\d[\w.]*'
    rb"|(->|\.|::)?\s*\b([A-Za-z_]\w*)(\s*\()?",
    re.S,
)
_KEYWORDS = frozenset(
    b"""
    alignas alignof asm auto bool break case catch char class const const_cast constexpr
    continue decltype default defined delete do double dynamic_cast else enum explicit extern
    false float for friend goto if inline int long mutable namespace new noexcept nullptr
    operator private protected public register reinterpret_cast restrict return short signed
    sizeof static static_assert static_cast struct switch template this throw true try typedef
    typeid typename typeof union unsigned using virtual void volatile wchar_t while
    __attribute__ __extension__ __typeof__ __VA_ARGS__ __VA_OPT__ _Bool _Static_assert size_t
""".split()
)


def raw_names(text: bytes, start: int, end: int) -> Iterator[tuple[int, int, Role, bool]]:
    """The `raw_names` hook of C and C++: the names in a macro's body, calls where a parenthesis
    follows.
    """
    for found in _RAW.finditer(text, start, end):
        name = found.group(2)
        if name is not None and name not in _KEYWORDS:
            role = Role.CALL if found.group(3) else Role.READ
            yield found.start(2), found.end(2), role, found.group(1) is not None


_CPLUSPLUS_ONLY = re.compile(
    rb"\n[ \t]*(?:namespace[ \t\n]+[\w:]*\s*\{|template[ \t]*<|class[ \t]+\w[\w \t:,<>]*\{"
    rb"|(?:public|private|protected)[ \t]*:[ \t\r]*\n|using[ \t]+(?:namespace[ \t]+\w+|\w+[ \t]*=)"
    rb"|virtual[ \t]+[\w~][^;\n]*\()"
)
_FOR_CPLUSPLUS = re.compile(rb"#[ \t]*if[^\n]*__cplusplus.*?\n[ \t]*#[ \t]*(?:endif|else)", re.S)


def _variant(text: bytes) -> LanguageSpec | None:
    """C++ where a text says what only C++ can, outside of sections that are for C++ alone."""
    if _CPLUSPLUS_ONLY.search(text) is None and _CPLUSPLUS_ONLY.match(b"\n" + text[:1_000]) is None:
        return None
    if b"__cplusplus" in text and not _CPLUSPLUS_ONLY.search(_FOR_CPLUSPLUS.sub(b"", text)):
        return None
    from pairwright_analyzers.languages.cpp.spec import CPP

    return CPP


_PREDECLARED = """
    NULL true false bool __FILE__ __LINE__ __func__ __FUNCTION__ __DATE__ __TIME__ __VA_ARGS__
    __COUNTER__ __STDC_VERSION__ __cplusplus size_t ssize_t ptrdiff_t intptr_t uintptr_t int8_t
    int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t wchar_t va_list va_start va_end
    va_arg va_copy offsetof assert errno
"""
PREDECLARED = frozenset(_PREDECLARED.split())
"""Names of the language and of the headers that every program includes."""

C = LanguageSpec(
    id="c",
    name="C",
    extensions=(".c", ".h"),
    grammar=_grammar,
    package="pairwright_analyzers.languages.c",
    define=define,
    imports=imports,
    typed=typed,
    signature=_signature,
    call=call,
    habits=C_HABITS,
    shapes=SHAPES,
    line_comment="//",
    block_comment=("/*", "*/"),
    resolver="include",
    family="c",
    receivers=frozenset(),
    super_words=frozenset(),
    builtins=PREDECLARED,
    blanks=blanks,
    raw_names=raw_names,
    variant=_variant,
    open_enum=open_enum,
    test_paths=(r"(^|/)tests?/", r"(^|/)test_[^/]*\.[ch]$", r"_test\.[ch]$"),
)
