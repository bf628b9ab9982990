"""numpy as search uses it: with one thread.

Owns how numpy is started. To be imported inside functions only, first of all that need numpy: a
server that never searches never loads it. Its linear algebra starts a thread for each core and lets
them spin; beside a busy machine a product of 5 ms then takes 200.
"""

from __future__ import annotations

import os

_THREADS = "OPENBLAS_NUM_THREADS"


def _unset() -> bool:
    if _THREADS in os.environ:
        return False
    os.environ[_THREADS] = "1"
    return True


_set_here = _unset()
try:
    import numpy as np
finally:
    # Programs that this process starts are not ours to slow down.
    if _set_here:
        del os.environ[_THREADS]

__all__ = ["np"]
