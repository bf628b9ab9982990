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

from collections.abc import Iterator
from itertools import pairwise

from pairwright_analyzers.graph import CodeGraph
from pairwright_analyzers.graph.loading import (
    files_of_node,
    load_node,
    loaded_by,
    way_over_loads,
)
from pairwright_analyzers.rules.model import ReviewContext, Rule
from pairwright_analyzers.sites import evidence
from pairwright_analyzers.types import Finding, Location, Severity

ID = "import-cycle-introduced"


def check(ctx: ReviewContext) -> Iterator[Finding]:
    """One finding a new import that leads back to the reviewed file."""
    spec = ctx.after.spec
    if spec.is_test_path(ctx.path):
        return
    was = loaded_by(ctx.base_graph, ctx.path) if ctx.base_graph is not None else {}
    fresh = {node: span for node, span in loaded_by(ctx.graph, ctx.path).items() if node not in was}
    told: set[tuple[str, ...]] = set()
    for node, span in fresh.items():
        ctx.check()
        way = way_over_loads(ctx.graph, node, load_node(ctx.path), ctx.check)
        if way is None or tuple(sorted(way)) in told:
            continue
        if ctx.base_graph is not None and _in_one_circle_before(ctx, ctx.base_graph, node):
            continue
        told.add(tuple(sorted(way)))
        steps = " → ".join(f"'{one}'" for one in [load_node(ctx.path), *way])
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
    return way_over_loads(base, load_node(ctx.path), node, ctx.check) is not None


def _links(graph: CodeGraph, way: list[str]) -> list[tuple[Location, str]]:
    """Where each import on the way back stands."""
    found: list[tuple[Location, str]] = []
    for current, following in pairwise(way):
        for path in files_of_node(graph, current):
            span = loaded_by(graph, path).get(following)
            if span is not None:
                found.append((Location(path, span), f"Imports '{following}'."))
                break
    return found


RULE = Rule(
    ID,
    "A new import closes a circle",
    Severity.WARNING,
    check,
    __doc__ or "",
    languages=frozenset({"python", "javascript", "typescript", "typescriptreact", "tsx", "go"}),
)
