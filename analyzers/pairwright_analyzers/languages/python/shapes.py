"""Python's syntax, as refactorings need it."""

from __future__ import annotations

import ast
import keyword
import warnings
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pairwright_analyzers.languages.python.bundles import BUNDLES
from pairwright_analyzers.languages.python.fields import FIELDS
from pairwright_analyzers.languages.python.headers import HEADERS
from pairwright_analyzers.languages.python.hiding import HIDING
from pairwright_analyzers.languages.python.items import orderless
from pairwright_analyzers.languages.python.logic import LOGIC
from pairwright_analyzers.languages.python.members import MEMBERS
from pairwright_analyzers.languages.python.moving import MOVING
from pairwright_analyzers.languages.python.properties import PROPERTIES
from pairwright_analyzers.languages.python.records import RECORDS
from pairwright_analyzers.languages.python.renaming import RENAMING
from pairwright_analyzers.languages.python.values import VALUES
from pairwright_analyzers.languages.python.writing import WRITING
from pairwright_analyzers.languages.shapes import NewVariable, Shapes, VariableParts, words
from pairwright_analyzers.types import Role

if TYPE_CHECKING:
    from tree_sitter import Node


def _variables(node: Node, _text: bytes) -> Sequence[VariableParts]:
    if node.type == "expression_statement" and node.named_child_count == 1:
        node = node.named_children[0]
    statement = node.parent if node.type == "assignment" else None
    if statement is None or statement.type != "expression_statement":
        return ()
    name = node.child_by_field_name("left")
    if name is None or name.type != "identifier":
        return ()
    value = node.child_by_field_name("right")
    if value is not None and value.type == "assignment":
        return ()
    return (VariableParts(name, value, node.child_by_field_name("type"), statement, alone=True),)


def _declare(new: NewVariable) -> str:
    return f"{new.name} = {new.value}"


def _needs_place(node: Node) -> bool:
    parent = node.parent
    return parent is not None and parent.type in ("delete_statement", "global_statement")


def _inlined(place: Node, _value: Node, written: str, text: bytes) -> str:
    """Inside of an f-string, quotes have to be others than its own before Python 3.12."""
    current = place.parent
    while current is not None and current.type != "string":
        current = current.parent
    if current is None or not _is_in_interpolation(place):
        return written
    start = current.named_children[0]
    quote = text[start.start_byte : start.end_byte].decode().lstrip("rRbBfFuU")
    if "\n" in written or "\\" in written:
        raise ValueError("The value cannot be written inside of an f-string.")
    if quote not in written or len(quote) == 3:
        return written
    other = "'" if quote == '"' else '"'
    if other in written:
        raise ValueError("The value cannot be written inside of an f-string.")
    return written.replace(quote, other)


def _is_in_interpolation(place: Node) -> bool:
    current = place.parent
    while current is not None and current.type != "string":
        if current.type == "interpolation":
            return True
        current = current.parent
    return False


def _in_order(text: bytes) -> frozenset[Role]:
    """Annotations are read when a function is defined, unless the future has begun."""
    needed = {Role.READ, Role.CALL, Role.INHERIT}
    if b"from __future__ import annotations" not in text:
        needed.add(Role.ANNOTATE)
    return frozenset(needed)


def _compiles(text: bytes) -> bool:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            compile(text, "<text>", "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT, dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return False
    return True


SHAPES = Shapes(
    blocks=words("module block"),
    statements=words(
        "expression_statement return_statement if_statement for_statement while_statement"
        " try_statement with_statement match_statement function_definition class_definition"
        " decorated_definition import_statement import_from_statement future_import_statement"
        " raise_statement pass_statement break_statement continue_statement global_statement"
        " nonlocal_statement assert_statement delete_statement type_alias_statement"
        " print_statement exec_statement"
    ),
    wrappers=words("expression_statement"),
    functions=words("function_definition lambda"),
    lambdas=words("lambda"),
    classes=words("class_definition"),
    loops=words("for_statement while_statement"),
    conditionals=words("if_statement conditional_expression"),
    switches=words("match_statement"),
    cases=words("case_clause"),
    tries=words("try_statement"),
    generators=words(
        "list_comprehension dictionary_comprehension set_comprehension generator_expression"
    ),
    resources=words("with_statement"),
    returns=words("return_statement"),
    breaks=words("break_statement"),
    continues=words("continue_statement"),
    throws=words("raise_statement"),
    yields=words("yield"),
    awaits=words("await"),
    expressions=words(
        "as_pattern boolean_operator comparison_operator conditional_expression lambda"
        " named_expression not_operator attribute await binary_operator call concatenated_string"
        " dictionary dictionary_comprehension ellipsis false float generator_expression identifier"
        " integer list list_comprehension none parenthesized_expression set set_comprehension"
        " string subscript true tuple unary_operator yield"
    )
    - words("as_pattern"),
    needs_place=_needs_place,
    calls=words("call await yield"),
    makers=words(
        "list dictionary set list_comprehension dictionary_comprehension set_comprehension"
        " generator_expression"
    ),
    inlined=_inlined,
    handlers=words("except_clause finally_clause else_clause"),
    maker_names=words("set dict list bytearray deque defaultdict object iter"),
    lists=words("argument_list parameters list dictionary set tuple"),
    list_words={"argument_list": "arguments", "parameters": "parameters"},
    trailing_commas=words("argument_list parameters list dictionary set tuple"),
    comma_makes=words("tuple"),
    literals=words("integer float string concatenated_string true false none ellipsis"),
    atoms=words(
        "identifier attribute call subscript list dictionary set list_comprehension"
        " dictionary_comprehension set_comprehension parenthesized_expression"
    ),
    parentheses=words("parenthesized_expression"),
    strings=words("string concatenated_string"),
    assignments=words("assignment"),
    augmented=words("augmented_assignment"),
    block_open=":",
    block_close="",
    in_order=_in_order,
    compiles=_compiles,
    keywords=frozenset(keyword.kwlist),
    variables=_variables,
    declare=_declare,
    logic=LOGIC,
    headers=HEADERS,
    members=MEMBERS,
    hiding=HIDING,
    records=RECORDS,
    properties=PROPERTIES,
    orderless=orderless,
    moving=MOVING,
    renaming=RENAMING,
    values=VALUES,
    bundles=BUNDLES,
    writing=WRITING,
    fields=FIELDS,
)
