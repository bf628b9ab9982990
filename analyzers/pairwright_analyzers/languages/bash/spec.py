"""Bash and other Bourne shells: functions, variables, commands and sourced files."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.plain import no_call, no_signature, no_types
from pairwright_analyzers.languages.spec import Definition, LanguageSpec
from pairwright_analyzers.types import Import, Span, SymbolFlag, SymbolKind

if TYPE_CHECKING:
    from tree_sitter import Node

_EXPANSION = re.compile(r"^(?:\$\{[^}]*\}|\$\([^)]*\)|\$\w+)/?")

_BUILTINS = (
    *("alias", "bg", "bind", "break", "builtin", "caller", "cd", "command", "compgen", "complete"),
    *("continue", "declare", "dirs", "disown", "echo", "enable", "eval", "exec", "exit", "export"),
    *("false", "fc", "fg", "getopts", "hash", "help", "history", "jobs", "kill", "let", "local"),
    *("logout", "mapfile", "popd", "printf", "pushd", "pwd", "read", "readarray", "readonly"),
    *("return", "set", "shift", "shopt", "source", "suspend", "test", "times", "trap", "true"),
    *("type", "typeset", "ulimit", "umask", "unalias", "unset", "wait", ".", ":", "["),
)


def _grammar() -> object:
    import tree_sitter_bash

    return tree_sitter_bash.language()


def _define(word: str, node: Node, text: bytes) -> Definition | None:
    name = node.child_by_field_name("name")
    if name is None:
        return None
    if word == "function":
        body = node.child_by_field_name("body")
        return Definition(SymbolKind.FUNCTION, name, node, body, flags=SymbolFlag.EXPORTED)
    if name.type != "variable_name":
        return None
    kind, flags = SymbolKind.VARIABLE, SymbolFlag.NONE
    if word == "declared":
        line = text.rfind(b"\n", 0, node.start_byte) + 1
        words = text[line : node.start_byte].split()
        if b"readonly" in words or b"-r" in words:
            kind = SymbolKind.CONSTANT
        if b"export" in words or b"-x" in words:
            flags = SymbolFlag.EXPORTED
    return Definition(kind, name, node, flags=flags)


def _imports(node: Node, text: bytes) -> Iterator[Import]:
    """`source lib.sh` and `.

    lib.sh`; a folder in a variable before the path is taken as this one's.
    """
    if text[node.start_byte : node.end_byte] not in (b"source", b"."):
        return
    command = node.parent.parent if node.parent is not None else None
    argument = command.child_by_field_name("argument") if command is not None else None
    if command is None or argument is None:
        return
    spelled = text[argument.start_byte : argument.end_byte].decode("utf-8", "replace")
    path = _EXPANSION.sub("", spelled.strip("\"'"))
    if path and "$" not in path and "`" not in path:
        span = Span(*command.byte_range)
        yield Import(span, path, "*", "", 0, Span(*argument.byte_range))


BASH = LanguageSpec(
    id="shellscript",
    name="Shell",
    extensions=(".sh", ".bash", ".zsh", ".ksh"),
    filenames=(".bashrc", ".bash_profile", ".bash_aliases", ".profile", ".zshrc", "PKGBUILD"),
    interpreters=("sh", "bash", "dash", "ksh", "zsh"),
    grammar=_grammar,
    package="pairwright_analyzers.languages.bash",
    define=_define,
    imports=_imports,
    typed=no_types,
    signature=no_signature,
    call=no_call,
    first_class=False,
    resolver="include",
    block_scoped=False,
    builtins=frozenset(_BUILTINS),
    receivers=frozenset(),
    super_words=frozenset(),
    test_paths=(r"(^|/)tests?/", r"(^|/)test[-_][^/]*\.(ba)?sh$"),
)
