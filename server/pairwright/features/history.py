"""What git's history knows of a symbol and of a file: the commits that touched it, and what changes
together with it.

Owns the page of a symbol's history, its hover, and the hint on files that were forgotten. It must
not know the protocol.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass

from pairwright.errors import NotARepository, UnknownSymbol, UserError
from pairwright.features.base import revision_of
from pairwright.features.context import (
    ActionProducer,
    ActionRequest,
    Command,
    CommandContext,
    Context,
    Offer,
    Position,
    Show,
    VirtualDocument,
    no_symbol,
)
from pairwright.features.navigation import Hover
from pairwright.git.cochange import Habits, Partner, habits_of
from pairwright.git.line_log import LineCommit, line_history
from pairwright.git.repo import RepoView
from pairwright_analyzers.facts import facts_of
from pairwright_analyzers.graph.queries import enclosing, symbol_at
from pairwright_analyzers.text import LineIndex
from pairwright_analyzers.types import (
    CALLABLE_KINDS,
    TYPE_KINDS,
    Finding,
    Location,
    Related,
    Severity,
    Span,
    Symbol,
)

_log = logging.getLogger(__name__)

SYMBOL = "pairwright.history.symbol"
KIND = "source.pairwright.history"
RULE = "changed-together"

PAGE = """\
# Files that usually change together

Rule `changed-together`, severity hint.

In at least four of five of its last commits, and five times or more, this file changed together
with another one that is not among your changes now. Maybe it was forgotten: a test, a document, a
table that mirrors the code, the other side of a protocol.

It asks the last 2 000 commits of the branch, without merges and without commits of more than 20
files. Nothing is said about files that are new, or of which there are too few commits.

