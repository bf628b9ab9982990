"""Rust: what its syntax tree means. The only place that knows it.

An `impl` block is an IMPLEMENTATION symbol named after its type, which it inherits from together
with its trait. A path that begins with `self` or `super` inside an inline module is rewritten to
what it means from the file, since the file is where modules are looked up from. A `mod` without a
body is an import that loads nothing (`type_only`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.nodes import first_named, last_named, spelled
from pairwright_analyzers.languages.rust.habits import HABITS
from pairwright_analyzers.languages.rust.imports import IMPORTS
from pairwright_analyzers.languages.rust.shapes import SHAPES
from pairwright_analyzers.languages.rust.wrapped import blanks
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

_PUBLIC = re.compile(rb"pub\s(?!\s*\()")
_ASYNC = re.compile(rb"\basync\b")
_TEST = re.compile(
    rb"#\s*\[\s*(?:[\w:]*::\s*)?(?:test|bench|rstest|test_case|quickcheck|wasm_bindgen_test)\b\s*[\](]"
)
_CFG_TEST = re.compile(rb"#\s*\[\s*cfg\s*\(\s*(?:all\s*\([^\]]*\b)?test\b")
_DEPRECATED = re.compile(rb"#\s*\[\s*deprecated\b")
_MACRO_EXPORT = re.compile(rb"#\s*\[\s*macro_export\b")
_ATTRIBUTE_NAME = re.compile(rb"#\s*\[\s*(?:unsafe\s*\(\s*)?([\w:]+)")
_INERT = frozenset(
    b"allow cfg cfg_attr cold deny deprecated derive doc expect forbid ignore inline"
    b" must_use non_exhaustive repr serde should_panic test track_caller warn".split()
)
"""Attributes that hand a definition to nobody."""
_PATH = re.compile(rb'#\[\s*path\s*=\s*"([^"\n]+\.rs)"\s*\]\s*(?:#\[[^\]]*\]\s*)*\Z')
_WORD = re.compile(rb'"(?:\\.|[^"\\])*"|//[^\n]*|(?:r#)?[^\W\d]\w*|::|\.')
_MACRO_CALL = re.compile(rb"(?:\w+::)*(\w+)![ \t]*\{")
_HOLE = re.compile(rb"\{([^\W\d]\w*)(?=[:}])")
_KEYWORDS = frozenset(b"use pub in as extern mod unsafe true false".split())
_SPACES = re.compile(r"\s+")


_PREDECLARED = """
AsMut AsRef Box Clone Copy Debug Default DoubleEndedIterator Drop Eq Err ExactSizeIterator
Extend Fn FnMut FnOnce From FromIterator Hash Into IntoIterator Iterator None Ok Option Ord
PartialEq PartialOrd Result Send Sized Some String Sync ToOwned ToString TryFrom TryInto Unpin
Vec assert assert_eq assert_ne cfg column compile_error concat dbg debug_assert debug_assert_eq
debug_assert_ne drop env eprint eprintln file format format_args include include_bytes
include_str line matches module_path option_env panic print println stringify thread_local todo
unimplemented unreachable vec write writeln
"""


def _grammar() -> object:
    import tree_sitter_rust

    return tree_sitter_rust.language()


def _define(word: str, node: Node, text: bytes) -> Definition | None:
    if word in _FUNCTIONS:
        return _function(word, node, text)
    if word == "impl":
        return _implementation(node, text)
    if word == "test_macro":
        return _test_macro(node, text)
    name = node.child_by_field_name("name")
    if name is None:
        return None
    if word == "field":
        return _member(SymbolKind.FIELD, name, node, text)
    if word == "variant":
        variant = Definition(SymbolKind.ENUM_MEMBER, name, node, flags=SymbolFlag.EXPORTED)
        return _attributed(variant, node, text)
    if word in ("value", "trait_value"):
        if text[name.start_byte : name.end_byte] == b"_":
            return None
        mutable = any(child.type == "mutable_specifier" for child in node.children[:4])
        kind = SymbolKind.VARIABLE if mutable else SymbolKind.CONSTANT
        found = _member(kind, name, node, text)
        if word == "trait_value":
            found = found._replace(flags=found.flags | SymbolFlag.EXPORTED)
        return found
    body = node.child_by_field_name("body")
    if word == "struct":
        # A tuple struct's fields have no names and are part of its header.
        named = body is not None and body.type == "field_declaration_list"
        return _member(SymbolKind.STRUCT, name, node, text, body if named else None)
    if word == "macro":
        rule = next((one for one in node.named_children if one.type == "macro_rule"), None)
        found = _member(SymbolKind.MACRO, name, node, text, rule)
        if _MACRO_EXPORT.search(_attributes(found, node, text)):
            found = found._replace(flags=found.flags | SymbolFlag.EXPORTED)
        return found
    if word == "mod":
        found = _member(SymbolKind.NAMESPACE, name, node, text, body)
        if _CFG_TEST.search(_attributes(found, node, text)):
            found = found._replace(flags=found.flags | SymbolFlag.TEST)
        return found
    return _member(_KINDS[word], name, node, text, body)


_FUNCTIONS = frozenset({"function", "method", "trait", "trait_impl", "foreign"})
_KINDS = {
    "enum": SymbolKind.ENUM,
    "interface": SymbolKind.INTERFACE,
    "type": SymbolKind.TYPE,
}


def _member(
    kind: SymbolKind, name: Node, node: Node, text: bytes, body: Node | None = None
) -> Definition:
    # `pub(crate)` and its like stay in the workspace.
    public = _PUBLIC.match(text, node.start_byte) is not None
    flags = SymbolFlag.EXPORTED if public else SymbolFlag.NONE
    return _attributed(Definition(kind, name, node, body, flags=flags), node, text)


def _attributes(definition: Definition, node: Node, text: bytes) -> bytes:
    """The text of the attributes before a definition."""
    return text[definition.span[0] : node.start_byte] if definition.span is not None else b""


def _attributed(definition: Definition, node: Node, text: bytes) -> Definition:
    """The definition with its attributes, which stand before it as its siblings.

    Looks back in the text first: a sibling is found from the root, which is slow.
    """
    at = node.start_byte - 1
    while at >= 0 and text[at] in b" \t\r\n":
        at -= 1
    if at < 0:
        return definition
    if text[at] != 0x5D:
        line = text.rfind(b"\n", 0, at) + 1
        comment = text[at] == 0x2F or text.find(b"//", line, at + 1) >= 0
        if not comment or text.rfind(b"#[", max(0, line - 2_000), line) < 0:
            return definition
    first: Node | None = None
    before = node.prev_named_sibling
    while before is not None:
        if before.type == "attribute_item":
            first = before
        elif before.type not in ("line_comment", "block_comment"):
            break
        before = before.prev_named_sibling
    if first is None:
        return definition
    flags = definition.flags
    marks = text[first.start_byte : node.start_byte]
    if any(mark not in _INERT for mark in _ATTRIBUTE_NAME.findall(marks)):
        flags |= SymbolFlag.DECORATED
    if _DEPRECATED.search(marks):
        flags |= SymbolFlag.DEPRECATED
    span = (first.start_byte, node.end_byte)
    return definition._replace(span=span, head=node, flags=flags)


def _function(word: str, node: Node, text: bytes) -> Definition | None:
    name = node.child_by_field_name("name")
    if name is None:
        return None
    body = node.child_by_field_name("body")
    found = _member(SymbolKind.FUNCTION, name, node, text, body)
    flags = found.flags
    if _ASYNC.search(text, node.start_byte, name.start_byte):
        flags |= SymbolFlag.ASYNC
    if body is None:
        flags |= SymbolFlag.ABSTRACT
    if word in ("trait", "trait_impl", "foreign"):
        flags |= SymbolFlag.EXPORTED
    if word == "trait_impl":
        flags |= SymbolFlag.OVERRIDE
    if word in ("method", "trait", "trait_impl") and not _has_receiver(node, text):
        flags |= SymbolFlag.STATIC
    if found.span is not None and _TEST.search(_attributes(found, node, text)):
        return found._replace(kind=SymbolKind.TEST, flags=flags | SymbolFlag.TEST)
    return found._replace(flags=flags)


def _has_receiver(node: Node, text: bytes) -> bool:
    group = node.child_by_field_name("parameters")
    first = first_named(group)
    while first is not None and first.type in ("attribute_item", "line_comment", "block_comment"):
        first = first.next_named_sibling
    if first is None:
        return False
    if first.type == "self_parameter":
        return True
    pattern = first.child_by_field_name("pattern")
    return pattern is not None and text[pattern.start_byte : pattern.end_byte] == b"self"


def _test_macro(node: Node, text: bytes) -> Definition | None:
    """`some_test!(name, …)` at the top level, which makes a test of that name."""
    macro = node.child_by_field_name("macro")
    if macro is None or b"test" not in text[macro.start_byte : macro.end_byte]:
        return None
    group = last_named(node)
    if group is None or group.child_count < 4:
        return None
    name, comma = group.child(1), group.child(2)
    if name is None or name.type != "identifier" or comma is None or comma.type != ",":
        return None
    return Definition(SymbolKind.TEST, name, node, comma, flags=SymbolFlag.TEST)


def _implementation(node: Node, text: bytes) -> Definition | None:
    kind = node.child_by_field_name("type")
    body = node.child_by_field_name("body")
    if kind is None or body is None:
        return None
    name = _type_name(kind, text, through=frozenset()) or kind
    found = Definition(SymbolKind.IMPLEMENTATION, name, node, body)
    return _attributed(found, node, text)


# -- imports -------------------------------------------------------------------------------------


def _imports(node: Node, text: bytes) -> Iterator[Import]:
    span = Span(*node.byte_range)
    exported = text.startswith(b"pub", span.start)
    if node.type == "use_declaration":
        argument = node.child_by_field_name("argument")
        if argument is not None:
            inside = _inline_modules(node, text)
            yield from _use(argument, (), span, exported, inside, text)
        return
    name = node.child_by_field_name("name")
    if name is None:
        return
    word = spelled(name, text)
    name_span = Span(*name.byte_range)
    if node.type == "extern_crate_declaration":
        alias = spelled(node.child_by_field_name("alias"), text) or word
        yield Import(span, word, "", "" if alias == "_" else alias, 0, name_span, exported)
    else:
        module = "::".join(("self", *_inline_modules(node, text)))
        path = _path_attribute(node, text)
        if path:
            yield Import(span, path, "", word, 0, name_span, exported, True)
        else:
            yield Import(span, module, word, word, 0, name_span, exported, True)


def _path_attribute(node: Node, text: bytes) -> str:
    """The file that `#[path = "…"]` right above a module gives it, "" without one."""
    start = node.start_byte
    found = _PATH.search(text, max(0, start - 300), start)
    return found.group(1).decode("utf-8", "replace") if found else ""


def _inline_modules(node: Node, text: bytes) -> tuple[str, ...]:
    """The names of the modules with a body around a statement, outermost first."""
    start = node.start_byte
    if start == 0 or text[start - 1] == 0x0A:
        # Not indented, so at the file's top level: parents are found from the root, which is slow.
        return ()
    names: list[str] = []
    around = node.parent
    while around is not None:
        if around.type == "mod_item":
            names.append(spelled(around.child_by_field_name("name"), text))
        around = around.parent
    return tuple(reversed(names))


def _rooted(segments: tuple[str, ...], inside: tuple[str, ...]) -> str:
    """A path's module text, seen from the file."""
    if inside and segments and segments[0] in ("self", "super"):
        here = list(inside)
        at = 1 if segments[0] == "self" else 0
        while here and at < len(segments) and segments[at] == "super":
            here.pop()
            at += 1
        rest = segments[at:]
        segments = rest if rest and rest[0] == "super" else ("self", *here, *rest)
    return "::".join(segments)


