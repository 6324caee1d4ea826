"""Where requests may go: what an operator writes is checked, what a service answers distrusted.

A service that draws later says where to ask how it stands. That address is followed, and the key
sent there, only where it is the service's own or its provider's file lists it in `poll_hosts`:

    "api.example.com"     that host, over https
    ".example.com"        any host below it, over https
    "cellar.local:8080"   that host and port, also without encryption
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlencode, urlsplit

from bot.core.errors import BadAnswer

if TYPE_CHECKING:
    from bot.imageapi.providers import Provider

PORTS = {"http": 80, "https": 443}


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
        parts = urlsplit(path)
        port = parts.port or PORTS[parts.scheme]
        host = (parts.hostname or "").encode("idna").decode()
    except (ValueError, KeyError) as error:  # UnicodeError is a ValueError
        raise BadAnswer("the answer names an address that is none") from error
    if not _is_own(parts, host, port, provider) and not _is_listed(parts, host, port, provider):
        raise BadAnswer(
            f"the answer says to ask at {parts.scheme}://{host}:{port}; if you trust it, add it to "
            "poll_hosts in the provider's file"
        )
    # Put together from what was checked, so that nothing can read the address another way.
    shown = f"[{host}]" if ":" in host else host
    query = f"?{parts.query}" if parts.query else ""
    return f"{parts.scheme}://{shown}:{port}{parts.path or '/'}{query}"


def _is_own(parts: SplitResult, host: str, port: int, provider: Provider) -> bool:
    own = urlsplit(provider.base_url)
    own_port = own.port or PORTS.get(own.scheme)
    return (parts.scheme, host, port) == (own.scheme, own.hostname, own_port)


def _is_listed(parts: SplitResult, host: str, port: int, provider: Provider) -> bool:
    for listed in provider.poll_hosts:
        if listed.startswith("."):
            alike = host.endswith(listed)
        elif listed.endswith(f":{port}"):
            if host == listed.removesuffix(f":{port}"):
                return True
            continue
        else:
            alike = host == listed
        if alike and (parts.scheme, port) == ("https", PORTS["https"]):
            return True
    return False
