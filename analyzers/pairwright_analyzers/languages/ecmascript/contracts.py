"""TypeScript's interfaces and types, as refactorings need them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pairwright_analyzers.languages.contracts import Contracts, Promise
from pairwright_analyzers.languages.nodes import spelled

if TYPE_CHECKING:
    from tree_sitter import Node


def _promise(member: Node, text: bytes) -> Promise | None:
    if member.type not in ("method_definition", "public_field_definition"):
        return None
    name = member.child_by_field_name("name")
    kinds = {one.type for one in member.children}
    hidden = any(
        one.type == "accessibility_modifier" and spelled(one, text) != "public"
        for one in member.children
    )
    if name is None or hidden or name.type == "private_property_identifier" or "static" in kinds:
        return None
    written = spelled(name, text)
    if written == "constructor":
        return None
    if member.type == "public_field_definition":
        kind = member.child_by_field_name("type")
        if kind is None:
            raise ValueError(f"`{written}` has no declared type.")
        readonly = "readonly " if "readonly" in kinds else ""
        optional = "?" if "?" in kinds else ""
        return Promise(f"{readonly}{written}{optional}{spelled(kind, text)};")
    accessor = kinds & {"get", "set"}
    returns = member.child_by_field_name("return_type")
    if accessor:
        if "set" in accessor:
            return None
        if returns is None:
            raise ValueError(f"`{written}` has no declared type.")
        return Promise(f"readonly {written}{spelled(returns, text)};")
    parameters = spelled(member.child_by_field_name("parameters"), text)
    generic = spelled(member.child_by_field_name("type_parameters"), text)
    given = spelled(returns, text)
    if returns is None:
        body = member.child_by_field_name("body")
        if body is None or _gives(body) or "async" in kinds:
            raise ValueError(f"`{written}` has no declared return type.")
        given = ": void"
    return Promise(f"{written}{generic}{parameters}{given};")


def _gives(body: Node) -> bool:
    pending = [body]
    while pending:
        node = pending.pop()
        if node.type == "return_statement" and node.named_child_count:
            return True
        if node.type not in ("function_expression", "arrow_function", "function_declaration"):
            pending.extend(node.named_children)
    return False


def _implements(kind: Node, name: str, text: bytes) -> tuple[int, str]:
    heritage = next((one for one in kind.named_children if one.type == "class_heritage"), None)
    if heritage is not None:
        clause = next(
            (one for one in heritage.named_children if one.type == "implements_clause"), None
        )
        if clause is not None:
            return clause.end_byte, f", {name}"
        return heritage.end_byte, f" implements {name}"
    head = kind.child_by_field_name("type_parameters") or kind.child_by_field_name("name")
    if head is None:
        raise ValueError("The class has no name.")
    return head.end_byte, f" implements {name}"


CONTRACTS = Contracts(
    classes=frozenset({"class_declaration", "abstract_class_declaration"}),
    promise=_promise,
    implements=_implements,
    types=frozenset(
        {
            "object_type",
            "union_type",
            "intersection_type",
            "function_type",
            "tuple_type",
            "array_type",
            "generic_type",
            "conditional_type",
            "constructor_type",
            "lookup_type",
            "index_type_query",
            "literal_type",
            "template_literal_type",
            "readonly_type",
        }
    ),
    type_parameters="type_parameters",
)