**Suppress** with `pairwright: ignore[changed-together]` in a comment on the first changed line, or
name the rule in `review.disabled_rules`.
"""

_LEAST_TOGETHER = 5
_LEAST_SHARE = 0.8
_MOST_PARTNERS = 3
_COMMITS = 30
_HOVER_COMMITS = 3
_PATCH_LINES = 60


# What changes together.


def habits(ctx: Context) -> tuple[Habits, str] | None:
    """(the habits of the root's repository, the root's path in it with a `/`); None without one."""
    if ctx.repo is None:
        return None
    inside = ctx.repo.path_of(ctx.root / "file")
    if inside is None:
        return None
    return habits_of(ctx.repo, ctx.repo.head_marker()), inside.removesuffix("file")


def partners_of(
    ctx: Context, path: str, *, together: int = 2, share: float = 0.0
) -> tuple[Partner, ...]:
    """The files below the root that change with one, paths relative to the root."""
    known = habits(ctx)
    if known is None:
        return ()
    found, prefix = known
    return tuple(
        Partner(one.path[len(prefix) :], one.together, one.changes)
        for one in found.partners(prefix + path, together=together, share=share)
        if one.path.startswith(prefix)
    )


def forgotten(
    ctx: Context, path: str, changed: Callable[[], Collection[str]], line: Span
) -> list[Finding]:
    """A hint at `line` on the files that nearly always change with one, and have not now; nothing
    where the history cannot be read. `changed` is asked only when there are such files.
    """
    try:
        faithful = [
            one
            for one in partners_of(ctx, path, together=_LEAST_TOGETHER, share=_LEAST_SHARE)
            if (ctx.root / one.path).is_file()
        ]
        known = changed() if faithful else ()
    except UserError as error:
        # A repository that cannot be read is told where somebody asks for its changes.
        _log.info("no history for the review of %s: %s", path, error)
        return []
    missing = [one for one in faithful if one.path not in known][:_MOST_PARTNERS]
    if not missing:
        return []
    names = " and ".join(f"`{one.path}`" for one in missing)
    return [
        Finding(
            RULE,
            Severity.HINT,
            Location(path, line),
            f"This file nearly always changes together with {names}, which did not change now.",
            tuple(
                Related(
                    Location(one.path, Span(0, 0)),
                    f"Changed in {one.together} of the last {one.changes} commits of {path}.",
                )
                for one in missing
            ),
        )
    ]


# The history of a symbol.


def symbol_page(ctx: Context, path: str, symbol: Symbol) -> VirtualDocument:
    """The commits that touched a symbol, through renames of its file.

    Raises `NotARepository`, and `UnknownSymbol` for one that is in no commit yet.
    """
    if ctx.repo is None:
        raise NotARepository(
            f"{ctx.root.name} is in no git repository, so it has no history.", "Run `git init`."
        )
    committed = _committed(ctx, path, symbol)
    if committed is None:
        raise UnknownSymbol(
            f"`{symbol.qualname}` is not in the last commit yet, so it has no history.",
            "Commit it first.",
        )
    name, first, last = committed
    commits = []
    for commit in line_history(ctx.repo, name, first, last, limit=_COMMITS):
        ctx.check()
        commits.append(commit)
    lines = [f"# History of `{symbol.qualname}`", "", _summary(path, commits)]
    beside = partners_of(ctx, path)[:5]
    if beside:
        listed = ", ".join(f"`{one.path}` ({one.together} of {one.changes})" for one in beside)
        lines += ["", f"Changes together with: {listed}."]
    for commit in commits:
        when = f"`{commit.id[:10]}` · {_day(commit.date)} · {commit.author}"
        lines += ["", f"## {commit.subject}", "", when]
        if commit.path != name:
            lines.append(f"· then in `{commit.path}`")
        lines += ["", *_fenced(commit.patch)]
    return VirtualDocument(
        f"pairwright:/history/{path}/{symbol.qualname}.md",
        f"History of {symbol.name}",
        "markdown",
        "\n".join(lines) + "\n",
    )


def hover(ctx: Context, path: str, offset: int) -> Hover | None:
    """The last commits that touched the function or class a name stands for."""
    facts = ctx.graph.workspace.facts(path)
    here = facts.reference_at(offset) if facts is not None else None
    found = symbol_at(ctx.graph, path, offset)
    if ctx.repo is None or here is None or found is None or found.index < 0:
        return None
    symbol = ctx.graph.symbol(found)
    if symbol.kind not in CALLABLE_KINDS | TYPE_KINDS:
        return None
    try:
        lines = _last_commits(ctx, ctx.repo, found.path, symbol)
    except UserError as error:
        # Nobody asked for the history: a repository that cannot be read takes nothing away.
        _log.info("no history for the hover on %s: %s", path, error)
        return None
    return Hover(here.span, "\n".join(lines))


def _last_commits(ctx: Context, repo: RepoView, path: str, symbol: Symbol) -> list[str]:
    committed = _committed(ctx, path, symbol)
    if committed is None:
        return ["Not committed yet."]
    lines = []
    for commit in line_history(repo, *committed, limit=_HOVER_COMMITS):
        ctx.check()
        # Subjects and names are anybody's text: as code they can neither link nor load a picture.
        who, what = _code(commit.author), _code(commit.subject)
        lines.append(f"- {_day(commit.date)} {who}: {what} ({commit.id[:8]})")
    return lines


def _code(text: str) -> str:
    """Text of strangers as Markdown code: nothing in it is read as markup."""
    held = "".join(one if one.isprintable() else " " for one in text)
    longest = max((len(run) for run in re.findall("`+", held)), default=0)
    ticks = "`" * (longest + 1)
    return f"{ticks} {held} {ticks}" if longest else f"`{held}`"


def _day(date: int) -> str:
    return time.strftime("%Y-%m-%d", time.gmtime(date))


def _committed(ctx: Context, path: str, symbol: Symbol) -> tuple[str, int, int] | None:
    """(the file's name in the repository, first and last line from 1) of a symbol in HEAD."""
    assert ctx.repo is not None
    name = ctx.repo.path_of(ctx.root / path)
    text = ctx.repo.text_at("HEAD", name) if name is not None else None
    if name is None or text is None:
        revision = revision_of(ctx)
        renamed = [
            change.old_path
            for change in (revision.changes if revision is not None else ())
            if change.path == path and change.old_path
        ]
        name = ctx.repo.path_of(ctx.root / renamed[0]) if renamed else None
        text = ctx.repo.text_at("HEAD", name) if name is not None else None
    spec = ctx.graph.spec(path)
    if name is None or text is None or spec is None:
        return None
    same = [
        one
        for one in facts_of(spec, text).symbols
        if one.qualname == symbol.qualname and one.kind == symbol.kind
    ]
    if not same:
        return None
    found = min(same, key=lambda one: abs(one.span.start - symbol.span.start))
    lines = LineIndex(text)
    return name, lines.line_of(found.span.start) + 1, lines.line_of(found.span.end) + 1


def _summary(path: str, commits: list[LineCommit]) -> str:
    noun = "commit" if len(commits) == 1 else "commits"
    more = " at least" if len(commits) == _COMMITS else ""
    authors = len({commit.author for commit in commits})
    by = "one author" if authors == 1 else f"{authors} authors"
    return f"Touched by{more} {len(commits)} {noun} of {by}, in `{path}`."


def _fenced(patch: str) -> list[str]:
    lines = patch.split("\n")
    start = next((at for at, line in enumerate(lines) if line.startswith("@@")), 0)
    shown = lines[start : start + _PATCH_LINES]
    left = len(lines) - start - len(shown)
    # A fence longer than any that the patch holds.
    longest = max((len(run) for line in shown for run in re.findall("`+", line)), default=0)
    ticks = "`" * max(3, longest + 1)
    told = [f"… {left} more lines"] if left > 0 else []
    return [f"{ticks}diff", *shown, *told, ticks]


# Commands and actions.


@dataclass(frozen=True, slots=True)
class SymbolPlace:
    """The place of a symbol's name, in any of its uses; elsewhere the function around is meant."""

    uri: str
    position: Position


def _show(ctx: CommandContext, arguments: SymbolPlace) -> Show:
    place = ctx.place(arguments.uri)
    here = place.context
    offset = place.offset(arguments.position)
    found = symbol_at(here.graph, place.path, offset)
    if found is None or found.index < 0:
        found = enclosing(here.graph, place.path, offset)
    if found.index < 0:
        raise no_symbol("commits")
    return Show(symbol_page(here, found.path, here.graph.symbol(found)))


def _offers(ctx: Context, request: ActionRequest) -> list[Offer]:
    if ctx.repo is None:
        return []
    found = symbol_at(ctx.graph, request.path, request.span.start)
    if found is None or found.index < 0:
        return []
    symbol = ctx.graph.symbol(found)
    if symbol.kind not in CALLABLE_KINDS | TYPE_KINDS:
        return []
    data = {"offset": request.span.start}
    return [Offer(f"Show history of `{symbol.name}`", KIND, data, command=SYMBOL)]


PRODUCER = ActionProducer("history", (KIND,), _offers, unasked=False)

COMMANDS = (
    Command(
        SYMBOL,
        "Show the history of a symbol",
        "The commits that touched the symbol at a position, or the function around it, through "
        "renames of its file, each with what it changed there, and the files that change together "
        "with it.",
        SymbolPlace,
        _show,
        "Reading the history",
    ),
)
