"""How Go writes a new function and its call."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.go.inference import results_of, type_of, type_of_name
from pairwright_analyzers.languages.nodes import spelled
from pairwright_analyzers.languages.writing import (
    Around,
    Kind,
    NewFunction,
    NewResult,
    Writing,
)

if TYPE_CHECKING:
    from tree_sitter import Node

_ZEROS = {"bool": "false", "string": '""', "error": "nil", "any": "nil"}
_NUMBERS = frozenset(
    [
        "int",
        "int8",
        "int16",
        "int32",
        "int64",
        "uint",
        "uint8",
        "uint16",
        "uint32",
        "uint64",
        "uintptr",
        "float32",
        "float64",
        "complex64",
        "complex128",
        "byte",
        "rune",
        "time.Duration",
    ]
)


_UNCOPIED = frozenset(
    [
        "strings.Builder",
        "sync.Cond",
        "sync.Map",
        "sync.Mutex",
        "sync.Once",
        "sync.Pool",
        "sync.RWMutex",
        "sync.WaitGroup",
    ]
)


def _define(new: NewFunction) -> str:
    listed = ", ".join(f"{one.name} {one.type}" for one in new.parameters)
    receiver = f"{new.receiver} " if new.kind is Kind.METHOD else ""
    generics = new.generics if new.kind is Kind.FUNCTION else ""
    returns = f" {new.returns}" if new.returns else ""
    return f"func {receiver}{new.name}{generics}({listed}){returns} {{\n{new.body}\n}}"


def _call(new: NewFunction) -> str:
    owner = f"{new.owner}." if new.kind is Kind.METHOD else ""
    return f"{owner}{new.name}({new.arguments})"


def _take(call: str, results: Sequence[NewResult]) -> Sequence[str]:
    if not results:
        return [call]
    names = ", ".join(one.name for one in results)
    return [*_declarations(results), f"{names} {_sign(results)} {call}"]


def _declarations(results: Sequence[NewResult]) -> list[str]:
    """Declarations of those results that are new, where the others belong to a block around."""
    if any(one.declared and not one.same_block for one in results):
        return [f"var {one.name} {one.type}" for one in results if not one.declared]
    return []


def _sign(results: Sequence[NewResult]) -> str:
    fresh = any(not one.declared for one in results)
    return ":=" if fresh and not _declarations(results) else "="


def _give_types(results: Sequence[NewResult]) -> str:
    types = ", ".join(one.type for one in results)
    return types if len(results) == 1 else f"({types})"


def _around(function: Node, text: bytes) -> Around:
    receiver = function.child_by_field_name("receiver")
    named = receiver.named_children[0] if receiver and receiver.named_child_count else None
    name = named.child_by_field_name("name") if named is not None else None
    result = function.child_by_field_name("result")
    named_results = (
        result is not None
        and result.type == "parameter_list"
        and any(one.child_by_field_name("name") is not None for one in result.named_children)
    )
    returns = ", ".join(results_of(function, text))
    return Around(
        returns=f"({returns})" if "," in returns else returns,
        generics=spelled(function.child_by_field_name("type_parameters"), text),
        receiver=spelled(receiver, text) if name is not None else "",
        owner=spelled(name, text),
        named_results=named_results,
        results=results_of(function, text),
    )


def zero(kind: str) -> str:
    """The zero value of a type; "" for a type of the program, of which the text does not say what
    it is.
    """
    if kind in _ZEROS:
        return _ZEROS[kind]
    if kind in _NUMBERS:
        return "0"
    if kind.startswith(("*", "[]", "map[", "chan ", "<-chan ", "func(", "interface{")):
        return "nil"
    if kind.startswith(("[", "struct{")):
        return f"{kind}{{}}"
    return ""


def _early(call: str, results: Sequence[NewResult], gives: Sequence[str]) -> Sequence[str]:
    values = [f"ret{index or ''}" for index in range(len(gives))]
    names = ", ".join([*(one.name for one in results), "shouldReturn", *values])
    leave = f"return {', '.join(values)}".rstrip()
    check = ["if shouldReturn {", f"\t{leave}", "}"]
    if all(one.same_block for one in results if one.declared):
        return [f"{names} := {call}", *check]
    kinds = {one.name: one.type for one in results if not one.declared}
    kinds |= {"shouldReturn": "bool", **dict(zip(values, gives, strict=True))}
    declared = [f"var {name} {kind}" for name, kind in kinds.items()]
    return [*declared, f"{names} = {call}", *check]


def _early_types(results: Sequence[NewResult], gives: Sequence[str]) -> str:
    types = [*(one.type for one in results), "bool", *gives]
    return types[0] if len(types) == 1 else f"({', '.join(types)})"


def _early_values(
    results: Sequence[NewResult], gives: Sequence[str], values: Sequence[str] | None
) -> str:
    """The `return` of a function that also says whether its caller returns: `values` are those of
    an early one, None for its end. Raises ValueError where a zero value is not known.
    """
    if values is None:
        empty = [_zero_of(one) for one in gives]
        return f"return {', '.join([*(one.name for one in results), 'false', *empty])}"
    blank = [_zero_of(one.type) for one in results]
    return f"return {', '.join([*blank, 'true', *values])}"


def _zero_of(kind: str) -> str:
    found = zero(kind)
    if not found:
        raise ValueError(f"It is not known what an empty `{kind}` is.")
    return found


def _refusals(node: Node, text: bytes) -> str:
    name = spelled(node.child_by_field_name("function"), text)
    if node.type == "call_expression" and name == "recover":
        return "`recover` only works in the deferred function itself."
    if node.type == "defer_statement":
        return "What is deferred would run at the end of the new function."
    return ""


WRITING = Writing(
    define=_define,
    call=_call,
    take=_take,
    give=lambda results: f"return {', '.join(one.name for one in results)}",
    give_types=_give_types,
    around=_around,
    methods_outside=True,
    types_needed=True,
    local=lambda name, kind: f"var {name} {kind}" if kind else "",
    short_sign=":=",
    default_name="newFunction",
    default_method="newMethod",
    containers=frozenset({"source_file"}),
    refusals=_refusals,
    early=_early,
    early_values=_early_values,
    early_types=_early_types,
    type_of=type_of_name,
    value_type=type_of,
    uncopied=lambda kind: kind in _UNCOPIED,
)