def _use(
    node: Node,
    prefix: tuple[str, ...],
    span: Span,
    exported: bool,
    inside: tuple[str, ...],
    text: bytes,
) -> Iterator[Import]:
    # A stack of its own: a use tree of any depth must not end in Python's.
    waiting: list[tuple[Node, tuple[str, ...]]] = [(node, prefix)]
    while waiting:
        one, before = waiting.pop()
        kind = one.type
        if kind == "use_list":
            waiting.extend((child, before) for child in one.named_children)
        elif kind == "scoped_use_list":
            path = one.child_by_field_name("path")
            names = one.child_by_field_name("list")
            if names is not None:
                waiting.append((names, before + _segments(path, text)))
        elif kind == "use_wildcard":
            path = first_named(one)
            module = before + _segments(path, text)
            place = Span(*(path or one).byte_range)
            yield Import(span, _rooted(module, inside), "*", "", 0, place, exported)
        elif kind == "use_as_clause":
            path = one.child_by_field_name("path")
            alias = spelled(one.child_by_field_name("alias"), text)
            if path is not None:
                local = "" if alias == "_" else alias
                yield _used(path, before, local, span, exported, inside, text)
        elif kind in ("identifier", "scoped_identifier", "self", "crate", "super"):
            yield _used(one, before, None, span, exported, inside, text)


