"""A real hub for trying: one instructor, two students, their accounts, and nothing left when it ends.

    sudo make hub                  until Ctrl-C
    sudo make hub EXCHANGE=ngshare

The tests drive it through `Trial`.
"""

from __future__ import annotations

import argparse
import contextlib
import fcntl
import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import IO

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))

import install  # noqa: E402  it lies beside this file

PROF, ADA, BEA = "hubtry_prof", "hubtry_ada", "hubtry_bea"
GRADER, NGSHARE = "hubtry_grader", "hubtry_ngshare"
COURSE_ID = "vaegan_course"
START_SECONDS = 120


def default_home() -> Path:
    """`.hub` in the checkout, or a folder of the system where other accounts cannot enter the checkout."""
    home = install.CHECKOUT / ".hub"
    return home if install.open_to_others(home) else Path("/var/lib/course-hub-trial")


class Trial:
    """A hub for trying, with its accounts; `start` and `stop` it, or use it in a `with` statement."""

    def __init__(self, home: Path | None = None, exchange: str = "shared", port: int = 0) -> None:
        """
        Args:
            home: where it lives; what is installed there is used again.
            exchange: "shared" or "ngshare".
            port: of the hub; 0 for a free one.
        """
        self.home = home or default_home()
        self.exchange = exchange
        self.password = secrets.token_urlsafe(9)
        self.ports = dict(zip(("public", "hub", "proxy", "formgrader", "ngshare"), free_ports(5), strict=True))
        self.ports["public"] = port or self.ports["public"]
        self._hub: subprocess.Popen[bytes] | None = None
        self._log: IO[bytes] | None = None
        self._lock: IO[str] | None = None

    @property
    def url(self) -> str:
        """Where the hub answers, without a slash at the end."""
        return f"http://127.0.0.1:{self.ports['public']}"

    @property
    def course(self) -> Path:
        """The grader's copy of the course."""
        return self.home / "grader" / "course"

    @property
    def log(self) -> Path:
        """What the hub and its services said."""
        return self.home / "hub.log"

    def __enter__(self) -> Trial:
        try:
            self.start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        """Install what is missing, make the accounts and a fresh course, start the hub and wait for it.

        Raises:
            SystemExit: with what is missing.
        """
        require_root()
        self.home.mkdir(parents=True, exist_ok=True)
        self.home.chmod(0o755)
        (self.home / ".gitignore").write_text("*\n")
        self._lock = lock(self.home / "lock")
        self._remove_course()
        for account in self._accounts():
            self._make_account(account)
        self._write_settings()
        install.install(self.home, install.read_settings(self.home))
        self._start_hub()

    def stop(self) -> None:
        """End every process of the hub and its accounts, and remove the accounts."""
        if self._lock is None:
            return
        if self._hub is not None:
            self._hub.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._hub.wait(30)
            end_group(self._hub.pid)
            self._hub.wait()
            self._end_proxy()
            self._hub = None
        if self._log is not None:
            self._log.close()
            self._log = None
        for account in (PROF, ADA, BEA, GRADER, NGSHARE):
            self._remove_account(account)
        self._remove_course()
        self._lock.close()
        self._lock = None

    def home_of(self, account: str) -> Path:
        """The home folder of one of the accounts."""
        return self.home / "grader" if account == GRADER else self.home / "homes" / account

    def as_user(
        self,
        account: str,
        command: list[str],
        *,
        token: str = "",
        hub_user: str = "",
        cwd: Path | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run a command as one of the accounts, in the environment that a terminal on the hub has.

        Args:
            account: whose.
            command: program and arguments.
            token: of the hub, from `token_of`, for what asks the hub who it is.
            hub_user: whose token that is; `account` if empty.
            cwd: where; the account's home if None.
        """
        etc = self.home / "etc"
        configuration = [etc / "grader", etc / "everyone"] if account == GRADER else [etc / "everyone"]
        environment = {
            "HOME": str(self.home_of(account)), "USER": account, "JUPYTERHUB_USER": hub_user or account,
            "PATH": f"{self.home}/env/bin:/usr/bin:/bin", "TF_CPP_MIN_LOG_LEVEL": "3",
            "JUPYTER_CONFIG_PATH": os.pathsep.join(map(str, configuration)), "JUPYTERHUB_API_TOKEN": token,
            "JUPYTERHUB_API_URL": f"http://127.0.0.1:{self.ports['hub']}/hub/api",
        }  # fmt: skip
        user = pwd.getpwnam(account)
        return subprocess.run(
            command, user=user.pw_uid, group=user.pw_gid, extra_groups=[], umask=0o022, env=environment,
            cwd=cwd or self.home_of(account), capture_output=True, text=True, timeout=300, check=False,
        )  # fmt: skip

    def token_of(self, account: str) -> str:
        """A token for the hub with the rights of one of its users, as that user gets one on the Token page."""
        cookies = urllib.request.HTTPCookieProcessor()
        browser = urllib.request.build_opener(cookies)
        browser.open(f"{self.url}/hub/login").read()
        crumb = {cookie.name: cookie.value for cookie in cookies.cookiejar}["_xsrf"]
        form = urllib.parse.urlencode({"username": account, "password": self.password, "_xsrf": crumb})
        browser.open(f"{self.url}/hub/login?next=/hub/token", form.encode()).read()
        crumb = {cookie.name: cookie.value for cookie in cookies.cookiejar}["_xsrf"]
        request = urllib.request.Request(
            f"{self.url}/hub/api/users/{account}/tokens",
            data=b"{}",
            headers={"X-XSRFToken": str(crumb), "Content-Type": "application/json"},
        )
        return str(json.load(browser.open(request))["token"])

    def _end_proxy(self) -> None:
        """A hub that has crashed leaves its proxy, which has a session of its own."""
        file = self.home / "run" / "proxy.pid"
        if file.exists():
            process = Path("/proc") / file.read_text().strip()
            with contextlib.suppress(OSError):
                if str(self.home).encode() in (process / "cmdline").read_bytes():
                    os.kill(int(process.name), signal.SIGKILL)

    def _accounts(self) -> list[str]:
        return [PROF, ADA, BEA, GRADER, *([NGSHARE] if self.exchange == "ngshare" else [])]

    def _make_account(self, account: str) -> None:
        self._remove_account(account)
        home = self.home_of(account)
        home.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        shell = ["--shell", "/bin/bash"] if account in (PROF, ADA, BEA) else ["--shell", "/usr/sbin/nologin"]
        _run(["useradd", "--home-dir", str(home), "--create-home", "--user-group", *shell, account])
        home.chmod(0o700)

    def _remove_account(self, account: str) -> None:
        try:
            user = pwd.getpwnam(account)
        except KeyError:
            return
        if Path(user.pw_dir) != self.home_of(account) and not _is_left_over(user):
            sys.exit(
                f"The account {account} exists with the home {user.pw_dir} and is not of this trial, or in use there: "
                f"end the other trial, or run `userdel {account}`."
            )
        end_processes_of(user.pw_uid)
        _run(["userdel", account])
        shutil.rmtree(user.pw_dir, ignore_errors=True)

    def _remove_course(self) -> None:
        for name in ("exchange", "grader", "homes", "ngshare-data", "run"):
            shutil.rmtree(self.home / name, ignore_errors=True)

    def _write_settings(self) -> None:
        settings = {
            "course": COURSE_ID, "address": self.url, "instructors": [PROF], "students": [ADA, BEA],
            "grader": GRADER, "authenticator": "shared-password", "spawner": "local",
            "exchange": self.exchange, "ngshare_account": NGSHARE,
        }  # fmt: skip
        ports = {name: port for name, port in self.ports.items() if name != "public"}
        lines = [f"{name} = {json.dumps(value)}" for name, value in settings.items()]
        lines += ["[ports]", *(f"{name} = {port}" for name, port in ports.items())]
        (self.home / "course.toml").write_text("\n".join(lines) + "\n")
        (self.home / "course.toml").chmod(0o644)

    def _start_hub(self) -> None:
        command = [
            str(self.home / "env" / "bin" / "jupyterhub"),
            "-f",
            str(self.home / "etc" / "jupyterhub_config.py"),
        ]
        environment = {
            "PATH": f"{self.home}/env/bin:/usr/local/bin:/usr/bin:/bin", "HOME": str(self.home / "run"),
            "COURSE_HUB_PASSWORD": self.password, "LANG": os.environ.get("LANG", "C.UTF-8"),
        }  # fmt: skip
        self._log = self.log.open("wb")
        with interruptible():
            self._hub = subprocess.Popen(
                command, cwd=self.home / "run", env=environment, stdin=subprocess.DEVNULL,
                stdout=self._log, stderr=subprocess.STDOUT, umask=0o022, process_group=0,
            )  # fmt: skip
        self._wait_until_up()

    def _wait_until_up(self) -> None:
        pages = ["/hub/login", f"/services/{COURSE_ID}/api"]
        pages += ["/services/ngshare/healthz"] if self.exchange == "ngshare" else []
        deadline = time.monotonic() + START_SECONDS
        while not all(status_of(self.url + page) == 200 for page in pages):
            assert self._hub is not None
            if self._hub.poll() is not None or time.monotonic() > deadline:
                sys.exit(f"The hub did not come up. The end of {self.log}:\n{self.log.read_text()[-4000:]}")
            time.sleep(0.5)


def require_root() -> None:
    """Say what is missing to an ordinary user.

    Raises:
        SystemExit: if this is not root.
    """
    if os.geteuid() != 0:
        sys.exit("A hub starts servers as other people, so it needs root: sudo make hub")


def lock(path: Path) -> IO[str]:
    """Keep a second trial out until the file that is returned is closed.

    Raises:
        SystemExit: if there is another trial.
    """
    file = path.open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        sys.exit(f"Another trial runs in {path.parent}: end that one first.")
    return file


def free_ports(number: int) -> list[int]:
    """Different ports of the loopback interface that nobody listens on."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(number)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def status_of(url: str) -> int:
    """The HTTP status of a page, 0 if nobody answers."""
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return 0


@contextlib.contextmanager
def interruptible() -> Iterator[None]:
    """Processes started meanwhile get SIGINT: a background job of a shell inherits it ignored, and the hub
    ends its servers with it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def end_group(leader: int) -> None:
    """Kill what is left of a process group."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)


def end_processes_of(user_id: int) -> None:
    """Kill every process of an account, so that it can be removed."""
    for _ in range(100):
        processes = [path for path in Path("/proc").glob("[0-9]*") if owner_of(path) == user_id]
        if not processes:
            return
        for path in processes:
            with contextlib.suppress(ProcessLookupError):
                os.kill(int(path.name), signal.SIGKILL)
        time.sleep(0.05)


def _is_left_over(user: pwd.struct_passwd) -> bool:
    """Whether a trial that was killed, in this folder or in another, has left this account, and nothing runs as it."""
    place = "grader" if user.pw_name == GRADER else f"homes/{user.pw_name}"
    of_a_trial = user.pw_name.startswith("hubtry_") and user.pw_dir.endswith(f"/{place}")
    return of_a_trial and user.pw_uid not in {owner_of(path) for path in Path("/proc").glob("[0-9]*")}


def owner_of(path: Path) -> int:
    """The number of the account that owns a file or, in /proc, runs a process; -1 if it is gone."""
    try:
        return path.stat().st_uid
    except OSError:
        return -1


def _run(command: list[str]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"failed: {' '.join(command)}\n{done.stderr}")


def main(arguments: list[str]) -> None:
    """Run a hub until Ctrl-C."""
    parser = argparse.ArgumentParser(description="A real JupyterHub for trying the course, until Ctrl-C.")
    parser.add_argument("--exchange", choices=("shared", "ngshare"), default="shared")
    parser.add_argument("--port", type=int, default=8000)
    options = parser.parse_args(arguments)
    require_root()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with Trial(exchange=options.exchange, port=options.port) as trial:
        print(f"\n{trial.url}   the hub; everybody's password: {trial.password}")
        print(f"   {PROF}   lands in the formgrader: generate and release ex03_vae first")
        print(f"   {ADA}, {BEA}   students: Nbgrader, Assignment List, in JupyterLab's menu")
        print(f"   log: {trial.log}\n\nCtrl-C ends it and removes the accounts and what they made.", flush=True)
        with contextlib.suppress(KeyboardInterrupt):
            signal.pause()


if __name__ == "__main__":
    main(sys.argv[1:])
