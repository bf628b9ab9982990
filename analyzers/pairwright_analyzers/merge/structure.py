"""Three versions of a text -> one, by declarations and statements instead of lines.

Owns what may be merged and in which order. It must not know conflict markers or git. Children of
the same node are matched by what they declare, else by their text; what one side changed is taken,
what both changed is merged inside, and what both added at one place is kept where its order says
nothing: declarations of different names, imports. Whatever remains is a conflict, told in a
sentence. The idea is structured merge (S. Apel et al., "Semistructured Merge", 2011).
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pairwright_analyzers.facts import FileFacts, facts_of_parsed
from pairwright_analyzers.languages.spec import LanguageSpec
from pairwright_analyzers.lines import matching_blocks
from pairwright_analyzers.readers import is_whole
from pairwright_analyzers.syntax import Parsed, node_text, parse_politely
from pairwright_analyzers.types import CALLABLE_KINDS, Role

if TYPE_CHECKING:
    from tree_sitter import Node

_MOST_DEPTH = 60

_PROSE = frozenset({"markdown", "html"})
"""Languages whose parts tell a story: their order is for a person to judge."""

_HOLDER = re.compile(
    r"(^|_)(array|block|body|document|list|mapping|members|node|object|statements|stream|suite)$"
)
"""Nodes that hold declarations and are none."""

_NO_USE = frozenset({Role.DEFINE, Role.BIND, Role.OUTER, Role.IMPORT})

_WORD = re.compile(rb"[^\W\d]\w*")

_NAMES = re.compile(r"(clause|imports|list|specifiers)$")
"""Nodes of an import that hold the names which are imported."""

_ATTACHED = ("comment", "attribute", "decorator", "annotation")


@dataclass(frozen=True, slots=True)
class Merged:
    """A merge. `text` is None where it cannot be had, and `reason` then says why, in a sentence.

    `safe` says that nothing but separate declarations and imports came together; otherwise both
    sides changed the inside of one function, and a person should look.
    """

    text: bytes | None
    reason: str = ""
    safe: bool = True


def merge_texts(
    spec: LanguageSpec, base: bytes, ours: bytes, theirs: bytes, elsewhere: bytes = b""
) -> Merged:
    """The three versions as one. What is answered parses at least as well as the better side.

    `elsewhere` is text that may come to stand in the file too: an import that it needs stays.
    """
    if ours == theirs or base == theirs:
        return Merged(ours)
    if base == ours:
        return Merged(theirs)
    versions = [_Version(parse_politely(spec, text)) for text in (base, ours, theirs)]
    errors = [version.facts.errors for version in versions[1:]]
    work = _Work()
    mentioned = frozenset(word.decode("utf-8", "replace") for word in _WORD.findall(elsewhere))
    while True:
        try:
            text = _node(work, *(version.whole() for version in versions), ordered=False, depth=0)
        except _Conflicting as conflict:
            return Merged(None, str(conflict), work.safe)
        facts = facts_of_parsed(parse_politely(spec, text))
        if facts.errors > min(errors):
            return Merged(None, "The two sides together would not parse.", work.safe)
        lost = _lost(facts, [version.facts for version in versions[1:]], mentioned)
        needed = lost & frozenset().union(*(version.bound for version in versions[1:]))
        if needed <= work.needed:
            break
        work = _Work(needed=work.needed | needed)
    if lost or _is_twice(facts, versions[1].facts):
        # One side took away what the other goes on to use, or both say the same at two places.
        work.safe = False
    if not is_whole(spec.id, text) and is_whole(spec.id, ours):
        return Merged(None, "The two sides together would not compile.", work.safe)
    return Merged(text, safe=work.safe and spec.id not in _PROSE)


class _Conflicting(Exception):
    """What cannot be merged, in a sentence."""


@dataclass(slots=True)
class _Work:
    """What a merge has done so far. `needed` are names whose imports stay although one side took
    them away: the other side uses them.
    """

    safe: bool = True
    needed: frozenset[str] = frozenset()


def _lost(
    merged: FileFacts, sides: Sequence[FileFacts], mentioned: frozenset[str]
) -> frozenset[str]:
    """The names that one side has at hand and the merge has not, though it uses them more often
    than the side that does without.
    """
    at_hand = [_at_hand(side) for side in sides]
    lost = frozenset().union(*at_hand) - _at_hand(merged)
    if not lost:
        return lost
    uses, *before = (_uses(one) for one in (merged, *sides))
    return frozenset(
        name
        for name in lost
        if name in mentioned
        or all(
            uses[name] > there[name]
            for there, known in zip(before, at_hand, strict=True)
            if name not in known
        )
    )


def _is_twice(merged: FileFacts, ours: FileFacts) -> bool:
    """Whether something is declared or imported twice that one of the sides does not have so."""
    said = [
        Counter(
            (
                *((symbol.qualname, symbol.signature) for symbol in facts.symbols),
                *((one.level, one.module, one.name, one.alias) for one in facts.imports),
            )
        )
        for facts in (merged, ours)
    ]
    return any(count > max(said[1][what], 1) for what, count in said[0].items())


def _uses(facts: FileFacts) -> Counter[str]:
    return Counter(
        reference.name
        for reference in facts.references()
        if not reference.member and reference.role not in _NO_USE
    )


def _at_hand(facts: FileFacts) -> frozenset[str]:
    """The names that a file imports or declares outside of everything else."""
    declared = (symbol.name for symbol in facts.symbols if symbol.container < 0)
    return frozenset((*(item.alias for item in facts.imports if item.alias), *declared))


class _Version:
    """One of the three texts, read."""

    def __init__(self, parsed: Parsed) -> None:
        self.parsed = parsed
        self.text = parsed.text
        self.facts: FileFacts = facts_of_parsed(parsed)
        self._symbols = self.facts.symbols
        # By where their names stand, which lie inside of a node where a definition may not:
        # `export` belongs to the definition, but not to every node around its name.
        self._by_name = sorted(self._symbols, key=lambda symbol: symbol.name_span.start)
        self._name_starts = [symbol.name_span.start for symbol in self._by_name]
        self._imports = [
            (one.span.start, one.span.end, f"{'.' * one.level}{one.module}")
            for one in self.facts.imports
        ]

    @property
    def bound(self) -> frozenset[str]:
        """The local names that its imports make."""
        return frozenset(item.alias for item in self.facts.imports if item.alias)

    def binding(self, start: int, end: int) -> frozenset[str]:
        """The local names that imports between two offsets make."""
        return frozenset(
            item.alias for item in self.facts.imports if start <= item.name_span.start < end
        )

    def whole(self) -> _Item:
        root = self.parsed.root
        return _Item(self, root, 0, len(self.text), ("file",), declares=())

    def declared(self, start: int, end: int) -> tuple[tuple[str, ...], bool]:
        """(names of the outermost symbols between two offsets, whether it is one callable)."""
        first = bisect_left(self._name_starts, start)
        last = bisect_left(self._name_starts, end)
        inside = self._by_name[first:last]
        held = {symbol.index for symbol in inside}
        outermost = [symbol for symbol in inside if symbol.container not in held]
        is_callable = len(outermost) == 1 and outermost[0].kind in CALLABLE_KINDS
        return tuple(symbol.name for symbol in outermost), is_callable

    def imported(self, start: int, end: int) -> tuple[str, ...]:
        """The modules that are imported between two offsets."""
        return tuple(
            module for first, last, module in self._imports if start <= first and last <= end
        )


@dataclass(frozen=True, slots=True)
class _Item:
    """A node with the comments and attributes that belong to it. `key` finds it again elsewhere."""

    version: _Version = field(compare=False, repr=False)
    node: Node = field(compare=False, repr=False)
    start: int = field(compare=False)
    end: int = field(compare=False)
    key: Hashable = ()
    declares: tuple[str, ...] = ()
    imports: bool = False
    is_callable: bool = False

    @property
    def text(self) -> bytes:
        return self.version.text[self.start : self.end]

    @property
    def binds(self) -> frozenset[str]:
        """The local names that it imports."""
        return self.version.binding(self.start, self.end) if self.imports else frozenset()

    @property
    def unordered(self) -> bool:
        """Whether it may stand before or after what the other side put at the same place."""
        return self.imports or bool(self.declares)


def _node(
    work: _Work, base: _Item, ours: _Item, theirs: _Item, *, ordered: bool, depth: int
) -> bytes:
    """One item of which there are three versions."""
    picked = _picked(base.text, ours.text, theirs.text)
    if picked is not None:
        return picked
    where = _where(ours)
    if depth > _MOST_DEPTH or not base.node.type == ours.node.type == theirs.node.type:
        raise _Conflicting(f"Both sides changed {where}.")
    if depth and not ours.imports and b"\n" not in ours.text + base.text + theirs.text:
        raise _Conflicting(f"Both sides changed {where}.")
    parts = [_Parts(one) for one in (base, ours, theirs)]
    if not all(part.items for part in parts):
        raise _Conflicting(f"Both sides changed {where}.")
    if ordered or ours.is_callable:
        work.safe = False
        ordered = True
    return _list(work, *parts, where=where, ordered=ordered, depth=depth)


def _picked(base: bytes, ours: bytes, theirs: bytes) -> bytes | None:
    """The one version that stands where at most one side changed something."""
    if ours == theirs or base == theirs:
        return ours
    return theirs if base == ours else None


class _Parts:
    """An item taken apart: its children with what belongs to them, and the text between."""

    def __init__(self, item: _Item) -> None:
        self.item = item
        self.items = tuple(_items_of(item))
        text = item.version.text
        first = self.items[0].start if self.items else item.end
        last = self.items[-1].end if self.items else item.end
        self.lead = text[item.start : first]
        self.trail = text[last : item.end]
        self.gaps: dict[tuple[Hashable, Hashable], bytes] = {
            (before.key, after.key): text[before.end : after.start]
            for before, after in zip(self.items, self.items[1:], strict=False)
        }


def _items_of(item: _Item) -> Iterator[_Item]:
    version, text = item.version, item.version.text
    waiting: list[Node] = []
    counts: Counter[Hashable] = Counter()
    held: _Item | None = None
    for node in item.node.named_children:
        start, end = node.byte_range
        if end <= item.start or start >= item.end or start == end:
            continue
        if held is not None and "comment" in node.type and b"\n" not in text[held.end : start]:
            held = _widened(held, end)
            continue
        if any(word in node.type for word in _ATTACHED):
            if waiting and b"\n" in text[waiting[-1].end_byte : start].replace(b"\n", b"", 1):
                if held is not None:
                    yield held
                held = None
                yield from _alone(version, waiting, counts)
                waiting = []
            waiting.append(node)
            continue
        if held is not None:
            yield held
        first = start
        if waiting:
            between = text[waiting[-1].end_byte : start]
            if between.count(b"\n") > 1 and "comment" in waiting[-1].type:
                yield from _alone(version, waiting, counts)
            else:
                first = waiting[0].start_byte
            waiting = []
        held = _item(item, version, node, first, end, counts)
    if held is not None:
        yield held
    yield from _alone(version, waiting, counts)


def _widened(item: _Item, end: int) -> _Item:
    return _Item(
        item.version,
        item.node,
        item.start,
        end,
        item.key,
        item.declares,
        item.imports,
        item.is_callable,
    )


def _alone(version: _Version, nodes: Sequence[Node], counts: Counter[Hashable]) -> Iterator[_Item]:
    """Comments that belong to nothing, each an item."""
    for node in nodes:
        key: Hashable = ("text", node.type, node_text(node, version.text))
        counts[key] += 1
        yield _Item(version, node, *node.byte_range, (key, counts[key]))


def _item(
    parent: _Item, version: _Version, node: Node, start: int, end: int, counts: Counter[Hashable]
) -> _Item:
    names: tuple[str, ...] = ()
    is_callable = False
    if not _HOLDER.search(node.type) and parent.node.child_by_field_name("body") != node:
        names, is_callable = version.declared(*node.byte_range)
    modules = version.imported(*node.byte_range)
    imports = parent.imports or (bool(modules) and not names)
    key: Hashable
    if names:
        key = ("declares", names)
    elif modules and not parent.imports:
        key = ("imports", tuple(sorted(set(modules))))
    else:
        key = ("text", node.type, version.text[start:end])
    counts[key] += 1
    return _Item(version, node, start, end, (key, counts[key]), names, imports, is_callable)


@dataclass(slots=True)
class _Side:
    """What one side made of the base's items.

    `kept` has the item that stands for each of them now, None where it is gone; `added` the new
    ones before each of them, and at the end; `instead` those that came where it went.
    """

    kept: list[_Item | None]
    added: list[list[_Item]]
    instead: list[list[_Item]]


def _side(base: Sequence[_Item], changed: Sequence[_Item]) -> _Side:
    """Items are matched by their text, then by what they declare, then by their place."""
    side = _Side([None] * len(base), [[] for _ in range(len(base) + 1)], [[] for _ in base])
    for old, new in _gaps(
        [item.text for item in base], [item.text for item in changed], side, changed
    ):
        keys = [item.key for item in base[old.start : old.stop]]
        others = [item.key for item in changed[new.start : new.stop]]
        for inner_old, inner_new in _gaps(keys, others, side, changed, old.start, new.start):
            gone = base[inner_old.start : inner_old.stop]
            come = changed[inner_new.start : inner_new.stop]
            if len(gone) == len(come) and all(map(_alike, gone, come)):
                side.kept[inner_old.start : inner_old.stop] = come
                continue
            side.added[inner_old.start].extend(come)
            for place in inner_old:
                side.instead[place].extend(come)
    return side


def _alike(one: _Item, other: _Item) -> bool:
    """Whether two unnamed items at one place are the same thing, changed."""
    if one.node.type != other.node.type or one.declares or other.declares:
        return False
    if one.imports and one.binds and not _NAMES.search(one.node.type):
        return bool(one.binds & other.binds)
    return True


def _gaps(
    base: Sequence[Hashable],
    changed: Sequence[Hashable],
    side: _Side,
    items: Sequence[_Item],
    base_offset: int = 0,
    changed_offset: int = 0,
) -> Iterator[tuple[range, range]]:
    """The stretches of both sequences that do not match; what matches is kept in the side."""
    ids: dict[Hashable, int] = {}
    before = [ids.setdefault(one, len(ids)) for one in base]
    after = [ids.setdefault(one, len(ids)) for one in changed]
    at_base, at_changed = base_offset, changed_offset
    for in_base, in_changed, length in matching_blocks(before, after):
        first, other = in_base + base_offset, in_changed + changed_offset
        side.kept[first : first + length] = items[other : other + length]
        if at_base < first or at_changed < other:
            yield range(at_base, first), range(at_changed, other)
        at_base, at_changed = first + length, other + length


def _list(
    work: _Work,
    base: _Parts,
    ours: _Parts,
    theirs: _Parts,
    *,
    where: str,
    ordered: bool,
    depth: int,
) -> bytes:
    """The children of one node, of which there are three versions."""
    mine, yours = _side(base.items, ours.items), _side(base.items, theirs.items)
    _refuse_twice(base.items, mine, yours)
    united = _united_additions(work, mine, yours)
    result: list[tuple[_Item, bytes]] = []
    for place in range(len(base.items) + 1):
        added = _together(mine.added[place], yours.added[place], where, ordered)
        result.extend((item, united.get(item, item.text)) for item in added)
        if place == len(base.items):
            break
        old, our, their = base.items[place], mine.kept[place], yours.kept[place]
        if our is None or their is None:
            left = our or their
            if left is not None and left.text != old.text:
                raise _Conflicting(f"One side changed {_where(old)}, the other removed it.")
            if left is not None and left.imports and left.binds & work.needed:
                result.append((left, left.text))
            elif left is not None and left.declares and not left.imports:
                # Right by the book; yet the other side shows it in the conflict as if it stayed.
                work.safe = False
            continue
        if old.start != old.node.start_byte or our.start != our.node.start_byte:
            # With its comments: taken apart only where one side left the whole alone.
            text = _with_comments(work, old, our, their, ordered=ordered, depth=depth)
        else:
            text = _node(work, old, our, their, ordered=ordered, depth=depth + 1)
        result.append((our, text))
    lead = _picked(base.lead, ours.lead, theirs.lead)
    trail = _picked(base.trail, ours.trail, theirs.trail)
    if lead is None or trail is None:
        raise _Conflicting(f"Both sides changed {where}.")
    if result and all(item.imports for item, _ in result):
        result = _sorted_as(result, ours, theirs)
    return lead + _joined(result, (ours, theirs, base)) + trail


def _with_comments(
    work: _Work, old: _Item, our: _Item, their: _Item, *, ordered: bool, depth: int
) -> bytes:
    """An item whose comments in front are merged apart from it."""
    picked = _picked(old.text, our.text, their.text)
    if picked is not None:
        return picked
    fronts = [one.version.text[one.start : one.node.start_byte] for one in (old, our, their)]
    front = _picked(*fronts)
    if front is None:
        raise _Conflicting(f"Both sides changed the comment of {_where(our)}.")
    bare = [
        _Item(
            one.version,
            one.node,
            one.node.start_byte,
            one.end,
            one.key,
            one.declares,
            one.imports,
            one.is_callable,
        )
        for one in (old, our, their)
    ]
    return front + _node(work, *bare, ordered=ordered, depth=depth + 1)


def _refuse_twice(base: Sequence[_Item], mine: _Side, yours: _Side) -> None:
    """Raise where both sides added a declaration of one name that is not the same, or did not put
    the same in the place of an item, as when both rename it, or one does and the other removes it.
    """
    ours = {item.key: item for place in mine.added for item in place if item.declares}
    for place in yours.added:
        for item in place:
            other = ours.get(item.key)
            if other is not None and other.text != item.text:
                raise _Conflicting(f"Both sides added {_where(item)}, each in its own way.")
    for item, kept, also, instead, other_instead in zip(
        base, mine.kept, yours.kept, mine.instead, yours.instead, strict=True
    ):
        if kept is not None or also is not None:
            continue
        if [one.text for one in instead] != [one.text for one in other_instead]:
            raise _Conflicting(
                f"The sides replaced or removed {_where(item)}, each in its own way."
            )


def _united_additions(work: _Work, mine: _Side, yours: _Side) -> dict[_Item, bytes]:
    """What becomes of imports of one module that both sides added, by the item of ours; theirs are
    taken out of `yours`, as is all that both sides added alike at different places.
    """
    united: dict[_Item, bytes] = {}
    ours = [item for place in mine.added for item in place]
    texts = {item.text.strip() for item in ours if item.unordered}
    plain = {item.text.strip() for item in ours if not item.unordered}
    imported = {item.key: item for item in ours if item.imports}
    for number, place in enumerate(yours.added):
        here = {item.text for item in mine.added[number]}
        kept: list[_Item] = []
        for item in place:
            text = item.text.strip()
            if item.text not in here and text in texts:
                continue
            if item.text not in here and text in plain:
                work.safe = False
            other = imported.get(item.key)
            if other is not None and other.imports and other.text != item.text:
                text_of_both = _united(other, item)
                if text_of_both is None and not item.binds & other.binds:
                    kept.append(item)
                    continue
                if text_of_both is None:
                    raise _Conflicting(f"Both sides import from {_module(item)}, differently.")
                united[other] = text_of_both
                continue
            kept.append(item)
        place[:] = kept
    return united


def _module(item: _Item) -> str:
    names = item.version.imported(item.start, item.end)
    return f"`{names[0]}`" if names and names[0] else "one module"


def _united(ours: _Item, theirs: _Item) -> bytes | None:
    """Two imports of one module as one that has the names of both; None where that is not plain."""
    if ours.text == theirs.text:
        return ours.text
    mine, yours = _Parts(ours), _Parts(theirs)
    if ours.node.type != theirs.node.type or (mine.lead, mine.trail) != (yours.lead, yours.trail):
        return None
    if not mine.items or not yours.items:
        return None
    other = [
        place
        for place, (one, two) in enumerate(zip(mine.items, yours.items, strict=False))
        if one.text != two.text
    ]
    if len(mine.items) == len(yours.items) and len(other) == 1:
        place = other[0]
        if _NAMES.search(mine.items[place].node.type):
            inside = _united(mine.items[place], yours.items[place])
            return _rejoined(mine, place, inside) if inside is not None else None
    known = {item.text for item in mine.items}
    more = [item for item in yours.items if item.text not in known]
    names = frozenset().union(*(item.binds for item in mine.items))
    if len(more) == len(yours.items) and not _NAMES.search(ours.node.type):
        return None
    if not all(item.binds and not item.binds & names for item in more):
        return None
    joined = [(item, item.text) for item in (*mine.items, *more)]
    return mine.lead + _joined(joined, (mine, yours)) + mine.trail


def _rejoined(parts: _Parts, place: int, text: bytes) -> bytes:
    """An item with another text in the place of one child's."""
    item, child = parts.item, parts.items[place]
    return (
        item.version.text[item.start : child.start] + text + item.version.text[child.end : item.end]
    )


