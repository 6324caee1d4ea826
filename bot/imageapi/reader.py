"""Reads an answer as its bytes come in, and says when it is complete; no I/O.

Labels are wrong often enough that the bytes decide what an answer is: JSON, events, or neither. It
is complete when its JSON is, or when its stream says so. The connection may stay open after that.
"""

from __future__ import annotations

import re
from contextlib import suppress
from typing import TYPE_CHECKING

from bot.core.errors import BadAnswer, OutcomeUnknown
from bot.imageapi.calls import Answer, Dialect, Order, Partial, Pending, Piece
from bot.imageapi.sse import BOM, Decoder, TooLong

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from bot.core.ports import Clock
    from bot.imageapi.sse import Event

PAGE_LIMIT = 65_536
"""Bytes of an answer that is neither JSON nor events; its title is all that is wanted."""

_FIELDS = (b"data:", b"event:", b"id:", b"retry:", b":")
_STRUCTURE = re.compile(rb'["{}\[\]]')


class Reader:
    """One answer.

    Args:
        dialect: What understands it.
        order: What it answers.
        status: Of the HTTP answer.
        headers: Of the HTTP answer.
        limit: Bytes that it may have.
        clock: Tells what waiting times are counted from.
        on_partial: Called with the bytes of each partial picture.
        on_progress: Called with the percentage that a stream tells.
    """

    def __init__(
        self,
        dialect: Dialect,
        order: Order,
        status: int,
        headers: Mapping[str, str],
        *,
        limit: int,
        clock: Clock,
        on_partial: Callable[[bytes], None] | None = None,
        on_progress: Callable[[int], None] | None = None,
    ) -> None:
        self._dialect = dialect
        self._order = order
        self._status = status
        self._headers = headers
        self._limit = limit
        self._left = limit
        self._clock = clock
        self._on_partial = on_partial
        self._on_progress = on_progress
        self._pieces: list[bytes] = []
        self._body = bytearray()
        self._json: JsonEnd | None = None
        self._events: Decoder | None = None

    def feed(self, chunk: bytes) -> Answer | Pending | None:
        """Take the next bytes; answers once nothing more is needed.

        Raises:
            DrawingFailed: As the dialect says, or `BadAnswer` when it is too long.
        """
        self._left -= len(chunk)
        if self._left < 0:
            raise BadAnswer(f"HTTP {self._status} with more than {self._limit:,} bytes")
        if self._events:
            return self._hear(self._events.feed(chunk))
        self._body += chunk
        return self._continue(self._json, chunk) if self._json else self._begin()

    def close(self) -> Answer | Pending:
        """Say that nothing more comes.

        Raises:
            DrawingFailed: As the dialect says, or `OutcomeUnknown` when a stream ended before its
                picture came.
        """
        if self._events is None:
            return self._whole()
        answer = self._hear(self._events.close())
        if answer is None and self._pieces:
            # Cut, or a service that does not say when it is done: the picture may be there.
            with suppress(BadAnswer):
                answer = self._together()
        if answer is None:
            raise OutcomeUnknown("the stream ended without a finished picture")
        return answer

    def _begin(self) -> Answer | Pending | None:
        """See what it is, as soon as there is enough of it."""
        # Some gateways send line feeds to keep the connection alive, for minutes.
        self._body = self._body.lstrip(BOM + b" \t\r\n")
        if self._body.startswith((b"{", b"[")):
            self._json = JsonEnd()
            return self._continue(self._json, bytes(self._body))
        if self._body.startswith(_FIELDS):
            self._events = Decoder(self._limit)
            begun, self._body = bytes(self._body), bytearray()
            return self._hear(self._events.feed(begun))
        return self._whole() if len(self._body) > PAGE_LIMIT else None

    def _continue(self, json: JsonEnd, chunk: bytes) -> Answer | Pending | None:
        end = json.feed(chunk)
        if end is None:
            return None
        del self._body[len(self._body) - len(chunk) + end :]
        return self._whole()

    def _whole(self) -> Answer | Pending:
        body, self._body = self._body, bytearray()
        return self._dialect.answer(
            self._order, self._status, self._headers, body, now=self._clock.now()
        )

    def _hear(self, events: Iterable[Event]) -> Answer | Pending | None:
        try:
            for event in events:
                if event.done and not self._pieces:
                    raise OutcomeUnknown("the stream was done without a finished picture")
                heard = None if event.done else self._understood(event)
                if isinstance(heard, Answer):
                    return heard
                if event.done or (isinstance(heard, Piece) and heard.last):
                    return self._together()
        except TooLong as error:
            raise BadAnswer(f"HTTP {self._status} with {error}") from error
        return None

    def _understood(self, event: Event) -> Partial | Piece | Answer | None:
        """What the event says; whoever wants to know is told."""
        heard = self._dialect.event(self._order, event, self._headers, now=self._clock.now())
        if isinstance(heard, Partial) and self._on_partial:
            self._on_partial(heard.picture)
        if isinstance(heard, Piece):
            self._pieces.append(heard.data)
            if heard.progress is not None and self._on_progress:
                self._on_progress(min(max(heard.progress, 0), 100))
        return heard

    def _together(self) -> Answer | Pending:
        self._body = bytearray(b"[" + b",".join(self._pieces) + b"]")
        self._pieces = []
        return self._whole()


class JsonEnd:
    """Finds where a JSON object or array ends, without parsing it.

    Most of an answer is one string of megabytes, so strings are skipped by `bytes.find`.
    """

    def __init__(self) -> None:
        self._depth = 0
        self._in_string = False
        self._escaped = False

    def feed(self, chunk: bytes) -> int | None:
        """Where in these bytes it ends, or None; not to be called again once it did."""
        at = 0
        while at < len(chunk):
            if self._in_string:
                at = self._skip_string(chunk, at)
                continue
            found = _STRUCTURE.search(chunk, at)
            if not found:
                return None
            at = found.end()
            if found[0] == b'"':
                self._in_string = True
            else:
                self._depth += 1 if found[0] in b"{[" else -1
                if self._depth <= 0:
                    return at
        return None

    def _skip_string(self, chunk: bytes, at: int) -> int:
        """Where to go on: behind the next quote, whether it ended the string or was escaped."""
        quote = chunk.find(b'"', at)
        end = len(chunk) if quote < 0 else quote
        before = chunk[at:end]
        slashes = len(before) - len(before.rstrip(b"\\"))
        if slashes == len(before):
            # Also those at the end of the bytes before these.
            slashes += self._escaped
        odd = slashes % 2 == 1
        if quote < 0:
            self._escaped = odd
            return end
        self._escaped = False
        self._in_string = odd
        return quote + 1
