# Only one pixel holds c.
# fails: test_append_planes_everywhere
# hints: planes-at-one-pixel

# %% grade_id="planes"
def append_condition(z, c):
    z = ops.convert_to_tensor(z)
    c = ops.cast(c, z.dtype)
    return ops.concatenate([z, c], axis=-1)


def append_planes(images, c):
    images = ops.convert_to_tensor(images)
    c = ops.cast(c, images.dtype)
    _, height, width, _ = images.shape
    planes = ops.pad(c[:, None, None, :], [(0, 0), (0, height - 1), (0, width - 1), (0, 0)])
    return ops.concatenate([images, planes], axis=-1)
