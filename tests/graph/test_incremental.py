"""A graph over an edited workspace answers as one made from scratch: whatever revisions share must
not show.

Random edit sequences go over one store and its views, as the server has them: buffers on top of the
index, saves, deletions, renames. After each step every reference and every symbol is asked about.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pairwright.index.build import build, update
from pairwright.index.store import Store, open_store
from pairwright.index.view import IndexView, view_of
from pairwright_analyzers.facts import FileFacts, facts_of
from pairwright_analyzers.graph import CodeGraph, SymbolId, queries
from pairwright_analyzers.graph.overlay import Overlay
from pairwright_analyzers.languages import language_of
from support.indexes import HERE, write_tree
from support.workspace import MemoryWorkspace

FILES: dict[str, str] = {
    "shop/__init__.py": "from .cart import Cart\nfrom .util import *\n",
    "shop/cart.py": (
        "from __future__ import annotations\n"
        "from .util import total as add, LIMIT\n"
        "from . import util\n"
        "class Base:\n"
        "    size = 0\n"
        "    def clear(self):\n"
        "        return self.size\n"
        "class Cart(Base):\n"
        "    def __init__(self, items):\n"
        "        self.items = items\n"
        "    def price(self) -> int:\n"
        "        self.clear()\n"
        "        return add(self.items) + util.tax(LIMIT)\n"
        "def make() -> Cart:\n"
        "    return Cart([])\n"
    ),
    "shop/util.py": (
        "__all__ = ['total', 'LIMIT']\n"
        "LIMIT = 3\n"
        "def total(items):\n"
        "    return sum(items)\n"
        "def tax(n):\n"
        "    def inner(m):\n"
        "        return total([m, n])\n"
        "    return inner(n)\n"
    ),
    "app.py": (
        "import shop.cart as c\n"
        "from shop import Cart, total\n"
        "def run(cart: Cart):\n"
        "    cart.price()\n"
        "    c.make().clear()\n"
        "    return total([1])\n"
        "run(Cart([]))\n"
    ),
    "web/cart.ts": (
        "import { total } from './util';\n"
        "export class Base { size = 0; clear() { return this.size; } }\n"
        "export class Cart extends Base {\n"
        "  price(): number { this.clear(); return total([1]); }\n"
        "}\n"
        "export const make = () => new Cart();\n"
    ),
    "web/util.ts": (
        "export function total(xs: number[]) { return xs.length; }\nexport default total;\n"
    ),
    "web/index.ts": "export * from './cart';\nexport { total as sum } from './util';\n",
    "web/app.ts": (
        "import { Cart, sum } from '.';\n"
        "import add from './util';\n"
        "function run(cart: Cart) {\n"
        "  cart.price();\n"
        "  return sum([1]) + add([2]);\n"
        "}\n"
        "run(new Cart());\n"
    ),
    "go/go.mod": "module example.org/shop\n",
    "go/cart/cart.go": (
        "package cart\n"
        'import "example.org/shop/util"\n'
        "type Base struct { Size int }\n"
        "func (b *Base) Clear() int { return b.Size }\n"
        "type Cart struct { Base }\n"
        "func (c *Cart) Price() int { c.Clear(); return util.Total(c.Size) + limit() }\n"
    ),
    "go/cart/limit.go": "package cart\nfunc limit() int { return 3 }\n",
    "go/util/util.go": "package util\nfunc Total(n int) int { return n }\n",
    "go/main.go": (
        "package main\n"
        'import c "example.org/shop/cart"\n'
        "func main() {\n"
        "\tx := c.Cart{}\n"
        "\tx.Price()\n"
        "}\n"
    ),
}
LINES = sorted(
    {line for text in FILES.values() for line in text.splitlines()}
    | {
        "def total(items): return 0",
        "    def clear(self): pass",
        "class Cart: pass",
        "from .cart import make as total",
        "from app import *",
        "import {",
        "export function total() {}",
        "export * from './app';",
        "func limit() int { return 4 }",
        "func (c *Cart) Clear() int { return 1 }",
        "if (",
        "",
    }
)
NEW_PATHS = ("shop/other.py", "extra.py", "web/other.ts", "web/sub/index.ts", "go/cart/more.go")
SOURCES = sorted(path for path in FILES if path != "go/go.mod")
Step = tuple[str, str, int, str]
STEPS: st.SearchStrategy[Step] = st.one_of(
    st.tuples(
        st.sampled_from(["insert", "delete", "replace"]),
        st.sampled_from([*SOURCES, *NEW_PATHS]),
        st.integers(0, 14),
        st.sampled_from(LINES),
    ),
    st.tuples(
        st.sampled_from(["save", "close", "remove", "restore"]),
        st.sampled_from([*SOURCES, *NEW_PATHS]),
        st.just(0),
        st.just(""),
    ),
    st.tuples(st.just("rename"), st.sampled_from(SOURCES), st.just(0), st.sampled_from(NEW_PATHS)),
)


def answers(graph: CodeGraph) -> dict[object, object]:
    """What the graph says of every reference and every symbol of its workspace."""
    found: dict[object, object] = {}
    for path in graph.workspace.paths():
        facts = graph.workspace.facts(path)
        assert facts is not None
        for index in range(facts.reference_count):
            found[path, "reference", index] = (
                queries.resolve(graph, path, index),
                queries.external_of(graph, path, index),
            )
        for index in range(facts.symbol_count):
            symbol = SymbolId(path, index)
            uses = queries.references_to(graph, symbol)
            found[path, "symbol", index] = (
                sorted((use.location.path, use.reference, use.confidence) for use in uses),
                sorted(queries.supertypes_of(graph, symbol), key=lambda link: link.target),
            )
    return found


def edited(text: str, operation: str, at: int, line: str) -> str:
    """A text with one line put in, taken out or replaced."""
    lines = text.splitlines()
    at = min(at, len(lines))
    if operation == "insert":
        lines.insert(at, line)
    elif operation == "delete":
        del lines[at : at + 1]
    else:
        lines[at : at + 1] = [line]
    return "".join(f"{one}\n" for one in lines)


class Edited:
    """A store, its newest view, and the texts that the view must show."""

    def __init__(self, root: Path, store: Store) -> None:
        self.root, self.store = root, store
        self.view: IndexView = view_of(store)
        self.disk: dict[str, str] = dict(FILES)
        self.buffers: dict[str, str] = {}

    @property
    def texts(self) -> dict[str, bytes | str]:
        """The files as an editor shows them."""
        return {**self.disk, **self.buffers}

    def take(self, step: Step) -> None:
        """Do one step of an edit sequence."""
        operation, path, at, line = step
        text = self.buffers.get(path, self.disk.get(path, ""))
        if operation in ("insert", "delete", "replace"):
            self._open(path, edited(text, operation, at, line))
        elif operation == "close":
            self._close(path)
        elif operation == "rename":
            if path in self.disk and path not in self.buffers and line not in self.disk:
                self._write({line: self.disk[path], path: None})
        elif operation == "save" and path in self.buffers:
            self._write({path: text})
            self._close(path)
        elif operation == "remove" and path in self.disk:
            self._write({path: None})
        elif operation == "restore" and path in FILES:
            self._write({path: FILES[path]})

    def _open(self, path: str, text: str) -> None:
        spec = language_of(path)
        assert spec is not None
        encoded = text.encode()
        self.view = self.view.with_document(path, encoded, facts_of(spec, encoded))
        self.buffers[path] = text

    def _close(self, path: str) -> None:
        self.view = self.view.without_document(path)
        self.buffers.pop(path, None)

    def _write(self, texts: dict[str, str | None]) -> None:
        for path, text in texts.items():
            if text is None:
                (self.root / path).unlink()
                del self.disk[path]
            else:
                write_tree(self.root, {path: text})
                self.disk[path] = text
        update(self.root, self.store, texts, HERE)
        self.view = self.view.with_contents(self.store.contents)


def with_edited(check: Callable[[Edited], None]) -> None:
    """Run a check over a fresh copy of the corpus and its index."""
    with tempfile.TemporaryDirectory() as folder:
        root = write_tree(Path(folder, "workspace"), FILES)
        store = open_store(root, Path(folder, "cache"))
        build(root, store, HERE)
        try:
            check(Edited(root, store))
        finally:
            store.close()


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(STEPS, min_size=1, max_size=8))
def test_after_every_edit_the_graph_is_as_from_scratch(steps: list[Step]) -> None:
    def check(edited: Edited) -> None:
        answers(CodeGraph(edited.view))
        for step in steps:
            edited.take(step)
            fresh = MemoryWorkspace(edited.texts)
            assert list(edited.view.paths()) == list(fresh.paths())
            assert answers(CodeGraph(edited.view)) == answers(CodeGraph(fresh))

    with_edited(check)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(STEPS, min_size=1, max_size=8))
def test_an_overlay_is_as_from_scratch(steps: list[Step]) -> None:
    base = MemoryWorkspace(FILES)
    answers(CodeGraph(base))
    texts: dict[str, str | None] = {}
    for operation, path, at, line in steps:
        if operation in ("insert", "delete", "replace"):
            texts[path] = edited(texts.get(path) or FILES.get(path, ""), operation, at, line)
        elif operation == "remove" and path in FILES:
            texts[path] = None
        elif operation == "rename":
            texts[line], texts[path] = FILES[path], None
        else:
            texts.pop(path, None)
    over = {path: _with_facts(path, text) for path, text in texts.items()}
    fresh = base.with_texts(texts)
    assert answers(CodeGraph(Overlay(base, over))) == answers(CodeGraph(fresh))


def _with_facts(path: str, text: str | None) -> tuple[bytes, FileFacts] | None:
    if text is None:
        return None
    spec = language_of(path)
    assert spec is not None
    return text.encode(), facts_of(spec, text.encode())


def test_the_corpus_is_resolved() -> None:
    """The property says nothing where nothing is found."""
    graph = CodeGraph(MemoryWorkspace(FILES))
    linked = total = 0
    for path in graph.workspace.paths():
        facts = graph.workspace.facts(path)
        assert facts is not None
        total += facts.reference_count
        linked += sum(
            bool(queries.resolve(graph, path, index)) for index in range(facts.reference_count)
        )
    assert linked > total / 2
