"""The solver for JavaScript and TypeScript: operations of all files -> the functions each call can
reach.

A worklist over points-to sets with difference propagation; objects are interned as small integers.
What must wait until nothing else moves (looking a member up along prototypes, reading by a key that
is not constant) waits. Then what is still unknown is guessed once: declared types stand for values,
`this` of a method nobody calls is its class's instance, and functions handed to something unknown
are called by it. Work is bounded: past `MAX_STEPS` the answer is what was found so far, and says
so. Knows no builtin; those are in `ecmascript_models.py`.
"""

from __future__ import annotations

import re
from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from itertools import product

from pairwright_analyzers.graph.flow.ecmascript_ir import (
    ANY,
    ERROR,
    MODULE_CODE,
    NONE,
    VALUE,
    YIELDED,
    Accessor,
    Argument,
    Await,
    Call,
    CallKey,
    CallMember,
    CallSuper,
    Concat,
    Copy,
    Import,
    Load,
    LoadElement,
    LoadKey,
    LoadKeys,
    LoadRest,
    LoadSuper,
    MakeFunction,
    MakeModule,
    MakeObject,
    MakeOutside,
    MakeText,
    New,
    Operation,
    Place,
    Render,
    ScriptFunction,
    ScriptUnit,
    Store,
    StoreAll,
    StoreKey,
    Typed,
)
from pairwright_analyzers.graph.flow.ecmascript_models import (
    CALLED_NOTHING,
    DIRECT,
    KEYS,
    NATIVES,
    OUTSIDE,
    native_of,
)
from pairwright_analyzers.graph.flow.ecmascript_objects import (
    WILD,
    BoundValue,
    Code,
    Edge,
    FunctionValue,
    GeneratorValue,
    InstanceValue,
    LiteralValue,
    ModuleValue,
    NamespaceValue,
    NativeValue,
    OutsideValue,
    PromiseValue,
    PrototypeValue,
    SettlerValue,
    TextValue,
    Value,
)

MAX_STEPS = 20_000_000
"""Set insertions after which solving stops."""

_MAX_DOTS = 4
_MAX_OBJECTS = 120
"""Objects that a variable holds, beyond which it gets only functions and instances of classes."""

_MAX_CALLEES = 48
"""Functions that a call passes its arguments to; those beyond are called, and no more is told."""

_MAX_CALLED_BACK = 12
"""Functions that one argument hands to something unknown, beyond which it says nothing."""

_MAX_TEXTS = 32
_MAX_ARGUMENTS = 40

Target = Callable[[str, str], "str | None"]
"""(path, module text) -> the path of the file it means, None for one outside the workspace."""


@dataclass(slots=True)
class Site:
    """One call as the solver sees it; `this` is a variable, `through` the object it is made on."""

    result: int
    arguments: tuple[Argument, ...]
    offset: int
    caller: Code
    thrown: int = NONE
    this: int = NONE
    through: int = NONE
    direct: bool = False
    reached: bool = False
    name: str = ""

    def moved(
        self,
        arguments: tuple[Argument, ...],
        *,
        this: int = NONE,
        result: int = NONE,
        thrown: int = NONE,
    ) -> Site:
        """The same place with other arguments, as a builtin passes a call on."""
        return Site(
            self.result if result < 0 else result,
            arguments,
            self.offset,
            self.caller,
            self.thrown if thrown < 0 else thrown,
            this,
        )


