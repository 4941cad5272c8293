"""Installs what a course server runs into one folder that every account of the machine can read.

    sudo .venv/bin/python deploy/jupyterhub/install.py /srv/course

makes there, and brings up to date when called again:

    env/       Python with JupyterHub, JupyterLab, nbgrader, TensorFlow and `vaegan`
    ngshare/   Python with ngshare, where course.toml says exchange = "ngshare"
    proxy/     the hub's proxy, where Node.js is installed (else the one in env/ is used)
    etc/       what this folder holds: the hub's and nbgrader's configuration
    lib/       the judge without suites, whose intake tells students what would be graded
    exchange/  nbgrader's exchange
    grader/    home of the grader's account, with the course in grader/course; nobody else can read it
    run/       the hub's own files, root's

`make hub` does the same into a folder of its own.
"""

from __future__ import annotations

import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parents[1]
COURSE = "judge graders solutions source release vaegan nbgrader_config.py pyproject.toml README.md".split()
PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check"]
OLDEST_NODE = 20
CLUTTER = shutil.ignore_patterns("__pycache__", ".ipynb_checkpoints", "outputs")


def main(arguments: list[str]) -> None:
    """Install into the folder that is named, which must hold a course.toml."""
    if len(arguments) != 1 or os.geteuid() != 0:
        sys.exit(f"{__doc__}\nIt needs root and the name of one folder.")
    home = Path(arguments[0]).resolve()
    if not (home / "course.toml").exists():
        home.mkdir(parents=True, exist_ok=True)
        shutil.copy(HERE / "course.toml", home)
        sys.exit(f"Wrote {home}/course.toml. Put your course into it, make its accounts, and run this again.")
    install(home, read_settings(home))
    print(f"Installed. Start it with {home}/env/bin/jupyterhub -f {home}/etc/jupyterhub_config.py")


def read_settings(home: Path) -> dict[str, Any]:
    """The settings in `home/course.toml`."""
    return tomllib.loads((home / "course.toml").read_text(encoding="utf-8"))


def install(home: Path, settings: dict[str, Any]) -> None:
    """Install everything; the accounts that the settings name must exist.

    Raises:
        SystemExit: with what is missing and how to get it.
    """
    if not open_to_others(home):
        sys.exit(f"Other accounts cannot enter {home}: choose a folder below /srv or /opt.")
    install_environments(home, ngshare=settings.get("exchange") == "ngshare")
    install_package(home)
    install_configuration(home)
    install_intake(home)
    make_folders(home, settings)
    copy_course(home, settings["grader"])


def install_environments(home: Path, *, ngshare: bool) -> None:
    """Make the Python environments and the proxy, as the lock files say; does nothing if they are there."""
    locks = [CHECKOUT / "requirements.lock", HERE / "hub.lock"]
    _environment(home / "env", locks)
    if ngshare:
        _environment(home / "ngshare", [HERE / "ngshare.lock"])
    _proxy(home / "proxy")


def _environment(folder: Path, locks: list[Path]) -> None:
    wanted = _fingerprint(locks)
    if _is_current(folder, wanted):
        return
    print(f"installing {folder.name} (a minute or two)", flush=True)
    if not (folder / "bin" / "python").exists():
        _run([python_for_everybody(), "-m", "venv", "--without-pip", folder])
    python = folder / "bin" / "python"
    if shutil.which("uv"):
        installer = ["uv", "pip", "install", "--python", python, "--compile-bytecode"]
    else:
        installer = [*PIP, "--python", python, "install"]
    requirements = [word for lock in locks for word in ("-r", lock)]
    _run([*installer, "--quiet", "--no-deps", *requirements])
    (folder / "made-from").write_text(wanted)


def _proxy(folder: Path) -> None:
    """Node's proxy, which the hub's makers recommend, where Node.js is new enough for it."""
    wanted = _fingerprint([HERE / "proxy" / "package-lock.json"])
    if _is_current(folder, wanted) or not _has_node():
        return
    shutil.copytree(HERE / "proxy", folder, dirs_exist_ok=True)
    _run(["npm", "ci", "--silent", "--no-audit", "--no-fund", "--prefix", folder])
    (folder / "made-from").write_text(wanted)


def _has_node() -> bool:
    if not shutil.which("npm") or not shutil.which("node"):
        return False
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout
    return int(version.strip().removeprefix("v").split(".")[0]) >= OLDEST_NODE


