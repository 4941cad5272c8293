# Voxels of 0 count.
# fails: test_brain_foreground
# hints: foreground-with-air

# %% grade_id="brain_volume"
class BrainVolume(Volume):

    def foreground(self):
        return self.voxels[self.voxels >= 0]
