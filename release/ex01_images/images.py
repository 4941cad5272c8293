# ---
# jupyter:
#   jupytext:
#     cell_metadata_filter: all,-jupyter,-cellView,-collapsed,-scrolled,-execution,-trusted
#     formats: ipynb,py:percent
#     notebook_metadata_filter: -jupytext.text_representation.jupytext_version
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Brain scans as objects
#
# By the end of this notebook you can read a brain scan, know where each of its voxels lies in the head, cut
# a slice at a millimetre, and save your work so that others find the same place. On the way you meet the
# five ideas of object-oriented programming that carry the rest of the week: a class, `self`, composition,
# inheritance, and the hook.
#
# **How to work.** Every section has the same rhythm: an idea, its equation, a hole for you to fill, a quick
# check, a picture. A hole is a line `raise ToImplement(...)`; replace that whole line by your code and run
# the cell, then the check below it. When you hand in, longer hidden checks try many affines, files and
# folders, each hole on its own, so one missing hole does not cost you the others.
#
# The whole notebook runs in a few seconds. Saving it also writes `images.py`, the module that
# `cohort_sheet.ipynb` imports; in VS Code you may just as well edit that. Stuck? `HINTS_SWE.ipynb` has
# three hints for each hole.

# %% [markdown]
# ## 1. The frame: what inherits, what contains
#
# A scan is a box of numbers, and a rule that says where each number belongs in the head. Two questions
# decide how that becomes classes. *Is a* brain scan a scan? Yes, so `BrainVolume` **inherits**. *Is a* scan
# a rule? No, it **has** one, so it **contains** a `Grid` (composition).
#
# ```text
#   BaseVolume                    voxels, affine, name; promises load, save, to_ras, ...
#     └── Volume        <- you    keeps the promises
#           │   has a  Grid       <- you    voxel indices to millimetres, and back
#           └── BrainVolume       <- you    one method changed: what counts as foreground
#
#   Sequence                      Python's own: whatever has a length and can be indexed
#     └── Cohort        <- you    has many volumes, and a table of participants
#
#   keras.Model                   fit, save, evaluate
#     └── SliceClassifier <- you  the same idiom, for networks
# ```
#
# `BaseVolume` is given, in `vaegan/volumes.py`: read it, it fits on one screen. Its methods raise
# `ToImplement`: an abstract method is a promise that a subclass keeps.
#
# **The data.** A folder as researchers exchange them (BIDS: `participants.tsv`, and `sub-*/ses-*/anat/`
# with NIfTI files). Six subjects came twice. The heads are made of ellipsoids, so nobody's privacy is at
# stake; the mess is real: every axis order occurs, and voxels of several sizes. One thing helps. Like
# radiographers do, somebody taped a capsule to the **right** temple.

# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "8b0be0b8169a3610cdb73ccdf06f35a0", "grade": false, "grade_id": "imports", "locked": true, "schema_version": 3, "solution": false, "task": false}
from vaegan import ToImplement  # every hole raises it until filled; imported first, it keeps TensorFlow quiet

import csv
from collections.abc import Sequence
from pathlib import Path

import keras
import nibabel
import numpy as np
from keras import layers

from vaegan.volumes import BaseVolume


# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "544ede02c5d8db7750d6a395bbe3773d", "grade": false, "grade_id": "tools", "locked": true, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb"]
# # Only for the checks and pictures of this notebook: the module images.py does without.
# import tempfile
#
# from vaegan.pictures import Picture
# from vaegan.practice_scans import CAPSULE_MM, CAPTION, VENTRICLES_MM, practice_scan, write_practice_cohort
#
# folder = write_practice_cohort(Path(tempfile.mkdtemp()) / "practice")
# paths = sorted(folder.rglob("*_T1w.nii.gz"))
# scratch = Path(tempfile.mkdtemp())
#
#
# def show(images, titles, caption, marks=None, columns=4):
#     """Show images in their own grey scale, each with a red cross at its mark (column, row)."""
#     rows = -(-len(images) // columns)
#     figure = Picture(figsize=(2.1 * columns, 2.2 * rows + 0.3), layout="constrained")
#     axes = figure.subplots(rows, columns, squeeze=False).ravel()
#     for ax in axes:
#         ax.set_axis_off()
#     for ax, image, title, mark in zip(axes, images, titles, marks or [None] * len(images), strict=False):
#         ax.imshow(image, cmap="gray")
#         ax.set_title(title, fontsize=8)
#         if mark is not None:
#             ax.axvline(mark[0], color="red", linewidth=0.6)
#             ax.axhline(mark[1], color="red", linewidth=0.6)
#     figure.supxlabel(caption, fontsize=9)
#     return figure
#
#
# print("\n".join(str(path.relative_to(folder)) for path in paths[:4]), "...")

# %% tags=["active-ipynb", "raises-exception"]
# # Picture: run this cell; a click opens its code
# stored = [nibabel.load(path) for path in paths[:8]]
# show(
#     [np.asarray(image.dataobj)[:, image.shape[1] // 2, :] for image in stored],
#     [f"{path.name[:11]} {image.shape}" for path, image in zip(paths, stored, strict=False)],
#     f"array[:, middle, :] of eight files: {CAPTION}",
# )

