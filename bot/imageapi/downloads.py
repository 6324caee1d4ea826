"""Fetches pictures that an answer links to. What a provider links to is not to be trusted.

A link is followed where it is https and every address of its host is public, or where the operator
said so: the host stands in the provider's file, is the provider's own address, or is this machine
and the provider is, too. The host is looked up once, and the connection goes to the address that
was checked, so a name that changes its mind gains nothing. Nothing of ours is sent along.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

import aiohttp

from bot.core.errors import BadAnswer, DrawingFailed, OutcomeUnknown
from bot.imageapi.addresses import PORTS, Place, bracketed

if TYPE_CHECKING:
    from bot.core.ports import Clock
    from bot.imageapi.calls import Link
    from bot.imageapi.providers import Provider

REDIRECTS = 3

ADDRESSES = 4
"""Addresses of one host that are tried."""

PAUSES = (timedelta(seconds=1), timedelta(seconds=3))
"""Before the picture, which is paid, is asked for again: storage may lag behind its links."""

PATIENCE = 60
"""Seconds for one try, or the provider's own time-out where that is shorter."""

TIMEOUT = aiohttp.ClientTimeout(total=None, sock_connect=10)

Lookup = Callable[[str, int], Awaitable[Sequence[str]]]
"""The addresses of a host, by its name and the port; `socket.gaierror` if it has none."""

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_HANDED_OUT = ipaddress.ip_network("2000::/3")
_TUNNELS = (
    ipaddress.ip_network("2001::/32"),  # Teredo
    ipaddress.ip_network("2002::/16"),  # 6to4
    ipaddress.ip_network("3fff::/20"),  # documents
)
_FORMER_RELAYS = ipaddress.ip_network("192.88.99.0/24")


