"""numpy as search uses it: with one thread, and not before somebody searches.

Owns how numpy is started. `from pairwright.index.arrays import np` inside a function starts it: a
server that never searches never loads it. Its linear algebra starts a thread for each core and lets
them spin; beside a busy machine a product of 5 ms then takes 200.
"""

from __future__ import annotations

import os
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np

__all__ = ["np"]

_THREADS = "OPENBLAS_NUM_THREADS"


def __getattr__(name: str) -> ModuleType:
    if name != "np":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    unset = _THREADS not in os.environ
    if unset:
        os.environ[_THREADS] = "1"
    try:
        import numpy
    finally:
        # Programs that this process starts are not ours to slow down.
        if unset:
            del os.environ[_THREADS]
    globals()["np"] = numpy
    return numpy
