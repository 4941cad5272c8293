"""The walls around one submission, built by the freshly forked process itself.

Layer 1, required: namespaces. A process id space, network, IPC, host name and file tree of its own;
the tree holds the interpreter and `vaegan` read-only and one size-capped scratch folder. It is made
with `unshare` in the forked child, as bubblewrap does it for a new program: a fork server cannot be
handed to bubblewrap after the fork.
Layer 2: no capabilities, no new privileges, resource limits, and a seccomp filter over the calls
that would open the kernel wider (new namespaces, mounts, tracing, kernel keys, BPF, io_uring).

Started as root, the sandbox runs as a user id that nothing else has; started as an ordinary user, it
runs in a user namespace as that user.
"""

from __future__ import annotations

import os
import resource
import stat
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from judge.sandbox import kernel

try:
    import pyseccomp
except (ImportError, RuntimeError, OSError):  # libseccomp is not installed: the other walls stand
    pyseccomp = None

SCRATCH = "/scratch"
_DEVICES = ("null", "zero", "full", "random", "urandom")
# The sandbox has no real /proc: a fresh one may not be mounted everywhere, and the outer one shows too
# much. TensorFlow reads these facts, /proc/self/exe and /proc/self/cmdline, and aborts without them.
_MACHINE_FACTS = ("/proc/cpuinfo", "/proc/meminfo")
_LIBRARIES = ("/usr", "/lib", "/lib64", "/lib32", "/bin", "/etc/ld.so.cache", "/etc/alternatives")
_KIT = Path(__file__).resolve().parents[2]
_FIRST_USER_ID, _NUM_USER_IDS = 0x30000000, 0x1000000  # beyond the ids that systems hand out
_MEMORY_CALLS = ("memfd_create", "memfd_secret", "shmget", "msgget", "semget")  # memory that no limit counts
_FAMILIES = (1, 2, 10, 16)  # Unix, IPv4, IPv6, netlink: those that the network namespace encloses
_ALL_ADDRESSES = 2**48  # more than a process can map
_NUM_FAMILIES = 64  # Linux knows 46; AF_VSOCK among them leads out of every namespace to the hypervisor
_FORBIDDEN_CALLS = (
    "unshare setns mount umount2 pivot_root chroot move_mount open_tree fsopen fsconfig fsmount fspick "
    "mount_setattr ptrace process_vm_readv process_vm_writev bpf perf_event_open userfaultfd keyctl "
    "add_key request_key io_uring_setup io_uring_enter io_uring_register kexec_load init_module "
    "finit_module delete_module open_by_handle_at name_to_handle_at syslog "
    # A session of its own has a share of the processors of its own (sched(7), autogroup).
    "setsid "
    # They write out the disks of the whole machine, and everybody's writing waits for that.
    "sync syncfs "
    # What these queue is memory that no limit counts, and the last ones show what others open.
    "vmsplice listen io_setup inotify_init inotify_init1 fanotify_init"
).split()
_SOL_SOCKET, _SO_SNDBUF, _SO_RCVBUF = 1, 7, 8
_FCNTL_LOCKS = (6, 7, 37, 38)  # F_SETLK, F_SETLKW and those of open file descriptions
_FCNTL_LEASES = (1024, 1026)  # F_SETLEASE, F_NOTIFY
_SIGCHLD = 17


@dataclass(frozen=True)
class Limits:
    """What one submission may use.

    Attributes:
        memory_bytes: private memory beyond what the fork server already holds, per process.
        all_memory_bytes: memory of all processes together, with what they share counted once.
        scratch_bytes: files in the scratch folder.
        file_bytes: one file.
        all_processes: processes alive at a time, seen about ten times a second.
        num_processes: processes and threads together.
        num_files: open descriptors per process.
        all_sockets: sockets of all processes together, each of which holds a little of the kernel's memory.
        cpu_seconds: processor time per process.
        gpu_bytes: memory of the one GPU it may use; 0: it sees no GPU.
    """

    memory_bytes: int = 3 * 2**30
    all_memory_bytes: int = 4 * 2**30
    scratch_bytes: int = 512 * 2**20
    file_bytes: int = 256 * 2**20
    all_processes: int = 64
    num_processes: int = 512
    num_files: int = 512
    all_sockets: int = 512
    cpu_seconds: int = 600
    gpu_bytes: int = 0

    def as_dict(self) -> dict[str, int]:
        """The limits by name, for reports."""
        return asdict(self)


