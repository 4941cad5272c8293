# Voxel size from the rows of M.
# fails: test_voxel_size
# hints: voxel-size-of-rows

# %% grade_id="grid"
class Grid:

    def __init__(self, affine):
        self.affine = np.asarray(affine, dtype="float64")

    def voxel_size(self):
        return np.sqrt(np.sum(self.affine[:3, :3] ** 2, axis=1))

    def to_mm(self, voxels):
        voxels = np.asarray(voxels, dtype="float64")
        return voxels @ self.affine[:3, :3].T + self.affine[:3, 3]

    def to_voxels(self, mm):
        mm = np.asarray(mm, dtype="float64")
        inverse = np.linalg.inv(self.affine)
        return mm @ inverse[:3, :3].T + inverse[:3, 3]
