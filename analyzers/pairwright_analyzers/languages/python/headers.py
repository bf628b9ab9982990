"""Headers of Python's functions."""

from __future__ import annotations

import re

from pairwright_analyzers.languages.headers import Headers, NewParameter


def _write(new: NewParameter) -> str:
    if new.type and new.default:
        return f"{new.name}: {new.type} = {new.default}"
    if new.type:
        return f"{new.name}: {new.type}"
    return f"{new.name}={new.default}" if new.default else new.name


HEADERS = Headers(
    lists=frozenset({"parameters"}),
    write=_write,
    keyword_mark="*",
    positional_mark="/",
    takes_all=re.compile(r"\b(?:locals|vars|eval|exec)\s*\("),
    decorators=frozenset(
        {"staticmethod", "classmethod", "abstractmethod", "override", "final", "cache", "lru_cache"}
    ),
    called_outside=frozenset(
        {"load_tests", "process_request", "process_view", "process_response", "process_exception"}
        | {"process_template_response", "allow_migrate", "allow_relation", "db_for_read"}
        | {"db_for_write", "process_item", "create_app", "application"}
    ),
    untyped=True,
    own_type=re.compile(r"\bcls\s*\(|\btype\(self\)\s*\(|__class__\s*\("),
    static="@staticmethod",
)
