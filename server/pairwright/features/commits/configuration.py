"""What a repository's files say about its commit messages: commitlint, commitizen, gitmoji,
semantic-pull-request checks and message templates.

Owns the reading of those files. None of them is run: a configuration in JavaScript counts as far as
it is a literal object. It must not know histories.
"""

from __future__ import annotations

import json
import os
import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from pairwright.features.commits.header import STANDARD_TYPES
from pairwright_analyzers.literals import exported_literal

_MAX_FILE = 300_000


@dataclass(frozen=True, slots=True)
class MessageRules:
    """Rules somebody wrote down. None, 0 and empty mean that nothing is demanded.

    `files` are the configuration files they come from. Lengths are in characters. `subject_cases`
    are names of commitlint's cases that a subject must not (`subject_case_never`) or must have.
    `pattern` is a regular expression that a whole message has to match.
    """

    files: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    scopes: tuple[str, ...] = ()
    scope_required: bool = False
    scope_forbidden: bool = False
    scope_case: str = ""
    max_header: int = 0
    min_header: int = 0
    max_subject: int = 0
    max_body_line: int = 0
    max_footer_line: int = 0
    subject_cases: tuple[str, ...] = ()
    subject_case_never: bool = False
    full_stop: bool | None = None
    """Whether a header has to end with a full stop (True) or must not (False)."""
    body_required: bool = False
    blank_line: bool = False
    signed_off: bool = False
    ticket_required: bool = False
    conventional: bool = False
    emoji: str = ""
    """"code" or "emoji" where gitmoji is in use."""
    pattern: str = ""
    template: str = ""
    problems: tuple[str, ...] = field(default_factory=tuple)


_CONVENTIONAL = {
    "body-leading-blank": [1, "always"],
    "body-max-line-length": [2, "always", 100],
    "footer-max-line-length": [2, "always", 100],
    "header-max-length": [2, "always", 100],
    "subject-case": [
        2,
        "never",
        ["sentence-case", "start-case", "pascal-case", "upper-case"],
    ],
    "subject-full-stop": [2, "never", "."],
    "type-enum": [2, "always", list(STANDARD_TYPES)],
}
_PRESETS: Mapping[str, Mapping[str, Any]] = {
    "conventional": _CONVENTIONAL,
    "angular": {
        **_CONVENTIONAL,
        "header-max-length": [2, "always", 72],
        "type-enum": [
            2,
            "always",
            ["build", "ci", "docs", "feat", "fix", "perf", "refactor", "revert", "style", "test"],
        ],
    },
}

_COMMITLINT = (
    ".commitlintrc",
    ".commitlintrc.json",
    ".commitlintrc.yaml",
    ".commitlintrc.yml",
    ".commitlintrc.js",
    ".commitlintrc.cjs",
    ".commitlintrc.mjs",
    ".commitlintrc.ts",
    "commitlint.config.js",
    "commitlint.config.cjs",
    "commitlint.config.mjs",
    "commitlint.config.ts",
    "commitlint.config.json",
)


def configured_rules(root: Path, template: str = "") -> MessageRules:
    """The rules that the files in `root` state; `template` is the path `commit.template` names.

    A file that cannot be read is told in `problems`.
    """
    rules = MessageRules()
    for read in (_commitlint, _semantic, _commitizen, _gitmoji):
        rules = read(root, rules)
    for name in filter(None, (template, ".gitmessage", ".gitmessage.txt")):
        text = _text(root / os.path.expanduser(name))
        if text is not None and text.strip():
            return replace(rules, template=text, files=(*rules.files, name))
    return rules


def _commitlint(root: Path, rules: MessageRules) -> MessageRules:
    for name in _COMMITLINT:
        if (root / name).is_file():
            return _with_commitlint(name, _loaded(root / name), rules)
    package = _loaded(root / "package.json")
    if isinstance(package, Mapping) and "commitlint" in package:
        return _with_commitlint("package.json", package["commitlint"], rules)
    return rules


def _with_commitlint(name: str, config: object, rules: MessageRules) -> MessageRules:
    if not isinstance(config, Mapping):
        problem = f"{name} cannot be read without running it."
        # Whoever has the file has conventional commits, whatever else it says.
        return replace(rules, conventional=True, problems=(*rules.problems, problem))
    merged: dict[str, Any] = {}
    for preset in _texts(config.get("extends")):
        for word, held in _PRESETS.items():
            if word in preset:
                merged |= held
    own = config.get("rules")
    if isinstance(own, Mapping):
        merged |= own
    rules = replace(rules, files=(*rules.files, name), conventional=True)
    for key, value in merged.items():
        if isinstance(value, Sequence) and not isinstance(value, str) and value:
            rules = _with_rule(rules, str(key), value)
    return rules


