"""How C++ writes a new function and its call."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.c.writing import WRITING as C_WRITING
from pairwright_analyzers.languages.c.writing import changes_in_place as changes_in_c
from pairwright_analyzers.languages.c.writing import declared_as, refusals, returned
from pairwright_analyzers.languages.cpp.values import VALUES
from pairwright_analyzers.languages.nodes import spelled
from pairwright_analyzers.languages.writing import Around, Kind, NewFunction, Passing

if TYPE_CHECKING:
    from tree_sitter import Node

    from pairwright_analyzers.languages.values import DeclaredHook

_PLAIN = re.compile(
    r"(?:(?:const|unsigned|signed|long|short|std::)\s*)*"
    r"(?:int|char|bool|float|double|long|short|unsigned|signed|void|wchar_t|char\d+_t|size_t"
    r"|ssize_t|ptrdiff_t|u?int\d+_t|u?intptr_t|time_t)?\Z"
)
_ALIAS = "&"
"""The type of a variable that is another one's second name."""
_READING = frozenset(
    [
        "at",
        "back",
        "begin",
        "c_str",
        "capacity",
        "cbegin",
        "cend",
        "compare",
        "contains",
        "count",
        "empty",
        "end",
        "find",
        "find_first_of",
        "find_last_of",
        "front",
        "get",
        "has_value",
        "length",
        "max_size",
        "rbegin",
        "rend",
        "rfind",
        "size",
        "starts_with",
        "str",
        "substr",
        "top",
        "value",
        "what",
    ]
)
"""Methods of the standard library that leave their object as it is."""
_CHANGING = frozenset(["swap", "std::swap", "getline", "std::getline", "std::exchange"])


def is_plain(kind: str) -> bool:
    """Whether a type is a number, a truth or a pointer: passed as it is."""
    return kind.endswith("*") or (bool(kind) and _PLAIN.match(kind) is not None)


def _passing(
    kind: str, names: Sequence[Node], changed: bool, several: bool, _used: bool
) -> Passing:
    """`Writing.passing` of C++: structures by reference, constant where nothing changes them."""
    if kind == _ALIAS:
        raise ValueError("It is a second name of another variable.")
    if kind.endswith("&"):
        return Passing(kind, by_reference=True)
    if is_plain(kind):
        by_reference = changed and several
        return Passing(f"{kind} &" if by_reference else kind, by_reference)
    if changed or not all(_only_reads(one) for one in names):
        return Passing(f"{kind.removeprefix('const ')} &", by_reference=True)
    base = kind if kind.startswith("const ") else f"const {kind}"
    return Passing(f"{base} &", by_reference=False)


def _only_reads(name: Node) -> bool:
    parent = name.parent
    if parent is None:
        return False
    if parent.type == "field_expression":
        member = parent.child_by_field_name("field")
        around = parent.parent
        called = around is not None and around.type == "call_expression"
        if called and around is not None and around.child_by_field_name("function") == parent:
            return member is not None and (member.text or b"").decode() in _READING
        written = ("assignment_expression", "update_expression")
        return around is not None and around.type not in written
    if parent.type == "for_range_loop":
        declarator = parent.child_by_field_name("declarator")
        by_reference = declarator is not None and declarator.type == "reference_declarator"
        constant = any(one.type == "type_qualifier" for one in parent.named_children)
        return not by_reference or constant
    if parent.type == "binary_expression":
        operator = parent.child_by_field_name("operator")
        first = parent.child_by_field_name("left") == name
        return operator is not None and not (first and operator.type in ("<<", ">>"))
    return parent.type in ("return_statement", "init_declarator", "parenthesized_expression")


def _define(new: NewFunction) -> str:
    listed = ", ".join(declared_as(one.type, one.name) for one in new.parameters)
    static = "static " if new.kind is Kind.STATIC or new.static else ""
    head = f"{new.generics}{static}{declared_as(new.returns, new.name)}({listed})"
    constant = new.bounds if new.kind is Kind.METHOD else ""
    return f"{head}{constant}{new.brace}\n{new.body}\n}}"


