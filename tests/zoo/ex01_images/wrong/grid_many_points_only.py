# A matrix product that wants (n, 3): single points fail.
# fails: test_single_point, test_slice_values

# %% grade_id="grid"
class Grid:

    def __init__(self, affine):
        self.affine = np.asarray(affine, dtype="float64")

    def voxel_size(self):
        return np.sqrt(np.sum(self.affine[:3, :3] ** 2, axis=0))

    def to_mm(self, voxels):
        voxels = np.asarray(voxels, dtype="float64")
        return np.array([self.affine[:3, :3] @ v + self.affine[:3, 3] for v in voxels])

    def to_voxels(self, mm):
        mm = np.asarray(mm, dtype="float64")
        inverse = np.linalg.inv(self.affine)
        return np.array([inverse[:3, :3] @ p + inverse[:3, 3] for p in mm])
