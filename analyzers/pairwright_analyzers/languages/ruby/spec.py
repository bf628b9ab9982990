"""Ruby: what its syntax tree means. The only place that knows it.

A bare identifier may be a local name or a call without arguments; the syntax does not say which.
One that nothing binds in its scope has the role `read` all the same, so whoever resolves it must
look among methods too. Assigning to a bare name binds it (`bind`); instance, class and global
variables keep their sigils in their names and are written (`write`). A module is a CLASS: it has
methods, and what includes it inherits them. Symbols given to a bare call (`before_action
:log_in`) or as a block (`&:name`) are read as names of methods.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.ruby.habits import HABITS
from pairwright_analyzers.languages.ruby.imports import IMPORTS
from pairwright_analyzers.languages.ruby.shapes import SHAPES
from pairwright_analyzers.languages.spec import Definition, LanguageSpec
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

_ATTRIBUTES = frozenset(
    b"""
    attr_accessor attr_reader attr_writer attr cattr_accessor cattr_reader cattr_writer
    mattr_accessor mattr_reader mattr_writer class_attribute thread_mattr_accessor attr_internal
    attr_internal_reader
""".split()
)
_MAKERS = frozenset({b"define_method", b"alias_method", b"define_singleton_method"})
_GROUPS = frozenset(
    b"""describe context feature shared_examples shared_examples_for shared_context xdescribe
    fdescribe""".split()
)
_EXAMPLES = frozenset(b"it specify test scenario should example xit fit".split())
_CLASS_MAKERS = frozenset({b"Struct", b"Class", b"Module", b"Data"})
_REQUIRES = frozenset({b"require", b"require_relative", b"load", b"autoload"})
_VISIBILITY = (b"private", b"protected", b"public", b"module_function")


def _grammar() -> object:
    import tree_sitter_ruby

    return tree_sitter_ruby.language()


def _first(node: Node) -> Node | None:
    """The first named child; broken source may have left none."""
    return node.named_child(0) if node.named_child_count else None


def _define(word: str, node: Node, text: bytes) -> Definition | None:
    if word in ("method", "singleton_method"):
        return _method(node, text, word == "singleton_method")
    if word in ("class", "module"):
        return _class(node, text)
    if word == "constant":
        return _constant(node, text)
    if word == "field":
        name = node.child_by_field_name("left")
        if name is None:
            return None
        flags = SymbolFlag.STATIC if name.type == "class_variable" else SymbolFlag.NONE
        return Definition(SymbolKind.FIELD, name, node, flags=flags)
    if word == "global":
        name = node.child_by_field_name("left")
        return (
            None
            if name is None
            else Definition(SymbolKind.VARIABLE, name, node, flags=SymbolFlag.EXPORTED)
        )
    if word == "attribute":
        return _attribute(node, text)
    if word == "alias":
        name = node.child_by_field_name("name")
        if name is None:
            return None
        label = text[name.start_byte : name.end_byte].decode("utf-8", "replace").lstrip(":")
        return Definition(SymbolKind.FUNCTION, name, node, flags=SymbolFlag.EXPORTED, label=label)
    return _test(node, text)


def _after(*parts: Node | None) -> Node | None:
    """What follows the last of a header's parts: where the body, or the comment before it,
    begins.
    """
    last: Node | None = None
    for part in parts:
        if part is not None:
            last = part
    return last.next_sibling if last is not None else None


def _method(node: Node, text: bytes, singleton: bool) -> Definition | None:
    name = node.child_by_field_name("name")
    if name is None:
        return None
    body = _after(name, node.child_by_field_name("parameters"))
    flags = SymbolFlag.EXPORTED
    owner = ""
    parent = node.parent
    if singleton:
        flags |= SymbolFlag.STATIC
        receiver = node.child_by_field_name("object")
        if receiver is not None and receiver.type == "constant" and not _in_type(parent):
            owner = text[receiver.start_byte : receiver.end_byte].decode("utf-8", "replace")
    elif parent is not None:
        around = parent.parent
        if around is not None and around.type == "singleton_class":
            flags |= SymbolFlag.STATIC
    word = _visibility(node, parent, text)
    if word in (b"private", b"protected"):
        flags &= ~SymbolFlag.EXPORTED
        if word == b"private":
            flags |= SymbolFlag.PRIVATE
    elif word == b"module_function":
        flags |= SymbolFlag.STATIC
    if text.startswith(b"test_", name.start_byte):
        flags |= SymbolFlag.TEST
    kind = SymbolKind.METHOD if owner else SymbolKind.FUNCTION
    return Definition(kind, name, node, body, owner=owner, flags=flags)


def _in_type(parent: Node | None) -> bool:
    around = parent.parent if parent is not None else None
    return around is not None and around.type in ("class", "module", "singleton_class")


_LABEL = re.compile(
    rb"\n([ \t]*)(private|protected|public|module_function)[ \t]*(?:#[^\n]*)?(?=\r?\n)"
)


@lru_cache(maxsize=2)
def _labels(text: bytes) -> tuple[list[int], list[tuple[bytes, bytes]]]:
    """The visibility words alone on their lines: their offsets, and each one's indentation and
    word.
    """
    found = list(_LABEL.finditer(text))
    return [one.start() for one in found], [(one.group(1), one.group(2)) for one in found]


def _visibility(node: Node, parent: Node | None, text: bytes) -> bytes:
    """The visibility in force at a method: a word before `def`, or the last word alone on a line
    at its indentation.
    """
    start = node.start_byte
    line = text.rfind(b"\n", 0, start) + 1
    indent = text[line:start]
    if indent.strip():
        first = indent.split()[0]
        return first if first in _VISIBILITY else b""
    offsets, labels = _labels(text)
    if not offsets or parent is None or parent.type != "body_statement":
        return b""
    low = parent.start_byte - len(indent) - 1
    for at in range(bisect_left(offsets, start) - 1, -1, -1):
        if offsets[at] < low:
            break
        if labels[at][0] == indent:
            return labels[at][1]
    return b""


def _name_and_owner(name: Node, text: bytes) -> tuple[Node | None, str]:
    if name.type != "scope_resolution":
        return name, ""
    last = name.child_by_field_name("name")
    scope = name.child_by_field_name("scope")
    owner = ""
    if scope is not None:
        owner = (
            text[scope.start_byte : scope.end_byte].decode("utf-8", "replace").replace("::", ".")
        )
    return last, owner.strip(".")


def _class(node: Node, text: bytes) -> Definition | None:
    name = node.child_by_field_name("name")
    if name is None:
        return None
    body = _after(name, node.child_by_field_name("superclass"))
    last, owner = _name_and_owner(name, text)
    if last is None:
        return None
    flags = SymbolFlag.EXPORTED
    spelled = text[last.start_byte : last.end_byte]
    if node.type == "class" and spelled.endswith((b"Test", b"Spec")):
        flags |= SymbolFlag.TEST
    return Definition(SymbolKind.CLASS, last, node, body, owner=owner, flags=flags)


def _constant(node: Node, text: bytes) -> Definition | None:
    left = node.child_by_field_name("left")
    if left is None:
        return None
    name, owner = _name_and_owner(left, text)
    if name is None:
        return None
    right = node.child_by_field_name("right")
    if right is not None and right.type == "call":
        receiver = right.child_by_field_name("receiver")
        method = right.child_by_field_name("method")
        if receiver is not None and method is not None:
            made_by = text[receiver.start_byte : receiver.end_byte]
            how = text[method.start_byte : method.end_byte]
            if made_by in _CLASS_MAKERS and how in (b"new", b"define"):
                kind = SymbolKind.CLASS
                block = right.child_by_field_name("block")
                return Definition(kind, name, node, block, owner=owner, flags=SymbolFlag.EXPORTED)
    return Definition(SymbolKind.CONSTANT, name, node, owner=owner, flags=SymbolFlag.EXPORTED)


def _attribute(node: Node, text: bytes) -> Definition | None:
    """A symbol that a call makes a member of: `attr_reader :name`, `define_method(:name) { … }`."""
    group = node.parent
    call = group.parent if group is not None else None
    method = call.child_by_field_name("method") if call is not None else None
    if call is None or group is None or method is None:
        return None
    word = text[method.start_byte : method.end_byte]
    label = text[node.start_byte + 1 : node.end_byte].decode("utf-8", "replace")
    if word in _ATTRIBUTES:
        return Definition(SymbolKind.PROPERTY, node, call, flags=SymbolFlag.EXPORTED, label=label)
    if word in _MAKERS and _first(group) == node:
        body = call.child_by_field_name("block")
        flags = SymbolFlag.EXPORTED
        if word == b"define_singleton_method":
            flags |= SymbolFlag.STATIC
        return Definition(SymbolKind.FUNCTION, node, call, body, flags=flags, label=label)
    return None


def _test(node: Node, text: bytes) -> Definition | None:
    """`describe "…" do`, `it "…" do`: named by their first argument."""
    method = node.child_by_field_name("method")
    group = node.child_by_field_name("arguments")
    block = node.child_by_field_name("block")
    if method is None or group is None or block is None:
        return None
    word = text[method.start_byte : method.end_byte]
    if word not in _GROUPS and word not in _EXAMPLES:
        return None
    title = _first(group)
    if title is None:
        return None
    receiver = node.child_by_field_name("receiver")
    if receiver is not None and text[receiver.start_byte : receiver.end_byte] not in (
        b"RSpec",
        b"Spec",
    ):
        return None
    label = text[title.start_byte : title.end_byte].decode("utf-8", "replace").strip("\"':")
    # A class that is described is read there: its own name must not count as a definition.
    name = title if title.type in ("string", "simple_symbol") else next(iter(block.children), None)
    if name is None or not label:
        return None
    return Definition(SymbolKind.TEST, name, node, block, flags=SymbolFlag.TEST, label=label)


def _imports(node: Node, text: bytes) -> Iterator[Import]:
    method = node.child_by_field_name("method")
    group = node.child_by_field_name("arguments")
    if method is None or group is None:
        return
    word = text[method.start_byte : method.end_byte]
    if word not in _REQUIRES:
        return
    values = group.named_children
    path = values[1] if word == b"autoload" and len(values) > 1 else values[0] if values else None
    if path is None or path.type != "string" or len(path.named_children) != 1:
        return
    content = path.named_children[0]
    if content.type != "string_content":
        return
    start, end = content.byte_range
    module = text[start:end].decode("utf-8", "replace")
    name = "*"
    if word == b"autoload":
        name = (
            text[values[0].start_byte : values[0].end_byte].decode("utf-8", "replace").lstrip(":")
        )
    level = 1 if word == b"require_relative" else 0
    yield Import(Span(*node.byte_range), module, name, "", level, Span(start, end))


def _typed(node: Node, text: bytes) -> Iterator[tuple[int, int] | tuple[int, int, int, int]]:
    if node.type in ("method", "singleton_method"):
        yield from _returned(node, text)
        return
    if node.type == "call":
        # A member of what is made on the spot: `Cart.new(1).total`.
        name = node.child_by_field_name("method")
        made = _made(node.child_by_field_name("receiver"), text)
        if name is not None and made is not None:
            yield name.start_byte, made.start_byte
        return
    left = node.child_by_field_name("left")
    right = node.child_by_field_name("right")
    if left is None or right is None:
        return
    if left.type not in (
        "identifier",
        "instance_variable",
        "class_variable",
        "constant",
        "global_variable",
    ):
        return
    made = _made(right, text)
    if made is not None:
        yield left.start_byte, made.start_byte
    elif right.type == "call":
        method = right.child_by_field_name("method")
        if method is not None and method.type == "identifier":
            yield left.start_byte, method.start_byte
    elif right.type in ("identifier", "instance_variable"):
        yield left.start_byte, right.start_byte, AS_IT_IS, 0


def _made(node: Node | None, text: bytes) -> Node | None:
    """The constant of which an expression makes an instance: `A` in `B::A.new(1)`."""
    for _ in range(8):
        if node is None or node.type != "parenthesized_statements":
            break
        node = _first(node)
    if node is None or node.type != "call":
        return None
    receiver = node.child_by_field_name("receiver")
    method = node.child_by_field_name("method")
    if receiver is None or method is None or text[method.start_byte : method.end_byte] != b"new":
        return None
    if receiver.type == "scope_resolution":
        receiver = receiver.child_by_field_name("name")
    return receiver if receiver is not None and receiver.type == "constant" else None


def _returned(node: Node, text: bytes) -> Iterator[tuple[int, int] | tuple[int, int, int, int]]:
    """A method that ends in making something, or in a variable, gives that."""
    name = node.child_by_field_name("name")
    body = node.child_by_field_name("body")
    last = body
    if body is not None and body.type == "body_statement":
        last = body.named_children[-1] if body.named_children else None
    if name is None or last is None:
        return
    left: Node | None = None
    if last.type in ("assignment", "operator_assignment"):
        left = last.child_by_field_name("left")
        last = last.child_by_field_name("right")
    made = _made(last, text)
    if made is not None:
        yield name.start_byte, made.start_byte
        return
    variable = left or last
    if variable is not None and variable.type == "instance_variable":
        yield name.start_byte, variable.start_byte, AS_IT_IS, 0


_PARAMETERS = {
    "identifier": ParameterKind.POSITIONAL_ONLY,
    "optional_parameter": ParameterKind.POSITIONAL_ONLY,
    "keyword_parameter": ParameterKind.KEYWORD_ONLY,
    "splat_parameter": ParameterKind.VARIADIC,
    "hash_splat_parameter": ParameterKind.KEYWORD_VARIADIC,
    "forward_parameter": ParameterKind.VARIADIC,
    "destructured_parameter": ParameterKind.POSITIONAL_ONLY,
}


def _signature(header: str) -> Signature:
    from pairwright_analyzers.syntax import descendants, parse

    text = (header + "\nend\n").encode()
    for node in descendants(parse(RUBY, text).root):
        if node.type in ("method", "singleton_method"):
            group = node.child_by_field_name("parameters")
            found = [_parameter(child, text) for child in group.named_children] if group else []
            return Signature(tuple(item for item in found if item is not None))
    return Signature(())


def _parameter(node: Node, text: bytes) -> Parameter | None:
    def spelled(part: Node | None) -> str:
        return text[part.start_byte : part.end_byte].decode("utf-8", "replace") if part else ""

    kind = _PARAMETERS.get(node.type)
    if kind is None:
        # A block parameter (`&block`) is never among the arguments.
        return None
    if node.type in ("identifier", "destructured_parameter", "forward_parameter"):
        many = node.type == "forward_parameter"
        return Parameter(spelled(node), kind, optional=many)
    name = spelled(node.child_by_field_name("name"))
    value = node.child_by_field_name("value")
    variadic = kind in (ParameterKind.VARIADIC, ParameterKind.KEYWORD_VARIADIC)
    return Parameter(name, kind, "", spelled(value), value is not None or variadic)


def _call(node: Node, text: bytes) -> Call | None:
    if node.type != "call":
        return None
    method = node.child_by_field_name("method")
    if method is None:
        return None
    start = node.start_byte
    group = node.child_by_field_name("arguments")
    callee = Span(start, method.end_byte)
    if group is None:
        return Call(Span(*node.byte_range), callee, Span(method.end_byte, method.end_byte), ())
    arguments: list[Argument] = []
    for child in group.named_children:
        kind = child.type
        span = Span(*child.byte_range)
        if kind == "pair":
            key = child.child_by_field_name("key")
            value = child.child_by_field_name("value")
            if key is not None and key.type == "hash_key_symbol":
                name = text[key.start_byte : key.end_byte].decode("utf-8", "replace")
                where = Span(*value.byte_range) if value is not None else Span(*key.byte_range)
                arguments.append(Argument(span, where, name))
                continue
        if kind in ("comment", "block_argument"):
            continue
        spread = kind in ("splat_argument", "hash_splat_argument", "forward_argument")
        arguments.append(
            Argument(span, span, "**" if kind == "hash_splat_argument" else "", spread)
        )
    return Call(Span(*node.byte_range), callee, Span(*group.byte_range), tuple(arguments))


_DECLARES = re.compile(
    rb"\b(?:c?m?attr\w*|class_attribute|define_method|alias_method|autoload)\b[^\n]*$"
)
_PLAIN_SYMBOL = re.compile(rb":[A-Za-z_]\w*[?!]?$")


def _raw_names(text: bytes, start: int, end: int) -> Iterator[tuple[int, int, Role, bool]]:
    """A symbol that names a method; behind `&` it is called on each item."""
    if _PLAIN_SYMBOL.match(text, start, end) is None:
        return
    line = text.rfind(b"\n", 0, start) + 1
    if _DECLARES.search(text, line, start) is None:
        yield start + 1, end, Role.READ, text[start - 1 : start] == b"&"


_CLOSED = re.compile(r"^(?:\w+ )*def\b")


def _closes(kind: SymbolKind, signature: str) -> bool:
    """`def`, `class` and `module` see no local names around them; a block does."""
    return kind is SymbolKind.CLASS or _CLOSED.match(signature) is not None


_PREDECLARED = """
    puts print p pp raise require require_relative load autoload loop lambda proc format sprintf
    printf gets rand srand sleep exit abort at_exit catch throw binding caller block_given?
    freeze frozen? dup clone tap then instance_of? is_a? kind_of? respond_to? nil? send
    public_send method methods define_method alias_method attr_accessor attr_reader attr_writer
    include extend prepend private public protected module_function private_constant
    private_class_method new initialize object_id inspect to_s hash class instance_variable_get
    instance_variable_set Integer Float String Array Hash Rational Complex Symbol Object
    BasicObject Kernel Module Class Comparable Enumerable Enumerator Struct Data Range Regexp
    MatchData Proc Method Thread Mutex Queue Fiber IO File Dir Time Process Random Math GC
    ObjectSpace Marshal Signal NilClass TrueClass FalseClass Numeric Exception StandardError
    RuntimeError ArgumentError TypeError NameError NoMethodError KeyError IndexError
    StopIteration RangeError IOError EOFError ZeroDivisionError NotImplementedError ScriptError
    LoadError SystemExit Interrupt SecurityError FrozenError RUBY_VERSION RUBY_PLATFORM
    RUBY_ENGINE ENV ARGV STDIN STDOUT STDERR $stdout $stderr $stdin $0 $! $@ $~ $1 $2
    $PROGRAM_NAME __method__ __dir__
"""

RUBY = LanguageSpec(
    id="ruby",
    name="Ruby",
    extensions=(".rb", ".rake", ".gemspec", ".ru", ".rbw"),
    filenames=("Rakefile", "Gemfile", "Guardfile", "Capfile", "Vagrantfile"),
    interpreters=("ruby", "jruby"),
    grammar=_grammar,
    package="pairwright_analyzers.languages.ruby",
    define=_define,
    imports=_imports,
    typed=_typed,
    signature=_signature,
    call=_call,
    habits=HABITS,
    shapes=SHAPES,
    import_style=IMPORTS,
    raw_names=_raw_names,
    dynamic_hooks=frozenset({"method_missing", "respond_to_missing?"}),
    line_comment="#",
    block_comment=("=begin", "=end"),
    resolver="ruby",
    implicit_receiver=True,
    closes=_closes,
    calls_by_name=True,
    receivers=frozenset({"self"}),
    super_words=frozenset({"super"}),
    constructor_names=frozenset({"initialize"}),
    builtins=frozenset(_PREDECLARED.split()),
    test_paths=(
        r"(^|/)(?:test|tests|spec|specs)/",
        r"_(?:test|spec)\.rb$",
        r"(^|/)test_[^/]*\.rb$",
    ),
)
