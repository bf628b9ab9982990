"""What can be put in the place of a conflict.

Owns the choices: one side, both, or the two merged by their syntax. It must not know where a common
ancestor comes from that the text itself does not hold.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from pairwright_analyzers.edits import apply_edits
from pairwright_analyzers.facts import facts_of
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
    if spec is None or not spec.parsed:
        return _none("The syntax of this file is not known, so its sides cannot be merged by it.")
    before, behind = _around(text, conflict)
    whole = ancestor if ancestor is not None else before + (base or b"") + behind
    elsewhere = b"\n".join(
        _of(text, other.theirs) for other in conflicts_in(text) if other != conflict
    )
    merged = merge_texts(spec, whole, before + ours + behind, before + theirs + behind, elsewhere)
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
    """(edits of all conflicts that nobody needs to look at, the conflicts that are left).

    Each was merged with our side in the place of the others. So that they fit each other too, the
    text has to parse with all of them and has to declare nothing more often than a side does;
    otherwise all are left.
    """
    conflicts = conflicts_in(text)
    edits: list[TextEdit] = []
    left: list[Conflict] = []
    for conflict in conflicts:
        resolution = merge(spec, text, conflict, ancestor)
        if resolution.edits is not None and resolution.safe:
            edits.extend(resolution.edits)
        else:
            left.append(conflict)
    if spec is not None and len(edits) > 1 and not _fit(spec, text, conflicts, edits):
        return (), conflicts
    return tuple(edits), left


def _fit(
    spec: LanguageSpec, text: bytes, conflicts: Sequence[Conflict], edits: Sequence[TextEdit]
) -> bool:
    merged, ours, theirs = (
        facts_of(spec, apply_edits(text, _without_markers(text, conflicts, first, choice)))
        for first, choice in ((edits, Choice.OURS), ((), Choice.OURS), ((), Choice.THEIRS))
    )
    if merged.errors > min(ours.errors, theirs.errors):
        return False
    names, mine, yours = (
        Counter(symbol.qualname for symbol in facts.symbols) for facts in (merged, ours, theirs)
    )
    return all(count <= max(mine[name], yours[name], 1) for name, count in names.items())


def _without_markers(
    text: bytes, conflicts: Sequence[Conflict], edits: Sequence[TextEdit], choice: Choice
) -> list[TextEdit]:
    """Edits, and one side for every conflict that they leave."""
    solved = {edit.span for edit in edits}
    others = [one for one in conflicts if one.span not in solved]
    kept = [keep(one, text, choice).edits or () for one in others]
    return [*edits, *(edit for some in kept for edit in some)]


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
