"""Whether a call fits a signature, what a changed signature breaks, how a call must follow it.

Pure functions over `types.Signature` and `types.Call`; what differs between languages is read
from `LanguageSpec.arguments`. Knows no graph and no rule. Where a call cannot be judged (a spread
may hold anything) the answer is always that it fits.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from types import MappingProxyType
from typing import NamedTuple

from pairwright_analyzers.languages.spec import ArgumentRules, LanguageSpec
from pairwright_analyzers.types import (
    CALLABLE_KINDS,
    CONTAINER_KINDS,
    Argument,
    Call,
    Parameter,
    ParameterKind,
    Signature,
    Span,
    Symbol,
    SymbolFlag,
    SymbolKind,
    TextEdit,
)

_BY_POSITION = frozenset(
    {ParameterKind.POSITIONAL, ParameterKind.POSITIONAL_ONLY, ParameterKind.RECEIVER}
)
_VARIADIC = frozenset({ParameterKind.VARIADIC, ParameterKind.KEYWORD_VARIADIC})
_EFFECT = re.compile(rb"[(]|\b(?:await|yield|new|delete)\b|:=|\+\+|--|(?<![=!<>])=(?![=>])|`")
_SELF_CONTAINED = re.compile(
    r"""-?\d[\w.]*|"[^"\\\n{}]*"|'[^'\\\n{}]*'|True|False|None|true|false|null|nil|NULL|undefined"""
)
_SEPARATOR = re.compile(rb"\s*,\s*")
_NO_VALUES: Mapping[int, str] = MappingProxyType({})
_SPACES = re.compile(r"\s+")


def signature_of(spec: LanguageSpec, symbol: Symbol, *, member: bool) -> Signature:
    """A callable's parameters, its receiver marked as such. `member`: it lies in a type."""
    signature = spec.signature(symbol.signature)
    if not member or not spec.arguments.first_is_receiver or symbol.flags & SymbolFlag.STATIC:
        return signature
    if not signature.parameters or signature.parameters[0].kind not in _BY_POSITION:
        return signature
    receiver = replace(signature.parameters[0], kind=ParameterKind.RECEIVER)
    return replace(signature, parameters=(receiver, *signature.parameters[1:]))


def is_member(symbol: Symbol, container: SymbolKind | None) -> bool:
    """Whether a callable belongs to a type: nested in one, or owned by one it stands outside of."""
    if symbol.kind not in CALLABLE_KINDS:
        return False
    if symbol.owner or symbol.kind in (SymbolKind.METHOD, SymbolKind.CONSTRUCTOR):
        return True
    return container in CONTAINER_KINDS and container is not SymbolKind.NAMESPACE


def call_problem(
    spec: LanguageSpec, signature: Signature, call: Call, *, bound: bool
) -> str | None:
    """Why a call does not fit a signature, as the end of a sentence; None when it fits.

    `bound` says that the receiver is supplied already (`obj.f(x)`, not `Type.f(obj, x)`).
    """
    return _bind(spec.arguments, _passable(signature, bound), call.arguments).problem


def incompatible(spec: LanguageSpec, before: Signature, after: Signature) -> tuple[str, ...]:
    """What changed between two signatures that can break callers, in words; () for nothing."""
    old, new = _passable(before, bound=True), _passable(after, bound=True)
    partner = _partners(old, new)
    origin = {to: at for at, to in partner.items()}
    found: list[str] = []
    for index, item in enumerate(old):
        if index not in partner:
            found.append(_removed(item))
            continue
        now = new[partner[index]]
        by_name = spec.arguments.keywords or item.kind is ParameterKind.KEYWORD_ONLY
        variadic = item.kind in _VARIADIC
        if item.name != now.name and by_name and not variadic:
            found.append(f"parameter '{item.name}' is now named '{now.name}'")
        if item.kind is not now.kind:
            if now.kind is ParameterKind.KEYWORD_ONLY:
                found.append(f"parameter '{now.name}' became keyword-only")
            elif now.kind is ParameterKind.POSITIONAL_ONLY and by_name:
                found.append(f"parameter '{now.name}' became positional-only")
        if item.optional and not now.optional and not spec.arguments.missing_allowed:
            found.append(f"parameter '{now.name}' is required now")
        if item.annotation and now.annotation and _folded(item) != _folded(now):
            found.append(
                f"parameter '{now.name}' changed its type"
                f" from {item.annotation} to {now.annotation}"
            )
    for index, item in enumerate(new):
        if index in origin:
            continue
        if not item.optional and not spec.arguments.missing_allowed:
            found.append(f"parameter '{item.name}' was added without a default")
    order = [partner[index] for index in range(len(old)) if index in partner]
    places = [at for at in order if new[at].kind in _BY_POSITION]
    if places != sorted(places):
        found.append("the order of the parameters changed")
    elif _inserted(old, new, origin):
        found.append("a parameter was inserted before others")
    if before.returns != after.returns and _squeezed(before.returns) != _squeezed(after.returns):
        was, now_returns = before.returns or "nothing said", after.returns or "nothing said"
        found.append(f"the return type changed from {was} to {now_returns}")
    return tuple(found)


