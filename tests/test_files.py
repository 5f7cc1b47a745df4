"""Files are written whole or not at all."""

from __future__ import annotations

import pytest

from robustkit import files


def test_what_is_there_stays_if_writing_fails(tmp_path):
    where = tmp_path / f"{'n' * 250}.txt"  # as long as a name may be
    files.text(where, "old")
    with pytest.raises(UnicodeEncodeError):
        files.text(where, "\ud800")
    assert [path.read_text("utf-8") for path in tmp_path.iterdir()] == ["old"]


def test_an_error_names_the_file_that_was_asked_for(tmp_path):
    for where in (tmp_path / "nowhere" / "x.txt", tmp_path):
        with pytest.raises(OSError, match=r"[^.]+$") as raised:
            files.text(where, "new")
        assert raised.value.filename == str(where)
        assert str(raised.value).endswith(f"{str(where)!r}")
    with pytest.raises(FileNotFoundError, match="another"), files.whole(tmp_path):
        (tmp_path / "another").read_bytes()
    assert not [*tmp_path.iterdir()]
