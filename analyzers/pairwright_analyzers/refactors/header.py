"""The parameters of one definition, as its header writes them: where each stands, and the edits
that make another list of them.

Knows one file. Who calls, and what else has the same header, is told by `callers.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pairwright_analyzers.graph import SymbolId
from pairwright_analyzers.languages.headers import NewParameter
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.layout import (
    ends_line,
    line_start,
    newline_of,
    next_line,
    starts_line,
)
from pairwright_analyzers.refactors.model import Refused
from pairwright_analyzers.refactors.subjects import bare
from pairwright_analyzers.refactors.variables import Variable, variable_at
from pairwright_analyzers.sites import signature_of_facts
from pairwright_analyzers.syntax import ancestors, span_of
from pairwright_analyzers.types import (
    CALLABLE_KINDS,
    Parameter,
    ParameterKind,
    Role,
    Signature,
    Span,
    Symbol,
    TextEdit,
)

if TYPE_CHECKING:
    from tree_sitter import Node

_LEVELS = 8
_FIELDS = ("parameters", "parameter")


@dataclass(frozen=True, slots=True)
class Item:
    """One entry of a list of parameters.

    `index` is the parameter's in the signature, -1 for a mark (`*`, `/`, `&block`). `text` is the
    entry as it stands alone; `name` its bytes' place, None without one. Entries of one `group`
    share a type, which only the last of them is written with (Go).
    """

    span: Span
    index: int
    text: str
    name: Span | None
    group: int = -1


@dataclass(frozen=True, slots=True)
class Header:
    """The parameters of one definition.

    `list_span` covers the brackets; it is empty where there are none, and `bracketed` says so.
    """

    ctx: RefactorContext
    id: SymbolId
    symbol: Symbol
    signature: Signature
    list_span: Span
    bracketed: bool
    items: tuple[Item, ...]

    @property
    def name(self) -> str:
        return self.symbol.name

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        return self.signature.parameters

    @property
    def has_body(self) -> bool:
        return self.symbol.body_start < self.symbol.span.end

    @property
    def body(self) -> Span:
        """The bytes of the body, empty for a declaration."""
        return Span(min(self.symbol.body_start, self.symbol.span.end), self.symbol.span.end)

    def item_of(self, index: int) -> Item | None:
        """The entry of a parameter; None for a receiver that stands elsewhere."""
        return next((one for one in self.items if one.index == index), None)

    def variable(self, index: int) -> Variable | None:
        """The local variable that a parameter is; None for one without a name or body, and for one
        that is taken apart.
        """
        item = self.item_of(index)
        if item is None or item.name is None:
            return None
        return variable_at(self.ctx, item.name.start)


def header_at(ctx: RefactorContext) -> Header | None:
    """The header whose parameters, or whose name, the selection is in."""
    if "header" not in ctx.memo:
        ctx.memo["header"] = _found_header(ctx)
    found: Header | None = ctx.memo["header"]
    return found


def _found_header(ctx: RefactorContext) -> Header | None:
    at, facts = ctx.selection.start, ctx.facts
    held = -1
    for index in range(facts.symbol_count):
        if facts.symbol_start(index) > at:
            break
        if facts.symbol_kind(index) not in CALLABLE_KINDS:
            continue
        symbol = facts.symbol(index)
        if symbol.span.covers(ctx.selection) and (
            held < 0 or len(symbol.span) <= len(facts.symbol(held).span)
        ):
            held = index
    if held < 0:
        return None
    symbol = facts.symbol(held)
    if at > symbol.body_start:
        return None
    if not symbol.name_span.contains(at) and _list_near(ctx) is None:
        return None
    try:
        found = header_of(ctx, SymbolId(ctx.path, held))
    except Refused:
        return None
    return found if symbol.name_span.contains(at) or found.list_span.contains(at) else None


def _list_near(ctx: RefactorContext) -> Node | None:
    """The list of parameters around the selection."""
    types = ctx.shapes.headers.lists
    for level, one in enumerate((ctx.node, *ancestors(ctx.node))):
        parent = one.parent
        if one.type in types or (
            parent is not None and parent.child_by_field_name("parameter") == one
        ):
            return one
        if level >= _LEVELS:
            break
    return None


def in_parameters(ctx: RefactorContext) -> bool:
    """Whether the selection is in a list of parameters: cheap."""
    return bool(ctx.shapes.headers.lists) and _list_near(ctx) is not None


def parameter_at(ctx: RefactorContext, header: Header) -> int | None:
    """The parameter whose entry the selection is in."""
    for item in header.items:
        inside = item.span.contains(ctx.selection.start)
        if item.index >= 0 and inside and (ctx.is_cursor or item.span.covers(ctx.selection)):
            return item.index
    return None


def header_of(ctx: RefactorContext, symbol_id: SymbolId) -> Header:
    """The header of a callable in this file. Raises `Refused` for one that cannot be read."""
    symbol = ctx.facts.symbol(symbol_id.index)
    signature = signature_of_facts(ctx.spec, ctx.facts, symbol_id.index)
    found = _list_of(ctx, symbol)
    if found is None:
        if signature.parameters and any(
            one.kind is not ParameterKind.RECEIVER for one in signature.parameters
        ):
            raise Refused(f"The parameters of `{symbol.name}` cannot be read.")
        end = symbol.name_span.end
        return Header(ctx, symbol_id, symbol, signature, Span(end, end), False, ())
    bracketed = ctx.text[found.start_byte : found.start_byte + 1] == b"("
    _refuse_handed_on(ctx, symbol, found)
    items = tuple(_items(ctx, symbol, signature, found))
    return Header(ctx, symbol_id, symbol, signature, span_of(found), bracketed, items)


def _list_of(ctx: RefactorContext, symbol: Symbol) -> Node | None:
    """The node of a callable's parameters."""
    root = ctx.parsed.root
    name = symbol.name_span
    at_name = root.named_descendant_for_byte_range(name.start, name.end)
    at_body = root.named_descendant_for_byte_range(symbol.body_start, symbol.body_start)
    for start in (at_name, at_body):
        if start is None:
            continue
        for one in (start, *ancestors(start)):
            if one.start_byte < symbol.span.start:
                break
            for field in _FIELDS:
                found = one.child_by_field_name(field)
                if found is None or found.start_byte < name.start:
                    continue
                if found.end_byte > max(symbol.body_start, name.end):
                    continue
                if found.type in ctx.shapes.headers.lists or field == "parameter":
                    return found
    return None