def bound_arguments(
    spec: LanguageSpec, signature: Signature, call: Call, *, bound: bool
) -> dict[int, Argument] | None:
    """Which argument each parameter gets, by the parameter's index in `signature`; what gets none
    is left out. None where that cannot be told: spreads, wrong or variable numbers.
    """
    parameters = _passable(signature, bound)
    found = _bind(spec.arguments, parameters, call.arguments)
    if found.problem or not found.judged:
        return None
    skipped = len(signature.parameters) - len(parameters)
    given: dict[int, Argument] = {}
    for argument, place in found.slots.items():
        if parameters[place].kind in _VARIADIC:
            return None
        given[place + skipped] = call.arguments[argument]
    return given


def moved_arguments(
    spec: LanguageSpec, before: Signature, after: Signature, call: Call, *, bound: bool
) -> tuple[tuple[Argument, Parameter, Parameter], ...]:
    """Arguments of a call that fits both signatures but now reach another parameter than before.

    Each comes with the parameter it reached and the one it reaches now.
    """
    old, new = _passable(before, bound), _passable(after, bound)
    was = _bind(spec.arguments, old, call.arguments)
    now = _bind(spec.arguments, new, call.arguments)
    if was.problem or now.problem or not was.judged:
        return ()
    partner = _partners(old, new)
    found: list[tuple[Argument, Parameter, Parameter]] = []
    for index, argument in enumerate(call.arguments):
        old_at, new_at = was.slots.get(index), now.slots.get(index)
        if old_at is None or new_at is None or new_at == partner.get(old_at):
            continue
        if old_at in partner or new_at in partner.values():
            found.append((argument, old[old_at], new[new_at]))
    return tuple(found)


def updated_arguments(
    spec: LanguageSpec,
    before: Signature,
    after: Signature,
    call: Call,
    text: bytes,
    *,
    bound: bool,
) -> tuple[TextEdit, ...] | None:
    """The edits that make a call mean under `after` what it meant under `before`.

    () when it need not change. None when a person must decide: a new parameter whose value nobody
    knows, a dropped argument whose evaluation may do something, spreads.
    """
    old, new = _passable(before, bound), _passable(after, bound)
    return respelled_arguments(spec, old, new, _partners(old, new), call, text)


