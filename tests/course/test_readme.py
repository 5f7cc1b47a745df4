"""What the README's example prints."""

import re
from pathlib import Path

README = Path(__file__).parents[2] / "README.md"


def test_the_example_prints_what_the_readme_shows():
    text = README.read_text("utf-8")
    code = re.search(r"```python\n(.*?)```", text, re.S)[1]
    made = {}
    for line in code.splitlines():
        if not line.startswith(("rk.plane", "rk.explore", "print")):
            exec(line, made)
    shown = re.search(r"```\n(network 0\n.*?)\n```", text, re.S)[1]
    assert str(made["path"]) == shown
    assert str(made["path"].turn).split(";")[0] in text
    low, high = made["reading"].alignment_of_fitting
    assert f"here −{abs(low):.2f}" in text
    assert high - low < 0.01
