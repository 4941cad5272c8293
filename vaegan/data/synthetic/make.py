"""Writing the synthetic cohort as a BIDS folder."""

import json
import os
import shutil
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

import numpy as np

from vaegan.data.progress import progress
from vaegan.data.synthetic.anatomy import Anatomy
from vaegan.data.synthetic.population import draw_people
from vaegan.data.synthetic.scan import make_scan
from vaegan.data.synthetic.template import load_template

YEARS_BETWEEN_SESSIONS = 1.0
COLUMNS = {
    "age": {"Description": "age at the first visit", "Units": "years"},
    "sex": {"Description": "sex; without effect on the image, head sizes are those of the template"},
    "diagnosis": {"Levels": {"CN": "cognitively normal", "AD": "as in Alzheimer's disease"}},
    "left_ventricle": {"Description": "body of the left lateral ventricle, first visit", "Units": "cm3"},
    "right_ventricle": {"Description": "body of the right lateral ventricle, first visit", "Units": "cm3"},
    "left_hippocampus": {"Description": "left hippocampus, first visit", "Units": "cm3"},
    "right_hippocampus": {"Description": "right hippocampus, first visit", "Units": "cm3"},
    "min_jacobian": {"Description": "smallest local volume change of the deformation; above 0: no folding"},
    "folded": {"Description": "share of places where the deformation folds"},
}
VOLUMES = ("left_ventricle", "right_ventricle", "left_hippocampus", "right_hippocampus")


def make_ad_cohort(
    folder,
    num_subjects=120,
    effect="realistic",
    seed=0,
    num_sessions=1,
    shuffle_labels=False,
    anatomy=None,
    workers=None,
):
    """Write a cohort of synthetic T1w scans, with the true volumes of every brain in participants.tsv.

    The scans are aligned with MNI space and have no skull, as real scans do after the usual preprocessing.
    The same arguments give the same cohort, however many workers share the work.

    Args:
        folder: where to write; must not exist yet, or be empty.
        num_subjects: half of them AD.
        effect: "realistic" (as in the literature), "teaching" (twice the log ratio) or "none".
        seed: int.
        num_sessions: visits of each subject, a year apart; more than one makes sub-*/ses-*/ folders.
        shuffle_labels: deal the diagnoses out anew, whatever the brains look like: a control. Whoever predicts
            these labels better than by chance has a leak.
        anatomy: Anatomy, to use another template or voxel size; None takes nilearn's template.
        workers: threads; None takes one per processor, at most 4.

    Returns:
        Path of the folder.
    """
    folder = Path(folder).expanduser()
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(
            f"{folder} is not empty: expected a new folder for the cohort, found files. Choose another or delete it."
        )
    people = draw_people(num_subjects, effect, seed)
    anatomy = anatomy or Anatomy(load_template())
    folder.parent.mkdir(parents=True, exist_ok=True)
    partial_folder = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        partial_folder.chmod(0o755)  # mkdtemp keeps others out, but a class shares a cohort
        write = partial(_write_subject, partial_folder, anatomy, seed, num_sessions)
        rows = _in_parallel(write, people, workers or min(4, os.cpu_count() or 1))
        if shuffle_labels:
            _shuffle(rows, seed)
        _write_table(partial_folder / "participants.tsv", rows)
        _describe(partial_folder, anatomy.template.name, effect, seed, shuffle_labels)
        if folder.exists():
            folder.rmdir()
        partial_folder.rename(folder)  # a half-written cohort never carries the name of a whole one
    except BaseException:
        shutil.rmtree(partial_folder, ignore_errors=True)
        raise
    return folder


def _in_parallel(write, people, workers):
    """Call write for each person; return the rows in the order of the people.

    Threads will do: interpolation, blurring and compression, where the time goes, leave Python's lock alone.
    """
    pool = ThreadPoolExecutor(workers)
    try:
        return list(progress(pool.map(write, people), "making synthetic brains", len(people)))
    finally:
        pool.shutdown(cancel_futures=True)  # whoever interrupts does not wait for the rest


def _write_subject(folder, anatomy, seed, num_sessions, person):
    """Write the scans of one subject; return its row of participants.tsv."""
    visits = []
    for number in range(num_sessions):
        years = number * YEARS_BETWEEN_SESSIONS
        scan = make_scan(anatomy, person, seed, years)
        session = f"ses-{number + 1}" if num_sessions > 1 else ""
        _write_scan(folder, anatomy, person.subject, session, scan)
        visits.append({"session_id": session, "years": years, **_truth(scan)})
    if num_sessions > 1:
        _write_table(folder / f"sub-{person.subject}" / f"sub-{person.subject}_sessions.tsv", visits)
    first = {name: value for name, value in visits[0].items() if name not in ("session_id", "years")}
    return {
        "participant_id": f"sub-{person.subject}",
        "age": person.age,
        "sex": person.sex,
        "diagnosis": person.diagnosis,
        **first,
    }


def _truth(scan):
    measured = {name: f"{scan.volumes[name]:.3f}" for name in VOLUMES}
    return measured | {"min_jacobian": f"{scan.min_jacobian:.4f}", "folded": f"{scan.folded:.6f}"}


def _write_scan(folder, anatomy, subject, session, scan):
    import nibabel

    place = folder / f"sub-{subject}" / session / "anat"
    place.mkdir(parents=True)
    stem = "_".join(part for part in (f"sub-{subject}", session, "T1w") if part)
    affine = np.diag([*anatomy.voxel, 1.0])
    affine[:3, 3] = anatomy.template.origin
    image = nibabel.Nifti1Image(scan.voxels, affine)
    image.set_sform(affine, code="mni")
    image.set_qform(affine, code="mni")
    image.header.set_xyzt_units("mm")
    nibabel.save(image, place / f"{stem}.nii.gz")
    sidecar = {"Modality": "MR", "SkullStripped": True, "Synthetic": True}
    (place / f"{stem}.json").write_text(json.dumps(sidecar, indent=1) + "\n", encoding="utf-8")


def _shuffle(rows, seed):
    """Deal the diagnoses out anew."""
    shuffled = np.random.default_rng([seed, 3]).permutation([row["diagnosis"] for row in rows])
    for row, diagnosis in zip(rows, shuffled, strict=True):
        row["diagnosis"] = str(diagnosis)


def _write_table(path, rows):
    lines = ["\t".join(rows[0])] + ["\t".join(map(str, row.values())) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _describe(folder, template, effect, seed, shuffle_labels):
    """Write what BIDS asks for and say, wherever somebody may look, that no patient is in it."""
    control = ", labels shuffled" if shuffle_labels else ""
    name = f"synthetic AD-like brains ({template} deformed, {effect} effect{control}; no patient)"
    description = {
        "Name": name,
        "BIDSVersion": "1.9.0",
        "DatasetType": "raw",
        "Synthetic": True,
        "GeneratedBy": [{"Name": "vaegan.data make-ad-cohort", "Effect": effect, "Seed": seed}],
    }
    for file, content in (("dataset_description.json", description), ("participants.json", COLUMNS)):
        (folder / file).write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")
    (folder / "README").write_text(
        f"{name[0].upper()}{name[1:]}.\n\nMade by a program for teaching. The volumes in "
        "participants.tsv are the truth about these images and about nobody's brain.\n",
        encoding="utf-8",
    )
