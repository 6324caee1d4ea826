"""The secret that an installation makes for itself."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from bot.core.errors import Misconfigured
from bot.storage.secret import kept_secret


def test_a_secret_is_made_once_and_kept(tmp_path: Path) -> None:
    """Given a new folder, when the secret is asked for twice, then it is the same one."""
    path = tmp_path / "data" / "easel.secret"

    first = kept_secret(path)

    assert kept_secret(path) == first
    assert len(first) == 64
    assert [each.name for each in path.parent.iterdir()] == ["easel.secret"]


def test_nobody_else_may_read_it(tmp_path: Path) -> None:
    """Given a secret that was made, when its file is looked at, then it is its owner's alone."""
    path = tmp_path / "easel.secret"
    kept_secret(path)

    assert path.stat().st_mode & 0o777 == 0o600


def test_two_installations_have_two_secrets(tmp_path: Path) -> None:
    """Given two folders, when each makes its own, then they differ."""
    assert kept_secret(tmp_path / "one") != kept_secret(tmp_path / "two")


def test_processes_that_begin_together_agree(tmp_path: Path) -> None:
    """Given eight that ask at the same time, when it is made, then all have the same one."""
    path = tmp_path / "easel.secret"
    with ThreadPoolExecutor(8) as pool:
        secrets = set(pool.map(lambda _: kept_secret(path), range(64)))

    assert len(secrets) == 1
    assert [each.name for each in tmp_path.iterdir()] == ["easel.secret"]


@pytest.mark.parametrize("content", [b"", b"\n", b"short\n"])
def test_a_file_without_a_secret_in_it_is_not_trusted(tmp_path: Path, content: bytes) -> None:
    """Given a file that was emptied, when it is read, then the operator is told what to do."""
    path = tmp_path / "easel.secret"
    path.write_bytes(content)

    with pytest.raises(Misconfigured) as wrong:
        kept_secret(path)

    [problem] = wrong.value.problems
    assert problem == (
        f"EASEL_SECRET is not set, and {path} holds no secret of mine; delete it to have it made "
        "again. Or set it to 32 characters or more."
    )


def test_a_folder_that_is_none_is_named(tmp_path: Path) -> None:
    """Given a file in the folder's place, when the secret is made, then that is said."""
    (tmp_path / "data").write_text("no folder")

    with pytest.raises(Misconfigured) as wrong:
        kept_secret(tmp_path / "data" / "easel.secret")

    assert "cannot be read or made (File exists)" in wrong.value.problems[0]
