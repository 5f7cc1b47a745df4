"""What is taken for Pyodide: only what has the hash that it should have."""

from __future__ import annotations

import hashlib
import json

import pytest

from . import official


def sha256(content):
    return hashlib.sha256(content).hexdigest()


@pytest.fixture
def sources(tmp_path, monkeypatch):
    """Stand in for npm and PyPI: two folders, and a list of what was asked of them."""
    npm, index, asked = tmp_path / "npm", tmp_path / "index", []
    content = {name: name.encode() for name in ("one.whl", "two.whl", "more.whl")}
    entry = {"depends": [], "unvendored_tests": False}
    lock = {
        "packages": {
            "one": {
                **entry,
                "file_name": "one.whl",
                "sha256": sha256(b"one.whl"),
                "depends": ["two_of-them"],
            },
            "two-of-them": {
                **entry, "file_name": "two.whl", "sha256": sha256(b"two.whl"),
            },
            "more": {**entry, "file_name": "more.whl", "sha256": sha256(b"more.whl")},
        }
    }  # fmt: skip
    runtime = {"pyodide-lock.json": json.dumps(lock).encode(), "machine.wasm": b"asm"}
    for folder, files in (npm, runtime), (index, content):
        folder.mkdir()
        for name, held in files.items():
            (folder / name).write_bytes(held)

    def fetched(folder):
        return lambda beside: asked.append(folder.name) or folder

    hashes = {name: sha256(held) for name, held in runtime.items()}
    monkeypatch.setattr(official, "RUNTIME", hashes)
    monkeypatch.setattr(official, "WANTED", ("one",))
    monkeypatch.setattr(official, "_runtime", fetched(npm))
    monkeypatch.setattr(official, "_copies", fetched(index))
    return npm, index, asked


def test_what_is_wanted_comes_with_what_it_needs_and_nothing_else(sources, tmp_path):
    place = official.official(tmp_path / "here")
    names = {path.name for path in place.iterdir()}
    assert names == {"pyodide-lock.json", "machine.wasm", "one.whl", "two.whl"}


def test_what_is_there_is_not_asked_for_again(sources, tmp_path):
    *_, asked = sources
    for _ in range(2):
        official.official(tmp_path / "here")
    assert asked == ["npm", "index"]


@pytest.mark.parametrize("name", ["machine.wasm", "two.whl"])
def test_half_a_file_counts_as_none(sources, tmp_path, name):
    place = official.official(tmp_path / "here")
    whole = (place / name).read_bytes()
    (place / name).write_bytes(whole[:-1])
    assert (official.official(place) / name).read_bytes() == whole


@pytest.mark.parametrize(("which", "name"), [(0, "machine.wasm"), (1, "two.whl")])
@pytest.mark.parametrize("change", ["other", "gone"])
def test_another_file_is_named_and_not_taken(sources, tmp_path, which, name, change):
    held = sources[which] / name
    held.write_bytes(b"other") if change == "other" else held.unlink()
    with pytest.raises(official.Wrong, match=name) as raised:
        official.official(tmp_path / "here")
    assert "one.whl" not in str(raised.value)
    assert not (tmp_path / "here" / name).exists()


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (["no-such-program", "pyodide"], "not installed"),
        (["false", "pyodide"], "cannot give pyodide"),
    ],
)
def test_what_cannot_be_asked_is_said_in_words(tmp_path, command, why):
    with pytest.raises(official.Unavailable, match=why):
        official._run(*command, cwd=tmp_path)


def test_the_command_says_where_it_is_or_why_it_is_not(sources, tmp_path, capsys):
    _, index, _ = sources
    assert official.main([str(tmp_path / "here")]) == 0
    assert capsys.readouterr().out.strip() == str(tmp_path / "here")
    (index / "one.whl").write_bytes(b"other")
    assert official.main([str(tmp_path / "there")]) == 1
    assert "one.whl" in capsys.readouterr().err
