"""Three versions become one by what they declare, or not at all."""

from __future__ import annotations

import ast
import re
import textwrap

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pairwright_analyzers.facts import facts_of
from pairwright_analyzers.languages import language
from pairwright_analyzers.merge.structure import Merged, merge_texts


def merged(name: str, base: str, ours: str, theirs: str) -> Merged:
    texts = [textwrap.dedent(text).encode() for text in (base, ours, theirs)]
    return merge_texts(language(name), *texts)


def check_merged(
    name: str, base: str, ours: str, theirs: str, expected: str, *, safe: bool = True
) -> None:
    result = merged(name, base, ours, theirs)
    assert result.text is not None, result.reason
    assert result.text.decode() == textwrap.dedent(expected)
    assert result.safe is safe


def check_refused(name: str, base: str, ours: str, theirs: str, reason: str) -> None:
    result = merged(name, base, ours, theirs)
    assert result.text is None
    assert re.search(reason, result.reason), result.reason


MEMBERS = {
    "python": (
        "class A:\n    def f(self):\n        return 1\n",
        "\n    # about g\n    def g(self):\n        return 2\n",
        "\n    @property\n    def h(self):\n        return 3\n",
        "",
    ),
    "typescript": (
        "export class A {\n  f() { return 1; }\n",
        "\n  /** g */\n  g(): number { return 2; }\n",
        "\n  h = 3;\n",
        "}\n",
    ),
    "javascript": ("class A {\n  f() {}\n", "\n  g() {}\n", "\n  static h() {}\n", "}\n"),
    "java": (
        "class A {\n  int f;\n",
        "\n  @Override\n  public int g() { return 2; }\n",
        "\n  int h() { return 3; }\n",
        "}\n",
    ),
    "csharp": (
        "class A {\n  int f;\n",
        "\n  public int G() { return 2; }\n",
        "\n  public int H => 3;\n",
        "}\n",
    ),
    "kotlin": (
        "class A {\n    fun f() = 1\n",
        "\n    fun g() = 2\n",
        "\n    val h = 3\n",
        "}\n",
    ),
    "ruby": (
        "class A\n  def f\n    1\n  end\n",
        "\n  def g\n    2\n  end\n",
        "\n  def h\n    3\n  end\n",
        "end\n",
    ),
    "php": (
        "<?php\nclass A {\n    function f() {}\n",
        "\n    function g() {}\n",
        "\n    private function h() {}\n",
        "}\n",
    ),
    "rust": (
        "struct S {\n    f: i32,\n",
        "    g: i32,\n",
        "    /// h\n    h: i32,\n",
        "}\n",
    ),
    "go": (
        "package p\n\nfunc f() {}\n",
        "\n// g does.\nfunc g() {}\n",
        "\nfunc h() {}\n",
        "",
    ),
    "c": (
        "int f(void) { return 1; }\n",
        "\nint g(void) { return 2; }\n",
        "\n/* h */\nint h(void) { return 3; }\n",
        "",
    ),
    "cpp": (
        "class A {\n  int f();\n",
        "  int g();\n",
        "  int h();\n",
        "};\n",
    ),
    "swift": (
        "class A {\n    func f() {}\n",
        "\n    func g() {}\n",
        "\n    func h() {}\n",
        "}\n",
    ),
    "scala": (
        "class A {\n  def f = 1\n",
        "\n  def g = 2\n",
        "\n  def h = 3\n",
        "}\n",
    ),
    "toml": ("[a]\nf = 1\n", "g = 2\n", "h = 3\n", ""),
    "yaml": ("a:\n  f: 1\n", "  g: 2\n", "  h: 3\n", ""),
}


@pytest.mark.parametrize("name", MEMBERS)
def test_members_that_both_sides_added(name: str) -> None:
    head, ours, theirs, tail = MEMBERS[name]
    check_merged(
        name, head + tail, head + ours + tail, head + theirs + tail, head + ours + theirs + tail
    )


IMPORTS = {
    "python": ("import os\n", "import os\nimport sys\n", "import json\nimport os\n"),
    "typescript": (
        'import { a } from "x";\n',
        'import { a, b } from "x";\n',
        'import { a, c } from "x";\n',
    ),
    "go": (
        'package p\n\nimport (\n\t"a"\n)\n',
        'package p\n\nimport (\n\t"a"\n\t"b"\n)\n',
        'package p\n\nimport (\n\t"a"\n\t"c"\n)\n',
    ),
    "rust": ("use a::{b};\n", "use a::{b, c};\n", "use a::{b, d};\n"),
    "java": ("import a.B;\n", "import a.B;\nimport a.C;\n", "import a.B;\nimport a.D;\n"),
    "c": (
        "#include <a.h>\n",
        "#include <a.h>\n#include <b.h>\n",
        "#include <a.h>\n#include <c.h>\n",
    ),
}


@pytest.mark.parametrize("name", IMPORTS)
def test_imports_that_both_sides_added(name: str) -> None:
    base, ours, theirs = IMPORTS[name]
    result = merged(name, base, ours, theirs)
    assert result.text is not None, result.reason
    words = sorted(re.findall(r"\w+", result.text.decode()))
    both = set(re.findall(r"\w+", ours)) | set(re.findall(r"\w+", theirs))
    assert set(words) == both
    assert result.safe


