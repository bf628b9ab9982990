"""What a first walk over a JavaScript or TypeScript file tells the second: who writes what.

A variable that only its own function writes can be followed from assignment to assignment; a
property that only one variable's own code stores can be, too. Owns that knowledge and nothing else.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node

FUNCTION_NODES = frozenset(
    {
        "function_declaration",
        "generator_function_declaration",
        "function_expression",
        "generator_function",
        "arrow_function",
        "method_definition",
        "class_static_block",
        "field_definition",
        "public_field_definition",
    }
)
"""Nodes whose code runs apart from the code around them."""

REGIONS = frozenset(
    {
        "for_statement",
        "for_in_statement",
        "while_statement",
        "do_statement",
        "try_statement",
        "switch_statement",
        "labeled_statement",
    }
)
"""Statements whose parts may run many times or only in part."""

_OPAQUE = frozenset({b"Object", b"Reflect"})
_REWRITING = frozenset({b"assign", b"defineProperty", b"defineProperties", b"set"})


class Survey:
    """What one file's functions write. Functions are known by their nodes' ids, the file by 0."""

    def __init__(self, root: Node, text: bytes) -> None:
        self._text = text
        self._parents: dict[int, int] = {0: -1}
        self._writes: dict[str, set[int]] = defaultdict(set)
        self._stores: dict[str, set[tuple[str, int]]] = defaultdict(set)
        self._dynamic: set[str] = set()
        self._opaque = False
        self.hoisted: dict[int, list[str]] = defaultdict(list)
        """Function -> the names its `var` statements declare."""
        self.written_in: dict[int, set[str]] = defaultdict(set)
        """Node of a region -> the names written in it."""
        self.with_arguments: set[int] = set()
        """Functions that mention `arguments`."""
        self._walk(root)

    def only_written_by(self, function: int, name: str) -> bool:
        """Whether no function inside `function` writes a variable of that name."""
        for writer in self._writes.get(name, ()):
            at = writer
            while at > 0:
                if at == function and writer != function:
                    return False
                at = self._parents[at]
            if function == 0 and writer != 0:
                return False
        return True

    def only_stored_through(self, function: int, variable: str, name: str) -> bool:
        """Whether nothing but the code of `function` stores that property, and only through the
        variable of that name.
        """
        if self._opaque or self._dynamic - {variable}:
            return False
        return all(one == (variable, function) for one in self._stores.get(name, ()))

    def _walk(self, root: Node) -> None:
        waiting: list[tuple[Node, int, int, tuple[int, ...]]] = [(root, 0, 0, ())]
        while waiting:
            node, function, plain, regions = waiting.pop()
            kind = node.type
            if kind in FUNCTION_NODES:
                self._parents[node.id] = function
                function = node.id
                regions = ()
                if kind != "arrow_function":
                    plain = node.id
            elif kind in REGIONS:
                regions = (*regions, node.id)
            self._look(node, kind, function, plain, regions)
            waiting.extend((child, function, plain, regions) for child in node.named_children)

    def _look(
        self, node: Node, kind: str, function: int, plain: int, regions: tuple[int, ...]
    ) -> None:
        match kind:
            case "assignment_expression" | "augmented_assignment_expression":
                self._target(node.child_by_field_name("left"), function, regions)
            case "update_expression":
                self._target(node.child_by_field_name("argument"), function, regions)
            case "variable_declaration":
                for child in node.named_children:
                    name = child.child_by_field_name("name")
                    if name is not None:
                        names = list(self._names(name))
                        self.hoisted[function].extend(names)
                        for region in regions:
                            self.written_in[region].update(names)
            case "for_in_statement":
                left = node.child_by_field_name("left")
                declared = node.child_by_field_name("kind")
                if declared is None:
                    self._target(left, function, regions)
                elif declared.type == "var" and left is not None:
                    names = list(self._names(left))
                    self.hoisted[function].extend(names)
                    for region in regions:
                        self.written_in[region].update(names)
            case "identifier":
                if self._text[node.start_byte : node.end_byte] == b"arguments":
                    self.with_arguments.add(plain)
            case "call_expression":
                callee = node.child_by_field_name("function")
                if callee is not None and callee.type == "member_expression":
                    self._rewriting(callee)
            case _:
                return

    def _rewriting(self, callee: Node) -> None:
        holder = callee.child_by_field_name("object")
        name = callee.child_by_field_name("property")
        if holder is None or name is None or holder.type != "identifier":
            return
        if self._bytes(holder) in _OPAQUE and self._bytes(name) in _REWRITING:
            self._opaque = True

    def _target(self, node: Node | None, function: int, regions: tuple[int, ...]) -> None:
        if node is None:
            return
        for target in _targets(node):
            if target.type in ("identifier", "shorthand_property_identifier_pattern"):
                name = self._bytes(target).decode("utf-8", "replace")
                self._writes[name].add(function)
                for region in regions:
                    self.written_in[region].add(name)
                continue
            holder = target.child_by_field_name("object")
            base = ""
            if holder is not None and holder.type in ("identifier", "this"):
                base = self._bytes(holder).decode("utf-8", "replace")
            if target.type == "member_expression":
                field = target.child_by_field_name("property")
                if field is not None:
                    word = self._bytes(field).decode("utf-8", "replace")
                    self._stores[word].add((base, function))
            else:
                index = target.child_by_field_name("index")
                if index is not None and index.type in ("string", "number"):
                    word = self._bytes(index).decode("utf-8", "replace").strip("'\"`")
                    self._stores[word].add((base, function))
                else:
                    self._dynamic.add(base)

    def _names(self, pattern: Node) -> list[str]:
        return [
            self._bytes(target).decode("utf-8", "replace")
            for target in _targets(pattern)
            if target.type in ("identifier", "shorthand_property_identifier_pattern")
        ]

    def _bytes(self, node: Node) -> bytes:
        return self._text[node.start_byte : node.end_byte]


def _targets(pattern: Node) -> list[Node]:
    """The variables and properties that a pattern assigns to."""
    found: list[Node] = []
    waiting = [pattern]
    while waiting:
        node = waiting.pop()
        kind = node.type
        if kind in (
            "identifier",
            "shorthand_property_identifier_pattern",
            "member_expression",
            "subscript_expression",
        ):
            found.append(node)
        elif kind == "pair_pattern":
            value = node.child_by_field_name("value")
            if value is not None:
                waiting.append(value)
        elif kind in ("assignment_pattern", "object_assignment_pattern"):
            left = node.child_by_field_name("left")
            if left is not None:
                waiting.append(left)
        elif kind in (
            "object_pattern",
            "array_pattern",
            "rest_pattern",
            "parenthesized_expression",
            "non_null_expression",
            "as_expression",
        ):
            waiting.extend(node.named_children)
    return found
