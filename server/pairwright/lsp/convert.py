"""Plain values <-> protocol values.

Owns every conversion of spans, URIs, symbols, findings and changes, in the position encoding that was negotiated. It
must not decide anything: what is shown is decided in `pairwright.features`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lsprotocol import types
from pygls.uris import from_fs_path, to_fs_path

from pairwright.session import RootSnapshot, Snapshot
from pairwright_analyzers.text import Encoding, LineIndex
from pairwright_analyzers.types import Location, Span, SymbolKind

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


def path_of(uri: str) -> Path | None:
    """Where a `file:` URI points, absolute; None for any other scheme and for what is no path."""
    try:
        path = to_fs_path(uri)
    except ValueError:
        return None
    if not path or "\0" in path:
        return None
    found = Path(path)
    return found if found.is_absolute() else None


def uri_of(path: Path) -> str:
    """The `file:` URI of an absolute path."""
    uri = from_fs_path(str(path))
    assert uri is not None
    return uri


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

    A file whose text is gone is answered with its first line: better than no answer.
    """

    snapshot: Snapshot
    root: RootSnapshot
    encoding: Encoding
    _lines: dict[str, LineIndex]
    _uris: dict[str, str]

    @classmethod
    def of(cls, snapshot: Snapshot, root: RootSnapshot, encoding: Encoding) -> Places:
        """For one request's answer."""
        lines: dict[str, LineIndex] = {}
        uris: dict[str, str] = {}
        for document in snapshot.documents.values():
            if document.root == root.root:
                uris[document.relative] = document.uri
                if root.view.text(document.relative) == document.text:
                    lines[document.relative] = document.lines
        return cls(snapshot, root, encoding, lines, uris)

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
            found = self._lines[path] = LineIndex(self.root.view.text(path) or b"")
        return found

    def range(self, location: Location) -> types.Range:
        """A location's range."""
        return range_of(self.lines(location.path), location.span, self.encoding)

    def location(self, location: Location) -> types.Location:
        """A location with its URI."""
        return types.Location(self.uri(location.path), self.range(location))
