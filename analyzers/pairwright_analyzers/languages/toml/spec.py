"""TOML: tables, and the keys in them."""

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

_KEYS = frozenset({"bare_key", "dotted_key", "quoted_key"})


def _grammar() -> object:
    import tree_sitter_toml

    return tree_sitter_toml.language()


def _define(word: str, node: Node, text: bytes) -> Definition | None:
    children = node.named_children
    key = next((child for child in children if child.type in _KEYS), None)
    if key is None:
        return None
    label = unquoted(key, text)
    if word == "key":
        return Definition(SymbolKind.KEY, key, node, children[-1], label=label)
    body = next((child for child in children if child.type == "pair"), None)
    return Definition(SymbolKind.SECTION, key, node, body, label=label)


TOML = LanguageSpec(
    id="toml",
    name="TOML",
    extensions=(".toml",),
    filenames=("Pipfile", "poetry.lock", "uv.lock", "Cargo.lock"),
    grammar=_grammar,
    package="pairwright_analyzers.languages.toml",
    define=_define,
    imports=no_imports,
    typed=no_types,
    signature=no_signature,
    call=no_call,
    first_class=False,
    symbol_limit=SYMBOL_LIMIT,
)
