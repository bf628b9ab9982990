"""What Python's syntax says of the types of names: annotations, constructing calls, loops, results.

Rows of the `typed` hook, nothing else; a row names an offset, never a type. Where a name is bound
to another name's value as it is, `AS_IT_IS` stands for the number of items.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.nodes import first_named, last_named
from pairwright_analyzers.types import AS_IT_IS

if TYPE_CHECKING:
    from tree_sitter import Node

Row = tuple[int, int, int, int]
Said = tuple[int, int, int]
"""What says a type: (offset, items, result), as in `types.Typing`."""

_TRANSPARENT = frozenset(
    {
        b"Optional",
        b"Union",
        b"Annotated",
        b"Final",
        b"ClassVar",
        b"Required",
        b"NotRequired",
        b"ReadOnly",
        b"Awaitable",
    }
)
_COLLECTIONS = frozenset(
    {
        *(b"list", b"List", b"set", b"Set", b"frozenset", b"FrozenSet", b"deque", b"Deque"),
        *(b"Sequence", b"MutableSequence", b"Iterable", b"Iterator", b"Collection", b"Container"),
        *(b"AbstractSet", b"MutableSet", b"AsyncIterator", b"AsyncIterable", b"Reversible"),
        *(b"Generator", b"AsyncGenerator", b"QuerySet"),
    }
)
_MAPPINGS = frozenset(
    {
        b"dict",
        b"Dict",
        b"Mapping",
        b"MutableMapping",
        b"OrderedDict",
        b"defaultdict",
        b"DefaultDict",
    }
)
_KEPT = frozenset({b"list", b"tuple", b"set", b"frozenset", b"sorted", b"reversed", b"iter"})
"""Builtins that give a collection of the items of another."""
_WRITTEN = re.compile(rb"\s*(?:([\w.]+)\s*\[\s*)?([\w.]+)\s*\]?\s*(?:\|\s*None\s*)?\Z")
_MAX_LEVELS = 3


def typed(node: Node, text: bytes) -> Iterator[Row]:
    """The rows of one `@typed` node."""
    hook = _HOOKS.get(node.type)
    if hook is not None:
        yield from hook(node, text)


def _rows(target: Node | None, said: Iterable[Said]) -> Iterator[Row]:
    name = _last_name(target)
    if name is not None:
        for at, items, result in said:
            if at != name.start_byte:
                yield name.start_byte, at, items, result


def _assignment(node: Node, text: bytes) -> Iterator[Row]:
    left = node.child_by_field_name("left")
    annotation = node.child_by_field_name("type")
    right = node.child_by_field_name("right")
    if left is None:
        return
    if annotation is not None:
        yield from _rows(left, _type(annotation, text))
    elif right is not None:
        yield from _bind(left, right, text)


def _bind(left: Node, right: Node, text: bytes) -> Iterator[Row]:
    if left.type in ("identifier", "attribute"):
        yield from _rows(left, _value(right, text))
    elif left.type in ("pattern_list", "tuple_pattern", "list_pattern"):
        targets = left.named_children
        if right.type in ("expression_list", "tuple", "list"):
            values = right.named_children
            if len(values) == len(targets) and not _starred(targets):
                for target, value in zip(targets, values, strict=True):
                    yield from _bind(target, value, text)
        elif right.type in ("call", "await") and not _starred(targets):
            for position, target in enumerate(targets, 1):
                for at, items, _ in _value(right, text):
                    if items == 0:
                        yield from _rows(target, [(at, 0, position)])


def _starred(targets: list[Node]) -> bool:
    return any(target.type == "list_splat_pattern" for target in targets)


def _named(node: Node, text: bytes) -> Iterator[Row]:
    value = node.child_by_field_name("value")
    if value is not None:
        yield from _rows(node.child_by_field_name("name"), _value(value, text))


def _function(node: Node, text: bytes) -> Iterator[Row]:
    name = node.child_by_field_name("name")
    annotation = node.child_by_field_name("return_type")
    if annotation is not None:
        yield from _rows(name, _type(annotation, text, returned=True))
        return
    body = node.child_by_field_name("body")
    last = last_named(body)
    if last is not None and last.type == "expression_statement":
        last = first_named(last)
    value = first_named(last)
    if last is None or value is None:
        return
    if last.type == "return_statement":
        if value.type in ("call", "await") or text[value.start_byte : value.end_byte] == b"self":
            yield from _rows(name, _value(value, text))
    elif last.type == "yield" and value.type == "call":
        marks = text[max(0, node.start_byte - 200) : node.start_byte]
        marks = marks[marks.rfind(b"\n\n") + 1 :]
        given = b"fixture" in marks or b"contextmanager" in marks
        yield from _rows(name, _lifted(_value(value, text), 0 if given else 1))


def _lifted(said: Iterable[Said], levels: int) -> Iterator[Said]:
    """The same with collections around (or taken away, where `levels` is negative)."""
    for at, items, result in said:
        if items == AS_IT_IS:
            if levels < 0:
                yield at, levels, result
            continue
        if -_MAX_LEVELS <= items + levels <= _MAX_LEVELS:
            yield at, items + levels, result


def _with(node: Node, text: bytes) -> Iterator[Row]:
    pattern = node.child_by_field_name("value")
    alias = pattern.child_by_field_name("alias") if pattern is not None else None
    target = first_named(alias)
    value = first_named(pattern)
    if target is None or value is None or target.type != "identifier":
        return
    said = list(_value(value, text))
    yield from _rows(target, said)
    if value.type == "call":
        # A function that yields is entered to its item.
        yield from _rows(target, _lifted(said, -1))


def _parameter(node: Node, text: bytes) -> Iterator[Row]:
    target = node.child_by_field_name("name") or first_named(node)
    annotation = node.child_by_field_name("type")
    if target is None or annotation is None:
        return
    if target.type == "identifier":
        yield from _rows(target, _type(annotation, text))
    elif target.type == "list_splat_pattern":
        yield from _rows(first_named(target), _lifted(_type(annotation, text), 1))


def _loop(node: Node, text: bytes) -> Iterator[Row]:
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if left is None or right is None:
        return
    callee = _last_name(right.child_by_field_name("function")) if right.type == "call" else None
    word = text[callee.start_byte : callee.end_byte] if callee is not None else b""
    if left.type == "identifier":
        yield from _rows(left, _lifted(_collection(right, text), -1))
        return
    targets = left.named_children if left.type in ("pattern_list", "tuple_pattern") else []
    arguments = right.child_by_field_name("arguments") if callee is not None else None
    given = arguments.named_children if arguments is not None else []
    if word == b"enumerate" and len(targets) == 2 and given:
        yield from _rows(targets[1], _lifted(_collection(given[0], text), -1))
    elif word == b"zip" and len(targets) == len(given):
        for target, source in zip(targets, given, strict=True):
            if target.type == "identifier":
                yield from _rows(target, _lifted(_collection(source, text), -1))
    elif word == b"items" and len(targets) == 2:
        yield from _rows(targets[1], _lifted(_collection(right, text), -1))


def _collection(node: Node, text: bytes) -> Iterator[Said]:
    """The collection that is iterated: a mapping's values and items count as itself."""
    if node.type == "call":
        function = node.child_by_field_name("function")
        word = _last_name(function)
        if (
            function is not None
            and word is not None
            and function.type == "attribute"
            and text[word.start_byte : word.end_byte] in (b"values", b"items")
        ):
            holder = function.child_by_field_name("object")
            if holder is not None:
                yield from _value(holder, text)
            return
    yield from _value(node, text)


