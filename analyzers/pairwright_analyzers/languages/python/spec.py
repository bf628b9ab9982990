"""Python: what its syntax tree means. The only place that knows it."""

from __future__ import annotations

import builtins
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.nodes import first_named
from pairwright_analyzers.languages.python.habits import HABITS
from pairwright_analyzers.languages.python.imports import IMPORTS
from pairwright_analyzers.languages.python.shapes import SHAPES
from pairwright_analyzers.languages.python.typed import typed
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

_STATIC = re.compile(rb"@\s*staticmethod\b")
_CLASS_METHOD = re.compile(rb"@\s*(?:abc\.)?classmethod\b")
_PROPERTY = re.compile(
    rb"@\s*(?:functools\.)?(?:property|cached_property|abc\.abstractproperty|[\w.]+\.(?:setter|getter|deleter))\b"
)
_ABSTRACT = re.compile(rb"@\s*(?:abc\.)?abstract(?:method|property|classmethod|staticmethod)\b")
_OVERLOAD = re.compile(rb"@\s*(?:\w+\.)?overload\b")
_OVERRIDE = re.compile(rb"@\s*(?:\w+\.)?override\b")
_DEPRECATED = re.compile(rb"@\s*(?:\w+\.)?deprecated\b")
# Plain numbers: joining enum members costs more than all the rest of reading a definition.
_IS_ABSTRACT = int(SymbolFlag.ABSTRACT)
_IS_ASYNC = int(SymbolFlag.ASYNC)
_IS_CLASS_METHOD = int(SymbolFlag.CLASS_METHOD)
_IS_DECORATED = int(SymbolFlag.DECORATED)
_IS_DEPRECATED = int(SymbolFlag.DEPRECATED)
_IS_EXPORTED = int(SymbolFlag.EXPORTED)
_IS_OVERLOAD = int(SymbolFlag.OVERLOAD)
_IS_OVERRIDE = int(SymbolFlag.OVERRIDE)
_IS_PROPERTY = int(SymbolFlag.PROPERTY)
_IS_STATIC = int(SymbolFlag.STATIC)
_IS_TEST = int(SymbolFlag.TEST)
_SPACES = re.compile(r"\s+")

_INTERFACE_BASES = (b"Protocol", b"ABC")


def _grammar() -> object:
    import tree_sitter_python

    return tree_sitter_python.language()


def _define(word: str, node: Node, text: bytes) -> Definition | None:
    if word == "function":
        return _function(node, text)
    if word == "class":
        return _class(node, text)
    if word == "attribute":
        return _attribute(node, text)
    if word == "type":
        name = node.child_by_field_name("left")
        while name is not None and name.type != "identifier":
            name = first_named(name)
        return None if name is None else Definition(SymbolKind.TYPE, name, node)
    name = node.child_by_field_name("left")
    if name is None or name.type != "identifier":
        return None
    spelled = text[name.start_byte : name.end_byte]
    flags = 0 if spelled.startswith(b"_") else _IS_EXPORTED
    if word == "field":
        kind = SymbolKind.ENUM_MEMBER if _is_member_of_enum(node, text) else SymbolKind.FIELD
        return Definition(kind, name, node, flags=flags)
    kind = SymbolKind.CONSTANT if spelled.isupper() else SymbolKind.VARIABLE
    return Definition(kind, name, node, flags=flags)


def _top_level(root: Node) -> Iterator[tuple[str, Node]]:
    """Assignments at the top of a module, and below its `if` and `try` statements."""
    waiting = [root]
    while waiting:
        for child in waiting.pop().named_children:
            kind = child.type
            if kind == "expression_statement":
                inner = child.named_children[0] if child.named_child_count else None
                if inner is not None and inner.type == "assignment":
                    yield "variable", inner
            elif kind in _TOP_LEVEL_BLOCKS:
                waiting.append(child)


_TOP_LEVEL_BLOCKS = frozenset(
    {
        "if_statement",
        "elif_clause",
        "else_clause",
        "try_statement",
        "except_clause",
        "finally_clause",
        "with_statement",
        "block",
    }
)


