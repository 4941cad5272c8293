"""Reads a debugger session that was written down: pdb commands, one per line, as one would type them.

A session is replayed on other people's machines, and what counts is where it stops and what it looks at. So
the commands are pdb's own, but those that run code (`!x = 1`, `interact`, `commands`, `jump`, ...) are not
taken, and an expression may look at everything and change nothing.
"""

import re
from dataclasses import dataclass

from vaegan.debugger.expressions import ScriptError, check_expression

MAX_COMMANDS = 100
MAX_LENGTH = 300  # characters of a line

_NAMES = {
    "break": "b break", "tbreak": "tbreak", "condition": "condition", "ignore": "ignore",
    "clear": "cl clear", "disable": "disable", "enable": "enable",
    "continue": "c cont continue", "next": "n next", "step": "s step", "return": "r return",
    "up": "u up", "down": "d down", "where": "w where bt", "args": "a args", "until": "until unt",
    "list": "l list", "longlist": "ll longlist",
    "p": "p", "pp": "pp", "whatis": "whatis", "display": "display", "quit": "q quit exit",
}  # fmt: skip
_COMMANDS = {name: command for command, names in _NAMES.items() for name in names.split()}
_REFUSED = {
    "interact": "it opens a Python prompt, and nobody is there to type", "alias": "write the command out",
    "unalias": "write the command out", "jump": "it would skip lines of the program", "j": "it would skip "
    "lines of the program", "commands": "write what should happen at a stop below the `c` that leads there",
    "run": "the program is started anew for each replay", "restart": "the program is started anew for each "
    "replay", "debug": "it runs code", "undisplay": "leave the display on", "source": "use `ll` or `l`",
    "exec": "it runs code", "h": "look help up beforehand", "help": "look help up beforehand",
    "retval": "look at a variable", "rv": "look at a variable",
}  # fmt: skip
_PLACE = re.compile(r"(?:(?:\S*/)?program(?:\.py)?:)?(?P<line>\d{1,6})|(?P<function>[A-Za-z]\w{0,80})")
_ARGUMENTS = {
    "ignore": r"\d+\s+\d+", "clear": r"\d+(\s+\d+)*", "disable": r"\d+(\s+\d+)*", "enable": r"\d+(\s+\d+)*",
    "continue": "", "next": "", "step": "", "return": "", "up": r"(\d+)?", "down": r"(\d+)?", "where": "",
    "args": "", "until": r"(\d+)?", "list": r"(\d+(\s*,\s*\d+)?|\.)?", "longlist": "", "quit": "",
}  # fmt: skip


@dataclass(frozen=True)
class Command:
    """One command of a session.

    Attributes:
        line: where it stands in the script, from 1.
        name: pdb's full name of it, e.g. "break" for `b`.
        argument: what follows, e.g. "63, std.max() > 50".
        text: as it was written.
    """

    line: int
    name: str
    argument: str
    text: str

    @property
    def expression(self):
        """The expression it evaluates: a condition, or what is printed; "" if there is none."""
        if self.name in ("break", "tbreak"):
            return self.argument.partition(",")[2].strip()
        if self.name == "condition":
            return self.argument.partition(" ")[2].strip()
        return self.argument if self.name in ("p", "pp", "whatis", "display") else ""


def read_script(text, refused=None):
    """The commands of a session.

    Args:
        text: str; one command per line, or several with `;;` between. Empty lines and lines that begin
            with # are left out.
        refused: a list, to which what is said of each command that may not be taken is added; it is then left out.

    Returns:
        List of Command.

    Raises:
        ScriptError: if there is a command that a session may not have (unless `refused` is given), or none at all.
    """
    if not isinstance(text, str):
        raise ScriptError(
            f"A session is a text with one pdb command per line: received {type(text).__name__}. Return a string."
        )
    commands = []
    for number, line in enumerate(text.splitlines(), start=1):
        line = line.strip().removeprefix("(Pdb)").strip()
        if not line.startswith("#"):
            commands += _read_line(number, line, refused)
        if len(commands) > MAX_COMMANDS:
            raise ScriptError(f"A session has at most {MAX_COMMANDS} commands; this one is longer. Shorten it.")
    if not commands:
        raise ScriptError("The session is empty: write the pdb commands that lead to the mistake, one per line.")
    return commands


def _read_line(number, line, refused):
    """The commands of one line."""
    commands = []
    for part in filter(None, map(str.strip, line.split(";;"))):
        try:
            commands.append(_read(number, part))
        except ScriptError as error:
            if refused is None:
                raise
            refused.append(str(error))
    return commands


def _is_look(text):
    """Whether a line is an expression that looks at something, which pdb prints as it does after `p`."""
    try:
        check_expression(text)
    except ScriptError:
        return False
    return True


def _read(number, text):
    if len(text) > MAX_LENGTH:
        raise ScriptError(f"Line {number} is longer than {MAX_LENGTH} characters. Look at less at a time.")
    word, _, argument = text.partition(" ")
    if word not in _COMMANDS and word not in _REFUSED and _is_look(text):
        return Command(number, "p", text, text)
    if word.startswith("!") or not re.fullmatch(r"[A-Za-z]+", word):
        raise ScriptError(
            f"Line {number}, `{text[:60]}`, is Python, not a pdb command. To look at a value, write `p` before it."
        )
    if word in _REFUSED:
        raise ScriptError(f"Line {number}: `{word}` is not taken in a session: {_REFUSED[word]}.")
    if word not in _COMMANDS:
        raise ScriptError(
            f"Line {number}: `{word}` is no pdb command that a session takes. To look at a value, write "
            f"`p {text[:40]}`; the commands are {', '.join(sorted(set(_COMMANDS.values())))}."
        )
    command = Command(number, _COMMANDS[word], argument.strip(), text)
    _check_argument(command)
    return command


def _check_argument(command):
    where = f"Line {command.line}, `{command.text[:80]}`"
    if command.name in ("break", "tbreak"):
        place = command.argument.partition(",")[0].strip()
        if not _PLACE.fullmatch(place):
            raise ScriptError(
                f"{where}: a breakpoint stands at a line number or a function's name: expected `{command.name} 63` "
                f"or `{command.name} elbo_terms, CONDITION`, received {place!r}."
            )
    elif command.name == "condition":
        if not re.fullmatch(r"\d+( .*)?", command.argument):
            raise ScriptError(f"{where}: write the breakpoint's number first: `condition 1 std.max() > 50`.")
    elif command.name in _ARGUMENTS and not re.fullmatch(_ARGUMENTS[command.name], command.argument):
        raise ScriptError(f"{where}: `{command.name}` does not take {command.argument!r}.")
    elif command.name in ("p", "pp", "whatis", "display") and not command.argument:
        raise ScriptError(f"{where}: say what to look at, for example `{command.name} x.shape`.")
    if command.expression:
        check_expression(command.expression, where)


def place_of(command):
    """Where a `break` or `tbreak` stands: (line or None, function's name or "")."""
    match = _PLACE.fullmatch(command.argument.partition(",")[0].strip())
    return (int(match["line"]) if match["line"] else None, match["function"] or "")
