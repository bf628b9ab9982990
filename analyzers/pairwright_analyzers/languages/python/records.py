"""Python's data classes, and the classes they could be."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pairwright_analyzers.languages.records import Records, Rewriting
from pairwright_analyzers.syntax import descendants, node_text
from pairwright_analyzers.types import Import, Span, TextEdit

if TYPE_CHECKING:
    from tree_sitter import Node

_PLAIN_BASES = frozenset({"object", "ABC", "abc.ABC"})
_LITERALS = {
    "integer": "int",
    "float": "float",
    "string": "str",
    "true": "bool",
    "false": "bool",
    "none": "",
    "ellipsis": "",
}
_NOWHERE = Span(0, 0)
_MODULE = "dataclasses"


class _Field(NamedTuple):
    name: str
    type: str
    default: str = ""


def _import(module: str, name: str) -> Import:
    return Import(_NOWHERE, module, name, name, 0, _NOWHERE)


def _body(node: Node) -> Node:
    body = node.child_by_field_name("body")
    if body is None:
        raise ValueError("The class has no body.")
    return body


def _decorators(node: Node) -> list[Node]:
    around = node.parent
    if around is None or around.type != "decorated_definition":
        return []
    return [one for one in around.named_children if one.type == "decorator"]


def _refuse_bases(node: Node, text: bytes) -> None:
    bases = node.child_by_field_name("superclasses")
    for one in bases.named_children if bases is not None else ():
        written = node_text(one, text)
        if written not in _PLAIN_BASES and not written.startswith(("Generic[", "typing.Generic[")):
            raise ValueError(f"`{written}` may have fields of its own.")


def _functions(node: Node) -> list[Node]:
    found = []
    for one in _body(node).named_children:
        inner = one.child_by_field_name("definition") if one.type == "decorated_definition" else one
        if inner is not None and inner.type == "function_definition":
            found.append(inner)
    return found


def _defined(node: Node, text: bytes) -> set[str]:
    """The names that a class's body binds."""
    found: set[str] = set()
    for one in _body(node).named_children:
        inner = one.child_by_field_name("definition") if one.type == "decorated_definition" else one
        name = inner.child_by_field_name("name") if inner is not None else None
        if name is not None:
            found.add(node_text(name, text))
        if one.type == "expression_statement" and one.named_child_count == 1:
            left = one.named_children[0].child_by_field_name("left")
            if left is not None:
                found.add(node_text(left, text))
    return found


def _initializer(node: Node, text: bytes) -> Node | None:
    for one in _functions(node):
        name = one.child_by_field_name("name")
        if name is not None and node_text(name, text) == "__init__":
            return one
    return None


def _newline(text: bytes) -> str:
    at = text.find(b"\n")
    return "\r\n" if at > 0 and text[at - 1 : at] == b"\r" else "\n"


def _line_start(text: bytes, offset: int) -> int:
    return text.rfind(b"\n", 0, offset) + 1


def _indent(text: bytes, node: Node) -> str:
    return text[_line_start(text, node.start_byte) : node.start_byte].decode()


# A class -> a data class.


def _could_be(node: Node, text: bytes) -> bool:
    return not _decorators(node) and _initializer(node, text) is not None


def _to_record(node: Node, text: bytes) -> Rewriting:
    if _decorators(node):
        raise ValueError("The class is decorated.")
    _refuse_bases(node, text)
    defined = _defined(node, text)
    for name in ("__post_init__", "__slots__", "__match_args__"):
        if name in defined:
            raise ValueError(f"The class defines `{name}`.")
    function = _initializer(node, text)
    if function is None:
        raise ValueError("The class has no `__init__`.")
    above = function.prev_sibling
    if above is None:
        above = _body(node).prev_sibling
    if above is not None and above.type == "comment":
        raise ValueError("A comment belongs to `__init__`.")
    fields, any_type = _fields_of(function, text)
    taken = defined & {field.name for field in fields}
    if taken:
        raise ValueError(f"`{min(taken)}` is defined in the class too.")
    _refuse_declared(node, text)
    _refuse_shadowed(fields)
    options = [
        f"{word}=False"
        for word, name in (("eq", "__eq__"), ("repr", "__repr__"))
        if name not in defined
    ]
    end = _newline(text)
    called = f"({', '.join(options)})" if options else ""
    start = node.start_byte
    head = TextEdit(Span(start, start), f"@dataclass{called}{end}{_indent(text, node)}")
    imports = [_import(_MODULE, "dataclass")]
    if any_type:
        imports.append(_import("typing", "Any"))
    edits = (head, *_placed(node, function, fields, text))
    return Rewriting(edits, tuple(imports), tuple(field.name for field in fields))


