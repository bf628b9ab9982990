"""Kotlin and Scala: packages as in Java, functions outside classes, companions, extensions.

They share Java's group of names, so a Kotlin file finds a Java class of its package. A name is
looked for as in Java, from the inside outwards; they differ in what a class inside another sees of
it, in how many packages a file is in, and in how a type is extended from outside.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pairwright_analyzers.graph.bindings import BindingKind
from pairwright_analyzers.graph.entities import (
    ExternalEntity,
    InstanceEntity,
    Resolved,
    SymbolEntity,
)
from pairwright_analyzers.graph.families.namespace import (
    NAMESPACE,
    exactly,
    imports_bound,
    inherited_member,
    namespace_member,
    predeclared,
    spelled_out,
    standing,
)
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
    Span,
    SymbolFlag,
    SymbolKind,
)

if TYPE_CHECKING:
    from pairwright_analyzers.graph.bindings import Binding, FileBindings
    from pairwright_analyzers.graph.resolve import Resolver

_COMPANION = "Companion"
_ROOT = "_root_."
_VALUES = frozenset(
    {
        SymbolKind.FIELD,
        SymbolKind.PROPERTY,
        SymbolKind.VARIABLE,
        SymbolKind.CONSTANT,
        SymbolKind.ENUM_MEMBER,
    }
)


@dataclass(frozen=True, slots=True)
class _Rules:
    """Where the two differ.

    `closed`: a class inside another sees only what belongs to the other's companion, by its header.
    `packages`: the packages that a place in a file belongs to, the innermost first.
    """

    closed: Callable[[str, str], bool]
    packages: Callable[[Resolver, str, int], Iterable[str]]
    receiver: Callable[[Resolver, FileBindings, str, int], SymbolId | None] | None
    parameters_pass: bool
    """Whether the parameters of a class are seen in its methods."""
    relative_imports: bool
    private_to_file: bool
    """Whether what is private at the top of a file is seen in that file only."""


class Headers:
    """What the headers of types and functions say, as far as it was asked for."""

    def __init__(self, paths: WorkspacePaths) -> None:
        self.companions: dict[SymbolId, SymbolId | None] = {}
        self.receivers: dict[SymbolId, SymbolId | None] = {}


# -- bare names ------------------------------------------------------------------------------------


def _preferred(resolver: Resolver, found: Resolved, role: Role) -> Resolved:
    """Of functions and values of one name, what a role asks for: a call means the function."""
    if len(found) < 2 or role not in (Role.CALL, Role.READ, Role.WRITE):
        return found

    def fits(pair: object) -> bool:
        assert isinstance(pair, tuple)
        entity = pair[0]
        if not isinstance(entity, SymbolEntity) or entity.id.index < 0:
            return True
        facts = resolver.facts(entity.id.path)
        kind = facts.symbol_kind(entity.id.index) if facts is not None else None
        return (kind not in _VALUES) if role is Role.CALL else (kind not in CALLABLE_KINDS)

    kept = tuple(pair for pair in found if fits(pair))
    if len(kept) == 1 and len(kept) < len(found):
        return ((kept[0][0], Confidence.EXACT),)
    return kept or found


def _bare(
    resolver: Resolver,
    bindings: FileBindings,
    path: str,
    reference: Reference,
    depth: int,
    rules: _Rules,
) -> Resolved:
    """What the scopes around bind, then imports by name, the package, imports of everything."""
    found = _inside(resolver, bindings, path, reference, depth, rules)
    if found is None:
        found = (
            imports_bound(resolver, bindings, path, 0, reference, depth)
            or _of_packages(resolver, bindings, path, reference, rules)
            or _of_package_object(resolver, bindings, path, reference, rules)
            or _through_stars(resolver, bindings, path, reference, 0, rules)
            or spelled_out(resolver, bindings, path, reference, False)
            or predeclared(bindings, reference.name)
        )
    return _preferred(resolver, found, reference.role)


def _inside(
    resolver: Resolver,
    bindings: FileBindings,
    path: str,
    reference: Reference,
    depth: int,
    rules: _Rules,
) -> Resolved | None:
    """What the blocks, functions and types around bind; None when none of them does."""
    facts, name, role = bindings.facts, reference.name, reference.role
    method = False
    crossed: list[SymbolId] = []
    for at in bindings.scopes_around(reference.start):
        scope = bindings.scopes[at]
        found = [
            one
            for one in bindings.bound_in(at, name, reference.start)
            if _can_mean(bindings, one, role)
        ]
        kind = facts.symbol_kind(scope.symbol) if scope.symbol >= 0 else None
        if scope.kind in (ScopeKind.FUNCTION, ScopeKind.BLOCK):
            if found:
                return resolver.bound(bindings, path, found, depth)
            stars = _through_stars(resolver, bindings, path, reference, at, rules)
            if stars:
                return stars
            if kind in (SymbolKind.METHOD, SymbolKind.CONSTRUCTOR):
                method = True
            if rules.receiver is None or scope.symbol < 0:
                continue
            if reference.start < facts.symbol_name_start(scope.symbol) + len(
                facts.symbol_name(scope.symbol)
            ):
                # The receiver's own name, and what stands before it.
                continue
            extended = rules.receiver(resolver, bindings, path, scope.symbol)
            if extended is not None:
                members = inherited_member(resolver, extended, name, role, bindings.spec)
                if members:
                    return members
        elif scope.kind is ScopeKind.CLASS and kind is not SymbolKind.NAMESPACE:
            locals_here = [one for one in found if one.kind is BindingKind.LOCAL]
            if locals_here and (
                rules.parameters_pass or not method or role in (Role.ANNOTATE, Role.INHERIT)
            ):
                return ()
            imported = [one for one in found if one.kind is BindingKind.IMPORT]
            if imported:
                return resolver.bound(bindings, path, imported, depth)
            if reference.start < facts.symbol(scope.symbol).body_start and role is Role.INHERIT:
                continue
            owner = SymbolId(path, scope.symbol)
            members = inherited_member(resolver, owner, name, role, bindings.spec)
            if not members:
                members = _of_companion(resolver, owner, name, role, bindings.spec)
            members = _of_side(resolver, owner, members)
            if members and any(
                rules.closed(resolver.qualname_of(one).rpartition(".")[2], _header(resolver, one))
                for one in crossed
            ):
                members = _without_instances(resolver, members)
            if members:
                return members
            stars = _through_stars(resolver, bindings, path, reference, at, rules)
            if stars:
                return stars
            crossed.append(owner)
            method = False
    return None


def _can_mean(bindings: FileBindings, binding: Binding, role: Role) -> bool:
    if binding.kind is not BindingKind.SYMBOL or role not in (Role.ANNOTATE, Role.INHERIT):
        return True
    kind = bindings.facts.symbol_kind(binding.index)
    return kind in TYPE_KINDS or kind is SymbolKind.NAMESPACE


def _header(resolver: Resolver, symbol: SymbolId) -> str:
    facts = resolver.facts(symbol.path)
    return facts.symbol(symbol.index).signature if facts is not None and symbol.index >= 0 else ""


def _without_instances(resolver: Resolver, members: Resolved) -> Resolved:
    """Those members that a type has without an instance of it."""
    kept = []
    for entity, sure in members:
        facts = resolver.facts(entity.id.path) if isinstance(entity, SymbolEntity) else None
        if facts is None or not isinstance(entity, SymbolEntity):
            continue
        kind = facts.symbol_kind(entity.id.index)
        holder = facts.symbol_container(entity.id.index)
        if (
            kind in TYPE_KINDS
            or kind is SymbolKind.ENUM_MEMBER
            or facts.symbol_flags(entity.id.index) & SymbolFlag.STATIC
            or (holder >= 0 and _is_object(facts.symbol(holder).signature))
        ):
            kept.append((entity, sure))
    return tuple(kept)


_OBJECT = re.compile(r"(?:^|\s)object\b")
_COMPANION_OBJECT = re.compile(r"(?:^|\s)companion\s+object\b")


def _is_object(header: str) -> bool:
    return _OBJECT.search(header.partition("{")[0].partition("(")[0]) is not None


def _of_packages(
    resolver: Resolver, bindings: FileBindings, path: str, reference: Reference, rules: _Rules
) -> Resolved:
    """A name of the packages that a place is in; what is private to a file is seen in it only."""
    candidates = [
        (one, qualified)
        for one, qualified, kind in standing(resolver, reference.name, bindings.spec.group)
        if reference.role not in (Role.ANNOTATE, Role.INHERIT) or kind in TYPE_KINDS
    ]
    if not candidates:
        return ()
    for package in rules.packages(resolver, path, reference.start):
        wanted = f"{package}.{reference.name}".strip(".")
        found = [
            one
            for one, qualified in candidates
            if qualified == wanted and _seen(resolver, path, one, rules)
        ]
        own = [one for one in found if one.path == path]
        if found:
            # An extension needs its receiver.
            plain = [one for one in own or found if not _extends(resolver, one)]
            return _overloads(resolver, plain)
    return ()


def _of_package_object(
    resolver: Resolver, bindings: FileBindings, path: str, reference: Reference, rules: _Rules
) -> Resolved:
    """A member of the object that stands for a package."""
    spec = bindings.spec
    for package in rules.packages(resolver, path, reference.start):
        for entity, _ in resolver.find_qualified(package, spec.group):
            if isinstance(entity, SymbolEntity) and _is_object(_header(resolver, entity.id)):
                members = inherited_member(
                    resolver, entity.id, reference.name, reference.role, spec
                )
                if members:
                    return members
    return ()


def _overloads(resolver: Resolver, found: list[SymbolId]) -> Resolved:
    """Several functions of one file are overloads; the same in several files are one, made anew
    for each platform.
    """
    found = [one for one in found if not _has_flag(resolver, one, SymbolFlag.OVERLOAD)] or found
    by_file: dict[str, int] = {}
    for one in found:
        by_file[one.path] = by_file.get(one.path, 0) + 1
    if max(by_file.values(), default=0) > 1:
        return tuple((SymbolEntity(one), Confidence.INFERRED) for one in found)
    return exactly(found)


def _has_flag(resolver: Resolver, symbol: SymbolId, flag: SymbolFlag) -> bool:
    facts = resolver.facts(symbol.path)
    return facts is not None and bool(facts.symbol_flags(symbol.index) & flag)


def _seen(resolver: Resolver, path: str, symbol: SymbolId, rules: _Rules) -> bool:
    return (
        symbol.path == path
        or not rules.private_to_file
        or not _has_flag(resolver, symbol, SymbolFlag.PRIVATE)
    )


def _through_stars(
    resolver: Resolver,
    bindings: FileBindings,
    path: str,
    reference: Reference,
    scope: int,
    rules: _Rules,
) -> Resolved:
    """A name that an import of everything in one scope brings: of a package, or an object."""
    spec, name = bindings.spec, reference.name
    for item in bindings.imports:
        if item.name != "*" or bindings.scope_at(item.span.start) != scope:
            continue
        if not item.span.start <= reference.start:
            continue
        for dotted in _spellings(resolver, path, item, rules):
            found = [
                one
                for entity, _ in resolver.find_qualified(f"{dotted}.{name}", spec.group)
                if isinstance(entity, SymbolEntity)
                for one in (entity.id,)
                if _seen(resolver, path, one, rules) and not _extends(resolver, one)
            ]
            if found:
                return _overloads(resolver, found)
            for entity, _ in resolver.find_qualified(dotted, spec.group):
                if isinstance(entity, SymbolEntity):
                    members = inherited_member(resolver, entity.id, name, reference.role, spec)
                    members = members or _of_companion(
                        resolver, entity.id, name, reference.role, spec
                    )
                    if members:
                        return members
    return ()


# -- imports ---------------------------------------------------------------------------------------


def _spellings(resolver: Resolver, path: str, item: Import, rules: _Rules) -> Iterator[str]:
    """The full names that an import's text may stand for."""
    module = item.module.removesuffix(f".{_COMPANION}")
    if module.startswith(_ROOT):
        yield module.removeprefix(_ROOT)
        return
    if rules.relative_imports:
        # What an import before it brings, then the packages around, then the whole name.
        for package in rules.packages(resolver, path, item.span.start):
            if package:
                yield f"{package}.{module}"
    yield module


