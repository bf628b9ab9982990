"""A commit message for a change, in the repository's own style, without a model.

Owns the way from changed files to a finished message that breaks no rule of the repository. It must
not know the protocol or the command line.
"""

from __future__ import annotations

import math
import re
import textwrap
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from pairwright.features.commits.classify import (
    CANONICAL,
    MEANING_WEIGHT,
    LabelModel,
    ScopeNames,
    meaning_weights,
    plain,
    scope_scores,
    type_scores,
)
from pairwright.features.commits.dependencies import (
    DependencyChange,
    dependency_changes,
    told_once,
)
from pairwright.features.commits.files import FileClass, class_of
from pairwright.features.commits.header import STANDARD_TYPES, TICKET, Form
from pairwright.features.commits.meaning import FileMeaning, meaning_of
from pairwright.features.commits.notes import note_of
from pairwright.features.commits.rules import breaks
from pairwright.features.commits.signs import signs_of
from pairwright.features.commits.style import CommitStyle, TicketPlace, verb_in
from pairwright.features.commits.topics import Topic, stem, topics_of
from pairwright.features.commits.wording import bullet, bullets, in_own_words, phrases, shortened
from pairwright.git.repo import RepoView
from pairwright.git.staged import ChangeSet, FileChange, texts_of_all

MAX_READ = 200
"""Files whose texts are read; of the others names and counts are enough."""

NOTE_WEIGHT = 4.0
"""How much it counts that a release note of the change names a type (natural logarithm)."""

SCOPE_SHARE = 0.6
"""How likely a scope has to be, beside none: one too many is sooner deleted than thought of."""

_MAX_BULLETS = 6
_MAX_TEXT = 1_000_000
_MAX_LOCK = 4_000_000


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a draft rests on: a sentence, the file it is about, and its symbol, "" for none."""

    what: str
    path: str
    symbol: str = ""


@dataclass(frozen=True, slots=True)
class Draft:
    """A message in parts. `header` is the whole first line; `type` and `scope` are "" where the
    repository uses none. `alternatives` are other headers, the best first.
    """

    type: str
    scope: str
    subject: str
    header: str
    body: str
    footer: str
    breaking: bool
    evidence: tuple[Evidence, ...]
    alternatives: tuple[str, ...]

    def message(self) -> str:
        """The whole message, ended by a line feed."""
        parts = [part for part in (self.header, self.body, self.footer) if part]
        return "\n\n".join(parts) + "\n"


@dataclass(frozen=True, slots=True)
class Author:
    """Who will commit, and on which branch ("" on a detached head)."""

    name: str = ""
    email: str = ""
    branch: str = ""
    last_type: str = ""
    """The type of the author's last commit, "" where unknown."""


@dataclass(frozen=True, slots=True)
class Learnt:
    """What a repository's history taught: how it writes, and which type and scope go with what."""

    style: CommitStyle
    types: LabelModel
    scopes: LabelModel
    names: ScopeNames


def draft_of(
    repo: RepoView,
    changes: ChangeSet,
    learnt: Learnt,
    author: Author,
    check: Callable[[], None] = lambda: None,
    prepared: str = "",
) -> Draft:
    """A message for `changes`. `prepared` is what git has ready (a squash's list of commits), whose
    authors are named. `check` may raise `Cancelled`.
    """
    files, dependencies = read_changes(repo, changes, check)
    return drafted(files, dependencies, learnt, author, prepared)


