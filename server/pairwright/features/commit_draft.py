"""A draft of the next commit's message, and help with the one that is being written.

Owns what a person is offered in `COMMIT_EDITMSG`: the draft in their buffer, findings on what
breaks the repository's rules, and repairs. What a message says is made in
`pairwright.features.commits`. It must not know the protocol.
"""

from __future__ import annotations

import os
import shlex
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pairwright.errors import BadArgument, NotARepository, Refusal, StaleDocument, UserError
from pairwright.features.commits.rules import (
    MESSAGE_RULE,
    MessageBuffer,
    Problem,
    problems_of,
    read_buffer,
)
from pairwright.features.context import (
    ActionProducer,
    ActionRequest,
    Command,
    CommandContext,
    Context,
    Edit,
    Offer,
    Outcome,
    Reviewer,
    Value,
)
from pairwright.git.process import run_git
from pairwright.git.repo import RepoView, open_repo
from pairwright.git.staged import (
    ChangeSet,
    Compared,
    Operation,
    changes,
    git_folder_root,
    index_in_use,
    operation_of,
    prepared_message,
    untracked,
)
from pairwright.git.write import CommitFailed, Committed, commit_index
from pairwright_analyzers.text import Encoding, LineIndex
from pairwright_analyzers.types import Finding, Location, Severity, SourceChange, Span, TextEdit

if TYPE_CHECKING:
    from pairwright.features.commits.draft import Draft
    from pairwright.features.commits.style import CommitStyle

Repository = RepoView
"""What a message is made for, to those who only pass it on."""

KIND = "quickfix.pairwright.commit.draft"
"""A fix of the message that is not there yet: editors keep `source` out of the menu of fixes."""

FIX_KIND = "quickfix.pairwright.commit"
DRAFT = "pairwright.commit.draft"

_MESSAGE_FILES = frozenset({"COMMIT_EDITMSG", "MERGE_MSG", "SQUASH_MSG"})
_WORDINGS = ("", " (second wording)", " (third wording)", " (fourth wording)")

_BY_GIT = frozenset(
    {Operation.MERGE, Operation.CHERRY_PICK, Operation.REVERT, Operation.APPLY, Operation.REBASE}
)
"""Operations that come with a message of their own."""


def is_message_file(path: str) -> bool:
    """Whether a file holds a message that git waits for: by its name, in a git folder."""
    *folders, name = path.split("/")
    return name in _MESSAGE_FILES and ("HEAD" not in folders)


@contextmanager
def repository_of_message(ctx: Context, path: str) -> Iterator[RepoView | None]:
    """The repository whose commit a message file is for, None where there is none.

    A linked work tree's file lies in the main one's git folder, a submodule's in that of the
    repository around it.
    """
    folder = (ctx.root / path).parent
    root = git_folder_root(folder)
    known = ctx.repo
    if known is not None and (
        root in (None, known.root) or os.path.realpath(folder) == os.path.realpath(known.git_folder)
    ):
        yield known if root is not None or _is_git_folder_of(known, folder) else None
        return
    repo = open_repo(root) if root is not None else None
    try:
        yield repo
    finally:
        if repo is not None:
            repo.close()


def _is_git_folder_of(repo: RepoView, folder: Path) -> bool:
    return os.path.realpath(folder) == os.path.realpath(repo.git_folder)


# Drafting.


@dataclass(frozen=True, slots=True)
class Drafted:
    """A draft and what it is for."""

    draft: Draft
    style: CommitStyle
    changes: ChangeSet

    @property
    def of_all(self) -> bool:
        """Whether it is about all changes, and not only what is staged."""
        return self.changes.compared is Compared.ALL


def draft_for(
    repo: RepoView,
    ctx: Context | None = None,
    compared: Compared | None = None,
    index: Path | None = None,
) -> Drafted:
    """A message for what is staged, or for all that differs from HEAD when nothing is; `compared`
    asks for one of them. `index` is the index to read in place of the repository's own.

    Raises `Refusal` when there is nothing to commit, and `GitUnavailable`.
    """
    from pairwright.features.commits.draft import draft_of
    from pairwright.features.commits.learning import author_of, learn

    def never() -> None:
        return

    check = ctx.check if ctx is not None else never
    found = changes(repo, compared or Compared.STAGED, index=index)
    if not found.files and compared is None:
        found = changes(repo, Compared.ALL)
    if not found.files:
        raise Refusal(
            "There is nothing to commit: " + (" ".join(found.problems) or _what_is_new(repo)),
            "Change or stage something first; new files have to be staged with `git add`.",
        )
    check()
    learnt, history = learn(repo)
    check()
    author = author_of(repo, history)
    prepared = prepared_message(repo) if operation_of(repo) is Operation.SQUASH else ""
    draft = draft_of(repo, found, learnt, author, check, prepared)
    return Drafted(draft, learnt.style, found)


