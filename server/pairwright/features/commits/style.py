"""How a repository writes its commit messages, learnt from its history and its configuration.

Owns the learning. It must not know any one change. What somebody wrote down (`MessageRules`) goes
before what the history shows.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TypeVar

from pairwright.features.commits.configuration import MessageRules, configured_rules
from pairwright.features.commits.header import (
    STANDARD_TYPES,
    TICKET,
    Form,
    Header,
    is_type,
    parsed_header,
)
from pairwright.git.log import LoggedCommit, commits, trailers_of
from pairwright.git.repo import RepoView

HISTORY = 500
"""Commits that a style is learnt from."""

DEFAULT_WIDTH = 72
BODY_WIDTH = 72
_FEW = 5
"""Commits below which a history shows no habit."""

_BOT = re.compile(
    r"\[bot\]|\bbot\b|renovate|dependabot|pre-commit-ci|github-actions|greenkeeper", re.I
)
_RELEASE = re.compile(
    r"^(chore\(release\)|release\b|bump version|publish\b|prepare (for )?(next )?release)"
    r"|^v?\d+\.\d+\.\d+"
    r"|^(bump|chore|build): ?(release|version|bump version)",
    re.I,
)


class Mood(StrEnum):
    """The form of a subject's verb."""

    IMPERATIVE = "imperative"
    """add"""
    PAST = "past"
    """added"""
    THIRD = "third person"
    """adds"""
    GERUND = "gerund"
    """adding"""


class TicketPlace(StrEnum):
    """Where a ticket stands in a message."""

    PREFIX = "prefix"
    """`ABC-1 subject`; the exact form is in `CommitStyle.ticket_form`."""
    SCOPE = "scope"
    SUFFIX = "suffix"
    FOOTER = "footer"


@dataclass(frozen=True, slots=True)
class CommitStyle:
    """A repository's habits. Shares are from 0 to 1, of the commits that people wrote.

    `types`, `scopes` and `prefixes` count uses. `max_header` is the most characters a header may
    have. `capital` says that a subject begins with one. `ticket_form` has `{}` where the ticket
    goes. `emojis` maps a type, or a kind of change in a history without types, to its emoji.
    `allowed_types` and `allowed_scopes` are all there may be, empty where any is fine.
    """

    commits: int = 0
    form: Form = Form.PLAIN
    types: Mapping[str, int] = field(default_factory=dict)
    scopes: Mapping[str, int] = field(default_factory=dict)
    prefixes: Mapping[str, int] = field(default_factory=dict)
    allowed_types: tuple[str, ...] = ()
    allowed_scopes: tuple[str, ...] = ()
    scope_share: float = 0.0
    max_header: int = DEFAULT_WIDTH
    capital: bool = False
    mood: Mood = Mood.IMPERATIVE
    period: bool = False
    emoji: float = 0.0
    emojis: Mapping[str, str] = field(default_factory=dict)
    ticket_place: TicketPlace | None = None
    ticket_form: str = "{} "
    ticket_share: float = 0.0
    trailers: Mapping[str, float] = field(default_factory=dict)
    body_share: float = 0.0
    bullet: str = "- "
    body_width: int = BODY_WIDTH
    breaking_marks: bool = False
    language: str = "en"
    rules: MessageRules = field(default_factory=MessageRules)

    @property
    def conventional(self) -> bool:
        """Whether headers are `type(scope): subject`."""
        return self.form is Form.CONVENTIONAL

    @property
    def wrap_at(self) -> int:
        """The most characters of a line of the body."""
        return min(self.body_width, self.rules.max_body_line or self.body_width)

    @property
    def stops(self) -> bool:
        """Whether subjects end with a full stop."""
        return self.period if self.rules.full_stop is None else self.rules.full_stop

    @property
    def ticket_required(self) -> bool:
        """Whether every commit has a ticket."""
        return self.rules.ticket_required or (self.ticket_share > 0.95 and self.commits >= 20)


def learn_style(repo: RepoView, limit: int = HISTORY) -> CommitStyle:
    """The style of a repository's last `limit` commits. Raises `GitUnavailable`."""
    return style_of(list(commits(repo, limit)), rules_of(repo))


def rules_of(repo: RepoView) -> MessageRules:
    """What the repository's files, and git's `commit.template`, say about messages."""
    from pairwright.git.process import run_git

    answer = run_git(repo.root, ("config", "--null", "--type=path", "--get", "commit.template"))
    template = answer.output.decode("utf-8", "replace").rstrip("\0") if answer.code == 0 else ""
    return configured_rules(repo.root, template)


