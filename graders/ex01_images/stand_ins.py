# What stands in for a hole that fails, where a check needs it: the same names and arguments, other formulas.

# %% grade_id="grid"
class Grid:
    """Voxels of half a millimetre, whatever the affine says."""

    def __init__(self, affine):
        self.affine = np.asarray(affine, dtype="float64")

    def voxel_size(self):
        return np.full(3, 0.5)

    def to_mm(self, voxels):
        return 0.5 * np.asarray(voxels, dtype="float64")

    def to_voxels(self, mm):
        return 2.0 * np.asarray(mm, dtype="float64")


# %% grade_id="volume"
class Volume(BaseVolume):
    """Every scan is its own negative; the brightest voxel is 1."""

    def __init__(self, voxels, affine, name="unnamed"):
        super().__init__(voxels, affine, name)
        self.grid = Grid(self.affine)

    @classmethod
    def load(cls, path):
        scan = nibabel.load(path)
        return cls(-np.asanyarray(scan.dataobj), scan.affine, Path(path).name)

    def normalised(self):
        return type(self)(self.voxels / self.foreground().max(), self.affine, self.name)
