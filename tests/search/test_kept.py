"""What a searcher keeps between queries: the vectors of names."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pairwright.index.kept import Kept, SearchOptions


class Letters:
    """An encoder that counts the letters a and b, and notes what it was given."""

    id = "letters"
    dimensions = 2

    def __init__(self, instant: bool) -> None:
        self.instant = instant
        self.given: list[str] = []

    def encode(self, texts: Sequence[str], *, query: bool = False) -> np.ndarray:
        self.given += texts
        return np.array([[text.count("a"), text.count("b")] for text in texts], "f4")


def test_names_are_compared_in_their_order_and_encoded_once() -> None:
    kept, encoder = Kept(SearchOptions(), None), Letters(instant=True)
    likeness = kept.likeness(encoder, np.array([1, 0], "f4"))
    assert likeness is not None
    assert likeness(["ab", "b", "aab", "b"]).tolist() == [1, 0, 2, 0]
    assert likeness(["aab", "aaa"]).tolist() == [2, 3]
    assert encoder.given == ["ab", "b", "aab", "aaa"]


def test_an_encoder_that_takes_its_time_is_not_asked_for_names() -> None:
    assert Kept(SearchOptions(), None).likeness(Letters(instant=False), np.ones(2, "f4")) is None
