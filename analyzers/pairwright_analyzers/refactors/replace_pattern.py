"""Replace every place that a structural pattern matches, in this file or the whole workspace.

    pattern       assertEqual($A, $B)        assertEqual(total, 3)   ->   assert total == 3
    replacement   assert $A == $B

`$NAME` stands for one node, `$$$NAME` for any number; the replacement may use what they matched.
The language is that of the file it is asked in. What is matched inside of another match is left
for a second run. Refused where nothing matches, for a pattern that cannot be read, and where a
file would not parse afterwards.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from pairwright_analyzers.patterns import LANGUAGES, MAX_TEXT, PatternError, matches
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.model import (
    Offer,
    Option,
    Refactor,
    Refactored,
    Refused,
    text_argument,
)
from pairwright_analyzers.types import SourceChange, TextEdit

_HOLE = re.compile(r"\$+[A-Z_][A-Z0-9_]*|\$+_?")
_WORD = re.compile(r"[^\W\d]\w*")
_MAX_EDITS = 20_000


def _offers(_ctx: RefactorContext) -> Sequence[Offer]:
    """A pattern has to be given: there is nothing to offer at a place."""
    return ()


def _apply(ctx: RefactorContext, arguments: Mapping[str, Any]) -> Refactored:
    pattern = text_argument(arguments, "pattern")
    replacement = text_argument(arguments, "replacement")
    where = text_argument(arguments, "where", "workspace")
    if not pattern.strip():
        raise Refused("`pattern` is missing: the code to look for.")
    if "replacement" not in arguments:
        raise Refused("`replacement` is missing: the code to write.")
    if where not in ("file", "workspace"):
        raise Refused("`where` has to be `file` or `workspace`.")
    paths = [ctx.path] if where == "file" else _candidates(ctx, pattern)
    edits: dict[str, tuple[TextEdit, ...]] = {}
    count = 0
    for path in paths:
        ctx.check()
        found = _edits(ctx, path, pattern, replacement)
        count += len(found)
        if count > _MAX_EDITS:
            raise Refused(f"The pattern matches more than {_MAX_EDITS} places.")
        if found:
            edits[path] = found
    if not edits:
        place = "this file" if where == "file" else "the workspace"
        raise Refused(f"Nothing in {place} matches the pattern.")
    names = frozenset(_WORD.findall(f"{pattern} {replacement}"))
    return Refactored(SourceChange(edits, certain=len(edits) == 1), names)


def _candidates(ctx: RefactorContext, pattern: str) -> Iterable[str]:
    """The files of the language that mention what the pattern names."""
    words = [word for word in _WORD.findall(_HOLE.sub(" ", pattern)) if word not in _keywords(ctx)]
    workspace = ctx.graph.workspace
    paths = set(workspace.paths())
    for word in words:
        mentioning = set(workspace.files_mentioning(word))
        if mentioning:
            paths &= mentioning
    for path in sorted(paths):
        spec = ctx.graph.spec(path)
        if spec is not None and spec.id == ctx.spec.id:
            yield path


def _keywords(ctx: RefactorContext) -> frozenset[str]:
    return ctx.shapes.keywords


def _edits(ctx: RefactorContext, path: str, pattern: str, replacement: str) -> tuple[TextEdit, ...]:
    raw = ctx.text if path == ctx.path else ctx.graph.workspace.text(path)
    if raw is None or len(raw) > MAX_TEXT:
        return ()
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError:
        return ()
    found: list[TextEdit] = []
    end = -1
    try:
        for match in matches(text, ctx.spec.id, {"rule": {"pattern": pattern}}):
            if match.span.start < end:
                continue
            end = match.span.end
            head = match.line_head
            indent = head[: len(head) - len(head.lstrip())]
            new = match.expanded(replacement).replace("\n", f"\n{indent}")
            found.append(TextEdit(match.span, new))
    except PatternError as error:
        raise Refused(f"The pattern cannot be read: {error}.") from None
    return tuple(found)


REFACTOR = Refactor(
    "pattern.replace",
    "Replace a pattern",
    "refactor.rewrite.pattern",
    frozenset(LANGUAGES),
    _offers,
    _apply,
    __doc__ or "",
    (
        Option("pattern", "string", "The code to look for, with `$NAME` and `$$$NAME` as holes."),
        Option("replacement", "string", "The code to write, with the same holes."),
        Option("where", "string", "`workspace` (default) or `file`."),
    ),
)
