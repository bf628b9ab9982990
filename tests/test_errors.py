"""Errors for people: the text is whole, and survives a trip through another process."""

from __future__ import annotations

import pickle

from pairwright.errors import BadArgument, Cancelled, UserError


def test_the_text_is_what_happened_and_what_to_do() -> None:
    error = BadArgument("`line` is missing", "Pass the line number, counted from 0.")
    assert str(error) == "`line` is missing. Pass the line number, counted from 0."


def test_an_error_survives_pickling() -> None:
    error = pickle.loads(pickle.dumps(BadArgument("It broke", "Mend it")))
    assert type(error) is BadArgument
    assert str(error) == "It broke. Mend it."


def test_cancelled_is_no_user_error() -> None:
    assert not issubclass(Cancelled, UserError)