def _member(node: Node, text: bytes) -> Iterator[Row]:
    holder, name = node.child_by_field_name("object"), node.child_by_field_name("attribute")
    if holder is not None and name is not None:
        yield from _rows(name, _value(holder, text))


def _keywords(node: Node, text: bytes) -> Iterator[Row]:
    callee = _last_name(node.child_by_field_name("function"))
    arguments = node.child_by_field_name("arguments")
    if callee is None or arguments is None:
        return
    for child in arguments.named_children:
        if child.type == "keyword_argument":
            yield from _rows(child.child_by_field_name("name"), [(callee.start_byte, 0, 0)])


def _caught(node: Node, text: bytes) -> Iterator[Row]:
    """`except (A, B) as e` and `case A() as x`."""
    pattern = next((child for child in node.named_children if child.type == "as_pattern"), None)
    parts = pattern.named_children if pattern is not None else []
    if len(parts) != 2:
        return
    target = parts[1] if parts[1].type == "identifier" else parts[1].named_child(0)
    kinds = parts[0].named_children if parts[0].type == "tuple" else [parts[0]]
    for kind in kinds:
        if kind.type == "case_pattern":
            inner = first_named(kind)
            if inner is None or inner.type != "class_pattern" or first_named(inner) is None:
                continue
            dotted = first_named(inner)
            kind = (
                dotted.named_children[-1] if dotted is not None and dotted.named_children else kind
            )
        name = _last_name(kind)
        if name is not None:
            yield from _rows(target, [(name.start_byte, 0, 0)])


