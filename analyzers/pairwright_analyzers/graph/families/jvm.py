"""Kotlin and Scala: packages as in Java, functions outside classes, companions, extensions.

They share Java's group of names, so a Kotlin file finds a Java class of its package.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pairwright_analyzers.graph.entities import (
    MEMBER_KINDS,
    InstanceEntity,
    Resolved,
    SymbolEntity,
    weaker,
)
from pairwright_analyzers.graph.families.namespace import NAMESPACE
from pairwright_analyzers.graph.model import SymbolId
from pairwright_analyzers.languages import language
from pairwright_analyzers.languages.spec import LanguageSpec
from pairwright_analyzers.types import Confidence, ParameterKind, Reference, SymbolKind

if TYPE_CHECKING:
    from pairwright_analyzers.graph.bindings import FileBindings
    from pairwright_analyzers.graph.resolve import Resolver


def _unbound(
    resolver: Resolver, bindings: FileBindings, path: str, reference: Reference, depth: int
) -> Resolved:
    """A name of the same package; a package sees nothing of the one around it."""
    here = resolver.namespace_at(path, reference.span.start)
    wanted = f"{here}.{reference.name}".strip(".")
    found = [
        SymbolId(other, index)
        for other, facts, index in resolver.defined(reference.name, bindings.spec.group)
        if facts.symbol_kind(index) not in MEMBER_KINDS
        and facts.symbol_kind(index) is not SymbolKind.NAMESPACE
        and resolver.qualified(other, facts, index) == wanted
    ]
    return tuple((SymbolEntity(one), Confidence.EXACT) for one in found[:4])


def _type_member(
    resolver: Resolver,
    entity: SymbolEntity | InstanceEntity,
    name: str,
    confidence: Confidence,
    spec: LanguageSpec,
) -> Resolved:
    """A member of the type, or an extension function that names it (or a base) as its receiver."""
    found = resolver.type_member(entity.id, name, confidence, spec)
    if found or not isinstance(entity, InstanceEntity):
        return found
    types = [entity.id, *(one for one, _ in resolver.ancestors(entity.id))]
    names = {resolver.qualname_of(one).rpartition(".")[2] for one in types}
    sure = weaker(confidence, Confidence.INFERRED)
    return tuple(
        (SymbolEntity(SymbolId(path, index)), sure)
        for path, facts, index in resolver.defined(name, spec.group)
        if facts.symbol_kind(index) is SymbolKind.FUNCTION
        and _receiver(language(facts.language), facts.symbol(index).signature) in names
    )


def _receiver(spec: LanguageSpec, header: str) -> str:
    """The type that an extension function extends, or ""."""
    parameters = spec.signature(header).parameters
    if not parameters or parameters[0].kind is not ParameterKind.RECEIVER:
        return ""
    return parameters[0].annotation.partition("<")[0].rpartition(".")[2].rstrip("?")


JVM = replace(NAMESPACE, unbound=_unbound, type_member=_type_member, parted=True)
