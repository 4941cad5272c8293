"""What the shared exchange promises, tried out with accounts of their own."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import trial
from hand_in import EXERCISE, Class

pytestmark = [pytest.mark.isolation, pytest.mark.slow]
EXCHANGE = "shared"
FUTURE, PAST = "2099-01-01 00:00:00.000000 UTC", "2001-01-01 00:00:00.000000 UTC"


@pytest.fixture(scope="module")
def course(hub: trial.Trial) -> Class:
    people = Class(hub)
    people.release()
    people.hand_in(trial.ADA, "ada = 1")
    people.hand_in(trial.BEA, "bea = 1")
    return people


@pytest.fixture(autouse=True)
def no_traces(course: Class) -> Iterator[None]:
    """Take away what an attack has left in the exchange and in the course."""
    before = set(_inbound(course).iterdir())
    yield
    for path in set(_inbound(course).iterdir()) - before:
        subprocess.run(["rm", "-rf", path], check=True)  # shutil.rmtree cannot go deep enough
    shutil.rmtree(course.hub.course / "submitted", ignore_errors=True)


def _exchange(course: Class) -> Path:
    return course.hub.home / "exchange" / trial.COURSE_ID


def _inbound(course: Class) -> Path:
    return _exchange(course) / "inbound"


def _handed_in(course: Class, account: str) -> Path:
    [folder] = _inbound(course).glob(f"{account}+{EXERCISE}+*")
    return folder


def _plant(course: Class, name: str, source: str) -> None:
    """Have Ada put a folder of this name, with this answer, into the exchange, without nbgrader."""
    course.write(trial.ADA, source)
    copy = "shutil.copytree(sys.argv[1], sys.argv[2])"
    own = course.hub.home_of(trial.ADA) / trial.COURSE_ID / EXERCISE
    assert course.attempt(trial.ADA, copy, own, _inbound(course) / name) == "done"


@pytest.mark.parametrize(
    "statement",
    [
        "os.listdir(sys.argv[1])",
        "open(sys.argv[1] + '/tiny.ipynb')",
        "open(sys.argv[1] + '/submission_secret.txt')",
        "open(sys.argv[1] + '/tiny.ipynb', 'w')",
        "open(sys.argv[1] + '/planted.py', 'w')",
        "os.rename(sys.argv[1], sys.argv[1] + '_away')",
        "os.chmod(sys.argv[1], 0o777)",
    ],
)
def test_a_student_who_knows_the_name_of_a_submission_can_do_nothing_to_it(course: Class, statement: str) -> None:
    assert course.attempt(trial.ADA, statement, _handed_in(course, trial.BEA)) == "PermissionError"


def test_its_owner_and_the_grader_read_it(course: Class) -> None:
    for account in (trial.BEA, trial.GRADER):
        assert course.attempt(account, "os.listdir(sys.argv[1])", _handed_in(course, trial.BEA)) == "done"


def test_students_cannot_list_what_was_handed_in(course: Class) -> None:
    assert course.attempt(trial.ADA, "os.listdir(sys.argv[1])", _inbound(course)) == "PermissionError"


@pytest.mark.parametrize("part", [".", "inbound", "outbound", "outbound/tiny"])
def test_students_cannot_move_the_course_away(course: Class, part: str) -> None:
    statement = "os.rename(sys.argv[1], sys.argv[2])"
    target = course.hub.home_of(trial.ADA) / "stolen"
    assert course.attempt(trial.ADA, statement, (_exchange(course) / part).resolve(), target) == "PermissionError"


def test_students_cannot_change_the_release(course: Class) -> None:
    released = _exchange(course) / "outbound" / EXERCISE / f"{EXERCISE}.ipynb"
    assert course.attempt(trial.ADA, "open(sys.argv[1], 'a')", released) == "PermissionError"
    assert course.attempt(trial.ADA, "open(sys.argv[1])", released) == "done"


def test_nbgrader_refuses_to_hand_in_for_another_student(course: Class) -> None:
    command = ["nbgrader", "submit", EXERCISE, f"--student={trial.BEA}"]
    assert course.hub.as_user(trial.ADA, command, token=course.tokens[trial.ADA]).returncode != 0


def test_a_submission_in_another_students_name_is_not_collected(course: Class) -> None:
    _plant(course, f"{trial.BEA}+{EXERCISE}+{FUTURE}+x", "not_hers = 1")
    log = course.grader("collect", EXERCISE)
    assert f"was made by the account {trial.ADA}" in log
    assert course.answer_of(trial.BEA) == "bea = 1"
    assert course.answer_of(trial.ADA) == "ada = 1"


def test_links_to_the_graders_files_are_not_followed(course: Class) -> None:
    secret = course.hub.course / "solutions" / "ex03_vae" / "vae.py"
    folder = _inbound(course) / f"{trial.ADA}+{EXERCISE}+{FUTURE}+x"
    _plant(course, folder.name, "ada = 2")
    for link, target in (("vae.py", secret), ("all", secret.parent)):
        assert course.attempt(trial.ADA, "os.symlink(sys.argv[1], sys.argv[2])", target, folder / link) == "done"
    log = course.grader("collect", EXERCISE)
    assert f"Not collected: 'vae.py' of '{folder.name}'" in log
    assert course.answer_of(trial.ADA) == "ada = 2"
    names = {path.name for path in course.collected(trial.ADA).rglob("*")}
    assert names == {f"{EXERCISE}.ipynb", "timestamp.txt", "submission_secret.txt"}


def test_senseless_names_do_not_stop_the_others(course: Class) -> None:
    for name in (
        "{ada}+{ex}+no time+x",
        "+{ex}+",
        "nobody+{ex}+{time}+x",
        "x+{ex}+9+9+9",
        "{ada}+{ex}+9999999999999+x",
    ):
        _plant(course, name.format(ada=trial.ADA, ex=EXERCISE, time=PAST), "junk = 1")
    file = _inbound(course) / f"{trial.ADA}+{EXERCISE}+{FUTURE}+x"
    assert course.attempt(trial.ADA, "open(sys.argv[1], 'w')", file) == "done"
    course.grader("collect", EXERCISE)
    assert sorted(path.name for path in (course.hub.course / "submitted").iterdir()) == [trial.ADA, trial.BEA]
    assert course.answer_of(trial.ADA) == "ada = 1"


def test_a_hand_in_1500_folders_deep_with_odd_names_stops_nobody(course: Class) -> None:
    folder = _inbound(course) / f"{trial.ADA}+{EXERCISE}+{FUTURE}+x"
    _plant(course, folder.name, "ada = 5")
    deep = "os.chdir(sys.argv[1]); open(b'bad\\xff\\n.txt', 'w'); os.mkfifo('pipe'); "
    deep += "[(os.mkdir('deeper'), os.chdir('deeper')) for _ in range(1500)]"
    assert course.attempt(trial.ADA, deep, folder) == "done"
    course.grader("collect", EXERCISE)
    assert (course.answer_of(trial.ADA), course.answer_of(trial.BEA)) == ("ada = 5", "bea = 1")
    subprocess.run(["rm", "-rf", course.collected(trial.ADA)], check=True)


def test_the_list_says_how_late_a_submission_is_and_that_the_last_counts(course: Class) -> None:
    course.grader("db", "assignment", "add", EXERCISE, "--duedate", "2020-01-01 12:00 UTC")
    course.grader("collect", EXERCISE)
    first, *_ = [line for line in course.student(trial.BEA, "list", "--cached").splitlines() if EXERCISE in line]
    assert "late, this one counts: the last" in first


def test_the_time_of_a_submission_is_the_servers(course: Class) -> None:
    before = datetime.now(UTC)
    _plant(course, f"{trial.ADA}+{EXERCISE}+{PAST}+x", "ada = 3")
    course.grader("collect", EXERCISE)
    assert course.answer_of(trial.ADA) == "ada = 3"
    written = (course.collected(trial.ADA) / "timestamp.txt").read_text()
    assert (
        abs((datetime.strptime(written, "%Y-%m-%d %H:%M:%S.%f UTC").replace(tzinfo=UTC) - before).total_seconds()) < 300
    )


def test_feedback_reaches_its_student_alone(course: Class) -> None:
    course.grader("collect", EXERCISE)
    course.give_feedback()
    assert course.feedback_of(trial.ADA) == {f"for {trial.ADA}"}
    assert course.feedback_of(trial.BEA) == {f"for {trial.BEA}"}
    assert course.attempt(trial.ADA, "os.listdir(sys.argv[1])", _exchange(course) / "feedback") == "PermissionError"


def test_a_submission_without_its_secret_does_not_stop_the_feedback_of_the_others(course: Class) -> None:
    _plant(course, f"{trial.ADA}+{EXERCISE}+{FUTURE}+x", "ada = 4")
    course.grader("collect", EXERCISE)
    course.give_feedback()
    assert f"for {trial.BEA}" in course.feedback_of(trial.BEA)


def test_students_see_the_package_and_nothing_of_the_course(course: Class) -> None:
    imported = course.hub.as_user(trial.ADA, ["python", "-c", "import vaegan; print(vaegan.__file__)"])
    assert imported.stdout.startswith(f"{course.hub.home}/env/lib/")
    for name in ("judge", "graders", "solutions"):
        tried = course.hub.as_user(trial.ADA, ["python", "-c", f"import {name}"])
        assert "ModuleNotFoundError" in tried.stderr
    assert course.attempt(trial.ADA, "os.listdir(sys.argv[1])", course.hub.course) == "PermissionError"
    search = [
        "find",
        str(course.hub.home),
        "-name",
        "gradebook.db",
        "-o",
        "-name",
        "test_vae.py",
        "-o",
        "-name",
        "source",
    ]
    found = course.hub.as_user(trial.ADA, search).stdout.split()
    assert not [path for path in found if not path.startswith(f"{course.hub.home}/env/")]
