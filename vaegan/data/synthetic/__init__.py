"""A synthetic cohort for exercises about Alzheimer's disease: no patient is in it, and the truth is known.

A template brain is deformed smoothly: ventricles grow and hippocampi shrink by as much as studies report for
ageing and for the disease (`population`), every brain gets its own shape, and a scanner's faults are added
(`scan`). The result is a BIDS folder of NIfTI files that is read like real data.
"""

from vaegan.data.synthetic.make import make_ad_cohort

__all__ = ["make_ad_cohort"]
