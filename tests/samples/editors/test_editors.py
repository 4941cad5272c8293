"""Right work keeps its points whatever editor, converter or transport it went through."""

import ast
import json
import re
import shutil
from pathlib import Path

import jupytext
import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell

from judge.grade.lesson_grading import judge_lesson
from judge.submission.intake import complete, take_in
from judge.submission.stubs import same_code
from judge.suite.suites import suite_of
from tests.samples.editors.hand_ins import (
    EXERCISE,
    PIXEL,
    ROOT,
    about,
    all_stubs_changed,
    at_times,
    by_colab,
    copy_of,
    in_format_3,
    module,
    place,
    solutions,
    solved,
    untouched,
    with_answer,
    with_cells,
    with_crlf,
    without_cell,
    without_headers,
    without_marks,
    without_metadata,
    write,
)

WRONG = "def kl_to_standard_normal(z_mean, z_log_var):\n    return -ops.sum(z_log_var)"
STUB_OF_KL = next(c.source for c in untouched().cells if about(c).get("grade_id") == "kl")
MARK_16 = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}


def alone(name, notebook, encoding="utf-8", mark=b""):
    """A hand-in of one file."""
    return lambda folder: write(folder / name, notebook, encoding, mark)


def pair(notebook, text, encoding="utf-8", **times):
    """A hand-in of a notebook and its module, with the seconds at which each was written."""

    def hand_in(folder):
        write(folder / "vae.ipynb", notebook)
        write(folder / "vae.py", text, encoding)
        at_times(folder, **times or {"ipynb": 0, "py": 0})

    return hand_in


def beside(other, notebook=None, text=None):
    """Solved work under another name, beside what was handed out."""

    def hand_in(folder):
        write(folder / other, solved())
        if notebook is not None:
            write(folder / "vae.ipynb", notebook)
        if text is not None:
            write(folder / "vae.py", text)

    return hand_in


def reformatted(source):
    """What a formatter does at most: all layout and comments are its own."""
    return ast.unparse(ast.parse(source))


def with_umlaut(text):
    return text.replace("import math", "import math  # gelöst – mit Müh'", 1)


PAIRED = module(solved())
IN_ASCII = PAIRED.encode("ascii", "replace").decode()
JUDGED = ["Colab", "only ex03_vae/vae.ipynb", "VS Code's export", "no marks at all", "the stub pasted below",
          "nothing but texts", "a module in Windows-1252", "the other half in the module"]  # fmt: skip
LINES_ONLY = json.loads(json.dumps(solved()))
for _cell in LINES_ONLY["cells"]:
    _cell["source"] = _cell["source"].split("\n")
NO_IDS = json.loads(json.dumps(solved())) | {"nbformat_minor": 4}
SAME_IDS = json.loads(json.dumps(solved()))
for _bare, _same in zip(NO_IDS["cells"], SAME_IDS["cells"], strict=True):
    del _bare["id"]
    _same["id"] = "one-for-all"
RAN = json.loads(json.dumps(solved()))
for _cell in RAN["cells"]:
    _cell |= {"outputs": [{"output_type": "stream", "name": "stdout", "text": "1"}]} if "outputs" in _cell else {}