# %% [markdown]
# Eight times the same command, `array[:, middle, :]`, and it is a coronal slice only sometimes; where it
# is, it may be upside down or mirrored. A network trained on this learns the habits of scanners. The cure
# is in every file: the affine.

# %% [markdown]
# ## 2. The grid: where the voxels lie (3 points, about 20 minutes)
#
# The **affine** $A$ is a $4 \times 4$ matrix that takes voxel indices $(i, j, k)$ to millimetres:
#
# $$ \begin{pmatrix} x \\ y \\ z \\ 1 \end{pmatrix} = A \begin{pmatrix} i \\ j \\ k \\ 1 \end{pmatrix},
# \qquad A = \begin{pmatrix} M & t \\ 0 & 1 \end{pmatrix}. \tag{1} $$
#
# $t$ is the place of voxel $(0, 0, 0)$. The *columns* of $M$ are the steps, in mm, that one voxel along
# $i$, $j$ and $k$ takes. The 1 at the end is a trick: it lets one matrix product turn, stretch **and**
# shift. Millimetres count in the order **RAS**: $x$ to the right, $y$ to the front (anterior), $z$ upward
# (superior), of the person in the scanner. Two consequences:
#
# - the size of a voxel along each axis is the *length* of that column,
#   $s_c = \sqrt{M_{1c}^2 + M_{2c}^2 + M_{3c}^2}$, whatever the direction;
# - the way back is the inverse: $(i, j, k, 1)^\top = A^{-1} (x, y, z, 1)^\top$, and gives fractions of a
#   voxel.
#
# **Write** the three methods. `self` is the very object being used: `self.affine` is *this* grid's matrix.
# Points may come one at a time, `(3,)`, or many, `(n, 3)`.

# %% deletable=false nbgrader={"cell_type": "code", "checksum": "82a500cfe0dc64b24945ae5935782b80", "grade": false, "grade_id": "grid", "locked": false, "schema_version": 3, "solution": true, "task": false}
class Grid:
    """Where voxels lie: equation (1).

    Attributes:
        affine: float64, (4, 4), voxel indices to millimetres.
    """

    def __init__(self, affine):
        self.affine = np.asarray(affine, dtype="float64")

    def voxel_size(self):
        """Return the edges of a voxel, float64, (3,), in mm, all positive."""
        raise ToImplement(
            "Grid.voxel_size: return the length of each column of M, the upper left 3 x 3 part of "
            "self.affine."
        )

    def to_mm(self, voxels):
        """Return the places of voxels.

        Args:
            voxels: float or int, (3,) or (n, 3), indices (i, j, k).

        Returns:
            float64, same shape, in mm (right, front, up).
        """
        voxels = np.asarray(voxels, dtype="float64")
        raise ToImplement(
            "Grid.to_mm: return equation (1) for every row of voxels; stretch and turn by M, then "
            "shift by t."
        )

    def to_voxels(self, mm):
        """Return which voxels lie at these places, as fractions: the inverse of `to_mm`.

        Args:
            mm: float, (3,) or (n, 3), places (x, y, z).

        Returns:
            float64, same shape, indices (i, j, k), not rounded.
        """
        mm = np.asarray(mm, dtype="float64")
        raise ToImplement(
            "Grid.to_voxels: the same with the inverse of self.affine (np.linalg.inv)."
        )


# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "6eda9862b16d9c4082fc70692538d501", "grade": true, "grade_id": "grid_check", "locked": true, "points": 3, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (3 points): run this cell; a click opens its code
# # i runs to the left, 2 mm a step; j upward, 3 mm; k to the front, 4 mm
# example = np.array([[-2.0, 0, 0, 90], [0, 0, 4, -120], [0, 3, 0, -60], [0, 0, 0, 1]])
# grid = Grid(example)
# assert np.shape(grid.voxel_size()) == (3,), (
#     f"one edge per axis: expected (3,), received {np.shape(grid.voxel_size())}."
# )
# assert np.allclose(grid.voxel_size(), [2, 3, 4]), (
#     f"expected edges of 2, 3 and 4 mm, received {grid.voxel_size()}. An edge is the length of a column of M; "
#     "the diagonal is not enough."
# )
# assert np.allclose(grid.to_mm([0, 0, 0]), [90, -120, -60]), (
#     f"voxel (0, 0, 0) lies at t = (90, -120, -60), received {grid.to_mm([0, 0, 0])}."
# )
# assert np.allclose(grid.to_mm([10, 0, 0]), [70, -120, -60]), (
#     f"ten steps along i go 20 mm to the left: expected (70, -120, -60), received {grid.to_mm([10, 0, 0])}."
# )
# assert np.allclose(grid.to_mm([[0, 1, 0], [0, 0, 1]]), [[90, -120, -57], [90, -116, -60]]), (
#     "two points: one step along j goes 3 mm up, one along k 4 mm to the front. Is M transposed?"
# )
# assert np.allclose(grid.to_voxels(grid.to_mm([3.5, 1, 2])), [3.5, 1, 2]), (
#     f"there and back again: expected (3.5, 1, 2), received {grid.to_voxels(grid.to_mm([3.5, 1, 2]))}."
# )
# print("Grid: voxel size, there, and back look right.")

