"""The `define` hook of JavaScript, TypeScript and TSX, and the names of JSX elements."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.ecmascript.nodes import (
    FUNCTIONS,
    SPACES,
    WHOLE,
    WRAPPERS,
    assignment_chain,
    default_target,
    exports_path,
    last_name,
    nth,
    required,
    spelled,
    unquoted,
    unwrapped,
)
from pairwright_analyzers.languages.spec import Definition
from pairwright_analyzers.types import Role, SymbolFlag, SymbolKind

if TYPE_CHECKING:
    from tree_sitter import Node


_COMPONENT_MAKERS = frozenset({b"memo", b"forwardRef", b"observer", b"defineComponent"})
_TEST_ROOTS = (
    *("describe", "it", "test", "suite", "context", "specify", "bench", "fdescribe", "xdescribe"),
    *("fit", "xit", "xtest", "describeIf", "testIf", "itIf", "Deno", "QUnit", "t", "tap"),
)
_TEST_MODIFIERS = (
    *("only", "skip", "each", "todo", "concurrent", "failing", "fails", "serial", "parallel"),
    *("sequential", "shuffle", "runIf", "skipIf", "for", "if", "fixme", "slow", "step", "module"),
)
_TEST_WORDS = frozenset((*_TEST_ROOTS, *_TEST_MODIFIERS))
_TEST_START = re.compile(rf"(?:{'|'.join(_TEST_ROOTS)})\s*[(.`]".encode())
_NEEDS_WORD = frozenset({"Deno", "QUnit", "t", "tap"})
"""Roots that are a test only with another word: `t.test`, not `t()`."""

# The patterns begin with a literal, which the engine searches for; what stands before comes after.
_EXPORT_LIST = re.compile(rb"export(?<![\w$]export)\s*(?:type\s*)?\{([^}]*)\}(?!\s*from\b)")
_EXPORTED_VALUE = re.compile(
    rb"export(?<![\w$]export)(?:\s+default|\s*=|s(?:\s*\.\s*[\w$]+)?\s*=)"
    rb"\s*([A-Za-z_$][\w$]*)\s*(?:;|$)",
    re.M,
)
_EXPORTED_OBJECT = re.compile(rb"module(?<![\w$]module)\s*\.\s*exports\s*=\s*\{([^}]*)\}")
_LISTED = re.compile(rb"(?:^|[,:])\s*(?:type\s+)?([A-Za-z_$][\w$]*)\s*(?=,|$|\bas\b)")


@lru_cache(maxsize=4)
def _export_names(text: bytes) -> frozenset[bytes]:
    """Names that a module exports apart from their definitions."""
    names: set[bytes] = set()
    if b"export" in text:
        names.update(_EXPORTED_VALUE.findall(text))
        for pattern in (_EXPORT_LIST, _EXPORTED_OBJECT):
            for found in pattern.finditer(text):
                names.update(_LISTED.findall(found.group(1).strip()))
    return frozenset(names)


def define(word: str, node: Node, text: bytes) -> Definition | list[Definition] | None:
    """The `define` hook of the family."""
    hook = _DEFINE.get(word)
    return hook(node, text) if hook is not None else None


def _deprecated(text: bytes, start: int) -> SymbolFlag:
    before = text[max(0, start - 600) : start].rstrip()
    if before.endswith(b"*/"):
        opened = before.rfind(b"/**")
        if b"@deprecated" in before[max(opened, 0) :]:
            return SymbolFlag.DEPRECATED
    return SymbolFlag.NONE


def _top_flags(name: Node, extent: Node, text: bytes, exported: bool) -> SymbolFlag:
    flags = _deprecated(text, extent.start_byte)
    if exported or text[name.start_byte : name.end_byte] in _export_names(text):
        return flags | SymbolFlag.EXPORTED if flags else SymbolFlag.EXPORTED
    return flags


def _function_flags(node: Node, text: bytes) -> SymbolFlag:
    """`async` and `*` of a function, from the words before its name or parameters."""
    flags = SymbolFlag.NONE
    for child in node.children:
        kind = child.type
        if kind == "async":
            flags |= SymbolFlag.ASYNC
        elif kind == "*":
            flags |= SymbolFlag.GENERATOR
        elif kind in ("formal_parameters", "statement_block"):
            break
    return flags


def _default_token(node: Node) -> Node | None:
    for child in node.children[:6]:
        if child.type == "default":
            return child
    return None


def _export(node: Node, text: bytes) -> Definition | list[Definition] | None:
    """`export …` and `declare …`: the definition covers the whole statement."""
    inner = node.child_by_field_name("declaration")
    exported = inner is not None
    ambient = False
    if inner is None:
        inner, ambient = nth(node, 0), True
    elif inner.type == "ambient_declaration":
        inner, ambient = nth(inner, 0), True
    while inner is not None and inner.type in ("comment", "decorator"):
        inner = inner.next_named_sibling
    if inner is None:
        return None
    return _declaration(inner, node, text, exported=exported, ambient=ambient)


def _declaration(
    node: Node, extent: Node, text: bytes, *, exported: bool, ambient: bool
) -> Definition | list[Definition] | None:
    kind = node.type
    if kind in ("function_declaration", "generator_function_declaration"):
        return _function_in(node, extent, text, exported)
    if kind in ("class_declaration", "abstract_class_declaration"):
        return _class_in(node, extent, text, exported)
    if kind == "function_signature":
        flag = SymbolFlag.ABSTRACT if ambient else SymbolFlag.OVERLOAD
        return _signature_in(node, extent, text, exported, flag)
    if kind in ("lexical_declaration", "variable_declaration"):
        return _variables_in(node, extent, text, exported)
    found = _PLAIN.get(kind)
    if found is None:
        return None
    return _plain(found, node, extent, text, exported)


_PLAIN = {
    "interface_declaration": SymbolKind.INTERFACE,
    "type_alias_declaration": SymbolKind.TYPE,
    "enum_declaration": SymbolKind.ENUM,
    "internal_module": SymbolKind.NAMESPACE,
    "module": SymbolKind.NAMESPACE,
}


def _plain(
    kind: SymbolKind, node: Node, extent: Node, text: bytes, exported: bool
) -> Definition | None:
    name = node.child_by_field_name("name")
    if name is None:
        return None
    body = node.child_by_field_name("value" if kind is SymbolKind.TYPE else "body")
    flags = _top_flags(name, extent, text, exported)
    label = unquoted(name, text) if name.type == "string" else ""
    if name.type == "nested_identifier":
        label = SPACES.sub("", spelled(name, text))
    return Definition(kind, name, extent, body, flags=flags, label=label)


def _interface(node: Node, text: bytes) -> Definition | None:
    return _plain(_PLAIN[node.type], node, node, text, False)


def _function(node: Node, text: bytes) -> Definition | None:
    return _function_in(node, node, text, False)


def _function_in(node: Node, extent: Node, text: bytes, exported: bool) -> Definition | None:
    name = node.child_by_field_name("name")
    if name is None:
        return None
    flags = _function_flags(node, text) | _top_flags(name, extent, text, exported)
    body = node.child_by_field_name("body")
    return Definition(SymbolKind.FUNCTION, name, extent, body, flags=flags)


def _signature_in(
    node: Node, extent: Node, text: bytes, exported: bool, flag: SymbolFlag
) -> Definition | None:
    name = node.child_by_field_name("name")
    if name is None:
        return None
    flags = flag | _function_flags(node, text) | _top_flags(name, extent, text, exported)
    return Definition(SymbolKind.FUNCTION, name, extent, flags=flags)


def _function_signature(node: Node, text: bytes) -> Definition | None:
    return _signature_in(node, node, text, False, SymbolFlag.OVERLOAD)


def _class(node: Node, text: bytes) -> Definition | None:
    if node.type == "class":
        return _class_expression(node, text)
    return _class_in(node, node, text, False)


def _class_in(node: Node, extent: Node, text: bytes, exported: bool) -> Definition | None:
    name = node.child_by_field_name("name")
    if name is None:
        return None
    flags = _top_flags(name, extent, text, exported) | _class_flags(node, extent)
    body = node.child_by_field_name("body")
    return Definition(SymbolKind.CLASS, name, extent, body, flags=flags)


def _class_flags(node: Node, extent: Node) -> SymbolFlag:
    flags = SymbolFlag.NONE
    if node.type == "abstract_class_declaration":
        flags |= SymbolFlag.ABSTRACT
    if any(child.type == "decorator" for part in (extent, node) for child in part.children[:2]):
        flags |= SymbolFlag.DECORATED
    return flags


def _class_expression(node: Node, text: bytes) -> Definition | None:
    """A class without a statement of its own: one that a variable, an export or an assignment names
    is theirs.
    """
    around = node.parent
    while around is not None and around.type in WRAPPERS:
        around = around.parent
    if around is not None and (
        around.type in ("variable_declarator", "export_statement")
        or (around.type == "assignment_expression" and exports_path(around, text) is not None)
    ):
        return None
    body = node.child_by_field_name("body")
    name = node.child_by_field_name("name")
    if name is not None:
        return Definition(SymbolKind.CLASS, name, node, body)
    keyword = node.children[0] if node.children else None
    if keyword is None:
        return None
    return Definition(SymbolKind.CLASS, keyword, node, body, label="(class)")


def _default(node: Node, text: bytes) -> list[Definition] | None:
    """`export default` of an expression: one that only names something defines nothing."""
    token = _default_token(node)
    value = unwrapped(node.child_by_field_name("value"))
    if token is None or value is None or default_target(value, text) is not None:
        return None
    flags = SymbolFlag.EXPORTED | _deprecated(text, node.start_byte)
    kind, body, more = _value_kind(value, text, SymbolKind.CONSTANT)
    default = Definition(kind, token, node, body, flags=flags | more, label="default")
    if value.type == "call_expression":
        # `export default defineComponent({…})`
        group = value.child_by_field_name("arguments")
        only = nth(group, 0) if group is not None and group.named_child_count == 1 else None
        return [default, *(_members_of(only, text) if only is not None else ())]
    return [default, *_members_of(value, text)]


def _value_kind(
    value: Node | None, text: bytes, plain: SymbolKind
) -> tuple[SymbolKind, Node | None, SymbolFlag]:
    """What a name is that holds this value: its kind, the body to look into, and flags."""
    value = unwrapped(value)
    if value is None:
        return plain, None, SymbolFlag.NONE
    kind = value.type
    if kind in FUNCTIONS:
        return (
            SymbolKind.FUNCTION,
            value.child_by_field_name("body"),
            _function_flags(value, text),
        )
    if kind == "class":
        return SymbolKind.CLASS, value.child_by_field_name("body"), SymbolFlag.NONE
    if kind == "object":
        return plain, value, SymbolFlag.NONE
    if kind == "call_expression":
        inner = _component(value, text)
        if inner is not None:
            return SymbolKind.FUNCTION, inner, SymbolFlag.NONE
        group = value.child_by_field_name("arguments")
        if group is not None and any(
            child.type in FUNCTIONS or child.type == "object" for child in group.named_children
        ):
            return plain, group, SymbolFlag.NONE
    if kind == "array" and value.end_byte - value.start_byte > 200:
        return plain, value, SymbolFlag.NONE
    return plain, None, SymbolFlag.NONE


def _component(value: Node, text: bytes) -> Node | None:
    """The body of the function in `memo(forwardRef((props, ref) => …))`."""
    for _ in range(4):
        name = last_name(value.child_by_field_name("function"))
        group = value.child_by_field_name("arguments")
        if name is None or group is None:
            return None
        if text[name.start_byte : name.end_byte] not in _COMPONENT_MAKERS:
            return None
        first = nth(group, 0)
        if first is None:
            return None
        if first.type in FUNCTIONS:
            return first.child_by_field_name("body")
        if first.type != "call_expression":
            return None
        value = first
    return None


def _variable(node: Node, text: bytes) -> list[Definition]:
    return _variables_in(node, node, text, False)


def _variables_in(node: Node, extent: Node, text: bytes, exported: bool) -> list[Definition]:
    """The names of a declaration. That of a single one covers the whole statement."""
    plain = (
        SymbolKind.CONSTANT if text.startswith(b"const", node.start_byte) else SymbolKind.VARIABLE
    )
    declarators = [child for child in node.named_children if child.type == "variable_declarator"]
    found: list[Definition] = []
    for at, declarator in enumerate(declarators):
        name = declarator.child_by_field_name("name")
        value = declarator.child_by_field_name("value")
        if name is None or (value is not None and required(value, text) is not None):
            continue
        around = extent if len(declarators) == 1 else declarator
        if name.type != "identifier":
            for one in _pattern_names(name):
                flags = _top_flags(one, extent, text, exported)
                found.append(Definition(plain, one, one, flags=flags))
            continue
        kind, body, flags = _value_kind(value, text, plain)
        flags |= _top_flags(name, extent, text, exported)
        span = (extent.start_byte, declarator.end_byte) if at == 0 and around != extent else None
        found.append(Definition(kind, name, around, body, flags=flags, span=span))
        found.extend(_members_of(value, text))
    return found


def _members_of(value: Node | None, text: bytes) -> list[Definition]:
    """The members of the object literal that a value is."""
    literal = unwrapped(value)
    if literal is not None and literal.type == "call_expression":
        callee = literal.child_by_field_name("function")
        if callee is None or text[callee.start_byte : callee.end_byte] != b"Object.freeze":
            return []
        group = literal.child_by_field_name("arguments")
        literal = nth(group, 0) if group is not None else None
    if literal is None or literal.type != "object":
        return []
    found = (_member(child, text) for child in literal.named_children if child.type in _PAIRS)
    return [member for member in found if member is not None]


_PAIRS = frozenset({"method_definition", "pair"})


def _pattern_names(pattern: Node) -> Iterator[Node]:
    """The names that a destructuring pattern binds."""
    waiting = [pattern]
    while waiting:
        node = waiting.pop()
        kind = node.type
        if kind in ("identifier", "shorthand_property_identifier_pattern"):
            yield node
        elif kind == "pair_pattern":
            value = node.child_by_field_name("value")
            if value is not None:
                waiting.append(value)
        elif kind in ("assignment_pattern", "object_assignment_pattern"):
            left = node.child_by_field_name("left")
            if left is not None:
                waiting.append(left)
        elif kind in ("object_pattern", "array_pattern", "rest_pattern"):
            waiting.extend(node.named_children)


def _member_name(node: Node, text: bytes) -> tuple[Node, str] | None:
    """A member's name and its label; None for a computed one."""
    name = (
        node.child_by_field_name("name")
        or node.child_by_field_name("property")
        or node.child_by_field_name("key")
    )
    if name is None or name.type in ("computed_property_name", "number"):
        return None
    return name, unquoted(name, text) if name.type == "string" else ""


