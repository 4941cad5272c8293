"""What the exchange by ngshare promises, tried out with accounts and tokens of their own."""

from __future__ import annotations

import base64
import json
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import pytest
import trial
from hand_in import EXERCISE, Class

pytestmark = [pytest.mark.isolation, pytest.mark.slow]
EXCHANGE = "ngshare"
COURSE = trial.COURSE_ID
LOOPBACK, LISTENING = "0100007F", "0A"  # as /proc/net/tcp writes them


@pytest.fixture(scope="module")
def course(hub: trial.Trial) -> Class:
    people = Class(hub)
    people.release()
    people.hand_in(trial.ADA, "ada = 1")
    people.hand_in(trial.BEA, "bea = 1")
    return people


def _ask(course: Class, account: str, path: str, **form: str) -> int:
    """The status of ngshare's answer to an account: a GET, or a POST where there is a form."""
    url = f"http://127.0.0.1:{course.hub.ports['ngshare']}/services/ngshare/{path}"
    data = urllib.parse.urlencode(form).encode() if form else None
    headers = {"Authorization": f"token {course.tokens[account]}"}
    try:
        with urllib.request.urlopen(urllib.request.Request(url, data, headers), timeout=30) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code


def _files(path: str) -> str:
    return json.dumps([{"path": path, "content": base64.b64encode(b"planted").decode()}])


@pytest.mark.parametrize(
    "path",
    [
        f"submissions/{COURSE}/{EXERCISE}",
        f"submissions/{COURSE}/{EXERCISE}/{trial.BEA}",
        f"submission/{COURSE}/{EXERCISE}/{trial.BEA}",
        f"feedback/{COURSE}/{EXERCISE}/{trial.BEA}",
        f"students/{COURSE}",
    ],
)
def test_students_can_neither_list_nor_read_the_work_of_others(course: Class, path: str) -> None:
    assert _ask(course, trial.ADA, path) == 403


def test_instructors_can(course: Class) -> None:
    assert _ask(course, trial.PROF, f"submission/{COURSE}/{EXERCISE}/{trial.BEA}") == 200


@pytest.mark.parametrize(
    "path", [f"assignment/{COURSE}/{EXERCISE}", f"assignment/{COURSE}/another", f"course/{COURSE}2"]
)
def test_students_can_neither_release_nor_make_courses(course: Class, path: str) -> None:
    assert _ask(course, trial.ADA, path, files=_files("tiny.ipynb"), instructors="[]") == 403


@pytest.mark.parametrize("path", ["../../etc/passwd", "/etc/passwd", "a/../../b"])
def test_files_outside_the_submission_are_refused(course: Class, path: str) -> None:
    assert _ask(course, trial.ADA, f"submission/{COURSE}/{EXERCISE}", files=_files(path)) == 400


def test_without_a_token_nothing_is_answered(course: Class) -> None:
    stranger = Class.__new__(Class)
    stranger.hub, stranger.tokens = course.hub, {"nobody": ""}
    assert _ask(stranger, "nobody", f"submissions/{COURSE}/{EXERCISE}") >= 400


def test_whoever_a_form_names_the_token_decides_who_hands_in(course: Class) -> None:
    status = _ask(course, trial.ADA, f"submission/{COURSE}/{EXERCISE}", files=_files("planted.txt"), user=trial.BEA)
    assert status == 200
    course.grader("collect", EXERCISE, "--update")
    assert course.answer_of(trial.BEA) == "bea = 1"
    assert (course.collected(trial.ADA) / "planted.txt").read_text() == "planted"


def test_nbgrader_refuses_to_hand_in_for_another_student(course: Class) -> None:
    command = ["nbgrader", "submit", EXERCISE, f"--student={trial.BEA}"]
    assert course.hub.as_user(trial.ADA, command, token=course.tokens[trial.ADA]).returncode != 0


def test_feedback_reaches_its_student_alone(course: Class) -> None:
    course.hand_in(trial.ADA, "ada = 2")
    course.grader("collect", EXERCISE, "--update")
    course.give_feedback()
    assert course.feedback_of(trial.ADA) == {f"for {trial.ADA}"}
    assert course.feedback_of(trial.BEA) == {f"for {trial.BEA}"}


@pytest.mark.parametrize("account", [trial.ADA, trial.GRADER])
def test_only_ngshares_own_account_reads_its_files(course: Class, account: str) -> None:
    folder = course.hub.home / "ngshare-data"
    assert (folder / "ngshare.db").owner() == trial.NGSHARE
    assert course.attempt(account, "os.listdir(sys.argv[1])", folder) == "PermissionError"


def test_ngshare_listens_on_the_loopback_interface_only(course: Class) -> None:
    lines = [
        line.split() for name in ("tcp", "tcp6") for line in Path(f"/proc/net/{name}").read_text().splitlines()[1:]
    ]
    listening = [local for _, local, _, state, *_ in lines if state == LISTENING]
    port = f"{course.hub.ports['ngshare']:04X}"
    assert [address for address in listening if address.endswith(f":{port}")] == [f"{LOOPBACK}:{port}"]
