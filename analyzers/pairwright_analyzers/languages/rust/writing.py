"""How Rust writes a new function and its call."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.nodes import spelled
from pairwright_analyzers.languages.rust.inference import is_copied, type_of, type_of_name
from pairwright_analyzers.languages.writing import (
    Around,
    Kind,
    NewFunction,
    NewParameter,
    NewResult,
    Passing,
    Wrapped,
    Writing,
)

if TYPE_CHECKING:
    from tree_sitter import Node

    from pairwright_analyzers.languages.values import DeclaredHook

_READING = frozenset(
    [
        "as_bytes",
        "as_ref",
        "as_slice",
        "as_str",
        "binary_search",
        "bytes",
        "capacity",
        "chars",
        "clone",
        "concat",
        "contains",
        "contains_key",
        "copied",
        "cloned",
        "ends_with",
        "eq",
        "find",
        "first",
        "get",
        "is_empty",
        "is_err",
        "is_none",
        "is_ok",
        "is_some",
        "iter",
        "join",
        "keys",
        "last",
        "len",
        "lines",
        "split",
        "split_whitespace",
        "starts_with",
        "to_lowercase",
        "to_owned",
        "to_string",
        "to_uppercase",
        "to_vec",
        "trim",
        "values",
        "windows",
    ]
)
"""Methods of the standard library that only borrow their object."""


def _define(new: NewFunction) -> str:
    listed = [_parameter(one) for one in new.parameters]
    if new.kind is Kind.METHOD:
        listed.insert(0, new.receiver)
    wait = "async " if new.awaits else ""
    given = _with_lifetime(new)
    returns = f" -> {given}" if given not in ("", "()") else ""
    head = f"{wait}fn {new.name}{new.generics}({', '.join(listed)}){returns}{new.bounds}"
    return f"{head} {{\n{new.body}\n}}"


def _with_lifetime(new: NewFunction) -> str:
    """The type of the result. Raises ValueError where it is not clear what a reference in it is
    borrowed from.
    """
    if not re.search(r"&(?!')", new.returns):
        return new.returns
    if new.kind is Kind.METHOD:
        return new.returns
    lent = sum("&" in one.type or "'" in one.type for one in new.parameters)
    if lent == 1:
        return new.returns
    if lent == 0 and new.body.strip().startswith(('"', 'r"', "r#")):
        return new.returns.replace("&", "&'static ")
    raise ValueError("It is not known what the result is borrowed from.")


def _parameter(one: NewParameter) -> str:
    return f"{'mut ' if one.changes else ''}{one.name}: {one.type}"


def _call(new: NewFunction) -> str:
    owner = {Kind.METHOD: "self.", Kind.STATIC: "Self::"}.get(new.kind, "")
    wait = ".await" if new.awaits else ""
    return f"{owner}{new.name}({new.arguments}){wait}"


def _take(call: str, results: Sequence[NewResult]) -> Sequence[str]:
    if not results:
        return [f"{call};"]
    if all(not one.declared for one in results):
        names = [f"mut {one.name}" if one.changes else one.name for one in results]
        return [f"let {_tuple(names)} = {call};"]
    fresh = [
        f"let {'mut ' if one.changes else ''}{one.name};" for one in results if not one.declared
    ]
    return [*fresh, f"{_tuple([one.name for one in results])} = {call};"]


def _tuple(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"({', '.join(parts)})"


def _around(function: Node, text: bytes) -> Around:
    parameters = function.child_by_field_name("parameters")
    own = next(
        (one for one in (parameters.named_children if parameters else ()) if one.type == _SELF),
        None,
    )
    where = next((one for one in function.named_children if one.type == "where_clause"), None)
    receiver = spelled(own, text)
    modifiers = next((one for one in function.children if one.type == "function_modifiers"), None)
    words = spelled(modifiers, text).split()
    refused = ""
    if "unsafe" in words:
        refused = "The function around is unsafe."
    if "const" in words:
        refused = "The function around is constant."
    return Around(
        returns=spelled(function.child_by_field_name("return_type"), text) or "()",
        generics=spelled(function.child_by_field_name("type_parameters"), text),
        bounds=f" {spelled(where, text)}".rstrip() if where is not None else "",
        static=own is None,
        receiver=receiver,
        owner="self",
        awaits="async" in words,
        refused=refused,
    )


_SELF = "self_parameter"


def _hidden(method: Node, text: bytes) -> str:
    current = method.parent
    while current is not None and current.type not in ("impl_item", "trait_item"):
        current = current.parent
    if current is not None and current.child_by_field_name("trait") is not None:
        return "The block implements a trait, which has no other methods."
    parameters = method.child_by_field_name("parameters")
    written = spelled(parameters, text)
    if re.match(r"\(\s*(?:mut\s+)?self\b", written):
        return "The method consumes its object."
    return ""


def _refusals(node: Node, text: bytes) -> str:
    if node.type == "unsafe_block":
        return "The selection is unsafe code."
    if node.type == "let_declaration":
        name = spelled(node.child_by_field_name("pattern"), text)
        if len(name) > 1 and name.startswith("_"):
            return f"`{name}` would end with the new function."
    if node.type == "macro_definition":
        return "The selection defines a macro."
    return ""


def _passing(kind: str, names: Sequence[Node], changed: bool, several: bool, used: bool) -> Passing:
    """`Writing.passing` of Rust: what is needed behind is lent, all else is given away."""
    if kind.startswith("&mut "):
        return Passing(kind, by_reference=True)
    if is_copied(kind) or not used:
        return Passing(kind, by_reference=False, changes=_is_changed(names))
    if changed:
        return Passing(f"&mut {kind}", by_reference=True, prefix="&mut ")
    if any(_is_moved(one) for one in names):
        return Passing(kind, by_reference=False)
    return Passing(_lent(kind), by_reference=False, prefix="&")


def _lent(kind: str) -> str:
    if kind == "String":
        return "&str"
    match = re.match(r"Vec<(.*)>\Z", kind)
    return f"&[{match.group(1)}]" if match else f"&{kind}"


def _is_changed(names: Sequence[Node]) -> bool:
    return any(changes_in_place(one, b"", None) or _is_assigned(one) for one in names)


def _is_assigned(name: Node) -> bool:
    parent = name.parent
    if parent is None:
        return False
    if parent.type in ("assignment_expression", "compound_assignment_expr"):
        return parent.child_by_field_name("left") == name
    return False


def _is_moved(name: Node) -> bool:
    """Whether a value itself is used, not something of it."""
    parent = name.parent
    if parent is None:
        return True
    if parent.type in (
        "field_expression",
        "index_expression",
        "reference_expression",
        "token_tree",
    ):
        return False
    return parent.type != "binary_expression"


def _reference_edit(name: Node, prefix: str, kind: str) -> tuple[int, int, str] | None:
    """How a name is written where it has become a reference: (start, end, text)."""
    parent = name.parent
    if parent is None:
        return None
    word = (name.text or b"").decode()
    if parent.type == "reference_expression":
        return parent.start_byte, parent.end_byte, word
    plain = kind not in ("&str",)
    if parent.type == "binary_expression" and plain:
        return name.start_byte, name.end_byte, f"*{word}"
    if _is_assigned(name) and prefix == "&mut ":
        return name.start_byte, name.end_byte, f"*{word}"
    return None


def changes_in_place(name: Node, _text: bytes, declared: DeclaredHook | None) -> bool:
    """`Shapes.changes_in_place` of Rust: what is borrowed to be changed, has a part assigned, or is
    the object of a method that may change it.
    """
    if declared is not None:
        found = declared(name)
        if found is not None and not _is_mutable(found.name):
            return False
    parent = name.parent
    if parent is None:
        return False
    if parent.type == "reference_expression":
        return any(one.type == "mutable_specifier" for one in parent.children)
    current: Node = name
    while parent is not None and parent.type in ("field_expression", "index_expression"):
        if parent.named_children[0].id != current.id:
            return False
        current, parent = parent, parent.parent
    if parent is None or current.id == name.id:
        return False
    if parent.type in ("assignment_expression", "compound_assignment_expr"):
        return parent.child_by_field_name("left") == current
    if parent.type == "call_expression" and parent.child_by_field_name("function") == current:
        member = current.child_by_field_name("field")
        return member is not None and (member.text or b"").decode() not in _READING
    return False


def _is_mutable(name: Node) -> bool:
    parent = name.parent
    for _ in range(2):
        if parent is None:
            return False
        if any(one.type == "mutable_specifier" for one in parent.children):
            return True
        parent = parent.parent
    return False


_WRAPPER = re.compile(r"(?P<head>(?:\w+::)*(?:Result|Option))(?:<(?P<rest>.*)>)?\Z", re.DOTALL)


def _wrapped(returns: str) -> Wrapped | None:
    """What a function gives back that `?` can leave; None where it gives back something else."""
    match = _WRAPPER.match(returns)
    if match is None:
        return None
    head, rest = match.group("head"), match.group("rest") or ""
    depth = 0
    at = len(rest)
    for index, sign in enumerate(rest):
        depth += {"<": 1, "(": 1, "[": 1, ">": -1, ")": -1, "]": -1}.get(sign, 0)
        if sign == "," and depth == 0:
            at = index
            break
    return Wrapped("Some" if head.endswith("Option") else "Ok", head, rest[at:])


def _tail(statement: Node, text: bytes) -> bool:
    """Whether a statement is the value of the block that it ends."""
    block = statement.parent
    if block is None or block.type != "block":
        return False
    listed = [one for one in block.named_children if not one.type.endswith("comment")]
    if listed[-1].id != statement.id:
        return False
    if statement.type == "expression_statement":
        return not spelled(statement, text).rstrip().endswith(";")
    return statement.type not in ("let_declaration", "empty_statement") and (
        not statement.type.endswith("_item")
    )


WRITING = Writing(
    define=_define,
    call=_call,
    take=_take,
    give=lambda results: _tuple([one.name for one in results]),
    give_types=lambda results: _tuple([one.type for one in results]),
    value=lambda value: value,
    leave=lambda call: f"return {call};",
    exit="return;",
    nothing="()",
    around=_around,
    hidden=_hidden,
    types_needed=True,
    local=lambda name, kind: f"let {name}: {kind};" if kind else f"let {name};",
    declaring=lambda _name, _kind, changes: "let mut " if changes else "let ",
    type_of=type_of_name,
    value_type=type_of,
    containers=frozenset({"source_file"}),
    refusals=_refusals,
    passing=_passing,
    reference_edit=_reference_edit,
    wrapped=_wrapped,
    tail=_tail,
    void=True,
    gives_value=lambda node: node.named_child_count > 0,
)


_CAPTURED = re.compile(rb"(?<!\{)\{([a-z_]\w*)[:}]")


def captured_names(node: Node, text: bytes) -> Sequence[tuple[str, int]]:
    """`Shapes.captured_names` of Rust: what a format string reads."""
    if node.type != "string_content" or node.parent is None or node.parent.parent is None:
        return ()
    if node.parent.parent.type != "token_tree":
        return ()
    held = text[node.start_byte : node.end_byte]
    return [
        (match.group(1).decode(), node.start_byte + match.start(1))
        for match in _CAPTURED.finditer(held)
    ]
