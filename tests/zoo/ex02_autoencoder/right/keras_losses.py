# Keras' mean squared error, rescaled, and a PSNR by the root of the mean square.

# %% grade_id="error"
def reconstruction_error(x, reconstruction):
    reconstruction = ops.convert_to_tensor(reconstruction)
    x = ops.cast(x, reconstruction.dtype)
    flat = ops.reshape(x, (ops.shape(x)[0], -1)), ops.reshape(reconstruction, (ops.shape(x)[0], -1))
    num_pixels = ops.cast(ops.shape(flat[0])[1], reconstruction.dtype)
    return keras.losses.mean_squared_error(*flat) * num_pixels

# %% grade_id="psnr"
def psnr(x, reconstruction):
    x, reconstruction = np.array(x, "float64"), np.array(reconstruction, "float64")
    errors = (x - reconstruction).reshape(len(x), -1)
    return 20.0 * np.log10(1.0 / np.sqrt(np.mean(errors * errors, axis=1)))
