"""The measurement itself on trial: its laws, planted truth, its conventions."""
