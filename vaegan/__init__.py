"""Class hierarchy, data sets and pictures for a course on OOP and density-estimating neural networks.

Importing the package is cheap: TensorFlow is loaded only by the modules that need it, so say
`from vaegan.bases import BaseVAE` or `from vaegan.data import load_images`. Import it before TensorFlow and
Keras: it keeps their log out of the notebook.
"""

import os

from vaegan.holes import ToImplement
from vaegan.quiet import keep_matplotlib_quiet, keep_tensorflow_quiet

# Else TensorFlow takes the whole GPU at its first operation, and none is left for the others on a shared machine.
os.environ.setdefault("TF_FORCE_GPU_ALLOW_GROWTH", "true")
keep_matplotlib_quiet()
keep_tensorflow_quiet()

__version__ = "0.1.0"

__all__ = ["ToImplement", "__version__"]
