"""Files that name each other by paths in quotes: what to write when some of them move.

Pure functions of paths and texts. Which file a text means is asked of the graph.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from pairwright_analyzers.graph import CodeGraph
from pairwright_analyzers.languages.renaming import ModulePaths
from pairwright_analyzers.types import Import, Span, TextEdit


@dataclass(frozen=True, slots=True)
class _Form:
    """How much of a file's path a text says: `extension` as written ("" when left out), `index`
    whether a stem that stands for its folder is written; None where the stem is another.
    """

    text: str
    extension: str
    index: bool | None


def path_edits(
    graph: CodeGraph,
    path: str,
    renames: Mapping[str, str],
    rules: ModulePaths,
    check: Callable[[], None],
) -> list[TextEdit]:
    """The edits of one file, which may be moved itself."""
    facts = graph.resolver.facts(path)
    text = graph.workspace.text(path)
    if facts is None or text is None:
        return []
    check()
    edits: dict[Span, TextEdit] = {}
    for item, span in _named_paths(graph, path, text, rules):
        if span in edits:
            continue
        old = _target(graph, path, item)
        if old not in renames and path not in renames:
            continue
        written = respelled(item.module, path, old, renames, rules)
        if written is not None and written != item.module:
            edits[span] = TextEdit(span, written)
    return [edits[span] for span in sorted(edits)]


def _target(graph: CodeGraph, path: str, item: Import) -> str:
    """The file that a path names, "" for none: the graph's answer, or what lies there."""
    targets = graph.resolver.targets(path, item)
    if targets:
        return targets[0] if len(targets) == 1 else ""
    beside = posixpath.join(posixpath.dirname(path), item.module.lstrip("/"))
    for found in (posixpath.normpath(beside), posixpath.normpath(item.module)):
        if graph.workspace.has(found):
            return found
    return ""


def _named_paths(
    graph: CodeGraph, path: str, text: bytes, rules: ModulePaths
) -> Iterator[tuple[Import, Span]]:
    """The paths that a file names, with where they are written."""
    facts = graph.resolver.facts(path)
    assert facts is not None
    for item in facts.imports:
        raw = item.module.encode("utf-8", "surrogateescape")
        if not raw:
            continue
        inside = item.name_span
        at = text.find(raw, inside.start, inside.end)
        # Behind `__DIR__` a path begins with a slash.
        opener = text[: max(at, 0)].removesuffix(b"/")[-1:]
        if at < 0 or opener not in _OPENERS:
            at = _quoted(text, raw, item.span)
        if at >= 0:
            yield item, Span(at, at + len(raw))
    if rules.further is None:
        return
    for match in rules.further.finditer(text):
        span = Span(*match.span(1))
        module = match.group(1).decode("utf-8", "replace")
        yield Import(span, module, "", "", 0, span), span


_OPENERS = frozenset({b'"', b"'", b"<", b"`", b"["})


def _quoted(text: bytes, raw: bytes, span: Span) -> int:
    at = text.find(raw, span.start, span.end)
    while at >= 0:
        if text[at - 1 : at] in _OPENERS:
            return at
        at = text.find(raw, at + 1, span.end)
    return -1


def respelled(
    written: str, path: str, old: str, renames: Mapping[str, str], rules: ModulePaths
) -> str | None:
    """How a file names another after both may have moved; None where that cannot be told.

    `written` is what it says now, `path` the file, `old` the one that it means.
    """
    new_path, new = renames.get(path, path), renames.get(old, old)
    slashed = written.replace(rules.separator, "/") if rules.separator != "/" else written
    head = "/" if slashed.startswith("/") else ""
    plain = slashed.removeprefix("/")
    folder = posixpath.dirname(path)
    for form in _forms(old, rules):
        is_here = posixpath.normpath(posixpath.join(folder, plain)) == form.text
        if rules.dotted and not plain.startswith("."):
            is_here = False
        wanted = _formed(new, form, rules)
        if is_here and rules.separator == "/":
            found = posixpath.relpath(wanted or ".", posixpath.dirname(new_path) or ".")
            return head + _begun(found, plain, rules)
        kept = _under_root(plain, form.text, wanted)
        if kept is not None:
            return (head + kept).replace("/", rules.separator)
    return _by_alias(plain, new_path, old, new, rules)


def _forms(path: str, rules: ModulePaths) -> Iterator[_Form]:
    stem, extension = _split(path, rules)
    name = stem.rpartition("/")[2]
    index = True if name in rules.index else None
    yield _Form(path, extension, index)
    for other in rules.written_as.get(extension, ()):
        yield _Form(stem + other, other, index)
    if extension in rules.left_out:
        yield _Form(stem, "", index)
    if name in rules.index:
        yield _Form(stem.rpartition("/")[0], "", False)


def _split(path: str, rules: ModulePaths) -> tuple[str, str]:
    for extension in sorted((*rules.left_out, *rules.written_as), key=len, reverse=True):
        if path.endswith(extension):
            return path[: -len(extension)], extension
    stem, dot, extension = path.rpartition(".")
    return (stem, dot + extension) if dot else (path, "")


def _formed(path: str, like: _Form, rules: ModulePaths) -> str:
    """A path, written as another is."""
    stem, extension = _split(path, rules)
    if like.extension:
        substitutes = rules.written_as.get(extension, ())
        if like.extension in substitutes:
            return stem + like.extension
        return stem + extension
    is_index = stem.rpartition("/")[2] in rules.index
    if is_index and not like.index:
        return stem.rpartition("/")[0]
    return stem if extension in rules.left_out else stem + extension


def _begun(found: str, plain: str, rules: ModulePaths) -> str:
    starts = plain.startswith("./")
    if (rules.dotted or starts) and not found.startswith("."):
        return f"./{found}"
    return found if found != "." or not rules.dotted else "./"


def _under_root(plain: str, form: str, wanted: str) -> str | None:
    """A path from some root folder, which stays the root."""
    if plain.startswith(".") or not (form == plain or form.endswith("/" + plain)):
        return None
    root = form[: len(form) - len(plain)]
    return wanted[len(root) :] if wanted.startswith(root) else None


def _by_alias(plain: str, new_path: str, old: str, new: str, rules: ModulePaths) -> str | None:
    """A path below a name that the project's settings give to a folder: `@/a/b`."""
    if old == new:
        return plain
    for form in _forms(old, rules):
        parts, named = form.text.split("/"), plain.split("/")
        same = 0
        while same < min(len(parts), len(named)) and parts[-1 - same] == named[-1 - same]:
            same += 1
        if not same:
            continue
        root = "/".join(parts[: len(parts) - same])
        alias = "/".join(named[: len(named) - same])
        wanted = _formed(new, form, rules)
        if not root or wanted.startswith(root + "/"):
            rest = wanted[len(root) :].lstrip("/")
            return f"{alias}/{rest}" if alias else rest
        found = posixpath.relpath(wanted, posixpath.dirname(new_path) or ".")
        return _begun(found, "./", rules)
    return None
