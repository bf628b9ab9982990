"""What a change's own release note says: a news fragment (`news/12.bugfix.md`, towncrier), a
changeset (`.changeset/x.md`), or the one entry it adds to a changelog.

Owns the reading of such notes. It must not know styles. A person wrote them for the very change
that is about to be committed, so their words and the kind that they name go before what can be
guessed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pairwright.features.commits.files import FileClass
from pairwright.features.commits.meaning import FileMeaning
from pairwright.git.repo import ChangeStatus


@dataclass(frozen=True, slots=True)
class Note:
    """One note: the type that it names, "" for none, and its first sentence as it stands."""

    type: str
    text: str
    path: str


_KINDS = {
    "feature": "feat",
    "feat": "feat",
    "added": "feat",
    "add": "feat",
    "enhancement": "feat",
    "improvement": "feat",
    "features": "feat",
    "new features": "feat",
    "minor": "feat",
    "bugfix": "fix",
    "fix": "fix",
    "fixed": "fix",
    "bug": "fix",
    "fixes": "fix",
    "bug fixes": "fix",
    "security": "fix",
    "patch": "fix",
    "doc": "docs",
    "docs": "docs",
    "documentation": "docs",
    "performance": "perf",
    "perf": "perf",
    "refactor": "refactor",
    "internal": "refactor",
}
_FRAGMENT = re.compile(
    r"(?:^|/)(?:news|newsfragments|changelog\.d|changes|changelog|\.changelog|upcoming_changes"
    r"|towncrier)/(?:[^/]+/)*[+\w#-]+\.(?P<kind>[a-z]+)(?:\.\d+)?(?:\.(?:md|rst|txt))?$"
)
_CHANGESET = re.compile(r"(?:^|/)\.changeset/[\w-]+\.md$")
_LEVEL = re.compile(rb"""^["']?[@\w/.-]+["']?:\s*(patch|minor|major)\s*$""")
_ENTRY = re.compile(rb"^\s*[-*+]\s+(\S.{8,})$")
_SECTION = re.compile(rb"^#{2,4}\s+\W*([A-Za-z ]+?)\s*$")


def is_note(path: str) -> bool:
    """Whether a file is a release note of a single change."""
    return bool(_FRAGMENT.search(path) or _CHANGESET.search(path))


def note_of(files: Sequence[FileMeaning]) -> Note | None:
    """The one note of a change; None where it has none, or several of different kinds."""
    found = [note for one in files if (note := _note(one)) is not None]
    if not found or len({note.type for note in found}) > 1:
        return None
    return found[0]


def _note(one: FileMeaning) -> Note | None:
    fresh = one.change.status in (ChangeStatus.ADDED, ChangeStatus.UNTRACKED)
    fragment = _FRAGMENT.search(one.path)
    if fragment is not None and fresh and fragment["kind"] in {*_KINDS, "misc", "removal"}:
        text = _sentence(b" ".join(one.added[:3]))
        return Note(_KINDS.get(fragment["kind"], ""), text, one.path) if text else None
    if _CHANGESET.search(one.path) and fresh:
        return _changeset(one)
    if one.kind is FileClass.RELEASE and one.change.status is ChangeStatus.MODIFIED:
        return _entry(one)
    return None


def _changeset(one: FileMeaning) -> Note | None:
    levels = {found[1].decode() for line in one.added if (found := _LEVEL.match(line)) is not None}
    prose = [line for line in one.added if line.strip() not in (b"", b"---")]
    prose = [line for line in prose if _LEVEL.match(line) is None]
    text = _sentence(prose[0]) if prose else ""
    said = re.match(r"(feat|fix|docs|perf|chore|refactor)(?:\([^)]*\))?!?: +(.+)", text)
    if said is not None:
        return Note(said[1], said[2], one.path)
    kind = _KINDS.get(levels.pop(), "") if len(levels) == 1 else ""
    return Note(kind, text, one.path) if text else None


def _entry(one: FileMeaning) -> Note | None:
    """The entry of a changelog, where only one was added, and what its section says it is."""
    entries = [found[1] for line in one.added if (found := _ENTRY.match(line)) is not None]
    if len(entries) != 1 or len(one.added) > _FEW_LINES:
        return None
    sections = [found[1] for line in one.added if (found := _SECTION.match(line)) is not None]
    kind = _KINDS.get(sections[0].decode().lower(), "") if len(sections) == 1 else ""
    text = _sentence(entries[0])
    return Note(kind, text, one.path) if text else None


_FEW_LINES = 8
_MARKUP = (
    (re.compile(r"\[([^\]]+)\]\([^)]*\)"), r"\1"),
    (re.compile(r"``([^`]+)``"), r"`\1`"),
    (re.compile(r":[a-z:]+:`~?([^`<]+?)(?: *<[^>]*>)?`"), r"`\1`"),
    (re.compile(r"\*\*([^*]+)\*\*"), r"\1"),
    (
        re.compile(
            r"[\s,;(\[]*(?:(?:[Ff]ix(?:es)?|[Cc]loses?|[Ss]ee|in|by) )?(?:#\d+|@[\w-]+)[\])]*"
        ),
        "",
    ),
    (re.compile(r"https?://\S+"), ""),
)


def _sentence(raw: bytes) -> str:
    """The first sentence without markup, links and who and where; "" where little is left."""
    text = raw.decode("utf-8", "replace").strip().lstrip("-*+ ")
    for pattern, kept in _MARKUP:
        text = pattern.sub(kept, text)
    text = re.split(r"(?<=[^\s.]{2})\. +(?=[A-Z])", " ".join(text.split()))[0]
    text = text.strip(" .:")
    return text if len(text.split()) >= 3 else ""
