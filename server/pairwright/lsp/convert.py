"""Plain values <-> protocol values.

Owns every conversion of spans, URIs, symbols, findings and changes, in the position encoding that
was negotiated. It must not decide anything: what is shown is decided in `pairwright.features`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lsprotocol import types

from pairwright.errors import UserError
from pairwright.lsp.uris import uri_of
from pairwright.session import RootSnapshot, Snapshot
from pairwright_analyzers.text import Encoding, LineIndex
from pairwright_analyzers.types import Location, SourceChange, Span, SymbolKind

if TYPE_CHECKING:
    from pairwright.lsp.client import Client

SYMBOL_KINDS: Mapping[SymbolKind, types.SymbolKind] = {
    SymbolKind.MODULE: types.SymbolKind.Module,
    SymbolKind.NAMESPACE: types.SymbolKind.Namespace,
    SymbolKind.CLASS: types.SymbolKind.Class,
    SymbolKind.INTERFACE: types.SymbolKind.Interface,
    SymbolKind.STRUCT: types.SymbolKind.Struct,
    SymbolKind.ENUM: types.SymbolKind.Enum,
    SymbolKind.ENUM_MEMBER: types.SymbolKind.EnumMember,
    SymbolKind.TYPE: types.SymbolKind.TypeParameter,
    SymbolKind.FUNCTION: types.SymbolKind.Function,
    SymbolKind.METHOD: types.SymbolKind.Method,
    SymbolKind.CONSTRUCTOR: types.SymbolKind.Constructor,
    SymbolKind.PROPERTY: types.SymbolKind.Property,
    SymbolKind.FIELD: types.SymbolKind.Field,
    SymbolKind.VARIABLE: types.SymbolKind.Variable,
    SymbolKind.CONSTANT: types.SymbolKind.Constant,
    SymbolKind.MACRO: types.SymbolKind.Function,
    SymbolKind.TEST: types.SymbolKind.Function,
    SymbolKind.IMPLEMENTATION: types.SymbolKind.Object,
    SymbolKind.SECTION: types.SymbolKind.String,
    SymbolKind.KEY: types.SymbolKind.Key,
    SymbolKind.ELEMENT: types.SymbolKind.Struct,
    SymbolKind.SELECTOR: types.SymbolKind.Class,
}


def range_of(lines: LineIndex, span: Span, encoding: Encoding) -> types.Range:
    """A span as a range."""
    start_line, start_column = lines.position(span.start, encoding)
    end_line, end_column = lines.position(span.end, encoding)
    return types.Range(
        types.Position(start_line, start_column), types.Position(end_line, end_column)
    )


def span_of(lines: LineIndex, value: types.Range, encoding: Encoding) -> Span:
    """A range as a span, clamped to the text; one given backwards is turned around."""
    start = lines.offset(value.start.line, value.start.character, encoding)
    end = lines.offset(value.end.line, value.end.character, encoding)
    return Span(min(start, end), max(start, end))


@dataclass(slots=True)
class Places:
    """Turns locations of one root into the protocol's, keeping each file's line index for the next.

    A file that is not indexed is read from disk; one that is gone is answered with its first line.
    """

    snapshot: Snapshot
    root: RootSnapshot
    encoding: Encoding
    _lines: dict[str, LineIndex]
    _uris: dict[str, str]
    _versions: dict[str, int]
    _texts: dict[str, bytes]

    @classmethod
    def of(cls, snapshot: Snapshot, root: RootSnapshot, encoding: Encoding) -> Places:
        """For one request's answer."""
        lines: dict[str, LineIndex] = {}
        uris: dict[str, str] = {}
        versions: dict[str, int] = {}
        for document in snapshot.documents.values():
            if document.root == root.root:
                uris[document.relative] = document.uri
                versions[document.relative] = document.version
                # The view knows a text only once it was analysed, and files of no language never.
                if root.view.text(document.relative) in (None, document.text):
                    lines[document.relative] = document.lines
        return cls(snapshot, root, encoding, lines, uris, versions, {})

    def uri(self, path: str) -> str:
        """A file's URI, in the editor's spelling where it is open."""
        found = self._uris.get(path)
        if found is None:
            found = self._uris[path] = uri_of(self.root.root / path)
        return found

    def lines(self, path: str) -> LineIndex:
        """A file's line index."""
        found = self._lines.get(path)
        if found is None:
            found = self._lines[path] = LineIndex(self.text(path))
        return found

    def text(self, path: str) -> bytes:
        """A file's text, empty when it is gone."""
        found = self._texts.get(path)
        if found is None:
            text = self.root.view.text(path)
            if text is None:
                try:
                    text = (self.root.root / path).read_bytes()
                except OSError:
                    text = b""
            found = self._texts[path] = text
        return found

    def name_range(self, location: Location) -> types.Range:
        """The range of a name, which has no line break, without an index of its file's lines.

        For answers that take one place from each of very many files.
        """
        if location.path in self._lines:
            return self.range(location)
        text = self.text(location.path)
        span = location.span
        if b"\r" in text:
            return self.range(location)
        line = text.count(b"\n", 0, span.start)
        start = text.rfind(b"\n", 0, span.start) + 1
        # Of one line: the columns are those in the whole text.
        _, first = LineIndex(text[start : span.start]).position(span.start - start, self.encoding)
        _, last = LineIndex(text[start : span.end]).position(span.end - start, self.encoding)
        return types.Range(types.Position(line, first), types.Position(line, last))

    def version(self, path: str) -> int | None:
        """The version of an open document, None for a file that is not open."""
        return self._versions.get(path)

    def span(self, path: str, span: Span) -> types.Range:
        """A span of a file as a range."""
        return range_of(self.lines(path), span, self.encoding)

    def range(self, location: Location) -> types.Range:
        """A location's range."""
        return range_of(self.lines(location.path), location.span, self.encoding)

    def location(self, location: Location) -> types.Location:
        """A location with its URI."""
        return types.Location(self.uri(location.path), self.range(location))


