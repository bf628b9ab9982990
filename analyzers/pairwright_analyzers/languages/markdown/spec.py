"""Markdown: headings as sections, each up to the next heading of its level or a higher one."""

from __future__ import annotations

import re
from bisect import bisect_left
from functools import lru_cache
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.plain import (
    no_call,
    no_imports,
    no_signature,
    no_types,
)
from pairwright_analyzers.languages.spec import Definition, LanguageSpec
from pairwright_analyzers.types import SymbolKind

if TYPE_CHECKING:
    from tree_sitter import Node

_MARKUP = re.compile(r"[`*_]+(?=\S)|(?<=\S)[`*_]+|\s*\{#[^}]*\}\s*$")
_CLOSING = re.compile(r"\s+#+\s*$")
_LINK = re.compile(r"!?\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])")
_MAX_LABEL = 200


def _grammar() -> object:
    import tree_sitter_markdown

    return tree_sitter_markdown.language()


@lru_cache(maxsize=2)
def _outline(text: bytes) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Where each heading of a text starts, and where its section ends.

    The grammar's own sections end at ATX headings only, so they are found anew.
    """
    from pairwright_analyzers.syntax import captures, facts_query, parse

    found = captures(facts_query(MARKDOWN), parse(MARKDOWN, text).root)
    headings = sorted(
        (node.start_byte, level)
        for node in found.get("def.heading", ())
        if (level := _level(node)) is not None
    )
    ends = [len(text)] * len(headings)
    opened: list[int] = []
    for at, (start, level) in enumerate(headings):
        while opened and headings[opened[-1]][1] >= level:
            ends[opened.pop()] = start
        opened.append(at)
    return tuple(start for start, _ in headings), tuple(ends)


def _level(heading: Node) -> int | None:
    for child in heading.named_children:
        kind = child.type
        if kind.startswith("atx_h"):
            return int(kind[5])
        if kind.startswith("setext_h"):
            return int(kind[8])
    return None


def _define(_word: str, node: Node, text: bytes) -> Definition | None:
    content = node.child_by_field_name("heading_content")
    if content is None or not node.named_children:
        return None
    starts, ends = _outline(text)
    at = bisect_left(starts, node.start_byte)
    if at >= len(starts) or starts[at] != node.start_byte:
        return None
    words = text[content.start_byte : content.end_byte].decode("utf-8", "replace")
    words = _CLOSING.sub("", _LINK.sub(r"\1", words))
    label = " ".join(_MARKUP.sub("", words).split())[:_MAX_LABEL]
    if not label:
        return None
    following = node.next_named_sibling
    body = following if following is not None and following.start_byte < ends[at] else None
    span = (node.start_byte, ends[at])
    return Definition(SymbolKind.SECTION, content, node, body, label=label, span=span)


MARKDOWN = LanguageSpec(
    id="markdown",
    name="Markdown",
    extensions=(".md", ".markdown", ".mdown"),
    grammar=_grammar,
    package="pairwright_analyzers.languages.markdown",
    define=_define,
    imports=no_imports,
    typed=no_types,
    signature=no_signature,
    call=no_call,
    first_class=False,
    line_comment="",
    block_comment=("<!--", "-->"),
)