def _refuse_handed_on(ctx: RefactorContext, symbol: Symbol, found: Node) -> None:
    """Raises `Refused` for a function that is a value where it stands: somebody else calls it."""
    function = ctx.function_of(found)
    if function is None or function.type not in ctx.shapes.expressions | ctx.shapes.lambdas:
        return
    name = symbol.name_span
    inside = span_of(function).covers(name)
    for one in ancestors(function):
        if one.type in ctx.shapes.calls or one.type.endswith(("arguments", "argument_list")):
            raise Refused(f"`{symbol.name}` is passed on where it is defined.")
        if inside or (one.start_byte <= name.start and name.end <= one.end_byte):
            if one.child_by_field_name("type") is not None:
                raise Refused(f"The type of `{symbol.name}` says its parameters.")
            return


def _items(
    ctx: RefactorContext, symbol: Symbol, signature: Signature, found: Node
) -> Iterator[Item]:
    headers = ctx.shapes.headers
    marks = {headers.keyword_mark, headers.positional_mark} - {""}
    entries: list[tuple[Span, Span | None, str, int]] = []
    for run in _runs(ctx, found):
        names = [
            child
            for child in (run[0].children if len(run) == 1 else ())
            if _field(run[0], child) == "name"
        ]
        span = Span(run[0].start_byte, run[-1].end_byte)
        if len(names) > 1:
            kind = ctx.text[names[-1].end_byte : span.end].decode("utf-8", "replace")
            for name in names:
                end = span.end if name.id == names[-1].id else name.end_byte
                text = f"{ctx.source(name)}{kind}"
                entries.append((Span(name.start_byte, end), span_of(name), text, span.start))
        else:
            entries.append((span, None, ctx.source(span), -1))
    is_mark = [
        text in marks or (headers.last_mark != "" and text.startswith(headers.last_mark))
        for _, _, text, _ in entries
    ]
    if [text for _, _, text, _ in entries] == ["void"]:
        return
    wanted = list(range(len(signature.parameters)))
    count = len(entries) - sum(is_mark)
    if len(wanted) == count + 1 and signature.parameters[0].kind is ParameterKind.RECEIVER:
        wanted = wanted[1:]
    if len(wanted) != count:
        raise Refused(f"The parameters of `{symbol.name}` cannot be read.")
    indexes = iter(wanted)
    for (span, place, text, group), mark in zip(entries, is_mark, strict=True):
        index = -1 if mark else next(indexes)
        if index >= 0 and place is None:
            place = _name_in(ctx, span, signature.parameters[index].name)
        yield Item(span, index, text, place, group)


