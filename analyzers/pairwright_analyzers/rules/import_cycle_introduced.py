"""A new import closes a circle of files that import each other.

**Why.** Files of a circle are loaded half-made: which name is missing depends on who was imported
first. In Go the compiler refuses the circle.

```python
# orders.py
from invoices import Invoice     # new

# invoices.py
from orders import Order         # was there
```

The finding stands at the new import and names the way back, file by file. A circle is broken by
moving what both sides need into a file of its own, or by importing where it is used.

Judged in Python, JavaScript, TypeScript and Go, whose circles matter when they are loaded or built.

**Silent** for imports inside functions, on demand (`import("./a")`), below `if TYPE_CHECKING`, and
for types only (`import type`); when the new import's file was in one circle with this one before;
between the files of one Go package; and in test files.

**Suppress** with `pairwright: ignore[import-cycle-introduced]` in a comment on the import's line.
"""

from __future__ import annotations

import posixpath
import re
from collections import deque
from collections.abc import Iterator
from itertools import pairwise

from pairwright_analyzers.graph import CodeGraph
from pairwright_analyzers.graph.bindings import FileBindings
from pairwright_analyzers.graph.entities import ModuleEntity
from pairwright_analyzers.rules.model import ReviewContext, Rule
from pairwright_analyzers.sites import evidence
from pairwright_analyzers.types import Finding, Import, Location, ScopeKind, Severity, Span

ID = "import-cycle-introduced"

_MAX_FILES = 3_000
"""Files visited in search of a way back; beyond that a circle is too long to be told."""

_CALL = re.compile(rb"(?<!await )\bimport\s*\(")
"""An import that is waited for at the top of a module is part of loading it."""


def check(ctx: ReviewContext) -> Iterator[Finding]:
    """One finding a new import that leads back to the reviewed file."""
    spec = ctx.after.spec
    if spec.is_test_path(ctx.path):
        return
    was = _edges(ctx.base_graph, ctx.path) if ctx.base_graph is not None else {}
    fresh = {node: span for node, span in _edges(ctx.graph, ctx.path).items() if node not in was}
    told: set[tuple[str, ...]] = set()
    for node, span in fresh.items():
        ctx.check()
        way = _way(ctx, ctx.graph, node, _node(ctx.graph, ctx.path))
        if way is None or tuple(sorted(way)) in told:
            continue
        if ctx.base_graph is not None and _in_one_circle_before(ctx, ctx.base_graph, node):
            continue
        told.add(tuple(sorted(way)))
        steps = " → ".join(f"'{one}'" for one in [_node(ctx.graph, ctx.path), *way])
        yield Finding(
            ID,
            Severity.ERROR if spec.resolver == "go" else Severity.WARNING,
            Location(ctx.path, span),
            f"This import closes a circle: {steps}. Move what both need into a file of its own,"
            " or import it where it is used.",
            evidence(_links(ctx.graph, way)),
            symbol=node,
        )


def _in_one_circle_before(ctx: ReviewContext, base: CodeGraph, node: str) -> bool:
    """Whether the reviewed file reached `node` already, so that the circle is not new."""
    return _way(ctx, base, _node(base, ctx.path), node) is not None


def _way(ctx: ReviewContext, graph: CodeGraph, start: str, goal: str) -> list[str] | None:
    """The shortest chain of imports between two nodes, both included; None when there is none."""
    if start == goal:
        return None
    came: dict[str, str] = {start: ""}
    waiting = deque([start])
    while waiting and len(came) < _MAX_FILES:
        current = waiting.popleft()
        ctx.check()
        for path in _files(graph, current):
            for node in _edges(graph, path):
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


def _node(graph: CodeGraph, path: str) -> str:
    """What takes part in circles: a file, in Go its folder."""
    return posixpath.dirname(path) if path.endswith(".go") else path


def _files(graph: CodeGraph, node: str) -> list[str]:
    paths = graph.resolver.paths
    if paths.exists(node):
        return [node]
    return [
        path
        for path in paths.files_in.get(node, ())
        if path.endswith(".go") and not path.endswith("_test.go")
    ]


def _links(graph: CodeGraph, way: list[str]) -> list[tuple[Location, str]]:
    """Where each import on the way back stands."""
    found: list[tuple[Location, str]] = []
    for current, following in pairwise(way):
        for path in _files(graph, current):
            span = _edges(graph, path).get(following)
            if span is not None:
                found.append((Location(path, span), f"Imports '{following}'."))
                break
    return found


def _edges(graph: CodeGraph, path: str) -> dict[str, Span]:
    """What a file imports while it is loaded, with the place of the import."""
    bindings = graph.resolver.bindings(path)
    if bindings is None:
        return {}
    own = _node(graph, path)
    found: dict[str, Span] = {}
    for index, item in enumerate(bindings.imports):
        if item.type_only or not _when_loaded(graph, bindings, path, item):
            continue
        for target in _targets(graph, bindings, path, index, item):
            node = _node(graph, target)
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
    return not _for_types_only(graph, path, item.span.start)


def _on_demand(graph: CodeGraph, path: str, item: Import) -> bool:
    """Whether an ECMAScript import is a call that loads its module later: `import("./a")`."""
    text = graph.workspace.text(path) or b""
    return _CALL.search(text, item.span.start, item.span.end) is not None


def _for_types_only(graph: CodeGraph, path: str, offset: int) -> bool:
    """Whether a Python import stands below `if TYPE_CHECKING:`."""
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
            return b"TYPE_CHECKING" in stripped
    return False


RULE = Rule(
    ID,
    "A new import closes a circle",
    Severity.WARNING,
    check,
    __doc__ or "",
    languages=frozenset({"python", "javascript", "typescript", "typescriptreact", "tsx", "go"}),
)
