"""Checks of what a volume does in memory: turning, cutting, normalising; and of the subclass."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st

from graders.common.objects import expect_object, make
from graders.ex01_images import geometry_mistakes, mistakes, oracles
from graders.ex01_images.expectations import expect_class, expect_untouched, expect_volume
from judge.suite import (
    Array,
    Raised,
    Returned,
    Student,
    agree,
    check,
    expect,
    expect_array,
    for_all,
    is_same,
)

TURNED = "the volume that to_ras returns"
SLICE = "the coronal slice"
# Oblique, and laid so that at the place of `test_slice_values` every known mistake gives another slice.
RAS_AFFINE = oracles.make_affine(
    (0, 1, 2), (1, 1, 1), (2.0, 1.25, 2.5), (-0.25, 0.0, 0.05), (-1.0, -5.0, -4.0)
)
RAS_SHAPE = (6, 7, 5)


@check(
    cell="ras_check",
    says="to_ras gives the voxels and the affine that nibabel gives.",
    weight=3,
    read_again="equation (2)",
)
def test_ras_values(student: Student) -> None:
    """A fixed scan, all axes exchanged and two reversed, tells the known mistakes apart; then any."""
    voxels, affine = oracles.random_voxels(5), oracles.AFFINE
    expect_volume(make(student, "Volume", voxels, affine).call("to_ras"), *oracles.canonical(voxels, affine), TURNED,
                  geometry_mistakes.ras_voxels(voxels, affine),
                  geometry_mistakes.ras_affine(voxels, affine))  # fmt: skip

    def is_right(affine: Array) -> None:
        expect_volume(
            make(student, "Volume", voxels, affine).call("to_ras"), *oracles.canonical(voxels, affine), TURNED
        )

    for_all(is_right, max_examples=15, affine=oracles.affines())


@check(cell="ras_check", says="A scan in RAS order stays as it is.", read_again="section 3, To RAS")
def test_ras_stays(student: Student) -> None:
    """Oblique ones too: nothing is interpolated or made straight."""
    voxels = oracles.random_voxels(6)

    def stays(affine: Array) -> None:
        expect_volume(make(student, "Volume", voxels, affine).call("to_ras"), voxels, affine, TURNED)

    for_all(stays, max_examples=8, affine=oracles.affines(straight_ras=True))


@check(
    cell="ras_check",
    says="to_ras keeps class and name, and leaves the volume itself alone.",
    read_again="section 3",
)
def test_ras_keeps_the_rest(student: Student) -> None:
    """A BrainVolume stays one."""
    voxels = oracles.random_voxels(7)
    volume = make(student, "BrainVolume", voxels, oracles.AFFINE, "Ada")
    turned = expect_object(volume.call("to_ras"), TURNED)
    expect_class(turned, "BrainVolume", "what to_ras of a BrainVolume returns", mistakes.CLASS_LOST)
    name = turned.get("name")
    expect(is_same(name, "Ada"), f"to_ras lost the name of the volume: expected 'Ada', received {name!r}.")
    expect_untouched(volume, voxels, oracles.AFFINE, "to_ras", mistakes.VOLUME_CHANGED)


@check(
    cell="slice_check",
    says="The slice goes through the nearest voxel; top row is top, left column is left.",
    weight=3,
    read_again="section 3, Coronal slice",
)
def test_slice_values(student: Student) -> None:
    """A place 0.7 of a voxel past one tells rounding from cutting off; then any place inside any RAS scan."""
    voxels = oracles.random_voxels(8, RAS_SHAPE)
    nearest = np.array([3, 4, 3])
    point = oracles.places(RAS_AFFINE, np.add(nearest, [0.2, -0.3, -0.2]))
    found = make(student, "Volume", voxels, RAS_AFFINE).call("coronal_slice", point)
    expected = voxels[:, 4, :].T[::-1]
    cut_off = voxels[:, 3, :].T[::-1]
    array = expect_array(found, SLICE)
    expect(
        not (array.shape == cut_off.shape and np.allclose(array, cut_off)),
        f"{SLICE} is that of voxel j = 3; the place is j = 3.7, nearest to 4.",
        mistakes.TRUNCATED_INDEX,
    )
    agree(found, expected, SLICE, mistakes=geometry_mistakes.coronal(voxels, nearest, point))

    def is_right(affine: Array, nearest: tuple[int, int, int], beside: float) -> None:
        point = oracles.places(affine, np.add(nearest, beside))
        found = make(student, "Volume", voxels, affine).call("coronal_slice", point)
        agree(found, voxels[:, nearest[1], :].T[::-1], SLICE)

    for_all(
        is_right,
        max_examples=15,
        affine=oracles.affines(straight_ras=True),
        nearest=st.tuples(*[st.integers(0, n - 1) for n in RAS_SHAPE]),
        beside=st.sampled_from((0.0, 0.375, -0.375)),
    )


@check(
    cell="slice_check",
    says="A place outside the scan is a ValueError.",
    needs=[test_slice_values],
    read_again="section 3, Coronal slice",
)
def test_slice_outside(student: Student) -> None:
    """Before the first voxel, where a negative index would count from the end, and after the last."""
    volume = make(student, "Volume", oracles.random_voxels(9, RAS_SHAPE), RAS_AFFINE)
    inside = volume.call("coronal_slice", oracles.places(RAS_AFFINE, np.array([2, 0, 2])))
    expect_array(inside, SLICE, (5, 6))
    for voxel in ([2, -2, 2], [2, 8, 2]):
        outcome = volume.attempt("coronal_slice", oracles.places(RAS_AFFINE, np.array(voxel)))
        refused = isinstance(outcome, Raised) and "ValueError" in outcome.kinds
        expect(
            refused,
            f"voxel {voxel} is outside: expected a ValueError, received none.",
            mistakes.OUTSIDE_ACCEPTED,
        )


@check(
    cell="slice_check",
    says="Turn, then cut: the picture of a place is the same however the scan was stored.",
    needs=[test_ras_values, test_slice_values],
    read_again="section 3",
)
def test_slice_of_any_storage(student: Student) -> None:
    """`coronal_image`, which is given, calls the two methods."""
    voxels = oracles.random_voxels(10, RAS_SHAPE)

    def is_the_same(affine: Array) -> None:
        ras, turned = oracles.canonical(voxels, affine)
        middle = np.array(ras.shape) // 2
        found = make(student, "Volume", voxels, affine).call("coronal_image", oracles.places(turned, middle))
        agree(found, ras[:, middle[1], :].T[::-1], SLICE)

    for_all(is_the_same, max_examples=10, affine=oracles.affines())


def _with_air(seed: int) -> Array:
    """Half of the voxels 0, a few very bright."""
    voxels = oracles.random_voxels(seed, (8, 9, 7)) + 50
    voxels[:4] = 0
    voxels[5, 2, 1:4] = 5000
    return voxels


@check(
    cell="normalise_check",
    says="Brightness is brought to [0, 1] by percentiles 2 and 98.",
    weight=3,
    read_again="equation (3)",
)
def test_normalised_values(student: Student) -> None:
    """With air and bright spots; all voxels of a Volume count."""
    shifted = _with_air(12) - 300  # negative brightness is brightness
    for voxels in (oracles.random_voxels(11, (8, 9, 7)), _with_air(11), shifted):
        volume = make(student, "Volume", voxels, oracles.AFFINE)
        found = expect_object(volume.call("normalised"), "what normalised returns")
        agree(found.get("voxels"), oracles.normalised(voxels, voxels), "the normalised voxels", atol=1e-4,
              mistakes=geometry_mistakes.normalised(voxels))  # fmt: skip


@check(
    cell="normalise_check",
    says="normalised keeps affine, name and class, and leaves the volume itself alone.",
    read_again="section 3",
)
def test_normalised_keeps_the_rest(student: Student) -> None:
    """The class is asked of a BrainVolume, as far as its own hole lets it answer."""
    voxels = _with_air(13)
    volume = make(student, "Volume", voxels, oracles.AFFINE, "Grace")
    found = expect_object(volume.call("normalised"), "what normalised returns")
    agree(found.get("affine"), oracles.AFFINE, "the affine of the normalised volume",
          mistakes=geometry_mistakes.saved_affine(oracles.AFFINE))  # fmt: skip
    name = found.get("name")
    expect(
        is_same(name, "Grace"),
        f"normalised lost the name of the volume: expected 'Grace', received {name!r}.",
    )
    expect_untouched(volume, voxels, oracles.AFFINE, "normalised", mistakes.VOLUME_CHANGED)
    outcome = make(student, "BrainVolume", voxels, oracles.AFFINE).attempt("normalised")
    if isinstance(outcome, Returned):
        brain = expect_object(outcome.value, "what normalised returns")
        expect_class(brain, "BrainVolume", "what normalised of a BrainVolume returns", mistakes.CLASS_LOST)


@check(
    cell="normalise_check",
    says="normalised asks self.foreground(), which a subclass may change.",
    needs=[test_normalised_values],
    read_again="section 4",
)
def test_normalised_asks_the_hook(student: Student) -> None:
    """Judged by what the student's own BrainVolume.foreground answers, or the given one if that is missing."""
    voxels = _with_air(14)
    volume = make(student, "BrainVolume", voxels, oracles.AFFINE)
    counted = volume.attempt("foreground")
    if not isinstance(counted, Returned):
        asked = not isinstance(volume.attempt("normalised"), Returned)
        expect(asked, "normalised did not ask self.foreground().", mistakes.HOOK_IGNORED)
        return
    values = counted.value
    if not isinstance(values, np.ndarray) or values.dtype.kind != "f" or values.size in (0, voxels.size):
        return  # the checks of BrainVolume say what is wrong with it
    found = expect_object(volume.call("normalised"), "what normalised returns").get("voxels")
    array = expect_array(found, "the normalised voxels", voxels.shape)
    ignored = np.allclose(array, oracles.normalised(voxels, voxels), atol=1e-4)
    expect(not ignored, "normalised did not ask self.foreground().", mistakes.HOOK_IGNORED)
    agree(found, oracles.normalised(voxels, values), "the normalised voxels", atol=1e-4)


