"""Names in documentation, comments and texts: places that no reference stands for.

Pure functions of texts. They know the usual ways in which documentation lists parameters.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.syntax import nodes_of_types, parse_politely
from pairwright_analyzers.types import Span, TextEdit

_ENTRY = (
    r"(?:[@\\](?:param|arg|argument|tparam|typeparam)(?:\[[\w,]+\])?|:(?:param|type|arg|argument|"
    r"parameter|key|keyword|raises)|<(?:param|paramref|typeparam)\s+name\s*=\s*[\"']"
    r"|-\s+Parameter|@option)"
)

_TYPE = r"[ \t]*(?:\{[^}\n]*\}[ \t]*|\[[\w:<>, |]+\][ \t]*|[\w.\[\]|<>?\\]+[ \t]+[&]?)?"
"""A type that stands before the name."""


def parameter_mentions(text: bytes, doc: Span, name: str) -> list[Span]:
    """Where a function's documentation has an entry for a parameter: `:param name:`, `@param name`,
    `name (int): …` below `Args:`, `name : int` (numpydoc), `<param name="name">`.
    """
    body = text[doc.start : doc.end].decode("utf-8", "surrogateescape")
    word = re.escape(name)
    patterns = (
        _ENTRY + _TYPE + rf"[$&\[]?({word})(?!\w)",
        rf"(?m)^[ \t*]*\*{{0,2}}({word})[ \t]*(?:\([^)\n]*\))?[ \t]*:(?!:)",
        rf"(?m)^[ \t]*#\s+({word})[ \t]*(?:\([^)\n]*\))?[ \t]*:(?!:)",
    )
    found: dict[int, Span] = {}
    for pattern in patterns:
        for match in re.finditer(pattern, body):
            start = doc.start + len(body[: match.start(1)].encode("utf-8", "surrogateescape"))
            size = len(match.group(1).encode("utf-8", "surrogateescape"))
            found[start] = Span(start, start + size)
    return [found[start] for start in sorted(found)]


def text_mentions(
    ctx: RefactorContext, name: str, new: str, taken: Mapping[str, set[int]]
) -> Mapping[str, Sequence[TextEdit]]:
    """Edits of the whole words in comments and texts of all files, and in files that are no code.

    `taken` are the offsets by path where the name is renamed, or left, already.
    """
    raw = name.encode("utf-8", "surrogateescape")
    word = re.compile(rb"(?<![\w-])" + re.escape(raw) + rb"(?![\w-])")
    found: dict[str, list[TextEdit]] = {}
    for path in ctx.graph.workspace.paths():
        ctx.check()
        text = ctx.graph.workspace.text(path)
        spec = ctx.graph.spec(path)
        if text is None or spec is None or raw not in text:
            continue
        places = [match.start() for match in word.finditer(text)]
        if spec.first_class:
            shapes = spec.shapes
            types = tuple(sorted(shapes.comments | shapes.strings)) or ("comment",)
            parsed = parse_politely(spec, text)
            spans = [node.byte_range for node in nodes_of_types(parsed, types)]
            facts = ctx.graph.resolver.facts(path)
            places = [
                at
                for at in places
                if any(start <= at < end for start, end in spans)
                and (facts is None or (one := facts.reference_at(at)) is None or one.start != at)
            ]
        edits = [
            TextEdit(Span(at, at + len(raw)), new) for at in places if at not in taken.get(path, ())
        ]
        if edits:
            found[path] = edits
    return found