def respelled_arguments(
    spec: LanguageSpec,
    old: Sequence[Parameter],
    new: Sequence[Parameter],
    partner: Mapping[int, int],
    call: Call,
    text: bytes,
    values: Mapping[int, str] = _NO_VALUES,
    render: Callable[[Span], str] | None = None,
) -> tuple[TextEdit, ...] | None:
    """The edits that make a call that fits `old` fit `new`, its arguments reaching the `partner` of
    the parameter that they reached before.

    `values` are what new parameters get, by their index; `render` gives the text of an argument
    whose inside is edited as well. None as in `updated_arguments`.
    """
    rules = spec.arguments
    bound_before = _bind(rules, old, call.arguments)
    if bound_before.problem or not bound_before.judged:
        return None
    nameable = _nameable(rules, new)
    given: dict[int, _Given] = {}
    rest: list[_Given] = []
    dropped: list[int] = []

    def written(span: Span) -> str:
        return render(span) if render else text[span.start : span.end].decode("utf-8", "replace")

    for index, argument in enumerate(call.arguments):
        at = bound_before.slots[index]
        now = partner.get(at)
        if now is None:
            if old[at].kind in _VARIADIC:
                return None
            if may_have_effect(text, argument.value):
                return None
            dropped.append(index)
            continue
        # Without a name, what stands before the value belongs to it: `ref x`.
        value = written(argument.value if argument.name else argument.span)
        label = text[argument.span.start : argument.value.start].decode("utf-8", "replace")
        one = _Given(value, argument.name, label, index)
        taker = nameable.get(argument.name) if new[now].kind in _VARIADIC else None
        if taker is not None:
            # What further keywords took has become a parameter of its own.
            if taker in given or taker in partner.values():
                return None
            given[taker] = one
        elif new[now].kind in _VARIADIC:
            rest.append(one)
        else:
            given[now] = one
    for index, parameter in enumerate(new):
        if index in given:
            continue
        if index in values:
            given[index] = _Given(values[index], "", "", len(call.arguments))
            continue
        if parameter.optional or parameter.kind in _VARIADIC:
            continue
        origin = next((at for at, to in partner.items() if to == index), None)
        default = old[origin].default if origin is not None else ""
        if rules.missing_allowed and not default:
            continue
        if not _SELF_CONTAINED.fullmatch(default):
            return None
        given[index] = _Given(default, "", "", len(call.arguments))
    spelled = _spell(rules, new, given, rest)
    if spelled is None:
        return None
    return _rewrite(call, text, spelled, dropped, written, bare=spec.calls_by_name)


def may_have_effect(text: bytes, span: Span) -> bool:
    """Whether leaving a value out could be noticed: it calls, assigns or makes something."""
    return _EFFECT.search(text, span.start, span.end) is not None


def passable(signature: Signature, bound: bool) -> tuple[Parameter, ...]:
    """The parameters that a call can reach: without the receiver where it is supplied already."""
    return _passable(signature, bound)


def fits_override(spec: LanguageSpec, base: Signature, override: Signature) -> str | None:
    """Why an override cannot stand in for its base, as the end of a sentence; None when it can.

    Names of positional parameters may differ: only counts, requiredness and keyword-only names are
    judged, and types where the language tells overrides apart by them are the caller's business.
    """
    rules = spec.arguments
    ours, theirs = _passable(base, bound=True), _passable(override, bound=True)
    if _takes_anything(ours):
        return None
    base_fixed = [item for item in ours if item.kind in _BY_POSITION]
    base_least = sum(not item.optional for item in base_fixed)
    fixed = [item for item in theirs if item.kind in _BY_POSITION]
    variadic = any(item.kind is ParameterKind.VARIADIC for item in theirs)
    named = {item.name for item in theirs if item.kind is not ParameterKind.VARIADIC}
    any_name = any(item.kind is ParameterKind.KEYWORD_VARIADIC for item in theirs)
    required = [item for item in fixed if not item.optional]
    if len(required) > base_least and not rules.missing_allowed:
        extra = required[base_least:]
        reached = {item.name for item in base_fixed if not item.optional}
        extra = [item for item in extra if item.name not in reached] or extra
        return f"it requires {_names(extra)}, which the base does not"
    if len(fixed) < len(base_fixed) and not variadic:
        lenient = rules.extra_allowed or rules.overrides_may_take_fewer
        missing = [
            item
            for item in base_fixed[len(fixed) :]
            if not (rules.keywords and (any_name or item.name in named))
        ]
        if missing and not lenient:
            return f"it does not take {_names(missing)}, which the base does"
    for item in ours:
        if item.kind is ParameterKind.KEYWORD_ONLY and item.name not in named and not any_name:
            return f"it does not take the keyword '{item.name}', which the base does"
    base_names = {item.name for item in ours}
    if not any(item.kind is ParameterKind.KEYWORD_VARIADIC for item in ours):
        for item in theirs:
            if (
                item.kind is ParameterKind.KEYWORD_ONLY
                and not item.optional
                and item.name not in base_names
            ):
                return f"it requires the keyword '{item.name}', which the base does not"
    return None


@dataclass(frozen=True, slots=True)
class _Binding:
    """Which parameter each argument reaches (indexes), or the first problem."""

    slots: dict[int, int]
    problem: str | None = None
    judged: bool = True


