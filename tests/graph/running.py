"""Who calls whom when a Python program runs: the oracle of `python/calls*.marks`.

Runs as a program of its own: reads `{case: {path: text}}` as JSON from stdin, imports each case's
`main` under
`sys.setprofile`, and prints `{case: [edges]}`. Frames outside the case are folded into the frame of
the case that
led to them, comprehensions into what holds them. A generator or coroutine function runs later than
it is called, so
that every call expression is wrapped, to see what it calls. It must not know the analyzers.
"""

from __future__ import annotations

import ast
import importlib
import importlib.machinery
import inspect
import json
import sys
import tempfile
from pathlib import Path
from types import CodeType, FrameType, ModuleType
from typing import Any

_COMPREHENSIONS = frozenset({"<listcomp>", "<setcomp>", "<dictcomp>", "<genexpr>"})
_LATER = inspect.CO_GENERATOR | inspect.CO_COROUTINE | inspect.CO_ASYNC_GENERATOR
_WRAPPER = "_called_here"


class _Wrap(ast.NodeTransformer):
    """`f(x)` -> `_called_here(f)(x)`."""

    def visit_Call(self, node: ast.Call) -> ast.Call:
        self.generic_visit(node)
        node.func = ast.Call(ast.Name(_WRAPPER, ast.Load()), [node.func], [])
        return ast.fix_missing_locations(node)


class Recorder:
    """The names of one case's code objects, and the edges between them."""

    def __init__(self) -> None:
        self.kept: list[CodeType] = []
        self.names: dict[int, str] = {}
        self.bodies: set[int] = set()
        self.edges: set[tuple[str, str]] = set()
        self.resumed: set[tuple[str, int]] = set()
        self.called: set[int] = set()
        self.begun: list[FrameType] = []

    def learn(self, code: CodeType, name: str) -> None:
        """Give a code object and those inside it their dotted names."""
        # Equal code objects of two files are one key; two objects are two.
        self.kept.append(code)
        self.names[id(code)] = name
        lambdas = 0
        for inner in code.co_consts:
            if not isinstance(inner, CodeType):
                continue
            if inner.co_name in _COMPREHENSIONS:
                self.learn(inner, name)
                self.bodies.add(id(inner))
            elif inner.co_name == "<lambda>":
                lambdas += 1
                self.learn(inner, f"{name}.<lambda{lambdas}>")
            else:
                if not inner.co_flags & inspect.CO_OPTIMIZED:
                    self.bodies.add(id(inner))
                self.learn(inner, f"{name}.{inner.co_name}")

    def around(self, frame: FrameType | None) -> str:
        """The name of the case's innermost running code."""
        while frame is not None:
            name = self.names.get(id(frame.f_code))
            if name is not None:
                return name
            frame = frame.f_back
        return ""

    def event(self, frame: FrameType, kind: str, argument: object) -> None:
        """A `sys.setprofile` function."""
        code = frame.f_code
        name = self.names.get(id(code))
        if kind != "call" or name is None or id(code) in self.bodies:
            return
        caller = self.around(frame.f_back)
        if not caller:
            return
        if not code.co_flags & _LATER:
            self.edges.add((caller, name))
        elif not any(one is frame for one in self.begun):
            self.begun.append(frame)
            self.resumed.add((caller, id(code)))

    def wrapper(self, callee: object) -> object:
        """What call expressions go through."""
        function = getattr(callee, "__func__", callee)
        code = getattr(function, "__code__", None)
        if isinstance(code, CodeType) and code.co_flags & _LATER and id(code) in self.names:
            self.called.add(id(code))
            self.edges.add((self.around(sys._getframe(1)), self.names[id(code)]))
        return callee

    def all(self) -> list[str]:
        """Every edge; generators that no call expression made are called where they begin."""
        begun = {
            (caller, self.names[code]) for caller, code in self.resumed if code not in self.called
        }
        return sorted(f"{caller} -> {callee}" for caller, callee in self.edges | begun)


def run(files: dict[str, str]) -> list[str]:
    """The edges of a program whose `main` module is imported."""
    recorder = Recorder()

    class Loader(importlib.machinery.SourceFileLoader):
        def source_to_code(  # type: ignore[override]
            self, data: Any, path: Any, *, _optimize: int = -1
        ) -> CodeType:
            code: CodeType = compile(
                _Wrap().visit(ast.parse(data)), path, "exec", dont_inherit=True
            )
            recorder.learn(code, self.name)
            recorder.bodies.add(id(code))
            return code

        def exec_module(self, module: ModuleType) -> None:
            setattr(module, _WRAPPER, recorder.wrapper)
            super().exec_module(module)

    before = set(sys.modules)
    finder = importlib.machinery.FileFinder.path_hook((Loader, [".py"]))
    with tempfile.TemporaryDirectory() as folder:

        def hook(path: str) -> Any:
            if not path.startswith(folder):
                raise ImportError(path)
            return finder(path)

        for path, text in files.items():
            target = Path(folder, path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
        sys.path.insert(0, folder)
        sys.path_hooks.insert(0, hook)
        sys.path_importer_cache.clear()
        wrote = sys.dont_write_bytecode
        sys.dont_write_bytecode = True
        shown = sys.stdout
        sys.stdout = sys.stderr
        try:
            sys.setprofile(recorder.event)
            importlib.import_module("main")
        finally:
            sys.setprofile(None)
            sys.stdout = shown
            sys.dont_write_bytecode = wrote
            sys.path.remove(folder)
            sys.path_hooks.remove(hook)
            sys.path_importer_cache.clear()
            for name in set(sys.modules) - before:
                known = vars(sys.modules[name])
                places = [known.get("__file__") or "", *known.get("__path__", ())]
                if any(place.startswith(folder) for place in places):
                    del sys.modules[name]
    return recorder.all()


def main() -> None:
    cases = json.load(sys.stdin)
    results: dict[str, list[str]] = {}
    for name, files in cases.items():
        try:
            results[name] = run(files)
        except Exception as error:
            raise RuntimeError(f"{name} does not run") from error
    json.dump(results, sys.stdout)


if __name__ == "__main__":
    main()
