"""Which files of a workspace belong in the index: a walk, and the same rules for one path.

Owns the order of precedence among settings, ignore files and built-in exclusions, and what is never
followed. It must not open a source file or know a language: the caller says which names it wants,
and binary content is found out later.

What decides about an entry, the first that speaks: version control's own folders are out;
`WalkOptions.exclude`; `.pairwrightignore`, the deepest first; `.gitignore`, the deepest first, then
`info/exclude` of the repository; folders that hold what tools wrote or what others maintain. Below
an excluded folder nothing is looked at. A symbolic link is never followed: its target is indexed
where it stands, or is not part of the workspace. Ignored files that git tracks all the same are
left out: only the patterns are read, not git's index.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import NamedTuple

from pairwright.index.ignore import Patterns, parse_patterns

IGNORE_FILE = ".pairwrightignore"
GIT_IGNORE_FILE = ".gitignore"

# An ignore file of this many bytes is a mistake, and its patterns would take seconds to compile.
MAX_IGNORE_FILE_SIZE = 1_000_000

VERSION_CONTROL_FOLDERS = frozenset({".git", ".hg", ".svn", ".jj", ".bzr", "_darcs", "CVS"})

TOOL_FOLDERS = frozenset(
    {
        "__pycache__", "site-packages", "dist-packages", ".tox", ".nox", ".venv", ".direnv",
        ".eggs", ".mypy_cache", ".pytest_cache", ".ruff_cache", ".pytype", ".hypothesis",
        ".ipynb_checkpoints", "node_modules", "bower_components", "jspm_packages", ".yarn",
        ".pnpm-store", ".npm", ".next", ".nuxt", ".svelte-kit", ".parcel-cache", ".turbo",
        ".angular", ".nyc_output", ".gradle", ".terraform", ".bundle", ".dart_tool", ".stack-work",
        "elm-stuff", ".cache", ".vscode-test", ".vs",
    }
)  # fmt: skip

VENDORED_FOLDERS = frozenset(
    {"vendor", "vendored", "_vendor", "third_party", "third-party", "thirdparty", "3rdparty"}
)

_VIRTUAL_ENVIRONMENT_FILE = "pyvenv.cfg"
_CACHE_TAG_FILE = "CACHEDIR.TAG"
_CACHE_TAG = "Signature: 8a477f597d28d172789f06886806bc55"
_SPECIAL = frozenset(
    {".git", GIT_IGNORE_FILE, IGNORE_FILE, _VIRTUAL_ENVIRONMENT_FILE, _CACHE_TAG_FILE}
)


class SkipReason(Enum):
    """Why something that is not ignored was left out; the value is the words for a person."""

    TOO_LARGE = "larger than the limit"
    SYMLINK = "a symbolic link"
    UNREADABLE = "cannot be read"
    NOT_REGULAR = "not a regular file"
    NAME_NOT_UTF8 = "its name is not UTF-8"
    VENDORED = "third-party code"
    VIRTUAL_ENVIRONMENT = "a virtual environment"
    CACHE = "a cache folder"


class WalkEntry(NamedTuple):
    """A file of the index, as it stood when it was looked at.

    `path` is relative to the root with `/` between parts. `size` is in bytes. `inode` is 0 where
    the platform has none.
    """

    # A tuple, not a dataclass: hundreds of thousands are made, and this takes a third of the time.
    path: str
    size: int
    mtime_ns: int
    inode: int


@dataclass(frozen=True, slots=True)
class Skipped:
    """Something left out that a person might miss. `path` is printable, `.` for the root."""

    path: str
    reason: SkipReason
    detail: str = ""


@dataclass(frozen=True, slots=True)
class WalkOptions:
    """What to look for. `accepts` is asked with the file's name alone; `max_file_size` is in bytes.

    `exclude` holds patterns in the syntax of `.gitignore`, relative to the root.
    """

    accepts: Callable[[str], bool]
    exclude: tuple[str, ...] = ()
    include_vendored: bool = False
    max_file_size: int = 1_000_000


@dataclass(frozen=True, slots=True)
class WalkResult:
    """Both lists are sorted by path."""

    entries: list[WalkEntry]
    skipped: list[Skipped]


def walk(root: Path, options: WalkOptions, check: Callable[[], None] | None = None) -> WalkResult:
    """All files below `root` that belong in the index.

    `check` is called once for each folder and may raise to end the walk. Never raises on what
    stands in the tree; a root that cannot be read is reported in `skipped`.
    """
    entries: list[WalkEntry] = []
    skipped: list[Skipped] = []
    accepts, limit = options.accepts, options.max_file_size
    waiting = [_root_folder(str(root), options, skipped)]
    while waiting:
        folder = waiting.pop()
        if check is not None:
            check()
        try:
            with os.scandir(folder.location) as found:
                listing = list(found)
        except (FileNotFoundError, NotADirectoryError) as error:
            if not folder.path:
                skipped.append(_unreadable(".", error))
            continue  # gone since its parent was listed
        except OSError as error:
            skipped.append(_unreadable(folder.path or ".", error))
            continue
        folders: list[os.DirEntry[str]] = []
        files: list[os.DirEntry[str]] = []
        special: set[str] = set()
        for entry in listing:
            name = entry.name
            if name in _SPECIAL:
                special.add(name)
            if entry.is_dir(follow_symlinks=False):
                if name not in VERSION_CONTROL_FOLDERS:
                    folders.append(entry)
            elif accepts(name) or entry.is_symlink():
                files.append(entry)
        if special:
            entered = _entered(folder, special, skipped)
            if entered is None:
                continue
            folder = entered
        prefix = folder.prefix
        rules = folder.rules
        for entry in folders:
            name = entry.name
            path = prefix + name
            verdict = _folder_verdict(rules, path, name)
            if verdict is _Verdict.IGNORED:
                continue
            if isinstance(verdict, Skipped):
                skipped.append(verdict)
            elif not name.isascii() and not _is_utf8(name):
                skipped.append(Skipped(_printable(path), SkipReason.NAME_NOT_UTF8))
            else:
                kept = verdict is _Verdict.KEPT
                waiting.append(_Folder(entry.path, path, f"{path}/", rules, kept))
        speaks = rules.speaks
        for entry in files:
            name = entry.name
            path = prefix + name
            if speaks and _file_is_ignored(rules, path, name):
                continue
            if not name.isascii() and not _is_utf8(name):
                skipped.append(Skipped(_printable(path), SkipReason.NAME_NOT_UTF8))
                continue
            try:
                if entry.is_symlink():
                    if accepts(name) or entry.is_dir():
                        skipped.append(Skipped(path, SkipReason.SYMLINK))
                    continue
                status = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue  # gone since the folder was listed
            except OSError as error:
                skipped.append(_unreadable(path, error))
                continue
            size = status.st_size
            if size > limit or not stat.S_ISREG(status.st_mode):
                skipped.append(_unfit(path, status))
                continue
            entries.append(WalkEntry(path, size, status.st_mtime_ns, status.st_ino))
    entries.sort()
    skipped.sort(key=lambda item: item.path)
    return WalkResult(entries, skipped)


def is_ignored(root: Path, path: Path, options: WalkOptions, *, is_folder: bool = False) -> bool:
    """Whether `walk` would leave out `path` for its name or place; the path need not exist.

    True for anything outside `root` and for a file whose name `options.accepts` refuses. Ignore
    files are read anew, a few dozen microseconds for each level.
    """
    located = _locate(root, path, options, is_folder=is_folder)
    return not isinstance(located, _Place)


def entry_at(root: Path, path: Path, options: WalkOptions) -> WalkEntry | Skipped | None:
    """What `walk` would make of the file `path`; None when it is ignored, unwanted or not there."""
    located = _locate(root, path, options, is_folder=False)
    if not isinstance(located, _Place):
        return located
    try:
        status = os.lstat(located.location)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        return _unreadable(located.path, error)
    if stat.S_ISDIR(status.st_mode):
        return None
    if stat.S_ISLNK(status.st_mode):
        return Skipped(located.path, SkipReason.SYMLINK)
    if status.st_size > options.max_file_size or not stat.S_ISREG(status.st_mode):
        return _unfit(located.path, status)
    return WalkEntry(located.path, status.st_size, status.st_mtime_ns, status.st_ino)


# --- one folder's rules


@dataclass(frozen=True, slots=True)
class _Placed:
    """Patterns and where they stand: asked with `prefix + path[cut:]` for a path below the root."""

    patterns: Patterns
    prefix: str
    cut: int

    def decision(self, path: str, name: str, is_folder: bool) -> bool | None:
        place = self.prefix + path[self.cut :] if self.patterns.reads_paths else name
        return self.patterns.decision(place, name, is_folder)


@dataclass(frozen=True, slots=True)
class _Rules:
    """What is asked about a folder's entries; each group's strongest stands first."""

    chosen: tuple[_Placed, ...]  # WalkOptions.exclude
    own: tuple[_Placed, ...]  # .pairwrightignore
    git: tuple[_Placed, ...]
    include_vendored: bool

    @property
    def speaks(self) -> bool:
        return bool(self.chosen or self.own or self.git)


@dataclass(frozen=True, slots=True)
class _Folder:
    """A folder to be looked at. `kept`: our own patterns took it in, whatever else speaks."""

    location: str
    path: str
    prefix: str
    rules: _Rules
    kept: bool


class _Verdict(Enum):
    IGNORED = "ignored"
    KEPT = "kept"
    PLAIN = "plain"


def _decision(
    groups: tuple[tuple[_Placed, ...], ...], path: str, name: str, is_folder: bool
) -> bool | None:
    for group in groups:
        for placed in group:
            decision = placed.decision(path, name, is_folder)
            if decision is not None:
                return decision
    return None


def _file_is_ignored(rules: _Rules, path: str, name: str) -> bool:
    return _decision((rules.chosen, rules.own, rules.git), path, name, False) is True


def _folder_verdict(rules: _Rules, path: str, name: str) -> _Verdict | Skipped:
    if rules.chosen or rules.own:
        ours = _decision((rules.chosen, rules.own), path, name, True)
        if ours is not None:
            return _Verdict.IGNORED if ours else _Verdict.KEPT
    if name in TOOL_FOLDERS:
        return _Verdict.IGNORED
    if rules.git and _decision((rules.git,), path, name, True):
        return _Verdict.IGNORED
    if name in VENDORED_FOLDERS and not rules.include_vendored:
        return Skipped(_printable(path), SkipReason.VENDORED)
    return _Verdict.PLAIN


def _root_folder(location: str, options: WalkOptions, skipped: list[Skipped]) -> _Folder:
    patterns = parse_patterns("\n".join(options.exclude))
    chosen = (_Placed(patterns, "", 0),) if patterns is not None else ()
    above = _rules_above(os.path.abspath(location), skipped)
    rules = _Rules(chosen, (), above, options.include_vendored)
    return _Folder(location, "", "", rules, kept=True)


def _entered(folder: _Folder, special: set[str], skipped: list[Skipped]) -> _Folder | None:
    """The folder with the rules of the ignore files in it; None when it is to be left out.

    `special` holds those names of `_SPECIAL` that stand in the folder.
    """
    if not folder.kept:
        if _VIRTUAL_ENVIRONMENT_FILE in special:
            skipped.append(Skipped(folder.path, SkipReason.VIRTUAL_ENVIRONMENT))
            return None
        if _CACHE_TAG_FILE in special and _is_cache_tag(f"{folder.location}/{_CACHE_TAG_FILE}"):
            skipped.append(Skipped(folder.path, SkipReason.CACHE))
            return None
    own, git = folder.rules.own, folder.rules.git
    cut = len(folder.prefix)
    if ".git" in special:
        # Another repository, or the root's own: patterns from outside it do not reach in.
        exclude = _read_patterns(_info_exclude(f"{folder.location}/.git"), folder.path, skipped)
        git = () if exclude is None else (_Placed(exclude, "", cut),)
    if GIT_IGNORE_FILE in special:
        name = f"{folder.prefix}{GIT_IGNORE_FILE}"
        patterns = _read_patterns(f"{folder.location}/{GIT_IGNORE_FILE}", name, skipped)
        git = git if patterns is None else (_Placed(patterns, "", cut), *git)
    if IGNORE_FILE in special:
        name = f"{folder.prefix}{IGNORE_FILE}"
        patterns = _read_patterns(f"{folder.location}/{IGNORE_FILE}", name, skipped)
        own = own if patterns is None else (_Placed(patterns, "", cut), *own)
    rules = _Rules(folder.rules.chosen, own, git, folder.rules.include_vendored)
    return _Folder(folder.location, folder.path, folder.prefix, rules, folder.kept)


def _rules_above(location: str, skipped: list[Skipped]) -> tuple[_Placed, ...]:
    """Git's rules from the folders above the root, where the root lies inside a repository.

    None of them hold when the repository ignores the root itself: whoever opens such a folder wants
    to see what is in it.
    """
    above: list[str] = []  # the root's parents up to the repository's top
    folder = location
    while not os.path.lexists(f"{folder}/.git"):
        parent = os.path.dirname(folder)
        if parent == folder:
            return ()
        above.append(parent)
        folder = parent
    if not above:
        return ()  # the root's own repository: read when the root is entered
    placed: list[_Placed] = []  # the weakest first, until returned
    for number, parent in enumerate(reversed(above)):
        below = "/".join(_relative_parts(parent, location))
        sources = [f"{parent}/{GIT_IGNORE_FILE}"]
        if number == 0:
            sources.insert(0, _info_exclude(f"{parent}/.git"))
        for source in sources:
            patterns = _read_patterns(source, source, skipped)
            if patterns is not None:
                placed.append(_Placed(patterns, f"{below}/", 0))
        # Is the folder on the way to the root, one below `parent`, ignored?
        step = below.split("/")[0]
        for each in reversed(placed):
            way = each.prefix[: len(each.prefix) - len(below) - 1] + step
            decision = each.patterns.decision(way, step, True)
            if decision is not None:
                if decision:
                    return ()
                break
    return tuple(reversed(placed))


def _read_patterns(location: str, shown: str, skipped: list[Skipped]) -> Patterns | None:
    """The patterns of an ignore file; a missing one has none, an unreadable one is reported."""
    try:
        status = os.lstat(location)
        if not stat.S_ISREG(status.st_mode) or status.st_size > MAX_IGNORE_FILE_SIZE:
            # Git does not follow a linked ignore file either.
            skipped.append(_unfit(shown, status))
            return None
        with open(location, "rb") as file:
            text = file.read().decode("utf-8", "surrogateescape")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        skipped.append(_unreadable(shown, error))
        return None
    return parse_patterns(text)


def _info_exclude(dot_git: str) -> str:
    """Where `info/exclude` is for a repository's `.git`: a folder, or a file that names one."""
    folder = dot_git
    pointer = _first_line(dot_git)
    if pointer.startswith("gitdir:"):
        folder = os.path.join(os.path.dirname(dot_git), pointer.removeprefix("gitdir:").strip())
    # A linked work tree has a folder of its own that names the shared one.
    common = _first_line(os.path.join(folder, "commondir"))
    if common:
        folder = os.path.join(folder, common)
    return os.path.join(folder, "info", "exclude")


