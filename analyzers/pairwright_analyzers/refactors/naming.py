"""Names: which are allowed, which are free, which suggest themselves.

Pure functions of a file. A chosen name never hides another one, nor is hidden.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.shapes import Shapes
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.model import Refused
from pairwright_analyzers.types import Span

if TYPE_CHECKING:
    from tree_sitter import Node

_PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_GETTERS = frozenset({"get", "fetch", "load", "find", "make", "create", "build", "compute", "new"})


def check_name(shapes: Shapes, name: str) -> str:
    """The name, when it can be one. Raises `Refused` for a keyword or no name at all."""
    bare = name.removeprefix(shapes.sigil)
    if not shapes.name.match(bare):
        raise Refused(f"`{name}` is not a name.")
    if bare in shapes.keywords:
        raise Refused(f"`{name}` is a keyword.")
    return bare


def is_taken(ctx: RefactorContext, name: str, span: Span) -> bool:
    """Whether a name means, or is used for, something within a span: binding it there could hide
    that.
    """
    bindings = ctx.bindings
    name = ctx.shapes.sigil + name.removeprefix(ctx.shapes.sigil)
    if bindings.lookup(name, span.start) or bindings.lookup(name, max(span.start, span.end - 1)):
        return True
    if name in ctx.spec.builtins:
        return True
    return any(
        not one.member and span.start <= one.start < span.end
        for one in (ctx.facts.reference(index) for index in ctx.facts.references_named(name))
    )


def free_name(ctx: RefactorContext, name: str, span: Span) -> str:
    """The name, with a number behind it where it is taken within a span."""
    bare = name if ctx.shapes.name.match(name) and name not in ctx.shapes.keywords else f"{name}_"
    chosen, count = bare, 1
    while is_taken(ctx, chosen, span):
        count += 1
        chosen = f"{bare}{count}"
    return chosen


def wanted_name(ctx: RefactorContext, wanted: str, fallback: str, span: Span) -> str:
    """The name a person asked for, or a free one like `fallback`. Raises `Refused` for one that is
    no name, or taken within a span.
    """
    if not wanted:
        return free_name(ctx, fallback, span)
    name = check_name(ctx.shapes, wanted)
    if is_taken(ctx, name, span):
        raise Refused(f"`{name}` already means something here.")
    return name


def spelled(shapes: Shapes, words: list[str], *, constant: bool = False) -> str:
    """A name of several words, in the language's usual case."""
    listed = [word.lower() for word in words if word]
    if constant and shapes.constant_case:
        return "_".join(listed).upper()
    if shapes.camel_case:
        head, *rest = listed or ["value"]
        joined = head + "".join(word[:1].upper() + word[1:] for word in rest)
        return joined[:1].upper() + joined[1:] if constant else joined
    return "_".join(listed)


def words_of(name: str) -> list[str]:
    """The words of a name: `getHTTPCode`, `get_http_code` -> get, http, code."""
    return [part.lower() for part in _PART.findall(name)]


def suggested_name(ctx: RefactorContext, value: Node, *, constant: bool = False) -> str:
    """A name for a value, by what it calls or reads: `user.get_name()` -> `name`."""
    shapes = ctx.shapes
    if value.type in shapes.strings:
        words = words_of(ctx.source(value))[:3]
        if words and words[0].isalpha():
            return spelled(shapes, words, constant=constant)
        return spelled(shapes, ["text"], constant=constant)
    last = ""
    for index in ctx.facts.references_in(Span(value.start_byte, value.end_byte)):
        one = ctx.facts.reference(index)
        depth_name = ctx.parsed.root.named_descendant_for_byte_range(one.start, one.end)
        if depth_name is not None and _is_head(value, depth_name):
            last = one.name
    words = words_of(last)
    if len(words) > 1 and words[0] in _GETTERS:
        words = words[1:]
    if not words or not words[0].isalpha() or value.type in shapes.literals:
        words = ["value"]
    name = spelled(shapes, words, constant=constant)
    return name if name != last else spelled(shapes, ["new", *words], constant=constant)


def _is_head(value: Node, name: Node) -> bool:
    """Whether a name is what a value is called by: the function of a call, the last member."""
    current: Node | None = name
    while current is not None and current.id != value.id:
        parent = current.parent
        if parent is None:
            return False
        if parent.id != value.id and parent.type.endswith(("arguments", "argument_list")):
            return False
        field = _field_of(parent, current)
        if field in ("arguments", "index", "subscript", "right", "value", "condition"):
            return False
        current = parent
    return current is not None


def _field_of(parent: Node, child: Node) -> str:
    for index, one in enumerate(parent.children):
        if one.id == child.id:
            return parent.field_name_for_child(index) or ""
    return ""