def _imported(
    resolver: Resolver,
    bindings: FileBindings,
    path: str,
    item: Import,
    depth: int,
    rules: _Rules,
) -> Resolved:
    found: Resolved = ()
    for module in _spellings(resolver, path, item, rules):
        found = NAMESPACE.imported(resolver, bindings, path, replace(item, module=module), depth)
        found = tuple(
            pair
            for pair in found
            if not isinstance(pair[0], SymbolEntity) or _seen(resolver, path, pair[0].id, rules)
        )
        if any(not isinstance(entity, ExternalEntity) for entity, _ in found):
            break
    return found


# -- members ---------------------------------------------------------------------------------------


def _of_companion(
    resolver: Resolver, owner: SymbolId, name: str, role: Role, spec: LanguageSpec
) -> Resolved:
    """A member of a type's companion that has a name of its own."""
    held = resolver.table(Headers).companions
    if owner not in held:
        held[owner] = _find_companion(resolver, owner)
    companion = held[owner]
    return inherited_member(resolver, companion, name, role, spec) if companion else ()


def _find_companion(resolver: Resolver, owner: SymbolId) -> SymbolId | None:
    bindings = resolver.bindings(owner.path)
    if bindings is None or owner.index < 0:
        return None
    facts = bindings.facts
    for named in bindings.members.get(owner.index, {}).values():
        for index in named:
            if facts.symbol_kind(index) is SymbolKind.CLASS and _COMPANION_OBJECT.search(
                facts.symbol(index).signature
            ):
                return SymbolId(owner.path, index)
    return None


