"""Turning wanted volumes into a deformation of the template.

Each structure has a velocity field that pushes its surface outward: the gradient of the distance from the surface,
fading away from it. How far to push for a wanted volume is not guessed but calibrated: the template is deformed with
a few strengths, the volumes of the deformed structures are measured, and the curve is read backwards.
"""

from dataclasses import dataclass, field

import numpy as np
from scipy import ndimage

from vaegan.data.synthetic.template import Template
from vaegan.data.synthetic.warp import blur, integrate, linear_weights, resample, sample

SIDES = ("left", "right")
REACH = {"ventricle": 12.0, "hippocampus": 5.0}  # mm, how far around the surface tissue moves along
# mm, blur of the fields. Inside a structure the way outward turns round from one side to the other; too sharp a turn
# would be a tear.
SMOOTHNESS = {"ventricle": 2.5, "hippocampus": 1.5, "sulci": 1.5}
ROOM = {"ventricle": 16.0, "hippocampus": 10.0}  # mm, as far as a structure may grow or be moved
STRENGTHS = {  # mm per unit of time; below zero the structure shrinks
    "ventricle": (-3.0, -1.0, 0.0, 1.0, 3.0, 6.0, 9.0, 13.0),
    "hippocampus": (-5.0, -3.0, -1.8, -0.9, 0.0, 0.9, 1.8),
}
# Minus the brightness outside the brain: between this and the brightness of its edge the image crosses zero.
OUTSIDE = np.float32(0.3)
MOVED = 5.0  # mm, about how far the edge of the brain may be moved
MIDLINE = 4.0  # mm, width of the passage from the strength of the left to that of the right


