"""Which parts of a change belong to one commit, and in which order the commits come.

Owns the links (definition and use, code and its tests and documentation, a dependency and its lock
file, …), the clusters they make, and the order in which no commit names what a later one defines.
It must not know how parts are applied, nor what a commit is called.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from pairwright.features.commits.files import FileClass
from pairwright.features.context import Context
from pairwright.features.split.checks import broken_file
from pairwright.features.split.material import Material, PartView, Side
from pairwright.git.patches import PartKind
from pairwright_analyzers.graph import SymbolId
from pairwright_analyzers.graph.tested import tests_reaching
from pairwright_analyzers.lines import LineRange
from pairwright_analyzers.types import SymbolFlag, SymbolKind
from pairwright_analyzers.words import terms_of

MAX_GROUPS = 12
"""Commits beyond which the least related ones are put together: nobody reads a longer plan."""

_CODE = frozenset(
    {FileClass.CODE, FileClass.EXAMPLE, FileClass.BENCHMARK, FileClass.BUILD, FileClass.OTHER}
)
_PROSE = frozenset({FileClass.DOCS, FileClass.RELEASE})
_MAX_REACHED = 20
"""Symbols whose tests are looked for over the graph."""

_WORTH = 5
"""Letters from which on a new name is hardly chosen twice for different things."""

_HANDED_ON = frozenset({SymbolKind.FIELD, SymbolKind.PROPERTY, SymbolKind.VARIABLE})
"""Definitions that nobody takes for a topic of their own."""

_RARE = 2
"""Files that may have a name already that is new to others."""

_ENOUGH = 0.5
"""The least that a document must say about a group to go with it."""

_RANKS = {
    FileClass.CI: 0,
    FileClass.BUILD: 1,
    FileClass.MANIFEST: 1,
    FileClass.LOCK: 1,
    FileClass.CONFIG: 2,
    FileClass.TESTS: 4,
    FileClass.BENCHMARK: 4,
    FileClass.EXAMPLE: 5,
    FileClass.DOCS: 6,
    FileClass.RELEASE: 7,
}
_OTHER_RANK = 3

Votes = Counter[int]


def groups_of(ctx: Context, material: Material) -> tuple[tuple[PartView, ...], ...]:
    """The parts in groups, in the order in which they are to be committed; each part once.

    After each group every file parses that parses before the change and after it, and, as far as
    the graph can tell, no line names what a later group defines or an earlier one took away.
    """
    clusters = _Clusters(material.parts)
    _join_code(clusters, material)
    _join_new_names(clusters, material)
    _join_imports(clusters)
    _join_tests(ctx, clusters, material)
    _join_renames(clusters)
    _join_manifests(clusters)
    _join_generated(clusters)
    _join_configuration(clusters, material)
    _join_prose(clusters, material)
    _join_leftovers(clusters)
    order = _ordered(clusters)
    while len(order) > MAX_GROUPS:
        ctx.check()
        _join_nearest(clusters, order)
        order = _ordered(clusters)
    while True:
        ctx.check()
        broken = _first_broken(clusters, order, material)
        if broken is None:
            break
        clusters.join(*broken)
        order = _ordered(clusters)
    return tuple(tuple(clusters.parts[number] for number in clusters.of(lead)) for lead in order)


class _Clusters:
    """Parts by number, in sets that only grow together."""

    def __init__(self, parts: Sequence[PartView]) -> None:
        self.parts = parts
        self._leads = list(range(len(parts)))
        self._members = {number: [number] for number in range(len(parts))}
        self.by_path: dict[str, list[int]] = defaultdict(list)
        self.changing: dict[SymbolId, int] = {}
        self.dropping: dict[SymbolId, int] = {}
        for number, view in enumerate(parts):
            for change in view.part.files:
                self.by_path[change.path].append(number)
            self.changing.update(dict.fromkeys(view.changed, number))
            self.dropping.update(dict.fromkeys(view.drops, number))

    def lead(self, number: int) -> int:
        """The number that stands for the set of a part: its lowest."""
        while self._leads[number] != number:
            self._leads[number] = self._leads[self._leads[number]]
            number = self._leads[number]
        return number

    def join(self, one: int, other: int) -> None:
        """Make one set of the sets of two parts."""
        low, high = sorted((self.lead(one), self.lead(other)))
        if low != high:
            self._leads[high] = low
            self._members[low] += self._members.pop(high)

    def leads(self) -> list[int]:
        """What stands for each set."""
        return sorted(self._members)

    def of(self, lead: int) -> list[int]:
        """The parts of a set."""
        return sorted(self._members[self.lead(lead)])

    def is_alone(self, number: int) -> bool:
        """Whether a part is a set of its own."""
        return len(self._members[self.lead(number)]) == 1

    def numbered(self, wanted: Callable[[PartView], bool]) -> list[tuple[int, PartView]]:
        """The parts that a question is answered yes for."""
        return [(number, view) for number, view in enumerate(self.parts) if wanted(view)]


# What a part is.


def _is_import(view: PartView) -> bool:
    return bool(view.labels) and all(
        isinstance(label, tuple) and label[0] == "import" for label in view.labels
    )


def _is_code(view: PartView) -> bool:
    return view.kind in _CODE and view.part.kind in (PartKind.LINES, PartKind.WHOLE)


def _is_core(material: Material) -> Callable[[PartView], bool]:
    return lambda view: (
        _is_code(view) and not _is_import(view) and not _is_test_code(view, material)
    )


def _is_test_code(view: PartView, material: Material) -> bool:
    """Whether all that is changed are tests, wherever they stand: Rust has them beside the code."""
    if view.kind is FileClass.TESTS:
        return True
    symbols = view.changed
    return bool(symbols) and all(
        material.symbol(one).flags & SymbolFlag.TEST or material.symbol(one).kind is SymbolKind.TEST
        for one in symbols
    )


def _is_blank_change(view: PartView) -> bool:
    """Whether nothing but white space differs."""
    return view.part.kind is PartKind.LINES and b"".join(view.added_text().split()) == b"".join(
        view.removed_text().split()
    )


# Code.


def _join_code(clusters: _Clusters, material: Material) -> None:
    is_core = _is_core(material)
    owners: dict[tuple[str, object], int] = {}
    for number, view in enumerate(clusters.parts):
        for label in view.labels:
            if isinstance(label, tuple) and label[0] not in ("import", "item"):
                clusters.join(number, owners.setdefault((view.path, label), number))
    for world in (is_core, lambda view: _is_test_code(view, material) and not _is_import(view)):
        members = clusters.numbered(world)
        _join_renamed_and_moved(clusters, members, material)
        _join_definitions_and_users(clusters, members)


def _join_renamed_and_moved(
    clusters: _Clusters, members: Sequence[tuple[int, PartView]], material: Material
) -> None:
    """What must change with a definition: its uses, when its header or name changed or it is gone;
    and where it went.
    """
    demanding: dict[SymbolId, int] = {}
    dropped: dict[SymbolId, int] = {}
    came: dict[tuple[str, SymbolKind], list[int]] = defaultdict(list)
    for number, view in members:
        demanding.update(dict.fromkeys(view.headers, number))
        dropped.update(dict.fromkeys(view.drops, number))
        for one in view.defines:
            symbol = material.symbol(one)
            came[symbol.name, symbol.kind].append(number)
    for number, view in members:
        for use in view.uses:
            if use.sure and use.target in demanding:
                clusters.join(number, demanding[use.target])
        for use in view.used:
            if use.sure and use.target in dropped:
                clusters.join(number, dropped[use.target])
    for one, number in dropped.items():
        symbol = material.dropped(one)
        places = came.get((symbol.name, symbol.kind), ())
        if len(places) == 1 and clusters.parts[places[0]].path != one.path:
            clusters.join(number, places[0])


def _join_definitions_and_users(
    clusters: _Clusters, members: Sequence[tuple[int, PartView]]
) -> None:
    """A definition goes with its user, unless several groups that have nothing else in common use
    it: then it comes before them.
    """
    definers: dict[SymbolId, int] = {}
    for number, view in members:
        definers.update(dict.fromkeys(view.changed, number))
    users: dict[int, set[int]] = defaultdict(set)
    for number, view in members:
        for use in view.uses:
            if use.sure and use.target in definers:
                users[definers[use.target]].add(number)
        for path in view.requires:
            for other in clusters.by_path.get(path, ()):
                if clusters.parts[other].part.kind is PartKind.WHOLE and other != number:
                    users[other].add(number)
    again = True
    while again:
        again = False
        groups: dict[int, set[int]] = defaultdict(set)
        for definer, numbers in users.items():
            lead = clusters.lead(definer)
            groups[lead].update(clusters.lead(number) for number in numbers)
        for lead, others in sorted(groups.items()):
            others = {clusters.lead(one) for one in others} - {clusters.lead(lead)}
            if len(others) == 1:
                clusters.join(lead, others.pop())
                again = True


def _join_new_names(clusters: _Clusters, material: Material) -> None:
    """What brings a name into files that do not have it yet goes together: a parameter that is
    handed on, a key that is written and read. So does what takes one out for good. The name is to
    be rare elsewhere. Names of functions, types and imports say less: what uses them may be another
    topic.
    """
    members = clusters.numbered(lambda view: _is_code(view) and not _is_import(view))
    symbols = [material.symbol(one) for _, view in members for one in view.defines]
    symbols += [material.dropped(one) for _, view in members for one in view.drops]
    defined = {symbol.name for symbol in symbols if symbol.kind not in _HANDED_ON}
    for view in clusters.parts:
        defined |= view.binds | view.unbinds
    come: dict[str, list[int]] = defaultdict(list)
    gone: dict[str, list[int]] = defaultdict(list)
    for number, view in members:
        for sides, places in ((view.added, come), (view.removed, gone)):
            for name in _names(sides) - defined:
                places[name].append(number)
    for places, graph in ((come, material.before), (gone, material.after)):
        for name, numbers in places.items():
            if len(numbers) == 1:
                continue
            known = [material.prefix + path for path in graph.workspace.files_mentioning(name)]
            here = {clusters.parts[number].path for number in numbers}
            if len(known) <= _RARE and here.isdisjoint(known):
                for number in numbers[1:]:
                    clusters.join(numbers[0], number)


def _names(sides: Sequence[tuple[Side, LineRange]]) -> set[str]:
    """The names that code on some lines mentions, long enough to mean one thing."""
    return {
        name
        for side, lines in sides
        if side.facts is not None and lines.start < lines.end
        for index in side.facts.references_in(side.span(lines))
        if len(name := side.facts.reference(index).name) >= _WORTH
    }


def _join_imports(clusters: _Clusters) -> None:
    """An import goes with what uses its name in the same file, else with what it means."""
    for number, view in clusters.numbered(_is_import):
        votes: Votes = Counter()
        for other in clusters.by_path[view.path]:
            beside = clusters.parts[other]
            if other == number or _is_import(beside):
                continue
            if beside.mentions & view.binds or beside.mentioned & view.unbinds:
                votes[clusters.lead(other)] += 2
        if not votes:
            votes = _votes_of_uses(clusters, number, view)
        _follow(clusters, number, votes)


def _votes_of_uses(clusters: _Clusters, number: int, view: PartView) -> Votes:
    """The groups whose changed symbols or files a part mentions."""
    votes: Votes = Counter()
    for uses, places in ((view.uses, clusters.changing), (view.used, clusters.dropping)):
        for use, count in uses.items():
            if use.target in places:
                votes[clusters.lead(places[use.target])] += count * (3 if use.sure else 1)
    for path in view.requires | view.required:
        for lead in {clusters.lead(other) for other in clusters.by_path.get(path, ())}:
            votes[lead] += 1
    del votes[clusters.lead(number)]
    return votes


def _follow(clusters: _Clusters, number: int, votes: Mapping[int, float], least: float = 0) -> bool:
    """Join the set that most speaks for; the first of several."""
    best = max(votes.items(), key=lambda row: (row[1], -row[0]), default=None)
    if best is None or best[1] <= least:
        return False
    clusters.join(number, best[0])
    return True


# Tests.


def _join_tests(ctx: Context, clusters: _Clusters, material: Material) -> None:
    tests = clusters.numbered(lambda view: _is_test_code(view, material))
    if not tests:
        return
    leads = {clusters.lead(number) for number, _ in tests}
    core = [number for number, _ in clusters.numbered(_is_core(material))]
    reached: dict[SymbolId, Votes] | None = None
    for lead in sorted(leads):
        ctx.check()
        code = {clusters.lead(number) for number in core} - {clusters.lead(lead)}
        votes: Votes = Counter()
        for number in clusters.of(lead):
            votes.update(_votes_of_uses(clusters, number, clusters.parts[number]))
        votes = Counter({one: count for one, count in votes.items() if one in code})
        if not votes:
            if reached is None:
                reached = _reached(ctx, clusters, material)
            for number in clusters.of(lead):
                for one in clusters.parts[number].changed:
                    for other, count in reached.get(one, Counter()).items():
                        votes[clusters.lead(other)] += count
        if not votes:
            votes = _votes_of_names(clusters, lead, code)
        _follow(clusters, lead, votes)


def _reached(ctx: Context, clusters: _Clusters, material: Material) -> dict[SymbolId, Votes]:
    """The groups whose altered symbols a test runs, over the graph."""
    found: dict[SymbolId, Votes] = defaultdict(Counter)
    asked = 0
    for number, view in clusters.numbered(_is_core(material)):
        for one in sorted(view.changed):
            if asked == _MAX_REACHED or not one.path.startswith(material.prefix):
                continue
            asked += 1
            inside = SymbolId(one.path.removeprefix(material.prefix), one.index)
            for test in tests_reaching(material.after, inside, ctx.check, depth=3):
                target = SymbolId(material.prefix + test.path, test.index)
                found[target][clusters.lead(number)] += 1
    return found


_TEST_WORD = re.compile(r"(?i)(^|[._-])(tests?|spec)(?=[._-]|$)|(?<=[a-z])Tests?(?=\.)")


def _votes_of_names(clusters: _Clusters, lead: int, wanted: Iterable[int]) -> Votes:
    """Groups with a file whose name is that of the test's without what makes it a test's."""
    votes: Votes = Counter()
    stems = {
        _stem(_TEST_WORD.sub("", _name(clusters.parts[one].path))) for one in clusters.of(lead)
    }
    for other in wanted:
        for number in clusters.of(other):
            if _stem(_name(clusters.parts[number].path)) in stems:
                votes[other] += 1
    return votes


def _name(path: str) -> str:
    return path.rpartition("/")[2]


def _stem(name: str) -> str:
    return name.partition(".")[0].strip("._-").lower()


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


# Files that follow others.


def _join_renames(clusters: _Clusters) -> None:
    """A new name or mode goes with the imports that name it, else with the file's own lines."""
    for number, view in clusters.numbered(
        lambda one: one.part.kind in (PartKind.RENAME, PartKind.MODE)
    ):
        beside = [other for other in clusters.by_path[view.path] if other != number]
        for other in beside:
            if clusters.parts[other].part.kind in (PartKind.RENAME, PartKind.MODE):
                clusters.join(number, other)
        if view.part.kind is PartKind.RENAME:
            for other, one in enumerate(clusters.parts):
                if view.path in one.requires or view.path in one.required:
                    clusters.join(number, other)
        if clusters.is_alone(number):
            leads = {clusters.lead(other) for other in beside}
            if len(leads) == 1:
                clusters.join(number, leads.pop())


