"""CSS: rules by their selectors, and custom properties with their uses in `var()`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pairwright_analyzers.languages.plain import (
    folded,
    no_call,
    no_imports,
    no_signature,
    no_types,
)
from pairwright_analyzers.languages.spec import Definition, LanguageSpec
from pairwright_analyzers.types import SymbolKind

if TYPE_CHECKING:
    from tree_sitter import Node

_BODIES = frozenset({"block", "keyframe_block_list"})
_MAX_LABEL = 200


def _grammar() -> object:
    import tree_sitter_css

    return tree_sitter_css.language()


def _define(word: str, node: Node, text: bytes) -> Definition | None:
    children = node.named_children
    if not children:
        return None
    if word == "property":
        return Definition(SymbolKind.VARIABLE, children[0], node)
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
    line_comment="",
    block_comment=("/*", "*/"),
)
