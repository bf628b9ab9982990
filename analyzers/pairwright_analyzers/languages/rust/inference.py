"""The types of Rust's values and variables, as they are written; "" where they are not known.

Pure functions of syntax trees. Where a name is declared is asked of the caller.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.nodes import spelled
from pairwright_analyzers.languages.values import Declared, DeclaredHook

if TYPE_CHECKING:
    from tree_sitter import Node

_NUMBERS = frozenset(
    [
        *(f"{sign}{size}" for sign in "iu" for size in ("8", "16", "32", "64", "128", "size")),
        "f32",
        "f64",
    ]
)
_COPIED = _NUMBERS | {"bool", "char", "()"}
_TRUTHS = frozenset({"==", "!=", "<", ">", "<=", ">=", "&&", "||"})
_METHODS = {
    "len": "usize",
    "count": "usize",
    "capacity": "usize",
    "is_empty": "bool",
    "contains": "bool",
    "contains_key": "bool",
    "starts_with": "bool",
    "ends_with": "bool",
    "is_some": "bool",
    "is_none": "bool",
    "is_ok": "bool",
    "is_err": "bool",
    "to_string": "String",
    "to_uppercase": "String",
    "to_lowercase": "String",
    "trim": "&str",
    "trim_start": "&str",
    "trim_end": "&str",
    "as_str": "&str",
}
"""What methods of the standard library give back, where no function of the workspace is meant."""
_MACROS = {"format": "String"}
_MAKERS = frozenset({"new", "default", "from", "with_capacity", "open", "now"})
_LIBRARY = frozenset(
    [
        "CString",
        "Duration",
        "File",
        "Instant",
        "OsString",
        "PathBuf",
        "String",
        "SystemTime",
        "TcpListener",
        "TcpStream",
    ]
)
"""Types of the standard library without parameters."""


def is_copied(kind: str) -> bool:
    """Whether a value of a type is still there when it has been passed on."""
    return kind in _COPIED or (kind.startswith("&") and not kind.startswith("&mut "))


def type_of(node: Node, text: bytes, declared: DeclaredHook) -> str:
    """`Writing.value_type` of Rust."""
    kind = node.type
    if kind == "integer_literal":
        return _suffix(spelled(node, text)) or "i32"
    if kind == "float_literal":
        return _suffix(spelled(node, text)) or "f64"
    simple = {
        "char_literal": "char",
        "string_literal": "&str",
        "raw_string_literal": "&str",
        "boolean_literal": "bool",
    }
    if kind in simple:
        return simple[kind]
    if kind == "parenthesized_expression" and node.named_child_count == 1:
        return type_of(node.named_children[0], text, declared)
    if kind == "struct_expression":
        return _known(spelled(node.child_by_field_name("name"), text))
    if kind == "type_cast_expression":
        return spelled(node.child_by_field_name("type"), text)
    if kind == "reference_expression":
        inner = node.child_by_field_name("value")
        held = type_of(inner, text, declared) if inner is not None else ""
        mutable = any(one.type == "mutable_specifier" for one in node.children)
        return f"&{'mut ' if mutable else ''}{held}" if held else ""
    if kind == "unary_expression":
        held = type_of(node.named_children[0], text, declared)
        if node.children[0].type == "*":
            return re.sub(r"^&(?:mut )?", "", held) if held.startswith("&") else ""
        return held
    if kind == "binary_expression":
        return _operation(node, text, declared)
    if kind == "call_expression":
        return _called(node, text, declared)
    if kind == "macro_invocation":
        return _MACROS.get(spelled(node.child_by_field_name("macro"), text), "")
    if kind == "try_expression":
        held = type_of(node.named_children[0], text, declared)
        return _inside(held)
    if kind == "index_expression":
        held = type_of(node.named_children[0], text, declared)
        ranged = node.named_children[-1].type == "range_expression"
        return "" if ranged else _item(held)
    if kind == "field_expression":
        member = node.child_by_field_name("field")
        found = declared(member) if member is not None else None
        holder = found.name.parent if found is not None else None
        if found is None or holder is None or holder.type != "field_declaration":
            return ""
        return _known(spelled(holder.child_by_field_name("type"), found.text))
    if kind == "identifier":
        found = declared(node)
        return type_of_name(found.name, found.text, declared) if found is not None else ""
    return ""


def _suffix(written: str) -> str:
    match = re.search(r"(?:[iu](?:8|16|32|64|128|size)|f32|f64)\Z", written)
    return match.group(0) if match and not written.startswith("0x") else ""


def _known(kind: str) -> str:
    return "" if re.search(r"\bSelf\b|\b_\b|\bimpl\b", kind) else kind


def _operation(node: Node, text: bytes, declared: DeclaredHook) -> str:
    operator = node.child_by_field_name("operator")
    left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
    if operator is None or left is None or right is None:
        return ""
    if operator.type in _TRUTHS:
        return "bool"
    first, second = type_of(left, text, declared), type_of(right, text, declared)
    if left.type == "integer_literal" and not _suffix(spelled(left, text)):
        return second if second in _NUMBERS else first
    return first if first in _NUMBERS or first == "String" else ""


def _called(node: Node, text: bytes, declared: DeclaredHook) -> str:
    function = node.child_by_field_name("function")
    if function is None:
        return ""
    name: Node | None = function
    receiver = ""
    if function.type == "generic_function":
        function = function.child_by_field_name("function") or function
        name = function
    if function.type == "field_expression":
        name = function.child_by_field_name("field")
        value = function.child_by_field_name("value")
        receiver = type_of(value, text, declared) if value is not None else ""
    elif function.type == "scoped_identifier":
        name = function.child_by_field_name("name")
    if name is None:
        return ""
    word = spelled(name, text)
    found = declared(name)
    if found is not None and found.name.parent is not None:
        holder = found.name.parent
        if holder.type in ("function_item", "function_signature_item"):
            if holder.child_by_field_name("type_parameters") is not None:
                return ""
            given = spelled(holder.child_by_field_name("return_type"), found.text)
            return _owner(holder, found.text) if given == "Self" else _known(given)
    if function.type == "scoped_identifier":
        path = spelled(function.child_by_field_name("path"), text).replace("::<", "<")
        bare = path.rpartition("::")[2]
        made = word in _MAKERS and ("<" in path or bare in _LIBRARY)
        return _known(path) if made else ""
    if word in ("unwrap", "expect", "unwrap_or_default"):
        return _inside(receiver)
    if word == "clone" and receiver:
        return re.sub(r"^&(?:mut )?", "", receiver)
    if word in ("to_owned", "into") and receiver == "&str":
        return "String" if word == "to_owned" else ""
    return _METHODS.get(word, "")


def _owner(function: Node, text: bytes) -> str:
    """The type that a function is implemented for, where it has no parameters."""
    current = function.parent
    while current is not None and current.type != "impl_item":
        current = current.parent
    kind = current.child_by_field_name("type") if current is not None else None
    return spelled(kind, text) if kind is not None and kind.type == "type_identifier" else ""


def _inside(held: str) -> str:
    """What a result or an option holds."""
    match = re.match(r"(?:\w+::)*(?:Result|Option)<(.*)>\Z", held, re.DOTALL)
    if match is None:
        return ""
    depth = 0
    for at, sign in enumerate(match.group(1)):
        depth += {"<": 1, "(": 1, "[": 1, ">": -1, ")": -1, "]": -1}.get(sign, 0)
        if sign == "," and depth == 0:
            return match.group(1)[:at].strip()
    return match.group(1).strip()


def _item(held: str) -> str:
    held = re.sub(r"^&(?:mut )?", "", held)
    match = re.match(r"Vec<(.*)>\Z", held) or re.match(r"\[([^;\]]*)(?:;.*)?\]\Z", held)
    return match.group(1).strip() if match else ""


def type_of_name(name: Node, text: bytes, declared: DeclaredHook) -> str:
    """The type of a variable, by its name where it is declared."""
    parent = name.parent
    if parent is not None and parent.type == "mut_pattern":
        parent = parent.parent
    if parent is None:
        return ""
    if parent.type == "parameter":
        written = spelled(parent.child_by_field_name("type"), text)
        return "" if written.startswith("impl ") else written
    if parent.type == "let_declaration":
        pattern = parent.child_by_field_name("pattern")
        if pattern is None or pattern.end_byte < name.end_byte:
            return ""
        written = spelled(parent.child_by_field_name("type"), text)
        if written:
            return "" if re.search(r"\b_\b", written) else written
        value = parent.child_by_field_name("value")
        return type_of(value, text, declared) if value is not None else ""
    if parent.type == "for_expression":
        return _ranged(parent, text, declared)
    if parent.type in ("const_item", "static_item"):
        return spelled(parent.child_by_field_name("type"), text)
    return ""


def _ranged(loop: Node, text: bytes, declared: DeclaredHook) -> str:
    value = loop.child_by_field_name("value")
    if value is None:
        return ""
    if value.type == "range_expression":
        ends = [type_of(one, text, declared) for one in value.named_children]
        plain = [
            held
            for one, held in zip(value.named_children, ends, strict=True)
            if one.type != "integer_literal"
        ]
        return plain[0] if plain else (ends[0] if ends else "")
    held = type_of(value, text, declared)
    borrowed = held.startswith("&")
    found = _item(held)
    if value.type == "call_expression" and not found:
        function = value.child_by_field_name("function")
        member = function.child_by_field_name("field") if function is not None else None
        base = function.child_by_field_name("value") if function is not None else None
        if member is not None and base is not None and spelled(member, text) == "iter":
            inner = _item(type_of(base, text, declared))
            return f"&{inner}" if inner else ""
        return ""
    if borrowed and found:
        return f"&mut {found}" if held.startswith("&mut ") else f"&{found}"
    return found


__all__ = ["Declared", "is_copied", "type_of", "type_of_name"]
