"""C and C++ (and shells, which source files): includes, scopes, namespaces, and what a linker would
find.

A name is first what the scopes of a function bind, then a member of the types around, then what the
namespaces around hold, from the inside outwards, in the files that are included. A declaration
stands for the definition that a linker would join to it. What nothing declares here is known by its
name alone.
"""

from __future__ import annotations

import posixpath
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pairwright_analyzers.graph.bindings import BindingKind
from pairwright_analyzers.graph.entities import (
    MAX_BY_NAME,
    ExternalEntity,
    NamespaceEntity,
    Resolved,
    SymbolEntity,
)
from pairwright_analyzers.graph.families.base import Family
from pairwright_analyzers.graph.model import SymbolId
from pairwright_analyzers.graph.paths import WorkspacePaths
from pairwright_analyzers.languages.spec import LanguageSpec
from pairwright_analyzers.types import (
    CALLABLE_KINDS,
    TYPE_KINDS,
    Confidence,
    Import,
    Reference,
    Role,
    ScopeKind,
    SymbolFlag,
    SymbolKind,
)

if TYPE_CHECKING:
    from pairwright_analyzers.facts import FileFacts
    from pairwright_analyzers.graph.bindings import FileBindings
    from pairwright_analyzers.graph.resolve import Resolver

_USING = 1
"""`Import.level` of what comes from a namespace and not from a file."""
_MAX_INCLUDED = 500
_KEPT = 64
"""How many files' reaches are held at once: whoever asks, asks file by file."""


class Includes:
    """Which files a file includes, and what links have been looked up of them."""

    def __init__(self, paths: WorkspacePaths) -> None:
        self._paths = paths
        self._direct: dict[str, tuple[str, ...]] = {}
        self._reach: OrderedDict[str, frozenset[str]] = OrderedDict()
        self.linked: dict[tuple[str, str], tuple[_Linked, ...]] = {}
        self.owners: dict[tuple[str, int], SymbolId | None] = {}

    def targets(self, path: str, module: str) -> tuple[str, ...]:
        """The files that an include means: the one beside, else those whose path ends so."""
        beside = posixpath.normpath(posixpath.join(posixpath.dirname(path), module))
        if self._paths.exists(beside):
            return (beside,)
        return self._paths.by_suffix(path, module)

    def direct(self, path: str) -> tuple[str, ...]:
        """The files that a file's own includes mean."""
        known = self._direct.get(path)
        if known is None:
            facts = self._paths.workspace.facts(path)
            found: dict[str, None] = {}
            for item in facts.imports if facts is not None else ():
                if item.level != _USING:
                    found.update(dict.fromkeys(self.targets(path, item.module)))
            known = self._direct[path] = tuple(found)
        return known

    def reach(self, path: str) -> frozenset[str]:
        """The files that a file includes, transitively, and itself."""
        known = self._reach.get(path)
        if known is None:
            seen = {path: None}
            waiting = [path]
            while waiting and len(seen) < _MAX_INCLUDED:
                for target in self.direct(waiting.pop()):
                    if target not in seen:
                        seen[target] = None
                        waiting.append(target)
            known = self._reach[path] = frozenset(seen)
            while len(self._reach) > _KEPT:
                self._reach.popitem(last=False)
        return known


@dataclass(frozen=True, slots=True)
class _Linked:
    """A symbol that stands in a namespace (or in none): what a linker or an include can bring.

    `names` are its qualified names, two for a member of an open enum.
    """

    id: SymbolId
    names: tuple[str, ...]
    kind: SymbolKind
    internal: bool
    """Not seen outside of the file, and of those that include it."""
    declared_only: bool


def _targets(resolver: Resolver, path: str, item: Import) -> tuple[str, ...]:
    if item.level == _USING:
        return ()
    return resolver.table(Includes).targets(path, item.module)


# -- what stands in namespaces ---------------------------------------------------------------------


def _linked(resolver: Resolver, name: str, group: str) -> tuple[_Linked, ...]:
    """Every symbol of a name that is no member of a type."""
    table = resolver.table(Includes).linked
    known = table.get((name, group))
    if known is None:
        known = table[name, group] = tuple(
            one
            for path, facts, index in resolver.defined(name, group)
            if (one := _as_linked(resolver, path, facts, index, group)) is not None
        )
    return known


