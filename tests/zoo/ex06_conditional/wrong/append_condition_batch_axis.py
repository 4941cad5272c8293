# z and c are joined along the batch axis.
# fails: test_append_condition
# hints: condition-on-batch-axis

# %% grade_id="planes"
def append_condition(z, c):
    z = ops.convert_to_tensor(z)
    c = ops.cast(c, z.dtype)
    return ops.concatenate([z, c], axis=0)


def append_planes(images, c):
    images = ops.convert_to_tensor(images)
    c = ops.cast(c, images.dtype)
    _, height, width, _ = images.shape
    planes = ops.tile(c[:, None, None, :], (1, height, width, 1))
    return ops.concatenate([images, planes], axis=-1)