def _member_flags(node: Node, name: Node, text: bytes) -> SymbolFlag:
    """What the words before a member's name say."""
    end = name.start_byte
    private = text.startswith(b"#", end)
    if node.start_byte == end and not private:
        flags = _deprecated(text, end)
        return flags | SymbolFlag.EXPORTED if flags else SymbolFlag.EXPORTED
    flags = SymbolFlag.NONE
    hidden = private
    for child in node.children:
        if child.start_byte >= end:
            break
        kind = child.type
        if kind == "static":
            flags |= SymbolFlag.STATIC
        elif kind == "async":
            flags |= SymbolFlag.ASYNC
        elif kind == "*":
            flags |= SymbolFlag.GENERATOR
        elif kind in ("get", "set"):
            flags |= SymbolFlag.PROPERTY
        elif kind == "abstract":
            flags |= SymbolFlag.ABSTRACT
        elif kind == "override_modifier":
            flags |= SymbolFlag.OVERRIDE
        elif kind == "decorator":
            flags |= SymbolFlag.DECORATED
        elif kind == "accessibility_modifier":
            word = text[child.start_byte : child.end_byte]
            private = private or word == b"private"
            hidden = hidden or word != b"public"
    if private:
        flags |= SymbolFlag.PRIVATE
    if not hidden:
        flags |= SymbolFlag.EXPORTED
    return flags | _deprecated(text, node.start_byte)


