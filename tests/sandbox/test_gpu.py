"""A GPU in the sandbox: asked for or not there, what it opens, what stays shut, and whose turn it is.

Most of it needs no GPU: nodes of /dev/null under a GPU's names lie in a folder of the test's, CUDA is left out,
and what the walls open for it is tried by the system calls that CUDA is known to make. The tests marked `gpu` train.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import textwrap
import threading
from pathlib import Path

import numpy as np
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from judge import __main__ as command_line
from judge.grade import grading, kept
from judge.sandbox import gpu
from judge.sandbox import shared_fork_server as warm
from judge.sandbox.fork_server import ForkServer
from judge.sandbox.outcomes import Returned
from judge.sandbox.sandbox import SandboxUnavailable
from judge.sandbox.session import Code, Session, gpu_place
from judge.suite.suites import Suite

ROOT = Path(__file__).resolve().parents[2]
NODES = ("nvidia0", "nvidia1", "nvidiactl", "nvidia-uvm", "nvidia-uvm-tools", "nvidia-caps/nvidia-cap1")
NOT_SHOWN = ("nvidia-modeset", "sda", "kvm")
_START = """
import sys; sys.path.insert(0, sys.argv[1])
from pathlib import Path
from judge.sandbox import gpu, fork_server_process
paths = gpu.paths
gpu.paths = lambda: paths(Path({devices!r}))
{without_cuda}
fork_server_process.main()
"""


@pytest.fixture(scope="module")
def devices():
    """A folder that looks like the /dev of a machine with two GPUs; every node is another /dev/null."""
    if os.geteuid() != 0:
        pytest.skip("only root can make device nodes")
    folder = Path(tempfile.mkdtemp(dir="/var/tmp"))  # the sandbox has a /tmp of its own
    folder.chmod(0o755)
    (folder / "nvidia-caps").mkdir()
    null = os.stat("/dev/null")
    for name in (*NODES, *NOT_SHOWN):
        os.mknod(folder / name, null.st_mode, null.st_rdev)
        (folder / name).chmod(0o666)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def without_cuda(devices):
    """A fork server whose sandboxes open the walls for a GPU but start none."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CUDA_VISIBLE_DEVICES", "1")
        script = _START.format(devices=str(devices), without_cuda="gpu.start = lambda memory_bytes: None")
        patch.setattr("judge.sandbox.fork_server._START", script)
        with ForkServer() as parent:
            parent.start()
            yield parent


