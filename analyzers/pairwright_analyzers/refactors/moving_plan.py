"""What a move does to one file: edits first, then steps, then imports.

Owns the value alone: `moving_uses.py` fills it, `moving_steps.py` carries it out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.moved import Need
from pairwright_analyzers.types import Import, TextEdit

Step = Callable[[RefactorContext], RefactorContext]


@dataclass
class Plan:
    """What is to be done in one file: edits at offsets of its text before, then imports."""

    edits: list[TextEdit] = field(default_factory=list)
    steps: list[tuple[int, Step]] = field(default_factory=list)
    imports: list[Need] = field(default_factory=list)
    receivers: set[str] = field(default_factory=set)
    """Names of modules that the code has to say."""
    passes_on: list[Import] = field(default_factory=list)
