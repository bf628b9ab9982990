"""What a change did, as a person would name it: a verb, what it was done to, and where it shows.

Owns the step from the meanings of files to topics, the weightiest first. It must not know a
repository's style: topics are imperative English, and `draft.py` words them.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pairwright.features.commits.dependencies import DependencyChange
from pairwright.features.commits.files import FileClass
from pairwright.features.commits.meaning import FileMeaning
from pairwright.features.commits.notes import is_note
from pairwright.git.repo import ChangeStatus
from pairwright_analyzers.diff import ChangeKind, SymbolChange
from pairwright_analyzers.languages import language
from pairwright_analyzers.signatures import incompatible, signature_of
from pairwright_analyzers.types import CALLABLE_KINDS, TYPE_KINDS, SymbolFlag, SymbolKind


@dataclass(frozen=True, slots=True)
class Topic:
    """One thing done. `names` are what it was done to, in code's own words; `to` is what came of it
    (a new name, a version); `where` is the place it was done in, `about` what it is about.

    `weight` orders topics. `line` is a line of the file after the change, from 0, or -1.
    """

    verb: str
    names: tuple[str, ...]
    path: str
    weight: float
    to: str = ""
    where: str = ""
    about: str = ""
    noun: str = ""
    old: str = ""
    breaking: str = ""
    """Why those who use it have to change, as a sentence; "" where they need not."""


def topics_of(
    files: Sequence[FileMeaning], dependencies: Sequence[tuple[str, DependencyChange]]
) -> tuple[Topic, ...]:
    """What a change did, the weightiest first; `dependencies` with the file that names each."""
    folders, moved = _folder_topics(files)
    found: list[Topic] = [
        *folders,
        *_symbol_topics(files),
        *_dependency_topics(dependencies),
    ]
    told = {topic.path for topic in found}
    told_dependencies = bool(dependencies)
    for one in files:
        if one.path in told and one.change.status is ChangeStatus.MODIFIED:
            continue
        if one.path in moved or is_note(one.path):
            continue
        if told_dependencies and one.kind in (FileClass.LOCK, FileClass.MANIFEST):
            continue
        found.extend(_file_topics(one, spoken=one.path in told))
    found.sort(key=lambda topic: -topic.weight)
    return tuple(found)


_A_FOLDER = 3
"""Files that moved alike from which on their folder is said to have moved."""


def _folder_topics(files: Sequence[FileMeaning]) -> tuple[list[Topic], set[str]]:
    """Folders that moved, and the files that are told by that."""
    groups: dict[tuple[str, str], list[FileMeaning]] = defaultdict(list)
    for one in files:
        if one.change.status is ChangeStatus.RENAMED and one.change.old_path is not None:
            old, new = one.change.old_path.split("/"), one.path.split("/")
            while len(old) > 1 and len(new) > 1 and old[-1] == new[-1]:
                old.pop()
                new.pop()
            if old[-1] != one.change.old_path.rpartition("/")[2]:
                groups["/".join(old), "/".join(new)].append(one)
    topics: list[Topic] = []
    moved: set[str] = set()
    for (old_folder, new_folder), held in groups.items():
        if len(held) < _A_FOLDER:
            continue
        same = old_folder.rpartition("/")[0] == new_folder.rpartition("/")[0]
        weight = 4.5 + min(3.0, len(held) / 20)
        verb = "rename" if same else "move"
        topics.append(Topic(verb, (old_folder,), held[0].path, weight, to=new_folder))
        moved.update(one.path for one in held)
    return topics, moved


# Symbols.


_WEIGHTS = {
    ChangeKind.ADDED: 5.0,
    ChangeKind.REMOVED: 4.0,
    ChangeKind.RENAMED: 4.5,
    ChangeKind.SIGNATURE: 4.0,
    ChangeKind.BODY: 3.0,
}


def _symbol_topics(files: Sequence[FileMeaning]) -> Iterator[Topic]:
    gone: dict[tuple[str, SymbolKind], list[tuple[FileMeaning, SymbolChange]]] = defaultdict(list)
    for one in files:
        if one.kind is FileClass.CODE:
            for change in one.symbols:
                if change.kind is ChangeKind.REMOVED:
                    gone[change.symbol.name, change.symbol.kind].append((one, change))
    moved: set[int] = set()
    for one in files:
        for place, change in enumerate(one.symbols):
            symbol = change.symbol
            test = one.kind is FileClass.TESTS or place in one.in_tests
            if one.kind is not FileClass.CODE and not test:
                continue
            if test:
                topic = _test_topic(one, change)
            elif _inside_changed(one, change) or _told_by_another(one, change):
                continue
            elif change.kind is ChangeKind.ADDED and (
                origin := _origin(gone.get((symbol.name, symbol.kind), ()), one)
            ):
                moved.add(id(origin[1]))
                topic = Topic(
                    "move",
                    (shown_name(change),),
                    one.path,
                    4.2 + _importance(one, change),
                    to=stem(one.path),
                    old=origin[0].path,
                )
            else:
                topic = _code_topic(one, change)
            if topic is not None and id(change) not in moved:
                yield topic


def _origin(
    candidates: Sequence[tuple[FileMeaning, SymbolChange]], target: FileMeaning
) -> tuple[FileMeaning, SymbolChange] | None:
    return next((held for held in candidates if held[0] is not target), None)


def _inside_changed(one: FileMeaning, change: SymbolChange) -> bool:
    """Whether the symbol came or went with what it stands in."""
    symbol = change.symbol
    if symbol.container < 0 or change.kind not in (ChangeKind.ADDED, ChangeKind.REMOVED):
        return False
    side = "after" if change.kind is ChangeKind.ADDED else "before"
    return any(
        other.kind is change.kind
        and (held := getattr(other, side)) is not None
        and held.index == symbol.container
        for other in one.symbols
    )


def _told_by_another(one: FileMeaning, change: SymbolChange) -> bool:
    """Whether a changed body says no more than what changed around it or in it: a type whose
    members came or went, a function inside of another that changed.
    """
    if change.kind is not ChangeKind.BODY:
        return False
    symbol = change.symbol
    if symbol.kind in TYPE_KINDS:
        return _holds_changed(one, change)
    return symbol.container >= 0 and any(
        other.kind is ChangeKind.BODY
        and other.symbol.kind in CALLABLE_KINDS
        and other.symbol.index == symbol.container
        for other in one.symbols
    )


def _importance(one: FileMeaning, change: SymbolChange) -> float:
    symbol = change.symbol
    weight = 0.0
    if one.is_exported(change):
        weight += 1.0
    elif change.kind is ChangeKind.ADDED:
        # What only its neighbours see is how it was done, not what.
        weight -= 1.8
    if symbol.name.startswith("__") and symbol.name.endswith("__"):
        weight -= 1.5
    if symbol.kind in TYPE_KINDS:
        weight += 0.8
    elif symbol.kind in CALLABLE_KINDS:
        weight += 0.6
    elif symbol.kind is SymbolKind.IMPLEMENTATION:
        weight -= 1.0
    else:
        weight -= 0.5
    size = symbol.span.end - symbol.span.start
    return weight + min(1.0, size / 2_000) - (0.3 if symbol.container >= 0 else 0.0)


_MODULE_TABLES = frozenset({"_M", "M", "exports", "module"})
"""What files call the table that holds all they offer."""


def shown_name(change: SymbolChange) -> str:
    """A symbol's name as it is told: a member with its type."""
    symbol = change.symbol
    parts = symbol.qualname.split(".")
    if len(parts) > 1 and parts[0] in _MODULE_TABLES:
        parts = parts[1:]
    if symbol.kind is SymbolKind.CONSTRUCTOR or symbol.name in ("__init__", "constructor"):
        return parts[-2] if len(parts) > 1 else parts[0]
    return ".".join(parts[-2:])