# %% tags=["active-ipynb", "raises-exception"]
# # Picture: run this cell; a click opens its code
# figure = Picture(figsize=(5.2, 3.6), layout="constrained")
# ax = figure.subplots()
# for path, style in zip(paths[:4], ("o", "s", "^", "D"), strict=False):
#     image = nibabel.load(path)
#     corners = np.array(np.meshgrid(*[(0, n - 1) for n in image.shape])).reshape(3, -1).T
#     placed = Grid(image.affine).to_mm(corners)
#     ax.plot(*placed[:, [1, 2]].T, style, markersize=7, fillstyle="none", label=f"{path.name[:11]}")
#     ax.plot(*Grid(image.affine).to_mm([0, 0, 0])[[1, 2]], "r.", markersize=4)
# ax.set(xlabel="y, mm (front is right)", ylabel="z, mm", aspect="equal")
# ax.set_title(f"Corners of four boxes, seen from the right; red: voxel (0, 0, 0)\n{CAPTION}", fontsize=9)
# ax.legend(fontsize=7, loc="center")
# figure

# %% [markdown]
# All boxes enclose the same head although their arrays have nothing in common. Some nod a little: an
# **oblique** scan. Voxel (0, 0, 0) may be at any corner.

# %% [markdown]
# ## 3. The volume (10 points, about 40 minutes)
#
# One class, five methods. Each of them returns something new and leaves the volume as it was, so that
# steps can be chained: `Volume.load(path).to_ras().normalised().save(other)`.
#
# | method | what it does |
# |---|---|
# | `load(path)` | a file in, a volume out |
# | `save(path)` | a volume in, a file out, affine and all |
# | `to_ras()` | the same scan with its axes turned to right, front, up |
# | `coronal_slice(point_mm)` | the image through a place |
# | `normalised()` | brightness in [0, 1] |
#
# **Load.** `nibabel.load` only reads the header. `image.get_fdata(dtype="float32")` reads the voxels and
# applies the scale factor: files store small integers, and the header says what to multiply them by.
# (Integers are for files. Compute with floats, which do not overflow.) But for an uncompressed file of
# floats it reads nothing: what you get is a *window* on the file, and when somebody overwrites the file,
# the voxels in your hands change. `np.array(...)` around it makes a **copy** in memory.
#
# `load` belongs to the class and not to one volume, since there is none yet: a **classmethod** gets the
# class, `cls`. Return `cls(...)` and not `Volume(...)`, and `BrainVolume.load` will give a `BrainVolume`.
# In ordinary methods `type(self)(...)` does the same.
#
# **Save.** A NIfTI image is made of voxels and an affine, `nibabel.Nifti1Image(voxels, affine)`, and
# `nibabel.save(image, path)` writes it; `.nii.gz` compresses. Whoever saves without the right affine has
# lost left and right for good: nobody can see from the voxels alone which is which.
#
# **To RAS.** Reorder the axes and turn those that run backwards, until $i$ runs (mostly) to the right, $j$
# to the front, $k$ upward. No voxel gets a new value, and every voxel must stay where it was in the head,
# so the affine changes with the array:
#
# $$ A' = A\,T, \tag{2} $$
#
# where $T$ takes the new indices to the old ones. For an axis of $n$ voxels that is turned round, $T$ says
# $i = (n - 1) - i'$: the column of $M$ changes its sign, **and** $t$ moves to the other end of the box.
# nibabel has this in store, as `nibabel.as_closest_canonical(image)`. It takes and returns images.
#
# **Coronal slice.** For a scan in RAS order. Find the voxel nearest to the place, round its index (do not
# cut it off) and take the plane with this $j$. What comes out has $x$ along its rows, and a picture has
# its row 0 *at the top*: transpose it, and turn it upside down.
#
# **Normalised.** The brightness of MR scans has no unit. Map the 2nd percentile to 0 and the 98th to 1:
#
# $$ v' = \mathrm{clip}\left(\frac{v - p_2}{p_{98} - p_2},\ 0,\ 1\right), \tag{3} $$
#
# a **robust** choice: minimum and maximum would let one bright voxel decide. The percentiles are taken of
# `self.foreground()`, here all voxels; section 4 shows why it is a method.

