"""Whoever asks how Easel is gets an answer: short, true and without a traceback."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Mapping

import aiohttp
import pytest

from bot.core.errors import Misconfigured
from bot.core.jobs import State
from bot.ops.health import Check, Health
from bot.ops.metrics import Metrics

Answer = tuple[int, Mapping[str, object]]


async def fine() -> str | None:
    """A check of something that is well."""
    return None


async def away() -> str | None:
    """A check of something that is not."""
    return "Discord has not been reached yet."


async def broken() -> str | None:
    """A check that fails itself."""
    raise OSError("/data/easel.sqlite3: disk I/O error")


async def forever() -> str | None:
    """A check that never answers."""
    await asyncio.Event().wait()
    return None


async def no_numbers() -> bytes:
    """Metrics of nothing."""
    return b"easel_up 1\n"


def health(checks: Mapping[str, Check] | None = None, *, patience: float = 5.0) -> Health:
    """A server on any free port of loopback."""
    return Health("127.0.0.1", 0, checks=checks or {}, metrics=no_numbers, patience=patience)


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    """Whoever asks."""
    async with aiohttp.ClientSession() as client:
        yield client


async def ask(server: Health, session: aiohttp.ClientSession, path: str) -> Answer:
    """Start the server, ask once, and close it."""
    await server.start()
    try:
        async with session.get(f"http://{server.address}{path}") as response:
            assert response.headers["Cache-Control"] == "no-store"
            return response.status, await response.json()
    finally:
        await server.close()


async def test_a_process_that_answers_is_alive(session: aiohttp.ClientSession) -> None:
    """Given a server whose checks all fail, when asked if it is alive, then it is."""
    assert await ask(health({"discord": away}), session, "/healthz") == (200, {"alive": True})


async def test_all_is_well_when_each_check_is(session: aiohttp.ClientSession) -> None:
    """Given checks that are well, when asked if it is ready, then it is, and each is named."""
    answer = await ask(health({"database": fine, "discord": fine}), session, "/readyz")

    assert answer == (200, {"ready": True, "checks": {"database": "ok", "discord": "ok"}})


async def test_without_checks_it_is_ready(session: aiohttp.ClientSession) -> None:
    """Given nothing to check, when asked if it is ready, then it is."""
    assert await ask(health(), session, "/readyz") == (200, {"ready": True, "checks": {}})


async def test_one_check_that_is_not_well_says_why(session: aiohttp.ClientSession) -> None:
    """Given one check that is not well, when asked, then 503 and its sentence."""
    answer = await ask(health({"database": fine, "discord": away}), session, "/readyz")

    assert answer == (
        503,
        {
            "ready": False,
            "checks": {"database": "ok", "discord": "Discord has not been reached yet."},
        },
    )


async def test_a_check_that_fails_is_named_without_a_traceback(
    session: aiohttp.ClientSession, caplog: pytest.LogCaptureFixture
) -> None:
    """Given a check that raises, when asked, then its name is told, and the log has the rest."""
    status, answer = await ask(health({"database": broken, "discord": fine}), session, "/readyz")

    assert status == 503
    assert answer["checks"] == {
        "database": "“database” could not be checked; the log says why.",
        "discord": "ok",
    }
    assert "disk I/O error" in caplog.text


async def test_a_check_that_hangs_is_given_up(session: aiohttp.ClientSession) -> None:
    """Given a check that never answers, when asked, then the others are told all the same."""
    server = health({"database": forever, "discord": fine}, patience=0.01)

    assert await ask(server, session, "/readyz") == (
        503,
        {
            "ready": False,
            "checks": {
                "database": "“database” gave no answer within 0.01 seconds.",
                "discord": "ok",
            },
        },
    )


async def test_checks_are_made_side_by_side(session: aiohttp.ClientSession) -> None:
    """Given two checks that wait for each other, when asked, then both can answer."""
    meet = asyncio.Barrier(2)

    async def meeting() -> str | None:
        await meet.wait()
        return None

    status, _ = await ask(health({"one": meeting, "other": meeting}), session, "/readyz")

    assert status == 200


async def test_metrics_are_served_as_prometheus_reads_them(
    session: aiohttp.ClientSession,
) -> None:
    """Given real metrics, when they are scraped, then type and text are Prometheus' own."""

    async def counts() -> Mapping[State, int]:
        return {}

    numbers = Metrics(models=[], providers=[], counts=counts)
    server = Health("127.0.0.1", 0, checks={}, metrics=numbers.render)
    await server.start()
    async with session.get(f"http://{server.address}/metrics") as response:
        assert response.status == 200
        assert response.headers["Content-Type"].startswith("text/plain; version=")
        assert "# TYPE easel_waiting_seconds histogram" in await response.text()
    await server.close()


