"""Definitions moved to another file: the edits of the old file, of the new one, and of all that
import from them.

Owns the order of a move, what a target must be, and what has to be true afterwards. What is moved
and what it needs is read in `moved.py`; what changes where is planned in `moving_uses.py`, carried
out in `moving_steps.py`, and written into the new file in `moving_target.py`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from pairwright_analyzers.edits import minimal_edits
from pairwright_analyzers.facts import facts_of_parsed
from pairwright_analyzers.graph import CodeGraph
from pairwright_analyzers.graph.bindings import BindingKind
from pairwright_analyzers.graph.entities import SymbolEntity
from pairwright_analyzers.graph.loading import load_node, loaded_by, way_over_loads
from pairwright_analyzers.graph.overlay import Overlay
from pairwright_analyzers.languages import language_of
from pairwright_analyzers.refactors.context import RefactorContext
from pairwright_analyzers.refactors.model import Refactored, Refused
from pairwright_analyzers.refactors.moved import Move, needs_of, refuse_torn, uses_of
from pairwright_analyzers.refactors.moving_plan import Plan
from pairwright_analyzers.refactors.moving_steps import (
    carried_out,
    without_copied,
    without_fresh_unused,
)
from pairwright_analyzers.refactors.moving_target import target_text
from pairwright_analyzers.refactors.moving_uses import plan_old, plan_stars, plan_uses
from pairwright_analyzers.syntax import parse_politely
from pairwright_analyzers.types import SourceChange, Span, TextEdit


def moved(move: Move) -> Refactored:
    """The edit of a move, with its check. Raises `Refused` where something would break."""
    ctx = move.ctx
    refuse_torn(move)
    target = _target(move)
    needs = needs_of(move, target)
    uses = uses_of(move)
    plans: dict[str, Plan] = defaultdict(Plan)
    if not move.is_shared:
        plan_uses(move, uses, plans)
        plan_stars(move, uses, plans)
    plan_old(move, uses, needs.imports, plans[ctx.path])
    graph = _staged(move)
    edits: dict[str, tuple[TextEdit, ...]] = {}
    for path in sorted(plans):
        ctx.check()
        if path == move.target:
            continue
        here = ctx.at(path)
        after = carried_out(here, plans[path], graph)
        if path == ctx.path:
            after = without_fresh_unused(here, after, move)
            after = without_copied(after, needs.imports)
        else:
            after = without_fresh_unused(here, after, None)
        if after.text != here.text:
            gone = move.spans if path == ctx.path else ()
            edits[path] = _edits_without(here.text, after.text, gone)
    text, code = target_text(
        move, target, needs.imports, needs.edits, needs.of_target, uses, plans, graph
    )
    creates = {}
    if target is None:
        creates[move.target] = text.decode("utf-8", "surrogateescape")
    else:
        edits[move.target] = _edits_around(target.text, text, code)
    change = SourceChange(edits, creates, certain=len(edits) < 2)
    relocated = dict.fromkeys(move.ids, move.target)
    expected = Expected(move, frozenset(edits) | frozenset(creates))
    names = frozenset(name for plan in plans.values() for name in plan.receivers)
    return Refactored(change, names, None, expected.hold, relocated=relocated)


def _edits_without(before: bytes, after: bytes, gone: Iterable[Span]) -> tuple[TextEdit, ...]:
    """The line edits between two texts; lines of `gone` are the same as no other ones."""
    marked = bytearray(before)
    for span in gone:
        for at in range(span.start, span.end):
            if marked[at] not in b"\r\n":
                marked[at] = 1
    return minimal_edits(bytes(marked), after)


def _edits_around(before: bytes, after: bytes, code: bytes) -> tuple[TextEdit, ...]:
    """The line edits between two texts; lines of `code` are the same as no others."""
    if after.count(code) != 1:
        return minimal_edits(before, after)
    mark = "\x01moved\x01"
    found = minimal_edits(before, after.replace(code, mark.encode()))
    text = code.decode("utf-8", "surrogateescape")
    return tuple(replace(edit, new_text=edit.new_text.replace(mark, text)) for edit in found)


def _target(move: Move) -> RefactorContext | None:
    """The file that code is moved to; None where it is new. Raises `Refused` for one that cannot
    hold it.
    """
    ctx, target = move.ctx, move.target
    spec = language_of(target)
    if target == ctx.path:
        raise Refused(f"It is in {target} already.")
    if spec is None or spec.group != ctx.spec.group:
        raise Refused(f"{target} is no file of {ctx.spec.name}.")
    if target.startswith(("/", "../")) or "/../" in target or not target:
        raise Refused(f"{target} is not in the workspace.")
    if not move.is_shared and move.moving.outside:
        raise Refused(move.moving.outside)
    reason = move.moving.unfit(ctx.text)
    if not ctx.graph.workspace.has(target):
        if reason:
            raise Refused(reason)
        return None
    held = ctx.at(target)
    if move.moving.only_new:
        raise Refused(move.moving.only_new)
    picky = move.moving.not_everywhere
    if picky is not None and picky.search(held.text):
        raise Refused(f"{target} refuses to be loaded in some places.")
    if move.is_shared:
        heads = [move.moving.heading(one.parsed.root, one.text) for one in (ctx, held)]
        if heads[0] != heads[1]:
            raise Refused(f"{target} is built under other conditions, or is another package.")
    reason = reason or move.moving.unfit(held.text)
    if reason:
        raise Refused(reason)
    if held.parsed.root.has_error:
        raise Refused(f"{target} cannot be read whole.")
    for unit in move.units:
        if not move.is_shared:
            _refuse_defined(move, held, unit.name)
    return held


def _refuse_defined(move: Move, target: RefactorContext, name: str) -> None:
    for one in target.bindings.top_level(name):
        if one.kind is BindingKind.IMPORT:
            found = target.graph.resolver.imported(target.path, one.index)
            if any(
                isinstance(entity, SymbolEntity) and move.is_target(entity.id)
                for entity, _ in found
            ):
                continue
        if one.kind is BindingKind.SYMBOL and target.facts.symbol_owner(one.index):
            continue
        raise Refused(f"`{name}` already means something in {target.path}.")


def _staged(move: Move) -> CodeGraph:
    """The graph with the new file in it, empty: imports from it are the workspace's own."""
    graph = move.ctx.graph
    if graph.workspace.has(move.target):
        return graph
    spec = language_of(move.target)
    assert spec is not None
    facts = facts_of_parsed(parse_politely(spec, b""))
    return CodeGraph(Overlay(graph.workspace, {move.target: (b"", facts)}))


