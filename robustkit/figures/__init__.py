"""Matplotlib pictures of results: they take results and run nothing.

Every picture carries alt text made from its data (`.alt`) and shows it in a notebook;
those that show numbers have them as text too (`.table`).
"""

from .. import alone

alone.say_nothing_of_fonts()