def _function(node: Node, text: bytes) -> Definition | None:
    name = node.child_by_field_name("name")
    if name is None:
        return None
    body = node.child_by_field_name("body")
    start = node.start_byte
    spelled = text[name.start_byte : name.end_byte]
    flags = 0
    if not spelled.startswith(b"_"):
        flags |= _IS_EXPORTED
    if text.startswith(b"async", start):
        flags |= _IS_ASYNC
    extent = node
    parent = _decorated(node, text)
    if parent is not None:
        extent = parent
        flags |= _IS_DECORATED
        marks = text[parent.start_byte : start]
        for pattern, flag in (
            (_STATIC, _IS_STATIC),
            (_CLASS_METHOD, _IS_CLASS_METHOD),
            (_PROPERTY, _IS_PROPERTY),
            (_ABSTRACT, _IS_ABSTRACT),
            (_OVERLOAD, _IS_OVERLOAD),
            (_OVERRIDE, _IS_OVERRIDE),
            (_DEPRECATED, _IS_DEPRECATED),
        ):
            if pattern.search(marks):
                flags |= flag
    if spelled.startswith(b"test"):
        flags |= _IS_TEST
    return Definition(SymbolKind.FUNCTION, name, extent, body, flags=flags, doc=_docstring(body))


def _class(node: Node, text: bytes) -> Definition | None:
    name = node.child_by_field_name("name")
    if name is None:
        return None
    body = node.child_by_field_name("body")
    flags = 0
    spelled = text[name.start_byte : name.end_byte]
    if not spelled.startswith(b"_"):
        flags |= _IS_EXPORTED
    if spelled.startswith(b"Test"):
        flags |= _IS_TEST
    extent = node
    parent = _decorated(node, text)
    if parent is not None:
        extent = parent
        flags |= _IS_DECORATED
    kind = SymbolKind.CLASS
    bases = node.child_by_field_name("superclasses")
    if bases is not None:
        header = text[bases.start_byte : bases.end_byte]
        if b"Protocol" in header:
            kind = SymbolKind.INTERFACE
        elif _ENUMERATIONS.search(header):
            kind = SymbolKind.ENUM
    return Definition(kind, name, extent, body, flags=flags, doc=_docstring(body))


_ENUMERATIONS = re.compile(rb"Enum\b|\b(?:Int)?Flag\b")


def _is_member_of_enum(node: Node, text: bytes) -> bool:
    """Whether an assignment in a class's body makes a member of an enumeration: it has a value and
    no annotation, and its name is not an underscored one.
    """
    name = node.child_by_field_name("left")
    if name is None or text.startswith(b"_", name.start_byte):
        return False
    if node.child_by_field_name("right") is None or node.child_by_field_name("type") is not None:
        return False
    around = node.parent
    while around is not None and around.type != "class_definition":
        around = around.parent
    bases = around.child_by_field_name("superclasses") if around is not None else None
    return bases is not None and bool(_ENUMERATIONS.search(text[bases.start_byte : bases.end_byte]))


def _attribute(node: Node, text: bytes) -> Definition | None:
    left = node.child_by_field_name("left")
    if left is None:
        return None
    receiver = left.child_by_field_name("object")
    name = left.child_by_field_name("attribute")
    if receiver is None or name is None:
        return None
    start, end = receiver.byte_range
    if text[start:end] not in (b"self", b"cls"):
        return None
    flags = 0 if text.startswith(b"_", name.start_byte) else _IS_EXPORTED
    return Definition(SymbolKind.FIELD, name, node, flags=flags)


def _decorated(node: Node, text: bytes) -> Node | None:
    """The `decorated_definition` around a definition.

    Looks back in the text first: a node's parent is found from the root, which is slow.
    """
    start = node.start_byte
    line = text.rfind(b"\n", 0, start)
    before = text[max(0, line - 200) : max(0, line)].rstrip()
    if not before or (before[-1] not in b")" and b"@" not in before[before.rfind(b"\n") + 1 :]):
        return None
    parent = node.parent
    return parent if parent is not None and parent.type == "decorated_definition" else None


def _docstring(body: Node | None) -> Node | None:
    if body is None or not body.named_child_count:  # a broken header leaves an empty block
        return None
    first = first_named(body)
    if first is None or first.type != "expression_statement":
        return None
    string = first_named(first)
    return string if string is not None and string.type == "string" else None


