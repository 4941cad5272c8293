"""The call stack of a recorded session as a picture."""

import textwrap
from itertools import pairwise

from matplotlib.patches import FancyArrowPatch, FancyBboxPatch
from matplotlib.path import Path

from vaegan.pictures import INK, Picture

_PAPER, _EDGE, _QUIET = "#f6f7f9", "#c9ced6", "#6b7280"
_STOPPED, _VISITED, _LOOKED = "#d1661b", "#1f5fa8", "#2a7d4f"
_ROW, _BOX, _INDENT = 0.78, 0.60, 0.30  # inches: from frame to frame, height of a box, step to the right
_WIDTH, _BOX_WIDTH, _MARGIN = 11.0, 4.7, 0.95


def draw_stack(record, stop=None, caption=None):
    """Draw the call stack of one stop: who called whom, where `up` and `down` went, and what was looked at.

    Args:
        record: what `replay` returned.
        stop: which stop, from 1; default the last.
        caption: shown below; default says how the session came there.

    Returns:
        Figure.

    Raises:
        ValueError: if the session never stopped.
    """
    event, looked, path = _scene(record, stop)
    stack = event["stack"]
    height = _ROW * len(stack) + 1.15
    figure = Picture(figsize=(_WIDTH, height), facecolor="white")
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, _WIDTH), ylim=(0, height))
    axes.set_axis_off()
    tops = [height - 0.55 - _ROW * depth for depth in range(len(stack))]
    axes.text(_MARGIN, height - 0.28, "called first", fontsize=8, color=_QUIET, va="center", style="italic")
    for depth, frame in enumerate(stack):
        newest = depth == len(stack) - 1
        _draw_frame(axes, frame, depth, tops[depth], newest, visited=depth in path)
        _draw_looks(axes, looked.get(depth, []), depth, tops[depth])
        if depth:
            _draw_call(axes, depth, tops)
    _draw_path(axes, path, tops)
    caption = _why(event) if caption is None else caption
    axes.text(_MARGIN, 0.24, textwrap.shorten(caption, 130), fontsize=9, color=INK, va="center")
    return figure


def _scene(record, wanted):
    """The stop, what was looked at by frame, and the frames selected in turn."""
    number, event, looked, path, found = 0, None, {}, [], None
    for entry in record["events"]:
        if entry["kind"] == "stop":
            if found is not None and wanted is not None:
                break
            number += entry["why"] != "start"
            event, looked, path = entry, {}, [len(entry["stack"]) - 1]
            if entry["why"] != "start" and wanted in (None, number):
                found = (event, looked, path)
        elif entry["kind"] == "look" and event is not None:
            looked.setdefault(entry["frame"], []).append(entry)
        elif entry["kind"] == "move" and event is not None and entry["ok"]:
            path.append(entry["frame"])
    if found is None:
        raise ValueError(
            "The session has no such stop to draw. Set a breakpoint that is reached, and `c` to run on to it."
        )
    return found


def _left(depth):
    return _MARGIN + _INDENT * depth


def _draw_frame(axes, frame, depth, top, newest, visited):
    color = _STOPPED if newest else _VISITED if visited else _EDGE
    left, bottom = _left(depth), top - _BOX
    axes.add_patch(
        FancyBboxPatch((left, bottom), _BOX_WIDTH, _BOX, boxstyle="round,pad=0,rounding_size=0.07",
                       facecolor=_PAPER, edgecolor=color, linewidth=1.8 if newest or visited else 1.0)
    )  # fmt: skip
    axes.text(left + 0.14, top - 0.20, frame["function"], fontsize=10.5, weight="bold", color=INK, va="center")
    axes.text(left + _BOX_WIDTH - 0.12, top - 0.20, f"line {frame['line']}", fontsize=8.5,
              color=color if newest else _QUIET, va="center", ha="right")  # fmt: skip
    axes.text(left + 0.14, top - 0.44, _cut(frame["text"], 62), fontsize=8.2, family="monospace",
              color=INK if newest else _QUIET, va="center")  # fmt: skip


def _draw_call(axes, depth, tops):
    x = _left(depth - 1) + 0.14
    axes.add_patch(
        FancyArrowPatch((x, tops[depth - 1] - _BOX), (_left(depth), tops[depth] - _BOX / 2), arrowstyle="-|>",
                        connectionstyle="angle,angleA=-90,angleB=180,rad=3", mutation_scale=9, color=_QUIET,
                        linewidth=1.0, shrinkA=0, shrinkB=0)
    )  # fmt: skip


def _draw_looks(axes, looks, depth, top):
    left = _left(depth) + _BOX_WIDTH + 0.16
    for row, look in enumerate(looks[:3]):
        y = top - 0.12 - 0.19 * row
        value = look["value"].split(": [")[0] if look["ok"] else look["message"]  # an array's summary will do
        text = f"{look['command']}  →  {value}"
        room = int((_WIDTH - left) / 0.071)
        axes.text(left, y, _cut(text, room), fontsize=8.2, family="monospace", va="center",
                  color=_LOOKED if look["ok"] else "#b3261e")  # fmt: skip


def _draw_path(axes, path, tops):
    """`up` and `down` as rails left of the stack, further out the later they came."""
    for number, (start, end) in enumerate(_moves(path)[:4]):
        rail = _MARGIN - 0.20 - 0.19 * number
        leave, arrive = (tops[depth] - _BOX / 2 + shift for depth, shift in ((start, 0.10), (end, -0.10)))
        corners = [(_left(start), leave), (rail, leave), (rail, arrive), (_left(end), arrive)]
        axes.add_patch(
            FancyArrowPatch(path=Path(corners), arrowstyle="-|>", mutation_scale=10, color=_VISITED,
                            linewidth=1.3, joinstyle="round", fill=False)
        )  # fmt: skip
        axes.text(rail, (leave + arrive) / 2, "up" if end < start else "down", fontsize=8, color=_VISITED,
                  ha="center", va="center", rotation=90,
                  bbox={"facecolor": "white", "edgecolor": "none", "pad": 1.5})  # fmt: skip


def _moves(path):
    """(from, to) of each walk along the stack; steps in one direction count as one walk."""
    moves = []
    for start, end in pairwise(path):
        if moves and (moves[-1][0] < moves[-1][1]) == (start < end):
            moves[-1] = (moves[-1][0], end)
        elif start != end:
            moves.append((start, end))
    return moves


def _why(event):
    newest = event["stack"][-1]
    how = {"step": "a step", "return": "a step", "raised": "the exception that the program raised"}
    return (
        f"Stopped by {how.get(event['why'], event['why'])} in {newest['function']}, line {newest['line']}. "
        "Green: what was looked at, in which frame."
    )


def _cut(text, room):
    return text if len(text) <= room else text[: max(1, room - 1)] + "…"