@pytest.fixture(autouse=True)
def own_places(monkeypatch, tmp_path):
    """Places at the GPU that no other test, and nothing else on this machine, takes."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.delenv("JUDGE_GPU_SLOTS", raising=False)


def run(parent: ForkServer, source: str, *, with_gpu: bool = True):
    """What `answer` is after the source ran in a sandbox, or the name of the error that it raised."""
    code = textwrap.indent(textwrap.dedent(source), "    ")
    cell = f"try:\n{code}\nexcept BaseException as error:\n    answer = type(error).__name__"
    with Session(parent, Code((("c", cell),)), with_gpu=with_gpu) as session:
        outcome = session.request(20.0, "resolve", target="answer")
        assert isinstance(outcome, Returned), session.fatal_cells
        return outcome.value


def tree(folder: Path) -> str:
    return f"""
        import os
        answer = sorted(os.path.relpath(os.path.join(at, name), {str(folder)!r})
                        for at, _, names in os.walk({str(folder)!r}) for name in names)
    """


@pytest.mark.isolation
def test_the_gpus_nodes_are_there_when_asked_for_and_nothing_else(without_cuda, devices):
    assert run(without_cuda, tree(devices)) == sorted(NODES)
    written = run(without_cuda, f"answer = open({str(devices / 'nvidia0')!r}, 'wb').write(b'x')")
    assert written == 1
    assert run(without_cuda, "import os\nanswer = sorted(os.listdir('/dev'))") == sorted(
        ["full", "null", "random", "shm", "urandom", "zero"]
    )


@pytest.mark.isolation
def test_a_sandbox_without_a_gpu_has_no_node_of_it_and_no_real_proc(without_cuda, devices):
    assert run(without_cuda, tree(devices), with_gpu=False) == []
    for path in ("/proc/driver", "/processes", "/proc/self/task"):
        assert run(without_cuda, f"import os\nanswer = os.path.exists({path!r})", with_gpu=False) is False
    assert run(without_cuda, "import os\nanswer = os.memfd_create('x')", with_gpu=False) == "OSError"
    variables = run(without_cuda, "import os\nanswer = sorted(os.environ)", with_gpu=False)
    assert not {"CUDA_VISIBLE_DEVICES", "TF_FORCE_GPU_ALLOW_GROWTH"} & set(variables)


@pytest.mark.isolation
def test_the_choice_of_gpus_and_growing_memory_arrive_in_the_sandbox(without_cuda):
    answer = """
        import os
        answer = [os.environ["CUDA_VISIBLE_DEVICES"], os.environ["TF_FORCE_GPU_ALLOW_GROWTH"]]
    """
    assert run(without_cuda, answer) == ["1", "true"]


RESERVE = """
import ctypes
libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
# no rights, private, anonymous, no swap: as CUDA reserves addresses
answer = libc.mmap(None, ctypes.c_size_t(2**38), 0, 0x4022, -1, ctypes.c_long(0)) != ctypes.c_void_p(-1).value
"""


@pytest.mark.isolation
def test_with_a_gpu_addresses_are_free_and_memory_is_not(without_cuda):
    assert run(without_cuda, RESERVE) is True
    assert run(without_cuda, RESERVE, with_gpu=False) is False
    too_much = f"x = bytearray({without_cuda.limits.memory_bytes + 2**30})\nanswer = 'had it'"
    assert run(without_cuda, too_much) == "MemoryError"


NAME_A_THREAD = """
import ctypes, threading, time
threading.Thread(target=time.sleep, args=(20,), daemon=True).start()
name = ctypes.CDLL(None).pthread_setname_np
other = ctypes.c_ulong(threading.enumerate()[-1].ident)
answer = name(other, b"cuda-event")  # of another thread: the C library writes /proc/self/task/*/comm
"""


@pytest.mark.isolation
def test_with_a_gpu_threads_can_be_named_as_cuda_does(without_cuda):
    assert run(without_cuda, NAME_A_THREAD) == 0
    assert run(without_cuda, NAME_A_THREAD, with_gpu=False) != 0


@pytest.mark.isolation
def test_with_a_gpu_proc_shows_the_sandboxs_own_processes_and_nothing_of_the_machine(without_cuda):
    listing = run(without_cuda, "import os\nanswer = sorted(os.listdir('/processes'))")
    assert listing == ["1", "self", "thread-self"]
    assert run(without_cuda, "answer = open('/proc/self/oom_score_adj', 'w').write('-1000')") in (
        "PermissionError",
        "OSError",
    )


@pytest.mark.isolation
def test_with_a_gpu_memory_files_can_be_made_and_other_uncounted_memory_cannot(without_cuda):
    assert isinstance(run(without_cuda, "import os\nanswer = os.memfd_create('x')"), int)
    source = "import ctypes\nanswer = ctypes.CDLL(None).{}(0, 4096, 0o1600)"
    assert [run(without_cuda, source.format(name)) for name in ("shmget", "msgget", "semget")] == [-1, -1, -1]


def test_the_fork_server_has_not_started_cuda(parent):
    source = """
        from tensorflow.python.eager.context import context
        answer = [context()._initialized, context()._physical_devices]
    """
    assert run(parent, source, with_gpu=False) == [False, None]


def test_a_gpu_that_is_not_there_is_named_before_anything_is_graded(tmp_path, monkeypatch):
    whole = gpu.paths
    monkeypatch.setattr(gpu, "paths", lambda: whole(tmp_path))
    with ForkServer(has_gpu=True) as parent, pytest.raises(SandboxUnavailable) as raised:
        parent.start()
    for part in ("Nothing was graded", f"no {tmp_path}/nvidiactl", "nvidia-smi", "grade without JUDGE_GPU"):
        assert part in str(raised.value)
    assert parent._process is None


def test_only_what_is_missing_is_named(devices, tmp_path):
    null = os.stat("/dev/null")
    for name in ("nvidia0", "nvidiactl"):
        os.mknod(tmp_path / name, null.st_mode, null.st_rdev)
    (tmp_path / "nvidia-uvm").write_text("no device")
    with pytest.raises(gpu.GpuMissing, match=r"has no [^ ]*/nvidia-uvm\. Install"):
        gpu.paths(tmp_path)


@pytest.mark.isolation
def test_nodes_without_a_gpu_behind_them_are_no_gpu_and_nothing_is_graded_on_the_cpu(devices, monkeypatch):
    script = _START.format(devices=str(devices), without_cuda="")
    monkeypatch.setattr("judge.sandbox.fork_server._START", script)
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    with ForkServer() as parent, pytest.raises(SandboxUnavailable) as raised:
        parent.fork(with_gpu=True)
    assert "TensorFlow sees none in the sandbox (CUDA_VISIBLE_DEVICES: not set)" in str(raised.value)


def test_the_command_line_asks_for_a_gpu(monkeypatch, tmp_path, capsys):
    monkeypatch.setenv("JUDGE_GPU", "")  # so that what the command sets is taken back
    assert not gpu.is_asked_for()
    assert command_line.main(["grade", "ex05_gan", "--gpu", "--course", str(tmp_path)]) == 1
    assert "Nobody has handed in" in capsys.readouterr().out
    assert gpu.is_asked_for()
    monkeypatch.setattr(warm, "_parent", None)
    assert warm.fork_server().has_gpu


SUITE = """
from judge.suite import check

