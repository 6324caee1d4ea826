"""Set, clear and show what a server allows: how much, and what may be asked for."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from bot.core.allowances import Allowance, Permit
from bot.core.budgets import NO_BUDGETS, Budgets
from bot.core.errors import InvalidRequest
from bot.core.periods import Period
from bot.core.ports import Clock
from bot.core.quotas import Account, Amount, Bound, Counter, Rule, Standing, Subject, Tally
from bot.core.stores import Store

MOST_PICTURES = 1_000_000
MOST_MICRO = 1_000_000 * 1_000_000
MOST_PIXELS = 2**40


@dataclass(frozen=True, slots=True)
class Whom:
    """The subject of a rule or a permit in one server."""

    guild_id: int
    subject: Subject
    subject_id: int = 0

    @property
    def member(self) -> int | None:
        """The member, if it is one."""
        return self.subject_id if self.subject is Subject.MEMBER else None


@dataclass(frozen=True, slots=True)
class Change:
    """One rule before and after; either may be missing.

    Attributes:
        ends_at: When its running period ends.
        standing: What is taken of it, where that is one number: of the server, or of a member.
    """

    before: Rule | None
    after: Rule | None
    ends_at: datetime
    standing: Standing | None = None


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a subject was allowed, if anything was said, and what it is allowed now."""

    before: Permit | None
    after: Allowance


