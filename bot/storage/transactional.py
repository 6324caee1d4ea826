"""The whole store, whatever the engine: each call is one transaction function.

An engine says how such a function is run, to write or to read; which one a call runs is said here.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Concatenate, ParamSpec, TypeVar

from bot.core.allowances import Permit
from bot.core.bookkeeping import Spent
from bot.core.delivery import Delivery, Later, Posted
from bot.core.errors import DrawingFailed
from bot.core.guilds import Change, GuildSettings
from bot.core.jobs import Draft, Job, Note, Picture, State
from bot.core.quotas import Amount, Bound, Counter, Rule, Tally
from bot.core.reports import GuildQueue, Page, Waiting
from bot.core.stores import Limits, Policy, Recovered, Submitted
from bot.storage.privacy_calls import PrivacyCalls
from bot.storage.transaction import Transaction
from bot.storage.transactions import (
    accounts,
    audit,
    calls,
    cancel,
    claim,
    deliveries,
    facts,
    files,
    finish,
    guilds,
    lanes,
    recover,
    reports,
    submit,
)

Given = ParamSpec("Given")
Result = TypeVar("Result")


class TransactionalStore(PrivacyCalls, ABC):
    """The calls of `core.stores.Store`."""

    @abstractmethod
    async def _run(
        self, name: str, body: Callable[[Transaction], Result], *, write: bool
    ) -> Result:
        """Run one transaction to its end, even where nobody waits for it any more.

        Args:
            name: What is called, for the sentence of an error.
            body: Commits by returning, rolls back by raising. Where the engine had to undo it
                for another's sake, it is run again.
            write: Otherwise it sees one moment of the database, and can change nothing.

        Raises:
            Unavailable: The database cannot be used now.
        """

    async def _write(
        self,
        function: Callable[Concatenate[Transaction, Given], Result],
        *args: Given.args,
        **kwargs: Given.kwargs,
    ) -> Result:
        return await self._run(
            function.__name__, lambda tx: function(tx, *args, **kwargs), write=True
        )

    async def _read(
        self,
        function: Callable[Concatenate[Transaction, Given], Result],
        *args: Given.args,
        **kwargs: Given.kwargs,
    ) -> Result:
        return await self._run(
            function.__name__, lambda tx: function(tx, *args, **kwargs), write=False
        )

    # Queue

    async def submit(self, draft: Draft, limits: Limits, now: datetime) -> Submitted:
        return await self._write(submit.submit, draft, limits, now)

    async def answered(self, job_id: int, message_id: int) -> None:
        await self._write(submit.answered, job_id, message_id)

    async def claim(self, worker: str, now: datetime, lease: timedelta) -> Job | None:
        return await self._write(claim.claim, worker, now, lease)

    async def renew(self, job: Job, now: datetime, lease: timedelta) -> bool:
        return await self._write(claim.renew, job, now, lease)

    async def intend(self, job: Job, call: int, provider: str, now: datetime) -> bool:
        return await self._write(calls.intend, job, call, provider, now)

    async def rejected(self, job: Job, call: int, code: str, now: datetime) -> bool:
        return await self._write(calls.rejected, job, call, code, now)

    async def keep(
        self,
        job: Job,
        pictures: Sequence[Picture],
        cost: int,
        provider: str,
        now: datetime,
        *,
        note: Note | None = None,
    ) -> Job | None:
        return await self._write(finish.keep, job, pictures, cost, provider, now, note=note)

    async def fail(self, job: Job, failure: DrawingFailed, now: datetime) -> Job | None:
        return await self._write(finish.fail, job, failure, now)

    async def requeue(self, job: Job, now: datetime) -> Job | None:
        return await self._write(finish.requeue, job, now)

    async def cancel(self, job_id: int, by: int, now: datetime) -> State:
        return await self._write(cancel.cancel, job_id, by, now)

    async def clear_queue(self, guild_id: int, by: int, now: datetime) -> tuple[Job, ...]:
        return await self._write(cancel.clear_queue, guild_id, by, now)

    async def recover(
        self, now: datetime, *, repeat: bool, held: Collection[int] | None = None
    ) -> Recovered:
        return await self._write(recover.recover, now, repeat=repeat, held=held)

    async def lapsed(self, job_id: int, attempt: int, now: datetime) -> bool:
        return await self._read(claim.lapsed, job_id, attempt, now)

    async def set_limits(self, limits: Limits) -> None:
        await self._write(lanes.set_limits, limits)

    # Deliveries

    async def next_delivery(self, now: datetime, lease: timedelta) -> Delivery | None:
        return await self._write(deliveries.next_delivery, now, lease)

    async def next_due(self) -> datetime | None:
        return await self._read(deliveries.next_due)

    async def sending(self, delivery: Delivery, part: int, now: datetime) -> None:
        await self._write(deliveries.sending, delivery, part, now)

    async def sent(self, delivery: Delivery, part: int, posted: Posted, now: datetime) -> None:
        await self._write(deliveries.sent, delivery, part, posted, now)

    async def delivered(self, delivery: Delivery, posted: Posted, now: datetime) -> tuple[str, ...]:
        return await self._write(deliveries.delivered, delivery, posted, now)

    async def postpone(self, delivery: Delivery, later: Later) -> None:
        await self._write(deliveries.postpone, delivery, later)

    # Accounts

    async def rules(self, guild_id: int, member_id: int | None = None) -> tuple[Rule, ...]:
        return await self._read(accounts.rules, guild_id, member_id)

    async def set_rule(self, rule: Rule) -> Rule | None:
        return await self._write(accounts.set_rule, rule)

    async def clear_rule(self, rule: Rule, by: int, now: datetime) -> Rule | None:
        return await self._write(accounts.clear_rule, rule, by, now)

    async def set_permit(self, permit: Permit) -> Permit | None:
        return await self._write(accounts.set_permit, permit)

    async def grant(self, tally: Tally, amount: Amount, by: int, now: datetime) -> Counter:
        return await self._write(guilds.grant, tally, amount, by, now)

    async def forgive(self, tally: Tally, by: int, now: datetime) -> Counter:
        return await self._write(guilds.forgive, tally, by, now)

    async def counters(self, guild_id: int, member_id: int, now: datetime) -> tuple[Counter, ...]:
        return await self._read(guilds.counters, guild_id, member_id, now)

    async def bounds(
        self, guild_id: int, member_id: int, roles: Collection[int], now: datetime
    ) -> tuple[Bound, ...]:
        return await self._read(guilds.bounds, guild_id, member_id, roles, now)

    # Guilds

    async def policy(self, guild_id: int, member_id: int | None = None) -> Policy:
        return await self._read(guilds.policy, guild_id, member_id)

    async def choose(
        self, guild_id: int, chosen: GuildSettings, limits: Limits, by: int, now: datetime
    ) -> GuildSettings:
        return await self._write(guilds.choose, guild_id, chosen, limits, by, now)

    async def note(self, change: Change) -> None:
        await self._write(audit.note, change)

    async def audit(
        self, guild_id: int, most: int, *, older_than: int | None = None
    ) -> tuple[Change, ...]:
        return await self._read(audit.audit, guild_id, most, older_than=older_than)

    async def changed_last(self, guild_id: int) -> dict[str, Change]:
        return await self._read(audit.changed_last, guild_id)

    async def audit_after(self, number: int | None, most: int) -> tuple[Change, ...]:
        return await self._read(audit.audit_after, number, most)

    # Files

    async def files_in_use(self, inputs_after: datetime, results_after: datetime) -> frozenset[str]:
        return await self._write(files.files_in_use, inputs_after, results_after)

    # Reports

    async def job(self, job_id: int) -> Job | None:
        return await self._read(reports.job, job_id)

    async def ahead(self, job_id: int) -> int | None:
        return await self._read(reports.ahead, job_id)

    async def unfinished(self, guild_id: int, member_id: int) -> tuple[Waiting, ...]:
        return await self._read(reports.unfinished, guild_id, member_id)

    async def counts(self) -> dict[State, int]:
        return await self._read(reports.counts)

    async def pictures(self, job_id: int) -> tuple[Picture, ...]:
        return await self._read(reports.pictures, job_id)

    async def shown(
        self,
        member_id: int,
        most: int,
        *,
        older_than: int | None = None,
        newer_than: int | None = None,
    ) -> Page:
        return await self._read(
            reports.shown, member_id, most, older_than=older_than, newer_than=newer_than
        )

    async def last(self, guild_id: int, member_id: int, most: int) -> tuple[Job, ...]:
        return await self._read(reports.last, guild_id, member_id, most)

    async def kept(self, member_id: int, drawn_after: datetime) -> int:
        return await self._read(reports.kept, member_id, drawn_after)

    async def guild_queue(self, guild_id: int, most: int, *, skip: int = 0) -> GuildQueue:
        return await self._read(reports.guild_queue, guild_id, most, skip=skip)

    async def spent(self, guild_id: int, marks: Sequence[datetime]) -> tuple[Spent, ...]:
        return await self._read(reports.spent, guild_id, marks)

    # Memory

    async def recall(self, name: str) -> str | None:
        return await self._read(facts.recall, name)

    async def remember(self, name: str, value: str) -> None:
        await self._write(facts.remember, name, value)