@check(cell="answer_check", says="The answer is one.", read_again="nothing")
def test_answer(student):
    assert student.value("answer") == 1
"""


class Watched(ForkServer):
    """Says for which sandboxes a GPU was asked, and forks them without."""

    def __init__(self, *, has_gpu):
        super().__init__(has_gpu=has_gpu)
        self.asked = []

    def fork(self, *, with_gpu=False):
        self.asked.append(with_gpu)
        return super().fork()


@pytest.mark.parametrize(
    "has_gpu, beside, asked",
    [
        (False, False, [False]),
        (False, True, [False, False]),
        (True, False, [False, True]),
        (True, True, [False, True]),
    ],
)
def test_only_the_judged_notebook_computes_on_the_gpu(has_gpu, beside, asked, tmp_path, monkeypatch):
    monkeypatch.setattr(gpu, "paths", list)  # this machine need not have one
    suite = tmp_path / "graders" / "ex99" / "test_answer.py"
    suite.parent.mkdir(parents=True)
    suite.write_text(SUITE)
    submission = grading.Submission(new_notebook(cells=[new_code_cell("answer = 1")]))
    with Watched(has_gpu=has_gpu) as parent:
        grading.grade(submission, Suite(suite), parent=parent, beside=beside)
        key = kept.key_of(submission, Suite(suite), parent)
    assert sorted(parent.asked) == asked
    assert key.endswith("-gpu") is has_gpu  # what the CPU said is not taken over


# Places at the GPU

HOLDER = """
import sys, time
sys.path.insert(0, sys.argv[1])
from judge.sandbox.session import gpu_place
with gpu_place():
    print("held", flush=True)
    time.sleep(120)
