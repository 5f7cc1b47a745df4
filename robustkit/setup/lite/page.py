"""The site's first page: the lessons, and what this browser lacks, if anything."""

from __future__ import annotations

import json
import re
import shutil
from html import escape
from pathlib import Path

from ... import files
from ...course.outline import title

HERE = Path(__file__).parent
TITLE = "Robustness in two dimensions"
LAB = "lab/index.html?path="
TIME = re.compile(r"^\*\*Time\.\*\* (\d+ minutes)", re.M)
# JupyterLab's page looks here for its settings, of which there are none.
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'self';
 style-src 'unsafe-inline'; img-src data:;
 worker-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="icon" href="data:,">
<title>{title}, in your browser</title>
<style>{style}</style>
<script id="jupyter-config-data" type="application/json" data-jupyter-lite-root=".">
{{}}</script>
</head>
<body>
<main>
<h1>{title}, in your browser</h1>
<p>Move an agent off its training distribution, and it can break, or it can competently
do something else. In this course you train agents, move them, and measure which.</p>
<p>There is nothing to install. Python itself runs in this page: the first start takes
up to a minute, later ones less.</p>
<div id="state" role="status"><noscript>This page needs JavaScript, and so does the
course: allow it for this address.</noscript></div>
<p><a class="first" href="{first}">Begin with lesson 00</a></p>
<h2>Lessons</h2>
<ul class="lessons">
{lessons}
</ul>
<h2>What becomes of your work</h2>
<p>It stays on this computer, kept by this browser for this address. Nothing is sent
anywhere. To take a notebook with you, or <code>robustkit-progress.json</code>, which
lies at the top of the list of files on the left, right-click it there and choose
<em>Download</em>. To have an original back, delete your copy there and reload the
page.</p>
<h2>What is different here</h2>
<p>A cell that never ends is not stopped by ■: choose <em>Kernel</em>, then <em>Restart
Kernel…</em>; what you wrote stays. There is no shell (<code>!…</code>), and nothing can
be installed. Each notebook that is open has a Python of its own, so close those that
you are done with.</p>
<h2>If a lesson does not start</h2>
<p>A cell that shows <code>[*]</code> is running, or waiting for Python. Where the first
cell still does after two minutes, reload the page. If that does not help, look whether
a file was damaged on its way here; this loads all of them.</p>
<p><button id="check">Check the files</button>
<span id="files" role="status"></span></p>
<p class="licence">Code: MIT licence. Texts and pictures: CC BY 4.0.</p>
</main>
<script src="check.js" data-root=""></script>
</body>
</html>
"""
CHECKED = """<link rel="icon" href="favicon.ico">
<script src="../check.js" data-root="../"></script>
"""
LESSON = """<li><span class="name"><a href="{link}">{name}</a></span>
<span class="more">{more}</span></li>"""
BESIDE = (("exercises", "exercises"), ("solutions", "solutions"))


def write(root: Path, place: Path) -> None:
    """Write the first page, with the lessons of the repository; and what checks."""
    names = [path.stem for path in sorted((root / "notebooks").glob("*.ipynb"))]
    files.text(
        place / "index.html",
        PAGE.format(
            title=TITLE,
            first=_link("notebooks", names[0]),
            lessons="\n".join(_lesson(root, name) for name in names),
            style=(HERE / "start.css").read_text("utf-8"),
        ),
    )
    shutil.copy(HERE / "check.js", place)
    lab = place / "lab" / "index.html"
    before, end, after = lab.read_text("utf-8").rpartition("</body>")
    lab.write_text(f"{before}{CHECKED}{end}{after}", "utf-8")


def _link(part: str, name: str) -> str:
    return f"{LAB}{part}/{name}.ipynb"


def _lesson(root: Path, name: str) -> str:
    """Return a lesson's line: its number, title, length, and what goes with it."""
    book = json.loads((root / "notebooks" / f"{name}.ipynb").read_text("utf-8"))
    texts = ["".join(cell["source"]) for cell in book["cells"][:3]]
    number = name.partition("-")[0]
    heading = title(texts[0]) or name
    length = [found[1] for text in texts for found in TIME.finditer(text)]
    more = [
        f'<a href="{_link(part, name)}">{words}</a>'
        for part, words in BESIDE
        if (root / part / f"{name}.ipynb").is_file()
    ]
    return LESSON.format(
        link=_link("notebooks", name),
        name=escape(f"{number} {heading}" if number.isdigit() else heading),
        more=" · ".join([*length, *more]),
    )
