"""A function returns another type than before, and callers use the result as the old one.

**Why.** The call itself still fits, so nothing points at the line that now works on the wrong
value.

Before:

```python
# users.py
def find(name) -> User: ...

# mail.py
send(find("ada").address)
```

After `find` returns `User | None`, the finding stands at `find` and lists the calls that go on as
if there always were a user. Reported are

- a result that may now be missing, and is used at once (`find(x).address`),
- a function that returns nothing now, where the result is used,
- another number of results than the call unpacks (`a, b = f()`, Go's `value, err := f()`),
- a function that became asynchronous, where the call does not wait for it,
- a result of another class of the workspace, which has no member of the name that is used.

**Silent** for every other use of the result, for calls linked by name only, and where the old use
did not fit the old type either.

**Suppress** with `pairwright: ignore[return-type-changed]` in a comment on the definition's line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from pairwright_analyzers.diff import ChangeKind, SymbolChange
from pairwright_analyzers.graph import CodeGraph, SymbolId
from pairwright_analyzers.rules.model import ReviewContext, Rule
from pairwright_analyzers.sites import (
    CallSite,
    call_sites,
    counted,
    evidence,
    in_files,
)
from pairwright_analyzers.types import (
    CALLABLE_KINDS,
    Confidence,
    Finding,
    Location,
    Severity,
    SymbolFlag,
    SymbolKind,
)

if TYPE_CHECKING:
    from tree_sitter import Node

ID = "return-type-changed"

_NOTHING = frozenset({"None", "void", "()", "undefined", "never"})
_ABSENT = frozenset({"None", "null", "undefined"})
_NAME = re.compile(r"[A-Za-z_]\w*")
_SPACES = re.compile(r"\s+")
_MEMBER = re.compile(rb"\s*\.\s*([A-Za-z_$][\w$]*)")

Judge = Callable[[CallSite], "str | None"]
"""Why a call's use of the result does not fit the new type, as a clause; None when it does."""


def check(ctx: ReviewContext) -> Iterator[Finding]:
    """One finding a changed return type that some call cannot live with."""
    if ctx.before is None:
        return
    for change in ctx.diff.of(ChangeKind.SIGNATURE):
        ctx.check()
        old, new = change.before, change.after
        assert old is not None and new is not None
        if new.kind not in CALLABLE_KINDS or new.kind is SymbolKind.CONSTRUCTOR:
            continue
        if (old.flags | new.flags) & (SymbolFlag.PROPERTY | SymbolFlag.OVERLOAD):
            continue
        judges = list(_judges(ctx, change))
        if judges:
            yield from _finding(ctx, change, judges)


def _finding(
    ctx: ReviewContext, change: SymbolChange, judges: list[tuple[str, Judge]]
) -> Iterator[Finding]:
    new = change.after
    assert new is not None
    broken: list[tuple[CallSite, str, str]] = []
    for site in call_sites(ctx.graph, SymbolId(ctx.path, new.index), ctx.check):
        for told, judge in judges:
            problem = judge(site)
            if problem is not None:
                broken.append((site, told, problem))
                break
    if not broken:
        return
    sure = any(site.confidence is Confidence.EXACT for site, _, _ in broken)
    where = in_files([site.location.path for site, _, _ in broken])
    yield Finding(
        ID,
        Severity.WARNING if sure else Severity.INFORMATION,
        Location(ctx.path, new.name_span),
        f"'{new.qualname}' {broken[0][1]}, and {counted(len(broken), 'call')}{where}"
        f" {'relies' if len(broken) == 1 else 'rely'} on what it was before.",
        evidence([(site.location, problem) for site, _, problem in broken]),
        (),
        new.qualname,
    )


def _judges(ctx: ReviewContext, change: SymbolChange) -> Iterator[tuple[str, Judge]]:
    """What changed, each with the judge of the calls that it can break."""
    spec = ctx.after.spec
    old, new = change.before, change.after
    assert old is not None and new is not None
    if new.flags & SymbolFlag.ASYNC and not old.flags & SymbolFlag.ASYNC:
        if not new.flags & SymbolFlag.GENERATOR:
            yield "became asynchronous", _not_awaited
        return
    if old.flags & SymbolFlag.ASYNC:
        return
    before = _squeezed(spec.signature(old.signature).returns)
    after = _squeezed(spec.signature(new.signature).returns)
    if before == after:
        return
    was, now = _results(spec.id, before), _results(spec.id, after)
    if was is not None and now is not None and was != now:
        yield f"returns {_number(now)} instead of {_number(was)}", _counts(now)
        return
    if not before or not after:
        return
    if after in _NOTHING:
        yield "returns nothing now", _uses_result
    elif _may_be_absent(after) and not _may_be_absent(before):
        yield f"may now return nothing ({after})", _uses_at_once
    elif _NAME.fullmatch(before) and _NAME.fullmatch(after):
        target = ctx.graph.resolver.type_named(after, ctx.path)
        source = ctx.graph.resolver.type_named(before, ctx.path)
        if target is not None and source is not None and target != source:
            yield f"returns '{after}' instead of '{before}'", _members(ctx.graph, source, target)


