"""The settings of servers, as they are read."""

from __future__ import annotations

import orjson

from bot.core.guilds import NOTHING_CHOSEN, GuildSettings
from bot.storage.transaction import Row, Transaction


def chosen(tx: Transaction, guild_id: int) -> GuildSettings:
    """The settings of a server."""
    row = tx.find("chosen", guild_id=guild_id)
    return NOTHING_CHOSEN if row is None else _read(row)


def chosen_by_all(tx: Transaction) -> dict[int, GuildSettings]:
    """The settings of every server that chose anything."""
    return {row["guild_id"]: _read(row) for row in tx.every("chosen_by_all")}


def _read(row: Row) -> GuildSettings:
    return GuildSettings.from_json(orjson.loads(row["chosen"]))
