"""Writes ONNX models: nodes and tensors -> the bytes of a model file.

Owns the wire format (protocol buffers, the fields of onnx.proto that a graph needs), so that a
model can be made on a machine that has neither `onnx` nor a training framework. It must not know
what a graph computes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_IR_VERSION = 8
_OPERATORS = 17
_KINDS = {"float32": 1, "uint8": 2, "int8": 3, "int32": 6, "int64": 7}
FLOAT = 1
INT32 = 6
INT64 = 7

Attribute = int | float | Sequence[int]


@dataclass(slots=True)
class Graph:
    """A graph being written: `call` adds a node and names its result, `constant` adds a tensor."""

    _nodes: list[bytes] = field(default_factory=list)
    _tensors: list[bytes] = field(default_factory=list)
    _constants: dict[tuple[str, bytes, tuple[int, ...]], str] = field(default_factory=dict)
    _count: int = 0

    def call(self, operator: str, *inputs: str, **attributes: Attribute) -> str:
        """The name of the operator's first result."""
        return self.call_many(operator, inputs, 1, **attributes)[0]

    def call_many(
        self, operator: str, inputs: Iterable[str], results: int, **attributes: Attribute
    ) -> list[str]:
        """The names of an operator's results."""
        names = [self._name() for _ in range(results)]
        node = b"".join(_text(1, name) for name in inputs)
        node += b"".join(_text(2, name) for name in names)
        node += _text(3, names[0]) + _text(4, operator)
        node += b"".join(_bytes(5, _attribute(key, value)) for key, value in attributes.items())
        self._nodes.append(node)
        return names

    def constant(self, value: npt.NDArray[Any]) -> str:
        """The name of a tensor with this value; equal ones share it."""
        key = (value.dtype.name, value.tobytes(), value.shape)
        if key not in self._constants:
            self._constants[key] = name = self._name()
            tensor = b"".join(_number(1, size) for size in value.shape)
            tensor += _number(2, _KINDS[value.dtype.name]) + _text(8, name) + _bytes(9, key[1])
            self._tensors.append(tensor)
        return self._constants[key]

    def scalar(self, value: np.generic) -> str:
        """The name of a tensor without dimensions."""
        import numpy as np

        return self.constant(np.asarray(value))

    def model(
        self,
        inputs: Sequence[tuple[str, int, Sequence[str | int]]],
        output: tuple[str, str, Sequence[str | int]],
    ) -> bytes:
        """The whole file. `inputs` are names, kinds (`FLOAT`, `INT64`) and dimensions by name or
        size; `output` is the result, the name it is given, and its dimensions (of floats).
        """
        result, name, dimensions = output
        rename = _text(1, result) + _text(2, name) + _text(3, name) + _text(4, "Identity")
        graph = b"".join(_bytes(1, node) for node in (*self._nodes, rename))
        graph += _text(2, "graph") + b"".join(_bytes(5, tensor) for tensor in self._tensors)
        graph += b"".join(_bytes(11, _value(*one)) for one in inputs)
        graph += _bytes(12, _value(name, FLOAT, dimensions))
        operators = _text(1, "") + _number(2, _OPERATORS)
        return (
            _number(1, _IR_VERSION)
            + _text(2, "pairwright")
            + _bytes(7, graph)
            + _bytes(8, operators)
        )

    def _name(self) -> str:
        self._count += 1
        return f"v{self._count}"


def _attribute(name: str, value: Attribute) -> bytes:
    said = _text(1, name)
    if isinstance(value, float):
        return said + _tag(2, 5) + struct.pack("<f", value) + _number(20, 1)
    if isinstance(value, int):
        return said + _number(3, value) + _number(20, 2)
    return said + b"".join(_number(8, one) for one in value) + _number(20, 7)


def _value(name: str, kind: int, dimensions: Sequence[str | int]) -> bytes:
    shape = b"".join(
        _bytes(1, _text(2, size) if isinstance(size, str) else _number(1, size))
        for size in dimensions
    )
    return _text(1, name) + _bytes(2, _bytes(1, _number(1, kind) + _bytes(2, shape)))


def _tag(number: int, wire: int) -> bytes:
    return _varint(number << 3 | wire)


def _number(number: int, value: int) -> bytes:
    return _tag(number, 0) + _varint(value)


def _bytes(number: int, value: bytes) -> bytes:
    return _tag(number, 2) + _varint(len(value)) + value


def _text(number: int, value: str) -> bytes:
    return _bytes(number, value.encode())


def _varint(value: int) -> bytes:
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
