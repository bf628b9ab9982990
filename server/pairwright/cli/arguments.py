"""What can be said on the command line.

Each command names the function that runs it, imported when it runs.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

from pairwright import __version__

_DESCRIPTION = """\
A code graph and a review of your change, for any editor and any shell.

  pairwright demo                      see it work on a small sample
  pairwright review                    what your uncommitted change breaks elsewhere
  pairwright serve                     the language server, on standard input and output
"""


def _run(module: str) -> Callable[[argparse.Namespace], int]:
    def run(options: argparse.Namespace) -> int:
        code: int = import_module(f"pairwright.cli.{module}").run(options)
        return code

    return run


def parser() -> argparse.ArgumentParser:
    """The parser of the whole command line."""
    whole = argparse.ArgumentParser(
        prog="pairwright",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    whole.add_argument("--version", action="version", version=f"pairwright {__version__}")
    commands = whole.add_subparsers(title="commands", required=True, metavar="COMMAND")
    for add in (_serve, _index, _review, _search, _graph, _refactor, _commit, _pr, _doctor, _demo):
        add(commands)
    return whole


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    help_text: str,
    examples: str,
    module: str,
) -> argparse.ArgumentParser:
    command = commands.add_parser(
        name,
        help=help_text,
        description=help_text[0].upper() + help_text[1:] + ".",
        epilog="examples:\n" + examples,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.set_defaults(run=_run(module))
    return command


def _serve(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = _command(
        commands,
        "serve",
        "run the language server",
        "  pairwright serve                     on standard input and output\n"
        "  pairwright serve --tcp 9257          on loopback; the token is printed on stderr\n"
        "  pairwright serve --websocket 0       on a free port",
        "serve",
    )
    how = command.add_mutually_exclusive_group()
    how.add_argument("--stdio", action="store_true", help="speak on stdin and stdout (default)")
    how.add_argument(
        "--tcp", type=_port, metavar="PORT", help="listen on 127.0.0.1; 0: any free port"
    )
    how.add_argument("--websocket", type=_port, metavar="PORT", help="the same, over WebSocket")


def _index(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = _command(
        commands,
        "index",
        "read a workspace into the index and say what is in it",
        "  pairwright index .\n"
        "  pairwright index ~/src/django --json\n"
        "  pairwright index . --vectors         make all vectors for search by meaning, too",
        "index",
    )
    _path(command)
    command.add_argument("--rebuild", action="store_true", help="read every file again")
    command.add_argument(
        "--vectors", action="store_true", help="also make every vector that search lacks"
    )
    command.add_argument(
        "--workers", type=int, metavar="N", help="worker processes; 0: in this one"
    )
    command.add_argument("--json", action="store_true", help="print JSON")


def _review(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = _command(
        commands,
        "review",
        "review what changed against the base revision",
        "  pairwright review                                the uncommitted change in this folder\n"
        "  pairwright review --base origin/main             a branch against where it left main\n"
        "  pairwright review src/cart.py                    one file\n"
        "  pairwright review . --all --format sarif         everything, for code scanning\n"
        "  pairwright review --fail-on error --json",
        "review",
    )
    _path(command)
    command.add_argument("--base", metavar="REV", help="the base revision (setting review.base)")
    command.add_argument("--all", action="store_true", help="every file, untouched code included")
    command.add_argument("--format", choices=("text", "json", "sarif"), default="text")
    command.add_argument(
        "--json",
        action="store_const",
        const="json",
        dest="format",
        help="the same as --format json",
    )
    command.add_argument("--fixes", action="store_true", help="show what each fix would change")
    command.add_argument(
        "--fail-on",
        choices=("error", "warning", "information", "hint", "never"),
        default="warning",
        help="exit with 1 when a finding is at least this severe (default: warning)",
    )
    command.add_argument(
        "--write-baseline", action="store_true", help="accept all that is found now"
    )


def _search(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = _command(
        commands,
        "search",
        "find code by meaning, by name or by structure",
        "  pairwright search where are failed uploads retried\n"
        "  pairwright search RetryPolicy --limit 3              a name\n"
        "  pairwright search 'like:src/upload.py:40'            code like what stands there\n"
        "  pairwright search '/retry.*back_?off/'               a regular expression\n"
        "  pairwright search 'pattern: $A.retry($$$)'           code of that structure\n"
        "  pairwright search 'backoff lang:go path:net kind:function -is:test changed:'\n"
        '  pairwright search "retry with backoff" --path ~/src/project --json\n'
        "\n"
        "exit codes: 0 something was found, 1 nothing was, 2 the query cannot be read or the\n"
        "search could not be carried out. Paths are relative to the folder that is searched.",
        "search",
    )
    command.add_argument("query", nargs="+", metavar="QUERY", help="what to look for")
    command.add_argument(
        "--path",
        type=Path,
        default=Path(),
        metavar="PATH",
        help="the workspace, or a folder or file in it, to search (default: this folder)",
    )
    command.add_argument(
        "--limit", type=int, default=10, metavar="N", help="the most hits (default: 10)"
    )
    command.add_argument("--json", action="store_true", help="print JSON: a list of hits")
    command.add_argument("--explain", action="store_true", help="show what scores are made of")
    command.add_argument(
        "--no-vectors", action="store_true", help="search by words and names alone"
    )


def _graph(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = _command(
        commands,
        "graph",
        "ask the code graph",
        "  pairwright graph calls . --json                  every call: caller, callee, place\n"
        '                                                   ("cut": the caller may call more)\n'
        "  pairwright graph callers . cart.Cart.total       who calls it\n"
        "  pairwright graph impact . shop/cart.py:12        what a change of it may reach\n"
        "  pairwright graph map .                           the symbols that matter most\n"
        "  pairwright graph map . --query 'retry uploads' --budget 2000\n"
        "                                                   those that matter to a question\n"
        "  pairwright graph stats .                         links by confidence and language",
        "graph",
    )
    command.add_argument("question", choices=("calls", "callers", "impact", "map", "stats"))
    _path(command)
    command.add_argument(
        "symbol", nargs="?", help="a dotted name or FILE:LINE[:COLUMN], for callers and impact"
    )
    command.add_argument(
        "--depth", type=int, default=3, metavar="N", help="steps of impact (default: 3)"
    )
    command.add_argument(
        "--limit", type=int, default=40, metavar="N", help="rows of the map (default: 40)"
    )
    command.add_argument("--query", metavar="WORDS", help="map: what it is about")
    command.add_argument(
        "--budget", type=int, metavar="N", help="map: signatures by file, in about N tokens"
    )
    command.add_argument(
        "--by-name", action="store_true", help="calls: candidates by name alone, too"
    )
    command.add_argument("--json", action="store_true", help="print JSON")


def _refactor(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = _command(
        commands,
        "refactor",
        "do one refactoring at a place, as a diff or in the files",
        "  pairwright refactor --list                                  all there are\n"
        "  pairwright refactor --list cart.py --at 12:5                those to be had there\n"
        "  pairwright refactor inline.variable cart.py --at 12:5       print the diff\n"
        "  pairwright refactor inline.variable cart.py --at 12:5 --write\n"
        "\n"
        "exit codes: 0 done, 1 refused (the reason is on stderr), 2 it could not be carried out;\n"
        "--write changes all files or none.",
        "refactor",
    )
    command.add_argument(
        "what", nargs="*", metavar="ID FILE", help="the refactoring, and the file it starts in"
    )
    command.add_argument(
        "--list", action="store_true", help="list refactorings: all, or those at a place of FILE"
    )
    where = command.add_mutually_exclusive_group()
    where.add_argument(
        "--range",
        type=_range,
        metavar="L:C-L:C",
        help="the selection: lines and columns from 1, in characters, the end behind the last one",
    )
    where.add_argument("--at", type=_at, metavar="L:C", help="a cursor in front of a character")
    command.add_argument("--name", metavar="NEW", help="the new name: the same as --arg name=NEW")
    command.add_argument(
        "--arg",
        action="append",
        default=[],
        type=_pair,
        metavar="KEY=VALUE",
        help="an argument of the refactoring, see docs/refactorings.md; may be repeated",
    )
    how = command.add_mutually_exclusive_group()
    how.add_argument("--diff", action="store_true", help="print a unified diff (default)")
    how.add_argument("--write", action="store_true", help="change the files")
    command.add_argument("--json", action="store_true", help="print JSON")


def _commit(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = _command(
        commands,
        "commit",
        "draft a commit message, split a change into commits, or check what is to be committed",
        "  pairwright commit                                 a message for what is staged\n"
        "  pairwright commit --apply                         commit what is staged with it\n"
        "  pairwright commit --install-hook                  `git commit` opens with a draft\n"
        "  pairwright commit --split > plan.md               a plan: what is staged, or else all\n"
        "  pairwright commit --split --apply --plan plan.md  make its commits, all or none\n"
        "  pairwright commit --split --apply                 make the plan and its commits\n"
        "  pairwright commit --check                         secrets, markers, large files, …\n"
        "\n"
        "exit codes: 0 done, 1 stopped by a hook or by what --check finds, 2 it could not be done.",
        "commit",
    )
    _path(command)
    what = command.add_mutually_exclusive_group()
    what.add_argument("--draft", action="store_true", help="print a message (default)")
    what.add_argument("--split", action="store_true", help="print a plan of several commits")
    what.add_argument("--check", action="store_true", help="list what should not be committed")
    what.add_argument("--restore", action="store_true", help="undo a split that was interrupted")
    what.add_argument(
        "--install-hook", action="store_true", help="install the hook prepare-commit-msg"
    )
    what.add_argument("--uninstall-hook", action="store_true", help="take the hook away again")
    what.add_argument("--hook", nargs="+", metavar="ARGUMENT", help=argparse.SUPPRESS)
    command.add_argument("--apply", action="store_true", help="commit")
    command.add_argument("--plan", metavar="FILE", help="with --split --apply: the plan; -: stdin")
    command.add_argument("--all", action="store_true", help="every change, not what is staged")
    command.add_argument("--json", action="store_true", help="print JSON")


def _pr(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = _command(
        commands,
        "pr",
        "draft the text of a pull request: what, why, risk, how tested",
        "  pairwright pr                                    the branch against the main one\n"
        "  pairwright pr --base origin/release-2 --json",
        "pr",
    )
    _path(command)
    command.add_argument("--base", metavar="REV", help="what it is to be merged into")
    command.add_argument("--json", action="store_true", help="print JSON")


def _doctor(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = _command(
        commands,
        "doctor",
        "check the set-up: versions, git, cache, index, and where each setting comes from",
        "  pairwright doctor\n  pairwright doctor . --json",
        "doctor",
    )
    _path(command)
    command.add_argument("--json", action="store_true", help="print JSON")


def _demo(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = _command(
        commands,
        "demo",
        "review a bundled sample, or any path, and show the findings with their fixes",
        "  pairwright demo\n  pairwright demo ~/src/project",
        "demo",
    )
    command.add_argument("path", nargs="?", type=Path, metavar="PATH", help="a workspace of yours")


def _path(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "path", nargs="?", type=Path, default=Path(), metavar="PATH", help="default: this folder"
    )


def _port(text: str) -> int:
    number = int(text)
    if not 0 <= number <= 65535:
        raise argparse.ArgumentTypeError(f"{number} is not a port")
    return number


def _at(text: str) -> tuple[int, int]:
    """`L:C`, both from 1, as (line, column) from 0."""
    line, colon, column = text.partition(":")
    if not (colon and line.isdecimal() and column.isdecimal() and int(line) and int(column)):
        raise argparse.ArgumentTypeError(f"{text!r} is not LINE:COLUMN, both from 1")
    return int(line) - 1, int(column) - 1


def _range(text: str) -> tuple[tuple[int, int], tuple[int, int]]:
    start, dash, end = text.partition("-")
    if not dash:
        raise argparse.ArgumentTypeError(f"{text!r} is not LINE:COLUMN-LINE:COLUMN")
    return _at(start), _at(end)


def _pair(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not (key and equals):
        raise argparse.ArgumentTypeError(f"{text!r} is not KEY=VALUE")
    return key, value


def subcommands(whole: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    """The parser of each command by its name."""
    for action in whole._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    return {}
