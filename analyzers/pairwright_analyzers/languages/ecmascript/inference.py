"""What the syntax of JavaScript, TypeScript and TSX says of the types of names: annotations,
constructing calls, loops, callbacks.

Rows of the `typed` hook, nothing else; a row names an offset, never a type. Where a name is bound
to another name's value as it is, `AS_IT_IS` stands for the number of items.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.ecmascript.nodes import NAMES, last_name, nth
from pairwright_analyzers.types import AS_IT_IS, OF_ITS_NAME

if TYPE_CHECKING:
    from tree_sitter import Node

Row = tuple[int, int, int, int]
Said = tuple[int, int, int]
"""What says a type: (offset, items, result), as in `types.Typing`."""

_TRANSPARENT = frozenset(
    {
        *(b"Promise", b"PromiseLike", b"Readonly", b"Partial", b"Required", b"NonNullable"),
        *(b"Awaited", b"DeepReadonly", b"ThisType"),
    }
)
_COLLECTIONS = frozenset(
    {
        *(b"Array", b"ReadonlyArray", b"Set", b"ReadonlySet", b"WeakSet", b"Iterable"),
        *(b"IterableIterator", b"Iterator", b"Generator", b"AsyncIterable", b"AsyncGenerator"),
        *(b"AsyncIterableIterator", b"ArrayLike"),
    }
)
_MAPPINGS = frozenset({b"Map", b"ReadonlyMap", b"WeakMap", b"Record"})
_KEPT = frozenset(
    {
        *(b"filter", b"slice", b"concat", b"reverse", b"sort", b"splice", b"toSorted"),
        *(b"toReversed", b"values", b"with"),
    }
)
"""Methods of collections that give a collection of the same items."""
_TAKEN = frozenset({b"find", b"findLast", b"at", b"pop", b"shift", b"get"})
"""Methods of collections that give one item."""
_VISITED = frozenset(
    {
        *(b"forEach", b"map", b"filter", b"find", b"findIndex", b"findLast", b"some", b"every"),
        *(b"flatMap", b"sort", b"toSorted"),
    }
)
"""Methods of collections that hand items to their callback first."""
_SAME = frozenset({b"Object.freeze", b"Object.seal", b"Promise.resolve", b"structuredClone"})
"""Calls that give what they are handed."""
_LAST_OF_SAME = frozenset(word.rpartition(b".")[2] for word in _SAME)
_OUTSIDE = frozenset({b"require", b"import"})
_NOTHING = frozenset({b"null", b"undefined", b"void"})
_BEFORE_CALLBACK = re.compile(rb"\.\s*(\w+)\s*\(\s*$")
_FAR = 40
"""Bytes before a callback in which the name of the method that it is handed to must stand."""
_NAMELESS = -1
"""Offset of a type that nothing in the workspace can name: a string, a number."""
_OPEN = frozenset({b"any", b"unknown", b"object", b"never"})
_MAX_PLACES = 200
"""Uses of one name in a branch that are looked at, so that long functions stay quick."""
_MAX_LEVELS = 3
_MAX_NESTING = 24


def typed(node: Node, text: bytes) -> Iterable[Row]:
    """The `typed` hook of the family."""
    hook = _HOOKS.get(node.type)
    return hook(node, text) if hook is not None else ()


def _rows(target: Node | None, said: Iterable[Said]) -> Iterable[Row]:
    if target is None or target.type not in _TARGETS:
        return ()
    name = target.start_byte
    return [
        (name, name if at == _NAMELESS else at, items, result)
        for at, items, result in said
        if at != name
    ]


_TARGETS = NAMES | {"type_identifier"}


def _function(node: Node, text: bytes) -> Iterable[Row]:
    annotation = node.child_by_field_name("return_type")
    return _rows(node.child_by_field_name("name"), _type(annotation, text))


def _assignment(node: Node, text: bytes) -> Iterable[Row]:
    right = node.child_by_field_name("right")
    return _rows(last_name(node.child_by_field_name("left")), _value(right, text))


def _declared(node: Node, text: bytes) -> Iterable[Row]:
    """Variables, parameters, fields and properties."""
    target = (
        node.child_by_field_name("name")
        or node.child_by_field_name("pattern")
        or node.child_by_field_name("property")
    )
    annotation = node.child_by_field_name("type")
    value = node.child_by_field_name("value")
    if target is not None and target.type in _PATTERNS:
        said = _value(value, text) if annotation is None else _type(annotation, text)
        return _taken_apart(target, list(said))
    if annotation is not None:
        return _rows(target, _type(annotation, text))
    if value is not None and value.type == "arrow_function":
        return _rows(target, _type(value.child_by_field_name("return_type"), text))
    return _rows(target, _value(value, text))


_PATTERNS = frozenset({"object_pattern", "array_pattern"})
_SHORTHANDS = frozenset(
    {"shorthand_property_identifier_pattern", "object_assignment_pattern", "assignment_pattern"}
)


def _taken_apart(pattern: Node, said: list[Said], depth: int = 0) -> Iterator[Row]:
    """The names of a destructuring pattern: members of a value, or its items."""
    if not said or depth > _MAX_NESTING:
        return
    whole = [one for one in said if one[1] in (0, AS_IT_IS) and one[0] != _NAMELESS]
    for part in pattern.named_children:
        if pattern.type == "array_pattern":
            yield from _part(part, list(_shifted(said, -1)), depth)
        elif part.type == "pair_pattern":
            key = part.child_by_field_name("key")
            if key is not None and key.type == "property_identifier" and whole:
                yield from _rows(key, whole)
                member = (key.start_byte, AS_IT_IS, 0)
                yield from _part(part.child_by_field_name("value"), [member], depth)
        elif part.type in _SHORTHANDS:
            name = part.child_by_field_name("left") or part
            for at, _, _ in whole:
                yield name.start_byte, at, OF_ITS_NAME, 0


def _part(part: Node | None, said: list[Said], depth: int) -> Iterable[Row]:
    """One name of a pattern, or a pattern inside it."""
    if part is not None and part.type == "assignment_pattern":
        part = part.child_by_field_name("left")
    if part is not None and part.type in _PATTERNS:
        return _taken_apart(part, said, depth + 1)
    return _rows(part, said)


def _bound(node: Node, text: bytes) -> Iterable[Row]:
    """`T extends Base`: whatever T is, it has the members of Base."""
    constraint = node.child_by_field_name("constraint")
    if constraint is None:
        return ()
    return _rows(node.child_by_field_name("name"), _type(nth(constraint, 0), text))


def _narrowed(node: Node, text: bytes) -> Iterator[Row]:
    """`if (shape instanceof Square) …`: in there it is one."""
    group = node.child_by_field_name("condition")
    test = nth(group, 0) if group is not None else None
    branch = node.child_by_field_name("consequence")
    if test is None or branch is None or test.type != "binary_expression":
        return
    operator = test.child_by_field_name("operator")
    name = test.child_by_field_name("left")
    kind = last_name(test.child_by_field_name("right"))
    if operator is None or operator.type != "instanceof" or kind is None:
        return
    if name is None or name.type != "identifier":
        return
    word = _bytes(name, text)
    at = branch.start_byte
    for _ in range(_MAX_PLACES):
        at = text.find(word, at, branch.end_byte)
        if at < 0:
            return
        place = branch.descendant_for_byte_range(at, at + len(word))
        if (
            place is not None
            and place.type == "identifier"
            and len(word) == len(_bytes(place, text))
        ):
            yield at, kind.start_byte, 0, 0
        at += len(word)


def _alias(node: Node, text: bytes) -> Iterable[Row]:
    return _rows(node.child_by_field_name("name"), _type(node.child_by_field_name("value"), text))


def _import_alias(node: Node, text: bytes) -> Iterable[Row]:
    """`import short = Long.Name`."""
    path = nth(node, 1)
    meant = last_name(path)
    if meant is None and path is not None:
        meant = path.child_by_field_name("property")
    return _rows(nth(node, 0), [(meant.start_byte, AS_IT_IS, 0)]) if meant is not None else ()


def _loop(node: Node, text: bytes) -> Iterable[Row]:
    operator = node.child_by_field_name("operator")
    if operator is None or operator.type != "of":
        return ()
    right = node.child_by_field_name("right")
    return _rows(node.child_by_field_name("left"), _shifted(_value(right, text), -1))


def _receiver(node: Node, text: bytes) -> Iterable[Row]:
    """A member of an expression that is no name."""
    name = node.child_by_field_name("property")
    holder = node.child_by_field_name("object")
    if name is None or holder is None:
        return ()
    start = name.start_byte
    return [
        (start, start if at == _NAMELESS else at, items, result)
        for at, items, result in _VALUES[holder.type](holder, text, 0)
    ]


def _callback(node: Node, text: bytes) -> Iterable[Row]:
    """`items.forEach((item) => …)`: the parameter of a first argument is an item."""
    visited = _BEFORE_CALLBACK.search(text, max(0, node.start_byte - _FAR), node.start_byte)
    if visited is None or visited.group(1) not in _VISITED:
        return ()
    group = node.parent
    call = group.parent if group is not None else None
    callee = call.child_by_field_name("function") if call is not None else None
    if callee is None or callee.type != "member_expression":
        return ()
    parameter = node.child_by_field_name("parameter")
    parameters = node.child_by_field_name("parameters")
    if parameter is None and parameters is not None:
        parameter = nth(parameters, 0)
    if parameter is not None and parameter.type == "required_parameter":
        if parameter.child_by_field_name("type") is not None:
            return ()
        parameter = parameter.child_by_field_name("pattern")
    return _rows(parameter, _shifted(_value(callee.child_by_field_name("object"), text), -1))


_HOOKS: dict[str, Callable[[Node, bytes], Iterable[Row]]] = {
    "function_declaration": _function,
    "function_signature": _function,
    "method_definition": _function,
    "method_signature": _function,
    "abstract_method_signature": _function,
    "assignment_expression": _assignment,
    "variable_declarator": _declared,
    "required_parameter": _declared,
    "optional_parameter": _declared,
    "field_definition": _declared,
    "public_field_definition": _declared,
    "property_signature": _declared,
    "type_alias_declaration": _alias,
    "import_alias": _import_alias,
    "type_parameter": _bound,
    "if_statement": _narrowed,
    "for_in_statement": _loop,
    "member_expression": _receiver,
    "arrow_function": _callback,
    "function_expression": _callback,
}


def _bytes(node: Node, text: bytes) -> bytes:
    return text[node.start_byte : node.end_byte]


def _shifted(said: Iterable[Said], by: int) -> Iterator[Said]:
    for at, items, result in said:
        moved = (0 if items == AS_IT_IS else items) + by
        if -_MAX_LEVELS <= moved <= _MAX_LEVELS:
            yield at, moved, result


def _value(node: Node | None, text: bytes, depth: int = 0) -> Iterable[Said]:
    """What says the type of an expression's value: the names of types and of what makes it."""
    if node is None or depth > _MAX_NESTING:
        return ()
    hook = _VALUES.get(node.type)
    return hook(node, text, depth) if hook is not None else ()


