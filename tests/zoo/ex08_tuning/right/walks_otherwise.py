# The latent space by meshgrid, list comprehensions and angles from unit vectors.

# %% grade_id="grid"
def quantile_grid(num):
    middles = np.linspace(0.5 / num, 1 - 0.5 / num, num)
    rows, columns = np.meshgrid(norm.ppf(middles), norm.ppf(middles), indexing="ij")
    return np.column_stack([rows.ravel(), columns.ravel()]).astype(np.float32)


# %% grade_id="information"
def information(z_mean, z_log_var):
    z_mean, z_log_var = np.asarray(z_mean), np.asarray(z_log_var)
    variance = np.exp(z_log_var)
    kl = (-0.5 * (1 + z_log_var - z_mean**2 - variance)).mean(axis=0)
    return np.argsort(kl)[::-1], kl


# %% grade_id="walk"
def walk(decode, z, entry, values):
    codes = []
    for value in values:
        code = np.array(z, dtype="float32")
        code[entry] = value
        codes.append(code)
    return np.array(decode(np.stack(codes)))


# %% grade_id="slerp"
def slerp(start, end, num_steps):
    start, end = np.array(start, "float64"), np.array(end, "float64")
    a, b = start / np.linalg.norm(start), end / np.linalg.norm(end)
    angle = 2 * np.arctan2(np.linalg.norm(a - b), np.linalg.norm(a + b))
    way = []
    for t in np.linspace(0, 1, num_steps):
        if angle < 1e-6:
            way.append(start + t * (end - start))
        else:
            way.append((np.sin((1 - t) * angle) * start + np.sin(t * angle) * end) / np.sin(angle))
    return np.array(way, "float32")
