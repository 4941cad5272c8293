# foreground returns the mask.
# fails: test_brain_foreground
# hints: foreground-is-a-mask

# %% grade_id="brain_volume"
class BrainVolume(Volume):

    def foreground(self):
        return self.voxels > 0
