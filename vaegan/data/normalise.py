"""Bringing the brightness of scans, which has no unit, to 0..1."""

import numpy as np

PERCENTILES = (2, 98)


def robust_normalise(image, name="the image"):
    """Map the 2nd percentile to 0 and the 98th to 1, and clip: a few bright voxels no longer decide.

    Args:
        image: float, (height, width).
        name: for the message.

    Returns:
        float32, same shape, in [0, 1].

    Raises:
        ValueError: if the image has no contrast.
    """
    low, high = np.percentile(image, PERCENTILES)
    if not high > low:
        raise ValueError(
            f"{name} has no contrast in the slice: expected a head, received the value {low:g} nearly everywhere. "
            "The slice may lie outside the head: look at the scan and its affine."
        )
    return np.interp(image, (low, high), (0.0, 1.0)).astype("float32")
