"""What every scan has in common: voxels, and the affine that says where they lie.

`BaseVolume` keeps and checks both. What one *does* with a scan it only promises: these methods raise `ToImplement`,
and a subclass keeps the promise.
"""

import nibabel
import numpy as np

from vaegan.holes import ToImplement


class BaseVolume:
    """A three-dimensional scan in memory.

    Attributes:
        voxels: float32, (I, J, K), brightness.
        affine: float64, (4, 4), from voxel indices to millimetres: x_mm = affine @ (i, j, k, 1). The millimetres
            count to the right, to the front and upward (R, A, S) of the person who lay in the scanner.
        name: text, for messages and captions.

    Raises:
        ValueError: if the voxels have not three axes, or the affine cannot be inverted.
    """

    def __init__(self, voxels, affine, name="unnamed"):
        self.voxels = np.asarray(voxels, dtype="float32")
        self.affine = np.asarray(affine, dtype="float64")
        self.name = name
        if self.voxels.ndim != 3:
            raise ValueError(
                f"{name} is not one scan: expected voxels with 3 axes, received shape {self.voxels.shape}. "
                "Take one volume of a series: voxels[..., 0]."
            )
        if self.affine.shape != (4, 4) or abs(np.linalg.det(self.affine[:3, :3])) < 1e-9:
            raise ValueError(
                f"{name} has an impossible affine: expected a (4, 4) matrix that can be inverted, received "
                f"{self.affine.round(3).tolist()}. Hand over the affine of the image that the voxels came from."
            )

    def __repr__(self):
        """Say what it is instead of printing a million voxels."""
        size = "x".join(map(str, self.voxels.shape))
        return f"{type(self).__name__}({self.name}: {size} voxels, {self.orientation()})"

    def orientation(self):
        """Return where the three axes point: "RAS" if i runs to the right, j to the front and k upward."""
        return "".join(nibabel.aff2axcodes(self.affine))

    def foreground(self):
        """Return the brightness values that count for the contrast, (n,): here those of all voxels.

        A hook: a subclass that knows more about its voxels says so here, and every method that asks follows.
        """
        return self.voxels.ravel()

    def coronal_image(self, point_mm):
        """Return the coronal slice through a place, whatever the order of the axes: turn, then cut."""
        return self.to_ras().coronal_slice(point_mm)

    @classmethod
    def load(cls, path):
        """Read a file."""
        raise ToImplement(f"{cls.__name__}.load")

    def save(self, path):
        """Write a file."""
        raise ToImplement(f"{type(self).__name__}.save")

    def to_ras(self):
        """Return the same scan with its axes to the right, to the front and upward."""
        raise ToImplement(f"{type(self).__name__}.to_ras")

    def coronal_slice(self, point_mm):
        """Return the coronal slice of a scan in RAS order."""
        raise ToImplement(f"{type(self).__name__}.coronal_slice")

    def normalised(self):
        """Return the scan with its brightness in [0, 1]."""
        raise ToImplement(f"{type(self).__name__}.normalised")