def _used(
    node: Node,
    prefix: tuple[str, ...],
    alias: str | None,
    span: Span,
    exported: bool,
    inside: tuple[str, ...],
    text: bytes,
) -> Import:
    path = prefix + _segments(node, text)
    last = node.child_by_field_name("name") or node
    place = Span(*last.byte_range)
    if path and path[-1] == "self" and len(path) > 1:
        # `a::{self}` is `a` itself.
        module, name, local = path[:-1], "", path[-2]
    elif len(path) == 1:
        module, name, local = path, "", path[0]
    else:
        module, name, local = path[:-1], path[-1], path[-1]
    local = local if alias is None else alias
    return Import(span, _rooted(module, inside), name, local, 0, place, exported)


def _segments(node: Node | None, text: bytes) -> tuple[str, ...]:
    if node is None:
        return ()
    path = _SPACES.sub("", spelled(node, text))
    return tuple(part.removeprefix("r#") for part in path.split("::") if part)


def _raw_names(text: bytes, start: int, end: int) -> Iterator[tuple[int, int, Role, bool]]:
    """Names in `use` trees, attributes, the holes of format strings, and what wraps items."""
    if text.startswith(b'"', start):
        for hole in _HOLE.finditer(text, start, end):
            if text[hole.start() - 1] != 0x7B:
                yield hole.start(1), hole.end(1), Role.READ, False
        return
    macro = _MACRO_CALL.match(text, start, end)
    if macro is not None:
        yield macro.start(1), macro.end(1), Role.CALL, False
        return
    if text.startswith((b"}", b"ref"), start):
        return
    if not text.startswith(b"#", start):
        for word in _WORD.finditer(text, start, end):
            found = word.group()
            if found[:1] not in b"/.:" and found not in _KEYWORDS:
                yield word.start(), word.end(), Role.IMPORT, False
        return
    name = True
    derives = member = False
    for word in _WORD.finditer(text, start, end):
        found = word.group()
        if found == b"::" or found == b".":
            member = True
            continue
        if found[:1] in b'"/' or found in _KEYWORDS:
            continue
        if name and not member:
            derives = found == b"derive"
        role = Role.ANNOTATE if name or derives else Role.KEYWORD
        yield word.start(), word.end(), role, member
        member = False
        name = name and text.startswith(b"::", word.end())


