"""What a file needs while it is loaded, and the ways over which such needs lead back.

Owns which imports run at load time and the search along them. Who judges a circle decides what it
means.
"""

from __future__ import annotations

import posixpath
import re
from collections import deque
from collections.abc import Callable, Sequence

from pairwright_analyzers.graph.bindings import FileBindings
from pairwright_analyzers.graph.entities import ModuleEntity
from pairwright_analyzers.graph.graph import CodeGraph
from pairwright_analyzers.types import Import, ScopeKind, Span

_MAX_FILES = 3_000
"""Files visited in search of a way back; beyond that a circle is too long to be told."""

_CALL = re.compile(rb"(?<!await )\bimport\s*\(")
"""An import that is waited for at the top of a module is part of loading it."""


def load_node(path: str) -> str:
    """What takes part in circles: a file, in Go its folder."""
    return posixpath.dirname(path) if path.endswith(".go") else path


def files_of_node(graph: CodeGraph, node: str) -> Sequence[str]:
    """The files of what takes part in circles."""
    paths = graph.resolver.paths
    if paths.exists(node):
        return [node]
    return [
        path
        for path in paths.files_in.get(node, ())
        if path.endswith(".go") and not path.endswith("_test.go")
    ]


def way_over_loads(
    graph: CodeGraph, start: str, goal: str, check: Callable[[], None]
) -> list[str] | None:
    """The shortest chain of imports between two nodes, both included; None when there is none."""
    if start == goal:
        return None
    came: dict[str, str] = {start: ""}
    waiting = deque([start])
    while waiting and len(came) < _MAX_FILES:
        current = waiting.popleft()
        check()
        for path in files_of_node(graph, current):
            for node in loaded_by(graph, path):
                if node in came:
                    continue
                came[node] = current
                if node == goal:
                    way = [node]
                    while came[way[-1]]:
                        way.append(came[way[-1]])
                    return way[::-1]
                waiting.append(node)
    return None


def loaded_by(graph: CodeGraph, path: str) -> dict[str, Span]:
    """What a file imports while it is loaded, with the place of the import."""
    bindings = graph.resolver.bindings(path)
    if bindings is None:
        return {}
    own = load_node(path)
    found: dict[str, Span] = {}
    for index, item in enumerate(bindings.imports):
        if item.type_only or not _when_loaded(graph, bindings, path, item):
            continue
        for target in _targets(graph, bindings, path, index, item):
            node = load_node(target)
            if node != own:
                found.setdefault(node, item.name_span)
    return found


def _targets(
    graph: CodeGraph, bindings: FileBindings, path: str, index: int, item: Import
) -> tuple[str, ...]:
    if item.name and item.name != "*" and bindings.spec.resolver == "python":
        # `from package import module` needs the module, and of the package only its beginning.
        inner = [
            one
            for entity, _ in graph.resolver.imported(path, index)
            if isinstance(entity, ModuleEntity)
            for one in entity.paths
        ]
        if inner:
            return tuple(inner)
    return graph.resolver.targets(path, item)


def _when_loaded(graph: CodeGraph, bindings: FileBindings, path: str, item: Import) -> bool:
    scope = bindings.scopes[bindings.scope_at(item.span.start)]
    if scope.kind is ScopeKind.FUNCTION:
        return False
    if bindings.spec.resolver != "python":
        return bindings.scope_at(item.span.start) == 0 and not _on_demand(graph, path, item)
    return not _is_left_out(graph, path, item.span.start)


def _on_demand(graph: CodeGraph, path: str, item: Import) -> bool:
    """Whether an ECMAScript import is a call that loads its module later: `import("./a")`."""
    text = graph.workspace.text(path) or b""
    return _CALL.search(text, item.span.start, item.span.end) is not None


def _is_left_out(graph: CodeGraph, path: str, offset: int) -> bool:
    """Whether a Python import stands below `if TYPE_CHECKING:`, or below the condition that holds
    only for the file that is run.
    """
    text = graph.workspace.text(path)
    if text is None:
        return False
    line = text.rfind(b"\n", 0, offset) + 1
    indent = offset - line
    if not indent:
        return False
    for row in reversed(text[:line].splitlines()):
        stripped = row.lstrip()
        if stripped and len(row) - len(stripped) < indent:
            if b"TYPE_CHECKING" in stripped or b"__main__" in stripped:
                return True
            indent = len(row) - len(stripped)
    return False
