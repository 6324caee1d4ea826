"""An installed Easel has everything that a checkout has."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

import bot

ROOT = Path(__file__).parents[2]

# Building and installing takes seconds, which several processes need not pay.
pytestmark = [pytest.mark.slow, pytest.mark.timeout(180), pytest.mark.xdist_group("wheel")]

CARRIED = ("bot/**/*.py", "bot/**/*.toml", "bot/**/*.sql")

# What an installed Easel finds of its own; every path is made where it is asked for.
LOOK = """
import json, sys
from datetime import date
from pathlib import Path

target, folder = sys.argv[1:]
sys.path.insert(0, target)

import bot
from bot.core.errors import Misconfigured
from bot.imageapi.catalogue import load_catalogue
from bot.imageapi.providers import load_providers
from bot.storage import migrate, statements

database = Path(folder) / "easel.db"
providers = load_providers(order=None, folder=None, environment={"OPENAI_API_KEY": "made-up"})
print(json.dumps({
    "from": bot.__file__,
    "version": bot.__version__,
    "models": [model.id for model in load_catalogue()],
    "providers": [provider.name for provider in providers],
    "statements": sorted(statements.load()),
    "applied": migrate.apply(database),
    "pending": migrate.pending(database),
}))
"""


def run(*command: str | Path, cwd: Path) -> str:
    """What a program says; the test fails with it where the program does."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def pip(*arguments: str | Path, cwd: Path) -> str:
    """This Python's pip, which asks no index for anything."""
    quiet = ("--isolated", "--disable-pip-version-check", "--no-cache-dir", "--quiet")
    return run(sys.executable, "-m", "pip", *quiet, *arguments, "--no-index", "--no-deps", cwd=cwd)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built as the Dockerfile builds it."""
    folder = tmp_path_factory.mktemp("wheel")
    pip("wheel", "--no-build-isolation", "--wheel-dir", folder, ROOT, cwd=folder)
    [built] = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder into which the wheel was installed."""
    folder = tmp_path_factory.mktemp("installed")
    pip("install", "--target", folder, wheel, cwd=folder)
    return folder


@pytest.fixture(scope="module")
def seen(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What the installed Easel finds, from a folder where no checkout is."""
    data = tmp_path_factory.mktemp("data")
    found: dict[str, Any] = json.loads(
        run(sys.executable, "-I", "-c", LOOK, installed, data, cwd=data)
    )
    return found


def test_the_wheel_is_named_for_this_version(wheel: Path) -> None:
    """Given the wheel, when its name is read, then it is this version and runs anywhere."""
    assert wheel.name == f"easel-{bot.__version__}-py3-none-any.whl"


def test_the_wheel_carries_every_file_of_the_program(wheel: Path) -> None:
    """Given the wheel, when compared with the checkout, then nothing is missing or too much."""
    ours = {str(path.relative_to(ROOT)) for pattern in CARRIED for path in ROOT.glob(pattern)} | {
        f"bot/{path.relative_to(ROOT)}" for path in ROOT.glob("migrations/**/*.sql")
    }
    with zipfile.ZipFile(wheel) as archive:
        carried = {name for name in archive.namelist() if not name.startswith("easel-")}

    assert carried == ours


def test_the_installed_program_is_what_was_asked(installed: Path, seen: dict[str, Any]) -> None:
    """Given an installed Easel, when it is imported, then it is not the checkout's."""
    assert Path(seen["from"]).is_relative_to(installed)
    assert seen["version"] == bot.__version__


def test_the_installed_program_finds_models_and_providers(seen: dict[str, Any]) -> None:
    """Given an installed Easel, when it reads its data, then models and providers are there."""
    from bot.imageapi.catalogue import load_catalogue  # noqa: PLC0415 -- as LOOK does

    assert seen["models"] == [model.id for model in load_catalogue()]
    assert seen["providers"] == ["openai"]


def test_the_installed_program_finds_its_statements(seen: dict[str, Any]) -> None:
    """Given an installed Easel, when it reads its SQL, then every statement is there."""
    from bot.storage import statements  # noqa: PLC0415 -- as LOOK does

    assert seen["statements"] == sorted(statements.load())


def test_the_installed_program_makes_its_database(seen: dict[str, Any]) -> None:
    """Given an installed Easel, when its folder is empty, then it applies every migration."""
    migrations = sorted(path.stem for path in ROOT.glob("migrations/sqlite/*.sql"))

    assert migrations
    assert seen["applied"] == migrations
    assert seen["pending"] == []


def test_the_installed_program_has_its_command(installed: Path) -> None:
    """Given an installed Easel, when its entry points are read, then `easel` is among them."""
    [entry_points] = installed.glob("easel-*.dist-info/entry_points.txt")

    assert "easel = bot.cli:main" in entry_points.read_text(encoding="utf-8")
