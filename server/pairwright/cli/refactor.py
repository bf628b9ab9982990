"""`pairwright refactor`."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pairwright.cli.changes import files_before, unified_diff, write_change
from pairwright.cli.terminal import progress_bar
from pairwright.errors import BadArgument, Refusal
from pairwright.features.refactor import (
    change_of,
    checked_arguments,
    offer_value,
    offered,
    options_value,
    refactor_named,
    refuse_read_only,
    selected,
)
from pairwright.workspace import OpenedRoot, open_root, root_around
from pairwright_analyzers.edits import apply_edits
from pairwright_analyzers.refactors import REFACTORS, Refactor
from pairwright_analyzers.refactors import Offer as RefactorOffer
from pairwright_analyzers.text import Encoding, LineIndex
from pairwright_analyzers.types import SourceChange, Span


def run(options: argparse.Namespace) -> int:
    """List refactorings, or do one."""
    if options.list and not options.what:
        _show_registry(options.json)
        return 0
    wanted = 1 if options.list else 2
    if len(options.what) != wanted:
        raise BadArgument(
            "`refactor --list` takes one FILE" if options.list else "`refactor` takes ID and FILE",
            "See `pairwright refactor --help`.",
        )
    refactor = None if options.list else refactor_named(options.what[0])
    root, path = root_around(Path(options.what[-1]))
    if not path:
        raise BadArgument(f"{options.what[-1]} is a folder", "Give a source file.")
    with progress_bar("Indexing") as progress:
        opened = open_root(root, progress=progress)
    with opened:
        span = _selection(opened, path, options)
        if refactor is None:
            _show_offers(opened, path, span, as_json=options.json)
        else:
            _carry_out(opened, path, span, refactor, options)
    return 0


# Lists.


def _show_registry(as_json: bool) -> None:
    if as_json:
        rows = [
            {
                "id": refactor.id,
                "title": refactor.title,
                "kind": refactor.kind,
                "languages": sorted(refactor.languages),
                "options": options_value(refactor),
            }
            for refactor in REFACTORS
        ]
        _print_json({"refactorings": rows})
        return
    width = max((len(refactor.id) for refactor in REFACTORS), default=0)
    for refactor in REFACTORS:
        print(f"{refactor.id:{width}}  {refactor.title}")


def _show_offers(opened: OpenedRoot, path: str, span: Span, *, as_json: bool) -> None:
    held = selected(opened.context, path, span)
    if held is None:
        raise Refusal(f"{path} is in no language that refactorings know", "Nothing was changed.")
    found = list(offered(opened.context, held, REFACTORS))
    if as_json:
        _print_json({"refactorings": [offer_value(refactor, offer) for refactor, offer in found]})
        return
    for refactor, offer in found:
        arguments = "".join(f" --arg {key}={_word(one)}" for key, one in offer.arguments.items())
        refused = f" (refused: {offer.refused})" if offer.refused else ""
        print(f"{refactor.id}{arguments}: {offer.title}{refused}")


def _word(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


# One refactoring.


def _selection(opened: OpenedRoot, path: str, options: argparse.Namespace) -> Span:
    text = opened.context.graph.workspace.text(path)
    if text is None:
        raise Refusal(f"{path} is not in the index: `pairwright doctor` says why", "See there.")
    lines = LineIndex(text)
    cursor: tuple[int, int] = options.at or (0, 0)
    start, end = options.range or (cursor, cursor)
    for line, _ in (start, end):
        if line >= lines.line_count:
            raise BadArgument(f"{path} has {lines.line_count} lines", "Check the place.")
    first = lines.offset(start[0], start[1], Encoding.UTF32)
    last = lines.offset(end[0], end[1], Encoding.UTF32)
    return Span(min(first, last), max(first, last))


def _carry_out(
    opened: OpenedRoot, path: str, span: Span, refactor: Refactor, options: argparse.Namespace
) -> None:
    ctx = opened.context
    held = selected(ctx, path, span)
    offers = (
        [offer for _, offer in offered(ctx, held, (refactor,)) if not offer.refused]
        if held is not None
        else []
    )
    given = _given(refactor, options)
    chosen = _chosen(offers, given)
    known = frozenset(name for offer in offers for name in offer.arguments)
    # As the lightbulb would do it: what is offered brings its arguments.
    arguments = {**(chosen.arguments if chosen is not None else {}), **given}
    title = chosen.title if chosen is not None else refactor.title
    try:
        change = change_of(ctx, path, span, refactor, checked_arguments(refactor, arguments, known))
        # Before the files are others.
        value = _change_value(opened, change, options)
        if options.write:
            refuse_read_only(ctx, change)
            write_change(ctx.root, change, ctx.graph.workspace.text)
    except Refusal as refusal:
        if options.json:
            _print_json({"id": refactor.id, "title": title, "refused": refusal.happened})
        raise
    if options.json:
        _print_json({"id": refactor.id, "title": title, **value})
    elif options.write:
        print(f"{title}: {_files(change)}")
    else:
        # Line ends are part of what is shown: a text stream might translate them.
        sys.stdout.flush()
        sys.stdout.buffer.write(value["diff"].encode("utf-8", "replace"))


def _given(refactor: Refactor, options: argparse.Namespace) -> dict[str, Any]:
    pairs = [*options.arg, *([("name", options.name)] if options.name is not None else [])]
    kinds = {option.name: option.kind for option in refactor.options}
    return {key: _value(value, kinds.get(key, "")) for key, value in pairs}


def _value(text: str, kind: str) -> Any:
    """An argument as the type that it is wanted in; what cannot be read as it stays a text."""
    if kind == "string":
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text.split(",") if kind == "array" else text


def _chosen(offers: Sequence[RefactorOffer], given: Mapping[str, Any]) -> RefactorOffer | None:
    """The first offer that says nothing else than what was given."""
    for offer in offers:
        if all(offer.arguments.get(key, value) == value for key, value in given.items()):
            return offer
    return None


def _diff(opened: OpenedRoot, change: SourceChange) -> str:
    text = opened.context.graph.workspace.text
    return unified_diff(change, {path: text(path) or b"" for path in files_before(change)})


def _named_value(opened: OpenedRoot, change: SourceChange) -> dict[str, Any] | None:
    """Where the name that was chosen stands afterwards."""
    if change.named is None:
        return None
    new = change.named.path
    old = next((one for one, name in change.renames.items() if name == new), new)
    if old in change.creates:
        text = change.creates[old].encode("utf-8", "surrogateescape")
    else:
        known = opened.context.graph.workspace.text(old) or b""
        text = apply_edits(known, change.edits.get(old, ()))
    span = change.named.span
    line, column = LineIndex(text).position(span.start, Encoding.UTF32)
    return {
        "name": text[span.start : span.end].decode("utf-8", "replace"),
        "file": change.renames.get(old, new),
        "line": line + 1,
        "column": column + 1,
    }


def _change_value(
    opened: OpenedRoot, change: SourceChange, options: argparse.Namespace
) -> dict[str, Any]:
    return {
        "root": str(opened.context.root),
        "written": options.write,
        "changed": sorted(path for path, edits in change.edits.items() if edits),
        "created": sorted(change.creates),
        "renamed": dict(change.renames),
        "deleted": list(change.deletes),
        "named": _named_value(opened, change),
        "diff": _diff(opened, change),
    }


def _files(change: SourceChange) -> str:
    names = [*change.edits, *change.creates, *change.renames.values(), *change.deletes]
    paths = [path for path in dict.fromkeys(names) if path not in change.renames]
    shown = ", ".join(paths[:5])
    return shown if len(paths) <= 5 else f"{shown} and {len(paths) - 5} more"


def _print_json(value: Mapping[str, Any]) -> None:
    json.dump(value, sys.stdout, indent=2)
    print()
