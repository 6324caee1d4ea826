"""Put the client together: its commands, its buttons, and the sync of the commands."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from discord import app_commands

from bot.core.stores import Memory
from bot.discord_ui import replies
from bot.discord_ui.actions import Again, Cancel, Delete, Redo
from bot.discord_ui.batch_cards import CancelBatch
from bot.discord_ui.client import EaselClient, Options
from bot.discord_ui.commands.admin import admin
from bot.discord_ui.commands.batch import batch
from bot.discord_ui.commands.edit import edit
from bot.discord_ui.commands.expand import expand
from bot.discord_ui.commands.generate import generate
from bot.discord_ui.commands.history import Newer, Older, ShowKept, history
from bot.discord_ui.commands.privacy import PRIVACY, privacy
from bot.discord_ui.commands.queue import CancelListed, queue
from bot.discord_ui.commands.quota import quota
from bot.discord_ui.commands.settings import settings
from bot.discord_ui.commands.usage import usage
from bot.discord_ui.editing import EDITING
from bot.discord_ui.limit_pages import LimitsPage
from bot.discord_ui.menus import menus
from bot.discord_ui.overseeing import OVERSEEING
from bot.discord_ui.refusals import tell

Command = app_commands.Command[Any, ..., Any] | app_commands.Group

COMMANDS: tuple[Command, ...] = (
    generate,
    edit,
    expand,
    batch,
    queue,
    history,
    usage,
    privacy,
    quota,
    settings,
    admin,
)

COMPONENTS = (
    *(Again, Redo, Cancel, Delete),
    *EDITING,
    *(CancelListed, ShowKept, Newer, Older),
    replies.OpenForm,
    LimitsPage,
    *OVERSEEING,
    *PRIVACY,
    CancelBatch,
)
"""Every button and select, so that they work under messages of earlier processes."""


def build_client(memory: Memory, options: Options) -> EaselClient:
    """A client that can log in once it was given its `services`.

    Args:
        memory: Remembers which commands Discord has been told of.
        options: As in `EaselClient`.
    """

    async def prepare(client: EaselClient) -> None:
        client.add_dynamic_items(*COMPONENTS)
        await sync_commands(client, memory)

    client = EaselClient(prepare=prepare, hear=replies.answer, options=options)
    for command in COMMANDS:
        client.tree.add_command(command)
    for menu in menus():
        client.tree.add_command(menu)
    client.tree.error(tell)
    return client


async def sync_commands(client: EaselClient, memory: Memory) -> bool:
    """Tell Discord the commands if they are not what it was told last.

    Discord allows 200 new commands a day, and each change reaches members late.

    Returns:
        Whether anything was sent.
    """
    payload = [command.to_dict(client.tree) for command in client.tree.get_commands()]
    digest = hashlib.sha256(json.dumps(payload, sort_keys=True, default=str).encode()).hexdigest()
    name = f"commands of application {client.application_id}"
    if await memory.recall(name) == digest:
        return False
    await client.tree.sync()
    await memory.remember(name, digest)
    return True
