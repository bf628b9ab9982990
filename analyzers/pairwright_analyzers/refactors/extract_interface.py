"""Name what a type offers to others: an interface with its public members.

```typescript
class Shop {
  private items: Item[] = [];

  add(item: Item): void {
    this.items.push(item);
  }
}
```

With the cursor on `Shop`:

```typescript
interface IShop {
  add(item: Item): void;
}

class Shop implements IShop {
  private items: Item[] = [];

  add(item: Item): void {
    this.items.push(item);
  }
}
```

Offered on the name of a class, and in TypeScript on a selected object type, which becomes an
interface too. Refused where nothing is public, and where a type that the interface has to say is
not declared.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pairwright_analyzers.languages.contracts import Promise
from pairwright_analyzers.languages.shapes import words
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.extract_type_alias import (
    refuse_bound,
    selected_type,
    type_parameters,
    with_type,
)
from pairwright_analyzers.refactors.insertion import named_in, opening, ordered
from pairwright_analyzers.refactors.layout import (
    indent_at,
    indent_unit,
    newline_of,
    reindented,
    with_comments_above,
)
from pairwright_analyzers.refactors.model import (
    NAME,
    Offer,
    Refactor,
    Refactored,
    Refused,
    text_argument,
)
from pairwright_analyzers.refactors.naming import wanted_name
from pairwright_analyzers.syntax import span_of
from pairwright_analyzers.types import SourceChange, Span, TextEdit

if TYPE_CHECKING:
    from tree_sitter import Node


def _offers(ctx: RefactorContext) -> Sequence[Offer]:
    title = "Extract interface"
    if not ctx.is_cursor:
        kind = selected_type(ctx)
        if kind is not None and kind.type == "object_type":
            try:
                refuse_bound(ctx, kind)
            except Refused as refused:
                return (Offer(title, refused=str(refused)),)
            return (Offer(title),)
    found = _class(ctx)
    if found is None:
        return ()
    try:
        _promises(ctx, found)
    except Refused as refused:
        return (Offer(title, refused=str(refused)),)
    return (Offer(title),)


def _apply(ctx: RefactorContext, arguments: Mapping[str, Any]) -> Refactored:
    wanted = text_argument(arguments, "name")
    kind = selected_type(ctx) if not ctx.is_cursor else None
    if kind is not None and kind.type == "object_type":
        refuse_bound(ctx, kind)
        return _of_type(ctx, kind, wanted)
    found = _class(ctx)
    if found is None:
        raise Refused("No class is named here.")
    return _of_class(ctx, found, wanted)


def _of_type(ctx: RefactorContext, kind: Node, wanted: str) -> Refactored:
    parameters = type_parameters(ctx, kind)

    def declaration(name: str, indent: str) -> str:
        generic = f"<{', '.join(text for _, text in parameters)}>" if parameters else ""
        written = reindented(ctx, span_of(kind), indent)
        if "\n" not in written:
            members = [ctx.source(one) for one in kind.named_children]
            unit, newline = indent_unit(ctx.text, ctx.shapes), newline_of(ctx.text)
            lines = "".join(f"{indent}{unit}{one.rstrip(';,')};{newline}" for one in members)
            written = f"{{{newline}{lines}{indent}}}"
        return f"interface {name}{generic} {written}"

    return with_type(ctx, kind, [kind], wanted, declaration)


def _class(ctx: RefactorContext) -> Node | None:
    """The class whose name stands at the selection."""
    node = ctx.node
    parent = node.parent
    if parent is None or parent.type not in ctx.shapes.contracts.classes:
        return None
    return parent if parent.child_by_field_name("name") == node else None


def _promises(ctx: RefactorContext, kind: Node) -> list[tuple[Node, Promise]]:
    body = kind.child_by_field_name("body")
    found: list[tuple[Node, Promise]] = []
    for member in body.named_children if body is not None else ():
        try:
            promise = ctx.shapes.contracts.promise(member, ctx.text)
        except ValueError as error:
            raise Refused(str(error)) from error
        if promise is not None:
            found.append((member, promise))
    if not found:
        raise Refused("The class has no public members.")
    return found


def _of_class(ctx: RefactorContext, kind: Node, wanted: str) -> Refactored:
    contracts = ctx.shapes.contracts
    promises = _promises(ctx, kind)
    class_name = ctx.source(kind.child_by_field_name("name") or kind)
    name = wanted_name(ctx, wanted, contracts.name(class_name), span_of(ctx.parsed.root))
    newline, unit = newline_of(ctx.text), indent_unit(ctx.text, ctx.shapes)
    statement = kind
    exported = kind.parent is not None and kind.parent.type == "export_statement"
    if exported and kind.parent is not None:
        statement = kind.parent
    start = with_comments_above(ctx, statement)
    indent = indent_at(ctx.text, statement.start_byte)
    listed = (one for one in kind.named_children if one.type == contracts.type_parameters)
    generic = ctx.source(next(listed, Span(0, 0)))
    lines = "".join(f"{indent}{unit}{one.text}{newline}" for _, one in promises)
    prefix = "export " if exported else ""
    prefix = prefix or _visibility(ctx, kind)
    head = f"{prefix}interface {name}{generic}{opening(ctx, indent)}"
    declared = f"{head}{newline}{lines}{indent}}}{newline * 2}{indent}"
    edit = TextEdit(Span(start, start), declared)
    edits = [edit]
    assert contracts.implements is not None
    try:
        used = f"{name}{_arguments(generic)}"
        offset, text = contracts.implements(kind, used, ctx.text)
    except ValueError as error:
        raise Refused(str(error)) from error
    edits.append(TextEdit(Span(offset, offset), text))
    for member, promise in promises:
        if promise.mark:
            at = member.start_byte
            edits.append(
                TextEdit(Span(at, at), f"{promise.mark}{newline}{indent_at(ctx.text, at)}")
            )
    change = ordered(edits)
    named = named_in(ctx.path, change, edit, name)
    # What was only found by its name may now be found in the interface.
    members = {ctx.source(one.child_by_field_name("name") or one) for one, _ in promises}
    names = frozenset({name, *members, *re.findall(r"\w+", generic)})
    return Refactored(SourceChange({ctx.path: change}), names, named)


def _visibility(ctx: RefactorContext, kind: Node) -> str:
    """C# shows an interface to those who see the class; Java has one public type in a file."""
    if ctx.shapes.contracts.name("A") != "IA":
        return ""
    modifiers = [ctx.source(one) for one in kind.named_children if one.type == "modifier"]
    shown = [one for one in modifiers if one in ("public", "internal")]
    return f"{shown[0]} " if shown else ""


def _arguments(generic: str) -> str:
    """The type parameters of a class, as arguments: their bounds left out."""
    if not generic:
        return ""
    names = [part.split()[0].strip("<>") for part in generic.strip("<>").split(",") if part.strip()]
    return f"<{', '.join(names)}>"


REFACTOR = Refactor(
    "extract.interface",
    "Extract interface",
    "refactor.extract.interface",
    words("typescript typescriptreact java csharp"),
    _offers,
    _apply,
    __doc__ or "",
    (NAME,),
)
