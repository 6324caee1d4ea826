"""Every command is one that Discord takes."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from typing import Any

import pytest
from discord import app_commands

from bot.discord_ui import commands
from bot.discord_ui.actions import ACTIONS
from bot.discord_ui.buttons import JobButton
from bot.discord_ui.client import EaselClient
from bot.discord_ui.commands.queue import CancelListed
from bot.discord_ui.face import COMMANDS, build_client

Payload = dict[str, Any]

# As Discord documents it, for letters that have no upper case.
NAME = re.compile(r"[-_'\w]{1,32}")

MANAGE_SERVER = 1 << 5

FOR_ADMINS = {"quota", "settings"}

GUILD_CONTEXT = 0

ONE_COMMAND = 8_000
"""Characters of names, descriptions and values that Discord takes for one command."""


class Nothing:
    """A memory without a fact in it."""

    async def recall(self, name: str) -> str | None:
        return None

    async def remember(self, name: str, value: str) -> None:
        raise AssertionError(f"nothing was to be remembered, but {name} was")


@pytest.fixture
async def client() -> EaselClient:
    """The client, put together as for real and not logged in."""
    return build_client(Nothing(), shard_count=1)


@pytest.fixture
def payloads(client: EaselClient) -> dict[str, Payload]:
    """What Discord is told of each command, by its name."""
    return {command.name: command.to_dict(client.tree) for command in client.tree.get_commands()}


def within(payload: Payload) -> Iterator[Payload]:
    """A command and everything inside it that has a name and a description."""
    yield payload
    for option in payload.get("options", []):
        yield from within(option)


def characters(part: Payload) -> int:
    """What Discord counts."""
    texts = [part["name"], part["description"]]
    for choice in part.get("choices", []):
        texts += [choice["name"], str(choice["value"])]
    return sum(len(each) for each in texts)


def modules() -> list[str]:
    """Every module of commands."""
    return [found.name for found in pkgutil.iter_modules(commands.__path__)]


@pytest.mark.parametrize("name", modules())
def test_every_module_of_commands_is_imported_and_used(name: str) -> None:
    """Given a module of commands, when it is imported, then what it defines is registered."""
    module = importlib.import_module(f"{commands.__name__}.{name}")
    defined = [
        value
        for value in vars(module).values()
        if isinstance(value, app_commands.Command | app_commands.Group) and not value.parent
    ]

    assert [command.name for command in defined] == [name]
    assert all(command in COMMANDS for command in defined)


async def test_the_client_has_exactly_the_listed_commands(payloads: dict[str, Payload]) -> None:
    """Given the client, when its tree is read, then it has what `COMMANDS` lists."""
    assert list(payloads) == [command.name for command in COMMANDS]


async def test_names_are_as_discord_wants_them(payloads: dict[str, Payload]) -> None:
    """Given every command and option, when it is named, then in lower case and in 32 characters."""
    names = [part["name"] for payload in payloads.values() for part in within(payload)]

    assert [name for name in names if not NAME.fullmatch(name) or name != name.lower()] == []


async def test_everything_is_described(payloads: dict[str, Payload]) -> None:
    """Given every command and option, when it is described, then in 1 to 100 characters."""
    wrong = {
        part["name"]: part["description"]
        for payload in payloads.values()
        for part in within(payload)
        # What discord.py writes where nobody said anything is one character long.
        if not 2 <= len(part["description"]) <= 100
    }

    assert wrong == {}


async def test_choices_fit(payloads: dict[str, Payload]) -> None:
    """Given fixed choices, when they are counted, then there are 25 at most, of 100 characters."""
    lists = [part.get("choices", []) for each in payloads.values() for part in within(each)]

    assert all(len(choices) <= 25 for choices in lists)
    assert all(1 <= len(choice["name"]) <= 100 for choices in lists for choice in choices)


async def test_each_command_is_within_what_discord_counts(payloads: dict[str, Payload]) -> None:
    """Given each command with all it holds, when its characters are counted, then they fit."""
    sizes = {
        name: sum(characters(part) for part in within(payload))
        for name, payload in payloads.items()
    }

    assert {name: size for name, size in sizes.items() if size >= ONE_COMMAND} == {}


async def test_required_options_come_first(payloads: dict[str, Payload]) -> None:
    """Given the options of a command, when one is required, then none before it is optional."""
    for payload in payloads.values():
        for part in within(payload):
            required = [option.get("required", False) for option in part.get("options", [])]

            assert required == sorted(required, reverse=True), part["name"]


async def test_commands_are_for_servers_only(payloads: dict[str, Payload]) -> None:
    """Given every command, when Discord is told where it is, then in servers and nowhere else."""
    contexts = {name: payload["contexts"] for name, payload in payloads.items()}

    assert contexts == {name: [GUILD_CONTEXT] for name in payloads}


async def test_rules_are_for_those_who_manage_the_server(payloads: dict[str, Payload]) -> None:
    """Given the admins' commands, when Discord is told of them, then it shows them to no others."""
    asked = {name: payload["default_member_permissions"] for name, payload in payloads.items()}

    assert asked == {name: MANAGE_SERVER if name in FOR_ADMINS else None for name in payloads}


@pytest.mark.parametrize("button", [*ACTIONS, CancelListed], ids=lambda each: each.__name__)
async def test_a_button_finds_itself_by_its_id(button: type[JobButton]) -> None:
    """Given a button with the largest number, when its id is read, then it fits only this one."""
    made = button(2**63 - 1)
    matching = [
        kind for kind in (*ACTIONS, CancelListed) if kind(1).template.fullmatch(made.custom_id)
    ]

    assert len(made.custom_id) <= 100
    assert matching == [button]