_WORD = re.compile(rb"[A-Za-z@][\w.@/-]*\w")


def _join_manifests(clusters: _Clusters) -> None:
    """A dependency goes with the code that begins or ceases to import it, a lock file with the
    manifest above it.
    """
    manifests = clusters.numbered(lambda view: view.kind is FileClass.MANIFEST)
    for number, view in manifests:
        words = {_package(word) for word in _WORD.findall(view.added_text() + view.removed_text())}
        votes: Votes = Counter()
        for other, beside in clusters.numbered(_is_import):
            text = beside.added_text() + b" " + beside.removed_text()
            if words & {_package(word) for word in _WORD.findall(text)} - _IMPORT_WORDS:
                votes[clusters.lead(other)] += 1
        for other, beside in clusters.numbered(_is_code):
            if beside.part.kind is PartKind.WHOLE and words & _imported_packages(beside):
                votes[clusters.lead(other)] += 1
        _follow(clusters, number, votes)
    for number, view in clusters.numbered(lambda view: view.kind is FileClass.LOCK):
        above = [
            (len(_folder(beside.path)), other)
            for other, beside in manifests
            if not _folder(beside.path)
            or f"{_folder(view.path)}/".startswith(f"{_folder(beside.path)}/")
        ]
        if above:
            nearest = max(length for length, _ in above)
            clusters.join(number, min(other for length, other in above if length == nearest))