def workspace_edit(
    change: SourceChange, places: Places, client: Client, label: str
) -> types.WorkspaceEdit:
    """A change as one edit: versioned and annotated where the client can, else plain.

    Reads the disk for files that are neither open nor indexed. Raises `UserError` where the client
    cannot create a file that the change needs.
    """
    edits = {
        path: [types.TextEdit(places.span(path, edit.span), edit.new_text) for edit in file_edits]
        for path, file_edits in change.edits.items()
        if file_edits
    }
    if not client.document_changes:
        if change.creates:
            raise UserError(
                "The editor cannot create files for a language server.",
                f"Create {', '.join(change.creates)} yourself and try again.",
            )
        return types.WorkspaceEdit(changes={places.uri(path): held for path, held in edits.items()})
    annotate = client.change_annotations
    several = len(edits) + len(change.creates) > 1
    operations: list[
        types.TextDocumentEdit | types.CreateFile | types.RenameFile | types.DeleteFile
    ] = []
    for path, text in change.creates.items():
        if "create" not in client.resource_operations:
            raise UserError(
                "The editor cannot create files for a language server.",
                f"Create {path} yourself and try again.",
            )
        start = types.Position(0, 0)
        operations.append(types.CreateFile(places.uri(path)))
        operations.append(
            _document_edit(
                places, path, [types.TextEdit(types.Range(start, start), text)], annotate
            )
        )
    operations.extend(_document_edit(places, path, held, annotate) for path, held in edits.items())
    annotations = None
    if annotate:
        # Files that are not in view deserve a look before they change, unless the change is
        # certain: VS Code asks for a tick at each.
        asked = several and not change.certain
        annotations = {_ANNOTATION: types.ChangeAnnotation(label, needs_confirmation=asked)}
    return types.WorkspaceEdit(document_changes=operations, change_annotations=annotations)


_ANNOTATION = "pairwright"


def _document_edit(
    places: Places, path: str, edits: list[types.TextEdit], annotate: bool
) -> types.TextDocumentEdit:
    held: list[types.TextEdit | types.AnnotatedTextEdit | types.SnippetTextEdit] = [
        types.AnnotatedTextEdit(_ANNOTATION, edit.range, edit.new_text) if annotate else edit
        for edit in edits
    ]
    identifier = types.OptionalVersionedTextDocumentIdentifier(
        places.uri(path), places.version(path)
    )
    return types.TextDocumentEdit(identifier, held)
