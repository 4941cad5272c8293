"""Where the judge enters nbgrader: its preprocessors, its release, its gradebook, its exports."""