def _together(
    ours: Sequence[_Item], theirs: Sequence[_Item], where: str, ordered: bool
) -> list[_Item]:
    """What both sides added at one place."""
    if not ours or not theirs:
        return [*ours, *theirs]
    if [item.text for item in ours] == [item.text for item in theirs]:
        return list(ours)
    if ordered or not all(item.unordered for item in (*ours, *theirs)):
        raise _Conflicting(f"Both sides added statements at the same place of {where}.")
    known = {item.text for item in ours}
    both = [*ours, *(item for item in theirs if item.text not in known)]
    return sorted(both, key=lambda item: not item.imports)


def _sorted_as(
    result: list[tuple[_Item, bytes]], ours: _Parts, theirs: _Parts
) -> list[tuple[_Item, bytes]]:
    """Imports in order where both sides had them in order."""

    def spelled(text: bytes) -> bytes:
        return text.lower()

    for part in (ours, theirs):
        texts = [spelled(item.text) for item in part.items]
        if texts != sorted(texts):
            return result
    return sorted(result, key=lambda pair: spelled(pair[1]))


def _joined(result: Sequence[tuple[_Item, bytes]], versions: Sequence[_Parts]) -> bytes:
    parts: list[bytes] = []
    usual = _usual_gap(versions)
    before: _Item | None = None
    for item, text in result:
        if before is not None:
            parts.append(_gap(before, item, versions, usual))
        parts.append(text)
        before = item
    return b"".join(parts)


def _gap(before: _Item, after: _Item, versions: Sequence[_Parts], usual: bytes) -> bytes:
    for version in versions:
        known = version.gaps.get((before.key, after.key))
        if known is not None:
            return known
    for version in versions:
        for (_, key), known in version.gaps.items():
            if key == after.key:
                return known
    for version in versions:
        for (key, _), known in version.gaps.items():
            if key == before.key:
                return known
    return usual


def _usual_gap(versions: Sequence[_Parts]) -> bytes:
    counts = Counter(gap for version in versions for gap in version.gaps.values())
    return counts.most_common(1)[0][0] if counts else b"\n"


def _where(item: _Item) -> str:
    if item.declares:
        return f"`{item.declares[0]}`"
    if item.key == ("file",):
        return "the file"
    if item.imports:
        return "an import"
    return f"the {_words(item.node.type)} at line {item.node.start_point.row + 1}"


def _words(kind: str) -> str:
    return re.sub(r"[_\W]+", " ", kind).strip() or "text"