_IMPORT_WORDS = frozenset({"import", "from", "require", "use", "using", "as", "const", "include"})


def _package(word: bytes) -> str:
    return _bare_package(word.decode("utf-8", "replace"))


def _bare_package(word: str) -> str:
    """The name of a package as it is both published and imported: `PyYAML` is `yaml`."""
    name = re.split(r"[=<>~!\[;]", word.lower().replace("_", "-"), maxsplit=1)[0]
    return name.removeprefix("py").removeprefix("thon-").removeprefix("-") or name


def _imported_packages(view: PartView) -> set[str]:
    return {
        _bare_package(one)
        for side, _ in view.added
        if side.facts is not None
        for item in side.facts.imports
        for one in (item.module, item.module.partition(".")[0], item.module.partition("/")[0])
        if one
    }


_GENERATED_ENDING = re.compile(
    r"(_pb2(_grpc)?|\.pb|\.min|\.generated|_generated|\.g|\.snap)(?=\.|$)"
)


def _join_generated(clusters: _Clusters) -> None:
    """What a program wrote goes with what it wrote it from: of the same name, or named in it."""
    for number, view in clusters.numbered(lambda view: view.kind is FileClass.GENERATED):
        stem = _stem(_GENERATED_ENDING.sub("", _name(view.path)))
        head = b"".join(side.text[:1_000] for side, _ in view.added)
        votes: Votes = Counter()
        for other, beside in enumerate(clusters.parts):
            if beside.kind is FileClass.GENERATED:
                continue
            name = _name(beside.path)
            if name.encode("utf-8", "surrogateescape") in head:
                votes[clusters.lead(other)] += 3
            elif _stem(name) == stem:
                votes[clusters.lead(other)] += 2 if _folder(beside.path) else 1
        _follow(clusters, number, votes)


