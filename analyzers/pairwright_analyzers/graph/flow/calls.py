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
from pairwright_analyzers.languages import language_of
from pairwright_analyzers.types import CALLABLE_KINDS, Confidence, Location, Span


@dataclass(frozen=True, slots=True)
class NamedCall:
    """One call by the dotted names of its ends; builtins are `<builtin>.name`.

    `cut`: the caller may call more than is listed, because what it works with was too much to
    follow.
    """

    caller: str
    callee: str
    location: Location
    confidence: Confidence
    cut: bool = False


@dataclass(frozen=True, slots=True)
class FlowCalls:
    """The calls that value flow resolves, in path and text order, and the callers that it cut."""

    calls: tuple[NamedCall, ...]
    cut: frozenset[str]


def calls(graph: CodeGraph, check: Callable[[], None] = nothing) -> Iterator[NamedCall]:
    """Every call of the workspace, in path and text order: by value flow where it knows the callee,
    else by resolution.
    """
    found: dict[tuple[str, int], list[NamedCall]] = defaultdict(list)
    flow = flow_calls(graph, check)
    for call in flow.calls:
        found[call.location.path, call.location.span.start].append(call)
    with _collector_off():
        scripts = script_calls(graph, check)
    for one in scripts.calls:
        place = Location(one.path, Span(one.offset, one.offset))
        named = NamedCall(one.caller, one.callee, place, one.confidence, bool(scripts.cut))
        found[one.path, one.offset].append(named)
    for caller, callee, confidence, place in call_sites(graph, check, frozenset(found)):
        key = (place.path, place.span.start)
        held = found.get(key)
        if held:
            held.append(_named(graph, caller, callee, confidence, place))
        elif not _silent(graph, callee, place):
            named = _named(graph, caller, callee, confidence, place)
            found[key].append(replace(named, caller=scripts.callers.get(key, named.caller)))
    for key in sorted(found):
        for call in found[key]:
            yield call if call.cut or call.caller not in flow.cut else replace(call, cut=True)


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


def flow_of_file(graph: CodeGraph, path: str) -> FlowUnit | None:
    """The flow of one file, None where its language has no extractor of this kind."""
    from pairwright_analyzers.graph.flow import python
    from pairwright_analyzers.syntax import parse

    spec = language_of(path) or graph.spec(path)
    text = graph.workspace.text(path) if spec is not None and spec.id == "python" else None
    if spec is None or text is None:
        return None
    return python.flow_of(parse(spec, text).root, text)


def units_of(graph: CodeGraph, check: Callable[[], None]) -> dict[str, FlowUnit]:
    """The flow of every file whose language has an extractor."""
    units: dict[str, FlowUnit] = {}
    for path in graph.workspace.paths():
        check()
        unit = flow_of_file(graph, path)
        if unit is not None:
            units[path] = unit
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


def flow_calls(graph: CodeGraph, check: Callable[[], None] = nothing) -> FlowCalls:
    """Every call of the workspace's Python that value flow resolves.

    Always the whole program: what one edit changes can reach anywhere.
    """
    with _collector_off():
        return _flow_calls(graph, check)


def _flow_calls(graph: CodeGraph, check: Callable[[], None]) -> FlowCalls:
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

    cut = {known_name_of(*caller) for caller, _ in solver.cut_calls}
    for unit, flow in enumerate(solver.units):
        if flow.cut or solver.cut:
            codes = range(-1 - len(flow.classes), len(flow.functions))
            cut.update(known_name_of(unit, code) for code in codes)
    found: list[NamedCall] = []
    for (caller, offset), callees in sorted(solver.targets.items()):
        inside = sum(1 for one in callees if isinstance(one, FunctionObject))
        sure = Confidence.EXACT if inside <= 1 else Confidence.INFERRED
        place = Location(solver.paths[caller.unit], Span(offset, offset))
        name = known_name_of(*caller)
        callees_named = sorted(
            one if isinstance(one, str) else known_name_of(*one) for one in callees
        )
        found.extend(NamedCall(name, one, place, sure, name in cut) for one in callees_named)
    return FlowCalls(tuple(found), frozenset(cut))