# -- types ---------------------------------------------------------------------------------------

_Origin = tuple[int, int, int]
"""What says a type: (offset of a name, items, result), as in `Typing`."""
_Row = tuple[int, int, int, int]

_OWNING = frozenset({b"Box", b"Rc", b"Arc", b"Pin", b"Cow", b"Weak"})
"""Types that lend all members of what they hold."""
_HOLDING = frozenset(
    b"""Option Result Vec VecDeque LinkedList BinaryHeap HashSet BTreeSet HashMap BTreeMap IndexMap
    Mutex RwLock RefCell Cell OnceCell OnceLock LazyLock Iterator IntoIterator IndexSet SmallVec
    Receiver MutexGuard Ref RefMut""".split()
)
"""Types whose items or contents have to be taken out."""
_KEYED = frozenset({b"HashMap", b"BTreeMap", b"IndexMap"})
_TAKING = frozenset(
    b"unwrap expect unwrap_or unwrap_or_else unwrap_or_default borrow borrow_mut".split()
)
"""Methods that take out what a value holds."""
_KEEPING = frozenset(
    b"""as_deref as_deref_mut as_mut as_ref as_slice back by_ref chain clone cloned copied drain
    enumerate filter find first first_mut get get_mut get_or_insert_with into_iter into_values iter
    iter_mut last last_mut lock max_by_key min_by_key next next_back nth ok ok_or ok_or_else
    or or_else peek peekable pop pop_back pop_front read remove replace rev skip skip_while step_by
    take take_while to_owned to_vec values values_mut write""".split()
)
"""Methods whose result holds what the value holds."""
_VISITING = frozenset(
    b"""all and_then any filter filter_map find find_map flat_map for_each inspect is_some_and map
    map_while max_by_key min_by_key partition position retain skip_while sort_by_key take_while
    then unwrap_or_else""".split()
)
"""Methods that hand what a value holds to a closure."""
_TAKEN = frozenset({b"Some", b"Ok"})
"""Patterns that take out what a value holds."""
_NAMELESS_TYPES = frozenset({"primitive_type", "function_type", "unit_type", "never_type"})
_NAMELESS = frozenset(
    {
        "boolean_literal",
        "char_literal",
        "closure_expression",
        "float_literal",
        "integer_literal",
        "raw_string_literal",
        "string_literal",
    }
)
"""Expressions whose types have no members in any workspace."""


