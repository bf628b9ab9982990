"""The solver: constraints of all files -> the functions each call can reach.

A worklist over points-to sets with difference propagation. Objects (functions, classes, instances,
containers, modules, names outside) are interned as small integers. Work is bounded: past
`MAX_STEPS` the answer is what was found so far, and says so.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from pairwright_analyzers.graph.flow.ir import (
    CallArgument,
    Constraint,
    FlowClass,
    FlowFunction,
    FlowImport,
    FlowUnit,
    Kind,
)

MAX_STEPS = 20_000_000
"""Set insertions after which solving stops."""

_MAX_DOTS = 8
"""Length of a dotted name outside the workspace, in parts, after which it is no longer followed."""

_MAX_ARGUMENTS = 40
"""Arguments of a call after which partial objects that hold partial objects are no longer followed.
"""


class FunctionObject(NamedTuple):
    unit: int
    number: int


class ClassObject(NamedTuple):
    unit: int
    number: int


class InstanceObject(NamedTuple):
    of: int
    """The class's object number."""


class BoundObject(NamedTuple):
    function: int
    this: int


class ModuleObject(NamedTuple):
    path: str


class FolderObject(NamedTuple):
    folder: str


class ContainerObject(NamedTuple):
    unit: int
    site: int
    type: str


class GeneratorObject(NamedTuple):
    function: int


class ExternalObject(NamedTuple):
    name: str


class StringObject(NamedTuple):
    text: str


class SuperObject(NamedTuple):
    after: int
    seen_from: int


class MethodObject(NamedTuple):
    """A method of a builtin container."""

    container: int
    name: str


class PartialObject(NamedTuple):
    """A function with arguments given already: `functools.partial`, `Function.bind`."""

    unit: int
    site: int


Value = (
    FunctionObject
    | ClassObject
    | InstanceObject
    | BoundObject
    | ModuleObject
    | FolderObject
    | ContainerObject
    | GeneratorObject
    | ExternalObject
    | StringObject
    | SuperObject
    | MethodObject
    | PartialObject
)


class Caller(NamedTuple):
    """Whose code a call stands in: `code` as in `ir` (-1 the file, ≤ -2 a class body)."""

    unit: int
    code: int


class Edge(NamedTuple):
    """One resolved call: `callee` is a function, or a dotted name outside the workspace."""

    caller: Caller
    offset: int
    callee: FunctionObject | str


ImportTargets = Callable[[str, FlowImport], "ModuleObject | FolderObject | ExternalObject | None"]
"""(path, import) -> the imported module, its folder, or its name outside."""

Submodule = Callable[[str, str], "ModuleObject | FolderObject | None"]
"""(path of a package's file, or a folder; name) -> the module of that name inside it."""


@dataclass(slots=True)
class _Site:
    """One call, as the solver sees it."""

    result: int
    arguments: tuple[CallArgument, ...]
    offset: int
    caller: Caller
    base: int


