"""Each wall is proved by trying to break it from inside."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import textwrap
import time
from pathlib import Path

import pytest

from judge.sandbox import usage
from judge.sandbox.fork_server import ForkServer
from judge.sandbox.outcomes import Died, OutOfMemory, Returned, TimedOut
from judge.sandbox.sandbox import IsolationMissing
from judge.sandbox.session import Code, Session
from judge.sandbox.walls import Limits, visible_paths

pytestmark = pytest.mark.isolation
ROOT = Path(__file__).resolve().parents[2]


def run(parent: ForkServer, source: str, seconds: float = 30.0):
    """What the last line's `answer` holds after the source ran inside, or the error it raised."""
    code = textwrap.dedent(source)
    cell = f"try:\n{textwrap.indent(code, '    ')}\nexcept BaseException as e:\n    answer = type(e).__name__"
    with Session(parent, Code((("c", cell),)), cell_seconds=seconds) as session:
        session.load()
        outcome = session.request(5.0, "resolve", target="answer")
        assert isinstance(outcome, Returned), session.fatal_cells
        return outcome.value


def test_the_course_is_not_there(parent):
    seen = run(parent, f"import os\nanswer = sorted(os.listdir({str(ROOT)!r}))")
    assert set(seen) <= {"vaegan", ".venv"}
    assert run(parent, "answer = open('/etc/passwd').read()") == "FileNotFoundError"
    assert run(parent, "import os\nanswer = sorted(os.listdir('/'))[:20]").count("home") == 0


@pytest.mark.parametrize("folder", ["/", "/usr", str(ROOT / "vaegan"), sys.prefix, "/dev", "/proc"])
def test_nothing_outside_the_scratch_folder_can_be_written(parent, folder):
    answer = run(parent, f"open({folder!r} + '/planted', 'w')\nanswer = 'written'")
    assert answer in ("OSError", "PermissionError")


def test_the_scratch_folder_is_writable_private_and_capped(parent):
    assert run(parent, "open('x', 'w').write('1')\nanswer = 'written'") == "written"
    assert run(parent, "import os\nanswer = os.path.exists('x')") is False
    fill = "for i in range(9):\n    open(f'f{i}', 'wb').write(bytes(200 * 2**20))\nanswer = 'filled'"
    assert run(parent, fill) == "OSError"


def test_there_is_no_network(parent):
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        port = server.getsockname()[1]
        source = f"import socket\nsocket.create_connection(('127.0.0.1', {port}), 2)\nanswer = 'connected'"
        assert run(parent, source) in ("OSError", "ConnectionRefusedError")


def test_no_other_process_can_be_seen_or_signalled(parent):
    assert run(parent, "import os\nanswer = os.getpid()") == 1
    assert run(parent, f"import os\nos.kill({os.getpid()}, 0)\nanswer = 'reached'") == "ProcessLookupError"
    assert run(parent, "import os\nanswer = [n for n in os.listdir('/proc') if n.isdigit()]") == []


def test_the_environment_is_empty_of_the_judges(parent, monkeypatch):
    monkeypatch.setenv("SECRET_TOKEN", "hunter2")
    with ForkServer() as fresh:
        assert "hunter2" not in str(run(fresh, "import os\nanswer = dict(os.environ)"))


def test_new_namespaces_mounts_and_tracing_are_refused(parent):
    source = """
        import ctypes
        libc = ctypes.CDLL(None, use_errno=True)
        mounted = libc.mount(b"x", b"/scratch", b"tmpfs", 0, None)
        answer = [libc.unshare(0x10000000), mounted, libc.ptrace(0, 0, 0, 0)]
    """
    assert run(parent, source) == [-1, -1, -1]


def test_no_privilege_is_left(parent):
    source = """
        import os, ctypes
        answer = [os.getuid() == 0, os.getgroups(), ctypes.CDLL(None).prctl(39, 0, 0, 0, 0)]
    """
    is_root, groups, no_new_privileges = run(parent, source)
    assert (is_root, no_new_privileges) == (False, 1)
    assert groups == [] or os.geteuid() != 0
    assert run(parent, "import os\nos.setuid(0)\nanswer = 'root'") == "PermissionError"


