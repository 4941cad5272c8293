"""Every wall is needed: with all of them a hostile probe fails, without one of them it succeeds.

A wall that no probe needs would be dead weight or untested. The walls are taken away in a fork server that
is started by this test with a script of its own: just before a sandbox is built, its supervisor runs the
statements that a file holds. Nothing in the judge itself can switch a wall off.

`base` takes away a second layer that would stop the same probe, in both runs.
"""

import ctypes
import os
import shutil
import signal
import socket
import stat
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from judge.sandbox import protocol
from judge.sandbox.fork_server import ForkServer
from judge.sandbox.outcomes import Died, OutOfMemory, Raised, Returned, TimedOut, TooMuchOutput
from judge.sandbox.session import Code, Session
from judge.sandbox.walls import Limits
from judge.suite.expect import agree

pytestmark = [
    pytest.mark.isolation,
    pytest.mark.slow,
    pytest.mark.skipif(os.geteuid() != 0, reason="takes walls away that only root builds in this way"),
]
MIB = 2**20
LIMITS = Limits(
    memory_bytes=256 * MIB, all_memory_bytes=1200 * MIB, scratch_bytes=16 * MIB, file_bytes=4 * MIB,
    all_processes=8, num_processes=64, num_files=64, all_sockets=100, cpu_seconds=2,
)  # fmt: skip
TOKEN = "the expected value"

_START = """
import sys; sys.path.insert(0, sys.argv[1])
import os, resource, socket
from pathlib import Path
from judge.sandbox import kernel, usage, walls, fork_server_process
supervise, visible = fork_server_process._supervise, walls.visible_paths
walls.visible_paths = lambda package: [*visible(package), Path({shown!r})]

def without(where, name, flag):
    whole = getattr(where, name)
    setattr(where, name, lambda first, *rest: whole(first & ~flag, *rest))

def without_limit(limit):
    whole = resource.setrlimit
    resource.setrlimit = lambda which, limits: None if which == limit else whole(which, limits)

def without_option(option):
    whole = kernel.mount
    def mount(source, target, kind="", flags=0, options=""):
        whole(source, target, kind, flags, ",".join(o for o in options.split(",") if not o.startswith(option)))
    kernel.mount = mount

def nothing(*_):
    return None

def supervise_without(agent_end, control, order, package):
    exec(Path({removal!r}).read_text())
    supervise(agent_end, control, order, package)

fork_server_process._supervise = supervise_without
fork_server_process.main()
"""


@dataclass
class Outside:
    """What lies outside, and the means to take a wall away."""

    parent: ForkServer
    folder: Path
    shown: Path
    removal: Path
    port: int

    def probe(self, source: str, removed: str = "", seconds: float = 20.0):
        """What became of `attempt()`, which returns "broken" when it got through."""
        self.removal.write_text(removed)
        names = {
            "OUTSIDE": str(self.folder), "SHOWN": str(self.shown), "PORT": self.port, "JUDGE": os.getpid(),
            "HOST": os.uname().nodename,
        }  # fmt: skip
        cell = "".join(f"{name} = {value!r}\n" for name, value in names.items()) + source
        with Session(self.parent, Code((("c", cell),)), cell_seconds=seconds) as session:
            session.load()
            return session.request(seconds, "call", target="attempt", method=None, args=[], kwargs={})


@pytest.fixture(scope="module")
def outside():
    folder = Path(tempfile.mkdtemp(dir="/var/tmp", prefix="outside-"))
    shown = folder / "shown"
    shown.mkdir()
    for path in (folder, shown):
        path.chmod(0o777)
    (folder / "secret.txt").write_text(TOKEN)
    (shown / "roots.txt").write_text(TOKEN)
    (shown / "roots.txt").chmod(0o600)
    (shown / "shared.txt").write_text("a library's file")
    (shown / "shared.txt").chmod(0o644)
    for program in ("id", "hostname"):
        shutil.copy(f"/usr/bin/{program}", shown / program)
        (shown / program).chmod(0o4755)
    with pytest.MonkeyPatch.context() as patch, socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        patch.setenv("GRADEBOOK_PASSWORD", TOKEN)
        patch.setattr(
            "judge.sandbox.fork_server._START",
            _START.format(shown=str(shown), removal=str(folder / "removal.py")),
        )
        (folder / "removal.py").write_text("")
        with ForkServer(limits=LIMITS) as parent:
            parent.start()
            yield Outside(parent, folder, shown, folder / "removal.py", server.getsockname()[1])
    shutil.rmtree(folder)


