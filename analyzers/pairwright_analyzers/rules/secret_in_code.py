"""A password, a token or a private key stands in the text.

**Why.** What is committed is read by everyone who can read the repository, for as long as its
history is kept, and by whoever searches public ones for exactly this.

Before:

```python
client = Client(token="ghp_" + ...)
```

After, with the secret in the environment, and revoked where it was already pushed:

```python
client = Client(token=os.environ["GITHUB_TOKEN"])
```

It knows the formats of AWS, GitHub, GitLab, Slack, Stripe, Google, npm, PyPI, OpenAI, Anthropic,
Hugging Face, SendGrid, DigitalOcean, Azure Storage, Twilio, Mailchimp, Square, Telegram and Discord
keys, JSON web tokens, private keys in PEM, and passwords in connection strings; where a format has
a checksum, the checksum decides. Beyond these it looks at long random values given to names such as
`secret`, `token` or `password`. The message shows the first four characters and nothing more.

**Silent** about placeholders and examples (`changeme`, `EXAMPLE`, `<token>`, `xxxx`, one character
repeated), about public halves and hashes, about what is read from the environment; and in tests and
examples about all that is no known and checked format.

**Suppress** with `pairwright: ignore[secret-in-code]` in a comment on the finding's line.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import string
from collections import Counter
from collections.abc import Callable, Iterator
from math import log2
from typing import NamedTuple
from zlib import crc32

from pairwright_analyzers.rules.model import ReviewContext, Rule
from pairwright_analyzers.types import Finding, Location, Severity, Span

ID = "secret-in-code"

_SHOWN = 4
_MAX_LINE = 20_000
"""Longer lines are data or minified; nobody typed a secret there."""

_BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase
_PLACEHOLDER = re.compile(
    rb"example|sample|dummy|fake|placeholder|change_?me|your[_-]|[_-]here|xxxx|\*\*\*\*|\.\.\.|<[^>]+>"
    rb"|\$\{|\{\{|%\(|todo|redacted|insert|replace|test|12345678|abcdefgh|deadbeef|00000000"
    rb"|aaaaaaaa|foo|bar(?![a-z])|secret|passw|token|key[_-]|lorem|mysql|postgres|default",
    re.IGNORECASE,
)
_EXAMPLE_PATH = re.compile(
    r"(?:^|/)(?:examples?|samples?|demos?|fixtures?|testdata|mocks?|__mocks__|docs?|snapshots?"
    r"|__snapshots__|cassettes|specs?|e2e|testing|locales?|i18n|translations?)/"
    r"|(?:^|/)[^/]*\.(?:example|sample|dist|template|lock|snap|md|rst|svg|po|ipynb)(?:\.\w+)?$"
    r"|(?:^|/)(?:package-lock\.json|pnpm-lock\.yaml|yarn\.lock|composer\.lock|go\.sum)$",
    re.IGNORECASE,
)


class _Format(NamedTuple):
    """One format of secrets. `pattern` has the secret as its group `secret`; `valid` may refuse a
    match; `certain` formats are reported in tests and examples too.
    """

    name: str
    hint: bytes
    pattern: re.Pattern[bytes]
    valid: Callable[[bytes], bool]
    certain: bool = False


def check(ctx: ReviewContext) -> Iterator[Finding]:
    """One finding a secret."""
    example = ctx.graph.is_test_path(ctx.path) or _EXAMPLE_PATH.search(ctx.path) is not None
    text = ctx.after.text
    lines = ctx.after.lines
    present = [one for one in _FORMATS if one.hint in text and (one.certain or not example)]
    for line in _touched_lines(ctx):
        start, end = lines.line_start(line), lines.line_end(line)
        if end - start > _MAX_LINE or end - start < 8:
            continue
        found: list[tuple[Span, str]] = []
        for one in present:
            for match in one.pattern.finditer(text, start, end):
                span = Span(*match.span("secret"))
                if not any(span.overlaps(known) for known, _ in found) and one.valid(
                    match["secret"]
                ):
                    found.append((span, one.name))
        for span, name in found:
            yield _finding(ctx, span, f"{name} stands here", Severity.ERROR)
        if not found and not example:
            value = _generic(text[start:end])
            if value is not None:
                span = Span(start + value.start, start + value.end)
                yield _finding(ctx, span, "a secret seems to stand here", Severity.WARNING)
    if b"PRIVATE KEY" in text and not example:
        for match in _PEM.finditer(text):
            span = Span(match.start(), match.start() + len(match["head"]))
            if ctx.touches(span):
                yield _finding(ctx, span, "a private key stands here", Severity.ERROR)


def _finding(ctx: ReviewContext, span: Span, what: str, severity: Severity) -> Finding:
    shown = ctx.after.text[span.start : span.start + _SHOWN].decode("utf-8", "replace")
    symbol = ctx.after.facts.symbol_at(span.start)
    return Finding(
        ID,
        severity,
        Location(ctx.path, span),
        f"{what[0].upper()}{what[1:]} ('{shown}…'). Read it from the environment or a secret store,"
        " and revoke it if it was ever pushed.",
        symbol=symbol.qualname if symbol is not None else "",
    )


def _touched_lines(ctx: ReviewContext) -> Iterator[int]:
    if ctx.whole:
        yield from range(ctx.after.lines.line_count)
        return
    for part in ctx.changed:
        yield from part


# What makes a value a secret.


def _is_real(secret: bytes) -> bool:
    """Whether a value is no placeholder: nothing that says so, and enough different characters."""
    return not _PLACEHOLDER.search(secret) and len(set(secret)) >= 8 and _entropy(secret) >= 3.0


def _has_checksum(secret: bytes) -> bool:
    """Whether the last six characters are the checksum of GitHub's token format: the CRC-32 of the
    random part, in base 62.
    """
    body = secret.rpartition(b"_")[2]
    return len(body) > 6 and body[-6:].decode("ascii", "replace") == base62(crc32(body[:-6]), 6)


def base62(number: int, width: int) -> str:
    """A number in base 62, digits before capitals before small letters, filled with zeros."""
    digits = ""
    while number:
        number, digit = divmod(number, 62)
        digits = _BASE62[digit] + digits
    return digits.rjust(width, "0")


def _is_web_token(secret: bytes) -> bool:
    """Whether the first part of a JSON web token is a header (RFC 7515, section 4.1)."""
    head = secret.partition(b".")[0]
    try:
        header = json.loads(base64.urlsafe_b64decode(head + b"=" * (-len(head) % 4)))
    except (binascii.Error, ValueError):
        return False
    return isinstance(header, dict) and "alg" in header and _entropy(secret) >= 3.0


def _is_discord_user(secret: bytes) -> bool:
    """Whether the first part of a Discord token is the number of its user, in base 64."""
    head = secret.partition(b".")[0]
    try:
        number = base64.urlsafe_b64decode(head + b"=" * (-len(head) % 4))
    except (binascii.Error, ValueError):
        return False
    return number.isdigit()


_NO_PASSWORD = re.compile(
    rb"(?i)(?:pass(?:word|wd)?|pwd|secret|user(?:name)?|root|admin|test|guest|postgres|mysql|redis"
    rb"|rabbit(?:mq)?|minio|example|changeme|xxx+|\*+|foo|bar|baz|pw|p|abc|123\w*|token|key|none"
    rb"|null|default|dev\w*|local\w*|demo|sample|your.*|my.*)[\d!]*\Z"
)


def _is_password(secret: bytes) -> bool:
    """Whether the password of a connection string is somebody's."""
    if _NO_PASSWORD.match(secret) or re.search(rb"[<>{}$%\[\]()]|\.\.\.", secret):
        return False
    return len(secret) >= 6 and len(set(secret)) >= 5 and not _PLACEHOLDER.search(secret)


