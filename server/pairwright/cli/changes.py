"""A change of files without an editor: as a diff, or written to disk, all of it or nothing.

Owns how texts become bytes again and how a write is undone when a later one fails. It must not know
who made the change.
"""

from __future__ import annotations

import contextlib
import difflib
import errno
import os
import secrets
import shutil
import stat
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from pairwright.errors import Refusal, StaleDocument, UserError
from pairwright.features.encodings import FileText, file_text
from pairwright_analyzers.edits import apply_edits
from pairwright_analyzers.types import SourceChange

_NEW_MODE = 0o666


def files_before(change: SourceChange) -> tuple[str, ...]:
    """The files of a change that are there before it."""
    return tuple(dict.fromkeys((*change.edits, *change.renames, *change.deletes)))


# As a diff.


def unified_diff(change: SourceChange, texts: Mapping[str, bytes]) -> str:
    """What a change does, as `git diff` shows it; `texts` holds the files there are, by path."""
    parts: list[str] = []
    for path in files_before(change):
        before = texts[path]
        if path in change.deletes:
            parts += [f"diff --git a/{path} b/{path}\n", "deleted file mode 100644\n"]
            parts += _hunks(f"a/{path}", "/dev/null", before, b"")
            continue
        new = change.renames.get(path, path)
        parts.append(f"diff --git a/{path} b/{new}\n")
        if new != path:
            parts += [f"rename from {path}\n", f"rename to {new}\n"]
        after = apply_edits(before, change.edits.get(path, ()))
        parts += _hunks(f"a/{path}", f"b/{new}", before, after)
    for path, text in change.creates.items():
        parts += [f"diff --git a/{path} b/{path}\n", "new file mode 100644\n"]
        parts += _hunks("/dev/null", f"b/{path}", b"", _bytes(text))
    return "".join(parts)


def _hunks(old: str, new: str, before: bytes, after: bytes) -> Iterator[str]:
    for line in difflib.unified_diff(_lines(before), _lines(after), old, new):
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"


def _lines(text: bytes) -> list[str]:
    """Lines as `diff` counts them: ended by LF alone."""
    *lines, rest = text.decode("utf-8", "replace").split("\n")
    return [f"{line}\n" for line in lines] + ([rest] if rest else [])


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


# On disk.


@dataclass(frozen=True, slots=True)
class _Before:
    """A file as it was read."""

    path: Path
    raw: bytes
    text: FileText
    status: os.stat_result


def write_change(root: Path, change: SourceChange, known: Callable[[str], bytes | None]) -> None:
    """Carry out a change below `root`: all of it, or nothing.

    `known` gives the text that a file's edits were made for. Modes, encodings, byte order marks and
    line ends stay. Raises `StaleDocument` when a file is another by now, `Refusal` for what cannot
    be written in a file's encoding, `UserError` when the disk refuses.
    """
    before = {path: _read(root, path, known(path)) for path in files_before(change)}
    replaced: dict[Path, tuple[bytes, _Before]] = {}
    made: dict[Path, tuple[bytes, _Before | None]] = {}
    removed: list[Path] = []
    for path, held in before.items():
        content = _written(path, held, apply_edits(held.text.text, change.edits.get(path, ())))
        if path in change.renames:
            made[root / change.renames[path]] = content, held
            removed.append(held.path)
        elif path in change.deletes:
            removed.append(held.path)
        else:
            replaced[held.path] = content, held
    for path, text in change.creates.items():
        made[root / path] = _bytes(text), None
    with contextlib.ExitStack() as cleanup, _undone_on_failure() as undo:
        staged = {
            target: _staged(target, content, held, cleanup, undo)
            for target, (content, held) in (*replaced.items(), *made.items())
        }
        for path, held in before.items():
            if held.path.read_bytes() != held.raw:
                raise _stale(path)
        for target in replaced:
            _put_aside(target, cleanup, undo, _copied)
            os.replace(staged[target], target)
        for target in removed:
            _put_aside(target, cleanup, undo, os.replace)
        for target in made:
            _link(staged[target], target)
            undo.callback(os.unlink, target)
    for target in removed:
        _remove_empty(target.parent, root)


