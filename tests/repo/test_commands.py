"""Every command, menu, button and form is one that Discord takes."""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from typing import Any

import discord
import pytest
from discord import app_commands

from bot.discord_ui import commands
from bot.discord_ui.batch_cards import CancelBatch
from bot.discord_ui.buttons import JobButton
from bot.discord_ui.client import EaselClient, Options
from bot.discord_ui.commands.privacy import MineButton
from bot.discord_ui.editing import Choose, PictureButton
from bot.discord_ui.face import COMMANDS, COMPONENTS, build_client
from bot.discord_ui.limit_pages import LimitsPage
from bot.discord_ui.menus import menus
from bot.discord_ui.modals import EditModal
from bot.discord_ui.overseeing import AdminButton
from bot.discord_ui.replies import OpenForm

Payload = dict[str, Any]
Component = discord.ui.DynamicItem[Any]

# As Discord documents it, for letters that have no upper case.
NAME = re.compile(r"[-_'\w]{1,32}")

MANAGE_SERVER = 1 << 5

FOR_ADMINS = {"quota", "settings", "admin"}

EVERYWHERE = {"privacy"}
"""Also in direct messages, and whatever the operator chose: it is for those who left, too."""

SHARED = {"options"}
"""Modules beside the commands that hold what several of them have."""

GUILD, DIRECT = 0, 1
"""Where a command may be used, as Discord numbers it."""

ONE_COMMAND = 8_000
"""Characters of names, descriptions and values that Discord takes for one command."""

MENUS_OF_A_KIND = 5

LARGEST = 2**63 - 1
"""Ids are no larger than that."""


class Nothing:
    """A memory without a fact in it."""

    async def recall(self, name: str) -> str | None:
        return None

    async def remember(self, name: str, value: str) -> None:
        raise AssertionError(f"nothing was to be remembered, but {name} was")


class Shown:
    """A picture that a form may offer."""

    name = "a" * 200
    spoiler = False

    async def read(self, limit: int) -> bytes:
        raise AssertionError("nobody has submitted the form")


def build(*, direct_messages: bool = False) -> EaselClient:
    """The client, put together as for real and not logged in."""
    return build_client(Nothing(), Options(direct_messages=direct_messages, shard_count=1))


def told(client: EaselClient) -> dict[str, Payload]:
    """What Discord is told of each command and menu, by its name."""
    return {command.name: command.to_dict(client.tree) for command in client.tree.get_commands()}


@pytest.fixture
async def client() -> EaselClient:
    """The client as it is unless an operator chooses otherwise."""
    return build()


@pytest.fixture
def payloads(client: EaselClient) -> dict[str, Payload]:
    """What Discord is told of each command that is typed, by its name."""
    kind = discord.AppCommandType.chat_input
    return {name: each for name, each in told(client).items() if each["type"] == kind.value}


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

    assert [command.name for command in defined] == ([] if name in SHARED else [name])
    assert all(command in COMMANDS for command in defined)


async def test_the_client_has_exactly_the_listed_commands(client: EaselClient) -> None:
    """Given the client, when its tree is read, then it has what `COMMANDS` and `menus` list."""
    listed = [*(command.name for command in COMMANDS), *(menu.name for menu in menus())]

    assert list(told(client)) == listed


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


@pytest.mark.parametrize("direct_messages", [False, True])
async def test_direct_messages_are_for_those_who_are_allowed_them(*, direct_messages: bool) -> None:
    """Given what the operator chose, when Discord is told of commands, then they are there."""
    payloads = told(build(direct_messages=direct_messages))
    contexts = {name: each["contexts"] for name, each in payloads.items()}

    everywhere = [GUILD, DIRECT] if direct_messages else [GUILD]
    assert contexts == dict.fromkeys(contexts, everywhere) | {
        name: contexts[name] for name in FOR_ADMINS
    } | {name: [GUILD, DIRECT] for name in EVERYWHERE}


@pytest.mark.parametrize(
    "direct_messages",
    [
        False,
        True,
    ],
)
async def test_rules_are_made_in_servers_only(*, direct_messages: bool) -> None:
    """Given the admins' commands, when Discord is told of them, then of servers and no more."""
    payloads = told(build(direct_messages=direct_messages))

    assert {name: payloads[name]["contexts"] for name in FOR_ADMINS} == {
        name: [GUILD] for name in FOR_ADMINS
    }


async def test_rules_are_for_those_who_manage_the_server(client: EaselClient) -> None:
    """Given the admins' commands, when Discord is told of them, then it shows them to no others."""
    payloads = told(client)
    asked = {name: each["default_member_permissions"] for name, each in payloads.items()}

    assert asked == {name: MANAGE_SERVER if name in FOR_ADMINS else None for name in payloads}


def test_menus_are_as_discord_takes_them() -> None:
    """Given the entries of menus, when they are counted and read, then they are few and short."""
    kinds = [menu.type for menu in menus()]

    assert all(kinds.count(kind) <= MENUS_OF_A_KIND for kind in kinds)
    assert all(1 <= len(menu.name) <= 32 for menu in menus())


# ---------------------------------------------------------------------------------------- buttons


def made(kind: type[Component]) -> Component:
    """A button or select with the largest numbers that it can have."""
    if issubclass(kind, OpenForm):
        return kind(LARGEST, LARGEST)
    if issubclass(kind, MineButton):
        return kind()
    if issubclass(kind, CancelBatch):
        return kind(LARGEST)
    if issubclass(kind, LimitsPage):
        return kind(999_999)
    if issubclass(kind, Choose):
        return kind(LARGEST, range(9, 10))
    if issubclass(kind, PictureButton):
        return kind(LARGEST, 9, LARGEST)
    assert issubclass(kind, JobButton | AdminButton)
    return kind(LARGEST)


@pytest.mark.parametrize("kind", COMPONENTS, ids=lambda each: each.__name__)
async def test_a_component_finds_itself_by_its_id(kind: type[Component]) -> None:
    """Given a button with the largest numbers, when its id is read, then it fits only this one."""
    custom_id = made(kind).custom_id
    matching = [each for each in COMPONENTS if made(each).template.fullmatch(custom_id)]

    assert len(custom_id) <= 100
    assert matching == [kind]


def kinds_of_buttons(kind: type[Component]) -> Iterator[type[Component]]:
    """Those that somebody can press: the ones that have a label."""
    for each in kind.__subclasses__():
        yield from kinds_of_buttons(each)
        if hasattr(each, "label"):
            yield each


def test_every_button_is_registered() -> None:
    """Given every kind of button, when the client is put together, then it knows that kind."""
    kinds = (JobButton, AdminButton, MineButton)
    assert {each for kind in kinds for each in kinds_of_buttons(kind)} <= set(COMPONENTS)


# ------------------------------------------------------------------------------------------ forms


@pytest.mark.parametrize("pictures", [0, 1, 2, 40])
async def test_the_form_is_one_that_discord_takes(pictures: int) -> None:
    """Given any number of pictures to choose from, when the form is made, then it fits."""
    form = EditModal([Shown()] * pictures)
    fields = [each for each in form.children if isinstance(each, discord.ui.Label)]
    choices = [
        choice
        for field in fields
        if isinstance(field.component, discord.ui.Select)
        for choice in field.component.options
    ]

    assert len(form.children) == len(fields) <= 5
    assert len(form.title) <= 45
    assert all(1 <= len(field.text) <= 45 for field in fields)
    assert all(len(field.description or "") <= 100 for field in fields)
    assert len(choices) == (min(pictures, 25) if pictures > 1 else 0)
    assert all(len(choice.label) <= 100 for choice in choices)
