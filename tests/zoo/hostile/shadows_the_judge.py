# files: judge/__init__.py=exit, judge/suite/__init__.py=exit, graders/__init__.py=exit, hypothesis.py=exit, pytest.py=exit, test_vae.py=exit
# Files named like the judge's own modules and suites.
# held by: files
import os

for name in os.listdir("."):
    print(name)