def _what_is_new(repo: RepoView) -> str:
    """Why there is nothing to commit, where git names no problem."""
    if changes(repo, Compared.ALL).files:
        return "nothing is staged"
    new = [change.path for change in untracked(repo)]
    if not new:
        return "nothing has changed"
    more = f" and {len(new) - 3} more" if len(new) > 3 else ""
    return f"nothing is staged, and git does not know {', '.join(new[:3])}{more} yet"


def draft_of_change(repo: RepoView) -> Drafted:
    """A message for what is staged, or for all when nothing is."""
    return draft_for(repo)


def draft_of_all(repo: RepoView) -> Drafted:
    """A message for all that differs from HEAD."""
    return draft_for(repo, compared=Compared.ALL)


class MessageKept(UserError):
    """Git did not commit; the message is kept in a file. `output` is what git and hooks printed,
    `code` git's exit code: 1 where a hook refused.
    """

    def __init__(self, happened: str, next_step: str, output: str = "", code: int = 1) -> None:
        super().__init__(happened, next_step)
        self.output = output
        self.code = code

    def __reduce__(self) -> tuple[type[UserError], tuple[str, ...]]:  # type: ignore[override]
        return type(self), (self.happened, self.next_step, self.output, self.code)  # type: ignore[return-value]


def commit_drafted(repo: RepoView, arguments: tuple[str, ...] = ()) -> tuple[Drafted, Committed]:
    """Commit what is staged, or with `--all` among `arguments` all that changed, with its draft, as
    `git commit` would: with the person's hooks and signing.

    Raises `MessageKept` when git refuses, and `Refusal` when git has a message of its own ready, or
    when something stands in the change that should not be committed.
    """
    # The rules that guards are made of take longer to load than a draft takes.
    from pairwright.features.commit_guards import refuse_found_without_index

    if (ready := message_ready(repo)) is not None:
        raise Refusal(ready, "Run `git commit`, which takes that message.")
    compared = Compared.ALL if "--all" in arguments else Compared.STAGED
    drafted = draft_for(repo, compared=compared)
    refuse_found_without_index(repo, drafted.changes)
    message = drafted.draft.message()
    try:
        return drafted, commit_index(repo, message, arguments=arguments)
    except CommitFailed as error:
        kept = repo.git_folder / "PAIRWRIGHT_COMMIT_MSG"
        kept.write_text(message, "utf-8", "surrogateescape")
        hint = shlex.join(["git", "commit", *arguments, "--edit", "--file", str(kept)])
        raise MessageKept(
            error.happened, f"The message is kept: {hint}", error.output, error.code
        ) from None


def message_ready(repo: RepoView) -> str | None:
    """A sentence where git itself has a message for the next commit: of a merge, a revert, …"""
    operation = operation_of(repo)
    if operation is None or not prepared_message(repo):
        return None
    return f"A {operation.value} is under way, and git has its message ready"


@contextmanager
def repository_at(path: Path) -> Iterator[RepoView]:
    """The repository around a path. Raises `NotARepository` where there is none."""
    repo = open_repo(path)
    if repo is None:
        raise NotARepository(
            f"{path} is in no git repository with a work tree", "Run `git init` there"
        )
    with closing(repo):
        yield repo


def draft_json(drafted: Drafted) -> dict[str, Any]:
    """A draft as plain JSON."""
    draft = drafted.draft
    return {
        "type": draft.type,
        "scope": draft.scope,
        "subject": draft.subject,
        "body": draft.body,
        "breaking": draft.breaking,
        "evidence": [
            {"what": one.what, "path": one.path, "symbol": one.symbol} for one in draft.evidence
        ],
        "footer": draft.footer,
        "header": draft.header,
        "message": draft.message(),
        "alternatives": list(draft.alternatives),
        "compared": drafted.changes.compared.value,
        "files": len(drafted.changes.files),
        "problems": list(drafted.changes.problems),
    }


