"""What renaming needs to know of Go."""

from __future__ import annotations

from pairwright_analyzers.languages.renaming import Modules, Renaming
from pairwright_analyzers.languages.shapes import words

RENAMING = Renaming(
    modules=Modules.FOLDERS,
    contracts=words(
        "main init String GoString Error Unwrap Is As Format Read Write Close Seek ReadFrom WriteTo"
        " ReadByte WriteByte ReadRune WriteString Len Less Swap Push Pop ServeHTTP RoundTrip"
        " MarshalJSON UnmarshalJSON MarshalText UnmarshalText MarshalBinary UnmarshalBinary"
        " MarshalYAML UnmarshalYAML Scan Value Lock Unlock Deadline Done Err TestMain"
    ),
    shared_by_folder=True,
    marks=words("label_name"),
    generated=b"DO NOT EDIT",
)
