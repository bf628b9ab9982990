"""Changes as workspace edits: files made, renamed and deleted, names to be changed at once."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from lsprotocol import types
from lsprotocol.converters import get_converter

from pairwright.errors import UserError
from pairwright.index.status import IndexState, IndexStatus
from pairwright.lsp.client import Client, read_client
from pairwright.lsp.convert import Places, workspace_edit
from pairwright.lsp.new_names import place_of_name, place_to_rename, snippet_of
from pairwright.session import Analysed, OpenDocumentsView, Opened, RootAdded, Session, analyse
from pairwright.settings import resolve_settings
from pairwright_analyzers.edits import apply_edits
from pairwright_analyzers.types import Location, SourceChange, Span, TextEdit
from support.protocol_edits import applied

CONVERTER = get_converter()


def client(**workspace_edit: Any) -> Client:
    """A client by its capabilities for edits."""
    held = {
        "documentChanges": True,
        "resourceOperations": ["create", "rename", "delete"],
        "changeAnnotationSupport": {},
        **workspace_edit,
    }
    params = CONVERTER.structure(
        {
            "processId": None,
            "rootUri": None,
            "capabilities": {"workspace": {"workspaceEdit": held}},
        },
        types.InitializeParams,
    )
    return read_client(params)


def places(root: Path, texts: Mapping[str, str]) -> Places:
    """A workspace of open documents."""
    session = Session()
    status = IndexStatus(str(root), IndexState.READY)
    view = OpenDocumentsView(root)
    session.apply(RootAdded(root, "root", view, resolve_settings([]), status), "test")
    for name, text in texts.items():
        uri = (root / name).as_uri()
        session.apply(Opened(uri, root / name, "python", 7, text), "test")
        document = session.document(uri)
        assert document is not None
        session.apply(Analysed(uri, analyse(document, None, 1_000_000)), "test")
    snapshot = session.snapshot
    return Places.of(snapshot, snapshot.roots[0], session.encoding)


def edited(root: Path, texts: Mapping[str, str], edit: types.WorkspaceEdit) -> dict[str, str]:
    """The files by path after an edit."""
    plain = CONVERTER.unstructure(edit)
    after = applied({(root / name).as_uri(): text for name, text in texts.items()}, plain)
    start = root.as_uri() + "/"
    return {uri.removeprefix(start): text for uri, text in after.items()}


MOVED = SourceChange(
    edits={"a.py": (TextEdit(Span(0, 1), "y"),), "old.py": (TextEdit(Span(0, 3), "two"),)},
    creates={"made.py": "z = 1\n"},
    renames={"old.py": "new.py"},
    deletes=("gone.py",),
)
BEFORE = {"a.py": "x = 1\n", "old.py": "one = 1\n", "gone.py": "w = 1\n"}


def test_files_are_made_edited_renamed_deleted_in_this_order(tmp_path: Path) -> None:
    edit = workspace_edit(MOVED, places(tmp_path, BEFORE), client(), "Move")
    assert edited(tmp_path, BEFORE, edit) == {
        "a.py": "y = 1\n",
        "new.py": "two = 1\n",
        "made.py": "z = 1\n",
    }
    plain = CONVERTER.unstructure(edit)
    kinds = [operation.get("kind", "edit") for operation in plain["documentChanges"]]
    assert kinds == ["create", "edit", "edit", "edit", "rename", "delete"]
    noted = plain["changeAnnotations"]
    for operation in plain["documentChanges"]:
        if operation.get("kind") in ("rename", "delete"):
            assert noted[operation["annotationId"]]["needsConfirmation"] is True


def test_a_client_without_annotations_gets_none(tmp_path: Path) -> None:
    plain = CONVERTER.unstructure(
        workspace_edit(
            MOVED, places(tmp_path, BEFORE), client(changeAnnotationSupport=None), "Move"
        )
    )
    assert "annotationId" not in str(plain)
    assert "changeAnnotations" not in plain


@pytest.mark.parametrize("operation", ["create", "rename", "delete"])
@pytest.mark.parametrize("documents", [True, False])
def test_a_client_that_cannot_touch_files_is_told(
    tmp_path: Path, operation: str, documents: bool
) -> None:
    able = [one for one in ("create", "rename", "delete") if one != operation]
    change = {
        "create": SourceChange(creates={"made.py": ""}),
        "rename": SourceChange(renames={"a.py": "b.py"}),
        "delete": SourceChange(deletes=("a.py",)),
    }[operation]
    # Without `documentChanges` there is no place for any operation.
    held = client(documentChanges=documents, resourceOperations=able if documents else [])
    with pytest.raises(UserError, match=f"cannot {operation} files"):
        workspace_edit(change, places(tmp_path, BEFORE), held, "Move")


def test_a_client_that_has_operations_has_document_changes(tmp_path: Path) -> None:
    held = client(documentChanges=False, resourceOperations=["create", "rename", "delete"])
    edit = workspace_edit(MOVED, places(tmp_path, BEFORE), held, "Move")
    assert sorted(edited(tmp_path, BEFORE, edit)) == ["a.py", "made.py", "new.py"]


# Names.

TEXT = "def f(a, b):\n    print(a + b)\n    return a + b\n"


def extracted(name: str, text: str = TEXT, value: str = "a + b") -> SourceChange:
    """Both sums as a variable before the first statement."""
    start = text.index("    print")
    indent = "    "
    edits = [TextEdit(Span(start, start), f"{indent}{name} = {value}\n")]
    edits += [TextEdit(Span(*match.span()), name) for match in re.finditer(r"a \+ b", text)]
    place = Span(start + len(indent), start + len(indent) + len(name.encode()))
    return SourceChange({"f.py": tuple(edits)}, named=Location("f.py", place))


def after(text: str, change: SourceChange) -> str:
    return apply_edits(text.encode(), change.edits["f.py"]).decode()


def test_a_new_name_is_a_placeholder_at_each_of_its_places(tmp_path: Path) -> None:
    held = places(tmp_path, {"f.py": TEXT})
    change = extracted("total")
    able = client(snippetEditSupport=True)
    edit = workspace_edit(change, held, able, "Extract")
    assert edited(tmp_path, {"f.py": TEXT}, edit) == {"f.py": after(TEXT, change)}
    (operation,) = CONVERTER.unstructure(edit)["documentChanges"]
    (snippet,) = operation["edits"]
    assert snippet["snippet"]["value"].count("${1:total}") == 1
    assert snippet["snippet"]["value"].count("$1") == 2
    assert operation["textDocument"]["version"] == 7
    assert place_to_rename(change, held, able) is None


@pytest.mark.parametrize("name", ["$total", "@total", "größe"])
@pytest.mark.parametrize("value", ["a + b", "{'$': a}", "'\\\\}' + a", "`${a}$1`"])
def test_what_a_snippet_would_read_is_escaped(tmp_path: Path, name: str, value: str) -> None:
    change = extracted(name, value=value)
    edit = workspace_edit(
        change, places(tmp_path, {"f.py": TEXT}), client(snippetEditSupport=True), "Extract"
    )
    assert "snippet" in str(CONVERTER.unstructure(edit))
    assert edited(tmp_path, {"f.py": TEXT}, edit) == {"f.py": after(TEXT, change)}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        (TEXT.replace("\n", "\r\n"), "total"),
        (TEXT + "total = 1\n", "total"),
        (TEXT.replace("    return", "\treturn"), "total"),
        (TEXT.replace("    return", "\n" * 80 + "    return"), "total"),
    ],
)
def test_no_placeholder_where_it_might_not_be_faithful(
    tmp_path: Path, text: str, name: str
) -> None:
    held = places(tmp_path, {"f.py": text})
    change = extracted(name, text)
    able = client(snippetEditSupport=True)
    assert snippet_of(change, held) is None
    edit = workspace_edit(change, held, able, "Extract")
    assert edited(tmp_path, {"f.py": text}, edit) == {"f.py": after(text, change)}
    place = place_to_rename(change, held, able)
    assert place is not None
    assert (place.position.line, place.position.character) == (1, 4)


def test_no_placeholder_over_several_files(tmp_path: Path) -> None:
    held = places(tmp_path, {"f.py": TEXT, "g.py": "x\n"})
    change = extracted("total")
    other = SourceChange({**change.edits, "g.py": (TextEdit(Span(0, 1), "y"),)}, named=change.named)
    assert snippet_of(other, held) is None
    assert place_to_rename(other, held, client(snippetEditSupport=True)) is not None


@pytest.mark.parametrize(
    ("change", "path", "position"),
    [
        (
            SourceChange(creates={"m.py": "🙂 = 1; x = 2\n"}, named=Location("m.py", Span(9, 10))),
            "m.py",
            (0, 7),
        ),
        (
            SourceChange(
                {"a.py": (TextEdit(Span(0, 0), "# 🙂\n"),)},
                renames={"a.py": "b.py"},
                named=Location("a.py", Span(7, 8)),
            ),
            "b.py",
            (1, 0),
        ),
        (
            SourceChange(
                {"a.py": (TextEdit(Span(0, 0), "# 🙂\n"),)},
                renames={"a.py": "b.py"},
                named=Location("b.py", Span(7, 8)),
            ),
            "b.py",
            (1, 0),
        ),
    ],
)
def test_where_a_name_is_afterwards(
    tmp_path: Path, change: SourceChange, path: str, position: tuple[int, int]
) -> None:
    place = place_of_name(change, places(tmp_path, {"a.py": "x = 1\n"}))
    assert place is not None
    assert place.uri == (tmp_path / path).as_uri()
    assert (place.position.line, place.position.character) == position


def test_every_part_of_a_snippet_is_told_apart(tmp_path: Path) -> None:
    """Any mix of the characters that snippets give a meaning comes out as it went in."""
    for characters in itertools.product("$}{\\1a", repeat=3):
        value = "".join(characters)
        change = extracted("total", value=f"'{value}'")
        held = places(tmp_path, {"f.py": TEXT})
        edit = workspace_edit(change, held, client(snippetEditSupport=True), "Extract")
        assert edited(tmp_path, {"f.py": TEXT}, edit) == {"f.py": after(TEXT, change)}
