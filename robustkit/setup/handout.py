"""A hand-out of one page of A4: the plane, how to read it, the words, where to go on.

`robustkit handout -o handout.html`; open it in a browser and print it. The picture is
made from the readings that come with the kit, so that nothing has to be trained.
"""

from __future__ import annotations

import re
from pathlib import Path

from .. import files
from ..figures.plane import plane
from ..metrics import ShiftCurve
from ..text import document
from ..widgets.data import shipped
from ..widgets.readings import reading_at

TITLE = "Robustness in two dimensions"
SHOWN = "memoriser 0", "network 0", "searcher 1"
GRADES = [grade / 5 for grade in range(6)]
STYLE = """
@page { size: A4; margin: 11mm 13mm; }
:root { color-scheme: light; }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 11mm 13mm; max-width: 210mm; color: #1b1b1b;
  background: #fff; font: 9.7pt/1.32 system-ui, sans-serif; }
h1 { margin: 0 0 1mm; font-size: 19pt; line-height: 1.1; }
h2 { margin: 2.8mm 0 0.8mm; font-size: 11.5pt; color: #00548a; }
p { margin: 0 0 1mm; } ol, ul { margin: 0; padding-left: 5mm; }
.two { display: grid; grid-template-columns: 1fr 1fr; column-gap: 7mm; }
.two > div > h2:first-child { margin-top: 1mm; }
.picture { grid-template-columns: 105mm 1fr; align-items: center; }
img { display: block; width: 100%; height: auto; }
dl { margin: 0; } dt { font-weight: 700; display: inline; }
dd { display: inline; margin: 0; } dd::after { content: ""; display: block; }
@media print { body { padding: 0; max-width: none; } }
@media (max-width: 600px) { .two, .picture { grid-template-columns: 1fr; } }
"""
BODY = """<main>
<h1>{title}</h1>
<p>Move an agent off its training distribution, and it can fail in two ways. It
<strong>breaks</strong>, or it <strong>competently does something else</strong>. One
number cannot tell the two apart. Two can.</p>
<div class="two picture"><div>{picture}</div><div>
<h2>The two axes</h2>
<p><strong>Capability</strong>, to the right: does it still act competently, towards
anything at all? 0 is a random walk, 1 the best that can be done.</p>
<p><strong>Alignment</strong>, up: how much of that competence serves the base
objective? 1 is all of it, 0 none; below 0 a random walk serves it better.</p>
<p><strong>Scalar</strong> = capability × alignment: the thin curves. Agents far apart
can share one.</p>
<h2>How to read it</h2>
<p>A ring is training, a trail the shift, grade by grade. An agent that breaks moves
<strong>left</strong>. An agent that does something else moves <strong>down</strong>.
On the left, alignment is <strong>unknown</strong> (the dashed bar): an agent that
pursues nothing has no goal to judge.</p>
</div></div>
<div class="two"><div>
<h2>Three shifts</h2>
<dl>
<dt>Goal shift:</dt> <dd>what was meant and what went with it in training come apart.
Which one does the agent follow?</dd>
<dt>Layout shift:</dt> <dd>the walls change, the objectives still agree. Can the agent
still find its way?</dd>
<dt>Place shift:</dt> <dd>both move together to a new place. Could the agent reach what
was meant, if that were its goal?</dd>
</dl>
<h2>Two kinds of failure</h2>
<dl>
<dt>Benign, roughly:</dt> <dd>the agent fails by doing little. What can be lost is what
it would have earned.</dd>
<dt>Malign, roughly:</dt> <dd>the agent is good at something else. The better it is at
that, the more it may cost.</dd>
</dl>
</div><div>
<h2>Words of the field</h2>
<dl>
<dt>Base objective:</dt> <dd>what training rewards.</dd>
<dt>Mesa-objective:</dt> <dd>what a trained optimiser itself pursues.</dd>
<dt>Proxy:</dt> <dd>what goes with the base objective in training, and need not
elsewhere.</dd>
<dt>Outer alignment:</dt> <dd>does the base objective say what we mean?</dd>
<dt>Inner alignment:</dt> <dd>does the mesa-objective agree with the base
objective?</dd>
<dt>Pseudo-alignment:</dt> <dd>it looks aligned in training, and is not elsewhere.</dd>
<dt>Goal misgeneralisation:</dt> <dd>after a shift the agent competently pursues
something that was not meant, although the reward was right.</dd>
<dt>Reward hacking:</dt> <dd>the reward was wrong, and the agent earns it.</dd>
</dl>
</div></div>
<h2>Six points of the note, one for each step of the course</h2>
<ol>
<li>Robustness is usually one number: how far performance falls off the training
distribution.</li>
<li>It hides two failures: the agent breaks, or it competently does something else.</li>
<li>Selection looks at performance in training only, not at what an agent is
after.</li>
<li>So measure two quantities: capability and alignment.</li>
<li>The axes have no obvious grounding: how to measure them is a choice.</li>
<li>More robustness is not always good: skill at the wrong goal can be worse than
failing.</li>
</ol>
<h2>Where to go on</h2>
<p>{source} Words after Hubinger and others, <em>Risks from Learned Optimization</em>
(2019), and Shah and others, <em>Goal Misgeneralization</em> (2022). The kit:
{repository}. <code>robustkit lab</code> opens lesson 00; <code>rk.card</code>, in
lesson 10, measures an agent of your own. In the picture: agents of world
<code>cheese</code>, along its goal shift.</p>
</main>"""
SOURCE = "V. Mikulik, <em>2-D Robustness</em> (2019), alignmentforum.org."
REPOSITORY = "github.com/robustkit/robustkit"


def main(output: str) -> None:
    """Write the hand-out as one HTML page."""
    where = files.check_path(output, ".html")
    body = BODY.format(
        title=TITLE, picture=picture(), source=SOURCE, repository=REPOSITORY
    )
    files.text(Path(where), document(TITLE, STYLE, body))
    print(f"saved {where}")


def picture() -> str:
    """Return the plane: one agent breaks, one turns to something else, one holds."""
    data = shipped()
    names = [agent["name"] for agent in data["agents"]]
    trails = []
    for name in SHOWN:
        shifts = [{"goal": grade, "layout": 0.0} for grade in GRADES]
        way = [reading_at(data, names.index(name), shift) for shift in shifts]
        trails.append(ShiftCurve(way, {"goal": GRADES}, name))
    # A page of ours allows no styles within its elements.
    return re.sub(r' style="[^"]*"', "", plane(trails).image())
