"""JupyterHub for one course on one machine, as course.toml in the folder above `etc` says.

Students and instructors have servers of their own, as themselves. The formgrader is a service: a server that
runs as the grader's account in the course folder and that only instructors reach.
"""

import os
import tomllib
from pathlib import Path

c = get_config()  # noqa: F821  traitlets defines it where it runs this file

HOME = Path(__file__).resolve().parents[1]
settings = tomllib.loads((HOME / "course.toml").read_text(encoding="utf-8"))
course, grader = settings["course"], settings["grader"]
students, instructors = settings["students"], settings["instructors"]
ports = {"hub": 8081, "proxy": 8001, "formgrader": 8910, "ngshare": 8900} | settings.get("ports", {})
everyone = str(HOME / "etc" / "everyone")
path = f"{HOME}/env/bin:/usr/local/bin:/usr/bin:/bin"

# --- the hub ------------------------------------------------------------------------------------------
c.JupyterHub.bind_url = settings["address"]
c.JupyterHub.ssl_cert, c.JupyterHub.ssl_key = settings.get("certificate", ""), settings.get("key", "")
c.JupyterHub.hub_bind_url = f"http://127.0.0.1:{ports['hub']}"
c.JupyterHub.db_url = f"sqlite:///{HOME}/run/jupyterhub.sqlite"
c.JupyterHub.cookie_secret_file = f"{HOME}/run/cookie_secret"
c.ConfigurableHTTPProxy.api_url = f"http://127.0.0.1:{ports['proxy']}"
c.ConfigurableHTTPProxy.pid_file = f"{HOME}/run/proxy.pid"
node_proxy = HOME / "proxy" / "node_modules" / ".bin" / "configurable-http-proxy"
python_proxy = HOME / "env" / "bin" / "configurable-http-proxy"
c.ConfigurableHTTPProxy.command = [str(node_proxy if node_proxy.exists() else python_proxy)]

# --- who may log in -----------------------------------------------------------------------------------
c.JupyterHub.authenticator_class = settings["authenticator"]
c.Authenticator.allowed_users = {*students, *instructors}
c.Authenticator.allow_existing_users = False  # the grader's account is a user of the hub and never logs in
if settings["authenticator"] == "shared-password":
    c.SharedPasswordAuthenticator.user_password = os.environ["COURSE_HUB_PASSWORD"]

# --- who may do what ----------------------------------------------------------------------------------
formgrader_scopes = [f"access:services!service={course}", "list:services", f"read:services!service={course}"]
c.JupyterHub.load_groups = {
    f"formgrade-{course}": {"users": [*instructors, grader]},
    f"nbgrader-{course}": {"users": students},
}
c.JupyterHub.load_roles = [
    {"name": "instructors", "groups": [f"formgrade-{course}"], "scopes": formgrader_scopes},
    {
        "name": "formgrader",
        "services": [course],
        "scopes": ["list:users", "read:users:name", "read:users:groups", "list:groups", "read:groups"],
    },
]
c.Spawner.server_token_scopes = [
    "users:activity!user",
    "access:servers!server",
    "read:users:name!user",
    "read:users:groups!user",
]

# --- everybody's own server ---------------------------------------------------------------------------
spawners = {"local": "jupyterhub.spawner.LocalProcessSpawner", "systemd": "systemdspawner.SystemdSpawner"}
c.JupyterHub.spawner_class = spawners[settings["spawner"]]
c.Spawner.cmd = [f"{HOME}/env/bin/jupyterhub-singleuser"]
c.Spawner.default_url = "/lab"
c.Spawner.mem_limit, c.Spawner.cpu_limit = settings.get("memory"), settings.get("cpus")
c.Spawner.environment = {"JUPYTER_CONFIG_PATH": everyone, "PATH": path, "TF_CPP_MIN_LOG_LEVEL": "3"}
c.Spawner.start_timeout = c.Spawner.http_timeout = 120
c.SystemdSpawner.isolate_tmp = True
c.SystemdSpawner.disable_user_sudo = True

# --- services -----------------------------------------------------------------------------------------
c.JupyterHub.services = [
    {
        "name": course,  # nbgrader wants the course's name here
        "url": f"http://127.0.0.1:{ports['formgrader']}",
        "user": grader,
        "cwd": f"{HOME}/grader/course",
        "command": [f"{HOME}/env/bin/jupyterhub-singleuser"],
        "oauth_no_confirm": True,
        "environment": {
            "HOME": f"{HOME}/grader",
            "PATH": path,
            "JUPYTER_CONFIG_PATH": f"{HOME}/etc/grader:{everyone}",
            "JUPYTERHUB_DEFAULT_URL": "/formgrader",
        },
    }
]
if settings.get("exchange") == "ngshare":
    c.JupyterHub.services.append(
        {
            "name": "ngshare",
            "url": f"http://127.0.0.1:{ports['ngshare']}",
            "user": settings["ngshare_account"],
            "cwd": f"{HOME}/ngshare-data",
            "command": [
                f"{HOME}/ngshare/bin/python",
                f"{HOME}/etc/serve_ngshare.py",
                str(HOME / "course.toml"),
            ],
            "oauth_no_confirm": True,
            "environment": {"HOME": f"{HOME}/ngshare-data"},
        }
    )


def first_page(handler):
    """Instructors land in the formgrader, everybody else in their own server."""
    user = handler.current_user
    return f"/services/{course}/formgrader" if user and user.name in instructors else "/hub/spawn"


c.JupyterHub.default_url = first_page
