"""Set-up: doctor, JupyterLab at the first lesson, a stick, what a teacher is given."""

DISTRIBUTION = "robustness-2d"  # what pip calls the package