def _of_side(resolver: Resolver, owner: SymbolId, members: Resolved) -> Resolved:
    """The members that are no companion's of the same name: those are reached through it."""
    if _is_object(_header(resolver, owner)):
        return members
    return tuple(
        pair
        for pair in members
        if not isinstance(pair[0], SymbolEntity) or not _in_object(resolver, pair[0].id)
    )


def _in_object(resolver: Resolver, member: SymbolId) -> bool:
    facts = resolver.facts(member.path)
    holder = facts.symbol_container(member.index) if facts is not None else -1
    return holder >= 0 and _is_object(_header(resolver, SymbolId(member.path, holder)))


def _type_member(
    resolver: Resolver,
    entity: SymbolEntity | InstanceEntity,
    name: str,
    confidence: Confidence,
    spec: LanguageSpec,
) -> Resolved:
    """A member of the type, or of its companion."""
    found = resolver.type_member(entity.id, name, confidence, spec)
    if isinstance(entity, InstanceEntity):
        return _of_side(resolver, entity.id, found)
    if found:
        apart = tuple(
            pair
            for pair in found
            if isinstance(pair[0], SymbolEntity) and _in_object(resolver, pair[0].id)
        )
        return apart or found
    if name == _COMPANION:
        return ((entity, confidence),)
    return _of_companion(resolver, entity.id, name, Role.READ, spec)


