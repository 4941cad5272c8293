"""Turning a scan to RAS order and cutting it: checks and mistakes."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from graders.common.objects import expect_object, make
from graders.ex01_images import oracles
from graders.ex01_images.expectations import expect_class, expect_untouched, expect_volume
from graders.ex01_images.files import CLASS_LOST, NAME_LOST, TURNED, VOLUME_CHANGED
from graders.ex01_images.grid import test_to_voxels
from judge.suite import Array, Raised, Student, agree, cell, expect, expect_array, for_all, is_same

ras = cell("ras_check", hole="volume", read_again="section 3, To RAS", in_numpy=True)
cut = cell("slice_check", hole="volume", read_again="section 3, Coronal slice", in_numpy=True)
RETURNED, SLICE = "the volume that to_ras returns", "the coronal slice"
# Oblique, and laid so that at the place of `test_slice_values` every known mistake gives another slice.
RAS_AFFINE = oracles.make_affine((0, 1, 2), (1, 1, 1), (2.0, 1.25, 2.5), (-0.25, 0.0, 0.05), (-1.0, -5.0, -4.0))
RAS_SHAPE = (6, 7, 5)

# fmt: off
TURN = f"turned = nibabel.as_closest_canonical(nibabel.Nifti1Image(self.voxels, self.affine))\n        {TURNED}"
FLIP = "                voxels = np.flip(voxels, axis)\n"
SHIFT = "                affine[:3, 3] += (voxels.shape[axis] - 1) * affine[:3, axis]\n"
BY_HAND = f"""orientation = nibabel.io_orientation(self.affine)
        order = np.argsort(orientation[:, 0])
        affine = self.affine[:, [*order, 3]]
        voxels = np.transpose(self.voxels, order)
        for axis in range(3):
            if orientation[order[axis], 1] < 0:
{FLIP}{SHIFT}                affine[:3, axis] *= -1
        return type(self)(voxels, affine, self.name)"""  # right, and then spoilt in one place
ras.mistake("ras-not-turned", (TURN, "return type(self)(self.voxels, self.affine, self.name)"),
    "The voxels are as they were: reorder and flip the axes.",
    also=[(TURNED, TURNED.replace("np.asarray(turned.dataobj)", "self.voxels"))])
ras.mistake("ras-not-flipped", (TURN, BY_HAND.replace(FLIP, "")),
    "The axes are in the right order, and those that run backwards still do: flip them.")
ras.mistake("ras-not-reordered", (TURN, BY_HAND.replace("np.argsort(orientation[:, 0])", "range(3)")),
    "You flipped axes and left them in their order: the first must be the one that runs left to right.")
ras.mistake("ras-order-inverted",
    (TURN, BY_HAND.replace("np.argsort(orientation[:, 0])", "orientation[:, 0].astype(int)")),
    "You reordered the axes the wrong way round: np.transpose wants, for each new axis, the number of the old.",
    also=[(TURN, BY_HAND.replace("self.voxels, order", "self.voxels, orientation[:, 0].astype(int)"))])
ras.mistake("ras-became-lps", ("turned = nibabel.as_closest_canonical(nibabel.Nifti1Image(self.voxels, self.affine))",
    "image, lps = nibabel.Nifti1Image(self.voxels, self.affine), nibabel.orientations.axcodes2ornt('LPS')\n        "
    "turned = image.as_reoriented(nibabel.orientations.ornt_transform(nibabel.io_orientation(self.affine), lps))"),
    "The scan came out as LPS, to the left and to the back: that is DICOM's convention, NIfTI's is RAS.")
ras.mistake("ras-affine-kept", (TURNED, TURNED.replace("turned.affine", "self.affine")),
    "You turned the array and kept the affine: every voxel now claims to lie elsewhere. Use equation (2).")
ras.mistake("ras-shift-kept", (TURN, BY_HAND.replace(SHIFT, "")),
    "You turned M and kept t. When an axis of n voxels is flipped, t moves to the other end: by n - 1 steps.")
ras.mistake("ras-shift-off-by-one", (TURN, BY_HAND.replace("(voxels.shape[axis] - 1)", "voxels.shape[axis]")),
    "t has moved one step too far: between the first and the last of n voxels there are n - 1 steps.")
ras.mistake("ras-affine-made-up",
    (TURNED, TURNED.replace("turned.affine", "np.diag([*Grid(turned.affine).voxel_size(), 1])")),
    "You made a new affine out of the voxel's edges: the head's place or tilt is lost. Use equation (2).",
    also=[(TURNED, TURNED.replace("turned.affine", "np.eye(4)"))])
INSIDE, PLANE = "np.rint(self.grid.to_voxels(point_mm)).astype(int)", "return self.voxels[:, j, :].T[::-1]"
OUTSIDE_ACCEPTED = cut.mistake("outside-accepted", (INSIDE, f"{INSIDE} % self.voxels.shape"),
    "A place outside the scan gave a slice all the same: a negative index counts from the other end. Keep the check.",
    also=[(INSIDE, f"np.clip({INSIDE}, 0, np.array(self.voxels.shape) - 1)"), ("all(0 <= n < size", "all(n < size"),
          ("if not all(0 <= n < size for n, size in zip((i, j, k), self.voxels.shape, strict=True)):",
           "if not 0 <= j < self.voxels.shape[1]:")])
cut.mistake("index-cut-off", (INSIDE, "np.floor(self.grid.to_voxels(point_mm) + 1e-9).astype(int)"),
    "You took the voxel below, not the nearest: int(...) and astype(int) cut off. Round first, with np.rint.",
    also=[(INSIDE, "self.grid.to_voxels(point_mm).astype(int)")])
cut.mistake("index-rounded-up", (INSIDE, "np.ceil(self.grid.to_voxels(point_mm) - 1e-9).astype(int)"),
    "You took the voxel above, not the nearest: round with np.rint.")
cut.mistake("millimetres-as-index", (INSIDE, "np.rint(point_mm).astype(int)"),
    "You used millimetres as an index. Ask self.grid which voxel lies there.")
cut.mistake("slice-not-turned", (PLANE, "return self.voxels[:, j, :]"),
    "The image is [x, z]: transpose it, rows are z.")
cut.mistake("slice-upside-down", (PLANE, "return self.voxels[:, j, :].T"),
    "The head stands on its head: row 0 of a picture is the top, so the rows must be turned round.")
cut.mistake("slice-mirrored", (PLANE, "return self.voxels[:, j, :].T[::-1, ::-1]"),
    "Left and right are exchanged: only the rows are to be turned round, not the columns.",
    also=[(PLANE, "return self.voxels[:, j, :].T[:, ::-1]")])
cut.mistake("slice-sagittal", (PLANE, "return self.voxels[i].T[::-1]"),
    "This is a sagittal slice, of constant x; a coronal one has constant y: the second index.")
cut.mistake("slice-axial", (PLANE, "return self.voxels[:, :, k].T[::-1]"),
    "This is an axial slice, of constant z; a coronal one has constant y: the second index.")
# fmt: on


@ras.check("to_ras gives the voxels and the affine that nibabel gives.", weight=3, read_again="equation (2)")
def test_ras_values(student: Student) -> None:
    """A fixed scan, all axes exchanged and two reversed, tells the known mistakes apart; then any."""
    voxels = oracles.random_voxels(5)

    def is_right(affine: Array) -> None:
        turned = make(student, "Volume", voxels, affine).call("to_ras")
        expect_volume(turned, *oracles.canonical(voxels, affine), RETURNED)

    is_right(oracles.AFFINE)
    for_all(is_right, max_examples=15, affine=oracles.affines())


@ras.check("A scan in RAS order stays as it is.")
def test_ras_stays(student: Student) -> None:
    """Oblique ones too: nothing is interpolated or made straight."""
    voxels = oracles.random_voxels(6) - 20

    def stays(affine: Array) -> None:
        expect_volume(make(student, "Volume", voxels, affine).call("to_ras"), voxels, affine, RETURNED)

    for_all(stays, max_examples=8, affine=oracles.affines(straight_ras=True))


@ras.check("to_ras keeps class and name, and leaves the volume itself alone.", read_again="section 3")
def test_ras_keeps_the_rest(student: Student) -> None:
    """A BrainVolume stays one."""
    voxels = oracles.random_voxels(7)
    volume = make(student, "BrainVolume", voxels, oracles.AFFINE, "Ada")
    turned = expect_object(volume.call("to_ras"), RETURNED)
    expect_class(turned, "BrainVolume", "what to_ras of a BrainVolume returns", CLASS_LOST)
    name = turned.get("name")
    lost = f"to_ras lost the name of the volume: expected 'Ada', received {name!r}."
    expect(is_same(name, "Ada"), lost, NAME_LOST)
    expect_untouched(volume, voxels, oracles.AFFINE, "to_ras", VOLUME_CHANGED)


def _place(student: Student, affine: Array, voxel: Array) -> Array:
    """Where a voxel lies for the student's grid: in mm, or at half its index for the stand-in."""
    return 0.5 * voxel if student.stand_in("grid") else oracles.places(affine, voxel)


