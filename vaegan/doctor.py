"""Says in plain sentences whether this machine is fit for the course: `python -m vaegan doctor`."""

import os
import platform
import shutil
import sys
import time
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from vaegan.machine import is_writable, memory_size

OK, NOTE, PROBLEM = "ok", "note", "PROBLEM"
GIB = 2**30
LEAST_DISK, LEAST_MEMORY = 3, 4  # GiB
SLOW_TRAINING = 20.0  # seconds for the trial below; a laptop of 2018 needs 5
EDITORS = ("jupyterlab", "notebook")


@dataclass(frozen=True)
class Finding:
    """One sentence about the machine.

    Attributes:
        kind: OK, NOTE (worth knowing, nothing to do) or PROBLEM (the course will not work so).
        says: the sentence; a problem's ends with what to do.
    """

    kind: str
    says: str


def examine():
    """Yield what is found, part by part; the last parts take some seconds."""
    for part in (python, system, packages, editor, memory, disk, digits, brains, tensorflow):
        yield from part()


def python(version=sys.version_info):
    """The interpreter."""
    name = ".".join(map(str, version[:3]))
    if not (3, 11) <= tuple(version[:2]) <= (3, 12):
        yield Finding(
            PROBLEM,
            f"Python {name} runs here; the course needs 3.11 or 3.12. Install one of them, make a new virtual "
            "environment with it, and install the course's package there.",
        )
        return
    yield Finding(OK, f"Python {name}.")
    if sys.prefix == sys.base_prefix:
        yield Finding(NOTE, "This is no virtual environment; one would keep the course apart from other work.")


def system(name=None, machine=None):
    """Operating system and processor."""
    name, machine = name or platform.system(), (machine or platform.machine()).lower()
    if name == "Darwin" and machine == "x86_64":
        yield Finding(
            PROBLEM,
            "This is a Mac with an Intel processor, for which TensorFlow is no longer made. Work on the course's "
            "JupyterHub, or in Docker.",
        )
    elif name == "Windows" and machine not in ("amd64", "x86_64"):
        yield Finding(
            PROBLEM,
            f"There is no TensorFlow for Windows on {machine}. Work on the course's JupyterHub, or install Python "
            "for x64, which Windows then translates.",
        )
    else:
        yield Finding(OK, f"{name} on {machine}.")


def packages():
    """Whether what the package needs is there, in versions that it was tested with."""
    from packaging.requirements import Requirement

    wrong = []
    for line in metadata.requires("vaegan") or []:
        needed = Requirement(line)
        if needed.marker is not None and not needed.marker.evaluate():
            continue
        try:
            found = metadata.version(needed.name)
        except metadata.PackageNotFoundError:
            found = "none"
        if found == "none" or not needed.specifier.contains(found, prereleases=True):
            wrong.append(f"{needed.name} (needed: {needed.specifier or 'any'}, found: {found})")
    if wrong:
        yield Finding(PROBLEM, f"Packages are missing or too old: {', '.join(wrong)}. Install vaegan again with pip.")
    else:
        yield Finding(OK, f"vaegan {metadata.version('vaegan')} and every package that it needs.")


def editor():
    """Whether notebooks can be opened from this environment."""
    found = [name for name in EDITORS if _is_installed(name)]
    if not found:
        yield Finding(
            NOTE,
            "No JupyterLab here. VS Code opens the notebooks too (extensions Python and Jupyter); or: "
            "pip install jupyterlab jupytext",
        )
    elif not _is_installed("jupytext"):
        yield Finding(
            NOTE, "Without jupytext, saving vae.ipynb does not write vae.py, which other notebooks import: "
            "pip install jupytext",
        )  # fmt: skip
    else:
        yield Finding(OK, f"{found[0]} and jupytext.")


def _is_installed(name):
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def memory(size=None):
    """The machine's memory."""
    size = size or memory_size()
    if size is None:
        return
    text = f"{size / GIB:.0f} GiB of memory"
    if size < 0.9 * LEAST_MEMORY * GIB:
        yield Finding(
            PROBLEM, f"{text}; TensorFlow and a browser need {LEAST_MEMORY}. Work on the course's JupyterHub."
        )
    else:
        yield Finding(OK, f"{text}.")


