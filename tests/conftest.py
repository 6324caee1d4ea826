"""Guard rails for every test: no network but this machine, no settings but the test's own."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.conformance.postgres_engine import PostgresEngine

settings.register_profile("long", max_examples=2_000, deadline=None)

pytest_plugins = ["pytester", "tests.no_network", "tests.no_skips"]

# What Easel reads, and what other providers' keys are called.
OURS = ("DISCORD_", "OPENAI_", "EASEL_", "DATABASE_URL", "DATA_DIR")
KEYS = ("_API_KEY", "_BASE_URL")


def is_setting(name: str) -> bool:
    """Whether an environment variable could change what Easel does; pydantic ignores its case."""
    return name.upper().startswith(OURS) or name.upper().endswith(KEYS)


@pytest.fixture(scope="session", autouse=True)
def _clean_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A developer's own settings, home and .env are out of reach, for long-lived fixtures too."""
    with pytest.MonkeyPatch.context() as patch:
        for name in filter(is_setting, list(os.environ)):
            patch.delenv(name)
        patch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
        patch.chdir(tmp_path_factory.mktemp("elsewhere"))
        yield


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test starts in an empty folder: a relative path finds nothing and leaves nothing."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresEngine]:
    """A PostgreSQL server of this session's own, started when a test first asks for it."""
    engine = PostgresEngine()
    yield engine
    engine.close()
