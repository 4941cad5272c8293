"""The frames that cross the trust boundary: numbers, strings and arrays, never objects.

A frame is `uint32 length | JSON header | array bytes`. The header holds the message as a tree and
the dtype and shape of every array; arrays are stored after it, C-ordered, little-endian. There is no
pickle in either direction and every size is checked before memory is taken, because after student
code has run, whatever arrives from the sandbox may have been written by it.
"""

from __future__ import annotations

import json
import math
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

MAX_HEADER_BYTES = 32 * 2**20  # cell outputs (pictures in base64) travel in the header
MAX_BRACKETS = 2_000_000  # empty lists take 30 times their text in memory, and seconds
MAX_ARRAY_BYTES = 256 * 2**20
MAX_ARRAYS = 4096
MAX_DEPTH = 32
MAX_RANK = 6  # NumPy writes out short axes in full: an array of many would take hours to quote
_INTEGERS = range(-(2**63), 2**64)  # those that some NumPy integer type holds
DTYPES = frozenset("bool int8 int16 int32 int64 uint8 uint16 uint32 uint64 float16 float32 float64".split())

_LENGTH = struct.Struct("<I")


class ProtocolError(Exception):
    """What arrived is not a frame, or is larger than a frame may be."""


class PeerClosed(Exception):
    """The other side has gone."""


class DeadlinePassed(Exception):
    """No complete frame arrived in time."""


@dataclass(frozen=True)
class Handle:
    """An object that stays on the student's side, known here by number only."""

    number: int
    type_name: str


def pack(message: Any) -> bytes:
    """Turn a tree of data into one frame.

    Args:
        message: None, bool, int of 64 bits, float, str, numpy array or scalar, list, tuple, dict with
            str keys, or Handle, nested at most `MAX_DEPTH` deep.

    Returns:
        The frame as bytes.

    Raises:
        ProtocolError: if something in the tree is none of these, or too large or deep.
    """
    arrays: list[np.ndarray[Any, Any]] = []
    tree = _to_tree(message, arrays, 0)
    shapes = [[array.dtype.name, list(array.shape)] for array in arrays]
    header = json.dumps({"tree": tree, "arrays": shapes}).encode("utf-8", "backslashreplace")
    if len(header) > MAX_HEADER_BYTES:
        raise ProtocolError(f"the header is over the limit of {MAX_HEADER_BYTES} bytes")
    return b"".join([_LENGTH.pack(len(header)), header, *(array.tobytes() for array in arrays)])


def unpack(read: Callable[[int], bytes]) -> Any:
    """Read one frame through `read(n)`, which returns exactly n bytes.

    Raises:
        ProtocolError: if the bytes are no frame.
    """
    (length,) = _LENGTH.unpack(read(_LENGTH.size))
    if length > MAX_HEADER_BYTES:
        raise ProtocolError(f"a frame header of {length} bytes is over the limit of {MAX_HEADER_BYTES}")
    text = read(length)
    if text.count(b"[") + text.count(b"{") > MAX_BRACKETS:
        raise ProtocolError(f"a frame header has more than {MAX_BRACKETS} lists and objects")
    try:
        header = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ProtocolError("the frame header is not JSON") from error
    if not isinstance(header, dict) or set(header) != {"tree", "arrays"}:
        raise ProtocolError("the frame header lacks its two parts")
    contents = [(read(size), dtype, shape) for dtype, shape, size in _layout(header)]
    try:
        arrays = {i: np.frombuffer(*c[:2]).reshape(c[2]) for i, c in enumerate(contents)}
        return _from_tree(header["tree"], arrays, 0)
    except (ValueError, TypeError, KeyError, IndexError, AttributeError, RecursionError) as error:
        raise ProtocolError("the frame's tree is malformed") from error


def _layout(header: dict[str, Any]) -> list[tuple[str, list[int], int]]:
    """Check dtypes, shapes and the total size before any array byte is read."""
    entries = header["arrays"]
    if not isinstance(entries, list) or len(entries) > MAX_ARRAYS:
        raise ProtocolError("the frame's list of arrays is malformed or too long")
    layout = []
    for entry in entries:
        if not (isinstance(entry, list) and len(entry) == 2 and isinstance(entry[1], list)):
            raise ProtocolError("an array is described by [dtype, shape]")
        dtype, shape = entry
        if not isinstance(dtype, str) or dtype not in DTYPES or len(shape) > MAX_RANK:
            raise ProtocolError("an array has a dtype or rank that does not cross the boundary")
        if not all(type(n) is int and 0 <= n <= MAX_ARRAY_BYTES for n in shape):
            raise ProtocolError("an array's shape is not made of non-negative whole numbers")
        layout.append((dtype, shape, math.prod(shape) * np.dtype(dtype).itemsize))
    if sum(size for _, _, size in layout) > MAX_ARRAY_BYTES:
        raise ProtocolError(f"the frame's arrays are over the limit of {MAX_ARRAY_BYTES} bytes")
    return layout


