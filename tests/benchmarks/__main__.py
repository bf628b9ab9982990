"""All tables: `python -m benchmarks [PATH]` from `tests/`.

PATH is a large Python source tree; Django's package without one.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

TABLES = ("index_bench", "graph_bench", "lsp_bench", "refactor_bench", "peers_bench")


def main() -> int:
    if len(sys.argv) > 1:
        root = Path(sys.argv[1])
    else:
        found = importlib.util.find_spec("django")
        if found is None or found.origin is None:
            print("Give a path, or install what requirements-bench.lock lists.", file=sys.stderr)
            return 2
        root = Path(found.origin).parent
    failed = 0
    for table in TABLES:
        print(f"\n== {table} on {root}\n", flush=True)
        failed |= subprocess.run(
            [sys.executable, "-m", f"benchmarks.{table}", str(root)], check=False
        ).returncode
    return failed


if __name__ == "__main__":
    sys.exit(main())