def is_bot(commit: LoggedCommit) -> bool:
    """Whether a program wrote the commit."""
    return bool(_BOT.search(commit.author) or "[bot]" in commit.email)


def is_release(subject: str) -> bool:
    """Whether a subject announces a release."""
    return bool(_RELEASE.search(subject))


def style_of(history: Sequence[LoggedCommit], rules: MessageRules) -> CommitStyle:
    """The style of commits, the newest first."""
    by_people = [
        one
        for one in history
        if one.message.strip()
        and not is_bot(one)
        and not one.subject.startswith(("fixup!", "squash!"))
    ]
    told = [one for one in by_people if not is_release(one.subject) and not _by_git(one.subject)]
    headers = [parsed_header(one.subject) for one in told]
    form = _form(headers, rules)
    fitting = [one for one in headers if one.form is form]
    all_headers = [parsed_header(one.subject) for one in history]
    types = Counter(one.type for one in all_headers if one.form is Form.CONVENTIONAL)
    scopes = Counter(one.scope for one in all_headers if one.scope)
    known = _known_types(dict(types.most_common()), form, rules)
    subjects = [one.subject for one in fitting or headers]
    language = _language([one.message for one in told])
    place, ticket_form, ticket_share = _tickets(told, headers)
    body, bullet, width = _bodies(told, rules)
    return CommitStyle(
        len(told),
        form,
        dict(types.most_common()),
        dict(scopes.most_common()),
        dict(Counter(one.prefix for one in fitting if one.prefix).most_common()),
        known,
        rules.scopes,
        sum(1 for one in fitting if one.scope) / len(fitting) if fitting else 0.0,
        _width(told, rules),
        _capital(subjects, rules, form),
        _mood(subjects),
        _share(subjects, lambda one: one.endswith((".", "。"))) > 0.5
        if rules.full_stop is None
        else rules.full_stop,
        1.0 if rules.emoji else _share(headers, lambda one: bool(one.emoji)),
        _emojis(headers),
        place,
        ticket_form,
        ticket_share,
        _trailers(told, rules),
        body,
        bullet,
        width,
        _marks_breaks(history, all_headers),
        language,
        rules,
    )


def _marks_breaks(history: Sequence[LoggedCommit], headers: Sequence[Header]) -> bool:
    """Whether commits here that break something say so, often enough that one more would not stand
    out: a mark too many makes a major release, one too few is a word that a person adds.
    """
    many = sum(
        header.breaking or "BREAKING CHANGE" in commit.message
        for commit, header in zip(history, headers, strict=True)
    )
    return many >= max(1.0, _BREAKING_SHARE * len(history))


_BREAKING_SHARE = 0.01


Item = TypeVar("Item")


def _share(items: Iterable[Item], test: Callable[[Item], bool]) -> float:
    held = list(items)
    return sum(1 for one in held if test(one)) / len(held) if held else 0.0


def _by_git(subject: str) -> bool:
    return subject.startswith(("Merge ", 'Revert "', "Initial commit", "initial commit"))


def _form(headers: Sequence[Header], rules: MessageRules) -> Form:
    if rules.conventional:
        return Form.CONVENTIONAL
    if not headers:
        return Form.PLAIN
    counts = Counter(one.form for one in headers)
    typed = sum(1 for one in headers if one.form is Form.CONVENTIONAL and is_type(one.type))
    half = len(headers) / 2
    if typed >= half:
        return Form.CONVENTIONAL
    for form in (Form.SUBSYSTEM, Form.BRACKET):
        # `net(core): x` parses as conventional, though its words are no types.
        if counts[form] > half:
            return form
    return Form.PLAIN


def _known_types(types: Mapping[str, int], form: Form, rules: MessageRules) -> tuple[str, ...]:
    if rules.types:
        return rules.types
    if form is not Form.CONVENTIONAL:
        return ()
    total = sum(types.values())
    used = [name for name, many in types.items() if many > 1 and many >= total * 0.004]
    if total < 4 * _FEW:
        used += [name for name in STANDARD_TYPES if name not in used]
    return tuple(used)


def _width(told: Sequence[LoggedCommit], rules: MessageRules) -> int:
    if rules.max_header:
        return rules.max_header
    if len(told) < 4 * _FEW:
        return DEFAULT_WIDTH
    lengths = sorted(len(re.sub(r"\s*\(#\d+\)$", "", one.subject)) for one in told)
    return max(50, min(DEFAULT_WIDTH, lengths[int(len(lengths) * 0.97)]))


_LOWER_CASES = frozenset({"sentence-case", "start-case", "pascal-case", "upper-case"})


