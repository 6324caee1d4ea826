"""What the documents say is what the program does."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import discord
import pytest
import simcord
from pydantic import SecretStr

import bot
from bot import settings
from bot.core.jobs import TRANSITIONS, State
from bot.discord_ui.client import Options
from bot.discord_ui.face import build_client
from bot.ops import metrics
from bot.settings import Settings
from tests.repo.documents import (
    DOCUMENTS,
    EXAMPLE,
    LIFE,
    OPERATE,
    README,
    ROOT,
    flat,
    leaf_commands,
    named,
    rows,
    section,
    text,
)

NO_DEFAULT = "—"

PERMISSIONS = {
    "view_channel": "View Channels",
    "send_messages": "Send Messages",
    "send_messages_in_threads": "Send Messages in Threads",
    "attach_files": "Attach Files",
    "read_message_history": "Read Message History",
}
"""What the bot does in a channel, and what Discord's pages call it; replies need the last."""

VARIABLE = re.compile(r"(?:DISCORD|OPENAI|EASEL|DATA|DATABASE)_[A-Z][A-Z_]*")


class Forgetful:
    """A memory that keeps nothing."""

    async def recall(self, name: str) -> str | None:
        return None

    async def remember(self, name: str, value: str) -> None:
        return None


def default(name: str) -> str:
    """How a setting's default is written down; nothing where it has none."""
    value = next(
        field.default for field in Settings.model_fields.values() if field.validation_alias == name
    )
    if value is None:
        return ""
    return str(value).lower() if isinstance(value, bool) else str(value)


def example_lines() -> list[tuple[str, str, str]]:
    """The settings in `.env.example`: the comment above, the name, and what stands after `=`."""
    found = []
    for above, line in pairwise(text(EXAMPLE).splitlines()):
        setting = re.fullmatch(r"(?:# )?([A-Z_]+)=(.*)", line)
        if setting:
            found.append((above, setting[1], setting[2]))
    return found


# ------------------------------------------------------------------------------------- settings


def test_the_example_names_every_setting_in_order() -> None:
    """Given `.env.example`, when it is read, then it has every setting once, in order."""
    assert tuple(name for _, name, _ in example_lines()) == settings.names()


def test_the_example_says_what_each_setting_is_for() -> None:
    """Given `.env.example`, when it is read, then a sentence stands above each setting."""
    unexplained = [
        name for above, name, _ in example_lines() if not re.fullmatch(r"# [A-Z].+\.", above)
    ]

    assert unexplained == []


def test_the_example_shows_the_real_defaults() -> None:
    """Given `.env.example`, when its values are compared, then each is the program's default."""
    shown = {name: value for _, name, value in example_lines()}

    assert shown == {name: default(name) for name in settings.names()}


def test_only_secrets_of_others_wait_to_be_filled_in() -> None:
    """Given `.env.example`, when it is copied, then two empty secrets are all that has effect."""
    effective = re.findall(r"^([A-Z_]+)=(.*)$", text(EXAMPLE), re.MULTILINE)

    assert dict(effective) == dict.fromkeys(settings.SECRETS - {"EASEL_SECRET"}, "")


@pytest.mark.parametrize("uncommented", [False, True], ids=["as it is", "with every line on"])
def test_the_example_is_read_without_a_complaint(tmp_path: Path, *, uncommented: bool) -> None:
    """Given a copy of the example, when it is loaded, then nothing is wrong and nothing changes."""
    copied = text(EXAMPLE)
    if uncommented:
        copied = re.sub(r"^# ([A-Z_]+=)", r"\1", copied, flags=re.MULTILINE)
    (tmp_path / ".env").write_text(copied, encoding="utf-8")

    loaded, problems = settings.load(tmp_path / ".env")

    assert problems == ()
    assert loaded == settings.load(None)[0]


def test_the_readme_names_every_setting_with_its_default() -> None:
    """Given the README's table, when it is compared, then names, order and defaults are right."""
    table = rows(section(README, "Settings"))
    shown = {name: cells[0] for name, cells in table.items()}

    assert tuple(shown) == settings.names()
    assert shown == {
        name: f"`{default(name)}`" if default(name) else NO_DEFAULT for name in settings.names()
    }


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_no_document_names_a_setting_that_does_not_exist(document: Path) -> None:
    """Given a document, when it names a variable, then the program reads it."""
    assert set(VARIABLE.findall(text(document))) <= set(settings.names())


def test_secrets_are_kept_as_secrets() -> None:
    """Given the settings, when those listed as secrets are looked up, then each hides its value."""
    hidden = {
        str(field.validation_alias)
        for field in Settings.model_fields.values()
        if SecretStr.__name__ in str(field.annotation)
    }

    assert hidden == settings.SECRETS


# ------------------------------------------------------------------------------------- commands


def test_the_readme_names_every_command_and_no_other() -> None:
    """Given the README's tables, when compared, then they have the commands that can be typed."""
    documented = set(rows(section(README, "Commands")))

    assert documented == {f"/{name}" for name, _ in leaf_commands()}


def test_the_readme_names_the_options_of_every_command() -> None:
    """Given the README's tables, when compared, then each command has its options, in order."""
    documented = {
        name: re.findall(r"`(\w+)`", cells[0])
        for name, cells in rows(section(README, "Commands")).items()
    }

    assert documented == {
        f"/{name}": [each.display_name for each in command.parameters]
        for name, command in leaf_commands()
    }