def _method(node: Node, text: bytes) -> Definition | None:
    found = _member_name(node, text)
    if found is None:
        return None
    name, label = found
    flags = _member_flags(node, name, text)
    body = node.child_by_field_name("body")
    return Definition(SymbolKind.FUNCTION, name, node, body, flags=flags, label=label)


def _decorated(node: Node, text: bytes) -> Definition | None:
    """A TypeScript method by the first of its decorators, which stand before it."""
    before = node.prev_named_sibling
    if before is not None and before.type == "decorator":
        return None
    current: Node | None = node
    while current is not None and current.type in ("decorator", "comment"):
        current = current.next_named_sibling
    hook = _METHOD_HOOKS.get(current.type) if current is not None else None
    method = hook(current, text) if hook is not None and current is not None else None
    if method is None or current is None:
        return None
    flags = method.flags | SymbolFlag.DECORATED | _deprecated(text, node.start_byte)
    return method._replace(span=(node.start_byte, current.end_byte), head=current, flags=flags)


def _overload(node: Node, text: bytes) -> Definition | None:
    method = _method(node, text)
    return method and method._replace(flags=method.flags | SymbolFlag.OVERLOAD)


def _abstract(node: Node, text: bytes) -> Definition | None:
    method = _method(node, text)
    return method and method._replace(flags=method.flags | SymbolFlag.ABSTRACT)


