"""The registry of refactorings: a plain tuple, in the order in which they are offered; and the two
ways in: what can be had at a selection, and the edit of one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pairwright_analyzers.refactors import (
    add_braces,
    add_import,
    add_parameter,
    arrow_body,
    arrow_to_function,
    async_chain,
    change_signature,
    class_to_dataclass,
    comprehension_to_loop,
    convert_to_property,
    de_morgan,
    encapsulate_field,
    extract_constant,
    extract_field,
    extract_function,
    extract_interface,
    extract_method,
    extract_module,
    extract_parameter,
    extract_parameter_object,
    extract_type_alias,
    extract_variable,
    field_to_local,
    flip_operands,
    function_to_arrow,
    guard_clause,
    if_to_match,
    if_to_ternary,
    inline_default,
    inline_function,
    inline_variable,
    invert_if,
    keyword_arguments,
    lambda_to_function,
    local_to_field,
    loop_to_comprehension,
    make_async,
    make_static,
    match_to_if,
    merge_nested_if,
    move_file_to_package,
    move_method,
    move_symbol,
    move_to_top_level,
    nest_guard,
    organise_imports,
    pull_up_member,
    push_down_member,
    remove_braces,
    remove_parameter,
    remove_unused_function,
    remove_unused_import,
    remove_unused_variable,
    rename_file,
    rename_symbol,
    reorder_parameters,
    replace_magic_literal,
    replace_pattern,
    sort_items,
    sort_members,
    split_if,
    split_join,
    string_format,
    ternary_to_if,
    var_to_const,
)
from pairwright_analyzers.refactors.check import checked
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.model import Offer, Refactor, Refactored, Refused

__all__ = [
    "REFACTORS",
    "Offer",
    "Refactor",
    "RefactorContext",
    "Refactored",
    "Refused",
    "offers_at",
    "refactored",
]

REFACTORS: tuple[Refactor, ...] = (
    extract_function.REFACTOR,
    extract_method.REFACTOR,
    extract_module.REFACTOR,
    extract_variable.REFACTOR,
    extract_constant.REFACTOR,
    extract_field.REFACTOR,
    extract_parameter.REFACTOR,
    extract_parameter_object.REFACTOR,
    extract_type_alias.REFACTOR,
    extract_interface.REFACTOR,
    local_to_field.REFACTOR,
    field_to_local.REFACTOR,
    inline_variable.REFACTOR,
    inline_function.REFACTOR,
    inline_function.CALL,
    split_join.SPLIT,
    split_join.JOIN,
    replace_magic_literal.REFACTOR,
    replace_pattern.REFACTOR,
    invert_if.REFACTOR,
    guard_clause.REFACTOR,
    nest_guard.REFACTOR,
    merge_nested_if.REFACTOR,
    split_if.REFACTOR,
    de_morgan.REFACTOR,
    flip_operands.REFACTOR,
    ternary_to_if.REFACTOR,
    if_to_ternary.REFACTOR,
    if_to_match.REFACTOR,
    match_to_if.REFACTOR,
    loop_to_comprehension.REFACTOR,
    comprehension_to_loop.REFACTOR,
    string_format.REFACTOR,
    encapsulate_field.REFACTOR,
    pull_up_member.REFACTOR,
    push_down_member.REFACTOR,
    sort_members.REFACTOR,
    class_to_dataclass.REFACTOR,
    class_to_dataclass.TO_CLASS,
    convert_to_property.REFACTOR,
    convert_to_property.TO_METHOD,
    sort_items.REFACTOR,
    var_to_const.REFACTOR,
    function_to_arrow.REFACTOR,
    arrow_to_function.REFACTOR,
    arrow_body.REFACTOR,
    lambda_to_function.REFACTOR,
    async_chain.REFACTOR,
    make_async.REFACTOR,
    add_braces.REFACTOR,
    remove_braces.REFACTOR,
    move_symbol.REFACTOR,
    move_method.REFACTOR,
    move_to_top_level.REFACTOR,
    move_file_to_package.REFACTOR,
    rename_symbol.REFACTOR,
    rename_file.REFACTOR,
    remove_parameter.REFACTOR,
    reorder_parameters.LEFT,
    reorder_parameters.RIGHT,
    reorder_parameters.REFACTOR,
    add_parameter.REFACTOR,
    change_signature.REFACTOR,
    keyword_arguments.TO_KEYWORD,
    keyword_arguments.TO_POSITIONAL,
    inline_default.REFACTOR,
    make_static.REFACTOR,
    remove_unused_import.REFACTOR,
    organise_imports.REFACTOR,
    add_import.REFACTOR,
    remove_unused_variable.REFACTOR,
    remove_unused_function.REFACTOR,
)


def offers_at(ctx: RefactorContext, refactor: Refactor) -> Sequence[Offer]:
    """What one refactoring offers at a selection; () in a language that it does not know."""
    if ctx.spec.id not in refactor.languages:
        return ()
    try:
        return refactor.offers(ctx)
    except Refused:
        return ()


def refactored(
    ctx: RefactorContext, refactor: Refactor, arguments: Mapping[str, Any]
) -> Refactored:
    """The edit of one refactoring, checked. Raises `Refused` with the reason where it cannot be
    done safely.
    """
    if ctx.spec.id not in refactor.languages:
        raise Refused(f"{refactor.title} does not know {ctx.spec.name}.")
    return checked(ctx.graph, refactor.apply(ctx, arguments), ctx.check)