def read_changes(
    repo: RepoView, changes: ChangeSet, check: Callable[[], None] = lambda: None
) -> tuple[tuple[FileMeaning, ...], tuple[tuple[str, DependencyChange], ...]]:
    """The files of a change, read, and what became of the dependencies they name."""
    files: list[FileMeaning] = []
    dependencies: dict[str, list[DependencyChange]] = {}
    locks: dict[str, list[DependencyChange]] = {}
    for change, (before, after) in _read(repo, _worth_reading(changes.files), check):
        check()
        kind = class_of(change.path)
        # A workflow that goes takes the actions with it: that is all there is to say.
        gone = after is None and kind in (FileClass.CI, FileClass.BUILD)
        if (
            kind in _WITH_DEPENDENCIES
            and (before or after)
            and change.old_path is None
            and not gone
        ):
            found = dependency_changes(change.path, before, after)
            if before is not None or kind is not FileClass.LOCK:
                target = locks if kind is FileClass.LOCK else dependencies
                if found and (before is not None or kind is not FileClass.MANIFEST):
                    target[change.path] = list(found)
        if kind in (FileClass.LOCK, FileClass.GENERATED):
            # Nobody wrote it, so nobody reads it.
            before = after = None
        files.append(_meaning(change, before, after))
    held = dependencies or locks
    paths = {one.name: path for path, all_ in held.items() for one in all_}
    told = told_once(one for all_ in held.values() for one in all_)
    return tuple(files), tuple((paths[one.name], one) for one in told)


_KEPT = 200
_KEPT_LINES = 2_000
_meanings: OrderedDict[tuple[FileChange, bool, bool], FileMeaning] = OrderedDict()
_lock = threading.Lock()


def _meaning(change: FileChange, before: bytes | None, after: bytes | None) -> FileMeaning:
    """`meaning_of`, kept from one draft to the next for what blobs hold on both sides: who asks for
    another wording, or commits one file and drafts again, does not have all read again.
    """
    blobs = bool(change.new_blob) or not change.new_mode
    if not blobs or change.added + change.removed > _KEPT_LINES:
        return meaning_of(change, before, after)
    key = (change, before is None, after is None)
    with _lock:
        known = _meanings.get(key)
    if known is not None:
        return known
    found = meaning_of(change, before, after)
    with _lock:
        _meanings[key] = found
        while len(_meanings) > _KEPT:
            _meanings.popitem(last=False)
    return found


def forget_meanings() -> None:
    """Drop what earlier drafts have read."""
    with _lock:
        _meanings.clear()


_Texts = tuple[bytes | None, bytes | None]
_AT_ONCE = 32
"""Files whose texts are held at once."""


def _read(
    repo: RepoView, changed: Sequence[FileChange], check: Callable[[], None]
) -> Iterator[tuple[FileChange, _Texts]]:
    """The files with their texts, as far as these are worth reading."""
    wanted = changed[:MAX_READ]
    for start in range(0, len(wanted), _AT_ONCE):
        check()
        some = wanted[start : start + _AT_ONCE]
        locks = [one for one in some if class_of(one.path) is FileClass.LOCK]
        others = [one for one in some if class_of(one.path) is not FileClass.LOCK]
        texts: dict[str, _Texts] = {}
        for group, limit in ((locks, _MAX_LOCK), (others, _MAX_TEXT)):
            held = texts_of_all(repo, group, limit)
            texts.update(zip((one.path for one in group), held, strict=True))
        yield from ((one, texts[one.path]) for one in some)
    yield from ((one, (None, None)) for one in changed[MAX_READ:])


_WITH_DEPENDENCIES = frozenset({FileClass.MANIFEST, FileClass.LOCK, FileClass.CI, FileClass.BUILD})


def _worth_reading(files: Sequence[FileChange]) -> list[FileChange]:
    """The files, those that say most first when there are too many to read."""
    if len(files) <= MAX_READ:
        return list(files)
    order = {FileClass.CODE: 0, FileClass.TESTS: 1, FileClass.MANIFEST: 1, FileClass.DOCS: 2}
    exact = {id(one): one.old_blob == one.new_blob != "" for one in files}
    return sorted(files, key=lambda one: (exact[id(one)], order.get(class_of(one.path), 3)))