def _squeezed(text: str) -> str:
    return _SPACES.sub(" ", text).strip().strip("'\"")


def _results(language: str, returns: str) -> int | None:
    """How many results a type stands for, where calls unpack them; None where that is not said."""
    if language == "go":
        if not returns:
            return 0
        return len(_parts(returns[1:-1])) if returns.startswith("(") else 1
    if language == "python":
        found = re.fullmatch(r"(?:typing\.)?[Tt]uple\[(.*)\]", returns)
        if found and "..." not in found.group(1):
            return len(_parts(found.group(1)))
    return None


def _may_be_absent(returns: str) -> bool:
    """Whether a type is a union with nothing at its top: `A | None`, `Optional[A]`."""
    if re.match(r"(?:typing\.)?Optional\[", returns):
        return True
    return any(part.strip() in _ABSENT for part in _parts(returns, "|"))


def _parts(text: str, separator: str = ",") -> list[str]:
    """The parts of a type between its outer separators."""
    depth, start = 0, 0
    found: list[str] = []
    for at, char in enumerate(text):
        depth += (char in "[({<") - (char in "])}>")
        if char == separator and depth == 0:
            found.append(text[start:at])
            start = at + 1
    found.append(text[start:])
    return [part for part in found if part.strip()]


def _number(count: int) -> str:
    return {0: "nothing", 1: "one value"}.get(count, f"{count} values")


def _awaited(node: Node) -> bool:
    parent = node.parent
    while parent is not None and parent.type == "parenthesized_expression":
        parent = parent.parent
    return parent is not None and parent.type.startswith("await")


def _discarded(node: Node) -> bool:
    return node.parent is not None and node.parent.type == "expression_statement"


def _used_as_receiver(site: CallSite) -> bool:
    """Whether a member or an item of the result is asked for at once."""
    rest = site.text[site.call.span.end : site.call.span.end + 200]
    return rest.startswith(b"[") or rest.lstrip().startswith((b".", b"->"))


def _not_awaited(site: CallSite) -> str | None:
    if _awaited(site.node):
        return None
    if site.spec.id == "python" and _discarded(site.node):
        return "Never runs: the result is not awaited."
    member = _MEMBER.match(site.text, site.call.span.end)
    if _used_as_receiver(site) and not (
        member and member.group(1) in (b"then", b"catch", b"finally", b"await", b"send", b"close")
    ):
        return "Uses the result without awaiting it."
    return None


def _uses_result(site: CallSite) -> str | None:
    if _used_as_receiver(site) or _targets(site.node) > 0:
        return "Uses a result that is no longer returned."
    return None


def _uses_at_once(site: CallSite) -> str | None:
    return (
        "Uses the result without asking whether it is there." if _used_as_receiver(site) else None
    )


def _targets(node: Node) -> int:
    """How many names an assignment of the call binds; 0 when it is no plain assignment."""
    parent = node.parent
    if parent is None:
        return 0
    if parent.type == "expression_list" and parent.named_child_count == 1:
        parent = parent.parent
        if parent is None:
            return 0
    left = parent.child_by_field_name("left")
    right = parent.child_by_field_name("right")
    if left is None or right is None or not parent.type.startswith(("assignment", "short_var")):
        return 0
    if right.start_byte != node.start_byte or right.end_byte != node.end_byte:
        return 0
    if left.type in ("expression_list", "pattern_list", "tuple_pattern", "list_pattern"):
        if any(one.type == "list_splat_pattern" for one in left.named_children):
            return 0
        return left.named_child_count
    return 1


def _counts(now: int) -> Judge:
    def judge(site: CallSite) -> str | None:
        targets = _targets(site.node)
        if site.spec.id == "python" and targets == 1:
            return None
        if targets and targets != now:
            return f"Expects {_number(targets)}."
        if site.spec.id == "go" and now != 1 and _used_as_receiver(site):
            return "Expects one value."
        return None

    return judge


def _members(graph: CodeGraph, source: SymbolId, target: SymbolId) -> Judge:
    resolver = graph.resolver

    def has(owner: SymbolId, name: str) -> bool:
        everyone = (owner, *(one for one, _ in resolver.ancestors(owner)))
        return any(resolver.own_members(one, name) for one in everyone)

    def judge(site: CallSite) -> str | None:
        found = _MEMBER.match(site.text, site.call.span.end)
        if found is None or resolver.has_open_bases(target):
            return None
        name = found.group(1).decode()
        hooks = site.spec.dynamic_hooks
        if has(target, name) or not has(source, name) or any(has(target, one) for one in hooks):
            return None
        return f"Uses '{name}', which '{graph.symbol(target).name}' does not have."

    return judge


RULE = Rule(
    ID,
    "Callers rely on the old return type",
    Severity.WARNING,
    check,
    __doc__ or "",
)
