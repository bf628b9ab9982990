"""What is wrong with a commit message by a repository's own rules, and how to put it right.

Owns the rules. It must not know editors or diagnostics; places are characters of the message's
lines.
"""

from __future__ import annotations

import re
import subprocess
import sys
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from pairwright.features.commits.header import TICKET, Form, Header, parsed_header
from pairwright.features.commits.style import CommitStyle

_PATTERN_SECONDS = 2.0

SCISSORS = " ------------------------ >8 ------------------------"

MESSAGE_RULE = "commit-"
"""What the names of the rules begin with where a finding names them."""

PAGE = """\
# Rules of commit messages

What the message breaks is what this repository keeps to: its `commitlint`, `commitizen`, `gitmoji`
or semantic pull request configuration where it has one, and its last 500 commits otherwise.

| rule | what it asks for |
| --- | --- |
| `commit-subject-length` | a subject no longer than the others |
| `commit-type-missing`, `commit-type-unknown` | a type that is in use here |
| `commit-scope-missing`, `commit-scope-unknown` | a scope, where the configuration names them |
| `commit-subject-case`, `commit-subject-period` | capitals and full stops as in other subjects |
| `commit-ticket-missing` | a ticket, where every commit has one |
| `commit-blank-second-line`, `commit-body-wrap` | an empty second line, a wrapped body |
| `commit-body-missing`, `commit-signed-off-missing`, `commit-pattern` | what is configured |

Comments, and all below git's scissors line, do not count.
"""


@dataclass(frozen=True, slots=True)
class Repair:
    """New text for lines `first` to `last` (`last` excluded) of the whole buffer."""

    title: str
    first: int
    last: int
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """One breach. `start` and `end` are characters of the buffer's line `line`, from 0."""

    rule: str
    message: str
    line: int
    start: int
    end: int
    strict: bool = False
    """Whether a written rule forbids it, and not only habit."""
    repairs: tuple[Repair, ...] = ()


@dataclass(frozen=True, slots=True)
class MessageBuffer:
    """A message as it stands in the editor. `lines` are all of it; `said` are the places of those
    that git will keep, comments and what follows the scissors left out.
    """

    lines: tuple[str, ...]
    said: tuple[int, ...]
    comment: str

    @property
    def message(self) -> str:
        """What git would commit."""
        return "\n".join(self.lines[place].rstrip() for place in self.said).strip("\n")

    @property
    def first(self) -> int:
        """The line of the header, -1 in an empty message."""
        return next((place for place in self.said if self.lines[place].strip()), -1)


def read_buffer(text: str, comment: str = "#") -> MessageBuffer:
    """The parts of a `COMMIT_EDITMSG`. `comment` is what `core.commentChar` says; `auto` is found
    out from the instructions at the end.
    """
    lines = tuple(text.replace("\r\n", "\n").split("\n"))
    if comment == "auto" or not comment:
        comment = _guessed_comment(lines)
    said: list[int] = []
    for place, line in enumerate(lines):
        if line == comment + SCISSORS:
            break
        if not line.startswith(comment):
            said.append(place)
    return MessageBuffer(lines, tuple(said), comment)


def _guessed_comment(lines: Sequence[str]) -> str:
    for line in reversed(lines):
        if line[:1] in "#;@!$%^&|:" and line[:1] and line[1:2] in (" ", "\t", ""):
            return line[0]
    return "#"


_WRITTEN_BY_GIT = ("Merge ", 'Revert "', "fixup! ", "squash! ", "amend! ")


def problems_of(buffer: MessageBuffer, style: CommitStyle) -> tuple[Problem, ...]:
    """What the message breaks, by line. Nothing for an empty one, nor for what git writes."""
    place = buffer.first
    if place < 0 or buffer.lines[place].startswith(_WRITTEN_BY_GIT):
        return ()
    found = [*_of_header(buffer, place, style), *_of_body(buffer, place, style)]
    found.sort(key=lambda one: (one.line, one.start))
    return tuple(found)


def breaks(message: str, style: CommitStyle) -> tuple[str, ...]:
    """The rules that a finished message breaks."""
    return tuple(problem.rule for problem in problems_of(read_buffer(message, "\0"), style))


