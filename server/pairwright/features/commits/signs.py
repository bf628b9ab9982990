"""What a change as a whole shows, as numbers: which classes of files, how large, which symbols,
which shapes of lines.

Owns the signs that `weights.json` has weights for. It must not know repositories or messages.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import log1p

from pairwright.features.commits.files import FileClass
from pairwright.features.commits.meaning import FileMeaning
from pairwright_analyzers.types import CALLABLE_KINDS, TYPE_KINDS, SymbolFlag

_BESIDE = frozenset({FileClass.LOCK, FileClass.GENERATED, FileClass.RELEASE, FileClass.ASSET})
_BALANCED = (
    "condition",
    "absence",
    "handling",
    "raising",
    "leaving",
    "logging",
    "import",
    "constant",
    "definition",
    "types",
    "string",
    "assertion",
    "async",
    "speed",
)


def signs_of(files: Sequence[FileMeaning], *, bot: bool = False) -> dict[str, float]:
    """The signs of a change; what is not there is left out. `bot` says that a program commits."""
    found: dict[str, float] = {}
    count = len(files) or 1
    classes = Counter(one.kind for one in files)
    total = sum(_lines(one) for one in files) or 1
    for kind, many in classes.items():
        found[f"has {kind}"] = 1
        found[f"share {kind}"] = many / count
        found[f"lines {kind}"] = sum(_lines(one) for one in files if one.kind is kind) / total
        if many == len(files):
            found[f"only {kind}"] = 1
    kinds = sorted({one.kind.value for one in files if one.kind not in _BESIDE})
    found[f"kinds {'+'.join(kinds)}"] = 1
    code = [one for one in files if one.kind is FileClass.CODE]
    tests = [one for one in files if one.kind is FileClass.TESTS]
    documents = [one for one in files if one.kind is FileClass.DOCS]
    found["files"] = log1p(len(files))
    found["code files"] = log1p(len(code))
    found["one code file"] = len(code) == 1
    added = sum(one.change.added for one in code)
    removed = sum(one.change.removed for one in code)
    found["code added"], found["code removed"] = log1p(added), log1p(removed)
    both = added + removed
    if both:
        found["code ratio"] = added / both
        found["only added"], found["only removed"] = removed == 0, added == 0
        found["tiny"], found["small"] = both <= 6, both <= 25
        found["middling"], found["large"] = 25 < both <= 120, both > 300
    for name, group in (("tests", tests), ("documents", documents)):
        found[f"{name} added"] = log1p(sum(one.change.added for one in group))
        found[f"{name} removed"] = log1p(sum(one.change.removed for one in group))
    for one in files:
        status = one.change.status.value
        if status in ("added", "deleted", "renamed"):
            found[f"{status} {one.kind}"] = found.get(f"{status} {one.kind}", 0) + 1
    if code and both and not sum(one.code_lines for one in code):
        found["comments only"] = 1
    if any(one.signals.get("blanks") for one in code) and all(
        one.signals.get("blanks") or not one.code_lines for one in code
    ):
        found["blanks only"] = 1
    _symbols(found, files, bool(code))
    _shapes(found, files, both + 1)
    found["bot"] = bot
    return {name: float(value) for name, value in found.items() if value}


def _lines(one: FileMeaning) -> int:
    return one.change.added + one.change.removed


def _symbols(found: dict[str, float], files: Sequence[FileMeaning], code: bool) -> None:
    counts: Counter[str] = Counter()
    new_tests = changed_tests = 0
    for one in files:
        for place, change in enumerate(one.symbols):
            symbol = change.symbol
            if one.kind is FileClass.TESTS or place in one.in_tests:
                new_tests += change.before is None
                changed_tests += change.before is not None
            elif one.kind is FileClass.CODE:
                seen = symbol.flags & SymbolFlag.EXPORTED and not symbol.flags & SymbolFlag.PRIVATE
                kind = (
                    "type"
                    if symbol.kind in TYPE_KINDS
                    else "callable"
                    if symbol.kind in CALLABLE_KINDS
                    else "member"
                )
                name = f"{change.kind} {'public' if seen else 'private'}"
                counts.update((f"{name} {kind}", name, change.kind.value))
    for name, many in counts.items():
        found[f"symbol {name}"] = 1
        found[f"symbols {name}"] = log1p(many)
    if new_tests:
        found["new tests"] = 1
        found["count of new tests"] = log1p(new_tests)
    found["changed tests"] = log1p(changed_tests)
    if code and not counts:
        found["no symbols"] = 1
    bodies = counts["body"]
    if bodies and bodies == sum(
        counts[kind] for kind in ("added", "removed", "renamed", "signature", "body")
    ):
        found["bodies only"] = 1
        found["one body"], found["two bodies"] = bodies == 1, bodies == 2


def _shapes(found: dict[str, float], files: Sequence[FileMeaning], lines: int) -> None:
    counts: Counter[str] = Counter()
    for one in files:
        if one.kind is FileClass.CODE:
            counts.update(one.signals)
            continue
        group = {
            FileClass.TESTS: "tests",
            FileClass.DOCS: "documents",
            FileClass.EXAMPLE: "documents",
        }.get(one.kind, "others")
        for name, many in one.signals.items():
            if "word" in name or name in ("+issue", "+skip", "+version", "-version", "blanks"):
                counts[f"{group} {name}"] += many
    for name, many in counts.items():
        found[f"any {name}"] = 1
        found[f"count {name}"] = log1p(many)
        if name[0] in "+-":
            found[f"dense {name}"] = min(1.0, many / lines)
    for name in _BALANCED:
        more = counts[f"+{name}"] - counts[f"-{name}"]
        if more > 0:
            found[f"more {name}"] = 1
        elif more < 0:
            found[f"less {name}"] = 1
        elif counts[f"+{name}"]:
            found[f"as much {name}"] = 1
