"""A pytest plugin: no test reaches past this machine, and none hides that it tried.

An audit hook sees every connection and every look-up that Python makes, whichever library asked,
in fixtures and threads too. It cannot be removed, so it is installed once and always on. Libraries
written in C that open sockets themselves (libpq) are beyond it.
"""

import ipaddress
import socket
import sys
from collections.abc import Iterator

import pytest

CONNECTING = {"socket.connect", "socket.sendto", "socket.sendmsg"}
LOOKING_UP = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}

_refused: list[str] = []


class NetworkRefusedError(RuntimeError):
    """A test tried to reach something that is not on this machine."""


def is_address(host: str) -> bool:
    """Whether this is an address already: it is looked up without asking anybody."""
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True


def is_local(host: str) -> bool:
    """Whether this host is the machine the test runs on."""
    if is_address(host):
        address = ipaddress.ip_address(host.partition("%")[0])
        return address.is_loopback or address.is_unspecified
    # Its own name is what libraries ask for to write it in a log.
    return host in {"", "localhost", socket.gethostname()}


def _text(host: object) -> str:
    return host.decode(errors="replace") if isinstance(host, bytes) else str(host or "")


def _destination(event: str, args: tuple[object, ...]) -> str | None:
    """The host an event is about, or None where no network is involved."""
    if event in LOOKING_UP:
        host = _text(args[0])
        return None if is_address(host) else host
    sock, address = args[0], args[1]
    internet = isinstance(sock, socket.SocketType) and sock.family in {
        socket.AF_INET,
        socket.AF_INET6,
    }
    return _text(address[0]) if internet and isinstance(address, tuple) else None


def _guard(event: str, args: tuple[object, ...]) -> None:
    if event not in CONNECTING and event not in LOOKING_UP:
        return
    host = _destination(event, args)
    if host is None or is_local(host):
        return
    sentence = f"A test tried to reach {host}: tests may speak to this machine only."
    _refused.append(sentence)
    raise NetworkRefusedError(sentence)


def pytest_configure() -> None:
    """Start watching before the first fixture runs."""
    sys.addaudithook(_guard)


@pytest.fixture
def refused_connections() -> list[str]:
    """What was refused so far; a test that expects a refusal clears it."""
    return _refused


@pytest.fixture(autouse=True)
def _nothing_refused() -> Iterator[None]:
    """Code that swallows the refusal does not make it right."""
    _refused.clear()
    yield
    if _refused:
        pytest.fail(_refused[0])