def filled(buffer: MessageBuffer, draft: Draft, header: str, template: str = "") -> list[str]:
    """The lines of a message file with a draft in it under one of its headers; `template` is the
    text of `commit.template`.

    What the person wrote stays: their own subject is kept, a body is put below it where they have
    none; the header of the same draft gives way to another. Comments stay where they are.
    """
    own = {draft.header, *draft.alternatives}
    rest = [part for part in (draft.body, draft.footer) if part]
    lines = list(buffer.lines)
    first = buffer.first
    untouched = buffer.message == read_buffer(template, buffer.comment).message
    if first < 0 or untouched:
        said = "\n\n".join([header, *rest]).split("\n")
        at = next((place for place, line in enumerate(lines) if line.strip()), len(lines))
        behind = lines[at:]
        return [*said, "", *behind] if behind else [*said, ""]
    if lines[first].strip() in own:
        lines[first] = header
        return lines
    written = [place for place in buffer.said if lines[place].strip()]
    if len(written) > 1 or not rest:
        return lines
    lines[first + 1 : first + 1] = ["", *"\n\n".join(rest).split("\n")]
    return lines


def comment_character(repo: RepoView) -> str:
    """What begins a comment in messages (`core.commentChar`)."""
    answer = run_git(repo.root, ("config", "--null", "--get", "core.commentChar"))
    found = answer.output.decode("utf-8", "replace").rstrip("\0")
    return found if answer.code == 0 and found else "#"


def _text(ctx: Context, path: str) -> bytes:
    document = ctx.documents.get(path)
    if document is None:
        raise StaleDocument("The message is not open any more.", "Open it again.")
    return document.text


def fill(ctx: Context, path: str, choice: int) -> tuple[SourceChange, Drafted]:
    """The edit that puts a draft into an open message file; `choice` counts its wordings from 0.

    Raises `Refusal` where git has a message of its own ready, or there is nothing to commit.
    """
    with repository_of_message(ctx, path) as repo:
        if repo is None:
            raise NotARepository(
                f"{path} belongs to no repository with a work tree", "Open the one git opened."
            )
        operation = operation_of(repo)
        text = _text(ctx, path).decode("utf-8", "replace")
        buffer = read_buffer(text, comment_character(repo))
        if operation is not None and operation in _BY_GIT and buffer.message:
            raise Refusal(
                f"Git has the message of this {operation.value} ready",
                "Change it by hand, or empty the file first.",
            )
        drafted = draft_for(repo, ctx, index=index_in_use(repo))
    headers = (drafted.draft.header, *drafted.draft.alternatives)
    header = headers[min(choice, len(headers) - 1)]
    lines = filled(buffer, drafted.draft, header, drafted.style.rules.template)
    return SourceChange({path: _edits(text, "\n".join(lines))}), drafted


def _edits(before: str, after: str) -> tuple[TextEdit, ...]:
    """The smallest edit that makes one text of the other."""
    from pairwright_analyzers.edits import single_edit

    old, new = before.encode(), after.encode()
    if "\r\n" in before:
        new = after.replace("\r\n", "\n").replace("\n", "\r\n").encode()
    change = single_edit(old, new)
    if change is None:
        return ()
    start, old_end, new_end = change
    return (TextEdit(Span(start, old_end), new[start:new_end].decode("utf-8", "replace")),)


# What is wrong with a message.


def _style(repo: RepoView) -> CommitStyle:
    from pairwright.features.commits.learning import learn_only_style

    return learn_only_style(repo)


def _problems(ctx: Context, path: str) -> tuple[Problem, ...]:
    with repository_of_message(ctx, path) as repo:
        if repo is None or operation_of(repo) in _BY_GIT:
            return ()
        text = _text(ctx, path).decode("utf-8", "replace")
        return problems_of(read_buffer(text, comment_character(repo)), _style(repo))


def _review(ctx: Context, path: str) -> tuple[Finding, ...]:
    """What breaks the repository's rules in a message that is open."""
    if not is_message_file(path) or path not in ctx.documents:
        return ()
    lines = LineIndex(_text(ctx, path))
    found = []
    for problem in _problems(ctx, path):
        span = Span(
            lines.offset(problem.line, problem.start, Encoding.UTF32),
            lines.offset(problem.line, problem.end, Encoding.UTF32),
        )
        severity = Severity.WARNING if problem.strict else Severity.INFORMATION
        found.append(
            Finding(
                f"{MESSAGE_RULE}{problem.rule}", severity, Location(path, span), problem.message
            )
        )
    return tuple(found)


REVIEWER = Reviewer("commit-message", _review)


# Code actions.


def _offers(_ctx: Context, request: ActionRequest) -> Sequence[Offer]:
    if not is_message_file(request.path):
        return ()
    return [
        Offer(f"Draft the commit message{wording}", KIND, {"choice": choice})
        for choice, wording in enumerate(_WORDINGS)
    ]


