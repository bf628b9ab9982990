"""Split what is not committed into commits that each do one thing: a plan, edited, then applied.

Owns the commands and what a plan is made of. How parts are grouped is in `split/grouping.py`, how
commits are made and undone in `pairwright.git.index_writer`. It must not know the protocol.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pairwright.errors import BadArgument, NotARepository, Refusal, StaleDocument
from pairwright.features.commit_guards import refuse_found
from pairwright.features.commits.draft import draft_of
from pairwright.features.commits.learning import author_of, learn
from pairwright.features.context import (
    ActionProducer,
    ActionRequest,
    Command,
    CommandContext,
    Context,
    NoArguments,
    Offer,
    Reveal,
    Value,
)
from pairwright.features.split.checks import broken_file
from pairwright.features.split.document import (
    PlannedCommit,
    parsed_plan,
    parts_of_plan,
    plan_text,
    quoted,
)
from pairwright.features.split.grouping import groups_of
from pairwright.features.split.material import Material, PartView, material_of
from pairwright.git.index_writer import (
    Made,
    Source,
    State,
    Step,
    apply_steps,
    captured,
    change_set,
    is_staged,
    restore,
    trees_after,
)
from pairwright.git.patches import PartKind, Patch
from pairwright.git.repo import RepoView, open_repo
from pairwright.git.staged import ChangeSet, Compared, between
from pairwright.git.write import CommitFailed, Committed
from pairwright_analyzers.graph import SymbolId

__all__ = [
    "COMMANDS",
    "PRODUCER",
    "CommitFailed",
    "Source",
    "SplitPlan",
    "apply_plan",
    "made_value",
    "plan_file",
    "plan_value",
    "repository",
    "restored_at",
    "split_plan",
]

SPLIT = "pairwright.commit.split"
APPLY = "pairwright.commit.split.apply"
RESTORE = "pairwright.commit.restore"
KIND = "quickfix.pairwright.commit.split"

PLAN_NAME = "split-plan.md"
_SHOWN_OUTPUT = 30
"""Lines of what a hook printed that a message holds."""


@dataclass(frozen=True, slots=True)
class SplitPlan:
    """A plan as it was made: `text` is the document, `notes` are sentences for the person."""

    state: State
    commits: tuple[PlannedCommit, ...]
    text: str
    notes: tuple[str, ...]


def split_plan(ctx: Context, source: Source | None = None) -> SplitPlan:
    """A plan for what is staged, or for all changes of the work tree; None takes what is staged
    when anything is.

    Raises `NotARepository`, and `Refusal` where there is nothing to commit or git is not ready.
    """
    repo = repository(ctx)
    notes = [told] if (told := restore(repo)) is not None else []
    state = captured(repo, source or _default_source(repo))
    changes = change_set(repo, state)
    if not changes.files:
        raise Refusal(f"There is nothing to commit in {repo.root}", "Change a file first.")
    notes += changes.problems
    notes += _unsaved(ctx, repo)
    material = material_of(ctx, repo, changes.files)
    groups = groups_of(ctx, material)
    messages = _messages(ctx, repo, state, material, groups)
    commits = tuple(
        PlannedCommit(message, _hunks_of(material.patch, group))
        for message, group in zip(messages, groups, strict=True)
    )
    names = {view.part.id: _about(material, view) for view in material.parts}
    text = plan_text(state, material.patch, commits, names, notes)
    return SplitPlan(state, commits, text, tuple(notes))


def apply_plan(
    ctx: Context,
    text: str,
    on_commit: Callable[[int, Committed], None] = lambda _number, _commit: None,
) -> Made:
    """Make the commits of a plan's document, all of them or none.

    Raises `BadPlan` with the line, `StaleDocument` when the repository has changed since,
    `Refusal` for what a guard finds, `CommitFailed` with the output of the hook that refused.
    """
    repo = repository(ctx)
    restore(repo)
    plan = parsed_plan(text)
    state = captured(repo, plan.source)
    if state.key != plan.key:
        raise StaleDocument(
            f"HEAD, the index or the files of {repo.root} have changed since the plan was made",
            "Nothing was committed; make the plan again.",
        )
    changes = change_set(repo, state)
    material = material_of(ctx, repo, changes.files)
    wanted = parts_of_plan(plan, material.patch)
    if not wanted:
        raise Refusal("The plan has no commits", "Make the plan again.")
    planned = frozenset().union(*(parts for _, parts in wanted))
    (tree,) = trees_after(repo, state, material.patch, [planned])
    refuse_found(
        ctx, repo, ChangeSet(changes.compared, changes.base_commit, between(repo, state.base, tree))
    )
    notes = _broken(material, wanted)
    made = apply_steps(
        repo,
        state,
        material.patch,
        [Step(commit.message, parts) for commit, parts in wanted],
        check=ctx.check,
        on_commit=on_commit,
    )
    return Made(made.commits, (*notes, *made.notes), made.undo)


def repository(ctx: Context) -> RepoView:
    """The repository of a context. Raises `NotARepository`."""
    if ctx.repo is None:
        raise NotARepository(f"{ctx.root} is in no git repository", "Run `git init` there first.")
    return ctx.repo


def restored_at(path: Path) -> str | None:
    """Put back what an interrupted split left in the repository around a path; what was done.

    Raises `NotARepository`, and `UserError` while it cannot be undone.
    """
    repo = open_repo(path.absolute())
    if repo is None:
        raise NotARepository(f"{path} is in no git repository", "Check the path.")
    try:
        return restore(repo)
    finally:
        repo.close()


def plan_file(repo: RepoView) -> Path:
    """Where the plan's document lies while it is edited."""
    return repo.git_folder / "pairwright" / PLAN_NAME


