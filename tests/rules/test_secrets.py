"""Formats of tokens, put together here so that no text of this repository looks like one."""

from __future__ import annotations

import base64
import json
import string
from random import Random
from zlib import crc32

import pytest

from pairwright_analyzers.rules import secret_in_code
from pairwright_analyzers.rules.secret_in_code import base62
from pairwright_analyzers.types import Finding
from rules.test_rules import context_of
from support.markers import Case

ALNUM = string.ascii_letters + string.digits


def random_text(length: int, alphabet: str = ALNUM) -> str:
    return "".join(Random(length).choices(alphabet, k=length))


def checked(prefix: str) -> str:
    body = random_text(30)
    return f"{prefix}{body}{base62(crc32(body.encode()), 6)}"


def web_token() -> str:
    def part(value: object) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    return f"{part({'alg': 'HS256'})}.{part({'sub': 'mira', 'shop': 7})}.{random_text(43)}"


TOKENS = {
    "GitHub": checked("ghp" + "_"),
    "AWS": "AKIA" + random_text(16, string.ascii_uppercase + "234567"),
    "GitLab": "glpat" + "-" + random_text(20),
    "Slack token": "xoxb" + "-123456123456-" + random_text(24),
    "webhook": "https://hooks.slack.com/" + "services/T0AB1CD2E/B0AB1CD2E/" + random_text(24),
    "Stripe": "sk" + "_live_" + random_text(24),
    "Google": "AIza" + random_text(35),
    "npm": "npm" + "_" + random_text(36),
    "PyPI": "pypi-" + "AgEIcHlwaS5vcmc" + random_text(80),
    "Anthropic": "sk-ant-" + "api03-" + random_text(93),
    "OpenAI": "sk-proj-" + random_text(40) + "T3BlbkFJ" + random_text(40),
    "Hugging Face": "hf" + "_" + random_text(34, string.ascii_letters),
    "SendGrid": "SG." + random_text(22) + "." + random_text(43),
    "DigitalOcean": "dop_v1_" + random_text(64, "0123456789abcdef"),
    "Azure": "AccountKey=" + random_text(86) + "==",
    "JSON web token": web_token(),
    "Telegram": "712345689:" + "AA" + random_text(33),
    "Discord": "NDgxNTE2MjM0MjEwODk3NTYx" + "." + random_text(6) + "." + random_text(27),
    "Twilio": "SK" + random_text(32, "0123456789abcdef"),
    "Mailchimp": random_text(32, "0123456789abcdef") + "-us7",
    "Square": "sq0csp-" + random_text(43),
}


def found_in(text: str, path: str = "shop.py") -> list[Finding]:
    case = Case("secret", path, {path: text.encode()})
    case.directives = [("review", path, ""), ("new", path, "")]
    return list(secret_in_code.check(context_of(case)))


@pytest.mark.parametrize("name", TOKENS)
def test_a_known_format_is_found_and_never_told(name: str) -> None:
    secret = TOKENS[name]
    (finding,) = found_in(f'value = "{secret}"\n')
    assert name in finding.message
    assert secret[-12:] not in finding.message
    assert len(finding.message.partition("('")[2].partition("…")[0]) == 4


def test_a_checksum_decides() -> None:
    good = TOKENS["GitHub"]
    assert found_in(f'value = "{good}"\n')
    assert not found_in(f'value = "{good[:-1] + ("A" if good[-1] != "A" else "B")}"\n')


def test_a_checked_format_is_found_in_tests_too() -> None:
    assert found_in(f'value = "{TOKENS["GitHub"]}"\n', "tests/test_shop.py")
    assert not found_in(f'value = "{TOKENS["Stripe"]}"\n', "tests/test_shop.py")


@pytest.mark.parametrize(
    "secret",
    [
        "AKIA" + "IOSFODNN7EXAMPLE",
        "sk" + "_live_" + "x" * 24,
        "AIza" + "A" * 35,
        "eyJhbGciOiJ" + "x" * 30 + ".eyJ" + "y" * 20 + "." + "z" * 30,
    ],
)
def test_an_example_is_none(secret: str) -> None:
    assert not found_in(f'value = "{secret}"\n')


def test_a_minified_line_costs_nothing() -> None:
    assert not found_in('x = "' + "a:b@" * 100_000 + '"\n')