def _join_configuration(clusters: _Clusters, material: Material) -> None:
    """A key goes with the code that names it."""
    kinds = (FileClass.CONFIG, FileClass.TRANSLATION, FileClass.CI)
    members = clusters.numbered(lambda view: view.kind in kinds)
    for number, view in members:
        keys = {material.name_of(one) for one in view.changed}
        keys |= {material.dropped(one).name for one in view.drops}
        keys = {key.strip("\"'") for key in keys}
        keys = {key for key in keys if len(key) > 2}
        if not keys:
            continue
        pattern = re.compile(
            rb"(?<![\w])(?:"
            + b"|".join(re.escape(key.encode()) for key in sorted(keys))
            + rb")(?!\w)"
        )
        votes: Votes = Counter()
        for other, beside in clusters.numbered(_is_code):
            text = beside.added_text() + b"\n" + beside.removed_text()
            votes[clusters.lead(other)] += len(set(pattern.findall(text)))
        _follow(clusters, number, votes)


# Documents.

_IDENTIFIER = re.compile(rb"`[^`\n]+`|[A-Za-z_][\w.]*(?:\(\))?")
_TELLING = re.compile(rb"_|[a-z][A-Z]|\(|`|\.|\d")


def _join_prose(clusters: _Clusters, material: Material) -> None:
    """A document goes with the code whose symbols or files it names."""
    names: dict[str, set[int]] = defaultdict(set)
    terms: dict[str, set[int]] = defaultdict(set)
    for number, view in enumerate(clusters.parts):
        if view.kind in _PROSE:
            continue
        lead = clusters.lead(number)
        for change in view.part.files:
            names[_name(change.path)].add(lead)
            terms_here = terms_of(_name(change.path).partition(".")[0])
            for term in terms_here:
                terms[term].add(lead)
        for name in [
            *(material.name_of(one) for one in view.changed),
            *(material.dropped(one).name for one in view.drops),
        ]:
            names[name].add(lead)
            for term in terms_of(name):
                terms[term].add(lead)
    for number, view in clusters.numbered(lambda view: view.kind in _PROSE):
        votes: dict[int, float] = defaultdict(float)
        for leads, weight in _told(view, names, terms):
            for lead in leads:
                votes[clusters.lead(lead)] += weight / len(leads)
        _follow(clusters, number, votes, _ENOUGH)


