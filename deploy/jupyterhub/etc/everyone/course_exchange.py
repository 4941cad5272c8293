"""The two exchanges of this course: nbgrader's own with its gaps closed, and ngshare's.

Both first bring the pairs of a submission together: VS Code changes vae.py and leaves vae.ipynb as it was,
and what is handed in must not hold two different answers.
"""

from __future__ import annotations

import os
import re
import secrets
import shutil
import stat
from datetime import UTC, datetime
from pathlib import Path
from pwd import getpwuid
from typing import Any

import jupytext
from jupytext.cli import jupytext as run_jupytext
from nbgrader.exchange import ExchangeError
from nbgrader.exchange.default import ExchangeCollect, ExchangeReleaseAssignment, ExchangeSubmit
from nbgrader.utils import find_all_notebooks

NOT_HANDED_IN = [
    ".ipynb_checkpoints", "*-checkpoint.*", "__pycache__", "*.pyc", "outputs", "feedback", ".DS_Store", "Thumbs.db",
]  # fmt: skip
ONLY_OWNER_AND_GRADERS = 0o2770
DROP_BOX = 0o3733  # sticky, or any student may rename another's submission


def configure(c: Any, settings: dict[str, Any], home: Path) -> None:
    """Set nbgrader's configuration `c` to the exchange that the course's settings name.

    Raises:
        ValueError: if there is no such exchange.
    """
    kind = settings.get("exchange", "shared")
    if kind == "shared":
        c.Exchange.root = str(home / "exchange")
        c.ExchangeFactory.release_assignment = ReleaseWithCare
        c.ExchangeFactory.submit = SubmitInStep
        c.ExchangeFactory.collect = CollectWithCare
    elif kind == "ngshare":
        _configure_ngshare(c, settings)
    else:
        raise ValueError(f'exchange in course.toml must be "shared" or "ngshare", not {kind!r}')


def _configure_ngshare(c: Any, settings: dict[str, Any]) -> None:
    import ngshare_exchange  # only where it is used: importing it needs a user name in the environment

    class SubmitToNgshareInStep(ngshare_exchange.ExchangeSubmit):  # type: ignore[misc]  # no type annotations
        """Hands in after bringing pairs together."""

        def init_src(self) -> None:
            super().init_src()
            bring_pairs_together(Path(self.src_path))

    port = settings.get("ports", {}).get("ngshare", 8900)
    ngshare_exchange.configureExchange(c, f"http://127.0.0.1:{port}/services/ngshare")
    c.ExchangeFactory.submit = SubmitToNgshareInStep


def bring_pairs_together(folder: Path) -> None:
    """Bring each paired notebook and its module to the state of the one that was saved last."""
    for name in find_all_notebooks(str(folder)):
        notebook = folder / name
        module = notebook.with_suffix(".py")
        try:
            pairs = jupytext.read(notebook).metadata.get("jupytext", {}).get("formats", "")
            if "py:percent" in pairs and module.exists():
                run_jupytext(["--sync", "--quiet", str(notebook)])
        except Exception as error:  # whatever is broken is handed in as it is: the judge reads both files
            print(f"{name} and {module.name} were handed in as they are ({type(error).__name__}: {error})")


class ReleaseWithCare(ExchangeReleaseAssignment):  # type: ignore[misc]  # nbgrader has no type annotations
    """Releases into an exchange where nobody can move or remove what another has handed in."""

    def init_dest(self) -> None:
        """Make the course's folders in the exchange."""
        super().init_dest()
        os.chmod(self.inbound_path, DROP_BOX)


class SubmitInStep(ExchangeSubmit):  # type: ignore[misc]  # nbgrader has no type annotations
    """Hands in after bringing pairs together, and leaves the submission to its owner and the graders.

    nbgrader leaves it open to everybody who learns its name. The inbound folder passes the graders' group on.
    """

    def init_src(self) -> None:
        """Find what to hand in."""
        super().init_src()
        bring_pairs_together(Path(self.src_path))

    def copy_files(self) -> None:
        """Copy it to the exchange."""
        super().copy_files()
        os.chmod(Path(self.inbound_path) / self.assignment_filename, ONLY_OWNER_AND_GRADERS)


