# PCA by the eigenvectors of the covariance, angles by SciPy.

# %% grade_id="pca"
def principal_components(x, num_components):
    rows = np.array(x, "float64").reshape(len(x), -1)
    mean = rows.mean(0)
    values, vectors = np.linalg.eigh(np.cov(rows.T, bias=True))
    order = np.argsort(values)[::-1]
    kept = min(rows.shape)
    return mean, vectors[:, order[:num_components]].T, np.maximum(values[order][:kept], 0.0)


def pca_reconstruct(x, mean, components):
    rows = np.array(x, "float64").reshape(len(x), -1)
    mean, components = np.array(mean, "float64"), np.array(components, "float64")
    rows -= mean
    return (rows @ components.T @ components + mean).reshape(np.asarray(x).shape)

# %% grade_id="angles"
def principal_angles(first, second):
    from scipy.linalg import subspace_angles

    return np.rad2deg(np.sort(subspace_angles(np.array(first, "float64").T, np.array(second, "float64").T)))