def _fields_of(function: Node, text: bytes) -> tuple[list[_Field], bool]:
    if function.parent is not None and function.parent.type == "decorated_definition":
        raise ValueError("`__init__` is decorated.")
    parameters = function.child_by_field_name("parameters")
    body = function.child_by_field_name("body")
    if parameters is None or body is None or function.has_error:
        raise ValueError("`__init__` is not complete.")
    if any(one.type == "comment" for one in (*function.children, *descendants(function))):
        raise ValueError("`__init__` has comments.")
    listed = parameters.named_children
    if not listed or listed[0].type != "identifier":
        raise ValueError("`__init__` has no object.")
    assigned = _assigned(body, node_text(listed[0], text), text)
    fields: list[_Field] = []
    any_type = False
    for one in listed[1:]:
        field = _parameter(one, text)
        if field.name.startswith("__"):
            raise ValueError(f"`{field.name}` has another name outside of the class.")
        if not field.type and assigned.get(field.name):
            field = field._replace(type=assigned[field.name])
        if not field.type:
            any_type = True
            field = field._replace(type="Any")
        fields.append(field)
    names = [field.name for field in fields]
    if not names:
        raise ValueError("`__init__` takes no values.")
    if sorted(names) != sorted(assigned):
        raise ValueError("`__init__` does more than to keep its arguments.")
    if names != list(assigned):
        raise ValueError("`__init__` keeps its arguments in another order than it takes them.")
    return fields, any_type


def _assigned(body: Node, receiver: str, text: bytes) -> dict[str, str]:
    """The fields that get the parameter of their name, with the types written there."""
    found: dict[str, str] = {}
    for one in body.named_children:
        inner = one.named_children[0] if one.named_child_count == 1 else None
        if one.type != "expression_statement" or inner is None or inner.type != "assignment":
            raise ValueError("`__init__` does more than to keep its arguments.")
        left, right = inner.child_by_field_name("left"), inner.child_by_field_name("right")
        kind = inner.child_by_field_name("type")
        if left is None or right is None or right.type != "identifier":
            raise ValueError("`__init__` does more than to keep its arguments.")
        name = node_text(right, text)
        if node_text(left, text) != f"{receiver}.{name}" or name in found:
            raise ValueError(f"`{name}` is not kept under its name.")
        found[name] = node_text(kind, text) if kind is not None else ""
    return found


def _parameter(node: Node, text: bytes) -> _Field:
    if node.type == "identifier":
        return _Field(node_text(node, text), "")
    name, kind = node.child_by_field_name("name"), node.child_by_field_name("type")
    if node.type == "typed_parameter":
        name = node.named_children[0]
    if node.type not in ("typed_parameter", "default_parameter", "typed_default_parameter"):
        raise ValueError("`__init__` takes its arguments in a special way.")
    if name is None or name.type != "identifier":
        raise ValueError("`__init__` takes its arguments in a special way.")
    written = node_text(kind, text) if kind is not None else ""
    if any(word in written for word in ("ClassVar", "InitVar", "KW_ONLY")) or "\n" in written:
        raise ValueError(f"The type of `{node_text(name, text)}` means something else in a field.")
    value = node.child_by_field_name("value")
    if value is None:
        return _Field(node_text(name, text), written)
    if not _is_constant(value):
        raise ValueError(f"The default of `{node_text(name, text)}` may be one object for all.")
    written = written or _LITERALS.get(value.type, "")
    return _Field(node_text(name, text), written, node_text(value, text))


def _is_constant(node: Node) -> bool:
    if node.type == "unary_operator":
        return all(_is_constant(one) for one in node.named_children)
    if node.type == "tuple":
        return all(_is_constant(one) for one in node.named_children)
    if node.type == "string":
        return not any(one.type == "interpolation" for one in node.named_children)
    return node.type in _LITERALS