def _code_topic(one: FileMeaning, change: SymbolChange) -> Topic | None:
    symbol = change.symbol
    weight = _WEIGHTS[change.kind] + _importance(one, change)
    name = shown_name(change)
    if symbol.kind in (SymbolKind.IMPLEMENTATION, SymbolKind.MODULE, SymbolKind.NAMESPACE):
        fresh = change.kind is ChangeKind.ADDED
        if not fresh or any(
            other.kind is ChangeKind.ADDED and other.symbol.name == symbol.name
            for other in one.symbols
            if other is not change
        ):
            return None
        return Topic("add", (name,), one.path, weight - 1, where=stem(one.path))
    public = _public(one, change)
    match change.kind:
        case ChangeKind.ADDED:
            return Topic("add", (name,), one.path, weight, noun=_noun(change))
        case ChangeKind.REMOVED:
            why = f"`{name}` is gone." if public and _usable(change) else ""
            return Topic("remove", (name,), one.path, weight, noun=_noun(change), breaking=why)
        case ChangeKind.RENAMED:
            assert change.before is not None
            old = change.before.qualname.split(".")[-1]
            why = f"`{old}` is now `{symbol.name}`." if public and _usable(change) else ""
            return Topic("rename", (old,), one.path, weight, to=symbol.name, breaking=why)
        case ChangeKind.SIGNATURE:
            return _signature_topic(one, change, name, weight, public)
    verb, about = _body_verb(one, change)
    return Topic(verb, (name,), one.path, weight, about=about)


