"""What Python's builtins and a few library functions do with functions and values handed to them,
and the names of
its special methods: the solver's `Dialect` of Python.
"""

from __future__ import annotations

from collections.abc import Callable

from pairwright_analyzers.graph.flow.ir import CallArgument
from pairwright_analyzers.graph.flow.objects import (
    AccessorObject,
    ContainerObject,
    ExternalObject,
    FactoryObject,
    FunctionObject,
    GeneratorObject,
    InstanceObject,
    MethodObject,
    NamespaceObject,
    StringObject,
)
from pairwright_analyzers.graph.flow.solve import Dialect, Site, Solver

Model = Callable[[Solver, Site], None]


def _map(solver: Solver, site: Site) -> None:
    callee = solver.argument(site, 0)
    sources = [solver.argument(site, at) for at in range(1, len(site.arguments))]
    items = [solver.items_of(site, one) if one >= 0 else solver.new() for one in sources]
    if callee >= 0:
        result = solver.call_back(site, callee, items)
        held = solver.fresh_container(site, "list")
        solver.copy(solver.item(held, None), result)


def _filter(solver: Solver, site: Site) -> None:
    callee, source = solver.argument(site, 0), solver.argument(site, 1)
    if source < 0:
        return
    items = solver.items_of(site, source)
    if callee >= 0:
        solver.call_back(site, callee, (items,))
    held = solver.fresh_container(site, "list")
    solver.copy(solver.item(held, None), items)


def _reduce(solver: Solver, site: Site) -> None:
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


def _same_items(kind: str) -> Model:
    def model(solver: Solver, site: Site) -> None:
        key = solver.argument(site, 99, "key")
        source = solver.argument(site, 0)
        held = solver.fresh_container(site, kind)
        if source < 0:
            return
        items = solver.items_of(site, source)
        if key >= 0:
            solver.call_back(site, key, (items,))
        solver.copy(solver.item(held, None), items)

    return model


def _dict(solver: Solver, site: Site) -> None:
    held = solver.fresh_container(site, "dict")
    for one in site.arguments:
        if one.value < 0:
            continue
        if one.name in ("", "**"):
            solver.merge_variables(site.result, site.base + one.value)
        elif one.name != "*":
            solver.copy(solver.item(held, one.name), site.base + one.value)


def _defaultdict(solver: Solver, site: Site) -> None:
    held = solver.fresh_container(site, "dict")
    factory = solver.argument(site, 0)
    if factory >= 0:
        solver.make_with(held, factory)


def _pick(solver: Solver, site: Site) -> None:
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


def _pairs(first: int) -> Model:
    """`enumerate` (items second) and `zip` (items at each position)."""

    def model(solver: Solver, site: Site) -> None:
        held = solver.fresh_container(site, "list")
        pair = solver.number(ContainerObject(site.caller.unit, -600_000_000 - site.result, "tuple"))
        solver.put(solver.item(held, None), pair)
        sources = [one for one in site.arguments if one.name == ""]
        for index, _ in enumerate(sources[:1] if first else sources):
            source = solver.argument(site, index)
            if source >= 0:
                items = solver.items_of(site, source)
                solver.copy(solver.item(pair, f"#{index + first}"), items)

    return model


def _chain(solver: Solver, site: Site) -> None:
    held = solver.fresh_container(site, "list")
    for index in range(len(site.arguments)):
        source = solver.argument(site, index)
        if source >= 0:
            solver.copy(solver.item(held, None), solver.items_of(site, source))


def _chain_of(solver: Solver, site: Site) -> None:
    held = solver.fresh_container(site, "list")
    source = solver.argument(site, 0)
    if source >= 0:
        rows = solver.items_of(site, source)
        solver.copy(solver.item(held, None), solver.items_of(site, rows))