def _called(node: Node, text: bytes, depth: int) -> Iterable[Said]:
    callee = node.child_by_field_name("function")
    if callee is None:
        return ()
    if callee.type == "identifier":
        word = _bytes(callee, text)
        if word in _SAME:
            return _value(_argument(node), text, depth + 1)
        return ((callee.start_byte, 0, 0),) if word not in _OUTSIDE else ()
    name = last_name(callee)
    if name is None:
        return ()
    said: list[Said] = [(name.start_byte, 0, 0)]
    if callee.type == "member_expression":
        word = _bytes(name, text)
        if word in _LAST_OF_SAME and b"".join(_bytes(callee, text).split()) in _SAME:
            return _value(_argument(node), text, depth + 1)
        if word in _KEPT or word in _TAKEN:
            holder = callee.child_by_field_name("object")
            said.extend(_shifted(_value(holder, text, depth + 1), -(word in _TAKEN)))
    return said


def _argument(call: Node) -> Node | None:
    group = call.child_by_field_name("arguments")
    return nth(group, 0) if group is not None else None


def _made(node: Node, text: bytes, depth: int) -> Iterable[Said]:
    made = last_name(node.child_by_field_name("constructor"))
    return ((made.start_byte, 0, 0),) if made is not None else ()


def _named(node: Node, text: bytes, depth: int) -> Iterable[Said]:
    return ((node.start_byte, AS_IT_IS, 0),)


