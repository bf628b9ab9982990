"""Merge conflicts: how each can be resolved, where the next one is, and all that are safe at once.

Owns where the common ancestor comes from and what is offered. How sides become one is in
`pairwright_analyzers.merge`. It must not know the protocol.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pairwright.errors import BadArgument, Refusal, StaleDocument
from pairwright.features.commits.files import FileClass, class_of
from pairwright.features.context import (
    ActionProducer,
    ActionRequest,
    Command,
    CommandContext,
    Context,
    Edit,
    NoArguments,
    Offer,
    Outcome,
    Position,
    Reveal,
    Value,
)
from pairwright.features.encodings import file_text
from pairwright_analyzers.languages import language_of
from pairwright_analyzers.merge.conflicts import Conflict, conflicts_in
from pairwright_analyzers.merge.resolutions import Choice, keep, merge, resolve_safely
from pairwright_analyzers.rules.merge_marker import ID as RULE
from pairwright_analyzers.rules.merge_marker import SIDES
from pairwright_analyzers.text import LineIndex
from pairwright_analyzers.types import SourceChange, TextEdit

KIND = "quickfix.pairwright.conflict"
NEXT = "pairwright.conflicts.next"
RESOLVE_ALL = "pairwright.conflicts.resolve_all_safe"

_TITLES = {
    **SIDES,
    Choice.BOTH: "Keep both sides, the first one first",
    Choice.MERGE: "Merge both sides by their syntax",
}
_MOST_BYTES = 8 << 20
_WRITTEN_BY_PROGRAMS = frozenset({FileClass.LOCK, FileClass.GENERATED})


def text_of(ctx: Context, path: str) -> bytes | None:
    """The text of a file, open or on disk, indexed or not; None for what is no text."""
    document = ctx.documents.get(path)
    if document is not None:
        return document.text
    place = ctx.root / path
    try:
        if not place.is_file() or place.is_symlink() or place.stat().st_size > _MOST_BYTES:
            return None
        found = file_text(place.read_bytes())
    except OSError:
        return None
    return found.text if found is not None else None


def ancestor_of(ctx: Context, path: str) -> bytes | None:
    """What both sides of an unmerged file started from, with the line ends of the file; None where
    git keeps no such thing, as for a file that both sides added.
    """
    if ctx.repo is None:
        return None
    inside = ctx.repo.path_of(ctx.root / path)
    stored = ctx.repo.index_text(inside, 1, _MOST_BYTES) if inside is not None else None
    found = file_text(stored) if stored is not None else None
    if found is None:
        return None
    text = text_of(ctx, path) or b""
    if b"\r\n" in text and b"\r" not in found.text:
        return found.text.replace(b"\n", b"\r\n")
    return found.text


def conflicted_files(ctx: Context) -> list[str]:
    """The files with conflicts, sorted: those that git calls unmerged and those that are open."""
    found = {path for path, document in ctx.documents.items() if conflicts_in(document.text)}
    if ctx.repo is not None:
        listed = ctx.repo.run("diff", "--name-only", "--diff-filter=U", "-z").output
        for name in os.fsdecode(listed).split("\0"):
            place = ctx.repo.root / name
            if name and place.is_relative_to(ctx.root):
                path = place.relative_to(ctx.root).as_posix()
                text = text_of(ctx, path)
                if text is not None and conflicts_in(text):
                    found.add(path)
    return sorted(found)


def resolved_safely(ctx: Context, path: str) -> tuple[tuple[TextEdit, ...], int]:
    """(edits of what nobody needs to look at, how many conflicts are left) in one file."""
    text = text_of(ctx, path) or b""
    # What a program writes may parse and still not be what the program would write.
    spec = None if class_of(path) in _WRITTEN_BY_PROGRAMS else language_of(path)
    edits, left = resolve_safely(spec, text, ancestor_of(ctx, path))
    return edits, len(left)


# Code actions.


def _offers(ctx: Context, request: ActionRequest) -> list[Offer]:
    document = ctx.documents.get(request.path)
    if document is None:
        return []
    text = document.text
    offers: list[Offer] = []
    found = next((finding for finding in request.findings if finding.rule == RULE), None)
    for conflict in conflicts_in(text):
        if not (conflict.span.overlaps(request.span) or conflict.span.contains(request.span.start)):
            continue
        # What the finding offers as its fixes is not offered again.
        for choice in (Choice.BOTH, Choice.MERGE) if found is not None else _TITLES:
            data = {"start": conflict.span.start, "choice": choice.value}
            offers.append(Offer(_TITLES[choice], KIND, data, found))
    return offers


def _resolve(ctx: Context, path: str, data: Mapping[str, Any]) -> SourceChange:
    text = text_of(ctx, path) or b""
    conflict = next(
        (one for one in conflicts_in(text) if one.span.start == data.get("start")), None
    )
    if conflict is None:
        raise StaleDocument("The conflict is gone.", "Ask for the actions again.")
    choice = str(data.get("choice"))
    if choice not in list(Choice):
        raise BadArgument("The action's `data` is not as it was", "Send it as it was offered.")
    return resolution(ctx, path, text, conflict, Choice(choice))


def resolution(
    ctx: Context, path: str, text: bytes, conflict: Conflict, choice: Choice
) -> SourceChange:
    """The edit that resolves one conflict. Raises `Refusal` where sides cannot be merged."""
    if choice is Choice.MERGE:
        found = merge(language_of(path), text, conflict, ancestor_of(ctx, path))
    else:
        found = keep(conflict, text, choice)
    if found.edits is None:
        raise Refusal(found.reason, "Keep one side, or write both together.")
    return SourceChange({path: found.edits}, certain=found.safe or choice in SIDES)


PRODUCER = ActionProducer("conflicts", (KIND,), _offers, _resolve)


# Commands.


@dataclass(frozen=True, slots=True)
class From:
    """A place to look from; `uri` may be left out, to look from the first file on."""

    uri: str = ""
    position: Position = field(default_factory=lambda: Position(0, 0))


def _next(ctx: CommandContext, arguments: From) -> Outcome:
    """The next conflict behind a place: in the same file, then in the others, then from the top."""
    here = ctx.within(arguments.uri) if arguments.uri else None
    places = [
        (root.root, path, line)
        for root in ctx.roots
        for path in conflicted_files(root)
        for line in _lines_of_conflicts(root, path)
    ]
    if not places:
        return Value({"left": 0})
    chosen = 0
    if here is not None:
        mark = (here[0].root, here[1], arguments.position.line)
        chosen = next((number for number, place in enumerate(places) if place > mark), 0)
    return Reveal(*places[chosen], {"left": len(places), "number": chosen + 1})


def _lines_of_conflicts(ctx: Context, path: str) -> list[int]:
    text = text_of(ctx, path) or b""
    lines = LineIndex(text)
    return [lines.line_of(conflict.span.start) for conflict in conflicts_in(text)]


def _resolve_all(ctx: CommandContext, _arguments: NoArguments) -> Outcome:
    for root in ctx.roots:
        edits: dict[str, tuple[TextEdit, ...]] = {}
        resolved = left = 0
        for path in conflicted_files(root):
            root.check()
            found, unsolved = resolved_safely(root, path)
            left += unsolved
            if found:
                edits[path] = found
                resolved += len(conflicts_in(text_of(root, path) or b"")) - unsolved
        if edits:
            noun = "conflict" if resolved == 1 else "conflicts"
            label = f"Resolve {resolved} {noun}"
            return Edit(root.root, label, SourceChange(edits), {"resolved": resolved, "left": left})
    return Value({"applied": False, "resolved": 0, "left": _left(ctx)})


def _left(ctx: CommandContext) -> int:
    return sum(
        len(conflicts_in(text_of(root, path) or b""))
        for root in ctx.roots
        for path in conflicted_files(root)
    )


COMMANDS = (
    Command(
        NEXT,
        "Go to the next conflict",
        "Shows the next merge conflict behind a place, then those of the other files. Answers with "
        "`{uri, line, left, number}`, or with `left` 0 when there is none.",
        From,
        _next,
    ),
    Command(
        RESOLVE_ALL,
        "Resolve all conflicts that are safe",
        "Resolves the merge conflicts that nobody needs to look at: both sides say the same, one "
        "changed nothing, or both added separate declarations or imports. Answers with `{applied, "
        "resolved, left}`.",
        NoArguments,
        _resolve_all,
        "Resolving conflicts",
    ),
)
