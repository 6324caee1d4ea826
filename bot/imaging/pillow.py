"""`core.ports.Imaging` with Pillow, and matplotlib for charts."""

from __future__ import annotations

from bot.core.bookkeeping import Chart
from bot.core.canvas import Canvas
from bot.core.fitting import Rung
from bot.core.images import Size
from bot.core.ports import Inspected, MaskShape, Prepared
from bot.core.regions import Box
from bot.imaging import canvas as canvases
from bot.imaging import charts, encode, masks, overlays, prepare, sameness
from bot.imaging.inspect import inspect
from bot.imaging.threads import Threads


class PillowImaging:
    """Work on pixels, two pictures at a time, off the event loop.

    PNG, JPEG and WebP come and go. GIF and BMP can be read but not delivered: `inspect` refuses
    them, and whoever wants such a picture anyway rewrites it first and goes on with the result.
    What no decoder reads is refused by all calls.

    What members hand in has a thread of its own: one large file after another holds up no picture
    that is on its way out, and no two of them are in memory at once. So have charts: matplotlib may
    be used by one thread at a time.
    """

    def __init__(self) -> None:
        self._threads = Threads(2)
        self._handed_in = Threads(1)
        self._charts = Threads(1)

    async def prepare(self, data: bytes, *, max_edge: int, max_bytes: int) -> Prepared:
        """Check a picture that a member handed in and make it fit to be sent.

        Raises:
            BadPicture: It is no picture, broken, or too large; the sentence says which.
        """
        return await self._handed_in.run(
            prepare.prepare, data, max_edge=max_edge, max_bytes=max_bytes
        )

    async def mask(self, data: bytes, size: Size) -> bytes:
        """An uploaded mask as Easel keeps it: a greyscale PNG of that size, white is edited.

        Raises:
            BadPicture: It cannot be read, or marks nothing, or everything.
        """
        return await self._handed_in.run(masks.mask, data, size)

    async def mask_box(self, box: Box, size: Size) -> bytes:
        """A mask for a picture of that size that marks a box."""
        return await self._threads.run(masks.mask_box, box, size)

    async def shape_mask(self, mask: bytes, shape: MaskShape) -> bytes:
        """A mask as a provider takes it, under 4 MB.

        Raises:
            BadAnswer: The mask cannot be read.
        """
        return await self._threads.run(masks.shape_mask, mask, shape)

    async def pad(self, data: bytes, canvas: Canvas) -> tuple[bytes, bytes]:
        """The picture on a larger canvas, and the mask that marks what is new, both PNG.

        Raises:
            BadAnswer: The bytes cannot be read.
        """
        return await self._threads.run(canvases.pad, data, canvas)

    async def show_mask(self, data: bytes, mask: bytes) -> bytes:
        """The picture with what is edited tinted, as a JPEG for people.

        Raises:
            BadAnswer: One of the two cannot be read.
        """
        return await self._threads.run(overlays.show_mask, data, mask)

    async def kept(self, before: bytes, after: bytes, mask: bytes) -> bool:
        """Whether what the mask protects looks the same before and after.

        Raises:
            BadAnswer: One of the three cannot be read.
        """
        return await self._threads.run(sameness.kept, before, after, mask)

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

    async def chart(self, chart: Chart) -> bytes:
        """A chart as a PNG for people."""
        return await self._charts.run(charts.draw_chart, chart)

    async def close(self) -> None:
        """Finish what was asked for and end the threads; safe to call twice."""
        await self._threads.close()
        await self._handed_in.close()
        await self._charts.close()
