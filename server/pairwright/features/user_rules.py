"""The rules of a workspace: YAML files in `.pairwright/rules`, read, checked, and made into rules.

Owns the format and its limits. A rule that is wrong is left out with a problem that names its file
and line; the others still run. It must not know how a rule is matched.

    id: no-sleep
    language: python
    message: Do not sleep, wait for $WHAT.
    severity: warning
    rule: time.sleep($WHAT)          # a pattern, or a rule object of ast-grep
    fix: wait_for($WHAT)
    note: Sleeping tests are slow on fast machines and fail on slow ones.
    url: https://example.org/no-sleep
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pairwright.features.context import Context
from pairwright_analyzers.languages import language
from pairwright_analyzers.rules import RULES, Rule
from pairwright_analyzers.types import Severity

if TYPE_CHECKING:
    from pairwright_analyzers.rules.user import UserRule

FOLDER = ".pairwright/rules"

_MAX_FILES = 200
_MAX_FILE_SIZE = 100_000
_MAX_DEPTH = 24
_MAX_EVENTS = 20_000
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,79}\Z")
_FIELDS = frozenset(
    {"id", "language", "languages", "message", "severity", "rule", "pattern", "fix", "note", "url"}
    | {"constraints", "utils", "transform"}
)
_TAKEN = frozenset({"more-findings", "user-rule"})
_SEVERITIES: Mapping[str, Severity] = {
    "error": Severity.ERROR,
    "warning": Severity.WARNING,
    "info": Severity.INFORMATION,
    "information": Severity.INFORMATION,
    "hint": Severity.HINT,
}


@dataclass(frozen=True, slots=True)
class RuleProblem:
    """What is wrong with a rule file. `line` counts from 1; `message` is a sentence."""

    path: str
    line: int
    message: str


@dataclass(frozen=True, slots=True)
class UserRules:
    """The rules of one workspace folder that can run, and what is wrong with the others."""

    rules: tuple[Rule, ...]
    problems: tuple[RuleProblem, ...]


NO_RULES = UserRules((), ())


def is_rule_file(path: str) -> bool:
    """Whether a path of the workspace is one that rules are read from."""
    return path.startswith(f"{FOLDER}/") and path.endswith((".yml", ".yaml"))


def user_rules(source: Context) -> UserRules:
    """The rules of the workspace folder, open documents before the disk. Never raises for what the
    files hold.
    """
    texts = dict(_on_disk(source.root))
    for path, document in source.documents.items():
        if is_rule_file(path):
            texts[path] = document.text
    return _read(tuple(sorted(texts.items()))) if texts else NO_RULES


def _on_disk(root: Path) -> Iterator[tuple[str, bytes | str]]:
    """Paths with their texts, or with a sentence on why there is none."""
    folder = root / FOLDER
    try:
        names = sorted(entry.name for entry in os.scandir(folder) if entry.is_file())
    except (FileNotFoundError, NotADirectoryError):
        return
    except OSError as error:
        yield FOLDER, f"The folder cannot be read: {error.strerror or error}."
        return
    for number, name in enumerate(name for name in names if is_rule_file(f"{FOLDER}/{name}")):
        path = f"{FOLDER}/{name}"
        if number >= _MAX_FILES:
            yield path, f"Only the first {_MAX_FILES} rule files are read."
            return
        try:
            with open(root / path, "rb") as file:
                yield path, file.read(_MAX_FILE_SIZE + 1)
        except OSError as error:
            yield path, f"The file cannot be read: {error.strerror or error}."


@lru_cache(maxsize=16)
def _read(texts: tuple[tuple[str, bytes | str], ...]) -> UserRules:
    from pairwright_analyzers.rules.user import problem_of, rule_of

    rules: list[Rule] = []
    problems: list[RuleProblem] = []
    taken = {rule.id: "a built-in rule" for rule in RULES} | dict.fromkeys(_TAKEN, "Pairwright")
    for path, text in texts:
        if isinstance(text, str):
            problems.append(RuleProblem(path, 1, text))
            continue
        for found in _rules_in(path, text):
            if isinstance(found, RuleProblem):
                problems.append(found)
                continue
            line, user_rule = found
            if user_rule.id in taken:
                message = f"The id `{user_rule.id}` is taken by {taken[user_rule.id]}."
                problems.append(RuleProblem(path, line, message))
                continue
            reason = problem_of(user_rule)
            if reason:
                message = f"The rule `{user_rule.id}` cannot be used: {reason}."
                problems.append(RuleProblem(path, line, message))
                continue
            taken[user_rule.id] = path
            rules.append(rule_of(user_rule))
    return UserRules(tuple(rules), tuple(problems))


class _Wrong(Exception):
    """A rule that is no rule: (line from 1, sentence)."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line
        self.message = message