def _type_name(node: Node | None, text: bytes, through: frozenset[bytes] = _OWNING) -> Node | None:
    """The identifier that names a type: `&T`, `Box<T>`, `dyn T` and `a::T` -> T; None for a type
    without a name.
    """
    for _ in range(8):
        if node is None:
            return None
        kind = node.type
        if kind == "type_identifier":
            return node
        if kind == "scoped_type_identifier":
            return node.child_by_field_name("name")
        if kind in ("reference_type", "pointer_type"):
            node = node.child_by_field_name("type")
        elif kind in ("dynamic_type", "abstract_type"):
            node = node.child_by_field_name("trait")
        elif kind == "bounded_type":
            node = first_named(node)
        elif kind in ("generic_type", "generic_type_with_turbofish"):
            head = _generic_head(node)
            if head is None or text[head.start_byte : head.end_byte] not in through:
                return head
            node = next(iter(_arguments(node)), None)
        else:
            return None
    return None


def _generic_head(node: Node) -> Node | None:
    head = node.child_by_field_name("type")
    if head is not None and head.type in ("scoped_type_identifier", "scoped_identifier"):
        head = head.child_by_field_name("name")
    return head


def _arguments(node: Node) -> list[Node]:
    """The type arguments of a generic type, names of bindings (`Item = T`) left out."""
    group = node.child_by_field_name("type_arguments")
    found: list[Node] = []
    for one in group.named_children if group is not None else ():
        kind = one.child_by_field_name("type") if one.type == "type_binding" else one
        if kind is not None and kind.type != "lifetime":
            found.append(kind)
    return found


def _shapes(node: Node | None, name: int, text: bytes) -> list[_Origin]:
    """What says a type as written, outermost first; `name` stands for one that has no name."""
    items = 0
    found: list[_Origin] = []
    for _ in range(8):
        if node is None:
            break
        kind = node.type
        if kind in ("array_type", "slice_type"):
            items += 1
            node = node.child_by_field_name("element") or first_named(node)
        elif kind in ("reference_type", "pointer_type"):
            node = node.child_by_field_name("type")
        elif kind in ("dynamic_type", "abstract_type"):
            node = node.child_by_field_name("trait")
        elif kind == "bounded_type":
            node = first_named(node)
        elif kind in ("generic_type", "generic_type_with_turbofish"):
            head = _generic_head(node)
            word = text[head.start_byte : head.end_byte] if head is not None else b""
            if word not in _OWNING and head is not None:
                found.append((head.start_byte, items, 0))
            if word not in _OWNING | _HOLDING:
                break
            items += word in _HOLDING
            inside = _arguments(node)
            node = (inside[-1] if word in _KEYED else inside[0]) if inside else None
        elif kind in _NAMELESS_TYPES:
            found.append((name, items, 0))
            break
        else:
            last = _type_name(node, text)
            if last is not None:
                found.append((last.start_byte, items, 0))
            break
    return found


