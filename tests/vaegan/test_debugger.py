"""Facts about the debugger exercise's tools: programs, sessions, records, stories, pictures."""

import io
import json
import re
from contextlib import redirect_stdout, suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis.strategies import lists, sampled_from, text

from vaegan.debugger import (
    ScriptError,
    breakpoints_of,
    call_with_numpy,
    count_stops,
    hand_out,
    identity,
    load_batches,
    practice_program,
    program,
    read_script,
    replay,
    run_program,
    run_repaired,
    session_script,
    student_id,
    tell,
    use_student,
)
from vaegan.debugger.batches import SURPRISES
from vaegan.debugger.pictures import draw_stack

STUDENTS = [f"train{number:02d}" for number in range(40)]
PRACTICE = practice_program()
COMMANDS = (
    "b 13", "b 13, kl.max() > 9", "tbreak evaluate", "b evaluate_batch, 1",
    "condition 1 kl > 3", "condition 2", "ignore 1 3",
    "clear 1", "clear 7", "disable 1", "enable 1", "c", "n", "s", "r", "up", "down 9", "up 2", "w", "a",
    "l", "l 9, 3", "ll",
    "p kl", "pp batch", "whatis rng", "display terms.shape", "p 1 / 0", "q",
)  # fmt: skip
WALK = "b 13, kl.max() > 12\nc\np kl.max()\nup\nup\np batch\ndown\nq"


def events(script, text=PRACTICE, kind=None):
    return [event for event in replay(text, script)["events"] if kind in (None, event["kind"])]


# Programs


def test_a_program_is_the_same_each_time_and_differs_by_student():
    assert program("ada") == program(" Ada ")
    assert len({program(student) for student in STUDENTS}) == len(STUDENTS)


def test_other_data_leave_every_line_but_the_seed_as_it_is():
    own, other = program("ada").splitlines(), program("ada", 123_456).splitlines()
    different = [line for line, twin in zip(own, other, strict=True) if line != twin]
    assert [line.split(" = ")[0] for line in different] == ["SEED"]


@pytest.mark.parametrize("student", STUDENTS[:12])
def test_programs_are_readable_python_without_comprehensions(student):
    text = program(student)
    compile(text, "program.py", "exec")
    assert 70 < len(text.splitlines()) < 160
    assert max(map(len, text.splitlines())) <= 120
    assert "<<" not in text
    assert not re.search(r"[\[({][^\])}]* for .* in ", text), "Python 3.11 would stop inside a comprehension"


def test_no_program_says_what_is_wrong_with_it():
    for student in STUDENTS:
        assert not re.search(r"\b(bug|wrong|mistake|guilty|poison)", program(student), re.I)


def test_programs_report_that_something_is_wrong():
    for student in STUDENTS[:16]:
        printed = run_program(program(student))
        worst = re.search(r"worst batch (\S+)", printed)
        assert "ValueError" in printed or not float(worst[1]) < 500, printed


def test_each_data_set_holds_one_surprise():
    for kind in range(6):
        batches = load_batches(900 + kind)
        assert 110 <= len(batches) < 240
        assert batches[0][0].shape == (9, 8, 8) and batches[0][0].dtype == np.int16
    bright = [images.max() for images, _ in load_batches(900)]
    assert sum(value > 1_000 for value in bright) == 1
    assert load_batches(906)[0][0].shape == (24, 2)
    assert len(SURPRISES) == 9


def test_data_come_back_as_they_were():
    for first, second in zip(load_batches(33), load_batches(33), strict=True):
        np.testing.assert_array_equal(first[0], second[0])


def test_the_program_is_handed_out_with_a_launch_configuration(tmp_path):
    path = hand_out("ada", tmp_path)
    assert path.read_text() == program("ada")
    launch = tmp_path / ".vscode" / "launch.json"
    assert json.loads(launch.read_text())["configurations"][0]["program"].endswith("program.py")
    launch.write_text("mine")
    path.write_text("edited")
    hand_out("ada", tmp_path)
    assert (path.read_text(), launch.read_text()) == (program("ada"), "mine")


def test_the_student_is_who_the_course_says(monkeypatch):
    monkeypatch.setattr(identity, "_chosen", [])
    for place in identity._PLACES:
        monkeypatch.delenv(place, raising=False)
    assert student_id() == "student"
    monkeypatch.setenv("USER", "laptop")
    monkeypatch.setenv("JUPYTERHUB_USER", "train07")
    assert student_id() == "train07"
    use_student("train08")
    assert student_id() == "train08"
    with pytest.raises(ValueError, match="one word"):
        use_student("two words")