@dataclass(frozen=True, slots=True)
class _Given:
    """An argument to be written.

    Its value's text, the name it was written with, the text before the value that held the name,
    and its place in the old list.
    """

    value: str
    name: str
    label: str
    order: int


def _passable(signature: Signature, bound: bool) -> tuple[Parameter, ...]:
    parameters = signature.parameters
    if bound and parameters and parameters[0].kind is ParameterKind.RECEIVER:
        return parameters[1:]
    return parameters


def _bind(
    rules: ArgumentRules, parameters: Sequence[Parameter], arguments: Sequence[Argument]
) -> _Binding:
    if any(argument.spread for argument in arguments):
        return _Binding({}, judged=False)
    slots: dict[int, int] = {}
    named = _nameable(rules, parameters)
    any_name = _index_of(parameters, ParameterKind.KEYWORD_VARIADIC)
    folds = not named and any_name is None and not rules.keywords
    positional: list[int] = []
    taken: dict[int, str] = {}
    for index, argument in enumerate(arguments):
        if not argument.name or folds:
            # Named arguments that no parameter can take are one trailing hash (Ruby).
            if argument.name and positional and arguments[positional[-1]].name:
                continue
            positional.append(index)
            continue
        at = named.get(argument.name, any_name)
        if at is None:
            return _Binding({}, f"unknown keyword '{argument.name}'")
        if at in taken and at != any_name:
            return _Binding({}, f"argument '{argument.name}' is passed twice")
        taken[at] = argument.name
        slots[index] = at
    fixed = [at for at, item in enumerate(parameters) if item.kind in _BY_POSITION]
    places = _positions(parameters, fixed, len(positional), taken)
    variadic = _index_of(parameters, ParameterKind.VARIADIC)
    for count, index in enumerate(positional):
        if count < len(places):
            if places[count] in taken:
                return _Binding({}, f"argument '{taken[places[count]]}' is passed twice")
            slots[index] = places[count]
        elif variadic is not None:
            slots[index] = variadic
        elif not rules.extra_allowed:
            word = "positional arguments" if rules.keywords else "arguments"
            return _Binding({}, f"too many {word} ({len(positional)}, takes {len(fixed)})")
        else:
            return _Binding({}, judged=False)
    if not rules.missing_allowed:
        reached = set(slots.values())
        missing = [
            item
            for at, item in enumerate(parameters)
            if at not in reached and not item.optional and item.kind not in _VARIADIC
        ]
        if missing:
            word = "arguments" if len(missing) > 1 else "argument"
            return _Binding({}, f"missing {word} {_names(missing)}")
    return _Binding(slots, judged=not folds or not any(item.name for item in arguments))


def _nameable(rules: ArgumentRules, parameters: Sequence[Parameter]) -> dict[str, int]:
    return {
        item.name: at
        for at, item in enumerate(parameters)
        if item.kind is ParameterKind.KEYWORD_ONLY
        or (rules.keywords and item.kind is ParameterKind.POSITIONAL)
    }


def _positions(
    parameters: Sequence[Parameter], fixed: list[int], count: int, taken: dict[int, str]
) -> list[int]:
    """The parameters that `count` positional arguments reach, in order."""
    optional = [parameters[at].optional for at in fixed]
    if optional == sorted(optional):
        return fixed[:count]
    # Required parameters behind optional ones (Ruby) are served first.
    surplus = count - sum(not parameters[at].optional for at in fixed if at not in taken)
    reached: list[int] = []
    for at in fixed:
        if not parameters[at].optional:
            reached.append(at)
        elif surplus > 0:
            surplus -= 1
            reached.append(at)
    return reached[:count]


def _index_of(parameters: Sequence[Parameter], kind: ParameterKind) -> int | None:
    return next((at for at, item in enumerate(parameters) if item.kind is kind), None)


