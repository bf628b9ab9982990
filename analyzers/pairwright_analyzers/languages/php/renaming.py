"""What renaming needs to know of PHP."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pairwright_analyzers.languages.renaming import Modules, Renaming
from pairwright_analyzers.languages.shapes import words

if TYPE_CHECKING:
    from tree_sitter import Node


def _spoken(node: Node, _source: bytes) -> bool:
    """Any text can be a function's, a method's or (in `compact`) a variable's name."""
    return node.type in ("encapsed_string", "string")


def _speaks_of_locals(node: Node, _source: bytes) -> bool:
    argument = node.parent
    arguments = argument.parent if argument is not None else None
    call = arguments.parent if arguments is not None else None
    function = call.child_by_field_name("function") if call is not None else None
    return function is not None and function.text in (b"compact", b"extract")


RENAMING = Renaming(
    modules=Modules.PATHS,
    private_is_own=True,
    sigils="$",
    spoken=_spoken,
    functions_spoken=True,
    speaks_of_locals=_speaks_of_locals,
    contracts=words(
        "__construct __destruct __call __callStatic __get __set __isset __unset __sleep __wakeup"
        " __serialize __unserialize __toString __invoke __set_state __clone __debugInfo"
        " offsetGet offsetSet offsetExists offsetUnset getIterator jsonSerialize count"
    ),
    marking=words("named_label_statement goto_statement"),
    type_names_file=True,
)