def _default_source(repo: RepoView) -> Source:
    return Source.STAGED if is_staged(repo) else Source.WORK_TREE


def _unsaved(ctx: Context, repo: RepoView) -> list[str]:
    """What the person may take for part of the plan: git reads the disk."""
    found = []
    for path, document in sorted(ctx.documents.items()):
        if repo.path_of(ctx.root / path) is None or path.startswith(".git/"):
            continue
        try:
            saved = (ctx.root / path).read_bytes()
        except OSError:
            continue  # it has no file yet
        if saved.replace(b"\r\n", b"\n") != document.text.replace(b"\r\n", b"\n"):
            found.append(f"{quoted(path)} is not saved: what its file holds is planned.")
    return found


def _broken(
    material: Material, wanted: Sequence[tuple[PlannedCommit, frozenset[str]]]
) -> list[str]:
    """Files that do not parse after a commit, as the person has arranged them."""
    notes = []
    applied: set[str] = set()
    for commit, parts in wanted:
        applied |= parts
        paths = {
            view.path
            for view in material.parts
            if view.part.id in parts and view.part.kind is PartKind.LINES
        }
        notes += [
            f"{quoted(path)} does not parse after `{commit.message.partition(chr(10))[0]}`."
            for path in sorted(paths)
            if broken_file(material, path, applied)
        ]
    return notes


def _hunks_of(patch: Patch, group: Sequence[PartView]) -> tuple[str, ...]:
    """A group by the ids of its hunks, and of its parts where it has not all of a hunk."""
    members = {view.part.id for view in group}
    found: list[str] = []
    for one, parts in patch.hunks().items():
        ids = [part.id for part in parts]
        if members.issuperset(ids):
            found.append(one)
        else:
            found += [part for part in ids if part in members]
    return tuple(found)


# Words.


def _messages(
    ctx: Context,
    repo: RepoView,
    state: State,
    material: Material,
    groups: Sequence[Sequence[PartView]],
) -> list[str]:
    trees = trees_after(
        repo, state, material.patch, [frozenset(view.part.id for view in group) for group in groups]
    )
    learnt, history = learn(repo)
    author = author_of(repo, history)
    messages = []
    base = state.base
    for tree in trees:
        ctx.check()
        files = between(repo, base, tree)
        changes = ChangeSet(Compared.STAGED, state.head.commit, files)
        messages.append(draft_of(repo, changes, learnt, author, ctx.check).message())
        base = tree
    return messages


def _outer_names(material: Material, symbols: Iterable[SymbolId]) -> list[str]:
    """The names of symbols that lie in none of the others."""
    found = set(symbols)
    return [
        symbol.qualname
        for one in sorted(found)
        if SymbolId(one.path, (symbol := material.symbol(one)).container) not in found
    ]


def _about(material: Material, view: PartView) -> str:
    """The symbols that a part is about, for its line in the plan."""
    names = _outer_names(material, view.changed)
    names += [
        material.dropped(one).qualname
        for one in sorted(view.drops)
        if material.dropped(one).qualname not in names
        and SymbolId(one.path, material.dropped(one).container) not in view.drops
    ]
    shown = [name for name in names if name.isprintable()]
    more = f" and {len(shown) - 3} more" if len(shown) > 3 else ""
    return ", ".join(shown[:3]) + more


# Commands.


@dataclass(frozen=True, slots=True)
class Splitting:
    """What is split: the changes of the workspace folder that holds `uri`, a file or a folder, else
    of the first one with a repository. `all` takes every change of the work tree, also where
    something is staged.
    """

    uri: str = ""
    all: bool = False