def drafted(
    files: Sequence[FileMeaning],
    dependencies: Sequence[tuple[str, DependencyChange]],
    learnt: Learnt,
    author: Author,
    prepared: str = "",
) -> Draft:
    """A message for files that are read."""
    style = learnt.style
    ranked = ranked_types(files, learnt, author)
    type_ = ranked[0] if style.conventional else ""
    meant = type_ or _plain_type(files, author)
    scope = ""
    if style.conventional:
        scope = _scope(files, learnt, author, type_)
    elif style.form in (Form.SUBSYSTEM, Form.BRACKET):
        scope = subsystem_of(files, style)
    topics = topics_of(files, dependencies)
    breaking = tuple(topic for topic in topics if topic.breaking)
    marked = bool(breaking) and style.breaking_marks and meant not in _NEVER_BREAKING
    ticket = _ticket(author, style)
    said = phrases(topics, meant, style, scope) or [_nothing(files, style)]
    note = note_of(files)
    if note is not None and (words := in_own_words(note.text, style)):
        said.insert(0, words)
    branch = _branch_words(author, ticket)
    headers = [(type_, scope, phrase) for phrase in said[:4]]
    if branch:
        headers.insert(2, (type_, scope, branch))
    headers += [(other, scope, said[0]) for other in ranked[1:3] if style.conventional]
    if style.conventional and scope and not style.rules.scope_required:
        headers.append((type_, "", said[0]))
    spare: list[tuple[str, str, str]] = []
    if style.rules.pattern and style.conventional:
        # A pattern may want a scope of plain letters in every header.
        named = [plain(scope), *list(style.scopes)[:2], *map(plain, list(style.scopes)[:1])]
        spare += [(type_, one, said[0]) for one in dict.fromkeys(named) if one]
    footer = _footer(style, author, ticket, breaking if marked else (), prepared)
    body = _body(topics, meant, style, said[0])
    finished: list[tuple[str, str, str, str]] = []
    of_a_person: list[tuple[str, str, str, str]] = []
    for one_type, one_scope, phrase in (*headers, *spare):
        if finished and (one_type, one_scope, phrase) in spare:
            break
        header, subject = _header(one_type, one_scope, phrase, style, ticket, marked)
        if not subject or any(header == held[0] for held in (*finished, *of_a_person)):
            continue
        whole = "\n\n".join(part for part in (header, body, footer) if part)
        broken = breaks(whole, style)
        if not _avoidable(broken):
            # A pattern goes before all else, as far as another header fits it.
            target = of_a_person if "pattern" in broken else finished
            target.append((header, subject, one_type, one_scope))
    finished = finished or of_a_person
    if not finished:
        for phrase in (*said, _nothing(files, style), verb_in(style.mood, "update")):
            header, subject = _header(type_, scope, phrase, style, ticket, marked)
            if subject:
                break
        finished.append((header, subject, type_, scope))
    header, subject, type_, scope = finished[0]
    evidence = tuple(
        Evidence(bullet(topic, meant, style), topic.path, topic.names[0] if topic.names else "")
        for topic in topics[:12]
    )
    return Draft(
        type_,
        scope,
        subject,
        header,
        body,
        footer,
        marked,
        evidence,
        tuple(held[0] for held in finished[1:4]),
    )


_NEVER_BREAKING = frozenset({"test", "tests", "docs", "ci", "build", "chore", "style", "release"})
_OF_A_PERSON = frozenset({"signed-off-missing", "ticket-missing", "body-missing", "pattern"})


def _avoidable(rules: Sequence[str]) -> list[str]:
    """Breaches that another wording could mend; the others want what only a person knows."""
    return [rule for rule in rules if rule not in _OF_A_PERSON]


# Type and scope.


