"""The folder of graded work is tracked, empty but for a README, and nobody takes the README for a student."""

import subprocess
from pathlib import Path

from judge.nbgrader.batch import nbgrader_api

ROOT = Path(__file__).resolve().parents[1]


def test_only_the_readme_is_tracked_and_what_grading_makes_is_ignored():
    assert (ROOT / "autograded" / "README.md").is_file()
    for path, ignored in (("autograded/README.md", 1), ("autograded/ada/ex03_vae/vae.ipynb", 0)):
        done = subprocess.run(["git", "check-ignore", "--quiet", path], cwd=ROOT, check=False)
        assert done.returncode == ignored, path


def test_nbgrader_sees_no_student_in_it(tmp_path):
    (tmp_path / "autograded").mkdir()
    (tmp_path / "autograded" / "README.md").write_text((ROOT / "autograded" / "README.md").read_text())
    assert nbgrader_api(tmp_path).get_autograded_students("ex03_vae") == set()


def test_the_report_sees_no_student_in_it(tmp_path):
    (tmp_path / "autograded").mkdir()
    (tmp_path / "autograded" / "README.md").write_text("x")
    done = subprocess.run(
        [".venv/bin/python", "-m", "judge", "report", "--course", str(tmp_path)],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "There are no results of any exercise" in done.stdout + done.stderr
