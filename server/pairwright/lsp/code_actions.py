"""`textDocument/codeAction` and `codeAction/resolve`.

Owns which producers are asked, in which kinds, and that an edit is only made for the text it was
offered for. A list is made from the snapshot alone; the edit is computed when it is chosen, or at
once for a client that
cannot resolve.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from lsprotocol import types

from pairwright.errors import BadArgument, StaleDocument, UserError
from pairwright.features.context import ActionProducer, ActionRequest, Context, Offer
from pairwright.features.registry import ACTIONS
from pairwright.lsp.convert import Places, span_of, workspace_edit
from pairwright.lsp.diagnostics import Held, moved
from pairwright.lsp.new_names import RENAME_AT, place_to_rename
from pairwright.lsp.server import Encoded
from pairwright_analyzers.text import LineIndex
from pairwright_analyzers.types import Finding, SourceChange, Span

if TYPE_CHECKING:
    from pairwright.lsp.client import Client
    from pairwright.lsp.families import PairwrightServer as Server
    from pairwright.session import Document, RootSnapshot, Snapshot
    from pairwright.tasks import CancelToken, Progress

_log = logging.getLogger(__name__)

KINDS = tuple(dict.fromkeys(kind for producer in ACTIONS for kind in producer.kinds))

_PRODUCERS = {producer.id: producer for producer in ACTIONS}


async def code_action(
    server: Server, snapshot: Snapshot, params: types.CodeActionParams
) -> Encoded | None:
    """`textDocument/codeAction`."""
    uri = params.text_document.uri
    document = snapshot.documents.get(uri)
    if document is None or document.root is None:
        return None
    wanted = _wanted_kinds(params.context)
    asked = ActionRequest(document.relative, Span(0, 0), (), (), wanted)
    unasked = params.context.trigger_kind == types.CodeActionTriggerKind.Automatic
    producers = [
        producer
        for producer in ACTIONS
        if any(map(asked.wants, producer.kinds)) and (producer.unasked or not unasked)
    ]
    if not producers:
        return Encoded("[]")
    snapshot = await server.documents.settled(snapshot, uri)
    document = snapshot.documents[uri]
    root = snapshot.root_of(document.root)
    if root is None:
        return None
    held = server.reviews.held(uri)
    settled_root, settled_document = root, document

    def work(token: CancelToken, progress: Progress) -> object:
        ctx = server.context(snapshot, settled_root, token, progress)
        request, shown = _request(settled_document, params, held, server, wanted)
        actions: list[types.CodeAction | types.Command] = []
        for producer in producers:
            offers: Sequence[Offer] = ()
            with server.isolated(f"action `{producer.id}`"):
                offers = producer.offers(ctx, request)
            for offer in offers:
                if request.wants(offer.kind):
                    action = _action(
                        server,
                        ctx,
                        snapshot,
                        settled_root,
                        settled_document,
                        producer,
                        offer,
                        shown,
                    )
                    if action is not None:
                        actions.append(action)
        return actions

    return await server.compute(work)


def _wanted_kinds(context: types.CodeActionContext) -> Sequence[str] | None:
    """The kinds asked for, None for all; a lightbulb that nobody clicked gets quick fixes alone."""
    only = [str(getattr(kind, "value", kind)) for kind in context.only or ()]
    if only:
        return only
    if context.trigger_kind == types.CodeActionTriggerKind.Automatic:
        return [types.CodeActionKind.QuickFix.value]
    return None


def _request(
    document: Document,
    params: types.CodeActionParams,
    held: Held | None,
    server: Server,
    wanted: Sequence[str] | None,
) -> tuple[ActionRequest, Mapping[int, types.Diagnostic]]:
    """What is asked, and the diagnostic of each finding by the finding's identity."""
    span = span_of(document.lines, params.range, server.client.encoding)
    if held is None:
        return ActionRequest(document.relative, span, (), (), wanted), {}
    if held.text == document.text:
        findings: Sequence[Finding] = held.findings
        shown = {
            id(finding): diagnostic
            for finding, diagnostic in zip(held.findings, held.diagnostics, strict=True)
        }
    else:
        findings, shown = moved(held.findings, held.text, document.text), {}
    touched = [one for one in findings if _touches(one.location.span, span, document.lines)]
    return ActionRequest(document.relative, span, touched, findings, wanted), shown


