# Planes by tile and reshape: every image has the classes of others.
# fails: test_append_planes_everywhere
# hints: planes-scrambled

# %% grade_id="planes"
def append_condition(z, c):
    z = ops.convert_to_tensor(z)
    c = ops.cast(c, z.dtype)
    return ops.concatenate([z, c], axis=-1)


def append_planes(images, c):
    images = ops.convert_to_tensor(images)
    c = ops.cast(c, images.dtype)
    _, height, width, _ = images.shape
    planes = ops.reshape(ops.tile(c, (height * width, 1)), (-1, height, width, c.shape[-1]))
    return ops.concatenate([images, planes], axis=-1)
