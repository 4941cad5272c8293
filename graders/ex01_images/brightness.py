"""Brightness brought to [0, 1], and the subclass that says what counts: checks and mistakes."""

from __future__ import annotations

import numpy as np

from graders.common.objects import expect_object, make
from graders.ex01_images import oracles
from graders.ex01_images.expectations import expect_class, expect_untouched
from graders.ex01_images.files import CLASS_LOST, NAME_LOST, NORMALISED, VOLUME_CHANGED
from judge.suite import Array, Remote, Returned, Student, agree, cell, expect, expect_array, is_same

normalise = cell("normalise_check", hole="volume", read_again="section 3", in_numpy=True)
brain_volume = cell("brain_volume_check", read_again="section 4", in_numpy=True)

# fmt: off
CLIPPED = "np.clip((self.voxels - low) / (high - low), 0.0, 1.0)"
PERCENTILES, STRETCHED = "np.percentile(self.foreground(), (2, 98))", "(self.voxels - low) / (high - low)"
HOOK_IGNORED = normalise.mistake("foreground-not-asked", (PERCENTILES, "np.percentile(self.voxels, (2, 98))"),
    "normalised of a BrainVolume takes the percentiles of all voxels. It must ask self.foreground(), the method that "
    "the subclass changes.", also=[(PERCENTILES, "np.percentile(Volume.foreground(self), (2, 98))")])
normalise.mistake("normalised-not-clipped", (CLIPPED, STRETCHED),
    "Values beyond the percentiles leave [0, 1]: clip them.",
    also=[(CLIPPED, f"np.maximum({STRETCHED}, 0.0)"),
          (CLIPPED, f"np.minimum({STRETCHED}, 1.0)")])
normalise.mistake("normalised-by-extremes", (PERCENTILES, "self.foreground().min(), self.foreground().max()"),
    "You used minimum and maximum: a single bright voxel decides. Take percentiles 2 and 98.")
normalise.mistake("normalised-by-moments",
    (CLIPPED, "(self.voxels - self.voxels.mean()) / self.voxels.std()"),
    "You subtracted the mean and divided by the standard deviation; take percentiles 2 and 98.")
normalise.mistake("normalised-percentile-as-share", ("(2, 98)", "(0.02, 0.98)"),
    "np.percentile counts from 0 to 100: 0.02 and 0.98 are almost the minimum. Write 2 and 98.")
normalise.mistake("normalised-other-percentiles", ("(2, 98)", "(1, 99)"),
    "Your percentiles are not those of equation (3): it takes the 2nd and the 98th.", also=[("(2, 98)", "(5, 95)")])
normalise.mistake("normalised-zeros-left-out", (PERCENTILES, "np.percentile(self.voxels[self.voxels > 0], (2, 98))"),
    "You left out the zeros in Volume itself. That is BrainVolume's business: ask self.foreground().")
normalise.mistake("normalised-by-high-only", (STRETCHED, "(self.voxels - low) / high"),
    "You divided by the 98th percentile, not by its distance from the 2nd.")
normalise.mistake("normalised-low-not-subtracted", (STRETCHED, "self.voxels / (high - low)"),
    "You divided by the distance of the percentiles without subtracting the 2nd first: it must come out as 0.")
normalise.mistake("normalised-to-255", (CLIPPED, f"255 * {CLIPPED}"),
    "Your values go to 255; equation (3) ends at 1.")
normalise.mistake("normalised-overflow",
    (CLIPPED, "(255 * (self.voxels - low) / (high - low)).astype('int64').astype('uint8') / 255"),
    "Values were squeezed into 8 bits on the way: fractions are cut off, and what is above 255 begins again at 0. "
    "Compute with floats, and clip.")
normalise.mistake("affine-lost-by-normalised", (NORMALISED, NORMALISED.replace("self.affine", "np.eye(4)")),
    "The normalised volume has the identity for an affine: it no longer knows where it lies. Hand over self.affine.")
MASK_RETURNED = brain_volume.mistake("foreground-is-a-mask", ("self.voxels[self.voxels > 0]", "self.voxels > 0"),
    "You returned where the voxels are bright (True and False), not how bright they are. Index the voxels with it.")
AIR_INCLUDED = brain_volume.mistake("foreground-with-air", ("> 0]", ">= 0]"),
    "Your foreground holds voxels of 0, which are air. Take only those greater than 0.",
    also=[("self.voxels[self.voxels > 0]", "self.voxels.ravel()"),
          ("self.voxels[self.voxels > 0]", "np.where(self.voxels > 0, self.voxels, 0.0)")])
brain_volume.mistake("foreground-above-one", ("> 0]", "> 1]"),
    "Your foreground leaves out voxels between 0 and 1, which are dark but no air: the border is 0.",
    also=[("> 0]", ">= 1]"), ("> 0]", "> 0.5]")])