@dataclass(frozen=True, slots=True)
class Applying:
    """The plan to apply: the document that is open at `uri`, or `text`; without both, the file that
    `pairwright.commit.split` opened.
    """

    uri: str = ""
    text: str = ""


def _split(ctx: CommandContext, arguments: Splitting) -> Reveal:
    held = ctx.within(arguments.uri) if arguments.uri else None
    known = held is not None and held[0].repo is not None
    root = held[0] if held is not None and known else _first_with_repository(ctx.roots)
    plan = split_plan(root, Source.WORK_TREE if arguments.all else None)
    place = plan_file(repository(root))
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(plan.text, encoding="utf-8", errors="surrogateescape")
    extra = {"text": plan.text, "commits": _commits_value(plan), "notes": list(plan.notes)}
    return Reveal(place.parent, place.name, 0, extra)


def _apply(ctx: CommandContext, arguments: Applying) -> Value:
    root, text = _plan_to_apply(ctx, arguments)
    root.progress.report("Committing")
    try:
        made = apply_plan(
            root, text, lambda number, _commit: root.progress.report(f"Commit {number + 1}")
        )
    except CommitFailed as error:
        said = "\n".join(error.output.splitlines()[-_SHOWN_OUTPUT:])
        raise CommitFailed(
            f"Git did not commit, and all is as before. It said:\n{said}\n",
            "Correct what it asks for, then make the plan again.",
            error.output,
            error.code,
        ) from error
    plan_file(repository(root)).unlink(missing_ok=True)
    return Value(made_value(made))


def _restore(ctx: CommandContext, _arguments: NoArguments) -> Value:
    told = [
        said
        for root in ctx.roots
        if root.repo is not None and (said := restore(root.repo)) is not None
    ]
    return Value({"restored": bool(told), "notes": told})


def _plan_to_apply(ctx: CommandContext, arguments: Applying) -> tuple[Context, str]:
    if arguments.text:
        return _first_with_repository(ctx.roots), arguments.text
    held = ctx.locate(arguments.uri) if arguments.uri else None
    if held is not None:
        document = held.context.documents.get(held.path)
        if document is not None:
            place = held.context.root / held.path
            owner = next(
                (
                    root
                    for root in ctx.roots
                    if root.repo is not None and plan_file(root.repo).resolve() == place.resolve()
                ),
                None,
            )
            return owner or _first_with_repository(ctx.roots), document.text.decode()
    if arguments.uri and held is None:
        raise BadArgument(
            f"`uri` names no document that is open: {arguments.uri[:200]}", "Open the plan first."
        )
    for root in ctx.roots:
        if root.repo is not None and plan_file(root.repo).exists():
            return root, plan_file(root.repo).read_text(encoding="utf-8", errors="surrogateescape")
    raise BadArgument("There is no plan to apply.", f"Run `{SPLIT}` first.")


def _first_with_repository(roots: Sequence[Context]) -> Context:
    if not roots:
        raise BadArgument("No folder is open.", "Open a workspace folder first.")
    return next((root for root in roots if root.repo is not None), roots[0])


def made_value(made: Made) -> dict[str, Any]:
    """The commits that were made, as JSON."""
    return {
        "commits": [
            {"commit": one.commit, "subject": one.subject, "output": one.output}
            for one in made.commits
        ],
        "notes": list(made.notes),
        "undo": made.undo,
    }


def _commits_value(plan: SplitPlan) -> list[dict[str, Any]]:
    return [{"message": one.message, "hunks": list(one.hunks)} for one in plan.commits]


def plan_value(plan: SplitPlan) -> dict[str, Any]:
    """A plan as JSON."""
    return {
        "source": plan.state.source.name.lower(),
        "state": plan.state.key,
        "commits": _commits_value(plan),
        "notes": list(plan.notes),
        "text": plan.text,
    }


COMMANDS = (
    Command(
        SPLIT,
        "Split changes into commits",
        "Opens a plan: what is staged, or else every change, in commits that each do one thing.",
        Splitting,
        _split,
        "Taking the change apart",
    ),
    Command(
        APPLY,
        "Commit as planned",
        "Makes the commits of the plan that is open. All of them, or none.",
        Applying,
        _apply,
        "Committing",
    ),
    Command(
        RESTORE,
        "Undo an interrupted split",
        "Puts HEAD and the index back where a split was interrupted. Happens by itself before the "
        "next one.",
        NoArguments,
        _restore,
    ),
)


def _offers(ctx: Context, request: ActionRequest) -> list[Offer]:
    if not request.path.endswith(PLAN_NAME) or not request.wants(KIND) or ctx.repo is None:
        return []
    return [Offer("Commit as planned", KIND, {"offset": request.span.start}, command=APPLY)]


PRODUCER = ActionProducer("commit.split", (KIND,), _offers)