def _told(
    view: PartView, names: Mapping[str, set[int]], terms: Mapping[str, set[int]]
) -> Iterator[tuple[set[int], float]]:
    """The groups that each word of a document speaks of, and how clearly."""
    text = view.added_text() + b"\n" + view.removed_text()
    for word in set(_IDENTIFIER.findall(text)):
        bare = word.strip(b"`").decode("utf-8", "replace")
        weight = 3.0 if _TELLING.search(word) else 0.6
        inner = [one for one in re.split(r"[^\w]+", bare) if one]
        for name in {bare, bare.removesuffix("()"), *inner}:
            if name in names:
                yield names[name], weight
    for term in set(terms_of(text.decode("utf-8", "replace"))):
        if term in terms:
            yield terms[term], 0.6 if len(terms[term]) == 1 else 0.3


# What nothing speaks for.


def _join_leftovers(clusters: _Clusters) -> None:
    alone = [number for number in range(len(clusters.parts)) if clusters.is_alone(number)]
    for number in alone:
        view = clusters.parts[number]
        if not view.changed and not view.drops and clusters.is_alone(number):
            _follow(clusters, number, _votes_of_places(clusters, number, view))
    kept: dict[tuple[object, ...], int] = {}
    for number in alone:
        view = clusters.parts[number]
        if not clusters.is_alone(number):
            continue
        key = _sort_of(view)
        if key is not None:
            clusters.join(number, kept.setdefault(key, number))