KEEP_USER = "walls._become = nothing"
KEEP_CAPABILITIES = "kernel.drop_capabilities = kernel.drop_bounding_capabilities = nothing"
NO_FILTER = "walls._filter_system_calls = nothing"
SET_USER_ID_COUNTS = "kernel._MOUNT_ATTR_NOSUID = 0"
NEW_PRIVILEGES = "kernel.forbid_new_privileges = nothing"
NO_ARGUMENTS = "walls._refuse_by_argument = nothing"


def without_call(name: str) -> str:
    """Takes one call out of those that are refused."""
    return f"walls._FORBIDDEN_CALLS = [c for c in walls._FORBIDDEN_CALLS if c != {name!r}]"


READ_SECRET = """
def attempt():
    return "broken" if open(f"{OUTSIDE}/secret.txt").read() else None
"""
ID = """
import subprocess
def attempt():
    return "broken" if subprocess.check_output([f"{SHOWN}/id", "-u"]) == b"0\\n" else None
"""

# wall: (what takes it away, the probe, what takes away its second layer)
WALLS = {
    "network namespace": ("without(kernel, 'unshare', kernel.CLONE_NEWNET)", """
import socket
def attempt():
    socket.create_connection(("127.0.0.1", PORT), 2)
    return "broken"
""", ""),
    "process id namespace": ("without(kernel, 'unshare', kernel.CLONE_NEWPID)", """
import os
def attempt():
    try:
        os.kill(JUDGE, 0)
    except PermissionError:
        return "broken"
""", ""),
    "host name namespace": (
        "without(kernel, 'unshare', kernel.CLONE_NEWUTS); kernel.set_hostname = nothing", """
import os
def attempt():
    return "broken" if os.uname().nodename == HOST else None
""", ""),
    "ipc namespace": ("without(kernel, 'unshare', kernel.CLONE_NEWIPC)", """
import ctypes
def attempt():
    return "broken" if ctypes.CDLL("librt.so.1").mq_open(b"/hostile-probe", 0) >= 0 else None
""", ""),
    "file tree": ("walls._build_tree = lambda *_: os.chdir('/var/tmp')", READ_SECRET, ""),
    "old root unmounted": ("kernel.unmount = os.rmdir = nothing", """
def attempt():
    return "broken" if open(f"/old{OUTSIDE}/secret.txt").read() else None
""", ""),
    "read-only tree": ("kernel._MOUNT_ATTR_RDONLY = 0", """
def attempt():
    open(f"{SHOWN}/planted", "w").close()
    return "broken"
""", ""),
    "devices only where needed": ("kernel._MOUNT_ATTR_NODEV = 0", """
import os
def attempt():
    return "broken" if not os.statvfs(SHOWN).f_flag & 4 else None
""", ""),
    "scratch size": ("without_option('size')", """
def attempt():
    for number in range(8):
        open(f"file{number}", "wb").write(bytes(4 * 2**20))
    return "broken"
""", ""),
    "scratch number of files": ("without_option('nr_inodes')", """
def attempt():
    for number in range(20_100):
        open(f"file{number}", "w").close()
    return "broken"
""", ""),
    "memory of a process": ("without_limit(resource.RLIMIT_DATA)", """
def attempt():
    return "broken" if bytearray(400 * 2**20) else None
""", ""),
    "address space": ("without_limit(resource.RLIMIT_AS)", """
import mmap
def attempt():
    return "broken" if mmap.mmap(-1, 2**30) else None
""", ""),
    "memory of all processes": ("usage.memory_in_use = lambda *_: 0", """
import mmap, os, time
def attempt():
    for _ in range(6):
        if os.fork() == 0:
            held = b"x" * (200 * 2**20)
            time.sleep(60)
    time.sleep(5)
    return "broken"
""", ""),
    "number of processes": ("usage.family = lambda first: [first]", """
import os, time
def attempt():
    for _ in range(12):
        if os.fork() == 0:
            time.sleep(60)
    time.sleep(2)
    return "broken"
""", ""),
    "number of threads": ("without_limit(resource.RLIMIT_NPROC)", """
import threading, time
def attempt():
    threading.stack_size(2**16)  # or the limit of memory comes first
    for _ in range(100):
        threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
    return "broken"
""", ""),
    "a user id of its own": (
        "order['user_id'] = 5; walls.enclose = lambda paths, limits, _, whole=walls.enclose: whole(paths, limits, 5)",
        """
import os
def attempt():
    return "broken" if os.getuid() == 0x30000005 else None
""", ""),
    "size of a file": ("without_limit(resource.RLIMIT_FSIZE)", """
def attempt():
    open("file", "wb").write(bytes(8 * 2**20))
    return "broken"
""", ""),
    "number of descriptors": ("without_limit(resource.RLIMIT_NOFILE)", """
def attempt():
    kept = [open("/dev/null") for _ in range(100)]
    return "broken"
""", ""),
    "processor time": ("without_limit(resource.RLIMIT_CPU)", """
import time
def attempt():
    while time.process_time() < 4:
        pass
    return "broken"
""", ""),
    "locked memory": ("without_limit(resource.RLIMIT_MEMLOCK)", """
import ctypes
def attempt():
    memory = ctypes.create_string_buffer(4096)
    return "broken" if ctypes.CDLL(None).mlock(memory, 4096) == 0 else None
""", ""),
    "message queues": ("without_limit(resource.RLIMIT_MSGQUEUE)", """
import ctypes
def attempt():
    return "broken" if ctypes.CDLL("librt.so.1").mq_open(b"/queue", 0o102, 0o600, None) >= 0 else None
""", ""),
    "core dumps": ("without_limit(resource.RLIMIT_CORE)", """
import resource
def attempt():
    return "broken" if resource.getrlimit(resource.RLIMIT_CORE)[1] != 0 else None
""", ""),
    "another user": (KEEP_USER, """
def attempt():
    return "broken" if open(f"{SHOWN}/roots.txt").read() else None
""", ""),
    "no capabilities": (KEEP_CAPABILITIES, """
import socket
def attempt():
    socket.sethostname("mine")
    return "broken"
""", KEEP_USER),
    "no new privileges": (NEW_PRIVILEGES, ID, f"{SET_USER_ID_COUNTS}; {NO_FILTER}"),
    "set-user-id does not count": (SET_USER_ID_COUNTS, ID, f"{NEW_PRIVILEGES}; {NO_FILTER}"),
    "no capability can come back": ("kernel.drop_bounding_capabilities = nothing", """
import subprocess
def attempt():
    return "broken" if subprocess.run([f"{SHOWN}/hostname", "mine"]).returncode == 0 else None
""", f"{SET_USER_ID_COUNTS}; {NEW_PRIVILEGES}; {NO_FILTER}"),
    "system calls": (NO_FILTER, """
import ctypes
def attempt():
    return "broken" if ctypes.CDLL(None).unshare(0x10000000) == 0 else None
""", ""),
    "system calls: kernel's log": (NO_FILTER, """
import ctypes
def attempt():
    return "broken" if ctypes.CDLL(None).klogctl(10, 0, 0) >= 0 else None
""", KEEP_USER + "; " + KEEP_CAPABILITIES),
    "system calls: memory that no limit counts": ("walls._MEMORY_CALLS = ()", """
import os
def attempt():
    return "broken" if os.memfd_create("hoard") else None
""", ""),
    "system calls: sockets to the hypervisor": ("walls._FAMILIES = range(64)", """
import socket
def attempt():
    return "broken" if socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM) else None
""", ""),
    "system calls: sessions, with a share of the processors each": (without_call("setsid"), """
import os
def attempt():
    if os.fork() == 0:
        try:
            os.setsid()
        finally:
            os._exit(0 if os.getsid(0) == os.getpid() else 1)
    return "broken" if os.wait()[1] == 0 else None
""", ""),
    "system calls: what waits behind a listener": (without_call("listen"), """
import socket
def attempt():
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("meeting")
        server.listen()
    return "broken"
""", ""),
    "system calls: everybody's disks": (without_call("syncfs"), """
import ctypes, os
def attempt():
    return "broken" if ctypes.CDLL(None).syncfs(os.open(SHOWN, os.O_RDONLY)) == 0 else None
""", ""),
    "system calls: watches on files": (without_call("inotify_init1"), """
import ctypes
def attempt():
    return "broken" if ctypes.CDLL(None).inotify_init1(0) >= 0 else None
""", ""),
    "system calls: pages given to pipes": (without_call("vmsplice"), """
import ctypes, os
def attempt():
    memory, (_, end) = ctypes.create_string_buffer(4096), os.pipe()
    piece = (ctypes.c_size_t * 2)(ctypes.addressof(memory), 4096)
    return "broken" if ctypes.CDLL(None).vmsplice(end, piece, 1, 0) > 0 else None
""", ""),
    "system calls: requests that queue in the kernel": (without_call("io_setup"), """
import ctypes
def attempt():
    library, context = ctypes.CDLL(None), ctypes.c_ulong(0)
    return "broken" if library.syscall(206, 64, ctypes.byref(context)) == 0 else None
""", ""),
    "system calls: locks on shared files": (NO_ARGUMENTS, """
import fcntl
def attempt():
    with open(f"{SHOWN}/shared.txt") as file:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    return "broken"
""", ""),
    "system calls: record locks on shared files": (NO_ARGUMENTS, """
import fcntl
def attempt():
    with open(f"{SHOWN}/shared.txt") as file:
        fcntl.lockf(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    return "broken"
""", ""),
    "system calls: larger buffers of sockets": (NO_ARGUMENTS, """
import socket
def attempt():
    with socket.socketpair()[0] as line:
        before = line.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF)
        line.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, before // 4)
        return "broken" if line.getsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF) != before else None
""", ""),
    "system calls: children that nobody waits for": (NO_ARGUMENTS, """
import signal
def attempt():
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    return "broken"
""", ""),
    "number of sockets": ("usage.sockets = lambda *_: 0", """
import os, socket, time
def attempt():
    for _ in range(6):
        if os.fork() == 0:
            held = [socket.socketpair() for _ in range(12)]
            time.sleep(60)
    time.sleep(3)
    return "broken"
""", ""),
    "environment": ("os.environ['GRADEBOOK_PASSWORD'] = 'x'; os.environ.clear = nothing", """
import os
def attempt():
    return "broken" if "GRADEBOOK_PASSWORD" in os.environ else None
""", ""),
    "descriptors closed": ("socket.socket.close = nothing", """
import os, stat
def attempt():
    sockets = 0
    for number in range(64):
        try:
            sockets += stat.S_ISSOCK(os.fstat(number).st_mode)
        except OSError:
            pass
    return "broken" if sockets > 1 else None
""", ""),
    "standard error is not the judge's": ("os.dup2 = nothing", """
import os, stat
def attempt():
    return "broken" if stat.S_ISFIFO(os.fstat(2).st_mode) else None
""", ""),
}  # fmt: skip