def _of_header(buffer: MessageBuffer, place: int, style: CommitStyle) -> list[Problem]:
    line = buffer.lines[place].rstrip()
    header = parsed_header(line)
    if style.conventional and re.fullmatch(r"[\w-]+", header.prefix):
        # One word before a colon is meant as a type, if as none that is known.
        header = replace(header, form=Form.CONVENTIONAL, type=header.prefix, prefix="")
    rules = style.rules
    found: list[Problem] = []

    def add(
        rule: str, message: str, start: int, end: int, strict: bool, *fixed: tuple[str, str]
    ) -> None:
        repairs = tuple(Repair(title, place, place + 1, (new,)) for title, new in fixed)
        found.append(Problem(rule, message, place, start, end, strict, repairs))

    width = rules.max_header or style.max_header
    bare = line.removesuffix(header.suffix).rstrip() if header.suffix else line
    if len(bare) > width:
        add(
            "subject-length",
            f"The subject has {len(bare)} characters; this repository keeps to {width}.",
            width,
            len(bare),
            bool(rules.max_header),
        )
    if rules.min_header and len(line) < rules.min_header:
        add(
            "subject-length",
            f"The subject has {len(line)} characters; there have to be {rules.min_header}.",
            0,
            len(line),
            True,
        )
    if rules.max_subject and len(header.subject) > rules.max_subject:
        at = line.find(header.subject)
        add(
            "subject-length",
            f"What follows the type may have {rules.max_subject} characters.",
            at + rules.max_subject,
            len(line),
            True,
        )
    if style.conventional:
        _of_type(line, header, style, add)
    if rules.pattern and not _fits(rules.pattern, buffer.message):
        add(
            "pattern",
            f"The message does not match the pattern of {_sources(style)}.",
            0,
            len(line),
            True,
        )
    _of_subject(line, header, style, add)
    if style.ticket_required and not re.search(rf"{TICKET}|#\d+", buffer.message):
        add(
            "ticket-missing",
            "Every commit here names a ticket, and this message does not.",
            0,
            len(line),
            rules.ticket_required,
        )
    return found


@lru_cache(maxsize=200)
def _fits(pattern: str, message: str) -> bool:
    """Whether a message matches the pattern of a repository that nobody vouches for.

    Python's expressions can take for ever and hold the interpreter meanwhile, so another one runs
    them, for as long as a good one ever takes. What takes longer, or is none, says nothing.
    """
    code = "import re, sys; sys.exit(re.match(sys.argv[1], sys.stdin.read(), re.DOTALL) is None)"
    try:
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-X", "utf8", "-c", code, pattern],
            input=message,
            encoding="utf-8",
            errors="replace",
            capture_output=True,
            timeout=_PATTERN_SECONDS,
            check=False,
        )
    except (subprocess.TimeoutExpired, ValueError):
        return True
    return done.returncode == 0 or bool(done.stderr)


def _sources(style: CommitStyle) -> str:
    return " and ".join(style.rules.files) or "this repository"


def _of_type(line: str, header: Header, style: CommitStyle, add: Callable[..., None]) -> None:
    if header.form is not Form.CONVENTIONAL:
        common = [
            name for name in style.types if name in style.allowed_types or not style.allowed_types
        ]
        likely = (common or list(style.allowed_types) or ["feat", "fix"])[:3]
        add(
            "type-missing",
            f"Subjects here begin with a type, such as `{likely[0]}: `.",
            0,
            len(line),
            bool(style.rules.files),
            *((f"Begin with `{name}: `", f"{name}: {line}") for name in likely),
        )
        return
    start = line.find(header.type)
    end = start + len(header.type)
    allowed = style.allowed_types
    if allowed and header.type not in allowed:
        add(
            "type-unknown",
            f"`{header.type}` is no type of this repository: {', '.join(allowed)}.",
            start,
            end,
            bool(style.rules.types),
            *(
                (f"Change the type to `{name}`", line[:start] + name + line[end:])
                for name in _nearest(header.type, allowed)
            ),
        )
    scopes = style.allowed_scopes
    if header.scope:
        start = line.find("(") + 1
        end = start + len(header.scope)
        said = [one.strip() for one in re.split(r"[/\\,]", header.scope)]
        if scopes and header.scope not in scopes and not all(one in scopes for one in said):
            add(
                "scope-unknown",
                f"`{header.scope}` is no scope of this repository: {', '.join(scopes[:12])}.",
                start,
                end,
                True,
                *(
                    (f"Change the scope to `{name}`", line[:start] + name + line[end:])
                    for name in _nearest(header.scope, scopes)
                ),
                ("Remove the scope", line[: start - 1] + line[end + 1 :]),
            )
        elif style.rules.scope_forbidden:
            add(
                "scope-unknown",
                "Commits of this repository have no scope.",
                start,
                end,
                True,
                ("Remove the scope", line[: start - 1] + line[end + 1 :]),
            )
    elif style.rules.scope_required:
        end = line.find(":")
        likely = list(scopes or style.scopes)[:3]
        add(
            "scope-missing",
            "Commits of this repository need a scope.",
            0,
            max(end, 0),
            True,
            *((f"Add the scope `{one}`", f"{line[:end]}({one}){line[end:]}") for one in likely),
        )


def _nearest(word: str, words: Sequence[str]) -> list[str]:
    import difflib

    from pairwright.features.commits.classify import CANONICAL

    lower = word.lower()
    found = [one for one in words if one.lower() in (lower, CANONICAL.get(lower, ""))]
    found += difflib.get_close_matches(lower, words, 3, 0.5)
    found += [one for one in words if one.startswith(lower[:2])]
    found += list(words[:3])
    return list(dict.fromkeys(found))[:3]