class Solver:
    """One run over a set of units. `solve()` once, then read `edges`."""

    def __init__(
        self,
        units: Mapping[str, FlowUnit],
        targets: ImportTargets,
        submodule: Submodule,
        max_steps: int = MAX_STEPS,
    ) -> None:
        self.paths = sorted(units)
        self.units = [units[path] for path in self.paths]
        self._number = {path: index for index, path in enumerate(self.paths)}
        self._targets = targets
        self._submodule = submodule
        self._max_steps = max_steps
        self.edges: set[Edge] = set()
        self.cut = ""
        self._objects: list[Value] = []
        self._object_numbers: dict[tuple[type, Value], int] = {}
        self._base: list[int] = []
        total = 0
        for unit in self.units:
            self._base.append(total)
            total += unit.variables
        self._points: list[set[int]] = [set() for _ in range(total)]
        self._copies: list[list[int]] = [[] for _ in range(total)]
        self._watchers: list[list[Callable[[int], None]]] = [[] for _ in range(total)]
        self._pending: dict[int, set[int]] = {}
        self._queue: deque[int] = deque()
        self._tasks: deque[tuple[Callable[[int], None], tuple[int, ...]]] = deque()
        self._copied: set[tuple[int, int]] = set()
        self._done: set[tuple[str, int, int, int]] = set()
        self._attributes: dict[tuple[int, str], int] = {}
        self._items: dict[int, dict[str | None, int]] = defaultdict(dict)
        self._any_item: dict[int, int] = {}
        self._bases: dict[int, list[int]] = defaultdict(list)
        self._linear: dict[int, list[int]] = {}
        self._lookups: dict[int, set[tuple[str, int, int]]] = defaultdict(set)
        self._waiting_lookups: list[tuple[int, str, int, int]] = []
        self._changed_classes: set[int] = set()
        self._merged: dict[int, list[int]] = defaultdict(list)
        self._applied: set[tuple[int, int, int]] = set()
        self._partials: dict[int, tuple[int, tuple[CallArgument, ...], int]] = {}
        self._star_guard: set[tuple[int, str, int]] = set()

    # -- plumbing --------------------------------------------------------------------------------
    # -----------------

    def new(self) -> int:
        self._points.append(set())
        self._copies.append([])
        self._watchers.append([])
        return len(self._points) - 1

    def number(self, value: Value) -> int:
        # Named tuples of different types can be equal, so the type is part of the key.
        key = (type(value), value)
        known = self._object_numbers.get(key)
        if known is None:
            known = self._object_numbers[key] = len(self._objects)
            self._objects.append(value)
        return known

    def add(self, variable: int, values: Iterable[int]) -> None:
        fresh = set(values) - self._points[variable]
        if not fresh:
            return
        self._points[variable] |= fresh
        waiting = self._pending.get(variable)
        if waiting is None:
            self._pending[variable] = fresh
            self._queue.append(variable)
        else:
            waiting |= fresh

    def add_one(self, variable: int, value: Value) -> None:
        self.add(variable, (self.number(value),))

    def copy(self, to: int, source: int) -> None:
        if to == source or (to, source) in self._copied:
            return
        self._copied.add((to, source))
        self._copies[source].append(to)
        if self._points[source]:
            self.add(to, self._points[source])

    def watch(self, variable: int, react: Callable[[int], None]) -> None:
        self._watchers[variable].append(react)
        if self._points[variable]:
            # Never at once: one reaction leads to the next, and a chain of them would be as deep
            # as the program.
            self._tasks.append((react, tuple(self._points[variable])))

    def solve(self, check: Callable[[], None] = lambda: None) -> None:
        """Propagate to the fixed point, or to the bound."""
        for index in range(len(self.units)):
            self._load_unit(index)
        steps = 0
        turns = 0
        while self._tasks or self._queue or self._waiting_lookups or self._changed_classes:
            turns += 1
            if turns % 4096 == 0:
                check()
            if steps > self._max_steps:
                self.cut = f"stopped after {self._max_steps} steps"
                return
            if self._tasks:
                react, values = self._tasks.popleft()
                steps += len(values)
                for value in values:
                    react(value)
                continue
            if not self._queue:
                self._answer_lookups()
                continue
            variable = self._queue.popleft()
            fresh = self._pending.pop(variable)
            steps += len(fresh) * (1 + len(self._copies[variable]))
            for to in self._copies[variable]:
                self.add(to, fresh)
            for react in tuple(self._watchers[variable]):
                for value in fresh:
                    react(value)

    def _first_time(self, what: str, value: int, site: _Site) -> bool:
        """Whether this was not done before for the same value and result: what ends cycles."""
        key = (what, value, site.result, site.offset)
        if key in self._done:
            return False
        self._done.add(key)
        return True

    # -- loading ---------------------------------------------------------------------------------
    # -----------------

    def _load_unit(self, unit: int) -> None:
        base = self._base[unit]
        for index, function in enumerate(self.units[unit].functions):
            self._load_function(unit, index, function)
        for index, flow_class in enumerate(self.units[unit].classes):
            class_object = self.number(ClassObject(unit, index))
            for variable in flow_class.bases:
                self.watch(base + variable, self._base_reaction(class_object))
        for constraint in self.units[unit].constraints:
            self._load_constraint(unit, base, constraint)

    def _load_function(self, unit: int, index: int, function: FlowFunction) -> None:
        base = self._base[unit]
        for parameter in function.parameters:
            if parameter.variadic:
                kind = "tuple" if parameter.variadic == "*" else "dict"
                site = -2 - index * 2 - (parameter.variadic == "**")
                self.add_one(base + parameter.variable, ContainerObject(unit, site, kind))
        if function.receiver and function.this >= 0 and function.owner >= 0:
            owner = self.number(ClassObject(unit, function.owner))
            seen = InstanceObject(owner) if function.receiver == "instance" else None
            self.add(base + function.this, (owner if seen is None else self.number(seen),))

    def _base_reaction(self, class_object: int) -> Callable[[int], None]:
        def react(value: int) -> None:
            held = self._objects[value]
            if value == class_object or not isinstance(held, ClassObject | ExternalObject):
                return
            if value not in self._bases[class_object]:
                self._bases[class_object].append(value)
                self._changed_classes.add(class_object)

        return react

    def _answer_lookups(self) -> None:
        """Look members up along the orders of resolution, now that no base is on its way any more.

        Waiting for that moment keeps a member of a distant base from being taken for the one meant.
        """
        waiting = self._waiting_lookups
        self._waiting_lookups = []
        if self._changed_classes:
            before = dict(self._linear)
            self._linear.clear()
            self._changed_classes.clear()
            for class_object, line in before.items():
                if self._line(class_object) != line:
                    waiting.extend((class_object, *one) for one in self._lookups[class_object])
        for class_object, name, to, this in waiting:
            self._from_line(self._line(class_object), name, to, this)

    def _load_constraint(self, unit: int, base: int, constraint: Constraint) -> None:
        operands = constraint.operands
        match constraint.kind:
            case Kind.COPY:
                to, source = operands
                assert isinstance(to, int) and isinstance(source, int)
                self.copy(base + to, base + source)
            case Kind.FUNCTION:
                to, index = operands
                assert isinstance(to, int) and isinstance(index, int)
                self.add_one(base + to, FunctionObject(unit, index))
            case Kind.CLASS:
                to, index = operands
                assert isinstance(to, int) and isinstance(index, int)
                self.add_one(base + to, ClassObject(unit, index))
            case Kind.CONTAINER:
                to, site, kind = operands
                assert isinstance(to, int) and isinstance(site, int) and isinstance(kind, str)
                self.add_one(base + to, ContainerObject(unit, site, kind))
            case Kind.STRING:
                to, text = operands
                assert isinstance(to, int) and isinstance(text, str)
                self.add_one(base + to, StringObject(text))
            case Kind.EXTERNAL:
                to, name = operands
                assert isinstance(to, int) and isinstance(name, str)
                self.add_one(base + to, ExternalObject(name))
            case Kind.IMPORT:
                to, index = operands
                assert isinstance(to, int) and isinstance(index, int)
                self._load_import(unit, base + to, self.units[unit].imports[index])
            case _:
                self._load_reaction(unit, base, constraint)

    def _load_reaction(self, unit: int, base: int, constraint: Constraint) -> None:
        """Constraints that wait for the values of a variable."""
        match constraint.kind, constraint.operands:
            case Kind.LOAD, (int(to), int(holder), str(name), *_):
                self.watch(base + holder, self._load_attribute(base + to, name))
            case Kind.STORE, (int(holder), str(name), int(source)):
                self.watch(base + holder, self._store_attribute(name, base + source))
            case Kind.LOAD_ITEM, (int(to), int(holder), key, int(offset), int(caller)):
                assert key is None or isinstance(key, str)
                site = _Site(base + to, (), offset, Caller(unit, caller), base)
                self.watch(base + holder, self._load_item(key, site))
            case Kind.STORE_ITEM, (int(holder), key, int(source)):
                assert key is None or isinstance(key, str)
                self.watch(base + holder, self._store_item(key, base + source))
            case Kind.CALL, (int(to), int(callee), tuple(arguments), int(offset), int(caller)):
                site = _Site(base + to, arguments, offset, Caller(unit, caller), base)
                self.watch(base + callee, self._on_call(site))
            case Kind.INSTANCE, (int(to), int(holder)):
                self.watch(base + holder, self._instance(base + to))
            case Kind.ITERATE, (int(to), int(holder), int(offset), int(caller)):
                site = _Site(base + to, (), offset, Caller(unit, caller), base)
                self.watch(base + holder, self._on_iterate(site))
            case Kind.ENTER, (int(to), int(holder), int(offset), int(caller)):
                site = _Site(base + to, (), offset, Caller(unit, caller), base)
                self.watch(base + holder, self._on_enter(site))
            case Kind.SUPER, (int(to), int(owner), int(this)):
                self._load_super(unit, base + to, owner, base + this if this >= 0 else -1)
            case Kind.UNPACK, (int(source), tuple(targets), int(star)):
                self._load_unpack(unit, base, source, targets, star)
            case Kind.AWAIT, (int(to), int(source)):
                self.copy(base + to, base + source)
            case Kind.MERGE, (int(to), int(source)):
                self._load_merge(base + to, base + source)

    def _on_call(self, site: _Site) -> Callable[[int], None]:
        return lambda value: self._call(value, site)

    def _on_iterate(self, site: _Site) -> Callable[[int], None]:
        return lambda value: self._iterate(value, site)

    def _on_enter(self, site: _Site) -> Callable[[int], None]:
        return lambda value: self._enter(value, site)

    def _load_import(self, unit: int, to: int, item: FlowImport) -> None:
        target = self._targets(self.paths[unit], FlowImport(item.module, "", item.level))
        if target is None:
            return
        if not item.name:
            self.add_one(to, target)
            return
        holder = self.new()
        self.add_one(holder, target)
        self.watch(holder, self._load_attribute(to, item.name))

    def _load_super(self, unit: int, to: int, owner: int, this: int) -> None:
        class_object = self.number(ClassObject(unit, owner))
        self.add_one(to, SuperObject(class_object, class_object))
        if this < 0:
            return

        def react(value: int) -> None:
            held = self._objects[value]
            seen = held.of if isinstance(held, InstanceObject) else value
            if isinstance(self._objects[seen], ClassObject) and class_object in self._line(seen):
                self.add_one(to, SuperObject(class_object, seen))

        self.watch(this, react)

    def _load_unpack(
        self, unit: int, base: int, source: int, targets: tuple[int, ...], star: int
    ) -> None:
        rest = self.number(ContainerObject(unit, -1_000_000_000 - base - source, "list"))
        if star >= 0:
            self.add(base + targets[star], (rest,))

        def react(value: int) -> None:
            held = self._objects[value]
            if isinstance(held, ContainerObject) and star < 0:
                for position, target in enumerate(targets):
                    self.copy(base + target, self.item(value, f"#{position}"))
                    self.copy(base + target, self.item(value, None))
                return
            every = self.new()
            self._iterate(value, _Site(every, (), -1, Caller(unit, -1), base))
            for position, target in enumerate(targets):
                if position == star:
                    self.copy(self.item(rest, None), every)
                elif isinstance(held, ContainerObject) and 0 <= position < star:
                    self.copy(base + target, self.item(value, f"#{position}"))
                    self.copy(base + target, self.item(value, None))
                else:
                    self.copy(base + target, every)

        self.watch(base + source, react)

    def _load_merge(self, to: int, source: int) -> None:
        def from_source(value: int) -> None:
            def into(holder: int) -> None:
                if isinstance(self._objects[holder], ContainerObject):
                    self._merge(holder, value)

            self.watch(to, into)

        self.watch(source, from_source)

    def _merge(self, to: int, source: int) -> None:
        if isinstance(self._objects[source], ContainerObject):
            if to in self._merged[source]:
                return
            self._merged[source].append(to)
            for key, variable in tuple(self._items[source].items()):
                self.copy(self.item(to, _loose(key)), variable)
        else:
            self._iterate(source, _Site(self.item(to, None), (), -1, Caller(0, -1), 0))

    # -- containers ------------------------------------------------------------------------------
    # -----------------

    def item(self, container: int, key: str | None) -> int:
        """The variable of one key of a container."""
        held = self._items[container]
        variable = held.get(key)
        if variable is None:
            variable = held[key] = self.new()
            every = self._any_item.get(container)
            if every is not None:
                self.copy(every, variable)
            for to in self._merged[container]:
                self.copy(self.item(to, _loose(key)), variable)
        return variable

    def every_item(self, container: int) -> int:
        """A variable with the values of all keys, those to come included."""
        variable = self._any_item.get(container)
        if variable is None:
            variable = self._any_item[container] = self.new()
            for one in tuple(self._items[container].values()):
                self.copy(variable, one)
        return variable

    def _load_item(self, key: str | None, site: _Site) -> Callable[[int], None]:
        def react(value: int) -> None:
            held = self._objects[value]
            if isinstance(held, ContainerObject):
                if key is None:
                    self.copy(site.result, self.every_item(value))
                else:
                    self.copy(site.result, self.item(value, key))
                    self.copy(site.result, self.item(value, None))
            elif isinstance(held, InstanceObject):
                self._call_method(value, "__getitem__", site)
            elif isinstance(held, ClassObject):
                self.add(site.result, (value,))

        return react

    def _store_item(self, key: str | None, source: int) -> Callable[[int], None]:
        def react(value: int) -> None:
            if isinstance(self._objects[value], ContainerObject):
                self.copy(self.item(value, key), source)

        return react

    # -- attributes ------------------------------------------------------------------------------
    # -----------------

    def attribute(self, holder: int, name: str) -> int:
        """The variable of what is stored as an attribute of an object."""
        key = (holder, name)
        variable = self._attributes.get(key)
        if variable is None:
            variable = self._attributes[key] = self.new()
        return variable

    def _store_attribute(self, name: str, source: int) -> Callable[[int], None]:
        def react(value: int) -> None:
            held = self._objects[value]
            if isinstance(held, ModuleObject):
                unit = self._number.get(held.path)
                if unit is not None and name in self.units[unit].exports:
                    self.copy(self._base[unit] + self.units[unit].exports[name], source)
                    return
            if not isinstance(held, ExternalObject | StringObject):
                self.copy(self.attribute(value, name), source)

        return react

    def _load_attribute(self, to: int, name: str) -> Callable[[int], None]:
        def react(value: int) -> None:
            held = self._objects[value]
            match held:
                case ExternalObject(dotted):
                    if dotted.count(".") < _MAX_DOTS:
                        self.add_one(to, ExternalObject(f"{dotted}.{name}"))
                case ModuleObject(path):
                    self._load_export(value, path, name, to)
                case FolderObject(folder):
                    inside = self._submodule(folder, name)
                    if inside is not None:
                        self.add_one(to, inside)
                case InstanceObject(of):
                    self.copy(to, self.attribute(value, name))
                    self._lookup(of, name, to, value)
                case ClassObject():
                    self.copy(to, self.attribute(value, name))
                    self._lookup(value, name, to, value)
                case SuperObject():
                    self._load_super_attribute(held, name, to)
                case ContainerObject():
                    self.copy(to, self.attribute(value, name))
                    self.add_one(to, MethodObject(value, name))
                case StringObject():
                    return
                case _:
                    self.copy(to, self.attribute(value, name))

        return react

    def _load_export(self, module: int, path: str, name: str, to: int) -> None:
        unit = self._number.get(path)
        if unit is None:
            return
        flow = self.units[unit]
        base = self._base[unit]
        self.copy(to, self.attribute(module, name))
        if flow.default_object >= 0:
            self.watch(base + flow.default_object, self._load_attribute(to, name))
        variable = flow.exports.get(name)
        if variable is not None:
            self.copy(to, base + variable)
            return
        inside = self._submodule(path, name)
        if inside is not None:
            self.add_one(to, inside)
            return
        if (unit, name, to) in self._star_guard:
            return
        self._star_guard.add((unit, name, to))
        for star in flow.stars:
            holder = self.new()
            self._load_import(unit, holder, flow.imports[star])
            self.watch(holder, self._load_attribute(to, name))

    def _lookup(self, class_object: int, name: str, to: int, this: int) -> None:
        wanted = (name, to, this)
        if wanted not in self._lookups[class_object]:
            self._lookups[class_object].add(wanted)
            self._waiting_lookups.append((class_object, *wanted))

    def _from_line(self, line: Iterable[int], name: str, to: int, this: int) -> None:
        """The first definition of a name along a method resolution order, bound to what it is read
        through.
        """
        for one in line:
            held = self._objects[one]
            if isinstance(held, ExternalObject):
                if not name.startswith("__"):
                    self.add_one(to, ExternalObject(f"{held.name}.{name}"))
                return
            assert isinstance(held, ClassObject)
            flow_class = self._class(held)
            if one != this and (one, name) in self._attributes:
                self._bind(self._attributes[one, name], to, this)
            if name in flow_class.attributes:
                self._bind(self._base[held.unit] + flow_class.attributes[name], to, this)
                return

    def _bind(self, source: int, to: int, this: int) -> None:
        through = self._objects[this]
        by_instance = isinstance(through, InstanceObject)

        def react(value: int) -> None:
            held = self._objects[value]
            if not isinstance(held, FunctionObject):
                self.add(to, (value,))
                return
            function = self._function(held)
            if function.accessor and by_instance:
                self._run(value, this, _Site(to, (), -1, Caller(-1, -1), 0))
            elif function.receiver == "class" and isinstance(through, InstanceObject):
                self.add_one(to, BoundObject(value, through.of))
            elif function.receiver == "class" or (by_instance and self._binds(function)):
                self.add_one(to, BoundObject(value, this))
            else:
                self.add(to, (value,))

        if (source, to, this) not in self._applied:
            self._applied.add((source, to, this))
            self.watch(source, react)

    @staticmethod
    def _binds(function: FlowFunction) -> bool:
        """Whether a function found on a class takes the instance: methods do, and plain functions
        stored there.
        """
        return function.receiver == "instance" or function.owner < 0

    def _load_super_attribute(self, held: SuperObject, name: str, to: int) -> None:
        line = self._line(held.seen_from)
        if held.after not in line:
            return
        rest = line[line.index(held.after) + 1 :]
        this = self.number(InstanceObject(held.seen_from))
        self._from_line(rest, name, to, this)

    def _line(self, class_object: int) -> list[int]:
        """The method resolution order of a class as far as it is known: C3, else depth first."""
        known = self._linear.get(class_object)
        if known is None:
            self._linear[class_object] = [class_object]
            parts = [self._line(base) for base in self._bases[class_object]]
            known = _merge_lines(class_object, parts, self._bases[class_object])
            self._linear[class_object] = known
        return known

    def _class(self, held: ClassObject) -> FlowClass:
        return self.units[held.unit].classes[held.number]

    def _function(self, held: FunctionObject) -> FlowFunction:
        return self.units[held.unit].functions[held.number]

    def _instance(self, to: int) -> Callable[[int], None]:
        def react(value: int) -> None:
            held = self._objects[value]
            if isinstance(held, ClassObject):
                self.add_one(to, InstanceObject(value))
            elif isinstance(held, ExternalObject) and not held.name.startswith("<builtin>"):
                self.add(to, (value,))

        return react

    # -- calls -----------------------------------------------------------------------------------
    # -----------------

    def _edge(self, site: _Site, callee: FunctionObject | str) -> None:
        if site.caller.unit >= 0 and site.offset >= 0:
            self.edges.add(Edge(site.caller, site.offset, callee))

    def _call(self, value: int, site: _Site) -> None:
        if not self._first_time("call", value, site):
            return
        held = self._objects[value]
        raised = bool(site.arguments) and site.arguments[0].name == "raise"
        if raised and not isinstance(held, ClassObject):
            return
        match held:
            case FunctionObject():
                self._edge(site, held)
                self._run(value, -1, site)
            case BoundObject(function, this):
                inner = self._objects[function]
                if isinstance(inner, FunctionObject):
                    self._edge(site, inner)
                    self._run(function, this, site)
            case ClassObject():
                self._construct(value, site)
            case InstanceObject():
                self._call_method(value, "__call__", site)
            case ExternalObject(name):
                self._call_external(name, site)
            case MethodObject():
                self._call_container_method(held, site)
            case PartialObject():
                self._call_partial(value, site)
            case _:
                return

    def _construct(self, class_object: int, site: _Site) -> None:
        instance = self.number(InstanceObject(class_object))
        plain = _Site(
            self.new(),
            tuple(one for one in site.arguments if one.name != "raise"),
            site.offset,
            site.caller,
            site.base,
        )
        self.add(site.result, (instance,))
        self._call_method(instance, "__new__", plain, unbound=class_object)
        self._call_method(instance, "__init__", plain)

    def _call_method(self, instance: int, name: str, site: _Site, unbound: int = -1) -> None:
        """Call a special method of an instance where its class in the workspace has one."""
        held = self._objects[instance]
        if not isinstance(held, InstanceObject):
            return
        found = self.new()
        self._lookup(held.of, name, found, instance)

        def react(value: int) -> None:
            method = self._objects[value]
            if isinstance(method, BoundObject):
                inner = self._objects[method.function]
                if isinstance(inner, FunctionObject):
                    self._edge(site, inner)
                    self._run(method.function, method.this, site)
            elif isinstance(method, FunctionObject):
                self._edge(site, method)
                self._run(value, unbound, site)
            elif not isinstance(method, ExternalObject):
                self._call(value, site)

        self.watch(found, react)

    def _run(self, function_object: int, this: int, site: _Site) -> None:
        """Pass arguments to parameters, and what is returned to the call's result."""
        held = self._objects[function_object]
        assert isinstance(held, FunctionObject)
        function = self._function(held)
        base = self._base[held.unit]
        if function.yields >= 0:
            self.add_one(site.result, GeneratorObject(function_object))
        elif function.returns >= 0:
            self.copy(site.result, base + function.returns)
        parameters = function.parameters
        position = 0
        if this >= 0 and parameters and not parameters[0].variadic:
            self.add(base + parameters[0].variable, (this,))
            position = 1
        elif this >= 0 and function.this >= 0:
            self.add(base + function.this, (this,))
        self._pass(held, function, position, site)

    def _pass(
        self, held: FunctionObject, function: FlowFunction, position: int, site: _Site
    ) -> None:
        base = self._base[held.unit]
        by_position = [
            one for one in function.parameters if not one.variadic and not one.keyword_only
        ]
        rest = next((one for one in function.parameters if one.variadic == "*"), None)
        named = next((one for one in function.parameters if one.variadic == "**"), None)
        offset = 0
        for argument in site.arguments:
            source = site.base + argument.value
            if argument.value < 0:
                position += not argument.name
                continue
            if argument.name in ("", "@"):
                if position < len(by_position):
                    self.copy(base + by_position[position].variable, source)
                elif rest is not None:
                    self._store_rest(base + rest.variable, f"#{offset}", source)
                    offset += 1
                position += 1
            elif argument.name == "*":
                targets = [base + one.variable for one in by_position[position:]]
                self._spread(source, targets, base + rest.variable if rest is not None else -1)
            elif argument.name == "**":
                self._spread_named(source, held, function)
            else:
                for one in function.parameters:
                    if one.name == argument.name and not one.variadic:
                        self.copy(base + one.variable, source)
                        break
                else:
                    if named is not None:
                        self._store_rest(base + named.variable, argument.name, source)

    def _store_rest(self, variable: int, key: str, source: int) -> None:
        for value in tuple(self._points[variable]):
            if isinstance(self._objects[value], ContainerObject):
                self.copy(self.item(value, key), source)

    def _spread(self, source: int, targets: list[int], rest: int) -> None:
        def react(value: int) -> None:
            held = self._objects[value]
            for position, target in enumerate(targets):
                if isinstance(held, ContainerObject):
                    self.copy(target, self.item(value, f"#{position}"))
                    self.copy(target, self.item(value, None))
                else:
                    self._iterate(value, _Site(target, (), -1, Caller(-1, -1), 0))
            if rest >= 0:
                for holder in tuple(self._points[rest]):
                    if isinstance(held, ContainerObject) and not targets:
                        self._merge_exactly(holder, value)
                    else:
                        self._merge(holder, value)

        self.watch(source, react)

    def _merge_exactly(self, to: int, source: int) -> None:
        """`f(*args)` into `*args`: positions stay what they are."""
        for key, variable in tuple(self._items[source].items()):
            self.copy(self.item(to, key), variable)
        self._merge(to, source)

    def _spread_named(self, source: int, held: FunctionObject, function: FlowFunction) -> None:
        base = self._base[held.unit]

        def react(value: int) -> None:
            if not isinstance(self._objects[value], ContainerObject):
                return
            for one in function.parameters:
                if one.variadic == "**":
                    for holder in tuple(self._points[base + one.variable]):
                        self._merge(holder, value)
                elif not one.variadic:
                    self.copy(base + one.variable, self.item(value, one.name))
                    self.copy(base + one.variable, self.item(value, None))

        self.watch(source, react)

    def _call_partial(self, value: int, site: _Site) -> None:
        callee, arguments, base = self._partials[value]
        if len(arguments) + len(site.arguments) > _MAX_ARGUMENTS:
            return
        moved = tuple(
            CallArgument(one.name, base + one.value - site.base if one.value >= 0 else one.value)
            for one in arguments
        )
        whole = _Site(site.result, moved + site.arguments, site.offset, site.caller, site.base)
        self.watch(callee, lambda target: self._call(target, whole))

    # -- builtins and what lies outside
    # ---------------------------------------------------------------------------

    def _call_external(self, name: str, site: _Site) -> None:
        if "()" not in name:
            self._edge(site, name)
        for argument in site.arguments:
            if argument.name == "@" and argument.value >= 0:
                # A decorator from outside most often gives the function back.
                self.copy(site.result, site.base + argument.value)
                return
        model = _MODELS.get(name)
        if model is not None:
            model(self, site)
        elif not name.startswith("<builtin>") and name.count(".") < _MAX_DOTS and "()" not in name:
            self.add_one(site.result, ExternalObject(f"{name}()"))

    def argument(self, site: _Site, position: int, name: str = "") -> int:
        """The variable of an argument by position or name, -1 where there is none."""
        at = 0
        for one in site.arguments:
            if name and one.name == name:
                return site.base + one.value if one.value >= 0 else -1
            if one.name == "":
                if at == position:
                    return site.base + one.value if one.value >= 0 else -1
                at += 1
        return -1

    def call_back(self, site: _Site, callee: int, items: Iterable[int]) -> int:
        """Call a function that was handed to a builtin, with the given variables; its result."""
        result = self.new()
        arguments = tuple(CallArgument("", one) for one in items)
        inner = _Site(result, arguments, site.offset, site.caller, 0)
        self.watch(callee, lambda value: self._call(value, inner))
        return result

    def items_of(self, site: _Site, source: int) -> int:
        """What iterating over a variable yields."""
        item = self.new()
        inner = _Site(item, (), site.offset, site.caller, 0)
        self.watch(source, lambda value: self._iterate(value, inner))
        return item

    def fresh_container(self, site: _Site, kind: str) -> int:
        """A new container as the result of a builtin's call."""
        held = self.number(ContainerObject(site.caller.unit, -500_000_000 - site.result, kind))
        self.add(site.result, (held,))
        return held

    def make_partial(self, site: _Site) -> None:
        if not site.arguments or site.arguments[0].value < 0:
            return
        held = self.number(PartialObject(site.caller.unit, site.result))
        callee = site.base + site.arguments[0].value
        self._partials[held] = (callee, site.arguments[1:], site.base)
        self.add(site.result, (held,))

    def load_dynamic(self, site: _Site) -> None:
        """`getattr(object, "name", default)` where the name is constant."""
        holder, name = self.argument(site, 0), self.argument(site, 1)
        default = self.argument(site, 2)
        if default >= 0:
            self.copy(site.result, default)
        if holder < 0 or name < 0:
            return

        def react(value: int) -> None:
            held = self._objects[value]
            if isinstance(held, StringObject):
                self.watch(holder, self._load_attribute(site.result, held.text))

        self.watch(name, react)

    def store_dynamic(self, site: _Site) -> None:
        """`setattr(object, "name", value)` where the name is constant."""
        holder, name, source = (self.argument(site, position) for position in range(3))
        if holder < 0 or name < 0 or source < 0:
            return

        def react(value: int) -> None:
            held = self._objects[value]
            if isinstance(held, StringObject):
                self.watch(holder, self._store_attribute(held.text, source))

        self.watch(name, react)

    def class_of(self, site: _Site) -> None:
        """`type(x)` with one argument."""
        source = self.argument(site, 0)
        if source < 0 or len(site.arguments) != 1:
            return

        def react(value: int) -> None:
            held = self._objects[value]
            if isinstance(held, InstanceObject):
                self.add(site.result, (held.of,))

        self.watch(source, react)

    def import_dynamic(self, site: _Site) -> None:
        """`importlib.import_module("name")` where the name is constant."""
        name = self.argument(site, 0)
        if name < 0:
            return

        def react(value: int) -> None:
            held = self._objects[value]
            if isinstance(held, StringObject) and held.text:
                level = len(held.text) - len(held.text.lstrip("."))
                item = FlowImport(held.text[level:], "", level)
                self._load_import(site.caller.unit, site.result, item)

        self.watch(name, react)

    def call_special(self, site: _Site, name: str) -> None:
        """`len(x)`, `next(x)` and their like: the special method of the argument's class."""
        source = self.argument(site, 0)
        if source >= 0:
            inner = _Site(site.result, (), site.offset, site.caller, 0)
            self.watch(source, lambda value: self._call_method(value, name, inner))

    def _call_container_method(self, held: MethodObject, site: _Site) -> None:
        container = held.container
        match held.name:
            case "append" | "add" | "appendleft" | "push":
                self._store_argument(site, container, 0)
            case "insert":
                self._store_argument(site, container, 1)
            case "extend" | "update" | "union" | "extendleft":
                for position in range(len(site.arguments)):
                    source = self.argument(site, position)
                    if source >= 0:
                        self.watch(source, lambda value: self._merge(container, value))
                for one in site.arguments:
                    if one.name not in ("", "*", "**") and one.value >= 0:
                        self.copy(self.item(container, one.name), site.base + one.value)
                if held.name == "union":
                    self.add(site.result, (container,))
            case "pop" | "popleft" | "get" | "setdefault" | "popitem" | "__getitem__":
                self._load_argument(site, container)
                default = self.argument(site, 1)
                if default >= 0:
                    self.copy(site.result, default)
                    if held.name == "setdefault":
                        self.copy(self.item(container, None), default)
            case "copy":
                self.add(site.result, (container,))
            case "values":
                fresh = self.fresh_container(site, "list")
                self.copy(self.item(fresh, None), self.every_item(container))
            case "items":
                fresh = self.fresh_container(site, "list")
                pair = self.number(
                    ContainerObject(site.caller.unit, -700_000_000 - site.result, "tuple")
                )
                self.add(self.item(fresh, None), (pair,))
                self.copy(self.item(pair, "#1"), self.every_item(container))
            case "sort":
                key = self.argument(site, 99, "key")
                if key >= 0:
                    self.call_back(site, key, (self.every_item(container),))
            case _:
                return

    def _store_argument(self, site: _Site, container: int, position: int) -> None:
        source = self.argument(site, position)
        if source >= 0:
            self.copy(self.item(container, None), source)

    def _load_argument(self, site: _Site, container: int) -> None:
        """A constant key reads its own value, anything else reads all."""
        key = self.argument(site, 0)
        constant = [
            held.text
            for value in (self._points[key] if key >= 0 else ())
            if isinstance(held := self._objects[value], StringObject)
        ]
        if constant:
            for text in constant:
                self.copy(site.result, self.item(container, text))
            self.copy(site.result, self.item(container, None))
        else:
            self.copy(site.result, self.every_item(container))

    def _iterate(self, value: int, site: _Site) -> None:
        if not self._first_time("iterate", value, site):
            return
        held = self._objects[value]
        if isinstance(held, ContainerObject):
            if held.type != "dict":
                self.copy(site.result, self.every_item(value))
            else:
                for key in tuple(self._items[value]):
                    if key is not None and not key.startswith("#"):
                        self.add_one(site.result, StringObject(key))
        elif isinstance(held, GeneratorObject):
            inner = self._objects[held.function]
            assert isinstance(inner, FunctionObject)
            self.copy(site.result, self._base[inner.unit] + self._function(inner).yields)
        elif isinstance(held, InstanceObject):
            self._iterate_instance(value, site)
        elif isinstance(held, ClassObject):
            self.add_one(site.result, InstanceObject(value))

    def _iterate_instance(self, value: int, site: _Site) -> None:
        for start, step in (("__iter__", "__next__"), ("__aiter__", "__anext__")):
            iterator = self.new()
            self._call_method(value, start, _Site(iterator, (), site.offset, site.caller, 0))

            def react(one: int, step: str = step) -> None:
                if isinstance(self._objects[one], InstanceObject):
                    self._call_method(
                        one, step, _Site(site.result, (), site.offset, site.caller, 0)
                    )
                else:
                    self._iterate(one, site)

            self.watch(iterator, react)

    def _enter(self, value: int, site: _Site) -> None:
        held = self._objects[value]
        if isinstance(held, GeneratorObject):
            self._iterate(value, site)
        elif isinstance(held, ExternalObject):
            self.add(site.result, (value,))
        elif isinstance(held, InstanceObject):
            ignored = _Site(self.new(), (), site.offset, site.caller, 0)
            for enter, leave in (("__enter__", "__exit__"), ("__aenter__", "__aexit__")):
                self._call_method(value, enter, site)
                self._call_method(value, leave, ignored)


