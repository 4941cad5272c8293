"""Importing the package keeps TensorFlow's log out of notebooks, and hides no error."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from vaegan.quiet import quiet_stderr

ROOT = Path(__file__).resolve().parents[2]
WORK = "import keras, tensorflow as tf; tf.config.list_physical_devices(); print(keras.ops.add(tf.Variable([1.]), 1.))"


def run(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("TF_")}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, env=clean | environment, capture_output=True, text=True, check=False,
    )  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("first", ["import vaegan", "from vaegan import ToImplement"])
@pytest.mark.parametrize("level", [{}, {"TF_CPP_MIN_LOG_LEVEL": "2"}], ids=["no level", "level 2"])
def test_tensorflow_says_nothing_when_the_package_is_imported_first(first, level):
    done = run(f"{first}; {WORK}", **level)
    assert done.returncode == 0
    assert done.stderr == ""


def test_matplotlib_does_not_say_that_it_collects_fonts(tmp_path):
    """On a machine where that takes more than five seconds, it would."""
    later = "import logging; logging.getLogger('matplotlib.font_manager').warning('building the font cache')"
    done = run(f"import vaegan, matplotlib.font_manager; {later}", MPLCONFIGDIR=str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")


def test_an_import_that_fails_shows_what_was_said(tmp_path):
    (tmp_path / "tensorflow.py").write_text("import os; os.write(2, b'no such driver'); raise ImportError('broken')")
    done = run("import vaegan, tensorflow", PYTHONPATH=f"{tmp_path}:{ROOT}")
    assert "no such driver" in done.stderr
    assert "ImportError: broken" in done.stderr


def test_without_tensorflow_the_error_is_the_usual_one():
    code = """
import sys, vaegan
sys.meta_path[1:] = []
try:
    import tensorflow
except ModuleNotFoundError as error:
    print(error.name)
"""
    assert run(code).stdout.strip() == "tensorflow"


def test_what_is_written_meanwhile_is_hidden_and_later_words_are_not(capfd):
    with quiet_stderr():
        os.write(2, b"hidden")
    os.write(2, b"shown")
    assert capfd.readouterr().err == "shown"


def test_a_hole_is_one_line_in_a_notebook():
    from IPython.core.interactiveshell import InteractiveShell

    shell = InteractiveShell()
    try:
        shell.ex("from vaegan import ToImplement")
        result = shell.run_cell("raise ToImplement('kl: return equation (4).')")
        assert result.error_in_exec._render_traceback_() == ["Still to write. kl: return equation (4)."]
    finally:
        shell.restore_sys_module_state()
