"""Does the synthetic cohort differ as patients do? Its measured volumes against the literature.

    python benchmarks/ad_cohort.py [--subjects 200] [--fast | --table]

1. How long 120 subjects take.
2. Volumes measured on the deformed label maps: ratio of the groups, effect size d, AUC of the volume by itself.
3. What an image says: AUC of PCA (40 components) and logistic regression on 64x64 pixels, tested on subjects that it
   was not fitted to, for ventricles and hippocampi (96 mm) and the whole head (192 mm).
4. Two controls: without an effect, and with labels that were dealt out anew, the AUC must be that of a coin. Split by
   slice, the second one is not: that is the leak which splitting by subject prevents.
5. A second visit after a year, and the folding of the deformations.

The numbers go to benchmarks/results/ad_cohort.json and, as a table, into docs/your-own-cohort.md; `--table` only draws
that table again. `--fast` uses few subjects to see that the script runs; it judges nothing and writes nothing.
"""

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table
from sklearn.decomposition import PCA
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedGroupKFold, StratifiedKFold, cross_val_predict
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT)]

from vaegan.data import load_cohort, make_ad_cohort, shuffle_labels  # noqa: E402  found through the line above
from vaegan.data.synthetic.anatomy import Anatomy  # noqa: E402
from vaegan.data.synthetic.population import draw_people  # noqa: E402
from vaegan.data.synthetic.scan import deform  # noqa: E402
from vaegan.data.synthetic.template import load_template  # noqa: E402

RESULTS = ROOT / "benchmarks" / "results" / "ad_cohort.json"
PAGE = ROOT / "docs" / "your-own-cohort.md"
MARKS = ("<!-- measured: written by benchmarks/ad_cohort.py -->\n", "<!-- end -->\n")
SEED = 0
LEAK_PLANES = (-22.0, -20.0, -18.0)
LITERATURE = {  # value, allowed distance, where from
    "left hippocampus ratio": (0.758, 0.04, "Shi 2009"),
    "right hippocampus ratio": (0.769, 0.04, "Shi 2009"),
    "left hippocampus d": (-1.60, 0.25, "Shi 2009"),
    "right hippocampus d": (-1.52, 0.25, "Shi 2009"),
    "lateral ventricles ratio": (1.318, 0.15, "Fonov, ADNI"),
    "lateral ventricles d": (0.50, 0.20, "Fonov, ADNI"),
    "lateral ventricles CN, cm3": (45.0, 5.0, "Fonov, ADNI"),
    "lateral ventricles AD, cm3": (59.3, 6.0, "Fonov, ADNI"),
    "hippocampal loss in a year, CN, %": (1.41, 0.3, "Barnes 2009"),
    "hippocampal loss in a year, AD, %": (4.66, 0.6, "Barnes 2009"),
}


def group_difference(volumes, labels):
    """Return means, ratio, Cohen's d and the AUC of a volume by itself."""
    sick, healthy = volumes[labels == 1], volumes[labels == 0]
    spread = np.sqrt((sick.var(ddof=1) + healthy.var(ddof=1)) / 2)
    auc = roc_auc_score(labels, volumes)
    return {
        "CN": healthy.mean(),
        "CN sd": healthy.std(ddof=1),
        "AD": sick.mean(),
        "AD sd": sick.std(ddof=1),
        "ratio": sick.mean() / healthy.mean(),
        "d": (sick.mean() - healthy.mean()) / spread,
        "AUC": max(auc, 1 - auc),
    }


def volume_differences(cohort):
    """Return the group differences of all structures."""
    table = cohort.table
    volumes = {
        "left hippocampus": table["left_hippocampus"],
        "right hippocampus": table["right_hippocampus"],
        "hippocampi": table["left_hippocampus"] + table["right_hippocampus"],
        "lateral ventricles": table["left_ventricle"] + table["right_ventricle"],
    }
    return {name: group_difference(volume, cohort.labels) for name, volume in volumes.items()}


