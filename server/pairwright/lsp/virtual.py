"""Documents that exist only here: shown by the client itself, through 3.18's content request, or
from a file.

Owns their texts while the server lives. A client that can do none of it still gets the text in a
command's answer.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from pairwright.features.context import VirtualDocument
from pairwright.lsp.uris import uri_of

if TYPE_CHECKING:
    from pairwright.lsp.families import PairwrightServer as Server
    from pairwright.session import Snapshot

_log = logging.getLogger(__name__)

_KEPT = 100


class Pages:
    """The documents that were shown, by URI; the oldest are forgotten first. Lives on the loop
    thread.
    """

    def __init__(self, server: Server) -> None:
        self._server = server
        self._pages: dict[str, VirtualDocument] = {}

    def text(self, uri: str) -> str | None:
        """The text of a document, or None when it was never shown."""
        page = self._pages.get(uri)
        return page.text if page is not None else None

    async def show(self, page: VirtualDocument) -> None:
        """Put a document before the person, by the best means the client has."""
        server = self._server
        before = self._pages.pop(page.uri, None)
        self._pages[page.uri] = page
        while len(self._pages) > _KEPT:
            del self._pages[next(iter(self._pages))]
        client = server.client
        if client.text_document_content and before is not None and before.text != page.text:
            server.spawn("refreshing a document", self._refresh(page.uri))
        if client.virtual_documents or not client.show_document:
            return
        uri = page.uri
        if not client.text_document_content:
            path = await server.tasks.submit(
                ("page", page.uri), lambda _token, _progress: server.parts.write_page(page)
            )
            uri = uri_of(path)
        server.spawn("showing a document", self._show(uri))

    async def reveal(self, uri: str, line: int) -> None:
        """Put the start of a line of a file, from 0, before the person, where the client can."""
        if self._server.client.show_document:
            place = types.Position(line, 0)
            self._server.spawn("showing a place", self._show(uri, types.Range(place, place)))

    async def _show(self, uri: str, selection: types.Range | None = None) -> None:
        try:
            await self._server.window_show_document_async(
                types.ShowDocumentParams(uri, take_focus=True, selection=selection)
            )
        except JsonRpcException as error:
            _log.info("the editor did not show %s: %s", uri, error)

    async def _refresh(self, uri: str) -> None:
        try:
            await self._server.workspace_text_document_content_refresh_async(
                types.TextDocumentContentRefreshParams(uri)
            )
        except JsonRpcException as error:
            _log.info("the editor did not read %s again: %s", uri, error)


def text_document_content(
    server: Server, _snapshot: Snapshot, params: types.TextDocumentContentParams
) -> types.TextDocumentContentResult:
    """`workspace/textDocumentContent` (LSP 3.18)."""
    from pairwright.features.registry import page_at

    text = server.pages.text(params.uri)
    if text is None:
        page = page_at(params.uri)
        text = (
            page.text
            if page is not None
            else "This page is no longer known. Run its command again.\n"
        )
    return types.TextDocumentContentResult(text)
