"""A workspace with other texts on top answers as one that holds them."""

from __future__ import annotations

from pairwright_analyzers.facts import facts_of
from pairwright_analyzers.graph import CodeGraph
from pairwright_analyzers.graph.overlay import Overlay
from pairwright_analyzers.graph.queries import references_to, symbol_at
from pairwright_analyzers.languages import language
from support.workspace import MemoryWorkspace

A = b"def f():\n    return 1\n"
B = b"from a import f\n\nf()\n"


def held(text: bytes) -> tuple[bytes, object]:
    return text, facts_of(language("python"), text)


def overlay(texts: dict[str, bytes], changed: dict[str, bytes | None]) -> Overlay:
    return Overlay(
        MemoryWorkspace(texts),
        {path: held(text) if text is not None else None for path, text in changed.items()},  # type: ignore[misc]
    )


def test_it_answers_like_a_workspace_of_those_texts() -> None:
    changed = {"a.py": b"def g():\n    pass\n", "b.py": None, "c.py": B}
    over = overlay({"a.py": A, "b.py": B, "d.py": b"f = 1\n"}, changed)
    same = MemoryWorkspace({"a.py": changed["a.py"] or b"", "c.py": B, "d.py": b"f = 1\n"})
    assert list(over.paths()) == list(same.paths())
    for path in ("a.py", "b.py", "c.py", "d.py", "e.py"):
        assert over.has(path) == same.has(path)
        assert over.text(path) == same.text(path)
        assert over.facts(path) == same.facts(path)
    for name in ("f", "g", "a", "nothing"):
        assert list(over.files_mentioning(name)) == list(same.files_mentioning(name))
        assert list(over.files_defining(name)) == list(same.files_defining(name))


def test_a_graph_over_it_links_to_what_is_gone() -> None:
    graph = CodeGraph(overlay({"b.py": B}, {"a.py": A}))
    symbol = symbol_at(graph, "a.py", A.index(b"f()"))
    assert symbol is not None
    assert {one.location.path for one in references_to(graph, symbol)} == {"b.py"}