def _capital(subjects: Sequence[str], rules: MessageRules, form: Form) -> bool:
    if rules.subject_cases:
        forbidden = rules.subject_case_never
        if forbidden and "sentence-case" in rules.subject_cases:
            return False
        if not forbidden and "sentence-case" in rules.subject_cases:
            return True
        if not forbidden and rules.subject_cases[0] in ("lower-case", "camel-case"):
            return False
    # A name that begins a subject keeps the case it has.
    first = [
        one[0].isupper()
        for one in subjects
        if one[:1].isalpha() and re.match(r"[A-Z]?[a-z]*\b(?![._(/:])", one)
    ]
    if len(first) < _FEW:
        return form in (Form.PLAIN, Form.BRACKET)
    return sum(first) * 2 > len(first)


_FORMS = {
    "add": ("added", "adds", "adding"),
    "fix": ("fixed", "fixes", "fixing"),
    "remove": ("removed", "removes", "removing"),
    "update": ("updated", "updates", "updating"),
    "change": ("changed", "changes", "changing"),
    "make": ("made", "makes", "making"),
    "use": ("used", "uses", "using"),
    "rename": ("renamed", "renames", "renaming"),
    "move": ("moved", "moves", "moving"),
    "improve": ("improved", "improves", "improving"),
    "support": ("supported", "supports", "supporting"),
    "bump": ("bumped", "bumps", "bumping"),
    "refactor": ("refactored", "refactors", "refactoring"),
    "allow": ("allowed", "allows", "allowing"),
    "handle": ("handled", "handles", "handling"),
    "test": ("tested", "tests", "testing"),
    "document": ("documented", "documents", "documenting"),
    "cover": ("covered", "covers", "covering"),
    "extend": ("extended", "extends", "extending"),
    "extract": ("extracted", "extracts", "extracting"),
    "replace": ("replaced", "replaces", "replacing"),
    "correct": ("corrected", "corrects", "correcting"),
    "simplify": ("simplified", "simplifies", "simplifying"),
    "format": ("formatted", "formats", "formatting"),
    "configure": ("configured", "configures", "configuring"),
    "revert": ("reverted", "reverts", "reverting"),
    "merge": ("merged", "merges", "merging"),
    "create": ("created", "creates", "creating"),
    "implement": ("implemented", "implements", "implementing"),
    "delete": ("deleted", "deletes", "deleting"),
    "rework": ("reworked", "reworks", "reworking"),
    "deprecate": ("deprecated", "deprecates", "deprecating"),
    "guard": ("guarded", "guards", "guarding"),
    "drop": ("dropped", "drops", "dropping"),
    "return": ("returned", "returns", "returning"),
    "clean": ("cleaned", "cleans", "cleaning"),
    "reject": ("rejected", "rejects", "rejecting"),
}
_MOODS = (Mood.PAST, Mood.THIRD, Mood.GERUND)


def verb_in(mood: Mood, verb: str) -> str:
    """A verb of an imperative subject in another form."""
    if mood is Mood.IMPERATIVE or verb not in _FORMS:
        return verb
    return _FORMS[verb][_MOODS.index(mood)]


def imperative_of(word: str) -> str:
    """The imperative of any form of a verb that subjects begin with; "" for other words."""
    return next((verb for verb, forms in _FORMS.items() if word in (verb, *forms)), "")


def verb_forms() -> frozenset[str]:
    """Every form of the verbs that subjects begin with."""
    return _ALL_FORMS


_ALL_FORMS = frozenset(_FORMS) | {form for forms in _FORMS.values() for form in forms}


def _mood(subjects: Sequence[str]) -> Mood:
    of: dict[str, Mood] = dict.fromkeys(_FORMS, Mood.IMPERATIVE)
    for forms in _FORMS.values():
        of.update(zip(forms, _MOODS, strict=True))
    found = Counter(
        of[word] for one in subjects if (word := one.partition(" ")[0].lower().strip(".,:")) in of
    )
    if found.total() < _FEW:
        return Mood.IMPERATIVE
    return found.most_common(1)[0][0]


def _emojis(headers: Sequence[Header]) -> dict[str, str]:
    found: dict[str, Counter[str]] = {}
    for header in headers:
        if header.emoji:
            key = header.type or header.subject.partition(" ")[0].lower()
            found.setdefault(key, Counter())[header.emoji] += 1
    return {key: held.most_common(1)[0][0] for key, held in found.items()}


_ISSUE_LINE = re.compile(
    rf"^(?P<key>[A-Z][A-Za-z-]*(?: [a-z]+)?):? +(?P<ticket>{TICKET}|#[0-9]+)\.?$", re.MULTILINE
)