_LONG_TYPE = 32
"""Characters above which a type is not written out."""


def _usable(change: SymbolChange) -> bool:
    return change.symbol.kind in CALLABLE_KINDS | TYPE_KINDS


def _public(one: FileMeaning, change: SymbolChange) -> bool:
    """Whether others may use it: exported all the way up, and not in a part marked as internal."""
    folders = one.path.split("/")
    return (
        one.is_exported(change)
        and not any(part.startswith("_") and not part.startswith("__") for part in folders)
        and not any(part.startswith("_") for part in change.symbol.qualname.split("."))
        and "internal" not in folders
        and "private" not in folders
    )


def _noun(change: SymbolChange) -> str:
    kind = change.symbol.kind
    if kind in TYPE_KINDS:
        return {SymbolKind.INTERFACE: "interface", SymbolKind.ENUM: "enum"}.get(kind, "")
    if kind is SymbolKind.CONSTANT:
        return "constant"
    return ""


def _signature_topic(
    one: FileMeaning, change: SymbolChange, name: str, weight: float, public: bool
) -> Topic:
    before, after = change.before, change.after
    assert before is not None
    assert after is not None
    if after.kind not in CALLABLE_KINDS or not one.language:
        return Topic("", (name,), one.path, weight - 1)
    spec = language(one.language)
    member = after.container >= 0 or bool(after.owner)
    old = signature_of(spec, before, member=member)
    new = signature_of(spec, after, member=member)
    old_names = [held.name for held in old.parameters]
    new_names = [held.name for held in new.parameters]
    more = tuple(held for held in new_names if held not in old_names and held)
    less = tuple(held for held in old_names if held not in new_names and held)
    if not all(re.fullmatch(r"[*&$@\w]+", held) for held in (*more, *less)):
        # A pattern that takes an argument apart is no name to speak of.
        more = less = ()
    problems = incompatible(spec, old, new) if public else ()
    why = f"`{name}`: {problems[0]}." if problems else ""
    if more and not less:
        return Topic("add", more, one.path, weight, where=name, noun="parameter", breaking=why)
    if less and not more:
        return Topic("remove", less, one.path, weight, where=name, noun="parameter", breaking=why)
    if len(more) == len(less) == 1:
        return Topic(
            "rename",
            less,
            one.path,
            weight - 1,
            to=more[0],
            where=name,
            noun="parameter",
            breaking=why,
        )
    if after.flags & SymbolFlag.ASYNC and not before.flags & SymbolFlag.ASYNC:
        return Topic("make", (name,), one.path, weight, to="async", breaking=why)
    if new.returns != old.returns and new.returns and old_names == new_names:
        return Topic(
            "change",
            (name,),
            one.path,
            weight - 0.5,
            noun="return type",
            to=new.returns if len(new.returns) <= _LONG_TYPE else "",
            breaking=why,
        )
    return Topic("change", (name,), one.path, weight - 0.5, noun="signature", breaking=why)


_FEW_BODIES = 2


def _body_verb(one: FileMeaning, change: SymbolChange) -> tuple[str, str]:
    """What became of a body, by the shapes of the file's changed lines."""
    signals = one.signals
    if not one.code_lines:
        return "document", ""
    if signals.get("blanks"):
        return "format", ""
    bodies = sum(1 for held in one.symbols if held.kind is ChangeKind.BODY)
    if change.symbol.kind not in CALLABLE_KINDS or bodies > _FEW_BODIES:
        # The lines are those of the whole file: nobody knows whose these are.
        return "", ""

    def more(shape: str) -> int:
        return signals.get(f"+{shape}", 0) - signals.get(f"-{shape}", 0)

    if more("deprecation") > 0:
        return "deprecate", ""
    if more("handling") > 0:
        return "handle", "errors"
    if more("absence") > 0 and more("condition") >= 0:
        return "handle", "missing values"
    if more("raising") > 0 and more("condition") > 0:
        return "reject", "invalid input"
    if more("speed") > 0 and more("condition") <= 0:
        return "speed up", ""
    if more("logging") > 0 and len(one.added) - more("logging") <= 3:
        return "log", ""
    if len(one.removed) > 2 * len(one.added) + 2:
        return "simplify", ""
    return "", ""