def test_processes_are_limited_and_do_not_outlive_the_session(parent):
    marker = f"outlive-{os.getpid()}"
    source = f"""
        import os, subprocess, sys
        child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)", {marker!r}])
        answer = child.pid > 1
    """
    assert run(parent, source) is True
    listing = subprocess.run(["ps", "ax", "-o", "args"], capture_output=True, text=True, check=True).stdout
    assert marker not in listing
    bomb = "import os, time\nwhile True:\n    if os.fork() == 0:\n        time.sleep(60)\n        os._exit(0)"
    with Session(parent, Code((("c", bomb),)), cell_seconds=60) as session:
        session.load()
        assert session.fatal_cells == {"c": Died("it started too many processes")}


def test_a_fork_bomb_is_gone_in_seconds(parent):
    before = usage.family(parent._process.pid)
    bomb = "import os\nwhile True:\n    try:\n        os.fork()\n    except OSError:\n        pass"
    with Session(parent, Code((("c", bomb),)), cell_seconds=2) as session:
        session.load()
        assert isinstance(session.fatal_cells["c"], Died | TimedOut)
    deadline = time.monotonic() + 45
    while (left := set(usage.family(parent._process.pid)) - set(before)) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not left


def test_adding_up_memory_stops_for_what_is_more_urgent():
    own = [os.getpid()]
    assert usage.memory_in_use(own, 0, stop=lambda: True) == 0 < usage.memory_in_use(own, 0)


def test_threads_are_limited(parent):
    flood = """
        import threading, time
        threading.stack_size(2**16)
        for _ in range(2000):
            threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
        answer = "all started"
    """
    assert run(parent, flood) == "RuntimeError"


def test_memory_of_all_processes_together_is_capped():
    hogs = """
        import os, time
        for _ in range(8):
            if os.fork() == 0:
                held = b"x" * (150 * 2**20)
                time.sleep(60)
        time.sleep(60)
    """
    with (
        ForkServer(limits=Limits(all_memory_bytes=2**30)) as small,
        Session(small, Code((("c", textwrap.dedent(hogs)),)), cell_seconds=60) as session,
    ):
        session.load()
        assert session.fatal_cells == {"c": OutOfMemory()}


def test_each_sandbox_has_a_user_id_of_its_own(parent):
    if os.geteuid() != 0:
        pytest.skip("an ordinary user's sandboxes run as that user, each in a user namespace")
    code = Code((("c", "import os\nmine = os.getuid()"),))
    with Session(parent, code) as first, Session(parent, code) as second:
        ids = [session.request(5.0, "resolve", target="mine") for session in (first, second)]
    assert ids[0] != ids[1]


def test_memory_is_capped(parent):
    assert run(parent, f"x = bytearray({Limits().memory_bytes + 2**30})\nanswer = 'had it'") == "MemoryError"


def test_descriptors_are_capped(parent):
    assert run(parent, "fs = [open('/dev/null') for _ in range(2000)]\nanswer = 'open'") == "OSError"


def test_time_is_capped_by_the_judges_clock_and_by_the_processors(parent):
    loop = (("c", "while True:\n    pass"),)
    with Session(parent, Code(loop), cell_seconds=1.5) as session:
        session.load()
        assert session.fatal_cells == {"c": TimedOut(1.5)}
    with ForkServer(limits=Limits(cpu_seconds=1)) as short, Session(short, Code(loop)) as session:
        session.load()
        assert session.fatal_cells == {"c": Died("its process was ended by signal 9")}


def test_a_notebook_that_used_up_its_time_does_not_get_more_cell_by_cell(parent):
    cells = tuple((f"c{i}", "import time; time.sleep(30)") for i in range(50))
    started = time.monotonic()
    with Session(parent, Code(cells), cell_seconds=1.0, total_seconds=3.0) as session:
        session.load()
    assert time.monotonic() - started < 15
    assert len(session.fatal_cells) == 50


def test_only_sockets_that_the_network_namespace_encloses_can_be_made(parent):
    source = """
        import socket
        answer = []
        for family in range(64):
            try:
                socket.socket(family, socket.SOCK_STREAM if family != 16 else socket.SOCK_RAW)
                answer.append(family)
            except OSError:
                pass
    """
    assert set(run(parent, source)) <= {1, 2, 10, 16}


