"""What nbgrader must know of the course for everybody on the hub: its name, and the exchange.

The course's own nbgrader_config.py, which the formgrader reads besides, stays in the grader's folder.
"""

import sys
import tomllib
from pathlib import Path

HERE = Path(__file__).resolve().parent
HOME = HERE.parents[1]
if str(HERE) not in sys.path:
    sys.path.insert(0, str(HERE))
if str(HOME / "lib") not in sys.path:
    sys.path.append(str(HOME / "lib"))  # the judge's intake; the grader's own judge comes before it

import course_exchange  # noqa: E402  it lies beside this file

from vaegan import validation_in_nbgrader  # noqa: E402

c = get_config()  # noqa: F821  traitlets defines it where it runs this file
settings = tomllib.loads((HOME / "course.toml").read_text(encoding="utf-8"))

c.CourseDirectory.course_id = settings["course"]
c.CourseDirectory.ignore = course_exchange.NOT_HANDED_IN
c.Exchange.path_includes_course = True
c.Authenticator.plugin_class = "nbgrader.auth.JupyterHubAuthPlugin"
validation_in_nbgrader.use()
course_exchange.configure(c, settings, HOME)
