"""`core.ports.Imaging` with Pillow."""

from __future__ import annotations

from bot.core.fitting import Rung
from bot.core.ports import Inspected
from bot.imaging import encode
from bot.imaging.inspect import inspect
from bot.imaging.threads import Threads


class PillowImaging:
    """Work on pixels, two pictures at a time, off the event loop.

    PNG, JPEG and WebP come and go. GIF and BMP can be read but not delivered: `inspect` refuses
    them, and whoever wants such a picture anyway rewrites it first and goes on with the result.
    What no decoder reads is refused by all three calls.
    """

    def __init__(self) -> None:
        self._threads = Threads(2)

    async def inspect(self, data: bytes) -> Inspected:
        """Read format and size from the bytes, and decode all of them to prove that they can be.

        Raises:
            BadAnswer: They are no picture, broken, have more than 50 million pixels, or are
                neither PNG, JPEG nor WebP.
        """
        return await self._threads.run(inspect, data)

    async def rewrite(self, data: bytes, rung: Rung) -> bytes:
        """The same picture written another way; of an animation, its first frame.

        Raises:
            BadAnswer: The bytes cannot be read.
        """
        return await self._threads.run(encode.rewrite, data, rung)

    async def sketch(self, data: bytes) -> bytes:
        """A JPEG of at most 512 pixels an edge, fit for an edit of a message.

        Raises:
            BadAnswer: The bytes cannot be read.
        """
        return await self._threads.run(encode.sketch, data)

    async def close(self) -> None:
        """Finish what was asked for and end the threads; safe to call twice."""
        await self._threads.close()
