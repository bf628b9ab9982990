"""Give a type that is written out a name.

```typescript
function draw(at: { x: number; y: number }): void {}
```

With the name `Point`:

```typescript
type Point = { x: number; y: number };

function draw(at: Point): void {}
```

Offered on a selected type that is more than a name; all equal ones of the file can be replaced at
once. Type parameters that it reads become parameters of the alias. Refused where it reads a
variable of a function, or `this`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pairwright_analyzers.languages.shapes import words
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.insertion import named_in, ordered, terminated
from pairwright_analyzers.refactors.layout import (
    indent_at,
    newline_of,
    reindented,
    with_comments_above,
)
from pairwright_analyzers.refactors.model import (
    NAME,
    Offer,
    Option,
    Refactor,
    Refactored,
    Refused,
    flag_argument,
    text_argument,
)
from pairwright_analyzers.refactors.naming import wanted_name, words_of
from pairwright_analyzers.refactors.repeats import tokens
from pairwright_analyzers.syntax import ancestors, descendants, nodes_of_types, span_of
from pairwright_analyzers.types import SourceChange, Span, TextEdit

if TYPE_CHECKING:
    from tree_sitter import Node


def _offers(ctx: RefactorContext) -> Sequence[Offer]:
    if ctx.is_cursor:
        return ()
    kind = selected_type(ctx)
    if kind is None:
        return ()
    title = "Extract type alias"
    try:
        refuse_bound(ctx, kind)
    except Refused as refused:
        return (Offer(title, refused=str(refused)),)
    offers = [Offer(title)]
    count = len(_equal(ctx, kind))
    if count > 1:
        offers.append(Offer(f"{title} ({count} occurrences)", {"all": True}))
    return offers


def selected_type(ctx: RefactorContext) -> Node | None:
    """The type that is selected, where it is worth a name."""
    types = ctx.shapes.contracts.types
    node = ctx.parsed.root.named_descendant_for_byte_range(ctx.selection.start, ctx.selection.end)
    while node is not None and span_of(node) == ctx.selection:
        if node.type in types:
            parent = node.parent
            alias = parent is not None and parent.type == "type_alias_declaration"
            heritage = parent is not None and parent.type in ("extends_clause", "implements_clause")
            return None if alias or heritage else node
        node = node.parent
    return None


def refuse_bound(ctx: RefactorContext, kind: Node) -> None:
    """Raises `Refused` where a type reads what is only known in its place."""
    for node in descendants(kind):
        if node.type == "this_type":
            raise Refused("`this` means something else outside of the type.")
        if node.type == "infer_type":
            continue
        if node.type == "type_query":
            reference = ctx.facts.reference_at(node.end_byte - 1)
            bound = (
                ctx.bindings.lookup(reference.name, reference.start)
                if reference is not None
                else ()
            )
            if any(one.kind.name == "LOCAL" for one in bound):
                raise Refused("It asks for the type of a variable that is not known outside.")


def _apply(ctx: RefactorContext, arguments: Mapping[str, Any]) -> Refactored:
    kind = selected_type(ctx)
    if kind is None:
        raise Refused("No type is selected that is worth a name.")
    refuse_bound(ctx, kind)
    places = _equal(ctx, kind) if flag_argument(arguments, "all") else [kind]
    parameters = type_parameters(ctx, kind)

    def declaration(name: str, indent: str) -> str:
        generic = f"<{', '.join(text for _, text in parameters)}>" if parameters else ""
        written = reindented(ctx, span_of(kind), indent)
        return terminated(ctx, f"type {name}{generic} = {written};", "x")

    return with_type(ctx, kind, places, text_argument(arguments, "name"), declaration)


def with_type(
    ctx: RefactorContext,
    kind: Node,
    places: Sequence[Node],
    wanted: str,
    declaration: Callable[[str, str], str],
) -> Refactored:
    """The edit that declares a type before the statement of the file that uses it first."""
    root = ctx.parsed.root
    name = wanted_name(ctx, wanted, suggested_type_name(ctx, kind), span_of(root))
    first = min(places, key=lambda one: one.start_byte)
    statement = next(
        one
        for one in (first, *ancestors(first))
        if one.parent is not None and one.parent.id == root.id
    )
    start = with_comments_above(ctx, statement)
    indent, newline = indent_at(ctx.text, start), newline_of(ctx.text)
    edit = TextEdit(Span(start, start), f"{declaration(name, indent)}{newline * 2}{indent}")
    names = [one for one, _ in type_parameters(ctx, kind)]
    used = f"{name}<{', '.join(names)}>" if names else name
    edits = ordered([edit, *(_replaced(one, used) for one in places)])
    named = named_in(ctx.path, edits, edit, name)
    return Refactored(SourceChange({ctx.path: edits}), frozenset({name}), named)


def _replaced(node: Node, name: str) -> TextEdit:
    outer = node
    while outer.parent is not None and outer.parent.type == "parenthesized_type":
        outer = outer.parent
    return TextEdit(span_of(outer), name)


def _equal(ctx: RefactorContext, kind: Node) -> list[Node]:
    wanted = tokens(ctx, kind)
    mine = type_parameters(ctx, kind)
    return [
        one
        for one in nodes_of_types(ctx.parsed, (kind.type,))
        if one.id == kind.id
        or (
            one.end_byte - one.start_byte < 4 * (kind.end_byte - kind.start_byte) + 40
            and tokens(ctx, one) == wanted
            and type_parameters(ctx, one) == mine
            and one.parent is not None
            and one.parent.type != "type_alias_declaration"
        )
    ]


def type_parameters(ctx: RefactorContext, kind: Node) -> list[tuple[str, str]]:
    """The type parameters around a type that it reads, as (name, declaration)."""
    listed = ctx.shapes.contracts.type_parameters
    read = {ctx.source(one) for one in (kind, *descendants(kind)) if one.type == "type_identifier"}
    found: list[tuple[str, str]] = []
    for around in ancestors(kind):
        for child in around.named_children:
            if child.type != listed or child.start_byte <= kind.start_byte < child.end_byte:
                continue
            for one in child.named_children:
                name = one.child_by_field_name("name")
                if name is not None and ctx.source(name) in read:
                    found.append((ctx.source(name), ctx.source(one)))
    return found


def suggested_type_name(ctx: RefactorContext, kind: Node) -> str:
    """A name for a type, by what is declared with it: `options: {…}` -> Options."""
    for around in ancestors(kind):
        for field in ("pattern", "name"):
            named = around.child_by_field_name(field)
            if (
                named is not None
                and named.end_byte <= kind.start_byte
                and not (named.named_child_count)
            ):
                parts = words_of(ctx.source(named))
                if parts:
                    return "".join(part[:1].upper() + part[1:] for part in parts)
        if around.type in ctx.shapes.statements:
            break
    return "NewType"


REFACTOR = Refactor(
    "extract.type_alias",
    "Extract type alias",
    "refactor.extract.type_alias",
    words("typescript typescriptreact"),
    _offers,
    _apply,
    __doc__ or "",
    (NAME, Option("all", "boolean", "Replace all equal types of the file.")),
)
