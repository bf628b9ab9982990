"""C#'s interfaces, as refactorings need them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pairwright_analyzers.languages.contracts import Contracts, Promise
from pairwright_analyzers.languages.nodes import spelled

if TYPE_CHECKING:
    from tree_sitter import Node


def _promise(member: Node, text: bytes) -> Promise | None:
    if member.type not in ("method_declaration", "property_declaration"):
        return None
    modifiers = {spelled(one, text) for one in member.named_children if one.type == "modifier"}
    if "public" not in modifiers or "static" in modifiers:
        return None
    name = spelled(member.child_by_field_name("name"), text)
    kind = member.child_by_field_name("returns") or member.child_by_field_name("type")
    head = f"{spelled(kind, text)} {name}"
    if member.type == "property_declaration":
        return Promise(f"{head} {{ {_accessors(member, text)} }}")
    generic = spelled(member.child_by_field_name("type_parameters"), text)
    return Promise(f"{head}{generic}{spelled(member.child_by_field_name('parameters'), text)};")


def _accessors(member: Node, text: bytes) -> str:
    listed = member.child_by_field_name("accessors")
    if listed is None:
        return "get;"
    public = [
        spelled(one.child_by_field_name("name"), text)
        for one in listed.named_children
        if one.type == "accessor_declaration"
        and not any(part.type == "modifier" for part in one.named_children)
    ]
    return " ".join(f"{one};" for one in public)


def _implements(kind: Node, name: str, _text: bytes) -> tuple[int, str]:
    bases = next((one for one in kind.named_children if one.type == "base_list"), None)
    if bases is not None:
        return bases.end_byte, f", {name}"
    head = next(
        (one for one in kind.named_children if one.type == "type_parameter_list"),
        kind.child_by_field_name("name"),
    )
    if head is None:
        raise ValueError("The class has no name.")
    return head.end_byte, f" : {name}"


CONTRACTS = Contracts(
    classes=frozenset({"class_declaration", "struct_declaration"}),
    promise=_promise,
    type_parameters="type_parameter_list",
    implements=_implements,
)
