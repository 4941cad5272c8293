"""A trial leaves nothing behind, and a real server's settings say what they should."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace

import pytest
import trial
from traitlets.config.loader import PyFileConfigLoader

DEPLOY = Path(trial.__file__).parent


@pytest.mark.slow
@pytest.mark.isolation
@pytest.mark.skipif(os.geteuid() != 0, reason="a hub starts servers as other people, which needs root")
def test_a_trial_that_fails_leaves_no_accounts_processes_or_files() -> None:
    running = trial.Trial()
    with pytest.raises(RuntimeError, match="in the middle"), running:
        users = {pwd.getpwnam(name).pw_uid for name in (trial.PROF, trial.ADA, trial.BEA, trial.GRADER)}
        assert trial.status_of(f"{running.url}/hub/login") == 200
        raise RuntimeError("in the middle")
    assert trial.status_of(f"{running.url}/hub/login") == 0
    assert not [user.pw_name for user in pwd.getpwall() if user.pw_name.startswith("hubtry_")]
    assert not [path for path in Path("/proc").glob("[0-9]*") if trial.owner_of(path) in users]
    assert not (running.home / "grader").exists()


@pytest.fixture
def account(tmp_path):
    """An account like that of a trial in another folder."""
    home = tmp_path / "homes" / trial.BEA
    subprocess.run(["useradd", "--home-dir", home, "--no-create-home", "--user-group", trial.BEA], check=True)
    yield trial.BEA
    subprocess.run(["userdel", trial.BEA], check=False)


@pytest.mark.isolation
@pytest.mark.skipif(os.geteuid() != 0, reason="making accounts needs root")
def test_the_accounts_of_a_killed_trial_are_taken_over_but_not_those_in_use(account) -> None:
    running = trial.Trial()
    with subprocess.Popen(["sleep", "60"], user=account) as process:
        with pytest.raises(SystemExit, match=f"userdel {account}"):
            running._remove_account(account)
        process.kill()
    running._remove_account(account)
    with pytest.raises(KeyError):
        pwd.getpwnam(account)


def _configured(tmp_path: Path, change: tuple[str, str] = ("", "")) -> dict:
    """The hub's configuration for the example settings, with one text replaced."""
    (tmp_path / "etc").mkdir()
    shutil.copy(DEPLOY / "jupyterhub_config.py", tmp_path / "etc")
    (tmp_path / "course.toml").write_text((DEPLOY / "course.toml").read_text().replace(*change))
    return PyFileConfigLoader("jupyterhub_config.py", path=str(tmp_path / "etc")).load_config()


def test_the_example_settings_limit_every_student(tmp_path: Path) -> None:
    config = _configured(tmp_path)
    assert config.JupyterHub.spawner_class == "systemdspawner.SystemdSpawner"
    assert (config.Spawner.mem_limit, config.Spawner.cpu_limit) == ("4G", 2.0)


def test_nobody_logs_in_as_the_grader_and_students_are_no_graders(tmp_path: Path) -> None:
    config = _configured(tmp_path)
    assert config.Authenticator.allowed_users == {"ada", "bea", "prof"}
    assert config.Authenticator.allow_existing_users is False
    groups = config.JupyterHub.load_groups
    assert groups["formgrade-vaegan_course"]["users"] == ["prof", "coursegrader"]
    assert groups["nbgrader-vaegan_course"]["users"] == ["ada", "bea"]


@pytest.mark.parametrize(("exchange", "services"), [("shared", 1), ("ngshare", 2)])
def test_services_run_as_accounts_of_their_own_on_the_loopback(tmp_path: Path, exchange: str, services: int) -> None:
    config = _configured(tmp_path, ('exchange = "shared"', f'exchange = "{exchange}"'))
    assert [s["url"].startswith("http://127.0.0.1:") for s in config.JupyterHub.services] == [True] * services
    assert [s["user"] for s in config.JupyterHub.services] == ["coursegrader", "coursengshare"][:services]


def test_instructors_land_in_the_formgrader_and_students_in_their_own_server(tmp_path: Path) -> None:
    first_page = _configured(tmp_path).JupyterHub.default_url
    pages = [first_page(SimpleNamespace(current_user=SimpleNamespace(name=name))) for name in ("prof", "ada")]
    assert pages == ["/services/vaegan_course/formgrader", "/hub/spawn"]
