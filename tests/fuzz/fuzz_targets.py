"""What the trusted side reads, and inputs to break it: frames, replies, notebooks, modules, debugger sessions.

`TARGETS` maps a name to a strategy of inputs and a function that must not raise on any of them. The normal
test run tries a few; `benchmarks/fuzz.py` tries 100,000 of each.
"""

from __future__ import annotations

import copy
import json
import os
import struct
import tempfile
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import nbformat
import numpy as np
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from judge.sandbox import outcomes
from judge.sandbox.outputs import clean_outputs
from judge.sandbox.protocol import DTYPES, Handle, PeerClosed, ProtocolError, pack, unpack
from judge.submission.intake import take_in
from vaegan.debugger.expressions import ScriptError, names_in
from vaegan.debugger.script import place_of, read_script


@dataclass(frozen=True)
class Target:
    """A parser of ours: `run` must return whatever `inputs` draws."""

    inputs: st.SearchStrategy[Any]
    run: Callable[[Any], None]


_text = st.text(max_size=12) | st.sampled_from(["\x00", "\u202e", "\x1b[2J", "loss", "array", "tuple", "dict"])
_scalars = st.none() | st.booleans() | st.integers() | st.floats() | _text
_json = st.recursive(
    _scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_text, inner, max_size=3),
    max_leaves=8,
)

# Frames: a header that is nearly right, or bytes.
_nodes = st.recursive(
    st.one_of(
        _json,
        st.fixed_dictionaries({"array": st.integers(-2, 4) | _scalars}),
        st.fixed_dictionaries({"handle": st.integers(-1, 9) | _json, "type": _json}),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.fixed_dictionaries({"tuple": st.lists(inner, max_size=3) | inner}),
        st.fixed_dictionaries({"dict": st.lists(st.tuples(_text | _json, inner), max_size=3) | inner}),
    ),
    max_leaves=6,
)
_sizes = st.integers(0, 3) | st.sampled_from([-1, 2**28, 2**31, 2**63, 10**30, True, None, 1.0, "1", float("nan")])
_shapes = st.lists(_sizes, max_size=4) | st.lists(st.just(0), min_size=60, max_size=70) | _json
_arrays = st.lists(st.tuples(st.sampled_from([*sorted(DTYPES), "object", "V8"]) | _json, _shapes), max_size=3) | _json
_headers = st.fixed_dictionaries({"tree": _nodes, "arrays": _arrays}) | _json


def _frame(header: Any, tail: bytes) -> bytes:
    data = json.dumps(header).encode()
    return struct.pack("<I", len(data)) + data + tail


frames = st.builds(_frame, _headers, st.just(bytes(64)) | st.binary(max_size=64)) | st.binary(max_size=120)


def read_frame(data: bytes) -> None:
    """A frame is a message, which can be sent back, or a protocol error."""
    position = 0

    def read(size: int) -> bytes:
        nonlocal position
        if position + size > len(data):
            raise PeerClosed
        position += size
        return data[position - size : position]

    try:
        message = unpack(read)
    except (ProtocolError, PeerClosed):
        return
    pack(message)


# Replies: what a frame may hold, in the place of an answer.
_numbers = st.sampled_from([np.ones(3), np.zeros((2, 2), "uint8"), np.array(1.0), np.array([]), np.array([np.nan])])
_values = st.recursive(
    _scalars | _numbers | st.builds(Handle, st.integers(-1, 9), _text),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_text, inner, max_size=3),
    max_leaves=6,
)
_raised = st.fixed_dictionaries({name: _values for name in ("type", "kinds", "message", "lines")}) | _values
_lines = st.lists(st.tuples(_values, _values, _values), max_size=2)
_nearly = st.fixed_dictionaries(
    {"type": _text, "kinds": st.lists(_values, max_size=2), "message": _text, "lines": _lines}
)
_output = st.fixed_dictionaries(
    {"output_type": st.sampled_from(["stream", "display_data", "execute_result", "error"]) | _values},
    optional={name: _values for name in ("name", "text", "data", "metadata", "ename", "evalue", "traceback")},
)
_ran = st.fixed_dictionaries({"outputs": st.lists(_output | _values, max_size=3), "ok": _values})
replies = st.one_of(
    _values,
    st.fixed_dictionaries({"returned": _values | _ran}),
    st.fixed_dictionaries({"raised": _raised | _nearly}),
    st.fixed_dictionaries({"unsendable": _values}),
)


