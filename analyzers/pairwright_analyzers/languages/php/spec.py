"""PHP: what its syntax tree means. The only place that knows it.

Local variables keep their `$` in name and span: `$config` and `config()` are different names of
one scope. Properties have none, neither where they are declared (`public $name`), promoted, nor
used (`$this->name`, `self::$name`), so that declaration and use agree; parameters in a signature
have none either, as named arguments spell them. A trait is a CLASS, and `use Trait;` inherits
from it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.php.habits import HABITS
from pairwright_analyzers.languages.php.imports import IMPORTS
from pairwright_analyzers.languages.php.shapes import SHAPES
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

_PRIVATE = re.compile(rb"\bprivate\b", re.I)
_PROTECTED = re.compile(rb"\bprotected\b", re.I)
_STATIC = re.compile(rb"\bstatic\b", re.I)
_ABSTRACT = re.compile(rb"\babstract\b", re.I)
_OVERRIDE = re.compile(rb"#\[[^\]]*\bOverride\b")
_TEST = re.compile(rb"#\[\s*(?:\\?[\w\\]*\\)?(?:Test|DataProvider\w*|TestWith\w*)\b")
_TEST_COMMENT = re.compile(rb"@test\b")
_DEPRECATED = re.compile(rb"@deprecated\b|#\[[^\]]*\bDeprecated\b")
_IGNORED_CLASSES = frozenset({b"self", b"static", b"parent"})


def _grammar() -> object:
    import tree_sitter_php

    return tree_sitter_php.language_php()


def _first(node: Node) -> Node | None:
    """The first named child; broken source may have left none."""
    return node.named_child(0) if node.named_child_count else None


def _define(word: str, node: Node, text: bytes) -> Definition | None:
    if word == "function":
        return _function(node, text)
    if word in ("class", "interface", "enum"):
        return _class(word, node, text)
    if word == "namespace":
        name = node.child_by_field_name("name")
        if name is None:
            return None
        body = node.child_by_field_name("body")
        return Definition(SymbolKind.NAMESPACE, name, node, body, flags=SymbolFlag.EXPORTED)
    if word == "case":
        name = node.child_by_field_name("name")
        if name is None:
            return None
        return Definition(SymbolKind.ENUM_MEMBER, name, node, flags=SymbolFlag.EXPORTED)
    if word == "property":
        return _property(node, text)
    if word == "promoted":
        return _promoted(node, text)
    if word == "constant":
        name = _first(node)
        declaration = node.parent
        if name is None or name.type != "name" or declaration is None:
            return None
        header = text[declaration.start_byte : name.start_byte]
        return Definition(SymbolKind.CONSTANT, name, declaration, flags=_visibility(header))
    return _defined(node, text)


def _visibility(header: bytes) -> SymbolFlag:
    flags = SymbolFlag.EXPORTED
    if _PRIVATE.search(header):
        flags = SymbolFlag.PRIVATE
    elif _PROTECTED.search(header):
        flags = SymbolFlag.NONE
    if _STATIC.search(header):
        flags |= SymbolFlag.STATIC
    if b"#[" in header:
        flags |= SymbolFlag.DECORATED
    return flags


def _comment_before(text: bytes, start: int) -> bytes:
    """The documentation comment that ends right before an offset, or nothing."""
    before = text[max(0, start - 4000) : start].rstrip()
    if not before.endswith(b"*/"):
        return b""
    return before[before.rfind(b"/*") :]


def _function(node: Node, text: bytes) -> Definition | None:
    name = node.child_by_field_name("name")
    if name is None:
        return None
    body = node.child_by_field_name("body")
    start = node.start_byte
    header = text[start : name.start_byte]
    flags = _visibility(header)
    if (node.type == "method_declaration" and body is None) or _ABSTRACT.search(header):
        flags |= SymbolFlag.ABSTRACT
    comment = _comment_before(text, start)
    if _OVERRIDE.search(header):
        flags |= SymbolFlag.OVERRIDE
    if _DEPRECATED.search(comment) or _DEPRECATED.search(header):
        flags |= SymbolFlag.DEPRECATED
    if node.type == "method_declaration" and (
        text.startswith(b"test", name.start_byte)
        or _TEST.search(header)
        or _TEST_COMMENT.search(comment)
    ):
        flags |= SymbolFlag.TEST
    if (
        body is not None
        and b"yield" in text[body.start_byte : body.end_byte]
        and _yields(body, text)
    ):
        flags |= SymbolFlag.GENERATOR
    return Definition(SymbolKind.FUNCTION, name, node, body, flags=flags)


_YIELD = re.compile(rb"\byield\b[ \t(;$\[\"'\w]")


def _yields(body: Node, text: bytes) -> bool:
    return _YIELD.search(text, body.start_byte, body.end_byte) is not None


def _class(word: str, node: Node, text: bytes) -> Definition | None:
    name = node.child_by_field_name("name")
    if name is None:
        return None
    body = node.child_by_field_name("body")
    kind = SymbolKind.CLASS
    if word == "interface":
        kind = SymbolKind.INTERFACE
    elif word == "enum":
        kind = SymbolKind.ENUM
    header = text[node.start_byte : name.start_byte]
    flags = SymbolFlag.EXPORTED
    if b"#[" in header:
        flags |= SymbolFlag.DECORATED
    if _ABSTRACT.search(header):
        flags |= SymbolFlag.ABSTRACT
    if _DEPRECATED.search(_comment_before(text, node.start_byte)):
        flags |= SymbolFlag.DEPRECATED
    if word == "class" and text[name.start_byte : name.end_byte].endswith(b"Test"):
        flags |= SymbolFlag.TEST
    return Definition(kind, name, node, body, flags=flags)


def _property(node: Node, text: bytes) -> Definition | None:
    variable = node.child_by_field_name("name")
    name = _first(variable) if variable is not None else None
    declaration = node.parent
    if name is None or declaration is None:
        return None
    header = text[declaration.start_byte : node.start_byte]
    return Definition(SymbolKind.FIELD, name, declaration, flags=_visibility(header))


def _promoted(node: Node, text: bytes) -> Definition | None:
    variable = node.child_by_field_name("name")
    if variable is not None and variable.type == "by_ref":
        variable = _first(variable)
    name = _first(variable) if variable is not None else None
    if name is None:
        return None
    header = text[node.start_byte : name.start_byte]
    return Definition(SymbolKind.FIELD, name, node, flags=_visibility(header))


def _defined(node: Node, text: bytes) -> Definition | None:
    """`define('NAME', …)`."""
    call = _first(node)
    if call is None:
        return None
    callee = call.child_by_field_name("function")
    group = call.child_by_field_name("arguments")
    if callee is None or group is None or text[callee.start_byte : callee.end_byte] != b"define":
        return None
    argument = _first(group)
    string = _first(argument) if argument is not None else None
    content = _first(string) if string is not None else None
    if content is None or content.type != "string_content":
        return None
    return Definition(SymbolKind.CONSTANT, content, node, flags=SymbolFlag.EXPORTED)


def _spelled(node: Node, text: bytes) -> str:
    return text[node.start_byte : node.end_byte].decode("utf-8", "replace")


def _imports(node: Node, text: bytes) -> Iterator[Import]:
    span = Span(*node.byte_range)
    if node.type != "namespace_use_declaration":
        yield from _included(node, text)
        return
    prefix = ""
    clauses = node.named_children
    for child in node.named_children:
        if child.type == "namespace_name":
            prefix = _spelled(child, text).strip("\\")
        elif child.type == "namespace_use_group":
            clauses = child.named_children
    for clause in clauses:
        if clause.type != "namespace_use_clause":
            continue
        target = next(
            (one for one in clause.named_children if one.type in ("name", "qualified_name")), None
        )
        if target is None:
            continue
        alias = clause.child_by_field_name("alias")
        full = "\\".join(part for part in (prefix, _spelled(target, text).strip("\\")) if part)
        module, _, name = full.rpartition("\\")
        last = target if target.type == "name" else target.named_children[-1]
        yield Import(
            span,
            module,
            name,
            _spelled(alias, text) if alias is not None else name,
            0,
            Span(*last.byte_range),
        )


_PATH = re.compile(rb"['\"]([^'\"$]+)['\"]\s*\)?\s*$")


def _included(node: Node, text: bytes) -> Iterator[Import]:
    """`require __DIR__ . '/x.php'`: the path's literal end names the file."""
    found = _PATH.search(text, node.start_byte, node.end_byte)
    if found is not None:
        module = found.group(1).decode("utf-8", "replace").lstrip("/")
        if module:
            yield Import(Span(*node.byte_range), module, "", "", 0, Span(*found.span(1)))