def _next(solver: Solver, site: Site) -> None:
    source = solver.argument(site, 0)
    default = solver.argument(site, 1)
    if default >= 0:
        solver.copy(site.result, default)
    if source >= 0:
        _call_special(solver, site, ("__next__",), site.result)
        inner = Site(site.result, (), -1, site.caller, 0)

        def react(value: int) -> None:
            if isinstance(solver.objects[value], GeneratorObject | ContainerObject):
                solver.iterate(value, inner)

        solver.watch(source, react)


def _iter(solver: Solver, site: Site) -> None:
    source = solver.argument(site, 0)
    if source < 0:
        return
    if solver.argument(site, 1) >= 0 or len(site.arguments) > 1:
        # With a sentinel, the first argument is called until it gives that.
        item = solver.call_back(site, source, ())
        solver.copy(solver.item(solver.fresh_container(site, "list"), None), item)
        return
    _call_special(solver, site, ("__iter__",), site.result)

    def react(value: int) -> None:
        if isinstance(solver.objects[value], GeneratorObject | ContainerObject):
            solver.put(site.result, value)

    solver.watch(source, react)


def _call_special(solver: Solver, site: Site, names: tuple[str, ...], result: int) -> None:
    inner = Site(result, (), site.offset, site.caller, 0)

    def react(value: int) -> None:
        solver.call_method(value, names, inner)

    for one in site.arguments:
        if one.name == "" and one.value >= 0:
            solver.watch(site.base + one.value, react)


def _special(*names: str) -> Model:
    return lambda solver, site: _call_special(solver, site, names, solver.new())


def _calls(*positions: int, names: tuple[str, ...] = ()) -> Model:
    """Something outside calls what stands at some positions or goes by some names."""

    def model(solver: Solver, site: Site) -> None:
        handed = [solver.argument(site, position) for position in positions]
        handed += [solver.argument(site, 99, name) for name in names]
        for callee in handed:
            if callee >= 0:
                solver.call_back(site, callee, (solver.new(),))
        solver.put(site.result, solver.unknown)

    return model


def _run_later(skipped: int = 0) -> Model:
    """Calls its first argument behind some with the others; a container holds what comes of it."""

    def model(solver: Solver, site: Site) -> None:
        callee = solver.argument(site, skipped)
        if callee < 0:
            return
        result = solver.new()
        kept = Site(result, site.arguments[skipped + 1 :], site.offset, site.caller, site.base)
        solver.call_each(callee, kept)
        solver.copy(solver.item(solver.fresh_container(site, "future"), None), result)

    return model


def _thread(solver: Solver, site: Site) -> None:
    """`Thread(target=f, args=(…), kwargs={…})`, `Timer(seconds, f, args)`."""
    callee = solver.argument(site, 1, "target")
    if callee < 0:
        callee = solver.argument(site, 1, "function")
    if callee < 0:
        return
    passed = [
        CallArgument(spread, variable)
        for spread, name in (("*", "args"), ("**", "kwargs"))
        if (variable := solver.argument(site, 99, name)) >= 0
    ]
    solver.call_each(callee, Site(solver.new(), tuple(passed), site.offset, site.caller, 0))


def _instance_of(name: str, model: Model | None = None) -> Model:
    """A library's object whose methods are known: it goes by the name of what made it."""

    def made(solver: Solver, site: Site) -> None:
        solver.put_value(site.result, ExternalObject(name))
        if model is not None:
            model(solver, site)

    return made


def _enter_context(solver: Solver, site: Site) -> None:
    """`stack.enter_context(manager)`: the manager is entered and left."""
    source = solver.argument(site, 0)
    if source >= 0:
        inner = Site(site.result, (), site.offset, site.caller, 0)
        solver.watch(source, lambda value: solver.enter(value, inner))


def _closing(solver: Solver, site: Site) -> None:
    """`with closing(x) as y`: `y` is `x`, whose `close` is called."""
    source = solver.argument(site, 0)
    if source >= 0:
        _call_special(solver, site, ("close",), solver.new())
        solver.copy(solver.item(solver.fresh_container(site, "entered"), None), source)


def _null_context(solver: Solver, site: Site) -> None:
    source = solver.argument(site, 0)
    if source >= 0:
        solver.copy(solver.item(solver.fresh_container(site, "entered"), None), source)


