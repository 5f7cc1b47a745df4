"""What Sphinx is told: how the site is set, and what is added to it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ... import __version__

STATIC = Path(__file__).with_name("static")
LIVE = ("explorer", "watch", "wish")  # widgets that need no kernel
CONFIGURATION: dict[str, Any] = {
    "project": "robustkit",
    "copyright": "the robustkit authors; code MIT, texts CC BY 4.0",
    "release": __version__,
    "html_title": "robustkit",
    "root_doc": "index",
    "extensions": [
        "sphinx.ext.autodoc",
        "sphinx.ext.githubpages",
        "myst_nb",
        __name__,
    ],
    "html_theme": "furo",
    "html_css_files": ["widgets.css", "site.css"],
    "html_copy_source": False,
    # Summaries would be fetched, which a page from a file cannot do.
    "html_show_search_summary": False,
    "smartquotes": False,  # texts have the signs that they mean
    "default_role": "code",
    "nb_execution_mode": "off",  # they were run before
    "nb_ipywidgets_js": {},  # those come from elsewhere
    "nb_merge_streams": True,
    "myst_heading_anchors": 3,
    "autodoc_member_order": "bysource",
    "nitpicky": True,
    # Types of other libraries, and private ones, are named and not linked.
    "nitpick_ignore_regex": [("py:.*", ".*")],
}


def setup(app: Any) -> dict[str, Any]:
    """Connect what is added; Sphinx calls this."""
    app.connect("html-page-context", _scripts)
    return {"parallel_read_safe": True, "parallel_write_safe": True}


def _scripts(app: Any, name: str, template: str, context: Any, tree: Any) -> None:
    """Load the script of a widget where it stands."""
    for entry in LIVE:
        if f'data-entry="{entry}"' in context.get("body", ""):
            app.add_js_file(f"{entry}.js", loading_method="defer")
