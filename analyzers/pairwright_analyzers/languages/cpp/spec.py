"""C++: what its syntax tree means, on top of the declarators and macros that C's spec reads.

A member defined outside its class (`void ns::A::f() {}`) has `owner` `ns.A`: the scope as
written, dotted, which is the class's qualified name wherever the definition stands in the same
namespace or spells it out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.c import spec as c
from pairwright_analyzers.languages.c.habits import CPP_HABITS
from pairwright_analyzers.languages.cpp.shapes import SHAPES
from pairwright_analyzers.languages.spec import ArgumentRules, Definition, LanguageSpec
from pairwright_analyzers.types import (
    AS_IT_IS,
    Call,
    Import,
    Signature,
    Span,
    SymbolFlag,
    SymbolKind,
)

if TYPE_CHECKING:
    from tree_sitter import Node

_GTEST = frozenset({b"TEST", b"TEST_F", b"TEST_P", b"TYPED_TEST", b"TYPED_TEST_P"})
_CATCH = frozenset(
    {
        b"TEST_CASE",
        b"TEST_CASE_METHOD",
        b"TEMPLATE_TEST_CASE",
        b"SCENARIO",
        b"SCENARIO_METHOD",
        b"SECTION",
        b"GIVEN",
        b"WHEN",
        b"THEN",
        b"SUBCASE",
        b"DOCTEST_TEST_CASE",
        b"BOOST_AUTO_TEST_CASE",
    }
)
_ACCESS = (b"public", b"private", b"protected")
_TEMPLATE_ARGUMENTS = re.compile(r"<.*>", re.S)
_OVERRIDE = re.compile(rb"\b(?:override|final)\b")
_PURE = re.compile(rb"=\s*0\s*;?\s*$")
_CLASSES = frozenset({"class_specifier", "struct_specifier", "union_specifier"})


def _grammar() -> object:
    import tree_sitter_cpp

    return tree_sitter_cpp.language()


def _define(word: str, node: Node, text: bytes) -> Definition | list[Definition] | None:
    if word == "template":
        return _template(node, text)
    parent = node.parent
    if parent is not None and parent.type == "template_declaration" and word != "declarator":
        # Found at the template, whose head belongs to it.
        return None
    return _plain(word, node, text)


def _plain(word: str, node: Node, text: bytes) -> Definition | list[Definition] | None:
    if word == "function":
        return _function(node, node, text)
    if word == "declarator":
        declaration = node.parent
        if declaration is None:
            return None
        return _declaration(node, declaration, declaration, text)
    if word == "field":
        return _field(node, text)
    if word == "struct":
        return _class(node, node, text)
    if word == "namespace":
        return _namespace(node, text)
    if word in ("alias", "concept", "namespace_alias"):
        name = node.child_by_field_name("name")
        kind = SymbolKind.NAMESPACE if word == "namespace_alias" else SymbolKind.TYPE
        if name is None:
            return None
        return Definition(kind, name, node, flags=_visibility(node, node, text))
    if word == "enum":
        found = c.define(word, node, text)
        if found is None:
            return None
        name, owner = _split(found.name, text)
        if name is None:
            return None
        return found._replace(name=name, owner=owner, flags=_visibility(node, node, text))
    return c.define(word, node, text)


def _template(node: Node, text: bytes) -> Definition | None:
    """What a template declares, however many heads it has; its extent covers them."""
    inner = node
    for _ in range(16):
        last = inner.named_children[-1] if inner.named_children else None
        if last is None or last.type != "template_declaration":
            break
        inner = last
    parent = node.parent
    if parent is not None and parent.type == "template_declaration":
        return None
    for child in inner.named_children:
        kind = child.type
        if kind == "function_definition":
            return _function(child, node, text)
        if kind in _CLASSES:
            return _class(child, node, text)
        if kind in ("alias_declaration", "concept_definition"):
            name = child.child_by_field_name("name")
            if name is not None:
                flags = _visibility(node, node, text)
                return Definition(SymbolKind.TYPE, name, node, flags=flags)
        if kind == "declaration":
            body_holder = child.child_by_field_name("type")
            declarator = child.child_by_field_name("declarator")
            if declarator is not None:
                return _declaration(declarator, child, node, text)
            if body_holder is not None and body_holder.type in _CLASSES:
                return _class(body_holder, node, text)
    return None


def _split(name: Node, text: bytes) -> tuple[Node | None, str]:
    """The last identifier of a possibly qualified name, and the scopes before it, dotted,
    template arguments left out.
    """
    scopes: list[str] = []
    node: Node | None = name
    for _ in range(64):
        if node is None:
            return None, ""
        if node.type == "qualified_identifier":
            scope = node.child_by_field_name("scope")
            if scope is not None:
                spelled = text[scope.start_byte : scope.end_byte].decode("utf-8", "replace")
                scopes.append(_TEMPLATE_ARGUMENTS.sub("", spelled).strip())
            node = node.child_by_field_name("name")
        elif node.type in ("template_function", "template_method", "template_type"):
            node = node.child_by_field_name("name")
        elif node.type == "dependent_name":
            node = c.first_named(node)
        elif node.type == "pointer_type_declarator":
            return None, ""
        else:
            return node, ".".join(scope for scope in scopes if scope)
    return None, ""


def _visibility(node: Node, extent: Node, text: bytes) -> SymbolFlag:
    """EXPORTED or PRIVATE by the last access label before a member; not exported in an unnamed
    namespace.
    """
    around = extent.parent
    while around is not None and (
        around.type.startswith("preproc") or around.type in ("declaration", "field_declaration")
    ):
        around = around.parent
    if around is None:
        return SymbolFlag.EXPORTED
    if around.type == "declaration_list":
        owner = around.parent
        unnamed = (
            owner is not None
            and owner.type == "namespace_definition"
            and owner.child_by_field_name("name") is None
        )
        return SymbolFlag.NONE if unnamed else SymbolFlag.EXPORTED
    if around.type != "field_declaration_list":
        return SymbolFlag.EXPORTED
    label = _access_label(text, around.start_byte, node.start_byte)
    if not label:
        holder = around.parent
        private = holder is not None and holder.type == "class_specifier"
        return SymbolFlag.PRIVATE if private else SymbolFlag.EXPORTED
    if label == b"public":
        return SymbolFlag.EXPORTED
    return SymbolFlag.PRIVATE if label == b"private" else SymbolFlag.NONE


_LABEL = re.compile(rb"\b(public|private|protected)\b[\w \t]*:(?!:)")


def _access_label(text: bytes, start: int, end: int) -> bytes:
    """The access label in force at `end` in a class body that begins at `start`; those of nested
    classes do not count.
    """
    stop = end
    for _ in range(32):
        at = max(text.rfind(word, start, stop) for word in _ACCESS)
        if at < 0:
            return b""
        found = _LABEL.match(text, at, end)
        if found is not None:
            between = text[found.end() : end]
            if between.count(b"}") <= between.count(b"{"):
                return found.group(1)
        stop = at
    return b""


def _class_around(node: Node) -> Node | None:
    around = node.parent
    while around is not None and (
        around.type.startswith("preproc") or around.type == "template_declaration"
    ):
        around = around.parent
    if around is None or around.type != "field_declaration_list":
        return None
    holder = around.parent
    return holder if holder is not None and holder.type in _CLASSES else None


def _function(node: Node, extent: Node, text: bytes) -> Definition | None:
    name, _, function = c.declared(node.child_by_field_name("declarator"))
    if name is None:
        return None
    body = node.child_by_field_name("body")
    if function is None:
        cast = _cast_of(name)
        if cast is not None:
            return _callable(cast, name, node, extent, body, text)
        return None
    spelled = text[name.start_byte : name.end_byte]
    if spelled in c.STATEMENT_WORDS:
        return None
    if spelled in _GTEST:
        return _gtest(function, extent, body, text)
    if spelled in _CATCH:
        return _titled_test(function, extent, body, text)
    if body is not None:
        # A constructor's initialisers are no part of its header.
        for child in node.named_children:
            if child.type == "field_initializer_list":
                body = child
                break
    else:
        body = next((child for child in node.named_children if child.type == "try_statement"), None)
    return _callable(None, name, node, extent, body, text)


def _cast_of(name: Node) -> Node | None:
    """The `operator T` that a possibly qualified name ends in."""
    node: Node | None = name
    while node is not None and node.type == "qualified_identifier":
        node = node.child_by_field_name("name")
    return node if node is not None and node.type == "operator_cast" else None


def _callable(
    cast: Node | None, name: Node, node: Node, extent: Node, body: Node | None, text: bytes
) -> Definition | None:
    last, owner = _split(name, text)
    if last is None:
        return None
    label = ""
    if cast is not None:
        kind_node = cast.child_by_field_name("type")
        if kind_node is None:
            return None
        label = "operator " + text[kind_node.start_byte : kind_node.end_byte].decode(
            "utf-8", "replace"
        )
    header = text[node.start_byte : name.start_byte]
    flags = c.header_flags(header)
    holder = _class_around(extent)
    visibility = _visibility(node, extent, text)
    if holder is not None or visibility is SymbolFlag.NONE:
        flags = (flags & ~SymbolFlag.EXPORTED) | visibility
    spelled = text[last.start_byte : last.end_byte]
    tail = text[name.end_byte : body.start_byte if body is not None else node.end_byte]
    if _OVERRIDE.search(tail):
        flags |= SymbolFlag.OVERRIDE
    if (body is None and b"default" not in tail and b"delete" not in tail) or _PURE.search(tail):
        flags |= SymbolFlag.ABSTRACT
    kind = SymbolKind.FUNCTION
    if owner:
        kind = SymbolKind.METHOD
        own = owner.rpartition(".")[2].encode()
        if spelled == own:
            kind = SymbolKind.CONSTRUCTOR
    elif holder is not None:
        class_name = holder.child_by_field_name("name")
        bare, _ = _split(class_name, text) if class_name is not None else (None, "")
        if bare is not None and text[bare.start_byte : bare.end_byte] == spelled:
            kind = SymbolKind.CONSTRUCTOR
    return Definition(kind, last, extent, body, owner=owner, flags=flags, label=label)


def _gtest(function: Node, extent: Node, body: Node | None, text: bytes) -> Definition | None:
    group = function.child_by_field_name("parameters")
    names = (
        [c.type_name(child.child_by_field_name("type")) for child in group.named_children]
        if group
        else []
    )
    if len(names) != 2:
        return None
    suite, case = names
    if suite is None or case is None:
        return None
    label = ".".join(
        text[one.start_byte : one.end_byte].decode("utf-8", "replace") for one in (suite, case)
    )
    return Definition(SymbolKind.TEST, case, extent, body, flags=SymbolFlag.TEST, label=label)


def _titled_test(function: Node, extent: Node, body: Node | None, text: bytes) -> Definition | None:
    """`TEST_CASE("title", "[tag]") { … }`: `_blanks` hides the strings, so that it reads as a
    function.
    """
    group = function.child_by_field_name("parameters")
    if group is None:
        return None
    spelled = text[group.start_byte : group.end_byte].decode("utf-8", "replace")
    title = _TITLE.search(spelled)
    label = title.group(1) if title is not None else spelled.strip("() \n")
    return Definition(
        SymbolKind.TEST, group, extent, body, flags=SymbolFlag.TEST, label=label or "test"
    )


_TITLE = re.compile(r'"((?:\\.|[^"\\])*)"')
_TITLED_TEST = re.compile(
    rb"\n[ \t]*(?:"
    + b"|".join(sorted(_CATCH, reverse=True))
    + rb")[ \t]*\(((?:[^()\"]|\"(?:\\.|[^\"\\\n])*\"|\([^()]*\))*)\)\s*\{"
)


def _blanks(text: bytes) -> Iterator[tuple[int, int]]:
    spans = list(c.blanks(text))
    if b"SECTION" in text or b"TEST_CASE" in text or b"SCENARIO" in text or b"SUBCASE" in text:
        # A break before the text lets its first line be one too.
        spans.extend(
            (found.start(1) - 1, found.end(1) - 1)
            for found in _TITLED_TEST.finditer(b"\n" + text)
            if found.group(1)
        )
    yield from c.in_order(spans)


def _declaration(node: Node, declaration: Node, extent: Node, text: bytes) -> Definition | None:
    if declaration is extent:
        parent = declaration.parent
        if parent is not None and parent.type == "template_declaration":
            return None
    if not c.at_file_level(extent, text):
        return None
    name, around, function = c.declared(node)
    if name is None:
        return None
    cast = _cast_of(name)
    if cast is not None:
        return _callable(cast, name, declaration, extent, None, text)
    if text[name.start_byte : name.end_byte] in c.STATEMENT_WORDS:
        return None
    if function is not None and around == "function_declarator":
        found = _callable(None, name, declaration, extent, None, text)
        if found is None:
            return None
        parent = declaration.parent
        if parent is not None and parent.type == "friend_declaration":
            return found._replace(flags=found.flags & ~SymbolFlag.PRIVATE)
        return found
    last, owner = _split(name, text)
    if last is None:
        return None
    found = c.declaration_of(declaration, node, last, around, function, text)
    visibility = _visibility(declaration, extent, text)
    flags = found.flags
    if visibility is not SymbolFlag.EXPORTED:
        flags = (flags & ~SymbolFlag.EXPORTED) | visibility
    kind = SymbolKind.FIELD if _class_around(extent) is not None else found.kind
    return found._replace(extent=extent, owner=owner, flags=flags, kind=kind)


def _field(node: Node, text: bytes) -> Definition | None:
    declaration = node.parent
    name, around, function = c.declared(node)
    if name is None or declaration is None:
        return None
    if function is not None and around == "function_declarator":
        return _callable(None, name, declaration, declaration, None, text)
    last, _ = _split(name, text)
    if last is None:
        return None
    header = text[declaration.start_byte : name.start_byte]
    flags = _visibility(declaration, declaration, text)
    if b"static" in header:
        flags |= SymbolFlag.STATIC
    return Definition(SymbolKind.FIELD, last, declaration, flags=flags)


def _class(node: Node, extent: Node, text: bytes) -> Definition | None:
    body = node.child_by_field_name("body")
    name = node.child_by_field_name("name")
    parent = node.parent
    if body is None:
        return None
    if name is None:
        return c.tagged(node, text, SymbolKind.STRUCT)
    if extent is node and parent is not None and parent.type == "type_definition":
        return c.tagged(node, text, SymbolKind.STRUCT)
    last, owner = _split(name, text)
    if last is None:
        return None
    kind = SymbolKind.CLASS if node.type == "class_specifier" else SymbolKind.STRUCT
    if (
        extent is node
        and parent is not None
        and parent.type in ("declaration", "field_declaration")
    ):
        first, _, _ = c.declared(parent.child_by_field_name("declarator"))
        if first is None:
            extent = parent
    flags = _visibility(extent, extent, text)
    # A base list is part of the header; the signature ends at the body.
    return Definition(kind, last, extent, body, owner=owner, flags=flags)


def _namespace(node: Node, text: bytes) -> Definition | list[Definition] | None:
    """A namespace; `namespace a::b` is two, one in the other."""
    name = node.child_by_field_name("name")
    body = node.child_by_field_name("body")
    if name is None:
        return None
    parts = [name]
    while parts[-1].type == "nested_namespace_specifier" and parts[-1].named_children:
        parts[-1:] = parts[-1].named_children
    return [
        Definition(SymbolKind.NAMESPACE, part, node, body, flags=SymbolFlag.EXPORTED)
        for part in parts[:_MAX_NAMESPACES]
    ]


_MAX_NAMESPACES = 32


def _imports(node: Node, text: bytes) -> Iterator[Import]:
    """What a file includes; with level 1, what `using` and an alias bring from a namespace."""
    kind = node.type
    if kind == "preproc_include":
        yield from c.imports(node, text)
        return
    span = Span(*node.byte_range)
    if kind == "import_declaration":
        name = node.child_by_field_name("name") or node.child_by_field_name("header")
        if name is not None:
            module = text[name.start_byte : name.end_byte].decode("utf-8", "replace").strip('"<>')
            yield Import(span, module, "*", "", 0, Span(*name.byte_range))
        return
    path = node.named_children[-1] if node.named_children else None
    if path is None:
        return
    spelled = text[path.start_byte : path.end_byte].decode("utf-8", "replace")
    dotted = ".".join("".join(_TEMPLATE_ARGUMENTS.sub("", spelled).split()).split("::")).strip(".")
    module, _, name_text = dotted.rpartition(".")
    where = Span(*path.byte_range)
    if kind == "namespace_alias_definition":
        alias = node.child_by_field_name("name")
        if alias is not None and alias != path:
            label = text[alias.start_byte : alias.end_byte].decode("utf-8", "replace")
            yield Import(span, module, name_text, label, 1, where)
    elif any(child.type in ("namespace", "enum") for child in node.children):
        yield Import(span, dotted, "*", "", 1, where)
    elif module:
        yield Import(span, module, name_text, name_text, 1, where)


def _typed(node: Node, text: bytes) -> Iterator[c.Typed]:
    if node.type == "field_expression":
        yield from c.member_of(node, lambda receiver: _made_by(receiver, text))
        return
    kind = node.child_by_field_name("type")
    if node.type == "compound_literal_expression":
        value = c.type_name(kind)
        if value is not None:
            yield from c.designated(node.child_by_field_name("value"), value)
        return
    inferred = kind is not None and kind.type == "placeholder_type_specifier"
    if node.type == "for_range_loop" and inferred:
        name, _, _ = c.declared(node.child_by_field_name("declarator"))
        value = _made_by(node.child_by_field_name("right"), text)
        if name is not None and value is not None:
            yield name.start_byte, value.start_byte, -1, 0
        return
    if node.type == "alias_declaration":
        name = node.child_by_field_name("name")
        value = c.type_name(kind)
        if name is not None and value is not None:
            yield name.start_byte, value.start_byte
        return
    if inferred:
        yield from _inferred(node, text)
        return
    for _ in range(16):
        if kind is None or kind.type != "qualified_identifier":
            break
        kind = kind.child_by_field_name("name")
    items = 0
    if kind is not None and kind.type == "template_type":
        value = _pointee(kind, text)
        if value is not None and value != c.type_name(kind):
            items = int(_template_name(kind, text) in _COLLECTIONS)
    else:
        value = c.type_name(kind)
    if value is None:
        return
    for declarator in node.children_by_field_name("declarator"):
        name, _, _ = c.declared(declarator)
        last = _split(name, text)[0] if name is not None else None
        if last is not None:
            yield (
                (last.start_byte, value.start_byte, items, 0)
                if items
                else (last.start_byte, value.start_byte)
            )
        if declarator.type == "init_declarator":
            yield from c.designated(declarator.child_by_field_name("value"), value)


_POINTERS = frozenset(
    {b"unique_ptr", b"shared_ptr", b"weak_ptr", b"optional", b"reference_wrapper"}
)


_COLLECTIONS = frozenset(
    b"vector list deque set array span initializer_list forward_list multiset unordered_set".split()
)


_AS_THEY_ARE = frozenset({"identifier", "field_expression", "qualified_identifier"})


def _template_name(node: Node, text: bytes) -> bytes:
    name = node.child_by_field_name("name")
    return text[name.start_byte : name.end_byte] if name is not None else b""


def _pointee(node: Node, text: bytes) -> Node | None:
    """`unique_ptr<A>` is used like an `A`, `vector<A>` holds some; other templates are
    themselves.
    """
    word = _template_name(node, text)
    if word in _POINTERS or word in _COLLECTIONS:
        inner = _argument(node)
        for _ in range(8):
            kind = inner.child_by_field_name("type") if inner is not None else None
            while kind is not None and kind.type == "qualified_identifier":
                kind = kind.child_by_field_name("name")
            if kind is None or kind.type != "template_type":
                break
            if _template_name(kind, text) not in _POINTERS:
                break
            inner = _argument(kind)
        return c.type_name(inner) or c.type_name(node)
    return c.type_name(node)


def _argument(node: Node) -> Node | None:
    """The first argument of a template."""
    group = node.child_by_field_name("arguments")
    return c.first_named(group) if group is not None else None


_CASTS = frozenset(
    b"""static_cast dynamic_cast const_cast reinterpret_cast make_unique make_shared
    static_pointer_cast dynamic_pointer_cast""".split()
)


def _made_by(node: Node | None, text: bytes) -> Node | None:
    """The name that says an expression's type, casts and makers of pointers looked through."""
    for _ in range(32):
        if node is None:
            return None
        kind = node.type
        if kind == "parenthesized_expression":
            node = c.first_named(node)
        elif kind in ("pointer_expression", "subscript_expression"):
            node = node.child_by_field_name("argument")
        elif kind == "call_expression":
            node = node.child_by_field_name("function")
        elif kind == "qualified_identifier":
            node = node.child_by_field_name("name")
        elif kind in ("template_function", "template_method"):
            if _template_name(node, text) in _CASTS:
                return c.type_name(_argument(node))
            return node.child_by_field_name("name")
        elif kind == "field_expression":
            node = node.child_by_field_name("field")
        elif kind == "dependent_name":
            node = c.first_named(node)
        else:
            return c.made_by(node)
    return None