# -- Kotlin ----------------------------------------------------------------------------------------

_RECEIVER = re.compile(
    r"\b(?:fun|va[lr])\s+(?:<[^()]*?>\s*)?(?:[\w.]+\.)?(\w+)(?:<[^()]*>)?\??\s*\.\s*`?\w+`?\s*(?:[(:=]|$)"
)


def _extended_name(header: str) -> str:
    """The simple name of the type that an extension is for, or ""."""
    found = _RECEIVER.search(header)
    return found.group(1) if found is not None else ""


def _extends(resolver: Resolver, symbol: SymbolId) -> bool:
    facts = resolver.facts(symbol.path)
    if facts is not None and facts.symbol_owner(symbol.index):
        return True
    return bool(_extended_name(_header(resolver, symbol)))


def _extended(
    resolver: Resolver, bindings: FileBindings, path: str, callable_index: int
) -> Resolved:
    """What the receiver's type of an extension means where it is declared."""
    facts = bindings.facts
    name = _extended_name(facts.symbol(callable_index).signature)
    if not name:
        return ()
    symbol = facts.symbol(callable_index)
    for index in reversed(facts.references_in(Span(symbol.span.start, symbol.name_span.start))):
        reference = facts.reference(index)
        if reference.name == name and reference.role is Role.ANNOTATE:
            return resolver.resolve(path, index)
    return ()


