"""A message's first line taken apart, and put together again.

Owns the grammar of headers: Conventional Commits (conventionalcommits.org, 1.0), the emoji of
gitmoji before it, subsystem prefixes (`net: ipv4:`), prefixes in brackets, tickets. It must not
know repositories.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

STANDARD_TYPES = (
    "feat",
    "fix",
    "docs",
    "style",
    "refactor",
    "perf",
    "test",
    "build",
    "ci",
    "chore",
    "revert",
)
"""The types of `@commitlint/config-conventional`."""

_KNOWN_TYPES = frozenset(STANDARD_TYPES) | {
    "feature",
    "bugfix",
    "doc",
    "tests",
    "deps",
    "dep",
    "release",
    "security",
    "types",
    "i18n",
    "wip",
    "workflow",
    "dx",
    "improvement",
    "enhance",
    "lint",
    "typo",
    "bump",
    "infra",
    "example",
    "examples",
    "bench",
    "cleanup",
    "hotfix",
    "update",
}


class Form(StrEnum):
    """How a header begins."""

    CONVENTIONAL = "conventional"
    """`type(scope): subject`."""
    SUBSYSTEM = "subsystem"
    """`net: ipv4: subject`, `pkg/path: subject`."""
    BRACKET = "bracket"
    """`[core] subject`."""
    PLAIN = "plain"


@dataclass(frozen=True, slots=True)
class Header:
    """A header in parts; each is "" where it has none. `prefix` is a subsystem or what stands in
    brackets; `suffix` is what a forge puts behind (`(#12)`).
    """

    subject: str
    form: Form = Form.PLAIN
    type: str = ""
    scope: str = ""
    breaking: bool = False
    emoji: str = ""
    ticket: str = ""
    prefix: str = ""
    suffix: str = ""


EMOJI = (
    r":[a-z0-9_+-]+:|[\u2600-\u27bf\u2b00-\u2bff\u231a-\u23ff\U0001f000-\U0001faff]"
    r"[\ufe0e\ufe0f\u200d\U0001f3fb-\U0001f3ff\U0001f000-\U0001faff]*"
)
TICKET = r"[A-Z][A-Z0-9]{1,9}-[0-9]+"
_LEADING_EMOJI = re.compile(rf"\s*({EMOJI})\s*")
_LEADING_TICKET = re.compile(
    rf"(?:\[(?P<b>{TICKET})\]|\((?P<p>{TICKET})\)|(?P<n>{TICKET}))(?::|\s-|\s\|)?\s+"
)
_CONVENTIONAL = re.compile(
    r"(?P<type>[A-Za-z][\w-]*)(?:\((?P<scope>[^()]*)\))?(?P<mark>!)?:(?:\s+|(?=[^\s:/]))(?P<rest>\S.*)"
)
_SUBSYSTEM = re.compile(r"(?P<prefix>(?:[\w.,/*{}+-]+(?: ?[,&] ?[\w./*-]+)*: ){1,3})(?P<rest>\S.*)")
_BRACKET = re.compile(r"\[(?P<prefix>[^\]]{1,40})\]:?\s+(?P<rest>\S.*)")
_SUFFIX = re.compile(r"\s*(\((?:#|GH-|!|PR ?#?)[0-9]+\)(?:\s*\(#[0-9]+\))*)$")


def parsed_header(line: str) -> Header:
    """The parts of a header. What fits no form is a plain subject."""
    rest = line.strip()
    suffix = ""
    found = _SUFFIX.search(rest)
    if found is not None and found.start() > 0:
        rest, suffix = rest[: found.start()], found[1]
    emoji = ""
    found = _LEADING_EMOJI.match(rest)
    if found is not None and found.end() < len(rest):
        emoji, rest = found[1], rest[found.end() :]
    ticket = ""
    found = _LEADING_TICKET.match(rest)
    if found is not None and found.end() < len(rest):
        ticket, rest = found["b"] or found["p"] or found["n"], rest[found.end() :]
    found = _CONVENTIONAL.fullmatch(rest)
    if found is not None and (
        found["scope"] is not None or is_type(found["type"]) or found["mark"]
    ):
        subject = found["rest"].strip()
        inner = _LEADING_EMOJI.match(subject)
        if inner is not None and not emoji and inner.end() < len(subject):
            emoji, subject = inner[1], subject[inner.end() :]
        inner = _LEADING_TICKET.match(subject)
        if inner is not None and not ticket and inner.end() < len(subject):
            ticket, subject = inner["b"] or inner["p"] or inner["n"], subject[inner.end() :]
        return Header(
            subject,
            Form.CONVENTIONAL,
            found["type"],
            (found["scope"] or "").strip(),
            bool(found["mark"]),
            emoji,
            ticket,
            "",
            suffix,
        )
    found = _BRACKET.fullmatch(rest)
    if found is not None:
        return Header(
            found["rest"],
            Form.BRACKET,
            emoji=emoji,
            ticket=ticket,
            prefix=found["prefix"],
            suffix=suffix,
        )
    found = _SUBSYSTEM.fullmatch(rest)
    if found is not None:
        prefix = found["prefix"].removesuffix(": ")
        return Header(
            found["rest"], Form.SUBSYSTEM, emoji=emoji, ticket=ticket, prefix=prefix, suffix=suffix
        )
    return Header(rest, Form.PLAIN, emoji=emoji, ticket=ticket, suffix=suffix)


def is_type(word: str) -> bool:
    """Whether a word before a colon is a type in common use."""
    return word.lower() in _KNOWN_TYPES