def _votes_of_places(clusters: _Clusters, number: int, view: PartView) -> Votes:
    """Where lines without a name of their own go: with what they touch; a new file, with what is
    new or changed beside it.
    """
    votes: Votes = Counter()
    if view.part.kind is PartKind.WHOLE:
        for other, beside in enumerate(clusters.parts):
            same = beside.part.kind is PartKind.WHOLE and _folder(beside.path) == _folder(view.path)
            if other != number and same and beside.kind is view.kind:
                votes[clusters.lead(other)] += 1
        return votes
    for other in clusters.by_path[view.path]:
        beside = clusters.parts[other]
        if other == number:
            continue
        if beside.part.hunk == view.part.hunk and beside.part.kind is view.part.kind:
            votes[clusters.lead(other)] += 5
        elif not _is_blank_change(view):
            votes[clusters.lead(other)] += 1
    if len(votes) > 1 and max(votes.values()) < 5:
        # Several topics in the file, and it touches none of them.
        return Counter()
    return votes


def _sort_of(view: PartView) -> tuple[object, ...] | None:
    """What loose ends are put together by; None for code that has a name of its own."""
    if view.part.kind is PartKind.RENAME:
        return ("moved", *_move(view.part.file.old_path or "", view.path))
    if view.part.kind is PartKind.MODE:
        return ("mode", view.part.file.old_mode, view.part.file.new_mode)
    if _is_blank_change(view):
        return ("white space",)
    if view.kind in _PROSE:
        return ("prose", view.kind)
    if view.kind is FileClass.TESTS:
        return ("tests", view.path)
    if _is_code(view):
        return None if view.changed or view.drops else ("code", view.path)
    return (view.kind, _folder(view.path))


def _move(old: str, new: str) -> tuple[str, str]:
    """What a move replaces by what: `a/x/f.py` to `b/x/f.py` is `a` to `b`."""
    before, after = old.split("/"), new.split("/")
    while len(before) > 1 and len(after) > 1 and before[-1] == after[-1]:
        before.pop()
        after.pop()
    return "/".join(before), "/".join(after)


# Order.


def _edges(clusters: _Clusters) -> dict[int, set[int]]:
    """For each group, the groups that must not come before it."""
    parts = clusters.parts
    definers: dict[SymbolId, int] = {}
    droppers: dict[SymbolId, int] = {}
    for number, view in enumerate(parts):
        definers.update(dict.fromkeys(view.defines, number))
        definers.update(dict.fromkeys(view.headers, number))
        droppers.update(dict.fromkeys(view.drops, number))
    edges: dict[int, set[int]] = defaultdict(set)

    def before(first: int, second: int) -> None:
        one, other = clusters.lead(first), clusters.lead(second)
        if one != other:
            edges[one].add(other)

    for number, view in enumerate(parts):
        for use in view.uses:
            if use.sure and use.target in definers:
                before(definers[use.target], number)
        for use in view.used:
            if use.sure and use.target in droppers:
                before(number, droppers[use.target])
        for path in view.requires:
            for other in clusters.by_path.get(path, ()):
                if parts[other].part.kind in (PartKind.WHOLE, PartKind.RENAME):
                    before(other, number)
        for path in view.required:
            for other in clusters.by_path.get(path, ()):
                if parts[other].part.kind in (PartKind.WHOLE, PartKind.RENAME):
                    before(number, other)
        if view.binds or view.unbinds:
            for other in clusters.by_path[view.path]:
                if parts[other].mentions & view.binds:
                    before(number, other)
                if parts[other].mentioned & view.unbinds:
                    before(other, number)
    return edges