def visible_paths(package: Path) -> list[Path]:
    """Everything of the machine's files that a sandbox sees, read-only.

    Args:
        package: the folder of `vaegan`.

    Raises:
        OSError: if the kit itself, with its solutions and hidden checks, lies in one of them.
    """
    interpreter = {Path(sys.prefix), Path(sys.base_prefix), Path(sys.executable).resolve().parents[1]}
    paths = [Path(name) for name in (*_LIBRARIES, *_MACHINE_FACTS) if Path(name).exists()]
    extra = sorted(p for p in interpreter if not any(p.is_relative_to(q) for q in paths))
    for path in (*paths, *extra):
        if _KIT.is_relative_to(path.resolve()):
            raise OSError(f"submissions can read {path}, and the course lies in it: move the course elsewhere")
    return [*paths, *extra, package]


def separate_process_ids() -> None:
    """First step, in the supervisor: children from here on live in a process id space of their own."""
    if os.geteuid() == 0:
        kernel.unshare(kernel.CLONE_NEWPID)
        return
    user, group = os.geteuid(), os.getegid()
    kernel.unshare(kernel.CLONE_NEWUSER | kernel.CLONE_NEWPID)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{user} {user} 1")
    Path("/proc/self/gid_map").write_text(f"{group} {group} 1")


def enclose(paths: list[Path], limits: Limits, user_id: int) -> list[str]:
    """Second step, in the sandbox's first process: build the tree, then give up every right.

    Args:
        paths: from `visible_paths`.
        limits: what the submission may use.
        user_id: a number no other running sandbox has; used when started as root.

    Returns:
        The names of the walls now in force.

    Raises:
        OSError: if a required wall cannot be built; the caller must then end this process.
    """
    is_root = os.geteuid() == 0
    memory_in_use = _memory_in_use()
    kernel.unshare(kernel.CLONE_NEWNS | kernel.CLONE_NEWNET | kernel.CLONE_NEWIPC | kernel.CLONE_NEWUTS)
    kernel.set_hostname("sandbox")
    _build_tree(paths, limits)
    _limit_resources(limits, memory_in_use)
    kernel.drop_bounding_capabilities()
    if is_root:
        _become(_FIRST_USER_ID + user_id % _NUM_USER_IDS)
    kernel.forbid_new_privileges()
    kernel.drop_capabilities()
    kernel.die_with_parent()
    names = ["processes", "files", "network", "ipc", "memory", "time", "privileges"]
    return names + (["system calls"] if _filter_system_calls(limits) else [])


def _build_tree(paths: list[Path], limits: Limits) -> None:
    """Put an empty memory file system at the root and show `paths` in it, read-only."""
    kernel.mount("", "/", flags=kernel.MS_REC | kernel.MS_PRIVATE)
    kernel.mount("tmpfs", "/tmp", "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV, "mode=0755,size=1m")
    os.mkdir("/tmp/old")
    kernel.pivot_root("/tmp", "/tmp/old")
    os.chdir("/")
    for path in paths:
        _show(str(path))
    if limits.gpu_bytes:
        _show_own_processes()
    else:
        os.mkdir("/proc/self")
        os.symlink(os.path.realpath(sys.executable), "/proc/self/exe")
        Path("/proc/self/cmdline").write_bytes(b"python\0")
    for name in _DEVICES:
        _show(f"/dev/{name}")
    kernel.unmount("/old")
    os.rmdir("/old")
    os.mkdir(SCRATCH)
    flags = kernel.MS_NOSUID | kernel.MS_NODEV
    options = f"mode=0777,size={limits.scratch_bytes},nr_inodes=20000"
    kernel.mount("tmpfs", SCRATCH, "tmpfs", flags, options)
    for link in ("/tmp", "/dev/shm"):
        if not os.path.exists(link):  # it is there where the interpreter itself lies below it
            os.symlink(SCRATCH, link)
    kernel.mount("", "/", flags=kernel.MS_REMOUNT | kernel.MS_RDONLY | kernel.MS_NOSUID | kernel.MS_BIND)
    os.chdir(SCRATCH)


def _show_own_processes() -> None:
    """A /proc/self for CUDA, which names its threads there and fails where it cannot.

    `subset=pid` (Linux 5.8) leaves out all but the processes, and these are the sandbox's own.
    """
    os.mkdir("/processes")
    flags = kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC
    kernel.mount("proc", "/processes", "proc", flags, "subset=pid")
    for name in ("self", "thread-self"):
        os.symlink(f"/processes/{name}", f"/proc/{name}")


def _show(path: str) -> None:
    source = f"/old{path}"
    os.makedirs(os.path.dirname(path), mode=0o755, exist_ok=True)
    if os.path.islink(source):
        os.symlink(os.readlink(source), path)
        return
    if os.path.isdir(source):
        os.makedirs(path, mode=0o755, exist_ok=True)
    else:
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o644))
    kernel.bind(source, path, devices=stat.S_ISCHR(os.stat(source).st_mode))


