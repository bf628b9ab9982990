"""How a name that an edit chose is handed to the person to change: as a placeholder, or by a rename
that the client starts at it.

Owns the choice between the two, and that a placeholder's edit puts in exactly what the plain edits
would.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from lsprotocol import types

from pairwright_analyzers.edits import apply_edits, sorted_edits
from pairwright_analyzers.text import LineIndex
from pairwright_analyzers.types import SourceChange, Span

if TYPE_CHECKING:
    from pairwright.lsp.client import Client
    from pairwright.lsp.convert import Places

RENAME_AT = "pairwright.client.rename_at"
"""A command that the client carries out: [URI, position]."""

_MAX_SNIPPET_LINES = 60
_MARGIN = re.compile(r"\n([ \t]*)")


@dataclass(frozen=True, slots=True)
class NamedPlace:
    """Where a name stands once an edit is applied."""

    uri: str
    position: types.Position


@dataclass(frozen=True, slots=True)
class Snippet:
    """One edit in place of all: `text` is in the snippet syntax of LSP 3.18."""

    path: str
    span: Span
    text: str


def place_of_name(change: SourceChange, places: Places) -> NamedPlace | None:
    """The place of the name that a change chose, in the text afterwards."""
    if change.named is None:
        return None
    path = change.named.path
    old = next((old for old, new in change.renames.items() if new == path), path)
    if old in change.creates:
        text = change.creates[old].encode("utf-8", "surrogateescape")
    else:
        text = apply_edits(places.text(old), change.edits.get(old, ()))
    line, column = LineIndex(text).position(change.named.span.start, places.encoding)
    return NamedPlace(places.uri(change.renames.get(old, path)), types.Position(line, column))


def place_to_rename(change: SourceChange, places: Places, client: Client) -> NamedPlace | None:
    """Where a rename is to start; None where a placeholder does it."""
    if client.snippet_edits and snippet_of(change, places) is not None:
        return None
    return place_of_name(change, places)


def snippet_of(change: SourceChange, places: Places) -> Snippet | None:
    """A change of one open file as one edit in which the new name is a placeholder, the same at
    each of its places. None where that might not put in what the change does.

    Clients indent the lines of a snippet after the line it is put into, and write indentation as
    the editor would: so it starts with its line, and its lines are indented with one character.
    """
    if change.named is None or change.creates or change.renames or change.deletes:
        return None
    edits = {path: held for path, held in change.edits.items() if held}
    path = change.named.path
    if list(edits) != [path] or places.version(path) is None:
        return None
    before = places.text(path)
    ordered = sorted_edits(edits[path])
    after = apply_edits(before, ordered)
    start = before.rfind(b"\n", 0, ordered[0].span.start) + 1
    end = ordered[-1].span.end
    shift = len(after) - len(before)
    try:
        name = after[change.named.span.start : change.named.span.end].decode()
        head, body = after[:start].decode(), after[start : end + shift].decode()
        tail = after[end + shift :].decode()
        known = before.decode()
    except UnicodeDecodeError:
        return None
    word = re.compile(rf"(?<![\w$@]){re.escape(name)}(?![\w$@])")
    if not name or "\r" in body or body.count("\n") >= _MAX_SNIPPET_LINES:
        return None
    if len(set("".join(_MARGIN.findall("\n" + body)))) > 1:
        return None
    if word.search(known) or word.search(head) or word.search(tail) or not word.search(body):
        return None
    first, *others = word.split(body)
    text = _escaped(first) + f"${{1:{_escaped(name)}}}" + "$1".join(map(_escaped, others))
    return Snippet(path, Span(start, end), text)


def _escaped(text: str) -> str:
    return re.sub(r"([\\$}])", r"\\\1", text)
