"""One NVIDIA GPU for the sandbox of the judged notebook, where the instructor asks for it.

What CUDA needs beyond the other walls, and who says so:
the device nodes and driver files of a container (libnvidia-container, `src/nvc_mount.c`; gVisor shows no more
nodes than `nvidia*`, `nvidiactl` and `nvidia-uvm`); `nvidia-uvm-tools` and a writable
`/proc/self/task/*/comm` from driver 570 on (nolabs-ai/nono, pull requests 652 and 673); `memfd_create`
(NVIDIA/OpenShell, issue 1696). `judge.sandbox.walls` opens these, and only when `Limits.gpu_bytes` is set.

The fork server never starts CUDA: a fork cannot go on with what CUDA made before it.
"""

from __future__ import annotations

import os
from pathlib import Path

ASKED_FOR = "JUDGE_GPU"
MEMORY_BYTES = 4 * 2**30
_NEEDED = ("nvidia[0-9]*", "nvidiactl", "nvidia-uvm")
_IF_THERE = ("nvidia-uvm-tools", "nvidia-caps/nvidia-cap[0-9]*")  # the latter for a GPU split by MIG
_DRIVER_FILES = ("/proc/driver/nvidia", "/proc/driver/nvidia-uvm", "/proc/driver/nvidia-caps")


class GpuMissing(OSError):
    """A GPU was asked for and cannot be used; nothing may be graded on the CPU instead."""


def is_asked_for() -> bool:
    """Whether the instructor wants submissions judged on the GPU."""
    return os.environ.get(ASKED_FOR) == "1"


def paths(devices: Path = Path("/dev")) -> list[Path]:
    """What the sandbox sees of the GPU: device nodes, and the driver's files, read-only.

    Every GPU of the machine is among them: `CUDA_VISIBLE_DEVICES` counts in an order that only CUDA knows.

    Args:
        devices: the folder of the device nodes.

    Raises:
        GpuMissing: if a node is not there that CUDA cannot do without.
    """
    found = {
        pattern: [node for node in sorted(devices.glob(pattern)) if node.is_char_device()]
        for pattern in (*_NEEDED, *_IF_THERE)
    }
    missing = [str(devices / pattern) for pattern in _NEEDED if not found[pattern]]
    if missing:
        raise GpuMissing(
            f"Nothing was graded: {ASKED_FOR}=1 asks for a GPU, but this machine has no {', no '.join(missing)}. "
            "Install NVIDIA's driver until `nvidia-smi` lists the GPU (`nvidia-modprobe -u -c 0` makes nvidia-uvm), "
            f"or grade without {ASKED_FOR}."
        )
    files = [Path(name) for name in _DRIVER_FILES if Path(name).exists()]
    return [*(node for nodes in found.values() for node in nodes), *files]


def environment() -> dict[str, str]:
    """What CUDA and TensorFlow read in the sandbox; call it before the environment is emptied.

    With a memory limit alone TensorFlow takes all of it at once; with this variable it starts small and grows
    up to the limit (`gpu_bfc_allocator.h`). `set_memory_growth` would exclude a limit.
    """
    growth = {"TF_FORCE_GPU_ALLOW_GROWTH": "true"}
    chosen = os.environ.get("CUDA_VISIBLE_DEVICES")
    return growth if chosen is None else growth | {"CUDA_VISIBLE_DEVICES": chosen}


def start(memory_bytes: int) -> None:
    """Start CUDA on the first visible GPU, before any student code runs and can choose otherwise.

    Args:
        memory_bytes: what TensorFlow takes of the GPU at most. It counts only its own allocations: CUDA's context
            comes on top, and code that calls CUDA itself is not held by it.

    Raises:
        GpuMissing: if TensorFlow sees no GPU or cannot start it.
    """
    import tensorflow as tf

    gpus = tf.config.list_physical_devices("GPU")[:1]
    if not gpus:
        raise GpuMissing(
            f"Nothing was graded: {ASKED_FOR}=1 asks for a GPU, but TensorFlow sees none in the sandbox "
            f"(CUDA_VISIBLE_DEVICES: {os.environ.get('CUDA_VISIBLE_DEVICES', 'not set')}). Install CUDA's libraries "
            f"(`pip install 'tensorflow[and-cuda]'`) and see that `python -m vaegan doctor` names the GPU, "
            f"or grade without {ASKED_FOR}."
        )
    limit = tf.config.LogicalDeviceConfiguration(memory_limit=memory_bytes // 2**20)
    tf.config.set_visible_devices(gpus, "GPU")
    tf.config.set_logical_device_configuration(gpus[0], [limit])
    # TF32 keeps 10 bits of a float32's 23, and the checks compare with float64 oracles.
    tf.config.experimental.enable_tensor_float_32_execution(False)
    try:
        tf.config.list_logical_devices("GPU")
    except (RuntimeError, tf.errors.OpError) as error:
        raise GpuMissing(
            f"Nothing was graded: TensorFlow cannot start the GPU: {error} See `nvidia-smi` for who uses it."
        ) from error