def _read(root: Path, path: str, known: bytes | None) -> _Before:
    place = root / path
    try:
        status = place.lstat()
        if not stat.S_ISREG(status.st_mode):
            raise Refusal(f"{path} is no regular file", "Change it by hand.")
        raw = place.read_bytes()
    except OSError as error:
        raise UserError(
            f"{path} cannot be read: {error.strerror}", "Nothing was changed."
        ) from None
    text = file_text(raw)
    if text is None or text.text != known:
        raise _stale(path)
    if text.written(text.text) != raw:
        raise Refusal(f"{path} is not in one encoding throughout", "Convert it to UTF-8 first.")
    return _Before(place, raw, text, status)


def _stale(path: str) -> StaleDocument:
    return StaleDocument(f"{path} has changed meanwhile", "Nothing was changed; try again.")


def _written(path: str, held: _Before, after: bytes) -> bytes:
    try:
        return held.text.written(after)
    except ValueError as error:
        raise Refusal(
            f"{path} is in {held.text.encoding}, not UTF-8, and the edit puts in what cannot be "
            f"written there: {error}",
            "Convert it to UTF-8 first.",
        ) from None


@contextlib.contextmanager
def _undone_on_failure() -> Iterator[contextlib.ExitStack]:
    """Callbacks that run, the last one first, unless the block ends well."""
    with contextlib.ExitStack() as undo:
        try:
            yield undo
        except OSError as error:
            where = f" {error.filename}" if error.filename else ""
            raise UserError(
                f"The files cannot be written:{where} {error.strerror}", "Nothing was changed."
            ) from error
        undo.pop_all()


def _staged(
    target: Path,
    content: bytes,
    held: _Before | None,
    cleanup: contextlib.ExitStack,
    undo: contextlib.ExitStack,
) -> Path:
    """The new content beside its target, ready to take its place."""
    _make_folders(target.parent, undo)
    staged = _beside(target)
    descriptor = os.open(staged, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _NEW_MODE)
    # Before a folder that was made for it, and when all went well.
    for stack in (undo, cleanup):
        stack.callback(staged.unlink, missing_ok=True)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    if held is not None:
        _own_alike(staged, held.status)
        staged.chmod(stat.S_IMODE(held.status.st_mode))
    return staged


def _own_alike(staged: Path, status: os.stat_result) -> None:
    current = staged.stat()
    if hasattr(os, "chown") and (current.st_uid, current.st_gid) != (status.st_uid, status.st_gid):
        # Only root may give files away; whoever may write here may own what is written.
        with contextlib.suppress(PermissionError):
            os.chown(staged, status.st_uid, status.st_gid)


def _make_folders(folder: Path, undo: contextlib.ExitStack) -> None:
    if folder.is_dir():
        return
    _make_folders(folder.parent, undo)
    folder.mkdir()
    undo.callback(folder.rmdir)


def _remove_empty(folder: Path, root: Path) -> None:
    """Take away folders that nothing is left in, as git does."""
    while folder != root and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent


def _beside(target: Path) -> Path:
    return target.with_name(f".{target.name[:80]}.{secrets.token_hex(6)}~")


def _put_aside(
    target: Path,
    cleanup: contextlib.ExitStack,
    undo: contextlib.ExitStack,
    move: Callable[[Path, Path], object],
) -> None:
    """Keep the file until all is done, to be put back should anything fail."""
    aside = _beside(target)
    cleanup.callback(aside.unlink, missing_ok=True)
    move(target, aside)
    undo.callback(os.replace, aside, target)


def _copied(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        # Not every file system has links.
        shutil.copy2(source, target)


def _link(staged: Path, target: Path) -> None:
    """Give a new file its name, unless that is taken."""
    try:
        os.link(staged, target)
    except FileExistsError:
        raise
    except OSError:
        if os.path.lexists(target):
            raise FileExistsError(errno.EEXIST, "is there already", str(target)) from None
        os.rename(staged, target)