def _deferred(name: str) -> Model:
    """A function made of the arguments: what it is called with comes behind them."""

    def model(solver: Solver, site: Site) -> None:
        callee = solver.new()
        solver.put_value(callee, ExternalObject(name))
        solver.make_partial_of(callee, site.arguments, site)

    return model


def _last_argument(solver: Solver, site: Site) -> int:
    position = sum(1 for one in site.arguments if one.name == "") - 1
    return solver.argument(site, position) if position > 0 else -1


def _attribute_of(solver: Solver, site: Site) -> None:
    """`attrgetter(name)(holder)`."""
    holder, name = _last_argument(solver, site), solver.argument(site, 0)
    if holder >= 0 and name >= 0:
        solver.load_dynamic(site, holder, name)


def _method_of(solver: Solver, site: Site) -> None:
    """`methodcaller(name, …)(holder)`."""
    holder, name = _last_argument(solver, site), solver.argument(site, 0)
    if holder >= 0 and name >= 0:
        method = solver.new()
        solver.load_dynamic(Site(method, (), site.offset, site.caller, 0), holder, name)
        passed = site.arguments[1:-1]
        solver.call_each(method, Site(site.result, passed, site.offset, site.caller, site.base))


def _item_of(solver: Solver, site: Site) -> None:
    """`itemgetter(key)(holder)`."""
    holder, key = _last_argument(solver, site), solver.argument(site, 0)
    if holder < 0:
        return

    def react(value: int) -> None:
        if not isinstance(solver.objects[value], ContainerObject):
            return
        if key >= 0:
            solver.each_text(key, lambda text: solver.copy(site.result, solver.item(value, text)))
        else:
            solver.copy(site.result, solver.every_item(value))

    solver.watch(holder, react)


def _starmap(solver: Solver, site: Site) -> None:
    callee, source = solver.argument(site, 0), solver.argument(site, 1)
    if callee < 0 or source < 0:
        return
    row = solver.items_of(site, source)
    result = solver.new()
    passed = (CallArgument("*", row),)
    solver.call_each(callee, Site(result, passed, site.offset, site.caller, 0))
    solver.copy(solver.item(solver.fresh_container(site, "list"), None), result)


def _gather(solver: Solver, site: Site) -> None:
    held = solver.fresh_container(site, "list")
    for index, one in enumerate(site.arguments):
        if one.name == "" and one.value >= 0:
            solver.copy(solver.item(held, f"#{index}"), site.base + one.value)
        elif one.name == "*" and one.value >= 0:
            solver.copy(solver.item(held, None), solver.items_of(site, site.base + one.value))


def _getattr(solver: Solver, site: Site) -> None:
    holder, name = solver.argument(site, 0), solver.argument(site, 1)
    default = solver.argument(site, 2)
    if default >= 0:
        solver.copy(site.result, default)
    if holder >= 0 and name >= 0:
        solver.load_dynamic(site, holder, name)


def _setattr(solver: Solver, site: Site) -> None:
    holder, name, source = (solver.argument(site, position) for position in range(3))
    if holder >= 0 and name >= 0 and source >= 0:
        solver.each_text(
            name, lambda text: solver.watch(holder, solver.storing(text, source, site))
        )


def _type(solver: Solver, site: Site) -> None:
    """`type(x)` with one argument."""
    source = solver.argument(site, 0)
    if source >= 0 and len(site.arguments) == 1:

        def react(value: int) -> None:
            held = solver.objects[value]
            if isinstance(held, InstanceObject):
                solver.put(site.result, held.of)

        solver.watch(source, react)


def _import(solver: Solver, site: Site) -> None:
    solver.import_dynamic(site, solver.argument(site, 0))


def _globals(solver: Solver, site: Site) -> None:
    module = solver.number(solver.module_of(site))
    solver.put_value(site.result, NamespaceObject(module))


def _vars(solver: Solver, site: Site) -> None:
    source = solver.argument(site, 0)
    if source >= 0:
        solver.watch(source, lambda value: solver.put_value(site.result, NamespaceObject(value)))


