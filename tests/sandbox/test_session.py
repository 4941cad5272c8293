"""Whatever student code does comes back as a value, and the next request is served."""

import base64
import struct

import numpy as np
import pytest

from judge.sandbox.fork_server import ForkServer
from judge.sandbox.outcomes import Died, OutOfMemory, Raised, Returned, TimedOut, TooMuchOutput
from judge.sandbox.protocol import Handle
from judge.sandbox.sandbox import Sandbox
from judge.sandbox.session import Code, Session
from judge.suite.expect import CheckFailed
from judge.suite.student import Student


def load(parent: ForkServer, *sources: str, **files: bytes) -> Session:
    session = Session(parent, Code(tuple((f"c{i}", s) for i, s in enumerate(sources)), files), cell_seconds=5)
    session.load()
    return session


def call(session: Session, name: str, *args, seconds: float = 20.0):
    return session.request(seconds, "call", target=name, method=None, args=list(args), kwargs={})


FUNCTIONS = """
import os, tensorflow as tf
def double(x): return 2 * x
def fail(): raise ValueError("no")
def stop(): raise SystemExit(0)
def loop():
    while True: pass
def leave(): os._exit(3)
def kill(): os.kill(os.getpid(), 9); return "still here"
def crash():
    import ctypes; ctypes.string_at(0)
def hog(): return len(bytearray(64 * 2**30))
def flood(): return tf.zeros((2**27,))
def opaque(): return object()
"""


def test_arrays_go_in_and_come_out_with_dtype_and_shape(parent):
    with load(parent, FUNCTIONS) as session:
        for dtype in ("float32", "float64", "int32", "uint8"):
            x = np.arange(6, dtype=dtype).reshape(2, 3)
            outcome = call(session, "double", x)
            assert isinstance(outcome, Returned)
            assert outcome.value.dtype == dtype
            np.testing.assert_array_equal(outcome.value, 2 * x)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("fail", Raised), ("stop", Raised), ("loop", TimedOut), ("leave", Died), ("crash", Died),
        ("hog", OutOfMemory), ("flood", TooMuchOutput), ("opaque", Returned), ("undefined", Raised),
    ],
)  # fmt: skip
def test_every_end_is_a_value_and_the_next_call_works(parent, name, expected):
    with load(parent, FUNCTIONS) as session:
        assert isinstance(call(session, name, seconds=6.0), expected)
        assert call(session, "double", 4) == Returned(8)


def test_a_process_cannot_kill_its_own_sandbox_by_signal(parent):
    with load(parent, FUNCTIONS) as session:
        assert call(session, "kill") == Returned("still here")


def test_the_students_own_line_is_reported(parent):
    with load(parent, FUNCTIONS) as session:
        outcome = call(session, "fail")
        assert isinstance(outcome, Raised)
        assert outcome.lines[-1][2].endswith('raise ValueError("no")')


def test_objects_stay_outside_as_numbered_handles(parent):
    with load(parent, FUNCTIONS) as session:
        outcome = call(session, "opaque")
        assert isinstance(outcome, Returned)
        assert outcome.value == Handle(outcome.value.number, "object")


def test_cells_show_streams_values_figures_and_errors(parent):
    figure = "import matplotlib.pyplot as plt\nplt.plot([1, 2]); print('drawn')"
    with load(parent, "print('hello')\n6 * 7", figure, "1 / 0", "def broken(:") as session:
        kinds = {name: [o["output_type"] for o in shown] for name, shown in session.outputs.items()}
        assert kinds["c0"] == ["stream", "execute_result"]
        assert session.outputs["c0"][1]["data"]["text/plain"] == "42"
        assert "image/png" in session.outputs["c1"][-1]["data"]
        assert session.outputs["c2"][0]["ename"] == "ZeroDivisionError"
        assert session.outputs["c3"][0]["ename"] == "SyntaxError"


def test_the_courses_pictures_are_as_large_as_in_a_notebook_without_pyplot(parent):
    source = "from vaegan.pictures import Picture\nPicture(figsize=(3, 1))"
    with load(parent, source) as session:
        content = base64.b64decode(session.outputs["c0"][-1]["data"]["image/png"])
    assert struct.unpack(">II", content[16:24]) == (330, 110)


def test_a_cell_that_ends_the_process_is_skipped_and_the_others_run(parent):
    with load(parent, "a = 1", "import os; os._exit(1)", "while True: pass", "b = a + 1") as session:
        assert session.request(5.0, "resolve", target="b") == Returned(2)
        assert [type(o) for o in session.fatal_cells.values()] == [Died, TimedOut]


def test_a_crash_that_does_not_happen_again_is_forgiven(parent, monkeypatch):
    monkeypatch.setattr("judge.sandbox.sandbox.Sandbox.request", _die_once(Sandbox.request))
    with load(parent, "a = 1", "b = 2") as session:
        assert session.request(5.0, "resolve", target="b") == Returned(2)
        assert session.fatal_cells == {}
        assert session.generation == 2


def _die_once(request):
    died = []

    def request_or_die(self, seconds, do, **arguments):
        if do == "run_cell" and not died:
            died.append(do)
            self.close()
            return Died("its process was ended by signal 11")
        return request(self, seconds, do, **arguments)

    return request_or_die


def test_other_files_lie_beside_the_notebook(parent):
    with load(parent, "import helper", **{"helper.py": b"answer = 42"}) as session:
        assert session.request(5.0, "resolve", target="helper") != Returned(None)
        assert session.outputs["c0"] == []


def test_gradients_of_inputs_and_weights(parent):
    with load(parent, "import keras\ndef f(x): return x * x, x\nd = keras.layers.Dense(1, use_bias=False)") as s:
        student = Student(s)
        x = np.array([[1.0, 3.0]], "float32")
        np.testing.assert_allclose(student.gradients("f", x, output=0).inputs[0], 2 * x)
        dense = student.get("d")
        dense(x)
        np.testing.assert_allclose(dense.gradients(None, x, weights_of=dense).weights[0], x.T)
        with pytest.raises(CheckFailed, match="raised TypeError"):
            student.gradients("f", "text")


def test_the_fork_server_comes_back_after_it_died():
    with ForkServer() as warm:
        with load(warm, FUNCTIONS) as session:
            assert call(session, "double", 1) == Returned(2)
        assert warm._process is not None
        warm._process.kill()
        warm._process.wait()
        with load(warm, FUNCTIONS) as session:
            assert call(session, "double", 2) == Returned(4)


def test_a_session_that_takes_over_starts_anew_in_the_same_process(parent):
    first = load(
        parent,
        "import os\nleft = 1\nos.makedirs('deep', exist_ok=True)\nos.chdir('deep')\ndef pid(): return os.getpid()",
    )
    before = call(first, "pid")
    with Session(parent, Code((("c0", "import os\ndef pid(): return os.getpid()"),))) as second:
        second.take_over(first)
        assert call(second, "pid") == before
        assert isinstance(second.request(5.0, "resolve", target="left"), Raised)
        assert second.walls == first.walls
        first.close()
        assert call(second, "pid") == before


def test_a_session_takes_a_fresh_sandbox_where_the_earlier_one_is_gone_or_does_not_answer(parent):
    gone = load(parent, FUNCTIONS)
    call(gone, "leave")
    deaf = load(parent, "import sys\ndel sys.modules['matplotlib.pyplot']")
    for earlier in (gone, deaf, Session(parent, Code(()))):
        with Session(parent, Code((("c0", FUNCTIONS),))) as session:
            session.take_over(earlier)
            assert call(session, "double", 2) == Returned(4)
        earlier.close()
