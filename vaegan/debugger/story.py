"""Tells what a replayed session did: every command with what came of it, and every stop with its stack."""

_WIDTH = 84  # characters: a story is read in a browser, in a box


def tell(record):
    """A record as a text to read.

    Args:
        record: what `replay` returned.

    Returns:
        str, several lines.
    """
    lines, number = [], 0
    for event in record["events"]:
        if event["kind"] == "stop":
            number += event["why"] != "start"
            lines += _stop(event, number)
        else:
            lines.append(_cut(f"{event['command'][:60]:<26} {_outcome(event)}".rstrip()))
    return "\n".join([*lines, *_ending(record)])


def draw_as_text(stack, selected=None):
    """The call stack as a tree of text, the oldest frame on top.

    Args:
        stack: the `stack` of a stop.
        selected: index of the frame to point at; default the newest.
    """
    selected = len(stack) - 1 if selected is None else selected
    lines = []
    for depth, frame in enumerate(stack):
        branch = "  " * (depth - 1) + ("└ " if depth else "")
        mark = "▶" if depth == selected else " "
        place = f"{branch}{frame['function']}, line {frame['line']}"
        lines.append(_cut(f"{mark} {place:<37} {frame['text']}", _WIDTH - 2))
    return "\n".join(lines)


def _stop(event, number):
    if event["why"] == "start":
        return []
    newest = event["stack"][-1]
    if event["why"] == "return":
        return [f"    → {newest['function']} is about to return"]
    if event["why"] == "step":
        return [_cut(f"    → line {newest['line']} of {newest['function']}: {newest['text']}")]
    why = {"raised": "the program raised an exception"}.get(event["why"], event["why"])
    lines = [f"● stop {number}: {why}"]
    if event["error"]:
        lines.append("  its condition could not be evaluated, so pdb stopped anyway:")
        lines.append(_cut(f"  {event['error']}"))
    return lines + ["  " + line for line in draw_as_text(event["stack"]).splitlines()]


def _outcome(event):
    if not event["ok"]:
        return f"✗ {event['message'].removeprefix('*** ')}"
    match event["kind"]:
        case "look":
            return f"in {event['function']}: {event['value']}"
        case "move":
            return f"now in {event['function']}, line {event['at']}"
        case "set":
            return event["message"]
    return ""


def _ending(record):
    endings = {
        "quit": "You quit.",
        "finished": "The program ran to its end.",
        "raised": f"The program raised {record['error']}.",
        "script ended": "Your session ended while the program was stopped; the kit quit for you.",
    }
    lines = [_cut(f"Left out: {why}") for why in record.get("refused", [])]
    lines.append(endings[record["end"]])
    if record["unused"]:
        lines.append(f"{record['unused']} of your {record['num_commands']} commands came too late to be run.")
    for point in record["breakpoints"]:
        condition = f" if {point['condition']}" if point["condition"] else ""
        lines.append(
            f"Breakpoint {point['number']}, line {point['line']}{condition}: reached {_times(point['hits'])}, stopped "
            f"{_times(point['stops'])}"
            + (f", could not be evaluated {_times(point['errors'])}" if point["errors"] else "")
        )
    return lines


def _times(count):
    return {0: "never", 1: "once", 2: "twice"}.get(count, f"{count} times")


def _cut(line, width=_WIDTH):
    return line if len(line) <= width else line[: width - 1] + "…"