def _type_name(node: Node | None, text: bytes) -> Node | None:
    """The name of a type: `?A` and `A|null` -> A; None for built-in types and true unions."""
    for _ in range(8):
        if node is None:
            return None
        kind = node.type
        if kind == "name":
            return node
        if kind == "relative_scope":
            return node
        if kind in ("qualified_name", "relative_name"):
            children = node.named_children
            return children[-1] if children and children[-1].type == "name" else None
        if kind in ("union_type", "type_list"):
            named = [
                child
                for child in node.named_children
                if child.type in ("named_type", "optional_type", "union_type")
            ]
            others = [child for child in node.named_children if child not in named]
            null = all(text[one.start_byte : one.end_byte] == b"null" for one in others)
            node = named[0] if len(named) == 1 and null else None
        elif kind in ("named_type", "optional_type", "type"):
            node = _first(node)
        else:
            return None
    return None


def _typed(node: Node, text: bytes) -> Iterator[tuple[int, int]]:
    kind = node.type
    if kind in _MEMBERS:
        # A member of what a call with arguments, or what is in parentheses, gives.
        member = node.child_by_field_name("name")
        made = _made_by(node.child_by_field_name("object"), text)
        if member is not None and made is not None:
            yield member.start_byte, made.start_byte
        return
    if kind == "assignment_expression":
        target = node.child_by_field_name("left")
        if target is not None and target.type == "member_access_expression":
            target = target.child_by_field_name("name")
        value = _made_by(node.child_by_field_name("right"), text)
        if target is not None and value is not None:
            yield target.start_byte, value.start_byte
        return
    if kind in ("method_declaration", "function_definition"):
        value = _type_name(node.child_by_field_name("return_type"), text)
        target = node.child_by_field_name("name")
        if target is not None and value is not None:
            yield target.start_byte, value.start_byte
        return
    value = _type_name(node.child_by_field_name("type"), text)
    if value is None:
        return
    if kind == "property_declaration":
        for child in node.named_children:
            if child.type == "property_element":
                variable = child.child_by_field_name("name")
                name = _first(variable) if variable is not None else None
                if name is not None:
                    yield name.start_byte, value.start_byte
        return
    variable = node.child_by_field_name("name")
    if variable is not None and variable.type == "by_ref":
        variable = _first(variable)
    if variable is not None:
        yield variable.start_byte, value.start_byte
        if kind == "property_promotion_parameter":
            # The property behind the parameter has its own name, without the sigil.
            yield variable.start_byte + 1, value.start_byte