# %% deletable=false nbgrader={"cell_type": "code", "checksum": "1b58e0de2097067390a95a0559638e48", "grade": false, "grade_id": "volume", "locked": false, "schema_version": 3, "solution": true, "task": false}
class Volume(BaseVolume):
    """A scan that can be read, turned, cut, normalised and written.

    Args:
        voxels: (I, J, K), brightness.
        affine: (4, 4), voxel indices to millimetres.
        name: text.
    """

    def __init__(self, voxels, affine, name="unnamed"):
        super().__init__(voxels, affine, name)
        self.grid = Grid(self.affine)

    @classmethod
    def load(cls, path):
        """Read a NIfTI file.

        Args:
            path: text or Path.

        Returns:
            a volume of the class that was asked, with scaled voxels in memory; its name is that of the file.
        """
        name = Path(path).name
        raise ToImplement(
            "Volume.load: open path with nibabel, copy its voxels as float32, and return cls of "
            "voxels, affine and name."
        )

    def save(self, path):
        """Write voxels (as float32) and affine to a NIfTI file.

        Args:
            path: text or Path, ending in .nii or .nii.gz.
        """
        raise ToImplement(
            "Volume.save: make a nibabel.Nifti1Image of voxels and affine, and save it."
        )

    def to_ras(self):
        """Return the same scan with its axes as near as possible to right, front, up: equation (2).

        Returns:
            a volume of the same class and name; no voxel has changed its value or its place.
        """
        raise ToImplement(
            "Volume.to_ras: turn voxels and affine together, and return type(self) of both and of "
            "the name."
        )

    def coronal_slice(self, point_mm):
        """Return the plane of the voxel nearest to a place; the scan must be in RAS order.

        Args:
            point_mm: (3,), (x, y, z) in mm.

        Returns:
            float32, (K, I): row 0 is the top of the head, column 0 the subject's left.

        Raises:
            ValueError: if the place is outside the scan.
        """
        raise ToImplement(
            "Volume.coronal_slice: nearest = the index (i, j, k) of the voxel nearest to "
            "point_mm, three integers, rounded."
        )
        i, j, k = nearest
        if not all(0 <= n < size for n, size in zip((i, j, k), self.voxels.shape, strict=True)):
            raise ValueError(
                f"{self.name} does not reach {point_mm} mm: expected a voxel of {self.voxels.shape}, received "
                f"{(int(i), int(j), int(k))}. A negative index would silently count from the other end."
            )
        raise ToImplement(
            "Volume.coronal_slice: return the plane with this j as a picture: transposed, rows "
            "from top to bottom."
        )

    def normalised(self):
        """Return the scan with brightness in [0, 1], by percentiles 2 and 98 of the foreground: equation (3).

        Returns:
            a volume of the same class, affine and name.
        """
        raise ToImplement(
            "Volume.normalised: low, high = the two percentiles (np.percentile) of "
            "self.foreground()."
        )
        if not high > low:
            raise ValueError(f"{self.name} has no contrast: received the value {low:g} nearly everywhere.")
        raise ToImplement(
            "Volume.normalised: return type(self) of the voxels by equation (3), the affine and "
            "the name."
        )


# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "c7f4d589230fe725dc3bd23abe505ec8", "grade": true, "grade_id": "load_check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (2 points): run this cell; a click opens its code
# volume = Volume.load(paths[0])
# truth = nibabel.load(paths[0])
# assert type(volume) is Volume, f"load should return a volume, received {type(volume).__name__}."
# assert np.allclose(volume.voxels, truth.get_fdata(), rtol=1e-3), (
#     f"the brightest voxel should be {truth.get_fdata().max():.0f}, received {volume.voxels.max():.0f}. "
#     "Is the scale factor lost? image.get_fdata applies it."
# )
# assert np.allclose(volume.affine, truth.affine), f"the affine is {truth.affine}, received {volume.affine}."
# assert volume.name == paths[0].name, f"expected the name {paths[0].name}, received {volume.name}."
# plain = scratch / "plain.nii"
# nibabel.save(nibabel.Nifti1Image(np.ones((4, 4, 4), "float32"), np.eye(4)), plain)
# ones = Volume.load(plain)
# nibabel.save(nibabel.Nifti1Image(np.zeros((4, 4, 4), "float32"), np.eye(4)), plain)
# assert ones.voxels.all(), "the file was overwritten and your voxels changed: copy them, np.array(...)."
# print("load: values, affine and copy look right:", volume)

# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "8177f93938f3b566861ca42352d33732", "grade": true, "grade_id": "save_check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (2 points): run this cell; a click opens its code
# head = practice_scan("LAS")
# saved = scratch / "saved.nii.gz"
# Volume(head.get_fdata(), head.affine, "head").save(saved)
# again = nibabel.load(saved)
# assert np.allclose(again.affine, head.affine), (
#     f"the affine was lost on the way to the disk: expected {head.affine}, received {again.affine}."
# )
# assert np.allclose(again.get_fdata(), head.get_fdata()), "the voxels in the file are not those saved."
# Volume(np.full((3, 3, 3), 0.25), np.eye(4)).save(saved)
# assert np.allclose(nibabel.load(saved).get_fdata(), 0.25), "0.25 was saved, and came back as an integer."
# print("save: voxels and affine look right.")

# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "4d42c807cff9675a296fda5636b4cd84", "grade": true, "grade_id": "ras_check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (2 points): run this cell; a click opens its code
# for stored_as in ("RAS", "LPS", "PIR", "SAR"):
#     head = practice_scan(stored_as)
#     before = Volume(head.get_fdata(), head.affine, stored_as)
#     turned = before.to_ras()
#     assert turned.orientation() == "RAS", f"{stored_as} became {turned.orientation()}, expected RAS."
#     peak = np.argwhere(before.voxels == before.voxels.max())
#     places = np.sort(nibabel.affines.apply_affine(before.affine, peak), axis=0)
#     peak = np.argwhere(turned.voxels == before.voxels.max())
#     assert np.allclose(np.sort(nibabel.affines.apply_affine(turned.affine, peak), axis=0), places), (
#         f"{stored_as}: the brightest voxels have moved in the head. The affine must change with the array."
#     )
# print("to_ras: the axes turn, the head stays.")

# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "dac8dae214a907c9a5f3412cfe94cbc3", "grade": true, "grade_id": "slice_check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (2 points): run this cell; a click opens its code
# voxels = np.zeros((5, 6, 4), "float32")
# voxels[4, 2, 3] = 1.0  # right, and on top
# marked = Volume(voxels, np.array([[2.0, 0, 0, -4], [0, 2, 0, -6], [0, 0, 2, -2], [0, 0, 0, 1]]), "marked")
# image = np.asarray(marked.coronal_slice((0.0, -2.6, 0.0)))  # y = -2.6 mm: j = 1.7, so 2
# assert image.shape == (4, 5), f"rows are z, columns are x: expected (4, 5), received {image.shape}."
# assert image.sum() == 1.0, (
#     "the plane j = 2 holds the marked voxel, yours does not. y = -2.6 mm is j = 1.7: round, from mm."
# )
# assert image[0, 4] == 1.0, (
#     f"top right: expected the mark in row 0, column 4, received {np.argwhere(image)[0]}."
# )
# print("coronal_slice: plane and directions look right.")

# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "dcf645b36100f8758a4b5dccc56cf8ab", "grade": true, "grade_id": "normalise_check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (2 points): run this cell; a click opens its code
# ramp = np.arange(101.0).reshape(101, 1, 1) + np.zeros((1, 2, 2))  # percentiles 2 and 98 are 2 and 98
# ramp_volume = Volume(ramp, np.diag([3.0, 1, 1, 1]), "ramp")
# scaled = ramp_volume.normalised()
# assert scaled.voxels.min() == 0 and scaled.voxels.max() == 1, (
#     f"expected values from 0 to 1, received {scaled.voxels.min():g} to {scaled.voxels.max():g}. Clip."
# )
# assert np.allclose(scaled.voxels[50], 0.5), f"50 should become 0.5, received {scaled.voxels[50, 0, 0]:.4f}."
# assert np.allclose(scaled.voxels[26], 0.25), f"26 should become 0.25, received {scaled.voxels[26, 0, 0]:.4f}."
# assert np.allclose(scaled.affine, ramp_volume.affine), "normalising changes no places: keep the affine."
# assert ramp_volume.voxels.max() == 100, "the volume itself was changed: return a new one."
# print("normalised: percentiles and clipping look right.")

# %% tags=["active-ipynb", "raises-exception"]
# # Picture: run this cell; a click opens its code
# def crosshair(path, point_mm):
#     """The coronal image of a file through a place, and the place's column and row in it."""
#     turned = Volume.load(path).to_ras()
#     i, _, k = np.rint(turned.grid.to_voxels(point_mm))
#     return turned.coronal_slice(point_mm), (i, turned.voxels.shape[2] - 1 - k)
#
#
# images, marks = zip(*[crosshair(path, CAPSULE_MM) for path in paths[:8]], strict=True)
# show(
#     images,
#     [path.name[:11] for path in paths],
#     f"Coronal slices through the capsule at {CAPSULE_MM} mm: {CAPTION}",
#     marks,
# )

# %% [markdown]
# The eight files of the first picture. Now the top is at the top, and the capsule is where it was taped,
# on the subject's right, which is the right of the image as well (neurologists look from behind;
# radiologists look from the front, and have left and right the other way round). The proportions differ
# because one pixel is one voxel here, and voxels are not cubes.

# %% [markdown]
# ## 4. Inheritance and the hook: what counts as foreground (1 point, about 5 minutes)
#
# In scans whose skull was removed, most voxels are air, exactly 0. Then the 2nd percentile is 0, and how
# bright the brain becomes depends on how much air was scanned with it. Better: take the percentiles of the
# brain alone.
#
# Does that need a new `normalised`? No. `normalised` *asks* `self.foreground()`, and `self` may be of a
# subclass. A `BrainVolume` is a `Volume` that answers one question differently; all the rest it inherits.
#
# **Write** one method: the values of the voxels that are brighter than 0.

# %% deletable=false nbgrader={"cell_type": "code", "checksum": "62208ce077a6a31bbe9da3349a7ecea3", "grade": false, "grade_id": "brain_volume", "locked": false, "schema_version": 3, "solution": true, "task": false}
class BrainVolume(Volume):
    """A scan without skull: voxels of 0 are air."""

    def foreground(self):
        """Return the values of the voxels above 0, float32, (n,)."""
        raise ToImplement(
            "BrainVolume.foreground: return self.voxels where they are greater than 0."
        )


# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "24a574ad0a364d2e8f9f7d0a58c45d60", "grade": true, "grade_id": "brain_volume_check", "locked": true, "points": 1, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (1 point): run this cell; a click opens its code
# padded = np.zeros((11, 10, 10))
# padded[:3] = np.linspace(100, 200, 300).reshape(3, 10, 10)
# brain = BrainVolume(padded, np.eye(4), "padded")
# assert sorted(brain.foreground()) == sorted(padded[padded > 0].astype("float32")), (
#     "the foreground is the values above 0."
# )
# middle = brain.normalised().voxels[1].mean()
# assert abs(middle - 0.5) < 0.01, f"150, in the middle of the brain's values, should be 0.5, not {middle:.2f}."
# assert type(brain.to_ras()) is BrainVolume, "to_ras of a BrainVolume gave a Volume: return type(self)(...)."
# print("BrainVolume: one method changed, four inherited.")

# %% tags=["active-ipynb", "raises-exception"]
# # Picture: run this cell; a click opens its code
# figure = Picture(figsize=(6.4, 2.8), layout="constrained")
# axes = figure.subplots(1, 2, sharey=True)
# for ax, kind, share in zip(axes, (Volume, BrainVolume), ("all voxels", "voxels above 0"), strict=True):
#     for path in paths[:6]:
#         normal = kind.load(path).normalised().voxels
#         ax.hist(normal[normal > 0], bins=40, histtype="step", density=True)
#     ax.set_xlabel("normalised brightness")
#     ax.set_title(f"{kind.__name__}: percentiles of {share}", fontsize=9)
# figure.supxlabel(f"Six scans each, voxels above 0: {CAPTION}", fontsize=9)
# figure

# %% [markdown]
# On the left the grey values occupy only part of the scale. On the right the same tissues use all of it.

# %% [markdown]
# ## 5. The cohort: a sequence (2 points, about 20 minutes)
#
# A `Cohort` is not a list of volumes: a thousand scans do not fit into memory. But it can *behave* like a
# list. Python calls anything a sequence that has a length, `len(cohort)`, and can be indexed, `cohort[3]`.
# Write these two as `__len__` and `__getitem__`, inherit from `Sequence`, and Python adds loops, `reversed`
# and `in` as a gift. A scan is read when it is asked for, and not before: a **lazy** sequence.
#
# The table `participants.tsv` has one row per subject, and its columns are separated by tabs. A subject's
# scans are the files `*_T1w.nii` or `*_T1w.nii.gz` anywhere in the folder named like the subject.
#
# **Write** the reading of the table (`csv.DictReader` gives a dict for each row), and the two methods.
# Beware of `sub-1*`: it also finds `sub-10`.

# %% deletable=false nbgrader={"cell_type": "code", "checksum": "b908992f36d58fb57d6fc48c6c8dda46", "grade": false, "grade_id": "cohort", "locked": false, "schema_version": 3, "solution": true, "task": false}
class Cohort(Sequence):
    """The T1w scans of a BIDS folder; an item is one scan, read when it is asked for.

    Attributes:
        scans: list of (Path, dict), the file of each scan and the row of its subject, in the order of the
            table; the files of a subject are sorted.
        volume_class: what `load`s a scan.
    """

    def __init__(self, folder, volume_class=BrainVolume):
        self.folder = Path(folder)
        self.volume_class = volume_class
        self.scans = []
        raise ToImplement(
            "Cohort.__init__: read participants.tsv in self.folder; for every row, append (path, "
            "row) to self.scans for each T1w file, sorted, in the folder row[\"participant_id\"]."
        )

    def __len__(self):
        """Return the number of scans."""
        raise ToImplement("Cohort.__len__: return how many scans there are.")

    def __getitem__(self, index):
        """Return the scan of that number, read with volume_class; negative numbers count from the end.

        Raises:
            IndexError: past the end; this is how a loop knows that it is over.
        """
        raise ToImplement(
            "Cohort.__getitem__: load the scan of that index with self.volume_class and return "
            "it."
        )

    def column(self, name):
        """Return one column of the table, a list of texts, one for each scan."""
        return [row[name] for _, row in self.scans]


# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "6746695ec2317f4dde250c0418f2f607", "grade": true, "grade_id": "cohort_check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (2 points): run this cell; a click opens its code
# cohort = Cohort(folder)
# assert len(cohort) == 12, f"six subjects came twice: expected 12 scans, received {len(cohort)}."
# assert cohort.column("participant_id")[:3] == ["sub-1", "sub-1", "sub-2"], (
#     f"expected sub-1, sub-1, sub-2, received {cohort.column('participant_id')[:3]}."
# )
# assert isinstance(cohort[0], BrainVolume), f"cohort[0] should be a volume, received {type(cohort[0])}."
# assert cohort[-1].name == "sub-6_ses-2_T1w.nii.gz", f"cohort[-1] is the last scan, not {cohort[-1].name}."
# assert sum(1 for _ in cohort) == 12, "a loop over the cohort should see every scan once."
# print("Cohort: length, order and items look right.")