def _around(function: Node, text: bytes) -> Around:
    declarator = function.child_by_field_name("declarator")
    while declarator is not None and declarator.type in (
        "pointer_declarator",
        "reference_declarator",
    ):
        declarator = declarator.named_children[-1]
    constant = declarator is not None and any(
        spelled(one, text) == "const" and one.type == "type_qualifier"
        for one in declarator.named_children
    )
    static = any(spelled(one, text) == "static" for one in function.named_children)
    outer = function.parent
    template = ""
    if outer is not None and outer.type == "template_declaration":
        template = f"template {spelled(outer.child_by_field_name('parameters'), text)}\n"
    trailing = next(
        (
            spelled(one, text).removeprefix("->").strip()
            for one in (declarator.named_children if declarator is not None else [])
            if one.type == "trailing_return_type"
        ),
        "",
    )
    returns = trailing or returned(function, text)
    return Around(
        returns="" if function.type == "lambda_expression" or returns == "auto" else returns,
        generics=template,
        bounds=" const" if constant else "",
        static=static,
        receiver="" if static else "this",
        owner="this",
    )


def _type_of(name: Node, text: bytes, _declared: object) -> str:
    """The type of a reference, which the type of a value does not tell."""
    parent = name.parent
    if parent is None or parent.type != "reference_declarator" or parent.parent is None:
        return ""
    holder = parent.parent
    while holder is not None and holder.type == "init_declarator" and holder.parent is not None:
        holder = holder.parent
    kind = holder.child_by_field_name("type")
    if kind is None or kind.type == "placeholder_type_specifier":
        return ""
    qualifiers = [
        spelled(one, text) for one in holder.named_children if one.type == "type_qualifier"
    ]
    if holder.type == "declaration" and "const" not in qualifiers:
        # Another name of a variable: what changes the one changes the other.
        return _ALIAS
    return " ".join([*qualifiers, spelled(kind, text), "&"])


def _value_type(node: Node, text: bytes, declared: DeclaredHook) -> str:
    """The type of a value: a shift of what is no number is done with a stream."""
    if node.type == "binary_expression":
        operator = node.child_by_field_name("operator")
        left = node.child_by_field_name("left")
        if operator is not None and left is not None and operator.type in ("<<", ">>"):
            held = _value_type(left, text, declared)
            return held if is_plain(held) and not held.endswith("*") else ""
    return VALUES.type_of(node, text, declared)


def _misread(function: Node, text: bytes) -> Sequence[str]:
    """Variables that are read as declarations of functions: `stream in(text);`."""
    found: list[str] = []
    pending = [function]
    while pending:
        node = pending.pop()
        if node.type == "declaration":
            found += [
                spelled(one.child_by_field_name("declarator"), text)
                for one in node.children_by_field_name("declarator")
                if one.type == "function_declarator"
            ]
        pending.extend(node.named_children)
    return found


def changes_in_place(name: Node, text: bytes, declared: object) -> bool:
    """`Shapes.changes_in_place` of C++: as in C; what is read from a stream or exchanged, too."""
    if changes_in_c(name, text, declared):
        return True
    parent = name.parent
    if parent is None:
        return False
    if parent.type == "binary_expression" and parent.child_by_field_name("right") == name:
        operator = parent.child_by_field_name("operator")
        left = spelled(parent.child_by_field_name("left"), text)
        stream = re.match(r"(?:std::)?(?:cin|w?cin|\w*(?:stream|in|ss|is|iss|file))\b", left)
        return operator is not None and operator.type == ">>" and stream is not None
    if parent.type == "argument_list" and parent.parent is not None:
        return spelled(parent.parent.child_by_field_name("function"), text) in _CHANGING
    return False


def _keyword(name: Node) -> str:
    current = name.parent
    for _ in range(3):
        if current is None:
            return ""
        kind = current.child_by_field_name("type")
        if kind is not None:
            return "auto" if kind.type == "placeholder_type_specifier" else ""
        current = current.parent
    return ""


_GUARD = re.compile(r"(?:std::)?(?:lock_guard|unique_lock|scoped_lock|shared_lock)\b")


def _refusals(node: Node, text: bytes) -> str:
    if node.type == "declaration" and _GUARD.match(spelled(node.child_by_field_name("type"), text)):
        return "The lock would end with the new function."
    return refusals(node, text)


WRITING = replace(
    C_WRITING,
    define=_define,
    around=_around,
    methods=True,
    type_of=_type_of,
    passing=_passing,
    value_type=_value_type,
    misread=_misread,
    constructs=lambda kind: not is_plain(kind),
    containers=C_WRITING.containers | {"declaration_list"},
    refusals=_refusals,
    keyword=_keyword,
)
