"""SQL: tables with their columns, views, functions, procedures, triggers, types and sequences.

A schema before a name is its `owner`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pairwright_analyzers.languages.nodes import spelled
from pairwright_analyzers.languages.plain import no_call, no_imports, no_signature, no_types
from pairwright_analyzers.languages.spec import Definition, LanguageSpec
from pairwright_analyzers.types import SymbolFlag, SymbolKind

if TYPE_CHECKING:
    from tree_sitter import Node

_KINDS = {
    "table": SymbolKind.STRUCT,
    "view": SymbolKind.STRUCT,
    "function": SymbolKind.FUNCTION,
    "type": SymbolKind.TYPE,
    "sequence": SymbolKind.VARIABLE,
}
_BODIES = frozenset({"column_definitions", "create_query", "function_body", "procedure_body"})


def _grammar() -> object:
    import tree_sitter_sql

    return tree_sitter_sql.language()


def _define(word: str, node: Node, text: bytes) -> Definition | None:
    if word == "column":
        name = node.child_by_field_name("name")
        flags = SymbolFlag.EXPORTED
        return Definition(SymbolKind.FIELD, name, node, flags=flags) if name is not None else None
    whole = next((one for one in node.named_children if one.type == "object_reference"), None)
    name = whole.child_by_field_name("name") if whole is not None else None
    if whole is None or name is None:
        return None
    schema = spelled(whole.child_by_field_name("schema"), text).strip('"`')
    label = spelled(name, text).strip('"`[]')
    body = next((one for one in node.named_children if one.type in _BODIES), None)
    flags = SymbolFlag.EXPORTED
    return Definition(_KINDS[word], name, node, body, schema, flags, label=label)


SQL = LanguageSpec(
    id="sql",
    name="SQL",
    extensions=(".sql", ".ddl", ".pgsql", ".psql"),
    grammar=_grammar,
    package="pairwright_analyzers.languages.sql",
    define=_define,
    imports=no_imports,
    typed=no_types,
    signature=no_signature,
    call=no_call,
    first_class=False,
    line_comment="--",
    block_comment=("/*", "*/"),
    block_scoped=False,
    receivers=frozenset(),
    super_words=frozenset(),
    symbol_limit=20_000,
)