def _member(node: Node, text: bytes, depth: int) -> Iterable[Said]:
    name = node.child_by_field_name("property")
    return ((name.start_byte, AS_IT_IS, 0),) if name is not None else ()


def _item(node: Node, text: bytes, depth: int) -> Iterable[Said]:
    return _shifted(_value(node.child_by_field_name("object"), text, depth + 1), -1)


def _inner(node: Node, text: bytes, depth: int) -> Iterable[Said]:
    return _value(nth(node, 0), text, depth + 1)


def _asserted(node: Node, text: bytes, depth: int) -> Iterable[Said]:
    if node.type == "as_expression":
        return _type(nth(node, 1), text)
    value = nth(node, 0)
    if value is not None and value.type == "object":
        # The literal keeps its own type.
        return ()
    return _value(value, text, depth + 1) or _type(nth(node, 1), text)


def _assertion(node: Node, text: bytes, depth: int) -> Iterable[Said]:
    group = nth(node, 0)
    return _type(nth(group, 0), text) if group is not None else ()


def _either(node: Node, text: bytes, depth: int) -> Iterable[Said]:
    for part in ("consequence", "alternative"):
        yield from _value(node.child_by_field_name(part), text, depth + 1)


def _or(node: Node, text: bytes, depth: int) -> Iterable[Said]:
    operator = node.child_by_field_name("operator")
    if operator is not None and operator.type in ("||", "??"):
        yield from _value(node.child_by_field_name("left"), text, depth + 1)
        yield from _value(node.child_by_field_name("right"), text, depth + 1)


