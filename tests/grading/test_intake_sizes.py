"""A hand-in of any size and shape is taken in within seconds, and what was left out is said."""

import json
import os
import time
import tracemalloc

import pytest
from nbformat import write
from nbformat.v4 import new_code_cell
from test_intake import nbgrader, released

from judge.machine import sizes
from judge.submission.intake import take_in

SECONDS, BYTES = 10.0, 2**30


def notebook(cells) -> str:
    return json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})


def code(source, **more):
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": []} | more


def hole(source):
    return code(source, metadata=nbgrader("f", solution=True))


def training(*outputs):
    return code("train()", metadata=LONG, outputs=list(outputs))


def named(number):
    return {"cell_type": "markdown", "source": f"![a](attachment:{number}.png)" * 100}


LONG = {"tags": ["long"]}
LISTS = "f = [" + "[]," * 60_000 + "]"
NOTEBOOKS = {
    "cells": notebook([code("x = 1")] * 20_000),
    "cells of 199 KB": notebook([code("a\n" * 99_500)] * 100),
    "brackets in every copy": notebook([hole(LISTS)] * 5),
    "copies": notebook([hole(f"def f(x):\n    return {i}") for i in range(1000)]),
    "invalid outputs": notebook([training(*[{"output_type": "display_data", "data": 3}] * 20_000)]),
    "outputs": notebook([training(*[{"output_type": "stream", "text": "x"}] * 900)] * 20),
    "texts of outputs": notebook([training(*[{"output_type": "stream", "text": "x" * 9000}] * 900)] * 3),
    "lists": '{"cells":[' + "[]," * (10 * 2**20) + "[]]}",
    "as many lists as are read": '{"cells":[' + "{}," * 1_990_000 + "{}]}",
    "lines": '{"cells":[{"cell_type":"code","source":[' + '"ab",' * (6 * 2**20) + '"a"]}]}',
    "depth": "[" * 2**20,
    "digits": '{"cells":[' + "9" * 2**24 + "]}",
    "named pictures": notebook([named(number) for number in range(900)]),
    "brackets of pictures": notebook([{"cell_type": "markdown", "source": "attachment:(" * 16_000}] * 5),
}  # fmt: skip
MODULES = {
    "marks": "# %%\n" * (400 * 1024),
    "marks with code": "# %%\nx = 1\n" * (180 * 1024),
    "headers": '# %% nbgrader={"grade_id": "f"}\ndef f(x): return 1\n' * 20_000,
    "a header": "# %% a=" + "b=" * 2**20,
    "a header of lists": "# %% a=[" + "[]," * 600_000 + "]",
    "a front matter of lists": "# ---\n# a:\n" + "# - []\n" * 280_000,
    "quotes": "# %%\n'''\n" * 200_000,
    "one line": "x = 1;" * 340_000,
    "no marks": "class A:\n    pass\n" * 10_000 + "def f(x):\n    return x\n",
}  # fmt: skip


def taken(folder, name, content):
    write(released(), folder / "release.ipynb")
    write(released(), folder / "vae.ipynb")
    (folder / name).write_text(content)
    started = time.process_time()
    result = take_in(folder / "vae.ipynb", folder / "release.ipynb")
    return result, time.process_time() - started


@pytest.mark.parametrize("content", NOTEBOOKS.values(), ids=NOTEBOOKS)
def test_a_notebook_of_any_shape_takes_seconds(tmp_path, content):
    result, seconds = taken(tmp_path, "vae.ipynb", content)
    assert seconds < SECONDS
    assert len(result.notebook.cells) <= sizes.CELLS + len(released().cells)
    assert sum(len(cell.source) for cell in result.notebook.cells) <= sizes.SOURCE + 1000
    assert sum(len(cell.get("outputs", [])) for cell in result.notebook.cells) <= sizes.OUTPUTS
    assert result.notes


@pytest.mark.parametrize("content", MODULES.values(), ids=MODULES)
def test_a_module_of_any_shape_takes_seconds(tmp_path, content):
    result, seconds = taken(tmp_path, "vae.py", content)
    assert seconds < SECONDS
    assert len(result.notebook.cells) <= sizes.CELLS + len(released().cells)


@pytest.mark.parametrize("name", ["lines", "as many lists as are read"])
def test_the_worst_json_that_is_read_takes_less_than_a_gibibyte(tmp_path, name):
    tracemalloc.start()
    try:
        taken(tmp_path, "vae.ipynb", NOTEBOOKS[name])
        assert tracemalloc.get_traced_memory()[1] < BYTES
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("name", ["vae.ipynb", "vae.py"])
def test_a_sparse_file_of_3_gigabytes_is_not_read(tmp_path, name):
    write(released(), tmp_path / "release.ipynb")
    write(released(), tmp_path / "vae.ipynb")
    (tmp_path / name).touch()
    os.truncate(tmp_path / name, 3 * 10**9)
    tracemalloc.start()
    try:
        result = take_in(tmp_path / "vae.ipynb", tmp_path / "release.ipynb")
        assert tracemalloc.get_traced_memory()[1] < 10**8
    finally:
        tracemalloc.stop()
    assert "2861.0 MiB" in result.notes[0]


def test_what_lies_beyond_a_size_is_said(tmp_path):
    result, _ = taken(tmp_path, "vae.ipynb", notebook([code("x")] * (sizes.CELLS + 1)))
    assert f"only the first {sizes.CELLS} were read" in " ".join(result.notes)
    result, _ = taken(tmp_path, "vae.ipynb", notebook([code("x" * (sizes.CELL_SOURCE + 1))]))
    assert f"only its first {sizes.CELL_SOURCE} characters" in " ".join(result.notes)
    result, _ = taken(tmp_path, "vae.ipynb", notebook([code("x" * sizes.CELL_SOURCE)] * 6))
    assert "cell 6 and what follows was left out" in " ".join(result.notes)


def test_a_right_answer_stands_beside_a_flood_of_own_cells(tmp_path):
    flood = [json.loads(json.dumps(new_code_cell("y = 2"))) for _ in range(sizes.CELLS - 1)]
    result, _ = taken(tmp_path, "vae.ipynb", notebook([hole("def f(x):\n    return 2 * x"), *flood, code("z")]))
    assert "def f(x):\n    return 2 * x" in [cell.source for cell in result.notebook.cells]
