"""What processes of the index say to each other: values as `marshal`, each behind its length.

Owns the framing. It must not know what is said. Both ends run the same interpreter, and decoding
can make nothing but plain values.
"""

from __future__ import annotations

import marshal
import struct
from typing import IO

_LENGTH = struct.Struct("=I")


def send(stream: IO[bytes], value: object) -> None:
    """Write one value. Raises OSError when the other end is gone."""
    data = marshal.dumps(value)  # type: ignore[arg-type]
    stream.write(_LENGTH.pack(len(data)) + data)
    stream.flush()


def receive(stream: IO[bytes]) -> object:
    """Read one value. Raises EOFError when the other end is gone."""
    head = stream.read(_LENGTH.size)
    if len(head) < _LENGTH.size:
        raise EOFError
    length = _LENGTH.unpack(head)[0]
    data = stream.read(length)
    if len(data) < length:
        raise EOFError
    return marshal.loads(data)
