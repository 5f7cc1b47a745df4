"""A site to read: lessons run, exercises, explorers, reference, teaching notes, API.

`make site`, or `python -m robustkit.setup.pages FOLDER`. Sphinx makes it of what is in
the repository. No page asks for any address; each works from a file, in any folder.
"""
