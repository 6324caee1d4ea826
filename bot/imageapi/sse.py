"""Server-sent events, decoded as the bytes come in (WHATWG HTML, section 9.2).

A picture is one `data:` line of several megabytes that arrives in a thousand pieces, so pieces are
kept as they are and joined once, when the line is complete.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

BOM = b"\xef\xbb\xbf"


class TooLong(ValueError):
    """An event grew past the limit."""


@dataclass(frozen=True, slots=True)
class Event:
    """One event.

    Attributes:
        name: What `event:` said, or `message`.
        data: The `data:` lines, joined by line feeds.
    """

    name: str
    data: bytes = field(repr=False)

    @property
    def done(self) -> bool:
        """Whether it is OpenAI's sign that nothing follows."""
        return self.data.strip() == b"[DONE]"


class Decoder:
    """Turns bytes into events, in whatever pieces they come.

    Args:
        limit: Bytes that one event may have, its unfinished line included.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._pieces: list[bytes] = []
        self._size = 0
        self._name = ""
        self._data: list[bytes] = []
        self._first_line = True
        self._skip_line_feed = False

    def feed(self, chunk: bytes) -> Iterator[Event]:
        """The events that these bytes complete.

        Raises:
            TooLong: An event is over the limit; nothing more can be read.
        """
        if self._skip_line_feed and chunk:
            # The line feed of a CRLF that was torn apart.
            chunk = chunk.removeprefix(b"\n")
            self._skip_line_feed = False
        self._skip_line_feed = self._skip_line_feed or chunk.endswith(b"\r")
        for piece in chunk.splitlines(keepends=True):
            self._size += len(piece)
            if self._size > self._limit:
                raise TooLong(f"an event of more than {self._limit:,} bytes")
            content = piece.rstrip(b"\r\n")
            self._pieces.append(content)
            if len(content) < len(piece):
                yield from self._line()

    def close(self) -> Iterator[Event]:
        """The event that lacked its blank line when the stream ended, if there is one."""
        yield from self._line()
        yield from self._dispatch()

    def _line(self) -> Iterator[Event]:
        line = self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)
        self._pieces = []
        if self._first_line:
            self._first_line = False
            line = line.removeprefix(BOM)
        if not line:
            yield from self._dispatch()
            return
        colon = line.find(b":")
        name = line if colon < 0 else line[:colon]
        # One slice: a value may have megabytes.
        start = len(line) if colon < 0 else colon + 1 + line.startswith(b" ", colon + 1)
        if name == b"data":
            self._data.append(line[start:])
        elif name == b"event":
            self._name = line[start:].decode(errors="replace")

    def _dispatch(self) -> Iterator[Event]:
        data, name = self._data, self._name
        self._data, self._name, self._size = [], "", 0
        if data:
            yield Event(name or "message", data[0] if len(data) == 1 else b"\n".join(data))