brain_volume.mistake("foreground-with-negatives", ("> 0]", "!= 0]"),
    "Your foreground holds negative voxels, which noise makes; take only those greater than 0.")
# fmt: on


def _with_air(seed: int) -> Array:
    """Half of the voxels 0, a few very bright."""
    voxels = oracles.random_voxels(seed, (8, 9, 7)) + 50
    voxels[:4] = 0
    voxels[5, 2, 1:4] = 5000
    return voxels


def _normalised(volume: Remote) -> Remote:
    return expect_object(volume.call("normalised"), "what normalised returns")


@normalise.check("Brightness is brought to [0, 1] by percentiles 2 and 98.", weight=3, read_again="equation (3)")
def test_normalised_values(student: Student) -> None:
    """With air and bright spots; all voxels of a Volume count."""
    shifted = _with_air(12) - 300  # negative brightness is brightness
    for voxels in (oracles.random_voxels(11, (8, 9, 7)), _with_air(11), shifted):
        found = _normalised(make(student, "Volume", voxels, oracles.AFFINE)).get("voxels")
        agree(found, oracles.normalised(voxels, voxels), "the normalised voxels", atol=1e-4)


@normalise.check("normalised keeps affine, name and class, and leaves the volume itself alone.")
def test_normalised_keeps_the_rest(student: Student) -> None:
    """The class is asked of a BrainVolume, as far as its own hole lets it answer."""
    voxels = _with_air(13)
    volume = make(student, "Volume", voxels, oracles.AFFINE, "Grace")
    found = _normalised(volume)
    agree(found.get("affine"), oracles.AFFINE, "the affine of the normalised volume")
    name = found.get("name")
    lost = f"normalised lost the name of the volume: expected 'Grace', received {name!r}."
    expect(is_same(name, "Grace"), lost, NAME_LOST)
    expect_untouched(volume, voxels, oracles.AFFINE, "normalised", VOLUME_CHANGED)
    outcome = make(student, "BrainVolume", voxels, oracles.AFFINE).attempt("normalised")
    if isinstance(outcome, Returned):
        brain = expect_object(outcome.value, "what normalised returns")
        expect_class(brain, "BrainVolume", "what normalised of a BrainVolume returns", CLASS_LOST)


@normalise.check("normalised asks self.foreground(), which a subclass may change.",
                 needs=[test_normalised_values], read_again="section 4")  # fmt: skip
def test_normalised_asks_the_hook(student: Student) -> None:
    """Judged by what the student's own BrainVolume.foreground answers, or the given one if that is missing."""
    voxels = _with_air(14)
    volume = make(student, "BrainVolume", voxels, oracles.AFFINE)
    counted = volume.attempt("foreground")
    ignored = "normalised did not ask self.foreground()."
    if not isinstance(counted, Returned):
        expect(not isinstance(volume.attempt("normalised"), Returned), ignored, HOOK_IGNORED)
        return
    values = counted.value
    if not isinstance(values, np.ndarray) or values.dtype.kind != "f" or values.size in (0, voxels.size):
        return  # the checks of BrainVolume say what is wrong with it
    found = expect_array(_normalised(volume).get("voxels"), "the normalised voxels", voxels.shape)
    expect(not np.allclose(found, oracles.normalised(voxels, voxels), atol=1e-4), ignored, HOOK_IGNORED)
    agree(found, oracles.normalised(voxels, values), "the normalised voxels", atol=1e-4)


@brain_volume.check("The foreground of a BrainVolume is the values above 0.")
def test_brain_foreground(student: Student) -> None:
    """In any order; negative values, which noise may make, are no brain, and small ones are."""
    voxels = _with_air(15)
    voxels[0, 0, :3], voxels[0, 1, :3] = -7, 0.25  # brightness has no unit: a scan may lie in [0, 1]
    found = make(student, "BrainVolume", voxels, oracles.AFFINE).call("foreground")
    mask = isinstance(found, np.ndarray) and found.dtype.kind == "b"
    expect(not mask, "foreground returned True and False.", MASK_RETURNED)
    values = np.sort(expect_array(found, "the foreground").ravel())
    expect(not (values == 0).any(), "the foreground holds voxels of 0.", AIR_INCLUDED)
    agree(values, np.sort(voxels[voxels > 0]), "the foreground, sorted")


@brain_volume.check("How much air was scanned does not matter to a BrainVolume.",
                    needs=[test_brain_foreground, test_normalised_asks_the_hook])  # fmt: skip
def test_brain_air_does_not_matter(student: Student) -> None:
    """Twice as much of it gives the same brain."""
    voxels = _with_air(16)
    more = np.concatenate([np.zeros_like(voxels), voxels])
    less, much = (
        expect_array(_normalised(make(student, "BrainVolume", v, oracles.AFFINE)).get("voxels"), "the voxels", v.shape)
        for v in (voxels, more)
    )
    agree(much[8:], less, "the brain with more air around it")
