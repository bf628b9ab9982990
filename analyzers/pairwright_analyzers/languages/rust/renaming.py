"""What renaming needs to know of Rust."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pairwright_analyzers.languages.renaming import Modules, Renaming, Shorthand
from pairwright_analyzers.languages.shapes import words

if TYPE_CHECKING:
    from tree_sitter import Node


def _shorthand(name: Node) -> Shorthand | None:
    parent = name.parent
    if parent is None:
        return None
    if parent.type == "shorthand_field_initializer":
        made = parent.parent.parent if parent.parent is not None else None
        owner = made.child_by_field_name("name") if made is not None else None
        return Shorthand(name, owner=_last(owner))
    if name.type == "shorthand_field_identifier" and parent.type == "field_pattern":
        taken = parent.parent
        owner = taken.child_by_field_name("type") if taken is not None else None
        bound = parent.child_by_field_name("pattern")
        modifiers = [one for one in parent.children if one.type in ("ref", "mutable_specifier")]
        if bound is not None:
            return None
        if not modifiers:
            return Shorthand(name, owner=_last(owner))
        first = modifiers[0]
        text = parent.text or b""
        written = text[: name.start_byte - parent.start_byte].decode("utf-8", "replace")
        return Shorthand(
            parent if first.start_byte == parent.start_byte else name,
            form="{key}: " + written + "{value}",
            owner=_last(owner),
        )
    return None


def _last(path: Node | None) -> Node | None:
    """The last name of a path to a type."""
    while path is not None and path.named_child_count:
        named = path.child_by_field_name("name") or path.child_by_field_name("type")
        if named is None:
            return path
        path = named
    return path


RENAMING = Renaming(
    modules=Modules.NESTED,
    sigils="'",
    shorthand=_shorthand,
    pairs=words("field_initializer field_pattern"),
    contracts=words("main drop fmt clone eq hash default from into next deref"),
    implicit_overrides=False,
    marks=words("lifetime label"),
    generated=b"@generated",
)