def _entropy(value: bytes) -> float:
    """Bits a character, by the frequencies within the value (C. E. Shannon, 1948)."""
    counts = Counter(value)
    return -sum(count / len(value) * log2(count / len(value)) for count in counts.values())


_NAME = re.compile(
    rb"(?i)(?<![a-z])[\"']?(?P<name>[\w.-]*?(?:secret|token|passw(?:or)?d|passphrase|api[_-]?key"
    rb"|access[_-]?key|private[_-]?key|auth[_-]?key|client[_-]?secret|credential)s?)[\"']?"
    rb"(?:[ \t]*:[ \t]*[\w.\[\]| ]{1,40})?[ \t]*(?:=>|:=|=|:)[ \t]*[bru]?(?P<quote>[\"'`])"
    rb"(?P<value>[^\"'`\s]{16,200})(?P=quote)"
)
_OTHER_NAME = re.compile(
    rb"(?i)^(?:.*[._-])?(?:next|page|cursor|csrf|sync|public|hashed|encrypted|resume)"
)
"""Names of what is random and no secret: a place in a list, a public half."""

_WORDS = re.compile(rb"(?:[A-Z]?[a-z]{2,}|[A-Z]{2,}|\d{1,4})(?:[._:/\\-]|(?=[A-Z]))?")
_HEX = re.compile(rb"[0-9a-fA-F]+\Z")