"""


def hold_elsewhere(folder):
    """Another process of this account that has the only place, until it is killed."""
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(ROOT)], env=os.environ | {"TMPDIR": str(folder)},
        stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    return holder


def has_place() -> bool:
    """Whether a place can be had at once."""
    taken = threading.Event()

    def take() -> None:
        with gpu_place():
            taken.set()

    threading.Thread(target=take, daemon=True).start()
    return taken.wait(1.0)


@pytest.mark.isolation
def test_a_submission_waits_for_its_turn_and_loses_no_time_by_it(without_cuda, tmp_path):
    holder = hold_elsewhere(tmp_path)
    loaded = threading.Event()
    session = Session(without_cuda, Code((("c", "answer = 1"),)), total_seconds=3.0, with_gpu=True)
    thread = threading.Thread(target=lambda: (session.load(), loaded.set()))
    try:
        thread.start()
        assert not loaded.wait(4.0), "two had the only place"
    finally:
        holder.kill()  # a crash gives the place back
        holder.communicate()
    assert loaded.wait(20)
    with session:
        assert session.request(1.0, "resolve", target="answer") == Returned(1)


@pytest.mark.isolation
def test_the_place_is_held_while_the_sandbox_lives_and_through_its_crash(without_cuda):
    code = Code((("c", "import os\ndef crash():\n    os._exit(3)"),))
    with Session(without_cuda, code, with_gpu=True) as session:
        session.load()
        assert not has_place()
        session.request(5.0, "call", target="crash", method=None, args=[], kwargs={})
        assert isinstance(session.request(20.0, "resolve", target="crash"), Returned)
        assert session.generation == 2
        assert not has_place()
    assert has_place()


def test_as_many_places_as_the_instructor_says(monkeypatch):
    monkeypatch.setenv("JUDGE_GPU_SLOTS", "2")
    with gpu_place():
        assert has_place()
        with gpu_place():
            assert not has_place()


@pytest.mark.parametrize("number", ["0", "-1", "two", "", "1.5", "²"])
def test_a_number_of_places_that_is_none_is_refused(number, monkeypatch):
    monkeypatch.setenv("JUDGE_GPU_SLOTS", number)
    with pytest.raises(ValueError, match=f"from 1 on: received '{number}'"):
        gpu_place()


@pytest.mark.parametrize("before, after", [(None, "true"), ("false", "false")])
def test_a_notebook_takes_gpu_memory_as_it_needs_it_unless_told_otherwise(before, after):
    environment = {name: value for name, value in os.environ.items() if name != "TF_FORCE_GPU_ALLOW_GROWTH"}
    environment |= {} if before is None else {"TF_FORCE_GPU_ALLOW_GROWTH": before}
    source = "import os, vaegan; print(os.environ['TF_FORCE_GPU_ALLOW_GROWTH'])"
    done = subprocess.run(
        [sys.executable, "-c", source], env=environment, cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == after


# On a GPU


@pytest.fixture(scope="module")
def real_gpu():
    """A fork server for this machine's GPU."""
    try:
        gpu.paths()
    except gpu.GpuMissing:
        pytest.skip("this machine has no NVIDIA GPU: no /dev/nvidia*")
    look = "import tensorflow as tf; print(len(tf.config.list_physical_devices('GPU')))"
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    if done.stdout.split()[-1] == "0":
        pytest.skip("TensorFlow sees no GPU: driver or CUDA libraries are missing")
    with ForkServer(has_gpu=True) as parent:
        yield parent


TRAIN = """
import keras, numpy as np
from gan import GAN, Discriminator, Generator
model = GAN(Generator(4, image_shape=(8, 8, 1), filters=4), Discriminator(4), 4)
model.compile(generator_optimizer=keras.optimizers.Adam(1e-3), discriminator_optimizer=keras.optimizers.Adam(1e-3))
losses = model.fit(np.random.default_rng(0).random((64, 8, 8, 1), np.float32), batch_size=16, epochs=2, verbose=0)
answer = model.generator.trainable_variables[0].value.device
finite = bool(np.isfinite([value for curve in losses.history.values() for value in curve]).all())
"""


