"""Where the database is, as an operator says it."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.settings import load


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("sqlite:///folder/easel.db", "folder/easel.db"),
        ("sqlite:////srv/easel.db", "/srv/easel.db"),
    ],
)
def test_the_database_may_be_elsewhere(
    monkeypatch: pytest.MonkeyPatch, url: str, path: str
) -> None:
    """Given the address of a SQLite file, when read, then it is that file, relative or not."""
    monkeypatch.setenv("DATABASE_URL", url)

    assert load(None)[0].database_path == Path(path)
    assert load(None)[0].postgres_url is None


@pytest.mark.parametrize("url", ["postgresql://db.example/easel", "postgres:///easel?host=/run"])
def test_the_database_may_be_on_a_server(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    """Given the address of a PostgreSQL database, when read, then it is that, as it is."""
    monkeypatch.setenv("DATABASE_URL", url)

    settings, problems = load(None)

    assert problems == ()
    assert (settings.postgres_url, settings.database_setting) == (url, "DATABASE_URL")


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://easel:hunter%402@db.example/easel",
        "postgresql://db.example/easel?user=easel&password=hunter%402",
    ],
)
def test_the_password_of_the_database_is_a_secret(
    monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    """Given an address with a password, when read, then no log shows it in either spelling."""
    monkeypatch.setenv("DATABASE_URL", url)

    assert load(None)[0].secrets == ("hunter@2", "hunter%402")
