"""What admins do in a history that Hypothesis makes up, kept on paper beside the store."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from bot.core.allowances import Allowance, Permit
from bot.core.budgets import Budgets
from bot.core.guilds import GuildSettings
from bot.core.images import Quality
from bot.core.periods import Period
from bot.core.quotas import Account, Amount, Rule, Subject, Tally
from bot.core.stores import Limits
from bot.storage.transactions import accounts, guilds
from tests.conformance import paper, world
from tests.conformance.engines import Bench
from tests.conformance.paper import Paper, Said, Whose
from tests.conformance.world import NOW

SERVERS, MEMBERS, ROLES = (1, 2, 3), (1, 2), (501, 502)

ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kathmandu",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
)

ADMIN = 7

servers, members = st.sampled_from(SERVERS), st.sampled_from(MEMBERS)
roles = st.frozensets(st.sampled_from(ROLES))
periods = st.sampled_from(Period)
subjects = st.one_of(
    st.just((Subject.SERVER, 0)),
    st.just((Subject.EVERYONE, 0)),
    st.tuples(st.just(Subject.ROLE), st.sampled_from(ROLES)),
    st.tuples(st.just(Subject.MEMBER), members),
)
money = st.integers(0, 8).map(lambda n: n * 5_000)
amounts = st.tuples(st.integers(0, 6), money)
said = st.one_of(
    amounts,
    amounts.map(lambda both: (both[0], None)),
    money.map(lambda m: (None, m)),
    st.just((None, None)),
)
budgets = st.one_of(st.none(), st.integers(0, 20).map(lambda n: n * 7_000))
accounts_of_guilds = st.one_of(
    st.tuples(servers, st.just(Account.SERVER), st.none(), periods),
    st.tuples(servers, st.just(Account.MEMBER), members, periods),
)
allowances = st.builds(
    Allowance,
    quality=st.sampled_from([None, Quality.LOW, Quality.HIGH]),
    edits=st.sampled_from([None, True, False]),
)


class Admins(RuleBasedStateMachine):
    """Owners of servers who change their minds, and an operator who watches the money."""

    def __init__(self, bench: Bench) -> None:
        super().__init__()
        self.bench = bench
        self.now: datetime = NOW
        self.limits: Limits = world.limits()
        self.paper = Paper()
        self.chosen: dict[int, GuildSettings] = {}
        self.permits: dict[tuple[int, Subject, int], Permit] = {}
        self.audited = 0

    @rule(guild=servers, subject=subjects, period=periods, said=said)
    def set_rule(
        self, guild: int, subject: tuple[Subject, int], period: Period, said: Said
    ) -> None:
        key = (guild, *subject, period)
        before = self.paper.rules.get(key)
        replaced = self.bench.run(accounts.set_rule, self._rule(key, said))
        assert (None if replaced is None else (replaced.pictures, replaced.micro)) == before
        self.paper.rules[key] = said
        self.audited += before != said

    @precondition(lambda self: self.paper.rules)
    @rule(data=st.data())
    def clear_rule(self, data: st.DataObject) -> None:
        key = data.draw(st.sampled_from(sorted(self.paper.rules)))
        cleared = self.bench.run(
            accounts.clear_rule, self._rule(key, (None, None)), ADMIN, self.now
        )
        assert cleared is not None
        assert (cleared.pictures, cleared.micro) == self.paper.rules.pop(key)
        self.audited += 1

    @rule(guild=servers, data=st.data())
    def set_all_rules_in_another_order(self, guild: int, data: st.DataObject) -> None:
        """Nothing that anybody is told, or held to, is different afterwards."""
        mine = {key: said for key, said in self.paper.rules.items() if key[0] == guild}
        held = self._held(guild)
        for key in mine:
            self.bench.run(accounts.clear_rule, self._rule(key, (None, None)), ADMIN, self.now)
        for key in data.draw(st.permutations(sorted(mine))):
            self.bench.run(accounts.set_rule, self._rule(key, mine[key]))
        self.audited += 2 * len(mine)
        assert self._held(guild) == held

    @rule(whose=accounts_of_guilds, amount=amounts.filter(any))
    def grant(
        self, whose: tuple[int, Account, int | None, Period], amount: tuple[int, int]
    ) -> None:
        ours, tally = _named(whose)
        self._read_books()
        granted = self.bench.run(guilds.grant, tally, Amount(*amount), ADMIN, self.now)
        self.paper.grant(ours, amount, self.now)
        assert granted.taken == Amount(*self.paper.taken(ours, self.now))
        self.audited += 1

    @rule(whose=accounts_of_guilds)
    def forgive(self, whose: tuple[int, Account, int | None, Period]) -> None:
        ours, tally = _named(whose)
        self._read_books()
        before = self.paper.taken(ours, self.now)
        forgiven = self.bench.run(guilds.forgive, tally, ADMIN, self.now)
        self.paper.forgive(ours, self.now)
        after = self.paper.taken(ours, self.now)
        assert forgiven.taken == Amount(*after)
        self.audited += before != after
        # Moments tell what was charged before from what is charged later.
        self.now += timedelta(microseconds=1)

    @rule(guild=servers, zone=st.sampled_from(ZONES))
    def change_zone(self, guild: int, zone: str) -> None:
        """Limits neither begin anew nor lose what was done about them."""
        before = self.chosen.get(guild, GuildSettings())
        self.chosen[guild] = GuildSettings(zone=zone)
        answer = self.bench.run(
            guilds.choose, guild, self.chosen[guild], self.limits, ADMIN, self.now
        )
        assert answer == before
        self._read_books()
        self.paper.move(guild, zone, self.now)
        self.audited += before.zone != zone
        for member in MEMBERS:
            for counter in self.bench.run(guilds.counters, guild, member, self.now):
                tally = counter.tally
                whose = Whose(guild, tally.account, tally.account_id, tally.period)
                assert counter.taken == Amount(*self.paper.taken(whose, self.now))

    @rule(guild=servers, subject=subjects, allowance=allowances)
    def set_permit(self, guild: int, subject: tuple[Subject, int], allowance: Allowance) -> None:
        permit = Permit(
            guild_id=guild,
            subject=subject[0],
            subject_id=subject[1],
            allowance=allowance,
            set_by=ADMIN,
            set_at=self.now,
        )
        key = (guild, *subject)
        before = self.permits.pop(key, None)
        assert self.bench.run(accounts.set_permit, permit) == before
        if not allowance.says_nothing:
            self.permits[key] = permit
        self.audited += (before.allowance if before else Allowance()) != allowance
        kept = self.bench.run(guilds.policy, guild).permits
        assert set(kept) == {each for each in self.permits.values() if each.guild_id == guild}

    @rule(day=budgets, month=budgets, server_day=budgets, server_month=budgets)
    def change_budgets(
        self, day: int | None, month: int | None, server_day: int | None, server_month: int | None
    ) -> None:
        self.paper.budgets = Budgets(
            day=day, month=month, server_day=server_day, server_month=server_month
        )

    @invariant()
    def every_change_left_one_line(self) -> None:
        """What changed nothing, and what the operator did, left none."""
        [row] = self.bench.look("SELECT count(*) AS n FROM audit")
        assert row["n"] == self.audited

    def _read_books(self) -> None:
        self.paper.entries = {entry.id: entry for entry in paper.entries(self.bench)}

    def _held(self, guild: int) -> list[object]:
        """What holds for each member, with each set of roles."""
        return [
            self.bench.run(guilds.bounds, guild, member, held, self.now)
            for member in MEMBERS
            for held in ((), ROLES[:1], ROLES)
        ]

    def _rule(self, key: tuple[int, Subject, int, Period], said: Said) -> Rule:
        guild, subject, subject_id, period = key
        return Rule(
            guild_id=guild,
            subject=subject,
            subject_id=subject_id,
            period=period,
            pictures=said[0],
            micro=said[1],
            set_by=ADMIN,
            set_at=NOW,
        )


def _named(whose: tuple[int, Account, int | None, Period]) -> tuple[Whose, Tally]:
    guild, account, member, period = whose
    key = (guild, account, member or guild, period)
    return Whose(*key), Tally(*key)
