"""The arguments of `python -m judge migrate`."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from rich.console import Console

from judge import ROOT


def add_migrate(commands: Any) -> None:
    """Add the command to the parser."""
    parser = commands.add_parser("migrate", help="the gradebook follows an exercise that changed")
    parser.add_argument("exercise")
    parser.add_argument("--course", type=Path, default=ROOT, help="the folder of nbgrader_config.py")
    parser.add_argument("--apply", action="store_true", help="write it; without, it is only shown")
    parser.add_argument("--i-have-a-backup", action="store_true", help="of a gradebook that is no file of SQLite")
    parser.set_defaults(run=_migrate)


def _migrate(options: argparse.Namespace, console: Console) -> int:
    from judge.nbgrader.migrate import migrate  # nbgrader takes a second to start

    return migrate(options.course, options.exercise, console, apply=options.apply, backed_up=options.i_have_a_backup)
