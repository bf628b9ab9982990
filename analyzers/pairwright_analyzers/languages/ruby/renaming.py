"""What renaming needs to know of Ruby."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pairwright_analyzers.languages.renaming import ModulePaths, Modules, Renaming, Shorthand
from pairwright_analyzers.languages.shapes import words

if TYPE_CHECKING:
    from tree_sitter import Node

_OF_THE_TYPE = words(
    "attr_accessor attr_reader attr_writer alias_method private public protected module_function"
    " private_class_method public_class_method private_constant undef_method remove_method"
)


def _shorthand(name: Node) -> Shorthand | None:
    parent = name.parent
    if name.type != "hash_key_symbol" or parent is None:
        return None
    if parent.type not in ("pair", "keyword_pattern") or parent.child_by_field_name("value"):
        return None
    return Shorthand(parent)


def _called(node: Node) -> str:
    """The method that a symbol is an argument of."""
    arguments = node.parent
    call = arguments.parent if arguments is not None else None
    if arguments is None or arguments.type != "argument_list" or call is None:
        return ""
    method = call.child_by_field_name("method")
    return (method.text or b"").decode("utf-8", "replace") if method is not None else ""


def _own_member(node: Node, _source: bytes) -> bool:
    return node.type == "simple_symbol" and _called(node) in _OF_THE_TYPE


def _spoken(node: Node, _source: bytes) -> bool:
    return node.type in ("simple_symbol", "string") and bool(_called(node))


RENAMING = Renaming(
    modules=Modules.PATHS,
    module_paths=ModulePaths(left_out=(".rb",)),
    sigils="$@",
    shorthand=_shorthand,
    spoken=_spoken,
    name_ends="?!",
    own_member=_own_member,
    contracts=words(
        "initialize initialize_copy to_s to_str to_a to_ary to_h to_hash to_proc to_i to_sym"
        " inspect each call hash coerce method_missing respond_to_missing? inherited included"
        " extended prepended method_added const_missing new <=> == === eql? equal?"
    ),
)
