"""What renaming needs to know of C and C++."""

from __future__ import annotations

from pairwright_analyzers.languages.renaming import Modules, Renaming
from pairwright_analyzers.languages.shapes import words

RENAMING = Renaming(
    modules=Modules.PATHS,
    sigils="~",
    contracts=words("main wmain WinMain DllMain begin end size operator"),
    declared_apart=True,
    marks=words("statement_identifier"),
)