# Sessions as text


@pytest.mark.parametrize(
    "line, reason",
    [
        ("!x = 1", "is Python"), ("x = 1", "no pdb command"), ("interact", "not taken"), ("alias a b", "not taken"),
        ("jump 9", "not taken"), ("j 9", "not taken"), ("commands 1", "not taken"), ("run", "not taken"),
        ("debug f()", "not taken"), ("import os", "no pdb command"), ("x.sort()", "Python"),
        ("b os.system", "stands at"), ("b 9; x", "stands at"), ("b /etc/passwd:1", "stands at"), ("b", "stands at"),
        ("c 5", "does not take"), ("up x", "does not take"), ("ignore 1", "does not take"), ("clear", "does not take"),
        ("condition x", "number first"), ("p", "say what"), ("p 1 +", "no Python expression"),
        ("p __import__('os')", "may not be called"), ("p x.__class__", "underscore"), ("p __name__", "underscores"),
        ("p open(x)", "may not be called"), ("p (lambda: 1)()", "may not be called"), ("p lambda: 1", "not taken"),
        ("p [i for i in x]", "a loop in brackets"), ("p any(i for i in x)", "a loop in brackets"),
        ("p 'a' * 9", "quotes"),
        ("p f'{x}'", "not taken"), ("p x ** y", "a power"), ("p 9 ** 9999999", "a power"),
        ("p (2 ** 3) ** 3", "a power"),
        ("p 1 << 99", "operators"), ("p (x := 1)", "not taken"), ("p np.load(x)", "may not be called"),
        ("p np.exp(x, y)", "arguments"), ("p np.nan_to_num(x, False)", "arguments"),
        ("p np.maximum(x, y, out=x)", "`out`"),
        ("p sorted(x, key=exit)", "`key`"), ("p x.max(0, y)", "arguments"),
        ("p np.maximum(x, y, z)", "arguments"), ("p x.sort()", "may not be called"),
        ("p x.fill(0)", "may not be called"),
        ("p x.max(**y)", "not taken"), ("p (1, 2) * 9", "in brackets"), ("p [1] * 9", "not taken"),
        ("b 9, x.tofile(y)", "may not be called"), ("condition 1 exit()", "may not be called"),
        ("p " + "x" * 400, "longer"),
        ("p await x", "no Python|not taken"), ("p \x00", "no Python"), ("p x.y.z.system(1)", "may not be called"),
    ],
)  # fmt: skip
def test_a_session_only_looks(line, reason):
    with pytest.raises(ScriptError, match=reason):
        read_script(f"c\n{line}\nq")


def test_an_expression_alone_is_looked_at_as_pdb_does():
    assert [(c.name, c.argument) for c in read_script("std.max()\nuntil 9\nunt")] == [
        ("p", "std.max()"), ("until", "9"), ("until", ""),
    ]  # fmt: skip


def test_commands_that_are_refused_can_be_left_out_and_noted():
    text = practice_program(7)
    script = "b kl_to_standard_normal\n!x = 1\nc\np [v for v in z_mean] ;; p z_mean.shape\nq"
    with pytest.raises(ScriptError, match="is Python"):
        replay(text, script)
    record = replay(text, script, skip_refused=True)
    assert [event["command"] for event in record["events"] if event["kind"] == "look"] == ["p z_mean.shape"]
    assert ["is Python" in record["refused"][0], "a loop in brackets" in record["refused"][1]] == [True, True]
    assert tell(record).count("Left out: Line") == 2
    with pytest.raises(ScriptError, match="empty"):
        replay(text, "!x = 1", skip_refused=True)


@pytest.mark.parametrize(
    "line",
    ["b 63, std.max() > 50", "b program.py:63", "b ./program.py:63, not np.isfinite(x).all()", "tbreak elbo_terms",
     "condition 1 (abs(z) > 3).any() and len(x) != 8", "condition 1", "p x[0, 1:3], x.shape", "pp np.max(x, axis=1)",
     "p x.reshape(2, 3, 4).std(axis=0)", "u 3", "l 1, 30", "ll", "p -x.min() if x.any() else None",
     "p np.where(x > 0, x, 0)",
     "display model", "p x**2", "(Pdb) n", "  q  ", "ignore 1 39",
     "until", "until 63", "std", "std.max(), x[0]",
     "p np.isnan(x).sum(axis=(1, 2))", "p sorted(x)[:3]", "b 9, 1 < x.max() < 3"],
)  # fmt: skip
def test_a_session_may_look_at_anything(line):
    assert len(read_script(f"{line}\n")) == 1


