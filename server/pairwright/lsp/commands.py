"""`workspace/executeCommand`: arguments checked, the command run with progress, its outcome carried
out.

Owns the checking of arguments against a command's dataclass and what each kind of outcome means to
the client. What a command does is in `pairwright.features`.
"""

from __future__ import annotations

import asyncio
import dataclasses
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_origin, get_type_hints

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from pairwright.errors import BadArgument, UserError
from pairwright.features.context import (
    Accepted,
    Command,
    CommandContext,
    Context,
    Edit,
    Found,
    Hits,
    NoArguments,
    Outcome,
    Place,
    Position,
    Rebuild,
    Reveal,
    Show,
    Value,
)
from pairwright.features.registry import COMMANDS
from pairwright.features.status import index_value
from pairwright.lsp.convert import Places, workspace_edit
from pairwright.lsp.new_names import NamedPlace, place_to_rename
from pairwright.lsp.progress import start_progress
from pairwright.lsp.search import answer_hits, send_partial
from pairwright.lsp.uris import path_of, uri_of
from pairwright.tasks import Progress

if TYPE_CHECKING:
    from pairwright.lsp.families import PairwrightServer as Server
    from pairwright.session import Snapshot
    from pairwright.tasks import CancelToken

_BY_NAME = {command.name: command for command in COMMANDS}

_OF_REPOSITORIES = tuple(
    f"pairwright.{area}." for area in ("commit", "conflicts", "history", "pr", "review")
)
"""Commands that would take a folder for one without a repository while it is being opened."""


async def execute_command(
    server: Server, snapshot: Snapshot, params: types.ExecuteCommandParams
) -> object:
    """`workspace/executeCommand`."""
    command = _BY_NAME.get(params.command)
    if command is None:
        raise BadArgument(
            f"There is no command `{params.command}`", "See the list of commands in the manual."
        )
    arguments = parsed_arguments(command, params.arguments)
    if command.name.startswith(_OF_REPOSITORIES):
        await server.roots.opened()
        snapshot = server.session.snapshot
    uri = getattr(arguments, "uri", None)
    if isinstance(uri, str) and uri:
        document = snapshot.documents.get(uri)
        root = document.root if document is not None else _root_of(snapshot, uri)
        snapshot = await server.documents.all_settled(snapshot, root)
    elif not isinstance(arguments, NoArguments):
        for one in snapshot.roots:
            snapshot = await server.documents.all_settled(snapshot, one.root)
    bar = None
    if command.progress:
        task = asyncio.current_task()
        assert task is not None
        bar = start_progress(server, command.progress, task.cancel, params.work_done_token)
    server.command_number += 1
    partial_token = getattr(arguments, "partial_result_token", None)
    try:
        outcome = await server.tasks.submit(
            ("command", server.command_number),
            lambda token, progress: command.run(
                _context(server, snapshot, token, progress, partial_token), arguments
            ),
            progress=bar,
        )
        return await _carried_out(server, snapshot, outcome)
    finally:
        if bar is not None:
            bar.end()


def _root_of(snapshot: Snapshot, uri: str) -> Path | None:
    path = path_of(uri)
    found = snapshot.locate(path) if path is not None else None
    return found[0].root if found is not None else None


def _context(
    server: Server,
    snapshot: Snapshot,
    token: CancelToken,
    progress: Progress,
    partial_token: types.ProgressToken | None,
) -> CommandContext:
    roots = [root for root in snapshot.roots if not root.loose]

    def locate(uri: str) -> Place | None:
        found = server.place(snapshot, uri, types.Position(0, 0))
        if found is None:
            return None
        root, path, _ = found

        def offset(position: Position) -> int:
            at = types.Position(position.line, position.character)
            place = server.place(snapshot, uri, at)
            return place[2] if place is not None else 0

        return Place(server.context(snapshot, root, token, progress), path, offset)

    def within(uri: str) -> tuple[Context, str] | None:
        path = path_of(uri)
        for root in roots:
            if path == root.root:
                return server.context(snapshot, root, token, progress), ""
        found = snapshot.locate(path) if path is not None else None
        if found is None:
            return None
        return server.context(snapshot, found[0], token, progress), found[1]

    def publish(hits: Hits) -> None:
        if partial_token is not None:
            send_partial(server, snapshot, hits, partial_token, token)

    return CommandContext(
        tuple(server.context(snapshot, root, token, progress) for root in roots),
        locate,
        within,
        server.status.current().health,
        server.settings.problems(),
        server.parts.log.text,
        publish,
    )