def _generic(line: bytes) -> Span | None:
    """The random value that a line gives to a name for secrets."""
    for match in _NAME.finditer(line):
        value = match["value"]
        if _OTHER_NAME.search(match["name"]) or not _is_real(value) or _is_readable(value):
            continue
        least = 3.2 if _HEX.match(value) else 3.8
        has_both = re.search(rb"\d", value) and re.search(rb"[A-Za-z]", value)
        if has_both and _entropy(value) >= least:
            return Span(*match.span("value"))
    return None


def _is_readable(value: bytes) -> bool:
    """Whether a value is a path, a URL, code, or mostly words."""
    if re.search(rb"[(){}<>|,;@ ]|://|\\|^[./~]|^\$|^#|^%", value):
        return True
    words = sum(len(word) for word in _WORDS.findall(value) if len(word) >= 4)
    return words * 2 > len(value)


_FORMATS = (
    _Format(
        "a GitHub token",
        b"gh",
        re.compile(rb"(?<!\w)(?P<secret>gh[pousr]_[0-9A-Za-z]{36})(?!\w)"),
        _has_checksum,
        certain=True,
    ),
    _Format(
        "a GitHub token",
        b"github_pat_",
        re.compile(rb"(?<!\w)(?P<secret>github_pat_[0-9A-Za-z]{22}_[0-9A-Za-z]{59})(?!\w)"),
        _is_real,
    ),
    _Format(
        "an AWS access key",
        b"A",
        re.compile(rb"(?<!\w)(?P<secret>(?:AKIA|ASIA)[A-Z2-7]{16})(?!\w)"),
        _is_real,
    ),
    _Format(
        "a GitLab token",
        b"glpat-",
        re.compile(rb"(?<!\w)(?P<secret>glpat-[\w-]{20,64})(?![\w-])"),
        lambda secret: _is_real(secret[6:]),
    ),
    _Format(
        "a Slack token",
        b"xox",
        re.compile(rb"(?<!\w)(?P<secret>xox[abeoprs]-[0-9A-Za-z-]{20,250})"),
        lambda secret: _is_real(secret[5:]) and re.search(rb"\d{6}", secret) is not None,
    ),
    _Format(
        "a Slack webhook",
        b"hooks.slack.com",
        re.compile(
            rb"hooks\.slack\.com/(?P<secret>services/T[0-9A-Z]{8,}/B[0-9A-Z]{8,}/[0-9A-Za-z]{24})"
        ),
        lambda secret: _is_real(secret[9:]),
    ),
    _Format(
        "a Stripe live key",
        b"k_live_",
        re.compile(rb"(?<!\w)(?P<secret>[rs]k_live_[0-9A-Za-z]{20,247})(?!\w)"),
        lambda secret: _is_real(secret[8:]),
    ),
    _Format(
        "a Google API key",
        b"AIza",
        re.compile(rb"(?<!\w)(?P<secret>AIza[0-9A-Za-z_-]{35})(?![\w-])"),
        lambda secret: _is_real(secret[4:]),
    ),
    _Format(
        "an npm token",
        b"npm_",
        re.compile(rb"(?<!\w)(?P<secret>npm_[0-9A-Za-z]{36})(?!\w)"),
        lambda secret: _is_real(secret[4:]),
    ),
    _Format(
        "a PyPI token",
        b"pypi-AgE",
        re.compile(rb"(?<!\w)(?P<secret>pypi-AgE[\w-]{50,1000})"),
        lambda secret: _is_real(secret[8:]),
    ),
    _Format(
        "an Anthropic key",
        b"sk-ant-",
        re.compile(rb"(?<!\w)(?P<secret>sk-ant-[a-z]+\d+-[\w-]{80,120})"),
        lambda secret: _is_real(secret[14:]),
    ),
    _Format(
        "an OpenAI key",
        b"T3BlbkFJ",
        re.compile(rb"(?<!\w)(?P<secret>sk-(?:[a-z]+-)?[\w-]{16,90}T3BlbkFJ[\w-]{16,90})"),
        lambda secret: _is_real(secret[3:]),
    ),
    _Format(
        "a Hugging Face token",
        b"hf_",
        re.compile(rb"(?<!\w)(?P<secret>hf_[A-Za-z]{34})(?!\w)"),
        lambda secret: _is_real(secret[3:]),
    ),
    _Format(
        "a SendGrid key",
        b"SG.",
        re.compile(rb"(?<!\w)(?P<secret>SG\.[\w-]{22}\.[\w-]{43})(?![\w-])"),
        lambda secret: _is_real(secret[3:]),
    ),
    _Format(
        "a DigitalOcean token",
        b"do",
        re.compile(rb"(?<!\w)(?P<secret>do[opr]_v1_[0-9a-f]{64})(?!\w)"),
        lambda secret: _is_real(secret[7:]),
    ),
    _Format(
        "a Telegram bot token",
        b":AA",
        re.compile(rb"(?<![\w:])(?P<secret>\d{8,10}:AA[0-9A-Za-z_-]{33})(?![\w-])"),
        _is_real,
    ),
    _Format(
        "a Discord bot token",
        b".",
        re.compile(
            rb"(?<![\w.-])(?P<secret>[MNO][0-9A-Za-z_-]{23,25}\.[0-9A-Za-z_-]{6}"
            rb"\.[0-9A-Za-z_-]{27,38})(?![\w.-])"
        ),
        _is_discord_user,
    ),
    _Format(
        "a Twilio key",
        b"SK",
        re.compile(rb"(?<!\w)(?P<secret>SK[0-9a-f]{32})(?!\w)"),
        _is_real,
    ),
    _Format(
        "a Mailchimp key",
        b"-us",
        re.compile(rb"(?<!\w)(?P<secret>[0-9a-f]{32}-us\d{1,2})(?!\w)"),
        _is_real,
    ),
    _Format(
        "a Square token",
        b"sq0",
        re.compile(rb"(?<!\w)(?P<secret>sq0(?:atp|csp|idp)-[0-9A-Za-z_-]{22,43})(?![\w-])"),
        lambda secret: _is_real(secret[7:]),
    ),
    _Format(
        "an Azure Storage key",
        b"AccountKey=",
        re.compile(rb"AccountKey=(?P<secret>[0-9A-Za-z+/]{86}==)"),
        _is_real,
    ),
    _Format(
        "a JSON web token",
        b"eyJ",
        re.compile(rb"(?<![\w.-])(?P<secret>eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,})"),
        _is_web_token,
    ),
    _Format(
        "a password in a connection string",
        b"://",
        re.compile(
            rb"(?<![\w+])(?:postgres(?:ql)?|mysql|mariadb|mongodb|redis|rediss|amqps?|mssql|oracle"
            rb"|ftp|ftps|sftp|ssh|smtps?|ldaps?|https?)(?:\+\w+)?://[^\s:/@\"'`]{0,80}:"
            rb"(?P<secret>[^\s:/@\"'`]{3,120})@(?!localhost|127\.|0\.0\.0\.0|example\.|host\b"
            rb"|[\"'`{$<%])[\w.-]"
        ),
        _is_password,
    ),
)

_PEM = re.compile(
    rb"(?P<head>-----BEGIN (?:[A-Z]+ ){0,3}PRIVATE KEY(?: BLOCK)?-----)"
    rb"(?:\s|\\n|\\r|[\"'+,]){1,40}(?:[\w-]+: [^\n]*\n\s*){0,4}[0-9A-Za-z+/=]{40}"
)


RULE = Rule(
    ID,
    "A secret in the code",
    Severity.ERROR,
    check,
    __doc__ or "",
)