def _partners(old: Sequence[Parameter], new: Sequence[Parameter]) -> dict[int, int]:
    """Old index -> new index of the parameters that are the same ones, renamed ones included.

    A rename is a lone change between the same neighbours that keeps the annotation.
    """
    places = {item.name: at for at, item in enumerate(new)}
    partner: dict[int, int] = {}
    for at, item in enumerate(old):
        if item.kind in _VARIADIC:
            same = _index_of(new, item.kind)
            if same is not None:
                partner[at] = same
        elif item.name in places and new[places[item.name]].kind not in _VARIADIC:
            partner[at] = places[item.name]
    taken = set(partner.values())
    gone: dict[tuple[int, int], list[int]] = defaultdict(list)
    fresh: dict[tuple[int, int], list[int]] = defaultdict(list)
    for at in range(len(old)):
        if at not in partner:
            gone[_gap(at, len(old), lambda one: partner.get(one), len(new))].append(at)
    for at in range(len(new)):
        if at not in taken:
            key = _gap(at, len(new), lambda one: one if one in taken else None, len(new))
            fresh[key].append(at)
    for key, olds in gone.items():
        news = fresh.get(key, [])
        if len(news) != len(olds):
            continue
        for was, now in zip(olds, news, strict=True):
            if old[was].kind in _BY_POSITION and new[now].kind not in _BY_POSITION:
                continue
            if new[now].kind in _VARIADIC:
                continue
            if old[was].kind in _VARIADIC:
                continue
            if _folded(old[was]) == _folded(new[now]):
                partner[was] = now
    return partner


def _gap(at: int, size: int, place: Callable[[int], int | None], end: int) -> tuple[int, int]:
    """The new places of the nearest known neighbours before and behind a parameter."""
    before = next((found for one in range(at - 1, -1, -1) if (found := place(one)) is not None), -1)
    behind = next((found for one in range(at + 1, size) if (found := place(one)) is not None), end)
    return before, behind


def _spell(
    rules: ArgumentRules,
    parameters: Sequence[Parameter],
    given: Mapping[int, _Given],
    rest: Sequence[_Given],
) -> list[str] | None:
    """The new arguments: positional ones in the order of their parameters, then named ones."""
    positional: list[str] = []
    named: list[tuple[int, str]] = []
    open_places = True
    for at, parameter in enumerate(parameters):
        if parameter.kind in _VARIADIC:
            continue
        one = given.get(at)
        can_stand = open_places and parameter.kind in _BY_POSITION
        can_name = parameter.kind is ParameterKind.KEYWORD_ONLY or (
            rules.keywords and parameter.kind is ParameterKind.POSITIONAL
        )
        if one is not None and can_stand and not (one.name and can_name):
            positional.append(one.value)
        elif one is not None and can_name:
            label = (
                one.label.replace(one.name, parameter.name, 1)
                if one.name
                else rules.keyword_label.format(parameter.name)
            )
            named.append((one.order, label + one.value))
            open_places = open_places and parameter.kind not in _BY_POSITION
        elif one is not None:
            return None
        else:
            open_places = open_places and parameter.kind not in _BY_POSITION
    for one in rest:
        if one.name:
            named.append((one.order, one.label + one.value))
        elif open_places:
            positional.append(one.value)
        else:
            return None
    return positional + [spelled for _, spelled in sorted(named)]


def _rewrite(
    call: Call,
    text: bytes,
    spelled: Sequence[str],
    dropped: Sequence[int],
    written: Callable[[Span], str],
    *,
    bare: bool,
) -> tuple[TextEdit, ...] | None:
    """Edits that keep the layout: texts change places, gaps close, new ones are appended. `bare`
    says that a call needs no brackets.
    """
    arguments = call.arguments
    kept = [index for index in range(len(arguments)) if index not in dropped]
    edits: list[TextEdit] = []
    inside = Span(call.list_span.start + 1, max(call.list_span.start + 1, call.list_span.end - 1))
    bracketed = text[call.list_span.start : call.list_span.start + 1] == b"("
    if not kept:
        if not arguments and not spelled:
            return ()
        blank = text[inside.start : inside.end]
        if not bracketed and bare:
            outside = Span(call.callee.end, max(call.callee.end, call.list_span.end))
            return (TextEdit(outside, f"({', '.join(spelled)})" if spelled else ""),)
        if not bracketed or (not arguments and blank.strip()):
            return None
        between = [text[inside.start : arguments[0].span.start]] if arguments else []
        if any(part.strip() for part in between) or _has_comment(text, call, 0, len(arguments) - 1):
            return None
        return (TextEdit(inside, ", ".join(spelled)),)
    slots = _slots([written(arguments[index].span) for index in kept], spelled)
    for index, fresh, new_text in zip(kept, slots.before, slots.texts, strict=True):
        span = arguments[index].span
        if fresh:
            start = Span(span.start, span.start)
            comma = _gap_before(text, call, index)
            edits.append(TextEdit(start, "".join(f"{one}{comma}" for one in fresh)))
        if written(span) != new_text:
            edits.append(TextEdit(span, new_text))
    for first, last in _runs(dropped):
        if _has_comment(text, call, max(first - 1, 0), min(last + 1, len(arguments) - 1)):
            return None
        if last + 1 < len(arguments):
            edits.append(
                TextEdit(Span(arguments[first].span.start, arguments[last + 1].span.start), "")
            )
        else:
            edits.append(
                TextEdit(Span(arguments[first - 1].span.end, arguments[last].span.end), "")
            )
    if slots.more:
        end = arguments[kept[-1]].span.end
        separator = ", "
        if len(kept) > 1 and kept[-1] - kept[-2] == 1:
            gap = text[arguments[kept[-2]].span.end : arguments[kept[-1]].span.start]
            if _SEPARATOR.fullmatch(gap):
                separator = gap.decode()
        edits.append(TextEdit(Span(end, end), "".join(separator + one for one in slots.more)))
    return tuple(sorted(edits, key=lambda edit: (edit.span.start, edit.span.end)))


