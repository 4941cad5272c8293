import enum
import json
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from judge.sandbox import outcomes
from judge.sandbox.protocol import (
    DTYPES,
    MAX_BRACKETS,
    MAX_DEPTH,
    MAX_HEADER_BYTES,
    Handle,
    PeerClosed,
    ProtocolError,
    pack,
    unpack,
)

arrays = hnp.arrays(st.sampled_from(sorted(DTYPES)), hnp.array_shapes(min_dims=0, max_dims=4, min_side=0))
scalars = st.none() | st.booleans() | st.integers(-(10**18), 10**18) | st.floats() | st.text()
trees = st.recursive(
    scalars | arrays | st.builds(Handle, st.integers(0, 99), st.text(max_size=20)),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.lists(inner, max_size=3).map(tuple)
        | st.dictionaries(st.text(), inner, max_size=4)
    ),
    max_leaves=12,
)


def read_from(data: bytes):
    position = 0

    def read(size: int) -> bytes:
        nonlocal position
        if position + size > len(data):
            raise PeerClosed
        position += size
        return data[position - size : position]

    return read


def same(a, b) -> bool:
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and a.shape == b.shape and a.tobytes() == b.tobytes()
    if isinstance(a, list | tuple):
        return type(a) is type(b) and len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    return a == b or (a != a and b != b)


@given(trees)
def test_what_is_sent_is_what_arrives(tree):
    assert same(unpack(read_from(pack(tree))), tree)


@settings(max_examples=2000)
@given(st.binary(max_size=200))
def test_any_bytes_are_a_frame_or_a_protocol_error(data):
    with pytest.raises((ProtocolError, PeerClosed)):
        unpack(read_from(struct.pack("<I", len(data)) + data))


json_values = st.recursive(
    scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4)
)
nodes = st.one_of(
    json_values,
    st.fixed_dictionaries({"array": st.integers(-3, 3)}),
    st.fixed_dictionaries({"handle": json_values, "type": json_values}),
    st.fixed_dictionaries({"tuple": json_values}),
    st.fixed_dictionaries({"dict": json_values}),
)


@settings(max_examples=1000)
@given(nodes, st.lists(st.tuples(st.sampled_from([*DTYPES, "object", "V8", 3]), json_values), max_size=3))
def test_any_header_is_read_or_refused(tree, shapes):
    header = json.dumps({"tree": tree, "arrays": shapes}).encode()
    data = struct.pack("<I", len(header)) + header + bytes(4096)
    try:
        unpack(read_from(data))
    except (ProtocolError, PeerClosed):
        return


def test_a_deep_message_is_refused_on_both_sides():
    deep: list = []
    for _ in range(MAX_DEPTH + 1):
        deep = [deep]
    with pytest.raises(ProtocolError, match="nested deeper"):
        pack(deep)
    header = json.dumps({"tree": deep, "arrays": []}).encode()
    with pytest.raises(ProtocolError, match="malformed"):
        unpack(read_from(struct.pack("<I", len(header)) + header))


def test_a_header_of_empty_lists_is_refused_before_it_is_parsed(monkeypatch):
    header = b'{"tree": [' + b",".join([b"[]"] * MAX_BRACKETS) + b'], "arrays": []}'
    assert len(header) < MAX_HEADER_BYTES
    monkeypatch.setattr(json, "loads", None)
    with pytest.raises(ProtocolError, match="more than 2000000 lists and objects"):
        unpack(read_from(struct.pack("<I", len(header)) + header))


def test_a_giant_array_is_refused_before_its_bytes_are_read():
    header = json.dumps({"tree": {"array": 0}, "arrays": [["float64", [2**20, 2**20]]]}).encode()
    with pytest.raises(ProtocolError, match=r"limit|whole numbers"):
        unpack(read_from(struct.pack("<I", len(header)) + header))


def frame(tree, shapes, tail=b"") -> bytes:
    header = json.dumps({"tree": tree, "arrays": shapes}).encode()
    return struct.pack("<I", len(header)) + header + tail


@pytest.mark.parametrize(
    "shapes",
    [
        [[["float32"], [1]]],
        [[{"names": []}, [1]]],
        [["float32", [0, 2**28, 2**28, 2**28]]],
        [["float32", [1] * 7]],
    ],
)
def test_a_dtype_or_shape_that_numpy_cannot_take_is_a_protocol_error(shapes):
    with pytest.raises(ProtocolError):
        unpack(read_from(frame({"array": 0}, shapes, bytes(64))))


def test_an_array_is_taken_out_of_a_frame_once():
    with pytest.raises(ProtocolError, match="malformed"):
        unpack(read_from(frame([{"array": 0}, {"array": 0}], [["uint8", [4]]], bytes(4))))


def test_text_that_arrives_can_be_written():
    bad = "a\ud800b"
    arrived = unpack(read_from(pack([bad, {bad: Handle(1, bad)}])))
    assert arrived == ["a?b", {"a?b": Handle(1, "a?b")}]


def test_whole_numbers_beyond_64_bits_do_not_cross():
    assert unpack(read_from(pack([2**64 - 1, -(2**63)]))) == [2**64 - 1, -(2**63)]
    with pytest.raises(ProtocolError, match="64 bits"):
        pack(2**64)
    with pytest.raises(ProtocolError, match="malformed"):
        unpack(read_from(frame(10**400, [])))


class Colour(enum.IntEnum):
    RED = 3


class Word(str):
    def __str__(self):
        return "another"


def test_numbers_and_texts_of_a_students_own_classes_arrive_as_what_they_stand_for():
    """Python would look for an IntEnum's member in a range of 2**64 numbers by asking each of them."""
    arrived = unpack(
        read_from(pack([Colour.RED, {"a": Colour.RED}, Word("own"), type("Own", (float,), {})(0.5), True]))
    )
    assert arrived == [3, {"a": 3}, "own", 0.5, True]
    assert [type(arrived[0]), type(arrived[2])] == [int, str]


def test_an_exception_made_of_anything_but_text_is_no_exception():
    endless = np.zeros((2,) * 24, "uint8")  # as text: sixteen million numbers
    good = {"type": "E", "kinds": ["E"], "message": "m", "lines": [["f", 1, "x"]]}
    assert isinstance(outcomes.from_reply({"raised": good}), outcomes.Raised)
    for bad in (
        endless,
        good | {"message": endless},
        good | {"kinds": [endless]},
        good | {"lines": [["f", 1e999, "x"]]},
    ):
        assert isinstance(outcomes.from_reply({"raised": bad}), outcomes.Died)


def test_objects_do_not_cross():
    with pytest.raises(ProtocolError, match="does not cross"):
        pack(np.array([object()]))
    with pytest.raises(ProtocolError, match="does not cross"):
        pack(object())
    with pytest.raises(ProtocolError, match="7 axes"):
        pack(np.zeros((1,) * 7))


@given(json_values)
def test_any_reply_becomes_an_outcome(reply):
    assert isinstance(outcomes.from_reply(reply), outcomes.Outcome)
    assert isinstance(outcomes.from_reply({"raised": reply}), outcomes.Outcome)
