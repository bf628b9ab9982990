"""The text of a pull request: what a branch did, why, what it may break, and what tests it.

Owns the sections and where each sentence comes from. Type, scope and wording are those of commit
drafts; the risk is read from the graph. It must not know the protocol, and sends nothing anywhere.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice

from pairwright.errors import NotARepository, UnknownRevision
from pairwright.features.commits.draft import Draft, drafted, read_changes
from pairwright.features.commits.files import FileClass
from pairwright.features.commits.header import parsed_header
from pairwright.features.commits.learning import author_of, learn
from pairwright.features.commits.meaning import FileMeaning, is_public_break
from pairwright.features.context import Command, CommandContext, Context, Show, VirtualDocument
from pairwright.git.log import LoggedCommit, commits
from pairwright.git.repo import MERGE_BASE, RepoView
from pairwright.git.staged import ChangeSet, Compared, between
from pairwright_analyzers.diff import ChangeKind, SymbolChange
from pairwright_analyzers.graph import SymbolId
from pairwright_analyzers.graph.queries import impact_of
from pairwright_analyzers.graph.tested import tests_reaching
from pairwright_analyzers.types import CALLABLE_KINDS, TYPE_KINDS

DRAFT = "pairwright.pr.draft"

_MOST_COMMITS = 250
_MOST_SYMBOLS = 40
"""Changed symbols whose blast radius is asked for, those first that others can see."""
_SHOWN = 8
_TEMPLATES = (
    ".github/pull_request_template.md",
    ".github/PULL_REQUEST_TEMPLATE.md",
    "pull_request_template.md",
    "PULL_REQUEST_TEMPLATE.md",
    "docs/pull_request_template.md",
    "docs/PULL_REQUEST_TEMPLATE.md",
    ".gitlab/merge_request_templates/Default.md",
)


@dataclass(frozen=True, slots=True)
class Reach:
    """A changed symbol, and how far the change may reach: users within three steps, in how many
    files, and how many tests.
    """

    symbol: str
    path: str
    users: int
    files: int
    tests: int
    breaking: bool


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A pull request in parts. `what` are bullets, `why` paragraphs from the commits' bodies,
    `risks` and `tested` sentences; `reach` has the furthest first. `base` is the commit that the
    branch left from.
    """

    title: str
    base: str
    commits: int
    files: int
    added: int
    removed: int
    what: tuple[str, ...]
    why: tuple[str, ...]
    risks: tuple[str, ...]
    reach: tuple[Reach, ...]
    tested: tuple[str, ...]
    footer: tuple[str, ...]

    def sections(self) -> dict[str, str]:
        """The text of each section as Markdown, "" for one without anything to say."""
        table = ""
        if self.reach:
            rows = [
                f"| `{one.symbol}` | {one.users} in {_count(one.files, 'file')} | {one.tests} |"
                for one in self.reach
            ]
            table = "\n".join(["| changed | used by | tests |", "| --- | --- | --- |", *rows])
        risks = _bullets(self.risks)
        return {
            "What": _bullets(self.what),
            "Why": "\n\n".join(self.why),
            "Risk": "\n\n".join(part for part in (risks, table) if part),
            "How tested": _bullets(self.tested),
        }

    def body(self, template: str = "") -> str:
        """The text as Markdown, in the sections of `template` where it has one that fits."""
        if template.strip():
            return _filled(template, self)
        parts = [f"## {name}\n\n{text or _ASKED[name]}" for name, text in self.sections().items()]
        return "\n\n".join([*parts, *self.footer]) + "\n"


_ASKED = {
    "What": "<!-- What does this change? -->",
    "Why": "<!-- Why is it needed? The commits do not say. -->",
    "Risk": "No symbol that others use has changed.",
    "How tested": "<!-- How was it tested? No test reaches the change. -->",
}