@cut.check(
    "The slice goes through the nearest voxel; top row is top, left column is left.", weight=3, uses=[test_to_voxels]
)
def test_slice_values(student: Student) -> None:
    """A place 0.7 of a voxel past one tells rounding from cutting off; then any place inside any RAS scan."""
    voxels = oracles.random_voxels(8, RAS_SHAPE)

    def is_right(affine: Array, nearest: tuple[int, int, int], beside: Array | float) -> None:
        point = _place(student, affine, np.add(nearest, beside))
        found = make(student, "Volume", voxels, affine).call("coronal_slice", point)
        agree(found, voxels[:, nearest[1], :].T[::-1], SLICE)

    is_right(RAS_AFFINE, (3, 4, 3), np.array([0.2, -0.3, -0.2]))
    for_all(
        is_right,
        max_examples=15,
        affine=oracles.affines(straight_ras=True),
        nearest=st.tuples(*[st.integers(0, n - 1) for n in RAS_SHAPE]),
        beside=st.sampled_from((0.0, 0.375, -0.375)),
    )


@cut.check("A place outside the scan is a ValueError.", needs=[test_slice_values], uses=[test_to_voxels])
def test_slice_outside(student: Student) -> None:
    """Along each axis: before the first voxel, where a negative index counts from the end, and after the last."""
    volume = make(student, "Volume", oracles.random_voxels(9, RAS_SHAPE), RAS_AFFINE)
    inside = volume.call("coronal_slice", _place(student, RAS_AFFINE, np.array([2, 0, 2])))
    expect_array(inside, SLICE, (5, 6))
    for voxel in ([2, -2, 2], [2, 8, 2], [-1, 3, 2], [6, 3, 2], [2, 3, -1], [2, 3, 5]):
        outcome = volume.attempt("coronal_slice", _place(student, RAS_AFFINE, np.array(voxel)))
        refused = isinstance(outcome, Raised) and "ValueError" in outcome.kinds
        expect(refused, f"voxel {voxel} is outside: expected a ValueError, received none.", OUTSIDE_ACCEPTED)


@cut.check("Turn, then cut: the picture of a place is the same however the scan was stored.",
           needs=[test_ras_values, test_slice_values], uses=[test_to_voxels], read_again="section 3")  # fmt: skip
def test_slice_of_any_storage(student: Student) -> None:
    """`coronal_image`, which is given, calls the two methods."""
    voxels = oracles.random_voxels(10, RAS_SHAPE)

    def is_the_same(affine: Array) -> None:
        turned, turned_affine = oracles.canonical(voxels, affine)
        middle = np.array(turned.shape) // 2
        place = _place(student, turned_affine, middle)
        found = make(student, "Volume", voxels, affine).call("coronal_image", place)
        agree(found, turned[:, middle[1], :].T[::-1], SLICE)

    for_all(is_the_same, max_examples=10, affine=oracles.affines())
