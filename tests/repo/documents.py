"""The documents, and how to take them apart."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from discord import app_commands

from bot.discord_ui.face import COMMANDS

ROOT = Path(__file__).parents[2]
README = ROOT / "README.md"
EDITING = ROOT / "docs" / "editing.md"
OPERATE = ROOT / "docs" / "operate.md"
LIFE = ROOT / "docs" / "state-machine.md"
EXAMPLE = ROOT / ".env.example"
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted(ROOT.glob("docs/**/*.md"))]


def text(path: Path) -> str:
    """A document."""
    return path.read_text(encoding="utf-8")


def flat(path: Path) -> str:
    """A document in one line, so that it does not matter where its lines end."""
    return " ".join(text(path).split())


def named(path: Path) -> str:
    """A document's name, for failures and ids."""
    return str(path.relative_to(ROOT))


def section(path: Path, heading: str, depth: int = 2) -> str:
    """What stands under a heading, up to the next of the same depth or a lesser one."""
    _, found, rest = text(path).partition(f"\n{'#' * depth} {heading}\n")
    assert found, f"{named(path)} has no heading “{heading}”"
    return re.split(rf"\n#{{1,{depth}}} ", rest)[0]


def table(markdown: str, mark: str) -> dict[str, list[str]]:
    """Rows whose first cell stands between marks: that cell without them, and the others."""
    found = {}
    quoted = re.escape(mark)
    for line in re.findall(rf"^\| ({quoted}[^|]*{quoted} \|.*) \|$", markdown, re.MULTILINE):
        first, *others = (cell.strip() for cell in line.split("|"))
        found[first.removeprefix(mark).removesuffix(mark)] = others
    return found


def rows(markdown: str) -> dict[str, list[str]]:
    """The rows of a text whose first cell is code."""
    return table(markdown, "`")


def leaf_commands() -> Iterator[tuple[str, app_commands.Command[Any, ..., Any]]]:
    """Every command that can be typed, by the words that are typed."""
    for command in COMMANDS:
        inside = command.walk_commands() if isinstance(command, app_commands.Group) else [command]
        for each in inside:
            if isinstance(each, app_commands.Command):
                yield each.qualified_name, each
