"""A tiny course: one exercise with a paired lesson, its caller, hints for all, and a hidden suite."""

import shutil
import sys
from pathlib import Path

import pytest

KIT = Path(__file__).resolve().parents[2]

VAE = '''\
# %% [markdown]
# # A tiny lesson

# %% role="given" grade_id="imports"
import numpy as np

from vaegan import ToImplement


# %% role="solution" grade_id="kl"
def kl(z_mean, z_log_var):
    """KL divergence per example, (batch,)."""
    ### BEGIN SOLUTION: Return the "KL divergence",
    ### summed over the latent dimensions.
    terms = np.square(z_mean) + np.exp(z_log_var) - 1.0 - z_log_var  # (batch, latent_dim)
    return 0.5 * np.sum(terms, axis=-1)
    ### END SOLUTION


# %% tags=["active-ipynb"] role="test" grade_id="kl_check" points=4
# kl(np.zeros((2, 3)), np.zeros((2, 3)))

# %% [markdown] role="manual" grade_id="why" points=2.5
# Why does the KL shrink?
#
# ### BEGIN SOLUTION
# Because the approximate posterior of an unused latent dimension collapses onto the prior.
# ### END SOLUTION
'''
CALLER = """\
# %% [markdown]
# # Use the lesson

# %% tags=["active-ipynb"]
# %matplotlib inline
# from tiny import kl
"""
HINTS = """\
# %% [markdown]
# # Hints
#
# <details><summary>KL</summary>Sum over the last axis.</details>
"""
SUITE = '''\
"""Hidden checks."""


def test_kl_is_zero_at_the_prior(student):
    agree(student.call("kl", np.zeros((4, 3)), np.zeros((4, 3))), np.zeros(4), "the KL of the prior")
'''


@pytest.fixture
def course(tmp_path):
    """The tiny course's folder, not yet built."""
    root = tmp_path / "course"
    files = {
        "solutions/ex_tiny/tiny.py": VAE,
        "solutions/ex_tiny/use_tiny.py": CALLER,
        "solutions/hints/HINTS_SWE.py": HINTS,
        "graders/ex_tiny/tiny.py": SUITE,
    }
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text)
    shutil.copy(KIT / "nbgrader_config.py", root)
    return root


@pytest.fixture
def edit(course):
    """`edit(old, new)` changes the tiny lesson and fails if there was nothing to change."""
    path = course / "solutions/ex_tiny/tiny.py"

    def edit_lesson(old, new):
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new, 1))

    return edit_lesson


@pytest.fixture
def kit_on_path(monkeypatch):
    """Lets nbgrader import `judge` in this process, and takes back what nbgrader_config.py sets."""
    monkeypatch.setattr(sys, "path", [str(KIT), *sys.path])