def trained(parent, *, with_gpu):
    """The device of the weights of ex05's reference after two epochs in a sandbox."""
    files = {"gan.py": (ROOT / "solutions" / "ex05_gan" / "gan.py").read_bytes()}
    with Session(parent, Code((("c", TRAIN),), files), with_gpu=with_gpu) as session:
        assert session.request(60.0, "resolve", target="finite") == Returned(True), session.fatal_cells
        return session.request(5.0, "resolve", target="answer").value


@pytest.mark.slow
def test_the_reference_trains_on_the_cpu_where_no_gpu_is_asked_for(parent):
    assert "CPU" in trained(parent, with_gpu=False)


@pytest.mark.gpu
def test_the_reference_trains_on_the_gpu_in_the_sandbox(real_gpu):
    assert "GPU" in trained(real_gpu, with_gpu=True)
    assert "CPU" in trained(real_gpu, with_gpu=False)


@pytest.mark.gpu
def test_the_cap_holds_and_float32_is_exact(real_gpu):
    too_much = f"""
        import tensorflow as tf
        kept = [tf.zeros((2**28,)) for _ in range({gpu.MEMORY_BYTES // 2**30 + 1})]  # 1 GiB each
        answer = "had it"
    """
    assert run(real_gpu, too_much) == "ResourceExhaustedError"
    outcome = run(real_gpu, "import tensorflow as tf\nanswer = tf.fill((512, 512), 1.0001) @ tf.ones((512, 512))")
    np.testing.assert_allclose(outcome, 512 * np.float32(1.0001), rtol=2e-5)  # TF32 is off by 1e-4


@pytest.mark.gpu
def test_the_limit_cannot_be_chosen_anew_by_the_notebook(real_gpu):
    anew = """
        import tensorflow as tf
        limit = tf.config.LogicalDeviceConfiguration(memory_limit=2**20)
        tf.config.set_logical_device_configuration(tf.config.list_physical_devices("GPU")[0], [limit])
        answer = "chosen"
    """
    assert run(real_gpu, anew) == "RuntimeError"


@pytest.mark.gpu
def test_two_at_once_take_turns_at_the_gpu(real_gpu):
    code = Code((("c", "import tensorflow as tf\nanswer = float(tf.reduce_sum(tf.ones((8, 8))))"),))
    loaded = threading.Event()
    second = Session(real_gpu, code, with_gpu=True)
    with Session(real_gpu, code, with_gpu=True) as first:
        first.load()
        threading.Thread(target=lambda: (second.load(), loaded.set()), daemon=True).start()
        assert not loaded.wait(5.0)
        assert first.request(20.0, "resolve", target="answer") == Returned(64.0)
    assert loaded.wait(60)
    with second:
        assert second.request(20.0, "resolve", target="answer") == Returned(64.0)


SMOKE_RUN = """
import sys
import nbformat
notebook, module = sys.argv[1:]
sys.path.insert(0, module)
namespace = {"__name__": "__main__"}
for cell in nbformat.read(notebook, 4).cells:
    if cell.cell_type == "code":
        exec(cell.source.replace("FAST = False", "FAST = True").replace('"auto"', '"digits"'), namespace)
print(namespace["gan"].generator.trainable_variables[0].value.device)
"""


def smoke_run(folder):
    """The device of the weights after the caller of ex05 ran with its FAST switch on, outside any sandbox."""
    notebook = ROOT / "source" / "ex05_gan" / "train_gan_mnist.ipynb"
    done = subprocess.run(
        [sys.executable, "-c", SMOKE_RUN, notebook, ROOT / "solutions" / "ex05_gan"], cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT), "MPLBACKEND": "agg"}, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout.splitlines()[-1]


@pytest.mark.gpu
def test_a_smoke_run_of_a_training_caller_computes_on_the_gpu(real_gpu, tmp_path):
    assert "GPU" in smoke_run(tmp_path)