def test_sorted_imports_stay_sorted() -> None:
    check_merged(
        "python",
        "import os\n",
        "import os\nimport sys\n",
        "import json\nimport os\nimport re\n",
        "import json\nimport os\nimport re\nimport sys\n",
    )


def test_different_statements_of_one_function_want_a_look() -> None:
    check_merged(
        "python",
        """
        def f():
            x = 1
            y = 2
            return x + y
        """,
        """
        def f():
            x = 10
            y = 2
            return x + y
        """,
        """
        def f():
            x = 1
            y = 20
            return x + y
        """,
        """
        def f():
            x = 10
            y = 20
            return x + y
        """,
        safe=False,
    )


def test_a_header_and_a_body_want_a_look() -> None:
    check_merged(
        "go",
        "package p\n\nfunc F(a int) int {\n\treturn a\n}\n",
        "package p\n\nfunc F(a, b int) int {\n\treturn a\n}\n",
        "package p\n\nfunc F(a int) int {\n\treturn a + 1\n}\n",
        "package p\n\nfunc F(a, b int) int {\n\treturn a + 1\n}\n",
        safe=False,
    )


def test_one_side_added_what_stands_beside_what_the_other_removed() -> None:
    check_merged(
        "python",
        "def a(): ...\ndef b(): ...\n",
        "def b(): ...\n",
        "def a(): ...\ndef c(): ...\ndef b(): ...\n",
        "def c(): ...\ndef b(): ...\n",
        safe=False,
    )


def test_keys_of_json_get_their_commas() -> None:
    check_merged(
        "json",
        '{\n  "a": 1\n}\n',
        '{\n  "a": 1,\n  "b": 2\n}\n',
        '{\n  "a": 1,\n  "c": 3\n}\n',
        '{\n  "a": 1,\n  "b": 2,\n  "c": 3\n}\n',
    )


REFUSED = [
    ("python", "x = 1\n", "x = 1\nprint(1)\n", "x = 1\nprint(2)\n", "statements at the same place"),
    ("python", "x = 1\n", "x = 2\n", "x = 3\n", "Both sides changed"),
    (
        "python",
        "x = 1\n",
        "x = 1\ndef f(): return 1\n",
        "x = 1\ndef f(): return 2\n",
        "Both sides added `f`",
    ),
    (
        "python",
        "def f():\n    return 1\n\n\ndef g(): ...\n",
        "def g(): ...\n",
        "def f():\n    return 2\n\n\ndef g(): ...\n",
        "One side changed `f`, the other removed it",
    ),
    (
        "python",
        "def f():\n    a()\n",
        "def f():\n    a()\n    b()\n",
        "def f():\n    a()\n    c()\n",
        "statements at the same place",
    ),
    (
        "typescript",
        "class A {\n  f() {}\n}\n",
        "class A {\n  g() {}\n  f() {}\n}\n",
        "class A {\n  f() {}\n  g() { return 1; }\n}\n",
        "Both sides added `g`",
    ),
    ("go", "package a\n", "package b\n", "package c\n", "each in its own way"),
    (
        "python",
        "def f(): ...\n",
        "def g(): ...\n",
        "def h(): ...\n",
        "replaced or removed `f`",
    ),
    (
        "python",
        "x = 0\ndef f(): return 1\n",
        "x = 0\n",
        "x = 0\ndef g(): return 1\n",
        "replaced or removed `f`",
    ),
]


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: f"{case[0]}: {case[2:4]!r}")
def test_what_only_a_person_can_decide_is_refused(case: tuple[str, str, str, str, str]) -> None:
    check_refused(*case)


def test_broken_sources_are_not_made_worse() -> None:
    result = merged("python", "def f(:\n", "def f(:\nx = 1\n", "y = 2\ndef f(:\n")
    if result.text is not None:
        spec = language("python")
        errors = [facts_of(spec, text).errors for text in (b"def f(:\nx = 1\n", result.text)]
        assert errors[1] <= errors[0]


NAMES = st.sampled_from("abcdef")
BODIES = st.integers(0, 2)
VERSIONS = st.dictionaries(NAMES, BODIES, max_size=5)


def classes(members: dict[str, int], order: str) -> str:
    held = "".join(
        f"\n    def {name}(self):\n        return {members[name]}\n"
        for name in order
        if name in members
    )
    return f"class K:\n    kind = 1\n{held}"