def _origins(node: Node | None, name: int, text: bytes) -> list[_Origin]:
    """What may say the type of an expression: a literal's type, the called function, the name it is
    read from, and, behind the standard library's methods, what holds it.
    """
    items = 0
    found: list[_Origin] = []
    for _ in range(24):
        if node is None:
            break
        kind = node.type
        if kind in ("identifier", "self"):
            found.append((node.start_byte, items, 0))
            break
        if kind in ("field_expression", "scoped_identifier"):
            last = node.child_by_field_name("field" if kind == "field_expression" else "name")
            if last is not None and last.type != "integer_literal":
                found.append((last.start_byte, items, 0))
            break
        if kind in _NAMELESS:
            found.append((name, items, 0))
            break
        if kind in ("struct_expression", "type_cast_expression"):
            said = node.child_by_field_name("name" if kind == "struct_expression" else "type")
            found.extend((at, items + more, 0) for at, more, _ in _shapes(said, name, text))
            break
        if kind in ("reference_expression", "await_expression", "parenthesized_expression"):
            node = node.child_by_field_name("value") or first_named(node)
        elif kind == "unary_expression":
            node = last_named(node)
        elif kind in ("try_expression", "index_expression"):
            items -= 1
            node = first_named(node)
        elif kind == "call_expression":
            callee = node.child_by_field_name("function")
            if callee is not None and callee.type == "generic_function":
                callee = callee.child_by_field_name("function")
            last = _called(callee)
            if last is None or callee is None:
                break
            found.append((last.start_byte, items, 0))
            word = text[last.start_byte : last.end_byte]
            if callee.type == "field_expression" and (word in _TAKING or word in _KEEPING):
                items -= word in _TAKING
                node = callee.child_by_field_name("value")
            elif callee.type == "identifier" and word in _TAKEN:
                items += 1
                found.pop()
                node = first_named(node.child_by_field_name("arguments"))
            else:
                break
        else:
            break
    return found


def _called(callee: Node | None) -> Node | None:
    """The name of what is called."""
    if callee is None or callee.type == "identifier":
        return callee
    if callee.type == "scoped_identifier":
        return callee.child_by_field_name("name")
    if callee.type == "field_expression":
        field = callee.child_by_field_name("field")
        return field if field is not None and field.type == "field_identifier" else None
    return None


def _typed(node: Node, text: bytes) -> Iterator[_Row]:
    kind = node.type
    if kind in ("function_item", "function_signature_item"):
        name = node.child_by_field_name("name")
        declared = node.child_by_field_name("return_type")
        if name is not None and declared is not None:
            yield from _declared(name.start_byte, declared, text)
        yield from _bounds(node)
    elif kind in ("impl_item", "struct_item", "enum_item", "trait_item"):
        yield from _bounds(node)
    elif kind in ("let_declaration", "let_condition"):
        pattern = node.child_by_field_name("pattern")
        declared = node.child_by_field_name("type")
        value = node.child_by_field_name("value")
        if pattern is not None and declared is not None and pattern.type in _NAMES | _WRAPPED:
            for name in _bound(pattern):
                yield from _declared(name.start_byte, declared, text)
        elif pattern is not None:
            yield from _matched(pattern, value, text)
    elif kind == "match_expression":
        body = node.child_by_field_name("body")
        value = node.child_by_field_name("value")
        for arm in body.named_children if body is not None else ():
            pattern = first_named(arm.child_by_field_name("pattern"))
            if pattern is not None:
                yield from _matched(pattern, value, text)
    elif kind == "for_expression":
        pattern = node.child_by_field_name("pattern")
        if pattern is not None and pattern.type == "tuple_pattern":
            # Pairs of a number or a key with the item.
            pattern = last_named(pattern)
        yield from _taken(pattern, node.child_by_field_name("value"), text)
    elif kind == "call_expression":
        yield from _visited(node, text)
    elif kind in ("field_expression", "scoped_identifier", "scoped_type_identifier"):
        yield from _behind_expression(node, text)
    elif kind in ("struct_expression", "struct_pattern"):
        yield from _keyed(node, text)
    else:
        name = node.child_by_field_name("pattern") or node.child_by_field_name("name")
        declared = node.child_by_field_name("type")
        if name is not None and name.type == "mut_pattern":
            name = last_named(name)
        if name is not None and declared is not None and name.type in _NAMES:
            yield from _declared(name.start_byte, declared, text)


