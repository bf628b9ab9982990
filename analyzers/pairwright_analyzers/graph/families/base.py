"""What a language family adds to name resolution, and the answers most families share.

A `Family` is a bundle of functions over the `Resolver`; one file a family. What is not overridden
behaves as in a
language whose imports name files and whose stars bring every top-level name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pairwright_analyzers.graph.entities import (
    ExternalEntity,
    InstanceEntity,
    Resolved,
    SymbolEntity,
)
from pairwright_analyzers.graph.model import SymbolId
from pairwright_analyzers.languages.spec import LanguageSpec
from pairwright_analyzers.types import Confidence, Import, Reference

if TYPE_CHECKING:
    from pairwright_analyzers.graph.bindings import FileBindings
    from pairwright_analyzers.graph.resolve import Resolver


def no_targets(resolver: Resolver, path: str, item: Import) -> tuple[str, ...]:
    """No file stands behind an import: names decide."""
    return ()


def imported_member(
    resolver: Resolver, bindings: FileBindings, path: str, item: Import, depth: int
) -> Resolved:
    """The module, or its member of the imported name."""
    modules = resolver.module_of(bindings.spec, path, item, item.module)
    if not item.name or item.name == "*":
        return modules
    return resolver.members(modules, item.name, bindings.spec, depth + 1)


def star_member(
    resolver: Resolver, bindings: FileBindings, path: str, item: Import, name: str, depth: int
) -> Resolved:
    """A name that an import of everything may bring: never one from outside, since nobody knows
    what is there.
    """
    modules = resolver.module_of(bindings.spec, path, item, item.module)
    inside = tuple(pair for pair in modules if not isinstance(pair[0], ExternalEntity))
    return resolver.members(inside, name, bindings.spec, depth + 1)


def nothing_unbound(
    resolver: Resolver, bindings: FileBindings, path: str, reference: Reference, depth: int
) -> Resolved:
    """A name that nothing binds means nothing."""
    return ()


def no_submodule(resolver: Resolver, place: str, name: str) -> Resolved:
    """Modules have no modules inside."""
    return ()


def no_folder(resolver: Resolver, path: str, item: Import, module: str) -> str | None:
    """Folders are no modules."""
    return None


def no_default(resolver: Resolver, bindings: FileBindings, path: str) -> Resolved:
    """Modules have no default export."""
    return ()


def owns_by_name(resolver: Resolver, owner: SymbolId, member: SymbolId) -> bool:
    """Types of one name are one type."""
    return True


@dataclass(frozen=True, slots=True)
class Family:
    """How one language family links files.

    `targets`: the files an import's module means. `imported`: what an import's local name means.
    `star`: a name through
    an import of everything. `unbound`: a bare name that no scope of the file binds, builtins aside.
    `submodule`: a
    module inside a package, by the path of the package's file or its folder. `folder`: the folder
    an import means
    where folders are modules. `default`: what a module's default export is when it says none.
    `parted`: a type's
    members may stand apart from it, in other files too. `stars_pass_on`: whoever imports a module
    gets what its
    own stars bring, re-exported or not.
    """

    targets: Callable[[Resolver, str, Import], tuple[str, ...]] = no_targets
    imported: Callable[[Resolver, FileBindings, str, Import, int], Resolved] = imported_member
    star: Callable[[Resolver, FileBindings, str, Import, str, int], Resolved] = star_member
    unbound: Callable[[Resolver, FileBindings, str, Reference, int], Resolved] = nothing_unbound
    submodule: Callable[[Resolver, str, str], Resolved] = no_submodule
    folder: Callable[[Resolver, str, Import, str], str | None] = no_folder
    default: Callable[[Resolver, FileBindings, str], Resolved] = no_default
    bare: Callable[[Resolver, FileBindings, str, Reference, int], Resolved] | None = None
    """What a bare name means, where scopes of the file, then imports, are not the whole order."""
    owns: Callable[[Resolver, SymbolId, SymbolId], bool] = owns_by_name
    """Whether a type (first) is the one that a member declared apart (second) names as its owner;
    the names agree already.
    """
    owner_of: Callable[[Resolver, str, int], SymbolId | None] | None = None
    """The type that the symbol of that index in a file names as its owner."""
    namespace_member: Callable[[Resolver, str, str, LanguageSpec], Resolved] | None = None
    """A name inside a namespace, where qualified names alone do not say it."""
    type_member: (
        Callable[[Resolver, SymbolEntity | InstanceEntity, str, Confidence, LanguageSpec], Resolved]
        | None
    ) = None
    """A member of a type or of its instances, where the two have different ones."""
    reaches: Callable[[Resolver, str, SymbolId], bool] | None = None
    """Whether a file's code may name a symbol at all: None where nothing is hidden from anybody."""
    fields_apart: bool = False
    """Whether fields and methods have names of their own kind, so that both may be called the same;
    the same goes for modules and functions.
    """
    scope_member: Callable[[Resolver, SymbolId, str, LanguageSpec, int], Resolved] | None = None
    """A name inside a namespace that is one region of text, not a name that many files open."""
    separator: str = ""
    """What stands between the parts of a module's text, where each part means a module."""
    interfaces_of: Callable[[Resolver, SymbolId], Iterable[SymbolId]] | None = None
    """The types that a type is a subtype of without saying so (Go's interfaces)."""
    fitting: Callable[[Resolver, SymbolId], Iterable[SymbolId]] | None = None
    """The inverse of `interfaces_of`."""
    injected: Callable[[Resolver, FileBindings, str, Reference], Resolved] | None = None
    """The callable whose result a parameter (where it is bound) gets by its name alone: a fixture.
    """
    special: (
        Callable[[Resolver, FileBindings, str, Reference, SymbolId], Resolved | None] | None
    ) = None
    """What a receiver or super word means inside a type, None for what it means everywhere."""
    receiver: Callable[[Resolver, FileBindings, str, int], SymbolId | None] | None = None
    """The type whose instance the receiver word means in a callable (by its index) that is declared
    apart from that type and not as its member: an extension function.
    """
    extension: Callable[[Resolver, FileBindings, str, Reference, Resolved], Resolved] | None = None
    """A member that known receivers have only by what is declared elsewhere (extension methods)."""
    assigned: Callable[[Resolver, SymbolId, int], Resolved] | None = None
    """The value of a field that says no type, by what is assigned to it."""
    constructed: Callable[[Resolver, FileBindings, str, Reference, int], Resolved] | None = None
    """The value of a member that makes an instance of its receiver (Ruby's `new`)."""
    offers: Callable[[Resolver, FileBindings, str, int], bool] | None = None
    """Whether a file lets others import its top-level symbol of an index: None where it
    always does.
    """
    makes: Callable[[Resolver, SymbolId], bool] | None = None
    """Whether calling a function makes an instance of it (JavaScript's constructor functions)."""
    namespace_clauses: bool = False
    """Whether a namespace without a body holds what follows it in the file."""
    clauses_nest: bool = False
    """Whether a second such clause stands for a namespace inside the first (Scala)."""
    base_order: (
        Callable[
            [Resolver, tuple[tuple[SymbolId, Confidence], ...]],
            tuple[tuple[SymbolId, Confidence], ...],
        ]
        | None
    ) = None
    """The order in which a type's bases hide each other's members, where it is not that of the
    text.
    """
    parted: bool = False
    stars_pass_on: bool = False
    by_text: bool = False
    """Whether modules are named by strings, which no table of names holds."""
    opens_names: bool = True
    """Whether an import of everything brings bare names (C's includes do it through the linker
    instead).
    """
