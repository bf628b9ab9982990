"""Write a rule into `review.disabled_rules`: the settings edit behind *Ignore rule*.

Owns the edit of TOML text: comments and layout of the person's file stay. What it writes is parsed
again, and only an edit that adds the one rule and changes nothing else is handed out.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from pairwright.errors import BadArgument, BadSetting
from pairwright.features.context import Context
from pairwright_analyzers.edits import minimal_edits
from pairwright_analyzers.types import SourceChange

WORKSPACE_FILE = ".pairwright.toml"

_RULE = re.compile(r"[a-z0-9][a-z0-9-]*\Z")
_TABLE = re.compile(r"^[ \t]*\[[ \t]*review[ \t]*\][ \t]*(?:#[^\n]*)?\r?$", re.MULTILINE)
_LIST = re.compile(r"\bdisabled_rules\"?[ \t]*=[ \t]*\[")
_TOKEN = re.compile(
    r"#[^\n]*|\"\"\"(?:[^\\]|\\.)*?\"\"\"|'''.*?'''|\"(?:[^\"\\\n]|\\.)*\"|'[^'\n]*'|[\[\]]",
    re.DOTALL,
)


def ignore_rule(ctx: Context, rule: str) -> SourceChange:
    """The change of `.pairwright.toml` that turns a rule off in this workspace folder; empty when
    it is off already.

    Raises `BadArgument` for what cannot be a rule, `BadSetting` when the file is no valid TOML or
    holds the list in a form that is not safe to edit.
    """
    if not _RULE.match(rule):
        raise BadArgument(
            f"`rule` is not the identifier of a rule: {rule!r}", "Give one such as `doc-drift`."
        )
    text = _text_of(ctx)
    if text is None:
        return SourceChange(creates={WORKSPACE_FILE: f'[review]\ndisabled_rules = ["{rule}"]\n'})
    changed = with_disabled(text, rule, ctx.root / WORKSPACE_FILE)
    if changed == text:
        return SourceChange()
    return SourceChange({WORKSPACE_FILE: minimal_edits(text.encode(), changed.encode())})


def _text_of(ctx: Context) -> str | None:
    document = ctx.documents.get(WORKSPACE_FILE)
    if document is not None:
        return document.text.decode()
    path = ctx.root / WORKSPACE_FILE
    try:
        return path.read_bytes().decode()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise BadSetting(
            f"{path} cannot be read: {error}", "Make it a readable file in UTF-8."
        ) from error


def with_disabled(text: str, rule: str, path: Path) -> str:
    """The TOML text with `rule` in `review.disabled_rules`."""
    try:
        before = tomllib.loads(text.removeprefix("\ufeff"))
    except tomllib.TOMLDecodeError as error:
        raise BadSetting(f"{path} is not valid TOML: {error}", "Correct it first.") from error
    review = before.get("review", {})
    held = review.get("disabled_rules", []) if isinstance(review, dict) else None
    if isinstance(held, list) and rule in held:
        return text
    if isinstance(review, dict) and isinstance(held, list):
        wanted = {**before, "review": {**review, "disabled_rules": [*held, rule]}}
        for candidate in _candidates(text, rule):
            try:
                if tomllib.loads(candidate.removeprefix("\ufeff")) == wanted:
                    return candidate
            except tomllib.TOMLDecodeError:
                continue
    raise BadSetting(
        f"{path} holds `review.disabled_rules` in a form that is not safe to edit",
        f'Add "{rule}" to the list by hand.',
    )


def _candidates(text: str, rule: str) -> Iterator[str]:
    """Ways to write it, the one that fits the file's own style first."""
    newline = "\r\n" if "\r\n" in text else "\n"
    for match in _LIST.finditer(text):
        closing = _closing_bracket(text, match.end())
        if closing is not None:
            yield _appended(text, match.end(), closing, rule)
    entry = f'disabled_rules = ["{rule}"]'
    for match in _TABLE.finditer(text):
        head, tail = text[: match.end()].removesuffix("\r"), text[match.end() :]
        yield f"{head}{newline}{entry}{newline}{tail.removeprefix(newline)}"
    gap = "" if not text.strip() else (newline if text.endswith("\n") else newline * 2)
    yield f"{text}{gap}[review]{newline}{entry}{newline}"
    mark = "\ufeff" if text.startswith("\ufeff") else ""
    yield f"{mark}review.{entry}{newline}{text.removeprefix(mark)}"


def _closing_bracket(text: str, start: int) -> int | None:
    depth = 1
    for match in _TOKEN.finditer(text, start):
        if match[0] == "[":
            depth += 1
        elif match[0] == "]":
            depth -= 1
            if not depth:
                return match.start()
    return None


def _appended(text: str, start: int, closing: int, rule: str) -> str:
    """The list with one more item: on its own line where the others have theirs."""
    inner = text[start:closing]
    bare = _TOKEN.sub(lambda match: "" if match[0].startswith("#") else match[0], inner).rstrip()
    comma = "" if not bare or bare.endswith(",") else ","
    last = max(
        (match.end() for match in _TOKEN.finditer(inner) if not match[0].startswith("#")),
        default=0,
    )
    if "\n" not in inner:
        space = " " if bare else ""
        kept = inner.rstrip()
        return f'{text[:start]}{kept}{comma}{space}"{rule}"{text[closing:]}'
    indent = re.search(r"\n([ \t]*)[\"']", inner)
    lead = indent[1] if indent else "    "
    newline = "\r\n" if "\r\n" in inner else "\n"
    with_comma = inner[:last] + comma + inner[last:]
    head, _, tail = with_comma.rpartition("\n")
    head = head.removesuffix("\r")
    return f'{text[:start]}{head}{newline}{lead}"{rule}",{newline}{tail}{text[closing:]}'