def _rules_in(path: str, text: bytes) -> Iterator[tuple[int, UserRule] | RuleProblem]:
    """The rules of one file, each with its line, or what is wrong with it."""
    import yaml

    if len(text) > _MAX_FILE_SIZE:
        yield RuleProblem(path, 1, f"The file is larger than {_MAX_FILE_SIZE} bytes.")
        return
    try:
        decoded = text.decode("utf-8-sig")
        _check_shape(decoded)
        loader = yaml.SafeLoader(decoded)
        documents = []
        while loader.check_node():
            node = loader.get_node()
            if node is not None:
                documents.append((node, loader.construct_document(node)))
    except UnicodeDecodeError as error:
        yield RuleProblem(path, 1, f"The file is not UTF-8 (byte {error.start}).")
        return
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark is not None else 1
        reason = getattr(error, "problem", None) or str(error).splitlines()[0]
        yield RuleProblem(path, line, f"The file is not valid YAML: {reason}.")
        return
    except (RecursionError, ValueError) as error:
        yield RuleProblem(path, 1, f"The file cannot be read: {error}.")
        return
    except _Wrong as error:
        yield RuleProblem(path, error.line, error.message)
        return
    for node, value in documents:
        if value is None:
            continue
        try:
            yield node.start_mark.line + 1, _user_rule(path, node, value)
        except _Wrong as error:
            yield RuleProblem(path, error.line, error.message)


def _check_shape(text: str) -> None:
    """Refuse what would grow when it is read: aliases, depth, sheer number."""
    import yaml

    depth = 0
    for count, event in enumerate(yaml.parse(text, yaml.SafeLoader)):
        line = event.start_mark.line + 1 if event.start_mark is not None else 1
        if isinstance(event, yaml.AliasEvent):
            raise _Wrong(line, "Aliases (`*name`) are not read in rules. Write the value out.")
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            if depth > _MAX_DEPTH:
                raise _Wrong(line, f"The rule is nested more than {_MAX_DEPTH} levels deep.")
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if count > _MAX_EVENTS:
            raise _Wrong(line, "The file holds too many values.")


def _user_rule(path: str, node: Any, value: object) -> UserRule:
    from pairwright_analyzers.rules.user import UserRule

    top = node.start_mark.line + 1
    if not isinstance(value, dict):
        raise _Wrong(top, "A rule is a mapping with `id`, `language`, `message` and `rule`.")
    lines = {key.value: key.start_mark.line + 1 for key, _ in node.value}
    for key in value:
        if key not in _FIELDS:
            names = ", ".join(f"`{name}`" for name in sorted(_FIELDS))
            raise _Wrong(lines.get(key, top), f"`{key}` is no field of a rule. Known: {names}.")

    def text(key: str, *, required: bool = False) -> str:
        found = value.get(key)
        if found is None and not required:
            return ""
        if not isinstance(found, str) or not found.strip():
            missing = "is missing" if found is None else "must be a text"
            raise _Wrong(lines.get(key, top), f"`{key}` {missing}.")
        return found

    identifier = text("id", required=True)
    if not _ID.match(identifier):
        raise _Wrong(
            lines["id"], f"`id` must be small letters, digits and dashes, not `{identifier[:80]}`."
        )
    # YAML reads a bare `off` as false.
    word = "off" if value.get("severity") is False else text("severity") or "warning"
    if word not in _SEVERITIES and word != "off":
        names = ", ".join(_SEVERITIES)
        raise _Wrong(lines["severity"], f"`severity` must be one of {names}, off, not `{word}`.")
    fix = value.get("fix")
    if fix is not None and not isinstance(fix, str):
        raise _Wrong(lines["fix"], "`fix` must be a text.")
    return UserRule(
        identifier,
        _languages(value, lines, top),
        text("message", required=True),
        _SEVERITIES.get(word, Severity.WARNING),
        _config(value, lines, top),
        fix,
        text("note"),
        text("url"),
        word != "off",
        path,
    )


def _languages(value: Mapping[str, object], lines: Mapping[str, int], top: int) -> tuple[str, ...]:
    from pairwright_analyzers.patterns import UNSUPPORTED, language_named, supported_languages

    key = "languages" if "languages" in value else "language"
    given = value.get(key)
    words: Sequence[object] = given if isinstance(given, list) else [given]
    line = lines.get(key, top)
    if given is None or not words:
        raise _Wrong(line, "`language` is missing.")
    found: list[str] = []
    for word in words:
        known = language_named(word) if isinstance(word, str) else None
        if known is None:
            raise _Wrong(line, f"`{word}` is no language. Known: {supported_languages()}.")
        if known in UNSUPPORTED:
            raise _Wrong(line, f"Patterns cannot be matched in {language(known).name}.")
        found.append(known)
    return tuple(dict.fromkeys(found))


def _config(value: Mapping[str, object], lines: Mapping[str, int], top: int) -> dict[str, Any]:
    rule = value.get("rule", value.get("pattern"))
    if "rule" in value and "pattern" in value:
        raise _Wrong(lines["pattern"], "Give `rule` or `pattern`, not both.")
    if isinstance(rule, str) and rule.strip():
        rule = {"pattern": rule}
    if not isinstance(rule, dict) or not rule:
        key = "pattern" if "pattern" in value else "rule"
        raise _Wrong(lines.get(key, top), "`rule` must be a pattern or a rule object of ast-grep.")
    config: dict[str, Any] = {"rule": rule}
    for key in ("constraints", "utils", "transform"):
        if key in value:
            if not isinstance(value[key], dict):
                raise _Wrong(lines[key], f"`{key}` must be a mapping.")
            config[key] = value[key]
    return config
