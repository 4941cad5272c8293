# M transposed in both directions.
# fails: test_to_mm, test_to_voxels, test_single_point, test_slice_values
# hints: affine-transposed

# %% grade_id="grid"
class Grid:

    def __init__(self, affine):
        self.affine = np.asarray(affine, dtype="float64")

    def voxel_size(self):
        return np.sqrt(np.sum(self.affine[:3, :3] ** 2, axis=0))

    def to_mm(self, voxels):
        voxels = np.asarray(voxels, dtype="float64")
        return voxels @ self.affine[:3, :3] + self.affine[:3, 3]

    def to_voxels(self, mm):
        mm = np.asarray(mm, dtype="float64")
        inverse = np.linalg.inv(self.affine)
        return mm @ inverse[:3, :3] + inverse[:3, 3]
