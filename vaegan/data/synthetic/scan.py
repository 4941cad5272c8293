"""From a person to a scan: deform the template, then add what a scanner adds."""

from dataclasses import dataclass

import numpy as np

from vaegan.data.synthetic.warp import integrate, jacobian_determinant, sample, smooth_noise

POSE_DEGREES, POSE_MM = 1.0, 0.7  # what is left after a scan has been aligned with MNI space
WIDE, FINE = (14.0, 1.8), (5.0, 0.8)  # smoothness and size, mm, of the differences between any two brains
BIAS = 0.10  # relative, over the whole head
NOISE = (0.015, 0.04)  # of the brightness of white matter
CONTRAST_SD = 0.06
GAIN = (140.0, 200.0)  # grey value of white matter; scanners differ


@dataclass(frozen=True, eq=False)
class Scan:
    """A synthetic scan and the truth about it.

    Attributes:
        voxels: int16, (X, Y, Z), 0 outside the brain.
        volumes: cm3, measured on the deformed label maps.
        min_jacobian: smallest volume change of any place; above 0 nothing has folded.
        folded: share of the places with a determinant of 0 or less.
    """

    voxels: np.ndarray
    volumes: dict
    min_jacobian: float
    folded: float


def make_scan(anatomy, person, seed, years=0.0):
    """Make the scan of a person, `years` after the first visit.

    The brain's own shape depends on the seed and the person alone, so two visits differ by ageing and noise only.

    Args:
        anatomy: Anatomy.
        person: Person.
        seed: int, of the cohort.
        years: float.

    Returns:
        Scan.
    """
    visit = np.random.default_rng([seed, 2, int(person.subject), round(1000 * years)])
    displacement = deform(anatomy, person, seed, years)
    growth = jacobian_determinant(displacement, anatomy.step)
    return Scan(
        voxels=_acquire(anatomy, displacement, visit),
        volumes=anatomy.measure(displacement),
        min_jacobian=float(growth.min()),
        folded=float(np.mean(growth <= 0)),
    )


def deform(anatomy, person, seed, years=0.0):
    """Return where each point of the person's head is found in the template; arguments as in `make_scan`.

    Returns:
        float32, (3, *anatomy.shape), mm: the displacement exp(-v) - id, because an image is deformed by asking
        every voxel where it came from.
    """
    own = np.random.default_rng([seed, 1, int(person.subject)])
    visit = np.random.default_rng([seed, 4, int(person.subject), round(1000 * years)])
    velocity = anatomy.velocity(person.after(years), person.sulci)
    for smoothness, size in (WIDE, FINE):
        velocity += smooth_noise(anatomy.shape, anatomy.step, smoothness, size, own)
    return integrate(-(velocity + _pose(anatomy, visit)), anatomy.step)


def _pose(anatomy, chance):
    """Draw the velocity of a small rotation and shift of the head."""
    turn = np.deg2rad(POSE_DEGREES) * chance.standard_normal(3)
    shift = POSE_MM * chance.standard_normal(3)
    centre = (np.array(anatomy.shape) - 1) / 2
    x, y, z = (
        np.float32(anatomy.step) * (place - np.float32(middle))
        for place, middle in zip(np.indices(anatomy.shape, dtype="float32", sparse=True), centre, strict=True)
    )
    a, b, c = turn.astype("float32")
    rotation = (b * z - c * y + 0 * x, c * x - a * z + 0 * y, a * y - b * x + 0 * z)
    return np.stack([part + np.float32(move) for part, move in zip(rotation, shift, strict=True)])


def _acquire(anatomy, displacement, chance):
    """Read the template at its deformed places; add contrast, bias field, Rician noise; strip what is no brain."""
    brain = anatomy.near_brain.copy()
    signal = sample(anatomy.image[np.newaxis], anatomy.fine_points(displacement)[:, brain])[0]
    brain[brain] = signal > 0
    signal = signal[signal > 0] ** np.float32(np.exp(CONTRAST_SD * chance.standard_normal()))
    signal *= _bias(anatomy.scan_shape, chance)[brain]
    noise = np.float32(chance.uniform(*NOISE))
    real, imaginary = chance.standard_normal((2, signal.size), dtype="float32") * noise
    magnitude = np.hypot(signal + real, imaginary)
    voxels = np.zeros(anatomy.scan_shape, dtype="int16")
    voxels[brain] = np.rint(np.float32(chance.uniform(*GAIN)) * magnitude)
    return voxels


def _bias(shape, chance):
    """Draw a smooth brightness field: exp of a quadratic function of the place, about 1 on average."""
    x, y, z = (np.linspace(-1, 1, size, dtype="float32").reshape(_along(axis)) for axis, size in enumerate(shape))
    terms = (x, y, z, x * x - 1 / 3, y * y - 1 / 3, z * z - 1 / 3, x * y, y * z, x * z)
    weights = (BIAS / 2 * chance.standard_normal(len(terms))).astype("float32")
    total = sum(weight * term for weight, term in zip(weights, terms, strict=True))
    return np.exp(total)


def _along(axis):
    return tuple(-1 if axis == other else 1 for other in range(3))
