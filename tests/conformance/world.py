"""The people, requests and times that the tests of the store are about."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count

from bot.core.budgets import NO_BUDGETS, Budgets
from bot.core.images import ImageRequest, Quality, Size
from bot.core.jobs import Draft, Picture, Place
from bot.core.periods import Period
from bot.core.quotas import Rule, Subject
from bot.core.stores import Limits

NOW = datetime(2026, 11, 20, 12, 30, 15, 123456, tzinfo=UTC)
LEASE = timedelta(minutes=5)
SOON = timedelta(seconds=1)

LIMITS = Limits(slots=4, server_slots=4, member_slots=2, server_queue=1_000, member_queue=1_000)

ESTIMATE = 40_000

_interactions = count(1)


def draft(
    guild: int = 1,
    member: int = 1,
    *,
    pictures: int = 1,
    estimate: int = ESTIMATE,
    interaction: int | None = None,
    parent: int | None = None,
    roles: Collection[int] = (),
) -> Draft:
    """A request; another one each time unless the interaction is given."""
    return Draft(
        place=Place(
            guild_id=guild,
            channel_id=50,
            member_id=member,
            interaction_id=next(_interactions) if interaction is None else interaction,
            token="a-token",
            application_id=900,
            roles=frozenset(roles),
        ),
        request=ImageRequest(
            prompt="a lighthouse, ünïcödé “quotes” 🌊",
            model="gpt-image-2.5-flare",
            size=Size(1024, 1536),
            quality=Quality.LOW,
            count=pictures,
        ),
        estimate=estimate,
        parent_id=parent,
    )


def picture(index: int = 0, sha256: str | None = None) -> Picture:
    """A picture that is on disk; another one each time unless the hash is given."""
    return Picture(
        index=index,
        sha256=sha256 or f"{next(_interactions):064x}",
        format="png",
        width=1024,
        height=1536,
        bytes=1_500_000,
    )


def rule(
    subject: Subject = Subject.SERVER,
    period: Period = Period.DAY,
    *,
    pictures: int | None = 10,
    micro: int | None = None,
    guild: int = 1,
    subject_id: int = 0,
    by: int = 7,
) -> Rule:
    """A limit of a server."""
    return Rule(
        guild_id=guild,
        subject=subject,
        subject_id=subject_id,
        period=period,
        pictures=pictures,
        micro=micro,
        set_by=by,
        set_at=NOW,
    )


def limits(
    *,
    server_slots: int = LIMITS.server_slots,
    member_slots: int = LIMITS.member_slots,
    server_queue: int = LIMITS.server_queue,
    member_queue: int = LIMITS.member_queue,
    budgets: Budgets = NO_BUDGETS,
) -> Limits:
    """The usual limits but for those that are given."""
    return replace(
        LIMITS,
        server_slots=server_slots,
        member_slots=member_slots,
        server_queue=server_queue,
        member_queue=member_queue,
        budgets=budgets,
    )