async def _carried_out(server: Server, snapshot: Snapshot, outcome: Outcome) -> object:
    match outcome:
        case Value():
            return outcome.json
        case Show():
            await server.pages.show(outcome.document)
            return {"document": dataclasses.asdict(outcome.document), **outcome.extra}
        case Hits():
            return await answer_hits(server, snapshot, outcome)
        case Edit():
            return {**await apply_edit(server, snapshot, outcome), **outcome.extra}
        case Reveal():
            uri = uri_of(outcome.root / outcome.path)
            await server.pages.reveal(uri, outcome.line)
            return {"uri": uri, "line": outcome.line, **outcome.extra}
        case Found():
            for path, found in outcome.findings.items():
                root = snapshot.root_of(path)
                if root is not None:
                    await server.reviews.take_all(snapshot, root, found)
            held = [found for by_path in outcome.findings.values() for found in by_path.values()]
            return {
                "findings": sum(map(len, held)),
                "files": len(held),
            }
        case Accepted():
            server.reviews.again()
            return outcome.json
        case Rebuild():
            await server.roots.rebuild()
            roots = server.session.snapshot.roots
            return index_value([root.status for root in roots if not root.loose])


async def apply_edit(server: Server, snapshot: Snapshot, edit: Edit) -> dict[str, object]:
    """Have the client apply an edit; answers whether it did, and where a rename is to start. Raises
    `StaleDocument` never: the client checks versions.
    """
    if not server.client.apply_edit:
        raise UserError(
            "The editor does not let a language server change files.",
            "Use the code action instead.",
        )
    root = snapshot.root_of(edit.root)
    if root is None:
        return {"applied": False}

    def converted(
        _token: CancelToken, _progress: Progress
    ) -> tuple[types.WorkspaceEdit, NamedPlace | None]:
        places = Places.of(snapshot, root, server.client.encoding)
        change = workspace_edit(edit.change, places, server.client, edit.label)
        return change, place_to_rename(edit.change, places, server.client)

    server.command_number += 1
    change, named = await server.tasks.submit(("command", server.command_number), converted)
    try:
        answer = await server.workspace_apply_edit_async(
            types.ApplyWorkspaceEditParams(change, edit.label)
        )
    except JsonRpcException as error:
        raise UserError(
            f"The editor refused the edit: {error.message}", "Undo nothing; try again."
        ) from None
    if named is None or not answer.applied:
        return {"applied": answer.applied}
    position = {"line": named.position.line, "character": named.position.character}
    return {"applied": True, "named": {"uri": named.uri, "position": position}}


# Arguments.


def parsed_arguments(command: Command, arguments: object) -> Any:
    """The one object a client sends as the command's dataclass. Raises `BadArgument` that names the
    field.
    """
    held = list(arguments) if isinstance(arguments, list | tuple) else []
    if len(held) > 1:
        raise BadArgument(
            f"`{command.name}` takes one object, not {len(held)} arguments",
            "Send its fields in one object.",
        )
    value = held[0] if held and held[0] is not None else {}
    return _structured(command.name, "", value, command.arguments)


def _structured(command: str, field: str, value: object, wanted: Any) -> Any:
    if dataclasses.is_dataclass(wanted) and isinstance(wanted, type):
        if not isinstance(value, Mapping):
            raise _mistyped(command, field, "an object", value)
        hints = get_type_hints(wanted)
        held = {}
        for one in dataclasses.fields(wanted):
            sent = one.metadata.get("name", one.name)
            name = f"{field}.{sent}" if field else sent
            if sent not in value and not _is_required(one):
                continue
            if sent not in value:
                raise BadArgument(
                    f"`{command}` needs the field `{name}`",
                    f"Send {_WORDS.get(hints[one.name], 'an object')} there.",
                )
            held[one.name] = _structured(command, name, value[sent], hints[one.name])
        return wanted(**held)
    if wanted is int:
        if isinstance(value, bool) or not isinstance(value, int) or value < 0:
            raise _mistyped(command, field, _WORDS[int], value)
        return value
    if wanted == int | str | None:
        if isinstance(value, bool) or not isinstance(value, int | str | None):
            raise _mistyped(command, field, "a number or a string", value)
        return value
    if get_origin(wanted) is Mapping:
        wanted = Mapping
    if not isinstance(value, wanted):
        raise _mistyped(command, field, _WORDS.get(wanted, "an object"), value)
    return value


def _is_required(one: dataclasses.Field[Any]) -> bool:
    missing = dataclasses.MISSING
    return one.default is missing and one.default_factory is missing


_WORDS: Mapping[Any, str] = {
    str: "a string",
    int: "a whole number, 0 or more",
    bool: "true or false",
}


def _mistyped(command: str, field: str, expected: str, value: object) -> BadArgument:
    what = f"the field `{field}` of `{command}`" if field else f"the argument of `{command}`"
    kind = {dict: "an object", list: "a list", type(None): "null"}.get(type(value), repr(value))
    return BadArgument(
        f"{what.capitalize() if not field else what} must be {expected}, not {kind[:60]}",
        "Correct it and try again.",
    )
