"""Generated pages and manifests are what the registries say today."""

from __future__ import annotations

from pathlib import Path

import pytest

from pairwright.docs import pages

CHECKOUT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("path", sorted(pages(CHECKOUT)))
def test_a_generated_file_is_current(path: str) -> None:
    written = (CHECKOUT / path).read_text("utf-8")
    assert written == pages(CHECKOUT)[path], "run `make docs`"
