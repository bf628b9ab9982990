"""What JavaScript's builtins, and a few of Node's, do with functions and objects handed to them.

Tables from names to functions over the solver; no state. A model gets the site of the call and, for
a method, the object it is called on.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

from pairwright_analyzers.graph.flow.ecmascript_ir import (
    ANY,
    ERROR,
    VALUE,
    YIELDED,
    Argument,
)
from pairwright_analyzers.graph.flow.ecmascript_objects import (
    WILD,
    BoundValue,
    FunctionValue,
    GeneratorValue,
    InstanceValue,
    LiteralValue,
    NamespaceValue,
    NativeValue,
    PromiseValue,
    SettlerValue,
    TextValue,
    Value,
)

if TYPE_CHECKING:
    from pairwright_analyzers.graph.flow.ecmascript_solve import ScriptSolver, Site

Native = Callable[["ScriptSolver", int, "Site"], None]
Outside = Callable[["ScriptSolver", "Site"], None]

KEYS = "%keys"
"""The keys of a map."""

_MAX_PAIRS = 16
"""Properties of an object whose keys and values `Object.entries` keeps together."""

CALLED_NOTHING = re.compile(
    r"^(<builtin>|<unknown>)\.("
    r"console|JSON|Math|Number|Object|Symbol|Boolean|BigInt|Reflect"
    r"|Array\.(isArray|of)|Error|TypeError|RangeError|WeakRef"
    r"|expect\w*|assert|clear\w+|require|is[A-Z]\w*|structuredClone"
    r")(\.|$)"
    r"|^(node:)?(path|url|querystring|os|crypto|buffer|debug|util\.(inspect|format|is\w+))\b"
    r"|\.(off|removeListener|removeEventListener|isPrototypeOf|hasOwnProperty|hasOwn"
    r"|log|debug|toBe\w*|toEqual|toStrictEqual|toHaveBeen\w*|indexOf|includes|push|unshift"
    r"|add|set|has|concat|keys)$"
)
"""Names outside the workspace that keep functions they are handed, or look at them, but call none
of them then and there.
"""

DIRECT = {
    "<builtin>.Array": "array",
    "<builtin>.Map": "map",
    "<builtin>.WeakMap": "map",
    "<builtin>.Set": "set",
    "<builtin>.WeakSet": "set",
    "<builtin>.Promise": "promise",
    "<builtin>.Function": "function",
    "<builtin>.String": "text",
    "events": "emitter",
    "events.EventEmitter": "emitter",
    "node:events": "emitter",
    "node:events.EventEmitter": "emitter",
}
"""Classes outside whose methods are natives, for instances of their subclasses."""


def native_of(held: Value, name: str) -> str:
    """The native that a method of an object is: `array.map`; "" where it has none."""
    kind = ""
    match held:
        case LiteralValue(_, _, kind):
            pass
        case FunctionValue() | BoundValue() | NativeValue() | SettlerValue():
            kind = "function"
        case PromiseValue():
            kind = "promise"
        case GeneratorValue():
            kind = "generator"
        case TextValue():
            kind = "text"
        case _:
            return ""
    found = f"{kind}.{name}"
    return found if found in NATIVES else ""


# -- functions


def _call(solver: ScriptSolver, holder: int, site: Site) -> None:
    first = solver.argument(site, 0)
    solver.call(holder, site.moved(site.arguments[1:], this=first))


def _apply(solver: ScriptSolver, holder: int, site: Site) -> None:
    first = solver.argument(site, 0)
    rest = tuple(Argument(one.value, True) for one in site.arguments[1:2])
    solver.call(holder, site.moved(rest, this=first))


def _bind(solver: ScriptSolver, holder: int, site: Site) -> None:
    number = solver.put(site.result, BoundValue(site.caller.unit, site.result))
    if number not in solver.bound:
        solver.bound[number] = (solver.new(), solver.new(), site.arguments[1:])
    callee, this, _ = solver.bound[number]
    solver.add(callee, holder)
    solver.copy(this, solver.argument(site, 0))


# -- arrays


def _visit(solver: ScriptSolver, holder: int, site: Site) -> int:
    """Call the first argument with every element; its result."""
    callee, this = solver.argument(site, 0), solver.argument(site, 1)
    array = solver.new()
    solver.add(array, holder)
    return solver.call_back(site, callee, (solver.every(holder), solver.new(), array), this)


def _for_each(solver: ScriptSolver, holder: int, site: Site) -> None:
    _visit(solver, holder, site)


def _map(solver: ScriptSolver, holder: int, site: Site) -> None:
    result = _visit(solver, holder, site)
    solver.copy(solver.property(solver.fresh(site, "array"), ANY), result)


def _flat_map(solver: ScriptSolver, holder: int, site: Site) -> None:
    result = _visit(solver, holder, site)
    _flattened(solver, solver.fresh(site, "array"), result)


def _flattened(solver: ScriptSolver, array: int, source: int) -> None:
    to = solver.property(array, ANY)

    def react(value: int) -> None:
        held = solver.objects[value]
        if isinstance(held, LiteralValue) and held.kind == "array":
            solver.copy(to, solver.every(value))
        else:
            solver.add(to, value)

    solver.watch(source, react)


def _flat(solver: ScriptSolver, holder: int, site: Site) -> None:
    _flattened(solver, solver.fresh(site, "array"), solver.every(holder))


def _filter(solver: ScriptSolver, holder: int, site: Site) -> None:
    _visit(solver, holder, site)
    solver.copy(solver.property(solver.fresh(site, "array"), ANY), solver.every(holder))


def _find(solver: ScriptSolver, holder: int, site: Site) -> None:
    _visit(solver, holder, site)
    solver.copy(site.result, solver.every(holder))


def _reduce(solver: ScriptSolver, holder: int, site: Site) -> None:
    held = solver.new()
    start = solver.argument(site, 1)
    solver.copy(held, start if len(site.arguments) > 1 else solver.every(holder))
    array = solver.new()
    solver.add(array, holder)
    arguments = (held, solver.every(holder), solver.new(), array)
    result = solver.call_back(site, solver.argument(site, 0), arguments)
    solver.copy(held, result)
    solver.copy(site.result, held)


def _sort(solver: ScriptSolver, holder: int, site: Site) -> None:
    every = solver.every(holder)
    solver.call_back(site, solver.argument(site, 0), (every, every))
    _mixed(solver, holder, site)


def _mixed(solver: ScriptSolver, holder: int, site: Site) -> None:
    """The array itself, its elements in another order."""
    solver.copy(solver.property(holder, ANY), solver.every(holder))
    solver.add(site.result, holder)


def _push(solver: ScriptSolver, holder: int, site: Site) -> None:
    to = solver.property(holder, ANY)
    for argument in site.arguments:
        if argument.spread:
            solver.copy_elements(to, argument.value, site)
        else:
            solver.copy(to, argument.value)


def _splice(solver: ScriptSolver, holder: int, site: Site) -> None:
    _push(solver, holder, site.moved(site.arguments[2:]))
    _some(solver, holder, site)


def _some(solver: ScriptSolver, holder: int, site: Site) -> None:
    """A new array with some of the elements."""
    solver.copy(solver.property(solver.fresh(site, "array"), ANY), solver.every(holder))


def _slice(solver: ScriptSolver, holder: int, site: Site) -> None:
    if site.arguments:
        _some(solver, holder, site)
        return
    fresh = solver.fresh(site, "array")
    solver.listen(holder, lambda name, one: solver.copy(solver.property(fresh, name), one))


def _concat(solver: ScriptSolver, holder: int, site: Site) -> None:
    fresh = solver.fresh(site, "array")
    solver.listen(holder, lambda name, one: solver.copy(solver.property(fresh, name), one))
    for argument in site.arguments:
        if argument.value >= 0:
            _flattened(solver, fresh, argument.value)


def _one(solver: ScriptSolver, holder: int, site: Site) -> None:
    solver.copy(site.result, solver.every(holder))


def _fill(solver: ScriptSolver, holder: int, site: Site) -> None:
    solver.copy(solver.property(holder, ANY), solver.argument(site, 0))
    solver.add(site.result, holder)


def _iterator(solver: ScriptSolver, holder: int, site: Site) -> None:
    """Arrays stand for iterators over them."""
    solver.add(site.result, holder)


def _array_entries(solver: ScriptSolver, holder: int, site: Site) -> None:
    pair = solver.fresh(site, "array", 1)
    solver.copy(solver.property(pair, "1"), solver.every(holder))
    solver.add(solver.property(solver.fresh(site, "array"), ANY), pair)


def _join(solver: ScriptSolver, holder: int, site: Site) -> None:
    solver.put(site.result, TextValue(WILD))


def _next(solver: ScriptSolver, holder: int, site: Site) -> None:
    step = solver.fresh(site, "object")
    solver.copy(solver.property(step, "value"), solver.every(holder))


# -- generators


def _resume(solver: ScriptSolver, holder: int, site: Site) -> None:
    held = solver.objects[holder]
    assert isinstance(held, GeneratorValue)
    function = solver.objects[held.function]
    assert isinstance(function, FunctionValue)
    entry = solver.function(function)
    base = solver.base(function.unit)
    step = solver.fresh(site, "object")
    value = solver.property(step, "value")
    solver.copy(value, solver.property(holder, YIELDED))
    solver.copy(value, base + entry.returns)
    solver.copy(base + entry.received, solver.argument(site, 0))


# -- maps and sets


def _map_names(solver: ScriptSolver, site: Site) -> list[str]:
    first = solver.argument(site, 0)
    held = solver.held(first)
    names = [one.text for one in held if isinstance(one, TextValue)]
    return [f"={name}" for name in names] if names and len(names) == len(held) else []


def _map_set(solver: ScriptSolver, holder: int, site: Site) -> None:
    solver.add(site.result, holder)
    solver.copy(solver.property(holder, KEYS), solver.argument(site, 0))
    value = solver.argument(site, 1)

    def store() -> None:
        for name in _map_names(solver, site) or (ANY,):
            solver.copy(solver.property(holder, ANY if WILD in name else name), value)

    solver.delay(store)


def _map_get(solver: ScriptSolver, holder: int, site: Site) -> None:
    def load() -> None:
        names = _map_names(solver, site)
        if not names or any(WILD in name for name in names):
            solver.copy(site.result, solver.every(holder))
            return
        for name in names:
            solver.copy(site.result, solver.member(holder, name))

    solver.delay(load)


def _map_each(solver: ScriptSolver, holder: int, site: Site) -> None:
    itself = solver.new()
    solver.add(itself, holder)
    arguments = (solver.every(holder), solver.property(holder, KEYS), itself)
    solver.call_back(site, solver.argument(site, 0), arguments, solver.argument(site, 1))


def _map_values(solver: ScriptSolver, holder: int, site: Site) -> None:
    _some(solver, holder, site)


def _map_keys(solver: ScriptSolver, holder: int, site: Site) -> None:
    fresh = solver.fresh(site, "array")
    solver.copy(solver.property(fresh, ANY), solver.property(holder, KEYS))


def _map_entries(solver: ScriptSolver, holder: int, site: Site) -> None:
    fresh = solver.fresh(site, "array")
    solver.add(solver.property(fresh, ANY), solver.entry_of(holder))


def _set_add(solver: ScriptSolver, holder: int, site: Site) -> None:
    solver.add(site.result, holder)
    solver.copy(solver.property(holder, ANY), solver.argument(site, 0))


def _set_each(solver: ScriptSolver, holder: int, site: Site) -> None:
    every = solver.every(holder)
    solver.call_back(site, solver.argument(site, 0), (every, every), solver.argument(site, 1))


def _filled(kind: str) -> Outside:
    """`new Map(entries)`, `new Set(items)`."""

    def model(solver: ScriptSolver, site: Site) -> None:
        if site.through >= 0 and isinstance(solver.objects[site.through], InstanceValue):
            holder = site.through
        else:
            holder = solver.fresh(site, kind)
        source = solver.argument(site, 0)
        if source < 0:
            return
        item = solver.copy_elements(solver.new(), source, site)
        if kind != "map":
            solver.copy(solver.property(holder, ANY), item)
            return

        def pair(value: int) -> None:
            key = solver.member(value, "0")
            solver.copy(solver.property(holder, KEYS), key)

            def store() -> None:
                held = solver.held(key)
                texts = [one.text for one in held if isinstance(one, TextValue)]
                known = bool(texts) and len(texts) == len(held) and WILD not in "".join(texts)
                for name in [f"={text}" for text in texts] if known else [ANY]:
                    solver.copy(solver.property(holder, name), solver.member(value, "1"))

            solver.delay(store)

        solver.watch(item, pair)

    return model


# -- promises


def _then(solver: ScriptSolver, holder: int, site: Site) -> None:
    promise = solver.fresh(site, "promise")
    value, error = solver.property(promise, VALUE), solver.property(promise, ERROR)
    done, failed = solver.argument(site, 0), solver.argument(site, 1)
    inner = site.moved(site.arguments, thrown=error)
    result = solver.call_back(inner, done, (solver.property(holder, VALUE),))
    solver.settle(value, result)
    if len(site.arguments) < 2:
        solver.copy(error, solver.property(holder, ERROR))
    else:
        result = solver.call_back(inner, failed, (solver.property(holder, ERROR),))
        solver.settle(value, result)
    _errors_of(solver, error, result)


def _catch(solver: ScriptSolver, holder: int, site: Site) -> None:
    promise = solver.fresh(site, "promise")
    value, error = solver.property(promise, VALUE), solver.property(promise, ERROR)
    inner = site.moved(site.arguments, thrown=error)
    failed = solver.argument(site, 0)
    result = solver.call_back(inner, failed, (solver.property(holder, ERROR),))
    solver.copy(value, solver.property(holder, VALUE))
    solver.settle(value, result)
    _errors_of(solver, error, result)


def _errors_of(solver: ScriptSolver, error: int, result: int) -> None:
    """A promise that a callback returns passes its rejection on."""

    def react(one: int) -> None:
        held = solver.objects[one]
        if isinstance(held, PromiseValue) or (
            isinstance(held, LiteralValue) and held.kind == "promise"
        ):
            solver.copy(error, solver.property(one, ERROR))

    solver.watch(result, react)


def _finally(solver: ScriptSolver, holder: int, site: Site) -> None:
    solver.call_back(site, solver.argument(site, 0), ())
    solver.add(site.result, holder)


def _new_promise(solver: ScriptSolver, site: Site) -> None:
    if site.through >= 0 and isinstance(solver.objects[site.through], InstanceValue):
        promise = site.through
    else:
        promise = solver.fresh(site, "promise")
    resolve, reject = solver.new(), solver.new()
    solver.put(resolve, SettlerValue(promise, VALUE))
    solver.put(reject, SettlerValue(promise, ERROR))
    inner = site.moved(site.arguments, thrown=solver.property(promise, ERROR))
    solver.call_back(inner, solver.argument(site, 0), (resolve, reject))


def _with_resolvers(solver: ScriptSolver, site: Site) -> None:
    promise = solver.fresh(site, "promise", 1)
    held = solver.fresh(site, "object")
    solver.add(solver.property(held, "promise"), promise)
    solver.put(solver.property(held, "resolve"), SettlerValue(promise, VALUE))
    solver.put(solver.property(held, "reject"), SettlerValue(promise, ERROR))


def _resolved(slot: str) -> Outside:
    def model(solver: ScriptSolver, site: Site) -> None:
        promise = solver.fresh(site, "promise")
        source = solver.argument(site, 0)
        if source >= 0:
            solver.settle(solver.property(promise, slot), source)

    return model


def _all(solver: ScriptSolver, site: Site) -> None:
    promise = solver.fresh(site, "promise")
    array = solver.fresh(site, "array", 1)
    solver.add(solver.property(promise, VALUE), array)
    source = solver.argument(site, 0)

    def react(value: int) -> None:
        held = solver.objects[value]
        if isinstance(held, LiteralValue) and held.kind == "array":
            solver.listen(value, lambda name, one: _settle_both(solver, array, name, promise, one))
            return
        item = solver.new()
        solver.read_element(value, -1, site.moved((), result=item))
        solver.settle(solver.property(array, ANY), item)

    solver.watch(source, react)


def _settle_both(solver: ScriptSolver, array: int, name: str, promise: int, source: int) -> None:
    solver.settle(solver.property(array, name), source)
    _errors_of(solver, solver.property(promise, ERROR), source)


def _all_settled(solver: ScriptSolver, site: Site) -> None:
    promise = solver.fresh(site, "promise")
    array = solver.fresh(site, "array", 1)
    outcome = solver.fresh(site, "object", 2)
    solver.add(solver.property(promise, VALUE), array)
    solver.add(solver.property(array, ANY), outcome)
    item = _items(solver, site, 0)
    solver.settle(solver.property(outcome, "value"), item)
    _errors_of(solver, solver.property(outcome, "reason"), item)


def _race(solver: ScriptSolver, site: Site) -> None:
    promise = solver.fresh(site, "promise")
    item = _items(solver, site, 0)
    solver.settle(solver.property(promise, VALUE), item)
    _errors_of(solver, solver.property(promise, ERROR), item)


def _items(solver: ScriptSolver, site: Site, position: int) -> int:
    return solver.copy_elements(solver.new(), solver.argument(site, position), site)


# -- events


def _event_names(solver: ScriptSolver, site: Site) -> list[str]:
    held = solver.held(solver.argument(site, 0))
    names = [one.text for one in held if isinstance(one, TextValue)]
    return names if names and not any(WILD in name for name in names) else []


def _on(solver: ScriptSolver, holder: int, site: Site) -> None:
    solver.add(site.result, holder)
    callee = solver.argument(site, 1)
    solver.copy(solver.property(holder, "%on"), callee)

    def store() -> None:
        for name in _event_names(solver, site) or (ANY,):
            solver.copy(solver.property(holder, f"%on {name}"), callee)

    solver.delay(store)


def _emit(solver: ScriptSolver, holder: int, site: Site) -> None:
    itself = solver.new()
    solver.add(itself, holder)
    inner = site.moved(site.arguments[1:], this=itself, result=solver.new())

    def load() -> None:
        names = _event_names(solver, site)
        for slot in [f"%on {name}" for name in (*names, ANY)] if names else ["%on"]:
            solver.watch(solver.property(holder, slot), lambda value: solver.call(value, inner))

    solver.delay(load)


def _new_emitter(solver: ScriptSolver, site: Site) -> None:
    solver.fresh(site, "emitter")


# -- strings


def _replace(solver: ScriptSolver, holder: int, site: Site) -> None:
    solver.put(site.result, TextValue(WILD))
    text = solver.new()
    solver.put(text, TextValue(WILD))
    solver.call_back(site, solver.argument(site, 1), (text, text))


def _text(solver: ScriptSolver, holder: int, site: Site) -> None:
    solver.put(site.result, TextValue(WILD))


def _split(solver: ScriptSolver, holder: int, site: Site) -> None:
    solver.put(solver.property(solver.fresh(site, "array"), ANY), TextValue(WILD))


def _same_text(solver: ScriptSolver, holder: int, site: Site) -> None:
    solver.add(site.result, holder)


def _changed_text(change: Callable[[str], str]) -> Native:
    def model(solver: ScriptSolver, holder: int, site: Site) -> None:
        held = solver.objects[holder]
        if isinstance(held, TextValue):
            solver.put(site.result, TextValue(change(held.text)))

    return model


def _to_text(solver: ScriptSolver, site: Site) -> None:
    def react(value: int) -> None:
        held = solver.objects[value]
        if isinstance(held, TextValue):
            solver.add(site.result, value)
        elif isinstance(held, InstanceValue | LiteralValue):
            solver.call_member(value, "toString", site.moved(()))

    solver.watch(solver.argument(site, 0), react)


# -- Object, Reflect, Array, JSON


def _assign(solver: ScriptSolver, site: Site) -> None:
    to = solver.argument(site, 0)
    solver.copy(site.result, to)
    for argument in site.arguments[1:]:
        source = argument.value
        if argument.spread:
            source = solver.copy_elements(solver.new(), source, site)
        _pour(solver, site, to, source)


def _pour(solver: ScriptSolver, site: Site, to: int, source: int) -> None:
    solver.watch(
        source,
        lambda value: solver.watch(to, lambda holder: solver.write_all(holder, value, site)),
    )


def _create(solver: ScriptSolver, site: Site) -> None:
    fresh = solver.fresh(site, "object")
    solver.copy(solver.prototype(fresh), solver.argument(site, 0))
    properties = solver.argument(site, 1)

    def each(value: int) -> None:
        solver.listen(
            value,
            lambda name, one: solver.watch(
                one, lambda held: _describe(solver, site, fresh, name, held)
            ),
        )

    solver.watch(properties, each)


def _describe(solver: ScriptSolver, site: Site, holder: int, name: str, descriptor: int) -> None:
    """A property as a descriptor tells it."""
    solver.copy(solver.property(holder, name), solver.member(descriptor, "value"))
    for kind in ("get", "set"):
        solver.copy(solver.property(holder, f"{kind} {name}"), solver.member(descriptor, kind))


def _define_property(solver: ScriptSolver, site: Site) -> None:
    holder, key, descriptor = (solver.argument(site, position) for position in range(3))
    solver.copy(site.result, holder)

    def define() -> None:
        names = [one.text for one in solver.held(key) if isinstance(one, TextValue)]
        for name in names or [ANY]:
            _each_pair(solver, site, holder, ANY if WILD in name else name, descriptor)

    solver.delay(define)


def _each_pair(solver: ScriptSolver, site: Site, holder: int, name: str, descriptor: int) -> None:
    solver.watch(
        holder,
        lambda one: solver.watch(descriptor, lambda held: _describe(solver, site, one, name, held)),
    )


def _define_properties(solver: ScriptSolver, site: Site) -> None:
    holder, properties = solver.argument(site, 0), solver.argument(site, 1)
    solver.copy(site.result, holder)

    def each(value: int) -> None:
        solver.listen(value, lambda name, one: _each_pair(solver, site, holder, name, one))

    solver.watch(properties, each)


def _set_prototype(solver: ScriptSolver, site: Site) -> None:
    holder, prototype = solver.argument(site, 0), solver.argument(site, 1)
    solver.copy(site.result, holder)
    solver.watch(holder, lambda one: solver.copy(solver.prototype(one), prototype))


def _get_prototype(solver: ScriptSolver, site: Site) -> None:
    solver.watch(
        solver.argument(site, 0), lambda one: solver.copy(site.result, solver.prototype(one))
    )


def _keys(solver: ScriptSolver, site: Site) -> None:
    to = solver.property(solver.fresh(site, "array"), ANY)
    solver.watch(solver.argument(site, 0), lambda one: solver.names_of(one, to))


def _values(solver: ScriptSolver, site: Site) -> None:
    to = solver.property(solver.fresh(site, "array"), ANY)
    solver.watch(solver.argument(site, 0), lambda one: solver.copy(to, solver.every(one)))


def _entries(solver: ScriptSolver, site: Site) -> None:
    to = solver.property(solver.fresh(site, "array"), ANY)

    def shared(value: int) -> int:
        pair = solver.fresh(site, "array", 1)
        solver.names_of(value, solver.property(pair, "0"))
        return pair

    def react(value: int) -> None:
        if isinstance(solver.objects[value], NamespaceValue):
            pair = shared(value)
            solver.copy(solver.property(pair, "1"), solver.every(value))
            solver.add(to, pair)
            return
        known: list[str] = []

        def each(name: str, one: int) -> None:
            known.append(name)
            if len(known) <= _MAX_PAIRS:
                # A pair for each property keeps keys and values together.
                pair = solver.number(LiteralValue(-3, one, "array"))
                solver.put(solver.property(pair, "0"), TextValue(WILD if name == ANY else name))
            else:
                pair = shared(value)
            solver.copy(solver.property(pair, "1"), one)
            solver.add(to, pair)

        solver.listen(value, each)

    solver.watch(solver.argument(site, 0), react)


def _from_entries(solver: ScriptSolver, site: Site) -> None:
    fresh = solver.fresh(site, "object")
    item = _items(solver, site, 0)

    def pair(value: int) -> None:
        key = solver.member(value, "0")

        def store() -> None:
            texts = [one.text for one in solver.held(key) if isinstance(one, TextValue)]
            for name in texts or [ANY]:
                to = solver.property(fresh, ANY if WILD in name else name)
                solver.copy(to, solver.member(value, "1"))

        solver.delay(store)

    solver.watch(item, pair)


def _first(solver: ScriptSolver, site: Site) -> None:
    solver.copy(site.result, solver.argument(site, 0))


def _from(solver: ScriptSolver, site: Site) -> None:
    item = _items(solver, site, 0)
    callee = solver.argument(site, 1)
    to = solver.property(solver.fresh(site, "array"), ANY)
    solver.copy(to, item if callee < 0 else solver.call_back(site, callee, (item,)))


def _of(solver: ScriptSolver, site: Site) -> None:
    fresh = solver.fresh(site, "array")
    for position, argument in enumerate(site.arguments):
        name = ANY if argument.spread else str(position)
        if not argument.spread:
            solver.copy(solver.property(fresh, name), argument.value)


def _reflect_apply(solver: ScriptSolver, site: Site) -> None:
    rest = tuple(Argument(one.value, True) for one in site.arguments[2:3])
    inner = site.moved(rest, this=solver.argument(site, 1))
    solver.watch(solver.argument(site, 0), lambda value: solver.call(value, inner))


def _reflect_construct(solver: ScriptSolver, site: Site) -> None:
    rest = tuple(Argument(one.value, True) for one in site.arguments[1:2])
    inner = site.moved(rest)
    solver.watch(solver.argument(site, 0), lambda value: solver.construct(value, inner))


def _reflect_get(solver: ScriptSolver, site: Site) -> None:
    key = solver.argument(site, 1)

    def react(holder: int) -> None:
        def named(value: int) -> None:
            held = solver.objects[value]
            if isinstance(held, TextValue) and WILD not in held.text:
                solver.read(holder, held.text, site)

        solver.watch(key, named)

    solver.watch(solver.argument(site, 0), react)


def _reflect_set(solver: ScriptSolver, site: Site) -> None:
    key = solver.argument(site, 1)
    inner = site.moved(site.arguments[2:3])
    if not inner.arguments or inner.arguments[0].value < 0:
        return

    def react(holder: int) -> None:
        def named(value: int) -> None:
            held = solver.objects[value]
            if isinstance(held, TextValue) and WILD not in held.text:
                solver.write(holder, held.text, inner)

        solver.watch(key, named)

    solver.watch(solver.argument(site, 0), react)


def _stringify(solver: ScriptSolver, site: Site) -> None:
    solver.put(site.result, TextValue(WILD))
    solver.call_back(site, solver.argument(site, 1), (solver.new(), solver.argument(site, 0)))

    def react(value: int) -> None:
        if isinstance(solver.objects[value], InstanceValue | LiteralValue):
            solver.call_member(value, "toJSON", site.moved((), result=solver.new()))

    solver.watch(solver.argument(site, 0), react)


def _parse(solver: ScriptSolver, site: Site) -> None:
    solver.call_back(site, solver.argument(site, 1), (solver.new(), solver.new()))


def _timer(skipped: int) -> Outside:
    """A function called later, with the arguments after those it skips."""

    def model(solver: ScriptSolver, site: Site) -> None:
        inner = site.moved(site.arguments[skipped:], result=solver.new())
        solver.watch(solver.argument(site, 0), lambda value: solver.call(value, inner))

    return model


def _inherits(solver: ScriptSolver, site: Site) -> None:
    below, above = solver.argument(site, 0), solver.argument(site, 1)

    def react(one: int) -> None:
        solver.watch(
            solver.property(one, "prototype"),
            lambda prototype: solver.watch(
                above,
                lambda base: solver.copy(
                    solver.prototype(prototype), solver.member(base, "prototype")
                ),
            ),
        )

    solver.watch(below, react)


def _promisify(solver: ScriptSolver, site: Site) -> None:
    """The function itself: who calls the result calls it."""
    solver.copy(site.result, solver.argument(site, 0))


def _proxy(solver: ScriptSolver, site: Site) -> None:
    """A proxy stands for its target; its traps run where it is made, as far as anyone can tell."""
    solver.copy(site.result, solver.argument(site, 0))


def _new_array(solver: ScriptSolver, site: Site) -> None:
    fresh = solver.fresh(site, "array")
    for argument in site.arguments:
        if argument.value >= 0 and not argument.spread:
            solver.copy(solver.property(fresh, ANY), argument.value)


def _new_object(solver: ScriptSolver, site: Site) -> None:
    solver.fresh(site, "object")


NATIVES: dict[str, Native] = {
    "function.call": _call,
    "function.apply": _apply,
    "function.bind": _bind,
    "array.forEach": _for_each,
    "array.map": _map,
    "array.flatMap": _flat_map,
    "array.flat": _flat,
    "array.filter": _filter,
    "array.find": _find,
    "array.findLast": _find,
    "array.findIndex": _for_each,
    "array.findLastIndex": _for_each,
    "array.some": _for_each,
    "array.every": _for_each,
    "array.reduce": _reduce,
    "array.reduceRight": _reduce,
    "array.sort": _sort,
    "array.toSorted": _sort,
    "array.reverse": _mixed,
    "array.toReversed": _some,
    "array.push": _push,
    "array.unshift": _push,
    "array.pop": _one,
    "array.shift": _one,
    "array.at": _one,
    "array.splice": _splice,
    "array.slice": _slice,
    "array.concat": _concat,
    "array.fill": _fill,
    "array.join": _join,
    "array.next": _next,
    "array.values": _iterator,
    "array.entries": _array_entries,
    "generator.next": _resume,
    "generator.return": _resume,
    "generator.throw": _resume,
    "map.set": _map_set,
    "map.get": _map_get,
    "map.forEach": _map_each,
    "map.values": _map_values,
    "map.keys": _map_keys,
    "map.entries": _map_entries,
    "set.add": _set_add,
    "set.forEach": _set_each,
    "set.values": _some,
    "set.keys": _some,
    "promise.then": _then,
    "promise.catch": _catch,
    "promise.finally": _finally,
    "emitter.on": _on,
    "emitter.once": _on,
    "emitter.addListener": _on,
    "emitter.prependListener": _on,
    "emitter.prependOnceListener": _on,
    "emitter.emit": _emit,
    "text.replace": _replace,
    "text.replaceAll": _replace,
    "text.split": _split,
    "text.slice": _text,
    "text.substring": _text,
    "text.charAt": _text,
    "text.concat": _text,
    "text.repeat": _text,
    "text.padStart": _text,
    "text.padEnd": _text,
    "text.trim": _changed_text(str.strip),
    "text.toLowerCase": _changed_text(str.lower),
    "text.toUpperCase": _changed_text(str.upper),
    "text.toString": _same_text,
    "text.valueOf": _same_text,
}
"""Methods of builtin objects, by the kind of object."""

OUTSIDE: dict[str, Outside] = {
    "<builtin>.Object.assign": _assign,
    "<builtin>.Object.create": _create,
    "<builtin>.Object.defineProperty": _define_property,
    "<builtin>.Reflect.defineProperty": _define_property,
    "<builtin>.Object.defineProperties": _define_properties,
    "<builtin>.Object.setPrototypeOf": _set_prototype,
    "<builtin>.Reflect.setPrototypeOf": _set_prototype,
    "<builtin>.Object.getPrototypeOf": _get_prototype,
    "<builtin>.Reflect.getPrototypeOf": _get_prototype,
    "<builtin>.Object.keys": _keys,
    "<builtin>.Object.getOwnPropertyNames": _keys,
    "<builtin>.Reflect.ownKeys": _keys,
    "<builtin>.Object.values": _values,
    "<builtin>.Object.entries": _entries,
    "<builtin>.Object.fromEntries": _from_entries,
    "<builtin>.Object.freeze": _first,
    "<builtin>.Object.seal": _first,
    "<builtin>.Object.preventExtensions": _first,
    "<builtin>.Object": _first,
    "new <builtin>.Object": _new_object,
    "<builtin>.structuredClone": _first,
    "<builtin>.Array": _new_array,
    "<builtin>.Array.from": _from,
    "<builtin>.Array.of": _of,
    "<builtin>.Reflect.apply": _reflect_apply,
    "<builtin>.Reflect.construct": _reflect_construct,
    "<builtin>.Reflect.get": _reflect_get,
    "<builtin>.Reflect.set": _reflect_set,
    "<builtin>.JSON.stringify": _stringify,
    "<builtin>.JSON.parse": _parse,
    "<builtin>.String": _to_text,
    "new <builtin>.Map": _filled("map"),
    "super <builtin>.Map": _filled("map"),
    "new <builtin>.WeakMap": _filled("map"),
    "new <builtin>.Set": _filled("set"),
    "super <builtin>.Set": _filled("set"),
    "new <builtin>.WeakSet": _filled("set"),
    "new <builtin>.Promise": _new_promise,
    "super <builtin>.Promise": _new_promise,
    "new <builtin>.Proxy": _proxy,
    "<builtin>.Promise.resolve": _resolved(VALUE),
    "<builtin>.Promise.reject": _resolved(ERROR),
    "<builtin>.Promise.all": _all,
    "<builtin>.Promise.allSettled": _all_settled,
    "<builtin>.Promise.race": _race,
    "<builtin>.Promise.any": _race,
    "<builtin>.Promise.withResolvers": _with_resolvers,
    "<builtin>.setTimeout": _timer(2),
    "<builtin>.setInterval": _timer(2),
    "<builtin>.setImmediate": _timer(1),
    "<builtin>.queueMicrotask": _timer(1),
    "<builtin>.process.nextTick": _timer(1),
    "<builtin>.globalThis.setTimeout": _timer(2),
    "<builtin>.window.setTimeout": _timer(2),
    **dict.fromkeys(
        (
            "merge-descriptors",
            "object-assign",
            "extend",
            "xtend/mutable",
            "lodash.assign",
            "lodash.extend",
            "lodash.merge",
            "lodash.defaults",
            "underscore.extend",
            "underscore.defaults",
            "jquery.extend",
        ),
        _assign,
    ),
    **dict.fromkeys(
        (
            "react.memo",
            "react.forwardRef",
            "preact/compat.memo",
            "preact/compat.forwardRef",
            "mobx-react.observer",
            "mobx-react-lite.observer",
            "vue.defineComponent",
        ),
        _first,
    ),
    "setprototypeof": _set_prototype,
    "util.inherits": _inherits,
    "node:util.inherits": _inherits,
    "inherits": _inherits,
    "util.promisify": _promisify,
    "node:util.promisify": _promisify,
    "new events": _new_emitter,
    "new events.EventEmitter": _new_emitter,
    "new node:events": _new_emitter,
    "new node:events.EventEmitter": _new_emitter,
}
"""Functions outside the workspace, by their dotted names; `new ` and `super ` for constructors."""