_METHOD_HOOKS = {
    "method_definition": _method,
    "method_signature": _overload,
    "abstract_method_signature": _abstract,
}


def _interface_member(node: Node, text: bytes) -> Definition | None:
    if node.type == "method_signature":
        return _abstract(node, text)
    return _field(node, text)


def _field(node: Node, text: bytes) -> Definition | None:
    found = _member_name(node, text)
    if found is None:
        return None
    name, label = found
    kind, body, more = _value_kind(node.child_by_field_name("value"), text, SymbolKind.FIELD)
    flags = _member_flags(node, name, text) | more
    if kind is not SymbolKind.FUNCTION:
        kind, body = SymbolKind.FIELD, None
    return Definition(kind, name, node, body, flags=flags, label=label)


def _member(node: Node, text: bytes) -> Definition | None:
    """A member of an object literal.

    Keys that are no identifiers are data, unless they hold a function.
    """
    return _object_member(node, text, SymbolKind.METHOD, SymbolKind.PROPERTY)


def _object_member(
    node: Node, text: bytes, callable_kind: SymbolKind, plain: SymbolKind
) -> Definition | None:
    found = _member_name(node, text)
    if found is None:
        return None
    name, label = found
    if node.type == "method_definition":
        kind, body, flags = SymbolKind.FUNCTION, node.child_by_field_name("body"), SymbolFlag.NONE
        flags = _member_flags(node, name, text)
    else:
        value = unwrapped(node.child_by_field_name("value"))
        is_function = value is not None and value.type in FUNCTIONS
        if label and not is_function:
            return None
        kind, body, flags = _value_kind(value, text, plain)
        if kind is not SymbolKind.FUNCTION:
            kind, body = plain, None
        flags |= SymbolFlag.EXPORTED | _deprecated(text, node.start_byte)
    if kind is SymbolKind.FUNCTION:
        kind = callable_kind
    return Definition(kind, name, node, body, flags=flags, label=label)