def test_comments_blank_lines_and_pairs_are_understood():
    commands = read_script("# first\n\nb 9 ;; c\n   # then\nq")
    assert [(command.name, command.line) for command in commands] == [
        ("break", 3),
        ("continue", 3),
        ("quit", 5),
    ]


@given(text())
def test_no_text_breaks_the_reader(anything):
    with suppress(ScriptError):
        read_script(anything)


@settings(max_examples=60, deadline=None)
@given(lists(sampled_from(COMMANDS), min_size=1, max_size=12))
def test_no_session_breaks_the_recorder(commands):
    record = replay(PRACTICE, "\n".join(commands))
    assert record["end"] in ("quit", "finished", "raised", "script ended")
    assert tell(record)


def test_a_session_is_a_text_of_modest_length():
    with pytest.raises(ScriptError, match="at most 100"):
        read_script("n\n" * 101)
    with pytest.raises(ScriptError, match="empty"):
        read_script("\n# nothing\n")
    with pytest.raises(ScriptError, match="received int"):
        read_script(7)


# Records


def test_a_conditional_breakpoint_waits():
    record = replay(PRACTICE, WALK)
    (point,) = record["breakpoints"]
    assert (point["hits"], point["stops"], point["errors"], point["condition"]) == (9, 1, 0, "kl.max() > 12")
    (stop,) = [event for event in record["events"] if event["kind"] == "stop"][1:]
    assert [frame["function"] for frame in stop["stack"]] == [
        "<module>", "evaluate", "evaluate_batch", "kl_to_standard_normal",
    ]  # fmt: skip
    assert stop["stack"][1]["locals"]["batch"] == "8"
    assert stop["stack"][-1]["text"] == "return kl"
    assert (record["end"], record["unused"]) == ("quit", 0)


def test_looks_are_recorded_with_their_frames():
    looks = events(WALK, kind="look")
    assert [(look["function"], look["names"], look["ok"]) for look in looks] == [
        ("kl_to_standard_normal", ["kl"], True),
        ("evaluate", ["batch"], True),
    ]
    assert looks[1]["value"] == "8"


def test_a_condition_that_raises_is_noticed():
    record = replay(PRACTICE, "b 10, kl.max() > 12\nc\nc\nq")
    assert record["breakpoints"][0]["errors"] == 2
    assert "kl" in record["breakpoints"][0]["error"]
    stop = [event for event in record["events"] if event["kind"] == "stop"][1]
    assert stop["error"].startswith("NameError")


ONCE = """
class Box:
    pass
box = Box()
box.items_left = (number for number in range(5))
batches, few = iter([3, 4, 5]), [iter([7, 8])]
print("stop here")
left = sum(batches), sum(few[0]), sum(box.items_left)
print("and here")
"""


@pytest.mark.parametrize("look", [
    "p sorted(batches)", "p sum(batches)", "p max(batches)", "p 3 in batches", "p any(batches)", "p sum(few[0])",
    "p sorted(box.items_left)", "pp all(box.items_left)", "whatis min(batches)", "display 4 not in few[0]",
    "p sum(batches if few else few)", "p (few[0], sorted(few[0])[0])", "p few[sum(batches) - 12]",
])  # fmt: skip
def test_a_look_uses_up_nothing_of_the_program(look):
    record = replay(ONCE, f"b 7\nc\n{look}\nb 9\nc\np left\nq")
    refused, left = [event for event in record["events"] if event["kind"] == "look"]
    assert not refused["ok"]
    assert "once" in refused["message"]
    assert left["value"] == "(12, 15, 10)"


@pytest.mark.parametrize("condition", ["sum(batches) > 3", "3 in few[0]", "sorted(box.items_left)[0] == 0"])
def test_a_condition_uses_up_nothing_of_the_program(condition):
    record = replay(ONCE, f"b 8, {condition}\nb 9\nc\np left\nq")
    assert record["breakpoints"][0]["stops"] == 0
    assert "once" in record["breakpoints"][0]["error"]
    (left,) = [event for event in record["events"] if event["kind"] == "look"]
    assert left["value"] == "(12, 15, 10)"