def test_memory_that_no_limit_counts_cannot_be_had(parent):
    assert run(parent, "import os\nanswer = os.memfd_create('x')") == "OSError"
    source = "import ctypes\nanswer = ctypes.CDLL(None).{}(0, 4096, 0o1600)"
    assert [run(parent, source.format(name)) for name in ("shmget", "msgget", "semget")] == [-1, -1, -1]


SOCKETS = """
    import os, socket, time
    def fill(number):
        kept = [socket.socketpair() for _ in range(number)]
        for begin, _ in kept:
            begin.setblocking(False)
            try:
                while begin.send(bytes(2**16)):
                    pass
            except BlockingIOError:
                pass
        return kept
"""


def test_sockets_of_all_processes_together_are_limited(parent):
    hoard = """
        for _ in range(8):
            if os.fork() == 0:
                kept = fill(200)
                time.sleep(60)
        time.sleep(60)
    """
    source = textwrap.dedent(SOCKETS) + textwrap.dedent(hoard)
    with Session(parent, Code((("c", source),)), cell_seconds=30) as session:
        session.load()
        assert session.fatal_cells == {"c": Died("it opened too many sockets")}


def test_many_processes_that_share_their_sockets_are_not_mistaken_for_many_sockets(parent):
    share = """
        kept = fill(20)
        for _ in range(40):
            if os.fork() == 0:
                time.sleep(60)
        time.sleep(1)
        answer = len(kept)
    """
    assert run(parent, textwrap.dedent(SOCKETS) + textwrap.dedent(share)) == 20


@pytest.mark.parametrize(
    "call",
    [
        "socket.socketpair()[0].setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2**22)",
        "socket.socketpair()[0].setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2**22)",
        "(lambda s: (s.bind('x'), s.listen(9)))(socket.socket(socket.AF_UNIX))",
        "libc('vmsplice', 0, 0, 0, 0)",
        "libc('syncfs', os.open('/', 0))",
        "libc('inotify_init')",
        "libc('inotify_init1', 0)",
        "fcntl.flock(open(os.__file__), fcntl.LOCK_SH)",
        "fcntl.lockf(open(os.__file__), fcntl.LOCK_SH)",
        "fcntl.fcntl(open(os.__file__), fcntl.F_SETLEASE, fcntl.F_RDLCK)",
        "fcntl.fcntl(os.open('/usr', 0), fcntl.F_NOTIFY, fcntl.DN_ACCESS)",
        "os.setsid()",
        "signal.signal(signal.SIGCHLD, signal.SIG_IGN)",
    ],
)
def test_what_others_would_feel_or_no_limit_counts_is_refused(parent, call):
    source = f"""
        import ctypes, fcntl, os, signal, socket
        def libc(name, *arguments):
            library = ctypes.CDLL(None, use_errno=True)
            if getattr(library, name)(*arguments) < 0 and ctypes.get_errno() in (1, 38):
                raise OSError("refused")
        {call}
        answer = "allowed"
    """
    assert run(parent, source) in ("OSError", "PermissionError")


def test_models_and_arrays_are_saved_and_loaded_without_locks(parent):
    source = """
        import h5py, keras
        model = keras.Sequential([keras.layers.Dense(2)])
        model.build((None, 3))
        model.save("m.keras")
        model.save_weights("m.weights.h5")
        keras.models.load_model("m.keras")
        model.load_weights("m.weights.h5")
        with h5py.File("m.weights.h5") as file:
            answer = len(file.keys()) > 0
    """
    assert run(parent, source) is True


def test_the_kernels_log_cannot_be_read(parent):
    assert run(parent, "import ctypes\nanswer = ctypes.CDLL(None).klogctl(10, 0, 0)") == -1


def test_a_course_inside_a_folder_that_submissions_see_is_refused(monkeypatch):
    monkeypatch.setattr("judge.sandbox.walls._KIT", Path("/usr/share/course"))
    with pytest.raises(OSError, match="the course lies in it"):
        visible_paths(ROOT / "vaegan")


