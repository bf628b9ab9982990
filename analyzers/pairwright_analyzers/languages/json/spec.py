"""JSON: the keys of the top two levels. Comments and trailing commas are read past."""

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
    import tree_sitter_json

    return tree_sitter_json.language()


def _define(_word: str, node: Node, text: bytes) -> Definition | None:
    key = node.child_by_field_name("key")
    value = node.child_by_field_name("value")
    if key is None:
        return None
    return Definition(SymbolKind.KEY, key, node, value, label=unquoted(key, text))


JSON = LanguageSpec(
    id="json",
    name="JSON",
    extensions=(
        ".json",
        ".jsonc",
        ".json5",
        ".webmanifest",
        ".code-workspace",
        ".code-snippets",
        ".geojson",
    ),
    filenames=(".babelrc", ".eslintrc", ".prettierrc", ".swcrc", "composer.lock", "flake.lock"),
    grammar=_grammar,
    package="pairwright_analyzers.languages.json",
    define=_define,
    imports=no_imports,
    typed=no_types,
    signature=no_signature,
    call=no_call,
    first_class=False,
    line_comment="//",
    block_comment=("/*", "*/"),
    symbol_limit=SYMBOL_LIMIT,
)