def _resolve(ctx: Context, path: str, data: Mapping[str, Any]) -> SourceChange:
    choice = data.get("choice")
    if not isinstance(choice, int) or choice < 0:
        raise BadArgument("The action's `data` is not as it was", "Send it as it was offered.")
    return fill(ctx, path, choice)[0]


def _repair_offers(ctx: Context, request: ActionRequest) -> Sequence[Offer]:
    found = [one for one in request.findings if one.rule.startswith(MESSAGE_RULE)]
    if not found or not is_message_file(request.path):
        return ()
    offers = []
    for problem in _problems(ctx, request.path):
        rule = f"{MESSAGE_RULE}{problem.rule}"
        finding = next((one for one in found if one.rule == rule), None)
        if finding is None:
            continue
        for place, repair in enumerate(problem.repairs):
            data = {"rule": problem.rule, "line": problem.line, "repair": place}
            preferred = place == 0 and len(problem.repairs) == 1
            offers.append(Offer(repair.title, FIX_KIND, data, finding, preferred))
    return offers


def _resolve_repair(ctx: Context, path: str, data: Mapping[str, Any]) -> SourceChange:
    problem = next(
        (
            one
            for one in _problems(ctx, path)
            if (one.rule, one.line) == (data.get("rule"), data.get("line"))
        ),
        None,
    )
    place = data.get("repair")
    if problem is None or not isinstance(place, int) or not 0 <= place < len(problem.repairs):
        raise StaleDocument("The message is another by now.", "Ask for the actions again.")
    repair = problem.repairs[place]
    text = _text(ctx, path).decode("utf-8", "replace")
    lines = text.replace("\r\n", "\n").split("\n")
    lines[repair.first : repair.last] = repair.lines
    return SourceChange({path: _edits(text, "\n".join(lines))})


PRODUCERS = (
    ActionProducer("commit-repair", (FIX_KIND,), _repair_offers, _resolve_repair),
    ActionProducer("commit-draft", (KIND,), _offers, _resolve, unasked=False),
)


# The command.


@dataclass(frozen=True, slots=True)
class DraftArguments:
    """`uri` is an open message file to fill, or any file or folder of the repository, or "" for the
    first folder's; `choice` counts the wordings from 0; `all` asks for all that differs from HEAD.
    """

    uri: str = ""
    choice: int = 0
    all: bool = False


@contextmanager
def _repository_of(source: Context, path: str) -> Iterator[RepoView]:
    """The repository around a file or folder, even where the session has not opened it yet or it
    lies in another one.
    """
    repo = open_repo(source.root / path) or open_repo(source.root)
    if repo is None:
        raise NotARepository(f"{source.root} is in no git repository", "Run `git init` there.")
    with closing(repo):
        known = source.repo
        yield known if known is not None and known.root == repo.root else repo


def _place_of(ctx: CommandContext, uri: str) -> tuple[Context, str]:
    """The file of a URI, or the folder in a workspace folder."""
    folder = ctx.within(uri) if ctx.locate(uri) is None else None
    if folder is not None:
        return folder
    place = ctx.place(uri)
    return place.context, place.path


def _draft(ctx: CommandContext, arguments: DraftArguments) -> Outcome:
    if arguments.uri:
        source, path = _place_of(ctx, arguments.uri)
        if is_message_file(path) and path in source.documents:
            change, drafted = fill(source, path, arguments.choice)
            extra = {"draft": draft_json(drafted)}
            if not any(change.edits.values()):
                return Value({"applied": False, **extra})
            return Edit(source.root, "Draft the commit message", change, extra)
    else:
        source, path = ctx.first(), ""
    compared = Compared.ALL if arguments.all else None
    with _repository_of(source, path) as repo:
        drafted = draft_for(repo, source, compared)
    return Value({"applied": False, "draft": draft_json(drafted)})


COMMANDS = (
    Command(
        DRAFT,
        "Draft the commit message",
        "Writes a message for what is staged, or for all that changed when nothing is, in the "
        "repository's own style. With the `uri` of an open `COMMIT_EDITMSG` it is put there; what "
        "was written stays. Answers with `{applied, draft}`, `draft` holding `type`, `scope`, "
        "`subject`, `body`, `footer`, `breaking`, `evidence`, `message` and `alternatives`; "
        "`choice` counts these from 1, 0 is the draft itself.",
        DraftArguments,
        _draft,
        "Drafting the commit message",
    ),
)