def _refuse_declared(node: Node, text: bytes) -> None:
    for one in _body(node).named_children:
        if one.type != "expression_statement" or one.named_child_count != 1:
            continue
        inner = one.named_children[0]
        kind = inner.child_by_field_name("type") if inner.type == "assignment" else None
        if kind is not None and "ClassVar" not in node_text(kind, text):
            name = inner.child_by_field_name("left") or inner
            raise ValueError(f"`{node_text(name, text)}` would be a field too.")


def _refuse_shadowed(fields: list[_Field]) -> None:
    """A default is a name of the class, which types below it would mean."""
    for at, field in enumerate(fields):
        if not field.default:
            continue
        for later in fields[at + 1 :]:
            words = "".join(one if one.isalnum() or one == "_" else " " for one in later.type)
            if field.name in words.split():
                raise ValueError(f"`{field.name}` would mean the field in the type of a later one.")


def _placed(node: Node, function: Node, fields: list[_Field], text: bytes) -> list[TextEdit]:
    """The edits that write the fields: in the place of `__init__`, or above the first method."""
    end, indent = _newline(text), _indent(text, function)
    lines = [
        f"{one.name}: {one.type}" + (f" = {one.default}" if one.default else "") for one in fields
    ]
    written = f"{end}{indent}".join(lines)
    above = [one for one in _body(node).named_children if one.start_byte < function.start_byte]
    first = next(
        (
            one
            for one in above
            if one.type in ("function_definition", "decorated_definition", "class_definition")
        ),
        None,
    )
    if first is None:
        return [TextEdit(Span(function.start_byte, function.end_byte), written)]
    start = _line_start(text, first.start_byte)
    before = first.prev_sibling
    while before is not None and before.type == "comment":
        start = _line_start(text, before.start_byte)
        before = before.prev_sibling
    return [
        TextEdit(Span(start, start), f"{indent}{written}{end}{end}"),
        _without(function, text),
    ]


def _without(function: Node, text: bytes) -> TextEdit:
    """The edit that takes a definition away with the empty lines above it."""
    start = _line_start(text, function.start_byte)
    stop = text.find(b"\n", function.end_byte)
    stop = len(text) if stop < 0 else stop + 1
    while start > 0 and not text[_line_start(text, start - 1) : start].strip():
        start = _line_start(text, start - 1)
    return TextEdit(Span(start, stop), "")


# A data class -> a class.


def _decoration(node: Node, text: bytes) -> tuple[Node, dict[str, str]] | None:
    """The decorator that makes a data class, with its options."""
    for one in _decorators(node):
        written = node_text(one, text).lstrip("@").strip()
        name, _, rest = written.partition("(")
        if name not in ("dataclass", "dataclasses.dataclass"):
            continue
        options: dict[str, str] = {}
        for part in rest.removesuffix(")").split(","):
            word, _, value = part.partition("=")
            if word.strip():
                options[word.strip()] = value.strip()
        return one, options
    return None


def _is_record(node: Node, text: bytes) -> bool:
    return _decoration(node, text) is not None


def _to_class(node: Node, text: bytes) -> Rewriting:
    found = _decoration(node, text)
    if found is None:
        raise ValueError("The class is no data class.")
    decorator, options = found
    if len(_decorators(node)) > 1:
        raise ValueError("The class is decorated by something else too.")
    for word, value in options.items():
        if word not in ("eq", "repr", "init") or value not in ("True", "False"):
            if value == "False" and word in ("frozen", "order", "unsafe_hash", "slots", "kw_only"):
                continue
            raise ValueError(f"`{word}={value}` does more than a class would do by itself.")
    _refuse_bases(node, text)
    fields, statements = _declared(node, text)
    end = _newline(text)
    indent = _indent(text, statements[0])
    unit = indent[len(_indent_of_class(node, text)) :] or "    "
    defined = _defined(node, text)
    parts: list[str] = []
    if options.get("init") == "False" or "__init__" in defined:
        raise ValueError("The class sets its fields itself.")
    parts.append(_written_init(fields, indent, unit, end, "__post_init__" in defined))
    if options.get("repr") != "False" and "__repr__" not in defined:
        parts.append(_written_repr(fields, indent, unit, end))
    if options.get("eq") != "False" and "__eq__" not in defined:
        parts.append(_written_eq(fields, indent, unit, end))
    first, last = statements[0], statements[-1]
    start = _line_start(text, decorator.start_byte)
    stop = text.find(b"\n", decorator.end_byte) + 1
    edits = (
        TextEdit(Span(start, stop), ""),
        TextEdit(Span(first.start_byte, last.end_byte), f"{end}{end}{indent}".join(parts)),
    )
    hidden = tuple(field.name for field in fields if field.default)
    return Rewriting(edits, (), tuple(field.name for field in fields), hidden)


