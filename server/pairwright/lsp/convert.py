"""Plain values <-> protocol values.

Owns every conversion of spans, URIs, symbols, findings and changes, in the position encoding that
was negotiated. It must not decide anything: what is shown is decided in `pairwright.features`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lsprotocol import types

from pairwright.errors import UserError
from pairwright.lsp.new_names import Snippet, snippet_of
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
    """A change as one edit: versioned and annotated where the client can, else plain. A name that
    it chose is a placeholder where the client has those. Texts change first, under their old names;
    then files are renamed, then deleted.

    Reads the disk for files that are neither open nor indexed. Raises `UserError` where the client
    cannot create, rename or delete a file as the change needs.
    """
    edits = {
        path: [types.TextEdit(places.span(path, edit.span), edit.new_text) for edit in file_edits]
        for path, file_edits in change.edits.items()
        if file_edits
    }
    _refuse_operations(change, client)
    if not client.document_changes:
        return types.WorkspaceEdit(changes={places.uri(path): held for path, held in edits.items()})
    annotation = _ANNOTATION if client.change_annotations else None
    on_files = _ON_FILES if client.change_annotations else None
    operations: list[
        types.TextDocumentEdit | types.CreateFile | types.RenameFile | types.DeleteFile
    ] = []
    for path, text in change.creates.items():
        start = types.Position(0, 0)
        operations.append(types.CreateFile(places.uri(path)))
        whole = [types.TextEdit(types.Range(start, start), text)]
        operations.append(_document_edit(places, path, whole, annotation))
    snippet = snippet_of(change, places) if client.snippet_edits else None
    if snippet is not None:
        operations.append(_snippet_edit(places, snippet, annotation))
    else:
        operations.extend(
            _document_edit(places, path, held, annotation) for path, held in edits.items()
        )
    operations.extend(
        types.RenameFile(places.uri(old), places.uri(new), annotation_id=on_files)
        for old, new in change.renames.items()
    )
    operations.extend(
        types.DeleteFile(places.uri(path), annotation_id=on_files) for path in change.deletes
    )
    annotations = None
    if client.change_annotations:
        # Files that are not in view deserve a look before they change, unless the change is
        # certain: VS Code asks for a tick at each.
        several = len(edits) + len(change.creates) > 1
        asked = several and not change.certain
        annotations = {_ANNOTATION: types.ChangeAnnotation(label, needs_confirmation=asked)}
        if change.renames or change.deletes:
            annotations[_ON_FILES] = types.ChangeAnnotation(
                _files_label(change), needs_confirmation=True
            )
    return types.WorkspaceEdit(document_changes=operations, change_annotations=annotations)


_ANNOTATION = "pairwright"
_ON_FILES = "pairwright.files"


def _files_label(change: SourceChange) -> str:
    if change.renames and change.deletes:
        return "Rename and delete files"
    return "Rename files" if change.renames else "Delete files"


def _refuse_operations(change: SourceChange, client: Client) -> None:
    able = client.resource_operations if client.document_changes else frozenset()
    wanted: tuple[tuple[str, Iterable[str]], ...] = (
        ("create", change.creates),
        ("rename", change.renames),
        ("delete", change.deletes),
    )
    for operation, paths in wanted:
        if paths and operation not in able:
            raise UserError(
                f"The editor cannot {operation} files for a language server.",
                f"{operation.capitalize()} {', '.join(paths)} yourself and try again."
                if operation == "create"
                else "Use `pairwright refactor` on the command line.",
            )


def _document_edit(
    places: Places, path: str, edits: list[types.TextEdit], annotation: str | None
) -> types.TextDocumentEdit:
    held: list[types.TextEdit | types.AnnotatedTextEdit | types.SnippetTextEdit] = [
        types.AnnotatedTextEdit(annotation, edit.range, edit.new_text) if annotation else edit
        for edit in edits
    ]
    return types.TextDocumentEdit(_identifier(places, path), held)


def _snippet_edit(
    places: Places, snippet: Snippet, annotation: str | None
) -> types.TextDocumentEdit:
    edit = types.SnippetTextEdit(
        places.span(snippet.path, snippet.span),
        types.StringValue(snippet.text),
        annotation_id=annotation,
    )
    return types.TextDocumentEdit(_identifier(places, snippet.path), [edit])


def _identifier(places: Places, path: str) -> types.OptionalVersionedTextDocumentIdentifier:
    return types.OptionalVersionedTextDocumentIdentifier(places.uri(path), places.version(path))