_HOOKS: dict[str, Callable[[Node, bytes], Iterator[Row]]] = {
    "assignment": _assignment,
    "named_expression": _named,
    "function_definition": _function,
    "with_item": _with,
    "typed_parameter": _parameter,
    "typed_default_parameter": _parameter,
    "for_statement": _loop,
    "for_in_clause": _loop,
    "attribute": _member,
    "call": _keywords,
    "except_clause": _caught,
    "case_pattern": _caught,
}


def _value(node: Node, text: bytes, depth: int = 0) -> Iterator[Said]:
    """What says the type of an expression."""
    kind = node.type
    if depth > 6:
        return
    if kind in ("identifier", "attribute"):
        name = _last_name(node)
        if name is not None:
            yield name.start_byte, AS_IT_IS, 0
    elif kind == "call":
        yield from _call(node, text, depth)
    elif kind in ("await", "parenthesized_expression"):
        inner = first_named(node)
        if inner is not None:
            yield from _value(inner, text, depth + 1)
    elif kind == "named_expression":
        inner = node.child_by_field_name("value")
        if inner is not None:
            yield from _value(inner, text, depth + 1)
    elif kind == "conditional_expression":
        children = node.named_children
        for child in (children[0], children[2]) if len(children) == 3 else ():
            yield from _value(child, text, depth + 1)
    elif kind == "boolean_operator":
        for child in node.named_children:
            yield from _value(child, text, depth + 1)
    elif kind in ("list", "tuple", "set", "list_comprehension", "set_comprehension"):
        first = first_named(node)
        if first is not None and first.type == "call":
            yield from _lifted(_value(first, text, depth + 1), 1)
    elif kind == "subscript":
        holder = node.child_by_field_name("value")
        key = node.child_by_field_name("subscript")
        if holder is not None and key is not None:
            said = _value(holder, text, depth + 1)
            yield from said if key.type == "slice" else _lifted(said, -1)


def _call(node: Node, text: bytes, depth: int) -> Iterator[Said]:
    function = node.child_by_field_name("function")
    arguments = node.child_by_field_name("arguments")
    if function is None:
        return
    first = first_named(arguments)
    if function.type == "call":
        inner = function.child_by_field_name("function")
        group = function.child_by_field_name("arguments")
        one = first_named(group)
        if (
            inner is not None
            and one is not None
            and text[inner.start_byte : inner.end_byte] == b"type"
        ):
            # `type(x)()` is one more of what `x` is.
            yield from _value(one, text, depth + 1)
        return
    name = _last_name(function)
    if name is None:
        return
    word = text[name.start_byte : name.end_byte]
    if word == b"super" and first is None:
        # What it is stands in the order of resolution, not in a name.
        return
    if function.type == "identifier" and word == b"cls":
        # The class around, whose members its instances have.
        yield name.start_byte, AS_IT_IS, 0
        return
    if function.type == "identifier" and first is not None:
        if word in _KEPT:
            yield from _value(first, text, depth + 1)
            return
        if word == b"next":
            yield from _lifted(_value(first, text, depth + 1), -1)
            return
    yield name.start_byte, 0, 0