@pytest.fixture
def queue():
    """A message queue of this machine that anyone may open."""
    library = ctypes.CDLL("librt.so.1", use_errno=True)
    mask = os.umask(0)
    made = library.mq_open(b"/hostile-probe", os.O_CREAT | os.O_RDWR, 0o666, None)
    os.umask(mask)
    yield made >= 0
    library.mq_unlink(b"/hostile-probe")


@pytest.mark.parametrize("name", WALLS)
def test_a_probe_fails_with_the_wall_and_succeeds_without(outside, queue, name):
    removal, source, base = WALLS[name]
    if name == "ipc namespace" and not queue:
        pytest.skip("this kernel has no message queues")
    if "hypervisor" in name and not _has_vsock():
        pytest.skip("this machine has no AF_VSOCK")
    assert outside.probe(source, base) != Returned("broken"), "the wall does not hold"
    assert outside.probe(source, f"{base}\n{removal}") == Returned("broken"), "no wall was needed"


def _has_vsock() -> bool:
    with suppress(OSError), socket.socket(socket.AF_VSOCK, socket.SOCK_STREAM):
        return True
    return False


OUTLIVES = """
import os, subprocess, sys
def attempt():
    subprocess.Popen([sys.executable, "-c", "import time; time.sleep(120)", f"outlives-{JUDGE}"])
    return "started"
"""