class CollectWithCare(ExchangeCollect):  # type: ignore[misc]  # nbgrader has no type annotations
    """Collects only what the account of that student wrote, when the file system says that it was written.

    nbgrader warns of a submission that another account made and takes it, follows links into the grader's own
    files, believes the student's clock, and stops at the first folder with a senseless name.
    """

    NOBODY = ""

    def init_src(self) -> None:
        """Find each student's latest submission."""
        super().init_src()
        self.src_records = [record for record in self.src_records if record["username"] != self.NOBODY]

    def _path_to_record(self, path: str) -> dict[str, Any]:
        folder = Path(path)
        try:
            record: dict[str, Any] = super()._path_to_record(path)
            status = folder.lstat()
            record["timestamp"] = last_change(folder)
            owner = getpwuid(status.st_uid).pw_name
        except (ExchangeError, ValueError, OverflowError, KeyError, OSError) as error:
            self.log.warning("Not collected: %s is no submission (%s)", folder.name, error)
            return {"username": self.NOBODY, "filename": folder.name, "timestamp": datetime.min}
        if not stat.S_ISDIR(status.st_mode) or owner != record["username"]:
            self.log.warning("Not collected: %s was made by the account %s", folder.name, owner)
            record["username"] = self.NOBODY
        return record

    def do_copy(self, src: str, dest: str, log: Any = None) -> None:
        """Copy the ordinary files of a submission that belong to its student."""
        ignored = shutil.ignore_patterns(*self.coursedir.ignore)
        for name in copy_own_files(Path(src), Path(dest), ignored, self.coursedir.max_file_size * 1000):
            self.log.warning("Not collected: %s of %s", name, Path(src).name)
        timestamp = f"{last_change(Path(src)):%Y-%m-%d %H:%M:%S.%f} UTC"
        (Path(dest) / "timestamp.txt").write_text(timestamp, encoding="utf-8")
        secret = Path(dest) / "submission_secret.txt"  # release_feedback stops where it is not there
        if not secret.is_file() or not re.fullmatch(rb"[0-9a-f]{128}", secret.read_bytes()):
            secret.write_text(secrets.token_hex(64), encoding="utf-8")


def last_change(folder: Path) -> datetime:
    """When the folder or anything in it was last changed, by the server's clock; UTC without a time zone.

    That is the ctime, which unlike the mtime no user can set.
    """
    changes = [path.lstat().st_ctime for path in (folder, *folder.rglob("*"))]
    return datetime.fromtimestamp(max(changes), UTC).replace(tzinfo=None)


def copy_own_files(source: Path, target: Path, ignored: Any, most_bytes: int) -> list[str]:
    """Copy regular files that belong to the owner of `source`; returns the names of the others.

    Every folder and file is opened first and examined then, without following links, so that swapping a file
    for a link meanwhile gains nothing.
    """
    left_out = []
    owner = source.lstat().st_uid
    for folder, folders, files, descriptor in os.fwalk(source, follow_symlinks=False):
        inside = Path(folder).relative_to(source)
        (target / inside).mkdir(parents=True, exist_ok=True)
        skipped = ignored(folder, [*folders, *files])
        folders[:] = [name for name in folders if name not in skipped]
        for name in set(files) - skipped:
            if not _copy_file(name, descriptor, target / inside / name, owner, most_bytes):
                left_out.append(str(inside / name))
    return left_out


def _copy_file(name: str, folder: int, target: Path, owner: int, most_bytes: int) -> bool:
    try:
        opened = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK, dir_fd=folder)
    except OSError:  # a link, or something that cannot be read
        return False
    with open(opened, "rb") as file:
        status = os.fstat(file.fileno())
        if not stat.S_ISREG(status.st_mode) or status.st_uid != owner or status.st_size > most_bytes:
            return False
        with target.open("wb") as copy:
            shutil.copyfileobj(file, copy)
    os.utime(target, ns=(status.st_atime_ns, status.st_mtime_ns))
    return True
