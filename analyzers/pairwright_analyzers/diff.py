"""Two versions of a file's facts -> what changed, in symbols.

Pure. Matches by qualified name first, then finds renames among what is left: the same kind in the
same place with much
the same body. A member of a renamed type is the same member.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pairwright_analyzers.facts import FileFacts
from pairwright_analyzers.types import Symbol

RENAME_SIMILARITY = 0.6
"""Share of equal tokens from which a removed and an added symbol are one that was renamed."""

_TOKEN = re.compile(rb"\w+|[^\w\s]")
_MAX_CANDIDATES = 200
"""Removed or added symbols beyond which renames are no longer looked for: it is another file."""


class ChangeKind(StrEnum):
    """How a symbol differs from the base revision."""

    ADDED = "added"
    REMOVED = "removed"
    RENAMED = "renamed"
    SIGNATURE = "signature"
    """The header changed; the body may have too."""
    BODY = "body"


@dataclass(frozen=True, slots=True)
class SymbolChange:
    """One changed symbol.

    `before` is None when added, `after` when removed; a rename has both and may change the header
    too.
    """

    kind: ChangeKind
    before: Symbol | None
    after: Symbol | None

    @property
    def symbol(self) -> Symbol:
        """The symbol as it is now, or as it was when it is gone."""
        found = self.after or self.before
        assert found is not None
        return found

    @property
    def header_changed(self) -> bool:
        """Whether the declaration's own text changed, the name left out."""
        if self.before is None or self.after is None:
            return False
        return _header(self.before) != _header(self.after)


@dataclass(frozen=True, slots=True)
class SemanticDiff:
    """The changes of one file, in the order of the new text, removed ones last; `pairs` maps each
    surviving symbol's old index to its new one.
    """

    changes: tuple[SymbolChange, ...]
    pairs: dict[int, int]

    def of(self, *kinds: ChangeKind) -> tuple[SymbolChange, ...]:
        """The changes of these kinds."""
        return tuple(change for change in self.changes if change.kind in kinds)


def semantic_diff(
    before: FileFacts, before_text: bytes, after: FileFacts, after_text: bytes
) -> SemanticDiff:
    """What changed between two versions of a file. An empty `before` makes everything added."""
    old, new = before.symbols, after.symbols
    pairs = _pairs_by_name(old, new)
    renamed = _renames(old, before_text, new, after_text, pairs)
    pairs.update(renamed)
    changes: list[SymbolChange] = []
    by_new = {new_index: old_index for old_index, new_index in pairs.items()}
    for symbol in new:
        if symbol.index not in by_new:
            changes.append(SymbolChange(ChangeKind.ADDED, None, symbol))
            continue
        origin = old[by_new[symbol.index]]
        if origin.name != symbol.name:
            changes.append(SymbolChange(ChangeKind.RENAMED, origin, symbol))
        elif _header(origin) != _header(symbol):
            changes.append(SymbolChange(ChangeKind.SIGNATURE, origin, symbol))
        elif _own_text(origin, old, before_text) != _own_text(symbol, new, after_text):
            changes.append(SymbolChange(ChangeKind.BODY, origin, symbol))
    changes.extend(
        SymbolChange(ChangeKind.REMOVED, symbol, None)
        for symbol in old
        if symbol.index not in pairs
    )
    return SemanticDiff(tuple(changes), pairs)


def _header(symbol: Symbol) -> str:
    return " ".join(symbol.signature.replace(symbol.name, "\0", 1).split())


def _own_text(symbol: Symbol, symbols: Sequence[Symbol], text: bytes) -> bytes:
    """The symbol's text with nested symbols cut out, so that a changed method is not also a changed
    class.
    """
    parts: list[bytes] = []
    at = symbol.span.start
    for nested in symbols[symbol.index + 1 :]:
        if nested.span.start >= symbol.span.end:
            break
        if nested.container == symbol.index and nested.span.start >= at:
            parts.append(text[at : nested.span.start].rstrip())
            at = nested.span.end
    parts.append(text[at : symbol.span.end].rstrip())
    return b"\n".join(part for part in parts if part.strip())


def _pairs_by_name(old: Sequence[Symbol], new: Sequence[Symbol]) -> dict[int, int]:
    """Old index -> new index of symbols with the same qualified name; duplicates pair in order."""
    waiting: dict[str, list[int]] = defaultdict(list)
    for symbol in new:
        waiting[symbol.qualname].append(symbol.index)
    pairs: dict[int, int] = {}
    for symbol in old:
        queue = waiting.get(symbol.qualname)
        if queue:
            pairs[symbol.index] = queue.pop(0)
    return pairs


def _renames(
    old: Sequence[Symbol],
    before_text: bytes,
    new: Sequence[Symbol],
    after_text: bytes,
    pairs: dict[int, int],
) -> dict[int, int]:
    found: dict[int, int] = {}
    taken = set(pairs.values())
    gone = [symbol for symbol in old if symbol.index not in pairs]
    fresh = [symbol for symbol in new if symbol.index not in taken]
    if not gone or not fresh or len(gone) > _MAX_CANDIDATES or len(fresh) > _MAX_CANDIDATES:
        return found
    old_bags = {symbol.index: _bag(symbol, before_text) for symbol in gone}
    new_bags = {symbol.index: _bag(symbol, after_text) for symbol in fresh}
    # Outer symbols come first, so that a renamed type is known before its members are asked about.
    for symbol in gone:
        container = pairs.get(symbol.container, found.get(symbol.container, -1))
        best, best_score = -1, RENAME_SIMILARITY
        for candidate in fresh:
            if (
                candidate.index in taken
                or candidate.kind is not symbol.kind
                or candidate.container != container
            ):
                continue
            if candidate.name == symbol.name:
                best, best_score = candidate.index, 1.0
                break
            score = _similarity(old_bags[symbol.index], new_bags[candidate.index])
            if score > best_score:
                best, best_score = candidate.index, score
        if best >= 0:
            found[symbol.index] = best
            taken.add(best)
    return found


def _bag(symbol: Symbol, text: bytes) -> Counter[bytes]:
    """The tokens of a symbol without its own name.

    One-line definitions are judged by header alone, which is little evidence.
    """
    name = symbol.name.encode()
    tokens: Iterable[bytes] = _TOKEN.findall(text, symbol.span.start, symbol.span.end)
    return Counter(token for token in tokens if token != name)


def _similarity(a: Counter[bytes], b: Counter[bytes]) -> float:
    total = a.total() + b.total()
    return 2 * (a & b).total() / total if total else 0.0
