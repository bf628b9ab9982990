"""What can be put in the place of a conflict.

Owns the choices: one side, both, or the two merged by their syntax. It must not know where a common
ancestor comes from that the text itself does not hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pairwright_analyzers.languages.spec import LanguageSpec
from pairwright_analyzers.merge.conflicts import Conflict, conflicts_in
from pairwright_analyzers.merge.structure import merge_texts
from pairwright_analyzers.types import Span, TextEdit


class Choice(StrEnum):
    """The ways to resolve a conflict. The values are the words of the protocol."""

    OURS = "ours"
    THEIRS = "theirs"
    BOTH = "both"
    MERGE = "merge"


@dataclass(frozen=True, slots=True)
class Resolution:
    """A way to resolve a conflict. `edits` take the markers away; None where it cannot be had, and
    `reason` then says why, in a sentence.

    `safe` says that nobody needs to look: both sides say the same, one of them changed nothing, or
    they added separate things.
    """

    choice: Choice
    edits: tuple[TextEdit, ...] | None
    safe: bool = False
    reason: str = ""


def keep(conflict: Conflict, text: bytes, choice: Choice) -> Resolution:
    """One side, or both with ours first. Raises ValueError for `Choice.MERGE`."""
    keeps = {
        Choice.OURS: (conflict.ours,),
        Choice.THEIRS: (conflict.theirs,),
        Choice.BOTH: (conflict.ours, conflict.theirs),
    }.get(choice)
    if keeps is None:
        raise ValueError("a merge is not one of the sides")
    edits: list[TextEdit] = []
    at = conflict.span.start
    for part in keeps:
        edits.append(TextEdit(Span(at, part.start), ""))
        at = part.end
    edits.append(TextEdit(Span(at, conflict.span.end), ""))
    same = _of(text, conflict.ours) == _of(text, conflict.theirs)
    return Resolution(choice, tuple(edits), safe=same and choice is Choice.OURS)


def merge(
    spec: LanguageSpec | None, text: bytes, conflict: Conflict, ancestor: bytes | None = None
) -> Resolution:
    """Both sides as one. `ancestor` is the whole common ancestor of the file where it is known;
    else the base section of the markers is taken, and without either there is little to be done.
    """
    ours, theirs = _of(text, conflict.ours), _of(text, conflict.theirs)
    base = _of(text, conflict.base) if conflict.base is not None else None
    simple = ours if ours == theirs or base == theirs else theirs if base == ours else None
    if simple is not None:
        return _merged(conflict, simple, safe=True)
    if ancestor is None and base is None:
        return _none(
            "What both sides started from is not known here: git keeps it while a merge is going "
            "on, and writes it into the file with `merge.conflictStyle=zdiff3`."
        )
    if spec is None:
        return _none("The syntax of this file is not known, so its sides cannot be merged by it.")
    before, behind = _around(text, conflict)
    whole = ancestor if ancestor is not None else before + (base or b"") + behind
    merged = merge_texts(spec, whole, before + ours + behind, before + theirs + behind)
    if merged.text is None:
        return _none(merged.reason)
    if not (merged.text.startswith(before) and merged.text.endswith(behind)) or len(
        merged.text
    ) < len(before) + len(behind):
        return _none("The merge would change lines outside of the conflict.")
    inside = merged.text[len(before) : len(merged.text) - len(behind)]
    return _merged(conflict, inside, merged.safe)


def _none(reason: str) -> Resolution:
    return Resolution(Choice.MERGE, None, reason=reason)


def _merged(conflict: Conflict, inside: bytes, safe: bool) -> Resolution:
    new_text = inside.decode("utf-8", "surrogateescape")
    return Resolution(Choice.MERGE, (TextEdit(conflict.span, new_text),), safe)


def resolve_safely(
    spec: LanguageSpec | None, text: bytes, ancestor: bytes | None = None
) -> tuple[tuple[TextEdit, ...], Sequence[Conflict]]:
    """(edits of all conflicts that nobody needs to look at, the conflicts that are left)."""
    edits: list[TextEdit] = []
    left: list[Conflict] = []
    for conflict in conflicts_in(text):
        resolution = merge(spec, text, conflict, ancestor)
        if resolution.edits is not None and resolution.safe:
            edits.extend(resolution.edits)
        else:
            left.append(conflict)
    return tuple(edits), left


def _around(text: bytes, conflict: Conflict) -> tuple[bytes, bytes]:
    """The text before and behind a conflict, with our side in the place of every other one."""
    before: list[bytes] = []
    behind: list[bytes] = []
    at = 0
    parts = before
    for other in conflicts_in(text):
        parts.append(text[at : other.span.start])
        if other == conflict:
            parts = behind
        else:
            parts.append(_of(text, other.ours))
        at = other.span.end
    behind.append(text[at:])
    return b"".join(before), b"".join(behind)


def _of(text: bytes, span: Span) -> bytes:
    return text[span.start : span.end]
