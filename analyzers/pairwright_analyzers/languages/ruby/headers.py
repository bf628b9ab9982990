"""Headers of Ruby's methods."""

from __future__ import annotations

import re

from pairwright_analyzers.languages.headers import Headers, NewParameter


def _write(new: NewParameter) -> str:
    return f"{new.name} = {new.default}" if new.default else new.name


HEADERS = Headers(
    untyped=True,
    lists=frozenset({"method_parameters"}),
    write=_write,
    empty="",
    defaults_last=False,
    last_mark="&",
    takes_all=re.compile(r"\bsuper\b(?!\s*\()|\bbinding\b|\blocal_variables\b|\beval\b"),
    own_type=re.compile(r"self\.class\.new\b"),
    base_calls=re.compile(r"\bsuper\b(?!\s*\()"),
    constructor_words=frozenset({"new", "super"}),
    base_words=frozenset({"super"}),
)
