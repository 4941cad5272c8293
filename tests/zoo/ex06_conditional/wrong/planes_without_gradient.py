# No gradient reaches c through the planes.
# fails: test_appending_passes_gradients
# hints: gradient-cut

# %% grade_id="planes"
def append_condition(z, c):
    z = ops.convert_to_tensor(z)
    c = ops.cast(c, z.dtype)
    return ops.concatenate([z, c], axis=-1)


def append_planes(images, c):
    images = ops.convert_to_tensor(images)
    c = ops.cast(c, images.dtype)
    _, height, width, _ = images.shape
    planes = ops.tile(ops.stop_gradient(c)[:, None, None, :], (1, height, width, 1))
    return ops.concatenate([images, planes], axis=-1)