def _assigned(node: Node, text: bytes, depth: int) -> Iterable[Said]:
    return _value(node.child_by_field_name("right"), text, depth + 1)


def _listed(node: Node, text: bytes, depth: int) -> Iterable[Said]:
    first = nth(node, 0)
    said = list(_value(first, text, depth + 1)) if first is not None else []
    return _shifted(said, 1) if said else _LITERAL


def _literal(node: Node, text: bytes, depth: int) -> Iterable[Said]:
    return _LITERAL


_LITERAL: tuple[Said, ...] = ((_NAMELESS, 0, 0),)
_VALUES: dict[str, Callable[[Node, bytes, int], Iterable[Said]]] = {
    "new_expression": _made,
    "call_expression": _called,
    "identifier": _named,
    "member_expression": _member,
    "subscript_expression": _item,
    "await_expression": _inner,
    "parenthesized_expression": _inner,
    "non_null_expression": _inner,
    "as_expression": _asserted,
    "satisfies_expression": _asserted,
    "type_assertion": _assertion,
    "ternary_expression": _either,
    "binary_expression": _or,
    "assignment_expression": _assigned,
    "array": _listed,
    "string": _literal,
    "template_string": _literal,
    "number": _literal,
    "regex": _literal,
    "this": _named,
}


def _type(node: Node | None, text: bytes, depth: int = 0) -> Iterator[Said]:
    """The name of a type: `a.B` -> B, `Promise<B>` and `B | null` -> B, `B[]` -> items of B."""
    if node is None or depth > _MAX_NESTING:
        return
    kind = node.type
    if kind in ("type_identifier", "nested_type_identifier"):
        name = last_name(node)
        if name is not None:
            yield name.start_byte, 0, 0
    elif kind in ("type_annotation", "parenthesized_type", "readonly_type"):
        yield from _type(nth(node, 0), text, depth + 1)
    elif kind == "array_type":
        yield from _shifted(_type(nth(node, 0), text, depth + 1), 1)
    elif kind == "generic_type":
        head = last_name(node.child_by_field_name("name"))
        group = node.child_by_field_name("type_arguments")
        word = _bytes(head, text) if head is not None else b""
        if word in _TRANSPARENT and group is not None:
            yield from _type(nth(group, 0), text, depth + 1)
            return
        if head is not None:
            yield head.start_byte, 0, 0
        if word in _COLLECTIONS and group is not None:
            yield from _shifted(_type(nth(group, 0), text, depth + 1), 1)
        elif word in _MAPPINGS and group is not None:
            yield from _shifted(_type(nth(group, 1), text, depth + 1), 1)
    elif kind == "union_type":
        sides = _union_sides(node, text)
        if len(sides) == 1:
            yield from _type(sides[0], text, depth + 1)
    elif kind == "predefined_type":
        if _bytes(node, text) not in _OPEN:
            yield _NAMELESS, 0, 0
    elif kind in ("literal_type", "template_literal_type"):
        yield _NAMELESS, 0, 0
    elif kind == "intersection_type":
        for side in node.named_children:
            yield from _type(side, text, depth + 1)
    elif kind == "type_query":
        meant = last_name(nth(node, 0))
        if meant is not None:
            yield meant.start_byte, AS_IT_IS, 0
    elif kind == "this_type":
        owner = _class_name(node)
        if owner is not None:
            yield owner.start_byte, 0, 0


def _class_name(node: Node) -> Node | None:
    around = node.parent
    while around is not None and around.type not in _TYPES:
        around = around.parent
    return around.child_by_field_name("name") if around is not None else None


_TYPES = ("class_declaration", "abstract_class_declaration", "interface_declaration")


def _union_sides(node: Node, text: bytes) -> list[Node]:
    sides: list[Node] = []
    waiting = list(node.named_children)
    while waiting and len(sides) < 3:
        side = waiting.pop()
        if side.type == "union_type":
            waiting.extend(side.named_children)
        elif _bytes(side, text) not in _NOTHING:
            sides.append(side)
    return sides
