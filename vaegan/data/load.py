"""One door to the image data sets."""

from vaegan.data.digits import load_digits
from vaegan.data.mnist import load_mnist


def load_images(name="auto", size=28, data_dir=None):
    """Load handwritten digits, split into training and test examples.

    Args:
        name: "mnist" (local files, else downloaded), "digits" (scikit-learn's, always there), or "auto":
            MNIST if it is on this computer, else the digits; "auto" never uses the network.
        size: height and width of the images in pixels.
        data_dir: folder with the IDX files of MNIST, or with a subfolder `mnist` that holds them; without
            it the environment variable VAEGAN_DATA is asked.

    Returns:
        ImageData; its caption says which data came.

    Example:
        >>> data = load_images("digits")
        >>> data.x_train.shape
        (1433, 28, 28, 1)
    """
    if name == "digits":
        return load_digits(size)
    if name == "mnist":
        return load_mnist(size, data_dir)
    if name == "auto":
        return load_mnist(size, data_dir, download=False) or load_digits(size)
    raise ValueError(
        f"There is no such data set: expected 'auto', 'mnist' or 'digits', received {name!r}. "
        "Say load_images() to get what this computer has."
    )