def _inferred(node: Node, text: bytes) -> Iterator[c.Typed]:
    """`auto x = make()` and `auto x = new A` take the type of what they are made by; `auto f()
    -> A` says it behind.
    """
    for declarator in node.children_by_field_name("declarator"):
        name, _, function = c.declared(declarator)
        value: Node | None = None
        if function is not None:
            trailing = next(
                (one for one in function.named_children if one.type == "trailing_return_type"), None
            )
            value = c.type_name(c.first_named(trailing)) if trailing is not None else None
        elif declarator.type == "init_declarator":
            right = declarator.child_by_field_name("value")
            value = _made_by(right, text)
            if value is not None and right is not None and right.type in _AS_THEY_ARE:
                if name is not None:
                    yield name.start_byte, value.start_byte, AS_IT_IS, 0
                continue
        if name is not None and value is not None:
            yield name.start_byte, value.start_byte


def _signature(header: str) -> Signature:
    if header.startswith("#"):
        return c.signature_in(CPP, header.encode() + b" 0\n")
    found = c.signature_in(CPP, header.encode() + b" {}\n")
    if found.parameters or found.returns:
        return found
    # What is only a function inside of a class (a constructor, an operator that converts).
    return c.signature_in(CPP, b"struct _ { " + header.encode() + b"; };\n")