def read_reply(reply: Any) -> None:
    """Any reply is an outcome, and what it calls outputs are valid outputs."""
    outcome = outcomes.from_reply(reply)
    assert isinstance(outcome, outcomes.Outcome)
    value = getattr(outcome, "value", None)
    shown = value.get("outputs") if isinstance(value, dict) else None
    if isinstance(shown, list):
        for output in clean_outputs(shown):
            nbformat.validate(output, ref=output.output_type, version=4)


# Notebooks: the released one with anything in any place, or text that is nearly JSON.
def released() -> Any:
    """A small release."""
    about = {"grade_id": "f", "grade": False, "solution": True, "locked": False, "schema_version": 3}
    check = about | {"grade_id": "f_check", "grade": True, "solution": False, "locked": True, "points": 3}
    return new_notebook(
        cells=[
            new_markdown_cell("# Lesson", id="a"),
            new_code_cell("raise ToImplement('f')", id="b", metadata={"nbgrader": about}),
            new_code_cell("f(1)", id="c", metadata={"nbgrader": check}),
            new_code_cell("train()", id="d", metadata={"tags": ["long"]}),
        ]
    )


_released = json.loads(nbformat.writes(released()))
_grade_ids = st.sampled_from(["f", "f_check", "g"]) | _json
_about = st.fixed_dictionaries(
    {},
    optional={"grade_id": _grade_ids, "points": _json, "solution": _json, "checksum": _json, "grade": _json},
)
_metadata = st.fixed_dictionaries({}, optional={"nbgrader": _about | _json, "tags": _json, "id": _json}) | _json
_cell = st.fixed_dictionaries(
    {},
    optional={
        "cell_type": st.sampled_from(["code", "markdown", "raw", "heading"]) | _json,
        "source": _text | st.lists(_text, max_size=2) | _json,
        "metadata": _metadata,
        "outputs": st.lists(_output.filter(lambda o: _is_json(o)), max_size=2) | _json,
        "id": st.sampled_from(["a", "b", "d"]) | _json,
        "execution_count": _json,
        "input": _text,
        "attachments": _json,
    },
)


def _is_json(value: Any) -> bool:
    try:
        json.dumps(value)
    except (TypeError, ValueError):
        return False
    return True


_own_cells = st.lists(st.sampled_from(_released["cells"]) | _cell | _json, max_size=6)
_documents = st.fixed_dictionaries(
    {"cells": _own_cells | _json},
    optional={
        "nbformat": st.sampled_from([1, 2, 3, 4, 4, 4, 4, 5]) | _json,
        "nbformat_minor": st.sampled_from([0, 2, 4, 5]) | _json,
        "metadata": _json,
        "worksheets": st.lists(st.fixed_dictionaries({"cells": _own_cells}), max_size=2) | _json,
    },
)


def _damaged(document: Any, position: int, noise: bytes) -> bytes:
    data = json.dumps(document).encode()
    position %= len(data) + 1
    return data[:position] + noise + data[position + len(noise) :]


def _places(node: Any) -> list[tuple[Any, Any]]:
    """Every (container, key) of a JSON document."""
    keys = list(node) if isinstance(node, dict) else range(len(node)) if isinstance(node, list) else []
    return [(node, key) for key in keys] + [place for key in keys for place in _places(node[key])]


def _mutated(changes: list[tuple[int, str, Any]]) -> bytes:
    """The released notebook, its answer filled in, after a few changes anywhere."""
    document = copy.deepcopy(_released)
    document["cells"][1]["source"] = "def f(x):\n    return x"
    for number, kind, value in changes:
        places = _places(document)
        container, key = places[number % len(places)]
        if kind == "set":
            container[key] = value
        elif kind == "delete":
            del container[key]
        elif isinstance(container, list):
            container.insert(number % (len(container) + 1), copy.deepcopy(container[key]))
    return json.dumps(document).encode()


_change = st.tuples(st.integers(0, 200), st.sampled_from(["set", "set", "delete", "double"]), _json | _cell)

notebooks = st.one_of(
    st.builds(_mutated, st.lists(_change, min_size=1, max_size=3)),
    st.builds(_mutated, st.lists(_change, min_size=1, max_size=3)),
    st.builds(_mutated, st.lists(_change, min_size=1, max_size=1)),
    st.builds(lambda d: json.dumps(d).encode(), _documents | _json),
    st.builds(_damaged, _documents, st.integers(0, 5000), st.binary(max_size=3)),
    st.binary(max_size=60),
)

_folder = Path(tempfile.mkdtemp(prefix="fuzz-", dir="/dev/shm" if os.access("/dev/shm", os.W_OK) else None))