@dataclass(frozen=True, slots=True)
class Expected:
    """No file waits for itself while it is loaded, unless it did before."""

    move: Move
    paths: frozenset[str]

    def hold(self, after: CodeGraph, _place: Callable[[str, int], int | None]) -> None:
        """Raises `Refused` for a circle of imports that was not there."""
        before = self.move.ctx.graph
        for path in sorted(self.paths):
            self.move.ctx.check()
            node = load_node(path)
            was = set(loaded_by(before, path))
            for needed in self._needed(after, path):
                if needed in was or needed == node:
                    continue
                way = way_over_loads(after, needed, node, self.move.ctx.check)
                if way is None or self._was_there(before, path, needed, len(way)):
                    continue
                steps = " → ".join([node, *way])
                raise Refused(
                    f"The files would import each other: {steps}. Move what both need as well."
                )

    def _needed(self, after: CodeGraph, path: str) -> list[str]:
        found: dict[str, None] = {}
        around = set(self.move.moving.packages(path))
        for needed in loaded_by(after, path):
            found[needed] = None
            for package in self.move.moving.packages(needed):
                if package not in around and package != path and after.workspace.has(package):
                    found[package] = None
        return list(found)

    def _was_there(self, before: CodeGraph, path: str, needed: str, steps: int) -> bool:
        """Whether the two waited for each other before; the old file stands for the new one."""
        old = self.move.ctx.path
        if steps < 2 or {path, needed} == {old, self.move.target}:
            return False
        one = old if path == self.move.target else path
        other = old if needed == load_node(self.move.target) else needed
        if one == other:
            return False
        check = self.move.ctx.check
        return (
            way_over_loads(before, load_node(one), load_node(other), check) is not None
            and way_over_loads(before, load_node(other), load_node(one), check) is not None
        )
