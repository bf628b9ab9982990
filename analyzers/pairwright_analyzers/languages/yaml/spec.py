"""YAML: the keys of the top three levels of each document."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pairwright_analyzers.languages.plain import (
    SYMBOL_LIMIT,
    no_call,
    no_imports,
    no_signature,
    no_types,
    unquoted,
)
from pairwright_analyzers.languages.spec import Definition, LanguageSpec
from pairwright_analyzers.types import SymbolKind

if TYPE_CHECKING:
    from tree_sitter import Node


def _grammar() -> object:
    import tree_sitter_yaml

    return tree_sitter_yaml.language()


def _define(_word: str, node: Node, text: bytes) -> Definition | None:
    key = node.child_by_field_name("key")
    if key is None:
        return None
    value = node.child_by_field_name("value")
    return Definition(SymbolKind.KEY, key, node, value, label=unquoted(key, text))


YAML = LanguageSpec(
    id="yaml",
    name="YAML",
    extensions=(".yaml", ".yml"),
    filenames=(".clang-format", ".clang-tidy"),
    grammar=_grammar,
    package="pairwright_analyzers.languages.yaml",
    define=_define,
    imports=no_imports,
    typed=no_types,
    signature=no_signature,
    call=no_call,
    first_class=False,
    symbol_limit=SYMBOL_LIMIT,
)
