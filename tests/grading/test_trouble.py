"""What goes wrong with a disk or the gradebook is one sentence with what to do, however it is heard of."""

import errno
import sqlite3

import pytest
from sqlalchemy.exc import OperationalError

from judge.machine.trouble import trouble, trouble_in

SAID = {
    "OSError: [Errno 30] Read-only file system: 'vae.result.json'": (
        "vae.result.json cannot be used (Read-only file system): make its disk writable, which is mounted read-only, "
        "then grade again."
    ),
    "OSError: [Errno 28] No space left on device": (
        "the course folder cannot be used (No space left on device): free some space, or some of its inodes, then "
        "grade again."
    ),
    "PermissionError: [Errno 13] Permission denied: '.judge/76/x'": (
        ".judge/76/x cannot be used (Permission denied): give this account the right to write there (ls -l says whose "
        "it is), then grade again."
    ),
}
OF_THE_GRADEBOOK = {
    "database is locked": "another program holds it",
    "no such column: submitted_assignment.timestamp": "run `nbgrader db upgrade`",
    "attempt to write a readonly database": "make gradebook.db and its folder writable",
    "database or disk is full": "free some space on its disk",
}


@pytest.mark.parametrize("line", SAID)
def test_an_exception_that_arrives_as_text_is_told_with_the_remedy(line):
    assert trouble_in(line) == SAID[line]


@pytest.mark.parametrize("reason", OF_THE_GRADEBOOK)
def test_the_gradebooks_own_words_come_with_the_remedy_however_they_arrive(reason):
    error = OperationalError("select", {}, sqlite3.OperationalError(reason))
    for said in (trouble(error), trouble_in(f"sqlite3.OperationalError: {reason}")):
        assert said.startswith("the gradebook does not do what it should (")
        assert OF_THE_GRADEBOOK[reason] in said
        assert said.endswith(", then grade again.")


def test_what_is_known_and_what_is_not_stay_as_they_are():
    assert trouble(OSError(errno.ENOSPC, "no", "a", None, "b")).startswith("b cannot be used (No space left")
    assert trouble_in("ValueError: [a, b] is no course") == "ValueError: [a, b] is no course"