def _property(solver: Solver, site: Site) -> None:
    getter = solver.argument(site, 0, "fget")
    if getter >= 0:
        solver.put_value(site.result, AccessorObject(getter))


def _field(solver: Solver, site: Site) -> None:
    factory = solver.argument(site, 99, "default_factory")
    default = solver.argument(site, 99, "default")
    if factory >= 0:
        solver.put_value(site.result, FactoryObject(factory))
    if default >= 0:
        solver.copy(site.result, default)


def _first_argument(solver: Solver, site: Site) -> None:
    source = solver.argument(site, 0)
    if source >= 0:
        solver.copy(site.result, source)


def _second_argument(solver: Solver, site: Site) -> None:
    source = solver.argument(site, 1)
    if source >= 0:
        solver.copy(site.result, source)


def _wraps(solver: Solver, site: Site) -> None:
    """A decorator that gives back what it decorates."""
    solver.put(site.result, solver.unknown)


def _method(solver: Solver, held: MethodObject, site: Site) -> None:
    container = held.container
    of = solver.objects[container]
    if isinstance(of, GeneratorObject):
        _generator_method(solver, of, held.name, site)
        return
    if isinstance(of, NamespaceObject):
        if held.name in ("get", "pop", "__getitem__"):
            name = solver.argument(site, 0)
            solver.each_text(name, lambda text: solver.copy_member(site.result, of.of, text))
        return
    match held.name:
        case "append" | "add" | "appendleft" | "put" | "put_nowait":
            _store_argument(solver, site, container, 0)
        case "insert":
            _store_argument(solver, site, container, 1)
        case "extend" | "update" | "union" | "extendleft" | "__ior__" | "__iadd__":
            for one in site.arguments:
                if one.value < 0:
                    continue
                if one.name in ("", "**"):
                    solver.watch(
                        site.base + one.value, lambda value: solver.merge(container, value)
                    )
                elif one.name != "*":
                    solver.copy(solver.item(container, one.name), site.base + one.value)
            if held.name == "union":
                solver.put(site.result, container)
        case "pop" | "popleft" | "get" | "setdefault" | "__getitem__" | "get_nowait":
            certain = _load_argument(solver, site, container)
            default = solver.argument(site, 1)
            if default >= 0 and not certain:
                solver.copy(site.result, default)
                if held.name == "setdefault":
                    solver.copy(solver.item(container, None), default)
        case "popitem":
            pair = _pair(solver, site)
            solver.put(site.result, pair)
            solver.copy(solver.item(pair, "#1"), solver.every_item(container))
        case "__setitem__":
            _store_argument(solver, site, container, 1)
        case "copy" | "__iter__" | "difference" | "intersection" | "symmetric_difference":
            solver.put(site.result, container)
        case "values":
            fresh = solver.fresh_container(site, "list")
            solver.copy(solver.item(fresh, None), solver.every_item(container))
        case "keys":
            fresh = solver.fresh_container(site, "list")
            solver.iterate(container, Site(solver.item(fresh, None), (), -1, site.caller, 0))
        case "items":
            fresh = solver.fresh_container(site, "list")
            pair = _pair(solver, site)
            solver.put(solver.item(fresh, None), pair)
            solver.copy(solver.item(pair, "#1"), solver.every_item(container))
            for key in solver.keys(container):
                solver.put_value(solver.item(pair, "#0"), StringObject(key))
        case "result":
            solver.copy(site.result, solver.every_item(container))
        case "sort":
            key_function = solver.argument(site, 99, "key")
            if key_function >= 0:
                solver.call_back(site, key_function, (solver.every_item(container),))
        case _:
            return


