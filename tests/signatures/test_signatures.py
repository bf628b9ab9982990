"""Calls against signatures: Python is its own oracle, other languages are shown by example."""

from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from pairwright_analyzers.edits import apply_edits
from pairwright_analyzers.languages import language
from pairwright_analyzers.languages.spec import LanguageSpec
from pairwright_analyzers.signatures import (
    call_problem,
    fits_override,
    incompatible,
    moved_arguments,
    updated_arguments,
)
from pairwright_analyzers.syntax import descendants, parse
from pairwright_analyzers.types import Call, Signature

PYTHON = language("python")
NAMES = ("a", "b", "c", "d")


def signature(header: str) -> Signature:
    return PYTHON.signature(header)


def call_in(text: bytes, spec: LanguageSpec = PYTHON) -> Call:
    """The first call of a text."""
    for node in descendants(parse(spec, text).root):
        found = spec.call(node, text)
        if found is not None:
            return found
    raise AssertionError(text)


@st.composite
def headers(draw: st.DrawFn) -> str:
    """A valid Python function header over a few names."""
    names = draw(st.permutations(NAMES))[: draw(st.integers(0, 4))]
    only = draw(st.integers(0, len(names)))
    split = draw(st.integers(only, len(names)))
    optional_from = draw(st.integers(0, split))
    parts: list[str] = []
    for at, name in enumerate(names[:split]):
        parts.append(f"{name}={at}" if at >= optional_from else name)
        if at + 1 == only:
            parts.append("/")
    variadic = draw(st.booleans())
    if variadic:
        parts.append("*rest")
    elif split < len(names):
        parts.append("*")
    parts += [f"{name}=9" if draw(st.booleans()) else name for name in names[split:]]
    if draw(st.booleans()):
        parts.append("**more")
    return f"def f({', '.join(parts)})"


@st.composite
def calls(draw: st.DrawFn) -> str:
    """A syntactically valid call with distinct values."""
    count = draw(st.integers(0, 4))
    named = draw(st.lists(st.sampled_from([*NAMES, "z"]), unique=True, max_size=4))
    parts = [str(10 + at) for at in range(count)]
    parts += [f"{name}={20 + at}" for at, name in enumerate(named)]
    return f"f({', '.join(parts)})"


def bound(header: str, call: str) -> dict[str, object] | None:
    """What each parameter receives, by Python's own rules; None when the call raises TypeError."""
    scope: dict[str, object] = {}
    exec(f"{header}: return locals()", scope)
    function = scope["f"]
    assert callable(function)
    try:
        result = eval(call, scope)
    except TypeError:
        return None
    assert isinstance(result, dict)
    return result


@given(headers(), calls())
def test_a_call_fits_when_python_says_so(header: str, call: str) -> None:
    problem = call_problem(PYTHON, signature(header), call_in(call.encode()), bound=False)
    assert (problem is None) == (bound(header, call) is not None), problem


@given(headers(), headers(), calls())
def test_an_updated_call_gives_the_surviving_parameters_the_same_values(
    before: str, after: str, call: str
) -> None:
    was = bound(before, call)
    assume(was is not None)
    assert was is not None
    text = call.encode()
    # Parameters of these headers are matched by name: letters that changed places are renames to
    # the matcher, which the examples below cover.
    old, new = signature(before), signature(after)
    shared = {item.name for item in old.parameters} & {item.name for item in new.parameters}
    assume(
        shared == {item.name for item in old.parameters}
        or shared == {item.name for item in new.parameters}
    )
    edits = updated_arguments(PYTHON, old, new, call_in(text), text, bound=False)
    if edits is None:
        return
    now = bound(after, apply_edits(text, edits).decode())
    assert now is not None
    given_names = {argument.name for argument in call_in(text).arguments}
    for name in shared - {"more"}:
        passed = was[name] not in (0, 1, 2, 3, 9) or name in given_names
        if passed:
            assert now[name] == was[name]


@given(headers(), calls())
def test_an_unchanged_signature_asks_for_no_edit(header: str, call: str) -> None:
    assume(bound(header, call) is not None)
    text = call.encode()
    parsed = signature(header)
    assert updated_arguments(PYTHON, parsed, parsed, call_in(text), text, bound=False) == ()
    assert incompatible(PYTHON, parsed, parsed) == ()
    assert moved_arguments(PYTHON, parsed, parsed, call_in(text), bound=False) == ()
    assert fits_override(PYTHON, parsed, parsed) is None


@pytest.mark.parametrize(
    ("header", "call", "problem"),
    [
        ("def f(a, b)", "f(1)", "missing argument 'b'"),
        ("def f(a, b, c)", "f(1)", "missing arguments 'b' and 'c'"),
        ("def f(a)", "f(1, 2, 3)", "too many positional arguments (3, takes 1)"),
        ("def f(a)", "f(1, y=2)", "unknown keyword 'y'"),
        ("def f(a)", "f(1, a=2)", "argument 'a' is passed twice"),
        ("def f(a, b)", "f(*xs)", None),
        ("def f(a, b)", "f(**kw)", None),
        ("def f(a, *, b)", "f(1, 2)", "too many positional arguments (2, takes 1)"),
    ],
)
def test_the_problem_is_said(header: str, call: str, problem: str | None) -> None:
    assert call_problem(PYTHON, signature(header), call_in(call.encode()), bound=False) == problem


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("def f(a)", "def f(a, b)", ("parameter 'b' was added without a default",)),
        ("def f(a)", "def f(a, b=1)", ()),
        ("def f(a, b)", "def f(a)", ("parameter 'b' was removed",)),
        ("def f(a, old)", "def f(a, new)", ("parameter 'old' is now named 'new'",)),
        ("def f(a, b)", "def f(b, a)", ("the order of the parameters changed",)),
        ("def f(a, b)", "def f(a, *, b)", ("parameter 'b' became keyword-only",)),
        ("def f(a, b=1)", "def f(a, b)", ("parameter 'b' is required now",)),
        ("def f(a, c=1)", "def f(a, b=1, c=1)", ("a parameter was inserted before others",)),
        ("def f(a, *rest)", "def f(a)", ("further positional arguments are no longer taken",)),
        (
            "def f(a: int) -> int",
            "def f(a: str) -> str",
            (
                "parameter 'a' changed its type from int to str",
                "the return type changed from int to str",
            ),
        ),
        (
            "def f(a: int)",
            "def f(b: str)",
            ("parameter 'a' was removed", "parameter 'b' was added without a default"),
        ),
    ],
)
def test_what_changed_is_said(before: str, after: str, expected: tuple[str, ...]) -> None:
    assert incompatible(PYTHON, signature(before), signature(after)) == expected


