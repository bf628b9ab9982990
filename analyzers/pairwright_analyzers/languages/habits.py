"""What review rules need to know of a language's habits: how errors are caught and dropped, how
people print while they debug, how they document parameters.

Owns the shape of that knowledge (`Habits`) and the reading of documentation styles that several
languages share. What one language does stands in its folder, in `habits.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from tree_sitter import Node


class DocEntry(NamedTuple):
    """One parameter in a documentation text. Offsets are bytes into that text.

    `start` and `end` cover the name as written, `first` and `last` the whole entry: the lines that
    go when the entry goes.
    """

    name: str
    start: int
    end: int
    first: int
    last: int


SwallowedHook = Callable[["Node", bytes], "str | None"]
"""(node of one of `Habits.catches`, text) -> what is dropped there, as the object of a sentence
("every exception"), or None where something is done about it.
"""

DocumentedHook = Callable[[bytes], Iterable[DocEntry]]
"""(documentation text, comment marks included) -> the parameters that it documents."""


@dataclass(frozen=True)
class Habits:
    """The habits of one language."""

    calls: tuple[str, ...] = ()
    """Node types of calls, for `LanguageSpec.call`; macros may be among them."""
    statements: frozenset[str] = frozenset({"expression_statement"})
    """Node types that hold a call as a statement of its own."""
    prints: frozenset[str] = frozenset()
    """What is called to print while debugging, which a program may also do for good."""
    breakpoints: frozenset[str] = frozenset()
    """What is called only while debugging."""
    unwrapped: frozenset[str] = frozenset()
    """Those of `breakpoints` that give back their argument (`dbg!(x)`)."""
    debug_nodes: tuple[str, ...] = ()
    """Node types of statements that are for debugging only."""
    focused: Mapping[str, str] = field(default_factory=dict)
    """Callees that run one test and leave out the others -> the callee that does not."""
    program: re.Pattern[bytes] | None = None
    """Found in files that are run from a terminal, where printing is what they are for."""
    empty_body: str = ""
    """A statement that does nothing, where a body may not be empty."""
    catches: tuple[str, ...] = ()
    """Node types that `swallowed` judges."""
    swallowed: SwallowedHook | None = None
    documented: DocumentedHook | None = None
    undocumented: frozenset[str] = frozenset()
    """Parameters that need no documentation."""


NO_HABITS = Habits()
"""Of a language nothing is known of."""

DELIBERATE = re.compile(
    rb"\b(?:_+|ignored?|ignore\w*|unused|expected|swallow(?:ed)?)\b", re.IGNORECASE
)
"""Names of a caught error that say themselves that it is not needed."""


def is_empty_block(node: Node) -> bool:
    """Whether a block in braces holds nothing, not even a comment that says why."""
    return node.named_child_count == 0


def block_catch(node: Node, text: bytes) -> str | None:
    """`Habits.swallowed` for `catch (Type name) {}`, as most languages with braces have it."""
    body = node.child_by_field_name("body")
    if body is None or not is_empty_block(body) or b"\0" in text[node.start_byte : node.end_byte]:
        return None
    header = text[node.start_byte : body.start_byte]
    caught = header[header.find(b"(") + 1 : header.find(b")")] if b"(" in header else b""
    words = caught.split()
    if words and DELIBERATE.fullmatch(words[-1].lstrip(b"$")):
        return None
    kinds = caught.rsplit(None, 1)[0] if len(words) > 1 else b""
    if not kinds.strip() or kinds.strip() == b"...":
        return "every error"
    return f"'{kinds.decode('utf-8', 'replace').removeprefix('final ').strip()}'"


def tag_entries(doc: bytes, tag: re.Pattern[bytes]) -> Iterator[DocEntry]:
    """Entries that a tag opens (`@param name text`): `tag` has the name as its group `name`. An
    entry reaches to the next tag, an empty line, or the end of the comment.
    """
    starts = _line_starts(doc)
    lines = [doc[starts[at] : starts[at + 1]] for at in range(len(starts) - 1)]
    for number, line in enumerate(lines):
        found = tag.search(line)
        if found is None:
            continue
        start = starts[number] + found.start("name")
        last = number + 1
        while last < len(lines) and _continues(lines[last]):
            last += 1
        name = found["name"].decode("utf-8", "replace")
        yield DocEntry(name, start, start + len(found["name"]), starts[number], starts[last])


def _line_starts(doc: bytes) -> list[int]:
    starts = [0]
    for line in doc.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    return starts


_TEXT_LINE = re.compile(rb"\s*(?:\*(?!/)|///?|#)?[ \t]*(?P<text>.*)")


def _continues(line: bytes) -> bool:
    """Whether a line of a comment goes on with the entry above it."""
    match = _TEXT_LINE.match(line)
    content = match["text"].strip() if match is not None else b""
    if not content or content.endswith(b"*/"):
        return False
    return not content.startswith((b"@", b"\\", b"<", b":"))