def _loose(key: str | None) -> str | None:
    """A key after its container was poured into another: positions are lost, names stay."""
    return None if key is None or key.startswith("#") else key


def _merge_lines(class_object: int, parts: list[list[int]], bases: list[int]) -> list[int]:
    waiting = [part[:] for part in [*parts, bases] if part]
    line = [class_object]
    while waiting:
        for part in waiting:
            head = part[0]
            if not any(head in other[1:] for other in waiting):
                break
        else:
            rest = [one for part in parts for one in part if one not in line]
            return [*line, *dict.fromkeys(rest)]
        line.append(head)
        waiting = [left for part in waiting if (left := [one for one in part if one != head])]
    return line


def _map(solver: Solver, site: _Site) -> None:
    callee = solver.argument(site, 0)
    sources = [solver.argument(site, at) for at in range(1, len(site.arguments))]
    items = [solver.items_of(site, one) if one >= 0 else solver.new() for one in sources]
    if callee >= 0:
        result = solver.call_back(site, callee, items)
        held = solver.fresh_container(site, "list")
        solver.copy(solver.item(held, None), result)


def _filter(solver: Solver, site: _Site) -> None:
    callee, source = solver.argument(site, 0), solver.argument(site, 1)
    if source < 0:
        return
    items = solver.items_of(site, source)
    if callee >= 0:
        solver.call_back(site, callee, (items,))
    held = solver.fresh_container(site, "list")
    solver.copy(solver.item(held, None), items)