@pytest.mark.parametrize(
    ("before", "after", "call", "expected"),
    [
        ("def f(a, b)", "def f(a)", "f(1, 2)", "f(1)"),
        ("def f(a, b)", "def f(b)", "f(\n    1,\n    2,\n)", "f(\n    2,\n)"),
        ("def f(a)", "def f()", "f(1)", "f()"),
        ("def f(a, old=0)", "def f(a, new=0)", "f(1, old=2)", "f(1, new=2)"),
        ("def f(a, b)", "def f(b, a)", "f(x, y)", "f(y, x)"),
        ("def f(a, b=1)", "def f(a, *, b=1)", "f(x, y)", "f(x, b=y)"),
        ("def f(a, c=1)", "def f(a, b=0, c=1)", "f(x, y)", "f(x, c=y)"),
        ("def f(a, b=1)", "def f(a, b)", "f(x)", "f(x, 1)"),
        ("def f(a, b=g())", "def f(a, b)", "f(x)", None),
        ("def f(a)", "def f(a, b)", "f(x)", None),
        ("def f(a, b)", "def f(a)", "f(x, pop())", None),
        ("def f(a, b)", "def f(a)", "f(x, *rest)", None),
        ("def f(a, b)", "def f(a)", "f(x,  # why\n y)", None),
    ],
)
def test_calls_follow_where_it_is_certain(
    before: str, after: str, call: str, expected: str | None
) -> None:
    text = call.encode()
    edits = updated_arguments(
        PYTHON, signature(before), signature(after), call_in(text), text, bound=False
    )
    assert (None if edits is None else apply_edits(text, edits).decode()) == expected


def test_an_argument_that_reaches_another_parameter_is_found() -> None:
    before, after = signature("def f(a, c=1)"), signature("def f(a, b=0, c=1)")
    moved = moved_arguments(PYTHON, before, after, call_in(b"f(1, 2)"), bound=False)
    assert [(old.name, new.name) for _, old, new in moved] == [("c", "b")]
    assert not moved_arguments(PYTHON, before, after, call_in(b"f(1, c=2)"), bound=False)


@pytest.mark.parametrize(
    ("base", "override", "problem"),
    [
        ("def f(self, a)", "def f(self, other)", None),
        ("def f(self, a)", "def f(self, a, b=1)", None),
        ("def f(self, a)", "def f(self, *args, **kwargs)", None),
        ("def f(self, *args, **kwargs)", "def f(self, a)", None),
        ("def f(self, a)", "def f(self, a, b)", "it requires 'b', which the base does not"),
        ("def f(self, a, b)", "def f(self, a)", "it does not take 'b', which the base does"),
        ("def f(self, a, b=1)", "def f(self, a, *, b=1)", None),
        (
            "def f(self, *, key)",
            "def f(self)",
            "it does not take the keyword 'key', which the base does",
        ),
        (
            "def f(self)",
            "def f(self, *, key)",
            "it requires the keyword 'key', which the base does not",
        ),
    ],
)
def test_overrides(base: str, override: str, problem: str | None) -> None:
    assert fits_override(PYTHON, signature(base), signature(override)) == problem


@pytest.mark.parametrize(
    ("language_id", "header", "call", "problem"),
    [
        ("javascript", "function f(a, b)", "f(1)", None),
        ("javascript", "function f(a)", "f(1, 2)", None),
        ("typescript", "function f(a: string, b?: number)", "f(1)", None),
        ("typescript", "function f(a: string, b: number)", "f(1)", "missing argument 'b'"),
        ("typescript", "function f(a: string)", "f(1, 2)", "too many arguments (2, takes 1)"),
        ("typescript", "function f(a: string, ...rest: number[])", "f(1, 2, 3)", None),
        ("typescript", "function f(a: string, b: number)", "f(...xs)", None),
        ("go", "func f(a int, rest ...string)", "f(1)", None),
        ("go", "func f(a, b int)", "f(1)", "missing argument 'b'"),
        ("ruby", "def f(a, b = 1, c)", "f(1, 2)", None),
        ("ruby", "def f(a, key:)", "f(1)", "missing argument 'key'"),
        ("ruby", "def f(a, options)", "f(1, key: 2, other: 3)", None),
        ("php", "function f($a)", "<?php f(1, 2);", None),
        ("php", "function f($a, $b)", "<?php f(1);", "missing argument 'b'"),
    ],
)
def test_other_languages_have_other_rules(
    language_id: str, header: str, call: str, problem: str | None
) -> None:
    spec = language(language_id)
    found = call_problem(spec, spec.signature(header), call_in(call.encode(), spec), bound=False)
    assert found == problem
