"""Put a file's imports in order, and take out those that nothing uses.

    import sys                    import os
    from b import z, a      ->    import sys
    import os
                                  from b import a, z

Follows what each language's own formatter does: Python as isort and ruff (groups set apart by an
empty line, imports from one module made one), JavaScript and TypeScript by module, Go, Rust, Java,
C#, PHP and Ruby within the person's own groups. Nothing is moved over an import that is there for
what it does, and comments stay with their import.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.imported import (
    changed,
    organised,
    style_of,
    without_unused,
)
from pairwright_analyzers.refactors.model import (
    Offer,
    Option,
    Refactor,
    Refactored,
    flag_argument,
)

LANGUAGES = frozenset(
    {
        *("python", "javascript", "typescript", "typescriptreact"),
        *("go", "rust", "java", "csharp", "php", "ruby"),
    }
)


def _offers(ctx: RefactorContext) -> Sequence[Offer]:
    if not ctx.facts.imports:
        return ()
    style_of(ctx)
    return (Offer("Organise imports"),)


def _apply(ctx: RefactorContext, arguments: Mapping[str, Any]) -> Refactored:
    current, names = ctx, frozenset[str]()
    if not flag_argument(arguments, "keep_unused"):
        current, names = without_unused(ctx)
    return changed(ctx, organised(current), names)


REFACTOR = Refactor(
    "imports.organise",
    "Organise imports",
    "source.organizeImports",
    LANGUAGES,
    _offers,
    _apply,
    __doc__ or "",
    (Option("keep_unused", "boolean", "Only sort: what nothing uses stays."),),
)