@settings(max_examples=150, deadline=None)
@given(VERSIONS, VERSIONS, VERSIONS)
def test_a_merge_of_members_is_a_merge_of_dictionaries(
    base: dict[str, int], ours: dict[str, int], theirs: dict[str, int]
) -> None:
    expected: dict[str, int] = {}
    conflicting = False
    for name in "abcdef":
        before, mine, yours = base.get(name), ours.get(name), theirs.get(name)
        if mine == yours or yours == before:
            result = mine
        elif mine == before:
            result = yours
        else:
            conflicting = True
            break
        if result is not None:
            expected[name] = result
    found = merge_texts(
        language("python"), *(classes(one, "abcdef").encode() for one in (base, ours, theirs))
    )
    if conflicting:
        assert found.text is None
        return
    if found.text is None:
        # Both took something away, and did not put the same there: only a person can tell why.
        assert found.reason.startswith("The sides replaced or removed")
        assert base.keys() - ours.keys() - theirs.keys()
        assert ours.keys() - base.keys() != theirs.keys() - base.keys()
        return
    tree = ast.parse(found.text)
    held = {
        node.name: ast.literal_eval(node.body[0].value)  # type: ignore[attr-defined]
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef)
    }
    assert held == expected


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=60), st.binary(max_size=60), st.binary(max_size=60))
def test_any_bytes_are_merged_or_refused(base: bytes, ours: bytes, theirs: bytes) -> None:
    for name in ("python", "typescript", "yaml"):
        found = merge_texts(language(name), base, ours, theirs)
        assert (found.text is None) == bool(found.reason)


def test_deep_nesting_is_refused_in_time() -> None:
    deep = "[" * 5_000 + "{}" + "]" * 5_000
    found = merged("json", deep.format("1"), deep.format("2,\n2"), deep.format("3,\n3"))
    assert found.text is None


# What one side removed and the other needs, and what both sides added at two places.


def test_an_import_that_one_side_removed_stays_where_the_other_goes_on_to_use_it() -> None:
    check_merged(
        "python",
        """\
        from a import one, two

        def f():
            return two()

        def g():
            return one()
        """,
        """\
        from a import one

        def f():
            return 2

        def g():
            return one()
        """,
        """\
        from a import one, two, three

        def f():
            return two()

        def g():
            return one()

        def h():
            return two() + three()
        """,
        """\
        from a import one, two, three

        def f():
            return 2

        def g():
            return one()

        def h():
            return two() + three()
        """,
    )


def test_a_function_that_one_side_removed_and_the_other_uses_is_for_a_person_to_see() -> None:
    result = merged(
        "python",
        "def old():\n    return 1\n\n\ndef kept():\n    return 2\n",
        "def kept():\n    return 2\n",
        "def old():\n    return 1\n\n\ndef kept():\n    return 2\n\n\nnew = old()\n",
    )
    assert not result.safe


def test_a_function_that_goes_where_the_other_side_adds_one_is_for_a_person_to_see() -> None:
    base = "def one():\n    return 1\n\n\ndef two():\n    return 2\n"
    added = "def three():\n    return 3\n"
    check_merged(
        "python",
        base,
        base.partition("\n\n\n")[0] + "\n",
        f"{base}\n\n{added}",
        f"def one():\n    return 1\n\n\n{added}",
        safe=False,
    )


def test_an_import_that_both_sides_added_at_two_places_stands_once() -> None:
    check_merged(
        "python",
        "import os\nimport sys\nimport zlib\n",
        "import os\nimport re\nimport sys\nimport zlib\n",
        "import abc\nimport os\nimport sys\nimport re\nimport zlib\n",
        "import abc\nimport os\nimport re\nimport sys\nimport zlib\n",
    )


def test_an_import_in_the_place_of_another_is_not_the_same_one_changed() -> None:
    check_merged(
        "php",
        "<?php\nuse A\\Gone;\nuse B\\Kept;\n",
        "<?php\nuse Closure;\nuse B\\Kept;\n",
        "<?php\nuse Closure;\nuse A\\Gone;\nuse B\\Kept;\n",
        "<?php\nuse Closure;\nuse B\\Kept;\n",
    )


def test_a_key_that_one_side_moved_does_not_come_twice() -> None:
    check_refused(
        "json",
        '{\n  "a": 1,\n  "b": 2\n}\n',
        '{\n  "b": 2,\n  "a": 1\n}\n',
        '{\n  "b": 2,\n  "a": 1,\n  "c": 3,\n  "b": 2\n}\n',
        "would not compile",
    )


@pytest.mark.parametrize(
    ("name", "ours", "theirs", "expected"),
    [
        ("python", "from m import a, b", "from m import a, c", "from m import a, b, c"),
        ("rust", "use m::{a, b};", "use m::{a, c};", "use m::{a, b, c};"),
        (
            "javascript",
            "import {a, b} from 'm';",
            "import {a, c} from 'm';",
            "import {a, b, c} from 'm';",
        ),
    ],
)
def test_names_that_both_sides_import_from_a_new_module_come_together(
    name: str, ours: str, theirs: str, expected: str
) -> None:
    kept = {"python": "import os", "rust": "use os;", "javascript": "import os from 'os';"}[name]
    check_merged(name, f"{kept}\n", *(f"{kept}\n{one}\n" for one in (ours, theirs, expected)))


def test_imports_of_one_module_under_two_forms_are_a_conflict() -> None:
    check_refused(
        "python",
        "import os\n",
        "import os\nfrom m import a as x\n",
        "import os\nfrom m import b as x\n",
        "Both sides import from `m`",
    )