def test_operating_names_every_command_of_the_command_line() -> None:
    """Given docs/operate.md, when compared, then its table has the commands of `easel`."""
    from bot.cli import main  # noqa: PLC0415 -- what it imports is not needed by the other tests

    documented = set(rows(section(OPERATE, "Commands")))

    assert documented == {f"easel {name}" for name in main.commands}


def test_the_invite_asks_for_what_the_bot_does() -> None:
    """Given the README's invite, when taken apart, then it has those permissions and scopes."""
    found = re.search(r"https://discord\.com/oauth2/authorize\?\S+", text(README))
    assert found
    query = parse_qs(urlsplit(found[0]).query)
    needed = discord.Permissions(**dict.fromkeys(PERMISSIONS, True))

    assert query["permissions"] == [str(needed.value)]
    assert query["scope"] == ["bot applications.commands"]


def test_the_readme_names_the_permissions_of_the_invite() -> None:
    """Given the README, when it says what the invite asks for, then it names each, in order."""
    *most, last = PERMISSIONS.values()

    assert f"It asks for {', '.join(most)} and {last} (" in flat(README)


async def test_the_readme_mentions_the_bot_of_the_demo_by_its_number() -> None:
    """Given the demo's page, which completes no names, when one mentions the bot, then so."""
    client = build_client(Forgetful(), Options(shard_count=1))

    async with simcord.run(client, check_errors=False) as env:
        mention = f"<@{env.backend.bot_user.id}>"

    assert f"type `{mention} " in flat(README)


# ------------------------------------------------------------------------------- what else agrees


def test_the_state_diagram_is_the_transitions() -> None:
    """Given docs/state-machine.md, when its diagram is read, then its arrows are `TRANSITIONS`."""
    diagram = re.search(r"```mermaid\n(.*?)```", text(LIFE), re.DOTALL)
    assert diagram
    arrows = re.findall(r"^\s+(\S+) --> ([^\s:]+)", diagram[1], re.MULTILINE)

    begins = [("[*]", "queued")]
    steps = [(one, other) for one, following in TRANSITIONS.items() for other in following]
    ends = [(state, "[*]") for state, following in TRANSITIONS.items() if not following]
    assert sorted(arrows) == sorted([*begins, *steps, *ends])


def test_every_state_is_explained() -> None:
    """Given docs/state-machine.md, when its table is read, then each state has a row."""
    explained = re.findall(r"^\| (\w+) \|", text(LIFE), re.MULTILINE)

    assert explained == ["state", *State]


def test_every_metric_is_documented() -> None:
    """Given the metrics' own table, when docs/operate.md is compared, then it has the same ones."""
    assert metrics.__doc__
    real = {
        name.strip("`"): labels.replace(",", " ").split()
        for name, labels in re.findall(r"^\| (`\S+`) \| ?([^|]*)\|", metrics.__doc__, re.MULTILINE)
    }
    documented = {
        name: re.findall(r"`(\w+)`", cells[0])
        for name, cells in rows(section(OPERATE, "Health and metrics")).items()
        if not name.startswith("/")
    }

    assert real
    assert documented == real


def test_the_newest_entry_is_this_version() -> None:
    """Given CHANGELOG.md, when its first heading is read, then it is the program's version."""
    newest = re.search(r"^## (\S+)", text(ROOT / "CHANGELOG.md"), re.MULTILINE)

    assert newest
    assert newest[1] == bot.__version__


def test_every_step_of_the_check_is_explained() -> None:
    """Given the Makefile, when `make check` names a step, then CONTRIBUTING says how to mend it."""
    recipe = text(ROOT / "Makefile").partition("\ncheck:")[2].partition("\n\n")[0]
    steps = re.findall(r'@echo "· ([^"]+)"', recipe)
    explained = re.findall(r"^\*\*(.+?)\.\*\*", text(ROOT / "CONTRIBUTING.md"), re.MULTILINE)

    assert steps
    assert explained[-len(steps) - 1 :] == [*steps, "make test"]


# ---------------------------------------------------------------------------------------- links


def links(document: Path) -> list[str]:
    """Where a document points to, pictures included; what is shown as code is not followed."""
    prose = re.sub(r"```.*?```", "", text(document), flags=re.DOTALL)
    return re.findall(r"\]\(([^)\s]+)\)", prose)


def anchors(document: Path) -> set[str]:
    """The headings of a document, as links name them."""
    headings = re.findall(r"^#+ (.+)$", text(document), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_links_between_documents_lead_somewhere(document: Path) -> None:
    """Given a document, when it points to another file or heading of ours, then that exists."""
    broken = []
    for link in links(document):
        path, _, anchor = link.partition("#")
        target = (document.parent / path).resolve() if path else document
        if link.startswith("https://"):
            continue
        there = target.is_relative_to(ROOT) and target.exists()
        if not there or (anchor and anchor not in anchors(target)):
            broken.append(link)

    assert broken == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_files_named_in_documents_exist(document: Path) -> None:
    """Given a document, when it names a file of the program, then there is one of that name."""
    prose = re.sub(r"```.*?```", "", text(document), flags=re.DOTALL)
    quoted = re.findall(r"`([\w./-]+/[\w./-]*|[\w-]+\.(?:py|toml|md|lock))`", prose)
    ours = [name for name in quoted if not name.startswith(("/", ".venv", "sqlite"))]
    places = (ROOT, ROOT / "bot", ROOT / "bot" / "discord_ui", document.parent)
    missing = [name for name in ours if not any((place / name).exists() for place in places)]

    assert missing == []