def image_auc(cohort):
    """Return the AUC of 40 principal components and logistic regression, cross-validated by subject."""
    model = make_pipeline(
        PCA(min(40, len(cohort) // 2), random_state=SEED),
        StandardScaler(),
        LogisticRegression(C=0.01, max_iter=1000),
    )
    folds = StratifiedGroupKFold(5, shuffle=True, random_state=SEED)
    pixels = cohort.x.reshape(len(cohort), -1)
    scores = cross_val_predict(
        model, pixels, cohort.labels, groups=cohort.subjects, cv=folds, method="decision_function"
    )
    return roc_auc_score(cohort.labels, scores)


def leak(cohort):
    """Return the AUC of the nearest neighbour on shuffled labels, split by slice (leaks) and by subject."""
    control = shuffle_labels(cohort, SEED)
    pixels, labels, how = (
        control.x.reshape(len(control), -1),
        control.labels,
        {"shuffle": True, "random_state": SEED},
    )
    folds = {
        "by slice": StratifiedKFold(5, **how).split(pixels, labels),
        "by subject": StratifiedGroupKFold(5, **how).split(pixels, labels, control.subjects),
    }
    nearest = KNeighborsClassifier(1)
    guesses = {name: cross_val_predict(nearest, pixels, labels, cv=list(fold)) for name, fold in folds.items()}
    return {name: roc_auc_score(labels, guess) for name, guess in guesses.items()}


def yearly_loss(anatomy, num_subjects):
    """Return the loss of hippocampal volume in a year, per cent, by group, measured on deformed label maps."""
    people = draw_people(num_subjects, "realistic", SEED)

    def loss(person):
        before, after = (anatomy.measure(deform(anatomy, person, SEED, years)) for years in (0.0, 1.0))
        total = [sum(volumes[f"{side}_hippocampus"] for side in ("left", "right")) for volumes in (before, after)]
        return 100 * (1 - total[1] / total[0])

    with ThreadPoolExecutor() as pool:
        losses = np.array(list(pool.map(loss, people)))
    sick = np.array([person.diagnosis == "AD" for person in people])
    return {"CN": losses[~sick].mean(), "AD": losses[sick].mean()}


def measure_effect(folder):
    """Return everything that one cohort shows."""
    cohort, head = load_cohort(folder, cache=False), load_cohort(folder, field_mm=192.0, cache=False)
    table = cohort.table
    return {
        "subjects": len(cohort),
        "volumes": volume_differences(cohort),
        "image AUC, 96 mm": image_auc(cohort),
        "image AUC, whole head": image_auc(head),
        "image AUC, labels shuffled": image_auc(shuffle_labels(cohort, SEED)),
        "scans with folding": int(np.sum(table["folded"] > 0)),
        "largest folded share": float(table["folded"].max()),
        "smallest jacobian": float(table["min_jacobian"].min()),
    }


def compare(realistic, losses):
    """Return what was measured beside the literature, and whether it is within the band."""
    measured = {
        f"{name} {what}": values[what] for name, values in realistic["volumes"].items() for what in ("ratio", "d")
    }
    ventricles = realistic["volumes"]["lateral ventricles"]
    measured |= {f"lateral ventricles {group}, cm3": ventricles[group] for group in ("CN", "AD")}
    measured |= {f"hippocampal loss in a year, {group}, %": loss for group, loss in losses.items()}
    return {
        name: {
            "measured": float(measured[name]),
            "literature": value,
            "band": band,
            "source": source,
            "within": bool(abs(measured[name] - value) <= band),
        }
        for name, (value, band, source) in LITERATURE.items()
    }


def show(comparison, effects, console):
    table = Table("volumes, realistic", "measured", "literature", "band", "source", "within")
    for name, row in comparison.items():
        numbers = (f"{row['measured']:.3g}", f"{row['literature']:.3g}", f"+-{row['band']:.2g}")
        table.add_row(name, *numbers, row["source"], "yes" if row["within"] else "NO")
    console.print(table)
    table = Table("AUC", *effects)
    for name in ("hippocampi", "lateral ventricles"):
        table.add_row(f"volume of {name}", *(f"{effect['volumes'][name]['AUC']:.2f}" for effect in effects.values()))
    for name in ("image AUC, 96 mm", "image AUC, whole head", "image AUC, labels shuffled"):
        table.add_row(name, *(f"{effect[name]:.2f}" for effect in effects.values()))
    console.print(table)


def markdown(result):
    """Return the tables of the page in docs."""
    effects, leaks = result["effects"], result["leak with shuffled labels"]
    num_subjects = effects["realistic"]["subjects"]
    lines = [
        f"Synthetic, {num_subjects} subjects, realistic effect; volumes measured on the deformed label maps.\n",
        "| | measured | literature | accepted | source |",
        "|---|---|---|---|---|",
    ]
    for name, row in result["against the literature"].items():
        numbers = f"{row['measured']:.3g} | {row['literature']:.3g} | ±{row['band']:.2g}"
        lines.append(f"| {name} | {numbers} | {row['source']} |")
    lines += [
        f"\nSynthetic, AUC, {num_subjects} subjects each.\n",
        f"| | {' | '.join(effects)} |",
        "|---|---|---|---|",
    ]
    for name in ("hippocampi", "lateral ventricles"):
        aucs = " | ".join(f"{effect['volumes'][name]['AUC']:.2f}" for effect in effects.values())
        lines.append(f"| true volume of the {name} by itself | {aucs} |")
    for name, what in (
        ("image AUC, 96 mm", "64x64 pixels of 96 mm, PCA and logistic regression, split by subject"),
        ("image AUC, whole head", "the same, 192 mm"),
        ("image AUC, labels shuffled", "the same, 96 mm, labels shuffled"),
    ):
        lines.append(f"| {what} | {' | '.join(f'{effect[name]:.2f}' for effect in effects.values())} |")
    by_slice, by_subject = leaks["by slice"], leaks["by subject"]
    worst = min(effect["smallest jacobian"] for effect in effects.values())
    folded = sum(effect["scans with folding"] for effect in effects.values())
    seconds = result["seconds for 120 subjects, 2 workers"]
    lines += [
        f"| three slices each, labels shuffled, nearest neighbour: split by subject | {by_subject:.2f} | | |",
        f"| three slices each, labels shuffled, nearest neighbour: **split by slice, wrong** | {by_slice:.2f} | | |",
        f"\nFolding: {folded} of {3 * num_subjects} deformations fold anywhere; the smallest local volume change is "
        f"{worst:.2g}. 120 subjects took {seconds['processor']:.0f} s of processor time, shared by two threads.\n",
    ]
    return "\n".join(lines)


def write_page(result):
    """Put the tables into the page in docs, between the marks."""
    before, rest = PAGE.read_text(encoding="utf-8").split(MARKS[0])
    after = rest.split(MARKS[1])[1]
    PAGE.write_text(before + MARKS[0] + "\n" + markdown(result) + "\n" + MARKS[1] + after, encoding="utf-8")


def rounded(value):
    """Round every number of a result to four digits, so that the file reads well."""
    if isinstance(value, dict):
        return {name: rounded(part) for name, part in value.items()}
    return float(f"{value:.4g}") if isinstance(value, float | np.floating) else value


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--subjects", type=int, default=200, help="of each cohort (default 200)")
    parser.add_argument("--fast", action="store_true", help="a few subjects, to see that the script runs")
    parser.add_argument("--table", action="store_true", help="draw the table in docs again from the stored numbers")
    asked = parser.parse_args()
    if asked.table:
        write_page(json.loads(RESULTS.read_text(encoding="utf-8")))
        return 0
    num_subjects, num_timed, num_followed = (20, 6, 4) if asked.fast else (asked.subjects, 120, 60)
    console = Console()
    with tempfile.TemporaryDirectory() as place:
        place = Path(place)
        started, used = time.perf_counter(), time.process_time()
        make_ad_cohort(place / "timed", num_timed, "realistic", SEED, workers=2)
        seconds = {"wall": time.perf_counter() - started, "processor": time.process_time() - used}
        console.print(f"{num_timed} subjects: {seconds['wall']:.0f} s, {seconds['processor']:.0f} s of processor time")
        anatomy = Anatomy(load_template())
        effects = {}
        for effect in ("realistic", "teaching", "none"):
            folder = make_ad_cohort(place / effect, num_subjects, effect, SEED, anatomy=anatomy)
            effects[effect] = measure_effect(folder)
        slices = load_cohort(place / "realistic", slice_mm=LEAK_PLANES, cache=False)
        leaks, losses = leak(slices), yearly_loss(anatomy, num_followed)
    comparison = compare(effects["realistic"], losses)
    show(comparison, effects, console)
    console.print(
        f"shuffled labels, nearest neighbour: {leaks['by slice']:.2f} by slice, {leaks['by subject']:.2f} by subject"
    )
    if asked.fast:
        return 0
    machine = {
        "processors": os.cpu_count(),
        "machine": platform.machine(),
        "python": platform.python_version(),
    }
    result = rounded(
        {
            "data": "synthetic: deformations of a template, no patient",
            "machine": machine,
            "seconds for 120 subjects, 2 workers": seconds,
            "against the literature": comparison,
            "effects": effects,
            "leak with shuffled labels": leaks,
        }
    )
    RESULTS.parent.mkdir(exist_ok=True)
    RESULTS.write_text(json.dumps(result, indent=1) + "\n", encoding="utf-8")
    write_page(result)
    return 0 if all(row["within"] for row in comparison.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
