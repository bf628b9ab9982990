"""What a refactoring looks at: a selection in one text, its tree, its facts and the graph.

Owns the reading of a selection: which value, which statements, which function it means. Everything
is found when it is first asked for, since a lightbulb asks every refactoring.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from pairwright_analyzers.facts import FileFacts, facts_of_parsed
from pairwright_analyzers.graph import CodeGraph, SymbolId
from pairwright_analyzers.graph.bindings import FileBindings
from pairwright_analyzers.graph.queries import nothing, symbol_at
from pairwright_analyzers.languages.shapes import Shapes
from pairwright_analyzers.languages.spec import LanguageSpec
from pairwright_analyzers.refactors.model import Refused
from pairwright_analyzers.syntax import Parsed, ancestors, node_text, parse_politely
from pairwright_analyzers.text import LineIndex
from pairwright_analyzers.types import Span, Symbol

if TYPE_CHECKING:
    from tree_sitter import Node

_SPACE = b" \t\r\n\f\v"
_START = Span(0, 0)


@dataclass(frozen=True)
class RefactorContext:
    """One file with a selection, in one revision.

    `span` is the selection in bytes, empty for a cursor. `check` raises when the work is not wanted
    any more: call it in loops over files.
    """

    graph: CodeGraph
    path: str
    span: Span
    parsed: Parsed
    check: Callable[[], None] = nothing

    @property
    def text(self) -> bytes:
        return self.parsed.text

    @property
    def spec(self) -> LanguageSpec:
        return self.parsed.spec

    @property
    def shapes(self) -> Shapes:
        return self.parsed.spec.shapes

    @cached_property
    def lines(self) -> LineIndex:
        return LineIndex(self.text)

    @cached_property
    def facts(self) -> FileFacts:
        """The facts of this very text: the graph's, where it has the same."""
        held = self.graph.workspace.facts(self.path)
        if held is not None and self.graph.workspace.text(self.path) == self.text:
            return held
        return facts_of_parsed(self.parsed)

    @cached_property
    def bindings(self) -> FileBindings:
        """Which names the file binds, in which scope."""
        found = self.graph.resolver.bindings(self.path)
        if found is not None and found.facts is self.facts:
            return found
        return FileBindings(self.facts, self.spec)

    def at(self, path: str, span: Span = _START) -> RefactorContext:
        """Another file of the workspace. Raises `Refused` for one whose text is gone or whose
        language is not known.
        """
        spec = self.graph.spec(path)
        text = self.graph.workspace.text(path)
        if spec is None or text is None:
            raise Refused(f"{path} cannot be read.")
        parsed = self.parsed if path == self.path else parse_politely(spec, text)
        return RefactorContext(self.graph, path, span, parsed, self.check)

    def source(self, node: Node | Span) -> str:
        """The text of a node or a span."""
        if isinstance(node, Span):
            return self.text[node.start : node.end].decode("utf-8", "replace")
        return node_text(node, self.text)

    def source_between(self, before: Node, after: Node) -> str:
        """What stands between two nodes."""
        return self.text[before.end_byte : after.start_byte].decode("utf-8", "replace")

    @cached_property
    def memo(self) -> dict[object, Any]:
        """What was found out at this selection, by keys of the finders' own: a lightbulb asks
        many refactorings the same.
        """
        return {}

    # The selection.

    @cached_property
    def selection(self) -> Span:
        """The selection without white space at its ends."""
        start, end = self.span.start, self.span.end
        while start < end and self.text[start : start + 1] in _BYTES:
            start += 1
        while end > start and self.text[end - 1 : end] in _BYTES:
            end -= 1
        return Span(start, end)

    @cached_property
    def code(self) -> Span:
        """The selection without white space and comments at its ends."""
        start, end = self.selection.start, self.selection.end
        while start < end:
            comment = self._comment_at(start)
            if comment is None or comment.start_byte < start or comment.end_byte > end:
                break
            start = comment.end_byte
            while start < end and self.text[start : start + 1] in _BYTES:
                start += 1
        while end > start:
            comment = self._comment_at(end - 1)
            if comment is None or comment.start_byte < start:
                break
            end = comment.start_byte
            while end > start and self.text[end - 1 : end] in _BYTES:
                end -= 1
        return Span(start, end)

    def _comment_at(self, offset: int) -> Node | None:
        found = self.parsed.root.descendant_for_byte_range(offset, offset + 1)
        while found is not None and found.type not in self.shapes.comments:
            if found.end_byte - found.start_byte > 1 and found.child_count > 3:
                return None
            found = found.parent
        return found

    @property
    def is_cursor(self) -> bool:
        """Whether nothing is selected."""
        return len(self.selection) == 0

    @cached_property
    def node(self) -> Node:
        """The smallest named node that covers the selection; behind a name, the name."""
        start, end = self.selection.start, self.selection.end
        root = self.parsed.root
        found = root.named_descendant_for_byte_range(start, max(start, end)) or root
        if (start == end and start > 0 and found.start_byte == found.end_byte) or (
            start == end and start > 0 and not _is_name(found)
        ):
            before = root.named_descendant_for_byte_range(start - 1, start - 1)
            if before is not None and before.end_byte == start and _is_name(before):
                return before
        return found

    def enclosing(self, types: frozenset[str], node: Node | None = None) -> Node | None:
        """The innermost node of these types around the selection, or around (or at) `node`."""
        current = self.node if node is None else node
        if current.type in types:
            return current
        return next((one for one in ancestors(current) if one.type in types), None)

    @cached_property
    def function(self) -> Node | None:
        """The function around the selection."""
        return self.function_of(self.node)

    def function_of(self, node: Node) -> Node | None:
        """The function, lambda included, whose body or header a node is part of."""
        functions = self.shapes.functions
        return next((one for one in ancestors(node) if one.type in functions), None)

    @cached_property
    def symbol(self) -> SymbolId | None:
        """The symbol of the workspace that is named at the selection's start."""
        return symbol_at(self.graph, self.path, self.selection.start)

    @cached_property
    def enclosing_symbol(self) -> Symbol | None:
        """The innermost symbol whose definition covers the selection."""
        held: Symbol | None = None
        for symbol in self.facts.symbols:
            if symbol.span.covers(self.selection) and (
                held is None or len(symbol.span) <= len(held.span)
            ):
                held = symbol
        return held

    # Values.

    @cached_property
    def expression(self) -> Node | None:
        """The value that is selected, from its first to its last byte; parentheses around it may be
        part of the selection. None at a cursor and for anything else.
        """
        if self.is_cursor:
            return None
        found = self.parsed.root.named_descendant_for_byte_range(
            self.selection.start, self.selection.end
        )
        while found is not None and _covers_exactly(found, self.selection):
            if self.is_value(found):
                return found
            if found.type in self.shapes.wrappers and found.named_child_count == 1:
                found = found.named_children[0]
                return found if self.is_value(found) else None
            found = found.parent
        if found is not None and found.type in self.shapes.wrappers and found.named_child_count:
            # The statement's terminator is left out of the selection, or part of it.
            inner = found.named_children[0]
            if _covers_exactly(inner, self.selection):
                return inner if self.is_value(inner) else None
        return None

    def is_value(self, node: Node) -> bool:
        """Whether a node stands where a value stands: not the name that a declaration binds, not
        what is assigned to, not a type, not a member's name.
        """
        shapes = self.shapes
        if node.type not in shapes.expressions:
            return False
        parent = node.parent
        if parent is None:
            return False
        if parent.type in shapes.assignments and parent.child_by_field_name("left") == node:
            return False
        if node.type in _NAMES:
            index = self.facts.reference_at(node.start_byte)
            if index is None or index.start != node.start_byte:
                return False
            if index.member or index.role.name not in ("READ", "CALL"):
                return False
        return True

    # Statements.

    def statement_of(self, node: Node) -> Node:
        """The statement that a node is part of (or is): a child of a block, or the only statement
        of an arm without braces. Raises `Refused` where there is none.
        """
        current: Node | None = node
        while current is not None:
            parent = current.parent
            if parent is None:
                break
            if self.is_statement(current):
                return current
            current = parent
        raise Refused("This is not part of a statement.")

    def is_statement(self, node: Node) -> bool:
        """Whether a node stands where a statement stands."""
        parent = node.parent
        if parent is None or node.type in self.shapes.comments:
            return False
        if parent.type in self.shapes.blocks:
            return not _is_label(parent, node)
        fields = self.shapes.arms.get(parent.type)
        if fields is None or node.type in self.shapes.blocks:
            return False
        if "" in fields:
            return node.type in self.shapes.statements
        return any(parent.child_by_field_name(one) == node for one in fields if one)

    def is_braceless(self, statement: Node) -> bool:
        """Whether a statement is an arm of its own, without a block around it."""
        parent = statement.parent
        return parent is not None and parent.type not in self.shapes.blocks

    @cached_property
    def statements(self) -> tuple[Node, ...]:
        """The whole statements that are selected, neighbours in one block; () for anything else.
        Comments between them belong to them.
        """
        if self.is_cursor:
            return ()
        start, end = self.code.start, self.code.end
        block: Node | None = self.parsed.root.named_descendant_for_byte_range(start, end)
        while block is not None:
            found = tuple(
                one
                for one in block.named_children
                if one.start_byte >= start and one.start_byte < end and self.is_statement(one)
            )
            if found and _fits(self.text, found, start, end, self.shapes.comments):
                return found
            if block.start_byte < start or block.end_byte > end:
                around = block.parent
                inside = self.is_statement(block) and _fits(
                    self.text, (block,), start, end, self.shapes.comments
                )
                if inside:
                    return (block,)
                if around is None or not (block.start_byte >= start or block.end_byte <= end):
                    return ()
            block = block.parent
        return ()

    def block_of(self, statement: Node) -> Node:
        """The block that holds a statement. Raises `Refused` for an arm without one."""
        parent = statement.parent
        if parent is None or parent.type not in self.shapes.blocks:
            raise Refused("The statement stands alone, without a block around it.")
        return parent

    def inside(self, node: Node, types: frozenset[str]) -> Iterator[Node]:
        """The nodes of these types at or below a node, not those of functions inside it."""
        pending = [node]
        while pending:
            current = pending.pop()
            if current.type in types:
                yield current
            if current is not node and current.type in self.shapes.functions:
                continue
            pending.extend(reversed(current.named_children))


