"""From a name as written to what it means: lexical scopes, imports, members, and the fallbacks of
each language family.

Owns resolution and its caches. Everything is asked for on demand: resolving one name touches the
files on its way and no
others. What cannot be known is either left open or answered by name, and says so.

An answer is a tuple of `(entity, confidence)`. An entity is a symbol, an instance of a type, a
module, a namespace, or
something outside the workspace.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterable, Iterator, Mapping
from threading import get_ident
from typing import Protocol, TypeVar

from pairwright_analyzers.facts import FileFacts
from pairwright_analyzers.graph.bindings import SHARED_BINDINGS, Binding, BindingKind, FileBindings
from pairwright_analyzers.graph.entities import (
    MAX_BY_NAME,
    MEMBER_KINDS,
    Entity,
    ExternalEntity,
    FolderEntity,
    InstanceEntity,
    ItemsEntity,
    ModuleEntity,
    NamelessEntity,
    NamespaceEntity,
    Resolved,
    SymbolEntity,
    weaker,
)
from pairwright_analyzers.graph.families import FAMILIES
from pairwright_analyzers.graph.families.base import Family
from pairwright_analyzers.graph.model import SymbolId, Workspace
from pairwright_analyzers.graph.paths import WorkspacePaths
from pairwright_analyzers.languages import language
from pairwright_analyzers.languages.spec import LanguageSpec
from pairwright_analyzers.types import (
    AS_IT_IS,
    CALLABLE_KINDS,
    CONTAINER_KINDS,
    OF_ITS_NAME,
    TYPE_KINDS,
    Confidence,
    Import,
    Reference,
    Role,
    Symbol,
    SymbolFlag,
    SymbolKind,
    Typing,
)

_MAX_DEPTH = 24
"""Steps of one resolution (imports of imports, bases of bases) after which the answer stays open.
"""

_TOLD = 3
"""Added to a result's number (-1 for none) where `Resolver._values` is keyed by it; 0 and 1 are for
what a name is, uncalled and called.
"""

_VALUE_KINDS = frozenset(
    {SymbolKind.VARIABLE, SymbolKind.CONSTANT, SymbolKind.FIELD, SymbolKind.PROPERTY}
)


Table = TypeVar("Table", bound="ModuleTable")


class ModuleTable(Protocol):
    """Tables that a language family makes over paths."""

    def __init__(self, paths: WorkspacePaths) -> None: ...


class Resolver:
    """Resolution over one workspace revision.

    Caches grow as it is asked; safe to share between reading threads.
    """

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.paths = WorkspacePaths(workspace)
        self._tables: dict[type, object] = {}
        self._importing: dict[str, tuple[str, ...]] | None = None
        self._bindings: dict[str, FileBindings | None] = {}
        self._references: dict[tuple[str, int], Resolved] = {}
        self._values: dict[tuple[str, int, int], Resolved] = {}
        self._starred: dict[tuple[SymbolId, str], Resolved] = {}
        self._asked: dict[int, set[tuple[SymbolId, str]]] = {}
        self._bases: dict[SymbolId, tuple[tuple[SymbolId, Confidence], ...]] = {}
        self._ancestors: dict[SymbolId, tuple[tuple[SymbolId, Confidence], ...]] = {}
        self._open_bases: dict[SymbolId, bool] = {}
        self._typed_members: dict[
            tuple[str, str], dict[str, list[tuple[SymbolId, SymbolId | None]]]
        ] = {}
        self._by_name: dict[tuple[str, str, bool], Resolved] = {}
        self._namespaces: dict[str, tuple[Symbol, ...]] = {}
        self._qualified: dict[tuple[str, str], Mapping[str, tuple[SymbolId, ...]]] = {}

    def table(self, kind: type[Table]) -> Table:
        """The tables of a language family over this revision's paths, made on first use."""
        held = self._tables.get(kind)
        if held is None:
            held = self._tables[kind] = kind(self.paths)
        assert isinstance(held, kind)
        return held

    def family(self, spec: LanguageSpec) -> Family:
        """How files of a language find each other."""
        return FAMILIES[spec.resolver]

    def targets(self, path: str, item: Import) -> tuple[str, ...]:
        """The files that an import's module means; () when it is not in the workspace."""
        facts = self.facts(path)
        if facts is None:
            return ()
        return self.family(language(facts.language)).targets(self, path, item)

    def importing(self, path: str) -> tuple[str, ...]:
        """The files whose imports mean a file, of languages that import by the text of a module.

        One map for the whole workspace, made when it is first asked for.
        """
        if self._importing is None:
            found: dict[str, dict[str, None]] = {}
            for other in self.paths.all:
                facts = self.facts(other)
                if facts is None or not len(facts.columns.imports):
                    continue
                if not self.family(language(facts.language)).by_text:
                    continue
                for module, item in {one.module: one for one in facts.imports}.items():
                    for target in self.targets(other, item) if module else ():
                        found.setdefault(target, {})[other] = None
            self._importing = {one: tuple(sorted(held)) for one, held in found.items()}
        return self._importing.get(path, ())

    # -- files

    def bindings(self, path: str) -> FileBindings | None:
        """The bindings of a file, or None when it is not indexed."""
        if path not in self._bindings:
            facts = self.workspace.facts(path)
            self._bindings[path] = (
                SHARED_BINDINGS.of(facts, language(facts.language)) if facts is not None else None
            )
        return self._bindings[path]

    def facts(self, path: str) -> FileFacts | None:
        """The facts of a file, those already held first."""
        held = self._bindings.get(path)
        return held.facts if held is not None else self.workspace.facts(path)

    def defined(self, name: str, group: str) -> Iterator[tuple[str, FileFacts, int]]:
        """Every (path, facts, index) of a symbol of that name in files of one language group."""
        for path in self.workspace.files_defining(name):
            facts = self.facts(path)
            if facts is None or language(facts.language).group != group:
                continue
            for index in facts.symbols_named(name):
                yield path, facts, index

    def qualified(self, path: str, facts: FileFacts, index: int) -> str:
        """Dotted name with the namespace or package the file declares: `a.b.Type.member`."""
        name = facts.qualname(index)
        prefix = ""
        if self._has_namespace_container(facts, index):
            return name.replace("\\", ".").replace("::", ".")
        clauses = self.namespaces(path)
        family = self.family(language(facts.language))
        if clauses and family.namespace_clauses:
            start = facts.symbol_start(index)
            for namespace in clauses:
                # A clause is not inside of itself.
                if (
                    namespace.span.start <= start
                    and namespace.body_start >= namespace.span.end
                    and (namespace.index != index or family.clauses_nest)
                ):
                    inside = family.clauses_nest and prefix
                    prefix = f"{prefix}.{namespace.name}" if inside else namespace.name
        return f"{prefix}.{name}".replace("\\", ".").replace("::", ".").strip(".")

    @staticmethod
    def _has_namespace_container(facts: FileFacts, index: int) -> bool:
        at = facts.symbol_container(index)
        while at >= 0:
            if facts.symbol_kind(at) is SymbolKind.NAMESPACE:
                return True
            at = facts.symbol_container(at)
        return False

    def namespace_at(self, path: str, offset: int) -> str:
        """The dotted namespace that a place in a file belongs to, "" for none."""
        facts = self.facts(path)
        best = ""
        if facts is None:
            return best
        family = self.family(language(facts.language))
        for symbol in self.namespaces(path):
            bodiless = symbol.body_start >= symbol.span.end
            if symbol.span.start > offset or (bodiless and not family.namespace_clauses):
                continue
            if bodiless and best and family.clauses_nest:
                best = f"{best}.{symbol.name}"
            elif bodiless or offset <= symbol.span.end:
                best = symbol.qualname if not bodiless else symbol.name
        return best.replace("\\", ".").replace("::", ".")

    def namespaces(self, path: str) -> tuple[Symbol, ...]:
        """The namespaces that a file declares, in text order."""
        known = self._namespaces.get(path)
        if known is None:
            facts = self.facts(path)
            kinds = facts.columns.symbol_kinds if facts is not None else ()
            wanted = int(SymbolKind.NAMESPACE)
            known = self._namespaces[path] = (
                tuple(facts.symbol(at) for at, kind in enumerate(kinds) if kind == wanted)
                if facts is not None
                else ()
            )
        return known

    def find_qualified(self, dotted: str, group: str) -> Resolved:
        """Symbols of a fully qualified name."""
        found = self.qualified_named(dotted.rpartition(".")[2], group).get(dotted, ())
        return tuple((SymbolEntity(one), Confidence.EXACT) for one in found)

    def qualified_named(self, name: str, group: str) -> Mapping[str, tuple[SymbolId, ...]]:
        """The symbols of a name in a language group, by their qualified names."""
        known = self._qualified.get((name, group))
        if known is None:
            found: dict[str, tuple[SymbolId, ...]] = {}
            for path, facts, index in self.defined(name, group):
                dotted = self.qualified(path, facts, index)
                found[dotted] = (*found.get(dotted, ()), SymbolId(path, index))
            known = self._qualified[name, group] = found
        return known

    # -- references

    def resolve(self, path: str, index: int, depth: int = 0) -> Resolved:
        """What the reference `index` of a file means."""
        key = (path, index)
        known = self._references.get(key)
        if known is not None:
            return known
        if depth > _MAX_DEPTH:
            return ()
        # While it is being resolved a reference means nothing: cycles end here.
        self._references[key] = ()
        bindings = self.bindings(path)
        found = self._resolve(bindings, path, index, depth) if bindings is not None else ()
        if found and bindings is not None:
            reaches = self.family(bindings.spec).reaches
            if len(found) > 1 and self.family(bindings.spec).fields_apart:
                found = self._of_kind(found, bindings.facts.reference(index).role)
            if reaches is not None:
                found = tuple(
                    pair
                    for pair in found
                    if not isinstance(pair[0], SymbolEntity) or reaches(self, path, pair[0].id)
                )
        self._references[key] = found
        return found

    def _resolve(self, bindings: FileBindings, path: str, index: int, depth: int) -> Resolved:
        reference = bindings.facts.reference(index)
        if reference.role is Role.DEFINE:
            return self._definition(bindings, path, reference)
        if reference.role is Role.IMPORT:
            return self._import_reference(bindings, path, reference, depth)
        if reference.role is Role.KEYWORD:
            return self._keyword(bindings, path, reference, depth)
        if reference.role is Role.BIND and not reference.member:
            given = self._injected(bindings, path, reference)
            if given:
                return given
        word = self._special(bindings, path, reference)
        if word:
            return word
        if not reference.member:
            return self._bare(bindings, path, reference, depth)
        # Where the receiver is a name, what is said of the member is the type of what it is
        # assigned.
        said = (
            not reference.chained or (reference.called and reference.role is not Role.WRITE)
        ) and (reference.start in bindings.typed or reference.start in bindings.shaped)
        if said or reference.chained:
            receivers = (
                self.declared(bindings, path, reference.start, depth + 1)
                if said
                else self.value(path, index - 1, called=reference.called, depth=depth + 1)
            )
            if receivers:
                found = self.members(
                    receivers, reference.name, bindings.spec, depth + 1, reference.role
                )
                extension = self.family(bindings.spec).extension
                if extension is not None and all(_is_outside(entity) for entity, _ in found):
                    found = extension(self, bindings, path, reference, receivers) or found
                key = said and reference.role is Role.WRITE
                if key and not found and self._items(receivers, 1, depth + 1):
                    # The keys of a collection's literal are values.
                    return self._bare(bindings, path, reference, depth)
                # A known receiver without that member is an answer too: nothing in the workspace.
                # Only an object literal may have got the member by a spread or a shorthand.
                if found or not any(self._is_value(entity) for entity, _ in receivers):
                    return found
        if reference.role is Role.WRITE and bindings.spec.resolver == "python":
            return ()
        return self.by_name(reference.name, bindings.spec.group, reference.role is Role.CALL)

    def _of_kind(self, found: Resolved, role: Role) -> Resolved:
        """Of several meanings, those of the kind that a role asks for, if there are any: what is
        called is no field and no module, what is read is no method.
        """
        called = role is Role.CALL

        def fits(entity: Entity) -> bool:
            if not isinstance(entity, SymbolEntity) or entity.id.index < 0:
                return not called
            facts = self.facts(entity.id.path)
            kind = facts.symbol_kind(entity.id.index) if facts is not None else None
            return kind is not SymbolKind.FIELD if called else kind is not SymbolKind.METHOD

        return tuple(pair for pair in found if fits(pair[0])) or found

    def _is_value(self, entity: Entity) -> bool:
        if not isinstance(entity, SymbolEntity) or entity.id.index < 0:
            return False
        facts = self.facts(entity.id.path)
        return facts is not None and facts.symbol_kind(entity.id.index) in _VALUE_KINDS

    def _definition(self, bindings: FileBindings, path: str, reference: Reference) -> Resolved:
        for at in bindings.facts.symbols_named(reference.name):
            if bindings.facts.symbol_name_start(at) == reference.start:
                return ((SymbolEntity(SymbolId(path, at)), Confidence.EXACT),)
        return ()

    def _special(self, bindings: FileBindings, path: str, reference: Reference) -> Resolved:
        """`self`, `this`, `super` and their like, as values."""
        spec = bindings.spec
        if reference.member or reference.name not in spec.receivers | spec.super_words:
            return ()
        if reference.role is Role.ANNOTATE and reference.name in spec.module_words:
            return ()
        owner = self.type_around(bindings, path, reference.start)
        if owner is None:
            return ()
        special = self.family(spec).special
        meant = special(self, bindings, path, reference, owner) if special is not None else None
        if meant is not None:
            return meant
        if reference.name in spec.super_words:
            return tuple(
                (InstanceEntity(base), confidence) for base, confidence in self.bases(owner)
            )
        if reference.name in ("cls", "Self", "static"):
            return ((SymbolEntity(owner), Confidence.EXACT),)
        return ((InstanceEntity(owner), Confidence.EXACT),)

    def type_around(self, bindings: FileBindings, path: str, offset: int) -> SymbolId | None:
        """The type whose code an offset is part of: around it, or named by the method's `owner`."""
        index = bindings.enclosing_type(offset)
        facts = bindings.facts
        receiver = self.family(bindings.spec).receiver
        if receiver is not None:
            around = bindings.enclosing_callable(offset)
            while around >= 0 and around != index:
                extended = receiver(self, bindings, path, around)
                if extended is not None:
                    return extended
                around = facts.symbol_container(around)
        if index >= 0:
            if facts.symbol_kind(index) is SymbolKind.IMPLEMENTATION:
                return self.implemented(SymbolId(path, index)) or SymbolId(path, index)
            return SymbolId(path, index)
        around = bindings.enclosing_callable(offset)
        while around >= 0:
            if facts.symbol_owner(around):
                return self.owner_of(SymbolId(path, around))
            around = facts.symbol_container(around)
        return None

    def implemented(self, block: SymbolId) -> SymbolId | None:
        """The type that an implementation block is one of: what its name means where it stands."""
        bindings = self.bindings(block.path)
        if bindings is None:
            return None
        symbol = bindings.facts.symbol(block.index)
        reference = bindings.facts.reference_at(symbol.name_span.start)
        if reference is None or reference.role is Role.DEFINE:
            return self._type_named(symbol.name, block.path, bindings.spec)
        for entity, _ in self.resolve(block.path, reference.index):
            for meant, _ in self._made(entity, True, 0):
                if isinstance(meant, InstanceEntity):
                    return meant.id
        return None

    def owner_of(self, member: SymbolId) -> SymbolId | None:
        """The type that a member declared apart from it names as its `owner`; None for no such."""
        bindings = self.bindings(member.path)
        if bindings is None or not bindings.facts.symbol_owner(member.index):
            return None
        owner_of = self.family(bindings.spec).owner_of
        if owner_of is not None:
            return owner_of(self, member.path, member.index)
        name = bindings.facts.symbol_owner(member.index)
        return self._type_named(name, member.path, bindings.spec)

    def type_named(self, name: str, path: str) -> SymbolId | None:
        """The type that a member's `owner` names, seen from the member's file."""
        bindings = self.bindings(path)
        return self._type_named(name, path, bindings.spec) if bindings is not None else None

    def _type_named(self, name: str, path: str, spec: LanguageSpec) -> SymbolId | None:
        """The type of a simple or dotted name nearest to a file: in it, in its folder, anywhere
        when there is one.
        """
        last = name.replace("::", ".").rpartition(".")[2]
        found = [
            SymbolId(where, index)
            for where, facts, index in self.defined(last, spec.group)
            if facts.symbol_kind(index) in TYPE_KINDS
            or facts.symbol_kind(index) is SymbolKind.NAMESPACE
        ]
        for chosen in (
            [one for one in found if one.path == path],
            [one for one in found if posixpath.dirname(one.path) == posixpath.dirname(path)],
            found,
        ):
            if chosen:
                return chosen[0]
        return None

    def _import_reference(
        self, bindings: FileBindings, path: str, reference: Reference, depth: int
    ) -> Resolved:
        """A name inside an import statement: the imported symbol, or the module up to that name."""
        start = reference.start
        for index, item in enumerate(bindings.imports):
            if not item.span.contains(start):
                continue
            if item.name and item.name == reference.name and item.name_span.contains(start):
                return self.imported(path, index, depth + 1)
            if item.alias == reference.name and start >= item.name_span.start:
                return self.imported(path, index, depth + 1)
            if item.module == reference.name and start == item.name_span.start and not item.name:
                return self.imported(path, index, depth + 1)
        for item in bindings.imports:
            if item.span.contains(start) and (
                not item.name or start < item.name_span.start or item.name == "*"
            ):
                module = item.module
                separator = self.family(bindings.spec).separator
                parts = module.split(separator) if separator else []
                if reference.name in parts:
                    module = separator.join(parts[: parts.index(reference.name) + 1])
                return self.module_of(bindings.spec, path, item, module)
        return ()

    def module_of(self, spec: LanguageSpec, path: str, item: Import, module: str) -> Resolved:
        wanted = Import(item.span, module, "", "", item.level, item.name_span)
        family = self.family(spec)
        targets = family.targets(self, path, wanted)
        if targets:
            return ((ModuleEntity(targets), Confidence.EXACT),)
        folder = family.folder(self, path, item, module)
        if folder is not None:
            return ((FolderEntity(folder), Confidence.EXACT),)
        outside = module and not item.level and not module.startswith(".")
        return ((ExternalEntity(module), Confidence.EXACT),) if outside else ()

    def _bare(
        self, bindings: FileBindings, path: str, reference: Reference, depth: int
    ) -> Resolved:
        bare = self.family(bindings.spec).bare
        if bare is not None:
            return bare(self, bindings, path, reference, depth)
        found = bindings.lookup(reference.name, reference.start)
        if found:
            return self.bound(bindings, path, found, depth)
        return self.unscoped(bindings, path, reference, depth)

    def bound(
        self, bindings: FileBindings, path: str, found: Iterable[Binding], depth: int
    ) -> Resolved:
        """The entities of bindings of one name in one scope."""
        symbols = [one.index for one in found if one.kind is BindingKind.SYMBOL]
        imports = [one.index for one in found if one.kind is BindingKind.IMPORT]
        results: list[tuple[Entity, Confidence]] = []
        if symbols:
            facts = bindings.facts
            solid = [
                one for one in symbols if not facts.symbol_flags(one) & SymbolFlag.OVERLOAD
            ] or symbols
            if len(solid) > 1 and all(
                facts.symbol_flags(one) & SymbolFlag.PROPERTY for one in solid
            ):
                solid = solid[:1]
            unsure = Confidence.EXACT if len(solid) + len(imports) == 1 else Confidence.INFERRED
            results.extend((SymbolEntity(SymbolId(path, one)), unsure) for one in solid)
        for one in imports:
            for entity, confidence in self.imported(path, one, depth + 1):
                unsure = confidence
                if len(imports) + len(symbols) > 1:
                    unsure = weaker(confidence, Confidence.INFERRED)
                if (entity, unsure) not in results:
                    results.append((entity, unsure))
        return tuple(results)

    def unscoped(
        self, bindings: FileBindings, path: str, reference: Reference, depth: int
    ) -> Resolved:
        """A bare name that no scope of the file binds."""
        spec, name = bindings.spec, reference.name
        family = self.family(spec)
        if spec.implicit_receiver:
            owner = self.type_around(bindings, path, reference.start)
            if owner is not None:
                found = self.type_member(owner, name, Confidence.EXACT, spec)
                if found:
                    return found
        for item in bindings.imports:
            if item.name == "*" and family.opens_names:
                found = family.star(self, bindings, path, item, name, depth)
                if found:
                    return found
        found = family.unbound(self, bindings, path, reference, depth)
        if found:
            return found
        if name in spec.builtins:
            return ((ExternalEntity(f"<builtin>.{name}"), Confidence.EXACT),)
        return ()

    def qualname_of(self, symbol: SymbolId) -> str:
        facts = self.facts(symbol.path)
        return facts.qualname(symbol.index) if facts is not None else ""

    # -- imports

    def imported(self, path: str, index: int, depth: int = 0) -> Resolved:
        """What an import's local name means."""
        bindings = self.bindings(path)
        if bindings is None or depth > _MAX_DEPTH:
            return ()
        item = bindings.imports[index]
        return self.family(bindings.spec).imported(self, bindings, path, item, depth)

    def namespace_exists(self, dotted: str, group: str) -> bool:
        """Whether some file declares a namespace of that dotted name."""
        for name in {dotted, dotted.rpartition(".")[2], dotted.replace(".", "\\")}:
            for _, facts, index in self.defined(name, group):
                if facts.symbol_kind(index) is SymbolKind.NAMESPACE:
                    return True
        return False

    # -- values and members

    def value(self, path: str, index: int, *, called: bool, depth: int = 0) -> Resolved:
        """What the expression that ends with reference `index` is at run time; `called` without
        arguments.
        """
        key = (path, index, called)
        known = self._values.get(key)
        if known is not None:
            return known
        if depth > _MAX_DEPTH:
            return ()
        self._values[key] = ()
        found = self._value(path, index, called, depth)
        self._values[key] = found
        return found

    def _value(self, path: str, index: int, called: bool, depth: int) -> Resolved:
        bindings = self.bindings(path)
        if bindings is None or index < 0:
            return ()
        reference = bindings.facts.reference(index)
        spec = bindings.spec
        if not reference.member and reference.name in spec.receivers | spec.super_words:
            special = self._special(bindings, path, reference)
            if special or reference.name not in spec.module_words:
                return special
        if not reference.member:
            local = self._local_value(bindings, path, reference, depth)
            if local is not None and not called:
                return local
            if local is not None:
                return tuple(
                    (made, weaker(confidence, sure))
                    for entity, confidence in local
                    for made, sure in self._made(entity, True, depth + 1)
                )
        constructed = self.family(spec).constructed
        instances = (
            constructed(self, bindings, path, reference, depth)
            if reference.member and constructed is not None
            else ()
        )
        if instances:
            return instances
        results: list[tuple[Entity, Confidence]] = []
        for entity, confidence in self.resolve(path, index, depth + 1):
            if confidence is Confidence.BY_NAME:
                continue
            for made, sure in self._made(entity, called, depth + 1):
                pair = (made, weaker(confidence, sure))
                if pair not in results:
                    results.append(pair)
        return tuple(results)

    def _keyword(
        self, bindings: FileBindings, path: str, reference: Reference, depth: int
    ) -> Resolved:
        """The field that the name of an argument fills, where a type's constructor is not written:
        parameters are no symbols (`queries.parameters_at` finds them).
        """
        results: list[tuple[Entity, Confidence]] = []
        for entity, confidence in self.called_at(bindings, path, reference.start, depth):
            owner = self.facts(entity.id.path)
            if owner is None or owner.symbol_kind(entity.id.index) not in TYPE_KINDS:
                continue
            if self.constructors(entity.id):
                continue
            for found, sure in self.type_member(
                entity.id, reference.name, confidence, bindings.spec
            ):
                if isinstance(found, SymbolEntity):
                    results.append((found, sure))
        return tuple(results)

    def called_at(
        self, bindings: FileBindings, path: str, keyword: int, depth: int = 0
    ) -> Iterator[tuple[SymbolEntity, Confidence]]:
        """What is called with the keyword argument whose name stands at an offset."""
        at = bindings.typed.get(keyword)
        callee = bindings.facts.reference_at(at) if at is not None else None
        if callee is None:
            return
        for entity, confidence in self.resolve(path, callee.index, depth + 1):
            if isinstance(entity, SymbolEntity) and confidence is not Confidence.BY_NAME:
                yield entity, confidence

    def constructors(self, owner: SymbolId) -> tuple[SymbolId, ...]:
        """The nearest constructors that a type has or inherits, as far as they are written."""
        bindings = self.bindings(owner.path)
        names = sorted(bindings.spec.constructor_names) if bindings is not None else ()
        for one in (owner, *(base for base, _ in self.ancestors(owner))):
            for name in names:
                found = self.own_members(one, name)
                if found:
                    return found
        return ()

    def _injected(self, bindings: FileBindings, path: str, reference: Reference) -> Resolved:
        injected = self.family(bindings.spec).injected
        return injected(self, bindings, path, reference) if injected is not None else ()

    def _local_value(
        self,
        bindings: FileBindings,
        path: str,
        reference: Reference,
        depth: int,
        result: int = -1,
    ) -> Resolved | None:
        """The types of a local name from all places that bind it (or of the `result`-th of what
        calling it returns); None when it is not a local.
        """
        found = bindings.lookup(reference.name, reference.start)
        if not found or any(one.kind is not BindingKind.LOCAL for one in found):
            return None
        start = reference.start
        if reference.role is Role.READ and (start in bindings.typed or start in bindings.shaped):
            # Where it stands it is known to be of a type of its own: a case of a type switch.
            places = [start]
        else:
            starts = bindings.facts.columns.ref_starts
            places = [starts[one.index] for one in found]
        results: list[tuple[Entity, Confidence]] = []
        for place in places:
            for entity, _ in self.declared(bindings, path, place, depth + 1, result):
                pair = (entity, Confidence.INFERRED)
                if pair not in results:
                    results.append(pair)
            if not results and self.family(bindings.spec).injected is not None:
                bound = bindings.facts.reference_at(place)
                injected = self._injected(bindings, path, bound) if bound is not None else ()
                for given, _ in injected:
                    for entity, _ in self._made(given, True, depth + 1):
                        results.append((entity, Confidence.INFERRED))
        return tuple(results)

    def declared(
        self, bindings: FileBindings, path: str, name: int, depth: int, result: int = -1
    ) -> Resolved:
        """What the name declared at an offset holds; of a callable, its `result`-th result."""
        plain = bindings.typed.get(name)
        results: list[tuple[Entity, Confidence]] = []
        if plain is not None and result <= 0:
            results.extend(self._typed(bindings, path, name, Typing(plain), depth))
        for typing in bindings.shaped.get(name, ()):
            if result < 0:
                results.extend(self._typed(bindings, path, name, typing, depth))
            elif result == typing.result:
                one = typing._replace(result=0)
                results.extend(self._typed(bindings, path, name, one, depth))
        return tuple(results) if len(results) < 2 else _few(results)

    def _typed(
        self, bindings: FileBindings, path: str, name: int, typing: Typing, depth: int
    ) -> Resolved:
        """The value that a type's name or a constructing call at an offset stands for, when it says
        the type of the name declared at another.
        """
        found: Resolved
        if typing.at == name:
            found = ((NamelessEntity(), Confidence.EXACT),)
        elif depth > _MAX_DEPTH:
            return ()
        else:
            reference = bindings.facts.reference_at(typing.at)
            if reference is None:
                return ()
            if typing.items == AS_IT_IS:
                return self.value(path, reference.index, called=False, depth=depth + 1)
            if typing.items == OF_ITS_NAME:
                return self._taken_out(bindings, path, reference, name, depth + 1)
            found = self._told(bindings, path, reference, typing.result, depth)
        if typing.items < 0:
            return self._items(found, -typing.items, depth + 1)
        if typing.items > 0:
            return tuple((ItemsEntity(entity, typing.items), sure) for entity, sure in found)
        return found

    def _taken_out(
        self, bindings: FileBindings, path: str, reference: Reference, name: int, depth: int
    ) -> Resolved:
        """The value of the member that goes by the name at an offset, of what a reference says."""
        own = bindings.facts.reference_at(name)
        if own is None:
            return ()
        told = reference.role is Role.CALL or reference.role is Role.ANNOTATE
        holders = (
            self._told(bindings, path, reference, 0, depth)
            if told
            else self.value(path, reference.index, called=False, depth=depth)
        )
        return tuple(
            (made, weaker(confidence, sure))
            for entity, confidence in self.members(holders, own.name, bindings.spec, depth + 1)
            for made, sure in self._made(entity, False, depth + 1)
        )

    def _told(
        self, bindings: FileBindings, path: str, reference: Reference, result: int, depth: int
    ) -> Resolved:
        """A value of the type that a reference names, or what the callable it names returns."""
        wanted = result if reference.role is Role.CALL else -1
        key = (path, reference.index, wanted + _TOLD)
        known = self._values.get(key)
        if known is not None:
            return known
        self._values[key] = ()
        words = bindings.spec.receivers | bindings.spec.super_words
        if not reference.member and reference.name not in words:
            local = self._local_value(bindings, path, reference, depth + 1, wanted)
            if local is not None:
                self._values[key] = local
                return local
        results: list[tuple[Entity, Confidence]] = []
        for entity, confidence in self.resolve(path, reference.index, depth + 1):
            if confidence is Confidence.BY_NAME:
                continue
            for made, sure in self._made(entity, True, depth + 1, result):
                results.append((made, weaker(confidence, sure)))
        self._values[key] = tuple(results)
        return self._values[key]

    def _items(self, collections: Resolved, levels: int, depth: int) -> Resolved:
        """What lies in collections, `levels` deep."""
        for _ in range(levels):
            inside: list[tuple[Entity, Confidence]] = []
            for entity, confidence in collections:
                if isinstance(entity, ItemsEntity):
                    item = (
                        ItemsEntity(entity.item, entity.depth - 1)
                        if entity.depth > 1
                        else entity.item
                    )
                    inside.append((item, confidence))
                elif isinstance(entity, InstanceEntity) and depth <= _MAX_DEPTH:
                    # A type that is declared as a collection.
                    bindings = self.bindings(entity.id.path)
                    if bindings is not None and entity.id.index >= 0:
                        name = bindings.facts.symbol_name_start(entity.id.index)
                        declared = self.declared(bindings, entity.id.path, name, depth + 1)
                        inside.extend(self._items(declared, 1, depth + 1))
            collections = tuple(inside)
        return collections

    def _made(
        self, entity: Entity, called: bool, depth: int, result: int = 0
    ) -> Iterator[tuple[Entity, Confidence]]:
        """The value of an entity, or what calling it returns (the `result`-th of several)."""
        if not isinstance(entity, SymbolEntity):
            yield entity, Confidence.EXACT
            return
        bindings = self.bindings(entity.id.path)
        if bindings is None or entity.id.index < 0 or depth > _MAX_DEPTH:
            return
        kind = bindings.facts.symbol_kind(entity.id.index)
        if kind is SymbolKind.TYPE:
            aliased = self._aliased(bindings, entity.id, depth)
            for meant, sure in aliased:
                if called or not isinstance(meant, InstanceEntity):
                    yield meant, sure
                else:
                    yield SymbolEntity(meant.id), sure
            if aliased:
                return
        if kind in TYPE_KINDS or kind is SymbolKind.IMPLEMENTATION:
            yield (
                (InstanceEntity(entity.id), Confidence.EXACT)
                if called
                else (
                    entity,
                    Confidence.EXACT,
                )
            )
            return
        if kind is SymbolKind.NAMESPACE:
            yield entity, Confidence.EXACT
            return
        symbol = bindings.facts.symbol(entity.id.index)
        if kind is SymbolKind.CONSTRUCTOR and called and symbol.container >= 0:
            yield InstanceEntity(SymbolId(entity.id.path, symbol.container)), Confidence.EXACT
            return
        if kind is SymbolKind.ENUM_MEMBER and symbol.container >= 0:
            yield InstanceEntity(SymbolId(entity.id.path, symbol.container)), Confidence.EXACT
            return
        plain_value = kind in _VALUE_KINDS or bool(symbol.flags & SymbolFlag.PROPERTY)
        if not plain_value and not (called or bindings.spec.calls_by_name):
            yield entity, Confidence.EXACT
            return
        name = symbol.name_span.start
        if name in bindings.typed or name in bindings.shaped:
            wanted = -1 if plain_value else result
            for made, _ in self.declared(bindings, entity.id.path, name, depth + 1, wanted):
                yield made, Confidence.INFERRED
        elif (
            kind is SymbolKind.FIELD
            and (assigned := self.family(bindings.spec).assigned) is not None
        ):
            for made, _ in assigned(self, entity.id, depth + 1):
                yield made, Confidence.INFERRED
        elif kind is SymbolKind.FIELD and self._enumerates(bindings, symbol.container):
            # A value of an enumeration is one of its instances.
            yield InstanceEntity(SymbolId(entity.id.path, symbol.container)), Confidence.INFERRED
        elif called and self._constructs(bindings.spec, entity.id):
            yield InstanceEntity(entity.id), Confidence.INFERRED
        elif kind in _VALUE_KINDS and self._member_map(entity.id):
            # An object literal with methods of its own.
            yield entity, Confidence.EXACT

    def _constructs(self, spec: LanguageSpec, function: SymbolId) -> bool:
        makes = self.family(spec).makes
        return makes is not None and makes(self, function)

    @staticmethod
    def _enumerates(bindings: FileBindings, container: int) -> bool:
        return container >= 0 and bindings.facts.symbol_kind(container) is SymbolKind.ENUM

    def _aliased(self, bindings: FileBindings, alias: SymbolId, depth: int) -> Resolved:
        """A value of the type that another is only a name for; () where it is a type itself."""
        name = bindings.facts.symbol_name_start(alias.index)
        if name not in bindings.typed:
            return ()
        return self.declared(bindings, alias.path, name, depth + 1)

    def _member_map(self, owner: SymbolId) -> dict[str, list[int]]:
        bindings = self.bindings(owner.path)
        return bindings.members.get(owner.index, {}) if bindings is not None else {}

    def members(
        self,
        entities: Resolved,
        name: str,
        spec: LanguageSpec,
        depth: int,
        role: Role | None = None,
    ) -> Resolved:
        """The member of that name of each entity, as far as a role can mean it."""
        results: list[tuple[Entity, Confidence]] = []
        if depth > _MAX_DEPTH:
            return ()
        for entity, confidence in entities:
            for found, sure in self._member(entity, name, confidence, spec, depth, role):
                pair = (found, weaker(confidence, sure))
                if pair not in results:
                    results.append(pair)
        inside = [pair for pair in results if not isinstance(pair[0], ExternalEntity)]
        # Of several receivers, one from outside may have anything: what is known comes first.
        return tuple(inside or results)

    def _member(
        self,
        entity: Entity,
        name: str,
        confidence: Confidence,
        spec: LanguageSpec,
        depth: int,
        role: Role | None = None,
    ) -> Resolved:
        if isinstance(entity, ExternalEntity):
            return ((ExternalEntity(f"{entity.name}.{name}"), Confidence.EXACT),)
        if isinstance(entity, ItemsEntity | NamelessEntity):
            return ()
        if isinstance(entity, FolderEntity):
            return self.family(spec).submodule(self, entity.folder, name)
        if isinstance(entity, NamespaceEntity):
            return self._namespace_member(entity.name, name, spec)
        if isinstance(entity, ModuleEntity):
            return self._module_member(entity, name, depth)
        if isinstance(entity, SymbolEntity):
            bindings = self.bindings(entity.id.path)
            if bindings is None:
                return ()
            if bindings.facts.symbol_kind(entity.id.index) is SymbolKind.NAMESPACE:
                scope_member = self.family(spec).scope_member
                if scope_member is not None:
                    return scope_member(self, entity.id, name, spec, depth)
                qualified = self.qualified(entity.id.path, bindings.facts, entity.id.index)
                return self._namespace_member(qualified, name, spec)
            if bindings.facts.symbol_kind(entity.id.index) in _VALUE_KINDS:
                return tuple(
                    (SymbolEntity(SymbolId(entity.id.path, one)), Confidence.EXACT)
                    for one in self._member_map(entity.id).get(name, ())
                )
        sided = self.family(spec).type_member
        if sided is not None:
            return sided(self, entity, name, confidence, spec)
        return self.type_member(entity.id, name, confidence, spec, role)

    def _namespace_member(self, namespace: str, name: str, spec: LanguageSpec) -> Resolved:
        inside = self.family(spec).namespace_member
        if inside is not None:
            return inside(self, namespace, name, spec)
        dotted = f"{namespace}.{name}"
        found = self.find_qualified(dotted, spec.group)
        if found:
            return found
        if self.namespace_exists(dotted, spec.group):
            return ((NamespaceEntity(dotted), Confidence.EXACT),)
        return ()

    def _module_member(self, module: ModuleEntity, name: str, depth: int) -> Resolved:
        results: list[tuple[Entity, Confidence]] = []
        for path in module.paths:
            bindings = self.bindings(path)
            if bindings is None:
                continue
            for pair in self._exported(bindings, path, name, depth):
                if pair not in results:
                    results.append(pair)
        if len(results) > 1:
            return tuple((one, weaker(sure, Confidence.INFERRED)) for one, sure in results)
        return tuple(results)

    def through_stars(
        self, bindings: FileBindings, place: SymbolId, stars: list[Import], name: str, depth: int
    ) -> Resolved:
        """What a module offers under a name by passing on everything of others.

        Modules may pass each other on: none is asked twice for a name on behalf of one question.
        """
        if not stars:
            return ()
        key = (place, name)
        known = self._starred.get(key)
        if known is not None:
            return known
        asked = self._asked.setdefault(get_ident(), set())
        if key in asked:
            return ()
        first = not asked
        asked.add(key)
        try:
            for item in stars:
                star = self.family(bindings.spec).star
                found = star(self, bindings, place.path, item, name, depth + 1)
                if found:
                    self._starred[key] = found
                    return found
        finally:
            if first:
                asked.clear()
        return ()

    def _exported(self, bindings: FileBindings, path: str, name: str, depth: int) -> Resolved:
        """What a file offers under a name to those who import it."""
        found = [
            one
            for one in bindings.top_level(name)
            if one.kind is not BindingKind.SYMBOL or not bindings.facts.symbol_owner(one.index)
        ]
        offers = self.family(bindings.spec).offers
        if offers is not None:
            found = [
                one
                for one in found
                if one.kind is not BindingKind.SYMBOL or offers(self, bindings, path, one.index)
            ]
        reexports = [
            Binding(BindingKind.IMPORT, index) for index in bindings.reexports.get(name, ())
        ]
        bound = self.bound(
            bindings, path, [*found, *(one for one in reexports if one not in found)], depth
        )
        if bound:
            return bound
        family = self.family(bindings.spec)
        inside = family.submodule(self, path, name)
        if inside:
            return inside
        if depth > _MAX_DEPTH:
            return ()
        stars = [
            item
            for item in bindings.imports
            if item.name == "*" and family.opens_names and (item.reexport or family.stars_pass_on)
        ]
        through = self.through_stars(bindings, SymbolId(path, -1), stars, name, depth)
        if through:
            return through
        return family.default(self, bindings, path) if name == "default" else ()

    def type_member(
        self,
        owner: SymbolId,
        name: str,
        confidence: Confidence,
        spec: LanguageSpec,
        role: Role | None = None,
    ) -> Resolved:
        """A member of a type, its own first, then its ancestors' in method resolution order.

        Where methods and values of one name stand side by side, a role finds the kind it can mean,
        and the other only when there is none.
        """
        everyone = ((owner, Confidence.EXACT), *self.ancestors(owner))
        for wanted in (role, None) if role is not None and spec.methods_apart else (None,):
            for ancestor, sure in everyone:
                found = self.own_members(ancestor, name)
                if wanted is not None:
                    found = tuple(one for one in found if self._fits(one, wanted))
                if found:
                    unsure = weaker(confidence, sure)
                    if len(found) > 1:
                        unsure = weaker(unsure, Confidence.INFERRED)
                    return tuple((SymbolEntity(one), unsure) for one in found)
        bindings = self.bindings(owner.path)
        if bindings is not None and bindings.facts.symbol_kind(owner.index) is SymbolKind.TYPE:
            for meant, _ in self._made(SymbolEntity(owner), True, 1):
                if isinstance(meant, InstanceEntity) and meant.id != owner:
                    return self.type_member(meant.id, name, confidence, spec)
        return ()

    def _fits(self, symbol: SymbolId, role: Role) -> bool:
        """Whether a role can mean a symbol where methods and values are told apart by it."""
        facts = self.facts(symbol.path)
        if facts is None:
            return False
        kind = facts.symbol_kind(symbol.index)
        return kind in TYPE_KINDS or (kind in CALLABLE_KINDS) == (role is Role.CALL)

    def own_members(self, owner: SymbolId, name: str) -> tuple[SymbolId, ...]:
        """Members of that name that a type has itself: nested in it, in its other parts, or
        declared apart with it as owner.
        """
        bindings = self.bindings(owner.path)
        if bindings is None or owner.index < 0:
            return ()
        nested = tuple(
            SymbolId(owner.path, one) for one in bindings.members.get(owner.index, {}).get(name, ())
        )
        fields_apart = self.family(bindings.spec).fields_apart and all(
            bindings.facts.symbol_kind(one.index) is SymbolKind.FIELD for one in nested
        )
        if nested and not fields_apart and not _all_abstract(bindings.facts, nested):
            return _without_overloads(bindings.facts, nested)
        type_name = bindings.facts.symbol_name(owner.index)
        spec = bindings.spec
        apart: list[SymbolId] = []
        if self.family(spec).parted:
            owns = self.family(spec).owns
            for member, container in self._members_of_types(name, spec.group).get(type_name, ()):
                if container is None:
                    if owns(self, owner, member):
                        apart.append(member)
                elif container != owner and self._same_type(owner, container):
                    apart.append(member)
        solid = [one for one in apart if not self._abstract(one)]
        if nested and fields_apart:
            return (*nested, *(solid or apart))
        return tuple(solid or nested or apart)

    def _members_of_types(
        self, name: str, group: str
    ) -> dict[str, list[tuple[SymbolId, SymbolId | None]]]:
        """The members of a name in a language group, by the simple name of the type that they lie
        in or (container None) name as their owner.
        """
        known = self._typed_members.get((name, group))
        if known is not None:
            return known
        found: dict[str, list[tuple[SymbolId, SymbolId | None]]] = {}
        for path, facts, index in self.defined(name, group):
            container = facts.symbol_container(index)
            says = facts.symbol_owner(index).replace("::", ".")
            if says:
                held = found.setdefault(says.rpartition(".")[2], [])
                held.append((SymbolId(path, index), None))
            elif container >= 0:
                held = found.setdefault(facts.symbol_name(container), [])
                held.append((SymbolId(path, index), SymbolId(path, container)))
        self._typed_members[name, group] = found
        return found

    def _same_type(self, a: SymbolId, b: SymbolId) -> bool:
        """Whether two symbols are parts of one type: an `impl`, a reopened or partial class."""
        first, second = self.facts(a.path), self.facts(b.path)
        if first is None or second is None:
            return False
        if second.symbol_kind(b.index) is SymbolKind.IMPLEMENTATION:
            return self.family(language(second.language)).owns(self, a, b)
        if first.symbol_kind(a.index) is SymbolKind.IMPLEMENTATION:
            return True
        return self.qualified(a.path, first, a.index) == self.qualified(b.path, second, b.index)

    def _abstract(self, symbol: SymbolId) -> bool:
        facts = self.facts(symbol.path)
        return facts is not None and bool(facts.symbol_flags(symbol.index) & SymbolFlag.ABSTRACT)

    # -- types

    def bases(self, owner: SymbolId) -> tuple[tuple[SymbolId, Confidence], ...]:
        """The direct supertypes of a type that are in the workspace."""
        known = self._bases.get(owner)
        if known is None:
            known = self._bases[owner] = tuple(self._base_links(owner))
        return known

    def has_open_bases(self, owner: SymbolId) -> bool:
        """Whether a type or one of its ancestors inherits from something outside the workspace."""
        if owner not in self._open_bases:
            self._open_bases[owner] = False
            everyone = (owner, *(one for one, _ in self.ancestors(owner)))
            self._open_bases[owner] = any(self._has_unknown_base(one) for one in everyone)
        return self._open_bases[owner]

    def _has_unknown_base(self, owner: SymbolId) -> bool:
        written = sum(1 for _ in self._base_references(owner))
        known = {reference for reference, _, _ in self.resolved_bases(owner)}
        return written > len(known)

    def outside_bases(self, owner: SymbolId) -> list[str]:
        """The dotted names of the direct supertypes of a type that are outside the workspace."""
        return [
            entity.name
            for index in self._base_references(owner)
            for entity, _ in self.resolve(owner.path, index)
            if isinstance(entity, ExternalEntity)
        ]

    def _base_references(self, owner: SymbolId) -> Iterator[int]:
        bindings = self.bindings(owner.path)
        if bindings is None or owner.index < 0:
            return
        facts = bindings.facts
        symbol = facts.symbol(owner.index)
        for index in facts.references_of_role(symbol.span, Role.INHERIT):
            start = facts.columns.ref_starts[index]
            if start < symbol.body_start or bindings.enclosing_type(start) == owner.index:
                yield index

    def resolved_bases(self, owner: SymbolId) -> Iterator[tuple[int, SymbolId, Confidence]]:
        """The supertypes that one part of a type names itself, with the references that do."""
        for index in self._base_references(owner):
            for entity, confidence in self.resolve(owner.path, index):
                if isinstance(entity, SymbolEntity):
                    entity = next((one for one, _ in self._made(entity, False, 0)), entity)
                if isinstance(entity, SymbolEntity | InstanceEntity) and entity.id != owner:
                    facts = self.facts(entity.id.path)
                    if facts is not None and facts.symbol_kind(entity.id.index) in CONTAINER_KINDS:
                        yield index, entity.id, confidence

    def _base_links(self, owner: SymbolId) -> Iterator[tuple[SymbolId, Confidence]]:
        seen: set[SymbolId] = set()
        parts = [owner, *self.other_parts(owner)]
        for part in parts:
            for _, base, confidence in self.resolved_bases(part):
                if base not in seen and base != owner:
                    seen.add(base)
                    yield base, confidence

    def other_parts(self, owner: SymbolId) -> Iterator[SymbolId]:
        """Rust `impl Trait for Type`, C# partial and Ruby reopened classes."""
        bindings = self.bindings(owner.path)
        if bindings is None or not self.family(bindings.spec).parted:
            return
        name = bindings.facts.symbol_name(owner.index)
        for path, facts, index in self.defined(name, bindings.spec.group):
            one = SymbolId(path, index)
            if (
                one != owner
                and (
                    facts.symbol_kind(index) is SymbolKind.IMPLEMENTATION
                    or facts.symbol_kind(index) in TYPE_KINDS
                )
                and self._same_type(owner, one)
            ):
                yield one

    def ancestors(self, owner: SymbolId) -> tuple[tuple[SymbolId, Confidence], ...]:
        """All supertypes in method resolution order: C3 where the hierarchy allows it, depth first
        otherwise.
        """
        known = self._ancestors.get(owner)
        if known is not None:
            return known
        # Bases come first, by a list of what waits: a long line of types must not recurse.
        waiting, done = [owner], set[SymbolId]()
        while waiting:
            one = waiting[-1]
            if one not in self._ancestors:
                # While its bases are looked up a type has none: cycles end here.
                self._ancestors[one] = ()
                waiting.extend(base for base, _ in self.bases(one) if base not in self._ancestors)
                continue
            waiting.pop()
            if one not in done:
                done.add(one)
                self._ancestors[one] = self._linearised(one)
        return self._ancestors[owner]

    def _linearised(self, owner: SymbolId) -> tuple[tuple[SymbolId, Confidence], ...]:
        """The supertypes of a type in order, those of its bases being known."""
        direct = self.bases(owner)
        bindings = self.bindings(owner.path)
        order = self.family(bindings.spec).base_order if bindings is not None else None
        if order is not None:
            direct = order(self, direct)
        sure = dict(direct)
        for base, confidence in direct:
            for further, weaker_one in self._ancestors.get(base, ()):
                sure.setdefault(further, weaker(confidence, weaker_one))
        lists = [[base, *(one for one, _ in self._ancestors.get(base, ()))] for base, _ in direct]
        # The order of one base is that base's own: the merge would only cost.
        merged = lists[0] if len(lists) == 1 else _c3([*lists, [base for base, _ in direct]])
        if merged is None:
            merged = list(dict.fromkeys(one for part in lists for one in part))
        return tuple((one, sure[one]) for one in merged if one != owner)

    def by_name(self, name: str, group: str, called: bool) -> Resolved:
        """Every member of that name in the language group: what a receiver of unknown type may
        mean.
        """
        key = (name, group, called)
        known = self._by_name.get(key)
        if known is not None:
            return known
        found: list[tuple[Entity, Confidence]] = []
        for path, facts, index in self.defined(name, group):
            kind = facts.symbol_kind(index)
            member = kind in MEMBER_KINDS or bool(facts.symbol_owner(index))
            if not member or (called and kind not in CALLABLE_KINDS and kind not in _VALUE_KINDS):
                continue
            if len(found) >= MAX_BY_NAME:
                found.clear()
                break
            found.append((SymbolEntity(SymbolId(path, index)), Confidence.BY_NAME))
        self._by_name[key] = tuple(found)
        return self._by_name[key]


