"""Expectations that several checks of exercise 1 share, and the exchange of files with the sandbox."""

from __future__ import annotations

import gzip
import io
import math
from typing import Any

import nibabel
import numpy as np

from graders.common.objects import expect_object
from judge.suite import (
    Array,
    CheckFailed,
    Mistake,
    Remote,
    Returned,
    Student,
    agree,
    expect,
    expect_array,
    unwrap,
)

_MAX_BYTES = 2**22  # of a file that comes back; ours have a few thousand


def class_method(student: Student, class_name: str, method: str, *args: Any) -> Remote:
    """What a classmethod of the student's returns."""
    owner = expect_object(student.get(class_name), f"`{class_name}`")
    return expect_object(owner.call(method, *args), f"what `{class_name}.{method}(...)` returns")


def expect_class(volume: Remote, class_name: str, what: str, mistake: Mistake) -> None:
    """Fail unless an object is of the class of that name."""
    received = volume.type_name
    expect(
        received == class_name,
        f"{what} must be a {class_name}: expected {class_name}, received {received}.",
        mistake,
    )


def expect_volume(volume: Any, voxels: Array, affine: Array, what: str) -> None:
    """Fail unless the object has these voxels and this affine."""
    found = expect_object(volume, what)
    agree(found.get("voxels"), voxels, f"the voxels of {what}")
    agree(found.get("affine"), affine, f"the affine of {what}")


def expect_untouched(volume: Remote, voxels: Array, affine: Array, what: str, mistake: Mistake) -> None:
    """Fail unless the volume that a method was called on is still as it was."""
    for name, before in (("voxels", voxels), ("affine", affine)):
        after = expect_array(volume.get(name), f"the {name} of the volume")
        same = after.shape == before.shape and np.allclose(after, before)
        expect(same, f"{what} changed the {name} of the volume that it was called on.", mistake)


def write_files(student: Student, files: dict[str, Array]) -> None:
    """Put files into the sandbox, beside the notebook.

    Args:
        student: whose sandbox.
        files: relative path -> bytes, uint8.
    """
    unwrap(student.request("write_files", files=files), "writing files for this check")


def as_file(text: str) -> Array:
    """A text as the bytes of a file."""
    return np.frombuffer(text.encode(), np.uint8)


def read_scan(student: Student, path: str, not_saved: Mistake) -> tuple[Array, Array]:
    """Voxels and affine of a NIfTI file that the student's code has written, as nibabel reads it here.

    Raises:
        CheckFailed: if there is no such file, or nibabel cannot read it.
    """
    outcome = student.attempt("numpy.fromfile", path, "uint8")
    if not isinstance(outcome, Returned) or not isinstance(outcome.value, np.ndarray):
        message = f"`save` wrote no file that can be read: expected {path} in the folder asked for."
        raise CheckFailed(message, not_saved)
    if outcome.value.size > _MAX_BYTES:
        raise CheckFailed(f"`save` wrote a file that is far too large: received {outcome.value.size} bytes.")
    try:
        return _parse(outcome.value.astype(np.uint8).tobytes(), compressed=path.endswith(".gz"))
    except Exception as problem:  # the bytes are the student's: what is wrong with them is no fault of ours
        reason = str(problem).split("\n")[0][:200]
        message = f"nibabel cannot read the file that `save` wrote to {path}: {reason}"
        raise CheckFailed(message) from None


def _parse(content: bytes, compressed: bool) -> tuple[Array, Array]:
    if compressed:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
            content = file.read(_MAX_BYTES)
    image = nibabel.Nifti1Image.from_bytes(content)
    if math.prod(image.shape) > _MAX_BYTES:
        raise ValueError(f"its header speaks of {image.shape} voxels")
    return np.asarray(image.get_fdata()), np.asarray(image.affine)
