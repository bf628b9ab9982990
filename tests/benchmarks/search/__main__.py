"""`python -m benchmarks.search` from `tests/`: see `evaluate.py`."""

import sys

from benchmarks.search.evaluate import main

sys.exit(main())