# Tests.


_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def test_words(name: str) -> str:
    """What a test's name says, as words: `test_total_of_empty_cart` -> `total of empty cart`."""
    name = name.strip("'\"`")
    if " " in name:
        return " ".join(name.split()).strip("'\"` ")
    words = _CAMEL.sub("_", name).replace("-", "_").split("_")
    words = [
        word.lower() if not word.isupper() or len(word) == 1 else word for word in words if word
    ]
    while words and words[0] in ("test", "tests", "should", "it", "spec"):
        words.pop(0)
    while words and words[-1] in ("test", "tests", "spec"):
        words.pop()
    return " ".join(words)


def _test_topic(one: FileMeaning, change: SymbolChange) -> Topic | None:
    symbol = change.symbol
    is_test = bool(symbol.flags & SymbolFlag.TEST) or symbol.kind is SymbolKind.TEST
    if not is_test and not symbol.name.lower().startswith("test"):
        return None
    words = test_words(symbol.name)
    if not words or _holds_changed(one, change):
        # A group of tests says less than the tests in it.
        return None
    if change.kind is ChangeKind.ADDED:
        return Topic("test", (words,), one.path, 2.0)
    if change.kind is ChangeKind.REMOVED:
        return Topic("remove", (words,), one.path, 1.0, noun="test")
    return Topic("change", (words,), one.path, 0.9, noun="test")


def _holds_changed(one: FileMeaning, change: SymbolChange) -> bool:
    """Whether a changed symbol stands in it, on the side where it is looked at."""
    side = "after" if change.after is not None else "before"
    return any(
        (held := getattr(other, side)) is not None and held.container == change.symbol.index
        for other in one.symbols
        if other is not change
    )


# Dependencies.


def _dependency_topics(
    dependencies: Sequence[tuple[str, DependencyChange]],
) -> Iterator[Topic]:
    for path, change in dependencies:
        name = change.name
        if change.added:
            yield Topic("add", (name,), path, 3.5, noun="dependency", to=change.new)
        elif change.removed:
            yield Topic("remove", (name,), path, 3.4, noun="dependency")
        elif change.new and change.old:
            yield Topic("bump", (name,), path, 3.3, to=change.new, old=change.old)
        else:
            yield Topic("change", (name,), path, 2.0, noun="dependency")


# Files.


_FILE_WEIGHTS = {
    FileClass.CODE: 2.5,
    FileClass.DOCS: 2.0,
    FileClass.EXAMPLE: 1.6,
    FileClass.CI: 2.2,
    FileClass.BUILD: 2.1,
    FileClass.MANIFEST: 1.8,
    FileClass.CONFIG: 1.8,
    FileClass.TESTS: 1.2,
    FileClass.BENCHMARK: 1.2,
    FileClass.TRANSLATION: 1.7,
    FileClass.RELEASE: 1.0,
    FileClass.ASSET: 1.1,
    FileClass.OTHER: 1.3,
    FileClass.GENERATED: 0.4,
    FileClass.LOCK: 0.3,
}


