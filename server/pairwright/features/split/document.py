"""The plan of a split as a text that a person edits, and the way back from it.

Owns the format. It must not know how a plan came about, nor how it is carried out.

    # Split of the work tree into 2 commits
    <!-- pairwright split 0123456789abcdef work-tree -->

    ## feat(cart): take discounts into account

    The body of the message, if there is one.

    @3f2a1c shop/cart.py:12 +5 -2 Cart.total
    @77ab01 tests/test_cart.py (new) +9

    ## docs: …

    # The hunks
    …

A commit is a heading of the second level, its subject; a body; and its hunks, one a line, of which
only the name behind the `@` counts. Comments of Markdown may stand anywhere. What follows the
heading `# The hunks` is there to be read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pairwright.errors import BadArgument
from pairwright.git.index_writer import Source, State
from pairwright.git.patches import Part, PartKind, Patch, lines_of
from pairwright.git.staged import FileChange

APPENDIX = "# The hunks"
_MAX_SHOWN = 60
"""Lines of one hunk that are shown."""

_MAX_SHOWN_LENGTH = 240
_MAX_SHOWN_HUNKS = 200

_STATE = re.compile(r"<!-- pairwright split (?P<key>[0-9a-f]{16}) (?P<source>staged|work-tree) -->")
_HUNK = re.compile(r"@(?P<id>[0-9a-f]{6})(?:\s|\Z)")
_SPECIAL = re.compile(r"##|@|<!--|# The hunks")
_HEADING = re.compile(r"##(?:\s+(?P<subject>.*))?\Z")

_HELP = """\
<!--
Edit this plan, then apply it. Each heading is a commit, made in this order.
Move a line that starts with @ to another commit, or delete it: that hunk then stays uncommitted.
Rewrite subjects and bodies; delete a heading to put its hunks into the commit above.
-->"""

_WORDS = {Source.STAGED: "staged", Source.WORK_TREE: "work-tree"}


@dataclass(frozen=True, slots=True)
class PlannedCommit:
    """One commit of a plan: its whole message, and the ids of its hunks or parts, in order. `line`
    is that of its heading in the document, from 1.
    """

    message: str
    hunks: tuple[str, ...]
    line: int = 0


@dataclass(frozen=True, slots=True)
class ParsedPlan:
    """A plan as a document says it. `key` stands for the state it was made for."""

    key: str
    source: Source
    commits: tuple[PlannedCommit, ...]


class BadPlan(BadArgument):
    """A plan cannot be read. `line` is where, from 1."""

    def __init__(self, line: int, happened: str, next_step: str) -> None:
        super().__init__(f"Line {line} of the plan: {happened}", next_step)
        self.line = line

    def __reduce__(self) -> tuple[type[BadPlan], tuple[int, str, str]]:  # type: ignore[override]
        happened = self.happened.partition(": ")[2]
        return type(self), (self.line, happened, self.next_step)


def plan_text(
    state: State,
    patch: Patch,
    commits: Sequence[PlannedCommit],
    names: Mapping[str, str],
    notes: Sequence[str] = (),
) -> str:
    """The document of a plan. `names` says of parts, by their ids, what they are about; `notes`
    are sentences for the person.
    """
    hunks = patch.hunks()
    count = len(commits)
    lines = [
        f"# Split of {state.source.value} into {count} commit{'' if count == 1 else 's'}",
        f"<!-- pairwright split {state.key} {_WORDS[state.source]} -->",
        "",
        _HELP,
        "",
        *(line for note in notes for line in (f"> {note}", "")),
    ]
    shown: list[tuple[str, tuple[Part, ...]]] = []
    parts = {part.id: part for part in patch.parts}
    for commit in commits:
        subject, _, body = commit.message.partition("\n")
        lines += [f"## {subject}", ""]
        if body.strip():
            # A line that would be read as something else is set off from the margin.
            lines += [
                f" {line}" if _SPECIAL.match(line) else line
                for line in body.strip("\n").split("\n")
            ]
            lines.append("")
        for one in commit.hunks:
            held = hunks.get(one) or (parts[one],)
            shown.append((one, held))
            lines.append(_hunk_line(patch, one, held, names))
        lines.append("")
    if shown:
        lines += [APPENDIX, ""]
        for one, held in shown[:_MAX_SHOWN_HUNKS]:
            lines += _shown(patch, one, held)
        if len(shown) > _MAX_SHOWN_HUNKS:
            lines.append(f"{len(shown) - _MAX_SHOWN_HUNKS} more hunks are not shown.")
    return "\n".join(lines).rstrip("\n") + "\n"


def parsed_plan(text: str) -> ParsedPlan:
    """The plan that a document says. Raises `BadPlan` with the line."""
    lines = text.replace("\r\n", "\n").split("\n")
    state = next((found for line in lines if (found := _STATE.search(line))), None)
    if state is None:
        raise BadPlan(
            1, "the comment that says which state the plan is for is gone", "Make the plan again."
        )
    commits: list[PlannedCommit] = []
    subject: str | None = None
    start = 0
    body: list[str] = []
    hunks: list[str] = []
    seen: dict[str, int] = {}

    def end() -> None:
        if subject is None:
            return
        if not subject:
            raise BadPlan(start, "the commit has no subject", "Write one behind `##`.")
        if not hunks:
            raise BadPlan(
                start,
                f"the commit `{subject[:60]}` has no hunks",
                "Move some there, or delete its heading.",
            )
        text = "\n".join(body).strip("\n")
        message = f"{subject}\n\n{text}\n" if text.strip() else f"{subject}\n"
        commits.append(PlannedCommit(message, tuple(hunks), start))

    for number, line in enumerate(_without_comments(lines), 1):
        if line is None:
            continue
        if line.rstrip() == APPENDIX:
            break
        heading = _HEADING.match(line.rstrip())
        hunk = _HUNK.match(line)
        if heading is not None:
            end()
            subject, start = (heading["subject"] or "").strip(), number
            body, hunks = [], []
        elif hunk is not None:
            if subject is None:
                raise BadPlan(
                    number,
                    "a hunk stands in front of the first commit",
                    "Put a `##` heading there.",
                )
            one = hunk["id"]
            if one in seen:
                raise BadPlan(
                    number, f"the hunk @{one} is in line {seen[one]} already", "Delete one of them."
                )
            seen[one] = number
            hunks.append(one)
        elif line.startswith("@"):
            raise BadPlan(
                number,
                f"`{line.strip()[:40]}` is no name of a hunk",
                "Keep the six characters behind the `@` as they were.",
            )
        elif subject is not None:
            if hunks and line.strip():
                raise BadPlan(
                    number,
                    "text stands behind the hunks of a commit",
                    "Put it in front of them, or start a commit with `##`.",
                )
            if not hunks:
                body.append(line.rstrip())
    end()
    source = next(one for one, word in _WORDS.items() if word == state["source"])
    return ParsedPlan(state["key"], source, tuple(commits))


def parts_of_plan(
    plan: ParsedPlan, patch: Patch
) -> tuple[tuple[PlannedCommit, frozenset[str]], ...]:
    """The commits of a plan with the ids of their parts. Raises `BadPlan` for a hunk that is not
    there, or that is in the plan both whole and in parts.
    """
    hunks = patch.hunks()
    parts = {part.id for part in patch.parts}
    taken: dict[str, str] = {}
    found: list[tuple[PlannedCommit, frozenset[str]]] = []
    for commit in plan.commits:
        held: set[str] = set()
        for one in commit.hunks:
            ids = {part.id for part in hunks[one]} if one in hunks else {one} & parts
            if not ids:
                raise BadPlan(
                    commit.line,
                    f"there is no hunk @{one}, of the commit that starts here",
                    "Take its name from the plan as it was made.",
                )
            twice = sorted(ids & taken.keys())
            if twice:
                raise BadPlan(
                    commit.line,
                    f"@{one}, of the commit that starts here, holds what @{taken[twice[0]]} holds",
                    "Delete one of them.",
                )
            taken.update(dict.fromkeys(ids, one))
            held |= ids
        found.append((commit, frozenset(held)))
    return tuple(found)


def _without_comments(lines: Sequence[str]) -> list[str | None]:
    """The lines, None for those that belong to a comment."""
    found: list[str | None] = []
    inside = False
    for line in lines:
        starts = not inside and line.startswith("<!--")
        inside = inside or starts
        found.append(None if inside else line)
        if inside and "-->" in line:
            inside = False
    return found


# What is shown of a hunk.


def _hunk_line(patch: Patch, one: str, held: Sequence[Part], names: Mapping[str, str]) -> str:
    added = sum(_counts(patch, part)[0] for part in held)
    removed = sum(_counts(patch, part)[1] for part in held)
    about = ", ".join(dict.fromkeys(name for part in held if (name := names.get(part.id, ""))))
    counts = [f"+{added}"] * bool(added) + [f"-{removed}"] * bool(removed)
    return " ".join([f"@{one}", _place(held[0]), *counts, about]).rstrip()


def _counts(patch: Patch, part: Part) -> tuple[int, int]:
    if part.piece is not None:
        return part.piece.new.end - part.piece.new.start, part.piece.old.end - part.piece.old.start
    if part.kind is PartKind.WHOLE:
        return sum(one.added for one in part.files), sum(one.removed for one in part.files)
    return 0, 0


def _place(part: Part) -> str:
    path = quoted(part.file.path)
    if part.piece is not None:
        return f"{path}:{part.piece.new.start + 1}"
    if part.kind is PartKind.RENAME:
        return f"{quoted(part.file.old_path or '')} -> {path} (renamed)"
    if part.kind is PartKind.MODE:
        return f"{path} (mode {part.file.old_mode[-3:]} to {part.file.new_mode[-3:]})"
    more = f" and {len(part.files) - 1} more" if len(part.files) > 1 else ""
    return f"{path}{more} ({_happened(part.file)})"


def _happened(change: FileChange) -> str:
    if change.submodule:
        return "submodule"
    if not change.old_mode:
        return "new"
    if not change.new_mode:
        return "deleted"
    if change.old_path is not None:
        return f"renamed from {quoted(change.old_path)}"
    return "binary" if change.binary else "whole"


def quoted(path: str) -> str:
    """A path on one line that can be printed, as git quotes it where it has to."""
    raw = path.encode("utf-8", "surrogateescape")
    plain = not re.search(rb'[\x00-\x1f\x7f"\\]', raw) and path.isprintable()
    if plain:
        return path
    text = "".join(
        _ESCAPES.get(byte) or (chr(byte) if 32 <= byte < 127 else f"\\{byte:03o}") for byte in raw
    )
    return f'"{text}"'


_ESCAPES = {ord('"'): '\\"', ord("\\"): "\\\\", 9: "\\t", 10: "\\n", 13: "\\r"}


def _shown(patch: Patch, one: str, held: Sequence[Part]) -> list[str]:
    rows: list[str] = []
    for part in held:
        if part.piece is None:
            continue
        old, new = patch.texts[part.file.path]
        for sign, lines in (
            ("-", lines_of(old)[part.piece.old.start : part.piece.old.end]),
            ("+", lines_of(new)[part.piece.new.start : part.piece.new.end]),
        ):
            rows += [sign + _readable(line) for line in lines]
    if not rows:
        return []
    more = len(rows) - _MAX_SHOWN
    rows = rows[:_MAX_SHOWN] + ([f" … {more} more lines"] if more > 0 else [])
    longest = max((len(run) for row in rows for run in re.findall(r"`+", row)), default=0)
    fence = "`" * max(3, longest + 1)
    return [f"@{one} {_place(held[0])}", "", f"{fence}diff", *rows, fence, ""]


def _readable(line: bytes) -> str:
    text = line.decode("utf-8", "replace").rstrip("\r\n")
    text = "".join(char if char.isprintable() or char == "\t" else "�" for char in text)
    return text if len(text) <= _MAX_SHOWN_LENGTH else f"{text[:_MAX_SHOWN_LENGTH]}…"
