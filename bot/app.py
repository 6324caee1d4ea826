"""The composition root: everything is built here from the settings, once, and closed in reverse.

There are no rules in this file; it only says what is connected to what. The demo, the tests and
`easel run` start this same root.
"""

from __future__ import annotations

import asyncio
import logging
import os
import platform
from contextlib import AsyncExitStack, suppress
from types import TracebackType
from typing import Self

from bot.core import events
from bot.core.errors import Misconfigured, PostingFailed, Unavailable
from bot.core.models import DeadModels
from bot.core.ports import Clock, Progress
from bot.core.pseudonyms import Pseudonyms
from bot.core.retry import AfterCrash
from bot.discord_ui.client import Services
from bot.discord_ui.connection import log_in, stay_connected
from bot.discord_ui.endpoint import point_at
from bot.discord_ui.face import build_client
from bot.discord_ui.messenger import DiscordMessenger
from bot.imaging.pillow import PillowImaging
from bot.ops import logs
from bot.ops.clock import SystemClock
from bot.ops.health import Health
from bot.ops.looplag import LoopLag
from bot.ops.metrics import Metrics
from bot.parts import build_api, build_storage, client_options, limits_of, secret_of
from bot.services.ask import Ask
from bot.services.batch import Together
from bot.services.cancel import Cancel
from bot.services.choose import Choose
from bot.services.circuits import Circuits
from bot.services.deliver import Deliver
from bot.services.draw import Draw
from bot.services.erase import Erase
from bot.services.expect import Expect
from bot.services.forget import Forget
from bot.services.hand_over import HandOver
from bot.services.hear import Hear
from bot.services.lifecycle import Lifecycle
from bot.services.limit import Limit
from bot.services.oversee import Oversee
from bot.services.prepare import Prepare
from bot.services.progress import ShowProgress
from bot.services.recover import Recover
from bot.services.report import Report
from bot.services.slots import Slots
from bot.services.submit import Submit
from bot.services.sweep import Sweep
from bot.services.take_in import TakeIn
from bot.services.tell_log import TellLog
from bot.services.work import Work
from bot.settings import Settings

LOG = logging.getLogger(__name__)

LAST_CARDS_S = 3
"""Seconds that a stop takes to say on cards what was put back into the queue."""


