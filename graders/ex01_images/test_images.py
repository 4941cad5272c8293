"""The suite of notebook `images`: its parts, in the notebook's order."""

from graders.ex01_images import brightness, classifier, cohort, files, grid, split, turning
from judge.suite import collect

collect(globals(), grid, files, turning, brightness, cohort, split, classifier)
