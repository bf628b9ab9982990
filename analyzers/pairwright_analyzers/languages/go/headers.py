"""Headers of Go's functions."""

from __future__ import annotations

from pairwright_analyzers.languages.headers import Headers

HEADERS = Headers(
    lists=frozenset({"parameter_list"}),
    write=lambda new: f"{new.name} {new.type}",
    typed=True,
    defaults=False,
    called_outside=frozenset(
        {"WriteHeader", "Flush", "Hijack", "Do", "Dial", "DialContext", "Accept", "Open", "Stat"}
        | {"ReadAt", "WriteAt", "Sum", "Set", "Visit", "Encode", "Decode", "Handle", "Enabled"}
        | {"GobEncode", "GobDecode", "GetState", "Collect", "Describe", "Next", "Close", "Print"}
    ),
)