def draft_pull_request(ctx: Context, base: str = "") -> PullRequest:
    """The pull request of the branch that is checked out, against `base`: a revision, or "" for
    where the branch left the main one.

    Raises `NotARepository`, `UnknownRevision`, also where the branch has no commits of its own, and
    `GitUnavailable`.
    """
    repo = ctx.repo
    if repo is None:
        raise NotARepository(f"{ctx.root} is in no git repository.", "Open a folder that is.")
    start = _start(ctx, repo, base)
    own = _own_commits(repo, start)
    if not own:
        raise UnknownRevision(
            "The branch has no commits of its own yet, so there is nothing to describe.",
            "Commit your work, or name another base.",
        )
    changes = ChangeSet(Compared.COMMIT, start, between(repo, start, "HEAD"))
    files, dependencies = read_changes(repo, changes, ctx.check)
    learnt, history = learn(repo)
    draft = drafted(files, dependencies, learnt, author_of(repo, history))
    reach = _reach(ctx, repo, files)
    return PullRequest(
        _title(own, draft),
        start,
        len(own),
        len(changes.files),
        sum(change.added for change in changes.files),
        sum(change.removed for change in changes.files),
        tuple(_what(draft, own)),
        tuple(_why(own)),
        tuple(_risks(files, reach, draft)),
        reach[:_SHOWN],
        tuple(_tested(files, reach)),
        tuple(_footer(own, draft)),
    )


def _start(ctx: Context, repo: RepoView, base: str) -> str:
    found = (
        repo.base_revision(MERGE_BASE, base)
        if base
        else repo.base_revision(MERGE_BASE, ctx.settings.review.base_branch)
    )
    if found.commit is None:
        raise UnknownRevision(found.reason, "Name the branch that it is to be merged into.")
    return found.commit


def _own_commits(repo: RepoView, start: str) -> list[LoggedCommit]:
    """The branch's commits, the newest first, merges left out."""
    listed = repo.run("rev-list", "--no-merges", f"--max-count={_MOST_COMMITS}", f"{start}..HEAD")
    wanted = set(listed.output.decode().split())
    if not wanted:
        return []
    found = []
    for commit in commits(repo, 20 * _MOST_COMMITS):
        if commit.id in wanted:
            found.append(commit)
            if len(found) == len(wanted):
                break
    return found


# What and why.


def _title(own: Sequence[LoggedCommit], draft: Draft) -> str:
    """The only commit's subject, else what a commit of all of it would be called; where that is too
    much for one line, the subject that the branch began with.
    """
    if len(own) == 1 or re.search(r" \d\d+ more$", draft.header):
        # The number is that of a pull request which was merged: this one is another.
        return _NUMBER.sub("", own[-1].subject) if len(own) > 1 else own[-1].subject
    return draft.header


_NUMBER = re.compile(r"\s*\(#\d+\)$")


def _what(draft: Draft, own: Sequence[LoggedCommit]) -> Iterable[str]:
    if len(own) > 1:
        yield from (_sentence(parsed_header(commit.subject).subject) for commit in reversed(own))
    else:
        yield from (_sentence(one.what) for one in draft.evidence[:_SHOWN])


_TRAILER = re.compile(r"^[A-Z][A-Za-z-]+(: | #)\S")
_LISTED = re.compile(r"^\s*([-*+•]|\d+[.)])\s")


def _why(own: Sequence[LoggedCommit]) -> Iterable[str]:
    """The first paragraph of each body that is prose: lists say what, not why."""
    told = set()
    for commit in reversed(own):
        for paragraph in re.split(r"\n\s*\n", commit.body):
            lines = paragraph.strip().splitlines()
            if not lines or any(_TRAILER.match(line) or _LISTED.match(line) for line in lines):
                continue
            text = " ".join(line.strip() for line in lines)
            if text not in told:
                told.add(text)
                yield text
            break


_CLOSING = re.compile(
    r"(?im)^(?:close[sd]?|fix(?:e[sd])?|resolve[sd]?|refs?|see|part of):? +"
    r"(?:\S*#\d+|[A-Z]{2,}-\d+)"
)