def _touches(place: Span, span: Span, lines: LineIndex) -> bool:
    """Whether a selection reaches a finding; a bare cursor reaches all on its line."""
    if len(span) == 0:
        line = lines.line_of(span.start)
        return lines.line_of(place.start) <= line <= lines.line_of(max(place.start, place.end - 1))
    return place.start <= span.end and span.start <= place.end


def _action(
    server: Server,
    ctx: Context,
    snapshot: Snapshot,
    root: RootSnapshot,
    document: Document,
    producer: ActionProducer,
    offer: Offer,
    shown: Mapping[int, types.Diagnostic],
) -> types.CodeAction | types.Command | None:
    client = server.client
    command = _command(offer, document, server) if offer.command else None
    if not client.code_action_literals:
        # Before 3.8 there were commands only; an edit has no form there.
        return command
    action = types.CodeAction(offer.title, offer.kind)
    if offer.finding is not None and id(offer.finding) in shown:
        action.diagnostics = [shown[id(offer.finding)]]
    if offer.preferred and client.code_action_preferred:
        action.is_preferred = True
    if offer.disabled:
        if not client.code_action_disabled:
            return None
        action.disabled = types.CodeActionDisabled(offer.disabled)
        return action
    if command is not None:
        action.command = command
        return action
    if client.code_action_resolve and client.code_action_data:
        action.data = {
            "id": producer.id,
            "uri": document.uri,
            "version": document.version,
            "title": offer.title,
            "offer": dict(offer.data),
        }
        return action
    assert producer.resolve is not None
    with server.isolated(f"action `{producer.id}`"):
        try:
            change = producer.resolve(ctx, document.relative, offer.data)
            _fill(action, change, Places.of(snapshot, root, client.encoding), client)
        except UserError as error:
            # Not to be had just now; the other actions are.
            _log.info("%s: %s", offer.title, error)
    return action if action.edit is not None else None


def _fill(action: types.CodeAction, change: SourceChange, places: Places, client: Client) -> None:
    """Give an action its edit, and what lets the person change a name that it chose."""
    action.edit = workspace_edit(change, places, client, action.title)
    place = place_to_rename(change, places, client)
    if place is not None and client.rename_at:
        action.command = types.Command("Rename", RENAME_AT, arguments=[place.uri, place.position])


def _command(offer: Offer, document: Document, server: Server) -> types.Command:
    argument = dict(offer.data)
    offset = argument.pop("offset", None)
    if isinstance(offset, int):
        line, column = document.lines.position(offset, server.client.encoding)
        argument["uri"] = document.uri
        argument["position"] = {"line": line, "character": column}
    return types.Command(offer.title, offer.command, arguments=[argument])


async def resolve(server: Server, snapshot: Snapshot, params: types.CodeAction) -> Encoded:
    """`codeAction/resolve`: the edit, or `ContentModified` when the text is another by now."""
    if params.edit is not None or params.command is not None:
        return Encoded(server.protocol.encode(params))
    data = params.data
    if not isinstance(data, Mapping):
        raise BadArgument("The action has no `data`", "Send it as it was offered.")
    producer = _PRODUCERS.get(str(data.get("id")))
    uri, offer = data.get("uri"), data.get("offer")
    if producer is None or producer.resolve is None or not isinstance(uri, str):
        raise BadArgument("The action's `data` is not of this server", "Send it as it was offered.")
    if not isinstance(offer, Mapping):
        raise BadArgument("The action's `data.offer` is missing", "Send it as it was offered.")
    document = snapshot.documents.get(uri)
    if document is None or document.version != data.get("version"):
        raise StaleDocument(
            "The document has changed since the action was offered.", "Ask for the actions again."
        )
    # An edit may reach into any of them, as it stands in its buffer.
    snapshot = await server.documents.all_settled(snapshot, document.root)
    root = snapshot.root_of(document.root)
    if root is None:
        raise StaleDocument("The document is in no workspace folder any more.", "Open it again.")
    compute_edit = producer.resolve

    def work(token: CancelToken, progress: Progress) -> types.CodeAction:
        ctx = server.context(snapshot, root, token, progress)
        change = compute_edit(ctx, document.relative, offer)
        _fill(params, change, Places.of(snapshot, root, server.client.encoding), server.client)
        return params

    encoded = await server.compute(work)
    now = server.session.document(uri)
    if now is None or now.version != document.version:
        raise StaleDocument(
            "The document changed while the edit was computed.", "Ask for the actions again."
        )
    return encoded