@dataclass(eq=False)
class Anatomy:
    """The template with its velocity fields on a coarse grid.

    Attributes:
        template: Template.
        step: mm, distance of two points of the coarse grid.
        voxel: mm, edges of the voxels of a scan; as in a coronal acquisition, slices are thicker than pixels.
    """

    template: Template
    step: float = 3.0
    voxel: tuple = (1.2, 2.4, 1.2)
    fields: dict = field(init=False)
    curves: dict = field(init=False)

    def __post_init__(self):
        masks = {name: sum(self.template.structures[f"{side}_{name}"] for side in SIDES) for name in REACH}
        self._lay_grids()
        self._boxes = {
            name: _box(mask > 0, ROOM[name], self.template.spacing, self.voxel) for name, mask in masks.items()
        }
        fields = {name: _outward(masks[name], reach, self.template.spacing) for name, reach in REACH.items()}
        fields["sulci"] = _inward(self.template, masks["ventricle"])
        self.fields = {name: self._coarse(vectors, SMOOTHNESS[name]) for name, vectors in fields.items()}
        self._mark_brain()
        self.curves = self._calibrate()

    def _lay_grids(self):
        """Prepare the coarse grid of the fields, the grid of a scan, and the passages between the two."""
        sizes, spacing = self.template.t1.shape, self.template.spacing
        self.shape = tuple(1 + int((size - 1) * spacing / self.step) for size in sizes)
        self.scan_shape = tuple(
            1 + int((size - 1) * spacing / edge) for size, edge in zip(sizes, self.voxel, strict=True)
        )
        self._to_coarse = [
            linear_weights(coarse, size, self.step / spacing) for coarse, size in zip(self.shape, sizes, strict=True)
        ]
        self._to_fine = [
            linear_weights(fine, coarse, edge / self.step)
            for fine, coarse, edge in zip(self.scan_shape, self.shape, self.voxel, strict=True)
        ]
        x = self.template.origin[0] + self.step * np.arange(self.shape[0], dtype="float32")
        self._right = (1 / (1 + np.exp(-4 * x / MIDLINE)))[:, np.newaxis, np.newaxis]

    def _mark_brain(self):
        """Prepare the image that scans are read from, and the voxels that may show brain: only they are read."""
        self.image = self.template.t1 - OUTSIDE * ~self.template.brain
        wide = blur(self.template.brain.astype("float32"), MOVED / self.template.spacing)
        undeformed = self.fine_points(np.zeros((3, *self.shape), dtype="float32"))
        self.near_brain = sample(wide[np.newaxis], undeformed)[0] > 0.05

    def velocity(self, volumes, sulci=0.0):
        """Return the velocity field that gives the structures these volumes.

        Args:
            volumes: dict, name of a structure -> cm3, for all four.
            sulci: mm by which the brain's surface withdraws; the sulci widen.

        Returns:
            float32, (3, *shape), mm.
        """
        velocity = np.float32(sulci) * self.fields["sulci"]
        for name in REACH:
            left, right = (np.float32(self._strength(f"{side}_{name}", volumes)) for side in SIDES)
            velocity = velocity + (left * (1 - self._right) + right * self._right) * self.fields[name]
        return velocity

    def measure(self, displacement, names=tuple(REACH)):
        """Measure the structures after the template is read at x + u(x).

        Args:
            displacement: float32, (3, *shape), mm, on the coarse grid.
            names: "ventricle", "hippocampus", or both.

        Returns:
            dict, structure of either side -> cm3. A voxel that the structure fills by half counts half.
        """
        volumes = {}
        for name in names:
            points = self.fine_points(displacement, self._boxes[name])
            structures = [f"{side}_{name}" for side in SIDES]
            shares = sample([self.template.structures[structure] for structure in structures], points)
            filled = shares.sum(axis=(1, 2, 3), dtype="float64") * np.prod(self.voxel) / 1000
            volumes |= dict(zip(structures, map(float, filled), strict=True))
        return volumes

    def fine_points(self, displacement, box=(slice(None),) * 3):
        """Say where in the template each voxel of the scan is read.

        Args:
            displacement: float32, (3, *shape), mm, on the coarse grid.
            box: slices of the scan, to ask for a part of it.

        Returns:
            float32, (3, X, Y, Z), in voxels of the template.
        """
        weights = [matrix[part] for matrix, part in zip(self._to_fine, box, strict=True)]
        places = np.indices(self.scan_shape, dtype="float32", sparse=True)
        moved = resample(displacement, weights)  # (3, X, Y, Z), mm
        for axis, (component, place) in enumerate(zip(moved, places, strict=True)):
            asked = tuple(box[axis] if axis == other else slice(None) for other in range(3))
            component += np.float32(self.voxel[axis]) * place[asked]
        return moved / np.float32(self.template.spacing)

    def _coarse(self, vectors, smoothness):
        sigma = smoothness / self.template.spacing
        return resample(np.stack([blur(component, sigma) for component in vectors]), self._to_coarse)

    def _strength(self, structure, volumes):
        logs, strengths = self.curves[structure]
        return np.interp(np.log(volumes[structure]), logs, strengths)

    def _calibrate(self):
        """Return for every structure its log volume at each strength, while the other structures are left alone."""
        curves = {}
        for name, strengths in STRENGTHS.items():
            deformed = [integrate(np.float32(-s) * self.fields[name], self.step) for s in strengths]
            measured = [self.measure(displacement, [name]) for displacement in deformed]
            for structure in measured[0]:
                logs = np.log([volumes[structure] for volumes in measured])
                curves[structure] = (logs, np.array(strengths))
        return curves


def _box(mask, room, spacing, voxel):
    """Return the slices of a scan that hold the mask and some mm of room around it."""
    bounds = [np.flatnonzero(mask.any(axis=others))[[0, -1]] * spacing for others in ((1, 2), (0, 2), (0, 1))]
    return tuple(
        slice(max(0, int((low - room) / edge)), int((high + room) / edge) + 2)
        for (low, high), edge in zip(bounds, voxel, strict=True)
    )


def _outward(mask, reach, spacing):
    """Return unit vectors away from the surface of the mask, fading with the distance from it."""
    inside = mask > 0.5
    outer, inner = (ndimage.distance_transform_edt(part, sampling=spacing) for part in (~inside, inside))
    distance = blur((outer - inner).astype("float32"), 1 / spacing)
    gradient = np.stack(np.gradient(distance, spacing))
    length = np.sqrt(np.sum(gradient**2, axis=0))
    return gradient / np.maximum(length, 0.3) * np.exp(-0.5 * (distance / reach) ** 2)


def _inward(template, ventricles):
    """Return vectors of length up to 1 that point from the sulci into the tissue."""
    filled = blur(np.clip(template.tissue + ventricles, 0, 1), 1.5 / template.spacing)
    gradient = np.stack(np.gradient(filled, template.spacing))
    return gradient / np.float32(np.percentile(np.sqrt(np.sum(gradient**2, axis=0)), 99.5))
