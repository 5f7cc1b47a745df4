"""The Python sides of the widgets, and the modules of their front end."""

import robustkit as rk


def small():
    """Return a world whose levels are quick to measure on."""
    return rk.make("cheese", size=7, layouts=8)