def _as_linked(
    resolver: Resolver, path: str, facts: FileFacts, index: int, group: str
) -> _Linked | None:
    symbol = facts.symbol(index)
    kind = symbol.kind
    container = symbol.container
    qualified = resolver.qualified(path, facts, index)
    names: tuple[str, ...] = (qualified,)
    bodiless = symbol.body_start >= symbol.span.end
    if kind is SymbolKind.NAMESPACE and bodiless:
        return None
    if kind is SymbolKind.ENUM_MEMBER and container >= 0:
        bindings = resolver.bindings(path)
        is_open = bindings.spec.open_enum if bindings is not None else None
        if is_open is None or not is_open(facts.symbol(container).signature):
            return None
        enum = qualified.rpartition(".")[0]
        names = (qualified, f"{enum.rpartition('.')[0]}.{name_of(qualified)}".strip("."))
        container = facts.symbol_container(container)
    while container >= 0:
        if facts.symbol_kind(container) is not SymbolKind.NAMESPACE:
            return None
        container = facts.symbol_container(container)
    if symbol.owner and not _is_namespace(resolver, qualified.rpartition(".")[0], group):
        return None
    internal = bool(symbol.flags & SymbolFlag.STATIC) or not symbol.flags & SymbolFlag.EXPORTED
    abstract = bool(symbol.flags & SymbolFlag.ABSTRACT)
    return _Linked(SymbolId(path, index), names, kind, internal, abstract)


def name_of(dotted: str) -> str:
    """The last part of a dotted name."""
    return dotted.rpartition(".")[2]


def _is_namespace(resolver: Resolver, dotted: str, group: str) -> bool:
    return any(
        facts.symbol_kind(index) is SymbolKind.NAMESPACE
        and resolver.qualified(path, facts, index) == dotted
        for path, facts, index in resolver.defined(name_of(dotted), group)
    )


def _fitting(found: list[_Linked], role: Role) -> list[_Linked]:
    """Of a type, a function and a value of one name, those that a role can mean."""
    if len(found) < 2:
        return found
    if role in (Role.ANNOTATE, Role.INHERIT):
        kept = [one for one in found if one.kind in TYPE_KINDS]
    elif role is Role.CALL:
        kept = [one for one in found if one.kind in CALLABLE_KINDS]
    else:
        kept = [one for one in found if one.kind not in TYPE_KINDS]
    return kept or found


def _chosen(
    resolver: Resolver, path: str, found: list[_Linked], role: Role
) -> tuple[list[SymbolId], bool]:
    """What symbols of one qualified name mean to a file, and whether it sees them declared."""
    includes = resolver.table(Includes)
    reach = includes.reach(path)
    near = _fitting([one for one in found if one.id.path in reach], role)
    solid = [one for one in near if not one.declared_only]
    if solid:
        return [one.id for one in solid], True
    far = [
        one
        for one in _fitting(found, role)
        if not one.declared_only and not one.internal and one.id.path not in reach
    ]
    if not near:
        outside = [one for one in _fitting(found, role) if not one.internal]
        return [one.id for one in far or outside], False
    if len(far) > 1:
        headers = {one.id.path for one in near}
        same = [one for one in far if headers & includes.reach(one.id.path)]
        far = same or far
    return [one.id for one in far or near], True


def _answer(found: list[SymbolId], declared: bool) -> Resolved:
    if not 0 < len(found) <= MAX_BY_NAME:
        return ()
    sure = Confidence.EXACT if len(found) == 1 else Confidence.INFERRED
    if not declared:
        sure = Confidence.BY_NAME
    return tuple((SymbolEntity(one), sure) for one in found)


def _in_namespace(
    resolver: Resolver, path: str, dotted: str, group: str, role: Role, tag: int = -1
) -> tuple[Resolved, bool]:
    """What a qualified name means to a file, and whether the file sees it declared.

    `tag` is the index of a symbol of the file that cannot be meant: an alias that names a structure
    of its own name.
    """
    found = [
        one
        for one in _linked(resolver, name_of(dotted), group)
        if dotted in one.names and one.id != SymbolId(path, tag)
    ]
    if any(one.kind is SymbolKind.NAMESPACE for one in found):
        return ((NamespaceEntity(dotted), Confidence.EXACT),), True
    chosen, declared = _chosen(resolver, path, found, role)
    return _answer(chosen, declared), declared


def _namespace_member(
    resolver: Resolver, namespace: str, name: str, spec: LanguageSpec
) -> Resolved:
    """A name in a namespace: its definitions, declarations where there are none."""
    dotted = f"{namespace}.{name}"
    found = [one for one in _linked(resolver, name, spec.group) if dotted in one.names]
    if any(one.kind is SymbolKind.NAMESPACE for one in found):
        return ((NamespaceEntity(dotted), Confidence.EXACT),)
    solid = [one.id for one in found if not one.declared_only]
    return _answer(solid or [one.id for one in found], True)


