"""Links of texts that stand without the repository's files beside them."""

from __future__ import annotations

import robustkit as rk
from robustkit.setup import links


def test_a_link_leads_where_it_is_told_and_keeps_its_place_in_the_text():
    text = "[a](b.md#c) ![p](images/p.png) [w](https://x.y/z.md) [h](#here) [r](/r.md)"
    assert links.moved(text, "notebooks/t.md", lambda path: f"<{path}>") == (
        "[a](<notebooks/b.md>#c) ![p](<notebooks/images/p.png>) "
        "[w](https://x.y/z.md) [h](#here) [r](/r.md)"
    )


def test_what_can_be_seen_in_public_is_that_of_this_version():
    begin, end = links.repository(), f"v{rk.__version__}"
    assert links.public("README.md") == f"{begin}/blob/{end}/README.md"
    assert links.public("notebooks/images/plane.png").startswith(f"{begin}/raw/{end}/")


def test_a_copy_of_the_course_links_to_the_public_files_that_it_lacks(tmp_path):
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "exercises").mkdir()
    (tmp_path / "exercises" / "01.ipynb").touch()
    text = "[e](../exercises/01.ipynb) [t](teaching-notes.md#x) [r](../README.md)"
    (tmp_path / "notebooks" / "reference.md").write_text(text, "utf-8")
    (tmp_path / "notebooks" / "plane.svg").write_text(text, "utf-8")
    links.complete(tmp_path, ("notebooks", "exercises"))
    notes = links.public("notebooks/teaching-notes.md")
    assert (tmp_path / "notebooks" / "reference.md").read_text("utf-8") == (
        f"[e](../exercises/01.ipynb) [t]({notes}#x) [r]({links.public('README.md')})"
    )
    assert (tmp_path / "notebooks" / "plane.svg").read_text("utf-8") == text