def _footer(own: Sequence[LoggedCommit], draft: Draft) -> Iterable[str]:
    """The tickets that the commits name, else the one of the branch."""
    found = [match[0] for commit in reversed(own) for match in _CLOSING.finditer(commit.message)]
    return dict.fromkeys(found or _CLOSING.findall(draft.footer))


# Risk.


def _reach(ctx: Context, repo: RepoView, files: Sequence[FileMeaning]) -> tuple[Reach, ...]:
    """How far the changed symbols reach, the furthest first."""
    found = []
    for path, one, change in islice(_in_graph(ctx, repo, files), _MOST_SYMBOLS):
        ctx.check()
        symbol_id = _symbol_id(ctx, path, change)
        if symbol_id is None:
            continue
        users = [
            impact.symbol
            for impact in impact_of(ctx.graph, [symbol_id], 3, ctx.check)
            if not ctx.graph.is_test(impact.symbol)
            and not ctx.graph.is_test_path(impact.symbol.path)
        ]
        tests = tests_reaching(ctx.graph, symbol_id, ctx.check)
        found.append(
            Reach(
                change.symbol.qualname,
                path,
                len(users),
                len({user.path for user in users}),
                len(tests),
                is_public_break(one, change),
            )
        )
    found.sort(key=lambda one: (-one.users, -one.tests, one.path, one.symbol))
    return tuple(found)


def _in_graph(
    ctx: Context, repo: RepoView, files: Sequence[FileMeaning]
) -> Iterable[tuple[str, FileMeaning, SymbolChange]]:
    """(path below the root, file, change) of symbols that are still there, those that others can
    see first.
    """
    held = []
    for one in files:
        place = repo.root / one.path
        if one.kind is not FileClass.CODE or not place.is_relative_to(ctx.root):
            continue
        path = place.relative_to(ctx.root).as_posix()
        for change in one.symbols:
            if change.after is None or change.kind is ChangeKind.ADDED:
                continue
            if change.after.kind in CALLABLE_KINDS | TYPE_KINDS:
                held.append((not one.is_exported(change), path, one, change))
    held.sort(key=lambda row: (row[0], row[1]))
    return [(path, one, change) for _, path, one, change in held]


def _symbol_id(ctx: Context, path: str, change: SymbolChange) -> SymbolId | None:
    facts = ctx.graph.workspace.facts(path)
    if facts is None or change.after is None:
        return None
    for index in facts.symbols_named(change.after.name):
        if facts.qualname(index) == change.after.qualname:
            return SymbolId(path, index)
    return None


def _risks(files: Sequence[FileMeaning], reach: Sequence[Reach], draft: Draft) -> Iterable[str]:
    changed = [(one, change) for one in files for change in one.symbols]
    came = {
        (change.symbol.name, change.symbol.kind)
        for _, change in changed
        if change.kind is ChangeKind.ADDED
    }
    broken: list[str] = []
    moved: list[str] = []
    for one, change in changed:
        if is_public_break(one, change):
            went = change.after is None and (change.symbol.name, change.symbol.kind) in came
            (moved if went else broken).append(change.symbol.qualname)
    broken, moved = _outermost(broken), _outermost(moved)
    if moved:
        yield f"Moved to another place, so that imports change: {_named(moved)}."
    if broken:
        yield f"Breaking: {_named(broken)} {'is' if len(broken) == 1 else 'are'} gone or renamed."
    elif draft.breaking:
        yield "Breaking: see the commits."
    untested = [one.symbol for one in reach if not one.tests and one.users]
    if untested:
        yield f"No test reaches {_named(untested)}, which others use."
    kinds = Counter(one.kind for one in files)
    for kind, said in _DELICATE.items():
        if kinds[kind]:
            names = _named([one.path for one in files if one.kind is kind])
            yield f"{said}: {names}."


def _outermost(names: Sequence[str]) -> list[str]:
    """The qualified names that lie in none of the others."""
    held = set(names)
    return [name for name in names if name.rpartition(".")[0] not in held]


