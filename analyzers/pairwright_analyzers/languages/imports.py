"""How a language lays out its imports: which nodes they are, what orders and groups them, how one
is written.

Owns the shape of that knowledge (`ImportStyle`). What one language does stands in its folder, in
`imports.py`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pairwright_analyzers.types import Import

if TYPE_CHECKING:
    from tree_sitter import Node

OrderHook = Callable[["Node", bytes, "Callable[[Node], bool]"], "tuple[int, tuple[str, ...]]"]
"""(import statement, text, whether a statement imports from the workspace) -> its group, and its
order within the group.
"""

WriteHook = Callable[[Import, bytes], str]
"""(what is to be imported, whole text) -> the statement, as the file writes its own;
`Import.module` is as it is to be written.
"""


@dataclass(frozen=True)
class ImportStyle:
    """The imports of one language."""

    statements: frozenset[str]
    """Nodes of imports, each on lines of its own."""
    order: OrderHook
    """What they are sorted by."""
    write: WriteHook
    lists: frozenset[str] = frozenset()
    """Nodes of names in one import, with commas between them."""
    name_order: Callable[[str], tuple[object, ...]] | None = None
    """What the names in one import are sorted by; None where they are left alone."""
    regroups: bool = False
    """Groups are set apart by one empty line each; else the person's empty lines are kept and only
    what stands between them is sorted.
    """
    removable: Callable[[Import], bool] = lambda _item: True
    """Whether an import that nothing names can be taken away without knowing more."""
    mentions: re.Pattern[bytes] | None = None
    """Texts in which a name counts as a use: documentation that links, annotations in quotes."""
    first_prefix: str = ""
    """Stands before what `write` gives outside of a block (Go's `import`)."""
    module_of: Callable[[str, str, str], str] | None = None
    """(importing path, imported path, its dotted name) -> the module as an import would write it;
    None where that cannot be told from the paths.
    """
    hides: re.Pattern[bytes] | None = None
    """Code that may use an import without it being seen (a macro): nothing is unused beside it."""
    barrier: Callable[[Node, bytes], bool] = lambda _node, _text: False
    """Whether a statement is imported for what it does: nothing is moved over it."""
    header: Callable[[Node, bytes], int] = lambda _root, _text: 0
    """(root, text) -> the offset of the line where a first import goes."""
    block: Callable[[Node], Node | None] = lambda _root: None
    """The node in brackets that holds imports (Go), for a new one to be put into."""
    wrapped: Callable[[Node, bytes, str], str] = lambda _node, _text, _end: ""
    """(import statement, text, line end) -> the statement with one name a line, where it is too
    long for one; "" where it may stay.
    """
    joins: Callable[[Node, bytes], str] = lambda _node, _text: ""
    """What statements have in common that can be one (`from a import`); "" for none."""