def _reduce(solver: Solver, site: _Site) -> None:
    callee, source = solver.argument(site, 0), solver.argument(site, 1)
    if callee < 0:
        return
    items = solver.items_of(site, source) if source >= 0 else solver.new()
    start = solver.argument(site, 2)
    held = solver.new()
    solver.copy(held, items)
    if start >= 0:
        solver.copy(held, start)
    result = solver.call_back(site, callee, (held, items))
    solver.copy(held, result)
    solver.copy(site.result, result)


def _same_items(kind: str) -> Callable[[Solver, _Site], None]:
    def model(solver: Solver, site: _Site) -> None:
        key = solver.argument(site, 99, "key")
        source = solver.argument(site, 0)
        if source < 0:
            return
        items = solver.items_of(site, source)
        if key >= 0:
            solver.call_back(site, key, (items,))
        held = solver.fresh_container(site, kind)
        solver.copy(solver.item(held, None), items)

    return model


def _dict(solver: Solver, site: _Site) -> None:
    held = solver.fresh_container(site, "dict")
    for one in site.arguments:
        if one.value < 0:
            continue
        if one.name in ("", "**"):
            source = solver.new()
            solver.copy(source, site.base + one.value)
            solver._load_merge(site.result, source)
        elif one.name != "*":
            solver.copy(solver.item(held, one.name), site.base + one.value)


