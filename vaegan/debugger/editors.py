"""VS Code and JupyterLab: a launch configuration to hand out, and breakpoints turned into a session.

In an editor you click instead of typing. What you clicked can still be handed in: list your breakpoints as
the editors write them, and what you looked at, and `session_script` writes the pdb commands.
"""

import json
import re
from pathlib import Path

from vaegan.debugger.programs import PROGRAM

LAUNCH = {
    "version": "0.2.0",
    "configurations": [
        {
            "name": "Debug the program of exercise 4",
            "type": "debugpy",
            "request": "launch",
            "program": f"${{workspaceFolder}}/{PROGRAM}",
            "console": "integratedTerminal",
            "justMyCode": True,  # stay in the program: do not step into NumPy
            "stopOnEntry": False,
        },
        {
            "name": "Debug the Python file that is open",
            "type": "debugpy",
            "request": "launch",
            "program": "${file}",
            "console": "integratedTerminal",
            "justMyCode": True,
        },
    ],
}


def write_launch_json(folder="."):
    """Write `.vscode/launch.json`, so that F5 in VS Code runs the program under the debugger.

    A file that is already there is left alone, since it is yours. Returns the path.
    """
    path = Path(folder) / ".vscode" / "launch.json"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(LAUNCH, indent=2) + "\n", encoding="utf-8")
    return path


def breakpoints_of(text):
    """The breakpoints in a JSON text, wherever in it they stand; comments and trailing commas are allowed.

    Args:
        text: str: a list of breakpoints, an object with `breakpoints` or `functionBreakpoints` (what editors send
            to their debug adapter), or a launch.json to whose configuration you added such a list.

    Returns:
        List of dicts with `line` or `function`, and perhaps `condition`, `hitCondition`, `temporary`.

    Raises:
        ValueError: if it is not JSON or holds no breakpoint.
    """
    bare = re.sub(r'("(?:\\.|[^"\\])*")|//[^\n]*|/\*.*?\*/', lambda match: match[1] or "", text, flags=re.S)
    bare = re.sub(r'("(?:\\.|[^"\\])*")|,(?=\s*[\]}])', lambda match: match[1] or "", bare)
    try:
        found = list(_search(json.loads(bare)))
    except (json.JSONDecodeError, RecursionError) as error:
        raise ValueError(f"The breakpoints are not JSON: {error}. Copy the file as it is.") from None
    if not found:
        raise ValueError(
            "No breakpoint was found. VS Code keeps breakpoints out of launch.json: add them to the configuration as "
            '"breakpoints": [{"line": 63, "condition": "std.max() > 50"}].'
        )
    return found


def _search(value):
    if isinstance(value, list):
        for item in value:
            yield from _search(item)
    elif isinstance(value, dict):
        function = value.get("function") or (value.get("name") if set(value) <= _FUNCTION_KEYS else None)
        if isinstance(value.get("line"), int):
            yield value
        elif isinstance(function, str):
            yield value | {"function": function}
        else:
            for item in value.values():
                yield from _search(item)


_FUNCTION_KEYS = {"name", "condition", "hitCondition", "enabled", "verified", "temporary"}


def session_script(breakpoints, looks=(), stops=1):
    """The session, as pdb commands, of someone who set breakpoints in an editor and looked around.

    Args:
        breakpoints: list of dicts, or a JSON text that holds them (see `breakpoints_of`), each with `line` (of
            the program as it was handed out) or `function`, and if you like
            `condition`: a Python expression;
            `hitCondition`: "40", "==40" or ">=40", the number of the pass at which to stop first;
            `temporary`: True for a breakpoint that goes when it was hit;
            `enabled`: False leaves it out.
        looks: what was done at the last stop, in order: "p std" or just "std" for a value in the Variables or
            Watch pane, "up" or "up 3" for a click on a caller in the Call Stack pane, "down" for the way back.
        stops: how often Continue was pressed (F5), the first start included.

    Returns:
        str, to be handed in as the session.
    """
    points = breakpoints_of(breakpoints) if isinstance(breakpoints, str) else list(breakpoints)
    commands = []
    for number, point in enumerate((point for point in points if point.get("enabled", True)), start=1):
        commands += _set_commands(number, point)
    commands += ["c"] * stops
    for look in looks:
        word = look.split(" ", 1)[0]
        commands.append(
            look if word in ("p", "pp", "up", "u", "down", "d", "n", "s", "r", "w", "args") else f"p {look}"
        )
    return "\n".join([*commands, "q"]) + "\n"


def _set_commands(number, point):
    place = point.get("line") or point.get("function")
    if not place:
        raise ValueError(
            f"Breakpoint {number} stands nowhere: expected a line or a function, received {point}. Add one."
        )
    condition = f", {point['condition']}" if point.get("condition") else ""
    commands = [f"{'tbreak' if point.get('temporary') else 'b'} {place}{condition}"]
    hit = re.fullmatch(r"\s*(?:==|=|>=|%)?\s*(\d+)\s*", str(point.get("hitCondition") or "0"))
    if hit is None or "%" in str(point.get("hitCondition")):
        raise ValueError(
            f"Breakpoint {number} has the hit condition {point['hitCondition']!r}, which pdb does not know: write a "
            'number, such as "40".'
        )
    return commands + ([f"ignore {number} {int(hit[1]) - 1}"] if int(hit[1]) > 1 else [])