class Limit:
    """Rules and permits of servers.

    Args:
        budgets: What the operator lets be spent, whatever the rules say.
    """

    def __init__(self, *, store: Store, clock: Clock, budgets: Budgets = NO_BUDGETS) -> None:
        self._store = store
        self._clock = clock
        self.budgets = budgets

    async def of(self, whom: Whom) -> dict[Period, Rule]:
        """The rules of one subject."""
        return {
            rule.period: rule
            for rule in await self._store.rules(whom.guild_id, whom.member)
            if (rule.subject, rule.subject_id) == (whom.subject, whom.subject_id)
        }

    async def set(
        self, whom: Whom, period: Period, *, pictures: int | None, micro: int | None, by: int
    ) -> Change:
        """Set one rule, in place of the one for the same subject and period.

        Args:
            whom: Whom it limits.
            period: For how long it counts.
            pictures: How many.
            micro: Micro-dollars. With neither, there is no limit, whatever rules further down the
                line say.
            by: Who sets it.

        Raises:
            InvalidRequest: It is out of bounds.
        """
        if pictures is not None and not 0 <= pictures <= MOST_PICTURES:
            raise InvalidRequest(f"`pictures` may be from 0 to {MOST_PICTURES:,}.")
        if micro is not None and not 0 <= micro <= MOST_MICRO:
            raise InvalidRequest("`dollars` may be from 0 to 1,000,000.")
        rule = self._rule(whom, period, pictures, micro, by)
        before = await self._store.set_rule(rule)
        return Change(before, rule, await self._end(rule), await self._standing(rule))

    async def clear(self, whom: Whom, period: Period, *, by: int) -> Change:
        """Remove one rule.

        Raises:
            InvalidRequest: There is none.
        """
        rule = self._rule(whom, period, None, None, by)
        before = await self._store.clear_rule(rule, by, self._clock.now())
        if before is None:
            raise InvalidRequest("No such limit is set. See what is with `/quota show`.")
        return Change(before, None, await self._end(rule))

    async def clear_all(self, whom: Whom, *, by: int) -> tuple[tuple[Change, ...], Permit | None]:
        """Remove every rule of a subject and what it is allowed; answers what there was."""
        cleared = []
        for rule in await self._store.rules(whom.guild_id, whom.member):
            if (rule.subject, rule.subject_id) == (whom.subject, whom.subject_id):
                before = await self._store.clear_rule(rule, by, self._clock.now())
                cleared.append(Change(before, None, await self._end(rule)))
        return tuple(cleared), await self._permit(whom, Allowance(), by)

    async def allow(self, whom: Whom, *, by: int, **said: Any) -> Allowed:
        """Change what may be asked for.

        Args:
            whom: Who may.
            by: Who says so.
            said: Fields of `Allowance`, of which None leaves it to the next in the line. What is
                left out stays as it is.

        Raises:
            InvalidRequest: It is out of bounds.
        """
        if said.get("pixels") is not None and not 0 < said["pixels"] <= MOST_PIXELS:
            raise InvalidRequest("A largest size needs at least one pixel in each direction.")
        after = replace(await self.allowed(whom), **said)
        return Allowed(await self._permit(whom, after, by), after)

    async def allowed(self, whom: Whom) -> Allowance:
        """What was said of that subject alone."""
        said = (
            permit.allowance
            for permit in await self.permits(whom.guild_id, whom.member)
            if (permit.subject, permit.subject_id) == (whom.subject, whom.subject_id)
        )
        return next(said, Allowance())

    async def _permit(self, whom: Whom, allowance: Allowance, by: int) -> Permit | None:
        permit = Permit(
            guild_id=whom.guild_id,
            subject=whom.subject,
            subject_id=whom.subject_id,
            allowance=allowance,
            set_by=by,
            set_at=self._clock.now(),
        )
        return await self._store.set_permit(permit)

    async def grant(
        self, guild_id: int, member_id: int, period: Period, amount: Amount, *, by: int
    ) -> Counter:
        """Add to what a member may draw in the running period.

        Raises:
            InvalidRequest: It is nothing, or out of bounds.
        """
        if not 0 <= amount.pictures <= MOST_PICTURES or not 0 <= amount.micro <= MOST_MICRO:
            raise InvalidRequest("A grant may be up to 1,000,000 pictures or dollars.")
        if amount == Amount():
            raise InvalidRequest("Say how much: `pictures`, `dollars`, or both.")
        tally = Tally(guild_id, Account.MEMBER, member_id, period)
        return await self._store.grant(tally, amount, by, self._clock.now())

    async def forgive(
        self, guild_id: int, member_id: int | None, period: Period, *, by: int
    ) -> Counter:
        """Let the server, or one member, begin anew in the running period."""
        account = Account.SERVER if member_id is None else Account.MEMBER
        tally = Tally(guild_id, account, member_id or guild_id, period)
        return await self._store.forgive(tally, by, self._clock.now())

    async def rules(self, guild_id: int, member_id: int | None = None) -> tuple[Rule, ...]:
        """Every rule of a server; `member_id` as in `core.stores.Accounts`."""
        return await self._store.rules(guild_id, member_id)

    async def permits(self, guild_id: int, member_id: int | None = None) -> tuple[Permit, ...]:
        """What the subjects of a server are allowed; likewise."""
        return (await self._store.policy(guild_id, member_id)).permits

    async def bounds(
        self, guild_id: int, member_id: int, roles: Collection[int]
    ) -> tuple[Bound, ...]:
        """What must have room for a request of the member, and how much of it is taken."""
        return await self._store.bounds(guild_id, member_id, roles, self._clock.now())

    async def counters(self, guild_id: int, member_id: int) -> tuple[Counter, ...]:
        """What the server and the member used in each period that is running."""
        return await self._store.counters(guild_id, member_id, self._clock.now())

    def _rule(
        self, whom: Whom, period: Period, pictures: int | None, micro: int | None, by: int
    ) -> Rule:
        return Rule(
            guild_id=whom.guild_id,
            subject=whom.subject,
            subject_id=whom.subject_id,
            period=period,
            pictures=pictures,
            micro=micro,
            set_by=by,
            set_at=self._clock.now(),
        )

    async def _end(self, rule: Rule) -> datetime:
        zone = (await self._store.policy(rule.guild_id)).chosen.zone
        return rule.period.end(self._clock.now(), ZoneInfo(zone))

    async def _standing(self, rule: Rule) -> Standing | None:
        if rule.subject not in {Subject.SERVER, Subject.MEMBER}:
            return None
        bounds = await self.bounds(rule.guild_id, rule.subject_id, ())
        found = (standing for bound in bounds for standing in bound.standings)
        return next((standing for standing in found if standing.rule == rule), None)