def _hung_on(assignment: Node | None, text: bytes) -> str:
    """The name that `Name.x = …`, `Name.prototype.x = …` and `Name.prototype = {…}` hang members
    on.
    """
    left = assignment.child_by_field_name("left") if assignment is not None else None
    if left is None or left.type != "member_expression":
        return ""
    words = "".join(spelled(left, text).split()).split(".")
    if words[-1] == "prototype":
        return words[0] if len(words) == 2 and words[0].isidentifier() else ""
    owner = words[:-1]
    if len(owner) == 2 and owner[1] == "prototype":
        owner = owner[:1]
    plain = len(owner) == 1 and owner[0].replace("$", "_").isidentifier()
    return owner[0] if plain and owner[0] not in ("this", "window", "self", "globalThis") else ""


def _assignment(node: Node, text: bytes) -> list[Definition]:
    """`exports.x = …`, `module.exports = …`, `Type.prototype.x = function …`, `app.x = …`."""
    assignments, value = assignment_chain(node)
    value = unwrapped(value)
    if not assignments or value is None:
        return []
    flags = _deprecated(text, node.start_byte)
    exporting = next((one for one in assignments if exports_path(one, text) is not None), None)
    if exporting is None:
        return _hung(assignments[0], value, node, text, flags)
    path = exports_path(exporting, text)
    left = exporting.child_by_field_name("left")
    if left is None or required(value, text) is not None:
        return []
    if value.type in ("identifier", "unary_expression", "undefined"):
        return []
    if path == WHOLE and value.type == "object":
        return _exported_members(value, text)
    if path == WHOLE and value.type == "member_expression":
        return []
    kind, body, more = _value_kind(value, text, SymbolKind.VARIABLE)
    flags |= more | SymbolFlag.EXPORTED
    if path != WHOLE:
        name = left.child_by_field_name("property")
        if name is None:
            return []
        return [Definition(kind, name, node, body, flags=flags), *_members_of(value, text)]
    own = value.child_by_field_name("name")
    if own is not None and (value.type in FUNCTIONS or value.type == "class"):
        return [Definition(kind, own, node, body, flags=flags)]
    return [Definition(kind, left, node, body, flags=flags, label=WHOLE)]