def _pick(solver: Solver, site: _Site) -> None:
    """`min`, `max`: one of the arguments, or of the items of the only one."""
    key = solver.argument(site, 99, "key")
    positional = [one for one in site.arguments if one.name == ""]
    for index, _ in enumerate(positional):
        source = solver.argument(site, index)
        if source < 0:
            continue
        value = solver.items_of(site, source) if len(positional) == 1 else source
        solver.copy(site.result, value)
        if key >= 0:
            solver.call_back(site, key, (value,))


def _pairs(first: int) -> Callable[[Solver, _Site], None]:
    """`enumerate` (items second) and `zip` (items at each position)."""

    def model(solver: Solver, site: _Site) -> None:
        held = solver.fresh_container(site, "list")
        pair = solver.number(ContainerObject(site.caller.unit, -600_000_000 - site.result, "tuple"))
        solver.add(solver.item(held, None), (pair,))
        sources = [one for one in site.arguments if one.name == ""]
        for index, _ in enumerate(sources[:1] if first else sources):
            source = solver.argument(site, index)
            if source >= 0:
                items = solver.items_of(site, source)
                solver.copy(solver.item(pair, f"#{index + first}"), items)

    return model


def _next(solver: Solver, site: _Site) -> None:
    source = solver.argument(site, 0)
    default = solver.argument(site, 1)
    if default >= 0:
        solver.copy(site.result, default)
    if source >= 0:
        solver.call_special(site, "__next__")
        inner = _Site(site.result, (), -1, site.caller, 0)

        def react(value: int) -> None:
            if isinstance(solver._objects[value], GeneratorObject | ContainerObject):
                solver._iterate(value, inner)

        solver.watch(source, react)