def _with_rule(rules: MessageRules, key: str, value: Sequence[Any]) -> MessageRules:
    level, *rest = value
    if level not in (1, 2):
        return rules
    always = not rest or rest[0] != "never"
    given = rest[1] if len(rest) > 1 else None
    words = tuple(_texts(given))
    number = given if isinstance(given, int) and not isinstance(given, bool) else 0
    match key:
        case "type-enum" if always and words:
            return replace(rules, types=words)
        case "scope-enum" if always and words:
            return replace(rules, scopes=words)
        case "scope-empty":
            return replace(rules, scope_required=not always, scope_forbidden=always)
        case "scope-case" if always and len(words) == 1:
            return replace(rules, scope_case=words[0])
        case "header-max-length" if always:
            return replace(rules, max_header=number)
        case "header-min-length" if always:
            return replace(rules, min_header=number)
        case "subject-max-length" if always:
            return replace(rules, max_subject=number)
        case "body-max-line-length" if always:
            return replace(rules, max_body_line=number)
        case "footer-max-line-length" if always:
            return replace(rules, max_footer_line=number)
        case "subject-case":
            return replace(rules, subject_cases=words, subject_case_never=not always)
        case "subject-full-stop":
            return replace(rules, full_stop=always)
        case "body-empty":
            return replace(rules, body_required=not always)
        case "body-leading-blank" if always:
            return replace(rules, blank_line=True)
        case "signed-off-by" if always:
            return replace(rules, signed_off=True)
        case "references-empty":
            return replace(rules, ticket_required=not always)
    return rules


def _semantic(root: Path, rules: MessageRules) -> MessageRules:
    """`.github/semantic.yml` of the semantic pull request checks."""
    for name in (".github/semantic.yml", ".github/semantic.yaml"):
        config = _loaded(root / name)
        if isinstance(config, Mapping):
            return replace(
                rules,
                files=(*rules.files, name),
                conventional=True,
                types=rules.types or tuple(_texts(config.get("types"))),
                scopes=rules.scopes or tuple(_texts(config.get("scopes"))),
            )
    return rules


_CZ_TYPES = ("fix", "feat", "docs", "style", "refactor", "perf", "test", "build", "ci")


def _commitizen(root: Path, rules: MessageRules) -> MessageRules:
    for name in (
        "pyproject.toml",
        ".cz.toml",
        "cz.toml",
        ".cz.json",
        "cz.json",
        ".cz.yaml",
        "cz.yaml",
    ):
        config = _loaded(root / name)
        if not isinstance(config, Mapping):
            continue
        held = config.get("tool", config)
        held = held.get("commitizen") if isinstance(held, Mapping) else None
        if not isinstance(held, Mapping):
            continue
        rules = replace(rules, files=(*rules.files, name))
        limit = held.get("message_length_limit")
        if isinstance(limit, int) and limit > 0:
            rules = replace(rules, max_header=rules.max_header or limit)
        custom = held.get("customize")
        if isinstance(custom, Mapping) and isinstance(custom.get("schema_pattern"), str):
            return replace(rules, pattern=custom["schema_pattern"])
        if held.get("name", "cz_conventional_commits") == "cz_conventional_commits":
            return replace(rules, conventional=True)
        return rules
    package = _loaded(root / "package.json")
    for name in (".cz-config.js", ".cz-config.cjs", ".cz-config.json"):
        config = _loaded(root / name)
        if isinstance(config, Mapping):
            types = tuple(_texts(config.get("types"), "value"))
            scopes = tuple(_texts(config.get("scopes"), "name"))
            return replace(
                rules,
                files=(*rules.files, name),
                conventional=True,
                types=rules.types or types,
                scopes=rules.scopes or scopes,
            )
    if isinstance(package, Mapping) and "cz-conventional-changelog" in json.dumps(
        package.get("config", "")
    ):
        return replace(rules, files=(*rules.files, "package.json"), conventional=True)
    return rules


def _gitmoji(root: Path, rules: MessageRules) -> MessageRules:
    config = _loaded(root / ".gitmojirc.json")
    if isinstance(config, Mapping):
        form = config.get("emojiFormat")
        return replace(
            rules,
            files=(*rules.files, ".gitmojirc.json"),
            emoji="emoji" if form == "emoji" else "code",
        )
    return rules


# Reading files without running them.


def _text(place: Path) -> str | None:
    try:
        if place.stat().st_size > _MAX_FILE:
            return None
        return place.read_text("utf-8", "replace")
    except OSError:
        return None


def _loaded(place: Path) -> object:
    """The value a file holds; None where there is none or it is no plain value."""
    text = _text(place)
    if text is None:
        return None
    name = place.name
    import yaml

    try:
        if name.endswith(".toml"):
            return tomllib.loads(text)
        if name.endswith((".js", ".cjs", ".mjs", ".ts")):
            return exported_literal(text)
        if name.endswith((".yaml", ".yml")) or not text.lstrip().startswith("{"):
            return yaml.safe_load(text)
        return json.loads(re.sub(r",(\s*[}\]])", r"\1", text))
    except (ValueError, RecursionError, yaml.YAMLError):
        return None


def _texts(value: object, key: str = "") -> list[str]:
    """The strings of a list; of objects in it, what stands at `key`."""
    if isinstance(value, str):
        return [value]
    if not isinstance(value, Sequence):
        return []
    found = []
    for one in value:
        held = one.get(key) if isinstance(one, Mapping) and key else one
        if isinstance(held, str):
            found.append(held)
    return found
