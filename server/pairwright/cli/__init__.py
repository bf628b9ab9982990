"""The command line: for scripts, CI, and people without an editor at hand.

Owns arguments, exit codes and what is printed. It must not know how anything is found: it opens the
workspace through `app`, asks the features, and prints.

Exit codes: 0 all is well, 1 findings at or above `--fail-on` or a refactoring that was refused, 2
the command could not be carried out, 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from pairwright.cli.arguments import parser
from pairwright.errors import Cancelled, Refusal, UserError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    options = parser().parse_args(arguments)
    try:
        code: int = options.run(options)
        sys.stdout.flush()
    except Refusal as error:
        print(f"pairwright: {error.happened}", file=sys.stderr)
        return 1
    except UserError as error:
        print(f"pairwright: {error}", file=sys.stderr)
        return 2
    except (KeyboardInterrupt, Cancelled):
        print("pairwright: interrupted", file=sys.stderr)
        return 130
    except BrokenPipeError:
        # Whoever read the output has seen enough; nothing more may be written there, not even at
        # exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return code
