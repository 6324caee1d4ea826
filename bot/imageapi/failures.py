"""Decides what a failed call means: whose turn it is, and whether it may have been paid.

The order that works on every service seen so far: `error.code`, then `error.type`, then known
phrases of the message, then the status. A code is trusted whatever the status: relays answer 503
where they mean "no such model", and gateways 400 where they mean anything.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import aiohttp

from bot.core.errors import AccountProblem, DrawingFailed, OutcomeUnknown, TooFast, Unreachable
from bot.imageapi.envelopes import Envelope, open_envelope
from bot.imageapi.refusals import CODES, PHRASES, STATUSES
from bot.imageapi.waiting import when_again

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from bot.imageapi.refusals import Kind

_BY_CODE = {code: kind for kind, codes in CODES.items() for code in codes}
_BY_PHRASE = tuple((kind, re.compile("|".join(each), re.IGNORECASE)) for kind, each in PHRASES)


def refusal(
    status: int, headers: Mapping[str, str], body: bytes | bytearray, *, now: datetime
) -> DrawingFailed:
    """The failure that an answer without a picture means.

    Args:
        status: Of the HTTP answer.
        headers: Of the HTTP answer; their names in any case if the mapping does not mind it.
        body: Whatever came.
        now: What waiting times are counted from.
    """
    return from_envelope(status, headers, open_envelope(body), now=now)


def from_envelope(
    status: int, headers: Mapping[str, str], envelope: Envelope, *, now: datetime
) -> DrawingFailed:
    """The same, from an error that was read already."""
    kind = _by_words(envelope) or _by_status(status, envelope)
    wants_time = kind in {TooFast, Unreachable}
    until = when_again(headers, envelope.message, now=now) if wants_time else None
    return kind(_detail(status, headers, envelope), until=until)


def of_connection(error: Exception, *, all_sent: bool) -> DrawingFailed:
    """The failure that a broken connection means.

    Only an error from before there was a connection proves that nothing was sent. The client opens
    a new connection for each call, so that a stale one never blurs this. And nobody draws from
    half a request.

    Args:
        error: What aiohttp raised.
        all_sent: Whether the last piece of the request was handed to the connection.
    """
    detail = f"{type(error).__name__}: {error}".rstrip(": ")
    before = (
        aiohttp.ClientConnectorError,  # refused, DNS, TLS, certificate
        aiohttp.ConnectionTimeoutError,
        aiohttp.ServerFingerprintMismatch,
        aiohttp.InvalidURL,
    )
    if isinstance(error, before):
        return Unreachable(detail)
    if not all_sent:
        return Unreachable(f"the connection broke before all was sent: {detail}")
    return OutcomeUnknown(detail)


def _by_words(envelope: Envelope) -> Kind | None:
    for word in (envelope.code, envelope.type):
        if word in _BY_CODE:
            return _BY_CODE[word]
    if envelope.readable:
        for kind, words in _BY_PHRASE:
            if words.search(envelope.message):
                return kind
    return None


def _by_status(status: int, envelope: Envelope) -> Kind:
    """What is left when no word is known.

    A 5xx is not taken as proof that nothing was drawn, not even with an error in JSON: "The server
    had an error while processing your request" says that it was processing, and LiteLLM answers a
    well-formed 500 after the picture was made and paid.
    """
    if 300 <= status < 400 or (status == 404 and not envelope.readable):
        return (
            AccountProblem  # a web server's page: base_url is wrong, so it is the operator's turn
        )
    if status in STATUSES:
        return STATUSES[status]
    return OutcomeUnknown if status >= 500 else DrawingFailed


def _detail(status: int, headers: Mapping[str, str], envelope: Envelope) -> str:
    said = dict.fromkeys((envelope.code, envelope.type))
    words = [f"HTTP {status}", *filter(None, said)]
    if envelope.stage or envelope.categories:
        words.append(f"{envelope.stage or 'unknown'} stage: {', '.join(envelope.categories)}")
    location = headers.get("location")
    if location and 300 <= status < 400:
        words.append(f"it redirects to {location}: is that where base_url should point?")
    detail = ", ".join(words)
    if envelope.message:
        detail += f": {envelope.message}"
    request_id = headers.get("x-request-id")
    return f"{detail} (request {request_id})" if request_id else detail
