"""Replays a written session with the real pdb, and records what happens instead of printing it.

The record is plain data, made from pdb's own events: where it stopped and why, which frames were visited,
which values were looked at. Nothing that the program or the session prints can change it.
"""

import contextlib
import io
import linecache
import os
import pdb
import sys
import tempfile
from bdb import Breakpoint

import numpy as np

from vaegan.debugger.describe import MAX_TEXT, describe, describe_breakpoint, describe_frame
from vaegan.debugger.expressions import ScriptError, names_in, used_up_by
from vaegan.debugger.programs import PROGRAM
from vaegan.debugger.script import place_of, read_script

_FOLDED = (
    "<listcomp>",
    "<genexpr>",
    "<dictcomp>",
    "<setcomp>",
    "<lambda>",
)  # frames that Python 3.12 has no more


def replay(program, script, skip_refused=False):
    """Run a program under pdb with a written session.

    Args:
        program: str, Python source.
        script: str, pdb commands; see `read_script`.
        skip_refused: bool; whether commands that may not be taken are left out, and noted, instead of raising.

    Returns:
        dict of plain data, the record:
        `events`, a list of dicts in the order in which things happened, each with a `kind` (below), the
        `command` that caused it and its `line` in the script;
        `breakpoints`, what became of each: number, line, function, condition, temporary, hits (how often it was
        reached), stops, errors (conditions that raised) and the last error;
        `end`: "quit", "finished", "raised", "script ended"; `error`, what the program raised, or "";
        `unused`, how many commands were not reached; `num_commands`; `refused`, why commands were left out.

        Kinds: "set" (a breakpoint was made or changed), "stop" (why, breakpoint, error, stack), "look" (names,
        function, frame, value), "move" (up or down: function, frame), "step", "go", "show", "quit". Those
        that failed have ok = False and a message.

    Raises:
        ScriptError: if the session may not be replayed.
    """
    refused = [] if skip_refused else None
    commands = read_script(script, refused)
    with tempfile.TemporaryDirectory(prefix="debugger-") as folder:
        path = os.path.join(os.path.realpath(folder), PROGRAM)
        with open(path, "w", encoding="utf-8") as file:
            file.write(program)
        try:
            return Recorder(path, commands).record(program) | {"refused": refused or []}
        finally:
            linecache.checkcache(path)