def _ordered(clusters: _Clusters) -> list[int]:
    """The groups in order; those that need each other are joined first."""
    while True:
        edges = _edges(clusters)
        circle = _circle(edges)
        if circle is None:
            break
        for one in circle[1:]:
            clusters.join(circle[0], one)
    waiting = dict.fromkeys(clusters.leads(), 0)
    for others in edges.values():
        for other in others:
            waiting[other] += 1
    order: list[int] = []
    while waiting:
        ready = [lead for lead, count in waiting.items() if count == 0]
        first = min(ready, key=lambda lead: (_rank(clusters, lead), lead))
        del waiting[first]
        order.append(first)
        for other in edges.get(first, ()):
            waiting[other] -= 1
    return order


def _rank(clusters: _Clusters, lead: int) -> int:
    kinds = {clusters.parts[number].kind for number in clusters.of(lead)}
    ranks = [_RANKS.get(kind, _OTHER_RANK) for kind in kinds]
    return _OTHER_RANK if _OTHER_RANK in ranks else min(ranks)


def _circle(edges: Mapping[int, set[int]]) -> list[int] | None:
    """Groups each of which must not come after the next, and the last not after the first."""
    done: set[int] = set()
    for start in sorted(edges):
        if start in done:
            continue
        way: list[int] = []
        on_way: set[int] = set()
        stack: list[tuple[int, Iterator[int]]] = [(start, iter(sorted(edges[start])))]
        way.append(start)
        on_way.add(start)
        while stack:
            node, following = stack[-1]
            step = next((one for one in following if one not in done), None)
            if step is None:
                stack.pop()
                way.pop()
                on_way.discard(node)
                done.add(node)
            elif step in on_way:
                return way[way.index(step) :]
            else:
                stack.append((step, iter(sorted(edges.get(step, ())))))
                way.append(step)
                on_way.add(step)
    return None


def _join_nearest(clusters: _Clusters, order: Sequence[int]) -> None:
    """Join the two groups that are the least apart, small ones first."""
    views = {lead: [clusters.parts[one] for one in clusters.of(lead)] for lead in order}
    files = {lead: {view.path for view in held} for lead, held in views.items()}
    folders = {lead: set(_all_folders(held)) for lead, held in files.items()}
    kinds = {lead: {view.kind for view in held} for lead, held in views.items()}

    def nearness(one: int, other: int) -> float:
        return (
            2 * _shared(files[one], files[other])
            + _shared(folders[one], folders[other])
            + 0.5 * _shared(kinds[one], kinds[other])
            - 0.02 * (len(views[one]) + len(views[other]))
        )

    pairs = [(one, other) for at, one in enumerate(order) for other in order[at + 1 :]]
    clusters.join(*max(pairs, key=lambda pair: nearness(*pair)))


def _all_folders(paths: Iterable[str]) -> Iterator[str]:
    for path in paths:
        folder = _folder(path)
        while folder:
            yield folder
            folder = _folder(folder)


def _shared(one: set[Any], other: set[Any]) -> float:
    """The share of what two sets have in common in all they have."""
    return len(one & other) / len(one | other) if one or other else 0.0


def _first_broken(
    clusters: _Clusters, order: Sequence[int], material: Material
) -> tuple[int, int] | None:
    """Two groups to be joined, since a file does not parse after the first of them."""
    applied: set[str] = set()
    for lead in order:
        members = [clusters.parts[number] for number in clusters.of(lead)]
        applied.update(view.part.id for view in members)
        for path in sorted({view.path for view in members if view.part.kind is PartKind.LINES}):
            later = [
                clusters.lead(number)
                for number in clusters.by_path[path]
                if clusters.parts[number].part.kind is PartKind.LINES
                and clusters.parts[number].part.id not in applied
            ]
            if later and broken_file(material, path, applied):
                following = min(later, key=order.index)
                return lead, following
    return None
