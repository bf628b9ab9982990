"""What renaming needs to know of Elixir."""

from __future__ import annotations

from pairwright_analyzers.languages.renaming import Renaming
from pairwright_analyzers.languages.shapes import words

RENAMING = Renaming(
    contracts=words(
        "init handle_call handle_cast handle_info terminate start_link child_spec call mount render"
        " update __using__"
    ),
    name_ends="?!",
)