_DELICATE = {
    FileClass.MANIFEST: "Dependencies or packaging change",
    FileClass.CI: "The continuous integration changes",
    FileClass.BUILD: "The build changes",
}


# Tests.


def _tested(files: Sequence[FileMeaning], reach: Sequence[Reach]) -> Iterable[str]:
    new = [
        change.symbol.name
        for one in files
        for place, change in enumerate(one.symbols)
        if change.kind is ChangeKind.ADDED and place in one.in_tests
    ]
    if new:
        yield f"New tests: {_named(new)}."
    touched = [one.path for one in files if one.kind is FileClass.TESTS]
    if touched and not new:
        yield f"Changed tests: {_named(touched)}."
    reached = [one for one in reach if one.tests]
    if reached:
        most = max(one.tests for one in reached)
        yield (
            f"{_count(most, 'test')} reach{'es' if most == 1 else ''} what changed, "
            f"over calls and uses in the code."
        )


# Text.


def _filled(template: str, request: PullRequest) -> str:
    """A template with what is known put below the headings that ask for it."""
    sections = request.sections()
    left = {name: text for name, text in sections.items() if text}
    parts: list[str] = []
    for part in re.split(r"(?m)^(?=#{1,6} )", template):
        parts.append(part.rstrip("\n"))
        heading = part.partition("\n")[0].lower() if part.startswith("#") else ""
        name = next(
            (name for name in left if any(word in heading for word in _HEADINGS[name])), None
        )
        if heading and name is not None:
            parts[-1] += f"\n\n{left.pop(name)}"
    parts += [f"## {name}\n\n{text}" for name, text in left.items()]
    return "\n\n".join([part for part in parts if part.strip()] + list(request.footer)) + "\n"


_HEADINGS = {
    "What": ("what", "description", "summary", "changes", "overview", "proposed"),
    "Why": ("why", "motivation", "context", "reason", "background", "problem"),
    "Risk": ("risk", "impact", "breaking", "compatib"),
    "How tested": ("test", "verif", "qa", "how has this been"),
}


def _bullets(lines: Sequence[str]) -> str:
    return "\n".join(f"- {line}" for line in lines)


def _sentence(text: str) -> str:
    text = text.strip().rstrip(".")
    return text[:1].upper() + text[1:]


def _named(names: Sequence[str]) -> str:
    unique = list(dict.fromkeys(names))
    shown = ", ".join(f"`{name}`" for name in unique[:_SHOWN])
    left = len(unique) - _SHOWN
    return f"{shown} and {left} more" if left > 0 else shown


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def template_of(repo: RepoView) -> str:
    """The repository's own template for pull requests, "" without one."""
    for name in _TEMPLATES:
        text = repo.text_at("HEAD", name)
        if text is not None:
            return text.decode("utf-8", "replace").replace("\r\n", "\n")
    return ""


# The command.


@dataclass(frozen=True, slots=True)
class Against:
    """What to merge into: a branch or another revision, "" for the main branch."""

    base: str = ""


def page(ctx: Context, base: str = "") -> tuple[VirtualDocument, PullRequest]:
    """The draft as a document."""
    request = draft_pull_request(ctx, base)
    assert ctx.repo is not None
    text = f"# {request.title}\n\n{request.body(template_of(ctx.repo))}"
    return VirtualDocument("pairwright:/pr/draft.md", "Pull request", "markdown", text), request


def _draft(ctx: CommandContext, arguments: Against) -> Show:
    document, request = page(ctx.first(), arguments.base)
    return Show(document, {"title": request.title, "base": request.base})


COMMANDS = (
    Command(
        DRAFT,
        "Draft the text of a pull request",
        "What the branch did, why, what it may break (who uses what changed, how many tests reach "
        "it), and how it is tested, in the repository's own template where it has one. Nothing is "
        "sent anywhere.",
        Against,
        _draft,
        "Reading the branch",
    ),
)