WITH_TABS = re.sub(r"^( {4})+", lambda found: "\t" * (len(found[0]) // 4), PAIRED, flags=re.MULTILINE)
KL_DONE = with_answer(untouched(), "kl", solutions()["kl"])
TRAINING = untouched(EXERCISE, "train_vae_mnist")
MERGED = nbformat.v4.new_notebook(cells=[
    *untouched().cells[: place(untouched(), "imports") + 1], new_code_cell(without_marks(solved()))])  # fmt: skip
IN_TRAINING = with_cells(TRAINING, new_code_cell(without_marks(solved())), below="imports")
CALLED_INPUT = json.loads(json.dumps(solved()))
for _cell in CALLED_INPUT["cells"]:
    _cell["input"] = _cell.pop("source")
OTHER_KL = with_answer(solved(), "kl", WRONG)
RENAMED = ["vae-ada.ipynb", "12345_678_vae.ipynb", "vae (1).ipynb", "vae copy.ipynb", "vae Kopie.ipynb", "vae-1.ipynb",
           "VAE.IPYNB", "ex03_vae/vae.ipynb", "a/b/vae.ipynb",
           "vae.ipynb.txt", "vae.ipynb.json", "final.ipynb", "Copy of vae.ipynb", "vae.json", "vae.ipynb.bak",
           "upload_7", "vae\u0308 Lo\u0308sung.ipynb", "#vae.ipynb#", "vae.ipynb (1)"]  # fmt: skip
STUB_EDITS = {
    "a TODO below": lambda s: s + "\n    # TODO",
    "white space at line ends": lambda s: s.replace("\n", "   \n"),
    "tabs and form feeds gone": lambda s: s + "\n\n\n",
    "a formatter": reformatted,
    "pass below": lambda s: s + ("\n    pass" if s.startswith("def ") else "\n        pass"),
    "another docstring": lambda s: s.replace('"""', '"""My words. ', 1),
    "pass in its place": lambda s: re.sub(r"raise ToImplement\((?:.|\n)*?\"\s*\)", "pass", s),
    "an ellipsis in its place": lambda s: re.sub(r"raise ToImplement\((?:.|\n)*?\"\s*\)", "...", s),
    "annotations": lambda s: s.replace("(self, x)", "(self, x: object) -> object"),
}  # fmt: skip
RIGHT = {
    "a byte order mark": alone("vae.ipynb", solved(), mark=b"\xef\xbb\xbf"),
    **{f"{e}": alone("vae.ipynb", solved(), e) for e in MARK_16},
    **{f"{e} with its mark": alone("vae.ipynb", solved(), e, m) for e, m in MARK_16.items()},
    "carriage returns": alone("vae.ipynb", with_crlf(solved())),
    "Colab": alone("vae.ipynb", by_colab(solved())),
    "nothing but texts": alone("vae.ipynb", without_metadata(solved())),
    "VS Code, which writes no ids": alone("vae.ipynb", NO_IDS),
    "one id for all cells": alone("vae.ipynb", SAME_IDS),
    "lines without their ends": alone("vae.ipynb", LINES_ONLY),
    "a page's comment at the end": alone("vae.ipynb", json.dumps(solved()) + "\n<!-- saved from a page -->\n"),
    "all in one cell below the imports": alone("vae.ipynb", MERGED),
    "in the training notebook, in one cell": lambda f: [
        write(f / "vae.ipynb", untouched()), write(f / "train_vae_mnist.ipynb", IN_TRAINING)],
    "the answer in the check below its hole": alone("vae.ipynb", with_answer(
        with_answer(solved(), "kl", STUB_OF_KL), "kl_check", lambda check: f"{solutions()['kl']}\n\n{check}")),
    "the answer in place of the check": alone("vae.ipynb", with_answer(
        with_answer(solved(), "kl", STUB_OF_KL), "kl_check", solutions()["kl"])),
    "the text of a cell called input": alone("vae.ipynb", CALLED_INPUT),
    "zeros at the end": alone("vae.ipynb", json.dumps(solved()) + "\0" * 500),
    "a checkpoint of older work": lambda f: [
        write(f / "vae.ipynb", solved()), write(f / ".ipynb_checkpoints/vae-checkpoint.ipynb", OTHER_KL)],
    "renamed twice, one with outputs": lambda f: [
        write(f / n, s) for n, s in (("vae (1).ipynb", solved()), ("vae (2).ipynb", RAN))],
    "a deleted check": alone("vae.ipynb", without_cell(solved(), "kl_check")),
    "a module with tabs": alone("vae.py", WITH_TABS),
    "a module as text": alone("vae.txt", PAIRED),
    **{f"a module by jupytext as {form}": alone("vae.py", jupytext.writes(solved(), fmt=f"py:{form}"))
       for form in ("light", "hydrogen")},
    "a module of Databricks": alone("vae.py", "# Databricks notebook source\n" + without_headers(solved()).replace(
        "# %% [markdown]\n", "# MAGIC %md\n").replace("# %%", "# COMMAND ----------")),
    "format 3": alone("vae.ipynb", in_format_3(solved())),
    **{f"only {name}": beside(name) for name in RENAMED},
    **{f"{name} beside the untouched": beside(name, untouched(), module(untouched())) for name in RENAMED},
    "renamed beside a stub module": beside("vae-ada.ipynb", text=module(untouched())),
    "renamed beside an empty file": beside("vae-ada.ipynb", notebook=""),
    "renamed twice, the same work": lambda f: [write(f / n, solved()) for n in ("vae (1).ipynb", "vae (2).ipynb")],
    "a solved module": alone("vae.py", PAIRED),
    "a solved module with a mark": alone("vae.py", PAIRED, mark=b"\xef\xbb\xbf"),
    "a module in Windows-1252": alone("vae.py", with_umlaut(IN_ASCII), "windows-1252"),
    "a module in UTF-16": alone("vae.py", with_umlaut(PAIRED), "utf-16"),
    "a module that declares Latin-1": alone(
        "vae.py", "# -*- coding: latin-1 -*-\n" + IN_ASCII.replace("import math", "import math  # ö\x81"), "latin-1"
    ),
    "a module with carriage returns": alone("vae.py", PAIRED.replace("\n", "\r\n")),
    "a renamed module": alone("vae (1).py", PAIRED),
    "VS Code's export": alone("vae.py", without_headers(solved())),
    "VS Code's export beside the untouched": pair(untouched(), without_headers(solved())),
    "no marks at all": alone("vae.py", without_marks(solved())),
    "nbconvert's script": alone("vae.py", without_headers(solved()).replace("# %%\n", "# In[ ]:\n\n")),
    "times lost in a copy": pair(
        solved(), PAIRED.replace(solutions()["kl"], WRONG), ipynb=0.0, py=0.01
    ),
    "carriage returns, saved later": pair(with_crlf(untouched()), PAIRED, ipynb=60, py=0),
    **{f"stub: {n}": pair(all_stubs_changed(edit), PAIRED, ipynb=60, py=0) for n, edit in STUB_EDITS.items()},
    "the other half in the module": pair(
        with_answer(solved(), "kl", STUB_OF_KL), module(KL_DONE), ipynb=60, py=0
    ),
    "a raw backup below": alone("vae.ipynb", with_cells(solved(), copy_of(solved(), "kl", WRONG, "raw"))),
    "a text backup below": alone("vae.ipynb", with_cells(solved(), copy_of(solved(), "kl", WRONG, "markdown"))),
    "the stub pasted below": alone("vae.ipynb", with_cells(solved(), copy_of(solved(), "kl", STUB_OF_KL))),
    "two stubs pasted below": alone("vae.ipynb", with_cells(solved(), *[copy_of(solved(), "kl", STUB_OF_KL)] * 2)),
}  # fmt: skip


def hand_in(course, change):
    """The submission's folder."""
    folder = course / "submitted" / "ada" / EXERCISE
    folder.mkdir(parents=True)
    (course / "release").symlink_to(ROOT / "release")
    change(folder)
    complete(course, EXERCISE, "ada")
    return folder


def taken_from(course, change):
    return take_in(hand_in(course, change) / "vae.ipynb", ROOT / "release" / EXERCISE / "vae.ipynb")


def answers(taken):
    return {about(c)["grade_id"]: c.source for c in taken.notebook.cells if about(c).get("solution")}


@pytest.mark.parametrize("change", RIGHT.values(), ids=RIGHT)
def test_right_work_is_taken_in_whole(change, tmp_path):
    taken = taken_from(tmp_path, change)
    nbformat.validate(taken.notebook)
    found = answers(taken)
    assert [name for name, right in solutions().items() if not same_code(found[name], right)] == []
    assert taken.warning == ""
    running = "\n".join(c.source for c in taken.notebook.cells if c.cell_type == "code")
    assert "raise ToImplement(" not in running
    assert [c.source for c in taken.notebook.cells].count(found["kl"]) == 1
    names = [about(c)["grade_id"] for c in taken.notebook.cells if about(c)]
    assert len(set(names)) == len(names)


@pytest.mark.slow
@pytest.mark.parametrize("name", JUDGED)
def test_right_work_has_full_marks(name, tmp_path):
    folder = hand_in(tmp_path, RIGHT[name])
    taken = take_in(folder / "vae.ipynb", ROOT / "release" / EXERCISE / "vae.ipynb")
    result, _ = judge_lesson(taken, folder, suite_of(EXERCISE, "vae"), "ada", None, show=False)
    assert [v.message for v in result.checks if v.status != "passed"] == []
    assert result.points == result.max_points == 30


FIRST_CAUSES = {
    "a bracket is missing": (
        alone("vae.ipynb", with_answer(solved(), "kl", lambda kl: kl.rstrip().removesuffix(")"))),
        "`kl_to_standard_normal` is not there because its cell stopped: SyntaxError: '(' was never closed, line ",
    ),
    "an own import hides the course's": (
        alone("vae.ipynb", with_cells(solved(), new_code_cell("from tensorflow import keras"), below="sampling")),
        "`VAE` is not there because its cell stopped: AttributeError: module 'keras._tf_keras.keras' has no attribute",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("change, sentence", FIRST_CAUSES.values(), ids=FIRST_CAUSES)
def test_the_first_cause_is_said(change, sentence, tmp_path):
    folder = hand_in(tmp_path, change)
    taken = take_in(folder / "vae.ipynb", ROOT / "release" / EXERCISE / "vae.ipynb")
    result, _ = judge_lesson(taken, folder, suite_of(EXERCISE, "vae"), "ada", None, show=False)
    assert any(check.message.startswith(sentence) for check in result.checks)
    assert not any("defines no" in check.message for check in result.checks)


def test_a_long_cell_keeps_its_tag_and_outputs_when_its_id_is_lost_and_it_was_edited(tmp_path):
    notebook = by_colab(solved())
    for cell in notebook["cells"]:
        if "long" in cell["metadata"].get("tags", []):
            cell["source"] += "\n# with more epochs"
    long = [
        c
        for c in taken_from(tmp_path, alone("vae.ipynb", notebook)).notebook.cells
        if "long" in c.metadata.get("tags", [])
    ]
    assert len(long) == sum("long" in c.metadata.get("tags", []) for c in untouched().cells)
    assert all(cell.outputs for cell in long if cell.cell_type == "code")


@pytest.mark.parametrize("source", ["", "   \n", "# def kl_to_standard_normal(z_mean, z_log_var):\n#     return 0"])
def test_a_hole_that_was_emptied_or_commented_out_is_not_written_yet(source, tmp_path):
    taken = taken_from(tmp_path, alone("vae.ipynb", with_answer(solved(), "kl", source)))
    assert answers(taken)["kl"].startswith(STUB_OF_KL)
    assert answers(taken)["kl"].endswith(source.strip())
    assert same_code(answers(taken)["sampling"], solutions()["sampling"])


GIVEN = next(c.source for c in untouched().cells if about(c).get("grade_id") == "imports")
WRITTEN_INTO = {
    "an import": (GIVEN + "\nimport numpy as np", "import numpy as np"),
    "an import that was written further": (GIVEN.replace("import math", "import math, cmath"), "import math, cmath"),
    "a constant": ("SIZE = 3\n" + GIVEN, "SIZE = 3"),
    "a helper": (GIVEN + "\n@decorated\ndef helper():\n    pass\nhelper()", "@decorated\ndef helper():\n    pass"),
}  # fmt: skip


@pytest.mark.parametrize("source, own", WRITTEN_INTO.values(), ids=WRITTEN_INTO)
def test_what_was_written_into_a_cell_of_the_course_counts_as_an_own_cell_below_it(source, own, tmp_path):
    taken = taken_from(tmp_path, alone("vae.ipynb", with_answer(solved(), "imports", source)))
    at = place(taken.notebook, "imports")
    assert [cell.source for cell in taken.notebook.cells[at : at + 2]] == [GIVEN, own]
    [note] = taken.notes
    assert note.endswith("as it was handed out; what else you defined in it counts as a cell of your own below it.")


BELOW = "\n" + solutions()["kl"].split("\n", 1)[1]


@pytest.mark.parametrize("source, where", [
    (STUB_OF_KL + BELOW, "`kl` (kl_to_standard_normal) nothing"),
    ("raise ToImplement('x')\n" + solutions()["kl"], "`kl` nothing"),
])  # fmt: skip
def test_an_answer_below_the_line_that_it_should_replace_is_told(source, where, tmp_path):
    taken = taken_from(tmp_path, alone("vae.ipynb", with_answer(solved(), "kl", source)))
    assert [f"In the cell {where} below `raise ToImplement(...)` is ever reached: delete that line" in n
            for n in taken.notes] == [True]  # fmt: skip


def test_of_untouched_holes_nothing_is_told(tmp_path):
    assert (
        taken_from(tmp_path, alone("vae.ipynb", all_stubs_changed(lambda s: s + "\n    # TODO\n    pass"))).notes == []
    )


CHANGED, NO_PYTHON = "your changes do not count.", "your changes, which are no Python, do not count."
CHANGES = {
    "another layout": (reformatted(GIVEN), ""), "what cannot be read": (GIVEN + "\nimport (", NO_PYTHON),
    "a line less": (GIVEN.replace("import math\n", ""), CHANGED), "a call": (GIVEN + "\nprint(1)", CHANGED),
    "another value of the same name": (GIVEN.replace("import math", "math = 3"), CHANGED),
}  # fmt: skip


@pytest.mark.parametrize("source, told", CHANGES.values(), ids=CHANGES)
def test_a_cell_of_the_course_is_graded_as_it_was_handed_out_and_that_is_said(source, told, tmp_path):
    taken = taken_from(tmp_path, alone("vae.ipynb", with_answer(solved(), "imports", source)))
    assert len(taken.notebook.cells) == len(untouched().cells)
    assert [note.split("as it was handed out; ")[-1] for note in taken.notes] == ([told] if told else [])


def test_a_stub_that_is_handed_out_with_lines_below_its_raise_is_not_blamed_for_them(tmp_path):
    folder = tmp_path / "ex08_tuning"
    shutil.copytree(ROOT / "release" / "ex08_tuning", folder)
    assert take_in(folder / "tuning.ipynb", ROOT / "release/ex08_tuning/tuning.ipynb").notes == []


def test_helpers_of_the_module_come_with_its_answers(tmp_path):
    work = with_cells(solved(), nbformat.v4.new_code_cell("def helper():\n    return 1"), below="sampling")
    taken = taken_from(tmp_path, pair(with_cells(untouched(), new_markdown_cell("mine")), module(work)))
    sources = [cell.source for cell in taken.notebook.cells]
    assert sources.index("def helper():\n    return 1") < sources.index(answers(taken)["kl"])


def test_a_helper_beside_a_notebook_too_deep_is_found(tmp_path):
    def change(folder: Path) -> None:
        write(folder / "ex03_vae" / "vae.ipynb", solved())
        write(folder / "ex03_vae" / "helper.py", "A = 1")
        write(folder / "ex03_vae" / "vae.py", module(untouched()))

    folder = hand_in(tmp_path, change)
    assert (folder / "helper.py").read_text() == "A = 1"
    taken = take_in(folder / "vae.ipynb", ROOT / "release" / EXERCISE / "vae.ipynb")
    assert same_code(answers(taken)["kl"], solutions()["kl"])


def test_an_answer_that_became_a_raw_cell_counts_if_there_is_no_other_and_is_named(tmp_path):
    notebook = solved()
    at = place(notebook, "kl")
    notebook.cells[at] = copy_of(notebook, "kl", notebook.cells[at].source, "raw")
    taken = taken_from(tmp_path, alone("vae.ipynb", notebook))
    assert "`kl` is no code cell any more" in taken.notes[0]
    assert same_code(answers(taken)["kl"], solutions()["kl"])


KINDS = {
    "gzip": (b"\x1f\x8b", "it is compressed (gzip). Unpack it"),
    "7-Zip": (b"7z\xbc\xaf\x27\x1c", "it is an archive (7-Zip)"),
    "RAR": (b"Rar!\x1a\x07", "it is an archive (RAR)"), "xz": (b"\xfd7zXZ\0", "it is compressed (xz)"),
    "an empty zip": (b"PK\x05\x06", "with nothing in it"), "a PDF": (b"%PDF-1.7", "it is a PDF. Hand in the notebook"),
    "a PDF behind a mark": (b"\xef\xbb\xbf%PDF-1.7", "it is a PDF"),
    "a photograph": (b"\xff\xd8\xff\xe0", "it is a picture"),
    "an old Word file": (b"\xd0\xcf\x11\xe0\xa1", "a document of old Office programs"),
    "an XHTML page": (b"<?xml version='1.0'?><html>", "a web page (HTML)"),
    "a page with its pictures": (b"From: <Saved>\r\nMIME-Version: 1.0\r\n", "a web page (HTML)"),
    "an old LFS pointer": (b"version https://hawser.github.com/spec/v1\n", "`git lfs pull`"),
    "an annex pointer": (b"/annex/objects/MD5E-s9--0.ipynb\n", "`git annex get`"),
}  # fmt: skip
BESIDE = {
    "ex03.zip": "is an archive", "vae.tar.gz": "is an archive", "vae.ipynb.gz": "is an archive",
    "vae.pdf": "is a printed page", "vae.html": "is a web page", "vae.docx": "is a text document",
    "vae.md": "is a text", "vae.Rmd": "is a text",
    "vae_lesson.png": "is a picture", "Fwd ex03_vae.eml": "is an e-mail", "Assignment 3.pdf": "is a printed page",
    "vae.ipynb.url": "only points to", ".vae.ipynb.icloud": "only points to",
}  # fmt: skip
REFUSED = {
    "another exercise": (alone("vae.ipynb", solved("ex05_gan", "gan")), "holds the notebook gan of ex05_gan"),
    "another notebook": (alone("vae.ipynb", TRAINING), "notebook train_vae_mnist of ex03"),
    "two copies": (
        lambda f: [write(f / "vae (1).ipynb", solved()), write(f / "vae (2).ipynb", OTHER_KL)],
        "vae (1).ipynb, vae (2).ipynb",
    ),
    "empty": (alone("vae.ipynb", ""), "it is empty"),
    "a web page": (alone("vae.ipynb", "<!DOCTYPE html><html><title>Log in</title></html>"), "a web page (HTML)"),
    "a zip": (alone("vae.ipynb", "", mark=b"PK\x03\x04rest"), "a zip archive"),
    **{kind: (alone("vae.ipynb", "", mark=start + b"rest"), words) for kind, (start, words) in KINDS.items()},
    **{name: (alone(name, "", mark=b"PK\x03\x04rest"), f"{name} {told}") for name, told in BESIDE.items()},
    "only a checkpoint": (lambda f: [write(f / "vae.ipynb", untouched()),
        write(f / ".ipynb_checkpoints/vae-checkpoint.ipynb", solved())], "lies in .ipynb_checkpoints/vae-"),
    **{f"only {name}": (alone(name, solved()), f"lies in {name}") for name in (".vae.ipynb", ".~vae.ipynb")},
    "another exercise beside": (lambda f: [write(f / "vae.ipynb", untouched()),
        write(f / "gan.ipynb", solved("ex05_gan", "gan"))], "gan.ipynb holds the notebook gan of ex05_gan, not vae"),
    "only another exercise": (alone("gan.ipynb", solved("ex05_gan", "gan")), "gan.ipynb holds the notebook gan of"),
    "cells in a list of their own": (alone("vae.ipynb", '{"cells": [[{"cell_type": "code"}]]}'), "something else than"),
    "cut off in the middle": (alone("vae.ipynb", nbformat.writes(solved())[:5000]), "it breaks off in line "),
    "code": (alone("vae.ipynb", PAIRED), "perhaps Python code"),
    "cut off": (alone("vae.ipynb", nbformat.writes(solved())[:-3000]), "cannot be read as a notebook"),
    "an LFS pointer": (
        alone("vae.ipynb", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"), "`git lfs pull`"),
    "an LFS pointer as module": (
        alone("vae.py", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n"), "`git lfs pull`"),
    "a conflict": (
        alone("vae.ipynb", nbformat.writes(solved()).replace('\n "cells"', '\n<<<<<<< HEAD\n "cells"', 1)),
        "merge conflict in it (line "),
    "an undecodable module": (alone("vae.py", "# \x81ü", "latin-1"), "neither UTF-8 nor Windows-1252"),
    "one answer elsewhere": (
        lambda f: [write(f / "vae.ipynb", untouched()), write(f / "try.py", solutions()["kl"])], "lies in try.py"),
}  # fmt: skip


@pytest.mark.parametrize("change, words", REFUSED.values(), ids=REFUSED)
def test_what_cannot_be_graded_is_said_first_and_in_one_sentence(change, words, tmp_path):
    taken = taken_from(tmp_path, change)
    assert words in taken.warning
    assert taken.notes[0] == taken.warning
    assert not any("is the course's" in note for note in taken.notes)
    assert str(tmp_path) not in taken.warning
    assert same_code(answers(taken)["kl"], STUB_OF_KL)


def test_a_conflict_in_a_module_is_named_and_the_rest_counts(tmp_path):
    text = PAIRED.replace(solutions()["kl"], f"<<<<<<< HEAD\n{WRONG}\n=======\n{WRONG}\n>>>>>>> theirs")
    taken = taken_from(tmp_path, alone("vae.py", text))
    assert "merge conflict in vae.py (line " in taken.notes[0]
    assert same_code(answers(taken)["sampling"], solutions()["sampling"])


def test_an_untouched_notebook_alone_is_no_reason_to_warn(tmp_path):
    taken = taken_from(tmp_path, alone("vae.ipynb", untouched()))
    assert (taken.warning, taken.notes) == ("", [])


def test_a_second_copy_with_other_work_is_named_beside_the_one_that_is_graded(tmp_path):
    def change(folder: Path) -> None:
        write(folder / "vae.ipynb", solved())
        write(folder / "vae (1).ipynb", with_answer(solved(), "kl", WRONG))

    taken = taken_from(tmp_path, change)
    assert taken.graded == "vae.ipynb"
    assert "vae (1).ipynb holds other work" in taken.notes[0]


PICTURES = {
    "![a](attachment:a.png)": "a.png", "![a](<attachment:a b.png>)": "a b.png", "![a](attachment:a%20b.png)": "a b.png",
    "![a][r]\n\n[r]: attachment:a.png": "a.png", "![a](attachment:a(1).png)": "a(1).png",
    '![a](attachment:ü.png "t")': "ü.png", "![a](attachment\\:a.png)": "a.png", "![a](&#97;ttachment:a.png)": "a.png",
    "![a](attachment:)": "",
}  # fmt: skip


@pytest.mark.parametrize("there", [True, False])
@pytest.mark.parametrize("source, name", PICTURES.items())
def test_a_pasted_picture_is_shown_or_a_grey_box_in_its_place(source, name, there, tmp_path):
    from nbconvert import HTMLExporter

    cell = new_markdown_cell(source)
    if there:
        cell.attachments = {name: {"image/png": PIXEL}}
    taken = taken_from(tmp_path, alone("vae.ipynb", with_cells(solved(), cell)))
    nbformat.validate(taken.notebook)
    kept = taken.notebook.cells[place(taken.notebook, "kl") + 1]
    page, _ = HTMLExporter().from_notebook_node(nbformat.v4.new_notebook(cells=[kept]))
    assert (f"data:image/png;base64,{PIXEL}" in page) is there
    assert ("data:image/png;base64," in page) is True
    assert any("is named in a text cell but is not" in note for note in taken.notes) is not there


@pytest.mark.parametrize(
    "data", [{"image/svg+xml": "PHN2Zz4="}, {"image/png": "bm8gcGljdHVyZQ=="}, {"image/png": "%%%"}, 3, {}]
)
def test_what_is_no_picture_is_left_out_with_a_note(data, tmp_path):
    notebook = with_cells(solved(), new_markdown_cell("![a](attachment:a)"))
    notebook.cells[place(notebook, "kl") + 1]["attachments"] = {"a": data}
    taken = taken_from(tmp_path, alone("vae.ipynb", notebook))
    assert any("is no PNG, JPEG or GIF" in note for note in taken.notes)
    kept = taken.notebook.cells[place(taken.notebook, "kl") + 1]
    assert kept.attachments["a"]["image/png"].startswith("iVBORw0KGgo")


def test_pictures_in_an_answer_in_free_text_are_kept(tmp_path):
    folder = tmp_path / "submitted/ada" / EXERCISE
    notebook = untouched(EXERCISE, "train_vae_mnist")
    cell = notebook.cells[place(notebook, "obs_fakes")]
    cell.source, cell["attachments"] = "See ![a](attachment:a.png)", {"a.png": {"image/png": PIXEL}}
    write(folder / "train_vae_mnist.ipynb", notebook)
    release = ROOT / "release" / EXERCISE / "train_vae_mnist.ipynb"
    taken = take_in(folder / "train_vae_mnist.ipynb", release, keep_all_outputs=True)
    kept = taken.notebook.cells[place(taken.notebook, "obs_fakes")]
    assert (kept.source, kept.attachments) == (cell.source, {"a.png": {"image/png": PIXEL}})
