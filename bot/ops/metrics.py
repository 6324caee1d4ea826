"""Numbers for Prometheus, in a registry of their own.

| name | labels | what |
|---|---|---|
| `easel_requests_accepted_total` | model | requests queued |
| `easel_requests_refused_total` | code | requests not accepted, by `core.errors` code |
| `easel_pictures_drawn_total` | provider, model | pictures kept and paid |
| `easel_spend_microdollars_total` | provider, model | what they cost; 1,000,000 is one dollar |
| `easel_drawing_seconds` | provider | from a worker's start to the pictures, a histogram |
| `easel_waiting_seconds` | | from accepted to a worker's start, a histogram |
| `easel_deliveries_total` | route | outcomes shown: reply, channel, direct |
| `easel_deliveries_postponed_total` | route, code | tries at Discord that did not work |
| `easel_deliveries_kept_total` | | outcomes with nowhere to go |
| `easel_failures_total` | code | requests that ended without a picture |
| `easel_provider_answers` | provider | 0 while it is left alone because it does not answer |
| `easel_jobs` | state | queued, running and drawn now, asked of the database at each scrape |
| `easel_event_loop_lag_seconds` | | how late the event loop wakes up, a histogram |
| `process_*` | | memory, CPU and open files, as Prometheus names them (Linux only) |

No label holds a guild or a member, and none takes a value that was not known at start: what else
comes is counted as `other`. So the number of series does not grow with use.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Iterable, Mapping

from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    generate_latest,
)

from bot.core import errors, events
from bot.core.delivery import Route
from bot.core.jobs import State

CONTENT_TYPE = CONTENT_TYPE_LATEST

OTHER = "other"

DRAWING = (1, 2, 5, 10, 20, 30, 45, 60, 90, 120, 180, 300)
WAITING = (0.1, 0.5, 1, 2, 5, 10, 30, 60, 120, 300, 900, 3600)
LAG = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.25, 0.5, 1, 2.5)

CODES = frozenset(
    kind.code
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, errors.EaselError)
)
ROUTES = frozenset(Route)

Counts = Callable[[], Awaitable[Mapping[State, int]]]
"""Asks how many jobs are live, by state."""


class Metrics:
    """Counts what happens; `hear` is a listener of `core.events`.

    Args:
        models: Every model id that is known.
        providers: Every provider that is configured.
        counts: Asked at each scrape.
    """

    def __init__(self, *, models: Iterable[str], providers: Iterable[str], counts: Counts) -> None:
        self._models = frozenset(models)
        self._providers = frozenset(providers)
        self._counts = counts
        self._registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self._accepted = Counter(
            "easel_requests_accepted", "Requests queued", ["model"], registry=registry
        )
        self._refused = Counter(
            "easel_requests_refused", "Requests not accepted", ["code"], registry=registry
        )
        self._drawn = Counter(
            "easel_pictures_drawn",
            "Pictures kept and paid",
            ["provider", "model"],
            registry=registry,
        )
        self._spend = Counter(
            "easel_spend_microdollars",
            "What pictures cost",
            ["provider", "model"],
            registry=registry,
        )
        self._failures = Counter(
            "easel_failures", "Requests without a picture", ["code"], registry=registry
        )
        self._drawing = Histogram(
            "easel_drawing_seconds",
            "From a worker's start to the pictures",
            ["provider"],
            buckets=DRAWING,
            registry=registry,
        )
        self._waiting = Histogram(
            "easel_waiting_seconds",
            "From accepted to a worker's start",
            buckets=WAITING,
            registry=registry,
        )
        self._lag = Histogram(
            "easel_event_loop_lag_seconds",
            "How late the event loop wakes up",
            buckets=LAG,
            registry=registry,
        )
        self._answers = Gauge(
            "easel_provider_answers",
            "Whether calls to it pass: 0 while its circuit is open",
            ["provider"],
            registry=registry,
        )
        for provider in self._providers:
            self._answers.labels(provider).set(1)
        self._jobs = Gauge("easel_jobs", "Live jobs", ["state"], registry=registry)
        self._deliveries = _Deliveries(registry)

    def hear(self, event: events.Happening) -> None:
        """Count an event."""
        match event:
            case events.Accepted():
                self._accepted.labels(_known(event.model, self._models)).inc()
            case events.Refused():
                self._refused.labels(_known(event.code, CODES)).inc()
            case events.Started():
                self._waiting.observe(event.waited_s)
            case events.Drawn():
                self._paid(event)
            case events.Failed():
                self._failures.labels(_known(event.code, CODES)).inc()
            case events.CircuitOpened():
                self._answers.labels(event.provider).set(0)
            case events.CircuitClosed():
                self._answers.labels(event.provider).set(1)
            case _:
                self._deliveries.hear(event)

    def lag(self, seconds: float) -> None:
        """Count one measurement of the event loop."""
        self._lag.observe(seconds)

    async def render(self) -> bytes:
        """Everything in Prometheus' text format; its type is `CONTENT_TYPE`."""
        # States that are gone must not keep their last number.
        self._jobs.clear()
        try:
            counted = await self._counts()
        except Exception:
            # The other numbers matter most just when the database does not answer.
            logging.getLogger(__name__).exception("the queue could not be counted")
        else:
            for state, number in counted.items():
                self._jobs.labels(state.value).set(number)
        return generate_latest(self._registry)

    def _paid(self, event: events.Drawn) -> None:
        provider = _known(event.provider, self._providers)
        model = _known(event.model, self._models)
        self._drawn.labels(provider, model).inc(event.pictures)
        self._spend.labels(provider, model).inc(event.cost)
        self._drawing.labels(provider).observe(event.seconds)


class _Deliveries:
    """The numbers of what happens after drawing."""

    def __init__(self, registry: CollectorRegistry) -> None:
        self._shown = Counter("easel_deliveries", "Outcomes shown", ["route"], registry=registry)
        self._postponed = Counter(
            "easel_deliveries_postponed",
            "Tries at Discord that did not work",
            ["route", "code"],
            registry=registry,
        )
        self._kept = Counter(
            "easel_deliveries_kept", "Outcomes with nowhere to go", registry=registry
        )

    def hear(self, event: events.Happening) -> None:
        match event:
            case events.Delivered():
                self._shown.labels(_known(event.route, ROUTES)).inc()
            case events.Postponed():
                route, code = _known(event.route, ROUTES), _known(event.code, CODES)
                self._postponed.labels(route, code).inc()
            case events.Kept():
                self._kept.inc()
            case _:
                return


def _known(value: str, known: frozenset[str]) -> str:
    return value if value in known else OTHER