def _dotted(node: Node, text: bytes) -> str:
    return _SPACES.sub("", text[node.start_byte : node.end_byte].decode("utf-8", "replace"))


def _imports(node: Node, text: bytes) -> Iterator[Import]:
    span = Span(*node.byte_range)
    if node.type == "import_statement":
        for child in node.children_by_field_name("name"):
            if child.type == "aliased_import":
                name = child.child_by_field_name("name")
                alias = child.child_by_field_name("alias")
                if name is not None and alias is not None:
                    yield Import(
                        span,
                        _dotted(name, text),
                        "",
                        _dotted(alias, text),
                        0,
                        Span(*name.byte_range),
                    )
            else:
                module = _dotted(child, text)
                yield Import(span, module, "", module.partition(".")[0], 0, Span(*child.byte_range))
        return
    if node.type == "future_import_statement":
        return
    source = node.child_by_field_name("module_name")
    if source is None:
        return
    module = _dotted(source, text)
    level = len(module) - len(module.lstrip("."))
    module = module[level:]
    names = node.children_by_field_name("name")
    if not names:
        # Only `from x import *` has no name.
        yield Import(span, module, "*", "", level, Span(*source.byte_range))
    for child in names:
        if child.type == "aliased_import":
            name = child.child_by_field_name("name")
            alias = child.child_by_field_name("alias")
            if name is not None and alias is not None:
                yield Import(
                    span,
                    module,
                    _dotted(name, text),
                    _dotted(alias, text),
                    level,
                    Span(*name.byte_range),
                    reexport=_dotted(name, text) == _dotted(alias, text),
                )
        else:
            name_text = _dotted(child, text)
            yield Import(span, module, name_text, name_text, level, Span(*child.byte_range))


_WORD = re.compile(rb"[^\W\d]\w*")
_HEAD = re.compile(rb"(\w+)\s*\Z")
_PUBLIC = re.compile(rb"__all__\s*(?:\+?=\s*[\[(]?|\.extend\(\s*)\s*\Z")


def _raw_names(text: bytes, start: int, end: int) -> Iterator[tuple[int, int, Role, bool]]:
    """The names in a quoted annotation, and in the list of what a module offers."""
    opened = text.rfind(b"[", 0, start)
    before = text[max(0, opened - 80) : opened]
    if _PUBLIC.search(before):
        if _WORD.fullmatch(text, start, end):
            yield start, end, Role.READ, False
        return
    line = text.rfind(b"\n", 0, start)
    if opened > line:
        if before.rstrip().endswith((b"=", b"(", b",", b":", b"in", b"return")):
            return
        head = _HEAD.search(before)
        quoted_first = not text[opened + 1 : start].strip().strip(b"\"'")
        if head and (head[1] == b"Literal" or (head[1] == b"Annotated" and not quoted_first)):
            return
    elif text[line + 1 : start].strip()[:1] in (b"'", b'"') and text[start - 2 : start - 1] != b" ":
        return
    for word in _WORD.finditer(text, start, end):
        if text[word.start() : word.end()] != b"None":
            member = text[word.start() - 1 : word.start()] == b"."
            yield word.start(), word.end(), Role.ANNOTATE, member


_PARAMETER_KINDS = {
    "identifier": ParameterKind.POSITIONAL,
    "list_splat_pattern": ParameterKind.VARIADIC,
    "dictionary_splat_pattern": ParameterKind.KEYWORD_VARIADIC,
}