def _generator_method(solver: Solver, of: GeneratorObject, name: str, site: Site) -> None:
    function = solver.objects[of.function]
    if not isinstance(function, FunctionObject):
        return
    flow = solver.function(function)
    base = solver.bases[function.unit]
    if name in ("send", "__next__", "asend", "__anext__"):
        solver.copy(site.result, base + flow.yields)
        sent = solver.argument(site, 0)
        if sent >= 0 and flow.receives >= 0:
            solver.copy(base + flow.receives, sent)
    elif name in ("__iter__", "__aiter__"):
        solver.put(site.result, solver.number(of))


def _pair(solver: Solver, site: Site) -> int:
    return solver.number(ContainerObject(site.caller.unit, -700_000_000 - site.result, "tuple"))


def _store_argument(solver: Solver, site: Site, container: int, position: int) -> None:
    source = solver.argument(site, position)
    if source >= 0:
        solver.copy(solver.item(container, None), source)


def _load_argument(solver: Solver, site: Site, container: int) -> bool:
    """A constant key reads its own value, anything else reads all. Whether all keys are constant
    and there.
    """
    key = solver.argument(site, 0)
    keys = [solver.objects[value] for value in (solver.values(key) if key >= 0 else ())]
    constant = [held.text for held in keys if isinstance(held, StringObject)]
    if constant:
        known = set(solver.keys(container))
        for text in constant:
            solver.copy(site.result, solver.item(container, text))
        solver.copy(site.result, solver.item(container, None))
        return len(constant) == len(keys) and known.issuperset(constant)
    solver.copy(site.result, solver.every_item(container))
    return False


_EXECUTORS = tuple(
    f"concurrent.futures.{name}" for name in ("ThreadPoolExecutor", "ProcessPoolExecutor")
)
_STACKS = ("contextlib.ExitStack", "contextlib.AsyncExitStack")
_SAME, _ATTRIBUTE, _METHOD, _ITEM = "\0same", "\0attribute", "\0method", "\0item"
"""Functions that library functions make; they have no names of their own."""

_LISTS = (
    "<builtin>.list",
    "<builtin>.sorted",
    "<builtin>.reversed",
    "collections.deque",
    "queue.Queue",
    "itertools.islice",
    "itertools.cycle",
)
_FILTERS = (
    "<builtin>.filter",
    "itertools.filterfalse",
    "itertools.takewhile",
    "itertools.dropwhile",
)

