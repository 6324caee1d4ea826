"""The lanes that jobs wait in, and their place in the order of turns.

Whoever changes the jobs of a lane holds the lane first and refreshes it last, in the same
transaction, so that its flag always says what its jobs say.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import orjson

from bot.core.stores import Limits
from bot.storage.transaction import Transaction
from bot.storage.transactions import facts
from bot.storage.transactions.chosen import chosen_by_all

Move = Callable[[int], int]
"""How far a lane of that weight moves in virtual time."""

LIMITS = "storage.lane_caps"
"""The fact that says which caps the lanes have."""


def stay(_weight: int) -> int:
    """The lane keeps its place."""
    return 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A server's lane and a member's lane in it, locked.

    Attributes:
        clock: Virtual time among servers.
        member_clock: Virtual time among the members of this server.
    """

    guild_id: int
    member_id: int
    guild_weight: int
    member_weight: int
    clock: int
    member_clock: int


def ensure(tx: Transaction, guild_id: int, member_id: int, limits: Limits) -> None:
    """Make the lanes where they are missing, with the caps that hold now."""
    tx.change("guild_lane_ensure", guild_id=guild_id, cap=limits.server_slots)
    tx.change("member_lane_ensure", guild_id=guild_id, member_id=member_id, cap=limits.member_slots)


def hold(tx: Transaction, guild_id: int, member_id: int) -> Held:
    """Take both lanes for the rest of the transaction."""
    guild = tx.one("guild_lane", guild_id=guild_id)
    member = tx.one("member_lane", guild_id=guild_id, member_id=member_id)
    return Held(
        guild_id=guild_id,
        member_id=member_id,
        guild_weight=guild["weight"],
        member_weight=member["weight"],
        clock=tx.one("clock")["vtime"],
        member_clock=guild["member_vtime"],
    )


def refresh(tx: Transaction, held: Held, move: Move = stay) -> None:
    """Derive both flags from the jobs as they are now, and move the lanes.

    The member's flag comes first: the server's depends on it.
    """
    tx.change(
        "member_lane_refresh",
        guild_id=held.guild_id,
        member_id=held.member_id,
        moved=move(held.member_weight),
        clock=held.member_clock,
    )
    tx.change(
        "guild_lane_refresh",
        guild_id=held.guild_id,
        moved=move(held.guild_weight),
        clock=held.clock,
    )


def hold_all(tx: Transaction) -> int:
    """Take the clock and every lane for the rest of the transaction; answers the clock."""
    clock: int = tx.one("clock_locked")["vtime"]
    tx.one("guild_lanes_locked")
    return clock


def rederive(tx: Transaction) -> int:
    """Correct every lane whose flag is not what its jobs say; answers how many there were."""
    clock = hold_all(tx)
    members = tx.change("member_lanes_rederive")
    return members + tx.change("guild_lanes_rederive", clock=clock)


def set_limits(tx: Transaction, limits: Limits) -> None:
    """Give every lane its cap; looks at no lane where they have these caps already.

    Servers that chose less for themselves keep to that.
    """
    wanted = orjson.dumps([limits.server_slots, limits.member_slots]).decode()
    if facts.recall(tx, LIMITS) == wanted:
        return
    hold_all(tx)
    tx.change("guild_caps", cap=limits.server_slots)
    tx.change("member_caps", cap=limits.member_slots)
    for guild_id, chosen in chosen_by_all(tx).items():
        set_caps(tx, guild_id, limits.within(chosen))
    rederive(tx)
    facts.remember(tx, LIMITS, wanted)


def set_caps(tx: Transaction, guild_id: int, limits: Limits) -> None:
    """Give the lanes of one server their caps; `rederive` has to follow."""
    tx.change("guild_cap", guild_id=guild_id, cap=limits.server_slots)
    tx.change("member_caps_of_guild", guild_id=guild_id, cap=limits.member_slots)
