"""The calls of a workspace's JavaScript and TypeScript by value flow, and whose code a place is.

Owns how flow meets the workspace: units from texts, modules from the resolver, names of functions
as users see them.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass

from pairwright_analyzers.graph.families.ecmascript import ScriptModules
from pairwright_analyzers.graph.flow.ecmascript_ir import MODULE_CODE, ScriptUnit
from pairwright_analyzers.graph.flow.ecmascript_objects import Code
from pairwright_analyzers.graph.flow.ecmascript_solve import ScriptSolver
from pairwright_analyzers.graph.graph import CodeGraph
from pairwright_analyzers.types import Confidence

GROUP = "ecmascript"
"""`LanguageSpec.group` of the languages this flow covers."""


@dataclass(frozen=True, slots=True)
class ScriptCall:
    """One call by the dotted names of its ends."""

    path: str
    offset: int
    caller: str
    callee: str
    confidence: Confidence


@dataclass(frozen=True, slots=True)
class ScriptCalls:
    """All calls in path and text order; `callers` names whose code each written call is part of,
    by (path, offset).
    """

    calls: tuple[ScriptCall, ...]
    callers: dict[tuple[str, int], str]
    cut: str


def units_of(graph: CodeGraph, check: Callable[[], None]) -> dict[str, ScriptUnit]:
    """The flow of every file of the family."""
    from pairwright_analyzers.graph.flow import ecmascript
    from pairwright_analyzers.syntax import parse

    units: dict[str, ScriptUnit] = {}
    for path in graph.workspace.paths():
        check()
        spec = graph.spec(path)
        if spec is None or spec.group != GROUP:
            continue
        text = graph.workspace.text(path)
        if text is not None:
            units[path] = ecmascript.flow_of(parse(spec, text).root, text)
    return units


def script_calls(graph: CodeGraph, check: Callable[[], None]) -> ScriptCalls:
    """Every call of the workspace's JavaScript and TypeScript that value flow resolves."""
    units = units_of(graph, check)
    if not units:
        return ScriptCalls((), {}, "")
    modules = graph.resolver.table(ScriptModules)

    def target(path: str, module: str) -> str | None:
        found = modules.module(path, module)
        return found[0] if found else None

    solver = ScriptSolver(units, target)
    solver.solve(check)
    names = {path: graph.module_name(path) for path in solver.paths}

    def name_of(code: Code) -> str:
        module = names[solver.paths[code.unit]]
        if code.function == MODULE_CODE:
            return module
        inner = solver.units[code.unit].functions[code.function].qualname
        return f"{module}.{inner}" if module else inner

    inside: dict[tuple[Code, int], int] = defaultdict(int)
    for edge in solver.edges:
        if isinstance(edge.callee, Code):
            inside[edge.caller, edge.offset] += 1
    found = [
        ScriptCall(
            solver.paths[edge.caller.unit],
            edge.offset,
            name_of(edge.caller),
            edge.callee if isinstance(edge.callee, str) else name_of(edge.callee),
            Confidence.EXACT
            if sure and inside[edge.caller, edge.offset] <= 1
            else Confidence.INFERRED,
        )
        for edge, sure in solver.edges.items()
    ]
    found.sort(key=lambda call: (call.path, call.offset, call.caller, call.callee))
    callers = {
        (path, offset): name_of(Code(index, code))
        for index, path in enumerate(solver.paths)
        for offset, code in solver.units[index].sites.items()
    }
    return ScriptCalls(tuple(found), callers, solver.cut)