_MODELS: dict[str, Model] = {
    **dict.fromkeys(_LISTS, _same_items("list")),
    **dict.fromkeys(_FILTERS, _filter),
    "<builtin>.map": _map,
    "<builtin>.tuple": _same_items("tuple"),
    "<builtin>.set": _same_items("set"),
    "<builtin>.frozenset": _same_items("set"),
    "<builtin>.dict": _dict,
    "collections.OrderedDict": _dict,
    "collections.defaultdict": _defaultdict,
    "<builtin>.min": _pick,
    "<builtin>.max": _pick,
    "<builtin>.enumerate": _pairs(1),
    "<builtin>.zip": _pairs(0),
    "itertools.zip_longest": _pairs(0),
    "itertools.chain": _chain,
    "itertools.chain.from_iterable": _chain_of,
    "<builtin>.next": _next,
    "<builtin>.anext": _next,
    "<builtin>.iter": _iter,
    "<builtin>.getattr": _getattr,
    "<builtin>.setattr": _setattr,
    "<builtin>.type": _type,
    "<builtin>.globals": _globals,
    "<builtin>.vars": _vars,
    "<builtin>.property": _property,
    "<builtin>.staticmethod": _first_argument,
    "<builtin>.__import__": _import,
    "<builtin>.len": _special("__len__"),
    "<builtin>.str": _special("__str__", "__repr__"),
    "<builtin>.print": _special("__str__", "__repr__"),
    "<builtin>.format": _special("__format__", "__str__", "__repr__"),
    "<builtin>.repr": _special("__repr__"),
    "<builtin>.bool": _special("__bool__", "__len__"),
    "<builtin>.hash": _special("__hash__"),
    "<builtin>.abs": _special("__abs__"),
    "<builtin>.int": _special("__int__", "__index__"),
    "<builtin>.float": _special("__float__"),
    "<builtin>.bytes": _special("__bytes__"),
    "<builtin>.sum": _special("__iter__"),
    "<builtin>.any": _special("__iter__"),
    "<builtin>.all": _special("__iter__"),
    "copy.copy": _first_argument,
    "copy.deepcopy": _first_argument,
    "typing.cast": _second_argument,
    "functools.partial": Solver.make_partial,
    "functools.partialmethod": Solver.make_partial,
    "functools.reduce": _reduce,
    "functools.wraps": _wraps,
    "dataclasses.field": _field,
    "importlib.import_module": _import,
    "functools.cmp_to_key": _calls(0),
    "itertools.groupby": _calls(1, names=("key",)),
    "itertools.starmap": _starmap,
    **dict.fromkeys(("heapq.nlargest", "heapq.nsmallest"), _calls(2, names=("key",))),
    "heapq.merge": _calls(names=("key",)),
    **dict.fromkeys(("re.sub", "re.subn"), _calls(1, names=("repl",))),
    "re.compile": _instance_of("re.compile"),
    **dict.fromkeys(("re.compile.sub", "re.compile.subn"), _calls(0, names=("repl",))),
    **dict.fromkeys(
        ("json.load", "json.loads"),
        _calls(names=("object_hook", "object_pairs_hook", "parse_float", "parse_int")),
    ),
    **dict.fromkeys(("json.dump", "json.dumps"), _calls(names=("default",))),
    **dict.fromkeys(("threading.Thread", "multiprocessing.Process"), _thread),
    "threading.Timer": _thread,
    **{name: _instance_of(name) for name in (*_EXECUTORS, *_STACKS)},
    **{f"{name}.submit": _run_later() for name in _EXECUTORS},
    **{f"{name}.map": _map for name in _EXECUTORS},
    **{f"{name}.callback": _run_later() for name in _STACKS},
    **{f"{name}.push_async_callback": _run_later() for name in _STACKS},
    **{f"{name}.enter_context": _enter_context for name in _STACKS},
    **{f"{name}.enter_async_context": _enter_context for name in _STACKS},
    "atexit.register": _run_later(),
    "signal.signal": _calls(1),
    "weakref.ref": _deferred(_SAME),
    "weakref.finalize": _run_later(1),
    "contextlib.closing": _closing,
    "contextlib.aclosing": _closing,
    "contextlib.nullcontext": _null_context,
    "operator.attrgetter": _deferred(_ATTRIBUTE),
    "operator.methodcaller": _deferred(_METHOD),
    "operator.itemgetter": _deferred(_ITEM),
    _SAME: _first_argument,
    _ATTRIBUTE: _attribute_of,
    _METHOD: _method_of,
    _ITEM: _item_of,
    **dict.fromkeys(
        (
            "asyncio.create_task",
            "asyncio.ensure_future",
            "asyncio.run",
            "asyncio.shield",
            "asyncio.wait_for",
            "weakref.proxy",
        ),
        _first_argument,
    ),
    "asyncio.to_thread": _run_later(),
    "asyncio.gather": _gather,
}

PYTHON = Dialect(
    models=_MODELS,
    method=_method,
    construct=("__new__", "__init__", "__post_init__"),
    made="__new__",
    call="__call__",
    get_item="__getitem__",
    set_item="__setitem__",
    iterate=(("__iter__", "__next__"), ("__aiter__", "__anext__")),
    enter=(("__enter__", "__exit__"), ("__aenter__", "__aexit__")),
    missing="__getattr__",
    setter="__set__",
    named="__set_name__",
    modules="sys.modules",
    untold=("<builtin>", "typing.", "typing_extensions.", "collections.abc."),
    enumerated=frozenset({"value", "_value_"}),
    getter="__get__",
    subclassed="__init_subclass__",
    class_of="__class__",
    namespace="__dict__",
    enumerations=frozenset(
        f"enum.{name}" for name in ("Enum", "IntEnum", "StrEnum", "Flag", "IntFlag", "ReprEnum")
    ),
    hidden="_",
)