# -- bare names ------------------------------------------------------------------------------------


def _bare(
    resolver: Resolver, bindings: FileBindings, path: str, reference: Reference, depth: int
) -> Resolved:
    name, offset = reference.name, reference.start
    facts, spec = bindings.facts, bindings.spec
    owner = ""
    for at in bindings.scopes_around(offset):
        scope = bindings.scopes[at]
        found = bindings.bound_in(at, name, offset)
        if scope.kind is ScopeKind.FUNCTION or scope.kind is ScopeKind.BLOCK:
            if found and _initialises(resolver, path, reference):
                # `A(int side) : side(side)`: the parameter is not what is made.
                found = ()
            if found:
                return resolver.bound(bindings, path, found, depth)
            holder = facts.symbol(scope.symbol) if scope.symbol >= 0 else None
            if holder is not None and holder.owner:
                owner = owner or holder.owner
                type_id = _owner_of(resolver, path, scope.symbol)
                inside = _type_member(resolver, spec, type_id, name)
                if inside:
                    return inside
        elif scope.symbol >= 0 and facts.symbol_kind(scope.symbol) is not SymbolKind.NAMESPACE:
            if found and all(one.kind is BindingKind.LOCAL for one in found):
                return ()
            # What a type inherits from is not looked for in it.
            if spec.implicit_receiver and offset >= facts.symbol(scope.symbol).body_start:
                inside = _type_member(resolver, spec, SymbolId(path, scope.symbol), name)
                if inside:
                    return inside
        else:
            if found and any(one.kind is BindingKind.IMPORT for one in found):
                used = [one for one in found if one.kind is BindingKind.IMPORT]
                return resolver.bound(bindings, path, used, depth)
    return _unscoped(resolver, bindings, path, reference, owner)


def _initialises(resolver: Resolver, path: str, reference: Reference) -> bool:
    """Whether a name is a member in a constructor's initialisers: written, but not by `=`."""
    text = resolver.workspace.text(path) if reference.role is Role.WRITE else None
    return text is not None and text[reference.end : reference.end + 1] in (b"(", b"{")


def _type_member(
    resolver: Resolver, spec: LanguageSpec, owner: SymbolId | None, name: str
) -> Resolved:
    """A member named bare; a constructor never is, its name is the type's."""
    found = resolver.type_member(owner, name, Confidence.EXACT, spec) if owner is not None else ()
    return tuple(
        pair
        for pair in found
        if not isinstance(pair[0], SymbolEntity)
        or (facts := resolver.facts(pair[0].id.path)) is None
        or facts.symbol_kind(pair[0].id.index) is not SymbolKind.CONSTRUCTOR
    )


def _unscoped(
    resolver: Resolver, bindings: FileBindings, path: str, reference: Reference, owner: str
) -> Resolved:
    """A name that no function or type around binds: the namespaces around, then those opened."""
    name, role, spec = reference.name, reference.role, bindings.spec
    here = resolver.namespace_at(path, reference.start)
    tag = _alias_around(bindings, reference)
    unseen: Resolved = ()
    for namespace in _outwards(f"{here}.{owner}".strip(".")):
        dotted = f"{namespace}.{name}".strip(".")
        found, declared = _in_namespace(resolver, path, dotted, spec.group, role, tag)
        if not spec.first_class:
            found = _of_shell(resolver, found, role)
        if declared and found:
            return found
        unseen = unseen or found
    if spec.first_class:
        found = _opened(resolver, bindings, path, reference, here)
        if found:
            return found
    if name in spec.builtins:
        dotted = name if name == "std" else f"<builtin>.{name}"
        return ((ExternalEntity(dotted), Confidence.EXACT),)
    if not spec.first_class:
        # A shell script sees what it sources; no linker finds the rest.
        return ()
    if not unseen and role is Role.CALL:
        # Its arguments may lead to a function in a namespace that is not opened.
        chosen, _ = _chosen(
            resolver,
            path,
            [one for one in _linked(resolver, name, spec.group) if one.kind in CALLABLE_KINDS],
            role,
        )
        return _answer(chosen, False)
    return unseen


def _of_shell(resolver: Resolver, found: Resolved, role: Role) -> Resolved:
    """A command is a function and no variable; what is expanded is a variable and no function."""
    return tuple(
        pair
        for pair in found
        if not isinstance(pair[0], SymbolEntity)
        or (facts := resolver.facts(pair[0].id.path)) is None
        or (facts.symbol_kind(pair[0].id.index) in CALLABLE_KINDS) == (role is Role.CALL)
    )