_BYTES = frozenset(bytes([one]) for one in _SPACE)
_NAMES = frozenset({"identifier", "constant", "name", "simple_identifier", "property_identifier"})


def _is_name(node: Node) -> bool:
    return node.named_child_count == 0 and (
        node.type in _NAMES or node.type.endswith(("identifier", "variable"))
    )


def _covers_exactly(node: Node, span: Span) -> bool:
    return node.start_byte == span.start and node.end_byte == span.end


def _is_label(parent: Node, node: Node) -> bool:
    """Whether a node heads its block rather than being part of it: the value of a `case`."""
    return any(
        parent.child_by_field_name(one) == node for one in ("value", "name", "parameters", "label")
    )


def _fits(
    text: bytes, found: tuple[Node, ...], start: int, end: int, comments: frozenset[str]
) -> bool:
    """Whether a selection holds whole statements and nothing else but comments and terminators."""
    first, last = found[0], found[-1]
    head = _skipped_back(text, first, start, comments)
    tail = text[last.end_byte : end] if last.end_byte <= end else b""
    cut = text[end : last.end_byte] if last.end_byte > end else b""
    return (head and not tail.strip(b" \t\r\n;") and cut in (b"", b";")) or (
        head and _only_comments(last, end, comments) and cut in (b"", b";")
    )


def _skipped_back(text: bytes, first: Node, start: int, comments: frozenset[str]) -> bool:
    at = first
    while at.start_byte > start:
        before = at.prev_sibling
        if before is None or before.type not in comments:
            return not text[start : at.start_byte].strip(b" \t\r\n;")
        at = before
    return at.start_byte == start


def _only_comments(last: Node, end: int, comments: frozenset[str]) -> bool:
    at = last.next_sibling
    seen = last.end_byte
    while at is not None and at.end_byte <= end:
        if at.type not in comments and at.type != ";":
            return False
        seen = at.end_byte
        at = at.next_sibling
    return seen == end
