"""Class hierarchy, data sets and pictures for a course on OOP and density-estimating neural networks.

Importing the package is cheap: TensorFlow is loaded only by the modules that need it, so say
`from vaegan.bases import BaseVAE` or `from vaegan.data import load_images`.
"""

from vaegan.holes import ToImplement

__version__ = "0.1.0"

__all__ = ["ToImplement", "__version__"]