def ranked_types(
    files: Sequence[FileMeaning], learnt: Learnt, author: Author, *, weight: float | None = None
) -> list[str]:
    """The repository's types, the fittest first."""
    style = learnt.style
    pairs = [(one.path, one.change.status.value) for one in files]
    own = learnt.types.probabilities(pairs, author.email, author.last_type)
    allowed = style.allowed_types or STANDARD_TYPES
    # A thin history has not shown all there is.
    trust = min(1.0, style.commits / 60)
    ratios = meaning_weights().log_ratios(signs_of(files))
    general = dict(zip(meaning_weights().types, meaning_weights().prior, strict=True))
    mixed = {
        name: trust * own.get(name, 0.0) + (1.0 - trust) * general.get(name, 0.01)
        for name in dict.fromkeys((*allowed, *own))
    }
    share = MEANING_WEIGHT if weight is None else weight
    scores = type_scores(mixed, ratios, share * trust + (1.0 - trust))
    hint = _branch_type(author.branch)
    if hint in scores:
        scores[hint] += 1.5
    note = note_of(files)
    if note is not None and note.type:
        for name in scores:
            if CANONICAL.get(name, name) == note.type:
                scores[name] += NOTE_WEIGHT
    if style.rules.types:
        scores = {name: score for name, score in scores.items() if name in style.rules.types}
    elif style.allowed_types:
        scores = {name: score for name, score in scores.items() if name in style.allowed_types}
    found = sorted(scores, key=lambda name: -scores[name])
    return found or list(allowed[:1])


def _plain_type(files: Sequence[FileMeaning], author: Author) -> str:
    """What kind of change it is where the repository does not say so in its messages."""
    ratios = meaning_weights().log_ratios(signs_of(files))
    prior = dict(zip(meaning_weights().types, meaning_weights().prior, strict=True))
    hint = _branch_type(author.branch)
    return max(
        ratios,
        key=lambda name: ratios[name] + math.log(prior[name] + 1e-2) + 1.5 * (name == hint),
    )


_BRANCH_TYPES = {
    "feature": "feat",
    "features": "feat",
    "bugfix": "fix",
    "hotfix": "fix",
    "bug": "fix",
    "doc": "docs",
    "tests": "test",
}


def _branch_type(branch: str) -> str:
    first = re.split(r"[/_-]", branch, maxsplit=1)[0].lower() if re.search(r"[/_-]", branch) else ""
    return _BRANCH_TYPES.get(first, first)


def _scope(files: Sequence[FileMeaning], learnt: Learnt, author: Author, type_: str) -> str:
    style = learnt.style
    if style.rules.scope_forbidden:
        return ""
    pairs = [(one.path, one.change.status.value) for one in files]
    scores = scope_scores(learnt.scopes, learnt.names, pairs, author.email, type_)
    return chosen_scope(scores, style)


def chosen_scope(scores: dict[str, float], style: CommitStyle) -> str:
    """The best scope that may be used, "" for none."""
    if style.allowed_scopes:
        scores = {
            name: score
            for name, score in scores.items()
            if not name or name in style.allowed_scopes
        }
        if style.rules.scope_required and not any(scores):
            return style.allowed_scopes[0]
    named = {name: score for name, score in scores.items() if name}
    if not named:
        return ""
    best = max(named, key=lambda name: named[name])
    if style.rules.scope_required:
        return best
    likely = sum(named.values()) > SCOPE_SHARE * scores.get("", 0.0)
    return best if likely and named[best] > 0.05 else ""


# The header.


def _header(
    type_: str, scope: str, phrase: str, style: CommitStyle, ticket: str, breaking: bool
) -> tuple[str, str]:
    """The whole first line, and its subject; both are as long as the style allows."""
    lead, tail = "", ""
    if ticket and style.ticket_place is TicketPlace.PREFIX:
        lead = style.ticket_form.format(ticket)
    elif ticket and style.ticket_place is TicketPlace.SUFFIX:
        tail = style.ticket_form.format(ticket)
    if ticket and style.ticket_place is TicketPlace.SCOPE and style.conventional:
        scope = ticket
    if style.conventional:
        mark = "!" if breaking else ""
        lead += f"{type_}({scope}){mark}: " if scope else f"{type_}{mark}: "
    elif style.form in (Form.SUBSYSTEM, Form.BRACKET) and scope:
        lead += f"{scope}: " if style.form is Form.SUBSYSTEM else f"[{scope}] "
    if style.emoji > 0.5:
        emoji = _emoji(type_, phrase, style)
        if emoji:
            # Where both are in use the emoji stands where the history has it: in front.
            lead = f"{emoji} {lead}"
    stop = "." if style.stops else ""
    room = style.max_header - len(lead) - len(tail) - len(stop)
    if style.rules.max_subject:
        room = min(room, style.rules.max_subject - len(stop))
    subject = shortened(phrase, room)
    if not subject:
        return lead, ""
    subject += stop
    if style.capital and subject[:1].islower() and not _is_name(subject):
        subject = subject[0].upper() + subject[1:]
    subject = _in_case(subject, style)
    return f"{lead}{subject}{tail}", subject