_NAMES = frozenset({"identifier", "field_identifier", "type_identifier"})
_WRAPPED = frozenset({"mut_pattern", "ref_pattern", "reference_pattern"})


def _declared(name: int, declared: Node, text: bytes) -> Iterator[_Row]:
    """The rows of a name with a declared type; the parts of a tuple are results."""
    if declared.type == "tuple_type":
        for index, one in enumerate(declared.named_children):
            for at, items, _ in _shapes(one, name, text):
                yield name, at, items, index
        return
    for at, items, _ in _shapes(declared, name, text):
        yield name, at, items, 0


def _bounds(node: Node) -> Iterator[_Row]:
    """A type parameter has the members of its bounds."""
    group = node.child_by_field_name("type_parameters")
    named: dict[bytes | None, int] = {}
    for one in group.named_children if group is not None else ():
        name = one.child_by_field_name("name")
        if one.type == "type_parameter" and name is not None:
            named[name.text] = name.start_byte
            yield from _bounded(name.start_byte, one.child_by_field_name("bounds"))
    for clause in node.named_children if named else ():
        for one in clause.named_children if clause.type == "where_clause" else ():
            left = one.child_by_field_name("left")
            if left is not None and left.text in named:
                yield from _bounded(named[left.text], one.child_by_field_name("bounds"))


def _bounded(name: int, bounds: Node | None) -> Iterator[_Row]:
    for one in bounds.named_children if bounds is not None else ():
        found = _type_name(one, b"")
        if found is not None:
            yield name, found.start_byte, 0, 0


def _bound(pattern: Node | None) -> list[Node]:
    """The one name that a pattern binds to the whole value."""
    for _ in range(4):
        if pattern is None:
            return []
        if pattern.type == "identifier":
            return [pattern]
        if pattern.type not in _WRAPPED:
            return []
        pattern = last_named(pattern)
    return []


def _matched(pattern: Node, value: Node | None, text: bytes, levels: int = 4) -> Iterator[_Row]:
    """What a pattern binds of a value: all of it, the contents, or the parts of a tuple."""
    for name in _bound(pattern):
        for at, items, result in _origins(value, name.start_byte, text):
            yield name.start_byte, at, items, result
    if pattern.type == "tuple_struct_pattern":
        kind = pattern.child_by_field_name("type")
        if kind is not None and text[kind.start_byte : kind.end_byte] in _TAKEN:
            yield from _taken(last_named(pattern), value, text)
    elif pattern.type == "tuple_pattern":
        parts = (
            value.named_children if value is not None and value.type == "tuple_expression" else []
        )
        for index, one in enumerate(pattern.named_children):
            if parts:
                if index < len(parts) and levels:
                    yield from _matched(one, parts[index], text, levels - 1)
                continue
            for name in _bound(one):
                for at, items, _ in _origins(value, name.start_byte, text):
                    yield name.start_byte, at, items, index


def _taken(pattern: Node | None, value: Node | None, text: bytes) -> Iterator[_Row]:
    """A name bound to what a value holds."""
    for name in _bound(pattern):
        for at, items, result in _origins(value, name.start_byte, text):
            yield name.start_byte, at, items - 1, result


def _visited(node: Node, text: bytes) -> Iterator[_Row]:
    """The parameter of a closure that a collection's method is given."""
    callee = node.child_by_field_name("function")
    if callee is None or callee.type != "field_expression":
        return
    field = callee.child_by_field_name("field")
    closure = first_named(node.child_by_field_name("arguments"))
    if field is None or text[field.start_byte : field.end_byte] not in _VISITING:
        return
    if closure is not None and closure.type == "closure_expression":
        parameter = first_named(closure.child_by_field_name("parameters"))
        yield from _taken(parameter, callee.child_by_field_name("value"), text)