def read_notebook(data: bytes) -> None:
    """Any file becomes a valid notebook with every released cell exactly once."""
    _take_in(data, None)


_HEADERS = """\
# %%
# %% grade_id="f"
# %% role="solution" grade_id="f"
# %% [markdown]
# %% [raw]
# %% {"nbgrader": {"grade_id": "f"}}
# %% nbgrader={"grade_id": "f", "solution": true}
# %% nbgrader={
# ---
# jupyter:
# a: &a [*a]
# + {
# -
'''
def f(x):
    return x
%matplotlib inline
!ls""".split("\n")
_lines_of_code = st.sampled_from([*_HEADERS, '"""']) | _text
modules = st.lists(_lines_of_code, max_size=12).map(
    lambda lines: "\n".join(lines).encode("utf-8", "replace")
) | st.binary(max_size=60)


def read_module(data: bytes) -> None:
    """Any file beside a sound notebook is merged or left out."""
    _take_in(nbformat.writes(released()).encode(), data)


def _take_in(notebook: bytes, module: bytes | None) -> None:
    release, path = _folder / "release.ipynb", _folder / "vae.ipynb"
    if not release.exists():
        nbformat.write(released(), release)
    path.write_bytes(notebook)
    path.with_suffix(".py").unlink(missing_ok=True)
    if module is not None:
        path.with_suffix(".py").write_bytes(module)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # nbformat's, about what it mends
        taken = take_in(path, release)
        nbformat.validate(taken.notebook)
    nbformat.writes(taken.notebook).encode()
    graded = [cell.metadata.nbgrader for cell in taken.notebook.cells if "nbgrader" in cell.metadata]
    assert sorted(about.grade_id for about in graded) == ["f", "f_check"]
    assert sum(about.get("points", 0) for about in graded) == 3


# Debugger sessions: pdb's commands with what may follow them, expressions that are nearly Python among it.
_names = st.sampled_from(["x", "std", "np", "self", "1", "0.5", "2", "None", "'a'", "...", "__import__", ""])
_operators = st.sampled_from("+ ** < == in and or if @ << := = , ;;".split())
_methods = st.sampled_from(["max", "mean", "shape", "reshape", "where", "sort", "_x", "__class__"])
_expressions = st.recursive(
    _names,
    lambda inner: st.one_of(
        st.builds("{}{}".format, st.sampled_from(["-", "not ", "~", "*", "lambda: ", "("]), inner),
        st.builds("{}.{}".format, inner, _methods),
        st.builds("{}.{}({}, {})".format, inner, _methods, inner, inner | st.just("out=x")),
        st.builds("{}[{}:{}, {}]".format, inner, inner, inner, inner),
        st.builds("{} {} {}".format, inner, _operators, inner),
        st.builds("{}{}".format, inner, st.sampled_from([")", "\n", "\t", " # ", "\\", "\f", "\x00"])),
    ),
    max_leaves=8,
)
_places_to_stop = st.integers(-1, 10**7) | st.sampled_from(["f", "program.py:3", "\u0663", "x.py:1"])
_session_lines = st.one_of(
    st.builds("{} {}".format, st.sampled_from(["p", "pp", "whatis", "display"]), _expressions),
    st.builds("{} {}, {}".format, st.sampled_from(["b", "tbreak"]), _places_to_stop, _expressions),
    st.builds("condition {} {}".format, st.integers(-1, 9), _expressions),
    st.sampled_from(["c", "n", "s", "r", "u 2", "d", "w", "a", "l 1, 5", "ll", "cl 1", "ignore 1 20", "q", "# so"]),
    st.builds("{} {}".format, st.sampled_from(["j", "!x", "interact", "(Pdb) p", "u", "ignore", "l"]), _expressions),
)
sessions = st.one_of(
    st.lists(_session_lines, min_size=1, max_size=3).map("\n".join),
    st.lists(_session_lines | _text, max_size=6).map("\n".join),
    st.builds(str.__mul__, _session_lines, st.integers(1, 300)),
)


def read_session(text: str) -> None:
    """Any text is a list of commands, whose parts can be read, or a session that is refused in a sentence."""
    try:
        commands = read_script(text)
    except ScriptError:
        return
    for command in commands:
        if command.name in ("break", "tbreak"):
            place_of(command)
        assert isinstance(names_in(command.expression), set)


TARGETS = {
    "frames": Target(frames, read_frame),
    "replies": Target(replies, read_reply),
    "notebooks": Target(notebooks, read_notebook),
    "modules": Target(modules, read_module),
    "sessions": Target(sessions, read_session),
}
