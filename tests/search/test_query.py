"""Queries: every form, every filter, and texts that nobody meant as a query."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pairwright.index.query import (
    MAX_QUERY,
    Filters,
    Query,
    QueryForm,
    QueryProblem,
    parse_query,
)
from pairwright_analyzers.types import SymbolKind


def read(raw: str) -> Query:
    query = parse_query(raw)
    assert isinstance(query, Query), query
    return query


def problem(raw: str) -> QueryProblem:
    query = parse_query(raw)
    assert isinstance(query, QueryProblem), query
    return query


@pytest.mark.parametrize(
    ("raw", "form", "text"),
    [
        ("where do we retry uploads?", QueryForm.WORDS, "where do we retry uploads?"),
        ("parseHeaders", QueryForm.IDENTIFIER, "parseHeaders"),
        ("Cart.total()", QueryForm.IDENTIFIER, "Cart.total"),
        ("cart::total", QueryForm.IDENTIFIER, "cart::total"),
        ("Cart#total", QueryForm.IDENTIFIER, "Cart#total"),
        ("cart.py", QueryForm.WORDS, "cart.py"),
        ("/fo+ bar/", QueryForm.REGEX, "fo+ bar"),
        ("pattern: $A.foo($$$)", QueryForm.PATTERN, "$A.foo($$$)"),
        ("pattern:$A.foo()", QueryForm.PATTERN, "$A.foo()"),
    ],
)
def test_forms(raw: str, form: QueryForm, text: str) -> None:
    query = read(f"  {raw} ")
    assert (query.form, query.text) == (form, text)


def test_like_has_a_place() -> None:
    assert read("like:./src/cart.py:12").place == ("src/cart.py", 12)
    assert "path and a line" in problem("like:src/cart.py").happened
    assert "path and a line" in problem("like:src/cart.py:0").happened


def test_flags_of_an_expression() -> None:
    assert read("/foo/i").flags == "i"
    assert (read("/foo/gui").text, read("/foo/gui").flags) == ("foo", "i")
    assert read("/a/b").form is not QueryForm.REGEX


def test_filters_anywhere_in_the_line() -> None:
    query = read(
        'lang:py retry kind:function,class uploads path:"my app" -path:old -is:test changed:'
    )
    assert query.text == "retry uploads"
    assert query.filters == Filters(
        languages=frozenset({"python"}),
        paths=("my app",),
        without_paths=("old",),
        kinds=frozenset(
            {
                SymbolKind.FUNCTION,
                SymbolKind.METHOD,
                SymbolKind.CONSTRUCTOR,
                SymbolKind.CLASS,
                SymbolKind.STRUCT,
                SymbolKind.IMPLEMENTATION,
            }
        ),
        tests=False,
        changed=True,
    )


def test_filters_beside_other_forms() -> None:
    assert read("is:test /foo/").form is QueryForm.REGEX
    assert read("lang:python pattern: $A.foo()").filters.languages == {"python"}
    assert read("like:a.py:1 -is:test").filters.tests is False


@pytest.mark.parametrize(
    ("language", "ids"),
    [
        ("ts", {"typescript", "typescriptreact"}),
        ("c++", {"cpp"}),
        (".rs", {"rust"}),
        ("Go", {"go"}),
        ("py,rb", {"python", "ruby"}),
        ("proto,.VUE", {".proto", ".vue"}),
    ],
)
def test_languages_by_any_of_their_names(language: str, ids: set[str]) -> None:
    assert read(f"lang:{language} words").filters.languages == ids


@pytest.mark.parametrize(
    ("raw", "told"),
    [
        ("", "empty"),
        ("  \n\t ", "empty"),
        ("is:test", "nothing to look for"),
        ("lang:klingon words", "klingon"),
        ("kind:wish words", "wish"),
        ("is:nice words", "is:nice"),
        ("lang: words", "no value"),
        ("-lang:py words", "-lang:"),
        ("pattern:", "pattern is empty"),
    ],
)
def test_what_cannot_be_read_is_told(raw: str, told: str) -> None:
    assert told in problem(raw).happened


@pytest.mark.parametrize(
    "text", ["foo::bar", "a:b", "https://x.org/lang:de", "std::path::Path kinds", "Status: open"]
)
def test_colons_that_are_no_filters(text: str) -> None:
    query = read(text)
    assert not query.filters
    assert query.text == text


def test_long_texts_are_cut_with_a_note() -> None:
    query = read("upload fails " * MAX_QUERY)
    assert "first 10,000 characters" in query.notes[0]
    assert len(query.text) <= MAX_QUERY


REPORT = """\
Session drops cookies on redirect

<!-- Please search existing issues first -->
### Describe the bug
When `jar.update()` is called in `web.session.Session.send` the cookie is lost.
See https://example.org/acme/web/blob/main/src/web/jar.py#L12 for the place.

```python
noise_word = make_client()
```

Traceback (most recent call last):
  File "/usr/lib/python3.11/site-packages/web/adapter.py", line 12, in build_response
    raise CookieConflictError
web.errors.CookieConflictError: two cookies

- [x] I have searched
- Python version: 3.11.2
"""


def test_a_report_names_code() -> None:
    query = read(REPORT)
    assert query.long
    assert {"jar.update", "web.session.Session.send", "build_response"} <= set(query.identifiers)
    assert "web.errors.CookieConflictError" in query.identifiers
    assert {"src/web/jar.py", "usr/lib/python3.11/site-packages/web/adapter.py"} <= set(query.paths)
    assert query.identifiers["noise_word"] < query.identifiers["jar.update"]


def test_a_report_weighs_its_title_most() -> None:
    words = read(REPORT).words
    assert words["cooki"] > words["jar"]
    assert words["redirect"] > words["jar"]
    assert "search" not in words


def test_stop_words_alone_are_words() -> None:
    assert set(read("what is this").words) == {"what", "is", "this"}


def test_words_in_other_scripts_and_languages() -> None:
    assert "uber" in read("wo wird über Ä gespeichert").words
    assert read("設定を保存する").words
    assert read("где хранится кэш").words


def test_tests_are_wanted_where_the_query_says_so() -> None:
    assert read("tests of the parser").wants_tests
    assert read("parser is:test").wants_tests
    assert not read("parser of latest things").wants_tests
    assert not read("tests of the parser -is:test").wants_tests


@given(st.text(max_size=400))
def test_any_text_is_read(raw: str) -> None:
    query = parse_query(raw)
    if isinstance(query, Query):
        assert query.text
        assert all(weight >= 0 for weight in query.words.values())


@pytest.mark.parametrize(
    "piece",
    ["a.b.", "a/b/", "`", "<!--", "x_", "../", "at f(", "::", "word ", "\\", "-[ ]", "1.2."],
)
def test_hostile_repetition_is_linear(piece: str) -> None:
    """Hangs where an expression backtracks."""
    assert parse_query(piece * MAX_QUERY) is not None
    assert parse_query("start " + piece * MAX_QUERY + "\nend") is not None