def _outliving() -> list[int]:
    """Living processes whose command line holds the mark (a zombie's is empty)."""
    mark, found = f"outlives-{os.getpid()}".encode(), []
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if mark in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
    return found


def _becomes(true: Callable[[], bool], seconds: float = 20) -> bool:
    """Whether something comes true in time: the kernel ends and starts processes when it likes."""
    until = time.monotonic() + seconds
    while not true() and time.monotonic() < until:
        time.sleep(0.1)
    return true()


def test_only_the_process_id_namespace_ends_what_would_outlive_a_submission(outside):
    assert outside.probe(OUTLIVES) == Returned("started")
    assert _becomes(lambda: not _outliving())
    try:
        removal = "without(kernel, 'unshare', kernel.CLONE_NEWPID)"
        assert outside.probe(OUTLIVES, removal) == Returned("started")
        assert not _becomes(lambda: not _outliving(), seconds=3), "it ended without the wall, too"
    finally:
        for process in _outliving():
            os.kill(process, signal.SIGKILL)


@pytest.mark.parametrize("removed", ["", "kernel.die_with_parent = nothing"])
def test_a_sandbox_ends_with_its_supervisor(outside, removed):
    outside.removal.write_text(removed)
    code = Code((("c", "def attempt():\n    return 1"),))
    with Session(outside.parent, code) as session:
        session.load()
        (supervisor,) = _children(outside.parent._process.pid)
        (sandbox,) = _children(supervisor)
        os.kill(supervisor, signal.SIGKILL)
        time.sleep(0.5)
        try:
            outcome = session.request(5, "call", target="attempt", method=None, args=[], kwargs={})
            assert isinstance(outcome, Returned if removed else Died)
        finally:
            with suppress(ProcessLookupError):
                os.kill(sandbox, signal.SIGKILL)


