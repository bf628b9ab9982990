"""The value that a JavaScript or TypeScript module exports, as far as it is written as a literal.

Pure. Nothing is run: names that are constants of the same module are followed, whatever is computed
is left out.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

from pairwright_analyzers.languages import language
from pairwright_analyzers.syntax import parse

if TYPE_CHECKING:
    from tree_sitter import Node

_DEEPEST = 40

_UNKNOWN = object()


def exported_literal(text: str) -> object:
    """What `export default` or `module.exports =` gives, None where it is no literal.

    Strings, whole numbers, lists and objects, without the parts that are computed;
    `defineConfig({…})` and the like are taken for their only argument.
    """
    source = text.encode()
    parsed = parse(language("typescript"), source)
    names: dict[str, Node] = {}
    exported: Node | None = None
    default: Node | None
    waiting = list(reversed(parsed.root.named_children))
    while waiting:
        node = waiting.pop()
        match node.type:
            case "export_statement":
                default = node.child_by_field_name("value")
                exported = default if default is not None else exported
                waiting += reversed(node.named_children)
            case "lexical_declaration" | "variable_declaration" | "expression_statement":
                waiting += reversed(node.named_children)
            case "variable_declarator":
                name, default = node.child_by_field_name("name"), node.child_by_field_name("value")
                if name is not None and default is not None:
                    names[_source_of(name, source)] = default
            case "assignment_expression":
                left, right = node.child_by_field_name("left"), node.child_by_field_name("right")
                if left is not None and _source_of(left, source) == "module.exports":
                    exported = right
    if exported is None:
        return None
    value = _literal(exported, source, names, 0)
    return None if value is _UNKNOWN else value


def _source_of(node: Node, source: bytes) -> str:
    return source[node.start_byte : node.end_byte].decode("utf-8", "replace")


def _literal(node: Node, source: bytes, names: Mapping[str, Node], depth: int) -> object:
    if depth > _DEEPEST:
        return _UNKNOWN
    match node.type:
        case "object":
            found: dict[str, object] = {}
            for pair in node.named_children:
                key, held = pair.child_by_field_name("key"), pair.child_by_field_name("value")
                if pair.type != "pair" or key is None or held is None:
                    continue
                value = _literal(held, source, names, depth + 1)
                if value is not _UNKNOWN:
                    found[_source_of(key, source).strip("'\"`")] = value
            return found
        case "array":
            items = [_literal(one, source, names, depth + 1) for one in node.named_children]
            return [item for item in items if item is not _UNKNOWN]
        case "string":
            text = _source_of(node, source)[1:-1]
            return re.sub(r"\\(.)", r"\1", text)
        case "template_string" if not node.named_children or all(
            child.type == "string_fragment" for child in node.named_children
        ):
            return _source_of(node, source)[1:-1]
        case "number":
            text = _source_of(node, source)
            return int(text) if text.isdecimal() else _UNKNOWN
        case "true" | "false":
            return node.type == "true"
        case "null":
            return None
        case "identifier":
            name = _source_of(node, source)
            if name == "RuleConfigSeverity":
                return _UNKNOWN
            return _literal(names[name], source, names, depth + 1) if name in names else _UNKNOWN
        case "member_expression":
            levels = {"Disabled": 0, "Warning": 1, "Error": 2}
            return levels.get(_source_of(node, source).rpartition(".")[2], _UNKNOWN)
        case "parenthesized_expression" | "as_expression" | "satisfies_expression":
            inner = node.named_children
            return _literal(inner[0], source, names, depth + 1) if inner else _UNKNOWN
        case "call_expression":
            # `defineConfig({…})`
            arguments = node.child_by_field_name("arguments")
            inner = arguments.named_children if arguments is not None else []
            return _literal(inner[0], source, names, depth + 1) if len(inner) == 1 else _UNKNOWN
    return _UNKNOWN
