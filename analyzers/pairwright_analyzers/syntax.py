"""Parsers and trees: parse, reparse after an edit, and small questions about nodes.

The only module that makes tree-sitter parsers and queries. Parsing in the main process goes through
a callback that lets other threads run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from tree_sitter import Language, Parser, Query, QueryCursor

from pairwright_analyzers.languages.spec import LanguageSpec
from pairwright_analyzers.types import Span

if TYPE_CHECKING:
    from tree_sitter import Node, Point, Tree

_READ_BYTES = 16_384
_NOT_BREAK = re.compile(rb"[^\r\n]")


@dataclass(frozen=True, slots=True)
class Parsed:
    """A text with its tree. The tree is never edited in place: `reparse` works on a copy.

    `blanks` are the spans that were parsed as white space (`LanguageSpec.blanks`); `asked` is the
    language that was asked
    for where `spec` is its variant.
    """

    spec: LanguageSpec
    text: bytes
    tree: Tree
    blanks: tuple[tuple[int, int], ...] = ()
    asked: LanguageSpec | None = None

    @property
    def root(self) -> Node:
        return self.tree.root_node


@cache
def grammar(spec: LanguageSpec) -> Language:
    """The tree-sitter language of a spec, loaded once."""
    return Language(spec.grammar())


@cache
def facts_query(spec: LanguageSpec) -> Query:
    """The compiled `facts.scm` of a language, with the capture of parse errors that all share."""
    return Query(grammar(spec), spec.query_text + "\n(ERROR) @error\n")


@cache
def definitions_query(spec: LanguageSpec) -> Query:
    """The patterns of a language's `facts.scm` that find definitions, and no others."""
    text = spec.query_text.encode()
    query = Query(grammar(spec), spec.query_text)
    for pattern in range(query.pattern_count):
        start, end = query.start_byte_for_pattern(pattern), query.end_byte_for_pattern(pattern)
        if b"@def." not in text[start:end]:
            query.disable_pattern(pattern)
    return query


def captures_within(query: Query, node: Node, spans: Sequence[Span]) -> dict[str, list[Node]]:
    """The captures whose pattern touches one of the spans, by name; each as often as it does."""
    found: dict[str, list[Node]] = {}
    cursor = QueryCursor(query)
    for span in spans:
        cursor.set_byte_range(span.start, span.end)
        for name, nodes in cursor.captures(node).items():
            found.setdefault(name, []).extend(nodes)
    return found


def captures(query: Query, node: Node) -> dict[str, list[Node]]:
    """All captures below a node, by name, in no particular order."""
    return QueryCursor(query).captures(node)


@cache
def _types_query(spec: LanguageSpec, types: tuple[str, ...]) -> Query:
    return Query(grammar(spec), "\n".join(f"({one}) @node" for one in types))


def nodes_of_types(parsed: Parsed, types: tuple[str, ...]) -> list[Node]:
    """All nodes of these types, in text order. Raises tree-sitter's error for an unknown type."""
    if not types:
        return []
    found = captures(_types_query(parsed.spec, types), parsed.root).get("node", [])
    return sorted(found, key=lambda node: node.byte_range)


def blanks_of(spec: LanguageSpec, text: bytes) -> tuple[tuple[int, int], ...]:
    """The spans of a text that its grammar cannot read."""
    return tuple(spec.blanks(text)) if spec.blanks is not None else ()


def blanked(text: bytes, blanks: tuple[tuple[int, int], ...]) -> bytes:
    """The text with spaces in place of the spans; line breaks and offsets stay."""
    if not blanks:
        return text
    parts: list[bytes] = []
    at = 0
    for start, end in blanks:
        parts.append(text[at:start])
        parts.append(_NOT_BREAK.sub(b" ", text[start:end]))
        at = end
    parts.append(text[at:])
    return b"".join(parts)


def variant_of(spec: LanguageSpec, text: bytes) -> LanguageSpec:
    """The language that reads a text: the one asked for, or its variant."""
    found = spec.variant(text) if spec.variant is not None else None
    return found or spec


def parse(spec: LanguageSpec, text: bytes) -> Parsed:
    """Parse a whole text at once, holding the interpreter: for worker processes and small texts."""
    reader = variant_of(spec, text)
    blanks = blanks_of(reader, text)
    tree = Parser(grammar(reader)).parse(blanked(text, blanks))
    return Parsed(reader, text, tree, blanks, spec)


def parse_politely(spec: LanguageSpec, text: bytes) -> Parsed:
    """Parse so that other threads run meanwhile."""
    reader = variant_of(spec, text)
    blanks = blanks_of(reader, text)
    readable = blanked(text, blanks)

    def read(offset: int, _point: Point) -> bytes:
        return readable[offset : offset + _READ_BYTES]

    return Parsed(reader, text, Parser(grammar(reader)).parse(read), blanks, spec)


def reparse(parsed: Parsed, text: bytes) -> Parsed:
    """The tree of a changed text.

    Always a fresh parse: how a parser gets over an error, and which of two readings it takes,
    depends on the tree it reuses, and an answer must not depend on how a text was typed. Reusing
    the old tree would save 4 ms in a file of 3 000 lines.
    """
    return parsed if text == parsed.text else parse_politely(parsed.asked or parsed.spec, text)


def span_of(node: Node) -> Span:
    """The bytes a node covers."""
    start, end = node.byte_range
    return Span(start, end)


def node_text(node: Node, text: bytes) -> str:
    """The text a node covers; bytes that are not UTF-8 are replaced."""
    start, end = node.byte_range
    return text[start:end].decode("utf-8", "replace")


def node_at(root: Node, offset: int) -> Node:
    """The smallest named node that covers an offset; the root where none does."""
    return root.named_descendant_for_byte_range(offset, offset) or root


def ancestors(node: Node) -> Iterator[Node]:
    """The node's parents, innermost first, without the node itself."""
    current = node.parent
    while current is not None:
        yield current
        current = current.parent


def descendants(node: Node) -> Iterator[Node]:
    """All named nodes below a node, in text order, without recursion: depth is no danger."""
    cursor = node.walk()
    if not cursor.goto_first_child():
        return
    while True:
        current = cursor.node
        if current is not None and current.is_named:
            yield current
        if cursor.goto_first_child() or cursor.goto_next_sibling():
            continue
        while True:
            if not cursor.goto_parent() or cursor.node == node:
                return
            if cursor.goto_next_sibling():
                break
