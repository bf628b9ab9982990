"""Refactorings as code actions and commands: what can be had at a selection, and the edit of one.

Owns which are offered, and that an edit only leaves for the texts it was made for, inside the
workspace folder, over files that can be written. What a refactoring does is in
`pairwright_analyzers.refactors`.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import Any

from pairwright.errors import BadArgument, Cancelled, Refusal, StaleDocument, UserError
from pairwright.features.context import (
    ActionProducer,
    ActionRequest,
    Command,
    CommandContext,
    Context,
    Edit,
    Offer,
    Place,
    Range,
    Value,
)
from pairwright.features.encodings import file_text
from pairwright_analyzers.refactors import (
    REFACTORS,
    Refactor,
    RefactorContext,
    Refused,
    offers_at,
    refactored,
)
from pairwright_analyzers.refactors import Offer as RefactorOffer
from pairwright_analyzers.syntax import parse_politely
from pairwright_analyzers.types import SourceChange, Span

APPLY = "pairwright.refactor.apply"
LIST = "pairwright.refactor.list"

KINDS = tuple(dict.fromkeys(refactor.kind for refactor in REFACTORS))

_BY_ID = {refactor.id: refactor for refactor in REFACTORS}


def refactor_named(identifier: str) -> Refactor:
    """A refactoring by its id. Raises `BadArgument`."""
    found = _BY_ID.get(identifier)
    if found is None:
        raise BadArgument(
            f"There is no refactoring `{identifier[:80]}`",
            "`docs/refactorings.md` and `pairwright refactor --list` name them all.",
        )
    return found


def selected(ctx: Context, path: str, span: Span) -> RefactorContext | None:
    """A selection as refactorings see it; None in a file whose language they do not know, or that
    is too large. The tree of an open document is used as it is.
    """
    tree = ctx.trees.get(path)
    text = ctx.graph.workspace.text(path)
    if tree is None or tree.text != text:
        spec = ctx.graph.spec(path)
        if spec is None or text is None or path in ctx.documents:
            return None
        tree = parse_politely(spec, text)
    end = len(tree.text)
    within = Span(min(span.start, end), min(span.end, end))
    return RefactorContext(ctx.graph, path, within, tree, ctx.check)


def offered(
    ctx: Context, held: RefactorContext, refactors: Sequence[Refactor]
) -> Iterator[tuple[Refactor, RefactorOffer]]:
    """What refactorings offer at a selection, in their order, those that are refused last. One that
    fails is reported and skipped.
    """
    refused: list[tuple[Refactor, RefactorOffer]] = []
    for refactor in refactors:
        ctx.check()
        offers: Sequence[RefactorOffer] = ()
        try:
            offers = offers_at(held, refactor)
        except (Cancelled, UserError):
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, it is this refactoring's
            ctx.report(f"refactoring `{refactor.id}`", error)
        for offer in offers:
            if offer.refused:
                refused.append((refactor, offer))
            else:
                yield refactor, offer
    yield from refused


def change_of(
    ctx: Context, path: str, span: Span, refactor: Refactor, arguments: Mapping[str, Any]
) -> SourceChange:
    """The edit of one refactoring at a selection, fit to be applied.

    Raises `Refusal` where it cannot be done safely, `StaleDocument` where a file is another by now.
    """
    held = selected(ctx, path, span)
    if held is None:
        raise Refusal(
            f"{path} is in no language that refactorings know, or too large",
            "Nothing was changed.",
        )
    try:
        result = refactored(held, refactor, arguments)
    except Refused as refused:
        raise Refusal(str(refused), "Nothing was changed.") from refused
    change = replace(result.change, named=result.change.named or result.named)
    if not (any(change.edits.values()) or change.creates or change.renames or change.deletes):
        raise Refusal("There is nothing to change here", "Nothing was changed.")
    _refuse_unfit(ctx, change)
    return change


# Whether an edit fits the files as they are.


def refuse_read_only(ctx: Context, change: SourceChange) -> None:
    """Raise `Refusal` for a change of a file that is not to be written."""
    for path in _files_before(change):
        if _is_read_only(ctx.root / path):
            raise Refusal(f"{path} is read-only", "Make it writable and try again.")


def _files_before(change: SourceChange) -> Iterable[str]:
    """The files of a change that are there before it."""
    return dict.fromkeys((*change.edits, *change.renames, *change.deletes))


def _refuse_unfit(ctx: Context, change: SourceChange) -> None:
    """Raise unless every file of a change is as it was read (`StaleDocument`), and new ones are
    inside the workspace folder and not there yet (`Refusal`).
    """
    known = ctx.graph.workspace.text
    for path in _files_before(change):
        ctx.check()
        document = ctx.documents.get(path)
        if document is None:
            current = _text_on_disk(ctx.root / path)
        else:
            current = document.text
        if current is None or current != known(path):
            raise StaleDocument(f"{path} has changed meanwhile.", "Try again in a moment.")
    gone = {*change.renames, *change.deletes}
    for path in (*change.creates, *change.renames.values()):
        place = PurePosixPath(path)
        if place.is_absolute() or not place.parts or ".." in place.parts or "\\" in path:
            raise Refusal(f"{path} is outside of the workspace folder", "Name a file inside of it.")
        if path not in gone and (path in ctx.documents or os.path.lexists(ctx.root / path)):
            raise Refusal(f"{path} is there already", "Choose another name.")


def _text_on_disk(path: Path) -> bytes | None:
    try:
        found = file_text(path.read_bytes())
    except OSError:
        return None
    return found.text if found is not None else None


def _is_read_only(path: Path) -> bool:
    """Whether a file says that it is not to be written; whoever may write all the same, should not
    by accident.
    """
    try:
        mode = path.stat().st_mode
    except OSError:
        # A document that was never saved.
        return False
    return not mode & 0o222 or not os.access(path, os.W_OK)


# Code actions.


def _offers(ctx: Context, request: ActionRequest) -> list[Offer]:
    settings = ctx.settings.refactor
    wanted = [
        refactor
        for refactor in REFACTORS
        if request.wants(refactor.kind) and refactor.id not in settings.disabled
    ]
    if not settings.enabled or not wanted:
        return []
    held = selected(ctx, request.path, request.span)
    if held is None:
        return []
    span = {"start": request.span.start, "end": request.span.end}
    return [
        Offer(
            offer.title,
            refactor.kind,
            {"refactoring": refactor.id, **span, "arguments": dict(offer.arguments)},
            disabled=offer.refused,
        )
        for refactor, offer in offered(ctx, held, wanted)
    ]


def _resolve(ctx: Context, path: str, data: Mapping[str, Any]) -> SourceChange:
    start, end, arguments = data.get("start"), data.get("end"), data.get("arguments")
    if not (isinstance(start, int) and isinstance(end, int) and isinstance(arguments, Mapping)):
        raise BadArgument("The action's `data` is not as it was", "Send it as it was offered.")
    if not 0 <= start <= end:
        raise BadArgument("The action's selection is none", "Send it as it was offered.")
    refactor = refactor_named(str(data.get("refactoring")))
    change = change_of(ctx, path, Span(start, end), refactor, arguments)
    refuse_read_only(ctx, change)
    return change


PRODUCER = ActionProducer("refactor", KINDS, _offers, _resolve, unasked=False)


# Commands.


@dataclass(frozen=True, slots=True)
class Selected:
    """A selection in a file; `end` equals `start` for a cursor."""

    uri: str
    range: Range


@dataclass(frozen=True, slots=True)
class Application:
    """One refactoring at a selection."""

    uri: str
    id: str
    range: Range
    arguments: Mapping[str, Any] = field(default_factory=dict)


def checked_arguments(
    refactor: Refactor, arguments: Mapping[str, Any], known: frozenset[str]
) -> Mapping[str, Any]:
    """The arguments as they are. Raises `BadArgument` for one that is missing, mistyped, or neither
    an option nor among `known`, which offers carry.
    """
    options = {option.name: option for option in refactor.options}
    for name, value in arguments.items():
        option = options.get(name)
        if option is None and name not in known:
            names = ", ".join(f"`{one}`" for one in options) or "none"
            raise BadArgument(
                f"`{refactor.id}` knows no argument `{name[:80]}`", f"It takes: {names}."
            )
        if option is not None and not _is_of(value, option.kind):
            raise BadArgument(
                f"`{name}` of `{refactor.id}` must be of the type {option.kind}, not {value!r:.60}",
                "Correct it and try again.",
            )
    for option in options.values():
        if option.required and arguments.get(option.name) in (None, ""):
            raise BadArgument(
                f"`{refactor.id}` needs the argument `{option.name}`", option.description
            )
    return arguments


def _is_of(value: object, kind: str) -> bool:
    match kind:
        case "string":
            return isinstance(value, str)
        case "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        case "boolean":
            return isinstance(value, bool)
        case _:
            return isinstance(value, list | tuple)


def arguments_offered(ctx: Context, held: RefactorContext, refactor: Refactor) -> frozenset[str]:
    """The names of the arguments that offers of a refactoring carry here."""
    return frozenset(
        name for _, offer in offered(ctx, held, (refactor,)) for name in offer.arguments
    )


def _span(place: Place, wanted: Range) -> Span:
    start, end = place.offset(wanted.start), place.offset(wanted.end)
    return Span(min(start, end), max(start, end))


def _apply(ctx: CommandContext, arguments: Application) -> Edit:
    refactor = refactor_named(arguments.id)
    place = ctx.place(arguments.uri)
    span = _span(place, arguments.range)
    held = selected(place.context, place.path, span)
    known = (
        arguments_offered(place.context, held, refactor)
        if held is not None and arguments.arguments
        else frozenset()
    )
    given = checked_arguments(refactor, arguments.arguments, known)
    change = change_of(place.context, place.path, span, refactor, given)
    refuse_read_only(place.context, change)
    if "name" in given:
        # Nobody has to be asked for another.
        change = replace(change, named=None)
    return Edit(place.context.root, refactor.title, change)


def offer_value(refactor: Refactor, offer: RefactorOffer) -> dict[str, Any]:
    """An offer as plain JSON; `refused` is "" where it can be had."""
    return {
        "id": refactor.id,
        "title": offer.title,
        "kind": refactor.kind,
        "arguments": dict(offer.arguments),
        "refused": offer.refused,
        "options": options_value(refactor),
    }


def options_value(refactor: Refactor) -> list[dict[str, Any]]:
    """The arguments that a refactoring takes, as plain JSON."""
    return [
        {
            "name": option.name,
            "kind": option.kind,
            "description": option.description,
            "required": option.required,
        }
        for option in refactor.options
    ]


def _list(ctx: CommandContext, arguments: Selected) -> Value:
    place = ctx.place(arguments.uri)
    held = selected(place.context, place.path, _span(place, arguments.range))
    found = offered(place.context, held, REFACTORS) if held is not None else ()
    return Value({"refactorings": [offer_value(refactor, offer) for refactor, offer in found]})


COMMANDS = (
    Command(
        LIST,
        "List refactorings",
        "The refactorings that can be had at a selection, with the arguments of each, and those "
        "that are refused with the reason.",
        Selected,
        _list,
        listed=False,
    ),
    Command(
        APPLY,
        "Refactor",
        "One refactoring at a selection, applied by the editor. `arguments` may be left out; what "
        "each takes is in `docs/refactorings.md`. A refusal says why in a sentence.",
        Application,
        _apply,
        "Refactoring",
        listed=False,
    ),
)
