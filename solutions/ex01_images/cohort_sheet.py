# %% [markdown]
# # A cohort sheet
#
# Here you write nothing: this notebook *calls* the classes that you completed in `images.ipynb` (save that
# one first) on the brains of this course, and shows them. A cohort sheet is the first thing to look at in
# any new data set.
#
# **The data.** The folder that the environment variable `VAEGAN_AD` names, else a **synthetic** cohort: a
# template brain, deformed as studies of ageing and Alzheimer's disease (AD) report. No patient is in it.
# Making it takes a minute or two, once. It is a BIDS folder, so your `Cohort` can read it; nothing in your
# classes knows where scans come from.

# %% tags=["active-ipynb"] role="given" grade_id="imports"
# import vaegan  # first: it keeps the log of TensorFlow out of the notebook
#
# import json
# import os
# from pathlib import Path
#
# import numpy as np
# from images import BrainVolume, Cohort, split_by_subject
#
# from vaegan.data import synthetic_cohort
# from vaegan.pictures import Picture

# %% tags=["active-ipynb", "long"] grade_id="the_data"
# POINT_MM = (26.0, -20.0, -14.0)  # in the right hippocampus, MNI space
# NUM_SHOWN = 8  # scans of each group
#
# folder = Path(os.environ.get("VAEGAN_AD") or synthetic_cohort())
# described = folder / "dataset_description.json"
# caption = json.loads(described.read_text())["Name"] if described.is_file() else f"cohort in {folder.name}"
# cohort = Cohort(folder)
# diagnoses = np.array(cohort.column("diagnosis"))
# print(f"{caption}: {len(cohort)} scans of {len(set(cohort.column('participant_id')))} subjects")
# cohort[0]

# %% tags=["active-ipynb", "long"] grade_id="sheet"
# figure = Picture(figsize=(1.2 * NUM_SHOWN, 3.4), layout="constrained")
# axes = figure.subplots(2, NUM_SHOWN)
# for row, group in enumerate(("CN", "AD")):
#     for ax, number in zip(axes[row], np.flatnonzero(diagnoses == group), strict=False):
#         scan = cohort[int(number)].to_ras().normalised()
#         i, _, k = np.rint(scan.grid.to_voxels(POINT_MM))
#         ax.imshow(scan.coronal_slice(POINT_MM), cmap="gray", vmin=0, vmax=1)
#         ax.axvline(i, color="red", linewidth=0.5)
#         ax.axhline(scan.voxels.shape[2] - 1 - k, color="red", linewidth=0.5)
#         ax.set_title(f"{group}, {cohort.column('age')[number]}", fontsize=8)
# for ax in axes.ravel():
#     ax.set_axis_off()
# figure.supxlabel(f"y = {POINT_MM[1]:g} mm; diagnosis, age. {caption}", fontsize=8)
# figure

# %% [markdown]
# Where the lines cross should be the right hippocampus, a grey almond below the ventricles, in every scan:
# these scans were aligned with MNI space before. Compare the groups; then compare the brains *within* a
# group, and judge whether you would dare a diagnosis.

# %% tags=["active-ipynb", "long"] grade_id="split"
# train, test = split_by_subject(cohort.column("participant_id"))
# for name, part in (("training", train), ("test", test)):
#     print(f"{name:9s}{len(part):4d} scans, {np.mean(diagnoses[part] == 'AD'):.0%} AD")

# %% [markdown]
# ## There and back
#
# The scan is turned, normalised, saved, and read again: is everything still in its place?

# %% tags=["active-ipynb", "long"] grade_id="round_trip"
# before = cohort[0].to_ras().normalised()
# path = Path("outputs") / "normalised.nii.gz"
# path.parent.mkdir(exist_ok=True)
# before.save(path)
# after = BrainVolume.load(path)
# print(f"largest difference of a voxel: {np.abs(after.voxels - before.voxels).max():g}")
# print(f"largest difference of the affines: {np.abs(after.affine - before.affine).max():g} mm")

# %% [markdown]
# ## Observation
#
# Name one thing on the sheet that differs between the groups, and one that differs as much within a group.

# %% [markdown] role="manual" grade_id="obs_sheet" points=1
# ### BEGIN SOLUTION
# Between the groups: on average AD brains have larger ventricles and thinner hippocampi. Within a group the
# ventricles differ as much: some CN subjects have larger ones than some AD subjects, older people mostly, so
# a single slice decides nothing.
# ### END SOLUTION
