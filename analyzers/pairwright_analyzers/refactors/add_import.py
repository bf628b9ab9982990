"""Import a name that is used and means nothing yet.

    print(Path("."))     ->     from pathlib import Path

                                print(Path("."))

Offered on such a name, for each place that it may come from: as other files of the workspace import
it, the usual way first, and where the workspace defines it. The import goes where the order of the
others has it, into one of the same module where there is one.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pairwright_analyzers.edits import apply_edits
from pairwright_analyzers.graph import SymbolId
from pairwright_analyzers.languages.imports import ImportStyle
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.imported import (
    changed,
    is_own,
    listed_names,
    style_of,
    with_text,
    wrapped_at,
)
from pairwright_analyzers.refactors.layout import (
    line_start,
    newline_of,
    next_line,
    starts_line,
    with_comments_above,
)
from pairwright_analyzers.refactors.model import (
    Offer,
    Option,
    Refactor,
    Refactored,
    Refused,
    number_argument,
    text_argument,
)
from pairwright_analyzers.types import Import, Reference, Role, Span, SymbolFlag, TextEdit

if TYPE_CHECKING:
    from tree_sitter import Node

LANGUAGES = frozenset(
    {"python", "javascript", "typescript", "typescriptreact", "go", "rust", "java", "php"}
)

_MAX_FILES = 120
_MAX_OFFERS = 5
_NO_SPAN = Span(0, 0)


def _missing(ctx: RefactorContext) -> Reference | None:
    """The name at the selection, where nothing binds it."""
    one = ctx.facts.reference_at(ctx.selection.start)
    if (
        one is None
        or one.member
        or one.role not in (Role.READ, Role.CALL, Role.ANNOTATE, Role.INHERIT)
    ):
        return None
    if one.name in ctx.spec.builtins or one.name in ctx.spec.receivers | ctx.spec.super_words:
        return None
    if ctx.bindings.lookup(one.name, one.start):
        return None
    return None if ctx.graph.resolver.resolve(ctx.path, one.index) else one


def _candidates(ctx: RefactorContext, name: str) -> list[Import]:
    """The imports that would bind a name, the likeliest first; `Import.module` is as this file
    would write it.
    """
    workspace, resolver = ctx.graph.workspace, ctx.graph.resolver
    counted: Counter[tuple[str, str, str, bool]] = Counter()
    style = style_of(ctx)
    for path in list(workspace.files_mentioning(name))[:_MAX_FILES]:
        ctx.check()
        spec, facts = ctx.graph.spec(path), workspace.facts(path)
        if facts is None or spec is None or spec.group != ctx.spec.group or path == ctx.path:
            continue
        for item in facts.imports:
            if item.alias != name or item.name == "*":
                continue
            module = item.module
            targets = resolver.targets(path, item)
            if item.level or module.startswith("."):
                if not targets:
                    continue
                if item.level and not item.module:
                    # `from . import x`: the module is the folder's.
                    module = ctx.graph.module_name(targets[0]).rpartition(".")[0]
                else:
                    module = _module_text(ctx, style, targets[0])
            if module and ctx.path not in targets:
                counted[module, item.name, item.alias, item.type_only] += 1
    if style.module_of is not None:
        for path in workspace.files_defining(name)[:_MAX_FILES]:
            if path == ctx.path or not _offers_name(ctx, path, name):
                continue
            module = _module_text(ctx, style, path)
            if module:
                counted[module, name, name, False] += 1
    return [
        Import(_NO_SPAN, module, what, alias, 0, _NO_SPAN, type_only=type_only)
        for (module, what, alias, type_only), _ in counted.most_common(_MAX_OFFERS)
    ]


def _offers_name(ctx: RefactorContext, path: str, name: str) -> bool:
    """Whether another file of the family has a name for others at its top."""
    spec, facts = ctx.graph.spec(path), ctx.graph.workspace.facts(path)
    if spec is None or facts is None or spec.group != ctx.spec.group:
        return False
    return any(
        facts.symbol_container(index) < 0
        and facts.symbol_flags(index) & SymbolFlag.EXPORTED
        and not ctx.graph.is_test(SymbolId(path, index))
        for index in facts.symbols_named(name)
    )


def _module_text(ctx: RefactorContext, style: ImportStyle, path: str) -> str:
    if style.module_of is None:
        return ""
    return style.module_of(ctx.path, path, ctx.graph.module_name(path))


def _offers(ctx: RefactorContext) -> Sequence[Offer]:
    one = _missing(ctx)
    if one is None:
        return ()
    return [
        Offer(_title(item), {"module": item.module, "choice": at})
        for at, item in enumerate(_candidates(ctx, one.name))
    ]


def _title(item: Import) -> str:
    if item.name in ("", "default"):
        return (
            f"Import `{item.alias}` from `{item.module}`"
            if item.name
            else f"Import `{item.module}`"
        )
    return f"Import `{item.name}` from `{item.module}`"


def _apply(ctx: RefactorContext, arguments: Mapping[str, Any]) -> Refactored:
    one = _missing(ctx)
    if one is None:
        raise Refused("No name that nothing binds stands here.")
    module = text_argument(arguments, "module")
    choice = number_argument(arguments, "choice", 0)
    found = _candidates(ctx, one.name)
    fitting = [item for item in found if not module or item.module == module]
    if module and not fitting:
        fitting = [Import(_NO_SPAN, module, one.name, one.name, 0, _NO_SPAN)]
    if not fitting:
        raise Refused(f"Where `{one.name}` comes from is not known.")
    item = found[choice] if choice < len(found) and found[choice] in fitting else fitting[0]
    return changed(ctx, with_import(ctx, item), frozenset({one.name, item.alias, item.name}))


def with_import(ctx: RefactorContext, item: Import, like: bytes = b"") -> bytes:
    """The text with one import more: in one of the same module, or on a line of its own. `like` is
    another text of the same hand, for one that is empty.
    """
    style = style_of(ctx)
    line_end = newline_of(ctx.text or like)
    statement = style.write(item, ctx.text or like)
    block = style.block(ctx.parsed.root)
    existing = _statements(ctx, style)
    if not existing:
        return _first(ctx, style, statement, line_end)
    if block is None and style.first_prefix:
        whole = _in_brackets(ctx, style, existing)
        if whole is not None:
            return with_import(whole, item, like)
    indent = ctx.text[line_start(ctx.text, existing[0].start_byte) : existing[0].start_byte]
    top = line_start(ctx.text, existing[0].start_byte)
    added = f"{indent.decode()}{statement}{line_end}"
    if block is None:
        added = f"{style.first_prefix}{statement}{line_end}"
    probe = with_text(ctx, apply_edits(ctx.text, [TextEdit(Span(top, top), added)]))
    new, *others = _statements(probe, style)
    joined = _joined(probe, style, new, others, item)
    if joined is not None:
        return joined
    return _placed(probe, style, new, others, line_end)


def _in_brackets(
    ctx: RefactorContext, style: ImportStyle, existing: Sequence[Node]
) -> RefactorContext | None:
    """The file with its one import in a block that others can be put into; None where that is not
    known.
    """
    only = existing[0]
    whole = only.parent
    if len(existing) > 1 or whole is None or whole.named_child_count != 1:
        return None
    end = newline_of(ctx.text)
    text = f"{style.first_prefix}({end}\t{ctx.source(only)}{end})"
    span = Span(whole.start_byte, whole.end_byte)
    after = with_text(ctx, apply_edits(ctx.text, [TextEdit(span, text)]))
    return after if style.block(after.parsed.root) is not None else None


def _first(ctx: RefactorContext, style: ImportStyle, statement: str, line_end: str) -> bytes:
    at = style.header(ctx.parsed.root, ctx.text)
    statement = style.first_prefix + statement
    rest = ctx.text[at:]
    above = ctx.text[:at].replace(b"\r", b"")
    before = "" if at == 0 or above.endswith(b"\n\n") else line_end
    behind = rest.replace(b"\r", b"")
    there = len(behind) - len(behind.lstrip(b"\n"))
    wanted = _lines_behind(ctx, at) if behind.strip() else 0
    after = line_end * max(wanted - there, 0)
    new = f"{before}{statement}{line_end}{after}"
    return apply_edits(ctx.text, [TextEdit(Span(at, at), new)])


def _lines_behind(ctx: RefactorContext, offset: int) -> int:
    """How many empty lines stand between the imports and what follows them."""
    for child in ctx.parsed.root.named_children:
        if child.start_byte < offset or child.type in ctx.shapes.comments:
            continue
        kinds = ctx.shapes.functions | ctx.shapes.classes
        inner = child.named_children[-1] if child.named_child_count else child
        if child.type in kinds or inner.type in kinds:
            return max(ctx.shapes.writing.blank_lines, 1)
        break
    return 1


def _statements(ctx: RefactorContext, style: ImportStyle) -> list[Node]:
    """The imports at the top of the file, in text order; those in the block where there is one."""
    holder = style.block(ctx.parsed.root) or ctx.parsed.root
    found = []
    for node in holder.named_children:
        if node.type in style.statements and starts_line(ctx.text, node.start_byte):
            if not style.barrier(node, ctx.text):
                found.append(node)
        elif node.named_child_count == 1 and node.named_children[0].type in style.statements:
            found.append(node.named_children[0])
        elif found and node.type not in ctx.shapes.comments and node.type not in style.statements:
            break
    return found


def _joined(
    ctx: RefactorContext, style: ImportStyle, new: Node, others: Sequence[Node], item: Import
) -> bytes | None:
    """The text with a name put into an import of the same module; None where there is none."""
    if not item.name or item.name == "default" or not style.lists:
        return None
    order = style.order(new, ctx.text, lambda node: is_own(ctx, node))
    for node in others:
        if style.order(node, ctx.text, lambda one: is_own(ctx, one)) != order:
            continue
        names = listed_names(ctx, style, node)
        ours = listed_names(ctx, style, new)
        if not names or not ours or names[0].type != ours[0].type:
            continue
        kinds = {one.type for one in node.children if not one.is_named}
        if item.type_only != ("type" in kinds):
            continue
        written = ctx.source(ours[0])
        texts = [ctx.source(one) for one in names]
        key = style.name_order
        at = len(names)
        if key is not None and texts == sorted(texts, key=key):
            at = sum(key(text) <= key(written) for text in texts)
        lines = Span(line_start(ctx.text, new.start_byte), next_line(ctx.text, new.end_byte))
        if at < len(names):
            place, text = names[at].start_byte, f"{written}, "
            if starts_line(ctx.text, place):
                head = ctx.text[line_start(ctx.text, place) : place].decode()
                text = f"{written},{newline_of(ctx.text)}{head}"
        else:
            place, text = names[-1].end_byte, f", {written}"
            if starts_line(ctx.text, names[-1].start_byte):
                start = names[-1].start_byte
                head = ctx.text[line_start(ctx.text, start) : start].decode()
                text = f",{newline_of(ctx.text)}{head}{written}"
        made = with_text(
            ctx, apply_edits(ctx.text, [TextEdit(lines, ""), TextEdit(Span(place, place), text)])
        )
        return wrapped_at(made, node.start_byte - len(lines)).text
    return None


def _placed(
    ctx: RefactorContext, style: ImportStyle, new: Node, others: Sequence[Node], line_end: str
) -> bytes:
    """The text with the new import, now the first one, where the order has it."""

    def order(node: Node) -> tuple[int, tuple[str, ...]]:
        return style.order(node, ctx.text, lambda one: is_own(ctx, one))

    own = order(new)
    after = [node for node in others if order(node) <= own]
    start, end = line_start(ctx.text, new.start_byte), next_line(ctx.text, new.end_byte)
    line = ctx.text[start:end].decode()
    moved = [TextEdit(Span(start, end), "")]
    if not after:
        if style.regroups and order(others[0])[0] != own[0]:
            return apply_edits(ctx.text, [TextEdit(Span(end, end), line_end)])
        return ctx.text
    place = next_line(ctx.text, after[-1].end_byte)
    before_text = line_end if style.regroups and order(after[-1])[0] != own[0] else ""
    behind = others[len(after)] if len(after) < len(others) else None
    gap = behind is not None and not ctx.text[place : next_line(ctx.text, place)].strip()
    if gap and before_text and behind is not None and order(behind)[0] == own[0]:
        # The first of a group that is there already.
        place, before_text = line_start(ctx.text, with_comments_above(ctx, behind)), ""
    after_text = ""
    if style.regroups and behind is not None and order(behind)[0] != own[0] and not gap:
        after_text = line_end
    moved.append(TextEdit(Span(place, place), before_text + line + after_text))
    return apply_edits(ctx.text, moved)


REFACTOR = Refactor(
    "imports.add_missing",
    "Add missing import",
    "quickfix.pairwright.add_import",
    LANGUAGES,
    _offers,
    _apply,
    __doc__ or "",
    (
        Option("module", "string", "The module to import from, as the file would write it."),
        Option("choice", "integer", "Which of the offered imports, from 0."),
    ),
)