@pytest.mark.parametrize(("look", "shown"), [
    ("p batches", "list_iterator"), ("whatis box.items_left", "generator"), ("p few", "list of 1"),
    ("p len(few) > 0 and box", "Box"),
])  # fmt: skip
def test_what_uses_up_nothing_may_be_looked_at(look, shown):
    (event,) = [e for e in replay(ONCE, f"b 7\nc\n{look}\nq")["events"] if e["kind"] == "look"]
    assert (event["ok"], event["value"]) == (True, shown)


@pytest.mark.parametrize("line", [
    "p list(batches)", "p next(batches)", "p x.pop()", "p xs.sort()", "p f.read()", "p xs.append(1)", "p d.clear()",
    "p d.setdefault(1, 2)", "p [x for x in batches]", "p {x: 1 for x in batches}", "p (y := sorted(x))", "p *batches,",
    "p setattr(box, x, y)", "p vars(box)", "p x.setflags(True)", "p x.put(0, 1)", "p rng.normal()", "p next(iter(x))",
    "p np.copyto(x, y)", "p x.resize(3)", "p x.partition(2)", "p rng.shuffle(x)", "p [*batches]", "p {*batches}",
    "p model.fit(x)", "p x.__setitem__(0, 1)", "p f.close()", "p batches.send(1)", "p dict(batches)", "p set(batches)",
    "p zip(batches, batches)", "p tuple(batches)", "p enumerate(batches)", "p print(batches)", "p exec(x)",
    "p x.byteswap(True)", "p np.clip(x, 0, 1, x)", "p x.clip(0, 1, x)", "p np.cumsum(x, 0, None, x)",
])  # fmt: skip
def test_what_would_change_the_program_is_refused(line):
    with pytest.raises(ScriptError):
        read_script(line)


def test_an_array_is_no_condition():
    assert "ambiguous" in replay(PRACTICE, "b 13, kl > 12\nc\nq")["breakpoints"][0]["error"]


def test_ignore_and_tbreak_count():
    record = replay(PRACTICE, "b kl_to_standard_normal\nignore 1 39\ntbreak evaluate_batch\nc\nc\nq")
    first, second = record["breakpoints"]
    assert (first["hits"], first["stops"]) == (40, 1)
    assert (second["hits"], second["stops"], second["temporary"]) == (1, 1, True)


@pytest.mark.parametrize(
    "place, message",
    [("8000", "is empty"), ("7", "is empty"), ("9", "never run"), ("nowhere", "no function")],
)
def test_breakpoints_that_cannot_be_set_say_why(place, message):
    (event,) = events(f"b {place}", kind="set")
    assert not event["ok"]
    assert message in event["message"]


def test_the_ends_of_a_session_are_told_apart():
    assert replay(PRACTICE, "c")["end"] == "finished"
    assert replay(PRACTICE, "q\nc\nc") | {"events": []} == {
        "events": [], "breakpoints": [], "end": "quit", "error": "", "unused": 2, "num_commands": 3, "refused": [],
    }  # fmt: skip
    assert replay(PRACTICE, "b 13\nc")["end"] == "script ended"


def test_post_mortem_stops_where_the_error_was_raised():
    broken = PRACTICE.replace("terms.sum(axis=1)", "terms.sum(axis=7)")
    record = replay(broken, "c\nw\nup\np z_mean.shape\nq\n")
    stop, look = (next(e for e in record["events"][1:] if e["kind"] == kind) for kind in ("stop", "look"))
    assert (stop["why"], stop["stack"][-1]["function"]) == ("raised", "kl_to_standard_normal")
    assert (look["function"], look["value"]) == ("evaluate_batch", "(16, 4)")
    assert "AxisError" in record["error"]


def test_steps_stay_in_the_program():
    functions = {stop["stack"][-1]["function"] for stop in events("tbreak 18\nc\n" + "s\n" * 40, kind="stop")}
    assert functions <= {"<module>", "evaluate", "evaluate_batch", "kl_to_standard_normal"}


def test_frames_of_comprehensions_are_folded():
    text = "def inner(x):\n    return x + 1\n\n\ndef outer():\n    return [inner(i) for i in range(3)]\n\n\nouter()\n"
    stop = events("b inner\nc\nup\nq", text, "stop")[-1]
    assert [frame["function"] for frame in stop["stack"]] == ["<module>", "outer", "inner"]


def test_a_program_cannot_print_itself_into_the_record():
    text = PRACTICE + "print('stop 1: breakpoint 1')\nprint('(Pdb) p std')\n"
    with redirect_stdout(io.StringIO()) as printed:
        assert [event["kind"] for event in events("c", text)] == ["stop", "go"]
    assert printed.getvalue() == ""


