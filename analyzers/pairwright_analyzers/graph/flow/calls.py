"""The call graph of a workspace by value flow: units from texts, modules from the resolver, edges
as symbols.

Where flow says nothing of a call, lexical resolution may still know: its links fill the gap, at
their own confidence.
"""

from __future__ import annotations

import gc
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

from pairwright_analyzers.graph.families.python import PythonModules
from pairwright_analyzers.graph.flow.ecmascript_calls import GROUP, script_calls
from pairwright_analyzers.graph.flow.ir import FlowImport, FlowUnit
from pairwright_analyzers.graph.flow.objects import (
    ExternalObject,
    FolderObject,
    FunctionObject,
    ModuleObject,
)
from pairwright_analyzers.graph.flow.python_models import PYTHON
from pairwright_analyzers.graph.flow.solve import Solver
from pairwright_analyzers.graph.graph import CodeGraph
from pairwright_analyzers.graph.model import External, SymbolId
from pairwright_analyzers.graph.queries import call_sites, nothing
from pairwright_analyzers.types import CALLABLE_KINDS, Confidence, Location, Span


@dataclass(frozen=True, slots=True)
class NamedCall:
    """One call by the dotted names of its ends; builtins are `<builtin>.name`."""

    caller: str
    callee: str
    location: Location
    confidence: Confidence


def calls(graph: CodeGraph, check: Callable[[], None] = nothing) -> Iterator[NamedCall]:
    """Every call of the workspace, in path and text order: by value flow where it knows the callee,
    else by resolution.
    """
    found: dict[tuple[str, int], list[NamedCall]] = defaultdict(list)
    for call in flow_calls(graph, check):
        found[call.location.path, call.location.span.start].append(call)
    with _collector_off():
        scripts = script_calls(graph, check)
    for one in scripts.calls:
        place = Location(one.path, Span(one.offset, one.offset))
        found[one.path, one.offset].append(NamedCall(one.caller, one.callee, place, one.confidence))
    for caller, callee, confidence, place in call_sites(graph, check, frozenset(found)):
        key = (place.path, place.span.start)
        held = found.get(key)
        if held:
            held.append(_named(graph, caller, callee, confidence, place))
        elif not _silent(graph, callee, place):
            named = _named(graph, caller, callee, confidence, place)
            found[key].append(replace(named, caller=scripts.callers.get(key, named.caller)))
    for key in sorted(found):
        yield from found[key]


def _named(
    graph: CodeGraph,
    caller: SymbolId,
    callee: SymbolId | External,
    confidence: Confidence,
    place: Location,
) -> NamedCall:
    name = callee.name if isinstance(callee, External) else graph.qualname(callee)
    return NamedCall(graph.qualname(caller), name, place, confidence)


def _silent(graph: CodeGraph, callee: SymbolId | External, place: Location) -> bool:
    """Whether calling something runs no code of the workspace that is known: a class without a
    constructor, a variable whose value flow did not find. What JavaScript calls outside is left to
    flow, which tells a global function from a constructor and a module from what it returns.
    """
    spec = graph.spec(place.path)
    group = spec.group if spec is not None else ""
    if isinstance(callee, External):
        return group == GROUP
    if callee.index < 0:
        return group == GROUP
    return group in ("python", GROUP) and graph.symbol(callee).kind not in CALLABLE_KINDS


def units_of(graph: CodeGraph, check: Callable[[], None]) -> dict[str, FlowUnit]:
    """The flow of every file whose language has an extractor."""
    from pairwright_analyzers.graph.flow import python
    from pairwright_analyzers.syntax import parse

    units: dict[str, FlowUnit] = {}
    for path in graph.workspace.paths():
        check()
        spec = graph.spec(path)
        if spec is None or spec.id != "python":
            continue
        text = graph.workspace.text(path)
        if text is not None:
            units[path] = python.flow_of(parse(spec, text).root, text)
    return units


@contextmanager
def _collector_off() -> Iterator[None]:
    """No cyclic garbage collection meanwhile: millions of small sets are made and all are kept, so
    that looking through them again and again would cost as much as the work itself.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def flow_calls(graph: CodeGraph, check: Callable[[], None] = nothing) -> list[NamedCall]:
    """Every call of the workspace's Python that value flow resolves."""
    with _collector_off():
        return list(_flow_calls(graph, check))


def _flow_calls(graph: CodeGraph, check: Callable[[], None]) -> Iterator[NamedCall]:
    units = units_of(graph, check)
    paths = graph.resolver.paths
    modules = graph.resolver.paths.tables.derived(PythonModules)

    def target(path: str, item: FlowImport) -> ModuleObject | FolderObject | ExternalObject | None:
        found = modules.module(path, item.module, item.level)
        if found:
            return ModuleObject(found[0])
        folder = modules.package_folder(path, item.module, item.level)
        if folder is not None:
            return FolderObject(folder)
        return ExternalObject(item.module) if item.module and not item.level else None

    def submodule(path: str, name: str) -> ModuleObject | FolderObject | None:
        folder = path
        if path.endswith((".py", ".pyi")):
            folder, _, base = path.rpartition("/")
            if not base.startswith("__init__."):
                return None
        stem = f"{folder}/{name}" if folder else name
        for candidate in (f"{stem}/__init__.py", f"{stem}.py", f"{stem}.pyi"):
            if paths.exists(candidate):
                return ModuleObject(candidate)
        return FolderObject(stem) if stem in paths.folders else None

    solver = Solver(units, target, submodule, PYTHON)
    solver.solve(check)
    solver.release()

    def name_of(unit: int, index: int) -> str:
        module = graph.module_name(solver.paths[unit])
        flow = solver.units[unit]
        if index == -1:
            return module
        if index < -1:
            inner = flow.classes[-2 - index].qualname
        else:
            inner = flow.functions[index].qualname
        return f"{module}.{inner}" if module else inner

    places: dict[tuple[int, int], str] = {}

    def known_name_of(unit: int, index: int) -> str:
        name = places.get((unit, index))
        if name is None:
            name = places[unit, index] = name_of(unit, index)
        return name

    for (caller, offset), callees in sorted(solver.targets.items()):
        inside = sum(1 for one in callees if isinstance(one, FunctionObject))
        sure = Confidence.EXACT if inside <= 1 else Confidence.INFERRED
        place = Location(solver.paths[caller.unit], Span(offset, offset))
        name = known_name_of(*caller)
        for callee in sorted(
            one if isinstance(one, str) else known_name_of(*one) for one in callees
        ):
            yield NamedCall(name, callee, place, sure)
