"""The solver: constraints of all files -> the functions each call can reach.

A worklist over points-to sets with difference propagation. Objects (functions, classes,
instances, containers, modules, names outside) are interned as small integers.
What an attribute of an object may be is one variable, shared by all who read it. Work is bounded:
a variable that would hold too much holds *anything* instead, which flows on as one value, and past
`MAX_STEPS` the answer is what was found so far. `cut_calls` has the calls of which more may be
meant than was followed; `cut` says why the whole is incomplete.

It knows no language: the names of special methods and what builtins do come with a `Dialect`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import islice, product

from pairwright_analyzers.graph.flow.ir import (
    THIS_MODULE,
    CallArgument,
    Constraint,
    FlowClass,
    FlowFunction,
    FlowImport,
    FlowUnit,
    Kind,
)
from pairwright_analyzers.graph.flow.objects import (
    AccessorObject,
    AnythingObject,
    BoundObject,
    Caller,
    ClassObject,
    ContainerObject,
    ExternalObject,
    FactoryObject,
    FolderObject,
    FunctionObject,
    GeneratorObject,
    InstanceObject,
    MakerObject,
    MethodObject,
    ModuleObject,
    NamespaceObject,
    PartialObject,
    StringObject,
    SuperObject,
    UnknownObject,
    Value,
)

MAX_STEPS = 20_000_000
"""Set insertions after which solving stops."""

_MAX_DOTS = 8
"""Length of a dotted name outside the workspace, in parts, after which it is no longer followed."""

_MAX_ARGUMENTS = 40
"""Arguments of a call after which partial objects that hold partial objects are no longer followed.
"""

_MAX_VALUES = 16
"""Values of a variable after which texts, names outside and containers among them are dropped: what
can be anything says nothing, and costs most. Functions, classes and instances are kept.
"""

_MAX_KEPT = 32
"""Values of a variable after which it holds anything: so many meanings are no answer to anybody,
and to carry them through a program is what makes analyses of this kind slow. What the variable is
declared to hold stays.
"""

_FEW_TARGETS = 8
"""Targets of one variable that a list holds; more are kept in a set."""

_SOFT = frozenset({StringObject, ExternalObject, ContainerObject, MethodObject, GeneratorObject})

_WITHOUT_ATTRIBUTES = frozenset(
    {ExternalObject, StringObject, UnknownObject, AnythingObject, FolderObject}
)
"""What nothing that is stored on it can be read from."""

_MAX_TEXTS = 16
"""Texts that one joining of texts may make."""

NOWHERE = Caller(-1, -1)
"""The caller of what runs behind the scenes."""


ImportTargets = Callable[[str, FlowImport], "ModuleObject | FolderObject | ExternalObject | None"]
"""(path, import) -> the imported module, its folder, or its name outside."""

Submodule = Callable[[str, str], "ModuleObject | FolderObject | None"]
"""(path of a package's file, or a folder; name) -> the module of that name inside it."""


Place = tuple[Caller, int]
"""(whose code, byte offset) of a call. Its targets are functions, and dotted names outside."""


@dataclass(slots=True)
class Site:
    """One call, as the solver sees it: `base` is what the arguments' variables count from."""

    result: int
    arguments: tuple[CallArgument, ...]
    offset: int
    caller: Caller
    base: int


@dataclass(frozen=True, slots=True)
class Dialect:
    """What a language calls its special methods, and what its builtins do with functions.

    `models`: by dotted name. `method`: calls of methods of containers and generators. `construct`:
    methods that making an instance calls, `made` the one among them that gets the class. `missing`:
    answers for attributes that are not there. `getter`: answers for an attribute that holds an
    object, `setter` takes what is stored there, `named` runs where the class is made. `modules`:
    the mapping of modules by name. `untold`: how the names of types begin that do not say what a
    value of them is. `subclassed`: runs when a class is extended. `enumerations`: bases outside the
    workspace whose subclasses' values are instances; `enumerated` reads what was assigned.
    `class_of`, `namespace`: attributes that are an object's class and its attributes as a mapping.
    `hidden`: how names begin that an import of everything leaves out.
    """

    models: Mapping[str, Callable[[Solver, Site], None]] = field(default_factory=dict)
    method: Callable[[Solver, MethodObject, Site], None] | None = None
    construct: tuple[str, ...] = ()
    made: str = ""
    call: str = ""
    get_item: str = ""
    set_item: str = ""
    iterate: tuple[tuple[str, str], ...] = ()
    enter: tuple[tuple[str, str], ...] = ()
    missing: str = ""
    setter: str = ""
    named: str = ""
    modules: str = ""
    untold: tuple[str, ...] = ()
    enumerated: frozenset[str] = frozenset()
    getter: str = ""
    subclassed: str = ""
    class_of: str = ""
    namespace: str = ""
    enumerations: frozenset[str] = frozenset()
    hidden: str = "\0"


@dataclass(frozen=True, slots=True)
class _Lookup:
    """A member wanted of a class: the first of `names` along its order of resolution behind `after`
    (-1: all of it), bound to `this` (-1: to nothing).
    """

    after: int
    names: tuple[str, ...]
    to: int
    this: int


@dataclass(frozen=True, slots=True)
class _Shape:
    """A function's parameters as variables of the solver."""

    by_position: tuple[int, ...]
    rest: int
    named: int
    names: dict[str, int]


class Solver:
    """One run over a set of units. `solve()` once, then read `targets`, `cut_calls` and `cut`."""

    def __init__(
        self,
        units: Mapping[str, FlowUnit],
        targets: ImportTargets,
        submodule: Submodule,
        dialect: Dialect,
        max_steps: int = MAX_STEPS,
    ) -> None:
        self.paths = sorted(units)
        self.units = [units[path] for path in self.paths]
        self.dialect = dialect
        self.targets: dict[Place, set[FunctionObject | str]] = {}
        self.cut_calls: set[Place] = set()
        self.cut = ""
        self.objects: list[Value] = []
        self.bases: list[int] = []
        self._number = {path: index for index, path in enumerate(self.paths)}
        self._targets = targets
        self._submodule = submodule
        self._max_steps = max_steps
        self._object_numbers: dict[type, dict[Value, int]] = {}
        total = 0
        for unit in self.units:
            self.bases.append(total)
            total += unit.variables
        # Sets are never changed in place, so that variables that hold the same share one.
        self._points: list[frozenset[int] | None] = [None] * total
        self._single: list[frozenset[int]] = []
        self._copies: dict[int, list[int] | set[int]] = {}
        self._loads: dict[int, list[tuple[int, str]]] = {}
        self._sites: dict[int, list[Site]] = {}
        self._specials: dict[int, list[tuple[tuple[str, ...], Site]]] = {}
        self._watchers: dict[int, list[Callable[[int], None]]] = {}
        self._declared: dict[int, frozenset[int]] = {}
        self._over: set[int] = set()
        self._reacting: set[int] = set()
        self._hierarchy: dict[int, list[Callable[[int], None]]] = {}
        self._pending: dict[int, frozenset[int]] = {}
        self._later: dict[int, frozenset[int]] = {}
        self._later_queue: deque[int] = deque()
        self._queue: deque[int] = deque()
        self._tasks: deque[tuple[Callable[[int], None], tuple[int, ...]]] = deque()
        self._done: set[tuple[str, int, int, int]] = set()
        self._found: dict[tuple[int, int, tuple[str, ...], int], int] = {}
        self._members: dict[tuple[int, str], int] = {}
        self._attributes: dict[tuple[int, str], int] = {}
        self._items: dict[int, dict[str | None, int]] = {}
        self._any_item: dict[int, int] = {}
        self._flows: dict[int, list[tuple[int, int]]] = {}
        self._base_slots: dict[int, list[list[int]]] = {}
        self._metaclasses: dict[int, list[int]] = {}
        self._linear: dict[int, list[int]] = {}
        self._lookups: dict[int, set[_Lookup]] = {}
        self._waiting: list[tuple[int, _Lookup]] = []
        self._waiting_fields: list[tuple[int, Site]] = []
        self._waiting_classes: list[tuple[int, int]] = []
        self._changed_classes: set[int] = set()
        self._applied: set[tuple[int, int, int]] = set()
        self._partials: dict[int, tuple[int, tuple[CallArgument, ...], int]] = {}
        self._factories: dict[int, int] = {}
        self._accessors: dict[int, set[FunctionObject]] = {}
        self._dynamic_loads: dict[int, Site] = {}
        self._shapes: dict[int, _Shape] = {}
        self._soft: set[int] = set()
        self._descendants: dict[int, set[int]] = {}
        self._setters: set[str] = set()
        self._defined: set[str] = set()
        self._assigned: set[str] = set()
        self.unknown = self.number(UnknownObject())
        self.anything = self.number(AnythingObject())
        self._open = frozenset((self.unknown, self.anything))

    # -- plumbing

    def release(self) -> None:
        """Let go of what solving alone needs.

        Reactions and the solver hold each other: left to the garbage collector, to find that out
        takes as long as solving did.
        """
        self._watchers.clear()
        self._tasks.clear()
        self._hierarchy.clear()

    def new(self) -> int:
        """A fresh variable."""
        self._points.append(None)
        return len(self._points) - 1

    def number(self, value: Value) -> int:
        """The number of an object."""
        # Named tuples of different types can be equal.
        kind = type(value)
        numbers = self._object_numbers.get(kind)
        if numbers is None:
            numbers = self._object_numbers[kind] = {}
        known = numbers.get(value)
        if known is None:
            known = numbers[value] = len(self.objects)
            self.objects.append(value)
            self._single.append(frozenset((known,)))
            if kind in _SOFT:
                self._soft.add(known)
        return known

    def values(self, variable: int) -> tuple[int, ...]:
        """What a variable is known to hold by now."""
        return tuple(self._points[variable] or ())

    def add(self, variable: int, values: frozenset[int]) -> None:
        """Put objects into a variable."""
        held = self._points[variable]
        if held is None:
            fresh = self._points[variable] = values
        elif held is values or values <= held or variable in self._over:
            return
        else:
            fresh = values - held
            count = len(held)
            if count > _MAX_VALUES:
                fresh -= self._soft
                if not fresh:
                    return
            if count + len(fresh) > _MAX_KEPT:
                self._overflow(variable)
                return
            self._points[variable] = held | fresh
        if variable in self._copies or variable in self._reacting:
            waiting = self._pending.get(variable)
            if waiting is None:
                self._pending[variable] = fresh
                self._queue.append(variable)
            else:
                self._pending[variable] = waiting | fresh

    def put(self, variable: int, value: int) -> None:
        """Put one object into a variable."""
        held = self._points[variable]
        if held is None or value not in held:
            self.add(variable, self._single[value])

    def _overflow(self, variable: int) -> None:
        """A variable holds too much: from now on anything, and what it is declared to hold."""
        self._over.add(variable)
        held = self._single[self.anything] | self._declared.get(variable, frozenset())
        self._points[variable] = held
        self._later.pop(variable, None)
        if self._pending.get(variable) is None:
            self._queue.append(variable)
        self._pending[variable] = held

    def put_declared(self, variable: int, value: int) -> None:
        """Put an object that stays when the variable comes to hold too much."""
        fresh = self._single[value]
        self._declared[variable] = self._declared.get(variable, frozenset()) | fresh
        if variable in self._over:
            self._over.discard(variable)
            self.put(variable, value)
            self._over.add(variable)
        else:
            self.put(variable, value)

    def put_value(self, variable: int, value: Value) -> None:
        """Put one object, not yet numbered, into a variable."""
        self.put(variable, self.number(value))

    def copy(self, to: int, source: int) -> None:
        """All that `source` holds, now and later, `to` holds."""
        if to == source:
            return
        targets = self._copies.get(source)
        if targets is None:
            self._copies[source] = [to]
        elif to in targets:
            return
        elif type(targets) is set:
            targets.add(to)
        elif len(targets) < _FEW_TARGETS:
            targets.append(to)  # type: ignore[union-attr]
        else:
            self._copies[source] = {*targets, to}
        held = self._points[source]
        if held:
            self.add(to, held)

    def watch(self, variable: int, react: Callable[[int], None]) -> None:
        """Call `react` once with each object that a variable holds, now and later."""
        self._watchers.setdefault(variable, []).append(react)
        self._reacting.add(variable)
        held = self._points[variable]
        if held:
            # Never at once: one reaction leads to the next, and a chain of them would be as deep
            # as the program.
            self._tasks.append((react, tuple(held)))

    def solve(self, check: Callable[[], None] = lambda: None) -> None:
        """Propagate to the fixed point, or to the bound."""
        for flow in self.units:
            for flow_class in flow.classes:
                self._defined.update(flow_class.attributes)
                self._assigned.update(flow_class.values)
        for index in range(len(self.units)):
            check()
            self._load_unit(index)
        seeded = False
        while self._propagate(check):
            if (
                self._waiting
                or self._changed_classes
                or self._waiting_fields
                or self._waiting_classes
            ):
                self._answer_lookups()
            elif not seeded:
                seeded = True
                self._seed()
            else:
                break
        self._read_edges()

    def _propagate(self, check: Callable[[], None]) -> bool:
        """Pass values on until nothing moves; False when the bound is reached.

        Copies first: what depends on a variable's values looks at them when they are many already,
        once for each lot and not at all where they are too many.
        """
        steps = self._max_steps
        turns = 0
        queue, pending, copies, reacting = self._queue, self._pending, self._copies, self._reacting
        later, later_queue, tasks, add = self._later, self._later_queue, self._tasks, self.add
        hierarchy = self._hierarchy
        while True:
            turns += 1
            if turns % 4096 == 0:
                check()
            if steps <= 0:
                self.cut = "stopped at the bound of steps"
                return False
            if queue:
                variable = queue.popleft()
                fresh = pending.pop(variable)
                targets = copies.get(variable)
                if targets is not None:
                    steps -= len(fresh) * len(targets)
                    for to in targets:
                        add(to, fresh)
                if variable in reacting:
                    for learn in hierarchy.get(variable, ()):
                        for value in fresh:
                            learn(value)
                    waiting = later.get(variable)
                    if waiting is None:
                        later[variable] = fresh
                        later_queue.append(variable)
                    else:
                        later[variable] = waiting | fresh
            elif tasks:
                react, values = tasks.popleft()
                steps -= len(values)
                for value in values:
                    react(value)
            elif later_queue:
                variable = later_queue.popleft()
                found = later.pop(variable, None)
                if found is not None:
                    steps -= self._react(variable, found)
            else:
                break
        self._max_steps = steps
        return True

    def _react(self, variable: int, fresh: frozenset[int]) -> int:
        """Do what waits for the values of a variable; how much that was."""
        steps = len(fresh)
        loads = self._loads.get(variable)
        if loads is not None:
            steps += len(fresh) * len(loads)
            members, open_ended = self._members, self._open
            for value in fresh:
                if value in open_ended:
                    for to, _ in loads:
                        self.put(to, value)
                    continue
                for to, name in loads:
                    member = members.get((value, name))
                    if member is None:
                        member = self.member(value, name)
                    if member >= 0:
                        self.copy(to, member)
        sites = self._sites.get(variable)
        if sites is not None:
            for site in tuple(sites):
                for value in fresh:
                    self.call(value, site)
        specials = self._specials.get(variable)
        if specials is not None:
            for value in fresh:
                if type(self.objects[value]) is InstanceObject:
                    for names, special in specials:
                        self.call_method(value, names, special)
        watchers = self._watchers.get(variable)
        if watchers is not None:
            for react in tuple(watchers):
                for value in fresh:
                    react(value)
        return steps

    def _first_time(self, what: str, value: int, site: Site) -> bool:
        """Whether this was not done before for the same value and result: what ends cycles."""
        key = (what, value, site.result, site.offset)
        if key in self._done:
            return False
        self._done.add(key)
        return True

    # -- loading

    def _load_unit(self, unit: int) -> None:
        base = self.bases[unit]
        flow = self.units[unit]
        for index, function in enumerate(flow.functions):
            if function.accessor == "set":
                self._setters.add(function.name)
            if function.this >= 0 and function.owner >= 0 and function.receiver:
                owner = self.number(ClassObject(unit, function.owner))
                if function.receiver == "instance":
                    owner = self.number(InstanceObject(owner))
                self._declared[base + function.this] = self._single[owner]
            for parameter in function.parameters:
                if parameter.variadic:
                    kind = "tuple" if parameter.variadic == "*" else "dict"
                    site = -2 - index * 2 - (parameter.variadic == "**")
                    self.put_value(base + parameter.variable, ContainerObject(unit, site, kind))
        for index, flow_class in enumerate(flow.classes):
            self._load_class(unit, base, index, flow_class)
        self._load_constraints(unit, base, flow)

    def _load_class(self, unit: int, base: int, index: int, flow_class: FlowClass) -> None:
        class_object = self.number(ClassObject(unit, index))
        if flow_class.values and self.dialect.named in self._defined:
            self._changed_classes.add(class_object)
        if flow_class.bases:
            slots: list[list[int]] = [[] for _ in flow_class.bases]
            self._base_slots[class_object] = slots
            for slot, variable in zip(slots, flow_class.bases, strict=True):
                self._watch_hierarchy(base + variable, self._on_base(class_object, slot))
        if flow_class.metaclass >= 0:
            variable = base + flow_class.metaclass
            self._watch_hierarchy(variable, self._on_metaclass(class_object))

    def _watch_hierarchy(self, variable: int, react: Callable[[int], None]) -> None:
        """What classes are made of is learnt while values are copied, before anything is called."""
        self._hierarchy.setdefault(variable, []).append(react)
        self._reacting.add(variable)
        for value in self._points[variable] or ():
            react(value)

    def _on_base(self, class_object: int, slot: list[int]) -> Callable[[int], None]:
        def react(value: int) -> None:
            held = self.objects[value]
            if value != class_object and type(held) in (ClassObject, ExternalObject, UnknownObject):
                slot.append(value)
                self._descendants.setdefault(value, set()).add(class_object)
                self._changed_classes.add(class_object)

        return react

    def _on_metaclass(self, class_object: int) -> Callable[[int], None]:
        def react(value: int) -> None:
            if type(self.objects[value]) is ClassObject:
                self._metaclasses.setdefault(class_object, []).append(value)
                self._changed_classes.add(class_object)

        return react

    def _seed(self) -> None:
        """Nobody calls these methods here, but somebody may: with an instance of their class.

        Methods that are called here have the objects they are called with, which may be of other
        classes only. Classes are made too, and their makers told.
        """
        for unit, flow in enumerate(self.units):
            base = self.bases[unit]
            for function in flow.functions:
                if not function.receiver or function.this < 0 or function.owner < 0:
                    continue
                if self._points[base + function.this]:
                    continue
                owner = self.number(ClassObject(unit, function.owner))
                if function.receiver == "instance":
                    owner = self.number(InstanceObject(owner))
                self.put(base + function.this, owner)

    def _make_class(self, class_object: int) -> None:
        """What runs where a class is made."""
        held = self.objects[class_object]
        assert isinstance(held, ClassObject)
        flow_class = self._class(held)
        caller = Caller(held.unit, flow_class.caller)
        site = Site(self.new(), (), flow_class.start, caller, 0)
        name = self.dialect.subclassed
        if name in self._defined and self._first_time("made", class_object, site):
            self._call_found(class_object, class_object, (name,), class_object, site)
        if self.dialect.named in self._defined:
            self._name_values(held, flow_class)
        for one in self._line(class_object):
            for meta in self._metaclasses.get(one, ()):
                for name in self.dialect.construct:
                    if (f"made {name}", class_object, meta, 0) not in self._done:
                        self._done.add((f"made {name}", class_object, meta, 0))
                        unbound = name == self.dialect.made
                        this = meta if unbound else class_object
                        self._call_found(meta, -1, (name,), this, site)

    def _name_values(self, held: ClassObject, flow_class: FlowClass) -> None:
        """What a class's body assigns is told its name, where it wants to know."""
        names = (self.dialect.named,)
        caller = Caller(held.unit, flow_class.caller)
        for name in sorted(flow_class.values):
            arguments = (CallArgument("", self.new()), CallArgument("", self.new()))
            site = Site(self.new(), arguments, flow_class.start, caller, 0)

            def react(value: int, site: Site = site) -> None:
                self.call_method(value, names, site)

            self.watch(self.bases[held.unit] + flow_class.attributes[name], react)

    def _answer_lookups(self) -> None:
        """Look members up along the orders of resolution, now that no base is on its way any more.

        Waiting for that moment keeps a member of a distant base from being taken for the one meant.
        """
        waiting, self._waiting = self._waiting, []
        fields, self._waiting_fields = self._waiting_fields, []
        if self._changed_classes:
            changed = tuple(self._changed_classes)
            self._changed_classes.clear()
            before = {
                one: line
                for one in self._below(changed)
                if (line := self._linear.pop(one, None)) is not None
            }
            for class_object, line in before.items():
                if self._line(class_object) != line or class_object in changed:
                    waiting.extend(
                        (class_object, one) for one in self._lookups.get(class_object, ())
                    )
            for class_object in changed:
                self._make_class(class_object)
        for class_object, lookup in waiting:
            self._answer(class_object, lookup)
        for class_object, site in fields:
            self._construct_fields(class_object, site)
        iterated, self._waiting_classes = self._waiting_classes, []
        for class_object, to in iterated:
            if self._enumerates(class_object):
                self.put_value(to, InstanceObject(class_object))

    def _below(self, classes: Iterable[int]) -> dict[int, None]:
        """The classes given and all that extend them, in an order that is the same every time."""
        found = dict.fromkeys(classes)
        waiting = list(found)
        while waiting:
            for one in self._descendants.get(waiting.pop(), ()):
                if one not in found:
                    found[one] = None
                    waiting.append(one)
        return found

    def _load_constraints(self, unit: int, base: int, flow: FlowUnit) -> None:
        """All constraints of a file, the commonest kinds first."""
        copy, load, number, put = self.copy, self.load, self.number, self.put
        callers: dict[int, Caller] = {}

        def caller_of(code: int) -> Caller:
            known = callers.get(code)
            if known is None:
                known = callers[code] = Caller(unit, code)
            return known

        for constraint in flow.constraints:
            kind = constraint[0]
            to = base + constraint[1]
            if kind == Kind.LOAD:
                load(base + constraint[2], constraint[3], to)
            elif kind == Kind.COPY:
                copy(to, base + constraint[2])
            elif kind == Kind.CALL:
                _, _, callee, arguments, offset, code = constraint
                self.call_each(base + callee, Site(to, arguments, offset, caller_of(code), base))
            elif kind == Kind.STRING:
                put(to, number(StringObject(constraint[2])))
            elif kind == Kind.CONTAINER:
                self._load_container(unit, base, to, constraint)
            elif kind == Kind.EXTERNAL:
                put(to, number(ExternalObject(constraint[2])))
            elif kind == Kind.SPECIAL:
                _, _, holder, names, arguments, offset, code = constraint
                site = Site(to, arguments, offset, caller_of(code), base)
                self._load_special(base + holder, names, site)
            elif kind == Kind.FUNCTION:
                put(to, number(FunctionObject(unit, constraint[2])))
            elif kind == Kind.CLASS:
                put(to, number(ClassObject(unit, constraint[2])))
            elif kind == Kind.IMPORT:
                self.load_import(unit, to, flow.imports[constraint[2]])
            elif kind == Kind.STAR:
                self._load_star(unit, to, flow.imports[constraint[2]], constraint[3])
            else:
                self._load_reaction(unit, base, constraint)

    def _load_container(self, unit: int, base: int, to: int, constraint: Constraint) -> None:
        _, _, site, kind, items = constraint
        container = self.number(ContainerObject(unit, site, kind))
        for key, source in items:
            self.copy(self.item(container, key), base + source)
        self.put(to, container)

    def _load_special(self, holder: int, names: tuple[str, ...], site: Site) -> None:
        if self._defined.isdisjoint(names):
            return
        self._specials.setdefault(holder, []).append((names, site))
        self._reacting.add(holder)
        held = self._points[holder]
        if held:
            self._tasks.append((lambda value: self.call_method(value, names, site), tuple(held)))

    def _load_reaction(self, unit: int, base: int, constraint: Constraint) -> None:
        """Constraints that wait for the values of a variable."""
        kind, first, *rest = constraint
        first += base
        match kind:
            case Kind.STORE:
                name, source, *place = rest
                offset, caller = place or (-1, -1)
                site = Site(-1, (), offset, Caller(unit, caller), 0)
                self.watch(first, self.storing(name, base + source, site))
            case Kind.LOAD_ITEM:
                holder, key, offset, caller, *asked = rest
                site = Site(first, (), offset, Caller(unit, caller), base)
                named = base + asked[0] if asked and asked[0] >= 0 else -1
                self.watch(base + holder, self._load_item(key, named, site))
            case Kind.STORE_ITEM:
                self.watch(first, self._store_item(rest[0], base + rest[1]))
            case Kind.INSTANCE:
                self.watch(base + rest[0], self._instance(first))
            case Kind.ITERATE:
                holder, offset, caller = rest
                site = Site(first, (), offset, Caller(unit, caller), base)
                self.watch(base + holder, lambda value: self.iterate(value, site))
            case Kind.ENTER:
                holder, offset, caller = rest
                site = Site(first, (), offset, Caller(unit, caller), base)
                self.watch(base + holder, lambda value: self.enter(value, site))
            case Kind.SUPER:
                owner, this = rest
                self._load_super(unit, first, owner, base + this if this >= 0 else -1)
            case Kind.UNPACK:
                self._load_unpack(unit, base, first - base, rest[0], rest[1])
            case Kind.AWAIT:
                self.copy(first, base + rest[0])
            case Kind.RETURNED:
                self.watch(base + rest[0], self._returned(first))
            case Kind.MERGE:
                self.merge_variables(first, base + rest[0])
            case Kind.CONCAT:
                self._load_concat(base, first, rest[0])
            case Kind.SLICE:
                holder, start, offset, caller = rest
                site = Site(first, (), offset, Caller(unit, caller), base)
                self.watch(base + holder, self._slice(start, site))

    def load_import(self, unit: int, to: int, item: FlowImport) -> None:
        """What an import's name stands for."""
        target = self._targets(self.paths[unit], FlowImport(item.module, "", item.level))
        if target is None:
            return
        value = self.number(target)
        if not item.name:
            self.put(to, value)
            return
        member = self.member(value, item.name)
        if member >= 0:
            self.copy(to, member)

    def _load_star(self, unit: int, to: int, item: FlowImport, name: str) -> None:
        target = self._targets(self.paths[unit], FlowImport(item.module, "", item.level))
        if not isinstance(target, ModuleObject) or target.path not in self._number:
            return
        public = self.units[self._number[target.path]].public
        if name in public if public is not None else not name.startswith(self.dialect.hidden):
            member = self.member(self.number(target), name)
            if member >= 0:
                self.copy(to, member)

    def _load_super(self, unit: int, to: int, owner: int, this: int) -> None:
        class_object = self.number(ClassObject(unit, owner))
        if this < 0:
            instance = self.number(InstanceObject(class_object))
            self.put_value(to, SuperObject(class_object, class_object, instance))
            return

        def react(value: int) -> None:
            held = self.objects[value]
            seen = held.of if isinstance(held, InstanceObject) else value
            if isinstance(self.objects[seen], ClassObject):
                self.put_value(to, SuperObject(class_object, seen, value))

        self.watch(this, react)

    def _load_unpack(
        self, unit: int, base: int, source: int, targets: tuple[int, ...], star: int
    ) -> None:
        rest = self.number(ContainerObject(unit, -1_000_000_000 - base - source, "list"))
        if star >= 0:
            self.put(base + targets[star], rest)

        def react(value: int) -> None:
            held = self.objects[value]
            if isinstance(held, ContainerObject):
                for position, target in enumerate(targets):
                    if position == star:
                        self.flow(rest, value, star)
                    elif star < 0 or position < star:
                        self.copy(base + target, self.item(value, f"#{position}"))
                        self.copy(base + target, self.item(value, None))
                    else:
                        self.copy(base + target, self.every_item(value))
                return
            every = self.new()
            self.iterate(value, Site(every, (), -1, Caller(unit, -1), base))
            for position, target in enumerate(targets):
                self.copy(self.item(rest, None) if position == star else base + target, every)

        self.watch(base + source, react)

    def merge_variables(self, to: int, source: int) -> None:
        """Every container of `source` is poured into every one of `to`."""

        def from_source(value: int) -> None:
            def into(holder: int) -> None:
                if isinstance(self.objects[holder], ContainerObject):
                    self.merge(holder, value)

            self.watch(to, into)

        self.watch(source, from_source)

    def merge(self, to: int, source: int) -> None:
        """Pour what an object holds into a container; positions are lost, names stay."""
        if isinstance(self.objects[source], ContainerObject):
            self.flow(to, source, -1)
        else:
            self.iterate(source, Site(self.item(to, None), (), -1, NOWHERE, 0))

    def _load_concat(self, base: int, to: int, parts: tuple[str | int, ...]) -> None:
        def react(_: int) -> None:
            choices: list[list[str]] = []
            for part in parts:
                if isinstance(part, str):
                    choices.append([part])
                    continue
                held = (self.objects[value] for value in self.values(base + part))
                choices.append([one.text for one in held if isinstance(one, StringObject)])
            for joined in islice(product(*choices), _MAX_TEXTS):
                self.put_value(to, StringObject("".join(joined)))

        for part in parts:
            if not isinstance(part, str):
                self.watch(base + part, react)

    def _returned(self, to: int) -> Callable[[int], None]:
        def react(value: int) -> None:
            held = self.objects[value]
            if isinstance(held, GeneratorObject):
                inner = self.objects[held.function]
                if isinstance(inner, FunctionObject):
                    self.copy(to, self.bases[inner.unit] + self.function(inner).returns)

        return react

    # -- containers

    def item(self, container: int, key: str | None) -> int:
        """The variable of one key of a container."""
        held = self._items.get(container)
        if held is None:
            held = self._items[container] = {}
        variable = held.get(key)
        if variable is None:
            variable = held[key] = self.new()
            every = self._any_item.get(container)
            if every is not None:
                self.copy(every, variable)
            for to, shift in self._flows.get(container, ()):
                self._pour(to, shift, key, variable)
        return variable

    def every_item(self, container: int) -> int:
        """A variable with the values of all keys, those to come included."""
        variable = self._any_item.get(container)
        if variable is None:
            variable = self._any_item[container] = self.new()
            for one in tuple(self._items.get(container, {}).values()):
                self.copy(variable, one)
        return variable

    def flow(self, to: int, source: int, shift: int) -> None:
        """Pour one container into another: positions move down by `shift`, or are lost with -1."""
        flows = self._flows.setdefault(source, [])
        if (to, shift) in flows or to == source:
            return
        flows.append((to, shift))
        for key, variable in tuple(self._items.get(source, {}).items()):
            self._pour(to, shift, key, variable)

    def _pour(self, to: int, shift: int, key: str | None, variable: int) -> None:
        if key is not None and key.startswith("#"):
            if shift < 0:
                key = None
            elif shift:
                position = int(key[1:]) if key[1:].isdigit() else 0
                if position < shift:
                    return
                key = f"#{position - shift}"
        self.copy(self.item(to, key), variable)

    def keys(self, container: int) -> tuple[str, ...]:
        """The named keys that a container is known to have by now."""
        held = self._items.get(container, {})
        return tuple(key for key in held if key is not None and not key.startswith("#"))

    def _load_item(self, key: str | None, named: int, site: Site) -> Callable[[int], None]:
        def react(value: int) -> None:
            held = self.objects[value]
            if isinstance(held, ContainerObject):
                factory = self._factories.get(value)
                if factory is not None:
                    made = self.call_back(site, factory, ())
                    self.copy(self.item(value, None), made)
                if key is None:
                    self.copy(site.result, self.every_item(value))
                else:
                    self.copy(site.result, self.item(value, key))
                    self.copy(site.result, self.item(value, None))
            elif isinstance(held, InstanceObject):
                self.call_method(value, (self.dialect.get_item,), site)
            elif isinstance(held, ClassObject):
                self.put(site.result, value)
            elif isinstance(held, NamespaceObject):
                if key is not None:
                    self.copy_member(site.result, held.of, key)
                else:
                    of = held.of
                    self.each_text(named, lambda text: self.copy_member(site.result, of, text))
            elif isinstance(held, ExternalObject) and held.name == self.dialect.modules:
                if key == THIS_MODULE:
                    self.put_value(site.result, self.module_of(site))
                elif key is not None:
                    self.load_import(site.caller.unit, site.result, FlowImport(key, "", 0))

        return react

    def _store_item(self, key: str | None, source: int) -> Callable[[int], None]:
        def react(value: int) -> None:
            held = self.objects[value]
            if isinstance(held, ContainerObject):
                self.copy(self.item(value, key), source)
            elif isinstance(held, NamespaceObject) and key is not None:
                self.storing(key, source, Site(-1, (), -1, NOWHERE, 0))(held.of)

        return react

    def _slice(self, start: int, site: Site) -> Callable[[int], None]:
        def react(value: int) -> None:
            held = self.objects[value]
            if isinstance(held, ContainerObject):
                self.flow(self.fresh_container(site, held.type), value, start)
            elif isinstance(held, InstanceObject):
                self.call_method(value, (self.dialect.get_item,), site)

        return react

    def make_with(self, container: int, factory: int) -> None:
        """A container that makes what it does not hold by calling a variable."""
        self._factories[container] = factory

    # -- attributes

    def attribute(self, holder: int, name: str) -> int:
        """The variable of what is stored as an attribute of an object.

        For all but classes it is also what is read: a class hands what is stored on it down.
        """
        if type(self.objects[holder]) is not ClassObject:
            return self.member(holder, name)
        key = (holder, name)
        variable = self._attributes.get(key)
        if variable is None:
            variable = self._attributes[key] = self.new()
        return variable

    def load(self, holder: int, name: str, to: int) -> None:
        """Read an attribute of everything a variable holds."""
        self._loads.setdefault(holder, []).append((to, name))
        self._reacting.add(holder)
        for value in self._points[holder] or ():
            if value in self._open:
                self.put(to, value)
            else:
                self.copy_member(to, value, name)

    def copy_member(self, to: int, value: int, name: str) -> None:
        """Read an attribute of one object."""
        member = self.member(value, name)
        if member >= 0:
            self.copy(to, member)

    def storing(self, name: str, source: int, site: Site) -> Callable[[int], None]:
        """A reaction that stores a variable as an attribute."""

        def react(value: int) -> None:
            held = self.objects[value]
            if type(held) in _WITHOUT_ATTRIBUTES:
                return
            self.copy(self.attribute(value, name), source)
            if isinstance(held, InstanceObject) and (
                name in self._setters
                or (name in self._assigned and self.dialect.setter in self._defined)
            ):
                found = self.new()
                self._lookup(held.of, _Lookup(-1, (name,), found, -1))

                def assign(one: int) -> None:
                    setter = self.objects[one]
                    if isinstance(setter, InstanceObject):
                        handed = self.new()
                        self.put(handed, value)
                        arguments = (CallArgument("", handed), CallArgument("", source))
                        inner = Site(self.new(), arguments, site.offset, site.caller, 0)
                        self.call_method(one, (self.dialect.setter,), inner)
                    elif (
                        isinstance(setter, FunctionObject)
                        and self.function(setter).accessor == "set"
                    ):
                        self._edge(site, setter)
                        passed = (CallArgument("", source),)
                        self.run(one, value, Site(self.new(), passed, -1, NOWHERE, 0))

                self.watch(found, assign)

        return react

    def member(self, value: int, name: str) -> int:
        """The variable of an attribute of an object as it is read, -1 where it can hold nothing."""
        key = (value, name)
        known = self._members.get(key)
        if known is not None:
            return known
        held = self.objects[value]
        match held:
            case StringObject():
                variable = -1
            case ModuleObject(path):
                return self._module_member(key, path)
            case _:
                variable = self.new()
        self._members[key] = variable
        match held:
            case ExternalObject(dotted):
                if dotted.count(".") < _MAX_DOTS:
                    self.put_value(variable, ExternalObject(f"{dotted}.{name}"))
            case FolderObject(folder):
                inside = self._submodule(folder, name)
                if inside is not None:
                    self.put_value(variable, inside)
            case InstanceObject(of):
                if name == self.dialect.class_of:
                    self.put(variable, of)
                elif name == self.dialect.namespace:
                    self.put_value(variable, NamespaceObject(value))
                else:
                    self._lookup(of, _Lookup(-1, (name,), variable, value))
            case ClassObject():
                self.copy(variable, self.attribute(value, name))
                if name == self.dialect.namespace:
                    self.put_value(variable, NamespaceObject(value))
                else:
                    self._lookup(value, _Lookup(-1, (name,), variable, value))
            case SuperObject(after, seen_from, this):
                if name == self.dialect.call and type(self.objects[this]) is ClassObject:
                    # What a metaclass calls to have the instance made.
                    self.put_value(variable, MakerObject(this))
                else:
                    self._lookup(seen_from, _Lookup(after, (name,), variable, this))
            case ContainerObject() | GeneratorObject() | NamespaceObject():
                self.put_value(variable, MethodObject(value, name))
            case _:
                pass
        return variable

    def _module_member(self, key: tuple[int, str], path: str) -> int:
        unit = self._number.get(path)
        name = key[1]
        if unit is None:
            self._members[key] = -1
            return -1
        if name == self.dialect.namespace:
            variable = self._members[key] = self.new()
            self.put_value(variable, NamespaceObject(key[0]))
            return variable
        flow = self.units[unit]
        base = self.bases[unit]
        export = flow.exports.get(name)
        if export is not None and flow.default_object < 0:
            self._members[key] = base + export
            return base + export
        # Known before it is filled: modules that import everything of each other end here.
        variable = self._members[key] = self.new()
        if flow.default_object >= 0:
            self.load(base + flow.default_object, name, variable)
        if export is not None:
            self.copy(variable, base + export)
            return variable
        inside = self._submodule(path, name)
        if inside is not None:
            self.put_value(variable, inside)
            return variable
        for star in flow.stars:
            self._load_star(unit, variable, flow.imports[star], name)
        missing = flow.exports.get(self.dialect.missing)
        if missing is not None:
            self.watch(base + missing, self._asking(name, variable))
        return variable

    def _read_through(
        self, value: int, this: int, to: int, passed: tuple[CallArgument, ...] = ()
    ) -> None:
        """Reading an attribute runs a function: its result is what is read."""
        held = self.objects[value]
        if isinstance(held, BoundObject):
            this = held.this
            value = held.function
            held = self.objects[value]
        if isinstance(held, FunctionObject):
            self._accessors.setdefault(to, set()).add(held)
            self.run(value, this, Site(to, passed, -1, NOWHERE, 0))

    def _read_edges(self) -> None:
        """The calls behind attributes that were read, now that all readers are known."""
        wanted: dict[int, set[FunctionObject]] = {}
        for variable, functions in self._accessors.items():
            for to in self._copies.get(variable, ()):
                wanted.setdefault(to, set()).update(functions)
        if not wanted:
            return
        for to, site in self._dynamic_loads.items():
            for function in wanted.get(to, ()):
                self._edge(site, function)
        for unit, flow in enumerate(self.units):
            base = self.bases[unit]
            for constraint in flow.constraints:
                if constraint[0] == Kind.LOAD:
                    found = wanted.get(base + constraint[1])
                    if found and constraint[4] >= 0:
                        place = (Caller(unit, constraint[5]), constraint[4])
                        self.targets.setdefault(place, set()).update(found)

    def _lookup(self, class_object: int, wanted: _Lookup) -> None:
        asked = self._lookups.setdefault(class_object, set())
        if wanted not in asked:
            asked.add(wanted)
            self._waiting.append((class_object, wanted))

    def _answer(self, class_object: int, wanted: _Lookup) -> None:
        line = self._line(class_object)
        if wanted.after >= 0:
            if wanted.after not in line:
                return
            line = line[line.index(wanted.after) + 1 :]
        for name in wanted.names:
            if name in self.dialect.enumerated and self._enumerates(class_object):
                self._copy_values(class_object, wanted.to)
            if self._from_line(line, name, wanted.to, wanted.this):
                return
        if wanted.this == class_object:
            for one in line:
                for meta in self._metaclasses.get(one, ()):
                    for name in wanted.names:
                        if self._from_line(self._line(meta), name, wanted.to, wanted.this, True):
                            return
            return
        missing = self.dialect.missing
        name = wanted.names[0]
        if wanted.after >= 0 or wanted.this < 0:
            return
        if not name.startswith("__") and missing in self._defined and not self._points[wanted.to]:
            found = self.new()
            if self._from_line(line, missing, found, wanted.this):
                self.watch(found, self._asking(name, wanted.to))

    def _asking(self, name: str, to: int) -> Callable[[int], None]:
        """A reaction that reads an attribute by calling what answers for those that are missing."""
        text = self.new()
        self.put_value(text, StringObject(name))
        return lambda one: self._read_through(one, -1, to, (CallArgument("", text),))

    def _copy_values(self, class_object: int, to: int) -> None:
        """What an enumeration's body assigns."""
        held = self.objects[class_object]
        if isinstance(held, ClassObject):
            flow_class = self._class(held)
            for name in sorted(flow_class.values):
                self.copy(to, self.bases[held.unit] + flow_class.attributes[name])

    def _from_line(
        self, line: Iterable[int], name: str, to: int, this: int, of_class: bool = False
    ) -> bool:
        """The first definition of a name along a method resolution order, bound to what it is read
        through.
        """
        for one in line:
            held = self.objects[one]
            if isinstance(held, ExternalObject):
                if name.startswith("__"):
                    return False
                self.put_value(to, ExternalObject(f"{held.name}.{name}"))
                return True
            if not isinstance(held, ClassObject):
                return not name.startswith("__")
            flow_class = self._class(held)
            stored = one != this and (one, name) in self._attributes
            if stored:
                self._bind(self._attributes[one, name], to, this, of_class)
            if name in flow_class.attributes:
                source = self.bases[held.unit] + flow_class.attributes[name]
                self._bind(source, to, this, of_class)
                if name in flow_class.values and self._enumerates(one):
                    self.put_value(to, InstanceObject(one))
                return True
            if stored:
                return True
        return False

    def _enumerates(self, class_object: int) -> bool:
        """Whether the values of a class's body are its instances."""
        return any(
            isinstance(held, ExternalObject) and held.name in self.dialect.enumerations
            for one in self._line(class_object)
            for held in (self.objects[one],)
        )

    def _bind(self, source: int, to: int, this: int, of_class: bool = False) -> None:
        through = self.objects[this] if this >= 0 else None
        by_instance = of_class or isinstance(through, InstanceObject)
        getter = self.dialect.getter

        def react(value: int) -> None:
            held = self.objects[value]
            if isinstance(held, AccessorObject) and by_instance:
                self.watch(held.variable, lambda one: self._read_through(one, this, to))
            elif isinstance(held, InstanceObject) and this >= 0 and getter in self._defined:
                found = self.new()
                if self._from_line(self._line(held.of), getter, found, value):
                    self.watch(found, lambda one: self._read_through(one, -1, to))
                else:
                    self.put(to, value)
            elif not isinstance(held, FunctionObject):
                self.put(to, value)
            else:
                self._bind_function(value, self.function(held), to, this, by_instance)

        if (source, to, this) not in self._applied:
            self._applied.add((source, to, this))
            self.watch(source, react)

    def _bind_function(
        self, value: int, function: FlowFunction, to: int, this: int, by_instance: bool
    ) -> None:
        through = self.objects[this] if this >= 0 else None
        if function.accessor and by_instance:
            if function.accessor == "get":
                self._read_through(value, this, to)
        elif function.receiver == "class" and isinstance(through, InstanceObject):
            self.put_value(to, BoundObject(value, through.of))
        elif through is not None and (
            function.receiver == "class"
            # Methods take the instance, and plain functions stored on a class do.
            or (by_instance and (function.receiver == "instance" or function.owner < 0))
        ):
            self.put_value(to, BoundObject(value, this))
        else:
            self.put(to, value)

    def _line(self, class_object: int) -> list[int]:
        """The method resolution order of a class as far as it is known: C3, else depth first."""
        known = self._linear.get(class_object)
        if known is None:
            self._linear[class_object] = [class_object]
            bases = [one for slot in self._base_slots.get(class_object, ()) for one in slot]
            parts = [self._line(base) for base in bases]
            known = _merge_lines(class_object, parts, bases)
            self._linear[class_object] = known
        return known

    def _class(self, held: ClassObject) -> FlowClass:
        return self.units[held.unit].classes[held.number]

    def function(self, held: FunctionObject) -> FlowFunction:
        """The function of an object."""
        return self.units[held.unit].functions[held.number]

    def _instance(self, to: int) -> Callable[[int], None]:
        def react(value: int) -> None:
            held = self.objects[value]
            if isinstance(held, ClassObject):
                if self._class(held).protocol:
                    return
                self.put_declared(to, self.number(InstanceObject(value)))
            elif isinstance(held, ExternalObject) and not held.name.startswith(self.dialect.untold):
                self.put(to, value)

        return react

    # -- calls

    def call_each(self, callee: int, site: Site) -> None:
        """Call everything a variable holds."""
        self._sites.setdefault(callee, []).append(site)
        self._reacting.add(callee)
        held = self._points[callee]
        if held:
            self._tasks.append((lambda value: self.call(value, site), tuple(held)))

    def _edge(self, site: Site, callee: FunctionObject | str) -> None:
        if site.caller.unit >= 0 and site.offset >= 0:
            place = (site.caller, site.offset)
            found = self.targets.get(place)
            if found is None:
                self.targets[place] = {callee}
            else:
                found.add(callee)

    def call(self, value: int, site: Site) -> None:
        """Call one object."""
        if not self._first_time("call", value, site):
            return
        held = self.objects[value]
        raised = bool(site.arguments) and site.arguments[0].name == "raise"
        if raised and not isinstance(held, ClassObject):
            return
        match held:
            case FunctionObject():
                self._edge(site, held)
                self.run(value, -1, site)
            case BoundObject(function, this):
                inner = self.objects[function]
                if isinstance(inner, FunctionObject):
                    self._edge(site, inner)
                    self.run(function, this, site)
            case ClassObject():
                self._construct(value, site)
            case MakerObject(of):
                self._construct_plainly(of, site)
            case InstanceObject():
                self.call_method(value, (self.dialect.call,), site)
            case ExternalObject(name):
                self._call_external(name, site)
            case UnknownObject():
                if not self._pass_decorated(site):
                    self.put(site.result, value)
            case AnythingObject():
                if site.caller.unit >= 0 and site.offset >= 0:
                    self.cut_calls.add((site.caller, site.offset))
                if not self._pass_decorated(site):
                    self.put(site.result, value)
            case MethodObject():
                if self.dialect.method is not None:
                    self.dialect.method(self, held, site)
            case PartialObject():
                self._call_partial(value, site)
            case _:
                return

    def _construct(self, class_object: int, site: Site) -> None:
        """Call a class: its metaclass may have its own way."""
        if self._metaclasses and self.dialect.call in self._defined:
            self._construct_by_metaclass(class_object, site)
        else:
            self._construct_plainly(class_object, site)

    def _construct_by_metaclass(self, class_object: int, site: Site) -> None:
        for one in self._line(class_object):
            for meta in self._metaclasses.get(one, ()):
                found = self.new()
                if self._from_line(self._line(meta), self.dialect.call, found, class_object, True):
                    self.call_each(found, site)
                    return
        self._construct_plainly(class_object, site)

    def _construct_plainly(self, class_object: int, site: Site) -> None:
        instance = self.number(InstanceObject(class_object))
        plain = Site(
            self.new(),
            tuple(one for one in site.arguments if one.name != "raise"),
            site.offset,
            site.caller,
            site.base,
        )
        self.put(site.result, instance)
        for name in self.dialect.construct:
            if name in self._defined:
                this = class_object if name == self.dialect.made else instance
                self._call_found(class_object, -1, (name,), this, plain)
        self._waiting_fields.append((class_object, plain))

    def _construct_fields(self, class_object: int, site: Site) -> None:
        """What a generated constructor does: arguments become attributes, factories are called."""
        line = [
            held
            for one in self._line(class_object)
            if isinstance(held := self.objects[one], ClassObject)
        ]
        names: dict[str, int] = {}
        written = frozenset(self.dialect.construct[1:2])
        maker = next(
            (
                one
                for one in line
                if written & self._class(one).attributes.keys() or self._class(one).generated
            ),
            None,
        )
        if maker is None or not self._class(maker).generated:
            return
        for one in reversed(line[line.index(maker) :]):
            flow_class = self._class(one)
            for name in flow_class.fields if flow_class.generated else ():
                variable = flow_class.attributes.get(name, -1)
                names[name] = self.bases[one.unit] + variable if variable >= 0 else -1
        instance = self.number(InstanceObject(class_object))
        ordered = list(names)
        position = 0
        for argument in site.arguments:
            name = argument.name or (ordered[position] if position < len(ordered) else "")
            position += not argument.name
            if argument.value >= 0 and name in names:
                self.copy(self.attribute(instance, name), site.base + argument.value)
        for name, variable in names.items():
            for value in self.values(variable) if variable >= 0 else ():
                held = self.objects[value]
                if isinstance(held, FactoryObject):
                    made = self.call_back(site, held.variable, ())
                    self.copy(self.attribute(instance, name), made)

    def call_method(self, instance: int, names: tuple[str, ...], site: Site) -> None:
        """Call the first of some special methods that an instance's class in the workspace has."""
        held = self.objects[instance]
        if isinstance(held, InstanceObject) and not self._defined.isdisjoint(names):
            self._call_found(held.of, -1, names, instance, site)

    def _call_found(
        self, class_object: int, after: int, names: tuple[str, ...], this: int, site: Site
    ) -> None:
        key = (class_object, after, names, this)
        found = self._found.get(key, -1)
        if found < 0:
            found = self._found[key] = self.new()
            self._lookup(class_object, _Lookup(after, names, found, this))

        def react(value: int) -> None:
            method = self.objects[value]
            if isinstance(method, BoundObject):
                inner = self.objects[method.function]
                if isinstance(inner, FunctionObject):
                    self._edge(site, inner)
                    self.run(method.function, method.this, site)
            elif isinstance(method, FunctionObject):
                self._edge(site, method)
                self.run(value, this, site)
            elif not isinstance(method, ExternalObject):
                self.call(value, site)

        self.watch(found, react)

    def run(self, function_object: int, this: int, site: Site) -> None:
        """Pass arguments to parameters, and what is returned to the call's result."""
        held = self.objects[function_object]
        assert isinstance(held, FunctionObject)
        function = self.function(held)
        base = self.bases[held.unit]
        if function.yields >= 0:
            self.put_value(site.result, GeneratorObject(function_object))
        elif function.returns >= 0:
            self.copy(site.result, base + function.returns)
        parameters = function.parameters
        position = 0
        if this >= 0 and parameters and not parameters[0].variadic:
            self.put(base + parameters[0].variable, this)
            position = 1
        elif this >= 0 and function.this >= 0:
            self.put(base + function.this, this)
        if site.arguments:
            self._pass(self._shape(function_object, held, function), position, site)

    def _shape(self, number: int, held: FunctionObject, function: FlowFunction) -> _Shape:
        shape = self._shapes.get(number)
        if shape is None:
            base = self.bases[held.unit]
            by_kind: dict[str, int] = {}
            for one in function.parameters:
                if one.variadic:
                    by_kind.setdefault(one.variadic, base + one.variable)
            shape = self._shapes[number] = _Shape(
                tuple(
                    base + one.variable
                    for one in function.parameters
                    if not one.variadic and not one.keyword_only
                ),
                by_kind.get("*", -1),
                by_kind.get("**", -1),
                {one.name: base + one.variable for one in function.parameters if not one.variadic},
            )
        return shape

    def _pass(self, shape: _Shape, position: int, site: Site) -> None:
        offset = 0
        for name, value in site.arguments:
            if value < 0:
                offset += not name and position >= len(shape.by_position)
                position += not name
                continue
            source = site.base + value
            if name in ("", "@"):
                if position < len(shape.by_position):
                    self.copy(shape.by_position[position], source)
                elif shape.rest >= 0:
                    self._store_rest(shape.rest, f"#{offset}", source)
                    offset += 1
                position += 1
            elif name == "*":
                self._spread(source, shape.by_position[position:], shape.rest, offset)
            elif name == "**":
                self._spread_named(source, shape)
            else:
                parameter = shape.names.get(name, -1)
                if parameter >= 0:
                    self.copy(parameter, source)
                elif shape.named >= 0:
                    self._store_rest(shape.named, name, source)

    def _store_rest(self, variable: int, key: str, source: int) -> None:
        for value in self.values(variable):
            if isinstance(self.objects[value], ContainerObject):
                self.copy(self.item(value, key), source)

    def _spread(self, source: int, targets: tuple[int, ...], rest: int, behind: int) -> None:
        shift = len(targets) if not behind else -1

        def react(value: int) -> None:
            held = self.objects[value]
            for position, target in enumerate(targets):
                if isinstance(held, ContainerObject):
                    self.copy(target, self.item(value, f"#{position}"))
                    self.copy(target, self.item(value, None))
                else:
                    self.iterate(value, Site(target, (), -1, NOWHERE, 0))
            for holder in self.values(rest) if rest >= 0 else ():
                if isinstance(held, ContainerObject):
                    self.flow(holder, value, shift)
                else:
                    self.merge(holder, value)

        self.watch(source, react)

    def _spread_named(self, source: int, shape: _Shape) -> None:
        def react(value: int) -> None:
            if not isinstance(self.objects[value], ContainerObject):
                return
            for holder in self.values(shape.named) if shape.named >= 0 else ():
                self.merge(holder, value)
            for name, parameter in shape.names.items():
                self.copy(parameter, self.item(value, name))
                self.copy(parameter, self.item(value, None))

        self.watch(source, react)

    def _call_partial(self, value: int, site: Site) -> None:
        callee, arguments, base = self._partials[value]
        if len(arguments) + len(site.arguments) > _MAX_ARGUMENTS:
            return
        moved = tuple(
            CallArgument(one.name, base + one.value - site.base if one.value >= 0 else one.value)
            for one in arguments
        )
        whole = Site(site.result, moved + site.arguments, site.offset, site.caller, site.base)
        self.watch(callee, lambda target: self.call(target, whole))

    # -- builtins and what lies outside

    def _call_external(self, name: str, site: Site) -> None:
        if name[0] != "\0":
            self._edge(site, name)
        model = self.dialect.models.get(name)
        if model is not None:
            model(self, site)
        elif not self._pass_decorated(site) and not name.startswith("<builtin>"):
            self.put(site.result, self.unknown)

    def _pass_decorated(self, site: Site) -> bool:
        """A decorator from outside most often gives the function back."""
        for argument in site.arguments:
            if argument.name == "@" and argument.value >= 0:
                self.copy(site.result, site.base + argument.value)
                return True
        return False

    def argument(self, site: Site, position: int, name: str = "") -> int:
        """The variable of an argument by position or name, -1 where there is none."""
        at = 0
        for one in site.arguments:
            if name and one.name == name:
                return site.base + one.value if one.value >= 0 else -1
            if one.name in ("", "@"):
                if at == position:
                    return site.base + one.value if one.value >= 0 else -1
                at += 1
        return -1

    def call_back(self, site: Site, callee: int, items: Iterable[int]) -> int:
        """Call a function that was handed to a builtin, with the given variables; its result."""
        result = self.new()
        arguments = tuple(CallArgument("", one) for one in items)
        self.call_each(callee, Site(result, arguments, site.offset, site.caller, 0))
        return result

    def items_of(self, site: Site, source: int) -> int:
        """What iterating over a variable yields."""
        item = self.new()
        inner = Site(item, (), site.offset, site.caller, 0)
        self.watch(source, lambda value: self.iterate(value, inner))
        return item

    def fresh_container(self, site: Site, kind: str) -> int:
        """A new container as the result of a builtin's call."""
        held = self.number(ContainerObject(site.caller.unit, -500_000_000 - site.result, kind))
        self.put(site.result, held)
        return held

    def make_partial(self, site: Site) -> None:
        """The first argument, with the others given."""
        if site.arguments and site.arguments[0].value >= 0:
            callee = site.base + site.arguments[0].value
            self.make_partial_of(callee, site.arguments[1:], site)

    def make_partial_of(self, callee: int, arguments: tuple[CallArgument, ...], site: Site) -> None:
        """A variable's functions with arguments given, as the result of a call."""
        held = self.number(PartialObject(site.caller.unit, site.result))
        self._partials[held] = (callee, arguments, site.base)
        self.put(site.result, held)

    def each_text(self, variable: int, react: Callable[[str], None]) -> None:
        """Call `react` with each text that a variable holds, now and later."""

        def only_texts(value: int) -> None:
            held = self.objects[value]
            if isinstance(held, StringObject):
                react(held.text)

        if variable >= 0:
            self.watch(variable, only_texts)

    def load_dynamic(self, site: Site, holder: int, name: int) -> None:
        """An attribute whose name is a value."""
        self._dynamic_loads[site.result] = site
        self.each_text(name, lambda text: self.load(holder, text, site.result))

    def import_dynamic(self, site: Site, name: int) -> None:
        """A module whose name is a value."""

        def react(text: str) -> None:
            level = len(text) - len(text.lstrip("."))
            if text:
                item = FlowImport(text[level:], "", level)
                self.load_import(site.caller.unit, site.result, item)

        self.each_text(name, react)

    def module_of(self, site: Site) -> ModuleObject:
        """The module that a call stands in."""
        return ModuleObject(self.paths[site.caller.unit])

    def iterate(self, value: int, site: Site) -> None:
        """Iterating over an object yields its items into the site's result."""
        if not self._first_time("iterate", value, site):
            return
        held = self.objects[value]
        if isinstance(held, ContainerObject):
            if held.type != "dict":
                self.copy(site.result, self.every_item(value))
            else:
                for key in self.keys(value):
                    self.put_value(site.result, StringObject(key))
        elif isinstance(held, GeneratorObject):
            inner = self.objects[held.function]
            assert isinstance(inner, FunctionObject)
            self.copy(site.result, self.bases[inner.unit] + self.function(inner).yields)
        elif isinstance(held, InstanceObject):
            self._iterate_instance(value, site)
        elif isinstance(held, ClassObject):
            self._waiting_classes.append((value, site.result))

    def _iterate_instance(self, value: int, site: Site) -> None:
        for start, step in self.dialect.iterate:
            if start not in self._defined:
                continue
            iterator = self.new()
            self.call_method(value, (start,), Site(iterator, (), site.offset, site.caller, 0))

            def react(one: int, step: str = step) -> None:
                if isinstance(self.objects[one], InstanceObject):
                    self.call_method(
                        one, (step,), Site(site.result, (), site.offset, site.caller, 0)
                    )
                else:
                    self.iterate(one, site)

            self.watch(iterator, react)

    def enter(self, value: int, site: Site) -> None:
        """Entering a context manager yields what it gives into the site's result; it is left."""
        held = self.objects[value]
        if isinstance(held, GeneratorObject):
            self.iterate(value, site)
        elif isinstance(held, ContainerObject):
            self.copy(site.result, self.every_item(value))
        elif isinstance(held, ExternalObject):
            self.put(site.result, value)
        elif isinstance(held, InstanceObject):
            ignored = Site(self.new(), (), site.offset, site.caller, 0)
            for enter, leave in self.dialect.enter:
                self.call_method(value, (enter,), site)
                self.call_method(value, (leave,), ignored)


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
