"""The command line: for scripts, CI, and people without an editor at hand.

Owns arguments, exit codes and what is printed. It must not know how anything is found: it opens the
workspace through `app`, asks the features, and prints.

Exit codes: 0 all is well, 1 findings at or above `--fail-on` or a refactoring that was refused, 2
the command could not be carried out, 130 interrupted.
"""

from __future__ import annotations

import errno
import logging
import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper

from pairwright.cli.arguments import parser
from pairwright.errors import Cancelled, Refusal, UserError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit code."""
    _ready_streams()
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
        # Whoever read the output has seen enough.
        _close_output()
        return 0
    except OSError as error:
        if error.errno not in _UNWRITABLE or error.filename is not None:
            raise
        _close_output()
        print(f"pairwright: The output cannot be written: {error.strerror}.", file=sys.stderr)
        return 2
    return code


_UNWRITABLE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})


def _ready_streams() -> None:
    """Streams that take all that is printed: a closed one swallows it, what a locale cannot write
    is escaped.
    """
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - until exit
        elif isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    if logging.lastResort is not None:
        # Where no log is kept, a warning is a message like any other.
        logging.lastResort.setFormatter(logging.Formatter("pairwright: %(message)s"))


def _close_output() -> None:
    """Nothing more may be written, not even at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
