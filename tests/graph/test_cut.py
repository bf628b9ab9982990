"""What the bound of value flow cuts is said, of the callers it concerns and of no others."""

from __future__ import annotations

from pairwright_analyzers.graph import CodeGraph
from pairwright_analyzers.graph.flow.calls import NamedCall, calls
from support.workspace import MemoryWorkspace

_MANY, _FEW = 60, 12


def program(functions: int) -> dict[str, str]:
    """A function that calls whatever it is handed, and is handed so many functions."""
    definitions = "".join(f"def f{one}():\n    pass\n" for one in range(functions))
    handed = "".join(f"    run(f{one})\n" for one in range(functions))
    return {
        "main.py": f"{definitions}def other():\n    f0()\ndef log():\n    pass\n"
        f"def run(action):\n    log()\n    action()\ndef main():\n{handed}"
    }


def found(functions: int) -> list[NamedCall]:
    return list(calls(CodeGraph(MemoryWorkspace(program(functions)))))


def test_a_caller_of_too_many_is_marked() -> None:
    marked = {(call.caller, call.callee) for call in found(_MANY) if call.cut}
    assert marked == {("main.run", "main.log")}


def test_few_are_followed_and_nothing_is_marked() -> None:
    every = found(_FEW)
    assert not any(call.cut for call in every)
    assert sum(call.caller == "main.run" for call in every) == _FEW + 1


def test_the_declared_type_stays_when_values_are_too_many() -> None:
    classes = "".join(f"class C{one}(Base):\n    pass\n" for one in range(_MANY))
    handed = "".join(f"run(C{one}())\n" for one in range(_MANY))
    text = (
        "class Base:\n    def step(self):\n        self.inner()\n    def inner(self):\n        pass\n"
        f"{classes}def run(one: Base):\n    one.step()\n{handed}"
    )
    every = list(calls(CodeGraph(MemoryWorkspace({"main.py": text}))))
    assert {("main.run", "main.Base.step", True), ("main.Base.step", "main.Base.inner", False)} <= {
        (call.caller, call.callee, call.cut) for call in every
    }


def test_code_nested_too_deeply_is_marked() -> None:
    deep = "f(" * 5000 + ")" * 5000
    text = f"def f(x=0):\n    pass\ndef g():\n    f()\ng()\n{deep}\n"
    every = list(
        calls(CodeGraph(MemoryWorkspace({"main.py": text, "other.py": "def h(): pass\nh()"})))
    )
    assert {call.cut for call in every if call.location.path == "main.py"} == {True}
    assert {call.cut for call in every if call.location.path == "other.py"} == {False}