def _of_subject(line: str, header: Header, style: CommitStyle, add: Callable[..., None]) -> None:
    subject = header.subject
    at = line.rfind(subject) if subject else len(line)
    stop = subject[-1:] if subject[-1:] in (".", "。") else ""
    wanted = style.rules.full_stop
    if (
        stop
        and not subject.endswith(("...", "etc."))
        and (wanted is False or (wanted is None and not style.period and style.commits >= 5))
    ):
        end = at + len(subject)
        add(
            "subject-period",
            "Subjects here end without a full stop.",
            end - 1,
            end,
            wanted is False,
            ("Remove the full stop", line[: end - 1] + line[end:]),
        )
    elif not stop and wanted:
        end = at + len(subject)
        add(
            "subject-period",
            "Subjects here end with a full stop.",
            max(0, end - 1),
            end,
            True,
            ("Add a full stop", f"{line[:end]}.{line[end:]}"),
        )
    first = re.match(r"[^\W\d_]+", subject)
    if first is None:
        return
    word = first[0]
    plain = word.islower() or word.istitle()
    follows = subject[len(word) : len(word) + 1]
    if not plain or follows in ("_", ".", "(", "/", "-", ":"):
        return
    strict = bool(style.rules.subject_cases)
    if not (strict or style.commits >= 5):
        return
    if word[0].isupper() and not style.capital and word[1:].islower() and _is_verb(word):
        add(
            "subject-case",
            "Subjects here begin with a small letter.",
            at,
            at + len(word),
            strict,
            ("Begin with a small letter", f"{line[:at]}{word[0].lower()}{line[at + 1 :]}"),
        )
    elif word[0].islower() and style.capital:
        add(
            "subject-case",
            "Subjects here begin with a capital.",
            at,
            at + len(word),
            strict,
            ("Begin with a capital", f"{line[:at]}{word[0].upper()}{line[at + 1 :]}"),
        )


def _is_verb(word: str) -> bool:
    """Whether a capital is there for the sentence alone, as far as that can be told: proper names
    keep theirs.
    """
    from pairwright.features.commits.style import verb_forms

    return word.lower() in verb_forms()


_TRAILER = re.compile(r"[A-Za-z][A-Za-z-]*: \S|BREAKING[ -]CHANGE: \S|[A-Za-z][A-Za-z-]* #\S")


def _of_body(buffer: MessageBuffer, header: int, style: CommitStyle) -> list[Problem]:
    found: list[Problem] = []
    behind = [place for place in buffer.said if place > header]
    rules = style.rules
    if behind and buffer.lines[behind[0]].strip():
        place = behind[0]
        line = buffer.lines[place]
        repair = Repair("Put an empty line below the subject", place, place, ("",))
        message = "The second line is empty in a commit message."
        found.append(
            Problem("blank-second-line", message, place, 0, len(line), rules.blank_line, (repair,))
        )
    width = rules.max_body_line or style.wrap_at
    for place in behind:
        line = buffer.lines[place].rstrip()
        if len(line) <= width or not _wraps(line, width):
            continue
        wrapped = wrapped_line(line, width)
        found.append(
            Problem(
                "body-wrap",
                f"The line has {len(line)} characters; bodies are wrapped at {width}.",
                place,
                width,
                len(line),
                bool(rules.max_body_line),
                (Repair("Wrap the line", place, place + 1, tuple(wrapped)),),
            )
        )
    said = [place for place in behind if buffer.lines[place].strip()]
    if rules.body_required and not said:
        found.append(
            Problem(
                "body-missing",
                "Commits of this repository need a body.",
                header,
                0,
                len(buffer.lines[header]),
                True,
            )
        )
    if rules.signed_off and not any(
        buffer.lines[place].startswith("Signed-off-by: ") for place in said
    ):
        found.append(
            Problem(
                "signed-off-missing",
                "Commits of this repository carry a `Signed-off-by` line: commit with `--signoff`.",
                header,
                0,
                len(buffer.lines[header]),
                True,
            )
        )
    return found


def _wraps(line: str, width: int) -> bool:
    """Whether wrapping helps: not for addresses, quoted lines, tables and trailers."""
    if line.startswith(("    ", "\t", ">", "|")) or _TRAILER.match(line):
        return False
    return len(wrapped_line(line, width)) > 1


def wrapped_line(line: str, width: int) -> list[str]:
    """A line as several, a bullet's indented below its text."""
    lead = re.match(r"\s*(?:[-*•+]|\d+[.)])\s+|\s*", line)
    indent = " " * len(lead[0]) if lead is not None else ""
    return textwrap.wrap(
        line,
        width,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    ) or [line]
