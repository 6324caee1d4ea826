"""The policy that operators publish says what the program does."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from bot.core.privacy import GRACE, TOKEN_USELESS
from bot.discord_ui.commands.privacy import HOW_LONG, ExportMine
from bot.services.sweep import KEEP_INPUTS, KEEP_RESULTS
from bot.settings import Settings
from bot.storage import migrate
from bot.storage.sqlite import SMALL
from tests.repo.documents import ROOT, flat, section

POLICY = ROOT / "docs" / "privacy.md"


def test_the_policy_names_the_times_that_hold() -> None:
    """Given the policy, when its numbers are read, then they are the program's."""
    default = Settings.model_fields["retention_days"].default
    said = flat(POLICY)

    assert f"| {default} days after it was asked for" in said
    assert f"After {GRACE.days} days, everything about the server is erased" in said
    assert f"| {TOKEN_USELESS.seconds // 60} minutes, or until the answer is posted" in said
    assert f"those that could not be posted, {KEEP_RESULTS.days} days" in said
    assert f"| {KEEP_INPUTS.days} days after the last request" in said
    assert f"up to {SMALL // 2**20} MB at once" in said
    assert f"after {max(KEEP_INPUTS, KEEP_RESULTS).days} days at the latest" in HOW_LONG
    assert f"**{ExportMine.label}**" in said


@pytest.fixture
def tables(tmp_path: Path) -> set[str]:
    """What there is in a database."""
    database = tmp_path / "easel.db"
    migrate.apply(database)
    with closing(sqlite3.connect(database)) as connection:
        found = connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'").fetchall()
    return {name for (name,) in found if "yoyo" not in name and "sqlite" not in name}


def test_the_policy_says_of_every_table_what_of_members_is_in_it(tables: set[str]) -> None:
    """Given the schema, when the policy is compared, then no table was forgotten."""
    cells = re.findall(
        r"^\| (`[^|]+) \|", section(POLICY, "For operators: where it is"), re.MULTILINE
    )

    assert {name for cell in cells for name in re.findall(r"`(\w+)`", cell)} == tables


def test_every_column_that_holds_a_member_is_one_that_is_erased(tables: set[str]) -> None:
    """Given the schema, when columns of members are listed, then erasing is tried with each."""
    tried = {
        "job.member_id",
        "job.cancelled_by",
        "member_lane.member_id",
        "erasure.member_id",
        "quota_rule.subject_id",
        "quota_rule.set_by",
        "quota_permit.subject_id",
        "quota_permit.set_by",
        "quota_counter.account_id",
        "audit.actor_id",
    }
    named = re.compile(r"member_id|_by|subject_id|account_id|actor_id|user_id|author_id")
    source = "\n".join(file.read_text() for file in migrate.folder().glob("*.sql"))
    columns = set(re.findall(r"^  (\w+) BIGINT", source, re.MULTILINE)) | set(
        re.findall(r"ADD COLUMN (\w+) BIGINT", source)
    )

    assert {name for name in columns if named.fullmatch(name) or name.endswith("_by")} == {
        name.partition(".")[2] for name in tried
    }
    assert {name.partition(".")[0] for name in tried} <= tables