async def test_metrics_that_fail_show_no_traceback(session: aiohttp.ClientSession) -> None:
    """Given numbers that cannot be rendered, when scraped, then 500 and nothing of the inside."""

    async def failing() -> bytes:
        raise RuntimeError("at 0x7f, key sk-1")

    server = Health("127.0.0.1", 0, checks={}, metrics=failing)
    await server.start()
    async with session.get(f"http://{server.address}/metrics") as response:
        assert response.status == 500
        assert "sk-1" not in await response.text()
    await server.close()


@pytest.mark.parametrize("path", ["/", "/readyz/", "/jobs"])
async def test_nothing_else_is_served(path: str, session: aiohttp.ClientSession) -> None:
    """Given any other path, when it is asked for, then it is not there."""
    server = health()
    await server.start()
    async with session.get(f"http://{server.address}{path}") as response:
        assert response.status == 404
    await server.close()


async def test_the_address_is_the_real_one_once_started() -> None:
    """Given port 0, when started, then the address names the port that was given."""
    server = health()
    assert server.address == "127.0.0.1:0"

    await server.start()
    port = int(server.address.rpartition(":")[2])
    await server.close()

    assert port > 0


@pytest.mark.parametrize("host", ["::1", "[::1]"])
def test_an_address_of_the_newer_kind_stands_as_in_a_url(host: str) -> None:
    """Given an IPv6 host, when the address is shown, then the host is in brackets."""
    server = Health(host, 8080, checks={}, metrics=no_numbers)

    assert server.address == "[::1]:8080"


async def test_an_address_that_is_taken_is_told_in_one_sentence() -> None:
    """Given a port in use, when started, then the setting, the address and the repair are named."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        server = Health("127.0.0.1", port, checks={}, metrics=no_numbers)
        with pytest.raises(Misconfigured) as caught:
            await server.start()

    (problem,) = caught.value.problems
    assert problem == (
        f"EASEL_HTTP: 127.0.0.1:{port} is in use by another program. "
        "Choose another port, or stop it."
    )
    await server.close()


async def test_an_address_of_another_machine_is_told_in_one_sentence() -> None:
    """Given an address that is not ours, when started, then it says which ones are."""
    server = Health("192.0.2.1", 8080, checks={}, metrics=no_numbers)

    with pytest.raises(Misconfigured) as caught:
        await server.start()

    (problem,) = caught.value.problems
    assert problem == (
        "EASEL_HTTP: 192.0.2.1:8080 is not an address of this machine. "
        "Use 127.0.0.1 to be reached from here only, or 0.0.0.0 from everywhere."
    )


async def test_closing_frees_the_address() -> None:
    """Given a server that was closed, twice, when another starts there, then it can."""
    first = health()
    await first.start()
    port = int(first.address.rpartition(":")[2])
    await first.close()
    await first.close()

    second = Health("127.0.0.1", port, checks={}, metrics=no_numbers)
    await second.start()
    assert second.address == f"127.0.0.1:{port}"
    await second.close()


async def test_an_open_connection_does_not_hold_up_closing(
    session: aiohttp.ClientSession,
) -> None:
    """Given a prober that keeps its connection, when the server closes, then it closes."""
    server = health()
    await server.start()
    async with session.get(f"http://{server.address}/healthz") as response:
        await response.read()

    await server.close()

    with pytest.raises(aiohttp.ClientConnectionError):
        await session.get(f"http://{server.address}/healthz")