_MOST_VALUES = 24


def _few(found: Iterable[tuple[Entity, Confidence]]) -> Resolved:
    """Each meaning once, of those outside the workspace the first alone, and no more than say
    something: chains of calls that may each mean several things would double them at every link.
    """
    kept: dict[Entity, Confidence] = {}
    outside = False
    for entity, confidence in found:
        if isinstance(entity, ExternalEntity):
            if outside:
                continue
            outside = True
        if len(kept) >= _MOST_VALUES:
            break
        kept.setdefault(entity, confidence)
    return tuple(kept.items())


def _is_outside(entity: Entity) -> bool:
    return isinstance(entity, ExternalEntity)


def _all_abstract(facts: FileFacts, found: tuple[SymbolId, ...]) -> bool:
    return all(facts.symbol_flags(one.index) & SymbolFlag.ABSTRACT for one in found)


def _without_overloads(facts: FileFacts, found: tuple[SymbolId, ...]) -> tuple[SymbolId, ...]:
    """Declarations of overloads fold into the one implementation, accessors of a property into its
    getter.
    """
    if len(found) < 2:
        return found
    solid = [one for one in found if not facts.symbol_flags(one.index) & SymbolFlag.OVERLOAD]
    kept = solid or list(found)
    if all(facts.symbol_flags(one.index) & SymbolFlag.PROPERTY for one in kept):
        return (kept[0],)
    return tuple(kept)


def _c3(lists: list[list[SymbolId]]) -> list[SymbolId] | None:
    """The C3 merge of linearisations, or None where there is none."""
    waiting = [part[:] for part in lists if part]
    merged: list[SymbolId] = []
    while waiting:
        for part in waiting:
            head = part[0]
            if not any(head in other[1:] for other in waiting):
                break
        else:
            return None
        merged.append(head)
        waiting = [rest for part in waiting if (rest := [one for one in part if one != head])]
    return merged
