"""Which names a file binds, in which scope: the lexical half of resolution.

Pure function of one file's facts. Knows nothing of other files.
"""

from __future__ import annotations

import threading
from bisect import bisect_right
from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum

from pairwright_analyzers.facts import FileFacts, scopes_of
from pairwright_analyzers.languages.spec import LanguageSpec
from pairwright_analyzers.types import (
    HOISTED,
    MEMBER,
    ROLE_MASK,
    Role,
    Scope,
    ScopeKind,
    Span,
    SymbolKind,
)

_NAMELESS = frozenset({SymbolKind.MODULE, SymbolKind.IMPLEMENTATION})
"""Kinds that carry a name which their text does not bind: a package clause, an `impl` block."""


_CROSSED = frozenset({ScopeKind.FUNCTION, ScopeKind.BLOCK, ScopeKind.LAMBDA})
_BIND = int(Role.BIND)


class BindingKind(IntEnum):
    """What binds a name."""

    SYMBOL = 0
    IMPORT = 1
    LOCAL = 2


@dataclass(frozen=True, slots=True)
class Binding:
    """One binding: `index` counts symbols, imports or references, by `kind`."""

    kind: BindingKind
    index: int


class FileBindings:
    """The bindings of a file, by scope. Immutable once made.

    `members` maps a container symbol's index to its members by name; `-1` is the file's top level.
    """

    __slots__ = (
        "_outer",
        "_seen_from",
        "_starts",
        "_tables",
        "facts",
        "imports",
        "members",
        "reexports",
        "scopes",
        "shaped",
        "spec",
        "typed",
    )

    def __init__(self, facts: FileFacts, spec: LanguageSpec) -> None:
        self.facts = facts
        self.spec = spec
        self.scopes = scopes_of(facts, spec)
        self.imports = facts.imports
        self.typed = facts.typed
        self.shaped = facts.shaped
        self._starts = [scope.span.start for scope in self.scopes]
        self._tables: list[dict[str, list[Binding]]] = [{} for _ in self.scopes]
        self.reexports: dict[str, list[int]] = {}
        """Imports that are passed on, by the name they are passed on under."""
        for index, item in enumerate(self.imports):
            if item.reexport and item.name != "*":
                self.reexports.setdefault(item.alias or item.name, []).append(index)
        self._outer: list[set[str]] = [set() for _ in self.scopes]
        self.members: dict[int, dict[str, list[int]]] = {}
        self._bind_symbols()
        self._bind_imports()
        self._bind_locals()
        self._seen_from = self._declared_late()

    def scope_at(self, offset: int) -> int:
        """The innermost scope that contains an offset."""
        at = bisect_right(self._starts, offset) - 1
        while at > 0 and self.scopes[at].span.end <= offset:
            at = self.scopes[at].parent
        return max(at, 0)

    def lookup(self, name: str, offset: int) -> tuple[Binding, ...]:
        """What a bare name means at an offset, by lexical scope: () when nothing of this file binds
        it.

        A class's scope is seen only from the class's own level, unless the language lets members be
        named bare.
        """
        at = self.scope_at(offset)
        crossed = alone = False
        while at >= 0:
            scope = self.scopes[at]
            closed = (
                self.spec.closed_namespaces
                and scope.kind is ScopeKind.CLASS
                and self.facts.symbol_kind(scope.symbol) is SymbolKind.NAMESPACE
            )
            hidden = (
                scope.kind is ScopeKind.CLASS
                and crossed
                and not closed
                and not self.spec.implicit_receiver
                and self.facts.symbol_kind(scope.symbol) is not SymbolKind.NAMESPACE
            )
            found = self._tables[at].get(name)
            if found and hidden:
                # The type parameters that the header binds are no members.
                found = [one for one in found if self._is_declared_local(one)]
            if found and alone:
                found = [one for one in found if one.kind is not BindingKind.LOCAL]
            if found and name not in self._outer[at]:
                if self._seen_from:
                    found = self._visible(found, offset)
                if found:
                    return tuple(found)
            if closed:
                return ()
            alone = alone or self._closes(scope)
            if scope.kind in _CROSSED:
                crossed = True
            at = scope.parent
        return ()

    def _closes(self, scope: Scope) -> bool:
        """Whether local names around a definition are not seen in it."""
        closes = self.spec.closes
        if closes is None or scope.symbol < 0:
            return False
        return closes(
            self.facts.symbol_kind(scope.symbol), self.facts.symbol(scope.symbol).signature
        )

    def _is_declared_local(self, binding: Binding) -> bool:
        """Whether a binding is a local name that is declared, not one that is written first."""
        if binding.kind is not BindingKind.LOCAL:
            return False
        return self.facts.columns.ref_roles[binding.index] & ROLE_MASK == Role.BIND

    def _visible(self, found: list[Binding], offset: int) -> list[Binding]:
        """Those of a scope's bindings of one name that an offset sees: declarations behind it left
        out, and what later ones hide.
        """
        late = self._seen_from
        starts = self.facts.columns.ref_starts
        if not any(one.kind is BindingKind.LOCAL and one.index in late for one in found):
            return found
        kept: list[Binding] = []
        latest = -1
        for one in found:
            since = late.get(one.index, 0) if one.kind is BindingKind.LOCAL else 0
            if one.kind is BindingKind.LOCAL and starts[one.index] == offset:
                # Asked about the declared name itself.
                since = offset
            if since > offset:
                continue
            if since > latest and self.spec.redeclares:
                kept.clear()
            if since >= latest or not self.spec.redeclares:
                kept.append(one)
                latest = max(latest, since)
        return kept

    def scopes_around(self, offset: int) -> Iterator[int]:
        """The scopes that contain an offset, from the innermost outwards."""
        at = self.scope_at(offset)
        while at >= 0:
            yield at
            at = self.scopes[at].parent

    def bound_in(self, scope: int, name: str, offset: int) -> tuple[Binding, ...]:
        """What one scope binds a name to, as seen from an offset."""
        found = self._tables[scope].get(name)
        if not found or name in self._outer[scope]:
            return ()
        return tuple(self._visible(found, offset) if self._seen_from else found)

    def top_level(self, name: str) -> tuple[Binding, ...]:
        """What a name means to those who import it from this file."""
        return tuple(self._tables[0].get(name, ()))

    def enclosing_type(self, offset: int) -> int:
        """The index of the innermost type (or implementation) symbol around an offset, or -1."""
        at = self.scope_at(offset)
        while at >= 0:
            scope = self.scopes[at]
            if (
                scope.kind is ScopeKind.CLASS
                and self.facts.symbol_kind(scope.symbol) is not SymbolKind.NAMESPACE
            ):
                return scope.symbol
            at = scope.parent
        return -1

    def enclosing_callable(self, offset: int) -> int:
        """The index of the innermost symbol whose scope contains an offset, or -1 for the file's
        top level.
        """
        at = self.scope_at(offset)
        while at >= 0:
            if self.scopes[at].symbol >= 0:
                return self.scopes[at].symbol
            at = self.scopes[at].parent
        return -1

    def locals_named(self, name: str, offset: int) -> list[int]:
        """Offsets of every place that binds a local name in the scope where it is found from
        `offset`.
        """
        columns = self.facts.columns
        return [
            columns.ref_starts[binding.index]
            for binding in self.lookup(name, offset)
            if binding.kind is BindingKind.LOCAL
        ]

    def _is_title(self, index: int) -> bool:
        """Whether a test goes by a text that is no name: what the quotes around it add tells."""
        span = self.facts.symbol(index).name_span
        return len(span) != len(self.facts.symbol_name(index).encode("utf-8", "replace"))

    def _bind_symbols(self) -> None:
        facts = self.facts
        scope_of_symbol = {
            scope.symbol: index for index, scope in enumerate(self.scopes) if scope.symbol >= 0
        }
        for index in range(facts.symbol_count):
            name = facts.symbol_name(index)
            container = facts.symbol_container(index)
            self.members.setdefault(container, {}).setdefault(name, []).append(index)
            scope = scope_of_symbol.get(container, 0) if container >= 0 else 0
            kind = facts.symbol_kind(index)
            if kind in _NAMELESS or (kind is SymbolKind.TEST and self._is_title(index)):
                continue
            if self.spec.header_scope and facts.symbol_owner(index):
                # Go's methods are reached through a value, never by their bare names.
                continue
            if kind in (SymbolKind.FIELD, SymbolKind.PROPERTY) and not self.spec.implicit_receiver:
                symbol = facts.symbol(index)
                if self.scope_at(symbol.name_span.start) != scope:
                    # `self.x = …` in a method makes a member, never a bare name.
                    continue
            if kind is SymbolKind.ENUM_MEMBER and container >= 0 and self._is_open(container):
                around = facts.symbol_container(container)
                self.members.setdefault(around, {}).setdefault(name, []).append(index)
                scope = scope_of_symbol.get(around, 0) if around >= 0 else 0
            self._tables[scope].setdefault(name, []).append(Binding(BindingKind.SYMBOL, index))

    def _is_open(self, enum: int) -> bool:
        is_open = self.spec.open_enum
        return is_open is not None and is_open(self.facts.symbol(enum).signature)

    def _bind_imports(self) -> None:
        for index, item in enumerate(self.imports):
            # What an ECMAScript module passes on, it does not bind.
            if item.alias and not (item.reexport and self.spec.resolver == "ecmascript"):
                scope = self.scope_at(item.span.start)
                table = self._tables[scope].setdefault(item.alias, [])
                table.append(Binding(BindingKind.IMPORT, index))

    def _declared_late(self) -> dict[int, int]:
        """Reference index of a bound name -> the offset from which it is seen."""
        columns = self.facts.columns
        binding = {int(role) for role in self.spec.binding_roles}
        found: dict[int, int] = {}
        for start, end in self.facts.declarations:
            scope = self.scope_at(start)
            for index in self.facts.references_in(Span(start, end)):
                packed = columns.ref_roles[index]
                if packed & MEMBER or packed & ROLE_MASK not in binding:
                    continue
                if self.scope_at(columns.ref_starts[index]) == scope:
                    found[index] = end
        return found

    def _bind_locals(self) -> None:
        columns = self.facts.columns
        binding = {int(role) for role in self.spec.binding_roles}
        outer, write = int(Role.OUTER), int(Role.WRITE)
        names = columns.names
        for index, packed in enumerate(columns.ref_roles):
            role = packed & ROLE_MASK
            if role == outer:
                scope = self.scope_at(columns.ref_starts[index])
                self._outer[scope].add(names[columns.ref_names[index]])
                continue
            if role not in binding or packed & MEMBER:
                continue
            name = names[columns.ref_names[index]]
            scope = self.scope_at(columns.ref_starts[index])
            hoisted = role == _BIND and packed & HOISTED
            if hoisted or (role == write and not self.spec.block_scoped):
                # `var`; an assignment inside a comprehension, whose own names are bound.
                while self.scopes[scope].kind is ScopeKind.BLOCK:
                    scope = self.scopes[scope].parent
            table = self._tables[scope]
            found = table.get(name)
            if found and found[0].kind is BindingKind.SYMBOL and scope == 0:
                continue
            table.setdefault(name, []).append(Binding(BindingKind.LOCAL, index))


class BindingsCache:
    """Bindings by the digest of their facts, shared between the graphs of many revisions.

    Making them costs more than all else in a query, and a revision changes few files. Bounded by
    the references of the files held (some 140 bytes each); the least recently used go first. Safe
    to use from any thread.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._size = 0
        self._held: OrderedDict[bytes, FileBindings] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, facts: FileFacts, spec: LanguageSpec) -> FileBindings:
        """The bindings of a file's facts."""
        key = facts.digest
        with self._lock:
            held = self._held.get(key)
            if held is not None:
                self._held.move_to_end(key)
                return held
        made = FileBindings(facts, spec)
        with self._lock:
            if key not in self._held:
                self._held[key] = made
                self._size += facts.reference_count
                while self._size > self._limit and len(self._held) > 1:
                    _, gone = self._held.popitem(last=False)
                    self._size -= gone.facts.reference_count
            return self._held.get(key, made)


SHARED_BINDINGS = BindingsCache(limit=900_000)
"""The one cache of the process: facts are values, so whoever asks gets the same answer."""
