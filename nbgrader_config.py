"""The course for nbgrader: plain nbgrader, with our stubs and leak check in its preprocessor lists.

nbgrader reads this file whenever it runs in this folder, from a shell or behind Jupyter. Every folder of
`solutions/` is an exercise; nothing here names one.
"""

import os
import sys
import warnings
from pathlib import Path

ROOT = Path(__file__).resolve().parent

# The `nbgrader` command knows neither this folder (it must import `judge`) nor, when the environment is not
# activated, the `alembic` command beside it, which makes a new gradebook.
if str(ROOT) not in sys.path:
    sys.path.insert(0, str(ROOT))
PROGRAMS = str(Path(sys.executable).parent)
if PROGRAMS not in os.environ.get("PATH", "").split(os.pathsep):
    os.environ["PATH"] = os.pathsep.join([PROGRAMS, os.environ.get("PATH", "")])

# nbgrader makes a submission before it adds it to its database session; it is added a line later.
warnings.filterwarnings("ignore", message="Object of type <Submitted")
warnings.filterwarnings("ignore", message="Non-unique cell id", module="nbformat")  # the judge's intake mends them

c = get_config()  # noqa: F821  traitlets defines it where it runs this file

c.CourseDirectory.course_id = "vaegan_course"
c.CourseDirectory.root = str(ROOT)
c.CourseDirectory.ignore = [
    ".ipynb_checkpoints",
    "*-checkpoint.*",
    "*.pyc",
    "__pycache__",
    "feedback",
    ".DS_Store",
    "Thumbs.db",
]

# The gradebook is gradebook.db in this folder, or any database that SQLAlchemy knows, e.g. PostgreSQL:
# export COURSE_DATABASE=postgresql+psycopg://user:password@host/course
if "COURSE_DATABASE" in os.environ:
    c.CourseDirectory.db_url = os.environ["COURSE_DATABASE"]

# `nbgrader validate` and the button say "7 of 10 checks pass" and one line per check.
from vaegan import validation_in_nbgrader  # noqa: E402  the path above makes it importable

validation_in_nbgrader.use()

from judge.submission import ids  # noqa: E402  likewise

ids.use()  # a student's id with brackets is refused in a sentence

# --- source/ -> release/ -------------------------------------------------------------------------------
# release/ is committed, so it exists on a fresh checkout, where the gradebook does not: without `force`
# nbgrader would skip the exercise and never record it.
c.GenerateAssignment.force = True
c.GenerateAssignment.exporter_class = "judge.nbgrader.trial.ReleaseExporter"  # what is refused is refused before that
c.GenerateAssignment.preprocessors = [
    "nbgrader.preprocessors.IncludeHeaderFooter",
    "nbgrader.preprocessors.InstantiateTests",
    "nbgrader.preprocessors.LockCells",
    "judge.nbgrader.release.StubSolutions",  # in place of nbgrader's ClearSolutions
    "nbgrader.preprocessors.ClearOutput",
    "nbgrader.preprocessors.CheckCellMetadata",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.SaveCells",
    "nbgrader.preprocessors.ClearHiddenTests",
    "nbgrader.preprocessors.ClearMarkScheme",
    "nbgrader.preprocessors.ComputeChecksums",
    "nbgrader.preprocessors.CheckCellMetadata",
    "judge.nbgrader.release.PairModule",
    "judge.nbgrader.release.CheckLeaks",  # must stay last: it checks what students will see
]

# --- submitted/ -> autograded/ -------------------------------------------------------------------------
# It sets links and the like aside before nbgrader copies what they point to, and makes a broken notebook a result.
c.Autograde.exporter_class = "judge.nbgrader.autograde.SubmissionExporter"
c.Autograde.sanitize_preprocessors = [
    "nbgrader.preprocessors.OverwriteKernelspec",
    "nbgrader.preprocessors.OverwriteCells",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.Autograde.autograde_preprocessors = [
    "judge.nbgrader.autograde.JudgeNotebook",  # in place of nbgrader's Execute
    "nbgrader.preprocessors.LimitOutput",
    "judge.nbgrader.autograde.SaveJudgedGrades",  # in place of nbgrader's SaveAutoGrades
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]
c.OverwriteCells.add_missing_cells = True

# --- autograded/ -> feedback/ --------------------------------------------------------------------------
c.GenerateFeedback.exporter_class = (
    "judge.nbgrader.feedback_page.FeedbackPage"  # our template over nbgrader's, within limits
)
# A student's HTML must not run in the browser of whoever reads it, in feedback or in formgrader.
c.HTMLExporter.sanitize_html = True
c.HTMLExporter.filters = {
    "clean_html": "judge.reports.safe_html.filter_html",
    "markdown2html": "judge.reports.safe_markdown.markdown2html",
    "get_metadata": "judge.reports.safe_html.get_metadata",
    "strip_files_prefix": "judge.reports.safe_html.unchanged",
}