def _behind_expression(node: Node, text: bytes) -> Iterator[_Row]:
    """A member of anything but a name is told what it is a member of."""
    if node.type != "field_expression":
        name = node.child_by_field_name("name")
        path = node.child_by_field_name("path")
        if path is not None and path.type == "bracketed_type":
            path = first_named(path)
            path = path.child_by_field_name("type") if path is not None else None
        if name is not None:
            for at, items, _ in _shapes(path, name.start_byte, text)[:1]:
                if not items:
                    yield name.start_byte, at, 0, 0
        return
    field = node.child_by_field_name("field")
    value = node.child_by_field_name("value")
    if field is None or field.type != "field_identifier":
        return
    for at, items, result in _origins(value, field.start_byte, text):
        yield field.start_byte, at, items, result


def _keyed(node: Node, text: bytes) -> Iterator[_Row]:
    """The fields that a literal or a pattern names are those of its type."""
    kind = node.child_by_field_name("name") or node.child_by_field_name("type")
    body = node.child_by_field_name("body") or node
    found = _type_name(kind, text, frozenset())
    if found is None:
        return
    for one in body.named_children:
        key = one.child_by_field_name("field" if one.type == "field_initializer" else "name")
        if key is None or key.type != "field_identifier":
            continue
        if one.type in ("field_initializer", "field_pattern"):
            yield key.start_byte, found.start_byte, 0, 0


# -- signatures and calls ------------------------------------------------------------------------


def _signature(header: str) -> Signature:
    from pairwright_analyzers.syntax import parse

    if "(" not in header or header.startswith("macro_rules"):
        return Signature(())
    text = f"impl X {{ {header} {{}} }}\n".encode()
    frame = first_named(parse(RUST, text).root)
    body = frame.child_by_field_name("body") if frame is not None else None
    node = next(
        (one for one in (body.named_children if body else ()) if one.type == "function_item"), None
    )
    if node is None:
        return Signature(())
    group = node.child_by_field_name("parameters")
    parameters: list[Parameter] = []
    for child in group.named_children if group is not None else ():
        if child.type == "self_parameter":
            parameters.append(Parameter("self", ParameterKind.RECEIVER))
        elif child.type == "variadic_parameter":
            parameters.append(Parameter("...", ParameterKind.VARIADIC, optional=True))
        elif child.type == "parameter":
            pattern = child.child_by_field_name("pattern")
            name = _SPACES.sub(" ", spelled(pattern, text)).removeprefix("mut ")
            annotation = spelled(child.child_by_field_name("type"), text)
            kind = ParameterKind.RECEIVER if name == "self" else ParameterKind.POSITIONAL
            parameters.append(Parameter(name, kind, annotation))
    return Signature(tuple(parameters), spelled(node.child_by_field_name("return_type"), text))


_NOT_ARGUMENTS = frozenset({"line_comment", "block_comment", "attribute_item"})


def _call(node: Node, text: bytes) -> Call | None:
    if node.type != "call_expression":
        return None
    callee = node.child_by_field_name("function")
    group = node.child_by_field_name("arguments")
    if callee is None or group is None:
        return None
    arguments = tuple(
        Argument(Span(*child.byte_range), Span(*child.byte_range))
        for child in group.named_children
        if child.type not in _NOT_ARGUMENTS
    )
    return Call(
        Span(*node.byte_range), Span(*callee.byte_range), Span(*group.byte_range), arguments
    )


RUST = LanguageSpec(
    id="rust",
    name="Rust",
    extensions=(".rs",),
    grammar=_grammar,
    package="pairwright_analyzers.languages.rust",
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
    resolver="rust",
    header_scope=True,
    redeclares=True,
    closed_namespaces=True,
    module_words=frozenset({"crate", "self", "super"}),
    receivers=frozenset({"self", "Self"}),
    super_words=frozenset(),
    arguments=ArgumentRules(exact_overrides=True),
    builtins=frozenset(_PREDECLARED.split()),
    test_paths=(r"(^|/)tests/", r"(^|/)benches/", r"(^|/)tests\.rs$"),
)
