"""Where requests may go: what an operator writes is checked, what a service answers distrusted.

A service that draws later says where to ask how it stands. That address is followed, and the key
sent there, only where it is the service's own or its provider's file lists it in `poll_hosts`:

    "api.example.com"     that host, over https
    ".example.com"        any host below it, over https
    "cellar.local:8080"   that host and port, also without encryption
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

from bot.core.errors import BadAnswer

if TYPE_CHECKING:
    from bot.imageapi.providers import Provider

PORTS = {"http": 80, "https": 443}

LONGEST = 8_192
"""Characters of an address; one that is signed has about a thousand."""

_HOST = re.compile(r"[0-9a-z_.:-]{1,255}")


@dataclass(frozen=True, slots=True)
class Place:
    """Where an address leads: its parts, to be put together again by nobody but us."""

    scheme: str
    host: str
    port: int
    path: str

    @classmethod
    def of(cls, text: str) -> Place:
        """Read an address that somebody else wrote. A name or a password in it is left out.

        Raises:
            ValueError: It is none of the web, or none that anybody would write.
        """
        if len(text) > LONGEST:  # before anything is done with it that takes its time
            raise ValueError("it is too long")
        parts = urlsplit(text)
        if parts.scheme not in PORTS:
            raise ValueError("it is not of the web")
        host = (parts.hostname or "").encode("idna").decode().lower()
        if not _HOST.fullmatch(host):
            raise ValueError("its host is none")
        return cls(
            scheme=parts.scheme,
            host=host,
            port=parts.port or PORTS[parts.scheme],
            path=(parts.path or "/") + (f"?{parts.query}" if parts.query else ""),
        )

    def at(self, host: str) -> str:
        """The address, with that host."""
        return f"{self.scheme}://{bracketed(host)}:{self.port}{self.path}"


def bracketed(host: str) -> str:
    """As it stands in an address."""
    return f"[{host}]" if ":" in host else host


def url_problem(text: str) -> str | None:
    """What the variable or key does wrong, or None when it can be a base URL."""
    bad = f"is “{text}”, which is not an address like https://api.openai.com/v1"
    try:
        parts = urlsplit(text)
        _ = parts.port  # complains about one that is no number
    except ValueError:
        return bad
    if parts.username or parts.password:
        return "holds a name or a password; put the key into its own variable"
    if parts.scheme not in {"http", "https"} or not parts.hostname or not text.isprintable():
        return bad
    if parts.query or parts.fragment or " " in text:
        return bad
    return None


def address(provider: Provider, path: str) -> str:
    """The whole address of a call.

    Args:
        provider: Whose base URL and query go with a path.
        path: What follows the base URL, with its slash; or an address that the service gave.

    Raises:
        BadAnswer: The service gave one where its key must not go.
    """
    if path.startswith("/"):
        query = urlencode(provider.query)
        between = "&" if "?" in path else "?"
        return provider.base_url + path + (between + query if query else "")
    try:
        place = Place.of(path)
    except ValueError as error:
        raise BadAnswer("the answer names an address that is none") from error
    if not _is_own(place, provider) and not _is_listed(place, provider):
        raise BadAnswer(
            f"the answer says to ask at {place.scheme}://{place.host}:{place.port}; if you trust "
            "it, add it to poll_hosts in the provider's file"
        )
    return place.at(place.host)


def _is_own(place: Place, provider: Provider) -> bool:
    own = urlsplit(provider.base_url)
    own_port = own.port or PORTS.get(own.scheme)
    return (place.scheme, place.host, place.port) == (own.scheme, own.hostname, own_port)


def _is_listed(place: Place, provider: Provider) -> bool:
    for listed in provider.poll_hosts:
        if listed.startswith("."):
            alike = place.host.endswith(listed)
        elif listed.endswith(f":{place.port}"):
            if place.host == listed.removesuffix(f":{place.port}"):
                return True
            continue
        else:
            alike = place.host == listed
        if alike and (place.scheme, place.port) == ("https", PORTS["https"]):
            return True
    return False