def _to_tree(value: Any, arrays: list[np.ndarray[Any, Any]], depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise ProtocolError(f"the message is nested deeper than {MAX_DEPTH}")
    if value is None or isinstance(value, bool | int | float | str):
        plain = _plain(value)
        if isinstance(plain, int) and plain not in _INTEGERS:
            raise ProtocolError("a whole number of more than 64 bits is over the limit")
        return plain
    if isinstance(value, np.ndarray | np.generic):
        array = np.asarray(value)
        if array.dtype.name not in DTYPES:
            raise ProtocolError(f"an array of dtype {array.dtype} does not cross the boundary")
        if array.ndim > MAX_RANK:
            raise ProtocolError(f"an array of {array.ndim} axes is over the limit of {MAX_RANK}")
        if sum(a.nbytes for a in arrays) + array.nbytes > MAX_ARRAY_BYTES or len(arrays) == MAX_ARRAYS:
            raise ProtocolError(f"the arrays are over the limit of {MAX_ARRAY_BYTES} bytes")
        arrays.append(np.ascontiguousarray(array, array.dtype.newbyteorder("<")).reshape(array.shape))
        return {"array": len(arrays) - 1}
    if isinstance(value, Handle):
        return {"handle": value.number, "type": value.type_name}
    if isinstance(value, list | tuple):
        items = [_to_tree(item, arrays, depth + 1) for item in value]
        return items if isinstance(value, list) else {"tuple": items}
    if isinstance(value, dict):
        return {"dict": [[str(key), _to_tree(item, arrays, depth + 1)] for key, item in value.items()]}
    raise ProtocolError(f"a value of type {type(value).__name__} does not cross the boundary")


def _plain(value: Any) -> Any:
    """A number or text as Python's own type: a member of an IntEnum is the number that it stands for.

    Asked whether it is in a range, an int of another class is compared with every number of it.
    """
    match value:
        case None | bool():
            return value
        case int():
            return int.__pos__(value)
        case float():
            return float.__pos__(value)
    return str.__str__(value)


def _from_tree(node: Any, arrays: dict[int, np.ndarray[Any, Any]], depth: int) -> Any:
    """The message; each array is taken out once, or a few bytes could ask for any number of copies."""
    if depth > MAX_DEPTH:
        raise ValueError("too deep")
    if node is None or isinstance(node, bool | int | float | str):
        if isinstance(node, int) and node not in _INTEGERS:
            raise ValueError("a whole number of more than 64 bits")
        return _sound(node) if isinstance(node, str) else node
    if isinstance(node, list):
        return [_from_tree(item, arrays, depth + 1) for item in node]
    if "array" in node:
        index = node["array"]
        if type(index) is not int:
            raise ValueError("an array is named by its position")
        return arrays.pop(index).copy()
    if "handle" in node:
        number, type_name = node["handle"], node["type"]
        if type(number) is not int or not isinstance(type_name, str):
            raise ValueError("a handle is a number and a type name")
        return Handle(number, _sound(type_name[:200]))
    if "tuple" in node:
        return tuple(_from_tree(item, arrays, depth + 1) for item in list(node["tuple"]))
    return {_sound(str(key)): _from_tree(item, arrays, depth + 1) for key, item in node["dict"]}


def _sound(text: str) -> str:
    """The text without lone surrogates, which nothing can encode."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


class Channel:
    """One end of the socket between the judge and a sandbox."""

    def __init__(self, connection: socket.socket) -> None:
        """Take over `connection`, a connected stream socket."""
        self._socket = connection

    def send(self, message: Any, seconds: float | None = None) -> None:
        """Send one message.

        Raises:
            PeerClosed: if nobody reads any more.
            DeadlinePassed: if the peer does not take it within `seconds`.
        """
        self._socket.settimeout(seconds)
        try:
            self._socket.sendall(pack(message))
        except TimeoutError as error:
            raise DeadlinePassed from error
        except OSError as error:
            raise PeerClosed from error

    def receive(self, left: Callable[[], float] | None = None) -> Any:
        """Wait for one whole message, however slowly its bytes drip in.

        Args:
            left: says how many seconds to wait before it is asked again; 0: no longer. None: without end.

        Raises:
            DeadlinePassed: if it is not complete when no time is left.
            PeerClosed: if the peer ends before it is complete.
            ProtocolError: if it is no frame.
        """
        return unpack(lambda size: self._read(size, left))

    def _read(self, size: int, left: Callable[[], float] | None) -> bytes:
        chunks = bytearray()
        while len(chunks) < size:
            remaining = None if left is None else left()
            if remaining is not None and remaining <= 0:
                raise DeadlinePassed
            self._socket.settimeout(remaining)
            try:
                chunk = self._socket.recv(min(size - len(chunks), 2**20))
            except TimeoutError:
                continue
            except OSError as error:
                raise PeerClosed from error
            if not chunk:
                raise PeerClosed
            chunks += chunk
        return bytes(chunks)

    def close(self) -> None:
        """Hang up; closing twice is harmless."""
        self._socket.close()
