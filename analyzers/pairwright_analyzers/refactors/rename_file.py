"""Rename or move a file or a folder: see below."""

from __future__ import annotations

from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.model import Refactored, Refused


def module_renamed(ctx: RefactorContext, module: str, wanted: str) -> Refactored:
    """The file of a module, renamed."""
    raise Refused(f"{module} cannot be renamed here.")
