"""Bad input holds nobody up: each question about a name is answered in a bounded number of steps.

Steps are counted as Python calls, so that the bounds hold on any machine; recursion is held to a
depth that no thread's stack minds.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import pytest

from pairwright_analyzers.graph import CodeGraph, SymbolId, queries
from pairwright_analyzers.graph.flow.calls import calls
from support.workspace import MemoryWorkspace

_DEPTH = 450
"""Frames that any answer may stand on, beside those of the test runner."""


_BASE = 200_000
"""Steps that a small file may take before it is known whether it is a bad one."""


class TooManySteps(AssertionError):
    """More calls than the bound."""


@contextmanager
def bounded(steps: int) -> Iterator[None]:
    """At most so many calls, and no deep recursion, inside."""
    left = steps

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal left
        if event == "call":
            left -= 1
            if left < 0:
                sys.setprofile(None)
                raise TooManySteps(f"more than {steps} steps")

    frame, depth = sys._getframe(), 0
    while frame.f_back is not None:
        frame, depth = frame.f_back, depth + 1
    limit, former = sys.getrecursionlimit(), sys.getprofile()
    sys.setrecursionlimit(depth + _DEPTH)
    sys.setprofile(count)
    try:
        yield
    finally:
        sys.setprofile(former)
        sys.setrecursionlimit(limit)


def ask_everything(files: Mapping[str, str], steps: int) -> CodeGraph:
    """Every question about every name and symbol; `steps` calls for each, and for the whole."""
    workspace = MemoryWorkspace(files)
    graph = CodeGraph(workspace)
    names = 0
    for path in workspace.paths():
        facts = workspace.facts(path)
        assert facts is not None
        names += facts.reference_count
        with bounded(_BASE + steps * facts.reference_count):
            for index in range(facts.reference_count):
                queries.resolve(graph, path, index)
                queries.external_of(graph, path, index)
        with bounded(_BASE + steps * (facts.symbol_count + facts.reference_count)):
            for index in range(min(facts.symbol_count, 50)):
                symbol = SymbolId(path, index)
                queries.supertypes_of(graph, symbol)
                queries.subtypes_of(graph, symbol)
                queries.members_of(graph, symbol)
                queries.overrides(graph, symbol)
                queries.overridden_by(graph, symbol)
                queries.callers_of(graph, symbol)
                queries.callees_of(graph, symbol)
    with bounded(_BASE + steps * names):
        queries.import_cycles(graph)
        queries.unreferenced(graph)
        queries.file_ranks(graph)
    with bounded(_BASE + steps * names):
        calls(graph)
    return graph


CYCLES: dict[str, dict[str, str]] = {
    "python stars": {
        "a.py": "from b import *\nf()\n",
        "b.py": "from c import *\ng = f\n",
        "c.py": "from a import *\nh = g\nh()\n",
    },
    "python names": {
        "a.py": "from b import x as x\nx.y.z()\n",
        "b.py": "from a import x as x\nx()\n",
    },
    "python package": {
        "p/__init__.py": "from .a import *\nfrom . import a\n",
        "p/a.py": "from . import *\nfrom p import a as a\na.a.a.a.f()\n",
    },
    "typescript stars": {
        "a.ts": "export * from './b';\nimport { f } from './b';\nf();\n",
        "b.ts": "export * from './c';\n",
        "c.ts": "export * from './a';\nexport { f } from './a';\n",
    },
    "rust": {
        "src/lib.rs": "mod a;\npub use a::*;\nfn f() { g(); }\n",
        "src/a.rs": "pub use crate::*;\npub use super::a::g;\n",
    },
    "c": {"a.h": '#include "b.h"\nint f(void);\n', "b.h": '#include "a.h"\nint g(void);\n'},
    "ruby": {
        "a.rb": "require_relative 'b'\nA = B\nA.f\n",
        "b.rb": "require_relative 'a'\nB = A\nB.f\n",
    },
    "lua": {
        "a.lua": "local b = require('b')\nb.f()\nreturn b\n",
        "b.lua": "local a = require('a')\na.f()\nreturn a\n",
    },
    "elixir": {
        "a.ex": "defmodule A do\n  import B\n  alias A, as: A\n  def f, do: g()\nend\n",
        "b.ex": "defmodule B do\n  import A\n  def g, do: A.f()\nend\n",
    },
    "kotlin": {
        "a.kt": "package a\nimport b.x as x\nval y = x.y\n",
        "b.kt": "package b\nimport a.y as x\nval z = x.z\n",
    },
}
TYPES: dict[str, dict[str, str]] = {
    "python itself": {
        "a.py": "class A(A):\n    def f(self):\n        super().f()\n        self.g()\nA().g()\n"
    },
    "python each other": {
        "a.py": "from b import B\nclass A(B):\n    def f(self): self.g()\n",
        "b.py": "from a import A\nclass B(A):\n    def h(self): self.g()\n",
    },
    "python no order": {
        "a.py": "class X: pass\nclass Y: pass\nclass A(X, Y): pass\nclass B(Y, X): pass\n"
        "class C(A, B):\n    def f(self): self.g()\n"
    },
    "python aliases": {
        "a.py": "a = b\nb = a\na.f()\nx = x.y\nx.z()\ntype T = list[T]\ndef f(t: T): t.g()\n"
    },
    "typescript": {
        "a.ts": "type A = B;\ntype B = A;\ntype T = T | T[];\nlet x: A; x.f();\nlet t: T; t.g();\n"
        "class C extends C { f() { this.g(); super.f(); } }\ninterface I extends J {}\ninterface J extends I {}\n"
    },
    "java": {
        "A.java": "class A extends B { void f() { g(); } }\nclass B extends A { void h() { this.g(); } }\n"
    },
    "csharp": {
        "A.cs": "using A = B;\nusing B = A;\nclass C : D { void F() { G(); } }\nclass D : C { A x; }\n"
    },
    "cpp": {
        "a.cpp": "struct A : A { void f() { g(); } };\ntypedef T T;\nusing U = V; using V = U;\nU x;\nint h() { return x.y; }\n"
    },
    "go": {
        "a.go": "package a\ntype A struct { B }\ntype B struct { A }\ntype T T\nfunc (a A) f() { a.g(); a.A.B.A.B.g() }\n"
    },
    "rust": {
        "src/lib.rs": "trait A: B {}\ntrait B: A {}\ntype T = U;\ntype U = T;\nimpl A for T { fn f(&self) { self.g(); } }\n"
    },
    "ruby": {"a.rb": "class A < B\n  def f; g; end\nend\nclass B < A\n  include B\nend\nA.new.g\n"},
    "php": {
        "a.php": "<?php\nclass A extends B { use T; function f() { $this->g(); } }\nclass B extends A {}\ntrait T { use T; }\n"
    },
    "kotlin": {
        "A.kt": "open class A : B() {\n    fun f() = g()\n}\nopen class B : A()\ntypealias T = U\ntypealias U = T\nval x: T = y\n"
    },
    "scala": {
        "A.scala": "class A extends B { def f = this.g }\nclass B extends A\ntype T = U\ntype U = T\n"
    },
    "swift": {
        "A.swift": "class A: B { func f() { self.g() } }\nclass B: A {}\nextension A: A {}\ntypealias T = T\n"
    },
    "lua": {
        "a.lua": "local A = setmetatable({}, { __index = A })\nfunction A:f() self:g() end\nlocal B = setmetatable({}, { __index = B })\n"
    },
}
PYTHON_2 = (
    "import urllib2, string\nprint 'hello', x\nprint >>out, 'x'\nexec 'x = 1'\n"
    "def f((a, b), c=0777L):\n    try:\n        raise E, 'text'\n    except E, e:\n        print `e`\n"
    "    return a <> b\nclass Old:\n    __metaclass__ = M\n    def g(self):\n        return f((1, 2))\n"
)
HALF_TYPED = (
    "from a.b import (c, d as e\nclass A(B, metaclass=M\n    @prop\n    def f(self, x: List[int = [], *a, **k) -> Dict[\n"
    "        with open(x) as y, z(\n            self.f(lambda q: [i for i in self.g(x=1, *a\n"
    "        match x:\n            case A(b=C(d), *\n"
)


@pytest.mark.parametrize("name", CYCLES)
def test_cycles_of_imports(name: str) -> None:
    ask_everything(CYCLES[name], 4_000)


@pytest.mark.parametrize("name", TYPES)
def test_types_that_are_their_own_bases(name: str) -> None:
    ask_everything(TYPES[name], 4_000)


def test_a_hierarchy_of_many_diamonds() -> None:
    """Each type inherits from both of the level above: paths double, types do not."""
    lines = ["class A0: pass", "class B0: pass"]
    for at in range(1, 40):
        lines.append(f"class A{at}(A{at - 1}, B{at - 1}): pass")
        lines.append(f"class B{at}(A{at - 1}, B{at - 1}): pass")
    lines.append("A39().nothing()")
    ask_everything({"a.py": "\n".join(lines) + "\n"}, 60_000)


@pytest.mark.parametrize("lines", [3_000])
def test_a_dispatch_table_of_many_branches(lines: int) -> None:
    functions = "".join(f"def f{at}(): return {at}\n" for at in range(100))
    table = "".join(f"    'k{at}': f{at % 100},\n" for at in range(lines))
    text = f"{functions}TABLE = {{\n{table}}}\ndef run(k):\n    return TABLE[k]()\nrun('k1')\n"
    ask_everything({"a.py": text}, 1_000)


def test_a_chain_of_many_branches() -> None:
    branches = "".join(f"    elif k == {at}:\n        x = A{at % 50}()\n" for at in range(1_500))
    classes = "".join(f"class A{at}:\n    def m(self): pass\n" for at in range(50))
    text = f"{classes}def run(k):\n    if k: x = A0()\n{branches}    x.m()\n"
    ask_everything({"a.py": text}, 6_000)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("a.py", "x = " + "(" * 1_500 + "f()" + ")" * 1_500 + "\n"),
        ("a.py", "x = f" + "()" * 1_500 + "\n"),
        ("a.py", "x = a" + ".b" * 1_500 + "()\n"),
        ("a.py", "x = " + "[" * 1_500 + "]" * 1_500 + "\nx[0]()\n"),
        ("a.py", "".join(" " * at + "def f():\n" for at in range(300)) + " " * 300 + "f()\n"),
        ("a.py", "".join(f"x{at} = x{at - 1}\n" for at in range(1_500)) + "x1499.f()\n"),
        (
            "a.py",
            "".join(f"def f{at}(): return f{at - 1}()\n" for at in range(1_000)) + "f999().g()\n",
        ),
        (
            "a.py",
            "".join(f"class A{at}(A{at + 1}): pass\n" for at in range(500)) + "A0().g()\n",
        ),
        ("a.js", "function f() {" * 500 + "f();" + "}" * 500 + "\n"),
        ("a.js", "f(" * 1_500 + ")" * 1_500 + ";\n"),
        ("a.js", "x = {" + "a: {" * 1_500 + "}" * 1_500 + "};\n"),
        ("a.ts", "let x: " + "A<" * 1_000 + "B" + ">" * 1_000 + ";\nx.f();\n"),
        ("a.go", "package a\nfunc f() {" + "{" * 1_500 + "f()" + "}" * 1_500 + "}\n"),
        ("a.c", "int f(void) {" + "{" * 1_500 + "f();" + "}" * 1_500 + "}\n"),
        ("a.rs", "fn f() {" + "{" * 1_500 + "f();" + "}" * 1_500 + "}\n"),
        ("A.java", "class A {" * 300 + "void f() { f(); }" + "}" * 300 + "\n"),
        ("a.rb", "".join(f"module A{at}\n" for at in range(300)) + "f\n" + "end\n" * 300),
    ],
    ids=lambda value: value[:12].strip() if isinstance(value, str) else None,
)
def test_deep_nesting(path: str, text: str) -> None:
    ask_everything({path: text}, 2_000)


def test_python_2() -> None:
    ask_everything(
        {"old.py": PYTHON_2, "new.py": "from old import f, Old\nf()\nOld().g()\n"}, 4_000
    )


@pytest.mark.parametrize("end", range(10, len(HALF_TYPED), 17))
def test_half_typed_files(end: int) -> None:
    files = {
        "a/b.py": HALF_TYPED[:end],
        "a/__init__.py": "",
        "c.py": "from a.b import A\nA().f()\n",
    }
    ask_everything(files, 4_000)
