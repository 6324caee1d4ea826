"""Transport compression of the gateway: one compressor per connection."""

from __future__ import annotations

import importlib
import zlib
from typing import Protocol

UNAVAILABLE = "zstd-stream was asked for, but no zstd library is installed here"


class Codec(Protocol):
    """Turns one gateway message into what goes into one WebSocket frame."""

    def encode(self, text: str) -> str | bytes:
        """The frame's content."""


class Plain:
    """No compression: text frames."""

    def encode(self, text: str) -> str | bytes:
        """The text itself."""
        return text


class Zlib:
    """zlib-stream: each message ends with a sync flush (00 00 ff ff)."""

    def __init__(self) -> None:
        """Start the stream."""
        self._stream = zlib.compressobj()

    def encode(self, text: str) -> str | bytes:
        """The next piece of the stream."""
        return self._stream.compress(text.encode()) + self._stream.flush(zlib.Z_SYNC_FLUSH)


class Zstd:
    """zstd-stream: one frame that never ends, flushed by block after each message."""

    def __init__(self) -> None:
        """Start the stream with whichever library there is; ImportError where there is none."""
        try:
            library = importlib.import_module("compression.zstd")
            self._stream = library.ZstdCompressor()
            self._flush = library.ZstdCompressor.FLUSH_BLOCK
        except ImportError:
            library = importlib.import_module("zstandard")
            self._stream = library.ZstdCompressor().compressobj()
            self._flush = library.COMPRESSOBJ_FLUSH_BLOCK

    def encode(self, text: str) -> str | bytes:
        """The next piece of the stream."""
        data: bytes = self._stream.compress(text.encode())
        tail: bytes = self._stream.flush(self._flush)
        return data + tail


def codec(name: str | None) -> Codec:
    """The codec a client asks for; ValueError says in a sentence why not."""
    match name:
        case None | "":
            return Plain()
        case "zlib-stream":
            return Zlib()
        case "zstd-stream":
            try:
                return Zstd()
            except ImportError as error:
                raise ValueError(UNAVAILABLE) from error
        case other:
            raise ValueError(f"compress={other!r} is no compression of the gateway")
