"""Finds links of built pages that lead nowhere."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urlsplit


class Page(HTMLParser):
    """What a page has: anchors, links to follow, and what it loads by itself."""

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.anchors: set[str] = {"", "top"}
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.feed(path.read_text("utf-8"))

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        self.anchors.add(given.get("id") or "")
        if given.get("href"):
            kept = self.loaded if tag == "link" else self.links
            kept.append(given["href"])
        if given.get("src"):
            self.loaded.append(given["src"])


def troubles(site: Path) -> list[str]:
    """Return which links of a site lead nowhere, and what it loads from elsewhere."""
    pages = {path.resolve(): Page(path) for path in site.rglob("*.html")}
    found = []
    for path, page in pages.items():
        for link in (*page.links, *page.loaded):
            to = urlsplit(link)
            if to.scheme:
                if link in page.loaded and to.scheme != "data":
                    found.append(f"{path.name} loads {link}")
                continue
            there = (path.parent / unquote(to.path)).resolve() if to.path else path
            wanted = pages[there].anchors if there in pages else {to.fragment}
            if not there.is_file() or unquote(to.fragment) not in wanted:
                found.append(f"{path.name} links to {link}")
    return found