def _is_name(subject: str) -> bool:
    return bool(re.match(r"[\w-]+[._(/]\w", subject))


def _in_case(subject: str, style: CommitStyle) -> str:
    rules = style.rules
    if (
        rules.subject_cases
        and not rules.subject_case_never
        and rules.subject_cases[0] == "lower-case"
    ):
        return subject.lower()
    if rules.subject_case_never and "lower-case" in rules.subject_cases and subject.islower():
        return subject[:1].upper() + subject[1:]
    return subject


_EMOJI = {
    "feat": ("✨", ":sparkles:"),
    "fix": ("🐛", ":bug:"),
    "docs": ("📝", ":memo:"),
    "style": ("🎨", ":art:"),
    "refactor": ("♻️", ":recycle:"),
    "perf": ("⚡️", ":zap:"),
    "test": ("✅", ":white_check_mark:"),
    "build": ("📦️", ":package:"),
    "ci": ("👷", ":construction_worker:"),
    "chore": ("🔧", ":wrench:"),
    "remove": ("🔥", ":fire:"),
    "rename": ("🚚", ":truck:"),
    "move": ("🚚", ":truck:"),
    "bump": ("⬆️", ":arrow_up:"),
    "add": ("✨", ":sparkles:"),
}


def _emoji(type_: str, phrase: str, style: CommitStyle) -> str:
    verb = phrase.partition(" ")[0].lower()
    for key in (type_, verb):
        if key and key in style.emojis:
            return style.emojis[key]
    held = list(style.emojis.values())
    as_code = style.rules.emoji == "code" or (bool(held) and held[0].startswith(":"))
    found = _EMOJI.get(verb if verb in ("remove", "rename", "move", "bump") else type_ or verb)
    return (found or ("🔧", ":wrench:"))[as_code]


def _nothing(files: Sequence[FileMeaning], style: CommitStyle) -> str:
    where = stem(files[0].path) if len(files) == 1 else f"{len(files)} files"
    return f"{verb_in(style.mood, 'update')} {where}"


_BRANCH_PREFIX = re.compile(
    r"^(?:feat(?:ure)?s?|fix|bug(?:fix)?|hotfix|docs?|chore|refactor|perf|tests?|ci|build|style|wip"
    r"|users?/[^/]+)[/-]",
    re.IGNORECASE,
)


def _branch_words(author: Author, ticket: str) -> str:
    """What the branch's name says: the person's own words for the work."""
    branch = author.branch
    if _BRANCH_PREFIX.match(branch) is None and not ticket:
        return ""
    rest = _BRANCH_PREFIX.sub("", branch)
    rest = re.sub(rf"^(?:{TICKET}|#?\d+)[-_/]?", "", rest, flags=re.IGNORECASE)
    words = [word for word in re.split(r"[-_/ ]+", rest) if word]
    if len(words) < 2 or any(len(word) > 24 for word in words):
        return ""
    return " ".join(words).lower()


# Body and footer.


def _body(topics: Sequence[Topic], type_: str, style: CommitStyle, subject: str) -> str:
    if style.rules.body_required or (style.commits >= 20 and style.body_share >= 0.03):
        pass
    elif style.commits >= 20:
        # Nobody writes one here.
        return ""
    lines = bullets(topics, type_, style, _MAX_BULLETS)
    said = _plain_text(subject)
    if len(lines) == 1 and not style.rules.body_required:
        only = _plain_text(re.sub(r" \([^)]*\)$", "", lines[0]))
        if said in only or only in said:
            return ""
    return "\n".join(_wrapped(line, style) for line in lines)