def _first_line(location: str) -> str:
    """A small file's first line; empty when it is no readable file."""
    try:
        if not stat.S_ISREG(os.stat(location).st_mode):
            return ""
        with open(location, "rb") as file:
            return file.readline(4096).decode("utf-8", "surrogateescape").strip()
    except OSError:
        return ""


def _is_cache_tag(location: str) -> bool:
    return _first_line(location).startswith(_CACHE_TAG)


# --- one path


@dataclass(frozen=True, slots=True)
class _Place:
    """A path that nothing speaks against."""

    location: str
    path: str


def _locate(
    root: Path, path: Path, options: WalkOptions, *, is_folder: bool
) -> _Place | Skipped | None:
    """The way `walk` would take down to `path`: there, stopped with a reason, or ignored (None)."""
    parts = _relative_parts(os.path.abspath(root), os.path.abspath(path))
    if not parts or ".." in parts or not (is_folder or options.accepts(parts[-1])):
        return None
    skipped: list[Skipped] = []
    folder = _root_folder(str(root), options, skipped)
    for number, name in enumerate(parts):
        special = {
            mark for mark in _SPECIAL if os.path.lexists(os.path.join(folder.location, mark))
        }
        entered = _entered(folder, special, skipped)
        if entered is None:
            return skipped[-1]
        location = os.path.join(entered.location, name)
        below = entered.prefix + name
        if number == len(parts) - 1 and not is_folder:
            if _file_is_ignored(entered.rules, below, name):
                return None
            if not _is_utf8(name):
                return Skipped(_printable(below), SkipReason.NAME_NOT_UTF8)
            return _Place(location, below)
        if name in VERSION_CONTROL_FOLDERS:
            return None
        if os.path.islink(location):
            return Skipped(_printable(below), SkipReason.SYMLINK)
        verdict = _folder_verdict(entered.rules, below, name)
        if isinstance(verdict, Skipped):
            return verdict
        if verdict is _Verdict.IGNORED:
            return None
        if not _is_utf8(name):
            return Skipped(_printable(below), SkipReason.NAME_NOT_UTF8)
        kept = verdict is _Verdict.KEPT
        folder = _Folder(location, below, f"{below}/", entered.rules, kept)
    return _Place(folder.location, folder.path)


def _relative_parts(above: str, below: str) -> list[str]:
    """The parts of `below` under `above`, both absolute; empty when it is not under it."""
    start = above if above.endswith(os.sep) else above + os.sep
    if not below.startswith(start):
        return []
    return [part for part in below[len(start) :].split(os.sep) if part]


# --- words


def _is_utf8(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _printable(path: str) -> str:
    return path.encode("utf-8", "backslashreplace").decode()


def _unreadable(path: str, error: OSError) -> Skipped:
    return Skipped(_printable(path), SkipReason.UNREADABLE, error.strerror or str(error))


def _unfit(path: str, status: os.stat_result) -> Skipped:
    if not stat.S_ISREG(status.st_mode):
        return Skipped(_printable(path), SkipReason.NOT_REGULAR)
    return Skipped(_printable(path), SkipReason.TOO_LARGE, f"{status.st_size} bytes")