_MEMBERS = frozenset(
    {
        "member_call_expression",
        "nullsafe_member_call_expression",
        "member_access_expression",
        "nullsafe_member_access_expression",
    }
)


def _made_by(node: Node | None, text: bytes) -> Node | None:
    """The name that says a value's type: the created class, the called function."""
    for _ in range(8):
        if node is None or node.type not in ("parenthesized_expression", "clone_expression"):
            break
        node = _first(node)
    if node is None:
        return None
    if node.type == "object_creation_expression":
        first = _first(node)
        return _type_name(first, text)
    if node.type == "function_call_expression":
        return _type_name(node.child_by_field_name("function"), text)
    name = node.child_by_field_name("name")
    return name if name is not None and name.type == "name" else None


def _signature(header: str) -> Signature:
    from pairwright_analyzers.syntax import descendants, parse

    for frame in ("<?php class _ {{ {} {{}} }}", "<?php {} {{}}"):
        text = frame.format(header).encode()
        for node in descendants(parse(PHP, text).root):
            if node.type in ("method_declaration", "function_definition"):
                group = node.child_by_field_name("parameters")
                returns = node.child_by_field_name("return_type")
                found = [_parameter(child, text) for child in group.named_children] if group else []
                return Signature(
                    tuple(item for item in found if item is not None),
                    _spelled(returns, text) if returns is not None else "",
                )
    return Signature(())


def _parameter(node: Node, text: bytes) -> Parameter | None:
    if node.type not in ("simple_parameter", "variadic_parameter", "property_promotion_parameter"):
        return None
    variable = node.child_by_field_name("name")
    if variable is None:
        return None
    name = _spelled(variable, text).lstrip("&$ ")
    kind = ParameterKind.POSITIONAL
    if node.type == "variadic_parameter":
        kind = ParameterKind.VARIADIC
    annotation = node.child_by_field_name("type")
    default = node.child_by_field_name("default_value")
    return Parameter(
        name,
        kind,
        _spelled(annotation, text) if annotation is not None else "",
        _spelled(default, text) if default is not None else "",
        default is not None or kind is ParameterKind.VARIADIC,
    )


_CALLS = frozenset(
    {
        "function_call_expression",
        "member_call_expression",
        "nullsafe_member_call_expression",
        "scoped_call_expression",
        "object_creation_expression",
    }
)


