"""Who may import whom: walks the imports of every module and compares them with the table below.

Owns the table, which is the checked form of "Who may import whom" in docs/architecture.md, and the
checker that reads it. It must not import the product: the rules are about source text, and a breach
has to be reported even where importing the module would fail.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
ROOTS = ("server", "analyzers")

# Sample code that is shipped as data.
SAMPLES = ("server/pairwright/demo/*/**/*.py",)

ANALYZERS = "pairwright_analyzers"
APP = "pairwright.app"
# The composition root of a run without an editor.
WORKSPACE = "pairwright.workspace"

# What other parts of the server may know of these three: their protocols, nothing concrete.
INDEX = "pairwright.index.protocol"
STATUS = "pairwright.index.status"
MODELS = "pairwright.models.protocol"
SANDBOX = "pairwright.sandbox.protocol"

# Every area may import itself. In the server each may also import the root package (its version)
# and `pairwright.errors`.
LAYERS: Mapping[str, tuple[str, ...]] = {
    ANALYZERS: (),
    "pairwright": (),
    "pairwright.errors": (),
    "pairwright.log": (),
    "pairwright.settings": (ANALYZERS,),
    "pairwright.tasks": (),
    "pairwright.prompts": (),
    "pairwright.git": (ANALYZERS,),
    "pairwright.index": (ANALYZERS,),
    "pairwright.models": ("pairwright.settings",),
    "pairwright.sandbox": ("pairwright.settings",),
    "pairwright.session": (
        ANALYZERS,
        "pairwright.git",
        "pairwright.settings",
        "pairwright.tasks",
        INDEX,
        STATUS,
    ),
    "pairwright.verify": (ANALYZERS, "pairwright.sandbox", "pairwright.session"),
    "pairwright.testgen": (ANALYZERS, "pairwright.sandbox", "pairwright.session"),
    "pairwright.agent": (
        ANALYZERS,
        "pairwright.testgen",
        "pairwright.verify",
        "pairwright.git",
        "pairwright.prompts",
        "pairwright.session",
        "pairwright.settings",
        "pairwright.tasks",
        INDEX,
        MODELS,
        SANDBOX,
    ),
    "pairwright.features": (
        ANALYZERS,
        "pairwright.agent",
        "pairwright.testgen",
        "pairwright.verify",
        "pairwright.git",
        "pairwright.prompts",
        "pairwright.session",
        "pairwright.settings",
        "pairwright.tasks",
        INDEX,
        STATUS,
        MODELS,
        SANDBOX,
    ),
    "pairwright.lsp": (
        ANALYZERS,
        "pairwright.features",
        "pairwright.log",
        "pairwright.session",
        "pairwright.settings",
        "pairwright.tasks",
        INDEX,
        STATUS,
    ),
    APP: (ANALYZERS, "pairwright"),
    WORKSPACE: (ANALYZERS, "pairwright"),
    # The command line and what hangs on it reach concrete parts through the composition roots.
    "pairwright.cli": (
        ANALYZERS,
        APP,
        WORKSPACE,
        "pairwright.demo",
        "pairwright.features",
        "pairwright.session",
        "pairwright.settings",
        "pairwright.tasks",
        INDEX,
    ),
    "pairwright.demo": (ANALYZERS, APP, "pairwright.features", "pairwright.settings"),
    "pairwright.docs": (
        ANALYZERS,
        "pairwright.cli.arguments",
        "pairwright.features",
        "pairwright.settings",
    ),
    "pairwright.__main__": ("pairwright.cli",),
}
KNOWN_TO_THE_WHOLE_SERVER = ("pairwright.errors",)


@dataclass(frozen=True, slots=True)
class Library:
    """A third-party package: the modules that may import it; `lazily` means on first use only."""

    owners: tuple[str, ...]
    lazily: bool = False


LIBRARIES: Mapping[str, Library] = {
    "pygls": Library(("pairwright.lsp", APP)),
    "cattrs": Library(("pairwright.lsp",)),
    "lsprotocol": Library(("pairwright.lsp", APP)),
    "websockets": Library(("pairwright.lsp", APP), lazily=True),
    "starlette": Library(("pairwright.lsp", APP), lazily=True),
    "tree_sitter": Library((ANALYZERS,)),
    "rustworkx": Library((ANALYZERS,), lazily=True),
    "ast_grep_py": Library((ANALYZERS,), lazily=True),
    "git": Library(("pairwright.git",), lazily=True),
    "litellm": Library(("pairwright.models",), lazily=True),
    "chromadb": Library(("pairwright.index.chroma",), lazily=True),
    # The compiled part of the same distribution.
    "chromadb_rust_bindings": Library(("pairwright.index.chroma",), lazily=True),
    "onnxruntime": Library(("pairwright.index",), lazily=True),
    "tokenizers": Library(("pairwright.index",), lazily=True),
    "numpy": Library(("pairwright.index", "pairwright.features.commits.classify"), lazily=True),
    "platformdirs": Library(("pairwright",)),
    "rich": Library(("pairwright.cli", "pairwright.demo"), lazily=True),
    "yaml": Library(("pairwright",), lazily=True),
}
# The wheels of the grammars: `tree_sitter_python`, `tree_sitter_go`, …
GRAMMARS = Library((ANALYZERS,))

# Standard library that reads a file, a clock, a network, a process or chance.
IMPURE_MODULES = frozenset(
    {
        "asyncio",
        "concurrent",
        "ctypes",
        "datetime",
        "fileinput",
        "getpass",
        "glob",
        "http",
        "io",
        "logging",
        "mmap",
        "multiprocessing",
        "os",
        "pathlib",
        "random",
        "sched",
        "secrets",
        "select",
        "selectors",
        "shutil",
        "signal",
        "socket",
        "socketserver",
        "sqlite3",
        "ssl",
        "subprocess",
        "tempfile",
        "time",
        "urllib",
        "uuid",
    }
)
PURE_NAMES_OF_IMPURE_MODULES: Mapping[str, frozenset[str]] = {
    "pathlib": frozenset({"PurePath", "PurePosixPath", "PureWindowsPath"}),
}
IMPURE_BUILTINS = frozenset({"open", "input", "print"})


# The checker.


@dataclass(frozen=True, slots=True)
class Module:
    """A module of the tree by its dotted name."""

    name: str
    path: Path
    is_package: bool


@dataclass(frozen=True, slots=True)
class Import:
    """One imported thing: `name` out of the module `target`; no `name` when it is the module."""

    target: str
    name: str
    line: int
    on_load: bool


class _Collector(ast.NodeVisitor):
    """Gathers the imports and the calls of impure builtins of one module."""

    def __init__(self, module: Module) -> None:
        self.imports: list[Import] = []
        self.impure_calls: list[tuple[str, int]] = []
        self._package = module.name if module.is_package else module.name.rpartition(".")[0]
        self._deferred = 0

    def visit_FunctionDef(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda) -> None:
        # Defaults and decorators run on load; an import statement can stand in none of them.
        self._deferred += 1
        self.generic_visit(node)
        self._deferred -= 1

    visit_AsyncFunctionDef = visit_FunctionDef
    visit_Lambda = visit_FunctionDef

    def visit_If(self, node: ast.If) -> None:
        if ast.unparse(node.test) in {"TYPE_CHECKING", "typing.TYPE_CHECKING"}:
            self._deferred += 1
            for statement in node.body:
                self.visit(statement)
            self._deferred -= 1
            for statement in node.orelse:
                self.visit(statement)
        else:
            self.generic_visit(node)

    def visit_Import(self, node: ast.Import) -> None:
        for alias in node.names:
            self._add(alias.name, "", node.lineno)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        base = node.module or ""
        if node.level:
            parents = self._package.split(".")
            parents = parents[: len(parents) - node.level + 1]
            base = ".".join([*parents, base] if base else parents)
        for alias in node.names:
            self._add(base, alias.name, node.lineno)

    def visit_Call(self, node: ast.Call) -> None:
        called = ast.unparse(node.func)
        if called in {"importlib.import_module", "import_module", "__import__"} and node.args:
            target = node.args[0]
            if isinstance(target, ast.Constant) and isinstance(target.value, str):
                self._add(target.value, "", node.lineno)
        if called in IMPURE_BUILTINS:
            self.impure_calls.append((called, node.lineno))
        self.generic_visit(node)

    def _add(self, target: str, name: str, line: int) -> None:
        self.imports.append(Import(target, name, line, on_load=not self._deferred))


def modules_below(repository: Path) -> list[Module]:
    """Return every module of the product, samples left out, sorted by path."""
    samples = {path for pattern in SAMPLES for path in repository.glob(pattern)}
    found = []
    for root in ROOTS:
        for path in sorted((repository / root).rglob("*.py")):
            if path in samples:
                continue
            parts = path.relative_to(repository / root).with_suffix("").parts
            is_package = parts[-1] == "__init__"
            found.append(Module(".".join(parts[:-1] if is_package else parts), path, is_package))
    return found


def breaches(repository: Path) -> list[str]:
    """Return one sentence per breach of the table in the tree, `file:line: …`."""
    modules = modules_below(repository)
    known = frozenset(module.name for module in modules)
    found = []
    for module in modules:
        collected = _Collector(module)
        collected.visit(ast.parse(module.path.read_text(encoding="utf-8"), str(module.path)))
        place = module.path.relative_to(repository).as_posix()
        for line, reason in _reasons(module, collected, known):
            found.append(f"{place}:{line}: {reason}")
    return found


def _reasons(
    module: Module, collected: _Collector, known: frozenset[str]
) -> Iterator[tuple[int, str]]:
    area = _area(module.name)
    if area not in LAYERS:
        yield 1, f"`{area}` has no row in the table: say what it may import"
        return
    for imported in collected.imports:
        if reason := _reason(module.name, area, imported, known):
            yield imported.line, reason
    if area == ANALYZERS:
        for name, line in collected.impure_calls:
            yield line, f"analyzers are pure: `{name}()` is not"


def _reason(module: str, area: str, imported: Import, known: frozenset[str]) -> str | None:
    top = imported.target.partition(".")[0]
    if top in {"pairwright", ANALYZERS}:
        submodule = f"{imported.target}.{imported.name}"
        target = submodule if submodule in known else imported.target
        allowed = LAYERS[area] if area == ANALYZERS else (*LAYERS[area], *KNOWN_TO_THE_WHOLE_SERVER)
        if target == "pairwright" and area != ANALYZERS:
            return None
        if _area(target) == area or any(_within(target, prefix) for prefix in allowed):
            return None
        return f"`{area}` may not import `{target}`"
    if top in sys.stdlib_module_names:
        pure = PURE_NAMES_OF_IMPURE_MODULES.get(top, frozenset())
        if area == ANALYZERS and top in IMPURE_MODULES and imported.name not in pure:
            return f"analyzers are pure: `{imported.target}` is not"
        return None
    library = GRAMMARS if top.startswith("tree_sitter_") else LIBRARIES.get(top)
    if library is None:
        return f"`{top}` is not in the table of libraries: say who owns it"
    if not any(_within(module, owner) for owner in library.owners):
        return f"only {', '.join(library.owners)} may import `{top}`"
    if library.lazily and imported.on_load:
        return f"`{top}` is heavy: import it inside the function that uses it"
    return None


def _area(module: str) -> str:
    top, *rest = module.split(".")
    return f"{top}.{rest[0]}" if top == "pairwright" and rest else top


def _within(module: str, prefix: str) -> bool:
    return module == prefix or module.startswith(prefix + ".")


# The product.


def test_every_import_is_allowed() -> None:
    found = breaches(REPOSITORY)
    assert not found, "\n" + "\n".join(found)


def test_both_roots_are_read() -> None:
    names = {module.name for module in modules_below(REPOSITORY)}
    assert {"pairwright", ANALYZERS} <= names


def test_the_table_names_only_itself() -> None:
    areas = {_area(target) for row in LAYERS.values() for target in row}
    assert areas <= LAYERS.keys()


# The checker, on small trees.


def _tree(folder: Path, path: str, source: str) -> Path:
    files = {
        "server/pairwright/__init__.py": "",
        "server/pairwright/errors.py": "",
        "server/pairwright/index/__init__.py": "",
        "server/pairwright/index/protocol.py": "",
        "server/pairwright/index/store.py": "",
        "analyzers/pairwright_analyzers/__init__.py": "",
        path: source,
    }
    for name, text in files.items():
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("path", "source", "reason"),
    [
        pytest.param(
            "analyzers/pairwright_analyzers/facts.py",
            "import pairwright",
            "`pairwright_analyzers` may not import `pairwright`",
            id="analyzers-import-server",
        ),
        pytest.param(
            "analyzers/pairwright_analyzers/facts.py",
            "from pairwright.errors import UserError",
            "`pairwright_analyzers` may not import `pairwright.errors`",
            id="analyzers-import-errors",
        ),
        pytest.param(
            "analyzers/pairwright_analyzers/facts.py",
            "def f():\n    import os.path",
            ":2: analyzers are pure: `os.path` is not",
            id="analyzers-reach-the-disk-late",
        ),
        pytest.param(
            "analyzers/pairwright_analyzers/facts.py",
            "from pathlib import Path",
            "analyzers are pure: `pathlib` is not",
            id="analyzers-real-path",
        ),
        pytest.param(
            "analyzers/pairwright_analyzers/facts.py",
            "import pathlib",
            "analyzers are pure: `pathlib` is not",
            id="analyzers-whole-pathlib",
        ),
        pytest.param(
            "analyzers/pairwright_analyzers/facts.py",
            "text = open('a').read()",
            "analyzers are pure: `open()` is not",
            id="analyzers-open",
        ),
        pytest.param(
            "analyzers/pairwright_analyzers/graph/rank.py",
            "import rustworkx",
            "`rustworkx` is heavy",
            id="heavy-on-load",
        ),
        pytest.param(
            "analyzers/pairwright_analyzers/graph/rank.py",
            "try:\n    import rustworkx\nexcept ImportError:\n    rustworkx = None",
            ":2: `rustworkx` is heavy",
            id="heavy-on-load-in-try",
        ),
        pytest.param(
            "analyzers/pairwright_analyzers/graph/rank.py",
            "class Rank:\n    import rustworkx",
            "`rustworkx` is heavy",
            id="heavy-on-load-in-class-body",
        ),
        pytest.param(
            "analyzers/pairwright_analyzers/graph/rank.py",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    pass\n"
            "else:\n    import rustworkx",
            ":5: `rustworkx` is heavy",
            id="heavy-on-load-beside-type-checking",
        ),
        pytest.param(
            "server/pairwright/features/review.py",
            "from pygls.uris import to_fs_path",
            "only pairwright.lsp, pairwright.app may import `pygls`",
            id="protocol-outside-lsp",
        ),
        pytest.param(
            "server/pairwright/features/review.py",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from lsprotocol import types",
            "may import `lsprotocol`",
            id="protocol-outside-lsp-for-types",
        ),
        pytest.param(
            "server/pairwright/features/review.py",
            "def f():\n    import git",
            "only pairwright.git may import `git`",
            id="git-outside-git",
        ),
        pytest.param(
            "server/pairwright/index/store.py",
            "def f():\n    import chromadb",
            "only pairwright.index.chroma may import `chromadb`",
            id="chromadb-outside-chroma",
        ),
        pytest.param(
            "server/pairwright/agent/loop.py",
            "import importlib\ndef f():\n    return importlib.import_module('litellm')",
            ":3: only pairwright.models may import `litellm`",
            id="litellm-by-name",
        ),
        pytest.param(
            "server/pairwright/index/store.py",
            "import tree_sitter",
            "only pairwright_analyzers may import `tree_sitter`",
            id="parser-in-server",
        ),
        pytest.param(
            "server/pairwright/index/store.py",
            "import tree_sitter_go",
            "only pairwright_analyzers may import `tree_sitter_go`",
            id="grammar-in-server",
        ),
        pytest.param(
            "server/pairwright/index/store.py",
            "from pairwright.session import Snapshot",
            "`pairwright.index` may not import `pairwright.session`",
            id="index-imports-session",
        ),
        pytest.param(
            "server/pairwright/index/store.py",
            "from ..session import Snapshot",
            "`pairwright.index` may not import `pairwright.session`",
            id="index-imports-session-relatively",
        ),
        pytest.param(
            "server/pairwright/features/review.py",
            "from pairwright.index import store",
            "`pairwright.features` may not import `pairwright.index.store`",
            id="features-import-a-concrete-store",
        ),
        pytest.param(
            "server/pairwright/agent/loop.py",
            "from pairwright.features.review import review",
            "`pairwright.agent` may not import `pairwright.features.review`",
            id="agent-imports-features",
        ),
        pytest.param(
            "server/pairwright/lsp/server.py",
            "import pairwright.git",
            "`pairwright.lsp` may not import `pairwright.git`",
            id="lsp-imports-git",
        ),
        pytest.param(
            "server/pairwright/errors.py",
            "import requests",
            "`requests` is not in the table of libraries",
            id="unknown-library",
        ),
        pytest.param(
            "server/pairwright/helpers.py",
            "",
            "`pairwright.helpers` has no row in the table",
            id="unknown-area",
        ),
    ],
)
def test_a_breach_is_named(tmp_path: Path, path: str, source: str, reason: str) -> None:
    found = breaches(_tree(tmp_path, path, source))
    assert len(found) == 1
    assert found[0].startswith(f"{path}:")
    assert reason in found[0]


@pytest.mark.parametrize(
    ("path", "source"),
    [
        pytest.param(
            "analyzers/pairwright_analyzers/graph/rank.py",
            "from pathlib import PurePosixPath\nimport tree_sitter\ndef f():\n    import rustworkx",
            id="analyzers-pure-and-lazy",
        ),
        pytest.param(
            "analyzers/pairwright_analyzers/graph/rank.py",
            "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import rustworkx",
            id="heavy-for-types-only",
        ),
        pytest.param(
            "server/pairwright/features/review.py",
            "from pairwright import __version__\nfrom pairwright.errors import UserError\n"
            "from pairwright.index import protocol\nfrom pairwright_analyzers.types import Span",
            id="features",
        ),
        pytest.param(
            "server/pairwright/app.py",
            "from lsprotocol import types\nfrom pairwright.index.store import Store",
            id="composition-root",
        ),
        pytest.param(
            "server/pairwright/index/walk.py", "from .store import Store", id="own-area-relatively"
        ),
        pytest.param(
            "server/pairwright/demo/shop/cart.py", "import requests, pygls", id="sample-is-data"
        ),
    ],
)
def test_what_is_allowed_passes(tmp_path: Path, path: str, source: str) -> None:
    assert breaches(_tree(tmp_path, path, source)) == []