class ScriptSolver:
    """One run over a set of units. `solve()` once, then read `edges`: each with whether it was
    found without a guess.
    """

    def __init__(
        self, units: Mapping[str, ScriptUnit], target: Target, max_steps: int = MAX_STEPS
    ) -> None:
        self.paths = sorted(units)
        self.units = [units[path] for path in self.paths]
        self._number = {path: index for index, path in enumerate(self.paths)}
        self._target = target
        self._max_steps = max_steps
        self.edges: dict[Edge, bool] = {}
        self.cut = ""
        self.objects: list[Value] = []
        self._is_wanted: list[bool] = []
        self._object_numbers: dict[tuple[type, Value], int] = {}
        self._points: list[set[int]] = []
        self._copies: list[list[int]] = []
        self._watchers: list[list[Callable[[int], None]]] = []
        self._copied: set[tuple[int, int]] = set()
        self._pending: dict[int, set[int]] = {}
        self._queue: deque[int] = deque()
        self._tasks: deque[tuple[Callable[[int], None], tuple[int, ...]]] = deque()
        self._properties: dict[int, dict[str, int]] = defaultdict(dict)
        self._listeners: dict[int, list[Callable[[str, int], None]]] = defaultdict(list)
        self._members: dict[int, dict[str, int]] = defaultdict(dict)
        self._prototypes: dict[int, int] = {}
        self._declared: set[tuple[int, str]] = set()
        self._accessors: set[str] = set()
        self._every: dict[int, int] = {}
        self._lookups: dict[tuple[int, str], set[tuple[int, str]]] = defaultdict(set)
        self._watched: set[tuple[int, tuple[int, str]]] = set()
        self._waiting: set[tuple[int, str]] = set()
        self._delayed: deque[Callable[[], None]] = deque()
        self._done: set[tuple[object, ...]] = set()
        self._correlated: dict[Code, list[StoreKey]] = defaultdict(list)
        self._tables: dict[int, set[str]] = defaultdict(set)
        self._callees: dict[tuple[Code, int, str], int] = defaultdict(int)
        self._sites: list[Site] = []
        self._typed: list[tuple[int, int]] = []
        self._guessing = False
        self.bound: dict[int, tuple[int, int, tuple[Argument, ...]]] = {}
        """Bound function -> the variables of its function and `this`, and its arguments."""
        self._base: list[int] = []
        total = 0
        for unit in self.units:
            self._base.append(total)
            total += unit.variables
        for _ in range(total):
            self.new()

    # -- plumbing

    def new(self) -> int:
        self._points.append(set())
        self._copies.append([])
        self._watchers.append([])
        return len(self._points) - 1

    def number(self, value: Value) -> int:
        key = (type(value), value)
        known = self._object_numbers.get(key)
        if known is None:
            known = self._object_numbers[key] = len(self.objects)
            self.objects.append(value)
            self._is_wanted.append(isinstance(value, FunctionValue | BoundValue | InstanceValue))
        return known

    def held(self, variable: int) -> tuple[Value, ...]:
        """What a variable holds so far."""
        return tuple(self.objects[one] for one in self._points[variable]) if variable >= 0 else ()

    def add(self, variable: int, value: int) -> None:
        points = self._points[variable]
        if value in points or (len(points) >= _MAX_OBJECTS and not self._is_wanted[value]):
            return
        points.add(value)
        waiting = self._pending.get(variable)
        if waiting is None:
            self._pending[variable] = {value}
            self._queue.append(variable)
        else:
            waiting.add(value)

    def _add_all(self, variable: int, values: set[int]) -> None:
        points = self._points[variable]
        fresh = values - points
        if len(points) + len(fresh) > _MAX_OBJECTS:
            # So many objects tell no call apart.
            fresh = {one for one in fresh if self._is_wanted[one]}
        if not fresh:
            return
        points |= fresh
        waiting = self._pending.get(variable)
        if waiting is None:
            self._pending[variable] = fresh
            self._queue.append(variable)
        else:
            waiting |= fresh

    def put(self, variable: int, value: Value) -> int:
        """Add a value to a variable; the value's number."""
        number = self.number(value)
        self.add(variable, number)
        return number

    def copy(self, to: int, source: int) -> None:
        if to == source or to < 0 or source < 0 or (to, source) in self._copied:
            return
        self._copied.add((to, source))
        self._copies[source].append(to)
        if self._points[source]:
            self._add_all(to, self._points[source])

    def watch(self, variable: int, react: Callable[[int], None]) -> None:
        """Call `react` with every value that a variable has or gets, each once."""
        if variable < 0:
            return
        self._watchers[variable].append(react)
        if self._points[variable]:
            # Never at once: one reaction leads to the next, and a chain of them would be as deep
            # as the program.
            self._tasks.append((react, tuple(self._points[variable])))

    def once(self, *what: object) -> bool:
        """Whether something is asked for the first time: what ends cycles."""
        if what in self._done:
            return False
        self._done.add(what)
        return True

    def delay(self, action: Callable[[], None]) -> None:
        """Do something when nothing else moves any more."""
        self._delayed.append(action)

    def solve(self, check: Callable[[], None] = lambda: None) -> None:
        """Propagate to the fixed point, or to the bound."""
        for index in range(len(self.units)):
            self._declare_unit(index)
        for index in range(len(self.units)):
            self._load_unit(index)
        steps = self._run(0, check)
        self._guessing = True
        for guess in (self._guess_types, self._guess_receivers, self._guess_callbacks):
            if self.cut:
                break
            guess()
            steps = self._run(steps, check)

    def _run(self, steps: int, check: Callable[[], None]) -> int:
        turns = 0
        while self._tasks or self._queue or self._waiting or self._delayed:
            turns += 1
            if turns % 4096 == 0:
                check()
            if steps > self._max_steps:
                self.cut = f"stopped after {self._max_steps} steps"
                return steps
            if self._tasks:
                react, values = self._tasks.popleft()
                steps += len(values)
                for value in values:
                    react(value)
            elif self._queue:
                variable = self._queue.popleft()
                fresh = self._pending.pop(variable)
                steps += len(fresh) * (1 + len(self._copies[variable]))
                for to in self._copies[variable]:
                    self._add_all(to, fresh)
                for react in tuple(self._watchers[variable]):
                    for value in fresh:
                        react(value)
            elif self._waiting:
                waiting, self._waiting = self._waiting, set()
                steps += len(waiting)
                for holder, name in sorted(waiting):
                    self._look_up(holder, name)
            else:
                delayed, self._delayed = self._delayed, deque()
                steps += len(delayed)
                for action in delayed:
                    action()
        return steps

    # -- loading

    def _declare_unit(self, unit: int) -> None:
        """Functions and members of classes, before anything moves."""
        flow = self.units[unit]
        base = self._base[unit]
        for index, function in enumerate(flow.functions):
            if function.kind in ("function", "constructor", "implicit"):
                number = self.number(FunctionValue(unit, index))
                prototype = self.number(PrototypeValue(number))
                self.add(self.property(number, "prototype"), prototype)
                self.add(self.property(prototype, "constructor"), number)
                if function.base >= 0:
                    self._inherit(number, prototype, base + function.base)
                for name, member, static, kind in function.members:
                    holder = number if static else prototype
                    if member < 0:
                        owner = number if static else self.number(InstanceValue(number))
                        self._declared.add((owner, name))
                        continue
                    shown = f"{kind} {name}" if kind else name
                    if kind:
                        self._accessors.add(name)
                    self._declared.add((holder, shown))
                    self.put(self.property(holder, shown), FunctionValue(unit, member))
        self._accessors |= flow.accessors
        texts: set[str] = set()
        dynamic = False
        for operation in flow.operations:
            if isinstance(operation, MakeText) and operation.text:
                texts.add(operation.text)
            elif isinstance(operation, StoreKey):
                dynamic = dynamic or bool(operation.kind)
                self._correlate(unit, operation)
            elif isinstance(operation, CallMember | Load) and operation.name in _DEFINING:
                dynamic = True
        if dynamic:
            self._accessors |= texts

    def _correlate(self, unit: int, operation: StoreKey) -> None:
        """A store whose key and value are parameters of its function is told by each call."""
        if operation.function < 0 or operation.key < 0:
            return
        parameters = self.units[unit].functions[operation.function].parameters
        if operation.key in parameters and operation.source in parameters:
            code = Code(unit, operation.function)
            self._correlated[code].append(operation)

    def _inherit(self, function: int, prototype: int, base: int) -> None:
        self.copy(self.prototype(function), base)

        def react(value: int) -> None:
            held = self.objects[value]
            if isinstance(held, FunctionValue) and value != function:
                self.copy(self.prototype(prototype), self.property(value, "prototype"))
            elif isinstance(held, OutsideValue):
                self.add(self.prototype(prototype), value)

        self.watch(base, react)

    def _load_unit(self, unit: int) -> None:
        base = self._base[unit]
        exports = self.number(LiteralValue(unit, -1, "object"))
        module = self.number(ModuleValue(unit))
        self.add(self.property(module, "exports"), exports)
        for operation in self.units[unit].operations:
            self._load(unit, base, operation)

    def _site(
        self,
        unit: int,
        base: int,
        to: int,
        arguments: tuple[Argument, ...],
        place: Place,
        this: int = NONE,
    ) -> Site:
        return Site(
            base + to if to >= 0 else self.new(),
            tuple(
                Argument(base + one.value if one.value >= 0 else NONE, one.spread)
                for one in arguments
            ),
            place.offset,
            Code(unit, place.caller),
            base + place.thrown if place.thrown >= 0 else NONE,
            base + this if this >= 0 else NONE,
        )

    def _load(self, unit: int, base: int, operation: Operation) -> None:
        match operation:
            case Copy(to, source):
                self.copy(base + to, base + source)
            case MakeFunction(to, function):
                self.put(base + to, FunctionValue(unit, function))
            case MakeObject(to, at, kind):
                self.put(base + to, LiteralValue(unit, at, kind))
            case MakeText(to, text):
                self.put(base + to, TextValue(WILD if text is None else text))
            case MakeOutside(to, name):
                self.put(base + to, OutsideValue(name))
            case MakeModule(to):
                self.put(base + to, ModuleValue(unit))
            case Import(to, module, name):
                self._import(unit, base + to, module, name)
            case Load(to, holder, name, place):
                site = self._site(unit, base, to, (), place)
                self.watch(base + holder, lambda value: self.read(value, name, site))
            case LoadKey(to, holder, key, place):
                site = self._site(unit, base, to, (), place)
                at = base + key if key >= 0 else NONE
                self.watch(base + holder, lambda value: self._read_key(value, at, site))
            case LoadElement(to, holder, position, place):
                site = self._site(unit, base, to, (), place)
                self.watch(base + holder, lambda value: self.read_element(value, position, site))
            case LoadRest(to, holder, first, names):
                held = self.number(LiteralValue(unit, -10_000 - to, "object" if names else "array"))
                self.add(base + to, held)
                self.watch(base + holder, lambda value: self._rest(value, held, first, names))
            case LoadKeys(to, holder):
                self.watch(base + holder, lambda value: self.names_of(value, base + to))
            case Store(holder, name, source, place):
                if source >= 0:
                    site = self._site(unit, base, NONE, (Argument(source),), place)
                    self.watch(base + holder, lambda value: self.write(value, name, site))
                    if place.offset < 0:
                        self.watch(base + holder, lambda value: self._tables[value].add(name))
            case StoreKey(holder, key, source, kind, function):
                if source >= 0 and operation not in self._correlated.get(Code(unit, function), ()):
                    at = base + key if key >= 0 else NONE
                    self.watch(
                        base + holder,
                        lambda value: self._write_key(value, at, base + source, kind),
                    )
            case StoreAll(holder, source, place, without):
                site = self._site(unit, base, NONE, (), place)
                self.watch(
                    base + source,
                    lambda value: self.watch(
                        base + holder, lambda to: self.write_all(to, value, site, without)
                    ),
                )
            case _:
                self._load_call(unit, base, operation)

    def _load_call(self, unit: int, base: int, operation: Operation) -> None:
        match operation:
            case Accessor(holder, kind, name, function):
                number = self.number(FunctionValue(unit, function))

                def define(value: int) -> None:
                    self.add(self.property(value, f"{kind} {name}"), number)

                self.watch(base + holder, define)
            case Call(to, callee, this, arguments, place):
                site = self._site(unit, base, to, arguments, place, this)
                site.direct = True
                self._sites.append(site)
                self.watch(base + callee, lambda value: self.call(value, site))
            case CallMember(to, holder, name, arguments, place):
                site = self._site(unit, base, to, arguments, place)
                site.name = name
                self._sites.append(site)
                self.watch(base + holder, lambda value: self.call_member(value, name, site))
            case CallKey(to, holder, key, arguments, place):
                site = self._site(unit, base, to, arguments, place)
                self._sites.append(site)
                at = base + key if key >= 0 else NONE
                self.watch(base + holder, lambda value: self._call_key(value, at, site))
            case New(to, callee, arguments, place):
                site = self._site(unit, base, to, arguments, place)
                self._sites.append(site)
                self.watch(base + callee, lambda value: self.construct(value, site))
            case CallSuper(function, this, arguments, place):
                if function >= 0:
                    site = self._site(unit, base, NONE, arguments, place, this)
                    number = self.number(FunctionValue(unit, function))
                    self.watch(self.prototype(number), lambda value: self._initialize(value, site))
            case LoadSuper(to, function, static, name):
                holder = self.number(FunctionValue(unit, function))
                if not static:
                    holder = self.number(PrototypeValue(holder))
                self.watch(
                    self.prototype(holder),
                    lambda value: self.copy(base + to, self.member(value, name)),
                )
            case Render(component, properties, place):
                site = self._site(unit, base, NONE, (Argument(properties),), place)
                self.watch(base + component, lambda value: self._render(value, site))
            case Await(to, source):
                self.settle(base + to, base + source)
            case Concat(to, parts, place):
                self._concat(unit, base, to, parts, place)
            case Typed(to, kind):
                self._typed.append((base + to, base + kind))
            case _:
                raise AssertionError(operation)

    # -- modules

    def _import(self, unit: int, to: int, module: str, name: str) -> None:
        target = self._target(self.paths[unit], module)
        if target is None:
            if not module.startswith("."):
                outside = module if name in ("", "=", "default") else f"{module}.{name}"
                self.put(to, OutsideValue(outside))
            return
        other = self._number.get(target)
        if other is None:
            return
        flow = self.units[other]
        if name in ("", "="):
            if name == "" or flow.exports or flow.stars:
                self.put(to, NamespaceValue(other))
            if not flow.exports and not flow.stars:
                self.copy(to, self.whole(other))
        else:
            self.export(other, name, to)

    def whole(self, unit: int) -> int:
        """The variable of what a CommonJS module hands out."""
        return self.property(self.number(ModuleValue(unit)), "exports")

    def export(self, unit: int, name: str, to: int) -> None:
        """What a module exports under a name."""
        if not self.once("export", unit, name, to):
            return
        flow = self.units[unit]
        variable = flow.exports.get(name)
        if variable is not None:
            self.copy(to, self._base[unit] + variable)
            return
        if name != "default":
            for module in flow.stars:
                target = self._target(self.paths[unit], module)
                other = self._number.get(target) if target is not None else None
                if other is not None:
                    self.export(other, name, to)
        if flow.exports or flow.stars:
            return
        if name == "default":
            self.copy(to, self.whole(unit))
        site = Site(to, (), -1, Code(unit, MODULE_CODE))
        self.watch(self.whole(unit), lambda value: self.read(value, name, site))

    def _exported_names(self, unit: int, seen: set[int]) -> Iterable[str]:
        if unit in seen:
            return
        seen.add(unit)
        yield from self.units[unit].exports
        for module in self.units[unit].stars:
            target = self._target(self.paths[unit], module)
            other = self._number.get(target) if target is not None else None
            if other is not None:
                yield from self._exported_names(other, seen)

    # -- properties

    def property(self, holder: int, name: str) -> int:
        """The variable of an object's own property."""
        held = self._properties[holder]
        variable = held.get(name)
        if variable is None:
            variable = held[name] = self.new()
            for listener in tuple(self._listeners.get(holder, ())):
                listener(name, variable)
            if name == ANY:
                for one, member in tuple(self._members[holder].items()):
                    if not self._any_of(holder, one):
                        continue
                    if self._is_list(holder):
                        self.copy(member, variable)
                    else:
                        self._waiting.add((holder, one))
        return variable

    def _any_of(self, holder: int, name: str) -> bool:
        """Whether a property whose name is not constant can be the one of that name."""
        held = self.objects[holder]
        if isinstance(held, LiteralValue) and held.kind in ("array", "set"):
            return name.isdigit()
        if isinstance(held, LiteralValue) and held.kind == "map":
            return name.startswith("=")
        return not _is_internal(name)

    def _is_list(self, holder: int) -> bool:
        held = self.objects[holder]
        return isinstance(held, LiteralValue) and held.kind in ("array", "set", "map")

    def listen(self, holder: int, listener: Callable[[str, int], None]) -> None:
        """Call `listener` with every property an object has or gets, internal ones left out."""

        def plain(name: str, variable: int) -> None:
            if not _is_internal(name):
                listener(name, variable)

        self._listeners[holder].append(plain)
        for name, variable in tuple(self._properties[holder].items()):
            plain(name, variable)

    def every(self, holder: int) -> int:
        """A variable with the values of all properties of an object, those to come included."""
        variable = self._every.get(holder)
        if variable is None:
            fresh = variable = self._every[holder] = self.new()
            held = self.objects[holder]
            if isinstance(held, NamespaceValue):
                for name in dict.fromkeys(self._exported_names(held.unit, set())):
                    self.copy(fresh, self.member(holder, name))
            self.listen(holder, lambda name, one: self.copy(fresh, one))
        return variable

    def names_of(self, holder: int, to: int) -> None:
        """Put the names of an object's properties into a variable."""
        held = self.objects[holder]
        if isinstance(held, NamespaceValue):
            for name in dict.fromkeys(self._exported_names(held.unit, set())):
                self.put(to, TextValue(name))

        def listener(name: str, variable: int) -> None:
            if not name.isdigit():
                self.put(to, TextValue(WILD if name == ANY else name))

        if self.once("names", holder, to):
            self.listen(holder, listener)

    def member(self, holder: int, name: str) -> int:
        """The variable of what reading `holder.name` can give, prototypes included."""
        members = self._members[holder]
        variable = members.get(name)
        if variable is not None:
            return variable
        variable = members[name] = self.new()
        held = self.objects[holder]
        match held:
            case OutsideValue(dotted):
                if dotted.count(".") < _MAX_DOTS and not name.startswith(("get ", "set ", "@@")):
                    self.put(variable, OutsideValue(f"{dotted}.{name}"))
            case NamespaceValue(unit):
                self.export(unit, name, variable)
            case TextValue():
                if native_of(held, name):
                    self.put(variable, NativeValue(holder, name))
            case NativeValue() | BoundValue() | SettlerValue():
                if name in ("call", "apply", "bind"):
                    self.put(variable, NativeValue(holder, name))
            case _:
                self.copy(variable, self.property(holder, name))
                held_any = self._properties[holder].get(ANY)
                if held_any is not None and self._is_list(holder) and self._any_of(holder, name):
                    self.copy(variable, held_any)
                if (holder, name) not in self._declared:
                    if native_of(held, name):
                        self.put(variable, NativeValue(holder, name))
                    self._waiting.add((holder, name))
        return variable

    def prototype(self, holder: int) -> int:
        """The variable of an object's prototypes."""
        variable = self._prototypes.get(holder)
        if variable is None:
            variable = self._prototypes[holder] = self.new()
            held = self.objects[holder]
            if isinstance(held, InstanceValue):
                self.copy(variable, self.property(held.of, "prototype"))
        return variable

    def _look_up(self, holder: int, name: str) -> None:
        """Look a member up along an object's prototypes, nearest first."""
        wanted = (holder, name)
        to = self._members[holder][name]
        found = bool(self._points[self.property(holder, name)])
        seen = {holder}
        waiting = [holder]
        while waiting:
            prototypes = self.prototype(waiting.pop())
            self._await(prototypes, wanted)
            for value in tuple(self._points[prototypes]):
                if value in seen:
                    continue
                seen.add(value)
                held = self.objects[value]
                if isinstance(held, OutsideValue):
                    if not name.startswith(("get ", "set ", "@@")) and name != "constructor":
                        self.copy(to, self.member(value, name))
                        found = True
                    continue
                own = self.property(value, name)
                if self._points[own]:
                    self.copy(to, own)
                    found = True
                    continue
                self._await(own, wanted)
                if (value, name) in self._declared:
                    continue
                waiting.append(value)
        if not found and self._any_of(holder, name) and not self._is_list(holder):
            # A property that nothing but a store by an unknown name can have made.
            for value in seen:
                stored = self._properties[value].get(ANY)
                if stored is not None:
                    self.copy(to, stored)

    def _await(self, variable: int, wanted: tuple[int, str]) -> None:
        """Look up again when a variable gets more values."""
        if (variable, wanted) not in self._watched:
            self._watched.add((variable, wanted))
            known = frozenset(self._points[variable])

            def react(value: int) -> None:
                if value not in known:
                    self._waiting.add(wanted)

            self._watchers[variable].append(react)

    def read(self, holder: int, name: str, site: Site) -> None:
        """`holder.name`: its value, and that of a getter."""
        self.copy(site.result, self.member(holder, name))
        if name in self._accessors:
            inner = Site(site.result, (), site.offset, site.caller, site.thrown, through=holder)
            self.watch(self.member(holder, f"get {name}"), lambda value: self.call(value, inner))

    def write(self, holder: int, name: str, site: Site) -> None:
        """`holder.name = value`, a setter included; the value is the site's argument."""
        source = site.arguments[0].value
        held = self.objects[holder]
        if isinstance(held, OutsideValue | TextValue | NativeValue):
            return
        if name == "__proto__":
            self.copy(self.prototype(holder), source)
            return
        if name in self._accessors and site.offset >= 0:
            inner = Site(
                self.new(), site.arguments, site.offset, site.caller, site.thrown, through=holder
            )
            self.watch(self.member(holder, f"set {name}"), lambda value: self.call(value, inner))
        if isinstance(held, NamespaceValue):
            return
        self.copy(self.property(holder, name), source)

    def _keys(self, key: int) -> list[str] | None:
        """The names that a key can be; None where it can be anything."""
        if key < 0:
            return None
        held = self.held(key)
        names = [one.text for one in held if isinstance(one, TextValue)]
        if not names or len(names) > _MAX_TEXTS or WILD in names:
            return None
        return names

    def _by_key(self, holder: int, key: int, what: object, use: Callable[[int], None]) -> None:
        """Use the variable of each property that a key can mean, when that is known."""

        def decide() -> None:
            names = self._keys(key)
            if names is None:
                if self.once("all", holder, what):
                    use(self._all_by_key(holder))
                return
            for name in names:
                if WILD in name:
                    self._matching(holder, name, what, use)
                elif self.once("key", holder, name, what):
                    use(self.member(holder, name))

        self.delay(decide)
        if key >= 0 and self.once("watch key", holder, key, what):
            known = frozenset(self._points[key])
            self.watch(key, lambda value: self.delay(decide) if value not in known else None)

    def _all_by_key(self, holder: int) -> int:
        held = self.objects[holder]
        if isinstance(held, LiteralValue) and held.kind == "object":
            names = self._tables.get(holder)
            stored = self._properties[holder].get(ANY)
            if not names and stored is None:
                return self.every(holder)
            found = self.new()
            for name in sorted(names or ()):
                self.copy(found, self.property(holder, name))
            self.copy(found, self.property(holder, ANY))
            return found
        if isinstance(held, LiteralValue | NamespaceValue):
            return self.every(holder)
        if isinstance(held, FunctionValue | InstanceValue):
            return self.property(holder, ANY)
        if isinstance(held, OutsideValue):
            return self.member(holder, "[]")
        return self.new()

    def _matching(
        self, holder: int, pattern: str, what: object, use: Callable[[int], None]
    ) -> None:
        """The members whose names a partly known key can be, those of prototypes included."""
        matches = re.compile(".*".join(re.escape(part) for part in pattern.split(WILD))).fullmatch
        seen = {holder}
        waiting = [holder]
        while waiting:
            value = waiting.pop()
            for name in tuple(self._properties[value]):
                plain = name.removeprefix("get ")
                if (
                    not _is_internal(name)
                    and matches(plain)
                    and self.once("key", holder, plain, what)
                ):
                    use(self.member(holder, plain))
            for prototype in tuple(self._points[self.prototype(value)]):
                if prototype not in seen and not isinstance(self.objects[prototype], OutsideValue):
                    seen.add(prototype)
                    waiting.append(prototype)

    def _read_key(self, holder: int, key: int, site: Site) -> None:
        self._by_key(holder, key, id(site), lambda found: self.copy(site.result, found))
        if self._accessors and key >= 0:
            self._read_accessors(holder, key, site)

    def _read_accessors(self, holder: int, key: int, site: Site) -> None:
        def react(value: int) -> None:
            held = self.objects[value]
            if isinstance(held, TextValue) and held.text in self._accessors:
                self.read(holder, held.text, site)

        self.watch(key, react)

    def _write_key(self, holder: int, key: int, source: int, kind: str) -> None:
        def decide() -> None:
            held = self.objects[holder]
            if isinstance(held, OutsideValue | TextValue | NativeValue | NamespaceValue):
                return
            names = self._keys(key)
            for name in names or (ANY,):
                plain = ANY if WILD in name else name
                if not kind:
                    self.copy(self.property(holder, plain), source)
                elif plain != ANY:
                    self.copy(self.property(holder, f"{kind} {plain}"), source)

        self.delay(decide)
        if key >= 0:
            known = frozenset(self._points[key])
            self.watch(key, lambda value: self.delay(decide) if value not in known else None)

    def _write_correlated(
        self, base: int, function: ScriptFunction, site: Site, code: Code
    ) -> None:
        """The stores of a function by a call's own key and value."""
        given = dict(zip(function.parameters, site.arguments, strict=False))
        certain = not any(argument.spread for argument in site.arguments)
        for operation in self._correlated[code]:
            holder = given.get(operation.holder) if certain else None
            key = given.get(operation.key) if certain else None
            source = given.get(operation.source) if certain else None
            holders = holder.value if holder is not None else base + operation.holder
            at = key.value if key is not None else base + operation.key
            value = source.value if source is not None else base + operation.source
            if value >= 0 and self.once("correlated", operation, holders, at, value):
                kind = operation.kind
                self.watch(
                    holders,
                    lambda one, at=at, value=value, kind=kind: self._write_key(  # type: ignore[misc]
                        one, at, value, kind
                    ),
                )

    def write_all(self, to: int, source: int, site: Site, without: tuple[str, ...] = ()) -> None:
        """`{...source}`, `[...source]`, `Object.assign(to, source)`; names in `without` are written
        again afterwards.
        """
        if to == source or not self.once("all of", to, source):
            return
        held, into = self.objects[source], self.objects[to]
        if isinstance(into, OutsideValue | TextValue | NativeValue | NamespaceValue):
            return
        if isinstance(into, LiteralValue) and into.kind == "array":
            inner = Site(self.property(to, ANY), (), site.offset, site.caller, site.thrown)
            self.read_element(source, -1, inner)
            return
        if isinstance(held, NamespaceValue):
            for name in dict.fromkeys(self._exported_names(held.unit, set())):
                if name not in without:
                    self.copy(self.property(to, name), self.member(source, name))
            return
        if isinstance(held, OutsideValue | TextValue):
            return

        def listener(name: str, variable: int) -> None:
            if name.startswith("set ") or name.removeprefix("get ") in without:
                return
            if name.startswith("get "):
                read = Site(
                    self.property(to, name[4:]), (), site.offset, site.caller, through=source
                )
                self.watch(variable, lambda value: self.call(value, read))
            else:
                self.copy(self.property(to, name), variable)

        self.listen(source, listener)
        for name in sorted(self._accessors):
            if f"get {name}" in self._properties[source]:
                listener(f"get {name}", self._properties[source][f"get {name}"])

    def _rest(self, source: int, to: int, first: int, names: tuple[str, ...]) -> None:
        held = self.objects[source]
        if isinstance(held, LiteralValue) and held.kind == "array":

            def shifted(name: str, variable: int) -> None:
                if not name.isdigit():
                    self.copy(self.property(to, name), variable)
                elif int(name) >= first:
                    self.copy(self.property(to, str(int(name) - first)), variable)

            self.listen(source, shifted)
        elif names:

            def others(name: str, variable: int) -> None:
                if name not in names:
                    self.copy(self.property(to, name), variable)

            self.listen(source, others)
        else:
            # `{...rest}` of an object, or the rest of any other iterable.
            inner = Site(self.property(to, ANY), (), -1, Code(-1, MODULE_CODE))
            self.read_element(source, -1, inner)
            self.listen(source, lambda name, variable: self.copy(self.property(to, name), variable))

    def read_element(self, source: int, position: int, site: Site) -> None:
        """What iterating gives: at a position, or anywhere with -1."""
        if not self.once("element", source, position, site.result):
            return
        held = self.objects[source]
        match held:
            case LiteralValue(_, _, kind) if kind in ("array", "set"):
                if position < 0:
                    self.copy(site.result, self.every(source))
                else:
                    self.copy(site.result, self.member(source, str(position)))
            case LiteralValue(_, _, "map"):
                self.add(site.result, self.entry_of(source))
            case GeneratorValue():
                self.copy(site.result, self.property(source, YIELDED))
            case LiteralValue() | InstanceValue() | FunctionValue():
                self._read_iterator(source, site)
            case OutsideValue():
                self.copy(site.result, self.member(source, "[]"))
            case _:
                return

    def _read_iterator(self, source: int, site: Site) -> None:
        """The iteration protocol of an object of the workspace."""
        for name in ("@@iterator", "@@asyncIterator"):
            iterator, step = self.new(), self.new()
            start = Site(iterator, (), site.offset, site.caller, site.thrown)
            self.call_member(source, name, start)

            def react(value: int, step: int = step) -> None:
                if isinstance(self.objects[value], GeneratorValue | LiteralValue):
                    held = self.objects[value]
                    if not isinstance(held, LiteralValue) or held.kind != "object":
                        self.read_element(value, -1, site)
                        return
                inner = Site(step, (), site.offset, site.caller, site.thrown)
                self.call_member(value, "next", inner)

            def value_of(value: int) -> None:
                self.copy(site.result, self.member(value, "value"))

            self.watch(iterator, react)
            settled = self.new()
            self.settle(settled, step)
            self.watch(settled, value_of)

    def entry_of(self, source: int) -> int:
        """The pair that iterating a map gives."""
        pair = self.number(LiteralValue(-1, source, "array"))
        if self.once("entry", source):
            self.copy(self.property(pair, "0"), self.property(source, KEYS))
            self.copy(self.property(pair, "1"), self.every(source))
        return pair

    def fresh(self, site: Site, kind: str, tag: int = 0) -> int:
        """A new object as the result of a builtin's call."""
        held = self.number(LiteralValue(-2 - tag, site.result, kind))
        if not tag:
            self.add(site.result, held)
        return held

    # -- calls

    def _edge(self, site: Site, callee: Code | str) -> None:
        if site.caller.unit >= 0 and site.offset >= 0:
            edge = Edge(site.caller, site.offset, callee)
            self.edges.setdefault(edge, not self._guessing)

    def base(self, unit: int) -> int:
        """The number of a unit's first variable."""
        return self._base[unit]

    def function(self, held: FunctionValue) -> ScriptFunction:
        return self.units[held.unit].functions[held.number]

    def call_member(self, holder: int, name: str, site: Site) -> None:
        """`holder.name(…)`."""
        held = self.objects[holder]
        if isinstance(held, LiteralValue) and held.kind != "object":
            # A method of a builtin that does nothing worth telling.
            site.reached = True
        inner = Site(
            site.result,
            site.arguments,
            site.offset,
            site.caller,
            site.thrown,
            through=holder,
            name=name,
        )

        def react(value: int) -> None:
            site.reached = True
            self.call(value, inner)

        self.watch(self.member(holder, name), react)
        if name in self._accessors:
            got = self.new()
            getter = Site(got, (), site.offset, site.caller, site.thrown, through=holder)
            self.watch(self.member(holder, f"get {name}"), lambda one: self.call(one, getter))
            self.watch(got, react)

    def _call_key(self, holder: int, key: int, site: Site) -> None:
        inner = Site(
            site.result, site.arguments, site.offset, site.caller, site.thrown, through=holder
        )

        def react(value: int) -> None:
            site.reached = True
            self.call(value, inner)

        self._by_key(holder, key, id(site), lambda found: self.watch(found, react))

    def call(self, value: int, site: Site) -> None:
        """Call a value where it can be called."""
        if not self.once("call", value, site.result, site.offset, site.through, site.this):
            return
        held = self.objects[value]
        match held:
            case FunctionValue(unit, number):
                site.reached = True
                function = self.function(held)
                if not function.is_class:
                    self._edge(site, Code(unit, number))
                    place = (site.caller, site.offset, site.name)
                    self._callees[place] += 1
                    if self._callees[place] <= _MAX_CALLEES:
                        self._run_function(value, function, site)
            case BoundValue():
                site.reached = True
                callee, this, arguments = self.bound[value]
                if len(arguments) + len(site.arguments) <= _MAX_ARGUMENTS:
                    whole = Site(
                        site.result,
                        arguments + site.arguments,
                        site.offset,
                        site.caller,
                        site.thrown,
                        this,
                    )
                    self.watch(callee, lambda one: self.call(one, whole))
            case NativeValue(holder, name):
                site.reached = True
                native = NATIVES.get(native_of(self.objects[holder], name))
                if native is not None:
                    native(self, holder, site)
            case OutsideValue(name):
                site.reached = True
                self._call_outside(name, site)
            case SettlerValue(promise, slot):
                site.reached = True
                source = self.argument(site, 0)
                if source >= 0:
                    self.settle(self.property(promise, slot), source)
            case _:
                return

    def construct(self, value: int, site: Site) -> None:
        """`new value(…)`."""
        if not self.once("new", value, site.result, site.offset):
            return
        held = self.objects[value]
        match held:
            case FunctionValue():
                site.reached = True
                function = self.function(held)
                if function.kind not in ("function", "constructor", "implicit"):
                    return
                instance = self.number(InstanceValue(value))
                self.add(site.result, instance)
                inner = Site(
                    site.result if not function.is_class else self.new(),
                    site.arguments,
                    site.offset,
                    site.caller,
                    site.thrown,
                    through=instance,
                )
                self._initialize(value, inner)
            case BoundValue():
                site.reached = True
                callee, _, arguments = self.bound[value]
                whole = Site(
                    site.result,
                    arguments + site.arguments,
                    site.offset,
                    site.caller,
                    site.thrown,
                )
                if len(whole.arguments) <= _MAX_ARGUMENTS:
                    self.watch(callee, lambda one: self.construct(one, whole))
            case OutsideValue(name):
                site.reached = True
                self._call_outside(f"new {name}", site)
            case _:
                return

    def _initialize(self, value: int, site: Site) -> None:
        """Run the constructor of a class, or of the nearest base that has one."""
        if not self.once("initialize", value, site.result, site.offset, site.through, site.this):
            return
        held = self.objects[value]
        if isinstance(held, OutsideValue):
            self._call_outside(f"super {held.name}", site)
        if not isinstance(held, FunctionValue):
            return
        function = self.function(held)
        if function.kind == "implicit":
            base = self._base[held.unit]
            self._pass_this(base + function.this, site)
            self.watch(self.prototype(value), lambda one: self._initialize(one, site))
            return
        self._edge(site, Code(held.unit, held.number))
        self._run_function(value, function, site)

    def _pass_this(self, variable: int, site: Site) -> None:
        if site.through >= 0:
            self.add(variable, site.through)
        elif site.this >= 0:
            self.copy(variable, site.this)

    def _run_function(self, value: int, function: ScriptFunction, site: Site) -> None:
        """Pass `this` and arguments, and what comes back to the call's result."""
        held = self.objects[value]
        assert isinstance(held, FunctionValue)
        base = self._base[held.unit]
        if function.kind != "arrow" and function.this >= 0:
            self._pass_this(base + function.this, site)
        self._pass(base, function, site)
        code = Code(held.unit, held.number)
        if code in self._correlated:
            self._write_correlated(base, function, site, code)
        if function.is_generator:
            generator = self.put(site.result, GeneratorValue(value))
            if self.once("generator", value):
                self.copy(self.property(generator, YIELDED), base + function.yields)
        elif function.is_async:
            promise = self.put(site.result, PromiseValue(value))
            if self.once("promise", value):
                self.settle(self.property(promise, VALUE), base + function.returns)
                self.copy(self.property(promise, ERROR), base + function.thrown)
        else:
            self.copy(site.result, base + function.returns)
            self._hand_back(base, function, site)
            if function.thrown >= 0 and site.thrown >= 0:
                self.copy(site.thrown, base + function.thrown)

    def _hand_back(self, base: int, function: ScriptFunction, site: Site) -> None:
        """What a function returns just as it got it."""
        certain = not any(argument.spread for argument in site.arguments)
        for position in function.handed_back:
            if certain and position < len(site.arguments):
                self.copy(site.result, site.arguments[position].value)
            else:
                self.copy(site.result, base + function.parameters[position])
        if function.returns_this:
            self._pass_this(site.result, site)

    def _pass(self, base: int, function: ScriptFunction, site: Site) -> None:
        targets = [base + one for one in function.parameters]
        rests = []
        if function.rest >= 0:
            rests.append((base + function.rest, len(targets)))
        if function.arguments >= 0:
            rests.append((base + function.arguments, 0))
        certain = True
        for position, argument in enumerate(site.arguments):
            source = argument.value
            if argument.spread:
                if source >= 0:
                    self._spread(source, position if certain else -1, targets, rests, site)
                certain = False
                continue
            if source < 0:
                continue
            if not certain:
                for target in targets[position - 1 :]:
                    self.copy(target, source)
                self._pass_rest(rests, ANY, source)
                continue
            if position < len(targets):
                self.copy(targets[position], source)
            for rest, first in rests:
                if position >= first:
                    self._pass_rest(((rest, first),), str(position - first), source)

    def _pass_rest(self, rests: Iterable[tuple[int, int]], name: str, source: int) -> None:
        for rest, _ in rests:
            self.watch(rest, lambda holder: self.copy(self.property(holder, name), source))

    def _spread(
        self,
        source: int,
        position: int,
        targets: list[int],
        rests: list[tuple[int, int]],
        site: Site,
    ) -> None:
        def react(value: int) -> None:
            held = self.objects[value]
            if position >= 0 and isinstance(held, LiteralValue) and held.kind == "array":

                def listener(name: str, variable: int) -> None:
                    at = position + int(name) if name.isdigit() else -1
                    if at < 0:
                        for target in targets[position:]:
                            self.copy(target, variable)
                        self._pass_rest(rests, ANY, variable)
                        return
                    if at < len(targets):
                        self.copy(targets[at], variable)
                    for rest, first in rests:
                        if at >= first:
                            self._pass_rest(((rest, first),), str(at - first), variable)

                self.listen(value, listener)
                return
            every = self.new()
            self.read_element(value, -1, Site(every, (), site.offset, site.caller, site.thrown))
            for target in targets[max(position, 0) :]:
                self.copy(target, every)
            self._pass_rest(rests, ANY, every)

        self.watch(source, react)

    def _render(self, value: int, site: Site) -> None:
        """A JSX element of a component: a function is called, a class is made and rendered."""
        held = self.objects[value]
        if not isinstance(held, FunctionValue):
            return
        if not self.function(held).is_class:
            self.call(value, site)
            return
        instance = self.new()
        self.construct(value, Site(instance, site.arguments, site.offset, site.caller, site.thrown))

        def react(one: int) -> None:
            self.copy(self.property(one, "props"), site.arguments[0].value)
            inner = Site(self.new(), (), site.offset, site.caller, site.thrown)
            self.call_member(one, "render", inner)

        self.watch(instance, react)

    def settle(self, to: int, source: int) -> None:
        """What awaiting a value gives: promises are opened."""

        def react(value: int) -> None:
            held = self.objects[value]
            if isinstance(held, PromiseValue) or (
                isinstance(held, LiteralValue) and held.kind == "promise"
            ):
                self.copy(to, self.property(value, VALUE))
            else:
                self.add(to, value)

        if self.once("settle", to, source):
            self.watch(source, react)

    def _concat(
        self, unit: int, base: int, to: int, parts: tuple[str | int, ...], place: Place
    ) -> None:
        variables = [base + one for one in parts if isinstance(one, int) and one >= 0]

        def build() -> None:
            choices: list[list[str]] = []
            textual = False
            for part in parts:
                if isinstance(part, str):
                    choices.append([part])
                    textual = True
                    continue
                texts = [
                    one.text
                    for one in (self.held(base + part) if part >= 0 else ())
                    if isinstance(one, TextValue)
                ]
                textual = textual or bool(texts)
                choices.append(texts or [WILD])
            if not textual:
                return
            count = 1
            for texts in choices:
                count *= len(texts)
            if count > _MAX_TEXTS:
                self.put(base + to, TextValue(WILD))
                return
            for chosen in product(*choices):
                text = "".join(chosen)
                self.put(base + to, TextValue(text if len(text) < 200 else WILD))

        self.delay(build)
        site = self._site(unit, base, NONE, (), place)
        for variable in variables:
            known = frozenset(self._points[variable])

            def react(value: int, known: frozenset[int] = known) -> None:
                held = self.objects[value]
                if isinstance(held, TextValue):
                    if value not in known and held.text != WILD:
                        self.delay(build)
                elif isinstance(held, InstanceValue | LiteralValue) and place.offset >= 0:
                    self.call_member(value, "toString", site)

            self.watch(variable, react)

    # -- what lies outside, and what builtins ask for

    def _call_outside(self, name: str, site: Site) -> None:
        word, _, plain = name.rpartition(" ")
        inner = plain.startswith(("<builtin>", "<unknown>"))
        if word != "super" and not _UNNAMED.search(plain):
            plain_global = site.direct and not word and plain.count(".") == 1 and plain[1] == "b"
            if not inner or plain_global:
                self._edge(site, plain)
        model = OUTSIDE.get(name) or (OUTSIDE.get(plain) if word else None)
        if model is not None:
            model(self, site)
            return
        if not word:
            holder, _, method = plain.rpartition(".")
            if method in ("call", "apply") and "." in holder:
                self._call_outside_on(holder, method, site)
                return
            direct = DIRECT.get(holder.removesuffix(".prototype"))
            native = NATIVES.get(f"{direct}.{method}") if direct is not None else None
            if native is not None and site.through >= 0:
                native(self, site.through, site)
                return
        self.called_back(site, plain)
        if not inner and plain.count(".") < _MAX_DOTS and "()" not in plain:
            self.put(site.result, OutsideValue(f"{plain}()"))

    def _call_outside_on(self, name: str, method: str, site: Site) -> None:
        """`Array.prototype.map.call(holder, …)`."""
        holder = self.argument(site, 0)
        arguments = site.arguments[1:]
        if method == "apply":
            arguments = tuple(Argument(one.value, True) for one in arguments[:1])

        def react(value: int) -> None:
            inner = Site(
                site.result, arguments, site.offset, site.caller, site.thrown, through=value
            )
            self._call_outside(name, inner)

        if holder >= 0:
            self.watch(holder, react)
        else:
            whole = Site(site.result, arguments, site.offset, site.caller, site.thrown)
            self._call_outside(name, whole)

    def called_back(self, site: Site, name: str) -> None:
        """Something unknown calls the functions it is handed."""
        if CALLED_NOTHING.search(name):
            return
        for argument in site.arguments:
            if argument.value >= 0:
                waits = partial(self._called_back_later, site, argument.value)
                self.watch(argument.value, waits)

    def _called_back_later(self, site: Site, handed: int, value: int) -> None:
        held = self.objects[value]
        if isinstance(held, FunctionValue):
            prototype = self._properties.get(self.number(PrototypeValue(value)), {})
            if self.function(held).is_class or len(prototype) > 1:
                # A constructor is handed over to be kept or made instances of.
                return
        elif not isinstance(held, BoundValue):
            return
        if self.once("called back", value, site.offset, site.caller):
            self.delay(lambda: self._called_back_now(site, handed, value))

    def _called_back_now(self, site: Site, handed: int, value: int) -> None:
        count = sum(isinstance(one, FunctionValue | BoundValue) for one in self.held(handed))
        if count <= _MAX_CALLED_BACK:
            self.call(value, Site(self.new(), (), site.offset, site.caller, site.thrown))

    def argument(self, site: Site, position: int) -> int:
        """The variable of an argument by position, -1 where there is none."""
        for at, one in enumerate(site.arguments):
            if one.spread:
                if one.value < 0:
                    return NONE
                return self._element_of(one.value, position - at, site)
            if at == position:
                return one.value
        return NONE

    def _element_of(self, source: int, position: int, site: Site) -> int:
        found = self.new()
        inner = Site(found, (), site.offset, site.caller, site.thrown)
        self.watch(source, lambda value: self.read_element(value, position, inner))
        return found

    def copy_elements(self, to: int, source: int, site: Site) -> int:
        """Everything that iterating over `source` gives goes into `to`, which is handed back."""
        inner = Site(to, (), site.offset, site.caller, site.thrown)
        self.watch(source, lambda value: self.read_element(value, -1, inner))
        return to

    def call_back(self, site: Site, callee: int, arguments: Iterable[int], this: int = NONE) -> int:
        """Call a function that was handed to a builtin, with the given variables; its result."""
        result = self.new()
        if callee >= 0:
            inner = Site(
                result,
                tuple(Argument(one) for one in arguments),
                site.offset,
                site.caller,
                site.thrown,
                this,
            )
            self.watch(callee, lambda value: self.call(value, inner))
        return result

    # -- guesses

    def _guess_types(self) -> None:
        """Declared types stand for values that nothing is known of."""
        for variable, kind in self._typed:
            if not self._points[variable]:
                self.watch(kind, partial(self._instance, variable))

    def _guess_receivers(self) -> None:
        for holder in range(len(self.objects)):
            self._guess_this(holder)

    def _guess_callbacks(self) -> None:
        """Something unknown that is called calls the functions it is handed."""
        for site in self._sites:
            if not site.reached:
                self.called_back(site, f"<unknown>.{site.name}")

    def _instance(self, to: int, value: int) -> None:
        held = self.objects[value]
        if isinstance(held, FunctionValue) and self.function(held).is_class:
            self.put(to, InstanceValue(value))
        elif isinstance(held, OutsideValue) and not held.name.startswith("<"):
            self.put(to, OutsideValue(f"{held.name}()"))

    def _guess_this(self, holder: int) -> None:
        """`this` of what nobody is seen to call: the object it is a member of, or an instance."""
        held = self.objects[holder]
        if not isinstance(held, FunctionValue | LiteralValue | PrototypeValue):
            return
        alone: list[int] = []
        if isinstance(held, PrototypeValue):
            owner = self.objects[held.of]
            if isinstance(owner, FunctionValue) and self.function(owner).is_class:
                alone.append(self._base[owner.unit] + self.function(owner).this)
        for name, variable in self._properties[holder].items():
            if name in ("constructor", "prototype") or _is_internal(name):
                continue
            for value in self._points[variable]:
                function = self.objects[value]
                if isinstance(function, FunctionValue):
                    entry = self.function(function)
                    if entry.kind in ("function", "method") and entry.this >= 0:
                        alone.append(self._base[function.unit] + entry.this)
        alone = [this for this in alone if not self._points[this]]
        if not alone:
            return
        through = holder
        if isinstance(held, PrototypeValue):
            through = self.number(InstanceValue(held.of))
        for this in alone:
            self.add(this, through)


_DEFINING = frozenset({"defineProperty", "defineProperties", "__defineGetter__"})


_UNNAMED = re.compile(r"\(\)|\[\]|\.prototype\.\w+\.")
"""Dotted names that say less than a name: what a call gave, an element, a part of an instance."""


def _is_internal(name: str) -> bool:
    return name.startswith(("%", "get ", "set ", "@@"))
