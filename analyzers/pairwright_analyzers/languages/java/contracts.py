"""Java's interfaces, as refactorings need them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pairwright_analyzers.languages.contracts import Contracts, Promise
from pairwright_analyzers.languages.nodes import spelled

if TYPE_CHECKING:
    from tree_sitter import Node


def _promise(member: Node, text: bytes) -> Promise | None:
    if member.type != "method_declaration":
        return None
    modifiers = next((one for one in member.named_children if one.type == "modifiers"), None)
    kinds = {one.type for one in modifiers.children} if modifiers is not None else set()
    if "public" not in kinds or "static" in kinds:
        return None
    annotations = [spelled(one, text) for one in modifiers.named_children] if modifiers else []
    if "@Override" in annotations:
        # Another type promises it already.
        return None
    name = member.child_by_field_name("name")
    parts = [
        spelled(member.child_by_field_name("type_parameters"), text),
        spelled(member.child_by_field_name("type"), text),
    ]
    head = " ".join(part for part in parts if part)
    thrown = next((one for one in member.named_children if one.type == "throws"), None)
    tail = f" {spelled(thrown, text)}" if thrown is not None else ""
    parameters = spelled(member.child_by_field_name("parameters"), text).replace("(final ", "(")
    parameters = parameters.replace(", final ", ", ")
    return Promise(f"{head} {spelled(name, text)}{parameters}{tail};", "@Override")


def _implements(kind: Node, name: str, _text: bytes) -> tuple[int, str]:
    clause = kind.child_by_field_name("interfaces")
    if clause is not None:
        return clause.end_byte, f", {name}"
    for field in ("superclass", "type_parameters", "name"):
        head = kind.child_by_field_name(field)
        if head is not None:
            return head.end_byte, f" implements {name}"
    raise ValueError("The class has no name.")


CONTRACTS = Contracts(
    classes=frozenset({"class_declaration"}),
    promise=_promise,
    type_parameters="type_parameters",
    implements=_implements,
    name=lambda kind: f"{kind}Interface",
)
