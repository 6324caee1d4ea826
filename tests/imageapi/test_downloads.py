"""Links in answers are followed only where that is safe."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from bot.core.errors import BadAnswer, OutcomeUnknown
from bot.imageapi.calls import Link
from bot.imageapi.downloads import Downloads, is_public
from bot.imageapi.exchange import open_session
from bot.imageapi.providers import Provider
from tests.clock import ManualClock
from tests.imageapi.services import (
    Request,
    Script,
    provider_at,
    says,
    sends,
    service,
    write,
)

PUBLIC = provider_at("https://api.example")
LOCAL = provider_at("http://127.0.0.1:9")


@asynccontextmanager
async def downloads(
    clock: ManualClock | None = None, limit: int = 1000, hosts: dict[str, list[str]] | None = None
) -> AsyncIterator[Downloads]:
    """What fetches links, in a world with these hosts only."""

    async def look_up(host: str, _: int) -> Sequence[str]:
        if host not in (hosts or {}):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return (hosts or {})[host]

    async with open_session() as session:
        yield Downloads(session, clock or ManualClock(), limit=limit, look_up=look_up)


async def refused(url: str, provider: Provider, hosts: dict[str, list[str]] | None = None) -> str:
    """Why a link is not followed."""
    async with downloads(hosts=hosts) as fetching:
        with pytest.raises(BadAnswer) as failed:
            await fetching.fetch(Link(url), provider)
    return failed.value.detail


@pytest.mark.parametrize(
    ("url", "because"),
    [
        ("http://cdn.example/a.png", "not encrypted"),
        ("http://127.0.0.1/a.png", "not encrypted"),
        ("https://127.0.0.1/a.png", "inside a private network"),
        ("https://localhost/a.png", "inside a private network"),
        ("https://10.1.2.3/a.png", "inside a private network"),
        ("https://169.254.169.254/latest/meta-data", "inside a private network"),
        ("https://[::1]/a.png", "inside a private network"),
        ("https://[::ffff:10.0.0.1]/a.png", "inside a private network"),
        ("https://inside.example/a.png", "inside a private network"),
        ("https://both.example/a.png", "inside a private network"),
        ("https://user@inside.example:8443/a.png", "inside a private network"),
        ("ftp://cdn.example/a.png", "no web address"),
        ("https:///a.png", "no web address"),
        ("https://cdn.example:port/", "no web address"),
        ("https://[::1", "no web address"),
        ("https://" + "a" * 70 + ".example/", "no web address"),
    ],
)
async def test_links_that_lead_inside_are_not_followed(url: str, because: str) -> None:
    """Given a link to somewhere private or unsafe, when it is fetched, then it is refused."""
    hosts = {
        "cdn.example": ["93.184.215.14"],
        "localhost": ["127.0.0.1"],
        "inside.example": ["192.168.0.7"],
        "both.example": ["93.184.215.14", "10.0.0.1"],
    }

    assert because in await refused(url, PUBLIC, hosts)


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.215.14", True),
        ("2606:2800:21f:cb07:6820:80da:af6b:8b2c", True),
        ("64:ff9b::5db8:d70e", True),  # 93.184.215.14 behind NAT64
        ("127.0.0.1", False),
        ("0.0.0.0", False),
        ("10.0.0.1", False),
        ("172.16.0.1", False),
        ("192.168.1.1", False),
        ("100.64.0.1", False),
        ("169.254.169.254", False),
        ("192.0.2.1", False),
        ("224.0.0.1", False),
        ("255.255.255.255", False),
        ("::", False),
        ("::1", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("ff02::1", False),
        ("::ffff:127.0.0.1", False),
        ("64:ff9b::a00:1", False),  # 10.0.0.1 behind NAT64
        ("2002:a00:1::", False),  # 10.0.0.1 in 6to4
        ("2001:0:a00:1::1", False),  # Teredo
        ("2002:5db8:d70e::1", False),  # 6to4, whatever it hides: nobody needs it any more
        ("::10.0.0.1", False),
        ("::ffff:0:10.0.0.1", False),
        ("64:ff9b:1::a00:1", False),  # a NAT64 of one's own
        ("fec0::1", False),
        ("3fff::1", False),
        ("5f00::1", False),
        ("192.88.99.1", False),
        ("fe80::1%eth0", False),
        ("no address", False),
    ],
)
def test_public_addresses_are_told_from_private_ones(address: str, public: bool) -> None:
    """Given an address, when it is judged, then one that hides a private one is private."""
    assert is_public(address) is public


async def test_a_host_that_the_operator_listed_is_followed() -> None:
    """Given a listed host, when its name leads here, then the connection goes where was looked."""
    async with (
        service(says(b"picture")) as pictures,
        downloads(hosts={"pictures.lan": ["127.0.0.1"]}) as fetching,
    ):
        listed = replace(PUBLIC, picture_hosts=("pictures.lan",))
        link = Link(f"http://pictures.lan:{pictures.port}/a.png#top")

        assert await fetching.fetch(link, listed) == b"picture"

    (request,) = pictures.requests
    assert request.headers["host"] == f"pictures.lan:{pictures.port}"
    assert request.path == "/a.png"
    assert "authorization" not in request.headers


async def test_one_port_of_a_host_may_be_listed() -> None:
    """Given a host listed with its port, when another port is linked, then it is refused."""
    listed = replace(PUBLIC, picture_hosts=("10.0.0.7:8080",))

    assert "not encrypted" in await refused("http://10.0.0.7:2375/containers", listed)


async def test_the_providers_own_address_is_followed() -> None:
    """Given a server that links to itself, when it is fetched, then it is; but no other port."""
    async with service(says(b"picture")) as local:
        lan = replace(PUBLIC, base_url=f"http://lan.example:{local.port}/v1")
        hosts = {"lan.example": ["127.0.0.1"]}
        async with downloads(hosts=hosts) as fetching:
            link = Link(f"http://lan.example:{local.port}/a.png")
            assert await fetching.fetch(link, lan) == b"picture"

        assert "not encrypted" in await refused("http://lan.example:1/a.png", lan, hosts)


async def test_this_machine_may_link_to_itself() -> None:
    """Given a provider on loopback, when it links to another port of it, then it is followed."""
    async with service(says(b"picture")) as pictures, downloads() as fetching:
        assert await fetching.fetch(Link(f"{pictures.url}/a.png"), LOCAL) == b"picture"


async def test_the_next_address_is_tried() -> None:
    """Given two addresses of which one is dead, when a link is fetched, then the other answers."""
    async with (
        service(says(b"picture")) as pictures,
        downloads(hosts={"pictures.lan": ["127.0.0.2", "127.0.0.1"]}) as fetching,
    ):
        listed = replace(PUBLIC, picture_hosts=("pictures.lan",))

        link = Link(f"http://pictures.lan:{pictures.port}/")
        assert await fetching.fetch(link, listed) == b"picture"


async def test_redirects_are_followed_within_reason() -> None:
    """Given two hops, when a link is fetched, then the picture at their end is."""

    async def script(request: Request, writer: asyncio.StreamWriter) -> None:
        hops = {"/a": "/b?x=1", "/b?x=1": f"http://{request.headers['host']}/c"}
        if request.path in hops:
            await says(b"", "302 Found", location=hops[request.path])(request, writer)
        else:
            await says(b"picture")(request, writer)

    async with service(script) as local, downloads() as fetching:
        assert await fetching.fetch(Link(f"{local.url}/a"), LOCAL) == b"picture"

    assert [request.path for request in local.requests] == ["/a", "/b?x=1", "/c"]


async def test_redirects_do_not_go_on_for_ever() -> None:
    """Given a circle, when a link is fetched, then three redirects are enough."""
    async with service(says(b"", "302 Found", location="/again")) as local, downloads() as fetching:
        with pytest.raises(BadAnswer, match="more than 3 times"):
            await fetching.fetch(Link(f"{local.url}/a"), LOCAL)

    assert len(local.requests) == 4


async def test_a_redirect_does_not_lead_inside() -> None:
    """Given a listed host that redirects to this machine, when fetched, then it is refused."""
    async with (
        service(says(b"secret")) as inside,
        service(says(b"", "302 Found", location=f"{inside.url}/admin")) as listed,
        downloads(hosts={"pictures.lan": ["127.0.0.1"]}) as fetching,
    ):
        provider = replace(PUBLIC, picture_hosts=("pictures.lan",))
        with pytest.raises(BadAnswer, match="not encrypted"):
            await fetching.fetch(Link(f"http://pictures.lan:{listed.port}/"), provider)

    assert inside.requests == []


async def _endless(_: Request, writer: asyncio.StreamWriter) -> None:
    await write(writer, b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        await write(writer, b"A" * 65_536)


async def test_a_picture_is_not_endless() -> None:
    """Given bytes without end, when they pass the limit, then they are refused."""
    async with service(_endless) as local, downloads() as fetching:
        with pytest.raises(BadAnswer, match="more than 1,000 bytes"):
            await fetching.fetch(Link(local.url), LOCAL)


@asynccontextmanager
async def time_flies(clock: ManualClock) -> AsyncIterator[None]:
    """Nobody sleeps for long."""

    async def hurry() -> None:
        while True:
            await clock.sleepers()
            await clock.advance(5)

    async with asyncio.TaskGroup() as tasks:
        hurrying = tasks.create_task(hurry())
        yield
        hurrying.cancel()


async def test_storage_that_lags_behind_is_asked_again() -> None:
    """Given a picture that is there a moment later, when it is fetched, then it is had."""
    answers = [says(b"", "404 Not Found"), sends(close=True), says(b"picture")]

    async def script(request: Request, writer: asyncio.StreamWriter) -> None:
        await answers.pop(0)(request, writer)

    clock = ManualClock()
    async with service(script) as local, downloads(clock) as fetching, time_flies(clock):
        assert await fetching.fetch(Link(f"{local.url}/a"), LOCAL) == b"picture"


@pytest.mark.parametrize(
    "script",
    [
        says(b"", "403 Forbidden"),
        sends(close=True),
        sends(b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf", close=True),
    ],
    ids=["refused", "no answer", "half"],
)
async def test_a_picture_that_cannot_be_had_was_paid_all_the_same(script: Script) -> None:
    """Given a dead link, when it was tried three times, then the outcome is unknown."""
    clock = ManualClock()
    async with service(script) as local, downloads(clock) as fetching, time_flies(clock):
        with pytest.raises(OutcomeUnknown, match=r"the picture at 127\.0\.0\.1: "):
            await fetching.collect([Link(local.url)], LOCAL)


async def test_a_host_that_is_not_found_was_paid_all_the_same() -> None:
    """Given a name that leads nowhere, when it is fetched, then the outcome is unknown."""
    clock = ManualClock()
    async with downloads(clock) as fetching, time_flies(clock):
        with pytest.raises(OutcomeUnknown, match=r"cdn\.example, which is not found"):
            await fetching.fetch(Link("https://cdn.example/a"), PUBLIC)


async def test_nobody_listening_was_paid_all_the_same() -> None:
    """Given a closed port, when it is fetched, then the outcome is unknown."""
    clock = ManualClock()
    async with downloads(clock) as fetching, time_flies(clock):
        with pytest.raises(OutcomeUnknown, match=r"127\.0\.0\.1: ClientConnectorError"):
            await fetching.fetch(Link("http://127.0.0.1:1/a"), LOCAL)