def _signature(header: str) -> Signature:
    from pairwright_analyzers.syntax import node_text, parse

    is_class = header.lstrip().startswith("class")
    text = (header.rstrip().rstrip(":") + (": pass\n")).encode()
    root = parse(PYTHON, text).root
    node: Node | None = first_named(root)
    if node is not None and node.type == "decorated_definition":
        node = node.child_by_field_name("definition")
    if node is None or is_class or node.type != "function_definition":
        return Signature(())
    returns = node.child_by_field_name("return_type")
    group = node.child_by_field_name("parameters")
    parameters: list[Parameter] = []
    keyword_only = False
    for child in group.named_children if group is not None else ():
        if child.type == "keyword_separator":
            keyword_only = True
            continue
        if child.type == "positional_separator":
            parameters = [
                Parameter(
                    item.name,
                    ParameterKind.POSITIONAL_ONLY,
                    item.annotation,
                    item.default,
                    item.optional,
                )
                for item in parameters
            ]
            continue
        parameter = _parameter(child, text)
        if parameter is None:
            continue
        if parameter.kind is ParameterKind.VARIADIC:
            keyword_only = True
        elif keyword_only and parameter.kind is ParameterKind.POSITIONAL:
            parameter = Parameter(
                parameter.name,
                ParameterKind.KEYWORD_ONLY,
                parameter.annotation,
                parameter.default,
                parameter.optional,
            )
        parameters.append(parameter)
    return Signature(tuple(parameters), node_text(returns, text) if returns is not None else "")


def _parameter(node: Node, text: bytes) -> Parameter | None:
    def spelled(part: Node | None) -> str:
        return (
            text[part.start_byte : part.end_byte].decode("utf-8", "replace")
            if part is not None
            else ""
        )

    target: Node | None = node
    annotation = default = ""
    optional = False
    if node.type in ("default_parameter", "typed_default_parameter"):
        target = node.child_by_field_name("name")
        default = spelled(node.child_by_field_name("value"))
        annotation = spelled(node.child_by_field_name("type"))
        optional = True
    elif node.type == "typed_parameter":
        target = first_named(node)
        annotation = spelled(node.child_by_field_name("type"))
    if target is None or target.type not in _PARAMETER_KINDS:
        return None
    kind = _PARAMETER_KINDS[target.type]
    if kind is not ParameterKind.POSITIONAL:
        optional = True
    return Parameter(spelled(target).lstrip("* "), kind, annotation, default, optional)


def _call(node: Node, text: bytes) -> Call | None:
    if node.type != "call":
        return None
    callee = node.child_by_field_name("function")
    group = node.child_by_field_name("arguments")
    if callee is None or group is None:
        return None
    arguments: list[Argument] = []
    if group.type == "generator_expression":
        arguments.append(Argument(Span(*group.byte_range), Span(*group.byte_range)))
    else:
        for child in group.named_children:
            if child.type == "comment":
                continue
            span = Span(*child.byte_range)
            if child.type == "keyword_argument":
                name = child.child_by_field_name("name")
                value = child.child_by_field_name("value")
                if name is not None and value is not None:
                    arguments.append(
                        Argument(
                            span,
                            Span(*value.byte_range),
                            text[name.start_byte : name.end_byte].decode("utf-8", "replace"),
                        )
                    )
            else:
                spread = child.type in ("list_splat", "dictionary_splat")
                name_text = "**" if child.type == "dictionary_splat" else ""
                arguments.append(Argument(span, span, name_text, spread))
    return Call(
        Span(*node.byte_range), Span(*callee.byte_range), Span(*group.byte_range), tuple(arguments)
    )


PYTHON = LanguageSpec(
    id="python",
    name="Python",
    extensions=(".py", ".pyi", ".pyw"),
    interpreters=("python", "pypy"),
    grammar=_grammar,
    package="pairwright_analyzers.languages.python",
    define=_define,
    imports=_imports,
    typed=typed,
    raw_names=_raw_names,
    signature=_signature,
    call=_call,
    habits=HABITS,
    shapes=SHAPES,
    import_style=IMPORTS,
    resolver="python",
    binding_roles=frozenset({Role.BIND, Role.WRITE}),
    block_scoped=False,
    receivers=frozenset({"self", "cls", "Self"}),
    constructor_names=frozenset({"__init__", "__new__", "__post_init__"}),
    arguments=ArgumentRules(keywords=True, keyword_label="{}=", first_is_receiver=True),
    dynamic_hooks=frozenset({"__getattr__", "__getattribute__"}),
    dotted_members=True,
    top_level=_top_level,
    builtins=frozenset(name for name in dir(builtins))
    | {"__file__", "__name__", "__doc__", "__path__"},
    test_paths=(r"(^|/)tests?/", r"(^|/)test_[^/]*\.py$", r"_test\.py$", r"(^|/)conftest\.py$"),
)