class App:
    """Easel, built and ready to be started.

    Args:
        settings: What the operator set.
        clock: The time; tests pass one that they move.
        shard_count: As in `EaselClient`.

    Raises:
        Misconfigured: Something in the settings cannot be built; all of it at once.
    """

    def __init__(
        self, settings: Settings, *, clock: Clock | None = None, shard_count: int | None = None
    ) -> None:
        point_at(settings.discord_api_url, settings.discord_gateway_url)
        self.settings = settings
        self.clock = clock = clock or SystemClock()
        self.events = happening = events.Events()
        self.limits = limits_of(settings)
        self.lifecycle = Lifecycle(clock, logs.report)

        storage = build_storage(settings, clock)
        self.store = store = storage.store
        self.vault = storage.vault
        self.imaging = PillowImaging()
        self.pseudonyms = Pseudonyms(lambda: secret_of(settings))
        self.api = api = build_api(settings, clock, self.pseudonyms)
        self.client = build_client(store, client_options(settings, shard_count))
        self.submit = self._submit()
        self.choose = Choose(
            store=store,
            clock=clock,
            limits=self.limits,
            days=settings.retention_days,
            model=self.submit.model,
        )
        self.messenger = DiscordMessenger(
            self.client, clock=clock, shows_costs=self.choose.shows_costs, find_job=store.job
        )

        self.expect = Expect(catalogue=api.catalogue, slots=settings.slots, events=happening)
        self.circuits = Circuits(api.names, clock=clock, events=happening)
        self.progress = self._progress()
        self.tell_log = TellLog(
            store=store, book=self.messenger, clock=clock, events=happening, report=logs.report
        )
        self.ask = self._ask()
        self.draw = self._draw()
        self.work = self._work()
        self.recover = self._recover()
        self.deliver = self._deliver()
        self.hear = Hear(
            store=store, clock=clock, wake=(self.work.wake, self.deliver.wake), report=logs.report
        )
        self.sweep = Sweep(store=store, vault=self.vault, clock=clock)
        self.together = self._together()
        self.erase = self._erase()
        self.forget = self._forget()
        self.client.services = self._services()

        self.metrics = Metrics(
            models=[model.id for model in api.catalogue],
            providers=api.names,
            counts=store.counts,
        )
        self.lag = LoopLag(self.metrics.lag)
        self.health = self._health()
        self._ended = ""
        logs.listener(happening)
        happening.listen(self.metrics.hear)

    def _progress(self) -> ShowProgress:
        return ShowProgress(
            store=self.store,
            imaging=self.imaging,
            messenger=self.messenger,
            clock=self.clock,
            events=self.events,
            expect=self.expect,
            circuits=self.circuits,
        )

    def _submit(self) -> Submit:
        return Submit(
            store=self.store,
            api=self.api,
            vault=self.vault,
            clock=self.clock,
            events=self.events,
            limits=self.limits,
            default_model=self.settings.model,
            dead_models=DeadModels(self.settings.dead_models),
        )

    def _ask(self) -> Ask:
        return Ask(
            store=self.store,
            api=self.api,
            imaging=self.imaging,
            vault=self.vault,
            clock=self.clock,
            events=self.events,
            circuits=self.circuits,
        )

    def _draw(self) -> Draw:
        return Draw(
            store=self.store,
            api=self.api,
            imaging=self.imaging,
            vault=self.vault,
            clock=self.clock,
            events=self.events,
            ask=self.ask,
            report=logs.report,
        )

    def _recover(self) -> Recover:
        return Recover(
            store=self.store,
            vault=self.vault,
            draw=self.draw,
            clock=self.clock,
            events=self.events,
            in_hand=lambda: self.work.in_hand,
            repeat=AfterCrash(self.settings.after_crash) is AfterCrash.REPEAT,
            report=logs.report,
        )

    def _work(self) -> Work:
        return Work(
            store=self.store,
            draw=self.draw,
            ask=self.ask,
            circuits=self.circuits,
            slots=Slots(self.settings.slots),
            clock=self.clock,
            events=self.events,
            name=f"{platform.node()}, process {os.getpid()}",
            report=logs.report,
        )

    def _deliver(self) -> Deliver:
        return Deliver(
            store=self.store,
            vault=self.vault,
            prepare=Prepare(vault=self.vault, imaging=self.imaging),
            messenger=self.messenger,
            clock=self.clock,
            events=self.events,
            settled=self.progress.settled,
            report=logs.report,
        )

    def _together(self) -> Together:
        return Together(
            store=self.store,
            submit=self.submit,
            board=self.messenger,
            clock=self.clock,
            events=self.events,
            limits=self.limits,
            report=logs.report,
        )

    def _erase(self) -> Erase:
        return Erase(
            store=self.store,
            vault=self.vault,
            clock=self.clock,
            events=self.events,
            settled=self.progress.settled,
        )

    def _forget(self) -> Forget:
        return Forget(
            store=self.store,
            erase=self.erase,
            clock=self.clock,
            events=self.events,
            days=self.settings.retention_days,
            settled=self.progress.settled,
            report=logs.report,
        )

    def _services(self) -> Services:
        return Services(
            submit=self.submit,
            take_in=TakeIn(vault=self.vault, imaging=self.imaging),
            cancel=Cancel(store=self.store, clock=self.clock, events=self.events),
            limit=Limit(store=self.store, clock=self.clock, budgets=self.limits.budgets),
            choose=self.choose,
            oversee=Oversee(
                store=self.store,
                choose=self.choose,
                imaging=self.imaging,
                clock=self.clock,
                events=self.events,
            ),
            tell_log=self.tell_log,
            report=Report(
                store=self.store, expect=self.expect, clock=self.clock, circuits=self.circuits
            ),
            hand_over=HandOver(
                store=self.store,
                prepare=Prepare(vault=self.vault, imaging=self.imaging),
                clock=self.clock,
            ),
            erase=self.erase,
            forget=self.forget,
            together=self.together,
            show=self._show,
            report_bug=logs.report,
        )

    async def __aenter__(self) -> Self:
        async with AsyncExitStack() as opened:
            opened.push_async_callback(self.store.close)
            await self.store.open()
            await asyncio.to_thread(lambda: self.pseudonyms.key)
            opened.push_async_callback(self.imaging.close)
            opened.push_async_callback(self.api.close)
            await self.api.open()
            opened.push_async_callback(self.client.close)
            if self.health:
                opened.push_async_callback(self.health.close)
            opened.push_async_callback(self.lifecycle.stop)
            await self.store.set_limits(self.limits)
            self._opened = opened.pop_all()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        await self._opened.aclose()

    async def start(self) -> None:
        """Start drawing and posting; the client is logged in, or about to be."""
        await self.recover()
        self.lifecycle.spawn("work", self.work.run)
        self.lifecycle.spawn("deliver", self.deliver.run)
        self.lifecycle.spawn("hear", self.hear.run)
        self.lifecycle.spawn("progress", self.progress.run)
        self.lifecycle.spawn("recover", self.recover.run)
        self.lifecycle.spawn("sweep", self.sweep.run)
        self.lifecycle.spawn("batches", self.together.run)
        self.lifecycle.spawn("forget", self.forget.run)
        self.lifecycle.spawn("log channels", self.tell_log.run)
        self.lifecycle.spawn("loop lag", self.lag.run)

    async def serve(self) -> None:
        """Log in, draw and post until cancelled; then finish what is in hand.

        Raises:
            Misconfigured: EASEL_HTTP cannot be had; or Discord refuses the token, or ends the
                connection for good.
        """
        token = self.settings.discord_token
        assert token is not None  # whoever serves has asked `check.missing` before
        if self.health:
            await self.health.start()
        await log_in(self.client, token.get_secret_value(), self.clock)
        LOG.info("logged in to Discord as %s", self.client.user)
        await self.start()
        try:
            self.lifecycle.spawn("gateway", self._gateway)
            await self.lifecycle.join("gateway")
        finally:
            await self.stop()
        raise Misconfigured((self._ended,))

    async def _gateway(self) -> None:
        self._ended = await stay_connected(self.client)

    async def stop(self) -> None:
        """Take nothing more, finish what is being drawn, post it, within EASEL_DRAIN_S.

        Cancelled, it finishes nothing; what is not sent yet goes back into the queue in any case.
        """
        LOG.info("stopping: finishing what is being drawn, for %d s at most", self.settings.drain_s)
        self.submit.close()
        self.work.drain()
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(self.settings.drain_s):
                    await self.lifecycle.join("work")
                    await self.deliver.drained()
        except asyncio.CancelledError:
            LOG.info("asked again to stop: what is left goes on at the next start")
            raise
        finally:
            await self.lifecycle.stop("work", "deliver")
            with suppress(TimeoutError, Unavailable):
                async with asyncio.timeout(LAST_CARDS_S):
                    await self.progress.conclude()
            await self.lifecycle.stop("progress")
            LOG.info("stopped")

    async def _show(self, progress: Progress) -> None:
        # A card that cannot be edited is no reason to tell its author of an error.
        with suppress(PostingFailed):
            await self.messenger.progress(progress)

    def _health(self) -> Health | None:
        if not self.settings.http:
            return None
        host, _, port = self.settings.http.rpartition(":")
        return Health(
            host.strip("[]"),
            int(port),
            checks={
                "discord": self._discord_ready,
                "database": self._database_ready,
                "provider": self.api.problem,
            },
            metrics=self.metrics.render,
        )

    async def _database_ready(self) -> str | None:
        try:
            await self.store.remember("last health check", self.clock.now().isoformat())
        except Unavailable as trouble:
            return f"The database cannot be written: {trouble.detail}."
        return None

    async def _discord_ready(self) -> str | None:
        return None if self.client.is_ready() else "Not connected to Discord's gateway."
