# The planes stand before the image.
# fails: test_append_planes_everywhere
# hints: planes-first

# %% grade_id="planes"
def append_condition(z, c):
    z = ops.convert_to_tensor(z)
    c = ops.cast(c, z.dtype)
    return ops.concatenate([z, c], axis=-1)


def append_planes(images, c):
    images = ops.convert_to_tensor(images)
    c = ops.cast(c, images.dtype)
    _, height, width, _ = images.shape
    planes = ops.tile(c[:, None, None, :], (1, height, width, 1))
    return ops.concatenate([planes, images], axis=-1)