def _children(process: int) -> list[int]:
    tasks = Path(f"/proc/{process}/task").iterdir()
    return [int(child) for task in tasks for child in (task / "children").read_text().split()]


def test_the_supervisor_says_what_there_was_too_much_of(outside):
    memory, processes = WALLS["memory of all processes"], WALLS["number of processes"]
    assert outside.probe(memory[1]) == OutOfMemory()
    assert outside.probe(processes[1]) == Died("it started too many processes")


GIANT = """
import numpy as np
def attempt():
    return np.zeros((2048, 4096), "uint8")
"""


def test_without_the_limit_of_a_frame_the_judge_takes_what_it_is_sent(outside, monkeypatch):
    assert isinstance(outside.probe(GIANT), Returned)
    monkeypatch.setattr(protocol, "MAX_ARRAY_BYTES", MIB)
    assert outside.probe(GIANT) == TooMuchOutput()


SLOW = """
import os, socket, stat, threading, time
def attempt():
    number = next(n for n in range(64) if _is_socket(n))
    line = socket.socket(fileno=os.dup(number))
    line.sendall((2**20).to_bytes(4, "little"))
    for _ in range(40):
        line.sendall(b" ")
        time.sleep(0.1)
def _is_socket(number):
    try:
        return stat.S_ISSOCK(os.fstat(number).st_mode)
    except OSError:
        return False
"""


def test_without_one_deadline_for_a_whole_frame_slow_drips_hold_the_judge(outside, monkeypatch):
    started = time.monotonic()
    assert outside.probe(SLOW, seconds=1.5) == TimedOut(1.5)
    assert time.monotonic() - started < 3.5
    receive = protocol.Channel.receive

    def receive_each_chunk(channel, left=None):
        read = channel._read
        monkeypatch.setattr(channel, "_read", lambda size, _: _read_bytewise(channel._socket, size, 1.5))
        try:
            return receive(channel, left)
        finally:
            channel._read = read

    monkeypatch.setattr(protocol.Channel, "receive", receive_each_chunk)
    started = time.monotonic()
    outside.probe(SLOW, seconds=1.5)
    assert time.monotonic() - started > 4


def _read_bytewise(connection: socket.socket, size: int, seconds: float | None) -> bytes:
    data = b""
    while len(data) < size:
        connection.settimeout(seconds)
        try:
            chunk = connection.recv(size - len(data))
        except TimeoutError as error:
            raise protocol.DeadlinePassed from error
        if not chunk:
            raise protocol.PeerClosed
        data += chunk
    return data


MUTATES = """
import ctypes, numpy as np
def attempt(x):
    x = np.asarray(x)
    ctypes.memset(x.ctypes.data, 0, x.nbytes)
    return x
"""


def test_without_an_own_copy_of_its_inputs_the_judge_would_compare_with_what_it_was_given(outside):
    space: dict = {}
    exec(MUTATES, space)
    x = np.ones(3, np.float32)
    agree(space["attempt"](x), 2 * x, "twice x")  # in one process: 0 equals 2 * 0
    x = np.ones(3, np.float32)
    with Session(outside.parent, Code((("c", MUTATES),))) as session:
        outcome = session.request(10, "call", target="attempt", method=None, args=[x], kwargs={})
    assert x.tolist() == [1, 1, 1]
    assert isinstance(outcome, Raised) and outcome.kind == "InputChanged"


def test_every_resource_limit_and_namespace_has_its_probe():
    source = (Path(protocol.__file__).parent / "walls.py").read_text()
    removals = " ".join(removal for removal, _, _ in WALLS.values())
    for name in ("DATA", "AS", "FSIZE", "NPROC", "NOFILE", "CPU", "CORE", "MEMLOCK", "MSGQUEUE"):
        assert f"resource.RLIMIT_{name}:" in source
        assert f"RLIMIT_{name})" in removals
    assert source.count("resource.RLIMIT_") == 9
    for name in ("NET", "PID", "UTS", "IPC"):
        assert f"CLONE_NEW{name})" in removals


def test_what_the_probes_rely_on_is_true(outside):
    assert stat.S_IMODE((outside.folder / "secret.txt").stat().st_mode) & 0o004
    assert outside.probe("def attempt():\n    return SHOWN") == Returned(str(outside.shown))