def _call(node: Node, text: bytes) -> Call | None:
    kind = node.type
    if kind not in _CALLS:
        return None
    group = node.child_by_field_name("arguments")
    if kind == "object_creation_expression":
        callee = _first(node)
        group = next((child for child in node.named_children if child.type == "arguments"), None)
        if callee is None or callee.type == "anonymous_class":
            return None
        callee_span = Span(*callee.byte_range)
        if group is None:
            end = node.end_byte
            return Call(Span(*node.byte_range), callee_span, Span(end, end), ())
    else:
        last = node.child_by_field_name("function") or node.child_by_field_name("name")
        if last is None or group is None:
            return None
        callee_span = Span(node.start_byte, last.end_byte)
    arguments: list[Argument] = []
    for child in group.named_children:
        if child.type != "argument":
            continue
        name = child.child_by_field_name("name")
        values = child.named_children
        value = values[-1] if values else child
        spread = value.type == "variadic_unpacking"
        arguments.append(
            Argument(
                Span(*child.byte_range),
                Span(*value.byte_range),
                _spelled(name, text) if name is not None else "",
                spread,
            )
        )
    return Call(Span(*node.byte_range), callee_span, Span(*group.byte_range), tuple(arguments))


def _closes(kind: SymbolKind, signature: str) -> bool:
    """No function sees the variables around it; a closure is no symbol."""
    return True


_PREDECLARED = """
    true false null self static parent class isset empty unset exit die echo print list array
    count strlen str_replace sprintf printf implode explode in_array array_map array_filter
    array_merge array_keys array_values array_key_exists array_shift array_pop array_push
    array_unshift array_slice array_splice array_search array_unique array_reverse array_reduce
    array_walk array_combine array_flip array_diff array_intersect array_column array_fill range
    compact extract usort uasort uksort sort ksort asort is_array is_string is_int is_bool
    is_null is_numeric is_callable is_object is_a is_subclass_of gettype get_class
    get_parent_class method_exists property_exists class_exists interface_exists function_exists
    defined define constant call_user_func call_user_func_array func_get_args iterator_to_array
    json_encode json_decode serialize unserialize var_dump var_export print_r trim ltrim rtrim
    strtolower strtoupper ucfirst lcfirst ucwords substr strpos strrpos str_contains
    str_starts_with str_ends_with preg_match preg_replace preg_match_all preg_split preg_quote
    preg_replace_callback file_get_contents file_put_contents file_exists is_file is_dir mkdir
    unlink fopen fclose fread fwrite dirname basename realpath time microtime date strtotime max
    min abs round floor ceil rand mt_rand random_int md5 sha1 hash intval floatval strval
    boolval settype spl_object_id spl_object_hash spl_autoload_register trigger_error error_log
    set_error_handler ini_set ini_get getenv putenv array_is_list mb_strlen mb_substr stdClass
    Closure Exception Error ErrorException TypeError ValueError ArgumentCountError
    ArithmeticError LogicException RuntimeException InvalidArgumentException
    OutOfBoundsException OutOfRangeException LengthException DomainException RangeException
    OverflowException UnderflowException UnexpectedValueException BadFunctionCallException
    BadMethodCallException JsonException Throwable Traversable Iterator IteratorAggregate
    ArrayAccess Countable Serializable JsonSerializable Stringable UnitEnum BackedEnum Generator
    ArrayIterator ArrayObject SplObjectStorage SplQueue SplStack DateTime DateTimeImmutable
    DateTimeInterface DateInterval DateTimeZone ReflectionClass ReflectionMethod
    ReflectionFunction ReflectionNamedType ReflectionProperty WeakMap WeakReference Attribute
    Override __CLASS__ __DIR__ __FILE__ __FUNCTION__ __LINE__ __METHOD__ __NAMESPACE__ PHP_EOL
    PHP_VERSION PHP_INT_MAX DIRECTORY_SEPARATOR $this $GLOBALS $_SERVER $_GET $_POST $_FILES
    $_COOKIE $_SESSION $_REQUEST $_ENV
"""

PHP = LanguageSpec(
    id="php",
    name="PHP",
    extensions=(".php", ".phtml", ".php5", ".php7", ".phpt", ".inc"),
    interpreters=("php",),
    grammar=_grammar,
    package="pairwright_analyzers.languages.php",
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
    resolver="php",
    methods_apart=True,
    closes=_closes,
    binding_roles=frozenset({Role.BIND, Role.WRITE}),
    block_scoped=False,
    receivers=frozenset({"$this", "self", "static"}),
    super_words=frozenset({"parent"}),
    constructor_names=frozenset({"__construct"}),
    arguments=ArgumentRules(keywords=True, extra_allowed=True),
    dynamic_hooks=frozenset({"__call", "__callStatic", "__get", "__set"}),
    builtins=frozenset(_PREDECLARED.split()),
    test_paths=(r"(^|/)[Tt]ests?/", r"Test\.php$"),
)
