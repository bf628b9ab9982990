"""`CodeGraph`: one workspace revision with its resolver, and its symbols' dotted names."""

from __future__ import annotations

from pairwright_analyzers.graph.families.python import PythonModules
from pairwright_analyzers.graph.model import SymbolId, Workspace
from pairwright_analyzers.graph.resolve import Resolver
from pairwright_analyzers.languages import known_language, language
from pairwright_analyzers.languages.spec import LanguageSpec
from pairwright_analyzers.types import Location, Span, Symbol


class CodeGraph:
    """The graph of one workspace revision. Cheap to make: links are computed when asked for and
    kept.

    Safe to share between threads that read: two that ask the same at once compute it twice, to the
    same end.
    """

    __slots__ = ("resolver", "workspace")

    def __init__(self, workspace: Workspace) -> None:
        self.workspace = workspace
        self.resolver = Resolver(workspace)

    def symbol(self, symbol_id: SymbolId) -> Symbol:
        """The symbol of an id.

        Raises KeyError for a path that is not indexed, IndexError for an unknown index or a module.
        """
        facts = self.resolver.facts(symbol_id.path)
        if facts is None:
            raise KeyError(symbol_id.path)
        return facts.symbol(symbol_id.index)

    def spec(self, path: str) -> LanguageSpec | None:
        """The language of an indexed path, None for one without a grammar."""
        facts = self.resolver.facts(path)
        return known_language(facts.language) if facts is not None else None

    def module_name(self, path: str) -> str:
        """A file's dotted name: its path from the root without the extension, `__init__` and
        `index` dropped.
        """
        if path.endswith((".py", ".pyi")):
            return self.resolver.paths.tables.derived(PythonModules).name_of(path)
        stem = path.rpartition(".")[0] if "." in path.rpartition("/")[2] else path
        return stem.replace("/", ".")

    def qualname(self, symbol_id: SymbolId) -> str:
        """A symbol's dotted name, module first: `pkg.mod.Class.method`; the module's own name for
        index -1.
        """
        module = self.module_name(symbol_id.path)
        if symbol_id.index < 0:
            return module
        facts = self.resolver.facts(symbol_id.path)
        name = facts.qualname(symbol_id.index) if facts is not None else "?"
        return f"{module}.{name}" if module else name

    def location(self, symbol_id: SymbolId) -> Location:
        """Where a symbol's name stands; the file's start for a module."""
        if symbol_id.index < 0:
            return Location(symbol_id.path, Span(0, 0))
        return Location(symbol_id.path, self.symbol(symbol_id).name_span)

    def is_test_path(self, path: str) -> bool:
        """Whether a path is a test's by its language's conventions."""
        spec = self.spec(path)
        return spec is not None and spec.is_test_path(path)

    def is_test(self, symbol_id: SymbolId) -> bool:
        """Whether a symbol is a test, or part of one: marked so by its language and lying in a test
        file, or inside such a symbol.
        """
        facts = self.resolver.facts(symbol_id.path)
        if facts is None or symbol_id.index < 0:
            return False
        return language(facts.language).is_test_symbol(
            symbol_id.path, facts.symbol(symbol_id.index)
        )
