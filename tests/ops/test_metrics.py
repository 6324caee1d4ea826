"""Numbers add up, and no label grows with use."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pytest
from prometheus_client.parser import text_string_to_metric_families

from bot.core import events
from bot.core.jobs import State
from bot.ops import metrics
from bot.ops.metrics import Metrics
from tests.ops.happenings import (
    ABOUT,
    ACCEPTED,
    ALL,
    DELIVERED,
    DRAWN,
    FAILED,
    KEPT,
    POSTPONED,
    REFUSED,
    STARTED,
)

LIVE: Mapping[State, int] = {State.QUEUED: 5, State.RUNNING: 4, State.DRAWN: 0}

Samples = dict[tuple[str, tuple[tuple[str, str], ...]], float]


async def live() -> Mapping[State, int]:
    """What the database would say."""
    return LIVE


@pytest.fixture
def numbers() -> Metrics:
    """Metrics of one model and one provider."""
    return Metrics(models=["painter-2"], providers=["openai"], counts=live)


async def samples(numbers: Metrics) -> Samples:
    """Every number, as a scraper reads them."""
    text = (await numbers.render()).decode()
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def names(found: Samples) -> set[str]:
    """Their names alone."""
    return {name for name, _ in found}


HEARD = [
    (ACCEPTED, "easel_requests_accepted_total", {"model": "painter-2"}, 1),
    (REFUSED, "easel_requests_refused_total", {"code": "quota"}, 1),
    (STARTED, "easel_waiting_seconds_sum", {}, 3.5),
    (STARTED, "easel_waiting_seconds_count", {}, 1),
    (DRAWN, "easel_pictures_drawn_total", {"provider": "openai", "model": "painter-2"}, 2),
    (
        DRAWN,
        "easel_spend_microdollars_total",
        {"provider": "openai", "model": "painter-2"},
        105_360,
    ),
    (DRAWN, "easel_drawing_seconds_sum", {"provider": "openai"}, 21),
    (FAILED, "easel_failures_total", {"code": "blocked"}, 1),
    (DELIVERED, "easel_deliveries_total", {"route": "reply"}, 1),
    (POSTPONED, "easel_deliveries_postponed_total", {"route": "reply", "code": "busy"}, 1),
    (KEPT, "easel_deliveries_kept_total", {}, 1),
]


@pytest.mark.parametrize(
    ("happened", "name", "labels", "value"), HEARD, ids=[each[1] for each in HEARD]
)
async def test_what_happens_is_counted(
    happened: events.Happening,
    name: str,
    labels: dict[str, str],
    value: float,
    numbers: Metrics,
) -> None:
    """Given an event, when it is heard twice, then its number is twice as large."""
    happening = events.Events()
    happening.listen(numbers.hear)

    happening.announce(happened)
    happening.announce(happened)

    assert (await samples(numbers))[name, tuple(sorted(labels.items()))] == 2 * value


async def test_every_event_can_be_heard(numbers: Metrics) -> None:
    """Given each kind of event, when it is heard, then nothing is raised."""
    for event in ALL:
        numbers.hear(event)

    assert await numbers.render()


async def test_the_queue_is_counted_when_somebody_looks(numbers: Metrics) -> None:
    """Given jobs in the database, when the numbers are read, then each state has its own."""
    found = await samples(numbers)

    assert {state: found["easel_jobs", (("state", state.value),)] for state in LIVE} == LIVE


async def test_a_state_that_emptied_is_not_shown_as_it_was() -> None:
    """Given jobs that are gone, when the numbers are read again, then none is left over."""
    answers = iter([{State.QUEUED: 9}, {}])

    async def counts() -> Mapping[State, int]:
        return next(answers)

    numbers = Metrics(models=[], providers=[], counts=counts)
    assert "easel_jobs" in names(await samples(numbers))
    assert "easel_jobs" not in names(await samples(numbers))


async def test_a_database_that_is_away_hides_no_other_number(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Given a database that does not answer, when the numbers are read, then the rest is there."""

    async def counts() -> Mapping[State, int]:
        raise OSError("the disk is gone")

    numbers = Metrics(models=["painter-2"], providers=["openai"], counts=counts)
    numbers.hear(ACCEPTED)
    found = await samples(numbers)

    assert "easel_requests_accepted_total" in names(found)
    assert "easel_jobs" not in names(found)
    assert "the queue could not be counted" in caplog.text


async def test_no_label_takes_a_value_from_outside(numbers: Metrics) -> None:
    """Given names nobody knows, when they are counted, then all of them are one, `other`."""
    before = len(await samples(numbers))
    for odd in range(50):
        numbers.hear(events.Accepted(**ABOUT, model=f"odd-{odd}", pictures=1, estimate=1))
        numbers.hear(events.Failed(**ABOUT, code=f"odd-{odd}", detail=""))
        numbers.hear(events.Delivered(**ABOUT, route=f"odd-{odd}", message_id=1, seconds=1))

    found = await samples(numbers)
    assert found["easel_requests_accepted_total", (("model", "other"),)] == 50
    assert found["easel_failures_total", (("code", "other"),)] == 50
    assert found["easel_deliveries_total", (("route", "other"),)] == 50
    assert len(found) <= before + 6


async def test_no_label_names_a_guild_or_a_member(numbers: Metrics) -> None:
    """Given everything that can happen, when labels are read, then nobody is among them."""
    for event in ALL:
        numbers.hear(event)

    labels = {label for _, pairs in await samples(numbers) for label, _ in pairs}
    assert labels <= {"model", "provider", "code", "route", "state", "le"}


async def test_the_lag_of_the_loop_is_a_histogram(numbers: Metrics) -> None:
    """Given measurements, when they are read, then slow and fast ones are told apart."""
    numbers.lag(0.0005)
    numbers.lag(0.3)

    found = await samples(numbers)
    assert found["easel_event_loop_lag_seconds_bucket", (("le", "0.001"),)] == 1
    assert found["easel_event_loop_lag_seconds_bucket", (("le", "0.5"),)] == 2


async def test_the_process_is_measured(numbers: Metrics) -> None:
    """Given this process, when it is measured, then it has memory and has used the CPU."""
    found = await samples(numbers)

    assert found["process_resident_memory_bytes", ()] > 1_000_000
    assert found["process_cpu_seconds_total", ()] > 0


async def test_two_metrics_in_one_process_do_not_mix(numbers: Metrics) -> None:
    """Given another registry, when one is counted in, then the other is not, nor the global."""
    other = Metrics(models=["painter-2"], providers=[], counts=live)
    numbers.hear(KEPT)

    assert (await samples(other))["easel_deliveries_kept_total", ()] == 0


async def test_the_table_names_every_number_and_no_other(numbers: Metrics) -> None:
    """Given the table in the module's text, when compared with what is served, then they agree."""
    for event in ALL:
        numbers.hear(event)
    text = (await numbers.render()).decode()
    served = {
        name + ("_total" if kind == "counter" and not name.endswith("_total") else "")
        for name, kind in re.findall(r"^# TYPE (easel_\w+) (\w+)$", text, re.MULTILINE)
        if not name.endswith("_created")
    }

    assert metrics.__doc__ is not None
    assert set(re.findall(r"^\| `(easel_\w+)`", metrics.__doc__, re.MULTILINE)) == served