def _kotlin_receiver(
    resolver: Resolver, bindings: FileBindings, path: str, callable_index: int
) -> SymbolId | None:
    held = resolver.table(Headers).receivers
    symbol = SymbolId(path, callable_index)
    if symbol not in held:
        # While it is looked up it has none: cycles end here.
        held[symbol] = None
        meant = _extended(resolver, bindings, path, callable_index)
        held[symbol] = next((one.id for one, _ in meant if isinstance(one, SymbolEntity)), None)
    return held[symbol]


def _kotlin_extension(
    resolver: Resolver,
    bindings: FileBindings,
    path: str,
    reference: Reference,
    receivers: Resolved,
) -> Resolved:
    """A function or property for the receiver's type or a base of it, that is seen here."""
    types: set[object] = set()
    for entity, _ in receivers:
        if isinstance(entity, InstanceEntity):
            types.add(entity.id)
            types.update(one for one, _ in resolver.ancestors(entity.id))
        elif isinstance(entity, ExternalEntity):
            types.add(entity.name)
    here = resolver.namespace_at(path, reference.start)
    found: list[SymbolId] = []
    for other, _, index in resolver.defined(reference.name, bindings.spec.group):
        symbol = SymbolId(other, index)
        theirs = resolver.bindings(other)
        if theirs is None or not _seen(resolver, path, symbol, _KOTLIN):
            continue
        for entity, _ in _extended(resolver, theirs, other, index):
            meant = entity.id if isinstance(entity, SymbolEntity) else None
            named = entity.name if isinstance(entity, ExternalEntity) else None
            if (meant in types or named in types) and _opened_here(
                resolver, bindings, path, reference, symbol, here
            ):
                found.append(symbol)
                break
    return tuple((SymbolEntity(one), Confidence.INFERRED) for one in found)


def _opened_here(
    resolver: Resolver,
    bindings: FileBindings,
    path: str,
    reference: Reference,
    symbol: SymbolId,
    here: str,
) -> bool:
    """Whether an extension is of the same package, imported, or of a type around."""
    facts = resolver.facts(symbol.path)
    if facts is None:
        return False
    holder = resolver.qualified(symbol.path, facts, symbol.index).rpartition(".")[0]
    if facts.symbol_container(symbol.index) < 0 and holder == here:
        return True
    for item in bindings.imports:
        if item.module.removesuffix(f".{_COMPANION}") == holder and item.name in (
            "*",
            reference.name,
        ):
            return True
    container = facts.symbol_container(symbol.index)
    while container >= 0 and symbol.path == path:
        if facts.symbol(container).span.covers(reference.span):
            return True
        container = facts.symbol_container(container)
    return False


def _one_package(resolver: Resolver, path: str, offset: int) -> Iterator[str]:
    yield resolver.namespace_at(path, offset)


_INNER = re.compile(r"(?:^|\s)inner\s")


def _closed_in_kotlin(name: str, header: str) -> bool:
    return not name.startswith("object") and _INNER.search(header.partition("(")[0]) is None


_KOTLIN = _Rules(
    closed=_closed_in_kotlin,
    packages=_one_package,
    receiver=_kotlin_receiver,
    parameters_pass=False,
    relative_imports=False,
    private_to_file=True,
)


def _kotlin(
    resolver: Resolver, bindings: FileBindings, path: str, reference: Reference, depth: int
) -> Resolved:
    return _bare(resolver, bindings, path, reference, depth, _KOTLIN)


