# files: conftest.py=exit, sitecustomize.py=exit, usercustomize.py=exit, pytest.ini=exit, pyproject.toml=exit, nbgrader_config.py=exit
# files: ipython_config.py=exit, jupyter_config.json=exit, .pythonrc=exit, gradebook.db=exit
# Files that tools read when they start.
# held by: files
import subprocess
import sys

print(subprocess.run([sys.executable, "-c", "print(1)"], capture_output=True, text=True).stdout)
