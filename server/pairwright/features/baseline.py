"""The baseline: findings accepted as they are, in a file that a team commits.

Owns its format and what makes two findings the same one: rule, path, symbol and message, numbers
left out, so that neither moved lines nor a changed count revive an accepted finding. It must not
know how findings are made.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from pairwright.errors import BadSetting
from pairwright_analyzers.types import Finding

VERSION = 1
MAX_FILE_SIZE = 20_000_000

Key = tuple[str, str, str, str]
"""(rule, path, symbol, message with `#` for every number)."""

_NUMBER = re.compile(r"\d+")


def key_of(finding: Finding) -> Key:
    """What stays of a finding when the lines around it move."""
    return (
        finding.rule,
        finding.location.path,
        finding.symbol,
        _NUMBER.sub("#", finding.message),
    )


class Baseline:
    """How often each finding was accepted."""

    def __init__(self, counts: Mapping[Key, int]) -> None:
        self._counts = counts

    def without_accepted(self, findings: Iterable[Finding]) -> list[Finding]:
        """The findings that were not accepted; of several with one key, the later ones stay."""
        if not self._counts:
            return list(findings)
        left = Counter(self._counts)
        kept = []
        for finding in findings:
            key = key_of(finding)
            if left[key] > 0:
                left[key] -= 1
            else:
                kept.append(finding)
        return kept


def read_baseline(path: Path) -> Baseline:
    """The baseline in a file; an empty one where there is none.

    Raises `BadSetting` for a file that is none.
    """
    try:
        if path.stat().st_size > MAX_FILE_SIZE:
            raise _unusable(path, f"it is larger than {MAX_FILE_SIZE} bytes")
        text = path.read_bytes().decode("utf-8-sig")
    except (FileNotFoundError, NotADirectoryError):
        return Baseline({})
    except OSError as error:
        raise _unusable(path, error.strerror or str(error)) from error
    except UnicodeDecodeError as error:
        raise _unusable(path, f"it is not UTF-8 (byte {error.start})") from error
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise _unusable(path, f"it is not JSON ({error.msg} in line {error.lineno})") from error
    except RecursionError as error:
        raise _unusable(path, "it is nested too deeply") from error
    if not isinstance(value, dict) or not isinstance(value.get("findings"), list):
        raise _unusable(path, "it holds no list `findings`")
    if value.get("version") != VERSION:
        raise _unusable(path, f"its version is {value.get('version')!r}, not {VERSION}")
    counts: Counter[Key] = Counter()
    for number, item in enumerate(value["findings"], 1):
        fields = ("rule", "path", "symbol", "message")
        if not isinstance(item, dict) or not all(isinstance(item.get(one), str) for one in fields):
            raise _unusable(path, f"finding {number} has not all of {', '.join(fields)}")
        count = item.get("count", 1)
        if not isinstance(count, int) or count < 1:
            raise _unusable(path, f"the count of finding {number} is {count!r}")
        counts[(item["rule"], item["path"], item["symbol"], item["message"])] += count
    return Baseline(counts)


def write_findings(path: Path, findings: Iterable[Finding]) -> None:
    """Replace the file by a baseline of `findings`, whole or not at all. Raises `BadSetting`."""
    counts = Counter(key_of(finding) for finding in findings)
    items = [
        {
            "rule": rule,
            "path": place,
            "symbol": symbol,
            "message": message,
            **({"count": count} if count > 1 else {}),
        }
        for (rule, place, symbol, message), count in sorted(counts.items())
    ]
    text = json.dumps({"version": VERSION, "findings": items}, indent=1, ensure_ascii=True) + "\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=path.name, suffix=".new")
        try:
            with os.fdopen(descriptor, "w", encoding="ascii", newline="\n") as file:
                file.write(text)
            Path(name).chmod(0o644)
            os.replace(name, path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise BadSetting(
            f"The baseline {path} cannot be written: {error.strerror or error}",
            "Set `review.baseline` to a file that can.",
        ) from error


def _unusable(path: Path, reason: str) -> BadSetting:
    return BadSetting(
        f"The baseline {path} cannot be used: {reason}; nothing counts as accepted",
        "Restore it from git, or write it anew with `pairwright.review.baseline`.",
    )