def _indent_of_class(node: Node, text: bytes) -> str:
    start = _line_start(text, node.start_byte)
    line = text[start : node.start_byte]
    return line[: len(line) - len(line.lstrip(b" \t"))].decode()


def _declared(node: Node, text: bytes) -> tuple[list[_Field], list[Node]]:
    """The fields of a data class, and their statements."""
    fields: list[_Field] = []
    statements: list[Node] = []
    body = _body(node)
    for one in body.named_children:
        inner = one.named_children[0] if one.named_child_count == 1 else None
        kind = inner.child_by_field_name("type") if inner is not None else None
        if one.type != "expression_statement" or inner is None or kind is None:
            continue
        written = node_text(kind, text)
        if "ClassVar" in written:
            continue
        name, value = inner.child_by_field_name("left"), inner.child_by_field_name("right")
        if name is None or name.type != "identifier" or "InitVar" in written or "\n" in written:
            raise ValueError("A field is declared in a special way.")
        if written.strip("\"'").rpartition(".")[2] == "KW_ONLY":
            raise ValueError("A field is declared in a special way.")
        if value is not None and not _is_constant(value):
            raise ValueError(f"The default of `{node_text(name, text)}` is made for each object.")
        default = node_text(value, text) if value is not None else ""
        fields.append(_Field(node_text(name, text), written, default))
        statements.append(one)
    if not fields:
        raise ValueError("The class has no fields.")
    siblings = [
        one
        for one in body.named_children
        if statements[0].start_byte <= one.start_byte <= statements[-1].start_byte
    ]
    if len(siblings) != len(statements):
        raise ValueError("Something else stands between the fields.")
    behind = statements[-1].next_sibling
    if behind is not None and behind.type == "comment":
        gap = text[statements[-1].end_byte : behind.start_byte]
        if b"\n" not in gap:
            raise ValueError("A comment belongs to a field.")
    before = statements[0].prev_sibling or body.prev_sibling
    if before is not None and before.type == "comment":
        raise ValueError("A comment belongs to a field.")
    return fields, statements


def _written_init(fields: list[_Field], indent: str, unit: str, end: str, hook: bool) -> str:
    parameters = ["self"] + [
        f"{one.name}: {one.type}" + (f" = {one.default}" if one.default else "") for one in fields
    ]
    header = f"def __init__({', '.join(parameters)}) -> None:"
    if len(indent) + len(header) > 88:
        inner = f",{end}{indent}{unit}".join(parameters)
        header = f"def __init__({end}{indent}{unit}{inner},{end}{indent}) -> None:"
    lines = [header, *(f"{indent}{unit}self.{one.name} = {one.name}" for one in fields)]
    if hook:
        lines.append(f"{indent}{unit}self.__post_init__()")
    return end.join(lines)


def _written_repr(fields: list[_Field], indent: str, unit: str, end: str) -> str:
    shown = ", ".join(f"{one.name}={{self.{one.name}!r}}" for one in fields)
    body = f'return f"{{self.__class__.__qualname__}}({shown})"'
    return f"def __repr__(self) -> str:{end}{indent}{unit}{body}"


def _written_eq(fields: list[_Field], indent: str, unit: str, end: str) -> str:
    def listed(receiver: str) -> str:
        values = ", ".join(f"{receiver}.{one.name}" for one in fields)
        return f"({values},)" if len(fields) == 1 else f"({values})"

    lines = [
        "def __eq__(self, other):",
        f"{indent}{unit}if other.__class__ is not self.__class__:",
        f"{indent}{unit}{unit}return NotImplemented",
        f"{indent}{unit}return {listed('self')} == {listed('other')}",
    ]
    return end.join(lines)


RECORDS = Records(
    classes=frozenset({"class_definition"}),
    is_record=_is_record,
    could_be=_could_be,
    to_record=_to_record,
    to_class=_to_class,
    helpers=(
        _MODULE,
        frozenset({"asdict", "astuple", "fields", "replace", "is_dataclass", "make_dataclass"}),
    ),
    patterns=frozenset({"class_pattern"}),
)
