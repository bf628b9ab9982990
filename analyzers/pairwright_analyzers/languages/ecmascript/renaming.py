"""What renaming needs to know of JavaScript and TypeScript."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.renaming import ModulePaths, Modules, Renaming, Shorthand
from pairwright_analyzers.languages.shapes import words

if TYPE_CHECKING:
    from tree_sitter import Node

_SHORTHANDS = words("shorthand_property_identifier shorthand_property_identifier_pattern")


def _shorthand(name: Node) -> Shorthand | None:
    if name.type in _SHORTHANDS:
        return Shorthand(name, passes_on=_is_module(name))
    return None


def _is_module(name: Node) -> bool:
    """Whether `{name}` is what a CommonJS module exports, or what is taken from one."""
    around = name.parent
    while around is not None and around.type in ("object", "object_pattern"):
        whole = around.parent
        if whole is None:
            return False
        other = whole.child_by_field_name("left" if around.type == "object" else "value")
        text = other.text if other is not None else None
        if text is None:
            return False
        if around.type == "object":
            return whole.type == "assignment_expression" and text in (
                b"module.exports",
                b"exports",
            )
        return text.startswith((b"require(", b"await import("))
    return False


def _spoken(node: Node, _source: bytes) -> bool:
    """`value["name"]`, `Type["name"]`, `Pick<Type, "name">`, `"name" in value`."""
    parent = node.parent
    if parent is None or node.type != "string":
        return False
    if parent.type == "literal_type":
        return True
    if parent.type == "subscript_expression":
        return parent.child_by_field_name("index") == node
    if parent.type == "binary_expression":
        operator = parent.child_by_field_name("operator")
        left = parent.child_by_field_name("left")
        return operator is not None and operator.type == "in" and left == node
    return parent.type == "pair" and parent.child_by_field_name("key") == node


_DOC_TYPE = re.compile(
    rb"@(?:type|param|arg|argument|returns?|typedef|extends|augments|implements|property|prop"
    rb"|template|throws|this|satisfies|enum)\s*\{([^}]*)\}"
)


def _type_comments(source: bytes) -> Iterable[tuple[int, int]]:
    return (match.span(1) for match in _DOC_TYPE.finditer(source))


_PATHS = ModulePaths(
    left_out=(".js", ".ts", ".tsx", ".jsx", ".mjs", ".cjs", ".mts", ".cts", ".d.ts", ".json"),
    written_as={
        ".ts": (".js",),
        ".tsx": (".js", ".jsx"),
        ".mts": (".mjs",),
        ".cts": (".cjs",),
        ".d.ts": (".js",),
    },
    index=("index",),
    dotted=True,
    further=re.compile(
        rb"(?:\b(?:jest|vi|vitest)\s*\.\s*\w+|\brequire\s*\.\s*resolve)\s*(?:<[^>\n]*>)?\(\s*"
        rb"['\"]([^'\"\n]+)['\"]"
    ),
)

RENAMING = Renaming(
    modules=Modules.PATHS,
    module_paths=_PATHS,
    private_is_own=True,
    sigils="#",
    own_sigil="#",
    type_comments=_type_comments,
    shorthand=_shorthand,
    pairs=words("pair pair_pattern"),
    spoken=_spoken,
    contracts=words(
        "constructor toString toJSON valueOf toLocaleString then hasOwnProperty isPrototypeOf"
        " propertyIsEnumerable prototype"
    ),
    exports=frozenset({"<builtin>.exports", "<builtin>.module.exports"}),
    open_objects=True,
    marks=words("statement_identifier"),
    generated=b"@generated",
)
