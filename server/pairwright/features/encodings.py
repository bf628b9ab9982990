"""How the bytes of a file are text: which encoding, which byte order mark, and the way back.

Owns the reading of bytes outside the index, which decides as the index does, and the writing of a
text in the encoding that its file has. It must not know which files there are.
"""

from __future__ import annotations

from dataclasses import dataclass

_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
    (b"\xef\xbb\xbf", "utf-8"),
)

_GUESSED = ("cp1252", "latin-1")

_NAMES = {
    "utf-8": "UTF-8",
    "utf-16-le": "UTF-16",
    "utf-16-be": "UTF-16",
    "utf-32-le": "UTF-32",
    "utf-32-be": "UTF-32",
    "cp1252": "Windows-1252",
    "latin-1": "Latin-1",
}


@dataclass(frozen=True, slots=True)
class FileText:
    """A file's text as UTF-8 without a mark, and how the file spells it.

    `guessed` says that nothing in the file names the encoding: each byte was taken for a character
    of its own.
    """

    text: bytes
    codec: str
    mark: bytes
    guessed: bool = False

    @property
    def encoding(self) -> str:
        """The encoding's name, for a sentence."""
        return _NAMES[self.codec]

    def written(self, text: bytes) -> bytes:
        """Another text as bytes of such a file.

        Raises ValueError where it has a character that cannot be written: one that the encoding
        lacks, or, where the encoding was guessed, one that the file does not have yet.
        """
        if self.codec == "utf-8":
            return self.mark + text
        characters = text.decode("utf-8")
        if self.guessed:
            new = set(characters) - set(self.text.decode("utf-8"))
            strange = sorted(one for one in new if not one.isascii())
            if strange:
                raise ValueError(f"`{strange[0]}` is not in it yet")
        try:
            return self.mark + characters.encode(self.codec)
        except UnicodeEncodeError as error:
            raise ValueError(f"it has no `{characters[error.start]}`") from None


def file_text(raw: bytes) -> FileText | None:
    """The text of a file's bytes; None for binary ones. Decides as `index.source.normalised`."""
    mark, declared = next((row for row in _MARKS if raw.startswith(row[0])), (b"", ""))
    body = raw[len(mark) :]
    for codec in (declared,) if declared not in ("", "utf-8") else ("utf-8", "cp1252", "latin-1"):
        try:
            text = body.decode(codec).encode()
        except UnicodeError:
            continue
        return FileText(text, codec, mark, codec in _GUESSED) if b"\0" not in text else None
    return None