def _memory_in_use() -> tuple[int, int]:
    """Bytes of address space and of private data this process already holds."""
    pages = Path("/proc/self/statm").read_text().split()
    return int(pages[0]) * resource.getpagesize(), int(pages[5]) * resource.getpagesize()


def _limit_resources(limits: Limits, memory_in_use: tuple[int, int]) -> None:
    address_space, private_data = memory_in_use
    # CUDA reserves addresses for all the memory of GPU and machine, which costs nothing: a limit would refuse it.
    more_addresses = _ALL_ADDRESSES if limits.gpu_bytes else 2 * limits.memory_bytes
    caps = {
        resource.RLIMIT_DATA: private_data + limits.memory_bytes,
        resource.RLIMIT_AS: address_space + more_addresses,
        resource.RLIMIT_FSIZE: limits.file_bytes,
        resource.RLIMIT_NPROC: limits.num_processes,
        resource.RLIMIT_NOFILE: limits.num_files,
        resource.RLIMIT_CPU: limits.cpu_seconds,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_MEMLOCK: 0,
        resource.RLIMIT_MSGQUEUE: 0,
    }
    for limit, cap in caps.items():
        hard = resource.getrlimit(limit)[1]
        allowed = cap if hard == resource.RLIM_INFINITY else min(cap, hard)
        resource.setrlimit(limit, (allowed, allowed))


def _become(user_id: int) -> None:
    os.setgroups([])
    os.setresgid(user_id, user_id, user_id)
    os.setresuid(user_id, user_id, user_id)


def _filter_system_calls(limits: Limits) -> bool:
    """Refuse the calls no exercise needs; False where libseccomp is not installed."""
    if pyseccomp is None:
        return False
    new_user_namespace = pyseccomp.Arg(0, pyseccomp.MASKED_EQ, kernel.CLONE_NEWUSER, kernel.CLONE_NEWUSER)
    rules = pyseccomp.SyscallFilter(pyseccomp.ALLOW)
    refused, unknown, no_family = pyseccomp.ERRNO(1), pyseccomp.ERRNO(38), pyseccomp.ERRNO(97)
    for name in _FORBIDDEN_CALLS:
        rules.add_rule(refused, name)
    rules.add_rule(refused, "clone", new_user_namespace)
    for name in ("clone3", *_MEMORY_CALLS):  # clone3's flags cannot be read here; libraries then use clone
        if not (limits.gpu_bytes and name == "memfd_create"):  # CUDA does not start without it
            rules.add_rule(unknown, name)
    for family in set(range(_NUM_FAMILIES)) - set(_FAMILIES):  # the kernel reads only the lower 32 bits
        rules.add_rule(no_family, "socket", pyseccomp.Arg(0, pyseccomp.MASKED_EQ, 2**32 - 1, family))
    _refuse_by_argument(rules)
    rules.load()
    return True


def _refuse_by_argument(rules: Any) -> None:
    """Calls that are needed, but not for everything they can do; the kernel reads 32 bits of these arguments."""
    refused, unknown, no_locks = pyseccomp.ERRNO(1), pyseccomp.ERRNO(38), pyseccomp.ERRNO(37)

    def equals(position: int, value: int) -> Any:
        return pyseccomp.Arg(position, pyseccomp.MASKED_EQ, 2**32 - 1, value)

    for option in (_SO_SNDBUF, _SO_RCVBUF):  # a socket's buffers keep their ordinary size
        rules.add_rule(refused, "setsockopt", equals(1, _SOL_SOCKET), equals(2, option))
    # Libraries' files are the same for all sandboxes: a lock on one would be seen, and felt, by the others.
    rules.add_rule(unknown, "flock")
    for command in _FCNTL_LOCKS:
        rules.add_rule(no_locks, "fcntl", equals(1, command))
    for command in _FCNTL_LEASES:
        rules.add_rule(refused, "fcntl", equals(1, command))
    # The processor time of a child that nobody waits for is counted nowhere.
    rules.add_rule(refused, "rt_sigaction", equals(0, _SIGCHLD))