def _last_name(node: Node | None) -> Node | None:
    if node is None or node.type == "identifier":
        return node
    if node.type == "attribute":
        return node.child_by_field_name("attribute")
    return None


def _type(node: Node, text: bytes, *, returned: bool = False, depth: int = 0) -> Iterator[Said]:
    """What a type annotation says: members of unions, items of collections.

    Of a function's result, the parts of a tuple are its results by position.
    """
    kind = node.type
    if depth > 8:
        return
    if kind in ("identifier", "attribute"):
        name = _last_name(node)
        if name is not None and text[name.start_byte : name.end_byte] != b"None":
            yield name.start_byte, 0, 0
    elif kind == "string":
        content = next((one for one in node.named_children if one.type == "string_content"), None)
        if content is not None:
            yield from _written(content.start_byte, text[content.start_byte : content.end_byte])
    elif kind in ("type", "union_type", "binary_operator", "parenthesized_expression"):
        for child in node.named_children:
            yield from _type(child, text, returned=returned, depth=depth + 1)
    elif kind in ("generic_type", "subscript", "member_type"):
        head, arguments = _generic(node)
        name = _last_name(head)
        if name is not None:
            word = text[name.start_byte : name.end_byte]
            yield from _applied(name, word, arguments, text, returned, depth)


def _applied(
    name: Node, word: bytes, arguments: list[Node], text: bytes, returned: bool, depth: int
) -> Iterator[Said]:
    if word in _TRANSPARENT:
        for child in arguments[:1] if word == b"Annotated" else arguments:
            yield from _type(child, text, returned=returned, depth=depth + 1)
    elif word in _COLLECTIONS:
        for child in arguments[:1]:
            yield from _lifted(_type(child, text, depth=depth + 1), 1)
    elif word in _MAPPINGS:
        for child in arguments[1:2]:
            yield from _lifted(_type(child, text, depth=depth + 1), 1)
    elif word in (b"Coroutine",):
        for child in arguments[2:3]:
            yield from _type(child, text, returned=returned, depth=depth + 1)
    elif word in (b"type", b"Type"):
        for child in arguments[:1]:
            for at, items, result in _type(child, text, depth=depth + 1):
                if items == 0:
                    yield at, AS_IT_IS, result
    elif word in (b"tuple", b"Tuple"):
        if len(arguments) == 2 and b"..." in text[arguments[1].start_byte : arguments[1].end_byte]:
            yield from _lifted(_type(arguments[0], text, depth=depth + 1), 1)
        elif returned:
            for position, child in enumerate(arguments, 1):
                for at, items, _ in _type(child, text, depth=depth + 1):
                    yield at, items, position
    else:
        yield name.start_byte, 0, 0


def _generic(node: Node) -> tuple[Node | None, list[Node]]:
    if node.type == "subscript":
        return node.child_by_field_name("value"), node.children_by_field_name("subscript")
    children = node.named_children
    if len(children) == 2 and children[1].type == "type_parameter":
        return children[0], children[1].named_children
    return (children[0] if children else None), []


def _written(start: int, content: bytes) -> Iterator[Said]:
    """A type in quotes, where it is one name, perhaps in a collection."""
    found = _WRITTEN.match(content)
    if found is None or found[2] == b"None":
        return
    head = (found[1] or b"").rpartition(b".")[2]
    at = start + found.start(2) + found[2].rfind(b".") + 1
    if not head or head in _TRANSPARENT:
        yield at, 0, 0
    elif head in _COLLECTIONS:
        yield at, 1, 0
    elif head in (b"type", b"Type"):
        yield at, AS_IT_IS, 0