@check(
    cell="brain_volume_check",
    says="The foreground of a BrainVolume is the values above 0.",
    read_again="section 4",
)
def test_brain_foreground(student: Student) -> None:
    """In any order; negative values, which noise may make, are no brain either."""
    voxels = _with_air(15)
    voxels[0, 0, :3] = -7
    found = make(student, "BrainVolume", voxels, oracles.AFFINE).call("foreground")
    mask = isinstance(found, np.ndarray) and found.dtype.kind == "b"
    expect(not mask, "foreground returned True and False.", mistakes.MASK_RETURNED)
    values = np.sort(expect_array(found, "the foreground").ravel())
    expect(values.size == 0 or values[0] != 0, "the foreground holds voxels of 0.", mistakes.AIR_INCLUDED)
    agree(values, np.sort(voxels[voxels > 0]), "the foreground, sorted")


@check(
    cell="brain_volume_check",
    says="How much air was scanned does not matter to a BrainVolume.",
    needs=[test_brain_foreground, test_normalised_asks_the_hook],
    read_again="section 4",
)
def test_brain_air_does_not_matter(student: Student) -> None:
    """Twice as much of it gives the same brain."""
    voxels = _with_air(16)
    more = np.concatenate([np.zeros_like(voxels), voxels])
    less, much = (
        expect_object(
            make(student, "BrainVolume", v, oracles.AFFINE).call("normalised"), "what normalised returns"
        )
        for v in (voxels, more)
    )
    brain = expect_array(less.get("voxels"), "the voxels", voxels.shape)
    agree(
        expect_array(much.get("voxels"), "the voxels", more.shape)[8:],
        brain,
        "the brain with more air around it",
    )
