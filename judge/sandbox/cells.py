"""Runs notebook cells in an IPython shell of this process and collects what they show."""

from __future__ import annotations

import base64
import sys
import traceback
from typing import Any

MAX_OUTPUT_CHARACTERS = 4 * 2**20
INLINE_BACKEND = "module://matplotlib_inline.backend_inline"

_shell: Any = None


class Recorder:
    """The outputs of one cell, in nbformat's form and in the order in which they appeared."""

    def __init__(self) -> None:
        self.outputs: list[dict[str, Any]] = []
        self.num_characters = 0

    def add(self, output: dict[str, Any]) -> None:
        """Keep an output unless the cell has already shown too much."""
        self.num_characters += len(str(output.get("data", output.get("text", ""))))
        if self.num_characters <= MAX_OUTPUT_CHARACTERS:
            self.outputs.append(output)

    def write(self, name: str, text: str) -> None:
        """Append to the running stream output, or begin one."""
        last = self.outputs[-1] if self.outputs else {}
        if last.get("output_type") == "stream" and last.get("name") == name:
            self.num_characters += len(text)
            if self.num_characters <= MAX_OUTPUT_CHARACTERS:
                last["text"] += text
        else:
            self.add({"output_type": "stream", "name": name, "text": text})


class _Stream:
    """A text stream that writes to the recorder."""

    encoding = "utf-8"
    errors = "strict"
    closed = False

    def __init__(self, recorder: Recorder, name: str) -> None:
        self._recorder = recorder
        self.name = name

    def write(self, text: str) -> int:
        self._recorder.write(self.name, str(text))
        return len(text)

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def flush(self) -> None: ...

    def isatty(self) -> bool:
        return False

    def writable(self) -> bool:
        return True


def make_shell() -> Any:
    """The one IPython shell of this process, without history and without colours."""
    global _shell
    if _shell is None:
        from IPython.core.interactiveshell import InteractiveShell
        from traitlets.config import Config

        config = Config()
        config.HistoryManager.enabled = False
        config.InteractiveShell.colors = "nocolor"
        _shell = InteractiveShell.instance(config=config)
        _shell.displayhook.write_output_prompt = _shell.displayhook.finish_displayhook = lambda: None
        _shell.system = _shell.getoutput = _not_run
        _shell.ask_exit = sys.exit  # of `exit()` and `quit()`
        _show_figures_inline(_shell)
    return _shell


def _not_run(command: str, **_: Any) -> list[str]:
    """In place of a shell: `!pip install ...` stops no cell, and `files = !ls` finds nothing."""
    print(f"Not run when it is graded: {command}")
    return []


def _show_figures_inline(shell: Any) -> None:
    from matplotlib_inline.backend_inline import configure_inline_support

    shell.enable_matplotlib = lambda gui=None: ("inline", INLINE_BACKEND)  # for `%matplotlib` of any kind
    configure_inline_support(shell, INLINE_BACKEND)
    formatter = shell.display_formatter.formatters["image/png"]
    formatter.for_type_by_name("vaegan.pictures", "Picture", _as_it_shows_itself)


def _as_it_shows_itself(picture: Any) -> str:
    """The course's figures as a notebook without pyplot shows them; the backend would lay them out twice."""
    return base64.b64encode(picture._repr_png_()).decode("ascii")


def is_students(filename: str) -> bool:
    """Whether a traceback's file is a cell of the notebook or a file of the submission."""
    return "ipython-input" in filename or "/ipykernel_" in filename or filename.startswith("/scratch/")


def run_cell(shell: Any, source: str) -> dict[str, Any]:
    """Run one code cell as Jupyter would.

    Args:
        shell: from `make_shell`.
        source: the cell's text; magics are allowed.

    Returns:
        `{"outputs": [...], "error": ...}`, outputs in nbformat's form: streams, rich displays, the
        value of the last expression, and the traceback of an error; the error as `describe` gives it, or None.
    """
    recorder = Recorder()
    saved = sys.stdout, sys.stderr, shell.display_pub.publish, shell.displayhook.write_format_data
    shell.display_pub.publish = lambda data, metadata=None, **_: recorder.add(
        {"output_type": "display_data", "data": dict(data), "metadata": dict(metadata or {})}
    )
    shell.displayhook.write_format_data = lambda data, metadata=None: recorder.add(
        {"output_type": "execute_result", "data": dict(data), "metadata": dict(metadata or {})}
    )
    shell.showtraceback = shell.showsyntaxerror = lambda *_, **__: recorder.add(_traceback(shell))
    sys.stdout, sys.stderr = _Stream(recorder, "stdout"), _Stream(recorder, "stderr")
    try:
        result = shell.run_cell(source, store_history=False)
    finally:
        sys.stdout, sys.stderr, shell.display_pub.publish, shell.displayhook.write_format_data = saved
    error = result.error_before_exec or result.error_in_exec
    if isinstance(error, SyntaxError):
        error = _as_python_says(shell, source) or error
    return {"outputs": recorder.outputs, "error": describe(error) if error else None}


def _as_python_says(shell: Any, source: str) -> SyntaxError | None:
    """IPython compiles a cell as one that may go on, and calls what is never closed "incomplete input"."""
    try:
        compile(shell.transform_cell(source), "/ipykernel_cell", "exec", dont_inherit=True)
    except SyntaxError as error:
        return error
    return None


def describe(error: BaseException) -> dict[str, Any]:
    """An exception as data: its type, its message, and the student's own lines it came through."""
    lines = [
        [frame.filename, frame.lineno or 0, (frame.line or "").strip()]
        for frame in traceback.extract_tb(error.__traceback__)
        if is_students(frame.filename)
    ]
    message = str(error)
    if isinstance(error, SyntaxError):
        message = str(error.msg)
        lines.append([str(error.filename), int(error.lineno or 0), str(error.text or "").strip()])
    kinds = [kind.__name__ for kind in type(error).__mro__]
    return {"type": type(error).__name__, "kinds": kinds, "message": message[:4000], "lines": lines[-5:]}


def _traceback(shell: Any) -> dict[str, Any]:
    """The error now being handled as an nbformat output with the student's frames."""
    kind, error, trace = sys.exc_info()
    lines = shell.InteractiveTB.structured_traceback(kind, error, trace, tb_offset=1)
    name = kind.__name__ if kind else "Error"
    return {"output_type": "error", "ename": name, "evalue": str(error), "traceback": list(lines)}