def _file_topics(one: FileMeaning, *, spoken: bool) -> Iterator[Topic]:
    """What became of a file as such; `spoken` says that its symbols are told already."""
    change, weight = one.change, _FILE_WEIGHTS[one.kind]
    name = file_name(one)
    if change.submodule:
        verb = {ChangeStatus.ADDED: "add", ChangeStatus.DELETED: "remove"}.get(
            change.status, "update"
        )
        yield Topic(
            verb,
            (one.path.rpartition("/")[2],),
            one.path,
            3.0,
            noun="submodule",
            to=change.new_blob[:7] if verb == "update" else "",
        )
        return
    match change.status:
        case ChangeStatus.RENAMED:
            assert change.old_path is not None
            old_folder, _, old_name = change.old_path.rpartition("/")
            folder, _, new_name = one.path.rpartition("/")
            if old_folder == folder:
                yield Topic("rename", (old_name,), one.path, weight + 1.5, to=new_name)
            else:
                yield Topic("move", (new_name,), one.path, weight + 1.5, to=folder or "the root")
            return
        case ChangeStatus.DELETED:
            yield Topic("remove", (name,), one.path, weight + (0.4 if spoken else 1.2))
            return
        case ChangeStatus.ADDED | ChangeStatus.UNTRACKED:
            if not spoken:
                yield Topic("add", (name,), one.path, weight + 1.2)
            return
        case ChangeStatus.MODIFIED:
            if change.mode_changed and not (change.added or change.removed or change.binary):
                to = {"100755": "executable", "120000": "a symbolic link"}.get(
                    change.new_mode, "an ordinary file"
                )
                yield Topic("make", (one.path.rpartition("/")[2],), one.path, weight + 0.5, to=to)
                return
            if one.kind in (FileClass.DOCS, FileClass.RELEASE):
                yield _document_topic(one, name, weight)
                return
            # A line or two of a code file that say nothing are there for what is told elsewhere.
            plumbing = one.kind is FileClass.CODE and change.added + change.removed <= _PLUMBING
            yield Topic(_file_verb(one), (name,), one.path, weight - (1.6 if plumbing else 0.3))


_PLUMBING = 5


def _file_verb(one: FileMeaning) -> str:
    if one.kind is FileClass.CODE and one.added and not one.code_lines:
        return "document"
    if one.signals.get("blanks"):
        return "format"
    return "update"


_HEADING = re.compile(rb"^(?:#{1,4}\s+|=+\s+)(\S.{1,60}?)\s*#*$")


def _document_topic(one: FileMeaning, name: str, weight: float) -> Topic:
    added = [m[1] for line in one.added if (m := _HEADING.match(line)) is not None]
    removed = [m[1] for line in one.removed if (m := _HEADING.match(line)) is not None]
    fresh = [held for held in added if held not in removed]
    if len(fresh) == 1 and one.kind is FileClass.DOCS:
        about = fresh[0].decode("utf-8", "replace").strip("*`_ ")
        return Topic("document", (about,), one.path, weight + 0.3, where=name)
    words = Counter(
        word.decode()
        for line in one.added
        for word in re.findall(rb"`([A-Za-z_][\w.-]{2,40})(?:\(\))?`", line)
    )
    for line in one.removed:
        for word in re.findall(rb"`([A-Za-z_][\w.-]{2,40})(?:\(\))?`", line):
            words.pop(word.decode(), None)
    for said in ("true", "false", "null", "none", "nil", "undefined", "True", "False", "None"):
        words.pop(said, None)
    if words and one.kind is FileClass.DOCS:
        return Topic("document", (words.most_common(1)[0][0],), one.path, weight + 0.1, where=name)
    if one.change.added + one.change.removed <= 4 and one.change.removed:
        return Topic("correct", (name,), one.path, weight)
    return Topic("update", (name,), one.path, weight - 0.2)


def stem(path: str) -> str:
    """A file's name without its endings; its folder's where the name says nothing."""
    *folders, name = path.split("/")
    found = name.lstrip(".").partition(".")[0] or name
    if (
        found in ("__init__", "index", "mod", "lib", "main", "__main__", "package", "doc")
        and folders
    ):
        return folders[-1]
    return found


def file_name(one: FileMeaning) -> str:
    """How a file is called in a sentence."""
    name = one.path.rpartition("/")[2]
    stem_, _, ending = name.rpartition(".")
    if one.kind is FileClass.CI and ending in ("yml", "yaml") and "/workflows/" in one.path:
        return f"{stem_.replace('_', '-')} workflow"
    if one.kind is FileClass.DOCS and stem_.lower() in ("readme", "contributing", "security"):
        return stem_ if stem_.isupper() else stem_.upper() if stem_.lower() == "readme" else stem_
    if one.kind is FileClass.RELEASE and "changelog" in stem_.lower():
        return "changelog"
    if one.kind is FileClass.RELEASE and ending in ("md", "rst", "txt", "adoc"):
        return stem_
    if one.kind is FileClass.DOCS and ending in ("md", "rst", "mdx", "adoc", "txt") and stem_:
        if stem_.lower() in ("index", "_index"):
            return f"{one.path.split('/')[-2]} docs" if "/" in one.path else stem_
        return f"{stem_} docs"
    return name
