"""How JavaScript and TypeScript lay out their imports: as the language's own organiser does."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.imports import ImportStyle
from pairwright_analyzers.languages.shapes import words
from pairwright_analyzers.types import Import

if TYPE_CHECKING:
    from tree_sitter import Node


def _specifier(node: Node, text: bytes) -> str:
    source = node.child_by_field_name("source")
    if source is None:
        return ""
    return text[source.start_byte + 1 : source.end_byte - 1].decode("utf-8", "replace")


def _order(node: Node, text: bytes, _is_own: Callable[[Node], bool]) -> tuple[int, tuple[str, ...]]:
    module = _specifier(node, text)
    relative = "1" if module.startswith(".") else "0"
    return 0, (relative, module.lower(), module)


def _name_order(name: str) -> tuple[object, ...]:
    bare = name.removeprefix("type ").split(" as ")[0].strip()
    return bare.lower(), bare


_SPECIFIER = re.compile(rb"""(?m)^import\b[^'"]*(['"])[^'"\n]*['"][ \t]*(;?)""")


def _write(item: Import, text: bytes) -> str:
    """With the quotes and the semicolon that the file's own imports have, else its other code."""
    own = _SPECIFIER.findall(text)
    single = sum(mark == b"'" for mark, _ in own) * 2 > len(own)
    quote = "'" if single or (not own and text.count(b"'") > text.count(b'"')) else '"'
    end = "" if own and sum(bool(mark) for _, mark in own) * 2 < len(own) else ";"
    source = f"{quote}{item.module}{quote}{end}"
    kind = "import type" if item.type_only else "import"
    if item.name == "default":
        return f"{kind} {item.alias} from {source}"
    if not item.name:
        return f"{kind} * as {item.alias} from {source}"
    renamed = f" as {item.alias}" if item.alias and item.alias != item.name else ""
    return f"{kind} {{ {item.name}{renamed} }} from {source}"


def _barrier(node: Node, _text: bytes) -> bool:
    return not any(one.type == "import_clause" for one in node.named_children)


def _header(root: Node, text: bytes) -> int:
    """Behind the comments and directives at the top."""
    at = 0
    for child in root.named_children:
        directive = (
            child.type == "expression_statement"
            and child.named_child_count == 1
            and child.named_children[0].type == "string"
        )
        if child.type in ("comment", "hash_bang_line") or directive:
            end = text.find(b"\n", child.end_byte)
            at = len(text) if end < 0 else end + 1
            continue
        break
    return at


_ENDINGS = (".d.ts", ".tsx", ".ts", ".jsx", ".js")


def _module_of(path: str, target: str, _dotted: str) -> str:
    """A relative specifier, without the ending of a source file and without `index`."""
    written = posixpath.relpath(target, posixpath.dirname(path) or ".")
    ending = next((one for one in _ENDINGS if written.endswith(one)), "")
    written = written.removesuffix(ending).removesuffix("/index")
    if written == "index":
        return "."
    return written if written.startswith(".") else f"./{written}"


def _removable(item: Import) -> bool:
    # The older way of compiling JSX names it.
    return item.alias != "React"


IMPORTS = ImportStyle(
    statements=words("import_statement"),
    order=_order,
    write=_write,
    lists=words("named_imports import_clause"),
    name_order=_name_order,
    removable=_removable,
    mentions=re.compile(rb"/\*\*.*?\*/", re.DOTALL),
    barrier=_barrier,
    header=_header,
    module_of=_module_of,
)