def _call(node: Node, text: bytes) -> Call | None:
    if node.type == "new_expression":
        callee = node.child_by_field_name("type")
        group = node.child_by_field_name("arguments")
        if callee is None or group is None:
            return None
        return Call(
            Span(*node.byte_range),
            Span(*callee.byte_range),
            Span(*group.byte_range),
            tuple(c.arguments(group)),
        )
    return c.call(node, text)


CPP = LanguageSpec(
    id="cpp",
    name="C++",
    extensions=(".cpp", ".cc", ".cxx", ".hpp", ".hh", ".hxx", ".ipp", ".inl", ".c++", ".h++"),
    grammar=_grammar,
    package="pairwright_analyzers.languages.cpp",
    define=_define,
    imports=_imports,
    typed=_typed,
    signature=_signature,
    call=_call,
    habits=CPP_HABITS,
    shapes=SHAPES,
    line_comment="//",
    block_comment=("/*", "*/"),
    resolver="include",
    family="c",
    implicit_receiver=True,
    super_words=frozenset(),
    builtins=c.PREDECLARED | {"std", "nullptr", "this", "nullptr_t"},
    arguments=ArgumentRules(overloads=True, exact_overrides=True),
    blanks=_blanks,
    raw_names=c.raw_names,
    open_enum=c.open_enum,
    test_paths=(
        r"(^|/)tests?/",
        r"(^|/)test_[^/]*\.(?:cc|cpp|cxx|hpp|h)$",
        r"[_-](?:unit)?tests?\.(?:cc|cpp|cxx)$",
        r"[a-z]Test\.(?:cc|cpp|cxx)$",
    ),
)