async def look_up(host: str, port: int) -> Sequence[str]:
    """Ask the system."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


@dataclass(frozen=True, slots=True)
class _Target:
    """Where a checked link leads."""

    place: Place
    addresses: Sequence[str]

    @property
    def host_header(self) -> str:
        host = bracketed(self.place.host)
        usual = self.place.port == PORTS[self.place.scheme]
        return host if usual else f"{host}:{self.place.port}"


class Downloads:
    """Fetches what answers link to.

    Args:
        session: Must not send anything of ours by itself.
        clock: The time.
        limit: Bytes of a picture.
        look_up: How the addresses of a host are found.
    """

    def __init__(
        self,
        session: aiohttp.ClientSession,
        clock: Clock,
        *,
        limit: int,
        look_up: Lookup = look_up,
    ) -> None:
        self._session = session
        self._clock = clock
        self._limit = limit
        self._look_up = look_up

    async def collect(
        self, pictures: Sequence[bytes | Link], provider: Provider
    ) -> tuple[bytes, ...]:
        """The bytes of all that can be had; one that cannot does not spoil the others.

        Raises:
            DrawingFailed: None can be had.
        """
        async with asyncio.TaskGroup() as tasks:
            fetching = [tasks.create_task(self._try(each, provider)) for each in pictures]
        fetched = [task.result() for task in fetching]
        found = tuple(each for each in fetched if isinstance(each, bytes))
        for each in fetched:
            if not found and isinstance(each, DrawingFailed):
                raise each
        return found

    async def _try(self, picture: bytes | Link, provider: Provider) -> bytes | DrawingFailed:
        if isinstance(picture, bytes):
            return picture
        try:
            return await self.fetch(picture, provider)
        except DrawingFailed as failure:
            return failure

    async def fetch(self, link: Link, provider: Provider) -> bytes:
        """The bytes behind the link, whatever they are.

        Raises:
            BadAnswer: It leads where it must not, or to more bytes than a picture has.
            OutcomeUnknown: They cannot be had: the picture was drawn, and is lost.
        """
        for pause in PAUSES:
            try:
                return await self._in_time(link, provider)
            except OutcomeUnknown:
                await self._clock.sleep_until(self._clock.now() + pause)
        return await self._in_time(link, provider)

    async def _in_time(self, link: Link, provider: Provider) -> bytes:
        """Follow it; hosts that are looked up, redirects and the bytes share one time-out."""
        try:
            async with asyncio.timeout(min(PATIENCE, provider.timeouts.total)):
                return await self._follow(link.url, provider)
        except TimeoutError as error:
            raise OutcomeUnknown("the picture did not come in time") from error

    async def _follow(self, url: str, provider: Provider) -> bytes:
        for _ in range(1 + REDIRECTS):
            found = await self._get(await self._checked(url, provider))
            if isinstance(found, bytes):
                return found
            try:
                url = urljoin(url, found)
            except ValueError as error:
                raise BadAnswer("the answer's link redirects to no web address") from error
        raise BadAnswer(f"the answer's link redirects more than {REDIRECTS} times")

    async def _checked(self, url: str, provider: Provider) -> _Target:
        """Where the link leads, if it may be followed.

        The target is put together from the parts that were checked, so that nothing else can read
        the link another way.
        """
        try:
            place = Place.of(url)
        except ValueError as error:
            raise BadAnswer("the answer links to something that is no web address") from error
        trusted = _trusted(place, provider)
        if place.scheme != "https" and not trusted:
            raise BadAnswer(
                f"the answer links to http://{place.host}, which is not encrypted; if you trust "
                "it, add it to picture_hosts in the provider's file"
            )
        addresses = await self._addresses(place.host, place.port)
        if not trusted and not all(map(is_public, addresses)):
            raise BadAnswer(
                f"the answer links to {place.host}, which is inside a private network; if you "
                "trust it, add it to picture_hosts in the provider's file"
            )
        return _Target(place, addresses[:ADDRESSES])

    async def _addresses(self, host: str, port: int) -> Sequence[str]:
        if _address(host):
            return (host,)
        try:
            return await self._look_up(host, port)
        except OSError as error:
            raise OutcomeUnknown(f"the answer links to {host}, which is not found") from error

    async def _get(self, target: _Target) -> bytes | str:
        """The bytes, or where they went."""
        reason = "no address"
        for address in target.addresses:
            try:
                return await self._get_at(address, target)
            except (aiohttp.ClientConnectorError, aiohttp.ConnectionTimeoutError) as error:
                reason = type(error).__name__
            except (aiohttp.ClientError, OSError) as error:
                reason = type(error).__name__
                break
        raise OutcomeUnknown(f"the picture at {target.place.host}: {reason}")

    async def _get_at(self, address: str, target: _Target) -> bytes | str:
        host = target.place.host
        async with self._session.get(
            target.place.at(address),
            headers={"Host": target.host_header},
            server_hostname=host if target.place.scheme == "https" else None,
            allow_redirects=False,
            timeout=TIMEOUT,
        ) as response:
            location = response.headers.get("location")
            if location and 300 <= response.status < 400:
                return location
            if response.status != 200:
                raise OutcomeUnknown(f"the picture at {host}: HTTP {response.status}")
            data = bytearray()
            async for chunk in response.content.iter_any():
                data += chunk
                if len(data) > self._limit:
                    raise BadAnswer(f"the picture at {host} has more than {self._limit:,} bytes")
            return bytes(data)


def is_public(address: str) -> bool:
    """Whether the address belongs to the open internet, also where it hides another one.

    Of IPv6 that is what is handed out to somebody, and the prefix behind which the whole of IPv4
    is found; the tunnels that hide IPv4 addresses are not followed.
    """
    known = _address(address)
    if isinstance(known, ipaddress.IPv6Address):
        if known in _NAT64:
            known = ipaddress.IPv4Address(int(known) & 0xFFFF_FFFF)
        elif known not in _HANDED_OUT or any(known in tunnel for tunnel in _TUNNELS):
            return False
    if known is None or known in _FORMER_RELAYS:
        return False
    return known.is_global and not known.is_multicast


def is_loopback(host: str) -> bool:
    """Whether the host is this machine, without asking anybody."""
    known = _address(host)
    return host == "localhost" or (known is not None and known.is_loopback)


def _trusted(place: Place, provider: Provider) -> bool:
    own = urlsplit(provider.base_url)
    own_host = own.hostname or ""
    host, port = place.host, place.port
    if host in provider.picture_hosts or f"{host}:{port}" in provider.picture_hosts:
        return True
    if host == own_host and port == (own.port or PORTS.get(own.scheme)):
        return True
    return is_loopback(host) and is_loopback(own_host)


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None
