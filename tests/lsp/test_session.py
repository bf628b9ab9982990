"""The session: one way to change it, frozen snapshots, and news that comes too late."""

from __future__ import annotations

from pathlib import Path

from pairwright.index.status import IndexState, IndexStatus
from pairwright.session import (
    Analysed,
    Analysis,
    Closed,
    ContentEdit,
    Edited,
    IndexChanged,
    OpenDocumentsView,
    Opened,
    RootAdded,
    RootRemoved,
    Session,
    analyse,
    innermost,
)
from pairwright.settings import resolve_settings

ROOT = Path("/home").absolute()
URI = "file:///home/a.py"
READY = IndexStatus(str(ROOT), IndexState.READY)


def opened(text: str) -> Session:
    session = Session()
    session.apply(
        RootAdded(ROOT, "work", OpenDocumentsView(ROOT), resolve_settings(()), READY), "test"
    )
    session.apply(Opened(URI, ROOT / "a.py", "python", 1, text), "test")
    return session


def read(session: Session) -> Analysis:
    document = session.document(URI)
    assert document is not None
    return analyse(document, session.analysis(URI), 1_000_000)


def names(session: Session) -> list[str]:
    facts = session.snapshot.roots[0].view.facts("a.py")
    return [symbol.name for symbol in facts.symbols] if facts is not None else []


def test_a_snapshot_never_changes() -> None:
    session = opened("def f(): pass\n")
    session.apply(Analysed(URI, read(session)), "test")
    before = session.snapshot
    graph = before.roots[0].graph
    session.apply(Edited(URI, 2, [ContentEdit(None, None, "def g(): pass\n")]), "test")
    session.apply(Analysed(URI, read(session)), "test")
    assert before.documents[URI].text == b"def f(): pass\n"
    assert before.roots[0].graph is graph
    facts = before.roots[0].view.facts("a.py")
    assert facts is not None
    assert [symbol.name for symbol in facts.symbols] == ["f"]
    assert names(session) == ["g"]
    assert session.snapshot.revision > before.revision


def test_nothing_new_gives_the_same_snapshot() -> None:
    session = opened("")
    assert session.snapshot is session.snapshot


def test_facts_of_a_version_that_has_passed_are_kept_from_the_view() -> None:
    session = opened("def f(): pass\n")
    late = read(session)
    session.apply(Edited(URI, 2, [ContentEdit((0, 4), (0, 5), "g")]), "test")
    session.apply(Analysed(URI, late), "test")
    assert names(session) == []
    session.apply(Analysed(URI, read(session)), "test")
    assert names(session) == ["g"]
    session.apply(Analysed(URI, late), "test")
    assert names(session) == ["g"]


def test_a_snapshot_takes_facts_that_came_for_its_text() -> None:
    session = opened("def f(): pass\n")
    before = session.snapshot
    settled = before.with_analysis(URI, read(session))
    facts = settled.roots[0].view.facts("a.py")
    assert facts is not None
    assert not before.roots[0].view.has("a.py")


def test_a_new_index_comes_under_the_open_documents() -> None:
    session = opened("def f(): pass\n")
    session.apply(Analysed(URI, read(session)), "test")
    session.apply(IndexChanged(ROOT, OpenDocumentsView(ROOT), READY), "test")
    assert names(session) == ["f"]
    session.apply(Closed(URI), "test")
    assert names(session) == []


def test_news_about_what_is_gone_is_dropped() -> None:
    session = opened("def f(): pass\n")
    late = read(session)
    session.apply(Closed(URI), "test")
    revision = session.snapshot.revision
    session.apply(Analysed(URI, late), "test")
    session.apply(Edited(URI, 2, []), "test")
    session.apply(IndexChanged(ROOT / "other", None, READY), "test")
    session.apply(RootRemoved(ROOT / "other"), "test")
    assert session.snapshot.revision == revision


def test_documents_find_another_root_when_theirs_goes() -> None:
    session = opened("def f(): pass\n")
    inner = ROOT / "inner"
    uri = "file:///home/inner/b.py"
    session.apply(Opened(uri, inner / "b.py", "python", 1, ""), "test")
    settings = resolve_settings(())
    session.apply(RootAdded(inner, "inner", OpenDocumentsView(inner), settings, READY), "test")
    document = session.document(uri)
    assert document is not None
    assert (document.root, document.relative) == (inner, "b.py")
    session.apply(RootRemoved(inner), "test")
    document = session.document(uri)
    assert document is not None
    assert (document.root, document.relative) == (ROOT, "inner/b.py")
    session.apply(RootRemoved(ROOT), "test")
    document = session.document(uri)
    assert document is not None
    assert document.root is None


def test_the_innermost_root_holds_a_path() -> None:
    roots = [ROOT, ROOT / "a", ROOT / "a/b"]
    assert innermost(ROOT / "a/b/c.py", roots) == (ROOT / "a/b", "c.py")
    assert innermost(ROOT / "a/c.py", roots) == (ROOT / "a", "c.py")
    assert innermost(ROOT, roots) is None
    assert innermost(Path("/elsewhere/x.py"), roots) is None


def test_a_reparse_starts_from_the_last_tree_and_ends_the_same() -> None:
    session = opened("def f(): pass\n" * 50)
    first = read(session)
    session.apply(Analysed(URI, first), "test")
    session.apply(Edited(URI, 2, [ContentEdit((3, 4), (3, 5), "gé")]), "test")
    second = read(session)
    document = session.document(URI)
    assert document is not None
    assert second.facts == analyse(document, None, 1_000_000).facts
