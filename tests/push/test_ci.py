"""The workflows for GitHub and GitLab: valid by the published schemas, and their scripts run for real."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest
from ruamel.yaml import YAML
from tiny_course import KIT, KIT_ALONE, OF_THE_COURSE, RIGHT, SQUARED, commit, make_kit, write_notebook

GITHUB, GITLAB = KIT / "deploy/github/grade.yml", KIT / "deploy/gitlab/grade.yml"
SCHEMAS = {GITHUB: "vendor.github-workflows", GITLAB: "vendor.gitlab-ci"}


def workflow(path: Path):
    return YAML(typ="safe").load(path.read_text(encoding="utf-8"))


def complaint(path: Path, schema: str) -> str:
    """What check-jsonschema says against a file, by the schema that SchemaStore publishes; "" if nothing."""
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, str(path)]
    done = subprocess.run(command, capture_output=True, text=True)
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.parent.name)
def test_the_workflow_fits_the_published_schema(path):
    assert complaint(path, SCHEMAS[path]) == ""


@pytest.mark.parametrize(
    ("path", "right", "wrong"),
    [(GITHUB, "runs-on:", "runs_on:"), (GITLAB, "when: always", "when: sometimes")],
)
def test_the_schema_would_find_a_slip(path, right, wrong, tmp_path):
    broken = tmp_path / path.name
    broken.write_text(path.read_text().replace(right, wrong))
    assert complaint(broken, SCHEMAS[path]) != ""


@pytest.mark.parametrize("path", SCHEMAS, ids=lambda path: path.parent.name)
def test_the_workflow_names_no_hidden_file_and_needs_no_secret(path):
    text = path.read_text()
    assert not re.search(r"secrets\.|graders|solutions|test_\w+\.py|PRIVATE", text)


def test_the_image_holds_all_that_grading_needs_and_looks_for_no_module_in_a_checkout():
    text = (KIT / "deploy/git/Dockerfile").read_text()
    copied = {name for line in re.findall(r"^COPY (.+) \S+$", text, re.M) for name in line.split()}
    assert {*KIT_ALONE, *OF_THE_COURSE, "nbgrader_config.py"} <= copied
    assert all((KIT / name).exists() for name in copied)
    assert "PYTHONSAFEPATH=1" in text and "PYTHONPATH=/judge" in text


def test_a_token_reaches_no_step_that_runs_a_students_code():
    (checkout, fetch, grade, *_) = workflow(GITHUB)["jobs"]["grade"]["steps"]
    assert checkout["with"]["persist-credentials"] is False
    assert "logout" in fetch["run"]
    assert "token" not in json.dumps(grade).lower()
    assert "--network none" in grade["run"] and "/work:ro" in grade["run"]


DOCKER = """#!{python}
# Stands for docker: runs the judge where the image would, with the volumes' names replaced.
import subprocess, sys
arguments = sys.argv[1:]
if arguments[0] == "run":
    volumes = [value.split(":") for flag, value in zip(arguments, arguments[1:]) if flag == "--volume"]
    command = arguments[arguments.index("the-image") + 1 :]
    for here, there, *_ in volumes:
        command = [here + w[len(there) :] if (w + "/").startswith(there + "/") else w for w in command]
    sys.exit(subprocess.run([sys.executable, "-m", "judge", *command], cwd={kit!r}).returncode)
"""


@pytest.fixture(scope="module")
def kit(course, tmp_path_factory) -> Path:
    return make_kit(course, tmp_path_factory.mktemp("kit"))


@pytest.fixture
def work(tmp_path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir()
    (folder / "judge.py").write_text("raise SystemExit('a student was here')")
    return folder


@pytest.mark.slow
@pytest.mark.parametrize(("answers", "status"), [(SQUARED, 1), (RIGHT, 0)])
def test_githubs_steps_write_summary_junit_and_annotations(answers, status, course, kit, work, tmp_path):
    write_notebook(course, work / "ex_tiny", answers)
    commit(work)
    (tmp_path / "bin").mkdir()
    docker = tmp_path / "bin/docker"
    docker.write_text(DOCKER.format(python=sys.executable, kit=str(kit)))
    docker.chmod(0o755)
    environment = os.environ | {
        "PATH": f"{docker.parent}:{os.environ['PATH']}", "GITHUB_WORKSPACE": str(work), "JUDGE": "the-image",
        "RUNNER_TEMP": str(tmp_path / "temp"), "GITHUB_STEP_SUMMARY": str(tmp_path / "summary.md"),
        "GITHUB_ACTOR": "ada", "STUDENT": "ada", "TOKEN": "t",
    }  # fmt: skip
    steps = [step for step in workflow(GITHUB)["jobs"]["grade"]["steps"] if "run" in step]
    done = {
        step["name"]: subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            cwd=work, env=environment, capture_output=True, text=True,
        )
        for step in steps
    }  # fmt: skip
    assert {name: one.returncode for name, one in done.items()} == {
        "Fetch the judge": 0, "Grade": status, "Summary": 0,
    }, done["Grade"]  # fmt: skip
    assert ("::error file=ex_tiny/tiny.ipynb,line=" in done["Grade"].stdout) == (status == 1)
    assert f"{8 if status == 0 else 4} of 8 points" in (tmp_path / "summary.md").read_text()
    assert ElementTree.parse(tmp_path / "temp/report/junit.xml").getroot().get("tests") == "4"


@pytest.mark.slow
def test_gitlabs_script_writes_every_artifact_it_names(course, kit, work):
    write_notebook(course, work / "ex_tiny", SQUARED)
    (work / "elsewhere").mkdir()
    (work / "judge-report").symlink_to("elsewhere")
    commit(work)
    job = workflow(GITLAB)["grade"]
    environment = os.environ | {"CI_PROJECT_DIR": str(work), "GITLAB_USER_LOGIN": "ada"}
    environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
    script = "\n".join(job["script"]).replace("/judge\n", f"{kit}\n", 1)
    done = subprocess.run(["sh", "-ec", script], cwd=work, env=environment, capture_output=True, text=True)
    assert done.returncode == 1, done.stderr
    names = [*job["artifacts"]["paths"], *job["artifacts"]["reports"].values()]
    assert all((work / name).is_file() for name in names)
    assert not list((work / "elsewhere").iterdir())
    issues = json.loads((work / "judge-report/code-quality.json").read_text())
    assert [issue["location"]["path"] for issue in issues] == ["ex_tiny/tiny.ipynb"] * 2