def _gap_before(text: bytes, call: Call, index: int) -> str:
    """What stands between an argument and the one before it, `, ` where that is not plain."""
    if index == 0:
        return ", "
    arguments = call.arguments
    gap = text[arguments[index - 1].span.end : arguments[index].span.start]
    return gap.decode() if _SEPARATOR.fullmatch(gap) else ", "


class _Slots(NamedTuple):
    """What goes into the places of old arguments, before each of them, and behind all."""

    texts: list[str]
    before: list[list[str]]
    more: list[str]


def _slots(old: Sequence[str], new: Sequence[str]) -> _Slots:
    """New ones are put between old ones where those keep their order."""
    before: list[list[str]] = []
    waiting: list[str] = []
    for text in new:
        if len(before) < len(old) and text == old[len(before)]:
            before.append(waiting)
            waiting = []
        else:
            waiting.append(text)
    if len(before) == len(old):
        return _Slots(list(old), before, waiting)
    return _Slots(list(new[: len(old)]), [[] for _ in old], list(new[len(old) :]))


def _runs(indexes: Sequence[int]) -> Iterator[tuple[int, int]]:
    first = last = -1
    for index in indexes:
        if first >= 0 and index != last + 1:
            yield first, last
            first = index
        elif first < 0:
            first = index
        last = index
    if first >= 0:
        yield first, last


def _has_comment(text: bytes, call: Call, first: int, last: int) -> bool:
    """Whether something that is neither space nor comma stands between two arguments."""
    arguments = call.arguments[first : last + 1]
    return any(
        not _SEPARATOR.fullmatch(text[left.span.end : right.span.start])
        for left, right in pairwise(arguments)
    )


def _removed(item: Parameter) -> str:
    if item.kind is ParameterKind.VARIADIC:
        return "further positional arguments are no longer taken"
    if item.kind is ParameterKind.KEYWORD_VARIADIC:
        return "further keyword arguments are no longer taken"
    return f"parameter '{item.name}' was removed"


def _inserted(
    old: Sequence[Parameter], new: Sequence[Parameter], origin: Mapping[int, int]
) -> bool:
    """Whether a new positional parameter stands before one that calls already reach by position."""
    fresh = [at for at, one in enumerate(new) if at not in origin and one.kind in _BY_POSITION]
    return (
        any(
            at > min(fresh, default=len(new)) and new[at].kind in _BY_POSITION and new[at].optional
            for at in origin
        )
        and len(old) > 0
    )


def _takes_anything(parameters: Sequence[Parameter]) -> bool:
    kinds = {item.kind for item in parameters}
    return ParameterKind.VARIADIC in kinds and ParameterKind.KEYWORD_VARIADIC in kinds


def _names(parameters: Sequence[Parameter]) -> str:
    quoted = [f"'{item.name}'" for item in parameters]
    return quoted[0] if len(quoted) == 1 else ", ".join(quoted[:-1]) + f" and {quoted[-1]}"


def _folded(item: Parameter) -> str:
    return _squeezed(item.annotation)


def _squeezed(text: str) -> str:
    return _SPACES.sub("", text)