def _plain_text(text: str) -> str:
    return text.replace("`", "").casefold()


def _wrapped(line: str, style: CommitStyle) -> str:
    lead = style.bullet
    return "\n".join(
        textwrap.wrap(
            line,
            style.wrap_at,
            initial_indent=lead,
            subsequent_indent=" " * len(lead),
            break_long_words=False,
            break_on_hyphens=False,
        )
    )


_NUMBER = re.compile(r"(?:^|[/_-])(?:issues?|gh|bug|#)[-_/]?(\d+)\b|^(?:\w+/)?#?(\d+)[-_]", re.I)


def _ticket(author: Author, style: CommitStyle) -> str:
    """The ticket that a branch's name holds, as messages write it."""
    found = re.search(rf"(?<![A-Za-z0-9]){TICKET}(?![0-9])", author.branch)
    if found is None and (style.ticket_place is not None):
        found = re.search(rf"(?<![A-Za-z0-9]){TICKET}(?![0-9])", author.branch.upper())
    if found is not None:
        return found[0]
    number = _NUMBER.search(author.branch)
    return f"#{number[1] or number[2]}" if number is not None else ""


def _footer(
    style: CommitStyle,
    author: Author,
    ticket: str,
    breaking: Sequence[Topic],
    prepared: str,
) -> str:
    lines: list[str] = []
    if breaking:
        said = " ".join(topic.breaking for topic in breaking[:3])
        lines.append(
            "\n".join(
                textwrap.wrap(
                    f"BREAKING CHANGE: {said}",
                    style.wrap_at,
                    subsequent_indent="  ",
                    break_long_words=False,
                    break_on_hyphens=False,
                )
            )
        )
    in_footer = style.ticket_place in (None, TicketPlace.FOOTER)
    if ticket and (in_footer or ticket.startswith("#")):
        form = style.ticket_form if style.ticket_place is TicketPlace.FOOTER else "Refs: {}"
        lines.append(form.format(ticket))
    own = f"{author.name} <{author.email}>"
    others = (person for person in authors_in(prepared) if person != own)
    lines += [f"Co-authored-by: {person}" for person in others]
    if author.name and author.email and style.trailers.get("Signed-off-by", 0.0) > 0.5:
        lines.append(f"Signed-off-by: {own}")
    return "\n".join(dict.fromkeys(lines))


_PERSON = re.compile(
    r"^\s*(?:Author|Co-authored-by|Co-Authored-By):\s*([^<>\n]+<[^<>\s]+@[^<>\s]+>)\s*$",
    re.MULTILINE,
)


def authors_in(prepared: str) -> tuple[str, ...]:
    """The people that a squash's list of commits names, each once."""
    return tuple(dict.fromkeys(" ".join(held.split()) for held in _PERSON.findall(prepared)))


def subsystem_of(files: Sequence[FileMeaning], style: CommitStyle) -> str:
    """The prefix of a repository that names the part it is about; "" where none is likely."""
    paths = [one.path for one in files]
    best, best_score = "", 0.0
    for prefix, many in style.prefixes.items():
        parts = [plain(part) for part in re.split(r"[:/,]\s*", prefix) if part]
        if not parts:
            continue
        hits = sum(
            all(
                any(part == plain(piece.partition(".")[0]) for piece in path.split("/"))
                for part in parts
            )
            for path in paths
        )
        score = hits / max(1, len(paths)) * (1 + 0.2 * len(parts)) + min(many, 20) / 200
        if hits and score > best_score:
            best, best_score = prefix, score
    if best:
        return best
    folders = [path.split("/")[:-1] for path in paths]
    shared = list(folders[0]) if folders else []
    for folder in folders[1:]:
        while shared and folder[: len(shared)] != shared:
            shared.pop()
    if len(paths) == 1 and not shared:
        return stem(paths[0])
    return shared[-1] if shared else ""
