"""A new function says nearly the same as one that the workspace has.

**Why.** The next correction reaches one of the two.

Before:

```python
# prices.py
def net_total(items, rate):
    total = 0
    for item in items:
        total += item.price * item.count
    return round_cents(total / (1 + rate))
```

The same body under another name, in another file, with other names for its local variables, is
found; the finding names the function that was there before, and the share of what they have in
common.

**How.** Both bodies are read as tokens of their syntax: names of parameters and local variables
are all alike, so are the contents of strings and numbers, and comments and documentation are left
out. Runs of four tokens are compared as multisets; two functions are near-identical from a share
of 0.85 on (the resemblance of A. Broder, "On the Resemblance and Containment of Documents",
1997). Not every file is read for that: candidates come from the files that mention the rarest
names that the new function calls, are sifted by size and by the names they use, and only the few
that are left are parsed.

**Silent** about functions shorter than `review.duplicate_min_lines` (6), in tests, examples,
benchmarks, translations and generated files, about functions that implement the same method of a
common base, about such that differ in most of their strings and numbers (the texts of two
languages, two icons), and about code that only moved. A file that repeats several functions of
another one is told once.

**Suppress** with `pairwright: ignore[duplicate-of-existing]` in a comment on the finding's line.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from pairwright_analyzers.diff import ChangeKind
from pairwright_analyzers.facts import FileFacts
from pairwright_analyzers.graph import SymbolId
from pairwright_analyzers.rules.model import ReviewContext, Rule
from pairwright_analyzers.sites import owner_of, parsed_file
from pairwright_analyzers.syntax import Parsed
from pairwright_analyzers.types import (
    CALLABLE_KINDS,
    Finding,
    Location,
    Related,
    Role,
    Severity,
    Span,
    Symbol,
    SymbolFlag,
    SymbolKind,
)

if TYPE_CHECKING:
    from tree_sitter import Node

ID = "duplicate-of-existing"

RESEMBLANCE = 0.85
_RUN = 4
_MIN_TOKENS = 40
_MIN_NAMES = 3
_MANY_LITERALS = 6
_RARE_NAMES = 5
_COMMON = 400
"""A name in more files than that says nothing about where a copy may be."""

_MAX_FILES = 12
_MAX_PARSED = 4
_MAX_SYMBOLS = 40
"""New functions that are looked at in one file; more make it a file that was generated or moved."""

_SAME_FILE = 3
"""Copies from one file from which they are told as one."""

_COPIES = re.compile(
    r"(?:^|/)(?:dist|build|out|generated|vendor|third_party|locales?|i18n|lang|translations?"
    r"|bench(?:mark)?s?|examples?|samples?|fixtures?|testing|migrations|templates?|node_modules)/"
    r"|\.min\.|\.gen\.|_pb2|\.pb\.|amalgamated|_generated|\.bundle\.",
    re.IGNORECASE,
)
"""Paths of what is generated, or repeats itself on purpose."""

_LITERALS = ("string", "number", "integer", "float", "char", "regex", "escape", "template_chars")


class _Copy(NamedTuple):
    """A new function and what it repeats; `share` is the resemblance, 0 to 1, and `literally` says
    that the contents of strings and numbers are the same too.
    """

    symbol: Symbol
    original: SymbolId
    share: float
    literally: bool


class _Reading(NamedTuple):
    """A body as it is compared: how often each run of tokens occurs, and each literal."""

    runs: Counter[tuple[str, ...]]
    literals: Counter[bytes]


def check(ctx: ReviewContext) -> Iterator[Finding]:
    """One finding a new function that repeats another, or a file of them."""
    if ctx.graph.is_test_path(ctx.path) or _COPIES.search(ctx.path):
        return
    added = [
        change.after
        for change in ctx.diff.of(ChangeKind.ADDED)
        if change.after is not None and _is_judged(ctx, change.after)
    ]
    if len(added) > _MAX_SYMBOLS:
        return
    copies: dict[str, list[_Copy]] = defaultdict(list)
    trees: dict[str, Parsed | None] = {ctx.path: ctx.after.parsed}
    for symbol in added:
        ctx.check()
        copy = _copy_of(ctx, symbol, trees)
        if copy is not None:
            copies[copy.original.path].append(copy)
    for path, found in copies.items():
        if len(found) > _SAME_FILE and path != ctx.path:
            yield _whole_file(ctx, path, found)
        else:
            yield from (_finding(ctx, copy) for copy in found)


def _finding(ctx: ReviewContext, copy: _Copy) -> Finding:
    original = ctx.graph.symbol(copy.original)
    here = copy.original.path == ctx.path
    where = "this file" if here else copy.original.path
    how = "the same as" if copy.share > 0.999 and copy.literally else "nearly the same as"
    return Finding(
        ID,
        Severity.INFORMATION,
        Location(ctx.path, copy.symbol.name_span),
        f"The new '{copy.symbol.name}' says {how} '{original.qualname}' in {where}. Use that one,"
        " or take out what they share.",
        (
            Related(
                ctx.graph.location(copy.original),
                f"'{original.qualname}' was here before ({copy.share:.0%} alike).",
            ),
        ),
        symbol=copy.symbol.qualname,
    )


def _whole_file(ctx: ReviewContext, path: str, found: list[_Copy]) -> Finding:
    return Finding(
        ID,
        Severity.INFORMATION,
        Location(ctx.path, found[0].symbol.name_span),
        f"{len(found)} new functions of this file say nearly the same as functions of {path}. Use"
        " those, or take out what they share.",
        tuple(
            Related(
                ctx.graph.location(copy.original), f"'{copy.symbol.name}' says nearly the same."
            )
            for copy in found
        ),
    )


def _is_judged(ctx: ReviewContext, symbol: Symbol) -> bool:
    if symbol.kind not in CALLABLE_KINDS - {SymbolKind.TEST, SymbolKind.MACRO}:
        return False
    if symbol.flags & (SymbolFlag.ABSTRACT | SymbolFlag.OVERLOAD | SymbolFlag.TEST):
        return False
    lines = ctx.after.lines
    start = (
        symbol.doc.end
        if symbol.doc is not None and symbol.doc.start > symbol.body_start
        else (symbol.body_start)
    )
    count = lines.line_of(max(symbol.span.end - 1, start)) - lines.line_of(start) + 1
    return count + 1 >= ctx.options.duplicate_min_lines


def _copy_of(ctx: ReviewContext, symbol: Symbol, trees: dict[str, Parsed | None]) -> _Copy | None:
    """The function that resembles `symbol` most, where one does enough."""
    facts = ctx.after.facts
    names = _names_used(facts, symbol)
    if len(names) < _MIN_NAMES:
        return None
    mine = _reading(ctx.after.parsed, facts, symbol)
    if mine.runs.total() < _MIN_TOKENS:
        return None
    sifted: list[tuple[float, SymbolId]] = []
    for path in _files(ctx, symbol, names):
        ctx.check()
        sifted.extend(_alike(ctx, symbol, names, path))
    sifted.sort(reverse=True)
    best: _Copy | None = None
    parsed = 0
    for _, candidate in sifted:
        path = candidate.path
        if path not in trees:
            if parsed >= _MAX_PARSED:
                continue
            parsed += 1
            trees[path] = parsed_file(ctx.graph, path)
        tree = trees[path]
        other_facts = ctx.graph.workspace.facts(path)
        if tree is None or other_facts is None:
            continue
        other = _reading(tree, other_facts, other_facts.symbol(candidate.index))
        share = _resemblance(mine.runs, other.runs)
        if share < RESEMBLANCE or (best is not None and share <= best.share):
            continue
        if not _is_table(mine.literals, other.literals):
            best = _Copy(symbol, candidate, share, mine.literals == other.literals)
    return best


def _files(ctx: ReviewContext, symbol: Symbol, names: frozenset[str]) -> list[str]:
    """The files that most probably hold a copy."""
    workspace = ctx.graph.workspace
    mentions = {name: workspace.files_mentioning(name) for name in names}
    rare = sorted(
        (name for name in names if 1 < len(mentions[name]) <= _COMMON),
        key=lambda name: (len(mentions[name]), name),
    )[:_RARE_NAMES]
    hits: Counter[str] = Counter()
    for name in rare:
        hits.update(mentions[name])
    for path in workspace.files_defining(symbol.name):
        hits[path] += 1
    least = max(1, (len(rare) + 1) // 2)
    ordered = sorted(
        (path for path, count in hits.items() if count >= least and path != ctx.path),
        key=lambda path: (-hits[path], path),
    )
    return [ctx.path, *ordered[:_MAX_FILES]]


def _alike(
    ctx: ReviewContext, symbol: Symbol, names: frozenset[str], path: str
) -> Iterator[tuple[float, SymbolId]]:
    """The functions of a file that have much the size of `symbol` and use much the same names."""
    facts = ctx.graph.workspace.facts(path)
    spec = ctx.graph.spec(path)
    if facts is None or spec is None or spec.group != ctx.after.spec.group:
        return
    if path != ctx.path and (ctx.graph.is_test_path(path) or _COPIES.search(path)):
        return
    size = symbol.span.end - symbol.body_start
    fresh = {
        change.after.index
        for change in ctx.diff.of(ChangeKind.ADDED)
        if path == ctx.path and change.after is not None
    }
    for index in range(facts.symbol_count):
        if facts.symbol_kind(index) not in CALLABLE_KINDS:
            continue
        if path == ctx.path and (index >= symbol.index if index in fresh else False):
            continue
        other = facts.symbol(index)
        other_size = other.span.end - other.body_start
        if not size * 0.5 <= other_size <= size * 2:
            continue
        used = _names_used(facts, other)
        union = len(used | names)
        share = len(used & names) / union if union else 0.0
        if share >= 0.7 and not _is_sibling(ctx, symbol, SymbolId(path, index), other):
            yield share, SymbolId(path, index)


def _is_sibling(ctx: ReviewContext, symbol: Symbol, other_id: SymbolId, other: Symbol) -> bool:
    """Whether two functions are one function's overloads, nested in each other, or the same method
    of types that share a base.
    """
    if other_id.path == ctx.path and (
        symbol.span.overlaps(other.span) or symbol.qualname == other.qualname
    ):
        return True
    if symbol.name != other.name:
        return False
    resolver = ctx.graph.resolver
    mine = owner_of(ctx.graph, SymbolId(ctx.path, symbol.index))
    theirs = owner_of(ctx.graph, other_id)
    if mine is None or theirs is None:
        return False
    if mine == theirs or resolver.has_open_bases(mine) or resolver.has_open_bases(theirs):
        return True
    above = {one for one, _ in resolver.ancestors(mine)} | {mine}
    return any(one in above for one in (theirs, *(one for one, _ in resolver.ancestors(theirs))))


# Reading a function.


def _body(symbol: Symbol) -> Span:
    start = symbol.body_start
    if symbol.doc is not None and symbol.doc.start >= start:
        start = symbol.doc.end
    return Span(start, max(symbol.span.end, start))


def _names_used(facts: FileFacts, symbol: Symbol) -> frozenset[str]:
    """The names that a body calls, or asks of a receiver."""
    found = set()
    for index in facts.references_in(_body(symbol)):
        reference = facts.reference(index)
        if reference.member or reference.role is Role.CALL:
            found.add(reference.name)
    return frozenset(found)


def _locals(facts: FileFacts, parsed: Parsed, symbol: Symbol) -> frozenset[str]:
    roles = parsed.spec.binding_roles | {Role.BIND}
    return frozenset(
        reference.name
        for reference in map(facts.reference, facts.references_in(symbol.span))
        if reference.role in roles and not reference.member
    )


def _reading(parsed: Parsed, facts: FileFacts, symbol: Symbol) -> _Reading:
    literals: Counter[bytes] = Counter()
    tokens = _tokens(parsed, _body(symbol), _locals(facts, parsed, symbol), literals)
    runs = Counter(tuple(tokens[at : at + _RUN]) for at in range(max(len(tokens) - _RUN + 1, 0)))
    return _Reading(runs, literals)


def _is_table(mine: Counter[bytes], theirs: Counter[bytes]) -> bool:
    """Whether what two functions do not share is what they are for: texts of a language, the lines
    of a picture.
    """
    most = max(mine.total(), theirs.total())
    return most >= _MANY_LITERALS and (mine & theirs).total() * 2 < most


def _tokens(
    parsed: Parsed, body: Span, local: frozenset[str], literals: Counter[bytes]
) -> list[str]:
    """The tokens of a body; what its literals hold is counted apart."""
    node: Node | None = parsed.root.named_descendant_for_byte_range(body.start, body.end - 1)
    tokens: list[str] = []
    if node is None or len(body) == 0:
        return tokens
    cursor = node.walk()
    deeper = True
    while True:
        current = cursor.node
        assert current is not None
        start, end = current.byte_range
        inside = end > body.start and start < body.end
        word = current.type
        literal = any(part in word for part in _LITERALS) and current.is_named
        if deeper and inside and "comment" not in word:
            whole = literal and not _has_code(current)
            if not whole and cursor.goto_first_child():
                continue
            if start >= body.start and end <= body.end:
                tokens.append(_token(parsed, current, literal, local))
                if literal:
                    literals[parsed.text[start:end]] += 1
        if cursor.goto_next_sibling():
            deeper = True
        elif cursor.goto_parent():
            deeper = False
            if cursor.node == node:
                return tokens
        else:
            return tokens


def _has_code(node: Node) -> bool:
    """Whether a literal holds expressions."""
    return any(
        "interpolation" in child.type or "substitution" in child.type for child in node.children
    )


def _token(parsed: Parsed, node: Node, literal: bool, local: frozenset[str]) -> str:
    if literal:
        return "0"
    if not node.is_named:
        return node.type
    text = parsed.text[node.start_byte : node.end_byte].decode("utf-8", "replace")
    return "$" if text in local else text


def _resemblance(a: Counter[tuple[str, ...]], b: Counter[tuple[str, ...]]) -> float:
    union = (a | b).total()
    return (a & b).total() / union if union else 0.0


RULE = Rule(
    ID,
    "A new function repeats an existing one",
    Severity.INFORMATION,
    check,
    __doc__ or "",
)
