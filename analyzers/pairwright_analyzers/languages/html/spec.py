"""HTML: the elements that have an id. Scripts and styles in it are left alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.plain import (
    no_call,
    no_imports,
    no_signature,
    no_types,
    unquoted,
)
from pairwright_analyzers.languages.spec import Definition, LanguageSpec
from pairwright_analyzers.types import SymbolKind

if TYPE_CHECKING:
    from tree_sitter import Node

_ID = re.compile(rb"\bid\b", re.IGNORECASE)
_TAGS = frozenset({"start_tag", "self_closing_tag"})


def _grammar() -> object:
    import tree_sitter_html

    return tree_sitter_html.language()


def _define(_word: str, node: Node, text: bytes) -> Definition | None:
    tag = node.children[0] if node.children else None
    if tag is None or tag.type not in _TAGS:
        return None
    value = _id_of(tag, text)
    if value is None:
        return None
    body = node.children[1] if node.child_count > 2 else None
    return Definition(SymbolKind.ELEMENT, value, node, body, label=unquoted(value, text))


def _id_of(tag: Node, text: bytes) -> Node | None:
    if _ID.search(text, tag.start_byte, tag.end_byte) is None:
        return None
    for attribute in tag.named_children:
        if attribute.type != "attribute" or attribute.named_child_count < 2:
            continue
        name, value = attribute.named_children[:2]
        if text[name.start_byte : name.end_byte].lower() != b"id":
            continue
        if value.type == "quoted_attribute_value":
            return value.named_children[0] if value.named_child_count else None
        return value
    return None


HTML = LanguageSpec(
    id="html",
    name="HTML",
    extensions=(".html", ".htm", ".xhtml"),
    grammar=_grammar,
    package="pairwright_analyzers.languages.html",
    define=_define,
    imports=no_imports,
    typed=no_types,
    signature=no_signature,
    call=no_call,
    first_class=False,
    line_comment="",
    block_comment=("<!--", "-->"),
)
