"""Checks of reading and writing: files made here, read there, and the other way round."""

from __future__ import annotations

import numpy as np

from graders.common.objects import make
from graders.ex01_images import geometry_mistakes, mistakes, oracles
from graders.ex01_images.expectations import (
    class_method,
    expect_class,
    expect_untouched,
    expect_volume,
    read_scan,
    write_files,
)
from judge.suite import Array, Student, agree, check, expect, expect_array, for_all, is_same

SAVED_VOXELS, SAVED_AFFINE = "the voxels in the file", "the affine in the file"


@check(
    cell="load_check",
    says="load gives the scaled voxels, the affine and the name of a file.",
    weight=3,
    read_again="section 3, Load",
)
def test_load_values(student: Student) -> None:
    """Unsigned integers beyond the range of int16, with a scale factor; plain and compressed."""
    stored = (oracles.random_voxels(0).astype(np.uint16) * 1000 + 3).astype(np.uint16)  # up to 60,003
    slope = 0.0137
    for path in ("load_values/a.nii", "load_values/b.nii.gz"):
        packed = oracles.file_of(stored, oracles.AFFINE, slope, compressed=path.endswith("gz"))
        write_files(student, {path: packed})
        volume = class_method(student, "Volume", "load", path)
        agree(volume.get("voxels"), stored * np.float64(slope), "the voxels that load returns", rtol=1e-3,
              mistakes=geometry_mistakes.loaded(stored, slope))  # fmt: skip
        agree(volume.get("affine"), oracles.AFFINE, "the affine that load returns",
              mistakes=geometry_mistakes.saved_affine(oracles.AFFINE))  # fmt: skip
        name = volume.get("name")
        expected = path.split("/")[1]
        expect(
            is_same(name, expected),
            f"the name of a volume is that of its file: expected {expected}, received {name!r}.",
        )


@check(cell="load_check", says="load copies the voxels: the file may change.", read_again="section 3, Load")
def test_load_copies(student: Student) -> None:
    """An uncompressed file of floats is overwritten after it was loaded."""
    before, path = oracles.random_voxels(1), "load_copies/scan.nii"
    write_files(student, {path: oracles.file_of(before, oracles.AFFINE)})
    volume = class_method(student, "Volume", "load", path)
    write_files(student, {path: oracles.file_of(before + 100, oracles.AFFINE)})
    after = expect_array(volume.get("voxels"), "the voxels that load returns")
    same = after.shape == before.shape and np.allclose(after, before)
    expect(same, "The voxels changed when their file was overwritten.", mistakes.WINDOW_ON_FILE)


@check(
    cell="load_check", says="load makes an object of the class that was asked.", read_again="section 3, Load"
)
def test_load_keeps_the_class(student: Student) -> None:
    """BrainVolume.load gives a BrainVolume."""
    write_files(student, {"load_class/scan.nii": oracles.file_of(oracles.random_voxels(2), oracles.AFFINE)})
    volume = class_method(student, "BrainVolume", "load", "load_class/scan.nii")
    expect_class(volume, "BrainVolume", "what `BrainVolume.load` returns", mistakes.CLASS_LOST)


@check(
    cell="save_check",
    says="save writes the affine, whatever it is.",
    weight=3,
    read_again="section 3, Save",
)
def test_save_affine(student: Student) -> None:
    """Read back here by nibabel; a fixed affine first, then any."""
    voxels = oracles.random_voxels(3)
    write_files(student, {"save_affine/folder.txt": np.zeros(1, np.uint8)})
    make(student, "Volume", voxels, oracles.AFFINE).call("save", "save_affine/fixed.nii")
    _, found = read_scan(student, "save_affine/fixed.nii")
    agree(found, oracles.AFFINE, SAVED_AFFINE, mistakes=geometry_mistakes.saved_affine(oracles.AFFINE))

    def comes_back(affine: Array) -> None:
        make(student, "Volume", voxels, affine).call("save", "save_affine/any.nii.gz")
        again, found = read_scan(student, "save_affine/any.nii.gz")
        agree(found, affine, SAVED_AFFINE)
        agree(again, voxels, SAVED_VOXELS)

    for_all(comes_back, max_examples=8, affine=oracles.affines())


@check(
    cell="save_check",
    says="save writes the voxels, fractions included.",
    weight=2,
    read_again="section 3, Save",
)
def test_save_voxels(student: Student) -> None:
    """Values from 0 to 1, negative ones, and large ones."""
    write_files(student, {"save_voxels/folder.txt": np.zeros(1, np.uint8)})
    for number, voxels in enumerate((np.linspace(0, 1, 60), np.linspace(-3, 70_000, 60))):
        values = voxels.reshape(oracles.SHAPE).astype(np.float32)
        volume = make(student, "Volume", values, oracles.AFFINE)
        volume.call("save", f"save_voxels/{number}.nii")
        found, _ = read_scan(student, f"save_voxels/{number}.nii")
        whole = found.shape == values.shape and np.array_equal(found, np.rint(found))
        expect(
            not whole, f"{SAVED_VOXELS} are whole numbers; those saved were not.", mistakes.SAVED_AS_INTEGERS
        )
        agree(found, values, SAVED_VOXELS, rtol=1e-3, atol=1e-3)
        expect_untouched(volume, values, oracles.AFFINE, "save", mistakes.VOLUME_CHANGED)


@check(
    cell="save_check",
    says="What was saved and loaded is the same volume.",
    needs=[test_save_affine],
    read_again="section 3, Save",
)
def test_round_trip(student: Student) -> None:
    """Loaded from a file, saved over that same file, and loaded again."""
    voxels, path = oracles.random_voxels(4), "round_trip/scan.nii"
    write_files(student, {path: oracles.file_of(voxels, oracles.AFFINE)})
    class_method(student, "Volume", "load", path).call("save", path)
    expect_volume(class_method(student, "Volume", "load", path), voxels, oracles.AFFINE,
                  "the volume that was loaded, saved over its own file and loaded again")  # fmt: skip
