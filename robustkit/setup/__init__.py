"""Set-up: the doctor, JupyterLab at the first lesson, a folder without network."""

DISTRIBUTION = "robustness-2d"  # what pip calls the package