def install_package(home: Path) -> None:
    """Build the students' wheel from a copy of its sources, which leaves the checkout clean, and install it."""
    sources = [CHECKOUT / "pyproject.toml", *sorted((CHECKOUT / "vaegan").rglob("*.py"))]
    stamp, wanted = home / "env" / "vaegan-made-from", _fingerprint(sources)
    if stamp.exists() and stamp.read_text() == wanted:
        return
    with tempfile.TemporaryDirectory() as folder:
        for name in ("pyproject.toml", "README.md"):
            shutil.copy(CHECKOUT / name, folder)
        shutil.copytree(CHECKOUT / "vaegan", Path(folder) / "vaegan", ignore=CLUTTER)
        _run([*PIP, "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", folder, folder])
        wheel = next(Path(folder).glob("vaegan-*.whl"))
        into = ["--python", home / "env" / "bin" / "python", "install", "--quiet", "--no-deps"]
        _run([*PIP, *into, "--force-reinstall", wheel])
    stamp.write_text(wanted)


def install_configuration(home: Path) -> None:
    """Copy the configuration to where root alone can change it: root runs it."""
    shutil.rmtree(home / "etc", ignore_errors=True)
    shutil.copytree(HERE / "etc", home / "etc", ignore=CLUTTER)
    for name in ("jupyterhub_config.py", "serve_ngshare.py"):
        shutil.copy(HERE / name, home / "etc")
    _open_up(home / "etc")


def install_intake(home: Path) -> None:
    """Copy the judge, without suites: by its intake students' servers tell beforehand what grading would say."""
    shutil.rmtree(home / "lib", ignore_errors=True)
    shutil.copytree(CHECKOUT / "judge", home / "lib" / "judge", ignore=CLUTTER)
    _open_up(home / "lib")


def make_folders(home: Path, settings: dict[str, Any]) -> None:
    """Make the folders with their owners and modes, or set both right."""
    _folder(home / "run", "root", 0o700)
    # Sticky: nbgrader's own mode 0777 lets any student move the whole course folder away.
    _folder(home / "exchange", "root", 0o1777)
    _folder(home / "grader", settings["grader"], 0o700)
    if settings.get("exchange") == "ngshare":
        _folder(home / "ngshare-data", settings["ngshare_account"], 0o700)


def copy_course(home: Path, grader: str) -> None:
    """Copy the course to the grader; what grading has made there stays."""
    course = home / "grader" / "course"
    for name in COURSE:
        source, target = CHECKOUT / name, course / name
        if source.is_dir():
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(source, target, ignore=CLUTTER)
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
    account = pwd.getpwnam(grader)
    for path in (course, *course.rglob("*")):
        os.chown(path, account.pw_uid, account.pw_gid, follow_symlinks=False)


def python_for_everybody() -> str:
    """A Python 3.11 or 3.12 that every account can run; one below /root or a closed home is not.

    Raises:
        SystemExit: if there is none.
    """
    for candidate in (Path(sys.executable).resolve(), Path("/usr/bin/python3")):
        if candidate.exists() and open_to_others(candidate.resolve()):
            code = "import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 12))"
            if subprocess.run([candidate, "-c", code], check=False).returncode == 0:
                return str(candidate)
    sys.exit(
        f"Other accounts cannot run {sys.executable}, and /usr/bin/python3 is not Python 3.11 or 3.12. "
        "Install one for all (Debian: apt-get install python3) and run this again."
    )


def open_to_others(path: Path) -> bool:
    """Whether every account may enter this path, which need not exist yet."""
    existing = [folder for folder in (path, *path.parents) if folder.exists()]
    return all(folder.stat().st_mode & stat.S_IXOTH for folder in existing)


def _folder(path: Path, owner: str, mode: int) -> None:
    path.mkdir(parents=True, exist_ok=True)
    account = pwd.getpwnam(owner)
    os.chown(path, account.pw_uid, account.pw_gid)
    path.chmod(mode)


def _open_up(folder: Path) -> None:
    """Let everybody read a folder, whatever this process's umask."""
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o755 if path.is_dir() else 0o644)


def _fingerprint(files: list[Path]) -> str:
    return hashlib.sha256(b"\0".join(file.read_bytes() for file in files)).hexdigest()


def _is_current(folder: Path, wanted: str) -> bool:
    made_from = folder / "made-from"
    return made_from.exists() and made_from.read_text() == wanted


def _run(command: list[str | Path]) -> None:
    done = subprocess.run([str(word) for word in command], capture_output=True, text=True, umask=0o022, check=False)
    if done.returncode != 0:
        sys.exit(f"failed: {' '.join(map(str, command))}\n{done.stdout}{done.stderr}")


if __name__ == "__main__":
    main(sys.argv[1:])
