"""Ruby: requires, constants by nesting, classes in many parts, and the two sides of a class.

A constant is looked for in the modules opened around it, then in the ancestors of the innermost,
then at the top. What a class answers to and what its instances answer to are apart: `extend` and
`def self.x` give to the one, `include`, `prepend` and `def x` to the other.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from pairwright_analyzers.graph.bindings import BindingKind
from pairwright_analyzers.graph.entities import (
    MAX_BY_NAME,
    ExternalEntity,
    InstanceEntity,
    Resolved,
    SymbolEntity,
)
from pairwright_analyzers.graph.families.base import Family
from pairwright_analyzers.graph.model import SymbolId
from pairwright_analyzers.graph.paths import WorkspacePaths
from pairwright_analyzers.languages.spec import LanguageSpec
from pairwright_analyzers.types import (
    CALLABLE_KINDS,
    Confidence,
    Import,
    Reference,
    Role,
    ScopeKind,
    SymbolFlag,
    SymbolKind,
)

if TYPE_CHECKING:
    from pairwright_analyzers.graph.bindings import FileBindings
    from pairwright_analyzers.graph.resolve import Resolver

_CONSTANTS = frozenset(
    {SymbolKind.CLASS, SymbolKind.NAMESPACE, SymbolKind.CONSTANT, SymbolKind.STRUCT}
)
_CLOSED = re.compile(r"\bdef\b")
"""In a definition's header: its body sees no local variable around it (that of a block does)."""
_MAX_CHAIN = 64
_LOAD_PATHS = re.compile(r"(?:^|/)(?:lib|test|spec|src|ext|app/\w+)/$")


def _targets(resolver: Resolver, path: str, item: Import) -> tuple[str, ...]:
    wanted = item.module if item.module.endswith(".rb") else item.module + ".rb"
    beside = posixpath.normpath(posixpath.join(posixpath.dirname(path), wanted))
    if item.level or item.module.startswith("."):
        return (beside,) if resolver.paths.exists(beside) else ()
    for found in resolver.paths.by_suffix(path, wanted):
        root = found.removesuffix(wanted)
        if not root or _LOAD_PATHS.search(root):
            return (found,)
    return (beside,) if resolver.paths.exists(beside) else ()


# -- constants -------------------------------------------------------------------------------------


def _is_constant(name: str) -> bool:
    return name[:1].isupper()


def _constant(
    resolver: Resolver, bindings: FileBindings, path: str, reference: Reference
) -> Resolved:
    name, offset, group = reference.name, reference.span.start, bindings.spec.group
    found: dict[str, list[SymbolId]] = {}
    for other, facts, index in resolver.defined(name, group):
        if facts.symbol_kind(index) in _CONSTANTS:
            symbol_id = SymbolId(other, index)
            found.setdefault(facts.qualname(index), []).append(symbol_id)
    if not found:
        return ()
    around = [
        scope.symbol
        for scope in (bindings.scopes[at] for at in bindings.scopes_around(offset))
        if scope.kind is ScopeKind.CLASS
    ]
    own = -1
    if reference.role is Role.INHERIT and around:
        header = bindings.facts.symbol(around[0])
        if offset < header.body_start:
            # The class whose header this is does not yet stand around it.
            own = around.pop(0)
    for one in around:
        inside = found.get(f"{bindings.facts.qualname(one)}.{name}", ())
        kept = [symbol_id for symbol_id in inside if symbol_id != SymbolId(path, own)]
        if kept:
            return _parts(kept, path)
    if around and reference.role is not Role.INHERIT:
        for ancestor, _ in resolver.ancestors(SymbolId(path, around[0])):
            inherited = resolver.own_members(ancestor, name)
            if inherited:
                return _parts(list(inherited), path)
    return _parts([one for one in found.get(name, ()) if one != SymbolId(path, own)], path)


def _parts(found: list[SymbolId], path: str) -> Resolved:
    """The parts of one constant: a class that is opened in several files is one class."""
    if len(found) > MAX_BY_NAME:
        found = [one for one in found if one.path == path] or found
    return tuple((SymbolEntity(one), Confidence.EXACT) for one in found[:MAX_BY_NAME])


# -- the two sides of a class ----------------------------------------------------------------------


Mixed = tuple[list[SymbolId], list[SymbolId], list[SymbolId], list[SymbolId]]


class Chains:
    """What has been found out about the classes of one revision."""

    def __init__(self, paths: WorkspacePaths) -> None:
        self.mixed: dict[str, Mixed] = {}
        self.members: dict[tuple[str, str, bool], tuple[SymbolId, ...]] = {}


def _mixed_in(resolver: Resolver, owner: SymbolId) -> Mixed:
    """What a class inherits in all of its parts: (prepended, included, extended, bases)."""
    held = resolver.table(Chains).mixed
    name = resolver.qualname_of(owner)
    known = held.get(name)
    if known is None:
        known = held[name] = _find_mixed_in(resolver, owner)
    return known


