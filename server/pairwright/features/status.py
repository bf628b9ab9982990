"""How the server is: the index of each root, problems with settings, and the log.

Owns the status page and the form in which an index status is answered. It must not know how either
is shown.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pairwright import __version__
from pairwright.features.context import (
    Command,
    CommandContext,
    Context,
    NoArguments,
    Rebuild,
    Show,
    Value,
    VirtualDocument,
)
from pairwright.index.status import IndexStatus, VectorStatus


def status_value(status: IndexStatus) -> dict[str, Any]:
    """An index status as plain JSON, see docs/protocol.md."""
    return {
        "root": status.root,
        "state": status.state.value,
        "done": status.done,
        "total": status.total,
        "files": status.files,
        "symbols": status.symbols,
        "references": status.references,
        "seconds": round(status.seconds, 3),
        "reason": status.reason,
        "vectors": vectors_value(status.vectors),
    }


def vectors_value(status: VectorStatus) -> dict[str, Any]:
    """The state of a root's vectors as plain JSON."""
    return {
        "state": status.state.value,
        "done": status.done,
        "total": status.total,
        "encoder": status.encoder,
        "reason": status.reason,
    }


def index_value(statuses: Sequence[IndexStatus]) -> dict[str, Any]:
    """The index status of all roots."""
    return {"roots": [status_value(status) for status in statuses]}


def status_page(ctx: CommandContext) -> VirtualDocument:
    """Everything a person asks first when something seems wrong."""
    lines = ["# Pairwright", "", f"Version {__version__}, health: {ctx.health}.", ""]
    for root in ctx.roots:
        lines += [f"## {root.root}", "", *_root_lines(root), ""]
    if not ctx.roots:
        lines += ["No folder is open.", ""]
    lines += ["## Settings", ""]
    lines += [f"- {problem.message}" for problem in ctx.problems] or ["No problems."]
    return VirtualDocument(
        "pairwright:/status.md", "Pairwright status", "markdown", "\n".join(lines) + "\n"
    )


def _root_lines(ctx: Context) -> list[str]:
    status = ctx.status
    rows = [
        ("Index", status.state.value + (f": {status.reason}" if status.reason else "")),
        ("Files", f"{status.files:,}"),
        ("Symbols", f"{status.symbols:,}"),
        ("References", f"{status.references:,}"),
        ("Last build", f"{status.seconds:.2f} s"),
        ("Vectors", vectors_text(status.vectors)),
        ("Open documents", str(len(ctx.documents))),
        ("Git repository", "yes" if ctx.repo is not None else "no"),
        ("Review on save", "yes" if ctx.settings.review.on_save else "no"),
        ("Compared with", ctx.settings.review.base),
    ]
    if status.total:
        rows.insert(1, ("Read", f"{status.done} of {status.total}"))
    return ["| | |", "| --- | --- |", *(f"| {name} | {value} |" for name, value in rows)]


def vectors_text(status: VectorStatus) -> str:
    """How far search by meaning is ready, in a few words."""
    said = status.state.value
    if status.total:
        said += f", {status.done:,} of {status.total:,} files"
    if status.encoder:
        said += f", {status.encoder}"
    return f"{said}: {status.reason}" if status.reason else said


def _status(ctx: CommandContext, _arguments: NoArguments) -> Show:
    return Show(
        status_page(ctx),
        {
            "health": ctx.health,
            "index": index_value([root.status for root in ctx.roots]),
            "settings_problems": [
                {"key": problem.key, "level": problem.level, "message": problem.message}
                for problem in ctx.problems
            ],
        },
    )


def _logs(ctx: CommandContext, _arguments: NoArguments) -> Show:
    return Show(VirtualDocument("pairwright:/pairwright.log", "Pairwright log", "log", ctx.log()))


def _index_status(ctx: CommandContext, _arguments: NoArguments) -> Value:
    return Value(index_value([root.status for root in ctx.roots]))


def _rebuild(_ctx: CommandContext, _arguments: NoArguments) -> Rebuild:
    return Rebuild()


COMMANDS = (
    Command(
        "pairwright.index.rebuild",
        "Rebuild the index",
        "Forget what is known of every workspace folder and read it anew.",
        NoArguments,
        _rebuild,
    ),
    Command(
        "pairwright.index.status",
        "Index status",
        "How complete the index of each workspace folder is.",
        NoArguments,
        _index_status,
    ),
    Command(
        "pairwright.status",
        "Show status",
        "Health, index and settings problems on one page.",
        NoArguments,
        _status,
    ),
    Command(
        "pairwright.logs",
        "Show the log",
        "The last lines of the server's log.",
        NoArguments,
        _logs,
    ),
)