def _hung(
    assignment: Node, value: Node, node: Node, text: bytes, flags: SymbolFlag
) -> list[Definition]:
    """A function that becomes a member of something: `Type.prototype.x = function …`."""
    owner = _hung_on(assignment, text)
    left = assignment.child_by_field_name("left")
    name = left.child_by_field_name("property") if left is not None else None
    if not owner or name is None:
        return []
    if value.type == "object":
        if text[name.start_byte : name.end_byte] != b"prototype":
            return []
        return [member._replace(owner=owner) for member in _members_of(value, text)]
    if value.type not in FUNCTIONS:
        return []
    body = value.child_by_field_name("body")
    flags |= _function_flags(value, text) | SymbolFlag.EXPORTED
    return [Definition(SymbolKind.METHOD, name, node, body, owner=owner, flags=flags)]


def _exported_members(value: Node, text: bytes) -> list[Definition]:
    """What `module.exports = {…}` defines itself, besides what it only names."""
    found: list[Definition] = []
    for child in value.named_children:
        if child.type not in _PAIRS:
            continue
        held = child.child_by_field_name("value")
        if held is not None and (held.type == "identifier" or required(held, text) is not None):
            continue
        member = _object_member(child, text, SymbolKind.FUNCTION, SymbolKind.VARIABLE)
        if member is not None:
            found.append(member)
    return found


def _this(node: Node, text: bytes) -> Definition | None:
    """`this.x = …` makes a field, unless it only binds a method of that name to its instance."""
    left = node.child_by_field_name("left")
    name = left.child_by_field_name("property") if left is not None else None
    right = node.child_by_field_name("right")
    if name is None or right is None:
        return None
    if right.type == "call_expression" and b".bind(" in text[right.start_byte : right.end_byte]:
        return None
    private = name.type == "private_property_identifier"
    flags = SymbolFlag.PRIVATE if private else SymbolFlag.EXPORTED
    return Definition(SymbolKind.FIELD, name, node, flags=flags)


