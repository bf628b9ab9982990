"""Expressions and patterns over texts: where they match, and that nothing keeps them going."""

from __future__ import annotations

import threading

import pytest

from pairwright.errors import Cancelled
from pairwright.index.literal import Text, compiled, expression_matches


def nothing() -> None:
    """Whoever searches goes on waiting."""


def matched(expression: str, text: bytes, flags: str = "") -> list[bytes]:
    texts = [Text("a.py", "python", text)]
    return [
        text[span.start : span.end]
        for found in expression_matches(expression, flags, texts, nothing, 60)
        for span in found.spans
    ]


@pytest.mark.parametrize(
    ("expression", "text", "found"),
    [
        (r"\w+;$", b"one;\r\ntwo;\r\n", [b"one;", b"two;"]),
        (r"one;\ntwo", b"zero\r\none;\r\ntwo;\r\n", [b"one;\r\ntwo"]),
        (r"^\w+$", b"one\r\ntwo\nthree\r\n", [b"one", b"two", b"three"]),
        (r"\r\n", b"one\r\ntwo\n", [b"\r\n"]),
        (r"größe\n.", "ä = größe\r\nü\r\n".encode(), ["größe\r\nü".encode()]),
        (r"b\xff?", b"\r\nab\xff", [b"b"]),
    ],
)
def test_lines_may_end_as_they_do_on_windows(
    expression: str, text: bytes, found: list[bytes]
) -> None:
    assert matched(expression, text) == found


def test_an_expression_is_ended_when_nobody_waits_for_it_any_more() -> None:
    """It would run for centuries, and its process has nothing to say meanwhile."""
    here = threading.current_thread()
    at_work = threading.Event()

    def check() -> None:
        if threading.current_thread() is here:
            at_work.set()
        elif at_work.is_set():
            raise Cancelled

    with pytest.raises(Cancelled):
        list(
            expression_matches("(a+)+$", "", [Text("b.py", "python", b"a" * 200 + b"!")], check, 20)
        )


def test_an_expression_is_read_without_a_warning(recwarn: pytest.WarningsRecorder) -> None:
    compiled("[[a]", "")
    assert not recwarn.list
