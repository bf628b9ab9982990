"""A change of files as parts that can be applied apart: any subset gives a whole, exact tree.

Owns what a part is and what a set of parts makes of a file. Pure: it must not run git or know
languages; texts are bytes, and who owns a line is told by the caller.

A file that is a text on both sides falls into pieces of lines; its new name and its new mode are
parts of their own, so that a renamed file with two edits has three parts, of which any may be
applied first. Everything else (a new file, a deleted one, binary, symbolic links, submodules, a
file that took a folder's place) is one part. Line ends and the missing line end at a text's end
belong to their line: a file is composed byte for byte.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from pairwright.git.repo import ChangeStatus
from pairwright.git.staged import FileChange, is_lfs_pointer
from pairwright_analyzers.lines import LineRange, matching_blocks

_ID_BYTES = 3
_PERMISSIONS = frozenset({"100644", "100755"})


class PartKind(Enum):
    """What a part changes."""

    LINES = "lines"
    RENAME = "rename"
    MODE = "mode"
    WHOLE = "whole"
    """All of its files: contents, names and modes."""


@dataclass(frozen=True, slots=True)
class Piece:
    """`old` lines become `new` lines, from 0; at most one range is empty."""

    old: LineRange
    new: LineRange


@dataclass(frozen=True, slots=True)
class Part:
    """The smallest unit of a change. `files` has one entry, except where files can only be changed
    together. `hunk` numbers the stretches of a file: pieces of one stretch touch each other.

    `id` depends on what the part does and on nothing else; it is unique within its `Patch`.
    """

    id: str
    kind: PartKind
    files: tuple[FileChange, ...]
    piece: Piece | None = None
    hunk: int = 0

    @property
    def file(self) -> FileChange:
        """The file, or the first of several."""
        return self.files[0]


@dataclass(frozen=True, slots=True)
class Entry:
    """A file in a tree: git's six digits of mode and the object's id; a text that is not stored
    yet has its content in place of an id.
    """

    mode: str
    blob: str
    content: bytes | None = None


@dataclass(frozen=True, slots=True)
class Patch:
    """A change in parts, in the order of paths and lines. `texts` holds both sides of the files
    that have pieces, by path.
    """

    parts: tuple[Part, ...]
    texts: Mapping[str, tuple[bytes, bytes]]

    def hunks(self) -> dict[str, tuple[Part, ...]]:
        """The parts by the id of their hunk: parts that touch each other in one file are one hunk;
        a hunk with a single part has that part's id.
        """
        together: dict[tuple[str, PartKind, int], list[Part]] = defaultdict(list)
        for part in self.parts:
            together[part.file.path, part.kind, part.hunk].append(part)
        ids: dict[str, tuple[Part, ...]] = {}
        taken = {part.id for part in self.parts}
        for parts in together.values():
            if len(parts) == 1:
                ids[parts[0].id] = tuple(parts)
                continue
            one = _unique("\0".join(part.id for part in parts).encode(), taken)
            ids[one] = tuple(parts)
        return ids


Owners = Callable[[FileChange, bytes, bytes], tuple[Sequence[Hashable], Sequence[Hashable]]]
"""Whose line each line of the old text and of the new one is. Lines of equal owners belong
together, on both sides; a hunk is cut where the owner changes."""


def nobody(
    _change: FileChange, old: bytes, new: bytes
) -> tuple[Sequence[Hashable], Sequence[Hashable]]:
    """Owners that leave every hunk whole."""
    return [None] * len(lines_of(old)), [None] * len(lines_of(new))


def patch_of(
    files: Iterable[FileChange],
    texts: Callable[[FileChange], tuple[bytes | None, bytes | None]],
    owners: Owners = nobody,
) -> Patch:
    """The parts of a change. `texts` gives both sides of a file, None for what is no text."""
    found: list[Part] = []
    kept: dict[str, tuple[bytes, bytes]] = {}
    taken: set[str] = set()
    for bundle in _bundles(tuple(files)):
        change = bundle[0]
        sides = _divisible(change, texts) if len(bundle) == 1 else None
        if sides is None:
            found.append(_part(PartKind.WHOLE, bundle, taken))
            continue
        old, new = sides
        kept[change.path] = sides
        if change.old_path is not None:
            found.append(_part(PartKind.RENAME, bundle, taken))
        if change.mode_changed:
            found.append(_part(PartKind.MODE, bundle, taken))
        before, after = lines_of(old), lines_of(new)
        of_old, of_new = owners(change, old, new)
        for number, hunk in enumerate(exact_hunks(old, new)):
            found.extend(
                _part(PartKind.LINES, bundle, taken, (old, new), piece, number)
                for piece in _pieces(hunk, before, after, of_old, of_new)
            )
    return Patch(tuple(found), kept)


def tree_changes(patch: Patch, applied: Collection[str]) -> dict[str, Entry | None]:
    """What the parts with the ids `applied` make of the base tree: an entry for each path that is
    to be written, None for one that is to go. Paths are those of all files of the patch.
    """
    entries: dict[str, Entry | None] = {}
    by_file: dict[str, list[Part]] = defaultdict(list)
    for part in patch.parts:
        if part.kind is PartKind.WHOLE:
            for change in part.files:
                _put_whole(entries, change, done=part.id in applied)
        else:
            by_file[part.file.path].append(part)
    for path, parts in by_file.items():
        change = parts[0].file
        done = [part for part in parts if part.id in applied]
        kinds = {part.kind for part in done}
        name = change.old_path or path
        if change.old_path is not None:
            entries.setdefault(change.old_path, None)
            entries.setdefault(path, None)
            name = path if PartKind.RENAME in kinds else change.old_path
        mode = change.new_mode if PartKind.MODE in kinds else change.old_mode
        pieces = [part.piece for part in done if part.piece is not None]
        count = sum(part.piece is not None for part in parts)
        if not pieces:
            entries[name] = Entry(mode, change.old_blob)
        elif len(pieces) == count:
            entries[name] = Entry(mode, change.new_blob)
        else:
            entries[name] = Entry(mode, "", composed(*patch.texts[path], pieces))
    return entries


def composed(old: bytes, new: bytes, pieces: Iterable[Piece]) -> bytes:
    """The old text with some of the pieces that lead to the new one."""
    before, after = lines_of(old), lines_of(new)
    parts: list[bytes] = []
    at = 0
    for piece in sorted(pieces, key=lambda one: (one.old.start, one.new.start)):
        parts += before[at : piece.old.start]
        parts += after[piece.new.start : piece.new.end]
        at = piece.old.end
    parts += before[at:]
    return b"".join(parts)


def lines_of(text: bytes) -> list[bytes]:
    """The lines with their ends; only a line feed ends a line, the last may have none."""
    *lines, rest = text.split(b"\n")
    found = [line + b"\n" for line in lines]
    if rest:
        found.append(rest)
    return found


def exact_hunks(old: bytes, new: bytes) -> tuple[Piece, ...]:
    """The stretches of lines that differ, line ends included; an equal line between any two."""
    ids: dict[bytes, int] = {}
    before = [ids.setdefault(line, len(ids)) for line in lines_of(old)]
    after = [ids.setdefault(line, len(ids)) for line in lines_of(new)]
    hunks: list[Piece] = []
    at_old = at_new = 0
    for match_old, match_new, length in matching_blocks(before, after):
        if match_old > at_old or match_new > at_new:
            hunks.append(Piece(LineRange(at_old, match_old), LineRange(at_new, match_new)))
        at_old, at_new = match_old + length, match_new + length
    return tuple(hunks)


# Cutting a hunk.


def _pieces(
    hunk: Piece,
    before: Sequence[bytes],
    after: Sequence[bytes],
    of_old: Sequence[Hashable],
    of_new: Sequence[Hashable],
) -> Iterator[Piece]:
    """A hunk cut between owners; the pieces lie side by side and cover it."""
    old_runs = _runs(of_old, hunk.old)
    new_runs = _runs(of_new, hunk.new)
    pieces: list[Piece] = []
    at_old, at_new = hunk.old.start, hunk.new.start

    def take(old_end: int, new_end: int) -> None:
        nonlocal at_old, at_new
        if old_end > at_old or new_end > at_new:
            pieces.append(Piece(LineRange(at_old, old_end), LineRange(at_new, new_end)))
            at_old, at_new = old_end, new_end

    ids: dict[Hashable, int] = {}
    old_ids = [ids.setdefault(owner, len(ids)) for owner, _ in old_runs]
    new_ids = [ids.setdefault(owner, len(ids)) for owner, _ in new_runs]
    next_old = next_new = 0
    for match_old, match_new, length in matching_blocks(old_ids, new_ids):
        for _, run in old_runs[next_old:match_old]:
            take(run.end, at_new)
        for _, run in new_runs[next_new:match_new]:
            take(at_old, run.end)
        for number in range(length):
            take(old_runs[match_old + number][1].end, new_runs[match_new + number][1].end)
        next_old, next_new = match_old + length, match_new + length
    yield from _joined(pieces, before, after)


def _runs(owners: Sequence[Hashable], lines: LineRange) -> list[tuple[Hashable, LineRange]]:
    runs: list[tuple[Hashable, LineRange]] = []
    start = lines.start
    for at in range(lines.start, lines.end):
        if at + 1 == lines.end or owners[at + 1] != owners[at]:
            runs.append((owners[at], LineRange(start, at + 1)))
            start = at + 1
    return runs


def _joined(
    pieces: Sequence[Piece], before: Sequence[bytes], after: Sequence[bytes]
) -> Iterator[Piece]:
    """The pieces without cuts at which a line without its end would stand in front of another, with
    empty lines joined to what they touch, and without pieces that change nothing.
    """
    joined: list[Piece] = []
    waiting: Piece | None = None
    for piece in pieces:
        one = _both(waiting, piece) if waiting is not None else piece
        whole = _is_ended(before, one.old.end) and _is_ended(after, one.new.end)
        blank = _is_blank(one, before, after)
        if piece is pieces[-1]:
            joined.append(_both(joined.pop(), one) if blank and joined else one)
        elif blank or not whole:
            waiting = one
        else:
            waiting = None
            joined.append(one)
    for piece in joined:
        if before[piece.old.start : piece.old.end] != after[piece.new.start : piece.new.end]:
            yield piece


def _both(one: Piece, other: Piece) -> Piece:
    return Piece(LineRange(one.old.start, other.old.end), LineRange(one.new.start, other.new.end))


def _is_blank(piece: Piece, before: Sequence[bytes], after: Sequence[bytes]) -> bool:
    lines = [*before[piece.old.start : piece.old.end], *after[piece.new.start : piece.new.end]]
    return not any(line.strip() for line in lines)


def _is_ended(lines: Sequence[bytes], end: int) -> bool:
    return end == 0 or lines[end - 1].endswith(b"\n")


# Files.


def _bundles(files: tuple[FileChange, ...]) -> list[tuple[FileChange, ...]]:
    """The files, by path; those together of which one takes the place of another's folder: no tree
    holds both `a` and `a/b`.
    """
    gone: dict[str, int] = {}
    for number, change in enumerate(files):
        if change.status is ChangeStatus.DELETED:
            gone[change.path] = number
        elif change.old_path is not None:
            gone[change.old_path] = number
    come = {
        change.path: number
        for number, change in enumerate(files)
        if change.status in (ChangeStatus.ADDED, ChangeStatus.RENAMED, ChangeStatus.UNTRACKED)
    }
    leads = list(range(len(files)))

    def lead(number: int) -> int:
        while leads[number] != number:
            number = leads[number]
        return number

    for here, there in ((gone, come), (come, gone)):
        for path, number in here.items():
            folder = path.rpartition("/")[0]
            while folder:
                if folder in there:
                    leads[lead(number)] = lead(there[folder])
                folder = folder.rpartition("/")[0]
    bundles: dict[int, list[FileChange]] = defaultdict(list)
    for number, change in enumerate(files):
        bundles[lead(number)].append(change)
    ordered = [tuple(sorted(one, key=lambda change: change.path)) for one in bundles.values()]
    return sorted(ordered, key=lambda bundle: bundle[0].path)


def _divisible(
    change: FileChange, texts: Callable[[FileChange], tuple[bytes | None, bytes | None]]
) -> tuple[bytes, bytes] | None:
    """Both texts of a file that can be changed in part; None for all others."""
    if change.binary or not {change.old_mode, change.new_mode} <= _PERMISSIONS:
        return None
    old, new = texts(change)
    if old is None or new is None or is_lfs_pointer(old) or is_lfs_pointer(new):
        return None
    return old, new


def _put_whole(entries: dict[str, Entry | None], change: FileChange, *, done: bool) -> None:
    old_name = change.old_path or change.path
    old = Entry(change.old_mode, change.old_blob) if change.old_mode else None
    new = Entry(change.new_mode, change.new_blob) if change.new_mode else None
    if old_name != change.path:
        entries[old_name] = None if done else old
        entries[change.path] = new if done else None
    else:
        entries[change.path] = new if done else old


# Names.


def _part(
    kind: PartKind,
    files: tuple[FileChange, ...],
    taken: set[str],
    texts: tuple[bytes, bytes] = (b"", b""),
    piece: Piece | None = None,
    hunk: int = 0,
) -> Part:
    names = "\0".join(f"{one.old_path}\0{one.path}" for one in files)
    what = [kind.value.encode(), names.encode("utf-8", "surrogateescape")]
    if piece is not None:
        old, new = texts
        what += lines_of(old)[piece.old.start : piece.old.end]
        what.append(b"\0")
        what += lines_of(new)[piece.new.start : piece.new.end]
    else:
        what += [
            f"{one.old_blob}{one.old_mode}{one.new_blob}{one.new_mode}".encode() for one in files
        ]
    return Part(_unique(b"\0".join(what), taken), kind, files, piece, hunk)


def _unique(what: bytes, taken: set[str]) -> str:
    """A short name for `what` that is not `taken` yet; the same again for the same history."""
    salt = 0
    while True:
        digest = hashlib.blake2b(what, digest_size=_ID_BYTES, salt=b"%d" % salt).hexdigest()
        if digest not in taken:
            taken.add(digest)
            return digest
        salt += 1
