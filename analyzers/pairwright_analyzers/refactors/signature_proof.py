"""Whether a change of a signature does what it should: every header reads as it is meant, and every
call passes the same values to the same parameters.

Reads the texts afterwards, and believes nothing of how they were made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from pairwright_analyzers.edits import apply_edits
from pairwright_analyzers.facts import FileFacts, facts_of_parsed
from pairwright_analyzers.graph import SymbolId
from pairwright_analyzers.refactors.callers import (
    Caller,
)
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.model import Refused
from pairwright_analyzers.refactors.signature_members import (
    BY_POSITION,
    Member,
)
from pairwright_analyzers.refactors.subjects import bare
from pairwright_analyzers.signatures import (
    bound_arguments,
    call_problem,
)
from pairwright_analyzers.sites import call_at, signature_in
from pairwright_analyzers.syntax import Parsed, parse_politely
from pairwright_analyzers.types import (
    Call,
    Parameter,
    ParameterKind,
    Signature,
    SourceChange,
    Span,
    TextEdit,
)


def _moved(offset: int, edits: Sequence[TextEdit]) -> int | None:
    """Where a byte is after edits; None inside of what is replaced."""
    shift = 0
    for edit in edits:
        if edit.span.start <= offset < edit.span.end:
            return None
        if edit.span.end <= offset:
            shift += len(edit.new_text.encode("utf-8", "surrogateescape")) - len(edit.span)
    return offset + shift


class _After:
    """The files after a change."""

    def __init__(self, ctx: RefactorContext, change: SourceChange) -> None:
        self._ctx = ctx
        self._change = change
        self._files: dict[str, tuple[Parsed, FileFacts]] = {}

    def edits(self, path: str) -> tuple[TextEdit, ...]:
        return self._change.edits.get(path, ())

    def file(self, path: str) -> tuple[Parsed, FileFacts]:
        if path not in self._files:
            here = self._ctx.at(path)
            parsed = parse_politely(here.spec, apply_edits(here.text, self.edits(path)))
            self._files[path] = (parsed, facts_of_parsed(parsed))
        return self._files[path]


def refuse_unproved(
    ctx: RefactorContext,
    members: Sequence[Member],
    callers: Sequence[Caller],
    change: SourceChange,
    passed: Mapping[tuple[str, int], Mapping[int, str]],
) -> None:
    """Raises `Refused` unless every header reads as it should and every call passes the same values
    to the same parameters.
    """
    after = _After(ctx, change)
    signatures: dict[SymbolId, Signature] = {}
    for member in members:
        signatures[member.header.id] = _proved_header(after, member)
    by_id = {member.header.id: member for member in members}
    for caller in callers:
        path = caller.site.location.path
        edits = after.edits(path)
        start = _moved(caller.site.location.span.start, edits)
        if start is None:
            # It lies in an argument that moved: proved with the call around it.
            continue
        parsed, _ = after.file(path)
        name = caller.site.location.span
        reached = call_at(parsed, Span(start, start + len(name)))
        member = by_id[caller.callee]
        values = passed[path, name.start]
        bare_call = reached is None and caller.site.spec.calls_by_name
        if bare_call and not any(at in member.partner for at in values):
            # Ruby's call without arguments is a name.
            continue
        if reached is None or not _same_values(
            caller,
            member,
            signatures[caller.callee],
            reached[1],
            parsed.text,
            values,
        ):
            raise Refused(f"The call in {caller.where} would not pass the same values.")


def _proved_header(after: _After, member: Member) -> Signature:
    header = member.header
    path = header.ctx.path
    start = _moved(header.symbol.name_span.start, after.edits(path))
    parsed, facts = after.file(path)
    symbols = facts.symbols
    found = next((one for one in symbols if one.name_span.start == start), None)
    if found is None or found.name != header.symbol.name:
        raise Refused(f"`{header.name}` would not be read as it should.")
    signature = signature_in(parsed.spec, found, symbols)
    wanted = [_read(one) for one in member.after.parameters]
    if [_read(one) for one in signature.parameters] != wanted:
        raise Refused(f"The parameters of `{header.name}` would not be read as they should.")
    same_default = all(
        "".join(one.default.split()) == "".join(meant.default.split())
        for one, meant in zip(signature.parameters, member.after.parameters, strict=True)
    )
    if not same_default or signature.returns != header.signature.returns:
        raise Refused(f"The parameters of `{header.name}` would not be read as they should.")
    return signature


def _read(parameter: Parameter) -> tuple[str, ParameterKind]:
    kind = ParameterKind.POSITIONAL if parameter.kind in BY_POSITION else parameter.kind
    return bare(parameter.name), kind


def _same_values(
    caller: Caller,
    member: Member,
    after: Signature,
    call: Call,
    text: bytes,
    passed: Mapping[int, str],
) -> bool:
    site, bound = caller.site, caller.bound
    optional = tuple(
        replace(new, optional=new.optional or wanted.optional)
        for new, wanted in zip(after.parameters, member.after.parameters, strict=True)
    )
    after = replace(after, parameters=optional)
    if call_problem(site.spec, after, call, bound=bound) is not None:
        return False
    now = bound_arguments(site.spec, after, call, bound=bound)
    if now is None:
        # Further arguments are taken as a whole.
        return bound_arguments(site.spec, member.header.signature, site.call, bound=bound) is None
    for at, value in passed.items():
        to = member.partner.get(at)
        if to is None:
            continue
        if to not in now:
            return False
        span = now[to].value if now[to].name else now[to].span
        written = text[span.start : span.end].decode("utf-8", "surrogateescape")
        if written != value and not (now[to].name and value.endswith(f" {written}")):
            return False
    known = {member.partner[at] for at in passed if at in member.partner}
    return all(
        to in known
        or to in member.values
        or (to in member.partner.values() and not after.parameters[to].optional)
        for to in now
    )