def _find_mixed_in(resolver: Resolver, owner: SymbolId) -> Mixed:
    kinds: dict[str, list[SymbolId]] = {"prepend": [], "include": [], "extend": [], "": []}
    for part in (owner, *resolver.other_parts(owner)):
        bindings = resolver.bindings(part.path)
        if bindings is None:
            continue
        for index, base, _ in resolver.resolved_bases(part):
            at = index - 1
            inherit = int(Role.INHERIT)
            while at >= 0 and bindings.facts.columns.ref_roles[at] & 0x1F == inherit:
                at -= 1
            word = bindings.facts.reference(at) if at >= 0 else None
            body = bindings.facts.symbol(part.index).body_start
            how = word.name if word is not None and _start_of(bindings, index) >= body else ""
            if base != owner and base not in kinds.get(how, kinds[""]):
                kinds.get(how, kinds[""]).append(base)
        if _extends_itself(bindings, part.index) and owner not in kinds["extend"]:
            kinds["extend"].append(owner)
    return kinds["prepend"], kinds["include"], kinds["extend"], kinds[""]


def _extends_itself(bindings: FileBindings, owner: int) -> bool:
    """Whether a module says `extend self`: its methods are then its own too."""
    facts = bindings.facts
    for index in facts.references_named("extend"):
        reference = facts.reference(index)
        if reference.member or index + 1 >= facts.reference_count:
            continue
        if (
            facts.reference(index + 1).name == "self"
            and bindings.enclosing_callable(reference.start) == owner
        ):
            return True
    return False


def _start_of(bindings: FileBindings, index: int) -> int:
    """Where a reference begins."""
    return bindings.facts.columns.ref_starts[index]


def _instance_chain(resolver: Resolver, owner: SymbolId, seen: set[str]) -> Iterator[SymbolId]:
    """The types whose methods an instance has, in the order in which they are asked."""
    name = resolver.qualname_of(owner)
    if name in seen or len(seen) > _MAX_CHAIN:
        return
    seen.add(name)
    prepended, included, _, bases = _mixed_in(resolver, owner)
    for one in reversed(prepended):
        yield from _instance_chain(resolver, one, seen)
    yield owner
    for one in (*reversed(included), *bases):
        yield from _instance_chain(resolver, one, seen)


def _class_chain(
    resolver: Resolver, owner: SymbolId, seen: set[str]
) -> Iterator[tuple[SymbolId, bool]]:
    """The types whose methods a class itself has; whether their own side is meant, or that of
    instances.
    """
    name = resolver.qualname_of(owner)
    if name in seen or len(seen) > _MAX_CHAIN:
        return
    seen.add(name)
    _, _, extended, bases = _mixed_in(resolver, owner)
    yield owner, True
    for one in reversed(extended):
        for inside in _instance_chain(resolver, one, set()):
            yield inside, False
    for one in bases:
        yield from _class_chain(resolver, one, seen)


def _on_side(resolver: Resolver, found: Iterable[SymbolId], own_side: bool) -> tuple[SymbolId, ...]:
    kept: list[SymbolId] = []
    for one in found:
        facts = resolver.facts(one.path)
        if facts is None:
            continue
        symbol = facts.symbol(one.index)
        both = symbol.kind in _CONSTANTS or symbol.name.startswith("@@")
        if both or bool(symbol.flags & SymbolFlag.STATIC) == own_side:
            kept.append(one)
    return tuple(kept)


def _answered(found: tuple[SymbolId, ...], confidence: Confidence) -> Resolved:
    if len(found) > 1 and confidence is Confidence.EXACT:
        confidence = Confidence.INFERRED
    return tuple((SymbolEntity(one), confidence) for one in found)


def _member(
    resolver: Resolver, owner: SymbolId, name: str, confidence: Confidence, instance: bool
) -> Resolved:
    held = resolver.table(Chains).members
    key = (resolver.qualname_of(owner), name, instance)
    known = held.get(key)
    if known is None:
        known = held[key] = _find_member(resolver, owner, name, instance)
    if _is_constant(name) and not instance:
        # The parts of a constant are one.
        return tuple((SymbolEntity(one), confidence) for one in known)
    return _answered(known, confidence)


def _find_member(
    resolver: Resolver, owner: SymbolId, name: str, instance: bool
) -> tuple[SymbolId, ...]:
    if not name:
        return ()
    if instance:
        for one in _instance_chain(resolver, owner, set()):
            for spelling in (name, f"{name}="):
                found = _on_side(resolver, resolver.own_members(one, spelling), False)
                if found:
                    return found
        return ()
    if _is_constant(name):
        for one in (owner, *(base for base, _ in resolver.ancestors(owner))):
            inside = [
                symbol_id
                for symbol_id in resolver.own_members(one, name)
                if _kind(resolver, symbol_id) in _CONSTANTS
            ]
            if inside:
                return tuple(inside)
    for one, own_side in _class_chain(resolver, owner, set()):
        for spelling in (name, f"{name}="):
            found = _on_side(resolver, resolver.own_members(one, spelling), own_side)
            if found:
                return found
    if name == "new":
        return _find_member(resolver, owner, "initialize", True)
    return ()