def _iter(solver: Solver, site: _Site) -> None:
    source = solver.argument(site, 0)
    if source < 0:
        return
    solver.call_special(site, "__iter__")

    def react(value: int) -> None:
        if isinstance(solver._objects[value], GeneratorObject | ContainerObject):
            solver.add(site.result, (value,))

    solver.watch(source, react)


def _special(name: str) -> Callable[[Solver, _Site], None]:
    return lambda solver, site: solver.call_special(
        _Site(solver.new(), site.arguments, site.offset, site.caller, site.base), name
    )


_MODELS: dict[str, Callable[[Solver, _Site], None]] = {
    "<builtin>.map": _map,
    "<builtin>.filter": _filter,
    "<builtin>.sorted": _same_items("list"),
    "<builtin>.list": _same_items("list"),
    "<builtin>.tuple": _same_items("tuple"),
    "<builtin>.set": _same_items("set"),
    "<builtin>.frozenset": _same_items("set"),
    "<builtin>.reversed": _same_items("list"),
    "<builtin>.dict": _dict,
    "<builtin>.min": _pick,
    "<builtin>.max": _pick,
    "<builtin>.enumerate": _pairs(1),
    "<builtin>.zip": _pairs(0),
    "<builtin>.next": _next,
    "<builtin>.iter": _iter,
    "<builtin>.getattr": Solver.load_dynamic,
    "<builtin>.setattr": Solver.store_dynamic,
    "<builtin>.type": Solver.class_of,
    "<builtin>.len": _special("__len__"),
    "<builtin>.str": _special("__str__"),
    "<builtin>.repr": _special("__repr__"),
    "<builtin>.bool": _special("__bool__"),
    "<builtin>.hash": _special("__hash__"),
    "<builtin>.abs": _special("__abs__"),
    "<builtin>.int": _special("__int__"),
    "<builtin>.float": _special("__float__"),
    "functools.partial": Solver.make_partial,
    "functools.reduce": _reduce,
    "importlib.import_module": Solver.import_dynamic,
}
"""What builtins and a few library functions do with functions and values handed to them."""