# %% tags=["active-ipynb", "raises-exception"]
# # Picture: run this cell; a click opens its code
# cohort = Cohort(folder)
# show(
#     [scan.normalised().coronal_image(VENTRICLES_MM) for scan in cohort],
#     [f"{s} {d} {a}" for s, d, a in zip(*map(cohort.column, ("participant_id", "diagnosis", "age")), strict=True)],
#     f"Cohort sheet, y = {VENTRICLES_MM[1]:g} mm, with diagnosis and age: {CAPTION}",
#     columns=6,
# )

# %% [markdown]
# A cohort sheet is the first thing to make of any new data set: one look finds the upside-down, the empty
# and the mislabelled. Can you see the difference between CN (cognitively normal) and AD?

# %% [markdown]
# ## 6. The split: by subject (2 points, about 15 minutes)
#
# Neighbouring pairs on the sheet are the same head on two days. If one of them is in the training set and
# the other in the test set, a model can pass the test by *recognising the person*. The score is then about
# its memory, and says nothing about new patients. This **leak** has spoilt published results (Yagis et al.,
# Scientific Reports 2021). The cure: first divide the *subjects*, then let every scan follow its subject.
#
# **Write** it. `np.random.default_rng(seed)` is a generator of your own: the same seed gives the same
# split, and nobody else's random numbers are disturbed.

# %% deletable=false nbgrader={"cell_type": "code", "checksum": "f053c8f4b8b12b48bcd21ad645ab1863", "grade": false, "grade_id": "split", "locked": false, "schema_version": 3, "solution": true, "task": false}
def split_by_subject(subjects, test_fraction=0.25, seed=0):
    """Divide scans into training and test scans so that no subject is in both.

    Args:
        subjects: n texts, who each scan is of.
        test_fraction: share of the *subjects* that is tested, in (0, 1).
        seed: int; another seed, another split.

    Returns:
        (train, test): int arrays, the positions of the scans, each ascending; together all of 0..n-1.
    """
    subjects = np.asarray(subjects)
    names = np.unique(subjects)
    num_tested = max(1, round(test_fraction * len(names)))
    raise ToImplement(
        "split_by_subject: draw num_tested of names without replacement, with a generator of that "
        "seed; return the positions of the scans of all others, and of theirs."
    )


# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "85ff1f25b7f8a70422e7068fc124469d", "grade": true, "grade_id": "split_check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (2 points): run this cell; a click opens its code
# people = [f"sub-{number // 3}" for number in range(30)]  # ten subjects, three scans each
# train, test = split_by_subject(people, test_fraction=0.2, seed=1)
# assert sorted([*train, *test]) == list(range(30)), "every scan must be in exactly one of the two parts."
# leaked = {people[i] for i in train} & {people[i] for i in test}
# assert not leaked, f"{sorted(leaked)} are in both parts: divide the subjects, not the scans."
# assert len(test) == 6, f"0.2 of ten subjects are two, with six scans; received {len(test)}."
# assert np.array_equal(test, split_by_subject(people, 0.2, seed=1)[1]), "the same seed, another split."
# assert any(not np.array_equal(test, split_by_subject(people, 0.2, seed=s)[1]) for s in range(2, 6)), (
#     "four other seeds, and always the same split: use the seed."
# )
# print("split_by_subject: no leak.")

# %% tags=["active-ipynb", "raises-exception"]
# # Picture: run this cell; a click opens its code
# figure = Picture(figsize=(6.4, 1.9), layout="constrained")
# ax = figure.subplots()
# for seed in range(5):
#     train, test = split_by_subject(cohort.column("participant_id"), seed=seed)
#     ax.plot(train, np.full(len(train), seed), "s", color="#1f5fa8", label="training" if seed == 0 else None)
#     ax.plot(test, np.full(len(test), seed), "s", color="#d1661b", label="test" if seed == 0 else None)
# ax.set(xlabel="scan (pairs are the same subject)", ylabel="seed", xticks=range(12), yticks=range(5))
# ax.legend(fontsize=8, loc="center left", bbox_to_anchor=(1, 0.5))
# figure.suptitle(f"Five splits: {CAPTION}", fontsize=9)
# figure

# %% [markdown]
# ## 7. The Keras idiom (2 points, about 20 minutes)
#
# Every network of this week is a class with three methods, which Keras calls for you:
#
# | method | called | does |
# |---|---|---|
# | `__init__` | once | makes the layers and keeps them in `self`, where Keras finds their weights |
# | `call` | on every batch, by `model(x)` | sends `x` through the layers; the *same* layers each time |
# | `get_config` | on saving | returns the constructor's arguments, so that the model can be made again |
#
# Our example tells AD from CN. A slice $x$ becomes one number per class, a **logit**, any real number;
#
# $$ h = \mathrm{relu}(W_1\,\mathrm{flatten}(x) + b_1), \qquad \mathrm{logits} = W_2\,h + b_2. \tag{4} $$
#
# There is no activation at the end: the loss turns logits into probabilities itself, and does it without
# rounding trouble. `super().__init__(**kwargs)` comes first, always: it is what makes the object a model.
#
# **Write** the three.