def disk(folder=None, free=None):
    """Room and permission to write: here, and where slices and pictures are kept."""
    from vaegan.data.cache import cache_folder

    folder = Path(folder or Path.cwd())
    for place in (folder, cache_folder()):
        there = next(path for path in (place, *place.parents) if path.is_dir())
        room = free if free is not None else shutil.disk_usage(there).free
        if not is_writable(there):
            yield Finding(PROBLEM, f"Nothing can be written to {there}. Work in a folder of your own.")
        elif room < LEAST_DISK * GIB:
            yield Finding(
                PROBLEM, f"{room / GIB:.1f} GiB are free in {there}; {LEAST_DISK} are needed. Make some room."
            )
        else:
            yield Finding(OK, f"{room / GIB:.0f} GiB are free in {there}.")


def digits():
    """Which handwritten digits there are."""
    from vaegan.data import load_images

    try:
        data = load_images("auto")
    except (ValueError, OSError) as error:
        yield Finding(PROBLEM, str(error))
        return
    if data.name == "mnist":
        yield Finding(OK, f"MNIST is here: {len(data.x_train):,} training images.")
    else:
        yield Finding(
            NOTE, f"MNIST is not on this computer; the notebooks take {data.caption} until it is. "
            'load_images("mnist") downloads it once (11 MB).',
        )  # fmt: skip


def brains():
    """Which brains there are; nothing is read but the names of folders."""
    folder = os.environ.get("VAEGAN_AD")
    if folder and not Path(folder).expanduser().is_dir():
        yield Finding(PROBLEM, f"VAEGAN_AD names {folder}, which is no folder. Correct it, or unset it.")
    elif folder:
        yield _named_brains(folder)
    else:
        yield Finding(NOTE, "No cohort is named in VAEGAN_AD: brains are synthetic, made once in about a minute.")


def _named_brains(folder):
    from vaegan.data.slices import layout_of

    try:
        layout = layout_of(Path(folder).expanduser())
    except (OSError, ValueError) as error:
        return Finding(PROBLEM, f"VAEGAN_AD: {error}")
    return Finding(OK, f"Brains come from {folder} ({layout}).")


def tensorflow():
    """Whether TensorFlow starts, what it computes on, and how fast a small network trains."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    started = time.perf_counter()
    try:
        import keras
        import tensorflow as tf
    except Exception as error:  # a broken installation raises whatever it likes
        yield Finding(PROBLEM, f"TensorFlow does not start: {_first_line(error)} Install vaegan again with pip.")
        return
    yield Finding(OK, f"TensorFlow {tf.__version__} starts in {time.perf_counter() - started:.0f} s.")
    gpus = tf.config.list_physical_devices("GPU")
    if gpus:
        names = [tf.config.experimental.get_device_details(gpu).get("device_name", gpu.name) for gpu in gpus]
        yield Finding(OK, f"GPU: {', '.join(names)}.")
    else:
        yield Finding(NOTE, "TensorFlow sees no GPU. None is needed: the notebooks are made for a laptop.")
    yield from _trial(keras)


def _trial(keras):
    """Train a network of the course's size for 200 steps."""
    model = keras.Sequential(
        [keras.layers.Dense(400, activation="relu"), keras.layers.Dense(20), keras.layers.Dense(400, activation="relu"),
         keras.layers.Dense(784)]
    )  # fmt: skip
    model.compile("adam", "mse")
    x = keras.random.uniform((12_800, 784), seed=0)
    started = time.perf_counter()
    try:
        model.fit(x, x, batch_size=64, epochs=1, verbose=0)
    except Exception as error:  # whatever a driver, a library or a lack of memory raises
        yield Finding(PROBLEM, f"A small network does not train: {_first_line(error)}")
        return
    seconds = time.perf_counter() - started
    text = f"200 training steps take {seconds:.1f} s"
    if seconds > SLOW_TRAINING:
        yield Finding(NOTE, f"{text}: slow. Close other programs, or work on the course's JupyterHub.")
    else:
        yield Finding(OK, f"{text}.")


def _first_line(error):
    line = str(error).strip().split("\n")[0][:200]
    return f"{type(error).__name__}: {line}."


def main():
    """Print what is found; return 0 if the machine is fit, else 1."""
    fit = True
    for finding in examine():
        print(f"{finding.kind:<8} {finding.says}", flush=True)
        fit = fit and finding.kind != PROBLEM
    print()
    print("This machine is fit for the course." if fit else "This machine is not fit yet: see PROBLEM above.")
    return 0 if fit else 1