def _kotlin_imported(
    resolver: Resolver, bindings: FileBindings, path: str, item: Import, depth: int
) -> Resolved:
    return _imported(resolver, bindings, path, item, depth, _KOTLIN)


KOTLIN = replace(
    NAMESPACE,
    bare=_kotlin,
    imported=_kotlin_imported,
    type_member=_type_member,
    namespace_member=namespace_member,
    receiver=_kotlin_receiver,
    extension=_kotlin_extension,
    parted=True,
)


# -- Scala -----------------------------------------------------------------------------------------


def _never_closed(name: str, header: str) -> bool:
    return False


def _packages_around(resolver: Resolver, path: str, offset: int) -> Iterator[str]:
    """The packages that the clauses above a place open: `package a` and then `package b` are two,
    `package a.b` is one.
    """
    here = resolver.namespace_at(path, offset)
    yield here
    for clause in reversed(resolver.namespaces(path)):
        name = clause.name
        if clause.span.start <= offset and here.endswith(f".{name}"):
            here = here.removesuffix(f".{name}")
            yield here


_IMPLICIT = re.compile(
    r"\bimplicit\s+(?:final\s+)?class\s+\w+(?:\[[^\]]*\])?\s*\(\s*(?:(?:private|protected)(?:\[\w+\])?\s+)?"
    r"(?:val\s+)?\w+\s*:\s*(?:\w+\.)*(\w+)"
)


def _scala_extension(
    resolver: Resolver,
    bindings: FileBindings,
    path: str,
    reference: Reference,
    receivers: Resolved,
) -> Resolved:
    """A member of an implicit class around the receiver, where the class is seen."""
    names: set[str] = set()
    for entity, _ in receivers:
        if isinstance(entity, InstanceEntity):
            everyone = (entity.id, *(one for one, _ in resolver.ancestors(entity.id)))
            names.update(resolver.qualname_of(one).rpartition(".")[2] for one in everyone)
        elif isinstance(entity, ExternalEntity):
            names.add(entity.name.rpartition(".")[2])
    here = list(_packages_around(resolver, path, reference.start))
    found: list[SymbolId] = []
    for other, facts, index in resolver.defined(reference.name, bindings.spec.group):
        holder = facts.symbol_container(index)
        wraps = _IMPLICIT.search(facts.symbol(holder).signature) if holder >= 0 else None
        if wraps is None or wraps.group(1) not in names:
            continue
        around = resolver.qualified(other, facts, holder).rpartition(".")[0]
        container = facts.symbol_container(holder)
        inside = container >= 0 and other == path
        if (
            around in here
            or (inside and facts.symbol(container).span.covers(reference.span))
            or any(
                around in _spellings(resolver, path, item, _SCALA)
                and item.name in ("*", facts.symbol_name(holder))
                for item in bindings.imports
            )
        ):
            found.append(SymbolId(other, index))
    return tuple((SymbolEntity(one), Confidence.INFERRED) for one in found)


_SCALA = _Rules(
    closed=_never_closed,
    packages=_packages_around,
    receiver=None,
    parameters_pass=True,
    relative_imports=True,
    private_to_file=False,
)


def _scala(
    resolver: Resolver, bindings: FileBindings, path: str, reference: Reference, depth: int
) -> Resolved:
    return _bare(resolver, bindings, path, reference, depth, _SCALA)


def _scala_imported(
    resolver: Resolver, bindings: FileBindings, path: str, item: Import, depth: int
) -> Resolved:
    return _imported(resolver, bindings, path, item, depth, _SCALA)


def _last_first(
    resolver: Resolver, direct: tuple[tuple[SymbolId, Confidence], ...]
) -> tuple[tuple[SymbolId, Confidence], ...]:
    """The trait that is mixed in last hides the others' members."""
    return direct[::-1]


SCALA = replace(
    NAMESPACE,
    bare=_scala,
    imported=_scala_imported,
    type_member=_type_member,
    namespace_member=namespace_member,
    extension=_scala_extension,
    clauses_nest=True,
    base_order=_last_first,
    parted=True,
)