# %% deletable=false nbgrader={"cell_type": "code", "checksum": "8041b9ae5c74c612eeab737c1eaf16c1", "grade": false, "grade_id": "classifier", "locked": false, "schema_version": 3, "solution": true, "task": false}
@keras.saving.register_keras_serializable(package="images")
class SliceClassifier(keras.Model):
    """A slice in, one logit per class out: equation (4).

    Args:
        num_classes: int, number of logits.
        hidden_units: int, width of the hidden layer.
        **kwargs: `name` and what else `keras.Model` takes.
    """

    def __init__(self, num_classes=2, hidden_units=16, **kwargs):
        super().__init__(**kwargs)
        self.num_classes = num_classes
        self.hidden_units = hidden_units
        raise ToImplement(
            "SliceClassifier.__init__: make the layers: one that flattens, a Dense layer of "
            "hidden_units with ReLU, and a Dense layer of num_classes units without activation."
        )

    def call(self, x):
        """Return the logits.

        Args:
            x: float, (batch, height, width, 1), in [0, 1].

        Returns:
            float32, (batch, num_classes).
        """
        raise ToImplement("SliceClassifier.call: send x through your layers, one after the other.")

    def get_config(self):
        """Return the constructor's arguments."""
        raise ToImplement(
            "SliceClassifier.get_config: return the parent's config with num_classes and "
            "hidden_units added."
        )

# %% deletable=false editable=false nbgrader={"cell_type": "code", "checksum": "9e51a6670994c8b18650adf5295b8354", "grade": true, "grade_id": "classifier_check", "locked": true, "points": 2, "schema_version": 3, "solution": false, "task": false} tags=["active-ipynb", "raises-exception"]
# # Check (2 points): run this cell; a click opens its code
# model = SliceClassifier(num_classes=3, hidden_units=8)
# x = np.random.default_rng(0).normal(size=(64, 6, 5, 1)).astype("float32")
# logits = np.asarray(model(x))
# assert logits.shape == (64, 3), f"expected (batch, num_classes) = (64, 3), received {logits.shape}."
# assert np.allclose(logits, model(x)), "two calls differ: make the layers once, in __init__."
# assert logits.min() < 0 < logits.max(), "logits take both signs; has the last layer an activation?"
# assert model.count_params() == 30 * 8 + 8 + 8 * 3 + 3, (
#     f"expected 275 weights, received {model.count_params()}: are all layers kept in self?"
# )
# twin = SliceClassifier.from_config(model.get_config())
# assert (twin.num_classes, twin.hidden_units) == (3, 8), "get_config lost an argument."
# print("SliceClassifier: shapes, weights and get_config look right.")

# %% tags=["active-ipynb", "long", "raises-exception"]
# # Picture: run this cell; a click opens its code
# keras.utils.set_random_seed(1)
# many = Cohort(write_practice_cohort(scratch / "many", num_subjects=20, seed=1))
# places = [(x, -14.0, z) for z in np.linspace(48, -12, 13) for x in np.linspace(-30, 30, 13)]  # every 5 mm
# slices = np.stack([scan.voxels[tuple(np.rint(scan.grid.to_voxels(places)).astype(int).T)]
#                    for scan in (scan.normalised() for scan in many)]).reshape(-1, 13, 13, 1)
# is_ad = np.array([diagnosis == "AD" for diagnosis in many.column("diagnosis")])
# train, test = split_by_subject(many.column("participant_id"))
# classifier = SliceClassifier()
# classifier.compile(optimizer=keras.optimizers.Adam(0.003), jit_compile=False,
#                    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True))
# classifier.fit(slices[train], is_ad[train].astype(int), epochs=30, batch_size=15, verbose=0)
# p_ad = np.asarray(keras.ops.softmax(classifier(slices)))[:, 1]
# figure = Picture(figsize=(6.4, 2.4), layout="constrained")
# ax = figure.subplots()
# for part, row in ((train, 1), (test, 0)):
#     for group, colour, shift in ((False, "#1f5fa8", 0.12), (True, "#d1661b", -0.12)):
#         chosen = part[is_ad[part] == group]
#         ax.plot(p_ad[chosen], np.full(len(chosen), row + shift), "|", markersize=14, color=colour)
# ax.set(yticks=(0, 1), yticklabels=("test", "training"), xlim=(0, 1), ylim=(-0.5, 1.5), xlabel="p(AD)")
# ax.set_title(f"Blue: CN, orange: AD; no subject is in both parts\n{CAPTION}", fontsize=9)
# figure

# %% [markdown]
# Each stroke is one scan. The slices were sampled by millimetres straight from the files, whatever their
# orientation: your `Grid` at work. With real brains this is much harder, and this tiny network is no
# diagnosis; on Friday you will measure honestly how far it gets.

# %% [markdown]
# ## Done
#
# Run everything once more from the top (*Kernel, Restart and run all*), save, `git add` and `git commit`
# `images.ipynb` and `images.py`, and go on to `cohort_sheet.ipynb`, which shows your classes the brains of
# this course.