class Recorder(pdb.Pdb):
    """A pdb that takes its commands from a list and writes down what happens.

    Args:
        path: the program's file.
        commands: list of Command.
    """

    def __init__(self, path, commands):
        super().__init__(
            stdin=io.StringIO(), stdout=io.StringIO(), readrc=False, nosigint=True, skip=["numpy*", "vaegan*"]
        )
        self.path = self.mainpyfile = self.canonic(path)
        self.commands_left = list(commands)
        self.num_commands = len(commands)
        self.events = []
        self.said = []
        self.stops = {}
        self.errors = {}
        self.why = "start"
        self.end = "finished"
        self.program_error = ""

    # ---- one run

    def record(self, program):
        """Run the program to its end, or to the end of the session; returns the record."""
        Breakpoint.clearBreakpoints()
        traced = sys.gettrace()
        names = {"__name__": "__main__", "__file__": self.path, "__builtins__": __builtins__}
        try:
            with contextlib.redirect_stdout(_Discard()), np.errstate(all="ignore"):
                self._run(compile(program, self.path, "exec"), names)
            return self._as_data()
        finally:
            Breakpoint.clearBreakpoints()
            sys.settrace(traced)

    def _run(self, code, names):
        try:
            self.run(code, names)
        except Exception as error:  # whatever the program raises is part of the record
            self.end, self.program_error = "raised", f"{type(error).__name__}: {error}"[:MAX_TEXT]
            if self.commands_left and error.__traceback__ is not None:
                self.why = "raised"
                self.quitting = False
                self.interaction(None, error.__traceback__)

    def _as_data(self):
        points = [describe_breakpoint(bp) for bp in self._all_breakpoints.values()]
        for point in points:
            point["stops"] = self.stops.get(point["number"], 0)
            point["errors"], point["error"] = self.errors.get(point["number"], (0, ""))
        return {
            "events": self.events,
            "breakpoints": points,
            "end": self.end,
            "error": self.program_error,
            "unused": len(self.commands_left),
            "num_commands": self.num_commands,
        }

    # ---- what bdb calls

    def reset(self):
        """Forget the last run; pdb calls this first."""
        super().reset()
        self._all_breakpoints = {}

    def get_stack(self, f, t):
        """The program's own frames: those of the machinery that runs it, and of comprehensions, are left out."""
        stack, _ = super().get_stack(f, t)
        own = [entry for entry in stack if self._is_own(entry[0])]
        return own, max(0, len(own) - 1)

    def break_here(self, frame):
        """As in bdb, noting conditions that raise: pdb then stops without a word."""
        numbers = {bp.number: bp.cond for bp in self._all_breakpoints.values()}
        stops = self._is_free_to_look(frame) and super().break_here(frame)
        if stops:
            self.why = f"breakpoint {self.currentbp}"
            self.stops[self.currentbp] = self.stops.get(self.currentbp, 0) + 1
            self._note_error(self.currentbp, numbers.get(self.currentbp), frame)
        return stops

    def _is_free_to_look(self, frame):
        """Whether no condition here would use up an iterator of the program; one that would never stops."""
        here = [bp for bp in self._all_breakpoints.values() if bp.cond and bp.line == frame.f_lineno]
        for bp in here:
            try:
                self._keep_whole(bp.cond, frame.f_globals, frame.f_locals)
            except ScriptError as error:
                count, _ = self.errors.get(bp.number, (0, ""))
                self.errors[bp.number] = (count + 1, str(error))
                return False
        return True

    @staticmethod
    def _keep_whole(expression, global_names, local_names):
        if name := used_up_by(expression, global_names, local_names):
            raise ScriptError(
                f"`{name}` gives each of its items once, so looking into it would take them from the program: stop "
                "where an item has a name of its own, and look at that"
            )

    def _note_error(self, number, condition, frame):
        self.condition_error = ""
        if not condition:
            return
        try:
            bool(eval(condition, frame.f_globals, frame.f_locals))
        except Exception as error:
            self.condition_error = f"{type(error).__name__}: {error}"[:200]
            count, _ = self.errors.get(number, (0, ""))
            self.errors[number] = (count + 1, self.condition_error)

    def user_return(self, frame, return_value):
        """A function is about to return, and the session is stepping through it."""
        self.why = "return"
        super().user_return(frame, return_value)

    def interaction(self, frame, traceback):
        """A stop: write it down, then do commands until one lets the program run on."""
        if frame is not None and not self._is_own(frame):
            return  # a step led into the machinery of `import`: keep stepping
        self.setup(frame, traceback)
        self._add_stop()
        while self.commands_left:
            if self._perform(self.commands_left.pop(0)):
                self.forget()
                return
        if self.end != "raised":
            self.end = "script ended"
        self.set_quit()
        self.forget()

    # ---- commands

    def _perform(self, command):
        """Do one command; returns whether the program runs on."""
        self.said = []
        event = {"command": command.text, "line": command.line, "ok": True, "message": ""}
        self.events.append(event)
        if command.name in ("p", "pp", "whatis", "display"):
            self._look(command, event)
            return False
        if command.name in ("break", "tbreak"):
            self._set_breakpoint(command, event)
            return False
        runs_on = getattr(self, f"do_{command.name}")(command.argument)
        event["kind"] = _KINDS.get(command.name, "show")
        event["ok"] = not any(text.startswith("***") for text in self.said)
        silent = event["ok"] and event["kind"] in ("show", "move")
        event["message"] = "" if silent else " ".join(self.said).replace(self.path, PROGRAM)[:MAX_TEXT]
        if event["kind"] == "move":
            event |= self._here()
        if command.name == "quit":
            self.end = "quit"
        self.why = {"next": "step", "step": "step", "return": "step", "until": "step"}.get(command.name, self.why)
        return bool(runs_on)

    def _look(self, command, event):
        event |= {"kind": "look", "names": sorted(names_in(command.expression)), **self._here()}
        event["how"] = command.name
        try:
            self._keep_whole(command.expression, self.curframe.f_globals, self.curframe_locals)
            value = eval(command.expression, self.curframe.f_globals, self.curframe_locals)
        except Exception as error:
            event |= {"ok": False, "value": "", "message": f"{type(error).__name__}: {error}"[:200]}
            return
        event["value"] = type(value).__name__ if command.name == "whatis" else describe(value)

    def _set_breakpoint(self, command, event):
        event["kind"] = "set"
        line, function = place_of(command)
        before = {bp.number for bp in Breakpoint.bpbynumber if bp}
        argument = command.argument
        if line is not None:
            condition = f", {command.expression}" if command.expression else ""
            argument = f"{self.path}:{line}{condition}"
        self.do_break(argument, temporary=command.name == "tbreak")
        new = [bp for bp in Breakpoint.bpbynumber if bp and bp.number not in before]
        if not new:
            event |= {"ok": False, "message": self._why_not(line, function)}
            return
        (bp,) = new
        self._all_breakpoints[bp.number] = bp
        event["message"] = f"breakpoint {bp.number} at line {bp.line}"

    def _why_not(self, line, function):
        if line is None:
            return f"the program has no function `{function}`"
        text = linecache.getline(self.path, line).strip()
        if not text:
            return f"line {line} of the program as it was handed out is empty"
        return f"line {line} of the program as it was handed out is `{text[:60]}`, which is never run"

    # ---- what is written down

    def message(self, msg):
        """Keep what pdb says, instead of printing it."""
        if len(self.said) < 20:
            self.said.append(str(msg)[:MAX_TEXT])

    def error(self, msg):
        """Keep what pdb complains about."""
        self.said.append(f"*** {msg}"[:MAX_TEXT])

    def _here(self):
        frame, line = self.stack[self.curindex]
        return {
            "function": frame.f_code.co_name,
            "at": line,
            "frame": self.curindex,
            "depth": len(self.stack),
        }

    def _add_stop(self):
        at_breakpoint = self.why.startswith("breakpoint")
        self.events.append(
            {
                "kind": "stop",
                "command": "",
                "line": 0,
                "ok": True,
                "message": "",
                "why": self.why,
                "breakpoint": int(self.why.split()[1]) if at_breakpoint else 0,
                "error": self.condition_error if at_breakpoint else "",
                "stack": [describe_frame(frame, line) for frame, line in self.stack],
            }
        )
        self.why = "step"

    def _is_own(self, frame):
        code = frame.f_code
        return self.canonic(code.co_filename) == self.path and code.co_name not in _FOLDED

    condition_error = ""


_KINDS = {
    "condition": "set", "ignore": "set", "clear": "set", "disable": "set", "enable": "set",
    "up": "move", "down": "move", "next": "step", "step": "step", "return": "step", "until": "step",
    "continue": "go", "quit": "quit",
}  # fmt: skip


class _Discard(io.TextIOBase):
    """Where the program's own printing goes."""

    def write(self, text):
        """Drop the text."""
        return len(text)