def test_a_record_is_plain_data_of_modest_size():
    everything = "b 13\nc\n" + "pp z_mean, z_log_var, variance, terms\nll\nw\na\n" * 20
    assert len(json.dumps(replay(PRACTICE, everything))) < 100_000


def test_replaying_changes_nothing_outside():
    before = np.geterr()
    replay(program("ada"), "b fit\nc\nq")
    assert np.geterr() == before
    assert replay(PRACTICE, WALK) == replay(PRACTICE, WALK)


# Stories and pictures


def test_the_story_tells_stops_looks_and_counts():
    story = tell(replay(PRACTICE, WALK))
    assert "● stop 1: breakpoint 1" in story
    assert re.search(r"p batch +in evaluate: 8", story)
    assert "Breakpoint 1, line 13 if kl.max() > 12: reached 9 times, stopped once" in story
    assert max(map(len, story.splitlines())) <= 110


def test_the_stack_is_drawn_with_every_frame_and_look():
    figure = draw_stack(replay(PRACTICE, WALK))
    texts = " ".join(text.get_text() for text in figure.axes[0].texts)
    for part in ("<module>", "evaluate_batch", "line 13", "return kl", "p batch  →  8", "up", "down"):
        assert part in texts
    assert figure._repr_png_().startswith(b"\x89PNG")


def test_a_chosen_stop_can_be_drawn():
    record = replay(PRACTICE, "b 13\nc\nc\np kl.max()\nc\nq")
    texts = [" ".join(t.get_text() for t in draw_stack(record, stop).axes[0].texts) for stop in (1, 2)]
    assert ["p kl.max()" in text for text in texts] == [False, True]


def test_nothing_to_draw_is_an_error():
    with pytest.raises(ValueError, match="no such stop"):
        draw_stack(replay(PRACTICE, "c"))


# Editors


def test_breakpoints_of_an_editor_become_a_session():
    launch = """{ // mine
      "configurations": [{"name": "F5", "program": "program.py", "breakpoints": [
          {"line": 13, "condition": "kl.max() > 12", /* the one */ "enabled": true},
          {"line": 18, "enabled": false},
          {"function": "evaluate_batch", "hitCondition": ">= 3"},
      ],}],
    }"""
    script = session_script(launch, looks=["kl.max()", "up 2", "batch"])
    assert script.splitlines() == [
        "b 13, kl.max() > 12", "b evaluate_batch", "ignore 2 2", "c", "p kl.max()", "up 2", "p batch", "q",
    ]  # fmt: skip
    assert replay(PRACTICE, script)["end"] == "quit"


def test_requests_to_a_debug_adapter_are_understood():
    text = json.dumps({"functionBreakpoints": [{"name": "evaluate"}], "breakpoints": [{"line": 13, "verified": True}]})
    assert [point.get("function", point.get("line")) for point in breakpoints_of(text)] == ["evaluate", 13]


@pytest.mark.parametrize("text, message", [("{", "not JSON"), ('{"version": "0.2.0"}', "No breakpoint was found")])
def test_texts_without_breakpoints_are_refused(text, message):
    with pytest.raises(ValueError, match=message):
        breakpoints_of(text)


@pytest.mark.parametrize("point", [{"condition": "x"}, {"line": 3, "hitCondition": "% 2"}])
def test_breakpoints_that_pdb_does_not_have_are_refused(point):
    with pytest.raises(ValueError, match="Breakpoint 1"):
        session_script([point])


# Tools


def test_stops_are_counted_where_python_runs_the_function():
    def inner():
        return 1

    assert count_stops(inner, lambda: [inner() for _ in range(3)]) == 3
    assert count_stops(inner, lambda: None) == 0


def test_a_repair_is_run_in_the_program():
    printed = run_repaired(PRACTICE, "evaluate_batch", lambda rng: 2.0)
    assert printed == "mean KL 2.00 nats\n"
    assert "ZeroDivisionError" in run_repaired(PRACTICE, "evaluate_batch", lambda rng: 1 / 0)
    with pytest.raises(ValueError, match="no function 'missing'"):
        run_repaired(PRACTICE, "missing", print)


def test_functions_are_called_with_arrays_of_their_own():
    def add_one(array):
        array += 1
        return array

    mine = np.zeros(2)
    result, after = call_with_numpy(add_one, mine)
    np.testing.assert_array_equal([mine, result, after[0]], [[0, 0], [1, 1], [1, 1]])