def _kind(resolver: Resolver, symbol: SymbolId) -> SymbolKind:
    facts = resolver.facts(symbol.path)
    return facts.symbol_kind(symbol.index) if facts is not None else SymbolKind.MODULE


def _type_member(
    resolver: Resolver,
    entity: SymbolEntity | InstanceEntity,
    name: str,
    confidence: Confidence,
    spec: LanguageSpec,
) -> Resolved:
    kind = _kind(resolver, entity.id)
    if kind is SymbolKind.CONSTANT:
        return ()
    instance = isinstance(entity, InstanceEntity)
    return _member(resolver, entity.id, name, confidence, instance)


def _constructed(
    resolver: Resolver, bindings: FileBindings, path: str, reference: Reference, depth: int
) -> Resolved:
    """`A.new` is an instance of `A`, whoever's constructor runs."""
    if reference.name != "new" or not reference.chained:
        return ()
    receivers = resolver.value(path, reference.index - 1, called=reference.called, depth=depth + 1)
    return tuple(
        (InstanceEntity(entity.id), confidence)
        for entity, confidence in receivers
        if isinstance(entity, SymbolEntity) and _kind(resolver, entity.id) is SymbolKind.CLASS
    )


# -- bare names ------------------------------------------------------------------------------------


def _on_instance(bindings: FileBindings, offset: int) -> bool:
    """Whether `self` at an offset is an instance of the class around, not the class."""
    at = bindings.enclosing_callable(offset)
    facts = bindings.facts
    while at >= 0:
        symbol = facts.symbol(at)
        if symbol.kind is SymbolKind.CLASS:
            return False
        if symbol.kind in CALLABLE_KINDS and symbol.kind is not SymbolKind.TEST:
            return not symbol.flags & SymbolFlag.STATIC
        at = symbol.container
    return False


def _special(
    resolver: Resolver, bindings: FileBindings, path: str, reference: Reference, owner: SymbolId
) -> Resolved | None:
    instance = _on_instance(bindings, reference.span.start)
    if reference.name == "self":
        made = InstanceEntity(owner) if instance else SymbolEntity(owner)
        return ((made, Confidence.EXACT),)
    # `super` is the method of the same name that comes next.
    around = bindings.enclosing_callable(reference.span.start)
    name = bindings.facts.symbol_name(around) if around >= 0 else ""
    own = set(resolver.own_members(owner, name))
    chain: Iterable[tuple[SymbolId, bool]] = (
        ((one, False) for one in _instance_chain(resolver, owner, set()))
        if instance
        else _class_chain(resolver, owner, set())
    )
    for one, own_side in chain:
        found = _on_side(resolver, resolver.own_members(one, name), own_side)
        if found and not own & set(found):
            return _answered(found, Confidence.EXACT)
    return ()


def _bare(
    resolver: Resolver, bindings: FileBindings, path: str, reference: Reference, depth: int
) -> Resolved:
    name, offset = reference.name, reference.span.start
    if _is_constant(name) and reference.role is not Role.CALL:
        return _constant(resolver, bindings, path, reference) or _predeclared(bindings, name)
    if reference.role is not Role.CALL and not name.startswith(("@", "$")):
        for at in bindings.scopes_around(offset):
            scope = bindings.scopes[at]
            found = bindings.bound_in(at, name, offset)
            if any(one.kind is BindingKind.LOCAL for one in found):
                return ()
            if scope.kind is ScopeKind.CLASS:
                break
            if scope.symbol >= 0 and _CLOSED.search(bindings.facts.symbol(scope.symbol).signature):
                break
    owner = resolver.type_around(bindings, path, offset)
    if owner is not None:
        instance = _on_instance(bindings, offset) or (
            name.startswith("@") and not name.startswith("@@")
        )
        found_members = _member(resolver, owner, name, Confidence.EXACT, instance)
        if not found_members and not instance and reference.role is Role.READ:
            # A symbol that a declaration of the class is given names a method of instances.
            found_members = _member(resolver, owner, name, Confidence.EXACT, True)
        if found_members:
            return found_members
    if name.startswith("@"):
        return ()
    return _global(resolver, bindings, path, name) or _predeclared(bindings, name)


def _global(resolver: Resolver, bindings: FileBindings, path: str, name: str) -> Resolved:
    """A method at the top of a file belongs to every object; a global variable to every file."""
    found = [
        SymbolId(other, index)
        for other, facts, index in resolver.defined(name, bindings.spec.group)
        if facts.symbol_container(index) < 0
        and facts.symbol_kind(index) in (SymbolKind.FUNCTION, SymbolKind.VARIABLE)
    ]
    own = [one for one in found if one.path == path]
    found = own or found
    return _answered(tuple(found), Confidence.EXACT) if len(found) <= MAX_BY_NAME else ()


def _predeclared(bindings: FileBindings, name: str) -> Resolved:
    if name in bindings.spec.builtins:
        return ((ExternalEntity(f"<builtin>.{name}"), Confidence.EXACT),)
    return ()


RUBY = Family(
    targets=_targets,
    bare=_bare,
    type_member=_type_member,
    special=_special,
    constructed=_constructed,
    parted=True,
)
