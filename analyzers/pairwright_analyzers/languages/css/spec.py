"""CSS: rules by their selectors, and custom properties with their uses in `var()`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.plain import (
    SYMBOL_LIMIT,
    folded,
    no_call,
    no_imports,
    no_signature,
    no_types,
)
from pairwright_analyzers.languages.spec import Definition, LanguageSpec
from pairwright_analyzers.types import Role, SymbolKind

if TYPE_CHECKING:
    from tree_sitter import Node

_BODIES = frozenset({"block", "keyframe_block_list"})
_MAX_LABEL = 200
_MAX_VALUE = 2_000
_VALUE = re.compile(rb"[^;}]*")


def _grammar() -> object:
    import tree_sitter_css

    return tree_sitter_css.language()


def _define(word: str, node: Node, text: bytes) -> Definition | None:
    if word == "property":
        if not text.startswith(b"--", node.start_byte):
            return None
        return Definition(SymbolKind.VARIABLE, node, node, span=_declaration(node, text))
    children = node.named_children
    if not children:
        return None
    body = next((child for child in children if child.type in _BODIES), None)
    if body is None:
        return None
    if word == "rule":
        name = children[0]
        if name.type != "selectors":
            return None
        return Definition(
            SymbolKind.SELECTOR, name, node, body, label=folded(name, text)[:_MAX_LABEL]
        )
    keyword = node.children[0]
    header = text[node.start_byte : body.start_byte].decode("utf-8", "replace")
    label = " ".join(header.split())[:_MAX_LABEL]
    return Definition(SymbolKind.SELECTOR, keyword, node, body, label=label)


def _declaration(name: Node, text: bytes) -> tuple[int, int]:
    """The bytes from a property's name to the end of its value."""
    found = _VALUE.match(text, name.end_byte, name.end_byte + _MAX_VALUE)
    return name.start_byte, found.end() if found is not None else name.end_byte


def _custom_properties(text: bytes, start: int, end: int) -> Iterator[tuple[int, int, Role, bool]]:
    """The `raw_names` hook: a custom property where it is set, or used in `var()`."""
    if text.startswith(b"--", start):
        yield start, end, Role.READ, False


CSS = LanguageSpec(
    id="css",
    name="CSS",
    extensions=(".css",),
    grammar=_grammar,
    package="pairwright_analyzers.languages.css",
    define=_define,
    imports=no_imports,
    typed=no_types,
    signature=no_signature,
    call=no_call,
    first_class=False,
    raw_names=_custom_properties,
    symbol_limit=SYMBOL_LIMIT,
    line_comment="",
    block_comment=("/*", "*/"),
)
