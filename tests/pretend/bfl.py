"""Black Forest Labs: orders, questions at another path, credits, and links for ten minutes."""

from __future__ import annotations

import io
import math
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from aiohttp import web
from PIL import Image

from tests.pretend.server import (
    KEY,
    Came,
    PretendService,
    Route,
    Trouble,
    Wrong,
    changed,
    painted,
    says,
)

MEGAPIXEL = 1024 * 1024
CREDIT = 10_000
_FIELDS = {"prompt", "width", "height", "output_format"}


@dataclass
class Task:
    """One order."""

    picture: bytes
    kind: str
    price: int
    asked: int = 0
    refused: str = ""


class Bfl(PretendService):
    """The service, with FLUX.2 Pro.

    Attributes:
        moderates: The state that the next order to be moderated ends in.
        expired: Whether links have run out by the time they are given.
    """

    provider = "bfl"
    model = "flux-2-pro"

    def __init__(self) -> None:
        super().__init__()
        self.moderates = "Request Moderated"
        self.expired = False
        self._tasks: dict[str, Task] = {}

    @property
    def environment(self) -> Mapping[str, str]:
        return {"BFL_BASE_URL": f"{self.origin}/v1", "BFL_API_KEY": KEY}

    def routes(self) -> Sequence[Route]:
        return (
            ("POST", "/v1/flux-2-pro", self._order),
            ("GET", "/v1/get_result", self._result),
        )

    def refusal(self, trouble: Trouble) -> web.Response:
        match trouble:
            case Trouble.TOO_FAST:
                return says({"detail": "Too many active tasks"}, 429, retry_after="0.1")
            case Trouble.MONEY:
                return says({"detail": "Insufficient credits"}, 402)
            case _:
                return says({"detail": "Not Found"}, 404)

    async def _order(self, came: Came) -> web.Response:
        if came.headers.get("x-key") != KEY:
            raise Wrong(says({"detail": "Not authenticated - Invalid Authentication"}, 403))
        fields, sources = _checked(came.fields)
        moderated = not self.takes()
        size = fields["width"], fields["height"]
        drawn, sent = _megapixels(size), sum(_megapixels(_size(each)) for each in sources)
        task = Task(
            picture=changed(sources[0], None, fields["prompt"], size=size)
            if sources
            else painted(fields["prompt"], *size, kind=fields["output_format"]),
            kind=fields["output_format"],
            price=30_000 + 15_000 * (drawn - 1 + sent),
        )
        if moderated:
            task.refused = self.moderates
        name = f"task-{len(self._tasks)}"
        self._tasks[name] = task
        return says(
            {
                "id": name,
                "polling_url": f"{self.origin}/v1/get_result?id={name}",
                "cost": task.price / CREDIT,
                "input_mp": sent,
                "output_mp": drawn,
            }
        )

    async def _result(self, came: Came) -> web.Response:
        name = came.query["id"]
        task = self._tasks.get(name)
        if task is None:
            return says({"id": name, "status": "Task not found", "result": None})
        task.asked += 1
        if self.is_held or task.asked == 1:
            return says({"id": name, "status": "Pending", "result": None, "progress": 0.5})
        if task.refused:
            reasons = {"Moderation Reasons": ["Safety Filter"]}
            return says({"id": name, "status": task.refused, "result": None, "details": reasons})
        self.bill += task.price
        sample = f"{self.origin}/files/expired" if self.expired else self.link(task.picture)
        result = {"sample": sample, "prompt": "a fox", "seed": 42}
        return says({"id": name, "status": "Ready", "result": result})


def _checked(fields: Mapping[str, Any]) -> tuple[Mapping[str, Any], list[bytes]]:
    names = ["input_image", *(f"input_image_{number}" for number in range(2, 9))]
    if set(fields) - _FIELDS - set(names):
        raise _invalid("extra fields")
    for edge in ("width", "height"):
        if not isinstance(fields.get(edge), int) or fields[edge] % 16 or fields[edge] < 64:
            raise _invalid(edge)
    if fields.get("output_format") not in {"png", "jpeg"}:
        raise _invalid("output_format")
    try:
        sources = [b64decode(fields[name], validate=True) for name in names if name in fields]
    except NotBase64 as error:
        raise _invalid("input_image") from error
    return fields, sources


def _invalid(what: str) -> Wrong:
    problem = {"loc": ["body", what], "msg": "Input should be valid", "type": "value_error"}
    return Wrong(says({"detail": [problem]}, 422))


def _size(data: bytes) -> tuple[int, int]:
    return Image.open(io.BytesIO(data)).size


def _megapixels(size: tuple[int, int]) -> int:
    return math.ceil(size[0] * size[1] / MEGAPIXEL)