def _outwards(dotted: str) -> Iterator[str]:
    while dotted:
        yield dotted
        dotted = dotted.rpartition(".")[0]
    yield ""


def _alias_around(bindings: FileBindings, reference: Reference) -> int:
    """The index of the `typedef` of a name that says itself what a name means, or -1."""
    for index in bindings.facts.symbols_named(reference.name):
        if bindings.facts.symbol_kind(index) is SymbolKind.TYPE:
            symbol = bindings.facts.symbol(index)
            if symbol.span.start <= reference.start < symbol.span.end:
                return index
    return -1


def _opened(
    resolver: Resolver, bindings: FileBindings, path: str, reference: Reference, here: str
) -> Resolved:
    """A name of a namespace (or enum) that a directive in a scope around opens."""
    scopes = set(bindings.scopes_around(reference.start))
    group = bindings.spec.group
    for item in bindings.imports:
        if item.level != _USING or item.name != "*":
            continue
        if bindings.scope_at(item.span.start) not in scopes:
            continue
        for namespace in _outwards(here):
            dotted = f"{namespace}.{item.module}.{reference.name}".strip(".")
            found, _ = _in_namespace(resolver, path, dotted, group, reference.role)
            if found:
                return found
            for entity, _ in _in_namespace(
                resolver, path, f"{namespace}.{item.module}".strip("."), group, Role.ANNOTATE
            )[0]:
                if isinstance(entity, SymbolEntity):
                    return resolver.type_member(
                        entity.id, reference.name, Confidence.EXACT, bindings.spec
                    )
    return ()


def _imported(
    resolver: Resolver, bindings: FileBindings, path: str, item: Import, depth: int
) -> Resolved:
    """What `using a::b;` or an alias of a namespace brings."""
    if item.level != _USING:
        return ()
    dotted = f"{item.module}.{item.name}".strip(".")
    here = resolver.namespace_at(path, item.span.start)
    for namespace in _outwards(here):
        full = f"{namespace}.{dotted}".strip(".")
        found, _ = _in_namespace(resolver, path, full, bindings.spec.group, Role.READ)
        if found:
            return found
    return ((ExternalEntity(dotted), Confidence.EXACT),)


# -- members that stand apart ----------------------------------------------------------------------


def _owner_of(resolver: Resolver, path: str, index: int) -> SymbolId | None:
    """The type whose member a definition outside of it is, by the scopes it spells out."""
    owners = resolver.table(Includes).owners
    if (path, index) not in owners:
        owners[path, index] = _find_owner(resolver, path, index)
    return owners[path, index]


def _find_owner(resolver: Resolver, path: str, index: int) -> SymbolId | None:
    bindings = resolver.bindings(path)
    if bindings is None:
        return None
    facts = bindings.facts
    symbol = facts.symbol(index)
    here = resolver.namespace_at(path, symbol.span.start)
    spelled = symbol.owner.replace("::", ".")
    types: list[tuple[SymbolId, str]] = [
        (SymbolId(other, one), resolver.qualified(other, other_facts, one))
        for other, other_facts, one in resolver.defined(name_of(spelled), bindings.spec.group)
        if other_facts.symbol_kind(one) in TYPE_KINDS
    ]
    if not types:
        return None
    reach = resolver.table(Includes).reach(path)
    for namespace in _outwards(here):
        wanted = f"{namespace}.{spelled}".strip(".")
        same = [one for one, qualified in types if qualified == wanted]
        if same:
            return next((one for one in same if one.path in reach), same[0])
    # A directive opens the namespace of the type.
    opened = [one for one, qualified in types if qualified.endswith("." + spelled)]
    return next((one for one in opened if one.path in reach), None)


def _owns(resolver: Resolver, owner: SymbolId, member: SymbolId) -> bool:
    found = _owner_of(resolver, member.path, member.index)
    if found is None or found == owner:
        return found is not None
    first, second = resolver.facts(found.path), resolver.facts(owner.path)
    if first is None or second is None:
        return False
    same = resolver.qualified(found.path, first, found.index) == resolver.qualified(
        owner.path, second, owner.index
    )
    return same and owner.path in resolver.table(Includes).reach(member.path)


INCLUDE = Family(
    targets=_targets,
    imported=_imported,
    bare=_bare,
    owner_of=_owner_of,
    owns=_owns,
    namespace_member=_namespace_member,
    parted=True,
    opens_names=False,
)