def _tickets(
    told: Sequence[LoggedCommit], headers: Sequence[Header]
) -> tuple[TicketPlace | None, str, float]:
    if len(told) < _FEW:
        return None, "{} ", 0.0
    ticket = re.compile(TICKET)
    places: Counter[TicketPlace] = Counter()
    forms: Counter[tuple[TicketPlace, str]] = Counter()
    having = 0
    for commit, header in zip(told, headers, strict=True):
        found: tuple[TicketPlace, str] | None = None
        if header.ticket:
            before, _, after = commit.subject.partition(header.ticket)
            lead = re.search(r"[\[(]?$", before)
            tail = re.match(r"[\])]?(?::|\s-|\s\|)?\s+", after)
            found = (
                TicketPlace.PREFIX,
                f"{lead[0] if lead else ''}{{}}{tail[0] if tail else ' '}",
            )
        elif ticket.fullmatch(header.scope):
            found = TicketPlace.SCOPE, "{}"
        elif (ended := re.search(rf"(\s[\[(]?)({TICKET})([\])]?)$", header.subject)) is not None:
            found = TicketPlace.SUFFIX, f"{ended[1]}{{}}{ended[3]}"
        else:
            line = _ISSUE_LINE.search(commit.body)
            if line is not None and ticket.fullmatch(line["ticket"]):
                found = TicketPlace.FOOTER, commit.body[line.start() : line.start("ticket")] + "{}"
        if found is not None:
            having += 1
            places[found[0]] += 1
            forms[found] += 1
    if not places:
        return None, "{} ", 0.0
    place = places.most_common(1)[0][0]
    form = next(held for (one, held), _ in forms.most_common() if one is place)
    return place, form, having / len(told)


_BULLET = re.compile(r"^([-*•+]) \S", re.MULTILINE)


def _bodies(told: Sequence[LoggedCommit], rules: MessageRules) -> tuple[float, str, int]:
    with_body = 0
    bullets: Counter[str] = Counter()
    for commit in told:
        trailers = trailers_of(commit.message)
        body = commit.body.strip()
        lines = [line for line in body.splitlines() if line.strip()]
        if len(lines) > len(trailers):
            with_body += 1
            bullets.update(_BULLET.findall(body))
    bullet = f"{bullets.most_common(1)[0][0]} " if bullets else "- "
    width = min(BODY_WIDTH, rules.max_body_line) if rules.max_body_line else BODY_WIDTH
    return (with_body / len(told) if told else 0.0), bullet, width


def _trailers(told: Sequence[LoggedCommit], rules: MessageRules) -> dict[str, float]:
    if not told:
        return {"Signed-off-by": 1.0} if rules.signed_off else {}
    found: Counter[str] = Counter()
    for commit in told:
        found.update({key for key, _ in trailers_of(commit.message)})
    shares = {key: many / len(told) for key, many in found.items() if many > 1}
    if rules.signed_off:
        shares["Signed-off-by"] = 1.0
    return shares


_SCRIPTS = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("zh", re.compile("[\u4e00-\u9fff]")),
    ("ko", re.compile("[\uac00-\ud7a3]")),
    ("ru", re.compile("[\u0400-\u04ff]")),
)
_STOP = {
    "en": "the and for with from when not add fix remove update use to of in on is",
    "de": "der die das und für mit nicht hinzugefügt entfernt bei von zu im auf wird behebe",
    "fr": "le la les des et pour avec dans ajout ajoute corrige suppression du une sur",
    "es": "el la los las para con del una agrega añade corrige elimina en y por",
    "pt": "o os para com do da uma adiciona corrige remove no na e ao",
}


def _language(messages: Sequence[str]) -> str:
    """The language most messages are in, as ISO 639-1 has it."""
    if len(messages) < _FEW:
        return "en"
    votes: Counter[str] = Counter()
    words = {name: frozenset(held.split()) for name, held in _STOP.items()}
    for message in messages:
        script = next((name for name, test in _SCRIPTS if test.search(message)), "")
        if script:
            votes[script] += 1
            continue
        said = set(re.findall(r"[^\W\d_]+", message.lower()))
        scores = {name: len(said & held) for name, held in words.items()}
        best = max(scores, key=lambda name: scores[name])
        if (scores[best] and scores[best] > scores["en"]) or best == "en":
            votes[best] += 1
    best_language, many = votes.most_common(1)[0] if votes else ("en", 0)
    return best_language if many * 2 > len(messages) else "en"