def _parameter_property(node: Node, text: bytes) -> Definition | None:
    name = node.child_by_field_name("pattern")
    if name is None or name.type != "identifier":
        return None
    return Definition(SymbolKind.FIELD, name, node, flags=_member_flags(node, name, text))


def _enum_member(node: Node, text: bytes) -> Definition | None:
    name = node.child_by_field_name("name") if node.type == "enum_assignment" else node
    if name is None or name.type not in ("property_identifier", "string"):
        return None
    label = unquoted(name, text) if name.type == "string" else ""
    return Definition(SymbolKind.ENUM_MEMBER, name, node, flags=SymbolFlag.EXPORTED, label=label)


def _test(node: Node, text: bytes) -> Definition | None:
    """`describe("…", () => …)` and its like. The title is the name."""
    if _TEST_START.match(text, node.start_byte) is None:
        return None
    call = nth(node, 0)
    parts = _test_parts(call, text) if call is not None else None
    if parts is None:
        return None
    title, function = parts
    body = function.child_by_field_name("body")
    flags = SymbolFlag.TEST | _function_flags(function, text)
    return Definition(SymbolKind.TEST, title, node, body, flags=flags, label=_title(title, text))


def test_title(call: Node, text: bytes) -> str | None:
    """The title of a test or group of tests that a call defines, None where it is no test."""
    parts = _test_parts(call, text)
    return _title(parts[0], text) if parts is not None else None


def _title(title: Node, text: bytes) -> str:
    return SPACES.sub(" ", unquoted(title, text)).strip() or "(untitled)"


def _test_parts(call: Node, text: bytes) -> tuple[Node, Node] | None:
    """The title and the function of a test or group of tests."""
    if _TEST_START.match(text, call.start_byte) is None or call.type != "call_expression":
        return None
    callee = call.child_by_field_name("function")
    group = call.child_by_field_name("arguments")
    if callee is None or group is None or not _says_test(callee, text):
        return None
    title = nth(group, 0)
    function = _last_function(group)
    return (title, function) if title is not None and function is not None else None


def _last_function(group: Node) -> Node | None:
    return next(
        (child for child in reversed(group.named_children) if child.type in FUNCTIONS), None
    )


def _says_test(callee: Node, text: bytes) -> bool:
    words: list[str] = []
    node: Node | None = callee
    for _ in range(8):
        if node is None:
            return False
        if node.type == "identifier":
            words.append(spelled(node, text))
            break
        if node.type == "member_expression":
            name = node.child_by_field_name("property")
            if name is None:
                return False
            words.append(spelled(name, text))
            node = node.child_by_field_name("object")
        elif node.type == "call_expression":
            node = node.child_by_field_name("function")
        else:
            return False
    else:
        return False
    root = words[-1]
    if root not in _TEST_ROOTS or not all(word in _TEST_WORDS for word in words):
        return False
    return root not in _NEEDS_WORD or len(words) > 1


def element_names(text: bytes, start: int, end: int) -> Iterator[tuple[int, int, Role, bool]]:
    """The `raw_names` hook for JSX elements: a component is called, `div` is only a word."""
    if text[start : start + 1].islower():
        yield start, end, Role.KEYWORD, False
    elif text[start - 1 : start] == b"/":
        yield start, end, Role.READ, False
    else:
        yield start, end, Role.CALL, False


_DEFINE: dict[str, Callable[[Node, bytes], Definition | list[Definition] | None]] = {
    "function": _function,
    "class": _class,
    "export": _export,
    "default": _default,
    "variable": _variable,
    "method": _method,
    "assignment": _assignment,
    "test": _test,
    "field": _field,
    "this": _this,
    "interface": _interface,
    "type": _interface,
    "enum": _interface,
    "namespace": _interface,
    "signature": _function_signature,
    "enum_member": _enum_member,
    "decorated": _decorated,
    "overload": _overload,
    "abstract": _abstract,
    "interface_member": _interface_member,
    "parameter": _parameter_property,
}
