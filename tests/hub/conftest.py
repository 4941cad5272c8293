"""A real hub for each module that asks for one, and a browser."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
for folder in (ROOT / "deploy" / "jupyterhub", Path(__file__).parent):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))

import trial  # noqa: E402  the path above makes it importable

ONLY_LOOPBACK = "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1"


@pytest.fixture(scope="module", autouse=True)
def one_hub_at_a_time() -> Iterator[None]:
    """Modules that run side by side (pytest-xdist) wait for each other: accounts and ports are the machine's."""
    with open(Path(tempfile.gettempdir(), f"hub-tests-{os.geteuid()}.lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@pytest.fixture(scope="module")
def hub(one_hub_at_a_time: None, request: pytest.FixtureRequest) -> Iterator[trial.Trial]:
    """A running hub with the exchange that the module names in `EXCHANGE`."""
    if os.geteuid() != 0:
        pytest.skip("a hub starts servers as other people, which needs root")
    with trial.Trial(exchange=request.module.EXCHANGE) as running:
        yield running


@pytest.fixture(scope="session")
def chromium() -> str:
    """Chromium's path; it is installed if that is possible."""
    for attempt in range(2):
        for name in ("chromium", "chromium-browser", "google-chrome"):
            if found := shutil.which(name):
                return found
        if attempt == 0 and os.geteuid() == 0 and shutil.which("apt-get"):
            for command in ("update", "install -y --no-install-recommends chromium"):
                subprocess.run(["apt-get", "-qq", *command.split()], capture_output=True, check=False)
    pytest.skip("there is no Chromium, and apt-get cannot install it here")


@pytest.fixture(scope="module")
def browser(chromium: str) -> Iterator[object]:
    """Headless Chromium that reaches this machine only."""
    from playwright.sync_api import sync_playwright  # only where a browser is there

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", ONLY_LOOPBACK], timeout=60_000
        )
        yield started
        started.close()
