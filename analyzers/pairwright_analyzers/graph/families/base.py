"""What a language family adds to name resolution, and the answers most families share.

A `Family` is a bundle of functions over the `Resolver`; one file a family. What is not overridden
behaves as in a
language whose imports name files and whose stars bring every top-level name.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pairwright_analyzers.graph.entities import ExternalEntity, Resolved
from pairwright_analyzers.types import Import, Reference

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
    parted: bool = False
    stars_pass_on: bool = False
    by_text: bool = False
    """Whether modules are named by strings, which no table of names holds."""
    opens_names: bool = True
    """Whether an import of everything brings bare names (C's includes do it through the linker
    instead).
    """
