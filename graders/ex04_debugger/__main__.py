"""For instructors: `python -m graders.ex04_debugger STUDENT_ID` prints a student's program and its model answer.

`--program` prints the program alone, ready for `python -m pdb`.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from typing import Any

from graders.ex04_debugger.catalogue import bug_in
from graders.ex04_debugger.truth import loop_over_batches, right_session

# The package that students have is asked in a process of its own: a suite never imports it.
_ASK = (
    "import json, sys; from vaegan.debugger import *; name, script = json.load(sys.stdin); text = program(name); "
    "record = replay(text, script) if script else None; "
    "json.dump([text, record, record and tell(record)], sys.stdout)"
)


def main(arguments: list[str] | None = None) -> int:
    """Print it; returns the exit status."""
    parser = argparse.ArgumentParser("python -m graders.ex04_debugger", description=__doc__)
    parser.add_argument("student", help="the id under which the course knows the student")
    parser.add_argument("--program", action="store_true", help="print the program alone")
    options = parser.parse_args(arguments)
    text, _, _ = _ask(options.student, "")
    if options.program:
        print(text, end="")
        return 0
    script = right_session(text)
    bug, line = bug_in(text)
    _, record, story = _ask(options.student, script)
    owner, counter = loop_over_batches(text)
    looks = dict((e["command"], e["value"]) for e in record["events"] if e["kind"] == "look")
    numbered = "\n".join(f"{n:4d}{'>' if n == line else ' '} {row}" for n, row in enumerate(text.splitlines(), 1))
    print(f"The program of {options.student}, with its guilty line marked\n\n{numbered}\n")
    print(f"The mistake: {bug.name}. {bug.cause}\n")
    print("Part 1, what is to be found")
    for key, value in (
        ("batch", f"{looks[f'p {counter}']}  (in {owner}, variable {counter})"), ("function", bug.function),
        ("variable", bug.variable), ("line", f"{line}  ({bug.line})"),
        ("value", looks[f"p finite_mean({bug.variable})"]),
    ):  # fmt: skip
        print(f"  {key:9s} {value}")
    print(f"\nPart 2, a session\n\n{script}\nwhich is replayed as\n\n{story}\n")
    print(f"Part 3, the repair\n\n  {bug.repaired}")
    return 0


def _ask(student: str, script: str) -> tuple[str, dict[str, Any], str]:
    """The program, and the record and the story of a session."""
    done = subprocess.run(
        [sys.executable, "-c", _ASK],
        input=json.dumps([student, script]),
        capture_output=True,
        text=True,
        check=True,
    )
    text, record, story = json.loads(done.stdout)
    return text, record, story


if __name__ == "__main__":
    sys.exit(main())