def _runs(ctx: RefactorContext, found: Node) -> Iterator[list[Node]]:
    """What stands between the commas of a list, comments left out."""
    if found.type not in ctx.shapes.headers.lists:
        yield [found]
        return
    run: list[Node] = []
    for child in found.children:
        if child.type == ",":
            if run:
                yield run
            run = []
        elif child.type in ctx.shapes.comments:
            continue
        elif child.type not in ("(", ")") and child.end_byte > child.start_byte:
            run.append(child)
    if run:
        yield run


def _field(parent: Node, child: Node) -> str:
    for index, one in enumerate(parent.children):
        if one.id == child.id:
            return parent.field_name_for_child(index) or ""
    return ""


def _name_in(ctx: RefactorContext, span: Span, name: str) -> Span | None:
    wanted = bare(name)
    if not wanted:
        return None
    for index in ctx.facts.references_in(span):
        one = ctx.facts.reference(index)
        if one.role in (Role.BIND, Role.DEFINE) and bare(one.name) == wanted:
            return one.span
    return None


# The edits.


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry of a new list: `item` is the old one that it was, -1 for a new one."""

    item: int
    text: str


def new_text(header: Header, item: Item, new: NewParameter, old: Parameter) -> str:
    """An entry with another name, type or default value, as little changed as can be."""
    text, headers = item.text, header.ctx.shapes.headers
    if new.type == old.annotation and new.default == old.default:
        return _renamed(item, old.name, new.name)
    if new.type == old.annotation and not new.default:
        cut = re.sub(r"\s*=\s*" + re.escape(old.default) + r"\s*\Z", "", text)
        if cut != text:
            return _renamed(Item(item.span, item.index, cut, item.name), old.name, new.name)
    plain = headers.write(NewParameter(old.name, old.annotation, old.default))
    if "".join(plain.split()) != "".join(text.split()):
        raise Refused(f"`{old.name}` is declared in a way that cannot be written anew.")
    return headers.write(new)


def _renamed(item: Item, old: str, new: str) -> str:
    if bare(old) == bare(new):
        return item.text
    word = re.compile(rf"(?<![\w$@]){re.escape(bare(old))}(?!\w)")
    found = list(word.finditer(item.text)) or list(
        re.finditer(rf"(?<!\w){re.escape(bare(old))}(?!\w)", item.text)
    )
    if len(found) != 1:
        raise Refused(f"`{old}` is declared in a way that cannot be written anew.")
    return item.text[: found[0].start()] + bare(new) + item.text[found[0].end() :]


def with_marks(
    header: Header, entries: Sequence[Entry], kinds: Sequence[ParameterKind]
) -> list[Entry]:
    """The entries with the marks between them that their kinds ask for."""
    headers = header.ctx.shapes.headers
    known = {one.text: at for at, one in enumerate(header.items) if one.index < 0}
    found: list[Entry] = []
    marked = False
    last_only = max(
        (at for at, kind in enumerate(kinds) if kind is ParameterKind.POSITIONAL_ONLY), default=-1
    )
    for at, (entry, kind) in enumerate(zip(entries, kinds, strict=True)):
        if kind is ParameterKind.VARIADIC:
            marked = True
        elif kind is ParameterKind.KEYWORD_ONLY and headers.keyword_mark and not marked:
            marked = True
            found.append(Entry(known.get(headers.keyword_mark, -1), headers.keyword_mark))
        found.append(entry)
        if at == last_only and headers.positional_mark:
            found.append(Entry(known.get(headers.positional_mark, -1), headers.positional_mark))
    last = headers.last_mark
    if last:
        found.extend(Entry(at, text) for text, at in known.items() if text.startswith(last))
    return found


def relisted(header: Header, entries: Sequence[Entry]) -> tuple[TextEdit, ...]:
    """The edits that turn the list of parameters into another one, its layout kept."""
    ctx, items = header.ctx, header.items
    texts = _texts(header, entries)
    if not texts:
        return _emptied(header)
    if not items:
        return _filled(header, ", ".join(texts))
    kept = sorted(one.item for one in entries if one.item >= 0)
    if not kept:
        return _filled(header, ", ".join(texts))
    separator = _separator(header)
    slots = ["" for _ in kept]
    at = -1
    before: list[str] = []
    for entry, text in zip(entries, texts, strict=True):
        if entry.item >= 0:
            at += 1
            slots[at] = separator.join([*before, text])
            before = []
        elif at < 0:
            before.append(text)
        else:
            slots[at] += separator + text
    edits = [
        TextEdit(items[one].span, text)
        for one, text in zip(kept, slots, strict=True)
        if ctx.source(items[one].span) != text
    ]
    if not header.bracketed and len(texts) > 1 and header.list_span == items[0].span:
        edits = [TextEdit(items[0].span, f"({separator.join(texts)})")]
    gone = [one for one in range(len(items)) if one not in set(kept)]
    edits.extend(_removed(header, gone))
    return tuple(sorted(edits, key=lambda edit: (edit.span.start, edit.span.end)))


def _texts(header: Header, entries: Sequence[Entry]) -> list[str]:
    """The entries as written: a type that neighbours of one group share is written once."""
    found: list[str] = []
    for at, entry in enumerate(entries):
        item = header.items[entry.item] if entry.item >= 0 else None
        following = entries[at + 1] if at + 1 < len(entries) else None
        if item is not None and item.group >= 0 and following is not None and following.item >= 0:
            other = header.items[following.item]
            same = other.group == item.group and following.text == other.text
            if same and entry.text == item.text and item.name is not None:
                found.append(header.ctx.source(item.name))
                continue
        found.append(entry.text)
    return found


def _separator(header: Header) -> str:
    text, items = header.ctx.text, header.items
    if len(items) > 1:
        gap = text[items[0].span.end : items[1].span.start].decode("utf-8", "replace")
        return gap if not gap.replace(",", "", 1).strip() else ", "
    if starts_line(text, items[0].span.start):
        start = line_start(text, items[0].span.start)
        return "," + newline_of(text) + text[start : items[0].span.start].decode()
    return ", "


def _filled(header: Header, text: str) -> tuple[TextEdit, ...]:
    if not header.bracketed:
        return (TextEdit(header.list_span, f"({text})"),)
    inside = Span(header.list_span.start + 1, header.list_span.end - 1)
    return (TextEdit(inside, text),)


def _emptied(header: Header) -> tuple[TextEdit, ...]:
    empty = header.ctx.shapes.headers.empty
    if not header.items:
        return ()
    if not empty and not header.bracketed:
        start = header.list_span.start
        while header.ctx.text[start - 1 : start] == b" ":
            start -= 1
        return (TextEdit(Span(start, header.list_span.end), ""),)
    inside = header.ctx.text[header.list_span.start : header.list_span.end]
    if _comments(header, 0, len(header.items) - 1) or b"//" in inside or b"/*" in inside:
        raise Refused("A comment stands between the parameters.")
    return (TextEdit(header.list_span, empty if header.bracketed else "()"),)


def _comments(header: Header, first: int, last: int) -> bool:
    """Whether something but a comma stands between the entries `first` to `last`."""
    text, items = header.ctx.text, header.items
    return any(
        text[items[at].span.end : items[at + 1].span.start].strip() not in (b",", b"")
        for at in range(first, last)
    )


def _removed(header: Header, gone: Sequence[int]) -> Iterator[TextEdit]:
    text, items = header.ctx.text, header.items
    runs: list[tuple[int, int]] = []
    for at in gone:
        if runs and runs[-1][1] == at - 1:
            runs[-1] = (runs[-1][0], at)
        else:
            runs.append((at, at))
    for first, last in runs:
        span = Span(items[first].span.start, items[last].span.end)
        end = _behind_comma(header, span.end)
        if starts_line(text, span.start) and _own_lines(header, end):
            yield TextEdit(Span(line_start(text, span.start), next_line(text, end)), "")
            if last + 1 == len(items) and first > 0 and end == span.end:
                comma = text.find(b",", items[first - 1].span.end, span.start)
                yield TextEdit(Span(comma, comma + 1), "")
            continue
        if _comments(header, max(first - 1, 0), min(last + 1, len(items) - 1)):
            raise Refused("A comment stands between the parameters.")
        if last + 1 < len(items):
            yield TextEdit(Span(span.start, items[last + 1].span.start), "")
        else:
            yield TextEdit(Span(items[first - 1].span.end, span.end), "")


def _behind_comma(header: Header, offset: int) -> int:
    text = header.ctx.text
    at = offset
    while text[at : at + 1] in (b" ", b"\t"):
        at += 1
    return at + 1 if text[at : at + 1] == b"," else offset


def _own_lines(header: Header, end: int) -> bool:
    """Whether nothing but a comment follows on the line; the list goes on below it."""
    ctx = header.ctx
    if next_line(ctx.text, end) > header.list_span.end:
        return False
    if ends_line(ctx.text, end):
        return True
    at = end
    while ctx.text[at : at + 1] in (b" ", b"\t"):
        at += 1
    node = ctx.parsed.root.named_descendant_for_byte_range(at, at + 1)
    return (
        node is not None and node.type in ctx.shapes.comments and ends_line(ctx.text, node.end_byte)
    )
