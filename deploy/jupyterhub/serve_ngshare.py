"""Serves ngshare on the loopback interface, with the course's roster from course.toml.

ngshare's own `main` listens on all interfaces and needs an administrator who fills in the roster by hand.
It runs in an environment of its own: ngshare 0.6.0 silently stores nothing with SQLAlchemy 2.
"""

import os
import sys
import tomllib
from collections import namedtuple
from pathlib import Path
from urllib.parse import urlparse

from ngshare import dbutil
from ngshare.database import Course, User
from ngshare.ngshare import MyApplication
from tornado.httpserver import HTTPServer
from tornado.ioloop import IOLoop

MOST_BYTES = 64 * 2**20  # of one submission


def main(settings_file: str) -> None:
    """Serve until the hub ends this process."""
    settings = tomllib.loads(Path(settings_file).read_text(encoding="utf-8"))
    os.umask(0o077)
    storage, database = f"{Path.cwd()}/files", f"sqlite:///{Path.cwd()}/ngshare.db"
    options = namedtuple("Options", ["x"])(["data=true", f"storage={storage}"])
    dbutil.upgrade(database, cmd_opts=options)
    prefix = os.environ["JUPYTERHUB_SERVICE_PREFIX"]
    application = MyApplication(prefix, database, storage, admin=[], autoreload=False)
    with application.db_session() as session:
        enrol(session, settings["course"], settings["students"], settings["instructors"])
    port = urlparse(os.environ["JUPYTERHUB_SERVICE_URL"]).port
    HTTPServer(application, max_buffer_size=MOST_BYTES).listen(port, "127.0.0.1")
    IOLoop.current().start()


def enrol(db, course_id: str, students: list[str], instructors: list[str]) -> None:
    """Make the course and its roster what the settings say.

    The formgrader is a service, and ngshare knows a service by its name, which is the course's.
    """
    users = {name: db.get(User, name) or User(name) for name in {course_id, *students, *instructors}}
    course = db.query(Course).filter(Course.id == course_id).one_or_none() or Course(course_id)
    db.add_all([*users.values(), course])
    course.instructors = [users[name] for name in (course_id, *instructors)]
    course.students = [users[name] for name in students]
    db.commit()


if __name__ == "__main__":
    main(sys.argv[1])
