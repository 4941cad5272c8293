# Everything computed in float64, and returned as it was asked for; lists where arrays would do.

# %% grade_id="error"
def reconstruction_error(x, reconstruction):
    reconstruction = ops.convert_to_tensor(reconstruction)
    difference = ops.cast(x, "float64") - ops.cast(reconstruction, "float64")
    while len(difference.shape) > 2:
        difference = ops.concatenate(ops.unstack(difference, axis=2), axis=1)
    return ops.cast(ops.einsum("bi,bi->b", difference, difference), reconstruction.dtype)

# %% grade_id="angles"
def principal_angles(first, second):
    bases = []
    for rows in (first, second):
        rows = np.array(rows, "float64")
        bases.append(np.linalg.svd(rows, full_matrices=False)[2])
    overlap = bases[0] @ bases[1].T
    cosines = np.sqrt(np.clip(np.linalg.eigvalsh(overlap @ overlap.T), 0.0, 1.0))
    return np.degrees(np.arccos(cosines))[::-1]

# %% grade_id="path"
def straight_path(start, end, num_steps):
    start, end = np.array(start, "float64"), np.array(end, "float64")
    return np.array([start + (end - start) * i / (num_steps - 1) for i in range(num_steps)], "float32")