def test_nothing_is_left_when_the_judge_is_killed():
    judge = subprocess.Popen(
        [sys.executable, "-c", _JUDGE, str(ROOT)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        start_new_session=True,
    )
    try:
        assert judge.stdout is not None
        warm, *sandboxes = [int(number) for number in judge.stdout.readline().split()]
        assert len(sandboxes) == 4  # two supervisors and what they supervise
    finally:
        judge.kill()
        judge.communicate()
    deadline = time.monotonic() + 20
    left = {warm, *sandboxes}
    while left and time.monotonic() < deadline:
        time.sleep(0.1)
        left = {process for process in left if Path(f"/proc/{process}").exists()}
    assert left == set()


_JUDGE = """
import sys, threading, time
sys.path.insert(0, sys.argv[1])
from judge.sandbox import usage
from judge.sandbox.fork_server import ForkServer
from judge.sandbox.session import Code, Session
parent = ForkServer()
parent.start()
loop = Code((("c", "while True: pass"),))
for _ in range(2):
    threading.Thread(target=Session(parent, loop).load, daemon=True).start()
while len(usage.family(parent._process.pid)) < 5:
    time.sleep(0.1)
print(*usage.family(parent._process.pid), flush=True)
time.sleep(600)
"""


def test_the_judges_descriptors_are_not_inherited(parent):
    source = """
        import os, stat
        kinds = {}
        for fd in range(64):
            try: kinds[str(fd)] = stat.S_IFMT(os.fstat(fd).st_mode)
            except OSError: pass
        answer = sum(kind == stat.S_IFSOCK for kind in kinds.values())
    """
    assert run(parent, source) == 1  # the one socket that leads to the agent's own judge


@pytest.mark.parametrize("limits", ["", "gpu_bytes=2**32"])
def test_an_ordinary_user_builds_the_same_walls(limits):
    if os.geteuid() != 0:
        pytest.skip("the other tests already run as an ordinary user")
    folder = Path(tempfile.mkdtemp(dir="/var/tmp"))
    try:
        package = folder / "judge" / "sandbox"
        package.mkdir(parents=True)
        for name in ("__init__.py", "kernel.py", "walls.py"):
            shutil.copy(ROOT / "judge" / "sandbox" / name, package)
        for path in [folder, *folder.rglob("*")]:
            path.chmod(0o755)
        script = _BUILD_WALLS_AS_USER.format(folder=str(folder), limits=limits)
        done = subprocess.run(
            ["/usr/bin/python3", "-I", "-c", script], capture_output=True, text=True, user=65534, group=65534,
            extra_groups=[], cwd="/", check=False,
        )  # fmt: skip
        if "Operation not permitted" in done.stderr and "unshare" in done.stderr:
            pytest.skip("this machine forbids user namespaces to ordinary users")
        assert done.stdout.split("\n")[:3] == ["65534 1", "FileNotFoundError", "OSError"], done.stderr
    finally:
        shutil.rmtree(folder)


_BUILD_WALLS_AS_USER = """
import os, sys
from pathlib import Path
sys.path.insert(0, {folder!r})
from judge.sandbox import walls
walls.separate_process_ids()
child = os.fork()
if child:
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
walls.enclose(walls.visible_paths(Path("/usr/lib/python3")), walls.Limits({limits}), 1)
def attempt(action):
    try:
        return action()
    except OSError as error:
        return type(error).__name__
print(os.getuid(), os.getpid())
print(attempt(lambda: os.listdir("/home")))
print(attempt(lambda: open("/planted", "w")).replace("PermissionError", "OSError"), flush=True)
"""


def test_grading_is_refused_where_a_wall_cannot_be_built(monkeypatch):
    monkeypatch.setattr("judge.sandbox.fork_server._START", _START_WITHOUT_NAMESPACES)
    with ForkServer() as crippled, pytest.raises(IsolationMissing, match="JUDGE_WITHOUT_ISOLATION=1"):
        crippled.fork()


_START_WITHOUT_NAMESPACES = """
import sys; sys.path.insert(0, sys.argv[1])
from judge.sandbox import kernel
def refuse(flags): raise PermissionError(1, "unshare: Operation not permitted")
kernel.unshare = refuse
from judge.sandbox.fork_server_process import main; main()
"""
