"""Set-up: the doctor, JupyterLab at the first lesson, a folder without network."""

DISTRIBUTION = "robustkit"  # what pip calls the package
