"""The named statements in `sql/`, read once for each store.

A file holds blocks that begin with a line `-- name: claim_something`; lines that are comments
belong to the reader and are left out. The text is one for all engines; what an engine spells
differently is changed here and nowhere else. What one engine alone needs is in a folder of its
name.
"""

from __future__ import annotations

import re
from importlib import resources

NAME = re.compile(r"-- name: (\w+)")

ROW_LOCK = re.compile(r"\s+FOR UPDATE(?: SKIP LOCKED)?")
"""SQLite has no row locks and needs none: its one writer holds the whole file."""


CAST = re.compile(r"::\w+")
"""SQLite's operators on JSON take text as it is."""

PLACEHOLDER = re.compile(r"(?<!:):(\w+)")
"""A value, as SQLite takes it and the statements are written."""


def load(engine: str = "") -> dict[str, str]:
    """Every statement by its name, as written: those for all engines, or for that one alone.

    Raises:
        ValueError: Two have the same name.
    """
    found: dict[str, str] = {}
    folder = resources.files("bot.storage") / "sql" / engine
    for file in sorted(folder.iterdir(), key=lambda entry: entry.name):
        if file.name.endswith(".sql"):
            for name, text in parse(file.read_text(encoding="utf-8")):
                if name in found:
                    raise ValueError(f"two statements are named {name}")
                found[name] = text
    return found


def parse(text: str) -> list[tuple[str, str]]:
    """Names and statements of one file, in its order."""
    found: list[tuple[str, list[str]]] = []
    for line in text.splitlines():
        named = NAME.fullmatch(line.strip())
        if named:
            found.append((named[1], []))
        elif found and line.strip() and not line.lstrip().startswith("--"):
            found[-1][1].append(line)
    return [(name, "\n".join(lines)) for name, lines in found]


def for_sqlite() -> dict[str, str]:
    """Every statement by its name, in SQLite's words."""
    return {name: CAST.sub("", ROW_LOCK.sub("", text)) for name, text in load().items()}


def for_postgres() -> dict[str, str]:
    """Every statement by its name, with values as psycopg takes them."""
    texts = {**load(), **load("postgres")}
    return {
        name: PLACEHOLDER.sub(r"%(\1)s", text.replace("%", "%%")) for name, text in texts.items()
    }
